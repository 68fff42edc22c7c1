//! Operations on traits: the newest of each trait, actor and source as they were told, and the sum
//! of older ones.
//!
//! What is kept is a function of all that was told, whatever the order in which it came.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rusqlite::{Row, Transaction, params};
use throughline_model::{
    ActorId, MessageKey, SourceId, Timestamp, limits,
    trait_operation::{Amount, Operator, TraitOperation},
};

use super::{StateError, WorkspaceState, each, traits::Columns};
use crate::known::Operated;

/// One operation on a trait, or the sum of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRow {
    pub actor: ActorId,
    pub name: Box<str>,
    pub source: SourceId,
    pub operation: TraitOperation,
}

const OPERATION: &str = "actor, name, source, time, event, message, place, operator, operand";
/// Of older operations, what was added counts as if it had been told with the newest of it.
const SUM: &str = "actor, name, source, added_upto, billionths, added";

impl WorkspaceState {
    /// The operations on traits of a profile's actors, in no order.
    pub fn operations(&self, actors: &[ActorId]) -> Result<Vec<OperationRow>, StateError> {
        let mut rows = Vec::new();
        if self.columns.operates_nothing() {
            return Ok(rows);
        }
        self.db.read("read operations on traits", |tx| {
            let sums = format!("SELECT {SUM} FROM operated_traits WHERE actor = ?1 AND added > 0");
            let told = format!("SELECT {OPERATION} FROM trait_operations WHERE actor = ?1");
            let (mut sums, mut told) = (tx.prepare_cached(&sums)?, tx.prepare_cached(&told)?);
            for actor in actors {
                for row in sums.query_map([actor.0], read_sum)? {
                    rows.push(row?);
                }
                for row in told.query_map([actor.0], read)? {
                    rows.push(row?);
                }
            }
            Ok(())
        })?;
        Ok(rows)
    }

    /// Every operation on a trait.
    pub fn each_operation(&self, mut see: impl FnMut(OperationRow)) -> Result<(), StateError> {
        if self.columns.operates_nothing() {
            return Ok(());
        }
        self.db.read("read all operations on traits", |tx| {
            let sums = format!("SELECT {SUM} FROM operated_traits WHERE added > 0");
            each(tx, &sums, |row| {
                see(read_sum(row)?);
                Ok(())
            })?;
            let told = format!("SELECT {OPERATION} FROM trait_operations");
            each(tx, &told, |row| {
                see(read(row)?);
                Ok(())
            })
        })
    }

    /// Finds the traits that operations were told of.
    pub(super) fn find_operated(&self) -> Result<(), StateError> {
        let names = self
            .db
            .read("look for traits with operations", operated_names)?;
        self.columns.lock().operated = names;
        Ok(())
    }

    /// Takes over into traits that are in memory what was just stored of operations.
    pub(super) fn follow_operations(&self, rows: &[OperationRow]) {
        if rows.is_empty() {
            return;
        }
        let mut kept = self.columns.lock();
        let mut changed: BTreeMap<&str, BTreeSet<(ActorId, SourceId)>> = BTreeMap::new();
        for row in rows
            .iter()
            .filter(|it| kept.columns.contains_key(&*it.name))
        {
            let of_name = changed.entry(&*row.name).or_default();
            of_name.insert((row.actor, row.source));
        }
        for (name, of) in changed {
            let found = self.db.read("read operations on a trait", |tx| {
                let found = of
                    .into_iter()
                    .map(|(actor, source)| Ok((actor, source, operated(tx, actor, name, source)?)));
                found.collect::<rusqlite::Result<Vec<_>>>()
            });
            let Ok(found) = found else {
                // It is read again when it is asked for.
                kept.columns.remove(name);
                continue;
            };
            if let Some((column, _)) = kept.columns.get_mut(name) {
                let column = Arc::make_mut(column);
                for (actor, source, operated) in found {
                    column.operate(actor.0, source, operated);
                }
            }
        }
    }
}

impl Columns {
    /// Knows which traits have operations before the tables have them.
    pub(super) fn expect_operations(&self, rows: &[OperationRow]) {
        if rows.is_empty() {
            return;
        }
        let mut kept = self.lock();
        for row in rows {
            if !kept.operated.contains(&row.name) {
                kept.operated.insert(row.name.clone());
            }
        }
    }

