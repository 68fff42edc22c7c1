//! Questions about where things crowd: the hours of a week, or two properties of events and people against each other.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    By, Matcher, Rule, Span, limits,
    people::PeopleRule,
    report::{Faults, NamedMatcher, Range},
};

/// How often, by whom and to what end, in each cell of a table of two axes.
///
/// An event lies in one place of an axis, save one of people, who may be in several groups. One that has no place on
/// an axis is passed over and counted. System events fit nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Heatmap {
    /// Binds the events; conversions may fall after its end.
    pub range: Range,
    /// The events that are counted.
    #[serde(default)]
    pub events: Matcher,
    #[serde(default = "Heatmap::default_rows")]
    pub rows: HeatAxis,
    #[serde(default = "Heatmap::default_columns")]
    pub columns: HeatAxis,
    /// Whose clock shows hours and weekdays.
    #[serde(default)]
    pub clock: HeatClock,
    /// The conversion whose share is told; none tells no share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Matcher>,
    /// How long after the first event in a cell a conversion still counts, the end included.
    #[serde(default = "Heatmap::default_within")]
    pub within: Span,
    /// Events that fail it are not there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

/// What the rows or the columns are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeatAxis {
    /// 0 to 23, by the clock.
    Hour,
    /// Monday to Sunday, by the clock.
    Weekday,
    /// The values of a field, or of a trait of who did it; the most frequent alone, the others as one.
    #[schema(value_type = String)]
    Field(By),
    /// The first that fits.
    Steps(Vec<NamedMatcher>),
    /// Everyone that holds.
    People(Vec<NamedPeople>),
}

/// A rule about people with the name that it is shown under.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedPeople {
    pub name: String,
    pub rule: PeopleRule,
}

/// Whose clock shows hours and weekdays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeatClock {
    /// That of the range's zone.
    #[default]
    Company,
    /// That of the event's `context.timezone`, and the company's where it has none that is known.
    Own,
}

impl HeatAxis {
    /// True when its places are told by a clock.
    pub fn is_clock(&self) -> bool {
        matches!(self, Self::Hour | Self::Weekday)
    }
}

impl Heatmap {
    fn default_rows() -> HeatAxis {
        HeatAxis::Weekday
    }

    fn default_columns() -> HeatAxis {
        HeatAxis::Hour
    }

    fn default_within() -> Span {
        Span::days(7)
    }

    /// Both axes with their places.
    pub fn axes(&self) -> [(&'static str, &HeatAxis); 2] {
        [("rows", &self.rows), ("columns", &self.columns)]
    }

    /// The rules of its axes about people, each with its place.
    pub fn groups(&self) -> impl Iterator<Item = (String, &PeopleRule)> {
        self.axes().into_iter().flat_map(|(place, axis)| {
            let groups: &[NamedPeople] = match axis {
                HeatAxis::People(groups) => groups,
                _ => &[],
            };
            (groups.iter().enumerate())
                .map(move |(index, it)| (format!("{place}.people[{index}].rule"), &it.rule))
        })
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("events", self.events.rule.as_ref());
        faults.rule("goal", self.goal.as_ref().and_then(|it| it.rule.as_ref()));
        faults.rule("filter", self.filter.as_ref());
        for (place, axis) in self.axes() {
            match axis {
                HeatAxis::Hour | HeatAxis::Weekday | HeatAxis::Field(_) => {}
                HeatAxis::Steps(steps) => {
                    faults.named(&format!("{place}.steps"), steps);
                    if steps.is_empty() || steps.len() > limits::HEAT_PLACES_MAX {
                        let most = limits::HEAT_PLACES_MAX;
                        faults.push(&format!("{place}.steps"), format!("number 1 to {most}"));
                    }
                }
                HeatAxis::People(groups) => check_groups(place, groups, faults),
            }
        }
        if self.rows == self.columns {
            faults.push("columns", "are what the rows are".to_owned());
        }
        if self.within.0 <= 0 {
            faults.push("within", "needs some time".to_owned());
        }
    }
}

fn check_groups(place: &str, groups: &[NamedPeople], faults: &mut Faults) {
    if groups.is_empty() || groups.len() > limits::OVERLAP_SEGMENTS_MAX {
        let most = limits::OVERLAP_SEGMENTS_MAX;
        faults.push(&format!("{place}.people"), format!("number 1 to {most}"));
    }
    for (index, group) in groups.iter().enumerate() {
        if groups[..index].iter().any(|it| it.name == group.name) {
            faults.push(
                &format!("{place}.people[{index}].name"),
                format!("`{}` is used twice", group.name),
            );
        }
    }
}

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
    fn the_shortest_heatmap_is_of_the_hours_of_a_week() {
        assert!(places(r#"{"kind":"heatmap","range":{"all":true}}"#).is_empty());
        let steps = r#"{"kind":"heatmap","range":{"all":true},"rows":{"steps":[{"name":"a","matcher":{}}]},
            "columns":{"people":[{"name":"b","rule":{"all":[]}}]},"goal":{"events":["buy"]}}"#;
        assert!(places(steps).is_empty());
    }

    #[test]
    fn axes_that_mean_nothing_are_refused_at_once() {
        let found = places(
            r#"{"kind":"heatmap","range":{"all":true},"rows":"hour","columns":"hour","within":"0d"}"#,
        );
        assert_eq!(found, ["columns", "within"]);
        let found = places(
            r#"{"kind":"heatmap","range":{"all":true},"rows":{"steps":[]},"columns":{"people":[
                {"name":"b","rule":{"all":[]}},{"name":"b","rule":{"listed":[]}}]}}"#,
        );
        assert!(
            found.starts_with(&["rows.steps".to_owned(), "columns.people[1].name".to_owned()]),
            "{found:?}"
        );
    }
}
