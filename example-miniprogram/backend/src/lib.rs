//! Back end of the example mini-program: which templates a scene offers, and
//! what users answered, kept in SQLite.
//!
//! | request | answer |
//! |---|---|
//! | `POST /findCustomerPopTemplate` `{triggerAct, busNo}` | `{"data": [template id]}` |
//! | `POST /popSubscribeResult` `{busNo, extraVariableMap, openId, agreeTemplateIds, rejectTemplateIds}` with an `Idempotency-Key` | `{"stored": true}`, or `false` for a repeat |
//! | `GET /subscriptions?openId=…` | `{"data": [`[`Subscription`]`]}`, oldest first |
//!
//! Every refusal is `{"error": {"code", "field", "message"}}`; [`ApiError`]
//! lists the codes.
//!
//! It believes the `openId` it is given, and anyone who can reach it can read
//! every answer. That suits an example on the loopback interface; a shop takes
//! the `openId` from the session of its own login instead.
#![cfg_attr(
    not(test),
    deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

mod body;
mod error;
mod http;
mod log;
mod schema;
mod seed;
mod server;
mod store;
mod validate;

pub use error::ApiError;
pub use http::router;
pub use log::log_requests;
pub use server::serve;
pub use store::{Answer, Saved, Store, StoreError, Subscription};
