//! A fake of WeChat's server API: strict about requests, and able to fail in
//! every way.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use wx_subscribe_backend::{Account, Secret, Timing};

use crate::support::{Client, Directory, Server, answer};

pub const SECRET: &str = "SECRET-of-the-account";
pub const PRICE_DROP: &str = "example-price-drop_000000000000000000000001";
pub const SHIPPED: &str = "example-order-shipped_000000000000000000006";
pub const REFUNDED: &str = "example-refunded_00000000000000000000000014";

/// What to do with the next request.
#[derive(Clone)]
pub enum Act {
    /// The usual.
    Usual,
    /// The usual answer, after some time.
    Late(Duration),
    /// An error code with a text.
    Code(i64, String),
    /// Any HTTP status and body.
    Raw(u16, String),
    /// Close the connection without an answer.
    Drop,
    /// Close it in the middle of the answer.
    BreakOff,
    /// Wait for [`Gateway::release`], then the usual answer.
    Hold,
}

#[derive(Default)]
struct State {
    /// The next actions for each path.
    acts: HashMap<&'static str, VecDeque<Act>>,
    /// The bodies received at each path, with their tokens.
    requests: HashMap<&'static str, Vec<(String, Value)>>,
    token: u32,
    expires_in: u64,
    msgid: u64,
    released: bool,
}

/// A gateway on a free port.
#[derive(Clone)]
pub struct Gateway {
    pub url: String,
    state: Arc<(Mutex<State>, Condvar)>,
}

pub const SIGN_IN: &str = "/sns/jscode2session";
pub const TOKEN: &str = "/cgi-bin/stable_token";
pub const SEND: &str = "/cgi-bin/message/subscribe/send";

impl Gateway {
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let gateway = Self { url, state: Arc::default() };
        gateway.state().expires_in = 7200;
        let answering = gateway.clone();
        // It runs as long as the test program; nothing waits for it.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let gateway = answering.clone();
                thread::spawn(move || gateway.answer(stream.unwrap()));
            }
        });
        gateway
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.0.lock().unwrap()
    }

    /// Sets the actions for the next requests to a path.
    pub fn next(&self, path: &'static str, acts: impl IntoIterator<Item = Act>) {
        self.state().acts.entry(path).or_default().extend(acts);
    }

    pub fn code(&self, path: &'static str, code: i64) {
        self.next(path, [Act::Code(code, format!("code {code} rid: 1a2b"))]);
    }

    /// Ends the current token, as another server does that forces a new one.
    pub fn end_token(&self) {
        self.state().token += 1;
    }

    /// The life of the next tokens, in seconds.
    pub fn tokens_live(&self, seconds: u64) {
        self.state().expires_in = seconds;
    }

    /// Continues held requests.
    pub fn release(&self) {
        self.state().released = true;
        self.state.1.notify_all();
    }

    /// The bodies received at a path.
    pub fn bodies(&self, path: &str) -> Vec<Value> {
        self.requests(path).into_iter().map(|(_, body)| body).collect()
    }

    /// The query and the body of each request to a path.
    pub fn requests(&self, path: &str) -> Vec<(String, Value)> {
        self.state().requests.get(path).cloned().unwrap_or_default()
    }

    /// Waits until a path has received this many requests.
    pub fn await_requests(&self, path: &str, count: usize) {
        for _ in 0..1000 {
            if self.requests(path).len() >= count {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("{count} requests to {path} did not come");
    }

    fn answer(&self, mut stream: TcpStream) {
        let Some((path, query, body)) = read(&stream) else { return };
        let path = match path.as_str() {
            TOKEN => TOKEN,
            SEND => SEND,
            SIGN_IN => SIGN_IN,
            _ => return write(&mut stream, 404, "<h1>not found</h1>"),
        };
        let act = {
            let mut state = self.state();
            state.requests.entry(path).or_default().push((query.clone(), body.clone()));
            state.acts.entry(path).or_default().pop_front().unwrap_or(Act::Usual)
        };
        match act {
            Act::Usual => (),
            Act::Late(delay) => thread::sleep(delay),
            Act::Code(code, text) => {
                let body = json!({"errcode": code, "errmsg": text}).to_string();
                return write(&mut stream, 200, &body);
            }
            Act::Raw(status, body) => return write(&mut stream, status, &body),
            Act::Drop => return,
            Act::BreakOff => {
                let _ =
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"errcode\"");
                return;
            }
            Act::Hold => {
                let state = self.state();
                drop(self.state.1.wait_while(state, |state| !state.released).unwrap());
            }
        }
        let body = self.usual(path, &query, &body);
        write(&mut stream, 200, &body.to_string());
    }

    fn usual(&self, path: &str, query: &str, body: &Value) -> Value {
        let mut state = self.state();
        if path == SIGN_IN {
            // A code such as `code-of-user-1` is of that user.
            let start = format!("appid=wx0123456789abcdef&secret={SECRET}&js_code=");
            let code = query.strip_prefix(&start);
            let code = code.and_then(|rest| rest.strip_suffix("&grant_type=authorization_code"));
            return match code.and_then(|code| code.strip_prefix("code-of-")) {
                Some(user) => json!({"openid": user, "session_key": "SESSION-KEY-SECRET"}),
                None => json!({"errcode": 40029, "errmsg": "invalid code, rid: 1a2b"}),
            };
        }
        if path == TOKEN {
            let asked = json!({"grant_type": "client_credential", "appid": "wx0123456789abcdef",
                "secret": SECRET, "force_refresh": false});
            if *body != asked {
                return json!({"errcode": 40125, "errmsg": "invalid appsecret"});
            }
            return json!({"access_token": format!("TOKEN-{}", state.token), "expires_in": state.expires_in});
        }
        if query != format!("access_token=TOKEN-{}", state.token) {
            return json!({"errcode": 40001, "errmsg": "invalid credential, access_token is invalid"});
        }
        for (key, value) in body["data"].as_object().unwrap() {
            let members = value.as_object().unwrap();
            let value = members["value"].as_str().unwrap();
            if members.len() != 1 || !may_hold(key, value) {
                let text = format!("argument invalid! data.{key}.value invalid");
                return json!({"errcode": 47003, "errmsg": text});
            }
        }
        state.msgid += 1;
        json!({"errcode": 0, "errmsg": "ok", "msgid": state.msgid})
    }
}

