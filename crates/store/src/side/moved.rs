//! A run whose rows lie in other runs.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use arrow::array::Array;
use throughline_model::{ActorId, Field};

use crate::{
    cache::ValuesCache,
    error::ReadError,
    rows::Rows,
    run::{Run, StoredEvent},
    snapshot::bucket_of,
    timeline::TimelineBuilder,
    values::{Values, ValuesBuilder},
};

/// Where a row really lies: the index of its base run, and its row there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub base: u32,
    pub row: u32,
}

/// A row that has to lie under another profile, and its actor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MovedRow {
    pub place: Place,
    pub actor: u32,
}

/// The rows of a side run.
pub(crate) struct Moved {
    bases: Vec<Arc<Run>>,
    places: Vec<Place>,
}

/// Sorts rows under the profiles that they belong to.
pub(crate) fn run_of_moved(
    bases: Vec<Arc<Run>>,
    moved: &[MovedRow],
    buckets_count: u32,
    root: &dyn Fn(u32, i64) -> u32,
    cache: Arc<ValuesCache>,
) -> Run {
    let mut rows: Vec<_> = moved
        .iter()
        .map(|row| {
            let Place { base, row: at } = row.place;
            let time = bases[base as usize].time[at as usize];
            let profile = root(row.actor, time);
            let bucket = bucket_of(profile, buckets_count);
            (bucket, profile, time, base, at, row.actor)
        })
        .collect();
    rows.sort_unstable();
    let mut timeline = TimelineBuilder::new(buckets_count);
    let mut places = Vec::with_capacity(rows.len());
    for (_, profile, time, base, row, actor) in rows {
        let run = &bases[base as usize];
        let (event, channel) = (run.event[row as usize], run.channel[row as usize]);
        timeline.push(profile, ActorId(actor), time, event, channel);
        places.push(Place { base, row });
    }
    let moved = Moved { bases, places };
    Run::new(timeline.finish(), Rows::Moved(Arc::new(moved)), Some(cache))
}

impl Moved {
    pub fn place(&self, row: u32) -> Place {
        self.places[row as usize]
    }

    /// The id of the run that a row was written in, and its row there.
    pub fn origin(&self, row: u32) -> (u64, u32) {
        let place = self.place(row);
        (self.bases[place.base as usize].id, place.row)
    }

    pub fn values(&self, field: &Field) -> Result<Values, ReadError> {
        let mut builder = ValuesBuilder::default();
        let mut columns: BTreeMap<u32, (Arc<Values>, Vec<Option<u32>>)> = BTreeMap::new();
        for place in &self.places {
            let (values, codes) = match columns.entry(place.base) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(space) => {
                    let values = self.bases[place.base as usize].values(field)?;
                    let texts_count = values.texts.as_ref().map_or(0, Array::len);
                    space.insert((values, vec![None; texts_count]))
                }
            };
            push(&mut builder, values, codes, place.row as usize);
        }
        Ok(builder.finish())
    }

    pub fn events(&self, rows: &[u32]) -> Result<Vec<StoredEvent>, ReadError> {
        let mut by_base: BTreeMap<u32, Vec<(u32, usize)>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            let place = self.place(*row);
            by_base
                .entry(place.base)
                .or_default()
                .push((place.row, index));
        }
        let mut found = Vec::with_capacity(rows.len());
        for (base, places) in by_base {
            let wanted: Vec<u32> = places.iter().map(|(row, _)| *row).collect();
            let events = self.bases[base as usize].events(&wanted)?;
            found.extend(places.into_iter().map(|(_, index)| index).zip(events));
        }
        found.sort_by_key(|(index, _)| *index);
        Ok(found.into_iter().map(|(_, event)| event).collect())
    }
}

fn push(builder: &mut ValuesBuilder, values: &Values, codes: &mut [Option<u32>], row: usize) {
    if let (Some(column), Some(texts)) = (&values.text, &values.texts)
        && let Some(code) = column.get(row)
    {
        let code = *codes[code].get_or_insert_with(|| builder.code(texts.value(code)));
        builder.push_code(code);
        return;
    }
    if let Some(numbers) = &values.number
        && numbers.is_valid(row)
    {
        builder.push_number(numbers.value(row));
        return;
    }
    match &values.flag {
        Some(flags) if flags.is_valid(row) => builder.push_flag(flags.value(row)),
        _ => builder.push_none(),
    }
}
