//! What is known of the events of one series, line and period; and of several periods together.

use std::collections::HashSet;

use throughline_model::{
    ProfileId,
    trends::{Measure, QuantileOf},
};
use throughline_predict::quantile;

use super::{
    TrendValue,
    plan::{Hit, Look, Plan},
};

const MILLION: f64 = 1e6;

/// The events of one series, line and period.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub(super) events: u64,
    pub(super) profiles: u64,
    /// Of those, whom no earlier period of the line has.
    fresh: u64,
    /// The last profile that was counted. Each profile is seen once, so equal means already counted.
    last: Option<ProfileId>,
    pub(super) unmeasured: u64,
    seen: Seen,
}

/// What the measure needs to know; sums are wide enough for all numbers that there can be, so no order matters.
#[derive(Clone, Debug)]
enum Seen {
    Nothing,
    Sum(i128),
    /// Numbers times weights, and weights.
    Weighed(i128, i128),
    Ends(Option<(i64, i64)>),
    Numbers(Vec<i64>),
    Values(HashSet<u32>),
}

impl Tally {
    pub(super) fn new(measure: &Measure) -> Self {
        Self {
            events: 0,
            profiles: 0,
            fresh: 0,
            last: None,
            unmeasured: 0,
            seen: match measure {
                Measure::Events | Measure::Profiles | Measure::EventsPerProfile => Seen::Nothing,
                Measure::Sum(_) | Measure::Mean(_) => Seen::Sum(0),
                Measure::WeightedMean(_) => Seen::Weighed(0, 0),
                Measure::Min(_) | Measure::Max(_) => Seen::Ends(None),
                Measure::Median(_) | Measure::Quantile(_) => Seen::Numbers(Vec::new()),
                Measure::Distinct(_) => Seen::Values(HashSet::new()),
            },
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events == 0 && self.unmeasured == 0
    }

    fn see(&mut self, look: Look) {
        match (&mut self.seen, look) {
            (Seen::Sum(sum), Look::Number(number)) => *sum += i128::from(number),
            (Seen::Weighed(sum, weights), Look::Weighed(number, weight)) => {
                *sum += i128::from(number) * i128::from(weight);
                *weights += i128::from(weight);
            }
            (Seen::Ends(ends), Look::Number(number)) => {
                let (low, high) = ends.unwrap_or((number, number));
                *ends = Some((low.min(number), high.max(number)));
            }
            (Seen::Numbers(numbers), Look::Number(number)) => numbers.push(number),
            (Seen::Values(values), Look::Value(value)) => {
                values.insert(value);
            }
            _ => {}
        }
    }

    /// Adds what another thread has seen of the same period.
    fn merge(&mut self, other: Self) {
        self.events += other.events;
        self.profiles += other.profiles;
        self.fresh += other.fresh;
        self.unmeasured += other.unmeasured;
        self.join(&other.seen);
    }

    /// Adds the next period.
    pub(super) fn absorb(&mut self, next: &Self) {
        self.events += next.events;
        self.profiles += next.fresh;
        self.unmeasured += next.unmeasured;
        self.join(&next.seen);
    }

    fn join(&mut self, other: &Seen) {
        match (&mut self.seen, other) {
            (Seen::Sum(sum), Seen::Sum(more)) => *sum += more,
            (Seen::Weighed(sum, weights), Seen::Weighed(more, added)) => {
                *sum += more;
                *weights += added;
            }
            (Seen::Ends(_), Seen::Ends(Some((low, high)))) => {
                for end in [*low, *high] {
                    self.see(Look::Number(end));
                }
            }
            (Seen::Numbers(numbers), Seen::Numbers(more)) => numbers.extend(more),
            (Seen::Values(values), Seen::Values(more)) => values.extend(more),
            _ => {}
        }
    }

    pub(super) fn told(&self, measure: &Measure) -> TrendValue {
        TrendValue {
            value: self.value(measure),
            events: Some(self.events),
            profiles: Some(self.profiles),
        }
    }

    pub(super) fn value(&self, measure: &Measure) -> Option<f64> {
        let has_any = self.events > 0;
        let of_events = |sum: f64| has_any.then(|| sum / self.events as f64);
        match (measure, &self.seen) {
            (Measure::Events, _) => Some(self.events as f64),
            (Measure::Profiles, _) => Some(self.profiles as f64),
            (Measure::EventsPerProfile, _) => {
                (self.profiles > 0).then(|| self.events as f64 / self.profiles as f64)
            }
            (Measure::Sum(_), Seen::Sum(sum)) => Some(*sum as f64 / MILLION),
            (Measure::Mean(_), Seen::Sum(sum)) => of_events(*sum as f64 / MILLION),
            (Measure::WeightedMean(_), Seen::Weighed(sum, weights)) => {
                let (sum, weights) = (*sum as f64 / (MILLION * MILLION), *weights as f64 / MILLION);
                has_any.then(|| sum / weights)
            }
            (Measure::Min(_), Seen::Ends(ends)) => ends.map(|it| it.0 as f64 / MILLION),
            (Measure::Max(_), Seen::Ends(ends)) => ends.map(|it| it.1 as f64 / MILLION),
            (Measure::Median(_), Seen::Numbers(numbers)) => nth(numbers, 500),
            (Measure::Quantile(QuantileOf { permille, .. }), Seen::Numbers(numbers)) => {
                nth(numbers, *permille)
            }
            (Measure::Distinct(_), Seen::Values(values)) => Some(values.len() as f64),
            _ => None,
        }
    }
}

fn nth(numbers: &[i64], permille: u16) -> Option<f64> {
    let mut numbers = numbers.to_vec();
    quantile(&mut numbers, u64::from(permille)).map(|it| it as f64 / MILLION)
}

/// What one thread has seen.
pub(super) struct Board {
    /// By series, line and point.
    tallies: Vec<Tally>,
    /// By series and line the last profile that was counted.
    lasts: Vec<Option<ProfileId>>,
    /// Profiles in any series.
    pub(super) profiles: u64,
}

impl Board {
    pub(super) fn new(plan: &Plan<'_>) -> Self {
        let per_series = plan.lines.len() * plan.points.len();
        Self {
            tallies: (plan.measures.iter())
                .flat_map(|measure| std::iter::repeat_n(Tally::new(measure), per_series))
                .collect(),
            lasts: vec![None; plan.measures.len() * plan.lines.len()],
            profiles: 0,
        }
    }

    /// Counts an event of a profile; false where there is nothing to measure it by.
    pub(super) fn add(&mut self, plan: &Plan<'_>, profile: ProfileId, hit: &Hit) -> bool {
        let line = hit.series * plan.lines.len() + hit.line;
        let tally = &mut self.tallies[line * plan.points.len() + hit.point];
        if !hit.is_measured() {
            tally.unmeasured += 1;
            return false;
        }
        tally.events += 1;
        tally.see(hit.look);
        if tally.last != Some(profile) {
            tally.last = Some(profile);
            tally.profiles += 1;
        }
        // Rows come by time, so the first period that a profile is counted in is its first on this line.
        if self.lasts[line] != Some(profile) {
            self.lasts[line] = Some(profile);
            tally.fresh += 1;
        }
        true
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.profiles += other.profiles;
        for (mine, more) in self.tallies.iter_mut().zip(other.tallies) {
            mine.merge(more);
        }
    }

    /// The tallies of a line, one for each point.
    pub(super) fn of(&self, plan: &Plan<'_>, series: usize, line: usize) -> &[Tally] {
        let width = plan.points.len();
        let start = (series * plan.lines.len() + line) * width;
        &self.tallies[start..start + width]
    }
}
