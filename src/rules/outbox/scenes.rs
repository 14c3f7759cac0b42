//! Scenes: one copy of the SDK, told step by step what happens.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::model::{Answer, Storage};
use super::{Chore, Id, Limits, Outbox, Outgoing, Step, Told, Urge};
use crate::rules::failure::Error;
use crate::rules::owner::{Owner, Who};
use crate::rules::report_policy::Failure;

pub const NOW: f64 = 1.7e12;
pub const MINUTE_MS: f64 = 60_000.0;
const LIMITS: Limits =
    Limits { reports: 3.0, bytes: 100.0, age_ms: 86_400_000.0, request_ms: 10_000.0 };

/// Steps without a wait that are a loop without end.
const ENDLESS: u32 = 1_000;

/// A copy of the SDK on a phone.
pub struct Phone {
    pub outbox: Outbox<Answer>,
    pub storage: Storage,
    pub now: f64,
    pub has_on_event: bool,
    /// What the application was told since this was looked at.
    told: Vec<String>,
    added: usize,
}

impl Phone {
    pub fn new() -> Self {
        Self::on(Storage::default())
    }

    /// Launched on a storage that an earlier launch left.
    pub fn on(storage: Storage) -> Self {
        let outbox = Outbox::new(LIMITS);
        Self { outbox, storage, now: NOW, has_on_event: true, told: Vec::new(), added: 0 }
    }

    /// The user answers: a report of 10 bytes.
    pub fn add(&mut self, owner: Owner) -> Id {
        self.add_of(10, owner)
    }

    pub fn add_of(&mut self, bytes: u32, owner: Owner) -> Id {
        let key = self.added.to_string();
        let user = owner.written().map(String::from);
        let answer = Answer { consent: self.added, bytes, user };
        self.added += 1;
        let id = self.outbox.add(key, owner, answer, self.now);
        self.chores();
        id
    }

    /// The answer of user A, or of another one.
    pub fn add_as(&mut self, user: &str) -> Id {
        self.add(Owner::User(user.to_string()))
    }

    pub fn chores(&mut self) {
        for count in 0.. {
            assert!(count < ENDLESS, "chores without end");
            let Some(chore) = self.outbox.chore() else { return };
            self.perform(chore);
        }
    }

    pub fn perform(&mut self, chore: Chore<Answer>) {
        let (outbox, storage) = (&mut self.outbox, &mut self.storage);
        match chore {
            Chore::Open => outbox.opened(storage.open()),
            Chore::Save { id, key, body, schedule } => {
                outbox.saved(id, storage.save(&key, &body, schedule));
            }
            Chore::List(_) => outbox.listed(!storage.is_unlisted),
            Chore::Mark => outbox.marked(storage.mark()),
            Chore::Load { id, key } => outbox.loaded(id, storage.load(&key), self.now),
            Chore::Forget(key) => storage.forget(&key),
            Chore::Tell(told) => {
                self.told.push(words(&told));
                if self.has_on_event {
                    outbox.application_ran();
                }
            }
        }
    }

    /// The next step that waits.
    pub fn next(&mut self) -> Step<Answer> {
        for _ in 0..ENDLESS {
            match self.outbox.next(self.now) {
                Step::Chore(chore) => self.perform(chore),
                step => return step,
            }
        }
        panic!("chores without end");
    }

    /// The user who is signed in, at once.
    pub fn user(&mut self, who: &str) {
        let who = if who.is_empty() { Who::Nobody } else { Who::User(who.to_string()) };
        self.outbox.user(who, true, self.now);
    }

    /// The next request, while this user is signed in and nothing has to wait.
    pub fn send_as(&mut self, user: &str) -> Outgoing<Answer> {
        for _ in 0..ENDLESS {
            match self.next() {
                Step::Ask => self.user(user),
                Step::Prepare(id) => self.outbox.prepared(id, true, true),
                Step::Send(outgoing) => return *outgoing,
                step => panic!("no request: {step:?}"),
            }
        }
        panic!("questions without end");
    }

    /// How long nothing is tried, while this user is signed in.
    pub fn rest_as(&mut self, user: &str) -> Option<f64> {
        for _ in 0..ENDLESS {
            match self.next() {
                Step::Ask => self.user(user),
                Step::Prepare(id) => self.outbox.prepared(id, true, true),
                Step::Rest(ms) => return ms,
                step => panic!("no rest: {step:?}"),
            }
        }
        panic!("questions without end");
    }

    /// The back end answers with this status.
    pub fn fail(&mut self, id: Id, status: i32) {
        self.fail_with(id, Error::of_status(status), false);
    }

    pub fn fail_with(&mut self, id: Id, error: Box<Error>, can_sign_in: bool) {
        let failure = Failure { error, is_own: false };
        self.outbox.failed(id, failure, can_sign_in, self.now, 1.0);
    }

    pub fn urge(&mut self, urge: Urge) {
        self.outbox.urge(urge, self.now);
    }

    /// The report with this key.
    pub fn id_of(&self, key: &str) -> Id {
        let mut reports = self.outbox.reports().iter();
        reports.find(|report| report.key == key).expect("a report with this key").id
    }

    /// The error of the next postponement that is told.
    pub fn postponement(&mut self) -> Box<Error> {
        for _ in 0..ENDLESS {
            match self.outbox.chore() {
                Some(Chore::Tell(Told::Postponed(_, _, error))) => return error,
                Some(chore) => self.perform(chore),
                None => break,
            }
        }
        panic!("no report was postponed");
    }

    /// What the application was told so far.
    pub fn told(&self) -> &[String] {
        &self.told
    }

    /// What the application was told since this was called last.
    pub fn take_told(&mut self) -> Vec<String> {
        self.chores();
        core::mem::take(&mut self.told)
    }
}

fn words<B>(told: &Told<B>) -> String {
    match told {
        Told::Queued(key, true) => ["queued ", key].concat(),
        Told::Queued(key, false) => ["unsaved ", key].concat(),
        Told::Sent(key) => ["sent ", key].concat(),
        Told::Postponed(key, ..) => ["postponed ", key].concat(),
        Told::Dropped(report, _) => ["dropped ", &report.key].concat(),
        Told::Cleared => "cleared".to_string(),
    }
}
