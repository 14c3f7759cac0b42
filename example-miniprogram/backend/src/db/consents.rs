//! Keeps the grants of a user's consents in step with their witnesses.

use rusqlite::{Connection, params};

use crate::consent::pairing::{Consent, Event, Report, is_revoked, settled};
use crate::db::error::StoreError;

/// How many of the latest grants of a user and template may change. Whatever is
/// older stays as it is.
const LATEST: u32 = 100;

/// Whose consent to what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub(super) open_id: &'a str,
    pub(super) template_id: &'a str,
}

/// Adds a consent with one witness: a stored answer, or a stored event.
pub(super) fn add(
    connection: &Connection,
    subject: Subject<'_>,
    answer: Option<i64>,
    event: Option<i64>,
) -> Result<(), StoreError> {
    let fresh = connection.query_row(
        "INSERT INTO grants (open_id, template_id, answer, event) VALUES (?1, ?2, ?3, ?4)
         RETURNING id",
        params![subject.open_id, subject.template_id, answer, event],
        |row| row.get(0),
    )?;
    let events = "SELECT EXISTS (SELECT 1 FROM consent_events
                                 WHERE open_id = ?1 AND template_id = ?2)";
    let both = [subject.open_id, subject.template_id];
    if !connection.query_row(events, both, |row| row.get(0))? {
        return Ok(());
    }
    let stored = stored(connection, subject)?;
    let settled = settled(&stored, fresh);
    if !settled.iter().any(|consent| consent.id == fresh) {
        connection.execute("DELETE FROM grants WHERE id = ?1", [fresh])?;
    }
    let revoked = revoked(connection, subject)?;
    for consent in &settled {
        write(connection, consent, &revoked)?;
    }
    Ok(())
}

/// Voids what was revoked, after an event of it was stored.
pub(super) fn revoke(connection: &Connection, subject: Subject<'_>) -> Result<(), StoreError> {
    let revoked = revoked(connection, subject)?;
    for consent in stored(connection, subject)? {
        write(connection, &consent, &revoked)?;
    }
    Ok(())
}

fn write(connection: &Connection, consent: &Consent, revoked: &[i64]) -> rusqlite::Result<()> {
    let Consent { id, report, event } = *consent;
    let is_revoked = is_revoked(report, event, revoked);
    connection.execute(
        "UPDATE grants SET answer = ?2, event = ?3, revoked = ?4
         WHERE id = ?1 AND (answer, event, revoked) IS NOT (?2, ?3, ?4)",
        params![id, report.map(|it| it.id), event.map(|it| it.id), is_revoked],
    )?;
    Ok(())
}

fn stored(connection: &Connection, subject: Subject<'_>) -> rusqlite::Result<Vec<Consent>> {
    connection
        .prepare(
            "SELECT grants.id, answer, unixepoch(answers.created_at), answered_at, event, at
             FROM grants LEFT JOIN answers ON number = answer
             LEFT JOIN consent_events ON consent_events.id = event
             WHERE grants.open_id = ?1 AND grants.template_id = ?2
             ORDER BY grants.id DESC LIMIT ?3",
        )?
        .query_map(params![subject.open_id, subject.template_id, LATEST], |row| {
            let (report, event): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(4)?);
            let (arrived, answered) = (row.get(2), row.get(3)?);
            let report = match report {
                Some(id) => Some(Report { id, arrived: arrived?, answered }),
                None => None,
            };
            let event = match event {
                Some(id) => Some(Event { id, at: row.get(5)? }),
                None => None,
            };
            Ok(Consent { id: row.get(0)?, report, event })
        })?
        .collect()
}

fn revoked(connection: &Connection, subject: Subject<'_>) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare(
            "SELECT at FROM consent_events
             WHERE open_id = ?1 AND template_id = ?2 AND kind = 'revoke'",
        )?
        .query_map([subject.open_id, subject.template_id], |row| row.get(0))?
        .collect()
}
