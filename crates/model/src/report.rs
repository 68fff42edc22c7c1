//! Questions to the log, as data: the same text for the API, the command line and the interface.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Field, Matcher, Rule, Span, TimeRange, Timestamp, Zone,
    attribution::AttributionReport,
    channels::{ChannelBoard, Switches},
    limits,
    people::PeopleRule,
    retention::{Lifecycle, Retention, Stickiness},
    work_time::WorkTime,
};

/// A question, complete with everything that its answer depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Report {
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
    Channels(ChannelBoard),
    Switches(Switches),
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
        match &self.days {
            Days::Last(span) => TimeRange {
                from: now.minus(*span),
                to: Timestamp(now.0 + 1),
            },
            Days::Between { from, to } => TimeRange {
                from: self.zone.start_of(*from),
                to: to
                    .tomorrow()
                    .map_or(Timestamp::MAX, |day| self.zone.start_of(day)),
            },
            Days::All(_) => TimeRange::ALL,
        }
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<Field>,
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

/// Who gets how far through steps. Its eleven choices are fields, never hidden:
/// order, window, entry, unit, ties, reuse, exclusions, hold, breakdown, filter, optional steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Funnel {
    /// Binds the first step only: later steps may fall after its end.
    pub range: Range,
    pub steps: Vec<FunnelStep>,
    #[serde(default)]
    pub order: Order,
    #[serde(default)]
    pub window: Window,
    #[serde(default)]
    pub entry: Entry,
    #[serde(default)]
    pub unit: Unit,
    #[serde(default)]
    pub ties: Ties,
    /// Whether one event may serve two steps.
    #[serde(default)]
    pub reuse: bool,
    #[serde(default)]
    pub exclusions: Vec<Exclusion>,
    /// Properties that must keep the value they had at the first step.
    #[serde(default)]
    pub hold: Vec<Field>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<Breakdown>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// Whether to tell how the time between steps is spread, which takes longer. It changes no other number.
    #[serde(default, skip_serializing_if = "is_off")]
    pub times: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_off(flag: &bool) -> bool {
    !flag
}

/// One place in a funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FunnelStep {
    pub name: String,
    pub matcher: Matcher,
    /// Counted when it happens, but not needed to go on. Never the first or the last.
    #[serde(default)]
    pub optional: bool,
}

/// In which order the steps must happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// In the order listed; other events may lie between.
    #[default]
    Ordered,
    /// In the order listed; no other event may lie between.
    Strict,
    /// In any order.
    Any,
}

/// How much time there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// From the first step to the last, the end included.
    Whole(Span),
    /// From each step to the next, the end included.
    Each(Span),
    Unlimited,
}

impl Default for Window {
    fn default() -> Self {
        Self::Whole(Span::days(7))
    }
}

/// Which occurrences of the first step may start an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The first in the range; the clock is never set back.
    First,
    /// Whichever leads furthest; among equals the latest.
    #[default]
    Best,
    /// Each one, as an attempt of its own that ends when the next one begins.
    Every,
}

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    #[default]
    Profile,
    /// Runs of a profile's events without a pause longer than this.
    Session(Span),
    /// Every attempt of every profile.
    Attempt,
    /// The values of a field, such as an account; events without it are left out and counted apart.
    Group(Field),
}

/// What equal times mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// Events at one instant may have happened in any order.
    #[default]
    AnyOrder,
    /// A later step must be later in time.
    Later,
    /// As `any_order`, and a step may even lie up to this long before the one it follows.
    Grace(Span),
}

/// An event that must not happen between two steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    pub matcher: Matcher,
    /// Index of the step after which it counts; 0 is the first.
    pub after: usize,
    /// Index of the step before which it counts; it lies behind `after`.
    pub before: usize,
    #[serde(default)]
    pub effect: ExclusionEffect,
}

