//! Windows from step to step, and steps that may lie a little before the one they follow.
//!
//! Here the earliest step is not always the best one. First the instants are found at which each step can lie
//! when one event may serve two steps; then the chain is picked backwards among them, each event once.

use std::collections::HashSet;

use throughline_model::report::{Ties, Window};

use super::Solver;
use crate::kernel::funnel::{
    terms::{Attempt, Bound, Terms},
    unit::Instants,
};

/// One search for a chain. Levels count from 0 here: `places[0]` is the entry.
struct Search<'s, 'u> {
    solver: &'s mut Solver,
    terms: &'s Terms,
    unit: &'s Instants<'u>,
    places: Vec<Vec<u32>>,
    /// Instants chosen so far, from the last level down.
    chosen: Vec<usize>,
    /// Choices that are known to lead nowhere, with the later ones that share instants with what lies before.
    failed: HashSet<Vec<usize>>,
}

impl Solver {
    pub(super) fn chain(
        &mut self,
        terms: &Terms,
        unit: &Instants<'_>,
        entry: usize,
        bound: Bound,
    ) -> Attempt {
        let start = unit.time(entry);
        let places = places(terms, unit, entry, bound);
        let mut search = Search {
            solver: self,
            terms,
            unit,
            places,
            chosen: Vec::new(),
            failed: HashSet::new(),
        };
        let mut attempt = Attempt::at(start);
        for level in (1..=search.places.len()).rev() {
            search.failed.clear();
            if search.find(level - 1) {
                attempt.level = level;
                break;
            }
        }
        let chosen = std::mem::take(&mut search.chosen);
        for (step, instant) in terms.required.iter().zip(chosen.iter().rev()) {
            attempt.reach(*step, unit.time(*instant));
        }
        let last = search.latest(attempt.level - 1);
        attempt.open_until = Some(terms.open_until(start, unit.time(last)));
        attempt
    }
}

/// Per required step the instants at which it can lie, as far as steps can be reached at all.
fn places(terms: &Terms, unit: &Instants<'_>, entry: usize, bound: Bound) -> Vec<Vec<u32>> {
    let window_end = terms.window_end(unit.time(entry));
    let mut places = vec![vec![entry as u32]];
    for step in &terms.required[1..] {
        let before = places.last().expect("starts with the entry");
        let earliest = unit
            .time(before[0] as usize)
            .saturating_sub(terms.grace())
            .max(bound.from);
        let here: Vec<u32> = (unit.with(*step).iter().copied())
            .skip_while(|it| unit.time(*it as usize) < earliest)
            .take_while(|it| {
                let time = unit.time(*it as usize);
                time <= window_end && time < bound.before
            })
            .filter(|it| {
                let at = *it as usize;
                // Of the instants that may come before, the latest leaves the most room.
                let count = before.partition_point(|it| may_follow_late(terms, unit, *it, at));
                count > 0 && follows(terms, unit, before[count - 1] as usize, at)
            })
            .collect();
        if here.is_empty() {
            break;
        }
        places.push(here);
    }
    places
}

/// True when one instant lies early enough for another to follow it.
fn may_follow_late(terms: &Terms, unit: &Instants<'_>, before: u32, at: usize) -> bool {
    let (before, at) = (unit.time(before as usize), unit.time(at));
    match terms.ties {
        Ties::Later => before < at,
        Ties::AnyOrder | Ties::Grace(_) => before <= at.saturating_add(terms.grace()),
    }
}

/// True when a step at one instant may be followed by one at another.
fn follows(terms: &Terms, unit: &Instants<'_>, before: usize, at: usize) -> bool {
    let is_near = match terms.window {
        Window::Each(span) => unit.time(at) <= unit.time(before).saturating_add(span.0),
        Window::Whole(_) | Window::Unlimited => true,
    };
    is_near && may_follow_late(terms, unit, before as u32, at)
}

impl Search<'_, '_> {
    /// Finds instants for the steps up to a level, the last one as early as possible; they end up in `chosen`.
    fn find(&mut self, level: usize) -> bool {
        for index in 0..self.places[level].len() {
            let at = self.places[level][index] as usize;
            if let Some(after) = self.chosen.last()
                && !follows(self.terms, self.unit, at, *after)
            {
                continue;
            }
            if !self.has_room(level, at) {
                continue;
            }
            self.chosen.push(at);
            if level == 0 {
                return true;
            }
            let state = self.state(level);
            if !self.failed.contains(&state) {
                if self.find(level - 1) {
                    return true;
                }
                self.failed.insert(state);
            }
            self.chosen.pop();
        }
        false
    }

    /// True when an instant has an event for a level's step besides those for later steps at the same instant.
    fn has_room(&mut self, level: usize, at: usize) -> bool {
        if self.terms.may_reuse {
            return true;
        }
        let top = level + self.chosen.len();
        let beside: Vec<usize> = (self.chosen.iter().enumerate())
            .filter(|(_, instant)| **instant == at)
            .map(|(index, _)| top - index)
            .chain([level])
            .collect();
        self.solver.load(self.terms, self.unit, at);
        let steps = beside.into_iter().map(|level| self.terms.required[level]);
        steps
            .collect::<Vec<_>>()
            .into_iter()
            .all(|step| self.solver.serve(self.terms, step))
    }

    /// What the rest of the search depends on: the level, its instant, and later steps that the rest may run into.
    fn state(&self, level: usize) -> Vec<usize> {
        let at = *self.chosen.last().expect("just pushed");
        // Steps before can lie behind this one by a grace each.
        let reach = (self.unit.time(at)).saturating_add(self.terms.grace() * level as i64);
        let top = level + self.chosen.len() - 1;
        let mut state = vec![level, at];
        for (index, instant) in self.chosen[..self.chosen.len() - 1].iter().enumerate() {
            if self.unit.time(*instant) <= reach {
                state.extend([top - index, *instant]);
            }
        }
        state
    }

    /// The latest instant at which a level can be reached.
    fn latest(&mut self, level: usize) -> usize {
        self.chosen.clear();
        self.failed.clear();
        for index in (0..self.places[level].len()).rev() {
            let at = self.places[level][index] as usize;
            self.chosen.push(at);
            let is_found = level == 0 || self.find(level - 1);
            self.chosen.clear();
            if is_found {
                return at;
            }
        }
        unreachable!("the level was reached")
    }
}
