use super::*;
use crate::rules::outbox::model::Storage as FakeStorage;
use crate::rules::outbox::scenes::{MINUTE_MS, NOW, Phone};
use crate::rules::outbox::{Step, Urge};
use alloc::string::ToString;
use alloc::vec;

/// A phone with the reports 0, 1 and 2 of user A in storage, none of them sent.
fn three_waiting() -> Phone {
    let mut phone = Phone::new();
    for _ in 0..3 {
        phone.add_as("A");
    }
    phone.now += MINUTE_MS;
    phone
}

fn keys(phone: &Phone) -> Vec<&str> {
    phone.outbox.reports().iter().map(|report| report.key.as_str()).collect()
}

#[test]
fn a_report_is_saved_before_the_application_is_told_of_it() {
    let mut phone = Phone::new();
    phone.add_as("A");
    assert_eq!(phone.take_told(), ["queued 0"]);
    assert!(phone.storage.has("0"));
    assert_eq!(phone.outbox.health(), Health::Ok);
}

#[test]
fn storage_that_was_cleared_loses_no_report_and_is_told_once() {
    let mut phone = three_waiting();
    phone.take_told();
    phone.storage.clear();
    let first = phone.send_as("A");
    assert!(["0", "1", "2"].iter().all(|key| phone.storage.has(key)), "all are saved again");
    phone.outbox.delivered(first.id);
    for _ in 0..2 {
        let outgoing = phone.send_as("A");
        phone.outbox.delivered(outgoing.id);
    }
    assert_eq!(phone.take_told(), ["cleared", "sent 0", "sent 1", "sent 2"]);
    assert!(phone.storage.holds_no_report());
}

#[test]
fn a_report_that_another_copy_delivered_is_forgotten_while_its_marker_stands() {
    let mut phone = three_waiting();
    phone.storage.forget("0");
    assert_eq!(phone.send_as("A").key, "1");
    assert_eq!(keys(&phone), ["1", "2"]);
    assert_eq!(phone.take_told(), ["queued 0", "queued 1", "queued 2"]);
}

#[test]
fn a_marker_that_another_copy_wrote_after_storage_was_cleared_is_no_proof() {
    let mut phone = three_waiting();
    phone.storage.clear();
    assert!(matches!(phone.storage.mark(), Marked::Written(2.0)));
    assert_eq!(phone.send_as("A").key, "0");
    assert_eq!(keys(&phone), ["0", "1", "2"]);
    phone.now += MINUTE_MS;
    let id = phone.id_of("0");
    phone.fail(id, 500);
    phone.chores();
    phone.storage.forget("1");
    assert_eq!(phone.send_as("A").key, "2", "1 was saved under the new marker, and has gone");
}

#[test]
fn a_marker_is_written_once_every_report_is_saved() {
    let mut storage = FakeStorage::default();
    storage.refuses = true;
    let mut phone = Phone::on(storage);
    phone.add_as("A");
    assert_eq!(phone.outbox.health(), Health::Unsaved);
    assert_eq!(phone.take_told(), ["unsaved 0"]);
    assert_eq!(phone.storage.mark(), Marked::Refused);
    phone.storage.refuses = false;
    phone.add_as("A");
    assert!(phone.storage.has("0"), "storage takes reports again");
    assert!(matches!(phone.storage.mark(), Marked::Stands(_)));
    assert_eq!(phone.outbox.health(), Health::Ok);
    assert_eq!(phone.take_told(), ["queued 1"]);
}

#[test]
fn a_report_that_storage_refuses_is_sent_all_the_same() {
    let mut storage = FakeStorage::default();
    storage.loses = true;
    let mut phone = Phone::on(storage);
    phone.add_as("A");
    phone.now += MINUTE_MS;
    assert_eq!(phone.send_as("A").key, "0");
}

#[test]
fn a_storage_of_a_newer_version_is_left_alone() {
    let mut phone = Phone::new();
    assert!(matches!(phone.outbox.chore(), Some(Chore::Open)));
    phone.outbox.opened(Opened::Newer);
    phone.add_as("A");
    assert_eq!(phone.take_told(), ["unsaved 0"]);
    assert_eq!(phone.outbox.health(), Health::NewerVersion);
    let outgoing = phone.send_as("A");
    phone.outbox.delivered(outgoing.id);
    assert_eq!(phone.take_told(), ["sent 0"]);
}

#[test]
fn a_storage_that_cannot_be_read_is_tried_again_at_the_next_answer_and_at_the_next_rest() {
    let mut storage = FakeStorage::default();
    storage.save("9", &answer("A"), Schedule { queued_at: NOW, ..Schedule::default() });
    storage.is_unreadable = true;
    let mut phone = Phone::on(storage);
    assert_eq!(phone.rest_as("A"), None);
    assert_eq!(phone.outbox.health(), Health::Unreadable);
    phone.add_as("A");
    assert_eq!(keys(&phone), ["0"]);
    phone.storage.is_unreadable = false;
    phone.add_as("A");
    assert_eq!(keys(&phone), ["9", "0", "1"], "what an earlier launch left goes first");
    assert!(["9", "0", "1"].iter().all(|key| phone.storage.has(key)));
}

