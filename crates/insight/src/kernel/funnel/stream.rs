//! The common funnel in one pass: per level the latest entry that leads there.
//!
//! An attempt with a later entry can do all that one with an earlier entry can,
//! so one attempt for each level is enough. Events of one instant are taken together:
//! a level is reached from one that existed before the instant, the steps between served by different events of it.

use throughline_model::{
    Timestamp,
    report::{Entry, Order, Ties, Window},
};

use super::{
    matching::Instant,
    terms::{Attempt, Hit, STEPS_MAX, Terms},
};

/// Room for the work on one unit, kept between units.
pub(super) struct Stream {
    /// Per level the entry of the best attempt that has reached it.
    entries: [i64; STEPS_MAX + 1],
    /// When that attempt last reached the level.
    lasts: [i64; STEPS_MAX + 1],
    /// When it first reached each of the level's required steps.
    times: Box<[[i64; STEPS_MAX]; STEPS_MAX + 1]>,
    instant: Instant,
    /// What was found last. It is large, so it stays where it is.
    attempt: Attempt,
}

const NOT_REACHED: i64 = i64::MIN;

impl Default for Stream {
    fn default() -> Self {
        Self {
            entries: [NOT_REACHED; STEPS_MAX + 1],
            lasts: [NOT_REACHED; STEPS_MAX + 1],
            times: Box::new([[0; STEPS_MAX]; STEPS_MAX + 1]),
            instant: Instant::default(),
            attempt: Attempt::at(NOT_REACHED),
        }
    }
}

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
    pub(super) fn best(&mut self, terms: &Terms, hits: &[Hit]) -> Option<&mut Attempt> {
        let is_found = self
            .swift(terms, hits)
            .unwrap_or_else(|| self.careful(terms, hits));
        is_found.then_some(&mut self.attempt)
    }

    /// Whether there is an attempt, when each event fits one step and is alone in its instant, and the window counts
    /// from the entry; `None` when that is not so.
    ///
    /// Only the latest entry of each level is kept: from the best of them, each step is the earliest behind the one before.
    fn swift(&mut self, terms: &Terms, hits: &[Hit]) -> Option<bool> {
        let reach = match terms.window {
            Window::Whole(span) => span.0,
            Window::Unlimited => i64::MAX,
            Window::Each(_) => return None,
        };
        if terms.has_optional() || terms.may_reuse {
            return None;
        }
        let levels_count = terms.required.len() + 1;
        let entries = &mut self.entries[..levels_count];
        entries.fill(NOT_REACHED);
        let mut before = NOT_REACHED;
        for hit in hits {
            if hit.time == before || !hit.mask.is_power_of_two() {
                return None;
            }
            before = hit.time;
            let step = hit.mask.trailing_zeros() as usize;
            // Without optional steps, step `n` leads from level `n` to the next.
            let (entry, may_lead) = match step {
                0 => {
                    let is_open = terms.entry == Entry::Best || entries[1] == NOT_REACHED;
                    (
                        hit.time,
                        is_open && terms.range.contains(Timestamp(hit.time)),
                    )
                }
                _ => {
                    let entry = entries[step];
                    let is_within = hit.time <= entry.saturating_add(reach);
                    (entry, entry != NOT_REACHED && is_within)
                }
            };
            entries[step + 1] = if may_lead { entry } else { entries[step + 1] };
        }
        let Some(level) = (1..levels_count).rfind(|level| entries[*level] != NOT_REACHED) else {
            return Some(false);
        };
        let entry = entries[level];
        self.attempt.begin(entry);
        self.attempt.level = level;
        let mut rest = hits.iter().skip_while(|hit| hit.time < entry);
        for step in 0..level {
            let hit = rest.find(|hit| hit.mask == 1 << step)?;
            self.attempt.reach(step, hit.time);
        }
        Some(true)
    }

    /// Whatever the events fit, and however many share an instant.
    fn careful(&mut self, terms: &Terms, hits: &[Hit]) -> bool {
        let levels_count = terms.required.len() + 1;
        self.entries[..levels_count].fill(NOT_REACHED);
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
        let Some(level) = (1..levels_count).rfind(|level| self.entries[*level] != NOT_REACHED)
        else {
            return false;
        };
        self.attempt.begin(self.entries[level]);
        self.attempt.level = level;
        for (step, time) in terms.required[..level].iter().zip(&self.times[level]) {
            self.attempt.reach(*step, *time);
        }
        true
    }

    /// An event that no other shares its instant with serves one step.
    fn one(&mut self, terms: &Terms, hit: &Hit) {
        // From the last step down, so that what is read is from before the event.
        let mut bits = hit.mask & terms.step_bits();
        while bits != 0 {
            let step = bits.ilog2() as usize;
            bits ^= 1 << step;
            match terms.level_of[step] {
                0 => {}
                1 if self.is_entry(terms, hit) => self.enter(1, hit.time),
                1 => {}
                level if self.is_within(terms, level - 1, hit.time) => {
                    self.lead(terms, level - 1, level, hit.time);
                }
                _ => {}
            }
        }
    }

    fn together(&mut self, terms: &Terms, hits: &[Hit]) {
        let time = hits[0].time;
        let union = hits.iter().fold(0, |union, hit| union | hit.mask);
        let can_enter = hits.iter().any(|hit| self.is_entry(terms, hit));
        let masks = hits.iter().map(|hit| hit.mask & terms.step_bits());
        self.instant.fill(masks, terms.steps_count);
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
                    0 => can_enter.then_some(time),
                    _ => self
                        .is_within(terms, from, time)
                        .then_some(self.entries[from]),
                };
                if let Some(since) = since
                    && best.is_none_or(|(_, entry)| since > entry)
                {
                    best = Some((from, since));
                }
            }
            match best {
                Some((0, _)) => self.enter(level, time),
                Some((from, _)) => self.lead(terms, from, level, time),
                None => {}
            }
        }
    }

    fn is_entry(&self, terms: &Terms, hit: &Hit) -> bool {
        terms.may_enter(hit) && (terms.entry == Entry::Best || self.entries[1] == NOT_REACHED)
    }

    /// True when the attempt at a level can still take a step at a time.
    fn is_within(&self, terms: &Terms, level: usize, time: i64) -> bool {
        let entry = self.entries[level];
        entry != NOT_REACHED && time <= terms.open_until(entry, self.lasts[level])
    }

    /// Begins an attempt that is at a level at once.
    fn enter(&mut self, level: usize, time: i64) {
        self.entries[level] = time;
        self.lasts[level] = time;
        self.times[level][..level].fill(time);
    }

    /// Takes the attempt of one level on to another, unless there is one that began as late.
    fn lead(&mut self, terms: &Terms, from: usize, to: usize, time: i64) {
        let entry = self.entries[from];
        if entry > self.entries[to] {
            self.entries[to] = entry;
            self.lasts[to] = time;
            let (before, behind) = self.times.split_at_mut(to);
            behind[0][..from].copy_from_slice(&before[from][..from]);
            behind[0][from..to].fill(time);
        } else if matches!(terms.window, Window::Each(_)) && entry == self.entries[to] {
            self.lasts[to] = time;
        }
    }
}
