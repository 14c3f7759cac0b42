//! Reports on their way to the back end: written to storage before they are
//! sent, removed once the back end has them.
//!
//! The outbox decides, this file acts. Storage is read anew before each change
//! and written right after it, in one go: another copy of the SDK that shares
//! it can come in between two changes, but never within one.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use js_sys::{Array, Date, Function, Math, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

use crate::backend::Backend;
use crate::config::OpenId;
use crate::event::{Event, Events};
use crate::failure::{Failure, Kind};
use crate::host::{self, Listener, Timer, Wx, object, set};
use crate::outbox::{Entry, Limits, Next, Outbox, Urge};
use crate::outcome::Report;
use crate::{foreign, slot};

/// Where the outbox is in storage.
const STORAGE_KEY: &str = "wx-subscribe:outbox";

/// The version of what is in storage.
const FORMAT: i32 = 1;

/// How much longer than its request a report stays leased, in milliseconds.
const LEASE_MARGIN_MS: f64 = 1_000.0;

/// The reports, and the one that is being sent.
pub struct Reports {
    wx: Wx,
    backend: Rc<Backend>,
    events: Events,
    open_id: OpenId,
    limits: Limits,
    /// The whole outbox, as long as storage refuses to take it.
    unsaved: Cell<Vec<Entry<JsValue>>>,
    /// Removed from the outbox, but perhaps still in a storage that refuses.
    gone: Cell<Vec<String>>,
    urge: Cell<Urge>,
    busy: Cell<bool>,
    timer: Cell<Option<Timer>>,
    sent: Cell<u32>,
    waiters: Cell<Vec<Waiter>>,
    network: Cell<Option<Listener>>,
}

/// Someone who waits for the outbox to come to rest.
struct Waiter {
    resolve: Function,
    sent_before: u32,
}

impl Reports {
    /// Sends what an earlier launch left, and listens for the network.
    pub fn start(
        wx: Wx,
        backend: Rc<Backend>,
        events: Events,
        open_id: OpenId,
        limits: Limits,
    ) -> Rc<Self> {
        let this = Rc::new(Self {
            wx,
            backend,
            events,
            open_id,
            limits,
            unsaved: Cell::default(),
            gone: Cell::default(),
            urge: Cell::new(Urge::WhenDue),
            busy: Cell::new(false),
            timer: Cell::default(),
            sent: Cell::new(0),
            waiters: Cell::default(),
            network: Cell::default(),
        });
        let weak = Rc::downgrade(&this);
        let listener = this.wx.listen(host::Event::NetworkStatusChange, move |status| {
            let is_connected = foreign::get(&status, "isConnected").is_truthy();
            if let Some(this) = weak.upgrade().filter(|_| is_connected) {
                this.pump(Urge::Now);
            }
        });
        this.network.set(Some(listener));
        this.pump(Urge::WhenDue);
        this
    }

    /// Who answers, as far as it is known now.
    pub fn open_id(&self) -> String {
        let open_id = match &self.open_id {
            OpenId::Given(open_id) => return open_id.clone(),
            OpenId::Asked(function) => function.call0(&JsValue::UNDEFINED).unwrap_or_default(),
            OpenId::Stored => self.wx.read("openId"),
        };
        open_id.as_string().unwrap_or_default()
    }

    /// Puts a report into the outbox. It is sent by the next [`Reports::pump`].
    pub fn add(&self, report: JsValue) -> Report {
        let report_id = new_report_id();
        let bytes = json_bytes(&report);
        let mut entry = Some(Entry::new(report_id.clone(), report, bytes));
        let mut dropped = Vec::new();
        let saved = self.update(&mut |outbox| {
            if let Some(entry) = entry.take() {
                dropped = outbox.push(entry, self.limits);
            }
        });
        self.events.emit(&Event::ReportQueued { report_id: &report_id, saved });
        for entry in dropped {
            self.drop_report(&entry, None);
        }
        if saved { Report::Queued } else { Report::Unsaved }
    }

    /// Sends what is due, one report at a time and in order.
    pub fn pump(self: &Rc<Self>, urge: Urge) {
        if urge == Urge::Now {
            self.urge.set(Urge::Now);
        }
        if self.busy.replace(true) {
            return;
        }
        if let Some(timer) = self.timer.take() {
            timer.stop();
        }
        loop {
            let outbox = self.load();
            let wait = match outbox.next(Date::now(), self.urge.get(), self.lease_ms()) {
                Next::Send(report_id) => {
                    if self.send(report_id) {
                        continue;
                    }
                    return;
                }
                Next::Wait(ms) => Some(ms),
                Next::Empty => None,
            };
            self.urge.set(Urge::WhenDue);
            self.busy.set(false);
            if let Some(ms) = wait {
                let this = Rc::clone(self);
                let timer = self.wx.after(ms, move || this.pump(Urge::WhenDue));
                self.timer.set(Some(timer));
            }
            return self.rest(outbox.entries().len());
        }
    }

    /// Sends all that waits, and resolves to `{ sent, pending }` once there is
    /// nothing more to be done now.
    pub fn flush(self: &Rc<Self>) -> Promise {
        let promise = Promise::new(&mut |resolve, _| {
            let waiter = Waiter { resolve, sent_before: self.sent.get() };
            slot::with(&self.waiters, |waiters| waiters.push(waiter));
        });
        self.pump(Urge::Now);
        promise
    }

    fn rest(&self, pending: usize) {
        for waiter in self.waiters.take() {
            let sent = self.sent.get().wrapping_sub(waiter.sent_before);
            let result = object([("sent", sent.into()), ("pending", (pending as u32).into())]);
            drop(waiter.resolve.call1(&JsValue::UNDEFINED, &result));
        }
    }

