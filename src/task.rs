//! Tasks: the executor of the SDK's `async` functions.
//!
//! There is no queue and no promise between a callback of the host and the code
//! that waits for it. [`Tasks::spawn`] runs a task at once, up to its first wait,
//! and [`Tasks::wake`] runs it on within the callback that woke it. So an `async
//! fn` keeps the tap of its caller, and of `wx.request`'s callback.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

/// The number of a task.
pub type TaskId = u32;

type Work = Pin<Box<dyn Future<Output = ()>>>;

/// The tasks that have not ended.
#[derive(Default)]
pub struct Tasks {
    all: RefCell<Vec<Task>>,
    last: Cell<TaskId>,
    current: Cell<TaskId>,
}

struct Task {
    id: TaskId,
    /// `None` while it runs.
    work: Option<Work>,
    /// Whether it was woken while it ran.
    is_woken: bool,
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tasks")
    }
}

impl Tasks {
    /// Runs a task up to its first wait. The rest follows as it is woken.
    pub fn spawn(&self, work: impl Future<Output = ()> + 'static) -> TaskId {
        self.start(Box::pin(work))
    }

    #[inline(never)]
    fn start(&self, work: Work) -> TaskId {
        let id = self.last.get().wrapping_add(1);
        self.last.set(id);
        self.all.borrow_mut().push(Task { id, work: Some(work), is_woken: false });
        self.wake(id);
        id
    }

    /// The task that runs now. What it waits for wakes it by this number.
    pub fn current(&self) -> TaskId {
        self.current.get()
    }

    /// Runs a task on, up to its next wait. If it is running, which is when it
    /// called what woke it, it runs on afterwards; if it has ended, nothing
    /// happens.
    pub fn wake(&self, id: TaskId) {
        while let Some(mut work) = self.take(id) {
            let outer = self.current.replace(id);
            let poll = work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            self.current.set(outer);
            if !self.put_back(id, work, poll) {
                return;
            }
        }
    }

    fn take(&self, id: TaskId) -> Option<Work> {
        let mut all = self.all.borrow_mut();
        let task = all.iter_mut().find(|task| task.id == id)?;
        task.is_woken = task.work.is_none();
        task.work.take()
    }

    /// Whether the task was woken while it ran.
    fn put_back(&self, id: TaskId, work: Work, poll: Poll<()>) -> bool {
        let mut all = self.all.borrow_mut();
        let Some(at) = all.iter().position(|task| task.id == id) else { return false };
        if poll.is_ready() {
            all.swap_remove(at);
            // What is dropped with the work may call out.
            drop(all);
            drop(work);
            return false;
        }
        let Some(task) = all.get_mut(at) else { return false };
        task.work = Some(work);
        task.is_woken
    }
}

/// Something that several tasks may wait for, again and again.
#[derive(Debug, Default)]
pub struct Signal {
    count: Cell<u32>,
    waiting: RefCell<Vec<TaskId>>,
}

impl Signal {
    /// Wakes all tasks that wait for the signal.
    pub fn send(&self, tasks: &Tasks) {
        self.count.set(self.count.get().wrapping_add(1));
        for id in self.waiting.take() {
            tasks.wake(id);
        }
    }

    /// Waits for the next signal that is sent from this call on, even if that is
    /// before the first `.await`.
    pub fn next<'a>(&'a self, tasks: &'a Tasks) -> impl Future<Output = ()> + use<'a> {
        let seen = self.count.get();
        poll_fn(move |_| {
            if self.count.get() != seen {
                return Poll::Ready(());
            }
            let mut waiting = self.waiting.borrow_mut();
            if !waiting.contains(&tasks.current()) {
                waiting.push(tasks.current());
            }
            Poll::Pending
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::rc::Rc;

    /// A task that says how far it is, and waits for a signal after each step.
    fn counting(steps: u32) -> (Rc<Tasks>, Rc<Signal>, Rc<Cell<u32>>, TaskId) {
        let (tasks, signal) = (Rc::new(Tasks::default()), Rc::new(Signal::default()));
        let done = Rc::new(Cell::new(0));
        let work = {
            let (tasks, signal, done) = (Rc::clone(&tasks), Rc::clone(&signal), Rc::clone(&done));
            async move {
                for step in 1..=steps {
                    done.set(step);
                    signal.next(&tasks).await;
                }
            }
        };
        let id = tasks.spawn(work);
        (tasks, signal, done, id)
    }

    #[test]
    fn a_task_runs_at_once_and_goes_on_within_what_wakes_it() {
        let (tasks, signal, done, _) = counting(2);
        assert_eq!(done.get(), 1);
        signal.send(&tasks);
        assert_eq!(done.get(), 2);
        signal.send(&tasks);
        assert!(tasks.all.borrow().is_empty(), "a task that ended is forgotten");
    }

    #[test]
    fn a_task_that_is_woken_for_nothing_waits_on() {
        let (tasks, signal, done, id) = counting(2);
        tasks.wake(id);
        tasks.wake(id + 1);
        assert_eq!((done.get(), signal.waiting.borrow().len()), (1, 1));
    }

    #[test]
    fn a_task_that_wakes_itself_while_it_runs_goes_on_afterwards() {
        let tasks = Rc::new(Tasks::default());
        let polls = Rc::new(Cell::new(0));
        let work = {
            let (tasks, polls) = (Rc::clone(&tasks), Rc::clone(&polls));
            poll_fn(move |_| {
                polls.set(polls.get() + 1);
                if polls.get() == 3 {
                    return Poll::Ready(());
                }
                tasks.wake(tasks.current());
                Poll::Pending
            })
        };
        tasks.spawn(work);
        assert_eq!(polls.get(), 3);
    }

    #[test]
    fn a_task_may_start_another_and_is_the_current_one_again_afterwards() {
        let tasks = Rc::new(Tasks::default());
        let seen = Rc::new(RefCell::new(Vec::new()));
        let work = {
            let (tasks, seen) = (Rc::clone(&tasks), Rc::clone(&seen));
            async move {
                seen.borrow_mut().push(tasks.current());
                let (inner, noted) = (Rc::clone(&tasks), Rc::clone(&seen));
                tasks.spawn(async move { noted.borrow_mut().push(inner.current()) });
                seen.borrow_mut().push(tasks.current());
            }
        };
        tasks.spawn(work);
        assert_eq!(*seen.borrow(), [1, 2, 1]);
    }

    #[test]
    fn a_signal_that_comes_before_the_wait_is_not_missed() {
        let tasks = Rc::new(Tasks::default());
        let signal = Rc::new(Signal::default());
        let done = Rc::new(Cell::new(false));
        let work = {
            let (tasks, signal, done) = (Rc::clone(&tasks), Rc::clone(&signal), Rc::clone(&done));
            async move {
                let next = signal.next(&tasks);
                signal.send(&tasks);
                next.await;
                done.set(true);
            }
        };
        tasks.spawn(work);
        assert!(done.get());
    }
}
