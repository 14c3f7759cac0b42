//! Answers: stored once per key, listed oldest first.

use std::sync::Barrier;
use std::thread;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{Fresh, Server, answer, answer_with, fresh};

fn rows(fresh: &Fresh) -> u32 {
    let connection = Connection::open(fresh.directory.database()).unwrap();
    connection.query_row("SELECT count(*) FROM answers", [], |row| row.get(0)).unwrap()
}

#[test]
fn an_answer_is_stored_and_listed_as_it_was_sent() {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer()).ok(json!({"stored": true}));

    let [listed] = &client.subscriptions("user-1")[..] else { panic!("one answer") };
    let created_at = listed["createdAt"].as_str().unwrap();
    let mut expected = answer();
    expected["id"] = json!("report-1");
    expected["createdAt"] = json!(created_at);
    assert_eq!(*listed, expected);
}

#[test]
fn created_at_is_now_in_utc_with_milliseconds() {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer());
    let listed = client.subscriptions("user-1");
    let created_at = listed[0]["createdAt"].as_str().unwrap();

    let shape: String =
        created_at.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000Z");
    let age: f64 = Connection::open_in_memory()
        .unwrap()
        .query_row("SELECT (julianday('now') - julianday(?1)) * 86400", [created_at], |row| {
            row.get(0)
        })
        .unwrap();
    assert!((-1.0..60.0).contains(&age), "{created_at} is {age} s ago");
}

#[test]
fn the_same_key_twice_stores_one_row() {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer()).ok(json!({"stored": true}));
    let before = client.subscriptions("user-1");
    client.report("report-1", &answer()).ok(json!({"stored": false}));
    assert_eq!(client.subscriptions("user-1"), before);
    assert_eq!(rows(&fresh), 1);
}

#[test]
fn the_same_answer_written_in_another_way_is_the_same() {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer());
    let text = r#" { "rejectTemplateIds":["template-b"],"agreeTemplateIds":["template\u002da"],
        "openId":"user-1","extraVariableMap":{"price":299.90,"商品":"羽绒服"},"busNo":"SKU-1"} "#;
    let headers =
        [("Content-Type", "application/json; charset=utf-8"), ("idempotency-key", "report-1")];
    let reply = client.send("POST", "/popSubscribeResult", &headers, text.as_bytes());
    reply.ok(json!({"stored": false}));
}

#[test]
fn numbers_that_are_hard_to_write_do_not_make_a_repeat_a_conflict() {
    let fresh = fresh();
    let client = &fresh.server.client;
    let numbers: Value = serde_json::from_str(
        r#"{"a": 0.1, "b": 1e308, "c": 5e-324, "d": 8.383658838626809e-78, "e": -0.0,
            "f": 18446744073709551615, "g": 18446744073709551616, "h": -1.642959551865238e+38,
            "i": 3.0580674793333477e-24, "j": 6.934698245112694e+276, "k": 1.0}"#,
    )
    .unwrap();
    let answer = answer_with("extraVariableMap", Some(numbers.clone()));
    client.report("report-1", &answer).ok(json!({"stored": true}));
    client.report("report-1", &answer).ok(json!({"stored": false}));
    assert_eq!(client.subscriptions("user-1")[0]["extraVariableMap"], numbers);
}

#[test]
fn the_same_key_with_another_answer_is_a_conflict_whichever_member_differs() {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer());
    let before = client.subscriptions("user-1");
    for (member, value) in [
        ("busNo", json!("SKU-2")),
        ("extraVariableMap", json!({})),
        ("openId", json!("user-2")),
        ("agreeTemplateIds", json!(["template-a", "template-c"])),
        ("rejectTemplateIds", json!([])),
    ] {
        let reply = client.report("report-1", &answer_with(member, Some(value)));
        reply.refused(409, "conflict", Some("Idempotency-Key"));
    }
    assert_eq!(client.subscriptions("user-1"), before);
    assert_eq!(rows(&fresh), 1);
}

#[test]
fn the_same_answer_under_another_key_is_another_answer() {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer()).ok(json!({"stored": true}));
    client.report("report-2", &answer()).ok(json!({"stored": true}));
    client.report("REPORT-1", &answer()).ok(json!({"stored": true}));
    assert_eq!(rows(&fresh), 3);
}

