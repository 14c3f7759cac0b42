//! Requests without an answer: those that certainly did not go out, and those
//! that may have.

use std::net::{Ipv4Addr, TcpListener};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::gateway::{Act, Gateway, SEND, SHIPPED, Shop, TOKEN, account, shop, shop_at};
use crate::support::Server;

/// A shop with one open grant.
fn with_a_grant() -> Shop {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    shop
}

#[test]
fn a_request_that_is_not_answered_is_neither_sent_again_nor_is_its_grant_used() {
    for act in [
        Act::Hold,
        Act::Drop,
        Act::BreakOff,
        Act::Raw(502, "<h1>Bad Gateway</h1>".to_owned()),
        Act::Raw(500, r#"{"errcode": 0, "errmsg": "ok"}"#.to_owned()),
        Act::Raw(200, "<h1>Welcome</h1>".to_owned()),
        Act::Raw(200, String::new()),
        Act::Raw(200, r#"{"errmsg": "ok"}"#.to_owned()),
        Act::Raw(200, r#"{"errcode": "0"}"#.to_owned()),
        Act::Raw(200, format!(r#"{{"errcode": 0, "errmsg": "{}"}}"#, "x".repeat(70_000))),
    ] {
        let shop = with_a_grant();
        shop.gateway.next(SEND, [act]);
        let reply = shop.send("shipped");
        assert_eq!(reply["status"], "unknown", "{reply}");
        let error = &reply["error"];
        assert_eq!(error["kind"], "outcomeUnknown");
        assert_eq!((&error["code"], &error["retryable"]), (&Value::Null, &json!(false)));
        assert_eq!(reply["message"]["status"], "unknown");
        assert_eq!(shop.messages(), [reply["message"].clone()]);
        assert_eq!(shop.states(), ["unknown"]);
        assert_eq!(shop.send("shipped")["status"], "noGrant");
        assert_eq!(shop.gateway.requests(SEND).len(), 1);
    }
}

#[test]
fn what_stands_before_wechat_and_refuses_sends_nothing() {
    for status in [302, 400, 404, 413, 429] {
        let shop = with_a_grant();
        shop.gateway.next(SEND, [Act::Raw(status, "<h1>No</h1>".to_owned())]);
        let reply = shop.send("shipped");
        assert_eq!(
            (&reply["status"], &reply["error"]["kind"]),
            (&json!("failed"), &json!("badReply"))
        );
        assert!(reply["error"]["message"].as_str().unwrap().contains(&status.to_string()));
        assert_eq!(shop.states(), ["open"]);
        assert_eq!(shop.gateway.requests(SEND).len(), 1, "no redirect is followed");
    }
}

#[test]
fn a_connection_that_is_refused_costs_no_grant() {
    let gateway = Gateway::start();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let nobody = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    for api in [&nobody, "https://no-such-host.invalid"] {
        let shop = shop_at(api, gateway.clone());
        shop.accept("report-1", "order-1", &[SHIPPED]);
        let reply = shop.send("shipped");
        assert_eq!(
            (&reply["status"], &reply["error"]["kind"]),
            (&json!("failed"), &json!("network"))
        );
        assert_eq!(reply["error"]["retryable"], true);
        assert_eq!(shop.states(), ["open"]);
    }
}

#[test]
fn https_is_spoken_to_an_https_address() {
    let gateway = Gateway::start();
    let api = gateway.url.replace("http://", "https://");
    let shop = shop_at(&api, gateway);
    shop.accept("report-1", "order-1", &[SHIPPED]);
    let reply = shop.send("shipped");
    assert_eq!((&reply["status"], &reply["error"]["kind"]), (&json!("failed"), &json!("network")));
    assert!(shop.gateway.requests(TOKEN).is_empty(), "the secret went out in plain text");
    assert_eq!(shop.states(), ["open"]);
}

#[test]
fn a_path_before_the_api_is_kept() {
    let gateway = Gateway::start();
    let shop = shop_at(&format!("{}/proxy/", gateway.url), gateway);
    shop.accept("report-1", "order-1", &[SHIPPED]);
    let text = shop.send("shipped")["error"]["message"].as_str().unwrap().to_owned();
    assert!(text.contains("404"), "{text}");
}

#[test]
fn a_message_of_unknown_outcome_can_be_settled_once() {
    for (sent, status, state) in [(true, "sent", "spent"), (false, "failed", "open")] {
        let shop = with_a_grant();
        let settle =
            |id: u32| shop.client().post("/settleMessage", &json!({"id": id, "sent": sent}));
        settle(1).refused(409, "notUnknown", Some("id"));
        shop.gateway.next(SEND, [Act::Drop]);
        shop.send("shipped");
        let settled = settle(1);
        assert_eq!(settled.body["message"]["status"], status);
        assert_eq!(shop.messages(), [settled.body["message"].clone()]);
        assert_eq!(shop.states(), [state]);
        settle(1).refused(409, "notUnknown", Some("id"));
        let next = if sent { "noGrant" } else { "sent" };
        assert_eq!(shop.send("shipped")["status"], next);
    }
    let shop = with_a_grant();
    let wrong = json!({"id": "1", "sent": true});
    shop.client().post("/settleMessage", &wrong).refused(422, "wrongType", Some("id"));
    let missing = json!({"id": 1});
    shop.client().post("/settleMessage", &missing).refused(422, "missingField", Some("sent"));
}

/// Resets the only message to its state when the program was killed.
fn killed_while(shop: Shop, status: &str) -> Shop {
    let Shop { server, directory, gateway } = shop;
    drop(server);
    let connection = Connection::open(directory.database()).unwrap();
    connection
        .execute_batch(&format!(
            "INSERT INTO messages (grant_id, occasion, status) VALUES (1, 'shipped', '{status}');
             UPDATE grants SET state = 'sending'"
        ))
        .unwrap();
    let server = Server::sending(&directory.database(), Some(account(&gateway.url)));
    Shop { server, directory, gateway }
}

#[test]
fn a_message_cut_off_before_its_request_gives_the_grant_back() {
    let shop = killed_while(with_a_grant(), "pending");
    assert_eq!(shop.states(), ["open"]);
    assert_eq!(shop.messages()[0]["status"], "failed");
    assert_eq!(shop.send("shipped")["status"], "sent");
}

#[test]
fn a_message_cut_off_during_its_request_is_of_unknown_outcome() {
    let shop = killed_while(with_a_grant(), "sending");
    assert_eq!(shop.states(), ["unknown"]);
    assert_eq!(shop.messages()[0]["status"], "unknown");
    assert_eq!(shop.send("shipped")["status"], "noGrant");
    assert!(shop.gateway.requests(SEND).is_empty());
}

#[test]
fn another_start_on_the_database_does_not_confuse_a_message_under_way() {
    let shop = with_a_grant();
    shop.gateway.next(SEND, [Act::Hold]);
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| shop.send("shipped"));
        shop.gateway.await_requests(SEND, 1);
        assert_eq!(shop.states(), ["sending"]);
        let other = Server::sending(&shop.directory.database(), Some(account(&shop.gateway.url)));
        assert_eq!(shop.states(), ["unknown"], "it looks like the rest of a killed program");
        let asked = json!({"openId": "user-1", "occasion": "shipped"});
        assert_eq!(other.client.post("/sendMessage", &asked).body["status"], "noGrant");
        shop.gateway.release();
        assert_eq!(sending.join().unwrap()["status"], "sent");
    });
    assert_eq!(shop.states(), ["spent"]);
    assert_eq!(shop.messages()[0]["status"], "sent");
}

#[test]
fn a_message_whose_grant_another_start_took_back_is_not_sent() {
    let shop = with_a_grant();
    shop.gateway.next(TOKEN, [Act::Hold]);
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| shop.send("shipped"));
        shop.gateway.await_requests(TOKEN, 1);
        drop(Server::start(&shop.directory.database()));
        assert_eq!(shop.states(), ["open"]);
        shop.gateway.release();
        let reply = sending.join().unwrap();
        assert_eq!(
            (&reply["status"], &reply["error"]["kind"]),
            (&json!("failed"), &json!("interrupted"))
        );
    });
    assert!(shop.gateway.requests(SEND).is_empty());
    assert_eq!(shop.send("shipped")["status"], "sent");
}

