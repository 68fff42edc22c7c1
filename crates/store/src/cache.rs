//! Columns that were read from parts, kept while there is room.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use throughline_model::Field;

use crate::values::Values;

/// Fields of runs by use, up to a number of bytes. One cache may serve many stores.
pub struct ValuesCache {
    bytes_max: usize,
    shelf: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    entries: HashMap<(u64, Field), Entry>,
    bytes: usize,
    uses_count: u64,
}

struct Entry {
    values: Arc<Values>,
    bytes: usize,
    last_use: u64,
}

impl ValuesCache {
    /// A cache that holds at most so many bytes.
    pub fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            shelf: Mutex::default(),
        }
    }

    /// Bytes that are held now.
    pub fn bytes(&self) -> usize {
        self.shelf().bytes
    }

    pub(crate) fn get(&self, rows: u64, field: &Field) -> Option<Arc<Values>> {
        let mut shelf = self.shelf();
        shelf.uses_count += 1;
        let now = shelf.uses_count;
        let entry = shelf.entries.get_mut(&(rows, field.clone()))?;
        entry.last_use = now;
        Some(Arc::clone(&entry.values))
    }

    pub(crate) fn put(&self, rows: u64, field: &Field, values: &Arc<Values>) {
        let bytes = values.bytes();
        if bytes > self.bytes_max {
            return;
        }
        let mut shelf = self.shelf();
        shelf.uses_count += 1;
        let entry = Entry {
            values: Arc::clone(values),
            bytes,
            last_use: shelf.uses_count,
        };
        shelf.bytes += bytes;
        if let Some(old) = shelf.entries.insert((rows, field.clone()), entry) {
            shelf.bytes -= old.bytes;
        }
        while shelf.bytes > self.bytes_max {
            let oldest = shelf.entries.iter().min_by_key(|(_, it)| it.last_use);
            let key = oldest.expect("bytes are held by entries").0.clone();
            shelf.forget(&key);
        }
    }

    /// Drops what is held of rows that are gone.
    pub(crate) fn forget(&self, rows: u64) {
        let mut shelf = self.shelf();
        let keys: Vec<_> = shelf
            .entries
            .keys()
            .filter(|it| it.0 == rows)
            .cloned()
            .collect();
        for key in keys {
            shelf.forget(&key);
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn forget(&mut self, key: &(u64, Field)) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use throughline_model::Value;

    use super::*;

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let values = Arc::new(Values::collect(vec![Some(Value::Number(1.0)); 100]));
        let cache = ValuesCache::new(2 * values.bytes());
        for rows in 0..2 {
            cache.put(rows, &Field::Source, &values);
        }
        assert!(cache.get(0, &Field::Source).is_some());
        cache.put(2, &Field::Source, &values);
        assert!(cache.get(0, &Field::Source).is_some());
        assert!(cache.get(1, &Field::Source).is_none());
        assert!(cache.bytes() <= 2 * values.bytes());
        cache.forget(0);
        cache.forget(2);
        assert_eq!(cache.bytes(), 0);
    }

    #[test]
    fn a_column_larger_than_the_cache_is_not_kept() {
        let values = Arc::new(Values::collect(vec![Some(Value::Number(1.0)); 100]));
        let cache = ValuesCache::new(10);
        cache.put(1, &Field::Source, &values);
        assert_eq!(cache.bytes(), 0);
    }
}
