//! Questions to the log, as data: the same text for the API, the command line and the interface.

mod funnel;
mod paths;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::{
    funnel::{
        Attribution, Breakdown, Entry, Exclusion, ExclusionEffect, Filter, FilterWhen, Funnel,
        FunnelStep, Order, Ties, Unit, Window,
    },
    paths::{Occurrence, PathUnit, Paths, Transitions},
};
use crate::{
    By, Matcher, Rule, Span, TimeRange, Timestamp, Zone,
    account::account_type,
    attribution::AttributionReport,
    bottlenecks::Bottlenecks,
    channels::{ChannelBoard, Switches},
    choice::Choice,
    difference::Difference,
    drivers::Drivers,
    heatmap::{HeatAxis, Heatmap},
    last_touch::LastTouch,
    lift::{Arms, Lift, LiftCost},
    limits,
    page_map::PageMap,
    people::PeopleRule,
    promises::Promises,
    reasons::Reasons,
    retention::{Lifecycle, Retention, Stickiness},
    rfm::Rfm,
    topics::TopicsReport,
    trends::Trends,
    unexpected::Unexpected,
    work_time::WorkTime,
};

/// A question, complete with everything that its answer depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Report {
    Trends(Box<Trends>),
    Counts(Counts),
    Funnel(Funnel),
    Transitions(Transitions),
    StageTime(StageTime),
    WorkTime(WorkTime),
    Paths(Paths),
    Attribution(AttributionReport),
    Retention(Retention),
    Stickiness(Stickiness),
    Lifecycle(Lifecycle),
    Drivers(Box<Drivers>),
    Reasons(Box<Reasons>),
    Topics(Box<TopicsReport>),
    Choice(Box<Choice>),
    Unexpected(Unexpected),
    Difference(Box<Difference>),
    LastTouch(LastTouch),
    Channels(ChannelBoard),
    Switches(Switches),
    Heatmap(Heatmap),
    Rfm(Rfm),
    Bottlenecks(Bottlenecks),
    PageMap(PageMap),
    Lift(Box<Lift>),
    Promises(Promises),
}

/// The calendar range of a report: whole days in its zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    #[serde(flatten)]
    pub days: Days,
    #[serde(default)]
    #[schema(value_type = String)]
    pub zone: Zone,
}

/// Which days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// The span that ends now, like `30d`.
    Last(Span),
    /// From the first day to the last, both included.
    Between {
        #[schema(value_type = String, format = Date)]
        from: Date,
        #[schema(value_type = String, format = Date)]
        to: Date,
    },
    /// Everything that was ever collected.
    All(bool),
    /// As many days, or as long a span, just before.
    #[schema(no_recursion)]
    Before(Box<Days>),
    /// The same dates and hours of the year before.
    #[schema(no_recursion)]
    YearBefore(Box<Days>),
}

impl Days {
    /// Whether they are without end on both sides.
    pub fn is_all(&self) -> bool {
        match self {
            Self::All(_) => true,
            Self::Last(_) | Self::Between { .. } => false,
            Self::Before(days) | Self::YearBefore(days) => days.is_all(),
        }
    }

    pub(crate) fn check(&self, place: &str, faults: &mut Faults) {
        if matches!(self, Self::Before(_) | Self::YearBefore(_)) && self.is_all() {
            faults.push(place, "cannot be before everything".to_owned());
        }
    }

