//! The dialects that libraries speak, and which of them a body is in.
//!
//! The address of a request says little, as two makers use the same ones, and its headers say
//! less: so the body is looked at. What is decided once is kept with the body in the raw log, and
//! reading the log again takes the same way.

mod amplitude;
mod described;
mod draft;
pub(crate) mod form;
mod ga4;
pub mod hook;
pub mod layout;
mod lz;
mod mixpanel;
mod opened;
mod posthog;
mod snowplow;
#[cfg(test)]
mod tests;
mod traits;

use std::borrow::Cow;

use throughline_model::{EventKind, MessageKey, SourceId, Timestamp, limits};

use crate::{
    Decoded, Fault, Refusal, check,
    decoded::Found,
    json::{self, Checker, Shape},
    segment::{self, Route},
};
use opened::Opened;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Also what the libraries of RudderStack and Jitsu send.
    Segment(Route),
    /// One event in the address of a picture.
    Pixel(EventKind),
    PostHog,
    /// Of 2026: every event has its own verdict.
    PostHogV1,
    MixpanelEvents,
    MixpanelProfiles,
    MixpanelGroups,
    Amplitude,
    Snowplow,
    /// The Measurement Protocol of Google Analytics 4.
    Ga4,
}

/// What the address of a request says about its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Is(Dialect),
    /// `/track`: PostHog or Mixpanel.
    Track,
    /// `/engage`: PostHog or Mixpanel.
    Engage,
    /// `/batch`: PostHog or Amplitude.
    Batch,
}

/// When a request came, and when its sender's clock says that it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub received: Timestamp,
    pub sent: Option<Timestamp>,
}

/// A body that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub dialect: Dialect,
    pub decoded: Decoded,
    /// Of a form: whether it asks for an answer in JSON rather than one digit.
    pub verbose: Option<bool>,
    /// The ids of events by place, where the answer has to name each.
    pub ids: Vec<(u32, String)>,
}

impl Dialect {
    /// The code in the raw log. Segment has records of its own kind there, and no code.
    pub fn code(self) -> Option<u8> {
        Some(match self {
            Self::Segment(_) => return None,
            Self::PostHog => 1,
            Self::PostHogV1 => 2,
            Self::MixpanelEvents => 3,
            Self::MixpanelProfiles => 4,
            Self::MixpanelGroups => 5,
            Self::Amplitude => 6,
            Self::Snowplow => 7,
            Self::Ga4 => 8,
            Self::Pixel(kind) => 32 + kind as u8,
        })
    }

    /// The dialect of a code in the raw log.
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::PostHog,
            2 => Self::PostHogV1,
            3 => Self::MixpanelEvents,
            4 => Self::MixpanelProfiles,
            5 => Self::MixpanelGroups,
            6 => Self::Amplitude,
            7 => Self::Snowplow,
            8 => Self::Ga4,
            32 => Self::Pixel(EventKind::Track),
            33 => Self::Pixel(EventKind::Page),
            _ => return None,
        })
    }

    /// What tells the message ids of one maker from those of others.
    fn maker(self) -> &'static str {
        match self {
            Self::Segment(_) | Self::Pixel(_) => "",
            Self::PostHog | Self::PostHogV1 => "posthog",
            Self::MixpanelEvents | Self::MixpanelProfiles | Self::MixpanelGroups => "mixpanel",
            Self::Amplitude => "amplitude",
            Self::Snowplow => "snowplow",
            Self::Ga4 => "ga4",
        }
    }
}

/// Members by which an event is told from others, in any dialect.
pub(crate) const MESSAGE_IDS: [&str; 8] = [
    "messageId",
    "message_id",
    "uuid",
    "insert_id",
    "$insert_id",
    "eid",
    "event_id",
    "transaction_id",
];

