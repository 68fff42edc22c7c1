//! Who gets how far through steps.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Faults, Range};
use crate::{By, Field, Matcher, Rule, Span, limits, people::PeopleRule};

/// Who gets how far through steps. Its eleven choices are fields, never hidden:
/// order, window, entry, unit, ties, reuse, exclusions, hold, breakdown, filter, optional steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Funnel {
    /// Binds the first step only: later steps may fall after its end.
    pub range: Range,
    pub steps: Vec<FunnelStep>,
    #[serde(default)]
    pub order: Order,
    #[serde(default)]
    pub window: Window,
    #[serde(default)]
    pub entry: Entry,
    #[serde(default)]
    pub unit: Unit,
    #[serde(default)]
    pub ties: Ties,
    /// Whether one event may serve two steps.
    #[serde(default)]
    pub reuse: bool,
    #[serde(default)]
    pub exclusions: Vec<Exclusion>,
    /// Properties that must keep the value they had at the first step.
    #[serde(default)]
    pub hold: Vec<Field>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<Breakdown>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// The type of accounts that are counted in place of people: what all members of one do is one timeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<String>,
    /// Whether to tell how the time between steps is spread, which takes longer. It changes no other number.
    #[serde(default, skip_serializing_if = "is_off")]
    pub times: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_off(flag: &bool) -> bool {
    !flag
}

/// One place in a funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FunnelStep {
    pub name: String,
    pub matcher: Matcher,
    /// Counted when it happens, but not needed to go on. Never the first or the last.
    #[serde(default)]
    pub optional: bool,
}

/// In which order the steps must happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// In the order listed; other events may lie between.
    #[default]
    Ordered,
    /// In the order listed; no other event may lie between.
    Strict,
    /// In any order.
    Any,
}

/// How much time there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// From the first step to the last, the end included.
    Whole(Span),
    /// From each step to the next, the end included.
    Each(Span),
    Unlimited,
}

impl Default for Window {
    fn default() -> Self {
        Self::Whole(Span::days(7))
    }
}

/// Which occurrences of the first step may start an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The first in the range; the clock is never set back.
    First,
    /// Whichever leads furthest; among equals the latest.
    #[default]
    Best,
    /// Each one, as an attempt of its own that ends when the next one begins.
    Every,
}

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    #[default]
    Profile,
    /// Runs of a profile's events without a pause longer than this.
    Session(Span),
    /// Every attempt of every profile.
    Attempt,
    /// The values of a field, such as an account; events without it are left out and counted apart.
    Group(Field),
}

/// What equal times mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// Events at one instant may have happened in any order.
    #[default]
    AnyOrder,
    /// A later step must be later in time.
    Later,
    /// As `any_order`, and a step may even lie up to this long before the one it follows.
    Grace(Span),
}

/// An event that must not happen between two steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    pub matcher: Matcher,
    /// Index of the step after which it counts; 0 is the first.
    pub after: usize,
    /// Index of the step before which it counts; it lies behind `after`.
    pub before: usize,
    #[serde(default)]
    pub effect: ExclusionEffect,
}

/// What an excluded event does. At the very instant of a step it does nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionEffect {
    /// The attempt is void; another, clean one still counts.
    #[default]
    SpoilAttempt,
    /// The attempt ends at the step that it had reached.
    StopThere,
    /// The unit is left out of every step.
    DropUnit,
}

/// A split of a report by a field, or by a trait of who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Breakdown {
    pub field: By,
    #[serde(default)]
    pub attribution: Attribution,
}

/// From which of a unit's events the value of a breakdown is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// The event of the first step.
    #[default]
    Entry,
    /// The event of the step with this index; units that did not reach it have no value.
    Step(usize),
    /// The event of the last step that was reached.
    Last,
}

/// A condition on a funnel's events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    pub rule: Rule,
    #[serde(default)]
    pub when: FilterWhen,
}

/// When a filter takes hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilterWhen {
    /// Events that fail it are not there at all.
    #[default]
    Before,
    /// Units are kept when the event of their first step passes it.
    After,
}

impl Funnel {
    /// The steps in order from a profile's first entry, within a window, and nothing more asked.
    pub fn of_steps(range: Range, steps: Vec<FunnelStep>, window: Window) -> Self {
        Self {
            range,
            steps,
            order: Order::Ordered,
            window,
            entry: Entry::First,
            unit: Unit::Profile,
            ties: Ties::default(),
            reuse: false,
            exclusions: Vec::new(),
            hold: Vec::new(),
            breakdown: None,
            filter: None,
            people: None,
            accounts: None,
            times: false,
        }
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        let count = self.steps.len();
        if !(1..=limits::FUNNEL_STEPS_MAX).contains(&count) {
            faults.push("steps", format!("number 1 to {}", limits::FUNNEL_STEPS_MAX));
        }
        for (index, step) in self.steps.iter().enumerate() {
            faults.rule(
                &format!("steps[{index}].matcher"),
                step.matcher.rule.as_ref(),
            );
            if step.optional && (index == 0 || index + 1 == count) {
                faults.push(
                    &format!("steps[{index}]"),
                    "is first or last, so it cannot be optional".to_owned(),
                );
            }
            if step.optional && self.order != Order::Ordered {
                faults.push(
                    &format!("steps[{index}]"),
                    "can be optional only in an ordered funnel".to_owned(),
                );
            }
        }
        for (index, exclusion) in self.exclusions.iter().enumerate() {
            let place = format!("exclusions[{index}]");
            faults.rule(&place, exclusion.matcher.rule.as_ref());
            if exclusion.after >= exclusion.before || exclusion.before >= count {
                faults.push(
                    &place,
                    "needs after < before, both indexes of steps".to_owned(),
                );
            }
            if self.order == Order::Any {
                faults.push(
                    &place,
                    "has no meaning when steps come in any order".to_owned(),
                );
            }
        }
        if self.exclusions.len() > limits::FUNNEL_EXCLUSIONS_MAX {
            faults.push(
                "exclusions",
                format!("are more than {}", limits::FUNNEL_EXCLUSIONS_MAX),
            );
        }
        if self.order == Order::Strict && matches!(self.ties, Ties::Grace(_)) {
            faults.push(
                "ties",
                "cannot be `grace` in a strict funnel, where nothing may lie between".to_owned(),
            );
        }
        if self.order == Order::Any && matches!(self.window, Window::Each(_)) {
            faults.push(
                "window",
                "cannot be `each` when steps come in any order, as no step is the next".to_owned(),
            );
        }
        if self.order == Order::Any && self.entry == Entry::Every {
            faults.push(
                "entry",
                "cannot be `every` when steps come in any order, as any may be the first"
                    .to_owned(),
            );
        }
        if self.hold.len() > limits::FUNNEL_HOLDS_MAX {
            faults.push(
                "hold",
                format!("names more than {} fields", limits::FUNNEL_HOLDS_MAX),
            );
        }
        if let Some(breakdown) = &self.breakdown
            && let Attribution::Step(step) = breakdown.attribution
            && step >= count
        {
            faults.push(
                "breakdown",
                "takes its value from a step that does not exist".to_owned(),
            );
        }
        faults.rule("filter", self.filter.as_ref().map(|filter| &filter.rule));
        if self.unit == Unit::Attempt && self.entry != Entry::Every {
            faults.push(
                "entry",
                "must be `every` when attempts are counted".to_owned(),
            );
        }
    }
}
