//! How long profiles stay in each stage, those that are still in it included.
//!
//! A stay begins with an event that moves a profile to a stage, and ends with one that moves it to another,
//! or by silence. A stay that has not ended is followed to the end of the log and known to last at least that long;
//! the product-limit estimator uses it for what it says and no more.

mod tally;
mod walk;

use serde::Serialize;
use throughline_model::{ProfileId, Timestamp, report::StageTime};
use throughline_predict::incidence::Incidence;
use utoipa::ToSchema;

use self::{
    tally::{SILENT, STILL_IN, Sums},
    walk::{Ending, Pauses, Plan, Stay},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    lives::{CURVE_POINTS, LivesCount, Remaining, is_beyond, remaining},
    passes::Passes,
    scan::scan_picked,
    select::ways::{NthPart, StageTimeSelect},
    sequence::Element,
    view::View,
};

/// Stays in each stage.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StageTimeAnswer {
    /// Up to when stays were followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    /// True when there are so many stays that their lengths are rounded by up to 0.2 %.
    pub is_rounded: bool,
    /// In the order of the stages.
    pub stages: Vec<StageStays>,
    /// How stays ended by how many a profile had had, whatever their stage.
    pub by_stay: Vec<NthStays>,
}

/// The first stays of profiles, or their second ones, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NthStays {
    /// From 1, over stays that begin in the range.
    pub nth: u32,
    /// True for the last one when it stands for all later ones as well.
    pub is_or_later: bool,
    pub stays: Passes,
    /// That ended in another stage.
    pub next: Passes,
    /// That ended because nothing happened any more.
    pub silent: Passes,
    /// That had not ended when the log did.
    pub still_in: Passes,
}

/// Stays in one stage.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StageStays {
    pub stage: Element,
    pub stays: Passes,
    /// Stays that had not ended when the log did.
    pub still_in: Passes,
    /// Stays that ended because nothing happened any more.
    pub silent: Passes,
    /// Stays that ended in another stage, the most frequent first.
    pub next: Vec<NextStage>,
    /// A quarter of all stays end by then; none when fewer have been seen to end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarter_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub three_quarters_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_ms: Option<i64>,
    /// The share that stays on, at falls that lie evenly over it; exact at each of them.
    pub curve: Vec<Remaining>,
    /// The share that has ended by silence, while others went on: at rises that lie evenly over it.
    /// Empty where no stay has.
    pub gave_up: Vec<GaveUp>,
}

/// How many have given up by a time, by the estimator of Aalen and Johansen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct GaveUp {
    /// The silence that tells it is part of it.
    pub ms: i64,
    pub share: f64,
    /// The interval of the share, on the log-log scale.
    pub low: f64,
    pub high: f64,
}

/// Stays of a profile that are told one by one; later ones are told together.
const NTH_MAX: usize = 12;

/// Where stays went on to.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct NextStage {
    /// Id of the stage.
    pub to: String,
    pub passes: Passes,
}

/// The rises of a share that are told.
fn gave_up(incidence: &Incidence) -> Vec<GaveUp> {
    let rises = incidence.sampled(CURVE_POINTS).into_iter();
    let points = rises.map(|rise| {
        let interval = rise.interval();
        GaveUp {
            ms: rise.time,
            share: rise.share,
            low: interval.low,
            high: interval.high,
        }
    });
    points.collect()
}

