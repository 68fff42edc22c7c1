//! The message ids of the last hours, by which an event that comes again is known.

use hashbrown::{HashMap, hash_map::Entry};
use throughline_model::{MessageKey, SourceId, Span, Timestamp, limits};

/// Every message key that arrived within [`limits::DUPLICATE_WINDOW`], exactly.
#[derive(Debug, Default)]
pub struct Window {
    keys: HashMap<u128, Seen, KeyHasher>,
    /// Keys that arrived before this hour are forgotten.
    oldest_hour: u32,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    hour: u32,
    source: SourceId,
}

impl Window {
    /// Takes a key in. False when it is there already, and then it is an event come again.
    pub fn insert(&mut self, key: MessageKey, source: SourceId, received: Timestamp) -> bool {
        let hour = hour_of(received);
        let oldest_hour = hour.saturating_sub(hour_of(Timestamp(limits::DUPLICATE_WINDOW.0)));
        if oldest_hour > self.oldest_hour {
            self.oldest_hour = oldest_hour;
            self.keys.retain(|_, seen| seen.hour >= oldest_hour);
        }
        match self.keys.entry(key.0) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(Seen { hour, source });
                true
            }
        }
    }

    /// Forgets what one source brought, so that it may come again.
    pub fn remove_source(&mut self, source: SourceId) {
        self.keys.retain(|_, seen| seen.source != source);
    }

    /// Count of keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }
}

fn hour_of(at: Timestamp) -> u32 {
    u32::try_from(at.0.max(0) / Span::hours(1).0).unwrap_or(u32::MAX)
}

/// A message key is a good hash already.
#[derive(Clone, Copy, Debug, Default)]
struct KeyHasher;

impl std::hash::BuildHasher for KeyHasher {
    type Hasher = LowerHalf;

    fn build_hasher(&self) -> LowerHalf {
        LowerHalf(0)
    }
}

#[derive(Debug)]
struct LowerHalf(u64);

impl std::hash::Hasher for LowerHalf {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut eight = [0; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            self.0 ^= u64::from_le_bytes(eight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_for_three_days_and_then_forgotten() {
        let mut window = Window::default();
        let (key, source) = (MessageKey(5), SourceId(1));
        let start = Timestamp(1_790_000_000_000);
        assert!(window.insert(key, source, start));
        assert!(!window.insert(key, source, start.plus(Span::hours(71))));
        for n in 0..100 {
            window.insert(MessageKey(100 + n), source, start.plus(Span::hours(74)));
        }
        assert_eq!(window.len(), 100);
        assert!(window.insert(key, source, start.plus(Span::hours(74))));
    }

    #[test]
    fn a_removed_source_may_come_again() {
        let mut window = Window::default();
        let at = Timestamp(1_790_000_000_000);
        assert!(window.insert(MessageKey(1), SourceId(1), at));
        assert!(window.insert(MessageKey(2), SourceId(2), at));
        window.remove_source(SourceId(1));
        assert!(window.insert(MessageKey(1), SourceId(3), at));
        assert!(!window.insert(MessageKey(2), SourceId(3), at));
    }
}
