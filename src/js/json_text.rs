//! JSON text that JavaScript holds.

use wasm_bindgen::JsValue;

use super::{sys, value};
use crate::rules::json_text::{is_deeper_than, well_formed};

/// JSON text that every parser takes. It stays in JavaScript: reports are
/// written, read and sent without a copy in the module's memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JsonText {
    text: JsValue,
    /// Its length in bytes of UTF-8.
    pub bytes: u32,
}

impl JsonText {
    /// The JSON text of a value, if it has one.
    pub fn of(value: &JsValue) -> Option<Self> {
        let text = value::stringified(value)?;
        // A text with half a surrogate pair is rare: it cannot be encoded, or the
        // half is escaped.
        match sys::encode_uri_component(&text).and_then(|encoded| sys::unescape(&encoded)) {
            Ok(utf8) if utf8.index_of("\\ud") < 0 => Some(Self { text, bytes: utf8.length() }),
            _ => {
                let text = well_formed(text.as_string()?);
                Some(Self { bytes: text.len() as u32, text: text.into() })
            }
        }
    }

    /// Whether objects and lists are nested deeper than so many levels. A shorter
    /// text cannot be.
    pub fn is_deeper_than(&self, most: u32) -> bool {
        self.bytes > 2 * most
            && self.text.as_string().is_some_and(|text| is_deeper_than(&text, most))
    }

    /// A fresh copy of the value, for others, who may change it.
    pub fn value(&self) -> JsValue {
        value::parsed(&self.text).unwrap_or_default()
    }
}
