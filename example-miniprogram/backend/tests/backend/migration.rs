//! Migration of a database of an earlier release.

use rusqlite::Connection;
use serde_json::json;
use wx_subscribe_backend::Store;

use crate::gateway::{Gateway, SEND, Shop, account, words};
use crate::support::{Directory, Server, answer_with, open_at_once};

fn version_1() -> Directory {
    let directory = Directory::new();
    let connection = Connection::open(directory.database()).unwrap();
    connection.execute_batch(include_str!("version-1.sql")).unwrap();
    directory
}

fn version_2() -> Directory {
    let directory = version_1();
    let connection = Connection::open(directory.database()).unwrap();
    connection.execute_batch(include_str!("version-2.sql")).unwrap();
    directory
}

#[test]
fn the_answers_that_are_there_give_their_grants_once() {
    let directory = version_1();
    for _ in 0..2 {
        let server = Server::start(&directory.database());
        let grants = server.client.list("/grants?openId=user-1");
        let expected = json!({
            "id": 1, "templateId": "my-price-drop", "title": "降价提醒", "busNo": "SKU-1",
            "reportId": "report-1", "witness": "page", "state": "open",
            "grantedAt": "2026-01-01T00:00:00.000Z", "spentAt": null,
        });
        assert_eq!(grants[0], expected);
        assert_eq!(words(&grants, "templateId"), ["my-price-drop", "my-shipped", "my-gone"]);
        let others = server.client.list("/grants?openId=user-2");
        assert_eq!(words(&others, "templateId"), ["my-delivered", "my-shipped"]);
        let odd = server.client.list("/grants?openId=user-3");
        assert_eq!(words(&odd, "templateId"), ["twice", "1"]);
    }
}

#[test]
fn what_was_there_stays_as_it_was() {
    let directory = version_1();
    let server = Server::start(&directory.database());
    let client = &server.client;
    assert_eq!(words(&client.subscriptions("user-1"), "id"), ["report-1", "report-3", "report-4"]);
    client.ask("支付成功").ok(json!({"data": ["my-shipped", "my-delivered"]}));
    client.ask("直播预约").ok(json!({"data": ["my-live"]}));
    client.ask("订单详情").refused(404, "unknownScene", Some("triggerAct"));
    client.report("report-1", &answer_with("openId", Some(json!("user-9")))).refused(
        409,
        "conflict",
        Some("Idempotency-Key"),
    );
}

#[test]
fn the_operators_templates_get_the_fields_of_their_titles() {
    let directory = version_1();
    let server = Server::start(&directory.database());
    let templates = server.client.list("/templates");
    let keys = |at: usize| words(templates[at]["fields"].as_array().unwrap(), "key");
    let ids = words(&templates, "templateId");
    assert_eq!(ids, ["my-delivered", "my-live", "my-price-drop", "my-shipped"]);
    assert_eq!(keys(2), ["thing1", "amount2", "amount3", "thing4"]);
    assert!(keys(1).is_empty(), "nobody knows the fields of another title");
}

#[test]
fn a_grant_from_before_pays_for_a_message() {
    let directory = version_1();
    let gateway = Gateway::start();
    let server = Server::sending(&directory.database(), Some(account(&gateway.url)));
    let shop = Shop { server, directory, gateway };
    assert_eq!(shop.send("priceDrop")["status"], "sent");
    let body = &shop.gateway.bodies(SEND)[0];
    assert_eq!(body["template_id"], "my-price-drop");
    assert_eq!(body["data"]["amount2"]["value"], "¥129.00");
    assert_eq!(shop.states(), ["spent", "open", "open"]);
}

#[test]
fn fields_that_the_operator_changed_stay_changed() {
    let directory = version_1();
    drop(Store::open(&directory.database()).unwrap());
    let connection = Connection::open(directory.database()).unwrap();
    connection
        .execute_batch(
            "DELETE FROM template_fields WHERE template_id = 'my-delivered';
             UPDATE template_fields SET key = 'thing7' WHERE template_id = 'my-shipped' AND position = 1",
        )
        .unwrap();
    let server = Server::start(&directory.database());
    let templates = server.client.list("/templates");
    assert_eq!(templates[0]["fields"], json!([]));
    assert_eq!(templates[3]["fields"][0]["key"], "thing7");
}

