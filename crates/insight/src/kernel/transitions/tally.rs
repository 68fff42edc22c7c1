//! What one thread counts of transitions, and the times that it keeps meanwhile.

use hashbrown::HashMap;

use super::forecast::{Keeping, Kept};
use crate::{
    durations::Bins,
    passes::Passes,
    sequence::{Item, SeeParts},
};

pub(super) const VISITS: usize = 0;
pub(super) const STARTS: usize = 1;
pub(super) const ENDS: usize = 2;

/// What one thread has seen, or all of them.
pub(super) struct Tally<'k> {
    pub(super) items: Vec<Item>,
    /// Whose sequences are being seen.
    pub(super) profile: u32,
    pub(super) profiles: u64,
    pub(super) sequences: u64,
    pub(super) elements: Vec<[Cell; 3]>,
    index: Index,
    pub(super) pairs: Vec<Pair>,
    /// Per pair a row of bins of the times between its elements.
    bins: Vec<u32>,
    pub(super) bins_kind: Bins,
    keeping: &'k Keeping,
}

/// One element followed by another.
pub(super) struct Pair {
    /// `from * count of elements + to`.
    pub(super) place: usize,
    profiles: Profiles,
    /// The bins of which each time is kept.
    pub(super) kept: Kept,
    times: Vec<i64>,
    /// What other threads have kept.
    others: Vec<Vec<i64>>,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) times: u64,
    profiles: Profiles,
}

/// A count of different profiles. Each is seen once, so equal to the last means already counted.
#[derive(Clone, Copy)]
struct Profiles {
    count: u32,
    last: u32,
}

/// No profile, as profiles have 31 bits.
const NOBODY: u32 = u32::MAX;

impl Default for Profiles {
    fn default() -> Self {
        Self {
            count: 0,
            last: NOBODY,
        }
    }
}

impl Profiles {
    #[inline(always)]
    fn add(&mut self, profile: u32) {
        self.count += u32::from(self.last != profile);
        self.last = profile;
    }
}

impl Cell {
    #[inline(always)]
    fn add(&mut self, profile: u32) {
        self.times += 1;
        self.profiles.add(profile);
    }

    pub(super) fn passes(self) -> Passes {
        Passes {
            times: self.times,
            profiles: self.profiles.count.into(),
        }
    }
}

/// By place one more than the index of its pair, 0 for none so far. Few elements have a table, very many a map.
enum Index {
    Table(Vec<u32>),
    Map(HashMap<usize, u32>),
}

/// Elements for which a table of all pairs is small.
const TABLE_ELEMENTS_MAX: usize = 1_024;
/// Elements of which all pairs can have fine bins.
pub(super) const FINE_ELEMENTS_MAX: usize = 128;

impl Index {
    fn new(count: usize) -> Self {
        match count <= TABLE_ELEMENTS_MAX {
            true => Self::Table(vec![0; count * count]),
            false => Self::Map(HashMap::new()),
        }
    }

    #[inline(always)]
    fn get(&self, place: usize) -> u32 {
        match self {
            Self::Table(table) => table[place],
            Self::Map(map) => map.get(&place).copied().unwrap_or(0),
        }
    }

    fn set(&mut self, place: usize, entry: u32) {
        match self {
            Self::Table(table) => table[place] = entry,
            Self::Map(map) => {
                map.insert(place, entry);
            }
        }
    }
}

impl<'k> Tally<'k> {
    pub(super) fn new(count: usize, keeping: &'k Keeping) -> Self {
        Self {
            items: Vec::new(),
            profile: NOBODY,
            profiles: 0,
            sequences: 0,
            elements: vec![[Cell::default(); 3]; count],
            index: Index::new(count),
            pairs: Vec::new(),
            bins: Vec::new(),
            bins_kind: if count <= FINE_ELEMENTS_MAX {
                Bins::FINE
            } else {
                Bins::COARSE
            },
            keeping,
        }
    }

    #[cold]
    fn new_pair(&mut self, place: usize) -> usize {
        self.pairs.push(Pair {
            place,
            profiles: Profiles::default(),
            kept: self.keeping.at(place),
            times: Vec::new(),
            others: Vec::new(),
        });
        let pairs_count = self.pairs.len();
        self.bins.resize(pairs_count * self.bins_kind.count(), 0);
        let entry = u32::try_from(pairs_count).expect("fewer than 2^32 pairs");
        self.index.set(place, entry);
        pairs_count - 1
    }

    /// The index of a pair that was seen.
    pub(super) fn index_of(&self, from: u32, to: u32) -> usize {
        let place = from as usize * self.elements.len() + to as usize;
        self.index.get(place) as usize - 1
    }

    pub(super) fn bins_of(&self, index: usize) -> &[u32] {
        let width = self.bins_kind.count();
        &self.bins[index * width..(index + 1) * width]
    }

    /// Profiles are seen by one thread each, so their counts add up.
    pub(super) fn merged(mut self, other: Self) -> Self {
        self.profiles += other.profiles;
        self.sequences += other.sequences;
        for (mine, more) in self.elements.iter_mut().zip(&other.elements) {
            for (mine, more) in mine.iter_mut().zip(more) {
                mine.times += more.times;
                mine.profiles.count += more.profiles.count;
            }
        }
        let width = self.bins_kind.count();
        for (more, bins) in other.pairs.into_iter().zip(other.bins.chunks(width)) {
            let index = match self.index.get(more.place) {
                0 => self.new_pair(more.place),
                entry => entry as usize - 1,
            };
            let pair = &mut self.pairs[index];
            pair.profiles.count += more.profiles.count;
            pair.others.push(more.times);
            pair.others.extend(more.others);
            let mine = &mut self.bins[index * width..(index + 1) * width];
            for (mine, more) in mine.iter_mut().zip(bins) {
                *mine += more;
            }
        }
        self
    }

    /// How often a pair was seen.
    pub(super) fn passes(&self, index: usize) -> Passes {
        Passes {
            times: self.bins_of(index).iter().map(|it| u64::from(*it)).sum(),
            profiles: self.pairs[index].profiles.count.into(),
        }
    }
}

impl Pair {
    /// The times that were kept of one bin, in no order.
    pub(super) fn times_in(&self, bins_kind: Bins, bin: usize) -> Vec<i64> {
        (self.others.iter().chain([&self.times]).flatten())
            .copied()
            .filter(|time| bins_kind.bin(*time) == bin)
            .collect()
    }
}

impl SeeParts for Tally<'_> {
    fn start(&mut self, element: u32) {
        self.sequences += 1;
        self.elements[element as usize][STARTS].add(self.profile);
        self.elements[element as usize][VISITS].add(self.profile);
    }

    #[inline(always)]
    fn next(&mut self, from: u32, to: u32, time: i64) {
        let place = from as usize * self.elements.len() + to as usize;
        let index = match self.index.get(place) {
            0 => self.new_pair(place),
            entry => entry as usize - 1,
        };
        self.elements[to as usize][VISITS].add(self.profile);
        let bin = self.bins_kind.bin(time);
        self.bins[index * self.bins_kind.count() + bin] += 1;
        let pair = &mut self.pairs[index];
        pair.profiles.add(self.profile);
        if pair.kept.has(bin) {
            pair.times.push(time);
        }
    }

    fn end(&mut self, element: u32) {
        self.elements[element as usize][ENDS].add(self.profile);
    }
}
