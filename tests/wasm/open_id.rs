//! A report is of the user who answered.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Shop, evaluate, get, pause, set, text};
use crate::steps::{STEERED, report_bodies, report_ids, reports_get};

/// Signs a user in, as the application does that stores the openId.
fn sign_in(shop: &Shop, user: &str) {
    let cell = JsValue::from(format!("\"{user}\""));
    set(&get(shop.fake.as_ref(), "storage"), "openId", &cell);
}

fn open_ids(shop: &Shop) -> Vec<String> {
    report_bodies(shop).iter().map(|body| text(body, "openId")).collect()
}

#[wasm_bindgen_test]
async fn without_an_open_id_a_report_waits_for_one() {
    reports_get("{ json: {} }");
    let shop = Shop::new(STEERED, "{ storage: {} }", "{}");
    shop.subscribe(&[("a", "accept")]).await;
    assert_eq!(shop.flush().await, (0, 1));
    assert!(shop.requests("/popSubscribeResult").is_empty());
    let error = get(&shop.events("reportPostponed")[0], "error");
    assert_eq!(text(&error, "kind"), "badArgument");
    assert!(text(&error, "message").contains("there is no openId yet: store it"));
    sign_in(&shop, "open-id-3");
    assert_eq!(shop.flush().await, (1, 0));
    assert_eq!(open_ids(&shop), ["open-id-3"]);
}

#[wasm_bindgen_test]
async fn the_open_id_comes_from_a_string_or_a_function_where_one_is_given() {
    for (open_id, expected) in [("'given'", "given"), ("() => 'asked'", "asked")] {
        reports_get("{ json: {} }");
        let shop = Shop::new(STEERED, "{}", &format!("{{ openId: {open_id} }}"));
        shop.subscribe(&[("a", "accept")]).await;
        assert_eq!(shop.flush().await.1, 0);
        assert_eq!(open_ids(&shop), [expected]);
        assert!(!shop.all_events().contains(expected), "no event carries the openId");
        assert!(!shop.all_events().contains("openId"), "nor a member of that name");
    }
}

#[wasm_bindgen_test]
async fn a_function_that_gives_no_open_id_keeps_the_report_back() {
    for unusable in [
        "() => { throw new Error('x'); }",
        "async () => { throw new Error('x'); }",
        "async () => ''",
        "() => 42",
        "() => ''",
    ] {
        evaluate("globalThis.isSignedIn = false");
        reports_get("{ json: {} }");
        let open_id = format!("() => globalThis.isSignedIn ? 'given' : ({unusable})()");
        let shop = Shop::new(STEERED, "{}", &format!("{{ openId: {open_id} }}"));
        shop.subscribe(&[("a", "accept")]).await;
        assert_eq!(shop.flush().await, (0, 1), "{unusable}");
        assert!(open_ids(&shop).is_empty(), "{unusable}");
        evaluate("globalThis.isSignedIn = true");
        assert_eq!(shop.flush().await, (1, 0), "{unusable}");
        assert_eq!(open_ids(&shop), ["given"], "{unusable}");
    }
}

#[wasm_bindgen_test]
async fn a_function_that_promises_the_open_id_is_waited_for() {
    reports_get("{ json: {} }");
    let shop = Shop::new(STEERED, "{}", "{ openId: async () => 'user-9' }");
    shop.subscribe(&[("a", "accept")]).await;
    assert_eq!(shop.flush().await.1, 0);
    assert_eq!(open_ids(&shop), ["user-9"]);
    assert!(!shop.all_events().contains("user-9"), "no event carries the openId");
}

// Whether a report goes while another user is signed in, or waits for its own,
// is not the subject here: it is never sent under another name.

#[wasm_bindgen_test]
async fn a_retry_carries_the_user_who_answered_though_another_one_has_signed_in() {
    reports_get("{ statusCode: 500 }");
    let shop = Shop::with_back_end(STEERED);
    sign_in(&shop, "user-a");
    shop.subscribe(&[("a", "accept")]).await;
    pause(5).await;
    sign_in(&shop, "user-b");
    reports_get("{ json: {} }");
    shop.flush().await;
    sign_in(&shop, "user-a");
    assert_eq!(shop.flush().await.1, 0);
    assert_eq!(open_ids(&shop), ["user-a", "user-a"]);
    let ids = report_ids(&shop);
    assert_eq!(ids[0], ids[1]);
}

#[wasm_bindgen_test]
async fn a_retry_carries_the_user_who_answered_though_a_function_gives_another_one() {
    reports_get("{ statusCode: 500 }");
    evaluate("globalThis.user = 'user-a'");
    let shop = Shop::new(STEERED, "{}", "{ openId: () => globalThis.user }");
    shop.subscribe(&[("a", "accept")]).await;
    pause(5).await;
    evaluate("globalThis.user = 'user-b'");
    reports_get("{ json: {} }");
    shop.flush().await;
    evaluate("globalThis.user = 'user-a'");
    assert_eq!(shop.flush().await.1, 0);
    assert_eq!(open_ids(&shop), ["user-a", "user-a"]);
}

#[wasm_bindgen_test]
async fn the_next_launch_sends_a_report_under_the_user_who_answered() {
    reports_get("{ statusCode: 500 }");
    evaluate("globalThis.cells = { openId: '\"user-a\"' }");
    let launch = || Shop::new(STEERED, "{ storage: globalThis.cells }", "{}");
    let first = launch();
    first.subscribe(&[("a", "accept")]).await;
    pause(5).await;
    assert_eq!(first.events("reportPostponed").len(), 1);
    first.kill();
    reports_get("{ json: {} }");
    evaluate("globalThis.cells.openId = '\"user-b\"'");
    let second = launch();
    second.flush().await;
    sign_in(&second, "user-a");
    assert_eq!(second.flush().await.1, 0);
    assert_eq!(open_ids(&second), ["user-a"]);
}
