//! Requests that name another host, as in DNS rebinding.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::program::{Running, program};
use crate::support::{Client, Directory};

/// The status of a request with these lines after its first.
fn status(client: &Client, target: &str, lines: &[&str]) -> String {
    let mut stream = TcpStream::connect(client.url.strip_prefix("http://").unwrap()).unwrap();
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let request = format!("GET {target} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let refused = reply.contains(r#""code":"foreignHost","field":"Host""#);
    assert_eq!(reply.starts_with("HTTP/1.1 421 "), refused, "{reply}");
    reply.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn only_requests_to_a_name_of_this_machine_are_answered() {
    let directory = Directory::new();
    let running = Running::start(&directory);
    let client = &running.client;
    let port = client.url.rsplit(':').next().unwrap();
    let of = |host: &str| {
        let host = host.replace("PORT", port);
        status(client, "/templates", &[&format!("Host: {host}")])
    };
    for host in ["127.0.0.1:PORT", "localhost:PORT", "[::1]:PORT"] {
        assert_eq!(of(host), "200", "{host}");
    }
    for host in ["evil.example:PORT", "evil.example", "127.0.0.1", "localhost:1", "", "a"] {
        assert_eq!(of(host), "421", "{host}");
    }
    assert_eq!(status(client, "/templates", &[]), "421");
    let host = format!("Host: localhost:{port}");
    assert_eq!(status(client, "/templates", &[&host, "Host: evil.example"]), "421");
    let target = format!("http://evil.example:{port}/templates");
    assert_eq!(status(client, &target, &[&host]), "421");
    assert_eq!(status(client, "/no/such/route", &["Host: evil.example"]), "421");
}

#[test]
fn a_public_host_is_answered_where_it_is_allowed() {
    let directory = Directory::new();
    let hosts = ["--public-host", "shop.example.com", "--public-host", "shop.example.com:8443"];
    let running = Running::with(&directory, program().args(hosts));
    for (host, expected) in [
        ("shop.example.com", "200"),
        ("Shop.Example.com:8443", "200"),
        ("shop.example.com:1", "421"),
        ("example.com", "421"),
    ] {
        let line = format!("Host: {host}");
        assert_eq!(status(&running.client, "/templates", &[&line]), expected, "{host}");
    }
    running.client.list("/templates");
}
