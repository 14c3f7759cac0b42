//! The user's settings for subscription messages, as the host tells them.

use wasm_bindgen::prelude::*;

use crate::foreign::{get, get_by, keys, members};
use crate::words::Words;

/// Reads the answer of `wx.getSetting` or `wx.openSetting`: `mainSwitch`, which
/// is `null` if the host does not say, and as `items` the kept choices by
/// template id, in the host's own words. Hosts leave `itemSettings` out when it
/// is empty, and some repeat the ids beside `mainSwitch`: both places count,
/// `itemSettings` before the other.
pub fn read(answer: &JsValue) -> JsValue {
    let setting = get(answer, "subscriptionsSetting");
    let mut items = Words::default();
    for place in [&setting, &get(&setting, "itemSettings")] {
        for id in keys(place).iter() {
            let word = get_by(place, &id);
            if word.is_string() {
                items.insert(&id, &word);
            }
        }
    }
    let main_switch = get(&setting, "mainSwitch");
    let is_told = main_switch == JsValue::TRUE || main_switch == JsValue::FALSE;
    let main_switch = if is_told { main_switch } else { JsValue::NULL };
    members().with("mainSwitch", main_switch).with("items", items.to_value()).done()
}
