//! Begins a message by holding a grant for it.

use rusqlite::params;
use serde_json::{Map, Value};

use crate::db::columns::json_column;
use crate::db::error::StoreError;
use crate::db::send_keys::{self, Earlier, SendKey};
use crate::db::store::Store;
use crate::message::occasion::Occasion;

/// A message that holds a grant, and the data of its text.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) message: i64,
    /// WeChat has never said that the user refuses this grant.
    pub(crate) undoubted: bool,
    pub(crate) template_id: String,
    pub(crate) bus_no: String,
    pub(crate) extra: Map<String, Value>,
    /// Keys and the variables they show.
    pub(crate) fields: Vec<(String, String)>,
    /// The time in China.
    pub(crate) now: String,
}

/// The result of looking for a grant.
#[derive(Debug)]
pub(crate) enum Hold {
    Held(Box<Held>),
    /// The user gave no grant that is open.
    NoGrant {
        template_id: String,
    },
    /// No template has the title of the occasion.
    NoTemplate,
    /// The key was used before.
    Earlier(Earlier),
}

impl Store {
    /// Begins a message with the oldest open grant of a user for the template
    /// of `occasion`, of this business number if one is given. Doubtful grants
    /// come last. If `key` was used before, no message is begun.
    pub(crate) async fn hold(
        &self,
        open_id: String,
        occasion: Occasion,
        bus_no: Option<String>,
        key: Option<SendKey>,
    ) -> Result<Hold, StoreError> {
        self.write(move |connection| {
            if let Some(key) = &key
                && let Some(earlier) = send_keys::earlier(connection, key)?
            {
                return Ok(Hold::Earlier(earlier));
            }
            let template = "SELECT min(template_id) FROM templates WHERE title = ?1";
            let template: Option<String> =
                connection.query_row(template, [occasion.title()], |row| row.get(0))?;
            let Some(template_id) = template else { return Ok(Hold::NoTemplate) };
            let found = connection
                .prepare(
                    "SELECT id, refusals = 0 AS undoubted, template_id,
                            coalesce(bus_no, '') AS bus_no,
                            coalesce(extra_variable_map, '{}') AS extra_variable_map,
                            strftime('%Y年%m月%d日 %H:%M', 'now', '+8 hours') AS now
                     FROM grants LEFT JOIN answers ON number = answer
                     WHERE grants.open_id = ?1 AND state = 'open' AND NOT revoked
                       AND (?3 IS NULL OR bus_no = ?3)
                       AND template_id IN (SELECT template_id FROM templates WHERE title = ?2)
                     ORDER BY refusals, id LIMIT 1",
                )?
                .query_and_then(params![open_id, occasion.title(), bus_no], |row| {
                    let held = Held {
                        message: 0,
                        undoubted: row.get("undoubted")?,
                        template_id: row.get("template_id")?,
                        bus_no: row.get("bus_no")?,
                        extra: json_column(row, "extra_variable_map")?,
                        fields: Vec::new(),
                        now: row.get("now")?,
                    };
                    Ok::<_, StoreError>((row.get::<_, i64>("id")?, held))
                })?
                .next()
                .transpose()?;
            let Some((grant, mut held)) = found else {
                if let Some(key) = &key {
                    send_keys::note(connection, key, None, Some(&template_id))?;
                }
                return Ok(Hold::NoGrant { template_id });
            };
            connection.execute("UPDATE grants SET state = 'sending' WHERE id = ?1", [grant])?;
            held.message = connection.query_row(
                "INSERT INTO messages (grant_id, occasion, counted)
                 VALUES (?1, ?2, NOT EXISTS (SELECT 1 FROM template_kinds
                                             WHERE template_id = ?3 AND kind <> 'oneTime'))
                 RETURNING id",
                params![grant, occasion.name(), held.template_id],
                |row| row.get(0),
            )?;
            if let Some(key) = &key {
                send_keys::note(connection, key, Some(held.message), None)?;
            }
            held.fields = connection
                .prepare(
                    "SELECT key, variable FROM template_fields
                     WHERE template_id = ?1 ORDER BY position",
                )?
                .query_map([&held.template_id], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            Ok(Hold::Held(Box::new(held)))
        })
        .await
    }
}
