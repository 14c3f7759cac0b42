//! What the SDK tells `onEvent`, for logging and analytics. No event carries the
//! openId.

use serde::Serialize;

use crate::contract::FindCustomerPopTemplate;
use crate::js::{Opaque, TemplateIds};
use crate::rules::ask::Skip;
use crate::rules::failure::Error;
use crate::rules::verdict::Counts;

/// One step of the flow.
#[derive(Serialize)]
#[serde(tag = "name", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event<'a> {
    /// The back end told which templates to offer.
    TemplatesFound {
        /// The business scene.
        trigger_act: &'a str,
        /// The business number.
        bus_no: &'a str,
        /// What the back end offers.
        template_ids: &'a TemplateIds,
    },
    /// The back end could not be asked.
    TemplatesFailed {
        /// The business scene.
        trigger_act: &'a str,
        /// The business number.
        bus_no: &'a str,
        /// Why.
        error: &'a Error,
    },
    /// The host was asked for the popup.
    PopupRequested {
        /// The business scene.
        trigger_act: &'a str,
        /// The business number.
        bus_no: &'a str,
        /// The templates of the popup.
        template_ids: &'a TemplateIds,
    },
    /// The user answered.
    PopupAnswered {
        /// The business scene.
        trigger_act: &'a str,
        /// The business number.
        bus_no: &'a str,
        /// Templates the user agreed to.
        accepted: &'a TemplateIds,
        /// Templates the user refused.
        rejected: &'a TemplateIds,
        /// How many got each answer.
        counts: Counts,
        /// From the call of the popup to its answer, in milliseconds.
        elapsed_ms: f64,
        /// Whether only kept acceptances were asked for.
        top_up: bool,
    },
    /// The popup did not open, or brought no answer.
    PopupFailed {
        /// The business scene.
        trigger_act: &'a str,
        /// The business number.
        bus_no: &'a str,
        /// Why.
        error: &'a Error,
    },
    /// No popup was asked for, as the application wanted it.
    Skipped {
        /// The business scene.
        trigger_act: &'a str,
        /// The business number.
        bus_no: &'a str,
        /// Why.
        reason: Skip,
        /// Until when, if it is for a time.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<f64>,
    },
    /// The back end listed empty ids among good ones.
    TemplatesLeftOut {
        /// The business scene.
        trigger_act: &'a str,
        /// The business number.
        bus_no: &'a str,
        /// How many.
        count: u32,
    },
    /// An answer waits to be reported.
    ReportQueued {
        /// The `Idempotency-Key`.
        report_id: &'a str,
        /// Whether it is in storage, not in memory only.
        saved: bool,
    },
    /// The back end has the report.
    ReportSent {
        /// The `Idempotency-Key`.
        report_id: &'a str,
    },
    /// Sending the report failed; it will be tried again.
    ReportPostponed {
        /// The `Idempotency-Key`.
        report_id: &'a str,
        /// After so many milliseconds, or earlier in a round.
        retry_in_ms: f64,
        /// Why.
        error: &'a Error,
    },
    /// The report is given up.
    ReportDropped {
        /// The `Idempotency-Key`.
        report_id: &'a str,
        /// Why: the back end refused it, or it grew too old. `None` if it had to
        /// make room.
        error: Option<&'a Error>,
        /// The report without its openId, for the application to keep.
        report: Opaque,
    },
    /// Storage was cleared; what waits was saved again.
    OutboxCleared,
    /// Storage held no outbox, or reports that cannot be read; what could be
    /// read was kept.
    OutboxDamaged,
}

impl<'a> Event<'a> {
    /// The back end could not be asked at this moment.
    pub fn templates_failed(query: &'a FindCustomerPopTemplate, error: &'a Error) -> Self {
        let FindCustomerPopTemplate { trigger_act, bus_no } = query;
        Self::TemplatesFailed { trigger_act, bus_no, error }
    }
}
