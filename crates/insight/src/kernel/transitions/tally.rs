//! What threads count of transitions: how often, by how many profiles, and the times that may be quantiles.

use hashbrown::HashMap;

use super::Passes;
use crate::sequence::{Item, SeeParts};

/// What one thread has seen, or all of them.
pub(super) struct Tally {
    /// Room for sequences, used again.
    pub(super) items: Vec<Item>,
    /// Whose sequences are being seen.
    pub(super) profile: u32,
    pub(super) profiles: u64,
    pub(super) sequences: u64,
    cells: Vec<Cells>,
    index: Index,
    /// Per pair its place, `from * count of elements + to`.
    places: Vec<usize>,
    pairs: Vec<Pair>,
    kept: Vec<[Kept; 2]>,
}

/// The times of a pair that lie in one of its windows.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    short: Vec<u32>,
    /// Those that do not fit 32 bits.
    long: Vec<i64>,
}

impl Kept {
    #[inline(always)]
    fn push(&mut self, time: i64) {
        match u32::try_from(time) {
            Ok(time) => self.short.push(time),
            Err(_) => self.long.push(time),
        }
    }

    fn append(&mut self, mut other: Self) {
        if self.short.len() < other.short.len() {
            std::mem::swap(self, &mut other);
        }
        self.short.append(&mut other.short);
        self.long.append(&mut other.long);
    }

    pub(super) fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }

    /// The time with a rank, counted from 0. Times are reordered.
    pub(super) fn nth(&mut self, rank: usize) -> i64 {
        match rank.checked_sub(self.short.len()) {
            None => (*self.short.select_nth_unstable(rank).1).into(),
            Some(rank) => *self.long.select_nth_unstable(rank).1,
        }
    }

    fn each(&self) -> impl Iterator<Item = i64> {
        let short = self.short.iter().map(|time| i64::from(*time));
        short.chain(self.long.iter().copied())
    }
}

/// The times in which a quantile is looked for: those whose key lies from `low` to `high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    low: u16,
    high: u16,
}

impl Window {
    pub(super) const ALL: Self = Self {
        low: 0,
        high: u16::MAX,
    };
    pub(super) const NONE: Self = Self {
        low: u16::MAX,
        high: 0,
    };

    /// From one time to another, and what is so near that keys do not tell.
    pub(super) fn around(low: i64, high: i64) -> Self {
        Self {
            low: key(low),
            high: key(high),
        }
    }
}

/// Rises with a time, but in steps of less than a hundredth: the leading bits of a float.
#[inline(always)]
fn key(time: i64) -> u16 {
    ((time as f32).to_bits() >> 16) as u16
}

/// One transition. Small, as many of them have to stay near the processor.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(super) struct Pair {
    windows: [Window; 2],
    /// Times that lie before each window.
    pub(super) below: [u32; 2],
    pub(super) times: u32,
    profiles: Profiles,
}

impl Pair {
    const UNSEEN: Self = Self {
        windows: [Window::ALL, Window::NONE],
        below: [0; 2],
        times: 0,
        profiles: Profiles::NONE,
    };

    /// Keeps a time that may be a quantile, and counts it before the windows that it lies before.
    #[inline(always)]
    fn weigh(&mut self, time: i64, kept: &mut [Kept; 2]) {
        let key = key(time);
        let is_in = self.windows.map(|it| (it.low <= key) & (key <= it.high));
        self.below[0] += u32::from(key < self.windows[0].low);
        self.below[1] += u32::from(key < self.windows[1].low);
        if is_in[0] | is_in[1] {
            for (kept, is_in) in kept.iter_mut().zip(is_in) {
                if is_in {
                    kept.push(time);
                }
            }
        }
    }

    /// True when its first window takes every time.
    pub(super) fn keeps_all(&self) -> bool {
        self.windows[0] == Window::ALL
    }

    pub(super) fn passes(&self) -> Passes {
        Passes {
            times: self.times.into(),
            profiles: self.profiles.count.into(),
        }
    }
}

/// How often one element was visited.
#[derive(Clone, Copy)]
pub(super) struct Visited {
    pub(super) visits: Passes,
    pub(super) starts: Passes,
    pub(super) ends: Passes,
}

