//! Reports on their way to the back end: kept until it has them, sent one at
//! a time and in order. The outbox decides, this file acts.

use alloc::vec::Vec;
use core::cell::Cell;

use js_sys::{Date, Function, Math};
use wasm_bindgen::prelude::*;

use crate::backend;
use crate::env::Env;
use crate::event;
use crate::failure::Kind;
use crate::foreign::{self, members, set};
use crate::host::{self, Timer};
use crate::outbox::{Next, Report as _, Urge};
use crate::outcome::{Failure, Report};
use crate::slot::Slot;
use crate::store::{Entry, Store};

/// How much longer than its request a report stays leased, in milliseconds.
const LEASE_MARGIN_MS: f64 = 1_000.0;

/// The reports, and the one that is being sent.
pub struct Reports {
    env: &'static Env,
    store: Store,
    urge: Cell<Urge>,
    busy: Cell<bool>,
    answer: Cell<Answer>,
    timer: Cell<Option<Timer>>,
    sent: Cell<u32>,
    waiters: Slot<Vec<Waiter>>,
}

/// When the back end's answer to the report that is being sent came.
#[derive(Clone, Copy, PartialEq)]
enum Answer {
    /// Not yet, and the call that sends it has not returned.
    NotYet,
    /// Before that call returned.
    AtOnce,
    /// It is waited for.
    Later,
}

/// Someone who waits for the outbox to come to rest.
struct Waiter {
    resolve: Function,
    sent_before: u32,
}

impl Reports {
    /// No report is on its way yet.
    pub fn new(env: &'static Env) -> Self {
        Self {
            env,
            store: Store::new(env),
            urge: Cell::new(Urge::WhenDue),
            busy: Cell::new(false),
            answer: Cell::new(Answer::NotYet),
            timer: Cell::default(),
            sent: Cell::new(0),
            waiters: Slot::default(),
        }
    }

    /// Sends what an earlier launch left, and listens for the network.
    pub fn start(&'static self) {
        self.env.wx.listen(host::NETWORK_STATUS_CHANGE);
        self.pump(Urge::Now);
    }

    /// The network went or came back.
    pub fn network_changed(&'static self, status: &JsValue) {
        if foreign::get(status, "isConnected").is_truthy() {
            self.pump(Urge::Now);
        }
    }

    /// Puts a report into the outbox. It is sent by the next [`Reports::pump`].
    pub fn add(&self, report: JsValue) -> Report {
        let report_id = new_report_id();
        let entry = Entry::new(&report_id, report);
        let limits = self.env.numbers().outbox();
        let (mut entry, mut dropped) = (Some(entry), Vec::new());
        let (now, lease_ms) = (Date::now(), self.lease_ms());
        self.store.update(&mut |known| {
            if let Some(entry) = entry.take() {
                dropped = known.outbox.push(entry, limits, now, lease_ms);
                dropped.iter().for_each(|entry| known.is_over(&entry.id()));
            }
            true
        });
        let saved = self.store.is_saved();
        event::report_queued(self.env, &report_id, saved);
        for entry in dropped {
            self.drop_report(entry, None);
        }
        if saved { Report::Queued } else { Report::Unsaved }
    }

    /// What [`Reports::keep_limit`] kept, in this launch or an earlier one.
    pub fn limit(&self) -> JsValue {
        self.store.limit()
    }

    /// Keeps what is known of the client beside the reports.
    pub fn keep_limit(&self, limit: &JsValue) {
        self.store.update(&mut |known| {
            known.limit = limit.clone();
            true
        });
    }

