//! The SDK drops a report on some codes: the back end must use them only for
//! the report itself.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use rusqlite::Connection;

use crate::support::{answer, fresh};

/// On these the SDK drops a report; on all others it keeps it.
const DROPS: [u16; 7] = [400, 409, 410, 413, 414, 415, 422];

#[test]
fn what_is_not_the_reports_fault_never_has_a_code_that_drops_it() {
    let fresh = fresh();
    let client = &fresh.server.client;
    let kept = |what: &str, status: u16, expected: u16| {
        assert_eq!(status, expected, "{what}");
        assert!(!DROPS.contains(&status), "{what}");
    };
    let json = [("Content-Type", "application/json"), ("Idempotency-Key", "report-1")];
    let body = answer().to_string();
    let send = |method: &str, path: &str| client.send(method, path, &json, body.as_bytes()).status;
    kept("another path", send("POST", "/v2/popSubscribeResult"), 404);
    kept("another method", send("PUT", "/popSubscribeResult"), 405);
    kept("a scene the operator removed", client.ask("没有的场景").status, 404);
    let elsewhere = [json[0], json[1], ("Host", "evil.example")];
    let reply = client.send("POST", "/popSubscribeResult", &elsewhere, body.as_bytes());
    kept("another host", reply.status, 421);

    let other = Connection::open(fresh.directory.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    kept("a locked database", client.report("report-1", &answer()).status, 503);
    other.execute_batch("ROLLBACK; ALTER TABLE answers RENAME TO elsewhere").unwrap();
    kept("a database in disorder", client.report("report-1", &answer()).status, 500);
    other.execute_batch("ALTER TABLE elsewhere RENAME TO answers").unwrap();
    assert_eq!(client.report("report-1", &answer()).status, 200, "the same report, later");
}

#[test]
fn a_body_that_a_connection_cut_short_is_not_called_bad_json() {
    let fresh = fresh();
    let address = fresh.server.client.url.strip_prefix("http://").unwrap();
    for rest in ["Content-Length: 99\r\n\r\n{\"busNo\"", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"]
    {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = "POST /popSubscribeResult HTTP/1.1\r\nContent-Type: application/json";
        let request = format!("{head}\r\nHost: {address}\r\nIdempotency-Key: report-1\r\n{rest}");
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 408 "), "{reply}");
    }
}
