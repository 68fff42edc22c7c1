//! Writes a result into a file, as far as it may be long.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, RecordBatch},
        compute::cast,
        csv,
        datatypes::{DataType, Float64Type, Int64Type, Schema},
        util::display::{ArrayFormatter, FormatOptions},
    },
    common::{DataFusionError, Result, exec_datafusion_err},
    execution::SendableRecordBatchStream,
};
use futures::StreamExt as _;
use parquet::arrow::ArrowWriter;
use throughline_model::sql::{SqlColumn, SqlDone, SqlFormat, SqlJob, SqlKind};

/// Writes rows until there are no more, or until the limit is reached.
pub async fn write(mut stream: SendableRecordBatchStream, job: &SqlJob) -> Result<SqlDone> {
    let schema = stream.schema();
    let columns = schema.fields().iter().map(|field| SqlColumn {
        name: field.name().clone(),
        kind: kind_of(field.data_type()),
    });
    let mut done = SqlDone {
        columns: columns.collect(),
        rows: 0,
        is_cut: false,
    };
    let mut writer = Writer::new(job, &schema)?;
    while let Some(batch) = stream.next().await {
        let mut batch = batch?;
        let left = usize::try_from(job.limits.rows - done.rows).unwrap_or(usize::MAX);
        if batch.num_rows() > left {
            batch = batch.slice(0, left);
            done.is_cut = true;
        }
        for from in (0..batch.num_rows()).step_by(ROWS_AT_ONCE) {
            let count = ROWS_AT_ONCE.min(batch.num_rows() - from);
            writer.write(&batch.slice(from, count))?;
            done.rows += count as u64;
            if writer.bytes() > job.limits.bytes {
                done.is_cut = true;
                break;
            }
        }
        if done.is_cut {
            break;
        }
    }
    writer.finish()?;
    Ok(done)
}

/// Rows after which the size is looked at.
const ROWS_AT_ONCE: usize = 256;

fn kind_of(kind: &DataType) -> SqlKind {
    match kind {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 | DataType::Null => SqlKind::Text,
        DataType::Dictionary(_, values) => kind_of(values),
        DataType::Boolean => SqlKind::Flag,
        DataType::Timestamp(..) => SqlKind::Time,
        DataType::Date32 | DataType::Date64 => SqlKind::Date,
        it if it.is_numeric() => SqlKind::Number,
        _ => SqlKind::Other,
    }
}

enum Writer {
    Json { file: Counted, is_first: bool },
    Csv(Box<csv::Writer<Counted>>, Arc<AtomicU64>),
    Parquet(Box<ArrowWriter<Counted>>),
}

/// A file that counts what is written to it.
struct Counted {
    file: BufWriter<File>,
    bytes: Arc<AtomicU64>,
}

