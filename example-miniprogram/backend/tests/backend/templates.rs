//! Which templates a scene offers, and what a new database holds.

use std::collections::HashSet;

use rusqlite::Connection;
use serde_json::json;
use wx_subscribe::trigger::TriggerType;

use crate::support::{Server, fresh};

#[test]
fn every_scene_offers_one_to_three_well_formed_template_ids() {
    let fresh = fresh();
    let (mut all, mut distinct) = (0, HashSet::new());
    for trigger in TriggerType::ALL {
        let reply = fresh.server.client.ask(trigger.trigger_act());
        let ids = reply.body["data"].as_array().unwrap();
        reply.ok(json!({"data": ids}));
        assert!((1..=3).contains(&ids.len()), "{trigger:?} offers {ids:?}");
        for id in ids {
            let id = id.as_str().unwrap();
            assert_eq!(id.len(), 43, "{id}");
            assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
            distinct.insert(id.to_owned());
        }
        all += ids.len();
    }
    assert!(distinct.len() < all, "at least one template belongs to two scenes");
}

#[test]
fn adding_to_the_cart_offers_price_drop_and_back_in_stock() {
    let fresh = fresh();
    let connection = Connection::open(fresh.directory.database()).unwrap();
    let mut rows = connection
        .prepare("SELECT template_id, title FROM templates WHERE trigger_act = '加入购物车' ORDER BY position")
        .unwrap();
    let (ids, titles): (Vec<String>, Vec<String>) = rows
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .unzip();
    assert_eq!(titles, ["降价提醒", "到货提醒"]);
    fresh.server.client.ask("加入购物车").ok(json!({"data": ids}));
}

#[test]
fn a_template_has_one_title_and_no_scene_has_a_title_twice() {
    let fresh = fresh();
    let connection = Connection::open(fresh.directory.database()).unwrap();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
    let templates = count("SELECT count(*) FROM templates");
    assert_eq!(
        count("SELECT count(*) FROM (SELECT DISTINCT trigger_act, title FROM templates)"),
        templates
    );
    assert_eq!(
        count("SELECT count(*) FROM (SELECT DISTINCT template_id, title FROM templates)"),
        count("SELECT count(DISTINCT template_id) FROM templates")
    );
    assert_eq!(count("SELECT count(*) FROM scenes"), 9);
}

#[test]
fn the_same_scene_offers_the_same_templates_in_the_same_order_after_a_restart() {
    let fresh = fresh();
    let before = fresh.server.client.ask("支付成功");
    drop(fresh.server);
    let again = Server::start(&fresh.directory.database());
    assert_eq!(again.client.ask("支付成功"), before);
    assert_eq!(before.status, 200);
}

#[test]
fn templates_are_offered_in_the_order_of_their_position() {
    let fresh = fresh();
    let connection = Connection::open(fresh.directory.database()).unwrap();
    connection
        .execute_batch(
            "DELETE FROM templates WHERE trigger_act = '订单详情';
             INSERT INTO templates VALUES ('订单详情', 3, 'a', '甲'), ('订单详情', 1, 'c', '丙'),
                                          ('订单详情', 2, 'b', '乙');",
        )
        .unwrap();
    fresh.server.client.ask("订单详情").ok(json!({"data": ["c", "b", "a"]}));
}

#[test]
fn a_scene_the_operator_emptied_offers_nothing_and_stays_so_after_a_restart() {
    let fresh = fresh();
    let connection = Connection::open(fresh.directory.database()).unwrap();
    connection.execute("DELETE FROM templates WHERE trigger_act = '填写退货信息'", []).unwrap();
    drop(connection);
    fresh.server.client.ask("填写退货信息").ok(json!({"data": []}));
    drop(fresh.server);

    let again = Server::start(&fresh.directory.database());
    again.client.ask("填写退货信息").ok(json!({"data": []}));
    assert_ne!(again.client.ask("企业信息").body, json!({"data": []}));
}

#[test]
fn a_scene_the_operator_added_is_known() {
    let fresh = fresh();
    let connection = Connection::open(fresh.directory.database()).unwrap();
    connection
        .execute_batch(
            "INSERT INTO scenes VALUES ('直播预约');
             INSERT INTO templates VALUES ('直播预约', 1, 'live', '开播提醒');",
        )
        .unwrap();
    fresh.server.client.ask("直播预约").ok(json!({"data": ["live"]}));
}

#[test]
fn an_unknown_scene_is_404_and_names_trigger_act() {
    let fresh = fresh();
    for trigger_act in ["", "加购", "加入购物车 ", "' OR 1=1 --"] {
        fresh.server.client.ask(trigger_act).refused(404, "unknownScene", Some("triggerAct"));
    }
}
