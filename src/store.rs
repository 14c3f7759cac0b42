//! The outbox in the host's storage, or in memory as long as that refuses.
//!
//! Storage is read anew before each change and written right after it, in one
//! go: another copy of the SDK that shares it can come in between two changes,
//! but never within one.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::env::Env;
use crate::event::Event;
use crate::host::object;
use crate::outbox::{Entry, Outbox};
use crate::{foreign, slot};

/// Where the outbox is in storage.
const STORAGE_KEY: &str = "wx-subscribe:outbox";

/// The version of what is in storage.
const FORMAT: i32 = 1;

/// The outbox, wherever it is.
pub struct Store {
    env: Rc<Env>,
    /// The whole outbox, as long as storage refuses to take it.
    unsaved: Cell<Vec<Entry<JsValue>>>,
    /// Removed from the outbox, but perhaps still in a storage that refuses.
    gone: Cell<Vec<String>>,
}

impl Store {
    /// The outbox in the storage of this host.
    pub fn new(env: Rc<Env>) -> Self {
        Self { env, unsaved: Cell::default(), gone: Cell::default() }
    }

    /// Changes the outbox and writes it back. Whether storage took it.
    pub fn update(&self, change: &mut dyn FnMut(&mut Outbox<JsValue>)) -> bool {
        let mut outbox = self.load();
        let before: Vec<String> = outbox.entries().iter().map(|entry| entry.id.clone()).collect();
        change(&mut outbox);
        let saved = self.env.wx.write(STORAGE_KEY, &to_storage(outbox.entries()));
        if saved {
            self.unsaved.take();
            self.gone.take();
        } else {
            let left = |id: &String| !outbox.entries().iter().any(|entry| entry.id == *id);
            slot::with(&self.gone, |gone| gone.extend(before.into_iter().filter(left)));
            self.unsaved.set(outbox.entries().to_vec());
        }
        saved
    }

    /// What is in memory only, then what is in storage.
    pub fn load(&self) -> Outbox<JsValue> {
        let (stored, is_damaged) = from_storage(&self.env.wx.read(STORAGE_KEY));
        if is_damaged {
            // Mended at once, lest it is told again at each look.
            self.env.wx.write(STORAGE_KEY, &to_storage(&stored));
            self.env.emit(&Event::OutboxDamaged);
        }
        let unsaved = slot::with(&self.unsaved, |unsaved| unsaved.clone());
        slot::with(&self.gone, |gone| {
            unsaved.into_iter().chain(stored).filter(|entry| !gone.contains(&entry.id)).collect()
        })
    }
}

/// The outbox as the JSON text that storage holds.
fn to_storage(entries: &[Entry<JsValue>]) -> JsValue {
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
    let outbox = object([("version", FORMAT.into()), ("reports", reports.into())]);
    foreign::to_json(&outbox).unwrap_or(JsValue::UNDEFINED)
}

/// The entries in storage, and whether anything there could not be read. What
/// [`to_storage`] writes can be, and a mere list of reports. An entry is worth
/// keeping for its id and body alone: whatever version wrote the rest, the
/// worst that a missing time can do is to send it early.
fn from_storage(stored: &JsValue) -> (Vec<Entry<JsValue>>, bool) {
    // What a host answers for a key that is not there.
    if stored.is_falsy() {
        return (Vec::new(), false);
    }
    let outbox = foreign::from_json(stored).unwrap_or_default();
    let reports =
        foreign::list(&foreign::get(&outbox, "reports")).or_else(|| foreign::list(&outbox));
    let Some(reports) = reports else { return (Vec::new(), true) };
    let entries: Vec<_> = reports.iter().filter_map(entry_from_storage).collect();
    let is_damaged = entries.len() < reports.len();
    (entries, is_damaged)
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
