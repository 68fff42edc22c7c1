//! Finds what the raw log holds of a person, or what is past its limit, and blanks it in its place.

use std::{
    cell::LazyCell,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bytes::Bytes;
use throughline_ingest::{
    dialect::{
        self, Dialect,
        layout::{self, Layout},
    },
    identifiers,
};
use throughline_model::{
    Event, Identifier, Seq, SourceId, Timestamp,
    blank::BLANK_MARK,
    identity::{Decided, Decision},
};
use throughline_store::log::{
    self, AmendError, Log, Next, Position, Record,
    blank::{blank, checksum},
};

use super::{
    mention::{Sought, mentions},
    pack::pack,
    past::Past,
};
use crate::pipeline::{
    applier::Arrival,
    envelope::{Envelope, ImportChunk},
    release,
    runtime::{decode, decode_hook},
};

/// Bytes of records that are amended at once.
pub const BYTES_AT_ONCE: usize = 8 << 20;

/// What is looked for.
pub struct Wanted<'a> {
    pub what: What<'a>,
    /// Records below this position give user ids and anonymous ids only.
    pub typed_from: u64,
}

/// Whose events go, or which.
pub enum What<'a> {
    Person {
        /// True for an identifier of the person.
        is_theirs: &'a dyn Fn(&Identifier) -> bool,
        /// True for a shared device at a time when it was the person's.
        is_their_turn: &'a dyn Fn(&Identifier, Timestamp) -> bool,
        /// The person's identifiers as they are known, for what could not be read as an event.
        values: &'a [String],
    },
    Past(&'a Past<'a>),
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
    /// Of the record.
    pub position: u64,
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

impl Reading {
    /// Whose an event is: it is whose first identifier it names; others may stand beside it.
    pub fn first_of(&self, event: &Event) -> Option<Identifier> {
        let mut named = event.identifiers.clone();
        if self.ids_only {
            identifiers::ids_only(&mut named);
        }
        identifiers::settle(&mut named, self.country.as_deref());
        named.into_iter().next()
    }
}

impl Wanted<'_> {
    /// Whether an event goes. `seq` is none for a row that never came into the log.
    pub fn owns(
        &self,
        event: &Event,
        reading: &Reading,
        seq: Option<Seq>,
        source: SourceId,
    ) -> bool {
        match self.what {
            What::Person {
                is_theirs,
                is_their_turn,
                ..
            } => (reading.first_of(event))
                .is_some_and(|it| is_theirs(&it) || is_their_turn(&it, event.time)),
            What::Past(past) => past.owns(event, reading, seq, source),
        }
    }

    /// Who is looked for in what could not be read as an event: nobody, where it is about age.
    pub fn sought<'a>(&'a self, reading: &'a Reading) -> Sought<'a> {
        let country = reading.country.as_deref();
        match self.what {
            What::Person {
                values, is_theirs, ..
            } => Sought {
                values,
                is_theirs,
                country,
            },
            What::Past(_) => Sought {
                values: &[],
                is_theirs: &|_| false,
                country,
            },
        }
    }

    /// Whether an identifier is the person's.
    fn is_of(&self, identifier: &Identifier) -> bool {
        match self.what {
            What::Person { is_theirs, .. } => is_theirs(identifier),
            What::Past(_) => false,
        }
    }

    /// Whether something that was held back goes.
    fn holds(&self, received: Timestamp, names: impl FnOnce() -> bool) -> bool {
        match self.what {
            What::Person { .. } => names(),
            What::Past(past) => past.holds(received),
        }
    }

    /// Whether what is about nobody goes with what somebody has.
    fn takes_along(&self) -> bool {
        matches!(self.what, What::Person { .. })
    }
}

/// Blanks everything that is wanted below a position. `tell` hears of what is durably gone.
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

    /// The payload of a record without what is wanted; none where there is nothing of it.
    fn amended(&mut self, record: &Record, is_early: bool) -> Option<Bytes> {
        let position = record.position.0;
        let envelope = Envelope::decode(record.kind.code(), &record.payload).ok()?;
        let (body, changed) = match envelope {
            Envelope::ImportChunk(chunk) => {
                self.note(position, &chunk, is_early);
                return None;
            }
            _ if !is_early => return None,
            Envelope::IdentityDecided { decided, .. } => {
                let changed = self.undecided(&decided)?;
                (decided, changed)
            }
            envelope => {
                let arrived = Arrived::of(envelope)?;
                let changed = self.without(position, &arrived)?;
                (arrived.body, changed)
            }
        };
        self.blanked.records += 1;
        Some(with_body(record, &body, &changed))
    }

    fn reading(&self, position: u64) -> Reading {
        Reading {
            country: self.country.clone(),
            ids_only: position < self.wanted.typed_from,
        }
    }

    fn note(&mut self, position: u64, chunk: &ImportChunk, is_early: bool) {
        let rows = ChunkRows {
            position,
            first: chunk.first,
            count: chunk.count,
            reading: is_early.then(|| self.reading(position)),
        };
        self.chunks.entry(chunk.source).or_default().push(rows);
    }

    /// What came in a record, without the person; none where nothing of them can be taken out.
    fn without(&mut self, position: u64, arrived: &Arrived) -> Option<Vec<u8>> {
        let reading = self.reading(position);
        let theirs = Theirs::of(position, arrived, self.wanted, &reading)?;
        let Some(changed) = theirs.without(&arrived.body) else {
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
        if !named.iter().any(|it| self.wanted.is_of(it)) {
            return None;
        }
        let mut changed = decided.to_vec();
        blank(&mut changed).ok()?;
        self.blanked.decisions += 1;
        Some(changed)
    }
}

