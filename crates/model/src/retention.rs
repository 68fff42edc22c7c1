//! Questions about coming back: who returns, on how many days, and who is new or gone.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    By, Matcher, Rule, limits,
    people::PeopleRule,
    report::{Every, Faults, Range},
};

/// Who of a cohort comes back. Its choices are fields, never hidden.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Binds the starts only: returns are followed up to now.
    pub range: Range,
    /// The event that puts a profile in a cohort.
    pub start: Matcher,
    /// The event that counts as coming back. It lies behind the start; at the very instant of the start it must be
    /// another event.
    #[serde(default)]
    pub returns: Matcher,
    #[serde(default)]
    pub cohorts: Cohorts,
    /// Length of a period, and of the time in which a cohort starts.
    #[serde(default)]
    pub period: PeriodUnit,
    #[serde(default)]
    pub clock: PeriodClock,
    #[serde(default)]
    pub week_start: WeekStart,
    #[serde(default)]
    pub mode: RetentionMode,
    /// How many periods are shown, period 0 included, which is that of the start. Brackets say it themselves.
    #[serde(default = "Retention::default_periods")]
    pub periods_count: u32,
    /// Events that fail it are not there at all, also when the first start is looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// The type of accounts that are counted in place of people: what all members of one do is one timeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<String>,
    /// By the value at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<By>,
}

/// Which starts put a profile in a cohort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cohorts {
    /// The first one in the whole log, when it lies in the range.
    #[default]
    FirstEver,
    /// The first one of each period of the range: a profile can be in many cohorts.
    EachPeriod,
}

/// Length of a period.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    Hour,
    #[default]
    Day,
    Week,
    Month,
}

/// When periods begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeriodClock {
    /// With the calendar of the range's zone: the day after a start at 23:59 is period 1 two minutes later.
    #[default]
    Calendar,
    /// At each profile's own start, every 24 hours for days: exact, whatever clocks do.
    Rolling,
}

/// The first day of a week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeekStart {
    #[default]
    Monday,
    Sunday,
}

/// When someone has come back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RetentionMode {
    /// In exactly that period.
    #[default]
    On,
    /// In that period or any later one, up to now. It can still rise after the period is over.
    OnOrAfter,
    /// In any period of these, which rise and do not overlap.
    Brackets(Vec<Bracket>),
}

/// Periods from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bracket {
    pub from: u32,
    pub to: u32,
}

/// Of those who were active in a period, in how many of its units they were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stickiness {
    /// Periods that it touches are counted whole.
    pub range: Range,
    /// What counts as being active.
    #[serde(default)]
    pub active: Matcher,
    #[serde(default = "Stickiness::default_period")]
    pub period: PeriodUnit,
    /// Shorter than the period. A week that a month cuts counts in both.
    #[serde(default)]
    pub unit: PeriodUnit,
    #[serde(default)]
    pub week_start: WeekStart,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

/// Who is new in a period, who stayed, who came back after a pause, and who went silent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// Periods that it touches are counted whole. What came before it is known and counts.
    pub range: Range,
    /// What counts as being active.
    #[serde(default)]
    pub active: Matcher,
    #[serde(default)]
    pub period: PeriodUnit,
    #[serde(default)]
    pub week_start: WeekStart,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

impl PeriodUnit {
    /// The same as the length of a point.
    pub fn every(self) -> Every {
        match self {
            Self::Hour => Every::Hour,
            Self::Day => Every::Day,
            Self::Week => Every::Week,
            Self::Month => Every::Month,
        }
    }
}

