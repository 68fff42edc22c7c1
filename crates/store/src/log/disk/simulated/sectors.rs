//! The bytes of one simulated file: as the program sees them, and as they lie on the platter.

use super::chance::Chance;

/// What a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;

#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    /// With everything that was written, as the page cache has it.
    pub seen: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate(usize),
}

impl Contents {
    pub fn durable(bytes: Vec<u8>) -> Self {
        Self {
            seen: bytes.clone(),
            durable: bytes,
            pending: Vec::new(),
        }
    }

    pub fn write(&mut self, offset: u64, bytes: &[u8]) {
        let offset = offset as usize;
        put(&mut self.seen, offset, bytes);
        self.pending.push(Change::Write {
            offset,
            bytes: bytes.to_vec(),
        });
    }

    pub fn truncate(&mut self, len: usize) {
        self.seen.resize(len, 0);
        self.pending.push(Change::Truncate(len));
    }

    pub fn sync(&mut self) {
        for change in self.pending.drain(..) {
            match change {
                Change::Write { offset, bytes } => put(&mut self.durable, offset, &bytes),
                Change::Truncate(len) => self.durable.resize(len, 0),
            }
        }
    }

    /// A sync that failed: some of the data is on the platter, and none of it is pending any more.
    pub fn fail_sync(&mut self, chance: &mut Chance) {
        let is_truncation = |change: &Change| matches!(change, Change::Truncate(_));
        let mut lengths = self.pending.clone();
        lengths.retain(is_truncation);
        self.settle(chance);
        // A file system forgets data that it could not write, but not its own journal.
        self.pending = lengths;
    }

    /// After a power cut the program sees what is on the platter.
    pub fn lose_power(&mut self, chance: &mut Chance) {
        self.settle(chance);
        self.seen.clone_from(&self.durable);
    }

    pub fn flip(&mut self, bit: u64) {
        let (byte, mask) = ((bit / 8) as usize, 1 << (bit % 8));
        for bytes in [&mut self.seen, &mut self.durable] {
            if let Some(byte) = bytes.get_mut(byte) {
                *byte ^= mask;
            }
        }
    }

    fn settle(&mut self, chance: &mut Chance) {
        let seen_len = self.seen.len();
        let pending = std::mem::take(&mut self.pending);
        if chance.one_in(4) {
            self.keep_first(pending, chance);
        } else {
            self.keep_any(pending, chance);
        }
        // The new length may be there although the data is not: the rest reads as zeros.
        if chance.one_in(4) && self.durable.len() < seen_len {
            self.durable.resize(seen_len, 0);
        }
    }

    /// The changes up to some byte survive, as when a machine stops while it writes in order.
    fn keep_first(&mut self, pending: Vec<Change>, chance: &mut Chance) {
        let kept = chance.below(pending.len() as u64 + 1) as usize;
        for (index, change) in pending.into_iter().enumerate().take(kept + 1) {
            match change {
                Change::Truncate(len) if index < kept => self.durable.resize(len, 0),
                Change::Truncate(_) => {}
                Change::Write { offset, bytes } => {
                    let mut left = bytes.len();
                    if index == kept {
                        left = chance.below(left as u64 + 1) as usize;
                    }
                    for (at, sector) in sectors(offset, &bytes) {
                        if at + sector.len() <= offset + left {
                            put(&mut self.durable, at, sector);
                        }
                    }
                }
            }
        }
    }

    /// Each sector survives or not by itself.
    fn keep_any(&mut self, pending: Vec<Change>, chance: &mut Chance) {
        let survivors = chance.survivors();
        for change in pending {
            match change {
                Change::Truncate(len) => {
                    if survivors.keeps(chance) {
                        self.durable.resize(len, 0);
                    }
                }
                Change::Write { offset, bytes } => {
                    for (at, sector) in sectors(offset, &bytes) {
                        if survivors.keeps(chance) {
                            put(&mut self.durable, at, sector);
                        }
                    }
                }
            }
        }
    }
}

fn put(target: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if target.len() < end {
        target.resize(end, 0);
    }
    target[offset..end].copy_from_slice(bytes);
}

/// Cuts a write where sectors begin.
fn sectors(offset: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let at = offset + done;
        let room = SECTOR_BYTES - at % SECTOR_BYTES;
        let count = room.min(bytes.len() - done);
        let sector = &bytes[done..done + count];
        done += count;
        (count > 0).then_some((at, sector))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synced_bytes_survive_every_power_cut_and_unsynced_ones_only_some() {
        let mut lost = 0;
        for seed in 0..200 {
            let mut chance = Chance::new(seed);
            let mut contents = Contents::default();
            contents.write(0, &[1; 700]);
            contents.sync();
            contents.write(700, &[2; 3000]);
            contents.lose_power(&mut chance);
            assert_eq!(contents.seen[..700], [1; 700], "seed {seed}");
            lost += u32::from(contents.seen.get(700..) != Some(&[2; 3000][..]));
        }
        assert!(
            (50..200).contains(&lost),
            "{lost} of 200 cuts lost something"
        );
    }

    #[test]
    fn a_later_sector_may_survive_where_an_earlier_one_is_lost() {
        let holes = (0..200).filter(|&seed| {
            let mut contents = Contents::default();
            contents.write(0, &[7; 2048]);
            contents.lose_power(&mut Chance::new(seed));
            let first = contents.seen.first().copied().unwrap_or(0);
            first == 0 && contents.seen.contains(&7)
        });
        assert!(holes.count() > 20);
    }

    #[test]
    fn a_failed_sync_leaves_nothing_that_a_second_sync_would_write() {
        let lost = (0..50).filter(|&seed| {
            let mut chance = Chance::new(seed);
            let mut contents = Contents::default();
            contents.write(0, &[9; 2048]);
            contents.fail_sync(&mut chance);
            assert_eq!(contents.seen, [9; 2048], "the cache still shows it");
            contents.sync();
            contents.lose_power(&mut chance);
            contents.seen != [9; 2048]
        });
        assert!(lost.count() > 10);
    }
}
