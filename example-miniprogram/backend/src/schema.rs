//! The database: its tables, their version, and how a file gets there.

use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::seed;
use crate::store::StoreError;

/// How long to wait for another process that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// One step a version: version `n` of the schema is what the first `n` steps
/// make. A step that was released is never changed, only followed by another.
const STEPS: [&str; 1] = ["
    CREATE TABLE scenes (
        trigger_act TEXT PRIMARY KEY
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE templates (
        trigger_act TEXT NOT NULL
            REFERENCES scenes (trigger_act) ON UPDATE CASCADE ON DELETE CASCADE,
        position INTEGER NOT NULL,
        template_id TEXT NOT NULL CHECK (template_id <> ''),
        title TEXT NOT NULL,
        PRIMARY KEY (trigger_act, position),
        UNIQUE (trigger_act, template_id),
        UNIQUE (trigger_act, title)
    ) STRICT, WITHOUT ROWID;

    -- The row number is the order of arrival.
    CREATE TABLE answers (
        number INTEGER PRIMARY KEY,
        report_id TEXT NOT NULL UNIQUE,
        bus_no TEXT NOT NULL,
        extra_variable_map TEXT NOT NULL CHECK (json_type(extra_variable_map) = 'object'),
        open_id TEXT NOT NULL,
        agree_template_ids TEXT NOT NULL CHECK (json_type(agree_template_ids) = 'array'),
        reject_template_ids TEXT NOT NULL CHECK (json_type(reject_template_ids) = 'array'),
        created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    ) STRICT;

    CREATE INDEX answers_of_user ON answers (open_id, number);
"];

/// Brings a database, new or older, to the schema this program knows.
///
/// A new one is seeded in the same transaction, so that there is no state in
/// between, and never again: what the operator changed stays changed.
pub(crate) fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Before anything is written, so that a database of others is left as it is.
    let reading = connection.transaction()?;
    version(&reading)?;
    reading.finish()?;
    write_ahead(connection)?;
    // A consent once acknowledged must survive a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;

    // Asked again inside: another process may be at the same work.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    for step in STEPS.iter().skip(found) {
        transaction.execute_batch(step)?;
    }
    if found == 0 {
        seed::write(&transaction)?;
    }
    if found < STEPS.len() {
        transaction.execute_batch(&format!("PRAGMA user_version = {}", STEPS.len()))?;
    }
    Ok(transaction.commit()?)
}

/// Switches the journal to WAL. SQLite does not wait for other processes here,
/// whatever the busy timeout says.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && start.elapsed() < BUSY_TIMEOUT =>
            {
                sleep(Duration::from_millis(10));
            }
            done => return done,
        }
    }
}

/// How many steps the database has behind it. It looks twice, so `connection`
/// must be inside a transaction.
fn version(connection: &Connection) -> Result<usize, StoreError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let version = usize::try_from(found).map_err(|_| StoreError::Foreign)?;
    if version > STEPS.len() {
        return Err(StoreError::Newer { found: version, known: STEPS.len() });
    }
    if version == 0 {
        let tables = "SELECT EXISTS (SELECT 1 FROM sqlite_schema)";
        if connection.query_row(tables, [], |row| row.get(0))? {
            return Err(StoreError::Foreign);
        }
    }
    Ok(version)
}
