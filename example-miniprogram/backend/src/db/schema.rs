//! The tables, their version, and the migrations.

use rusqlite::{Connection, TransactionBehavior};

use crate::db::connection;
use crate::db::error::StoreError;
use crate::db::seed;
use crate::db::seed_fields;

/// One migration per version: the first `n` steps create version `n`. A
/// released step is never changed; changes are new steps.
const STEPS: [&str; 3] = [
    "
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
",
    "
    -- The keyword fields of a template's message. A template belongs to scenes
    -- by its id, so that there is no one row of `templates` to refer to.
    CREATE TABLE template_fields (
        template_id TEXT NOT NULL CHECK (template_id <> ''),
        position INTEGER NOT NULL,
        key TEXT NOT NULL CHECK (key <> ''),
        label TEXT NOT NULL,
        variable TEXT NOT NULL,
        PRIMARY KEY (template_id, position),
        UNIQUE (template_id, key)
    ) STRICT, WITHOUT ROWID;

    -- The row number is the order in which they were given.
    CREATE TABLE grants (
        id INTEGER PRIMARY KEY,
        answer INTEGER NOT NULL REFERENCES answers (number) ON DELETE CASCADE,
        template_id TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'open'
            CHECK (state IN ('open', 'sending', 'spent', 'void', 'unknown')),
        spent_at TEXT,
        UNIQUE (answer, template_id),
        CHECK ((state = 'spent') = (spent_at IS NOT NULL))
    ) STRICT;

    INSERT OR IGNORE INTO grants (answer, template_id)
        SELECT answers.number, accepted.value
        FROM answers, json_each(answers.agree_template_ids) AS accepted
        ORDER BY answers.number, accepted.key;

    CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        grant_id INTEGER NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
        occasion TEXT NOT NULL,
        status TEXT NOT NULL DEFAULT 'pending'
            CHECK (status IN ('pending', 'sending', 'sent', 'failed', 'unknown')),
        errcode INTEGER,
        errmsg TEXT,
        msgid TEXT,
        created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    ) STRICT;

    -- Whatever the program does, a grant never pays for two messages.
    CREATE UNIQUE INDEX one_message_a_grant ON messages (grant_id) WHERE status <> 'failed';
    CREATE INDEX messages_of_grant ON messages (grant_id);
",
    "
    -- How often WeChat has said of this grant that the user refuses.
    ALTER TABLE grants ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;

    -- Why it was not sent, or is not known to be: JSON, as it was answered.
    ALTER TABLE messages ADD COLUMN failure TEXT;

    -- What came of each key, so that nobody sends twice with one. A key
    -- outlives its message.
    CREATE TABLE send_keys (
        key TEXT PRIMARY KEY,
        request TEXT NOT NULL,
        message INTEGER REFERENCES messages (id) ON DELETE SET NULL,
        no_grant_of TEXT,
        created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX send_keys_of_message ON send_keys (message);
",
];

/// Migrates a new or older database to the schema of this program.
///
/// A new one is seeded in the same transaction, so that there is no state in
/// between, and never again: what the operator changed stays changed. One of
/// version 1 gets the fields of the templates it has, and the grants that its
/// answers gave.
pub(crate) fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    // Checked before anything is written: another program's database is left
    // alone.
    let reading = connection.transaction()?;
    version(&reading)?;
    reading.finish()?;
    connection::write_ahead(connection)?;

    // Read again inside the transaction: another process may be migrating.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    for step in STEPS.iter().skip(found) {
        transaction.execute_batch(step)?;
    }
    if found == 0 {
        seed::write(&transaction)?;
    }
    if found < 2 {
        seed_fields::write(&transaction)?;
    }
    if found < STEPS.len() {
        transaction.execute_batch(&format!("PRAGMA user_version = {}", STEPS.len()))?;
    }
    Ok(transaction.commit()?)
}

/// How many steps the database has had. Makes two queries, so `connection` must
/// be in a transaction.
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
