//! The contract, `docs/openapi.json`: every exchange of these tests is checked
//! against it.

use std::collections::HashMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::Reply;

/// The operations by their path.
static OPERATIONS: LazyLock<HashMap<String, Operation>> = LazyLock::new(|| {
    let contract: Value =
        serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap();
    let paths = contract["paths"].as_object().unwrap();
    paths.iter().map(|(path, item)| (path.clone(), Operation::of(&contract, item))).collect()
});

struct Operation {
    key: Option<Validator>,
    request: Validator,
    /// By status, range of statuses, or `default`.
    responses: HashMap<String, Validator>,
}

impl Operation {
    fn of(contract: &Value, item: &Value) -> Self {
        let post = &item["post"];
        let content =
            |holder: &Value| validator(contract, &holder["content"]["application/json"]["schema"]);
        let response = |response: &Value| match response["$ref"].as_str() {
            Some(reference) => content(contract.pointer(&reference[1..]).unwrap()),
            None => content(response),
        };
        let responses = post["responses"].as_object().unwrap();
        Self {
            key: post["parameters"].get(0).map(|key| validator(contract, &key["schema"])),
            request: content(&post["requestBody"]),
            responses: responses.iter().map(|(on, is)| (on.clone(), response(is))).collect(),
        }
    }

    fn response(&self, status: u16) -> &Validator {
        let range = format!("{}XX", status / 100);
        let names = [&*status.to_string(), &*range, "default"];
        names.iter().find_map(|name| self.responses.get(*name)).unwrap()
    }
}

fn validator(contract: &Value, schema: &Value) -> Validator {
    let root = json!({"allOf": [schema], "components": contract["components"]});
    jsonschema::draft202012::new(&root).unwrap()
}

/// Asserts that the response keeps to the contract and, if the request was
/// accepted, that the request did as well.
#[track_caller]
pub fn check(path: &str, key: Option<&str>, body: &[u8], reply: &Reply) {
    let Some(operation) = OPERATIONS.get(path) else { return };
    keeps(operation.response(reply.status), &reply.body);
    if reply.status != 200 {
        return;
    }
    // Half an emoji is no JSON to serde: the server replaces it before.
    if let Ok(body) = serde_json::from_slice(body) {
        keeps(&operation.request, &body);
    }
    if let Some(validator) = &operation.key {
        keeps(validator, &json!(key));
    }
}

#[track_caller]
fn keeps(validator: &Validator, value: &Value) {
    let faults: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?} in {value}");
}

#[test]
fn what_differs_from_the_contract_is_found() {
    let operation = &OPERATIONS["/popSubscribeResult"];
    let answer = crate::support::answer();
    assert!(operation.request.is_valid(&answer));
    for (member, value) in [
        ("busNo", json!(1)),
        ("extraVariableMap", json!([])),
        ("agreeTemplateIds", json!(["a", "a"])),
        ("rejectTemplateIds", json!([""])),
    ] {
        let other = crate::support::answer_with(member, Some(value));
        assert!(!operation.request.is_valid(&other), "{other}");
    }
    let key = operation.key.as_ref().unwrap();
    assert!(key.is_valid(&json!("1m3v0x8q")) && !key.is_valid(&json!(null)));
    let templates = OPERATIONS["/findCustomerPopTemplate"].response(200);
    assert!(templates.is_valid(&json!({"data": []})) && !templates.is_valid(&json!([])));
}
