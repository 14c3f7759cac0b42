//! Writes of many clients share a commit: the effect of a kill, a lock or a
//! deleted file.

use std::collections::HashSet;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::gateway::words;
use crate::program::Running;
use crate::support::{Client, Directory, answer, fresh};

/// Posts reports on sixteen connections until none is answered any more;
/// returns the keys of the answered ones.
fn post_until_killed(client: &Client, kill: impl FnOnce()) -> HashSet<String> {
    let (answered, ended) = (Mutex::new(HashSet::new()), AtomicBool::new(false));
    thread::scope(|scope| {
        for number in 0..16 {
            let (client, answered, ended) = (client, &answered, &ended);
            scope.spawn(move || {
                for count in 0.. {
                    let key = format!("report-{number}-{count}");
                    match client.try_report(&key, &answer()) {
                        Some(reply) => {
                            reply.ok(json!({"stored": true}));
                            answered.lock().unwrap().insert(key);
                        }
                        None if ended.load(Ordering::SeqCst) => return,
                        None => (),
                    }
                }
            });
        }
        while answered.lock().unwrap().len() < 200 {
            thread::sleep(Duration::from_millis(1));
        }
        kill();
        ended.store(true, Ordering::SeqCst);
    });
    answered.into_inner().unwrap()
}

#[test]
fn of_many_answers_under_way_a_kill_loses_none_that_was_acknowledged() {
    for _ in 0..3 {
        let directory = Directory::new();
        let mut running = Running::start(&directory);
        let client = running.client.clone();
        let answered = post_until_killed(&client, || {
            running.end("KILL");
        });

        let again = Running::start(&directory);
        let stored = words(&again.client.subscriptions("user-1"), "id");
        let unique: HashSet<_> = stored.iter().cloned().collect();
        assert_eq!(unique.len(), stored.len(), "none is stored twice");
        let lost: Vec<_> = answered.difference(&unique).collect();
        assert!(lost.is_empty(), "{lost:?} of {} answered", answered.len());
        let grants = words(&again.client.list("/grants?openId=user-1"), "reportId");
        assert_eq!(grants, stored, "each with its grant");
    }
}

#[test]
fn while_another_process_holds_the_write_lock_lists_are_answered_at_once() {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer()).ok(json!({"stored": true}));
    let other = Connection::open(fresh.directory.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; DELETE FROM answers").unwrap();
    thread::scope(|scope| {
        let writing: Vec<_> = (0..4)
            .map(|n| scope.spawn(move || client.report(&format!("late-{n}"), &answer())))
            .collect();
        thread::sleep(Duration::from_millis(200));
        for path in ["/subscriptions", "/grants", "/messages", "/templates"] {
            let start = Instant::now();
            let list = client.list(&format!("{path}?openId=user-1"));
            assert!(start.elapsed() < Duration::from_millis(1500), "{path}: {:?}", start.elapsed());
            assert_eq!(list.is_empty(), path == "/messages");
        }
        let start = Instant::now();
        assert_eq!(client.ask("支付成功").status, 200);
        assert!(start.elapsed() < Duration::from_millis(1500));
        for reply in writing {
            reply.join().unwrap().refused(503, "busy", None);
        }
    });
}

#[test]
fn a_write_that_cannot_get_the_lock_is_503_with_retry_after_and_stored_later() {
    let fresh = fresh();
    let client = &fresh.server.client;
    let other = Connection::open(fresh.directory.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    let (reply, retry_after) =
        client.post_with_retry_after("/popSubscribeResult", "report-1", &answer());
    reply.refused(503, "busy", None);
    assert_eq!(retry_after.as_deref(), Some("1"));
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert!(client.subscriptions("user-1").is_empty());
    other.execute_batch("ROLLBACK").unwrap();
    client.report("report-1", &answer()).ok(json!({"stored": true}));
}

/// Asserts that after `change` of the files nothing is stored or listed.
fn refuses_after(change: impl Fn(&Directory)) {
    let fresh = fresh();
    let client = &fresh.server.client;
    client.report("report-1", &answer()).ok(json!({"stored": true}));
    change(&fresh.directory);
    for _ in 0..2 {
        client.report("report-2", &answer()).refused(500, "internal", None);
        client.report("report-1", &answer()).refused(500, "internal", None);
        client.get("/subscriptions?openId=user-1").refused(500, "internal", None);
    }
}

#[cfg(unix)]
#[test]
fn a_database_that_was_deleted_underneath_stores_nothing_and_says_so() {
    refuses_after(|directory| fs::remove_file(directory.database()).unwrap());
}

#[cfg(unix)]
#[test]
fn a_database_that_was_replaced_underneath_stores_nothing_and_says_so() {
    refuses_after(|directory| {
        let copy = directory.database().with_extension("copy");
        fs::copy(directory.database(), &copy).unwrap();
        fs::rename(copy, directory.database()).unwrap();
    });
    refuses_after(|directory| {
        let moved = directory.database().with_extension("moved");
        fs::rename(directory.database(), moved).unwrap();
    });
}

#[cfg(unix)]
#[test]
fn a_write_ahead_log_that_was_deleted_underneath_stores_nothing_and_says_so() {
    refuses_after(|directory| {
        let mut log = directory.database().into_os_string();
        log.push("-wal");
        fs::remove_file(log).unwrap();
    });
}

#[cfg(unix)]
#[test]
fn a_database_behind_a_link_is_served_as_itself() {
    let directory = Directory::new();
    let kept = directory.database().with_file_name("kept.sqlite3");
    std::os::unix::fs::symlink(&kept, directory.database()).unwrap();
    let running = Running::start(&directory);
    running.client.report("report-1", &answer()).ok(json!({"stored": true}));
    fs::remove_file(&kept).unwrap();
    running.client.report("report-2", &answer()).refused(500, "internal", None);
}

/// The SDK keeps a report for 30 days unless configured otherwise, and posts
/// it again under its key until then.
#[test]
fn a_key_is_remembered_for_longer_than_a_report_waits() {
    let directory = Directory::new();
    let running = Running::start(&directory);
    running.client.report("report-1", &answer()).ok(json!({"stored": true}));
    drop(running);
    let connection = Connection::open(directory.database()).unwrap();
    let age = "UPDATE answers SET created_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-45 days')";
    assert_eq!(connection.execute(age, []).unwrap(), 1);
    drop(connection);

    let again = Running::start(&directory);
    again.client.report("report-2", &answer()).ok(json!({"stored": true}));
    again.client.report("report-1", &answer()).ok(json!({"stored": false}));
    let mut other = answer();
    other["busNo"] = Value::from("SKU-2");
    again.client.report("report-1", &other).refused(409, "conflict", Some("Idempotency-Key"));
}
