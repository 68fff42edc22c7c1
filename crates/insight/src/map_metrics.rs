//! A map's live numbers: who is at each step, for how long, where they go, and what the map misses.
//!
//! Every count of people is made of marks, and [`map_people`] looks for the same marks,
//! so a list is always as long as its number says. `docs/concepts/maps.md` tells what each means.

mod marks;
mod packed;
mod path;
mod plan;
mod tally;
mod whereabouts;

use serde::Serialize;
use throughline_model::{Channel, EventName, Map, ProfileId, Timestamp, Zone, report::ReportFault};
use utoipa::ToSchema;

use crate::{ask::AskError, scan::scan, view::View};

use marks::Marks;
pub use marks::{MapSelect, StepPart};
use path::Path;
use plan::Plan;
use tally::Tally;
pub use whereabouts::map_stages;

/// Everything that a map shows of the log, with what it depends on.
///
/// A share of nothing is 0.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MapNumbers {
    pub range: MapRange,
    /// What counted as now.
    pub asked: Timestamp,
    /// When the snapshot was taken that was asked.
    pub taken: Timestamp,
    /// Position in the link log: who counts as one profile.
    pub links: u64,
    /// Profiles with an event in scope: in the range, and passing the map's filter.
    pub profiles: u64,
    /// Events in scope.
    pub events: u64,
    /// Profiles with at least one event on the map: what shares of people are of.
    pub base: u64,
    /// Experiences with at least one event on the map.
    pub experiences: u64,
    /// Profiles that reached the goal.
    pub goal: u64,
    pub stages: Vec<StageNumbers>,
    /// In drawing order.
    pub steps: Vec<StepNumbers>,
    /// Transitions that happened, by their two steps in drawing order.
    pub transitions: Vec<TransitionNumbers>,
    pub coverage: Coverage,
}

/// The instants that a map covers, and the zone of its days.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MapRange {
    pub from: Timestamp,
    pub to: Timestamp,
    #[schema(value_type = String)]
    pub zone: Zone,
}

/// Profiles with an event at any step of a stage; the share is of the base.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StageNumbers {
    pub stage: String,
    pub people: u64,
    pub share: f64,
}

/// The numbers of one step.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StepNumbers {
    pub step: String,
    /// With an event at the step; the share is of the base.
    pub people: u64,
    pub share: f64,
    /// At the step before in drawing order, and then here; the share is of those before. 0 at the first step.
    pub from_previous: u64,
    pub from_previous_share: f64,
    /// Who reached the goal at this step or after it in the same experience; the share is of the step's people.
    pub goal: u64,
    pub goal_share: f64,
    /// Who came back after another step; the share is of the step's people.
    pub returns: u64,
    pub return_share: f64,
    /// Whose last step this was, without the goal, and who are silent since; the share is of the step's people.
    pub exits: u64,
    pub exit_share: f64,
    /// Whose last step this is so far, and who were active of late.
    pub open: u64,
    /// Whose last step this was, with the goal reached in the same experience.
    pub finished: u64,
    /// Who began here.
    pub entries: u64,
    /// Events at the step.
    pub events: u64,
    pub visits: StepVisits,
    /// From the first step of an experience to the first visit here.
    pub reach: Option<Spread>,
    /// From the beginning of a stay here to the next other step, of stays that were left.
    pub leave: Option<Spread>,
    /// By share; shares are of the step's events and add up to 1.
    pub channels: Vec<ChannelShare>,
}

/// Instants at a step, and what became of them: `all = onward + exited + open + finished`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepVisits {
    pub all: u64,
    /// That an experience begins with.
    pub first: u64,
    /// Followed by a visit, here or elsewhere.
    pub onward: u64,
    pub exited: u64,
    pub open: u64,
    pub finished: u64,
}

/// Quantiles that were observed; from 24 days on to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Spread {
    pub n: u64,
    pub median_ms: i64,
    pub p90_ms: i64,
}

/// One channel of a step's events.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChannelShare {
    pub channel: Channel,
    pub events: u64,
    pub share: f64,
    pub people: u64,
}

