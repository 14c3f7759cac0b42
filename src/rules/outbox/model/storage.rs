//! The storage that the copies share.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::copy::Answer;
use crate::rules::outbox::{Found, Loaded, Marked, Marker, Opened, Schedule};
use crate::rules::owner::Owner;

const MARKER_KEY: &str = "marker";
const REPORT_KEY: &str = "report:";

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Marker(Marker),
    Report(Answer, Schedule),
}

/// Storage, and what is wrong with it now.
#[derive(Debug, Default)]
pub struct Storage {
    values: BTreeMap<String, Value>,
    markers: u32,
    /// It throws at every write.
    pub refuses: bool,
    /// It takes every write, and forgets it.
    pub loses: bool,
    /// It lists no key.
    pub is_unlisted: bool,
    /// It throws at every read.
    pub is_unreadable: bool,
}

impl Storage {
    pub fn open(&self) -> Opened<Answer> {
        if self.is_unreadable {
            return Opened::Unreadable;
        }
        let marker = self.marker();
        let found = |(key, value): (&String, &Value)| match value {
            Value::Marker(_) => None,
            Value::Report(body, schedule) => Some(Found {
                key: key.strip_prefix(REPORT_KEY)?.to_string(),
                owner: body.owner(),
                body: body.clone(),
                schedule: *schedule,
                has_own_key: true,
            }),
        };
        let mut reports: Vec<_> = self.values.iter().filter_map(found).collect();
        reports.sort_by(|a, b| a.schedule.queued_at.total_cmp(&b.schedule.queued_at));
        Opened::Read { marker, is_unlisted: marker.is_some() && self.is_unlisted, reports }
    }

    /// Writes a report, and returns whether it is there then.
    pub fn save(&mut self, key: &str, body: &Answer, schedule: Schedule) -> bool {
        let (key, value) = (key_of(key), Value::Report(body.clone(), schedule));
        if self.is_writable() {
            self.values.insert(key.clone(), value.clone());
        }
        !self.is_unreadable && self.values.get(&key) == Some(&value)
    }

    pub fn mark(&mut self) -> Marked {
        if self.is_unreadable {
            return Marked::Refused;
        }
        if let Some(marker) = self.marker() {
            return Marked::Stands(marker);
        }
        self.markers += 1;
        if !self.is_writable() {
            return Marked::Refused;
        }
        let marker = f64::from(self.markers);
        self.values.insert(MARKER_KEY.into(), Value::Marker(marker));
        Marked::Written(marker)
    }

    pub fn load(&self, key: &str) -> Loaded {
        if self.is_unreadable {
            return Loaded::Unknown;
        }
        match self.values.get(&key_of(key)) {
            Some(Value::Report(body, schedule)) => Loaded::Found(*schedule, body.owner()),
            _ => Loaded::Empty(self.marker()),
        }
    }

    pub fn forget(&mut self, key: &str) {
        self.values.remove(&key_of(key));
    }

    pub fn clear(&mut self) {
        self.values.clear();
    }

    pub fn has(&self, key: &str) -> bool {
        self.values.contains_key(&key_of(key))
    }

    /// The owner of a report that is there.
    pub fn owner(&self, key: &str) -> Option<Owner> {
        match self.values.get(&key_of(key))? {
            Value::Report(body, _) => Some(body.owner()),
            Value::Marker(_) => None,
        }
    }

    /// The schedule of a report that is there.
    pub fn schedule(&self, key: &str) -> Option<Schedule> {
        match self.values.get(&key_of(key))? {
            Value::Report(_, schedule) => Some(*schedule),
            Value::Marker(_) => None,
        }
    }

    /// Whether nothing is left but the marker.
    pub fn holds_no_report(&self) -> bool {
        self.values.keys().all(|key| key == MARKER_KEY)
    }

    pub fn put_right(&mut self) {
        (self.refuses, self.loses) = (false, false);
        (self.is_unlisted, self.is_unreadable) = (false, false);
    }

    fn is_writable(&self) -> bool {
        !self.refuses && !self.loses
    }

    fn marker(&self) -> Option<Marker> {
        match self.values.get(MARKER_KEY)? {
            Value::Marker(marker) => Some(*marker),
            Value::Report(..) => None,
        }
    }
}

fn key_of(key: &str) -> String {
    [REPORT_KEY, key].concat()
}
