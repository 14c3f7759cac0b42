//! The world: a phone with its users, the copies of the SDK on it, the back end,
//! and the clock.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::consent::{Consent, Truth};
use super::copy::{Answer, Copy, CopyId, USERS, Wait};
use super::random::Random;
use super::storage::Storage;
use crate::rules::failure::{Error, Kind};
use crate::rules::outbox::{Chore, Id, Limits, Outbox, Outgoing, Step, Told, Urge};
use crate::rules::owner::{Owner, Who};
use crate::rules::report_policy::Failure;

const DAY_MS: f64 = 86_400_000.0;
const REQUEST_MS: f64 = 10_000.0;
const LEASE_MS: f64 = 11_000.0;
const LONGEST_WAIT_MS: f64 = 86_400_000.0;
const LIMITS: Limits =
    Limits { reports: 5.0, bytes: 100.0, age_ms: 30.0 * DAY_MS, request_ms: REQUEST_MS };

/// Steps without a wait that are a loop without end.
const ENDLESS: u32 = 3_000;

/// How the application tells who is signed in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum OpenId {
    AtOnce,
    Promise,
    /// A promise that fails now and then.
    Failing,
    /// Never: the back end knows.
    Omitted,
}

/// What the back end answers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reply {
    Taken,
    Offline,
    /// The phone does not hear of it; the back end may have it.
    Silence,
    Status(i32),
    Page(i32),
}

const REPLIES: [Reply; 12] = [
    Reply::Taken,
    Reply::Offline,
    Reply::Silence,
    Reply::Status(500),
    Reply::Status(401),
    Reply::Status(403),
    Reply::Status(404),
    Reply::Status(409),
    Reply::Status(422),
    Reply::Status(429),
    Reply::Page(400),
    Reply::Page(409),
];

