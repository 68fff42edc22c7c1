//! What one thread counts.

use std::collections::BTreeMap;

use throughline_model::{Channel, ProfileId};

use super::{
    ANY, GAPS, GoalWorth, SwitchOutcome,
    walk::{BANDS, Move, PAUSES, Seen},
};
use crate::{
    lives::{Lives, LivesCount},
    passes::Marked,
};

pub(super) struct Tally {
    pub(super) profiles: u64,
    pub(super) acts: Marked,
    pub(super) unplaced: Marked,
    leaves: BTreeMap<(Place, Channel), Leave>,
    cells: BTreeMap<(Place, Channel, Channel), Cell>,
    /// Those who stayed, per stage, channel, band and pause.
    strata: Vec<Stratum>,
    reached: u64,
    valued: u64,
    micros: i128,
    /// True once lengths are rounded.
    has_given_up: bool,
}

/// Sorts all stages before each of them.
type Place = u8;

/// Names one cell of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) stage: u8,
    pub(super) from: Channel,
    pub(super) to: Channel,
}

/// Acts in one channel.
#[derive(Default)]
pub(super) struct Leave {
    pub(super) acts: Marked,
    pub(super) switched: Marked,
    pub(super) merged: Marked,
    pub(super) stayed: Marked,
    pub(super) stayers: SwitchOutcome,
}

/// Changes of one channel for another.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) switches: Marked,
    pub(super) merged: Marked,
    pub(super) lives: Lives,
    pub(super) gaps: [u64; GAPS.len() + 1],
    pub(super) outcome: SwitchOutcome,
    /// Mature profiles by stage, band and pause of their first switch.
    pub(super) strata: BTreeMap<(u8, u8, u8), Part>,
}

/// Profiles, and how many of them went on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) profiles: u64,
    pub(super) went_on: u64,
}

#[derive(Clone, Copy, Default)]
struct Stratum {
    part: Part,
    last: Option<ProfileId>,
}

impl SwitchOutcome {
    fn add(&mut self, one: &Move) {
        match one.is_mature {
            true => {
                self.mature += 1;
                self.went_on += u64::from(one.goes_on);
            }
            false => self.immature += 1,
        }
    }

    fn merge(&mut self, more: &Self) {
        self.mature += more.mature;
        self.went_on += more.went_on;
        self.immature += more.immature;
    }
}

impl Part {
    fn merge(&mut self, more: &Self) {
        self.profiles += more.profiles;
        self.went_on += more.went_on;
    }
}

impl Cell {
    fn merge(&mut self, more: Self) {
        self.switches.merge(&more.switches);
        self.merged.merge(&more.merged);
        self.lives.merge(more.lives);
        for (mine, more) in self.gaps.iter_mut().zip(more.gaps) {
            *mine += more;
        }
        self.outcome.merge(&more.outcome);
        for (stratum, part) in more.strata {
            self.strata.entry(stratum).or_default().merge(&part);
        }
    }
}

impl Tally {
    pub(super) fn new(stages_count: usize) -> Self {
        Self {
            profiles: 0,
            acts: Marked::default(),
            unplaced: Marked::default(),
            leaves: BTreeMap::new(),
            cells: BTreeMap::new(),
            strata: vec![
                Stratum::default();
                (stages_count + 1) * Channel::ALL.len() * BANDS * PAUSES
            ],
            reached: 0,
            valued: 0,
            micros: 0,
            has_given_up: false,
        }
    }

