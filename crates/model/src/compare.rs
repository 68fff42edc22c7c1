//! What a report is compared with: the same question about other people, or about other days.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    dashboard::Narrow,
    people::PeopleRule,
    report::{Days, Faults, Report, ReportFault},
};

/// The other side of a comparison. It is the report itself with one thing changed, so that it is answered by the
/// same fold and every number of it has its people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ComparedWith)]
pub enum Against {
    /// Everybody whom the report is not about.
    Rest,
    /// Those who satisfy another rule.
    People(Box<PeopleRule>),
    /// As many days just before.
    Before,
    /// The same days of the year before.
    YearBefore,
    /// Other days.
    Days(Days),
}

/// What a report is compared with, without whom or when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgainstKind {
    Rest,
    People,
    Before,
    YearBefore,
    Days,
}

impl AgainstKind {
    /// As it is written in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::People => "people",
            Self::Before => "before",
            Self::YearBefore => "year_before",
            Self::Days => "days",
        }
    }
}

impl Against {
    /// Whether the sides differ in people, not in days.
    pub fn is_of_people(&self) -> bool {
        matches!(self, Self::Rest | Self::People(_))
    }

    /// Whether a report on a dashboard can keep it: one about people does not go with people of the dashboard, as
    /// the other side would be about others than the page says, and its own range may leave nothing before it.
    pub fn goes_with(&self, report: &Report, narrow: &Narrow) -> bool {
        let is_of_others = self.is_of_people() && narrow.people.is_some();
        !is_of_others && self.check(report).is_empty()
    }

    /// What it is called where nobody may see which people it is about.
    pub fn kind(&self) -> AgainstKind {
        match self {
            Self::Rest => AgainstKind::Rest,
            Self::People(_) => AgainstKind::People,
            Self::Before => AgainstKind::Before,
            Self::YearBefore => AgainstKind::YearBefore,
            Self::Days(_) => AgainstKind::Days,
        }
    }

    /// The report of the other side.
    pub fn other(&self, report: &Report) -> Report {
        let mut other = report.clone();
        match self {
            Self::Rest => {
                let people = report.people().cloned();
                let people = people.unwrap_or_else(|| PeopleRule::All(Vec::new()));
                *other.people_mut() = Some(PeopleRule::Not(Box::new(people)));
            }
            Self::People(rule) => *other.people_mut() = Some((**rule).clone()),
            Self::Before => other.set_days(Days::Before(Box::new(report.range().days.clone()))),
            Self::YearBefore => {
                other.set_days(Days::YearBefore(Box::new(report.range().days.clone())));
            }
            Self::Days(days) => other.set_days(days.clone()),
        }
        other
    }

    /// What keeps it from being compared with a report that has no faults of its own.
    pub fn check(&self, report: &Report) -> Vec<ReportFault> {
        let mut faults = Faults::default();
        if matches!(report, Report::Difference(_)) {
            let message = "cannot be chosen, as a report about two funnels has two sides already";
            faults.push("against", message.to_owned());
            return faults.into_list();
        }
        match self {
            Self::Rest if report.people().is_none() => faults.push(
                "against",
                "needs a report about some people, as nobody is left of everybody".to_owned(),
            ),
            Self::Rest => {}
            Self::People(rule) => rule.check("against.people", &mut faults),
            Self::Before | Self::YearBefore if report.range().days.is_all() => faults.push(
                "against",
                "needs a report about some days, as nothing is before everything".to_owned(),
            ),
            Self::Before | Self::YearBefore => {}
            Self::Days(days) => days.check("against.days", &mut faults),
        }
        faults.into_list()
    }
}

impl Report {
    fn set_days(&mut self, days: Days) {
        self.range_mut().days = days;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Span, Timestamp, report::Range};

