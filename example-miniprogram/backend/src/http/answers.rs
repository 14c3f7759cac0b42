//! The routes of the SDK: the templates to offer, and what the user answered.

use std::collections::HashSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use wx_subscribe::contract::{
    FIND_CUSTOMER_POP_TEMPLATE, FindCustomerPopTemplate, FindCustomerPopTemplateReply,
    IDEMPOTENCY_KEY, POP_SUBSCRIBE_RESULT,
};

use crate::db::answers::{Answer, Saved, Subscription};
use crate::db::store::Store;
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::identity::{Caller, OptionalCaller};
use crate::http::lists::{Listed, OpenId};
use crate::http::router::App;
use crate::http::validate::{self, ReportId, WhenAndWhere};

/// Path of the call that lists a user's answers.
const SUBSCRIPTIONS: &str = "/subscriptions";

/// The routes of this module.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(FIND_CUSTOMER_POP_TEMPLATE, post(find_templates))
        .route(POP_SUBSCRIBE_RESULT, post(save_answer))
        .route(SUBSCRIPTIONS, get(list_subscriptions))
}

async fn find_templates(
    State(store): State<Store>,
    OptionalCaller(user): OptionalCaller,
    JsonBody(asked): JsonBody<FindCustomerPopTemplate>,
) -> Result<Json<FindCustomerPopTemplateReply>, ApiError> {
    validate::member("busNo", &asked.bus_no)?;
    match store.templates(asked.trigger_act).await? {
        Some(mut data) => {
            if let Some(user) = user {
                let full: HashSet<_> = store
                    .remaining(user)
                    .await?
                    .into_iter()
                    .filter(|template| template.full)
                    .map(|template| template.template_id)
                    .collect();
                data.retain(|id| !full.contains(id));
            }
            Ok(Json(FindCustomerPopTemplateReply { data }))
        }
        None => {
            let message = "no scene has this triggerAct";
            let error = ApiError::new(StatusCode::NOT_FOUND, "unknownScene", message);
            Err(error.of_field("triggerAct"))
        }
    }
}

/// Whether the answer was stored by this request, or earlier.
#[derive(Serialize)]
struct SaveReply {
    stored: bool,
}

async fn save_answer(
    State(store): State<Store>,
    ReportId(report_id): ReportId,
    WhenAndWhere(given): WhenAndWhere,
    caller: Caller,
    JsonBody(mut answer): JsonBody<Answer>,
) -> Result<Json<SaveReply>, ApiError> {
    answer.open_id = caller.user(Some(answer.open_id))?;
    validate::answer(&answer)?;
    match store.save(report_id, answer, given).await? {
        Saved::New => Ok(Json(SaveReply { stored: true })),
        Saved::Repeated => Ok(Json(SaveReply { stored: false })),
        Saved::Conflict => {
            let message = format!("this {IDEMPOTENCY_KEY} came with a different answer before");
            let error = ApiError::new(StatusCode::CONFLICT, "conflict", message);
            Err(error.of_field(IDEMPOTENCY_KEY))
        }
    }
}

async fn list_subscriptions(
    State(store): State<Store>,
    OpenId(open_id): OpenId,
) -> Result<Json<Listed<Subscription>>, ApiError> {
    Ok(Json(Listed { data: store.subscriptions(open_id).await? }))
}
