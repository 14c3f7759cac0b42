//! What happened last, noted from the events.

use js_sys::Date;
use wasm_bindgen::JsValue;

use super::event::Event;
use crate::js::{js_object, to_js, value};

/// The key of the last popup; no report has such an id.
const POPUP: &str = "popup";

/// What happened last.
pub struct Journal {
    /// `{ at, event }` by the id of the report, for those that wait after a
    /// failure, and of the last popup.
    notes: JsValue,
}

impl Default for Journal {
    fn default() -> Self {
        Self { notes: js_object! {} }
    }
}

impl Journal {
    /// Notes an event, in an object that nobody else sees.
    pub fn note(&self, event: &Event<'_>) {
        let key = match event {
            Event::PopupRequested { .. }
            | Event::PopupAnswered { .. }
            | Event::PopupFailed { .. } => POPUP,
            Event::ReportPostponed { report_id, .. } => *report_id,
            Event::ReportSent { report_id } | Event::ReportDropped { report_id, .. } => {
                return value::delete(&self.notes, &(*report_id).into());
            }
            _ => return,
        };
        let note = js_object! { "at": Date::now(), "event": to_js(event) };
        value::set(&self.notes, key, &note);
    }

    /// A copy of what the last popup did, which may be changed.
    pub fn last_popup(&self) -> JsValue {
        value::deep_copy(&value::get(&self.notes, POPUP))
    }

    /// A copy of why the last attempt to send this report failed.
    pub fn error_of(&self, report_id: &str) -> JsValue {
        let event = value::get(&value::get(&self.notes, report_id), "event");
        value::deep_copy(&value::get(&event, "error"))
    }
}
