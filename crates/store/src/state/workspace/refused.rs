//! Events of people who were erased before: that they came, and nothing of what they said.
//!
//! They do not follow from the raw log, as they are blanked there, so they stay when the tables are
//! made from it once more.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Transaction, params};
use throughline_model::{MessageKey, Seq, SourceId, Timestamp, limits};

use super::{StateError, WorkspaceState};

/// An event that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedEvent {
    pub seq: Seq,
    pub received: Timestamp,
    pub source: SourceId,
    pub id: MessageKey,
    /// The number of the erasure that it came after.
    pub erasure: u32,
}

/// What was refused after one erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedCount {
    pub events: u64,
    pub last: Timestamp,
}

impl WorkspaceState {
    /// What was refused, by the number of the erasure; also what is no longer listed.
    pub fn refused_counts(&self) -> Result<BTreeMap<u32, RefusedCount>, StateError> {
        self.db.read("count what was refused", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT erasure, sum(events), max(last) FROM (
                     SELECT erasure, count(*) AS events, max(received) AS last
                     FROM refused GROUP BY erasure
                     UNION ALL SELECT erasure, dropped, dropped_last FROM refused_counts)
                 GROUP BY erasure",
            )?;
            let rows = select.query_map([], |row| {
                let events: i64 = row.get(1)?;
                let count = RefusedCount {
                    events: events.cast_unsigned(),
                    last: Timestamp(row.get(2)?),
                };
                Ok((row.get(0)?, count))
            })?;
            rows.collect()
        })
    }

    /// The refused event that has one of these ids, if it is still listed.
    pub fn refused_with(&self, ids: &[MessageKey]) -> Result<Option<RefusedEvent>, StateError> {
        self.db.read("look for a refused event", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT seq, received, source, id, erasure FROM refused WHERE id = ?1
                 ORDER BY seq DESC LIMIT 1",
            )?;
            for id in ids {
                let found = select.query_row([id.0.to_le_bytes()], event).optional()?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        })
    }

    /// Refused events that may still stand in the raw log, the oldest first, up to a count.
    pub fn refused_in_log(&self, count_max: usize) -> Result<Vec<RefusedEvent>, StateError> {
        self.db.read("look for what was refused", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT seq, received, source, id, erasure FROM refused WHERE is_in_log = 1
                 ORDER BY seq LIMIT ?1",
            )?;
            let most = i64::try_from(count_max).unwrap_or(i64::MAX);
            select.query_map([most], event)?.collect()
        })
    }

    /// Notes that refused events are out of the raw log, or as far as they can be.
    pub fn refused_are_out(&self, places: &[Seq]) -> Result<(), StateError> {
        self.db.write("note what was blanked", |tx| {
            let mut update =
                tx.prepare_cached("UPDATE refused SET is_in_log = 0 WHERE seq = ?1")?;
            for place in places {
                update.execute([place.0.cast_signed()])?;
            }
            drop_oldest(tx)
        })
    }
}

fn event(row: &rusqlite::Row<'_>) -> rusqlite::Result<RefusedEvent> {
    let seq: i64 = row.get(0)?;
    Ok(RefusedEvent {
        seq: Seq(seq.cast_unsigned()),
        received: Timestamp(row.get(1)?),
        source: SourceId(row.get(2)?),
        id: MessageKey(u128::from_le_bytes(row.get(3)?)),
        erasure: row.get(4)?,
    })
}

/// Notes what was refused; what is here already, or was and is only counted, stays as it is.
pub(super) fn store(tx: &Transaction<'_>, events: &[RefusedEvent]) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT OR IGNORE INTO refused (seq, received, source, id, erasure, is_in_log)
         SELECT ?1, ?2, ?3, ?4, ?5, 1 WHERE ?1 > ifnull(
             (SELECT dropped_upto FROM refused_counts WHERE erasure = ?5), -1)",
    )?;
    for event in events {
        insert.execute(params![
            event.seq.0.cast_signed(),
            event.received.0,
            event.source.0,
            event.id.0.to_le_bytes(),
            event.erasure
        ])?;
    }
    Ok(())
}

/// Keeps the newest and counts the others. What may still stand in the raw log is kept.
fn drop_oldest(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    let most = i64::try_from(limits::REFUSED_KEPT_MAX).unwrap_or(i64::MAX);
    let upto: Option<i64> = tx
        .query_row(
            "SELECT seq FROM refused ORDER BY seq DESC LIMIT 1 OFFSET ?1",
            [most],
            |row| row.get(0),
        )
        .optional()?;
    let Some(upto) = upto else {
        return Ok(());
    };
    tx.execute(
        "INSERT INTO refused_counts (erasure, dropped, dropped_upto, dropped_last)
         SELECT erasure, count(*), max(seq), max(received) FROM refused
         WHERE seq <= ?1 AND is_in_log = 0 GROUP BY erasure
         ON CONFLICT (erasure) DO UPDATE SET
             dropped = dropped + excluded.dropped,
             dropped_upto = max(dropped_upto, excluded.dropped_upto),
             dropped_last = max(dropped_last, excluded.dropped_last)",
        [upto],
    )?;
    tx.execute(
        "DELETE FROM refused WHERE seq <= ?1 AND is_in_log = 0",
        [upto],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::StateBatch;

    fn refused(position: u64) -> RefusedEvent {
        RefusedEvent {
            seq: Seq::new(position, 0),
            received: Timestamp(i64::try_from(position).unwrap()),
            source: SourceId(1),
            id: MessageKey(u128::from(position)),
            erasure: 3,
        }
    }

    #[test]
    fn what_was_refused_is_counted_once_and_only_the_newest_is_listed() {
        let dir = tempfile::tempdir().unwrap();
        let state = WorkspaceState::open(&dir.path().join("state.db")).unwrap();
        let count = limits::REFUSED_KEPT_MAX as u64 + 5;
        let batch = StateBatch {
            applied: count,
            refused: (0..count).map(refused).collect(),
            ..StateBatch::default()
        };
        state.commit(&batch).unwrap();
        let places: Vec<Seq> = batch.refused.iter().map(|it| it.seq).collect();
        state.refused_are_out(&places).unwrap();
        // A restart tells of the same once more.
        state.commit(&batch).unwrap();
        let counted = state.refused_counts().unwrap()[&3];
        assert_eq!(counted.events, count);
        assert_eq!(counted.last, refused(count - 1).received);
        assert_eq!(state.refused_with(&[MessageKey(4)]).unwrap(), None);
        let newest = refused(count - 1);
        let found = state.refused_with(&[MessageKey(1 << 90), newest.id]);
        assert_eq!(found.unwrap(), Some(newest));
        assert_eq!(state.refused_in_log(10).unwrap(), []);
    }
}
