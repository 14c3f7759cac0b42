//! What a new database offers: the scenes with their templates, and the keyword
//! fields of each template's message, from `seed.json`.
//!
//! The ids have the form of WeChat's own, 43 characters of the URL-safe
//! alphabet, but are made up, and so are the keys of the fields: replace them
//! with those of your account. A key is WeChat's: its kind, which decides what
//! the value may be (see `message/limits.rs`), and a number. In WeChat's console
//! the same keyword may be `thing4` for one account and `thing7` for another.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use serde::Deserialize;

use crate::db::error::StoreError;

#[derive(Deserialize)]
struct Seed {
    /// By `triggerAct`: the titles that the scene offers, in their order.
    scenes: BTreeMap<String, Vec<String>>,
    /// By title.
    templates: BTreeMap<String, Template>,
}

#[derive(Deserialize)]
struct Template {
    id: String,
    /// Key, label, and the variable that the field shows.
    fields: Vec<[String; 3]>,
}

fn seed() -> Result<Seed, StoreError> {
    serde_json::from_str(include_str!("seed.json")).map_err(|_| StoreError::Corrupt("seed.json"))
}

/// Writes the scenes and their templates into empty tables.
pub(crate) fn write(connection: &Connection) -> Result<(), StoreError> {
    let Seed { scenes, templates } = seed()?;
    let mut scene = connection.prepare("INSERT INTO scenes (trigger_act) VALUES (?1)")?;
    let mut template = connection.prepare(
        "INSERT INTO templates (trigger_act, position, template_id, title)
         VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (trigger_act, titles) in scenes {
        scene.execute([&trigger_act])?;
        for (position, title) in (1_u8..).zip(&titles) {
            let id = templates.get(title).map(|template| &template.id);
            template.execute(params![trigger_act, position, id, title])?;
        }
    }
    Ok(())
}

/// Writes the fields of those templates that are there, looked up by their
/// title, as an operator may have replaced the ids.
pub(crate) fn write_fields(connection: &Connection) -> Result<(), StoreError> {
    let mut insert = connection.prepare(
        "INSERT INTO template_fields (template_id, position, key, label, variable)
         SELECT DISTINCT template_id, ?2, ?3, ?4, ?5 FROM templates WHERE title = ?1",
    )?;
    for (title, Template { fields, .. }) in seed()?.templates {
        for (position, [key, label, variable]) in (1_u8..).zip(fields) {
            insert.execute(params![title, position, key, label, variable])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use wx_subscribe::trigger::TriggerType;

    #[test]
    fn every_trigger_of_the_sdk_is_a_scene_and_every_template_is_offered() {
        let Seed { scenes, templates } = seed().unwrap();
        let acts: BTreeSet<_> = TriggerType::ALL.iter().map(|it| it.trigger_act()).collect();
        assert_eq!(scenes.keys().map(String::as_str).collect::<BTreeSet<_>>(), acts);
        let offered: BTreeSet<_> = scenes.values().flatten().collect();
        assert_eq!(offered, templates.keys().collect());
        assert!(templates.values().all(|template| template.id.len() == 43));
    }
}
