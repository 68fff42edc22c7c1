//! A table that lies in one Parquet file with its columns.

use std::{fs::File, path::Path, path::PathBuf, sync::Arc};

use datafusion::{
    arrow::{
        array::{RecordBatch, RecordBatchOptions},
        compute::cast,
        datatypes::SchemaRef,
    },
    common::{DataFusionError, Result, exec_datafusion_err},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_plan::{stream::RecordBatchStreamAdapter, streaming::PartitionStream},
};
use futures::stream;
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{
        ArrowReaderMetadata, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    },
};

#[derive(Debug)]
struct FileRows {
    path: PathBuf,
    schema: SchemaRef,
}

/// The rows of a file in the columns of a schema.
pub fn partition(path: &Path, schema: &SchemaRef) -> Arc<dyn PartitionStream> {
    Arc::new(FileRows {
        path: path.to_owned(),
        schema: Arc::clone(schema),
    })
}

impl PartitionStream for FileRows {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _ctx: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (path, schema) = (self.path.clone(), Arc::clone(&self.schema));
        lazily(&self.schema, move || {
            let (file, metadata) = open(&path)?;
            let names: Vec<&str> = schema
                .fields()
                .iter()
                .map(|it| it.name().as_str())
                .collect();
            let reader = read(file, metadata, &names, None)?;
            let batches = reader.map(move |batch| {
                let batch = batch.map_err(DataFusionError::from)?;
                let columns = (schema.fields().iter())
                    .map(|field| Ok(cast(column(&batch, field.name())?, field.data_type())?))
                    .collect::<Result<Vec<_>>>()?;
                made(&schema, columns, batch.num_rows())
            });
            Ok(Box::new(batches))
        })
    }
}

/// Batches that are read when they are asked for.
pub type Batches = Box<dyn Iterator<Item = Result<RecordBatch>> + Send>;

/// A stream that opens its files at the first batch.
pub fn lazily(
    schema: &SchemaRef,
    open: impl FnOnce() -> Result<Batches> + Send + 'static,
) -> SendableRecordBatchStream {
    let mut open = Some(open);
    let mut batches: Option<Batches> = None;
    let all = std::iter::from_fn(move || {
        if let Some(open) = open.take() {
            match open() {
                Ok(opened) => batches = Some(opened),
                Err(error) => return Some(Err(error)),
            }
        }
        batches.as_mut()?.next()
    });
    Box::pin(RecordBatchStreamAdapter::new(
        Arc::clone(schema),
        stream::iter(all),
    ))
}

/// Opens a Parquet file.
pub fn open(path: &Path) -> Result<(File, ArrowReaderMetadata)> {
    let file = File::open(path)
        .map_err(|error| exec_datafusion_err!("could not open {}: {error}", path.display()))?;
    let metadata = ArrowReaderMetadata::load(&file, Default::default()).map_err(unreadable)?;
    Ok((file, metadata))
}

/// Reads some columns of all row groups or of one.
pub fn read(
    file: File,
    metadata: ArrowReaderMetadata,
    columns: &[&str],
    group: Option<usize>,
) -> Result<ParquetRecordBatchReader> {
    let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
    let roots = builder.parquet_schema().root_schema().get_fields().iter();
    let wanted = (roots.enumerate())
        .filter(|(_, field)| columns.contains(&field.name()))
        .map(|(index, _)| index)
        .collect::<Vec<_>>();
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
    builder = builder.with_projection(mask).with_batch_size(8_192);
    if let Some(group) = group {
        builder = builder.with_row_groups(vec![group]);
    }
    builder.build().map_err(unreadable)
}

/// A column that a file of ours must have.
pub fn column<'b>(
    batch: &'b RecordBatch,
    name: &str,
) -> Result<&'b datafusion::arrow::array::ArrayRef> {
    batch
        .column_by_name(name)
        .ok_or_else(|| exec_datafusion_err!("a file of the log has no column {name}"))
}

/// A batch, which may have rows and no columns, as for `count(*)`.
pub fn made(
    schema: &SchemaRef,
    columns: Vec<datafusion::arrow::array::ArrayRef>,
    rows_count: usize,
) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows_count));
    Ok(RecordBatch::try_new_with_options(
        Arc::clone(schema),
        columns,
        &options,
    )?)
}

fn unreadable(error: parquet::errors::ParquetError) -> DataFusionError {
    exec_datafusion_err!("a file of the log cannot be read: {error}")
}
