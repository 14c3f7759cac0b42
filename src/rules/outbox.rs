//! The reports that the back end does not have yet: which one is sent next, and
//! when. A state machine without clock, storage or network.
//!
//! No report blocks another: each has its own wait after a failure. Only where
//! the network is down, or the user not signed in, does a failure close the line
//! for all. Times are milliseconds since the epoch; a clock that was set back
//! makes no wait longer than it was.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

/// The wait after the first failure, in milliseconds. It doubles with each.
pub const FIRST_WAIT_MS: f64 = 2_000.0;

/// The longest wait after a failure, in milliseconds.
pub const LONGEST_WAIT_MS: f64 = 600_000.0;

/// The longest wait that a back end may ask for with `Retry-After`.
pub const LONGEST_RETRY_AFTER_MS: f64 = 86_400_000.0;

/// How much the outbox holds before the oldest reports go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Most reports; at least one is always kept.
    pub reports: f64,
    /// Most bytes of all reports together.
    pub bytes: f64,
    /// How long a report is kept, in milliseconds.
    pub age_ms: f64,
}

/// An answer of the user on its way to the back end. `Body` is what it says,
/// which no rule looks into: only its length counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Report<Body> {
    /// The `Idempotency-Key`, the same on every attempt.
    pub id: String,
    /// Who answered: empty if that was not known at the answer, `None` if the
    /// report does not say.
    pub open_id: Option<String>,
    /// What is sent.
    pub body: Body,
    /// Its length as JSON text, in bytes of UTF-8.
    pub bytes: u32,
    /// Whether storage has it, as far as this launch knows.
    pub is_saved: Cell<bool>,
    /// When it is sent.
    pub schedule: Cell<Schedule>,
}

/// When a report is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Schedule {
    /// When the user answered.
    pub queued_at: f64,
    /// How often sending has failed.
    pub attempts: u32,
    /// Not sent before this time, unless a round began.
    pub not_before: f64,
    /// How long that wait was, in milliseconds. More than this cannot be left of
    /// it, unless the clock was set back.
    pub wait_ms: f64,
    /// Being sent until this time, by whoever holds the lease: no other copy of
    /// the SDK sends it, even in a round.
    pub leased_until: f64,
    /// Whether this copy of the SDK holds that lease.
    pub is_mine: bool,
    /// The last round in which it was tried.
    pub round: u32,
}

impl<Body> Report<Body> {
    /// After a failure: the report waits, twice as long as the last time, or as
    /// long as the back end asks. `random`, from 0 to 1, spreads the clients:
    /// the wait is between half and the whole of its length. Returns it in
    /// milliseconds.
    pub fn postpone(&self, now: f64, random: f64, retry_after: Option<f64>) -> f64 {
        let schedule = self.schedule.get();
        let asked = retry_after.unwrap_or(0.0).clamp(0.0, LONGEST_RETRY_AFTER_MS);
        let wait_ms = wait_after(schedule.attempts, random).max(asked);
        self.schedule.set(Schedule {
            attempts: schedule.attempts.saturating_add(1),
            not_before: now + wait_ms,
            wait_ms,
            leased_until: 0.0,
            is_mine: false,
            ..schedule
        });
        wait_ms
    }

    /// Whether the report may be sent for this user. What A answered is not
    /// sent with the credentials of B.
    #[must_use]
    pub fn belongs_to(&self, user: Option<&str>) -> bool {
        match (self.open_id.as_deref(), user) {
            (None | Some(""), _) | (_, None | Some("")) => true,
            (Some(open_id), Some(user)) => open_id == user,
        }
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next<Body> {
    /// Send this report.
    Send(Rc<Report<Body>>),
    /// Ask again after so many milliseconds.
    Wait(f64),
    /// There is nothing to send for this user.
    Nothing,
}

/// The reports that wait, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox<Body> {
    reports: Vec<Rc<Report<Body>>>,
    /// Counts how often all that waits was to be tried at once.
    round: u32,
    /// Failures in a row that closed the line, and until when it is closed.
    failures: u32,
    closed_until: f64,
    closed_ms: f64,
}

impl<Body> Outbox<Body> {
    /// The reports, oldest first.
    #[must_use]
    pub fn reports(&self) -> &[Rc<Report<Body>>] {
        &self.reports
    }

    /// The report with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Rc<Report<Body>>> {
        self.reports.iter().find(|report| report.id == id)
    }

    /// Puts a report in the place of the one with the same id.
    pub fn replace(&mut self, report: Rc<Report<Body>>) {
        if let Some(known) = self.reports.iter_mut().find(|known| known.id == report.id) {
            *known = report;
        }
    }

    /// Takes in reports of earlier launches, oldest first. They go before those
    /// of this launch; one that is known already is left as it is.
    pub fn merge(&mut self, found: impl IntoIterator<Item = Rc<Report<Body>>>) {
        let mut older = 0;
        for report in found {
            if self.get(&report.id).is_none() {
                self.reports.insert(older, report);
                older += 1;
            }
        }
    }

    /// Adds a report at the end.
    pub fn push(&mut self, report: Rc<Report<Body>>) {
        self.reports.push(report);
    }

