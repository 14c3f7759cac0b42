//! What a call comes to, as the page receives it.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::failure::{Failure, Stage};

/// The one result of `asyncSubscribeMessage`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "status", rename_all = "camelCase")]
pub enum Outcome {
    /// The user answered the popup.
    Answered {
        /// Ids the user agreed to.
        accepted: Vec<String>,
        /// Ids the user refused.
        rejected: Vec<String>,
        /// Ids of templates that WeChat has banned.
        banned: Vec<String>,
        /// Ids dropped for an equal title.
        filtered: Vec<String>,
        /// Ids with an unknown word, or with none.
        other: Vec<String>,
        /// Template id → the host's own word. A map of foreign keys, which
        /// JavaScript has to be given by hand.
        #[serde(skip)]
        raw: Vec<(String, String)>,
        /// Ids beyond `maxTemplates`, which were not asked yet.
        remaining: Vec<String>,
        /// What becomes of the report.
        report: Report,
    },
    /// The back end has nothing to ask at this moment.
    NoTemplates,
    /// The user was not asked, or did not answer.
    Failed {
        /// Where in the flow it failed.
        stage: Stage,
        /// What went wrong.
        error: Failure,
    },
}

/// What becomes of the report of an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Report {
    /// In storage, and being sent.
    Queued,
    /// In memory only, and being sent.
    Unsaved,
    /// Nothing was accepted or rejected: there is nothing to report.
    None,
}
