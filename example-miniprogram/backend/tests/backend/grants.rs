//! Grants: made with the answer, once, and listed oldest first.

use rusqlite::Connection;
use serde_json::json;

use crate::gateway::{PRICE_DROP, REFUNDED, SHIPPED, accept, words};
use crate::support::{answer, answer_with, fresh};

#[test]
fn each_accepted_template_is_a_grant_and_a_rejected_one_is_none() {
    let fresh = fresh();
    let client = &fresh.server.client;
    let mut both = answer();
    both["agreeTemplateIds"] = json!([SHIPPED, PRICE_DROP, "of another account"]);
    both["rejectTemplateIds"] = json!([REFUNDED]);
    client.report("report-1", &both).ok(json!({"stored": true}));

    let granted_at = &client.subscriptions("user-1")[0]["createdAt"];
    let grant = |id: u32, template_id: &str, title: Option<&str>| {
        json!({
            "id": id, "templateId": template_id, "title": title, "busNo": "SKU-1",
            "reportId": "report-1", "witness": "page", "state": "open", "grantedAt": granted_at, "spentAt": null,
        })
    };
    let expected = [
        grant(1, SHIPPED, Some("订单发货通知")),
        grant(2, PRICE_DROP, Some("降价提醒")),
        grant(3, "of another account", None),
    ];
    assert_eq!(client.list("/grants?openId=user-1"), expected);
}

#[test]
fn an_answer_that_comes_again_or_conflicts_gives_nothing_more() {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer()).ok(json!({"stored": true}));
    let before = client.list("/grants?openId=user-1");
    client.report("report-1", &answer()).ok(json!({"stored": false}));
    let other = answer_with("agreeTemplateIds", Some(json!(["template-a", "template-c"])));
    client.report("report-1", &other).refused(409, "conflict", Some("Idempotency-Key"));
    assert_eq!(client.list("/grants?openId=user-1"), before);
    assert_eq!(before.len(), 1);
}

#[test]
fn an_answer_that_only_rejects_gives_nothing() {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer_with("agreeTemplateIds", Some(json!([]))));
    assert!(client.list("/grants?openId=user-1").is_empty());
}

#[test]
fn grants_are_listed_oldest_first_and_only_to_their_user() {
    let fresh = fresh();
    let client = &fresh.server.client;
    for key in ["c", "a", "b"] {
        accept(client, key, key, &[SHIPPED]);
    }
    client.report("x", &answer_with("openId", Some(json!("user-2"))));
    assert_eq!(words(&client.list("/grants?openId=user-1"), "reportId"), ["c", "a", "b"]);
    assert_eq!(words(&client.list("/grants?openId=user-2"), "reportId"), ["x"]);
    assert!(client.list("/grants?openId=nobody").is_empty());
}

#[test]
fn grants_and_messages_need_one_open_id() {
    let fresh = fresh();
    for list in ["/grants", "/messages"] {
        for query in ["", "?openId=", "?openid=a", "?openId=a&openId=b"] {
            let reply = fresh.server.client.get(&format!("{list}{query}"));
            reply.refused(400, "invalidQuery", Some("openId"));
        }
    }
}

#[test]
fn if_the_grants_cannot_be_stored_neither_is_the_answer() {
    let fresh = fresh();
    let client = &fresh.server.client;
    let connection = Connection::open(fresh.directory.database()).unwrap();
    connection.execute_batch("ALTER TABLE grants RENAME TO away").unwrap();
    client.report("report-1", &answer()).refused(500, "internal", None);
    connection.execute_batch("ALTER TABLE away RENAME TO grants").unwrap();
    assert!(client.subscriptions("user-1").is_empty());
    client.report("report-1", &answer()).ok(json!({"stored": true}));
    assert_eq!(client.list("/grants?openId=user-1").len(), 1);
}

#[test]
fn whoever_deletes_an_answer_deletes_what_came_of_it() {
    let fresh = fresh();
    let client = &fresh.server.client;
    accept(client, "report-1", "SKU-1", &[SHIPPED]);
    let connection = Connection::open(fresh.directory.database()).unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    connection
        .execute_batch(
            "INSERT INTO messages (grant_id, occasion) VALUES (1, 'shipped');
             DELETE FROM answers WHERE open_id = 'user-1'",
        )
        .unwrap();
    let left: u32 = connection
        .query_row(
            "SELECT (SELECT count(*) FROM grants) + (SELECT count(*) FROM messages)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn the_database_itself_lets_no_grant_pay_for_two_messages() {
    let fresh = fresh();
    accept(&fresh.server.client, "report-1", "SKU-1", &[SHIPPED]);
    let connection = Connection::open(fresh.directory.database()).unwrap();
    let insert = "INSERT INTO messages (grant_id, occasion, status) VALUES (1, 'shipped', ?1)";
    connection.execute(insert, ["failed"]).unwrap();
    connection.execute(insert, ["failed"]).unwrap();
    connection.execute(insert, ["sent"]).unwrap();
    for status in ["pending", "sending", "sent", "unknown"] {
        assert!(connection.execute(insert, [status]).is_err(), "{status}");
    }
}
