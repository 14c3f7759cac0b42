//! Functions of the host that somebody has wrapped into promises: what such a
//! promise is fulfilled with counts only if it is an answer.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Outcome, Shop, evaluate, get, set, settled};

/// Replaces a function of the host by an `async` one that is fulfilled with this.
fn wrap(shop: &Shop, api: &str, fulfilled: &str) {
    let wx = shop.fake.wx();
    set(&evaluate("globalThis"), "wrapped", &get(&wx, api));
    let wrapper = format!(
        "((native) => async (options) => {{ native(options); return {fulfilled}; }})(globalThis.wrapped)"
    );
    set(&wx, api, &evaluate(&wrapper));
}

#[wasm_bindgen_test]
async fn a_promise_that_is_fulfilled_with_no_answer_leaves_it_to_the_callbacks() {
    for fulfilled in ["undefined", "null", "'ok'", "{}", "{ abort() {} }", "{ status: 0 }"] {
        let shop = Shop::offering(&["a"]);
        wrap(&shop, "requestSubscribeMessage", fulfilled);
        wrap(&shop, "request", fulfilled);
        let outcome = shop.subscribe(&[("a", "accept")]).await;
        assert!(matches!(outcome, Outcome::Answered { .. }), "{fulfilled}: {outcome:?}");
        assert_eq!(shop.flush().await.1, 0, "{fulfilled}");
        assert_eq!(shop.events("reportSent").len(), 1, "{fulfilled}");
        assert_eq!(shop.requests("/popSubscribeResult").len(), 1, "{fulfilled}");
    }
}

#[wasm_bindgen_test]
async fn a_rejection_counts_and_so_does_a_failure_that_a_promise_is_fulfilled_with() {
    let error = "{ errCode: 20005, errMsg: 'requestSubscribeMessage:fail banned' }";
    for settled_with in [format!("Promise.reject({error})"), format!("Promise.resolve({error})")] {
        let shop = Shop::offering(&["a"]);
        let popup = evaluate(&format!("() => {settled_with}"));
        set(&shop.fake.wx(), "requestSubscribeMessage", &popup);
        assert_eq!(settled(shop.tap(1, "goods-1")).await.failure(), "popup banned");
    }
}
