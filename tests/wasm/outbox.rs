//! The outbox as storage holds it, written by this version, by another one, or
//! damaged. Only this file knows the layout.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::Shop;
use crate::steps::{STEERED, report_ids, reports_get};

/// A launch over a storage whose outbox is this, as the host keeps it: a
/// JavaScript expression of a JSON text.
fn launch_over(cell: &str) -> Shop {
    reports_get("{ json: {} }");
    let storage =
        format!("{{ storage: {{ openId: '\"open-id-1\"', 'wx-subscribe:outbox': {cell} }} }}");
    Shop::new(STEERED, &storage, "{}")
}

/// A launch over a storage whose outbox reads as this JSON.
fn launch_over_json(outbox: &str) -> Shop {
    launch_over(&format!("JSON.stringify(JSON.stringify({outbox}))"))
}

#[wasm_bindgen_test]
async fn a_damaged_outbox_is_told_and_replaced() {
    for damaged in [
        r#"'"not json"'"#,
        r#"'{"a":1}'"#,
        "'1'",
        r#"JSON.stringify('{')"#,
        r#"JSON.stringify('"text"')"#,
        r#"JSON.stringify('{"version":1}')"#,
        r#"JSON.stringify('{"version":1,"reports":7}')"#,
        r#"JSON.stringify('{"reports":1}')"#,
    ] {
        let shop = launch_over(damaged);
        shop.subscribe(&[("a", "accept")]).await;
        assert_eq!(shop.flush().await.1, 0, "{damaged}");
        assert_eq!(shop.events("outboxDamaged").len(), 1, "{damaged}");
        assert_eq!(shop.events("reportSent").len(), 1, "{damaged}");
    }
}

#[wasm_bindgen_test]
async fn reports_in_another_format_are_sent_as_long_as_they_have_an_id_and_a_body() {
    let body = r#"{ "busNo": "goods-1", "openId": "open-id-1" }"#;
    for outbox in [
        format!(r#"[{{ "id": "k1", "body": {body} }}]"#),
        format!(r#"{{ "reports": [{{ "id": "k1", "body": {body}, "attempts": -1 }}] }}"#),
        format!(
            r#"{{ "version": 1, "reports": [{{ "id": "k1", "body": {body}, "bytes": "?" }}] }}"#
        ),
    ] {
        let shop = launch_over_json(&outbox);
        assert_eq!(shop.flush().await.1, 0, "{outbox}");
        assert_eq!(report_ids(&shop), ["k1"], "{outbox}");
        assert!(shop.events("outboxDamaged").is_empty(), "{outbox}");
    }
}

#[wasm_bindgen_test]
async fn of_a_partly_damaged_outbox_the_readable_reports_are_sent() {
    let shop = launch_over_json(
        r#"[{ "id": 7 }, null, { "id": "k1", "body": { "openId": "open-id-1" } }, { "id": "k2" }]"#,
    );
    assert_eq!(shop.flush().await.1, 0);
    assert_eq!(report_ids(&shop), ["k1"]);
    assert_eq!(shop.events("outboxDamaged").len(), 1);
}
