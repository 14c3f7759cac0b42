//! Which report goes next, and when: a state machine without clock, storage
//! or network.
//!
//! Reports go one at a time and in order. The one that is being sent is leased
//! for the time of its request: whoever reads the same storage (a second copy
//! of the SDK, or the next launch after a kill) leaves it alone until then.
//! Times are milliseconds since the epoch; a clock that was set back never
//! blocks a report for longer than the longest wait.

use alloc::vec::Vec;

/// The wait after the first failure, in milliseconds. It doubles with each.
pub const FIRST_WAIT_MS: f64 = 2_000.0;

/// The longest wait after a failure, in milliseconds.
pub const LONGEST_WAIT_MS: f64 = 600_000.0;

/// How much the outbox holds before the oldest reports go.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most reports; at least one is always kept.
    pub count: f64,
    /// Most bytes of all reports together.
    pub bytes: f64,
}

/// A number that is kept with a report; 0 unless it was set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Field {
    /// Size of the report in bytes, for the limit.
    Bytes,
    /// How often sending has failed.
    Attempts,
    /// Not sent before this time, unless urged.
    NotBefore,
    /// Being sent until this time: not sent by anyone else, even if urged.
    LeasedUntil,
}

/// One report, wherever its parts are.
pub trait Report {
    /// The `Idempotency-Key`, the same on every attempt.
    type Id: PartialEq;

    /// The id of this report.
    fn id(&self) -> Self::Id;

    /// A number that is kept with it.
    fn get(&self, field: Field) -> f64;

    /// Keeps a number with it.
    fn set(&mut self, field: Field, value: f64);
}

/// Whether more has happened to `one` than to `other`, a copy of the same
/// report: it failed more often, or is being sent for longer.
fn is_newer<R: Report>(one: &R, other: &R) -> bool {
    let (failed, failed_there) = (one.get(Field::Attempts), other.get(Field::Attempts));
    let is_leased = one.get(Field::LeasedUntil) > other.get(Field::LeasedUntil);
    failed > failed_there || (failed == failed_there && is_leased)
}

/// Whether a report that failed is tried before its wait is over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Urge {
    /// No: a timer or a new call asks.
    WhenDue,
    /// Yes: the application asked, or the network is back.
    Now,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// Send the oldest report.
    Send,
    /// Ask again after so many milliseconds.
    Wait(f64),
    /// There is nothing to send.
    Empty,
}

/// The reports that the back end does not have yet, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Outbox<R> {
    reports: Vec<R>,
}

impl<R> Default for Outbox<R> {
    fn default() -> Self {
        Self { reports: Vec::new() }
    }
}

impl<R: Report> Outbox<R> {
    /// The reports, oldest first.
    #[must_use]
    pub fn reports(&self) -> &[R] {
        &self.reports
    }

    /// Takes in the reports that are found somewhere else, oldest first. Those
    /// that are new here are older than those that are known; of two copies of
    /// a report, the newer one stays.
    pub fn merge(&mut self, found: impl IntoIterator<Item = R>) {
        let (mut older, mut next) = (0, 0);
        for report in found {
            // Both have the same order as a rule, so each search goes on from the last.
            let known = self.position(&report.id(), older, next);
            match known.and_then(|at| self.reports.get_mut(at)) {
                Some(known) if is_newer(&report, known) => *known = report,
                Some(_) => {}
                None => {
                    self.reports.insert(older, report);
                    older += 1;
                }
            }
            next = known.map_or(next.max(older), |at| at + 1);
        }
    }

    /// Where a report is among those from `first` on, looked for from `start` on
    /// and then from the first.
    fn position(&self, id: &R::Id, first: usize, start: usize) -> Option<usize> {
        let is_there = |at: &usize| self.reports.get(*at).is_some_and(|report| report.id() == *id);
        (start..self.reports.len()).chain(first..start).find(is_there)
    }

