//! Merges and un-merges without rewriting: the rows of dead groups, gathered under new profiles.
//!
//! A base run is a part or a piece of the tail, sorted under the roots of the day it was made.
//! A group of it is *sound* while its profile is its own root and that of each of its rows.
//! The rows of groups that are not sound lie in side runs as well, under their present roots,
//! and count only there. When roots change, only the groups of the actors concerned are touched.

mod moved;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub(crate) use moved::{Moved, MovedRow, Place, run_of_moved};

use crate::{
    cache::ValuesCache,
    column::Column,
    roots::{Roots, owner},
    rows::Rows,
    run::{MOVED, Run},
};

/// When the roots of more than one actor per so many groups have changed, looking at every group
/// is cheaper than searching for those concerned.
const REBUILD_ONE_IN: usize = 16;

/// Base runs and the side runs that mend them for the present roots.
pub(crate) struct Shelf {
    buckets_count: u32,
    cache: Arc<ValuesCache>,
    roots: Roots,
    bases: Vec<Shelved>,
    sides: Vec<Shelved>,
}

/// A run and those of its groups that are dead although their profile is its own root.
struct Shelved {
    run: Arc<Run>,
    marks: BTreeSet<u32>,
    /// The run with its marks, as snapshots see it.
    shown: Arc<Run>,
    /// The marks have changed since.
    is_stale: bool,
    /// Groups by foreign actor, sorted; made when it is first needed.
    groups_by_actor: Option<Vec<(u32, u32)>>,
}

/// How much longer than the next a side run must be to stay on its own.
const SIDE_RATIO: usize = 4;

impl Shelf {
    pub fn new(buckets_count: u32, cache: Arc<ValuesCache>, roots: Roots) -> Self {
        Self {
            buckets_count,
            cache,
            roots,
            bases: Vec::new(),
            sides: Vec::new(),
        }
    }

    /// Everything that a snapshot has to hold.
    pub fn runs(&self) -> impl Iterator<Item = &Arc<Run>> {
        let all = self.bases.iter().chain(&self.sides);
        all.map(|it| &it.shown)
    }

    /// The base runs as they were put here.
    pub fn bases(&self) -> impl Iterator<Item = &Arc<Run>> {
        self.bases.iter().map(|it| &it.run)
    }

    /// Rows that lie in side runs, by base run.
    pub fn moved_rows(&self) -> BTreeMap<u64, u64> {
        let mut counts = BTreeMap::new();
        for base in &self.bases {
            for group in unsound_groups(&base.run, &self.roots) {
                *counts.entry(base.run.id).or_default() += base.run.rows_of(group).len() as u64;
            }
        }
        counts
    }

    /// Adds a base run, which may have been sorted under older roots.
    pub fn add(&mut self, run: Arc<Run>) {
        let base = self.bases.len();
        let unsound = unsound_groups(&run, &self.roots);
        let mut shelved = Shelved::new(run);
        let mut moved = Vec::new();
        for group in unsound {
            push_rows(base, &shelved.run, group, &mut moved);
            shelved.mark(group, is_own_root(&shelved.run, group, &self.roots));
        }
        shelved.show();
        self.bases.push(shelved);
        self.add_side(&moved);
    }

    /// Puts other base runs in the place of some; side runs are made anew.
    pub fn replace(&mut self, gone: &BTreeSet<u64>, added: Vec<Arc<Run>>) {
        let kept = std::mem::take(&mut self.bases).into_iter();
        let kept = kept.map(|it| it.run).filter(|run| !gone.contains(&run.id));
        let runs: Vec<Arc<Run>> = kept.chain(added).collect();
        for id in gone
            .iter()
            .copied()
            .chain(self.sides.iter().map(|it| it.run.id))
        {
            self.cache.forget(id);
        }
        self.sides.clear();
        for run in runs {
            self.add(run);
        }
    }

    /// Moves rows to where they belong under new roots. `changed` names at least the actors whose
    /// root or turns are others than at the last call.
    pub fn apply(&mut self, changed: &[u32], roots: &Roots) {
        let old = std::mem::replace(&mut self.roots, roots.clone());
        let changed: BTreeMap<u32, (i64, i64)> = (changed.iter())
            .filter_map(|actor| Some((*actor, roots.change(&old, *actor)?)))
            .collect();
        if changed.len() > self.groups_count() / REBUILD_ONE_IN {
            let runs: Vec<Arc<Run>> = self.bases().cloned().collect();
            (self.bases, self.sides) = (Vec::new(), Vec::new());
            runs.into_iter().for_each(|run| self.add(run));
            return;
        }
        let touched = self.groups_of(&changed);
        let mut moved = self.take_back(&touched, &old);
        moved.retain(|row| {
            let run = &self.bases[row.place.base as usize].run;
            !is_sound(run, run.group_of_row(row.place.row), roots)
        });
        for (base, group) in touched {
            let shelved = &mut self.bases[base];
            let is_sound_now = is_sound(&shelved.run, group, roots);
            if is_sound(&shelved.run, group, &old) && !is_sound_now {
                push_rows(base, &shelved.run, group, &mut moved);
            }
            let is_marked = !is_sound_now && is_own_root(&shelved.run, group, roots);
            shelved.mark(group, is_marked);
        }
        self.add_side(&moved);
        for shelved in self.bases.iter_mut().chain(&mut self.sides) {
            shelved.show();
        }
    }

