//! Questions about what people write of.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Field, Matcher, Rule, Span,
    people::PeopleRule,
    report::{Faults, Filter, FilterWhen, Funnel, FunnelStep, Range, Window},
    retention::PeriodUnit,
};

/// What the texts of people are about: comments, tickets, what they search for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicsReport {
    pub range: Range,
    /// Fields that hold texts.
    #[schema(value_type = Vec<String>)]
    pub fields: Vec<Field>,
    /// Whose texts are looked at; all events without it.
    #[serde(default)]
    pub events: Matcher,
    /// How long the periods are over which topics are followed.
    #[serde(default = "TopicsReport::default_every")]
    pub every: PeriodUnit,
    /// A way from its first step to its last: topics are then told by who gave up on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<TopicsWay>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// Of all that are called findings, so many thousandths at most are expected to be chance.
    #[serde(default = "TopicsReport::default_false_permille")]
    pub false_permille: u32,
}

/// Where people set out and should arrive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicsWay {
    pub steps: Vec<FunnelStep>,
    /// How much time there is from the first step on, the end included.
    #[serde(default = "TopicsWay::default_within")]
    pub within: Span,
}

/// Fields that can be looked at together.
pub const TOPIC_FIELDS_MAX: usize = 6;

impl TopicsWay {
    fn default_within() -> Span {
        Span::days(7)
    }
}

impl TopicsReport {
    fn default_every() -> PeriodUnit {
        PeriodUnit::Week
    }

    fn default_false_permille() -> u32 {
        50
    }

    /// Every matcher with its place.
    pub fn matchers(&self) -> impl Iterator<Item = (String, &Matcher)> {
        let steps = self.way.iter().flat_map(|way| way.steps.iter().enumerate());
        let steps =
            steps.map(|(index, step)| (format!("way.steps[{index}].matcher"), &step.matcher));
        [("events".to_owned(), &self.events)]
            .into_iter()
            .chain(steps)
    }

    /// The funnel of the way.
    pub fn funnel(&self) -> Option<Funnel> {
        let way = self.way.as_ref()?;
        Some(Funnel {
            filter: self.filter.clone().map(|rule| Filter {
                rule,
                when: FilterWhen::Before,
            }),
            people: self.people.clone(),
            accounts: None,
            ..Funnel::of_steps(
                self.range.clone(),
                way.steps.clone(),
                Window::Whole(way.within),
            )
        })
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("filter", self.filter.as_ref());
        faults.rule("events", self.events.rule.as_ref());
        if !(1..=TOPIC_FIELDS_MAX).contains(&self.fields.len()) {
            faults.push("fields", format!("number 1 to {TOPIC_FIELDS_MAX}"));
        }
        if let Some(funnel) = self.funnel() {
            funnel.check(faults);
        }
        if !(1..=500).contains(&self.false_permille) {
            faults.push("false_permille", "lies between 1 and 500".to_owned());
        }
    }
}
