//! The reports that the back end does not have yet: in memory, and in storage as
//! far as that takes them.

use alloc::rc::Rc;
use alloc::string::String;
use core::cell::{Cell, RefCell};

use js_sys::{Date, Math};

use super::context::Context;
use super::event::Event;
use super::learned::Learned;
use super::outbox_store::{Loaded, OutboxStore, Report};
use super::outcome::ReportState;
use crate::js::{JsonText, Opaque, value};
use crate::rules::failure::{Error, Kind};
use crate::rules::outbox::{Outbox, Schedule, left};

/// How much longer than its request a report stays leased, in milliseconds.
const LEASE_MARGIN_MS: f64 = 1_000.0;

/// The reports that wait.
pub struct Waiting {
    context: &'static Context,
    learned: &'static Learned,
    store: OutboxStore,
    /// Which one is sent next, and when.
    pub outbox: RefCell<Outbox<JsonText>>,
}

impl Waiting {
    /// Nothing waits yet.
    pub fn new(context: &'static Context, learned: &'static Learned) -> Self {
        let store = OutboxStore::new(context);
        Self { context, learned, store, outbox: RefCell::default() }
    }

    /// Takes in what an earlier launch left, as soon as the host can read it.
    pub fn open(&'static self) {
        let Some(opened) = self.store.open() else {
            if self.store.is_foreign() {
                self.learned.leave_storage_alone();
            }
            return;
        };
        self.learned.take_over(self.context, &opened.limit);
        self.outbox.borrow_mut().merge(opened.reports);
        if opened.is_damaged {
            self.context.tell(&Event::OutboxDamaged);
        }
    }

    /// Adds a report.
    pub fn add(
        &'static self,
        body: JsonText,
        open_id: Option<String>,
    ) -> (Rc<Report>, ReportState) {
        self.open();
        let (now, lease_ms) = (Date::now(), self.lease_ms());
        let id = new_id(now);
        let leased_until = now + lease_ms;
        let schedule =
            Schedule { queued_at: now, leased_until, is_mine: true, ..Schedule::default() };
        let (is_saved, schedule) = (Cell::new(false), Cell::new(schedule));
        let bytes = body.bytes;
        let report = Rc::new(Report { id, open_id, body, bytes, is_saved, schedule });
        let saved = self.store.save(&report);
        self.outbox.borrow_mut().push(Rc::clone(&report));
        if saved {
            self.save_others();
        }
        self.context.tell(&Event::ReportQueued { report_id: &report.id, saved });
        let limits = self.context.config().outbox;
        loop {
            let oldest = self.outbox.borrow().overflow(limits, now, lease_ms);
            let Some(oldest) = oldest else { break };
            self.give_up(&oldest, None);
        }
        (report, if saved { ReportState::Queued } else { ReportState::Unsaved })
    }

    /// Writes the openId into a report that was added without, so that no retry
    /// is sent as another user.
    pub fn bind(&self, report: &Report, open_id: &str) -> Option<Rc<Report>> {
        let body = report.body.value();
        value::set(&body, "openId", &open_id.into());
        let (body, open_id) = (JsonText::of(&body)?, Some(open_id.into()));
        let report = Rc::new(Report { bytes: body.bytes, body, open_id, ..report.clone() });
        self.outbox.borrow_mut().replace(Rc::clone(&report));
        self.save(&report);
        Some(report)
    }

    /// Leases a report, unless it has gone or another copy of the SDK sends it.
    pub fn claim(&self, report: &Report) -> bool {
        let (now, lease_ms) = (Date::now(), self.lease_ms());
        let Schedule { leased_until, is_mine, .. } = report.schedule.get();
        if is_mine && leased_until >= now + lease_ms - LEASE_MARGIN_MS {
            self.outbox.borrow().lease(report, leased_until);
            return true;
        }
        match if report.is_saved.get() { self.store.load(&report.id) } else { Loaded::Unknown } {
            Loaded::Gone => {
                self.outbox.borrow_mut().remove(&report.id);
                return false;
            }
            Loaded::Found(stored) => {
                let stored_until = stored.schedule.get().leased_until;
                let is_ours = is_mine && stored_until == leased_until;
                if !is_ours && left(stored_until, now, lease_ms) > 0.0 {
                    // Another copy of the SDK is sending it.
                    let schedule = report.schedule.get();
                    report.schedule.set(Schedule {
                        leased_until: stored_until,
                        is_mine: false,
                        ..schedule
                    });
                    return false;
                }
            }
            Loaded::Unknown => {}
        }
        self.outbox.borrow().lease(report, now + lease_ms);
        self.save(report);
        true
    }

    /// Gives up the reports that are too old.
    pub fn drop_expired(&'static self) {
        let age_ms = self.context.config().outbox.age_ms;
        loop {
            let expired = self.outbox.borrow().expired(Date::now(), age_ms);
            let Some(report) = expired else { break };
            let mut error = Error::about(Kind::Timeout, "not delivered within outboxMaxAgeMs");
            error.retryable = false;
            self.give_up(&report, Some(&error));
        }
    }

    /// A report that is given up ends with an event.
    pub fn give_up(&'static self, report: &Report, error: Option<&Error>) {
        self.remove(&report.id);
        let body = report.body.value();
        value::delete(&body, &"openId".into());
        let report_id = &report.id;
        self.context.tell(&Event::ReportDropped { report_id, error, report: Opaque(body) });
    }

    /// Forgets a report: the back end has it, or never wants it.
    pub fn remove(&self, id: &str) {
        self.outbox.borrow_mut().remove(id);
        self.store.remove(id);
        if self.has_saved_all() {
            self.store.finish_migration();
        }
    }

    /// Saves a report as it is now, unless it has gone meanwhile.
    pub fn save(&self, report: &Report) {
        if self.outbox.borrow().get(&report.id).is_some() {
            self.store.save(report);
        }
    }

    /// Saves what storage had no room for, now that it takes reports again.
    fn save_others(&self) {
        let mut reports = self.outbox.borrow().reports().to_vec();
        reports.retain(|report| !report.is_saved.get());
        for report in reports {
            self.save(&report);
        }
    }

    /// How storage is doing, in a word.
    pub fn storage(&self) -> &'static str {
        self.store.health(self.has_saved_all())
    }

    fn has_saved_all(&self) -> bool {
        self.outbox.borrow().reports().iter().all(|report| report.is_saved.get())
    }

    /// How long a report is leased, in milliseconds.
    pub fn lease_ms(&self) -> f64 {
        self.context.config().request_timeout_ms + LEASE_MARGIN_MS
    }
}

/// An `Idempotency-Key` that no other client makes: the time and two random
/// numbers of 52 bits, in digits of base 36, the last digit of each first.
fn new_id(now: f64) -> String {
    const RANGE: f64 = 4_503_599_627_370_496.0;
    let mut id = String::new();
    for number in [now, Math::random() * RANGE, Math::random() * RANGE] {
        let mut rest = number as u64;
        while rest > 0 {
            id.extend(char::from_digit((rest % 36) as u32, 36));
            rest /= 36;
        }
    }
    id
}
