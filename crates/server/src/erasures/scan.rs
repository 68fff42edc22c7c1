//! Finds what the raw log holds of a person, and blanks it in its place.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use throughline_ingest::{
    dialect::layout::{self, Layout},
    identifiers,
};
use throughline_model::{
    Identifier,
    blank::{BLANK_MARK, is_blank},
    identity::{Decided, Decision},
};
use throughline_store::log::{
    self, AmendError, Log, Next, Position, Record,
    blank::{blank, checksum},
};

use super::{mention::mentions, pack::pack};
use crate::pipeline::{
    applier::Arrival,
    envelope::Envelope,
    release,
    runtime::{decode, decode_hook},
};

/// Bytes of records that are amended at once.
const BYTES_AT_ONCE: usize = 8 << 20;

/// Who is looked for.
pub struct Wanted<'a> {
    /// True for an identifier of the person.
    pub is_theirs: &'a dyn Fn(&Identifier) -> bool,
    /// The person's identifiers as they are known, for what could not be read as an event.
    pub values: &'a [String],
    /// Records below this position give user ids and anonymous ids only.
    pub typed_from: u64,
}

/// What was found and blanked since it was told last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blanked {
    pub records: u64,
    pub events: u64,
    pub quarantined: u64,
    pub decisions: u64,
    /// Records in which the person's part could not be blanked by itself.
    pub left: Vec<u64>,
}

