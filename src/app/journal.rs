//! What happened last, noted from the events.

use js_sys::Date;
use wasm_bindgen::JsValue;

use super::event::Event;
use crate::js::{js_object, value};

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
    /// Notes an event, as it is told: whoever is told may change it.
    pub fn note(&self, event: &Event<'_>, told: &JsValue) {
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
        let note = js_object! { "at": Date::now(), "event": value::copied(told) };
        value::set(&self.notes, key, &note);
    }

    /// What the last popup did.
    pub fn last_popup(&self) -> JsValue {
        value::get(&self.notes, POPUP)
    }

    /// Why the last attempt to send this report failed.
    pub fn error_of(&self, report_id: &str) -> JsValue {
        let event = value::get(&value::get(&self.notes, report_id), "event");
        value::get(&event, "error")
    }
}
