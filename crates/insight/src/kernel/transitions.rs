//! What follows what, and after how long.
//!
//! A transition is two elements of a sequence with nothing of the sequence between them. Each
//! visit of an element goes on to one element or is an end, and comes from one or is a start, so
//! the numbers of an element add up both ways.

use serde::Serialize;
use throughline_model::{ProfileId, report::Transitions};
use utoipa::ToSchema;

use crate::{
    ask::{AskError, Counted, LeftOut, When},
    durations::{BINS, Sought, bin, seek},
    scan::scan,
    select::TransitionsSelect,
    sequence::{Element, Item, Sequences},
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

/// How often, and by how many different profiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Passes {
    pub times: u64,
    pub profiles: u64,
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
            tally.profile = rows.profile.0;
            let mut items = std::mem::take(&mut tally.items);
            let mut is_first = true;
            sequences.visit(rows, &mut items, |sequence| {
                tally.profiles += u64::from(std::mem::take(&mut is_first));
                tally.add(sequence);
            });
            tally.items = items;
        },
    )?;
    let tally = states
        .into_iter()
        .reduce(Tally::merged)
        .unwrap_or_else(|| Tally::new(count));
    let times = Times::of(view, &sequences, &tally)?;
    let id = |element: usize| sequences.elements.list()[element].id.clone();
    let mut found: Vec<(usize, Transition)> = (tally.pairs.iter())
        .filter(|pair| pair.passes.profiles > 0)
        .map(|pair| {
            let place = pair.place;
            let transition = Transition {
                from: id(place / count),
                to: id(place % count),
                passes: Passes {
                    times: pair.times(),
                    profiles: pair.passes.profiles,
                },
                median_ms: times.value(place, MEDIAN),
                p90_ms: times.value(place, P90),
            };
            (place, transition)
        })
        .collect();
    found.sort_by_key(|(place, it)| (std::cmp::Reverse(it.passes.times), *place));
    let elements = (sequences.elements.list().iter().zip(&tally.elements))
        .filter(|(_, cells)| cells[VISITS].passes.times > 0)
        .map(|(element, cells)| Visits {
            element: element.clone(),
            visits: cells[VISITS].passes,
            starts: cells[STARTS].passes,
            ends: cells[ENDS].passes,
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

/// What one thread has seen.
struct Tally {
    /// Count of elements.
    count: usize,
    items: Vec<Item>,
    profile: u32,
    profiles: u64,
    sequences: u64,
    elements: Vec<[Cell; 3]>,
    /// By `from * count + to` one more than the index into `pairs`, 0 for none so far.
    index: Index,
    pairs: Vec<Pair>,
}

/// Few elements have a table, very many a map.
enum Index {
    Table(Vec<u32>),
    Map(hashbrown::HashMap<usize, u32>),
}

/// Elements for which a table of all pairs is small.
const TABLE_ELEMENTS_MAX: usize = 1_024;

#[derive(Clone, Copy, Default)]
struct Cell {
    passes: Passes,
    last: Option<u32>,
}

struct Pair {
    place: usize,
    /// Times are in the bins.
    passes: Passes,
    last: Option<u32>,
    bins: Box<[u32]>,
}

impl Cell {
    fn add(&mut self, profile: u32) {
        self.passes.times += 1;
        if self.last != Some(profile) {
            self.last = Some(profile);
            self.passes.profiles += 1;
        }
    }
}

impl Pair {
    fn times(&self) -> u64 {
        self.bins.iter().map(|count| u64::from(*count)).sum()
    }
}

impl Index {
    fn new(count: usize) -> Self {
        if count <= TABLE_ELEMENTS_MAX {
            Self::Table(vec![0; count * count])
        } else {
            Self::Map(Default::default())
        }
    }

    fn entry(&mut self, place: usize) -> &mut u32 {
        match self {
            Self::Table(table) => &mut table[place],
            Self::Map(map) => map.entry(place).or_insert(0),
        }
    }
}

impl Tally {
    fn new(count: usize) -> Self {
        Self {
            count,
            items: Vec::new(),
            profile: 0,
            profiles: 0,
            sequences: 0,
            elements: vec![[Cell::default(); 3]; count],
            index: Index::new(count),
            pairs: Vec::new(),
        }
    }

    fn add(&mut self, sequence: &[Item]) {
        self.sequences += 1;
        for item in sequence {
            self.elements[item.element as usize][VISITS].add(self.profile);
        }
        self.elements[sequence[0].element as usize][STARTS].add(self.profile);
        self.elements[sequence[sequence.len() - 1].element as usize][ENDS].add(self.profile);
        for two in sequence.windows(2) {
            let place = two[0].element as usize * self.count + two[1].element as usize;
            let profile = self.profile;
            let pair = self.pair(place);
            pair.bins[bin(two[1].time - two[0].time)] += 1;
            if pair.last != Some(profile) {
                pair.last = Some(profile);
                pair.passes.profiles += 1;
            }
        }
    }

    fn pair(&mut self, place: usize) -> &mut Pair {
        let entry = self.index.entry(place);
        if *entry == 0 {
            self.pairs.push(Pair {
                place,
                passes: Passes::default(),
                last: None,
                bins: vec![0; BINS].into(),
            });
            *entry = u32::try_from(self.pairs.len()).expect("fewer than 2^32 pairs");
        }
        let index = *entry as usize - 1;
        &mut self.pairs[index]
    }

    /// Profiles are seen by one thread each, so their counts add up.
    fn merged(mut self, other: Self) -> Self {
        self.profiles += other.profiles;
        self.sequences += other.sequences;
        for (mine, more) in self.elements.iter_mut().zip(other.elements) {
            for (mine, more) in mine.iter_mut().zip(more) {
                mine.passes.times += more.passes.times;
                mine.passes.profiles += more.passes.profiles;
            }
        }
        for more in other.pairs {
            let mine = self.pair(more.place);
            mine.passes.profiles += more.passes.profiles;
            for (mine, more) in mine.bins.iter_mut().zip(more.bins) {
                *mine += more;
            }
        }
        self
    }
}

/// Quantiles of the time of each pair, from a second walk over the bins they lie in.
struct Times {
    index: hashbrown::HashMap<(usize, u64), i64>,
}

impl Times {
    fn of(view: &View<'_>, sequences: &Sequences<'_>, tally: &Tally) -> Result<Self, AskError> {
        let mut sought = Vec::new();
        for pair in &tally.pairs {
            for permille in [MEDIAN, P90] {
                if let Some(found) = seek(&pair.bins, permille) {
                    sought.push((pair.place, permille, found));
                }
            }
        }
        let lists = Lists::new(tally, &sought);
        let states = scan(
            view.snapshot,
            view.cancel,
            || (lists.empty(), Vec::new()),
            |(values, items), rows| {
                sequences.visit(rows, items, |sequence| {
                    for two in sequence.windows(2) {
                        let place = two[0].element as usize * tally.count + two[1].element as usize;
                        let time = two[1].time - two[0].time;
                        if let Some(list) = lists.list(place, bin(time)) {
                            values[list].push(time);
                        }
                    }
                });
            },
        )?;
        let mut values = lists.empty();
        for (state, _) in states {
            for (mine, more) in values.iter_mut().zip(state) {
                mine.extend(more);
            }
        }
        let mut index = hashbrown::HashMap::new();
        for (place, permille, found) in sought {
            let list = lists.list(place, found.bin).expect("listed for this bin");
            index.insert((place, permille), found.pick(&mut values[list]));
        }
        Ok(Self { index })
    }

    fn value(&self, place: usize, permille: u64) -> i64 {
        self.index[&(place, permille)]
    }
}

/// Which bins of which pairs are looked into again.
struct Lists {
    /// By pair: its bins, each with its list. Places as in the tally.
    bins: PlaceMap,
    count: usize,
}

enum PlaceMap {
    Table(Vec<[(u32, u32); 2]>),
    Map(hashbrown::HashMap<usize, [(u32, u32); 2]>),
}

/// No bin has this number.
const NO_BIN: (u32, u32) = (u32::MAX, 0);

impl Lists {
    fn new(tally: &Tally, sought: &[(usize, u64, Sought)]) -> Self {
        let places = tally.count * tally.count;
        let mut bins = match tally.count <= TABLE_ELEMENTS_MAX {
            true => PlaceMap::Table(vec![[NO_BIN; 2]; places]),
            false => PlaceMap::Map(hashbrown::HashMap::new()),
        };
        let mut count = 0;
        for (place, permille, found) in sought {
            let bin = u32::try_from(found.bin).expect("there are few bins");
            let entry = match &mut bins {
                PlaceMap::Table(table) => &mut table[*place],
                PlaceMap::Map(map) => map.entry(*place).or_insert([NO_BIN; 2]),
            };
            if *permille == P90 && entry[0].0 == bin {
                continue;
            }
            let slot = usize::from(*permille == P90);
            entry[slot] = (bin, count);
            count += 1;
        }
        Self {
            bins,
            count: count as usize,
        }
    }

    fn empty(&self) -> Vec<Vec<i64>> {
        vec![Vec::new(); self.count]
    }

    fn list(&self, place: usize, bin: usize) -> Option<usize> {
        let entry = match &self.bins {
            PlaceMap::Table(table) => &table[place],
            PlaceMap::Map(map) => map.get(&place)?,
        };
        entry
            .iter()
            .find(|(its_bin, _)| *its_bin as usize == bin)
            .map(|(_, list)| *list as usize)
    }
}

#[cfg(test)]
mod tests;
