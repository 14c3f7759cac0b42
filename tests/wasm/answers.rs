//! What the user answered is sorted and reported.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Outcome, Shop, evaluate, get, pause, set, settled, text};
use crate::steps::{assert_exactly, popup_gives, value_of};

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
    let Outcome::Answered {
        accepted,
        rejected,
        banned,
        filtered,
        other,
        raw,
        remaining,
        report,
        kept_rejected,
    } = outcome
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
    assert_eq!(kept_rejected, Some(vec![]));
}

/// An outcome in which only `list` and `raw` are not empty.
fn answered(list: &str, ids: &str, raw: &str, report: &str) -> String {
    format!(
        "{{ status: 'answered', accepted: [], rejected: [], banned: [], filtered: [], other: [], \
         remaining: [], keptRejected: [], {list}: {ids}, raw: {raw}, report: '{report}' }}"
    )
}

#[wasm_bindgen_test]
async fn each_word_has_its_list_and_only_a_choice_is_reported() {
    for (word, list) in [
        ("accept", "accepted"),
        ("acceptWithAudio", "accepted"),
        ("acceptWithAlert", "accepted"),
        ("acceptWithForcePush", "accepted"),
        ("acceptWithSomethingNew", "accepted"),
        ("reject", "rejected"),
        ("ban", "banned"),
        ("filter", "filtered"),
        ("somethingNew", "other"),
        ("Accept", "other"),
        ("", "other"),
    ] {
        let shop = Shop::offering(&["tmpl"]);
        popup_gives(&shop, &format!("{{ errMsg: 'requestSubscribeMessage:ok', tmpl: '{word}' }}"));
        let is_choice = matches!(list, "accepted" | "rejected");
        let report = if is_choice { "queued" } else { "none" };
        let outcome = value_of(shop.tap(1, "goods-1")).await;
        let raw = format!("{{ tmpl: '{word}' }}");
        assert_exactly(&outcome, &answered(list, "['tmpl']", &raw, report));
        shop.flush().await;
        assert_eq!(shop.requests("/popSubscribeResult").len(), usize::from(is_choice), "{word}");
    }
}

#[wasm_bindgen_test]
async fn each_id_is_in_one_list_in_the_order_it_was_asked() {
    let find = "{ json: { data: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] } }";
    let shop = Shop::new(find, "{}", "{ maxTemplates: 10 }");
    popup_gives(
        &shop,
        "{ j: 'accept', a: 'acceptWithAudio', i: 'reject', b: 'reject', c: 'ban', d: 'filter', \
         e: '?', f: 42, g: null, nobody: 'accept', errMsg: 'requestSubscribeMessage:ok' }",
    );
    assert_exactly(
        &value_of(shop.tap(1, "goods-1")).await,
        "{ status: 'answered', accepted: ['a', 'j'], rejected: ['b', 'i'], banned: ['c'], \
         filtered: ['d'], other: ['e', 'f', 'g', 'h'], remaining: [], report: 'queued', \
         keptRejected: [], \
         raw: { a: 'acceptWithAudio', b: 'reject', c: 'ban', d: 'filter', e: '?', i: 'reject', \
         j: 'accept' } }",
    );
}

#[wasm_bindgen_test]
async fn a_template_that_is_called_as_a_member_of_objects_is_a_template() {
    let shop = Shop::offering(&["constructor", "__proto__", "toString"]);
    let answer = r#"{ "constructor": "accept", "__proto__": "reject", "toString": "accept" }"#;
    popup_gives(&shop, &format!("JSON.parse('{answer}')"));
    let outcome = value_of(shop.tap(1, "goods-1")).await;
    assert_exactly(&get(&outcome, "accepted"), "['constructor', 'toString']");
    assert_exactly(&get(&outcome, "rejected"), "['__proto__']");
    assert_exactly(&get(&outcome, "raw"), &format!("JSON.parse('{answer}')"));
}

#[wasm_bindgen_test]
async fn an_id_that_is_offered_twice_is_asked_once() {
    let shop = Shop::offering(&["a", "b", "a"]);
    let outcome = shop.tap(1, "goods-1");
    assert_eq!(shop.answer(&[("a", "accept"), ("b", "accept")]).await, ["a", "b"]);
    let raw = "{ a: 'accept', b: 'accept' }";
    assert_exactly(&value_of(outcome).await, &answered("accepted", "['a', 'b']", raw, "queued"));
}

#[wasm_bindgen_test]
async fn a_choice_that_the_user_kept_answers_without_a_popup() {
    let find = "{ json: { data: ['a'] } }";
    let shop = Shop::new(find, "{ itemSettings: { a: 'reject' } }", "{}");
    let outcome = value_of(shop.tap(1, "goods-1")).await;
    let rejected = answered("rejected", "['a']", "{ a: 'reject' }", "queued");
    assert_exactly(&outcome, &rejected.replace("keptRejected: []", "keptRejected: ['a']"));
}

#[wasm_bindgen_test]
async fn nothing_to_ask_asks_nothing_and_reports_nothing() {
    let shop = Shop::offering(&[]);
    assert_exactly(&value_of(shop.tap(1, "goods-1")).await, "{ status: 'noTemplates' }");
    assert!(shop.prefetch(1, "goods-1").await.is_empty());
    shop.flush().await;
    assert_eq!(shop.count("requestSubscribeMessage"), 0);
    assert_eq!(shop.count("request"), 1, "an empty list is remembered, too");
    assert_eq!(shop.event_names(), ["templatesFound"]);
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
    let shop = Shop::offering(&["a", "b"]);
    let outcome = shop.tap(4, "order-7");
    shop.answer(&[("a", "accept")]).await;
    settled(outcome).await;
    pause(20).await;
    let id = text(&shop.events("reportSent")[0], "reportId");
    let at = "triggerAct: '支付成功', busNo: 'order-7'";
    let elapsed = get(&shop.events("popupAnswered")[0], "elapsedMs").as_f64().unwrap();
    let expected = format!(
        "[{{ name: 'templatesFound', {at}, templateIds: ['a', 'b'] }}, \
         {{ name: 'popupRequested', {at}, templateIds: ['a', 'b'] }}, \
         {{ name: 'popupAnswered', {at}, accepted: ['a'], rejected: ['b'], topUp: false, \
         counts: {{ accepted: 1, rejected: 1, banned: 0, filtered: 0, other: 0 }}, \
         elapsedMs: {elapsed} }}, \
         {{ name: 'reportQueued', reportId: '{id}', saved: true }}, \
         {{ name: 'reportSent', reportId: '{id}' }}]"
    );
    assert_exactly(&js_sys::JSON::parse(&shop.all_events()).unwrap(), &expected);
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
async fn an_extra_variable_map_that_is_left_out_is_empty() {
    for extra in ["undefined", "null", "({})"] {
        let shop = Shop::offering(&["a"]);
        let outcome = shop.tap_with(&evaluate(extra));
        shop.answer(&[]).await;
        settled(outcome).await;
        shop.flush().await;
        let [report] = &shop.requests("/popSubscribeResult")[..] else { panic!("{extra}") };
        assert_exactly(&get(&get(report, "data"), "extraVariableMap"), "{}");
    }
}
