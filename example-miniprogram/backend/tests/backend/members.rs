//! Bodies that are JSON but invalid: always 422 with the name of the member.

use serde_json::{Value, json};

use crate::support::{answer, answer_with, fresh};

#[test]
fn a_missing_member_is_422_and_named() {
    let fresh = fresh();
    let client = &fresh.server.client;
    for member in ["busNo", "extraVariableMap", "agreeTemplateIds", "rejectTemplateIds"] {
        let reply = client.report("report-1", &answer_with(member, None));
        let message = reply.refused(422, "missingField", Some(member));
        assert_eq!(message, format!("{member} is missing"));
    }
    for (member, body) in
        [("busNo", json!({"triggerAct": "支付成功"})), ("triggerAct", json!({"busNo": "SKU-1"}))]
    {
        let reply = client.post("/findCustomerPopTemplate", &body);
        reply.refused(422, "missingField", Some(member));
    }
    assert!(client.subscriptions("user-1").is_empty());
}

#[test]
fn a_member_of_the_wrong_type_is_422_and_named() {
    let fresh = fresh();
    let client = &fresh.server.client;
    let wrong = [
        ("busNo", json!(1)),
        ("busNo", Value::Null),
        ("extraVariableMap", Value::Null),
        ("extraVariableMap", json!([])),
        ("extraVariableMap", json!("{}")),
        ("openId", json!({})),
        ("agreeTemplateIds", json!("template-a")),
        ("agreeTemplateIds", json!({"0": "template-a"})),
        ("rejectTemplateIds", Value::Null),
    ];
    for (member, value) in wrong {
        let reply = client.report("report-1", &answer_with(member, Some(value)));
        reply.refused(422, "wrongType", Some(member));
    }
    for (member, body) in [
        ("busNo", json!({"triggerAct": "支付成功", "busNo": 7})),
        ("triggerAct", json!({"triggerAct": 4, "busNo": "SKU-1"})),
    ] {
        client.post("/findCustomerPopTemplate", &body).refused(422, "wrongType", Some(member));
    }
    assert!(client.subscriptions("user-1").is_empty());
}

#[test]
fn an_entry_of_the_wrong_type_names_the_list_and_the_message_says_which() {
    let fresh = fresh();
    let reply = fresh
        .server
        .client
        .report("report-1", &answer_with("rejectTemplateIds", Some(json!(["template-b", 5]))));
    let message = reply.refused(422, "wrongType", Some("rejectTemplateIds"));
    assert!(message.starts_with("rejectTemplateIds[1] "), "{message}");
}

#[test]
fn an_empty_or_overlong_value_is_422_and_named() {
    let fresh = fresh();
    let client = &fresh.server.client;
    for text in [String::new(), " \t".to_owned(), "长".repeat(129)] {
        for member in ["busNo", "openId"] {
            let reply = client.report("report-1", &answer_with(member, Some(json!(text))));
            reply.refused(422, "invalidValue", Some(member));
        }
        for member in ["agreeTemplateIds", "rejectTemplateIds"] {
            let ids = json!(["template-x", text]);
            let reply = client.report("report-1", &answer_with(member, Some(ids)));
            let message = reply.refused(422, "invalidValue", Some(member));
            assert!(message.starts_with(&format!("{member}[1] ")), "{message}");
        }
        let body = json!({"triggerAct": "支付成功", "busNo": text});
        let reply = client.post("/findCustomerPopTemplate", &body);
        reply.refused(422, "invalidValue", Some("busNo"));
    }
    assert!(client.subscriptions("user-1").is_empty());
}

#[test]
fn an_answer_to_no_template_is_422() {
    let fresh = fresh();
    let mut answer = answer();
    answer["agreeTemplateIds"] = json!([]);
    answer["rejectTemplateIds"] = json!([]);
    let reply = fresh.server.client.report("report-1", &answer);
    reply.refused(422, "invalidValue", Some("agreeTemplateIds"));
}

#[test]
fn a_template_given_twice_is_422_and_the_second_place_is_named() {
    let fresh = fresh();
    for (agree, reject, field, place) in [
        (json!(["a", "b", "a"]), json!([]), "agreeTemplateIds", "agreeTemplateIds[2]"),
        (json!([]), json!(["b", "b"]), "rejectTemplateIds", "rejectTemplateIds[1]"),
        (json!(["a"]), json!(["b", "a"]), "rejectTemplateIds", "rejectTemplateIds[1]"),
    ] {
        let mut answer = answer();
        answer["agreeTemplateIds"] = agree;
        answer["rejectTemplateIds"] = reject;
        let reply = fresh.server.client.report("report-1", &answer);
        let message = reply.refused(422, "invalidValue", Some(field));
        assert_eq!(message, format!("{place} is given twice"));
    }
}
