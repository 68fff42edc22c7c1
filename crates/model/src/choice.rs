//! Questions about which way people choose.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Field, Matcher, Rule, Span, Value,
    people::PeopleRule,
    report::{Faults, NamedMatcher, Range},
};

/// Why people choose one way and not another: to buy in the shop or on the web, to pay by card, to have it delivered.
///
/// Each profile counts once, with its first choice in the range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub range: Range,
    /// Events with which people choose.
    pub goal: Matcher,
    /// The field of these that says which way.
    #[serde(default = "Choice::default_by")]
    #[schema(value_type = String)]
    pub by: Field,
    /// The way that is explained; none means the most frequent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Value>,
    /// Each value of these that many profiles have now may matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traits: Vec<String>,
    /// Each value of these that many choices have may matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub fields: Vec<Field>,
    /// What was met before the choice may matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<NamedMatcher>,
    /// How long before, the beginning included.
    #[serde(default = "Choice::default_look_back")]
    pub look_back: Span,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// Of all that are called findings, so many thousandths at most are expected to be chance.
    #[serde(default = "Choice::default_false_permille")]
    pub false_permille: u32,
}

/// Traits, fields and matchers that can be looked at together.
pub const CHOICE_SOURCES_MAX: usize = 20;

impl Choice {
    fn default_by() -> Field {
        Field::Channel
    }

    fn default_look_back() -> Span {
        Span::days(30)
    }

    fn default_false_permille() -> u32 {
        50
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("filter", self.filter.as_ref());
        faults.rule("goal", self.goal.rule.as_ref());
        faults.named("before", &self.before);
        let count = self.traits.len() + self.fields.len() + self.before.len();
        if !(1..=CHOICE_SOURCES_MAX).contains(&count) {
            let message = format!("`fields` and `before` are 1 to {CHOICE_SOURCES_MAX} together");
            faults.push("traits", message);
        }
        if self.fields.contains(&self.by) {
            faults.push("fields", "name what is chosen".to_owned());
        }
        if self.look_back.0 <= 0 {
            faults.push("look_back", "must be longer than nothing".to_owned());
        }
        if !(1..=500).contains(&self.false_permille) {
            faults.push("false_permille", "lies between 1 and 500".to_owned());
        }
    }
}
