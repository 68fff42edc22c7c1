//! How long work on each step takes, and how long profiles wait until it begins.
//!
//! Process mining tells service time, from the start of an activity to its end, from waiting time before it.
//! Whoever still waits, or whose work has not ended, is followed to the end of the log and known to take at least
//! that long; the product-limit estimator uses it for what it says and no more.

mod tally;
mod walk;

use serde::Serialize;
use throughline_model::{ProfileId, Timestamp, work_time::WorkTime};
use utoipa::ToSchema;

use self::{
    tally::Sums,
    walk::{Fact, Plan, Walk},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    lives::{LivesCount, Remaining, is_beyond},
    passes::Passes,
    scan::scan_picked,
    select::ways::WorkTimeSelect,
    view::View,
};

/// Waiting and work of each step.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WorkTimeAnswer {
    /// Up to when everything was followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    /// True when there are so many spans that their lengths are rounded by up to 0.2 %.
    pub is_rounded: bool,
    /// In the order of the report.
    pub steps: Vec<StepWork>,
}

/// Waiting for one step, and work on it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StepWork {
    pub name: String,
    /// Waits that begin in the range. Without `asked` only those that a start has ended are known.
    pub waits: Spans,
    /// Work that begins in the range.
    pub work: Spans,
    /// Work of the range that nobody is known to have waited for: not asked for, or with nothing before it.
    pub unasked: Passes,
    /// Work of the range that has ended and whose wait is known.
    pub done: Done,
    /// Instants in the range at which something ends that had not started.
    pub loose_ends: u64,
}

/// Work that has ended with the wait before it, summed over the same pieces so that the two may be set side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Done {
    pub passes: Passes,
    pub waited_ms: i64,
    pub worked_ms: i64,
}

/// Spans of time, those that have not ended included.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Spans {
    pub begun: Passes,
    /// That had not ended when the log did.
    pub unfinished: Passes,
    /// A quarter of all spans end by then; none when fewer have been seen to end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarter_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub three_quarters_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_ms: Option<i64>,
    /// The share that goes on, at falls that lie evenly over it; exact at each of them.
    pub curve: Vec<Remaining>,
}

pub(crate) fn answer(
    view: &View<'_>,
    work_time: &WorkTime,
    when: &When,
) -> Result<Counted<WorkTimeAnswer>, AskError> {
    let plan = Plan::new(view, work_time, when)?;
    let lives_count = LivesCount::default();
    let states = scan_picked(
        view.snapshot,
        view.cancel,
        &plan.picks,
        || (Sums::new(work_time.steps.len()), Walk::default()),
        |(sums, walk), rows, found| {
            let mut is_seen = false;
            plan.follow(rows, found, walk, &mut |step, fact| {
                is_seen |= !matches!(fact, Fact::LooseEnd);
                sums.add(rows.profile, step, fact, &lives_count);
            });
            sums.profiles += u64::from(is_seen);
        },
    )?;
    let mut sums = Sums::new(work_time.steps.len());
    for (state, _) in states {
        sums.merge(state);
    }
    let spans =
        (sums.steps.iter()).map(|it| it.waits.begun.passes.times + it.work.begun.passes.times);
    let is_rounded = is_beyond(spans.sum());
    let steps = (sums.steps.into_iter().zip(&work_time.steps))
        .map(|(sums, step)| StepWork {
            name: step.name.clone(),
            waits: sums.waits.told(is_rounded),
            work: sums.work.told(is_rounded),
            unasked: sums.unasked.passes,
            done: Done {
                passes: sums.done.passes,
                waited_ms: sums.waited_ms,
                worked_ms: sums.worked_ms,
            },
            loose_ends: sums.loose_ends,
        })
        .collect();
    Ok(Counted {
        n: sums.profiles,
        left_out: LeftOut::default(),
        numbers: WorkTimeAnswer {
            followed_to: Timestamp(plan.end),
            is_rounded,
            steps,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    work_time: &WorkTime,
    select: &WorkTimeSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, work_time, when)?;
    let wanted = (work_time.steps.iter()).position(|it| it.name == select.step);
    let wanted = wanted.ok_or_else(|| {
        let message = format!("names `{}`, which is no step of the report", select.step);
        AskError::fault("select.step", message)
    })?;
    let states = scan_picked(
        view.snapshot,
        view.cancel,
        &plan.picks,
        || (Vec::new(), Walk::default()),
        |(profiles, walk), rows, found| {
            let mut is_hit = false;
            plan.follow(rows, found, walk, &mut |step, fact| {
                is_hit |= step == wanted && fact.is_of(select.part);
            });
            if is_hit {
                profiles.push(rows.profile);
            }
        },
    )?;
    let mut profiles: Vec<ProfileId> = states.into_iter().flat_map(|(it, _)| it).collect();
    profiles.sort_unstable();
    Ok(profiles)
}

#[cfg(test)]
mod tests;
