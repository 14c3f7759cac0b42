//! How the SDK is doing, for a log or a support page. It names no user.

use js_sys::{Array, Date};
use wasm_bindgen::JsValue;

use super::context::Context;
use super::delivery::Delivery;
use super::identity::Identity;
use super::learned::Learned;
use crate::js::{js_object, value};

/// Looks at everything, and changes nothing.
pub async fn diagnose(
    context: &'static Context,
    identity: &'static Identity,
    delivery: &'static Delivery,
    learned: &'static Learned,
) -> JsValue {
    let user = identity.user().await;
    let waiting = delivery.waiting();
    let (now, lease_ms) = (Date::now(), waiting.lease_ms());
    let reports = Array::new();
    let outbox = waiting.outbox.borrow();
    for report in outbox.reports() {
        let schedule = report.schedule.get();
        let is_theirs = report.belongs_to(user.as_deref());
        reports.push(&js_object! {
            "reportId": report.id.as_str(),
            "queuedAt": schedule.queued_at,
            "attempts": schedule.attempts,
            // `null` while another user is signed in.
            "nextTryInMs": value::or_null(is_theirs.then(|| outbox.wait(report, now, lease_ms))),
            "saved": report.is_saved.get(),
            "lastError": value::or_null(context.journal.error_of(&report.id)),
        });
    }
    let limit = learned.limit().map(|limit| js_object! { "most": limit.most, "at": limit.at });
    js_object! {
        "waiting": reports,
        "lastPopup": value::or_null(context.journal.last_popup()),
        "learnedLimit": value::or_null(limit),
        "storage": waiting.storage(),
    }
}
