use super::*;
use alloc::collections::BTreeMap;
use proptest::prelude::*;

type Report = super::Report<()>;
type Outbox = super::Outbox<()>;
type Next = super::Next<()>;

const LEASE_MS: f64 = 15_000.0;
const LIMITS: Limits = Limits { reports: 5.0, bytes: 100.0, age_ms: 1e9 };

fn report(id: u32, bytes: u32) -> Rc<Report> {
    Rc::new(Report {
        id: id.to_string(),
        open_id: Some("user".into()),
        body: (),
        bytes,
        is_saved: Cell::new(true),
        schedule: Cell::default(),
    })
}

/// The report with this id of a set of consecutive ones.
fn of(outbox: &Outbox, id: u32) -> Rc<Report> {
    Rc::clone(outbox.get(&id.to_string()).unwrap())
}

fn change(report: &Report, change: impl FnOnce(&mut Schedule)) {
    let mut schedule = report.schedule.get();
    change(&mut schedule);
    report.schedule.set(schedule);
}

fn close_line(outbox: &mut Outbox, id: u32, now: f64, random: f64) {
    let report = of(outbox, id);
    outbox.close_line(&report, now, random);
}

fn postpone(outbox: &Outbox, id: u32, now: f64, random: f64) -> f64 {
    of(outbox, id).postpone(now, random, None)
}

fn sent(next: &Next) -> Option<u32> {
    match next {
        Next::Send(report) => report.id.parse().ok(),
        Next::Wait(_) | Next::Nothing => None,
    }
}

fn ids(reports: &[Rc<Report>]) -> Vec<u32> {
    reports.iter().map(|report| report.id.parse().unwrap()).collect()
}

fn outbox(ids: impl IntoIterator<Item = u32>) -> Outbox {
    Outbox { reports: ids.into_iter().map(|id| report(id, 1)).collect(), ..Outbox::default() }
}

fn push(outbox: &mut Outbox, id: u32, bytes: u32) -> Vec<u32> {
    push_at(outbox, id, bytes, 0.0)
}

/// Pushes a report, and returns the ids of those that had to go for it.
fn push_at(outbox: &mut Outbox, id: u32, bytes: u32, now: f64) -> Vec<u32> {
    outbox.push(report(id, bytes));
    let mut dropped = Vec::new();
    while let Some(oldest) = outbox.overflow(LIMITS, now, LEASE_MS) {
        assert!(outbox.remove(&oldest.id));
        dropped.push(oldest);
    }
    ids(&dropped)
}

fn next(outbox: &Outbox, now: f64) -> Next {
    outbox.next(now, Some("user"), LEASE_MS)
}

#[test]
fn an_empty_outbox_has_nothing_to_send() {
    assert_eq!(next(&outbox([]), 0.0), Next::Nothing);
}

#[test]
fn reports_go_in_order() {
    let mut outbox = outbox([1, 2]);
    for id in [1, 2] {
        assert_eq!(sent(&next(&outbox, 0.0)), Some(id));
        outbox.lease(&of(&outbox, id), LEASE_MS);
        assert!(outbox.remove(&id.to_string()));
    }
    assert_eq!(next(&outbox, 0.0), Next::Nothing);
}

#[test]
fn a_report_that_always_fails_keeps_back_no_other() {
    let mut outbox = outbox([1, 2, 3]);
    postpone(&outbox, 1, 0.0, 0.0);
    assert_eq!(sent(&next(&outbox, 0.0)), Some(2));
    postpone(&outbox, 2, 100.0, 0.0);
    assert_eq!(sent(&next(&outbox, 100.0)), Some(3));
    outbox.remove("3");
    assert_eq!(next(&outbox, 100.0), Next::Wait(900.0));
    assert_eq!(sent(&next(&outbox, 5_000.0)), Some(1), "the one that failed first");
}

#[test]
fn where_the_network_is_down_none_is_tried_and_then_another_one_first() {
    let mut outbox = outbox([1, 2]);
    postpone(&outbox, 1, 0.0, 1.0);
    close_line(&mut outbox, 1, 0.0, 1.0);
    assert_eq!(next(&outbox, 1_999.0), Next::Wait(1.0));
    assert_eq!(sent(&next(&outbox, 2_000.0)), Some(2));
    postpone(&outbox, 2, 2_000.0, 1.0);
    close_line(&mut outbox, 2, 2_000.0, 1.0);
    assert_eq!(next(&outbox, 2_000.0), Next::Wait(4_000.0), "twice as long");
    outbox.open_line();
    assert_eq!(sent(&next(&outbox, 2_000.0)), Some(1));
}

