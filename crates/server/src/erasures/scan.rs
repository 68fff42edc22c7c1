//! Finds what the raw log holds of a person, and blanks it in its place.

use std::{cell::LazyCell, collections::BTreeMap, time::Duration};

use bytes::Bytes;
use throughline_ingest::{
    dialect::{
        self,
        layout::{self, Layout},
    },
    identifiers,
};
use throughline_model::{
    Event, Identifier, SourceId, Timestamp,
    blank::BLANK_MARK,
    identity::{Decided, Decision},
};
use throughline_store::log::{
    self, AmendError, Log, Next, Position, Record,
    blank::{blank, checksum},
};

use super::{mention::mentions, pack::pack};
use crate::pipeline::{
    applier::Arrival,
    envelope::{Envelope, ImportChunk},
    release,
    runtime::{decode, decode_hook},
};

/// Bytes of records that are amended at once.
const BYTES_AT_ONCE: usize = 8 << 20;

/// Who is looked for.
pub struct Wanted<'a> {
    /// True for an identifier of the person.
    pub is_theirs: &'a dyn Fn(&Identifier) -> bool,
    /// True for a shared device at a time when it was the person's.
    pub is_their_turn: &'a dyn Fn(&Identifier, Timestamp) -> bool,
    /// The person's identifiers as they are known, for what could not be read as an event.
    pub values: &'a [String],
    /// Records below this position give user ids and anonymous ids only.
    pub typed_from: u64,
}

/// How identifiers of a record are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Whose phones those without a country are.
    pub country: Option<String>,
    /// Whether user ids and anonymous ids are all that counts.
    pub ids_only: bool,
}

/// Rows of an imported file that a record names.
#[derive(Debug)]
pub struct ChunkRows {
    pub first: u64,
    pub count: u32,
    /// None for those that came in too late to be erased.
    pub reading: Option<Reading>,
}

/// Which rows of which import are in the log.
pub type Chunks = BTreeMap<SourceId, Vec<ChunkRows>>;

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

impl Wanted<'_> {
    /// Whether an event is the person's: it is whose first identifier it names; others may stand
    /// beside it.
    pub fn owns(&self, event: &Event, reading: &Reading) -> bool {
        let mut named = event.identifiers.clone();
        if reading.ids_only {
            identifiers::ids_only(&mut named);
        }
        identifiers::settle(&mut named, reading.country.as_deref());
        named
            .first()
            .is_some_and(|it| (self.is_theirs)(it) || (self.is_their_turn)(it, event.time))
    }
}

/// Blanks everything of a person below a position. `tell` hears of what is durably gone.
pub fn blank_log(
    log: &Log,
    upto: u64,
    wanted: &Wanted<'_>,
    mut tell: impl FnMut(&Blanked),
) -> Result<Chunks, ScanError> {
    let end = log.end().0;
    let mut reader = log.reader(Position(0))?;
    let mut payloads = BTreeMap::new();
    let mut scan = Scan::of(wanted);
    let mut bytes = 0;
    let mut next = 0;
    while next < end {
        let record = match reader.next(Duration::from_secs(1))? {
            Next::Record(record) => record,
            Next::Quiet => continue,
            Next::Closed => return Err(ScanError::Ended),
        };
        next = record.position.0 + 1;
        if let Some(payload) = scan.amended(&record, record.position.0 < upto) {
            bytes += payload.len();
            payloads.insert(record.position, payload);
        }
        if bytes >= BYTES_AT_ONCE || next == end {
            log.amend(&payloads)?;
            tell(&std::mem::take(&mut scan.blanked));
            payloads.clear();
            bytes = 0;
        }
    }
    Ok(scan.chunks)
}

/// What is known of the log where it is looked at.
struct Scan<'a> {
    wanted: &'a Wanted<'a>,
    /// The country of phones without one, as it was decided last.
    country: Option<String>,
    chunks: Chunks,
    blanked: Blanked,
}

impl<'a> Scan<'a> {
    fn of(wanted: &'a Wanted<'a>) -> Self {
        Self {
            wanted,
            country: None,
            chunks: Chunks::new(),
            blanked: Blanked::default(),
        }
    }

    /// The payload of a record without a person; none where there is nothing of them.
    fn amended(&mut self, record: &Record, is_early: bool) -> Option<Bytes> {
        let position = record.position.0;
        let envelope = Envelope::decode(record.kind.code(), &record.payload).ok()?;
        let (body, changed) = match envelope {
            Envelope::ImportChunk(chunk) => {
                self.note(position, &chunk, is_early);
                return None;
            }
            _ if !is_early => return None,
            Envelope::Request {
                source,
                moment,
                dialect,
                body,
            } => {
                let arrival = decode(source, moment, dialect, &body);
                let items = || layout::layout(dialect, &body).map_or(Items::One, Items::Laid);
                let changed = self.without(position, &arrival, &body, items)?;
                (body, changed)
            }
            Envelope::Hook {
                source,
                received,
                maker,
                note,
                body,
            } => {
                let arrival = decode_hook(source, received, maker, &note, &body);
                let changed = self.without(position, &arrival, &body, || Items::Strewn)?;
                (body, changed)
            }
            Envelope::Released {
                source,
                received,
                dialect,
                body,
                ..
            } => {
                let arrival = release::decode(source, received, dialect, &body);
                let changed = self.without(position, &arrival, &body, || Items::One)?;
                (body, changed)
            }
            Envelope::IdentityDecided { decided, .. } => {
                let changed = self.undecided(&decided)?;
                (decided, changed)
            }
            Envelope::SourceRemoved { .. }
            | Envelope::NamesDecided { .. }
            | Envelope::PlanDecided { .. } => return None,
        };
        self.blanked.records += 1;
        let head = record.payload.len() - body.len();
        Some([&record.payload[..head], &changed].concat().into())
    }

