//! One log line per request, without user data.

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::Response;

use crate::log;

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
    log::line(format_args!("{route} {status} {time} ms"));
    response
}
