//! Reading any value, and calling any function.

use alloc::string::String;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use super::sys::{self, Callable, Own};
use crate::rules::text::contains;

/// Lists longer than this are refused; no back end offers so many templates.
const LONGEST_LIST: f64 = 100_000.0;

/// The member `key`, or `undefined`.
#[inline(never)]
pub fn get(value: &JsValue, key: &str) -> JsValue {
    // Reading a member of `undefined` throws, which is slow.
    if !value.is_object() {
        return JsValue::UNDEFINED;
    }
    sys::reflect_get(value, key).unwrap_or(JsValue::UNDEFINED)
}

/// The member whose key JavaScript holds, or `undefined`.
pub fn get_by(value: &JsValue, key: &JsValue) -> JsValue {
    sys::reflect_get_by(value, key).unwrap_or(JsValue::UNDEFINED)
}

/// The member `key`, if it is a function.
pub fn function(value: &JsValue, key: &str) -> Option<Function> {
    get(value, key).dyn_into().ok()
}

/// The member `key`, if it is a number.
pub fn number(value: &JsValue, key: &str) -> Option<f64> {
    get(value, key).as_f64()
}

/// The member `key`, if it is a string.
pub fn string(value: &JsValue, key: &str) -> Option<String> {
    get(value, key).as_string()
}

/// The value as a whole number that fits, given as a number or in digits.
pub fn integer(value: &JsValue) -> Option<i32> {
    let number = if is_text(value) { value.unchecked_into_f64() } else { value.as_f64()? };
    let whole = number as i32;
    (f64::from(whole) == number).then_some(whole)
}

/// The first `most` UTF-16 units of a string.
pub fn beginning(value: &JsValue, most: u32) -> Option<String> {
    if value.is_string() { slice(value, 0, most).as_string() } else { None }
}

/// The part of a string or of the SDK's own list from `start` up to, and
/// without, `end`.
pub fn slice(value: &JsValue, start: u32, end: u32) -> JsValue {
    value.unchecked_ref::<Own>().slice(start, end)
}

/// Whether the value is a string that is not empty.
pub fn is_text(value: &JsValue) -> bool {
    value.is_string() && value.is_truthy()
}

/// Whether the value is an object that is neither a list nor a function.
#[inline(never)]
pub fn is_record(value: &JsValue) -> bool {
    value.is_object() && !is_list(value)
}

/// Whether the value is a list.
pub fn is_list(value: &JsValue) -> bool {
    sys::is_array(value).unwrap_or(false)
}

/// The value itself, if it is a list.
pub fn as_list(value: JsValue) -> Option<Array> {
    is_list(&value).then(|| value.unchecked_into())
}

/// What JavaScript calls the type of a value, with lists and `null` told apart.
pub fn type_of(value: &JsValue) -> String {
    match value {
        _ if value.is_null() => "null".into(),
        _ if is_list(value) => "array".into(),
        _ => value.js_typeof().as_string().unwrap_or_default(),
    }
}

/// A copy of a list as JSON has it, or `None` for anything else.
pub fn copied_list(value: &JsValue) -> Option<Array> {
    let is_short = is_list(value) && number(value, "length")? <= LONGEST_LIST;
    let text = if is_short { stringified(value)? } else { return None };
    parsed(&text).and_then(as_list)
}

/// A copy of what JSON can hold, down to the last member.
pub fn deep_copy(value: &JsValue) -> JsValue {
    stringified(value).and_then(|text| parsed(&text)).unwrap_or_default()
}

/// The enumerable string keys of an object; none for anything else.
pub fn keys(value: &JsValue) -> Array {
    if value.is_object() { sys::object_keys(value).unwrap_or_default() } else { Array::new() }
}

/// The JSON text of a value, if it has one.
pub fn stringified(value: &JsValue) -> Option<JsValue> {
    sys::json_stringify(value).ok().filter(JsValue::is_string)
}

/// A string percent-encoded in UTF-8, unless it holds half a surrogate pair.
pub fn percent_encoded(text: &JsValue) -> Option<JsValue> {
    sys::encode_uri_component(text).ok()
}

/// The value of a JSON text, if it is one.
pub fn parsed(text: &JsValue) -> Option<JsValue> {
    if text.is_string() { sys::json_parse(text).ok() } else { None }
}

/// The body of a response, where it came as JSON text, with or without a byte
/// order mark.
pub fn unpacked(body: JsValue) -> JsValue {
    if !body.is_string() {
        return body;
    }
    // The mark counts as white space.
    parsed(&body.unchecked_ref::<Own>().trim()).unwrap_or(body)
}

/// A value of storage: the object that was written as JSON text. Some storages
/// parse what they read.
pub fn stored_object(value: &JsValue) -> Option<JsValue> {
    if value.is_object() { Some(value.clone()) } else { parsed(value).filter(JsValue::is_object) }
}

/// Whether the value has a `then` to wait for.
pub fn is_thenable(value: &JsValue) -> bool {
    value.is_object() && function(value, "then").is_some()
}

/// Whether the `errMsg` of an answer says that the call failed.
pub fn says_failure(answer: &JsValue) -> bool {
    string(answer, "errMsg")
        .is_some_and(|text| contains(&text, ":fail") || contains(&text, ":cancel"))
}

/// Calls `ok` or `fail` once the value, a promise or not, has settled. A value
/// that cannot be waited for is given back as the error.
pub fn when_settled(value: &JsValue, ok: &Function, fail: &Function) -> Result<(), JsValue> {
    sys::promise_resolve(value)?.then(ok, fail).map(drop)
}

/// Calls a function of the host or the application.
#[inline(never)]
pub fn call(
    function: &Function,
    context: &JsValue,
    first: &JsValue,
    second: &JsValue,
) -> Result<JsValue, JsValue> {
    function.unchecked_ref::<Callable>().call(context, first, second)
}

/// The value, with `null` for nothing.
pub fn or_null(value: impl Into<JsValue>) -> JsValue {
    let value = value.into();
    if value.is_undefined() { JsValue::NULL } else { value }
}

/// Sets a member of an object that the SDK made itself, which cannot fail.
#[inline(never)]
pub fn set(object: &JsValue, key: &str, value: &JsValue) {
    object.unchecked_ref::<Own>().set(key, value);
}

/// The same for a key that JavaScript holds.
pub fn set_by(object: &JsValue, key: &JsValue, value: &JsValue) {
    object.unchecked_ref::<Own>().set_by(key, value);
}

/// Deletes a member of an object that the SDK made itself.
pub fn delete(object: &JsValue, key: &JsValue) {
    drop(sys::reflect_delete(object, key));
}
