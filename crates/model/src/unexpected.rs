//! Questions about ways that nobody would have expected.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Rule, Span,
    people::PeopleRule,
    report::{Faults, PathUnit, Range},
};

/// Sequences that many more people go through than a chain without memory makes them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unexpected {
    pub range: Range,
    /// What sequences are made of.
    #[serde(default)]
    pub by: PathUnit,
    /// A longer pause is an end and a new start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_max: Option<Span>,
    /// The longest sequences that are looked at; the shortest are of three.
    #[serde(default = "Unexpected::default_length")]
    pub length_max: usize,
    /// Sequences of fewer people are not told.
    #[serde(default = "Unexpected::default_people")]
    pub people_min: u64,
    /// As many times more people than expected, at least.
    #[serde(default = "Unexpected::default_times")]
    pub times_min: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// Of all that are told, so many thousandths at most are expected to be chance.
    #[serde(default = "Unexpected::default_false_permille")]
    pub false_permille: u32,
}

/// Elements of the shortest sequence: of two, the chain knows all.
pub const UNEXPECTED_LENGTH_MIN: usize = 3;
/// Elements of the longest sequence.
pub const UNEXPECTED_LENGTH_MAX: usize = 6;

impl Unexpected {
    fn default_length() -> usize {
        4
    }

    fn default_people() -> u64 {
        10
    }

    fn default_times() -> f64 {
        3.0
    }

    fn default_false_permille() -> u32 {
        50
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("filter", self.filter.as_ref());
        faults.unit(&self.by);
        let (shortest, longest) = (UNEXPECTED_LENGTH_MIN, UNEXPECTED_LENGTH_MAX);
        if !(shortest..=longest).contains(&self.length_max) {
            let message = format!("lies between {shortest} and {longest}");
            faults.push("length_max", message);
        }
        if !(2..=1_000_000).contains(&self.people_min) {
            faults.push("people_min", "lies between 2 and 1000000".to_owned());
        }
        if !(1.0..=1_000_000.0).contains(&self.times_min) {
            faults.push("times_min", "lies between 1 and 1000000".to_owned());
        }
        if !(1..=500).contains(&self.false_permille) {
            faults.push("false_permille", "lies between 1 and 500".to_owned());
        }
    }
}
