//! The outbox in the host's storage: one key per report, and a marker.
//!
//! Storage may refuse a write, fail to be read, or keep something else than it
//! was given. What that means is decided in [`rules::outbox`](crate::rules::outbox).

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Date, Math};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::app::context::Context;
use crate::js::{JsonText, Opaque, js_object, to_js, value};
use crate::rules::outbox::{
    Body, Found, LONGEST_WAIT_MS, Loaded, Marked, Marker, Opened, Schedule,
};
use crate::rules::owner::Owner;

/// The key of the marker: `{ version, epoch }`.
const MARKER_KEY: &str = "wx-subscribe:outbox";

/// What the key of a report begins with.
const REPORT_KEY: &str = "wx-subscribe:report:";

/// The version of the format.
const VERSION: f64 = 2.0;

/// An answer of the user, as it is stored and sent.
#[derive(Clone)]
pub struct Answer {
    /// The body of the report.
    pub text: JsonText,
    /// The business scene it was given in; a report of an older version has none.
    pub trigger_act: Option<String>,
}

impl Body for Answer {
    fn bytes(&self) -> u32 {
        self.text.bytes
    }

    fn bind(&mut self, user: &str) {
        let body = self.text.value();
        value::set(&body, "openId", &user.into());
        if let Some(bound) = JsonText::of(&body) {
            self.text = bound;
        }
    }
}

/// The outbox in storage.
pub struct Store {
    context: &'static Context,
}

/// What is found beside the reports.
#[derive(Default)]
pub struct Beside {
    /// Whether something else was there, or reports that cannot be read.
    pub is_damaged: bool,
    /// What version 1 had learned of the client.
    pub limit: JsValue,
}

/// A report as storage has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StoredReport<'a> {
    body: Opaque,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger_act: Option<&'a str>,
    queued_at: f64,
    attempts: u32,
    not_before: f64,
    wait_ms: f64,
    leased_until: f64,
    #[serde(skip_serializing_if = "is_zero")]
    conflicts: u32,
    #[serde(skip_serializing_if = "is_zero")]
    conflict_ms: f64,
    #[serde(skip_serializing_if = "is_zero")]
    overdue: u32,
}

fn is_zero<N: Copy + Into<f64>>(number: &N) -> bool {
    (*number).into() == 0.0
}

impl Store {
    /// The outbox of this host.
    pub const fn new(context: &'static Context) -> Self {
        Self { context }
    }

    /// Reads what an earlier launch left.
    pub fn open(&self) -> (Opened<Answer>, Beside) {
        let mut beside = Beside::default();
        let opened = self.read(&mut beside).unwrap_or(Opened::Unreadable);
        (opened, beside)
    }

    fn read(&self, beside: &mut Beside) -> Option<Opened<Answer>> {
        let stored = self.context.host.read(MARKER_KEY)?;
        let outbox = value::stored_object(&stored).unwrap_or_default();
        let version = value::number(&outbox, "version");
        if version.is_some_and(|version| version > VERSION) {
            return Some(Opened::Newer);
        }
        let mut lists_marker = false;
        let mut reports = Vec::new();
        for key in self.context.host.keys()?.iter() {
            let Some(key) = key.as_string() else { continue };
            lists_marker |= key == MARKER_KEY;
            if let Some(id) = key.strip_prefix(REPORT_KEY) {
                let stored = self.context.host.read(&key).unwrap_or_default();
                match report_in(id.into(), &stored) {
                    Some(report) => insert(&mut reports, report),
                    None if stored.is_truthy() => {
                        beside.is_damaged = true;
                        self.context.host.remove(&key);
                    }
                    None => {}
                }
            }
        }
        let marker = (version == Some(VERSION)).then(|| epoch_of(&outbox));
        if marker.is_none() {
            let is_readable = take_over(&outbox, &mut reports, beside);
            // For a key that is not there, a host answers with an empty string.
            beside.is_damaged |= !is_readable && stored.is_truthy();
        }
        let is_unlisted = stored.is_truthy() && !lists_marker;
        Some(Opened::Read { marker, is_unlisted, reports })
    }

    /// Writes a report. Returns whether storage has it then.
    pub fn save(&self, key: &str, body: &Answer, schedule: Schedule) -> bool {
        let Schedule { queued_at, attempts, not_before, wait_ms, leased_until, .. } = schedule;
        let Schedule { conflicts, conflict_ms, overdue, .. } = schedule;
        let stored = to_js(&StoredReport {
            body: Opaque(body.text.value()),
            trigger_act: body.trigger_act.as_deref(),
            queued_at,
            attempts,
            not_before,
            wait_ms,
            leased_until,
            conflicts,
            conflict_ms,
            overdue,
        });
        let Some(text) = value::stringified(&stored) else { return false };
        let key = key_of(key);
        self.context.host.write(&key, &text);
        let kept = self.context.host.read(&key).unwrap_or_default();
        // Some storages parse what they keep.
        let kept = if kept.is_object() { value::stringified(&kept) } else { Some(kept) };
        kept.is_some_and(|kept| kept == text)
    }