/// The payload of a record with another body as long as its own.
fn with_body(record: &Record, body: &Bytes, changed: &[u8]) -> Bytes {
    let head = record.payload.len() - body.len();
    [&record.payload[..head], changed].concat().into()
}

/// What came in a record.
struct Arrived {
    arrival: Arrival,
    body: Bytes,
    place: Place,
}

/// What tells where the items of a body are.
enum Place {
    One,
    Of(Dialect),
    Strewn,
}

impl Arrived {
    /// None for a record in which nothing came.
    fn of(envelope: Envelope) -> Option<Self> {
        let (arrival, body, place) = match envelope {
            Envelope::Request {
                source,
                moment,
                dialect,
                body,
            } => {
                let arrival = decode(source, moment, dialect, &body);
                (arrival, body, Place::Of(dialect))
            }
            Envelope::Hook {
                source,
                received,
                maker,
                note,
                body,
            } => {
                let arrival = decode_hook(source, received, maker, &note, &body);
                (arrival, body, Place::Strewn)
            }
            Envelope::Released {
                source,
                received,
                dialect,
                body,
                ..
            } => {
                let arrival = release::decode(source, received, dialect, &body);
                (arrival, body, Place::One)
            }
            Envelope::ImportChunk(_)
            | Envelope::IdentityDecided { .. }
            | Envelope::SourceRemoved { .. }
            | Envelope::NamesDecided { .. }
            | Envelope::PlanDecided { .. } => return None,
        };
        Some(Self {
            arrival,
            body,
            place,
        })
    }

    fn items(&self) -> Items {
        match self.place {
            Place::One => Items::One,
            Place::Of(dialect) => {
                layout::layout(dialect, &self.body).map_or(Items::One, Items::Laid)
            }
            Place::Strewn => Items::Strewn,
        }
    }
}

/// What becomes of a record from which events at some places are taken.
pub enum Taken {
    /// Its payload without them.
    Payload(Bytes),
    /// They are rows of an imported file.
    Rows(ImportChunk),
    /// They cannot be blanked by themselves.
    Left,
}

/// Takes events at some places out of a record, and nothing else.
pub fn without_places(record: &Record, places: &BTreeSet<u32>) -> Taken {
    let envelope = match Envelope::decode(record.kind.code(), &record.payload) {
        Ok(Envelope::ImportChunk(chunk)) => return Taken::Rows(chunk),
        Ok(envelope) => envelope,
        Err(_) => return Taken::Left,
    };
    let Some(arrived) = Arrived::of(envelope) else {
        return Taken::Left;
    };
    let theirs = Theirs::at(&arrived, places);
    match theirs.without(&arrived.body) {
        Some(changed) => Taken::Payload(with_body(record, &arrived.body, &changed)),
        None => Taken::Left,
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

/// What a body holds of a person, or of what is past.
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
        position: u64,
        arrived: &Arrived,
        wanted: &Wanted<'_>,
        reading: &Reading,
    ) -> Option<Self> {
        let Arrived { arrival, body, .. } = arrived;
        let events = arrival.events.iter();
        let events = events.filter(|(index, it)| {
            let seq = Seq::new(position, *index);
            wanted.owns(it, reading, Some(seq), arrival.source)
        });
        let events: Vec<u32> = events.map(|(index, _)| *index).collect();
        if events.is_empty() && arrival.quarantined.is_empty() && arrival.aside.is_empty() {
            return None;
        }
        let items = arrived.items();
        let sought = wanted.sought(reading);
        let said = LazyCell::new(|| dialect::said(body));
        let names = |index: u32| match &items {
            Items::One | Items::Strewn => mentions(&said, sought),
            Items::Laid(laid) => (text_at(laid, body, index))
                .is_some_and(|it| mentions(&String::from_utf8_lossy(it), sought)),
        };
        let held = arrival.quarantined.iter().filter(|it| {
            wanted.holds(arrival.received, || {
                let is_named = it.named.iter().any(|it| wanted.is_of(it));
                is_named
                    || match &items {
                        Items::Strewn => mentions(&it.raw, sought),
                        _ => names(it.index),
                    }
            })
        });
        let held: Vec<u32> = held.map(|it| it.index).collect();
        let aside = arrival.aside.iter().copied().filter(|it| names(*it));
        let aside: Vec<u32> = aside.collect();
        let found = events.len() + held.len();
        let others = arrival.events.len() + arrival.quarantined.len() - found;
        let takes_along = wanted.takes_along();
        let is_whole = match items {
            Items::One if takes_along => true,
            // What is about nobody goes with what the person has.
            Items::Strewn if takes_along => others == 0,
            _ => others + arrival.aside.len() == aside.len(),
        };
        (found + aside.len() > 0).then_some(Self {
            events,
            held,
            aside,
            is_whole,
            items,
        })
    }

    /// The events at some places. What else there is must be read again as it was.
    fn at(arrived: &Arrived, places: &BTreeSet<u32>) -> Self {
        let arrival = &arrived.arrival;
        let events = arrival.events.iter().map(|(index, _)| *index);
        let events: Vec<u32> = events.filter(|it| places.contains(it)).collect();
        let is_all = events.len() == arrival.events.len();
        Self {
            is_whole: is_all
                && arrival.quarantined.is_empty()
                && arrival.aside.is_empty()
                && arrival.described.is_empty(),
            items: arrived.items(),
            events,
            held: Vec::new(),
            aside: Vec::new(),
        }
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

/// Whom a decision names.
pub fn identifiers_of(decision: &Decision) -> Vec<&Identifier> {
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
