//! The popup opens within the tap.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Outcome, Shop, evaluate, get, pause, set, settled, text};
use crate::steps::{assert_exactly, value_of, without_message};

const NATIVE_PROMISES: &str = "{}";
const POLYFILLED_PROMISES: &str = "{ promise: 'polyfill' }";

#[wasm_bindgen_test]
async fn with_prefetched_templates_the_popup_is_called_before_the_call_returns() {
    for promises in [NATIVE_PROMISES, POLYFILLED_PROMISES] {
        let shop = Shop::new("{ json: { data: ['a', 'b'] } }", promises, "{}");
        assert_eq!(shop.prefetch(1, "goods-1").await, ["a", "b"]);
        assert_eq!(shop.count("requestSubscribeMessage"), 0);
        let outcome = shop.tap(1, "goods-1");
        assert_eq!(shop.count("requestSubscribeMessage"), 1, "no promise hop between");
        assert_eq!(shop.answer(&[("a", "accept")]).await, ["a", "b"]);
        assert!(matches!(settled(outcome).await, Outcome::Answered { .. }));
        assert_eq!(shop.requests("/findCustomerPopTemplate").len(), 1);
    }
}

/// Records for each popup whether it was requested while `success` of a request
/// ran.
const WATCH_SUCCESS: &str = "(wx) => {
    const notes = [];
    let isInside = false;
    const { request, requestSubscribeMessage } = wx;
    wx.request = (options) => request({ ...options, success(response) {
        isInside = true;
        options.success(response);
        isInside = false;
    } });
    wx.requestSubscribeMessage = (options) => {
        notes.push(isInside);
        return requestSubscribeMessage(options);
    };
    return notes;
}";

#[wasm_bindgen_test]
async fn without_prefetch_the_popup_opens_in_the_callback_of_the_request() {
    for promises in [NATIVE_PROMISES, POLYFILLED_PROMISES] {
        let shop = Shop::new("{ json: { data: ['a'] } }", promises, "{}");
        let watch: Function = evaluate(WATCH_SUCCESS).unchecked_into();
        let inside = watch.call1(&JsValue::UNDEFINED, &shop.fake.wx()).unwrap();
        let outcome = shop.tap(1, "goods-1");
        assert_eq!(shop.count("requestSubscribeMessage"), 0);
        shop.answer(&[("a", "accept")]).await;
        assert!(matches!(settled(outcome).await, Outcome::Answered { .. }));
        assert_exactly(&inside, "[true]");
    }
}

#[wasm_bindgen_test]
async fn a_promise_of_the_application_keeps_the_tap_where_promises_are_native() {
    let own = "{ findCustomerPopTemplate: async () => ({ data: ['a'] }), popSubscribeResult: async () => {} }";
    let native = Shop::new("null", "{}", own);
    native.always_answer("({ a: 'accept' })");
    assert!(matches!(settled(native.tap(1, "goods-1")).await, Outcome::Answered { .. }));

    let polyfilled = Shop::new("null", POLYFILLED_PROMISES, own);
    let outcome = settled(polyfilled.tap(1, "goods-1")).await;
    assert_eq!(outcome.failure(), "popup notTapped");
}

#[wasm_bindgen_test]
async fn an_application_that_answers_at_once_keeps_the_tap_everywhere() {
    let own = "{ findCustomerPopTemplate: () => ({ data: ['a'] }), popSubscribeResult: () => {} }";
    let shop = Shop::new("null", POLYFILLED_PROMISES, own);
    let outcome = shop.tap(1, "goods-1");
    assert_eq!(shop.count("requestSubscribeMessage"), 1);
    shop.answer(&[("a", "reject")]).await;
    assert!(matches!(settled(outcome).await, Outcome::Answered { .. }));
}

#[wasm_bindgen_test]
async fn outside_a_tap_the_outcome_says_what_to_do() {
    let shop = Shop::offering(&["a"]);
    let outcome = shop.sdk.subscribe(&1.into(), &"goods-1".into(), &JsValue::UNDEFINED);
    let Outcome::Failed { stage, error } = settled(outcome).await else { panic!() };
    assert_eq!(
        (stage.as_str(), error.kind.as_str(), error.retryable),
        ("popup", "notTapped", true)
    );
    assert!(error.message.contains("prefetchTemplates"), "{}", error.message);
}

#[wasm_bindgen_test]
async fn a_second_tap_while_the_popup_is_open_answers_busy_without_asking_the_host() {
    let shop = Shop::offering(&["a"]);
    shop.prefetch(1, "goods-1").await;
    shop.prefetch(2, "goods-2").await;
    let first = shop.tap(1, "goods-1");
    for (trigger, bus_no) in [(1, "goods-1"), (2, "goods-2"), (3, "goods-3")] {
        let (second, _) = without_message(&value_of(shop.tap(trigger, bus_no)).await);
        assert_exactly(
            &second,
            "{ status: 'failed', stage: 'popup', \
             error: { kind: 'busy', code: null, retryable: true } }",
        );
    }
    assert_eq!(shop.count("requestSubscribeMessage"), 1);
    assert_eq!(shop.count("request"), 2, "it does not ask the back end either");
    shop.answer(&[]).await;
    assert!(matches!(settled(first).await, Outcome::Answered { .. }));
    shop.always_answer("({})");
    assert!(matches!(settled(shop.tap(2, "goods-2")).await, Outcome::Answered { .. }));
}

