//! How often what came in was not as the tracking plan has it, since the plan holds.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};
use throughline_model::{EventName, Timestamp, limits, plan::Breach};

use super::{StateError, WorkspaceState};

/// One sort of violation, and how often there was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedViolation {
    pub breach: Breach,
    /// As it is shown; empty where different ones are counted together.
    pub event: String,
    /// The path of the property; empty when the event itself is meant.
    pub property: String,
    pub count: u64,
    pub first: Timestamp,
    pub last: Timestamp,
}

/// What broke the plan within one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    /// True where a new plan holds, so that counting begins anew; only what came after it is here.
    is_new: bool,
    counted: BTreeMap<(Breach, String, String), Seen>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    /// Its place among those of the batch. What comes first gets a line of its own, however the log
    /// is cut into batches.
    place: usize,
    count: u64,
    first: Timestamp,
    last: Timestamp,
}

impl Violations {
    /// Begins to count anew.
    pub fn begin(&mut self) {
        self.is_new = true;
        self.counted.clear();
    }

    /// Counts one.
    pub fn see(&mut self, breach: Breach, event: &EventName, property: &str, at: Timestamp) {
        let key = (breach, event.to_string(), property.to_owned());
        let place = self.counted.len();
        let seen = self.counted.entry(key).or_insert(Seen {
            place,
            count: 0,
            first: at,
            last: at,
        });
        seen.count += 1;
        seen.first = seen.first.min(at);
        seen.last = seen.last.max(at);
    }

    /// Lines to write.
    pub fn len(&self) -> usize {
        self.counted.len() + usize::from(self.is_new)
    }

    /// True when there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl WorkspaceState {
    /// What broke the tracking plan since it holds, the most frequent first.
    pub fn violations(&self) -> Result<Vec<CountedViolation>, StateError> {
        self.db.read("read what broke the tracking plan", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT breach, event, property, count, first, last FROM violations
                 ORDER BY count DESC, event, property, breach",
            )?;
            let rows = select.query_map([], |row| {
                let breach: String = row.get(0)?;
                let count: i64 = row.get(3)?;
                let counted = |breach| {
                    Ok::<_, rusqlite::Error>(CountedViolation {
                        breach,
                        event: row.get(1)?,
                        property: row.get(2)?,
                        count: count.cast_unsigned(),
                        first: Timestamp(row.get(4)?),
                        last: Timestamp(row.get(5)?),
                    })
                };
                Breach::from_code(&breach).map(counted).transpose()
            })?;
            rows.filter_map(Result::transpose).collect()
        })
    }
}

pub(super) fn add(tx: &Transaction<'_>, violations: &Violations) -> rusqlite::Result<()> {
    if violations.is_new {
        tx.execute("DELETE FROM violations", [])?;
    }
    if violations.counted.is_empty() {
        return Ok(());
    }
    let mut rows: i64 = tx.query_row("SELECT count(*) FROM violations", [], |row| row.get(0))?;
    let most = i64::try_from(limits::VIOLATIONS_MAX).unwrap_or(i64::MAX);
    let mut known = tx.prepare_cached(
        "SELECT count(*) FROM violations WHERE breach = ?1 AND event = ?2 AND property = ?3",
    )?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO violations (breach, event, property, count, first, last)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (breach, event, property) DO UPDATE SET
             count = count + excluded.count,
             first = min(first, excluded.first),
             last = max(last, excluded.last)",
    )?;
    let mut counted: Vec<_> = violations.counted.iter().collect();
    counted.sort_by_key(|(_, seen)| seen.place);
    for ((breach, event, property), seen) in counted {
        let code = breach.code();
        let is_known: bool = known.query_row(params![code, event, property], |row| row.get(0))?;
        // Names come from outside, so there is no end of them.
        let (event, property) = match is_known || rows < most {
            true => (event.as_str(), property.as_str()),
            false => ("", ""),
        };
        insert.execute(params![
            code,
            event,
            property,
            seen.count.cast_signed(),
            seen.first.0,
            seen.last.0
        ])?;
        rows += i64::from(!is_known);
    }
    Ok(())
}
