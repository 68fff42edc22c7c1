//! Where things crowd: the hours of a week, or two properties of events and people against each other.
//!
//! An hour of a clock may come twice in a night or not at all, so hours and weekdays are told with how long they
//! were observed, and what is told per hour is divided by that. Every row and column has a cell for all of the other
//! axis, so that people are counted once there.

mod axis;
mod clock;
mod walk;

use serde::{Deserialize, Serialize};
use throughline_model::{ProfileId, Timestamp, heatmap::Heatmap};
use utoipa::ToSchema;

use self::walk::{Plan, Room, Tally};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    labels::Label,
    scan::scan,
    select::counts::{HeatPart, HeatSelect},
    view::View,
};

/// A table of two axes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HeatmapAnswer {
    /// Up to when conversions were followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    pub columns: Vec<HeatTotal>,
    pub rows: Vec<HeatRow>,
    /// Everything that has a place on both axes.
    pub total: HeatCell,
    /// Clocks that hours and weekdays were read from, the one that most events are of first.
    pub zones: Vec<HeatZone>,
    /// Events of the range that have no place on an axis.
    pub unplaced: u64,
}

/// One column over all rows.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HeatTotal {
    pub place: HeatPlace,
    pub total: HeatCell,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HeatRow {
    pub place: HeatPlace,
    pub total: HeatCell,
    /// One for each column.
    pub cells: Vec<HeatCell>,
}

/// Where on an axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeatPlace {
    /// 0 to 23.
    Hour(u8),
    /// 1 for Monday to 7 for Sunday.
    Weekday(u8),
    Label(Label),
    /// The name of a step.
    Step(String),
    /// The name of a group of people.
    People(String),
}

/// What happened in one place of both axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct HeatCell {
    pub events: u64,
    pub profiles: u64,
    /// Events for each hour in which clocks showed this; none where no axis is a clock, or no clock ever did.
    pub per_hour: Option<f64>,
    /// How long the company's clock showed this while events were collected; none where no axis is a clock, and where
    /// each event has a clock of its own.
    pub observed_ms: Option<i64>,
    /// Profiles whose time to convert after their first event here is over; only these have a share that converted.
    pub mature: u64,
    /// Of those, who converted at or after it, in time.
    pub converted: u64,
    /// Profiles whose time is not over.
    pub immature: u64,
}

/// A clock, and how many events were read from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeatZone {
    pub zone: String,
    pub events: u64,
    /// True for the company's, when events that name no zone were read from it.
    pub is_fallback: bool,
}

pub(crate) fn answer(
    view: &View<'_>,
    heatmap: &Heatmap,
    when: &When,
) -> Result<Counted<HeatmapAnswer>, AskError> {
    let plan = Plan::new(view, heatmap, when)?;
    let begin = || (Tally::new(&plan), Room::new(&plan));
    let states = scan(view.snapshot, view.cancel, begin, |(tally, room), rows| {
        plan.visit(rows, room);
        tally.add(&plan, room);
    })?;
    let mut tally = Tally::new(&plan);
    for (state, _) in states {
        tally.merge(&state);
    }
    let (rows, columns) = (plan.rows.names(), plan.columns.names());
    let (all_rows, all_columns) = (rows.len(), columns.len());
    let cell = |row: usize, column: usize| plan.cell(&tally, row, column);
    let total = cell(all_rows, all_columns);
    Ok(Counted {
        n: total.profiles,
        left_out: LeftOut {
            immature: total.immature,
            capped: plan.rows.capped() + plan.columns.capped(),
            ungrouped: tally.unplaced,
            ..LeftOut::default()
        },
        numbers: HeatmapAnswer {
            followed_to: Timestamp(plan.end),
            columns: (columns.into_iter().enumerate())
                .map(|(column, place)| HeatTotal {
                    place,
                    total: cell(all_rows, column),
                })
                .collect(),
            rows: (rows.into_iter().enumerate())
                .map(|(row, place)| HeatRow {
                    place,
                    total: cell(row, all_columns),
                    cells: (0..all_columns).map(|column| cell(row, column)).collect(),
                })
                .collect(),
            total,
            zones: plan.zones(&tally),
            unplaced: tally.unplaced,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    heatmap: &Heatmap,
    select: &HeatSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, heatmap, when)?;
    let place = |name: &str, names: Vec<HeatPlace>, wanted: &Option<HeatPlace>| match wanted {
        None => Ok(names.len()),
        Some(wanted) => (names.iter().position(|it| it == wanted)).ok_or_else(|| {
            AskError::fault(&format!("select.{name}"), "is not in the report's answer")
        }),
    };
    let row = place("row", plan.rows.names(), &select.row)?;
    let column = place("column", plan.columns.names(), &select.column)?;
    let wanted = plan.index(row, column);
    if select.part != HeatPart::Met && heatmap.goal.is_none() {
        return Err(AskError::fault(
            "select.part",
            "is not in the report's answer",
        ));
    }
    let begin = || (Vec::new(), Room::new(&plan));
    let states = scan(
        view.snapshot,
        view.cancel,
        begin,
        |(profiles, room), rows| {
            plan.visit(rows, room);
            if room
                .end_of(&plan, wanted)
                .is_some_and(|end| end.fits(select.part))
            {
                profiles.push(rows.profile);
            }
        },
    )?;
    let mut profiles: Vec<ProfileId> = states.into_iter().flat_map(|(it, _)| it).collect();
    profiles.sort_unstable();
    Ok(profiles)
}

#[cfg(test)]
mod tests;
