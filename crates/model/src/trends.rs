//! Questions about how quantities move: series over time, what is computed of them, and when their level changed.

mod formula;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::formula::Formula;
use crate::{
    By, Field, Matcher, Rule, limits,
    people::PeopleRule,
    report::{Faults, Range},
    retention::{PeriodUnit, WeekStart},
};

/// One to ten series over calendar periods, and formulas of them.
///
/// A series is named by a letter in formulas: the first is A, the second B.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trends {
    pub range: Range,
    pub series: Vec<TrendSeries>,
    #[serde(default)]
    pub formulas: Vec<TrendFormula>,
    /// Length of a period, in the calendar of the range's zone.
    #[serde(default)]
    pub period: PeriodUnit,
    #[serde(default)]
    pub week_start: WeekStart,
    #[serde(default)]
    pub display: TrendDisplay,
    /// Events that fail it are not there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// The type of accounts that are counted in place of people: what all members of one do is one timeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<String>,
    /// By the value of each event; the most frequent alone, the others as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<By>,
}

/// What is counted or measured under one name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrendSeries {
    pub name: String,
    pub matcher: Matcher,
    #[serde(default)]
    pub measure: Measure,
}

/// What is told of the events of a series.
///
/// Those of a property are told of the events that have a number there, in millionths; the others are counted apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    #[default]
    Events,
    /// Different ones.
    Profiles,
    EventsPerProfile,
    #[schema(value_type = String)]
    Sum(Field),
    #[schema(value_type = String)]
    Mean(Field),
    WeightedMean(WeightedMeanOf),
    #[schema(value_type = String)]
    Median(Field),
    Quantile(QuantileOf),
    #[schema(value_type = String)]
    Min(Field),
    #[schema(value_type = String)]
    Max(Field),
    /// How many different values a field has, of any kind.
    #[schema(value_type = String)]
    Distinct(Field),
}

/// A mean in which each event counts as much as a number of its own says, such as the weight of an answer.
///
/// Events whose weight is missing, not above 0 or above a million are counted apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightedMeanOf {
    #[schema(value_type = String)]
    pub field: Field,
    #[schema(value_type = String)]
    pub weight: Field,
}

/// The smallest value that so many thousandths of all do not exceed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuantileOf {
    #[schema(value_type = String)]
    pub field: Field,
    pub permille: u16,
}

/// A series that is computed of others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrendFormula {
    pub name: String,
    /// Like `A / B * 100`: letters of series, numbers, + - * / and parentheses.
    pub expression: String,
}

/// What is drawn of a series. A formula is taken of what is drawn of its series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrendDisplay {
    /// Each period for itself.
    #[default]
    Plain,
    /// Each period with all before it in the range, measured as one: different profiles stay different.
    Running,
    /// The mean of so many whole periods up to each one.
    Moving(u32),
}

impl Measure {
    /// The field whose numbers it is told of.
    pub fn number(&self) -> Option<&Field> {
        match self {
            Self::Events | Self::Profiles | Self::EventsPerProfile | Self::Distinct(_) => None,
            Self::Sum(field)
            | Self::Mean(field)
            | Self::Median(field)
            | Self::Min(field)
            | Self::Max(field)
            | Self::Quantile(QuantileOf { field, .. })
            | Self::WeightedMean(WeightedMeanOf { field, .. }) => Some(field),
        }
    }

    /// The field that it looks at.
    pub fn field(&self) -> Option<&Field> {
        match self {
            Self::Distinct(field) => Some(field),
            other => other.number(),
        }
    }
}

impl Trends {
    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("filter", self.filter.as_ref());
        let most = limits::TREND_SERIES_MAX;
        if !(1..=most).contains(&self.series.len()) {
            faults.push("series", format!("number 1 to {most}"));
        }
        let mut names = BTreeSet::new();
        for (index, series) in self.series.iter().enumerate() {
            let place = format!("series[{index}]");
            faults.rule(&format!("{place}.matcher"), series.matcher.rule.as_ref());
            check_name(&place, &series.name, &mut names, faults);
            check_measure(&format!("{place}.measure"), &series.measure, faults);
        }
        let most = limits::TREND_FORMULAS_MAX;
        if self.formulas.len() > most {
            faults.push("formulas", format!("number at most {most}"));
        }
        for (index, formula) in self.formulas.iter().enumerate() {
            let place = format!("formulas[{index}]");
            check_name(&place, &formula.name, &mut names, faults);
            if let Err(message) = Formula::parse(&formula.expression, self.series.len()) {
                faults.push(&format!("{place}.expression"), message);
            }
        }
        if let TrendDisplay::Moving(periods) = self.display
            && !(2..=limits::TREND_MOVING_MAX).contains(&periods)
        {
            let most = limits::TREND_MOVING_MAX;
            faults.push("display.moving", format!("lies between 2 and {most}"));
        }
    }
}

