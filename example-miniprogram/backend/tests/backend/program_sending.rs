//! The program while it sends: killed, asked to stop, its client gone.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::json;

use crate::gateway::{Act, Gateway, SECRET, SEND, SHIPPED, TOKEN, accept, words};
use crate::program::{Running, is_of, program};
use crate::support::{Client, Directory, answer_with};

/// A program that sends through a gateway.
fn sending(directory: &Directory, gateway: &Gateway) -> Running {
    let appid = ["--appid", "wx0123456789abcdef", "--wechat-api", &gateway.url];
    Running::with(directory, program().args(appid).env("WECHAT_SECRET", SECRET))
}

/// A program with one grant, whose client has asked for a message and
/// disconnected. The gateway has received the first request to `path`, and
/// follows its action.
fn under_way(path: &'static str, act: Act) -> (Running, Directory, Gateway) {
    let (directory, gateway) = (Directory::new(), Gateway::start());
    let running = sending(&directory, &gateway);
    accept(&running.client, "report-1", "order-1", &[SHIPPED]);
    gateway.next(path, [act]);
    ask_and_leave(&running.client);
    gateway.await_requests(path, 1);
    (running, directory, gateway)
}

/// The states of the user's grants, and the statuses of the messages.
fn states(client: &Client) -> (Vec<String>, Vec<String>) {
    let list = |path: &str| client.list(&format!("/{path}?openId=user-1"));
    (words(&list("grants"), "state"), words(&list("messages"), "status"))
}

/// Posts a request for a message, and disconnects before the answer.
fn ask_and_leave(client: &Client) {
    let body = r#"{"openId": "user-1", "occasion": "shipped"}"#;
    let address = client.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /sendMessage HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n"
    );
    let length = body.len();
    stream.write_all(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes()).unwrap();
    // The answer is not read; dropping closes the connection.
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(stream.read(&mut [0]).is_err(), "no answer yet");
}

#[test]
fn a_kill_while_a_message_goes_out_leaves_its_outcome_unknown() {
    let (mut running, directory, gateway) = under_way(SEND, Act::Hold);
    running.end("KILL");

    let mut again = sending(&directory, &gateway);
    assert_eq!(states(&again.client), (vec!["unknown".into()], vec!["unknown".into()]));
    let asked = json!({"openId": "user-1", "occasion": "shipped"});
    assert_eq!(again.client.post("/sendMessage", &asked).body["status"], "noGrant");
    assert_eq!(gateway.requests(SEND).len(), 1);
    let (_, _, log) = again.end("TERM");
    assert!(log.contains("whose outcome is unknown: 1"), "{log}");
}

#[test]
fn a_kill_before_a_message_goes_out_gives_the_grant_back() {
    let (mut running, directory, gateway) = under_way(TOKEN, Act::Hold);
    running.end("KILL");

    let again = sending(&directory, &gateway);
    assert_eq!(states(&again.client), (vec!["open".into()], vec!["failed".into()]));
    let asked = json!({"openId": "user-1", "occasion": "shipped"});
    assert_eq!(again.client.post("/sendMessage", &asked).body["status"], "sent");
}

#[test]
fn sigterm_lets_a_message_end_even_if_its_client_has_left() {
    let (mut running, directory, gateway) = under_way(SEND, Act::Late(Duration::from_secs(2)));
    assert_eq!(running.end("TERM").0, Some(0));

    let again = sending(&directory, &gateway);
    assert_eq!(states(&again.client), (vec!["spent".into()], vec!["sent".into()]));
}

#[test]
fn a_message_that_does_not_end_does_not_keep_the_program_alive() {
    let (mut running, directory, gateway) = under_way(SEND, Act::Hold);
    assert_eq!(running.end("TERM").0, Some(0));
    let again = sending(&directory, &gateway);
    assert_eq!(states(&again.client), (vec!["unknown".into()], vec!["unknown".into()]));
}

#[test]
fn neither_log_nor_answers_hold_the_open_id_the_token_or_the_secret() {
    let open_id = "oSECRET-0123456789";
    let directory = Directory::new();
    let gateway = Gateway::start();
    let mut running = sending(&directory, &gateway);
    for number in 0..5 {
        let mut answer = answer_with("openId", Some(json!(open_id)));
        answer["agreeTemplateIds"] = json!([SHIPPED]);
        running.client.report(&format!("report-{number}"), &answer).ok(json!({"stored": true}));
    }
    let told = format!("{open_id} TOKEN-0 {SECRET}");
    gateway.next(
        SEND,
        [
            Act::Code(40003, told.clone()),
            Act::Code(99999, told.clone()),
            Act::Raw(200, told.clone()),
            Act::Raw(502, told.clone()),
            Act::Drop,
        ],
    );
    let mut heard = String::new();
    for _ in 0..5 {
        let asked = json!({"openId": open_id, "occasion": "shipped"});
        heard += &running.client.post("/sendMessage", &asked).body.to_string();
    }
    for list in ["grants", "messages"] {
        heard += &running.client.get(&format!("/{list}?openId={open_id}")).body.to_string();
    }
    running.client.get(&format!("/grants/{open_id}"));
    let connection = Connection::open(directory.database()).unwrap();
    connection.execute_batch("DROP TABLE messages").unwrap();
    let asked = json!({"openId": open_id, "occasion": "shipped"});
    running.client.post("/sendMessage", &asked).refused(500, "internal", None);

    let (_, _, log) = running.end("TERM");
    for part in ["BadOpenId, code 40003", "OutcomeUnknown"] {
        assert!(log.contains(part), "{part}: {log}");
    }
    assert!(log.lines().any(|line| is_of(line, "POST", "/sendMessage", 200)), "{log}");
    assert!(log.lines().any(|line| is_of(line, "GET", "/grants", 200)), "{log}");
    for word in ["SECRET", "TOKEN"] {
        assert!(!log.contains(word), "{log}");
        assert!(!heard.contains(word), "{heard}");
    }
}

#[test]
fn the_secret_comes_from_a_file_or_the_environment() {
    let (directory, gateway) = (Directory::new(), Gateway::start());
    let file = directory.database().with_file_name("secret");
    fs::write(&file, format!("{SECRET}\n")).unwrap();
    let appid = ["--appid", "wx0123456789abcdef", "--wechat-api", &gateway.url, "--secret-file"];
    let mut command = program();
    command.args(appid).arg(&file).args(["--miniprogram-state", "developer"]);
    // The file goes before the environment.
    let running = Running::with(&directory, command.env("WECHAT_SECRET", "of another account"));
    accept(&running.client, "report-1", "order-1", &[SHIPPED]);
    let asked = json!({"openId": "user-1", "occasion": "shipped"});
    assert_eq!(running.client.post("/sendMessage", &asked).body["status"], "sent");
    assert_eq!(gateway.bodies(SEND)[0]["miniprogram_state"], "developer");
}
