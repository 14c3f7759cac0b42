//! The SDK's own values → JavaScript values.

use serde::{Serialize, Serializer};
use wasm_bindgen::JsValue;

use super::serializer::ToJs;

/// One of the SDK's own values as a JavaScript value. `None` becomes `null`.
pub fn to_js(value: &impl Serialize) -> JsValue {
    value.serialize(ToJs).unwrap_or_default()
}

/// An object that is made once, at a call: `js_object! { "method": "POST" }`.
macro_rules! js_object {
    ($($key:literal: $value:expr),* $(,)?) => {{
        let object = wasm_bindgen::JsValue::from(js_sys::Object::new());
        $($crate::js::value::set(&object, $key, &wasm_bindgen::JsValue::from($value));)*
        object
    }};
}
pub(crate) use js_object;

/// A JavaScript value among the SDK's own, passed through as it is.
#[derive(Clone, Debug, Default)]
pub struct Opaque(pub JsValue);

impl Serialize for Opaque {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_wasm_bindgen::preserve::serialize(&self.0, serializer)
    }
}
