//! Sending: the message, and the grant that it uses.

use std::sync::Barrier;
use std::thread;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::gateway::{PRICE_DROP, REFUNDED, SEND, SHIPPED, TOKEN, accept, account, shop, words};
use crate::support::{Server, answer, fresh};

#[test]
fn a_message_goes_out_in_wechats_form_and_its_grant_is_spent() {
    let shop = shop();
    shop.accept("report-1", "SKU-1", &[PRICE_DROP]);
    let sent = shop.send("priceDrop");

    let requests = shop.gateway.requests(SEND);
    let [(query, body)] = &requests[..] else { panic!("one request") };
    assert_eq!(query, "access_token=TOKEN-0");
    let expected = json!({
        "touser": "user-1",
        "template_id": PRICE_DROP,
        "page": "pages/product/index",
        "miniprogram_state": "trial",
        "lang": "zh_CN",
        "data": {
            "thing1": {"value": "SKU-1"},
            "amount2": {"value": "¥299.90"},
            "amount3": {"value": "¥269.91"},
            "thing4": {"value": "您关注的商品降价了"},
        },
    });
    assert_eq!(*body, expected);

    let [message] = &shop.messages()[..] else { panic!("one message") };
    let expected = json!({
        "id": 1, "templateId": PRICE_DROP, "title": "降价提醒", "busNo": "SKU-1",
        "occasion": "priceDrop", "status": "sent", "errcode": 0, "errmsg": "ok", "msgid": "1",
        "createdAt": message["createdAt"],
    });
    assert_eq!(*message, expected);
    assert_eq!(sent, json!({"status": "sent", "message": message}));
    let [grant] = &shop.client().list("/grants?openId=user-1")[..] else { panic!("one grant") };
    assert_eq!(grant["state"], "spent");
    assert!(grant["spentAt"].as_str().unwrap() >= grant["grantedAt"].as_str().unwrap());
}

#[test]
fn each_occasion_has_its_template_its_page_and_its_content() {
    let shop = shop();
    let mut answer = answer();
    answer["extraVariableMap"] = json!({"amount": "258.00"});
    answer["busNo"] = json!("order-20260401-0007");
    answer["agreeTemplateIds"] = json!([REFUNDED, SHIPPED]);
    shop.client().report("report-1", &answer).ok(json!({"stored": true}));
    assert_eq!(shop.send("shipped")["status"], "sent");
    assert_eq!(shop.send("refunded")["status"], "sent");

    let [shipped, refunded] = &shop.gateway.bodies(SEND)[..] else { panic!("two requests") };
    assert_eq!(
        (&shipped["template_id"], &shipped["page"]),
        (&json!(SHIPPED), &json!("pages/order/index"))
    );
    assert_eq!(shipped["data"]["character_string1"]["value"], "order-20260401-0007");
    assert_eq!(shipped["data"]["phrase2"]["value"], "顺丰速运");
    assert_eq!(shipped["data"]["character_string3"]["value"], "SF0000000000001");
    assert_eq!(refunded["template_id"], REFUNDED);
    assert_eq!(refunded["page"], "pages/after-sales/index");
    assert_eq!(refunded["data"]["amount2"]["value"], "¥258.00");
    let [year, rest] =
        refunded["data"]["time3"]["value"].as_str().unwrap().split('年').collect::<Vec<_>>()[..]
    else {
        panic!("a year")
    };
    assert!(year.parse::<u32>().unwrap() >= 2025 && rest.contains("日 "), "{year}年{rest}");
}

#[test]
fn values_too_long_for_wechat_are_cut_to_what_it_takes() {
    let shop = shop();
    let mut answer = answer();
    answer["busNo"] = json!("单".repeat(60) + &"9".repeat(60));
    answer["extraVariableMap"] = json!({
        "product": "特级明前龙井\n".repeat(20), "price": "99999999999999", "amount": "很多",
        "carrier": "某某某某某某快递 Express", "trackingNumber": "单号：".to_owned() + &"8".repeat(99),
    });
    answer["agreeTemplateIds"] = json!([PRICE_DROP, SHIPPED, REFUNDED]);
    shop.client().report("report-1", &answer).ok(json!({"stored": true}));
    for occasion in ["priceDrop", "shipped", "refunded"] {
        let reply = shop.send(occasion);
        assert_eq!(reply["status"], "sent", "{reply}");
    }
}

