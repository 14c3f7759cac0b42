//! The fixtures of WeChat's message push, `tests/fixtures/wechat-push`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use wx_subscribe_backend::Secret;
use wx_subscribe_backend::push::{
    PushConfig, PushEvent, PushQuery, PushRefusal, check_address, receive,
};

/// The clock of the fixtures; the official ones have their own time.
const CLOCK: i64 = 1_796_000_000;

pub fn cases() -> Vec<Value> {
    // At run time: a checkout may be copied with what was built in it.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let folder = Path::new(&package).join("../../tests/fixtures/wechat-push/cases");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 44);
    files.iter().map(|file| serde_json::from_slice(&fs::read(file).unwrap()).unwrap()).collect()
}

pub fn config(case: &Value) -> PushConfig {
    let text = |name: &str| case["config"][name].as_str().unwrap();
    PushConfig {
        token: Secret::new(text("token")),
        aes_key: Some(text("encodingAesKey").parse().unwrap()),
        appid: text("appid").to_owned(),
        secure: text("mode") == "secure",
    }
}

fn clock(case: &Value) -> i64 {
    match case["source"].as_str().unwrap().starts_with("official") {
        true => case["request"]["query"]["timestamp"].as_str().unwrap().parse().unwrap(),
        false => CLOCK,
    }
}

/// The reply, the plaintext and the event, as a fixture expects them.
fn result(case: &Value, now: i64) -> Result<Value, PushRefusal> {
    let (request, config) = (&case["request"], config(case));
    let query: PushQuery = serde_json::from_value(request["query"].clone()).unwrap();
    if request["method"] == "GET" {
        let echo = check_address(&query, &config, now)?;
        return Ok(json!({"reply": echo, "plaintext": null, "event": null}));
    }
    let push = receive(&query, request["body"].as_str().unwrap().as_bytes(), &config, now)?;
    Ok(json!({"reply": "success", "plaintext": push.plaintext, "event": push.event.map(event)}))
}

fn event(event: PushEvent) -> Value {
    let choices = |items: Vec<wx_subscribe_backend::push::Choice>| -> Value {
        let choice = |it: &wx_subscribe_backend::push::Choice| json!({"templateId": it.template_id, "status": it.status});
        items.iter().map(choice).collect()
    };
    let (name, open_id, at, items) = match event {
        PushEvent::Popup { open_id, at, items } => ("popup", open_id, at, choices(items)),
        PushEvent::Change { open_id, at, items } => ("change", open_id, at, choices(items)),
        PushEvent::Sent { open_id, at, items } => {
            let items = items.iter().map(|it| {
                json!({"templateId": it.template_id, "msgId": it.msg_id,
                    "errorCode": it.error_code, "errorStatus": it.error_status})
            });
            ("sent", open_id, at, items.collect())
        }
    };
    json!({"event": format!("subscribe_msg_{name}_event"), "openId": open_id, "createTime": at,
        "items": items})
}

#[test]
fn every_fixture_is_accepted_or_refused_as_it_has_to_be() {
    for case in cases() {
        let (name, expect) = (&case["name"], &case["expect"]);
        match result(&case, clock(&case)) {
            Ok(result) => {
                assert_eq!(expect["accepted"], true, "{name}");
                for member in ["reply", "plaintext", "event"] {
                    assert_eq!(result[member], expect[member], "{name}: {member}");
                }
            }
            Err(refusal) => assert_eq!(expect["accepted"], false, "{name}: {refusal}"),
        }
    }
}

#[test]
fn a_refusal_says_what_is_wrong() {
    use PushRefusal::{Body, Cipher, Plain, Signature, Stale};
    let expected = [
        ("60", Signature),
        ("61", Signature),
        ("62", Signature),
        ("63", Signature),
        ("64", Cipher),
        ("65", Signature),
        ("66", Cipher),
        ("67", Cipher),
        ("68", Cipher),
        ("69", Cipher),
        ("70", Cipher),
        ("71", Stale),
        ("72", Body),
        ("73", Plain),
    ];
    let cases = cases();
    for (number, refusal) in expected {
        let named = |case: &&Value| case["name"].as_str().unwrap().starts_with(number);
        let case = cases.iter().find(named).unwrap();
        assert_eq!(result(case, CLOCK), Err(refusal), "{number}");
    }
}

#[test]
fn a_request_is_good_for_five_minutes_before_and_after_its_time() {
    for case in cases().iter().filter(|case| case["expect"]["accepted"] == true) {
        let clock = case["request"]["query"]["timestamp"].as_str().unwrap().parse::<i64>().unwrap();
        for (distance, accepted) in [(-300, true), (300, true), (-301, false), (301, false)] {
            let result = result(case, clock + distance);
            assert_eq!(result.is_ok(), accepted, "{} at {distance}", case["name"]);
        }
    }
}

#[test]
fn an_encrypted_message_needs_the_key_and_every_bit_of_it() {
    let cases = cases();
    let secure = |case: &&Value| {
        case["name"].as_str().unwrap().starts_with("30") && case["expect"]["accepted"] == true
    };
    let case = cases.iter().find(secure).unwrap();
    let query: PushQuery = serde_json::from_value(case["request"]["query"].clone()).unwrap();
    let body = case["request"]["body"].as_str().unwrap().as_bytes();
    let without = PushConfig { aes_key: None, ..config(case) };
    assert_eq!(receive(&query, body, &without, CLOCK), Err(PushRefusal::NoKey));
    let other = "bbcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".parse().ok();
    let other = PushConfig { aes_key: other, ..config(case) };
    assert_eq!(receive(&query, body, &other, CLOCK), Err(PushRefusal::Cipher));
    // Each byte of the body in turn: none that is read may differ.
    let accepted = receive(&query, body, &config(case), CLOCK).unwrap();
    for at in 0..body.len() {
        let mut changed = body.to_vec();
        changed[at] ^= 1;
        if let Ok(push) = receive(&query, &changed, &config(case), CLOCK) {
            assert_eq!(push, accepted, "byte {at}");
        }
    }
}
