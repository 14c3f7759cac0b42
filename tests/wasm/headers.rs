//! The application's own headers go with both calls to the back end.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Shop, evaluate, get, settled, text};
use crate::steps::{STEERED, assert_exactly, report_ids, reports_get};

/// The headers of all requests, in order.
fn headers(shop: &Shop) -> Vec<JsValue> {
    shop.requests("").iter().map(|request| get(request, "header")).collect()
}

#[wasm_bindgen_test]
async fn headers_are_those_of_an_object_or_of_a_function() {
    for header in ["{ authorization: 'token' }", "() => ({ authorization: 'token' })"] {
        reports_get("{ json: {} }");
        let shop = Shop::new(STEERED, "{}", &format!("{{ header: {header} }}"));
        shop.subscribe(&[("a", "accept")]).await;
        assert_eq!(shop.flush().await.1, 0);
        let [find, report] = &headers(&shop)[..] else { panic!("{header}: two requests") };
        let both = "'content-type': 'application/json', authorization: 'token'";
        assert_exactly(find, &format!("{{ {both} }}"));
        let key = &report_ids(&shop)[0];
        let own = format!(
            "'Idempotency-Key': '{key}', 'Subscribe-Age': '0', \
             'Subscribe-Trigger': encodeURIComponent('加入购物车')"
        );
        assert_exactly(report, &format!("{{ {both}, {own} }}"));
    }
}

#[wasm_bindgen_test]
async fn a_header_function_is_asked_at_each_request() {
    reports_get("{ statusCode: 503 }");
    evaluate("globalThis.asked = 0");
    let config =
        "{ header: () => { globalThis.asked += 1; return { turn: String(globalThis.asked) }; } }";
    let shop = Shop::new(STEERED, "{}", config);
    shop.subscribe(&[("a", "accept")]).await;
    assert_eq!(shop.flush().await, (0, 1));
    reports_get("{ json: {} }");
    assert_eq!(shop.flush().await, (1, 0));
    let turns: Vec<String> = headers(&shop).iter().map(|header| text(header, "turn")).collect();
    let expected: Vec<String> = (1..=turns.len()).map(|turn| turn.to_string()).collect();
    assert!(turns.len() >= 3);
    assert_eq!(turns, expected, "a retry asks again, too");
}

#[wasm_bindgen_test]
async fn a_header_function_that_throws_fails_the_call_without_a_request() {
    let config = "{ header: () => { throw new Error('mine'); } }";
    let shop = Shop::new("{ json: { data: ['a'] } }", "{}", config);
    assert_eq!(settled(shop.tap(1, "goods-1")).await.failure(), "templates badArgument");
    assert_eq!(shop.count("request") + shop.count("requestSubscribeMessage"), 0);
}
