//! Lists of template ids. They go to the host, to the page and to the back end,
//! and the SDK never looks into them: JavaScript keeps them.

use js_sys::{Array, Set};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

use super::{sys, value};

/// Template ids, in order.
#[derive(Clone, Debug, Default)]
pub struct TemplateIds(Array);

impl TemplateIds {
    /// The ids of the back end's list, each once; the error says what is wrong
    /// with it.
    pub fn read(list: &JsValue) -> Result<Self, &'static str> {
        let list = value::copied_list(list).ok_or("in JSON, `data` must be a list")?;
        if list.iter().all(|id| value::is_text(&id)) {
            Ok(Self(sys::array_of(&Set::new(&list))))
        } else {
            Err("`data` must hold template ids only")
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are.
    pub fn len(&self) -> u32 {
        self.0.length()
    }

    /// The ids from `start` up to, and without, `end`: a copy.
    pub fn slice(&self, start: u32, end: u32) -> Self {
        Self(value::slice(&self.0, start, end).unchecked_into())
    }

    /// The ids one by one.
    pub fn iter(&self) -> impl Iterator<Item = JsValue> + '_ {
        self.0.iter()
    }

    /// Adds an id.
    pub fn push(&self, id: &JsValue) {
        self.0.push(id);
    }

    /// A copy for others, who may change it.
    pub fn to_value(&self) -> JsValue {
        self.slice(0, self.len()).0.into()
    }
}

impl Serialize for TemplateIds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_wasm_bindgen::preserve::serialize(&self.to_value(), serializer)
    }
}
