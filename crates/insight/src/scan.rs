//! The walk over a snapshot: runs side by side, bucket by bucket, one profile at a time.

mod gather;
mod picked;

use std::{
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};

use arrow::buffer::BooleanBuffer;
use rayon::prelude::*;
use throughline_model::ProfileId;
use throughline_store::{Run, Snapshot};

use crate::{
    cache::{FACTS, Fact},
    cancel::{Cancel, Cancelled},
};

pub use self::gather::Gather;
use self::gather::{Gathered, Piece, place_in};
pub(crate) use self::picked::{Found, Picks, scan_picked, scan_picked_if};

/// Rows walked between two looks at the stop button: well under a millisecond of any kernel.
const ROWS_BETWEEN_CHECKS: usize = 1 << 16;

/// Where a row lies: the index of its run in the snapshot, and of the row in the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub run: u32,
    pub row: u32,
}

/// One profile's rows by time. Rows of one instant come in no order that may be relied on.
#[derive(Clone, Copy, Debug)]
pub struct ProfileRows<'a> {
    pub profile: ProfileId,
    /// Milliseconds since 1970, never falling.
    pub time: &'a [i64],
    /// Codes of event names.
    pub event: &'a [u16],
    /// Codes of the channels that were inferred from the events alone.
    pub channel: &'a [u8],
    places: Places<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Places<'a> {
    /// All rows lie together, the first one here.
    Together(Place),
    /// In pieces, of which so many rows are left out at the start.
    Pieces(&'a [Piece], usize),
    Each(&'a [Place]),
}

impl<'a> ProfileRows<'a> {
    /// Count of rows.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// True when there are no rows.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// Where row `index` lies.
    #[inline]
    pub fn place(&self, index: usize) -> Place {
        match self.places {
            Places::Together(first) => Place {
                run: first.run,
                row: first.row + u32::try_from(index).expect("rows of a run fit 32 bits"),
            },
            Places::Pieces(pieces, skipped) => place_in(pieces, skipped + index),
            Places::Each(places) => places[index],
        }
    }

    /// Some of the rows.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let places = match self.places {
            Places::Together(_) if range.is_empty() => Places::Each(&[]),
            Places::Together(_) => Places::Together(self.place(range.start)),
            Places::Pieces(pieces, skipped) => Places::Pieces(pieces, skipped + range.start),
            Places::Each(places) => Places::Each(&places[range.clone()]),
        };
        Self {
            profile: self.profile,
            time: &self.time[range.clone()],
            event: &self.event[range.clone()],
            channel: &self.channel[range],
            places,
        }
    }

    /// Indexes of the rows from one instant up to but not including another.
    #[inline]
    pub fn between(&self, from: i64, to: i64) -> Range<usize> {
        let (Some(first), Some(last)) = (self.time.first(), self.time.last()) else {
            return 0..0;
        };
        let start = match *first >= from {
            true => 0,
            false => self.time.partition_point(|time| *time < from),
        };
        let end = match *last < to {
            true => self.time.len(),
            false => self.time.partition_point(|time| *time < to),
        };
        start..end.max(start)
    }
}

/// Count of rows that a walk touches, dead groups included.
pub fn rows_count(snapshot: &Snapshot) -> u64 {
    snapshot.runs.iter().map(|run| run.len() as u64).sum()
}

