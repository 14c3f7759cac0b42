//! The database file: created once; a file of another program is refused.

use std::fs;

use rusqlite::Connection;
use wx_subscribe_backend::{Store, StoreError};

use crate::support::{Directory, open_at_once};

#[test]
fn a_new_database_has_a_version_and_is_journaled_ahead() {
    let directory = Directory::new();
    Store::open(&directory.database()).unwrap();
    let connection = Connection::open(directory.database()).unwrap();
    let version: u32 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let journal: String =
        connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!((version, journal.as_str()), (4, "wal"));
}

#[test]
fn a_database_of_a_later_release_is_refused_and_left_as_it_is() {
    let directory = Directory::new();
    drop(Store::open(&directory.database()).unwrap());
    let connection = Connection::open(directory.database()).unwrap();
    connection.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA user_version = 5").unwrap();
    drop(connection);
    let before = fs::read(directory.database()).unwrap();

    let error = Store::open(&directory.database()).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 5, known: 4 }));
    assert_eq!(
        error.to_string(),
        "its schema has version 5 and this program knows versions up to 4: use a later release"
    );
    assert_eq!(fs::read(directory.database()).unwrap(), before);
}

#[test]
fn a_database_of_another_program_is_refused_and_left_as_it_is() {
    let directory = Directory::new();
    let connection = Connection::open(directory.database()).unwrap();
    connection.execute_batch("CREATE TABLE contacts (name TEXT)").unwrap();
    drop(connection);
    let before = fs::read(directory.database()).unwrap();
    assert!(matches!(Store::open(&directory.database()).unwrap_err(), StoreError::Foreign));
    assert_eq!(fs::read(directory.database()).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let directory = Directory::new();
    let before = "not a database, but long enough to be looked at\n".repeat(100);
    fs::write(directory.database(), &before).unwrap();
    let error = Store::open(&directory.database()).unwrap_err();
    assert_eq!(error.to_string(), "file is not a database");
    assert_eq!(fs::read_to_string(directory.database()).unwrap(), before);
}

#[test]
fn stores_opened_at_once_seed_a_new_database_once() {
    for _ in 0..10 {
        let directory = Directory::new();
        open_at_once(&directory);
        let connection = Connection::open(directory.database()).unwrap();
        let scenes: u32 =
            connection.query_row("SELECT count(*) FROM scenes", [], |row| row.get(0)).unwrap();
        assert_eq!(scenes, 9);
    }
}

#[test]
fn a_template_cannot_belong_to_a_scene_that_is_not_there() {
    let directory = Directory::new();
    drop(Store::open(&directory.database()).unwrap());
    let connection = Connection::open(directory.database()).unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    let insert = "INSERT INTO templates VALUES ('没有的场景', 1, 'id', '标题')";
    assert!(connection.execute(insert, []).is_err());
    connection.execute("DELETE FROM scenes WHERE trigger_act = '支付成功'", []).unwrap();
    let left: u32 = connection
        .query_row("SELECT count(*) FROM templates WHERE trigger_act = '支付成功'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(left, 0);
}
