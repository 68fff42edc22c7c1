//! Makes few large parts of many small ones, and puts moved rows in their place.

mod conform;
mod plan;
mod walk;

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, RecordBatch, UInt32Array},
    compute::interleave,
    datatypes::{TimestampMillisecondType, UInt32Type, UInt64Type},
    error::ArrowError,
};
use throughline_model::{SourceId, limits};

use crate::{
    error::StoreError,
    objects::Objects,
    part::{Layout, Part, PartEntry, PartWriter, Rest, fixed},
    roots::Roots,
    run::Run,
    side::unsound_groups,
    snapshot::bucket_of,
};
use conform::Conform;
pub(crate) use plan::{PartFacts, plan};
use walk::{Input, Ready, Walk};

/// A part to be merged, with its timeline.
#[derive(Clone)]
pub(crate) struct Source {
    pub part: Arc<Part>,
    pub run: Arc<Run>,
}

/// What merging needs to know.
pub(crate) struct Merge<'a> {
    pub objects: &'a Objects,
    pub buckets_count: u32,
    pub roots: &'a Roots,
    /// Rows of this source are left out.
    pub dropped: Option<SourceId>,
    /// Gives numbers for new parts.
    pub next_id: &'a dyn Fn() -> u64,
    /// Rows of one part.
    pub part_rows_max: usize,
}

