//! WeChat's codes: what each does to the message and to its grant.

use serde_json::json;

use crate::gateway::{Act, SECRET, SEND, SHIPPED, Shop, TOKEN, account, shop};
use crate::support::Server;

/// Asserts the result of one code.
#[track_caller]
fn comes_to(code: i64, kind: &str, retryable: bool, state: &str) {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    comes_to_in(&shop, 0, code, kind, retryable, state);
    let next = if state == "open" { "sent" } else { "noGrant" };
    assert_eq!(shop.send("shipped")["status"], next);
}

/// Asserts the result of one code in a shop that has sent before.
#[track_caller]
fn comes_to_in(shop: &Shop, before: usize, code: i64, kind: &str, retryable: bool, state: &str) {
    shop.gateway.code(SEND, code);
    let reply = shop.send("shipped");
    let message = reply["message"].clone();
    let text = reply["error"]["message"].as_str().unwrap();
    assert!(text.contains(&code.to_string()), "{text}");
    let mut error = json!({"code": code, "kind": kind, "message": text, "retryable": retryable});
    if let Some(seconds) = reply["error"].get("retryAfter") {
        assert!(retryable && seconds.as_u64().is_some_and(|seconds| seconds > 0));
        error["retryAfter"] = seconds.clone();
    }
    assert_eq!(reply, json!({"status": "failed", "message": message, "error": error}));
    assert_eq!(message["errcode"], code);
    assert_eq!(message["errmsg"], format!("code {code} rid: 1a2b"));
    assert_eq!(shop.messages()[before..], [message]);
    assert_eq!(shop.states(), [state]);
    assert_eq!(shop.gateway.requests(SEND).len(), before + 1, "not sent again");
}

#[test]
fn a_user_who_refuses_for_the_second_time_voids_the_grant() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    let doubtful = || shop.client().list("/grants?openId=user-1")[0].get("doubtful").cloned();
    assert_eq!(doubtful(), None);
    // WeChat also answers this for some time after many sends.
    comes_to_in(&shop, 0, 43101, "refused", true, "open");
    assert_eq!(doubtful(), Some(json!(true)));
    comes_to_in(&shop, 1, 43101, "refused", false, "void");
    assert_eq!(doubtful(), None);
    assert_eq!(shop.send("shipped")["status"], "noGrant");
}

#[test]
fn a_refusal_that_was_temporary_costs_no_grant() {
    comes_to(43101, "refused", true, "open");
}

#[test]
fn a_second_refusal_counts_also_after_a_restart_and_after_other_codes() {
    let mut shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    for code in [43101, 45009] {
        shop.gateway.code(SEND, code);
        assert_eq!(shop.send("shipped")["status"], "failed");
    }
    drop(shop.server);
    let account = account(&shop.gateway.url);
    shop.server = Server::sending(&shop.directory.database(), Some(account));
    assert_eq!(shop.states(), ["open"]);
    shop.gateway.code(SEND, 43101);
    shop.send("shipped");
    assert_eq!(shop.states(), ["void"]);
}

#[test]
fn a_grant_that_is_doubtful_is_used_after_the_others() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    shop.accept("report-2", "order-2", &[SHIPPED]);
    shop.gateway.code(SEND, 43101);
    assert_eq!(shop.send("shipped")["message"]["busNo"], "order-1");
    assert_eq!(shop.send("shipped")["message"]["busNo"], "order-2");
    assert_eq!(shop.send("shipped")["message"]["busNo"], "order-1");
    assert_eq!(shop.states(), ["spent", "spent"]);
}

#[test]
fn words_that_wechat_does_not_send_cost_no_grant() {
    comes_to(45168, "badWords", false, "open");
}

#[test]
fn another_message_to_the_same_user_is_waited_for() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    for _ in 0..2 {
        shop.gateway.code(SEND, 43108);
    }
    assert_eq!(shop.send("shipped")["status"], "sent");
    assert_eq!((shop.gateway.requests(SEND).len(), shop.messages().len()), (3, 1));

    shop.accept("report-2", "order-2", &[SHIPPED]);
    for _ in 0..4 {
        shop.gateway.code(SEND, 43108);
    }
    let error = &shop.send("shipped")["error"];
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("concurrent"), &json!(true)));
    assert_eq!(shop.states(), ["spent", "open"]);
}

#[test]
fn an_open_id_that_wechat_does_not_know_voids_the_grant() {
    comes_to(40003, "badOpenId", false, "void");
}

