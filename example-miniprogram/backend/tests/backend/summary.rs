//! What is left to send, what is full, and whether the server is well.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::gateway::{Act, PRICE_DROP, SEND, SHIPPED, Shop, shop};
use crate::program::{Running, program};
use crate::support::{Directory, fresh};

fn summary(shop: &Shop, template: &str) -> Value {
    let all = shop.client().list("/grants/summary?openId=user-1");
    assert_eq!(all.len(), 14);
    all.into_iter().find(|entry| entry["templateId"] == template).unwrap()
}

fn kind(shop: &Shop, kind: &str, enough: Option<u32>) {
    let connection = Connection::open(shop.directory.database()).unwrap();
    let insert = "INSERT OR REPLACE INTO template_kinds VALUES (?1, ?2, ?3)";
    connection.execute(insert, (SHIPPED, kind, enough)).unwrap();
}

#[test]
fn each_template_says_how_many_messages_are_left() {
    let shop = shop();
    let expected = |remaining: u32| {
        json!({"templateId": SHIPPED, "title": "订单发货通知", "kind": "oneTime",
            "remaining": remaining, "full": false})
    };
    assert_eq!(summary(&shop, SHIPPED), expected(0));
    for order in ["order-1", "order-2"] {
        shop.accept(order, order, &[SHIPPED]);
    }
    assert_eq!(summary(&shop, SHIPPED), expected(2));
    shop.send("shipped");
    assert_eq!(summary(&shop, SHIPPED), expected(1));
    assert_eq!(summary(&shop, PRICE_DROP)["remaining"], 0);
}

#[test]
fn a_long_term_grant_is_used_up_by_no_message() {
    for word in ["longTerm", "limitedLongTerm"] {
        let shop = shop();
        kind(&shop, word, None);
        assert_eq!(summary(&shop, SHIPPED)["remaining"], 0);
        shop.accept("report-1", "order-1", &[SHIPPED]);
        for _ in 0..3 {
            assert_eq!(shop.send("shipped")["status"], "sent");
        }
        shop.gateway.next(SEND, [Act::Drop]);
        assert_eq!(shop.send("shipped")["status"], "unknown");
        assert_eq!(shop.states(), ["open"]);
        let entry = summary(&shop, SHIPPED);
        assert_eq!((&entry["kind"], &entry["remaining"]), (&json!(word), &json!(null)));
        assert_eq!(entry["full"], true);
        for _ in 0..2 {
            shop.gateway.code(SEND, 43101);
            shop.send("shipped");
        }
        assert_eq!(shop.states(), ["void"]);
        assert_eq!(summary(&shop, SHIPPED)["remaining"], 0);
    }
}

#[test]
fn a_template_of_which_there_is_enough_is_full() {
    let shop = shop();
    kind(&shop, "oneTime", Some(2));
    for (order, full) in [("order-1", false), ("order-2", true)] {
        shop.accept(order, order, &[SHIPPED]);
        assert_eq!(summary(&shop, SHIPPED)["full"], full);
    }
    shop.send("shipped");
    assert_eq!(summary(&shop, SHIPPED)["full"], false);
}

#[test]
fn health_says_what_works_and_fails_with_the_database() {
    let fresh = fresh();
    let expected = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION"), "sending": false,
        "push": false});
    fresh.server.client.get("/health").ok(expected);
    let shop = shop();
    assert_eq!(shop.client().get("/health").body["sending"], true);
    shop.accept("report-1", "order-1", &[SHIPPED]);
    shop.gateway.code(SEND, 43107);
    shop.send("shipped");
    assert_eq!(shop.client().get("/health").body["sending"], false);
    std::fs::remove_file(shop.directory.database()).unwrap();
    shop.client().get("/health").refused(500, "internal", None);
}

#[test]
fn templates_that_are_full_are_not_offered_to_a_user_who_is_known() {
    let (directory, gateway) = (Directory::new(), crate::gateway::Gateway::start());
    let store = wx_subscribe_backend::Store::open(&directory.database()).unwrap();
    let account = Some(crate::gateway::account(&gateway.url));
    let (limits, settings) = Default::default();
    let server = crate::support::Server::serving(limits, store, account, settings);
    let session = server.client.post("/session", &json!({"code": "code-of-user-1"}));
    let bearer = format!("Bearer {}", session.body["session"].as_str().unwrap());
    let post = |path: &str, body: Value| {
        let headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", "report-1"),
            ("Authorization", bearer.as_str()),
        ];
        server.client.send("POST", path, &headers, body.to_string().as_bytes())
    };
    let offered = || {
        let asked = json!({"triggerAct": "支付成功", "busNo": "order-1"});
        post("/findCustomerPopTemplate", asked).body["data"].as_array().unwrap().clone()
    };
    assert!(offered().contains(&json!(SHIPPED)));
    let connection = Connection::open(directory.database()).unwrap();
    connection.execute("INSERT INTO template_kinds VALUES (?1, 'oneTime', 1)", [SHIPPED]).unwrap();
    assert!(offered().contains(&json!(SHIPPED)));
    let mut answer = crate::support::answer();
    answer["agreeTemplateIds"] = json!([SHIPPED]);
    post("/popSubscribeResult", answer).ok(json!({"stored": true}));
    assert!(!offered().contains(&json!(SHIPPED)) && offered().len() == 2);
    assert!(server.client.ask("支付成功").body["data"].as_array().unwrap().len() == 3);
}

#[cfg(unix)]
#[test]
fn the_program_takes_pushes_where_it_is_told_to() {
    let directory = Directory::new();
    let mut command = program();
    command
        .args(["--appid", "wx0123456789abcdef", "--push-mode", "secure"])
        .env("WECHAT_SECRET", "secret")
        .env("WECHAT_PUSH_TOKEN", "wxSubscribeToken2026")
        .env("WECHAT_PUSH_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG");
    let running = Running::with(&directory, &mut command);
    assert_eq!(running.client.get("/health").body["push"], true);
    let old = "/wechat/push?signature=a&timestamp=1&nonce=b&echostr=c";
    running.client.get(old).refused(403, "badPush", None);
}