pub(crate) fn answer(
    view: &View<'_>,
    stage_time: &StageTime,
    when: &When,
) -> Result<Counted<StageTimeAnswer>, AskError> {
    let plan = Plan::new(view, stage_time, when)?;
    let count = plan.stages.len();
    let lives_count = LivesCount::default();
    let states = scan_picked(
        view.snapshot,
        view.cancel,
        &plan.picks,
        || (Sums::new(count), Pauses::default()),
        |(sums, pauses), rows, entries| {
            let mut see = |stay: Stay| sums.add(&stay, &lives_count);
            plan.follow(rows, entries, pauses, &mut see);
            sums.end_profile();
        },
    )?;
    let mut sums = Sums::new(count);
    for (state, _) in states {
        sums.merge(state);
    }
    let is_rounded = is_beyond(sums.stays_count());
    let (lives, silences) = (
        std::mem::take(&mut sums.lives),
        std::mem::take(&mut sums.silences),
    );
    let passes = |stage, ending| sums.ended(stage, ending);
    let stages = (plan.stages.iter().enumerate())
        .zip(lives)
        .zip(silences)
        .map(|(((stage, element), mut lives), mut silences)| {
            let silent = passes(stage, count + SILENT);
            lives.merge(silences.clone());
            let gave_up = match silent.times {
                0 => Vec::new(),
                _ => gave_up(&lives.incidence(&mut silences, is_rounded)),
            };
            let curve = lives.curve(is_rounded);
            let mut next: Vec<(usize, Passes)> = (0..count)
                .map(|to| (to, passes(stage, to)))
                .filter(|(_, passes)| passes.times > 0)
                .collect();
            next.sort_by_key(|(to, passes)| (std::cmp::Reverse(passes.times), *to));
            StageStays {
                stage: element.clone(),
                stays: sums.stays(stage),
                still_in: passes(stage, count + STILL_IN),
                silent,
                next: (next.into_iter())
                    .map(|(to, passes)| NextStage {
                        to: plan.stages[to].id.clone(),
                        passes,
                    })
                    .collect(),
                quarter_ms: curve.quantile(250),
                median_ms: curve.quantile(500),
                three_quarters_ms: curve.quantile(750),
                p90_ms: curve.quantile(900),
                curve: remaining(&curve),
                gave_up,
            }
        })
        .collect();
    Ok(Counted {
        n: sums.profiles,
        left_out: LeftOut::default(),
        numbers: StageTimeAnswer {
            followed_to: Timestamp(plan.end),
            is_rounded,
            stages,
            by_stay: sums.by_stay(),
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    stage_time: &StageTime,
    select: &StageTimeSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, stage_time, when)?;
    let index = |id: &str| {
        let found = plan.stages.iter().position(|it| it.id == id);
        let fault = || {
            AskError::fault(
                "select",
                format!("names `{id}`, which is no stage of the report"),
            )
        };
        found.map(|index| index as u8).ok_or_else(fault)
    };
    let meant = match select {
        StageTimeSelect::Stays(stage) => Meant::Stage(index(stage)?, None),
        StageTimeSelect::StillIn(stage) => Meant::Stage(index(stage)?, Some(Ending::StillIn)),
        StageTimeSelect::Silent(stage) => Meant::Stage(index(stage)?, Some(Ending::Silent)),
        StageTimeSelect::Next { from, to } => {
            Meant::Stage(index(from)?, Some(Ending::Next(index(to)?)))
        }
        StageTimeSelect::Nth { nth, part } => {
            let place = (*nth as usize).checked_sub(1);
            let place = place.filter(|it| *it < NTH_MAX).ok_or_else(|| {
                AskError::fault("select", format!("has an `nth` that is not 1 to {NTH_MAX}"))
            })?;
            Meant::Nth(place, *part)
        }
    };
    let states = scan_picked(
        view.snapshot,
        view.cancel,
        &plan.picks,
        || (Vec::new(), Pauses::default()),
        |(profiles, pauses), rows, entries| {
            let mut is_hit = false;
            let mut stays_before = 0;
            plan.follow(rows, entries, pauses, &mut |stay| {
                is_hit |= meant.fits(&stay, stays_before);
                stays_before += 1;
            });
            if is_hit {
                profiles.push(rows.profile);
            }
        },
    )?;
    let mut profiles: Vec<ProfileId> = (states.into_iter())
        .flat_map(|(profiles, _)| profiles)
        .collect();
    profiles.sort_unstable();
    Ok(profiles)
}

/// Which stays are asked for.
enum Meant {
    Stage(u8, Option<Ending>),
    /// By how many came before, as far as they are told apart.
    Nth(usize, NthPart),
}

impl Meant {
    fn fits(&self, stay: &Stay, stays_before: usize) -> bool {
        match self {
            Self::Stage(stage, ending) => {
                stay.stage == *stage && ending.is_none_or(|ending| ending == stay.ending)
            }
            Self::Nth(place, part) => {
                let is_part = match part {
                    NthPart::Stays => true,
                    NthPart::Next => matches!(stay.ending, Ending::Next(_)),
                    NthPart::Silent => stay.ending == Ending::Silent,
                    NthPart::StillIn => stay.ending == Ending::StillIn,
                };
                is_part && stays_before.min(NTH_MAX - 1) == *place
            }
        }
    }
}

#[cfg(test)]
mod tests;
