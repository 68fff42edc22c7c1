//! Reads single columns and whole events of a part.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch, StringArray},
    datatypes::{Float64Type, Int32Type, TimestampMillisecondType, UInt32Type, UInt64Type},
};
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection},
};
use serde_json::value::RawValue;
use throughline_model::{
    ActorId, EventKind, Field, JsonObject, MessageKey, Seq, SourceId, Timestamp,
};

use super::{
    Part,
    checked::CheckedFile,
    join::{join, text_at},
    layout::{Object, fixed},
    seal::KINDS,
    shape::Kind,
};
use crate::{
    error::{ReadError, StoreError},
    json,
    run::{Run, StoredEvent},
    values::{Values, ValuesBuilder},
};

/// When a message arrived, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrived {
    pub message: MessageKey,
    pub source: SourceId,
    pub received: Timestamp,
}

/// Rows that are decoded at once.
const BATCH_ROWS: usize = 1 << 14;

type Builder = ParquetRecordBatchReaderBuilder<CheckedFile>;

impl Part {
    /// One field of every row.
    pub fn values(&self, field: &Field) -> Result<Values, ReadError> {
        self.try_values(field)
            .map_err(|error| self.read_error(error))
    }

    fn try_values(&self, field: &Field) -> Result<Values, StoreError> {
        let (object, path) = match field {
            Field::Property(path) => (Object::Properties, path),
            Field::Context(path) => (Object::Context, path),
            Field::Source => return self.sources(),
            Field::Event | Field::Channel | Field::Touchpoint | Field::Stage => {
                unreachable!("fields of the timeline and the vocabulary are not stored in rows")
            }
        };
        let promoted = self.layout.column(object, path);
        let [properties_rest, context_rest] = &self.remarks.rest;
        let rest_may_hold = match object {
            Object::Properties => properties_rest.may_hold(path),
            Object::Context => context_rest.may_hold(path),
        };
        let mut columns: Vec<usize> = promoted.iter().map(|(column, _)| *column).collect();
        if rest_may_hold {
            columns.push(self.layout.rest(object));
        }
        if columns.is_empty() {
            return Ok(Values::default());
        }
        let mut builder = ValuesBuilder::default();
        let mut codes = BatchCodes::default();
        for batch in self.columns(&columns)? {
            let batch = batch?;
            let column = promoted.map(|(_, kind)| (kind, batch.column(0)));
            let rest = rest_may_hold.then(|| batch.column(batch.num_columns() - 1));
            push_batch(
                &mut builder,
                &mut codes,
                column,
                rest,
                path,
                batch.num_rows(),
            );
        }
        Ok(builder.finish())
    }

    fn sources(&self) -> Result<Values, StoreError> {
        let mut builder = ValuesBuilder::default();
        for batch in self.columns(&[fixed::SOURCE])? {
            for source in batch?.column(0).as_primitive::<UInt32Type>().values() {
                builder.push_number(f64::from(*source));
            }
        }
        Ok(builder.finish())
    }

    /// Messages that arrived at an instant or later.
    pub fn arrivals_since(
        &self,
        received_min: Timestamp,
        found: &mut Vec<Arrived>,
    ) -> Result<(), StoreError> {
        if self.entry.received.1 < received_min.0 {
            return Ok(());
        }
        for batch in self.columns(&[fixed::RECEIVED, fixed::SOURCE, fixed::MESSAGE])? {
            let batch = batch?;
            let received = batch.column(0).as_primitive::<TimestampMillisecondType>();
            let sources = batch.column(1).as_primitive::<UInt32Type>();
            for (row, received) in received.values().iter().enumerate() {
                if *received >= received_min.0 {
                    found.push(Arrived {
                        message: message_at(batch.column(2), row),
                        source: SourceId(sources.value(row)),
                        received: Timestamp(*received),
                    });
                }
            }
        }
        Ok(())
    }

    /// Whole events whose message is wanted.
    pub fn events_with(
        &self,
        run: &Run,
        is_wanted: impl Fn(u128) -> bool,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let (mut rows, mut first) = (Vec::new(), 0);
        for batch in self.columns(&[fixed::MESSAGE])? {
            let batch = batch?;
            let here = (0..batch.num_rows())
                .filter(|row| is_wanted(message_at(batch.column(0), *row).0))
                .map(|row| u32::try_from(first + row).expect("rows are counted in 32 bits"));
            rows.extend(here);
            first += batch.num_rows();
        }
        match rows.is_empty() {
            true => Ok(Vec::new()),
            false => self.sorted_events(run, &rows),
        }
    }

