//! The outbox in the host's storage: one key per report.
//!
//! `wx-subscribe:outbox` holds the version of the format. It also marks that
//! storage was not cleared: where it stands, a saved report whose key is gone
//! was delivered by another copy of the SDK. A report says until when it is
//! leased; the copy that holds the lease sends it, and the next launch takes it
//! over when the lease is out.
//!
//! Storage may refuse a write, fail to be read, or keep something else than it
//! was given. Then the launch works from memory.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use js_sys::Date;
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::context::Context;
use crate::js::{JsonText, Opaque, js_object, to_js, value};
use crate::rules::outbox::{LONGEST_WAIT_MS, Schedule};

/// A report, with what it says held by JavaScript.
pub type Report = crate::rules::outbox::Report<JsonText>;

/// The key of the marker.
const MARKER_KEY: &str = "wx-subscribe:outbox";

/// What the key of a report begins with.
const REPORT_KEY: &str = "wx-subscribe:report:";

/// The version of the format.
const VERSION: f64 = 2.0;

/// The outbox in storage.
pub struct OutboxStore {
    context: &'static Context,
    state: Cell<State>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// Not read yet: the host could not read it so far.
    Closed,
    /// Read, and written in this format.
    Open,
    /// Of version 1, with reports that storage had no room for as keys.
    Migrating,
    /// Of a newer version, which is left alone.
    Foreign,
}

/// What an earlier launch left.
pub struct Opened {
    /// The reports, oldest first.
    pub reports: Vec<Rc<Report>>,
    /// Whether something else was there, or reports that cannot be read.
    pub is_damaged: bool,
    /// What version 1 had learned of the client.
    pub limit: JsValue,
}

/// A report as storage has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StoredReport {
    body: Opaque,
    queued_at: f64,
    attempts: u32,
    not_before: f64,
    wait_ms: f64,
    leased_until: f64,
}

/// What storage has of a report of this launch.
pub enum Loaded {
    /// The report, perhaps leased by another copy of the SDK.
    Found(Rc<Report>),
    /// Nothing: another copy has delivered it.
    Gone,
    /// Nothing that can be relied on: storage was cleared or cannot be read.
    Unknown,
}

impl OutboxStore {
    /// The outbox of this host, not read yet.
    pub fn new(context: &'static Context) -> Self {
        Self { context, state: Cell::new(State::Closed) }
    }

    /// Reads what an earlier launch left, unless that was done. `None` if there
    /// is nothing to be taken over, or the host cannot read now.
    pub fn open(&self) -> Option<Opened> {
        if self.state.get() != State::Closed {
            return None;
        }
        let stored = self.context.host.read(MARKER_KEY)?;
        let marker = value::stored_object(&stored).unwrap_or_default();
        let version = value::number(&marker, "version");
        if version.is_some_and(|version| version > VERSION) {
            self.state.set(State::Foreign);
            return None;
        }
        self.state.set(State::Open);
        let Some(mut opened) = self.read_reports() else {
            self.state.set(State::Closed);
            return None;
        };
        if version == Some(VERSION) {
            return Some(opened);
        }
        let is_readable = self.take_over(&marker, &mut opened);
        // For a key that is not there, a host answers with an empty string.
        opened.is_damaged |= !is_readable && stored.is_truthy();
        if opened.reports.iter().all(|report| self.save(report)) {
            self.write_marker();
        } else {
            self.state.set(State::Migrating);
        }
        Some(opened)
    }

    /// Reads the reports that have keys of their own, if the host can list them.
    fn read_reports(&self) -> Option<Opened> {
        let (mut reports, mut is_damaged) = (Vec::<Rc<Report>>::new(), false);
        for key in self.context.host.keys()?.iter() {
            let Some(key) = key.as_string() else { continue };
            let Some(id) = key.strip_prefix(REPORT_KEY) else { continue };
            let stored = self.context.host.read(&key).unwrap_or_default();
            match report_in(id.into(), &stored) {
                Some(report) => {
                    let is_older = |known: &Rc<Report>| queued_at(known) <= queued_at(&report);
                    let at = reports.iter().rposition(is_older).map_or(0, |at| at + 1);
                    reports.insert(at, report);
                }
                None if stored.is_truthy() => {
                    is_damaged = true;
                    self.context.host.remove(&key);
                }
                None => {}
            }
        }
        Some(Opened { reports, is_damaged, limit: JsValue::UNDEFINED })
    }

