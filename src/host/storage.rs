//! The host's storage, which may refuse, lose or change what it was given.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::Host;
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

    /// All keys of storage; `None` if the host does not tell.
    pub fn keys(&self) -> Option<Array> {
        let info = self.call_now("getStorageInfoSync", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
        value::as_list(value::get(&info.ok()?, "keys"))
    }
}