    fn operates_nothing(&self) -> bool {
        self.lock().operated.is_empty()
    }
}

/// Adds the operations of a batch, which must be new.
pub(super) fn add(tx: &Transaction<'_>, rows: &[OperationRow]) -> rusqlite::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut insert = tx.prepare_cached(
        "INSERT OR IGNORE INTO trait_operations
             (actor, name, source, time, is_list, event, message, place, operator, operand)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let mut count = tx.prepare_cached(
        "INSERT INTO operated_traits
             (actor, name, source, kept, billionths, added, added_upto, forgotten)
         VALUES (?1, ?2, ?3, ?4, '0', 0, 0, 0)
         ON CONFLICT (actor, name, source) DO UPDATE SET kept = kept + excluded.kept
         RETURNING kept",
    )?;
    let mut added: BTreeMap<(ActorId, &str, SourceId), i64> = BTreeMap::new();
    for row in rows {
        let it = &row.operation;
        let inserted = insert.execute(params![
            row.actor.0,
            &*row.name,
            row.source.0,
            it.time.0,
            it.operator != Operator::Add,
            it.index,
            it.message.0.to_be_bytes(),
            it.place,
            it.operator as u8,
            &*it.operand,
        ])?;
        if inserted > 0 {
            *added
                .entry((row.actor, &*row.name, row.source))
                .or_default() += 1;
        }
    }
    for ((actor, name, source), more) in added {
        let key = params![actor.0, name, source.0, more];
        let kept: i64 = count.query_row(key, |row| row.get(0))?;
        let most = i64::try_from(limits::TRAIT_OPERATIONS_MAX).unwrap_or(i64::MAX);
        if kept > most {
            sum_up(tx, actor, name, source, kept - most)?;
        }
    }
    Ok(())
}

