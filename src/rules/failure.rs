//! errCode and errMsg → an error that a program can match and a person can act
//! on.
//!
//! WeChat numbers most failures of the popup, but leaves the number out of the
//! three that developers meet most often, so their texts are matched. Texts
//! come as `api:fail reason` and as `api:fail:reason`.

use alloc::boxed::Box;
use alloc::string::String;

use serde::Serialize;

use crate::rules::text::contains;

/// Where in the flow a call failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// The arguments of the call.
    Trigger,
    /// Asking the back end which templates to offer.
    Templates,
    /// Reading which choices the user keeps.
    Settings,
    /// The consent popup.
    Popup,
}

/// What went wrong, as a program matches it. The glue knows two more, for a
/// module that cannot be loaded or has trapped.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// The trigger type is neither one of the nine nor configured.
    UnknownTrigger,
    /// The caller passed something that cannot be used.
    BadArgument,
    /// The network, the back end or the application's own function failed.
    Network,
    /// The back end or the host answered something that cannot be understood.
    BadResponse,
    /// No answer came in time.
    Timeout,
    /// The popup was asked for outside a tap.
    NotTapped,
    /// A popup is open already.
    Busy,
    /// The mini-program went to the background.
    Background,
    /// A template id is not one of this mini-program.
    TemplateNotFound,
    /// One-time and long-term templates in one call.
    MixedTemplateTypes,
    /// More templates than the client takes.
    TooManyTemplates,
    /// The user has turned subscription messages off.
    MainSwitchOff,
    /// WeChat has banned the mini-program from subscription messages.
    Banned,
    /// A device template, which needs another API.
    DeviceTemplate,
    /// The user closed the popup of long-term templates with 取消: a refusal,
    /// not a fault.
    Cancelled,
    /// The host lacks the API.
    UnsupportedHost,
    /// Anything else; `message` holds the host's own text.
    Unknown,
}

impl Kind {
    /// Whether the same call can succeed later without a change to the code or
    /// to the configuration. For the popup that means at the next tap.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::Network
                | Self::Timeout
                | Self::NotTapped
                | Self::Busy
                | Self::Background
                | Self::Cancelled
        )
    }

    /// What the developer who reads the message should do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::UnknownTrigger => "unknown trigger type: use TriggerType or `triggers`",
            Self::BadArgument => "cannot be used: check arguments and template ids",
            Self::Network => "the request failed: check the network, try again",
            Self::BadResponse => "the answer cannot be used: check the back end",
            Self::Timeout => "no answer in time: try again",
            Self::NotTapped => {
                "the tap is gone. Check in this order: asyncSubscribeMessage comes \
                 first in the handler, with no await or sign-in before; \
                 prefetchTemplates ran before; uni-app: data-eventsync=\"true\" \
                 on the tapped node and the one inside; the event is a bindtap"
            }
            Self::Busy => "a popup is open already: wait for its answer",
            Self::Background => "in the background: ask at the next tap",
            Self::TemplateNotFound => "not a template of this mini-program: check the back end",
            Self::MixedTemplateTypes => {
                "one-time and long-term templates cannot be mixed: check the back end"
            }
            Self::TooManyTemplates => "too many templates for this client: the next tap asks fewer",
            Self::MainSwitchOff => {
                "the user has turned messages off: offer openSubscriptionSettings"
            }
            Self::Banned => "WeChat has banned this mini-program: see mp.weixin.qq.com",
            Self::DeviceTemplate => "device templates need wx.requestSubscribeDeviceMessage",
            Self::Cancelled => "the user cancelled: a refusal, ask at a later tap",
            Self::UnsupportedHost => "this client lacks the API: update WeChat",
            Self::Unknown => "the host's error: look up its `code`",
        }
    }
}

/// An error: what a program matches, and what a person reads.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Error {
    /// What went wrong.
    pub kind: Kind,
    /// The host's errCode or the back end's HTTP status, if there was one.
    pub code: Option<i32>,
    /// What to do about it, and the host's own text.
    pub message: String,
    /// Whether the same call can succeed later as it is.
    pub retryable: bool,
    /// How long the back end asks to be left alone (`Retry-After`), in
    /// milliseconds.
    #[serde(skip)]
    pub retry_after_ms: Option<f64>,
    /// Whether it came as an HTML page: a gateway or a firewall speaks HTML, a
    /// back end does not.
    #[serde(skip)]
    pub is_page: bool,
}

