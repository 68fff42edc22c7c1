//! From when to when a snapshot has events.

use throughline_model::{TimeRange, Timestamp};
use throughline_store::{Run, Snapshot};

use crate::{
    ask::When,
    cache::{FACTS, Fact},
    view::View,
};

/// Times of the first and the last event; `None` when there are no events.
pub(crate) fn extent(snapshot: &Snapshot) -> Option<(i64, i64)> {
    snapshot
        .runs
        .iter()
        .filter(|run| !run.is_empty())
        .map(|run| extent_of(run))
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// The range, no longer than the log when it is all of time, so that there are not points without end.
pub(crate) fn clipped(view: &View<'_>, when: &When) -> TimeRange {
    if when.range != TimeRange::ALL {
        return when.range;
    }
    match extent(view.snapshot) {
        Some((first, last)) => TimeRange {
            from: Timestamp(first),
            to: Timestamp(last + 1),
        },
        None => TimeRange {
            from: when.now,
            to: when.now,
        },
    }
}

fn extent_of(run: &Run) -> (i64, i64) {
    let key = (run.id, 0);
    if let Some(Fact::Extent(first, last)) = FACTS.get(key) {
        return (first, last);
    }
    let (offsets, time): (&[u32], &[i64]) = (&run.offsets, &run.time);
    let mut extent = (i64::MAX, i64::MIN);
    for group in offsets.windows(2) {
        let (from, to) = (group[0] as usize, group[1] as usize);
        if from < to {
            extent = (extent.0.min(time[from]), extent.1.max(time[to - 1]));
        }
    }
    FACTS.put(key, Fact::Extent(extent.0, extent.1));
    extent
}