/// Posts concurrently, one post per thread.
fn at_once(fresh: &Fresh, posts: &[(String, Value)]) -> Vec<(u16, Value)> {
    let start = Barrier::new(posts.len());
    thread::scope(|scope| {
        let threads: Vec<_> = posts
            .iter()
            .map(|(key, answer)| {
                scope.spawn(|| {
                    start.wait();
                    let reply = fresh.server.client.report(key, answer);
                    (reply.status, reply.body)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn fifty_posts_of_one_key_at_once_store_one_row() {
    let fresh = fresh();
    let replies = at_once(&fresh, &vec![("report-1".to_owned(), answer()); 50]);
    let count =
        |stored| replies.iter().filter(|reply| **reply == (200, json!({"stored": stored}))).count();
    assert_eq!((count(true), count(false)), (1, 49));
    assert_eq!(rows(&fresh), 1);
}

#[test]
fn fifty_different_answers_of_one_key_at_once_store_the_first_and_refuse_the_rest() {
    let fresh = fresh();
    let posts: Vec<_> = (0..50)
        .map(|n| ("report-1".to_owned(), answer_with("busNo", Some(json!(format!("SKU-{n}"))))))
        .collect();
    let replies = at_once(&fresh, &posts);
    let stored: Vec<_> = (0..50).filter(|n| replies[*n].0 == 200).collect();
    assert_eq!(stored.len(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.0 == 409).count(), 49);
    let listed = fresh.server.client.subscriptions("user-1");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["busNo"], json!(format!("SKU-{}", stored[0])));
}

#[test]
fn fifty_keys_at_once_store_fifty_rows() {
    let fresh = fresh();
    let posts: Vec<_> = (0..50).map(|n| (format!("report-{n}"), answer())).collect();
    for reply in at_once(&fresh, &posts) {
        assert_eq!(reply, (200, json!({"stored": true})));
    }
    assert_eq!(fresh.server.client.subscriptions("user-1").len(), 50);
}

#[test]
fn a_key_is_remembered_across_a_restart() {
    let fresh = fresh();
    fresh.server.client.report("report-1", &answer()).ok(json!({"stored": true}));
    let before = fresh.server.client.subscriptions("user-1");
    drop(fresh.server);

    let again = Server::start(&fresh.directory.database());
    again.client.report("report-1", &answer()).ok(json!({"stored": false}));
    let other = answer_with("busNo", Some(json!("SKU-2")));
    again.client.report("report-1", &other).refused(409, "conflict", Some("Idempotency-Key"));
    assert_eq!(again.client.subscriptions("user-1"), before);
}

#[test]
fn answers_are_listed_oldest_first_and_only_to_their_user() {
    let fresh = fresh();
    let client = &fresh.server.client;
    for (key, open_id) in [("c", "user-1"), ("x", "user-2"), ("a", "user-1"), ("b", "user-1")] {
        client
            .report(key, &answer_with("openId", Some(json!(open_id))))
            .ok(json!({"stored": true}));
    }
    let ids = |open_id: &str| -> Vec<Value> {
        client.subscriptions(open_id).iter().map(|listed| listed["id"].clone()).collect()
    };
    assert_eq!(ids("user-1"), ["c", "a", "b"]);
    assert_eq!(ids("user-2"), ["x"]);
    assert!(ids("USER-1").is_empty());
    assert!(ids("%25").is_empty());
}

#[test]
fn an_open_id_is_found_by_its_percent_encoded_form() {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer_with("openId", Some(json!("o_用户 +&="))));
    assert_eq!(client.subscriptions("o_%E7%94%A8%E6%88%B7%20%2B%26%3D").len(), 1);
}

#[test]
fn an_answer_that_only_accepts_or_only_rejects_is_stored() {
    let fresh = fresh();
    let client = &fresh.server.client;
    for (key, empty) in [("a", "agreeTemplateIds"), ("b", "rejectTemplateIds")] {
        client.report(key, &answer_with(empty, Some(json!([])))).ok(json!({"stored": true}));
    }
}

#[test]
fn values_at_their_longest_and_members_nobody_knows_are_accepted() {
    let fresh = fresh();
    let mut answer = answer();
    answer["busNo"] = json!("单".repeat(128));
    answer["openId"] = json!("o".repeat(128));
    answer["agreeTemplateIds"] = json!(["t".repeat(128)]);
    answer["fromLaterRelease"] = json!(true);
    fresh.server.client.report(&"k".repeat(128), &answer).ok(json!({"stored": true}));
    let listed = fresh.server.client.subscriptions(&"o".repeat(128));
    assert_eq!(listed[0]["busNo"], answer["busNo"]);
    assert_eq!(listed[0].get("fromLaterRelease"), None);
}

#[test]
fn half_of_an_emoji_is_stored_as_u_fffd_wherever_it_stands() {
    let fresh = fresh();
    let client = &fresh.server.client;
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "report-1")];
    let text = r#"{"busNo": "SKU-\ud83d", "openId": "user-\uDE00",
        "extraVariableMap": {"\ud83dnote": ["a\ud83d", {"b": "\ud83d\ude00"}]},
        "agreeTemplateIds": ["template-\ud83d"], "rejectTemplateIds": []}"#;
    for stored in [true, false] {
        let reply = client.send("POST", "/popSubscribeResult", &headers, text.as_bytes());
        reply.ok(json!({"stored": stored}));
    }
    let listed = &client.subscriptions("user-%EF%BF%BD")[0];
    assert_eq!(listed["busNo"], "SKU-\u{fffd}");
    assert_eq!(listed["extraVariableMap"], json!({"\u{fffd}note": ["a\u{fffd}", {"b": "😀"}]}));
    assert_eq!(listed["agreeTemplateIds"], json!(["template-\u{fffd}"]));
    let asked = br#"{"triggerAct": "\u652f\u4ed8\u6210\u529f", "busNo": "\udfff"}"#;
    let reply = client.send("POST", "/findCustomerPopTemplate", &headers[..1], asked);
    assert_eq!(reply.status, 200, "{reply:?}");
}
