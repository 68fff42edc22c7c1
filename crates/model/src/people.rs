//! Conditions on profiles, as data: who did what, how often, in which order, and where they are now.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ActorId, Matcher, Span, Test,
    account::account_type,
    consent::ConsentIs,
    is_short_id, limits,
    report::{Faults, Range, ReportFault},
};

/// A condition on one profile, asked at a moment that the asker names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PeopleRule {
    /// Holds when each holds; an empty list holds.
    #[schema(no_recursion)]
    All(Vec<PeopleRule>),
    /// Holds when one holds; an empty list does not.
    #[schema(no_recursion)]
    Any(Vec<PeopleRule>),
    #[schema(no_recursion)]
    Not(Box<PeopleRule>),
    Did(Box<Did>),
    InOrder(InOrder),
    /// Is in this stage of the vocabulary: no later event has led to another.
    Stage(InStage),
    /// Is one of these; a merged profile is listed when one of its actors is.
    Listed(Vec<ActorId>),
    Trait(TraitIs),
    /// Has an event of an account of a type with this trait; of several accounts one is enough.
    Account(AccountTraitIs),
    /// Has this purpose granted or denied; who has said nothing counts as the purpose says.
    Consent(ConsentIs),
    /// Is in this saved segment.
    Segment(InSegment),
}

/// What is known of a profile, the newest of what its sources have told.
///
/// Text, numbers and flags are values; lists, objects and what was never told are missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TraitIs {
    /// As it was told, like `plan`.
    pub name: String,
    pub test: Test,
}

/// What is known of an account, the newest that was told of it by anybody.
///
/// Text, numbers and flags are values; lists, objects and what was never told are missing. Whoever has no event
/// of an account of the type passes no test, not even for what is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountTraitIs {
    /// The type of the account, like `company`.
    pub account_type: String,
    /// As it was told, like `plan`.
    pub name: String,
    pub test: Test,
}

/// A saved segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InSegment {
    pub id: String,
}

/// Did something a number of times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Did {
    /// System events are nothing that a customer did, so it cannot name them.
    pub matcher: Matcher,
    #[serde(default)]
    pub times: Times,
    /// Days in which events count; none means ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Range>,
}

/// How often something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Times {
    AtLeast(u32),
    /// Never counts too.
    AtMost(u32),
    Exactly(u32),
}

/// Did one thing after another, as a funnel counts it: one event serves one step,
/// other events may lie between, and events of one instant may have come in any order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InOrder {
    pub steps: Vec<Matcher>,
    /// From the first step to the last, the end included; none means any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
}

/// A stage of the vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InStage {
    pub id: String,
}

impl Default for Times {
    fn default() -> Self {
        Self::AtLeast(1)
    }
}

impl Times {
    /// Whether a count satisfies it.
    pub fn holds(self, count: usize) -> bool {
        match self {
            Self::AtLeast(least) => count >= least as usize,
            Self::AtMost(most) => count <= most as usize,
            Self::Exactly(times) => count == times as usize,
        }
    }
}

impl PeopleRule {
    /// Shows every condition with its place, those of groups left away.
    pub fn visit<'a>(&'a self, place: &str, see: &mut impl FnMut(&str, &'a Self)) {
        match self {
            Self::All(rules) | Self::Any(rules) => {
                let group = if matches!(self, Self::All(_)) {
                    "all"
                } else {
                    "any"
                };
                for (index, rule) in rules.iter().enumerate() {
                    rule.visit(&format!("{place}.{group}[{index}]"), see);
                }
            }
            Self::Not(rule) => rule.visit(&format!("{place}.not"), see),
            Self::Did(_) => see(&format!("{place}.did"), self),
            Self::InOrder(_) => see(&format!("{place}.in_order"), self),
            Self::Stage(_) => see(&format!("{place}.stage"), self),
            Self::Listed(_) => see(&format!("{place}.listed"), self),
            Self::Trait(_) => see(&format!("{place}.trait"), self),
            Self::Account(_) => see(&format!("{place}.account"), self),
            Self::Consent(_) => see(&format!("{place}.consent"), self),
            Self::Segment(_) => see(&format!("{place}.segment"), self),
        }
    }

