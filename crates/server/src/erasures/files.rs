//! Rows that go from the files that were imported: each file is written once more without them.
//!
//! The log names rows by their numbers, so a row that is erased keeps its place.

use std::{collections::BTreeSet, error::Error, fs, io, ops::Range, path::Path, sync::Arc};

use anyhow::Context as _;
use throughline_ingest::{
    file::{Format, Mapping},
    identifiers,
};
use throughline_model::{Event, Seq};

use super::{
    ledger::Left,
    mention::{Sought, mentions},
    scan::{ChunkRows, Chunks, Reading, Wanted},
};
use crate::{
    import::{
        Job,
        erased::{Edits, Fate, erased_row, write_beside, write_edits, write_rows},
        ocel,
        parquet::{self, ParquetFault},
        rows::{FileFault, FileRows, Mapper},
        text::Source,
        xes,
    },
    workspace::WorkspaceRuntime,
};

/// What was found in one file.
#[derive(Debug)]
pub struct InFile {
    /// Rows that are gone from it, or are left with the whole file.
    pub rows: u64,
    pub left: Option<Left>,
}

impl InFile {
    /// Whether the rows are gone.
    pub fn is_out(&self) -> bool {
        !matches!(self.left, Some(Left::File { .. }))
    }
}

/// Which rows of a file go.
struct Going<'a> {
    /// By its number and what it says.
    is_theirs: &'a dyn Fn(u64, &Event) -> bool,
    /// Whether what several events share, as JSON, names who goes with them.
    names: &'a dyn Fn(&str) -> bool,
    /// Whether another import reads the same file, so that a row which is nobody's here may be somebody's there.
    has_others: bool,
}

/// Where the rows that go stand.
enum Found {
    Text(Vec<Range<u64>>),
    /// What becomes of each row, where rows have no place of their own.
    Rows(Vec<Fate>),
}

/// Takes the wanted rows out of every file that became events. `tell` hears of each file.
pub fn erase(
    runtime: &WorkspaceRuntime,
    wanted: &Wanted<'_>,
    chunks: &Chunks,
    mut tell: impl FnMut(InFile),
) -> anyhow::Result<()> {
    let country = runtime.pipeline().resolver().policy().country.clone();
    let archive = runtime.imports().archive();
    let jobs = runtime.imports().list();
    for job in &jobs {
        let path = archive.path(&job.plan.file);
        let rows = InLog {
            chunks: chunks.get(&job.source).map_or(&[], Vec::as_slice),
            other: Reading {
                country: country.clone(),
                ids_only: false,
            },
        };
        let is_theirs = |number: u64, event: &Event| {
            let reading = rows.reading(number);
            reading.is_some_and(|(it, seq)| wanted.owns(event, it, seq, job.source))
        };
        let sought = wanted.sought(&rows.other);
        if path.exists() {
            let going = Going {
                is_theirs: &is_theirs,
                names: &|text| mentions(text, sought),
                has_others: has_others(&jobs, job),
            };
            let found = erase_in(&path, job, &going)
                .with_context(|| format!("could not take rows out of {}", job.name))?;
            found.into_iter().for_each(&mut tell);
        }
        let faults = archive.faults_path(job.source.0);
        forget_faults(&faults, sought)?;
    }
    Ok(())
}

/// Takes rows of some numbers out of the file of an import.
pub fn erase_rows(
    runtime: &WorkspaceRuntime,
    job: &Job,
    numbers: &BTreeSet<u64>,
) -> anyhow::Result<Option<InFile>> {
    let path = runtime.imports().archive().path(&job.plan.file);
    if !path.exists() {
        return Ok(None);
    }
    let going = Going {
        is_theirs: &|number, _| numbers.contains(&number),
        // Who they were is not known any more, so all that may name them is told.
        names: &|_| true,
        has_others: has_others(&runtime.imports().list(), job),
    };
    erase_in(&path, job, &going).with_context(|| format!("could not take rows out of {}", job.name))
}

fn has_others(jobs: &[Arc<Job>], job: &Job) -> bool {
    let reads_it = |it: &&Arc<Job>| it.plan.file == job.plan.file;
    jobs.iter().filter(reads_it).count() > 1
}

/// How the rows of one import are read.
struct InLog<'a> {
    /// In the order of their rows.
    chunks: &'a [ChunkRows],
    /// Of rows that never came into the log.
    other: Reading,
}

impl InLog<'_> {
    /// How a row is read, and its place in the log if it has one. None for a row that came in too
    /// late to be erased.
    fn reading(&self, row: u64) -> Option<(&Reading, Option<Seq>)> {
        let upto = self.chunks.partition_point(|it| it.first <= row);
        let chunk = self.chunks[..upto].last();
        match chunk.filter(|it| row - it.first < u64::from(it.count)) {
            Some(chunk) => {
                let index = u32::try_from(row - chunk.first).expect("chunks are small");
                let seq = Seq::new(chunk.position, index);
                Some((chunk.reading.as_ref()?, Some(seq)))
            }
            None => Some((&self.other, None)),
        }
    }
}

