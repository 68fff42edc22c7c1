//! The most frequent whole ways through.
//!
//! A path begins at the start of a sequence, or at each event that fits `from` while no path is
//! open. It ends at the first later event that fits `to`; without `to`, at the end of the
//! sequence or once it is as long as is allowed. With `to`, a path that does not reach it within
//! the allowed length is counted as unfinished and not listed.
//!
//! `occurrence` and `tail` take other paths of a sequence; `occurrence.rs` has them.

mod leap;
mod occurrence;
mod through;

use hashbrown::HashTable;
use serde::Serialize;
use throughline_model::{
    ProfileId,
    report::{Occurrence, Paths},
};
use throughline_predict::quantile;
use utoipa::ToSchema;

use self::leap::{Leap, Leaps};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    kernel::transitions::Passes,
    rule::Condition,
    scan::{Found, ProfileRows, scan, scan_picked},
    select::PathsSelect,
    sequence::{Element, Item, Sequences},
    view::View,
};

/// Paths, each way listed once.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PathsAnswer {
    /// Elements that the listed paths are made of, in their own order.
    pub elements: Vec<Element>,
    /// The most frequent first.
    pub paths: Vec<Path>,
    /// All paths, listed or not.
    pub total: Passes,
    /// How many different ways there are.
    pub variants: u64,
    /// Paths on ways that are not listed.
    pub rest: Passes,
    /// Paths that began and did not reach their end in the allowed length.
    pub unfinished: Passes,
    /// Paths that were cut at the allowed length; they are in the numbers.
    pub cut: u64,
}

/// One way through.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Path {
    /// Ids of elements.
    pub elements: Vec<String>,
    pub passes: Passes,
    /// From the first event to the last: half of the paths took no longer.
    pub median_ms: i64,
    /// Nine of ten took no longer.
    pub p90_ms: i64,
}

