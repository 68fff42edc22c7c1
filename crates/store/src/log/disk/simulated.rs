//! A disk in memory that loses, tears and damages data from a seed.
//!
//! What a program sees is the cache. What a power cut leaves is decided sector by sector: of all that
//! was written and not synced, any part may be there and any part may be missing, in any order.
//! A name in the directory is as uncertain until the directory is synced.

mod chance;
mod sectors;

use std::collections::BTreeMap;
use std::io::{self, IoSlice};
use std::sync::{Arc, Mutex, MutexGuard};

use super::super::frame::Checksum;
pub use chance::Chance;
use sectors::Contents;

/// A handle on the simulated directory; clones share it.
#[derive(Clone, Debug)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

/// An open file of the simulated directory.
#[derive(Debug)]
pub struct SimulatedFile {
    disk: SimulatedDisk,
    id: u64,
}

/// A mistake planted into the way the log uses its disk, to prove that the laws would notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// A sync of data returns at once and happens with the next one, so acknowledgments come first.
    AckBeforeSync,
    /// The directory is never synced.
    NoDirectorySync,
    /// A read that fails is taken for the end of the file.
    ReadErrorAsEnd,
    /// No checksum is compared.
    NoCrc,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::AckBeforeSync,
        Self::NoDirectorySync,
        Self::ReadErrorAsEnd,
        Self::NoCrc,
    ];
}

/// How often operations fail: one in so many, 0 for never.
#[derive(Clone, Copy, Debug, Default)]
pub struct Odds {
    pub read: u64,
    pub write: u64,
    pub sync: u64,
}

#[derive(Clone, Debug)]
struct State {
    chance: Chance,
    mutant: Option<Mutant>,
    odds: Odds,
    capacity: u64,
    /// Whether the free space that the disk names takes the capacity into account.
    is_capacity_known: bool,
    power: Power,
    files: BTreeMap<u64, Contents>,
    next_id: u64,
    /// The directory as the program sees it.
    names: BTreeMap<String, u64>,
    names_durable: BTreeMap<String, u64>,
    /// Changes since the directory was synced; `None` is a removal.
    names_pending: Vec<(String, Option<u64>)>,
    /// For `AckBeforeSync`: the file whose sync is still owed.
    owed: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Power {
    On,
    /// So many operations are left; the one after them is cut short.
    CutAfter(u64),
    Off,
}

#[derive(Clone, Copy)]
enum Operation {
    Read,
    Write,
    Sync,
}

/// Why an operation does not succeed.
enum Refusal {
    /// It was under way, so it may have had a part of its effect.
    CutShort(io::Error),
    NoPower(io::Error),
}

impl SimulatedDisk {
    /// An empty directory.
    pub fn new(seed: u64, mutant: Option<Mutant>) -> Self {
        Self(Arc::new(Mutex::new(State {
            chance: Chance::new(seed),
            mutant,
            odds: Odds::default(),
            capacity: u64::MAX,
            is_capacity_known: true,
            power: Power::On,
            files: BTreeMap::new(),
            next_id: 0,
            names: BTreeMap::new(),
            names_durable: BTreeMap::new(),
            names_pending: Vec::new(),
            owed: None,
        })))
    }

    /// An independent copy in the same state.
    pub fn fork(&self) -> Self {
        Self(Arc::new(Mutex::new(self.state().clone())))
    }

    /// Lets chance go another way from now on.
    pub fn reseed(&self, seed: u64) {
        self.state().chance = Chance::new(seed);
    }

    /// Sets how often operations fail from now on.
    pub fn set_odds(&self, odds: Odds) {
        self.state().odds = odds;
    }

    /// Sets how many bytes all files together may have, and whether that shows before a write fails,
    /// as it does not when others fill the disk or a quota ends.
    pub fn set_capacity(&self, bytes: u64, is_known: bool) {
        let mut state = self.state();
        state.capacity = bytes;
        state.is_capacity_known = is_known;
    }

    /// Bytes of all files.
    pub fn used_bytes(&self) -> u64 {
        self.state().used_bytes()
    }

