//! Serving the API on a socket until asked to stop.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{sleep, timeout};

use crate::http::seats::{Seat, Seats};
use crate::log;

/// How long open connections may take to end once asked to stop.
const GRACE: Duration = Duration::from_secs(2);

/// How long to wait when the system has no descriptor for a new connection.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// Limits for clients.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// How long the head of a request may take, counted from when the
    /// connection was accepted or its last request answered. So this is also
    /// how long an idle connection is kept.
    pub head: Duration,
    /// How long the body of a request may take.
    pub body: Duration,
    /// How many connections may be open. One more ends the one that has kept
    /// the server waiting longest.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Half of the 256 descriptors that some systems give a program: the
        // database and WeChat need some too.
        let seconds = Duration::from_secs(20);
        Self { head: seconds, body: seconds, connections: 128 }
    }
}

/// Serves `app` until `shutdown` completes, then lets running requests end,
/// for at most two seconds.
///
/// # Errors
/// The socket failed.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let seats = Seats::new(limits.connections, limits.body);
    let (stop, stopping) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        while connections.try_join_next().is_some() {}
        let (stream, seat) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &seats) => accepted?,
        };
        connections.spawn(converse(stream, seat, app.clone(), limits.head, stopping.clone()));
        // Lets a connection that lost its place end now, before more are
        // accepted.
        yield_now().await;
    }
    drop((listener, stop));
    // An idle open connection would keep the program alive.
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
    Ok(())
}

async fn accept(listener: &TcpListener, seats: &Seats) -> io::Result<(TcpStream, Seat)> {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Ok((stream, seats.take().await)),
            // The client left before it was accepted.
            Err(error) if is_of_client(&error) => (),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(error),
            Err(error) => {
                log::line(format_args!("cannot accept a connection: {error}"));
                seats.evict();
                sleep(OUT_OF_DESCRIPTORS).await;
            }
        }
    }
}

fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers the requests of one connection, until it ends or loses its place.
async fn converse(
    stream: TcpStream,
    seat: Seat,
    app: Router,
    head: Duration,
    mut stopping: watch::Receiver<()>,
) {
    let _ = stream.set_nodelay(true);
    let app = TowerToHyperService::new(app);
    let place = seat.clone();
    let answer = service_fn(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(place.clone());
        let (answer, place) = (app.call(request), place.clone());
        async move {
            let answer = answer.await;
            place.waits();
            answer
        }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .serve_connection(TokioIo::new(stream), answer)
    );
    let mut asked_to_stop = false;
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = seat.evicted() => return,
            _ = stopping.changed(), if !asked_to_stop => {
                asked_to_stop = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
