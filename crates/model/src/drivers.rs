//! Questions about what goes with converting.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Field, Rule, Span,
    people::PeopleRule,
    report::{Faults, Filter, FilterWhen, Funnel, FunnelStep, Range, Ties, Window},
};

/// What people do on their way, or had when they set out, that goes with getting there or not.
///
/// Everybody who does something is compared with those who have been as long on the way and have not done it.
/// The first entry of a profile in the range starts its clock: one that is chosen by where it leads knows the outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Drivers {
    /// Binds the first step only: people may arrive after its end.
    pub range: Range,
    /// The way, in order.
    pub steps: Vec<FunnelStep>,
    /// Index of the step from which people are on the way.
    #[serde(default)]
    pub from: usize,
    /// Index of the step at which they arrive; none means the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<usize>,
    /// How much time there is from the first step on, the end included.
    #[serde(default = "Drivers::default_within")]
    pub within: Span,
    #[serde(default)]
    pub ties: Ties,
    /// Properties that must keep the value they had at the first step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub hold: Vec<Field>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// Each value of these that an event on the way has is a candidate.
    #[serde(default = "Drivers::default_fields")]
    #[schema(value_type = Vec<String>)]
    pub fields: Vec<Field>,
    /// Only events on the way that satisfy this are looked at, such as those of one stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<Rule>,
    /// Each value of these that the event has with which people set out is a candidate.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub entry_fields: Vec<Field>,
    /// Each value of these that a profile has now is a candidate.
    #[serde(default)]
    pub traits: Vec<String>,
    /// Of all that are called findings, so many thousandths at most are expected to be chance.
    #[serde(default = "Drivers::default_false_permille")]
    pub false_permille: u32,
}

/// What a candidate is a value of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DriverSource {
    /// An event on the way.
    OnTheWay(Field),
    /// The event with which people set out.
    AtEntry(Field),
    /// The profile, as it is known now.
    Trait(String),
}

/// Fields and traits that can be looked at together.
pub const DRIVER_SOURCES_MAX: usize = 12;

impl Drivers {
    fn default_within() -> Span {
        Span::days(7)
    }

    fn default_fields() -> Vec<Field> {
        vec![Field::Event]
    }

    fn default_false_permille() -> u32 {
        50
    }

    /// The step at which people arrive.
    pub fn arrival(&self) -> usize {
        self.to
            .unwrap_or_else(|| self.steps.len().saturating_sub(1))
    }

    /// What is looked at, in order.
    pub fn sources(&self) -> impl Iterator<Item = DriverSource> {
        let fields = self.fields.iter().cloned().map(DriverSource::OnTheWay);
        let entry_fields = self.entry_fields.iter().cloned();
        let traits = self.traits.iter().cloned().map(DriverSource::Trait);
        fields
            .chain(entry_fields.map(DriverSource::AtEntry))
            .chain(traits)
    }

    /// The funnel whose ways are looked at.
    pub fn funnel(&self) -> Funnel {
        Funnel {
            ties: self.ties,
            hold: self.hold.clone(),
            filter: self.filter.clone().map(|rule| Filter {
                rule,
                when: FilterWhen::Before,
            }),
            people: self.people.clone(),
            accounts: None,
            ..Funnel::of_steps(
                self.range.clone(),
                self.steps.clone(),
                Window::Whole(self.within),
            )
        }
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        self.funnel().check(faults);
        let to = self.arrival();
        if self.from >= to || to >= self.steps.len() {
            faults.push("to", "must be a step behind `from`".to_owned());
        }
        let is_optional = |step: usize| self.steps.get(step).is_some_and(|it| it.optional);
        if is_optional(self.from) || is_optional(to) {
            faults.push("from", "and `to` cannot be optional steps".to_owned());
        }
        if !(1..=DRIVER_SOURCES_MAX).contains(&self.sources().count()) {
            let message =
                format!("`entry_fields` and `traits` are 1 to {DRIVER_SOURCES_MAX} together");
            faults.push("fields", message);
        }
        faults.rule("among", self.among.as_ref());
        if !(1..=500).contains(&self.false_permille) {
            faults.push("false_permille", "lies between 1 and 500".to_owned());
        }
    }
}