    fn resolve(&self, zone: &Zone, now: Timestamp) -> TimeRange {
        match self {
            Self::Last(span) => TimeRange {
                from: now.minus(*span),
                to: Timestamp(now.0 + 1),
            },
            Self::Between { from, to } => TimeRange {
                from: zone.start_of(*from),
                to: to
                    .tomorrow()
                    .map_or(Timestamp::MAX, |day| zone.start_of(day)),
            },
            Self::All(_) => TimeRange::ALL,
            Self::Before(days) => match &**days {
                // A week has as many days as the one before it, though one may have an hour more.
                Self::Between { from, to } => {
                    let days = from.until(*to).map_or(1, |it| i64::from(it.get_days()) + 1);
                    let back = |day: &Date| day.checked_sub(days.days()).unwrap_or(Date::MIN);
                    let (from, to) = (back(from), back(to));
                    Self::Between { from, to }.resolve(zone, now)
                }
                Self::Last(span) => {
                    let to = now.minus(*span);
                    TimeRange {
                        from: to.minus(*span),
                        to,
                    }
                }
                Self::All(_) => TimeRange::ALL,
                Self::Before(_) | Self::YearBefore(_) => {
                    let TimeRange { from, to } = days.resolve(zone, now);
                    TimeRange {
                        from: from.minus(to.since(from)),
                        to: from,
                    }
                }
            },
            Self::YearBefore(days) => {
                let TimeRange { from, to } = days.resolve(zone, now);
                match &**days {
                    Self::Between { from, to } => {
                        let back = |day: &Date| day.checked_sub(1.year()).unwrap_or(Date::MIN);
                        let (from, to) = (back(from), back(to));
                        Self::Between { from, to }.resolve(zone, now)
                    }
                    Self::All(_) => TimeRange::ALL,
                    Self::Last(_) | Self::Before(_) | Self::YearBefore(_) => {
                        let back = |at: Timestamp| {
                            let shown = at.in_zone(zone).checked_sub(1.year());
                            shown.map_or(Timestamp::MIN, |shown| zone.instant_of(shown))
                        };
                        TimeRange {
                            from: back(from),
                            // The range ends just behind its last moment.
                            to: Timestamp(back(Timestamp(to.0 - 1)).0 + 1),
                        }
                    }
                }
            }
        }
    }
}

impl Range {
    /// All of time, in UTC.
    pub fn all() -> Self {
        Self {
            days: Days::All(true),
            zone: Zone::UTC,
        }
    }

    /// The instants that the range covers when it is asked at `now`.
    pub fn resolve(&self, now: Timestamp) -> TimeRange {
        self.days.resolve(&self.zone, now)
    }
}

/// How many events and profiles, over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    pub range: Range,
    /// Each is a series of its own; an empty list counts each event name.
    #[serde(default)]
    pub series: Vec<NamedMatcher>,
    #[serde(default)]
    pub every: Every,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// The type of accounts that are counted in place of people: what all members of one do is one timeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<By>,
}

/// Length of one point of a series, in calendar units of the range's zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    Second,
    Minute,
    Hour,
    #[default]
    Day,
    /// Monday to Sunday.
    Week,
    Month,
    /// One point for the whole range.
    Range,
}

/// A matcher with the name that it is shown under.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedMatcher {
    pub name: String,
    pub matcher: Matcher,
}

/// How long profiles stay in each stage, those that are still in it included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageTime {
    /// Stays that begin in the range count, and are followed to the end of the log.
    pub range: Range,
    /// Stages to use instead of the vocabulary's, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<NamedMatcher>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// A stay ends without a next stage when nothing happens for this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence_max: Option<Span>,
}

/// What an author must mend in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportFault {
    /// Where, like `steps[2].matcher`.
    pub place: String,
    pub message: String,
}

