//! Steps and comparisons that several suites share. The crate itself is called
//! in `fake.rs` only.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::fake::{Shop, evaluate, get, set, text};

#[wasm_bindgen(module = "node:util")]
extern "C" {
    #[wasm_bindgen(js_name = isDeepStrictEqual)]
    fn is_deep_strict_equal(a: &JsValue, b: &JsValue) -> bool;

    fn inspect(value: &JsValue) -> String;
}

/// A back end that offers `a`, and answers reports as [`reports_get`] said last.
pub const STEERED: &str =
    "url.endsWith('Template') ? { json: { data: ['a'] } } : globalThis.onReport(json)";

/// What the back end answers to a report from now on, as a JavaScript
/// expression of `json`, its body.
pub fn reports_get(answer: &str) {
    evaluate(&format!("globalThis.onReport = (json) => ({answer})"));
}

/// The ids of the reports that were sent, in order.
pub fn report_ids(shop: &Shop) -> Vec<String> {
    let requests = shop.requests("/popSubscribeResult");
    requests.iter().map(|request| text(&get(request, "header"), "Idempotency-Key")).collect()
}

/// The bodies of the reports that were sent, in order.
pub fn report_bodies(shop: &Shop) -> Vec<JsValue> {
    shop.requests("/popSubscribeResult").iter().map(|request| get(request, "data")).collect()
}

/// The value of a promise, which must not be rejected.
pub async fn value_of(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.expect("never rejects")
}

/// Whether two values are equal: every member, and no other.
pub fn is_equal(a: &JsValue, b: &JsValue) -> bool {
    is_deep_strict_equal(a, b)
}

/// Fails unless a value is exactly what a JavaScript expression gives.
#[track_caller]
pub fn assert_exactly(value: &JsValue, expected: &str) {
    let expected = evaluate(&format!("({expected})"));
    assert!(is_equal(value, &expected), "{} is not {}", inspect(value), inspect(&expected));
}

/// An outcome without the message of its error, and that message.
pub fn without_message(outcome: &JsValue) -> (JsValue, String) {
    let error = get(outcome, "error");
    let message = text(&error, "message");
    Reflect::delete_property(error.unchecked_ref::<Object>(), &"message".into()).unwrap();
    (outcome.clone(), message)
}

/// Makes the host answer a popup at once, with what a JavaScript expression gives.
pub fn popup_gives(shop: &Shop, result: &str) {
    let popup = evaluate(&format!("({{ success }}) => success({result})"));
    set(&shop.fake.wx(), "requestSubscribeMessage", &popup);
}

/// A stopped wall clock. Timers are not affected; dropping it restores the real
/// clock. After a panic it stays stopped, and later tests may fail as well.
pub struct WallClock;

impl WallClock {
    pub fn stop() -> Self {
        evaluate(
            "globalThis.realNow = Date.now, globalThis.wall = Date.now(), \
             Date.now = () => globalThis.wall",
        );
        Self
    }

    /// Advances the clock by this many milliseconds.
    pub fn pass(&self, ms: f64) {
        evaluate(&format!("globalThis.wall += {ms}"));
    }
}

impl Drop for WallClock {
    fn drop(&mut self) {
        evaluate("Date.now = globalThis.realNow");
    }
}