    /// Whether the listing of storage has a report that was saved. A host that
    /// cannot list now has listed at launch.
    pub fn lists(&self, key: &str) -> bool {
        let key = JsValue::from(key_of(key));
        self.context.host.keys().is_none_or(|keys| keys.iter().any(|listed| listed == key))
    }

    /// Removes a report: the back end has it, or never wants it.
    pub fn forget(&self, key: &str) {
        self.context.host.remove(&key_of(key));
    }

    /// Reads a report of this launch again.
    pub fn load(&self, key: &str) -> Loaded {
        let Some(stored) = self.context.host.read(&key_of(key)) else { return Loaded::Unknown };
        if let Some(report) = report_in(key.into(), &stored) {
            return Loaded::Found(report.schedule, report.owner);
        }
        if stored.is_truthy() {
            // Damaged, not removed: the one in memory counts.
            return Loaded::Unknown;
        }
        self.marker().map_or(Loaded::Unknown, Loaded::Empty)
    }

    /// Writes a marker, unless one stands.
    pub fn mark(&self) -> Marked {
        match self.marker() {
            Some(Some(stands)) => return Marked::Stands(stands),
            Some(None) => {}
            None => return Marked::Refused,
        }
        let epoch = (Math::random() * 4_294_967_296.0).floor();
        let marker = js_object! { "version": VERSION, "epoch": epoch };
        if let Some(text) = value::stringified(&marker) {
            self.context.host.write(MARKER_KEY, &text);
        }
        self.marker().flatten().map_or(Marked::Refused, Marked::Written)
    }

    /// The marker that stands; `None` if the host cannot tell, or storage belongs
    /// to a newer version.
    fn marker(&self) -> Option<Option<Marker>> {
        let marker = value::stored_object(&self.context.host.read(MARKER_KEY)?);
        let Some(marker) = marker else { return Some(None) };
        match value::number(&marker, "version") {
            Some(VERSION) => Some(Some(epoch_of(&marker))),
            Some(version) if version > VERSION => None,
            _ => Some(None),
        }
    }
}

/// A marker that was written before markers had a number counts as number 0.
fn epoch_of(marker: &JsValue) -> Marker {
    value::number(marker, "epoch").unwrap_or(0.0)
}

fn key_of(key: &str) -> String {
    [REPORT_KEY, key].concat()
}

/// Puts a report behind those that are as old.
fn insert(reports: &mut Vec<Found<Answer>>, report: Found<Answer>) {
    let is_older = |known: &Found<Answer>| known.schedule.queued_at <= report.schedule.queued_at;
    let at = reports.iter().rposition(is_older).map_or(0, |at| at + 1);
    reports.insert(at, report);
}

/// Adds the reports of version 1: `{ reports, limit }`, or a mere list of
/// reports. Returns whether all could be read.
fn take_over(stored: &JsValue, reports: &mut Vec<Found<Answer>>, beside: &mut Beside) -> bool {
    let list =
        value::as_list(value::get(stored, "reports")).or_else(|| value::as_list(stored.clone()));
    let Some(list) = list else { return false };
    beside.limit = value::get(stored, "limit");
    let mut is_readable = true;
    for stored in list.iter() {
        let key = value::string(&stored, "id").filter(|key| !key.is_empty());
        let report = key.and_then(|key| report_in(key, &stored));
        is_readable &= report.is_some();
        let is_new = |report: &Found<Answer>| reports.iter().all(|known| known.key != report.key);
        if let Some(report) = report.filter(is_new) {
            reports.push(Found { has_own_key: false, ..report });
        }
    }
    is_readable
}

/// Reads a report, whoever wrote it. The worst that a missing time can do is to
/// send it early.
fn report_in(key: String, stored: &JsValue) -> Option<Found<Answer>> {
    let stored = value::stored_object(stored)?;
    let body = value::get(&stored, "body");
    if !value::is_record(&body) {
        return None;
    }
    let open_id = value::get(&body, "openId");
    let owner = match open_id.as_string() {
        _ if open_id.is_undefined() => Owner::BackEnd,
        Some(user) if !user.is_empty() => Owner::User(user),
        _ => Owner::Unknown,
    };
    let number = |key: &str| value::number(&stored, key);
    let schedule = Schedule {
        queued_at: number("queuedAt").unwrap_or_else(Date::now),
        attempts: number("attempts").unwrap_or(0.0) as u32,
        not_before: number("notBefore").unwrap_or(0.0),
        // Version 1 knew no other waits.
        wait_ms: number("waitMs").unwrap_or(LONGEST_WAIT_MS),
        leased_until: number("leasedUntil").unwrap_or(0.0),
        conflicts: number("conflicts").unwrap_or(0.0) as u32,
        conflict_ms: number("conflictMs").unwrap_or(0.0),
        overdue: number("overdue").unwrap_or(0.0) as u32,
    };
    let trigger_act = value::string(&stored, "triggerAct");
    let body = Answer { text: JsonText::of(&body)?, trigger_act };
    Some(Found { key, owner, body, schedule, has_own_key: true })
}
