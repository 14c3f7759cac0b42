//! How the SDK is doing, for a log or a support page. It names no user.

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::Date;
use serde::Serialize;

use super::context::Context;
use super::delivery::Delivery;
use super::identity::Identity;
use super::journal::LastPopup;
use super::learned::Learned;
use super::outbox_store::Health;
use crate::js::Opaque;
use crate::rules::limit::LearnedLimit;

/// How the SDK is doing.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostics {
    waiting: Vec<WaitingReport>,
    last_popup: Option<LastPopup>,
    learned_limit: Option<LearnedLimit>,
    storage: Health,
}

/// A report that the back end does not have yet.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WaitingReport {
    report_id: String,
    queued_at: f64,
    attempts: u32,
    /// `None` while another user is signed in.
    next_try_in_ms: Option<f64>,
    saved: bool,
    last_error: Opaque,
}

/// Looks at everything, and changes nothing.
pub async fn diagnose(
    context: &'static Context,
    identity: &'static Identity,
    delivery: &'static Delivery,
    learned: &'static Learned,
) -> Diagnostics {
    let user = identity.user().await;
    let waiting = delivery.waiting();
    let (now, lease_ms) = (Date::now(), waiting.lease_ms());
    let outbox = waiting.outbox.borrow();
    let reports = outbox.reports().iter().map(|report| {
        let schedule = report.schedule.get();
        let wait = || outbox.wait(report, now, lease_ms);
        WaitingReport {
            report_id: report.id.clone(),
            queued_at: schedule.queued_at,
            attempts: schedule.attempts,
            next_try_in_ms: report.belongs_to(user.as_deref()).then(wait),
            saved: report.is_saved.get(),
            last_error: context.journal.error_of(&report.id),
        }
    });
    Diagnostics {
        waiting: reports.collect(),
        last_popup: context.journal.last_popup(),
        learned_limit: learned.limit(),
        storage: waiting.storage(),
    }
}
