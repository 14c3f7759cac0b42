//! What the model knows of one consent.

use alloc::string::String;

use super::copy::CopyId;

/// Whose a consent is, in truth.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// The back end knows.
    BackEnd,
    /// This user.
    User(&'static str),
    /// The promise that this copy of the SDK waits for tells, in the end this
    /// giver; the witness is the first user who became known to the copy since.
    Pending { copy: CopyId, giver: Option<&'static str>, witness: Option<&'static str> },
    /// The first user whom it is sent for.
    Open,
}

/// What no SDK can know or prevent.
#[derive(Debug, Default)]
pub struct Excuses {
    /// The clock jumped: waits, leases and ages may be over early.
    pub clock_jumped: bool,
    /// Storage failed: copies cannot agree on what it did not take.
    pub storage_failed: bool,
    /// "Send now", another launch or storage that was cleared: the back-off begins
    /// again.
    pub may_send: bool,
}

/// One consent.
#[derive(Debug)]
pub struct Consent {
    pub key: String,
    pub truth: Truth,
    /// Until when its promise may be pending, which is shorter than the lease.
    pub pending_until: f64,
    /// Whether the owner was known at the answer, and so is part of every save.
    pub was_known: bool,
    /// The back end has it.
    pub is_delivered: bool,
    /// An event has ended it.
    pub is_ended: bool,
    /// Nobody had it any more when its copy was killed.
    pub is_lost: bool,
    /// A copy said that storage has it, and storage was not cleared since.
    pub is_safe: bool,
    /// Answers with 409 in a row, and the last status.
    pub conflicts: u32,
    pub last_status: i32,
    /// Whether an attempt has failed while it seemed too old.
    pub was_overdue: bool,
    /// When its back-off ends at the earliest.
    pub not_before: f64,
    pub excuses: Excuses,
}

impl Consent {
    pub fn new(key: String, truth: Truth, pending_until: f64) -> Self {
        Self {
            key,
            pending_until,
            was_known: matches!(truth, Truth::User(_)),
            truth,
            is_delivered: false,
            is_ended: false,
            is_lost: false,
            is_safe: false,
            conflicts: 0,
            last_status: 0,
            was_overdue: false,
            not_before: 0.0,
            excuses: Excuses { may_send: true, ..Excuses::default() },
        }
    }

    /// Whether it need not arrive any more.
    pub fn is_over(&self) -> bool {
        self.is_delivered || self.is_ended || self.is_lost
    }

    /// It leaves for this user, or with none.
    pub fn leaves_for(&mut self, user: Option<&'static str>, now: f64) {
        let is_agreed = !self.excuses.clock_jumped && !self.excuses.storage_failed;
        match (&self.truth, user) {
            (Truth::BackEnd, None) => {}
            (Truth::User(truth), Some(user)) if *truth == user => {}
            (Truth::User(truth), Some(user)) => {
                assert!(!self.was_known && !is_agreed, "{truth}'s consent leaves for {user}");
                self.truth = Truth::User(user);
            }
            (Truth::Pending { .. }, Some(user)) => {
                let is_over = now > self.pending_until;
                let is_excused = is_over || self.excuses.clock_jumped;
                assert!(is_excused, "leaves while its promise is pending");
                self.excuses.clock_jumped = true;
                self.truth = Truth::User(user);
            }
            (Truth::Open, Some(user)) => self.truth = Truth::User(user),
            (truth, None) => panic!("leaves without a user: {truth:?}"),
            (Truth::BackEnd, Some(user)) => panic!("the back end's consent leaves for {user}"),
        }
    }

    /// The copy of the SDK that waits for its promise learns of a user.
    pub fn witnessed(&mut self, by: CopyId, user: &'static str) {
        if let Truth::Pending { copy, witness: witness @ None, .. } = &mut self.truth
            && *copy == by
        {
            *witness = Some(user);
        }
    }

    /// Its promise has told `user`, or failed.
    pub fn told(&mut self, user: Option<&'static str>) {
        if let Truth::Pending { witness, .. } = self.truth {
            self.truth = user.or(witness).map_or(Truth::Open, Truth::User);
        }
    }
}
