//! What was promised against what happened, object by object.
//!
//! Whether promises are kept is asked only of those that are due: of the others the early ones have come already and
//! the late ones cannot have. How far facts lie from promises is told by the product-limit estimator, to which an
//! object that is still waited for says only that its gap is at least as long as it is by now.

mod sort;

use serde::{Deserialize, Serialize};
use throughline_model::{ProfileId, Timestamp, object_kind::Promise, promises::Promises};
use throughline_predict::{Interval, survival::Curve, wilson};
use utoipa::ToSchema;

use self::sort::{Sorted, Sorter};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    calendar::Point,
    labels::Label,
    lives::{Remaining, remaining},
    select::counts::PromisesSelect,
    view::View,
};

/// Promises against facts.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PromisesAnswer {
    /// What the kind promises.
    pub promise: Promise,
    /// Up to when objects were followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    pub total: PromiseCounts,
    /// Lines of the breakdown; none without one.
    pub lines: Vec<PromiseLine>,
    /// By the period of the first event.
    pub points: Vec<PromisePoint>,
    /// Gaps of promises that were kept, whenever.
    pub gaps: Vec<GapBin>,
    /// Of all gaps, with those that are still open, the share that is longer.
    pub curve: Vec<Remaining>,
}

/// Objects, and the different profiles that have an event of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Touched {
    pub objects: u64,
    pub profiles: u64,
}

/// How promises stand.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PromiseCounts {
    pub all: Touched,
    /// Something was promised before it happened.
    pub promised: Touched,
    pub early: Touched,
    pub on_time: Touched,
    pub late: Touched,
    pub overdue: Touched,
    pub pending: Touched,
    pub released: Touched,
    pub untold: Touched,
    /// The promise and its tolerance are over, and the object had not ended without it.
    pub due: Touched,
    /// Of those, the ones that were kept late or not at all yet.
    pub due_late: Touched,
    /// The interval of the share of objects that are late among those that are due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_share: Option<Interval>,
    /// Gap of those that were kept, on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_gap_ms: Option<i64>,
    /// A tenth of all gaps are at most so long, with those that are still open; less than nothing is early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p10_gap_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarter_gap_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_gap_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub three_quarters_gap_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_gap_ms: Option<i64>,
}

/// One line of the breakdown.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PromiseLine {
    pub label: Label,
    pub counts: PromiseCounts,
}

/// One period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PromisePoint {
    pub point: Point,
    pub counts: PromiseCounts,
}

/// Gaps above one bound up to and including the next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct GapBin {
    /// None for the first bin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above_ms: Option<i64>,
    /// None for the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upto_ms: Option<i64>,
    pub kept: Touched,
}

/// Which objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromisePart {
    All,
    Promised,
    Early,
    OnTime,
    Late,
    Overdue,
    Pending,
    Released,
    Untold,
    Due,
    DueLate,
    /// Kept, whenever.
    Kept,
}

