//! What follows what, and after how long.
//!
//! A transition is two elements of a sequence with nothing of the sequence between them. Each
//! visit of an element goes on to one element or is an end, and comes from one or is a start, so
//! the numbers of an element add up both ways.

mod forecast;
mod quantiles;
mod tally;
mod times;

use serde::Serialize;
use throughline_model::{ProfileId, report::Transitions};
use utoipa::ToSchema;

use self::{forecast::Forecast, quantiles::quantiles, tally::Tally};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    passes::Passes,
    scan::scan,
    select::ways::TransitionsSelect,
    sequence::{Element, Item, Sequences},
    view::View,
};

/// Elements, and what follows what.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TransitionsAnswer {
    /// Elements that were visited, in their own order.
    pub elements: Vec<Visits>,
    /// The most frequent first.
    pub transitions: Vec<Transition>,
    /// Sequences; a profile has several when a longest pause is given.
    pub sequences: u64,
}

/// One element and how it was come to and left.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Visits {
    pub element: Element,
    pub visits: Passes,
    /// Visits that nothing came before.
    pub starts: Passes,
    /// Visits that nothing followed.
    pub ends: Passes,
}

/// One element followed by another.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Transition {
    /// Ids of elements.
    pub from: String,
    pub to: String,
    pub passes: Passes,
    /// Time between the two: half of the transitions took no longer.
    pub median_ms: i64,
    /// Nine of ten took no longer.
    pub p90_ms: i64,
}

/// Median and ninth decile, in thousandths.
const QUANTILES: [u64; 2] = [500, 900];

pub(crate) fn answer(
    view: &View<'_>,
    transitions: &Transitions,
    when: &When,
) -> Result<Counted<TransitionsAnswer>, AskError> {
    let sequences = sequences(view, transitions, when)?;
    let forecast = Forecast::of(view, &sequences)?;
    counted(view, &sequences, forecast.as_ref())
}

fn counted(
    view: &View<'_>,
    sequences: &Sequences<'_>,
    forecast: Option<&Forecast>,
) -> Result<Counted<TransitionsAnswer>, AskError> {
    let count = sequences.elements.list().len();
    let states = scan(
        view.snapshot,
        view.cancel,
        || Tally::new(count, forecast),
        |tally, rows| tally.count(sequences, rows),
    )?;
    let tally = states
        .into_iter()
        .reduce(Tally::merged)
        .unwrap_or_else(|| Tally::new(count, forecast));
    let times = quantiles(view, sequences, &tally)?;
    let id = |element: usize| sequences.elements.list()[element].id.clone();
    let mut visits: Vec<u64> = tally.elements.iter().map(|it| it.starts.times).collect();
    let mut found: Vec<(usize, Transition)> = Vec::new();
    for (pair, (place, times)) in tally.places.iter().zip(&times).enumerate() {
        let passes = tally.times.passes(pair);
        if passes.times == 0 {
            continue;
        }
        let (from, to) = (place / count, place % count);
        visits[to] += passes.times;
        let transition = Transition {
            from: id(from),
            to: id(to),
            passes,
            median_ms: times[0],
            p90_ms: times[1],
        };
        found.push((*place, transition));
    }
    found.sort_by_key(|(place, it)| (std::cmp::Reverse(it.passes.times), *place));
    let elements = (sequences.elements.list().iter().zip(&tally.elements))
        .zip(visits)
        .filter(|(_, visits)| *visits > 0)
        .map(|((element, ways), visits)| Visits {
            element: element.clone(),
            visits: Passes {
                times: visits,
                profiles: ways.profiles,
            },
            starts: ways.starts.passes(),
            ends: ways.ends.passes(),
        })
        .collect();
    Ok(Counted {
        n: tally.profiles,
        left_out: LeftOut::default(),
        numbers: TransitionsAnswer {
            elements,
            transitions: found.into_iter().map(|(_, it)| it).collect(),
            sequences: tally.sequences,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    transitions: &Transitions,
    select: &TransitionsSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let sequences = sequences(view, transitions, when)?;
    let index = |id: &str| {
        let found = sequences.elements.index(id);
        found.ok_or_else(|| {
            AskError::fault(
                "select",
                format!("names `{id}`, which is no element of the report"),
            )
        })
    };
    let wanted = match select {
        TransitionsSelect::Any => Wanted::Any,
        TransitionsSelect::Visit(id) => Wanted::Visit(index(id)?),
        TransitionsSelect::Start(id) => Wanted::Start(index(id)?),
        TransitionsSelect::End(id) => Wanted::End(index(id)?),
        TransitionsSelect::Transition { from, to } => Wanted::Transition(index(from)?, index(to)?),
    };
    let begin = || (Vec::new(), Vec::new());
    let states = scan(
        view.snapshot,
        view.cancel,
        begin,
        |(profiles, items), rows| {
            let mut is_hit = false;
            sequences.visit(rows, items, |sequence| is_hit |= wanted.is_in(sequence));
            if is_hit {
                profiles.push(rows.profile);
            }
        },
    )?;
    let mut profiles: Vec<ProfileId> = states
        .into_iter()
        .flat_map(|(profiles, _)| profiles)
        .collect();
    profiles.sort_unstable();
    Ok(profiles)
}

fn sequences<'v>(
    view: &'v View<'_>,
    transitions: &Transitions,
    when: &When,
) -> Result<Sequences<'v>, AskError> {
    let Transitions {
        by,
        filter,
        pause_max,
        ..
    } = transitions;
    Sequences::new(view, by, filter.as_ref(), when.range, *pause_max)
}

/// A number of the answer, as elements.
enum Wanted {
    Any,
    Visit(u32),
    Start(u32),
    End(u32),
    Transition(u32, u32),
}

impl Wanted {
    fn is_in(&self, sequence: &[Item]) -> bool {
        match self {
            Self::Any => true,
            Self::Visit(wanted) => sequence.iter().any(|item| item.element == *wanted),
            Self::Start(wanted) => sequence[0].element == *wanted,
            Self::End(wanted) => sequence[sequence.len() - 1].element == *wanted,
            Self::Transition(from, to) => sequence
                .windows(2)
                .any(|pair| pair[0].element == *from && pair[1].element == *to),
        }
    }
}

#[cfg(test)]
mod tests;
