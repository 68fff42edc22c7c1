//! Steps in any order: how many different ones are reached from a start on.

use super::Solver;
use crate::kernel::funnel::{
    terms::{Attempt, Bound, STEPS_MAX, Terms},
    unit::Instants,
};

impl Solver {
    /// Steps count as they come: `times[i]` is when `i + 1` different ones had been reached.
    pub(super) fn any(
        &mut self,
        terms: &Terms,
        unit: &Instants<'_>,
        entry: usize,
        bound: Bound,
    ) -> Attempt {
        let start = unit.time(entry);
        let end = terms.window_end(start);
        let mut attempt = Attempt::at(start);
        attempt.open_until = Some(end);
        let mut reached = Reached::default();
        // Per kind of event those that lie ahead. A kind is done once one of it adds nothing:
        // what the kept events cannot make room for now, they cannot make room for later.
        let mut ahead: Vec<(u32, &[u32])> = (unit.kinds())
            .map(|(mask, instants)| {
                let at = instants.partition_point(|it| (*it as usize) < entry);
                (mask, &instants[at..])
            })
            .collect();
        while attempt.level < terms.steps_count {
            ahead.retain(|(_, instants)| !instants.is_empty());
            let Some((mask, instants)) = ahead.iter_mut().min_by_key(|(_, it)| it[0]) else {
                break;
            };
            let time = unit.time(instants[0] as usize);
            if time > end || time >= bound.before {
                break;
            }
            let before = attempt.level;
            attempt.level = reached.add(*mask, terms.may_reuse);
            for step in before..attempt.level {
                attempt.reach(step, time);
            }
            *instants = if attempt.level > before {
                &instants[1..]
            } else {
                &[]
            };
        }
        attempt
    }
}

/// The events that serve a step each, and how many steps are served.
struct Reached {
    masks: Vec<u32>,
    server: [Option<usize>; STEPS_MAX],
    union: u32,
}

impl Default for Reached {
    fn default() -> Self {
        Self {
            masks: Vec::new(),
            server: [None; STEPS_MAX],
            union: 0,
        }
    }
}

impl Reached {
    /// Adds an event and says how many steps are served now.
    fn add(&mut self, mask: u32, may_reuse: bool) -> usize {
        if may_reuse {
            self.union |= mask;
            return self.union.count_ones() as usize;
        }
        self.masks.push(mask);
        if !self.place(self.masks.len() - 1, &mut 0) {
            self.masks.pop();
        }
        self.masks.len()
    }

    fn place(&mut self, event: usize, seen: &mut u32) -> bool {
        for step in 0..STEPS_MAX {
            let bit = 1 << step;
            if self.masks[event] & bit == 0 || *seen & bit != 0 {
                continue;
            }
            *seen |= bit;
            let is_free = match self.server[step] {
                None => true,
                Some(other) => self.place(other, seen),
            };
            if is_free {
                self.server[step] = Some(event);
                return true;
            }
        }
        false
    }
}
