//! What follows what, and after how long.
//!
//! A transition is two elements of a sequence with nothing of the sequence between them. Each
//! visit of an element goes on to one element or is an end, and comes from one or is a start, so
//! the numbers of an element add up both ways.

use hashbrown::HashMap;
use rayon::prelude::*;
use serde::Serialize;
use throughline_model::{ProfileId, report::Transitions};
use utoipa::ToSchema;

use crate::{
    ask::{AskError, Counted, LeftOut, When},
    durations::{Bins, Sought, seek},
    passes::Passes,
    scan::scan,
    select::TransitionsSelect,
    sequence::{Element, Item, SeeParts, Sequences},
    view::View,
};

/// Elements, and what follows what.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TransitionsAnswer {
    /// Elements that were visited, in their own order.
    pub elements: Vec<Visits>,
    /// The most frequent first.
    pub transitions: Vec<Transition>,
    /// Sequences; a profile has several when a longest pause is given.
    pub sequences: u64,
}

/// One element and how it was come to and left.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Visits {
    pub element: Element,
    pub visits: Passes,
    /// Visits that nothing came before.
    pub starts: Passes,
    /// Visits that nothing followed.
    pub ends: Passes,
}

/// One element followed by another.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Transition {
    /// Ids of elements.
    pub from: String,
    pub to: String,
    pub passes: Passes,
    /// Time between the two: half of the transitions took no longer.
    pub median_ms: i64,
    /// Nine of ten took no longer.
    pub p90_ms: i64,
}

const MEDIAN: u64 = 500;
const P90: u64 = 900;

