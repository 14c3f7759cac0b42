//! Serving the API on a socket until asked to stop.

use std::future::{Future, IntoFuture, pending};
use std::io;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;

/// How long open connections may take to end once asked to stop.
const GRACE: Duration = Duration::from_secs(2);

/// Serves `app` until `shutdown` completes, then lets running requests end,
/// for at most two seconds.
///
/// # Errors
/// The socket failed.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stop, stopping) = oneshot::channel();
    let serving = axum::serve(listener, app).with_graceful_shutdown(async move {
        shutdown.await;
        let _ = stop.send(());
    });
    // A client that keeps a connection open would keep the program alive.
    let overtime = async move {
        if stopping.await.is_err() {
            pending::<()>().await;
        }
        sleep(GRACE).await;
    };
    tokio::select! {
        ended = serving.into_future() => ended,
        () = overtime => Ok(()),
    }
}
