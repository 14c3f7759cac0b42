//! One attempt to send a report.
//!
//! ```text
//! ask who is signed in → prepare the request → ask again, if either had to wait
//!     → read the report in storage and lease it → save the lease → send
//! ```
//!
//! From the last question to the request there is no wait, so the report leaves
//! for the user who was named, or not at all. A switch of users and back within
//! one attempt cannot be seen.

use alloc::boxed::Box;
use alloc::string::String;

use super::schedule::Sequel;
use super::{
    Body, Chore, Id, LEASE_MARGIN_MS, Limits, Outbox, Outgoing, Schedule, Step, Told, Urge,
};
use crate::rules::failure::{Error, Kind};
use crate::rules::owner::{Leave, Owner, Who};
use crate::rules::report_policy::{Failure, Scope, Verdict};

/// How far the attempt is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Phase {
    #[default]
    Idle,
    Asking,
    Preparing(Id),
    AskingAgain(Id),
    Claiming(Id),
    Leaving(Id),
    Sending,
    SigningIn(Id),
}

/// The attempt under way.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    phase: Phase,
    /// Who is signed in, as long as no code of the application ran since.
    user: Option<User>,
    /// Whether to ask who is signed in though no report can leave, as a promise
    /// for an answer may fail.
    wants_witness: bool,
    /// Whether it is made for a round, whatever the wait of its report.
    is_urged: bool,
    /// Whether it is made for a round that other headers began.
    is_news: bool,
    /// The report that the user was signed in for.
    signed_in_for: Option<Id>,
    /// Why the user is being signed in.
    refusal: Option<Failure>,
}

/// Other headers than before are news to a back end that did not know the user.
#[derive(Debug, Default)]
pub(super) struct News {
    is_awaited: bool,
    /// The round that they began.
    round: Option<u32>,
}

#[derive(Debug)]
struct User {
    who: Who,
    /// Whether nothing was waited for to know it.
    at_once: bool,
}

impl<B: Body> Outbox<B> {
    // What happened.

    /// The user who gave an answer was known at once.
    pub(super) fn answered_by(&mut self, owner: &Owner) {
        if let Some(user) = owner.user() {
            self.witness(user);
        }
        self.attempt.wants_witness |= matches!(owner, Owner::Asked(_));
        // An attempt that is under way keeps to whom it began for.
        if self.attempt.phase == Phase::Idle {
            let who = owner.user().map(|user| Who::User(user.into()));
            self.attempt.user = who.map(|who| User { who, at_once: true });
        }
    }

    /// Whether code of the application may run now: not between the last question
    /// who is signed in and the request.
    pub(super) const fn may_tell(&self) -> bool {
        !matches!(self.attempt.phase, Phase::Claiming(_) | Phase::Leaving(_))
    }

    /// Code of the application ran: it may have signed another user in, so the
    /// question is asked once more.
    pub fn application_ran(&mut self) {
        if self.attempt.phase == Phase::Idle {
            self.attempt.user = None;
        } else if let Some(user) = &mut self.attempt.user {
            user.at_once = false;
        }
    }

    /// "Send now."
    pub fn urge(&mut self, urge: Urge, now: f64) {
        let is_within = matches!(
            self.attempt.phase,
            Phase::Asking | Phase::AskingAgain(_) | Phase::Preparing(_) | Phase::SigningIn(_)
        );
        self.ask_for_round(urge, is_within, now);
    }

    /// `setup` was called again: retry now. It ends later than it was called, so
    /// that `openId` may have called it during any part of an attempt.
    pub fn configured(&mut self, limits: Limits, now: f64) {
        self.limits = limits;
        self.ask_for_round(Urge::Application, self.attempt.phase != Phase::Idle, now);
    }

    fn ask_for_round(&mut self, urge: Urge, is_within: bool, now: f64) {
        let is_within = is_within && urge == Urge::Application;
        if self.rounds.ask(if is_within { Urge::Within } else { urge }, now) {
            self.begin_round();
        }
    }

    /// The application gave other headers than before. Returns whether that is
    /// news.
    pub fn other_headers(&mut self, now: f64) -> bool {
        let is_news = core::mem::take(&mut self.news.is_awaited);
        if is_news && self.rounds.ask(Urge::Application, now) {
            self.begin_round();
            self.news.round = Some(self.round);
        }
        is_news
    }

