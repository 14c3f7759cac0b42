use super::scenes::{MINUTE_MS, NOW, Phone};
use super::*;
use alloc::string::ToString;

fn keys(phone: &Phone) -> Vec<&str> {
    phone.outbox.reports().iter().map(|report| report.key.as_str()).collect()
}

#[test]
fn the_oldest_reports_make_room_for_the_newest_and_are_told() {
    let mut phone = Phone::new();
    for _ in 0..3 {
        phone.add_as("A");
        phone.now += MINUTE_MS;
    }
    phone.take_told();
    phone.add_as("A");
    assert_eq!(keys(&phone), ["1", "2", "3"]);
    assert_eq!(phone.take_told(), ["queued 3", "dropped 0"]);
    assert!(!phone.storage.has("0") && phone.storage.has("1"));
}

#[test]
fn as_many_bytes_as_allowed_fit() {
    let mut phone = Phone::new();
    phone.add_of(40, Owner::BackEnd);
    phone.add_of(20, Owner::BackEnd);
    phone.now += MINUTE_MS;
    phone.add_of(40, Owner::BackEnd);
    assert_eq!(keys(&phone), ["0", "1", "2"]);
    phone.add_of(41, Owner::BackEnd);
    assert_eq!(keys(&phone), ["2", "3"], "no more go than must");
}

#[test]
fn a_report_that_is_being_sent_stays() {
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.now += MINUTE_MS;
    phone.send_as("A");
    for _ in 0..3 {
        phone.add_as("A");
    }
    assert_eq!(keys(&phone), ["0", "1", "2", "3"], "all are leased");
    phone.now += MINUTE_MS;
    phone.add_as("A");
    assert_eq!(keys(&phone), ["2", "3", "4"]);
}

#[test]
fn a_report_that_can_never_fit_evicts_nothing() {
    let mut phone = Phone::new();
    for _ in 0..3 {
        phone.add_as("A");
    }
    phone.now += MINUTE_MS;
    phone.add_of(101, Owner::BackEnd);
    assert_eq!(keys(&phone), ["0", "1", "2", "3"]);
    let mut phone = Phone::new();
    phone.add_as("A");
    phone.now += MINUTE_MS;
    phone.add_of(100, Owner::BackEnd);
    assert_eq!(keys(&phone), ["1"]);
}

#[test]
fn other_limits_count_from_the_next_answer_on_and_setup_sends_now() {
    let mut phone = Phone::new();
    phone.add_as("A");
    let id = phone.send_as("A").id;
    phone.fail(id, 500);
    assert_eq!(phone.rest_as("A"), Some(2_000.0));
    let limits = Limits { reports: 1.0, bytes: 100.0, age_ms: 1.0, request_ms: 20_000.0 };
    phone.outbox.configured(limits, phone.now);
    assert_eq!(phone.send_as("A").id, id);
    assert_eq!(phone.storage.schedule("0").unwrap().leased_until, NOW + 21_000.0);
    phone.now += MINUTE_MS;
    phone.add_as("A");
    assert_eq!(keys(&phone), ["1"]);
}

#[test]
fn the_wait_that_is_shown_is_the_longest_of_three() {
    let mut phone = Phone::new();
    let id = phone.add_as("A");
    let wait = |phone: &Phone| phone.outbox.wait(phone.outbox.get(id).unwrap(), phone.now);
    assert_eq!(wait(&phone), 0.0, "the lease is ours");
    let id = phone.send_as("A").id;
    phone.fail_with(id, Error::of_request(None, "request:fail"), false);
    assert_eq!(wait(&phone), 2_000.0);
    phone.urge(Urge::Host);
    assert_eq!(wait(&phone), 0.0);
    let other = Phone::on(core::mem::take(&mut phone.storage));
    assert!(other.outbox.get(id).is_none());
}

#[test]
fn another_copys_lease_is_part_of_the_wait_that_is_shown() {
    let mut first = Phone::new();
    first.add_as("A");
    let mut second = Phone::on(core::mem::take(&mut first.storage));
    second.chores();
    let id = second.id_of("0");
    assert_eq!(second.outbox.wait(second.outbox.get(id).unwrap(), NOW), 11_000.0);
}

#[test]
fn every_report_has_a_name_of_its_own() {
    let mut phone = Phone::new();
    let (first, second) = (phone.add_as("A"), phone.add_as("A"));
    assert_ne!(first, second);
    assert_eq!(phone.outbox.get(second).unwrap().key, "1".to_string());
    phone.outbox.told(first, Who::User("B".to_string()));
    assert_eq!(phone.outbox.get(first).unwrap().owner, Owner::User("A".to_string()));
}
