//! How the SDK is doing, for a log or a support page. It names no user.

use js_sys::{Array, Date};
use wasm_bindgen::JsValue;

use super::sender::Sender;
use crate::app::context::Context;
use crate::app::identity::Identity;
use crate::app::learned::Learned;
use crate::js::{js_object, value};
use crate::rules::owner::Leave;

/// Looks at everything, and changes nothing.
pub async fn diagnose(
    context: &'static Context,
    identity: &'static Identity,
    sender: &'static Sender,
    learned: &'static Learned,
) -> JsValue {
    let (user, _) = identity.user().await;
    let now = Date::now();
    let reports = Array::new();
    let outbox = sender.outbox().borrow();
    for report in outbox.reports() {
        let is_theirs = report.owner.leave(&user) != Leave::NotTheirs;
        reports.push(&js_object! {
            "reportId": report.key.as_str(),
            "queuedAt": report.schedule.queued_at,
            "attempts": report.schedule.attempts,
            // `null` while another user is signed in.
            "nextTryInMs": value::or_null(is_theirs.then(|| outbox.wait(report, now))),
            "saved": outbox.is_saved(report),
            "lastError": value::or_null(context.journal.error_of(&report.key)),
        });
    }
    let limit = learned.limit().map(|limit| js_object! { "most": limit.most, "at": limit.at });
    js_object! {
        "waiting": reports,
        "lastPopup": value::or_null(context.journal.last_popup()),
        "learnedLimit": value::or_null(limit),
        "storage": outbox.health().name(),
    }
}