/// The errCodes of `wx.requestSubscribeMessage`, and a part of each one's text,
/// for clients that leave the number out or give another. Number 0 stands for
/// failures that no document numbers.
const POPUP_FAILURES: [(i32, Kind, &str); 25] = [
    (10001, Kind::BadArgument, "can't be empty"),
    (10002, Kind::Network, "request list fail"),
    (10003, Kind::Network, "request subscribe fail"),
    (10004, Kind::BadArgument, "invalid template id"),
    (10005, Kind::Background, "cannot show subscribe"),
    (20001, Kind::TemplateNotFound, "no template data"),
    (20002, Kind::MixedTemplateTypes, "type must be same"),
    (20003, Kind::TooManyTemplates, "out of max bounds"),
    (20004, Kind::MainSwitchOff, "main switch"),
    (20005, Kind::Banned, "was banned"),
    (20013, Kind::DeviceTemplate, "devicemsg"),
    (0, Kind::NotTapped, "tap gesture"),
    (0, Kind::NotTapped, "user interaction"),
    (0, Kind::Busy, "last call"),
    (0, Kind::UnsupportedHost, "not support"),
    (0, Kind::UnsupportedHost, "unsupported"),
    (0, Kind::UnsupportedHost, "no support"),
    (0, Kind::UnsupportedHost, "not implement"),
    (0, Kind::UnsupportedHost, "不支持"),
    (0, Kind::Cancelled, ":cancel"),
    (0, Kind::Cancelled, ": cancel"),
    (0, Kind::Cancelled, "fail cancel"),
    (0, Kind::Cancelled, "failcancel"),
    (0, Kind::Cancelled, "user cancel"),
    (0, Kind::Cancelled, "取消"),
];

/// How hosts and HTTP libraries put it that a request took too long.
const TIMEOUTS: [&str; 9] = [
    "timeout",
    "time out",
    "time-out",
    "timedout",
    "timed out",
    "timed_out",
    "超时",
    "超時",
    "逾時",
];

/// WeChat's `errno` of a request that took too long.
const ERRNO_TIMEOUT: i32 = 5;

impl Error {
    /// An error of this kind.
    #[must_use]
    pub fn new(kind: Kind) -> Box<Self> {
        Box::new(Self {
            kind,
            code: None,
            message: kind.advice().into(),
            retryable: kind.is_retryable(),
            retry_after_ms: None,
            is_page: false,
        })
    }

    /// An error of this kind whose message says what it is about.
    #[must_use]
    pub fn about(kind: Kind, detail: &str) -> Box<Self> {
        let mut error = Self::new(kind);
        error.add_detail(detail);
        error
    }

    /// Puts a text behind the advice, in brackets.
    pub fn add_detail(&mut self, detail: &str) {
        for part in [" (", detail, ")"] {
            self.message.push_str(part);
        }
    }

    /// Classifies a failure of the popup. `code` is the host's errCode, where
    /// it gave a number; 0 counts as none. A number that is not listed leaves it
    /// to the text.
    #[must_use]
    pub fn of_popup(code: Option<i32>, text: &str) -> Box<Self> {
        let code = code.filter(|code| *code != 0);
        let by_number = POPUP_FAILURES.iter().find(|(number, ..)| Some(*number) == code);
        let known =
            by_number.or_else(|| POPUP_FAILURES.iter().find(|(.., part)| contains(text, part)));
        let begins_with = |word: &str| {
            text.get(..word.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(word))
        };
        let kind = match known {
            Some((_, kind, _)) => *kind,
            None if begins_with("cancel") => Kind::Cancelled,
            None if is_timeout(code, text) => Kind::Timeout,
            None => Kind::Unknown,
        };
        Self::with_code(kind, code)
    }

    fn with_code(kind: Kind, code: Option<i32>) -> Box<Self> {
        let mut error = Self::new(kind);
        error.code = code;
        error
    }

    /// Classifies a request that did not reach the back end, or an
    /// application's own function that failed.
    #[must_use]
    pub fn of_request(code: Option<i32>, text: &str) -> Box<Self> {
        let kind = if is_timeout(code, text) { Kind::Timeout } else { Kind::Network };
        Self::with_code(kind, code)
    }

    /// The error of a request that took too long, whatever its text.
    #[must_use]
    pub fn of_timeout(code: Option<i32>, _text: &str) -> Box<Self> {
        Self::with_code(Kind::Timeout, code)
    }

    /// Classifies an HTTP status outside 200–299.
    #[must_use]
    pub fn of_status(status: i32) -> Box<Self> {
        let mut error = Self::about(Kind::BadResponse, "see the HTTP status in `code`");
        error.code = Some(status);
        error.retryable = status >= 500 || matches!(status, 408 | 425 | 429);
        error
    }

