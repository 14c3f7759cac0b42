//! Who is asking: a session from `wx.login`, and nobody's word for it.

use rusqlite::Connection;
use serde_json::{Value, json};
use wx_subscribe_backend::{Limits, Settings, Store};

use crate::gateway::{Act, Gateway, SEND, SHIPPED, SIGN_IN, account, words};
use crate::support::{Client, Directory, Reply, Server, answer, answer_with};

struct Shop {
    server: Server,
    directory: Directory,
    gateway: Gateway,
}

fn server(directory: &Directory, gateway: &Gateway) -> Server {
    let store = Store::open(&directory.database()).unwrap();
    let account = Some(account(&gateway.url));
    Server::serving(Limits::default(), store, account, Settings::default())
}

fn shop() -> Shop {
    let (directory, gateway) = (Directory::new(), Gateway::start());
    Shop { server: server(&directory, &gateway), directory, gateway }
}

impl Shop {
    fn client(&self) -> &Client {
        &self.server.client
    }

    fn session(&self, user: &str) -> String {
        let reply = self.client().post("/session", &json!({"code": format!("code-of-{user}")}));
        assert_eq!((reply.status, &reply.body["openId"]), (200, &json!(user)));
        assert_eq!(reply.body["expiresIn"], 7 * 24 * 60 * 60);
        reply.body["session"].as_str().unwrap().to_owned()
    }

    fn ask(&self, session: &str, method: &str, path: &str, body: &Value) -> Reply {
        let bearer = format!("Bearer {session}");
        let headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", "report-1"),
            ("Authorization", &bearer),
        ];
        self.client().send(method, path, &headers, body.to_string().as_bytes())
    }

    fn report(&self, session: &str, answer: &Value) -> Reply {
        self.ask(session, "POST", "/popSubscribeResult", answer)
    }

    fn list(&self, session: &str, path: &str) -> Vec<Value> {
        let reply = self.ask(session, "GET", path, &json!(null));
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body["data"].as_array().unwrap().clone()
    }
}

#[test]
fn a_code_of_wx_login_gives_a_session_that_names_the_user() {
    let shop = shop();
    let session = shop.session("user-1");
    shop.report(&session, &answer_with("openId", None)).ok(json!({"stored": true}));
    for path in ["/subscriptions", "/subscriptions?openId=user-1"] {
        let listed = shop.list(&session, path);
        assert_eq!(listed[0]["openId"], "user-1");
    }
    assert_eq!(shop.list(&session, "/grants").len(), 1);
    assert!(shop.list(&shop.session("user-2"), "/grants").is_empty());
}

#[test]
fn nothing_of_a_user_is_answered_without_a_session_of_theirs() {
    let shop = shop();
    let none = |reply: Reply| {
        reply.refused(401, "noSession", Some("Authorization"));
    };
    let session = shop.session("user-1");
    let forged = format!("{}A", &session[..session.len() - 1]);
    for path in ["/subscriptions", "/grants", "/grants/summary", "/messages"] {
        none(shop.client().get(&format!("{path}?openId=user-1")));
        none(shop.ask(&forged, "GET", path, &json!(null)));
        let reply = shop.ask(&session, "GET", &format!("{path}?openId=user-2"), &json!(null));
        reply.refused(403, "otherUser", Some("openId"));
    }
    none(shop.client().report("report-1", &answer()));
    none(shop.client().post("/sendMessage", &json!({"openId": "user-1", "occasion": "shipped"})));
    none(shop.client().post("/settleMessage", &json!({"id": 1, "sent": true})));
    let asked = json!({"triggerAct": "支付成功", "busNo": "order-1"});
    none(shop.ask(&forged, "POST", "/findCustomerPopTemplate", &asked));
    assert_eq!(shop.client().ask("支付成功").status, 200, "templates are nobody's");
}

#[test]
fn the_answer_of_one_user_is_not_stored_for_another() {
    let shop = shop();
    let session = shop.session("user-2");
    shop.report(&session, &answer()).refused(403, "otherUser", Some("openId"));
    let asked = json!({"openId": "user-1", "occasion": "shipped"});
    let reply = shop.ask(&session, "POST", "/sendMessage", &asked);
    reply.refused(403, "otherUser", Some("openId"));
    assert!(shop.list(&session, "/subscriptions").is_empty());
}