#[test]
fn stores_opened_at_once_bring_a_database_forward_once() {
    for _ in 0..5 {
        let directory = version_1();
        open_at_once(&directory);
        let connection = Connection::open(directory.database()).unwrap();
        let grants: u32 =
            connection.query_row("SELECT count(*) FROM grants", [], |row| row.get(0)).unwrap();
        assert_eq!(grants, 7);
    }
}

#[test]
fn grants_and_messages_of_the_second_release_stay_as_they_were() {
    let directory = version_2();
    let mut before = None;
    for _ in 0..2 {
        let server = Server::start(&directory.database());
        let list = |list: &str| {
            let of = |user| server.client.list(&format!("/{list}?openId={user}"));
            [of("user-1"), of("user-2"), of("user-3")].concat()
        };
        let (grants, messages) = (list("grants"), list("messages"));
        let states = ["open", "spent", "void", "unknown", "open", "open", "open"];
        let mut sorted = grants.clone();
        sorted.sort_by_key(|grant| grant["id"].as_i64());
        assert_eq!(words(&sorted, "state"), states);
        assert!(grants.iter().all(|grant| grant.get("doubtful").is_none()));
        assert_eq!(messages.len(), 4);
        let listed = (grants, messages);
        assert_eq!(*before.get_or_insert_with(|| listed.clone()), listed);
    }
    let connection = Connection::open(directory.database()).unwrap();
    let version: u32 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 4);
}

#[test]
fn a_message_of_the_second_release_can_be_settled_and_its_grant_used() {
    let directory = version_2();
    let gateway = Gateway::start();
    let server = Server::sending(&directory.database(), Some(account(&gateway.url)));
    let settled = server.client.post("/settleMessage", &json!({"id": 3, "sent": false}));
    assert_eq!(settled.body["message"]["status"], "failed");
    let asked = json!({"openId": "user-1", "occasion": "shipped"});
    let sent = server.client.post("/sendMessage", &asked).body;
    assert_eq!((&sent["status"], &sent["message"]["busNo"]), (&json!("sent"), &json!("order-3")));
}

#[test]
fn grants_and_keys_of_the_third_release_stay_as_they_were() {
    let directory = version_2();
    let connection = Connection::open(directory.database()).unwrap();
    connection.execute_batch(include_str!("version-3.sql")).unwrap();
    let rows = |of: &str| -> Vec<String> {
        let select = format!(
            "SELECT json_array(id, answer, template_id, state, spent_at, refusals,
            (SELECT json_group_array(messages.id || status) FROM messages WHERE grant_id = g.id))
            FROM {of} AS g ORDER BY id"
        );
        let mut statement = connection.prepare(&select).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let before = rows("grants");
    assert_eq!(before.len(), 7);
    let gateway = Gateway::start();
    let server = Server::sending(&directory.database(), Some(account(&gateway.url)));
    assert_eq!(rows("grants"), before);
    let users = "SELECT count(*) FROM grants JOIN answers ON number = answer
                 WHERE grants.open_id = answers.open_id AND NOT revoked AND event IS NULL";
    assert_eq!(connection.query_row(users, [], |row| row.get::<_, u32>(0)).unwrap(), 7);
    let (asked, key) = (json!({"openId": "user-1", "occasion": "shipped"}), "key-1");
    let (reply, _) = server.client.post_with_retry_after("/sendMessage", key, &asked);
    assert_eq!(reply.body["status"], "noGrant", "as this key was answered before");
    let faults = "SELECT count(*) FROM pragma_foreign_key_check";
    assert_eq!(connection.query_row(faults, [], |row| row.get::<_, u32>(0)).unwrap(), 0);
}
