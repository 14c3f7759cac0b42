//! An object of strings: template id → the host's word.

use js_sys::Object;
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

use super::{sys, value};

/// Strings by key. The object has no prototype, so any key is as good as
/// another: `__proto__`, too.
#[derive(Clone, Debug)]
pub struct StringMap(Object);

impl Default for StringMap {
    fn default() -> Self {
        Self(sys::object_with_prototype(&JsValue::NULL))
    }
}

impl StringMap {
    /// Puts a string in.
    pub fn insert(&self, key: &JsValue, string: &JsValue) {
        value::set_by(&self.0, key, string);
    }
}

impl AsRef<JsValue> for StringMap {
    fn as_ref(&self) -> &JsValue {
        &self.0
    }
}

impl Serialize for StringMap {
    /// Writes a plain object.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = sys::json_stringify(&self.0).unwrap_or_default();
        let plain = value::parsed(&text).unwrap_or_default();
        serde_wasm_bindgen::preserve::serialize(&plain, serializer)
    }
}
