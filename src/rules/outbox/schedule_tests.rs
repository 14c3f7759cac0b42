use super::*;
use crate::rules::failure::{Error, Kind};
use alloc::boxed::Box;
use proptest::prelude::*;

const NOW: f64 = 1e12;
const DAY_MS: f64 = 86_400_000.0;
const AGE_MS: f64 = 30.0 * DAY_MS;

fn failure(error: Box<Error>) -> Failure {
    Failure { error, is_own: false }
}

fn status(code: i32) -> Failure {
    failure(Error::of_status(code))
}

fn offline() -> Failure {
    failure(Error::new(Kind::Network))
}

fn queued(queued_at: f64) -> Schedule {
    Schedule { queued_at, ..Schedule::default() }
}

#[test]
fn waits_double_from_two_seconds_to_ten_minutes() {
    let mut schedule = queued(NOW);
    let waits: [f64; 11] = core::array::from_fn(|_| {
        assert_eq!(schedule.fail(&status(500), AGE_MS, NOW, 1.0), Sequel::Again);
        schedule.wait_ms / 1_000.0
    });
    assert_eq!(waits, [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 600.0, 600.0]);
    assert_eq!(schedule.attempts, 11);
}

#[test]
fn a_wait_begins_at_its_half_and_ends_after_so_long() {
    let mut schedule = queued(NOW);
    schedule.fail(&status(500), AGE_MS, NOW, 0.0);
    assert_eq!(schedule.wait(NOW), 1_000.0);
    assert_eq!(schedule.wait(NOW + 999.0), 1.0);
    assert_eq!(schedule.wait(NOW + 1_000.0), 0.0);
}

#[test]
fn a_clock_that_was_set_back_makes_no_wait_and_no_lease_longer() {
    let schedule = Schedule { not_before: NOW, wait_ms: 2_000.0, leased_until: NOW, ..queued(NOW) };
    assert_eq!(schedule.wait(NOW - 2_000.0), 2_000.0);
    assert_eq!(schedule.wait(NOW - 2_001.0), 0.0);
    assert_eq!(schedule.lease(NOW - 11_000.0, 11_000.0), 11_000.0);
    assert_eq!(schedule.lease(NOW - 11_001.0, 11_000.0), 0.0);
    assert_eq!(Schedule { not_before: f64::NAN, ..schedule }.wait(NOW), 0.0);
}

#[test]
fn retry_after_is_honoured_up_to_a_day_and_never_shortens_a_wait() {
    let wait = |retry_after_ms| {
        let mut schedule = queued(NOW);
        let mut failure = status(429);
        failure.error.retry_after_ms = retry_after_ms;
        schedule.fail(&failure, AGE_MS, NOW, 1.0);
        schedule.wait_ms
    };
    assert_eq!(wait(Some(20_000.0)), 20_000.0);
    assert_eq!(wait(Some(9e9)), DAY_MS);
    assert_eq!(wait(Some(1.0)), 2_000.0);
    assert_eq!(wait(Some(-1.0)), 2_000.0);
    assert_eq!(wait(Some(f64::NAN)), 2_000.0);
}

#[test]
fn being_processed_is_a_refusal_after_five_answers_and_a_minute_of_waits() {
    let (mut schedule, mut now, mut waited, mut answers) = (queued(NOW), NOW, 0.0, 0);
    while answers < 100 {
        answers += 1;
        if schedule.fail(&status(409), AGE_MS, now, 1.0) == Sequel::Refused {
            break;
        }
        waited += schedule.wait_ms;
        now += schedule.wait_ms;
    }
    assert_eq!((answers, waited), (6, 62_000.0));
}

#[test]
fn long_waits_alone_do_not_refuse_what_is_being_processed() {
    let mut schedule = queued(NOW);
    let mut conflict = status(409);
    conflict.error.retry_after_ms = Some(60_000.0);
    let mut now = NOW;
    for answer in 1..=5 {
        let sequel = schedule.fail(&conflict, AGE_MS, now, 1.0);
        assert_eq!(sequel == Sequel::Refused, answer == 5, "answer {answer}");
        now += schedule.wait_ms;
    }
}

#[test]
fn a_clock_that_jumps_counts_no_more_than_the_wait_that_was_planned() {
    for jump in [DAY_MS, -DAY_MS] {
        let mut schedule = queued(NOW);
        for answer in 0..4 {
            let now = NOW + jump * f64::from(answer);
            assert_eq!(schedule.fail(&status(409), f64::MAX, now, 1.0), Sequel::Again);
        }
        let most = if jump > 0.0 { 14_000.0 } else { 0.0 };
        assert_eq!(schedule.conflict_ms, most);
    }
}

#[test]
fn the_wait_after_another_failure_is_no_wait_for_what_is_being_processed() {
    let mut schedule = queued(NOW);
    schedule.fail(&status(500), AGE_MS, NOW, 1.0);
    schedule.fail(&status(409), AGE_MS, NOW + 2_000.0, 1.0);
    assert_eq!((schedule.conflicts, schedule.conflict_ms), (1, 0.0));
}

