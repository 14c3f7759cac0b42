//! What a call of `asyncSubscribeMessage` resolves to.

use alloc::boxed::Box;
use serde::Serialize;

use crate::js::{StringMap, TemplateIds};
use crate::rules::ask::Skip;
use crate::rules::failure::{Error, Stage};

/// The one result of a call.
#[derive(Serialize)]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Outcome<'a> {
    /// The user answered the popup. Each requested id is in exactly one of the
    /// five lists.
    Answered {
        /// The user agreed.
        accepted: &'a TemplateIds,
        /// The user refused or cancelled.
        rejected: &'a TemplateIds,
        /// WeChat has banned the template.
        banned: &'a TemplateIds,
        /// Dropped for an equal title.
        filtered: &'a TemplateIds,
        /// A word that is not known, or none.
        other: &'a TemplateIds,
        /// Template id → the host's own word.
        raw: &'a StringMap,
        /// Beyond the limit: not asked yet.
        remaining: &'a TemplateIds,
        /// What became of the report.
        report: ReportState,
        /// Those of `rejected` that the user keeps refusing; `None` if that could
        /// not be told.
        kept_rejected: Option<&'a TemplateIds>,
    },
    /// The back end has nothing to ask at this moment.
    NoTemplates,
    /// No popup was asked for, as the application wanted it.
    Skipped {
        /// Why.
        reason: Skip,
        /// Until when, if it is for a time.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<f64>,
    },
    /// The user was not asked, or did not answer.
    Failed {
        /// Where.
        stage: Stage,
        /// Why.
        error: Box<Error>,
    },
}

impl Outcome<'_> {
    /// The call failed at this stage.
    pub const fn failed(stage: Stage, error: Box<Error>) -> Self {
        Self::Failed { stage, error }
    }
}

/// What became of the report of an answer.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ReportState {
    /// In storage, and being sent.
    Queued,
    /// In memory only, and being sent.
    Unsaved,
    /// Nothing was accepted or rejected: there is nothing to report.
    None,
}
