//! The whole HTTP API: all routes, and their shared layers.

use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router, middleware};
use serde_json::{Value, json};

use crate::db::store::Store;
use crate::http::error::ApiError;
use crate::http::identity::{self, Identity};
use crate::http::{answers, body, messages, push};
use crate::push::PushConfig;
use crate::wechat::sender::Sender;

/// How the API is served.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How a request says whose it is.
    pub identity: Identity,
    /// What WeChat's pushes are checked with; without it there is no address
    /// for them.
    pub push: Option<PushConfig>,
}

/// What every route may use.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) sender: Sender,
    pub(crate) settings: Arc<Settings>,
}

/// The whole API over the store of `sender`.
pub fn router(sender: Sender, settings: Settings) -> Router {
    answers::routes()
        .merge(messages::routes())
        .merge(identity::routes())
        .merge(push::routes(settings.push.as_ref()))
        .route("/health", get(health))
        .fallback(unknown_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn(body::buffer))
        .with_state(App { sender, settings: Arc::new(settings) })
}

impl FromRef<App> for Sender {
    fn from_ref(app: &App) -> Self {
        app.sender.clone()
    }
}

impl FromRef<App> for Store {
    fn from_ref(app: &App) -> Self {
        app.sender.store().clone()
    }
}

/// For those who watch the server: 200 if it can work.
async fn health(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    app.sender.store().check().await?;
    Ok(Json(json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "sending": app.sender.sends(),
        "push": app.settings.push.is_some(),
    })))
}

async fn unknown_route() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "unknownRoute", "there is nothing at this path")
}

async fn method_not_allowed() -> ApiError {
    let message = "this path does not take this method";
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "methodNotAllowed", message)
}