    /// Every matcher with its place.
    pub fn matchers(&self, place: &str) -> Vec<(String, &Matcher)> {
        let mut matchers = Vec::new();
        self.visit(place, &mut |place, rule| match rule {
            Self::Did(did) => matchers.push((format!("{place}.matcher"), &did.matcher)),
            Self::InOrder(order) => {
                for (index, step) in order.steps.iter().enumerate() {
                    matchers.push((format!("{place}.steps[{index}]"), step));
                }
            }
            _ => {}
        });
        matchers
    }

    /// Ids of stages that it names, with their places.
    pub fn stages(&self, place: &str) -> Vec<(String, &str)> {
        let mut stages = Vec::new();
        self.visit(place, &mut |place, rule| {
            if let Self::Stage(stage) = rule {
                stages.push((format!("{place}.id"), stage.id.as_str()));
            }
        });
        stages
    }

    /// Ids of segments that it names, with their places.
    pub fn segments(&self, place: &str) -> Vec<(String, &str)> {
        let mut segments = Vec::new();
        self.visit(place, &mut |place, rule| {
            if let Self::Segment(segment) = rule {
                segments.push((format!("{place}.id"), segment.id.as_str()));
            }
        });
        segments
    }

    /// Ids of purposes of consent that it names, with their places.
    pub fn purposes(&self, place: &str) -> Vec<(String, &str)> {
        let mut purposes = Vec::new();
        self.visit(place, &mut |place, rule| {
            if let Self::Consent(consent) = rule {
                purposes.push((format!("{place}.purpose"), consent.purpose.as_str()));
            }
        });
        purposes
    }

    /// Names of the traits that it asks for, and of the columns of consents.
    pub fn traits(&self) -> Vec<Cow<'_, str>> {
        let mut traits = Vec::new();
        self.visit("", &mut |_, rule| match rule {
            Self::Trait(it) => traits.push(Cow::Borrowed(it.name.as_str())),
            Self::Consent(it) => traits.push(Cow::Owned(it.column())),
            _ => {}
        });
        traits
    }

    /// What it asks of accounts.
    pub fn accounts(&self) -> Vec<&AccountTraitIs> {
        let mut accounts = Vec::new();
        self.visit("", &mut |_, rule| {
            if let Self::Account(it) = rule {
                accounts.push(it);
            }
        });
        accounts
    }

    /// Everything that makes it unusable by itself; whether what it names exists is not asked.
    pub fn faults(&self, place: &str) -> Vec<ReportFault> {
        let mut faults = Faults::default();
        self.check(place, &mut faults);
        faults.into_list()
    }

    pub(crate) fn check(&self, place: &str, faults: &mut Faults) {
        let depth_max = limits::PEOPLE_RULE_DEPTH_MAX;
        if self.depth() > depth_max {
            faults.push(place, format!("is nested deeper than {depth_max} levels"));
            return;
        }
        let mut count = 0;
        self.visit(place, &mut |place, rule| {
            count += 1;
            rule.check_one(place, faults);
        });
        if count > limits::PEOPLE_CONDITIONS_MAX {
            let most = limits::PEOPLE_CONDITIONS_MAX;
            faults.push(place, format!("has more than {most} conditions"));
        }
        for (place, matcher) in self.matchers(place) {
            faults.rule(&place, matcher.rule.as_ref());
            for name in matcher.events.iter().filter(|name| name.is_system()) {
                let name = name.as_str();
                faults.push(
                    &place,
                    format!("names the system event `{name}`, which never counts"),
                );
            }
        }
    }

    fn check_one(&self, place: &str, faults: &mut Faults) {
        match self {
            Self::Did(did) if did.times == Times::AtLeast(0) => {
                let place = format!("{place}.times");
                faults.push(&place, "at least 0 times holds for everybody".to_owned());
            }
            Self::InOrder(order) => {
                let most = limits::FUNNEL_STEPS_MAX;
                if !(2..=most).contains(&order.steps.len()) {
                    faults.push(&format!("{place}.steps"), format!("number 2 to {most}"));
                }
            }
            Self::Trait(it) => check_trait(&it.name, &it.test, place, faults),
            Self::Account(it) => {
                if account_type(&it.account_type).as_deref() != Some(it.account_type.as_str()) {
                    let most = limits::ACCOUNT_TYPE_CHARS_MAX;
                    let message = format!("has 1 to {most} characters and no blank around them");
                    faults.push(&format!("{place}.account_type"), message);
                }
                check_trait(&it.name, &it.test, place, faults);
            }
            Self::Consent(it) if !is_short_id(&it.purpose) => {
                let message = "names a purpose by its id".to_owned();
                faults.push(&format!("{place}.purpose"), message);
            }
            Self::Listed(actors) => {
                let most = limits::PEOPLE_LISTED_MAX;
                if actors.len() > most {
                    faults.push(place, format!("lists more than {most} profiles"));
                }
            }
            _ => {}
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::All(rules) | Self::Any(rules) => {
                1 + rules.iter().map(Self::depth).max().unwrap_or(0)
            }
            Self::Not(rule) => 1 + rule.depth(),
            _ => 1,
        }
    }
}

