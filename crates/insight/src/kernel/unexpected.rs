//! Ways that nobody would have expected: sequences that many more people go through than a chain without memory makes.
//!
//! The chain knows how often each element follows each other one, and no more (a Markov chain of order 1 over the same
//! log, ends included). From it follows for each profile how likely a sequence is to come up at least once, given how
//! often its first element did; the sum over all is how many people are expected. Whoever repeats a sequence a hundred
//! times is one person. How often chance brings as many as were seen is bounded by a Poisson tail, and each sequence
//! has to hold its own against every sequence that the chain could make, seen or not.
//! The same element again and again counts once.

mod tally;

use serde::Serialize;
use throughline_model::{
    ProfileId,
    unexpected::{UNEXPECTED_LENGTH_MIN, Unexpected},
};
use throughline_predict::{discoveries::rates_among, poisson::ln_upper_tail};
use utoipa::ToSchema;

use self::tally::{Chain, Counts, Walks};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    passes::Passes,
    select::ways::UnexpectedSelect,
    sequence::{Element, Sequences},
    view::View,
};

/// Sequences that stand out.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UnexpectedAnswer {
    /// Elements that the sequences are made of, in their own order.
    pub elements: Vec<Element>,
    /// The least likely first.
    pub ways: Vec<UnexpectedWay>,
    /// Profiles with any element.
    pub profiles: u64,
    /// Sequences that the chain could make; a finding has to hold its own against all of them.
    pub tested: f64,
}

/// One sequence.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UnexpectedWay {
    /// Ids of elements.
    pub elements: Vec<String>,
    pub passes: Passes,
    /// How many people the chain would make go through it.
    pub expected: f64,
    /// As many times more people as that.
    pub times_more: f64,
    /// The smallest rate of false findings at which this is one.
    pub false_rate: f64,
}

/// Ways that are told.
const WAYS_MAX: usize = 50;

pub(crate) fn answer(
    view: &View<'_>,
    report: &Unexpected,
    when: &When,
) -> Result<Counted<UnexpectedAnswer>, AskError> {
    let walks = walks(view, report, when)?;
    let chain = Chain::of(view, &walks)?;
    let mut seen: Vec<Found> = Vec::new();
    let mut shorter = chain.pairs(report.people_min);
    for length in UNEXPECTED_LENGTH_MIN..=report.length_max {
        let counts = Counts::of(view, &walks, length, &shorter, report.people_min)?;
        seen.extend(counts.iter().map(|(sequence, passes)| {
            let expected = chain.expected(sequence);
            Found {
                sequence: sequence.clone(),
                passes,
                expected,
                ln_p: ln_upper_tail(passes.profiles, expected),
            }
        }));
        shorter = counts;
    }
    let tested = chain.sequences_count(report.length_max, view.cancel)?;
    let chances: Vec<f64> = seen.iter().map(|it| it.ln_p.exp()).collect();
    // Sums of fractions may fall a little short of what was seen.
    let rates = rates_among(&chances, tested.max(seen.len() as f64));
    let most = f64::from(report.false_permille) / 1000.0;
    let mut found: Vec<(Found, f64)> = (seen.into_iter().zip(rates))
        .filter(|(it, rate)| *rate <= most && it.times_more() >= report.times_min)
        .collect();
    found.sort_by(|(a, _), (b, _)| {
        (a.ln_p.total_cmp(&b.ln_p)).then_with(|| a.sequence.cmp(&b.sequence))
    });
    let told = kept(found);
    let list = walks.sequences.elements.list();
    let is_used = |element: usize| {
        let mut all = told.iter().flat_map(|it| &it.0.sequence);
        all.any(|it| usize::from(*it) == element)
    };
    Ok(Counted {
        n: chain.profiles,
        left_out: LeftOut::default(),
        numbers: UnexpectedAnswer {
            elements: (list.iter().enumerate())
                .filter(|(element, _)| is_used(*element))
                .map(|(_, it)| it.clone())
                .collect(),
            profiles: chain.profiles,
            tested,
            ways: (told.iter())
                .map(|(it, rate)| UnexpectedWay {
                    elements: (it.sequence.iter())
                        .map(|element| list[usize::from(*element)].id.clone())
                        .collect(),
                    passes: it.passes,
                    expected: it.expected,
                    times_more: it.times_more(),
                    false_rate: *rate,
                })
                .collect(),
        },
    })
}

/// A sequence that was seen.
struct Found {
    sequence: Vec<u16>,
    passes: Passes,
    expected: f64,
    ln_p: f64,
}

impl Found {
    fn times_more(&self) -> f64 {
        self.passes.profiles as f64 / self.expected
    }
}

/// What is part of a less likely one, or has it as a part, is the same finding again.
fn kept(found: Vec<(Found, f64)>) -> Vec<(Found, f64)> {
    let mut kept: Vec<(Found, f64)> = Vec::new();
    for (it, rate) in found {
        let is_told = (kept.iter()).any(|(other, _)| overlaps(&it.sequence, &other.sequence));
        if !is_told {
            kept.push((it, rate));
        }
        if kept.len() == WAYS_MAX {
            break;
        }
    }
    kept
}

/// Whether one is a part of the other, or begins with all but the beginning of the other.
fn overlaps(a: &[u16], b: &[u16]) -> bool {
    let has = |whole: &[u16], part: &[u16]| whole.windows(part.len()).any(|it| it == part);
    let shared = a.len().min(b.len()) - 1;
    has(a, b) || has(b, a) || a.ends_with(&b[..shared]) || b.ends_with(&a[..shared])
}

fn walks<'v>(view: &'v View<'_>, report: &Unexpected, when: &When) -> Result<Walks<'v>, AskError> {
    let filter = report.filter.as_ref();
    let sequences = Sequences::new(view, &report.by, filter, when.range, report.pause_max)?;
    Ok(Walks { sequences })
}

pub(crate) fn people(
    view: &View<'_>,
    report: &Unexpected,
    select: &UnexpectedSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let walks = walks(view, report, when)?;
    let mut sequence = Vec::new();
    for id in &select.elements {
        let index = walks.sequences.elements.index(id).ok_or_else(|| {
            let message = format!("names `{id}`, which is no element of the report");
            AskError::fault("select", message)
        })?;
        sequence.push(u16::try_from(index).expect("a list of elements is short"));
    }
    walks.people(view, &sequence)
}

#[cfg(test)]
mod tests;