/// The keys that an event with this id may have, whichever library has sent it, or whoever to one of
/// these webhooks; one of the Measurement Protocol is asked for by its name and its id, `purchase:T-17`.
pub fn message_keys(id: &str, hooks: &[SourceId]) -> Vec<MessageKey> {
    let makers = (0..=u8::MAX).filter_map(Dialect::from_code);
    let mut keys = vec![MessageKey::of(id)];
    for dialect in makers.filter(|it| !it.maker().is_empty()) {
        let key = draft::message_key(dialect, id);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys.extend(hook::message_keys(id, hooks));
    keys
}

/// True when the text of an event, that may be cut, gives this as the id of its message; one of the Measurement
/// Protocol has its name before it, as in [`message_keys`].
pub fn has_message_id(event: &str, id: &str) -> bool {
    let has = |text: &str| event.contains(&serde_json::Value::from(text).to_string());
    if checked(event).is_err() {
        let mut colons = id.match_indices(':');
        return has(id) || colons.any(|(at, _)| has(&id[..at]) && has(&id[at + 1..]));
    }
    let is_in = |object: &str, id: &str| {
        json::members(object).any(|(name, value)| {
            MESSAGE_IDS.contains(&&*name)
                && (value == id || json::text(value).is_some_and(|it| it == id))
        })
    };
    let within = ["properties", "params"];
    let named = json::member(event, "name").and_then(json::text);
    let own = named.and_then(|name| id.strip_prefix(&*name)?.strip_prefix(':'));
    is_in(event, id)
        || (within.iter())
            .filter_map(|name| json::member(event, name))
            .any(|object| is_in(object, id) || own.is_some_and(|own| is_in(object, own)))
}

/// Reads a body; where the address leaves it open, the body says which dialect it is in.
///
/// Of a request without a body, the query of its address stands for the body.
pub fn read(call: Call, body: &[u8], moment: Moment) -> Result<Read, Refusal> {
    if let Call::Is(dialect @ Dialect::Segment(route)) = call {
        let decoded = segment::decode(route, body, moment.received)?;
        return Ok(Read::plain(dialect, decoded));
    }
    let opened = opened::open(body)?;
    let dialect = match call {
        Call::Is(dialect) => dialect,
        Call::Track | Call::Engage if is_posthog(&opened) => Dialect::PostHog,
        Call::Track => Dialect::MixpanelEvents,
        Call::Engage => Dialect::MixpanelProfiles,
        Call::Batch if json::member(opened.text(), "events").is_some() => Dialect::Amplitude,
        Call::Batch => Dialect::PostHog,
    };
    let mut read = match dialect {
        Dialect::Segment(_) => unreachable!("read above, as it stands"),
        Dialect::Pixel(kind) => {
            let event = form::nested(opened.text());
            let route = Route::One(kind);
            let decoded = segment::decode(route, event.as_bytes(), moment.received)?;
            Read::plain(dialect, decoded)
        }
        Dialect::PostHog | Dialect::PostHogV1 => posthog::decode(dialect, opened.text(), moment)?,
        Dialect::MixpanelEvents | Dialect::MixpanelProfiles | Dialect::MixpanelGroups => {
            let decoded = mixpanel::decode(dialect, opened.text(), moment)?;
            Read::plain(dialect, decoded)
        }
        Dialect::Amplitude => Read::plain(dialect, amplitude::decode(opened.text(), moment)?),
        Dialect::Snowplow => Read::plain(dialect, snowplow::decode(opened.text(), moment)?),
        Dialect::Ga4 => Read::plain(dialect, ga4::decode(opened.text(), moment)?),
    };
    read.verbose = opened.verbose;
    Ok(read)
}

impl Read {
    fn plain(dialect: Dialect, decoded: Decoded) -> Self {
        Self {
            dialect,
            decoded,
            verbose: None,
            ids: Vec::new(),
        }
    }
}

impl Moment {
    /// A time by the sender's clock as ours would have shown it.
    fn corrected(self, original: Timestamp) -> Timestamp {
        match self.sent {
            Some(sent) => self.received.minus(sent.since(original)),
            None => original,
        }
    }
}

/// PostHog names its key or its batch beside the event, Mixpanel within.
fn is_posthog(opened: &Opened<'_>) -> bool {
    const NAMES: [&str; 5] = ["api_key", "batch", "distinct_id", "token", "uuid"];
    let text = opened.text();
    let first = match text.starts_with('[') {
        true => json::elements(text).next().unwrap_or_default(),
        false => text,
    };
    json::members(first).any(|(name, _)| NAMES.contains(&&*name))
}

/// What a body says, for who looks for a word in it: without its wrapping, and of a form as JSON.
pub fn said(body: &[u8]) -> String {
    let Ok(opened) = opened::open(body) else {
        return String::from_utf8_lossy(body).into_owned();
    };
    let text = opened.text();
    if text.starts_with(['{', '[']) || !text.contains('=') {
        return text.to_owned();
    }
    let pairs = form::pairs(text).map(|(name, value)| serde_json::json!({ &*name: &*value }));
    serde_json::Value::from_iter(pairs).to_string()
}

/// A body without its wrapping: JSON, or a form.
pub(crate) fn unwrapped(body: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    Ok(opened::open(body)?.into_text())
}

/// What a text in Base64 says.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    opened::from_base64(text)
}

/// Checks that a text is JSON, which everything below relies on.
fn checked(text: &str) -> Result<(), Refusal> {
    let parsed: Result<&serde_json::value::RawValue, _> = serde_json::from_str(text);
    parsed
        .map(drop)
        .map_err(|error| Refusal::NotJson(error.to_string()))
}

/// The items of a list, unless there are too many.
fn items<'a>(list: &'a str, name: &'static str) -> Result<Vec<&'a str>, Refusal> {
    if !list.starts_with('[') {
        return Err(Refusal::ListMissing(name));
    }
    let items: Vec<&str> = json::elements(list)
        .take(limits::BATCH_EVENTS_MAX + 1)
        .collect();
    if items.len() > limits::BATCH_EVENTS_MAX {
        return Err(Refusal::BatchTooLong(json::elements(list).count()));
    }
    Ok(items)
}

/// Checks an item against the limits of an event.
fn sound_object(checker: &mut Checker, text: &str) -> Result<Shape, Fault> {
    check::size(text.len())?;
    if !text.starts_with('{') {
        let message = "the event is not a JSON object";
        return Err(Fault::new(crate::Reason::NotAnObject, message));
    }
    checker.check(text)
}

/// Decodes items one by one; `None` is something that speaks of no profile.
fn decode_items<'a>(
    items: impl IntoIterator<Item = &'a str>,
    decoded: &mut Decoded,
    mut decode: impl FnMut(u32, &'a str, Shape) -> Result<Option<Found>, Fault>,
) {
    let mut checker = Checker::default();
    for (index, text) in (0..).zip(items) {
        let found = sound_object(&mut checker, text).and_then(|it| decode(index, text, it));
        match found.transpose() {
            Some(found) => decoded.take(index, found, text),
            None => decoded.aside.push(index),
        }
    }
}

/// The text of a member, without blanks around it.
fn text_of<'a>(raw: Option<&'a str>) -> Option<Cow<'a, str>> {
    let text = json::text(raw?)?;
    (!text.trim().is_empty()).then_some(text)
}
