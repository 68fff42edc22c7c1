//! Questions about what goes with converting.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Field,
    report::{Entry, Faults, Funnel, Order, Unit, Window},
};

/// What people do on their way, or had when they set out, that goes with getting there or not.
///
/// Everybody who does something is compared with those who have been as long on the way and have not done it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Drivers {
    /// Whose ways are looked at. The first entry of a profile starts its clock: one that is chosen by where it leads
    /// knows the outcome.
    pub funnel: Funnel,
    /// Index of the step from which people are on the way.
    #[serde(default)]
    pub from: usize,
    /// Index of the step at which they arrive; none means the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<usize>,
    /// Each value of these that an event on the way has is a candidate.
    #[serde(default = "Drivers::default_fields")]
    #[schema(value_type = Vec<String>)]
    pub fields: Vec<Field>,
    /// Each value of these that the event has with which people set out is a candidate.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub entry_fields: Vec<Field>,
    /// Of all that are called findings, so many thousandths at most are expected to be chance.
    #[serde(default = "Drivers::default_false_permille")]
    pub false_permille: u32,
}

/// Fields that can be looked at together.
pub const DRIVER_FIELDS_MAX: usize = 8;

impl Drivers {
    fn default_fields() -> Vec<Field> {
        vec![Field::Event]
    }

    fn default_false_permille() -> u32 {
        50
    }

    /// The step at which people arrive.
    pub fn arrival(&self) -> usize {
        self.to
            .unwrap_or_else(|| self.funnel.steps.len().saturating_sub(1))
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        self.funnel.check(faults);
        let funnel = &self.funnel;
        let mut refuse = |is_wrong: bool, place: &str, why: &str| {
            if is_wrong {
                faults.push(place, why.to_owned());
            }
        };
        refuse(
            funnel.entry != Entry::First,
            "funnel.entry",
            "must be `first`, as an entry that is chosen by where it leads knows the outcome",
        );
        refuse(
            funnel.order != Order::Ordered,
            "funnel.order",
            "must be `ordered`, so that there is a way from one step to another",
        );
        refuse(
            funnel.unit != Unit::Profile,
            "funnel.unit",
            "must be `profile`, as only people are independent of each other",
        );
        refuse(
            funnel.window == Window::Unlimited,
            "funnel.window",
            "cannot be `unlimited`, as then nobody has missed it",
        );
        refuse(
            !funnel.exclusions.is_empty(),
            "funnel.exclusions",
            "have no place here, as they take people out by what they do later",
        );
        refuse(
            funnel.breakdown.is_some(),
            "funnel.breakdown",
            "has no place here; name its field among `entry_fields`",
        );
        let to = self.arrival();
        refuse(
            self.from >= to || to >= funnel.steps.len(),
            "to",
            "must be a step behind `from`",
        );
        let is_optional = |step: usize| funnel.steps.get(step).is_some_and(|it| it.optional);
        refuse(
            is_optional(self.from) || is_optional(to),
            "from",
            "and `to` cannot be optional steps",
        );
        let count = self.fields.len() + self.entry_fields.len();
        refuse(
            count == 0 || count > DRIVER_FIELDS_MAX,
            "fields",
            "and `entry_fields` are 1 to 8 together",
        );
        refuse(
            !(1..=500).contains(&self.false_permille),
            "false_permille",
            "lies between 1 and 500",
        );
    }
}