    /// Some columns of all rows, texts as codes, in the order of the file's columns.
    fn columns(
        &self,
        columns: &[usize],
    ) -> Result<impl Iterator<Item = Result<RecordBatch, StoreError>> + use<>, StoreError> {
        let builder = Builder::new_with_metadata(self.file.clone(), self.as_codes.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        let reader = builder
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|error| self.parquet_error(error))?;
        Ok(self.batches(reader))
    }

    /// Whole rows in the columns of the layout; all of them, or a selection.
    pub fn batches_of_rows(
        &self,
        rows: Option<&[u32]>,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, StoreError>> + use<>, StoreError> {
        let mut builder = Builder::new_with_metadata(self.file.clone(), self.as_views.clone())
            .with_batch_size(BATCH_ROWS);
        if let Some(rows) = rows {
            builder = self.select(builder, rows);
        }
        let reader = builder.build().map_err(|error| self.parquet_error(error))?;
        Ok(self.batches(reader))
    }

    /// Narrows a reader to rows that are sorted and different, and to their row groups.
    fn select(&self, builder: Builder, rows: &[u32]) -> Builder {
        let (mut groups, mut ranges) = (Vec::new(), Vec::new());
        let (mut first, mut selected_before, mut rest) = (0, 0, rows);
        for (index, group) in builder.metadata().row_groups().iter().enumerate() {
            let count = usize::try_from(group.num_rows()).expect("rows are counted in 32 bits");
            let inside = rest.partition_point(|row| (*row as usize) < first + count);
            for run in rest[..inside].chunk_by(|left, right| left + 1 == *right) {
                let from = run[0] as usize - first + selected_before;
                ranges.push(from..from + run.len());
            }
            if inside > 0 {
                groups.push(index);
                selected_before += count;
            }
            rest = &rest[inside..];
            first += count;
        }
        let selection = RowSelection::from_consecutive_ranges(ranges.into_iter(), selected_before);
        builder
            .with_row_groups(groups)
            .with_row_selection(selection)
    }

    fn batches(
        &self,
        reader: ParquetRecordBatchReader,
    ) -> impl Iterator<Item = Result<RecordBatch, StoreError>> + use<> {
        let file = self.name();
        reader.map(move |batch| {
            batch.map_err(|source| StoreError::Columns {
                file: file.clone(),
                source,
            })
        })
    }

    /// Whole events, in the order asked.
    pub fn events(&self, run: &Run, rows: &[u32]) -> Result<Vec<StoredEvent>, ReadError> {
        let mut sorted = rows.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let found = self
            .sorted_events(run, &sorted)
            .map_err(|error| self.read_error(error))?;
        Ok(rows
            .iter()
            .map(|row| {
                let index = sorted.binary_search(row).expect("every row was asked for");
                found[index].clone()
            })
            .collect())
    }

    fn sorted_events(&self, run: &Run, rows: &[u32]) -> Result<Vec<StoredEvent>, StoreError> {
        let mut events = Vec::with_capacity(rows.len());
        for batch in self.batches_of_rows(Some(rows))? {
            let batch = batch?;
            for index in 0..batch.num_rows() {
                let row = rows[events.len()] as usize;
                events.push(self.event(&batch, index, run.event[row], run.channel[row])?);
            }
        }
        if events.len() != rows.len() {
            let what = "it ends before the rows that its timeline lists";
            return Err(StoreError::damaged(self.name(), what));
        }
        Ok(events)
    }

    fn event(
        &self,
        batch: &RecordBatch,
        row: usize,
        event: u16,
        channel: u8,
    ) -> Result<StoredEvent, StoreError> {
        let number = |column: usize| batch.column(column).as_primitive::<UInt32Type>().value(row);
        let instant = |column: usize| {
            let column = batch
                .column(column)
                .as_primitive::<TimestampMillisecondType>();
            Timestamp(column.value(row))
        };
        Ok(StoredEvent {
            actor: ActorId(number(fixed::ACTOR)),
            seq: Seq(batch
                .column(fixed::SEQ)
                .as_primitive::<UInt64Type>()
                .value(row)),
            time: instant(fixed::TIME),
            received: instant(fixed::RECEIVED),
            kind: self.kind(text_at(batch.column(fixed::KIND), row))?,
            event,
            channel,
            source: SourceId(number(fixed::SOURCE)),
            message: message_at(batch.column(fixed::MESSAGE), row),
            properties: self.object(batch, Object::Properties, row)?,
            context: self.object(batch, Object::Context, row)?,
        })
    }

    fn kind(&self, name: &str) -> Result<EventKind, StoreError> {
        let found = KINDS.into_iter().find(|(_, it)| *it == name);
        found.map(|(kind, _)| kind).ok_or_else(|| {
            StoreError::damaged(self.name(), format!("`{name}` is no kind of event"))
        })
    }

    fn object(
        &self,
        batch: &RecordBatch,
        object: Object,
        row: usize,
    ) -> Result<JsonObject, StoreError> {
        let text = self.object_text(batch, object, row);
        RawValue::from_string(text)
            .ok()
            .and_then(|raw| JsonObject::from_raw(&raw))
            .ok_or_else(|| {
                let what = format!("its {} do not make a JSON object", object.name());
                StoreError::damaged(self.name(), what)
            })
    }

    /// An object of one row of [`Part::batches_of_rows`], as JSON.
    pub fn object_text(&self, batch: &RecordBatch, object: Object, row: usize) -> String {
        let promoted = self.layout.of(object);
        let first = self.layout.first(object);
        let rest = batch.column(self.layout.rest(object));
        let rest = rest.is_valid(row).then(|| text_at(rest, row));
        join(
            promoted,
            &batch.columns()[first..first + promoted.len()],
            rest,
            row,
        )
    }

    pub(super) fn parquet_error(&self, source: parquet::errors::ParquetError) -> StoreError {
        StoreError::Parquet {
            doing: "read",
            file: self.name(),
            source,
        }
    }

    fn read_error(&self, error: StoreError) -> ReadError {
        ReadError::Part {
            part: self.name(),
            source: Arc::new(error),
        }
    }
}

pub(crate) fn message_at(column: &ArrayRef, row: usize) -> MessageKey {
    let bytes = column.as_fixed_size_binary().value(row);
    MessageKey(u128::from_be_bytes(
        bytes.try_into().expect("the column is 16 bytes wide"),
    ))
}

/// What the codes of a batch's dictionary are among those of the whole run.
#[derive(Default)]
struct BatchCodes {
    dictionary: Option<ArrayRef>,
    codes: Vec<Option<u32>>,
}

impl BatchCodes {
    fn enter(&mut self, dictionary: &ArrayRef) {
        let is_same = self.dictionary.as_ref().is_some_and(|before| {
            before.len() == dictionary.len() && before.to_data().ptr_eq(&dictionary.to_data())
        });
        if !is_same {
            self.codes.clear();
            self.codes.resize(dictionary.len(), None);
            self.dictionary = Some(Arc::clone(dictionary));
        }
    }

