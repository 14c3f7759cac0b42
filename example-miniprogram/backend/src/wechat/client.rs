//! The calls of WeChat's server API, in WeChat's form: an access token, a
//! message, and who signs in.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use axum::body::Bytes;
use reqwest::{Client, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::message::failure::Failure;
use crate::wechat::api_url::ApiUrl;
use crate::wechat::connection::{self, CallError, call};

/// A string that is never printed: the secret of an account, an access token.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from being printed.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// A mini-program's account, and how its messages are sent.
#[derive(Clone, Debug)]
pub struct Account {
    /// The mini-program's id.
    pub appid: String,
    /// The secret that belongs to it.
    pub secret: Secret,
    /// Where WeChat's API is.
    pub api: ApiUrl,
    /// Which release a tap on a message opens: `formal`, `trial` or
    /// `developer`.
    pub miniprogram_state: String,
    /// How long to wait for what.
    pub timing: Timing,
}

/// How long to wait for what.
#[derive(Clone, Debug)]
pub struct Timing {
    /// Until there is a connection to WeChat.
    pub connect: Duration,
    /// From the start of a call until its answer is there.
    pub answer: Duration,
    /// Before each further try while WeChat is busy (-1).
    pub busy: Vec<Duration>,
    /// How long before its end a token is renewed. WeChat returns the old token
    /// until five minutes before its end, so longer times have no effect.
    pub token_margin: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(10),
            busy: [500, 1500, 4500].map(Duration::from_millis).to_vec(),
            token_margin: Duration::from_secs(240),
        }
    }
}

/// The parts of a message.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) open_id: String,
    pub(crate) template_id: String,
    pub(crate) page: &'static str,
    pub(crate) data: Map<String, Value>,
}

/// WeChat's answer to a message.
#[derive(Debug)]
pub(crate) enum Reply {
    Taken {
        msgid: Option<String>,
    },
    Refused(Failure),
    /// Whether WeChat has it is unknown.
    None(Failure),
}

/// A token and its remaining life.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) value: Secret,
    pub(crate) life: Duration,
}

/// WeChat's API as seen by one account.
pub(crate) struct WeChat {
    client: Client,
    account: Account,
}

/// All calls answer in this form; each call has members of its own.
#[derive(Deserialize)]
struct Answer {
    errcode: Option<i64>,
    #[serde(default)]
    errmsg: String,
    msgid: Option<Value>,
    access_token: Option<String>,
    expires_in: Option<u64>,
    openid: Option<String>,
}

impl WeChat {
    pub(crate) fn new(account: Account) -> Result<Self, String> {
        Ok(Self { client: connection::client(&account.timing)?, account })
    }

    pub(crate) fn timing(&self) -> &Timing {
        &self.account.timing
    }

    /// The account's token. Every server of the account gets the same one, so a
    /// new one is never forced: that would end it for the others.
    pub(crate) async fn token(&self) -> Result<Token, Failure> {
        let Account { appid, secret, .. } = &self.account;
        let body = json!({
            "grant_type": "client_credential",
            "appid": appid,
            "secret": secret.0,
            "force_refresh": false,
        });
        let url = self.account.api.call("/cgi-bin/stable_token");
        let (status, bytes) = call(self.client.post(url).json(&body))
            .await
            .map_err(|error| Failure::network(&format!("no access token: {error}")))?;
        match read(status, &bytes).map_err(|why| Failure::bad_reply(&why))? {
            Answer { access_token: Some(value), expires_in: Some(seconds), .. } => {
                Ok(Token { value: Secret(value), life: Duration::from_secs(seconds) })
            }
            Answer { errcode: Some(code), errmsg, .. } if code != 0 => {
                Err(Failure::of_code(code, masked(&errmsg, &[&secret.0])))
            }
            _ => Err(Failure::bad_reply("neither a token nor an error code")),
        }
    }

    /// The user whose `wx.login` gave this code. The session key that WeChat
    /// returns with it is of no use here, and dropped.
    pub(crate) async fn open_id_of(&self, code: &str) -> Result<String, Failure> {
        let Account { appid, secret, api, .. } = &self.account;
        let query = [
            ("appid", appid.as_str()),
            ("secret", &secret.0),
            ("js_code", code),
            ("grant_type", "authorization_code"),
        ];
        let (status, bytes) = call(self.client.get(api.call("/sns/jscode2session")).query(&query))
            .await
            .map_err(|error| Failure::network(&error.to_string()))?;
        match read(status, &bytes).map_err(|why| Failure::bad_reply(&why))? {
            Answer { openid: Some(open_id), .. } if !open_id.is_empty() => Ok(open_id),
            Answer { errcode: Some(code), errmsg, .. } if code != 0 => {
                Err(Failure::of_code(code, masked(&errmsg, &[&secret.0])))
            }
            _ => Err(Failure::bad_reply("neither an openId nor an error code")),
        }
    }

    /// Sends one message, once.
    pub(crate) async fn send(&self, token: &Secret, letter: &Letter) -> Reply {
        let url = self.account.api.call("/cgi-bin/message/subscribe/send");
        let request = self.client.post(url).query(&[("access_token", &token.0)]);
        let body = json!({
            "touser": letter.open_id,
            "template_id": letter.template_id,
            "page": letter.page,
            "miniprogram_state": self.account.miniprogram_state,
            "lang": "zh_CN",
            "data": letter.data,
        });
        let (status, bytes) = match call(request.json(&body)).await {
            Ok(answer) => answer,
            Err(CallError::NotSent(why)) => return Reply::Refused(Failure::network(&why)),
            Err(CallError::Unanswered(why)) => return Reply::None(Failure::outcome_unknown(&why)),
        };
        match read(status, &bytes) {
            Ok(Answer { errcode: Some(0), msgid, .. }) => Reply::Taken {
                msgid: msgid.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)),
            },
            Ok(Answer { errcode: Some(code), errmsg, .. }) => {
                let secrets = [letter.open_id.as_str(), &token.0, &self.account.secret.0];
                Reply::Refused(Failure::of_code(code, masked(&errmsg, &secrets)))
            }
            // WeChat always answers 200. A 3xx or 4xx comes from something in
            // front of it that passed nothing on; a 502 may have lost the
            // answer.
            Err(why) if status.is_redirection() || status.is_client_error() => {
                Reply::Refused(Failure::bad_reply(&why))
            }
            Ok(_) => Reply::None(Failure::outcome_unknown("an answer without an error code")),
            Err(why) => Reply::None(Failure::outcome_unknown(&why)),
        }
    }
}

fn read(status: StatusCode, bytes: &Bytes) -> Result<Answer, String> {
    if status != StatusCode::OK {
        return Err(format!("HTTP status {}", status.as_u16()));
    }
    // Without serde's message, which may quote the answer.
    serde_json::from_slice(bytes).map_err(|_| "HTTP status 200 without WeChat's JSON".to_owned())
}

/// WeChat's text, cut, with the openId and the token masked.
fn masked(text: &str, secrets: &[&str]) -> String {
    const LONGEST: usize = 300;
    let text = secrets
        .iter()
        .filter(|secret| !secret.is_empty())
        .fold(text.to_owned(), |text, secret| text.replace(secret, "***"));
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new("hush")), "Secret(***)");
        assert_eq!(
            masked("invalid hush of o1, hush", &["hush", "o1", ""]),
            "invalid *** of ***, ***"
        );
        assert_eq!(masked(&"长".repeat(400), &[]).chars().count(), 300);
    }
}
