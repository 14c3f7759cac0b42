//! Reports on their way to the back end: kept until it has them, sent one at
//! a time and in order. The outbox decides, this file acts.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use js_sys::{Date, Function, Math, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

use crate::env::Env;
use crate::event::Event;
use crate::failure::{Failure, Kind};
use crate::foreign::{object, set};
use crate::host::{self, Listener, Timer};
use crate::outbox::{Entry, Next, Urge};
use crate::outcome::Report;
use crate::store::{Store, json_bytes};
use crate::{foreign, slot};

/// How much longer than its request a report stays leased, in milliseconds.
const LEASE_MARGIN_MS: f64 = 1_000.0;

/// The reports, and the one that is being sent.
pub struct Reports {
    env: Rc<Env>,
    store: Store,
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
    pub fn start(env: Rc<Env>) -> Rc<Self> {
        let this = Rc::new(Self {
            store: Store::new(Rc::clone(&env)),
            env,
            urge: Cell::new(Urge::WhenDue),
            busy: Cell::new(false),
            timer: Cell::default(),
            sent: Cell::new(0),
            waiters: Cell::default(),
            network: Cell::default(),
        });
        let weak = Rc::downgrade(&this);
        let listener = this.env.wx.listen(host::Event::NetworkStatusChange, move |status| {
            let is_connected = foreign::get(&status, "isConnected").is_truthy();
            if let Some(this) = weak.upgrade().filter(|_| is_connected) {
                this.pump(Urge::Now);
            }
        });
        this.network.set(Some(listener));
        this.pump(Urge::Now);
        this
    }

    /// Puts a report into the outbox. It is sent by the next [`Reports::pump`].
    pub fn add(&self, report: JsValue) -> Report {
        let report_id = new_report_id();
        let bytes = json_bytes(&report);
        let limits = self.env.config().limits;
        let mut entry = Some(Entry::new(report_id.clone(), report, bytes));
        let mut dropped = Vec::new();
        self.store.update(&mut |outbox| {
            if let Some(entry) = entry.take() {
                dropped = outbox.push(entry, limits, Date::now(), self.lease_ms());
            }
        });
        let saved = self.store.is_saved(&report_id);
        self.env.emit(&Event::ReportQueued { report_id: &report_id, saved });
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
            let outbox = self.store.load();
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
                let timer = self.env.wx.after(ms, move || this.pump(Urge::WhenDue));
                self.timer.set(Some(timer));
            }
            return self.rest(outbox.entries().len());
        }
    }

    /// Sends all that waits, and resolves to `{ sent, pending }` once there is
    /// nothing more to be done now.
    pub fn flush(self: &Rc<Self>) -> Promise {
        let (promise, resolve) = foreign::deferred();
        let waiter = Waiter { resolve, sent_before: self.sent.get() };
        slot::with(&self.waiters, |waiters| waiters.push(waiter));
        self.pump(Urge::Now);
        promise
    }

    fn rest(&self, pending: usize) {
        for waiter in self.waiters.take() {
            let sent = self.sent.get().wrapping_sub(waiter.sent_before);
            let result = object([("sent", sent.into()), ("pending", (pending as u32).into())]);
            foreign::call(&waiter.resolve, &result);
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
        self.store.update(&mut |outbox| {
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
            Some(body) => {
                let config = self.env.config();
                config.backend.send_report(&self.env, body, &report_id, then);
            }
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
                self.env.emit(&Event::ReportSent { report_id });
            }
            Err(failure) if failure.is_refusal() => {
                if let Some(entry) = self.remove(report_id) {
                    self.drop_report(&entry, Some(&failure));
                }
            }
            Err(failure) => {
                let mut retry_in_ms = 0.0;
                self.store.update(&mut |outbox| {
                    retry_in_ms = outbox.postpone(report_id, Date::now(), Math::random());
                });
                self.urge.set(Urge::WhenDue);
                let error = &failure;
                self.env.emit(&Event::ReportPostponed { report_id, retry_in_ms, error });
            }
        }
    }

    fn remove(&self, report_id: &str) -> Option<Entry<JsValue>> {
        let mut removed = None;
        self.store.update(&mut |outbox| removed = outbox.remove(report_id));
        removed
    }

    /// A copy of the report, with the openId of today if it was queued without
    /// one. `None` if nobody knows it yet.
    fn with_open_id(&self, report: &JsValue) -> Option<JsValue> {
        let copy = foreign::json_copy(report)?;
        if foreign::string(&copy, "openId").is_none_or(|open_id| open_id.is_empty()) {
            let open_id = self.env.open_id();
            if open_id.is_empty() {
                return None;
            }
            set(&copy, "openId", &open_id.into());
        }
        Some(copy)
    }

    fn drop_report(&self, entry: &Entry<JsValue>, error: Option<&Failure>) {
        let report = foreign::json_copy(&entry.body).unwrap_or(JsValue::NULL);
        drop(Reflect::delete_property(report.unchecked_ref::<Object>(), &"openId".into()));
        self.env.emit(&Event::ReportDropped { report_id: &entry.id, error, report });
    }

    fn lease_ms(&self) -> f64 {
        self.env.config().backend.timeout_ms + LEASE_MARGIN_MS
    }
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