fn answer(user: &str) -> crate::rules::outbox::model::Answer {
    crate::rules::outbox::model::Answer { consent: 0, bytes: 10, user: Some(user.to_string()) }
}

fn found(key: &str, has_own_key: bool) -> Found<crate::rules::outbox::model::Answer> {
    let schedule = Schedule { queued_at: NOW, ..Schedule::default() };
    let owner = Owner::User("A".to_string());
    Found { key: key.to_string(), owner, body: answer("A"), schedule, has_own_key }
}

#[test]
fn an_older_format_is_finished_only_when_every_report_has_a_key_of_its_own() {
    let mut phone = Phone::new();
    assert!(matches!(phone.outbox.chore(), Some(Chore::Open)));
    let reports = vec![found("a", false), found("b", false), found("c", true)];
    phone.outbox.opened(Opened::Read { marker: None, is_unlisted: false, reports });
    // Storage takes the first, refuses the second.
    let mut marks = 0;
    for (key, is_saved) in [("a", true), ("b", false)] {
        let Some(Chore::Save { id, key: saved, .. }) = phone.outbox.chore() else { panic!() };
        assert_eq!(saved, key);
        phone.outbox.saved(id, is_saved);
    }
    while let Some(chore) = phone.outbox.chore() {
        match chore {
            Chore::Mark => marks += 1,
            Chore::Save { id, key, .. } => phone.outbox.saved(id, key != "b"),
            Chore::Load { id, .. } => phone.outbox.loaded(id, Loaded::Unknown, NOW),
            Chore::Tell(_) | Chore::List(_) | Chore::Open | Chore::Forget(_) => {}
        }
    }
    assert_eq!((marks, phone.outbox.health()), (0, Health::Unsaved));
}

#[test]
fn a_report_that_is_known_already_is_not_taken_in_twice() {
    let mut phone = Phone::new();
    phone.outbox.opened(Opened::Unreadable);
    phone.outbox.add("a".to_string(), Owner::User("A".to_string()), answer("A"), NOW);
    let reports = vec![found("a", true), found("b", true)];
    phone.outbox.opened(Opened::Read { marker: Some(1.0), is_unlisted: false, reports });
    assert_eq!(keys(&phone), ["b", "a"]);
}

#[test]
fn saved_means_that_the_listing_has_it() {
    let mut storage = FakeStorage::default();
    storage.is_unlisted = true;
    let mut phone = Phone::on(storage);
    phone.add_as("A");
    phone.add_as("A");
    assert_eq!(phone.take_told(), ["unsaved 0", "unsaved 1"]);
    assert_eq!(phone.outbox.health(), Health::Unlisted);
    phone.now += MINUTE_MS;
    assert_eq!(phone.send_as("A").key, "0");
}

#[test]
fn the_listing_is_looked_at_once_a_launch_after_the_first_write() {
    let mut phone = Phone::new();
    let mut looks = 0;
    for consent in 0..3 {
        let key = consent.to_string();
        phone.outbox.add(key, Owner::User("A".to_string()), answer("A"), NOW);
        while let Some(chore) = phone.outbox.chore() {
            looks += u32::from(matches!(chore, Chore::List(_)));
            phone.perform(chore);
        }
    }
    assert_eq!(looks, 1);
    let mut next = Phone::on(phone.storage);
    let mut looks = 0;
    while let Some(chore) = next.outbox.chore() {
        looks += u32::from(matches!(chore, Chore::List(_)));
        next.perform(chore);
    }
    assert_eq!(looks, 0, "what was found was listed");
}

#[test]
fn a_listing_that_lacks_the_marker_lacks_the_reports_of_earlier_launches() {
    let mut phone = Phone::new();
    let reports = vec![found("a", true)];
    phone.outbox.opened(Opened::Read { marker: Some(1.0), is_unlisted: true, reports });
    assert_eq!(phone.outbox.health(), Health::Unlisted);
}

#[test]
fn a_report_that_cannot_be_read_before_it_is_sent_is_sent_from_memory() {
    let mut phone = three_waiting();
    phone.storage.is_unreadable = true;
    assert_eq!(phone.send_as("A").key, "0");
}

#[test]
fn a_report_that_storage_lost_while_it_was_not_kept_is_sent() {
    let mut phone = three_waiting();
    phone.storage.refuses = true;
    let id = phone.send_as("A").id;
    phone.fail(id, 500);
    phone.chores();
    phone.storage.clear();
    phone.storage.refuses = false;
    phone.urge(Urge::Host);
    let mut sent = vec![phone.send_as("A")];
    while sent.len() < 3 {
        let last = sent.last().unwrap().id;
        phone.outbox.delivered(last);
        sent.push(phone.send_as("A"));
    }
    let mut sent: Vec<&str> = sent.iter().map(|outgoing| outgoing.key.as_str()).collect();
    sent.sort_unstable();
    assert_eq!(sent, ["0", "1", "2"]);
}

