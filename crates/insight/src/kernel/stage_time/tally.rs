//! What the stays of all profiles add up to.

use throughline_model::ProfileId;

use super::{
    NTH_MAX,
    walk::{Ending, Stay},
};
use crate::{
    lives::{Lives, LivesCount, Untold},
    passes::Marked,
};

/// Places of the endings that are no stage, behind those that are.
pub(super) const SILENT: usize = 0;
pub(super) const STILL_IN: usize = 1;

/// What one thread has counted.
pub(super) struct Sums {
    pub(super) profiles: u64,
    pub(super) stages_count: usize,
    pub(super) stays: Vec<Marked>,
    /// Per stage and ending.
    pub(super) endings: Vec<Marked>,
    pub(super) lives: Vec<Lives>,
    /// Those of the stays that ended by silence.
    pub(super) silences: Vec<Lives>,
    /// By how many stays a profile had had before.
    pub(super) nth: [NthCells; NTH_MAX],
    pub(super) untold: Untold,
}

#[derive(Clone, Copy, Default)]
pub(super) struct NthCells {
    pub(super) stays: Marked,
    pub(super) next: Marked,
    pub(super) silent: Marked,
    pub(super) still_in: Marked,
}

impl Sums {
    pub(super) fn new(stages_count: usize) -> Self {
        Self {
            profiles: 0,
            stages_count,
            stays: vec![Marked::default(); stages_count],
            endings: vec![Marked::default(); stages_count * (stages_count + 2)],
            lives: vec![Lives::default(); stages_count],
            silences: vec![Lives::default(); stages_count],
            nth: [NthCells::default(); NTH_MAX],
            untold: Untold::default(),
        }
    }

    pub(super) fn add(
        &mut self,
        profile: ProfileId,
        stay: &Stay,
        stays_before: usize,
        lives_count: &LivesCount,
    ) {
        let stage = usize::from(stay.stage);
        let ending = match stay.ending {
            Ending::Next(next) => usize::from(next),
            Ending::Silent => self.stages_count + SILENT,
            Ending::StillIn => self.stages_count + STILL_IN,
        };
        self.stays[stage].add(profile);
        self.endings[stage * (self.stages_count + 2) + ending].add(profile);
        self.lives[stage].add(stay.length_ms, stay.ending != Ending::StillIn);
        if stay.ending == Ending::Silent {
            self.silences[stage].add(stay.length_ms, true);
        }
        let nth = &mut self.nth[stays_before.min(NTH_MAX - 1)];
        nth.stays.add(profile);
        match stay.ending {
            Ending::Next(_) => nth.next.add(profile),
            Ending::Silent => nth.silent.add(profile),
            Ending::StillIn => nth.still_in.add(profile),
        }
        if self.untold.add(lives_count) {
            self.lives.iter_mut().for_each(Lives::give_up);
            self.silences.iter_mut().for_each(Lives::give_up);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.profiles += other.profiles;
        for (mine, more) in self.stays.iter_mut().zip(&other.stays) {
            mine.merge(more);
        }
        for (mine, more) in self.endings.iter_mut().zip(&other.endings) {
            mine.merge(more);
        }
        for (mine, more) in self.lives.iter_mut().zip(other.lives) {
            mine.merge(more);
        }
        for (mine, more) in self.silences.iter_mut().zip(other.silences) {
            mine.merge(more);
        }
        for (mine, more) in self.nth.iter_mut().zip(&other.nth) {
            mine.stays.merge(&more.stays);
            mine.next.merge(&more.next);
            mine.silent.merge(&more.silent);
            mine.still_in.merge(&more.still_in);
        }
    }
}
