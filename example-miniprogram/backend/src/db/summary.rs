//! What is left to send to a user.

use serde::{Deserialize, Serialize};

use crate::db::columns::word_column;
use crate::db::error::StoreError;
use crate::db::store::Store;

/// The kind of a template.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum TemplateKind {
    /// An accept is the right to send one message.
    OneTime,
    /// An accept is the right to send until the user revokes it.
    LongTerm,
    /// As long-term, and WeChat limits how often.
    LimitedLongTerm,
}

/// What can still be sent of a template.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Remaining {
    /// The template.
    pub template_id: String,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: TemplateKind,
    /// How many messages; `None` for a long-term template that was accepted.
    pub remaining: Option<u32>,
    /// Whether there are enough grants, so that it is not offered.
    pub full: bool,
}

/// A row for each template, with its number of open grants of user `?1`.
const REMAINING: &str = "
    SELECT template_id, min(title) AS title, coalesce(kind, 'oneTime') AS kind, enough,
           (SELECT count(*) FROM grants WHERE grants.template_id = templates.template_id
              AND open_id = ?1 AND state = 'open' AND NOT revoked) AS open
    FROM templates LEFT JOIN template_kinds USING (template_id)
    GROUP BY template_id ORDER BY template_id";

impl Store {
    /// What can still be sent to a user, for each template.
    ///
    /// # Errors
    /// The database failed.
    pub async fn remaining(&self, open_id: String) -> Result<Vec<Remaining>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare(REMAINING)?;
            let mut rows = statement.query([open_id])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let (open, enough): (u32, Option<u32>) = (row.get("open")?, row.get("enough")?);
                let kind = word_column(row, "kind")?;
                let endless = kind != TemplateKind::OneTime && open > 0;
                all.push(Remaining {
                    template_id: row.get("template_id")?,
                    title: row.get("title")?,
                    kind,
                    remaining: (!endless).then_some(open),
                    full: endless || enough.is_some_and(|enough| open >= enough),
                });
            }
            Ok(all)
        })
        .await
    }

    /// Whether the database can be read.
    ///
    /// # Errors
    /// It cannot.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.read(|connection| Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?)).await
    }
}
