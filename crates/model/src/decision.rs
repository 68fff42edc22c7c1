//! What was decided, and on which numbers.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    access::MemberId,
    limits,
    report::{Faults, ReportFault},
};

/// A decision in words. The numbers that it was made on are kept beside it and do not change with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub title: String,
    /// What was decided and why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The day on which it was made.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// A member of the workspace. None leaves the owner, who is at first the one that records it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<MemberId>,
}

impl Decision {
    /// Everything that is wrong with it; empty when it can be kept.
    pub fn check(&self) -> Vec<ReportFault> {
        let mut faults = Faults::default();
        if !(1..=limits::NAME_CHARS_MAX).contains(&self.title.trim().chars().count()) {
            let most = limits::NAME_CHARS_MAX;
            faults.push("title", format!("has 1 to {most} characters"));
        }
        if self.text.chars().count() > limits::DECISION_TEXT_CHARS_MAX {
            let most = limits::DECISION_TEXT_CHARS_MAX;
            faults.push("text", format!("has at most {most} characters"));
        }
        faults.into_list()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_needs_a_title() {
        let read = |text: &str| serde_json::from_str::<Decision>(text).expect(text);
        assert_eq!(read(r#"{"title":"Go","day":"2026-03-02"}"#).check(), []);
        let faulty = read(r#"{"title":" ","day":"2026-03-02"}"#);
        assert_eq!(faulty.check()[0].place, "title");
    }
}
