//! Which report goes next, and when: a state machine without clock, storage
//! or network.
//!
//! Reports go one at a time and in order. The one that is being sent is leased
//! for the time of its request: whoever reads the same storage (a second copy
//! of the SDK, or the next launch after a kill) leaves it alone until then.
//! Times are milliseconds since the epoch; a clock that was set back never
//! blocks a report for longer than the longest wait.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

/// The wait after the first failure, in milliseconds. It doubles with each.
pub const FIRST_WAIT_MS: f64 = 2_000.0;

/// The longest wait after a failure, in milliseconds.
pub const LONGEST_WAIT_MS: f64 = 600_000.0;

/// How much the outbox holds before the oldest reports go.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Limits {
    /// Most reports; at least one is always kept.
    pub count: usize,
    /// Most bytes of all reports together.
    pub bytes: usize,
}

/// One report. `B` is its body, which the outbox never looks into.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<B> {
    /// The `Idempotency-Key`, the same on every attempt.
    pub id: String,
    /// What is sent.
    pub body: B,
    /// Size of the body in bytes, for the limit.
    pub bytes: usize,
    /// How often sending has failed.
    pub attempts: u32,
    /// Not sent before this time, unless urged.
    pub not_before: f64,
    /// Being sent until this time: not sent by anyone else, even if urged.
    pub leased_until: f64,
}

impl<B> Entry<B> {
    /// A report that was never sent.
    #[must_use]
    pub const fn new(id: String, body: B, bytes: usize) -> Self {
        Self { id, body, bytes, attempts: 0, not_before: 0.0, leased_until: 0.0 }
    }

    /// Whether more has happened to this one than to `other`, a copy of the
    /// same report: it failed more often, or is being sent for longer.
    #[must_use]
    pub fn is_newer_than(&self, other: &Self) -> bool {
        (self.attempts, self.leased_until) > (other.attempts, other.leased_until)
    }
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
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Send the report with this id.
    Send(String),
    /// Ask again after so many milliseconds.
    Wait(f64),
    /// There is nothing to send.
    Empty,
}

/// The reports that the back end does not have yet, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Outbox<B> {
    entries: Vec<Entry<B>>,
}

impl<B> Default for Outbox<B> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<B> FromIterator<Entry<B>> for Outbox<B> {
    /// Takes entries up again, oldest first. Of two with the same id, the
    /// first stays.
    fn from_iter<I: IntoIterator<Item = Entry<B>>>(entries: I) -> Self {
        let mut outbox = Self::default();
        for entry in entries {
            if !outbox.entries.iter().any(|known| known.id == entry.id) {
                outbox.entries.push(entry);
            }
        }
        outbox
    }
}

