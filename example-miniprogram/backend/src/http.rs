//! The HTTP API: its routes, and what each does with the store.

use axum::extract::{FromRef, FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::{Deserialize, Serialize};
use wx_subscribe::contract::{
    FIND_CUSTOMER_POP_TEMPLATE, FindCustomerPopTemplate, FindCustomerPopTemplateReply,
    IDEMPOTENCY_KEY, POP_SUBSCRIBE_RESULT,
};

use crate::body::{self, JsonBody};
use crate::error::ApiError;
use crate::messaging;
use crate::sender::Sender;
use crate::store::{Answer, Saved, Store, Subscription};
use crate::validate::{self, ReportId};

/// Path of the call that lists a user's answers.
const SUBSCRIPTIONS: &str = "/subscriptions";

/// The whole API over the store of `sender`.
pub fn router(sender: Sender) -> Router {
    Router::new()
        .route(FIND_CUSTOMER_POP_TEMPLATE, post(find_templates))
        .route(POP_SUBSCRIBE_RESULT, post(save_answer))
        .route(SUBSCRIPTIONS, get(list_subscriptions))
        .merge(messaging::routes())
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

async fn find_templates(
    State(store): State<Store>,
    JsonBody(asked): JsonBody<FindCustomerPopTemplate>,
) -> Result<Json<FindCustomerPopTemplateReply>, ApiError> {
    validate::member("busNo", &asked.bus_no)?;
    match store.templates(asked.trigger_act).await? {
        Some(data) => Ok(Json(FindCustomerPopTemplateReply { data })),
        None => {
            let message = "no scene has this triggerAct";
            let error = ApiError::new(StatusCode::NOT_FOUND, "unknownScene", message);
            Err(error.of_field("triggerAct"))
        }
    }
}

/// Says whether the answer was stored now, or had been already.
#[derive(Serialize)]
struct SaveReply {
    stored: bool,
}

async fn save_answer(
    State(store): State<Store>,
    ReportId(report_id): ReportId,
    JsonBody(answer): JsonBody<Answer>,
) -> Result<Json<SaveReply>, ApiError> {
    validate::answer(&answer)?;
    match store.save(report_id, answer).await? {
        Saved::New => Ok(Json(SaveReply { stored: true })),
        Saved::Repeated => Ok(Json(SaveReply { stored: false })),
        Saved::Conflict => {
            let message = format!("this {IDEMPOTENCY_KEY} came with a different answer before");
            let error = ApiError::new(StatusCode::CONFLICT, "conflict", message);
            Err(error.of_field(IDEMPOTENCY_KEY))
        }
    }
}

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

/// What is listed, and nothing beside it.
#[derive(Serialize)]
pub(crate) struct Listed<T> {
    pub(crate) data: Vec<T>,
}

async fn list_subscriptions(
    State(store): State<Store>,
    OpenId(open_id): OpenId,
) -> Result<Json<Listed<Subscription>>, ApiError> {
    Ok(Json(Listed { data: store.subscriptions(open_id).await? }))
}

async fn unknown_route() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "unknownRoute", "there is nothing at this path")
}

async fn method_not_allowed() -> ApiError {
    let message = "this path does not take this method";
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "methodNotAllowed", message)
}
