//! Whatever goes wrong, the promise resolves and says what to do.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Outcome, Sdk, Shop, evaluate, get, settled, text};
use crate::steps::{assert_exactly, is_equal, value_of, without_message};

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
        ("{ json: { data: ['a', 1] } }", "badResponse", None, "list of template ids"),
        ("{ json: { data: ['', null] } }", "badResponse", None, "list of template ids"),
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

/// What a person is told to do, by kind.
fn advice(kind: &str) -> &'static str {
    match kind {
        "badArgument" => "check arguments and template ids",
        "network" => "check the network, try again",
        "background" => "ask at the next tap",
        "cancelled" => "a refusal, ask at a later tap",
        "templateNotFound" | "mixedTemplateTypes" => "check the back end",
        "tooManyTemplates" => "the next tap asks fewer",
        "mainSwitchOff" => "offer openSubscriptionSettings",
        "banned" => "see mp.weixin.qq.com",
        "deviceTemplate" => "need wx.requestSubscribeDeviceMessage",
        "notTapped" => "the tap is gone",
        "busy" => "wait for",
        "unsupportedHost" => "update WeChat",
        "unknown" => "look up its `code`",
        _ => panic!("no advice for {kind}"),
    }
}

/// errCode (0 where there is none), a part of its text, kind, and whether the
/// next tap can succeed.
const POPUP_FAILURES: [(i32, &str, &str, bool); 17] = [
    (10001, "TmplIds can't be empty", "badArgument", false),
    (10002, "Request list fail", "network", true),
    (10003, "Request subscribe fail", "network", true),
    (10004, "Invalid template id", "badArgument", false),
    (10005, "Cannot show subscribe message UI", "background", true),
    (20001, "No template data return, verify the template id exist", "templateNotFound", false),
    (20002, "Templates type must be same", "mixedTemplateTypes", false),
    (20003, "Templates count out of max bounds", "tooManyTemplates", false),
    (20004, "The main switch is switched off", "mainSwitchOff", false),
    (20005, "This mini program was banned from subscribing messages", "banned", false),
    (20013, "Reject DeviceMsg Template", "deviceTemplate", false),
    (0, "can only be invoked by user TAP gesture.", "notTapped", true),
    (0, "can only be invoked by user TAP gesture", "notTapped", true),
    (0, "require user interaction (only in touchend event)", "notTapped", true),
    (0, "last call has not ended", "busy", true),
    (0, "cancel", "cancelled", true),
    (0, "开发者工具暂时不支持此 API 调试，请使用真机进行开发", "unsupportedHost", false),
];

/// What a popup comes to whose `fail` gets this: the outcome without its
/// message, and that message.
async fn failed_with(error: &str) -> (JsValue, String) {
    let wx = format!(
        "({{ getStorageSync: () => '', requestSubscribeMessage({{ fail }}) {{ fail({error}); }} }})"
    );
    let outcome = over(&wx).subscribe(&1.into(), &"x".into(), &JsValue::UNDEFINED);
    without_message(&value_of(outcome).await)
}

/// The whole outcome of a failed popup but for the message.
fn failure(kind: &str, code: i32, retryable: bool) -> String {
    let code = if code == 0 { "null".into() } else { code.to_string() };
    format!(
        "{{ status: 'failed', stage: 'popup', \
         error: {{ kind: '{kind}', code: {code}, retryable: {retryable} }} }}"
    )
}

#[wasm_bindgen_test]
async fn every_code_of_the_popup_has_its_kind() {
    for (code, text, kind, retryable) in POPUP_FAILURES {
        if code == 0 {
            continue;
        }
        for (error, says) in [
            (format!("{{ errCode: {code} }}"), ""),
            (
                format!("{{ errCode: {code}, errMsg: \"requestSubscribeMessage:fail {text}\" }}"),
                text,
            ),
            (format!("{{ errCode: {code}, errMsg: '不知道' }}"), "不知道"),
        ] {
            let (outcome, message) = failed_with(&error).await;
            assert_exactly(&outcome, &failure(kind, code, retryable));
            assert!(message.contains(advice(kind)), "{error}: {message}");
            assert!(message.contains(says), "{error}: {message}");
        }
    }
}

#[wasm_bindgen_test]
async fn every_text_of_the_popup_has_its_kind_without_a_code() {
    for (_, text, kind, retryable) in POPUP_FAILURES {
        for mark in [" ", ":", ""] {
            for more in ["", ", errCode: 0", ", errCode: null"] {
                let error =
                    format!("{{ errMsg: \"requestSubscribeMessage:fail{mark}{text}\"{more} }}");
                let (outcome, message) = failed_with(&error).await;
                assert_exactly(&outcome, &failure(kind, 0, retryable));
                assert!(message.contains(advice(kind)), "{error}: {message}");
                assert!(message.contains(text), "{error}: {message}");
            }
        }
    }
}

#[wasm_bindgen_test]
async fn what_is_neither_a_known_code_nor_a_known_text_is_unknown_with_both() {
    for (error, code, says) in [
        ("{ errMsg: 'something new' }", 0, "something new"),
        ("{ errCode: 99999, errMsg: 'something new' }", 99_999, "something new"),
        ("'do not cancel'", 0, "do not cancel"),
        ("new Error('thrown')", 0, "thrown"),
        ("undefined", 0, ""),
        ("42", 0, ""),
    ] {
        let (outcome, message) = failed_with(error).await;
        assert_exactly(&outcome, &failure("unknown", code, false));
        assert!(message.contains(advice("unknown")), "{error}: {message}");
        assert!(message.contains(says), "{error}: {message}");
    }
}

#[wasm_bindgen_test]
async fn a_known_text_has_its_kind_with_a_code_that_is_not_listed() {
    let cancel = "{ errCode: -202, errMsg: 'requestSubscribeMessage:fail cancel' }";
    let (outcome, message) = failed_with(cancel).await;
    assert_exactly(&outcome, &failure("cancelled", -202, true));
    assert!(message.contains("fail cancel"), "{message}");
    let (outcome, _) = failed_with("{ errCode: '20004', errMsg: '' }").await;
    assert_exactly(&outcome, &failure("mainSwitchOff", 20004, false));
}

#[wasm_bindgen_test]
async fn a_failed_popup_is_told_to_on_event_and_does_not_hold_up_the_next_tap() {
    for error in ["{ errCode: 20004 }", "{ errMsg: 'cancel' }", "{ errMsg: 'something new' }"] {
        let shop = Shop::offering(&["a"]);
        shop.always_answer(error);
        let outcome = value_of(shop.tap(1, "goods-1")).await;
        assert_eq!(shop.event_names(), ["templatesFound", "popupRequested", "popupFailed"]);
        let told = &shop.events("popupFailed")[0];
        assert!(is_equal(&get(told, "error"), &get(&outcome, "error")));
        assert_eq!(text(told, "triggerAct"), "加入购物车");
        assert_eq!(text(told, "busNo"), "goods-1");
        shop.always_answer("({ a: 'accept' })");
        let again = settled(shop.tap(1, "goods-1")).await;
        assert!(matches!(again, Outcome::Answered { .. }), "{error}");
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
