//! The program itself: its options, its output, its exit.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use rusqlite::Connection;
use serde_json::json;

use crate::support::{Client, Directory, answer, answer_with};

pub fn program() -> Command {
    Command::new(program_file())
}

/// Cargo names the program at run time, too. The constant is the place where this
/// test was compiled, and in a copied checkout the program of the other one.
pub fn program_file() -> OsString {
    env::var_os("CARGO_BIN_EXE_wx-subscribe-backend").expect("run by cargo 1.94 or newer")
}

/// A running program, killed at the end of the test if it is still there.
pub struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub client: Client,
}

impl Running {
    pub fn start(directory: &Directory) -> Self {
        Self::with(directory, &mut program())
    }

    /// A program with these options and this environment. It trusts every openId,
    /// unless it has a public host.
    pub fn with(directory: &Directory, program: &mut Command) -> Self {
        if !program.get_args().any(|argument| argument == "--public-host") {
            program.arg("--trust-open-id");
        }
        let mut child = program
            .args(["--port", "0", "--database"])
            .arg(directory.database())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let url = line
            .strip_prefix("listening on ")
            .and_then(|rest| rest.strip_suffix('\n'))
            .unwrap_or_else(|| panic!("unexpected line {line:?}"));
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        let client = Client::new(url.to_owned());
        Self { child, stdout, client }
    }

    /// Its stderr, which [`Self::end`] then no longer reads.
    pub fn stderr(&mut self) -> ChildStderr {
        self.child.stderr.take().unwrap()
    }

    /// Ends the program like `kill`; returns its exit code, its stdout after
    /// the first line, and its stderr.
    pub fn end(&mut self, signal: &str) -> (Option<i32>, String, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let deadline = Instant::now() + Duration::from_secs(10);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "still running after {signal}");
            thread::sleep(Duration::from_millis(10));
        };
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        if let Some(mut log) = self.child.stderr.take() {
            log.read_to_string(&mut stderr).unwrap();
        }
        (status.code(), stdout, stderr)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_program_says_where_it_listens_and_sigterm_or_ctrl_c_ends_it() {
    let directory = Directory::new();
    let mut running = Running::start(&directory);
    running.client.report("report-1", &answer()).ok(json!({"stored": true}));
    let (code, stdout, _) = running.end("TERM");
    assert_eq!((code, stdout.as_str()), (Some(0), ""));

    let mut again = Running::start(&directory);
    again.client.report("report-1", &answer()).ok(json!({"stored": false}));
    let (code, stdout, _) = again.end("INT");
    assert_eq!((code, stdout.as_str()), (Some(0), ""));
}

#[test]
fn an_acknowledged_answer_survives_a_kill() {
    let directory = Directory::new();
    let mut running = Running::start(&directory);
    running.client.report("report-1", &answer()).ok(json!({"stored": true}));
    running.end("KILL");
    let again = Running::start(&directory);
    assert_eq!(again.client.subscriptions("user-1").len(), 1);
}

