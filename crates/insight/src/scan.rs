//! The walk over a snapshot: runs side by side, bucket by bucket, one profile at a time.

use std::{
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};

use rayon::prelude::*;
use throughline_model::ProfileId;
use throughline_store::{Run, Snapshot};

use crate::cancel::{Cancel, Cancelled};

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
    pub fn place(&self, index: usize) -> Place {
        match self.places {
            Places::Together(first) => Place {
                run: first.run,
                row: first.row + u32::try_from(index).expect("rows of a run fit 32 bits"),
            },
            Places::Each(places) => places[index],
        }
    }

    /// Some of the rows.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let places = match self.places {
            Places::Together(_) if range.is_empty() => Places::Each(&[]),
            Places::Together(_) => Places::Together(self.place(range.start)),
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
    cancel.check()?;
    cancel.expect(rows_count(snapshot));
    let runs: Vec<Columns<'_>> = snapshot
        .runs
        .iter()
        .enumerate()
        .filter(|(_, run)| !run.is_empty())
        .map(|(index, run)| Columns::of(index, run))
        .collect();
    let buckets = snapshot.buckets as usize;
    let next = AtomicUsize::new(0);
    (0..rayon::current_num_threads().min(buckets).max(1))
        .into_par_iter()
        .map(|_| {
            let mut state = begin();
            let mut walk = Walk::new(snapshot, cancel);
            loop {
                let bucket = next.fetch_add(1, Ordering::Relaxed);
                if bucket >= buckets {
                    break;
                }
                walk.bucket(&runs, bucket, &mut |rows| visit(&mut state, rows))?;
            }
            Ok(state)
        })
        .collect()
}

/// A run's columns as plain slices, looked up once.
struct Columns<'a> {
    run: u32,
    buckets: &'a [u32],
    profiles: &'a [u32],
    offsets: &'a [u32],
    time: &'a [i64],
    event: &'a [u16],
    channel: &'a [u8],
}

impl<'a> Columns<'a> {
    fn of(index: usize, run: &'a Run) -> Self {
        Self {
            run: u32::try_from(index).expect("a snapshot has fewer than 2^32 runs"),
            buckets: &run.buckets,
            profiles: &run.profiles,
            offsets: &run.offsets,
            time: &run.time,
            event: &run.event,
            channel: &run.channel,
        }
    }

    fn rows_of(&self, group: usize) -> Range<usize> {
        self.offsets[group] as usize..self.offsets[group + 1] as usize
    }

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

/// One thread's way through the buckets, with room for profiles that lie in several runs.
struct Walk<'a> {
    snapshot: &'a Snapshot,
    cancel: &'a Cancel,
    rows_since_check: usize,
    gathered: Gathered,
}

/// Groups of one run that are still to be visited in a bucket.
struct Cursor<'a> {
    columns: &'a Columns<'a>,
    at: usize,
    end: usize,
    /// Which of the groups from `looked_from` on are live, one bit each.
    live: u64,
    looked_from: usize,
    looked_until: usize,
}

impl<'a> Cursor<'a> {
    fn new(columns: &'a Columns<'a>, bucket: usize) -> Self {
        let at = columns.buckets[bucket] as usize;
        Self {
            columns,
            at,
            end: columns.buckets[bucket + 1] as usize,
            live: 0,
            looked_from: at,
            looked_until: at,
        }
    }

    /// Whether the group at the cursor is live.
    ///
    /// The roots of a bucket's profiles lie far apart, so each look waits for memory. Many at once
    /// wait together, where between two visits each would wait alone.
    fn is_live(&mut self, snapshot: &Snapshot) -> bool {
        if self.at == self.looked_until {
            self.looked_from = self.at;
            self.looked_until = self.end.min(self.at + u64::BITS as usize);
            let profiles = &self.columns.profiles[self.looked_from..self.looked_until];
            self.live = (profiles.iter().enumerate()).fold(0, |live, (index, profile)| {
                live | u64::from(snapshot.is_live(*profile)) << index
            });
        }
        debug_assert!((self.looked_from..self.looked_until).contains(&self.at));
        self.live >> (self.at - self.looked_from) & 1 == 1
    }

