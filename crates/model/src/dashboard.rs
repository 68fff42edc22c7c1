//! A page that people compose: reports, texts and maps on a grid.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Rule,
    difference::Difference,
    lift::Arms,
    limits,
    people::PeopleRule,
    report::{Faults, Filter, FilterWhen, Funnel, Range, Report, ReportFault},
};

/// Tiles on a grid of twelve columns, in the order in which they are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(flatten)]
    pub narrow: Narrow,
    #[serde(default)]
    pub tiles: Vec<Tile>,
}

/// What holds for every report of a dashboard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Narrow {
    /// Instead of the report's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// Besides the report's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Besides those that the report is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

/// One tile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tile {
    /// Unlike those of the other tiles.
    pub id: String,
    /// Empty for the title of what is on it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What to see in it, in the words of whoever put it there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// In columns, of twelve.
    pub width: u8,
    /// In rows of the grid.
    pub height: u8,
    pub content: TileContent,
}

/// What is on a tile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TileContent {
    /// The id of a saved report; the tile follows its changes.
    Saved(String),
    /// A report that is nowhere else.
    Report(Box<Report>),
    Text(String),
    /// The id of a map that the tile leads to.
    Map(String),
}

/// Columns of the grid.
pub const COLUMNS: u8 = 12;
/// The narrowest tile that a number with its name fits on.
pub const WIDTH_MIN: u8 = 2;
/// The highest tile.
pub const HEIGHT_MAX: u8 = 6;

impl Dashboard {
    /// Everything that is wrong with the dashboard; empty when it can be shown.
    pub fn check(&self) -> Vec<ReportFault> {
        let mut faults = Vec::new();
        let mut push = |place: String, message: String| faults.push(ReportFault { place, message });
        let title = self.title.trim().chars().count();
        if !(1..=limits::NAME_CHARS_MAX).contains(&title) {
            let most = limits::NAME_CHARS_MAX;
            push("title".to_owned(), format!("has 1 to {most} characters"));
        }
        if self.description.chars().count() > limits::DESCRIPTION_CHARS_MAX {
            let most = limits::DESCRIPTION_CHARS_MAX;
            push(
                "description".to_owned(),
                format!("has at most {most} characters"),
            );
        }
        let mut narrow = Faults::default();
        narrow.rule("filter", self.narrow.filter.as_ref());
        if let Some(people) = &self.narrow.people {
            people.check("people", &mut narrow);
        }
        for fault in narrow.0 {
            push(fault.place, fault.message);
        }
        if self.tiles.len() > limits::TILES_MAX {
            let most = limits::TILES_MAX;
            push("tiles".to_owned(), format!("number at most {most}"));
        }
        let mut ids = BTreeSet::new();
        for (index, tile) in self.tiles.iter().enumerate() {
            if !ids.insert(tile.id.as_str()) {
                push(
                    format!("tiles[{index}].id"),
                    "is that of another tile".to_owned(),
                );
            }
            for (place, message) in tile.faults() {
                push(format!("tiles[{index}].{place}"), message);
            }
        }
        faults
    }
}

impl Tile {
    fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut push = |place: &str, message: String| faults.push((place.to_owned(), message));
        let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
        if !(1..=40).contains(&self.id.len()) || !self.id.chars().all(is_plain) {
            push("id", "has 1 to 40 letters, digits, - and _".to_owned());
        }
        if self.title.chars().count() > limits::NAME_CHARS_MAX {
            let most = limits::NAME_CHARS_MAX;
            push("title", format!("has at most {most} characters"));
        }
        if self.note.chars().count() > limits::DESCRIPTION_CHARS_MAX {
            let most = limits::DESCRIPTION_CHARS_MAX;
            push("note", format!("has at most {most} characters"));
        }
        if !(WIDTH_MIN..=COLUMNS).contains(&self.width) {
            push("width", format!("lies between {WIDTH_MIN} and {COLUMNS}"));
        }
        if !(1..=HEIGHT_MAX).contains(&self.height) {
            push("height", format!("lies between 1 and {HEIGHT_MAX}"));
        }
        match &self.content {
            TileContent::Text(text) => {
                if text.chars().count() > limits::TILE_TEXT_CHARS_MAX {
                    let most = limits::TILE_TEXT_CHARS_MAX;
                    push("content.text", format!("has at most {most} characters"));
                }
            }
            TileContent::Report(report) => {
                for fault in report.check() {
                    push(&format!("content.report.{}", fault.place), fault.message);
                }
            }
            // What they name may be deleted later, so the tile says when it is gone.
            TileContent::Saved(_) | TileContent::Map(_) => {}
        }
        faults
    }
}

