//! The outbox, in the host's storage and in memory.
//!
//! Storage outlives the launch and is shared with other copies of the SDK; but
//! it may refuse a write, fail to be read, or keep something else than it was
//! given. Memory holds what this launch knows until it is delivered or dropped.
//! Both are brought together before each change, and storage is written right
//! after it, in one go: another copy of the SDK can come in between two
//! changes, but never within one.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::env::Env;
use crate::event::Event;
use crate::foreign::object;
use crate::outbox::{Entry, Outbox};
use crate::{foreign, slot};

/// Where the outbox is in storage.
const STORAGE_KEY: &str = "wx-subscribe:outbox";

/// The version of what is in storage.
const FORMAT: i32 = 1;

/// How many reports that are done with are named in storage, for the copies of
/// the SDK that know them as well.
const MOST_DONE: usize = 32;

/// How many of them are remembered while storage cannot be read.
const MOST_GONE: usize = 1_024;

/// The outbox, wherever it is.
pub struct Store {
    env: Rc<Env>,
    /// The outbox as this launch left it.
    memory: Cell<Vec<Entry<JsValue>>>,
    /// Removed by this launch, though storage may still have it.
    gone: Cell<Vec<String>>,
    was_damaged: Cell<bool>,
}

/// What storage shows.
#[derive(Default)]
struct Stored {
    entries: Vec<Entry<JsValue>>,
    /// Delivered or dropped, by whichever copy of the SDK.
    done: Vec<String>,
    is_damaged: bool,
}

impl Store {
    /// The outbox of this host.
    pub fn new(env: Rc<Env>) -> Self {
        Self { env, memory: Cell::default(), gone: Cell::default(), was_damaged: Cell::new(false) }
    }

    /// The outbox as it is now.
    pub fn load(&self) -> Outbox<JsValue> {
        self.merge(self.stored().as_ref())
    }

    /// Changes the outbox, and writes it to storage if that can be read.
    pub fn update(&self, change: &mut dyn FnMut(&mut Outbox<JsValue>)) {
        let stored = self.stored();
        let mut outbox = self.merge(stored.as_ref());
        let before: Vec<String> = outbox.entries().iter().map(|entry| entry.id.clone()).collect();
        change(&mut outbox);
        let entries = outbox.entries();
        let removed: Vec<String> = before.into_iter().filter(|id| !holds(entries, id)).collect();
        if let Some(mut stored) = stored {
            stored.done.extend(removed.iter().cloned());
            keep_last(&mut stored.done, MOST_DONE);
            self.env.wx.write(STORAGE_KEY, &to_storage(entries, &stored.done));
        }
        slot::with(&self.gone, |gone| {
            gone.extend(removed);
            keep_last(gone, MOST_GONE);
        });
        self.memory.set(entries.to_vec());
    }

    /// Whether storage has this report, so that it outlives the launch.
    pub fn is_saved(&self, report_id: &str) -> bool {
        self.stored().is_some_and(|stored| holds(&stored.entries, report_id))
    }

    /// What storage shows, or `None` if it cannot be read.
    fn stored(&self) -> Option<Stored> {
        let stored = from_storage(&self.env.wx.read(STORAGE_KEY)?);
        if stored.is_damaged && !self.was_damaged.replace(true) {
            self.env.emit(&Event::OutboxDamaged);
        }
        Some(stored)
    }

    /// What only storage has, which is of an earlier launch or of another copy of
    /// the SDK, then what this launch knows, in its order.
    fn merge(&self, stored: Option<&Stored>) -> Outbox<JsValue> {
        let memory = slot::with(&self.memory, |memory| memory.clone());
        let Some(stored) = stored else { return memory.into_iter().collect() };
        slot::with(&self.gone, |gone| {
            // What storage has dropped cannot come back.
            gone.retain(|id| holds(&stored.entries, id));
            let is_unknown = |entry: &&Entry<JsValue>| !holds(&memory, &entry.id);
            let newest = |known: &Entry<JsValue>| {
                let other = stored.entries.iter().find(|entry| entry.id == known.id);
                other.filter(|other| other.is_newer_than(known)).unwrap_or(known).clone()
            };
            let unknown = stored.entries.iter().filter(is_unknown).cloned();
            unknown
                .chain(memory.iter().map(newest))
                .filter(|entry| !stored.done.contains(&entry.id) && !gone.contains(&entry.id))
                .collect()
        })
    }
}

fn holds(entries: &[Entry<JsValue>], id: &str) -> bool {
    entries.iter().any(|entry| entry.id == id)
}

fn keep_last(ids: &mut Vec<String>, most: usize) {
    let mut excess = ids.len().saturating_sub(most);
    ids.retain(|_| {
        let is_kept = excess == 0;
        excess = excess.saturating_sub(1);
        is_kept
    });
}

/// The outbox as the JSON text that storage holds.
fn to_storage(entries: &[Entry<JsValue>], done: &[String]) -> JsValue {
    let reports: Array = entries
        .iter()
        .map(|entry| {
            object([
                ("id", entry.id.as_str().into()),
                ("body", entry.body.clone()),
                ("bytes", (entry.bytes as f64).into()),
                ("attempts", entry.attempts.into()),
                ("notBefore", entry.not_before.into()),
                ("leasedUntil", entry.leased_until.into()),
            ])
        })
        .collect();
    let outbox = object([
        ("version", FORMAT.into()),
        ("reports", reports.into()),
        ("done", foreign::to_value(done)),
    ]);
    foreign::to_json(&outbox).unwrap_or(JsValue::UNDEFINED)
}

/// Reads what [`to_storage`] writes, and a mere list of reports. A report is
/// worth keeping for its id and body alone: whatever version wrote the rest,
/// the worst that a missing time can do is to send it early.
fn from_storage(stored: &JsValue) -> Stored {
    // What a host answers for a key that is not there.
    if stored.is_falsy() {
        return Stored::default();
    }
    let outbox = foreign::from_json(stored).unwrap_or_default();
    let reports =
        foreign::list(&foreign::get(&outbox, "reports")).or_else(|| foreign::list(&outbox));
    let Some(reports) = reports else { return Stored { is_damaged: true, ..Stored::default() } };
    let entries: Vec<_> = reports.iter().filter_map(entry_from_storage).collect();
    let done = foreign::list(&foreign::get(&outbox, "done")).unwrap_or_default();
    Stored {
        is_damaged: entries.len() < reports.len(),
        entries,
        done: done.iter().filter_map(JsValue::as_string).collect(),
    }
}

fn entry_from_storage(stored: &JsValue) -> Option<Entry<JsValue>> {
    let id = foreign::string(stored, "id").filter(|id| !id.is_empty())?;
    let body = foreign::get(stored, "body");
    if !foreign::is_plain_object(&body) {
        return None;
    }
    let bytes = foreign::integer(stored, "bytes").and_then(|bytes| usize::try_from(bytes).ok());
    let time = |key| foreign::get(stored, key).as_f64().unwrap_or(0.0);
    Some(Entry {
        bytes: bytes.unwrap_or_else(|| json_bytes(&body)),
        attempts: foreign::integer(stored, "attempts").map_or(0, |n| n.max(0).cast_unsigned()),
        not_before: time("notBefore"),
        leased_until: time("leasedUntil"),
        id,
        body,
    })
}

/// The length of a value as JSON text, in bytes; 0 for what JSON cannot hold.
pub fn json_bytes(value: &JsValue) -> usize {
    foreign::to_json(value).and_then(|text| text.as_string()).map_or(0, |text| text.len())
}
