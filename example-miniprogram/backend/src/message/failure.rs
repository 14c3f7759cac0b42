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
    /// 43107: WeChat has banned the account, or this template, from sending.
    /// Nothing more is sent until the program is started again.
    Banned,
    /// 48001: the account may not call this API.
    NotAuthorized,
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
    /// WeChat took the message, and then could not deliver it.
    NotDelivered,
    /// 40029, 40163: the code of a sign-in is wrong, or was used.
    BadCode,
    /// Another code of WeChat's.
    Other,
}

/// Why a message was not sent, or is not known to be.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// WeChat's code, if it gave one.
    pub code: Option<i64>,
    /// What went wrong.
    pub kind: FailureKind,
    /// What to do about it.
    pub message: String,
    /// Whether the same message can go out later as it is.
    pub retryable: bool,
    /// After how many seconds to try again, where waiting helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// The field that WeChat refused (47003), such as `thing1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// WeChat's own text, or this program's where WeChat gave none.
    #[serde(skip)]
    pub(crate) errmsg: String,
}

impl Failure {
    /// What a code other than 0 means. `errmsg` must hold no secret.
    pub(crate) fn of_code(code: i64, errmsg: String) -> Self {
        use FailureKind::*;
        const SOON: Option<u32> = Some(5);
        const MINUTE: Option<u32> = Some(60);
        const HOUR: Option<u32> = Some(3600);
        let (kind, advice) = match code {
            43101 => (Refused, "the user takes no such message; the grant is void"),
            40003 => (BadOpenId, "no user of this mini-program has this openId"),
            43107 => (Banned, "WeChat has banned the account or the template: see its console"),
            48001 => (NotAuthorized, "the token is of an account that may not call this"),
            40037 => (BadTemplate, "put the account's own template ids into the database"),
            47003 => (BadData, "let template_fields have the template's own keys"),
            45168 => (BadWords, "WeChat does not send words that the values hold"),
            43108 => (Concurrent, "another message to this user was being sent"),
            41030 => (BadPage, "release the mini-program with this page"),
            40001 | 40014 | 42001 => (BadToken, "WeChat refused a new access token"),
            40002 | 40013 | 40125 | 40164 | 40243 | 41002 | 41004 | 50004 | 50007 => {
                (BadCredentials, "check appid and secret, and WeChat's list of allowed IPs")
            }
            44990 | 45009 | 45011 | 45047 => (Quota, "too many calls for now"),
            40029 | 40163 => (BadCode, "get a new code from wx.login"),
            -1 => (Busy, "WeChat was busy"),
            _ => (Other, "WeChat did not take it"),
        };
        let retry_after = match (kind, code) {
            (Concurrent, _) => SOON,
            (Busy, _) | (Quota, 45011) => MINUTE,
            (Quota, _) => HOUR,
            _ => None,
        };
        let field = if kind == BadData { refused_field(&errmsg) } else { None };
        let retryable = retry_after.is_some() || kind == BadToken;
        let message = format!("{advice} (WeChat says {code}: {errmsg})");
        Self { code: Some(code), kind, message, retryable, retry_after, field, errmsg }
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
        use FailureKind::{BadOpenId, NotDelivered, Refused};
        matches!(self.kind, Refused | BadOpenId | NotDelivered) && !self.retryable
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

    /// WeChat pushed that it could not deliver the message.
    pub(crate) fn not_delivered(code: i64, status: &str) -> Self {
        let errmsg: String = status.chars().take(300).collect();
        let message = format!("WeChat took it and could not deliver it ({code}: {errmsg})");
        let failure = Self::without_code(FailureKind::NotDelivered, message, false);
        Self { code: Some(code), errmsg, ..failure }
    }

    /// The operator says that the message did not go out.
    pub(crate) fn settled() -> Self {
        let message = "settled by hand: it was not sent".to_owned();
        Self::without_code(FailureKind::OutcomeUnknown, message, true)
    }

    fn without_code(kind: FailureKind, message: String, retryable: bool) -> Self {
        let errmsg = message.clone();
        Self { code: None, kind, errmsg, message, retryable, retry_after: None, field: None }
    }
}

/// The field that a 47003 names: `argument invalid! data.thing1.value …`.
fn refused_field(errmsg: &str) -> Option<String> {
    let name = errmsg.split_once("data.")?.1.split(['.', ' ']).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: i64) -> Failure {
        Failure::of_code(code, String::new())
    }

    /// The codes of WeChat's page on sending, and the general ones.
    #[test]
    fn every_documented_code_has_a_kind_of_its_own() {
        let documented = [
            -1, 40001, 40003, 40013, 40014, 40037, 40125, 40164, 41030, 42001, 43101, 43107, 43108,
            45009, 45011, 45168, 47003, 48001,
        ];
        for code in documented {
            assert_ne!(of(code).kind, FailureKind::Other, "{code}");
        }
        assert_eq!(of(99999).kind, FailureKind::Other);
    }

    #[test]
    fn only_what_passes_is_worth_a_retry() {
        for (code, wait) in [(-1, 60), (43108, 5), (45009, 3600), (45011, 60)] {
            assert_eq!((of(code).retryable, of(code).retry_after), (true, Some(wait)), "{code}");
        }
        for code in [40003, 40037, 41030, 43101, 43107, 45168, 47003, 48001, 99999] {
            assert_eq!((of(code).retryable, of(code).retry_after), (false, None), "{code}");
        }
    }

    #[test]
    fn a_refused_value_names_its_field() {
        let field = |text: &str| Failure::of_code(47003, text.to_owned()).field;
        let named = field("argument invalid! data.thing1.value invalid rid: 5f-1");
        assert_eq!(named.as_deref(), Some("thing1"));
        assert_eq!(field("argument invalid! data.amount12 is empty").as_deref(), Some("amount12"));
        assert_eq!(field("argument invalid!"), None);
        assert_eq!(field("argument invalid! data."), None);
        assert_eq!(Failure::of_code(45168, "data.thing1".to_owned()).field, None);
    }
}