/// Adds the oldest numbers up, and forgets the oldest changes of lists.
fn sum_up(
    tx: &Transaction<'_>,
    actor: ActorId,
    name: &str,
    source: SourceId,
    beyond: i64,
) -> rusqlite::Result<()> {
    let mut select = tx.prepare_cached(&format!(
        "SELECT {OPERATION} FROM trait_operations WHERE actor = ?1 AND name = ?2 AND source = ?3
         ORDER BY time, is_list, event, message, place LIMIT ?4"
    ))?;
    let oldest = select.query_map(params![actor.0, name, source.0, beyond], read)?;
    let oldest: Vec<OperationRow> = oldest.collect::<rusqlite::Result<_>>()?;
    let mut select = tx.prepare_cached(
        "SELECT billionths, added, added_upto, forgotten FROM operated_traits
         WHERE actor = ?1 AND name = ?2 AND source = ?3",
    )?;
    let (billionths, mut added, mut upto, mut forgotten): (String, i64, i64, i64) = select
        .query_row(params![actor.0, name, source.0], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    let mut sum = Amount::from_billionths(billionths.parse().unwrap_or_default());
    let mut delete = tx.prepare_cached(
        "DELETE FROM trait_operations WHERE actor = ?1 AND name = ?2 AND source = ?3
         AND time = ?4 AND is_list = ?5 AND event = ?6 AND message = ?7 AND place = ?8",
    )?;
    for row in &oldest {
        let it = &row.operation;
        match it.operator {
            Operator::Add => {
                sum = sum.plus(Amount::parse(&it.operand).unwrap_or_default());
                added += 1;
                upto = upto.max(it.time.0);
            }
            _ => forgotten += 1,
        }
        delete.execute(params![
            actor.0,
            name,
            source.0,
            it.time.0,
            it.operator != Operator::Add,
            it.index,
            it.message.0.to_be_bytes(),
            it.place,
        ])?;
    }
    let mut update = tx.prepare_cached(
        "UPDATE operated_traits SET kept = kept - ?4, billionths = ?5, added = ?6,
             added_upto = ?7, forgotten = ?8
         WHERE actor = ?1 AND name = ?2 AND source = ?3",
    )?;
    update.execute(params![
        actor.0,
        name,
        source.0,
        beyond,
        sum.billionths().to_string(),
        added,
        upto,
        forgotten,
    ])?;
    Ok(())
}

pub(super) fn remove_source(tx: &Transaction<'_>, source: SourceId) -> rusqlite::Result<()> {
    tx.execute(
        "DELETE FROM trait_operations WHERE (actor, name, source) IN
             (SELECT actor, name, source FROM operated_traits WHERE source = ?1)",
        [source.0],
    )?;
    tx.execute("DELETE FROM operated_traits WHERE source = ?1", [source.0])?;
    Ok(())
}

/// What one source told of a trait of an actor, as a column keeps it.
fn operated(
    tx: &Transaction<'_>,
    actor: ActorId,
    name: &str,
    source: SourceId,
) -> rusqlite::Result<Operated> {
    let mut operated = Operated::default();
    let of = "WHERE actor = ?1 AND name = ?2 AND source = ?3";
    let sums = format!("SELECT {SUM} FROM operated_traits {of} AND added > 0");
    let told = format!("SELECT {OPERATION} FROM trait_operations {of}");
    let key = params![actor.0, name, source.0];
    for row in tx.prepare_cached(&sums)?.query_map(key, read_sum)? {
        operated.hear(&row?.operation);
    }
    for row in tx.prepare_cached(&told)?.query_map(key, read)? {
        operated.hear(&row?.operation);
    }
    Ok(operated)
}

/// What was told of a trait of every actor, as a column keeps it.
pub(super) fn operated_by_all(
    tx: &Transaction<'_>,
    name: &str,
    mut see: impl FnMut(ActorId, SourceId, Operated),
) -> rusqlite::Result<()> {
    let mut select =
        tx.prepare_cached("SELECT actor, source FROM operated_traits WHERE name = ?1")?;
    let rows = select.query_map([name], |row| {
        Ok((ActorId(row.get(0)?), SourceId(row.get(1)?)))
    })?;
    for row in rows {
        let (actor, source) = row?;
        see(actor, source, operated(tx, actor, name, source)?);
    }
    Ok(())
}

/// The names of traits with operations, each found by one step in the index.
fn operated_names(tx: &Transaction<'_>) -> rusqlite::Result<BTreeSet<Box<str>>> {
    let mut names = BTreeSet::new();
    let all = "WITH RECURSIVE step (name) AS (
             SELECT min(name) FROM operated_traits
             UNION ALL
             SELECT (SELECT min(name) FROM operated_traits WHERE name > step.name)
             FROM step WHERE step.name IS NOT NULL
         )
         SELECT name FROM step WHERE name IS NOT NULL";
    each(tx, all, |row| {
        let name: String = row.get(0)?;
        names.insert(name.into());
        Ok(())
    })?;
    Ok(names)
}

fn read(row: &Row<'_>) -> rusqlite::Result<OperationRow> {
    let (name, operand): (String, String) = (row.get(1)?, row.get(8)?);
    let message: [u8; 16] = row.get(5)?;
    let code: u8 = row.get(7)?;
    let unknown = rusqlite::Error::IntegralValueOutOfRange(7, i64::from(code));
    Ok(OperationRow {
        actor: ActorId(row.get(0)?),
        name: name.into(),
        source: SourceId(row.get(2)?),
        operation: TraitOperation {
            time: Timestamp(row.get(3)?),
            index: row.get(4)?,
            message: MessageKey(u128::from_be_bytes(message)),
            place: row.get(6)?,
            operator: Operator::from_code(code).ok_or(unknown)?,
            operand: operand.into(),
            count: 1,
        },
    })
}

fn read_sum(row: &Row<'_>) -> rusqlite::Result<OperationRow> {
    let (name, billionths): (String, String) = (row.get(1)?, row.get(4)?);
    let sum = Amount::from_billionths(billionths.parse().unwrap_or_default()).clamped();
    let count: i64 = row.get(5)?;
    Ok(OperationRow {
        actor: ActorId(row.get(0)?),
        name: name.into(),
        source: SourceId(row.get(2)?),
        operation: TraitOperation {
            time: Timestamp(row.get(3)?),
            index: 0,
            message: MessageKey(0),
            place: 0,
            operator: Operator::Add,
            operand: sum.to_string().into(),
            count: count.cast_unsigned(),
        },
    })
}

#[cfg(test)]
mod tests;
