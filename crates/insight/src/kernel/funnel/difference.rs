//! Whether the lines of a breakdown convert differently, or only look as if they did.

use serde::Serialize;
use throughline_model::report::{Attribution, Funnel, Unit};
use throughline_predict::difference::share_test;
use utoipa::ToSchema;

use super::answer::FunnelLine;

/// The test that all lines of a breakdown have one conversion in common.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct FunnelDifference {
    /// Chi-square.
    pub statistic: f64,
    pub degrees: u32,
    /// How often lines with one conversion in common would differ as much.
    pub p: f64,
    /// Lines that are compared.
    pub lines: u64,
    /// Lines that are left out, as fewer than 30 entered.
    pub small_lines: u64,
}

/// Fewer than these say nothing.
const ENTERED_MIN: u64 = 30;

/// Compares the lines. `None` where that would mean nothing: units of one profile are not independent, and a value
/// that is taken behind the first step knows how far its unit got.
pub(super) fn difference(funnel: &Funnel, lines: &[FunnelLine]) -> Option<FunnelDifference> {
    let breakdown = funnel.breakdown.as_ref()?;
    if funnel.unit != Unit::Profile || breakdown.attribution != Attribution::Entry {
        return None;
    }
    let groups: Vec<(u64, u64)> = lines
        .iter()
        .map(|it| (it.converted.part, it.converted.whole))
        .filter(|(_, whole)| *whole >= ENTERED_MIN)
        .collect();
    let test = share_test(&groups)?;
    Some(FunnelDifference {
        statistic: test.statistic,
        degrees: test.degrees,
        p: test.p,
        lines: groups.len() as u64,
        small_lines: (lines.len() - groups.len()) as u64,
    })
}

#[cfg(test)]
mod tests {
    use throughline_model::{Vocabulary, report::Report};

    use super::*;
    use crate::{
        ask::{Numbers, ask},
        cancel::Cancel,
        fixture::{Log, at},
    };

    /// A log of so many who converted of so many, by plan.
    fn found(groups: &[(&str, u64, u64)], more: &str) -> Option<FunnelDifference> {
        let mut text = String::new();
        for (plan, converted, entered) in groups {
            for person in 0..*entered {
                let who = format!("{plan}{person}");
                text += &format!("{who} 09:00 view web {{\"plan\":\"{plan}\"}}\n");
                if person < *converted {
                    text += &format!("{who} 09:10 buy web {{\"plan\":\"late\"}}\n");
                }
            }
        }
        let report: Report = serde_json::from_str(&format!(
            r#"{{"kind":"funnel","range":{{"all":true}},{more},
                "steps":[{{"name":"a","matcher":{{"events":["view"]}}}},{{"name":"b","matcher":{{"events":["buy"]}}}}]}}"#
        ))
        .expect(more);
        let snapshot = Log::read(&text).snapshot();
        let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
        let answer = ask(&snapshot, &vocabulary, &report, at("9d00:00"), &cancel).expect("sound");
        let Numbers::Funnel(numbers) = answer.numbers else {
            panic!("a funnel")
        };
        numbers.difference
    }

    const BY_PLAN: &str = r#""breakdown":{"field":"properties.plan"}"#;
    const STUDIES: [(&str, u64, u64); 4] =
        [("a", 83, 86), ("b", 90, 93), ("c", 129, 136), ("d", 70, 82)];

    #[test]
    fn lines_are_compared_as_published() {
        // Fleiss, "Statistical methods for rates and proportions", 1981, page 139.
        let it = found(&STUDIES, BY_PLAN).expect("compared");
        assert!(
            (it.statistic - 12.6).abs() < 5e-3 && (it.p - 0.005_585).abs() < 5e-6,
            "{it:?}"
        );
        assert_eq!((it.degrees, it.lines, it.small_lines), (3, 4, 0));
    }

    #[test]
    fn small_lines_are_left_out_and_counted() {
        let mut groups = STUDIES.to_vec();
        groups.push(("e", 0, 29));
        let it = found(&groups, BY_PLAN).expect("compared");
        assert_eq!((it.degrees, it.lines, it.small_lines), (3, 4, 1));
        assert_eq!(found(&[("a", 1, 20), ("b", 9, 20)], BY_PLAN), None);
    }

    #[test]
    fn a_value_that_knows_the_end_and_units_of_one_profile_are_not_compared() {
        for more in [
            r#""breakdown":{"field":"properties.plan","attribution":"last"}"#,
            r#""breakdown":{"field":"properties.plan","attribution":{"step":1}}"#,
            r#""breakdown":{"field":"properties.plan"},"unit":{"session":"30m"}"#,
            r#""breakdown":{"field":"properties.plan"},"unit":"attempt","entry":"every""#,
            r#""window":{"whole":"7d"}"#,
        ] {
            assert_eq!(found(&STUDIES, more), None, "{more}");
        }
    }
}
