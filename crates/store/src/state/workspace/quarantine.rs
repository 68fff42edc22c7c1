//! Events that were held back, with the reason, so that nothing is lost in silence.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use throughline_model::{MessageKey, Seq, SourceId, Timestamp, limits};

use super::{StateError, WorkspaceState};

/// An event that was held back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinedEvent {
    pub seq: Seq,
    pub received: Timestamp,
    /// A stable code.
    pub reason: Box<str>,
    pub message: Box<str>,
    /// The event as it came, cut where it is very long.
    pub raw: Box<str>,
    pub source: SourceId,
    /// The id of the event, where it could be read before it was held back.
    pub id: Option<MessageKey>,
}

/// Which held back events are asked for.
#[derive(Clone, Debug, Default)]
pub struct QuarantineFilter {
    pub reason: Option<String>,
    /// Only events before this one, for the next page.
    pub before: Option<Seq>,
    pub limit: usize,
}

/// One page of held back events, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuarantinePage {
    pub by_reason: Vec<ReasonCount>,
    pub entries: Vec<QuarantinedEvent>,
}

/// How many events were held back for one reason, those that are no longer listed included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    pub reason: String,
    pub count: u64,
}

impl WorkspaceState {
    /// Held back events, newest first, and counts of all.
    pub fn quarantine(&self, filter: &QuarantineFilter) -> Result<QuarantinePage, StateError> {
        self.db.read("read the quarantine", |tx| {
            let mut counts = tx.prepare_cached(
                "SELECT reason, sum(count) FROM (
                     SELECT reason, count(*) AS count FROM quarantine GROUP BY reason
                     UNION ALL SELECT reason, dropped FROM quarantine_counts)
                 GROUP BY reason ORDER BY reason",
            )?;
            let by_reason = counts
                .query_map([], |row| {
                    let count: i64 = row.get(1)?;
                    Ok(ReasonCount {
                        reason: row.get(0)?,
                        count: count.cast_unsigned(),
                    })
                })?
                .collect::<rusqlite::Result<_>>()?;
            let before = filter.before.map_or(i64::MAX, |seq| seq.0.cast_signed());
            let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
            let mut select = tx.prepare_cached(
                "SELECT seq, received, reason, message, raw, source, id FROM quarantine
                 WHERE seq < ?1 AND (?2 IS NULL OR reason = ?2) ORDER BY seq DESC LIMIT ?3",
            )?;
            let entries = select
                .query_map(params![before, filter.reason, limit], entry)?
                .collect::<rusqlite::Result<_>>()?;
            Ok(QuarantinePage { by_reason, entries })
        })
    }

    /// How many listed events were held back before an instant.
    pub fn quarantined_before(&self, before: Timestamp) -> Result<u64, StateError> {
        self.db.read("count what is held back", |tx| {
            let count: i64 = tx
                .prepare_cached("SELECT count(*) FROM quarantine WHERE received < ?1")?
                .query_row([before.0], |row| row.get(0))?;
            Ok(count.cast_unsigned())
        })
    }

    /// Held back events that are looked for, oldest first. For people who ask: all are read.
    pub fn quarantined_where(
        &self,
        is_sought: &dyn Fn(&QuarantinedEvent) -> bool,
        limit: usize,
    ) -> Result<Vec<QuarantinedEvent>, StateError> {
        self.db.read("search the quarantine", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT seq, received, reason, message, raw, source, id FROM quarantine ORDER BY seq",
            )?;
            let mut rows = select.query([])?;
            let mut found = Vec::new();
            while found.len() < limit
                && let Some(row) = rows.next()?
            {
                let event = entry(row)?;
                if is_sought(&event) {
                    found.push(event);
                }
            }
            Ok(found)
        })
    }

    /// Held back events of some places, in the order of their places; others are left out.
    pub fn quarantined_at(&self, places: &[Seq]) -> Result<Vec<QuarantinedEvent>, StateError> {
        let mut places = places.to_vec();
        places.sort_unstable();
        places.dedup();
        self.db.read("read what is released", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT seq, received, reason, message, raw, source, id FROM quarantine
                 WHERE seq = ?1",
            )?;
            let mut found = Vec::with_capacity(places.len());
            for place in &places {
                found.extend(
                    select
                        .query_row([place.0.cast_signed()], entry)
                        .optional()?,
                );
            }
            Ok(found)
        })
    }

    /// How many events were held back since an instant.
    pub fn quarantined_since(&self, since: Timestamp) -> Result<u64, StateError> {
        self.db.read("count the quarantine", |tx| {
            let count: i64 = tx.query_row(
                "SELECT count(*) FROM quarantine WHERE received >= ?1",
                [since.0],
                |row| row.get(0),
            )?;
            Ok(count.cast_unsigned())
        })
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<QuarantinedEvent> {
    let seq: i64 = row.get(0)?;
    Ok(QuarantinedEvent {
        seq: Seq(seq.cast_unsigned()),
        received: Timestamp(row.get(1)?),
        reason: row.get::<_, String>(2)?.into(),
        message: row.get::<_, String>(3)?.into(),
        raw: row.get::<_, String>(4)?.into(),
        source: SourceId(row.get(5)?),
        id: row
            .get::<_, Option<[u8; 16]>>(6)?
            .map(|it| MessageKey(u128::from_le_bytes(it))),
    })
}

/// Holds events back and takes out what was released, in the order of the log: what is dropped as
/// the oldest must not depend on how the log is cut into batches.
pub(super) fn store(
    tx: &Transaction<'_>,
    events: &[QuarantinedEvent],
    released: &[(u64, Seq)],
) -> rusqlite::Result<()> {
    let mut events = events;
    for (position, seq) in released {
        let before = events.partition_point(|it| it.seq < Seq::new(*position, 0));
        hold(tx, &events[..before])?;
        events = &events[before..];
        tx.prepare_cached("DELETE FROM quarantine WHERE seq = ?1")?
            .execute([seq.0.cast_signed()])?;
    }
    hold(tx, events)
}

fn hold(tx: &Transaction<'_>, events: &[QuarantinedEvent]) -> rusqlite::Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let mut insert = tx.prepare_cached(
        "INSERT OR IGNORE INTO quarantine (seq, received, reason, message, raw, source, id)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ?1 > ifnull(
             (SELECT dropped_upto FROM quarantine_counts WHERE reason = ?3), -1)",
    )?;
    for event in events {
        insert.execute(params![
            event.seq.0.cast_signed(),
            event.received.0,
            &*event.reason,
            &*event.message,
            &*event.raw,
            event.source.0,
            event.id.map(|it| it.0.to_le_bytes())
        ])?;
    }
    drop_oldest(tx)
}