    /// Who is signed in; `at_once` if nothing was waited for to know it.
    pub fn user(&mut self, who: Who, at_once: bool, now: f64) {
        if let Who::User(user) = &who {
            self.witness(user);
        }
        for report in &mut self.reports {
            report.is_held = report.owner.leave(&who) == Leave::NotTheirs;
        }
        let known = self.attempt.user.take();
        let phase = core::mem::take(&mut self.attempt.phase);
        if let Phase::AskingAgain(id) = phase {
            if known.is_none_or(|known| known.who != who) {
                // What was prepared may be another user's.
                return self.cannot_begin(id, &reason(&who), now);
            }
            self.attempt.phase = Phase::Claiming(id);
        }
        self.attempt.user = Some(User { who, at_once });
    }

    /// The request is prepared; `at_once` if nothing was waited for, and with
    /// credentials unless the application's own function adds them.
    pub fn prepared(&mut self, id: Id, at_once: bool, has_credentials: bool) {
        let was_at_once = self.attempt.user.as_ref().is_some_and(|user| user.at_once);
        let is_certain = at_once && (was_at_once || !has_credentials);
        let is_nobodys = self.get(id).is_some_and(|report| report.owner == Owner::BackEnd);
        let claims = is_certain || is_nobodys;
        self.attempt.phase = if claims { Phase::Claiming(id) } else { Phase::AskingAgain(id) };
    }

    /// The back end has the report.
    pub fn delivered(&mut self, id: Id) {
        self.attempt = self.ended();
        self.line.open();
        if let Some(report) = self.take(id) {
            self.forget(report.key.clone());
            self.chores.push(Chore::Tell(Told::Sent(report.key)));
        }
    }

    /// The attempt failed, whether the report was sent or could not be prepared.
    pub fn failed(&mut self, id: Id, failure: Failure, can_sign_in: bool, now: f64, random: f64) {
        let is_unknown = failure.verdict() == Verdict::UserUnknown;
        let has_signed_in = self.attempt.signed_in_for == Some(id);
        if is_unknown && can_sign_in && !has_signed_in {
            self.attempt.user = None;
            self.attempt.signed_in_for = Some(id);
            self.attempt.phase = Phase::SigningIn(id);
            self.attempt.refusal = Some(failure);
            return;
        }
        if is_unknown && !self.attempt.is_news && !has_signed_in {
            self.news.is_awaited = true;
        }
        self.attempt = self.ended();
        self.fail(id, failure, now, random);
    }

    /// Signing in has ended, well or not.
    pub fn signed_in(&mut self, is_signed_in: bool, now: f64, random: f64) {
        let Phase::SigningIn(id) = self.attempt.phase else { return };
        let refusal = self.attempt.refusal.take();
        (self.attempt.phase, self.attempt.user) = (Phase::Idle, None);
        if is_signed_in {
            let round = self.round.wrapping_sub(1);
            if let Some(report) = self.find(id) {
                report.round = round;
            }
        } else if let Some(failure) = refusal {
            self.failed(id, failure, false, now, random);
        }
    }

    // What to do.

    /// The next step of the attempt; none if something else is to be done first.
    pub(super) fn advance(&mut self, now: f64) -> Option<Step<B>> {
        match self.attempt.phase {
            Phase::Idle => self.begin(now),
            Phase::Sending => {
                // The request was never made.
                self.attempt = self.ended();
                None
            }
            Phase::Asking | Phase::AskingAgain(_) => Some(Step::Ask),
            Phase::SigningIn(_) => Some(Step::SignIn),
            Phase::Preparing(id) | Phase::Claiming(id) | Phase::Leaving(id)
                if self.get(id).is_none() =>
            {
                self.attempt.phase = Phase::Idle;
                None
            }
            Phase::Preparing(id) => Some(Step::Prepare(id)),
            Phase::Claiming(id) => self.claim(id, now),
            Phase::Leaving(id) => {
                self.attempt.phase = Phase::Sending;
                self.send(id, now)
            }
        }
    }

