//! Grants: the right to send a user one message, one for each template that an
//! answer accepts.

use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

use crate::db::columns::word_column;
use crate::db::error::StoreError;
use crate::db::store::Store;
use crate::db::templates::TITLE_OF_GRANT;

/// The state of a grant.
///
/// ```text
///          held for a message             WeChat took the message
///   open ──────────────────────▶ sending ─────────────────────────▶ spent
///    ▲                            │ │ │
///    └── WeChat did not take it ──┘ │ └── WeChat has no such grant ─▶ void
///                                   └──── nobody knows ─▶ unknown
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantState {
    /// A message may be sent. After WeChat said once that the user refuses, it
    /// is [doubtful](Grant::doubtful).
    Open,
    /// Held for a message that is being sent.
    Sending,
    /// WeChat took the message.
    Spent,
    /// WeChat said twice that the user takes no message, or that there is no
    /// such user: no message can be sent.
    Void,
    /// The message went out, and no answer came. The user may have it, so the
    /// grant is not used until [`Store::settle`] decides.
    Unknown,
}

/// The right to send one message of one template.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Its number; a later grant has a greater one.
    pub id: i64,
    /// The template that was accepted.
    pub template_id: String,
    /// The template's title; `None` if the database has no such template.
    pub title: Option<String>,
    /// The business number of the answer.
    pub bus_no: String,
    /// The report id of the answer.
    pub report_id: String,
    /// Its state.
    pub state: GrantState,
    /// When the answer was stored, in the form of
    /// [`Subscription::created_at`](crate::Subscription::created_at).
    pub granted_at: String,
    /// When WeChat took the message.
    pub spent_at: Option<String>,
    /// WeChat said once that the user refuses (43101), which it also says for
    /// some time after many messages were sent. Other grants are used first,
    /// and if it says so of this one again, it is void. In JSON only if true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub doubtful: bool,
}

/// Makes the grants of an answer that was stored just now.
pub(crate) fn give(connection: &Connection, report_id: &str) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO grants (answer, template_id)
         SELECT answers.number, accepted.value
         FROM answers, json_each(answers.agree_template_ids) AS accepted
         WHERE report_id = ?1 ORDER BY accepted.key",
        [report_id],
    )?;
    Ok(())
}

impl Store {
    /// The grants of one user, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grants(&self, open_id: String) -> Result<Vec<Grant>, StoreError> {
        self.read(move |connection| {
            connection
                .prepare(&format!(
                    "SELECT id, template_id, bus_no, report_id, state, created_at, spent_at,
                            state = 'open' AND refusals > 0 AS doubtful,
                            {TITLE_OF_GRANT} AS title
                     FROM grants JOIN answers ON number = answer
                     WHERE open_id = ?1 ORDER BY id"
                ))?
                .query_and_then([open_id], grant)?
                .collect()
        })
        .await
    }
}

fn grant(row: &Row<'_>) -> Result<Grant, StoreError> {
    Ok(Grant {
        id: row.get("id")?,
        template_id: row.get("template_id")?,
        title: row.get("title")?,
        bus_no: row.get("bus_no")?,
        report_id: row.get("report_id")?,
        state: word_column(row, "state")?,
        granted_at: row.get("created_at")?,
        spent_at: row.get("spent_at")?,
        doubtful: row.get("doubtful")?,
    })
}
