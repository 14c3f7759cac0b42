//! What counts as saved, and what storage of others holds.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Shop, get, text};
use crate::steps::{STEERED, reports_get};

#[wasm_bindgen_test]
async fn what_an_own_function_resolves_with_counts_by_its_status() {
    for (value, event) in [
        ("{ statusCode: 500 }", "reportPostponed"),
        ("{ status: 401 }", "reportPostponed"),
        ("{ status: 422 }", "reportDropped"),
        ("{ errMsg: 'request:fail timeout' }", "reportPostponed"),
        ("'\u{feff}\\n <!DOCTYPE html>'", "reportPostponed"),
        ("{ status: 0, msg: 'ok' }", "reportSent"),
        ("{ code: 0 }", "reportSent"),
        ("undefined", "reportSent"),
    ] {
        let config = format!(
            "{{ findCustomerPopTemplate: () => ({{ data: ['a'] }}), \
             popSubscribeResult: async () => ({value}) }}"
        );
        let shop = Shop::new("{}", "{}", &config);
        shop.subscribe(&[("a", "accept")]).await;
        shop.flush().await;
        assert!(!shop.events(event).is_empty(), "{value}: {:?}", shop.event_names());
    }
}

#[wasm_bindgen_test]
async fn is_saved_decides_if_it_is_given() {
    for (is_saved, pending) in [
        ("() => true", 0),
        ("async ({ data }) => data.code === 0", 0),
        ("() => false", 1),
        ("async () => false", 1),
        ("() => { throw new Error('no'); }", 1),
    ] {
        reports_get("{ json: { code: 0 } }");
        let shop = Shop::new(STEERED, "{}", &format!("{{ isSaved: {is_saved} }}"));
        shop.subscribe(&[("a", "accept")]).await;
        assert_eq!(shop.flush().await.1, pending, "{is_saved}");
    }
}

#[wasm_bindgen_test]
async fn storage_of_a_newer_version_is_left_alone() {
    reports_get("{ json: {} }");
    let marker = r#"JSON.stringify('{"version":3,"more":[1]}')"#;
    let storage =
        format!("{{ storage: {{ openId: '\"open-id-1\"', 'wx-subscribe:outbox': {marker} }} }}");
    let shop = Shop::new(STEERED, &storage, "{}");
    shop.subscribe(&[("a", "accept")]).await;
    assert_eq!(shop.flush().await.1, 0);
    assert_eq!(get(&shop.events("reportQueued")[0], "saved"), false);
    let writes = shop.count("setStorageSync") + shop.count("removeStorageSync");
    assert_eq!(writes, 0);
    assert_eq!(text(&shop.events("reportSent")[0], "name"), "reportSent");
}
