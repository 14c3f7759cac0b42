//! JavaScript's own functions, in the forms that `js-sys` does not have: a key as
//! `&str` needs no handle, and what may call foreign code is caught.

use js_sys::{Array, Function, Object, Set};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    pub fn reflect_get(value: &JsValue, key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    pub fn reflect_get_by(value: &JsValue, key: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = deleteProperty)]
    pub fn reflect_delete(object: &JsValue, key: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    pub fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(js_namespace = Array, js_name = from)]
    pub fn array_of(values: &Set) -> Array;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    pub fn object_keys(value: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(js_namespace = Object, js_name = create)]
    pub fn object_with_prototype(prototype: &JsValue) -> Object;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    pub fn json_parse(text: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = stringify)]
    pub fn json_stringify(value: &JsValue) -> Result<JsValue, JsValue>;

    /// Throws on half a surrogate pair.
    #[wasm_bindgen(catch, js_name = encodeURIComponent)]
    pub fn encode_uri_component(text: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn unescape(text: &JsValue) -> Result<Own, JsValue>;

    #[wasm_bindgen(js_namespace = Date, js_name = parse)]
    pub fn date_parse(text: &str) -> f64;

    /// A function, called with two arguments in any case.
    pub type Callable;

    #[wasm_bindgen(catch, method)]
    pub fn call(
        this: &Callable,
        context: &JsValue,
        first: &JsValue,
        second: &JsValue,
    ) -> Result<JsValue, JsValue>;

    /// An object, a list or a string that is the SDK's own.
    pub type Own;

    #[wasm_bindgen(method, indexing_setter)]
    pub fn set(this: &Own, key: &str, value: &JsValue);

    #[wasm_bindgen(method, indexing_setter)]
    pub fn set_by(this: &Own, key: &JsValue, value: &JsValue);

    #[wasm_bindgen(method)]
    pub fn slice(this: &Own, start: u32, end: u32) -> JsValue;

    #[wasm_bindgen(method)]
    pub fn trim(this: &Own) -> JsValue;

    #[wasm_bindgen(method, js_name = indexOf)]
    pub fn index_of(this: &Own, part: &str) -> i32;

    #[wasm_bindgen(method, getter)]
    pub fn length(this: &Own) -> u32;

    /// A promise, with the calls that `js-sys` has for closures only.
    pub type Thenable;

    #[wasm_bindgen(catch, js_namespace = Promise, js_name = resolve)]
    pub fn promise_resolve(value: &JsValue) -> Result<Thenable, JsValue>;

    #[wasm_bindgen(catch, method)]
    pub fn then(this: &Thenable, ok: &Function, fail: &Function) -> Result<JsValue, JsValue>;
}
