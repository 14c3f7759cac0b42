//! Reports on their way to the back end. The outbox decides which one is next,
//! this file sends it.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::{Cell, OnceCell};
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;

use js_sys::{Date, Math};
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::backend::Backend;
use super::context::Context;
use super::event::Event;
use super::identity::Identity;
use super::learned::Learned;
use super::outbox_store::Report;
use super::outcome::ReportState;
use super::waiting::Waiting;
use crate::js::JsonText;
use crate::rules::failure::{Error, Kind};
use crate::rules::outbox::Next;
use crate::rules::rounds::{Rounds, Urge};
use crate::rules::text::contains;
use crate::task::{Signal, Task};

/// The task that sends the reports that wait.
pub struct Delivery {
    context: &'static Context,
    identity: &'static Identity,
    backend: &'static Backend,
    waiting: Waiting,
    rounds: Cell<Rounds>,
    /// Who was signed in when the last report was added, until that is used.
    user: Cell<Option<String>>,
    /// The id of the report that the user was signed in for.
    signed_in_for: Cell<String>,
    /// The id of the last report that failed in a way that may be its own fault.
    doubtful: Cell<String>,
    sent: Cell<u32>,
    /// The task that sends, and whether there may be something to do for it.
    task: OnceCell<Rc<Task>>,
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
            waiting: Waiting::new(context, learned),
            rounds: Cell::default(),
            user: Cell::default(),
            signed_in_for: Cell::default(),
            doubtful: Cell::default(),
            sent: Cell::new(0),
            task: OnceCell::new(),
            is_woken: Cell::default(),
            rested: Signal::default(),
        }
    }

    /// The reports that wait.
    pub const fn waiting(&self) -> &Waiting {
        &self.waiting
    }

    /// Sends what an earlier launch left, and then whatever is added.
    pub fn start(&'static self) {
        Task::spawn(self.run());
    }

    /// Adds a report. It is sent once [`Delivery::wake`] is called.
    pub fn add(
        &'static self,
        body: JsonText,
        open_id: Option<String>,
    ) -> (Rc<Report>, ReportState) {
        self.user.replace(open_id.clone().filter(|open_id| !open_id.is_empty()));
        self.waiting.add(body, open_id)
    }

    /// Completes a report that was added before its openId was there, and sends
    /// it.
    pub async fn identify(&'static self, report: Rc<Report>, promise: JsValue) {
        let open_id = self.identity.wait(promise).await;
        drop(self.waiting.bind(&report, &open_id));
        self.wake();
    }

    /// The application has configured anew: perhaps it knows the user now.
    pub fn configured(&self) {
        self.send_now(Urge::Application);
    }

    /// There may be something to send.
    pub fn wake(&self) {
        self.is_woken.set(true);
        if let Some(task) = self.task.get() {
            task.wake();
        }
    }

    /// The network or the mini-program is back.
    pub fn host_is_back(&self) {
        self.send_now(Urge::Host);
    }

    /// Sends all that waits, and resolves once there is nothing more to be done
    /// now.
    pub async fn flush(&'static self) -> Flushed {
        let sent_before = self.sent.get();
        let rested = self.rested.next();
        self.send_now(Urge::Application);
        rested.await;
        let pending = self.waiting.outbox.borrow().reports().len();
        Flushed { sent: self.sent.get().wrapping_sub(sent_before), pending }
    }

    /// Begins a round, now or as soon as it may.
    fn send_now(&self, urge: Urge) {
        let mut rounds = self.rounds.get();
        if rounds.ask(urge, Date::now()) {
            self.waiting.outbox.borrow_mut().begin_round();
        }
        self.rounds.set(rounds);
        self.wake();
    }

    /// Sends what is due, one report after the other, for as long as the module
    /// lives.
    async fn run(&'static self) {
        if let Some(task) = Task::current() {
            self.backend.watch_headers(Rc::clone(&task));
            drop(self.task.set(task));
        }
        self.waiting.outbox.borrow_mut().begin_round();
        loop {
            self.waiting.open();
            self.begin_due_round();
            self.waiting.drop_expired();
            self.is_woken.set(false);
            let user = match self.known_user() {
                Some(user) => user,
                None => self.identity.user().await,
            };
            if self.is_woken.get() {
                // Another one may have signed in while a promise was to tell.
                continue;
            }
            let next = self.waiting.outbox.borrow().next(
                Date::now(),
                user.as_deref(),
                self.waiting.lease_ms(),
            );
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
        let (now, mut rounds) = (Date::now(), self.rounds.get());
        let has_other_headers = self.backend.take_other_headers();
        if rounds.begin_postponed(now) || has_other_headers && rounds.ask(Urge::Application, now) {
            self.waiting.outbox.borrow_mut().begin_round();
        }
        self.rounds.set(rounds);
    }

    /// Waits until something may have changed, for `ms` milliseconds at most.
    async fn rest(&'static self, ms: Option<f64>) {
        let round = self.rounds.get().wait(Date::now());
        let ms = [ms, round].into_iter().flatten().reduce(f64::min);
        let mut timer = ms.map(|ms| self.context.host.timer(ms));
        self.rested.send();
        poll_fn(|poller| {
            if self.is_woken.take() || self.backend.has_other_headers() {
                return Poll::Ready(());
            }
            let timer = timer.as_mut().map(|timer| Pin::new(timer).poll(poller));
            timer.map_or(Poll::Pending, |timer| timer.map(drop))
        })
        .await;
    }

    /// Who is signed in, if that is known or no report asks for it.
    fn known_user(&self) -> Option<Option<String>> {
        let added_for = self.user.take();
        let is_known = added_for.is_some() || self.waiting.outbox.borrow().reports().is_empty();
        is_known.then_some(added_for)
    }

    /// Tries one report, while this user is signed in.
    async fn attempt(&'static self, report: &Report, user: Option<String>) {
        let is_nobodys = |report: &Report| report.open_id.as_deref() == Some("");
        let known = user.as_deref().filter(|user| is_nobodys(report) && !user.is_empty());
        let bound = known.and_then(|user| self.waiting.bind(report, user));
        let report = bound.as_deref().unwrap_or(report);
        if !self.waiting.claim(report) {
            return;
        }
        // Its own openId, or that of today's user if it was added without.
        let open_id = if is_nobodys(report) { user } else { report.open_id.clone() };
        let result = if open_id.as_deref() == Some("") {
            let detail = "there is no openId yet: store it, or give it to setup";
            Err(Error::about(Kind::BadArgument, detail))
        } else {
            self.backend.send_report(report, open_id.as_deref()).await
        };
        // Signing in leads back here, once, with whoever is the user then.
        if result.as_ref().is_err_and(|error| error.is_about_the_user())
            && self.signed_in_for.replace(report.id.clone()) != report.id
            && self.identity.sign_in().await
        {
            self.user.take();
            return self.waiting.outbox.borrow().try_again(report);
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
                self.waiting.remove(&report.id);
                self.sent.set(self.sent.get().wrapping_add(1));
                self.context.tell(&Event::ReportSent { report_id: &report.id });
            }
            Err(error) if error.is_refusal() => {
                self.open_line();
                self.waiting.give_up(report, Some(&error));
            }
            Err(error) => self.postpone(report, &error),
        }
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
            self.waiting.outbox.borrow_mut().close_line(report, now, random);
        } else if error.code.is_some() {
            self.open_line();
        }
        self.waiting.save(report);
        self.context.tell(&Event::ReportPostponed { report_id: &report.id, retry_in_ms, error });
    }

    fn open_line(&self) {
        self.doubtful.take();
        self.waiting.outbox.borrow_mut().open_line();
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
        if error.is_offline() {
            // What another report may not share never closes the line for long.
            self.waiting.outbox.borrow_mut().open_line();
        }
        !last.is_empty() && last != report.id
    }
}