    fn report(more: &str) -> Report {
        let text =
            format!(r#"{{"kind":"counts","range":{{"last":"7d","zone":"Europe/Berlin"}}{more}}}"#);
        serde_json::from_str(&text).expect("valid")
    }

    fn against(text: &str) -> Against {
        serde_json::from_str(text).expect(text)
    }

    #[test]
    fn the_rest_is_everybody_else() {
        let report = report(r#","people":{"any":[]}"#);
        assert_eq!(against(r#""rest""#).check(&report), []);
        let other = Against::Rest.other(&report);
        let people = serde_json::to_string(&other.people()).expect("written");
        assert_eq!(people, r#"{"not":{"any":[]}}"#);
        assert_eq!(other.range(), report.range());
    }

    #[test]
    fn a_report_about_two_funnels_has_two_sides_already() {
        let funnel = r#"{"range":{"last":"7d"},"steps":[{"name":"a","matcher":{"events":["a"]}},
            {"name":"b","matcher":{"events":["b"]}}]}"#;
        let text = format!(r#"{{"kind":"difference","from":{funnel},"to":{funnel}}}"#);
        let report: Report = serde_json::from_str(&text).expect(&text);
        for other in [Against::Before, Against::Rest] {
            assert_eq!(other.check(&report)[0].place, "against");
        }
    }

    #[test]
    fn nobody_is_left_of_everybody_and_nothing_is_before_everything() {
        let place = |against: Against, report: &Report| against.check(report)[0].place.clone();
        assert_eq!(place(Against::Rest, &report("")), "against");
        let all: Report =
            serde_json::from_str(r#"{"kind":"counts","range":{"all":true}}"#).expect("valid");
        assert_eq!(place(Against::Before, &all), "against");
        assert_eq!(place(Against::YearBefore, &all), "against");
        let twice = against(r#"{"days":{"before":{"all":true}}}"#);
        assert_eq!(place(twice, &all), "against.days");
    }

    #[test]
    fn it_is_read_as_it_is_written() {
        for text in [
            r#""rest""#,
            r#"{"people":{"all":[]}}"#,
            r#""before""#,
            r#""year_before""#,
            r#"{"days":{"between":{"from":"2026-01-01","to":"2026-01-31"}}}"#,
            r#"{"days":{"before":{"last":"1d"}}}"#,
        ] {
            let read = against(text);
            assert_eq!(serde_json::to_string(&read).expect("written"), text);
        }
    }

    fn days(text: &str, zone: &str) -> (String, String) {
        let range: Range =
            serde_json::from_str(&format!(r#"{{{text},"zone":"{zone}"}}"#)).expect(text);
        let now = Timestamp::parse("2026-03-30T10:00:00Z").expect("valid");
        let found = range.resolve(now);
        (found.from.to_string(), found.to.to_string())
    }

    fn range(from: &str, to: &str) -> (String, String) {
        (format!("{from}.000Z"), format!("{to}.000Z"))
    }

    #[test]
    fn days_before_are_as_many_days_whatever_their_hours() {
        // Clocks in Berlin were put forward on the 29th of March, so that day had 23 hours.
        let week = r#""before":{"between":{"from":"2026-03-30","to":"2026-04-05"}}"#;
        assert_eq!(
            days(week, "Europe/Berlin"),
            range("2026-03-22T23:00:00", "2026-03-29T22:00:00")
        );
        let month = r#""before":{"between":{"from":"2026-03-01","to":"2026-03-31"}}"#;
        assert_eq!(
            days(month, "UTC"),
            range("2026-01-29T00:00:00", "2026-03-01T00:00:00")
        );
    }

    #[test]
    fn a_span_before_ends_where_the_span_begins() {
        let range = Range {
            days: Days::Before(Box::new(Days::Last(Span::days(1)))),
            zone: crate::Zone::UTC,
        };
        let now = Timestamp::parse("2026-03-30T10:00:00Z").expect("valid");
        let found = range.resolve(now);
        assert_eq!(found.to, now.minus(Span::days(1)));
        assert_eq!(found.from, now.minus(Span::days(2)));
    }

    #[test]
    fn a_year_before_has_the_same_dates() {
        let leap = r#""year_before":{"between":{"from":"2024-02-01","to":"2024-02-29"}}"#;
        assert_eq!(
            days(leap, "UTC"),
            range("2023-02-01T00:00:00", "2023-03-01T00:00:00")
        );
        // The same hour on the clock, which was an hour earlier in the world.
        assert_eq!(
            days(r#""year_before":{"last":"1d"}"#, "Europe/Berlin"),
            (
                "2025-03-29T11:00:00.000Z".to_owned(),
                "2025-03-30T10:00:00.001Z".to_owned()
            )
        );
    }
}
