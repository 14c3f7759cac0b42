//! How many answers per second are stored, with and without shared commits. Not
//! part of a usual run, as it takes some seconds:
//!
//! `cargo test --release --target host-tuple -p wx-subscribe-backend -- --ignored --nocapture answers_that_share`

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::num::NonZeroUsize;
use std::thread;
use std::time::{Duration, Instant};

use wx_subscribe_backend::Store;

use crate::support::{Directory, Server, answer};

const CONNECTIONS: usize = 16;
const LENGTH: Duration = Duration::from_secs(2);

/// Posts reports on one connection, each after the previous answer; returns how
/// many were stored.
fn post(address: &str, name: &str, end: Instant) -> u32 {
    let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
    stream.get_ref().set_nodelay(true).unwrap();
    let body = answer().to_string();
    let length = body.len();
    let mut count = 0;
    while Instant::now() < end {
        let request = format!(
            "POST /popSubscribeResult HTTP/1.1\r\nHost: {address}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: {name}-{count}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut reply = [0; 15];
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            assert!(stream.read_line(&mut line).unwrap() > 0);
        }
        stream.read_exact(&mut reply).unwrap();
        assert_eq!(&reply, br#"{"stored":true}"#);
        count += 1;
    }
    count
}

/// How many answers per second a new database stores.
fn rate(sharing: usize) -> f64 {
    let directory = Directory::new();
    let sharing = NonZeroUsize::new(sharing).unwrap();
    let store = Store::open_sharing(&directory.database(), sharing).unwrap();
    let server = Server::over(store, None);
    let address = server.client.url.strip_prefix("http://").unwrap();
    let start = Instant::now();
    let stored: u32 = thread::scope(|scope| {
        let posting: Vec<_> = (0..CONNECTIONS)
            .map(|name| scope.spawn(move || post(address, &name.to_string(), start + LENGTH)))
            .collect();
        posting.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    f64::from(stored) / start.elapsed().as_secs_f64()
}

#[test]
#[ignore = "measures for some seconds"]
fn answers_that_share_a_commit_are_stored_at_least_three_times_as_fast() {
    let mut measured: Vec<_> = (0..3).map(|_| (rate(1), rate(256))).collect();
    for (alone, shared) in &measured {
        println!(
            "{CONNECTIONS} connections: {alone:.0}/s with a commit each, {shared:.0}/s sharing \
             commits, {:.1} times as many",
            shared / alone
        );
    }
    measured.sort_by(|one, other| (one.1 / one.0).total_cmp(&(other.1 / other.0)));
    let (alone, shared) = measured[1];
    assert!(shared >= 3.0 * alone, "{shared:.0}/s is less than three times {alone:.0}/s");
}
