//! Asking well: previews, silent top-ups, kept refusals, the cool-down, and how
//! the SDK is doing. `tests/js` has the same over the package, in every engine.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Outcome, Shop, evaluate, get, pause, set, settled, text};
use crate::steps::{STEERED, WallClock, assert_exactly, reports_get, value_of};

const OFFERS_TWO: &str = "url.endsWith('Template') ? { json: { data: ['a', 'b'] } } : { json: {} }";

/// A shop whose user keeps these choices.
fn keeping(kept: &str) -> Shop {
    Shop::new(OFFERS_TWO, &format!("{{ itemSettings: {kept} }}"), "{}")
}

/// Changes what the user keeps, without a word to the SDK.
fn keep(shop: &Shop, kept: &str) {
    let settings = get(shop.fake.as_ref(), "settings");
    set(&settings, "itemSettings", &evaluate(&format!("({kept})")));
}

#[wasm_bindgen_test]
async fn a_preview_sorts_what_a_tap_would_ask_by_what_is_kept() {
    for (kept, status, ask, accepted, rejected) in [
        ("{}", "ask", "['a', 'b']", "[]", "[]"),
        ("{ a: 'accept' }", "ask", "['b']", "['a']", "[]"),
        ("{ a: 'reject' }", "ask", "['b']", "[]", "['a']"),
        ("{ a: 'reject', b: 'acceptWithAlert' }", "silent", "[]", "['b']", "['a']"),
        ("{ a: 'reject', b: 'reject' }", "blocked", "[]", "[]", "['a', 'b']"),
        ("{ a: 'ban', b: 'ban' }", "nothing", "[]", "[]", "[]"),
    ] {
        let shop = keeping(kept);
        let expected = format!(
            "{{ status: '{status}', ask: {ask}, keptAccepted: {accepted}, \
             keptRejected: {rejected}, mainSwitch: true, coolDownUntil: null }}"
        );
        assert_exactly(&shop.preview().await, &expected);
        shop.preview().await;
        assert_eq!((shop.count("getSetting"), shop.count("request")), (1, 1), "{kept}");
    }
}

#[wasm_bindgen_test]
async fn settings_are_read_again_only_when_they_may_have_changed() {
    let shop = keeping("{}");
    shop.always_answer("({})");
    shop.preview().await;
    settled(shop.tap(1, "goods-2")).await;
    // The refusal has read them.
    shop.preview().await;
    assert_eq!(shop.count("getSetting"), 2);
    shop.fake.emit("appShow", &JsValue::UNDEFINED);
    shop.preview().await;
    assert_eq!(shop.count("getSetting"), 3);
    shop.open_settings().await;
    shop.preview().await;
    assert_eq!(shop.count("getSetting"), 3, "the settings page has told them");
    shop.settings().await;
    assert_eq!(shop.count("getSetting"), 4, "who asks for the settings gets those of now");
}

#[wasm_bindgen_test]
async fn a_top_up_asks_for_kept_acceptances_alone_and_first_thing_in_the_tap() {
    let shop = keeping("{ b: 'accept' }");
    shop.preview().await;
    for tap in 1..=3 {
        let outcome = shop.tap_as("{ only: 'keptAccepted' }");
        assert_eq!(shop.count("requestSubscribeMessage"), tap, "no promise hop between");
        let Outcome::Answered { accepted, rejected, .. } = settled(outcome).await else { panic!() };
        assert_eq!((accepted, rejected), (vec!["b".to_string()], vec![]));
    }
    assert_eq!((shop.count("getSetting"), shop.requests("/findCustomerPopTemplate").len()), (1, 1));
}

#[wasm_bindgen_test]
async fn a_top_up_with_nothing_kept_asks_for_nothing() {
    let shop = keeping("{ b: 'reject' }");
    let outcome = value_of(shop.tap_as("{ only: 'keptAccepted' }")).await;
    assert_exactly(&outcome, "{ status: 'skipped', reason: 'notKept' }");
    assert_eq!(shop.count("requestSubscribeMessage"), 0);
    assert_eq!(shop.event_names(), ["templatesFound", "skipped"]);
}

#[wasm_bindgen_test]
async fn an_aborted_signal_keeps_the_popup_closed() {
    let shop = keeping("{}");
    let outcome = value_of(shop.tap_as("{ signal: { aborted: true } }")).await;
    assert_exactly(&outcome, "{ status: 'skipped', reason: 'aborted' }");
    assert_eq!(shop.count("requestSubscribeMessage"), 0);
}

#[wasm_bindgen_test]
async fn options_that_are_not_known_ask_for_nothing() {
    let shop = keeping("{}");
    for options in ["{ only: 'kept' }", "[]", "'keptAccepted'", "() => {}", "{ only: {} }"] {
        let outcome = settled(shop.tap_as(options)).await;
        assert_eq!(outcome.failure(), "trigger badArgument", "{options}");
    }
    assert_eq!(shop.count("request"), 0);
}

