//! The whole HTTP API: all routes, and their shared layers.

use axum::extract::FromRef;
use axum::http::StatusCode;
use axum::{Router, middleware};

use crate::db::store::Store;
use crate::http::error::ApiError;
use crate::http::{answers, body, messages};
use crate::wechat::sender::Sender;

/// The whole API over the store of `sender`.
pub fn router(sender: Sender) -> Router {
    answers::routes()
        .merge(messages::routes())
        .fallback(unknown_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn(body::buffer))
        .with_state(sender)
}

impl FromRef<Sender> for Store {
    fn from_ref(sender: &Sender) -> Self {
        sender.store().clone()
    }
}

async fn unknown_route() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "unknownRoute", "there is nothing at this path")
}

async fn method_not_allowed() -> ApiError {
    let message = "this path does not take this method";
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "methodNotAllowed", message)
}
