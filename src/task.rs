//! Tasks: the executor of the SDK's `async` functions.
//!
//! There is no queue and no promise between a callback of the host and the code
//! that waits for it. [`Task::spawn`] runs a task at once, up to its first wait,
//! and [`Task::wake`] runs it on within the callback that woke it. So an `async
//! fn` keeps the tap of its caller, and of `wx.request`'s callback.
//!
//! Whatever a task waits for holds it. A task that nothing can wake any more is
//! dropped.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

type Work = Pin<Box<dyn Future<Output = ()>>>;

std::thread_local! {
    static CURRENT: Cell<Option<Rc<Task>>> = const { Cell::new(None) };
}

/// A task that has not ended.
pub struct Task {
    /// `None` while it runs.
    work: Cell<Option<Work>>,
    /// Whether it was woken while it ran.
    is_woken: Cell<bool>,
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Task")
    }
}

impl Task {
    /// Runs a task up to its first wait. The rest follows as it is woken.
    pub fn spawn(work: impl Future<Output = ()> + 'static) {
        Self::start(Box::pin(work));
    }

    #[inline(never)]
    fn start(work: Work) {
        Rc::new(Self { work: Cell::new(Some(work)), is_woken: Cell::new(false) }).wake();
    }

    /// The task that runs now. What it waits for keeps it, to wake it.
    pub fn current() -> Option<Rc<Self>> {
        let current = CURRENT.take();
        CURRENT.set(current.clone());
        current
    }

    /// Runs a task on, up to its next wait. If it is running, which is when it
    /// called what woke it, it runs on afterwards; if it has ended, nothing
    /// happens.
    pub fn wake(self: &Rc<Self>) {
        self.is_woken.set(true);
        while self.is_woken.get() {
            let Some(mut work) = self.work.take() else { return };
            self.is_woken.set(false);
            let outer = CURRENT.replace(Some(Rc::clone(self)));
            let poll = work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            CURRENT.set(outer);
            if poll.is_pending() {
                self.work.set(Some(work));
            }
        }
    }
}

/// Something that several tasks may wait for, again and again.
#[derive(Debug, Default)]
pub struct Signal {
    count: Cell<u32>,
    waiting: RefCell<Vec<Rc<Task>>>,
}

impl Signal {
    /// Wakes all tasks that wait for the signal.
    pub fn send(&self) {
        self.count.set(self.count.get().wrapping_add(1));
        for task in self.waiting.take() {
            task.wake();
        }
    }

    /// Waits for the next signal that is sent from this call on, even if that is
    /// before the first `.await`.
    pub fn next(&self) -> impl Future<Output = ()> + use<'_> {
        let seen = self.count.get();
        poll_fn(move |_| {
            if self.count.get() != seen {
                return Poll::Ready(());
            }
            let mut waiting = self.waiting.borrow_mut();
            let current = Task::current();
            let is_new = |current: &Rc<Task>| waiting.iter().all(|task| !Rc::ptr_eq(task, current));
            if let Some(current) = current.filter(is_new) {
                waiting.push(current);
            }
            Poll::Pending
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A task that says how far it is, and waits for a signal after each step.
    fn counting(steps: u32) -> (Rc<Signal>, Rc<Cell<u32>>) {
        let (signal, done) = (Rc::new(Signal::default()), Rc::new(Cell::new(0)));
        let (sent, at) = (Rc::clone(&signal), Rc::clone(&done));
        Task::spawn(async move {
            for step in 1..=steps {
                at.set(step);
                sent.next().await;
            }
        });
        (signal, done)
    }

    #[test]
    fn a_task_runs_at_once_and_goes_on_within_what_wakes_it() {
        let (signal, done) = counting(2);
        assert_eq!(done.get(), 1);
        signal.send();
        assert_eq!(done.get(), 2);
        signal.send();
        assert_eq!(Rc::strong_count(&done), 1, "a task that ended is forgotten");
    }

    #[test]
    fn a_task_that_is_woken_for_nothing_waits_on() {
        let (signal, done) = counting(2);
        let task = signal.waiting.borrow().first().cloned().unwrap();
        task.wake();
        assert_eq!((done.get(), signal.waiting.borrow().len()), (1, 1));
    }

    #[test]
    fn a_task_that_has_ended_is_woken_in_vain() {
        let (signal, done) = counting(1);
        let task = signal.waiting.borrow().first().cloned().unwrap();
        signal.send();
        task.wake();
        assert_eq!(done.get(), 1);
    }

    #[test]
    fn a_task_that_wakes_itself_while_it_runs_goes_on_afterwards() {
        let polls = Rc::new(Cell::new(0));
        let counted = Rc::clone(&polls);
        Task::spawn(poll_fn(move |_| {
            counted.set(counted.get() + 1);
            if counted.get() == 3 {
                return Poll::Ready(());
            }
            Task::current().unwrap().wake();
            Poll::Pending
        }));
        assert_eq!(polls.get(), 3);
    }

    #[test]
    fn a_task_may_start_another_and_is_the_current_one_again_afterwards() {
        let seen = Rc::new(RefCell::new(Vec::new()));
        let noted = Rc::clone(&seen);
        Task::spawn(async move {
            let note = |seen: &RefCell<Vec<_>>| seen.borrow_mut().extend(Task::current());
            note(&noted);
            let inner = Rc::clone(&noted);
            Task::spawn(async move { note(&inner) });
            note(&noted);
        });
        let seen = seen.borrow();
        assert!(Rc::ptr_eq(&seen[0], &seen[2]) && !Rc::ptr_eq(&seen[0], &seen[1]));
        assert!(Task::current().is_none());
    }

    #[test]
    fn a_signal_that_comes_before_the_wait_is_not_missed() {
        let signal = Rc::new(Signal::default());
        let done = Rc::new(Cell::new(false));
        let (sent, at) = (Rc::clone(&signal), Rc::clone(&done));
        Task::spawn(async move {
            let next = sent.next();
            sent.send();
            next.await;
            at.set(true);
        });
        assert!(done.get());
    }
}