#[test]
fn a_refusal_is_one_at_once() {
    assert_eq!(queued(NOW).fail(&status(422), AGE_MS, NOW, 1.0), Sequel::Refused);
    assert_eq!(queued(0.0).fail(&status(422), AGE_MS, NOW, 1.0), Sequel::Refused);
}

#[test]
fn another_answer_in_between_begins_the_count_of_conflicts_again() {
    let mut schedule =
        Schedule { conflicts: 4, conflict_ms: 60_000.0, wait_ms: 1.0, ..queued(NOW) };
    let mut other = schedule;
    assert_eq!(schedule.fail(&status(409), AGE_MS, NOW, 1.0), Sequel::Refused);
    assert_eq!(other.fail(&status(500), AGE_MS, NOW, 1.0), Sequel::Again);
    assert_eq!(other.fail(&status(409), AGE_MS, NOW, 1.0), Sequel::Again);
    assert_eq!((other.conflicts, other.conflict_ms), (1, 0.0));
}

#[test]
fn a_report_that_seems_too_old_goes_after_one_try_that_reached_somebody() {
    let mut schedule = queued(NOW - AGE_MS - 1.0);
    assert_eq!(schedule.fail(&status(500), AGE_MS, NOW, 1.0), Sequel::TooOld);
    let mut just_in_time = queued(NOW - AGE_MS);
    assert_eq!(just_in_time.fail(&status(500), AGE_MS, NOW, 1.0), Sequel::Again);
}

#[test]
fn a_report_that_seems_too_old_is_tried_five_times_where_nobody_answers() {
    let mut schedule = queued(NOW - AGE_MS - 1.0);
    for tries in 1..=5 {
        let sequel = schedule.fail(&offline(), AGE_MS, NOW, 1.0);
        assert_eq!(sequel == Sequel::TooOld, tries == 5, "try {tries}");
    }
    let mut schedule = Schedule { overdue: 4, ..queued(NOW) };
    schedule.fail(&offline(), AGE_MS, NOW, 1.0);
    assert_eq!(schedule.overdue, 0, "the clock was put right");
}

#[test]
fn an_attempt_that_could_not_begin_waits_and_counts_for_nothing_else() {
    let mut schedule = Schedule { conflicts: 3, overdue: 2, ..queued(NOW - 2.0 * AGE_MS) };
    schedule.postpone(None, NOW, 1.0);
    let expected =
        Schedule { attempts: 1, not_before: NOW + 2_000.0, wait_ms: 2_000.0, ..schedule };
    assert_eq!(schedule, expected);
    assert_eq!((schedule.conflicts, schedule.overdue), (3, 2));
}

#[test]
fn there_is_no_age_where_the_clock_cannot_be_right() {
    let age = |ms: f64| queued(NOW).age_ms(NOW + ms, AGE_MS);
    assert_eq!([age(0.0), age(999.0), age(AGE_MS)], [Some(0.0), Some(999.0), Some(AGE_MS)]);
    assert_eq!([age(-1.0), age(AGE_MS + 1.0)], [None, None]);
}

#[test]
fn the_line_closes_longer_with_each_failure_until_the_back_end_answers() {
    let mut line = Line::default();
    assert_eq!(line.wait(NOW), 0.0);
    line.close(NOW, 1.0);
    assert_eq!([line.wait(NOW), line.wait(NOW + 2_000.0)], [2_000.0, 0.0]);
    line.close(NOW, 1.0);
    assert_eq!(line.wait(NOW), 4_000.0);
    line.open_for_round();
    assert_eq!(line.wait(NOW), 0.0);
    line.close(NOW, 1.0);
    assert_eq!(line.wait(NOW), 8_000.0);
    line.open();
    assert_eq!(line.wait(NOW), 0.0);
    line.close(NOW, 1.0);
    assert_eq!(line.wait(NOW), 2_000.0);
}

#[test]
fn a_doubt_is_confirmed_by_another_report_alone() {
    let mut line = Line::default();
    assert!(!line.doubt(Id(1)));
    assert!(!line.doubt(Id(1)));
    assert!(line.doubt(Id(2)));
    assert!(line.doubt(Id(1)));
    line.close(NOW, 1.0);
    line.close(NOW, 1.0);
    line.forget_failures();
    assert_eq!(line.wait(NOW), 0.0);
    line.close(NOW, 1.0);
    assert_eq!(line.wait(NOW), 2_000.0);
    assert!(line.doubt(Id(2)), "doubts are not forgotten with the failures");
    line.open();
    assert!(!line.doubt(Id(1)));
}

proptest! {
    #[test]
    fn any_wait_ends_within_a_day_whatever_the_clock_does(
        attempts in any::<u32>(), random in 0.0f64..=1.0, asked in any::<f64>(),
        later in any::<f64>(),
    ) {
        let mut schedule = Schedule { attempts, ..queued(NOW) };
        schedule.postpone(Some(asked), NOW, random);
        prop_assert!((1_000.0..=DAY_MS).contains(&schedule.wait_ms));
        prop_assert!(schedule.wait(later) <= DAY_MS + 1.0);
        prop_assert_eq!(schedule.wait(schedule.not_before), 0.0);
    }
}