fn check_name<'a>(place: &str, name: &'a str, names: &mut BTreeSet<&'a str>, faults: &mut Faults) {
    let place = format!("{place}.name");
    if !(1..=limits::NAME_CHARS_MAX).contains(&name.trim().chars().count()) {
        let most = limits::NAME_CHARS_MAX;
        faults.push(&place, format!("has 1 to {most} characters"));
    }
    if !names.insert(name) {
        faults.push(&place, format!("`{name}` is used twice"));
    }
}

fn check_measure(place: &str, measure: &Measure, faults: &mut Faults) {
    let weight = match measure {
        Measure::WeightedMean(it) => Some(&it.weight),
        _ => None,
    };
    for field in measure.number().into_iter().chain(weight) {
        if !matches!(field, Field::Property(_) | Field::Context(_)) {
            faults.push(
                place,
                format!("needs a number, and `{field}` never is one; use properties.<name>"),
            );
        }
    }
    if let Measure::Quantile(QuantileOf { permille, .. }) = measure
        && !(1..=999).contains(permille)
    {
        faults.push(
            &format!("{place}.quantile.permille"),
            "lies between 1 and 999".to_owned(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Report;

    fn read(text: &str) -> Report {
        serde_json::from_str(text).expect(text)
    }

    fn places(text: &str) -> Vec<String> {
        read(text).check().into_iter().map(|it| it.place).collect()
    }

    #[test]
    fn the_shortest_trend_counts_events_by_the_day() {
        let report = read(
            r#"{"kind":"trends","range":{"last":"30d"},"series":[{"name":"all","matcher":{}}]}"#,
        );
        let Report::Trends(trends) = &report else {
            panic!("trends")
        };
        assert_eq!(trends.period, PeriodUnit::Day);
        assert_eq!(trends.display, TrendDisplay::Plain);
        assert_eq!(trends.series[0].measure, Measure::Events);
        assert_eq!(report.check(), []);
    }

    #[test]
    fn every_measure_is_read_as_it_is_written() {
        let report = read(
            r#"{"kind":"trends","range":{"all":true},"display":{"moving":7},"week_start":"sunday","period":"week",
                "breakdown":"channel","formulas":[{"name":"rate","expression":"(A + b) / C * 100"}],"series":[
                {"name":"a","matcher":{},"measure":"profiles"},
                {"name":"b","matcher":{},"measure":"events_per_profile"},
                {"name":"c","matcher":{},"measure":{"sum":"properties.worth"}},
                {"name":"d","matcher":{},"measure":{"quantile":{"field":"properties.worth","permille":900}}},
                {"name":"e","matcher":{},"measure":{"distinct":"channel"}},
                {"name":"f","matcher":{},"measure":{"weighted_mean":{"field":"properties.score","weight":"properties.weight"}}}]}"#,
        );
        assert_eq!(report.check(), []);
        let again = serde_json::to_string(&report).expect("written");
        assert_eq!(read(&again), report);
    }

    #[test]
    fn every_fault_is_listed_with_its_place() {
        assert_eq!(
            places(
                r#"{"kind":"trends","range":{"all":true},"display":{"moving":1},"series":[
                    {"name":"a","matcher":{},"measure":{"sum":"channel"}},
                    {"name":"a","matcher":{},"measure":{"quantile":{"field":"properties.p","permille":1000}}},
                    {"name":" ","matcher":{}}],
                    "formulas":[{"name":"f","expression":"A / D"},{"name":"f","expression":"A"}]}"#
            ),
            [
                "series[0].measure",
                "series[1].name",
                "series[1].measure.quantile.permille",
                "series[2].name",
                "formulas[0].expression",
                "formulas[1].name",
                "display.moving",
            ]
        );
        assert_eq!(
            places(r#"{"kind":"trends","range":{"all":true},"series":[]}"#),
            ["series"]
        );
    }
}
