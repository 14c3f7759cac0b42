//! Messages: each attempt to send one, and its result.

use rusqlite::{Connection, Params, Row};
use serde::{Deserialize, Serialize};

use crate::db::columns::word_column;
use crate::db::error::StoreError;
use crate::db::store::Store;
use crate::db::templates::TITLE_OF_GRANT;

/// The state of a message.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageStatus {
    /// It holds a grant, and no request for it is under way.
    Pending,
    /// A request for it went out, and the answer is awaited.
    Sending,
    /// WeChat took it.
    Sent,
    /// It was not sent, and is not retried.
    Failed,
    /// A request went out and no answer came: the user may have it or not.
    Unknown,
}

/// One attempt to send a message.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its number; a later message has a greater one.
    pub id: i64,
    /// Its template.
    pub template_id: String,
    /// The template's title; `None` if the database has no such template.
    pub title: Option<String>,
    /// The business number of the answer that allowed it; empty if only WeChat
    /// told of the consent.
    pub bus_no: String,
    /// The [name](crate::Occasion::name) of its occasion.
    pub occasion: String,
    /// Its state.
    pub status: MessageStatus,
    /// WeChat's code, 0 for a message it took; `None` without an answer.
    pub errcode: Option<i64>,
    /// WeChat's text, or this program's where WeChat gave none. It holds
    /// neither openId nor token.
    pub errmsg: Option<String>,
    /// WeChat's number of a message it took.
    pub msgid: Option<String>,
    /// When WeChat pushed that it was delivered, in the form of `created_at`. In
    /// JSON only if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<String>,
    /// When it was begun, in the form of
    /// [`Subscription::created_at`](crate::Subscription::created_at).
    pub created_at: String,
}

impl Store {
    /// The messages to one user, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn messages(&self, open_id: String) -> Result<Vec<Message>, StoreError> {
        self.read(move |connection| select(connection, "grants.open_id = ?1", [open_id])).await
    }
}

/// The messages that match `condition`, oldest first.
pub(crate) fn select(
    connection: &Connection,
    condition: &'static str,
    params: impl Params,
) -> Result<Vec<Message>, StoreError> {
    connection
        .prepare(&format!(
            "SELECT messages.*, grants.template_id, coalesce(bus_no, '') AS bus_no,
                    {TITLE_OF_GRANT} AS title
             FROM messages JOIN grants ON grants.id = grant_id LEFT JOIN answers ON number = answer
             WHERE {condition} ORDER BY messages.id"
        ))?
        .query_and_then(params, message)?
        .collect()
}

fn message(row: &Row<'_>) -> Result<Message, StoreError> {
    Ok(Message {
        id: row.get("id")?,
        template_id: row.get("template_id")?,
        title: row.get("title")?,
        bus_no: row.get("bus_no")?,
        occasion: row.get("occasion")?,
        status: word_column(row, "status")?,
        errcode: row.get("errcode")?,
        errmsg: row.get("errmsg")?,
        msgid: row.get("msgid")?,
        delivered_at: row.get("delivered_at")?,
        created_at: row.get("created_at")?,
    })
}
