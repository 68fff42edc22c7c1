//! What happens when profiles change the channel, against those who were as far and did not change.
//!
//! Each act of a profile is followed to its next one. Who changes the channel with it is compared with those who
//! were at the same act of a stay, in the same stage and channel, had been as quiet since, and did not: the share of
//! them that went on, in the proportions of those who changed, is what was to be expected. It describes; it does not
//! prove a cause.

mod compare;
mod tally;
mod walk;

use serde::{Deserialize, Serialize};
use throughline_model::{Channel, ProfileId, Timestamp, channels::Switches, limits};
use throughline_predict::Interval;
use utoipa::ToSchema;

use self::{
    compare::Comparisons,
    tally::{Cell, Key, Leave, Tally},
    walk::{Move, Room, Walker},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    lives::{LivesCount, is_beyond},
    passes::Passes,
    scan::scan,
    select::ways::{SwitchPart, SwitchesSelect},
    sequence::Element,
    view::View,
};

/// Every change of channel, over all stages and in each.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SwitchesAnswer {
    /// Up to when profiles were followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    /// True when there are so many switches that gaps are rounded by up to 0.2 %.
    pub is_rounded: bool,
    /// Names of events that were taken for contacts, as the report names none.
    pub contacts: Vec<String>,
    pub stages: Vec<Element>,
    /// All acts of the range, those in no known channel apart.
    pub acts: Passes,
    pub unplaced: Passes,
    /// By stage and channel that profiles acted in; all stages first, then those before any stage.
    pub leaves: Vec<Leaving>,
    /// In the same order, then by the channel that profiles changed to.
    pub switches: Vec<Switching>,
    /// What reaching the goal was worth; none when the report does not ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worth: Option<GoalWorth>,
}

/// In which stage profiles were when they acted.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AtStage {
    /// In any, or in none.
    #[default]
    Any,
    /// In none yet.
    Before,
    /// The id of a stage.
    Stage(String),
}

/// The acts in one channel: each was followed by a switch, or the profile stayed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Leaving {
    pub at: AtStage,
    pub from: Channel,
    pub acts: Passes,
    pub switched: Passes,
    /// Of those, switches that nobody would see if identities had not been merged: no identity did both acts.
    pub merged: Passes,
    pub stayed: Passes,
    /// Profiles by the first act after which they stayed.
    pub stayers: SwitchOutcome,
}

/// Profiles by what came of one act of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SwitchOutcome {
    /// Whose time to go on is over.
    pub mature: u64,
    /// Of those.
    pub went_on: u64,
    /// Who may still go on, and are in no share.
    pub immature: u64,
}

/// One channel changed for another.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Switching {
    pub at: AtStage,
    pub from: Channel,
    pub to: Channel,
    pub switches: Passes,
    /// Of those, switches that only merged identities show.
    pub merged: Passes,
    /// Time from the last act in the one channel to the first in the other: half of the switches took no longer.
    pub median_ms: i64,
    /// Nine of ten took no longer.
    pub p90_ms: i64,
    /// Switches by how long they took, in the lengths of [`GAPS`].
    pub gaps: Vec<u64>,
    /// Profiles by their first such switch.
    pub outcome: SwitchOutcome,
    /// None where nobody can go on, and where nobody who is like them stayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
}

/// Those who switched, against those who were as far and stayed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Against {
    /// Mature profiles that have somebody to be compared with, and how many of them went on.
    pub profiles: u64,
    pub went_on: u64,
    pub share: f64,
    /// The share that was to be expected.
    pub expected_share: f64,
    /// The share less the expected one.
    pub difference: f64,
    /// Widened for all comparisons of the same table, so that the largest is not a finding by chance.
    pub interval: Interval,
    /// Profiles that were expected to go on and did not; below zero when more did than were expected.
    pub lost: f64,
    /// What those are worth at the mean value of the goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_value: Option<f64>,
}

/// The goal in the range, and what it was worth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct GoalWorth {
    pub reached: u64,
    /// Of those that say what they are worth.
    pub valued: u64,
    pub value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
}

/// Ends of the lengths that gaps are counted in; the last length has none. A gap that is an end lies before it.
pub const GAPS: [i64; 7] = [
    60_000,
    5 * 60_000,
    30 * 60_000,
    2 * 3_600_000,
    12 * 3_600_000,
    86_400_000,
    3 * 86_400_000,
];

pub(crate) fn answer(
    view: &View<'_>,
    report: &Switches,
    when: &When,
) -> Result<Counted<SwitchesAnswer>, AskError> {
    let walker = Walker::new(view, report, when)?;
    let lives_count = LivesCount::default();
    let states = scan(
        view.snapshot,
        view.cancel,
        || (Tally::new(walker.stages_count()), Room::default()),
        |(tally, room), rows| {
            let seen = walker.visit(rows, room, &mut |one| {
                tally.add(rows.profile, &one, &lives_count);
            });
            tally.see(&seen);
        },
    )?;
    let mut tally = Tally::new(walker.stages_count());
    for (state, _) in states {
        tally.merge(state);
    }
    let worth = report.value.is_some().then(|| tally.worth());
    let comparisons = Comparisons::of(&tally, &walker, worth.and_then(|it| it.mean));
    let is_rounded = is_beyond(tally.switches_count());
    let immature = comparisons.immature;
    let leaves = (tally.leaves())
        .map(|((stage, from), leave)| leaving(&walker, stage, from, leave))
        .collect();
    let acts = tally.acts.passes;
    let unplaced = tally.unplaced.passes;
    let n = tally.profiles;
    let switches = (tally.into_cells())
        .map(|(key, cell)| {
            let against = comparisons.get(&key);
            switching(&walker, key, cell, against, is_rounded)
        })
        .collect();
    Ok(Counted {
        n,
        left_out: LeftOut {
            immature,
            ..LeftOut::default()
        },
        numbers: SwitchesAnswer {
            followed_to: Timestamp(walker.end),
            is_rounded,
            contacts: walker.meetings.names().to_vec(),
            stages: walker.stages.clone(),
            acts,
            unplaced,
            leaves,
            switches,
            worth,
        },
    })
}

