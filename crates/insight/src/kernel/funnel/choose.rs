//! Which attempts of a unit count: the entry rule, and what exclusions do.

use throughline_model::report::{Entry, ExclusionEffect, Order, Window};

use super::{
    attempt::Solver,
    stream::Stream,
    terms::{Attempt, Bound, Hit, Terms},
    unit::Instants,
};
use crate::cancel::Cancel;

/// Decides over one unit after the other.
pub(super) struct Chooser<'c> {
    cancel: &'c Cancel,
    stream: Stream,
    solver: Solver,
}

/// What becomes of a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// One at most, unless every entry is an attempt of its own.
    pub(super) attempts: Vec<Attempt>,
    /// Attempts that an exclusion made void.
    pub(super) void: usize,
    /// True when an exclusion takes the unit out of every step.
    pub(super) is_dropped: bool,
}

/// What exclusions leave of an attempt.
enum Left {
    Attempt(Attempt),
    Void,
    Dropped,
}

impl<'c> Chooser<'c> {
    pub(super) fn new(cancel: &'c Cancel) -> Self {
        Self {
            cancel,
            stream: Stream::default(),
            solver: Solver::default(),
        }
    }

    /// The attempts that count among a unit's events, which are in order of time.
    pub(super) fn choose(&mut self, terms: &Terms, hits: &[Hit], bound: Bound) -> Choice {
        if terms.is_common() {
            let attempts = self
                .common(terms, hits, bound)
                .copied()
                .into_iter()
                .collect();
            return Choice {
                attempts,
                ..Choice::default()
            };
        }
        let unit = Instants::of(terms, hits);
        let entries = unit.entries(terms);
        match terms.entry {
            Entry::First => self.best(terms, &unit, &entries[..entries.len().min(1)], bound),
            Entry::Best => self.best(terms, &unit, &entries, bound),
            Entry::Every => self.every(terms, &unit, &entries, bound),
        }
    }

    /// The attempt of common terms, which have one at most.
    pub(super) fn common(&mut self, terms: &Terms, hits: &[Hit], bound: Bound) -> Option<&Attempt> {
        let attempt = self.stream.best(terms, hits)?;
        let is_stepwise = matches!(terms.window, Window::Each(_));
        let needs_solver = is_stepwise && terms.required.len() > 1;
        if needs_solver || terms.has_optional() {
            let unit = Instants::of(terms, hits);
            let entry = unit.at(attempt.entry);
            if needs_solver {
                *attempt = self.solver.attempt(terms, &unit, entry, bound);
                return Some(attempt);
            }
            self.solver.optional(terms, &unit, attempt, bound);
        }
        let is_done = attempt.level == terms.required.len();
        attempt.open_until =
            (!is_done).then(|| terms.window_end(attempt.entry).min(bound.open_until));
        Some(attempt)
    }

    /// The attempt that leads furthest; among equals the one that began last.
    fn best(
        &mut self,
        terms: &Terms,
        unit: &Instants<'_>,
        entries: &[usize],
        bound: Bound,
    ) -> Choice {
        let can_drop = (terms.exclusions.iter()).any(|it| it.effect == ExclusionEffect::DropUnit);
        let mut choice = Choice::default();
        let mut best: Option<Attempt> = None;
        for entry in entries.iter().rev() {
            if self.cancel.check().is_err() {
                break;
            }
            match self.left(terms, unit, *entry, bound) {
                Left::Attempt(attempt) => {
                    if best.as_ref().is_none_or(|best| attempt.level > best.level) {
                        best = Some(attempt);
                    }
                }
                Left::Void => choice.void += 1,
                Left::Dropped => choice.is_dropped = true,
            }
            let is_full = best
                .as_ref()
                .is_some_and(|it| it.level == terms.required.len());
            if choice.is_dropped || is_full && !can_drop {
                break;
            }
        }
        choice.attempts.extend(best.filter(|_| !choice.is_dropped));
        choice
    }

    /// Each entry as an attempt of its own, up to the next entry.
    fn every(
        &mut self,
        terms: &Terms,
        unit: &Instants<'_>,
        entries: &[usize],
        bound: Bound,
    ) -> Choice {
        let mut choice = Choice::default();
        for (index, entry) in entries.iter().enumerate() {
            if self.cancel.check().is_err() {
                break;
            }
            let bound = match entries.get(index + 1) {
                Some(next) => Bound {
                    from: unit.time(*entry),
                    before: unit.time(*next),
                    open_until: i64::MIN,
                },
                None => Bound {
                    from: unit.time(*entry),
                    ..bound
                },
            };
            match self.left(terms, unit, *entry, bound) {
                Left::Attempt(attempt) => choice.attempts.push(attempt),
                Left::Void => choice.void += 1,
                Left::Dropped => choice.is_dropped = true,
            }
        }
        choice
    }

    /// The attempt of an entry after exclusions.
    fn left(&mut self, terms: &Terms, unit: &Instants<'_>, entry: usize, bound: Bound) -> Left {
        let mut attempt = self.solver.attempt(terms, unit, entry, bound);
        debug_assert!(terms.order != Order::Any || terms.exclusions.is_empty());
        let mut stop: Option<i64> = None;
        let mut is_void = false;
        for exclusion in &terms.exclusions {
            let Some(time) = first_excluded(terms, unit, &attempt, bound, exclusion) else {
                continue;
            };
            match exclusion.effect {
                ExclusionEffect::DropUnit => return Left::Dropped,
                ExclusionEffect::SpoilAttempt => is_void = true,
                ExclusionEffect::StopThere => stop = Some(stop.map_or(time, |it| it.min(time))),
            }
        }
        if is_void {
            return Left::Void;
        }
        if let Some(stop) = stop {
            let cut = (0..terms.steps_count)
                .find(|step| attempt.has(*step) && attempt.times[*step] > stop);
            if let Some(cut) = cut {
                attempt.reached &= (1 << cut) - 1;
                attempt.times[cut..].fill(0);
                attempt.level = terms.required.partition_point(|step| *step < cut);
            }
            attempt.open_until = None;
        }
        Left::Attempt(attempt)
    }
}

/// The first event that an exclusion forbids, at no instant of a step.
fn first_excluded(
    terms: &Terms,
    unit: &Instants<'_>,
    attempt: &Attempt,
    bound: Bound,
    exclusion: &super::terms::Exclusion,
) -> Option<i64> {
    let reached = |step: usize| attempt.has(step).then(|| attempt.times[step]);
    let after = reached(exclusion.after)?;
    let last_required = terms.required[attempt.level - 1];
    let until = match (exclusion.before..terms.steps_count).find_map(reached) {
        Some(before) => before,
        None => terms
            .open_until(attempt.entry, attempt.times[last_required])
            .saturating_add(1)
            .min(bound.before),
    };
    unit.times_behind(exclusion.bit.trailing_zeros() as usize, after)
        .take_while(|time| *time < until)
        .find(|time| (0..terms.steps_count).all(|step| reached(step) != Some(*time)))
}
