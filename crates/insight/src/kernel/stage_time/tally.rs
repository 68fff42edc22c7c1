//! What the stays of all profiles add up to.

use super::{
    NTH_MAX, NthStays,
    walk::{Ending, Stay},
};
use crate::{
    lives::{Lives, LivesCount, Untold},
    passes::Passes,
};

/// Places of the endings that are no stage, behind those that are.
pub(super) const SILENT: usize = 0;
pub(super) const STILL_IN: usize = 1;

const WORD: usize = u64::BITS as usize;

/// What one thread has counted.
pub(super) struct Sums {
    pub(super) profiles: u64,
    stages_count: usize,
    /// Per stage and ending: its stages, then [`SILENT`] and [`STILL_IN`].
    endings: Vec<Passes>,
    /// Per stage the profiles with a stay in it.
    stays_profiles: Vec<u64>,
    /// Those of the stays that did not end by silence.
    pub(super) lives: Vec<Lives>,
    pub(super) silences: Vec<Lives>,
    /// By how many stays a profile had had before, and how they ended.
    nth: [[Passes; 3]; NTH_MAX],
    /// Profiles with a stay that the last of these stands for.
    later_profiles: u64,
    untold: Untold,
    seen: Seen,
}

/// What the profile whose stays are being seen has had, so that it counts once.
struct Seen {
    stays_count: usize,
    /// A bit for each stage and ending.
    endings: Vec<u64>,
    /// A bit for each ending of a late stay.
    later: u8,
}

/// Ways that a stay of a number may end in.
const NEXT: usize = 0;
const GONE: usize = 1;
const HERE: usize = 2;

impl Sums {
    pub(super) fn new(stages_count: usize) -> Self {
        let endings_count = stages_count * (stages_count + 2);
        Self {
            profiles: 0,
            stages_count,
            endings: vec![Passes::default(); endings_count],
            stays_profiles: vec![0; stages_count],
            lives: vec![Lives::default(); stages_count],
            silences: vec![Lives::default(); stages_count],
            nth: Default::default(),
            later_profiles: 0,
            untold: Untold::default(),
            seen: Seen {
                stays_count: 0,
                endings: vec![0; endings_count.div_ceil(WORD)],
                later: 0,
            },
        }
    }

    /// Counts a stay; [`Self::end_profile`] follows the last one of each profile.
    #[inline(always)]
    pub(super) fn add(&mut self, stay: &Stay, lives_count: &LivesCount) {
        let stage = usize::from(stay.stage);
        let (ending, kind) = match stay.ending {
            Ending::Next(next) => (usize::from(next), NEXT),
            Ending::Silent => (self.stages_count + SILENT, GONE),
            Ending::StillIn => (self.stages_count + STILL_IN, HERE),
        };
        let place = stage * (self.stages_count + 2) + ending;
        self.endings[place].times += 1;
        self.seen.endings[place / WORD] |= 1 << (place % WORD);
        let lives = match kind {
            GONE => &mut self.silences[stage],
            _ => &mut self.lives[stage],
        };
        lives.add(stay.length_ms, kind != HERE);
        let nth = self.seen.stays_count.min(NTH_MAX - 1);
        self.nth[nth][kind].times += 1;
        self.seen.later |= u8::from(nth == NTH_MAX - 1) << kind;
        self.seen.stays_count += 1;
        if self.untold.add(lives_count) {
            self.lives.iter_mut().for_each(Lives::give_up);
            self.silences.iter_mut().for_each(Lives::give_up);
        }
    }

    /// Counts the profile where it had stays.
    pub(super) fn end_profile(&mut self) {
        if self.seen.stays_count == 0 {
            return;
        }
        self.seen.stays_count = 0;
        self.profiles += 1;
        let mut last = None;
        for (index, word) in self.seen.endings.iter_mut().enumerate() {
            while *word != 0 {
                let place = index * WORD + word.trailing_zeros() as usize;
                *word &= *word - 1;
                self.endings[place].profiles += 1;
                let stage = place / (self.stages_count + 2);
                self.stays_profiles[stage] += u64::from(last != Some(stage));
                last = Some(stage);
            }
        }
        self.later_profiles += u64::from(self.seen.later != 0);
        for (kind, passes) in self.nth[NTH_MAX - 1].iter_mut().enumerate() {
            passes.profiles += u64::from(self.seen.later >> kind & 1);
        }
        self.seen.later = 0;
    }

    /// Stays in a stage with one ending.
    pub(super) fn ended(&self, stage: usize, ending: usize) -> Passes {
        self.endings[stage * (self.stages_count + 2) + ending]
    }

    /// All stays in a stage.
    pub(super) fn stays(&self, stage: usize) -> Passes {
        let endings = (0..self.stages_count + 2).map(|ending| self.ended(stage, ending).times);
        Passes {
            times: endings.sum(),
            profiles: self.stays_profiles[stage],
        }
    }

    pub(super) fn stays_count(&self) -> u64 {
        self.endings.iter().map(|it| it.times).sum()
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.profiles += other.profiles;
        for (mine, more) in self.stays_profiles.iter_mut().zip(&other.stays_profiles) {
            *mine += more;
        }
        let passes = self.endings.iter_mut().chain(self.nth.as_flattened_mut());
        let other_passes = other.endings.iter().chain(other.nth.as_flattened());
        for (mine, more) in passes.zip(other_passes) {
            mine.times += more.times;
            mine.profiles += more.profiles;
        }
        for (mine, more) in self.lives.iter_mut().zip(other.lives) {
            mine.merge(more);
        }
        for (mine, more) in self.silences.iter_mut().zip(other.silences) {
            mine.merge(more);
        }
        self.later_profiles += other.later_profiles;
    }

    /// How stays ended by how many a profile had had.
    pub(super) fn by_stay(&self) -> Vec<NthStays> {
        let told = |(index, parts): (usize, &[Passes; 3])| {
            let is_or_later = index + 1 == NTH_MAX;
            // A profile has one stay of each number, but several later ones.
            let profiles_of = |it: Passes| match is_or_later {
                true => it.profiles,
                false => it.times,
            };
            let parts = parts.map(|it| Passes {
                times: it.times,
                profiles: profiles_of(it),
            });
            let times = parts.iter().map(|it| it.times).sum();
            NthStays {
                nth: index as u32 + 1,
                is_or_later,
                stays: Passes {
                    times,
                    profiles: match is_or_later {
                        true => self.later_profiles,
                        false => times,
                    },
                },
                next: parts[NEXT],
                silent: parts[GONE],
                still_in: parts[HERE],
            }
        };
        (self.nth.iter().enumerate().map(told))
            .filter(|it| it.stays.times > 0)
            .collect()
    }
}