#[test]
fn what_is_wrong_with_the_configuration_costs_no_grant() {
    comes_to(40037, "badTemplate", false, "open");
    comes_to(47003, "badData", false, "open");
    comes_to(41030, "badPage", false, "open");
}

#[test]
fn a_refused_value_names_its_field() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    let text = "argument invalid! data.thing5.value invalid rid: 1a2b".to_owned();
    shop.gateway.next(SEND, [Act::Code(47003, text)]);
    assert_eq!(shop.send("shipped")["error"]["field"], "thing5");
}

#[test]
fn a_ban_costs_no_grant_and_stops_all_sends_until_a_restart() {
    let mut shop = shop();
    for order in ["order-1", "order-2"] {
        shop.accept(order, order, &[SHIPPED]);
    }
    shop.gateway.code(SEND, 43107);
    let error = &shop.send("shipped")["error"];
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("banned"), &json!(false)));
    assert_eq!(shop.states(), ["open", "open"]);
    let asked = json!({"openId": "user-1", "occasion": "shipped"});
    shop.client().post("/sendMessage", &asked).refused(503, "banned", None);
    assert_eq!((shop.gateway.requests(SEND).len(), shop.messages().len()), (1, 1));

    drop(shop.server);
    let account = account(&shop.gateway.url);
    shop.server = Server::sending(&shop.directory.database(), Some(account));
    assert_eq!(shop.send("shipped")["status"], "sent");
}

#[test]
fn an_api_that_is_not_authorised_costs_no_grant() {
    comes_to(48001, "notAuthorized", false, "open");
}

#[test]
fn a_limit_that_is_reached_costs_no_grant() {
    comes_to(45009, "quota", true, "open");
}

#[test]
fn a_code_nobody_knows_costs_no_grant() {
    comes_to(99999, "other", false, "open");
}

#[test]
fn a_void_grant_does_not_keep_the_next_one_from_being_used() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    for _ in 0..2 {
        shop.gateway.code(SEND, 43101);
        assert_eq!(shop.send("shipped")["status"], "failed");
    }
    shop.accept("report-2", "order-2", &[SHIPPED]);
    assert_eq!(shop.send("shipped")["message"]["busNo"], "order-2");
    assert_eq!(shop.states(), ["void", "spent"]);
}

#[test]
fn a_busy_wechat_is_asked_three_times_more() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    for _ in 0..3 {
        shop.gateway.code(SEND, -1);
    }
    assert_eq!(shop.send("shipped")["status"], "sent");
    let bodies = shop.gateway.bodies(SEND);
    assert_eq!(bodies.len(), 4);
    assert!(bodies.iter().all(|body| *body == bodies[0]), "the same message each time");
    assert_eq!((shop.messages().len(), shop.states()), (1, vec!["spent".to_owned()]));
}

#[test]
fn a_wechat_that_stays_busy_costs_no_grant() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    for _ in 0..4 {
        shop.gateway.code(SEND, -1);
    }
    let reply = shop.send("shipped");
    assert_eq!(
        (&reply["error"]["kind"], &reply["error"]["retryable"]),
        (&json!("busy"), &json!(true))
    );
    assert_eq!(shop.messages()[0]["errcode"], -1);
    assert_eq!(shop.states(), ["open"]);
    assert_eq!(shop.gateway.requests(SEND).len(), 4);
}

#[test]
fn a_busy_answer_for_the_token_is_tried_again_too() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    shop.gateway.code(TOKEN, -1);
    assert_eq!(shop.send("shipped")["status"], "sent");
    assert_eq!(shop.gateway.requests(TOKEN).len(), 2);
}

#[test]
fn what_wechat_repeats_of_a_secret_is_masked_everywhere() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    let filler = "x".repeat(5000);
    let text = format!("no user-1, TOKEN-0 or {SECRET} {filler}");
    shop.gateway.next(SEND, [Act::Code(40037, text)]);
    let failed = shop.send("shipped");
    shop.gateway.code(SEND, 42001);
    shop.gateway.next(TOKEN, [Act::Code(40125, format!("wrong {SECRET} {filler}"))]);
    let without_token = shop.send("shipped");

    let listed = shop.messages();
    for (reply, message, start) in [
        (failed, &listed[0], "no ***, *** or *** xxx"),
        (without_token, &listed[1], "wrong *** xxx"),
    ] {
        assert_eq!(reply["message"], *message);
        let errmsg = message["errmsg"].as_str().unwrap();
        assert!(errmsg.starts_with(start), "{errmsg}");
        assert_eq!(errmsg.len(), 300);
        assert!(!reply.to_string().contains("SECRET"), "{reply}");
    }
}
