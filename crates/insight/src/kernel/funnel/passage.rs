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
    let plan = Plan::new(view, funnel, when)?;
    let end = extent(view.snapshot).map_or(when.now.0, |(_, last)| last.min(when.now.0));
    let hops = (plan.terms.required.iter())
        .filter(|step| from < **step && **step <= to)
        .count();
    let hops = i64::try_from(hops).expect("few steps");
    let folded = plan.fold(view, Vec::new, |passages, outcome| {
        let attempt = outcome.attempt;
        if !attempt.has(from) {
            return;
        }
        let begin = match from {
            0 => attempt.entry,
            from => attempt.times[from],
        };
        let limit = match funnel.window {
            Window::Whole(span) => attempt.entry.saturating_add(span.0),
            Window::Each(span) => begin.saturating_add(span.0.saturating_mul(hops)),
            Window::Unlimited => i64::MAX,
        };
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