#[test]
fn a_round_that_begins_while_an_attempt_fails_is_not_forgotten() {
    let mut outbox = outbox([1]);
    outbox.lease(&of(&outbox, 1), LEASE_MS);
    outbox.begin_round();
    postpone(&outbox, 1, 0.0, 1.0);
    close_line(&mut outbox, 1, 0.0, 1.0);
    assert_eq!(sent(&next(&outbox, 0.0)), Some(1));
}

#[test]
fn a_report_whose_user_has_signed_in_again_goes_at_once() {
    let outbox = outbox([1]);
    postpone(&outbox, 1, 0.0, 1.0);
    outbox.lease(&of(&outbox, 1), LEASE_MS);
    outbox.try_again(&of(&outbox, 1));
    assert_eq!(sent(&next(&outbox, 0.0)), Some(1));
}

#[test]
fn a_round_tries_each_report_once_whatever_its_wait() {
    let mut outbox = outbox([1, 2]);
    for id in [1, 2] {
        postpone(&outbox, id, 0.0, 1.0);
    }
    close_line(&mut outbox, 1, 0.0, 1.0);
    outbox.begin_round();
    for id in [1, 2] {
        assert_eq!(sent(&next(&outbox, 10.0)), Some(id));
        outbox.lease(&of(&outbox, id), 10.0 + LEASE_MS);
        postpone(&outbox, id, 10.0, 1.0);
    }
    assert_eq!(next(&outbox, 10.0), Next::Wait(4_000.0));
}

#[test]
fn a_round_that_begins_during_an_attempt_is_not_forgotten_when_it_fails() {
    let mut outbox = outbox([1]);
    outbox.lease(&of(&outbox, 1), LEASE_MS);
    outbox.begin_round();
    postpone(&outbox, 1, 0.0, 1.0);
    assert_eq!(sent(&next(&outbox, 0.0)), Some(1));
}

#[test]
fn what_another_copy_leases_is_left_alone_until_the_lease_ends() {
    let mut outbox = outbox([1, 2]);
    change(&of(&outbox, 1), |schedule| schedule.leased_until = 1_000.0 + LEASE_MS);
    assert_eq!(sent(&next(&outbox, 1_000.0)), Some(2));
    outbox.remove("2");
    outbox.begin_round();
    assert_eq!(next(&outbox, 6_000.0), Next::Wait(10_000.0));
    assert_eq!(sent(&next(&outbox, 16_000.0)), Some(1));
}

#[test]
fn a_report_waits_for_its_own_user() {
    let mut outbox = outbox([1, 2, 3]);
    let other = Report { open_id: Some(String::new()), ..(*of(&outbox, 2)).clone() };
    outbox.replace(Rc::new(other));
    let other = Report { open_id: None, ..(*of(&outbox, 3)).clone() };
    outbox.replace(Rc::new(other));
    let sent_for = |user| {
        let mut outbox = outbox.clone();
        let mut sent = Vec::new();
        while let Next::Send(report) = outbox.next(0.0, user, LEASE_MS) {
            outbox.remove(&report.id);
            sent.push(report.id.clone());
        }
        sent
    };
    assert_eq!(sent_for(Some("user")), ["1", "2", "3"]);
    assert_eq!(sent_for(Some("another")), ["2", "3"]);
    assert_eq!(sent_for(Some("")), ["1", "2", "3"], "nobody else is signed in");
    assert_eq!(sent_for(None), ["1", "2", "3"]);
    outbox.remove("2");
    outbox.remove("3");
    assert_eq!(outbox.next(0.0, Some("another"), LEASE_MS), Next::Nothing);
}

#[test]
fn the_wait_doubles_up_to_the_longest_and_is_spread() {
    let outbox = outbox([1]);
    let waits: Vec<f64> = (0..12).map(|_| postpone(&outbox, 1, 0.0, 1.0)).collect();
    assert_eq!(waits.get(..4), Some(&[2_000.0, 4_000.0, 8_000.0, 16_000.0][..]));
    assert_eq!(waits.last(), Some(&LONGEST_WAIT_MS));
    assert_eq!(postpone(&outbox, 1, 0.0, 0.0), LONGEST_WAIT_MS / 2.0);
    assert_eq!(of(&outbox, 1).schedule.get().attempts, 13);
}

