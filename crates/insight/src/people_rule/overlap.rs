//! How segments overlap: the size of each, of every pair, and of every region of up to three.

use serde::Serialize;
use throughline_model::{Timestamp, people::PeopleRule};
use utoipa::ToSchema;

use super::Ready;
use crate::{ask::AskError, scan::scan, view::View};

/// Segments of which every region is told, as in a drawing of circles.
const REGIONS_OF_MAX: usize = 3;

/// Who is in which of several segments, in numbers of profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Overlap {
    /// Who has any event in the log.
    pub everybody: u64,
    /// Who is in none of them.
    pub neither: u64,
    pub sizes: Vec<u64>,
    /// Every two, the first before the second.
    pub pairs: Vec<PairSize>,
    /// Who is in exactly these, told for two or three segments; regions without anybody are told too.
    pub regions: Vec<RegionSize>,
}

/// Who is in both of two segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PairSize {
    /// Index among the segments that were asked for.
    pub first: usize,
    pub second: usize,
    pub people: u64,
}

/// Who is in these segments and in no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RegionSize {
    /// Indexes among the segments that were asked for.
    pub within: Vec<usize>,
    pub people: u64,
}

/// Counts how the people of several rules overlap, in one walk.
pub fn overlap(view: &View<'_>, rules: &[PeopleRule], now: Timestamp) -> Result<Overlap, AskError> {
    let ready: Vec<Ready<'_>> = (rules.iter())
        .map(|rule| Ready::checked(view, rule, now))
        .collect::<Result<_, _>>()?;
    let count = rules.len();
    let begin = || (Tally::new(count), Vec::with_capacity(count));
    let states = scan(
        view.snapshot,
        view.cancel,
        begin,
        |(tally, within), rows| {
            within.clear();
            let holding = (ready.iter().enumerate()).filter(|(_, rule)| rule.holds(rows));
            within.extend(holding.map(|(index, _)| index));
            tally.add(within);
        },
    )?;
    let mut sum = Tally::new(count);
    states.iter().for_each(|(tally, _)| sum.merge(tally));
    Ok(sum.told(count))
}

struct Tally {
    everybody: u64,
    neither: u64,
    /// Those in both, by the two; the diagonal has the sizes.
    both: Vec<Vec<u64>>,
    /// By the segments as bits, where there are few enough.
    regions: Vec<u64>,
}

impl Tally {
    fn new(count: usize) -> Self {
        let regions = if count <= REGIONS_OF_MAX {
            1 << count
        } else {
            0
        };
        Self {
            everybody: 0,
            neither: 0,
            both: vec![vec![0; count]; count],
            regions: vec![0; regions],
        }
    }

    fn add(&mut self, within: &[usize]) {
        self.everybody += 1;
        self.neither += u64::from(within.is_empty());
        for (at, first) in within.iter().enumerate() {
            for second in &within[at..] {
                self.both[*first][*second] += 1;
            }
        }
        if !self.regions.is_empty() {
            let region: usize = within.iter().map(|index| 1 << index).sum();
            self.regions[region] += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.everybody += other.everybody;
        self.neither += other.neither;
        let own = self.both.iter_mut().flatten().chain(&mut self.regions);
        let others = other.both.iter().flatten().chain(&other.regions);
        for (count, more) in own.zip(others) {
            *count += more;
        }
    }

    fn told(&self, count: usize) -> Overlap {
        let pairs = (0..count).flat_map(|first| {
            (first + 1..count).map(move |second| PairSize {
                first,
                second,
                people: self.both[first][second],
            })
        });
        let region = |(bits, people): (usize, &u64)| RegionSize {
            within: (0..count).filter(|index| bits >> index & 1 == 1).collect(),
            people: *people,
        };
        Overlap {
            everybody: self.everybody,
            neither: self.neither,
            sizes: (0..count).map(|index| self.both[index][index]).collect(),
            pairs: pairs.collect(),
            regions: self
                .regions
                .iter()
                .enumerate()
                .skip(1)
                .map(region)
                .collect(),
        }
    }
}
