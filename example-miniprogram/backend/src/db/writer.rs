//! The one thread that writes. All waiting work goes into one transaction,
//! because the cost of a small write is the commit, which waits for the disk:
//! sixteen concurrent answers cost about as much as one.
//!
//! No call returns before the commit is on disk. Each piece of work has its own
//! savepoint, so a failure does not affect the others.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use crate::db::error::StoreError;
use crate::db::files::Files;

/// Length of the queue; further work is refused as busy.
const LONGEST_QUEUE: usize = 1024;

/// Longest wait for more work before a commit.
const LONGEST_GATHERING: Duration = Duration::from_millis(2);

/// Queued work, and the caller that waits for its result.
trait Task: Send {
    /// Does the work; returns false if it failed and must be rolled back.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Returns the result to the caller, or the error of the transaction.
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
            // A panic ends this work only, not the writer thread.
            self.result = catch_unwind(AssertUnwindSafe(|| work(connection)))
                .unwrap_or(Err(StoreError::Stopped));
        }
        self.result.is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        // The caller may be gone.
        let _ = self.answer.send(committed.and(self.result));
    }
}

/// The thread. Dropping this ends it, after it has done the queued work and
/// closed its connection.
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

    /// Does `work` in a transaction; returns once it is on disk.
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

/// The last commit: it decides how long the next one gathers work.
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

/// All queued work. Clients of the last commit send their next request about
/// now, so waiting up to a quarter of a commit for as many pays: otherwise
/// every other commit would hold one request only.
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
    // A write transaction from the start, so that values read in it stay valid.
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
    // Checked again: files may have been replaced meanwhile.
    files.check()
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
