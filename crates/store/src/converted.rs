//! A snapshot with its amounts of money in one currency.
//!
//! The one place where amounts are turned over. Whatever reads the snapshot after it, a report, a segment or a file
//! for SQL, sees the amounts as if they had been paid so. An amount without a rate is not there; what was sent lies
//! below [`SENT`] of the event's properties.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use arrow::array::{Array as _, Float64Array};
use serde_json::{Map, Value as Json};
use throughline_model::{
    Field, JsonObject, Timestamp, Value,
    money::{Money, PaidIn, SENT},
};

use crate::{
    error::ReadError,
    rows::{Rows, value_of},
    run::{Run, StoredEvent},
    snapshot::{Snapshot, next_run_id},
    values::Values,
};

/// Runs with converted amounts that were made before, so that they are made once for all questions.
#[derive(Default)]
pub struct ConvertedRuns {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    money: Option<Arc<Money>>,
    /// By the id of the run that was read.
    runs: BTreeMap<u64, Arc<Converted>>,
    last: Option<(Arc<Snapshot>, Arc<Snapshot>)>,
}

/// What stands behind a run with converted amounts: the same rows of another run.
pub(crate) struct Converted {
    inner: Arc<Run>,
    money: Arc<Money>,
    /// Stands for the rows in the cache of columns.
    id: u64,
}

/// The currencies of a run's rows, where some are not the one that amounts are read in.
struct Currencies<'a> {
    named: Arc<Values>,
    /// Of each different text.
    paid_in: Vec<PaidIn<'a>>,
}

impl ConvertedRuns {
    /// A snapshot with its amounts in one currency; the same where they are read as they were sent.
    pub fn apply(&self, snapshot: &Arc<Snapshot>, money: Option<&Arc<Money>>) -> Arc<Snapshot> {
        let Some(money) = money else {
            return Arc::clone(snapshot);
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !(kept.money.as_ref()).is_some_and(|it| Arc::ptr_eq(it, money)) {
            *kept = Kept {
                money: Some(Arc::clone(money)),
                ..Kept::default()
            };
        }
        if let Some((read, converted)) = &kept.last
            && Arc::ptr_eq(read, snapshot)
        {
            return Arc::clone(converted);
        }
        let converted = Arc::new(converted(snapshot, money, &mut kept.runs));
        kept.last = Some((Arc::clone(snapshot), Arc::clone(&converted)));
        converted
    }
}

impl Snapshot {
    /// The snapshot with its amounts in one currency.
    pub fn converted(&self, money: &Arc<Money>) -> Self {
        converted(self, money, &mut BTreeMap::new())
    }
}

fn converted(
    snapshot: &Snapshot,
    money: &Arc<Money>,
    made: &mut BTreeMap<u64, Arc<Converted>>,
) -> Snapshot {
    let mut before = std::mem::take(made);
    let mut runs = Vec::with_capacity(snapshot.runs.len());
    for run in &snapshot.runs {
        let rows = before.remove(&run.id).unwrap_or_else(|| {
            Arc::new(Converted {
                inner: Arc::clone(run),
                money: Arc::clone(money),
                id: next_run_id(),
            })
        });
        // Merges may have marked profiles since; the rows are those of before.
        runs.push(Arc::new(Run {
            id: rows.id,
            rows: Rows::Converted(Arc::clone(&rows)),
            ..Run::clone(run)
        }));
        made.insert(run.id, rows);
    }
    Snapshot {
        runs,
        ..snapshot.clone()
    }
}

impl Snapshot {
    /// How its amounts were turned over; none where they are as they were sent.
    pub fn money(&self) -> Option<&Money> {
        self.runs.iter().find_map(|run| match &run.rows {
            Rows::Converted(rows) => Some(&*rows.money),
            _ => None,
        })
    }
}

impl Run {
    /// Per row the currency, as it was sent, where one of these amounts is left out because no rate turns it over;
    /// none where no row has such.
    pub fn unrated(&self, amounts: &[Vec<String>]) -> Result<Option<Values>, ReadError> {
        match &self.rows {
            Rows::Converted(rows) => rows.unrated(amounts),
            _ => Ok(None),
        }
    }
}

impl Converted {
    /// The run as it was read.
    pub fn inner(&self) -> &Arc<Run> {
        &self.inner
    }