#[test]
fn a_late_owner_is_saved_without_overwriting_the_lease_of_another_copy() {
    let mut first = Phone::new();
    let id = first.add(Owner::Asked(None));
    assert!(first.storage.owner("0").is_some_and(|owner| owner == Owner::Unknown));
    first.outbox.told(id, crate::rules::owner::Who::User("A".to_string()));
    first.chores();
    assert_eq!(first.storage.owner("0"), Some(Owner::User("A".to_string())));
    let mut second = Phone::on(core::mem::take(&mut first.storage));
    second.now += MINUTE_MS;
    second.send_as("A");
    first.storage = core::mem::take(&mut second.storage);
    first.now = second.now;
    let id = first.id_of("0");
    first.outbox.find(id).unwrap().wants_save = true;
    first.chores();
    let stored = first.storage.schedule("0").unwrap();
    assert_eq!(stored.leased_until, first.now + 11_000.0);
    assert_eq!(first.rest_as("A"), Some(11_000.0));
}

#[test]
fn the_health_of_storage_has_a_name() {
    let all =
        [Health::Ok, Health::Unsaved, Health::Unlisted, Health::Unreadable, Health::NewerVersion];
    let names = ["ok", "unsaved", "unlisted", "unreadable", "newerVersion"];
    assert_eq!(all.map(Health::name), names);
}

/// Performs all chores, with these results of writing a marker, and returns what
/// they were.
fn chores(phone: &mut Phone, marked: Option<Marked>) -> Vec<&'static str> {
    let mut names = Vec::new();
    while let Some(chore) = phone.outbox.chore() {
        assert!(names.len() < 100, "chores without end");
        names.push(match &chore {
            Chore::Open => "open",
            Chore::Save { .. } => "save",
            Chore::List(_) => "list",
            Chore::Mark => "mark",
            Chore::Load { .. } => "load",
            Chore::Forget(_) => "forget",
            Chore::Tell(_) => "tell",
        });
        match (chore, marked) {
            (Chore::Mark, Some(marked)) => phone.outbox.marked(marked),
            (chore, _) => phone.perform(chore),
        }
    }
    names
}

fn add_quietly(phone: &mut Phone, key: &str) -> Id {
    let owner = Owner::User("A".to_string());
    phone.outbox.add(key.to_string(), owner, answer("A"), phone.now)
}

#[test]
fn a_report_is_saved_once_and_a_marker_of_ours_saves_none_again() {
    let mut phone = Phone::new();
    assert_eq!(chores(&mut phone, None), ["open", "mark"]);
    add_quietly(&mut phone, "0");
    assert_eq!(chores(&mut phone, None), ["save", "list", "tell"]);
    add_quietly(&mut phone, "1");
    assert_eq!(chores(&mut phone, None), ["save", "tell"]);
}

#[test]
fn a_marker_that_another_copy_wrote_first_has_all_saved_again() {
    let mut phone = Phone::new();
    assert_eq!(chores(&mut phone, Some(Marked::Refused)), ["open", "mark"]);
    add_quietly(&mut phone, "0");
    let names = chores(&mut phone, Some(Marked::Stands(7.0)));
    assert_eq!(names, ["save", "list", "save", "mark", "save", "tell"]);
}

#[test]
fn a_marker_that_was_refused_is_written_when_a_report_has_gone() {
    let mut phone = Phone::new();
    chores(&mut phone, Some(Marked::Refused));
    let id = add_quietly(&mut phone, "0");
    chores(&mut phone, Some(Marked::Refused));
    assert!(chores(&mut phone, None).is_empty(), "it is not tried without end");
    phone.outbox.delivered(id);
    assert_eq!(chores(&mut phone, None), ["mark", "forget", "tell"]);
}

#[test]
fn nothing_of_a_newer_version_is_read_written_or_removed() {
    let mut phone = Phone::new();
    assert!(matches!(phone.outbox.chore(), Some(Chore::Open)));
    phone.outbox.opened(Opened::Newer);
    add_quietly(&mut phone, "0");
    phone.now += MINUTE_MS;
    let mut names = Vec::new();
    loop {
        names.extend(chores(&mut phone, None));
        match phone.outbox.next(phone.now) {
            Step::Ask => phone.user("A"),
            Step::Prepare(id) => phone.outbox.prepared(id, true, true),
            Step::Send(outgoing) => phone.outbox.delivered(outgoing.id),
            Step::Rest(_) => break,
            step => panic!("{step:?}"),
        }
    }
    assert_eq!(names, ["tell", "tell"]);
}
