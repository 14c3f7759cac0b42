//! The open database, and the threads its work is done on.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::task;

use crate::db::error::StoreError;

/// A database that is open. Clones share it.
///
/// SQLite has one writer at a time, so that one connection behind a mutex costs
/// no throughput; the work is done on tokio's blocking threads.
#[derive(Clone, Debug)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
}

impl Store {
    /// A store over a database that is prepared.
    pub(super) fn over(connection: Connection) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)) }
    }

    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = Arc::clone(&self.connection);
        task::spawn_blocking(move || {
            // Whoever panicked left no transaction open: SQLite rolled it back.
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .unwrap_or(Err(StoreError::Stopped))
    }
}
