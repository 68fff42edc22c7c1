//! Whether the level of a line changed, and from what to what.
//!
//! Only whole periods are looked at. The rhythm of weekdays, or of the hours of a day, is taken out first; then Pettitt's
//! test says whether there is one change, the cut at which two levels fit best says where, and the rate of false discoveries is controlled over all lines of the answer.

use serde::Serialize;
use throughline_model::{Timestamp, Zone, limits, retention::PeriodUnit, trends::Trends};
use throughline_predict::{
    Interval,
    change::{change, place, step},
    discoveries::false_discovery_rates,
    quantile,
    rhythm::without_rhythm,
};
use utoipa::ToSchema;

use super::TrendLine;
use crate::{calendar::Point, labels::Label};

/// Fewer whole periods than these say nothing of a change.
const PERIODS_MIN: usize = 12;
/// Of the changes that are told, this share at most is expected to be none.
const RATE_MAX: f64 = 0.05;
const MILLION: f64 = 1e6;

/// What a test for one change of level says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct LevelTest {
    /// How often a line without a change would seem to change as much.
    pub chance: f64,
    /// The rate of false discoveries at which it would be one, with all lines of the answer in mind.
    pub false_discovery_rate: f64,
    /// None when that rate is above one in twenty.
    pub change: Option<LevelChange>,
}

/// A change of level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct LevelChange {
    /// Start of the first period at the new level.
    pub at: Timestamp,
    /// Medians of the periods before it and from it on, without their rhythm.
    pub before: f64,
    pub after: f64,
    pub periods_before: u64,
    pub periods_after: u64,
    /// By how much: the median of all differences between a period after and one before.
    pub step: f64,
    /// Of the step; none where there are too few periods for one.
    pub interval: Option<Interval>,
    /// Whether a rhythm of weekdays or hours was taken out.
    pub is_without_rhythm: bool,
}

/// The values of whole periods, and when these begin.
struct Whole {
    values: Vec<f64>,
    from: Vec<Timestamp>,
    is_without_rhythm: bool,
}

/// Tests each line that has enough to say.
pub(super) fn test(lines: &mut [TrendLine], points: &[Point], trends: &Trends, zone: &Zone) {
    let mut tested = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        // What is in the rest is not the same from day to day.
        if line.label == Some(Label::Rest) {
            continue;
        }
        if let Some(whole) = whole(line, points, trends.period, zone)
            && let Some(found) = change(&whole.values)
        {
            tested.push((index, whole, found));
        }
    }
    let chances: Vec<f64> = tested.iter().map(|it| it.2.p).collect();
    let rates = false_discovery_rates(&chances);
    for ((index, whole, found), rate) in tested.into_iter().zip(rates) {
        lines[index].level = Some(LevelTest {
            chance: found.p,
            false_discovery_rate: rate,
            change: (rate <= RATE_MAX).then(|| whole.change()).flatten(),
        });
    }
}

fn whole(line: &TrendLine, points: &[Point], period: PeriodUnit, zone: &Zone) -> Option<Whole> {
    let kept: Vec<(Timestamp, Option<f64>)> = (points.iter().zip(&line.points))
        .filter(|(point, _)| !point.is_partial)
        .map(|(point, it)| (point.from, it.value))
        .collect();
    if kept.len() > limits::TREND_LEVEL_PERIODS_MAX {
        return None;
    }
    let values: Vec<Option<f64>> = kept.iter().map(|it| it.1).collect();
    let (values, is_without_rhythm) = match rhythm(period) {
        Some(cycle) => {
            let phases: Vec<usize> = kept.iter().map(|it| phase(it.0, period, zone)).collect();
            (without_rhythm(&values, &phases, cycle)?, true)
        }
        None => (values, false),
    };
    let (from, values): (Vec<_>, Vec<_>) = (kept.iter().zip(values))
        .filter_map(|((from, _), value)| Some((*from, value?)))
        .unzip();
    (values.len() >= PERIODS_MIN).then_some(Whole {
        values,
        from,
        is_without_rhythm,
    })
}

impl Whole {
    fn change(&self) -> Option<LevelChange> {
        let at = place(&self.values)?;
        let step = step(&self.values, at)?;
        let (before, after) = self.values.split_at(at);
        Some(LevelChange {
            at: self.from[at],
            before: median(before)?,
            after: median(after)?,
            periods_before: before.len() as u64,
            periods_after: after.len() as u64,
            step: step.size,
            interval: step.interval,
            is_without_rhythm: self.is_without_rhythm,
        })
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut values: Vec<i64> = values
        .iter()
        .map(|it| (it * MILLION).round() as i64)
        .collect();
    quantile(&mut values, 500).map(|it| it as f64 / MILLION)
}

/// How many periods come round.
fn rhythm(period: PeriodUnit) -> Option<usize> {
    match period {
        PeriodUnit::Hour => Some(24),
        PeriodUnit::Day => Some(7),
        PeriodUnit::Week | PeriodUnit::Month => None,
    }
}

fn phase(from: Timestamp, period: PeriodUnit, zone: &Zone) -> usize {
    let local = from.in_zone(zone);
    let number = match period {
        PeriodUnit::Hour => local.hour(),
        _ => local.date().weekday().to_monday_zero_offset(),
    };
    usize::try_from(number).expect("clocks count from zero")
}
