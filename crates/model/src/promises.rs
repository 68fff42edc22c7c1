//! What was promised against what happened.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    By, Rule, limits,
    people::PeopleRule,
    report::{Every, Faults, Range},
};

/// How the promises of one kind of objects are kept, and how far the facts lie from them.
///
/// An object counts in the period of its first event. What is promised, and which state keeps it, the kind says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promises {
    /// Objects whose first event lies in it count, and are followed to the end of the log.
    pub range: Range,
    /// Id of the kind of objects.
    pub object: String,
    #[serde(default = "Promises::default_every")]
    pub every: Every,
    /// An object is in the line of the first value that its events have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<By>,
    /// Where one bin of gaps ends and the next begins, in hours, rising; less than nothing is early.
    #[serde(default = "Promises::default_bounds")]
    pub bounds_hours: Vec<f64>,
    /// Objects of which no event passes it are not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

impl Promises {
    fn default_every() -> Every {
        Every::Week
    }

    /// Two weeks, one week and single days around the promise.
    fn default_bounds() -> Vec<f64> {
        vec![-336.0, -168.0, -72.0, -24.0, 0.0, 24.0, 72.0, 168.0, 336.0]
    }

    /// The bounds in milliseconds.
    pub fn bounds_ms(&self) -> Vec<i64> {
        let hours = self.bounds_hours.iter();
        hours.map(|it| (it * 3_600_000.0).round() as i64).collect()
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("filter", self.filter.as_ref());
        let most = limits::PROMISE_BOUNDS_MAX;
        if !(1..=most).contains(&self.bounds_hours.len()) {
            faults.push("bounds_hours", format!("number 1 to {most}"));
        }
        let sound = (self.bounds_hours.iter()).all(|it| it.is_finite() && it.abs() <= HOURS_MAX);
        if !sound {
            faults.push("bounds_hours", "lie within ten years".to_owned());
        } else if !self.bounds_ms().is_sorted_by(|a, b| a < b) {
            faults.push("bounds_hours", "do not rise".to_owned());
        }
    }
}

const HOURS_MAX: f64 = 87_660.0;

#[cfg(test)]
mod tests {
    use crate::report::Report;

    fn places(text: &str) -> Vec<String> {
        let report: Report = serde_json::from_str(text).expect(text);
        let again = serde_json::to_string(&report).expect("written");
        assert_eq!(
            serde_json::from_str::<Report>(&again).expect("read"),
            report
        );
        report.check().into_iter().map(|it| it.place).collect()
    }

    #[test]
    fn bounds_rise() {
        let report = |bounds: &str| {
            places(&format!(
                r#"{{"kind":"promises","range":{{"all":true}},"object":"order"{bounds}}}"#
            ))
        };
        assert!(report("").is_empty());
        assert!(report(r#","bounds_hours":[-0.5,0,0.25]"#).is_empty());
        for faulty in ["[]", "[1,1]", "[2,1]", "[1e9]"] {
            let found = report(&format!(r#","bounds_hours":{faulty}"#));
            assert_eq!(found, ["bounds_hours"], "{faulty}");
        }
    }
}
