//! The SQL that gives the same numbers as a report, where SQL can say it.
//!
//! It is written over the tables of `throughline_model::sql` and their functions. What makes two
//! engines differ is avoided, so that the tests can run the same text on an engine of another house.

mod activity;
mod attribution;
mod chain;
mod channels;
mod counts;
mod funnel;
mod heatmap;
mod lift;
mod paths;
mod people;
mod retention;
mod rfm;
mod rule;
mod sequence;
mod stage_time;
mod transitions;
mod trends;
mod work_time;

use serde::Serialize;
use throughline_model::{
    By, Matcher, TimeRange, Timestamp, Vocabulary,
    report::{PathUnit, Paths, Report},
};
use throughline_store::EventNames;
use utoipa::ToSchema;

use crate::ask::names_signals;

/// What a statement depends on besides the report.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    /// The table of events: all, or only those of the people that the report is about; with traits where it asks for some.
    pub(crate) events: &'static str,
    pub(crate) vocabulary: &'a Vocabulary,
    /// Names of events in the log; where a report names no contacts, some of these are.
    pub(crate) names: &'a EventNames,
    pub(crate) now: Timestamp,
}

impl Told<'_> {
    /// What a customer did, with what is hidden left out.
    pub(crate) fn acts(&self) -> String {
        // Names that the product gives itself are nothing that a customer did.
        let ours = "event NOT LIKE '$%'".to_owned();
        let hidden: Vec<String> = (self.names.iter())
            .filter(|(code, name)| self.names.is_quiet(*code) && !name.is_system())
            .filter(|(code, _)| self.names.stands(*code))
            .map(|(_, name)| quoted(name.as_str()))
            .collect();
        match hidden.is_empty() {
            true => ours,
            false => format!("{ours} AND event NOT IN ({})", hidden.join(", ")),
        }
    }

    /// What a matcher asks of an event.
    pub(crate) fn matcher(&self, matcher: &Matcher) -> String {
        rule::matcher(matcher, self.acts())
    }
}

/// Why a report has no statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unsaid {
    /// The report is not sound.
    Faulty,
    /// The people it is about are chosen by order, stage, trait or list.
    People,
    /// Its attempts depend on each other: another order, every entry, sessions, groups, held values, or a grace.
    Attempts,
    /// Its paths are bound to an event.
    Bound,
    /// Which values of the field are told apart is known only from the log.
    Values,
    /// Its models weigh all paths together, or by place and age.
    Models,
    /// It is cut into periods without an end, or too fine to be asked again.
    Periods,
    /// Its cohorts are split by the value of a field.
    Split,
    /// There are no stages.
    Stages,
    /// It asks for signals, which the tables do not have.
    Signals,
    /// It counts accounts or tells lines apart by what is known of them, which the tables do not have.
    Accounts,
    /// Clocks, steps and groups of people say in which cell an event lies.
    Clock,
    /// Its periods are told with those before them.
    Display,
    /// It weighs many things at once, and holds each against chance.
    Weighed,
    /// A mean of it is weighted.
    Weights,
    /// It tells apart what people write by the words in it.
    Words,
    /// It follows each view of a page to its end.
    Views,
    /// It matches promises with facts, or people with people who are like them.
    Matched,
}

/// A statement whose rows are the report's numbers, where SQL can say them exactly.
pub fn statement(
    report: &Report,
    vocabulary: &Vocabulary,
    names: &EventNames,
    now: Timestamp,
) -> Result<String, Unsaid> {
    if !report.check().is_empty() {
        return Err(Unsaid::Faulty);
    }
    if names_signals(report) {
        return Err(Unsaid::Signals);
    }
    if report.accounts().is_some() || report.account_types().next().is_some() {
        return Err(Unsaid::Accounts);
    }
    let events = report.people().map_or("events", |_| "their_events");
    let asks_traits = (report.lines().iter()).any(|(_, by)| matches!(by, By::Trait(_)));
    let told = Told {
        events: if asks_traits { "known_events" } else { events },
        vocabulary,
        names,
        now,
    };
    let (text, why) = match report {
        Report::Trends(it) => match trends::statement(it, &told) {
            Ok(text) => (Some(text), Unsaid::Display),
            Err(why) => (None, why),
        },
        Report::Counts(it) => (counts::statement(it, &told), Unsaid::Periods),
        Report::Funnel(it) => (funnel::statement(it, &told), Unsaid::Attempts),
        Report::Transitions(it) => (transitions::statement(it, &told), Unsaid::Values),
        Report::Paths(it) => (paths::statement(it, &told), why_not(it)),
        Report::Retention(it) => (retention::statement(it, &told), Unsaid::Split),
        Report::Stickiness(it) => (activity::stickiness(it, &told), Unsaid::Periods),
        Report::Lifecycle(it) => (activity::lifecycle(it, &told), Unsaid::Periods),
        Report::StageTime(it) => (stage_time::statement(it, &told), Unsaid::Stages),
        Report::Attribution(it) => (attribution::statement(it, &told), Unsaid::Models),
        Report::Channels(it) => (channels::statement(it, &told), Unsaid::Matched),
        Report::Rfm(it) => (Some(rfm::statement(it, &told)), Unsaid::Values),
        Report::Heatmap(it) => (heatmap::statement(it, &told), Unsaid::Clock),
        Report::Lift(it) => (lift::statement(it, &told), Unsaid::Matched),
        Report::WorkTime(it) => (Some(work_time::statement(it, &told)), Unsaid::Matched),
        Report::PageMap(_) => (None, Unsaid::Views),
        Report::Topics(_) => (None, Unsaid::Words),
        Report::Drivers(_)
        | Report::Reasons(_)
        | Report::Choice(_)
        | Report::Unexpected(_)
        | Report::Bottlenecks(_) => (None, Unsaid::Weighed),
        Report::Promises(_)
        | Report::Switches(_)
        | Report::Difference(_)
        | Report::LastTouch(_) => (None, Unsaid::Matched),
    };
    let text = text.ok_or(why)?;
    let mut tables = Vec::new();
    if let Some(people) = report.people() {
        tables.push(people::tables(people, &told).ok_or(Unsaid::People)?);
    }
    if asks_traits {
        tables.push(people::known(events));
    }
    let rest = (text.trim().strip_prefix("WITH ")).expect("every statement begins so");
    tables.push(rest.to_owned());
    Ok(format!("WITH {}", tables.join(",\n")))
}

fn why_not(paths: &Paths) -> Unsaid {
    match paths.by {
        PathUnit::Field(_) => Unsaid::Values,
        _ => Unsaid::Bound,
    }
}

/// A condition that an instant lies in a range.
pub(crate) fn within(range: TimeRange, instant: &str) -> String {
    let mut bounds = Vec::new();
    if range.from > Timestamp::MIN {
        bounds.push(format!("{instant} >= {}", range.from.0));
    }
    if range.to < Timestamp::MAX {
        bounds.push(format!("{instant} < {}", range.to.0));
    }
    all(bounds)
}

/// Conditions that must all hold; nothing when there are none.
pub(crate) fn all(conditions: Vec<String>) -> String {
    let conditions: Vec<String> = (conditions.into_iter())
        .filter(|it| !it.is_empty() && it != "true")
        .collect();
    match conditions.is_empty() {
        true => "true".to_owned(),
        false => conditions.join(" AND "),
    }
}

/// A text as SQL writes it.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests;