fn erase_in(path: &Path, job: &Job, going: &Going<'_>) -> anyhow::Result<Option<InFile>> {
    let (mut rows, mapping) = FileRows::open(path, Some(&job.plan.mapping))?;
    let (columns, is_xml) = (rows.columns().len(), rows.is_xml());
    let Ok(mut mapper) = Mapper::new(&mapping, rows.columns()) else {
        // No row of it ever became an event.
        return Ok(None);
    };
    let (count, found) = find(&mut rows, &mut mapper, job, going)?;
    if count == 0 {
        return Ok(None);
    }
    let left = match found {
        Found::Text(spans) => {
            let delimiter = mapping.delimiter.unwrap_or(',');
            let erased = |row: &[u8]| erased_row(row, mapping.format, delimiter, columns);
            write_rows(path, &spans, &erased)?;
            None
        }
        Found::Rows(fates) if mapping.format == Format::Parquet => {
            let name = job.name.clone();
            let left = Left::File { name, rows: count };
            (!write_parquet(path, &fates)?).then_some(left)
        }
        Found::Rows(fates) => {
            let Edits { edits, shared } = edits_of(path, &mapping, is_xml, &fates, going.names)?;
            write_edits(path, &edits)?;
            let name = job.name.clone();
            (shared > 0).then_some(Left::Shared {
                name,
                count: shared,
            })
        }
    };
    Ok(Some(InFile { rows: count, left }))
}

/// Reads all rows, and tells how many go and which.
fn find(
    rows: &mut FileRows,
    mapper: &mut Mapper,
    job: &Job,
    going: &Going<'_>,
) -> Result<(u64, Found), FileFault> {
    let (mut spans, mut fates) = (Vec::new(), Vec::new());
    let mut count = 0;
    let mut row = Vec::new();
    for number in 0.. {
        let from = rows.used();
        row.clear();
        rows.map(mapper, 1, job.started, &mut row)?;
        let Some(outcome) = row.pop() else { break };
        let fate = match outcome.map(|it| it.event) {
            Ok(mut event) => {
                identifiers::complete(&mut event);
                match (going.is_theirs)(number, &event) {
                    true => Fate::Goes,
                    false => Fate::Stays,
                }
            }
            Err(fault) if fault.is_erased() => Fate::Gone,
            Err(_) if going.has_others => Fate::Stays,
            Err(_) => Fate::NoEvent,
        };
        count += u64::from(fate == Fate::Goes);
        match (from, rows.used()) {
            (Some(from), Some(to)) if fate == Fate::Goes => spans.push(from..to),
            (Some(_), _) => {}
            (None, _) => fates.push(fate),
        }
    }
    let found = match rows.used() {
        Some(_) => Found::Text(spans),
        None => Found::Rows(fates),
    };
    Ok((count, found))
}

/// False where the file has something in it that can be read and not written, so that it stays as it was.
fn write_parquet(path: &Path, fates: &[Fate]) -> Result<bool, ParquetFault> {
    match write_beside(path, |to| parquet::erase::write_without(path, to, fates)) {
        Ok(()) => Ok(true),
        Err(fault) if is_of_disk(&fault) => Err(fault),
        Err(fault) => {
            tracing::error!(%fault, "an imported file could not be written without some of its rows");
            fs::remove_file(path.with_extension("incoming"))?;
            Ok(false)
        }
    }
}

/// Whether the disk has failed, so that it may go another time.
fn is_of_disk(fault: &ParquetFault) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(fault);
    while let Some(error) = cause {
        if error.is::<io::Error>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// How a log of process mining is written anew.
fn edits_of(
    path: &Path,
    mapping: &Mapping,
    is_xml: bool,
    fates: &[Fate],
    names: &dyn Fn(&str) -> bool,
) -> Result<Edits, FileFault> {
    let open = || Source::open(path, Arc::default());
    match mapping.format {
        Format::Ocel => {
            let open = || Ok(Box::new(open()?) as Box<dyn io::Read>);
            ocel::erase::edits(&open, is_xml, fates, names)
        }
        _ => xes::erase::edits(open()?, fates, names),
    }
}

/// Takes lines that name the person out of the list of rows that are no events.
fn forget_faults(path: &Path, sought: Sought<'_>) -> anyhow::Result<()> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        text => text?,
    };
    let kept: String = text
        .split_inclusive('\n')
        .filter(|line| !mentions(line, sought))
        .collect();
    if kept.len() < text.len() {
        fs::write(path, kept)?;
    }
    Ok(())
}
