//! What one thread counts of transitions, and the times that it keeps meanwhile.

use hashbrown::HashMap;

use super::{
    forecast::Forecast,
    times::{KeptTimes, Times},
};
use crate::{
    passes::Passes,
    sequence::{Item, SeeParts},
};

pub(super) const VISITS: usize = 0;
pub(super) const STARTS: usize = 1;
pub(super) const ENDS: usize = 2;

/// What one thread has seen, or all of them.
pub(super) struct Tally<'f> {
    pub(super) items: Vec<Item>,
    /// Whose sequences are being seen.
    pub(super) profile: u32,
    pub(super) profiles: u64,
    pub(super) sequences: u64,
    pub(super) elements: Vec<[Cell; 3]>,
    index: Index,
    /// Per pair its place, `from * count of elements + to`.
    pub(super) places: Vec<usize>,
    /// Per pair the profiles that have it.
    profiles_of: Vec<Profiles>,
    pub(super) times: Times<'f>,
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

impl<'f> Tally<'f> {
    /// Without a forecast times are counted in bins.
    pub(super) fn new(count: usize, forecast: Option<&'f Forecast>) -> Self {
        Self {
            items: Vec::new(),
            profile: NOBODY,
            profiles: 0,
            sequences: 0,
            elements: vec![[Cell::default(); 3]; count],
            index: Index::new(count),
            places: Vec::new(),
            profiles_of: Vec::new(),
            times: match forecast {
                Some(forecast) => Times::Kept(KeptTimes::new(forecast)),
                None => Times::Binned(Vec::new()),
            },
        }
    }

    #[cold]
    fn new_pair(&mut self, place: usize) -> usize {
        self.places.push(place);
        self.profiles_of.push(Profiles::default());
        self.times.push_pair(place);
        let pairs_count = self.places.len();
        let entry = u32::try_from(pairs_count).expect("fewer than 2^32 pairs");
        self.index.set(place, entry);
        pairs_count - 1
    }

    /// The index of a pair that was seen.
    #[inline(always)]
    pub(super) fn pair_of(&self, from: u32, to: u32) -> usize {
        let place = from as usize * self.elements.len() + to as usize;
        self.index.get(place) as usize - 1
    }

    /// The places of all pairs, and their times.
    pub(super) fn into_times(self) -> (Vec<usize>, Times<'f>) {
        (self.places, self.times)
    }

    /// Profiles are seen by one thread each, so their counts add up.
    pub(super) fn merged(mut self, mut other: Self) -> Self {
        self.profiles += other.profiles;
        self.sequences += other.sequences;
        for (mine, more) in self.elements.iter_mut().zip(&other.elements) {
            for (mine, more) in mine.iter_mut().zip(more) {
                mine.times += more.times;
                mine.profiles.count += more.profiles.count;
            }
        }
        for (theirs, place) in other.places.iter().enumerate() {
            let pair = match self.index.get(*place) {
                0 => self.new_pair(*place),
                entry => entry as usize - 1,
            };
            self.profiles_of[pair].count += other.profiles_of[theirs].count;
            self.times.merge(pair, &mut other.times, theirs);
        }
        self
    }

    /// How often a pair was seen.
    pub(super) fn passes(&self, pair: usize) -> Passes {
        Passes {
            times: self.times.count(pair),
            profiles: self.profiles_of[pair].count.into(),
        }
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
        let pair = match self.index.get(place) {
            0 => self.new_pair(place),
            entry => entry as usize - 1,
        };
        self.elements[to as usize][VISITS].add(self.profile);
        self.profiles_of[pair].add(self.profile);
        self.times.add(pair, time);
    }

    fn end(&mut self, element: u32) {
        self.elements[element as usize][ENDS].add(self.profile);
    }
}
