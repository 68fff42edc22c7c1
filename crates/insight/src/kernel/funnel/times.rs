//! How long units take from one step to another, those that have not got there included.
//!
//! Whoever is on a way is followed to the end of the window or of the log, whichever comes first, also when the attempt
//! was over for good before: it is known then that it never gets there, so it is no reason to look away. That makes the
//! curve the share that gets there within a time, corrected for those who came too late to be followed as long.

use serde::Serialize;
use throughline_model::{ProfileId, report::Window};
use utoipa::ToSchema;

use super::{
    answer::Tally,
    plan::Outcome,
    terms::{Attempt, Terms},
};
use crate::{
    kernel::stage_time::{Remaining, remaining},
    lives::{Lives, LivesCount, is_beyond},
};

/// The time between two steps.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FunnelTimes {
    /// Index of the step from which it counts.
    pub from_step: usize,
    /// Index of the step up to which it counts.
    pub to_step: usize,
    /// Those that reached the first of the two.
    pub set_out: Tally,
    /// Those that reached the second as well.
    pub arrived: Tally,
    /// True when there are so many that lengths of the curve are rounded by up to 0.2 %.
    pub is_rounded: bool,
    /// A quarter of all that set out arrive by then; none when fewer do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarter_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub three_quarters_ms: Option<i64>,
    /// The share that is still to arrive, by the product-limit estimator.
    pub curve: Vec<Remaining>,
    /// Those that arrived by how long it took, from the shortest time to the longest without a hole.
    pub bins: Vec<TimeBin>,
}

/// Those that took so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimeBin {
    pub from_ms: i64,
    /// The first length that is too long; none for the last bin of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_ms: Option<i64>,
    #[serde(flatten)]
    pub tally: Tally,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Where bins begin: lengths that people have a feeling for, each a few times the one before.
const EDGES: [i64; 22] = [
    0,
    5 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    4 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    60 * DAY,
    120 * DAY,
    365 * DAY,
];

/// The ways of a funnel whose times are told: from the first step to the last, then to each step from the required one
/// before it.
pub(super) struct Ways {
    list: Vec<(usize, usize)>,
    window: Window,
    required_count: usize,
    /// Up to when units are followed.
    end: i64,
    lives_count: LivesCount,
}

impl Ways {
    pub(super) fn of(terms: &Terms, end: i64) -> Self {
        let last = terms.steps_count - 1;
        let mut list = vec![(0, last)];
        list.extend((1..terms.steps_count).map(|to| (before(terms, to), to)));
        list.dedup();
        list.retain(|(from, to)| from < to);
        Self {
            list,
            window: terms.window,
            required_count: terms.required.len(),
            end,
            lives_count: LivesCount::default(),
        }
    }

    pub(super) fn sums(&self) -> Vec<WaySums> {
        vec![WaySums::default(); self.list.len()]
    }

    pub(super) fn add(&self, sums: &mut [WaySums], outcome: &Outcome<'_>) {
        for ((from, to), sums) in self.list.iter().zip(sums) {
            if !outcome.attempt.has(*from) {
                continue;
            }
            sums.set_out.add(outcome.profile);
            match took(outcome.attempt, *from, *to) {
                Some(length) => {
                    sums.lives.add(length, true);
                    sums.arrive(outcome.profile, length);
                }
                None => sums
                    .lives
                    .add(self.followed(outcome.attempt, *from, *to), false),
            }
            if self.lives_count.add(1) {
                sums.lives.give_up();
            }
        }
    }

    /// For how long a unit could be seen on its way.
    fn followed(&self, attempt: &Attempt, from: usize, to: usize) -> i64 {
        let since = time_of(attempt, from);
        let until = match self.window {
            Window::Whole(span) => attempt.entry.saturating_add(span.0),
            Window::Each(span) => {
                let is_whole = self.list[0] == (from, to);
                let hops = if is_whole { self.required_count - 1 } else { 1 };
                let hops = i64::try_from(hops).expect("few steps");
                since.saturating_add(span.0.saturating_mul(hops))
            }
            Window::Unlimited => i64::MAX,
        };
        (until.min(self.end) - since).max(0)
    }

    pub(super) fn answer(self, sums: Vec<WaySums>) -> Vec<FunnelTimes> {
        let is_rounded = is_beyond(sums.iter().map(|it| it.set_out.units).sum());
        let told = |((from, to), sums): ((usize, usize), WaySums)| {
            let curve = sums.lives.curve(is_rounded);
            FunnelTimes {
                from_step: from,
                to_step: to,
                set_out: sums.set_out,
                arrived: sums.arrived,
                is_rounded,
                quarter_ms: curve.quantile(250),
                median_ms: curve.quantile(500),
                three_quarters_ms: curve.quantile(750),
                curve: remaining(&curve),
                bins: bins(&sums.bins),
            }
        };
        self.list.into_iter().zip(sums).map(told).collect()
    }
}

/// What one thread has counted on one way.
#[derive(Clone, Default)]
pub(super) struct WaySums {
    set_out: Tally,
    arrived: Tally,
    lives: Lives,
    bins: Vec<Tally>,
}

impl WaySums {
    fn arrive(&mut self, profile: ProfileId, length: i64) {
        self.arrived.add(profile);
        if self.bins.is_empty() {
            self.bins.resize(EDGES.len(), Tally::default());
        }
        let bin = EDGES.partition_point(|edge| *edge <= length) - 1;
        self.bins[bin].add(profile);
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.set_out.merge(&other.set_out);
        self.arrived.merge(&other.arrived);
        self.lives.merge(other.lives);
        if self.bins.is_empty() {
            self.bins = other.bins;
            return;
        }
        for (mine, more) in self.bins.iter_mut().zip(&other.bins) {
            mine.merge(more);
        }
    }
}

/// How long a unit took from one step to a later one; none when it did not get there.
///
/// A grace lets a step lie before the one it follows; it took no time then.
pub(super) fn took(attempt: &Attempt, from: usize, to: usize) -> Option<i64> {
    let did = attempt.has(from) && attempt.has(to);
    did.then(|| (attempt.times[to] - time_of(attempt, from)).max(0))
}

/// The clock starts with the attempt, whatever served its first step.
fn time_of(attempt: &Attempt, step: usize) -> i64 {
    match step {
        0 => attempt.entry,
        step => attempt.times[step],
    }
}

/// The required step before another one.
fn before(terms: &Terms, step: usize) -> usize {
    let count = terms.required.partition_point(|it| *it < step);
    terms.required[count - 1]
}

fn bins(tallies: &[Tally]) -> Vec<TimeBin> {
    let is_used = |tally: &Tally| tally.units > 0;
    let (Some(first), Some(last)) = (
        tallies.iter().position(is_used),
        tallies.iter().rposition(is_used),
    ) else {
        return Vec::new();
    };
    (first..=last)
        .map(|bin| TimeBin {
            from_ms: EDGES[bin],
            to_ms: EDGES.get(bin + 1).copied(),
            tally: tallies[bin],
        })
        .collect()
}

#[cfg(test)]
mod tests;
