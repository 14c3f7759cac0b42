//! A report is kept until the back end has it.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{BASE_URL, Outcome, Shop, evaluate, get, pause, settled, text};
use crate::steps::{STEERED, assert_exactly, is_equal, report_bodies, report_ids, reports_get};

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
async fn what_says_later_keeps_a_report_and_the_retry_has_the_same_key_and_body() {
    for answer in [
        "{ statusCode: 500 }",
        "{ statusCode: 503 }",
        "{ statusCode: 429 }",
        "{ statusCode: 425 }",
        "{ statusCode: 408 }",
        "{ statusCode: 302 }",
        "{ statusCode: 401 }",
        "{ statusCode: 403 }",
        "{ statusCode: 404 }",
        "{ statusCode: 419 }",
        "{ errMsg: 'net::ERR_INTERNET_DISCONNECTED' }",
    ] {
        reports_get(answer);
        let shop = Shop::with_back_end(STEERED);
        shop.subscribe(&[("a", "accept")]).await;
        pause(5).await;
        let [postponed] = &shop.events("reportPostponed")[..] else {
            panic!("{answer}: one event")
        };
        let retry_in_ms = get(postponed, "retryInMs").as_f64().unwrap();
        assert!((1_000.0..=2_000.0).contains(&retry_in_ms), "{answer}: {retry_in_ms}");
        reports_get("{ json: {} }");
        assert_eq!(shop.flush().await, (1, 0), "{answer}");
        assert_eq!(shop.flush().await, (0, 0), "{answer}");
        let id = text(postponed, "reportId");
        assert_eq!(report_ids(&shop), [id.as_str(), id.as_str()], "{answer}");
        let [first, second] = &report_bodies(&shop)[..] else { panic!("{answer}: two attempts") };
        assert!(is_equal(first, second), "{answer}");
    }
}

#[wasm_bindgen_test]
async fn a_refused_report_is_dropped_with_an_event_that_carries_it() {
    for status in [400, 410, 413, 414, 415, 422] {
        reports_get(&format!("{{ statusCode: {status}, json: {{}} }}"));
        let shop = Shop::with_back_end(STEERED);
        let outcome = shop.tap_with(&evaluate("({ price: 1 })"));
        shop.answer(&[("a", "accept")]).await;
        settled(outcome).await;
        pause(20).await;
        assert_eq!(shop.flush().await, (0, 0), "{status}");
        assert_eq!(report_ids(&shop).len(), 1, "{status}");
        let [dropped] = &shop.events("reportDropped")[..] else { panic!("{status}: one event") };
        assert_exactly(
            &get(dropped, "report"),
            "{ busNo: 'goods-1', extraVariableMap: { price: 1 }, agreeTemplateIds: ['a'], \
             rejectTemplateIds: [] }",
        );
        let error = get(dropped, "error");
        assert_eq!(text(&error, "kind"), "badResponse");
        assert_eq!(get(&error, "code").as_f64(), Some(status.into()));
        assert_eq!(get(&error, "retryable"), false);
        assert!(!shop.all_events().contains("open-id-1"), "no event carries the openId");
    }
}