/// From a visit to the next one on the map.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TransitionNumbers {
    pub from: String,
    pub to: String,
    pub kind: TransitionKind,
    pub visits: u64,
    /// Of the visits to the step that is left.
    pub share: f64,
    /// Without an event in between that the map does not show.
    pub direct: u64,
    pub people: u64,
    pub median_ms: i64,
    pub p90_ms: i64,
}

/// How a transition lies in the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransitionKind {
    Forward,
    /// To the same step again.
    Loop,
    /// To an earlier step.
    Return,
}

/// How much of what customers do is on the map.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Coverage {
    pub events_on_map: u64,
    /// Of the events in scope.
    pub events_share: f64,
    /// Profiles all of whose events are on the map.
    pub people_whole: u64,
    /// Of the profiles in scope.
    pub paths_share: f64,
    /// Events that the map does not show, by frequency.
    pub unexplained: Vec<Unexplained>,
    /// Events of further names that are not listed.
    pub unexplained_rest: u64,
}

/// Events of one name that the map does not show.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Unexplained {
    pub name: EventName,
    pub events: u64,
    /// Of the events in scope.
    pub share: f64,
    pub profiles: u64,
    /// The step that most often came before; none where it is the beginning.
    pub mostly_after: Option<String>,
    pub mostly_after_events: u64,
}

/// Works a map out in one walk over the log.
pub fn map_metrics(view: &View<'_>, map: &Map, now: Timestamp) -> Result<MapNumbers, AskError> {
    check(view, map)?;
    let plan = Plan::new(view, map, now)?;
    let marks = Marks::of(&plan);
    let states = scan(
        view.snapshot,
        view.cancel,
        || (Path::default(), Tally::new(&plan, &marks)),
        |(path, tally), rows| {
            if path.walk(&plan, rows) {
                tally.add(&plan, &marks, path);
            }
        },
    )?;
    let mut total = Tally::new(&plan, &marks);
    for (_, tally) in states {
        total.merge(tally);
    }
    let mut numbers = total.numbers(&plan, &marks, map);
    numbers.asked = now;
    numbers.taken = view.snapshot.taken;
    numbers.links = view.snapshot.links;
    Ok(numbers)
}

/// The profiles behind one number of a map, sorted.
pub fn map_people(
    view: &View<'_>,
    map: &Map,
    select: &MapSelect,
    now: Timestamp,
) -> Result<Vec<ProfileId>, AskError> {
    check(view, map)?;
    let plan = Plan::new(view, map, now)?;
    let marks = Marks::of(&plan);
    let wanted = marks.find(view, map, select)?;
    let states = scan(
        view.snapshot,
        view.cancel,
        || (Path::default(), Vec::new()),
        |(path, profiles), rows| {
            if path.walk(&plan, rows) {
                let mut is_hit = false;
                marks.each(&plan, path, &mut |mark| is_hit |= mark == wanted);
                if is_hit {
                    profiles.push(rows.profile);
                }
            }
        },
    )?;
    let mut profiles: Vec<ProfileId> = states.into_iter().flat_map(|(_, it)| it).collect();
    profiles.sort_unstable();
    Ok(profiles)
}

/// A map that is not sound, or that names touchpoints that are gone, has no numbers.
fn check(view: &View<'_>, map: &Map) -> Result<(), AskError> {
    let mut faults: Vec<ReportFault> = map
        .check()
        .into_iter()
        .map(|fault| ReportFault {
            place: fault.place,
            message: fault.message,
        })
        .collect();
    let goal = ("goal".to_owned(), &map.goal);
    let steps = map
        .steps()
        .map(|step| (format!("steps.{}.matcher", step.id), &step.matcher));
    for (place, matcher) in std::iter::once(goal).chain(steps) {
        for id in &matcher.signals {
            if !view.vocabulary.signals.iter().any(|it| it.id == *id) {
                faults.push(ReportFault {
                    place: place.clone(),
                    message: format!("names the signal `{id}`, which does not exist"),
                });
            }
        }
        for id in &matcher.touchpoints {
            if !view.vocabulary.touchpoints.iter().any(|it| it.id == *id) {
                faults.push(ReportFault {
                    place: place.clone(),
                    message: format!("names the touchpoint `{id}`, which does not exist"),
                });
            }
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(AskError::Faults(faults))
    }
}

#[cfg(test)]
mod tests;
