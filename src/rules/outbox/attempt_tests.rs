use super::*;
use crate::rules::outbox::scenes::{MINUTE_MS, NOW, Phone};
use alloc::string::ToString;
use alloc::vec::Vec;

fn of(user: &str) -> Owner {
    Owner::User(user.to_string())
}

fn who(user: &str) -> Who {
    Who::User(user.to_string())
}

fn status(code: i32) -> Box<Error> {
    Error::of_status(code)
}

#[test]
fn an_answer_of_a_known_user_is_sent_without_asking_who_that_is_unless_on_event_ran() {
    let mut phone = Phone::new();
    phone.has_on_event = false;
    phone.add_as("A");
    assert!(matches!(phone.next(), Step::Prepare(_)));
    let mut phone = Phone::new();
    phone.add_as("A");
    assert!(matches!(phone.next(), Step::Ask));
}

#[test]
fn a_report_leaves_with_its_key_its_user_and_its_age() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.now += 1_500.0;
    let outgoing = phone.send_as("A");
    assert_eq!((outgoing.key.as_str(), outgoing.user.as_deref()), ("0", Some("A")));
    assert_eq!((outgoing.body.consent, outgoing.age_ms), (0, Some(1_500.0)));
    phone.outbox.delivered(outgoing.id);
    assert_eq!(phone.take_told(), ["queued 0", "sent 0"]);
    assert!(phone.storage.holds_no_report());
    assert_eq!(phone.rest_as("A"), None);
}

#[test]
fn nobody_is_asked_where_the_back_end_knows() {
    let mut phone = Phone::new();
    phone.add(Owner::BackEnd);
    let Step::Prepare(id) = phone.next() else { panic!() };
    phone.outbox.prepared(id, false, true);
    let Step::Send(outgoing) = phone.next() else { panic!("asked once more") };
    assert_eq!((outgoing.user, outgoing.body.user), (None, None));
}

#[test]
fn where_the_back_end_knows_by_now_an_old_owner_does_not_hold_a_report() {
    let mut phone = Phone::new();
    phone.add_as("A");
    assert!(matches!(phone.next(), Step::Ask));
    phone.outbox.user(Who::BackEnd, true, NOW);
    assert_eq!(phone.send_as("B").user.as_deref(), Some("A"));
}

#[test]
fn whatever_had_to_wait_is_asked_once_more() {
    for (asked_at_once, prepared_at_once, with_credentials, expects_question) in [
        (true, true, true, false),
        (false, true, true, true),
        (true, false, true, true),
        (false, true, false, false),
        (false, false, false, true),
    ] {
        let mut phone = Phone::new();
        phone.add_as("A");
        assert!(matches!(phone.next(), Step::Ask));
        phone.outbox.user(who("A"), asked_at_once, NOW);
        let Step::Prepare(id) = phone.next() else { panic!() };
        phone.outbox.prepared(id, prepared_at_once, with_credentials);
        let asks = matches!(phone.next(), Step::Ask);
        assert_eq!(asks, expects_question, "{asked_at_once} {prepared_at_once}");
    }
}

#[test]
fn code_of_the_application_that_ran_since_counts_as_a_wait() {
    let mut phone = Phone::new();
    phone.add_as("A");
    assert!(matches!(phone.next(), Step::Ask));
    phone.user("A");
    let Step::Prepare(id) = phone.next() else { panic!() };
    phone.outbox.application_ran();
    phone.outbox.prepared(id, true, true);
    assert!(matches!(phone.next(), Step::Ask));
}

#[test]
fn only_the_same_answer_goes_on() {
    for (second, reason) in [
        (who("B"), "another user"),
        (Who::Nobody, "no openId yet"),
        (Who::Failed("it threw".into()), "it threw"),
        (Who::BackEnd, "another user"),
    ] {
        let mut phone = Phone::new();
        phone.add_as("A");
        assert!(matches!(phone.next(), Step::Ask));
        phone.user("A");
        let Step::Prepare(id) = phone.next() else { panic!() };
        phone.outbox.prepared(id, false, true);
        assert!(matches!(phone.next(), Step::Ask));
        phone.outbox.user(second, true, NOW);
        let postponed = phone.postponement();
        assert!(postponed.message.contains(reason), "{}", postponed.message);
        assert!(!matches!(phone.next(), Step::Send(_)));
    }
}

