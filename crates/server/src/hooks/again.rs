//! What came to a webhook before there was a mapping, read by the one that it has now.
//!
//! An arrival that becomes events is written to the log once more, with the mapping and with when it
//! came. Where it stood first it is blanked, so that it is in one place, and is not read a third time.

use std::{collections::BTreeMap, thread, time::Duration};

use bytes::Bytes;
use serde::Serialize;
use throughline_ingest::{
    Decoded, Refusal,
    dialect::hook::{self, Maker, Note},
    file::Mapping,
};
use throughline_model::{MessageKey, SourceId, Timestamp, blank::is_blank};
use throughline_store::{
    StoreError,
    log::{self, AmendError, Next, Position, Record, blank::blank},
};
use utoipa::ToSchema;

use crate::{
    pipeline::{
        applier::Arrival,
        envelope::Envelope,
        runtime::{AcceptError, Pipeline},
    },
    workspace::WorkspaceRuntime,
};

/// Bytes of records that are blanked at once.
const BYTES_AT_ONCE: usize = 8 << 20;
/// How long to wait before an arrival is offered again to a log that has no room.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// What became of what was read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = HookReadAgain)]
pub struct ReadAgain {
    /// Arrivals that became events.
    pub arrivals: u64,
    pub events: u64,
    /// Arrivals of which the mapping makes nothing; they stay as they are.
    pub left: u64,
}

/// Why not everything was read again. What was is told by the log, so it may be tried again.
#[derive(Debug, thiserror::Error)]
pub enum AgainError {
    #[error("could not read the raw log")]
    Read(#[from] log::ReadError),
    #[error("could not look for events that are here already")]
    Known(#[from] StoreError),
    #[error("could not write to the raw log")]
    Append(#[from] AcceptError),
    #[error("could not blank what was read again")]
    Amend(#[from] AmendError),
    #[error("the raw log ended early")]
    Ended,
}

/// Reads everything of a webhook that came without a mapping; blocks until it can be asked about.
pub fn read_again(
    runtime: &WorkspaceRuntime,
    source: SourceId,
    mapping: &Mapping,
    now: Timestamp,
) -> Result<ReadAgain, AgainError> {
    let pipeline = runtime.pipeline();
    let upto = pipeline.log().end().0;
    let mut reader = pipeline.log().reader(Position(0))?;
    let mut again = Again {
        runtime,
        source,
        mapping,
        now,
        done: ReadAgain::default(),
        last: None,
        blanks: BTreeMap::new(),
    };
    let (mut bytes, mut next) = (0, 0);
    while next < upto {
        let record = match reader.next(Duration::from_secs(1))? {
            Next::Record(record) => record,
            Next::Quiet => continue,
            Next::Closed => return Err(AgainError::Ended),
        };
        next = record.position.0 + 1;
        bytes += again.take(&record)?;
        if bytes >= BYTES_AT_ONCE {
            again.settle()?;
            bytes = 0;
        }
    }
    again.settle()?;
    Ok(again.done)
}

struct Again<'a> {
    runtime: &'a WorkspaceRuntime,
    source: SourceId,
    mapping: &'a Mapping,
    now: Timestamp,
    done: ReadAgain,
    /// The record that was written last.
    last: Option<Position>,
    /// Records that are written once more, without what they say.
    blanks: BTreeMap<Position, Bytes>,
}

impl Again<'_> {
    /// Reads a record again, if it is one; the answer is how many bytes are to be blanked.
    fn take(&mut self, record: &Record) -> Result<usize, AgainError> {
        let Some((received, body)) = self.unmapped(record) else {
            return Ok(0);
        };
        let note = Note {
            at: Some(received.to_string()),
            mapping: Some(self.mapping.clone()),
            ..Note::default()
        };
        let (kept, decoded) = self.mapped(&note, &body).unwrap_or_default();
        let keys: Vec<MessageKey> = decoded.events.iter().map(|(_, it)| it.message).collect();
        let pipeline = self.runtime.pipeline();
        if !pipeline.contains(&keys)?.contains(&false) {
            self.done.left += 1;
            return Ok(0);
        }
        let envelope = Envelope::Hook {
            source: self.source,
            received: self.now,
            maker: Maker::Generic,
            note: serde_json::to_vec(&note)
                .expect("notes have text keys")
                .into(),
            body: kept,
        };
        self.done.arrivals += 1;
        self.done.events += decoded.events.len() as u64;
        let arrival = Arrival::of(self.source, self.now, decoded);
        self.last = Some(append(pipeline, &envelope, arrival)?);
        let mut blanked = body.to_vec();
        // One that is too short to be blanked is known by its events.
        if blank(&mut blanked).is_err() {
            return Ok(0);
        }
        let head = &record.payload[..record.payload.len() - body.len()];
        let payload: Bytes = [head, &blanked].concat().into();
        let bytes = payload.len();
        self.blanks.insert(record.position, payload);
        Ok(bytes)
    }

    /// When an arrival came that has no mapping, and what it says.
    fn unmapped(&self, record: &Record) -> Option<(Timestamp, Bytes)> {
        let envelope = Envelope::decode(record.kind.code(), &record.payload).ok()?;
        match envelope {
            Envelope::Hook {
                source,
                received,
                maker: Maker::Generic,
                note,
                body,
            } if source == self.source && !is_blank(&body) => {
                let note: Note = serde_json::from_slice(&note).ok()?;
                note.mapping.is_none().then_some((received, body))
            }
            _ => None,
        }
    }

    /// A body without what may not be kept, and what it says.
    fn mapped(&self, note: &Note, body: &Bytes) -> Result<(Bytes, Decoded), Refusal> {
        let masked = self.runtime.privacy().mask_hook(note, body)?;
        let kept = masked.map_or_else(|| body.clone(), Bytes::from);
        let decoded = hook::decode(Maker::Generic, self.source, note, &kept, self.now)?;
        Ok((kept, decoded))
    }

    /// Blanks what is safe in its new place.
    fn settle(&mut self) -> Result<(), AgainError> {
        let pipeline = self.runtime.pipeline();
        if let Some(last) = self.last
            && !pipeline.wait_until_applied(last)
        {
            return Err(AgainError::Ended);
        }
        pipeline.log().amend(&self.blanks)?;
        self.blanks.clear();
        Ok(())
    }
}

fn append(
    pipeline: &Pipeline,
    envelope: &Envelope,
    arrival: Arrival,
) -> Result<Position, AcceptError> {
    let mut arrival = Some(arrival);
    loop {
        match pipeline.append(envelope, arrival.take()) {
            Err(AcceptError::Busy | AcceptError::Log(log::AppendError::Busy)) => {
                thread::sleep(RETRY_DELAY);
            }
            appended => return appended,
        }
    }
}
