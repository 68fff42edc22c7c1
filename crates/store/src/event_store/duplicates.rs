//! Which messages the store has seen.

use throughline_model::{MessageKey, Timestamp};

use super::EventStore;
use crate::{error::StoreError, merge::Source, part::Arrived, tail::Tail};

impl EventStore {
    /// Whether the store holds each of these messages, over all of time. Exact.
    pub fn contains_keys(&self, keys: &[MessageKey]) -> Result<Vec<bool>, StoreError> {
        let mut wanted: Vec<(u128, u32)> = keys.iter().map(|key| key.0).zip(0..).collect();
        wanted.sort_unstable();
        let mut found = vec![false; keys.len()];
        for source in self.sources(&wanted, &mut found) {
            source.part.keys.mark(&wanted, &mut found)?;
        }
        Ok(found)
    }

    /// Messages that arrived at an instant or later, in no order: what the applier has to remember.
    pub fn keys_since(&self, received_min: Timestamp) -> Result<Vec<Arrived>, StoreError> {
        let (sources, mut found) = {
            let inner = self.inner();
            let tails = inner.frozen.iter().chain([&inner.tail]);
            let recent = tails.flat_map(Tail::events);
            let recent = recent.filter(|event| event.received >= received_min);
            let found = recent.map(|event| Arrived {
                message: event.message,
                source: event.source,
                received: event.received,
            });
            let found: Vec<Arrived> = found.collect();
            (inner.parts.values().cloned().collect::<Vec<_>>(), found)
        };
        for source in sources {
            source.part.arrivals_since(received_min, &mut found)?;
        }
        Ok(found)
    }

    /// The parts; keys of the tail are marked on the way, so that no event can slip from one to
    /// the other between two looks.
    fn sources(&self, wanted: &[(u128, u32)], found: &mut [bool]) -> Vec<Source> {
        let inner = self.inner();
        for tail in inner.frozen.iter().chain([&inner.tail]) {
            for event in tail.events() {
                let from = wanted.partition_point(|it| it.0 < event.message.0);
                for (key, index) in &wanted[from..] {
                    if *key != event.message.0 {
                        break;
                    }
                    found[*index as usize] = true;
                }
            }
        }
        inner.parts.values().cloned().collect()
    }
}