#[derive(Debug)]
pub struct World {
    random: Random,
    now: f64,
    /// Who is signed in; nobody, if none.
    user: Option<&'static str>,
    storage: Storage,
    /// Whether storage works without a fault from beginning to end.
    is_storage_sound: bool,
    copies: Vec<Copy>,
    launches: CopyId,
    consents: Vec<Consent>,
    open_id: OpenId,
    is_header_late: bool,
    /// Whether the application's own function sends.
    is_own: bool,
    can_sign_in: bool,
    has_on_event: bool,
    /// What the back end mostly answers.
    mood: Reply,
    /// Whether all is well from now on.
    is_calm: bool,
    is_traced: bool,
    pub steps: u64,
    pub requests: u64,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let copies = 1 + random.below(3);
        let open_ids = [OpenId::AtOnce, OpenId::AtOnce, OpenId::Promise, OpenId::Failing];
        let is_omitted = random.percent(5);
        let mut world = Self {
            now: 1.7e12,
            user: Some(USERS[0]),
            storage: Storage::default(),
            is_storage_sound: random.percent(50),
            copies: Vec::new(),
            launches: 0,
            consents: Vec::new(),
            open_id: if is_omitted { OpenId::Omitted } else { random.among(&open_ids) },
            is_header_late: random.percent(50),
            is_own: random.percent(25),
            can_sign_in: random.percent(40),
            has_on_event: random.percent(50),
            mood: random.among(&REPLIES),
            is_calm: false,
            is_traced: std::env::var_os("WX_SUBSCRIBE_MODEL_TRACE").is_some(),
            steps: 0,
            requests: 0,
            random,
        };
        for _ in 0..copies {
            let copy = world.launch();
            world.copies.push(copy);
        }
        world
    }

    /// So many random acts; then all is well, and everything must arrive.
    pub fn play(&mut self, acts: u32) {
        for _ in 0..acts {
            self.act();
        }
        self.calm_down();
    }

    fn launch(&mut self) -> Copy {
        self.launches += 1;
        Copy::new(self.launches, Outbox::new(LIMITS))
    }

    fn act(&mut self) {
        let at = self.random.below(self.copies.len());
        match self.random.below(100) {
            0..=39 => {}
            40..=64 => self.settle(at),
            65..=71 => self.tap(at),
            72..=75 => self.switch_user(),
            76 => self.clear_storage(),
            77 => self.kill(at),
            78..=84 => self.now += self.random.among(&[1.0, 500.0, 2_000.0, 20_000.0, 700_000.0]),
            85 => self.jump(),
            86..=89 => {
                let urge = self.random.among(&[Urge::Host, Urge::Application]);
                self.copies[at].outbox.urge(urge, self.now);
                self.copies[at].wake();
            }
            90 => {
                if self.copies[at].outbox.other_headers(self.now) {
                    self.copies[at].wake();
                }
            }
            91..=94 => self.tell(at),
            95..=98 => self.break_storage(),
            _ => self.mood = self.random.among(&REPLIES),
        }
        self.run(at);
    }

    // The clock, the users and the storage.

    /// The clock is set, forward or back.
    fn jump(&mut self) {
        self.now += ((self.random.unit() * 80.0 - 40.0) * DAY_MS).floor();
        for consent in &mut self.consents {
            consent.excuses.clock_jumped = true;
            consent.excuses.may_send = true;
        }
    }

    /// Another user signs in, or out: once in each attempt, as more cannot be seen.
    fn switch_user(&mut self) {
        if !self.is_calm && self.copies.iter().all(|copy| !copy.has_switched) {
            let user = self.random.below(4);
            self.user = USERS.get(user).copied();
            for copy in &mut self.copies {
                copy.has_switched = true;
            }
        }
    }

    fn clear_storage(&mut self) {
        if self.is_storage_sound {
            return;
        }
        self.storage.clear();
        for at in 0..self.consents.len() {
            let is_held = self.copies.iter().any(|copy| copy.holds(at));
            let consent = &mut self.consents[at];
            consent.is_safe = false;
            consent.excuses.may_send = true;
            // What only storage had, nobody can save again.
            consent.is_lost |= !is_held && !consent.is_over();
        }
    }

    fn break_storage(&mut self) {
        if self.is_storage_sound {
            return;
        }
        let breaks = self.random.percent(35);
        match self.random.below(4) {
            0 => self.storage.refuses = breaks,
            1 => self.storage.loses = breaks,
            2 => self.storage.is_unlisted = breaks,
            _ => self.storage.is_unreadable = breaks,
        }
        for consent in &mut self.consents {
            consent.excuses.storage_failed = true;
        }
    }

    // A copy runs.

    /// Runs a copy until it waits. It may be killed between any two steps.
    fn run(&mut self, at: usize) {
        for count in 0.. {
            assert!(count < ENDLESS, "a loop without a wait");
            if !matches!(self.copies[at].wait, Wait::Nothing) {
                break;
            }
            if !self.is_calm && self.random.below(400) == 0 {
                return self.kill(at);
            }
            self.steps += 1;
            let step = self.copies[at].outbox.next(self.now);
            self.perform(at, step);
        }
        self.check_nothing_is_forgotten();
    }

    /// What a call of the page does before it returns.
    fn run_chores(&mut self, at: usize) {
        for count in 0.. {
            assert!(count < ENDLESS, "chores without end");
            let Some(chore) = self.copies[at].outbox.chore() else { return };
            self.steps += 1;
            self.perform(at, Step::Chore(chore));
        }
    }

    fn perform(&mut self, at: usize, step: Step<Answer>) {
        let now = self.now;
        if self.is_traced {
            std::eprintln!("{now} copy {at}, user {:?}: {step:?}", self.user);
        }
        match step {
            Step::Chore(chore) => self.perform_chore(at, chore),
            Step::Ask => {
                if !self.copies[at].is_prepared {
                    self.copies[at].has_switched = false;
                }
                let who = self.who();
                if self.open_id == OpenId::AtOnce {
                    self.learn(at, who, true);
                } else {
                    self.copies[at].wait = Wait::Ask(who);
                }
            }
            Step::Prepare(id) => {
                let copy = &mut self.copies[at];
                copy.token = self.user;
                copy.is_prepared = true;
                if self.is_own || !self.is_header_late {
                    copy.outbox.prepared(id, true, !self.is_own);
                } else {
                    copy.wait = Wait::Prepare(id);
                }
            }
            Step::Send(outgoing) => self.send(at, &outgoing),
            Step::SignIn => {
                let copy = &mut self.copies[at];
                assert!(copy.sent != copy.signed_in_for, "signs in again for the same report");
                copy.signed_in_for = copy.sent;
                copy.wait = Wait::SignIn;
            }
            Step::Rest(ms) => {
                let longest = ms.unwrap_or_default();
                assert!((0.0..=LONGEST_WAIT_MS).contains(&longest), "rests for {longest} ms");
                let copy = &mut self.copies[at];
                copy.is_prepared = false;
                copy.wait = Wait::Rest { until: ms.map_or(f64::INFINITY, |ms| now + ms) };
            }
        }
    }

    fn perform_chore(&mut self, at: usize, chore: Chore<Answer>) {
        let outbox = &mut self.copies[at].outbox;
        match chore {
            Chore::Open => outbox.opened(self.storage.open()),
            Chore::Save { id, key, body, schedule } => {
                let consent = &mut self.consents[body.consent];
                assert_eq!(consent.key, key, "another key");
                let is_saved = self.storage.save(&key, &body, schedule);
                consent.is_safe |= is_saved;
                outbox.saved(id, is_saved);
            }
            Chore::List(_) => outbox.listed(!self.storage.is_unlisted),
            Chore::Mark => outbox.marked(self.storage.mark()),
            Chore::Load { id, key } => outbox.loaded(id, self.storage.load(&key), self.now),
            Chore::Forget(key) => self.storage.forget(&key),
            Chore::Tell(told) => {
                self.hear(at, told);
                if self.has_on_event {
                    // The application may do anything.
                    if self.random.percent(5) {
                        self.switch_user();
                    }
                    self.copies[at].outbox.application_ran();
                }
            }
        }
    }

    /// The application hears of a report.
    fn hear(&mut self, at: usize, told: Told<Answer>) {
        match told {
            Told::Queued(key, is_saved) => {
                let is_stored = self.storage.has(&key);
                assert!(is_stored || !is_saved, "told as saved, and is not");
            }
            Told::Sent(_) | Told::Cleared => {}
            Told::Postponed(_, wait_ms, _) => {
                assert!((1_000.0..=LONGEST_WAIT_MS).contains(&wait_ms), "waits {wait_ms} ms");
            }
            Told::Dropped(report, error) => {
                let consent = &mut self.consents[report.body.consent];
                consent.is_ended = true;
                let age = self.now - report.schedule.queued_at;
                match error {
                    None => assert!(self.copies[at].outbox.reports().len() > 1, "no room for one"),
                    Some(error) if error.kind == Kind::Timeout => {
                        assert!(consent.was_overdue || age > LIMITS.age_ms, "is not too old");
                    }
                    Some(error) if error.code == Some(409) => {
                        assert!(consent.conflicts >= 5, "409 after {}", consent.conflicts);
                    }
                    Some(error) => {
                        assert_eq!((error.code, consent.last_status), (Some(422), 422));
                    }
                }
            }
        }
        self.copies[at].signed_in_for = None;
    }

    /// A request leaves: the rules that hold at this moment.
    fn send(&mut self, at: usize, outgoing: &Outgoing<Answer>) {
        self.requests += 1;
        let (now, id, which) = (self.now, outgoing.id, outgoing.body.consent);
        let user = outgoing.user.as_deref();
        let user = USERS.into_iter().find(|known| Some(*known) == user);
        self.check_credentials(at, outgoing, user);
        let others: Vec<f64> = self.copies.iter().filter_map(|copy| sends(copy, which)).collect();
        let is_alone = self.copies.len() == 1;
        let consent = &mut self.consents[which];
        assert_eq!(consent.key, outgoing.key, "one key for each consent");
        consent.leaves_for(user, now);
        let is_excused = consent.excuses.clock_jumped || consent.excuses.storage_failed;
        let overlaps = others.iter().any(|until| *until > now);
        assert!(!overlaps || is_excused, "two copies send it at once");
        // A request that outlived its lease: the clock went on while it was silent.
        consent.excuses.clock_jumped |= !others.is_empty();

        let copy = &mut self.copies[at];
        let round = copy.outbox.round;
        let is_new_round = copy.sent_in.insert(which, round) != Some(round);
        let Consent { excuses, is_safe, not_before, .. } = consent;
        let is_free = is_new_round
            || excuses.may_send
            || excuses.clock_jumped
            || excuses.storage_failed && !is_alone
            || !*is_safe
            || now >= *not_before;
        assert!(is_free, "leaves before its back-off is over");
        if *is_safe && !excuses.clock_jumped && (is_alone || !excuses.storage_failed) {
            self.check_is_stored(at, outgoing);
        }
        let copy = &mut self.copies[at];
        copy.sent = Some(id);
        copy.wait = Wait::Send { id, consent: which, until: now + REQUEST_MS };
    }

    /// No report leaves with anybody else's name or credentials.
    fn check_credentials(&self, at: usize, outgoing: &Outgoing<Answer>, user: Option<&str>) {
        assert_eq!(outgoing.body.user.as_deref(), user, "the body names another user");
        let Some(user) = user.filter(|_| !self.is_own) else { return };
        assert_eq!(self.copies[at].token, Some(user), "leaves with another user's token");
        if self.open_id == OpenId::AtOnce {
            assert_eq!(self.user, Some(user), "another user is signed in");
        }
    }

    /// Stored before it is sent, with a lease that covers the request.
    fn check_is_stored(&self, at: usize, outgoing: &Outgoing<Answer>) {
        let kept = self.copies[at].outbox.get(outgoing.id).is_some_and(|report| report.is_kept());
        let consent = &self.consents[outgoing.body.consent];
        if kept && !consent.is_over() {
            let stored = self.storage.schedule(&outgoing.key).expect("sent before it was stored");
            assert!(stored.lease(self.now, LEASE_MS) >= REQUEST_MS, "sent without a lease");
        }
    }

    // What a copy waits for comes.

    fn settle(&mut self, at: usize) {
        self.steps += 1;
        let now = self.now;
        match core::mem::replace(&mut self.copies[at].wait, Wait::Nothing) {
            Wait::Nothing => {}
            Wait::Rest { until } => {
                if until > now && self.random.percent(90) {
                    self.copies[at].wait = Wait::Rest { until };
                }
            }
            Wait::Ask(then) => {
                let who = if self.random.percent(30) { self.who() } else { then };
                self.learn(at, who, false);
            }
            Wait::Prepare(id) => self.settle_header(at, id),
            Wait::SignIn => {
                let (is_signed_in, random) = (self.random.percent(60), self.random.unit());
                let copy = &mut self.copies[at];
                copy.outbox.signed_in(is_signed_in, now, random);
                copy.is_prepared = false;
                if is_signed_in {
                    self.allow_all(at);
                }
            }
            Wait::Send { id, consent, until } => {
                self.consents[consent].excuses.clock_jumped |= now > until;
                self.copies[at].is_prepared = false;
                self.answer(at, id, consent);
            }
        }
        self.check_nothing_is_forgotten();
    }

    fn settle_header(&mut self, at: usize, id: Id) {
        if self.random.percent(30) {
            self.copies[at].token = self.user;
        }
        if self.is_calm || self.random.percent(95) {
            return self.copies[at].outbox.prepared(id, false, true);
        }
        self.copies[at].is_prepared = false;
        if let Some(report) = self.copies[at].outbox.get(id) {
            let is_overdue = self.now - report.schedule.queued_at > LIMITS.age_ms;
            self.consents[report.body.consent].was_overdue |= is_overdue;
        }
        let failure = Failure { error: Error::new(Kind::Timeout), is_own: false };
        let random = self.random.unit();
        self.copies[at].outbox.failed(id, failure, self.can_sign_in, self.now, random);
    }

    /// Signing in, or another launch: every report may be sent once more.
    fn allow_all(&mut self, at: usize) {
        self.copies[at].sent_in.clear();
        for consent in &mut self.consents {
            consent.excuses.may_send = true;
        }
    }

    /// The back end answers.
    fn answer(&mut self, at: usize, id: Id, which: usize) {
        let is_in_its_mood = self.random.percent(70);
        let reply = match self.mood {
            _ if self.is_calm => Reply::Taken,
            mood if is_in_its_mood => mood,
            _ => self.random.among(&REPLIES),
        };
        let has_it = reply == Reply::Taken || reply == Reply::Silence && self.random.percent(50);
        self.consents[which].is_delivered |= has_it;
        let mut error = match reply {
            Reply::Taken => return self.copies[at].outbox.delivered(id),
            Reply::Offline => Error::of_request(None, "request:fail"),
            Reply::Silence => Error::of_timeout(None, ""),
            Reply::Status(status) | Reply::Page(status) => Error::of_status(status),
        };
        let asked_ms = if reply == Reply::Status(429) { 20_000.0 } else { 0.0 };
        error.retry_after_ms = (asked_ms > 0.0).then_some(asked_ms);
        error.is_page = matches!(reply, Reply::Page(_));
        let consent = &mut self.consents[which];
        let is_conflict = reply == Reply::Status(409);
        consent.conflicts = if is_conflict { consent.conflicts + 1 } else { 0 };
        consent.last_status = if error.is_page { 0 } else { error.code.unwrap_or_default() };
        consent.not_before = self.now + f64::max(1_000.0, asked_ms);
        consent.excuses.may_send = false;
        if let Some(report) = self.copies[at].outbox.get(id) {
            consent.was_overdue |= self.now - report.schedule.queued_at > LIMITS.age_ms;
        }
        let failure = Failure { error, is_own: self.is_own };
        let random = self.random.unit();
        self.copies[at].outbox.failed(id, failure, self.can_sign_in, self.now, random);
    }

    fn who(&mut self) -> Who {
        if self.open_id == OpenId::Omitted {
            return Who::BackEnd;
        }
        if !self.is_calm && self.open_id == OpenId::Failing && self.random.percent(40) {
            return Who::Failed("`openId` threw".to_string());
        }
        self.user.map_or(Who::Nobody, |user| Who::User(user.to_string()))
    }

    /// A copy learns who is signed in.
    fn learn(&mut self, at: usize, who: Who, at_once: bool) {
        if let Who::User(user) = &who {
            self.witness(at, user);
        }
        self.copies[at].outbox.user(who, at_once, self.now);
    }

    fn witness(&mut self, at: usize, user: &str) {
        let copy = self.copies[at].id;
        if let Some(user) = USERS.into_iter().find(|known| *known == user) {
            for consent in &mut self.consents {
                consent.witnessed(copy, user);
            }
        }
    }

    // The users.

    /// The user answers a popup.
    fn tap(&mut self, at: usize) {
        let which = self.consents.len();
        let key = which.to_string();
        let copy = self.copies[at].id;
        let is_promised = self.open_id != OpenId::AtOnce && self.random.percent(50);
        let (owner, truth) = match self.user {
            _ if self.open_id == OpenId::Omitted => (Owner::BackEnd, Truth::BackEnd),
            giver if is_promised => {
                (Owner::Asked(None), Truth::Pending { copy, giver, witness: None })
            }
            Some(user) => (Owner::User(user.to_string()), Truth::User(user)),
            None => (Owner::Unknown, Truth::Open),
        };
        if let Some(user) = owner.user() {
            self.witness(at, user);
        }
        let user = (owner != Owner::BackEnd)
            .then(|| owner.user().map_or_else(String::new, ToString::to_string));
        let body = Answer { consent: which, bytes: 1 + self.random.below(40) as u32, user };
        let mut consent = Consent::new(key.clone(), truth, self.now + REQUEST_MS);
        consent.excuses.storage_failed = !self.is_storage_sound;
        self.consents.push(consent);
        self.copies[at].outbox.add(key, owner, body, self.now);
        self.run_chores(at);
        self.copies[at].wake();
    }

    /// The promise for an answer settles; and another one a second time, which is
    /// no answer.
    fn tell(&mut self, at: usize) {
        let reports = self.copies[at].outbox.reports();
        let pending = reports.iter().find(|report| matches!(report.owner, Owner::Asked(_)));
        if let Some((id, which)) = pending.map(|report| (report.id, report.body.consent)) {
            let giver = match self.consents[which].truth {
                Truth::Pending { giver, .. } => giver,
                _ => None,
            };
            let is_late = self.now > self.consents[which].pending_until;
            self.consents[which].excuses.clock_jumped |= is_late;
            let user = giver.filter(|_| self.is_calm || self.random.percent(75));
            self.consents[which].told(user);
            let who = match user {
                Some(user) => Who::User(user.to_string()),
                None if self.random.percent(50) => Who::Nobody,
                None => Who::Failed("`openId` was rejected".to_string()),
            };
            self.copies[at].outbox.told(id, who);
            self.run_chores(at);
            self.copies[at].wake();
        }
        let count = self.copies[at].outbox.reports().len();
        if count > 0 {
            let report = &self.copies[at].outbox.reports()[self.random.below(count)];
            if !matches!(report.owner, Owner::Asked(_)) {
                let (id, user) = (report.id, self.random.among(&USERS));
                self.copies[at].outbox.told(id, Who::User(user.to_string()));
                self.run_chores(at);
            }
        }
    }

    /// The launch ends without a warning, and another begins.
    fn kill(&mut self, at: usize) {
        let next = self.launch();
        let killed = core::mem::replace(&mut self.copies[at], next);
        for (which, consent) in self.consents.iter_mut().enumerate() {
            if killed.holds(which) {
                consent.excuses.may_send = true;
            }
            if matches!(consent.truth, Truth::Pending { copy, .. } if copy == killed.id) {
                consent.truth = Truth::Open;
            }
            let is_somewhere =
                self.storage.has(&consent.key) || self.copies.iter().any(|copy| copy.holds(which));
            if !is_somewhere && !consent.is_over() {
                assert!(!consent.is_safe, "consent {which} was saved, and is gone");
                consent.is_lost = true;
            }
        }
    }

    // The end.

    /// Every consent is delivered, kept, or ended by an event.
    fn check_nothing_is_forgotten(&self) {
        for (which, consent) in self.consents.iter().enumerate() {
            let is_somewhere = || {
                self.storage.has(&consent.key)
                    || self.copies.iter().any(|copy| copy.holds(which))
                    || self.copies.iter().any(|copy| !copy.outbox.chores.is_empty())
            };
            assert!(consent.is_over() || is_somewhere(), "consent {which} is nowhere");
        }
    }

    /// All is well, and every user comes back.
    fn calm_down(&mut self) {
        self.is_calm = true;
        self.storage.put_right();
        for at in 0..self.copies.len() {
            for _ in 0..20 {
                self.tell(at);
            }
            // Users switch between attempts only.
            self.run_until_rest(at);
        }
        for user in USERS.into_iter().chain(USERS) {
            self.user = Some(user);
            for _ in 0..3 {
                self.now += 700_000.0;
                for at in 0..self.copies.len() {
                    self.allow_all(at);
                    self.copies[at].outbox.urge(Urge::Host, self.now);
                    self.copies[at].wake();
                    self.run_until_rest(at);
                }
            }
        }
        let mut keys = BTreeSet::new();
        for (which, consent) in self.consents.iter().enumerate() {
            assert!(consent.is_over(), "consent {which} never arrives: {consent:?}");
            assert!(keys.insert(&consent.key));
        }
        for copy in &self.copies {
            assert!(copy.outbox.reports().is_empty(), "stays: {:?}", copy.outbox.reports());
        }
        assert!(self.storage.holds_no_report(), "storage keeps {:?}", self.storage);
    }

    fn run_until_rest(&mut self, at: usize) {
        for _ in 0..200 {
            self.run(at);
            if let Wait::Rest { .. } = self.copies[at].wait {
                return;
            }
            self.settle(at);
        }
        panic!("never rests");
    }
}

/// Until when this copy sends the consent, if it does.
fn sends(copy: &Copy, which: usize) -> Option<f64> {
    match copy.wait {
        Wait::Send { consent, until, .. } if consent == which => Some(until),
        _ => None,
    }
}
