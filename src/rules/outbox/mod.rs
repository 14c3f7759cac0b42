//! The reports that the back end does not have yet: which one is sent next, when,
//! and for whom. A state machine without clock, storage or network: events in,
//! steps out.
//!
//! No report blocks another: each has its own wait after a failure. Only where
//! the network is down, or the user not known, does a failure close the line for
//! all.
//!
//! | file | decides |
//! |---|---|
//! | `schedule` | when a report is tried again, and when it is too old |
//! | `attempt` | what an attempt asks, and for whom a report leaves |
//! | `saved` | what storage has, and whether it was cleared |
//! | `rounds` | how often "send now" counts |
//! | [`owner`](super::owner) | whose a report is |
//! | [`report_policy`](super::report_policy) | what a status means |

mod attempt;
mod report;
mod rounds;
mod saved;
mod schedule;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::failure::Error;
use super::owner::{Owner, Who};
use attempt::{Attempt, News};
pub use report::{Body, Id, Limits, Marker, Report, new_key};
use rounds::Rounds;
pub use rounds::Urge;
use saved::Storage;
pub use saved::{Found, Health, Loaded, Marked, Opened};
use schedule::Line;
pub use schedule::{FIRST_WAIT_MS, LONGEST_RETRY_AFTER_MS, LONGEST_WAIT_MS, Schedule};

/// How much longer than its request a report stays leased, in milliseconds.
const LEASE_MARGIN_MS: f64 = 1_000.0;

/// What to do next. A step owns what it names, so that foreign code may call back.
#[derive(Debug)]
pub enum Step<B> {
    /// Something that needs no waiting.
    Chore(Chore<B>),
    /// Ask who is signed in; then [`Outbox::user`].
    Ask,
    /// Ask for the headers of a request, if any; then [`Outbox::prepared`].
    Prepare(Id),
    /// Send a report as prepared; then [`Outbox::delivered`] or [`Outbox::failed`].
    Send(Box<Outgoing<B>>),
    /// Have the user signed in; then [`Outbox::signed_in`].
    SignIn,
    /// Nothing until something happens, for so many milliseconds at most.
    Rest(Option<f64>),
}

/// What is done at once.
#[derive(Debug)]
pub enum Chore<B> {
    /// Read what an earlier launch left; then [`Outbox::opened`].
    Open,
    /// Write a report and read it again; then [`Outbox::saved`].
    Save {
        /// Its name in this launch.
        id: Id,
        /// Its `Idempotency-Key`.
        key: String,
        /// What is sent.
        body: B,
        /// When it is sent.
        schedule: Schedule,
    },
    /// Look whether the listing of storage has the report with this
    /// `Idempotency-Key`; then [`Outbox::listed`].
    List(String),
    /// Write a marker, unless one stands; then [`Outbox::marked`].
    Mark,
    /// Read a report and the marker; then [`Outbox::loaded`].
    Load {
        /// Its name in this launch.
        id: Id,
        /// Its `Idempotency-Key`.
        key: String,
    },
    /// Remove the report with this `Idempotency-Key` from storage.
    Forget(String),
    /// Tell the application; then [`Outbox::application_ran`], if its code ran.
    Tell(Told<B>),
}

/// A report that leaves.
#[derive(Debug)]
pub struct Outgoing<B> {
    /// Its name in this launch.
    pub id: Id,
    /// Its `Idempotency-Key`.
    pub key: String,
    /// Its owner, if that is a user.
    pub user: Option<String>,
    /// What is sent.
    pub body: B,
    /// Milliseconds since the user answered, if the clock can tell.
    pub age_ms: Option<f64>,
}

/// What the application is told.
#[derive(Debug)]
pub enum Told<B> {
    /// This report waits; and whether the next launch will find it.
    Queued(String, bool),
    /// The back end has this report.
    Sent(String),
    /// It is tried again after so many milliseconds.
    Postponed(String, f64, Box<Error>),
    /// It is given up: for this reason, or to make room.
    Dropped(Box<Report<B>>, Option<Box<Error>>),
    /// Storage was cleared; all that waits is saved again.
    Cleared,
}

/// The reports that wait, oldest first.
#[derive(Debug)]
pub struct Outbox<B> {
    limits: Limits,
    reports: Vec<Box<Report<B>>>,
    last: u32,
    chores: Vec<Chore<B>>,
    storage: Storage,
    attempt: Attempt,
    line: Line,
    rounds: Rounds,
    round: u32,
    news: News,
}

