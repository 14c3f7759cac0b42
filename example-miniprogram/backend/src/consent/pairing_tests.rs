//! Random histories of one user and template against what truly happened.

use super::pairing::{Event, LONGEST_WAIT, Report, is_revoked, pairs};
use proptest::prelude::*;

const DAY: i64 = 24 * 60 * 60;

/// What happened to one consent. All times but `at` are in seconds after it.
#[derive(Clone, Debug)]
struct Consent {
    at: i64,
    /// When its report arrived, and the age that it states.
    report: Option<(i64, Age)>,
    /// When its event arrived, and how often: a repeat changes nothing.
    event: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
enum Age {
    Right,
    /// As of a page without the header, or a clock that ran backwards.
    Absent,
    /// Of a clock that was put forward or back by so many seconds.
    Wrong(i64),
}

#[derive(Clone, Debug)]
struct History {
    consents: Vec<Consent>,
    /// When the user revoked in the settings, and how late the event of it was.
    revoked: Vec<(i64, i64)>,
}

/// How many consents are open according to all that had arrived at `now`.
fn counted(history: &History, now: i64) -> usize {
    let (mut reports, mut events) = (Vec::new(), Vec::new());
    for (id, consent) in (0..).zip(&history.consents) {
        if let Some((late, age)) = consent.report
            && consent.at + late <= now
        {
            let arrived = consent.at + late;
            let age = match age {
                Age::Right => Some(late),
                Age::Absent => None,
                Age::Wrong(by) => Some(late + by),
            };
            let plausible = age.filter(|age| (0..=LONGEST_WAIT).contains(age));
            reports.push(Report { id, arrived, answered: plausible.map(|age| arrived - age) });
        }
        if let Some(late) = consent.event
            && consent.at + late <= now
        {
            events.push(Event { id, at: consent.at });
        }
    }
    let seen = history.revoked.iter().filter(|(at, late)| at + late <= now);
    let revoked: Vec<i64> = seen.map(|(at, _)| *at).collect();
    let pairs = pairs(&reports, &events);
    let of_reports = reports.iter().zip(&pairs).filter(|(report, event)| {
        !is_revoked(Some(**report), event.map(|event| events[event]), &revoked)
    });
    let alone = events.iter().enumerate().filter(|(number, event)| {
        !pairs.contains(&Some(*number)) && !is_revoked(None, Some(**event), &revoked)
    });
    of_reports.count() + alone.count()
}

/// How many consents a user has given by `now`, and not revoked as far as an
/// event of it has come.
fn truth(history: &History, now: i64) -> usize {
    let open = |consent: &&Consent| {
        let mut revoked = history.revoked.iter().filter(|(at, late)| at + late <= now);
        consent.at <= now && revoked.all(|(at, _)| *at < consent.at)
    };
    history.consents.iter().filter(open).count()
}

/// The times at which something arrives.
fn moments(history: &History) -> Vec<i64> {
    let consents = history.consents.iter().flat_map(|consent| {
        let report = consent.report.map(|(late, _)| consent.at + late);
        [report, consent.event.map(|late| consent.at + late)].into_iter().flatten()
    });
    let mut moments: Vec<_> =
        consents.chain(history.revoked.iter().map(|(at, late)| at + late)).collect();
    moments.sort_unstable();
    moments
}

/// Mostly at once, sometimes weeks later.
fn late(longest: i64) -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0..20_i64, 1 => 0..DAY, 1 => 0..longest]
}

fn age(right: bool) -> BoxedStrategy<Age> {
    if right {
        return Just(Age::Right).boxed();
    }
    prop_oneof![
        6 => Just(Age::Right),
        2 => Just(Age::Absent),
        // Negative, beyond what is plausible, or weeks wrong.
        1 => (-30 * DAY..60 * DAY).prop_map(Age::Wrong),
    ]
    .boxed()
}

/// Consents and revocations at least 150 seconds apart, in 90 days.
fn history(
    ages_right: bool,
    reports_lost: bool,
    revocations: usize,
) -> impl Strategy<Value = History> {
    let report = (late(30 * DAY), age(ages_right));
    let witnesses = (
        (0..5, report)
            .prop_map(move |(lost, report)| (!reports_lost || lost > 0).then_some(report)),
        prop::option::weighted(0.8, late(35 * DAY)),
    );
    // Often within an hour, so that each may be paired with the other.
    let times = prop_oneof![
        prop::collection::btree_set(0..90 * DAY / 300, 1..12),
        prop::collection::btree_set(0..12_i64, 1..6),
    ];
    let revoked = prop::collection::vec((any::<prop::sample::Index>(), late(DAY)), 0..=revocations);
    (times, prop::collection::vec(witnesses, 12), revoked).prop_map(
        |(times, witnesses, revoked)| {
            let times: Vec<_> = times.into_iter().map(|time| time * 300).collect();
            let revoked =
                revoked.iter().map(|(after, late)| (times[after.index(times.len())] + 150, *late));
            let consents = times.iter().zip(&witnesses);
            History {
                revoked: revoked.collect(),
                consents: consents
                    .map(|(at, (report, event))| Consent {
                        at: *at,
                        report: *report,
                        event: *event,
                    })
                    .collect(),
            }
        },
    )
}

/// A history in which an age is too small across a revocation, and an event is
/// lost or late. Nothing tells this from a consent given afterwards.
fn cannot_be_told(history: &History) -> bool {
    let misdated = history.consents.iter().any(|consent| {
        let Some((_, Age::Wrong(by))) = consent.report else { return false };
        history.revoked.iter().any(|(at, _)| (consent.at..=consent.at - by).contains(at))
    });
    misdated && history.consents.iter().any(|consent| consent.event.is_none_or(|late| late > 20))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_revocations_the_count_is_never_above_the_truth(
        history in history(false, true, 0),
    ) {
        for now in moments(&history) {
            prop_assert!(counted(&history, now) <= truth(&history, now), "at {now}");
        }
    }

    #[test]
    fn without_revocations_it_is_the_truth_where_no_report_was_lost(
        history in history(false, false, 0),
    ) {
        let end = *moments(&history).last().unwrap();
        prop_assert_eq!(counted(&history, end), truth(&history, end));
    }

    #[test]
    fn with_revocations_the_count_is_never_above_the_truth(
        history in history(false, true, 3),
    ) {
        prop_assume!(!cannot_be_told(&history));
        for now in moments(&history) {
            prop_assert!(counted(&history, now) <= truth(&history, now), "at {now}");
        }
    }

    #[test]
    fn with_revocations_it_is_the_truth_where_no_report_was_lost_and_ages_are_right(
        history in history(true, false, 3),
    ) {
        let end = *moments(&history).last().unwrap();
        prop_assert_eq!(counted(&history, end), truth(&history, end));
    }
}
