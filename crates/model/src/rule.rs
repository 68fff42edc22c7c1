//! Conditions on events, as data. One type for filters, touchpoints, stages and steps.
//!
//! A rule is evaluated in two places: by row while events arrive, by column in reports.
//! What it means is fixed here, in [`Test::holds`], and both must agree with it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Channel, EventName, limits};

/// A condition on one event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// Holds when each holds; an empty list holds.
    #[schema(no_recursion)]
    All(Vec<Rule>),
    /// Holds when one holds; an empty list does not.
    #[schema(no_recursion)]
    Any(Vec<Rule>),
    #[schema(no_recursion)]
    Not(Box<Rule>),
    Where {
        field: Field,
        test: Test,
    },
}

/// What a condition looks at.
///
/// Written as a path: `event`, `channel`, `touchpoint`, `stage`, `source`,
/// `properties.price`, `context.campaign.source`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    Event,
    Channel,
    Touchpoint,
    Stage,
    Source,
    /// A member of the event's properties; inner objects are reached by further names.
    Property(Vec<String>),
    /// A member of the event's context.
    Context(Vec<String>),
}

impl Field {
    /// Reads a path; the error says which paths there are.
    pub fn parse(path: &str) -> Result<Self, String> {
        let names = |rest: &str| -> Option<Vec<String>> {
            let names: Vec<String> = rest.split('.').map(str::to_owned).collect();
            let sound = names.len() <= 8 && names.iter().all(|name| !name.is_empty());
            sound.then_some(names)
        };
        let field = match path {
            "event" => Some(Self::Event),
            "channel" => Some(Self::Channel),
            "touchpoint" => Some(Self::Touchpoint),
            "stage" => Some(Self::Stage),
            "source" => Some(Self::Source),
            _ => match path.split_once('.') {
                Some(("properties", rest)) => names(rest).map(Self::Property),
                Some(("context", rest)) => names(rest).map(Self::Context),
                _ => None,
            },
        };
        field.ok_or_else(|| {
            format!(
                "`{path}` is not a field; use event, channel, touchpoint, stage, source, \
                 properties.<name> or context.<name>"
            )
        })
    }
}

impl utoipa::PartialSchema for Field {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

impl ToSchema for Field {}

impl TryFrom<String> for Field {
    type Error = String;

    fn try_from(path: String) -> Result<Self, Self::Error> {
        Self::parse(&path)
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Event => formatter.write_str("event"),
            Self::Channel => formatter.write_str("channel"),
            Self::Touchpoint => formatter.write_str("touchpoint"),
            Self::Stage => formatter.write_str("stage"),
            Self::Source => formatter.write_str("source"),
            Self::Property(names) => write!(formatter, "properties.{}", names.join(".")),
            Self::Context(names) => write!(formatter, "context.{}", names.join(".")),
        }
    }
}

/// A scalar that a field can hold. Objects, lists and null count as missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Value {
    Flag(bool),
    Number(f64),
    Text(String),
}

/// What a condition asks of a field. Each but `missing`, `is_not` and `lacks` is false on a missing field.
///
/// Text is compared exactly; a number never equals a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// Has a scalar value.
    Exists(Nothing),
    /// Has none.
    Missing(Nothing),
    /// Is one of these.
    Is(Vec<Value>),
    /// Is missing or none of these.
    IsNot(Vec<Value>),
    /// A text that contains this.
    Contains(String),
    /// Is missing, no text, or a text without this.
    Lacks(String),
    StartsWith(String),
    EndsWith(String),
    Less(f64),
    AtMost(f64),
    Greater(f64),
    AtLeast(f64),
}

/// The empty object, for tests that need no operand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl Test {
    /// Whether the test holds on a value. This is the definition that evaluators must equal.
    pub fn holds(&self, value: Option<&Value>) -> bool {
        let text = match value {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let number = match value {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        };
        match self {
            Self::Exists(_) => value.is_some(),
            Self::Missing(_) => value.is_none(),
            Self::Is(values) => value.is_some_and(|it| values.contains(it)),
            Self::IsNot(values) => value.is_none_or(|it| !values.contains(it)),
            Self::Contains(part) => text.is_some_and(|it| it.contains(part.as_str())),
            Self::Lacks(part) => text.is_none_or(|it| !it.contains(part.as_str())),
            Self::StartsWith(part) => text.is_some_and(|it| it.starts_with(part.as_str())),
            Self::EndsWith(part) => text.is_some_and(|it| it.ends_with(part.as_str())),
            Self::Less(bound) => number.is_some_and(|it| it < *bound),
            Self::AtMost(bound) => number.is_some_and(|it| it <= *bound),
            Self::Greater(bound) => number.is_some_and(|it| it > *bound),
            Self::AtLeast(bound) => number.is_some_and(|it| it >= *bound),
        }
    }
}

