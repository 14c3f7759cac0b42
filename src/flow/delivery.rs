//! Reports on their way to the back end: kept until it has them. The outbox
//! decides which one is next, this file sends it.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::{Cell, RefCell};
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;

use js_sys::{Date, Math};
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::backend::Backend;
use super::context::Context;
use super::event::Event;
use super::identity::{Asked, Identity};
use super::learned::Learned;
use super::outbox_store::{Loaded, OutboxStore};
use super::outcome::ReportState;
use crate::js::{Opaque, value};
use crate::rules::failure::{Error, Kind};
use crate::rules::outbox::{Next, Outbox, Report, Schedule, left};
use crate::rules::rounds::{Rounds, Urge};
use crate::rules::text::contains;
use crate::task::{Signal, TaskId};

/// How much longer than its request a report stays leased, in milliseconds.
const LEASE_MARGIN_MS: f64 = 1_000.0;

/// The reports that wait, and the task that sends them.
pub struct Delivery {
    context: &'static Context,
    identity: &'static Identity,
    backend: &'static Backend,
    learned: &'static Learned,
    store: OutboxStore,
    outbox: RefCell<Outbox>,
    rounds: RefCell<Rounds>,
    /// Who was signed in when the last report was added, until that is used.
    user: RefCell<Option<String>>,
    /// The id of the report that the user was signed in for.
    signed_in_for: RefCell<String>,
    /// The id of the last report that failed in a way that may be its own fault.
    doubtful: RefCell<String>,
    sent: Cell<u32>,
    /// The task that sends, and whether there may be something to do for it.
    task: Cell<TaskId>,
    is_woken: Cell<bool>,
    /// Sent when there is nothing more to be done now.
    rested: Signal,
}

/// What `flushReports` resolves to.
#[derive(Serialize)]
pub struct Flushed {
    sent: u32,
    pending: usize,
}

impl Delivery {
    /// Nothing waits yet.
    pub fn new(
        context: &'static Context,
        identity: &'static Identity,
        backend: &'static Backend,
        learned: &'static Learned,
    ) -> Self {
        Self {
            context,
            identity,
            backend,
            learned,
            store: OutboxStore::new(context),
            outbox: RefCell::default(),
            rounds: RefCell::default(),
            user: RefCell::default(),
            signed_in_for: RefCell::default(),
            doubtful: RefCell::default(),
            sent: Cell::new(0),
            task: Cell::default(),
            is_woken: Cell::default(),
            rested: Signal::default(),
        }
    }

    /// Sends what an earlier launch left, and then whatever is added.
    pub fn start(&'static self) {
        self.context.host.tasks.spawn(self.run());
    }