#[test]
fn a_report_of_another_user_waits_without_an_event_until_that_one_is_back() {
    let mut phone = Phone::new();
    phone.add_as("A");
    assert_eq!(phone.rest_as("B"), None);
    assert_eq!(phone.take_told(), ["queued 0"]);
    phone.add_as("B");
    assert_eq!(phone.send_as("B").key, "1");
    let id = phone.id_of("1");
    phone.outbox.delivered(id);
    assert_eq!(phone.rest_as("B"), None);
    phone.urge(Urge::Host);
    assert_eq!(phone.send_as("A").key, "0");
}

#[test]
fn a_report_waits_while_nobody_is_named_and_so_do_the_others() {
    for answer in [Who::Nobody, Who::Failed("it threw".into())] {
        let mut phone = Phone::new();
        for owner in [of("A"), Owner::Unknown] {
            phone.add(owner);
        }
        assert!(matches!(phone.next(), Step::Ask));
        phone.outbox.user(answer, true, NOW);
        let Step::Rest(Some(ms)) = phone.next() else { panic!("no rest") };
        assert_eq!(ms, 2_000.0);
        assert_eq!(phone.take_told(), ["queued 0", "queued 1", "postponed 0"]);
        phone.now += ms;
        assert_eq!(phone.send_as("A").user.as_deref(), Some("A"));
    }
}

#[test]
fn an_unknown_owner_becomes_the_user_whom_the_report_is_sent_for_and_is_saved() {
    let mut phone = Phone::new();
    phone.add(Owner::Unknown);
    let outgoing = phone.send_as("B");
    assert_eq!((outgoing.user.as_deref(), outgoing.body.user.as_deref()), (Some("B"), Some("B")));
    let mut next = Phone::on(phone.storage);
    next.now += MINUTE_MS;
    assert_eq!(next.rest_as("A"), None, "the owner was saved with the lease");
}

#[test]
fn the_owner_that_another_copy_stored_wins() {
    let mut first = Phone::new();
    first.add(Owner::Unknown);
    let mut second = Phone::on(core::mem::take(&mut first.storage));
    second.now += MINUTE_MS;
    second.send_as("B");
    let (id, now) = (second.id_of("0"), second.now);
    second.fail(id, 500);
    second.chores();
    first.storage = second.storage;
    first.now = now + MINUTE_MS;
    assert_eq!(first.rest_as("A"), None);
    first.urge(Urge::Host);
    assert_eq!(first.send_as("B").user.as_deref(), Some("B"));
}

#[test]
fn a_report_is_held_while_its_promise_is_pending() {
    let mut phone = Phone::new();
    let id = phone.add(Owner::Asked(None));
    assert_eq!(phone.rest_as("B"), None);
    phone.outbox.told(id, who("A"));
    assert_eq!(phone.rest_as("B"), None, "it is A's");
    phone.urge(Urge::Host);
    assert_eq!(phone.send_as("A").body.user.as_deref(), Some("A"));
}

#[test]
fn a_promise_that_fails_leaves_the_first_user_known_meanwhile_by_a_question_or_an_answer() {
    let mut asked = Phone::new();
    let id = asked.add(Owner::Asked(None));
    assert_eq!(asked.rest_as("A"), None, "asked for a witness");
    asked.outbox.told(id, Who::Nobody);
    assert_eq!(asked.rest_as("B"), None);

    let mut answered = Phone::new();
    let id = answered.add(Owner::Asked(None));
    answered.add_as("A");
    answered.outbox.told(id, Who::Failed("rejected".into()));
    answered.chores();
    let owners: Vec<Owner> =
        answered.outbox.reports().iter().map(|report| report.owner.clone()).collect();
    assert_eq!(owners, [of("A"), of("A")]);
}

#[test]
fn a_witness_is_asked_for_once_in_each_round() {
    let mut phone = Phone::new();
    phone.add(Owner::Asked(None));
    assert!(matches!(phone.next(), Step::Ask));
    phone.user("");
    assert!(matches!(phone.next(), Step::Rest(None)));
    phone.urge(Urge::Host);
    assert!(matches!(phone.next(), Step::Ask));
    phone.user("A");
    phone.now += 1_000.0;
    phone.urge(Urge::Host);
    assert!(matches!(phone.next(), Step::Rest(None)), "a witness is known");
}