    /// Sends what is due, one report at a time and in order.
    pub fn pump(&'static self, urge: Urge) {
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
            let (mut next, mut oldest, mut pending) = (Next::Empty, None, 0);
            let (now, urge, lease_ms) = (Date::now(), self.urge.get(), self.lease_ms());
            self.store.update(&mut |known| {
                next = known.outbox.next(now, urge, lease_ms);
                pending = known.outbox.reports().len() as u32;
                if next == Next::Send {
                    oldest = known.outbox.lease(now, lease_ms).cloned();
                }
                oldest.is_some()
            });
            if let Some(oldest) = oldest.take() {
                if self.send(&oldest) {
                    continue;
                }
                return;
            }
            self.urge.set(Urge::WhenDue);
            self.busy.set(false);
            if let Next::Wait(ms) = next {
                self.timer.set(Some(self.env.wx.after(ms, || self.pump(Urge::WhenDue))));
            }
            return self.rest(pending);
        }
    }

    /// Sends all that waits, and resolves to `{ sent, pending }` once there is
    /// nothing more to be done now.
    pub fn flush(&'static self, resolve: Function) {
        let waiter = Waiter { resolve, sent_before: self.sent.get() };
        self.waiters.with(|waiters| waiters.push(waiter));
        self.pump(Urge::Now);
    }

    fn rest(&self, pending: u32) {
        while let Some(waiter) = self.waiters.with(Vec::pop) {
            let sent = self.sent.get().wrapping_sub(waiter.sent_before);
            let result = members().with("sent", sent.into()).with("pending", pending.into());
            foreign::tell(&waiter.resolve, &result.done());
        }
    }

    /// Sends one report. Whether the answer was there at once.
    fn send(&'static self, entry: &Entry) -> bool {
        self.answer.set(Answer::NotYet);
        let report_id = entry.id();
        match self.with_open_id(&entry.body()) {
            Some(body) => {
                let id = report_id.clone();
                backend::send_report(self.env, body, id, move |result| {
                    self.settle(&report_id, result.err());
                });
            }
            None => {
                let detail = "there is no openId yet: store it, or give it to setup";
                let failure = Failure::with_detail(Kind::BadArgument, detail.into());
                self.settle(&report_id, Some(failure));
            }
        }
        self.answer.replace(Answer::Later) == Answer::AtOnce
    }

    /// The answer to a report is there, or the failure.
    fn settle(&'static self, report_id: &JsValue, failure: Option<Failure>) {
        match failure {
            None => {
                self.store.remove(report_id);
                self.sent.set(self.sent.get().wrapping_add(1));
                event::report_sent(self.env, report_id);
            }
            Some(failure) if failure.is_refusal() => {
                if let Some(entry) = self.store.remove(report_id) {
                    self.drop_report(entry, Some(&failure));
                }
            }
            Some(failure) => {
                let (mut retry_in_ms, now, random) = (0.0, Date::now(), Math::random());
                self.store.update(&mut |known| {
                    retry_in_ms = known.outbox.postpone(report_id, now, random);
                    true
                });
                self.urge.set(Urge::WhenDue);
                event::report_postponed(self.env, report_id, retry_in_ms, &failure);
            }
        }
        if self.answer.replace(Answer::AtOnce) == Answer::Later {
            self.busy.set(false);
            self.pump(Urge::WhenDue);
        }
    }

    /// A copy of the report, with the openId of today if it was queued without
    /// one. `None` if nobody knows it yet.
    fn with_open_id(&self, report: &JsValue) -> Option<JsValue> {
        let copy = foreign::json_copy(report)?;
        if !foreign::is_text(&foreign::get(&copy, "openId")) {
            let open_id = self.env.open_id();
            if !foreign::is_text(&open_id) {
                return None;
            }
            set(&copy, "openId", &open_id);
        }
        Some(copy)
    }

    fn drop_report(&self, entry: Entry, error: Option<&Failure>) {
        let report = entry.body();
        // JSON leaves out what is undefined.
        set(&report, "openId", &JsValue::UNDEFINED);
        let report = foreign::json_copy(&report).unwrap_or(JsValue::NULL);
        event::report_dropped(self.env, &entry.id(), error, report);
    }

    fn lease_ms(&self) -> f64 {
        self.env.numbers().request_timeout_ms() + LEASE_MARGIN_MS
    }
}

/// An `Idempotency-Key` that no other client makes: the time, and twice the 52
/// random bits of a number, with base 36.
fn new_report_id() -> JsValue {
    let digits = |number: f64| foreign::to_text(number, 36);
    let random = || foreign::slice(&digits(Math::random()), 2, 13);
    foreign::concat(&digits(Date::now()), &foreign::concat(&random(), &random()))
}
