//! Errors of the database.

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use rusqlite::ErrorCode;

/// An error of the store. No message holds a stored value.
#[derive(Clone, Debug)]
pub enum StoreError {
    /// An error of SQLite.
    Sqlite(Arc<rusqlite::Error>),
    /// Another process is writing, or the write queue is full: retry later.
    Busy,
    /// The database file, or its log, was deleted or replaced while the program
    /// ran: what is written now would be lost.
    Replaced,
    /// The database was written by a later release.
    Newer {
        /// Version of the database's schema.
        found: usize,
        /// The last version this program knows.
        known: usize,
    },
    /// The file holds the tables of another program.
    Foreign,
    /// A column holds a value that this program never writes.
    Corrupt(&'static str),
    /// The row was deleted meanwhile.
    Gone,
    /// The program is ending.
    Stopped,
}

impl Display for StoreError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(error) => error.fmt(f),
            Self::Busy => f.write_str("the database is busy"),
            Self::Replaced => f.write_str(
                "the database file was deleted or replaced while the program ran: start it again",
            ),
            Self::Newer { found, known } => write!(
                f,
                "its schema has version {found} and this program knows versions up to {known}: \
                 use a later release"
            ),
            Self::Foreign => f.write_str("it is the database of another program"),
            Self::Corrupt(column) => write!(f, "the column {column} holds an unexpected value"),
            Self::Gone => f.write_str("what it was about was deleted meanwhile"),
            Self::Stopped => f.write_str("the work was cut off"),
        }
    }
}

impl Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sqlite(Arc::new(error)),
        }
    }
}
