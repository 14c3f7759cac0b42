//! The idempotency keys of sends: a repeated key returns the first result, and
//! nothing is sent again. Keys are never deleted.

use rusqlite::{Connection, OptionalExtension, params};

use crate::db::error::StoreError;
use crate::db::messages::{self, Message, MessageStatus};
use crate::message::failure::Failure;

/// A key and its request.
#[derive(Clone, Debug)]
pub(crate) struct SendKey {
    pub(crate) key: String,
    /// Differs for different requests.
    pub(crate) request: String,
}

/// The earlier use of a key.
#[derive(Debug)]
pub(crate) enum Earlier {
    /// It was used for another request.
    Conflict,
    /// Its message is being sent.
    Running,
    /// There was no grant.
    NoGrant { template_id: String },
    /// Its message ended; its status says how.
    Ended(Box<(Message, Failure)>),
}

/// The earlier use of the key of `asked`; `None` if the key is new.
pub(super) fn earlier(
    connection: &Connection,
    asked: &SendKey,
) -> Result<Option<Earlier>, StoreError> {
    let find = "SELECT request, message, no_grant_of, failure
                FROM send_keys LEFT JOIN messages ON messages.id = message WHERE key = ?1";
    let found = connection
        .query_row(find, [&asked.key], |row| {
            let (request, message): (String, Option<i64>) = (row.get(0)?, row.get(1)?);
            let (template_id, failure): (Option<String>, Option<String>) =
                (row.get(2)?, row.get(3)?);
            Ok((request, message, template_id, failure))
        })
        .optional()?;
    let Some((request, message, template_id, failure)) = found else { return Ok(None) };
    if request != asked.request {
        return Ok(Some(Earlier::Conflict));
    }
    if let Some(template_id) = template_id {
        return Ok(Some(Earlier::NoGrant { template_id }));
    }
    // If there is none, it was deleted with the answer that allowed it.
    let message = messages::select(connection, "messages.id = ?1", [message])?;
    let message = message.into_iter().next().ok_or(StoreError::Gone)?;
    if matches!(message.status, MessageStatus::Pending | MessageStatus::Sending) {
        return Ok(Some(Earlier::Running));
    }
    let failure = match failure {
        Some(json) => {
            serde_json::from_str(&json).map_err(|_| StoreError::Corrupt("messages.failure"))?
        }
        None => Failure::interrupted(),
    };
    Ok(Some(Earlier::Ended(Box::new((message, failure)))))
}

/// Records a new key with its message, or with the template that had no grant.
pub(super) fn note(
    connection: &Connection,
    asked: &SendKey,
    message: Option<i64>,
    no_grant_of: Option<&str>,
) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO send_keys (key, request, message, no_grant_of) VALUES (?1, ?2, ?3, ?4)",
        params![asked.key, asked.request, message, no_grant_of],
    )?;
    Ok(())
}
