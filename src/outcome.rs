//! What a call comes to, as the page receives it.

use wasm_bindgen::prelude::*;

use crate::consent::Consent;
use crate::failure::{self, Stage};
use crate::foreign::{concat, members};
use crate::ids::Ids;
use crate::words::Words;

/// A failure whose text JavaScript holds.
pub type Failure = failure::Failure<JsValue>;

/// What became of the report of an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Report {
    /// In storage, and being sent.
    Queued,
    /// In memory only, and being sent.
    Unsaved,
    /// Nothing was accepted or rejected: there is nothing to report.
    None,
}

impl Report {
    /// The word for it.
    const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Unsaved => "unsaved",
            Self::None => "none",
        }
    }
}

/// The user answered the popup. `remaining` was beyond the limit and not asked.
pub fn answered(consent: &Consent<Ids, Words>, remaining: &Ids, report: Report) -> JsValue {
    members()
        .text("status", "answered")
        .with("accepted", consent.accepted.to_value())
        .with("rejected", consent.rejected.to_value())
        .with("banned", consent.banned.to_value())
        .with("filtered", consent.filtered.to_value())
        .with("other", consent.other.to_value())
        .with("raw", consent.raw.to_value())
        .with("remaining", remaining.to_value())
        .text("report", report.name())
        .done()
}

/// The back end has nothing to ask at this moment.
pub fn no_templates() -> JsValue {
    members().text("status", "noTemplates").done()
}

/// The user was not asked, or did not answer.
pub fn failed(stage: Stage, failure: &Failure) -> JsValue {
    let failed = members().text("status", "failed").text("stage", stage.name());
    failed.with("error", error(failure)).done()
}

/// A failure: what a program matches, and what a person reads.
pub fn error(failure: &Failure) -> JsValue {
    let mut message = failure.kind.advice().into();
    if let Some(detail) = &failure.detail {
        message = concat(&concat(&concat(&message, &" (".into()), detail), &")".into());
    }
    members()
        .text("kind", failure.kind.name())
        .with("code", failure.code.map_or(JsValue::NULL, JsValue::from))
        .with("message", message)
        .with("retryable", failure.retryable.into())
        .done()
}
