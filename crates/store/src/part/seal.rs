//! Seals events into a part.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, FixedSizeBinaryArray, RecordBatch, StringViewArray, TimestampMillisecondArray,
        UInt32Array, UInt64Array, make_view,
    },
    buffer::{Buffer, ScalarBuffer},
};
use hashbrown::{HashTable, hash_table::Entry};
use throughline_model::{Channel, EventKind, limits};

use super::{
    files::{PartEntry, parquet_name},
    layout::{Layout, Object},
    split::Splitter,
    writer::PartWriter,
};
use crate::{
    error::StoreError,
    objects::Objects,
    run::StoredEvent,
    snapshot::{EventNames, bucket_of},
};

/// Names of the kinds of events in the Parquet file.
pub(crate) const KINDS: [(EventKind, &str); 6] = [
    (EventKind::Track, "track"),
    (EventKind::Page, "page"),
    (EventKind::Screen, "screen"),
    (EventKind::Identify, "identify"),
    (EventKind::Group, "group"),
    (EventKind::Alias, "alias"),
];

/// Rows that are arranged into columns at once; few enough that texts stay below 2 GiB.
pub(super) const CHUNK_ROWS: usize = 1 << 14;

/// Where a part is to be made, and under which number.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub objects: &'a Objects,
    pub id: u64,
    pub set: u64,
    pub buckets_count: u32,
    pub names: &'a EventNames,
}

/// An event and the profile that it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub profile: u32,
    pub event: &'a StoredEvent,
}

/// Writes a part of these events, in any order; each message of an actor is kept once.
pub(crate) fn seal(
    target: Target<'_>,
    events: Vec<&StoredEvent>,
    root: &dyn Fn(&StoredEvent) -> u32,
) -> Result<PartEntry, StoreError> {
    let rows = sorted(events, target.buckets_count, root);
    let step = rows.len().div_ceil(limits::PROMOTED_SAMPLE_ROWS).max(1);
    let sample = rows.iter().step_by(step);
    let layout = Layout::of_sample(sample.map(|row| {
        let event = row.event;
        (event.properties.as_str(), event.context.as_str())
    }));
    let mut columns = Columns::new(&layout, target.names);
    let mut writer = PartWriter::new(target.objects, target.id, target.buckets_count, layout)?;
    for chunk in rows.chunks(CHUNK_ROWS) {
        let batch =
            columns
                .batch(chunk, writer.layout())
                .map_err(|source| StoreError::Columns {
                    file: parquet_name(target.id),
                    source,
                })?;
        let events: Vec<u16> = chunk.iter().map(|row| row.event.event).collect();
        let channels: Vec<u8> = chunk.iter().map(|row| row.event.channel).collect();
        writer.write(&batch, &events, &channels)?;
    }
    let rest = [columns.properties.rest(), columns.context.rest()];
    writer.finish(target.set, rest)
}

fn sorted<'a>(
    events: Vec<&'a StoredEvent>,
    buckets_count: u32,
    root: &dyn Fn(&StoredEvent) -> u32,
) -> Vec<Row<'a>> {
    let mut keys: Vec<_> = events
        .iter()
        .zip(0_u32..)
        .map(|(event, index)| {
            let profile = root(event);
            let bucket = bucket_of(profile, buckets_count);
            (bucket, profile, event.time, event.seq, index)
        })
        .collect();
    keys.sort_unstable();
    let dropped = repeated(&events);
    keys.into_iter()
        .filter(|key| !dropped[key.4 as usize])
        .map(|key| Row {
            profile: key.1,
            event: events[key.4 as usize],
        })
        .collect()
}

/// Marks events whose message the same actor has sent before, by sequence.
fn repeated(events: &[&StoredEvent]) -> Vec<bool> {
    let mut dropped = vec![false; events.len()];
    let mut first: HashTable<u32> = HashTable::with_capacity(events.len());
    // Keys are hashes already.
    let hash = |index: u32| hash_of(events[index as usize].message.0);
    for (event, index) in events.iter().zip(0_u32..) {
        let is_same = |other: &u32| {
            let other = events[*other as usize];
            other.message == event.message && other.actor == event.actor
        };
        match first.entry(hash(index), is_same, |other| hash(*other)) {
            Entry::Vacant(entry) => {
                entry.insert(index);
            }
            Entry::Occupied(mut entry) => {
                let other = *entry.get();
                let is_later = events[other as usize].seq < event.seq;
                let (kept, gone) = if is_later {
                    (other, index)
                } else {
                    (index, other)
                };
                *entry.get_mut() = kept;
                dropped[gone as usize] = true;
            }
        }
    }
    dropped
}

