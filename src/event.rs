//! What the SDK tells `onEvent`, for logging and analytics. No event carries
//! the openId.

use alloc::string::String;

use js_sys::Function;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::failure::Failure;
use crate::foreign;

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
        template_ids: &'a [String],
    },
    /// The back end could not be asked.
    TemplatesFailed {
        /// The business scene.
        trigger_act: &'a str,
        /// The business number.
        bus_no: &'a str,
        /// Why.
        error: &'a Failure,
    },
    /// The host is about to be asked for the popup.
    PopupRequested {
        /// The business scene.
        trigger_act: &'a str,
        /// The business number.
        bus_no: &'a str,
        /// What the user is asked.
        template_ids: &'a [String],
    },
    /// The user answered.
    PopupAnswered {
        /// The business scene.
        trigger_act: &'a str,
        /// The business number.
        bus_no: &'a str,
        /// Ids the user agreed to.
        accepted: &'a [String],
        /// Ids the user refused.
        rejected: &'a [String],
    },
    /// The popup did not open, or brought no answer.
    PopupFailed {
        /// The business scene.
        trigger_act: &'a str,
        /// The business number.
        bus_no: &'a str,
        /// Why.
        error: &'a Failure,
    },
    /// An answer waits to be reported.
    ReportQueued {
        /// The report's `Idempotency-Key`.
        report_id: &'a str,
        /// Whether it is in storage, or in memory only.
        saved: bool,
    },
    /// The back end has the report.
    ReportSent {
        /// The report's `Idempotency-Key`.
        report_id: &'a str,
    },
    /// Sending the report failed; it will be tried again.
    ReportPostponed {
        /// The report's `Idempotency-Key`.
        report_id: &'a str,
        /// Tried again after so many milliseconds, or earlier if urged.
        retry_in_ms: f64,
        /// Why.
        error: &'a Failure,
    },
    /// The report is given up: the back end refused it for good, or it had to
    /// make room.
    ReportDropped {
        /// The report's `Idempotency-Key`.
        report_id: &'a str,
        /// The back end's refusal; `null` if it had to make room.
        error: Option<&'a Failure>,
        /// The report without its openId, for the application to keep.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        report: JsValue,
    },
    /// Storage held no outbox, or reports among others that cannot be read;
    /// what could be read was kept.
    OutboxDamaged,
}

/// The application's `onEvent`.
#[derive(Default)]
pub struct Events(Option<Function>);

impl Events {
    /// Tells `on_event`; without it, events go nowhere.
    pub const fn new(on_event: Option<Function>) -> Self {
        Self(on_event)
    }

    /// Tells the application. What its function throws is its own affair and
    /// never reaches the flow.
    pub fn emit(&self, event: &Event) {
        if let Some(on_event) = &self.0 {
            foreign::call(on_event, &foreign::to_value(event));
        }
    }
}