#[test]
fn a_back_end_that_asks_for_a_longer_wait_gets_it_up_to_a_day() {
    let outbox = outbox([1]);
    assert_eq!(of(&outbox, 1).postpone(0.0, 0.0, Some(60_000.0)), 60_000.0);
    assert_eq!(next(&outbox, 0.0), Next::Wait(60_000.0));
    assert_eq!(of(&outbox, 1).postpone(0.0, 0.0, Some(1.0)), FIRST_WAIT_MS);
    assert_eq!(of(&outbox, 1).postpone(0.0, 0.0, Some(f64::MAX)), LONGEST_RETRY_AFTER_MS);
    assert_eq!(next(&outbox, 0.0), Next::Wait(LONGEST_RETRY_AFTER_MS));
}

#[test]
fn no_random_number_ends_a_wait_at_once() {
    for step in 0..1_000 {
        let (now, random) = (1_795_539_600_123.0, f64::from(step) / 1_000.0);
        let mut outbox = outbox([1]);
        assert_eq!(next(&outbox, now), Next::Send(of(&outbox, 1)));
        outbox.lease(&of(&outbox, 1), now + LEASE_MS);
        let wait = postpone(&outbox, 1, now, random);
        assert_eq!(next(&outbox, now), Next::Wait(wait));
        close_line(&mut outbox, 1, now, random);
        assert_eq!(next(&outbox, now), Next::Wait(wait));
    }
}

#[test]
fn a_clock_that_was_set_back_blocks_nothing() {
    let mut outbox = outbox([1]);
    postpone(&outbox, 1, 1e12, 1.0);
    close_line(&mut outbox, 1, 1e12, 1.0);
    change(&of(&outbox, 1), |schedule| schedule.leased_until = 1e12 + LEASE_MS);
    assert_eq!(sent(&next(&outbox, 0.0)), Some(1));
}

#[test]
fn times_from_a_damaged_storage_block_nothing() {
    for time in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -1.5] {
        let mut outbox = Outbox::default();
        let schedule = Schedule {
            queued_at: time,
            attempts: u32::MAX,
            not_before: time,
            wait_ms: LONGEST_WAIT_MS,
            leased_until: time,
            ..Schedule::default()
        };
        let found = report(1, 1);
        found.schedule.set(schedule);
        outbox.merge([found]);
        assert_eq!(sent(&next(&outbox, 1e12)), Some(1), "{time}");
        let wait = postpone(&outbox, 1, 1e12, 1.0);
        assert_eq!(wait, LONGEST_WAIT_MS);
    }
}

#[test]
fn what_is_found_goes_before_what_is_known() {
    let mut outbox = outbox([3, 4]);
    change(&of(&outbox, 4), |schedule| schedule.attempts = 1);
    outbox.merge([report(1, 1), report(4, 1), report(2, 1)]);
    assert_eq!(ids(outbox.reports()), [1, 2, 3, 4]);
    assert_eq!(of(&outbox, 4).schedule.get().attempts, 1);
}

#[test]
fn when_full_the_oldest_go_and_are_given_back() {
    let mut outbox = outbox(1..=5);
    assert_eq!(push(&mut outbox, 6, 1), [1]);
    assert_eq!(push(&mut outbox, 7, 98), [2, 3, 4]);
    assert_eq!(ids(outbox.reports()), [5, 6, 7]);
}

#[test]
fn a_report_that_can_never_fit_makes_nobody_go() {
    let mut outbox = outbox(1..=3);
    assert_eq!(push(&mut outbox, 4, 1_000), [0; 0]);
    assert_eq!(ids(outbox.reports()), [1, 2, 3, 4]);
}

#[test]
fn when_full_the_report_that_is_being_sent_stays() {
    let mut outbox = outbox(1..=5);
    outbox.lease(&of(&outbox, 1), LEASE_MS);
    assert_eq!(push(&mut outbox, 6, 1), [2]);
    assert_eq!(ids(outbox.reports()), [1, 3, 4, 5, 6]);
}

#[test]
fn a_report_is_kept_for_its_age_and_not_longer() {
    let outbox = outbox([1, 2]);
    change(&of(&outbox, 2), |schedule| schedule.queued_at = 10.0);
    let expired = |now| outbox.expired(now, 1_000.0).map(|report| report.id.clone());
    assert_eq!(expired(1_000.0), None);
    assert_eq!(expired(1_001.0).as_deref(), Some("1"));
}

#[derive(Clone, Debug)]
enum Step {
    Push(u32),
    Try,
    Round,
    Delivered,
    Failed(f64),
    Offline(f64),
    Refused,
    Restart,
    Clock(f64),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1u32..60).prop_map(Step::Push),
        5 => Just(Step::Try),
        1 => Just(Step::Round),
        3 => Just(Step::Delivered),
        2 => (0.0..1.0).prop_map(Step::Failed),
        1 => (0.0..1.0).prop_map(Step::Offline),
        1 => Just(Step::Refused),
        1 => Just(Step::Restart),
        3 => (-1e6..1e6).prop_map(Step::Clock),
    ]
}