#[test]
fn every_seeded_template_has_fields_that_wechat_knows() {
    let shop = shop();
    let connection = Connection::open(shop.directory.database()).unwrap();
    let templates = shop.client().list("/templates");
    assert_eq!(templates.len(), 14);
    // Each template in turn gets the title of the occasion.
    for template in &templates {
        let id = template["templateId"].as_str().unwrap();
        connection
            .execute_batch(&format!(
                "DELETE FROM templates;
                 INSERT INTO templates VALUES ('支付成功', 1, '{id}', '订单发货通知')"
            ))
            .unwrap();
        shop.accept(id, "order-1", &[id]);
        let reply = shop.send("shipped");
        assert_eq!(reply["status"], "sent", "{template}: {reply}");
        let sent = shop.gateway.bodies(SEND).pop().unwrap();
        let keys: Vec<_> = sent["data"].as_object().unwrap().keys().cloned().collect();
        let mut fields = words(template["fields"].as_array().unwrap(), "key");
        fields.sort_unstable();
        assert_eq!(keys, fields);
        assert!(!keys.is_empty());
    }
}

#[test]
fn templates_are_listed_with_their_scenes_and_fields() {
    let fresh = fresh();
    let templates = fresh.server.client.list("/templates");
    let ids = words(&templates, "templateId");
    assert!(ids.is_sorted());
    let refunded = &templates[ids.iter().position(|id| id == REFUNDED).unwrap()];
    let expected = json!({
        "templateId": REFUNDED,
        "title": "退款到账通知",
        "triggerActs": ["填写退货信息", "提交售后申请（仅退款）", "提交售后申请（退货退款）"],
        "fields": [
            {"key": "character_string1", "label": "售后单号"},
            {"key": "amount2", "label": "退款金额"},
            {"key": "time3", "label": "到账时间"},
            {"key": "thing4", "label": "温馨提示"},
        ],
    });
    assert_eq!(*refunded, expected);
}

#[test]
fn without_a_grant_nothing_is_asked_of_wechat() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    let none = |occasion: &str, template: &str, title: &str| {
        let expected = json!({"status": "noGrant", "templateId": template, "title": title});
        assert_eq!(shop.send(occasion), expected);
    };
    none("priceDrop", PRICE_DROP, "降价提醒");
    none("refunded", REFUNDED, "退款到账通知");
    let other = json!({"openId": "user-2", "occasion": "shipped"});
    assert_eq!(shop.client().post("/sendMessage", &other).body["status"], "noGrant");
    let other = json!({"openId": "user-1", "occasion": "shipped", "busNo": "order-2"});
    assert_eq!(shop.client().post("/sendMessage", &other).body["status"], "noGrant");
    assert!(shop.gateway.requests(TOKEN).is_empty() && shop.gateway.requests(SEND).is_empty());
    assert!(shop.messages().is_empty());
    assert_eq!(shop.send("shipped")["status"], "sent");
    none("shipped", SHIPPED, "订单发货通知");
    assert_eq!(shop.gateway.requests(SEND).len(), 1);
}

#[test]
fn the_oldest_grant_is_used_of_the_business_number_if_one_is_given() {
    let shop = shop();
    for order in ["order-1", "order-2", "order-3"] {
        shop.accept(order, order, &[SHIPPED]);
    }
    let of =
        |body: Value| shop.client().post("/sendMessage", &body).body["message"]["busNo"].clone();
    assert_eq!(
        of(json!({"openId": "user-1", "occasion": "shipped", "busNo": "order-2"})),
        "order-2"
    );
    assert_eq!(of(json!({"openId": "user-1", "occasion": "shipped", "busNo": null})), "order-1");
    assert_eq!(of(json!({"openId": "user-1", "occasion": "shipped"})), "order-3");
    assert_eq!(words(&shop.messages(), "busNo"), ["order-2", "order-1", "order-3"]);
}

