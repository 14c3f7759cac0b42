//! Opening a database: the file, its tables, and what the last run left.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::db::error::StoreError;
use crate::db::store::Store;
use crate::db::{ledger, schema};

impl Store {
    /// Opens the database at `path`, or makes and seeds one. Messages that the
    /// last run left half done are ended.
    ///
    /// # Errors
    /// The file cannot be opened or written, is no SQLite database, belongs to
    /// another program, or was written by a later release.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        // Without the URI flag, so that a path is only ever a path.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        schema::prepare(&mut connection)?;
        ledger::recover(&mut connection)?;
        Ok(Self::over(connection))
    }
}
