//! The program: reads its options, opens the database, serves until told to end.
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::io::Write;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::{Long, Short, ValueExt};
use tokio::net::TcpListener;
use wx_subscribe_backend::{Store, log_requests, router, serve};

const USAGE: &str = "\
Back end of the example mini-program, on 127.0.0.1 only.

Usage: wx-subscribe-backend [--port N] [--database PATH]

  --port N          port to listen on; 0 takes a free one (default: 8787)
  --database PATH   SQLite file, made and seeded if it is not there
                    (default: ./subscriptions.sqlite3)
  --help            print this

Once it listens it prints one line on stdout: listening on http://127.0.0.1:PORT
Exit codes: 0 ended by Ctrl-C or SIGTERM, 1 failed, 2 wrong options.
";

struct Options {
    port: u16,
    database: PathBuf,
}

fn main() -> ExitCode {
    let mut stderr = std::io::stderr();
    let options = match options() {
        Ok(Some(options)) => options,
        Ok(None) => {
            let _ = std::io::stdout().write_all(USAGE.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            let _ = writeln!(stderr, "wx-subscribe-backend: {error} (see --help)");
            return ExitCode::from(2);
        }
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(stderr, "wx-subscribe-backend: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The options, or `None` where only the usage is asked for.
fn options() -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options { port: 8787, database: PathBuf::from("subscriptions.sqlite3") };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("port") => options.port = parser.value()?.parse()?,
            Long("database") => {
                options.database = parser.value()?.into();
                // SQLite takes this for a database that is deleted at the end.
                if options.database.as_os_str().is_empty() {
                    return Err("--database needs a path".into());
                }
            }
            Long("help") | Short('h') => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(options))
}

fn run(Options { port, database }: Options) -> Result<(), String> {
    // One thread for the sockets is enough: SQLite's work is done on others.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    runtime.block_on(async {
        // The port first, so that a second start by mistake touches no file.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|error| format!("cannot listen on 127.0.0.1:{port}: {error}"))?;
        let store = Store::open(&database)
            .map_err(|error| format!("cannot use the database {}: {error}", database.display()))?;
        // Before the line is printed, so that whoever reads it may end the program.
        let ended = end_signal().map_err(|error| format!("cannot watch for signals: {error}"))?;
        announce(&listener).map_err(|error| format!("cannot write to stdout: {error}"))?;
        let app = log_requests(router(store));
        serve(listener, app, ended).await.map_err(|error| format!("cannot serve: {error}"))
    })
}

fn announce(listener: &TcpListener) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on http://{address}")?;
    stdout.flush()
}

/// Completes at the first Ctrl-C or SIGTERM.
#[cfg(unix)]
fn end_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
    })
}

/// Completes at the first Ctrl-C.
#[cfg(windows)]
fn end_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
