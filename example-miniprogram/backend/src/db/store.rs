//! The open database: one thread that writes, and connections that read.

use std::sync::Arc;

use rusqlite::Connection;

use crate::db::error::StoreError;
use crate::db::readers::Readers;
use crate::db::writer::Writer;
use crate::session::SessionKey;

/// A database that is open. Clones share it; the last one closes it.
///
/// Concurrent writes share a commit and return once it is on disk. Reads do not
/// wait for writes.
#[derive(Clone, Debug)]
pub struct Store {
    // Dropped first, so that the writer is the last to close the file.
    readers: Readers,
    writer: Arc<Writer>,
    session_key: SessionKey,
}

impl Store {
    /// A store over a prepared database.
    pub(super) fn over(readers: Readers, writer: Writer, session_key: SessionKey) -> Self {
        Self { readers, writer: Arc::new(writer), session_key }
    }

    /// The key of this database's sessions.
    pub(crate) fn session_key(&self) -> &SessionKey {
        &self.session_key
    }

    /// Reads, in a transaction.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.run(work).await
    }

    /// Writes in a transaction that is on disk before this returns. If `work`
    /// fails, its changes are rolled back.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(work).await
    }
}