#[test]
fn a_retry_whose_grant_another_start_took_back_is_not_sent() {
    let shop = with_a_grant();
    shop.gateway.code(SEND, -1);
    let held = Connection::open(shop.directory.database()).unwrap();
    // Between the two tries, as another start would leave it.
    held.execute_batch(
        "CREATE TRIGGER take AFTER UPDATE OF status ON messages WHEN new.status = 'sending' BEGIN
             UPDATE messages SET status = 'unknown' WHERE id = new.id;
         END",
    )
    .unwrap();
    assert_eq!(shop.send("shipped")["error"]["kind"], "busy");
    assert_eq!(shop.gateway.requests(SEND).len(), 1);
}

/// Sends while another process locks the database for longer than a write
/// waits, from the moment the gateway has the request to `path` on.
fn send_with_a_lock_at(path: &'static str) -> (Shop, Value) {
    let shop = with_a_grant();
    shop.gateway.next(path, [Act::Hold]);
    let reply = std::thread::scope(|scope| {
        let sending = scope.spawn(|| shop.send("shipped"));
        shop.gateway.await_requests(path, 1);
        let other = Connection::open(shop.directory.database()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        shop.gateway.release();
        std::thread::sleep(std::time::Duration::from_millis(2800));
        assert_eq!(shop.states(), ["sending"]);
        other.execute_batch("ROLLBACK").unwrap();
        sending.join().unwrap()
    });
    (shop, reply)
}

#[test]
fn a_database_that_is_locked_while_the_result_is_written_gets_it_later() {
    let (shop, reply) = send_with_a_lock_at(SEND);
    assert_eq!(reply["status"], "sent");
    assert_eq!(shop.states(), ["spent"]);
    assert_eq!(shop.messages()[0]["status"], "sent");
}

#[test]
fn a_database_that_is_locked_after_a_grant_was_held_gets_it_back() {
    let (shop, reply) = send_with_a_lock_at(TOKEN);
    assert_eq!(reply["status"], "failed");
    assert_eq!(reply["error"]["kind"], "interrupted");
    assert!(shop.gateway.requests(SEND).is_empty());
    assert_eq!(shop.states(), ["open"]);
    assert_eq!(shop.send("shipped")["status"], "sent");
}
