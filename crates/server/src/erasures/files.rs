//! Rows that go from the files that were imported: each file is written once more without them.
//!
//! The log names rows by their numbers, so a row that is erased keeps its place.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
};

use anyhow::Context as _;
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use throughline_ingest::{file::Format, identifiers, inflate::is_gzip};
use throughline_model::{Event, Seq};

use super::{
    ledger::Left,
    mention::{Sought, mentions},
    scan::{ChunkRows, Chunks, Reading, Wanted},
};
use crate::{
    import::{
        Job,
        rows::{FileRows, Mapper, erased_row},
    },
    workspace::WorkspaceRuntime,
};

/// What was found in one file and is gone from it, or is left.
#[derive(Debug)]
pub struct InFile {
    pub rows: u64,
    pub left: Option<Left>,
}

/// A row that goes: where it stands in the unpacked file.
struct Span {
    from: u64,
    to: u64,
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
    for job in runtime.imports().list() {
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
        if path.exists() {
            let found = erase_in(&path, &job, &is_theirs)
                .with_context(|| format!("could not take rows out of {}", job.name))?;
            found.into_iter().for_each(&mut tell);
        }
        let faults = archive.faults_path(job.source.0);
        forget_faults(&faults, wanted.sought(&rows.other))?;
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
    erase_in(&path, job, &|number, _| numbers.contains(&number))
        .with_context(|| format!("could not take rows out of {}", job.name))
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

fn erase_in(
    path: &Path,
    job: &Job,
    is_theirs: &dyn Fn(u64, &Event) -> bool,
) -> anyhow::Result<Option<InFile>> {
    let (mut rows, mapping) = FileRows::open(path, Some(&job.plan.mapping))?;
    let columns = rows.columns().len();
    let Ok(mut mapper) = Mapper::new(&mapping, rows.columns()) else {
        // No row of it ever became an event.
        return Ok(None);
    };
    let mut spans = Vec::new();
    let mut count = 0;
    let mut row = Vec::new();
    for number in 0.. {
        let from = rows.used();
        row.clear();
        rows.map(&mut mapper, 1, job.started, &mut row)?;
        let Some(outcome) = row.pop() else { break };
        let Ok(mut event) = outcome.map(|it| it.event) else {
            continue;
        };
        identifiers::complete(&mut event);
        if is_theirs(number, &event) {
            count += 1;
            if let (Some(from), Some(to)) = (from, rows.used()) {
                spans.push(Span { from, to });
            }
        }
    }
    if count == 0 {
        return Ok(None);
    }
    if matches!(mapping.format, Format::Parquet | Format::Xes | Format::Ocel) {
        let name = job.name.clone();
        let left = Some(Left::File { name, rows: count });
        return Ok(Some(InFile { rows: count, left }));
    }
    let delimiter = mapping.delimiter.unwrap_or(',');
    let erased = |row: &[u8]| erased_row(row, mapping.format, delimiter, columns);
    write_anew(path, &spans, &erased)?;
    Ok(Some(InFile {
        rows: count,
        left: None,
    }))
}

/// Writes a file beside, with something else in the place of some rows, and renames it.
fn write_anew(
    path: &Path,
    spans: &[Span],
    erased: &dyn Fn(&[u8]) -> Option<Vec<u8>>,
) -> anyhow::Result<()> {
    let beside = path.with_extension("incoming");
    let mut head = [0; 2];
    let count = File::open(path)?.read(&mut head)?;
    let from = BufReader::new(File::open(path)?);
    let to = BufWriter::new(File::create(&beside)?);
    let file = if is_gzip(&head[..count]) {
        let mut packed = GzEncoder::new(to, Compression::default());
        copy(&mut MultiGzDecoder::new(from), &mut packed, spans, erased)?;
        packed.finish()?.into_inner().map_err(io::Error::from)?
    } else {
        let (mut from, mut to) = (from, to);
        copy(&mut from, &mut to, spans, erased)?;
        to.into_inner().map_err(io::Error::from)?
    };
    file.sync_all()?;
    fs::rename(&beside, path)?;
    if let Some(dir) = path.parent() {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

fn copy(
    from: &mut dyn Read,
    to: &mut dyn Write,
    spans: &[Span],
    erased: &dyn Fn(&[u8]) -> Option<Vec<u8>>,
) -> io::Result<()> {
    let mut at = 0;
    for span in spans {
        io::copy(&mut (&mut *from).take(span.from - at), to)?;
        let mut row = Vec::new();
        (&mut *from)
            .take(span.to - span.from)
            .read_to_end(&mut row)?;
        to.write_all(&erased(&row).unwrap_or_default())?;
        at = span.to;
    }
    io::copy(from, to)?;
    Ok(())
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
