//! Rows of Parquet files: columns of any type as the cells that mappings know.

pub mod erase;

use std::{borrow::Cow, fs::File, path::Path, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
    },
    compute::cast,
    datatypes::{DataType, Float64Type, Int64Type, Schema, TimeUnit, TimestampMillisecondType},
    error::ArrowError,
};
use parquet::{
    arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
    errors::ParquetError,
};
use serde_json::Value;
use throughline_ingest::file::{Cell, Row, RowFault, column_names};
use throughline_model::Timestamp;

use super::erased::ERASED;

/// Rows that are decoded at once.
const BATCH_ROWS: usize = 8_192;

/// The rows of one Parquet file.
pub struct ParquetRows {
    reader: ParquetRecordBatchReader,
    columns: Vec<String>,
    /// Whether the last column of the file tells which rows were erased.
    has_mark: bool,
    batch: Batch,
    next: usize,
    rows_total: u64,
}

/// Why a Parquet file cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum ParquetFault {
    #[error("could not open the file")]
    Open(#[source] std::io::Error),
    #[error("could not write the file")]
    Write(#[from] std::io::Error),
    #[error("the file is not sound Parquet")]
    Parquet(#[from] ParquetError),
    #[error("the file holds columns that cannot be read")]
    Arrow(#[from] ArrowError),
}

/// Some rows, column by column.
#[derive(Default)]
struct Batch {
    columns: Vec<Column>,
    /// Rows that were erased; none are where the file does not say so.
    is_erased: Option<BooleanArray>,
    rows_count: usize,
}

/// A column in one of the few types that cells have.
enum Column {
    Text(StringArray),
    Int(Int64Array),
    Float(Float64Array),
    Flag(BooleanArray),
    /// Milliseconds since 1970, in a zone that is known or not.
    Time {
        ms: Int64Array,
        is_local: bool,
    },
    /// Lists and structures.
    Nested(ArrayRef),
    Missing,
}

struct BatchRow<'a> {
    batch: &'a Batch,
    row: usize,
}

impl ParquetRows {
    /// Opens a file at its first row.
    pub fn open(path: &Path) -> Result<Self, ParquetFault> {
        let file = File::open(path).map_err(ParquetFault::Open)?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
        let has_mark = has_mark(builder.schema());
        let mut columns = names(builder.schema());
        columns.truncate(columns.len() - usize::from(has_mark));
        let rows_total = builder.metadata().file_metadata().num_rows();
        Ok(Self {
            reader: builder.with_batch_size(BATCH_ROWS).build()?,
            columns,
            has_mark,
            batch: Batch::default(),
            next: 0,
            rows_total: rows_total.max(0).cast_unsigned(),
        })
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many rows the file has.
    pub fn rows_total(&self) -> u64 {
        self.rows_total
    }

    /// Hands over up to `left` rows.
    pub fn each(
        &mut self,
        left: &mut usize,
        take: &mut dyn FnMut(Result<&dyn Row, RowFault>),
    ) -> Result<(), ParquetFault> {
        while *left > 0 {
            if self.next == self.batch.rows_count {
                let Some(batch) = self.reader.next() else {
                    return Ok(());
                };
                self.batch = Batch::new(&batch?, self.has_mark)?;
                self.next = 0;
                continue;
            }
            let row = BatchRow {
                batch: &self.batch,
                row: self.next,
            };
            match row.is_erased() {
                true => take(Err(RowFault::erased())),
                false => take(Ok(&row)),
            }
            self.next += 1;
            *left -= 1;
        }
        Ok(())
    }
}

impl Batch {
    fn new(batch: &RecordBatch, has_mark: bool) -> Result<Self, ArrowError> {
        let mut columns = batch.columns();
        let mut is_erased = None;
        if has_mark && let Some((mark, others)) = columns.split_last() {
            is_erased = mark.as_boolean_opt().cloned();
            columns = others;
        }
        let columns = columns.iter().map(Column::new);
        Ok(Self {
            is_erased,
            columns: columns.collect::<Result<_, _>>()?,
            rows_count: batch.num_rows(),
        })
    }
}

impl Column {
    fn new(array: &ArrayRef) -> Result<Self, ArrowError> {
        use DataType::{
            Boolean, Date32, Date64, Dictionary, FixedSizeBinary, FixedSizeList, LargeList, List,
            ListView, Map, Null, RunEndEncoded, Struct, Timestamp as Instant, Union,
        };
        Ok(match array.data_type() {
            Null => Self::Missing,
            Boolean => Self::Flag(array.as_boolean().clone()),
            it if it.is_integer() && *it != DataType::UInt64 => {
                let ints = cast(array, &DataType::Int64)?;
                Self::Int(ints.as_primitive::<Int64Type>().clone())
            }
            it if it.is_floating() => {
                let floats = cast(array, &DataType::Float64)?;
                Self::Float(floats.as_primitive::<Float64Type>().clone())
            }
            Date32 | Date64 | Instant(_, None) => Self::time(array, true)?,
            Instant(_, Some(_)) => Self::time(array, false)?,
            Dictionary(_, values) => Self::new(&cast(array, values)?)?,
            RunEndEncoded(_, values) => Self::new(&cast(array, values.data_type())?)?,
            List(_) | LargeList(_) | ListView(_) | FixedSizeList(..) | Struct(_) | Map(..)
            | Union(..) => Self::Nested(Arc::clone(array)),
            FixedSizeBinary(_) => {
                let ids = array.as_fixed_size_binary().iter();
                Self::Text(ids.map(|it| it.map(id_text)).collect())
            }
            // Texts, decimals, times of day, whole numbers beyond 63 bits: all have a text.
            _ => Self::Text(cast(array, &DataType::Utf8)?.as_string::<i32>().clone()),
        })
    }

    fn time(array: &ArrayRef, is_local: bool) -> Result<Self, ArrowError> {
        let zone = match array.data_type() {
            DataType::Timestamp(_, zone) => zone.clone(),
            _ => None,
        };
        let array = cast(array, &DataType::Timestamp(TimeUnit::Millisecond, zone))?;
        let ms = array.as_primitive::<TimestampMillisecondType>();
        Ok(Self::Time {
            ms: ms.reinterpret_cast(),
            is_local,
        })
    }

    fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Text(texts) if texts.is_valid(row) => match texts.value(row) {
                "" => Cell::Missing,
                text => Cell::Text(Cow::Borrowed(text)),
            },
            Self::Int(ints) if ints.is_valid(row) => Cell::Int(ints.value(row)),
            Self::Float(floats) if floats.is_valid(row) => Cell::Float(floats.value(row)),
            Self::Flag(flags) if flags.is_valid(row) => Cell::Flag(flags.value(row)),
            Self::Time { ms, is_local } if ms.is_valid(row) => match is_local {
                true => Cell::Local(ms.value(row)),
                false => Cell::Instant(Timestamp(ms.value(row))),
            },
            Self::Nested(array) if array.is_valid(row) => match json(array, row) {
                Value::Null => Cell::Missing,
                value => Cell::Json(Cow::Owned(value.to_string())),
            },
            _ => Cell::Missing,
        }
    }
}

impl BatchRow<'_> {
    fn is_erased(&self) -> bool {
        let mark = self.batch.is_erased.as_ref();
        mark.is_some_and(|it| it.is_valid(self.row) && it.value(self.row))
    }
}