/// Shows every live profile's rows to `visit` once, on all threads.
///
/// There is a state for each thread; which profiles it sees is left to chance,
/// so states must be such that merging them gives the same in any order.
pub fn scan<S: Send>(
    snapshot: &Snapshot,
    cancel: &Cancel,
    begin: impl Fn() -> S + Sync,
    visit: impl Fn(&mut S, &ProfileRows<'_>) + Sync,
) -> Result<Vec<S>, Cancelled> {
    let visitors = on_all_threads(snapshot, cancel, || Plain {
        state: begin(),
        visit: &visit,
    })?;
    Ok(visitors.into_iter().map(|it| it.state).collect())
}

fn on_all_threads<V: Visit + Send>(
    snapshot: &Snapshot,
    cancel: &Cancel,
    begin: impl Fn() -> V + Sync,
) -> Result<Vec<V>, Cancelled> {
    cancel.check()?;
    let roots = snapshot.roots.print();
    let runs: Vec<Columns<'_>> = snapshot
        .runs
        .iter()
        .enumerate()
        .filter(|(_, run)| !run.is_empty())
        .map(|(index, run)| Columns::of(index, run, shown(snapshot, run, roots)))
        .collect();
    cancel.expect(rows_count(snapshot));
    let buckets = snapshot.buckets as usize;
    let next = AtomicUsize::new(0);
    (0..rayon::current_num_threads().min(buckets).max(1))
        .into_par_iter()
        .map(|_| {
            let mut visitor = begin();
            let mut walk = Walk::new(cancel);
            loop {
                let bucket = next.fetch_add(1, Ordering::Relaxed);
                if bucket >= buckets {
                    break;
                }
                walk.bucket(&runs, bucket, &mut visitor)?;
            }
            Ok(visitor)
        })
        .collect()
}

/// Sees live profiles.
trait Visit {
    /// Sees profiles of which all rows lie in the cursor's run, moves past them and gives the count of their rows.
    fn advance(&mut self, cursor: &mut Cursor<'_>) -> usize;

    /// Sees a profile whose rows were brought together.
    fn profile(&mut self, rows: &ProfileRows<'_>);
}

struct Plain<'v, S, F> {
    state: S,
    visit: &'v F,
}

impl<S, F: Fn(&mut S, &ProfileRows<'_>)> Visit for Plain<'_, S, F> {
    #[inline(always)]
    fn advance(&mut self, cursor: &mut Cursor<'_>) -> usize {
        let rows = cursor.columns.group(cursor.at);
        if cursor.is_live() {
            (self.visit)(&mut self.state, &rows);
        }
        cursor.at += 1;
        rows.len()
    }

    fn profile(&mut self, rows: &ProfileRows<'_>) {
        (self.visit)(&mut self.state, rows);
    }
}

/// A run's columns as plain slices, looked up once.
struct Columns<'a> {
    run: u32,
    /// A bit for each group: whether it is live.
    live: BooleanBuffer,
    buckets: &'a [u32],
    profiles: &'a [u32],
    offsets: &'a [u32],
    time: &'a [i64],
    event: &'a [u16],
    channel: &'a [u8],
}

impl<'a> Columns<'a> {
    fn of(index: usize, run: &'a Run, live: BooleanBuffer) -> Self {
        Self {
            run: u32::try_from(index).expect("a snapshot has fewer than 2^32 runs"),
            live,
            buckets: &run.buckets,
            profiles: &run.profiles,
            offsets: &run.offsets,
            time: &run.time,
            event: &run.event,
            channel: &run.channel,
        }
    }

    #[inline]
    fn rows_of(&self, group: usize) -> Range<usize> {
        self.offsets[group] as usize..self.offsets[group + 1] as usize
    }

    #[inline]
    fn group(&self, group: usize) -> ProfileRows<'a> {
        let rows = self.rows_of(group);
        ProfileRows {
            profile: ProfileId(self.profiles[group]),
            time: &self.time[rows.clone()],
            event: &self.event[rows.clone()],
            channel: &self.channel[rows],
            places: Places::Together(Place {
                run: self.run,
                row: self.offsets[group],
            }),
        }
    }
}

/// Which groups of a run are to be seen, a bit each: the live ones of the people that are asked about.
fn shown(snapshot: &Snapshot, run: &Run, roots: u128) -> BooleanBuffer {
    let live = live(snapshot, run, roots);
    let Some(only) = &snapshot.only else {
        return live;
    };
    BooleanBuffer::collect_bool(live.len(), |group| {
        live.value(group) && only.contains(run.profiles[group])
    })
}

/// Which groups of a run are live, a bit each.
///
/// The roots of profiles that lie side by side lie far apart, and each look at one waits for memory.
/// So the answers are kept as long as nobody is merged.
fn live(snapshot: &Snapshot, run: &Run, roots: u128) -> BooleanBuffer {
    let key = (run.id, roots);
    if let Some(Fact::Bits(live)) = FACTS.get(key) {
        return live;
    }
    let is_live: Vec<bool> = (run.profiles.par_iter())
        .map(|profile| snapshot.is_live(*profile))
        .collect();
    let live = BooleanBuffer::from(is_live);
    FACTS.put(key, Fact::Bits(live.clone()));
    live
}

/// One thread's way through the buckets, with room for profiles that lie in several runs.
struct Walk<'a> {
    cancel: &'a Cancel,
    rows_since_check: usize,
    gathered: Gathered,
}

