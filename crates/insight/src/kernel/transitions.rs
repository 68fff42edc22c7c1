//! What follows what, and after how long.
//!
//! A transition is two elements of a sequence with nothing of the sequence between them. Each
//! visit of an element goes on to one element or is an end, and comes from one or is a start, so
//! the numbers of an element add up both ways.

mod tally;
mod times;

use serde::Serialize;
use throughline_model::{ProfileId, report::Transitions};
use utoipa::ToSchema;

use self::times::Sampling;
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    scan::scan,
    select::TransitionsSelect,
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

/// How often, and by how many different profiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Passes {
    pub times: u64,
    pub profiles: u64,
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

pub(crate) fn answer(
    view: &View<'_>,
    transitions: &Transitions,
    when: &When,
) -> Result<Counted<TransitionsAnswer>, AskError> {
    let sequences = sequences(view, transitions, when)?;
    let (tally, times) = times::count(view, &sequences, Sampling::DEFAULT)?;
    let elements = sequences.elements.list();
    let id = |element: usize| elements[element].id.clone();
    let mut found: Vec<(usize, Transition)> = (tally.seen().zip(&times))
        .map(|((index, place), times)| {
            let transition = Transition {
                from: id(place / elements.len()),
                to: id(place % elements.len()),
                passes: tally.pairs()[index].passes(),
                median_ms: times[0],
                p90_ms: times[1],
            };
            (place, transition)
        })
        .collect();
    found.sort_by_key(|(place, it)| (std::cmp::Reverse(it.passes.times), *place));
    let visits = (elements.iter().zip(tally.visited()))
        .filter(|(_, cells)| cells.visits.times > 0)
        .map(|(element, cells)| Visits {
            element: element.clone(),
            visits: cells.visits,
            starts: cells.starts,
            ends: cells.ends,
        })
        .collect();
    Ok(Counted {
        n: tally.profiles,
        left_out: LeftOut::default(),
        numbers: TransitionsAnswer {
            elements: visits,
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
