//! Questions about where people are lost on the way from stage to stage, and where more are kept than elsewhere.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    By, Field, Matcher, Rule, Span, limits,
    people::PeopleRule,
    report::{Faults, NamedMatcher, Range},
};

/// How many go on from each stage to a later one in time, against the range before and against their peers.
///
/// A profile enters a stage by its first event in the range that leads there. Who entered so late that the time
/// to go on is not over counts for nothing yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bottlenecks {
    /// When profiles enter; going on may fall after its end. The range before it is as long.
    pub range: Range,
    /// Stages to use instead of the vocabulary's, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<NamedMatcher>>,
    /// Fields whose values are peers of each other, as the event has them by which a profile enters a stage; or traits.
    #[serde(default = "Bottlenecks::default_by")]
    pub by: Vec<By>,
    /// How long after entering a stage a later one still counts, the end included.
    #[serde(default = "Bottlenecks::default_within")]
    pub within: Span,
    /// What the way is for; with `value` it says what going on is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Matcher>,
    /// The property that says what reaching the goal is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Field>,
    /// Events that fail it are not there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

impl Bottlenecks {
    fn default_by() -> Vec<By> {
        vec![By::Field(Field::Channel)]
    }

    fn default_within() -> Span {
        Span::days(7)
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        let (least, most) = (2, limits::BOTTLENECK_STAGES_MAX);
        if let Some(stages) = &self.stages {
            if !(least..=most).contains(&stages.len()) {
                faults.push("stages", format!("number {least} to {most}"));
            }
            for (index, stage) in stages.iter().enumerate() {
                let place = format!("stages[{index}]");
                faults.rule(&format!("{place}.matcher"), stage.matcher.rule.as_ref());
                if stages[..index].iter().any(|it| it.name == stage.name) {
                    faults.push(&format!("{place}.name"), "is that of another".to_owned());
                }
            }
        }
        if self.by.len() > limits::BOTTLENECK_FIELDS_MAX {
            let most = limits::BOTTLENECK_FIELDS_MAX;
            faults.push("by", format!("names more than {most} fields"));
        }
        for (index, field) in self.by.iter().enumerate() {
            if self.by[..index].contains(field) {
                faults.push(&format!("by[{index}]"), "is listed twice".to_owned());
            }
        }
        if self.within.0 <= 0 {
            faults.push("within", "needs some time".to_owned());
        }
        faults.rule("goal", self.goal.as_ref().and_then(|it| it.rule.as_ref()));
        let is_property = |it: &Field| matches!(it, Field::Property(_) | Field::Context(_));
        if self.value.as_ref().is_some_and(|it| !is_property(it)) {
            faults.push("value", "is not a property of the goal".to_owned());
        }
        if self.value.is_some() && self.goal.is_none() {
            faults.push("value", "needs a goal that has the property".to_owned());
        }
        faults.rule("filter", self.filter.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Report;

    fn places(more: &str) -> Vec<String> {
        let text = format!(r#"{{"kind":"bottlenecks","range":{{"all":true}}{more}}}"#);
        let report: Report = serde_json::from_str(&text).expect(&text);
        report.check().into_iter().map(|it| it.place).collect()
    }

    #[test]
    fn what_cannot_be_measured_is_refused_at_once() {
        assert_eq!(places(""), [] as [&str; 0]);
        assert_eq!(
            places(r#","by":["channel","channel"],"within":"0d","value":"stage""#),
            ["by[1]", "within", "value", "value"]
        );
        assert_eq!(
            places(r#","stages":[{"name":"a","matcher":{"events":["a"]}}]"#),
            ["stages"]
        );
        assert_eq!(
            places(r#","stages":[{"name":"a","matcher":{}},{"name":"a","matcher":{}}]"#),
            ["stages[1].name"]
        );
    }
}
