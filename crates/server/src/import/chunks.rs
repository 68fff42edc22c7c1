//! A file as chunks of the raw log: always the same chunks' rows, whenever it is read.

use std::path::Path;

use serde::{Deserialize, Serialize};
use throughline_ingest::{
    file::{Mapping, MappingFault, Repeats, RowFault, TooManyRows, repeated_key},
    identifiers,
    mask::{Found, Masker},
};
use throughline_model::{Event, SourceId, Timestamp, masking::Masking};

use super::{
    archive::{Archive, FileId},
    rows::{FileFault, FileRows, Mapper, Outcome},
};
use crate::{
    pipeline::{applier::Arrival, envelope::ImportChunk},
    workspace::Rules,
};

/// Reads a file row by row and tells equal rows apart by how often they stood before.
pub struct ChunkReader {
    rows: FileRows,
    mapper: Mapper,
    repeats: Repeats,
    received: Timestamp,
    /// Rows before this one were read.
    next: u64,
    outcomes: Vec<Outcome>,
}

/// Some rows of a file, in order.
#[derive(Debug)]
pub struct Chunk {
    /// Its first row, counted from 0.
    pub first: u64,
    pub count: u32,
    /// With their places within the chunk.
    pub events: Vec<(u32, Event)>,
    /// Rows that are no events, with their places within the chunk.
    pub faults: Vec<(u32, RowFault)>,
}

/// Why a file cannot be read as chunks.
#[derive(Debug, thiserror::Error)]
pub enum ChunkFault {
    #[error(transparent)]
    File(#[from] FileFault),
    #[error(transparent)]
    Rows(#[from] TooManyRows),
}

/// What the raw log keeps of a file, to read its rows again.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    pub file: FileId,
    pub mapping: Mapping,
    /// What was masked when the rows were taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masking: Option<Masking>,
}

impl ChunkReader {
    /// Opens a file of the archive at its first row.
    pub fn open(path: &Path, mapping: &Mapping, received: Timestamp) -> Result<Self, FileFault> {
        let (rows, mapping) = FileRows::open(path, Some(mapping))?;
        let mapper = Mapper::new(&mapping, rows.columns()).map_err(FileFault::Mapping)?;
        Ok(Self {
            rows,
            mapper,
            repeats: Repeats::default(),
            received,
            next: 0,
            outcomes: Vec::new(),
        })
    }

    /// The next rows, up to this many; none at the end of the file.
    pub fn next(&mut self, count: u32) -> Result<Option<Chunk>, ChunkFault> {
        let mut outcomes = std::mem::take(&mut self.outcomes);
        outcomes.clear();
        let read = (self.rows).map(
            &mut self.mapper,
            count as usize,
            self.received,
            &mut outcomes,
        );
        let chunk = read
            .map_err(ChunkFault::from)
            .and_then(|()| self.chunk(&mut outcomes));
        self.outcomes = outcomes;
        let chunk = chunk?;
        self.next += u64::from(chunk.count);
        Ok((chunk.count > 0).then_some(chunk))
    }

    /// How many rows there are, as far as can be told.
    pub fn rows_estimate(&self) -> Option<u64> {
        self.rows.rows_estimate(self.next)
    }

    fn chunk(&mut self, outcomes: &mut Vec<Outcome>) -> Result<Chunk, ChunkFault> {
        let count = u32::try_from(outcomes.len()).expect("a chunk has few rows");
        let mut chunk = Chunk {
            first: self.next,
            count,
            events: Vec::with_capacity(outcomes.len()),
            faults: Vec::new(),
        };
        for (place, outcome) in (0..).zip(outcomes.drain(..)) {
            match outcome {
                Ok(mapped) => {
                    let mut event = mapped.event;
                    if let Some(content) = mapped.content {
                        event.message = repeated_key(content, self.repeats.count(content)?);
                    }
                    chunk.events.push((place, event));
                }
                Err(fault) if fault.is_erased() => {}
                Err(fault) => chunk.faults.push((place, fault)),
            }
        }
        Ok(chunk)
    }
}

impl Chunk {
    /// Masks what may not be kept.
    pub fn mask(&mut self, masker: &Masker) -> Found {
        let mut found = Found::default();
        for (_, event) in &mut self.events {
            masker.event(event, &mut found);
        }
        found
    }

    /// The chunk as the pipeline takes it.
    pub fn arrival(self, source: SourceId, received: Timestamp) -> Arrival {
        let mut events = self.events;
        for (_, event) in &mut events {
            identifiers::complete(event);
        }
        Arrival {
            source,
            received,
            events,
            quarantined: Vec::new(),
            unnamed: Vec::new(),
            aside: Vec::new(),
            described: Vec::new(),
            faulty: self.faults.len() as u64,
        }
    }
}

/// Reads chunks of the raw log again. Those of one file that follow each other cost one reading.
pub struct Rereader {
    archive: Archive,
    open: Option<(SourceId, ChunkReader)>,
    /// Of the recipe that was read last.
    rules: Rules,
}

impl Rereader {
    /// Reads files of this archive.
    pub fn new(archive: Archive) -> Self {
        Self {
            archive,
            open: None,
            rules: Rules::of(Masking::NONE),
        }
    }

    /// The rows that a record of the raw log names.
    pub fn read(&mut self, chunk: &ImportChunk) -> Result<Arrival, String> {
        let read = self.find(chunk);
        if read.is_err() {
            self.open = None;
        }
        read.map_err(|error| format!("{error:#}"))
    }

    fn find(&mut self, wanted: &ImportChunk) -> anyhow::Result<Arrival> {
        let is_at_hand = self.open.as_ref().is_some_and(|(source, reader)| {
            *source == wanted.source && reader.next <= wanted.first
        });
        let recipe: Recipe = serde_json::from_slice(&wanted.recipe)?;
        // Rules may change while a file is read.
        let masking = recipe.masking.unwrap_or(Masking::NONE);
        if self.rules.masking != masking {
            self.rules = Rules::of(masking);
        }
        if !is_at_hand {
            let path = self.archive.path(&recipe.file);
            let reader = ChunkReader::open(&path, &recipe.mapping, wanted.received)?;
            self.open = Some((wanted.source, reader));
        }
        let (_, reader) = self.open.as_mut().expect("it was just opened");
        while reader.next < wanted.first {
            let left = wanted.first - reader.next;
            let count = u32::try_from(left).unwrap_or(u32::MAX).min(wanted.count);
            if reader.next(count)?.is_none() {
                anyhow::bail!("the file ends before row {}", wanted.first);
            }
        }
        let chunk = reader.next(wanted.count)?;
        let chunk = chunk.filter(|it| it.count == wanted.count);
        let mut chunk = chunk.ok_or_else(|| {
            let last = wanted.first + u64::from(wanted.count);
            anyhow::anyhow!("the file ends before row {last}")
        })?;
        chunk.mask(&self.rules.masker);
        Ok(chunk.arrival(wanted.source, wanted.received))
    }
}

/// Everything that is wrong with a mapping for a file that can be opened.
pub fn check(path: &Path, mapping: &Mapping) -> Result<Vec<MappingFault>, FileFault> {
    let (rows, mapping) = FileRows::open(path, Some(mapping))?;
    Ok(Mapper::new(&mapping, rows.columns())
        .err()
        .unwrap_or_default())
}
