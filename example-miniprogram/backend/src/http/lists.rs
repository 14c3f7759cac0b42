//! Lists: whose is asked for, and the shape of the response.

use axum::extract::{FromRef, FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};

use crate::http::error::ApiError;
use crate::http::identity::Caller;
use crate::http::router::App;
use crate::http::validate;

/// The user that a list is of, from the query.
pub(crate) struct OpenId(pub(crate) String);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfUser {
    open_id: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for OpenId
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let wrong = |message: String| {
            ApiError::new(StatusCode::BAD_REQUEST, "invalidQuery", message).of_field("openId")
        };
        let once = || wrong("openId must be given once, as a query parameter".to_owned());
        let Query(OfUser { open_id }) = Query::try_from_uri(&parts.uri).map_err(|_| once())?;
        match (caller.session(), open_id) {
            (Some(user), named) => Caller::of(user).user(named).map(Self),
            (None, Some(named)) => {
                validate::text("openId", &named).map_err(wrong).map(|()| Self(named))
            }
            (None, None) => Err(once()),
        }
    }
}

/// The response: the list only.
#[derive(Serialize)]
pub(crate) struct Listed<T> {
    pub(crate) data: Vec<T>,
}