impl Rule {
    /// Whether the rule holds, given how to look a field up.
    pub fn holds(&self, look: &impl Fn(&Field) -> Option<Value>) -> bool {
        match self {
            Self::All(rules) => rules.iter().all(|rule| rule.holds(look)),
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(look)),
            Self::Not(rule) => !rule.holds(look),
            Self::Where { field, test } => test.holds(look(field).as_ref()),
        }
    }

    /// Every field that the rule looks at, once each, sorted.
    pub fn fields(&self) -> Vec<&Field> {
        let mut fields = Vec::new();
        self.visit(&mut |field, _| fields.push(field));
        fields.sort();
        fields.dedup();
        fields
    }

    /// What makes the rule too large to run; empty when it is sound.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.depth() > limits::RULE_DEPTH_MAX {
            faults.push(format!(
                "rule nests deeper than {} levels",
                limits::RULE_DEPTH_MAX
            ));
            return faults;
        }
        let mut conditions_count = 0;
        self.visit(&mut |field, test| {
            conditions_count += 1;
            if let Test::Is(values) | Test::IsNot(values) = test
                && values.len() > limits::RULE_VALUES_MAX
            {
                faults.push(format!(
                    "condition on {field} lists more than {} values",
                    limits::RULE_VALUES_MAX
                ));
            }
        });
        if conditions_count > limits::RULE_CONDITIONS_MAX {
            faults.push(format!(
                "rule has more than {} conditions",
                limits::RULE_CONDITIONS_MAX
            ));
        }
        faults
    }

    fn depth(&self) -> usize {
        match self {
            Self::All(rules) | Self::Any(rules) => {
                1 + rules.iter().map(Self::depth).max().unwrap_or(0)
            }
            Self::Not(rule) => 1 + rule.depth(),
            Self::Where { .. } => 1,
        }
    }

    fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Field, &'a Test)) {
        match self {
            Self::All(rules) | Self::Any(rules) => rules.iter().for_each(|rule| rule.visit(see)),
            Self::Not(rule) => rule.visit(see),
            Self::Where { field, test } => see(field, test),
        }
    }
}

/// Which events count as a step, a touchpoint or a stage's entry.
///
/// The lists narrow each other; within a list one is enough; an empty list asks nothing.
/// The empty matcher takes every event that a customer did, but no system event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Matcher {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventName>,
    /// Ids of the vocabulary's touchpoints.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub touchpoints: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// Ids of the vocabulary's signals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
}

impl Matcher {
    /// Takes events of one name.
    pub fn event(name: EventName) -> Self {
        Self {
            events: vec![name],
            ..Self::default()
        }
    }

    /// The same as a rule, save for signals, which only a vocabulary can tell.
    pub fn as_rule(&self) -> Rule {
        fn is(field: Field, values: impl Iterator<Item = String>) -> Rule {
            Rule::Where {
                field,
                test: Test::Is(values.map(Value::Text).collect()),
            }
        }
        let mut rules = Vec::new();
        if self.events.is_empty() {
            // What the product does itself fits only where it is named.
            let test = Test::StartsWith("$".to_owned());
            let field = Field::Event;
            rules.push(Rule::Not(Box::new(Rule::Where { field, test })));
        } else {
            let names = self.events.iter().map(|it| it.as_str().to_owned());
            rules.push(is(Field::Event, names));
        }
        if !self.touchpoints.is_empty() {
            rules.push(is(Field::Touchpoint, self.touchpoints.iter().cloned()));
        }
        if !self.channels.is_empty() {
            let names = self.channels.iter().map(|it| it.name().to_owned());
            rules.push(is(Field::Channel, names));
        }
        rules.extend(self.rule.clone());
        Rule::All(rules)
    }

    /// Takes events at one touchpoint.
    pub fn touchpoint(id: &str) -> Self {
        Self {
            touchpoints: vec![id.to_owned()],
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_from_plain_json() {
        let rule: Rule = serde_json::from_str(
            r#"{"all":[{"where":{"field":"properties.price","test":{"at_least":10}}},
                {"not":{"where":{"field":"channel","test":{"is":["web"]}}}}]}"#,
        )
        .expect("valid");
        let look = |field: &Field| match field {
            Field::Property(_) => Some(Value::Number(12.0)),
            Field::Channel => Some(Value::Text("app".into())),
            _ => None,
        };
        assert!(rule.holds(&look));
        assert_eq!(rule.fields().len(), 2);
    }

    #[test]
    fn a_missing_value_fails_all_but_the_negative_tests() {
        let of = |text: &str| -> Test { serde_json::from_str(text).expect(text) };
        for (test, holds) in [
            (r#"{"exists":{}}"#, false),
            (r#"{"missing":{}}"#, true),
            (r#"{"is":["a"]}"#, false),
            (r#"{"is_not":["a"]}"#, true),
            (r#"{"contains":"a"}"#, false),
            (r#"{"lacks":"a"}"#, true),
            (r#"{"less":1}"#, false),
        ] {
            assert_eq!(of(test).holds(None), holds, "{test}");
        }
    }

    #[test]
    fn an_unknown_field_says_what_there_is() {
        let error = Field::parse("propertis.x").expect_err("misspelt");
        assert!(error.contains("properties.<name>"), "{error}");
        assert!(serde_json::from_str::<Matcher>(r#"{"event":["a"]}"#).is_err());
    }

    #[test]
    fn deep_rules_are_refused() {
        let mut rule = Rule::All(Vec::new());
        for _ in 0..20 {
            rule = Rule::Not(Box::new(rule));
        }
        assert_eq!(rule.faults().len(), 1);
    }
}
