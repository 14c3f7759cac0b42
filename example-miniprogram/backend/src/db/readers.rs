//! Read-only connections: lists do not wait for writes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::task;

use crate::db::connection;
use crate::db::error::StoreError;
use crate::db::files::Files;

/// How many reads run at once; others wait.
pub(super) const READERS: usize = 2;

/// The connections. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    path: Arc<PathBuf>,
    files: Files,
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    /// Opens all connections, so that a failure shows at the start.
    pub(super) fn open(path: &Path, files: Files) -> Result<Self, StoreError> {
        let idle = (0..READERS).map(|_| connection::reader(path)).collect::<Result<_, _>>()?;
        Ok(Self {
            path: Arc::new(path.to_owned()),
            files,
            idle: Arc::new(Mutex::new(idle)),
            turns: Arc::new(Semaphore::new(READERS)),
        })
    }

    /// Reads in one transaction: all of `work` sees the same state of the
    /// database.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| StoreError::Stopped)?;
        let readers = self.clone();
        task::spawn_blocking(move || {
            let _turn = turn;
            readers.files.check()?;
            let mut connection = readers.take()?;
            let transaction = connection.transaction()?;
            let result = work(&transaction);
            transaction.finish()?;
            readers.idle().push(connection);
            result
        })
        .await
        .unwrap_or(Err(StoreError::Stopped))
    }

    /// An idle connection, or a new one in place of one that failed.
    fn take(&self) -> rusqlite::Result<Connection> {
        let idle = self.idle().pop();
        idle.map_or_else(|| connection::reader(&self.path), Ok)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
