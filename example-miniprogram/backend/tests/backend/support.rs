//! Shared by all tests: a directory, a server in it, and a client.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{env, fs, io, process, thread};

use serde_json::{Value, json};
use tokio::sync::oneshot;
use ureq::Agent;
use ureq::http::Request;
use wx_subscribe::contract::IDEMPOTENCY_KEY;
use wx_subscribe_backend::{
    Account, Hosts, Identity, Limits, Sender, Settings, Store, only_for_hosts, router, serve,
};

use crate::contract;

/// A directory that is removed at the end of the test.
pub struct Directory(PathBuf);

impl Directory {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("backend-{}-{number}", process::id());
        let path = env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn database(&self) -> PathBuf {
        self.0.join("test.sqlite3")
    }
}

/// Opens eight stores on one database at the same time.
pub fn open_at_once(directory: &Directory) {
    thread::scope(|scope| {
        let opened: Vec<_> =
            (0..8).map(|_| scope.spawn(|| Store::open(&directory.database()))).collect();
        for store in opened {
            store.join().unwrap().unwrap();
        }
    });
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A response: status and body.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
}

impl Reply {
    /// Asserts a refusal; returns its message.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str, field: Option<&str>) -> &str {
        let message = self.body["error"]["message"].as_str().unwrap_or_default();
        let body = json!({"error": {"code": code, "field": field, "message": message}});
        assert_eq!(*self, Self { status, body });
        assert!(!message.is_empty(), "a refusal says why");
        message
    }

    #[track_caller]
    pub fn ok(&self, body: Value) {
        assert_eq!(*self, Self { status: 200, body });
    }
}

/// Calls a server at `url`. Every answer must be JSON.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    pub url: String,
}

impl Client {
    pub fn new(url: String) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)));
        Self { agent: config.build().into(), url }
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = self.agent.run(request.body(body).unwrap()).unwrap();
        assert_eq!(response.headers()["content-type"], "application/json");
        let status = response.status().as_u16();
        let reply = Reply { status, body: response.body_mut().read_json().unwrap() };
        if method == "POST" {
            let key = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(IDEMPOTENCY_KEY));
            contract::check(path, key.map(|(_, key)| *key), body, &reply);
        }
        reply
    }

    /// Status and body of an answer that need not be JSON.
    pub fn text(&self, method: &str, path: &str, body: &[u8]) -> (u16, String) {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        let mut response = self.agent.run(request.body(body).unwrap()).unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        let headers = [("Content-Type", "application/json")];
        self.send("POST", path, &headers, body.to_string().as_bytes())
    }

    pub fn ask(&self, trigger_act: &str) -> Reply {
        let body = json!({"triggerAct": trigger_act, "busNo": "SKU-1"});
        self.post("/findCustomerPopTemplate", &body)
    }

    pub fn report(&self, key: &str, answer: &Value) -> Reply {
        let headers = [("Content-Type", "application/json"), (IDEMPOTENCY_KEY, key)];
        self.send("POST", "/popSubscribeResult", &headers, answer.to_string().as_bytes())
    }

    /// A post with a key, and the `Retry-After` of its answer.
    pub fn post_with_retry_after(
        &self,
        path: &str,
        key: &str,
        body: &Value,
    ) -> (Reply, Option<String>) {
        let mut response = self.agent.run(self.keyed(path, key, body)).unwrap();
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.map(|value| value.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        (Reply { status, body: response.body_mut().read_json().unwrap() }, retry_after)
    }

    /// Posts a report to a server that may be gone; `None` without an answer.
    pub fn try_report(&self, key: &str, answer: &Value) -> Option<Reply> {
        let mut response = self.agent.run(self.keyed("/popSubscribeResult", key, answer)).ok()?;
        let status = response.status().as_u16();
        Some(Reply { status, body: response.body_mut().read_json().ok()? })
    }

    fn keyed(&self, path: &str, key: &str, body: &Value) -> Request<Vec<u8>> {
        Request::post(format!("{}{path}", self.url))
            .header("Content-Type", "application/json")
            .header(IDEMPOTENCY_KEY, key)
            .body(body.to_string().into_bytes())
            .unwrap()
    }

    /// The `data` of the answers of one user.
    #[track_caller]
    pub fn subscriptions(&self, open_id: &str) -> Vec<Value> {
        self.list(&format!("/subscriptions?openId={open_id}"))
    }

    /// The `data` of a list.
    #[track_caller]
    pub fn list(&self, path: &str) -> Vec<Value> {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.body.as_object().unwrap().len(), 1, "nothing beside `data`");
        reply.body["data"].as_array().unwrap().clone()
    }
}

/// A server inside the test; dropping it ends it.
pub struct Server {
    pub client: Client,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Server {
    pub fn start(database: &Path) -> Self {
        Self::sending(database, None)
    }

    /// A server that can send messages.
    pub fn sending(database: &Path, account: Option<Account>) -> Self {
        Self::over(Store::open(database).unwrap(), account)
    }

    /// A server over a store.
    pub fn over(store: Store, account: Option<Account>) -> Self {
        Self::within(Limits::default(), store, account)
    }

    /// A server with these limits, which trusts every openId.
    pub fn within(limits: Limits, store: Store, account: Option<Account>) -> Self {
        let settings = Settings { identity: Identity::TrustedOpenId, push: None };
        Self::serving(limits, store, account, settings)
    }

    /// A server with these settings.
    pub fn serving(
        limits: Limits,
        store: Store,
        account: Option<Account>,
        settings: Settings,
    ) -> Self {
        let sender = Sender::new(store, account).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let client = Client::new(format!("http://{address}"));
        let app = only_for_hosts(router(sender, settings), Hosts::new(address, Vec::new()));
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                serve(listener, app, limits, async {
                    let _ = stopped.await;
                })
                .await
            })
        });
        Self { client, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            if !thread::panicking() {
                ended.unwrap().unwrap();
            }
        }
    }
}

/// A server over a new database.
pub struct Fresh {
    // Dropped in this order: first the server, then its files.
    pub server: Server,
    pub directory: Directory,
}

pub fn fresh() -> Fresh {
    let directory = Directory::new();
    Fresh { server: Server::start(&directory.database()), directory }
}

/// A valid answer.
pub fn answer() -> Value {
    json!({
        "busNo": "SKU-1",
        "extraVariableMap": {"商品": "羽绒服", "price": 299.9},
        "openId": "user-1",
        "agreeTemplateIds": ["template-a"],
        "rejectTemplateIds": ["template-b"],
    })
}

/// [`answer`] with one member replaced or removed.
pub fn answer_with(member: &str, value: Option<Value>) -> Value {
    let mut answer = answer();
    let members = answer.as_object_mut().unwrap();
    assert!(members.remove(member).is_some(), "{member} is a member");
    if let Some(value) = value {
        members.insert(member.to_owned(), value);
    }
    answer
}
