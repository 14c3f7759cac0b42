//! Requests that are refused before their members are checked, and failures.

use std::io::{Read, Write};
use std::net::TcpStream;

use rusqlite::Connection;
use serde_json::json;

use crate::support::{Client, Reply, answer, fresh};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const KEY: (&str, &str) = ("Idempotency-Key", "report-1");
const POSTS: [&str; 2] = ["/findCustomerPopTemplate", "/popSubscribeResult"];

fn post(client: &Client, path: &str, body: &[u8]) -> Reply {
    client.send("POST", path, &[JSON, KEY], body)
}

#[test]
fn a_body_that_is_no_json_object_is_400() {
    let fresh = fresh();
    let bodies: [&[u8]; 9] =
        [b"", b"{", b"{} {}", b"{'busNo': 1}", b"\xff", b"[]", b"null", b"\"{}\"", b"1"];
    for path in POSTS {
        for body in bodies {
            post(&fresh.server.client, path, body).refused(400, "invalidJson", None);
        }
        let deep = "[".repeat(100_000);
        post(&fresh.server.client, path, deep.as_bytes()).refused(400, "invalidJson", None);
    }
}

#[test]
fn a_body_that_is_not_sent_as_json_is_415() {
    let fresh = fresh();
    let client = &fresh.server.client;
    let body = answer().to_string();
    for path in POSTS {
        for mime in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
            let headers = [("Content-Type", mime), KEY];
            let reply = client.send("POST", path, &headers, body.as_bytes());
            reply.refused(415, "unsupportedMediaType", Some("Content-Type"));
        }
        let reply = client.send("POST", path, &[KEY], body.as_bytes());
        reply.refused(415, "unsupportedMediaType", Some("Content-Type"));
    }
    let headers = [("content-type", "Application/JSON;charset=UTF-8"), KEY];
    client
        .send("POST", "/popSubscribeResult", &headers, body.as_bytes())
        .ok(json!({"stored": true}));
}

#[test]
fn a_missing_or_malformed_idempotency_key_is_400_and_named() {
    let fresh = fresh();
    let client = &fresh.server.client;
    let overlong = "k".repeat(129);
    client.post("/popSubscribeResult", &answer()).refused(
        400,
        "invalidHeader",
        Some("Idempotency-Key"),
    );
    for key in ["", "two words", "tab\tbed", "键", &overlong] {
        let reply = client.report(key, &answer());
        reply.refused(400, "invalidHeader", Some("Idempotency-Key"));
    }
    let headers = [JSON, KEY, ("Idempotency-Key", "report-2")];
    client.send("POST", "/popSubscribeResult", &headers, answer().to_string().as_bytes()).refused(
        400,
        "invalidHeader",
        Some("Idempotency-Key"),
    );
    assert!(client.subscriptions("user-1").is_empty());
}

#[test]
fn a_body_of_256_kib_is_read_and_one_byte_more_is_413() {
    let fresh = fresh();
    let client = &fresh.server.client;
    let mut body = answer().to_string().into_bytes();
    body.resize(256 * 1024, b' ');
    post(client, "/popSubscribeResult", &body).ok(json!({"stored": true}));
    body.push(b' ');
    for path in POSTS {
        post(client, path, &body).refused(413, "bodyTooLarge", None);
    }
}

#[test]
fn a_client_that_is_still_writing_a_large_body_reads_the_413() {
    let fresh = fresh();
    for path in POSTS {
        for _ in 0..5 {
            let body = vec![b' '; 3 * 1024 * 1024];
            post(&fresh.server.client, path, &body).refused(413, "bodyTooLarge", None);
        }
    }
}

#[test]
fn a_large_body_refused_for_its_header_is_read_to_its_end() {
    let fresh = fresh();
    let body = vec![b' '; 250 * 1024];
    for _ in 0..20 {
        let reply = fresh.server.client.send("POST", "/popSubscribeResult", &[JSON], &body);
        reply.refused(400, "invalidHeader", Some("Idempotency-Key"));
    }
}

#[test]
fn a_missing_or_empty_open_id_is_400_and_named() {
    let fresh = fresh();
    let overlong = format!("?openId={}", "o".repeat(129));
    for query in [
        "",
        "?",
        "?openId",
        "?openId=",
        "?openId=%20",
        "?openid=a",
        "?openId=a&openId=b",
        &overlong,
    ] {
        let reply = fresh.server.client.get(&format!("/subscriptions{query}"));
        reply.refused(400, "invalidQuery", Some("openId"));
    }
}

#[test]
fn an_unknown_route_is_404() {
    let fresh = fresh();
    let client = &fresh.server.client;
    for path in ["/", "/subscriptions/", "/subscriptions/user-1", "/findcustomerpoptemplate"] {
        client.get(path).refused(404, "unknownRoute", None);
        post(client, path, b"{}").refused(404, "unknownRoute", None);
    }
}

#[test]
fn a_method_a_route_does_not_take_is_405_and_the_answer_says_which_it_takes() {
    let fresh = fresh();
    let client = &fresh.server.client;
    for path in POSTS {
        client.get(path).refused(405, "methodNotAllowed", None);
        client.send("PUT", path, &[JSON], b"{}").refused(405, "methodNotAllowed", None);
    }
    post(client, "/subscriptions?openId=a", b"{}").refused(405, "methodNotAllowed", None);

    let address = client.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "DELETE /popSubscribeResult HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 405 "), "{reply}");
    assert!(reply.to_ascii_lowercase().contains("\r\nallow: post\r\n"), "{reply}");
}

#[test]
fn a_failing_database_is_500_without_details() {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer());
    let connection = Connection::open(fresh.directory.database()).unwrap();
    connection.execute("UPDATE answers SET agree_template_ids = '[1]'", []).unwrap();
    let corrupt = client.get("/subscriptions?openId=user-1");
    connection.execute_batch("DROP TABLE answers; DROP TABLE templates").unwrap();
    let gone = [
        client.get("/subscriptions?openId=user-1"),
        client.report("report-2", &answer()),
        client.ask("支付成功"),
    ];
    for reply in gone.iter().chain([&corrupt]) {
        let message = reply.refused(500, "internal", None);
        assert_eq!(message, "the server could not do this; its log says why");
    }
}
