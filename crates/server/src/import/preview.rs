//! What a file holds and what its first rows become, before anything is imported.

use std::path::Path;

use serde::Serialize;
use throughline_ingest::file::{Cell, Format, Mapping, RowFault, suggest};
use throughline_model::{Channel, Event, Timestamp};
use utoipa::ToSchema;

use super::{
    FileFault,
    archive::{FileId, StoredFile},
    rows::{FileRows, Mapper},
};

/// Rows from which a mapping is guessed.
const SAMPLE_ROWS: usize = 1_000;
/// Samples of each column that are shown.
const SAMPLES: usize = 3;
/// Characters of a sample that are shown.
const SAMPLE_CHARS: usize = 80;
/// Rows that are shown as events.
const PREVIEW_ROWS: usize = 20;

/// A file that was uploaded, and what its columns seem to mean.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UploadedFile {
    /// Names the file in later calls.
    #[schema(value_type = String)]
    pub file: FileId,
    pub name: String,
    pub bytes: u64,
    pub columns: Vec<FileColumn>,
    /// A suggestion.
    pub mapping: Mapping,
    pub rows_estimate: Option<u64>,
}

/// A column and some of its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FileColumn {
    pub name: String,
    pub samples: Vec<String>,
}

/// What the first rows become.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Preview {
    pub rows: Vec<PreviewRow>,
    /// Rows that are no events, of all that were looked at.
    pub faults_count: u64,
    /// Rows that were looked at.
    pub rows_count: u64,
}

/// One row: an event, or what is wrong with it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewRow {
    pub event: Option<PreviewEvent>,
    pub fault: Option<String>,
}

/// An event as it would come in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewEvent {
    pub name: String,
    pub time: Timestamp,
    /// The identifier that comes first.
    pub who: String,
    pub channel: Channel,
    #[schema(value_type = Object)]
    pub properties: serde_json::Value,
}

/// Looks at a file: its columns, samples, and a mapping that may fit.
pub fn uploaded(path: &Path, file: FileId, stored: StoredFile) -> Result<UploadedFile, FileFault> {
    let (mut rows, base) = FileRows::open(path, None)?;
    let cells = rows.cells(SAMPLE_ROWS)?;
    let columns = rows.columns().to_vec();
    let mapping = suggest(&base, &stored.name, &columns, &cells);
    let read = match base.format {
        // Such lines are read as events; a look at some of them tells how long they are.
        Format::Segment => {
            let mut lines = Vec::new();
            rows.map(&mut Mapper::Segment, SAMPLE_ROWS, Timestamp(0), &mut lines)?;
            lines.len()
        }
        _ => cells.len(),
    };
    let columns = columns.into_iter().enumerate();
    Ok(UploadedFile {
        columns: columns
            .map(|(index, name)| FileColumn {
                name,
                samples: samples(&cells, index),
            })
            .collect(),
        rows_estimate: rows.rows_estimate(read as u64),
        name: stored.name,
        bytes: stored.bytes,
        file,
        mapping,
    })
}

/// Maps the first rows of a file.
pub fn preview(path: &Path, mapping: &Mapping, now: Timestamp) -> Result<Preview, FileFault> {
    let (mut rows, mapping) = FileRows::open(path, Some(mapping))?;
    let mut mapper = Mapper::new(&mapping, rows.columns()).map_err(FileFault::Mapping)?;
    let mut outcomes = Vec::new();
    rows.map(&mut mapper, SAMPLE_ROWS, now, &mut outcomes)?;
    let faults_count = outcomes.iter().filter(|it| it.is_err()).count() as u64;
    let rows_count = outcomes.len() as u64;
    let shown = outcomes.into_iter().take(PREVIEW_ROWS);
    Ok(Preview {
        rows: shown
            .map(|outcome| match outcome {
                Ok(mapped) => PreviewRow {
                    event: Some(PreviewEvent::of(&mapped.event)),
                    fault: None,
                },
                Err(fault) => PreviewRow {
                    event: None,
                    fault: Some(told(&fault)),
                },
            })
            .collect(),
        faults_count,
        rows_count,
    })
}

impl PreviewEvent {
    /// An event as it is looked at before it comes in.
    pub fn of(event: &Event) -> Self {
        Self {
            name: event.name.to_string(),
            time: event.time,
            who: event.identifiers[0].value.to_string(),
            channel: event.channel,
            properties: event.properties.to_map().into(),
        }
    }
}

fn told(RowFault { column, fault }: &RowFault) -> String {
    match column {
        Some(column) => format!("{column}: {}", fault.message),
        None => fault.message.clone(),
    }
}

/// The first different values of a column.
fn samples(rows: &[Vec<Cell<'_>>], column: usize) -> Vec<String> {
    let mut samples: Vec<String> = Vec::new();
    for row in rows {
        let text = row[column].text();
        let text: String = text.trim().chars().take(SAMPLE_CHARS).collect();
        if !text.is_empty() && !samples.contains(&text) {
            samples.push(text);
        }
        if samples.len() == SAMPLES {
            break;
        }
    }
    samples
}
