//! Each trigger type asks the back end under the name of its business scene.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{BASE_URL, Shop, evaluate, get, settled, text};
use crate::steps::{assert_exactly, value_of};

const TRIGGERS: [(u32, &str); 9] = [
    (1, "加入购物车"),
    (2, "订单详情"),
    (3, "提交订单"),
    (4, "支付成功"),
    (5, "企业信息"),
    (6, "切换企业身份"),
    (7, "提交售后申请（退货退款）"),
    (8, "填写退货信息"),
    (9, "提交售后申请（仅退款）"),
];

/// The scenes that the back end was asked about, in order.
fn scenes(shop: &Shop) -> Vec<String> {
    let asked = shop.requests("/findCustomerPopTemplate");
    asked.iter().map(|request| text(&get(request, "data"), "triggerAct")).collect()
}

#[wasm_bindgen_test]
async fn each_of_the_nine_types_is_sent_as_its_scene() {
    for (number, scene) in TRIGGERS {
        let shop = Shop::offering(&[]);
        settled(shop.tap(number, "bus-1")).await;
        let [query] = &shop.requests("/findCustomerPopTemplate")[..] else {
            panic!("{scene}: one question")
        };
        assert_eq!(text(query, "url"), format!("{BASE_URL}/findCustomerPopTemplate"));
        assert_eq!(text(query, "method"), "POST");
        assert_exactly(&get(query, "header"), "{ 'content-type': 'application/json' }");
        let data = format!("{{ triggerAct: '{scene}', busNo: 'bus-1' }}");
        assert_exactly(&get(query, "data"), &data);
    }
}

#[wasm_bindgen_test]
async fn an_application_adds_types_and_renames_one() {
    let config = "{ triggers: { 42: '到货提醒', 1: '加购', 0: '零' } }";
    let shop = Shop::new("{ json: { data: [] } }", "{}", config);
    for number in [42, 1, 0, 2] {
        settled(shop.tap(number, "bus-1")).await;
    }
    assert_eq!(scenes(&shop), ["到货提醒", "加购", "零", "订单详情"]);
}

#[wasm_bindgen_test]
async fn a_type_in_neither_place_fails_without_a_network_call() {
    let shop = Shop::new("{ json: { data: ['a'] } }", "{}", "{ triggers: { 42: '到货提醒' } }");
    for number in [0, 10, 41, 43] {
        let outcome = settled(shop.tap(number, "bus-1")).await;
        assert_eq!(outcome.failure(), "trigger unknownTrigger", "{number}");
        assert!(shop.prefetch(number, "bus-1").await.is_empty());
    }
    assert_eq!(shop.count("request") + shop.count("requestSubscribeMessage"), 0);
}

#[wasm_bindgen_test]
async fn an_own_function_is_asked_the_same() {
    evaluate("globalThis.asked = []");
    let own = "{ findCustomerPopTemplate: (...given) => { globalThis.asked.push(given); \
               return { data: ['a'] }; }, popSubscribeResult() {} }";
    let shop = Shop::new("null", "{}", own);
    shop.always_answer("({})");
    value_of(shop.tap(9, "订单-1")).await;
    let asked = "[[{ triggerAct: '提交售后申请（仅退款）', busNo: '订单-1' }, undefined]]";
    assert_exactly(&evaluate("globalThis.asked"), asked);
    assert_eq!(shop.count("request"), 0);
}

#[wasm_bindgen_test]
async fn a_prefetch_with_bad_arguments_gives_no_ids_and_says_why() {
    let shop = Shop::offering(&["a"]);
    for (trigger, bus_no) in
        [("99", "'x'"), ("'1'", "'x'"), ("1", "''"), ("1", "null"), ("{}", "{}")]
    {
        let (trigger, bus_no) =
            (evaluate(&format!("({trigger})")), evaluate(&format!("({bus_no})")));
        let ids: JsValue = value_of(shop.sdk.prefetch(&trigger, &bus_no)).await;
        assert_exactly(&ids, "[]");
    }
    assert_eq!(shop.event_names(), ["templatesFailed"; 5]);
    assert_eq!(shop.count("request"), 0);
}
