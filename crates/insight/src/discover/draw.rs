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
    let centers: Vec<f64> = known
        .iter()
        .map(|stage| center(order, &told, *stage))
        .collect();
    for (rank, unit) in order.units.iter().enumerate() {
        let index = match told[rank] {
            Some(stage) => known.iter().position(|it| *it == stage),
            None => near(&centers, order.places[*unit]),
        };
        drawn[index.expect("there are stages, and those of steps are known")]
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

/// Where the steps of a stage lie on the way: the median.
fn center(order: &Order, told: &[Option<usize>], stage: usize) -> f64 {
    let steps = order.units.iter().zip(told);
    let mut places: Vec<f64> = steps
        .filter(|(_, its)| **its == Some(stage))
        .map(|(unit, _)| order.places[*unit])
        .collect();
    places.sort_by(f64::total_cmp);
    places[(places.len() - 1) / 2]
}

/// The stage whose center is closest to a place; the earlier one of two.
fn near(centers: &[f64], place: f64) -> Option<usize> {
    let distance = |index: &usize| (centers[*index] - place).abs();
    (0..centers.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
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
