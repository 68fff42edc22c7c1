//! Who enters a funnel and who converts, as lists: what two funnels are compared by.

use throughline_model::{ProfileId, report::Funnel};

use super::{answer::is_immature, plan::Plan};
use crate::{
    ask::{AskError, When},
    view::View,
};

/// Units, and the profiles behind them, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) entered_units: u64,
    pub(crate) converted_units: u64,
    pub(crate) entered: Vec<ProfileId>,
    pub(crate) converted: Vec<ProfileId>,
    /// Units that may still convert.
    pub(crate) immature: u64,
    pub(crate) excluded: u64,
    pub(crate) ungrouped: u64,
}

/// Counts the units of a funnel.
pub(crate) fn reached(view: &View<'_>, funnel: &Funnel, when: &When) -> Result<Reached, AskError> {
    let plan = Plan::new(view, funnel, when)?;
    let all_count = plan.terms.required.len();
    let folded = plan.fold(view, Reached::default, |sums, outcome| {
        let has_converted = outcome.attempt.level >= all_count;
        sums.entered_units += 1;
        sums.converted_units += u64::from(has_converted);
        sums.immature += u64::from(!has_converted && is_immature(outcome, when.now));
        add(&mut sums.entered, outcome.profile);
        if has_converted {
            add(&mut sums.converted, outcome.profile);
        }
    })?;
    let mut all = Reached {
        excluded: folded.excluded,
        ungrouped: folded.ungrouped,
        ..Reached::default()
    };
    for mut state in folded.states {
        all.entered_units += state.entered_units;
        all.converted_units += state.converted_units;
        all.immature += state.immature;
        all.entered.append(&mut state.entered);
        all.converted.append(&mut state.converted);
    }
    all.entered.sort_unstable();
    all.converted.sort_unstable();
    Ok(all)
}

/// Units of one profile come one after the other.
fn add(profiles: &mut Vec<ProfileId>, profile: ProfileId) {
    if profiles.last() != Some(&profile) {
        profiles.push(profile);
    }
}
