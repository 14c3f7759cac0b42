//! How many templates one popup asks, and what happens to the others.

use js_sys::Array;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake::{Outcome, Shop, evaluate, get, set, settled, text};
use crate::steps::WallClock;

const WEEK_MS: f64 = 7.0 * 86_400_000.0;

const FIND_FIVE: &str = "url.endsWith('Template') ? { json: { data: ['a', 'b', 'c', 'd', 'e'] } } \
                         : { json: {} }";

/// How many templates each popup so far asked.
fn sizes(shop: &Shop) -> Vec<u32> {
    let log = Array::from(&get(shop.fake.as_ref(), "log"));
    let popups = log.iter().filter(|call| text(call, "api") == "requestSubscribeMessage");
    popups.map(|call| Array::from(&get(&get(&call, "options"), "tmplIds")).length()).collect()
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
async fn what_remains_is_kept_while_a_popup_fails() {
    let find = "{ json: { data: ['a', 'b'] } }";
    let shop = Shop::new(find, "{}", "{ maxTemplates: 1 }");
    shop.always_answer("({})");
    settled(shop.tap(1, "goods-1")).await;
    let settings = get(shop.fake.as_ref(), "settings");
    set(&settings, "mainSwitch", &false.into());
    assert_eq!(settled(shop.tap(1, "goods-1")).await.failure(), "popup mainSwitchOff");
    set(&settings, "mainSwitch", &true.into());
    let outcome = settled(shop.tap(1, "goods-1")).await;
    let Outcome::Answered { rejected, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(rejected, ["b"]);
}

#[wasm_bindgen_test]
async fn a_client_that_takes_fewer_is_asked_for_fewer_at_the_next_tap_and_the_next_launch() {
    for (client, configured, asked) in
        [(3, 5, &[5, 3][..]), (1, 2, &[2, 1][..]), (1, 5, &[5, 3, 2, 1][..])]
    {
        evaluate("globalThis.cells = { openId: '\"open-id-1\"' }");
        let fake = format!("{{ storage: globalThis.cells, maxTemplates: {client} }}");
        let config = format!("{{ maxTemplates: {configured} }}");
        let first = Shop::new(FIND_FIVE, &fake, &config);
        first.always_answer("({})");
        for _ in 1..asked.len() {
            let outcome = settled(first.tap(1, "goods-1")).await;
            assert_eq!(outcome.failure(), "popup tooManyTemplates");
            let Outcome::Failed { error, .. } = outcome else { unreachable!() };
            assert!(error.retryable, "the next tap asks fewer");
        }
        settled(first.tap(1, "goods-1")).await;
        assert_eq!(sizes(&first), asked);
        first.kill();

        let second = Shop::new(FIND_FIVE, &fake, &config);
        second.always_answer("({})");
        settled(second.tap(1, "goods-1")).await;
        assert_eq!(sizes(&second), [client]);
        second.kill();
    }
}

#[wasm_bindgen_test]
async fn a_client_that_does_not_take_one_is_not_asked_again_as_it_is() {
    let shop = Shop::new(FIND_FIVE, "{ maxTemplates: 0 }", "{ maxTemplates: 1 }");
    let Outcome::Failed { error, .. } = settled(shop.tap(1, "goods-1")).await else { panic!() };
    assert_eq!((error.kind.as_str(), error.retryable), ("tooManyTemplates", false));
}

/// Taps `ms` milliseconds later, at a moment without remaining templates, and
/// returns how many were asked.
async fn tap_after(clock: &WallClock, shop: &Shop, ms: f64) -> u32 {
    clock.pass(ms);
    let bus_no = evaluate("`goods-${Date.now()}`").as_string().unwrap();
    settled(shop.tap(1, &bus_no)).await;
    sizes(shop).pop().expect("a popup")
}

#[wasm_bindgen_test]
async fn a_learned_limit_counts_for_seven_days_and_then_the_configured_number_is_asked() {
    let clock = WallClock::stop();
    let shop = Shop::new(FIND_FIVE, "{ maxTemplates: 3 }", "{ maxTemplates: 5 }");
    shop.always_answer("({})");
    assert_eq!(tap_after(&clock, &shop, 0.0).await, 5);
    assert_eq!(tap_after(&clock, &shop, WEEK_MS - 1.0).await, 3);
    assert_eq!(tap_after(&clock, &shop, 1.0).await, 5);
    assert_eq!(tap_after(&clock, &shop, WEEK_MS - 1.0).await, 3, "the new refusal counts as long");
    assert_eq!(tap_after(&clock, &shop, 1.0).await, 5);
}

#[wasm_bindgen_test]
async fn a_limit_that_an_earlier_launch_learned_counts_for_seven_days_as_well() {
    let clock = WallClock::stop();
    evaluate("globalThis.cells = { openId: '\"open-id-1\"' }");
    let fake = "{ storage: globalThis.cells, maxTemplates: 3 }";
    for (ms, asked) in [(0.0, 5), (WEEK_MS - 1.0, 3), (1.0, 5)] {
        let shop = Shop::new(FIND_FIVE, fake, "{ maxTemplates: 5 }");
        shop.always_answer("({})");
        assert_eq!(tap_after(&clock, &shop, ms).await, asked);
        shop.kill();
    }
}
