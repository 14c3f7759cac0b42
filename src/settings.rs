//! The user's settings for subscription messages, as the host tells them.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::foreign::{self, set};

/// What the user has set.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Whether messages are allowed at all; `None` if the host does not say.
    pub main_switch: Option<bool>,
    /// Template id → the kept choice, in the host's own word. Only templates
    /// for which the user ticked 总是保持以上选择 are here.
    #[serde(skip)]
    pub items: Vec<(String, String)>,
}

impl Settings {
    /// Reads the answer of `wx.getSetting` or `wx.openSetting`. Hosts leave
    /// `itemSettings` out when it is empty, and some repeat the ids beside
    /// `mainSwitch`: both places count, `itemSettings` first.
    pub fn read(answer: &JsValue) -> Self {
        let setting = foreign::get(answer, "subscriptionsSetting");
        let main_switch = foreign::get(&setting, "mainSwitch").as_bool();
        let mut items: Vec<(String, String)> = Vec::new();
        for place in [&foreign::get(&setting, "itemSettings"), &setting] {
            for id in foreign::keys(place) {
                let known = items.iter().any(|(known, _)| *known == id);
                if let Some(word) = foreign::string(place, &id).filter(|_| !known) {
                    items.push((id, word));
                }
            }
        }
        Self { main_switch, items }
    }

    /// The settings as a page receives them.
    pub fn to_value(&self) -> JsValue {
        let settings = foreign::to_value(self);
        set(&settings, "items", &foreign::map(&self.items));
        settings
    }
}
