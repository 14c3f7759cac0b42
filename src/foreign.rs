//! Reads values that the host, the back end or the page hands over, and writes
//! plain objects.
//!
//! A foreign value can be anything: `null`, a string in place of an object, a
//! getter or a proxy that throws. Every function here is total.

use js_sys::{Array, Function, Object};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

use crate::text::Text;

// Keys cross the boundary as text, without a handle of their own; `js_sys`
// takes them as values.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    fn reflect_get(value: &JsValue, key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    fn reflect_get_by(value: &JsValue, key: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    /// Gives the target all members of an object.
    #[wasm_bindgen(catch, js_namespace = Object)]
    pub fn assign(target: &JsValue, source: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn object_keys(value: &JsValue) -> Result<Array, JsValue>;

    /// A function, called with two arguments in any case.
    type Callable;

    #[wasm_bindgen(catch, method)]
    fn call(
        this: &Callable,
        context: &JsValue,
        first: &JsValue,
        second: &JsValue,
    ) -> Result<JsValue, JsValue>;

    /// An object, a list, a text or a number that the SDK made itself.
    type Own;

    #[wasm_bindgen(method, indexing_setter)]
    fn set(this: &Own, key: &str, value: &JsValue);

    #[wasm_bindgen(method)]
    fn concat(this: &Own, more: &JsValue) -> JsValue;

    #[wasm_bindgen(method)]
    fn slice(this: &Own, start: u32, end: u32) -> JsValue;

    #[wasm_bindgen(method, js_name = toString)]
    fn to_text(this: &Own, radix: u32) -> JsValue;

    #[wasm_bindgen(method, js_name = toLowerCase)]
    fn to_lower_case(this: &Own) -> JsValue;

    #[wasm_bindgen(method, js_name = indexOf)]
    fn index_of(this: &Own, value: &JsValue) -> i32;

    #[wasm_bindgen(method, getter)]
    fn length(this: &Own) -> u32;

    #[wasm_bindgen(catch, js_name = encodeURIComponent)]
    fn encode_uri(text: &JsValue) -> Result<JsValue, JsValue>;

    fn unescape(text: &JsValue) -> JsValue;

    #[wasm_bindgen(method, indexing_setter)]
    fn set_text(this: &Own, key: &str, value: &str);

    #[wasm_bindgen(method, indexing_setter)]
    fn set_by(this: &Own, key: &JsValue, value: &JsValue);

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

/// How much of a foreign text is read, in UTF-16 units.
const LONGEST_TEXT: u32 = 300;

/// The member `key`, or `undefined`.
#[inline(never)]
pub fn get(value: &JsValue, key: &str) -> JsValue {
    reflect_get(value, key).unwrap_or(JsValue::UNDEFINED)
}

/// The same for a key that JavaScript has.
pub fn get_by(value: &JsValue, key: &JsValue) -> JsValue {
    reflect_get_by(value, key).unwrap_or(JsValue::UNDEFINED)
}

/// The member `key`, if it is a function.
pub fn function(value: &JsValue, key: &str) -> Option<Function> {
    get(value, key).dyn_into().ok()
}

/// The member `key`, if it is a number.
#[inline(never)]
pub fn number(value: &JsValue, key: &str) -> Option<f64> {
    get(value, key).as_f64()
}

/// The member `key`, if it is a whole number that fits.
#[inline(never)]
pub fn integer(value: &JsValue, key: &str) -> Option<i32> {
    whole(number(value, key)?)
}

/// The number itself, if it is whole and fits.
pub fn whole(number: f64) -> Option<i32> {
    let whole = number as i32;
    (f64::from(whole) == number).then_some(whole)
}

/// Whether the number is whole and not negative.
pub fn is_count(number: f64) -> bool {
    f64::from(count(number)) == number
}

/// The number as a whole one that fits.
#[inline(never)]
pub fn count(number: f64) -> u32 {
    number as u32
}

/// Whether the value is a string that is not empty.
pub fn is_text(value: &JsValue) -> bool {
    value.is_string() && value.is_truthy()
}

/// Whether the value is an object that is neither a list nor a function.
#[inline(never)]
pub fn is_plain_object(value: &JsValue) -> bool {
    value.is_object() && !is_list(value)
}

/// Whether the value is a list.
fn is_list(value: &JsValue) -> bool {
    is_array(value).unwrap_or(false)
}

/// The value itself, if it is a list.
pub fn as_list(value: JsValue) -> Option<Array> {
    is_list(&value).then(|| value.unchecked_into())
}

/// A copy of a list as JSON has it, or `None` for anything else.
pub fn list(value: &JsValue) -> Option<Array> {
    let is_short = is_list(value) && number(value, "length")? <= LONGEST_LIST;
    is_short.then(|| json_copy(value)).flatten().and_then(as_list)
}

/// The enumerable string keys of an object; none for anything else.
pub fn keys(value: &JsValue) -> Array {
    if value.is_object() { object_keys(value).unwrap_or_default() } else { Array::new() }
}

/// A copy of the value as JSON has it, or `None` for what JSON has no form for.
pub fn json_copy(value: &JsValue) -> Option<JsValue> {
    from_json(&to_json(value)?)
}

/// The JSON text of a value as a JavaScript string, if it has one.
#[inline(never)]
pub fn to_json(value: &JsValue) -> Option<JsValue> {
    json_stringify(value).ok().filter(JsValue::is_string)
}

/// The value of a JSON text, if it is one.
#[inline(never)]
pub fn from_json(text: &JsValue) -> Option<JsValue> {
    if text.is_string() { json_parse(text).ok() } else { None }
}

/// The number and text of an error in any of the shapes in which hosts and
/// applications pass them: a `wx` failure, an `Error`, a string, anything. The
/// text is the beginning of a long one, and empty if there is none.
pub fn error(value: &JsValue) -> (Option<i32>, JsValue) {
    let code = integer(value, "errCode").or_else(|| integer(value, "errno"));
    let mut text = value.clone();
    for key in ["errMsg", "message"] {
        if !text.is_string() {
            text = get(value, key);
        }
    }
    (code, if text.is_string() { slice(&text, 0, LONGEST_TEXT) } else { "".into() })
}

/// Calls `ok` or `fail` once the value, a promise or not, has settled.
/// A value that cannot even be waited for is given back as the error.
pub fn when_settled(value: &JsValue, ok: &Function, fail: &Function) -> Result<(), JsValue> {
    promise_resolve(value)?.then(ok, fail).map(drop)
}

/// Whether the value has a `then` to wait for.
pub fn is_thenable(value: &JsValue) -> bool {
    value.is_object() && function(value, "then").is_some()
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

/// Tells a function of JavaScript something. Its answer is of no interest, and
/// what it throws is its own affair.
pub fn tell(function: &Function, value: &JsValue) {
    drop(call(function, &JsValue::UNDEFINED, value, &JsValue::UNDEFINED));
}

/// An object of the SDK's own in the making.
pub struct Members(JsValue);

/// A fresh object.
pub fn members() -> Members {
    Members(Object::new().into())
}

impl Members {
    /// Adds a member.
    #[inline(never)]
    pub fn with(self, key: &str, value: JsValue) -> Self {
        set(&self.0, key, &value);
        self
    }

    /// Adds a member that is a text.
    #[inline(never)]
    pub fn text(self, key: &str, text: &str) -> Self {
        self.0.unchecked_ref::<Own>().set_text(key, text);
        self
    }

    /// The object.
    pub fn done(self) -> JsValue {
        self.0
    }
}

/// Sets a member of an object that the SDK made itself, which cannot fail.
#[inline(never)]
pub fn set(object: &JsValue, key: &str, value: &JsValue) {
    object.unchecked_ref::<Own>().set(key, value);
}

/// The same for a key that JavaScript has.
pub fn set_by(object: &JsValue, key: &JsValue, value: &JsValue) {
    object.unchecked_ref::<Own>().set_by(key, value);
}

/// A text and another behind it.
pub fn concat(text: &JsValue, more: &JsValue) -> JsValue {
    text.unchecked_ref::<Own>().concat(more)
}

/// Several texts as one.
pub fn join(text: &JsValue, more: &[&str]) -> JsValue {
    more.iter().fold(text.clone(), |text, more| concat(&text, &(*more).into()))
}

/// How many units a text has, or elements a list.
pub fn length(value: &JsValue) -> u32 {
    value.unchecked_ref::<Own>().length()
}

/// Where a text has another one, or a list a value; -1 if nowhere.
pub fn index_of(value: &JsValue, part: &JsValue) -> i32 {
    value.unchecked_ref::<Own>().index_of(part)
}

/// The text in lower case.
pub fn lower_case(text: &JsValue) -> JsValue {
    text.unchecked_ref::<Own>().to_lower_case()
}

/// The length of a text in bytes of UTF-8, at most: a text with half of a
/// surrogate pair cannot be encoded.
pub fn bytes(text: &JsValue) -> u32 {
    // `unescape` makes one unit of each encoded byte.
    encode_uri(text).map_or_else(|_| 3 * length(text), |encoded| length(&unescape(&encoded)))
}

/// For values that were seen to be texts.
impl Text for JsValue {
    fn is(&self, text: &str) -> bool {
        let text = JsValue::from(text);
        *self == text
    }

    fn begins_with(&self, text: &str) -> bool {
        slice(self, 0, text.len() as u32).is(text)
    }

    fn has(&self, text: &str) -> bool {
        index_of(&lower_case(self), &text.into()) >= 0
    }
}

/// The part of a text or of a list from `start` up to, and without, `end`.
pub fn slice(value: &JsValue, start: u32, end: u32) -> JsValue {
    value.unchecked_ref::<Own>().slice(start, end)
}

/// The number in digits.
pub fn to_text(number: f64, radix: u32) -> JsValue {
    JsValue::from(number).unchecked_ref::<Own>().to_text(radix)
}

/// A JavaScript value among the SDK's own, passed through as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foreign(pub JsValue);

impl Serialize for Foreign {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_wasm_bindgen::preserve::serialize(&self.0, serializer)
    }
}
