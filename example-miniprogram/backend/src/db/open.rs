//! Opening a database: the file, its tables, and what the last run left.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use rusqlite::TransactionBehavior;

use crate::db::error::StoreError;
use crate::db::files::Files;
use crate::db::readers::Readers;
use crate::db::store::Store;
use crate::db::writer::Writer;
use crate::db::{connection, ledger, schema};
use crate::session::SessionKey;

/// Most writes per commit: enough for all waiting clients, and few enough that
/// the first does not wait long.
const SHARING_A_COMMIT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

impl Store {
    /// Opens the database at `path`, or creates and seeds it. Ends the messages
    /// that the last run left unfinished.
    ///
    /// # Errors
    /// The file cannot be opened or written, is no SQLite database, belongs to
    /// another program, or was written by a later release.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_sharing(path, SHARING_A_COMMIT)
    }

    /// [`Self::open`], with at most `most` writes sharing a commit.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_sharing(path: &Path, most: NonZeroUsize) -> Result<Self, StoreError> {
        // `:memory:` is no file to SQLite, and `./:memory:` is one.
        let path = Path::new(".").join(path);
        let mut connection = connection::writer(&path)?;
        schema::prepare(&mut connection)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        ledger::recover(&transaction)?;
        let key = "SELECT key FROM session_keys";
        let key = SessionKey::new(transaction.query_row(key, [], |row| row.get(0))?);
        transaction.commit()?;
        connection.busy_timeout(connection::WRITE_WAIT)?;
        // The path that SQLite resolved: the log is beside the file itself, not
        // beside a link to it.
        let path = connection.path().map_or(path, PathBuf::from);
        let files = Files::of(&path)?;
        let readers = Readers::open(&path, files.clone())?;
        let writer = Writer::start(connection, files, most.get())?;
        Ok(Self::over(readers, writer, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::readers::READERS;
    use rusqlite::Connection;
    use std::sync::{Arc, Barrier};

    fn text(connection: &Connection, pragma: &str) -> Result<String, StoreError> {
        let value: rusqlite::types::Value =
            connection.pragma_query_value(None, pragma, |row| row.get(0))?;
        Ok(match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => panic!("{pragma} is {other:?}"),
        })
    }

    #[test]
    fn the_writer_waits_for_the_disk_and_every_connection_is_set_up() {
        let folder = std::env::temp_dir().join(format!("backend-pragmas-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // A new database, and one that is there already.
        for _ in 0..2 {
            let store = Store::open(&folder.join("test.sqlite3")).unwrap();
            let pragmas = |names: &'static [&'static str]| {
                move |connection: &Connection| {
                    names.iter().map(|name| text(connection, name)).collect::<Result<Vec<_>, _>>()
                }
            };
            let names = &["synchronous", "journal_mode", "foreign_keys", "busy_timeout"];
            let writer = runtime.block_on(store.write(pragmas(names))).unwrap();
            let full = "2";
            assert_eq!(writer, [full, "wal", "1", "2000"]);

            // All readers at once, so that each is used.
            let together = Arc::new(Barrier::new(READERS));
            let readers: Vec<_> = (0..READERS)
                .map(|_| {
                    let (store, together) = (store.clone(), Arc::clone(&together));
                    runtime.spawn(async move {
                        let read = move |connection: &Connection| {
                            together.wait();
                            let refused = connection.execute("DELETE FROM scenes", []).is_err();
                            let values = pragmas(&["journal_mode", "busy_timeout"])(connection)?;
                            Ok((values, refused))
                        };
                        store.read(read).await
                    })
                })
                .collect();
            for reader in readers {
                let (values, refused) = runtime.block_on(reader).unwrap().unwrap();
                assert_eq!(values, ["wal", "2000"]);
                assert!(refused, "a reader writes nothing");
            }
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
