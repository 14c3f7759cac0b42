//! Whatever goes wrong, the promise resolves and says what to do.

use crate::fake::{Outcome, Sdk, Shop, evaluate, settled};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

async fn call(shop: &Shop, trigger: JsValue, bus_no: JsValue, extra: JsValue) -> Outcome {
    settled(shop.sdk.subscribe(&trigger, &bus_no, &extra)).await
}

#[wasm_bindgen_test]
async fn arguments_that_cannot_be_used_fail_without_a_network_call() {
    let shop = Shop::offering(&["a"]);
    let (good_bus_no, none) = (JsValue::from("x"), JsValue::UNDEFINED);
    for trigger in ["0", "10", "-1", "1.5", "'1'", "null", "undefined", "NaN", "({})", "1e300"] {
        let trigger = evaluate(trigger);
        let outcome = call(&shop, trigger, good_bus_no.clone(), none.clone()).await;
        assert_eq!(outcome.failure(), "trigger unknownTrigger");
    }
    for bus_no in ["''", "undefined", "null", "1", "({})"] {
        let outcome = call(&shop, 1.into(), evaluate(bus_no), none.clone()).await;
        assert_eq!(outcome.failure(), "trigger badArgument", "{bus_no}");
    }
    let cyclic = "(() => { const map = {}; map.map = map; return map; })()";
    let lying = "({ toJSON: () => 1 })";
    for extra in ["[]", "1", "'x'", "(() => {})", "true", cyclic, lying] {
        let extra = evaluate(extra);
        let outcome = call(&shop, 1.into(), good_bus_no.clone(), extra).await;
        assert_eq!(outcome.failure(), "trigger badArgument");
    }
    assert_eq!(shop.count("request") + shop.count("requestSubscribeMessage"), 0);
}

#[wasm_bindgen_test]
async fn answers_of_the_back_end_that_cannot_be_used_say_why() {
    for (answer, kind, code, word) in [
        ("{ statusCode: 500, body: 'x' }", "badResponse", Some(500), "HTTP status"),
        ("{ statusCode: 404, json: {} }", "badResponse", Some(404), "HTTP status"),
        ("{ body: '<html>' }", "badResponse", None, "JSON"),
        ("{ json: null }", "badResponse", None, "`data` must be a list"),
        ("{ json: {} }", "badResponse", None, "`data` must be a list"),
        ("{ json: { data: 'a' } }", "badResponse", None, "`data` must be a list"),
        ("{ json: { data: { length: 1, 0: 'a' } } }", "badResponse", None, "must be a list"),
        ("{ json: { data: ['a', 1] } }", "badResponse", None, "template ids only"),
        ("{ json: { data: ['a', ''] } }", "badResponse", None, "template ids only"),
        ("{ errMsg: 'net::ERR_FAILED', errno: 600001 }", "network", Some(600_001), "net::ERR"),
        ("{ errMsg: 'timeout', errno: 5 }", "timeout", Some(5), "in time"),
    ] {
        let shop = Shop::with_back_end(answer);
        let outcome = settled(shop.tap(1, "goods-1")).await;
        assert_eq!(outcome.failure(), format!("templates {kind}"), "{answer}");
        let Outcome::Failed { error, .. } = outcome else { unreachable!() };
        assert_eq!(error.code, code, "{answer}");
        assert!(error.message.contains(word), "{answer}: {}", error.message);
        assert_eq!(shop.count("requestSubscribeMessage"), 0);
        assert_eq!(shop.event_names(), ["templatesFailed"]);
    }
}

#[wasm_bindgen_test]
async fn a_back_end_that_never_answers_is_not_waited_for() {
    let silent = "{ findCustomerPopTemplate: () => new Promise(() => {}), \
                  popSubscribeResult: () => {}, requestTimeoutMs: 20 }";
    let shop = Shop::new("null", "{}", silent);
    assert_eq!(settled(shop.tap(1, "goods-1")).await.failure(), "templates timeout");
    let shop = Shop::new("undefined", "{}", "{ requestTimeoutMs: 20 }");
    assert_eq!(settled(shop.tap(1, "goods-1")).await.failure(), "templates timeout");
}

#[wasm_bindgen_test]
async fn every_failure_of_the_popup_has_its_kind() {
    for (failure, kind, code) in [
        ("{ errCode: 10001 }", "badArgument", Some(10001)),
        ("{ errCode: 10002 }", "network", Some(10002)),
        ("{ errCode: 10003 }", "network", Some(10003)),
        ("{ errCode: 10004 }", "badArgument", Some(10004)),
        ("{ errCode: 10005 }", "background", Some(10005)),
        ("{ errCode: 20001 }", "templateNotFound", Some(20001)),
        ("{ errCode: 20002 }", "mixedTemplateTypes", Some(20002)),
        ("{ errCode: 20003 }", "tooManyTemplates", Some(20003)),
        ("{ errCode: 20004 }", "mainSwitchOff", Some(20004)),
        ("{ errCode: 20005 }", "banned", Some(20005)),
        ("{ errCode: 20013 }", "deviceTemplate", Some(20013)),
        ("{ errMsg: 'last call has not ended' }", "busy", None),
        ("{ errMsg: 'cancel' }", "cancelled", None),
        ("{ errMsg: 'something new' }", "unknown", None),
        ("{ errCode: 99999, errMsg: 'something new' }", "unknown", Some(99999)),
    ] {
        let shop = Shop::offering(&["a"]);
        shop.always_answer(failure);
        let outcome = settled(shop.tap(1, "goods-1")).await;
        assert_eq!(outcome.failure(), format!("popup {kind}"), "{failure}");
        let Outcome::Failed { error, .. } = outcome else { unreachable!() };
        assert_eq!(error.code, code, "{failure}");
        assert_eq!(shop.event_names(), ["templatesFound", "popupRequested", "popupFailed"]);
        shop.always_answer("({ a: 'accept' })");
        let again = settled(shop.tap(1, "goods-1")).await;
        assert!(matches!(again, Outcome::Answered { .. }), "the next tap is not held up");
    }
}