pub(crate) fn answer(
    view: &View<'_>,
    paths: &Paths,
    when: &When,
) -> Result<Counted<PathsAnswer>, AskError> {
    let walker = Walker::new(view, paths, when)?;
    let mut tally = walker.tally(view)?;
    let order = tally.order();
    let mut times: Vec<Vec<i64>> = vec![Vec::new(); order.len().min(paths.top)];
    let mut place_of = vec![usize::MAX; order.len()];
    for (place, variant) in order.iter().take(paths.top).enumerate() {
        place_of[*variant] = place;
    }
    for (variant, time) in std::mem::take(&mut tally.times) {
        if let Some(list) = times.get_mut(place_of[variant as usize]) {
            list.push(time);
        }
    }
    let list = walker.sequences.elements.list();
    let mut is_used = vec![false; list.len()];
    let listed: Vec<Path> = (order.iter().zip(&mut times))
        .map(|(variant, times)| {
            let elements = tally.elements(*variant);
            elements
                .iter()
                .for_each(|element| is_used[*element as usize] = true);
            Path {
                elements: elements
                    .iter()
                    .map(|it| list[*it as usize].id.clone())
                    .collect(),
                passes: tally.variants[*variant].passes,
                median_ms: quantile(times, 500).unwrap_or_default(),
                p90_ms: quantile(times, 900).unwrap_or_default(),
            }
        })
        .collect();
    let rest = walker.rest(view, &tally, &order[listed.len()..])?;
    Ok(Counted {
        n: tally.total.profiles,
        left_out: LeftOut {
            capped: (order.len() - listed.len()) as u64,
            immature: 0,
            ..LeftOut::default()
        },
        numbers: PathsAnswer {
            elements: (list.iter().zip(is_used))
                .filter(|(_, is_used)| *is_used)
                .map(|(element, _)| element.clone())
                .collect(),
            paths: listed,
            total: tally.total,
            variants: order.len() as u64,
            rest,
            unfinished: tally.unfinished,
            cut: tally.cut,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    paths: &Paths,
    select: &PathsSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let walker = Walker::new(view, paths, when)?;
    match select {
        PathsSelect::All => walker.people(view, |end, _| end != End::Unfinished),
        PathsSelect::Unfinished => walker.people(view, |end, _| end == End::Unfinished),
        PathsSelect::Path(ids) => {
            let elements = &walker.sequences.elements;
            let wanted: Option<Vec<u32>> = ids.iter().map(|id| elements.index(id)).collect();
            let wanted = wanted.ok_or_else(|| {
                AskError::fault("select", "names an element that is not in the report")
            })?;
            walker.people(view, |end, path| end != End::Unfinished && path == wanted)
        }
        PathsSelect::Through(through) => through::people(&walker, view, paths, through),
        PathsSelect::Rest => {
            let tally = walker.tally(view)?;
            let order = tally.order();
            let unlisted: Vec<&[u32]> = order
                .iter()
                .skip(paths.top)
                .map(|variant| tally.elements(*variant))
                .collect();
            let unlisted: hashbrown::HashSet<&[u32]> = unlisted.into_iter().collect();
            walker.people(view, |end, path| {
                end != End::Unfinished && unlisted.contains(path)
            })
        }
    }
}

/// How a path ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Whole,
    /// At the allowed length.
    Cut,
    Unfinished,
}

/// The definition made ready.
struct Walker<'v> {
    sequences: Sequences<'v>,
    from: Option<Condition>,
    to: Option<Condition>,
    occurrence: Occurrence,
    tail: bool,
    length_max: usize,
    collapse: bool,
    /// None when rows decide what begins or ends paths, or what they are made of.
    leap: Option<Leap>,
}

/// A path that is open.
#[derive(Default)]
struct Open {
    elements: Vec<u32>,
    begin: i64,
    last: i64,
}

impl<'v> Walker<'v> {
    fn new(view: &'v View<'_>, paths: &Paths, when: &When) -> Result<Self, AskError> {
        let Paths {
            by,
            filter,
            pause_max,
            ..
        } = paths;
        let condition =
            |matcher: &Option<_>| matcher.as_ref().map(|it| view.matcher(it)).transpose();
        let sequences = Sequences::new(view, by, filter.as_ref(), when.range, *pause_max)?;
        let (from, to) = (condition(&paths.from)?, condition(&paths.to)?);
        Ok(Self {
            leap: Leap::of(from.as_ref(), to.as_ref())
                .filter(|_| sequences.is_by_name() && paths.occurrence == Occurrence::Each),
            sequences,
            from,
            to,
            occurrence: paths.occurrence,
            tail: paths.tail,
            length_max: paths.length_max,
            collapse: paths.collapse,
        })
    }

    /// Shows every profile in which a path may begin to `visit`, with the rows where it may if they are known.
    fn scan<S: Send + Default>(
        &self,
        view: &View<'_>,
        visit: impl Fn(&mut (S, Room), &ProfileRows<'_>, &[Found]) + Sync,
    ) -> Result<Vec<S>, AskError> {
        let states = match &self.leap {
            Some(leap) => scan_picked(
                view.snapshot,
                view.cancel,
                &leap.picks,
                Default::default,
                visit,
            ),
            None => scan(
                view.snapshot,
                view.cancel,
                Default::default,
                |state, rows| visit(state, rows, &[]),
            ),
        }?;
        Ok(states.into_iter().map(|(state, _)| state).collect())
    }

    /// Shows each path of a profile: how it ended, its elements, its length in time.
    fn visit(
        &self,
        rows: &ProfileRows<'_>,
        begins: &[Found],
        room: &mut Room,
        see: &mut impl FnMut(End, &[u32], i64),
    ) {
        let Room { items, open, leaps } = room;
        if let Some(leap) = &self.leap
            && self.leap(leap, rows, begins, leaps)
        {
            return leaps.show(see);
        }
        let is_chosen = self.occurrence != Occurrence::Each || self.tail;
        self.sequences.visit(rows, items, |sequence| {
            self.settle_ties(rows, sequence);
            match is_chosen {
                true => self.at_occurrences(rows, sequence, open, see),
                false => self.follow(rows, sequence, open, see),
            }
        });
    }

    /// Equal elements of one instant are told apart by what they begin or end, not by arrival.
    fn settle_ties(&self, rows: &ProfileRows<'_>, sequence: &mut [Item]) {
        sequence
            .chunk_by_mut(|before, after| before.time == after.time)
            .filter(|instant| instant.len() > 1)
            .for_each(|instant| {
                instant.sort_by_key(|item| {
                    (
                        item.element,
                        !fits(&self.from, rows, item),
                        fits(&self.to, rows, item),
                    )
                });
            });
    }

    fn follow(
        &self,
        rows: &ProfileRows<'_>,
        sequence: &[Item],
        open: &mut Open,
        see: &mut impl FnMut(End, &[u32], i64),
    ) {
        let mut is_open = false;
        for (index, item) in sequence.iter().enumerate() {
            let begins = match &self.from {
                _ if is_open => false,
                Some(_) => fits(&self.from, rows, item),
                None => index == 0,
            };
            if begins {
                open.elements.clear();
                open.begin = item.time;
                is_open = true;
            }
            if !is_open {
                continue;
            }
            if !self.collapse || open.elements.last() != Some(&item.element) {
                if open.elements.len() == self.length_max {
                    let end = if self.to.is_some() {
                        End::Unfinished
                    } else {
                        End::Cut
                    };
                    see(end, &open.elements, open.last - open.begin);
                    is_open = false;
                    continue;
                }
                open.elements.push(item.element);
            }
            open.last = item.time;
            if !begins && fits(&self.to, rows, item) {
                see(End::Whole, &open.elements, open.last - open.begin);
                is_open = false;
            }
        }
        if is_open {
            let end = if self.to.is_some() {
                End::Unfinished
            } else {
                End::Whole
            };
            see(end, &open.elements, open.last - open.begin);
        }
    }

    fn tally(&self, view: &View<'_>) -> Result<Tally, AskError> {
        let states = self.scan(view, |(tally, room): &mut (Tally, Room), rows, begins| {
            let mut seen = Seen::default();
            self.visit(rows, begins, room, &mut |end, elements, time| {
                tally.add(rows.profile.0, &mut seen, end, elements, time);
            });
        })?;
        Ok(states.into_iter().reduce(Tally::merged).unwrap_or_default())
    }

    /// How often ways that are not listed were taken, and by how many.
    fn rest(&self, view: &View<'_>, tally: &Tally, unlisted: &[usize]) -> Result<Passes, AskError> {
        if unlisted.is_empty() {
            return Ok(Passes::default());
        }
        let ways: hashbrown::HashSet<&[u32]> = unlisted
            .iter()
            .map(|variant| tally.elements(*variant))
            .collect();
        let profiles = self.people(view, |end, path| {
            end != End::Unfinished && ways.contains(path)
        })?;
        Ok(Passes {
            times: unlisted
                .iter()
                .map(|variant| tally.variants[*variant].passes.times)
                .sum(),
            profiles: profiles.len() as u64,
        })
    }

    fn people(
        &self,
        view: &View<'_>,
        wanted: impl Fn(End, &[u32]) -> bool + Sync,
    ) -> Result<Vec<ProfileId>, AskError> {
        let states = self.scan(
            view,
            |(profiles, room): &mut (Vec<ProfileId>, Room), rows, begins| {
                let mut is_hit = false;
                self.visit(rows, begins, room, &mut |end, elements, _| {
                    is_hit |= wanted(end, elements)
                });
                if is_hit {
                    profiles.push(rows.profile);
                }
            },
        )?;
        let mut profiles = states.concat();
        profiles.sort_unstable();
        Ok(profiles)
    }
}

/// Whether an event begins or ends paths; nothing does where nothing is named.
fn fits(end: &Option<Condition>, rows: &ProfileRows<'_>, item: &Item) -> bool {
    let row = item.row as usize;
    end.as_ref()
        .is_some_and(|condition| condition.holds(rows.event[row], rows.place(row)))
}

/// Memory that is used again for each profile.
#[derive(Default)]
struct Room {
    items: Vec<Item>,
    open: Open,
    leaps: Leaps,
}

/// What of one profile was counted already.
#[derive(Default)]
struct Seen {
    path: bool,
    unfinished: bool,
}

/// What one thread has seen.
#[derive(Default)]
struct Tally {
    /// The elements of all variants, one after the other.
    arena: Vec<u32>,
    variants: Vec<Variant>,
    /// Indexes into `variants`, by their elements.
    index: HashTable<u32>,
    /// Variant and length in time of each path.
    times: Vec<(u32, i64)>,
    total: Passes,
    unfinished: Passes,
    cut: u64,
}

#[derive(Clone, Copy)]
struct Variant {
    start: usize,
    length: usize,
    passes: Passes,
    last: Option<u32>,
}

impl Tally {
    fn add(&mut self, profile: u32, seen: &mut Seen, end: End, elements: &[u32], time: i64) {
        if end == End::Unfinished {
            self.unfinished.times += 1;
            self.unfinished.profiles += u64::from(!std::mem::replace(&mut seen.unfinished, true));
            return;
        }
        self.cut += u64::from(end == End::Cut);
        self.total.times += 1;
        self.total.profiles += u64::from(!std::mem::replace(&mut seen.path, true));
        let variant = self.variant(elements);
        self.times.push((variant, time));
        let variant = &mut self.variants[variant as usize];
        variant.passes.times += 1;
        if variant.last != Some(profile) {
            variant.last = Some(profile);
            variant.passes.profiles += 1;
        }
    }

    fn elements(&self, variant: usize) -> &[u32] {
        let Variant { start, length, .. } = self.variants[variant];
        &self.arena[start..start + length]
    }

    fn variant(&mut self, elements: &[u32]) -> u32 {
        let Self {
            arena,
            variants,
            index,
            ..
        } = self;
        let elements_of = |variant: u32, arena: &[u32], variants: &[Variant]| -> u64 {
            let Variant { start, length, .. } = variants[variant as usize];
            hash(&arena[start..start + length])
        };
        let found = index.find(hash(elements), |variant| {
            let Variant { start, length, .. } = variants[*variant as usize];
            &arena[start..start + length] == elements
        });
        if let Some(found) = found {
            return *found;
        }
        let variant = u32::try_from(variants.len()).expect("fewer than 2^32 ways");
        variants.push(Variant {
            start: arena.len(),
            length: elements.len(),
            passes: Passes::default(),
            last: None,
        });
        arena.extend_from_slice(elements);
        index.insert_unique(hash(elements), variant, |variant| {
            elements_of(*variant, arena, variants)
        });
        variant
    }

    /// Profiles are seen by one thread each, so their counts add up.
    fn merged(mut self, other: Self) -> Self {
        let mut new_of = Vec::with_capacity(other.variants.len());
        for (index, more) in other.variants.iter().enumerate() {
            let mine = self.variant(other.elements(index));
            let passes = &mut self.variants[mine as usize].passes;
            passes.times += more.passes.times;
            passes.profiles += more.passes.profiles;
            new_of.push(mine);
        }
        self.times.extend(
            other
                .times
                .iter()
                .map(|(it, time)| (new_of[*it as usize], *time)),
        );
        for (mine, more) in [
            (&mut self.total, other.total),
            (&mut self.unfinished, other.unfinished),
        ] {
            mine.times += more.times;
            mine.profiles += more.profiles;
        }
        self.cut += other.cut;
        self
    }

    /// Variants, the most frequent first; equal ones by their elements.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.variants.len()).collect();
        order.sort_by(|a, b| {
            let times = |index: usize| self.variants[index].passes.times;
            times(*b)
                .cmp(&times(*a))
                .then_with(|| self.elements(*a).cmp(self.elements(*b)))
        });
        order
    }
}

fn hash(elements: &[u32]) -> u64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3Default::new();
    for element in elements {
        hasher.update(&element.to_le_bytes());
    }
    hasher.digest()
}

#[cfg(test)]
mod tests;