    /// Sends one report. Whether the answer was there at once.
    fn send(self: &Rc<Self>, report_id: String) -> bool {
        #[derive(Clone, Copy, PartialEq)]
        enum Answer {
            NotYet,
            AtOnce,
            Later,
        }
        let mut body = None;
        self.update(&mut |outbox| {
            outbox.lease(&report_id, Date::now(), self.lease_ms());
            let entry = outbox.entries().iter().find(|entry| entry.id == report_id);
            body = entry.map(|entry| entry.body.clone());
        });
        let answer = Rc::new(Cell::new(Answer::NotYet));
        let then = {
            let (this, answer, report_id) =
                (Rc::clone(self), Rc::clone(&answer), report_id.clone());
            move |result| {
                this.sent(&report_id, result);
                if answer.replace(Answer::AtOnce) == Answer::Later {
                    this.busy.set(false);
                    this.pump(Urge::WhenDue);
                }
            }
        };
        match body.and_then(|body| self.with_open_id(&body)) {
            Some(body) => self.backend.send_report(&self.wx, body, &report_id, then),
            None => then(Err(Failure::with_detail(
                Kind::BadArgument,
                "there is no openId yet: store it, or give it to setup",
            ))),
        }
        answer.replace(Answer::Later) == Answer::AtOnce
    }

    fn sent(&self, report_id: &str, result: Result<(), Failure>) {
        match result {
            Ok(()) => {
                self.remove(report_id);
                self.sent.set(self.sent.get().wrapping_add(1));
                self.events.emit(&Event::ReportSent { report_id });
            }
            Err(failure) if failure.is_refusal() => {
                if let Some(entry) = self.remove(report_id) {
                    self.drop_report(&entry, Some(&failure));
                }
            }
            Err(failure) => {
                let mut retry_in_ms = 0.0;
                self.update(&mut |outbox| {
                    retry_in_ms = outbox.postpone(report_id, Date::now(), Math::random());
                });
                self.urge.set(Urge::WhenDue);
                let error = &failure;
                self.events.emit(&Event::ReportPostponed { report_id, retry_in_ms, error });
            }
        }
    }

    fn remove(&self, report_id: &str) -> Option<Entry<JsValue>> {
        let mut removed = None;
        self.update(&mut |outbox| removed = outbox.remove(report_id));
        removed
    }

    /// The report with the openId of today, if it was queued without one.
    fn with_open_id(&self, report: &JsValue) -> Option<JsValue> {
        if foreign::string(report, "openId").is_some_and(|open_id| !open_id.is_empty()) {
            return Some(report.clone());
        }
        let open_id = self.open_id();
        if open_id.is_empty() {
            return None;
        }
        let (copy, _) = foreign::json_copy(report)?;
        set(&copy, "openId", &open_id.into());
        Some(copy)
    }

    fn drop_report(&self, entry: &Entry<JsValue>, error: Option<&Failure>) {
        let report = foreign::json_copy(&entry.body).map_or(JsValue::NULL, |(copy, _)| copy);
        drop(Reflect::delete_property(report.unchecked_ref::<Object>(), &"openId".into()));
        self.events.emit(&Event::ReportDropped { report_id: &entry.id, error, report });
    }

    fn lease_ms(&self) -> f64 {
        self.backend.timeout_ms + LEASE_MARGIN_MS
    }

    /// Changes the outbox and writes it back. Whether storage took it.
    fn update(&self, change: &mut dyn FnMut(&mut Outbox<JsValue>)) -> bool {
        let mut outbox = self.load();
        let before: Vec<String> = outbox.entries().iter().map(|entry| entry.id.clone()).collect();
        change(&mut outbox);
        let saved = self.wx.write(STORAGE_KEY, &to_storage(outbox.entries()));
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
    fn load(&self) -> Outbox<JsValue> {
        let stored = from_storage(&self.wx.read(STORAGE_KEY)).unwrap_or_else(|| {
            self.wx.write(STORAGE_KEY, &to_storage(&[]));
            self.events.emit(&Event::OutboxDamaged);
            Vec::new()
        });
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

/// The entries in storage, or `None` for what cannot be an outbox. An entry is
/// worth keeping for its id and body alone: whatever version wrote the rest,
/// the worst that a missing time can do is to send it early.
fn from_storage(stored: &JsValue) -> Option<Vec<Entry<JsValue>>> {
    match stored.as_string() {
        None if stored.is_undefined() => return Some(Vec::new()),
        Some(text) if text.is_empty() => return Some(Vec::new()),
        _ => {}
    }
    let outbox = foreign::from_json(stored)?;
    let reports = foreign::list(&foreign::get(&outbox, "reports"))?;
    Some(reports.iter().filter_map(entry_from_storage).collect())
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

fn json_bytes(value: &JsValue) -> usize {
    foreign::to_json(value).and_then(|text| text.as_string()).map_or(0, |text| text.len())
}

/// An `Idempotency-Key` that no other client makes: the time, and 100 random
/// bits.
fn new_report_id() -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut id = String::new();
    let mut push = |bits: f64, digits: u32| {
        for place in (0..digits).rev() {
            let digit = (bits as u64 >> (5 * place)) as usize % DIGITS.len();
            id.extend(DIGITS.get(digit).map(|digit| char::from(*digit)));
        }
    };
    push(Date::now(), 9);
    for _ in 0..4 {
        push(Math::random() * f64::from(1 << 25), 5);
    }
    id
}