    pub fn values(&self, field: &Field) -> Result<Arc<Values>, ReadError> {
        let Field::Property(path) = field else {
            return self.inner.values(field);
        };
        let is_sent = path.first().is_some_and(|it| it == SENT);
        if !is_sent && !self.money.is_amount(path) {
            return self.inner.values(field);
        }
        let cache = self.inner.cache.as_ref();
        if let Some(values) = cache.and_then(|it| it.get(self.id, field)) {
            return Ok(values);
        }
        let Some(currencies) = self.currencies()? else {
            // Kept under the inner run, so it is not kept twice.
            return self.inner.values(field);
        };
        let values = Arc::new(match is_sent {
            true => self.sent(&currencies, field, &path[1..])?,
            false => self.amounts(&currencies, field)?,
        });
        if let Some(cache) = cache {
            cache.put(self.id, field, &values);
        }
        Ok(values)
    }

    /// The currencies of the rows; none where all amounts are in the one that they are read in.
    fn currencies(&self) -> Result<Option<Currencies<'_>>, ReadError> {
        let path = self.money.currency_path().to_vec();
        let named = self.inner.values(&Field::Property(path))?;
        let texts = named.texts.iter().flat_map(|it| it.iter());
        let paid_in: Vec<PaidIn<'_>> = texts
            .map(|text| text.map_or(PaidIn::Own, |it| self.money.paid_in_code(it)))
            .collect();
        let is_plain = named.number.is_none()
            && named.flag.is_none()
            && paid_in.iter().all(|it| *it == PaidIn::Own);
        Ok((!is_plain).then_some(Currencies { named, paid_in }))
    }

    fn amounts(&self, currencies: &Currencies<'_>, field: &Field) -> Result<Values, ReadError> {
        let own = self.inner.values(field)?;
        let Some(numbers) = &own.number else {
            return Ok(Values::clone(&own));
        };
        let amount = |row: usize| {
            let number = numbers.is_valid(row).then(|| numbers.value(row))?;
            let rate = currencies.of(row).rate(Timestamp(self.inner.time[row]))?;
            Some(rate.of(number))
        };
        let amounts: Float64Array = (0..self.inner.len()).map(amount).collect();
        Ok(Values {
            number: (amounts.null_count() < amounts.len()).then_some(amounts),
            ..Values::clone(&own)
        })
    }

    /// What was sent in the place of amounts that are read in another currency.
    fn sent(
        &self,
        currencies: &Currencies<'_>,
        field: &Field,
        path: &[String],
    ) -> Result<Values, ReadError> {
        let own = self.inner.values(field)?;
        let is_ours = path == self.money.currency_path() || self.money.is_amount(path);
        let told = match is_ours {
            true => Some(self.inner.values(&Field::Property(path.to_vec()))?),
            false => None,
        };
        let is_number = self.money.is_amount(path);
        let amounts: Vec<Vec<String>> = self.money.paths().cloned().collect();
        let has_amount = self.has_amount(&amounts)?;
        Ok(Values::collect((0..self.inner.len()).map(|row| {
            if currencies.of(row) == PaidIn::Own || !has_amount(row) {
                return own.get(row);
            }
            let value = told.as_ref()?.get(row)?;
            (!is_number || matches!(value, Value::Number(_))).then_some(value)
        })))
    }

    /// Whether a row has one of some amounts at all.
    fn has_amount(&self, amounts: &[Vec<String>]) -> Result<impl Fn(usize) -> bool, ReadError> {
        let mut columns = Vec::new();
        for path in amounts {
            let values = self.inner.values(&Field::Property(path.clone()))?;
            if values.number.is_some() {
                columns.push(values);
            }
        }
        Ok(move |row: usize| {
            let mut numbers = columns.iter().filter_map(|it| it.number.as_ref());
            numbers.any(|it| it.is_valid(row))
        })
    }