    /// Begins an attempt, or rests.
    fn begin(&mut self, now: f64) -> Option<Step<B>> {
        let (due, shortest) = self.due(now);
        let Some(id) = due else {
            if core::mem::take(&mut self.attempt.wants_witness) {
                self.attempt.phase = Phase::Asking;
                return None;
            }
            self.attempt.user = None;
            self.storage.wants_open = true;
            let waits = [shortest, self.rounds.wait(now)];
            return Some(Step::Rest(waits.into_iter().flatten().reduce(f64::min)));
        };
        let owner = &self.get(id)?.owner;
        let leave = match &self.attempt.user {
            _ if *owner == Owner::BackEnd => Leave::Go,
            Some(user) => owner.leave(&user.who),
            None => {
                self.attempt.wants_witness = false;
                self.attempt.phase = Phase::Asking;
                return None;
            }
        };
        let round = self.round;
        let report = self.find(id)?;
        let is_urged = core::mem::replace(&mut report.round, round) != round;
        match leave {
            Leave::Go | Leave::Bind => self.attempt.phase = Phase::Preparing(id),
            Leave::Held | Leave::NotTheirs => report.is_held = true,
            Leave::NoUser | Leave::NotTold => {
                let user = self.attempt.user.take();
                let reason = user.map_or_else(String::new, |user| reason(&user.who));
                self.cannot_begin(id, &reason, now);
                // It would be the same for the others.
                self.line.close(now, 1.0);
            }
        }
        self.attempt.is_urged = is_urged;
        self.attempt.is_news = is_urged && self.news.round == Some(round);
        None
    }

    /// Of the reports that are due, the one that has waited longest since its last
    /// failure, so that one that always fails starves no other; and how long
    /// until another is due.
    fn due(&self, now: f64) -> (Option<Id>, Option<f64>) {
        let mut due: Option<(Id, f64)> = None;
        let mut shortest: Option<f64> = None;
        for report in &self.reports {
            if report.is_held || matches!(report.owner, Owner::Asked(_)) {
                continue;
            }
            let is_tried = report.round == self.round;
            let rank = if is_tried { report.schedule.not_before } else { 0.0 };
            let wait = self.wait(report, now);
            if wait > 0.0 {
                shortest = Some(shortest.map_or(wait, |shortest| shortest.min(wait)));
            } else if due.is_none_or(|(_, first)| rank < first) {
                due = Some((report.id, rank));
            }
        }
        (due.map(|(id, _)| id), shortest)
    }

    /// Leases a report, unless it has gone or another copy of the SDK sends it.
    fn claim(&mut self, id: Id, now: f64) -> Option<Step<B>> {
        let lease_ms = self.lease_ms();
        let is_open = self.storage.is_open();
        let report = self.find(id)?;
        let is_fresh = report.is_mine
            && report.schedule.lease(now, lease_ms) >= lease_ms - LEASE_MARGIN_MS
            && report.owner != Owner::Unknown;
        if is_fresh {
            self.leave(id);
        } else if is_open {
            let key = report.key.clone();
            return Some(Step::Chore(Chore::Load { id, key }));
        } else {
            self.lease(id, now);
        }
        None
    }

    /// Whether the attempt only waits for the lease of this report.
    pub(super) fn is_claimed(&self, id: Id) -> bool {
        self.attempt.phase == Phase::Claiming(id)
    }

    /// Takes in what storage has of a report. Returns whether another copy of the
    /// SDK sends it, or has it wait, so that it is not leased now.
    pub(super) fn defers_to(&mut self, id: Id, stored: Schedule, now: f64) -> bool {
        let lease_ms = self.lease_ms();
        let (is_claimed, is_urged) = (self.is_claimed(id), self.attempt.is_urged);
        let Some(report) = self.find(id) else { return true };
        report.is_read = true;
        let is_ours = report.is_mine && stored.leased_until == report.schedule.leased_until;
        let is_leased = stored.lease(now, lease_ms) > 0.0;
        if is_ours || !is_claimed && !is_leased {
            return false;
        }
        (report.schedule, report.is_mine) = (stored, false);
        let defers = is_leased || stored.wait(now) > 0.0 && !is_urged;
        if is_claimed && defers {
            self.attempt.phase = Phase::Idle;
        }
        defers
    }

