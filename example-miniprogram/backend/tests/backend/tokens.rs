//! The access token: requested once, renewed in time.

use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::gateway::{Act, SEND, SHIPPED, Shop, TOKEN, shop};

/// A shop with some open grants.
fn with_grants(count: u32) -> Shop {
    let shop = shop();
    for number in 0..count {
        shop.accept(&format!("report-{number}"), "order-1", &[SHIPPED]);
    }
    shop
}

#[test]
fn one_token_serves_many_messages() {
    let shop = with_grants(5);
    for _ in 0..5 {
        assert_eq!(shop.send("shipped")["status"], "sent");
    }
    assert_eq!(shop.gateway.requests(TOKEN).len(), 1);
}

#[test]
fn many_senders_wait_for_one_request() {
    let shop = with_grants(12);
    shop.gateway.next(TOKEN, [Act::Late(Duration::from_millis(300))]);
    assert_eq!(shop.send_at_once(12), ["sent"; 12]);
    assert_eq!(shop.gateway.requests(TOKEN).len(), 1);
}

#[test]
fn many_senders_share_one_failure_and_the_next_one_asks_anew() {
    let shop = with_grants(12);
    shop.gateway.next(TOKEN, [Act::Hold]);
    // All twelve wait before the first one fails by its time limit.
    assert_eq!(shop.send_at_once(12), ["failed"; 12]);
    assert_eq!(shop.gateway.requests(TOKEN).len(), 1);
    shop.gateway.release();
    assert_eq!(shop.send("shipped")["status"], "sent");
    assert_eq!(shop.gateway.requests(TOKEN).len(), 2);
}

#[test]
fn a_token_that_is_about_to_end_is_renewed_before() {
    let shop = with_grants(3);
    shop.gateway.tokens_live(2);
    assert_eq!(shop.send("shipped")["status"], "sent");
    // A token with such a short life is used for half of it.
    thread::sleep(Duration::from_millis(1100));
    assert_eq!(shop.send("shipped")["status"], "sent");
    assert_eq!(shop.gateway.requests(TOKEN).len(), 2);
    shop.gateway.tokens_live(7200);
    thread::sleep(Duration::from_millis(1100));
    assert_eq!(shop.send("shipped")["status"], "sent");
    assert_eq!(shop.gateway.requests(TOKEN).len(), 3);
    let tokens: Vec<_> = shop.gateway.requests(SEND).into_iter().map(|(query, _)| query).collect();
    assert_eq!(tokens, vec!["access_token=TOKEN-0"; 3], "no message met a token that had ended");
}

#[test]
fn a_token_that_wechat_refuses_is_renewed_and_the_message_sent() {
    for code in [40001, 40014, 42001] {
        let shop = with_grants(1);
        shop.gateway.code(SEND, code);
        assert_eq!(shop.send("shipped")["status"], "sent", "{code}");
        assert_eq!(shop.gateway.requests(TOKEN).len(), 2, "{code}");
        assert_eq!(shop.gateway.requests(SEND).len(), 2, "{code}");
        assert_eq!(shop.messages().len(), 1);
        assert_eq!(shop.messages()[0]["errcode"], 0);
    }
}

#[test]
fn a_token_that_another_server_replaced_is_renewed() {
    let shop = with_grants(2);
    assert_eq!(shop.send("shipped")["status"], "sent");
    shop.gateway.end_token();
    assert_eq!(shop.send("shipped")["status"], "sent");
    let tokens: Vec<_> = shop.gateway.requests(SEND).into_iter().map(|(query, _)| query).collect();
    assert_eq!(tokens, ["access_token=TOKEN-0", "access_token=TOKEN-0", "access_token=TOKEN-1"]);
}

#[test]
fn a_new_token_that_is_refused_too_ends_the_try_and_costs_no_grant() {
    let shop = with_grants(1);
    for _ in 0..2 {
        shop.gateway.code(SEND, 42001);
    }
    let reply = shop.send("shipped");
    assert_eq!((&reply["status"], &reply["error"]["kind"]), (&json!("failed"), &json!("badToken")));
    assert_eq!(shop.messages()[0]["errcode"], 42001);
    assert_eq!(shop.states(), ["open"]);
    assert_eq!((shop.gateway.requests(TOKEN).len(), shop.gateway.requests(SEND).len()), (2, 2));
}

#[test]
fn without_a_token_no_message_goes_out_and_the_grant_stays() {
    let failures = [
        (Act::Code(40125, "invalid appsecret".to_owned()), json!(40125), "badCredentials", false),
        (Act::Code(45011, "api minute-quota".to_owned()), json!(45011), "quota", true),
        (Act::Raw(502, "<h1>Bad Gateway</h1>".to_owned()), json!(null), "badReply", false),
        (Act::Raw(200, "<h1>Welcome</h1>".to_owned()), json!(null), "badReply", false),
        (Act::Raw(200, r#"{"expires_in": 7200}"#.to_owned()), json!(null), "badReply", false),
        (Act::Drop, json!(null), "network", true),
        (Act::BreakOff, json!(null), "network", true),
        (Act::Hold, json!(null), "network", true),
    ];
    for (act, code, kind, retryable) in failures {
        let shop = with_grants(1);
        shop.gateway.next(TOKEN, [act]);
        let reply = shop.send("shipped");
        assert_eq!(reply["status"], "failed", "{reply}");
        assert_eq!(reply["error"]["code"], code);
        assert_eq!(
            (&reply["error"]["kind"], &reply["error"]["retryable"]),
            (&json!(kind), &json!(retryable))
        );
        assert!(shop.gateway.requests(SEND).is_empty());
        assert_eq!(shop.states(), ["open"]);
        assert_eq!(shop.send("shipped")["status"], "sent", "the next try asks anew");
    }
}