    fn code(&mut self, builder: &mut ValuesBuilder, texts: &StringArray, key: i32) -> u32 {
        let key = usize::try_from(key).expect("keys count from 0");
        *self.codes[key].get_or_insert_with(|| builder.code(texts.value(key)))
    }
}

fn push_batch(
    builder: &mut ValuesBuilder,
    codes: &mut BatchCodes,
    column: Option<(Kind, &ArrayRef)>,
    rest: Option<&ArrayRef>,
    path: &[String],
    rows_count: usize,
) {
    let push_rest = |builder: &mut ValuesBuilder, row: usize| match rest {
        Some(rest) if rest.is_valid(row) => {
            builder.push(json::lookup(text_at(rest, row), path).as_ref());
        }
        _ => builder.push_none(),
    };
    match column {
        Some((Kind::Text, column)) => {
            let column = column.as_dictionary::<Int32Type>();
            codes.enter(column.values());
            let texts = column.values().as_string::<i32>();
            for row in 0..rows_count {
                if column.is_valid(row) {
                    let code = codes.code(builder, texts, column.keys().value(row));
                    builder.push_code(code);
                } else {
                    push_rest(builder, row);
                }
            }
        }
        Some((Kind::Number, column)) => {
            let column = column.as_primitive::<Float64Type>();
            for row in 0..rows_count {
                if column.is_valid(row) {
                    builder.push_number(column.value(row));
                } else {
                    push_rest(builder, row);
                }
            }
        }
        Some((Kind::Flag, column)) => {
            let column = column.as_boolean();
            for row in 0..rows_count {
                if column.is_valid(row) {
                    builder.push_flag(column.value(row));
                } else {
                    push_rest(builder, row);
                }
            }
        }
        None => (0..rows_count).for_each(|row| push_rest(builder, row)),
    }
}
