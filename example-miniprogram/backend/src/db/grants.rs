//! Grants: the right to send a user one message, one for each consent.

use rusqlite::Row;
use serde::{Deserialize, Serialize};

use crate::db::columns::word_column;
use crate::db::error::StoreError;
use crate::db::store::Store;
use crate::db::templates::TITLE_OF_GRANT;

/// Grants with their witnesses, for a query.
pub(super) const WITNESSED: &str = "grants LEFT JOIN answers ON number = answer
    LEFT JOIN consent_events ON consent_events.id = event";

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
    /// such user, or the user revoked it in the settings: no message can be sent.
    Void,
    /// The message went out, and no answer came. The user may have it, so the
    /// grant is not used until [`Store::settle`] decides.
    Unknown,
}

/// Who told of a consent. One witness is enough: a report can be lost, and
/// WeChat pushes no event of some consents.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Witness {
    /// The page, with its report.
    Page,
    /// WeChat, with an event.
    WeChat,
    /// Both.
    Both,
}

/// The right to send one message of one template. One of a long-term template
/// is not used up.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Its number; a later grant has a greater one.
    pub id: i64,
    /// The template that was accepted.
    pub template_id: String,
    /// The template's title; `None` if the database has no such template.
    pub title: Option<String>,
    /// The business number of the answer; empty if only WeChat told of it.
    pub bus_no: String,
    /// The report id of the answer; `None` if only WeChat told of it.
    pub report_id: Option<String>,
    /// Who told of it.
    pub witness: Witness,
    /// Its state.
    pub state: GrantState,
    /// When the answer was stored, or the time of WeChat's event, in the form
    /// of [`Subscription::created_at`](crate::Subscription::created_at).
    pub granted_at: String,
    /// When WeChat took the message.
    pub spent_at: Option<String>,
    /// WeChat said once that the user refuses (43101), which it also says for
    /// some time after many messages were sent. Other grants are used first,
    /// and if it says so of this one again, it is void. In JSON only if true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub doubtful: bool,
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
                    "SELECT grants.id, grants.template_id, coalesce(bus_no, '') AS bus_no,
                            report_id, spent_at, {TITLE_OF_GRANT} AS title,
                            iif(state = 'open' AND revoked, 'void', state) AS state,
                            iif(answer IS NULL, 'weChat', iif(event IS NULL, 'page', 'both'))
                                AS witness,
                            coalesce(created_at, strftime('%Y-%m-%dT%H:%M:%fZ', at, 'unixepoch'))
                                AS granted_at,
                            state = 'open' AND refusals > 0 AS doubtful
                     FROM {WITNESSED} WHERE grants.open_id = ?1 ORDER BY grants.id"
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
        witness: word_column(row, "witness")?,
        state: word_column(row, "state")?,
        granted_at: row.get("granted_at")?,
        spent_at: row.get("spent_at")?,
        doubtful: row.get("doubtful")?,
    })
}
