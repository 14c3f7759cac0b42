//! A report is kept until the back end has it.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Outcome, Shop, evaluate, get, pause, set, settled, text};

/// A back end that offers `a`, and answers reports as `globalThis.onReport` does.
const STEERED: &str =
    "url.endsWith('Template') ? { json: { data: ['a'] } } : globalThis.onReport()";

fn reports_get(answer: &str) {
    evaluate(&format!("globalThis.onReport = () => ({answer})"));
}

fn report_ids(shop: &Shop) -> Vec<String> {
    let requests = shop.requests("/popSubscribeResult");
    requests.iter().map(|request| text(&get(request, "header"), "Idempotency-Key")).collect()
}

#[wasm_bindgen_test]
async fn a_report_that_failed_is_sent_again_under_the_same_key() {
    reports_get("{ statusCode: 503, body: '' }");
    let shop = Shop::with_back_end(STEERED);
    shop.subscribe(&[("a", "accept")]).await;
    assert_eq!(shop.flush().await, (0, 1));
    reports_get("{ json: {} }");
    assert_eq!(shop.flush().await, (1, 0));
    assert_eq!(shop.flush().await, (0, 0));
    let ids = report_ids(&shop);
    assert!(ids.len() >= 2 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(shop.events("reportSent").len(), 1);
}

#[wasm_bindgen_test]
async fn a_refused_report_is_dropped_with_an_event_that_carries_it() {
    reports_get("{ statusCode: 422, json: {} }");
    let shop = Shop::with_back_end(STEERED);
    shop.subscribe(&[("a", "accept")]).await;
    pause(20).await;
    assert_eq!(shop.flush().await, (0, 0));
    let [dropped] = &shop.events("reportDropped")[..] else { panic!("one event") };
    let report = get(dropped, "report");
    assert_eq!(text(&report, "busNo"), "goods-1");
    assert!(get(&report, "openId").is_undefined(), "no event carries the openId");
    assert_eq!(get(&get(dropped, "error"), "code").as_f64(), Some(422.0));
}

#[wasm_bindgen_test]
async fn a_report_outlives_the_launch() {
    reports_get("undefined");
    evaluate("globalThis.cells = { openId: '\"open-id-1\"' }");
    let launch = || Shop::new(STEERED, "{ storage: globalThis.cells }", "{ requestTimeoutMs: 50 }");
    let first = launch();
    let Outcome::Answered { report, .. } = first.subscribe(&[("a", "accept")]).await else {
        panic!()
    };
    assert_eq!(report, "queued");
    first.kill();
    reports_get("{ json: {} }");
    let second = launch();
    assert_eq!(second.flush().await, (0, 1), "leased by the launch that ended");
    pause(1_200).await;
    assert_eq!(report_ids(&second), report_ids(&first)[..1]);
    assert_eq!(second.flush().await, (0, 0));
}

#[wasm_bindgen_test]
async fn a_storage_that_refuses_is_said_and_the_report_is_sent_all_the_same() {
    reports_get("{ statusCode: 503, body: '' }");
    let shop = Shop::new(STEERED, "{ storageLimit: 10 }", "{ openId: 'open-id-2' }");
    let Outcome::Answered { report, .. } = shop.subscribe(&[("a", "accept")]).await else {
        panic!()
    };
    assert_eq!(report, "unsaved");
    assert_eq!(shop.flush().await, (0, 1));
    reports_get("{ json: {} }");
    assert_eq!(shop.flush().await, (1, 0));
    assert_eq!(shop.flush().await, (0, 0), "storage that refuses brings nothing back");
}

#[wasm_bindgen_test]
async fn reports_go_one_at_a_time_and_in_order() {
    reports_get("{ statusCode: 503, body: '' }");
    let shop = Shop::with_back_end(STEERED);
    shop.always_answer("({ a: 'accept' })");
    for order in ["1", "2", "3"] {
        settled(shop.tap(1, order)).await;
    }
    assert_eq!(shop.flush().await, (0, 3));
    let before = shop.requests("/popSubscribeResult").len();
    reports_get("{ json: {} }");
    assert_eq!(shop.flush().await, (3, 0));
    let orders: Vec<String> = shop.requests("/popSubscribeResult")[before..]
        .iter()
        .map(|request| text(&get(request, "data"), "busNo"))
        .collect();
    assert_eq!(orders, ["1", "2", "3"]);
}

#[wasm_bindgen_test]
async fn without_an_open_id_a_report_waits_for_one() {
    reports_get("{ json: {} }");
    let shop = Shop::new(STEERED, "{ storage: {} }", "{}");
    shop.subscribe(&[("a", "accept")]).await;
    assert_eq!(shop.flush().await, (0, 1));
    assert!(shop.requests("/popSubscribeResult").is_empty());
    set(&get(shop.fake.as_ref(), "storage"), "openId", &"\"open-id-3\"".into());
    assert_eq!(shop.flush().await, (1, 0));
    let body = get(&shop.requests("/popSubscribeResult")[0], "data");
    assert_eq!(text(&body, "openId"), "open-id-3");
}

#[wasm_bindgen_test]
async fn a_damaged_outbox_is_told_and_replaced() {
    for damaged in ["'\"not json\"'", "'{\"a\":1}'", "'1'", "'\"{\\\\\"reports\\\\\":1}\"'"] {
        reports_get("{ json: {} }");
        let storage =
            format!("{{ storage: {{ openId: '\"o\"', 'wx-subscribe:outbox': {damaged} }} }}");
        let shop = Shop::new(STEERED, &storage, "{}");
        shop.subscribe(&[("a", "accept")]).await;
        assert_eq!(shop.flush().await.1, 0, "{damaged}");
        assert_eq!(shop.events("outboxDamaged").len(), 1, "{damaged}");
        assert_eq!(shop.events("reportSent").len(), 1, "{damaged}");
    }
}

#[wasm_bindgen_test]
async fn an_applications_own_function_gets_the_report_and_its_id() {
    evaluate("globalThis.got = []");
    let own = "{ findCustomerPopTemplate: () => ({ data: ['a'] }), \
               popSubscribeResult: async (result, context) => { globalThis.got.push({ result, context }); \
               if (globalThis.got.length === 1) throw new Error('down'); } }";
    let shop = Shop::new("null", "{}", own);
    shop.subscribe(&[("a", "accept")]).await;
    pause(5).await;
    assert_eq!(shop.events("reportPostponed").len(), 1);
    assert_eq!(shop.flush().await, (1, 0));
    let got: js_sys::Array = wasm_bindgen::JsCast::unchecked_into(evaluate("globalThis.got"));
    let id = |index| text(&get(&got.get(index), "context"), "reportId");
    assert_eq!(id(0), id(1));
    assert_eq!(text(&get(&got.get(1), "result"), "openId"), "open-id-1");
}

#[wasm_bindgen_test]
async fn reports_in_another_format_are_sent_as_long_as_they_have_an_id_and_a_body() {
    let body = r#"{ "busNo": "goods-1", "openId": "open-id-1" }"#;
    for outbox in [
        format!(r#"[{{ "id": "k1", "body": {body} }}]"#),
        format!(r#"{{ "reports": [{{ "id": "k1", "body": {body}, "attempts": -1 }}] }}"#),
        format!(
            r#"{{ "version": 99, "reports": [{{ "id": "k1", "body": {body}, "bytes": "?" }}] }}"#
        ),
    ] {
        reports_get("{ json: {} }");
        let storage = format!(
            "{{ storage: {{ 'wx-subscribe:outbox': JSON.stringify(JSON.stringify({outbox})) }} }}"
        );
        let shop = Shop::new(STEERED, &storage, "{}");
        assert_eq!(shop.flush().await.1, 0, "{outbox}");
        assert_eq!(report_ids(&shop), ["k1"], "{outbox}");
        assert!(shop.events("outboxDamaged").is_empty(), "{outbox}");
    }
}

#[wasm_bindgen_test]
async fn of_a_partly_damaged_outbox_the_readable_reports_are_sent() {
    reports_get("{ json: {} }");
    let outbox =
        r#"[{ "id": 7 }, null, { "id": "k1", "body": { "openId": "o" } }, { "id": "k2" }]"#;
    let storage = format!(
        "{{ storage: {{ 'wx-subscribe:outbox': JSON.stringify(JSON.stringify({outbox})) }} }}"
    );
    let shop = Shop::new(STEERED, &storage, "{}");
    assert_eq!(shop.flush().await.1, 0);
    assert_eq!(report_ids(&shop), ["k1"]);
    assert_eq!(shop.events("outboxDamaged").len(), 1);
}
