//! Lists of template ids as JavaScript has them.
//!
//! The back end's ids go to the host, to the page and back to the back end, and
//! the SDK never looks into them: they stay where they are.

use js_sys::{Array, Set};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

use crate::foreign;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Array, js_name = from)]
    fn array_of(values: &Set) -> Array;
}

/// Template ids, in order.
#[derive(Clone, Debug, Default)]
pub struct Ids(Array);

impl Ids {
    /// The ids of the back end's list, each once; the error says what is wrong
    /// with it.
    pub fn read(data: &JsValue) -> Result<Self, &'static str> {
        let list = foreign::list(data).ok_or("in JSON, `data` must be a list")?;
        if list.iter().all(|id| foreign::is_text(&id)) {
            Ok(Self(array_of(&Set::new(&list))))
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
        Self(foreign::slice(&self.0, start, end).unchecked_into())
    }

    /// The ids one by one.
    pub fn iter(&self) -> impl Iterator<Item = JsValue> + '_ {
        self.0.iter()
    }

    /// A copy for others, who may change it.
    pub fn to_value(&self) -> JsValue {
        self.slice(0, self.len()).0.into()
    }
}

impl Extend<JsValue> for Ids {
    fn extend<I: IntoIterator<Item = JsValue>>(&mut self, ids: I) {
        for id in ids {
            self.0.push(&id);
        }
    }
}

impl Serialize for Ids {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_wasm_bindgen::preserve::serialize(&self.to_value(), serializer)
    }
}