impl Merge<'_> {
    /// Writes the rows of some parts into new ones that share no profile, sorted under the roots.
    ///
    /// The sources stay as they are; what was written is removed again on an error.
    pub fn run(&self, sources: &[Source], set: u64) -> Result<Vec<PartEntry>, StoreError> {
        let mut made = Vec::new();
        let merged = self.merge(sources, set, &mut made);
        if merged.is_err() {
            for id in made {
                for name in PartEntry::names(id) {
                    // Should it stay, it is swept at the next start.
                    let _ = self.objects.delete(&name);
                }
            }
        }
        merged
    }

    fn merge(
        &self,
        sources: &[Source],
        set: u64,
        made: &mut Vec<u64>,
    ) -> Result<Vec<PartEntry>, StoreError> {
        let layout = Layout::of_parts(
            sources
                .iter()
                .map(|source| (source.part.layout(), source.part.remarks())),
        );
        let mut moved = Vec::new();
        let mut inputs = Vec::new();
        let mut rest = [Rest::default(), Rest::default()];
        for source in sources {
            let unsound = unsound_groups(&source.run, self.roots);
            rest = union(
                rest,
                self.gather(source, &unsound, &layout, made, &mut moved)?,
            );
            inputs.push(Input::new(source, conform(source, &layout), unsound)?);
        }
        for source in &moved {
            inputs.push(Input::new(source, conform(source, &layout), Vec::new())?);
        }
        let rows_count: usize = sources.iter().map(|source| source.run.len()).sum();
        let parts_count = rows_count.div_ceil(self.part_rows_max).max(1);
        let rows_each = rows_count.div_ceil(parts_count);
        let mut walk = Walk::new(inputs, self.buckets_count, self.dropped);
        let (mut entries, mut writer) = (Vec::new(), None);
        while let Some(ready) = walk.next()? {
            let mut open = match writer.take() {
                Some(open) => open,
                None => self.writer(&layout, made)?,
            };
            open.write(&ready.batch, &ready.events, &ready.channels)?;
            // What is ready are whole groups, so that no profile lies in two parts of a set.
            if open.len() >= rows_each {
                entries.push(open.finish(set, rests_so_far(&rest, &walk))?);
            } else {
                writer = Some(open);
            }
        }
        if let Some(open) = writer {
            entries.push(open.finish(set, rests_so_far(&rest, &walk))?);
        }
        Ok(entries)
    }

    fn writer(&self, layout: &Layout, made: &mut Vec<u64>) -> Result<PartWriter<'_>, StoreError> {
        let id = (self.next_id)();
        made.push(id);
        PartWriter::new(self.objects, id, self.buckets_count, layout.clone())
    }

    /// Writes the rows of groups that are not sound into passing parts of their own, sorted under
    /// their present roots, so that they can be read in order like all others.
    fn gather(
        &self,
        source: &Source,
        unsound: &[u32],
        layout: &Layout,
        made: &mut Vec<u64>,
        moved: &mut Vec<Source>,
    ) -> Result<[Rest; 2], StoreError> {
        let rows: Vec<u32> = (unsound.iter())
            .flat_map(|group| source.run.rows_of(*group))
            .collect();
        if rows.is_empty() {
            return Ok(Default::default());
        }
        let mut conform = conform(source, layout);
        let (mut waiting, mut waiting_count, mut first) = (Vec::new(), 0, 0);
        for batch in source.part.batches_of_rows(Some(&rows))? {
            let batch = batch?;
            let columns_error = |source| StoreError::Columns {
                file: "moved rows".to_owned(),
                source,
            };
            let batch = conform.batch(&batch).map_err(columns_error)?;
            waiting_count += batch.num_rows();
            waiting.push(batch);
            let is_last = first + waiting_count == rows.len();
            if waiting_count < limits::TAIL_ROWS_MAX && !is_last {
                continue;
            }
            let mut writer = self.writer(layout, made)?;
            let its_rows = &rows[first..first + waiting_count];
            let order = self.order(&waiting);
            for picks in order.chunks(1 << 14) {
                let ready = self
                    .moved(&waiting, picks, its_rows, &source.run)
                    .map_err(columns_error)?;
                writer.write(&ready.batch, &ready.events, &ready.channels)?;
            }
            let entry = writer.finish(0, conform.rests())?;
            let part = Arc::new(Part::open(self.objects, entry, self.buckets_count)?);
            part.retire();
            let run = Arc::new(part.run(None));
            moved.push(Source { part, run });
            first += waiting_count;
            (waiting, waiting_count) = (Vec::new(), 0);
        }
        Ok(conform.rests())
    }

    /// Rows of some batches in their new order, with the profile of each.
    fn order(&self, batches: &[RecordBatch]) -> Vec<MovedPick> {
        let mut order = Vec::new();
        let mut index = 0;
        for (slot, batch) in batches.iter().enumerate() {
            let actors = batch.column(fixed::ACTOR).as_primitive::<UInt32Type>();
            let times = batch.column(fixed::TIME);
            let times = times.as_primitive::<TimestampMillisecondType>();
            let seqs = batch.column(fixed::SEQ).as_primitive::<UInt64Type>();
            for row in 0..batch.num_rows() {
                let profile = self.roots.at(actors.value(row), times.value(row));
                order.push(MovedPick {
                    key: (
                        bucket_of(profile, self.buckets_count),
                        profile,
                        times.value(row),
                        seqs.value(row),
                    ),
                    place: (slot, row),
                    index,
                });
                index += 1;
            }
        }
        order.sort_unstable_by_key(|pick| pick.key);
        order
    }

    fn moved(
        &self,
        batches: &[RecordBatch],
        picks: &[MovedPick],
        rows: &[u32],
        run: &Run,
    ) -> Result<Ready, ArrowError> {
        let places: Vec<(usize, usize)> = picks.iter().map(|pick| pick.place).collect();
        let schema = batches[0].schema();
        let mut columns = Vec::new();
        for column in 0..schema.fields().len() {
            let arrays: Vec<&dyn Array> = batches
                .iter()
                .map(|batch| batch.column(column).as_ref())
                .collect();
            columns.push(interleave(&arrays, &places)?);
        }
        let profiles = picks.iter().map(|pick| pick.key.1);
        columns[fixed::PROFILE] = Arc::new(UInt32Array::from_iter_values(profiles));
        let rows = picks.iter().map(|pick| rows[pick.index] as usize);
        Ok(Ready {
            batch: RecordBatch::try_new(schema, columns)?,
            events: rows.clone().map(|row| run.event[row]).collect(),
            channels: rows.map(|row| run.channel[row]).collect(),
        })
    }
}

/// A moved row: its place in the new order, in the batches that wait, and among the moved rows.
struct MovedPick {
    /// Bucket, profile, time, sequence.
    key: (u32, u32, i64, u64),
    place: (usize, usize),
    index: usize,
}

fn conform(source: &Source, layout: &Layout) -> Conform {
    Conform::new(source.part.layout(), &source.part.remarks().rest, layout)
}

/// Scalars that the rests of the rows that were walked may hold.
fn rests_so_far(gathered: &[Rest; 2], walk: &Walk) -> [Rest; 2] {
    let of_inputs = walk.inputs().iter().map(|input| input.conform().rests());
    of_inputs.fold(gathered.clone(), union)
}

fn union(left: [Rest; 2], right: [Rest; 2]) -> [Rest; 2] {
    let [left_properties, left_context] = left;
    let [right_properties, right_context] = right;
    [
        left_properties.union(right_properties),
        left_context.union(right_context),
    ]
}
