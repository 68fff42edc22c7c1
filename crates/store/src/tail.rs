//! Events that are not sealed yet, in the same shape as parts.
//!
//! Events stay in the chunks in which they came; only places are sorted. Runs of the tail double
//! in size like those of any log-structured store, so that a snapshot sorts few rows anew.

use std::{collections::BTreeSet, sync::Arc};

use throughline_model::SourceId;

use crate::{
    cache::ValuesCache,
    roots::Roots,
    rows::Rows,
    run::{Run, StoredEvent},
    side::Shelf,
    snapshot::bucket_of,
    timeline::TimelineBuilder,
};

/// Events of a run in memory: chunks in the order of arrival, and places in them in that of rows.
#[derive(Clone)]
pub(crate) struct MemoryRows {
    chunks: Arc<[Arc<Vec<StoredEvent>>]>,
    places: Arc<[(u32, u32)]>,
}

impl MemoryRows {
    pub fn event(&self, row: u32) -> &StoredEvent {
        let (chunk, index) = self.places[row as usize];
        &self.chunks[chunk as usize][index as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = &StoredEvent> {
        self.places
            .iter()
            .map(|(chunk, index)| &self.chunks[*chunk as usize][*index as usize])
    }
}

/// How much longer than the next a run of the tail must be to stay on its own.
const RUN_RATIO: usize = 4;
/// Chunks that are shorter on average are copied into one.
const CHUNK_ROWS_MIN: usize = 64;

/// The tail of a store.
pub(crate) struct Tail {
    buckets_count: u32,
    cache: Arc<ValuesCache>,
    /// Events that no snapshot has asked for yet.
    pending: Vec<StoredEvent>,
    shelf: Shelf,
    rows_count: usize,
}

impl Tail {
    pub fn new(buckets_count: u32, cache: Arc<ValuesCache>, roots: Roots) -> Self {
        Self {
            buckets_count,
            pending: Vec::new(),
            shelf: Shelf::new(buckets_count, Arc::clone(&cache), roots),
            cache,
            rows_count: 0,
        }
    }

    /// Count of events.
    pub fn len(&self) -> usize {
        self.rows_count
    }

    pub fn push(&mut self, events: Vec<StoredEvent>) {
        self.rows_count += events.len();
        if self.pending.is_empty() {
            self.pending = events;
        } else {
            self.pending.extend(events);
        }
    }

    /// Brings the runs up to new roots; see [`Shelf::apply`].
    pub fn apply(&mut self, changed: &[u32], roots: &Roots) {
        self.shelf.apply(changed, roots);
    }

    /// Sorts what has come since the last call. The runs hold every event after it.
    pub fn settle(&mut self, roots: &Roots) {
        if self.pending.is_empty() {
            return;
        }
        let chunk = Arc::new(std::mem::take(&mut self.pending));
        let mut chunks = vec![chunk];
        let mut gone = BTreeSet::new();
        let bases: Vec<Arc<Run>> = self.shelf.bases().cloned().collect();
        let mut rows_count = chunks[0].len();
        for base in bases.iter().rev() {
            if base.len() >= RUN_RATIO * rows_count {
                break;
            }
            rows_count += base.len();
            gone.insert(base.id);
            chunks.splice(0..0, memory_of(base).chunks.iter().cloned());
        }
        let run = Arc::new(self.run(chunks, rows_count, roots));
        if gone.is_empty() {
            self.shelf.add(run);
        } else {
            self.shelf.replace(&gone, vec![run]);
        }
    }

    /// What a snapshot has to hold; see [`Tail::settle`].
    pub fn runs(&self) -> impl Iterator<Item = &Arc<Run>> {
        self.shelf.runs()
    }

    /// Its runs without what root changes did to them; see [`Tail::settle`].
    pub fn bases(&self) -> impl Iterator<Item = &Arc<Run>> {
        self.shelf.bases()
    }

    /// The events of its runs; see [`Tail::settle`].
    pub fn settled_events(&self) -> Vec<MemoryRows> {
        debug_assert!(self.pending.is_empty(), "the tail was settled");
        self.shelf
            .bases()
            .map(|run| memory_of(run).clone())
            .collect()
    }

    /// All events, in no order.
    pub fn events(&self) -> impl Iterator<Item = &StoredEvent> {
        let settled = self.shelf.bases().flat_map(|run| memory_of(run).iter());
        settled.chain(&self.pending)
    }

    /// The tail without the events of a source.
    pub fn without(&self, source: SourceId, roots: Roots) -> Self {
        let mut rest = Self::new(self.buckets_count, Arc::clone(&self.cache), roots);
        let kept = self.events().filter(|event| event.source != source);
        rest.push(kept.cloned().collect());
        rest
    }

    /// Takes the events of an older tail back in.
    pub fn take_back(&mut self, older: &Self) {
        let events: Vec<StoredEvent> = older.events().cloned().collect();
        self.push(events);
    }

    fn run(&self, mut chunks: Vec<Arc<Vec<StoredEvent>>>, rows_count: usize, roots: &Roots) -> Run {
        if chunks.len() > 1 && rows_count < CHUNK_ROWS_MIN * chunks.len() {
            let all = chunks.iter().flat_map(|chunk| chunk.iter().cloned());
            chunks = vec![Arc::new(all.collect())];
        }
        let cache = Some(Arc::clone(&self.cache));
        run_of_chunks(chunks, roots, self.buckets_count, cache)
    }
}

fn memory_of(run: &Run) -> &MemoryRows {
    match &run.rows {
        Rows::Memory(rows) => rows,
        Rows::Part(_) | Rows::Moved(_) | Rows::Named(_) | Rows::Converted(_) | Rows::Bare => {
            unreachable!("the tail lies in memory")
        }
    }
}

/// A run of events in any order.
pub(crate) fn run_of_chunks(
    chunks: Vec<Arc<Vec<StoredEvent>>>,
    roots: &Roots,
    buckets_count: u32,
    cache: Option<Arc<ValuesCache>>,
) -> Run {
    let mut keys = Vec::with_capacity(chunks.iter().map(|chunk| chunk.len()).sum());
    for (chunk, events) in (0_u32..).zip(&chunks) {
        for (index, event) in (0_u32..).zip(events.iter()) {
            let profile = roots.at(event.actor.0, event.time.0);
            let bucket = bucket_of(profile, buckets_count);
            keys.push((bucket, profile, event.time, event.seq, chunk, index));
        }
    }
    keys.sort_unstable();
    let mut timeline = TimelineBuilder::new(buckets_count);
    let mut places = Vec::with_capacity(keys.len());
    for (_, profile, time, _, chunk, index) in keys {
        let event = &chunks[chunk as usize][index as usize];
        timeline.push(profile, event.actor, time.0, event.event, event.channel);
        places.push((chunk, index));
    }
    let rows = MemoryRows {
        chunks: chunks.into(),
        places: places.into(),
    };
    Run::new(timeline.finish(), Rows::Memory(rows), cache)
}
