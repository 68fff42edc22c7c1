//! Parquet: a file for each table, with what it depends on as key-value metadata.

use std::{
    collections::HashMap,
    io::{Cursor, Write as _},
    sync::Arc,
};

use arrow::{
    array::{
        ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
        TimestampMillisecondArray,
    },
    datatypes::{DataType, Field, Schema, TimeUnit},
};
use parquet::{
    arrow::ArrowWriter,
    basic::Compression,
    file::{metadata::KeyValue, properties::WriterProperties},
};
use throughline_insight::table::{Cell, Column, ColumnKind, Table, Unit};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{Export, ExportError, text_of};

/// Names of facts begin with this in the metadata, as other tools write there too.
const PREFIX: &str = "throughline.";

pub(super) fn write(export: &Export, table: &Table) -> Result<Vec<u8>, ExportError> {
    let facts = export.facts.iter().map(|fact| {
        let value = text_of(&fact.value, &export.zone);
        KeyValue::new(format!("{PREFIX}{}", fact.name), value)
    });
    let own = KeyValue::new(format!("{PREFIX}table"), table.name.to_owned());
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(facts.chain([own]).collect()))
        .build();
    let fields: Vec<Field> = table.columns.iter().map(field).collect();
    let schema = Arc::new(Schema::new(fields));
    let columns = (table.columns.iter().enumerate()).map(|(place, it)| array(table, place, it));
    let batch = RecordBatch::try_new(schema.clone(), columns.collect())?;
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties))?;
    writer.write(&batch)?;
    Ok(writer.into_inner()?)
}

/// Several tables in one file, each under its name. They are packed already, so they are only put together.
pub(super) fn pack(export: &Export, tables: &[&Table]) -> Result<Vec<u8>, ExportError> {
    let mut pack = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for table in tables {
        pack.start_file(format!("{}.parquet", table.name), stored)?;
        pack.write_all(&write(export, table)?)?;
    }
    Ok(pack.finish()?.into_inner())
}

fn field(column: &Column) -> Field {
    let kind = match column.kind {
        ColumnKind::Text => DataType::Utf8,
        ColumnKind::Whole => DataType::Int64,
        ColumnKind::Real => DataType::Float64,
        ColumnKind::Flag => DataType::Boolean,
        ColumnKind::Time => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
    };
    let field = Field::new(column.name.to_string(), kind, true);
    match column.unit {
        Unit::None => field,
        unit => field.with_metadata(HashMap::from([("unit".to_owned(), unit.name().to_owned())])),
    }
}

fn array(table: &Table, place: usize, column: &Column) -> ArrayRef {
    let cells = table.rows.iter().map(|row| &row[place]);
    match column.kind {
        ColumnKind::Text => Arc::new(StringArray::from_iter(cells.map(|it| match it {
            Cell::Text(text) => Some(text.as_str()),
            _ => None,
        }))),
        ColumnKind::Whole => Arc::new(Int64Array::from_iter(cells.map(|it| match it {
            Cell::Whole(number) => Some(*number),
            _ => None,
        }))),
        ColumnKind::Real => Arc::new(Float64Array::from_iter(cells.map(|it| match it {
            Cell::Real(number) => Some(*number),
            _ => None,
        }))),
        ColumnKind::Flag => Arc::new(BooleanArray::from_iter(cells.map(|it| match it {
            Cell::Flag(flag) => Some(*flag),
            _ => None,
        }))),
        ColumnKind::Time => {
            let times = TimestampMillisecondArray::from_iter(cells.map(|it| match it {
                Cell::Time(time) => Some(time.0),
                _ => None,
            }));
            Arc::new(times.with_timezone("UTC"))
        }
    }
}