impl<B> Outbox<B> {
    /// The reports, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry<B>] {
        &self.entries
    }

    /// Adds a report at the end, and gives back those that had to go for it,
    /// oldest first. The new one itself always stays, and so does one that is
    /// being sent: the back end may have it by now.
    #[must_use = "a report that is dropped unseen is a consent that is lost"]
    pub fn push(
        &mut self,
        entry: Entry<B>,
        limits: Limits,
        now: f64,
        lease_ms: f64,
    ) -> Vec<Entry<B>> {
        let mut count = self.entries.len() + 1;
        let mut bytes = entry.bytes + self.entries.iter().map(|entry| entry.bytes).sum::<usize>();
        let (dropped, kept) = mem::take(&mut self.entries).into_iter().partition(|entry| {
            let too_much = count > limits.count || bytes > limits.bytes;
            let goes = too_much && left(entry.leased_until, now, lease_ms) == 0.0;
            if goes {
                count -= 1;
                bytes -= entry.bytes;
            }
            goes
        });
        self.entries = kept;
        self.entries.push(entry);
        dropped
    }

    /// What to do at the time `now`.
    #[must_use]
    pub fn next(&self, now: f64, urge: Urge, lease_ms: f64) -> Next {
        let Some(oldest) = self.entries.first() else { return Next::Empty };
        let leased = left(oldest.leased_until, now, lease_ms);
        let waiting = match urge {
            Urge::WhenDue => left(oldest.not_before, now, LONGEST_WAIT_MS),
            Urge::Now => 0.0,
        };
        let wait = leased.max(waiting);
        if wait > 0.0 { Next::Wait(wait) } else { Next::Send(oldest.id.clone()) }
    }

    /// Marks a report as being sent, for `lease_ms` from `now`.
    pub fn lease(&mut self, id: &str, now: f64, lease_ms: f64) {
        if let Some(entry) = self.find(id) {
            entry.leased_until = now + lease_ms;
        }
    }

    /// After a failure: the report waits, twice as long as the last time.
    /// `random`, from 0 to 1, spreads the clients: the wait is between half
    /// and the whole of its length. Returns it in milliseconds.
    pub fn postpone(&mut self, id: &str, now: f64, random: f64) -> f64 {
        let Some(entry) = self.find(id) else { return 0.0 };
        let doublings = entry.attempts.min(16);
        let longest = (FIRST_WAIT_MS * f64::from(1u32 << doublings)).min(LONGEST_WAIT_MS);
        let wait = longest * (0.5 + 0.5 * random.clamp(0.0, 1.0));
        entry.attempts = entry.attempts.saturating_add(1);
        entry.not_before = now + wait;
        entry.leased_until = 0.0;
        wait
    }

    /// Takes a report out: the back end has it, or never wants it.
    pub fn remove(&mut self, id: &str) -> Option<Entry<B>> {
        self.entries.extract_if(.., |entry| entry.id == id).next()
    }

    fn find(&mut self, id: &str) -> Option<&mut Entry<B>> {
        self.entries.iter_mut().find(|entry| entry.id == id)
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
    use std::string::ToString;

    const LEASE_MS: f64 = 15_000.0;
    const LIMITS: Limits = Limits { count: 5, bytes: 100 };

    fn entry(id: u32, bytes: usize) -> Entry<u32> {
        Entry::new(id.to_string(), id, bytes)
    }

    fn push(outbox: &mut Outbox<u32>, id: u32, bytes: usize) -> Vec<Entry<u32>> {
        outbox.push(entry(id, bytes), LIMITS, 0.0, LEASE_MS)
    }

    fn outbox(ids: impl IntoIterator<Item = u32>) -> Outbox<u32> {
        ids.into_iter().map(|id| entry(id, 1)).collect()
    }

    #[test]
    fn an_empty_outbox_has_nothing_to_send() {
        assert_eq!(outbox([]).next(0.0, Urge::Now, LEASE_MS), Next::Empty);
    }

    #[test]
    fn reports_go_in_order() {
        let mut outbox = outbox([1, 2]);
        assert_eq!(outbox.next(0.0, Urge::WhenDue, LEASE_MS), Next::Send("1".into()));
        outbox.remove("1");
        assert_eq!(outbox.next(0.0, Urge::WhenDue, LEASE_MS), Next::Send("2".into()));
        outbox.remove("2");
        assert_eq!(outbox.next(0.0, Urge::WhenDue, LEASE_MS), Next::Empty);
    }

    #[test]
    fn a_leased_report_is_left_alone_even_if_urged_until_the_lease_ends() {
        let mut outbox = outbox([1, 2]);
        outbox.lease("1", 1_000.0, LEASE_MS);
        for urge in [Urge::WhenDue, Urge::Now] {
            assert_eq!(outbox.next(6_000.0, urge, LEASE_MS), Next::Wait(10_000.0));
            assert_eq!(outbox.next(16_000.0, urge, LEASE_MS), Next::Send("1".into()));
        }
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest_and_is_spread() {
        let mut outbox = outbox([1]);
        let waits: Vec<f64> = (0..12).map(|_| outbox.postpone("1", 0.0, 1.0)).collect();
        assert_eq!(waits.get(..4), Some(&[2_000.0, 4_000.0, 8_000.0, 16_000.0][..]));
        assert_eq!(waits.last(), Some(&LONGEST_WAIT_MS));
        assert_eq!(outbox.postpone("1", 0.0, 0.0), LONGEST_WAIT_MS / 2.0);
        assert_eq!(outbox.entries()[0].attempts, 13);
    }

    #[test]
    fn a_report_that_waits_is_sent_when_due_or_when_urged() {
        let mut outbox = outbox([1]);
        let wait = outbox.postpone("1", 100.0, 0.5);
        assert_eq!(outbox.next(100.0, Urge::WhenDue, LEASE_MS), Next::Wait(wait));
        assert_eq!(outbox.next(100.0, Urge::Now, LEASE_MS), Next::Send("1".into()));
        assert_eq!(outbox.next(100.0 + wait, Urge::WhenDue, LEASE_MS), Next::Send("1".into()));
    }

    #[test]
    fn a_clock_that_was_set_back_blocks_nothing() {
        let mut outbox = outbox([1]);
        outbox.postpone("1", 1e12, 1.0);
        outbox.lease("1", 1e12, LEASE_MS);
        assert_eq!(outbox.next(0.0, Urge::WhenDue, LEASE_MS), Next::Send("1".into()));
    }

    #[test]
    fn times_from_a_damaged_storage_block_nothing() {
        for time in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
            let damaged = Entry { not_before: time, leased_until: time, ..entry(1, 1) };
            let outbox: Outbox<u32> = [damaged].into_iter().collect();
            assert_eq!(outbox.next(1e12, Urge::WhenDue, LEASE_MS), Next::Send("1".into()));
        }
    }

    #[test]
    fn of_two_copies_the_one_that_more_has_happened_to_is_newer() {
        let fresh = entry(1, 1);
        let leased = Entry { leased_until: 5.0, ..fresh.clone() };
        let failed = Entry { attempts: 1, not_before: 9.0, ..fresh.clone() };
        assert!(leased.is_newer_than(&fresh) && !fresh.is_newer_than(&leased));
        assert!(failed.is_newer_than(&leased) && !leased.is_newer_than(&failed));
        assert!(!fresh.is_newer_than(&fresh.clone()));
    }

    #[test]
    fn when_full_the_oldest_go_and_are_given_back() {
        let mut outbox = outbox(1..=5);
        let dropped = push(&mut outbox, 6, 1);
        assert_eq!(dropped.iter().map(|entry| entry.body).collect::<Vec<_>>(), [1]);
        let dropped = push(&mut outbox, 7, 98);
        assert_eq!(dropped.iter().map(|entry| entry.body).collect::<Vec<_>>(), [2, 3, 4]);
        let dropped = push(&mut outbox, 8, 1_000);
        assert_eq!(dropped.iter().map(|entry| entry.body).collect::<Vec<_>>(), [5, 6, 7]);
        assert_eq!(outbox.entries().len(), 1, "the newest stays, however large");
    }

    #[test]
    fn when_full_the_report_that_is_being_sent_stays() {
        let mut outbox = outbox(1..=5);
        outbox.lease("1", 0.0, LEASE_MS);
        let dropped = push(&mut outbox, 6, 1);
        assert_eq!(dropped.iter().map(|entry| entry.body).collect::<Vec<_>>(), [2]);
        assert_eq!(outbox.entries()[0].body, 1);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Push(usize),
        Try(Urge),
        Acknowledge,
        Fail(f64),
        Refuse,
        Restart,
        Clock(f64),
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (1usize..60).prop_map(Step::Push),
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
                            prop_assert_eq!(model.waiting.remove(at), dropped.body);
                            prop_assert!(model.gone.insert(dropped.body));
                            model.in_flight.take_if(|id| *id == dropped.body);
                        }
                        let bytes: usize = outbox.entries().iter().map(|e| e.bytes).sum();
                        let len = outbox.entries().len();
                        let kept = 1 + usize::from(sending.is_some());
                        prop_assert!(len <= LIMITS.count || len <= kept);
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
                            prop_assert!(matches!(next, Next::Send(_)), "it never comes to an end");
                        }
                        Next::Send(id) => {
                            let oldest = model.waiting.first().map(u32::to_string);
                            prop_assert_eq!(Some(id.clone()), oldest);
                            let held = model.leased_until - now;
                            prop_assert!(
                                model.in_flight.is_none() || held <= 0.0 || held > LEASE_MS,
                                "sent again while the first request may still succeed",
                            );
                            outbox.lease(&id, now, LEASE_MS);
                            model.in_flight = model.waiting.first().copied();
                            model.leased_until = now + LEASE_MS;
                        }
                    },
                    Step::Acknowledge | Step::Refuse => {
                        if let Some(id) = model.in_flight.take() {
                            prop_assert_eq!(outbox.remove(&id.to_string()).map(|e| e.body), Some(id));
                            prop_assert_eq!(outbox.remove(&id.to_string()), None);
                            model.waiting.retain(|waiting| *waiting != id);
                            prop_assert!(model.gone.insert(id));
                        }
                    }
                    Step::Fail(random) => {
                        if let Some(id) = model.in_flight.take() {
                            outbox.postpone(&id.to_string(), now, random);
                        }
                    }
                    Step::Restart => {
                        let entries = outbox.entries().to_vec();
                        outbox = entries.iter().cloned().chain(entries.clone()).collect();
                        prop_assert_eq!(outbox.entries(), entries.as_slice());
                    }
                    Step::Clock(by) => now += by,
                }
                let held: Vec<u32> = outbox.entries().iter().map(|entry| entry.body).collect();
                prop_assert_eq!(&held, &model.waiting);
            }
            let all = model.waiting.len() + model.gone.len();
            prop_assert_eq!(all, model.pushed as usize, "each report is waiting or gone, once");
        }
    }
}
