//! The tables, their version, and the migrations.

use rusqlite::{Connection, TransactionBehavior};

use crate::db::connection;
use crate::db::error::StoreError;
use crate::db::seed;

/// One migration per version: the first `n` steps create version `n`. A
/// released step is never changed; changes are new steps.
const STEPS: [&str; 4] = [
    include_str!("migrations/1-answers.sql"),
    include_str!("migrations/2-grants.sql"),
    include_str!("migrations/3-send-keys.sql"),
    include_str!("migrations/4-consents.sql"),
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
    // A step that makes a table anew must not cascade. It has no effect inside
    // a transaction.
    connection.pragma_update(None, "foreign_keys", false)?;

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
        seed::write_fields(&transaction)?;
    }
    if found < STEPS.len() {
        transaction.execute_batch(&format!("PRAGMA user_version = {}", STEPS.len()))?;
    }
    transaction.commit()?;
    Ok(connection.pragma_update(None, "foreign_keys", true)?)
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