    fn unrated(&self, amounts: &[Vec<String>]) -> Result<Option<Values>, ReadError> {
        let Some(currencies) = self.currencies()? else {
            return Ok(None);
        };
        let is_unrated = |row: &usize| {
            let time = Timestamp(self.inner.time[*row]);
            currencies.of(*row).rate(time).is_none()
        };
        let rows = 0..self.inner.len();
        if !rows.clone().any(|row| is_unrated(&row)) {
            return Ok(None);
        }
        let has_amount = self.has_amount(amounts)?;
        let is_out = |row: &usize| is_unrated(row) && has_amount(*row);
        if !rows.clone().any(|row| is_out(&row)) {
            return Ok(None);
        }
        Ok(Some(Values::collect(rows.map(|row| {
            currencies.named.get(row).filter(|_| is_out(&row))
        }))))
    }

    /// Whole events with the amounts that are read, and what was sent in their place.
    pub fn events(&self, rows: &[u32]) -> Result<Vec<StoredEvent>, ReadError> {
        let mut events = self.inner.events(rows)?;
        for event in &mut events {
            convert(&self.money, event);
        }
        Ok(events)
    }

    /// True where whole events are those of the inner run.
    pub fn is_plain(&self) -> Result<bool, ReadError> {
        Ok(self.currencies()?.is_none())
    }
}

impl<'a> Currencies<'a> {
    fn of(&self, row: usize) -> PaidIn<'a> {
        if let Some(code) = self.named.text.as_ref().and_then(|it| it.get(row)) {
            return self.paid_in[code];
        }
        let is_number = (self.named.number.as_ref()).is_some_and(|it| it.is_valid(row));
        let is_flag = (self.named.flag.as_ref()).is_some_and(|it| it.is_valid(row));
        match is_number || is_flag {
            true => PaidIn::Unknown,
            false => PaidIn::Own,
        }
    }
}

/// Turns the amounts of an event over, by the same rules as the columns.
fn convert(money: &Money, event: &mut StoredEvent) {
    let currency = value_of(event, &Field::Property(money.currency_path().to_vec()));
    let paid_in = money.paid_in(currency.as_ref());
    if paid_in == PaidIn::Own {
        return;
    }
    let rate = paid_in.rate(event.time);
    let mut map = event.properties.to_map();
    let mut sent = Map::new();
    for path in money.paths() {
        let Some((name, holder)) = holder(&mut map, path) else {
            continue;
        };
        let Some(amount) = holder.get(name).and_then(Json::as_f64) else {
            continue;
        };
        let was = match rate {
            Some(rate) => holder.insert(name.clone(), number(rate.of(amount))),
            None => holder.remove(name),
        };
        put(&mut sent, path, was.unwrap_or_default());
    }
    if sent.is_empty() {
        return;
    }
    let named = holder(&mut map, money.currency_path());
    let named = named.and_then(|(name, holder)| holder.get(name).cloned());
    put(&mut sent, money.currency_path(), named.unwrap_or_default());
    map.insert(SENT.to_owned(), Json::Object(sent));
    event.properties = JsonObject::from_map(&map);
}

/// The object that the last name of a path is looked for in.
fn holder<'m, 'p>(
    map: &'m mut Map<String, Json>,
    path: &'p [String],
) -> Option<(&'p String, &'m mut Map<String, Json>)> {
    let (last, before) = path.split_last()?;
    let mut map = map;
    for name in before {
        map = map.get_mut(name)?.as_object_mut()?;
    }
    Some((last, map))
}

/// Puts a value where no other path leads through.
fn put(map: &mut Map<String, Json>, path: &[String], value: Json) {
    let Some((last, before)) = path.split_last() else {
        return;
    };
    let mut map = map;
    for name in before {
        let inner = map
            .entry(name.clone())
            .or_insert_with(|| Json::Object(Map::new()));
        let Json::Object(inner) = inner else {
            return;
        };
        map = inner;
    }
    map.insert(last.clone(), value);
}

/// Whole numbers without a point, as they are stored.
fn number(amount: f64) -> Json {
    const WHOLE_MAX: f64 = 9e15;
    if amount.fract() == 0.0 && amount.abs() < WHOLE_MAX {
        return Json::from(amount as i64);
    }
    Json::from(amount)
}

#[cfg(test)]
mod tests;