/// A count of different profiles. Each is seen once, so equal to the last means already counted.
#[derive(Clone, Copy, Debug)]
struct Profiles {
    count: u32,
    last: u32,
}

/// No profile, as profiles have 31 bits.
const NOBODY: u32 = u32::MAX;

impl Profiles {
    const NONE: Self = Self {
        count: 0,
        last: NOBODY,
    };

    #[inline(always)]
    fn add(&mut self, profile: u32) {
        self.count += u32::from(self.last != profile);
        self.last = profile;
    }
}

/// How one element was visited.
#[derive(Clone, Copy)]
struct Cells {
    visitors: Profiles,
    starts: Cell,
    ends: Cell,
}

impl Cells {
    const NONE: Self = Self {
        visitors: Profiles::NONE,
        starts: Cell::NONE,
        ends: Cell::NONE,
    };
}

#[derive(Clone, Copy)]
struct Cell {
    times: u64,
    profiles: Profiles,
}

impl Cell {
    const NONE: Self = Self {
        times: 0,
        profiles: Profiles::NONE,
    };

    fn add(&mut self, profile: u32) {
        self.times += 1;
        self.profiles.add(profile);
    }

    fn merge(&mut self, other: Self) {
        self.times += other.times;
        self.profiles.count += other.profiles.count;
    }

    fn passes(self) -> Passes {
        Passes {
            times: self.times,
            profiles: self.profiles.count.into(),
        }
    }
}

/// By place the index of its pair.
#[derive(Clone)]
enum Index {
    /// Few elements: all pairs lie in the order of their places.
    Places,
    /// One more than the index, 0 for none so far.
    Table(Vec<u32>),
    Map(HashMap<usize, u32>),
}

/// Elements of which all pairs are kept, seen or not.
const PLACES_ELEMENTS_MAX: usize = 128;
/// Elements for which a table of all pairs is small.
const TABLE_ELEMENTS_MAX: usize = 1_024;

impl Index {
    fn new(count: usize) -> Self {
        if count <= PLACES_ELEMENTS_MAX {
            Self::Places
        } else if count <= TABLE_ELEMENTS_MAX {
            Self::Table(vec![0; count * count])
        } else {
            Self::Map(HashMap::new())
        }
    }

    #[inline(always)]
    fn get(&self, place: usize) -> Option<usize> {
        let entry = match self {
            Self::Places => return Some(place),
            Self::Table(table) => table[place],
            Self::Map(map) => map.get(&place).copied().unwrap_or(0),
        };
        (entry as usize).checked_sub(1)
    }

    fn set(&mut self, place: usize, entry: u32) {
        match self {
            Self::Places => {}
            Self::Table(table) => table[place] = entry,
            Self::Map(map) => {
                map.insert(place, entry);
            }
        }
    }
}

impl Tally {
    /// Nothing seen; every time is kept.
    pub(super) fn new(elements_count: usize) -> Self {
        let index = Index::new(elements_count);
        let pairs_count = match index {
            Index::Places => elements_count * elements_count,
            Index::Table(_) | Index::Map(_) => 0,
        };
        let pairs = vec![Pair::UNSEEN; pairs_count];
        Self::of(elements_count, index, (0..pairs_count).collect(), pairs)
    }

    /// Nothing seen; of the pairs of this tally only the times in their windows are kept.
    pub(super) fn emptied(&self, windows: &[[Window; 2]]) -> Self {
        let pair = |windows: &[Window; 2]| Pair {
            windows: *windows,
            ..Pair::UNSEEN
        };
        let pairs = windows.iter().map(pair).collect();
        Self::of(
            self.cells.len(),
            self.index.clone(),
            self.places.clone(),
            pairs,
        )
    }

    fn of(elements_count: usize, index: Index, places: Vec<usize>, pairs: Vec<Pair>) -> Self {
        Self {
            items: Vec::new(),
            profile: NOBODY,
            profiles: 0,
            sequences: 0,
            cells: vec![Cells::NONE; elements_count],
            index,
            places,
            kept: vec![Default::default(); pairs.len()],
            pairs,
        }
    }

