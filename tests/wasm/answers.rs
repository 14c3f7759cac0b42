//! What the user answered is sorted and reported.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Outcome, Shop, evaluate, get, pause, set, settled, text};

fn ids(value: &wasm_bindgen::JsValue, key: &str) -> Vec<String> {
    serde_wasm_bindgen::from_value(get(value, key)).unwrap()
}

#[wasm_bindgen_test]
async fn the_answer_is_sorted_by_the_words_of_the_host() {
    let find = "{ json: { data: ['ok', 'no', 'ban', 'dup', 'alert'] } }";
    let fake = "{ templates: { ok: { title: 't' }, no: {}, ban: { banned: true }, \
                dup: { title: 't' }, alert: {} } }";
    let shop = Shop::new(find, fake, "{ maxTemplates: 5 }");
    let outcome = shop.subscribe(&[("ok", "accept"), ("alert", "acceptWithAlert")]).await;
    let Outcome::Answered { accepted, rejected, banned, filtered, other, raw, remaining, report } =
        outcome
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(accepted, ["ok", "alert"]);
    assert_eq!(rejected, ["no"]);
    assert_eq!(banned, ["ban"]);
    assert_eq!(filtered, ["dup"]);
    assert!(other.is_empty() && remaining.is_empty());
    assert_eq!(raw["alert"], "acceptWithAlert");
    assert_eq!(raw.len(), 5);
    assert_eq!(report, "queued");
}

#[wasm_bindgen_test]
async fn the_report_holds_what_was_answered_and_by_whom() {
    let shop = Shop::offering(&["a", "b"]);
    let extra = evaluate("({ price: '19.90' })");
    let outcome = shop.tap_with(&extra);
    set(&extra, "price", &"changed later".into());
    shop.answer(&[("a", "accept")]).await;
    settled(outcome).await;
    pause(20).await;
    let [report] = &shop.requests("/popSubscribeResult")[..] else { panic!("one report") };
    let body = get(report, "data");
    assert_eq!(text(&body, "busNo"), "goods-1");
    assert_eq!(text(&body, "openId"), "open-id-1");
    assert_eq!(ids(&body, "agreeTemplateIds"), ["a"]);
    assert_eq!(ids(&body, "rejectTemplateIds"), ["b"]);
    assert_eq!(text(&get(&body, "extraVariableMap"), "price"), "19.90");
    assert_eq!(js_sys::Object::keys(&body.into()).length(), 5);
    let header = get(report, "header");
    assert_eq!(text(&header, "content-type"), "application/json");
    let key = text(&header, "Idempotency-Key");
    assert!((16..=30).contains(&key.len()), "{key}");
    assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
    let query = &shop.requests("/findCustomerPopTemplate")[0];
    assert_eq!(text(&get(query, "data"), "triggerAct"), "加入购物车");
    assert_eq!(text(&get(query, "data"), "busNo"), "goods-1");
    assert!(!shop.all_events().contains("open-id-1"), "no event carries the openId");
}

#[wasm_bindgen_test]
async fn ids_beyond_the_limit_are_asked_first_at_the_next_tap() {
    let shop = Shop::offering(&["a", "b", "c", "d", "e"]);
    let outcome = shop.tap(1, "goods-1");
    assert_eq!(shop.answer(&[]).await, ["a", "b", "c"]);
    let Outcome::Answered { remaining, .. } = settled(outcome).await else { panic!() };
    assert_eq!(remaining, ["d", "e"]);

    let outcome = shop.tap(1, "goods-1");
    assert_eq!(shop.count("requestSubscribeMessage"), 2, "they are known: no network");
    assert_eq!(shop.answer(&[]).await, ["d", "e"]);
    let Outcome::Answered { remaining, .. } = settled(outcome).await else { panic!() };
    assert!(remaining.is_empty());

    shop.always_answer("({})");
    settled(shop.tap(1, "goods-1")).await;
    assert_eq!(
        shop.requests("/findCustomerPopTemplate").len(),
        2,
        "then the back end is asked anew"
    );
}

#[wasm_bindgen_test]
async fn nothing_to_ask_asks_nothing() {
    let shop = Shop::offering(&[]);
    assert_eq!(settled(shop.tap(1, "goods-1")).await, Outcome::NoTemplates);
    assert_eq!(shop.count("requestSubscribeMessage"), 0);
}

#[wasm_bindgen_test]
async fn an_answer_that_nobody_gave_is_not_reported() {
    let find = "{ json: { data: ['ban'] } }";
    let shop = Shop::new(find, "{ templates: { ban: { banned: true } } }", "{}");
    shop.always_answer("({})");
    let outcome = settled(shop.tap(1, "goods-1")).await;
    let Outcome::Answered { banned, report, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((banned.as_slice(), report.as_str()), (&["ban".to_string()][..], "none"));
    pause(20).await;
    assert!(shop.requests("/popSubscribeResult").is_empty());
}

#[wasm_bindgen_test]
async fn each_step_is_told_in_order() {
    let shop = Shop::offering(&["a"]);
    shop.subscribe(&[("a", "accept")]).await;
    pause(20).await;
    assert_eq!(
        shop.event_names(),
        ["templatesFound", "popupRequested", "popupAnswered", "reportQueued", "reportSent"],
    );
}

#[wasm_bindgen_test]
async fn an_event_handler_that_throws_changes_nothing() {
    let find = "{ json: { data: ['a'] } }";
    let shop = Shop::new(find, "{}", "{}");
    let config =
        evaluate("({ baseUrl: 'http://127.0.0.1:1', onEvent() { throw new Error('mine'); } })");
    let sdk = crate::fake::Sdk::start(shop.fake.wx(), &config).unwrap();
    shop.always_answer("({ a: 'accept' })");
    let outcome = shop.tap_on(&sdk);
    assert!(matches!(settled(outcome).await, Outcome::Answered { .. }));
}

#[wasm_bindgen_test]
async fn every_trigger_reaches_the_back_end_under_its_name() {
    for trigger in wx_subscribe::trigger::TriggerType::ALL {
        let shop = Shop::offering(&[]);
        settled(shop.tap(trigger.number(), "x")).await;
        let query = get(&shop.requests("/findCustomerPopTemplate")[0], "data");
        assert_eq!(text(&query, "triggerAct"), trigger.trigger_act());
    }
}
