//! From ordered steps to a map.

use std::collections::BTreeSet;

use throughline_model::{Lane, LaneKind, Map, MapKind, Matcher, Stage, Step, report::Range};

use crate::view::View;

use super::StagesFrom;
use super::order::{Order, Sighting};
use super::segments::segments;
use super::units::{Census, Units};

/// The vocabulary's stages are used when at least this share of steps has one.
const STAGED_SHARE: f64 = 0.5;

/// A stage to be drawn: its id and title, where the vocabulary gives them, and its steps.
pub(super) struct Drawn {
    name: Option<(String, String)>,
    /// Indexes among the kept units, in order.
    steps: Vec<usize>,
}

/// Divides the ordered steps into stages.
pub(super) fn stages(
    view: &View<'_>,
    census: &Census,
    kept: &[usize],
    order: &Order,
    sighting: &Sighting,
) -> (Vec<Drawn>, StagesFrom) {
    let told: Vec<Option<usize>> = order
        .units
        .iter()
        .map(|unit| census.stage_of(kept[*unit]))
        .collect();
    let known: BTreeSet<usize> = told.iter().flatten().copied().collect();
    let share = told.iter().flatten().count() as f64 / told.len().max(1) as f64;
    if known.len() < 2 || share < STAGED_SHARE {
        return (by_traffic(order, sighting), StagesFrom::Segmentation);
    }
    let mut drawn: Vec<Drawn> = known
        .iter()
        .map(|stage| {
            let rule = &view.vocabulary.stages[*stage];
            Drawn {
                name: Some((rule.id.clone(), rule.name.clone())),
                steps: Vec::new(),
            }
        })
        .collect();
    for (rank, unit) in order.units.iter().enumerate() {
        let stage = told[rank].unwrap_or_else(|| near(order, &told, rank));
        let index = known.iter().position(|it| *it == stage);
        drawn[index.expect("stages of steps are known")]
            .steps
            .push(*unit);
    }
    (drawn, StagesFrom::Vocabulary)
}

fn by_traffic(order: &Order, sighting: &Sighting) -> Vec<Drawn> {
    let traffic = |a: usize, b: usize| sighting.traffic(order.units[a], order.units[b]);
    let mut rest = order.units.as_slice();
    segments(order.units.len(), traffic)
        .into_iter()
        .map(|length| {
            let (steps, others) = rest.split_at(length);
            rest = others;
            Drawn {
                name: None,
                steps: steps.to_vec(),
            }
        })
        .collect()
}

/// The stage of the step that lies closest on the way, of those before and behind that have one.
fn near(order: &Order, told: &[Option<usize>], rank: usize) -> usize {
    let place = |rank: usize| order.places[order.units[rank]];
    let before = (0..rank).rev().find_map(|it| Some((it, told[it]?)));
    let behind = (rank..told.len()).find_map(|it| Some((it, told[it]?)));
    match (before, behind) {
        (Some((a, stage)), Some((b, other))) => {
            let (back, ahead) = (place(rank) - place(a), place(b) - place(rank));
            if back.abs() <= ahead.abs() {
                stage
            } else {
                other
            }
        }
        (Some((_, stage)), None) | (None, Some((_, stage))) => stage,
        (None, None) => unreachable!("at least half of the steps have a stage"),
    }
}

/// Draws the map: every step bound, measured lanes first, a few lanes to write in.
pub(super) fn map(
    units: &Units<'_>,
    census: &Census,
    kept: &[usize],
    drawn: Vec<Drawn>,
    goal: &Matcher,
    range: &Range,
    title: &str,
) -> Map {
    let mut ids = BTreeSet::new();
    let stages = drawn
        .into_iter()
        .enumerate()
        .map(|(index, drawn)| {
            let steps: Vec<Step> = drawn
                .steps
                .iter()
                .map(|unit| step(units, kept[*unit], &mut ids))
                .collect();
            let (id, title) = drawn.name.unwrap_or_else(|| {
                let busiest = drawn
                    .steps
                    .iter()
                    .max_by_key(|unit| census.events_of(kept[**unit]));
                let around = busiest.map_or(String::new(), |unit| units.label(kept[*unit]).1);
                (format!("stage_{}", index + 1), around)
            });
            Stage { id, title, steps }
        })
        .collect();
    let lanes = [
        LaneKind::People,
        LaneKind::Time,
        LaneKind::Channels,
        LaneKind::Exits,
        LaneKind::Thinking,
        LaneKind::Pain,
        LaneKind::Opportunity,
    ];
    Map {
        title: title.to_owned(),
        kind: MapKind::Current,
        goal: goal.clone(),
        range: range.clone(),
        filter: None,
        pause_max: None,
        stages,
        lanes: lanes
            .into_iter()
            .map(|kind| Lane {
                kind,
                cells: Default::default(),
            })
            .collect(),
    }
}

fn step(units: &Units<'_>, unit: usize, ids: &mut BTreeSet<String>) -> Step {
    let (id, title) = units.label(unit);
    let id = (1..)
        .map(|number| match number {
            1 => id.clone(),
            _ => format!("{}_{number}", &id[..id.len().min(50)]),
        })
        .find(|id| !ids.contains(id))
        .expect("numbers do not end");
    ids.insert(id.clone());
    Step {
        id,
        title,
        matcher: units.matcher(unit),
    }
}
