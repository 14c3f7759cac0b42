//! The host's storage, which may refuse, lose or change what it was given.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{Fault, Host};
use crate::js::value;

impl Host {
    /// Reads a key: an empty string if there is no such key, `None` if the host
    /// cannot read.
    pub fn read(&self, key: &str) -> Option<JsValue> {
        self.call_now("getStorageSync", &key.into(), &JsValue::UNDEFINED).ok()
    }

    /// Writes a key, which the host may refuse.
    pub fn write(&self, key: &str, value: &JsValue) {
        drop(self.call_now("setStorageSync", &key.into(), value));
    }

    /// Removes a key. A host that cannot is given an empty string to keep.
    pub fn remove(&self, key: &str) {
        if self.call_now("removeStorageSync", &key.into(), &JsValue::UNDEFINED).is_err() {
            self.write(key, &"".into());
        }
    }

    /// All keys of storage, as far as the host can list them; `None` if it fails.
    pub fn keys(&self) -> Option<Array> {
        let none = JsValue::UNDEFINED;
        let info = match self.call_now("getStorageInfoSync", &none, &none) {
            Err(Fault::Failed(_)) => return None,
            info => info.unwrap_or_default(),
        };
        Some(value::as_list(value::get(&info, "keys")).unwrap_or_default())
    }
}