    /// Leases a report that belongs to the user who was named.
    pub(super) fn lease(&mut self, id: Id, now: f64) {
        let until = now + self.lease_ms();
        let user = self.attempt.user.as_ref().map(|user| user.who.clone());
        let who = user.unwrap_or(Who::Failed(String::new()));
        let Some(report) = self.find(id) else { return };
        match (report.owner.leave(&who), who) {
            (Leave::Go, _) => {}
            (Leave::Bind, Who::User(user)) => report.bind(user),
            // Another copy of the SDK knew its owner.
            _ => {
                self.attempt.phase = Phase::Idle;
                return;
            }
        }
        report.schedule.leased_until = until;
        (report.is_mine, report.wants_save, report.is_read) = (true, true, true);
        self.leave(id);
    }

    /// The report leaves. "Send now" up to this moment is meant by it.
    fn leave(&mut self, id: Id) {
        let round = self.round;
        if let Some(report) = self.find(id) {
            report.round = round;
        }
        self.attempt.phase = Phase::Leaving(id);
    }

    fn send(&self, id: Id, now: f64) -> Option<Step<B>> {
        let report = self.get(id)?;
        Some(Step::Send(Box::new(Outgoing {
            id,
            key: report.key.clone(),
            user: report.owner.user().map(String::from),
            body: report.body.clone(),
            age_ms: report.schedule.age_ms(now, self.limits.age_ms),
        })))
    }

    /// Each report is tried once more, whatever its wait.
    pub(super) fn begin_round(&mut self) {
        self.round = self.round.wrapping_add(1);
        self.line.open_for_round();
        self.attempt.wants_witness =
            self.reports.iter().any(|report| report.owner == Owner::Asked(None));
        for report in &mut self.reports {
            report.is_held = false;
        }
    }

    /// The attempt could not begin: it is not known, or not certain any more, for
    /// whom.
    fn cannot_begin(&mut self, id: Id, reason: &str, now: f64) {
        let Some(report) = self.find(id) else { return };
        report.schedule.postpone(None, now, 1.0);
        let error = Error::about(Kind::BadArgument, reason);
        self.postponed(id, error);
    }

    /// The attempt failed: its report waits or ends, and where the reason holds for
    /// all, all wait.
    fn fail(&mut self, id: Id, failure: Failure, now: f64, random: f64) {
        let (age_ms, lease_ms, round) = (self.limits.age_ms, self.lease_ms(), self.round);
        let Some(report) = self.find(id) else { return };
        // A round that began during the attempt opens the line at once.
        let may_close = report.round == round;
        let holds_lease = report.is_mine && report.schedule.lease(now, lease_ms) > 0.0;
        let sequel = report.schedule.fail(&failure, age_ms, now, random);
        report.is_mine = false;
        if holds_lease {
            report.schedule.leased_until = 0.0;
            (report.wants_save, report.is_read) = (true, true);
        }
        let closes = match failure.scope() {
            Scope::All => true,
            Scope::Perhaps => self.line.doubt(id),
            Scope::PerhapsBriefly => {
                self.line.forget_failures();
                self.line.doubt(id)
            }
            Scope::One => {
                self.line.open();
                false
            }
            Scope::Silent => false,
        };
        if closes && may_close {
            self.line.close(now, random);
        }
        match sequel {
            Sequel::Again => self.postponed(id, failure.error),
            Sequel::Refused => self.give_up(id, Some(failure.error)),
            Sequel::TooOld => {
                let mut error = Error::about(Kind::Timeout, "not delivered within outboxMaxAgeMs");
                error.retryable = false;
                self.give_up(id, Some(error));
            }
        }
    }

    fn postponed(&mut self, id: Id, error: Box<Error>) {
        let Some(report) = self.get(id) else { return };
        let told = Told::Postponed(report.key.clone(), report.schedule.wait_ms, error);
        self.chores.push(Chore::Tell(told));
    }

    fn witness(&mut self, user: &str) {
        for report in &mut self.reports {
            report.owner.witness(user);
        }
    }

    /// The state after an attempt.
    fn ended(&self) -> Attempt {
        Attempt { wants_witness: self.attempt.wants_witness, ..Attempt::default() }
    }
}

/// Why no report can leave for this answer.
fn reason(who: &Who) -> String {
    match who {
        Who::Nobody => "there is no openId yet: store it, or give it to setup".into(),
        Who::Failed(reason) => reason.clone(),
        Who::User(_) | Who::BackEnd => "another user signed in during the attempt".into(),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "attempt_tests.rs"]
mod tests;