#[wasm_bindgen_test]
async fn a_refused_report_does_not_keep_back_the_next() {
    reports_get("{ statusCode: 503 }");
    let shop = Shop::with_back_end(STEERED);
    shop.always_answer("({ a: 'accept' })");
    for order in ["1", "2"] {
        settled(shop.tap(1, order)).await;
    }
    assert_eq!(shop.flush().await, (0, 2));
    reports_get("json.busNo === '1' ? { statusCode: 400 } : { json: {} }");
    let before = report_bodies(&shop).len();
    assert_eq!(shop.flush().await, (1, 0));
    let orders = report_bodies(&shop).split_off(before);
    assert_eq!(orders.iter().map(|body| text(body, "busNo")).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(shop.events("reportDropped").len(), 1);
}

#[wasm_bindgen_test]
async fn the_oldest_report_makes_room_for_the_newest_with_an_event() {
    reports_get("{ statusCode: 503 }");
    let shop = Shop::new(STEERED, "{}", "{ outboxMaxReports: 1 }");
    shop.always_answer("({ a: 'accept' })");
    for order in ["1", "2"] {
        settled(shop.tap(1, order)).await;
        pause(5).await;
    }
    let [dropped] = &shop.events("reportDropped")[..] else { panic!("one event") };
    assert!(get(dropped, "error").is_null());
    assert_eq!(text(&get(dropped, "report"), "busNo"), "1");
    assert!(get(&get(dropped, "report"), "openId").is_undefined());
    assert_eq!(shop.flush().await, (0, 1));
}

#[wasm_bindgen_test]
async fn a_report_is_in_storage_before_it_is_sent_and_before_the_page_hears_of_it() {
    // Storage at the moment a report is sent, and at the moment its call resolves.
    evaluate("globalThis.cells = { openId: '\"open-id-1\"' }, globalThis.seen = []");
    reports_get("(globalThis.seen.push(JSON.stringify(globalThis.cells)), undefined)");
    let shop = Shop::new(STEERED, "{ storage: globalThis.cells }", "{}");
    let Outcome::Answered { report, .. } = shop.subscribe(&[("a", "accept")]).await else {
        panic!()
    };
    assert_eq!(report, "queued");
    let at_the_outcome = evaluate("JSON.stringify(globalThis.cells)").as_string().unwrap();
    let [id] = &report_ids(&shop)[..] else { panic!("one report") };
    assert!(at_the_outcome.contains(id.as_str()), "{at_the_outcome}");
    let at_the_request = evaluate("globalThis.seen[0]").as_string().unwrap();
    assert!(at_the_request.contains(id.as_str()), "{at_the_request}");
    assert_eq!(
        shop.event_names(),
        ["templatesFound", "popupRequested", "popupAnswered", "reportQueued"],
        "the page does not wait for the back end"
    );
}

#[wasm_bindgen_test]
async fn a_network_that_is_back_sends_and_one_that_goes_does_not() {
    reports_get("{ errMsg: 'net::ERR_INTERNET_DISCONNECTED' }");
    let shop = Shop::with_back_end(STEERED);
    shop.subscribe(&[("a", "accept")]).await;
    pause(5).await;
    reports_get("{ json: {} }");
    shop.fake.emit("networkStatusChange", &evaluate("({ isConnected: false })"));
    pause(5).await;
    assert_eq!(report_ids(&shop).len(), 1);
    shop.fake.emit("networkStatusChange", &evaluate("({ isConnected: true })"));
    pause(5).await;
    assert_eq!(report_ids(&shop).len(), 2);
    assert_eq!(shop.events("reportSent").len(), 1);
}

#[wasm_bindgen_test]
async fn an_own_function_that_rejects_with_a_status_is_read_as_the_back_end() {
    for (rejection, is_kept) in [
        ("{ statusCode: 503 }", true),
        ("{ status: 429 }", true),
        ("new Error('down')", true),
        ("undefined", true),
        ("{ statusCode: 400 }", false),
        ("{ status: 403 }", true),
        ("{ status: 404 }", true),
        ("{ status: 0 }", true),
        ("{ status: 1 }", true),
        ("{ status: 409 }", true),
        ("{ response: { status: 422 } }", false),
    ] {
        let own = format!(
            "{{ findCustomerPopTemplate: () => ({{ data: ['a'] }}), \
             popSubscribeResult: () => Promise.reject({rejection}) }}"
        );
        let shop = Shop::new("null", "{}", &own);
        shop.subscribe(&[("a", "accept")]).await;
        pause(5).await;
        assert_eq!(shop.events("reportDropped").len(), usize::from(!is_kept), "{rejection}");
        assert_eq!(shop.events("reportPostponed").len(), usize::from(is_kept), "{rejection}");
        assert_eq!(shop.flush().await, (0, u32::from(is_kept)), "{rejection}");
    }
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
    assert_eq!(get(&shop.events("reportQueued")[0], "saved"), false);
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
async fn one_call_may_be_an_own_function_and_the_other_go_to_the_base_url() {
    reports_get("{ json: {} }");
    let config = format!(
        "{{ baseUrl: '{BASE_URL}', findCustomerPopTemplate: () => ({{ data: ['own'] }}) }}"
    );
    let shop = Shop::new(STEERED, "{}", &config);
    shop.subscribe(&[("own", "accept")]).await;
    assert_eq!(shop.flush().await.1, 0);
    assert_eq!(shop.count("request"), 1);
    let [report] = &report_bodies(&shop)[..] else { panic!("one report") };
    assert_exactly(&get(report, "agreeTemplateIds"), "['own']");
}
