//! What the shop asks the sender for, and the result.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

use serde_json::{Map, Value};

use crate::db::error::StoreError;
use crate::db::messages::Message;
use crate::message::failure::Failure;
use crate::message::occasion::Occasion;

/// A message that the shop wants to send to a user.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The user.
    pub open_id: String,
    /// What happened.
    pub occasion: Occasion,
    /// What it happened to. Only a grant of this business number is used; any
    /// of the user's if it is `None`.
    pub bus_no: Option<String>,
    /// Variables of the message that the shop knows, such as `newPrice` or
    /// `trackingNumber`. They take precedence over those of the page.
    pub facts: Map<String, Value>,
    /// The idempotency key. A notice whose key was used before sends nothing
    /// and returns the first result: another attempt needs another key. Without
    /// a key, each call may send.
    pub key: Option<String>,
}

/// The result of a [`Notice`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// WeChat took the message; the grant is spent.
    Sent(Message),
    /// The user gave no grant that is open; WeChat was not asked.
    NoGrant {
        /// The template that the user would have to accept.
        template_id: String,
        /// Its title.
        title: &'static str,
    },
    /// The message was not sent.
    Failed(Message, Failure),
    /// The request went out and no answer came. The message is not sent again,
    /// and its grant not used, until [`Store::settle`](crate::Store::settle).
    Unknown(Message, Failure),
}

/// Why nothing was sent.
#[derive(Debug)]
pub enum SendError {
    /// There is no account to send with, or no template for the occasion.
    NotConfigured(&'static str),
    /// WeChat has banned the account from sending (43107).
    Banned(String),
    /// The key was used for another notice.
    Conflict,
    /// The message of this key is still being sent, after some waiting.
    InProgress,
    /// The database failed. What was under way is `unknown` at the next start.
    Store(StoreError),
}

impl Display for SendError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConfigured(why) => f.write_str(why),
            Self::Banned(why) => f.write_str(why),
            Self::Conflict => f.write_str("the key was used for another notice"),
            Self::InProgress => f.write_str("the message of this key is still under way"),
            Self::Store(error) => Display::fmt(error, f),
        }
    }
}

impl Error for SendError {}

impl From<StoreError> for SendError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
