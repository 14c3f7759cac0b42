//! HTTP 401 and 403 are about the user: signing in, and other users.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Shop, evaluate, get, set, text};
use crate::steps::report_bodies;

/// Knows the token `new` only; answers others with a status.
fn shop_that_knows_a_token(status: u32, config: &str) -> Shop {
    evaluate("globalThis.token = 'old', globalThis.signIns = 0");
    let answer = format!(
        "header.token !== 'new' ? {{ statusCode: {status} }} : {{ json: {{ data: ['a'] }} }}"
    );
    let header = "header: () => ({ token: globalThis.token })";
    Shop::new(&answer, "{}", &format!("{{ {header}, {config} }}"))
}

fn sign_ins() -> JsValue {
    evaluate("globalThis.signIns")
}

const SIGN_IN: &str = "signIn: async () => { globalThis.signIns += 1; globalThis.token = 'new'; }";

#[wasm_bindgen_test]
async fn a_401_or_403_signs_in_once_and_the_call_is_made_again() {
    for status in [401, 403] {
        let shop = shop_that_knows_a_token(status, SIGN_IN);
        assert_eq!(shop.prefetch(1, "goods-1").await, ["a"]);
        evaluate("globalThis.token = 'old'");
        shop.subscribe(&[("a", "accept")]).await;
        assert_eq!(shop.flush().await.1, 0);
        assert_eq!(sign_ins(), 2);
        assert_eq!(shop.events("reportSent").len(), 1);
        assert!(shop.events("reportPostponed").is_empty());
    }
}

#[wasm_bindgen_test]
async fn without_sign_in_the_report_waits_for_other_headers() {
    let shop = shop_that_knows_a_token(
        401,
        "findCustomerPopTemplate: () => ({ data: ['a'] }), \
         baseUrl: 'http://127.0.0.1:1'",
    );
    shop.subscribe(&[("a", "accept")]).await;
    assert_eq!(shop.flush().await, (0, 1));
    assert!(shop.events("reportDropped").is_empty());
    evaluate("globalThis.token = 'new'");
    assert_eq!(shop.flush().await, (1, 0));
}

#[wasm_bindgen_test]
async fn if_another_user_signs_in_the_report_waits_for_its_own() {
    let other =
        "openId: () => globalThis.user, signIn: async () => { globalThis.user = 'user-b'; }";
    evaluate("globalThis.user = 'user-a'");
    let config = format!(
        "findCustomerPopTemplate: () => ({{ data: ['a'] }}), \
         baseUrl: 'http://127.0.0.1:1', {other}"
    );
    let shop = shop_that_knows_a_token(401, &config);
    shop.subscribe(&[("a", "accept")]).await;
    assert_eq!(shop.flush().await, (0, 1));
    let tried = report_bodies(&shop).len();
    assert_eq!(shop.flush().await, (0, 1));
    assert_eq!(report_bodies(&shop).len(), tried, "not with the credentials of another");
    evaluate("globalThis.user = 'user-a', globalThis.token = 'new'");
    assert_eq!(shop.flush().await, (1, 0));
    for body in report_bodies(&shop) {
        assert_eq!(text(&body, "openId"), "user-a");
    }
}

#[wasm_bindgen_test]
async fn a_promise_of_an_open_id_is_awaited_for_the_report() {
    let shop = Shop::new("{ json: { data: ['a'] } }", "{}", "{ openId: async () => 'user-a' }");
    shop.subscribe(&[("a", "accept")]).await;
    assert_eq!(shop.flush().await.1, 0);
    assert_eq!(get(&report_bodies(&shop)[0], "openId"), "user-a");
    set(&evaluate("globalThis"), "token", &JsValue::UNDEFINED);
}