#[test]
fn the_user_is_signed_in_once_for_a_report_and_asked_for_again() {
    let mut phone = Phone::new();
    phone.add_as("A");
    let id = phone.send_as("A").id;
    phone.fail_with(id, status(401), true);
    assert!(matches!(phone.next(), Step::SignIn));
    assert!(matches!(phone.next(), Step::SignIn), "until it has ended");
    phone.outbox.signed_in(true, NOW, 1.0);
    assert!(matches!(phone.next(), Step::Ask), "another one may be signed in");
    phone.user("A");
    assert_eq!(phone.send_as("A").id, id);
    phone.fail_with(id, status(401), true);
    let Step::Rest(Some(ms)) = phone.next() else { panic!("signs in again") };
    assert_eq!(ms, 2_000.0);
    assert_eq!(phone.take_told(), ["queued 0", "postponed 0"]);
}

#[test]
fn another_user_who_signed_in_does_not_get_the_report() {
    let mut phone = Phone::new();
    phone.add_as("A");
    let id = phone.send_as("A").id;
    phone.fail_with(id, status(403), true);
    assert!(matches!(phone.next(), Step::SignIn));
    phone.outbox.signed_in(true, NOW, 1.0);
    assert_eq!(phone.rest_as("B"), None);
}

#[test]
fn a_sign_in_that_fails_postpones_the_report_with_its_own_error() {
    let mut phone = Phone::new();
    phone.add_as("A");
    let id = phone.send_as("A").id;
    phone.fail_with(id, status(401), true);
    assert!(matches!(phone.next(), Step::SignIn));
    phone.outbox.signed_in(false, NOW, 1.0);
    assert_eq!(phone.postponement().code, Some(401));
}

#[test]
fn a_sign_in_that_ends_without_being_asked_for_changes_nothing() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.outbox.signed_in(true, NOW, 1.0);
    assert!(matches!(phone.next(), Step::Ask));
}

/// Requests in ten minutes in which the back end answers with this status. `on_send`
/// is called while each is under way; a rest ends at once if `is_woken`.
fn requests_in_ten_minutes(
    status: i32,
    on_send: impl Fn(&mut Phone),
    is_woken: impl Fn(&mut Phone) -> bool,
) -> u32 {
    let mut phone = Phone::new();
    phone.add_as("A");
    let (mut requests, end) = (0, phone.now + 10.0 * MINUTE_MS);
    for count in 0.. {
        assert!(count < 10_000, "a loop without end");
        if phone.now >= end {
            break;
        }
        match phone.next() {
            Step::Ask => phone.user("A"),
            Step::Prepare(id) => phone.outbox.prepared(id, true, true),
            Step::Send(outgoing) => {
                requests += 1;
                on_send(&mut phone);
                phone.fail(outgoing.id, status);
            }
            Step::Rest(Some(ms)) => phone.now += if is_woken(&mut phone) { 0.0 } else { ms },
            step => panic!("{step:?}"),
        }
    }
    requests
}

#[test]
fn headers_that_differ_at_every_call_at_most_double_the_requests() {
    let constant = requests_in_ten_minutes(401, |_| {}, |_| false);
    assert_eq!(constant, 9);
    // Each round that they begin lengthens the back-off, too.
    let differing = |phone: &mut Phone| phone.outbox.other_headers(phone.now);
    assert_eq!(requests_in_ten_minutes(401, |_| {}, differing), 10);
}

#[test]
fn other_headers_are_news_after_a_401_and_not_after_a_sign_ins_repeat() {
    let mut phone = Phone::new();
    phone.add_as("A");
    let id = phone.send_as("A").id;
    assert!(!phone.outbox.other_headers(NOW));
    phone.fail(id, 500);
    phone.now += MINUTE_MS;
    assert!(!phone.outbox.other_headers(NOW), "after a 500");
    let id = phone.send_as("A").id;
    phone.fail(id, 403);
    assert!(phone.outbox.other_headers(phone.now));
    assert!(!phone.outbox.other_headers(phone.now), "once");
    let id = phone.send_as("A").id;
    phone.fail(id, 401);
    assert!(!phone.outbox.other_headers(phone.now), "the news did not help");
    phone.now += MINUTE_MS;
    let id = phone.send_as("A").id;
    phone.fail_with(id, status(401), true);
    assert!(matches!(phone.next(), Step::SignIn));
    phone.outbox.signed_in(true, phone.now, 1.0);
    let id = phone.send_as("A").id;
    phone.fail_with(id, status(401), true);
    assert!(!phone.outbox.other_headers(phone.now), "after a sign-in's own repeat");
}

