//! Two answers of one question side by side, with how much they differ and how sure that is.
//!
//! Each side is a report of its own and is answered by its own fold, so every number has its people; what is compared
//! is a function of the two answers and of nothing else. `docs/concepts/compare.md` tells what each figure means.

mod attribution;
mod channels;
mod choice;
mod counts;
mod drivers;
mod figure;
mod funnel;
mod heatmap;
mod lift;
mod page_map;
mod paths;
mod promises;
mod reasons;
mod retention;
mod rfm;
mod time;
mod topics;
mod trends;

use serde::Serialize;
use throughline_model::{
    TimeRange, Timestamp, Vocabulary,
    compare::Against,
    consent::ConsentPolicy,
    people::PeopleRule,
    report::{Report, ReportFault},
};
use throughline_store::Snapshot;
use utoipa::ToSchema;

use self::figure::Figures;
pub use self::figure::{
    CandidateOf, Figure, FigureName, FigureOf, FigureSide, FigureUnit, SMALL_BELOW,
};
use crate::{
    ask::{Answer, AskError, Numbers, ask, people_faults},
    cancel::Cancel,
    people_rule::overlap,
    view::View,
};

/// The answers of both sides, and their figures in pairs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Comparison {
    pub against: Against,
    /// The report as it was asked.
    pub a: Answer,
    /// The other side. Its report is complete, so the people behind its numbers are asked for as those of any other.
    pub b: Answer,
    pub sides: Sides,
    /// The most important first.
    pub figures: Vec<Figure>,
}

/// Who and when the sides are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sides {
    /// Profiles that each side is made of, whether they are in its numbers or not.
    pub people_a: u64,
    pub people_b: u64,
    /// Profiles of both sides. Numbers of sides that share people are not independent, so that intervals are too wide
    /// where it is the same people who are counted.
    pub people_both: u64,
    /// For how long both sides last at once, where they differ in days; 0 where they differ in people.
    pub both_ms: i64,
}

/// Answers a report and what it is compared with, as of `now`.
pub fn compare(
    snapshot: &Snapshot,
    vocabulary: &Vocabulary,
    report: &Report,
    against: &Against,
    now: Timestamp,
    cancel: &Cancel,
) -> Result<Comparison, AskError> {
    let faults = faults(vocabulary, &snapshot.known.consent, report, against);
    if !faults.is_empty() {
        return Err(AskError::Faults(faults));
    }
    let other = against.other(report);
    let a = ask(snapshot, vocabulary, report, now, cancel)?;
    let b = ask(snapshot, vocabulary, &other, now, cancel)?;
    let everybody = PeopleRule::All(Vec::new());
    let rule = |report: &Report| report.people().unwrap_or(&everybody).clone();
    let view = View::new(snapshot, vocabulary, cancel);
    let overlap = overlap(&view, &[rule(report), rule(&other)], now)?;
    let sides = Sides {
        people_a: overlap.sizes[0],
        people_b: overlap.sizes[1],
        people_both: overlap.pairs[0].people,
        both_ms: match against.is_of_people() {
            true => 0,
            false => shared_ms(a.range, b.range),
        },
    };
    Ok(Comparison {
        against: against.clone(),
        figures: figures(&a, &b, sides),
        a,
        b,
        sides,
    })
}

/// What must be mended before a report can be compared.
pub fn faults(
    vocabulary: &Vocabulary,
    consent: &ConsentPolicy,
    report: &Report,
    against: &Against,
) -> Vec<ReportFault> {
    let mut faults = report.check();
    if faults.is_empty() {
        faults = against.check(report);
    }
    if let Against::People(rule) = against {
        faults.extend(people_faults(vocabulary, consent, rule, "against.people"));
    }
    faults
}

/// The figures of two answers of the same kind.
pub fn figures(a: &Answer, b: &Answer, sides: Sides) -> Vec<Figure> {
    let mut figures = Figures::default();
    match (&a.numbers, &b.numbers) {
        (Numbers::Trends(a), Numbers::Trends(b)) => trends::figures(&mut figures, a, b, sides),
        (Numbers::Counts(a), Numbers::Counts(b)) => counts::figures(&mut figures, a, b, sides),
        (Numbers::Funnel(left), Numbers::Funnel(right)) => {
            funnel::figures(&mut figures, (a, left), (b, right));
        }
        (Numbers::Transitions(left), Numbers::Transitions(right)) => {
            paths::transitions(&mut figures, (a, left), (b, right));
        }
        (Numbers::Paths(a), Numbers::Paths(b)) => paths::ways(&mut figures, a, b),
        (Numbers::StageTime(left), Numbers::StageTime(right)) => {
            time::stages(&mut figures, (a.n, left), (b.n, right));
        }
        (Numbers::WorkTime(a), Numbers::WorkTime(b)) => time::work(&mut figures, a, b),
        (Numbers::Attribution(a), Numbers::Attribution(b)) => {
            attribution::figures(&mut figures, a, b);
        }
        (Numbers::Retention(a), Numbers::Retention(b)) => retention::figures(&mut figures, a, b),
        (Numbers::Stickiness(a), Numbers::Stickiness(b)) => {
            retention::stickiness(&mut figures, a, b);
        }
        (Numbers::Lifecycle(a), Numbers::Lifecycle(b)) => retention::lifecycle(&mut figures, a, b),
        (Numbers::Channels(a), Numbers::Channels(b)) => channels::board(&mut figures, a, b),
        (Numbers::Switches(a), Numbers::Switches(b)) => channels::switches(&mut figures, a, b),
        (Numbers::Heatmap(a), Numbers::Heatmap(b)) => heatmap::figures(&mut figures, a, b),
        (Numbers::Rfm(a), Numbers::Rfm(b)) => rfm::figures(&mut figures, a, b, sides),
        (Numbers::Drivers(left), Numbers::Drivers(right)) => {
            drivers::figures(&mut figures, (a, left), (b, right));
        }
        (Numbers::Reasons(a), Numbers::Reasons(b)) => reasons::figures(&mut figures, a, b),
        (Numbers::Topics(a), Numbers::Topics(b)) => topics::figures(&mut figures, a, b, sides),
        (Numbers::Choice(a), Numbers::Choice(b)) => choice::figures(&mut figures, a, b),
        (Numbers::PageMap(a), Numbers::PageMap(b)) => page_map::figures(&mut figures, a, b),
        (Numbers::Lift(a), Numbers::Lift(b)) => lift::figures(&mut figures, a, b),
        (Numbers::Promises(a), Numbers::Promises(b)) => promises::figures(&mut figures, a, b),
        // Other kinds have both answers, and no figures that may be set side by side.
        _ => {}
    }
    figures.finished()
}

fn shared_ms(a: TimeRange, b: TimeRange) -> i64 {
    let (from, to) = (a.from.max(b.from), a.to.min(b.to));
    to.since(from).0.max(0)
}

#[cfg(test)]
mod tests;
