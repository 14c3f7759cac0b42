//! WeChat's pushes over HTTP: what each does to grants and messages.

use std::fmt::Write as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};
use wx_subscribe::contract::PopSubscribeResult;
use wx_subscribe_backend::push::{Choice, PushConfig, PushEvent};
use wx_subscribe_backend::{Given, GrantState, Identity, Limits, Secret, Settings, Store};

use crate::gateway::{self, Act, Gateway, SEND, SHIPPED, Shop, words};
use crate::support::{Client, Directory, Server, answer};

const TOKEN: &str = "push-token";

fn shop() -> Shop {
    let (directory, gateway) = (Directory::new(), Gateway::start());
    let push = PushConfig {
        token: Secret::new(TOKEN),
        aes_key: None,
        appid: "wx0123456789abcdef".to_owned(),
        secure: false,
    };
    let settings = Settings { identity: Identity::TrustedOpenId, push: Some(push) };
    let store = Store::open(&directory.database()).unwrap();
    let account = Some(gateway::account(&gateway.url));
    let server = Server::serving(Limits::default(), store, account, settings);
    Shop { server, directory, gateway }
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

/// The signed address of a push at this time.
fn address(time: i64) -> String {
    let time = time.to_string();
    let mut parts = [TOKEN, &time, "nonce"];
    parts.sort_unstable();
    let signature = Sha1::digest(parts.concat()).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    format!("/wechat/push?signature={signature}&timestamp={time}&nonce=nonce")
}

fn push(client: &Client, event: &str, at: i64, items: Value) -> (u16, String) {
    let body = json!({"FromUserName": "user-1", "CreateTime": at, "MsgType": "event",
        "Event": event, "List": items});
    client.text("POST", &address(now()), body.to_string().as_bytes())
}

fn success() -> (u16, String) {
    (200, "success".to_owned())
}

fn popup(shop: &Shop, at: i64, status: &str) {
    let item = json!({"TemplateId": SHIPPED, "SubscribeStatusString": status, "PopupScene": "0"});
    assert_eq!(push(shop.client(), "subscribe_msg_popup_event", at, item), success());
}

fn change(shop: &Shop, at: i64, status: &str) {
    let item = json!([{"TemplateId": SHIPPED, "SubscribeStatusString": status}]);
    assert_eq!(push(shop.client(), "subscribe_msg_change_event", at, item), success());
}

fn sent(shop: &Shop, msg_id: &str, code: i64) {
    let item = json!({"TemplateId": SHIPPED, "MsgID": msg_id, "ErrorCode": code,
        "ErrorStatus": if code == 0 { "success" } else { "系统繁忙" }});
    assert_eq!(push(shop.client(), "subscribe_msg_sent_event", now(), item), success());
}

fn report_of(shop: &Shop, key: &str, age: Option<i64>) {
    let mut body = answer();
    body["agreeTemplateIds"] = json!([SHIPPED]);
    let age = age.map(|age| age.to_string());
    let mut headers = vec![("Content-Type", "application/json"), ("Idempotency-Key", key)];
    headers.extend(age.as_ref().map(|age| ("Subscribe-Age", age.as_str())));
    let body = body.to_string();
    let reply = shop.client().send("POST", "/popSubscribeResult", &headers, body.as_bytes());
    reply.ok(json!({"stored": true}));
}

fn witnesses(shop: &Shop) -> Vec<String> {
    words(&shop.client().list("/grants?openId=user-1"), "witness")
}

#[test]
fn the_address_is_checked_and_only_wechat_is_believed() {
    let shop = shop();
    let check = format!("{}&echostr=4375120948345356249", address(now()));
    let echo = (200, "4375120948345356249".to_owned());
    assert_eq!(shop.client().text("GET", &check, b""), echo);
    let (status, _) = shop.client().text("POST", &address(now() - 400), b"{}");
    assert_eq!(status, 403);
    let forged = address(now()).replace("nonce=nonce", "nonce=other");
    assert_eq!(shop.client().text("POST", &forged, b"{}").0, 403);
    assert_eq!(shop.client().text("POST", "/wechat/push", b"{}").0, 400);
    let without = crate::support::fresh();
    assert_eq!(without.server.client.text("GET", &check, b"").0, 404, "off unless configured");
}

#[test]
fn what_is_no_event_of_subscription_messages_is_answered_with_success() {
    let shop = shop();
    for event in ["debug_demo", "notify_service_msg_send_result", "subscribe_msg_popup_event"] {
        assert_eq!(push(shop.client(), event, now(), json!({"notify_code": "1"})), success());
    }
    let text = r#"{"MsgType": "text", "Content": "你好"}"#;
    assert_eq!(shop.client().text("POST", &address(now()), text.as_bytes()), success());
    assert!(shop.states().is_empty());
}

#[test]
fn a_consent_whose_report_is_lost_is_a_grant_all_the_same() {
    let shop = shop();
    popup(&shop, now(), "accept");
    let [grant] = &shop.client().list("/grants?openId=user-1")[..] else { panic!("one grant") };
    assert_eq!((&grant["witness"], &grant["reportId"]), (&json!("weChat"), &json!(null)));
    assert_eq!(shop.send("shipped")["status"], "sent");
    assert_eq!(shop.send("shipped")["status"], "noGrant");
}

#[test]
fn report_and_event_of_one_consent_are_one_grant_in_either_order() {
    let shop = shop();
    popup(&shop, now() - 5, "accept");
    report_of(&shop, "report-1", Some(4));
    assert_eq!(witnesses(&shop), ["both"]);
    report_of(&shop, "report-2", None);
    popup(&shop, now(), "accept");
    assert_eq!(witnesses(&shop), ["both", "both"]);
    popup(&shop, now() + 1, "reject");
    assert_eq!(shop.states(), ["open", "open"]);
}

#[test]
fn a_late_report_finds_its_event_also_after_its_grant_was_spent() {
    let shop = shop();
    popup(&shop, now() - 3 * 24 * 3600, "accept");
    assert_eq!(shop.send("shipped")["status"], "sent");
    report_of(&shop, "report-1", Some(3 * 24 * 3600));
    assert_eq!((witnesses(&shop), shop.states()), (vec!["both".into()], vec!["spent".into()]));
    assert_eq!(shop.messages()[0]["busNo"], "SKU-1");
}

#[test]
fn an_event_that_is_repeated_changes_nothing() {
    let shop = shop();
    let at = now();
    for _ in 0..3 {
        popup(&shop, at, "accept");
    }
    assert_eq!(shop.states(), ["open"]);
    popup(&shop, at + 1, "accept");
    assert_eq!(shop.states(), ["open", "open"]);
}

#[test]
fn a_change_event_voids_what_is_unspent_and_a_later_accept_grants_again() {
    let shop = shop();
    for (key, age) in [("report-1", 300), ("report-2", 200)] {
        report_of(&shop, key, Some(age));
        popup(&shop, now() - age, "accept");
    }
    assert_eq!(shop.send("shipped")["status"], "sent");
    change(&shop, now() - 100, "reject");
    assert_eq!(shop.states(), ["spent", "void"]);
    assert_eq!(shop.send("shipped")["status"], "noGrant");
    popup(&shop, now(), "accept");
    assert_eq!(shop.states(), ["spent", "void", "open"]);
    assert_eq!(shop.send("shipped")["status"], "sent");
}

#[test]
fn a_late_report_from_before_a_change_event_grants_nothing() {
    let shop = shop();
    change(&shop, now() - 1000, "reject");
    report_of(&shop, "before", Some(2000));
    report_of(&shop, "after", Some(900));
    report_of(&shop, "whenever", None);
    assert_eq!(shop.states(), ["void", "open", "void"]);
    popup(&shop, now(), "accept");
    assert_eq!(shop.states(), ["void", "open", "open"], "its event says when");
}

#[test]
fn a_change_event_that_accepts_gives_no_grant() {
    let shop = shop();
    change(&shop, now(), "accept");
    assert!(shop.states().is_empty());
}

#[test]
fn a_sent_event_closes_the_oldest_message_of_unknown_outcome() {
    let shop = shop();
    for order in ["order-1", "order-2"] {
        shop.accept(order, order, &[SHIPPED]);
        shop.gateway.next(SEND, [Act::Drop]);
        assert_eq!(shop.send("shipped")["status"], "unknown");
    }
    sent(&shop, "1864323726461255680", 0);
    assert_eq!(shop.states(), ["spent", "unknown"]);
    let first = &shop.messages()[0];
    assert_eq!(
        (&first["status"], &first["msgid"]),
        (&json!("sent"), &json!("1864323726461255680"))
    );
    assert!(first["deliveredAt"].is_string());
    sent(&shop, "1864323726461255681", 20001);
    assert_eq!(shop.states(), ["spent", "void"], "WeChat took it");
    let second = &shop.messages()[1];
    assert_eq!((&second["status"], &second["errmsg"]), (&json!("failed"), &json!("系统繁忙")));
}

#[test]
fn a_sent_event_finds_its_message_by_its_number() {
    let shop = shop();
    for order in ["order-1", "order-2"] {
        shop.accept(order, order, &[SHIPPED]);
    }
    shop.gateway.next(SEND, [Act::Drop]);
    assert_eq!(shop.send("shipped")["status"], "unknown");
    let msgid = shop.send("shipped")["message"]["msgid"].as_str().unwrap().to_owned();
    sent(&shop, &msgid, 0);
    assert_eq!(shop.states(), ["unknown", "spent"]);
    sent(&shop, &msgid, 20001);
    assert_eq!(words(&shop.messages(), "status"), ["unknown", "failed"]);
    assert_eq!(shop.states(), ["unknown", "spent"]);
    sent(&shop, "7", 0);
    sent(&shop, "8", 0);
    assert_eq!(shop.states(), ["spent", "spent"]);
}

#[test]
fn a_sent_event_that_is_faster_than_the_answer_settles_it() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    shop.gateway.next(SEND, [Act::Hold]);
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| shop.send("shipped"));
        shop.gateway.await_requests(SEND, 1);
        sent(&shop, "7", 0);
        // No answer comes in time.
        assert_eq!(sending.join().unwrap()["status"], "sent");
    });
    assert_eq!(shop.states(), ["spent"]);
}

