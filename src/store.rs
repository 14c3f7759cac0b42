//! The outbox, in the host's storage and in memory.
//!
//! Storage outlives the launch and is shared with other copies of the SDK; but
//! it may refuse a write, fail to be read, or keep something else than it was
//! given. Memory holds what this launch knows until it is delivered or dropped.
//! Both are brought together before each change, and storage is written right
//! after it, in one go: another copy of the SDK can come in between two
//! changes, but never within one.

use core::cell::Cell;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::env::Env;
use crate::event;
use crate::foreign::{self, members};
use crate::outbox::{self, Field, Report};
use crate::slot::Slot;

/// Where the outbox is in storage.
const STORAGE_KEY: &str = "wx-subscribe:outbox";

/// The version of what is in storage.
const FORMAT: i32 = 1;

/// How many reports that are done with are named in storage, for the copies of
/// the SDK that know them as well.
const MOST_DONE: u32 = 32;

/// How many of them this launch remembers, in case storage does not.
const MOST_GONE: u32 = 1_024;

/// A report as storage has it: `{ id, body, bytes, attempts, notBefore,
/// leasedUntil }`.
#[derive(Clone)]
pub struct Entry(JsValue);

type Outbox = outbox::Outbox<Entry>;

impl Entry {
    /// A report that was never sent.
    pub fn new(id: &JsValue, body: JsValue) -> Self {
        let bytes = json_bytes(&body).into();
        Self(members().with("id", id.clone()).with("body", body).with("bytes", bytes).done())
    }

    /// Whether a report is worth keeping, whoever wrote it: its id and body are
    /// there. The worst that a missing time can do is to send it early.
    fn is_readable(&self) -> bool {
        foreign::is_text(&self.id()) && foreign::is_plain_object(&self.body())
    }

    /// What is sent.
    pub fn body(&self) -> JsValue {
        foreign::get(&self.0, "body")
    }
}

impl Report for Entry {
    type Id = JsValue;

    fn id(&self) -> JsValue {
        foreign::get(&self.0, "id")
    }

    fn get(&self, field: Field) -> f64 {
        foreign::number(&self.0, key(field)).unwrap_or(0.0)
    }

    fn set(&mut self, field: Field, value: f64) {
        foreign::set(&self.0, key(field), &value.into());
    }
}

const fn key(field: Field) -> &'static str {
    match field {
        Field::Bytes => "bytes",
        Field::Attempts => "attempts",
        Field::NotBefore => "notBefore",
        Field::LeasedUntil => "leasedUntil",
    }
}

/// The outbox, wherever it is.
pub struct Store {
    env: &'static Env,
    known: Slot<Known>,
    was_damaged: Cell<bool>,
}

/// What this launch knows.
#[derive(Default)]
pub struct Known {
    /// The reports that wait.
    pub outbox: Outbox,
    /// Ids of reports that are delivered or dropped, as storage has them.
    done: Array,
    /// Ids of those that this launch removed.
    gone: Array,
    /// Something else that outlives the launch, in the same place so that one
    /// look at storage will do.
    pub limit: JsValue,
    /// What was written to storage last. As long as storage still holds it,
    /// there is nothing to be read.
    written: JsValue,
}

/// What storage shows.
struct Stored {
    reports: Array,
    done: Array,
    limit: JsValue,
    is_damaged: bool,
}

impl Store {
    /// The outbox of this host.
    pub fn new(env: &'static Env) -> Self {
        Self { env, known: Slot::default(), was_damaged: Cell::new(false) }
    }

    /// Takes a report out: the back end has it, or never wants it.
    pub fn remove(&self, report_id: &JsValue) -> Option<Entry> {
        let mut removed = None;
        self.update(&mut |known| {
            removed = known.outbox.remove(report_id);
            known.is_over(report_id);
            true
        });
        removed
    }

    /// What is kept beside the reports.
    pub fn limit(&self) -> JsValue {
        self.known.with(|known| known.limit.clone())
    }

    /// Whether storage has what was written last, so that it outlives the launch.
    pub fn is_saved(&self) -> bool {
        self.env.wx.read(STORAGE_KEY).is_some_and(|text| self.is_as_written(&text))
    }

    /// Looks at the outbox, and writes it to storage if `change` says that it
    /// was changed. Nothing foreign may be called in between.
    pub fn update(&self, change: &mut dyn FnMut(&mut Known) -> bool) {
        let text = self.env.wx.read(STORAGE_KEY);
        let is_readable = text.is_some();
        let stored = text.filter(|text| !self.is_as_written(text)).map(|text| from_storage(&text));
        let is_damaged = stored.as_ref().is_some_and(|stored| stored.is_damaged);
        if is_damaged && !self.was_damaged.replace(true) {
            event::outbox_damaged(self.env);
        }
        let written = self.known.with(|known| {
            if let Some(stored) = stored {
                known.bring_together(stored);
            }
            if !change(known) || !is_readable {
                return None;
            }
            known.written = to_storage(known);
            Some(known.written.clone())
        });
        if let Some(text) = written {
            self.env.wx.write(STORAGE_KEY, &text);
        }
    }

    fn is_as_written(&self, text: &JsValue) -> bool {
        text.is_string() && self.known.with(|known| known.written == *text)
    }
}

impl Known {
    /// What only storage has is of an earlier launch, or of another copy of the
    /// SDK; unless this launch has removed it, and storage did not take that.
    fn bring_together(&mut self, stored: Stored) {
        let Stored { reports, done, limit, .. } = stored;
        let found = reports.iter().map(Entry);
        self.outbox.merge(found.filter(|entry| entry.is_readable() && !holds(&self.gone, entry)));
        self.outbox.retain(|entry| !holds(&done, entry));
        self.done = done;
        self.limit = limit;
    }

    /// Remembers that a report is delivered or dropped.
    pub fn is_over(&mut self, report_id: &JsValue) {
        for (ids, most) in [(&self.done, MOST_DONE), (&self.gone, MOST_GONE)] {
            if ids.push(report_id) > most {
                ids.shift();
            }
        }
    }
}

fn holds(ids: &Array, entry: &Entry) -> bool {
    foreign::index_of(ids, &entry.id()) >= 0
}

/// The outbox as the JSON text that storage holds.
fn to_storage(known: &Known) -> JsValue {
    let reports = Array::new();
    for Entry(report) in known.outbox.reports() {
        reports.push(report);
    }
    let outbox = members().with("version", FORMAT.into()).with("reports", reports.into());
    let outbox = outbox.with("done", (&known.done).into()).with("limit", known.limit.clone());
    foreign::to_json(&outbox.done()).unwrap_or_default()
}

/// Reads what [`to_storage`] writes, and a mere list of reports.
fn from_storage(stored: &JsValue) -> Stored {
    let outbox = foreign::from_json(stored).unwrap_or_default();
    let done = foreign::as_list(foreign::get(&outbox, "done")).unwrap_or_default();
    let limit = foreign::get(&outbox, "limit");
    let reports = foreign::as_list(foreign::get(&outbox, "reports"));
    let reports = reports.or_else(|| foreign::as_list(outbox));
    let is_whole = reports.as_ref().is_some_and(|all| all.iter().all(|r| Entry(r).is_readable()));
    // For a key that is not there, a host answers with an empty text.
    let is_damaged = !is_whole && stored.is_truthy();
    Stored { reports: reports.unwrap_or_default(), done, limit, is_damaged }
}

/// The length of a value as JSON text, in bytes; 0 for what JSON cannot hold.
fn json_bytes(value: &JsValue) -> f64 {
    foreign::to_json(value).map_or(0.0, |text| foreign::bytes(&text).into())
}
