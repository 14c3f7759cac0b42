//! Sending with a key: once, also for repeated requests.

use std::sync::Barrier;
use std::thread;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::gateway::{Act, SEND, SHIPPED, Shop, account, shop};
use crate::support::{Reply, Server};

fn asked() -> Value {
    json!({"openId": "user-1", "occasion": "shipped"})
}

fn send(shop: &Shop, key: &str, body: &Value) -> Reply {
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
    shop.client().send("POST", "/sendMessage", &headers, body.to_string().as_bytes())
}

fn with_grants(count: usize) -> Shop {
    let shop = shop();
    for number in 0..count {
        shop.accept(&format!("report-{number}"), &format!("order-{number}"), &[SHIPPED]);
    }
    shop
}

fn restarted(shop: Shop) -> Shop {
    let Shop { server, directory, gateway } = shop;
    drop(server);
    let server = Server::sending(&directory.database(), Some(account(&gateway.url)));
    Shop { server, directory, gateway }
}

#[test]
fn a_key_sends_once_and_answers_the_same_again_also_after_a_restart() {
    let shop = with_grants(3);
    let first = send(&shop, "key-1", &asked());
    assert_eq!(first.body["status"], "sent");
    assert_eq!(send(&shop, "key-1", &asked()), first);
    let shop = restarted(shop);
    assert_eq!(send(&shop, "key-1", &asked()), first);
    assert_eq!(shop.gateway.requests(SEND).len(), 1);
    assert_eq!(shop.states(), ["spent", "open", "open"]);

    let second = send(&shop, "key-2", &asked());
    assert_eq!(second.body["message"]["busNo"], "order-1");
    assert_eq!(shop.send("shipped")["message"]["busNo"], "order-2", "without a key each sends");
}

#[test]
fn a_failure_is_answered_again_in_every_word_and_not_tried_again() {
    for act in [
        Act::Code(43101, "user refuse to accept the msg".to_owned()),
        Act::Code(47003, "argument invalid".to_owned()),
        Act::Raw(404, "<h1>No</h1>".to_owned()),
        Act::Drop,
    ] {
        let shop = with_grants(1);
        shop.gateway.next(SEND, [act]);
        let first = send(&shop, "key-1", &asked());
        assert_ne!(first.body["status"], "sent");
        assert!(first.body["error"]["message"].is_string());
        assert_eq!(send(&shop, "key-1", &asked()), first);
        let shop = restarted(shop);
        assert_eq!(send(&shop, "key-1", &asked()), first);
        assert_eq!((shop.gateway.requests(SEND).len(), shop.messages().len()), (1, 1));
    }
}

#[test]
fn a_key_that_found_no_grant_sends_nothing_later_either() {
    let shop = with_grants(0);
    let first = send(&shop, "key-1", &asked());
    assert_eq!(first.body["status"], "noGrant");
    shop.accept("report-1", "order-1", &[SHIPPED]);
    assert_eq!(send(&shop, "key-1", &asked()), first);
    assert_eq!(send(&shop, "key-2", &asked()).body["status"], "sent");
}

#[test]
fn twenty_calls_with_one_key_at_once_send_one_message_and_answer_the_same() {
    let shop = with_grants(5);
    shop.gateway.next(SEND, [Act::Late(std::time::Duration::from_millis(300))]);
    let start = Barrier::new(20);
    let replies: Vec<_> = thread::scope(|scope| {
        let calls: Vec<_> = (0..20)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    send(&shop, "key-1", &asked())
                })
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert_eq!(replies[0].body["status"], "sent");
    assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
    assert_eq!(shop.gateway.requests(SEND).len(), 1);
}

#[test]
fn twenty_keys_at_once_with_one_grant_send_one_message() {
    let shop = with_grants(1);
    let start = Barrier::new(20);
    let statuses: Vec<_> = thread::scope(|scope| {
        let calls: Vec<_> = (0..20)
            .map(|number| {
                let (shop, start) = (&shop, &start);
                scope.spawn(move || {
                    start.wait();
                    send(shop, &format!("key-{number}"), &asked()).body["status"].clone()
                })
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let count = |word| statuses.iter().filter(|status| *status == word).count();
    assert_eq!((count("sent"), count("noGrant")), (1, 19));
    assert_eq!(shop.gateway.requests(SEND).len(), 1);
}

#[test]
fn one_key_for_another_request_is_a_conflict() {
    let shop = with_grants(2);
    assert_eq!(send(&shop, "key-1", &asked()).body["status"], "sent");
    for (member, value) in [("openId", "user-2"), ("occasion", "refunded"), ("busNo", "order-1")] {
        let mut other = asked();
        other[member] = json!(value);
        let reply = send(&shop, "key-1", &other);
        reply.refused(409, "conflict", Some("Idempotency-Key"));
    }
    assert_eq!(shop.gateway.requests(SEND).len(), 1);
}

#[test]
fn a_key_whose_message_stays_under_way_is_503_with_retry_after() {
    let shop = with_grants(1);
    assert_eq!(send(&shop, "key-1", &asked()).body["status"], "sent");
    // The state of the database while another process is sending.
    let connection = Connection::open(shop.directory.database()).unwrap();
    connection.execute("UPDATE messages SET status = 'sending'", []).unwrap();
    let (reply, retry_after) =
        shop.client().post_with_retry_after("/sendMessage", "key-1", &asked());
    reply.refused(503, "inProgress", None);
    assert_eq!(retry_after.as_deref(), Some("5"));
    assert_eq!(shop.gateway.requests(SEND).len(), 1);
}

#[test]
fn a_settled_message_answers_its_key_as_it_was_settled() {
    let shop = with_grants(1);
    shop.gateway.next(SEND, [Act::Drop]);
    assert_eq!(send(&shop, "key-1", &asked()).body["status"], "unknown");
    shop.client().post("/settleMessage", &json!({"id": 1, "sent": true}));
    assert_eq!(send(&shop, "key-1", &asked()).body["status"], "sent");
    assert_eq!(shop.gateway.requests(SEND).len(), 1);
}

#[test]
fn a_key_whose_message_was_deleted_sends_nothing() {
    let shop = with_grants(2);
    assert_eq!(send(&shop, "key-1", &asked()).body["status"], "sent");
    let connection = Connection::open(shop.directory.database()).unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    connection.execute("DELETE FROM answers WHERE bus_no = 'order-0'", []).unwrap();
    send(&shop, "key-1", &asked()).refused(500, "internal", None);
    assert_eq!(shop.gateway.requests(SEND).len(), 1);
}

#[test]
fn a_key_that_is_malformed_is_400_and_sends_nothing() {
    let shop = with_grants(1);
    for key in ["", "two words", &"k".repeat(129)] {
        send(&shop, key, &asked()).refused(400, "invalidHeader", Some("Idempotency-Key"));
    }
    assert!(shop.gateway.requests(SEND).is_empty());
}
