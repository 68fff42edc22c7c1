//! What is known of a profile, with when and from where.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Transaction, params};
use throughline_model::{
    ActorId, SourceId, Timestamp,
    consent::{ConsentIs, ConsentPolicy},
    identity::{Survivor, TraitRule},
    limits,
    trait_operation::{Set, TraitOperation, after},
};

use super::{
    OperationRow, StateBatch, StateError, WorkspaceState,
    consents::{self, Heard},
    operations,
};
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
    /// The first value that the source told, and when; filled where traits are read.
    pub first: Option<(Box<str>, Timestamp)>,
    /// Operations that the value was worked out by; none where it is as it was told.
    pub operations_count: u64,
}

/// Traits of which not the newest value stays.
pub type TraitRules = BTreeMap<String, Survivor>;

impl TraitRow {
    /// Order of precedence: the later time, and at one time the greater text, whoever came first.
    fn precedence(&self, keep: Option<&Survivor>) -> ((i64, i64), Option<&str>) {
        let precedence = Survivor::precedence(keep, self.source, self.time);
        (precedence, self.value.as_deref())
    }

    /// The row as a rule looks at it: with its first value in place of its newest.
    fn seen_by(mut self, keep: Option<&Survivor>) -> Self {
        if keep == Some(&Survivor::First) {
            let first = self.first.clone();
            self.value = first.as_ref().map(|(value, _)| value.clone());
            self.time = first.map_or(self.time, |(_, time)| time);
        }
        self
    }
}

impl WorkspaceState {
    /// The traits of a profile's actors, the winning one of each name, sorted by name.
    pub fn traits(&self, actors: &[ActorId]) -> Result<Vec<TraitRow>, StateError> {
        let rows = self.all_traits(actors)?;
        let operations = self.operations(actors)?;
        Ok(winning_traits(rows, operations, &self.trait_rules()))
    }

    /// All that sources told of a profile's actors.
    pub fn all_traits(&self, actors: &[ActorId]) -> Result<Vec<TraitRow>, StateError> {
        self.db.read("read traits", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT actor, name, value, time, source, first_value, first_time
                     FROM traits WHERE actor = ?1",
            )?;
            let mut rows = Vec::new();
            for actor in actors {
                for row in select.query_map([actor.0], read)? {
                    rows.push(row?);
                }
            }
            Ok(rows)
        })
    }

    /// Says of which traits not the newest value stays.
    pub fn set_trait_rules(&self, rules: &[TraitRule]) {
        let rules = rules.iter().map(|it| (it.name.clone(), it.keep.clone()));
        let rules: TraitRules = rules.collect();
        let mut kept = self.columns.lock();
        if *kept.rules != rules {
            kept.rules = Arc::new(rules);
            kept.columns.clear();
        }
    }

    /// Traits of which not the newest value stays.
    pub fn trait_rules(&self) -> Arc<TraitRules> {
        Arc::clone(&self.columns.lock().rules)
    }
}

/// Reads actor, name, value, time, source, first value and first time.
fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<TraitRow> {
    let (name, value): (String, Option<String>) = (row.get(1)?, row.get(2)?);
    let first: (Option<String>, Option<i64>) = (row.get(5)?, row.get(6)?);
    Ok(TraitRow {
        actor: ActorId(row.get(0)?),
        name: name.into(),
        value: value.map(Into::into),
        time: Timestamp(row.get(3)?),
        source: SourceId(row.get(4)?),
        first: (first.0.zip(first.1)).map(|(value, time)| (value.into(), Timestamp(time))),
        operations_count: 0,
    })
}

impl WorkspaceState {
    /// Every trait as each source told it last, actor by actor.
    pub fn each_trait(&self, mut see: impl FnMut(TraitRow)) -> Result<(), StateError> {
        self.db.read("read all traits", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT actor, name, value, time, source, first_value, first_time
                 FROM traits ORDER BY actor",
            )?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                see(read(row)?);
            }
            Ok(())
        })
    }
}

/// Traits that rules ask for, of every actor, kept as the tables change.
#[derive(Default)]
pub(super) struct Columns(Mutex<Kept>);