    pub(super) fn add(&mut self, profile: ProfileId, one: &Move, lives_count: &LivesCount) {
        for stage in [ANY, one.stage] {
            let place = stage.wrapping_add(1);
            let leave = self.leaves.entry((place, one.from)).or_default();
            leave.acts.add(profile);
            let Some(next) = one.to else {
                if leave.stayed.is_new(profile) {
                    leave.stayers.add(one);
                }
                leave.stayed.add(profile);
                continue;
            };
            leave.switched.add(profile);
            if next.is_merged {
                leave.merged.add(profile);
            }
            let cell = (self.cells)
                .entry((place, one.from, next.channel))
                .or_default();
            if self.has_given_up && cell.switches.passes.times == 0 {
                cell.lives.give_up();
            }
            cell.lives.add(next.gap_ms, true);
            cell.gaps[GAPS.partition_point(|end| *end < next.gap_ms)] += 1;
            if cell.switches.is_new(profile) {
                cell.outcome.add(one);
                if one.is_mature {
                    let part = (cell.strata)
                        .entry((one.stage, one.band, one.pause))
                        .or_default();
                    part.profiles += 1;
                    part.went_on += u64::from(one.goes_on);
                }
            }
            cell.switches.add(profile);
            if next.is_merged {
                cell.merged.add(profile);
            }
        }
        if one.to.is_some() {
            if !self.has_given_up && lives_count.add(1) {
                self.has_given_up = true;
                self.cells.values_mut().for_each(|it| it.lives.give_up());
            }
        } else {
            // Who is quiet for long has been quiet for a short time before.
            let first = place_of(one.stage, one.from, one.band, 0);
            let strata = &mut self.strata[first..=first + usize::from(one.pause)];
            for stratum in strata.iter_mut().filter(|it| it.last != Some(profile)) {
                stratum.last = Some(profile);
                stratum.part.profiles += u64::from(one.is_mature);
                stratum.part.went_on += u64::from(one.is_mature && one.goes_on);
            }
        }
    }

    pub(super) fn see(&mut self, seen: &Seen) {
        self.profiles += u64::from(seen.acts > 0);
        self.acts.add_times(seen.acts);
        self.unplaced.add_times(seen.unplaced);
        self.reached += seen.reached;
        self.valued += seen.valued;
        self.micros += seen.micros;
    }

    pub(super) fn merge(&mut self, more: Self) {
        self.profiles += more.profiles;
        self.acts.merge(&more.acts);
        self.unplaced.merge(&more.unplaced);
        for (key, more) in more.leaves {
            let leave = self.leaves.entry(key).or_default();
            leave.acts.merge(&more.acts);
            leave.switched.merge(&more.switched);
            leave.merged.merge(&more.merged);
            leave.stayed.merge(&more.stayed);
            leave.stayers.merge(&more.stayers);
        }
        for (key, more) in more.cells {
            self.cells.entry(key).or_default().merge(more);
        }
        for (mine, more) in self.strata.iter_mut().zip(&more.strata) {
            mine.part.merge(&more.part);
        }
        self.reached += more.reached;
        self.valued += more.valued;
        self.micros += more.micros;
    }

    /// Those who stayed at one place and were quiet for as long as a pause at least.
    pub(super) fn stayed(&self, stage: u8, from: Channel, band: u8, pause: u8) -> Part {
        self.strata[place_of(stage, from, band, pause)].part
    }

    /// Over all stages.
    pub(super) fn switches_count(&self) -> u64 {
        let all = self.cells.iter().filter(|((place, ..), _)| *place == 0);
        all.map(|(_, cell)| cell.switches.passes.times).sum()
    }

    /// All stages first, then before any, then stage by stage.
    pub(super) fn leaves(&self) -> impl Iterator<Item = ((u8, Channel), &Leave)> {
        (self.leaves.iter()).map(|((place, from), leave)| ((place.wrapping_sub(1), *from), leave))
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = (Key, &Cell)> {
        (self.cells.iter()).map(|((place, from, to), cell)| (key(*place, *from, *to), cell))
    }

    pub(super) fn into_cells(self) -> impl Iterator<Item = (Key, Cell)> {
        (self.cells.into_iter()).map(|((place, from, to), cell)| (key(place, from, to), cell))
    }

    pub(super) fn worth(&self) -> GoalWorth {
        let value = self.micros as f64 / 1e6;
        GoalWorth {
            reached: self.reached,
            valued: self.valued,
            value,
            mean: (self.valued > 0).then(|| value / self.valued as f64),
        }
    }
}

fn key(place: Place, from: Channel, to: Channel) -> Key {
    Key {
        stage: place.wrapping_sub(1),
        from,
        to,
    }
}

fn place_of(stage: u8, from: Channel, band: u8, pause: u8) -> usize {
    let place = usize::from(stage) * Channel::ALL.len() + usize::from(from.code());
    (place * BANDS + usize::from(band)) * PAUSES + usize::from(pause)
}
