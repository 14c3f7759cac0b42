//! The program: opens the database and serves until it is asked to stop.
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use options::{Asked, Options};
use tokio::net::TcpListener;
use tokio::time::timeout;
use wx_subscribe_backend::{Hosts, Limits, Sender, Settings, Store, only_for_hosts, router, serve};

mod log;
mod options;

/// How long a message that is under way may take to end once asked to stop.
const GRACE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let text = match options::read(std::env::args_os().skip(1)) {
        Ok(Asked::Serve(options)) => return serve_logged(*options),
        Ok(Asked::Help) => options::USAGE.to_owned(),
        Ok(Asked::Version) => format!("wx-subscribe-backend {}\n", env!("CARGO_PKG_VERSION")),
        Err(error) => {
            log::complain(&format!("{error} (see --help)"));
            return ExitCode::from(2);
        }
    };
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn serve_logged(options: Options) -> ExitCode {
    let log = log::Log::start();
    let ended = run(options);
    log.end();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            log::complain(&message);
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), String> {
    let Options { port, database, account, public_hosts, identity } = options;
    let (account, push) = account.map(|asked| asked.read()).transpose()?.unzip();
    let settings = Settings { identity, push: push.flatten() };
    // One thread for the sockets is enough: SQLite works on others.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    let ended = runtime.block_on(async {
        // The port first: a second start by mistake touches no file.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|error| format!("cannot listen on 127.0.0.1:{port}: {error}"))?;
        let store = Store::open(&database)
            .map_err(|error| format!("cannot use the database {}: {error}", database.display()))?;
        let sender = Sender::new(store, account)
            .map_err(|error| format!("cannot set up sending: {error}"))?;
        // Before the line is printed: its reader may end the program at once.
        let ended = end_signal().map_err(|error| format!("cannot watch for signals: {error}"))?;
        let address = announce(&listener);
        let address = address.map_err(|error| format!("cannot write to stdout: {error}"))?;
        let hosts = Hosts::new(address, public_hosts);
        let app = only_for_hosts(router(sender.clone(), settings), hosts);
        let served = serve(listener, app, Limits::default(), ended).await;
        // Whatever takes longer is `unknown` at the next start.
        let _ = timeout(GRACE, sender.finished()).await;
        served.map_err(|error| format!("cannot serve: {error}"))
    });
    // A look-up of a host name cannot be cut off, and may take longer than that.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

fn announce(listener: &TcpListener) -> std::io::Result<SocketAddr> {
    let address = listener.local_addr()?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on http://{address}")?;
    stdout.flush()?;
    Ok(address)
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