#[test]
fn a_user_sends_and_settles_only_what_is_theirs() {
    let shop = shop();
    let session = shop.session("user-1");
    let mut accepted = answer_with("openId", None);
    accepted["agreeTemplateIds"] = json!([SHIPPED]);
    shop.report(&session, &accepted);
    shop.gateway.next(SEND, [Act::Drop]);
    let sent = shop.ask(&session, "POST", "/sendMessage", &json!({"occasion": "shipped"}));
    assert_eq!(sent.body["status"], "unknown");
    assert_eq!(shop.gateway.bodies(SEND)[0]["touser"], "user-1");
    let settled = json!({"id": 1, "sent": true});
    let other = shop.session("user-2");
    let reply = shop.ask(&other, "POST", "/settleMessage", &settled);
    reply.refused(409, "notUnknown", Some("id"));
    assert_eq!(shop.ask(&session, "POST", "/settleMessage", &settled).status, 200);
    assert_eq!(words(&shop.list(&session, "/grants"), "state"), ["spent"]);
}

#[test]
fn a_session_survives_a_restart_and_is_of_no_use_elsewhere() {
    let mut shop = shop();
    let session = shop.session("user-1");
    drop(shop.server);
    shop.server = server(&shop.directory, &shop.gateway);
    assert!(shop.list(&session, "/grants").is_empty());
    let elsewhere = self::shop();
    let reply = elsewhere.ask(&session, "GET", "/grants", &json!(null));
    reply.refused(401, "noSession", Some("Authorization"));
}

#[test]
fn a_code_that_wechat_refuses_is_401_and_an_outage_is_503() {
    let shop = shop();
    let sign_in = |code: &str| shop.client().post("/session", &json!({"code": code}));
    sign_in("a&b").refused(401, "badCode", Some("code"));
    sign_in(" ").refused(422, "invalidValue", Some("code"));
    for act in [
        Act::Code(-1, "system error".to_owned()),
        Act::Code(40125, format!("invalid {SIGN_IN}")),
        Act::Raw(502, "<h1>Bad Gateway</h1>".to_owned()),
        Act::Raw(200, r#"{"openid": ""}"#.to_owned()),
        Act::Drop,
    ] {
        shop.gateway.next(SIGN_IN, [act]);
        sign_in("code-of-user-1").refused(503, "noAnswer", None);
    }
    let without = Directory::new();
    let store = Store::open(&without.database()).unwrap();
    let server = Server::serving(Limits::default(), store, None, Settings::default());
    let reply = server.client.post("/session", &json!({"code": "code-of-user-1"}));
    reply.refused(503, "notConfigured", None);
}

#[test]
fn when_and_where_an_answer_was_given_is_stored_if_it_is_plausible() {
    let shop = shop();
    let session = shop.session("user-1");
    let bearer = format!("Bearer {session}");
    let post = |key: &str, age: &str, trigger: &str| {
        let headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", key),
            ("Authorization", &bearer),
            ("Subscribe-Age", age),
            ("Subscribe-Trigger", trigger),
        ];
        let body = answer().to_string();
        let reply = shop.client().send("POST", "/popSubscribeResult", &headers, body.as_bytes());
        reply.ok(json!({"stored": true}));
        shop.list(&session, "/subscriptions").pop().unwrap()
    };
    let stored = post("a", "90", "%E6%94%AF%E4%BB%98%E6%88%90%E5%8A%9F");
    assert_eq!(stored["triggerAct"], "支付成功");
    let seconds: i64 = Connection::open_in_memory()
        .unwrap()
        .query_row(
            "SELECT unixepoch(?1) - unixepoch(?2)",
            [stored["createdAt"].as_str(), stored["answeredAt"].as_str()],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(seconds, 90);
    let longest = (40 * 24 * 60 * 60).to_string();
    assert!(post("b", &longest, "")["answeredAt"].is_string());
    let beyond = (40 * 24 * 60 * 60 + 1).to_string();
    for age in ["-1", "1.5", "", "abc", "+1", "99999999999999999999", &beyond] {
        let stored = post(&format!("c{age}"), age, "%ff");
        assert_eq!(stored.get("answeredAt"), None, "{age}");
        assert_eq!(stored.get("triggerAct"), None);
    }
}
