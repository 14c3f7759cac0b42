//! Request bodies: JSON of a bounded size, decoded so that errors name the
//! wrong member.

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;
use tokio::time::timeout;
use wx_subscribe::contract::FindCustomerPopTemplate;

use crate::db::answers::Answer;
use crate::http::connections::Place;
use crate::http::error::ApiError;
use crate::http::surrogates;

/// Largest body accepted, in bytes.
const LIMIT: usize = 256 * 1024;

/// How much of a body that is too large is read and dropped, in bytes. Closing
/// the connection on a client that is still writing resets it, and the client
/// would see a network failure, worth a retry, instead of the refusal.
const DRAIN: usize = 4 * 1024 * 1024;

/// A body the API knows, with the members it must have.
pub(crate) trait Members: DeserializeOwned {
    /// Names of the members, in the order in which they are looked for.
    const MEMBERS: &'static [&'static str];
}

impl Members for FindCustomerPopTemplate {
    const MEMBERS: &'static [&'static str] = &["triggerAct", "busNo"];
}

impl Members for Answer {
    const MEMBERS: &'static [&'static str] =
        &["busNo", "extraVariableMap", "agreeTemplateIds", "rejectTemplateIds"];
}

/// The decoded body of a request.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: Members, S: Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json"));
        if !is_json {
            let message = "the body must be sent as application/json";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            let error = ApiError::new(status, "unsupportedMediaType", message);
            return Err(error.of_field("Content-Type"));
        }
        let bytes = to_bytes(request.into_body(), LIMIT).await.map_err(|_| too_large())?;
        decode(&bytes).map(Self)
    }
}

/// Reads the whole body before anything is refused, up to a bound.
pub(crate) async fn buffer(request: Request, next: Next) -> Result<Response, ApiError> {
    let (head, body) = request.into_parts();
    let Some(ConnectInfo(place)) = head.extensions.get::<ConnectInfo<Place>>().cloned() else {
        let body = read_all(body).await?;
        return Ok(next.run(Request::from_parts(head, body.into())).await);
    };
    let read = timeout(place.awaits_body(), read_all(body)).await;
    place.answers();
    let response = match read.map_err(|_| incomplete("the body took too long")).flatten() {
        Ok(body) => next.run(Request::from_parts(head, body.into())).await,
        Err(refusal) => refusal.into_response(),
    };
    place.waits();
    Ok(response)
}

async fn read_all(mut body: Body) -> Result<Vec<u8>, ApiError> {
    let (mut bytes, mut total) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        // A fault of the connection, not of the body: with 400 the SDK would
        // drop the report.
        let frame = frame.map_err(|_| incomplete("the body ended early"))?;
        let Ok(data) = frame.into_data() else { continue };
        total = total.saturating_add(data.len());
        if total <= LIMIT {
            bytes.extend_from_slice(&data);
        } else if total > DRAIN {
            break;
        }
    }
    if total > LIMIT {
        return Err(too_large());
    }
    Ok(bytes)
}

fn decode<T: Members>(bytes: &[u8]) -> Result<T, ApiError> {
    let value: Value = serde_json::from_slice(&surrogates::replaced(bytes))
        .map_err(|error| invalid_json(format!("the body is not JSON: {error}")))?;
    let Value::Object(members) = &value else {
        return Err(invalid_json("the body must be a JSON object"));
    };
    // Checked by hand: serde would name the parent of a missing member.
    if let Some(name) = T::MEMBERS.iter().find(|name| !members.contains_key(**name)) {
        return Err(ApiError::body("missingField", name, format!("{name} is missing")));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let (path, cause) = (error.path(), error.inner());
        let refusal = ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "wrongType",
            format!("{path} is of the wrong type: {cause}"),
        );
        match path.iter().next() {
            Some(Segment::Map { key }) => refusal.of_field(key),
            _ => refusal,
        }
    })
}

fn too_large() -> ApiError {
    let message = format!("the body is larger than {LIMIT} bytes");
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "bodyTooLarge", message)
}

fn incomplete(message: &str) -> ApiError {
    ApiError::new(StatusCode::REQUEST_TIMEOUT, "incompleteBody", message)
}

fn invalid_json(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "invalidJson", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use wx_subscribe::contract::PopSubscribeResult;

    #[track_caller]
    fn every_member_is_looked_for<T: Members>(example: &Value) {
        let mut names: Vec<_> = example.as_object().unwrap().keys().map(String::as_str).collect();
        let mut members = T::MEMBERS.to_vec();
        // The session may name the user instead.
        names.retain(|name| *name != "openId");
        names.sort_unstable();
        members.sort_unstable();
        assert_eq!(members, names);
    }

    #[test]
    fn the_members_looked_for_are_those_of_the_contract() {
        every_member_is_looked_for::<FindCustomerPopTemplate>(&json!(FindCustomerPopTemplate {
            trigger_act: String::new(),
            bus_no: String::new(),
        }));
        every_member_is_looked_for::<Answer>(&json!(PopSubscribeResult {
            bus_no: String::new(),
            extra_variable_map: serde_json::Map::new(),
            open_id: String::new(),
            agree_template_ids: Vec::new(),
            reject_template_ids: Vec::new(),
        }));
    }
}
