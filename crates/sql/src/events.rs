//! The table `events`: the pieces of the log as they lie on the disk, with the meaning that the server gave them.
//!
//! Each row is read once, where it was written. Whom it belongs to now follows from its actor, and of
//! an actor that several people share from its time, so the copies of rows that merges have moved are not needed here.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use datafusion::{
    arrow::{
        array::{
            Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringViewArray, StringViewBuilder,
        },
        buffer::{NullBuffer, ScalarBuffer},
        compute::cast,
        datatypes::{DataType, SchemaRef, TimestampMillisecondType, UInt32Type},
    },
    common::{DataFusionError, Result, exec_datafusion_err},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_plan::streaming::PartitionStream,
};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use throughline_model::sql::{SqlRows, SqlTables};

use crate::{
    file::{self, Batches, column, made},
    object,
};

/// One row group of a piece.
#[derive(Clone, Debug)]
struct Share {
    piece: Arc<Piece>,
    group: usize,
    first_row: usize,
}

#[derive(Debug)]
struct Piece {
    rows: SqlRows,
    metadata: ArrowReaderMetadata,
}

/// What is the same for all pieces.
#[derive(Debug)]
struct Meaning {
    profile_of_actor: Vec<u32>,
    /// Of shared actors the moments from which they are somebody's, in order.
    turns: BTreeMap<u32, Vec<(i64, u32)>>,
    channels: StringViewArray,
    touchpoints: StringViewArray,
    stages: StringViewArray,
}

impl Meaning {
    /// The profile of an actor's row at a time.
    fn profile(&self, actor: u32, time: i64) -> u32 {
        if let Some(turns) = self.turns.get(&actor) {
            let behind = turns.partition_point(|it| it.0 <= time);
            return behind.checked_sub(1).map_or(actor, |it| turns[it].1);
        }
        let found = self.profile_of_actor.get(actor as usize);
        found.copied().unwrap_or(actor)
    }
}

/// Actor, profile and moment of each turn.
fn turns_in(bytes: &[u8]) -> BTreeMap<u32, Vec<(i64, u32)>> {
    let mut turns: BTreeMap<u32, Vec<(i64, u32)>> = BTreeMap::new();
    for it in bytes.chunks_exact(16) {
        let number = |at: usize| u32::from_le_bytes([it[at], it[at + 1], it[at + 2], it[at + 3]]);
        let from = u64::from(number(8)) | u64::from(number(12)) << 32;
        let its = turns.entry(number(0)).or_default();
        its.push((from.cast_signed(), number(4)));
    }
    turns
}

#[derive(Debug)]
struct EventRows {
    schema: SchemaRef,
    meaning: Arc<Meaning>,
    shares: Vec<Share>,
}

/// The row groups of all pieces, dealt out evenly.
pub fn partitions(
    handed: &SqlTables,
    schema: &SchemaRef,
    partitions_count: usize,
) -> Result<Vec<Arc<dyn PartitionStream>>> {
    let profile_of_actor = match &handed.profile_of_actor {
        Some(path) => read_bytes(path)?
            .chunks_exact(4)
            .map(|it| u32::from_le_bytes([it[0], it[1], it[2], it[3]]))
            .collect(),
        None => Vec::new(),
    };
    let turns = match &handed.turns_of_actors {
        Some(path) => turns_in(&read_bytes(path)?),
        None => BTreeMap::new(),
    };
    let meaning = Arc::new(Meaning {
        profile_of_actor,
        turns,
        channels: StringViewArray::from_iter_values(&handed.channels),
        touchpoints: StringViewArray::from_iter_values(&handed.touchpoints),
        stages: StringViewArray::from_iter_values(&handed.stages),
    });
    let mut shares = vec![Vec::new(); partitions_count.max(1)];
    let mut next = 0;
    for rows in &handed.events {
        let (_, metadata) = file::open(&rows.file)?;
        let piece = Arc::new(Piece {
            rows: rows.clone(),
            metadata,
        });
        let mut first_row = 0;
        for (group, its) in piece.metadata.metadata().row_groups().iter().enumerate() {
            shares[next].push(Share {
                piece: Arc::clone(&piece),
                group,
                first_row,
            });
            first_row += usize::try_from(its.num_rows()).unwrap_or_default();
            next = (next + 1) % partitions_count.max(1);
        }
    }
    let partitions = shares.into_iter().map(|shares| {
        let rows = EventRows {
            schema: Arc::clone(schema),
            meaning: Arc::clone(&meaning),
            shares,
        };
        Arc::new(rows) as Arc<dyn PartitionStream>
    });
    Ok(partitions.collect())
}

impl PartitionStream for EventRows {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _ctx: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (schema, meaning) = (Arc::clone(&self.schema), Arc::clone(&self.meaning));
        let shares = self.shares.clone();
        file::lazily(&self.schema, move || {
            let batches = shares.into_iter().flat_map(move |share| {
                share
                    .read(&schema, &meaning)
                    .unwrap_or_else(|error| Box::new(std::iter::once(Err(error))))
            });
            Ok(Box::new(batches))
        })
    }
}