impl Report {
    /// The same question over another range, and about less.
    pub fn narrowed(mut self, narrow: &Narrow) -> Self {
        if let Self::Difference(it) = self {
            return it.each(|funnel| funnel.narrowed(narrow));
        }
        if let Some(range) = &narrow.range {
            *self.range_mut() = range.clone();
        }
        if let Some(rule) = &narrow.filter {
            self.add_filter(rule.clone());
        }
        if let Some(rule) = &narrow.people {
            let people = self.people_mut();
            *people = Some(match people.take() {
                Some(own) => PeopleRule::All(vec![own, rule.clone()]),
                None => rule.clone(),
            });
        }
        self
    }

    /// The same as a tile draws it: every way of paths, as a drawing of some leaves out the others.
    pub fn drawn(mut self) -> Self {
        if let Self::Paths(paths) = &mut self {
            paths.top = limits::PATHS_LISTED_MAX;
        }
        self
    }

    /// The same without saying which people it is about, for who may see numbers and no profiles.
    pub fn about_anybody(mut self) -> Self {
        if let Self::Difference(it) = self {
            return it.each(Self::about_anybody);
        }
        if let Self::Lift(lift) = &mut self
            && let Arms::People(arms) = &mut lift.arms
        {
            arms.treated = PeopleRule::All(Vec::new());
            arms.control = None;
        }
        *self.people_mut() = None;
        self
    }

    pub(crate) fn range_mut(&mut self) -> &mut Range {
        match self {
            Self::Trends(it) => &mut it.range,
            Self::Counts(it) => &mut it.range,
            Self::Funnel(it) => &mut it.range,
            Self::Transitions(it) => &mut it.range,
            Self::StageTime(it) => &mut it.range,
            Self::WorkTime(it) => &mut it.range,
            Self::Paths(it) => &mut it.range,
            Self::Attribution(it) => &mut it.range,
            Self::Retention(it) => &mut it.range,
            Self::Stickiness(it) => &mut it.range,
            Self::Lifecycle(it) => &mut it.range,
            Self::Drivers(it) => &mut it.range,
            Self::Reasons(it) => &mut it.range,
            Self::Topics(it) => &mut it.range,
            Self::Choice(it) => &mut it.range,
            Self::Unexpected(it) => &mut it.range,
            Self::Difference(it) => &mut it.to.range,
            Self::LastTouch(it) => &mut it.range,
            Self::Channels(it) => &mut it.range,
            Self::Switches(it) => &mut it.range,
            Self::Heatmap(it) => &mut it.range,
            Self::Rfm(it) => &mut it.range,
            Self::Bottlenecks(it) => &mut it.range,
            Self::PageMap(it) => &mut it.range,
            Self::Lift(it) => &mut it.range,
            Self::Promises(it) => &mut it.range,
        }
    }

