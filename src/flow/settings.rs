//! The user's settings for subscription messages, as the host tells them.

use alloc::boxed::Box;
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::context::Context;
use super::identity::Identity;
use crate::js::{StringMap, value};
use crate::rules::failure::Error;

/// What the user has set.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Whether messages are allowed at all; `None` if the host does not say.
    main_switch: Option<bool>,
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

/// Reads the settings; empty ones if the host has none.
pub async fn read_settings(context: &'static Context) -> Settings {
    let limit = context.config().request_timeout_ms;
    settings_in(&context.host.get_setting(limit).await.unwrap_or_default())
}

/// Opens the settings page, in a tap. A call that stays silent ends as one with a
/// popup does.
pub async fn open_settings(
    context: &'static Context,
    identity: &'static Identity,
) -> OpenedSettings {
    let call = context.host.open_setting();
    context.host.limit(&call, context.config().popup_timeout_ms);
    let (answer, error) = match call.await {
        Ok(answer) => (answer, None),
        Err(fault) => (JsValue::UNDEFINED, Some(identity.error_of(fault, Error::of_popup, None))),
    };
    let Settings { main_switch, items } = settings_in(&answer);
    OpenedSettings { main_switch, items, error }
}

/// Reads the answer of `wx.getSetting` or `wx.openSetting`. Hosts leave
/// `itemSettings` out when it is empty, and some repeat the ids beside
/// `mainSwitch`: both places count, `itemSettings` before the other.
fn settings_in(answer: &JsValue) -> Settings {
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
    Settings { main_switch: value::get(&setting, "mainSwitch").as_bool(), items }
}
