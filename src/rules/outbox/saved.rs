//! What storage has: each report under a key of its own, and a marker that says
//! that storage was not cleared.
//!
//! A saved report whose key is empty was delivered by another copy of the SDK,
//! but only if the very marker stands that stood when it was saved. Where the
//! marker is missing or another, storage was cleared: all reports in memory are
//! saved again, and then the marker, in one unbroken run.
//!
//! "Saved" means that the next launch will find it: once a launch, after the
//! first write, the listing of keys is looked at.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::report::Kept;
use super::{Body, Chore, Id, Marker, Outbox, Report, Schedule, Told};
use crate::rules::owner::Owner;

/// A report as storage has it at launch.
#[derive(Debug)]
pub struct Found<B> {
    /// The `Idempotency-Key`.
    pub key: String,
    /// Whose it is.
    pub owner: Owner,
    /// What is sent.
    pub body: B,
    /// When it is sent.
    pub schedule: Schedule,
    /// Whether it has a key of its own, as in the present format.
    pub has_own_key: bool,
}

/// What storage has at launch.
#[derive(Debug)]
pub enum Opened<B> {
    /// The host cannot read or list now.
    Unreadable,
    /// Of a newer version, which is left alone.
    Newer,
    /// Of this version, or an older one.
    Read {
        /// The marker, if one of this version stands.
        marker: Option<Marker>,
        /// Whether the listing lacks the key of what was read: then it lacks the
        /// reports of earlier launches as well.
        is_unlisted: bool,
        /// The reports, oldest first.
        reports: Vec<Found<B>>,
    },
}

/// What storage has under the key of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Loaded {
    /// The report, as whoever wrote it last knew it.
    Found(Schedule, Owner),
    /// Nothing; and the marker that stands, if any.
    Empty(Option<Marker>),
    /// Nothing that can be relied on.
    Unknown,
}

/// A marker after one was to be written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Marked {
    /// Ours.
    Written(Marker),
    /// Another copy of the SDK was faster.
    Stands(Marker),
    /// Storage refused it, or cannot be read.
    Refused,
}

/// How storage is doing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Health {
    /// It has all reports.
    Ok,
    /// It refused some.
    Unsaved,
    /// It keeps reports, but its listing lacks them.
    Unlisted,
    /// It cannot be read.
    Unreadable,
    /// It belongs to a newer version.
    NewerVersion,
}

impl Health {
    /// Its name in JavaScript.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unsaved => "unsaved",
            Self::Unlisted => "unlisted",
            Self::Unreadable => "unreadable",
            Self::NewerVersion => "newerVersion",
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Access {
    Closed,
    Open,
    Newer,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Listing {
    /// Not looked at yet in this launch.
    Unseen,
    /// It has what was written.
    Has,
    /// It lacks what was written.
    Lacks,
}

/// What is known of storage.
#[derive(Debug)]
pub(super) struct Storage {
    access: Access,
    listing: Listing,
    marker: Option<Marker>,
    /// Whether to read what an earlier launch left, while storage is closed.
    pub wants_open: bool,
    wants_mark: bool,
    /// Whether all was saved again for the marker that is to be written.
    is_saved_anew: bool,
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            access: Access::Closed,
            listing: Listing::Unseen,
            marker: None,
            wants_open: true,
            wants_mark: true,
            is_saved_anew: false,
        }
    }
}

impl Storage {
    /// Whether it is ours to write.
    pub fn is_open(&self) -> bool {
        self.access == Access::Open
    }

    /// A report has gone: what is left may all be saved.
    pub fn report_gone(&mut self) {
        self.wants_mark = true;
    }
}

impl<B: Body> Outbox<B> {
    /// How storage is doing.
    #[must_use]
    pub fn health(&self) -> Health {
        match (self.storage.access, self.storage.listing) {
            (Access::Closed, _) => Health::Unreadable,
            (Access::Newer, _) => Health::NewerVersion,
            (Access::Open, _) if !self.has_saved_all() => Health::Unsaved,
            (Access::Open, Listing::Lacks) => Health::Unlisted,
            (Access::Open, _) => Health::Ok,
        }
    }

    /// Whether the next launch will find this report.
    #[must_use]
    pub fn is_saved(&self, report: &Report<B>) -> bool {
        report.is_kept() && self.storage.listing != Listing::Lacks
    }

