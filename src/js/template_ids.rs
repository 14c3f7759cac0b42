//! Lists of template ids. They go to the host, to the page and to the back end,
//! and the SDK never looks into them: JavaScript keeps them.

use js_sys::{Array, Set};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

use super::{sys, value};

/// Template ids, in order.
#[derive(Clone, Debug, Default)]
pub struct TemplateIds {
    ids: Array,
    left_out: u32,
}

impl TemplateIds {
    /// The ids of the back end's list, each once. Empty and null ones are left
    /// out, unless there is no other. `None` for anything else.
    pub fn read(list: &JsValue) -> Option<Self> {
        let list = value::copied_list(list)?;
        let mut read = Self::default();
        for id in list.iter() {
            if value::is_text(&id) {
                read.push(&id);
            } else if id.is_null() || id.is_string() {
                read.left_out += 1;
            } else {
                return None;
            }
        }
        if read.is_empty() && read.left_out > 0 {
            return None;
        }
        read.ids = sys::array_of(&Set::new(&read.ids));
        Some(read)
    }

    /// How many empty or null ids the back end's list had.
    pub const fn left_out(&self) -> u32 {
        self.left_out
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are.
    pub fn len(&self) -> u32 {
        self.ids.length()
    }

    /// The ids from `start` up to, and without, `end`: a copy.
    pub fn slice(&self, start: u32, end: u32) -> Self {
        Self { ids: value::slice(&self.ids, start, end).unchecked_into(), left_out: 0 }
    }

    /// The same ids, those of them that are in `last` at the end.
    pub fn with_last(&self, last: &Self) -> Self {
        let ids = Set::new(&self.ids);
        for id in last.iter() {
            if ids.delete(&id) {
                ids.add(&id);
            }
        }
        Self { ids: sys::array_of(&ids), left_out: 0 }
    }

    /// The ids one by one.
    pub fn iter(&self) -> impl Iterator<Item = JsValue> + '_ {
        self.ids.iter()
    }

    /// Adds an id.
    pub fn push(&self, id: &JsValue) {
        self.ids.push(id);
    }

    /// A copy for others, who may change it.
    pub fn to_value(&self) -> JsValue {
        self.slice(0, self.len()).ids.into()
    }
}

impl Serialize for TemplateIds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_wasm_bindgen::preserve::serialize(&self.to_value(), serializer)
    }
}
