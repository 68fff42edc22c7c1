//! Walks that look at some rows of each profile only.

use arrow::buffer::BooleanBuffer;
use throughline_store::Snapshot;

use super::{Cursor, ProfileRows, Visit, on_all_threads};
use crate::{
    cancel::{Cancel, Cancelled},
    pick::{Wanted, has_mark, marked},
    rule::Condition,
};

/// Rows of which some are picked at a time: their times, and what is found, stay near the processor.
const ROWS_PICKED_AT_ONCE: usize = 1 << 14;

/// Where more than one row in so many is found, all times are read.
const FOUND_ONE_IN: usize = 32;
/// Times that come from memory together.
const LINE_TIMES: usize = 8;

/// What to pick out of each profile's rows.
pub(crate) struct Picks {
    pub(crate) wanted: Wanted,
    /// A profile without an event of these is not shown at all.
    pub(crate) needed: Wanted,
}

/// A row that was picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) time: i64,
    /// Number of the row among the profile's.
    pub(crate) row: u32,
    pub(crate) event: u16,
}

/// As [`scan`], and shows with each profile those of its rows whose events are wanted, in order.
pub(crate) fn scan_picked<S: Send>(
    snapshot: &Snapshot,
    cancel: &Cancel,
    picks: &Picks,
    begin: impl Fn() -> S + Sync,
    visit: impl Fn(&mut S, &ProfileRows<'_>, &[Found]) + Sync,
) -> Result<Vec<S>, Cancelled> {
    scan_picked_if(snapshot, cancel, picks, None, begin, visit)
}

/// As [`scan_picked`]; rows that do not pass the filter are as good as not wanted.
///
/// The filter says for each row what holds: it must be a rule, which any event may fit, and no matcher.
pub(crate) fn scan_picked_if<S: Send>(
    snapshot: &Snapshot,
    cancel: &Cancel,
    picks: &Picks,
    filter: Option<&Condition>,
    begin: impl Fn() -> S + Sync,
    visit: impl Fn(&mut S, &ProfileRows<'_>, &[Found]) + Sync,
) -> Result<Vec<S>, Cancelled> {
    let visitors = on_all_threads(snapshot, cancel, || Picked {
        state: begin(),
        visit: &visit,
        picks,
        filter,
        is_any_needed: picks.needed.is_same(&picks.wanted),
        wanted: Vec::new(),
        needed: Vec::new(),
        groups: Vec::new(),
        found: Vec::new(),
    })?;
    Ok(visitors.into_iter().map(|it| it.state).collect())
}

/// Picks rows for many profiles at once: what a loop over many rows can ask of memory ahead of
/// time, a look at one profile after the other would wait for.
struct Picked<'v, S, F> {
    state: S,
    visit: &'v F,
    picks: &'v Picks,
    filter: Option<&'v Condition>,
    /// True when what is wanted is what is needed.
    is_any_needed: bool,
    /// A bit for each row.
    wanted: Vec<u64>,
    needed: Vec<u64>,
    /// Groups that have what is needed, each with the count of rows found up to its end.
    groups: Vec<(usize, usize)>,
    found: Vec<Found>,
}

impl<S, F: Fn(&mut S, &ProfileRows<'_>, &[Found])> Picked<'_, S, F> {
    fn mark(&mut self, events: &[u16]) {
        self.picks.wanted.mark(events, &mut self.wanted);
        if !self.is_any_needed {
            self.picks.needed.mark(events, &mut self.needed);
        }
        self.groups.clear();
        self.found.clear();
    }

    /// Takes the marks of rows away that do not pass the filter.
    fn pass(&mut self, passes: impl Iterator<Item = u64>) {
        for (index, word) in passes.enumerate() {
            self.wanted[index] &= word;
            if let Some(needed) = self.needed.get_mut(index) {
                *needed &= word;
            }
        }
    }

    /// Finds the wanted rows from one up to but not including another, unless what is needed is missing.
    fn find(&mut self, start: usize, end: usize) -> bool {
        if !self.is_any_needed && !has_mark(&self.needed, start, end) {
            return false;
        }
        let before = self.found.len();
        marked(&self.wanted, start, end, |index| {
            self.found.push(Found {
                time: 0,
                row: u32::try_from(index).expect("rows of a run fit 32 bits"),
                event: 0,
            });
        });
        self.found.len() > before
    }

    fn fill(&mut self, time: &[i64], event: &[u16]) {
        if self.found.len() * FOUND_ONE_IN > time.len() {
            // Memory that is read from end to end comes faster than a good part of it in leaps.
            let touched = time.iter().step_by(LINE_TIMES).fold(0, |sum, it| sum ^ it);
            std::hint::black_box(touched);
        }
        for found in &mut self.found {
            found.time = time[found.row as usize];
            found.event = event[found.row as usize];
        }
    }
}

impl<S, F: Fn(&mut S, &ProfileRows<'_>, &[Found])> Visit for Picked<'_, S, F> {
    fn advance(&mut self, cursor: &mut Cursor<'_>) -> usize {
        let columns = cursor.columns;
        let offset = |group: usize| columns.offsets[group] as usize;
        let start = offset(cursor.at);
        let most = start + ROWS_PICKED_AT_ONCE;
        let groups = &columns.offsets[cursor.at + 1..=cursor.end];
        let last = cursor.at + groups.partition_point(|end| (*end as usize) < most);
        let end = (last + 1).min(cursor.end);
        let rows = start..offset(end);
        self.mark(&columns.event[rows.clone()]);
        if let Some(bits) = self.filter.and_then(|it| it.rows_of(columns.run)) {
            let bits = bits.slice(rows.start, rows.len());
            self.pass(bits.bit_chunks().iter_padded());
        }
        while cursor.at < end {
            let group = cursor.at;
            if cursor.is_live() && self.find(offset(group) - start, offset(group + 1) - start) {
                self.groups.push((group, self.found.len()));
            }
            cursor.at += 1;
        }
        self.fill(&columns.time[rows.clone()], &columns.event[rows.clone()]);
        let mut from = 0;
        for (group, to) in &self.groups {
            let found = &mut self.found[from..*to];
            let before = (offset(*group) - start) as u32;
            found.iter_mut().for_each(|it| it.row -= before);
            (self.visit)(&mut self.state, &columns.group(*group), found);
            from = *to;
        }
        rows.len()
    }

    fn profile(&mut self, rows: &ProfileRows<'_>) {
        self.mark(rows.event);
        if let Some(filter) = self.filter {
            let passes = |row: usize| {
                let place = rows.place(row);
                let bits = filter.rows_of(place.run);
                bits.is_none_or(|bits| bits.value(place.row as usize))
            };
            let passes = BooleanBuffer::collect_bool(rows.len(), passes);
            self.pass(passes.bit_chunks().iter_padded());
        }
        if self.find(0, rows.len()) {
            self.fill(rows.time, rows.event);
            (self.visit)(&mut self.state, rows, &self.found);
        }
    }
}
