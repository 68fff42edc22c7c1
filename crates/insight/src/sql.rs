//! The SQL that gives the same numbers as a report, where SQL can say it.
//!
//! It is written over the tables of `throughline_model::sql` and their functions. What makes two
//! engines differ is avoided, so that the tests can run the same text on an engine of another house.

mod activity;
mod attribution;
mod chain;
mod channels;
mod choice;
mod counts;
mod drivers;
mod funnel;
mod heatmap;
mod last_touch;
mod lift;
mod moments;
mod page_map;
mod paths;
mod people;
mod promises;
mod reasons;
mod retention;
mod rfm;
mod rule;
mod sequence;
mod stage_time;
mod switches;
mod topics;
mod transitions;
mod trends;
mod way;
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
    /// There are no stages to stay in, or to go on to.
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
    /// It holds two definitions against each other, or groups of people that no single field tells apart.
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
        Report::LastTouch(it) => (last_touch::statement(it, &told), Unsaid::Accounts),
        Report::Switches(it) => (switches::statement(it, &told), Unsaid::Stages),
        Report::Choice(it) => (Some(choice::statement(it, &told)), Unsaid::Weighed),
        Report::Promises(it) => match promises::statement(it, &told) {
            Ok(text) => (Some(text), Unsaid::Periods),
            Err(why) => (None, why),
        },
        Report::PageMap(it) => (Some(page_map::statement(it, &told)), Unsaid::Faulty),
        Report::Topics(it) => (topics::statement(it, &told), Unsaid::Attempts),
        Report::Reasons(it) => (reasons::statement(it, &told), Unsaid::Attempts),
        Report::Drivers(it) => (drivers::statement(it, &told), Unsaid::Attempts),
        Report::Unexpected(_) | Report::Bottlenecks(_) => (None, Unsaid::Weighed),
        Report::Difference(_) => (None, Unsaid::Matched),
    };
    let text = text.ok_or(why)?;
    let text = text.trim();
    let note = part_said(report).map_or_else(String::new, |it| format!("-- {it}\n"));
    // Where one table follows from itself, all of them must be allowed to.
    let recursive = "WITH RECURSIVE ";
    let (with, rest) = match text.strip_prefix(recursive) {
        Some(rest) => (recursive, rest),
        None => {
            let rest = text.strip_prefix("WITH ");
            ("WITH ", rest.expect("every statement begins so"))
        }
    };
    let mut tables = Vec::new();
    if let Some(people) = report.people() {
        tables.push(people::tables(people, &told).ok_or(Unsaid::People)?);
    }
    if asks_traits {
        tables.push(people::known(events));
    }
    tables.push(rest.to_owned());
    Ok(format!("{note}{with}{}", tables.join(",\n")))
}

/// Which part of the answer a statement gives, where the report judges what is counted.
fn part_said(report: &Report) -> Option<&'static str> {
    Some(match report {
        Report::LastTouch(_) => {
            "How many leave after each last act; how many others would have left is told by the report."
        }
        Report::Switches(_) => {
            "Who switches, after how long, and who goes on; what was to be expected of them is told by the report."
        }
        Report::Choice(_) => {
            "How many have each value and choose the way; what it hangs on, all else equal, is told by the report."
        }
        Report::Promises(_) => {
            "How promises stand; how far facts lie from those that are still open is told by the report."
        }
        Report::Topics(_) => {
            "How much is written, and who gives up; what the texts are about is told by the report."
        }
        Report::Reasons(_) => {
            "Who met what and gave up or arrived; what was to be expected of them is told by the report."
        }
        Report::Drivers(_) => {
            "Who met what and arrived; what was to be expected of them is told by the report."
        }
        Report::PageMap(_) => {
            "Views and clicks; how far views are scrolled and what is in sight is told by the report."
        }
        _ => return None,
    })
}

fn why_not(paths: &Paths) -> Unsaid {
    match paths.by {
        PathUnit::Field(_) => Unsaid::Values,
        _ => Unsaid::Bound,
    }
}

/// The common table `log_end`: up to when everybody is followed, which is the last event of all or now when that is earlier.
pub(crate) fn log_end(now: Timestamp) -> String {
    let now = now.0;
    format!(
        "log_end AS (
  SELECT CASE WHEN max(epoch_ms(time)) < {now} THEN max(epoch_ms(time)) ELSE {now} END AS end_ms FROM events
)"
    )
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
