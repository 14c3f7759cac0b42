//! errCode and errMsg → a failure that a program can match and a person can
//! act on.
//!
//! WeChat numbers most failures of the popup, but leaves the number out of the
//! three that developers meet most often, so their texts are matched. Texts
//! come as `api:fail reason` and as `api:fail:reason`.

use crate::text::Text;

/// Where in the flow a call failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// The arguments of the call.
    Trigger,
    /// Asking the back end which templates to offer.
    Templates,
    /// The consent popup.
    Popup,
}

impl Stage {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Templates => "templates",
            Self::Popup => "popup",
        }
    }
}

/// What went wrong, as a program matches it. The glue knows two more, for a
/// module that cannot be loaded or has trapped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
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
    /// The host says that the call was cancelled.
    Cancelled,
    /// The host lacks the API.
    UnsupportedHost,
    /// Anything else; `message` holds the host's own text.
    Unknown,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownTrigger => "unknownTrigger",
            Self::BadArgument => "badArgument",
            Self::Network => "network",
            Self::BadResponse => "badResponse",
            Self::Timeout => "timeout",
            Self::NotTapped => "notTapped",
            Self::Busy => "busy",
            Self::Background => "background",
            Self::TemplateNotFound => "templateNotFound",
            Self::MixedTemplateTypes => "mixedTemplateTypes",
            Self::TooManyTemplates => "tooManyTemplates",
            Self::MainSwitchOff => "mainSwitchOff",
            Self::Banned => "banned",
            Self::DeviceTemplate => "deviceTemplate",
            Self::Cancelled => "cancelled",
            Self::UnsupportedHost => "unsupportedHost",
            Self::Unknown => "unknown",
        }
    }

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
                "the popup opens only in a tap: call prefetchTemplates before, \
                 asyncSubscribeMessage first thing in the tap handler"
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
            Self::Cancelled => "the host cancelled: ask at the next tap",
            Self::UnsupportedHost => "this client lacks the API: update WeChat",
            Self::Unknown => "the host's error: look up its `code`",
        }
    }
}

/// A failure: what a program matches, and what a person reads. `D` is a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure<D> {
    /// What went wrong.
    pub kind: Kind,
    /// The host's errCode or the back end's HTTP status, if there was one.
    pub code: Option<i32>,
    /// What it is about: the host's own text, as a rule.
    pub detail: Option<D>,
    /// Whether the same call can succeed later as it is.
    pub retryable: bool,
}

/// The errCodes of `wx.requestSubscribeMessage`, and a part of each one's text
/// in lower case, for clients that leave the number out. Number 0 stands for
/// failures that no document numbers.
const POPUP_FAILURES: [(i32, Kind, &str); 20] = [
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
    (0, Kind::UnsupportedHost, "not supported"),
    (0, Kind::UnsupportedHost, "暂不支持"),
    (0, Kind::UnsupportedHost, "暂时不支持"),
    (0, Kind::Cancelled, ":fail cancel"),
    (0, Kind::Cancelled, ":fail:cancel"),
    (0, Kind::Cancelled, ":failcancel"),
];

impl<D> Failure<D> {
    /// A failure of this kind.
    #[inline(never)]
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        Self { kind, code: None, detail: None, retryable: kind.is_retryable() }
    }

    /// A failure of this kind that says in `detail` what it is about.
    #[must_use]
    pub fn with_detail(kind: Kind, detail: D) -> Self {
        Self { detail: Some(detail), ..Self::new(kind) }
    }

    /// Classifies a failure of the popup. `code` is the host's errCode, where
    /// it gave a number; 0 counts as none.
    #[must_use]
    pub fn of_popup(code: Option<i32>, text: &(impl Text + ?Sized)) -> Self {
        let code = code.filter(|code| *code != 0);
        let known = POPUP_FAILURES.iter().find(|(number, _, part)| match code {
            Some(code) => *number == code,
            None => text.has(part),
        });
        let kind = match known {
            Some((_, kind, _)) => *kind,
            None if code.is_none() && text.begins_with("cancel") => Kind::Cancelled,
            None => Kind::Unknown,
        };
        Self { code, ..Self::new(kind) }
    }

    /// Classifies a request that did not reach the back end, or an
    /// application's own function that failed.
    #[must_use]
    pub fn of_request(code: Option<i32>, text: &(impl Text + ?Sized)) -> Self {
        let timed_out = ["timeout", "timed out", "time out"].iter().any(|part| text.has(part));
        let kind = if timed_out { Kind::Timeout } else { Kind::Network };
        Self { code, ..Self::new(kind) }
    }

    /// Whether the back end refused for good: 4xx, except for those statuses
    /// that mean "later".
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.kind == Kind::BadResponse
            && self.code.is_some_and(|status| (400..500).contains(&status))
            && !self.retryable
    }
}

