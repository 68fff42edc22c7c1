//! Which messages the store has seen.

use throughline_model::{MessageKey, Timestamp};

use super::EventStore;
use crate::{error::StoreError, merge::Source, part::Arrived, run::StoredEvent, tail::Tail};

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

    /// The event of one of these messages, if the store holds any; the earliest where it holds more.
    ///
    /// A part that holds one is searched from end to end, so this is for people who ask, and not
    /// for the way of events.
    pub fn find_event(&self, keys: &[MessageKey]) -> Result<Option<StoredEvent>, StoreError> {
        let is_wanted = |key: u128| keys.iter().any(|it| it.0 == key);
        let (sources, mut found) = {
            let inner = self.inner();
            let tails = inner.frozen.iter().chain([&inner.tail]);
            let events = tails.flat_map(Tail::events);
            let events = events.filter(|event| is_wanted(event.message.0));
            let found: Vec<StoredEvent> = events.cloned().collect();
            (inner.parts.values().cloned().collect::<Vec<_>>(), found)
        };
        let mut wanted: Vec<(u128, u32)> = keys.iter().map(|key| key.0).zip(0..).collect();
        wanted.sort_unstable();
        for source in sources {
            let mut is_here = vec![false; keys.len()];
            source.part.keys.mark(&wanted, &mut is_here)?;
            if is_here.contains(&true) {
                found.extend(source.part.events_with(&source.run, is_wanted)?);
            }
        }
        Ok(found.into_iter().min_by_key(|event| event.seq.0))
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
        let places = Places::of(wanted);
        let inner = self.inner();
        for tail in inner.frozen.iter().chain([&inner.tail]) {
            for event in tail.events() {
                for (_, index) in places.find(wanted, event.message.0) {
                    found[*index as usize] = true;
                }
            }
        }
        inner.parts.values().cloned().collect()
    }
}

/// Where sorted keys of equal upper bits begin.
///
/// Keys are hashes, so about one lies in each place. All of a tail is looked up while nobody else
/// gets at the store, and halving a long list again and again is mostly waiting for memory.
struct Places {
    bits: u32,
    begins: Vec<u32>,
}

impl Places {
    fn of(keys: &[(u128, u32)]) -> Self {
        let bits = keys.len().max(2).ilog2();
        let mut begins = vec![0; (1 << bits) + 1];
        for (key, _) in keys {
            begins[place(*key, bits) + 1] += 1;
        }
        for index in 1..begins.len() {
            begins[index] += begins[index - 1];
        }
        Self { bits, begins }
    }

    /// Every entry of a key.
    fn find<'k>(
        &self,
        keys: &'k [(u128, u32)],
        wanted: u128,
    ) -> impl Iterator<Item = &'k (u128, u32)> {
        let place = place(wanted, self.bits);
        let near = &keys[self.begins[place] as usize..self.begins[place + 1] as usize];
        let from = near.partition_point(|it| it.0 < wanted);
        near[from..].iter().take_while(move |it| it.0 == wanted)
    }
}

fn place(key: u128, bits: u32) -> usize {
    (key >> (u128::BITS - bits)) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_is_found_wherever_it_stands(
            keys in prop::collection::vec(prop_oneof![0..8_u128, any::<u128>()], 0..60),
            wanted in prop_oneof![0..8_u128, any::<u128>()],
        ) {
            let mut sorted: Vec<(u128, u32)> = keys.iter().copied().zip(0..).collect();
            sorted.sort_unstable();
            let places = Places::of(&sorted);
            for wanted in keys.iter().copied().chain([wanted, u128::MAX]) {
                let mut found: Vec<u32> =
                    places.find(&sorted, wanted).map(|(_, index)| *index).collect();
                found.sort_unstable();
                let naive: Vec<u32> =
                    (0..).zip(&keys).filter(|(_, key)| **key == wanted).map(|(it, _)| it).collect();
                prop_assert_eq!(found, naive);
            }
        }
    }
}