    /// What was counted of each pair, in an order that stays.
    pub(super) fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// What was counted of each pair, and the times that lie in its windows.
    pub(super) fn each_kept(&mut self) -> impl Iterator<Item = (&Pair, &mut [Kept; 2])> {
        self.pairs.iter().zip(&mut self.kept)
    }

    /// Per pair the times that lie in its first window.
    pub(super) fn first_kept(&self) -> impl Iterator<Item = &Kept> {
        self.kept.iter().map(|it| &it[0])
    }

    /// Index and place of each pair that was seen.
    pub(super) fn seen(&self) -> impl Iterator<Item = (usize, usize)> {
        let seen = |(index, _): &(usize, &usize)| self.pairs[*index].times > 0;
        let all = self.places.iter().enumerate().filter(seen);
        all.map(|(index, place)| (index, *place))
    }

    /// How each element was visited: each visit is a start or comes from another one.
    pub(super) fn visited(&self) -> Vec<Visited> {
        let mut visited: Vec<Visited> = (self.cells.iter())
            .map(|it| Visited {
                visits: Passes {
                    times: it.starts.times,
                    profiles: it.visitors.count.into(),
                },
                starts: it.starts.passes(),
                ends: it.ends.passes(),
            })
            .collect();
        for (index, place) in self.seen() {
            visited[place % self.cells.len()].visits.times += u64::from(self.pairs[index].times);
        }
        visited
    }

    /// Profiles are seen by one thread each, so their counts add up.
    ///
    /// What the other kept goes through the windows of this one, so its own must not be narrower.
    pub(super) fn absorb(&mut self, other: Self) {
        self.profiles += other.profiles;
        self.sequences += other.sequences;
        for (mine, more) in self.cells.iter_mut().zip(&other.cells) {
            mine.visitors.count += more.visitors.count;
            mine.starts.merge(more.starts);
            mine.ends.merge(more.ends);
        }
        let pairs = other.pairs.iter().zip(other.kept);
        for (place, (pair, kept)) in other.places.into_iter().zip(pairs) {
            if pair.times == 0 {
                continue;
            }
            let index = self
                .index
                .get(place)
                .unwrap_or_else(|| self.new_pair(place));
            let mine = &mut self.pairs[index];
            mine.times += pair.times;
            mine.profiles.count += pair.profiles.count;
            if mine.windows == pair.windows {
                for (mine, more) in mine.below.iter_mut().zip(pair.below) {
                    *mine += more;
                }
                for (mine, more) in self.kept[index].iter_mut().zip(kept) {
                    mine.append(more);
                }
            } else {
                debug_assert_eq!(pair.windows[0], Window::ALL);
                for time in kept[0].each() {
                    mine.weigh(time, &mut self.kept[index]);
                }
            }
        }
    }

    #[cold]
    fn new_pair(&mut self, place: usize) -> usize {
        self.places.push(place);
        self.pairs.push(Pair::UNSEEN);
        self.kept.push(Default::default());
        let entry = u32::try_from(self.pairs.len()).expect("fewer than 2^32 pairs");
        self.index.set(place, entry);
        self.pairs.len() - 1
    }
}

impl SeeParts for Tally {
    fn start(&mut self, element: u32) {
        self.sequences += 1;
        let cells = &mut self.cells[element as usize];
        cells.starts.add(self.profile);
        cells.visitors.add(self.profile);
    }

    #[inline(always)]
    fn next(&mut self, from: u32, to: u32, time: i64) {
        let place = from as usize * self.cells.len() + to as usize;
        let index = match self.index.get(place) {
            Some(index) => index,
            None => self.new_pair(place),
        };
        let pair = &mut self.pairs[index];
        pair.times += 1;
        pair.weigh(time, &mut self.kept[index]);
        // Who has come to an element this way before has been counted there before.
        if pair.profiles.last != self.profile {
            pair.profiles.add(self.profile);
            self.cells[to as usize].visitors.add(self.profile);
        }
    }

    fn end(&mut self, element: u32) {
        self.cells[element as usize].ends.add(self.profile);
    }
}
