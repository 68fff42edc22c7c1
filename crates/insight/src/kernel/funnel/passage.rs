//! Who is on the way from one step of a funnel to another, from when to when.

use throughline_model::{
    ProfileId,
    report::{Funnel, Window},
};

use super::plan::Plan;
use crate::{
    ask::{AskError, When},
    extent::extent,
    view::View,
};

/// One profile's way between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passage {
    pub(crate) profile: ProfileId,
    /// When the first of the two was reached.
    pub(crate) begin: i64,
    /// When the second was, or when there was no more time for it.
    pub(crate) until: i64,
    pub(crate) has_arrived: bool,
    /// Whether all of its time is over, whatever it did with it.
    pub(crate) is_mature: bool,
}

/// The ways of all who reached the first of two required steps, by profile.
pub(crate) fn passages(
    view: &View<'_>,
    funnel: &Funnel,
    (from, to): (usize, usize),
    when: &When,
) -> Result<Vec<Passage>, AskError> {
    let Window::Whole(within) = funnel.window else {
        // Who is late for a step between has no way left, and would still stand among those who are on it.
        return Err(AskError::fault("window", "must be `whole`"));
    };
    let plan = Plan::new(view, funnel, when)?;
    let end = extent(view.snapshot).map_or(when.now.0, |(_, last)| last.min(when.now.0));
    let folded = plan.fold(view, Vec::new, |passages, outcome| {
        let attempt = outcome.attempt;
        if !attempt.has(from) {
            return;
        }
        let begin = match from {
            0 => attempt.entry,
            from => attempt.times[from],
        };
        let limit = attempt.entry.saturating_add(within.0);
        let has_arrived = attempt.has(to);
        let until = match has_arrived {
            true => attempt.times[to].max(begin),
            false => limit,
        };
        passages.push(Passage {
            profile: outcome.profile,
            begin,
            until,
            has_arrived,
            is_mature: limit <= end,
        });
    })?;
    let mut passages = folded.states.concat();
    passages.sort_unstable_by_key(|it| it.profile);
    Ok(passages)
}
