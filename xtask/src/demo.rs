//! A subscription from the tap to the database, in the example mini-program.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::run::{node, root, shown};
use crate::{package, setup, suites};

/// When the back end ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Once the driver is done.
    AfterDriver,
    /// At Ctrl-C, for a look at it.
    OnInterrupt,
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Builds all, starts the back end on an empty database, and drives the
/// mini-program against it. The exit code is the driver's.
pub fn demo(end: End) -> Result<ExitCode> {
    let folder = root().join("tests/js");
    package::build()?;
    setup::npm_packages(&folder)?;
    let program = suites::backend()?;
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))?;

    let database = tempfile::tempdir()?;
    let mut server = Command::new(program);
    server.args(["--port", "0", "--database"]).arg(database.path().join("demo.sqlite3"));
    let (mut server, url) = start(&mut server)?;
    println!("back end: {url}");

    let mut driver = node(&folder, ["demo.js"]);
    driver.env("WX_SUBSCRIBE_BACKEND_URL", &url).stdin(Stdio::null());
    let mut child = Running(driver.spawn().with_context(|| shown(&driver))?);
    let Some(status) = child.wait()? else { return Ok(ExitCode::FAILURE) };
    if !status.success() {
        eprintln!("error: the driver failed ({status})");
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        return Ok(code.map_or(ExitCode::FAILURE, ExitCode::from));
    }
    if end == End::OnInterrupt {
        println!("\nThe back end stays until Ctrl-C: {url}\nTry it:");
        println!("  curl -s {url}/findCustomerPopTemplate -H 'content-type: application/json' \\");
        println!("    -d '{{\"triggerAct\":\"加入购物车\",\"busNo\":\"B1\"}}'");
        if let Some(status) = server.wait()? {
            bail!("the back end ended by itself ({status})");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Starts the back end and reads where it listens from its first line.
fn start(command: &mut Command) -> Result<(Running, String)> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut server = Running(child.context("cannot start the back end")?);
    let mut stdout = BufReader::new(server.0.stdout.take().context("the back end's output")?);
    let mut line = String::new();
    stdout.read_line(&mut line)?;
    let Some(url) = line.trim().strip_prefix("listening on ") else {
        bail!("the back end did not start: {}", line.trim());
    };
    // What else it prints is passed on; a full pipe would stop it.
    thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::stdout()));
    Ok((server, url.to_owned()))
}

/// A program that ends, at the latest, when this is dropped.
struct Running(Child);

impl Running {
    /// How it ended; `None` after Ctrl-C.
    fn wait(&mut self) -> Result<Option<ExitStatus>> {
        loop {
            let ended = self.0.try_wait()?;
            // Ctrl-C reaches the other program as well.
            if INTERRUPTED.load(Ordering::Relaxed) {
                return Ok(None);
            }
            if ended.is_some() {
                return Ok(ended);
            }
            thread::sleep(Duration::from_millis(30));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
