//! Writes a part from sorted rows: the Parquet file, the timeline and the keys.

use std::collections::BTreeMap;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{TimestampMillisecondType, UInt32Type},
};
use parquet::{
    arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions},
    errors::ParquetError,
    file::metadata::KeyValue,
};
use throughline_model::ActorId;

use super::{
    checked::Summing,
    files::{PartEntry, keys_name, parquet_name, timeline_name},
    keys,
    layout::{Layout, REMARKS_KEY, Remarks, fixed},
    sections::{self, Format},
    shape::Rest,
};
use crate::{
    error::StoreError,
    objects::{Objects, Upload},
    timeline::TimelineBuilder,
};

pub(crate) const TIMELINE_FORMAT: Format = Format {
    magic: *b"TL LINE\n",
    version: 1,
};

/// A part that is being written.
pub(crate) struct PartWriter<'a> {
    objects: &'a Objects,
    id: u64,
    layout: Layout,
    parquet: ArrowWriter<Summing<Upload>>,
    timeline: TimelineBuilder,
    keys: Vec<u128>,
    counts: Vec<u64>,
    sources: BTreeMap<u32, u64>,
    time: (i64, i64),
    received: (i64, i64),
}

impl<'a> PartWriter<'a> {
    pub fn new(
        objects: &'a Objects,
        id: u64,
        buckets_count: u32,
        layout: Layout,
    ) -> Result<Self, StoreError> {
        let name = parquet_name(id);
        let upload = Summing::new(objects.upload(&name)?);
        // Without Arrow's own metadata the file has nothing that is not plain Parquet.
        let options = ArrowWriterOptions::new()
            .with_properties(layout.properties_of_writer())
            .with_skip_arrow_metadata(true);
        let parquet = ArrowWriter::try_new_with_options(upload, layout.schema(), options)
            .map_err(write_error(&name))?;
        let promoted_count = layout.properties.len() + layout.context.len();
        Ok(Self {
            objects,
            id,
            layout,
            parquet,
            timeline: TimelineBuilder::new(buckets_count),
            keys: Vec::new(),
            counts: vec![0; promoted_count],
            sources: BTreeMap::new(),
            time: (i64::MAX, i64::MIN),
            received: (i64::MAX, i64::MIN),
        })
    }

    /// Count of rows so far.
    pub fn len(&self) -> usize {
        self.timeline.time.len()
    }

    /// Adds rows in the columns of the layout, with the codes of their events and channels.
    pub fn write(
        &mut self,
        batch: &RecordBatch,
        events: &[u16],
        channels: &[u8],
    ) -> Result<(), StoreError> {
        self.parquet
            .write(batch)
            .map_err(write_error(&parquet_name(self.id)))?;
        let numbers = |column: usize| batch.column(column).as_primitive::<UInt32Type>().values();
        let instants = |column: usize| {
            let column = batch.column(column);
            column.as_primitive::<TimestampMillisecondType>().values()
        };
        let (profiles, actors) = (numbers(fixed::PROFILE), numbers(fixed::ACTOR));
        let (times, received) = (instants(fixed::TIME), instants(fixed::RECEIVED));
        for row in 0..batch.num_rows() {
            let actor = ActorId(actors[row]);
            self.timeline
                .push(profiles[row], actor, times[row], events[row], channels[row]);
        }
        widen(&mut self.time, times);
        widen(&mut self.received, received);
        for source in numbers(fixed::SOURCE).chunk_by(|left, right| left == right) {
            *self.sources.entry(source[0]).or_default() += source.len() as u64;
        }
        for (index, count) in self.counts.iter_mut().enumerate() {
            let column = batch.column(fixed::COUNT + index);
            *count += (column.len() - column.null_count()) as u64;
        }
        let messages = batch.column(fixed::MESSAGE).as_fixed_size_binary();
        let (messages, _) = messages.value_data().as_chunks::<16>();
        self.keys
            .extend(messages.iter().map(|key| u128::from_be_bytes(*key)));
        Ok(())
    }

    /// Makes the part durable. `rest` says which scalars were left in properties and context.
    pub fn finish(mut self, set: u64, rest: [Rest; 2]) -> Result<PartEntry, StoreError> {
        let id = self.id;
        let schema = self.layout.schema();
        let remarks = Remarks {
            part: id,
            rest,
            counts: (self.counts.iter().enumerate())
                .map(|(index, count)| (schema.field(fixed::COUNT + index).name().clone(), *count))
                .collect(),
        };
        let remarks = serde_json::to_string(&remarks).expect("remarks are always JSON");
        self.parquet
            .append_key_value_metadata(KeyValue::new(REMARKS_KEY.to_owned(), remarks));
        let summing = self
            .parquet
            .into_inner()
            .map_err(write_error(&parquet_name(id)))?;
        let (upload, sums) = summing.into_parts();
        let parquet_bytes = upload.finish()?;
        let mut timeline = self.timeline;
        timeline.end();
        let rows_count = timeline.time.len() as u64;
        let sections: [(&str, &[u8]); 10] = [
            ("buckets", bytemuck::cast_slice(&timeline.buckets)),
            ("profiles", bytemuck::cast_slice(&timeline.profiles)),
            ("offsets", bytemuck::cast_slice(&timeline.offsets)),
            ("time", bytemuck::cast_slice(&timeline.time)),
            ("event", bytemuck::cast_slice(&timeline.event)),
            ("channel", &timeline.channel),
            ("foreign_rows", bytemuck::cast_slice(&timeline.foreign_rows)),
            (
                "foreign_counts",
                bytemuck::cast_slice(&timeline.foreign_counts),
            ),
            (
                "foreign_actors",
                bytemuck::cast_slice(&timeline.foreign_actors),
            ),
            ("parquet_blocks", bytemuck::cast_slice(&sums)),
        ];
        let timeline = sections::write(
            self.objects,
            &timeline_name(id),
            TIMELINE_FORMAT,
            id,
            &sections,
        )?;
        let keys = keys::write(self.objects, &keys_name(id), id, self.keys)?;
        Ok(PartEntry {
            id,
            set,
            rows_count,
            time: self.time,
            received: self.received,
            sources: self.sources,
            parquet_bytes,
            timeline,
            keys,
        })
    }

    /// The objects whose rests the layout keeps.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}

fn widen(range: &mut (i64, i64), values: &[i64]) {
    for value in values {
        range.0 = range.0.min(*value);
        range.1 = range.1.max(*value);
    }
}

fn write_error(file: &str) -> impl FnOnce(ParquetError) -> StoreError {
    let file = file.to_owned();
    move |source| StoreError::Parquet {
        doing: "write",
        file,
        source,
    }
}
