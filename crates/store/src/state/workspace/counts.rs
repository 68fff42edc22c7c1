//! What became of what each source sent.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};
use throughline_model::SourceId;

use super::{StateError, WorkspaceState};

/// How many events of a source had which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceCounts {
    pub stored: u64,
    pub duplicate: u64,
    pub quarantined: u64,
    /// Rows of a file that are no events.
    pub faulty: u64,
    /// Of people who were erased before. Where the tables are made once more, they are not counted
    /// again, as nothing of them is left in the log.
    pub refused: u64,
}

impl SourceCounts {
    /// Everything that the source sent.
    pub fn total(self) -> u64 {
        self.stored + self.duplicate + self.quarantined + self.faulty + self.refused
    }
}

impl std::ops::AddAssign for SourceCounts {
    fn add_assign(&mut self, other: Self) {
        self.stored += other.stored;
        self.duplicate += other.duplicate;
        self.quarantined += other.quarantined;
        self.faulty += other.faulty;
        self.refused += other.refused;
    }
}

impl WorkspaceState {
    /// The counts of every source that has sent something.
    pub fn source_counts(&self) -> Result<BTreeMap<SourceId, SourceCounts>, StateError> {
        self.db.read("read counts of sources", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT source, stored, duplicate, quarantined, faulty, refused FROM source_counts",
            )?;
            let count = |row: &rusqlite::Row<'_>, column: usize| {
                row.get(column).map(|count: i64| count.cast_unsigned())
            };
            let rows = select.query_map([], |row| {
                let counts = SourceCounts {
                    stored: count(row, 1)?,
                    duplicate: count(row, 2)?,
                    quarantined: count(row, 3)?,
                    faulty: count(row, 4)?,
                    refused: count(row, 5)?,
                };
                Ok((SourceId(row.get(0)?), counts))
            })?;
            rows.collect()
        })
    }
}

pub(super) fn add(
    tx: &Transaction<'_>,
    counts: &BTreeMap<SourceId, SourceCounts>,
) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO source_counts (source, stored, duplicate, quarantined, faulty, refused)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (source) DO UPDATE SET
             stored = stored + excluded.stored,
             duplicate = duplicate + excluded.duplicate,
             quarantined = quarantined + excluded.quarantined,
             faulty = faulty + excluded.faulty,
             refused = refused + excluded.refused",
    )?;
    for (source, counts) in counts {
        insert.execute(params![
            source.0,
            counts.stored.cast_signed(),
            counts.duplicate.cast_signed(),
            counts.quarantined.cast_signed(),
            counts.faulty.cast_signed(),
            counts.refused.cast_signed()
        ])?;
    }
    Ok(())
}

pub(super) fn remove_source(tx: &Transaction<'_>, source: SourceId) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM source_counts WHERE source = ?1", [source.0])?;
    Ok(())
}
