//! Back end of the example mini-program: which templates a scene offers, what
//! users answered, kept in SQLite, and the messages those answers allow, sent
//! through WeChat's server API.
//!
//! | request | answer |
//! |---|---|
//! | `POST /session` `{code}`, the code of `wx.login` | `{session, openId, expiresIn}`; the requests below carry it as `Authorization: Bearer …`, see [Trust](#trust) |
//! | `POST /findCustomerPopTemplate` `{triggerAct, busNo}`, with or without a session | `{"data": [template id]}`, without those of which the user has given enough |
//! | `POST /popSubscribeResult` `{busNo, extraVariableMap, openId, agreeTemplateIds, rejectTemplateIds}` with an `Idempotency-Key`, and `Subscribe-Age` and `Subscribe-Trigger` if the SDK knows them | `{"stored": true}`, or `false` for a repeat |
//! | `GET /subscriptions` | `{"data": [`[`Subscription`]`]}`, oldest first |
//! | `GET /templates` | `{"data": [`[`Template`]`]}` |
//! | `GET /grants` | `{"data": [`[`Grant`]`]}`, oldest first |
//! | `GET /grants/summary` | `{"data": [`[`Remaining`]`]}`, what is left to send of each template |
//! | `GET /messages` | `{"data": [`[`Message`]`]}`, oldest first |
//! | `POST /sendMessage` `{occasion, busNo?}`, optionally with an `Idempotency-Key` | `{"status": "sent", "message"}`, `{"status": "noGrant", "templateId", "title"}`, or `{"status", "message", "error"}` with `failed` or `unknown`, see below |
//! | `POST /settleMessage` `{id, sent}` | `{"message"}`: how a message of unknown outcome ended |
//! | `GET` and `POST /wechat/push` | WeChat's message push, see below; only if it is configured |
//! | `GET /health` | `{status, version, sending, push}` |
//!
//! Every refusal is `{"error": {"code", "field", "message"}}`; [`ApiError`]
//! lists the codes.
//!
//! # Sending
//!
//! A one-time template that a user accepts is the right to send one message: a
//! [`Grant`], made in the transaction that stores the answer. One of a long-term
//! template ([`TemplateKind`], table `template_kinds`) is used up by no message. A shop sends with
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
//! | 43107 the account or the template is banned | `failed`; nothing more is sent until a restart: `/sendMessage` answers 503 `banned`, the log has an error | `open` |
//! | -1 busy, 43108 another message to the user (one at a time goes out) | tries after 0.5, 1.5 and 4.5 s, then `failed` | `open` |
//! | 47003 values | `failed`, `error.field` names the field | `open` |
//! | 45009, 45011 quota | `failed`, `error.retryAfter` in seconds | `open` |
//! | 40037 template, 45168 words, 41030 page, 48001 not authorised, any other code | `failed` | `open` |
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
//! # WeChat's push
//!
//! A report of the page and an event that WeChat pushes are two witnesses of a
//! consent. Either may be lost; a [`Grant`] names its [`Witness`]. They are
//! paired so that the number of grants is never above that of the consents: an
//! event and a report of one user and template are taken for one consent
//! wherever that is possible, which is if the report arrived at most 40 days
//! after the event or up to 10 minutes before. A report's own time, by its
//! `Subscribe-Age`, decides which event is taken, and which consents a change
//! event revokes. A missing event proves nothing.
//!
//! | event | effect |
//! |---|---|
//! | `subscribe_msg_popup_event`, `accept` | a grant, or the second witness of one |
//! | `subscribe_msg_change_event`, `reject` | unspent grants from before it are `void`; a report that arrives later and is from before it grants nothing |
//! | `subscribe_msg_sent_event` | closes a message of unknown outcome, by its number or else the oldest of the user and template; an error makes the message `failed`, and its grant stays used |
//! | anything else | answered with `success` |
//!
//! The answer takes less than a second: 503 if the database is busy, and then the
//! event is stored all the same as soon as it can be. Repeats change nothing.
//! [`push::receive`] is the same as a function, for an application that has an
//! address for WeChat's pushes already: there is one per mini-program.
//!
//! # Rooms
//!
//! Each knows only those above it in this list.
//!
//! | room | what it is |
//! |---|---|
//! | `message/` | what a message is: occasion, values, why one was not sent |
//! | `consent/` | pure: which report and event are of one consent |
//! | `push/` | pure: signatures, decryption and shapes of WeChat's push |
//! | `session` | pure: signed sessions |
//! | `db/` | SQLite: the store, its tables, the ledger of grants and messages |
//! | `wechat/` | WeChat's API: connection, calls, token, and the sender over `db/` |
//! | `http/` | the HTTP API: requests, routes, and serving them on a socket |
//!
//! # Trust
//!
//! A request is of the user of its session, which `POST /session` returns for a
//! code of `wx.login`, signed with a key that the database holds
//! ([`Identity::Session`]). An openId that a request names is only compared
//! with it: that of another user is refused with 403, so that the SDK keeps the
//! report. With [`Identity::TrustedOpenId`] it is believed, which suits tests on
//! one machine. The server listens on the loopback interface and answers only
//! requests that name it as such ([`only_for_hosts`]), so that no website can
//! have a browser ask it.
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