impl Counted {
    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Writer {
    fn new(job: &SqlJob, schema: &Arc<Schema>) -> Result<Self> {
        let file = File::create_new(&job.output)
            .map_err(|error| exec_datafusion_err!("could not write the result: {error}"))?;
        let bytes = Arc::default();
        let mut file = Counted {
            file: BufWriter::new(file),
            bytes: Arc::clone(&bytes),
        };
        Ok(match job.format {
            SqlFormat::Json => {
                file.write_all(b"[")?;
                Self::Json {
                    file,
                    is_first: true,
                }
            }
            SqlFormat::Csv => {
                let mut writer = csv::WriterBuilder::new().with_header(true).build(file);
                // A result without rows still says what its columns are.
                writer.write(&RecordBatch::new_empty(Arc::clone(schema)))?;
                Self::Csv(Box::new(writer), bytes)
            }
            SqlFormat::Parquet => Self::Parquet(Box::new(
                ArrowWriter::try_new(file, Arc::clone(schema), None)
                    .map_err(|error| exec_datafusion_err!("{error}"))?,
            )),
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match self {
            Self::Json { file, is_first } => write_json(batch, file, is_first),
            Self::Csv(writer, _) => Ok(writer.write(batch)?),
            Self::Parquet(writer) => writer
                .write(batch)
                .map_err(|error| exec_datafusion_err!("{error}")),
        }
    }

    fn bytes(&self) -> u64 {
        match self {
            Self::Json { file, .. } => file.bytes(),
            Self::Csv(_, bytes) => bytes.load(Ordering::Relaxed),
            Self::Parquet(writer) => (writer.bytes_written() + writer.in_progress_size()) as u64,
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Json { mut file, .. } => {
                file.write_all(b"]")?;
                file.flush()?;
            }
            Self::Csv(writer, _) => writer.into_inner().flush()?,
            Self::Parquet(mut writer) => {
                writer
                    .finish()
                    .map_err(|error| exec_datafusion_err!("{error}"))?;
                writer.inner_mut().flush()?;
            }
        }
        Ok(())
    }
}

/// Adds rows as lists of values.
fn write_json(batch: &RecordBatch, file: &mut impl Write, is_first: &mut bool) -> Result<()> {
    let options = FormatOptions::default();
    let columns = batch.columns().iter().map(in_universal_time);
    let columns: Vec<ArrayRef> = columns.collect::<Result<_>>()?;
    let columns: Vec<Cells<'_>> = (columns.iter())
        .map(|it| Cells::of(it, &options))
        .collect::<Result<_>>()?;
    for row in 0..batch.num_rows() {
        file.write_all(if *is_first { b"[" } else { b",[" })?;
        *is_first = false;
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                file.write_all(b",")?;
            }
            column.write(row, file)?;
        }
        file.write_all(b"]")?;
    }
    Ok(())
}

/// Instants without a zone are in universal time, and are told so.
fn in_universal_time(column: &ArrayRef) -> Result<ArrayRef> {
    Ok(match column.data_type() {
        DataType::Timestamp(unit, None) => {
            cast(column, &DataType::Timestamp(*unit, Some("UTC".into())))?
        }
        _ => Arc::clone(column),
    })
}

/// Digits that every reader of JSON keeps.
const DIGITS_KEPT: usize = 15;

/// A number as such, or as text where browsers would round it.
fn write_number(number: &str, out: &mut impl Write) -> io::Result<()> {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    match digits > DIGITS_KEPT {
        true => write!(out, "\"{number}\""),
        false => write!(out, "{number}"),
    }
}

/// A column whose values are written one by one.
enum Cells<'a> {
    Whole(&'a ArrayRef),
    Float(&'a ArrayRef),
    Flag(&'a ArrayRef),
    /// Numbers of other types, whose text is a number of JSON.
    Number(&'a ArrayRef, ArrayFormatter<'a>),
    Text(&'a ArrayRef, ArrayFormatter<'a>),
}

impl<'a> Cells<'a> {
    fn of(column: &'a ArrayRef, options: &'a FormatOptions<'a>) -> Result<Self> {
        Ok(match column.data_type() {
            DataType::Int64 => Self::Whole(column),
            DataType::Float64 => Self::Float(column),
            DataType::Boolean => Self::Flag(column),
            kind if kind.is_integer() || matches!(kind, DataType::Decimal128(..)) => {
                Self::Number(column, ArrayFormatter::try_new(column, options)?)
            }
            _ => Self::Text(column, ArrayFormatter::try_new(column, options)?),
        })
    }

    fn write(&self, row: usize, out: &mut impl Write) -> Result<()> {
        let (Self::Whole(array)
        | Self::Float(array)
        | Self::Flag(array)
        | Self::Number(array, _)
        | Self::Text(array, _)) = self;
        // A column of nothing but nulls has no list of them.
        if array.is_null(row) || *array.data_type() == DataType::Null {
            return Ok(out.write_all(b"null")?);
        }
        match self {
            Self::Whole(array) => {
                write_number(
                    &array.as_primitive::<Int64Type>().value(row).to_string(),
                    out,
                )?;
            }
            Self::Float(array) => {
                let number = array.as_primitive::<Float64Type>().value(row);
                match serde_json::Number::from_f64(number) {
                    Some(number) => write!(out, "{number}")?,
                    None => out.write_all(b"null")?,
                }
            }
            Self::Flag(array) => write!(out, "{}", array.as_boolean().value(row))?,
            Self::Number(_, formatter) => write_number(&formatter.value(row).to_string(), out)?,
            Self::Text(_, formatter) => {
                let text = formatter.value(row).try_to_string()?;
                serde_json::to_writer(out, &text)
                    .map_err(|error| DataFusionError::External(Box::new(error)))?;
            }
        }
        Ok(())
    }
}
