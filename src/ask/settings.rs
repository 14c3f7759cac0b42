//! The user's settings for subscription messages, as the host tells them.

use alloc::boxed::Box;
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::consent::Consent;
use crate::js::{StringMap, TemplateIds, value};
use crate::rules::failure::Error;

/// What the user has set; nothing, if the host does not say.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Whether messages are allowed at all; `None` if the host does not say.
    pub main_switch: Option<bool>,
    /// The kept choices by template id, in the host's own words.
    items: StringMap,
}

/// What the user has set on the page that was opened.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenedSettings {
    main_switch: Option<bool>,
    items: StringMap,
    /// Why the page did not open.
    error: Option<Box<Error>>,
}

impl OpenedSettings {
    /// What is set now, and why the page did not open, if it did not.
    pub fn new(settings: Option<Settings>, error: Option<Box<Error>>) -> Self {
        let Settings { main_switch, items } = settings.unwrap_or_default();
        Self { main_switch, items, error }
    }
}

impl Settings {
    /// Sorts ids by the words that are kept for them.
    pub fn sort(&self, ids: &TemplateIds) -> Consent {
        Consent::sort(ids, self.items.as_ref())
    }
}

/// Reads the answer of `wx.getSetting` or `wx.openSetting`, if it says anything
/// about subscriptions. Hosts leave `itemSettings` out when it is empty, and some
/// repeat the ids beside `mainSwitch`: both places count, `itemSettings` before
/// the other.
pub fn settings_in(answer: &JsValue) -> Option<Settings> {
    let setting = value::get(answer, "subscriptionsSetting");
    let items = StringMap::default();
    for place in [&setting, &value::get(&setting, "itemSettings")] {
        for id in value::keys(place).iter() {
            let word = value::get_by(place, &id);
            if word.is_string() {
                items.insert(&id, &word);
            }
        }
    }
    let main_switch = value::get(&setting, "mainSwitch").as_bool();
    setting.is_object().then_some(Settings { main_switch, items })
}
