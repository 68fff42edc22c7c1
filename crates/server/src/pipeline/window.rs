//! The message ids of the last hours, by which an event that comes again is known.

use hashbrown::{HashTable, hash_table::Entry};
use throughline_model::{MessageKey, SourceId, Span, Timestamp, limits};

/// Every message key that arrived within [`limits::DUPLICATE_WINDOW`], exactly.
///
/// It holds one for each event of three days, so room is what counts: 22 bytes for each place of a table, of which at
/// most one in eight is always free. A table doubles when it is full, and there are many of them, so that little is
/// held twice meanwhile.
#[derive(Debug)]
pub struct Window {
    tables: Vec<HashTable<Seen>>,
    /// The latest hour in which any key arrived.
    newest_hour: u32,
}

/// Tables of a window, by the highest bits of a key.
const TABLES_BITS: u32 = 6;

const HOURS_KEPT: u8 = (limits::DUPLICATE_WINDOW.0 / Span::hours(1).0) as u8;

/// A key, when it arrived and from where. Bytes, so that nothing is left free between them.
#[derive(Clone, Copy, Debug)]
struct Seen {
    key: [u8; 16],
    source: [u8; 4],
    /// The low byte of the hour: it tells how long before the latest one that was.
    hour: u8,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            tables: (0..1 << TABLES_BITS).map(|_| HashTable::new()).collect(),
            newest_hour: 0,
        }
    }
}

impl Window {
    /// Takes a key in. False when it is there already, and then it is an event come again.
    pub fn insert(&mut self, key: MessageKey, source: SourceId, received: Timestamp) -> bool {
        let hour = hour_of(received);
        self.turn(hour);
        // What a byte cannot tell is older than anything that is kept.
        let hour = hour.max(self.newest_hour.saturating_sub(u8::MAX.into()));
        let seen = Seen {
            key: key.0.to_le_bytes(),
            source: source.0.to_le_bytes(),
            hour: hour as u8,
        };
        let table = &mut self.tables[(key.0 >> (u128::BITS - TABLES_BITS)) as usize];
        match table.entry(seen.hash(), |it| it.key == seen.key, Seen::hash) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(seen);
                true
            }
        }
    }

    /// Forgets what one source brought, so that it may come again.
    pub fn remove_source(&mut self, source: SourceId) {
        self.retain(|seen| seen.source != source.0.to_le_bytes());
    }

    /// Count of keys.
    pub fn len(&self) -> usize {
        self.tables.iter().map(HashTable::len).sum()
    }

    /// Forgets what a later hour leaves behind.
    fn turn(&mut self, hour: u32) {
        let passed = hour.saturating_sub(self.newest_hour);
        if passed == 0 {
            return;
        }
        let before = self.newest_hour as u8;
        self.newest_hour = hour;
        self.retain(|seen| {
            let age = u32::from(before.wrapping_sub(seen.hour));
            age.saturating_add(passed) <= u32::from(HOURS_KEPT)
        });
    }

    fn retain(&mut self, keep: impl Fn(&Seen) -> bool) {
        for table in &mut self.tables {
            table.retain(|seen| keep(seen));
        }
    }
}

impl Seen {
    /// A message key is a good hash already.
    fn hash(&self) -> u64 {
        let (low, _) = self.key.split_at(8);
        u64::from_le_bytes(low.try_into().expect("eight bytes"))
    }
}

fn hour_of(at: Timestamp) -> u32 {
    u32::try_from(at.0.max(0) / Span::hours(1).0).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const START: Timestamp = Timestamp(1_790_000_000_000);

    #[test]
    fn a_key_is_known_for_three_days_and_then_forgotten() {
        let mut window = Window::default();
        let (key, source) = (MessageKey(5), SourceId(1));
        assert!(window.insert(key, source, START));
        assert!(!window.insert(key, source, START.plus(Span::hours(71))));
        for n in 0..100 {
            window.insert(MessageKey(100 + n), source, START.plus(Span::hours(74)));
        }
        assert_eq!(window.len(), 100);
        assert!(window.insert(key, source, START.plus(Span::hours(74))));
    }

    #[test]
    fn a_removed_source_may_come_again() {
        let mut window = Window::default();
        assert!(window.insert(MessageKey(1), SourceId(1), START));
        assert!(window.insert(MessageKey(2), SourceId(2), START));
        window.remove_source(SourceId(1));
        assert!(window.insert(MessageKey(1), SourceId(3), START));
        assert!(!window.insert(MessageKey(2), SourceId(3), START));
    }

    #[test]
    fn a_place_of_a_table_takes_22_bytes() {
        // One more is that of the table itself.
        assert_eq!(size_of::<Seen>() + 1, 22);
    }

    proptest! {
        #[test]
        fn it_knows_what_a_list_with_times_knows(
            steps in prop::collection::vec((0_u8..40, 0_u32..3, -90_i64..90, any::<bool>()), 0..200),
        ) {
            let (mut window, mut list) = (Window::default(), BTreeMap::new());
            let (mut clock, mut newest) = (START, 0);
            for (key, source, hours, is_removal) in steps {
                if is_removal && key == 0 {
                    window.remove_source(SourceId(source));
                    list.retain(|_, (from, _)| *from != source);
                    continue;
                }
                clock = clock.plus(Span::hours(hours));
                let hour = hour_of(clock);
                if hour > newest {
                    newest = hour;
                    list.retain(|_, (_, hour)| newest - *hour <= u32::from(HOURS_KEPT));
                }
                // Keys of one low half differ in the upper one.
                let key = MessageKey((u128::from(key % 5) << 120) | u128::from(key / 5));
                let is_new = !list.contains_key(&key.0);
                if is_new {
                    list.insert(key.0, (source, hour));
                }
                prop_assert_eq!(window.insert(key, SourceId(source), clock), is_new);
                prop_assert_eq!(window.len(), list.len());
            }
        }
    }
}