#[test]
fn clients_that_are_silent_or_stop_halfway_do_not_keep_the_program_alive() {
    let directory = Directory::new();
    let mut running = Running::start(&directory);
    let connect =
        || TcpStream::connect(running.client.url.strip_prefix("http://").unwrap()).unwrap();
    let (silent, mut halfway) = (connect(), connect());
    halfway
        .write_all(b"POST /popSubscribeResult HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
        .unwrap();
    running.client.ask("支付成功");
    assert_eq!(running.end("TERM").0, Some(0));
    drop((silent, halfway));
}

/// Whether a line of the log is of such a request.
pub fn is_of(line: &str, method: &str, route: &str, status: u16) -> bool {
    let at = line.as_bytes();
    at.first().is_some_and(u8::is_ascii_digit)
        && line.contains(&format!("request{{method={method} path=\"{route}\"}}"))
        && line.contains(&format!("status={status}"))
        && line.contains("latency=")
}

#[test]
fn the_log_tells_of_requests_and_failures_but_holds_no_open_id() {
    let secret = "oSECRET-0123456789";
    let directory = Directory::new();
    let mut running = Running::start(&directory);
    let client = &running.client;
    let of_secret = answer_with("openId", Some(json!(secret)));
    client.report("report-1", &of_secret).ok(json!({"stored": true}));
    client.report("report-1", &answer_with("openId", Some(json!("o2")))).refused(
        409,
        "conflict",
        Some("Idempotency-Key"),
    );
    client.report("report-2", &answer_with("openId", Some(json!([secret]))));
    client.get(&format!("/subscriptions?openId={secret}"));
    client.get(&format!("/subscriptions/{secret}"));
    let connection = Connection::open(directory.database()).unwrap();
    connection
        .execute(
            "UPDATE answers SET agree_template_ids = json_array(json_object('a', ?1))",
            [secret],
        )
        .unwrap();
    client.get(&format!("/subscriptions?openId={secret}")).refused(500, "internal", None);
    connection.execute("DROP TABLE answers", []).unwrap();
    client.report("report-3", &of_secret).refused(500, "internal", None);

    let (_, _, log) = running.end("TERM");
    assert!(log.lines().any(|line| is_of(line, "POST", "/popSubscribeResult", 409)), "{log}");
    assert!(log.contains("internal error: the column agree_template_ids "), "{log}");
    assert!(log.contains("internal error: no such table: answers"), "{log}");
    assert!(!log.contains("SECRET"), "{log}");
}

#[test]
fn a_log_that_nobody_reads_keeps_no_request_from_its_answer_and_later_says_what_is_missing() {
    const REQUESTS: usize = 8000;
    let directory = Directory::new();
    let mut running = Running::start(&directory);
    let address = running.client.url.strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let request = format!("GET /nowhere HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let mut reply = [0; 4096];
    for number in 0..REQUESTS {
        stream.write_all(request.as_bytes()).unwrap();
        let read = stream.read(&mut reply).unwrap_or_else(|_| panic!("no answer to {number}"));
        assert!(reply[..read].starts_with(b"HTTP/1.1 404 "));
    }
    let mut log = running.stderr();
    let reading = thread::spawn(move || {
        let mut text = String::new();
        log.read_to_string(&mut text).unwrap();
        text
    });
    running.client.ask("支付成功");
    assert_eq!(running.end("TERM").0, Some(0));
    let log = reading.join().unwrap();
    let of_requests = log.lines().filter(|line| is_of(line, "GET", "(unknown route)", 404)).count();
    let dropped: usize = log
        .lines()
        .filter_map(|line| {
            line.split_once(" lines dropped")?.0.rsplit(' ').next()?.parse::<usize>().ok()
        })
        .sum();
    let asked =
        log.lines().filter(|line| is_of(line, "POST", "/findCustomerPopTemplate", 200)).count();
    assert!(dropped > 0, "{log}");
    assert_eq!(of_requests + dropped + asked, REQUESTS + 1);
}

#[test]
fn a_log_that_nobody_reads_does_not_keep_the_program_alive() {
    let directory = Directory::new();
    let mut running = Running::start(&directory);
    let _unread = running.stderr();
    for _ in 0..4000 {
        running.client.get("/nowhere").refused(404, "unknownRoute", None);
    }
    assert_eq!(running.end("TERM").0, Some(0));
}

/// Runs the program in cases in which it must exit by itself.
fn fails<I: AsRef<OsStr>>(arguments: &[I]) -> (Option<i32>, String) {
    let mut program = program();
    program.args(arguments).env_remove("WECHAT_SECRET");
    let Output { status, stdout, stderr } = program.output().unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert!(stdout.is_empty());
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    (status.code(), stderr)
}

#[test]
fn a_wrong_option_is_one_line_and_exit_code_2() {
    let wrong: [(&[&str], &str); 21] = [
        (&["--prot", "1"], "--prot"),
        (&["--port"], "--port"),
        (&["--port", "65536"], "--port 65536"),
        (&["--port", "-1"], "--port -1"),
        (&["--port", ""], "--port"),
        (&["--appid", "a", "--push-mode", "aes"], "--push-mode aes"),
        (&["--push-mode", "secure"], "--appid"),
        (&["--trust-open-id=1"], "--trust-open-id"),
        (&["--trust-open-id", "--public-host", "a"], "--public-host"),
        (&["--database"], "--database"),
        (&["--database", ""], "--database"),
        (&["8787"], "8787"),
        (&["--appid", " "], "--appid"),
        (&["--wechat-api", "http://127.0.0.1:1"], "--appid"),
        (&["--secret-file", "secret"], "--appid"),
        (&["--public-host", " "], "--public-host"),
        (&["--appid", "a", "--wechat-api", "http://api.weixin.qq.com"], "loopback"),
        (&["--appid", "a", "--wechat-api", "ftp://a"], "--wechat-api"),
        (&["--appid", "a", "--wechat-api", "api.weixin.qq.com"], "--wechat-api"),
        (&["--appid", "a", "--wechat-api", "https://a/?b=c"], "--wechat-api"),
        (&["--appid", "a", "--miniprogram-state", "released"], "released"),
    ];
    for (arguments, named) in wrong {
        let (code, line) = fails(arguments);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(line.contains(named), "{line}");
    }
}

#[test]
fn a_busy_port_is_one_line_and_exit_code_1_and_touches_no_database() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let directory = Directory::new();
    let database = directory.database();
    let (code, line) =
        fails(&[OsStr::new("--port"), port.as_ref(), "--database".as_ref(), database.as_ref()]);
    assert_eq!(code, Some(1));
    assert!(line.contains(&format!("127.0.0.1:{port}")), "{line}");
    assert!(!database.exists());
}

#[test]
fn an_unusable_database_is_one_line_and_exit_code_1() {
    let directory = Directory::new();
    let database = directory.database().join("no such directory");
    let (code, line) =
        fails(&[OsStr::new("--port"), "0".as_ref(), "--database".as_ref(), database.as_ref()]);
    assert_eq!(code, Some(1));
    assert!(line.contains(database.to_str().unwrap()), "{line}");
}

#[test]
fn an_account_without_a_secret_is_one_line_and_exit_code_1() {
    let directory = Directory::new();
    let database = directory.database();
    let missing = database.with_file_name("missing");
    let empty = database.with_file_name("empty");
    fs::write(&empty, " \n").unwrap();
    for (more, named) in [
        (vec![], "WECHAT_SECRET"),
        (vec![OsStr::new("--secret-file"), missing.as_ref()], "missing"),
        (vec![OsStr::new("--secret-file"), empty.as_ref()], "holds no secret"),
    ] {
        let mut arguments: Vec<&OsStr> =
            ["--appid", "wx1", "--port", "0", "--database"].map(OsStr::new).to_vec();
        arguments.push(database.as_ref());
        arguments.extend(more);
        let (code, line) = fails(&arguments);
        assert_eq!(code, Some(1));
        assert!(line.contains(named), "{line}");
    }
}

#[test]
fn help_names_every_option_and_exits_with_0() {
    let output = program().arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for part in [
        "--port",
        "--database",
        "8787",
        "subscriptions.sqlite3",
        "--appid",
        "--secret-file",
        "WECHAT_SECRET",
        "--wechat-api",
        "https://api.weixin.qq.com",
        "--miniprogram-state",
        "--public-host",
        "--push-mode",
        "WECHAT_PUSH_TOKEN",
        "WECHAT_PUSH_AES_KEY",
        "--trust-open-id",
        "--version",
    ] {
        assert!(help.contains(part), "{part}");
    }
}

#[test]
fn version_is_one_line_and_exits_with_0() {
    let output = program().arg("--version").output().unwrap();
    let version = format!("wx-subscribe-backend {}\n", env!("CARGO_PKG_VERSION"));
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), version);
}