#[derive(Default)]
pub(super) struct Kept {
    pub(super) columns: BTreeMap<String, (Arc<TraitColumn>, u64)>,
    rules: Arc<TraitRules>,
    pub(super) consent: Arc<ConsentPolicy>,
    /// Traits that operations may have been told of.
    pub(super) operated: BTreeSet<Box<str>>,
    /// Grows with each use, so that the smallest was used longest ago.
    uses: u64,
}

impl Columns {
    pub(super) fn lock(&self) -> MutexGuard<'_, Kept> {
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
                let column = Arc::make_mut(column);
                column.hear(row.actor.0, row.source, row.time, row.value.as_deref());
            }
        }
        if batch.consents.is_empty() {
            return;
        }
        let policy = Arc::clone(&kept.consent);
        for (name, (column, _)) in &mut kept.columns {
            if let Some(consent) = ConsentIs::of_column(name) {
                let heard = Heard::of(&consent, &policy);
                let column = Arc::make_mut(column);
                batch
                    .consents
                    .iter()
                    .for_each(|row| heard.hear(row, column));
            }
        }
    }
}

impl WorkspaceState {
    /// One trait of every actor, as it is now; or one consent, as whether it is denied.
    pub fn trait_column(&self, name: &str) -> Result<Arc<TraitColumn>, StateError> {
        // Held while the tables are read, so that a change in between is heard after.
        let mut kept = self.columns.lock();
        kept.uses += 1;
        let uses = kept.uses;
        if let Some((column, used)) = kept.columns.get_mut(name) {
            *used = uses;
            return Ok(Arc::clone(column));
        }
        let keep = kept.rules.get(name).cloned();
        let policy = Arc::clone(&kept.consent);
        let column = self.db.read("read a trait of all profiles", |tx| {
            if let Some(consent) = ConsentIs::of_column(name) {
                return consents::column(tx, &Heard::of(&consent, &policy));
            }
            read_column(tx, name, keep.clone())
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

    /// One trait of every actor as it would be under a rule.
    pub fn trait_column_under(
        &self,
        name: &str,
        keep: Option<&Survivor>,
    ) -> Result<TraitColumn, StateError> {
        let read = |tx: &Transaction<'_>| read_column(tx, name, keep.cloned());
        self.db.read("read a trait of all profiles", read)
    }

    /// Names of traits, those that most actors have first.
    pub fn trait_names(&self, limit: usize) -> Result<Vec<(String, u64)>, StateError> {
        self.db.read("list traits", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT name, count(DISTINCT actor) AS uses FROM
                 (SELECT name, actor FROM traits WHERE value IS NOT NULL
                  UNION ALL SELECT name, actor FROM operated_traits)
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

fn read_column(
    tx: &Transaction<'_>,
    name: &str,
    keep: Option<Survivor>,
) -> rusqlite::Result<TraitColumn> {
    let mut select = tx.prepare_cached(
        "SELECT actor, name, value, time, source, first_value, first_time
         FROM traits WHERE name = ?1",
    )?;
    let mut rows = select.query([name])?;
    let mut column = TraitColumn::keeping(keep.clone());
    while let Some(row) = rows.next()? {
        let row = read(row)?.seen_by(keep.as_ref());
        column.hear(row.actor.0, row.source, row.time, row.value.as_deref());
    }
    operations::operated_by_all(tx, name, |actor, source, operated| {
        column.operate(actor.0, source, operated);
    })?;
    Ok(column)
}

/// The winning row of each name, with what operations make of it; names that were removed last are
/// left out.
pub fn winning_traits(
    rows: Vec<TraitRow>,
    operations: Vec<OperationRow>,
    rules: &TraitRules,
) -> Vec<TraitRow> {
    let seen = |row: TraitRow| {
        let keep = rules.get(&*row.name);
        row.seen_by(keep)
    };
    // What was first cannot be taken back, and whoever removed a value has no vote.
    let is_told = |row: &TraitRow| {
        let keep = rules.get(&*row.name);
        row.value.is_some() || !matches!(keep, Some(Survivor::First | Survivor::Frequent))
    };
    let mut rows: Vec<TraitRow> = rows.into_iter().map(seen).filter(is_told).collect();
    retain_elected(&mut rows, rules);
    rows.sort_by(|a, b| {
        let keep = rules.get(&*a.name);
        (a.name.cmp(&b.name)).then_with(|| b.precedence(keep).cmp(&a.precedence(keep)))
    });
    rows.dedup_by(|later, first| later.name == first.name);
    if !operations.is_empty() {
        operate(&mut rows, operations, rules);
    }
    rows.retain(|row| row.value.is_some());
    rows
}

/// Works out what operations make of the winning rows, which lie in the order of their names.
fn operate(rows: &mut Vec<TraitRow>, operations: Vec<OperationRow>, rules: &TraitRules) {
    let mut of_names: BTreeMap<Box<str>, Vec<OperationRow>> = BTreeMap::new();
    for row in operations {
        of_names.entry(row.name.clone()).or_default().push(row);
    }
    for (name, mut told) in of_names {
        let keep = rules.get(&*name);
        if !Survivor::hears_operations(keep) {
            continue;
        }
        // Where one source goes before another, only those of the first that tells anything count.
        let place = |source| Survivor::precedence(keep, source, Timestamp(0)).0;
        let known = rows.binary_search_by(|row| row.name.cmp(&name));
        let base = known.ok().map(|at| &rows[at]);
        let all = told.iter().map(|it| it.source);
        let best = all.chain(base.map(|it| it.source)).map(place).max();
        let base = base.filter(|it| Some(place(it.source)) == best);
        told.retain(|it| Some(place(it.source)) == best);
        told.sort_by(|a, b| a.operation.order(&b.operation));
        let set = base.map(|it| Set {
            time: it.time,
            value: it.value.as_deref(),
        });
        let sorted: Vec<&TraitOperation> = told.iter().map(|it| &it.operation).collect();
        let Some(outcome) = after(set, &sorted) else {
            continue;
        };
        let newest = &told[outcome.newest];
        let row = TraitRow {
            actor: newest.actor,
            name,
            value: outcome.value.map(Into::into),
            time: newest.operation.time,
            source: newest.source,
            first: None,
            operations_count: outcome.count,
        };
        match known {
            Ok(at) => rows[at] = row,
            Err(at) => rows.insert(at, row),
        }
    }
}

/// Leaves out what lost against a more frequent value.
fn retain_elected(rows: &mut Vec<TraitRow>, rules: &TraitRules) {
    let frequent = |it: &&TraitRow| rules.get(&*it.name) == Some(&Survivor::Frequent);
    let mut elected: BTreeMap<Box<str>, Option<Box<str>>> = BTreeMap::new();
    for row in rows.iter().filter(frequent) {
        if !elected.contains_key(&row.name) {
            let of_name = rows.iter().filter(|it| it.name == row.name);
            let votes = of_name.map(|it| it.precedence(Some(&Survivor::Frequent)));
            let value = Survivor::elect(votes).flatten().map(Box::from);
            elected.insert(row.name.clone(), value);
        }
    }
    rows.retain(|row| elected.get(&row.name).is_none_or(|it| *it == row.value));
}

pub(super) fn store(tx: &Transaction<'_>, rows: &[TraitRow]) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO traits (actor, name, source, value, text, time, first_value, first_time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?4, iif(?4 IS NULL, NULL, abs(?6)))
         ON CONFLICT (actor, name, source) DO UPDATE
         SET value = excluded.value, text = excluded.text, time = excluded.time
         WHERE excluded.time > time
            OR (excluded.time = time AND ifnull(excluded.value, '') > ifnull(value, ''))",
    )?;
    // What was told first is older than what is newest, so few rows ever come to this.
    let mut earlier = tx.prepare_cached(
        "UPDATE traits SET first_value = ?4, first_time = ?5
         WHERE actor = ?1 AND name = ?2 AND source = ?3 AND ?4 IS NOT NULL
           AND (first_time IS NULL OR ?5 < first_time OR (?5 = first_time AND ?4 > first_value))",
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
        let value = row.value.as_deref();
        if value.is_some() {
            // A time below zero marks a value that was set once, at that time all the same.
            let time = row.time.0.abs();
            earlier.execute(params![row.actor.0, &*row.name, row.source.0, value, time])?;
        }
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