#[test]
fn a_push_is_answered_within_a_second_and_stored_once_the_database_is_free() {
    let shop = shop();
    let other = Connection::open(shop.directory.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let item = json!({"TemplateId": SHIPPED, "SubscribeStatusString": "accept"});
    let (start, at) = (Instant::now(), now());
    let reply = push(shop.client(), "subscribe_msg_popup_event", at, item.clone());
    assert_eq!(reply.0, 503);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    other.execute_batch("ROLLBACK").unwrap();
    for _ in 0..100 {
        if !shop.states().is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(push(shop.client(), "subscribe_msg_popup_event", at, item), success());
    assert_eq!(shop.states(), ["open"]);
}

/// What arrives, in its order.
#[derive(Clone, Debug)]
enum Arrival {
    /// The consent's number, and whether it states its age.
    Report(usize, bool),
    Event(usize),
    Revocation(i64),
}

/// Consents so many ten minutes ago, with what arrives of them, shuffled.
fn histories() -> impl Strategy<Value = (Vec<i64>, Vec<i64>, Vec<Arrival>)> {
    let witnesses = prop::collection::vec((0..8_u8, any::<bool>(), any::<bool>()), 8);
    let ago = prop::collection::btree_set(1..500_i64, 1..8);
    let revoked = prop::collection::vec(any::<prop::sample::Index>(), 0..2);
    (ago, witnesses, revoked).prop_flat_map(|(ago, witnesses, revoked)| {
        let ago: Vec<_> = ago.into_iter().map(|ten| ten * 600).collect();
        let mut arrivals = Vec::new();
        for (number, (report, has_age, event)) in witnesses.into_iter().enumerate().take(ago.len())
        {
            arrivals.extend((report > 0).then_some(Arrival::Report(number, has_age)));
            arrivals.extend((event || report == 0).then_some(Arrival::Event(number)));
        }
        let revoked: Vec<_> = revoked.iter().map(|at| ago[at.index(ago.len())] - 300).collect();
        arrivals.extend(revoked.iter().map(|at| Arrival::Revocation(*at)));
        (Just(ago), Just(revoked), Just(arrivals).prop_shuffle())
    })
}

/// The open grants in a store to which these things arrive.
async fn open_grants(store: &Store, user: &str, ago: &[i64], arrivals: &[Arrival]) -> usize {
    let now = now();
    let choice =
        |status: &str| vec![Choice { template_id: SHIPPED.to_owned(), status: status.to_owned() }];
    for arrival in arrivals {
        match arrival {
            Arrival::Report(number, has_age) => {
                let answer = PopSubscribeResult {
                    bus_no: number.to_string(),
                    extra_variable_map: Map::new(),
                    open_id: user.to_owned(),
                    agree_template_ids: vec![SHIPPED.to_owned()],
                    reject_template_ids: Vec::new(),
                };
                let age = has_age.then(|| u32::try_from(ago[*number]).unwrap());
                let given = Given { age, trigger_act: None };
                store.save(format!("{user}-{number}"), answer, given).await.unwrap();
            }
            Arrival::Event(number) => {
                let (open_id, at) = (user.to_owned(), now - ago[*number]);
                let event = PushEvent::Popup { open_id, at, items: choice("accept") };
                assert!(store.pushed(event.clone()).await.unwrap());
                assert!(!store.pushed(event).await.unwrap());
            }
            Arrival::Revocation(ago) => {
                let (open_id, at) = (user.to_owned(), now - ago);
                let event = PushEvent::Change { open_id, at, items: choice("reject") };
                store.pushed(event).await.unwrap();
            }
        }
    }
    let grants = store.grants(user.to_owned()).await.unwrap();
    grants.iter().filter(|grant| grant.state == GrantState::Open).count()
}

#[test]
fn random_histories_give_never_more_grants_than_consents() {
    let directory = Directory::new();
    let store = Store::open(&directory.database()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let count = std::cell::Cell::new(0);
    let run = runner.run(&histories(), |(ago, revoked, arrivals)| {
        count.set(count.get() + 1);
        let user = format!("user-{}", count.get());
        let open = runtime.block_on(open_grants(&store, &user, &ago, &arrivals));
        let truth = ago.iter().filter(|ago| revoked.iter().all(|at| at > *ago)).count();
        prop_assert!(open <= truth, "{open} of {truth}");
        let reports: Vec<_> = arrivals
            .iter()
            .filter_map(|arrival| match arrival {
                Arrival::Report(_, has_age) => Some(*has_age || revoked.is_empty()),
                _ => None,
            })
            .collect();
        if reports.len() == ago.len() && reports.iter().all(|tells| *tells) {
            prop_assert_eq!(open, truth);
        }
        Ok(())
    });
    run.unwrap();
}