impl Share {
    fn read(&self, schema: &SchemaRef, meaning: &Arc<Meaning>) -> Result<Batches> {
        let (file, _) = file::open(&self.piece.rows.file)?;
        let metadata = self.piece.metadata.clone();
        let in_file: Vec<String> = (metadata.schema().fields().iter())
            .map(|it| it.name().clone())
            .collect();
        let mut columns: Vec<&str> = Vec::new();
        for field in schema.fields() {
            match field.name().as_str() {
                "profile" => columns.extend(["actor", "time"]),
                "channel" | "touchpoint" | "stage" => {}
                object @ ("properties" | "context") => {
                    columns.push(object);
                    let its = in_file.iter().filter(|it| object::belongs(it, object));
                    columns.extend(its.map(String::as_str));
                }
                name => columns.push(name),
            }
        }
        // Rows have to be counted even when nothing of them is asked.
        if columns.is_empty() {
            columns.push("source");
        }
        let reader = file::read(file, metadata.clone(), &columns, Some(self.group))?;
        let codes = Codes::open(&self.piece.rows, schema)?;
        let (schema, meaning) = (Arc::clone(schema), Arc::clone(meaning));
        let mut row = self.first_row;
        let batches = reader.map(move |batch| {
            let batch = batch.map_err(DataFusionError::from)?;
            let made = rows_of(&batch, &schema, &meaning, &codes, row);
            row += batch.num_rows();
            made
        });
        Ok(Box::new(batches))
    }
}

/// The codes of all rows of a piece, as far as they are asked for.
struct Codes {
    channels: Vec<u16>,
    touchpoints: Vec<u16>,
    stages: Vec<u16>,
}

impl Codes {
    fn open(rows: &SqlRows, schema: &SchemaRef) -> Result<Self> {
        let read = |name: &str, path: Option<&std::path::PathBuf>| -> Result<Vec<u16>> {
            if schema.index_of(name).is_err() {
                return Ok(Vec::new());
            }
            let path = path.ok_or_else(|| exec_datafusion_err!("{name} was not handed over"))?;
            let bytes = read_bytes(path)?;
            let codes = bytes.chunks_exact(2);
            Ok(codes.map(|it| u16::from_le_bytes([it[0], it[1]])).collect())
        };
        Ok(Self {
            channels: read("channel", rows.channels.as_ref())?,
            touchpoints: read("touchpoint", rows.touchpoints.as_ref())?,
            stages: read("stage", rows.stages.as_ref())?,
        })
    }
}

fn rows_of(
    batch: &RecordBatch,
    schema: &SchemaRef,
    meaning: &Meaning,
    codes: &Codes,
    first_row: usize,
) -> Result<RecordBatch> {
    let rows = first_row..first_row + batch.num_rows();
    let named = |codes: &[u16], names: &StringViewArray| -> Result<ArrayRef> {
        let codes = codes
            .get(rows.clone())
            .ok_or_else(|| exec_datafusion_err!("a file of codes is too short"))?;
        Ok(Arc::new(names_of(codes, names)))
    };
    let columns = schema.fields().iter().map(|field| -> Result<ArrayRef> {
        match field.name().as_str() {
            "profile" => {
                let actors = column(batch, "actor")?.as_primitive::<UInt32Type>();
                let times = column(batch, "time")?.as_primitive::<TimestampMillisecondType>();
                let rows = actors.values().iter().zip(times.values());
                let profiles = rows.map(|(actor, time)| i64::from(meaning.profile(*actor, *time)));
                let profiles: Int64Array = profiles.collect::<Vec<_>>().into();
                Ok(Arc::new(profiles))
            }
            "channel" => named(&codes.channels, &meaning.channels),
            "touchpoint" => named(&codes.touchpoints, &meaning.touchpoints),
            "stage" => named(&codes.stages, &meaning.stages),
            object @ ("properties" | "context") => Ok(object::column(batch, object)?),
            "message" => Ok(Arc::new(hex(column(batch, "message")?))),
            name => Ok(cast(column(batch, name)?, field.data_type())?),
        }
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    made(schema, columns, batch.num_rows())
}

/// Names by code, sharing the bytes of the names.
fn names_of(codes: &[u16], names: &StringViewArray) -> StringViewArray {
    let views = names.views();
    let of = |code: &u16| views.get(usize::from(*code).wrapping_sub(1)).copied();
    let valid = NullBuffer::from_iter(codes.iter().map(|code| of(code).is_some()));
    let views: ScalarBuffer<u128> = codes.iter().map(|code| of(code).unwrap_or(0)).collect();
    StringViewArray::new(views, names.data_buffers().to_vec(), Some(valid))
}

fn hex(messages: &ArrayRef) -> StringViewArray {
    let messages = match messages.data_type() {
        DataType::FixedSizeBinary(_) => messages.as_fixed_size_binary(),
        _ => return StringViewArray::new_null(messages.len()),
    };
    let mut out = StringViewBuilder::with_capacity(messages.len());
    for message in messages.iter() {
        match message.map(<[u8; 16]>::try_from) {
            Some(Ok(bytes)) => out.append_value(format!("{:032x}", u128::from_be_bytes(bytes))),
            _ => out.append_null(),
        }
    }
    out.finish()
}

fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path)
        .map_err(|error| exec_datafusion_err!("could not read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_shared_actor_is_of_whose_turn_it_was() {
        let turn = |actor: u32, profile: u32, from: i64| {
            let ends = [actor.to_le_bytes(), profile.to_le_bytes()].concat();
            [ends, from.to_le_bytes().to_vec()].concat()
        };
        let bytes = [turn(3, 1, -5), turn(3, 2, 1 << 40), turn(4, 1, 0)].concat();
        let meaning = Meaning {
            profile_of_actor: vec![0, 1, 2, 3, 4, 1],
            turns: turns_in(&bytes),
            channels: StringViewArray::from_iter_values([""; 0]),
            touchpoints: StringViewArray::from_iter_values([""; 0]),
            stages: StringViewArray::from_iter_values([""; 0]),
        };
        let places = [(3, -6), (3, -5), (3, 1 << 40), (4, 9), (5, 9), (7, 9)];
        let profiles = places.map(|(actor, time)| meaning.profile(actor, time));
        assert_eq!(profiles, [3, 1, 2, 1, 1, 7]);
    }
}
