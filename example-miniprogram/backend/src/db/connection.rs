//! Opening a connection to the file, and the settings each connection has.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags};

/// How long opening waits for another process that is writing.
pub(super) const OPENING_WAIT: Duration = Duration::from_secs(5);

/// How long a write waits for another process that is writing, before it is
/// refused as busy: less than a client waits for its answer.
pub(super) const WRITE_WAIT: Duration = Duration::from_secs(2);

/// The connection that writes. The file is made if it is not there, and
/// nothing is written into it yet.
pub(super) fn writer(path: &Path) -> rusqlite::Result<Connection> {
    // Without the URI flag: a path that looks like a URI stays a path.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(OPENING_WAIT)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A consent once acknowledged must survive a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// A connection that only reads. In WAL mode it waits for no writer.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // Readers are rarely locked out; a recovery does it.
    connection.busy_timeout(WRITE_WAIT)?;
    Ok(connection)
}

/// Switches the journal to WAL. SQLite does not wait for other processes here,
/// in spite of the busy timeout.
pub(super) fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && start.elapsed() < OPENING_WAIT =>
            {
                sleep(Duration::from_millis(10));
            }
            done => return done,
        }
    }
}
