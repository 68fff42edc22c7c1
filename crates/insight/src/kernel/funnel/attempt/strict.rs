//! Steps with nothing between them. The events of one instant may have happened in any order,
//! so others of the first instant may come before the steps, and others of the last one behind them.

use throughline_model::report::{Ties, Window};

use super::Solver;
use crate::kernel::funnel::{
    terms::{Attempt, Bound, Terms},
    unit::Instants,
};

/// The levels that can be reached with their last step at one instant.
#[derive(Clone, Default)]
struct Reach {
    /// Per level the bits of the levels that the instants before had reached.
    from: Vec<u32>,
    /// Bits of the levels that leave no event of the instant over.
    whole: Vec<u32>,
}

impl Solver {
    pub(super) fn strict(
        &mut self,
        terms: &Terms,
        unit: &Instants<'_>,
        entry: usize,
        bound: Bound,
    ) -> Attempt {
        let start = unit.time(entry);
        let steps_count = terms.steps_count;
        let mut reaches: Vec<Reach> = Vec::new();
        for instant in entry..unit.count() {
            let time = unit.time(instant);
            let limit = match (terms.window, reaches.is_empty()) {
                (Window::Each(span), false) => unit.time(instant - 1).saturating_add(span.0),
                _ => terms.window_end(start),
            };
            if time > limit || time >= bound.before {
                break;
            }
            let starts = match reaches.last() {
                None => 1,
                Some(before) => (1..=steps_count)
                    .filter(|level| before.whole[*level] != 0)
                    .fold(0, |bits, level| bits | 1 << level),
            };
            let reach = self.reach(terms, unit, instant, starts, reaches.is_empty());
            if reach.from.iter().all(|from| *from == 0) {
                break;
            }
            reaches.push(reach);
        }
        let level = (1..=steps_count)
            .rfind(|level| reaches.iter().any(|reach| reach.from[*level] != 0))
            .expect("the first step is reached at the entry");
        let last = (reaches.iter())
            .position(|reach| reach.from[level] != 0)
            .expect("the level is reached somewhere");
        let mut attempt = Attempt::at(start);
        attempt.level = level;
        let (mut to, mut at) = (level, last);
        loop {
            // The fewest steps at the later instant put the steps before them earliest.
            let from = if at == last {
                reaches[at].from[to]
            } else {
                reaches[at].whole[to]
            };
            let from = if at == 0 { 0 } else { from.ilog2() as usize };
            for step in from..to {
                attempt.reach(step, unit.time(entry + at));
            }
            if at == 0 {
                break;
            }
            (to, at) = (from, at - 1);
        }
        // It can go on when an attempt as good ends with the unit's last events and leaves none of them over.
        let is_open = entry + reaches.len() == unit.count()
            && (reaches.last()).is_some_and(|it| it.from[level] != 0 && it.whole[level] != 0);
        if is_open {
            let last = unit.time(unit.count() - 1);
            attempt.open_until = Some(terms.open_until(start, last));
        }
        attempt
    }

    /// Which levels the events of an instant lead to from the levels in `starts`; 0 is where the first instant starts.
    fn reach(
        &mut self,
        terms: &Terms,
        unit: &Instants<'_>,
        instant: usize,
        starts: u32,
        is_first: bool,
    ) -> Reach {
        let steps_count = terms.steps_count;
        let events_count = unit.events(instant).len();
        let mut reach = Reach {
            from: vec![0; steps_count + 1],
            whole: vec![0; steps_count + 1],
        };
        self.load(terms, unit, instant);
        for from in 0..steps_count {
            if starts >> from & 1 == 0 {
                continue;
            }
            self.instant.forget();
            for step in from..steps_count {
                let level = step + 1;
                if !self.serve(terms, step) || (terms.ties == Ties::Later && step > from) {
                    break;
                }
                reach.from[level] |= 1 << from;
                if is_first || self.serving_most(terms, from..level) == events_count {
                    reach.whole[level] |= 1 << from;
                }
            }
        }
        reach
    }

    /// How many events of the loaded instant can serve different steps of a range at once.
    fn serving_most(&mut self, terms: &Terms, steps: std::ops::Range<usize>) -> usize {
        if terms.may_reuse {
            self.instant.forget();
            for step in steps {
                self.instant.add(step);
            }
        }
        self.instant.serving_count()
    }
}
