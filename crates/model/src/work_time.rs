//! How long work on a step takes, against how long profiles wait for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Matcher, Rule, limits,
    people::PeopleRule,
    report::{Faults, Range},
};

/// How long work on each step takes, and how long profiles wait until it begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkTime {
    /// Waits and pieces of work that begin in the range count, and are followed to the end of the log.
    pub range: Range,
    pub steps: Vec<WorkStep>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

/// A step with a start and an end, such as a call: asked for, taken, hung up. System events fit nothing.
///
/// Of the events of one instant, what ends work comes first, then what asks, then what starts.
/// A start and an end of one instant are work that took no time, unless the end ended earlier work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkStep {
    pub name: String,
    /// From here profiles wait for the start; asking again changes nothing.
    /// None means that they wait since work on any of the steps last ended, and not while there is some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Matcher>,
    /// Starts while there is work on the step are part of it.
    pub start: Matcher,
    pub end: Matcher,
}

impl WorkTime {
    /// Every matcher with its place.
    pub fn matchers(&self) -> impl Iterator<Item = (String, &Matcher)> {
        self.steps.iter().enumerate().flat_map(|(index, step)| {
            let all = [
                ("asked", step.asked.as_ref()),
                ("start", Some(&step.start)),
                ("end", Some(&step.end)),
            ];
            all.into_iter()
                .filter_map(move |(part, it)| Some((format!("steps[{index}].{part}"), it?)))
        })
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        let most = limits::WORK_STEPS_MAX;
        if !(1..=most).contains(&self.steps.len()) {
            faults.push("steps", format!("number 1 to {most}"));
        }
        faults.rule("filter", self.filter.as_ref());
        for (place, matcher) in self.matchers() {
            faults.rule(&place, matcher.rule.as_ref());
        }
        let mut names = BTreeSet::new();
        for (index, step) in self.steps.iter().enumerate() {
            if !names.insert(step.name.as_str()) {
                let place = format!("steps[{index}].name");
                faults.push(&place, format!("`{}` is there twice", step.name));
            }
        }
    }
}
