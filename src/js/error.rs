//! What hosts and applications pass as an error: a `wx` failure, an `Error`, an
//! HTTP library's rejection, a string, anything.

use alloc::string::String;

use wasm_bindgen::JsValue;

use super::{sys, value};

/// How much of a text is read, in UTF-16 units. It is searched as a whole before
/// a message quotes its beginning.
const LONGEST_TEXT: u32 = 10_000;

/// An error of the host or the application, as far as it can be read.
#[derive(Clone, Debug)]
pub struct ForeignError {
    /// `errCode` or `errno`; 0 counts as none.
    pub code: Option<i32>,
    /// `errMsg`, `message`, `msg`, or the value itself if it is a string, and a
    /// `code` in letters, such as `ETIMEDOUT`; empty if there is none.
    pub text: String,
}

impl ForeignError {
    /// Reads any value.
    pub fn read(error: &JsValue) -> Self {
        let number = |key: &&str| value::integer(&value::get(error, key));
        let code = ["errCode", "errno"].iter().filter_map(number).find(|code| *code != 0);
        let read = |text: &JsValue| value::beginning(text, LONGEST_TEXT);
        let is_some = |text: &String| !text.is_empty();
        let mut keys = ["errMsg", "message", "msg"].iter();
        let text = read(error)
            .or_else(|| keys.find_map(|key| read(&value::get(error, key)).filter(is_some)));
        let mut text = text.unwrap_or_default();
        if let Some(letters) = read(&value::get(error, "code")).filter(is_some) {
            text.push(' ');
            text.push_str(&letters);
        }
        Self { code, text }
    }
}

/// The HTTP status of a response, or of what a library rejects with.
pub fn http_status(response: &JsValue) -> Option<i32> {
    let inner = value::get(response, "response");
    let own = |holder: &JsValue| {
        ["statusCode", "status"].iter().find_map(|key| value::integer(&value::get(holder, key)))
    };
    own(response).or_else(|| own(&inner))
}

/// `Retry-After` of a response, in milliseconds from `now`.
pub fn retry_after_ms(response: &JsValue, now: f64) -> Option<f64> {
    let inner = value::get(response, "response");
    let places =
        [(response, "header"), (response, "headers"), (&inner, "header"), (&inner, "headers")];
    let given =
        places.iter().find_map(|(holder, key)| header(&value::get(holder, key), "retry-after"))?;
    match value::integer(&given) {
        Some(seconds) => Some(f64::from(seconds) * 1_000.0),
        None => Some(sys::date_parse(&value::beginning(&given, 40)?) - now),
    }
    .filter(|ms| *ms > 0.0)
}

/// A header of a response. Its name has no case.
fn header(headers: &JsValue, name: &str) -> Option<JsValue> {
    Some(value::get_by(headers, &header_name(headers, name)?))
}

/// How a header's name is written in an object of headers.
pub fn header_name(headers: &JsValue, name: &str) -> Option<JsValue> {
    let is_named =
        |key: &JsValue| value::beginning(key, 40).is_some_and(|key| key.eq_ignore_ascii_case(name));
    value::keys(headers).iter().find(is_named)
}
