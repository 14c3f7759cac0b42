//! What is called outside the module, by its names there: the export that all
//! callbacks are bound from, and the timers of the host.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The export [`complete`](crate::exports::complete).
    pub type Complete;

    #[wasm_bindgen(method)]
    pub fn bind(this: &Complete, context: &JsValue, call: u32, how: u32) -> Function;

    #[wasm_bindgen(catch, js_name = setTimeout)]
    pub fn set_timeout(callback: &Function, ms: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = clearTimeout)]
    pub fn clear_timeout(timer: &JsValue) -> Result<(), JsValue>;
}
