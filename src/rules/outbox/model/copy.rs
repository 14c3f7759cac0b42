//! One copy of the SDK, and what it waits for.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

use crate::rules::outbox::{Body, Id, Outbox};
use crate::rules::owner::{Owner, Who};

/// A copy in one launch.
pub type CopyId = u32;

pub const USERS: [&str; 3] = ["A", "B", "C"];

/// What a report says: which consent it is, and whose.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub consent: usize,
    pub bytes: u32,
    /// The openId; none where the back end knows, and empty where nobody does.
    pub user: Option<String>,
}

impl Answer {
    /// The owner that storage shows.
    pub fn owner(&self) -> Owner {
        match &self.user {
            None => Owner::BackEnd,
            Some(user) if user.is_empty() => Owner::Unknown,
            Some(user) => Owner::User(user.clone()),
        }
    }
}

impl Body for Answer {
    fn bytes(&self) -> u32 {
        self.bytes
    }

    fn bind(&mut self, user: &str) {
        self.user = Some(user.to_string());
    }
}

/// What a copy waits for.
#[derive(Debug)]
pub enum Wait {
    /// Nothing: it can go on.
    Nothing,
    Rest {
        until: f64,
    },
    /// The promise of `openId`, which was made while this was the answer.
    Ask(Who),
    Prepare(Id),
    Send {
        id: Id,
        consent: usize,
        until: f64,
    },
    SignIn,
}

/// A copy of the SDK.
#[derive(Debug)]
pub struct Copy {
    pub id: CopyId,
    pub outbox: Outbox<Answer>,
    pub wait: Wait,
    /// The user whose token is in the headers that were prepared.
    pub token: Option<&'static str>,
    /// Whether the request is prepared, so that a question is the second one.
    pub is_prepared: bool,
    /// Whether another user has signed in since the attempt began.
    pub has_switched: bool,
    /// The round in which each consent was sent last.
    pub sent_in: BTreeMap<usize, u32>,
    /// The report that the user was signed in for last.
    pub signed_in_for: Option<Id>,
    /// The report of the last request.
    pub sent: Option<Id>,
}

impl Copy {
    pub fn new(id: CopyId, outbox: Outbox<Answer>) -> Self {
        Self {
            id,
            outbox,
            wait: Wait::Nothing,
            token: None,
            is_prepared: false,
            has_switched: false,
            sent_in: BTreeMap::new(),
            signed_in_for: None,
            sent: None,
        }
    }

    /// Something happened that ends a rest.
    pub fn wake(&mut self) {
        if let Wait::Rest { .. } = self.wait {
            self.wait = Wait::Nothing;
        }
    }

    pub fn holds(&self, consent: usize) -> bool {
        self.outbox.reports().iter().any(|report| report.body.consent == consent)
    }
}