fn leaving(walker: &Walker<'_>, stage: u8, from: Channel, leave: &Leave) -> Leaving {
    Leaving {
        at: walker.at(stage),
        from,
        acts: leave.acts.passes,
        switched: leave.switched.passes,
        merged: leave.merged.passes,
        stayed: leave.stayed.passes,
        stayers: leave.stayers,
    }
}

fn switching(
    walker: &Walker<'_>,
    key: Key,
    cell: Cell,
    against: Option<Against>,
    is_rounded: bool,
) -> Switching {
    let curve = cell.lives.curve(is_rounded);
    // Every gap has ended, so the time by which so many have is always known.
    let quantile = |permille| curve.quantile(permille).unwrap_or_default();
    Switching {
        at: walker.at(key.stage),
        from: key.from,
        to: key.to,
        switches: cell.switches.passes,
        merged: cell.merged.passes,
        median_ms: quantile(500),
        p90_ms: quantile(900),
        gaps: cell.gaps.to_vec(),
        outcome: cell.outcome,
        against,
    }
}

pub(crate) fn people(
    view: &View<'_>,
    report: &Switches,
    select: &SwitchesSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let walker = Walker::new(view, report, when)?;
    let wanted = Wanted::of(&walker, select)?;
    let states = scan(
        view.snapshot,
        view.cancel,
        || (Vec::new(), Room::default()),
        |(profiles, room), rows| {
            let mut found = None;
            let seen = walker.visit(rows, room, &mut |one| wanted.see(&one, &mut found));
            let is_hit = match select.part {
                SwitchPart::Acted if wanted.from.is_none() => seen.acts > 0,
                SwitchPart::Unplaced => seen.unplaced > 0,
                part => found.is_some_and(|one| fits(part, &one)),
            };
            if is_hit {
                profiles.push(rows.profile);
            }
        },
    )?;
    let mut profiles: Vec<ProfileId> = states.into_iter().flat_map(|it| it.0).collect();
    profiles.sort_unstable();
    Ok(profiles)
}

/// Which moves a selection is about. The first of a profile says what came of it.
struct Wanted {
    /// None means every stage.
    stage: Option<u8>,
    from: Option<Channel>,
    to: Option<Channel>,
    part: SwitchPart,
}

impl Wanted {
    fn of(walker: &Walker<'_>, select: &SwitchesSelect) -> Result<Self, AskError> {
        let fault = |message: &str| Err(AskError::fault("select", message));
        let stage = match &select.at {
            AtStage::Any => None,
            AtStage::Before => Some(0),
            AtStage::Stage(id) => match walker.stages.iter().position(|it| it.id == *id) {
                Some(index) => Some(u8::try_from(index + 1).expect("few stages")),
                None => return fault("names a stage that the vocabulary does not have"),
            },
        };
        let is_of_all = matches!(select.part, SwitchPart::Acted | SwitchPart::Unplaced);
        if select.from.is_none() && !(is_of_all && select.to.is_none() && stage.is_none()) {
            return fault("needs the channel that profiles acted in");
        }
        if select.part == SwitchPart::Unplaced && select.from.is_some() {
            return fault("asks for acts in no known channel and names a channel");
        }
        if select.to.is_some() && matches!(select.part, SwitchPart::Acted | SwitchPart::Stayed) {
            return fault("names a channel to switch to and does not ask for switches");
        }
        Ok(Self {
            stage,
            from: select.from,
            to: select.to,
            part: select.part,
        })
    }

    fn see(&self, one: &Move, found: &mut Option<Move>) {
        let is_from = self.from == Some(one.from) && self.stage.is_none_or(|it| it == one.stage);
        let to = one.to.map(|it| it.channel);
        let is_wanted = match (self.part, self.to) {
            (SwitchPart::Acted, _) => true,
            (SwitchPart::Merged, wanted) => {
                let merged = one.to.filter(|it| it.is_merged);
                merged.is_some_and(|it| wanted.is_none_or(|wanted| wanted == it.channel))
            }
            (SwitchPart::Switched, None) => to.is_some(),
            (_, None) => to.is_none(),
            (_, Some(wanted)) => to == Some(wanted),
        };
        if is_from && is_wanted && found.is_none() {
            *found = Some(*one);
        }
    }
}

fn fits(part: SwitchPart, one: &Move) -> bool {
    match part {
        SwitchPart::Acted | SwitchPart::Switched | SwitchPart::Merged | SwitchPart::Stayed => true,
        SwitchPart::WentOn => one.is_mature && one.goes_on,
        SwitchPart::DidNot => one.is_mature && !one.goes_on,
        SwitchPart::Immature => !one.is_mature,
        SwitchPart::Unplaced => false,
    }
}

/// Numbers of stages: 0 is before any, and this stands for all of them.
const ANY: u8 = u8::MAX;
const _: () = assert!(limits::STAGES_MAX < ANY as usize);

#[cfg(test)]
mod tests;