/// Where each report is: waiting, or gone for a reason that was told.
#[derive(Default)]
struct Model {
    waiting: BTreeMap<u32, ()>,
    gone: u32,
    pushed: u32,
    in_flight: Option<u32>,
}

impl Model {
    fn ends(&mut self, id: u32) -> bool {
        self.gone += 1;
        self.in_flight.take_if(|in_flight| *in_flight == id);
        self.waiting.remove(&id).is_some()
    }
}

proptest! {
    #[test]
    fn a_report_that_has_just_failed_waits_whatever_its_wait_is_rounded_to(
        ms in 0u32..u32::MAX, random in 0.0..1.0,
    ) {
        let now = 1.7e12 + f64::from(ms);
        let mut outbox = Outbox::default();
        push_at(&mut outbox, 1, 10, now);
        outbox.lease(&of(&outbox, 1), now + LEASE_MS);
        postpone(&outbox, 1, now, random);
        prop_assert!(matches!(next(&outbox, now), Next::Wait(_)));
    }

    #[test]
    fn no_history_loses_or_repeats_a_report(steps in prop::collection::vec(any_step(), 0..200)) {
        let mut outbox = Outbox::default();
        let mut model = Model::default();
        let mut now = 1e12;
        for step in steps {
            match step {
                Step::Push(bytes) => {
                    model.pushed += 1;
                    model.waiting.insert(model.pushed, ());
                    for dropped in push_at(&mut outbox, model.pushed, bytes, now) {
                        prop_assert!(model.ends(dropped));
                    }
                    let reports = outbox.reports();
                    let leased = reports.iter().filter(|r| r.schedule.get().leased_until > now).count();
                    let bytes: u32 = reports.iter().map(|r| r.bytes).sum();
                    prop_assert!(reports.len() <= 5 || reports.len() <= leased + 1);
                    prop_assert!(bytes <= 100 || reports.len() <= leased + 1);
                }
                Step::Try if model.in_flight.is_none() => match next(&outbox, now) {
                    Next::Nothing => prop_assert!(model.waiting.is_empty()),
                    Next::Wait(wait) => {
                        prop_assert!(!model.waiting.is_empty());
                        prop_assert!(wait > 0.0 && wait <= LONGEST_WAIT_MS);
                        // The wait, the lease and the line each block one stretch of time.
                        let mut later = now + wait + 1.0;
                        for _ in 0..3 {
                            if let Next::Wait(wait) = next(&outbox, later) {
                                later += wait + 1.0;
                            }
                        }
                        prop_assert!(matches!(next(&outbox, later), Next::Send(_)));
                    }
                    Next::Send(report) => {
                        outbox.lease(&report, now + LEASE_MS);
                        model.in_flight = Some(report.id.parse().unwrap());
                    }
                },
                Step::Try => {}
                Step::Round => {
                    outbox.begin_round();
                    if !model.waiting.is_empty() && model.in_flight.is_none() {
                        prop_assert!(!matches!(next(&outbox, now), Next::Nothing));
                    }
                }
                Step::Delivered | Step::Refused => {
                    if let Some(id) = model.in_flight {
                        outbox.open_line();
                        prop_assert!(outbox.remove(&id.to_string()));
                        prop_assert!(!outbox.remove(&id.to_string()));
                        prop_assert!(model.ends(id));
                    }
                }
                Step::Failed(random) | Step::Offline(random) => {
                    if let Some(id) = model.in_flight.take() {
                        postpone(&outbox, id, now, random);
                        if let Step::Offline(_) = step {
                            close_line(&mut outbox, id, now, random);
                        }
                    }
                }
                Step::Restart => {
                    model.in_flight = None;
                    let reports = outbox.reports().to_vec();
                    outbox = Outbox::default();
                    for report in &reports {
                        change(report, |schedule| {
                            (schedule.is_mine, schedule.round) = (false, 0);
                        });
                    }
                    outbox.merge(reports.clone());
                    outbox.merge(reports);
                }
                Step::Clock(by) => now += by,
            }
            let waiting: Vec<u32> = model.waiting.keys().copied().collect();
            prop_assert_eq!(ids(outbox.reports()), waiting, "in the order of the answers");
        }
        prop_assert_eq!(model.waiting.len() as u32 + model.gone, model.pushed);
    }
}
