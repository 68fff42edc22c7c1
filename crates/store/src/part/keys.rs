//! The message keys of a part, sorted, in blocks that are checked whenever they are used.

use std::path::Path;

use super::sections::{self, Format, Sections, Sum};
use crate::{column::Column, error::StoreError, objects::Objects};

const FORMAT: Format = Format {
    magic: *b"TL KEYS\n",
    version: 1,
};

/// Keys in one block; a block is 4 KiB.
const BLOCK_KEYS: usize = 256;

/// A mapped file of keys.
#[derive(Clone)]
pub(crate) struct Keys {
    name: String,
    keys: Column<u128>,
    /// The upper half of each block's first key.
    fences: Column<u64>,
    /// CRC-32C of each block.
    sums: Column<u32>,
    sections: Sections,
}

/// Writes the keys of a part; they need not be sorted yet.
pub(crate) fn write(
    objects: &Objects,
    name: &str,
    part: u64,
    mut keys: Vec<u128>,
) -> Result<Sum, StoreError> {
    keys.sort_unstable();
    let blocks = || keys.chunks(BLOCK_KEYS);
    let fences: Vec<u64> = blocks().map(|block| upper(block[0])).collect();
    let sums: Vec<u32> = blocks()
        .map(|block| crc32c::crc32c(bytemuck::cast_slice(block)))
        .collect();
    let sections: [(&str, &[u8]); 3] = [
        ("keys", bytemuck::cast_slice(&keys)),
        ("fences", bytemuck::cast_slice(&fences)),
        ("sums", bytemuck::cast_slice(&sums)),
    ];
    sections::write(objects, name, FORMAT, part, &sections)
}

impl Keys {
    /// Opens a file of keys. The small sections are checked now, blocks of keys when they are used.
    pub fn open(path: &Path, name: &str, part: u64, sum: Sum) -> Result<Self, StoreError> {
        let sections = Sections::open(path, name, FORMAT, part, sum)?;
        sections.check("fences")?;
        sections.check("sums")?;
        let keys = Self {
            name: name.to_owned(),
            keys: sections.column("keys")?,
            fences: sections.column("fences")?,
            sums: sections.column("sums")?,
            sections,
        };
        let blocks_count = keys.keys.len().div_ceil(BLOCK_KEYS);
        if keys.fences.len() != blocks_count || keys.sums.len() != blocks_count {
            return Err(StoreError::damaged(name, "its sections differ in length"));
        }
        Ok(keys)
    }

    /// Count of keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Reads everything and compares it with the checksums.
    pub fn check(&self) -> Result<(), StoreError> {
        self.sections.check("keys")
    }

    /// All keys, in order and not checked.
    pub fn sorted(&self) -> &[u128] {
        &self.keys
    }

    /// Sets `found` at each wanted key that is here. `wanted` is sorted.
    pub fn mark(&self, wanted: &[(u128, u32)], found: &mut [bool]) -> Result<(), StoreError> {
        let mut block = 0;
        let mut checked = None;
        for (key, index) in wanted {
            // The first block that may hold the key is the last one that starts below it.
            block += gallop(&self.fences[block..], upper(*key));
            let mut at = block;
            while at < self.fences.len() && (at == block || self.fences[at] <= upper(*key)) {
                let keys = self.block(at, &mut checked)?;
                if keys.binary_search(key).is_ok() {
                    found[*index as usize] = true;
                    break;
                }
                at += 1;
            }
        }
        Ok(())
    }

    fn block(&self, index: usize, checked: &mut Option<usize>) -> Result<&[u128], StoreError> {
        let from = index * BLOCK_KEYS;
        let keys = &self.keys[from..self.keys.len().min(from + BLOCK_KEYS)];
        if *checked != Some(index) {
            if crc32c::crc32c(bytemuck::cast_slice(keys)) != self.sums[index] {
                let what = format!("block {index} does not fit its checksum");
                return Err(StoreError::damaged(&*self.name, what));
            }
            *checked = Some(index);
        }
        Ok(keys)
    }
}

fn upper(key: u128) -> u64 {
    (key >> 64) as u64
}

/// How many fences to pass so that the one that is reached is the last below `target`, in steps
/// that double: cheap when the targets lie close together.
fn gallop(fences: &[u64], target: u64) -> usize {
    let mut step = 1;
    while step < fences.len() && fences[step] < target {
        step *= 2;
    }
    let from = step / 2;
    let inside = &fences[from..fences.len().min(step + 1)];
    (from + inside.partition_point(|fence| *fence < target)).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn open(keys: Vec<u128>) -> (tempfile::TempDir, Keys) {
        let dir = tempfile::tempdir().expect("a folder");
        let objects = Objects::in_dir(dir.path()).expect("a folder");
        let sum = write(&objects, "a.keys", 7, keys).expect("written");
        let keys = Keys::open(&dir.path().join("a.keys"), "a.keys", 7, sum).expect("opens");
        (dir, keys)
    }

    fn marked(keys: &Keys, wanted: &[u128]) -> Vec<bool> {
        let mut sorted: Vec<(u128, u32)> = wanted.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        let mut found = vec![false; wanted.len()];
        keys.mark(&sorted, &mut found).expect("sound");
        found
    }

    fn key() -> impl Strategy<Value = u128> {
        // Few different upper halves, so that blocks start with equal ones.
        (0_u128..4, 0_u128..1_000).prop_map(|(upper, lower)| upper << 64 | lower)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn a_key_is_found_if_and_only_if_it_is_there(
            keys in proptest::collection::vec(key(), 0..2_000),
            wanted in proptest::collection::vec(key(), 0..200),
        ) {
            let (_dir, file) = open(keys.clone());
            let naive: Vec<bool> = wanted.iter().map(|it| keys.contains(it)).collect();
            prop_assert_eq!(marked(&file, &wanted), naive);
        }
    }

    #[test]
    fn a_flipped_bit_is_an_error_and_not_a_missing_key() {
        let keys: Vec<u128> = (0..1_000).map(|n| n << 100).collect();
        let dir = tempfile::tempdir().expect("a folder");
        let objects = Objects::in_dir(dir.path()).expect("a folder");
        let sum = write(&objects, "a.keys", 7, keys.clone()).expect("written");
        let path = dir.path().join("a.keys");
        let sound = std::fs::read(&path).expect("readable");
        let wanted: Vec<(u128, u32)> = keys.iter().copied().zip(0..).collect();
        for at in (0..sound.len()).step_by(61) {
            let mut bytes = sound.clone();
            bytes[at] ^= 1 << (at % 8);
            std::fs::write(&path, &bytes).expect("written");
            let mut found = vec![false; wanted.len()];
            let outcome =
                Keys::open(&path, "a.keys", 7, sum).and_then(|keys| keys.mark(&wanted, &mut found));
            let is_padding = outcome.is_ok() && found.iter().all(|it| *it);
            assert!(outcome.is_err() || is_padding, "byte {at}");
        }
    }
}
