//! Connections whose clients send nothing, or stop halfway.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use wx_subscribe_backend::{Limits, Store};

use crate::program::{Running, program_file};
use crate::support::{Client, Directory, Server, answer};

fn address(client: &Client) -> &str {
    client.url.strip_prefix("http://").unwrap()
}

/// A connection on which these bytes were written.
fn connection(client: &Client, start: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address(client)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(start.replace("HOST", address(client)).as_bytes()).unwrap();
    stream
}

const HALF_A_HEAD: &str = "POST /popSubscribeResult HTTP/1.1\r\nHost: HO";
const HALF_A_BODY: &str = "POST /popSubscribeResult HTTP/1.1\r\nHost: HOST\r\n\
    Content-Type: application/json\r\nIdempotency-Key: half\r\nContent-Length: 99\r\n\r\n{\"bus";
const WHOLE: &str = "GET /templates HTTP/1.1\r\nHost: HOST\r\n\r\n";

#[test]
fn four_hundred_connections_that_stop_halfway_do_not_keep_others_from_answers() {
    let directory = Directory::new();
    let mut program = Command::new("sh");
    program.args(["-c", r#"ulimit -n 256 && exec "$0" "$@""#]);
    program.arg(program_file());
    let mut running = Running::with(&directory, &mut program);
    let half_open: Vec<_> = ["", HALF_A_HEAD, HALF_A_BODY, WHOLE]
        .into_iter()
        .cycle()
        .take(400)
        .map(|start| connection(&running.client, start))
        .collect();
    let start = Instant::now();
    for number in 0..20 {
        // A new client, with a new connection.
        let client = Client::new(running.client.url.clone());
        let key = format!("report-{number}");
        client.report(&key, &answer()).ok(json!({"stored": true}));
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    drop(half_open);
    let (_, _, log) = running.end("TERM");
    assert!(!log.contains("cannot accept"), "{log}");
}

#[test]
fn with_fewer_descriptors_than_places_it_still_answers() {
    let directory = Directory::new();
    let mut program = Command::new("sh");
    program.args(["-c", r#"ulimit -n 64 && exec "$0" "$@""#]);
    program.arg(program_file());
    let running = Running::with(&directory, &mut program);
    let _half_open: Vec<_> = (0..100).map(|_| connection(&running.client, HALF_A_HEAD)).collect();
    let client = Client::new(running.client.url.clone());
    client.report("report-1", &answer()).ok(json!({"stored": true}));
}

/// A server that waits for clients for a second.
fn impatient() -> (Server, Directory) {
    let directory = Directory::new();
    let wait = Duration::from_secs(1);
    let limits = Limits { head: wait, body: wait, ..Limits::default() };
    let store = Store::open(&directory.database()).unwrap();
    (Server::within(limits, store, None), directory)
}

/// The bytes read until the server closes the connection, and the time.
fn read_to_end(mut stream: TcpStream) -> (String, Duration) {
    let start = Instant::now();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    (text, start.elapsed())
}

#[test]
fn a_head_that_does_not_come_in_time_ends_the_connection() {
    let (server, _directory) = impatient();
    for start in ["", HALF_A_HEAD] {
        let (text, time) = read_to_end(connection(&server.client, start));
        assert_eq!(text, "");
        assert!((700..9000).contains(&time.as_millis()), "{time:?}");
    }
}

#[test]
fn a_head_that_comes_byte_by_byte_gets_no_more_time() {
    let (server, _directory) = impatient();
    let mut stream = connection(&server.client, "GET /templates HTTP/1.1\r\nX: ");
    let start = Instant::now();
    while stream.write_all(b"x").is_ok() {
        assert!(start.elapsed() < Duration::from_secs(9), "still open");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_body_that_does_not_come_in_time_is_408_and_ends_the_connection() {
    let (server, _directory) = impatient();
    let (text, time) = read_to_end(connection(&server.client, HALF_A_BODY));
    assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
    assert!(text.contains("incompleteBody"), "{text}");
    assert!((700..9000).contains(&time.as_millis()), "{time:?}");
}

#[test]
fn a_connection_that_is_idle_after_an_answer_is_closed_in_time() {
    let (server, _directory) = impatient();
    let (text, time) = read_to_end(connection(&server.client, WHOLE));
    assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
    assert!((700..9000).contains(&time.as_millis()), "{time:?}");
}

#[test]
fn a_kept_connection_serves_again_while_it_is_in_time() {
    let (server, _directory) = impatient();
    let mut stream = connection(&server.client, WHOLE);
    for _ in 0..4 {
        thread::sleep(Duration::from_millis(400));
        let again = WHOLE.replace("HOST", address(&server.client));
        stream.write_all(again.as_bytes()).unwrap();
    }
    let (text, _) = read_to_end(stream);
    assert_eq!(text.matches("HTTP/1.1 200 ").count(), 5);
}