    /// What is to be done with storage, before anything else.
    pub(super) fn storage_chore(&mut self) -> Option<Chore<B>> {
        match self.storage.access {
            Access::Newer => return None,
            Access::Closed => {
                return core::mem::take(&mut self.storage.wants_open).then_some(Chore::Open);
            }
            Access::Open => {}
        }
        if let Some(report) = self.reports.iter_mut().find(|report| report.wants_save) {
            let (id, key) = (report.id, report.key.clone());
            // Another copy may hold its lease by now, or know whose it is.
            if !report.is_new && !core::mem::replace(&mut report.is_read, true) {
                return Some(Chore::Load { id, key });
            }
            (report.wants_save, report.is_read) = (false, false);
            let (body, schedule) = (report.body.clone(), report.schedule);
            return Some(Chore::Save { id, key, body, schedule });
        }
        if self.storage.listing == Listing::Unseen
            && let Some(report) = self.reports.iter().find(|report| report.is_kept())
        {
            return Some(Chore::List(report.key.clone()));
        }
        if self.storage.marker.is_none() && self.storage.wants_mark && self.has_saved_all() {
            // What was saved earlier may have been cleared since.
            if !core::mem::replace(&mut self.storage.is_saved_anew, true) {
                self.save_all(|report| report.kept == Kept::Unmarked);
                return self.storage_chore();
            }
            (self.storage.wants_mark, self.storage.is_saved_anew) = (false, false);
            return Some(Chore::Mark);
        }
        self.storage.is_saved_anew = false;
        None
    }

    /// The result of [`Chore::Open`].
    pub fn opened(&mut self, opened: Opened<B>) {
        let (marker, is_unlisted, found) = match opened {
            Opened::Unreadable => return,
            Opened::Newer => {
                self.storage.access = Access::Newer;
                return;
            }
            Opened::Read { marker, is_unlisted, reports } => (marker, is_unlisted, reports),
        };
        self.storage.access = Access::Open;
        self.storage.marker = marker;
        if is_unlisted {
            self.storage.listing = Listing::Lacks;
        }
        let mut at = 0;
        for Found { key, owner, body, schedule, has_own_key } in found {
            if self.reports.iter().any(|known| known.key == key) {
                continue;
            }
            let mut report = Report::new(self.new_id(), key, owner, body, schedule);
            report.is_read = !has_own_key;
            if has_own_key {
                report.kept = marker.map_or(Kept::Unmarked, Kept::Under);
                if self.storage.listing == Listing::Unseen {
                    self.storage.listing = Listing::Has;
                }
            }
            self.reports.insert(at, Box::new(report));
            at += 1;
        }
        self.save_all(|report| !report.is_kept());
    }

    /// Whether storage has the report now.
    pub fn saved(&mut self, id: Id, is_saved: bool) {
        let marker = self.storage.marker;
        let Some(report) = self.find(id) else { return };
        let was_kept = report.is_kept();
        report.kept = match (is_saved, report.kept) {
            (false, _) => Kept::No,
            // Another marker may stand by now: that it was cleared is found out
            // when the report is read.
            (true, kept @ Kept::Under(_)) => kept,
            (true, _) => marker.map_or(Kept::Unmarked, Kept::Under),
        };
        if is_saved && !was_kept {
            // Storage takes reports again.
            self.save_all(|report| !report.is_kept());
            self.storage.wants_mark = true;
        }
    }

    /// Whether the listing has the key that was written.
    pub fn listed(&mut self, is_listed: bool) {
        self.storage.listing = if is_listed { Listing::Has } else { Listing::Lacks };
    }

    /// The result of [`Chore::Mark`].
    pub fn marked(&mut self, marked: Marked) {
        let (Marked::Written(marker) | Marked::Stands(marker)) = marked else { return };
        self.storage.marker = Some(marker);
        for report in &mut self.reports {
            if marked == Marked::Written(marker) {
                report.kept = Kept::Under(marker);
            } else {
                // It may have been written after storage was cleared.
                (report.kept, report.wants_save) = (Kept::No, true);
            }
        }
    }

    /// The result of [`Chore::Load`].
    pub fn loaded(&mut self, id: Id, loaded: Loaded, now: f64) {
        let marker = self.storage.marker;
        let is_claimed = self.is_claimed(id);
        let Some(report) = self.find(id) else { return };
        match loaded {
            Loaded::Found(stored, owner) => {
                report.learn(owner);
                if self.defers_to(id, stored, now) {
                    return;
                }
            }
            Loaded::Empty(Some(stands)) if report.kept == Kept::Under(stands) => {
                // Another copy has delivered it.
                drop(self.take(id));
                return;
            }
            Loaded::Empty(_) if !report.is_kept() => {}
            Loaded::Empty(stands) => {
                if marker.is_some() || stands.is_some() {
                    self.chores.push(Chore::Tell(Told::Cleared));
                }
                (self.storage.marker, self.storage.wants_mark) = (stands, true);
                for report in &mut self.reports {
                    (report.kept, report.wants_save) = (Kept::No, true);
                }
            }
            Loaded::Unknown => {}
        }
        if is_claimed {
            self.lease(id, now);
        }
    }

    fn save_all(&mut self, which: fn(&Report<B>) -> bool) {
        for report in self.reports.iter_mut().filter(|report| which(report)) {
            report.wants_save = true;
        }
    }

    fn has_saved_all(&self) -> bool {
        self.reports.iter().all(|report| report.is_kept())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "saved_tests.rs"]
mod tests;
