//! The store: templates by scene, and each answer exactly once.

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::task;
use wx_subscribe::contract::PopSubscribeResult;

use crate::{grants, ledger, schema};

/// What a user answered, as the SDK reports it.
pub type Answer = PopSubscribeResult<Map<String, Value>>;

/// What became of an answer given to [`Store::save`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Saved {
    /// It is stored now.
    New,
    /// It had been stored under this report id before; nothing was written.
    Repeated,
    /// A different answer has this report id; nothing was written.
    Conflict,
}

/// A stored answer. As JSON it is one flat object: `id`, the members of the
/// report, `createdAt`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// The report id: the `Idempotency-Key` it came with.
    pub id: String,
    /// The answer itself.
    #[serde(flatten)]
    pub answer: Answer,
    /// When it was stored: RFC 3339 in UTC with milliseconds, such as
    /// `2025-01-31T08:00:00.000Z`.
    pub created_at: String,
}

/// Why the store could not do what was asked. No message holds a stored value.
#[derive(Debug)]
pub enum StoreError {
    /// SQLite refused.
    Sqlite(rusqlite::Error),
    /// The database was written by a later release.
    Newer {
        /// Version of the database's schema.
        found: usize,
        /// The last version this program knows.
        known: usize,
    },
    /// The file holds the tables of another program.
    Foreign,
    /// A column holds what this program never writes.
    Corrupt(&'static str),
    /// What the work was about was deleted meanwhile.
    Gone,
    /// The work was cut off, as the program is ending.
    Stopped,
}

impl Display for StoreError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(error) => error.fmt(f),
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
        Self::Sqlite(error)
    }
}

/// A database that is open. Clones share it.
///
/// SQLite has one writer at a time, so that one connection behind a mutex costs
/// no throughput; the work is done on tokio's blocking threads.
#[derive(Clone, Debug)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
}

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
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// The ids of the templates a scene offers, in their order; `None` for a
    /// scene that is unknown.
    ///
    /// # Errors
    /// The database failed.
    pub async fn templates(&self, trigger_act: String) -> Result<Option<Vec<String>>, StoreError> {
        self.run(move |connection| {
            // A scene without templates is one row with nothing in it.
            let rows: Vec<Option<String>> = connection
                .prepare(
                    "SELECT template_id FROM scenes LEFT JOIN templates USING (trigger_act)
                     WHERE trigger_act = ?1 ORDER BY position",
                )?
                .query_map([trigger_act], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let known = !rows.is_empty();
            Ok(known.then(|| rows.into_iter().flatten().collect()))
        })
        .await
    }

    /// Stores an answer, and a grant for each template it accepts, unless one
    /// with this report id is there already.
    ///
    /// # Errors
    /// The database failed; the answer may be given again.
    pub async fn save(&self, report_id: String, answer: Answer) -> Result<Saved, StoreError> {
        self.run(move |connection| {
            // The unique report id decides, not a look beforehand, so that this
            // holds for another process on the same file too.
            let transaction = connection.transaction()?;
            let inserted = transaction.execute(
                "INSERT INTO answers (report_id, bus_no, extra_variable_map, open_id,
                                      agree_template_ids, reject_template_ids)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (report_id) DO NOTHING",
                params![
                    report_id,
                    answer.bus_no,
                    json!(answer.extra_variable_map).to_string(),
                    answer.open_id,
                    json!(answer.agree_template_ids).to_string(),
                    json!(answer.reject_template_ids).to_string(),
                ],
            )?;
            let saved = if inserted > 0 {
                grants::give(&transaction, &report_id)?;
                Saved::New
            } else {
                let stored = select(&transaction, "report_id = ?1", &report_id)?;
                let same = stored.iter().any(|stored| stored.answer == answer);
                if same { Saved::Repeated } else { Saved::Conflict }
            };
            transaction.commit()?;
            Ok(saved)
        })
        .await
    }

    /// The answers of one user, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn subscriptions(&self, open_id: String) -> Result<Vec<Subscription>, StoreError> {
        self.run(move |connection| select(connection, "open_id = ?1", &open_id)).await
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

fn select(
    connection: &Connection,
    condition: &'static str,
    value: &str,
) -> Result<Vec<Subscription>, StoreError> {
    connection
        .prepare(&format!("SELECT * FROM answers WHERE {condition} ORDER BY number"))?
        .query_and_then([value], subscription)?
        .collect()
}

fn subscription(row: &Row<'_>) -> Result<Subscription, StoreError> {
    Ok(Subscription {
        id: row.get("report_id")?,
        answer: Answer {
            bus_no: row.get("bus_no")?,
            extra_variable_map: json_column(row, "extra_variable_map")?,
            open_id: row.get("open_id")?,
            agree_template_ids: json_column(row, "agree_template_ids")?,
            reject_template_ids: json_column(row, "reject_template_ids")?,
        },
        created_at: row.get("created_at")?,
    })
}

/// A column that holds JSON.
pub(crate) fn json_column<T: DeserializeOwned>(
    row: &Row<'_>,
    name: &'static str,
) -> Result<T, StoreError> {
    let text: String = row.get(name)?;
    serde_json::from_str(&text).map_err(|_| StoreError::Corrupt(name))
}

/// A column that holds one of the words of an `enum`.
pub(crate) fn word_column<T: DeserializeOwned>(
    row: &Row<'_>,
    name: &'static str,
) -> Result<T, StoreError> {
    let word = Value::String(row.get(name)?);
    serde_json::from_value(word).map_err(|_| StoreError::Corrupt(name))
}
