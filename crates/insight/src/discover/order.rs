//! The order of steps: where they lie on the way to the goal, mended by who met which one first.

use crate::scan::ProfileRows;

use super::units::{Seen, Units};

/// Places on the way are counted in this many steps between 0 and 1; the goal lies in the middle.
const PLACES: usize = 1000;
/// Who reached the goal says where a step lies, when there are this many of them.
const GOAL_PROFILES_MIN: u64 = 20;
/// A place in the order is changed only on the word of this many.
const PAIRS_MIN: u64 = 10;

/// What was seen of the kept units. Units are numbered by their index among the kept.
pub(super) struct Sighting {
    index_of: Vec<usize>,
    count: usize,
    /// Per unit and place: on ways that reach the goal, and on all ways.
    goal_places: Vec<u64>,
    all_places: Vec<u64>,
    /// Per pair of units those who met the one strictly before the other.
    before: Vec<u64>,
    /// Per pair of units how often the one came right after the other.
    follows: Vec<u64>,
    seen: Vec<Seen>,
    firsts: Vec<(i64, usize)>,
}

const NONE: usize = usize::MAX;

impl Sighting {
    pub fn new(units: &Units<'_>, kept: &[usize]) -> Self {
        let mut index_of = vec![NONE; units.count()];
        for (index, unit) in kept.iter().enumerate() {
            index_of[*unit] = index;
        }
        let count = kept.len();
        Self {
            index_of,
            count,
            goal_places: vec![0; count * (PLACES + 1)],
            all_places: vec![0; count * (PLACES + 1)],
            before: vec![0; count * count],
            follows: vec![0; count * count],
            seen: Vec::new(),
            firsts: Vec::new(),
        }
    }

    /// Follows one profile. Events of one instant are a set.
    pub fn add(&mut self, units: &Units<'_>, rows: &ProfileRows<'_>) {
        self.seen.clear();
        self.firsts.clear();
        let mut goal_at: Option<i64> = None;
        for mut seen in units.each(rows) {
            if seen.is_goal {
                goal_at = goal_at.or(Some(seen.at));
            }
            seen.unit = self.index_of[seen.unit];
            if seen.unit == NONE {
                continue;
            }
            if !self.firsts.iter().any(|(_, unit)| *unit == seen.unit) {
                self.firsts.push((seen.at, seen.unit));
            }
            self.seen.push(seen);
        }
        self.place(goal_at);
        self.pair();
        self.follow();
    }

    /// Where each unit was first met: up to 1/2 before the goal, beyond it after.
    fn place(&mut self, goal_at: Option<i64>) {
        let groups: Vec<&[(i64, usize)]> = self.firsts.chunk_by(|a, b| a.0 == b.0).collect();
        let is_before = |group: &[(i64, usize)]| goal_at.is_none_or(|goal| group[0].0 <= goal);
        let before = groups.iter().filter(|group| is_before(group)).count();
        let after = groups.len() - before;
        for (rank, group) in groups.iter().enumerate() {
            let place = if rank < before {
                PLACES / 2 * rank / (before - 1).max(1)
            } else {
                PLACES / 2 + PLACES / 2 * (rank - before + 1) / after
            };
            for (_, unit) in *group {
                let cell = unit * (PLACES + 1) + place;
                self.all_places[cell] += 1;
                self.goal_places[cell] += u64::from(goal_at.is_some());
            }
        }
    }

    fn pair(&mut self) {
        for (index, (at, unit)) in self.firsts.iter().enumerate() {
            for (later_at, later) in &self.firsts[index + 1..] {
                self.before[unit * self.count + later] += u64::from(at < later_at);
            }
        }
    }

    fn follow(&mut self) {
        let mut instants = self.seen.chunk_by(|a, b| a.at == b.at);
        let Some(mut from) = instants.next() else {
            return;
        };
        for to in instants {
            for (a, b) in from.iter().flat_map(|a| to.iter().map(move |b| (a, b))) {
                self.follows[a.unit * self.count + b.unit] += 1;
            }
            from = to;
        }
    }

    /// Adds what another thread saw.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.goal_places, &other.goal_places),
            (&mut self.all_places, &other.all_places),
            (&mut self.before, &other.before),
            (&mut self.follows, &other.follows),
        ] {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += theirs;
            }
        }
    }

    /// How often people went between two units, either way.
    pub fn traffic(&self, a: usize, b: usize) -> u64 {
        self.follows[a * self.count + b] + self.follows[b * self.count + a]
    }

    /// The share of pairs of first meetings that happened in the order drawn.
    pub fn agreement(&self, order: &Order) -> f64 {
        let (mut agree, mut all) = (0, 0);
        for (rank, a) in order.units.iter().enumerate() {
            for b in &order.units[rank + 1..] {
                agree += self.before[a * self.count + b];
                all += self.before[a * self.count + b] + self.before[b * self.count + a];
            }
        }
        if all == 0 {
            1.0
        } else {
            agree as f64 / all as f64
        }
    }

    /// The median place of a unit, of those who reached the goal if they are enough.
    fn median(&self, unit: usize) -> usize {
        let of = |places: &[u64]| -> (u64, usize) {
            let places = &places[unit * (PLACES + 1)..][..=PLACES];
            let total: u64 = places.iter().sum();
            let mut below = 0;
            let median = places.iter().position(|count| {
                below += count;
                below >= total.div_ceil(2)
            });
            (total, median.unwrap_or(0))
        };
        match of(&self.goal_places) {
            (total, median) if total >= GOAL_PROFILES_MIN => median,
            _ => of(&self.all_places).1,
        }
    }
}

/// The units in the order of the map, and the place of each between 0 and 1.
pub(super) struct Order {
    pub units: Vec<usize>,
    pub places: Vec<f64>,
}

impl Order {
    /// By median place; then each unit moves up past those that most people met after it.
    pub fn of(sighting: &Sighting, names: &[String]) -> Self {
        let medians: Vec<usize> = (0..sighting.count)
            .map(|unit| sighting.median(unit))
            .collect();
        let mut by_place: Vec<usize> = (0..sighting.count).collect();
        by_place.sort_by_key(|unit| (medians[*unit], &names[*unit]));
        let mut units: Vec<usize> = Vec::new();
        for unit in by_place {
            let mut at = units.len();
            while at > 0 && is_first(sighting, unit, units[at - 1]) {
                at -= 1;
            }
            units.insert(at, unit);
        }
        Self {
            units,
            places: medians
                .iter()
                .map(|place| *place as f64 / PLACES as f64)
                .collect(),
        }
    }
}

fn is_first(sighting: &Sighting, unit: usize, other: usize) -> bool {
    let ahead = sighting.before[unit * sighting.count + other];
    let behind = sighting.before[other * sighting.count + unit];
    ahead > behind && ahead + behind >= PAIRS_MIN
}