/// Groups of one run that are still to be visited in a bucket.
struct Cursor<'a> {
    columns: &'a Columns<'a>,
    at: usize,
    end: usize,
}

impl<'a> Cursor<'a> {
    fn new(columns: &'a Columns<'a>, bucket: usize) -> Self {
        Self {
            columns,
            at: columns.buckets[bucket] as usize,
            end: columns.buckets[bucket + 1] as usize,
        }
    }

    /// Whether the group at the cursor is live.
    #[inline(always)]
    fn is_live(&self) -> bool {
        self.columns.live.value(self.at)
    }

    /// Moves past groups whose rows lie elsewhere, as only the others are in order of profile.
    /// Gives the count of their rows.
    fn pass_dead(&mut self) -> usize {
        let mut rows_count = 0;
        while self.at < self.end && !self.is_live() {
            rows_count += self.columns.rows_of(self.at).len();
            self.at += 1;
        }
        rows_count
    }
}

impl<'a> Walk<'a> {
    fn new(cancel: &'a Cancel) -> Self {
        Self {
            cancel,
            rows_since_check: 0,
            gathered: Gathered::default(),
        }
    }

    fn bucket(
        &mut self,
        runs: &[Columns<'_>],
        bucket: usize,
        visitor: &mut impl Visit,
    ) -> Result<(), Cancelled> {
        let mut cursors: Vec<Cursor<'_>> = runs
            .iter()
            .map(|columns| Cursor::new(columns, bucket))
            .filter(|cursor| cursor.at < cursor.end)
            .collect();
        if let [cursor] = cursors.as_mut_slice() {
            while cursor.at < cursor.end {
                let rows_count = visitor.advance(cursor);
                self.count(rows_count)?;
            }
        } else {
            let dead = cursors.iter_mut().map(|it| it.pass_dead());
            let dead_count = dead.sum();
            self.count(dead_count)?;
            cursors.retain(|cursor| cursor.at < cursor.end);
            while !cursors.is_empty() {
                self.next_profile(&mut cursors, visitor)?;
            }
        }
        self.settle()
    }

    /// Visits the smallest profile of several runs and moves past it. All cursors stand at live groups.
    fn next_profile(
        &mut self,
        cursors: &mut Vec<Cursor<'_>>,
        visitor: &mut impl Visit,
    ) -> Result<(), Cancelled> {
        let profile = cursors
            .iter()
            .map(|cursor| cursor.columns.profiles[cursor.at])
            .min()
            .expect("there are cursors");
        let mut alone: Option<ProfileRows<'_>> = None;
        let mut rows_count = 0;
        self.gathered.clear();
        for cursor in cursors.iter_mut() {
            if cursor.columns.profiles[cursor.at] != profile {
                continue;
            }
            let rows = cursor.columns.group(cursor.at);
            cursor.at += 1;
            rows_count += rows.len() + cursor.pass_dead();
            if let Some(first) = alone.take() {
                self.gathered.add(&first);
                self.gathered.add(&rows);
            } else if self.gathered.is_empty() {
                alone = Some(rows);
            } else {
                self.gathered.add(&rows);
            }
        }
        if let Some(rows) = alone {
            visitor.profile(&rows);
        } else if !self.gathered.is_empty() {
            visitor.profile(&self.gathered.sorted(ProfileId(profile)));
        }
        cursors.retain(|cursor| cursor.at < cursor.end);
        self.count(rows_count)
    }

    fn count(&mut self, rows: usize) -> Result<(), Cancelled> {
        self.rows_since_check += rows;
        if self.rows_since_check >= ROWS_BETWEEN_CHECKS {
            return self.settle();
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Cancelled> {
        self.cancel.advance(self.rows_since_check as u64);
        self.rows_since_check = 0;
        self.cancel.check()
    }
}

#[cfg(test)]
mod tests;