    fn groups_count(&self) -> usize {
        self.bases().map(|run| run.profiles.len()).sum()
    }

    /// Groups of base runs that hold rows of these actors, each within the times beside it.
    fn groups_of(&mut self, actors: &BTreeMap<u32, (i64, i64)>) -> BTreeSet<(usize, u32)> {
        let mut groups = BTreeSet::new();
        for (index, base) in self.bases.iter_mut().enumerate() {
            for (actor, (from, until)) in actors {
                let own = base.run.group_of(*actor);
                let foreign: Vec<u32> = base.foreign_groups(*actor).collect();
                let run = &base.run;
                let is_within = |group: &u32| {
                    let rows = run.rows_of(*group);
                    run.time[rows.start as usize] <= *until
                        && *from <= run.time[rows.end as usize - 1]
                };
                let found = own.into_iter().chain(foreign).filter(is_within);
                groups.extend(found.map(|group| (index, group)));
            }
        }
        groups
    }

    /// Empties the side groups in which rows of these base groups lie, and gives all their rows.
    fn take_back(&mut self, touched: &BTreeSet<(usize, u32)>, old: &Roots) -> Vec<MovedRow> {
        let mut profiles = BTreeSet::new();
        for (base, group) in touched {
            let run = &self.bases[*base].run;
            if !is_sound(run, *group, old) {
                let foreign = foreign_of(run, *group).map(|(_, actor)| actor);
                for actor in foreign.chain([run.profiles[*group as usize]]) {
                    profiles.insert(old.own(actor));
                    let turns = old.turns_of(actor).into_iter();
                    profiles.extend(turns.flat_map(|it| it.iter()).map(|it| it.profile.0));
                }
            }
        }
        let mut taken = Vec::new();
        for side in &mut self.sides {
            for profile in &profiles {
                if let Some(group) = side.run.group_of(*profile)
                    && side.mark(group, true)
                {
                    push_moved_rows(&side.run, group, &mut taken);
                }
            }
        }
        taken
    }

    fn add_side(&mut self, moved: &[MovedRow]) {
        if moved.is_empty() {
            return;
        }
        let side = self.side_of(moved);
        self.sides.push(side);
        while let [.., longer, shorter] = self.sides.as_slice()
            && longer.live_rows_count() < SIDE_RATIO * shorter.live_rows_count()
        {
            let mut rows = Vec::new();
            for side in self.sides.drain(self.sides.len() - 2..) {
                for group in 0..side.groups_count() {
                    if !side.marks.contains(&group) {
                        push_moved_rows(&side.run, group, &mut rows);
                    }
                }
            }
            let side = self.side_of(&rows);
            self.sides.push(side);
        }
    }

    fn side_of(&self, moved: &[MovedRow]) -> Shelved {
        let bases: Vec<Arc<Run>> = self.bases().cloned().collect();
        let cache = Arc::clone(&self.cache);
        let root = |actor: u32, time: i64| self.roots.at(actor, time);
        let run = run_of_moved(bases, moved, self.buckets_count, &root, cache);
        Shelved::new(Arc::new(run))
    }
}

impl Shelved {
    fn new(run: Arc<Run>) -> Self {
        Self {
            shown: Arc::clone(&run),
            run,
            marks: BTreeSet::new(),
            is_stale: false,
            groups_by_actor: None,
        }
    }

    fn groups_count(&self) -> u32 {
        u32::try_from(self.run.profiles.len()).expect("groups are counted in 32 bits")
    }

    /// True when this changes the mark.
    fn mark(&mut self, group: u32, is_marked: bool) -> bool {
        let is_news = if is_marked {
            self.marks.insert(group)
        } else {
            self.marks.remove(&group)
        };
        self.is_stale |= is_news;
        is_news
    }

    /// Brings what snapshots see up to the marks.
    fn show(&mut self) {
        if !std::mem::take(&mut self.is_stale) {
            return;
        }
        let mut profiles = self.run.profiles.to_vec();
        for group in &self.marks {
            profiles[*group as usize] |= MOVED;
        }
        self.shown = Arc::new(Run {
            profiles: Column::owned(profiles),
            ..self.run.as_ref().clone()
        });
    }

    fn live_rows_count(&self) -> usize {
        let marked = self
            .marks
            .iter()
            .map(|group| self.run.rows_of(*group).len());
        self.run.len() - marked.sum::<usize>()
    }