#[test]
fn what_an_attempt_urges_itself_begins_one_round_a_minute() {
    let mut phone = Phone::new();
    phone.add_as("A");
    let mut requests = 0;
    for count in 0.. {
        assert!(count < 100, "a loop without end");
        match phone.next() {
            Step::Ask => {
                phone.urge(Urge::Application);
                phone.user("A");
            }
            Step::Prepare(id) => {
                phone.urge(Urge::Application);
                phone.outbox.prepared(id, true, true);
            }
            Step::Send(outgoing) => {
                requests += 1;
                phone.fail(outgoing.id, 500);
            }
            Step::Rest(ms) => {
                assert!(ms.is_some_and(|ms| ms > 0.0));
                break;
            }
            step => panic!("{step:?}"),
        }
    }
    assert_eq!(requests, 1, "the round that it begins is its own");
}

#[test]
fn setup_counts_as_called_by_the_attempt_while_there_is_one() {
    let setup = |phone: &mut Phone| phone.outbox.configured(phone.outbox.limits, phone.now);
    let requests = requests_in_ten_minutes(503, setup, |_| false);
    assert!((15..=30).contains(&requests), "{requests} requests in ten minutes");
}

#[test]
fn the_host_urges_from_outside_whatever_an_attempt_waits_for() {
    let mut phone = Phone::new();
    phone.add_as("A");
    assert!(matches!(phone.next(), Step::Ask));
    phone.urge(Urge::Application);
    phone.urge(Urge::Application);
    phone.urge(Urge::Host);
    phone.user("A");
    let id = phone.send_as("A").id;
    phone.urge(Urge::Application);
    phone.fail(id, 500);
    assert_eq!(phone.send_as("A").id, id, "urged while it was sent");
}

#[test]
fn a_round_that_begins_while_a_report_is_sent_opens_the_line_at_once() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.add_as("A");
    let id = phone.send_as("A").id;
    phone.urge(Urge::Host);
    phone.fail_with(id, Error::of_request(None, "request:fail"), false);
    assert_eq!(phone.send_as("A").key, "0", "tried before, it is due first in the round");
}

#[test]
fn while_the_network_is_down_none_is_tried_and_when_the_server_fails_the_next_is() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.add_as("A");
    let id = phone.send_as("A").id;
    phone.fail(id, 500);
    let second = phone.send_as("A");
    assert_eq!(second.key, "1");
    phone.fail_with(second.id, Error::of_request(None, "request:fail"), false);
    assert_eq!(phone.rest_as("A"), Some(2_000.0));
    phone.now += 2_000.0;
    let id = phone.send_as("A").id;
    phone.outbox.delivered(id);
    assert_eq!(phone.send_as("A").key, "1", "the line is open");
}

#[test]
fn a_403_closes_the_line_once_a_second_report_fails_so() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.add_as("A");
    phone.add_as("A");
    for key in ["0", "1"] {
        let outgoing = phone.send_as("A");
        assert_eq!(outgoing.key, key);
        phone.fail(outgoing.id, 403);
    }
    assert_eq!(phone.rest_as("A"), Some(2_000.0));
}

#[test]
fn a_verdict_on_the_report_opens_the_line_for_the_others() {
    let mut phone = Phone::new();
    phone.add_as("A");
    let id = phone.send_as("A").id;
    phone.fail_with(id, Error::of_request(None, "request:fail"), false);
    phone.now += MINUTE_MS;
    let id = phone.send_as("A").id;
    phone.fail(id, 422);
    assert_eq!(phone.take_told(), ["queued 0", "postponed 0", "dropped 0"]);
    assert!(phone.storage.holds_no_report());
    phone.add_as("A");
    let id = phone.send_as("A").id;
    phone.fail_with(id, Error::of_request(None, "request:fail"), false);
    assert_eq!(phone.rest_as("A"), Some(2_000.0), "the first wait again");
}

#[test]
fn of_those_that_are_due_the_one_goes_first_that_waited_longest() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.add_as("A");
    for key in ["0", "1"] {
        let outgoing = phone.send_as("A");
        assert_eq!(outgoing.key, key);
        phone.fail(outgoing.id, 500);
        phone.now += 1.0;
    }
    phone.now += MINUTE_MS;
    let first = phone.send_as("A");
    assert_eq!(first.key, "0");
    phone.fail(first.id, 500);
    assert_eq!(phone.send_as("A").key, "1");
}

