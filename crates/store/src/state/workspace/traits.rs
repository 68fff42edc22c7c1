//! What is known of a profile, with when and from where.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Transaction, params};
use throughline_model::{ActorId, SourceId, Timestamp, limits};

use super::{StateBatch, StateError, WorkspaceState};
use crate::TraitColumn;

/// One trait as one source told it last. The newest over all sources and actors is the profile's.
#[derive(Clone, Debug, PartialEq)]
pub struct TraitRow {
    pub actor: ActorId,
    pub name: Box<str>,
    /// JSON text; none when the source removed the trait.
    pub value: Option<Box<str>>,
    pub time: Timestamp,
    pub source: SourceId,
}

impl TraitRow {
    /// Order of precedence: the later time, and at one time the greater text, whoever came first.
    pub fn precedence(&self) -> (Timestamp, Option<&str>) {
        (self.time, self.value.as_deref())
    }
}

impl WorkspaceState {
    /// The traits of a profile's actors, the winning one of each name, sorted by name.
    pub fn traits(&self, actors: &[ActorId]) -> Result<Vec<TraitRow>, StateError> {
        let rows = self.db.read("read traits", |tx| {
            let mut select =
                tx.prepare_cached("SELECT name, value, time, source FROM traits WHERE actor = ?1")?;
            let mut rows = Vec::new();
            for actor in actors {
                let found = select.query_map([actor.0], |row| {
                    let name: String = row.get(0)?;
                    let value: Option<String> = row.get(1)?;
                    Ok(TraitRow {
                        actor: *actor,
                        name: name.into(),
                        value: value.map(Into::into),
                        time: Timestamp(row.get(2)?),
                        source: SourceId(row.get(3)?),
                    })
                })?;
                for row in found {
                    rows.push(row?);
                }
            }
            Ok(rows)
        })?;
        Ok(winning_traits(rows))
    }
}

impl WorkspaceState {
    /// Every trait as each source told it last, actor by actor.
    pub fn each_trait(&self, mut see: impl FnMut(TraitRow)) -> Result<(), StateError> {
        self.db.read("read all traits", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT actor, name, value, time, source FROM traits ORDER BY actor",
            )?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let (name, value): (String, Option<String>) = (row.get(1)?, row.get(2)?);
                see(TraitRow {
                    actor: ActorId(row.get(0)?),
                    name: name.into(),
                    value: value.map(Into::into),
                    time: Timestamp(row.get(3)?),
                    source: SourceId(row.get(4)?),
                });
            }
            Ok(())
        })
    }
}

/// Traits that rules ask for, of every actor, kept as the tables change.
#[derive(Default)]
pub(super) struct Columns(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    columns: BTreeMap<String, (Arc<TraitColumn>, u64)>,
    /// Grows with each use, so that the smallest was used longest ago.
    uses: u64,
}

impl Columns {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what was just stored.
    pub(super) fn follow(&self, batch: &StateBatch) {
        let mut kept = self.lock();
        if !batch.removed_sources.is_empty() {
            // What held before a source told otherwise is in the tables only.
            kept.columns.clear();
            return;
        }
        for row in &batch.traits {
            if let Some((column, _)) = kept.columns.get_mut(&*row.name) {
                Arc::make_mut(column).hear(row.actor.0, row.time, row.value.as_deref());
            }
        }
    }
}

impl WorkspaceState {
    /// One trait of every actor, as it is now.
    pub fn trait_column(&self, name: &str) -> Result<Arc<TraitColumn>, StateError> {
        // Held while the tables are read, so that a change in between is heard after.
        let mut kept = self.columns.lock();
        kept.uses += 1;
        let uses = kept.uses;
        if let Some((column, used)) = kept.columns.get_mut(name) {
            *used = uses;
            return Ok(Arc::clone(column));
        }
        let column = self.db.read("read a trait of all profiles", |tx| {
            let mut select =
                tx.prepare_cached("SELECT actor, time, value FROM traits WHERE name = ?1")?;
            let mut rows = select.query([name])?;
            let mut column = TraitColumn::default();
            while let Some(row) = rows.next()? {
                let value: Option<String> = row.get(2)?;
                column.hear(row.get(0)?, Timestamp(row.get(1)?), value.as_deref());
            }
            Ok(column)
        })?;
        let column = Arc::new(column);
        if kept.columns.len() >= limits::TRAIT_COLUMNS_MAX {
            let oldest = kept.columns.iter().min_by_key(|(_, it)| it.1);
            if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                kept.columns.remove(&oldest);
            }
        }
        let entry = (Arc::clone(&column), uses);
        kept.columns.insert(name.to_owned(), entry);
        Ok(column)
    }

    /// Names of traits, those that most actors have first.
    pub fn trait_names(&self, limit: usize) -> Result<Vec<(String, u64)>, StateError> {
        self.db.read("list traits", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT name, count(DISTINCT actor) AS uses FROM traits WHERE value IS NOT NULL
                 GROUP BY name ORDER BY uses DESC, name LIMIT ?1",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = select.query_map([limit], |row| {
                let uses: i64 = row.get(1)?;
                Ok((row.get(0)?, uses.cast_unsigned()))
            })?;
            rows.collect()
        })
    }
}

/// The winning row of each name; names that were removed last are left out.
pub fn winning_traits(mut rows: Vec<TraitRow>) -> Vec<TraitRow> {
    rows.sort_by(|a, b| {
        a.name
            .cmp(&b.name)
            .then(b.precedence().cmp(&a.precedence()))
    });
    rows.dedup_by(|later, first| later.name == first.name);
    rows.retain(|row| row.value.is_some());
    rows
}

pub(super) fn store(tx: &Transaction<'_>, rows: &[TraitRow]) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO traits (actor, name, source, value, text, time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (actor, name, source) DO UPDATE
         SET value = excluded.value, text = excluded.text, time = excluded.time
         WHERE excluded.time > time
            OR (excluded.time = time AND ifnull(excluded.value, '') > ifnull(value, ''))",
    )?;
    for row in rows {
        let text = row.value.as_deref().and_then(searchable);
        insert.execute(params![
            row.actor.0,
            &*row.name,
            row.source.0,
            row.value.as_deref(),
            text,
            row.time.0
        ])?;
    }
    Ok(())
}

pub(super) fn remove_source(tx: &Transaction<'_>, source: SourceId) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM traits WHERE source = ?1", [source.0])?;
    Ok(())
}

/// The text of a short JSON string, by which a profile can be found.
fn searchable(value: &str) -> Option<String> {
    if !value.starts_with('"') || value.len() > 200 {
        return None;
    }
    serde_json::from_str(value).ok()
}