#[wasm_bindgen_test]
async fn two_taps_before_the_templates_are_known_open_one_popup() {
    for second in [1, 2] {
        let shop = Shop::offering(&["a"]);
        let (first, second) = (shop.tap(1, "goods-1"), shop.tap(second, "goods-1"));
        shop.answer(&[("a", "accept")]).await;
        assert!(matches!(settled(first).await, Outcome::Answered { .. }));
        assert_eq!(settled(second).await.failure(), "popup busy");
        assert_eq!(shop.count("requestSubscribeMessage"), 1);
    }
}

#[wasm_bindgen_test]
async fn templates_belong_to_their_trigger_and_business_number() {
    let find = "url.endsWith('Template') ? { json: { data: [json.triggerAct + '/' + json.busNo] } } \
                : { json: {} }";
    let shop = Shop::with_back_end(find);
    shop.always_answer("Object.fromEntries(tmplIds.map((id) => [id, 'accept']))");
    assert_eq!(shop.prefetch(1, "a").await, ["加入购物车/a"]);
    for (trigger, bus_no, id) in
        [(1, "b", "加入购物车/b"), (2, "a", "订单详情/a"), (1, "a", "加入购物车/a")]
    {
        let outcome = settled(shop.tap(trigger, bus_no)).await;
        let Outcome::Answered { accepted, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(accepted, [id]);
    }
    assert_eq!(shop.requests("/findCustomerPopTemplate").len(), 3);
}

#[wasm_bindgen_test]
async fn a_prefetch_under_way_is_joined_by_another() {
    let shop = Shop::offering(&["a"]);
    let first = shop.sdk.prefetch(&1.into(), &"goods-1".into());
    let second = shop.sdk.prefetch(&1.into(), &"goods-1".into());
    for ids in [first, second] {
        assert_exactly(&value_of(ids).await, "['a']");
    }
    assert_eq!(shop.requests("/findCustomerPopTemplate").len(), 1);
    shop.prefetch(2, "goods-1").await;
    pause(5).await;
    assert_eq!(shop.requests("/findCustomerPopTemplate").len(), 2);
}

#[wasm_bindgen_test]
async fn prefetched_templates_grow_old() {
    let find = "{ json: { data: ['a'] } }";
    let shop = Shop::new(find, "{}", "{ templateTtlMs: 20 }");
    shop.always_answer("({})");
    shop.prefetch(1, "goods-1").await;
    pause(40).await;
    assert!(matches!(settled(shop.tap(1, "goods-1")).await, Outcome::Answered { .. }));
    assert_eq!(shop.requests("/findCustomerPopTemplate").len(), 2);
}

#[wasm_bindgen_test]
async fn a_failed_prefetch_gives_no_ids_and_an_event_and_the_tap_asks_again() {
    let shop = Shop::with_back_end(
        "url.endsWith('Template') && !globalThis.recovered \
         ? { statusCode: 500, body: 'oops' } : { json: { data: ['a'] } }",
    );
    assert!(shop.prefetch(1, "goods-1").await.is_empty());
    let [failed] = &shop.events("templatesFailed")[..] else { panic!("one event") };
    assert_eq!(shop.event_names().len(), 1);
    assert_eq!(text(failed, "triggerAct"), "加入购物车");
    assert_eq!(text(failed, "busNo"), "goods-1");
    let (failed, _) = without_message(failed);
    let error = "{ kind: 'badResponse', code: 500, retryable: true }";
    assert_exactly(&get(&failed, "error"), error);
    evaluate("globalThis.recovered = true");
    let outcome = shop.subscribe(&[("a", "accept")]).await;
    evaluate("delete globalThis.recovered");
    assert!(matches!(outcome, Outcome::Answered { .. }));
}

#[wasm_bindgen_test]
async fn a_payment_callback_is_as_good_as_a_tap() {
    let shop = Shop::offering(&["a"]);
    shop.prefetch(4, "order-1").await;
    let outcome = Rc::new(Cell::new(None));
    let paid = {
        let (sdk, outcome) = (shop.sdk, Rc::clone(&outcome));
        Closure::once_into_js(move || {
            outcome.set(Some(sdk.subscribe(&4.into(), &"order-1".into(), &JsValue::UNDEFINED)));
        })
    };
    let order = "({ timeStamp: '1', nonceStr: 'n', package: 'p', paySign: 's' })";
    let options = evaluate(order);
    set(&options, "success", &paid);
    let pay: Function = get(&shop.fake.wx(), "requestPayment").unchecked_into();
    pay.call1(&JsValue::UNDEFINED, &options).unwrap();
    shop.answer(&[("a", "accept")]).await;
    let outcome = settled(outcome.take().expect("the payment called back")).await;
    assert!(matches!(outcome, Outcome::Answered { .. }));
}