    /// Adds a report. It is sent once [`Delivery::wake`] is called.
    pub fn add(&'static self, body: String, open_id: Option<String>) -> (Rc<Report>, ReportState) {
        self.open_store();
        let (now, lease_ms) = (Date::now(), self.lease_ms());
        let id = new_id(now);
        self.user.replace(open_id.clone().filter(|open_id| !open_id.is_empty()));
        let leased_until = now + lease_ms;
        let schedule =
            Schedule { queued_at: now, leased_until, is_mine: true, ..Schedule::default() };
        let (is_saved, schedule) = (Cell::new(false), Cell::new(schedule));
        let report = Rc::new(Report { id, open_id, body, is_saved, schedule });
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

    /// Completes a report that was added before its openId was there.
    pub async fn identify(&'static self, report: &Report, promise: JsValue) {
        let open_id = self.identity.wait(promise).await;
        drop(self.bind(report, &open_id));
    }

    /// Writes the openId into a report that was added without, so that no retry
    /// is sent as another user.
    fn bind(&self, report: &Report, open_id: &str) -> Option<Rc<Report>> {
        let body = value::from_json(&report.body)?;
        value::set(&body, "openId", &open_id.into());
        let (body, open_id) = (value::to_json(&body)?, Some(open_id.into()));
        let report = Rc::new(Report { body, open_id, ..report.clone() });
        self.outbox.borrow_mut().replace(Rc::clone(&report));
        self.save(&report);
        Some(report)
    }

    /// The application has configured anew: perhaps it knows the user now.
    pub fn configured(&self) {
        self.send_now(Urge::Application);
    }

    /// There may be something to send.
    pub fn wake(&self) {
        self.is_woken.set(true);
        self.context.host.tasks.wake(self.task.get());
    }

    /// The network or the mini-program is back.
    pub fn host_is_back(&self) {
        self.send_now(Urge::Host);
    }

    /// Sends all that waits, and resolves once there is nothing more to be done
    /// now.
    pub async fn flush(&'static self) -> Flushed {
        let sent_before = self.sent.get();
        let rested = self.rested.next(&self.context.host.tasks);
        self.send_now(Urge::Application);
        rested.await;
        let pending = self.outbox.borrow().reports().len();
        Flushed { sent: self.sent.get().wrapping_sub(sent_before), pending }
    }

    /// Begins a round, now or as soon as it may.
    fn send_now(&self, urge: Urge) {
        if self.rounds.borrow_mut().ask(urge, Date::now()) {
            self.outbox.borrow_mut().begin_round();
        }
        self.wake();
    }

    /// Sends what is due, one report after the other, for as long as the module
    /// lives.
    async fn run(&'static self) {
        let task = self.context.host.tasks.current();
        self.task.set(task);
        self.backend.watch_headers(task);
        self.outbox.borrow_mut().begin_round();
        loop {
            self.open_store();
            self.begin_due_round();
            self.drop_expired();
            self.is_woken.set(false);
            let user = self.user().await;
            if self.is_woken.get() {
                // Another one may have signed in while a promise was to tell.
                continue;
            }
            let next = self.outbox.borrow().next(Date::now(), user.as_deref(), self.lease_ms());
            match next {
                Next::Send(report) => self.attempt(&report, user).await,
                Next::Wait(ms) => self.rest(Some(ms)).await,
                Next::Nothing => self.rest(None).await,
            }
        }
    }

    /// Begins a round that had to wait. With other headers, the back end may know
    /// the user again.
    fn begin_due_round(&self) {
        let (now, mut rounds) = (Date::now(), self.rounds.borrow_mut());
        let has_other_headers = self.backend.take_other_headers();
        if rounds.begin_postponed(now) || has_other_headers && rounds.ask(Urge::Application, now) {
            self.outbox.borrow_mut().begin_round();
        }
    }

    /// Waits until something may have changed, for `ms` milliseconds at most.
    async fn rest(&'static self, ms: Option<f64>) {
        let round = self.rounds.borrow().wait(Date::now());
        let ms = [ms, round].into_iter().flatten().reduce(f64::min);
        let mut timer = ms.map(|ms| self.context.host.timer(ms));
        self.rested.send(&self.context.host.tasks);
        poll_fn(|poller| {
            if self.is_woken.take() || self.backend.has_other_headers() {
                return Poll::Ready(());
            }
            let timer = timer.as_mut().map(|timer| Pin::new(timer).poll(poller));
            timer.map_or(Poll::Pending, |timer| timer.map(drop))
        })
        .await;
    }

    /// Who is signed in, if any report asks for it.
    async fn user(&'static self) -> Option<String> {
        let added_for = self.user.take();
        if added_for.is_some() || self.outbox.borrow().reports().is_empty() {
            return added_for;
        }
        match self.identity.ask() {
            Asked::Omitted => None,
            Asked::User(user) => Some(user),
            Asked::Failed => Some(String::new()),
            Asked::Later(promise) => Some(self.identity.wait(promise).await),
        }
    }

    /// Tries one report, while this user is signed in.
    async fn attempt(&'static self, report: &Report, user: Option<String>) {
        let is_nobodys = report.open_id.as_deref() == Some("");
        let known = user.as_deref().filter(|user| is_nobodys && !user.is_empty());
        let bound = known.and_then(|user| self.bind(report, user));
        let report = bound.as_deref().unwrap_or(report);
        if !self.claim(report) {
            return;
        }
        let result = self.send(report, user).await;
        // Signing in leads back here, once, with whoever is the user then.
        if result.as_ref().is_err_and(|error| error.is_about_the_user())
            && self.signed_in_for.replace(report.id.clone()) != report.id
            && self.identity.sign_in().await
        {
            self.user.take();
            return self.outbox.borrow().try_again(report);
        }
        // Another user may have signed in since a report was added.
        self.user.take();
        self.signed_in_for.take();
        self.settle(report, result);
    }

    /// What an attempt came to.
    fn settle(&'static self, report: &Report, result: Result<(), Box<Error>>) {
        match result {
            Ok(()) => {
                self.open_line();
                self.remove(&report.id);
                self.sent.set(self.sent.get().wrapping_add(1));
                self.context.tell(&Event::ReportSent { report_id: &report.id });
            }
            Err(error) if error.is_refusal() => {
                self.open_line();
                self.give_up(report, Some(&error));
            }
            Err(error) => self.postpone(report, &error),
        }
    }

    /// Sends a report with its own openId, or with that of today's user if it was
    /// added without.
    async fn send(&'static self, report: &Report, user: Option<String>) -> Result<(), Box<Error>> {
        let open_id =
            if report.open_id.as_deref() == Some("") { user } else { report.open_id.clone() };
        if open_id.as_deref() == Some("") {
            let detail = "there is no openId yet: store it, or give it to setup";
            return Err(Error::about(Kind::BadArgument, detail));
        }
        self.backend.send_report(report, open_id.as_deref()).await
    }

    /// Leases a report, unless it has gone or another copy of the SDK sends it.
    fn claim(&self, report: &Report) -> bool {
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

    /// After a failure: the report waits, and where the reason holds for all,
    /// all wait.
    fn postpone(&'static self, report: &Report, error: &Error) {
        let (now, random) = (Date::now(), Math::random());
        let retry_in_ms = report.postpone(now, random, error.retry_after_ms);
        if error.is_about_the_user() {
            self.backend.user_is_unknown();
        }
        if self.holds_for_all(report, error) {
            self.outbox.borrow_mut().close_line(report, now, random);
        } else if error.code.is_some() {
            self.open_line();
        }
        self.save(report);
        self.context.tell(&Event::ReportPostponed { report_id: &report.id, retry_in_ms, error });
    }

    fn open_line(&self) {
        self.doubtful.take();
        self.outbox.borrow_mut().open_line();
    }

    /// Whether the reason of a failure holds for all reports. A 403, or what an
    /// application's own function was rejected with, may be about this one
    /// report, until another fails next.
    fn holds_for_all(&self, report: &Report, error: &Error) -> bool {
        let is_own = self.context.config().pop_subscribe_result.is_some();
        let is_certain = error.code == Some(401)
            || error.is_offline() && (!is_own || contains(&error.message, "request:fail"));
        if is_certain || !(error.is_offline() || error.is_about_the_user()) {
            return is_certain;
        }
        let last = self.doubtful.replace(report.id.clone());
        !last.is_empty() && last != report.id
    }

    fn drop_expired(&'static self) {
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
    fn give_up(&'static self, report: &Report, error: Option<&Error>) {
        self.remove(&report.id);
        let body = value::from_json(&report.body).unwrap_or_default();
        if body.is_object() {
            value::delete(&body, &"openId".into());
        }
        let report_id = &report.id;
        self.context.tell(&Event::ReportDropped { report_id, error, report: Opaque(body) });
    }

    fn remove(&self, id: &str) {
        self.outbox.borrow_mut().remove(id);
        self.store.remove(id);
        if self.outbox.borrow().reports().iter().all(|report| report.is_saved.get()) {
            self.store.finish_migration();
        }
    }

    /// Saves a report as it is now, unless it has gone meanwhile.
    fn save(&self, report: &Report) {
        if self.outbox.borrow().get(&report.id).is_some() {
            self.store.save(report);
        }
    }

    /// Takes in what an earlier launch left, as soon as the host can read it.
    fn open_store(&'static self) {
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

    /// Saves what storage had no room for, now that it takes reports again.
    fn save_others(&self) {
        let mut reports = self.outbox.borrow().reports().to_vec();
        reports.retain(|report| !report.is_saved.get());
        for report in reports {
            self.save(&report);
        }
    }

    fn lease_ms(&self) -> f64 {
        self.context.config().request_timeout_ms + LEASE_MARGIN_MS
    }
}

/// An `Idempotency-Key` that no other client makes: the time and two random
/// numbers of 52 bits.
fn new_id(now: f64) -> String {
    const RANGE: f64 = 4_503_599_627_370_496.0;
    let random = || value::base_36((Math::random() * RANGE).floor());
    [value::base_36(now), random(), random()].concat()
}
