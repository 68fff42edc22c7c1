//! The common funnel in one pass: per level the latest entry that leads there.
//!
//! An attempt with a later entry can do all that one with an earlier entry can,
//! so one attempt for each level is enough. Events of one instant are taken together:
//! a level is reached from one that existed before the instant, the steps between served by different events of it.

use throughline_model::report::{Entry, Order, Ties, Window};

use super::{
    matching::Instant,
    terms::{Attempt, Hit, STEPS_MAX, Terms},
};

/// Room for the work on one unit, kept between units.
#[derive(Default)]
pub(super) struct Stream {
    levels: Vec<Level>,
    instant: Instant,
}

/// The best attempt that has reached a level, if any.
#[derive(Clone, Copy)]
struct Level {
    entry: i64,
    /// When the level was last reached by this entry.
    last: i64,
    /// When each of its required steps was first reached by this entry.
    times: [i64; STEPS_MAX],
}

const NOT_REACHED: i64 = i64::MIN;

impl Terms {
    /// True when [`Stream`] gives what these terms ask.
    pub(super) fn is_common(&self) -> bool {
        self.order == Order::Ordered
            && self.entry != Entry::Every
            && self.exclusions.is_empty()
            && !matches!(self.ties, Ties::Grace(_))
    }
}

impl Stream {
    /// The furthest level and the latest entry that leads there, with the times of required steps.
    ///
    /// The times are those of the earliest steps when the window counts from the entry.
    pub(super) fn best(&mut self, terms: &Terms, hits: &[Hit]) -> Option<Attempt> {
        self.levels.clear();
        self.levels.resize(
            terms.required.len() + 1,
            Level {
                entry: NOT_REACHED,
                last: NOT_REACHED,
                times: [0; STEPS_MAX],
            },
        );
        let mut at = 0;
        while at < hits.len() {
            let time = hits[at].time;
            let mut end = at + 1;
            while end < hits.len() && hits[end].time == time {
                end += 1;
            }
            if end - at == 1 && !terms.may_reuse {
                self.one(terms, &hits[at]);
            } else {
                self.together(terms, &hits[at..end]);
            }
            at = end;
        }
        let level =
            (1..self.levels.len()).rfind(|level| self.levels[*level].entry != NOT_REACHED)?;
        let best = &self.levels[level];
        let mut attempt = Attempt::at(best.entry);
        attempt.level = level;
        for (step, time) in terms.required[..level].iter().zip(best.times) {
            attempt.reach(*step, time);
        }
        Some(attempt)
    }

    /// An event that no other shares its instant with serves one step.
    fn one(&mut self, terms: &Terms, hit: &Hit) {
        for level in (1..=terms.required.len()).rev() {
            if hit.mask >> terms.required[level - 1] & 1 == 0 {
                continue;
            }
            if level == 1 {
                if self.is_entry(terms, hit) {
                    self.levels[1].entry = hit.time;
                    self.levels[1].last = hit.time;
                    self.levels[1].times[0] = hit.time;
                }
            } else if self.is_within(terms, level - 1, hit.time) {
                self.lead(terms, level - 1, level, hit.time);
            }
        }
    }

    fn together(&mut self, terms: &Terms, hits: &[Hit]) {
        let time = hits[0].time;
        let union = hits.iter().fold(0, |union, hit| union | hit.mask);
        let entry = hits.iter().find(|hit| self.is_entry(terms, hit));
        self.instant.fill(
            hits.iter().map(|hit| hit.mask & terms.step_bits()),
            terms.steps_count,
        );
        // From the last level down, so that what is read is from before the instant.
        for level in (1..=terms.required.len()).rev() {
            let mut best: Option<(usize, i64)> = None;
            self.instant.forget();
            for from in (0..level).rev() {
                let step = terms.required[from];
                let can_serve = union >> step & 1 == 1
                    && (terms.may_reuse || self.instant.add(step))
                    && (terms.ties != Ties::Later || from + 1 == level);
                if !can_serve {
                    break;
                }
                let since = match from {
                    0 => entry.map(|_| time),
                    _ => self
                        .is_within(terms, from, time)
                        .then(|| self.levels[from].entry),
                };
                if let Some(since) = since
                    && best.is_none_or(|(_, entry)| since > entry)
                {
                    best = Some((from, since));
                }
            }
            match best {
                Some((0, _)) => {
                    self.levels[level].entry = time;
                    self.levels[level].last = time;
                    self.levels[level].times[..level].fill(time);
                }
                Some((from, _)) => self.lead(terms, from, level, time),
                None => {}
            }
        }
    }

    fn is_entry(&self, terms: &Terms, hit: &Hit) -> bool {
        terms.may_enter(hit) && (terms.entry == Entry::Best || self.levels[1].entry == NOT_REACHED)
    }

    /// True when the attempt at a level can still take a step at a time.
    fn is_within(&self, terms: &Terms, level: usize, time: i64) -> bool {
        let it = &self.levels[level];
        it.entry != NOT_REACHED && time <= terms.open_until(it.entry, it.last)
    }

    /// Takes the attempt of one level on to another, unless there is one that began as late.
    fn lead(&mut self, terms: &Terms, from: usize, to: usize, time: i64) {
        let best = self.levels[from];
        if best.entry > self.levels[to].entry {
            self.levels[to].entry = best.entry;
            self.levels[to].times[..from].copy_from_slice(&best.times[..from]);
            self.levels[to].times[from..to].fill(time);
            self.levels[to].last = time;
        } else if matches!(terms.window, Window::Each(_)) && best.entry == self.levels[to].entry {
            self.levels[to].last = time;
        }
    }
}
