//! Templates: those a scene offers, and each with its scenes and the fields of
//! its message.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::db::error::StoreError;
use crate::db::store::Store;

/// In a query over `grants`, the title of the template that each is for. Scenes
/// may give a template different titles.
pub(crate) const TITLE_OF_GRANT: &str = "(SELECT min(title) FROM templates
    WHERE templates.template_id = grants.template_id)";

/// A template.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// Its id.
    pub template_id: String,
    /// Its title.
    pub title: String,
    /// The scenes that offer it.
    pub trigger_acts: Vec<String>,
    /// The fields of its message, in their order.
    pub fields: Vec<Field>,
}

/// A keyword field of a template's message.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Field {
    /// WeChat's key, such as `thing1`: a kind and a number.
    pub key: String,
    /// Its label in the message.
    pub label: String,
}

impl Store {
    /// The ids of the templates a scene offers, in their order; `None` for a
    /// scene that is unknown.
    ///
    /// # Errors
    /// The database failed.
    pub async fn templates(&self, trigger_act: String) -> Result<Option<Vec<String>>, StoreError> {
        self.read(move |connection| {
            // A scene without templates gives one row of NULLs.
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

    /// All templates, in the order of their ids.
    ///
    /// # Errors
    /// The database failed.
    pub async fn all_templates(&self) -> Result<Vec<Template>, StoreError> {
        self.read(move |connection| {
            let mut templates = BTreeMap::<String, Template>::new();
            let mut statement = connection.prepare(
                "SELECT template_id, title, trigger_act FROM templates ORDER BY trigger_act",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let template_id: String = row.get(0)?;
                let title = row.get(1)?;
                templates
                    .entry(template_id.clone())
                    .or_insert_with(|| Template {
                        template_id,
                        title,
                        trigger_acts: Vec::new(),
                        fields: Vec::new(),
                    })
                    .trigger_acts
                    .push(row.get(2)?);
            }
            let mut statement = connection.prepare(
                "SELECT template_id, key, label FROM template_fields
                 ORDER BY template_id, position",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if let Some(template) = templates.get_mut(&row.get::<_, String>(0)?) {
                    template.fields.push(Field { key: row.get(1)?, label: row.get(2)? });
                }
            }
            Ok(templates.into_values().collect())
        })
        .await
    }
}