impl Retention {
    fn default_periods() -> u32 {
        12
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("start.rule", self.start.rule.as_ref());
        faults.rule("returns.rule", self.returns.rule.as_ref());
        faults.rule("filter", self.filter.as_ref());
        if self.clock == PeriodClock::Rolling && self.period == PeriodUnit::Month {
            faults.push(
                "period",
                "cannot be `month` with a rolling clock, as months differ in length".to_owned(),
            );
        }
        if !(1..=limits::RETENTION_COLUMNS_MAX).contains(&self.periods_count) {
            faults.push(
                "periods_count",
                format!("lies between 1 and {}", limits::RETENTION_COLUMNS_MAX),
            );
        }
        if let RetentionMode::Brackets(brackets) = &self.mode {
            check_brackets(brackets, faults);
        }
    }
}

fn check_brackets(brackets: &[Bracket], faults: &mut Faults) {
    let (columns_max, last_max) = (
        limits::RETENTION_COLUMNS_MAX,
        limits::RETENTION_LAST_PERIOD_MAX,
    );
    if !(1..=columns_max as usize).contains(&brackets.len()) {
        faults.push("mode.brackets", format!("number 1 to {columns_max}"));
    }
    for (index, bracket) in brackets.iter().enumerate() {
        let place = format!("mode.brackets[{index}]");
        if bracket.from > bracket.to {
            faults.push(&place, "ends before it begins".to_owned());
        }
        if bracket.to > last_max {
            faults.push(&place, format!("ends after period {last_max}"));
        }
        if index > 0 && bracket.from <= brackets[index - 1].to {
            faults.push(
                &place,
                "begins before the one before it has ended".to_owned(),
            );
        }
    }
}

impl Stickiness {
    fn default_period() -> PeriodUnit {
        PeriodUnit::Week
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("active.rule", self.active.rule.as_ref());
        faults.rule("filter", self.filter.as_ref());
        if self.unit >= self.period {
            faults.push("unit", "must be shorter than the period".to_owned());
        }
    }
}

impl Lifecycle {
    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("active.rule", self.active.rule.as_ref());
        faults.rule("filter", self.filter.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Report;

    fn places(text: &str) -> Vec<String> {
        let report: Report = serde_json::from_str(text).expect(text);
        report.check().into_iter().map(|it| it.place).collect()
    }

    #[test]
    fn the_shortest_reports_get_every_default() {
        let report: Report =
            serde_json::from_str(r#"{"kind":"retention","range":{"last":"30d"},"start":{}}"#)
                .expect("valid");
        let Report::Retention(retention) = &report else {
            panic!("a retention")
        };
        assert_eq!(retention.cohorts, Cohorts::FirstEver);
        assert_eq!(retention.mode, RetentionMode::On);
        assert_eq!(retention.periods_count, 12);
        let again: Report =
            serde_json::from_str(&serde_json::to_string(&report).expect("written")).expect("read");
        assert_eq!(again, report);
        for kind in ["stickiness", "lifecycle"] {
            let text = format!(r#"{{"kind":"{kind}","range":{{"all":true}}}}"#);
            assert_eq!(places(&text), [] as [&str; 0]);
        }
    }

    #[test]
    fn every_fault_is_listed() {
        assert_eq!(
            places(
                r#"{"kind":"retention","range":{"all":true},"start":{},"clock":"rolling","period":"month",
                    "periods_count":0,"mode":{"brackets":[{"from":2,"to":1},{"from":1,"to":9999}]}}"#
            ),
            [
                "period",
                "periods_count",
                "mode.brackets[0]",
                "mode.brackets[1]",
                "mode.brackets[1]"
            ]
        );
        assert_eq!(
            places(r#"{"kind":"stickiness","range":{"all":true},"period":"day","unit":"week"}"#),
            ["unit"]
        );
    }

    #[test]
    fn misspelt_fields_are_refused() {
        for text in [
            r#"{"kind":"retention","range":{"all":true},"start":{},"perod":"day"}"#,
            r#"{"kind":"stickiness","range":{"all":true},"units":"day"}"#,
            r#"{"kind":"lifecycle","range":{"all":true},"breakdown":"channel"}"#,
        ] {
            assert!(serde_json::from_str::<Report>(text).is_err(), "{text}");
        }
    }
}