#[test]
fn twenty_sends_at_once_with_three_grants_send_three() {
    let shop = shop();
    for order in ["order-1", "order-2", "order-3"] {
        shop.accept(order, order, &[SHIPPED]);
    }
    let statuses = shop.send_at_once(20);
    let count = |word| statuses.iter().filter(|status| *status == word).count();
    assert_eq!((count("sent"), count("noGrant")), (3, 17));
    assert_eq!(shop.gateway.requests(SEND).len(), 3);
    assert_eq!(shop.states(), ["spent", "spent", "spent"]);
    let mut orders = words(&shop.messages(), "busNo");
    orders.sort_unstable();
    assert_eq!(orders, ["order-1", "order-2", "order-3"]);
}

#[test]
fn two_servers_on_one_database_do_not_use_one_grant_twice() {
    let shop = shop();
    let account = account(&shop.gateway.url);
    let other = Server::sending(&shop.directory.database(), Some(account));
    shop.accept("report-1", "order-1", &[SHIPPED]);
    let start = Barrier::new(10);
    let sent: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..10)
            .map(|number| {
                let client = if number % 2 == 0 { shop.client() } else { &other.client };
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    let asked = json!({"openId": "user-1", "occasion": "shipped"});
                    usize::from(client.post("/sendMessage", &asked).body["status"] == "sent")
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!((sent, shop.gateway.requests(SEND).len()), (1, 1));
}

#[test]
fn the_ids_of_an_account_put_into_the_database_are_used() {
    let shop = shop();
    let connection = Connection::open(shop.directory.database()).unwrap();
    connection
        .execute_batch(&format!(
            "UPDATE templates SET template_id = 'of-my-account' WHERE template_id = '{SHIPPED}';
             UPDATE template_fields SET template_id = 'of-my-account' WHERE template_id = '{SHIPPED}'"
        ))
        .unwrap();
    shop.accept("report-1", "order-1", &["of-my-account"]);
    assert_eq!(shop.send("shipped")["message"]["title"], "订单发货通知");
    assert_eq!(shop.gateway.bodies(SEND)[0]["template_id"], "of-my-account");
}

#[test]
fn without_an_account_or_a_template_sending_says_so_and_the_rest_works() {
    let fresh = fresh();
    let client = &fresh.server.client;
    let asked = json!({"openId": "user-1", "occasion": "shipped"});
    let reply = client.post("/sendMessage", &asked);
    assert!(reply.refused(503, "notConfigured", None).contains("--appid"));
    accept(client, "report-1", "order-1", &[SHIPPED]);
    client.post("/sendMessage", &asked).refused(503, "notConfigured", None);
    assert_eq!(words(&client.list("/grants?openId=user-1"), "state"), ["open"]);
    assert!(client.list("/messages?openId=user-1").is_empty());

    let shop = shop();
    let connection = Connection::open(shop.directory.database()).unwrap();
    connection.execute("DELETE FROM templates WHERE title = '订单发货通知'", []).unwrap();
    let reply = shop.client().post("/sendMessage", &asked);
    assert!(reply.refused(503, "notConfigured", None).contains("no template"));
}

#[test]
fn a_body_that_is_not_right_is_refused_and_the_member_named() {
    let shop = shop();
    shop.accept("report-1", "order-1", &[SHIPPED]);
    let refused = |body: Value, code: &str, field: &str| {
        shop.client().post("/sendMessage", &body).refused(422, code, Some(field));
    };
    refused(json!({"occasion": "shipped"}), "missingField", "openId");
    refused(json!({"openId": "user-1"}), "missingField", "occasion");
    refused(json!({"openId": 1, "occasion": "shipped"}), "wrongType", "openId");
    refused(json!({"openId": " ", "occasion": "shipped"}), "invalidValue", "openId");
    refused(json!({"openId": "user-1", "occasion": "Shipped"}), "invalidValue", "occasion");
    refused(
        json!({"openId": "user-1", "occasion": "shipped", "busNo": ""}),
        "invalidValue",
        "busNo",
    );
    refused(json!({"openId": "user-1", "occasion": "shipped", "busNo": 7}), "wrongType", "busNo");
    assert!(shop.gateway.requests(SEND).is_empty());
    assert_eq!(shop.states(), ["open"]);
}
