//! What people do more because they were treated, and whether that pays.
//!
//! Everybody is followed for the same time from their own assignment, and only those whose time is over are in a rate
//! or a mean, so neither side is given more days to come. Arms are told as they were assigned, whatever came later:
//! who saw both is counted beside them, since taking them out would undo the drawing.

mod effect;
mod walk;

use serde::{Deserialize, Serialize};
use throughline_model::{ProfileId, Timestamp, Value, lift::Lift};
use throughline_predict::{Interval, means::Moments};
use utoipa::ToSchema;

use self::{
    effect::told,
    walk::{Arm, Crowd, Person},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    kernel::funnel::Share,
    select::why::{LiftPart, LiftSelect},
    view::View,
};

/// Arms, each against the control.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiftAnswer {
    /// Up to when profiles were followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    /// The control first, then those who were treated, the largest arm first or as the report names them.
    pub arms: Vec<LiftLine>,
    /// Whether arms are as large as they were meant to be; none where nobody says that chance alone made them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitTest>,
    /// Profiles that were assigned and are in no arm: without a value, with two at once, or with one beyond the arms.
    pub others: u64,
    /// Profiles of arms that were assigned to another arm later in the range.
    pub switched: u64,
    /// Times that the goal was reached and nobody knows what that was worth; they count as worth nothing.
    pub unvalued: u64,
    /// What 99 of 100 of those with a worth have at most, over all arms; none where worth was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<f64>,
    /// What was paid for the campaigns that the report names; none where it names none or no cost is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<LiftPaid>,
}

/// What was paid on days of the range.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiftPaid {
    pub currency: String,
    pub amount: f64,
}

/// Pearson's test of the sizes of arms against the plan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct SplitTest {
    /// How often chance alone would miss the plan by as much.
    pub p: f64,
    /// Whether that is too seldom to believe the drawing: below one in a thousand.
    pub is_off: bool,
}

/// One arm.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiftLine {
    pub arm: LiftArm,
    /// All of its profiles.
    pub assigned: u64,
    /// So many were to be expected; none where there is no plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// Those whose time is not over; they are in no number below.
    pub immature: u64,
    /// Those who reached the goal in time, of all whose time is over.
    pub reached: Share,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visits: Option<LiftMean>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<LiftMean>,
    /// Contacts that are paid for; none where the report names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<u64>,
    /// What those whose time is over have cost; none where costs are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Against the control; none for the control, and where one of both has nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<LiftEffect>,
}

/// Which arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LiftArm {
    /// By the value of a field or trait.
    Value(Value),
    /// By rules about people.
    Treated,
    Control,
}

/// Something of every profile of an arm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiftMean {
    pub sum: f64,
    /// For each profile; none of nobody.
    pub mean: Option<f64>,
    /// What comparing two effects needs.
    #[serde(skip)]
    pub(crate) moments: Moments,
}

/// An arm against the control.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiftEffect {
    /// Whether one of both has fewer than 30, which says nothing.
    pub is_small: bool,
    /// Of those who reached the goal, with Newcombe's interval.
    pub reached: LiftDifference,
    /// Of means, with Welch's interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visits: Option<LiftDifference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<LiftDifference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<LiftReturn>,
}

/// The arm less the control.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiftDifference {
    pub difference: f64,
    /// None where nothing varies.
    pub interval: Option<Interval>,
    /// For worth: the same with the largest amounts cut to `cap`, as money has a long tail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capped: Option<LiftCapped>,
    /// By what the control has; none where it has nothing.
    pub relative: Option<f64>,
    /// By the delta method.
    pub relative_interval: Option<Interval>,
    /// So much more than if the arm had done as the control; negative for less.
    pub extra: f64,
    pub extra_interval: Option<Interval>,
}

/// A difference that a few large amounts cannot decide.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiftCapped {
    pub difference: f64,
    pub interval: Option<Interval>,
}

/// What the treatment brought and cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiftReturn {
    /// What the arm cost more than if it had been the control.
    pub cost: f64,
    /// What it brought more, less that.
    pub net: f64,
    pub net_interval: Option<Interval>,
    /// That by the cost; none where it cost nothing more.
    pub ratio: Option<f64>,
    /// By the interval of the worth. Costs are taken as known.
    pub ratio_interval: Option<Interval>,
}

pub(crate) fn answer(
    view: &View<'_>,
    lift: &Lift,
    when: &When,
) -> Result<Counted<LiftAnswer>, AskError> {
    let crowd = Crowd::of(view, lift, when)?;
    let numbers = told(view, lift, when, &crowd);
    Ok(Counted {
        n: numbers.arms.iter().map(|it| it.reached.whole).sum(),
        left_out: LeftOut {
            immature: numbers.arms.iter().map(|it| it.immature).sum(),
            capped: crowd.capped,
            ungrouped: numbers.others,
            ..LeftOut::default()
        },
        numbers,
    })
}

pub(crate) fn people(
    view: &View<'_>,
    lift: &Lift,
    select: &LiftSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let crowd = Crowd::of(view, lift, when)?;
    let arm =
        match &select.arm {
            None => None,
            Some(arm) => {
                let found = crowd.arms.iter().position(|it| it.name == *arm);
                Some(found.ok_or_else(|| {
                    AskError::fault("select.arm", "is not in the report's answer")
                })?)
            }
        };
    if arm.is_some() && select.part == LiftPart::Others {
        return Err(AskError::fault("select.part", "are those of no arm"));
    }
    let fits = |it: &Person| match (crowd.arm_of(it), arm) {
        (None, _) => select.part == LiftPart::Others,
        (Some(own), Some(wanted)) if own != wanted => false,
        (Some(_), _) => match select.part {
            LiftPart::Assigned => true,
            LiftPart::Mature => it.is_mature,
            LiftPart::Reached => it.is_mature && it.has_reached,
            LiftPart::Missed => it.is_mature && !it.has_reached,
            LiftPart::Immature => !it.is_mature,
            LiftPart::Switched => it.has_switched,
            LiftPart::Others => false,
        },
    };
    // The crowd is sorted.
    let people = crowd.people.iter().filter(|it| fits(it));
    Ok(people.map(|it| it.profile).collect())
}

impl Crowd {
    /// The index of the arm that somebody is in.
    fn arm_of(&self, person: &Person) -> Option<usize> {
        let is_own = |it: &Arm| it.group == person.group;
        self.arms.iter().position(is_own)
    }
}

#[cfg(test)]
mod tests;
