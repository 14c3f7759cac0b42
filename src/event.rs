//! What the SDK tells `onEvent`, for logging and analytics: a function for each
//! event, named as the event is. No event carries the openId.

use wasm_bindgen::prelude::*;

use crate::env::Env;
use crate::foreign::{self, Members, members};
use crate::ids::Ids;
use crate::offers::Query;
use crate::outcome::{self, Failure};

/// Tells the application. What its function throws is its own affair and never
/// reaches the flow.
fn tell(env: &Env, name: &str, event: Members) {
    if let Some(on_event) = env.config.with(|config| config.on_event.clone()) {
        foreign::tell(&on_event, &event.text("name", name).done());
    }
}

fn at(query: &Query) -> Members {
    let event = members().with("triggerAct", query.trigger_act.0.clone());
    event.with("busNo", query.bus_no.0.clone())
}

fn of(report_id: &JsValue) -> Members {
    members().with("reportId", report_id.clone())
}

/// The back end told which templates to offer.
pub fn templates_found(env: &Env, query: &Query, ids: &Ids) {
    tell(env, "templatesFound", at(query).with("templateIds", ids.to_value()));
}

/// The back end could not be asked.
pub fn templates_failed(env: &Env, query: &Query, error: &Failure) {
    tell(env, "templatesFailed", at(query).with("error", outcome::error(error)));
}

/// The host is about to be asked for the popup.
pub fn popup_requested(env: &Env, query: &Query, ids: &Ids) {
    tell(env, "popupRequested", at(query).with("templateIds", ids.to_value()));
}

/// The user answered.
pub fn popup_answered(env: &Env, query: &Query, accepted: &Ids, rejected: &Ids) {
    let event = at(query).with("accepted", accepted.to_value());
    tell(env, "popupAnswered", event.with("rejected", rejected.to_value()));
}

/// The popup did not open, or brought no answer.
pub fn popup_failed(env: &Env, query: &Query, error: &Failure) {
    tell(env, "popupFailed", at(query).with("error", outcome::error(error)));
}

/// An answer waits to be reported. `saved`: it is in storage, not in memory
/// only.
pub fn report_queued(env: &Env, report_id: &JsValue, saved: bool) {
    tell(env, "reportQueued", of(report_id).with("saved", saved.into()));
}

/// The back end has the report.
pub fn report_sent(env: &Env, report_id: &JsValue) {
    tell(env, "reportSent", of(report_id));
}

/// Sending the report failed; it will be tried again after `retry_in_ms`
/// milliseconds, or earlier if urged.
pub fn report_postponed(env: &Env, report_id: &JsValue, retry_in_ms: f64, error: &Failure) {
    let event = of(report_id).with("retryInMs", retry_in_ms.into());
    tell(env, "reportPostponed", event.with("error", outcome::error(error)));
}

/// The report is given up: the back end refused it for good, or it had to make
/// room, which is no `error`. `report` is without its openId, for the
/// application to keep.
pub fn report_dropped(env: &Env, report_id: &JsValue, error: Option<&Failure>, report: JsValue) {
    let error = error.map_or(JsValue::NULL, outcome::error);
    tell(env, "reportDropped", of(report_id).with("error", error).with("report", report));
}

/// Storage held no outbox, or reports among others that cannot be read; what
/// could be read was kept.
pub fn outbox_damaged(env: &Env) {
    tell(env, "outboxDamaged", members());
}
