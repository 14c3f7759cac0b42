//! Back end of the example mini-program: which templates a scene offers, what
//! users answered, kept in SQLite, and the messages those answers allow, sent
//! through WeChat's server API.
//!
//! | request | answer |
//! |---|---|
//! | `POST /findCustomerPopTemplate` `{triggerAct, busNo}` | `{"data": [template id]}` |
//! | `POST /popSubscribeResult` `{busNo, extraVariableMap, openId, agreeTemplateIds, rejectTemplateIds}` with an `Idempotency-Key` | `{"stored": true}`, or `false` for a repeat |
//! | `GET /subscriptions?openId=…` | `{"data": [`[`Subscription`]`]}`, oldest first |
//! | `GET /templates` | `{"data": [`[`Template`]`]}` |
//! | `GET /grants?openId=…` | `{"data": [`[`Grant`]`]}`, oldest first |
//! | `GET /messages?openId=…` | `{"data": [`[`Message`]`]}`, oldest first |
//! | `POST /sendMessage` `{openId, occasion, busNo?}`, optionally with an `Idempotency-Key` | `{"status": "sent", "message"}`, `{"status": "noGrant", "templateId", "title"}`, or `{"status", "message", "error"}` with `failed` or `unknown`, see below |
//! | `POST /settleMessage` `{id, sent}` | `{"message"}`: how a message of unknown outcome ended |
//!
//! Every refusal is `{"error": {"code", "field", "message"}}`; [`ApiError`]
//! lists the codes.
//!
//! # Sending
//!
//! A template that a user accepts is the right to send one message: a
//! [`Grant`], made in the transaction that stores the answer. A shop sends with
//! [`Sender::send`] when something happens; the route `/sendMessage` only calls
//! it, with an `occasion` of `priceDrop`, `shipped` or `refunded`
//! ([`Occasion`]), and the oldest open grant is used, of that `busNo` if one is
//! given.
//!
//! | what WeChat answers | message | grant |
//! |---|---|---|
//! | 0 | `sent` | `spent` |
//! | 40003 no such user | `failed` | `void` |
//! | 43101 the user refuses | `failed` | `open` and doubtful, `void` the second time |
//! | 40001, 40014, 42001 token refused | one try with a new token, then `failed` | `open` |
//! | -1 busy, 43108 another message to the user | tries after 0.5, 1.5 and 4.5 s, then `failed` | `open` |
//! | 40037 template, 47003 values, 45168 words, 41030 page, 45009 quota, any other code | `failed` | `open` |
//! | no token, or no connection | `failed`, with WeChat's code if it gave one | `open` |
//! | HTTP 3xx or 4xx: something before WeChat refused it | `failed`, without a code | `open` |
//! | nothing in time, a broken connection, HTTP 5xx, what is not WeChat's JSON | `unknown` | `unknown` |
//!
//! With an `Idempotency-Key`, `/sendMessage` sends once: the same key again
//! returns the first result, also `noGrant` and `failed`; another attempt needs
//! another key. These keys, like those of the reports, are never deleted. The
//! SDK repeats a report for at most 30 days, unless configured otherwise.
//!
//! `error` of the reply is a [`Failure`]. A message is `unknown` when its
//! request went out and no answer came, or the program was killed in between.
//! WeChat may have delivered it, and offers no call to ask. So it is not sent
//! again, as the user could get it twice, and its grant is not counted as
//! spent, as it could be lost: both stay `unknown` until `POST /settleMessage`
//! ([`Store::settle`]) decides.
//!
//! Neither log nor reply holds the openId, the token or the secret; where
//! WeChat's text repeats one, it is masked.
//!
//! # Rooms
//!
//! Each knows only those above it in this list.
//!
//! | room | what it is |
//! |---|---|
//! | `message/` | what a message is: occasion, values, why one was not sent |
//! | `db/` | SQLite: the store, its tables, the ledger of grants and messages |
//! | `wechat/` | WeChat's API: connection, calls, token, and the sender over `db/` |
//! | `http/` | the HTTP API: requests, routes, and serving them on a socket |
//!
//! # Trust
//!
//! It believes the `openId` it is given, and anyone who can reach it can read
//! every answer and send messages. That suits an example on the loopback
//! interface, which answers only requests that name it as such
//! ([`only_for_hosts`]), so that no website can have a browser ask it. A shop
//! takes the `openId` from the session of its own login instead.
#![cfg_attr(
    not(test),
    deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

mod consent;
mod db;
mod http;
mod message;
pub mod push;
mod session;
mod wechat;

pub use db::answers::{Answer, Given, Saved, Subscription};
pub use db::error::StoreError;
pub use db::grants::{Grant, GrantState, Witness};
pub use db::messages::{Message, MessageStatus};
pub use db::store::Store;
pub use db::summary::{Remaining, TemplateKind};
pub use db::templates::{Field, Template};
pub use http::error::ApiError;
pub use http::hosts::{Hosts, only_for_hosts};
pub use http::identity::Identity;
pub use http::router::{Settings, router};
pub use http::server::{Limits, serve};
pub use message::failure::{Failure, FailureKind};
pub use message::occasion::Occasion;
pub use wechat::api_url::ApiUrl;
pub use wechat::client::{Account, Secret, Timing};
pub use wechat::notice::{Notice, Outcome, SendError};
pub use wechat::sender::Sender;
