//! The log as it was written, for programs that cannot walk runs: every event once, in a file.

use std::path::{Path, PathBuf};

use crate::{
    error::StoreError,
    part::write_loose,
    rows::Rows,
    run::{Run, StoredEvent},
    snapshot::Snapshot,
    timeline::count,
};

impl Snapshot {
    /// Indexes of the runs in which events were written. The others repeat what merges have moved.
    pub fn bases(&self) -> impl Iterator<Item = usize> {
        let all = self.runs.iter().enumerate();
        all.filter(|(_, run)| !run.is_moved())
            .map(|(index, _)| index)
    }

    /// A Parquet file with the rows of a base run, in their order; made in `folder` when there is none.
    ///
    /// It is there as long as the snapshot. Its `profile` is that of the day when it was written.
    pub fn parquet_file(&self, base: usize, folder: &Path) -> Result<PathBuf, StoreError> {
        let mut run = &self.runs[base];
        if let Rows::Converted(rows) = &run.rows
            && rows.is_plain()?
        {
            run = rows.inner();
        }
        let read;
        let events: Vec<&StoredEvent> = match &run.rows {
            Rows::Part(part) => return part.parquet_file(),
            Rows::Memory(rows) => rows.iter().collect(),
            // The file of the part tells what was sent, so what is read needs one of its own.
            Rows::Named(_) | Rows::Converted(_) => {
                let all: Vec<u32> = (0..count(run.len())).collect();
                read = run.events(&all)?;
                read.iter().collect()
            }
            Rows::Moved(_) | Rows::Bare => Vec::new(),
        };
        let path = folder.join(format!("tail-{base}.parquet"));
        write_loose(&path, &events, &self.names, &self.roots)?;
        Ok(path)
    }
}

impl Run {
    /// Where a row was written: the id of its base run, and its row there; none for rows of base runs.
    pub fn origin(&self, row: u32) -> Option<(u64, u32)> {
        match &self.rows {
            Rows::Moved(moved) => Some(moved.origin(row)),
            Rows::Named(named) => named.inner().origin(named.row(row)),
            Rows::Converted(converted) => converted.inner().origin(row),
            Rows::Part(_) | Rows::Memory(_) | Rows::Bare => None,
        }
    }

    /// What [`Run::origin`] calls this run; its rows may have other places there.
    pub fn base_id(&self) -> u64 {
        match &self.rows {
            Rows::Named(named) => named.inner().base_id(),
            Rows::Converted(converted) => converted.inner().base_id(),
            _ => self.id,
        }
    }

    /// The row of this run that [`Run::origin`] means by a row; none where it is blocked.
    pub fn row_of_base(&self, row: u32) -> Option<u32> {
        match &self.rows {
            Rows::Named(named) => named.row_of(row),
            Rows::Converted(converted) => converted.inner().row_of_base(row),
            _ => Some(row),
        }
    }

    /// True for rows that a merge has moved here.
    fn is_moved(&self) -> bool {
        match &self.rows {
            Rows::Named(named) => named.inner().is_moved(),
            Rows::Converted(converted) => converted.inner().is_moved(),
            rows => matches!(rows, Rows::Moved(_)),
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow::{array::AsArray, datatypes::UInt32Type};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use throughline_model::{
        ActorId, EventKind, EventName, JsonObject, MessageKey, ProfileId, Seq, SourceId, Timestamp,
    };

    use crate::{Batch, EventNames, EventStore, StoreOptions};

    use super::*;

    fn event(actor: u32, time: i64) -> StoredEvent {
        StoredEvent {
            actor: ActorId(actor),
            seq: Seq(time.unsigned_abs()),
            time: Timestamp(time),
            received: Timestamp(time),
            kind: EventKind::Track,
            event: 0,
            channel: 1,
            source: SourceId(0),
            message: MessageKey(u128::from(time.unsigned_abs())),
            properties: JsonObject::empty(),
            context: JsonObject::empty(),
        }
    }

    #[test]
    fn every_event_is_in_one_file_whatever_merges_have_moved() {
        let dir = tempfile::tempdir().unwrap();
        let store = EventStore::open(&dir.path().join("store"), StoreOptions::default()).unwrap();
        let names = EventNames::of(&[EventName::parse("seen").unwrap()]);
        store.set_names(names.into()).unwrap();
        store.set_roots((0..20).map(|it| (ActorId(it), ProfileId(it))), 0);
        let append = |from: u32, applied| {
            let events = (from..from + 10).map(|it| event(it, i64::from(it) + 1));
            let events = events.collect();
            store.append(Batch { events, applied });
        };
        append(0, 1);
        store.seal().unwrap();
        append(10, 2);
        store.set_roots(
            [(ActorId(3), ProfileId(12)), (ActorId(14), ProfileId(5))],
            2,
        );
        let snapshot = store.snapshot(Timestamp(100));
        let sides: Vec<_> = (snapshot.runs.iter())
            .filter(|run| run.origin(0).is_some())
            .collect();
        assert!(!sides.is_empty(), "merges have moved rows");
        let mut actors = Vec::new();
        for base in snapshot.bases() {
            let path = snapshot.parquet_file(base, dir.path()).unwrap();
            let file = std::fs::File::open(path).unwrap();
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
            let mut of_file = Vec::new();
            for batch in reader.build().unwrap() {
                let batch = batch.unwrap();
                let column = batch.column_by_name("actor").unwrap();
                of_file.extend_from_slice(column.as_primitive::<UInt32Type>().values());
            }
            assert_eq!(of_file.len(), snapshot.runs[base].len());
            for side in &sides {
                for row in 0..u32::try_from(side.len()).unwrap() {
                    let (id, at) = side.origin(row).unwrap();
                    if id == snapshot.runs[base].id {
                        let time = side.time[row as usize];
                        assert_eq!(i64::from(of_file[at as usize]) + 1, time);
                    }
                }
            }
            actors.extend(of_file);
        }
        actors.sort_unstable();
        assert!(actors.into_iter().eq(0..20));
    }
}