    pub(crate) fn people_mut(&mut self) -> &mut Option<PeopleRule> {
        match self {
            Self::Trends(it) => &mut it.people,
            Self::Counts(it) => &mut it.people,
            Self::Funnel(it) => &mut it.people,
            Self::Transitions(it) => &mut it.people,
            Self::StageTime(it) => &mut it.people,
            Self::WorkTime(it) => &mut it.people,
            Self::Paths(it) => &mut it.people,
            Self::Attribution(it) => &mut it.people,
            Self::Retention(it) => &mut it.people,
            Self::Stickiness(it) => &mut it.people,
            Self::Lifecycle(it) => &mut it.people,
            Self::Drivers(it) => &mut it.people,
            Self::Reasons(it) => &mut it.people,
            Self::Topics(it) => &mut it.people,
            Self::Choice(it) => &mut it.people,
            Self::Unexpected(it) => &mut it.people,
            Self::Difference(it) => &mut it.to.people,
            Self::LastTouch(it) => &mut it.people,
            Self::Channels(it) => &mut it.people,
            Self::Switches(it) => &mut it.people,
            Self::Heatmap(it) => &mut it.people,
            Self::Rfm(it) => &mut it.people,
            Self::Bottlenecks(it) => &mut it.people,
            Self::PageMap(it) => &mut it.people,
            Self::Lift(it) => &mut it.people,
            Self::Promises(it) => &mut it.people,
        }
    }

    fn add_filter(&mut self, rule: Rule) {
        let filter = match self {
            Self::Funnel(it) => return it.add_filter(rule),
            Self::Difference(it) => return it.to.add_filter(rule),
            Self::Trends(it) => &mut it.filter,
            Self::Counts(it) => &mut it.filter,
            Self::Transitions(it) => &mut it.filter,
            Self::StageTime(it) => &mut it.filter,
            Self::WorkTime(it) => &mut it.filter,
            Self::Paths(it) => &mut it.filter,
            Self::Attribution(it) => &mut it.filter,
            Self::Retention(it) => &mut it.filter,
            Self::Stickiness(it) => &mut it.filter,
            Self::Lifecycle(it) => &mut it.filter,
            Self::Drivers(it) => &mut it.filter,
            Self::Reasons(it) => &mut it.filter,
            Self::Topics(it) => &mut it.filter,
            Self::Choice(it) => &mut it.filter,
            Self::Unexpected(it) => &mut it.filter,
            Self::LastTouch(it) => &mut it.filter,
            Self::Channels(it) => &mut it.filter,
            Self::Switches(it) => &mut it.filter,
            Self::Heatmap(it) => &mut it.filter,
            Self::Rfm(it) => &mut it.filter,
            Self::Bottlenecks(it) => &mut it.filter,
            Self::PageMap(it) => &mut it.filter,
            Self::Lift(it) => &mut it.filter,
            Self::Promises(it) => &mut it.filter,
        };
        *filter = Some(both(filter.take(), rule));
    }
}

impl Funnel {
    /// A funnel says besides when its filter takes hold.
    fn add_filter(&mut self, rule: Rule) {
        let own = self.filter.take();
        let when = own.as_ref().map_or(FilterWhen::default(), |own| own.when);
        let rule = both(own.map(|own| own.rule), rule);
        self.filter = Some(Filter { rule, when });
    }
}

impl Difference {
    /// Both funnels, each changed as if it were asked about alone.
    fn each(self, change: impl Fn(Report) -> Report) -> Report {
        let changed = |funnel: Funnel| match change(Report::Funnel(funnel.clone())) {
            Report::Funnel(changed) => changed,
            _ => funnel,
        };
        Report::Difference(Box::new(Self {
            from: changed(self.from),
            to: changed(self.to),
        }))
    }
}

