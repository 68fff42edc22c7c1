//! Who was in which segment when: the profiles as they were known last, and each coming and going.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use throughline_model::{ProfileId, Seq, Span, Timestamp, limits};

use super::{StateError, WorkspaceState};
use crate::ProfileSet;

/// Why somebody came into a segment or left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveCause {
    Event(Seq),
    /// Nothing happened; time went by.
    Time,
    /// Profiles were joined or taken apart.
    Merge,
    /// Something was told of an account that the profile is in.
    Account,
    /// Everybody was looked at anew: at a start, or after events were taken back.
    Renewal,
}

/// One coming or going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentMove {
    pub profile: ProfileId,
    pub has_entered: bool,
    pub at: Timestamp,
    pub cause: MoveCause,
}

/// A coming or going with its place in the log of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedMove {
    pub id: u64,
    pub segment: String,
    pub step: SegmentMove,
}

/// The profiles of a segment as they were known last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptProfiles {
    /// Stands for what the segment said when they were its profiles.
    pub definition: String,
    pub profiles: ProfileSet,
}

/// What happened to a segment within a quarter of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentQuarter {
    pub start: Timestamp,
    pub entered: u64,
    pub left: u64,
    /// How many were in it after the last change.
    pub size: u64,
}

/// No zone's day begins within a quarter of an hour.
const QUARTER: Span = Span::minutes(15);

impl WorkspaceState {
    /// The profiles of a segment; none when it was never looked at.
    pub fn segment_profiles(&self, segment: &str) -> Result<Option<KeptProfiles>, StateError> {
        self.db.read("read the profiles of a segment", |tx| {
            let base = tx
                .prepare_cached(
                    "SELECT definition, logged, members FROM segment_bases WHERE segment = ?1",
                )?
                .query_row([segment], |row| {
                    Ok((
                        row.get(0)?,
                        row.get::<_, i64>(1)?,
                        row.get::<_, Vec<u8>>(2)?,
                    ))
                })
                .optional()?;
            let Some((definition, logged, bytes)) = base else {
                return Ok(None);
            };
            let mut profiles = ProfileSet::from_bytes(&bytes);
            let mut select = tx.prepare_cached(
                "SELECT profile, has_entered FROM segment_moves
                 WHERE segment = ?1 AND id > ?2 ORDER BY id",
            )?;
            let mut rows = select.query(params![segment, logged])?;
            while let Some(row) = rows.next()? {
                match row.get(1)? {
                    true => profiles.insert(row.get(0)?),
                    false => profiles.remove(row.get(0)?),
                };
            }
            Ok(Some(KeptProfiles {
                definition,
                profiles,
            }))
        })
    }

    /// Keeps the profiles of a segment that was made, or that says something else now.
    pub fn put_segment_profiles(
        &self,
        segment: &str,
        kept: &KeptProfiles,
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.db.write("keep the profiles of a segment", |tx| {
            put_base(tx, segment, kept)?;
            count(tx, segment, now, (0, 0), kept.profiles.len())
        })
    }

    /// Logs who came and who went, from how many were in the segment before to how many after.
    pub fn add_moves(
        &self,
        segment: &str,
        moves: &[SegmentMove],
        mut size: usize,
    ) -> Result<usize, StateError> {
        self.db.write("log who came into a segment", |tx| {
            let mut insert = tx.prepare_cached(
                "INSERT INTO segment_moves (segment, profile, has_entered, at, cause, seq)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for step in moves {
                let (cause, seq) = match step.cause {
                    MoveCause::Event(seq) => (0, seq.0.cast_signed()),
                    MoveCause::Time => (1, 0),
                    MoveCause::Merge => (2, 0),
                    MoveCause::Renewal => (3, 0),
                    MoveCause::Account => (4, 0),
                };
                let entered = step.has_entered;
                insert.execute(params![
                    segment,
                    step.profile.0,
                    entered,
                    step.at.0,
                    cause,
                    seq
                ])?;
                let counted = (u64::from(entered), u64::from(!entered));
                size = match entered {
                    true => size + 1,
                    false => size.saturating_sub(1),
                };
                count(tx, segment, step.at, counted, size)?;
            }
            Ok(size)
        })
    }

    /// Forgets a segment with its history.
    pub fn remove_segment_profiles(&self, segment: &str) -> Result<(), StateError> {
        self.db.write("forget the profiles of a segment", |tx| {
            tx.execute("DELETE FROM segment_bases WHERE segment = ?1", [segment])?;
            tx.execute("DELETE FROM segment_moves WHERE segment = ?1", [segment])?;
            tx.execute("DELETE FROM segment_quarters WHERE segment = ?1", [segment])?;
            Ok(())
        })
    }