/// Keeps the newest of each reason and counts the others.
fn drop_oldest(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    let most = i64::try_from(limits::QUARANTINE_KEPT_PER_REASON_MAX).unwrap_or(i64::MAX);
    let mut reasons =
        tx.prepare_cached("SELECT reason, count(*) FROM quarantine GROUP BY reason")?;
    let over: Vec<(String, i64)> = reasons
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .filter(|row| row.as_ref().is_ok_and(|(_, count)| *count > most))
        .collect::<rusqlite::Result<_>>()?;
    for (reason, count) in over {
        let excess = count - most;
        let upto: i64 = tx.query_row(
            "SELECT seq FROM quarantine WHERE reason = ?1 ORDER BY seq LIMIT 1 OFFSET ?2",
            params![reason, excess - 1],
            |row| row.get(0),
        )?;
        tx.execute(
            "DELETE FROM quarantine WHERE reason = ?1 AND seq <= ?2",
            params![reason, upto],
        )?;
        tx.execute(
            "INSERT INTO quarantine_counts (reason, dropped, dropped_upto) VALUES (?1, ?2, ?3)
             ON CONFLICT (reason) DO UPDATE
             SET dropped = dropped + excluded.dropped, dropped_upto = excluded.dropped_upto",
            params![reason, excess, upto],
        )?;
    }
    Ok(())
}

pub(super) fn remove_source(tx: &Transaction<'_>, source: SourceId) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM quarantine WHERE source = ?1", [source.0])?;
    Ok(())
}