#[test]
fn a_rest_lasts_until_the_first_report_is_due() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.add_as("A");
    let id = phone.send_as("A").id;
    phone.fail(id, 500);
    phone.now += 500.0;
    let id = phone.send_as("A").id;
    phone.fail(id, 500);
    assert_eq!(phone.rest_as("A"), Some(1_500.0));
}

#[test]
fn another_copys_lease_is_waited_for() {
    let mut first = Phone::new();
    first.add_as("A");
    first.now += MINUTE_MS;
    first.send_as("A");
    let mut second = Phone::on(core::mem::take(&mut first.storage));
    second.now = first.now + 1_000.0;
    assert_eq!(second.rest_as("A"), Some(10_000.0));
    second.urge(Urge::Host);
    assert_eq!(second.rest_as("A"), Some(10_000.0), "in a round, too");
    second.now += 10_000.0;
    assert_eq!(second.send_as("A").key, "0");
}

#[test]
fn a_lease_that_is_found_when_a_report_is_claimed_is_waited_for() {
    let mut first = Phone::new();
    first.add_as("A");
    let mut second = Phone::on(core::mem::take(&mut first.storage));
    second.now += MINUTE_MS;
    second.chores();
    first.storage = core::mem::take(&mut second.storage);
    first.now = second.now;
    first.send_as("A");
    second.storage = core::mem::take(&mut first.storage);
    assert_eq!(second.rest_as("A"), Some(11_000.0));
}

#[test]
fn another_copys_back_off_is_kept_unless_a_round_began() {
    let mut first = Phone::new();
    first.add_as("A");
    let mut second = Phone::on(core::mem::take(&mut first.storage));
    second.now += MINUTE_MS;
    let id = second.send_as("A").id;
    second.fail(id, 500);
    second.chores();
    first.storage = second.storage;
    first.now = second.now;
    // Its round has begun with the launch, and was used up.
    let outgoing = first.send_as("A");
    first.fail(outgoing.id, 500);
    assert_eq!(first.rest_as("A"), Some(4_000.0), "the second failure");
}

#[test]
fn a_failure_while_preparing_overwrites_no_lease_of_another_copy() {
    let mut first = Phone::new();
    first.add_as("A");
    let mut second = Phone::on(core::mem::take(&mut first.storage));
    second.now += MINUTE_MS;
    assert!(matches!(second.next(), Step::Ask));
    second.user("A");
    let Step::Prepare(id) = second.next() else { panic!() };
    first.storage = core::mem::take(&mut second.storage);
    first.now = second.now;
    first.send_as("A");
    second.storage = core::mem::take(&mut first.storage);
    second.fail_with(id, Error::new(Kind::Timeout), false);
    second.chores();
    let stored = second.storage.schedule("0").unwrap();
    assert_eq!(stored.leased_until, second.now + 11_000.0);
}

#[test]
fn a_back_off_of_another_copy_is_kept_by_one_whose_own_is_over() {
    let mut first = Phone::new();
    first.add_as("A");
    let id = first.send_as("A").id;
    first.fail(id, 500);
    first.chores();
    let mut second = Phone::on(core::mem::take(&mut first.storage));
    second.now += 1_000.0;
    let id = second.send_as("A").id;
    second.fail(id, 500);
    second.chores();
    first.storage = second.storage;
    first.now += 2_000.0;
    assert_eq!(first.rest_as("A"), Some(3_000.0));
    first.urge(Urge::Host);
    assert_eq!(first.send_as("A").key, "0", "unless a round began");
}

#[test]
fn a_lease_that_is_found_before_a_save_does_not_end_the_attempt_for_another_report() {
    let mut first = Phone::new();
    first.add_as("A");
    first.add_as("A");
    first.now += MINUTE_MS;
    let mut second = Phone::on(core::mem::take(&mut first.storage));
    second.now = first.now;
    assert_eq!(second.send_as("A").key, "0");
    first.storage = second.storage;
    let leased = first.id_of("0");
    first.outbox.find(leased).unwrap().schedule.not_before = first.now + MINUTE_MS;
    first.outbox.find(leased).unwrap().schedule.wait_ms = MINUTE_MS;
    first.outbox.find(leased).unwrap().round = first.outbox.round;
    assert!(matches!(first.next(), Step::Ask));
    first.user("A");
    let Step::Prepare(id) = first.next() else { panic!() };
    first.outbox.prepared(id, false, true);
    assert!(matches!(first.next(), Step::Ask));
    first.outbox.find(leased).unwrap().wants_save = true;
    first.chores();
    first.user("A");
    let Step::Send(outgoing) = first.next() else { panic!("it was prepared once more") };
    assert_eq!(outgoing.key, "1");
}