/// Why the log was not blanked whole. It may be tried again.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error("could not read the raw log")]
    Read(#[from] log::ReadError),
    #[error("could not blank records of the raw log")]
    Amend(#[from] AmendError),
    #[error("the raw log ended early")]
    Ended,
}

/// Blanks everything of a person below a position. `tell` hears of what is durably gone.
pub fn blank_log(
    log: &Log,
    upto: u64,
    wanted: &Wanted<'_>,
    mut tell: impl FnMut(&Blanked),
) -> Result<(), ScanError> {
    let mut reader = log.reader(Position(0))?;
    let mut payloads = BTreeMap::new();
    let mut blanked = Blanked::default();
    let mut bytes = 0;
    let mut country = None;
    let mut next = 0;
    while next < upto {
        let record = match reader.next(Duration::from_secs(1))? {
            Next::Record(record) => record,
            Next::Quiet => continue,
            Next::Closed => return Err(ScanError::Ended),
        };
        next = record.position.0 + 1;
        if let Some(payload) = amended(&record, wanted, &mut country, &mut blanked) {
            bytes += payload.len();
            payloads.insert(record.position, payload);
        }
        if bytes >= BYTES_AT_ONCE || next == upto {
            log.amend(&payloads)?;
            tell(&std::mem::take(&mut blanked));
            payloads.clear();
            bytes = 0;
        }
    }
    Ok(())
}

/// The payload of a record without a person; none where there is nothing of them.
fn amended(
    record: &Record,
    wanted: &Wanted<'_>,
    country: &mut Option<String>,
    blanked: &mut Blanked,
) -> Option<Bytes> {
    let envelope = Envelope::decode(record.kind.code(), &record.payload).ok()?;
    let (body, changed) = match envelope {
        Envelope::Request {
            source,
            moment,
            dialect,
            body,
        } => {
            if is_blank(&body) {
                return None;
            }
            let arrival = decode(source, moment, dialect, &body);
            let position = record.position.0;
            let laid = || layout::layout(dialect, &body);
            let theirs = Theirs::of(arrival, position, laid, &body, wanted, country.as_deref())?;
            let Some(changed) = theirs.without(&body) else {
                blanked.left.push(position);
                return None;
            };
            blanked.events += theirs.events.len() as u64;
            blanked.quarantined += theirs.held.len() as u64;
            (body, changed)
        }
        Envelope::Hook {
            source,
            received,
            maker,
            note,
            body,
        } => {
            if is_blank(&body) {
                return None;
            }
            let arrival = decode_hook(source, received, maker, &note, &body);
            let position = record.position.0;
            // Makers put what belongs to one event in several places, so only all of a body can be taken out.
            let theirs = Theirs::of(
                arrival,
                position,
                || None,
                &body,
                wanted,
                country.as_deref(),
            )?;
            let Some(changed) = theirs.without(&body) else {
                blanked.left.push(position);
                return None;
            };
            blanked.events += theirs.events.len() as u64;
            blanked.quarantined += theirs.held.len() as u64;
            (body, changed)
        }
        Envelope::Released {
            source,
            received,
            dialect,
            body,
            ..
        } => {
            if is_blank(&body) {
                return None;
            }
            let arrival = release::decode(source, received, dialect, &body);
            let position = record.position.0;
            // There is one event in it.
            let theirs = Theirs::of(
                arrival,
                position,
                || None,
                &body,
                wanted,
                country.as_deref(),
            )?;
            let changed = theirs.without(&body)?;
            blanked.events += theirs.events.len() as u64;
            (body, changed)
        }
        Envelope::IdentityDecided { decided, .. } => {
            // One that was blanked before is not read.
            let told: Decided = serde_json::from_slice(&decided).ok()?;
            if let Decision::Policy { policy } = &told.what {
                country.clone_from(&policy.country);
            }
            let named = identifiers_of(&told.what);
            if !named.iter().any(|it| (wanted.is_theirs)(it)) {
                return None;
            }
            let mut changed = decided.to_vec();
            blank(&mut changed).ok()?;
            blanked.decisions += 1;
            (decided, changed)
        }
        Envelope::ImportChunk(_)
        | Envelope::SourceRemoved { .. }
        | Envelope::NamesDecided { .. }
        | Envelope::PlanDecided { .. } => return None,
    };
    blanked.records += 1;
    let head = record.payload.len() - body.len();
    Some([&record.payload[..head], &changed].concat().into())
}

/// What a request holds of a person.
struct Theirs {
    /// Indexes of events.
    events: Vec<u32>,
    /// Indexes of what was held back and names the person.
    held: Vec<u32>,
    /// Whether it holds nothing of anybody else.
    is_whole: bool,
    /// Where its items stand.
    laid: Option<Layout>,
}

impl Theirs {
    /// None for a request that holds nothing of the person.
    fn of(
        arrival: Arrival,
        position: u64,
        laid: impl FnOnce() -> Option<Layout>,
        body: &[u8],
        wanted: &Wanted<'_>,
        country: Option<&str>,
    ) -> Option<Self> {
        let all = arrival.events.len() + arrival.quarantined.len();
        let mut events = Vec::new();
        for (index, mut event) in arrival.events {
            if position < wanted.typed_from {
                identifiers::ids_only(&mut event.identifiers);
            }
            identifiers::settle(&mut event.identifiers, country);
            // An event is whose first identifier it names; others may stand beside it.
            let own = event.identifiers.first();
            if own.is_some_and(|it| (wanted.is_theirs)(it)) {
                events.push(index);
            }
        }
        if events.is_empty() && arrival.quarantined.is_empty() {
            return None;
        }
        let laid = laid();
        let held = arrival.quarantined.iter().map(|it| it.index).collect();
        let held = naming(held, laid.as_ref(), body, wanted);
        let theirs = events.len() + held.len();
        (theirs > 0).then_some(Self {
            is_whole: theirs == all,
            events,
            held,
            laid,
        })
    }

    /// The body without the person, in as many bytes and with the same checksum; none where that
    /// cannot be written.
    fn without(&self, body: &[u8]) -> Option<Vec<u8>> {
        let mut changed = body.to_vec();
        if self.is_whole {
            blank(&mut changed).ok()?;
            return Some(changed);
        }
        let laid = self.laid.as_ref()?;
        let mut text = laid.unwrapped.as_ref().map(|it| it.clone().into_bytes());
        for index in self.events.iter().chain(&self.held) {
            let item = laid.items.get(*index as usize)?.clone();
            match &mut text {
                None => blank(changed.get_mut(item)?).ok()?,
                // What is packed has a checksum of its own, and is the smaller the less it says.
                Some(text) => {
                    let item = text.get_mut(item)?;
                    item.fill(b' ');
                    item.first_chunk_mut().map(|it| *it = BLANK_MARK)?;
                    *item.last_mut()? = b'"';
                }
            }
        }
        match text {
            Some(text) => pack(&text, body.len(), checksum(body)),
            None => Some(changed),
        }
    }
}

/// Which of the items that were held back name the person.
fn naming(held: Vec<u32>, laid: Option<&Layout>, body: &[u8], wanted: &Wanted<'_>) -> Vec<u32> {
    let text = laid.and_then(|it| it.unwrapped.as_ref());
    let text = text.map_or(body, String::as_bytes);
    let item = |index: u32| match laid {
        None => Some(text),
        Some(laid) => text.get(laid.items.get(index as usize)?.clone()),
    };
    let names = |index: &u32| {
        item(*index).is_some_and(|it| mentions(&String::from_utf8_lossy(it), wanted.values))
    };
    held.into_iter().filter(names).collect()
}

fn identifiers_of(decision: &Decision) -> Vec<&Identifier> {
    match decision {
        Decision::Part { left, right }
        | Decision::Reunite { left, right }
        | Decision::Join { left, right } => vec![left, right],
        Decision::Treat { identifier, .. } => vec![identifier],
        Decision::Policy { .. } => Vec::new(),
    }
}
