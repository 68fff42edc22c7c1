//! A map drawn from what people really did: steps, their order, their stages, each bound to events.
//!
//! The way of working and its sources are told in `docs/internals/discovery.md`.

mod draw;
mod order;
mod segments;
mod units;

use serde::Serialize;
use throughline_model::{Map, Matcher, limits, report::Range};
use throughline_model::{TimeRange, Timestamp};
use utoipa::ToSchema;

use crate::{ask::AskError, scan::scan, view::View};

use order::{Order, Sighting};
use units::{Census, Units};

/// A drawn map, and how well it stands for the log.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Discovery {
    pub map: Map,
    pub summary: DiscoverySummary,
}

/// How a map was drawn.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DiscoverySummary {
    pub range: TimeRange,
    /// Position in the link log: who counts as one profile.
    pub links: u64,
    /// With a customer event in the range, and those of them that reached the goal.
    pub profiles: u64,
    pub goal_profiles: u64,
    /// Customer events in the range.
    pub events: u64,
    pub covered_events_share: f64,
    /// Touchpoints and event names that were seen, and how many became steps.
    pub names_total: u64,
    pub steps: u64,
    pub stages_from: StagesFrom,
    /// Of all pairs of steps that somebody met both of, the share met in the order drawn.
    pub order_agreement: f64,
    /// What was left out for being rare, the most frequent first.
    pub left_out: Vec<LeftOutUnit>,
}

/// Where the stages come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StagesFrom {
    Vocabulary,
    /// The vocabulary says too little: the steps were divided where few people go to and fro.
    Segmentation,
}

/// A touchpoint or an event that did not become a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeftOutUnit {
    pub name: String,
    pub events: u64,
    pub profiles: u64,
}

/// What to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct DiscoverOptions {
    pub title: String,
    /// Steps are added until this share of events is on the map.
    pub coverage: f64,
    /// Whatever this share of those who reached the goal met becomes a step, too.
    pub goal_share: f64,
    pub steps_max: usize,
}

impl DiscoverOptions {
    /// The usual map under a title.
    pub fn titled(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            coverage: 0.95,
            goal_share: 0.15,
            steps_max: limits::DISCOVERED_STEPS_MAX,
        }
    }
}

/// Draws the map of the way to a goal.
pub fn discover(
    view: &View<'_>,
    goal: &Matcher,
    range: &Range,
    options: &DiscoverOptions,
    now: Timestamp,
) -> Result<Discovery, AskError> {
    let resolved = range.resolve(now);
    let units = Units::new(view, goal, resolved)?;
    let mut census = Census::new(&units);
    let begin = || Census::new(&units);
    for state in scan(view.snapshot, view.cancel, begin, |census, rows| {
        census.add(&units, rows)
    })? {
        census.merge(&state);
    }
    if census.goal_profiles == 0 {
        return Err(AskError::fault(
            "goal",
            "fits no event in the range; choose another goal or a longer range",
        ));
    }
    let kept = census.choose(&units, options);
    let mut sighting = Sighting::new(&units, &kept);
    let begin = || Sighting::new(&units, &kept);
    for state in scan(view.snapshot, view.cancel, begin, |sighting, rows| {
        sighting.add(&units, rows)
    })? {
        sighting.merge(&state);
    }
    let names: Vec<String> = kept.iter().map(|unit| units.name(*unit)).collect();
    let order = Order::of(&sighting, &names);
    let (stages, stages_from) = draw::stages(view, &census, &kept, &order, &sighting);
    let map = draw::map(&units, &census, &kept, stages, goal, range, &options.title);
    debug_assert_eq!(map.check(), []);
    let covered: u64 = kept.iter().map(|unit| census.events_of(*unit)).sum();
    Ok(Discovery {
        summary: DiscoverySummary {
            range: resolved,
            links: view.snapshot.links,
            profiles: census.profiles,
            goal_profiles: census.goal_profiles,
            events: census.events,
            covered_events_share: covered as f64 / census.events.max(1) as f64,
            names_total: census.units_seen() as u64,
            steps: kept.len() as u64,
            stages_from,
            order_agreement: sighting.agreement(&order),
            left_out: census.left_out(&units, &kept),
        },
        map,
    })
}

#[cfg(test)]
mod tests;
