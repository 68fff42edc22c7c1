//! Takes what was refused after an erasure out of the raw log and the files of imports.
//!
//! The applier has left it out, so nothing that was made from the log changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use throughline_model::{Seq, SourceId, limits};
use throughline_store::log::{Next, Position};

use super::{
    files,
    ledger::{Erasure, LedgerError, Left},
    scan::{BYTES_AT_ONCE, ScanError, Taken, without_places},
    work::WorkError,
};
use crate::{import::Job, workspace::WorkspaceRuntime};

/// Refused events that are looked at in one turn.
const EVENTS_AT_ONCE: usize = 10_000;

/// Rows of one import that were refused.
#[derive(Default)]
struct Rows {
    numbers: BTreeSet<u64>,
    places: Vec<Seq>,
    erasure: u32,
}

/// Takes out what was refused lately. Rows of an import that still runs wait for its end.
pub fn take_out(runtime: &WorkspaceRuntime) -> Result<(), WorkError> {
    let is_refusing = |all: &[Erasure]| all.iter().any(|it| it.refuses_later);
    if !runtime.ledger().read(is_refusing) {
        return Ok(());
    }
    let state = runtime.state();
    let refused = state.refused_in_log(EVENTS_AT_ONCE)?;
    let mut records: BTreeMap<u64, BTreeSet<u32>> = BTreeMap::new();
    let mut erasures: BTreeMap<u64, u32> = BTreeMap::new();
    for event in &refused {
        let position = event.seq.position();
        records
            .entry(position)
            .or_default()
            .insert(event.seq.index());
        erasures.insert(position, event.erasure);
    }
    let log = runtime.pipeline().log();
    let mut rows: BTreeMap<SourceId, Rows> = BTreeMap::new();
    let (mut payloads, mut out) = (BTreeMap::new(), Vec::new());
    let mut bytes = 0;
    for (position, places) in records {
        let mut reader = log.reader(Position(position)).map_err(ScanError::from)?;
        let record = match reader.next(Duration::from_secs(1)) {
            Ok(Next::Record(record)) => record,
            Ok(Next::Quiet | Next::Closed) => return Err(ScanError::Ended.into()),
            Err(error) => return Err(ScanError::from(error).into()),
        };
        let seqs = places.iter().map(|index| Seq::new(position, *index));
        let erasure = erasures[&position];
        match without_places(&record, &places) {
            Taken::Payload(payload) => {
                bytes += payload.len();
                payloads.insert(record.position, payload);
                out.extend(seqs);
            }
            Taken::Rows(chunk) => {
                let its = rows.entry(chunk.source).or_default();
                its.places.extend(seqs);
                let numbers = places.iter().map(|it| chunk.first + u64::from(*it));
                its.numbers.extend(numbers);
                its.erasure = erasure;
            }
            Taken::Left => {
                tell(runtime, erasure, Left::Record { position })?;
                out.extend(seqs);
            }
        }
        if bytes >= BYTES_AT_ONCE {
            log.amend(&payloads).map_err(ScanError::from)?;
            state.refused_are_out(&std::mem::take(&mut out))?;
            payloads.clear();
            bytes = 0;
        }
    }
    log.amend(&payloads).map_err(ScanError::from)?;
    for (source, rows) in rows {
        if take_out_rows(runtime, source, &rows)? {
            out.extend(rows.places);
        }
    }
    if !out.is_empty() {
        state.refused_are_out(&out)?;
    }
    Ok(())
}

/// False where the rows have to wait.
fn take_out_rows(
    runtime: &WorkspaceRuntime,
    source: SourceId,
    rows: &Rows,
) -> Result<bool, WorkError> {
    let jobs = runtime.imports().list();
    let Some(job) = jobs.iter().find(|it| it.source == source) else {
        return Ok(true);
    };
    let reads_it = |it: &&std::sync::Arc<Job>| it.plan.file == job.plan.file;
    if jobs.iter().filter(reads_it).any(|it| it.is_open()) {
        return Ok(false);
    }
    let erasure = runtime
        .ledger()
        .read(|all| all.iter().find(|it| it.id == rows.erasure).cloned());
    // After it is lifted, another import may have taken in the same rows of the same file.
    let is_shared = jobs.iter().filter(reads_it).count() > 1;
    let left = match erasure.is_some_and(|it| it.is_refusing()) || !is_shared {
        true => {
            let found = files::erase_rows(runtime, job, &rows.numbers);
            found.map_err(WorkError::Files)?.and_then(|it| it.left)
        }
        false => Some(Left::File {
            name: job.name.clone(),
            rows: rows.numbers.len() as u64,
        }),
    };
    if let Some(left) = left {
        tell(runtime, rows.erasure, left)?;
    }
    Ok(true)
}

/// Adds to what an erasure has left.
fn tell(runtime: &WorkspaceRuntime, id: u32, left: Left) -> Result<(), LedgerError> {
    let ledger = runtime.ledger();
    let find = |all: &[Erasure]| all.iter().find(|it| it.id == id).cloned();
    let Some(mut erasure) = ledger.read(find) else {
        return Ok(());
    };
    if erasure.left.len() < limits::REFUSED_LEFT_MAX && !erasure.left.contains(&left) {
        erasure.left.push(left);
        ledger.put(&erasure)?;
    }
    Ok(())
}
