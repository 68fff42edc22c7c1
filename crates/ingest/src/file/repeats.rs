//! How often the same row stood in a file before: what tells equal rows apart, always the same way.

use std::collections::BTreeMap;

use hashbrown::HashTable;
use throughline_model::{MessageKey, limits};
use xxhash_rust::xxh3::xxh3_128;

/// Counts equal rows of one file, in the order of the file.
///
/// It remembers half of each row's hash. Should two different rows share it, the second is taken
/// for a repeat; its key then still is the same whenever the file is read.
#[derive(Clone, Debug, Default)]
pub struct Repeats {
    seen: HashTable<u64>,
    /// How often rows came after their first time.
    more: BTreeMap<u64, u32>,
    rows_count: u64,
}

/// The file has more rows than can be told apart without message ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "more than {} rows have no message id; split the file, or map the column that holds one",
    limits::IMPORT_ROWS_WITHOUT_ID_MAX
)]
pub struct TooManyRows;

impl Repeats {
    /// How often this row stood in the file before, by the hash of what was mapped.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "half of the hash is wanted"
    )]
    pub fn count(&mut self, content: u128) -> Result<u32, TooManyRows> {
        if self.rows_count == limits::IMPORT_ROWS_WITHOUT_ID_MAX {
            return Err(TooManyRows);
        }
        self.rows_count += 1;
        let half = content as u64;
        if self.seen.find(half, |&known| known == half).is_some() {
            let more = self.more.entry(half).or_default();
            *more += 1;
            return Ok(*more);
        }
        self.seen.insert_unique(half, half, |&known| known);
        Ok(0)
    }
}

/// The message key of a row by its content and how often it stood there before.
pub fn repeated_key(content: u128, repeats: u32) -> MessageKey {
    let mut bytes = [0; 20];
    bytes[..16].copy_from_slice(&content.to_le_bytes());
    bytes[16..].copy_from_slice(&repeats.to_le_bytes());
    MessageKey(xxh3_128(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_counted_in_the_order_of_the_file() {
        let mut repeats = Repeats::default();
        let counts: Vec<u32> = [7, 8, 7, 7, 8, 9]
            .into_iter()
            .map(|row| repeats.count(row).expect("few rows"))
            .collect();
        assert_eq!(counts, [0, 0, 1, 2, 1, 0]);
        assert_ne!(repeated_key(7, 0), repeated_key(7, 1));
        assert_ne!(repeated_key(7, 1), repeated_key(8, 1));
    }
}