#[wasm_bindgen_test]
async fn a_refusal_is_kept_if_the_settings_say_so_and_null_if_they_say_nothing() {
    for (fake, kept) in [
        ("{}", Some(vec![])),
        ("{ itemSettings: { a: 'reject' } }", Some(vec!["a".to_string()])),
        ("{ without: ['getSetting'] }", None),
    ] {
        let shop = Shop::new(OFFERS_TWO, fake, "{}");
        shop.always_answer("({})");
        let outcome = settled(shop.tap(1, "goods-1")).await;
        let Outcome::Answered { kept_rejected, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(kept_rejected, kept, "{fake}");
    }
}

#[wasm_bindgen_test]
async fn silent_settings_hold_up_an_answer_for_half_a_second_and_its_report_not_at_all() {
    let shop = keeping("{}");
    let wx: Function = evaluate("(wx) => { wx.getSetting = () => {}; }").unchecked_into();
    wx.call1(&JsValue::UNDEFINED, &shop.fake.wx()).unwrap();
    let start = js_sys::Date::now();
    let outcome = shop.tap(1, "goods-1");
    shop.answer(&[]).await;
    pause(100).await;
    assert_eq!(shop.events("reportSent").len(), 1);
    assert!(js_sys::Date::now() - start < 400.0);
    let Outcome::Answered { kept_rejected, .. } = settled(outcome).await else { panic!() };
    assert_eq!(kept_rejected, None);
    assert!(js_sys::Date::now() - start >= 490.0);
}

#[wasm_bindgen_test]
async fn after_a_refusal_the_popup_of_its_scene_stays_closed_for_a_time() {
    let clock = WallClock::stop();
    evaluate("globalThis.cells = { openId: '\"open-id-1\"' }");
    let launch = || {
        let shop = Shop::new(OFFERS_TWO, "{ storage: globalThis.cells }", "{ coolDownMs: 60_000 }");
        shop.always_answer("({})");
        shop
    };
    let first = launch();
    assert!(matches!(settled(first.tap(1, "goods-1")).await, Outcome::Answered { .. }));
    let until = js_sys::Date::now() + 60_000.0;
    first.kill();
    clock.pass(59_999.0);
    let second = launch();
    let skipped = Outcome::Skipped { reason: "coolDown".into(), until: Some(until) };
    assert_eq!(settled(second.tap(1, "goods-2")).await, skipped);
    assert_eq!(get(&second.preview().await, "coolDownUntil"), until);
    assert!(matches!(settled(second.tap(2, "goods-2")).await, Outcome::Answered { .. }));
    let forced = settled(second.tap_as("{ force: true }")).await;
    assert!(matches!(forced, Outcome::Answered { .. }));
    clock.pass(60_000.0);
    assert!(matches!(settled(second.tap(1, "goods-3")).await, Outcome::Answered { .. }));
}

#[wasm_bindgen_test]
async fn kept_refusals_begin_no_cool_down() {
    let fake = "{ itemSettings: { a: 'reject', b: 'reject' } }";
    let shop = Shop::new(OFFERS_TWO, fake, "{ coolDownMs: 60_000 }");
    settled(shop.tap(1, "goods-1")).await;
    keep(&shop, "undefined");
    shop.always_answer("({ a: 'accept' })");
    assert!(matches!(settled(shop.tap(1, "goods-1")).await, Outcome::Answered { .. }));
}

#[wasm_bindgen_test]
async fn a_list_in_another_shape_and_one_with_holes_keep_the_tap() {
    for (answer, config) in [
        ("{ json: { list: [{ id: 'a' }] } }", "{ readTemplates: ({ list }) => [list[0].id] }"),
        ("{ json: { data: ['', 'a', null] } }", "{}"),
        ("{ body: '\\ufeff{\"data\":[\"a\"]}' }", "{}"),
    ] {
        let shop = Shop::new(answer, "{ promise: 'polyfill' }", config);
        let outcome = shop.tap(1, "goods-1");
        assert_eq!(shop.answer(&[("a", "accept")]).await, ["a"], "{answer}");
        assert!(matches!(settled(outcome).await, Outcome::Answered { .. }));
        let is_holed = answer.contains("null");
        let counts = shop.events("templatesLeftOut");
        assert_eq!(
            counts.iter().map(|event| get(event, "count")).collect::<Vec<_>>(),
            if is_holed { vec![JsValue::from(2)] } else { vec![] }
        );
    }
}

#[wasm_bindgen_test]
async fn what_waits_and_what_the_last_popup_did_is_told_without_the_user() {
    reports_get("{ statusCode: 503 }");
    let shop = Shop::new(STEERED, "{}", "{}");
    let quiet = "{ waiting: [], lastPopup: null, learnedLimit: null, storage: 'ok' }";
    assert_exactly(&shop.diagnostics().await, quiet);
    shop.always_answer("({ a: 'accept' })");
    settled(shop.tap(1, "goods-1")).await;
    shop.flush().await;
    let found = shop.diagnostics().await;
    let [report] = &js_sys::Array::from(&get(&found, "waiting")).to_vec()[..] else { panic!() };
    let event = &shop.events("reportPostponed")[0];
    assert_eq!(text(report, "reportId"), text(event, "reportId"));
    assert_exactly(&get(&get(report, "lastError"), "code"), "503");
    assert!(get(report, "nextTryInMs").as_f64().is_some_and(|ms| ms > 0.0));
    assert_eq!(text(&get(&get(&found, "lastPopup"), "event"), "name"), "popupAnswered");
    let all = js_sys::JSON::stringify(&found).unwrap();
    assert!(!String::from(all).contains("open-id-1"));

    reports_get("{ json: {} }");
    shop.flush().await;
    assert_exactly(&get(&shop.diagnostics().await, "waiting"), "[]");
}
