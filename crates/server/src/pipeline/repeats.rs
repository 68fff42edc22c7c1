//! Which messages have come again lately, for those who ask what became of one.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use hashbrown::HashMap;
use throughline_model::{MessageKey, Timestamp, limits};

/// How often a message came again, as far as it is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    pub count: u64,
    pub last: Timestamp,
}

/// Messages that came again since the start, the latest of them.
#[derive(Debug, Default)]
pub struct Repeats(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    repeats: HashMap<u128, Repeat>,
    /// In the order of their first repeat, so that the oldest is forgotten first.
    order: VecDeque<u128>,
}

impl Repeats {
    /// Notes messages that came again.
    pub fn note(&self, repeated: &[(MessageKey, Timestamp)]) {
        if repeated.is_empty() {
            return;
        }
        let mut kept = self.kept();
        for (key, received) in repeated {
            if let Some(repeat) = kept.repeats.get_mut(&key.0) {
                repeat.count += 1;
                repeat.last = repeat.last.max(*received);
                continue;
            }
            if kept.order.len() == limits::REPEATS_KEPT
                && let Some(oldest) = kept.order.pop_front()
            {
                kept.repeats.remove(&oldest);
            }
            kept.order.push_back(key.0);
            let repeat = Repeat {
                count: 1,
                last: *received,
            };
            kept.repeats.insert(key.0, repeat);
        }
    }

    /// How often a message came again.
    pub fn of(&self, key: MessageKey) -> Option<Repeat> {
        self.kept().repeats.get(&key.0).copied()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_first() {
        let repeats = Repeats::default();
        let at = Timestamp(1_790_000_000_000);
        repeats.note(&[(MessageKey(0), at), (MessageKey(0), Timestamp(at.0 + 5))]);
        let twice = Repeat {
            count: 2,
            last: Timestamp(at.0 + 5),
        };
        assert_eq!(repeats.of(MessageKey(0)), Some(twice));
        let many: Vec<_> = (1..=limits::REPEATS_KEPT as u128)
            .map(|key| (MessageKey(key), at))
            .collect();
        repeats.note(&many);
        assert_eq!(repeats.of(MessageKey(0)), None);
        assert!(repeats.of(MessageKey(1)).is_some());
    }
}
