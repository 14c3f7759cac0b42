//! Lists: whose is asked for, and the shape of the response.

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};

use crate::http::error::ApiError;
use crate::http::validate;

/// The user that a list is of, from the query.
pub(crate) struct OpenId(pub(crate) String);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfUser {
    open_id: String,
}

impl<S: Sync> FromRequestParts<S> for OpenId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Query::try_from_uri(&parts.uri)
            .map_err(|_| "openId must be given once, as a query parameter".to_owned())
            .and_then(|Query(OfUser { open_id })| {
                validate::text("openId", &open_id).map(|()| Self(open_id))
            })
            .map_err(|message| {
                ApiError::new(StatusCode::BAD_REQUEST, "invalidQuery", message).of_field("openId")
            })
    }
}

/// The response: the list only.
#[derive(Serialize)]
pub(crate) struct Listed<T> {
    pub(crate) data: Vec<T>,
}
