//! Error responses: a status and one JSON shape.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::db::error::StoreError;

/// A refused request, sent as `{"error": {"code", "field", "message"}}`.
///
/// | status | `code` | `field` |
/// |---|---|---|
/// | 400 | `invalidJson` | `null` |
/// | 400 | `invalidHeader` | the header, such as `Idempotency-Key` |
/// | 400 | `invalidQuery` | the parameter, such as `openId` |
/// | 401 | `noSession` | `Authorization` |
/// | 401 | `badCode` | `code` |
/// | 403 | `otherUser` | `openId` |
/// | 403 | `badPush` | `null` |
/// | 404 | `unknownRoute` | `null` |
/// | 404 | `unknownScene` | `triggerAct` |
/// | 405 | `methodNotAllowed` | `null` |
/// | 408 | `incompleteBody` | `null` |
/// | 409 | `conflict` | `Idempotency-Key` |
/// | 409 | `notUnknown` | `id` |
/// | 413 | `bodyTooLarge` | `null` |
/// | 415 | `unsupportedMediaType` | `Content-Type` |
/// | 421 | `foreignHost` | `Host` |
/// | 422 | `missingField`, `wrongType`, `invalidValue` | the member of the body, such as `busNo` |
/// | 500 | `internal` | `null` |
/// | 503 | `busy`, `inProgress`, with `Retry-After` | `null` |
/// | 503 | `notConfigured`, `banned`, `noAnswer` | `null` |
///
/// The SDK drops a report on 400, 409, 410, 413, 414, 415 and 422, and keeps it
/// on everything else. So those codes say only what is wrong with the request
/// itself, whenever it is sent.
///
/// `field` is always a top-level name, for a program to match; `message` says
/// where inside it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ApiError {
    #[serde(skip)]
    status: StatusCode,
    #[serde(skip)]
    retry_after: Option<u8>,
    code: &'static str,
    field: Option<String>,
    message: String,
}

impl ApiError {
    /// A refusal about no particular field.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, retry_after: None, code, field: None, message: message.into() }
    }

    /// The same refusal, naming the header, parameter or member at fault.
    #[must_use]
    pub fn of_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same refusal, with the seconds after which to ask again, as the
    /// header `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, seconds: u8) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// 422: the body is JSON, but the member `field` is wrong.
    #[must_use]
    pub fn body(code: &'static str, field: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message).of_field(field)
    }
}

impl From<StoreError> for ApiError {
    /// The details go to the log: they are of no use to the client.
    fn from(error: StoreError) -> Self {
        tracing::error!("internal error: {error}");
        if matches!(error, StoreError::Busy) {
            let message = "the server cannot store anything for now; ask again later";
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).retry_after(1);
        }
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the server could not do this; its log says why",
        )
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Envelope {
            error: ApiError,
        }
        let (status, retry_after) = (self.status, self.retry_after);
        let mut response = (status, Json(Envelope { error: self })).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, u16::from(seconds).into());
        }
        response
    }
}
