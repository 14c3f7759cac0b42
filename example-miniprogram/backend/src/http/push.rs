//! The address of WeChat's message push.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use tokio::time::{sleep, timeout};

use crate::db::error::StoreError;
use crate::db::store::Store;
use crate::http::error::ApiError;
use crate::http::identity::now;
use crate::http::router::App;
use crate::push::{PushConfig, PushEvent, PushQuery, PushRefusal, check_address, receive};

/// How long WeChat waits at most: it repeats after five seconds.
const ANSWER: Duration = Duration::from_millis(800);

/// How often a busy database is tried again, once a second.
const TRIES: u32 = 30;

/// The routes of this module; none without a configuration.
pub(crate) fn routes(config: Option<&PushConfig>) -> Router<App> {
    match config {
        Some(_) => Router::new().route("/wechat/push", get(check).post(push)),
        None => Router::new(),
    }
}

async fn check(State(app): State<App>, Query(query): Query<PushQuery>) -> Result<String, ApiError> {
    let config = app.settings.push.as_ref().ok_or_else(|| refused(PushRefusal::Signature))?;
    check_address(&query, config, now()).map_err(refused)
}

async fn push(
    State(app): State<App>,
    Query(query): Query<PushQuery>,
    body: Bytes,
) -> Result<&'static str, ApiError> {
    let config = app.settings.push.as_ref().ok_or_else(|| refused(PushRefusal::Signature))?;
    let push = receive(&query, &body, config, now()).map_err(refused)?;
    if let Some(event) = push.event {
        let stored = tokio::spawn(store(app.sender.store().clone(), event));
        // It goes on being stored meanwhile, and WeChat's repeat is harmless.
        timeout(ANSWER, stored)
            .await
            .map_err(|_| StoreError::Busy)?
            .map_err(|_| StoreError::Stopped)??;
    }
    Ok("success")
}

async fn store(store: Store, event: PushEvent) -> Result<bool, StoreError> {
    for _ in 0..TRIES {
        match store.pushed(event.clone()).await {
            Err(StoreError::Busy) => sleep(Duration::from_secs(1)).await,
            done => return done,
        }
    }
    tracing::error!("an event of WeChat is lost, as the database stayed busy");
    Err(StoreError::Busy)
}

fn refused(refusal: PushRefusal) -> ApiError {
    tracing::warn!("a push was refused: {refusal}");
    ApiError::new(StatusCode::FORBIDDEN, "badPush", refusal.to_string())
}
