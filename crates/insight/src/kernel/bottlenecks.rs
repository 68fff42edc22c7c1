//! Where people are lost from stage to stage, and where more go on than elsewhere.
//!
//! Every place is held against the range before and every value of a field against all its peers: the share that
//! goes on, with an interval and with the share of false findings that a list up to it has. What a difference costs is
//! counted in people and, where a goal has a value, in money.

mod compare;
mod walk;

use std::collections::BTreeMap;

use serde::Serialize;
use throughline_model::{By, ProfileId, TimeRange, Timestamp, bottlenecks::Bottlenecks};
use throughline_predict::{Interval, quantile};
use utoipa::ToSchema;

use self::{
    compare::Compared,
    walk::{Entry, Walker},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    labels::Label,
    scan::scan,
    select::why::{BottleneckPart, BottlenecksSelect},
    sequence::Element,
    view::View,
};

/// Where people are lost and where they are kept.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct BottlenecksAnswer {
    /// Up to when profiles were followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    /// The range that this one is held against; none before all of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<TimeRange>,
    /// Each stage but the last, in order.
    pub stages: Vec<StagePassage>,
    /// Places where fewer go on, those that are sure first, by what they cost.
    pub bottlenecks: Vec<StageContrast>,
    /// Places where more go on, those that are sure first, by what they bring.
    pub strengths: Vec<StageContrast>,
    /// What there would be to gain if a value did as well as the best of its peers, the most first.
    pub opportunities: Vec<Opportunity>,
    /// Comparisons that were made: as many chances to be wrong.
    pub tests_count: u64,
    /// Comparisons that were not, as fewer than 30 had entered on either side.
    pub too_small: u64,
}

/// How many go on from one stage.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StagePassage {
    pub stage: Element,
    pub passage: Passage,
    /// In the range before.
    pub before: Passage,
}

/// Profiles that entered a stage, and what became of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Passage {
    /// Whose time to go on is over.
    pub entered: u64,
    pub passed: u64,
    /// Whose time is not over; they are not among those who entered.
    pub immature: u64,
    /// Until the later stage, of those who passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<i64>,
    /// What those who passed brought in time; none without a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Spot {
    pub stage: Element,
    /// None for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
}

/// What a place is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldAgainst {
    /// Itself in the range before.
    Past,
    /// All other values of the field.
    Peers,
}

/// A place where fewer or more go on.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StageContrast {
    #[serde(flatten)]
    pub spot: Spot,
    pub against: HeldAgainst,
    pub own: Passage,
    pub other: Passage,
    /// The share that goes on, less that of the others.
    pub difference: f64,
    pub interval: Interval,
    /// How often as large a difference comes about by chance.
    pub chance: f64,
    /// The share of false findings to expect in a list that ends here (Benjamini and Hochberg).
    pub false_share: f64,
    /// That share is at most 5 percent.
    pub is_sure: bool,
    /// Profiles that are lost by it, or won.
    pub people: f64,
    /// What they would have brought, or bring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// What a value would gain if as many went on as of the best of its peers.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Opportunity {
    #[serde(flatten)]
    pub spot: Spot,
    pub own: Passage,
    /// The peer with the largest share of at least 30 profiles.
    pub best: Label,
    pub best_passage: Passage,
    /// The share to gain.
    pub behind: f64,
    pub people: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// A place in a tally: the range, the stage, and the value of a field; field 0 is everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    is_before: bool,
    stage: usize,
    field: usize,
    label: u32,
}

/// What became of the profiles of one place.
#[derive(Clone, Debug, Default)]
struct Cell {
    passed: u64,
    lost: u64,
    immature: u64,
    micros: i128,
    times: Vec<i64>,
}

type Tally = BTreeMap<Key, Cell>;

impl Cell {
    fn add(&mut self, entry: &Entry) {
        if !entry.is_over {
            self.immature += 1;
            return;
        }
        match entry.took {
            Some(took) => {
                self.passed += 1;
                self.micros += i128::from(entry.micros);
                self.times.push(took);
            }
            None => self.lost += 1,
        }
    }

    fn merge(&mut self, more: Self) {
        self.passed += more.passed;
        self.lost += more.lost;
        self.immature += more.immature;
        self.micros += more.micros;
        self.times.extend(more.times);
    }

