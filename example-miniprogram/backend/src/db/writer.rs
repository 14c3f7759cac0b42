//! The one thread that writes. All work that waits for it goes into one
//! transaction, since what a small write costs is the commit's wait for the
//! disk: sixteen answers at once then cost about as much as one.
//!
//! Nothing is answered before the commit is on disk. Each piece of work has a
//! savepoint of its own, so that one that fails takes nothing from the others.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use crate::db::error::StoreError;
use crate::db::files::Files;

/// How much work may wait; more is refused as busy.
const LONGEST_QUEUE: usize = 1024;

/// Longest wait for more work before a commit.
const LONGEST_GATHERING: Duration = Duration::from_millis(2);

/// Work that waits, and whoever waits for its result.
trait Task: Send {
    /// Does the work; false if it failed and must be undone.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Hands over the result, or the error of the transaction it was part of.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Asked<T, F> {
    work: Option<F>,
    result: Result<T, StoreError>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, F> Task for Asked<T, F>
where
    F: FnOnce(&Connection) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        if let Some(work) = self.work.take() {
            // A panic ends this work only, not the thread that all wait for.
            self.result = catch_unwind(AssertUnwindSafe(|| work(connection)))
                .unwrap_or(Err(StoreError::Stopped));
        }
        self.result.is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        // Whoever asked may have left.
        let _ = self.answer.send(committed.and(self.result));
    }
}

/// The thread, ended by dropping this: it does what still waits, and closes
/// its connection.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<SyncSender<Box<dyn Task>>>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for dyn Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Task")
    }
}

impl Writer {
    /// Writes through `connection`, at most `most` pieces of work a commit.
    pub(super) fn start(
        connection: Connection,
        files: Files,
        most: usize,
    ) -> Result<Self, StoreError> {
        let (queue, waiting) = sync_channel(LONGEST_QUEUE);
        let thread = thread::Builder::new()
            .name("database writer".to_owned())
            .spawn(move || write(connection, &files, &waiting, most))
            .map_err(|_| StoreError::Stopped)?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Does `work` inside a transaction; answers once that is on disk.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let task = Asked { work: Some(work), result: Err(StoreError::Stopped), answer };
        let queue = self.queue.as_ref().ok_or(StoreError::Stopped)?;
        queue.try_send(Box::new(task)).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Disconnected(_) => StoreError::Stopped,
        })?;
        answered.await.unwrap_or(Err(StoreError::Stopped))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

/// The last commit, from which the next one learns how long to gather work.
#[derive(Debug, Default)]
struct Last {
    tasks: usize,
    time: Duration,
}

fn write(
    mut connection: Connection,
    files: &Files,
    waiting: &Receiver<Box<dyn Task>>,
    most: usize,
) {
    let mut last = Last::default();
    while let Ok(first) = waiting.recv() {
        let mut tasks = gather(first, waiting, most, &last);
        let start = Instant::now();
        let committed = commit_together(&mut connection, files, &mut tasks);
        last = Last { tasks: tasks.len(), time: start.elapsed() };
        for task in tasks {
            task.answer(committed.clone());
        }
    }
}

/// All work that waits. Clients whose work was in the last commit ask again
/// about now, so that it is worth a quarter of a commit to wait for as many;
/// otherwise every other commit would serve the first of them alone.
fn gather(
    first: Box<dyn Task>,
    waiting: &Receiver<Box<dyn Task>>,
    most: usize,
    last: &Last,
) -> Vec<Box<dyn Task>> {
    let end = Instant::now() + (last.time / 4).min(LONGEST_GATHERING);
    let mut tasks = vec![first];
    while tasks.len() < most {
        let wait = match tasks.len() < last.tasks {
            true => end.saturating_duration_since(Instant::now()),
            false => Duration::ZERO,
        };
        let Ok(task) = waiting.recv_timeout(wait) else { break };
        tasks.push(task);
    }
    tasks
}

fn commit_together(
    connection: &mut Connection,
    files: &Files,
    tasks: &mut [Box<dyn Task>],
) -> Result<(), StoreError> {
    files.check()?;
    // A writer from the start, so that what is read stays true.
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for task in tasks {
        let savepoint = transaction.savepoint()?;
        if task.run(&savepoint) {
            savepoint.commit()?;
        } else {
            // An error here: SQLite rolled back everything, as on a full disk.
            savepoint.finish()?;
        }
    }
    transaction.commit()?;
    // Again, for files that were replaced meanwhile.
    files.check()
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