    /// Moves past groups whose rows lie elsewhere, as only the others are in order of profile.
    /// Gives the count of their rows.
    fn pass_dead(&mut self, snapshot: &Snapshot) -> usize {
        let mut rows_count = 0;
        while self.at < self.end && !self.is_live(snapshot) {
            rows_count += self.columns.rows_of(self.at).len();
            self.at += 1;
        }
        rows_count
    }
}

impl<'a> Walk<'a> {
    fn new(snapshot: &'a Snapshot, cancel: &'a Cancel) -> Self {
        Self {
            snapshot,
            cancel,
            rows_since_check: 0,
            gathered: Gathered::default(),
        }
    }

    fn bucket(
        &mut self,
        runs: &[Columns<'_>],
        bucket: usize,
        visit: &mut impl FnMut(&ProfileRows<'_>),
    ) -> Result<(), Cancelled> {
        let mut cursors: Vec<Cursor<'_>> = runs
            .iter()
            .map(|columns| Cursor::new(columns, bucket))
            .filter(|cursor| cursor.at < cursor.end)
            .collect();
        if let [cursor] = cursors.as_mut_slice() {
            while cursor.at < cursor.end {
                let rows = cursor.columns.group(cursor.at);
                if cursor.is_live(self.snapshot) {
                    visit(&rows);
                }
                cursor.at += 1;
                self.count(rows.len())?;
            }
        } else {
            let dead = cursors.iter_mut().map(|it| it.pass_dead(self.snapshot));
            let dead_count = dead.sum();
            self.count(dead_count)?;
            cursors.retain(|cursor| cursor.at < cursor.end);
            while !cursors.is_empty() {
                self.next_profile(&mut cursors, visit)?;
            }
        }
        self.settle()
    }

    /// Visits the smallest profile of several runs and moves past it. All cursors stand at live groups.
    fn next_profile(
        &mut self,
        cursors: &mut Vec<Cursor<'_>>,
        visit: &mut impl FnMut(&ProfileRows<'_>),
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
            rows_count += rows.len() + cursor.pass_dead(self.snapshot);
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
            visit(&rows);
        } else if !self.gathered.is_empty() {
            visit(&self.gathered.sorted(ProfileId(profile)));
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

/// Rows of one profile from several runs, brought together.
#[derive(Default)]
struct Gathered {
    time: Vec<i64>,
    event: Vec<u16>,
    channel: Vec<u8>,
    places: Vec<Place>,
    order: Vec<u32>,
    spare: Spare,
}

#[derive(Default)]
struct Spare {
    time: Vec<i64>,
    event: Vec<u16>,
    channel: Vec<u8>,
    places: Vec<Place>,
}

impl Gathered {
    fn clear(&mut self) {
        self.time.clear();
        self.event.clear();
        self.channel.clear();
        self.places.clear();
    }

    fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    fn add(&mut self, rows: &ProfileRows<'_>) {
        self.time.extend_from_slice(rows.time);
        self.event.extend_from_slice(rows.event);
        self.channel.extend_from_slice(rows.channel);
        self.places
            .extend((0..rows.len()).map(|index| rows.place(index)));
    }

    /// The rows by time. Runs mostly follow each other in time, so mostly nothing has to move.
    fn sorted(&mut self, profile: ProfileId) -> ProfileRows<'_> {
        if !self.time.is_sorted() {
            self.sort();
        }
        ProfileRows {
            profile,
            time: &self.time,
            event: &self.event,
            channel: &self.channel,
            places: Places::Each(&self.places),
        }
    }

    fn sort(&mut self) {
        let count = u32::try_from(self.time.len()).expect("a profile has fewer than 2^32 rows");
        self.order.clear();
        self.order.extend(0..count);
        let time = &self.time;
        self.order.sort_by_key(|index| time[*index as usize]);
        fill(&mut self.spare.time, &mut self.time, &self.order);
        fill(&mut self.spare.event, &mut self.event, &self.order);
        fill(&mut self.spare.channel, &mut self.channel, &self.order);
        fill(&mut self.spare.places, &mut self.places, &self.order);
    }
}

fn fill<T: Copy>(spare: &mut Vec<T>, column: &mut Vec<T>, order: &[u32]) {
    spare.clear();
    spare.extend(order.iter().map(|index| column[*index as usize]));
    std::mem::swap(spare, column);
}

#[cfg(test)]
mod tests;