#[test]
fn who_holds_no_lease_does_not_write_over_it_whatever_the_clock_does() {
    let mut first = Phone::new();
    first.add_as("A");
    let mut second = Phone::on(core::mem::take(&mut first.storage));
    second.chores();
    second.now += 12_000.0;
    assert!(matches!(second.next(), Step::Ask));
    second.user("A");
    let Step::Prepare(id) = second.next() else { panic!() };
    second.now -= 7_000.0;
    second.fail_with(id, Error::new(Kind::Timeout), false);
    second.chores();
    assert_eq!(second.storage.schedule("0").unwrap().leased_until, NOW + 11_000.0);
}

#[test]
fn who_held_a_lease_that_is_over_writes_nothing() {
    let mut phone = Phone::new();
    phone.add_as("A");
    let id = phone.send_as("A").id;
    phone.now += 11_000.0;
    phone.fail(id, 500);
    phone.chores();
    assert_eq!(phone.storage.schedule("0").unwrap().attempts, 0);
}

#[test]
fn a_witness_is_asked_for_after_the_attempt_that_was_under_way() {
    let mut phone = Phone::new();
    phone.add_as("A");
    let id = phone.send_as("A").id;
    phone.add(Owner::Asked(None));
    phone.outbox.delivered(id);
    assert!(matches!(phone.next(), Step::Ask));
}

#[test]
fn a_failure_frees_the_lease_and_saves_the_back_off() {
    let mut phone = Phone::new();
    phone.add_as("A");
    let id = phone.send_as("A").id;
    assert_eq!(phone.storage.schedule("0").unwrap().leased_until, NOW + 11_000.0);
    phone.fail(id, 500);
    phone.chores();
    let stored = phone.storage.schedule("0").unwrap();
    assert_eq!((stored.leased_until, stored.attempts), (0.0, 1));
    assert_eq!(stored.not_before, NOW + 2_000.0);
}

#[test]
fn a_lease_that_is_as_fresh_as_its_margin_is_not_taken_again() {
    for (late_ms, until) in [(1_000.0, NOW + 11_000.0), (1_001.0, NOW + 12_001.0)] {
        let mut phone = Phone::new();
        phone.add_as("A");
        phone.now += late_ms;
        phone.send_as("A");
        assert_eq!(phone.storage.schedule("0").unwrap().leased_until, until);
    }
}

#[test]
fn a_report_that_has_gone_during_an_attempt_ends_it() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.now += MINUTE_MS;
    assert!(matches!(phone.next(), Step::Ask));
    phone.user("A");
    let Step::Prepare(id) = phone.next() else { panic!() };
    drop(phone.outbox.take(id));
    phone.outbox.prepared(id, true, true);
    assert_eq!(phone.rest_as("A"), None);
    phone.fail(id, 500);
    phone.outbox.told(id, who("B"));
    phone.outbox.saved(id, true);
    assert_eq!(phone.take_told(), ["queued 0"]);
}

#[test]
fn a_request_that_never_was_made_is_forgotten() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.send_as("A");
    assert_eq!(phone.rest_as("B"), None, "it goes on with the next attempt");
}

#[test]
fn nothing_is_told_between_the_last_question_and_the_request() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.now += MINUTE_MS;
    phone.storage.clear();
    let outgoing = phone.send_as("A");
    assert_eq!(phone.told(), ["queued 0"]);
    assert_eq!(outgoing.key, "0");
    phone.outbox.delivered(outgoing.id);
    assert_eq!(phone.take_told(), ["queued 0", "cleared", "sent 0"]);
}

#[test]
fn a_report_that_is_too_old_ends_with_a_timeout() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.now += 86_400_001.0;
    let outgoing = phone.send_as("A");
    assert_eq!(outgoing.age_ms, None);
    phone.fail(outgoing.id, 500);
    let Some(Chore::Tell(Told::Dropped(_, Some(error)))) = phone.outbox.chore() else { panic!() };
    assert_eq!((error.kind, error.retryable), (Kind::Timeout, false));
    assert!(error.message.contains("outboxMaxAgeMs"));
}

#[test]
fn a_report_that_is_too_old_waits_for_its_owner() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.now += 2.0 * 86_400_000.0;
    for _ in 0..20 {
        let ms = phone.rest_as("");
        phone.now += ms.unwrap();
    }
    assert_eq!(phone.send_as("A").key, "0");
}
