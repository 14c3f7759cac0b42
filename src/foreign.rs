//! Reads values that the host, the back end or the page hands over, and writes
//! the SDK's own.
//!
//! A foreign value can be anything: `null`, a string in place of an object, a
//! getter or a proxy that throws. Every function here is total.

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Function, Object, Promise, Reflect};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    /// A promise, with the calls that `js_sys` has for closures only.
    type Thenable;

    #[wasm_bindgen(catch, js_namespace = Promise, js_name = resolve)]
    fn promise_resolve(value: &JsValue) -> Result<Thenable, JsValue>;

    #[wasm_bindgen(catch, method)]
    fn then(this: &Thenable, ok: &Function, fail: &Function) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn json_parse(text: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = stringify)]
    fn json_stringify(value: &JsValue) -> Result<JsValue, JsValue>;
}

/// Lists longer than this are refused; no back end offers so many templates.
const LONGEST_LIST: f64 = 100_000.0;

/// The member `key`, or `undefined`.
pub fn get(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
}

/// The member `key`, if it is a function.
pub fn function(value: &JsValue, key: &str) -> Option<Function> {
    get(value, key).dyn_into().ok()
}

/// The member `key`, if it is a string.
pub fn string(value: &JsValue, key: &str) -> Option<String> {
    get(value, key).as_string()
}

/// The member `key`, if it is a whole number that fits.
pub fn integer(value: &JsValue, key: &str) -> Option<i32> {
    whole(&get(value, key))
}

/// The value itself, if it is a whole number that fits.
pub fn whole(value: &JsValue) -> Option<i32> {
    let number = value.as_f64()?;
    let whole = number as i32;
    (f64::from(whole) == number).then_some(whole)
}

/// Whether the value is an object that is neither a list nor a function.
pub fn is_plain_object(value: &JsValue) -> bool {
    value.is_object() && !value.is_function() && !is_list(value)
}

/// Whether the value is a list.
fn is_list(value: &JsValue) -> bool {
    is_array(value).unwrap_or(false)
}

/// The elements of a list, or `None` for anything else.
pub fn list(value: &JsValue) -> Option<Vec<JsValue>> {
    if !is_list(value) {
        return None;
    }
    let length = get(value, "length").as_f64().filter(|length| *length <= LONGEST_LIST)?;
    (0..length as u32).map(|index| Reflect::get_u32(value, index).ok()).collect()
}

/// The enumerable string keys of an object; none for anything else.
pub fn keys(value: &JsValue) -> Vec<String> {
    if !value.is_object() {
        return Vec::new();
    }
    Reflect::own_keys(value)
        .map(|keys| keys.iter().filter_map(|key| key.as_string()).collect())
        .unwrap_or_default()
}

/// A copy of the value as JSON has it, or `None` for what JSON has no form for.
pub fn json_copy(value: &JsValue) -> Option<JsValue> {
    from_json(&to_json(value)?)
}

/// The JSON text of a value as a JavaScript string, if it has one.
pub fn to_json(value: &JsValue) -> Option<JsValue> {
    json_stringify(value).ok().filter(JsValue::is_string)
}

/// The value of a JSON text, if it is one.
pub fn from_json(text: &JsValue) -> Option<JsValue> {
    if text.is_string() { json_parse(text).ok() } else { None }
}

/// The number and text of an error in any of the shapes in which hosts and
/// applications pass them: a `wx` failure, an `Error`, a string, anything.
pub fn error(value: &JsValue) -> (Option<i32>, String) {
    let code = integer(value, "errCode").or_else(|| integer(value, "errno"));
    let text = value
        .as_string()
        .or_else(|| string(value, "errMsg"))
        .or_else(|| string(value, "message"))
        .unwrap_or_default();
    (code, text)
}

/// Calls `ok` or `fail` once the value, a promise or not, has settled.
/// A value that cannot even be waited for is given back as the error.
pub fn when_settled(value: &JsValue, ok: &Function, fail: &Function) -> Result<(), JsValue> {
    promise_resolve(value)?.then(ok, fail).map(drop)
}

/// A promise and what resolves it. What runs in the executor of a promise must
/// not trap, as the promise would be rejected with nobody to see it; so the
/// flow runs outside.
pub fn deferred() -> (Promise, Function) {
    let mut resolver = JsValue::UNDEFINED;
    let promise = Promise::new(&mut |resolve, _| resolver = resolve.into());
    (promise, resolver.unchecked_into())
}

/// Whether the value has a `then` to wait for.
pub fn is_thenable(value: &JsValue) -> bool {
    value.is_object() && function(value, "then").is_some()
}

/// Calls a function of JavaScript whose answer is of no interest, and what it
/// throws is its own affair.
pub fn call(function: &Function, value: &JsValue) {
    drop(function.call1(&JsValue::UNDEFINED, value));
}

/// A fresh object with these members.
pub fn object<const N: usize>(members: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (key, value) in members {
        set(&object, key, &value);
    }
    object
}

/// Sets a member of an object that the SDK made itself, which cannot fail.
pub fn set(object: &JsValue, key: &str, value: &JsValue) {
    drop(Reflect::set(object, &JsValue::from_str(key), value));
}

/// An object with these members, whatever their keys are: `__proto__` would be
/// lost if it was assigned.
pub fn map(pairs: &[(String, String)]) -> JsValue {
    let map = Object::new();
    for (key, value) in pairs {
        let member = object([
            ("value", value.into()),
            ("enumerable", true.into()),
            ("writable", true.into()),
        ]);
        drop(Reflect::define_property(&map, &JsValue::from_str(key), &member));
    }
    map.into()
}

/// One of the SDK's own values as a JavaScript value. `None` becomes `null`.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> JsValue {
    let serializer = Serializer::new().serialize_missing_as_null(true);
    value.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
}