pub(crate) fn answer(
    view: &View<'_>,
    transitions: &Transitions,
    when: &When,
) -> Result<Counted<TransitionsAnswer>, AskError> {
    let sequences = sequences(view, transitions, when)?;
    let count = sequences.elements.list().len();
    let states = scan(
        view.snapshot,
        view.cancel,
        || Tally::new(count),
        |tally, rows| {
            let mut items = std::mem::take(&mut tally.items);
            let before = tally.sequences;
            tally.profile = rows.profile.0;
            sequences.parts(rows, &mut items, tally);
            tally.profiles += u64::from(tally.sequences > before);
            tally.items = items;
        },
    )?;
    let tally = states
        .into_iter()
        .reduce(Tally::merged)
        .unwrap_or_else(|| Tally::new(count));
    let times = quantiles(view, &sequences, &tally)?;
    let id = |element: usize| sequences.elements.list()[element].id.clone();
    let mut found: Vec<(usize, Transition)> = (tally.places.iter().zip(&times).enumerate())
        .map(|(index, (place, times))| {
            let transition = Transition {
                from: id(place / count),
                to: id(place % count),
                passes: tally.passes(index),
                median_ms: times[0],
                p90_ms: times[1],
            };
            (*place, transition)
        })
        .collect();
    found.sort_by_key(|(place, it)| (std::cmp::Reverse(it.passes.times), *place));
    let elements = (sequences.elements.list().iter().zip(&tally.elements))
        .filter(|(_, cells)| cells[VISITS].times > 0)
        .map(|(element, cells)| Visits {
            element: element.clone(),
            visits: cells[VISITS].passes(),
            starts: cells[STARTS].passes(),
            ends: cells[ENDS].passes(),
        })
        .collect();
    Ok(Counted {
        n: tally.profiles,
        left_out: LeftOut::default(),
        numbers: TransitionsAnswer {
            elements,
            transitions: found.into_iter().map(|(_, it)| it).collect(),
            sequences: tally.sequences,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    transitions: &Transitions,
    select: &TransitionsSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let sequences = sequences(view, transitions, when)?;
    let index = |id: &str| {
        let found = sequences.elements.index(id);
        found.ok_or_else(|| {
            AskError::fault(
                "select",
                format!("names `{id}`, which is no element of the report"),
            )
        })
    };
    let wanted = match select {
        TransitionsSelect::Any => Wanted::Any,
        TransitionsSelect::Visit(id) => Wanted::Visit(index(id)?),
        TransitionsSelect::Start(id) => Wanted::Start(index(id)?),
        TransitionsSelect::End(id) => Wanted::End(index(id)?),
        TransitionsSelect::Transition { from, to } => Wanted::Transition(index(from)?, index(to)?),
    };
    let begin = || (Vec::new(), Vec::new());
    let states = scan(
        view.snapshot,
        view.cancel,
        begin,
        |(profiles, items), rows| {
            let mut is_hit = false;
            sequences.visit(rows, items, |sequence| is_hit |= wanted.is_in(sequence));
            if is_hit {
                profiles.push(rows.profile);
            }
        },
    )?;
    let mut profiles: Vec<ProfileId> = states
        .into_iter()
        .flat_map(|(profiles, _)| profiles)
        .collect();
    profiles.sort_unstable();
    Ok(profiles)
}

fn sequences<'v>(
    view: &'v View<'_>,
    transitions: &Transitions,
    when: &When,
) -> Result<Sequences<'v>, AskError> {
    let Transitions {
        by,
        filter,
        pause_max,
        ..
    } = transitions;
    Sequences::new(view, by, filter.as_ref(), when.range, *pause_max)
}

/// A number of the answer, as elements.
enum Wanted {
    Any,
    Visit(u32),
    Start(u32),
    End(u32),
    Transition(u32, u32),
}

impl Wanted {
    fn is_in(&self, sequence: &[Item]) -> bool {
        match self {
            Self::Any => true,
            Self::Visit(wanted) => sequence.iter().any(|item| item.element == *wanted),
            Self::Start(wanted) => sequence[0].element == *wanted,
            Self::End(wanted) => sequence[sequence.len() - 1].element == *wanted,
            Self::Transition(from, to) => sequence
                .windows(2)
                .any(|pair| pair[0].element == *from && pair[1].element == *to),
        }
    }
}

const VISITS: usize = 0;
const STARTS: usize = 1;
const ENDS: usize = 2;

/// What one thread has seen, or all of them.
struct Tally {
    items: Vec<Item>,
    /// Whose sequences are being seen.
    profile: u32,
    profiles: u64,
    sequences: u64,
    elements: Vec<[Cell; 3]>,
    index: Index,
    /// Per pair its place, `from * count of elements + to`.
    places: Vec<usize>,
    /// Per pair the profiles that have it.
    profiles_of: Vec<Profiles>,
    /// Per pair a row of bins of the times between its elements.
    bins: Vec<u32>,
    bins_kind: Bins,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    times: u64,
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

    fn passes(self) -> Passes {
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
const FINE_ELEMENTS_MAX: usize = 128;

impl Index {
    fn new(count: usize) -> Self {
        match count <= TABLE_ELEMENTS_MAX {
            true => Self::Table(vec![0; count * count]),
            false => Self::Map(HashMap::new()),
        }
    }

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

impl Tally {
    fn new(count: usize) -> Self {
        Self {
            items: Vec::new(),
            profile: NOBODY,
            profiles: 0,
            sequences: 0,
            elements: vec![[Cell::default(); 3]; count],
            index: Index::new(count),
            places: Vec::new(),
            profiles_of: Vec::new(),
            bins: Vec::new(),
            bins_kind: if count <= FINE_ELEMENTS_MAX {
                Bins::FINE
            } else {
                Bins::COARSE
            },
        }
    }

    #[cold]
    fn new_pair(&mut self, place: usize) -> usize {
        self.places.push(place);
        self.profiles_of.push(Profiles::default());
        let pairs_count = self.places.len();
        self.bins.resize(pairs_count * self.bins_kind.count(), 0);
        let entry = u32::try_from(pairs_count).expect("fewer than 2^32 pairs");
        self.index.set(place, entry);
        pairs_count - 1
    }

    fn bins_of(&self, index: usize) -> &[u32] {
        let width = self.bins_kind.count();
        &self.bins[index * width..(index + 1) * width]
    }

    /// Profiles are seen by one thread each, so their counts add up.
    fn merged(mut self, other: Self) -> Self {
        self.profiles += other.profiles;
        self.sequences += other.sequences;
        for (mine, more) in self.elements.iter_mut().zip(&other.elements) {
            for (mine, more) in mine.iter_mut().zip(more) {
                mine.times += more.times;
                mine.profiles.count += more.profiles.count;
            }
        }
        for (theirs, place) in other.places.iter().enumerate() {
            let index = match self.index.get(*place) {
                0 => self.new_pair(*place),
                entry => entry as usize - 1,
            };
            self.profiles_of[index].count += other.profiles_of[theirs].count;
            let width = self.bins_kind.count();
            let mine = &mut self.bins[index * width..(index + 1) * width];
            for (mine, more) in mine.iter_mut().zip(other.bins_of(theirs)) {
                *mine += more;
            }
        }
        self
    }

    /// How often a pair was seen.
    fn passes(&self, index: usize) -> Passes {
        Passes {
            times: self.bins_of(index).iter().map(|it| u64::from(*it)).sum(),
            profiles: self.profiles_of[index].count.into(),
        }
    }
}

impl SeeParts for Tally {
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
        self.bins[index * self.bins_kind.count() + self.bins_kind.bin(time)] += 1;
        self.profiles_of[index].add(self.profile);
    }

    fn end(&mut self, element: u32) {
        self.elements[element as usize][ENDS].add(self.profile);
    }
}

/// Looks for times that lie in the bins of quantiles.
struct Seeker<'t> {
    tally: &'t Tally,
    /// Per pair the bins of median and ninth decile.
    wanted: &'t [[u16; 2]],
    values: Vec<[Vec<i64>; 2]>,
    items: Vec<Item>,
}

impl SeeParts for Seeker<'_> {
    fn start(&mut self, _: u32) {}

    #[inline(always)]
    fn next(&mut self, from: u32, to: u32, time: i64) {
        let place = from as usize * self.tally.elements.len() + to as usize;
        let index = self.tally.index.get(place) as usize - 1;
        let bin = self.tally.bins_kind.bin(time) as u16;
        let wanted = self.wanted[index];
        if wanted[0] == bin || wanted[1] == bin {
            // Where both lie in one bin, one list serves both.
            self.values[index][usize::from(wanted[0] != bin)].push(time);
        }
    }

    fn end(&mut self, _: u32) {}
}

/// Median and ninth decile of each pair, from a second walk over the bins they lie in.
fn quantiles(
    view: &View<'_>,
    sequences: &Sequences<'_>,
    tally: &Tally,
) -> Result<Vec<[i64; 2]>, AskError> {
    let sought: Vec<[Sought; 2]> = (0..tally.places.len())
        .map(|index| {
            let bins = tally.bins_of(index);
            [MEDIAN, P90].map(|permille| seek(bins, permille).expect("a pair has times"))
        })
        .collect();
    let wanted: Vec<[u16; 2]> = (sought.iter())
        .map(|sought| {
            sought.map(|it| u16::try_from(it.bin).expect("there are fewer than 2^16 bins"))
        })
        .collect();
    let begin = || Seeker {
        tally,
        wanted: &wanted,
        values: vec![[Vec::new(), Vec::new()]; wanted.len()],
        items: Vec::new(),
    };
    let states = scan(view.snapshot, view.cancel, begin, |seeker, rows| {
        let mut items = std::mem::take(&mut seeker.items);
        sequences.parts(rows, &mut items, seeker);
        seeker.items = items;
    })?;
    let mut states: Vec<_> = states.into_iter().map(|it| it.values).collect();
    let mut all = states.pop().expect("there is a state");
    for state in states {
        for (mine, more) in all.iter_mut().flatten().zip(state.into_iter().flatten()) {
            mine.extend(more);
        }
    }
    let pick = |(sought, mut values): ([Sought; 2], [Vec<i64>; 2])| {
        let is_shared = sought[0].bin == sought[1].bin;
        [
            sought[0].pick(&mut values[0]),
            sought[1].pick(&mut values[usize::from(!is_shared)]),
        ]
    };
    Ok(sought.into_par_iter().zip(all).map(pick).collect())
}

#[cfg(test)]
mod tests;
