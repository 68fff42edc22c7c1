//! What one thread counts of transitions, and the times that it keeps meanwhile.

use hashbrown::HashMap;

use super::{
    forecast::Forecast,
    times::{BinnedTimes, Kept, KeptTimes, Times},
};
use crate::{
    passes::Passes,
    scan::ProfileRows,
    sequence::{Item, SeeParts, Sequences},
};

/// What one thread has seen, or all of them.
pub(super) struct Tally<'f> {
    items: Vec<Item>,
    /// Whose sequences are being seen.
    profile: u32,
    pub(super) profiles: u64,
    pub(super) sequences: u64,
    pub(super) elements: Vec<Ways>,
    /// Per element 1 when the profile that is being seen has visited it.
    visited: Vec<u8>,
    index: Index,
    /// Per pair its place, `from * count of elements + to`. Where that is its index, too, some were never seen.
    pub(super) places: Vec<usize>,
    pub(super) times: Times<'f>,
}

/// How an element was come to and left where nothing came before or followed, and by how many it was visited.
#[derive(Clone, Copy, Default)]
pub(super) struct Ways {
    pub(super) starts: Cell,
    pub(super) ends: Cell,
    pub(super) profiles: u64,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) times: u64,
    profiles: Profiles,
}

/// A count of different profiles. Each is seen once, so equal to the last means already counted.
#[derive(Clone, Copy)]
pub(super) struct Profiles {
    pub(super) count: u32,
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
    pub(super) fn add(&mut self, profile: u32) {
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

/// Which index the pair at a place has.
enum Index {
    /// Its place.
    Place,
    /// One more than what stands here, 0 for none so far.
    Table(Vec<u32>),
    /// The same, where a table would be large.
    Map(HashMap<usize, u32>),
}

/// Elements of which all pairs lie side by side.
const PLACED_ELEMENTS_MAX: usize = 128;
/// Elements for which a table of all pairs is small.
const TABLE_ELEMENTS_MAX: usize = 1_024;

impl Index {
    /// The index of a pair that was seen before.
    #[inline(always)]
    fn get(&self, place: usize) -> Option<usize> {
        let entry = match self {
            Self::Place => return Some(place),
            Self::Table(table) => table[place],
            Self::Map(map) => map.get(&place).copied().unwrap_or(0),
        };
        (entry as usize).checked_sub(1)
    }

    fn set(&mut self, place: usize, entry: u32) {
        match self {
            Self::Place => {}
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
        let index = match count {
            ..=PLACED_ELEMENTS_MAX if forecast.is_some() => Index::Place,
            ..=TABLE_ELEMENTS_MAX => Index::Table(vec![0; count * count]),
            _ => Index::Map(HashMap::new()),
        };
        let all = match index {
            Index::Place => count * count,
            Index::Table(_) | Index::Map(_) => 0,
        };
        let mut tally = Self {
            items: Vec::new(),
            profile: NOBODY,
            profiles: 0,
            sequences: 0,
            elements: vec![Ways::default(); count],
            visited: vec![0; count],
            index,
            places: Vec::new(),
            times: match forecast {
                Some(forecast) => Times::Kept(KeptTimes::new(forecast)),
                None => Times::Binned(BinnedTimes::default()),
            },
        };
        (0..all).for_each(|place| {
            tally.new_pair(place);
        });
        tally
    }

    /// Counts the sequences of a profile.
    pub(super) fn count(&mut self, sequences: &Sequences<'_>, rows: &ProfileRows<'_>) {
        let before = self.sequences;
        self.profile = rows.profile.0;
        self.see(sequences, rows);
        if self.sequences == before {
            return;
        }
        self.profiles += 1;
        for (element, visited) in self.elements.iter_mut().zip(&mut self.visited) {
            element.profiles += u64::from(std::mem::take(visited));
        }
    }

    /// Counts the sequences of some rows of a profile, and not the profile.
    pub(super) fn see(&mut self, sequences: &Sequences<'_>, rows: &ProfileRows<'_>) {
        let mut items = std::mem::take(&mut self.items);
        match (&self.index, &mut self.times) {
            (Index::Place, Times::Kept(kept)) => {
                let (pairs, times) = kept.of_pairs();
                let mut placed = Placed {
                    profile: self.profile,
                    sequences: 0,
                    elements: &mut self.elements,
                    visited: &mut self.visited,
                    pairs,
                    times,
                };
                sequences.parts(rows, &mut items, &mut placed);
                self.sequences += placed.sequences;
            }
            _ => sequences.parts(rows, &mut items, self),
        }
        self.items = items;
    }

    #[cold]
    fn new_pair(&mut self, place: usize) -> usize {
        self.places.push(place);
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
        self.index.get(place).expect("the pair was seen")
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
            mine.profiles += more.profiles;
            for (mine, more) in [(&mut mine.starts, more.starts), (&mut mine.ends, more.ends)] {
                mine.times += more.times;
                mine.profiles.count += more.profiles.count;
            }
        }
        for (theirs, place) in other.places.iter().enumerate() {
            let pair = match self.index.get(*place) {
                Some(pair) => pair,
                None => self.new_pair(*place),
            };
            self.times.merge(pair, &mut other.times, theirs);
        }
        self
    }
}

impl SeeParts for Tally<'_> {
    fn start(&mut self, element: u32) {
        self.sequences += 1;
        self.elements[element as usize].starts.add(self.profile);
        self.visited[element as usize] = 1;
    }

    #[inline(always)]
    fn next(&mut self, from: u32, to: u32, time: i64) {
        let place = from as usize * self.elements.len() + to as usize;
        let pair = match self.index.get(place) {
            Some(pair) => pair,
            None => self.new_pair(place),
        };
        self.visited[to as usize] = 1;
        self.times.add(pair, self.profile, time);
    }

    fn end(&mut self, element: u32) {
        self.elements[element as usize].ends.add(self.profile);
    }
}

/// What is counted where all pairs lie side by side. All that most reports do is done here, so nothing is looked up
/// twice: the compiler keeps in registers what it need not expect to change.
struct Placed<'t> {
    profile: u32,
    sequences: u64,
    elements: &'t mut [Ways],
    visited: &'t mut [u8],
    pairs: &'t mut [Kept],
    times: &'t mut [Vec<u32>],
}

impl SeeParts for Placed<'_> {
    #[inline(always)]
    fn start(&mut self, element: u32) {
        self.sequences += 1;
        self.elements[element as usize].starts.add(self.profile);
        self.visited[element as usize] = 1;
    }

    #[inline(always)]
    fn next(&mut self, from: u32, to: u32, time: i64) {
        let place = from as usize * self.elements.len() + to as usize;
        self.visited[to as usize] = 1;
        let kept = &mut self.pairs[place];
        if kept.add(self.profile, time) {
            kept.flush(&mut self.times[place]);
        }
    }

    #[inline(always)]
    fn end(&mut self, element: u32) {
        self.elements[element as usize].ends.add(self.profile);
    }
}