    /// Drops the reports that `is_kept` does not want.
    pub fn retain(&mut self, is_kept: impl Fn(&R) -> bool) {
        let mut at = 0;
        while let Some(report) = self.reports.get(at) {
            if is_kept(report) {
                at += 1;
            } else {
                self.reports.remove(at);
            }
        }
    }

    /// Adds a report at the end, and gives back those that had to go for it,
    /// oldest first. The new one itself always stays, and so does one that is
    /// being sent: the back end may have it by now.
    #[must_use = "a report that is dropped unseen is a consent that is lost"]
    pub fn push(&mut self, report: R, limits: Limits, now: f64, lease_ms: f64) -> Vec<R> {
        let size = |report: &R| report.get(Field::Bytes);
        let mut bytes = size(&report) + self.reports.iter().map(size).sum::<f64>();
        let (mut dropped, mut at) = (Vec::new(), 0);
        while let Some(oldest) = self.reports.get(at)
            && (self.reports.len() as f64 >= limits.count || bytes > limits.bytes)
        {
            if left(oldest.get(Field::LeasedUntil), now, lease_ms) > 0.0 {
                at += 1;
            } else {
                bytes -= size(oldest);
                dropped.push(self.reports.remove(at));
            }
        }
        self.reports.push(report);
        dropped
    }

    /// What to do at the time `now`.
    #[must_use]
    pub fn next(&self, now: f64, urge: Urge, lease_ms: f64) -> Next {
        let Some(oldest) = self.reports.first() else { return Next::Empty };
        let leased = left(oldest.get(Field::LeasedUntil), now, lease_ms);
        let waiting = match urge {
            Urge::WhenDue => left(oldest.get(Field::NotBefore), now, LONGEST_WAIT_MS),
            Urge::Now => 0.0,
        };
        let wait = leased.max(waiting);
        if wait > 0.0 { Next::Wait(wait) } else { Next::Send }
    }

    /// Marks the oldest report as being sent, for `lease_ms` from `now`, and
    /// gives it.
    pub fn lease(&mut self, now: f64, lease_ms: f64) -> Option<&R> {
        let oldest = self.reports.first_mut()?;
        oldest.set(Field::LeasedUntil, now + lease_ms);
        Some(oldest)
    }

    /// After a failure: the report waits, twice as long as the last time.
    /// `random`, from 0 to 1, spreads the clients: the wait is between half
    /// and the whole of its length. Returns it in milliseconds.
    pub fn postpone(&mut self, id: &R::Id, now: f64, random: f64) -> f64 {
        let at = self.position(id, 0, 0);
        let Some(report) = at.and_then(|at| self.reports.get_mut(at)) else { return 0.0 };
        let attempts = report.get(Field::Attempts);
        let (mut longest, mut doublings) = (FIRST_WAIT_MS, attempts);
        while doublings >= 1.0 && longest < LONGEST_WAIT_MS {
            longest *= 2.0;
            doublings -= 1.0;
        }
        let wait = longest.min(LONGEST_WAIT_MS) * (0.5 + 0.5 * random);
        report.set(Field::Attempts, attempts + 1.0);
        report.set(Field::NotBefore, now + wait);
        report.set(Field::LeasedUntil, 0.0);
        wait
    }

    /// Takes a report out, and whatever copies of it were found with it: the
    /// back end has it, or never wants it.
    pub fn remove(&mut self, id: &R::Id) -> Option<R> {
        let mut removed = None;
        while let Some(at) = self.position(id, 0, 0) {
            removed = Some(self.reports.remove(at));
        }
        removed
    }
}

