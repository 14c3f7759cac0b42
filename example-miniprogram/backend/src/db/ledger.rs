//! The ledger of grants and messages: which message may use which grant.
//!
//! Each step is one transaction, and on disk before the next step begins. If
//! the program is killed, the database shows how far it got:
//!
//! | message | grant | what is certain | after a restart |
//! |---|---|---|---|
//! | `pending` | `sending` | no request is under way | `failed`, the grant is `open` again |
//! | `sending` | `sending` | a request may have gone out | `unknown`, and so is the grant |
//! | `sent` | `spent` | WeChat took it | |
//! | `failed` | `open`, or `void` | it was not sent | |
//! | `unknown` | `unknown` | nothing | |
//!
//! WeChat offers no way to ask whether it took a message, and sends the same
//! one twice if asked twice. A message of unknown outcome is therefore neither
//! sent again nor written off: it stays listed until [`Store::settle`].

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use crate::db::error::StoreError;
use crate::db::messages::{self, Message};
use crate::db::store::Store;
use crate::message::failure::{Failure, FailureKind};
use crate::push::Delivery;

/// How a message ended.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    Sent { msgid: Option<String> },
    Failed(Failure),
    Unknown(Failure),
}

impl Store {
    /// Notes that a request is about to go out. Returns false if another start
    /// on this database has taken the grant away; then the request must not go
    /// out.
    pub(crate) async fn begin_request(&self, message: i64) -> Result<bool, StoreError> {
        self.turn(message, "sending", "pending").await
    }

    /// Notes that the request was answered, and that another will be tried.
    pub(crate) async fn end_request(&self, message: i64) -> Result<bool, StoreError> {
        self.turn(message, "pending", "sending").await
    }

    async fn turn(
        &self,
        message: i64,
        to: &'static str,
        from: &'static str,
    ) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let update = "UPDATE messages SET status = ?2 WHERE id = ?1 AND status = ?3";
            Ok(connection.execute(update, params![message, to, from])? == 1)
        })
        .await
    }

    /// Records how a message ended, also if another start has marked it
    /// `unknown` in the meantime.
    pub(crate) async fn conclude(
        &self,
        message: i64,
        verdict: Verdict,
    ) -> Result<Option<Message>, StoreError> {
        self.write(move |connection| {
            let mut verdict = verdict;
            let delivered = "SELECT delivered_at IS NOT NULL FROM messages WHERE id = ?1";
            let delivered = connection.query_row(delivered, [message], |row| row.get(0));
            // WeChat's push was faster than the answer that never came.
            if matches!(verdict, Verdict::Unknown(_)) && delivered.optional()? == Some(true) {
                verdict = Verdict::Sent { msgid: None };
            }
            let open = "status IN ('pending', 'sending', 'unknown')";
            end(connection, message, &verdict, open).map(|(_, message)| message)
        })
        .await
    }

    /// Settles a message of unknown outcome, once the shop knows it by
    /// WeChat's `subscribe_msg_sent_event` or from the user. If it was not
    /// sent its grant is open again. `None` if no message of unknown outcome
    /// has this number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn settle(&self, message: i64, sent: bool) -> Result<Option<Message>, StoreError> {
        self.settle_of(message, sent, None).await
    }

    /// [`Self::settle`], of this user's messages if one is given.
    pub(crate) async fn settle_of(
        &self,
        message: i64,
        sent: bool,
        open_id: Option<String>,
    ) -> Result<Option<Message>, StoreError> {
        self.write(move |connection| {
            let of_user = "SELECT ?2 IS NULL OR ?2 = (SELECT open_id FROM grants
                           JOIN messages ON grant_id = grants.id WHERE messages.id = ?1)";
            let of_user: Option<bool> =
                connection.query_row(of_user, params![message, open_id], |row| row.get(0))?;
            if of_user != Some(true) {
                return Ok(None);
            }
            let verdict = match sent {
                true => Verdict::Sent { msgid: None },
                false => Verdict::Failed(Failure::settled()),
            };
            let (done, message) = end(connection, message, &verdict, "status = 'unknown'")?;
            Ok(message.filter(|_| done))
        })
        .await
    }
}

