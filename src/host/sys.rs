//! What is called outside the module, by its names there: the glue's callbacks
//! and the timers of the host.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The module's own exports that the host calls back, see `exports`. The
    /// module cannot name its exports itself.
    pub type Callbacks;

    /// `(call, how, value) => void`
    #[wasm_bindgen(method, getter)]
    pub fn complete(this: &Callbacks) -> Complete;

    /// `() => void`
    #[wasm_bindgen(method, getter, js_name = appShown)]
    pub fn app_shown(this: &Callbacks) -> Function;

    /// `() => void`
    #[wasm_bindgen(method, getter, js_name = appHidden)]
    pub fn app_hidden(this: &Callbacks) -> Function;

    /// `(status) => void`
    #[wasm_bindgen(method, getter, js_name = networkChanged)]
    pub fn network_changed(this: &Callbacks) -> Function;

    pub type Complete;

    #[wasm_bindgen(method)]
    pub fn bind(this: &Complete, context: &JsValue, call: u32, how: u32) -> Function;

    #[wasm_bindgen(catch, js_name = setTimeout)]
    pub fn set_timeout(callback: &Function, ms: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = clearTimeout)]
    pub fn clear_timeout(timer: &JsValue) -> Result<(), JsValue>;
}
