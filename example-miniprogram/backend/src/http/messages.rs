//! The HTTP API of messages: grants, messages, and sending one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use wx_subscribe::contract::IDEMPOTENCY_KEY;

use crate::db::grants::Grant;
use crate::db::messages::Message;
use crate::db::store::Store;
use crate::db::summary::Remaining;
use crate::db::templates::Template;
use crate::http::body::{JsonBody, Members};
use crate::http::error::ApiError;
use crate::http::identity::Caller;
use crate::http::lists::{Listed, OpenId};
use crate::http::router::App;
use crate::http::validate::{self, OptionalKey};
use crate::message::failure::Failure;
use crate::message::occasion::Occasion;
use crate::wechat::notice::{Notice, Outcome, SendError};
use crate::wechat::sender::Sender;

/// The routes of this module.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/templates", get(list_templates))
        .route("/grants", get(list_grants))
        .route("/grants/summary", get(summarize_grants))
        .route("/messages", get(list_messages))
        .route("/sendMessage", post(send_message))
        .route("/settleMessage", post(settle_message))
}

async fn list_templates(State(store): State<Store>) -> Result<Json<Listed<Template>>, ApiError> {
    Ok(Json(Listed { data: store.all_templates().await? }))
}

async fn list_grants(
    State(store): State<Store>,
    OpenId(open_id): OpenId,
) -> Result<Json<Listed<Grant>>, ApiError> {
    Ok(Json(Listed { data: store.grants(open_id).await? }))
}

async fn summarize_grants(
    State(store): State<Store>,
    OpenId(open_id): OpenId,
) -> Result<Json<Listed<Remaining>>, ApiError> {
    Ok(Json(Listed { data: store.remaining(open_id).await? }))
}

async fn list_messages(
    State(store): State<Store>,
    OpenId(open_id): OpenId,
) -> Result<Json<Listed<Message>>, ApiError> {
    Ok(Json(Listed { data: store.messages(open_id).await? }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SendMessage {
    open_id: Option<String>,
    occasion: String,
    bus_no: Option<String>,
}

impl Members for SendMessage {
    const MEMBERS: &'static [&'static str] = &["occasion"];
}

#[derive(Serialize)]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum SendReply {
    Sent { message: Message },
    NoGrant { template_id: String, title: &'static str },
    Failed { message: Message, error: Failure },
    Unknown { message: Message, error: Failure },
}

async fn send_message(
    State(sender): State<Sender>,
    OptionalKey(key): OptionalKey,
    caller: Caller,
    JsonBody(asked): JsonBody<SendMessage>,
) -> Result<Json<SendReply>, ApiError> {
    let SendMessage { open_id, occasion, bus_no } = asked;
    let open_id = caller.user(open_id)?;
    let occasion = Occasion::from_name(&occasion).ok_or_else(|| {
        let names = Occasion::ALL.map(Occasion::name).join(", ");
        ApiError::body("invalidValue", "occasion", format!("occasion must be one of {names}"))
    })?;
    if let Some(bus_no) = &bus_no {
        validate::member("busNo", bus_no)?;
    }
    // This call has no shop behind it, so no facts are added.
    let notice = Notice { open_id, occasion, bus_no, facts: Map::new(), key };
    Ok(Json(match sender.send(notice).await? {
        Outcome::Sent(message) => SendReply::Sent { message },
        Outcome::NoGrant { template_id, title } => SendReply::NoGrant { template_id, title },
        Outcome::Failed(message, error) => SendReply::Failed { message, error },
        Outcome::Unknown(message, error) => SendReply::Unknown { message, error },
    }))
}

impl From<SendError> for ApiError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::NotConfigured(why) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "notConfigured", why)
            }
            SendError::Banned(why) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "banned", why),
            SendError::Conflict => {
                let message = format!("this {IDEMPOTENCY_KEY} came with another request before");
                Self::new(StatusCode::CONFLICT, "conflict", message).of_field(IDEMPOTENCY_KEY)
            }
            SendError::InProgress => {
                let message = format!("the message of this {IDEMPOTENCY_KEY} is under way");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "inProgress", message).retry_after(5)
            }
            SendError::Store(error) => error.into(),
        }
    }
}

#[derive(Deserialize)]
struct SettleMessage {
    id: i64,
    sent: bool,
}

impl Members for SettleMessage {
    const MEMBERS: &'static [&'static str] = &["id", "sent"];
}

#[derive(Serialize)]
struct SettleReply {
    message: Message,
}

async fn settle_message(
    State(store): State<Store>,
    caller: Caller,
    JsonBody(SettleMessage { id, sent }): JsonBody<SettleMessage>,
) -> Result<Json<SettleReply>, ApiError> {
    match store.settle_of(id, sent, caller.session()).await? {
        Some(message) => Ok(Json(SettleReply { message })),
        None => {
            let message = "no message of unknown outcome has this id";
            let error = ApiError::new(StatusCode::CONFLICT, "notUnknown", message);
            Err(error.of_field("id"))
        }
    }
}
