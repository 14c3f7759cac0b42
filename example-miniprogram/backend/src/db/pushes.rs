//! What WeChat pushed, stored once however often it is repeated.

use rusqlite::{Connection, params};
use sha1::{Digest, Sha1};

use crate::db::consents::{self, Subject};
use crate::db::error::StoreError;
use crate::db::ledger;
use crate::db::store::Store;
use crate::push::PushEvent;

impl Store {
    /// Stores an event and what follows from it, unless it is stored already.
    /// Returns whether it was new.
    ///
    /// # Errors
    /// The database failed; the call may be repeated.
    pub async fn pushed(&self, event: PushEvent) -> Result<bool, StoreError> {
        // WeChat's own key of a repeat, user and time, is too coarse: several
        // messages may be sent in a second.
        let hash = Sha1::digest(format!("{event:?}"));
        self.write(move |connection| {
            let insert = "INSERT INTO pushes (hash) VALUES (?1) ON CONFLICT DO NOTHING";
            if connection.execute(insert, [hash.as_slice()])? == 0 {
                return Ok(false);
            }
            match &event {
                PushEvent::Popup { open_id, at, items } => {
                    for item in items.iter().filter(|item| item.status == "accept") {
                        let subject = Subject { open_id, template_id: &item.template_id };
                        let event = note(connection, subject, "accept", *at)?;
                        consents::add(connection, subject, None, Some(event))?;
                    }
                }
                // WeChat documents `reject` only: another word gives no grant.
                PushEvent::Change { open_id, at, items } => {
                    for item in items.iter().filter(|item| item.status == "reject") {
                        let subject = Subject { open_id, template_id: &item.template_id };
                        note(connection, subject, "revoke", *at)?;
                        consents::revoke(connection, subject)?;
                    }
                }
                PushEvent::Sent { open_id, at, items } => {
                    for item in items {
                        ledger::delivered(connection, open_id, *at, item)?;
                    }
                }
            }
            Ok(true)
        })
        .await
    }
}

fn note(
    connection: &Connection,
    subject: Subject<'_>,
    kind: &'static str,
    at: i64,
) -> rusqlite::Result<i64> {
    connection.query_row(
        "INSERT INTO consent_events (open_id, template_id, kind, at) VALUES (?1, ?2, ?3, ?4)
         RETURNING id",
        params![subject.open_id, subject.template_id, kind, at],
        |row| row.get(0),
    )
}