/// Notes what WeChat pushed of a message: by its number, or else of the oldest
/// one to this user and template that may be meant, as WeChat rarely tells a
/// number when it takes a message.
pub(crate) fn delivered(
    connection: &Connection,
    open_id: &str,
    at: i64,
    item: &Delivery,
) -> Result<(), StoreError> {
    let find = "
        SELECT messages.id, status FROM messages JOIN grants ON grants.id = grant_id
        WHERE open_id = ?1 AND template_id = ?2 AND (msgid = ?3 OR msgid IS NULL
              AND delivered_at IS NULL AND status IN ('sending', 'unknown', 'sent')
              AND unixepoch(created_at) <= ?4 + 600)
        ORDER BY msgid IS NULL, messages.id LIMIT 1";
    let found = connection
        .query_row(find, params![open_id, item.template_id, item.msg_id, at], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((message, status)): Option<(i64, String)> = found else { return Ok(()) };
    if item.error_code != 0 {
        let failure = Failure::not_delivered(item.error_code, &item.error_status);
        end(connection, message, &Verdict::Failed(failure.clone()), "status = 'unknown'")?;
        // Its grant stays spent.
        connection.execute(
            "UPDATE messages SET status = 'failed', errcode = ?2, errmsg = ?3, failure = ?4
             WHERE id = ?1 AND status = 'sent'",
            params![message, item.error_code, failure.errmsg, json!(failure).to_string()],
        )?;
        return Ok(());
    }
    if status == "unknown" {
        let msgid = Some(item.msg_id.clone());
        end(connection, message, &Verdict::Sent { msgid }, "status = 'unknown'")?;
    }
    connection.execute(
        "UPDATE messages SET delivered_at = strftime('%Y-%m-%dT%H:%M:%fZ', ?2, 'unixepoch')
         WHERE id = ?1",
        params![message, at],
    )?;
    Ok(())
}

/// Ends a message for which `condition` holds, and its grant. Returns whether
/// it did, and the message as it is now.
fn end(
    connection: &Connection,
    message: i64,
    verdict: &Verdict,
    condition: &'static str,
) -> Result<(bool, Option<Message>), StoreError> {
    let failure = match verdict {
        Verdict::Sent { .. } => None,
        Verdict::Failed(failure) | Verdict::Unknown(failure) => Some(failure),
    };
    let (status, state, msgid) = match verdict {
        Verdict::Sent { msgid } => ("sent", "spent", msgid.as_deref()),
        Verdict::Failed(failure) if failure.ends_grant() => ("failed", "void", None),
        Verdict::Failed(_) => ("failed", "open", None),
        Verdict::Unknown(_) => ("unknown", "unknown", None),
    };
    let code = failure.map_or(Some(0), |failure| failure.code);
    let text = failure.map_or("ok", |failure| failure.errmsg.as_str());
    let ended: Option<(i64, bool)> = connection
        .query_row(
            &format!(
                "UPDATE messages SET status = ?2, errcode = ?3, errmsg = ?4, msgid = ?5, failure = ?6
                 WHERE id = ?1 AND {condition} RETURNING grant_id, counted"
            ),
            params![message, status, code, text, msgid, failure.map(|it| json!(it).to_string())],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if let Some((grant, counted)) = ended {
        // A long-term grant is used up by no message.
        let state = if counted || state == "void" { state } else { "open" };
        let refused = failure.is_some_and(|failure| failure.kind == FailureKind::Refused);
        connection.execute(
            "UPDATE grants SET state = ?2, refusals = refusals + ?3,
                    spent_at = iif(?2 = 'spent', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), NULL)
             WHERE id = ?1",
            params![grant, state, refused],
        )?;
    }
    let message = messages::select(connection, "messages.id = ?1", [message])?.pop();
    Ok((ended.is_some(), message))
}

/// Ends the messages that the last run of the program left unfinished.
pub(crate) fn recover(connection: &Connection) -> Result<(), StoreError> {
    let left = messages::select(connection, "status IN ('pending', 'sending')", [])?;
    let mut unknown = 0_u32;
    for message in left {
        // The values read above may be out of date: the condition decides.
        let never_sent = Verdict::Failed(Failure::interrupted());
        if !end(connection, message.id, &never_sent, "status = 'pending'")?.0 {
            let cut_off = Verdict::Unknown(Failure::cut_off());
            unknown += u32::from(end(connection, message.id, &cut_off, "status = 'sending'")?.0);
        }
    }
    if unknown > 0 {
        tracing::warn!(
            "messages cut off while they were being sent, whose outcome is unknown: {unknown}"
        );
    }
    Ok(())
}