    /// Ids of segments whose profiles are kept.
    pub fn segments_with_profiles(&self) -> Result<Vec<String>, StateError> {
        self.db.read("list segments with profiles", |tx| {
            let mut select = tx.prepare_cached("SELECT segment FROM segment_bases ORDER BY 1")?;
            select.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// Comings and goings of a segment, the newest first.
    pub fn moves_of_segment(
        &self,
        segment: &str,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<LoggedMove>, StateError> {
        let before = before.map_or(i64::MAX, u64::cast_signed);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.db.read("list who came into a segment", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT id, segment, profile, has_entered, at, cause, seq FROM segment_moves
                 WHERE segment = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
            )?;
            select
                .query_map(params![segment, before, limit], logged)?
                .collect()
        })
    }

    /// Comings and goings of a profile over all segments, the newest first.
    pub fn moves_of_profile(
        &self,
        profile: ProfileId,
        limit: usize,
    ) -> Result<Vec<LoggedMove>, StateError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.db.read("list the segments of a profile", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT id, segment, profile, has_entered, at, cause, seq FROM segment_moves
                 WHERE profile = ?1 ORDER BY id DESC LIMIT ?2",
            )?;
            select
                .query_map(params![profile.0, limit], logged)?
                .collect()
        })
    }

    /// What happened to a segment from a moment on, and the last that happened before it.
    pub fn segment_quarters(
        &self,
        segment: &str,
        from: Timestamp,
    ) -> Result<Vec<SegmentQuarter>, StateError> {
        self.db.read("read the history of a segment", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT start, entered, gone, size FROM segment_quarters
                 WHERE segment = ?1 AND start >= ifnull((SELECT max(start) FROM segment_quarters
                   WHERE segment = ?1 AND start < ?2), ?2) ORDER BY start",
            )?;
            let rows = select.query_map(params![segment, from.0], |row| {
                let number =
                    |index| Ok::<_, rusqlite::Error>(row.get::<_, i64>(index)?.cast_unsigned());
                Ok(SegmentQuarter {
                    start: Timestamp(row.get(0)?),
                    entered: number(1)?,
                    left: number(2)?,
                    size: number(3)?,
                })
            })?;
            rows.collect()
        })
    }

    /// True when so many comings and goings are logged that the oldest should go.
    pub fn has_long_moves(&self) -> Result<bool, StateError> {
        let most = i64::try_from(limits::SEGMENT_MOVES_KEPT_MAX).unwrap_or(i64::MAX);
        self.db.read("see how long the log of segments is", |tx| {
            tx.prepare_cached("SELECT ifnull(max(id) - min(id), 0) > ?1 FROM segment_moves")?
                .query_row([most + most / 10], |row| row.get(0))
        })
    }

    /// Drops the oldest comings and goings, once the profiles do not depend on them.
    ///
    /// Days keep their counts.
    pub fn shorten_moves(&self, profiles: &[(String, KeptProfiles)]) -> Result<(), StateError> {
        self.db.write("shorten the log of segments", |tx| {
            for (segment, kept) in profiles {
                put_base(tx, segment, kept)?;
            }
            let most = i64::try_from(limits::SEGMENT_MOVES_KEPT_MAX).unwrap_or(i64::MAX);
            tx.execute(
                "DELETE FROM segment_moves WHERE id <= (SELECT max(id) FROM segment_moves) - ?1",
                [most],
            )?;
            Ok(())
        })
    }
}

fn put_base(tx: &Transaction<'_>, segment: &str, kept: &KeptProfiles) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO segment_bases (segment, definition, logged, members)
         VALUES (?1, ?2, (SELECT ifnull(max(id), 0) FROM segment_moves), ?3)",
    )?
    .execute(params![segment, kept.definition, kept.profiles.to_bytes()])?;
    Ok(())
}

fn count(
    tx: &Transaction<'_>,
    segment: &str,
    at: Timestamp,
    (entered, left): (u64, u64),
    size: usize,
) -> rusqlite::Result<()> {
    let start = at.0 - at.0.rem_euclid(QUARTER.0);
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "INSERT INTO segment_quarters (segment, start, entered, gone, size)
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (segment, start) DO UPDATE SET
         entered = entered + excluded.entered, gone = gone + excluded.gone, size = excluded.size",
    )?
    .execute(params![
        segment,
        start,
        entered.cast_signed(),
        left.cast_signed(),
        size
    ])?;
    Ok(())
}

fn logged(row: &Row<'_>) -> rusqlite::Result<LoggedMove> {
    let (id, seq): (i64, i64) = (row.get(0)?, row.get(6)?);
    Ok(LoggedMove {
        id: id.cast_unsigned(),
        segment: row.get(1)?,
        step: SegmentMove {
            profile: ProfileId(row.get(2)?),
            has_entered: row.get(3)?,
            at: Timestamp(row.get(4)?),
            cause: match row.get::<_, i64>(5)? {
                0 => MoveCause::Event(Seq(seq.cast_unsigned())),
                1 => MoveCause::Time,
                2 => MoveCause::Merge,
                4 => MoveCause::Account,
                _ => MoveCause::Renewal,
            },
        },
    })
}