    fn reading(&self, position: u64) -> Reading {
        Reading {
            country: self.country.clone(),
            ids_only: position < self.wanted.typed_from,
        }
    }

    fn note(&mut self, position: u64, chunk: &ImportChunk, is_early: bool) {
        let rows = ChunkRows {
            first: chunk.first,
            count: chunk.count,
            reading: is_early.then(|| self.reading(position)),
        };
        self.chunks.entry(chunk.source).or_default().push(rows);
    }

    /// What came in a record, without the person; none where nothing of them can be taken out.
    fn without(
        &mut self,
        position: u64,
        arrival: &Arrival,
        body: &Bytes,
        items: impl FnOnce() -> Items,
    ) -> Option<Vec<u8>> {
        let reading = self.reading(position);
        let theirs = Theirs::of(arrival, items, body, self.wanted, &reading)?;
        let Some(changed) = theirs.without(body) else {
            self.blanked.left.push(position);
            return None;
        };
        self.blanked.events += theirs.events.len() as u64;
        self.blanked.quarantined += theirs.held.len() as u64;
        Some(changed)
    }

    /// A decision about the person, blanked.
    fn undecided(&mut self, decided: &Bytes) -> Option<Vec<u8>> {
        // One that was blanked before is not read.
        let told: Decided = serde_json::from_slice(decided).ok()?;
        if let Decision::Policy { policy } = &told.what {
            self.country.clone_from(&policy.country);
        }
        let named = identifiers_of(&told.what);
        if !named.iter().any(|it| (self.wanted.is_theirs)(it)) {
            return None;
        }
        let mut changed = decided.to_vec();
        blank(&mut changed).ok()?;
        self.blanked.decisions += 1;
        Some(changed)
    }
}

/// Where the items of a body are.
enum Items {
    /// It is about one person.
    One,
    Laid(Layout),
    /// What belongs to one event stands in several places, so only all of a body can be taken out.
    Strewn,
}

/// What a body holds of a person.
struct Theirs {
    /// Indexes of events.
    events: Vec<u32>,
    /// Indexes of what was held back and names the person.
    held: Vec<u32>,
    /// Indexes of what was never anybody's event and names the person all the same.
    aside: Vec<u32>,
    /// Whether it holds nothing of anybody else.
    is_whole: bool,
    items: Items,
}

impl Theirs {
    /// None for a body that holds nothing of the person.
    fn of(
        arrival: &Arrival,
        items: impl FnOnce() -> Items,
        body: &[u8],
        wanted: &Wanted<'_>,
        reading: &Reading,
    ) -> Option<Self> {
        let events = arrival.events.iter();
        let events = events.filter(|(_, it)| wanted.owns(it, reading));
        let events: Vec<u32> = events.map(|(index, _)| *index).collect();
        if events.is_empty() && arrival.quarantined.is_empty() && arrival.aside.is_empty() {
            return None;
        }
        let items = items();
        let said = LazyCell::new(|| dialect::said(body));
        let names = |index: u32| match &items {
            Items::One | Items::Strewn => mentions(&said, wanted.values),
            Items::Laid(laid) => (text_at(laid, body, index))
                .is_some_and(|it| mentions(&String::from_utf8_lossy(it), wanted.values)),
        };
        let held = arrival.quarantined.iter().filter(|it| match &items {
            Items::Strewn => mentions(&it.raw, wanted.values),
            _ => names(it.index),
        });
        let held: Vec<u32> = held.map(|it| it.index).collect();
        let aside = arrival.aside.iter().copied().filter(|it| names(*it));
        let aside: Vec<u32> = aside.collect();
        let found = events.len() + held.len();
        let others = arrival.events.len() + arrival.quarantined.len() - found;
        let is_whole = match items {
            Items::One => true,
            Items::Laid(_) => others + arrival.aside.len() == aside.len(),
            // What is about nobody goes with what the person has.
            Items::Strewn => others == 0,
        };
        (found + aside.len() > 0).then_some(Self {
            events,
            held,
            aside,
            is_whole,
            items,
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
        let Items::Laid(laid) = &self.items else {
            return None;
        };
        let mut text = laid.unwrapped.as_ref().map(|it| it.clone().into_bytes());
        for index in self.events.iter().chain(&self.held).chain(&self.aside) {
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

/// The item of a list at an index.
fn text_at<'a>(laid: &'a Layout, body: &'a [u8], index: u32) -> Option<&'a [u8]> {
    let of = laid.unwrapped.as_deref().map_or(body, str::as_bytes);
    of.get(laid.items.get(index as usize)?.clone())
}

fn identifiers_of(decision: &Decision) -> Vec<&Identifier> {
    match decision {
        Decision::Part { left, right }
        | Decision::Reunite { left, right }
        | Decision::Join { left, right }
        | Decision::Dismiss { left, right }
        | Decision::Reconsider { left, right } => vec![left, right],
        Decision::Treat { identifier, .. } => vec![identifier],
        Decision::Policy { .. } => Vec::new(),
    }
}
