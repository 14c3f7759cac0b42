//! The log: one line an event on stderr, and never an `openId`.

use std::fmt::Arguments;
use std::io::Write;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::Response;

/// Writes one line. A closed stderr is no reason to fail, as it would be for
/// `eprintln!`.
pub(crate) fn line(text: Arguments<'_>) {
    // In one write, as stderr has no buffer and others may write in between.
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// `app` with a line on stderr for each request: its route, its status, its
/// time in milliseconds.
pub fn log_requests(app: Router) -> Router {
    app.layer(middleware::from_fn(request))
}

async fn request(request: Request, next: Next) -> Response {
    // Neither the query nor a path that is no route: both may hold an openId.
    let route = match request.extensions().get::<MatchedPath>() {
        Some(route) => format!("{} {}", request.method(), route.as_str()),
        None => "(unknown route)".to_owned(),
    };
    let start = Instant::now();
    let response = next.run(request).await;
    let (status, time) = (response.status().as_u16(), start.elapsed().as_millis());
    line(format_args!("{route} {status} {time} ms"));
    response
}
