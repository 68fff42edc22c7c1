//! A map made ready for one snapshot: what each event counts for.

use throughline_model::{Map, Span, TimeRange, Timestamp, Zone, limits};

use crate::{
    ask::AskError,
    codes::Codes,
    rule::Condition,
    view::{Channels, View},
};

/// What is asked of every row, and how steps and stages are numbered.
pub(super) struct Plan<'v> {
    pub range: TimeRange,
    pub zone: Zone,
    /// Who was last active after this may still go on.
    pub active_since: i64,
    pub pause_ms_max: i64,
    pub filter: Condition,
    pub goal: Condition,
    /// One more than the index of the step; 0 for events that the map does not show.
    pub steps: Codes,
    pub channels: &'v Channels,
    pub steps_count: usize,
    /// Per step the index of its stage.
    pub stage_of: Vec<usize>,
    pub stages_count: usize,
    /// Per event code whether a customer did it.
    pub is_customer: Vec<bool>,
    pub view: &'v View<'v>,
}

impl<'v> Plan<'v> {
    pub fn new(view: &'v View<'v>, map: &Map, now: Timestamp) -> Result<Self, AskError> {
        let conditions = map
            .steps()
            .map(|step| view.matcher(&step.matcher))
            .collect::<Result<Vec<_>, _>>()?;
        let stage_of = (map.stages.iter().enumerate())
            .flat_map(|(index, stage)| stage.steps.iter().map(move |_| index))
            .collect();
        let range = map.range.resolve(now);
        let horizon = now.min(range.to);
        let silence = map.pause_max.unwrap_or(limits::MAP_SILENCE);
        Ok(Self {
            range,
            zone: map.range.zone.clone(),
            active_since: horizon.minus(silence).0,
            pause_ms_max: map.pause_max.unwrap_or(Span(i64::MAX)).0,
            filter: view.rule(map.filter.as_ref())?,
            goal: view.matcher(&map.goal)?,
            steps_count: conditions.len(),
            steps: Codes::first_fit(view, &conditions, None)?,
            channels: view.channels()?,
            stage_of,
            stages_count: map.stages.len(),
            is_customer: view
                .snapshot
                .names
                .quiet()
                .iter()
                .map(|is_quiet| !is_quiet)
                .collect(),
            view,
        })
    }
}
