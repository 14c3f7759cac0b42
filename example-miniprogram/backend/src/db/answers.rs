//! Answers: each stored exactly once, with the grants it gives.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde_json::{Map, Value, json};
use wx_subscribe::contract::PopSubscribeResult;

use crate::db::columns::json_column;
use crate::db::consents::{self, Subject};
use crate::db::error::StoreError;
use crate::db::store::Store;

/// What a user answered, as the SDK reports it.
pub type Answer = PopSubscribeResult<Map<String, Value>>;

/// When and where an answer was given, as its report says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Given {
    /// Seconds between the answer and the arrival of the report (`Subscribe-Age`).
    pub age: Option<u32>,
    /// The scene (`Subscribe-Trigger`).
    pub trigger_act: Option<String>,
}

/// The result of [`Store::save`].
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
    /// When it was given, if its report told how long ago, in the form of
    /// `created_at`. In JSON only if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<String>,
    /// The scene in which it was given. In JSON only if its report names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_act: Option<String>,
    /// When it was stored: RFC 3339 in UTC with milliseconds, such as
    /// `2025-01-31T08:00:00.000Z`.
    pub created_at: String,
}

impl Store {
    /// Stores an answer, and a grant for each template it accepts, unless one
    /// with this report id is there already.
    ///
    /// # Errors
    /// The database failed; the call may be repeated.
    pub async fn save(
        &self,
        report_id: String,
        answer: Answer,
        given: Given,
    ) -> Result<Saved, StoreError> {
        self.write(move |connection| {
            // The unique index decides, not a query beforehand.
            let insert = connection.query_row(
                "INSERT INTO answers (report_id, bus_no, extra_variable_map, open_id,
                                      agree_template_ids, reject_template_ids, answered_at,
                                      trigger_act)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, unixepoch() - ?7, ?8)
                 ON CONFLICT (report_id) DO NOTHING RETURNING number",
                params![
                    report_id,
                    answer.bus_no,
                    json!(answer.extra_variable_map).to_string(),
                    answer.open_id,
                    json!(answer.agree_template_ids).to_string(),
                    json!(answer.reject_template_ids).to_string(),
                    given.age,
                    given.trigger_act,
                ],
                |row| row.get(0),
            );
            let saved = if let Some(number) = insert.optional()? {
                for template_id in &answer.agree_template_ids {
                    let subject = Subject { open_id: &answer.open_id, template_id };
                    consents::add(connection, subject, Some(number), None)?;
                }
                Saved::New
            } else {
                let stored = select(connection, "report_id = ?1", &report_id)?;
                let same = stored.iter().any(|stored| stored.answer == answer);
                if same { Saved::Repeated } else { Saved::Conflict }
            };
            Ok(saved)
        })
        .await
    }

    /// The answers of one user, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn subscriptions(&self, open_id: String) -> Result<Vec<Subscription>, StoreError> {
        self.read(move |connection| select(connection, "open_id = ?1", &open_id)).await
    }
}

fn select(
    connection: &Connection,
    condition: &'static str,
    value: &str,
) -> Result<Vec<Subscription>, StoreError> {
    connection
        .prepare(&format!(
            "SELECT *, strftime('%Y-%m-%dT%H:%M:%fZ', answered_at, 'unixepoch') AS answered
             FROM answers WHERE {condition} ORDER BY number"
        ))?
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
        answered_at: row.get("answered")?,
        trigger_act: row.get("trigger_act")?,
        created_at: row.get("created_at")?,
    })
}
