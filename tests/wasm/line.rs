//! No report blocks another, and "send now" is never forgotten.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Shop, evaluate, get, pause, settled, text};
use crate::steps::{STEERED, report_bodies, reports_get};

/// Answers a popup with an accept for this business number.
async fn subscribe(shop: &Shop, bus_no: &str) {
    let outcome = shop.tap(1, bus_no);
    shop.answer(&[("a", "accept")]).await;
    settled(outcome).await;
}

#[wasm_bindgen_test]
async fn a_report_that_always_fails_does_not_block_those_behind_it() {
    for status in [500, 404, 419, 429, 302] {
        reports_get(&format!(
            "json.busNo === 'poison' ? {{ statusCode: {status} }} : {{ json: {{}} }}"
        ));
        let shop = Shop::with_back_end(STEERED);
        for bus_no in ["poison", "goods-1", "goods-2"] {
            subscribe(&shop, bus_no).await;
        }
        assert_eq!(shop.flush().await.1, 1, "{status}");
        assert_eq!(shop.events("reportSent").len(), 2, "{status}");
    }
}

#[wasm_bindgen_test]
async fn an_own_function_that_always_rejects_one_report_does_not_block_the_others() {
    let config = "{ findCustomerPopTemplate: () => ({ data: ['a'] }), popSubscribeResult: \
         async ({ busNo }) => { if (busNo === 'poison') throw new Error('cannot save'); } }";
    let shop = Shop::new("{}", "{}", config);
    for bus_no in ["poison", "goods-1"] {
        subscribe(&shop, bus_no).await;
    }
    assert_eq!(shop.flush().await.1, 1);
    assert_eq!(shop.events("reportSent").len(), 1);
}

#[wasm_bindgen_test]
async fn while_the_network_is_down_one_attempt_is_made() {
    reports_get("{ errMsg: 'net::ERR_INTERNET_DISCONNECTED' }");
    let shop = Shop::with_back_end(STEERED);
    for bus_no in ["goods-1", "goods-2", "goods-3"] {
        subscribe(&shop, bus_no).await;
    }
    pause(20).await;
    assert_eq!(report_bodies(&shop).len(), 1);
    reports_get("{ json: {} }");
    assert_eq!(shop.flush().await, (3, 0));
}

#[wasm_bindgen_test]
async fn a_hundred_network_events_make_one_attempt_and_one_a_second_later() {
    reports_get("{ errMsg: 'net::ERR_INTERNET_DISCONNECTED' }");
    let shop = Shop::with_back_end(STEERED);
    subscribe(&shop, "goods-1").await;
    pause(20).await;
    for _ in 0..100 {
        shop.fake.emit("networkStatusChange", &evaluate("({ isConnected: true })"));
    }
    pause(20).await;
    assert_eq!(report_bodies(&shop).len(), 2);
}

#[wasm_bindgen_test]
async fn the_foreground_sends_what_waits() {
    reports_get("{ statusCode: 503 }");
    let shop = Shop::with_back_end(STEERED);
    subscribe(&shop, "goods-1").await;
    pause(20).await;
    reports_get("{ json: {} }");
    shop.fake.emit("appShow", &JsValue::UNDEFINED);
    pause(20).await;
    assert_eq!(shop.events("reportSent").len(), 1);
}

#[wasm_bindgen_test]
async fn retry_after_is_honoured_in_seconds_and_as_a_date() {
    for (value, least, most) in [
        ("'120'", 120_000.0, 120_000.0),
        ("new Date(Date.now() + 3600000).toUTCString()", 3_590_000.0, 3_600_000.0),
    ] {
        reports_get(&format!("{{ statusCode: 429, header: {{ 'rEtRy-AfTeR': {value} }} }}"));
        let shop = Shop::with_back_end(STEERED);
        subscribe(&shop, "goods-1").await;
        pause(20).await;
        let [postponed] = &shop.events("reportPostponed")[..] else { panic!("one event") };
        let wait = get(postponed, "retryInMs").as_f64().unwrap();
        assert!((least..=most).contains(&wait), "{value}: {wait}");
    }
}

#[wasm_bindgen_test]
async fn what_is_too_large_for_a_report_is_refused_before_any_request() {
    let shop = Shop::with_back_end(STEERED);
    for (bus_no, extra) in [
        ("goods-1", "({ text: 'x'.repeat(300000) })"),
        ("goods-1", "({ text: '好'.repeat(90000) })"),
        (&*"b".repeat(300_000), "undefined"),
    ] {
        let outcome = shop.sdk.subscribe(&1.into(), &bus_no.into(), &evaluate(extra));
        assert_eq!(settled(outcome).await.failure(), "trigger badArgument");
    }
    assert_eq!(shop.count("request") + shop.count("requestSubscribeMessage"), 0);
}

#[wasm_bindgen_test]
async fn half_an_emoji_becomes_a_replacement_character() {
    reports_get("{ json: {} }");
    let shop = Shop::with_back_end(STEERED);
    let extra = evaluate(r"({ '\ud83d': ['\udc4d', { name: '好\ud83d' }] })");
    let outcome = shop.tap_with(&extra);
    shop.answer(&[("a", "accept")]).await;
    settled(outcome).await;
    assert_eq!(shop.flush().await.1, 0);
    let map = get(&report_bodies(&shop)[0], "extraVariableMap");
    let list = get(&map, "\u{fffd}");
    assert_eq!(text(&list, "0"), "\u{fffd}");
    assert_eq!(text(&get(&list, "1"), "name"), "好\u{fffd}");
}