    fn passage(mut self, has_value: bool) -> Passage {
        Passage {
            entered: self.passed + self.lost,
            passed: self.passed,
            immature: self.immature,
            median_ms: quantile(&mut self.times, 500),
            value: has_value.then(|| self.micros as f64 / 1e6),
        }
    }
}

pub(crate) fn answer(
    view: &View<'_>,
    report: &Bottlenecks,
    when: &When,
) -> Result<Counted<BottlenecksAnswer>, AskError> {
    let walker = Walker::new(view, report, when)?;
    let begin = || (Tally::new(), 0_u64);
    let states = scan(
        view.snapshot,
        view.cancel,
        begin,
        |(tally, profiles), rows| {
            let mut is_in = false;
            walker.visit(rows, &mut |entry| {
                is_in |= !entry.is_before;
                for (field, label) in entry.labels() {
                    tally.entry(entry.key(field, label)).or_default().add(entry);
                }
            });
            *profiles += u64::from(is_in);
        },
    )?;
    let mut n = 0;
    let mut tally = Tally::new();
    for (state, profiles) in states {
        n += profiles;
        for (key, cell) in state {
            tally.entry(key).or_default().merge(cell);
        }
    }
    let passages: BTreeMap<Key, Passage> = (tally.iter())
        .map(|(key, cell)| (*key, cell.clone().passage(walker.worths.is_some())))
        .collect();
    let of = |key: Key| passages.get(&key).cloned().unwrap_or_default();
    let everybody = |stage, is_before| Key {
        is_before,
        stage,
        field: 0,
        label: 0,
    };
    let stages: Vec<StagePassage> = (walker.stages[..walker.stages.len() - 1].iter())
        .enumerate()
        .map(|(index, stage)| StagePassage {
            stage: stage.clone(),
            passage: of(everybody(index, false)),
            before: of(everybody(index, true)),
        })
        .collect();
    let compared = Compared::of(&walker, report, &tally, &passages);
    Ok(Counted {
        n,
        left_out: LeftOut {
            immature: stages.iter().map(|it| it.passage.immature).sum(),
            capped: compared.capped,
            ..LeftOut::default()
        },
        numbers: BottlenecksAnswer {
            followed_to: Timestamp(walker.end),
            before: walker.before,
            stages,
            bottlenecks: compared.bottlenecks,
            strengths: compared.strengths,
            opportunities: compared.opportunities,
            tests_count: compared.tests_count,
            too_small: compared.too_small,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    report: &Bottlenecks,
    select: &BottlenecksSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let unknown = |place: &str| AskError::fault(place, "is not in the report's answer");
    let walker = Walker::new(view, report, when)?;
    let stage = walker.stages[..walker.stages.len() - 1]
        .iter()
        .position(|it| it.id == select.stage)
        .ok_or_else(|| unknown("select.stage"))?;
    let field = match &select.by {
        None => 0,
        Some(by) => {
            let index = report.by.iter().position(|it| it == by);
            index.ok_or_else(|| unknown("select.by"))? + 1
        }
    };
    let label = match (&select.label, field) {
        (None, 0) => 0,
        (Some(label), 1..) => {
            (walker.label_of(field, label)).ok_or_else(|| unknown("select.label"))?
        }
        _ => {
            let message = "goes with `by`: a field and one of its values";
            return Err(AskError::fault("select.label", message));
        }
    };
    let fits = |entry: &Entry| {
        entry.is_before == select.is_before
            && entry.stage == stage
            && (entry.labels()).any(|(its, it)| its == field && (it == label) != select.is_of_peers)
            && match select.part {
                BottleneckPart::Entered => entry.is_over,
                BottleneckPart::Passed => entry.is_over && entry.took.is_some(),
                BottleneckPart::Lost => entry.is_over && entry.took.is_none(),
                BottleneckPart::Immature => !entry.is_over,
            }
    };
    let states = scan(view.snapshot, view.cancel, Vec::new, |profiles, rows| {
        let mut is_hit = false;
        walker.visit(rows, &mut |entry| is_hit |= fits(entry));
        if is_hit {
            profiles.push(rows.profile);
        }
    })?;
    let mut profiles = states.concat();
    profiles.sort_unstable();
    Ok(profiles)
}

#[cfg(test)]
mod tests;
