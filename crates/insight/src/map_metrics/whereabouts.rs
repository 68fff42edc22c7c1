//! In which stage of a map single profiles are.

use std::collections::BTreeMap;

use throughline_model::{Map, ProfileId, Timestamp};

use super::plan::Plan;
use crate::{
    ask::AskError,
    person::{places_of, stage_after},
    scan::Place,
    view::View,
};

/// The stage of a map that each profile is in, by its index, and since when: that of its last step in scope. At one
/// instant the last step in drawing order counts. Who has none is left out.
pub fn map_stages(
    view: &View<'_>,
    map: &Map,
    profiles: &[ProfileId],
    now: Timestamp,
) -> Result<BTreeMap<ProfileId, (usize, Timestamp)>, AskError> {
    let plan = Plan::new(view, map, now)?;
    let mut found = BTreeMap::new();
    for profile in profiles {
        view.cancel.check()?;
        let mut entries: Vec<(i64, u16)> = Vec::new();
        for (index, rows) in places_of(view.snapshot, *profile) {
            let run = &view.snapshot.runs[index];
            for row in rows {
                let (time, event) = (run.time[row], run.event[row]);
                if time < plan.range.from.0 || time >= plan.range.to.0 {
                    continue;
                }
                let place = Place {
                    run: u32::try_from(index).expect("fewer than 2^32 runs"),
                    row: u32::try_from(row).expect("rows of a run fit 32 bits"),
                };
                let step = plan.steps.of(event, place);
                if step != 0 && plan.filter.holds(event, place) {
                    let stage = plan.stage_of[usize::from(step) - 1];
                    entries.push((time, u16::try_from(stage + 1).expect("few stages")));
                }
            }
        }
        found.extend(stage_after(entries).map(|stage| (*profile, stage)));
    }
    Ok(found)
}
