//! When the lines of the link log arrived.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use throughline_model::Timestamp;

use super::{StateError, WorkspaceState};

/// How many lines the link log had once what arrived at a moment was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkMoment {
    pub lines: u64,
    pub at: Timestamp,
}

impl WorkspaceState {
    /// Moments of the link log, the oldest first: no more than `count_max`, evenly spread, with the last.
    pub fn link_moments(&self, count_max: usize) -> Result<Vec<LinkMoment>, StateError> {
        self.db.read("read moments of the link log", |tx| {
            let count: i64 =
                tx.query_row("SELECT count(*) FROM link_moments", [], |row| row.get(0))?;
            let step = count
                .cast_unsigned()
                .div_ceil(count_max.max(1) as u64)
                .max(1);
            let mut select = tx.prepare_cached(
                "SELECT lines, at FROM (
                     SELECT lines, at, row_number() OVER (ORDER BY lines DESC) - 1 AS back
                     FROM link_moments
                 ) WHERE back % ?1 = 0 ORDER BY lines",
            )?;
            let rows = select.query_map([step.cast_signed()], read)?;
            rows.collect()
        })
    }

    /// What had arrived at a moment; none before the first line.
    pub fn link_moment_at(&self, at: Timestamp) -> Result<Option<LinkMoment>, StateError> {
        self.db.read("find a moment of the link log", |tx| {
            tx.prepare_cached(
                "SELECT lines, at FROM link_moments WHERE at <= ?1 ORDER BY lines DESC LIMIT 1",
            )?
            .query_row([at.0], read)
            .optional()
        })
    }

    /// When the last of so many lines arrived; none where there are not so many, or they are none.
    pub fn link_moment_of(&self, lines: u64) -> Result<Option<Timestamp>, StateError> {
        if lines == 0 {
            return Ok(None);
        }
        self.db.read("find when a line arrived", |tx| {
            tx.prepare_cached(
                "SELECT lines, at FROM link_moments WHERE lines >= ?1 ORDER BY lines LIMIT 1",
            )?
            .query_row([lines.min(i64::MAX.cast_unsigned()).cast_signed()], read)
            .optional()
            .map(|found| found.map(|it| it.at))
        })
    }
}

pub(super) fn store(tx: &Transaction<'_>, moments: &[LinkMoment]) -> rusqlite::Result<()> {
    let mut insert =
        tx.prepare_cached("INSERT OR IGNORE INTO link_moments (lines, at) VALUES (?1, ?2)")?;
    for it in moments {
        insert.execute(params![it.lines.cast_signed(), it.at.0])?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<LinkMoment> {
    let lines: i64 = row.get(0)?;
    Ok(LinkMoment {
        lines: lines.cast_unsigned(),
        at: Timestamp(row.get(1)?),
    })
}

#[cfg(test)]
mod tests {
    use super::{super::StateBatch, *};

    fn state(moments: &[(u64, i64)]) -> (tempfile::TempDir, WorkspaceState) {
        let dir = tempfile::tempdir().expect("a folder");
        let state = WorkspaceState::open(&dir.path().join("state.db")).expect("opened");
        let moments = moments.iter().map(|(lines, at)| LinkMoment {
            lines: *lines,
            at: Timestamp(*at),
        });
        let batch = StateBatch {
            link_moments: moments.collect(),
            ..StateBatch::default()
        };
        state.commit(&batch).expect("stored");
        state.commit(&batch).expect("stored again");
        (dir, state)
    }

    #[test]
    fn a_moment_knows_what_had_arrived_and_a_line_when_it_came() {
        let (_dir, state) = state(&[(2, 100), (5, 200), (6, 300)]);
        for (at, lines) in [
            (99, None),
            (100, Some(2)),
            (299, Some(5)),
            (i64::MAX, Some(6)),
        ] {
            let found = state.link_moment_at(Timestamp(at)).expect("read");
            assert_eq!(found.map(|it| it.lines), lines, "at {at}");
        }
        for (lines, at) in [
            (0, None),
            (1, Some(100)),
            (2, Some(100)),
            (3, Some(200)),
            (6, Some(300)),
            (7, None),
            (u64::MAX, None),
        ] {
            let found = state.link_moment_of(lines).expect("read");
            assert_eq!(found.map(|it| it.0), at, "line {lines}");
        }
    }

    #[test]
    fn many_moments_are_thinned_evenly_and_the_last_stays() {
        let moments: Vec<(u64, i64)> = (1..=1000_u64)
            .map(|it| (it, 10 * it.cast_signed()))
            .collect();
        let (_dir, state) = state(&moments);
        let lines = |count_max| -> Vec<u64> {
            let found = state.link_moments(count_max).expect("read");
            found.iter().map(|it| it.lines).collect()
        };
        assert_eq!(lines(4), [250, 500, 750, 1000]);
        assert_eq!(lines(3), [332, 666, 1000]);
        assert_eq!(lines(5000).len(), 1000);
        assert_eq!(lines(0), [1000]);
    }
}
