//! What happened last, noted from the events.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use js_sys::Date;
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::event::Event;
use crate::js::{Opaque, to_js};

/// Most reports whose error is noted; the oldest note goes first.
const CAPACITY: usize = 100;

/// What happened last.
#[derive(Default)]
pub struct Journal {
    last_popup: RefCell<Option<LastPopup>>,
    /// The last error of each report that waits, by its id.
    errors: RefCell<Vec<(String, JsValue)>>,
}

/// What the last popup did.
#[derive(Clone, Serialize)]
pub struct LastPopup {
    at: f64,
    event: Opaque,
}

impl Journal {
    /// Notes an event.
    pub fn note(&self, event: &Event<'_>) {
        match event {
            Event::PopupRequested { .. }
            | Event::PopupAnswered { .. }
            | Event::PopupFailed { .. } => {
                let popup = LastPopup { at: Date::now(), event: Opaque(to_js(event)) };
                drop(self.last_popup.replace(Some(popup)));
            }
            Event::ReportPostponed { report_id, error, .. } => {
                self.forget(report_id);
                let mut errors = self.errors.borrow_mut();
                if errors.len() >= CAPACITY {
                    errors.remove(0);
                }
                errors.push(((*report_id).into(), to_js(*error)));
            }
            Event::ReportSent { report_id } | Event::ReportDropped { report_id, .. } => {
                self.forget(report_id);
            }
            _ => {}
        }
    }

    fn forget(&self, report_id: &str) {
        self.errors.borrow_mut().retain(|(id, _)| id != report_id);
    }

    /// What the last popup did.
    pub fn last_popup(&self) -> Option<LastPopup> {
        self.last_popup.borrow().clone()
    }

    /// Why the last attempt to send this report failed; `null` if none did.
    pub fn error_of(&self, report_id: &str) -> Opaque {
        let errors = self.errors.borrow();
        let noted = errors.iter().find(|(id, _)| id == report_id);
        Opaque(noted.map_or(JsValue::NULL, |(_, error)| error.clone()))
    }
}
