//! Who asks.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use crate::db::store::Store;
use crate::http::body::{JsonBody, Members};
use crate::http::error::ApiError;
use crate::http::router::App;
use crate::http::validate;
use crate::message::failure::FailureKind;
use crate::session;
use crate::wechat::sender::Sender;

/// How a request says whose it is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Identity {
    /// By a session, from `POST /session`, as `Authorization: Bearer …`.
    #[default]
    Session,
    /// By the openId that it names, which is believed: for tests on one machine.
    TrustedOpenId,
}

/// The user of a request, if it has a session.
#[derive(Debug)]
pub(crate) struct Caller(Option<String>);

impl<S: Sync> FromRequestParts<S> for Caller
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        if app.settings.identity == Identity::TrustedOpenId {
            return Ok(Self(None));
        }
        user(parts, app.sender.store()).ok_or_else(no_session).map(|user| Self(Some(user)))
    }
}

impl Caller {
    pub(crate) fn of(user: String) -> Self {
        Self(Some(user))
    }

    /// The user, given the openId that the request names. One of another user
    /// is refused: the answer of one must not become that of another.
    pub(crate) fn user(self, named: Option<String>) -> Result<String, ApiError> {
        let Some(user) = self.0 else {
            let missing = || ApiError::body("missingField", "openId", "openId is missing");
            let named = named.ok_or_else(missing)?;
            return validate::member("openId", &named).map(|()| named);
        };
        if named.is_some_and(|named| !named.is_empty() && named != user) {
            let message = "the openId is not that of the session";
            return Err(
                ApiError::new(StatusCode::FORBIDDEN, "otherUser", message).of_field("openId")
            );
        }
        Ok(user)
    }

    /// The user of the session; `None` if openIds are trusted.
    pub(crate) fn session(self) -> Option<String> {
        self.0
    }
}

/// The user of a call that also answers without a session.
#[derive(Debug)]
pub(crate) struct OptionalCaller(pub(crate) Option<String>);

impl<S: Sync> FromRequestParts<S> for OptionalCaller
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self(None));
        }
        Caller::from_request_parts(parts, state).await.map(|caller| Self(caller.0))
    }
}

fn user(parts: &Parts, store: &Store) -> Option<String> {
    let header = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    store.session_key().user(header.strip_prefix("Bearer ")?, now())
}

fn no_session() -> ApiError {
    let message = "there is no session, or it has ended: get one from POST /session";
    ApiError::new(StatusCode::UNAUTHORIZED, "noSession", message).of_field("Authorization")
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The routes of this module.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/session", post(sign_in))
}

#[derive(Deserialize)]
struct SignIn {
    code: String,
}

impl Members for SignIn {
    const MEMBERS: &'static [&'static str] = &["code"];
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    session: String,
    open_id: String,
    expires_in: i64,
}

async fn sign_in(
    State(sender): State<Sender>,
    JsonBody(SignIn { code }): JsonBody<SignIn>,
) -> Result<Json<Session>, ApiError> {
    validate::member("code", &code)?;
    let not_configured = || {
        let why = "the server has no account: start it with --appid and the secret";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "notConfigured", why)
    };
    let open_id = sender.open_id_of(&code).await.ok_or_else(not_configured)?;
    let open_id = open_id.map_err(|failure| match failure.kind {
        FailureKind::BadCode => {
            ApiError::new(StatusCode::UNAUTHORIZED, "badCode", failure.message).of_field("code")
        }
        _ => {
            tracing::warn!("no session: {}", failure.message);
            let message = "WeChat could not be asked who this is; ask again later";
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "noAnswer", message).retry_after(5)
        }
    })?;
    let session = sender.store().session_key().session(&open_id, now());
    Ok(Json(Session { session, open_id, expires_in: session::LIFE }))
}
