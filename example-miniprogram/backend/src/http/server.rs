//! Serving the API on a socket until asked to stop.

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::{Level, Span, info_span};

use crate::http::connections::{LimitedListener, Place};

/// How long open connections may take to end once asked to stop.
const GRACE: Duration = Duration::from_secs(2);

/// Limits for clients.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// How long the head of a request may take, counted from when the
    /// connection was accepted or its last request answered. So this is also
    /// how long an idle connection is kept.
    pub head: Duration,
    /// How long the body of a request may take.
    pub body: Duration,
    /// How long a request may take to be answered; then it is 503. A message
    /// that is being sent ends all the same.
    pub answer: Duration,
    /// How many connections may be open. One more ends the one that has kept
    /// the server waiting longest.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Half of the 256 descriptors that some systems give a program: the
        // database and WeChat need some too.
        let seconds = Duration::from_secs(20);
        Self { head: seconds, body: seconds, answer: 4 * seconds, connections: 128 }
    }
}

/// Serves `app` until `shutdown` completes, then lets running requests end,
/// for at most two seconds. Each request is logged, without user data.
///
/// # Errors
/// The socket failed.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let late = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limits.answer);
    let on_response = DefaultOnResponse::new().level(Level::INFO);
    let log = TraceLayer::new_for_http().make_span_with(request_span).on_response(on_response);
    let app = app.layer(late).layer(log).into_make_service_with_connect_info::<Place>();
    let (stop, stopped) = oneshot::channel();
    let served = axum::serve(LimitedListener::new(listener, limits), app).with_graceful_shutdown(
        async move {
            shutdown.await;
            let _ = stop.send(());
        },
    );
    // A client that stopped halfway would keep the program alive.
    let late = async {
        let _ = stopped.await;
        sleep(GRACE).await;
    };
    tokio::select! {
        served = served => served,
        () = late => Ok(()),
    }
}

/// Neither the query nor a path that is no route: both may hold an openId.
fn request_span(request: &Request) -> Span {
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map_or("(unknown route)", MatchedPath::as_str);
    info_span!("request", method = %request.method(), path)
}