    /// Whether the back end does not know the user, or not any more.
    #[must_use]
    pub fn is_about_the_user(&self) -> bool {
        self.kind == Kind::BadResponse && matches!(self.code, Some(401 | 403))
    }
}

fn is_timeout(code: Option<i32>, text: &str) -> bool {
    code == Some(ERRNO_TIMEOUT) || TIMEOUTS.iter().any(|part| contains(text, part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::vec::Vec;
    #[cfg(not(target_arch = "wasm32"))]
    use proptest::prelude::*;

    /// The documented table: errCode, text, and the kind it must get.
    const DOCUMENTED: [(i32, &str, Kind); 11] = [
        (10001, "TmplIds can't be empty", Kind::BadArgument),
        (10002, "Request list fail", Kind::Network),
        (10003, "Request subscribe fail", Kind::Network),
        (10004, "Invalid template id", Kind::BadArgument),
        (10005, "Cannot show subscribe message UI", Kind::Background),
        (20001, "No template data return, verify the template id exist", Kind::TemplateNotFound),
        (20002, "Templates type must be same", Kind::MixedTemplateTypes),
        (20003, "Templates count out of max bounds", Kind::TooManyTemplates),
        (20004, "The main switch is switched off", Kind::MainSwitchOff),
        (20005, "This mini program was banned from subscribing messages", Kind::Banned),
        (20013, "Reject DeviceMsg Template", Kind::DeviceTemplate),
    ];

    const UNNUMBERED: [(&str, Kind); 6] = [
        ("can only be invoked by user TAP gesture.", Kind::NotTapped),
        ("can only be invoked by user TAP gesture", Kind::NotTapped),
        ("require user interaction (only in touchend event)", Kind::NotTapped),
        ("last call", Kind::Busy),
        ("cancel", Kind::Cancelled),
        ("开发者工具暂时不支持此 API 调试，请使用真机进行开发", Kind::UnsupportedHost),
    ];

    /// The forms in which a reason is seen behind the name of the API.
    fn texts(reason: &str) -> [String; 3] {
        [" ", ":", ""].map(|mark| ["requestSubscribeMessage:fail", mark, reason].concat())
    }

    #[test]
    fn every_documented_code_has_its_kind() {
        for (code, reason, kind) in DOCUMENTED {
            for text in texts(reason) {
                let error = Error::of_popup(Some(code), &text);
                assert_eq!((error.kind, error.code), (kind, Some(code)), "{text}");
            }
        }
    }

    #[test]
    fn a_code_is_known_without_its_text_and_a_text_without_its_code() {
        for (code, reason, kind) in DOCUMENTED {
            assert_eq!(Error::of_popup(Some(code), "").kind, kind);
            for text in texts(reason) {
                assert_eq!(Error::of_popup(None, &text).kind, kind, "{text}");
                assert_eq!(Error::of_popup(Some(0), &text).kind, kind, "{text}");
            }
        }
    }

    #[test]
    fn texts_that_have_no_code_are_known() {
        for (reason, kind) in UNNUMBERED {
            for text in texts(reason) {
                for code in [None, Some(0)] {
                    let error = Error::of_popup(code, &text);
                    assert_eq!((error.kind, error.code), (kind, None), "{text}");
                }
            }
        }
    }

    #[test]
    fn a_code_that_is_not_listed_is_kept_and_its_text_decides() {
        for (reason, kind) in UNNUMBERED {
            for text in texts(reason) {
                let error = Error::of_popup(Some(-202), &text);
                assert_eq!((error.kind, error.code), (kind, Some(-202)), "{text}");
            }
        }
        assert_eq!(Error::of_popup(Some(-202), "").kind, Kind::Unknown);
        assert_eq!(Error::of_popup(None, "do not cancel").kind, Kind::Unknown);
    }

    #[test]
    fn a_user_who_cancels_is_recognised_in_every_wording() {
        for text in [
            "requestSubscribeMessage:cancel",
            "requestSubscribeMessage:fail cancel",
            "requestSubscribeMessage:fail:cancel",
            "requestSubscribeMessage:fail: cancel",
            "requestSubscribeMessage:fail user cancel",
            "cancel",
            "cancelled by user",
            "Cancel",
            "requestSubscribeMessage:fail 用户取消",
        ] {
            assert_eq!(Error::of_popup(None, text).kind, Kind::Cancelled, "{text}");
        }
    }

    #[test]
    fn a_host_without_the_api_is_recognised_in_every_wording() {
        for text in [
            "requestSubscribeMessage:fail not support",
            "requestSubscribeMessage:fail is not supported",
            "fail: unsupported API",
            "requestSubscribeMessage:fail 当前版本不支持",
        ] {
            assert_eq!(Error::of_popup(None, text).kind, Kind::UnsupportedHost, "{text}");
        }
    }

    #[test]
    fn a_request_that_timed_out_is_told_apart() {
        for text in [
            "request:fail timeout",
            "request:fail time out",
            "request:fail 请求超时",
            "connect ETIMEDOUT 10.0.0.1:443",
            "request:fail net::ERR_CONNECTION_TIMED_OUT",
            "Timeout of 3000ms exceeded",
        ] {
            assert_eq!(Error::of_request(None, text).kind, Kind::Timeout, "{text}");
        }
        assert_eq!(Error::of_request(Some(5), "request:fail").kind, Kind::Timeout);
        let offline = Error::of_request(Some(600_003), "request:fail net::ERR_FAILED");
        assert_eq!((offline.kind, offline.code), (Kind::Network, Some(600_003)));
    }

    #[test]
    fn a_status_is_retryable_when_the_back_end_may_recover() {
        for status in [408, 425, 429, 500, 502, 503, 599] {
            assert!(Error::of_status(status).retryable, "{status}");
        }
        for status in [100, 199, 301, 400, 401, 404, 409, 422] {
            assert!(!Error::of_status(status).retryable, "{status}");
        }
        assert_eq!(Error::of_status(404).code, Some(404));
    }

    #[test]
    fn two_statuses_say_that_the_back_end_does_not_know_the_user() {
        let about_the_user: Vec<i32> =
            (-1..700).filter(|status| Error::of_status(*status).is_about_the_user()).collect();
        assert_eq!(about_the_user, [401, 403]);
    }

    #[test]
    fn what_can_succeed_later_as_it_is_is_retryable() {
        for kind in [
            Kind::Network,
            Kind::Timeout,
            Kind::NotTapped,
            Kind::Busy,
            Kind::Background,
            Kind::Cancelled,
        ] {
            assert!(kind.is_retryable() && Error::new(kind).retryable, "{kind:?}");
        }
        for kind in [
            Kind::UnknownTrigger,
            Kind::BadArgument,
            Kind::BadResponse,
            Kind::TemplateNotFound,
            Kind::MixedTemplateTypes,
            Kind::TooManyTemplates,
            Kind::MainSwitchOff,
            Kind::Banned,
            Kind::DeviceTemplate,
            Kind::UnsupportedHost,
            Kind::Unknown,
        ] {
            assert!(!kind.is_retryable() && !Error::new(kind).retryable, "{kind:?}");
        }
    }

    #[test]
    fn the_message_advises_and_quotes_the_detail_in_brackets() {
        let error = Error::about(Kind::NotTapped, "the host's text");
        assert!(error.message.starts_with("the tap is gone. Check in this order:"));
        assert!(error.message.ends_with(" (the host's text)"));
        assert!(Error::new(Kind::Timeout).message.contains("no answer in time"));
    }

    #[test]
    fn a_popup_that_timed_out_is_told_apart() {
        for text in ["requestSubscribeMessage:fail timeout", "requestSubscribeMessage:fail 超时"]
        {
            assert_eq!(Error::of_popup(None, text).kind, Kind::Timeout, "{text}");
        }
        assert_eq!(Error::of_popup(Some(5), "").kind, Kind::Timeout);
        assert_eq!(Error::of_popup(Some(20004), "timeout").kind, Kind::MainSwitchOff);
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest! {
        #[test]
        fn any_error_has_a_kind_and_a_message(code in any::<Option<i32>>(), text in any::<String>()) {
            let error = Error::of_popup(code, &text);
            prop_assert!(!error.message.is_empty());
            prop_assert_eq!(error.code, code.filter(|code| *code != 0));
            prop_assert_eq!(error.retryable, error.kind.is_retryable());
            let request = Error::of_request(code, &text);
            prop_assert!(matches!(request.kind, Kind::Network | Kind::Timeout));
        }

        #[test]
        fn a_known_reason_is_found_in_any_surroundings(
            before in "[ -~]{0,20}", after in "[ -~]{0,20}", at in 0..DOCUMENTED.len(),
        ) {
            let (_, reason, kind) = DOCUMENTED[at];
            let text = [before.as_str(), ":fail ", reason, &after].concat();
            prop_assert_eq!(Error::of_popup(None, &text).kind, kind);
        }
    }
}
