//! The SQL that gives the same numbers as a report, where SQL can say it.
//!
//! It is written over the tables of `throughline_model::sql` and their functions. What makes two
//! engines differ is avoided, so that the tests can run the same text on an engine of another house.

mod activity;
mod counts;
mod funnel;
mod paths;
mod people;
mod retention;
mod rfm;
mod rule;
mod sequence;
mod transitions;

use throughline_model::{TimeRange, Timestamp, Vocabulary, report::Report};

/// What a statement depends on besides the report.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    /// The table of events: all, or only those of the people that the report is about.
    pub(crate) events: &'static str,
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) now: Timestamp,
}

/// A statement whose rows are the report's numbers; `None` for reports that SQL cannot say exactly.
pub fn statement(report: &Report, vocabulary: &Vocabulary, now: Timestamp) -> Option<String> {
    if !report.check().is_empty() {
        return None;
    }
    let told = Told {
        events: report.people().map_or("events", |_| "their_events"),
        vocabulary,
        now,
    };
    let text = match report {
        Report::Counts(it) => counts::statement(it, &told),
        Report::Funnel(it) => funnel::statement(it, &told),
        Report::Transitions(it) => transitions::statement(it, &told),
        Report::Paths(it) => paths::statement(it, &told),
        Report::Retention(it) => retention::statement(it, &told),
        Report::Stickiness(it) => activity::stickiness(it, &told),
        Report::Lifecycle(it) => activity::lifecycle(it, &told),
        Report::Rfm(it) => rfm::statement(it, &told),
        Report::StageTime(_)
        | Report::WorkTime(_)
        | Report::Attribution(_)
        | Report::Channels(_)
        | Report::Switches(_)
        | Report::Heatmap(_) => None,
    }?;
    let text = text.trim();
    let Some(people) = report.people() else {
        return Some(text.to_owned());
    };
    let tables = people::tables(people, &told)?;
    let rest = text
        .strip_prefix("WITH ")
        .expect("every statement begins so");
    Some(format!("WITH {tables},\n{rest}"))
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
