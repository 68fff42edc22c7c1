//! What follows one entry: which steps are reached, and when.
//!
//! Of several ways to get as far, the attempt is the one whose last step comes earliest,
//! then the one before it, and so on: for windows that count from the entry, simply each step as early as it comes.

mod any;
mod chain;
mod strict;

use throughline_model::report::{Order, Ties, Window};

use super::{
    matching::Instant,
    terms::{Attempt, Bound, Terms},
    unit::Instants,
};

/// Room for the work on one attempt, kept between attempts.
#[derive(Default)]
pub(super) struct Solver {
    instant: Instant,
}

impl Solver {
    /// The attempt that begins at an instant.
    pub(super) fn attempt(
        &mut self,
        terms: &Terms,
        unit: &Instants<'_>,
        entry: usize,
        bound: Bound,
    ) -> Attempt {
        let mut attempt = match terms.order {
            Order::Any => self.any(terms, unit, entry, bound),
            Order::Strict => self.strict(terms, unit, entry, bound),
            Order::Ordered => match (terms.window, terms.ties) {
                (Window::Each(_), _) | (_, Ties::Grace(_)) => self.chain(terms, unit, entry, bound),
                _ => self.early(terms, unit, entry, bound),
            },
        };
        self.optional(terms, unit, &mut attempt, bound);
        attempt.open_until = match attempt.level == terms.required.len() {
            true => None,
            false => attempt.open_until.map(|it| it.min(bound.open_until)),
        };
        attempt
    }

    /// Each step as early as it comes; jumps from step to step.
    fn early(&mut self, terms: &Terms, unit: &Instants<'_>, entry: usize, bound: Bound) -> Attempt {
        let start = unit.time(entry);
        let mut attempt = Attempt::at(start);
        let window_end = terms.window_end(start);
        let mut at = entry;
        self.load(terms, unit, at);
        for step in &terms.required {
            let may_stay = attempt.level == 0 || terms.ties != Ties::Later;
            if !(may_stay && self.serve(terms, *step)) {
                let next = unit.next(*step, at).filter(|next| {
                    let time = unit.time(*next);
                    time <= window_end && time < bound.before
                });
                let Some(next) = next else { break };
                at = next;
                self.load(terms, unit, at);
                let is_served = self.serve(terms, *step);
                debug_assert!(is_served);
            }
            attempt.reach(*step, unit.time(at));
            attempt.level += 1;
        }
        attempt.open_until = Some(window_end);
        attempt
    }

    fn load(&mut self, terms: &Terms, unit: &Instants<'_>, instant: usize) {
        let masks = unit
            .events(instant)
            .iter()
            .map(|hit| hit.mask & terms.step_bits());
        self.instant.fill(masks, terms.steps_count);
    }

    fn serve(&mut self, terms: &Terms, step: usize) -> bool {
        match terms.may_reuse {
            true => self.instant.fits(step),
            false => self.instant.add(step),
        }
    }

    /// Looks for the optional steps between those that were reached, each behind the one before it.
    pub(super) fn optional(
        &mut self,
        terms: &Terms,
        unit: &Instants<'_>,
        attempt: &mut Attempt,
        bound: Bound,
    ) {
        if !terms.has_optional() {
            return;
        }
        let end = terms
            .required
            .get(attempt.level)
            .copied()
            .unwrap_or(terms.steps_count);
        let mut last_required = attempt.entry;
        let mut last = attempt.entry;
        for step in 0..end {
            if terms.required.contains(&step) {
                last = attempt.times[step];
                last_required = last;
                continue;
            }
            let next = (step + 1..end).find(|step| terms.required.contains(step));
            let until = match next {
                Some(next) => attempt.times[next].saturating_add(terms.grace()),
                None => terms.open_until(attempt.entry, last_required),
            };
            let earliest = last.saturating_sub(terms.grace()).max(bound.from);
            let found = (unit.with(step).iter())
                .map(|instant| *instant as usize)
                .skip_while(|instant| unit.time(*instant) < earliest)
                .take_while(|instant| {
                    unit.time(*instant) <= until && unit.time(*instant) < bound.before
                })
                .filter(|instant| {
                    let time = unit.time(*instant);
                    let is_tied = time == last || next.is_some_and(|it| attempt.times[it] == time);
                    !(terms.ties == Ties::Later && is_tied)
                })
                .find(|instant| self.fits_beside(terms, unit, *instant, step, attempt));
            if let Some(instant) = found {
                last = unit.time(instant);
                attempt.reach(step, last);
            }
        }
    }

    /// True when an instant has an event for a step besides those for the steps reached at that instant.
    fn fits_beside(
        &mut self,
        terms: &Terms,
        unit: &Instants<'_>,
        instant: usize,
        step: usize,
        attempt: &Attempt,
    ) -> bool {
        self.load(terms, unit, instant);
        let time = unit.time(instant);
        let others = (0..terms.steps_count)
            .filter(|other| attempt.has(*other) && attempt.times[*other] == time);
        others.chain([step]).all(|step| self.serve(terms, step))
    }
}
