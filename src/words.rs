//! Words by key, as JavaScript has them: template id → the host's word, number
//! → business scene.

use js_sys::Object;
use wasm_bindgen::prelude::*;

use crate::foreign;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Object, js_name = create)]
    fn object_of(prototype: &JsValue) -> Object;
}

/// Words by key. It has no prototype, so any key is as good as another:
/// `__proto__`, too.
#[derive(Clone, Debug)]
pub struct Words(Object);

impl Default for Words {
    fn default() -> Self {
        Self(object_of(&JsValue::NULL))
    }
}

impl Words {
    /// The word of a key, or `undefined`.
    pub fn get(&self, key: &JsValue) -> JsValue {
        foreign::get_by(&self.0, key)
    }

    /// Puts a word in.
    pub fn insert(&mut self, key: &JsValue, word: &JsValue) {
        foreign::set_by(&self.0, key, word);
    }

    /// A plain object, for others.
    pub fn to_value(&self) -> JsValue {
        foreign::json_copy(&self.0).unwrap_or_default()
    }
}

impl Extend<(JsValue, JsValue)> for Words {
    fn extend<I: IntoIterator<Item = (JsValue, JsValue)>>(&mut self, words: I) {
        for (key, word) in words {
            self.insert(&key, &word);
        }
    }
}
