//! The rows of a file, one after another, each as an event or with what is wrong with it.

use std::{
    fs::File,
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use throughline_ingest::{
    Fault, Reason,
    file::{
        Cell, CsvRows, Format, Lines, Mapped, Mapping, MappingFault, NextRow, Row, RowFault,
        RowMapper, SniffFault, column_names, sniff,
    },
    segment,
};
use throughline_model::Timestamp;

use super::{
    erased::{ERASED, ERASED_LINE},
    log::{Log, LogLine},
    parquet::{ParquetFault, ParquetRows},
    text::Text,
};

/// Lines whose members become columns to choose from.
const SAMPLE_LINES: usize = 1_000;

/// A file that is read from its beginning, row by row.
pub struct FileRows {
    rows: Rows,
    columns: Vec<String>,
    is_packed: bool,
    bytes_total: u64,
    bytes_read: Arc<AtomicU64>,
}

enum Rows {
    Csv { text: Text, rows: Box<CsvRows> },
    Lines { text: Text, lines: Lines },
    Segment { text: Text },
    Parquet(Box<ParquetRows>),
    Log { log: Log, lines: Lines },
}

/// A row that was read: an event, or what is wrong with it.
pub type Outcome = Result<Mapped, RowFault>;

/// Why a file cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    #[error(transparent)]
    Kind(#[from] SniffFault),
    #[error("the file is {found} and not {expected}, as the mapping says")]
    Format {
        found: &'static str,
        expected: &'static str,
    },
    #[error("the mapping does not fit the file: {}", told(.0))]
    Mapping(Vec<MappingFault>),
    #[error("{}", .0.message)]
    Endless(Fault),
    #[error(transparent)]
    Parquet(#[from] ParquetFault),
    #[error("the file is not sound XML: {0}")]
    Xml(String),
    #[error("the file is not sound OCEL: {0}")]
    Ocel(String),
    #[error("the file begins like gzip but cannot be unpacked")]
    Gzip(#[source] io::Error),
    #[error("could not read the file")]
    Read(#[source] io::Error),
}

impl FileRows {
    /// Opens a file, and tells what it is where no mapping says so.
    pub fn open(path: &Path, mapping: Option<&Mapping>) -> Result<(Self, Mapping), FileFault> {
        let file = File::open(path).map_err(FileFault::Read)?;
        let bytes_total = file.metadata().map_err(FileFault::Read)?.len();
        let mut text = Text::new(file)?;
        let is_more = text.fill()?;
        let found = sniff(text.rest())?;
        let base = match mapping {
            Some(mapping) => fitting(mapping, &found)?,
            None => found,
        };
        let bytes_read = Arc::clone(&text.bytes_read);
        let is_packed = text.is_packed();
        let (rows, columns) = match base.format {
            Format::Parquet => {
                let rows = ParquetRows::open(path)?;
                let columns = rows.columns().to_vec();
                (Rows::Parquet(Box::new(rows)), columns)
            }
            Format::Csv => {
                text.skip_mark();
                let delimiter = base.delimiter.unwrap_or(',');
                let mut rows = Box::new(CsvRows::new(delimiter as u8));
                let columns = header(&mut text, &mut rows)?;
                (Rows::Csv { text, rows }, columns)
            }
            Format::Lines => {
                text.skip_mark();
                let columns = Lines::columns(sample(text.rest(), is_more));
                let lines = Lines::new(&columns);
                (Rows::Lines { text, lines }, columns)
            }
            Format::Segment => {
                text.skip_mark();
                (Rows::Segment { text }, Vec::new())
            }
            Format::Xes | Format::Ocel => {
                text.skip_mark();
                let is_xml = text.rest().trim_ascii_start().starts_with(b"<");
                let open = || Log::open(base.format, is_xml, path, Arc::clone(&bytes_read));
                // Read once for its columns, which stand in its events, and again from the beginning.
                let columns = open()?.columns()?;
                let log = open()?;
                let lines = Lines::new(&columns);
                (Rows::Log { log, lines }, columns)
            }
        };
        let rows = Self {
            rows,
            columns,
            is_packed,
            bytes_total,
            bytes_read,
        };
        Ok((rows, base))
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Bytes of the unpacked file before the next row; none where rows have no place of their own.
    pub fn used(&self) -> Option<u64> {
        match &self.rows {
            Rows::Csv { text, .. } | Rows::Lines { text, .. } | Rows::Segment { text } => {
                Some(text.used)
            }
            Rows::Parquet(_) | Rows::Log { .. } => None,
        }
    }

    /// Whether it is a log of process mining that is written as XML.
    pub fn is_xml(&self) -> bool {
        matches!(&self.rows, Rows::Log { log, .. } if log.is_xml())
    }

    /// Reads up to this many rows as events; fewer only at the end of the file.
    pub fn map(
        &mut self,
        mapper: &mut Mapper,
        count: usize,
        received: Timestamp,
        to: &mut Vec<Outcome>,
    ) -> Result<(), FileFault> {
        let most = to.len() + count;
        match (&mut self.rows, mapper) {
            (Rows::Segment { text }, Mapper::Segment) => {
                while to.len() < most
                    && let Some(line) = text.line()?
                {
                    to.push(mapped_line(line, received));
                }
                Ok(())
            }
            (rows, Mapper::Columns(mapper)) => {
                let columns_count = self.columns.len();
                let mut left = count;
                rows.each(columns_count, &mut left, &mut |row| {
                    to.push(row.and_then(|row| mapper.map(row, received)));
                })
            }
            (_, Mapper::Segment) => unreachable!("made from the same mapping"),
        }
    }

    /// Reads up to this many rows as cells, without those that cannot be read.
    pub fn cells(&mut self, count: usize) -> Result<Vec<Vec<Cell<'static>>>, FileFault> {
        let columns_count = self.columns.len();
        let mut cells = Vec::new();
        let mut left = count;
        self.rows.each(columns_count, &mut left, &mut |row| {
            if let Ok(row) = row {
                let of = |column| row.cell(column).into_owned();
                cells.push((0..columns_count).map(of).collect());
            }
        })?;
        Ok(cells)
    }

    /// How many rows there are, judged by the first `read` of them where the file does not tell.
    pub fn rows_estimate(&self, read: u64) -> Option<u64> {
        if let Some(total) = self.rows.total() {
            return Some(total);
        }
        // Of a packed file, more was read than is used.
        let bytes = match self.is_packed {
            true => self.bytes_read.load(Ordering::Relaxed),
            false => self.rows.position(),
        };
        let is_whole = self.rows.is_at_end();
        if is_whole || bytes == 0 {
            return is_whole.then_some(read);
        }
        Some((read as f64 * self.bytes_total as f64 / bytes as f64) as u64)
    }
}

/// Turns the rows of one file into events.
pub enum Mapper {
    Columns(Box<RowMapper>),
    Segment,
}

impl Mapper {
    /// A mapper for a file with these columns.
    pub fn new(mapping: &Mapping, columns: &[String]) -> Result<Self, Vec<MappingFault>> {
        if mapping.format == Format::Segment {
            let faults = mapping.check(columns);
            return if faults.is_empty() {
                Ok(Self::Segment)
            } else {
                Err(faults)
            };
        }
        RowMapper::new(mapping, columns).map(|it| Self::Columns(Box::new(it)))
    }
}

impl Rows {
    /// Hands over up to `left` rows, or what is wrong with them.
    fn each(
        &mut self,
        columns_count: usize,
        left: &mut usize,
        take: &mut dyn FnMut(Result<&dyn Row, RowFault>),
    ) -> Result<(), FileFault> {
        match self {
            Self::Csv { text, rows } => {
                while *left > 0 {
                    let mut piece = text.rest();
                    let before = piece.len();
                    let is_last = text.is_last;
                    let mut is_hungry = false;
                    match rows.next(&mut piece, is_last) {
                        NextRow::Row(row) if row.cells().next() == Some(ERASED) => {
                            take(Err(RowFault::erased()));
                        }
                        NextRow::Row(row) if row.len() == columns_count => take(Ok(&row)),
                        NextRow::Row(row) => take(Err(other_width(row.len(), columns_count))),
                        NextRow::Faulty(fault) => take(Err(whole_row(fault))),
                        NextRow::Endless(fault) => return Err(FileFault::Endless(fault)),
                        NextRow::Hungry => is_hungry = true,
                        NextRow::End => return Ok(()),
                    }
                    let used = before - piece.len();
                    text.consume(used);
                    if is_hungry {
                        text.fill()?;
                    } else {
                        *left -= 1;
                    }
                }
                Ok(())
            }
            Self::Lines { text, lines } => {
                while *left > 0
                    && let Some(line) = text.line()?
                {
                    *left -= 1;
                    if line.as_ref().is_ok_and(|it| it.starts_with(ERASED_LINE)) {
                        take(Err(RowFault::erased()));
                        continue;
                    }
                    match line.and_then(|line| lines.read(line)) {
                        Ok(row) => take(Ok(&row)),
                        Err(fault) => take(Err(whole_row(fault))),
                    }
                }
                Ok(())
            }
            Self::Log { log, lines } => {
                while *left > 0
                    && let Some(line) = log.line()?
                {
                    *left -= 1;
                    let line = match line {
                        LogLine::Event(line) => Ok(line),
                        LogLine::Erased(_) => {
                            take(Err(RowFault::erased()));
                            continue;
                        }
                        LogLine::Faulty(fault) => Err(fault),
                    };
                    match line.and_then(|line| lines.read(line)) {
                        Ok(row) => take(Ok(&row)),
                        Err(fault) => take(Err(whole_row(fault))),
                    }
                }
                Ok(())
            }
            Self::Segment { .. } => Ok(()),
            Self::Parquet(rows) => Ok(rows.each(left, take)?),
        }
    }

    /// How many there are, where the file tells.
    fn total(&self) -> Option<u64> {
        match self {
            Self::Parquet(rows) => Some(rows.rows_total()),
            Self::Log { log, .. } => log.events_total(),
            Self::Csv { .. } | Self::Lines { .. } | Self::Segment { .. } => None,
        }
    }

    /// Bytes of the unpacked file that were used, where the file does not tell how many rows it has.
    fn position(&self) -> u64 {
        match self {
            Self::Csv { text, .. } | Self::Lines { text, .. } | Self::Segment { text } => text.used,
            Self::Log { log, .. } => log.used(),
            Self::Parquet(_) => 0,
        }
    }

    fn is_at_end(&self) -> bool {
        match self {
            Self::Csv { text, .. } | Self::Lines { text, .. } | Self::Segment { text } => {
                text.is_last && text.rest().is_empty()
            }
            Self::Parquet(_) | Self::Log { .. } => false,
        }
    }
}

/// The mapping, if it is for a file of the kind that was found.
fn fitting(mapping: &Mapping, found: &Mapping) -> Result<Mapping, FileFault> {
    // Lines of the Segment dialect may be mapped by hand as well.
    let are_lines = |format| matches!(format, Format::Lines | Format::Segment);
    let fits =
        mapping.format == found.format || (are_lines(mapping.format) && are_lines(found.format));
    if !fits {
        return Err(FileFault::Format {
            found: name_of(found.format),
            expected: name_of(mapping.format),
        });
    }
    let mut mapping = mapping.clone();
    if mapping.format == Format::Csv && mapping.delimiter.is_none() {
        mapping.delimiter = found.delimiter;
    }
    Ok(mapping)
}

fn name_of(format: Format) -> &'static str {
    match format {
        Format::Csv => "CSV",
        Format::Lines => "JSON lines",
        Format::Segment => "lines of the Segment dialect",
        Format::Parquet => "Parquet",
        Format::Xes => "XES",
        Format::Ocel => "OCEL",
    }
}

/// The first row of a CSV file, as names of columns.
fn header(text: &mut Text, rows: &mut CsvRows) -> Result<Vec<String>, FileFault> {
    loop {
        let mut piece = text.rest();
        let before = piece.len();
        let found = match rows.next(&mut piece, text.is_last) {
            NextRow::Row(row) => Some(column_names(row.cells())),
            NextRow::Faulty(fault) | NextRow::Endless(fault) => {
                return Err(FileFault::Endless(fault));
            }
            NextRow::Hungry => None,
            NextRow::End => return Err(SniffFault::Empty.into()),
        };
        let used = before - piece.len();
        text.consume(used);
        match found {
            Some(columns) => return Ok(columns),
            None => text.fill()?,
        };
    }
}

/// The first whole lines.
fn sample(head: &[u8], is_more: bool) -> impl Iterator<Item = &[u8]> {
    let end = match head.iter().rposition(|&byte| byte == b'\n') {
        Some(at) if is_more => at,
        _ => head.len(),
    };
    head[..end]
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .take(SAMPLE_LINES)
}

fn mapped_line(line: Result<&[u8], Fault>, received: Timestamp) -> Outcome {
    if line.as_ref().is_ok_and(|it| it.starts_with(ERASED_LINE)) {
        return Err(RowFault::erased());
    }
    line.and_then(|line| segment::decode_line(line, received))
        .map_err(whole_row)
}

fn whole_row(fault: Fault) -> RowFault {
    RowFault {
        column: None,
        fault,
    }
}

fn other_width(cells: usize, columns: usize) -> RowFault {
    whole_row(Fault::new(
        Reason::RowInvalid,
        format!("the row has {cells} cells and the header {columns}"),
    ))
}

fn told(faults: &[MappingFault]) -> String {
    let faults = faults
        .iter()
        .map(|it| format!("{}: {}", it.place, it.message));
    faults.collect::<Vec<_>>().join("; ")
}
