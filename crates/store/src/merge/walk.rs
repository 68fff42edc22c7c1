//! Reads the rows of several parts side by side, group by group.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    compute::interleave,
    datatypes::{TimestampMillisecondType, UInt32Type, UInt64Type},
    error::ArrowError,
};
use throughline_model::{MessageKey, SourceId};

use super::{Source, conform::Conform};
use crate::{
    error::StoreError,
    part::{Part, fixed, message_at},
    run::Run,
    snapshot::bucket_of,
};

/// A part that is being merged.
pub(super) struct Input {
    part: Arc<Part>,
    /// The part's timeline.
    run: Arc<Run>,
    conform: Conform,
    batches: Box<dyn Iterator<Item = Result<RecordBatch, StoreError>>>,
    /// Groups whose rows come from elsewhere, in order.
    skipped: VecDeque<u32>,
    group: u32,
    /// Rows that were read so far.
    rows_read: u32,
    /// Batches that are held, with their first rows.
    held: VecDeque<(u32, usize)>,
}

/// A row of one of the batches that are held.
#[derive(Clone, Copy)]
struct Pick {
    slot: usize,
    row: usize,
    event: u16,
    channel: u8,
}

/// Rows that are ready to be written, in the columns of the target.
pub(super) struct Ready {
    pub batch: RecordBatch,
    pub events: Vec<u16>,
    pub channels: Vec<u8>,
}

/// Rows of several parts in order of (bucket, profile, time, sequence).
pub(super) struct Walk {
    buckets_count: u32,
    dropped: Option<SourceId>,
    inputs: Vec<Input>,
    /// Batches by slot, each of one input.
    held: Vec<RecordBatch>,
    picks: Vec<Pick>,
}

/// Rows that are written at once.
const READY_ROWS: usize = 1 << 14;

impl Input {
    pub fn new(source: &Source, conform: Conform, skipped: Vec<u32>) -> Result<Self, StoreError> {
        let batches = Box::new(source.part.batches_of_rows(None)?);
        let mut input = Self {
            part: Arc::clone(&source.part),
            run: Arc::clone(&source.run),
            conform,
            batches,
            skipped: skipped.into(),
            group: 0,
            rows_read: 0,
            held: VecDeque::new(),
        };
        input.skip();
        Ok(input)
    }

    /// How the part's rows became rows of the target.
    pub fn conform(&self) -> &Conform {
        &self.conform
    }

    /// The profile of the next group, `None` at the end.
    fn profile(&self) -> Option<u32> {
        self.run.profiles.get(self.group as usize).copied()
    }

    fn advance(&mut self) {
        self.group += 1;
        self.skip();
    }

    fn skip(&mut self) {
        while self.skipped.front() == Some(&self.group) {
            self.skipped.pop_front();
            self.group += 1;
        }
    }

    /// First row that is still to be visited.
    fn next_row(&self) -> u32 {
        self.run.offsets[self.group as usize]
    }
}

impl Walk {
    pub fn new(inputs: Vec<Input>, buckets_count: u32, dropped: Option<SourceId>) -> Self {
        Self {
            buckets_count,
            dropped,
            inputs,
            held: Vec::new(),
            picks: Vec::new(),
        }
    }

    /// Whole groups of rows, `None` at the end.
    pub fn next(&mut self) -> Result<Option<Ready>, StoreError> {
        while self.picks.len() < READY_ROWS {
            let next = (self.inputs.iter().enumerate())
                .filter_map(|(index, input)| {
                    let profile = input.profile()?;
                    Some((bucket_of(profile, self.buckets_count), profile, index))
                })
                .min();
            let Some((_, profile, first)) = next else {
                break;
            };
            let together: Vec<usize> = (first..self.inputs.len())
                .filter(|index| self.inputs[*index].profile() == Some(profile))
                .collect();
            self.take_group(&together)?;
            for index in together {
                self.inputs[index].advance();
            }
        }
        if self.picks.is_empty() {
            return Ok(None);
        }
        let ready = self.ready().map_err(|source| StoreError::Columns {
            file: "merged parts".to_owned(),
            source,
        })?;
        self.let_go();
        Ok(Some(ready))
    }

