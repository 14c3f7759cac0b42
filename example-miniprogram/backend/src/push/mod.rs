//! WeChat's message push: what it sends to the address entered in its console.
//! Pure: from a request and the configuration to what it means.
//!
//! There is one address per mini-program. An application that has one already
//! calls [`receive`] from its own handler.

mod crypto;
mod event;
mod xml;

use std::fmt::{self, Display, Formatter};

use serde::Deserialize;
use serde_json::Value;

pub use crypto::AesKey;
pub use event::{Choice, Delivery, PushEvent};

/// How far the time stamp of a request may be from now, in seconds.
const TOLERANCE: i64 = 5 * 60;

/// What is entered in WeChat's console.
#[derive(Clone, Debug)]
pub struct PushConfig {
    /// The token.
    pub token: crate::Secret,
    /// The key: for the secure and the compatible mode.
    pub aes_key: Option<AesKey>,
    /// The mini-program.
    pub appid: String,
    /// Whether a message that is not encrypted is refused.
    pub secure: bool,
}

/// The query of a request.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
pub struct PushQuery {
    timestamp: String,
    nonce: String,
    signature: Option<String>,
    echostr: Option<String>,
    encrypt_type: Option<String>,
    msg_signature: Option<String>,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PushRefusal {
    /// Its signature is wrong, or missing.
    Signature,
    /// Its time stamp is more than five minutes from now: the clock of this
    /// server may be wrong.
    Stale,
    /// It is not encrypted, and the configuration wants that.
    Plain,
    /// It is encrypted, and the configuration has no key.
    NoKey,
    /// It cannot be decrypted: the key or the appid is another.
    Cipher,
    /// Its body is neither JSON nor XML of the kind that WeChat sends.
    Body,
}

impl Display for PushRefusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature => "the signature is wrong: compare the token with WeChat's console",
            Self::Stale => "the time stamp is more than five minutes from the server's time",
            Self::Plain => "the message is not encrypted, and the server is set to the secure mode",
            Self::NoKey => "the message is encrypted, and the server has no EncodingAESKey",
            Self::Cipher => "the message cannot be decrypted with this EncodingAESKey and appid",
            Self::Body => "the body is not one that WeChat sends",
        })
    }
}

/// A message of WeChat.
#[derive(Clone, Debug, PartialEq)]
pub struct Push {
    /// Its text, decrypted.
    pub plaintext: String,
    /// The event, if it is about subscription messages.
    pub event: Option<PushEvent>,
}

/// Checks the address that was entered in the console (`GET`). Returns what to
/// answer.
///
/// # Errors
/// It does not come from WeChat.
pub fn check_address(
    query: &PushQuery,
    config: &PushConfig,
    now: i64,
) -> Result<String, PushRefusal> {
    fresh(query, now)?;
    signed(query.signature.as_deref(), query, config, None)?;
    Ok(query.echostr.clone().unwrap_or_default())
}

/// Reads a message (`POST`). The answer to one that is accepted is `success`,
/// whatever it is about; otherwise WeChat repeats it.
///
/// # Errors
/// It does not come from WeChat, or not for this mini-program.
pub fn receive(
    query: &PushQuery,
    body: &[u8],
    config: &PushConfig,
    now: i64,
) -> Result<Push, PushRefusal> {
    fresh(query, now)?;
    let body = std::str::from_utf8(body).map_err(|_| PushRefusal::Body)?;
    let plaintext = if query.encrypt_type.as_deref() == Some("aes") {
        let key = config.aes_key.as_ref().ok_or(PushRefusal::NoKey)?;
        let envelope = value(body)?;
        let encrypted = envelope.get("Encrypt").and_then(Value::as_str).ok_or(PushRefusal::Body)?;
        // `signature` covers no body, and so decides nothing here.
        signed(query.msg_signature.as_deref(), query, config, Some(encrypted))?;
        key.decrypt(encrypted, &config.appid).ok_or(PushRefusal::Cipher)?
    } else {
        signed(query.signature.as_deref(), query, config, None)?;
        if config.secure {
            return Err(PushRefusal::Plain);
        }
        body.to_owned()
    };
    let event = event::read(&value(&plaintext)?);
    Ok(Push { plaintext, event })
}

fn fresh(query: &PushQuery, now: i64) -> Result<(), PushRefusal> {
    let time: i64 = query.timestamp.parse().map_err(|_| PushRefusal::Stale)?;
    let distance = now.saturating_sub(time).saturating_abs();
    if distance <= TOLERANCE { Ok(()) } else { Err(PushRefusal::Stale) }
}

fn signed(
    signature: Option<&str>,
    query: &PushQuery,
    config: &PushConfig,
    encrypted: Option<&str>,
) -> Result<(), PushRefusal> {
    let mut parts = vec![config.token.text(), &query.timestamp, &query.nonce];
    parts.extend(encrypted);
    let right = signature.is_some_and(|signature| crypto::is_signature(signature, parts));
    if right { Ok(()) } else { Err(PushRefusal::Signature) }
}

fn value(text: &str) -> Result<Value, PushRefusal> {
    if text.trim_start().starts_with('<') {
        return xml::read(text).ok_or(PushRefusal::Body);
    }
    serde_json::from_str(text).ok().filter(Value::is_object).ok_or(PushRefusal::Body)
}