/// WeChat's limits, implemented independently of the program.
fn may_hold(key: &str, value: &str) -> bool {
    let chars: Vec<char> = value.chars().collect();
    let han = |c: &char| ('一'..='\u{9fff}').contains(c);
    !chars.is_empty()
        && !chars.iter().any(|c| c.is_control())
        && match key.trim_end_matches(char::is_numeric) {
            "thing" => chars.len() <= 20,
            "character_string" => chars.len() <= 32 && value.is_ascii(),
            "phrase" => chars.len() <= 5 && chars.iter().all(han),
            "amount" => value
                .strip_prefix('¥')
                .is_some_and(|rest| rest.len() <= 11 && rest.parse::<f64>().is_ok()),
            "time" => chars.len() == 17 && value.contains('年') && value.contains(':'),
            kind => panic!("no seeded field is a {kind}"),
        }
}

/// Reads one request: path, query, JSON body.
fn read(stream: &TcpStream) -> Option<(String, String, Value)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (method, target) = line.strip_suffix(" HTTP/1.1\r\n")?.split_once(' ')?;
    let (is_get, target) = (method == "GET", target.to_owned());
    let (mut length, mut json, mut host) = (0, false, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "content-type" => json = value == "application/json",
            "host" => host = value.starts_with("127.0.0.1:"),
            _ => (),
        }
    }
    assert!(json != is_get && host, "{target} is JSON and names its host");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let body = if is_get { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    Some((path.to_owned(), query.to_owned(), body))
}

fn write(stream: &mut TcpStream, status: u16, body: &str) {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nLocation: /other\r\n\r\n");
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}

/// A server that sends through a gateway, over a new database.
pub struct Shop {
    // Dropped in this order: first the server, then its files.
    pub server: Server,
    pub directory: Directory,
    pub gateway: Gateway,
}

pub fn account(api: &str) -> Account {
    Account {
        appid: "wx0123456789abcdef".to_owned(),
        secret: Secret::new(SECRET),
        api: api.parse().unwrap(),
        miniprogram_state: "trial".to_owned(),
        timing: Timing {
            answer: Duration::from_millis(1500),
            busy: [10, 20, 40].map(Duration::from_millis).to_vec(),
            ..Timing::default()
        },
    }
}

pub fn shop() -> Shop {
    let gateway = Gateway::start();
    shop_at(&gateway.url.clone(), gateway)
}

/// A shop whose API is at another address than the gateway's.
pub fn shop_at(api: &str, gateway: Gateway) -> Shop {
    let directory = Directory::new();
    let server = Server::sending(&directory.database(), Some(account(api)));
    Shop { server, directory, gateway }
}

impl Shop {
    pub fn client(&self) -> &Client {
        &self.server.client
    }

    /// Accepts templates for something, as one answer.
    pub fn accept(&self, key: &str, bus_no: &str, templates: &[&str]) {
        accept(self.client(), key, bus_no, templates);
    }

    /// Sends to the only user; returns the result.
    #[track_caller]
    pub fn send(&self, occasion: &str) -> Value {
        let reply =
            self.client().post("/sendMessage", &json!({"openId": "user-1", "occasion": occasion}));
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body
    }

    /// Sends concurrently, one message per thread; returns the statuses.
    pub fn send_at_once(&self, count: usize) -> Vec<String> {
        let start = Barrier::new(count);
        let send = || {
            start.wait();
            self.send("shipped")["status"].as_str().unwrap().to_owned()
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..count).map(|_| scope.spawn(send)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    /// The states of the user's grants.
    #[track_caller]
    pub fn states(&self) -> Vec<String> {
        words(&self.client().list("/grants?openId=user-1"), "state")
    }

    /// The user's messages.
    #[track_caller]
    pub fn messages(&self) -> Vec<Value> {
        self.client().list("/messages?openId=user-1")
    }
}

pub fn accept(client: &Client, key: &str, bus_no: &str, templates: &[&str]) {
    let mut answer = answer();
    answer["busNo"] = json!(bus_no);
    answer["agreeTemplateIds"] = json!(templates);
    client.report(key, &answer).ok(json!({"stored": true}));
}

pub fn words(list: &[Value], member: &str) -> Vec<String> {
    list.iter().map(|entry| entry[member].as_str().unwrap().to_owned()).collect()
}
