//! The latest events of a batch, for those who watch them come in.

use std::collections::VecDeque;

use throughline_model::{Event, Seq, limits};

use super::applier::{Applier, Arrival, Verdict};
use crate::workspace::{LiveEvent, News, Verdict as Shown};

/// Events that may be shown live, with what became of them.
#[derive(Default)]
pub struct Heard {
    /// Of the arrival that is being applied.
    expected: Vec<(u32, Event)>,
    told: VecDeque<(Seq, Event, Shown)>,
}

/// Events of one arrival that are shown at most.
const SHOWN_OF_ARRIVAL: usize = 5;

impl Heard {
    /// Keeps the last events of an arrival that is about to be applied.
    pub fn expect(&mut self, arrival: &Arrival) {
        let first = arrival.events.len().saturating_sub(SHOWN_OF_ARRIVAL);
        self.expected = arrival.events[first..].to_vec();
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
        if self.told.len() == limits::LIVE_EVENTS_KEPT {
            self.told.pop_front();
        }
        self.told
            .push_back((Seq::new(position, index), event, verdict));
    }

    /// Tells everyone who watches.
    pub fn tell(self, news: &News, applier: &Applier) {
        for (seq, event, verdict) in self.told {
            let identifier = &event.identifiers[0];
            news.event(LiveEvent {
                seq: seq.0.to_string(),
                time: event.time,
                received: event.received,
                name: event.name.to_string(),
                kind: event.kind,
                channel: event.channel,
                touchpoint: None,
                profile: applier.profile(identifier),
                label: identifier.value.to_string(),
                verdict,
                reason: None,
                properties: event.properties.to_map().into(),
                context: event.context.to_map().into(),
            });
        }
    }
}
