//! Why a message was not sent: WeChat's codes, and other failures.

use serde::{Deserialize, Serialize};

/// What went wrong, for a program to match.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FailureKind {
    /// 43101: WeChat says that the user gave no grant, or took it back.
    Refused,
    /// 40003: WeChat has no such user of this mini-program.
    BadOpenId,
    /// 40037: the template is not one of this account.
    BadTemplate,
    /// 47003: the values do not fit the template's fields.
    BadData,
    /// 45168: the values hold words that WeChat does not send.
    BadWords,
    /// 41030: the released mini-program has no such page.
    BadPage,
    /// 40001, 40014, 42001: WeChat refused a token that was new.
    BadToken,
    /// 40013, 40125, 40164 and others: no token for this account from here.
    BadCredentials,
    /// 45009, 45011, 44990, 45047: too many calls.
    Quota,
    /// -1: WeChat stayed busy through all retries.
    Busy,
    /// 43108: another message to the user was being sent, through all retries.
    Concurrent,
    /// WeChat could not be reached; no request for a message went out.
    Network,
    /// The answer was not WeChat's, and nothing was sent.
    BadReply,
    /// The request went out, and whether the message did is unknown.
    OutcomeUnknown,
    /// The program ended before the message was sent.
    Interrupted,
    /// Another code of WeChat's.
    Other,
}

/// Why a message was not sent, or is not known to be.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Failure {
    /// WeChat's code, if it gave one.
    pub code: Option<i64>,
    /// What went wrong.
    pub kind: FailureKind,
    /// What to do about it.
    pub message: String,
    /// Whether the same message can go out later as it is.
    pub retryable: bool,
    /// WeChat's own text, or this program's where WeChat gave none.
    #[serde(skip)]
    pub(crate) errmsg: String,
}

impl Failure {
    /// What a code other than 0 means. `errmsg` must hold no secret.
    pub(crate) fn of_code(code: i64, errmsg: String) -> Self {
        use FailureKind::*;
        let (kind, advice, retryable) = match code {
            43101 => (Refused, "the user takes no such message; the grant is void", false),
            40003 => (BadOpenId, "no user of this mini-program has this openId", false),
            40037 => (BadTemplate, "put the account's own template ids into the database", false),
            47003 => (BadData, "let template_fields have the template's own keys", false),
            45168 => (BadWords, "WeChat does not send words that the values hold", false),
            43108 => (Concurrent, "another message to this user was being sent", true),
            41030 => (BadPage, "release the mini-program with this page", false),
            40001 | 40014 | 42001 => (BadToken, "WeChat refused a new access token", true),
            40002 | 40013 | 40125 | 40164 | 40243 | 41002 | 41004 | 50004 | 50007 => {
                (BadCredentials, "check appid and secret, and WeChat's list of allowed IPs", false)
            }
            44990 | 45009 | 45011 | 45047 => (Quota, "too many calls for now", true),
            -1 => (Busy, "WeChat was busy", true),
            _ => (Other, "WeChat did not take it", false),
        };
        let message = format!("{advice} (WeChat says {code}: {errmsg})");
        Self { code: Some(code), kind, message, retryable, errmsg }
    }

    /// The first 43101 of a grant. WeChat also answers it for some time after
    /// many sends, so the grant is kept until it comes again.
    pub(crate) fn doubted(mut self) -> Self {
        if self.kind == FailureKind::Refused {
            let code = self.code.unwrap_or_default();
            self.message = format!(
                "the user takes no such message for now; the grant is kept until WeChat says so \
                 again (WeChat says {code}: {})",
                self.errmsg
            );
            self.retryable = true;
        }
        self
    }

    /// Whether WeChat has no such grant, so that it is void.
    pub(crate) fn ends_grant(&self) -> bool {
        matches!(self.kind, FailureKind::Refused | FailureKind::BadOpenId) && !self.retryable
    }

    /// Whether a retry soon may succeed.
    pub(crate) fn passes_soon(&self) -> bool {
        matches!(self.kind, FailureKind::Busy | FailureKind::Concurrent)
    }

    /// WeChat was not reached.
    pub(crate) fn network(why: &str) -> Self {
        Self::without_code(FailureKind::Network, format!("WeChat was not reached: {why}"), true)
    }

    /// The answer did not come from WeChat, or has an unknown form.
    pub(crate) fn bad_reply(why: &str) -> Self {
        Self::without_code(
            FailureKind::BadReply,
            format!("the answer is not WeChat's: {why}"),
            false,
        )
    }

    /// A request for a message went out and was not answered.
    pub(crate) fn outcome_unknown(why: &str) -> Self {
        let message =
            format!("the user may have the message or not, and it is not sent again: {why}");
        Self::without_code(FailureKind::OutcomeUnknown, message, false)
    }

    /// The program ended while a request was under way.
    pub(crate) fn cut_off() -> Self {
        Self::outcome_unknown("the program ended while it was being sent")
    }

    /// The program ended while no request was under way.
    pub(crate) fn interrupted() -> Self {
        let message = "the program ended before it was sent".to_owned();
        Self::without_code(FailureKind::Interrupted, message, true)
    }

    /// The operator says that the message did not go out.
    pub(crate) fn settled() -> Self {
        let message = "settled by hand: it was not sent".to_owned();
        Self::without_code(FailureKind::OutcomeUnknown, message, true)
    }

    fn without_code(kind: FailureKind, message: String, retryable: bool) -> Self {
        Self { code: None, kind, errmsg: message.clone(), message, retryable }
    }
}