    /// Cuts the power at the given operation from now; every operation fails until `restart`.
    pub fn cut_power_after(&self, operations: u64) {
        self.state().power = Power::CutAfter(operations);
    }

    /// Whether the power has failed.
    pub fn is_off(&self) -> bool {
        self.state().power == Power::Off
    }

    /// Brings the machine back after a power cut: what was not synced is there in part.
    pub fn restart(&self) {
        let mut state = self.state();
        state.power = Power::On;
        state.owed = None;
        let State {
            chance,
            names,
            names_durable,
            names_pending,
            files,
            ..
        } = &mut *state;
        let survivors = chance.survivors();
        for (name, id) in names_pending.drain(..) {
            if survivors.keeps(chance) {
                set_name(names_durable, name, id);
            }
        }
        names.clone_from(names_durable);
        files.retain(|id, _| names.values().any(|it| it == id));
        for contents in files.values_mut() {
            contents.lose_power(chance);
        }
    }

    /// Names and lengths of all files.
    pub fn lengths(&self) -> Vec<(String, u64)> {
        let state = self.state();
        state
            .names
            .iter()
            .map(|(name, id)| (name.clone(), state.files[id].seen.len() as u64))
            .collect()
    }

    /// The bytes of a file as they are, or `None` when there is no such file.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        let state = self.state();
        let id = state.names.get(name)?;
        Some(state.files[id].seen.clone())
    }

    /// Puts these bytes in place of a file, durably: damage, a restored copy, a swapped file.
    pub fn replace(&self, name: &str, bytes: Vec<u8>) {
        let mut state = self.state();
        let id = state.next_id;
        state.next_id += 1;
        state.files.insert(id, Contents::durable(bytes));
        state.names.insert(name.to_owned(), id);
        state.names_durable.insert(name.to_owned(), id);
    }

    /// Makes a file vanish, durably.
    pub fn erase(&self, name: &str) {
        let mut state = self.state();
        state.names.remove(name);
        state.names_durable.remove(name);
    }

    /// Turns one bit of a file.
    pub fn flip(&self, name: &str, bit: u64) {
        let mut state = self.state();
        if let Some(id) = state.names.get(name).copied()
            && let Some(contents) = state.files.get_mut(&id)
        {
            contents.flip(bit);
        }
    }

    pub(super) fn checksum(&self, log_id: u64) -> Checksum {
        let checksum = Checksum::new(log_id);
        match self.state().mutant {
            Some(Mutant::NoCrc) => checksum.blind(),
            _ => checksum,
        }
    }

    pub(super) fn list(&self) -> io::Result<Vec<String>> {
        let mut state = self.state();
        state.admit(Operation::Read)?;
        Ok(state.names.keys().cloned().collect())
    }

    pub(super) fn create(&self, name: &str) -> io::Result<SimulatedFile> {
        let mut state = self.state();
        state.admit(Operation::Write)?;
        if let Some(id) = state.names.get(name).copied() {
            state.contents(id).truncate(0);
            return Ok(self.file(id));
        }
        let id = state.next_id;
        state.next_id += 1;
        state.files.insert(id, Contents::default());
        state.names.insert(name.to_owned(), id);
        state.names_pending.push((name.to_owned(), Some(id)));
        Ok(self.file(id))
    }

    pub(super) fn open(&self, name: &str) -> io::Result<SimulatedFile> {
        let mut state = self.state();
        state.admit(Operation::Read)?;
        let id = state.names.get(name).copied();
        id.map(|id| self.file(id))
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.admit(Operation::Write)?;
        state.names.remove(name);
        state.names_pending.push((name.to_owned(), None));
        Ok(())
    }

    pub(super) fn sync_dir(&self) -> io::Result<()> {
        let mut state = self.state();
        if state.mutant == Some(Mutant::NoDirectorySync) {
            return Ok(());
        }
        state.admit(Operation::Sync)?;
        let State {
            names_durable,
            names_pending,
            ..
        } = &mut *state;
        for (name, id) in names_pending.drain(..) {
            set_name(names_durable, name, id);
        }
        Ok(())
    }

    pub(super) fn free_bytes(&self) -> u64 {
        let state = self.state();
        match state.is_capacity_known {
            true => state.capacity.saturating_sub(state.used_bytes()),
            false => u64::MAX,
        }
    }