fn hash_of(key: u128) -> u64 {
    key as u64
}

/// Arranges rows into the columns of a layout.
pub(super) struct Columns {
    kinds: NameViews,
    events: NameViews,
    channels: NameViews,
    properties: Splitter,
    context: Splitter,
}

impl Columns {
    pub fn new(layout: &Layout, names: &EventNames) -> Self {
        Self {
            kinds: NameViews::new(KINDS.into_iter().map(|(_, name)| name)),
            events: NameViews::new(names.iter().map(|(_, name)| name.as_str())),
            channels: NameViews::new(Channel::ALL.into_iter().map(Channel::name)),
            properties: Splitter::new(&layout.properties),
            context: Splitter::new(&layout.context),
        }
    }

    pub fn batch(
        &mut self,
        rows: &[Row<'_>],
        layout: &Layout,
    ) -> Result<RecordBatch, arrow::error::ArrowError> {
        for row in rows {
            self.properties.push(row.event.properties.as_str());
            self.context.push(row.event.context.as_str());
        }
        let numbers = |number: &dyn Fn(&Row<'_>) -> u32| -> ArrayRef {
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(number)))
        };
        let instants = |instant: &dyn Fn(&Row<'_>) -> i64| -> ArrayRef {
            let instants = rows.iter().map(instant);
            let instants = TimestampMillisecondArray::from_iter_values(instants);
            Arc::new(instants.with_timezone("UTC"))
        };
        let seq = rows.iter().map(|row| row.event.seq.0);
        let messages: Vec<u8> = rows
            .iter()
            .flat_map(|row| row.event.message.0.to_be_bytes())
            .collect();
        let messages = FixedSizeBinaryArray::try_new(16, Buffer::from_vec(messages), None)?;
        let mut columns = vec![
            numbers(&|row| row.profile),
            numbers(&|row| row.event.actor.0),
            instants(&|row| row.event.time.0),
            instants(&|row| row.event.received.0),
            Arc::new(UInt64Array::from_iter_values(seq)),
            self.kinds
                .column(rows.iter().map(|row| row.event.kind as usize))?,
            self.events
                .column(rows.iter().map(|row| usize::from(row.event.event)))?,
            self.channels.column(
                rows.iter()
                    .map(|row| usize::from(Channel::from_code(row.event.channel).code())),
            )?,
            numbers(&|row| row.event.source.0),
            Arc::new(messages),
        ];
        let (properties, properties_rest) = self.properties.finish();
        let (context, context_rest) = self.context.finish();
        debug_assert_eq!(columns.len(), layout.first(Object::Properties));
        columns.extend(properties);
        columns.extend(context);
        columns.push(properties_rest);
        columns.push(context_rest);
        RecordBatch::try_new(layout.schema(), columns)
    }
}

/// Names as views of one buffer, so that a column of names copies none.
struct NameViews {
    buffer: Buffer,
    views: Vec<u128>,
}

impl NameViews {
    fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let (mut bytes, mut views) = (Vec::new(), Vec::new());
        for name in names {
            let from = u32::try_from(bytes.len()).expect("names are short and few");
            views.push(make_view(name.as_bytes(), 0, from));
            bytes.extend_from_slice(name.as_bytes());
        }
        Self {
            buffer: Buffer::from_vec(bytes),
            views,
        }
    }

    fn column(
        &self,
        codes: impl Iterator<Item = usize>,
    ) -> Result<ArrayRef, arrow::error::ArrowError> {
        let views: ScalarBuffer<u128> = codes.map(|code| self.views[code]).collect();
        let names = StringViewArray::try_new(views, vec![self.buffer.clone()], None)?;
        Ok(Arc::new(names))
    }
}