impl Report {
    /// Its kind, as it is written in files.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Trends(_) => "trends",
            Self::Counts(_) => "counts",
            Self::Funnel(_) => "funnel",
            Self::Transitions(_) => "transitions",
            Self::StageTime(_) => "stage_time",
            Self::WorkTime(_) => "work_time",
            Self::Paths(_) => "paths",
            Self::Attribution(_) => "attribution",
            Self::Retention(_) => "retention",
            Self::Stickiness(_) => "stickiness",
            Self::Lifecycle(_) => "lifecycle",
            Self::Drivers(_) => "drivers",
            Self::Reasons(_) => "reasons",
            Self::Topics(_) => "topics",
            Self::Choice(_) => "choice",
            Self::Unexpected(_) => "unexpected",
            Self::Difference(_) => "difference",
            Self::LastTouch(_) => "last_touch",
            Self::Channels(_) => "channels",
            Self::Switches(_) => "switches",
            Self::Heatmap(_) => "heatmap",
            Self::Rfm(_) => "rfm",
            Self::Bottlenecks(_) => "bottlenecks",
            Self::PageMap(_) => "page_map",
            Self::Lift(_) => "lift",
            Self::Promises(_) => "promises",
        }
    }

    /// The days that it is about.
    pub fn range(&self) -> &Range {
        match self {
            Self::Trends(it) => &it.range,
            Self::Counts(it) => &it.range,
            Self::Funnel(it) => &it.range,
            Self::Transitions(it) => &it.range,
            Self::StageTime(it) => &it.range,
            Self::WorkTime(it) => &it.range,
            Self::Paths(it) => &it.range,
            Self::Attribution(it) => &it.range,
            Self::Retention(it) => &it.range,
            Self::Stickiness(it) => &it.range,
            Self::Lifecycle(it) => &it.range,
            Self::Drivers(it) => &it.range,
            Self::Reasons(it) => &it.range,
            Self::Topics(it) => &it.range,
            Self::Choice(it) => &it.range,
            Self::Unexpected(it) => &it.range,
            Self::Difference(it) => &it.to.range,
            Self::LastTouch(it) => &it.range,
            Self::Channels(it) => &it.range,
            Self::Switches(it) => &it.range,
            Self::Heatmap(it) => &it.range,
            Self::Rfm(it) => &it.range,
            Self::Bottlenecks(it) => &it.range,
            Self::PageMap(it) => &it.range,
            Self::Lift(it) => &it.range,
            Self::Promises(it) => &it.range,
        }
    }

    /// Whether its answer says what was paid.
    pub fn tells_costs(&self) -> bool {
        match self {
            Self::Attribution(_) | Self::Channels(_) => true,
            Self::Lift(it) => matches!(it.cost, Some(LiftCost::Campaigns(_))),
            _ => false,
        }
    }

    /// Names of the traits that it asks for itself, besides those of its rule about people.
    pub fn traits(&self) -> Vec<&str> {
        let own = match self {
            Self::Drivers(it) => it.traits.as_slice(),
            Self::Lift(it) => match &it.arms {
                Arms::Trait(arms) => std::slice::from_ref(&arms.name),
                Arms::Field(_) | Arms::People(_) => &[],
            },
            Self::Choice(it) => &it.traits,
            _ => &[],
        };
        let of_lines = self.lines().into_iter().filter_map(|(_, by)| match by {
            By::Trait(name) => Some(name.as_str()),
            By::Field(_) | By::Account { .. } => None,
        });
        own.iter().map(String::as_str).chain(of_lines).collect()
    }

    /// The types of accounts that its lines ask for traits of.
    pub fn account_types(&self) -> impl Iterator<Item = &str> {
        self.lines().into_iter().filter_map(|(_, by)| match by {
            By::Account { account_type, .. } => Some(account_type.as_str()),
            By::Field(_) | By::Trait(_) => None,
        })
    }

    /// What its lines are told apart by, each with its place.
    pub fn lines<'a>(&'a self) -> Vec<(String, &'a By)> {
        fn of_funnel<'a>(place: &str, it: &'a Funnel) -> Option<(String, &'a By)> {
            let breakdown = it.breakdown.as_ref()?;
            Some((format!("{place}breakdown.field"), &breakdown.field))
        }
        let own = |by: &'a Option<By>| {
            let by = by.iter();
            by.map(|by| ("breakdown".to_owned(), by)).collect()
        };
        match self {
            Self::Trends(it) => own(&it.breakdown),
            Self::Counts(it) => own(&it.breakdown),
            Self::Retention(it) => own(&it.breakdown),
            Self::Promises(it) => own(&it.breakdown),
            Self::Funnel(it) => of_funnel("", it).into_iter().collect(),
            Self::Difference(it) => {
                let from = of_funnel("from.", &it.from);
                from.into_iter().chain(of_funnel("to.", &it.to)).collect()
            }
            Self::LastTouch(it) => vec![("by".to_owned(), &it.by)],
            Self::Bottlenecks(it) => (it.by.iter().enumerate())
                .map(|(index, by)| (format!("by[{index}]"), by))
                .collect(),
            Self::Heatmap(it) => (it.axes().into_iter())
                .filter_map(|(place, axis)| match axis {
                    HeatAxis::Field(by) => Some((format!("{place}.field"), by)),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The people that it is about; none means everybody.
    pub fn people(&self) -> Option<&PeopleRule> {
        match self {
            Self::Trends(it) => it.people.as_ref(),
            Self::Counts(it) => it.people.as_ref(),
            Self::Funnel(it) => it.people.as_ref(),
            Self::Transitions(it) => it.people.as_ref(),
            Self::StageTime(it) => it.people.as_ref(),
            Self::WorkTime(it) => it.people.as_ref(),
            Self::Paths(it) => it.people.as_ref(),
            Self::Attribution(it) => it.people.as_ref(),
            Self::Retention(it) => it.people.as_ref(),
            Self::Stickiness(it) => it.people.as_ref(),
            Self::Lifecycle(it) => it.people.as_ref(),
            Self::Drivers(it) => it.people.as_ref(),
            Self::Reasons(it) => it.people.as_ref(),
            Self::Topics(it) => it.people.as_ref(),
            Self::Choice(it) => it.people.as_ref(),
            Self::Unexpected(it) => it.people.as_ref(),
            // Each of the two is about its own.
            Self::Difference(_) => None,
            Self::LastTouch(it) => it.people.as_ref(),
            Self::Channels(it) => it.people.as_ref(),
            Self::Switches(it) => it.people.as_ref(),
            Self::Heatmap(it) => it.people.as_ref(),
            Self::Rfm(it) => it.people.as_ref(),
            Self::Bottlenecks(it) => it.people.as_ref(),
            Self::PageMap(it) => it.people.as_ref(),
            Self::Lift(it) => it.people.as_ref(),
            Self::Promises(it) => it.people.as_ref(),
        }
    }

    /// The type of accounts that are counted in place of people.
    pub fn accounts(&self) -> Option<&str> {
        match self {
            Self::Trends(it) => it.accounts.as_deref(),
            Self::Counts(it) => it.accounts.as_deref(),
            Self::Funnel(it) => it.accounts.as_deref(),
            Self::Retention(it) => it.accounts.as_deref(),
            _ => None,
        }
    }

    /// Every rule about people in it, with its place.
    pub fn rules(&self) -> Vec<(String, &PeopleRule)> {
        let own = match self {
            Self::Difference(it) => vec![
                ("from.people", it.from.people.as_ref()),
                ("to.people", it.to.people.as_ref()),
            ],
            _ => vec![("people", self.people())],
        };
        let own = own.into_iter();
        let mut rules: Vec<_> = own
            .filter_map(|(place, rule)| Some((place.to_owned(), rule?)))
            .collect();
        match self {
            Self::Heatmap(heatmap) => rules.extend(heatmap.groups()),
            Self::Lift(lift) => rules.extend(lift.groups()),
            _ => {}
        }
        rules
    }

    /// Everything that is wrong with the report; empty when it can be asked.
    pub fn check(&self) -> Vec<ReportFault> {
        let mut faults = Faults::default();
        match self {
            Self::Counts(counts) => {
                faults.rule("filter", counts.filter.as_ref());
                faults.named("series", &counts.series);
            }
            Self::Trends(trends) => trends.check(&mut faults),
            Self::Funnel(funnel) => funnel.check(&mut faults),
            Self::Transitions(transitions) => {
                faults.rule("filter", transitions.filter.as_ref());
                faults.unit(&transitions.by);
            }
            Self::StageTime(stage_time) => {
                faults.rule("filter", stage_time.filter.as_ref());
                if let Some(stages) = &stage_time.stages {
                    faults.named("stages", stages);
                    if stages.is_empty() || stages.len() > limits::STAGES_MAX {
                        faults.push("stages", format!("number 1 to {}", limits::STAGES_MAX));
                    }
                }
            }
            Self::WorkTime(work_time) => work_time.check(&mut faults),
            Self::Paths(paths) => paths.check(&mut faults),
            Self::Attribution(attribution) => attribution.check(&mut faults),
            Self::Retention(retention) => retention.check(&mut faults),
            Self::Stickiness(stickiness) => stickiness.check(&mut faults),
            Self::Lifecycle(lifecycle) => lifecycle.check(&mut faults),
            Self::Drivers(drivers) => drivers.check(&mut faults),
            Self::Reasons(reasons) => reasons.check(&mut faults),
            Self::Topics(topics) => topics.check(&mut faults),
            Self::Choice(choice) => choice.check(&mut faults),
            Self::Unexpected(unexpected) => unexpected.check(&mut faults),
            Self::Difference(difference) => difference.check(&mut faults),
            Self::LastTouch(last_touch) => last_touch.check(&mut faults),
            Self::Channels(board) => board.check(&mut faults),
            Self::Switches(switches) => switches.check(&mut faults),
            Self::Heatmap(heatmap) => heatmap.check(&mut faults),
            Self::Rfm(rfm) => rfm.check(&mut faults),
            Self::Bottlenecks(it) => it.check(&mut faults),
            Self::PageMap(it) => it.check(&mut faults),
            Self::Lift(it) => it.check(&mut faults),
            Self::Promises(promises) => promises.check(&mut faults),
        }
        self.range().days.check("range", &mut faults);
        if self
            .accounts()
            .is_some_and(|it| account_type(it).is_none_or(|name| name != it))
        {
            faults.push("accounts", "is no name of a type of accounts".to_owned());
        }
        if let Some(counted) = self.accounts() {
            let is_told = |by: &By| match by {
                By::Field(_) => true,
                By::Trait(_) => false,
                By::Account { account_type, .. } => account_type == counted,
            };
            for (place, by) in self.lines().into_iter().filter(|it| !is_told(it.1)) {
                let message = format!(
                    "is `{by}`, which an account of many people has no one value of; \
                     a report that counts accounts is told apart by fields and by accounts.{counted}.<name>"
                );
                faults.push(&place, message);
            }
        }
        for (place, people) in self.rules() {
            people.check(&place, &mut faults);
        }
        faults.0
    }
}

/// Collects what is wrong.
#[derive(Default)]
pub(crate) struct Faults(pub(crate) Vec<ReportFault>);

impl Faults {
    pub(crate) fn push(&mut self, place: &str, message: String) {
        self.0.push(ReportFault {
            place: place.to_owned(),
            message,
        });
    }

    pub(crate) fn into_list(self) -> Vec<ReportFault> {
        self.0
    }

    pub(crate) fn rule(&mut self, place: &str, rule: Option<&Rule>) {
        for message in rule.into_iter().flat_map(Rule::faults) {
            self.push(place, message);
        }
    }

    pub(crate) fn named(&mut self, place: &str, matchers: &[NamedMatcher]) {
        for (index, named) in matchers.iter().enumerate() {
            self.rule(
                &format!("{place}[{index}].matcher"),
                named.matcher.rule.as_ref(),
            );
            if matchers[..index].iter().any(|it| it.name == named.name) {
                self.push(
                    &format!("{place}[{index}].name"),
                    format!("`{}` is used twice", named.name),
                );
            }
        }
    }

    pub(crate) fn unit(&mut self, unit: &PathUnit) {
        if let PathUnit::Steps(steps) = unit {
            self.named("by.steps", steps);
            if steps.is_empty() || steps.len() > limits::MAP_STEPS_MAX {
                self.push("by.steps", format!("number 1 to {}", limits::MAP_STEPS_MAX));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::{CreditModel, LookBack};

    #[test]
    fn the_shortest_funnel_gets_every_default() {
        let report: Report = serde_json::from_str(
            r#"{"kind":"funnel","range":{"last":"30d","zone":"Asia/Shanghai"},
                "steps":[{"name":"a","matcher":{"events":["a"]}},{"name":"b","matcher":{"events":["b"]}}]}"#,
        )
        .expect("valid");
        let Report::Funnel(funnel) = &report else {
            panic!("a funnel")
        };
        assert_eq!(funnel.window, Window::Whole(Span::days(7)));
        assert_eq!(funnel.entry, Entry::Best);
        assert_eq!(report.check(), []);
        let again: Report =
            serde_json::from_str(&serde_json::to_string(&report).expect("written")).expect("read");
        assert_eq!(again, report);
    }

    #[test]
    fn the_shortest_attribution_compares_every_model() {
        let report: Report = serde_json::from_str(
            r#"{"kind":"attribution","range":{"all":true},"conversion":{"events":["buy"]}}"#,
        )
        .expect("valid");
        let Report::Attribution(attribution) = &report else {
            panic!("an attribution")
        };
        assert_eq!(attribution.models, CreditModel::ALL);
        assert_eq!(attribution.look_back, LookBack::Within(Span::days(30)));
        assert_eq!(report.check(), []);
        let text = serde_json::to_string(&report).expect("written");
        assert!(
            text.contains(r#"{"position":{"first":40,"last":40}},"#),
            "{text}"
        );
        assert!(
            text.contains(r#"{"time_decay":"7d"}"#) || text.contains(r#"{"time_decay":"1w"}"#),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Report>(&text).expect("read"), report);
    }

    #[test]
    fn models_that_mean_nothing_are_refused_at_once() {
        let text = r#"{"kind":"attribution","range":{"all":true},"conversion":{},"value":"stage",
            "models":["first","first",{"position":{"first":60,"last":60}},{"time_decay":"0d"},{"markov":4}]}"#;
        let faults = serde_json::from_str::<Report>(text).expect("valid").check();
        let places: Vec<&str> = faults.iter().map(|it| it.place.as_str()).collect();
        assert_eq!(
            places,
            ["value", "models[1]", "models[2]", "models[3]", "models[4]"]
        );
    }

    #[test]
    fn misspelt_fields_are_refused() {
        let text = r#"{"kind":"funnel","range":{"all":true},"steps":[],"windw":"7d"}"#;
        let error = serde_json::from_str::<Report>(text)
            .expect_err("misspelt")
            .to_string();
        assert!(error.contains("windw"), "{error}");
    }

    #[test]
    fn two_series_of_one_name_are_refused() {
        let text = r#"{"kind":"counts","range":{"all":true},
            "series":[{"name":"a","matcher":{}},{"name":"a","matcher":{}}]}"#;
        let faults = serde_json::from_str::<Report>(text).expect("valid").check();
        assert_eq!(faults[0].place, "series[1].name");
    }

    #[test]
    fn days_are_whole_days_of_the_zone() {
        let range: Range = serde_json::from_str(
            r#"{"between":{"from":"2026-03-08","to":"2026-03-08"},"zone":"America/New_York"}"#,
        )
        .expect("valid");
        let resolved = range.resolve(Timestamp(0));
        assert_eq!(resolved.to.since(resolved.from), Span::hours(23));
    }
}