fn check_trait(name: &str, test: &Test, place: &str, faults: &mut Faults) {
    let most = limits::TRAIT_NAME_CHARS_MAX;
    if !(1..=most).contains(&name.chars().count()) {
        let message = format!("has 1 to {most} characters");
        faults.push(&format!("{place}.name"), message);
    }
    let most = limits::RULE_VALUES_MAX;
    if let Test::Is(values) | Test::IsNot(values) = test
        && values.len() > most
    {
        let message = format!("lists more than {most} values");
        faults.push(&format!("{place}.test"), message);
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Report;

    fn places(people: &str) -> Vec<String> {
        let text = format!(r#"{{"kind":"counts","range":{{"all":true}},"people":{people}}}"#);
        let report: Report = serde_json::from_str(&text).expect(people);
        let again = serde_json::to_string(&report).expect("written");
        assert_eq!(
            serde_json::from_str::<Report>(&again).expect("read"),
            report
        );
        report.check().into_iter().map(|it| it.place).collect()
    }

    #[test]
    fn a_rule_is_read_from_plain_json() {
        let sound = r#"{"all":[{"did":{"matcher":{"events":["buy"]},"times":{"exactly":2},"within":{"last":"30d"}}},
            {"not":{"did":{"matcher":{}}}},{"in_order":{"steps":[{},{}],"within":"1h"}},
            {"account":{"account_type":"company","name":"plan","test":{"is":["pro"]}}},
            {"any":[{"stage":{"id":"buy"}},{"listed":[3,4]},{"consent":{"purpose":"marketing","channel":"email"}}]}]}"#;
        assert!(places(sound).is_empty());
    }

    #[test]
    fn every_fault_is_listed_at_its_place() {
        let faulty = r#"{"any":[{"did":{"matcher":{"events":["$identify"]},"times":{"at_least":0}}},
            {"not":{"in_order":{"steps":[{}]}}},{"consent":{"purpose":""}},
            {"account":{"account_type":" ","name":"","test":{"exists":{}}}}]}"#;
        let expected = [
            "people.any[0].did.times",
            "people.any[1].not.in_order.steps",
            "people.any[2].consent.purpose",
            "people.any[3].account.account_type",
            "people.any[3].account.name",
            "people.any[0].did.matcher",
        ];
        assert_eq!(places(faulty), expected);
    }

    #[test]
    fn deep_rules_are_refused_once() {
        let deep = format!("{}{{\"all\":[]}}{}", "{\"not\":".repeat(30), "}".repeat(30));
        assert_eq!(places(&deep), ["people"]);
    }
}