    /// The next report that has to make room for the newest. One that is being
    /// sent stays: the back end may have it by now. A report that could never
    /// fit makes nobody go.
    #[must_use = "a report that is dropped unseen is a consent that is lost"]
    pub fn overflow(&self, limits: Limits, now: f64, lease_ms: f64) -> Option<Rc<Report<Body>>> {
        let (newest, older) = self.reports.split_last()?;
        let bytes: f64 = self.reports.iter().map(|report| f64::from(report.bytes)).sum();
        let is_full = self.reports.len() as f64 > limits.reports || bytes > limits.bytes;
        let may_go = |report: &&Rc<Report<Body>>| {
            left(report.schedule.get().leased_until, now, lease_ms) <= 0.0
        };
        let oldest = older.iter().find(may_go);
        oldest.filter(|_| is_full && f64::from(newest.bytes) <= limits.bytes).cloned()
    }

    /// A report that is older than `age_ms`.
    #[must_use = "a report that is dropped unseen is a consent that is lost"]
    pub fn expired(&self, now: f64, age_ms: f64) -> Option<Rc<Report<Body>>> {
        let is_expired =
            |report: &&Rc<Report<Body>>| now - report.schedule.get().queued_at > age_ms;
        self.reports.iter().find(is_expired).cloned()
    }

    /// Begins a round: each report is tried once more, whatever its wait.
    pub fn begin_round(&mut self) {
        self.round = self.round.wrapping_add(1);
        self.closed_until = 0.0;
    }

    /// How long until this report is sent, in milliseconds.
    #[must_use]
    pub fn wait(&self, report: &Report<Body>, now: f64, lease_ms: f64) -> f64 {
        let Schedule { not_before, wait_ms, leased_until, is_mine, round, .. } =
            report.schedule.get();
        let waiting = if round == self.round { left(not_before, now, wait_ms) } else { 0.0 };
        let leased = if is_mine { 0.0 } else { left(leased_until, now, lease_ms) };
        waiting.max(leased).max(left(self.closed_until, now, self.closed_ms))
    }

    /// What to do at the time `now`, while this user is signed in. Of the
    /// reports that are due, one that has waited longer since its last failure
    /// goes first, so that a report that always fails starves no other.
    #[must_use]
    pub fn next(&self, now: f64, user: Option<&str>, lease_ms: f64) -> Next<Body> {
        let mut due: Option<(&Rc<Report<Body>>, f64)> = None;
        let mut shortest: Option<f64> = None;
        for report in self.reports.iter().filter(|report| report.belongs_to(user)) {
            let Schedule { not_before, round, .. } = report.schedule.get();
            let rank = if round == self.round { not_before } else { 0.0 };
            let wait = self.wait(report, now, lease_ms);
            if wait > 0.0 {
                shortest = Some(shortest.map_or(wait, |shortest| shortest.min(wait)));
            } else if due.is_none_or(|(_, first)| rank < first) {
                due = Some((report, rank));
            }
        }
        match (due, shortest) {
            (Some((report, _)), _) => Next::Send(Rc::clone(report)),
            (None, Some(wait)) => Next::Wait(wait),
            (None, None) => Next::Nothing,
        }
    }

    /// Marks a report as being sent by this copy of the SDK.
    pub fn lease(&self, report: &Report<Body>, until: f64) {
        report.schedule.set(Schedule {
            leased_until: until,
            is_mine: true,
            round: self.round,
            ..report.schedule.get()
        });
    }

    /// Has a report tried once more in this round.
    pub fn try_again(&self, report: &Report<Body>) {
        report
            .schedule
            .set(Schedule { round: self.round.wrapping_sub(1), ..report.schedule.get() });
    }

    /// After a failure of this report, nothing would arrive now: none is tried
    /// until the line opens again. A round that began during the attempt opens it
    /// at once.
    pub fn close_line(&mut self, report: &Report<Body>, now: f64, random: f64) {
        if report.schedule.get().round != self.round {
            return;
        }
        self.closed_ms = wait_after(self.failures, random);
        self.closed_until = now + self.closed_ms;
        self.failures = self.failures.saturating_add(1);
    }

    /// The back end has answered: the line is open.
    pub fn open_line(&mut self) {
        (self.failures, self.closed_until) = (0, 0.0);
    }

    /// Takes a report out: the back end has it, or never wants it.
    pub fn remove(&mut self, id: &str) -> bool {
        let at = self.reports.iter().position(|report| report.id == id);
        at.map(|at| self.reports.remove(at)).is_some()
    }
}

/// The wait after so many failures before this one: whole milliseconds, so that
/// the time of its end is exact, and what is left of it never more than it was.
fn wait_after(failures: u32, random: f64) -> f64 {
    let mut longest = FIRST_WAIT_MS;
    let mut doublings = failures;
    while doublings > 0 && longest < LONGEST_WAIT_MS {
        longest *= 2.0;
        doublings -= 1;
    }
    (longest.min(LONGEST_WAIT_MS) * (0.5 + 0.5 * random)).floor()
}

/// How long until `until`. More than `longest` means that the clock was set
/// back since, and NaN that storage was damaged: neither is waited for. A sum of
/// times is rounded, so one millisecond more is no more.
#[must_use]
pub fn left(until: f64, now: f64, longest: f64) -> f64 {
    let left = until - now;
    if left > 0.0 && left < longest + 1.0 { left } else { 0.0 }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "outbox_tests.rs"]
mod tests;
