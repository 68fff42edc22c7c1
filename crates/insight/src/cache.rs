//! What was worked out about the rows of a run, kept while there is room.
//!
//! Runs never change and their ids are never used twice, so nothing here can be stale.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use arrow::buffer::BooleanBuffer;
use throughline_model::limits;

/// A fact about each row of one run, or about the run as a whole.
#[derive(Clone)]
pub(crate) enum Fact {
    Bits(BooleanBuffer),
    Codes(Arc<[u16]>),
    /// Times of the first and the last event.
    Extent(i64, i64),
}

/// Which run, and a hash of what was asked of it.
pub(crate) type Key = (u64, u128);

/// The process's memory of facts.
pub(crate) static FACTS: LazyLock<Cache> =
    LazyLock::new(|| Cache::new(limits::RULE_CACHE_BYTES_MAX));

/// Keeps what was used last, up to a count of bytes.
pub(crate) struct Cache {
    bytes_max: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    facts: HashMap<Key, Entry>,
    bytes: usize,
    uses: u64,
}

struct Entry {
    fact: Fact,
    bytes: usize,
    last_use: u64,
}

impl Cache {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            inner: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, key: Key) -> Option<Fact> {
        let mut inner = self.lock();
        inner.uses += 1;
        let uses = inner.uses;
        let entry = inner.facts.get_mut(&key)?;
        entry.last_use = uses;
        Some(entry.fact.clone())
    }

    pub(crate) fn put(&self, key: Key, fact: Fact) {
        let bytes = fact.bytes();
        if bytes > self.bytes_max {
            return;
        }
        let mut inner = self.lock();
        inner.uses += 1;
        let entry = Entry {
            fact,
            bytes,
            last_use: inner.uses,
        };
        inner.bytes += bytes;
        if let Some(old) = inner.facts.insert(key, entry) {
            inner.bytes -= old.bytes;
        }
        inner.shrink(self.bytes_max);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Inner {
    /// Drops what was used longest ago, down to three quarters, so that it does not happen each time.
    fn shrink(&mut self, bytes_max: usize) {
        if self.bytes <= bytes_max {
            return;
        }
        let mut by_age: Vec<(u64, Key)> = self
            .facts
            .iter()
            .map(|(key, entry)| (entry.last_use, *key))
            .collect();
        by_age.sort_unstable();
        for (_, key) in by_age {
            if self.bytes <= bytes_max / 4 * 3 {
                break;
            }
            if let Some(old) = self.facts.remove(&key) {
                self.bytes -= old.bytes;
            }
        }
    }
}

impl Fact {
    /// What the fact takes, with the share of the table that holds it.
    fn bytes(&self) -> usize {
        let body = match self {
            Self::Bits(bits) => bits.len().div_ceil(8),
            Self::Codes(codes) => size_of_val(&**codes),
            Self::Extent(..) => 0,
        };
        body + size_of::<(Key, Entry)>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(count: usize) -> Fact {
        Fact::Codes(vec![0; count].into())
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let cache = Cache::new(4000);
        for key in 0..3 {
            cache.put((key, 0), codes(400));
        }
        cache.get((0, 0)).expect("kept");
        cache.put((3, 0), codes(400));
        cache.put((4, 0), codes(400));
        assert!(cache.get((0, 0)).is_some());
        assert!(cache.get((1, 0)).is_none());
        assert!(cache.lock().bytes <= 4000);
    }

    #[test]
    fn what_is_larger_than_the_cache_is_not_kept() {
        let cache = Cache::new(4000);
        cache.put((0, 0), codes(10));
        cache.put((1, 0), codes(4000));
        assert!(cache.get((0, 0)).is_some());
        assert!(cache.get((1, 0)).is_none());
    }
}
