//! Whose a report is, and whether it may leave while somebody is signed in.
//!
//! An owner once known is never replaced, weakened or forgotten. What A answered
//! is sent only while A is named: the token of B is often there before B's openId
//! is, so "nobody" is not enough.

use alloc::string::String;

/// Whose a report is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Owner {
    /// The back end knows by itself: the report does not say.
    BackEnd,
    /// Not known: the first user that is known afterwards, once.
    Unknown,
    /// The application's promise for this answer is pending, and the report is
    /// held. The first user that was known meanwhile counts if the promise fails.
    Asked(Option<String>),
    /// This user.
    User(String),
}

/// The answer to the question who is signed in now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Who {
    /// The back end knows: nobody is asked.
    BackEnd,
    /// This user.
    User(String),
    /// Nobody: there is no openId yet.
    Nobody,
    /// The question failed, for this reason.
    Failed(String),
}

/// Whether a report may leave.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Leave {
    /// It may.
    Go,
    /// It may, as the report of the user who is signed in.
    Bind,
    /// Its owner is still being asked for.
    Held,
    /// Another user is signed in.
    NotTheirs,
    /// Nobody is signed in.
    NoUser,
    /// The question who is signed in failed.
    NotTold,
}

impl Owner {
    /// Whether a report of this owner may leave while `who` is signed in.
    #[must_use]
    pub fn leave(&self, who: &Who) -> Leave {
        match (self, who) {
            (Self::Asked(_), _) => Leave::Held,
            (Self::BackEnd, _) | (_, Who::BackEnd) => Leave::Go,
            (_, Who::Failed(_)) => Leave::NotTold,
            (_, Who::Nobody) => Leave::NoUser,
            (Self::Unknown, Who::User(_)) => Leave::Bind,
            (Self::User(owner), Who::User(user)) if owner == user => Leave::Go,
            (Self::User(_), Who::User(_)) => Leave::NotTheirs,
        }
    }

    /// This user became known after the answer.
    pub fn witness(&mut self, user: &str) {
        if let Self::Asked(first @ None) = self {
            *first = Some(user.into());
        }
    }

    /// The promise for this answer has settled. Returns the user who became the
    /// owner by that, if any.
    pub fn settle(&mut self, who: Who) -> Option<&str> {
        let Self::Asked(first) = self else { return None };
        let user = if let Who::User(user) = who { Some(user) } else { first.take() };
        *self = user.map_or(Self::Unknown, Self::User);
        self.user()
    }

    /// The openId that a report of this owner carries: empty where it is not known
    /// yet, and none where the back end knows.
    #[must_use]
    pub fn written(&self) -> Option<&str> {
        (*self != Self::BackEnd).then(|| self.user().unwrap_or_default())
    }

    /// The user, where a user is known.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        if let Self::User(user) = self { Some(user) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Leave::{Bind, Go, Held, NoUser, NotTheirs, NotTold};

    fn a() -> String {
        "A".into()
    }

    fn everybody() -> [Who; 5] {
        [Who::BackEnd, Who::User(a()), Who::User("B".into()), Who::Nobody, Who::Failed("".into())]
    }

    #[test]
    fn a_report_leaves_only_while_its_owner_is_named() {
        for (owner, expected) in [
            (Owner::BackEnd, [Go, Go, Go, Go, Go]),
            (Owner::User(a()), [Go, Go, NotTheirs, NoUser, NotTold]),
            (Owner::Unknown, [Go, Bind, Bind, NoUser, NotTold]),
            (Owner::Asked(None), [Held, Held, Held, Held, Held]),
            (Owner::Asked(Some(a())), [Held, Held, Held, Held, Held]),
        ] {
            assert_eq!(everybody().map(|who| owner.leave(&who)), expected, "{owner:?}");
        }
    }

    #[test]
    fn the_promise_for_an_answer_names_its_owner_whoever_else_was_known_meanwhile() {
        let mut owner = Owner::Asked(None);
        owner.witness("B");
        assert_eq!(owner.settle(Who::User(a())), Some("A"));
        assert_eq!(owner, Owner::User(a()));
    }

    #[test]
    fn a_promise_that_fails_leaves_the_first_user_who_became_known_meanwhile() {
        for who in [Who::Nobody, Who::Failed("".into())] {
            let mut owner = Owner::Asked(None);
            owner.witness("A");
            owner.witness("B");
            assert_eq!(owner.settle(who.clone()), Some("A"));
            let mut owner = Owner::Asked(None);
            assert_eq!(owner.settle(who), None);
            assert_eq!(owner, Owner::Unknown);
        }
    }

    #[test]
    fn a_report_carries_an_open_id_unless_the_back_end_knows() {
        assert_eq!(Owner::BackEnd.written(), None);
        assert_eq!(Owner::User(a()).written(), Some("A"));
        for owner in [Owner::Unknown, Owner::Asked(None), Owner::Asked(Some(a()))] {
            assert_eq!((owner.written(), owner.user()), (Some(""), None));
        }
    }

    #[test]
    fn an_owner_once_known_is_not_replaced() {
        for owner in [Owner::BackEnd, Owner::User(a()), Owner::Unknown] {
            let mut same = owner.clone();
            same.witness("B");
            for who in everybody() {
                assert_eq!(same.settle(who), None);
            }
            assert_eq!(same, owner);
        }
    }
}
