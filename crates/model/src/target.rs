//! What the business has set out to reach: a number of a saved report or of a map, and a bound for it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    access::MemberId,
    limits,
    report::{Faults, ReportFault},
};

/// A number, and how much it should be at least or at most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub title: String,
    /// Why, in the words of whoever has set it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub of: TargetOf,
    pub bound: Bound,
    /// The day from which it is to hold; misses before it are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Date>,
    /// A member of the workspace. None leaves the owner, who is at first the one that sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<MemberId>,
}

/// Which number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetOf {
    Figure(FigureOfReport),
    Series(SeriesOfReport),
    Step(StepOfMap),
}

/// One of the numbers that a saved report is told by in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FigureOfReport {
    /// Id of the saved report.
    pub report: String,
    /// Its name, like `converted`.
    pub figure: String,
}

/// The level of a series or formula of saved trends: the last period that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesOfReport {
    /// Id of the saved report.
    pub report: String,
    /// Name of the series or formula.
    pub series: String,
}

/// A number of a step of a saved map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepOfMap {
    /// Id of the map.
    pub map: String,
    /// Id of the step.
    pub step: String,
    pub number: StepNumber,
}

/// Which number of a step; shares lie between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepNumber {
    People,
    /// Of all people on the map.
    Share,
    /// Of those at the step before.
    FromPreviousShare,
    GoalShare,
    ReturnShare,
    ExitShare,
}

/// How much it should be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    /// Whether a number keeps to it.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }

    fn value(self) -> f64 {
        match self {
            Self::AtLeast(value) | Self::AtMost(value) => value,
        }
    }
}

impl Target {
    /// Everything that is wrong with it; empty when it can be measured.
    pub fn check(&self) -> Vec<ReportFault> {
        let mut faults = Faults::default();
        if !(1..=limits::NAME_CHARS_MAX).contains(&self.title.trim().chars().count()) {
            let most = limits::NAME_CHARS_MAX;
            faults.push("title", format!("has 1 to {most} characters"));
        }
        if self.note.chars().count() > limits::DESCRIPTION_CHARS_MAX {
            let most = limits::DESCRIPTION_CHARS_MAX;
            faults.push("note", format!("has at most {most} characters"));
        }
        if !self.bound.value().is_finite() {
            faults.push("bound", "is no number".to_owned());
        }
        faults.into_list()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_met_at_its_very_value() {
        assert!(Bound::AtLeast(0.3).is_met(0.3));
        assert!(!Bound::AtLeast(0.3).is_met(0.299));
        assert!(Bound::AtMost(5.0).is_met(5.0));
        assert!(!Bound::AtMost(5.0).is_met(5.1));
    }

    #[test]
    fn targets_are_read_as_they_are_written() {
        for of in [
            r#"{"figure":{"report":"checkout","figure":"converted"}}"#,
            r#"{"series":{"report":"orders","series":"Orders"}}"#,
            r#"{"step":{"map":"shop","step":"pay","number":"exit_share"}}"#,
        ] {
            let text = format!(
                r#"{{"title":"More","of":{of},"bound":{{"at_least":0.3}},"since":"2026-03-02"}}"#
            );
            let target: Target = serde_json::from_str(&text).expect(&text);
            assert_eq!(target.check(), []);
            assert_eq!(serde_json::to_string(&target).expect("written"), text);
        }
        let faulty =
            r#"{"title":" ","of":{"series":{"report":"a","series":"b"}},"bound":{"at_most":1}}"#;
        let target: Target = serde_json::from_str(faulty).expect("readable");
        assert_eq!(target.check()[0].place, "title");
    }
}
