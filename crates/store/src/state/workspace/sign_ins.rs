//! Who was seen on which device: of each person and source the first time of every slot.

use rusqlite::{Transaction, params};
use throughline_model::{ActorId, SourceId, Timestamp};

/// That a person was seen on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInRow {
    pub device: ActorId,
    pub user: ActorId,
    pub source: SourceId,
    /// The number of the span of time of which this is the first.
    pub slot: i64,
    pub time: Timestamp,
}

pub(super) fn restore(tx: &Transaction<'_>) -> rusqlite::Result<Vec<SignInRow>> {
    let mut select = tx.prepare("SELECT device, slot, user, source, time FROM sign_ins")?;
    let rows = select.query_map([], |row| {
        Ok(SignInRow {
            device: ActorId(row.get(0)?),
            slot: row.get(1)?,
            user: ActorId(row.get(2)?),
            source: SourceId(row.get(3)?),
            time: Timestamp(row.get(4)?),
        })
    })?;
    rows.collect()
}

pub(super) fn store(tx: &Transaction<'_>, rows: &[SignInRow]) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO sign_ins (device, slot, user, source, time) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (device, slot, user, source) DO UPDATE SET time = min(time, excluded.time)",
    )?;
    for it in rows {
        insert.execute(params![
            it.device.0,
            it.slot,
            it.user.0,
            it.source.0,
            it.time.0
        ])?;
    }
    Ok(())
}

pub(super) fn remove_source(tx: &Transaction<'_>, source: SourceId) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM sign_ins WHERE source = ?1", [source.0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{StateBatch, WorkspaceState},
        *,
    };

    #[test]
    fn the_first_of_each_slot_stays_in_whatever_order_it_came() {
        let row = |user, source, slot, time| SignInRow {
            device: ActorId(9),
            user: ActorId(user),
            source: SourceId(source),
            slot,
            time: Timestamp(time),
        };
        let rows = [
            row(1, 1, 0, 7),
            row(1, 1, 0, 4),
            row(1, 2, 0, 5),
            row(2, 1, 3, 8),
        ];
        let check = |order: &[usize]| {
            let dir = tempfile::tempdir().expect("a folder");
            let state = WorkspaceState::open(&dir.path().join("state.db")).expect("opened");
            for index in order {
                let sign_ins = vec![rows[*index]];
                let batch = StateBatch {
                    sign_ins,
                    ..StateBatch::default()
                };
                state.commit(&batch).expect("stored");
            }
            let all = state.restore().expect("read").sign_ins;
            let removed_sources = vec![SourceId(1)];
            let batch = StateBatch {
                removed_sources,
                ..StateBatch::default()
            };
            state.commit(&batch).expect("stored");
            (all, state.restore().expect("read").sign_ins)
        };
        for order in [[0, 1, 2, 3, 0], [3, 2, 1, 0, 1], [1, 0, 3, 2, 2]] {
            let (all, left) = check(&order);
            assert_eq!(all, [rows[1], rows[2], rows[3]]);
            assert_eq!(left, [rows[2]]);
        }
    }
}