/// What an excluded event does. At the very instant of a step it does nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionEffect {
    /// The attempt is void; another, clean one still counts.
    #[default]
    SpoilAttempt,
    /// The attempt ends at the step that it had reached.
    StopThere,
    /// The unit is left out of every step.
    DropUnit,
}

/// A split of a report by a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Breakdown {
    pub field: Field,
    #[serde(default)]
    pub attribution: Attribution,
}

/// From which of a unit's events the value of a breakdown is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// The event of the first step.
    #[default]
    Entry,
    /// The event of the step with this index; units that did not reach it have no value.
    Step(usize),
    /// The event of the last step that was reached.
    Last,
}

/// A condition on a funnel's events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    pub rule: Rule,
    #[serde(default)]
    pub when: FilterWhen,
}

/// When a filter takes hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilterWhen {
    /// Events that fail it are not there at all.
    #[default]
    Before,
    /// Units are kept when the event of their first step passes it.
    After,
}

/// What follows what, and after how long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transitions {
    pub range: Range,
    /// What the graph is made of.
    #[serde(default)]
    pub by: PathUnit,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// A longer pause is an end and a new start, not a transition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_max: Option<Span>,
}

/// What the elements of a path are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathUnit {
    #[default]
    Event,
    Channel,
    Touchpoint,
    /// Events that lead to a stage of the vocabulary.
    Stage,
    /// Events that fit one of these, under its name; the first that fits decides, others are passed over.
    Steps(Vec<NamedMatcher>),
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

/// The most frequent whole sequences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    pub range: Range,
    #[serde(default)]
    pub by: PathUnit,
    /// Paths begin at this; none means at the profile's first event in the range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Matcher>,
    /// Paths end at this; none means at the last event or when `length_max` is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Matcher>,
    /// Which of the events that fit `from` begin a path, or without `from` which that fit `to` end one.
    #[serde(default)]
    pub occurrence: Occurrence,
    /// Of a path that has no `from`, keeps the last `length_max` elements up to its end instead of all from its start.
    #[serde(default)]
    pub tail: bool,
    #[serde(default = "Paths::default_length")]
    pub length_max: usize,
    /// How many paths are listed; the rest is one honest number.
    #[serde(default = "Paths::default_top")]
    pub top: usize,
    /// Whether the same element twice in a row counts once.
    #[serde(default = "Paths::default_collapse")]
    pub collapse: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_max: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

/// Which occurrence of an event, counted in each sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occurrence {
    /// Each one at which no path is open. Without `from`, the first after the start of the sequence, or with `tail`
    /// each one.
    #[default]
    Each,
    /// The one with this number, from 1.
    Nth(u32),
    Last,
}

impl Paths {
    fn check(&self, faults: &mut Faults) {
        faults.rule("filter", self.filter.as_ref());
        faults.unit(&self.by);
        if !(1..=50).contains(&self.length_max) {
            faults.push("length_max", "lies between 1 and 50".to_owned());
        }
        if !(1..=limits::PATHS_LISTED_MAX).contains(&self.top) {
            faults.push("top", "lies between 1 and 10000".to_owned());
        }
        if self.occurrence != Occurrence::Each && self.from.is_none() && self.to.is_none() {
            let message = "is of an event, so it needs `from` or `to`";
            faults.push("occurrence", message.to_owned());
        }
        if self.occurrence == Occurrence::Nth(0) {
            faults.push("occurrence", "counts from 1".to_owned());
        }
        if self.tail && (self.from.is_some() || self.to.is_none()) {
            let message = "is what leads to an event, so it needs `to` and goes without `from`";
            faults.push("tail", message.to_owned());
        }
    }

    fn default_length() -> usize {
        8
    }

    fn default_top() -> usize {
        50
    }

