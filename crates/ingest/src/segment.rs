//! The Segment dialect, which the libraries of RudderStack and Jitsu speak as well.
//!
//! A body is taken as a whole or refused as a whole; within it, every event is taken or goes
//! to quarantine by itself. What is decided here:
//!
//! - An id of `null` or of blanks counts as absent, a number as its text.
//! - A missing message id is derived from the arrival, the place in the body and the text of the
//!   event. Reading the log again gives the same id; a client that sends again gets another one.
//!   Two requests of one millisecond may say the same, so who knows their places in the log tells
//!   such events ([`Decoded::unnamed`]) apart.
//! - `time = received − (sentAt − originalTimestamp)`, where the library's `timestamp` is the
//!   original one; without `sentAt` the original time stands, without any time the arrival.
//! - Members of a batch's `context` are given to its events that lack them. `integrations` are
//!   for other products and stay in the raw log only.
//! - The name and category of a page or screen, and the previous id of an alias, are members of
//!   `properties`; the id of a group is `context.groupId`.

mod item;

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::{error::Category, value::RawValue};
use throughline_model::{EventKind, Timestamp, limits};

use xxhash_rust::xxh3::xxh3_128;

use crate::{
    Decoded, Fault, Reason, Refusal, check,
    field::plain_text,
    file::Mapped,
    inflate,
    json::{self, Checker},
};

/// What the address of a request says about its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    One(EventKind),
    Batch,
}

impl Route {
    /// The route of what follows `/v1/` in an address.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "track" | "t" => Self::One(EventKind::Track),
            "page" | "p" => Self::One(EventKind::Page),
            "screen" | "s" => Self::One(EventKind::Screen),
            "identify" | "i" => Self::One(EventKind::Identify),
            "group" | "g" => Self::One(EventKind::Group),
            "alias" | "a" | "merge" => Self::One(EventKind::Alias),
            "batch" | "b" | "import" => Self::Batch,
            _ => return None,
        })
    }

    /// The code in the raw log.
    pub fn code(self) -> u8 {
        match self {
            Self::One(kind) => kind as u8,
            Self::Batch => u8::MAX,
        }
    }

    /// The route of a code in the raw log.
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::One(EventKind::Track),
            1 => Self::One(EventKind::Page),
            2 => Self::One(EventKind::Screen),
            3 => Self::One(EventKind::Identify),
            4 => Self::One(EventKind::Group),
            5 => Self::One(EventKind::Alias),
            u8::MAX => Self::Batch,
            _ => return None,
        })
    }
}

/// The items of a batch, no more than are allowed, and how many there are.
struct Items<'a> {
    first: Vec<&'a str>,
    count: usize,
}

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    batch: Items<'a>,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
    #[serde(borrow, rename = "sentAt")]
    sent_at: Option<&'a RawValue>,
    #[serde(borrow, rename = "writeKey")]
    write_key: Option<&'a RawValue>,
}

/// What the events of a body have in common.
struct Envelope<'a> {
    received: Timestamp,
    sent_at: Option<&'a str>,
    context: Result<Common<'a>, Fault>,
}

/// Members for the contexts of events that lack them.
#[derive(Default)]
struct Common<'a> {
    members: Vec<(Cow<'a, str>, &'a str)>,
    /// Over all levels.
    keys_count: usize,
}

/// Decodes the body of a request that arrived at `received`.
pub fn decode(route: Route, body: &[u8], received: Timestamp) -> Result<Decoded, Refusal> {
    let bytes = inflate::open(body)?;
    let text = std::str::from_utf8(&bytes).map_err(|it| Refusal::NotUtf8(it.valid_up_to()))?;
    let text = text.trim_start_matches('\u{feff}').trim_ascii();
    match route {
        Route::One(kind) => decode_one(kind, text, received),
        Route::Batch => decode_batch(text, received),
    }
}