impl<D: From<&'static str>> Failure<D> {
    /// Classifies an HTTP status outside 200–299.
    #[must_use]
    pub fn of_status(status: i32) -> Self {
        Self {
            code: Some(status),
            retryable: status >= 500 || matches!(status, 408 | 425 | 429),
            ..Self::with_detail(Kind::BadResponse, "see the HTTP status in `code`".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    type Failure = super::Failure<String>;

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
                let failure = Failure::of_popup(Some(code), text.as_str());
                assert_eq!((failure.kind, failure.code), (kind, Some(code)), "{text}");
            }
        }
    }

    #[test]
    fn a_code_is_known_without_its_text_and_a_text_without_its_code() {
        for (code, reason, kind) in DOCUMENTED {
            assert_eq!(Failure::of_popup(Some(code), "").kind, kind);
            for text in texts(reason) {
                assert_eq!(Failure::of_popup(None, text.as_str()).kind, kind, "{text}");
                assert_eq!(Failure::of_popup(Some(0), text.as_str()).kind, kind, "{text}");
            }
        }
    }

    #[test]
    fn texts_that_have_no_code_are_known() {
        for (reason, kind) in UNNUMBERED {
            for text in texts(reason) {
                for code in [None, Some(0)] {
                    let failure = Failure::of_popup(code, text.as_str());
                    assert_eq!((failure.kind, failure.code), (kind, None), "{text}");
                }
            }
        }
    }

    #[test]
    fn an_unknown_code_is_kept_and_its_text_is_not_guessed_at() {
        let failure = Failure::of_popup(Some(-202), "requestSubscribeMessage:fail cancel");
        assert_eq!((failure.kind, failure.code), (Kind::Unknown, Some(-202)));
        assert_eq!(Failure::of_popup(None, "cancel culture").kind, Kind::Cancelled);
        assert_eq!(Failure::of_popup(None, "do not cancel").kind, Kind::Unknown);
    }

    #[test]
    fn a_request_that_timed_out_is_told_apart() {
        assert_eq!(Failure::of_request(None, "request:fail timeout").kind, Kind::Timeout);
        assert_eq!(Failure::of_request(Some(5), "request:fail time out").kind, Kind::Timeout);
        let offline = Failure::of_request(Some(600_003), "request:fail net::ERR_FAILED");
        assert_eq!((offline.kind, offline.code), (Kind::Network, Some(600_003)));
    }

    #[test]
    fn a_status_is_retryable_when_the_back_end_may_recover() {
        for status in [408, 425, 429, 500, 502, 503, 599] {
            assert!(Failure::of_status(status).retryable, "{status}");
            assert!(!Failure::of_status(status).is_refusal(), "{status}");
        }
        for status in [0, 199, 301, 400, 401, 404, 409, 422] {
            assert!(!Failure::of_status(status).retryable, "{status}");
        }
        for status in [400, 401, 404, 409, 422, 499] {
            assert!(Failure::of_status(status).is_refusal(), "{status}");
        }
        for status in [0, 199, 301] {
            assert!(!Failure::of_status(status).is_refusal(), "{status}");
        }
        assert_eq!(Failure::of_status(404).code, Some(404));
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest! {
        #[test]
        fn any_error_has_a_kind_and_a_message(code in any::<Option<i32>>(), text in any::<String>()) {
            let failure = Failure::of_popup(code, text.as_str());
            prop_assert!(!failure.kind.advice().is_empty());
            prop_assert_eq!(failure.code, code.filter(|code| *code != 0));
            prop_assert_eq!(failure.retryable, failure.kind.is_retryable());
            let request = Failure::of_request(code, text.as_str());
            prop_assert!(matches!(request.kind, Kind::Network | Kind::Timeout));
        }

        #[test]
        fn a_known_reason_is_found_in_any_surroundings(
            before in "[ -~]{0,20}", after in "[ -~]{0,20}", at in 0..DOCUMENTED.len(),
        ) {
            let (_, reason, kind) = DOCUMENTED[at];
            let text = [before.as_str(), ":fail ", reason, &after].concat();
            prop_assert_eq!(Failure::of_popup(None, text.as_str()).kind, kind);
        }
    }
}
