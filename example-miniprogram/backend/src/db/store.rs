//! The open database: one thread that writes, and connections that read.

use std::sync::Arc;

use rusqlite::Connection;

use crate::db::error::StoreError;
use crate::db::readers::Readers;
use crate::db::writer::Writer;

/// A database that is open. Clones share it; the last one closes it.
///
/// Writes that come at the same time share a commit, and are answered once
/// that is on disk. Reads wait for no write.
#[derive(Clone, Debug)]
pub struct Store {
    // Dropped first, so that the writer is the last to close the file.
    readers: Readers,
    writer: Arc<Writer>,
}

impl Store {
    /// A store over a database that is prepared.
    pub(super) fn over(readers: Readers, writer: Writer) -> Self {
        Self { readers, writer: Arc::new(writer) }
    }

    /// Reads, in a transaction.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.run(work).await
    }

    /// Writes, in a transaction that is on disk before this answers. If `work`
    /// fails, nothing of it is written.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(work).await
    }
}
