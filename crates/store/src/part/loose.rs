//! Writes events of the tail into a plain Parquet file with the columns of a part, for other programs to read.

use std::{fs::File, path::Path};

use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};

use super::{
    layout::Layout,
    seal::{CHUNK_ROWS, Columns, Row},
};
use crate::{
    error::StoreError, objects::file_error, roots::Roots, run::StoredEvent, snapshot::EventNames,
};

/// Writes events in the order given, each once for each time that it is given.
pub(crate) fn write_loose(
    path: &Path,
    events: &[&StoredEvent],
    names: &EventNames,
    roots: &Roots,
) -> Result<(), StoreError> {
    let name = path.to_string_lossy().into_owned();
    let failed = |source| StoreError::Parquet {
        doing: "write",
        file: name.clone(),
        source,
    };
    let layout = Layout::default();
    let file = File::create_new(path).map_err(file_error("make", &name))?;
    let options = ArrowWriterOptions::new()
        .with_properties(layout.properties_of_writer())
        .with_skip_arrow_metadata(true);
    let mut writer =
        ArrowWriter::try_new_with_options(file, layout.schema(), options).map_err(failed)?;
    let mut columns = Columns::new(&layout, names);
    for chunk in events.chunks(CHUNK_ROWS) {
        let rows: Vec<Row<'_>> = (chunk.iter())
            .map(|event| Row {
                profile: roots.at(event.actor.0, event.time.0),
                event,
            })
            .collect();
        let batch = columns
            .batch(&rows, &layout)
            .map_err(|source| StoreError::Columns {
                file: name.clone(),
                source,
            })?;
        writer.write(&batch).map_err(failed)?;
    }
    writer.close().map(drop).map_err(failed)
}