    /// Adds the reports of version 1: `{ reports, limit }`, or a mere list of
    /// reports. Whether all could be read.
    fn take_over(&self, stored: &JsValue, opened: &mut Opened) -> bool {
        let list = value::as_list(value::get(stored, "reports"))
            .or_else(|| value::as_list(stored.clone()));
        let Some(list) = list else { return false };
        opened.limit = value::get(stored, "limit");
        let mut is_readable = true;
        for stored in list.iter() {
            let id = value::string(&stored, "id").filter(|id| !id.is_empty());
            let report = id.and_then(|id| report_in(id, &stored));
            is_readable &= report.is_some();
            let is_new =
                |report: &Rc<Report>| opened.reports.iter().all(|known| known.id != report.id);
            if let Some(report) = report.filter(is_new) {
                report.is_saved.set(false);
                opened.reports.push(report);
            }
        }
        is_readable
    }

    /// Writes a report, and notes with it whether storage has it now.
    pub fn save(&self, report: &Report) -> bool {
        let is_saved = self.is_ours() && self.write(report);
        report.is_saved.set(is_saved);
        is_saved
    }

    fn write(&self, report: &Report) -> bool {
        let Schedule { queued_at, attempts, not_before, wait_ms, leased_until, .. } =
            report.schedule.get();
        let body = Opaque(report.body.value());
        let stored =
            to_js(&StoredReport { body, queued_at, attempts, not_before, wait_ms, leased_until });
        let Some(text) = value::stringified(&stored) else { return false };
        let key = key_of(&report.id);
        self.context.host.write(&key, &text);
        let kept = self.context.host.read(&key).unwrap_or_default();
        // Some storages parse what they keep.
        let kept = if kept.is_object() { value::stringified(&kept) } else { Some(kept) };
        kept.is_some_and(|kept| kept == text)
    }

    /// Removes a report: the back end has it, or never wants it.
    pub fn remove(&self, id: &str) {
        if self.is_ours() {
            self.context.host.remove(&key_of(id));
        }
    }

    /// No report that waits is in version 1 alone any more.
    pub fn finish_migration(&self) {
        if self.state.get() == State::Migrating {
            self.state.set(State::Open);
            self.write_marker();
        }
    }

    /// Reads a report of this launch again.
    pub fn load(&self, id: &str) -> Loaded {
        if !self.is_ours() {
            return Loaded::Unknown;
        }
        let Some(stored) = self.context.host.read(&key_of(id)) else { return Loaded::Unknown };
        if let Some(report) = report_in(id.into(), &stored) {
            return Loaded::Found(report);
        }
        if stored.is_truthy() {
            // Damaged, not removed: the one in memory counts.
            return Loaded::Unknown;
        }
        let marker =
            self.context.host.read(MARKER_KEY).and_then(|text| value::stored_object(&text));
        match marker.and_then(|marker| value::number(&marker, "version")) {
            Some(VERSION) => Loaded::Gone,
            Some(_) => Loaded::Unknown,
            None => {
                self.write_marker();
                Loaded::Unknown
            }
        }
    }

    /// How storage is doing, in a word, if it has all reports or not.
    pub fn health(&self, has_all: bool) -> &'static str {
        match self.state.get() {
            State::Closed => "unreadable",
            State::Foreign => "newerVersion",
            State::Open | State::Migrating if has_all => "ok",
            State::Open | State::Migrating => "unsaved",
        }
    }

    /// Whether storage belongs to a newer version.
    pub fn is_foreign(&self) -> bool {
        self.state.get() == State::Foreign
    }

    fn is_ours(&self) -> bool {
        matches!(self.state.get(), State::Open | State::Migrating)
    }

    fn write_marker(&self) {
        if let Some(text) = value::stringified(&js_object! { "version": VERSION }) {
            self.context.host.write(MARKER_KEY, &text);
        }
    }
}

fn queued_at(report: &Report) -> f64 {
    report.schedule.get().queued_at
}

fn key_of(id: &str) -> String {
    [REPORT_KEY, id].concat()
}

/// Reads a report, whoever wrote it. The worst that a missing time can do is to
/// send it early.
fn report_in(id: String, stored: &JsValue) -> Option<Rc<Report>> {
    let stored = value::stored_object(stored)?;
    let body = value::get(&stored, "body");
    if !value::is_record(&body) {
        return None;
    }
    let open_id = value::get(&body, "openId");
    let body = JsonText::of(&body)?;
    let time = |key: &str| value::number(&stored, key).unwrap_or(0.0);
    Some(Rc::new(Report {
        id,
        open_id: (!open_id.is_undefined()).then(|| open_id.as_string().unwrap_or_default()),
        bytes: body.bytes,
        body,
        is_saved: Cell::new(true),
        schedule: Cell::new(Schedule {
            queued_at: value::number(&stored, "queuedAt").unwrap_or_else(Date::now),
            attempts: time("attempts") as u32,
            not_before: time("notBefore"),
            // Version 1 knew no other waits.
            wait_ms: value::number(&stored, "waitMs").unwrap_or(LONGEST_WAIT_MS),
            leased_until: time("leasedUntil"),
            ..Schedule::default()
        }),
    }))
}