    /// The parts that are walked.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    fn take_group(&mut self, together: &[usize]) -> Result<(), StoreError> {
        let from = self.picks.len();
        for input in together {
            let group = self.inputs[*input].group;
            for row in self.inputs[*input].run.rows_of(group) {
                let pick = self.pick(*input, row)?;
                let is_dropped = self.dropped.is_some_and(|source| {
                    let sources = self.held[pick.slot].column(fixed::SOURCE);
                    sources.as_primitive::<UInt32Type>().value(pick.row) == source.0
                });
                if !is_dropped {
                    self.picks.push(pick);
                }
            }
        }
        if together.len() > 1 {
            let group = self.picks.split_off(from);
            let ordered = self.ordered(group);
            self.picks.extend(ordered);
        }
        Ok(())
    }

    /// A group's rows in order, each message of an actor once.
    fn ordered(&self, group: Vec<Pick>) -> Vec<Pick> {
        let mut rows: Vec<_> = group
            .into_iter()
            .map(|pick| {
                let batch = &self.held[pick.slot];
                let number = |column: usize| batch.column(column).as_primitive::<UInt32Type>();
                let seq = batch.column(fixed::SEQ).as_primitive::<UInt64Type>();
                let actor = number(fixed::ACTOR).value(pick.row);
                let message = message_at(batch.column(fixed::MESSAGE), pick.row);
                let time = batch.column(fixed::TIME);
                let time = time.as_primitive::<TimestampMillisecondType>();
                (
                    time.value(pick.row),
                    seq.value(pick.row),
                    actor,
                    message,
                    pick,
                )
            })
            .collect();
        // The first of each (message, actor) by sequence stays.
        let key = |row: &(i64, u64, u32, MessageKey, Pick)| (row.3, row.2, row.1);
        rows.sort_unstable_by_key(key);
        rows.dedup_by_key(|row| (row.3, row.2));
        rows.sort_unstable_by_key(|row| (row.0, row.1));
        rows.into_iter().map(|row| row.4).collect()
    }

    fn pick(&mut self, input: usize, row: u32) -> Result<Pick, StoreError> {
        let it = &mut self.inputs[input];
        while it.rows_read <= row {
            let Some(batch) = it.batches.next() else {
                let what = "it ends before the rows that its timeline lists";
                return Err(StoreError::damaged(it.part.name(), what));
            };
            let batch = batch?;
            let first = it.rows_read;
            it.rows_read += u32::try_from(batch.num_rows()).expect("a batch is small");
            if it.rows_read <= row && it.held.is_empty() && it.next_row() >= it.rows_read {
                // Only groups that are skipped lie in this batch.
                continue;
            }
            let batch = it
                .conform
                .batch(&batch)
                .map_err(|source| StoreError::Columns {
                    file: it.part.name(),
                    source,
                })?;
            it.held.push_back((first, self.held.len()));
            self.held.push(batch);
        }
        let after = it.held.partition_point(|(first, _)| *first <= row);
        let (first, slot) = it.held[after - 1];
        Ok(Pick {
            slot,
            row: (row - first) as usize,
            event: it.run.event[row as usize],
            channel: it.run.channel[row as usize],
        })
    }

    fn ready(&self) -> Result<Ready, ArrowError> {
        let places: Vec<(usize, usize)> = self
            .picks
            .iter()
            .map(|pick| (pick.slot, pick.row))
            .collect();
        let schema = self.held[0].schema();
        let columns = (0..schema.fields().len())
            .map(|column| {
                let arrays: Vec<&dyn Array> = self
                    .held
                    .iter()
                    .map(|batch| batch.column(column).as_ref())
                    .collect();
                interleave(&arrays, &places)
            })
            .collect::<Result<Vec<_>, ArrowError>>()?;
        Ok(Ready {
            batch: RecordBatch::try_new(schema, columns)?,
            events: self.picks.iter().map(|pick| pick.event).collect(),
            channels: self.picks.iter().map(|pick| pick.channel).collect(),
        })
    }

    /// Forgets the rows that were given out, and batches that no input comes back to.
    fn let_go(&mut self) {
        self.picks.clear();
        let mut kept = Vec::new();
        for input in &mut self.inputs {
            let next_row = input.next_row();
            while input.held.len() > 1 && input.held[1].0 <= next_row {
                input.held.pop_front();
            }
            if input.rows_read <= next_row {
                input.held.clear();
            }
            for (_, slot) in &mut input.held {
                kept.push(self.held[*slot].clone());
                *slot = kept.len() - 1;
            }
        }
        self.held = kept;
    }
}