    fn foreign_groups(&mut self, actor: u32) -> impl Iterator<Item = u32> {
        let run = &self.run;
        let groups = self.groups_by_actor.get_or_insert_with(|| {
            let foreign = run.foreign.rows.iter().zip(run.foreign.actors.iter());
            let mut groups: Vec<(u32, u32)> = foreign
                .map(|(row, actor)| (*actor, run.group_of_row(*row)))
                .collect();
            groups.sort_unstable();
            groups.dedup();
            groups
        });
        let from = groups.partition_point(|it| it.0 < actor);
        let found = groups[from..].iter().take_while(move |it| it.0 == actor);
        found.map(|it| it.1)
    }
}

fn is_own_root(run: &Run, group: u32, roots: &Roots) -> bool {
    let profile = run.profiles[group as usize];
    roots.own(profile) == profile
}

fn is_sound(run: &Run, group: u32, roots: &Roots) -> bool {
    let profile = run.profiles[group as usize];
    is_own_root(run, group, roots)
        && keeps_own_rows(run, group, roots)
        && foreign_of(run, group).all(|(rows, actor)| is_of(run, rows, actor, profile, roots))
}

/// Whether a group whose profile is shared has no row of another's turn among the profile's own.
fn keeps_own_rows(run: &Run, group: u32, roots: &Roots) -> bool {
    let profile = run.profiles[group as usize];
    let Some(turns) = roots.turns_of(profile) else {
        return true;
    };
    let mut own = run
        .rows_of(group)
        .filter(|row| run.foreign_actor(*row).is_none());
    own.all(|row| owner(turns, run.time[row as usize]).is_none_or(|it| it == profile))
}

/// Whether all rows of a stretch, which are an actor's, belong to a profile.
fn is_of(run: &Run, (first, count): (u32, u32), actor: u32, profile: u32, roots: &Roots) -> bool {
    match roots.turns_of(actor) {
        None => roots.own(actor) == profile,
        Some(turns) => (first..first + count)
            .all(|row| owner(turns, run.time[row as usize]).unwrap_or(actor) == profile),
    }
}

/// Stretches of rows of foreign actors in a group: first row and count, actor.
fn foreign_of(run: &Run, group: u32) -> impl Iterator<Item = ((u32, u32), u32)> {
    let rows = run.rows_of(group);
    let from = run.foreign.rows.partition_point(|row| *row < rows.start);
    (from..run.foreign.rows.len())
        .map(|at| {
            let stretch = (run.foreign.rows[at], run.foreign.counts[at]);
            (stretch, run.foreign.actors[at])
        })
        .take_while(move |((first, _), _)| *first < rows.end)
}

/// Groups of a base run that are not sound, in order.
pub(crate) fn unsound_groups(run: &Run, roots: &Roots) -> Vec<u32> {
    let mut unsound = Vec::new();
    for (group, profile) in (0_u32..).zip(run.profiles.iter()) {
        if roots.own(*profile) != *profile || !keeps_own_rows(run, group, roots) {
            unsound.push(group);
        }
    }
    let mut group = 0;
    let stretches = run.foreign.rows.iter().zip(run.foreign.counts.iter());
    for ((row, count), actor) in stretches.zip(run.foreign.actors.iter()) {
        while run.offsets[group as usize + 1] <= *row {
            group += 1;
        }
        let profile = run.profiles[group as usize];
        if !is_of(run, (*row, *count), *actor, profile, roots) {
            unsound.push(group);
        }
    }
    unsound.sort_unstable();
    unsound.dedup();
    unsound
}

/// Adds the rows of a base run's group with their actors.
fn push_rows(base: usize, run: &Run, group: u32, out: &mut Vec<MovedRow>) {
    let base = u32::try_from(base).expect("runs are few");
    let first = out.len();
    let profile = run.profiles[group as usize];
    let rows = run.rows_of(group);
    out.extend(rows.clone().map(|row| MovedRow {
        place: Place { base, row },
        actor: profile,
    }));
    set_actors(run, group, &mut out[first..]);
}

/// Adds the rows of a side run's group with their actors.
fn push_moved_rows(run: &Run, group: u32, out: &mut Vec<MovedRow>) {
    let Rows::Moved(moved) = &run.rows else {
        unreachable!("side runs hold moved rows");
    };
    let first = out.len();
    let profile = run.profiles[group as usize];
    out.extend(run.rows_of(group).map(|row| MovedRow {
        place: moved.place(row),
        actor: profile,
    }));
    set_actors(run, group, &mut out[first..]);
}

fn set_actors(run: &Run, group: u32, rows: &mut [MovedRow]) {
    let start = run.rows_of(group).start;
    for ((first, count), actor) in foreign_of(run, group) {
        let from = (first - start) as usize;
        for row in &mut rows[from..from + count as usize] {
            row.actor = actor;
        }
    }
}

#[cfg(test)]
mod tests;
