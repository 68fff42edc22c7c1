//! Rows spread evenly over all that are wanted, so that a look at some says something of all.

use throughline_store::{Run, StoredEvent};

use crate::{ask::AskError, view::View};

/// Places of at most so many wanted rows: per run of the snapshot its rows.
///
/// `is_wanted` is asked twice of each row, given its run and its place there.
pub fn spread(
    view: &View<'_>,
    most: usize,
    is_wanted: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, Vec<u32>)> {
    let runs = &view.snapshot.runs;
    let counts = runs.iter().enumerate().map(|(index, run)| {
        let rows = live_rows(view, run);
        rows.filter(|row| is_wanted(index, *row)).count()
    });
    let count: usize = counts.sum();
    let step = count.div_ceil(most.max(1)).max(1);
    let mut seen = 0_usize;
    let mut places = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let mut rows = Vec::new();
        for row in live_rows(view, run).filter(|row| is_wanted(index, *row)) {
            if seen.is_multiple_of(step) {
                rows.push(u32::try_from(row).expect("rows of a run fit 32 bits"));
            }
            seen += 1;
        }
        if !rows.is_empty() {
            places.push((index, rows));
        }
    }
    places
}

/// Whole events at such places.
pub fn events_at(
    view: &View<'_>,
    places: &[(usize, Vec<u32>)],
) -> Result<Vec<StoredEvent>, AskError> {
    let mut events = Vec::new();
    for (run, rows) in places {
        view.cancel.check()?;
        events.extend(view.snapshot.runs[*run].events(rows)?);
    }
    Ok(events)
}

/// Rows that no merge has moved elsewhere.
pub(crate) fn live_rows<'a>(view: &'a View<'_>, run: &'a Run) -> impl Iterator<Item = usize> + 'a {
    let groups = run.profiles.iter().enumerate();
    groups
        .filter(|(_, profile)| view.snapshot.is_live(**profile))
        .flat_map(|(group, _)| run.offsets[group] as usize..run.offsets[group + 1] as usize)
}
