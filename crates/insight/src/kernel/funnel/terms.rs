//! What a funnel asks, without names: steps are numbers, events are masks of the steps they fit.

use throughline_model::{
    TimeRange, Timestamp, limits,
    report::{Entry, ExclusionEffect, Funnel, Order, Ties, Window},
};

pub(super) const STEPS_MAX: usize = limits::FUNNEL_STEPS_MAX;

/// An event as a funnel sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) time: i64,
    /// Bit `i` is set when the event fits step `i`; behind the steps come the exclusions.
    pub(super) mask: u32,
    /// Index of the event among the rows that it comes from.
    pub(super) row: u32,
}

/// The choices that decide which events make an attempt.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) steps_count: usize,
    /// Steps that must happen, in order. Levels count these.
    pub(super) required: Vec<usize>,
    /// Per step the level that it leads to; 0 for optional steps.
    pub(super) level_of: [usize; STEPS_MAX],
    pub(super) order: Order,
    pub(super) window: Window,
    pub(super) entry: Entry,
    pub(super) ties: Ties,
    pub(super) may_reuse: bool,
    pub(super) exclusions: Vec<Exclusion>,
    /// When an attempt may begin.
    pub(super) range: TimeRange,
}

/// An event that must not happen between two steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exclusion {
    pub(super) bit: u32,
    pub(super) after: usize,
    pub(super) before: usize,
    pub(super) effect: ExclusionEffect,
}

/// What follows one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    pub(super) entry: i64,
    /// Count of required steps that were reached, from the first on.
    pub(super) level: usize,
    /// Time of each step that was reached. In any order: when that many steps had been reached.
    pub(super) times: [i64; STEPS_MAX],
    /// Bit `i` is set when step `i` was reached.
    pub(super) reached: u32,
    /// Last instant at which the attempt could still go on; `None` when it is over for good.
    pub(super) open_until: Option<i64>,
}

/// Where the events of an attempt may lie, and when it is over in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    /// Events before this instant are out of reach.
    pub(super) from: i64,
    /// Events at this instant and later are out of reach.
    pub(super) before: i64,
    /// Last instant at which another event could still have come within reach.
    pub(super) open_until: i64,
}

impl Bound {
    pub(super) const NONE: Self = Self {
        from: i64::MIN,
        before: i64::MAX,
        open_until: i64::MAX,
    };
}

impl Terms {
    pub(super) fn of(funnel: &Funnel, range: TimeRange) -> Self {
        let steps_count = funnel.steps.len();
        let required: Vec<usize> = (0..steps_count)
            .filter(|step| !funnel.steps[*step].optional)
            .collect();
        Self {
            steps_count,
            level_of: Self::levels(&required),
            required,
            order: funnel.order,
            window: funnel.window,
            entry: funnel.entry,
            ties: funnel.ties,
            may_reuse: funnel.reuse,
            exclusions: (funnel.exclusions.iter().enumerate())
                .map(|(index, exclusion)| Exclusion {
                    bit: 1 << (steps_count + index),
                    after: exclusion.after,
                    before: exclusion.before,
                    effect: exclusion.effect,
                })
                .collect(),
            range,
        }
    }

    pub(super) fn levels(required: &[usize]) -> [usize; STEPS_MAX] {
        let mut level_of = [0; STEPS_MAX];
        for (level, step) in (1..).zip(required) {
            level_of[*step] = level;
        }
        level_of
    }

    /// Bits of all steps.
    pub(super) fn step_bits(&self) -> u32 {
        (1 << self.steps_count) - 1
    }

    pub(super) fn has_optional(&self) -> bool {
        self.required.len() < self.steps_count
    }

    /// Bits of the steps that an attempt may begin with.
    pub(super) fn entry_bits(&self) -> u32 {
        match self.order {
            Order::Any => self.step_bits(),
            Order::Ordered | Order::Strict => 1,
        }
    }

    /// True when an attempt may begin with an event.
    pub(super) fn may_enter(&self, hit: &Hit) -> bool {
        hit.mask & self.entry_bits() != 0 && self.range.contains(Timestamp(hit.time))
    }

    /// Last instant of an attempt that began at `entry`, when its window counts from there.
    pub(super) fn window_end(&self, entry: i64) -> i64 {
        match self.window {
            Window::Whole(span) => entry.saturating_add(span.0),
            Window::Each(_) | Window::Unlimited => i64::MAX,
        }
    }

    /// Last instant at which an attempt can take its next step.
    pub(super) fn open_until(&self, entry: i64, last: i64) -> i64 {
        match self.window {
            Window::Each(span) => last.saturating_add(span.0),
            Window::Whole(_) | Window::Unlimited => self.window_end(entry),
        }
    }

    /// How far a step may lie before the one it follows.
    pub(super) fn grace(&self) -> i64 {
        match self.ties {
            Ties::Grace(span) => span.0,
            Ties::AnyOrder | Ties::Later => 0,
        }
    }
}

impl Attempt {
    pub(super) fn at(entry: i64) -> Self {
        Self {
            entry,
            level: 0,
            times: [0; STEPS_MAX],
            reached: 0,
            open_until: None,
        }
    }

    /// Makes it one that begins at `entry` and has reached nothing yet.
    pub(super) fn begin(&mut self, entry: i64) {
        self.entry = entry;
        self.level = 0;
        self.times.fill(0);
        self.reached = 0;
        self.open_until = None;
    }

    pub(super) fn reach(&mut self, step: usize, time: i64) {
        self.times[step] = time;
        self.reached |= 1 << step;
    }

    pub(super) fn has(&self, step: usize) -> bool {
        self.reached >> step & 1 == 1
    }
}
