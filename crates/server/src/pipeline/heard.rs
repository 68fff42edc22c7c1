//! The latest events of a batch, for those who watch them come in.

use std::collections::VecDeque;

use serde_json::Value;
use throughline_ingest::Quarantined;
use throughline_model::{Channel, Event, EventKind, Seq, Timestamp};

use super::applier::{Applier, Arrival, Verdict};
use crate::workspace::{LiveEvent, News, Verdict as Shown};

/// Events that may be shown live, with what became of them.
#[derive(Default)]
pub struct Heard {
    /// Of the arrival that is being applied.
    expected: Vec<(u32, Event)>,
    told: VecDeque<Told>,
}

enum Told {
    Event(Seq, Event, Shown),
    /// An event that could not be decoded.
    Held(Seq, Timestamp, Quarantined),
}

/// Events of one arrival that are shown at most: what a library sends at once.
const SHOWN_OF_ARRIVAL: usize = 100;
/// Events of one batch that are shown at most. Nobody could read more, and each costs a copy.
const SHOWN_OF_BATCH: usize = 100;

impl Heard {
    /// Keeps the last events of an arrival that is about to be applied.
    pub fn expect(&mut self, position: u64, arrival: &Arrival) {
        self.expected.clear();
        if self.told.len() >= SHOWN_OF_BATCH {
            return;
        }
        let first = arrival.events.len().saturating_sub(SHOWN_OF_ARRIVAL);
        self.expected = arrival.events[first..].to_vec();
        let first = arrival.quarantined.len().saturating_sub(SHOWN_OF_ARRIVAL);
        for held in &arrival.quarantined[first..] {
            let seq = Seq::new(position, held.index);
            self.tell_later(Told::Held(seq, arrival.received, held.clone()));
        }
    }

    /// Notes what became of an event.
    pub fn hear(&mut self, position: u64, index: u32, verdict: Verdict) {
        let Some(place) = self.expected.iter().position(|(it, _)| *it == index) else {
            return;
        };
        let (_, event) = self.expected.swap_remove(place);
        let verdict = match verdict {
            Verdict::Stored => Shown::Stored,
            Verdict::Duplicate => Shown::Duplicate,
            Verdict::Quarantined => Shown::Quarantined,
        };
        self.tell_later(Told::Event(Seq::new(position, index), event, verdict));
    }

    /// Tells everyone who watches.
    pub fn tell(self, news: &News, applier: &Applier) {
        for told in self.told {
            news.event(match told {
                Told::Event(seq, event, verdict) => live(seq, &event, verdict, applier),
                Told::Held(seq, received, held) => live_held(seq, received, held),
            });
        }
    }

    fn tell_later(&mut self, told: Told) {
        if self.told.len() == SHOWN_OF_BATCH {
            self.told.pop_front();
        }
        self.told.push_back(told);
    }
}

fn live(seq: Seq, event: &Event, verdict: Shown, applier: &Applier) -> LiveEvent {
    let identifier = &event.identifiers[0];
    LiveEvent {
        seq: seq.0.to_string(),
        time: event.time,
        received: event.received,
        name: event.name.to_string(),
        kind: event.kind,
        channel: event.channel,
        touchpoint: None,
        profile: applier.profile(identifier, event.time),
        label: identifier.value.to_string(),
        verdict,
        reason: None,
        properties: event.properties.to_map().into(),
        context: event.context.to_map().into(),
    }
}

/// What can be shown of an event that could not be decoded.
fn live_held(seq: Seq, received: Timestamp, held: Quarantined) -> LiveEvent {
    let raw: Value = serde_json::from_str(&held.raw).unwrap_or_else(|_| Value::from(held.raw));
    let text = |name: &str| raw[name].as_str().map(str::to_owned);
    let kind = serde_json::from_value(raw["type"].clone());
    LiveEvent {
        seq: seq.0.to_string(),
        time: received,
        received,
        name: text("event").or_else(|| text("type")).unwrap_or_default(),
        kind: kind.unwrap_or(EventKind::Track),
        channel: Channel::Other,
        touchpoint: None,
        profile: None,
        label: text("userId")
            .or_else(|| text("anonymousId"))
            .unwrap_or_default(),
        verdict: Shown::Quarantined,
        reason: Some(held.fault.reason.code().to_owned()),
        properties: raw,
        context: Value::Object(serde_json::Map::new()),
    }
}
