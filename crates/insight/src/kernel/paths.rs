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
mod tally;
mod through;

use serde::Serialize;
use throughline_model::{
    ProfileId,
    report::{Occurrence, Paths},
};
use throughline_predict::quantile;
use utoipa::ToSchema;

use self::{
    leap::{Leap, Leaps},
    tally::{Seen, Tally},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    passes::Passes,
    rule::Condition,
    scan::{Found, ProfileRows, scan, scan_picked},
    select::ways::PathsSelect,
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
    let tally = walker.tally(view)?;
    let order = tally.first(paths.top);
    let rest = tally.rest(&order);
    let variants = tally.variants_count();
    let mut times = tally.times_of(&order);
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
                passes: tally.passes(*variant),
                median_ms: quantile(times, 500).unwrap_or_default(),
                p90_ms: quantile(times, 900).unwrap_or_default(),
            }
        })
        .collect();
    Ok(Counted {
        n: tally.total.profiles,
        left_out: LeftOut {
            capped: (variants - listed.len()) as u64,
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
            variants: variants as u64,
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
            let unlisted = tally.unlisted(paths.top);
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

#[cfg(test)]
mod tests;