/// How long until `until`. More than `longest` means that the clock was set
/// back since, and NaN that the time was not ours: neither is waited for.
fn left(until: f64, now: f64, longest: f64) -> f64 {
    let left = until - now;
    if left > 0.0 && left <= longest { left } else { 0.0 }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const LEASE_MS: f64 = 15_000.0;
    const LIMITS: Limits = Limits { count: 5.0, bytes: 100.0 };

    #[derive(Clone, Debug, PartialEq)]
    struct Entry {
        id: u32,
        numbers: [f64; 4],
    }

    impl Report for Entry {
        type Id = u32;

        fn id(&self) -> u32 {
            self.id
        }

        fn get(&self, field: Field) -> f64 {
            self.numbers[field as usize]
        }

        fn set(&mut self, field: Field, value: f64) {
            self.numbers[field as usize] = value;
        }
    }

    fn entry(id: u32, bytes: u32) -> Entry {
        Entry { id, numbers: [bytes.into(), 0.0, 0.0, 0.0] }
    }

    fn with(mut entry: Entry, field: Field, value: f64) -> Entry {
        entry.set(field, value);
        entry
    }

    fn ids(reports: &[Entry]) -> Vec<u32> {
        reports.iter().map(|report| report.id).collect()
    }

    fn push(outbox: &mut Outbox<Entry>, id: u32, bytes: u32) -> Vec<u32> {
        ids(&outbox.push(entry(id, bytes), LIMITS, 0.0, LEASE_MS))
    }

    fn outbox(ids: impl IntoIterator<Item = u32>) -> Outbox<Entry> {
        Outbox { reports: ids.into_iter().map(|id| entry(id, 1)).collect() }
    }

    #[test]
    fn an_empty_outbox_has_nothing_to_send() {
        assert_eq!(outbox([]).next(0.0, Urge::Now, LEASE_MS), Next::Empty);
    }

    #[test]
    fn reports_go_in_order() {
        let mut outbox = outbox([1, 2]);
        for id in [1, 2] {
            assert_eq!(outbox.next(0.0, Urge::WhenDue, LEASE_MS), Next::Send);
            assert_eq!(outbox.lease(0.0, LEASE_MS).map(Entry::id), Some(id));
            assert_eq!(outbox.remove(&id).map(|report| report.id), Some(id));
        }
        assert_eq!(outbox.next(0.0, Urge::WhenDue, LEASE_MS), Next::Empty);
        assert_eq!(outbox.lease(0.0, LEASE_MS), None);
    }

    #[test]
    fn a_leased_report_is_left_alone_even_if_urged_until_the_lease_ends() {
        let mut outbox = outbox([1, 2]);
        outbox.lease(1_000.0, LEASE_MS);
        for urge in [Urge::WhenDue, Urge::Now] {
            assert_eq!(outbox.next(6_000.0, urge, LEASE_MS), Next::Wait(10_000.0));
            assert_eq!(outbox.next(16_000.0, urge, LEASE_MS), Next::Send);
        }
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest_and_is_spread() {
        let mut outbox = outbox([1]);
        let waits: Vec<f64> = (0..12).map(|_| outbox.postpone(&1, 0.0, 1.0)).collect();
        assert_eq!(waits.get(..4), Some(&[2_000.0, 4_000.0, 8_000.0, 16_000.0][..]));
        assert_eq!(waits.last(), Some(&LONGEST_WAIT_MS));
        assert_eq!(outbox.postpone(&1, 0.0, 0.0), LONGEST_WAIT_MS / 2.0);
        assert_eq!(outbox.reports()[0].get(Field::Attempts), 13.0);
    }

    #[test]
    fn a_report_that_waits_is_sent_when_due_or_when_urged() {
        let mut outbox = outbox([1]);
        let wait = outbox.postpone(&1, 100.0, 0.5);
        assert_eq!(outbox.next(100.0, Urge::WhenDue, LEASE_MS), Next::Wait(wait));
        assert_eq!(outbox.next(100.0, Urge::Now, LEASE_MS), Next::Send);
        assert_eq!(outbox.next(100.0 + wait, Urge::WhenDue, LEASE_MS), Next::Send);
    }

    #[test]
    fn a_clock_that_was_set_back_blocks_nothing() {
        let mut outbox = outbox([1]);
        outbox.postpone(&1, 1e12, 1.0);
        outbox.lease(1e12, LEASE_MS);
        assert_eq!(outbox.next(0.0, Urge::WhenDue, LEASE_MS), Next::Send);
    }

    #[test]
    fn numbers_from_a_damaged_storage_block_nothing() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -1.5] {
            let damaged = Entry { id: 1, numbers: [number; 4] };
            let mut outbox = Outbox::default();
            outbox.merge([damaged]);
            assert_eq!(outbox.next(1e12, Urge::WhenDue, LEASE_MS), Next::Send);
            let wait = outbox.postpone(&1, 1e12, 1.0);
            assert!((FIRST_WAIT_MS..=LONGEST_WAIT_MS).contains(&wait), "{number}: {wait}");
        }
    }

    #[test]
    fn of_two_copies_the_one_that_more_has_happened_to_is_newer() {
        let fresh = entry(1, 1);
        let leased = with(fresh.clone(), Field::LeasedUntil, 5.0);
        let failed = with(fresh.clone(), Field::Attempts, 1.0);
        assert!(is_newer(&leased, &fresh) && !is_newer(&fresh, &leased));
        assert!(is_newer(&failed, &leased) && !is_newer(&leased, &failed));
        assert!(!is_newer(&fresh, &fresh.clone()));
    }

    #[test]
    fn what_is_found_goes_before_what_is_known_and_the_newer_copy_stays() {
        let mut outbox = Outbox::default();
        outbox.merge([entry(3, 1), entry(4, 1), with(entry(5, 1), Field::LeasedUntil, 9.0)]);
        let failed = with(entry(4, 1), Field::Attempts, 1.0);
        outbox.merge([entry(1, 1), entry(5, 1), failed.clone(), entry(2, 1)]);
        assert_eq!(ids(outbox.reports()), [1, 2, 3, 4, 5]);
        assert_eq!(outbox.reports()[3], failed);
        assert_eq!(outbox.reports()[4].get(Field::LeasedUntil), 9.0);
        outbox.retain(|report| report.id != 3);
        assert_eq!(ids(outbox.reports()), [1, 2, 4, 5]);
    }

    #[test]
    fn a_report_that_was_found_twice_is_removed_at_once() {
        let mut outbox = outbox([1, 1, 2]);
        assert_eq!(outbox.remove(&1), Some(entry(1, 1)));
        assert_eq!(ids(outbox.reports()), [2]);
    }

    #[test]
    fn when_full_the_oldest_go_and_are_given_back() {
        let mut outbox = outbox(1..=5);
        assert_eq!(push(&mut outbox, 6, 1), [1]);
        assert_eq!(push(&mut outbox, 7, 98), [2, 3, 4]);
        assert_eq!(push(&mut outbox, 8, 1_000), [5, 6, 7]);
        assert_eq!(ids(outbox.reports()), [8], "the newest stays, however large");
    }

    #[test]
    fn when_full_the_report_that_is_being_sent_stays() {
        let mut outbox = outbox(1..=5);
        outbox.lease(0.0, LEASE_MS);
        assert_eq!(push(&mut outbox, 6, 1), [2]);
        assert_eq!(ids(outbox.reports()), [1, 3, 4, 5, 6]);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Push(u32),
        Try(Urge),
        Acknowledge,
        Fail(f64),
        Refuse,
        Restart,
        Clock(f64),
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (1u32..60).prop_map(Step::Push),
            4 => prop_oneof![Just(Urge::WhenDue), Just(Urge::Now)].prop_map(Step::Try),
            3 => Just(Step::Acknowledge),
            2 => (0.0..1.0).prop_map(Step::Fail),
            1 => Just(Step::Refuse),
            1 => Just(Step::Restart),
            3 => (-1e6..1e6).prop_map(Step::Clock),
        ]
    }

    /// The reference: ids in order, and where each one ended.
    #[derive(Default)]
    struct Model {
        waiting: Vec<u32>,
        gone: BTreeSet<u32>,
        in_flight: Option<u32>,
        leased_until: f64,
        pushed: u32,
    }

    proptest! {
        #[test]
        fn no_history_loses_repeats_or_reorders_a_report(
            steps in prop::collection::vec(any_step(), 0..200),
        ) {
            let mut outbox = Outbox::default();
            let mut model = Model::default();
            let mut now = 1e12;
            for step in steps {
                match step {
                    Step::Push(bytes) => {
                        model.pushed += 1;
                        model.waiting.push(model.pushed);
                        let new = entry(model.pushed, bytes);
                        let held = model.leased_until - now;
                        let sending = model.in_flight.filter(|_| held > 0.0 && held <= LEASE_MS);
                        for dropped in outbox.push(new, LIMITS, now, LEASE_MS) {
                            let mut oldest = model.waiting.iter();
                            let at = oldest.position(|id| Some(*id) != sending).unwrap();
                            prop_assert_eq!(model.waiting.remove(at), dropped.id);
                            prop_assert!(model.gone.insert(dropped.id));
                            model.in_flight.take_if(|id| *id == dropped.id);
                        }
                        let reports = outbox.reports();
                        let bytes: f64 = reports.iter().map(|r| r.get(Field::Bytes)).sum();
                        let len = reports.len();
                        let kept = 1 + usize::from(sending.is_some());
                        prop_assert!(len as f64 <= LIMITS.count || len <= kept);
                        prop_assert!(bytes <= LIMITS.bytes || len <= kept);
                    }
                    Step::Try(urge) => match outbox.next(now, urge, LEASE_MS) {
                        Next::Empty => prop_assert!(model.waiting.is_empty()),
                        Next::Wait(wait) => {
                            prop_assert!(!model.waiting.is_empty());
                            prop_assert!(wait > 0.0 && wait <= LONGEST_WAIT_MS);
                            if urge == Urge::Now {
                                prop_assert!(wait <= LEASE_MS);
                            }
                            // The wait and the lease each block one stretch of time.
                            let mut later = now + wait + 1.0;
                            for _ in 0..2 {
                                if let Next::Wait(wait) = outbox.next(later, urge, LEASE_MS) {
                                    later += wait + 1.0;
                                }
                            }
                            let next = outbox.next(later, urge, LEASE_MS);
                            prop_assert!(next == Next::Send, "it never comes to an end");
                        }
                        Next::Send => {
                            let held = model.leased_until - now;
                            prop_assert!(
                                model.in_flight.is_none() || held <= 0.0 || held > LEASE_MS,
                                "sent again while the first request may still succeed",
                            );
                            model.in_flight = model.waiting.first().copied();
                            let leased = outbox.lease(now, LEASE_MS).map(Entry::id);
                            prop_assert_eq!(leased, model.in_flight);
                            model.leased_until = now + LEASE_MS;
                        }
                    },
                    Step::Acknowledge | Step::Refuse => {
                        if let Some(id) = model.in_flight.take() {
                            prop_assert_eq!(outbox.remove(&id).map(|report| report.id), Some(id));
                            prop_assert_eq!(outbox.remove(&id), None);
                            model.waiting.retain(|waiting| *waiting != id);
                            prop_assert!(model.gone.insert(id));
                        }
                    }
                    Step::Fail(random) => {
                        if let Some(id) = model.in_flight.take() {
                            outbox.postpone(&id, now, random);
                        }
                    }
                    Step::Restart => {
                        let reports = outbox.reports().to_vec();
                        outbox = Outbox::default();
                        outbox.merge(reports.clone());
                        outbox.merge(reports.clone());
                        prop_assert_eq!(outbox.reports(), reports.as_slice());
                    }
                    Step::Clock(by) => now += by,
                }
                prop_assert_eq!(ids(outbox.reports()), model.waiting.clone());
            }
            let all = model.waiting.len() + model.gone.len();
            prop_assert_eq!(all, model.pushed as usize, "each report is waiting or gone, once");
        }
    }
}