/// Decodes one line of a file of exported events: its `timestamp` was corrected when it arrived.
///
/// A line without a message id comes with the hash of its text, as any row of a file does.
pub fn decode_line(line: &[u8], received: Timestamp) -> Result<Mapped, Fault> {
    let text = std::str::from_utf8(line).map_err(|_| {
        Fault::new(
            Reason::TextInvalid,
            "the line is not UTF-8; save the file as UTF-8",
        )
    })?;
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| {
        Fault::new(Reason::RowInvalid, format!("the line is not JSON: {error}"))
    })?;
    let envelope = Envelope {
        received,
        sent_at: None,
        context: Ok(Common::default()),
    };
    let origin = item::Origin::File;
    let found = item::decode(&mut Checker::default(), origin, 0, raw.get(), &envelope)?;
    let content = (!found.has_id).then(|| xxh3_128(raw.get().as_bytes()));
    Ok(Mapped {
        event: found.event,
        content,
    })
}

fn decode_one(kind: EventKind, text: &str, received: Timestamp) -> Result<Decoded, Refusal> {
    let raw: &RawValue = serde_json::from_str(text).map_err(not_json)?;
    if !raw.get().starts_with('{') {
        return Err(Refusal::NotAnObject);
    }
    let mut decoded = Decoded {
        write_key: json::member(text, "writeKey").and_then(plain_text),
        ..Decoded::default()
    };
    let envelope = Envelope {
        received,
        sent_at: None,
        context: Ok(Common::default()),
    };
    let origin = item::Origin::One(kind);
    let found = item::decode(&mut Checker::default(), origin, 0, raw.get(), &envelope);
    decoded.take(0, found, raw.get());
    Ok(decoded)
}

fn decode_batch(text: &str, received: Timestamp) -> Result<Decoded, Refusal> {
    if !text.starts_with('{') {
        // The parser first, so that broken JSON is called broken.
        serde_json::from_str::<&RawValue>(text).map_err(not_json)?;
        return Err(Refusal::NotAnObject);
    }
    let batch: Batch<'_> = serde_json::from_str(text).map_err(|error| {
        // The same text once more, now without asking for a batch.
        serde_json::from_str::<&RawValue>(text).map_or_else(not_json, |_| match error.classify() {
            Category::Data => Refusal::BatchMissing,
            _ => not_json(error),
        })
    })?;
    if batch.batch.count > limits::BATCH_EVENTS_MAX {
        return Err(Refusal::BatchTooLong(batch.batch.count));
    }
    let mut checker = Checker::default();
    let envelope = Envelope {
        received,
        sent_at: batch.sent_at.map(RawValue::get),
        context: common_context(batch.context.map(RawValue::get), &mut checker),
    };
    let mut decoded = Decoded {
        events: Vec::with_capacity(batch.batch.count),
        write_key: batch.write_key.and_then(|it| plain_text(it.get())),
        ..Decoded::default()
    };
    for (index, item) in (0..).zip(batch.batch.first) {
        let found = item::decode(&mut checker, item::Origin::Batch, index, item, &envelope);
        decoded.take(index, found, item);
    }
    Ok(decoded)
}

/// The items of a batch, as they stand in its text.
pub(crate) fn batch_items(text: &str) -> Option<Vec<&str>> {
    let batch: Batch<'_> = serde_json::from_str(text).ok()?;
    Some(batch.batch.first)
}

/// Reads the context that all events of a batch share.
fn common_context<'a>(raw: Option<&'a str>, checker: &mut Checker) -> Result<Common<'a>, Fault> {
    let Some(raw) = raw else {
        return Ok(Common::default());
    };
    let place = |fault: Fault| Fault {
        message: format!("the batch's `context`: {}", fault.message),
        ..fault
    };
    check::size(raw.len()).map_err(place)?;
    let shape = checker.check(raw).map_err(place)?;
    if !raw.starts_with('{') {
        return Err(Fault::new(
            Reason::FieldInvalid,
            "the batch's `context` is not an object",
        ));
    }
    Ok(Common {
        members: json::members(raw).collect(),
        keys_count: shape.keys_count,
    })
}

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ItemsVisitor)
    }
}

struct ItemsVisitor;

impl<'de> Visitor<'de> for ItemsVisitor {
    type Value = Items<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Items {
            first: Vec::new(),
            count: 0,
        };
        while items.count < limits::BATCH_EVENTS_MAX {
            let Some(item) = list.next_element::<&RawValue>()? else {
                return Ok(items);
            };
            items.first.push(item.get());
            items.count += 1;
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            items.count += 1;
        }
        Ok(items)
    }
}

fn not_json(error: serde_json::Error) -> Refusal {
    Refusal::NotJson(error.to_string())
}

#[cfg(test)]
mod tests;
