//! When a report is tried again: its own wait after each failure, the line that
//! closes for all, how long "being processed" is believed, and when a report is
//! too old.
//!
//! Times are milliseconds since the epoch, by a clock that may jump. A wait that
//! seems longer than it was is over: the clock was set back.

use super::Id;
use crate::rules::report_policy::{Failure, Verdict};

/// The wait after the first failure, in milliseconds. It doubles with each.
pub const FIRST_WAIT_MS: f64 = 2_000.0;

/// The longest wait after a failure, in milliseconds.
pub const LONGEST_WAIT_MS: f64 = 600_000.0;

/// The longest wait that a back end may ask for with `Retry-After`.
pub const LONGEST_RETRY_AFTER_MS: f64 = 86_400_000.0;

/// "Being processed" (409) is a refusal after so many answers in a row, if the
/// waits between them add up to [`LONGEST_CONFLICT_MS`].
const MOST_CONFLICTS: u32 = 5;

/// See [`MOST_CONFLICTS`].
const LONGEST_CONFLICT_MS: f64 = 60_000.0;

/// How often a report that seems too old is tried where nobody answers.
const LAST_TRIES: u32 = 5;

/// When a report is sent; what storage keeps of that.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Schedule {
    /// When the user answered.
    pub queued_at: f64,
    /// How often sending has failed.
    pub attempts: u32,
    /// Not sent before this time, unless a round began.
    pub not_before: f64,
    /// How long that wait was, in milliseconds.
    pub wait_ms: f64,
    /// Being sent until this time, by the copy of the SDK that holds the lease.
    pub leased_until: f64,
    /// How often in a row the back end said that it is being processed.
    pub conflicts: u32,
    /// The waits between these answers, in milliseconds.
    pub conflict_ms: f64,
    /// How often in a row sending failed while the report seemed too old.
    pub overdue: u32,
}

/// What a failure leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sequel {
    /// The report is tried again after [`Schedule::wait_ms`].
    Again,
    /// The back end refuses it.
    Refused,
    /// It is too old.
    TooOld,
}

impl Schedule {
    /// Counts a failed attempt, and waits: twice as long as the last time, or as
    /// long as the back end asks. `random`, from 0 to 1, spreads the clients over
    /// the second half of the wait.
    pub fn fail(&mut self, failure: &Failure, age_ms: f64, now: f64, random: f64) -> Sequel {
        self.count_conflict(failure.verdict() == Verdict::Processing, now);
        let is_overdue = now - self.queued_at > age_ms;
        self.overdue = if is_overdue { self.overdue + 1 } else { 0 };
        let is_last = failure.has_reached() || self.overdue >= LAST_TRIES;
        self.postpone(failure.error.retry_after_ms, now, random);
        match failure.verdict() {
            Verdict::Refused => Sequel::Refused,
            Verdict::Processing if self.is_conflict() => Sequel::Refused,
            _ if is_overdue && is_last => Sequel::TooOld,
            _ => Sequel::Again,
        }
    }

    /// Waits after an attempt that could not begin.
    pub fn postpone(&mut self, retry_after_ms: Option<f64>, now: f64, random: f64) {
        let asked = retry_after_ms.unwrap_or(0.0).max(0.0).min(LONGEST_RETRY_AFTER_MS);
        self.wait_ms = wait_after(self.attempts, random).max(asked);
        self.not_before = now + self.wait_ms;
        self.attempts = self.attempts.saturating_add(1);
    }

    fn count_conflict(&mut self, is_conflict: bool, now: f64) {
        if !is_conflict {
            (self.conflicts, self.conflict_ms) = (0, 0.0);
            return;
        }
        if self.conflicts > 0 {
            // The clock may jump: no more has passed than was to be waited.
            let elapsed = now - (self.not_before - self.wait_ms);
            self.conflict_ms += elapsed.max(0.0).min(self.wait_ms);
        }
        self.conflicts = self.conflicts.saturating_add(1);
    }

    const fn is_conflict(&self) -> bool {
        self.conflicts >= MOST_CONFLICTS && self.conflict_ms >= LONGEST_CONFLICT_MS
    }

    /// How long until the wait is over.
    #[must_use]
    pub fn wait(&self, now: f64) -> f64 {
        left(self.not_before, now, self.wait_ms)
    }

    /// How much is left of the lease, which is `lease_ms` long at most.
    #[must_use]
    pub fn lease(&self, now: f64, lease_ms: f64) -> f64 {
        left(self.leased_until, now, lease_ms)
    }

    /// How long ago the user answered, unless the clock cannot be right: it went
    /// backwards since, or by `longest_ms`.
    #[must_use]
    pub fn age_ms(&self, now: f64, longest_ms: f64) -> Option<f64> {
        Some(now - self.queued_at).filter(|age| (0.0..=longest_ms).contains(age))
    }
}

/// The line: while it is closed, no report is tried.
#[derive(Debug, Default)]
pub struct Line {
    /// Failures in a row that closed it.
    failures: u32,
    closed_until: f64,
    closed_ms: f64,
    /// The last report that failed in a way that may be its own fault.
    doubtful: Option<Id>,
}

impl Line {
    /// How long until it opens.
    #[must_use]
    pub fn wait(&self, now: f64) -> f64 {
        left(self.closed_until, now, self.closed_ms)
    }

    /// A failure that holds for all.
    pub fn close(&mut self, now: f64, random: f64) {
        self.closed_ms = wait_after(self.failures, random);
        self.closed_until = now + self.closed_ms;
        self.failures = self.failures.saturating_add(1);
    }

    /// The back end has answered.
    pub fn open(&mut self) {
        *self = Self::default();
    }

    /// What closed it so far says nothing of the next failure.
    pub fn forget_failures(&mut self) {
        (self.failures, self.closed_until) = (0, 0.0);
    }

    /// A round began: all is tried at once. The next failure waits as long as it
    /// would have.
    pub fn open_for_round(&mut self) {
        self.closed_until = 0.0;
    }

    /// A failure that may be the fault of this report. Returns whether another
    /// one failed so before it.
    pub fn doubt(&mut self, report: Id) -> bool {
        self.doubtful.replace(report).is_some_and(|last| last != report)
    }
}

/// The wait after so many failures before this one: whole milliseconds, so that
/// the time of its end is exact.
fn wait_after(failures: u32, random: f64) -> f64 {
    let mut longest = FIRST_WAIT_MS;
    let mut doublings = failures;
    while doublings > 0 && longest < LONGEST_WAIT_MS {
        longest *= 2.0;
        doublings -= 1;
    }
    (longest.min(LONGEST_WAIT_MS) * (0.5 + 0.5 * random)).floor()
}

/// How long until `until`; nothing if that is longer than `longest`, as then the
/// clock was set back, or if storage was damaged (NaN). A sum of times is rounded,
/// so one millisecond more is no more.
fn left(until: f64, now: f64, longest: f64) -> f64 {
    let left = until - now;
    if left > 0.0 && left < longest + 1.0 { left } else { 0.0 }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "schedule_tests.rs"]
mod tests;
