//! The programs of `example-miniprogram/simulator`, which run in Node. The
//! `program` they are given is the built back end.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::backend;
use crate::tools::browser;
use crate::tools::run::{node, root, shown};

/// How long a program may take to exit before it is killed.
const GRACE: Duration = Duration::from_secs(5);

const STEP: Duration = Duration::from_millis(30);

/// Its folder.
pub fn folder() -> PathBuf {
    root().join("example-miniprogram/simulator")
}

/// Starts a program of the simulator that drives a browser.
pub fn driver(script: &str, program: &Path, browser: &Path) -> Result<Running> {
    let mut command = node(&folder(), [script]);
    command.env(backend::VARIABLE, program).env(browser::VARIABLE, browser).stdin(Stdio::null());
    Running::start(&mut command)
}

/// The server of the simulator, and of everything that its page calls.
#[derive(Debug)]
pub struct Simulator {
    running: Running,
    url: String,
}

impl Simulator {
    /// Starts it, and reads where it listens from its first line. Without a port
    /// it takes a free one and a new database; with one, that port's database.
    pub fn start(program: &Path, port: Option<u16>) -> Result<Self> {
        let mut command = node(&folder(), ["server/main.mjs", "--stop-with-input"]);
        if let Some(port) = port {
            let state = root().join(format!("target/demo-{port}"));
            command.args(["--port", &port.to_string(), "--state"]).arg(state);
        }
        command.env(backend::VARIABLE, program).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut running = Running::start(&mut command)?;
        let mut stdout = BufReader::new(running.0.stdout.take().context("the server's output")?);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let Some(url) = line.trim().strip_prefix("listening on ") else {
            bail!("the simulator did not start: {}", line.trim());
        };
        let url = url.to_owned();
        // The rest of its output is passed on; a full pipe would block it.
        thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::stdout()));
        Ok(Self { running, url })
    }

    /// The URL of its page.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How it ended; `None` if it was interrupted before.
    pub fn wait(&mut self, is_interrupted: impl Fn() -> bool) -> Result<Option<ExitStatus>> {
        self.running.wait(is_interrupted)
    }
}

/// A child process; dropping this ends it.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        Ok(Self(command.spawn().with_context(|| format!("cannot start `{}`", shown(command)))?))
    }

    /// How it ended; `None` if it was interrupted before.
    pub fn wait(&mut self, is_interrupted: impl Fn() -> bool) -> Result<Option<ExitStatus>> {
        loop {
            let ended = self.0.try_wait()?;
            // Ctrl-C reaches the other program as well.
            if is_interrupted() {
                return Ok(None);
            }
            if ended.is_some() {
                return Ok(ended);
            }
            thread::sleep(STEP);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Closing its input tells it to end its own child processes as well.
        drop(self.0.stdin.take());
        let start = Instant::now();
        while matches!(self.0.try_wait(), Ok(None)) && start.elapsed() < GRACE {
            thread::sleep(STEP);
        }
        // Both fail only if it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
