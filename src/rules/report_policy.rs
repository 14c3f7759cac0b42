//! What the result of an attempt means for its report, and for the others that
//! wait.
//!
//! | result | the report | the others |
//! |---|---|---|
//! | HTTP 400, 410, 413, 414, 415, 422 | is refused for good | go on |
//! | the same as an HTML page: a gateway spoke, not the back end | is tried again | go on |
//! | 409 | may be processed right now: tried again, for a while | go on |
//! | 401 | needs another sign-in | wait |
//! | 403 | needs another sign-in | wait, once a second report fails so |
//! | any other status | is tried again | go on |
//! | no network | is tried again | wait; with an application's own function, for two seconds once a second report fails so |
//! | no answer in time, an answer that says nothing | is tried again | go on |

use alloc::boxed::Box;

use super::failure::{Error, Kind};
use super::text::contains;

/// A failed attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What a program matches and a person reads.
    pub error: Box<Error>,
    /// Whether the application's own function failed, which may mean anything.
    pub is_own: bool,
}

/// What a failure means for its report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The back end never wants it.
    Refused,
    /// The back end does not know the user.
    UserUnknown,
    /// The back end may be processing an earlier attempt.
    Processing,
    /// It is tried again.
    Later,
}

/// What a failure means for the other reports.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// None of them would arrive now.
    All,
    /// None would, if the next one fails the same way.
    Perhaps,
    /// The same, but never for long: an application's own function may fail for any
    /// reason.
    PerhapsBriefly,
    /// Nothing: the back end has answered.
    One,
    /// Nothing can be concluded.
    Silent,
}

impl Failure {
    /// The HTTP status, if the back end or a gateway answered.
    fn status(&self) -> Option<i32> {
        self.error.code.filter(|_| self.error.kind == Kind::BadResponse)
    }

    /// What the failure means for its report.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.status() {
            Some(401 | 403) => Verdict::UserUnknown,
            _ if self.error.is_page => Verdict::Later,
            Some(400 | 410 | 413 | 414 | 415 | 422) => Verdict::Refused,
            Some(409) => Verdict::Processing,
            _ => Verdict::Later,
        }
    }

    /// What the failure means for the other reports.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match (self.status(), self.error.kind) {
            (Some(401), _) => Scope::All,
            (Some(403), _) => Scope::Perhaps,
            (_, Kind::Network) if self.is_own && !contains(&self.error.message, "request:fail") => {
                Scope::PerhapsBriefly
            }
            (_, Kind::Network) => Scope::All,
            (Some(_), _) => Scope::One,
            _ => Scope::Silent,
        }
    }

    /// Whether the attempt reached somebody who could have taken the report.
    #[must_use]
    pub fn has_reached(&self) -> bool {
        self.is_own || self.status().is_some()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REFUSALS: [i32; 6] = [400, 410, 413, 414, 415, 422];

    fn of(error: Box<Error>) -> Failure {
        Failure { error, is_own: false }
    }

    fn status(status: i32) -> Failure {
        of(Error::of_status(status))
    }

    #[test]
    fn every_status_has_its_verdict() {
        for code in 100..1_000 {
            let expected = match code {
                _ if REFUSALS.contains(&code) => Verdict::Refused,
                401 | 403 => Verdict::UserUnknown,
                409 => Verdict::Processing,
                _ => Verdict::Later,
            };
            assert_eq!(status(code).verdict(), expected, "{code}");
            let mut page = status(code);
            page.error.is_page = true;
            let is_user = matches!(code, 401 | 403);
            let expected = if is_user { Verdict::UserUnknown } else { Verdict::Later };
            assert_eq!(page.verdict(), expected, "{code} as a page");
        }
    }

    #[test]
    fn every_failure_has_its_scope() {
        let own = |failure| Failure { is_own: true, ..failure };
        let offline = || of(Error::of_request(None, "net::ERR"));
        for (failure, expected) in [
            (status(401), Scope::All),
            (status(403), Scope::Perhaps),
            (status(404), Scope::One),
            (status(500), Scope::One),
            (status(422), Scope::One),
            (own(status(401)), Scope::All),
            (offline(), Scope::All),
            (own(offline()), Scope::PerhapsBriefly),
            (own(of(Error::about(Kind::Network, "request:fail"))), Scope::All),
            (of(Error::of_timeout(None, "")), Scope::Silent),
            (of(Error::of_timeout(Some(5), "")), Scope::Silent),
            (of(Error::about(Kind::BadResponse, "not saved")), Scope::Silent),
        ] {
            assert_eq!(failure.scope(), expected, "{failure:?}");
        }
    }

    #[test]
    fn an_attempt_reached_somebody_if_a_status_or_the_applications_function_answered() {
        assert!(status(500).has_reached());
        assert!(Failure { is_own: true, ..of(Error::of_timeout(None, "")) }.has_reached());
        assert!(!of(Error::of_request(Some(600_001), "request:fail")).has_reached());
        assert!(!of(Error::of_timeout(Some(5), "")).has_reached());
    }

    proptest! {
        #[test]
        fn nothing_but_an_answer_of_the_back_end_refuses_a_report(
            code in proptest::option::of(any::<i32>()), text in ".*", is_own in any::<bool>(),
        ) {
            for error in [Error::of_request(code, &text), Error::of_timeout(code, &text)] {
                let failure = Failure { error, is_own };
                prop_assert_eq!(failure.verdict(), Verdict::Later);
            }
        }
    }
}