fn both(own: Option<Rule>, rule: Rule) -> Rule {
    match own {
        Some(own) => Rule::All(vec![own, rule]),
        None => rule,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str) -> Vec<String> {
        let dashboard: Dashboard = serde_json::from_str(json).expect(json);
        let faults = dashboard.check().into_iter();
        faults
            .map(|it| format!("{} {}", it.place, it.message))
            .collect()
    }

    #[test]
    fn a_dashboard_of_every_kind_of_tile_is_sound() {
        let sound = r#"{"title":"Week","range":{"last":"7d"},"tiles":[
            {"id":"a","width":6,"height":2,"content":{"saved":"checkout"}},
            {"id":"b","width":6,"height":2,"content":{"report":{"kind":"counts","range":{"last":"7d"}}}},
            {"id":"c","width":12,"height":1,"content":{"text":"Read me"}},
            {"id":"d","width":2,"height":1,"content":{"map":"shop"}}]}"#;
        assert_eq!(check(sound), Vec::<String>::new());
        let misspelled =
            serde_json::from_str::<Dashboard>(r#"{"title":"Week","rnage":{"last":"7d"}}"#);
        assert!(misspelled.is_err());
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let faulty = r#"{"title":" ","tiles":[
            {"id":"a","width":1,"height":9,"content":{"text":""}},
            {"id":"a","width":4,"height":1,"content":{"report":{"kind":"funnel","range":{"last":"7d"},"steps":[]}}}]}"#;
        assert_eq!(
            check(faulty),
            [
                "title has 1 to 100 characters",
                "tiles[0].width lies between 2 and 12",
                "tiles[0].height lies between 1 and 6",
                "tiles[1].id is that of another tile",
                "tiles[1].content.report.steps number 1 to 20",
            ]
        );
    }

    /// A report, what a dashboard holds it to, and the question that is then asked.
    fn asks(report: &str, narrow: &str, expected: &str) {
        let report: Report = serde_json::from_str(report).expect(report);
        let narrow: Narrow = serde_json::from_str(narrow).expect(narrow);
        let json = serde_json::to_value(report.narrowed(&narrow)).expect("text keys");
        let expected: serde_json::Value = serde_json::from_str(expected).expect(expected);
        for (name, value) in expected.as_object().expect("an object") {
            assert_eq!(&json[name], value, "{name} of {json}");
        }
    }

    #[test]
    fn a_range_takes_the_place_of_the_reports_own() {
        for kind in [
            r#"{"kind":"counts","range":{"all":true}}"#,
            r#"{"kind":"funnel","range":{"all":true},"steps":[]}"#,
            r#"{"kind":"lifecycle","range":{"all":true}}"#,
        ] {
            let range = r#"{"range":{"last":"8d","zone":"UTC"}}"#;
            asks(kind, range, range);
            asks(kind, "{}", r#"{"range":{"all":true,"zone":"UTC"}}"#);
        }
    }

    #[test]
    fn a_filter_and_people_come_to_the_reports_own() {
        let web = r#"{"where":{"field":"channel","test":{"is":["web"]}}}"#;
        let app = r#"{"where":{"field":"channel","test":{"is":["app"]}}}"#;
        let counts = r#"{"kind":"counts","range":{"all":true}"#;
        asks(
            &format!("{counts}}}"),
            &format!(r#"{{"filter":{web}}}"#),
            &format!(r#"{{"filter":{web}}}"#),
        );
        asks(
            &format!(r#"{counts},"filter":{app}}}"#),
            &format!(r#"{{"filter":{web}}}"#),
            &format!(r#"{{"filter":{{"all":[{app},{web}]}}}}"#),
        );
        asks(
            &format!(
                r#"{{"kind":"funnel","range":{{"all":true}},"steps":[],"filter":{{"rule":{app},"when":"after"}}}}"#
            ),
            &format!(r#"{{"filter":{web}}}"#),
            &format!(r#"{{"filter":{{"rule":{{"all":[{app},{web}]}},"when":"after"}}}}"#),
        );
        asks(
            &format!(r#"{counts},"people":{{"listed":[1]}}}}"#),
            r#"{"people":{"listed":[2]}}"#,
            r#"{"people":{"all":[{"listed":[1]},{"listed":[2]}]}}"#,
        );
    }
}
