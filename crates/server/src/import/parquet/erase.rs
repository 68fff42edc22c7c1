//! A Parquet file once more, with nothing in the place of the rows that go.

use std::{fs::File, path::Path, sync::Arc};

use arrow::{
    array::{
        Array as _, ArrayRef, BooleanArray, FixedSizeListArray, RecordBatch, StructArray,
        UInt32Array, make_array, new_null_array,
    },
    compute::{cast, interleave, take},
    datatypes::{DataType, Field, Schema, SchemaRef},
    error::ArrowError,
};
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    basic::{Compression, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties},
};

use super::{BATCH_ROWS, ParquetFault, has_mark};
use crate::import::erased::{ERASED, Fate};

/// Encoded bytes that are held before they are written.
const GROUP_BYTES_MAX: usize = 64 << 20;

/// Writes the rows of a file that stay, in their places, with a column that marks the others.
///
/// Of the file's own metadata nothing is taken over, as anything may stand there.
pub fn write_without(from: &Path, to: File, fates: &[Fate]) -> Result<File, ParquetFault> {
    let file = File::open(from).map_err(ParquetFault::Open)?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
    let schema = marked(builder.schema());
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::None)
        .build();
    let mut writer = ArrowWriter::try_new(to, Arc::clone(&schema), Some(properties))?;
    let mut fates = fates.iter();
    for batch in builder.with_batch_size(BATCH_ROWS).build()? {
        let batch = batch?;
        let fates = fates.by_ref().take(batch.num_rows());
        let is_out = fates.map(|it| matches!(it, Fate::Goes | Fate::Gone));
        let mut is_out: Vec<bool> = is_out.collect();
        is_out.resize(batch.num_rows(), false);
        writer.write(&without(&batch, is_out, &schema)?)?;
        if writer.in_progress_size() > GROUP_BYTES_MAX {
            writer.flush()?;
        }
    }
    Ok(writer.into_inner()?)
}

/// The columns of a file, and the one that marks rows.
fn marked(schema: &SchemaRef) -> SchemaRef {
    let mut fields = schema.fields().to_vec();
    if !has_mark(schema) {
        fields.push(Arc::new(Field::new(ERASED, DataType::Boolean, false)));
    }
    Arc::new(Schema::new(fields))
}

fn without(
    batch: &RecordBatch,
    is_out: Vec<bool>,
    schema: &SchemaRef,
) -> Result<RecordBatch, ArrowError> {
    let columns_count = schema.fields().len() - 1;
    let fields = schema.fields().iter().zip(batch.columns());
    let mut columns = Vec::with_capacity(columns_count + 1);
    let places: Vec<(usize, usize)> = (is_out.iter().enumerate())
        .map(|(row, is_out)| if *is_out { (1, 0) } else { (0, row) })
        .collect();
    for (field, column) in fields.take(columns_count) {
        columns.push(match is_out.contains(&true) {
            true => interleave(&[&**column, &*nothing(field)?], &places)?,
            false => Arc::clone(column),
        });
    }
    columns.push(Arc::new(BooleanArray::from(is_out)));
    RecordBatch::try_new(Arc::clone(schema), columns)
}

/// One value that says nothing: null, or empty where a column has no nulls.
fn nothing(field: &Field) -> Result<ArrayRef, ArrowError> {
    let null = new_null_array(field.data_type(), 1);
    if field.is_nullable() {
        return Ok(null);
    }
    Ok(match field.data_type() {
        DataType::Struct(fields) => {
            let columns = fields.iter().map(|it| nothing(it));
            let columns = columns.collect::<Result<_, _>>()?;
            Arc::new(StructArray::try_new(fields.clone(), columns, None)?)
        }
        DataType::FixedSizeList(item, size) => {
            let count = usize::try_from(*size).unwrap_or_default();
            let items = take(&nothing(item)?, &UInt32Array::from(vec![0; count]), None)?;
            Arc::new(FixedSizeListArray::try_new(
                Arc::clone(item),
                *size,
                items,
                None,
            )?)
        }
        kind @ DataType::Dictionary(_, values) => {
            cast(&nothing(&Field::new("", (**values).clone(), false))?, kind)?
        }
        _ => make_array(null.to_data().into_builder().nulls(None).build()?),
    })
}

#[cfg(test)]
mod tests;