impl Row for BatchRow<'_> {
    fn cell(&self, column: usize) -> Cell<'_> {
        let column = self.batch.columns.get(column);
        column.map_or(Cell::Missing, |it| it.cell(self.row))
    }
}

/// Bytes as ids are written: a UUID where there are 16, and hexadecimal digits otherwise.
fn id_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len() + 4);
    for (index, byte) in bytes.iter().enumerate() {
        if bytes.len() == 16 && matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// Whether the last column marks rows that were erased.
fn has_mark(schema: &Schema) -> bool {
    let last = schema.fields().last();
    last.is_some_and(|it| it.name() == ERASED && *it.data_type() == DataType::Boolean)
}

fn names(schema: &Schema) -> Vec<String> {
    column_names(schema.fields().iter().map(|field| field.name().as_str()))
}

/// A value of any type as JSON; what has no JSON form is null.
fn json(array: &ArrayRef, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    let list = |values: &ArrayRef| (0..values.len()).map(|it| json(values, it)).collect();
    match array.data_type() {
        DataType::List(_) => list(&array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => list(&array.as_fixed_size_list().value(row)),
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let members = fields.iter().zip(columns);
            members
                .map(|(field, column)| (field.name().clone(), json(column, row)))
                .collect()
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            (0..entries.len())
                .map(|it| {
                    let key = match json(keys, it) {
                        Value::String(text) => text,
                        other => other.to_string(),
                    };
                    (key, json(values, it))
                })
                .collect()
        }
        _ => {
            let one = array.slice(row, 1);
            let Ok(column) = Column::new(&one) else {
                return Value::Null;
            };
            match column {
                // Types without a rule of their own end here.
                Column::Nested(_) | Column::Missing => Value::Null,
                column => plain(column.cell(0)),
            }
        }
    }
}

fn plain(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Int(number) => Value::from(number),
        Cell::Float(number) => Value::from(number),
        Cell::Flag(flag) => Value::from(flag),
        Cell::Missing => Value::Null,
        other => Value::from(other.text()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::{
        array::{
            Date32Array, Decimal128Array, DictionaryArray, FixedSizeBinaryArray, ListArray,
            StructArray, TimestampMicrosecondArray, UInt64Array,
        },
        datatypes::{Field, Int32Type},
    };
    use parquet::arrow::ArrowWriter;

    use super::*;

    /// Writes one column with these values and shows each as a cell.
    fn cells(array: ArrayRef) -> Vec<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        let batch = RecordBatch::try_from_iter_with_nullable([("it", array, true)]).unwrap();
        let out = file.reopen().unwrap();
        let mut writer = ArrowWriter::try_new(out, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let mut rows = ParquetRows::open(file.path()).unwrap();
        assert_eq!(rows.columns(), ["it"]);
        assert_eq!(rows.rows_total(), batch.num_rows() as u64);
        let mut shown = Vec::new();
        rows.each(&mut usize::MAX.clone(), &mut |row| {
            shown.push(format!("{:?}", row.unwrap().cell(0)));
        })
        .unwrap();
        shown
    }

    #[test]
    fn numbers_texts_and_flags_are_what_they_are() {
        let ints = Arc::new(Int64Array::from(vec![Some(1), None]));
        assert_eq!(cells(ints), ["Int(1)", "Missing"]);
        let big = Arc::new(UInt64Array::from(vec![u64::MAX]));
        assert_eq!(cells(big), ["Text(\"18446744073709551615\")"]);
        let money = Decimal128Array::from(vec![1_234]).with_precision_and_scale(10, 2);
        assert_eq!(cells(Arc::new(money.unwrap())), ["Text(\"12.34\")"]);
        let texts: DictionaryArray<Int32Type> = vec!["a", "", "a"].into_iter().collect();
        assert_eq!(
            cells(Arc::new(texts)),
            ["Text(\"a\")", "Missing", "Text(\"a\")"]
        );
        let flags = Arc::new(BooleanArray::from(vec![true]));
        assert_eq!(cells(flags), ["Flag(true)"]);
    }

    #[test]
    fn ids_in_bytes_are_told_as_they_are_written() {
        let of = |ids: Vec<Option<Vec<u8>>>, size| {
            let ids = FixedSizeBinaryArray::try_from_sparse_iter_with_size(ids.into_iter(), size);
            cells(Arc::new(ids.unwrap()))
        };
        let uuid = (0xa0..0xb0).collect();
        assert_eq!(
            of(vec![Some(uuid), None], 16),
            ["Text(\"a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf\")", "Missing"]
        );
        assert_eq!(of(vec![Some(vec![0, 255])], 2), ["Text(\"00ff\")"]);
    }

    #[test]
    fn times_know_whether_their_zone_is_known() {
        let micros = TimestampMicrosecondArray::from(vec![1_772_357_400_123_456]);
        assert_eq!(cells(Arc::new(micros.clone())), ["Local(1772357400123)"]);
        let zoned = Arc::new(micros.with_timezone("UTC"));
        assert_eq!(cells(zoned), ["Instant(Timestamp(1772357400123))"]);
        let days = Arc::new(Date32Array::from(vec![1]));
        assert_eq!(cells(days), ["Local(86400000)"]);
    }

    #[test]
    fn lists_and_structures_are_json() {
        let list =
            ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), None]), None]);
        assert_eq!(cells(Arc::new(list)), ["Json(\"[1,null]\")", "Missing"]);
        let names: ArrayRef = Arc::new(StringArray::from(vec!["x \"y\""]));
        let field = Arc::new(Field::new("name", DataType::Utf8, true));
        let people = StructArray::from(vec![(field, names)]);
        assert_eq!(
            cells(Arc::new(people)),
            ["Json(\"{\\\"name\\\":\\\"x \\\\\\\"y\\\\\\\"\\\"}\")"]
        );
    }
}