impl<B: Body> Outbox<B> {
    /// Nothing waits yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            reports: Vec::new(),
            last: 0,
            chores: Vec::new(),
            storage: Storage::default(),
            attempt: Attempt::default(),
            line: Line::default(),
            rounds: Rounds::default(),
            round: 1,
            news: News::default(),
        }
    }

    /// The reports, oldest first.
    #[must_use]
    pub fn reports(&self) -> &[Box<Report<B>>] {
        &self.reports
    }

    /// A report that has not gone.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Report<B>> {
        self.reports.iter().find(|report| report.id == id).map(|report| &**report)
    }

    /// How long until this report is tried, in milliseconds.
    #[must_use]
    pub fn wait(&self, report: &Report<B>, now: f64) -> f64 {
        let waiting = if report.round == self.round { report.schedule.wait(now) } else { 0.0 };
        let leased = if report.is_mine { 0.0 } else { report.schedule.lease(now, self.lease_ms()) };
        waiting.max(leased).max(self.line.wait(now))
    }

    /// Adds a report. [`Outbox::chore`] saves it.
    pub fn add(&mut self, key: String, owner: Owner, body: B, now: f64) -> Id {
        self.storage.wants_open = true;
        self.answered_by(&owner);
        let leased_until = now + self.lease_ms();
        let schedule = Schedule { queued_at: now, leased_until, ..Schedule::default() };
        let id = self.new_id();
        let mut report = Report::new(id, key, owner, body, schedule);
        (report.is_new, report.is_mine, report.wants_save) = (true, true, true);
        self.reports.push(Box::new(report));
        self.make_room(now);
        id
    }

    /// The promise for the answer of a report has settled.
    pub fn told(&mut self, id: Id, who: Who) {
        let Some(report) = self.find(id) else { return };
        if let Some(user) = report.owner.settle(who).map(String::from) {
            report.bind(user);
        }
    }

    /// What is to be done without waiting, and before anything else.
    pub fn chore(&mut self) -> Option<Chore<B>> {
        if let Some(chore) = self.storage_chore() {
            return Some(chore);
        }
        if !self.may_tell() {
            return None;
        }
        self.queued().or_else(|| (!self.chores.is_empty()).then(|| self.chores.remove(0)))
    }

    /// The application is told of a new report once that was saved, if it can be.
    fn queued(&mut self) -> Option<Chore<B>> {
        let at = self.reports.iter().position(|report| report.is_new)?;
        let is_saved = self.is_saved(self.reports.get(at)?);
        let report = self.reports.get_mut(at)?;
        report.is_new = false;
        Some(Chore::Tell(Told::Queued(report.key.clone(), is_saved)))
    }

    /// What to do now.
    pub fn next(&mut self, now: f64) -> Step<B> {
        loop {
            if let Some(chore) = self.chore() {
                return Step::Chore(chore);
            }
            if self.rounds.begin_postponed(now) {
                self.begin_round();
            }
            if let Some(step) = self.advance(now) {
                return step;
            }
        }
    }

    /// The oldest reports make room for the newest. One that is being sent stays:
    /// the back end may have it by now. One that could never fit evicts nothing.
    fn make_room(&mut self, now: f64) {
        let Limits { reports: most, bytes: most_bytes, .. } = self.limits;
        let lease_ms = self.lease_ms();
        loop {
            let bytes: f64 = self.reports.iter().map(|report| f64::from(report.body.bytes())).sum();
            let is_full = self.reports.len() as f64 > most || bytes > most_bytes;
            let Some((newest, older)) = self.reports.split_last() else { return };
            if !is_full || f64::from(newest.body.bytes()) > most_bytes {
                return;
            }
            let oldest = older.iter().find(|report| report.schedule.lease(now, lease_ms) <= 0.0);
            let Some(id) = oldest.map(|report| report.id) else { return };
            self.give_up(id, None);
        }
    }

    /// Ends a report. Killed between the two chores, the application is told again
    /// rather than never.
    fn give_up(&mut self, id: Id, error: Option<Box<Error>>) {
        if let Some(report) = self.take(id) {
            let key = report.key.clone();
            self.chores.push(Chore::Tell(Told::Dropped(report, error)));
            self.forget(key);
        }
    }

    fn forget(&mut self, key: String) {
        if self.storage.is_open() {
            self.chores.push(Chore::Forget(key));
        }
    }

    fn take(&mut self, id: Id) -> Option<Box<Report<B>>> {
        let at = self.reports.iter().position(|report| report.id == id)?;
        self.storage.report_gone();
        Some(self.reports.remove(at))
    }

    fn find(&mut self, id: Id) -> Option<&mut Report<B>> {
        self.reports.iter_mut().find(|report| report.id == id).map(|report| &mut **report)
    }

    fn new_id(&mut self) -> Id {
        self.last = self.last.wrapping_add(1);
        Id(self.last)
    }

    /// How long a report is leased, in milliseconds.
    fn lease_ms(&self) -> f64 {
        self.limits.request_ms + LEASE_MARGIN_MS
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod model;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod room_tests;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod scenes;