    fn file(&self, id: u64) -> SimulatedFile {
        SimulatedFile {
            disk: self.clone(),
            id,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no operation panics halfway")
    }
}

impl SimulatedFile {
    pub fn len(&self) -> io::Result<u64> {
        let mut state = self.disk.state();
        Ok(state.contents(self.id).seen.len() as u64)
    }

    pub fn read_some(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.disk.state();
        if let Err(refusal) = state.admit(Operation::Read) {
            return match state.mutant {
                Some(Mutant::ReadErrorAsEnd) => Ok(0),
                _ => Err(refusal.into()),
            };
        }
        let seen = &state.contents(self.id).seen;
        let rest = seen.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(bytes.len());
        bytes[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    /// Writes all, or on a full or failing disk a first part of it.
    pub fn write_some(&self, slices: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
        let mut state = self.disk.state();
        let bytes: Vec<u8> = slices.iter().flat_map(|it| it.iter().copied()).collect();
        let admitted = match state.admit(Operation::Write) {
            Err(Refusal::NoPower(error)) => return Err(error),
            other => other,
        };
        let old_len = state.contents(self.id).seen.len() as u64;
        let growth = (offset + bytes.len() as u64).saturating_sub(old_len);
        let free = state.capacity.saturating_sub(state.used_bytes());
        let mut kept = bytes.len() - growth.saturating_sub(free) as usize;
        if admitted.is_err() {
            kept = state.chance.below(kept as u64 + 1) as usize;
        }
        if kept > 0 {
            state.contents(self.id).write(offset, &bytes[..kept]);
        }
        admitted?;
        match kept {
            0 if !bytes.is_empty() => Err(io::ErrorKind::StorageFull.into()),
            kept => Ok(kept),
        }
    }

    pub fn truncate(&self, len: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        state.admit(Operation::Write)?;
        state.contents(self.id).truncate(len as usize);
        Ok(())
    }

    pub fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        match state.admit(Operation::Sync) {
            Ok(()) => {}
            Err(Refusal::NoPower(error)) => return Err(error),
            Err(Refusal::CutShort(error)) => {
                let State { chance, files, .. } = &mut *state;
                // As on Linux: the pages count as clean afterwards, written or not.
                if let Some(contents) = files.get_mut(&self.id) {
                    contents.fail_sync(chance);
                }
                return Err(error);
            }
        }
        let due = if state.mutant == Some(Mutant::AckBeforeSync) {
            state.owed.replace(self.id)
        } else {
            Some(self.id)
        };
        if let Some(id) = due
            && let Some(contents) = state.files.get_mut(&id)
        {
            contents.sync();
        }
        Ok(())
    }
}

impl State {
    /// Counts an operation and decides whether it fails.
    fn admit(&mut self, operation: Operation) -> Result<(), Refusal> {
        match &mut self.power {
            Power::On => {}
            Power::CutAfter(0) => {
                self.power = Power::Off;
                return Err(Refusal::CutShort(io::Error::other("the power went off")));
            }
            Power::CutAfter(left) => *left -= 1,
            Power::Off => return Err(Refusal::NoPower(io::Error::other("the power is off"))),
        }
        let odds = match operation {
            Operation::Read => self.odds.read,
            Operation::Write => self.odds.write,
            Operation::Sync => self.odds.sync,
        };
        if self.chance.one_in(odds) {
            let error = io::Error::other("injected input/output error");
            return Err(Refusal::CutShort(error));
        }
        Ok(())
    }

    fn contents(&mut self, id: u64) -> &mut Contents {
        self.files
            .get_mut(&id)
            .expect("files live as long as the process that opened them")
    }

    fn used_bytes(&self) -> u64 {
        self.names
            .values()
            .map(|id| self.files[id].seen.len() as u64)
            .sum()
    }
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::CutShort(error) | Refusal::NoPower(error) => error,
        }
    }
}

fn set_name(names: &mut BTreeMap<String, u64>, name: String, id: Option<u64>) {
    match id {
        Some(id) => names.insert(name, id),
        None => names.remove(&name),
    };
}
