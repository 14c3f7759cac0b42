//! One report: an answer of the user on its way to the back end.

use alloc::string::String;

use super::schedule::Schedule;
use crate::rules::owner::Owner;

/// How much the outbox holds, and for how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Most reports; at least one is always kept.
    pub reports: f64,
    /// Most bytes of all reports together.
    pub bytes: f64,
    /// How long a report is kept, in milliseconds.
    pub age_ms: f64,
    /// How long a request may take, in milliseconds.
    pub request_ms: f64,
}

/// What a report says. No rule looks into it.
pub trait Body: Clone {
    /// Its length as JSON text, in bytes of UTF-8.
    fn bytes(&self) -> u32;
    /// Writes the owner into it.
    fn bind(&mut self, user: &str);
}

/// The name of a report in this launch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Id(pub(super) u32);

/// The marker says that storage was not cleared. Each has a number of its own, so
/// that one which was written after storage was cleared is another one.
pub type Marker = f64;

/// Whether storage has a report, as far as this launch knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kept {
    No,
    /// Since before any marker stood.
    Unmarked,
    /// Since this marker stood.
    Under(Marker),
}

/// An `Idempotency-Key` that no other client makes: the time in milliseconds and
/// two random numbers below 1, in digits of base 36, each with its last digit
/// first.
#[must_use]
pub fn new_key(now: f64, random: [f64; 2]) -> String {
    /// Every bit of a random number.
    const RANGE: f64 = 4_503_599_627_370_496.0;
    let mut key = String::new();
    for number in [now, random[0] * RANGE, random[1] * RANGE] {
        let mut rest = number as u64;
        while rest > 0 {
            key.extend(char::from_digit((rest % 36) as u32, 36));
            rest /= 36;
        }
    }
    key
}

/// A report that the back end does not have yet.
#[derive(Debug)]
pub struct Report<B> {
    /// Its name in this launch.
    pub id: Id,
    /// The `Idempotency-Key`, the same on every attempt.
    pub key: String,
    /// Whose it is.
    pub owner: Owner,
    /// What is sent.
    pub body: B,
    /// When it is sent.
    pub schedule: Schedule,
    pub(super) kept: Kept,
    pub(super) wants_save: bool,
    /// Whether storage was read since it was written last, so that the next save
    /// overwrites nothing of another copy of the SDK.
    pub(super) is_read: bool,
    /// Whether the application is still to be told of it.
    pub(super) is_new: bool,
    /// Whether this copy of the SDK holds the lease.
    pub(super) is_mine: bool,
    /// The last round in which it was tried.
    pub(super) round: u32,
    /// Not tried, as another user was signed in when this was asked last.
    pub(super) is_held: bool,
}

impl<B: Body> Report<B> {
    pub(super) fn new(id: Id, key: String, owner: Owner, body: B, schedule: Schedule) -> Self {
        Self {
            id,
            key,
            owner,
            body,
            schedule,
            kept: Kept::No,
            wants_save: false,
            is_read: false,
            is_new: false,
            is_mine: false,
            round: 0,
            is_held: false,
        }
    }

    /// Whether storage has taken it.
    pub(super) fn is_kept(&self) -> bool {
        self.kept != Kept::No
    }

    /// The report belongs to this user from now on.
    pub(super) fn bind(&mut self, user: String) {
        self.body.bind(&user);
        self.owner = Owner::User(user);
        self.wants_save = true;
    }

    /// Another copy of the SDK, which wrote this owner, may have known more.
    pub(super) fn learn(&mut self, stored: Owner) {
        if let (Owner::Unknown, Owner::User(user)) = (&self.owner, stored) {
            self.bind(user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_holds_the_time_and_every_bit_of_both_random_numbers() {
        assert_eq!(new_key(35.0 + 36.0 * 10.0, [0.0, 0.0]), "za");
        let bit = 1.0 / 4_503_599_627_370_496.0;
        assert_eq!(new_key(1.0, [bit, 2.0 * bit]), "112");
        let longest = new_key(1.7e12, [1.0 - bit, 1.0 - bit]);
        assert_eq!(longest.len(), 8 + 11 + 11 - 2 + longest.len() - 28);
        assert!(longest.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()));
    }
}