/// An SDK over a hand-made `wx`, with the template `a` at once.
fn over(wx: &str) -> Sdk {
    let config =
        evaluate("({ findCustomerPopTemplate: () => ({ data: ['a'] }), popSubscribeResult() {} })");
    Sdk::start(evaluate(wx), &config).unwrap()
}

#[wasm_bindgen_test]
async fn a_host_that_throws_lacks_the_api_or_answers_nonsense_is_put_into_words() {
    let hidden = "({ requestSubscribeMessage({ success }) { success(new Proxy({}, \
                  { get() { throw 1; } })); } })";
    let revoked = "({ requestSubscribeMessage({ success }) { const p = Proxy.revocable([], {}); \
                   p.revoke(); success(p.proxy); } })";
    for (wx, expected) in [
        ("undefined", "popup unsupportedHost"),
        ("null", "popup unsupportedHost"),
        ("({})", "popup unsupportedHost"),
        ("({ requestSubscribeMessage: 1 })", "popup unsupportedHost"),
        ("({ get requestSubscribeMessage() { throw 1; } })", "popup unsupportedHost"),
        ("({ requestSubscribeMessage() { throw new Error('x'); } })", "popup unknown"),
        ("({ requestSubscribeMessage() { throw null; } })", "popup unknown"),
        ("({ requestSubscribeMessage() { throw { errCode: 20004 }; } })", "popup mainSwitchOff"),
        ("({ requestSubscribeMessage({ fail }) { fail(); } })", "popup unknown"),
        ("({ requestSubscribeMessage({ fail }) { fail('x:fail cancel'); } })", "popup cancelled"),
        ("({ requestSubscribeMessage({ success }) { success(); } })", "popup badResponse"),
        ("({ requestSubscribeMessage({ success }) { success('a'); } })", "popup badResponse"),
        ("({ requestSubscribeMessage({ success }) { success({ a: 1 }); } })", "popup badResponse"),
        (
            "({ requestSubscribeMessage({ success }) { success({ b: 'accept' }); } })",
            "popup badResponse",
        ),
        (hidden, "popup badResponse"),
        (revoked, "popup badResponse"),
        (
            "({ requestSubscribeMessage: () => Promise.reject({ errCode: 20004 }) })",
            "popup mainSwitchOff",
        ),
    ] {
        let outcome = over(wx).subscribe(&1.into(), &"x".into(), &JsValue::UNDEFINED);
        assert_eq!(settled(outcome).await.failure(), expected, "{wx}");
    }
}

#[wasm_bindgen_test]
async fn of_several_callbacks_the_first_counts() {
    let wx = "({ requestSubscribeMessage({ success, fail }) { success({ a: 'accept' }); \
              success({ a: 'reject' }); fail({ errCode: 20004 }); throw new Error('late'); } })";
    let outcome = over(wx).subscribe(&1.into(), &"x".into(), &JsValue::UNDEFINED);
    let Outcome::Answered { accepted, .. } = settled(outcome).await else { panic!() };
    assert_eq!(accepted, ["a"]);
}

#[wasm_bindgen_test]
fn a_wrong_configuration_is_refused_with_the_name_of_what_is_wrong() {
    for (config, word) in [
        ("undefined", "an object"),
        ("[]", "an object"),
        ("({})", "baseUrl"),
        ("({ findCustomerPopTemplate() {} })", "popSubscribeResult"),
        ("({ baseUrl: 'shop.example.com' })", "baseUrl"),
        ("({ baseUrl: 1 })", "baseUrl"),
        ("({ baseUrl: 'https://x', findCustomerPopTemplate: 'x' })", "findCustomerPopTemplate"),
        ("({ baseUrl: 'https://x', popSubscribeResult: {} })", "popSubscribeResult"),
        ("({ baseUrl: 'https://x', header: 'x' })", "header"),
        ("({ baseUrl: 'https://x', openId: '' })", "openId"),
        ("({ baseUrl: 'https://x', openId: 1 })", "openId"),
        ("({ baseUrl: 'https://x', maxTemplates: 0 })", "maxTemplates"),
        ("({ baseUrl: 'https://x', templateTtlMs: -1 })", "templateTtlMs"),
        ("({ baseUrl: 'https://x', requestTimeoutMs: 'soon' })", "requestTimeoutMs"),
        ("({ baseUrl: 'https://x', triggers: ['x'].map })", "triggers"),
        ("({ baseUrl: 'https://x', triggers: { x: 'y' } })", "triggers"),
        ("({ baseUrl: 'https://x', triggers: { 10: '' } })", "triggers"),
        ("({ baseUrl: 'https://x', onEvent: true })", "onEvent"),
    ] {
        let made = Sdk::start(JsValue::NULL, &evaluate(config));
        let message = made.map(drop).expect_err(config).as_string().unwrap();
        assert!(message.starts_with("setup: ") && message.contains(word), "{config}: {message}");
    }
}