    fn default_collapse() -> bool {
        true
    }
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
            Self::Channels(_) => "channels",
            Self::Switches(_) => "switches",
        }
    }

    /// The days that it is about.
    pub fn range(&self) -> &Range {
        match self {
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
            Self::Channels(it) => &it.range,
            Self::Switches(it) => &it.range,
        }
    }

    /// The people that it is about; none means everybody.
    pub fn people(&self) -> Option<&PeopleRule> {
        match self {
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
            Self::Channels(it) => it.people.as_ref(),
            Self::Switches(it) => it.people.as_ref(),
        }
    }

    /// Everything that is wrong with the report; empty when it can be asked.
    pub fn check(&self) -> Vec<ReportFault> {
        let mut faults = Faults::default();
        match self {
            Self::Counts(counts) => {
                faults.rule("filter", counts.filter.as_ref());
                faults.named("series", &counts.series);
            }
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
            Self::Channels(board) => board.check(&mut faults),
            Self::Switches(switches) => switches.check(&mut faults),
        }
        if let Some(people) = self.people() {
            people.check("people", &mut faults);
        }
        faults.0
    }
}

impl Funnel {
    fn check(&self, faults: &mut Faults) {
        let count = self.steps.len();
        if !(1..=limits::FUNNEL_STEPS_MAX).contains(&count) {
            faults.push("steps", format!("number 1 to {}", limits::FUNNEL_STEPS_MAX));
        }
        for (index, step) in self.steps.iter().enumerate() {
            faults.rule(
                &format!("steps[{index}].matcher"),
                step.matcher.rule.as_ref(),
            );
            if step.optional && (index == 0 || index + 1 == count) {
                faults.push(
                    &format!("steps[{index}]"),
                    "is first or last, so it cannot be optional".to_owned(),
                );
            }
            if step.optional && self.order != Order::Ordered {
                faults.push(
                    &format!("steps[{index}]"),
                    "can be optional only in an ordered funnel".to_owned(),
                );
            }
        }
        for (index, exclusion) in self.exclusions.iter().enumerate() {
            let place = format!("exclusions[{index}]");
            faults.rule(&place, exclusion.matcher.rule.as_ref());
            if exclusion.after >= exclusion.before || exclusion.before >= count {
                faults.push(
                    &place,
                    "needs after < before, both indexes of steps".to_owned(),
                );
            }
            if self.order == Order::Any {
                faults.push(
                    &place,
                    "has no meaning when steps come in any order".to_owned(),
                );
            }
        }
        if self.exclusions.len() > limits::FUNNEL_EXCLUSIONS_MAX {
            faults.push(
                "exclusions",
                format!("are more than {}", limits::FUNNEL_EXCLUSIONS_MAX),
            );
        }
        if self.order == Order::Strict && matches!(self.ties, Ties::Grace(_)) {
            faults.push(
                "ties",
                "cannot be `grace` in a strict funnel, where nothing may lie between".to_owned(),
            );
        }
        if self.order == Order::Any && matches!(self.window, Window::Each(_)) {
            faults.push(
                "window",
                "cannot be `each` when steps come in any order, as no step is the next".to_owned(),
            );
        }
        if self.order == Order::Any && self.entry == Entry::Every {
            faults.push(
                "entry",
                "cannot be `every` when steps come in any order, as any may be the first"
                    .to_owned(),
            );
        }
        if self.hold.len() > limits::FUNNEL_HOLDS_MAX {
            faults.push(
                "hold",
                format!("names more than {} fields", limits::FUNNEL_HOLDS_MAX),
            );
        }
        if let Some(breakdown) = &self.breakdown
            && let Attribution::Step(step) = breakdown.attribution
            && step >= count
        {
            faults.push(
                "breakdown",
                "takes its value from a step that does not exist".to_owned(),
            );
        }
        faults.rule("filter", self.filter.as_ref().map(|filter| &filter.rule));
        if self.unit == Unit::Attempt && self.entry != Entry::Every {
            faults.push(
                "entry",
                "must be `every` when attempts are counted".to_owned(),
            );
        }
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

    fn named(&mut self, place: &str, matchers: &[NamedMatcher]) {
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

    fn unit(&mut self, unit: &PathUnit) {
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