pub(crate) fn answer(
    view: &View<'_>,
    promises: &Promises,
    when: &When,
) -> Result<Counted<PromisesAnswer>, AskError> {
    let sorter = Sorter::new(view, promises, when)?;
    let sorted = &sorter.objects;
    let counts = |is_wanted: &dyn Fn(&Sorted) -> bool| {
        let wanted: Vec<&Sorted> = sorted.iter().filter(|it| is_wanted(it)).collect();
        counts_of(&wanted)
    };
    let lines = (sorter.lines.list.iter().enumerate())
        .map(|(line, label)| PromiseLine {
            label: label.clone(),
            counts: counts(&|it| sorter.line_of(it) == Some(line)),
        })
        // A field that every object has is missing on none.
        .filter(|it| it.counts.all.objects > 0)
        .collect();
    let points = (sorter.points.iter().enumerate())
        .map(|(index, point)| PromisePoint {
            point: *point,
            counts: counts(&|it| it.point == index),
        })
        .collect();
    let bounds = promises.bounds_ms();
    let gaps = (0..=bounds.len())
        .map(|bin| GapBin {
            above_ms: bin.checked_sub(1).map(|before| bounds[before]),
            upto_ms: bounds.get(bin).copied(),
            kept: touched(sorted.iter().filter(|it| it.bin == Some(bin))),
        })
        .collect();
    let total = counts(&|_| true);
    let everything: Vec<&Sorted> = sorted.iter().collect();
    Ok(Counted {
        n: total.all.objects,
        left_out: LeftOut {
            immature: total.pending.objects,
            capped: sorter.lines.capped,
            ..LeftOut::default()
        },
        numbers: PromisesAnswer {
            promise: sorter.promise().clone(),
            followed_to: Timestamp(sorter.plan.end),
            total,
            lines,
            points,
            gaps,
            curve: remaining(&curve_of(&everything)),
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    promises: &Promises,
    select: &PromisesSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let sorter = Sorter::new(view, promises, when)?;
    let sorted = &sorter.objects;
    let unknown = |place: &str| AskError::fault(place, "is not in the report's answer");
    let line = match &select.label {
        Some(label) => {
            let found = sorter.lines.list.iter().position(|it| it == label);
            Some(found.ok_or_else(|| unknown("select.label"))?)
        }
        None => None,
    };
    let point = match select.point {
        Some(from) => {
            let found = sorter.points.iter().position(|it| it.from == from);
            Some(found.ok_or_else(|| unknown("select.point"))?)
        }
        None => None,
    };
    if select
        .bin
        .is_some_and(|it| it > promises.bounds_hours.len())
    {
        return Err(unknown("select.bin"));
    }
    let mut profiles: Vec<u32> = (sorted.iter())
        .filter(|it| {
            it.is_of(select.part)
                && (line.is_none() || sorter.line_of(it) == line)
                && point.is_none_or(|point| point == it.point)
                && (select.bin.is_none() || it.bin == select.bin)
        })
        .flat_map(|it| it.profiles.iter().copied())
        .collect();
    profiles.sort_unstable();
    profiles.dedup();
    Ok(profiles.into_iter().map(ProfileId).collect())
}

fn touched<'a>(objects: impl Iterator<Item = &'a Sorted>) -> Touched {
    let mut profiles: Vec<u32> = Vec::new();
    let mut count = 0;
    for object in objects {
        count += 1;
        profiles.extend(&object.profiles);
    }
    profiles.sort_unstable();
    profiles.dedup();
    Touched {
        objects: count,
        profiles: profiles.len() as u64,
    }
}

/// An object that is still waited for says only that its gap is at least as long as it is by now.
fn curve_of(objects: &[&Sorted]) -> Curve {
    let lengths = objects.iter().filter_map(|it| {
        let is_kept = it.is_of(PromisePart::Kept);
        Some((it.gap_ms?, is_kept))
    });
    Curve::of(lengths.collect())
}

fn counts_of(objects: &[&Sorted]) -> PromiseCounts {
    let part = |part| touched(objects.iter().copied().filter(|it| it.is_of(part)));
    let kept = (objects.iter()).filter(|it| it.is_of(PromisePart::Kept));
    let gaps: Vec<i64> = kept.filter_map(|it| it.gap_ms).collect();
    let sum: i128 = gaps.iter().map(|gap| i128::from(*gap)).sum();
    let mean = (!gaps.is_empty()).then(|| sum as f64 / gaps.len() as f64);
    let curve = curve_of(objects);
    let (due, due_late) = (part(PromisePart::Due), part(PromisePart::DueLate));
    PromiseCounts {
        all: part(PromisePart::All),
        promised: part(PromisePart::Promised),
        early: part(PromisePart::Early),
        on_time: part(PromisePart::OnTime),
        late: part(PromisePart::Late),
        overdue: part(PromisePart::Overdue),
        pending: part(PromisePart::Pending),
        released: part(PromisePart::Released),
        untold: part(PromisePart::Untold),
        due,
        due_late,
        late_share: wilson(due_late.objects, due.objects),
        mean_gap_ms: mean.map(|it| it.round() as i64),
        p10_gap_ms: curve.quantile(100),
        quarter_gap_ms: curve.quantile(250),
        median_gap_ms: curve.quantile(500),
        three_quarters_gap_ms: curve.quantile(750),
        p90_gap_ms: curve.quantile(900),
    }
}

#[cfg(test)]
mod tests;
