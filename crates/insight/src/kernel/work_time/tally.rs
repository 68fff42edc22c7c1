//! What waiting and work of all profiles add up to.

use throughline_model::ProfileId;

use super::{Spans, walk::Fact};
use crate::{
    lives::{Lives, LivesCount, Untold, remaining},
    passes::Marked,
};

/// What one thread has counted.
pub(super) struct Sums {
    pub(super) profiles: u64,
    pub(super) steps: Vec<StepSums>,
    pub(super) untold: Untold,
}

#[derive(Default)]
pub(super) struct StepSums {
    pub(super) waits: SpanSums,
    pub(super) work: SpanSums,
    pub(super) unasked: Marked,
    pub(super) done: Marked,
    pub(super) waited_ms: i64,
    pub(super) worked_ms: i64,
    pub(super) loose_ends: u64,
}

#[derive(Default)]
pub(super) struct SpanSums {
    pub(super) begun: Marked,
    pub(super) unfinished: Marked,
    pub(super) lives: Lives,
}

impl SpanSums {
    pub(super) fn add(&mut self, profile: ProfileId, length_ms: i64, has_ended: bool) {
        self.begun.add(profile);
        if !has_ended {
            self.unfinished.add(profile);
        }
        self.lives.add(length_ms, has_ended);
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.begun.merge(&other.begun);
        self.unfinished.merge(&other.unfinished);
        self.lives.merge(other.lives);
    }

    pub(super) fn told(self, is_rounded: bool) -> Spans {
        let curve = self.lives.curve(is_rounded);
        Spans {
            begun: self.begun.passes,
            unfinished: self.unfinished.passes,
            quarter_ms: curve.quantile(250),
            median_ms: curve.quantile(500),
            three_quarters_ms: curve.quantile(750),
            p90_ms: curve.quantile(900),
            curve: remaining(&curve),
        }
    }
}

impl Sums {
    pub(super) fn new(steps_count: usize) -> Self {
        Self {
            profiles: 0,
            steps: std::iter::repeat_with(StepSums::default)
                .take(steps_count)
                .collect(),
            untold: Untold::default(),
        }
    }

    pub(super) fn add(
        &mut self,
        profile: ProfileId,
        step: usize,
        fact: Fact,
        lives_count: &LivesCount,
    ) {
        let sums = &mut self.steps[step];
        match fact {
            Fact::Wait {
                length_ms,
                has_ended,
            } => sums.waits.add(profile, length_ms, has_ended),
            Fact::Work {
                length_ms,
                has_ended,
                waited_ms,
            } => {
                sums.work.add(profile, length_ms, has_ended);
                match waited_ms {
                    None => sums.unasked.add(profile),
                    Some(waited_ms) if has_ended => {
                        sums.done.add(profile);
                        sums.waited_ms += waited_ms;
                        sums.worked_ms += length_ms;
                    }
                    Some(_) => {}
                }
            }
            Fact::LooseEnd => {
                sums.loose_ends += 1;
                return;
            }
        }
        if self.untold.add(lives_count) {
            for step in &mut self.steps {
                step.waits.lives.give_up();
                step.work.lives.give_up();
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.profiles += other.profiles;
        for (mine, more) in self.steps.iter_mut().zip(other.steps) {
            mine.waits.merge(more.waits);
            mine.work.merge(more.work);
            mine.unasked.merge(&more.unasked);
            mine.done.merge(&more.done);
            mine.waited_ms += more.waited_ms;
            mine.worked_ms += more.worked_ms;
            mine.loose_ends += more.loose_ends;
        }
    }
}
