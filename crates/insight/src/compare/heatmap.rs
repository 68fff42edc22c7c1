//! Where the people of each side crowd.

use super::figure::{FigureName, FigureOf, Figures, Measure};
use crate::{
    kernel::heatmap::{HeatCell, HeatPlace, HeatmapAnswer},
    select::{HeatPart, HeatSelect, Select},
};

pub(super) fn figures(figures: &mut Figures<'_>, a: &HeatmapAnswer, b: &HeatmapAnswer) {
    let has_goal = a.total.mature + a.total.immature + b.total.mature + b.total.immature > 0;
    let rows = both(
        places(a, |it| it.rows.iter().map(|it| &it.place).collect()),
        b,
        |it| it.rows.iter().map(|it| &it.place).collect(),
    );
    let columns = both(
        places(a, |it| it.columns.iter().map(|it| &it.place).collect()),
        b,
        |it| it.columns.iter().map(|it| &it.place).collect(),
    );
    for row in &rows {
        for column in &columns {
            let cells = [a, b].map(|it| cell(it, row, column));
            if cells.iter().all(|it| it.is_none_or(|it| it.events == 0)) {
                continue;
            }
            let names = vec![
                FigureName::Heat(Some((*row).clone())),
                FigureName::Heat(Some((*column).clone())),
            ];
            let wholes = [a, b].map(|it| it.total.profiles);
            let select = |part, is_there: bool| {
                let select = HeatSelect {
                    row: Some((*row).clone()),
                    column: Some((*column).clone()),
                    part,
                };
                is_there.then_some(Select::Heatmap(select))
            };
            let side = |index: usize| {
                let part = cells[index].map_or(0, |it| it.profiles);
                let measure = Measure::Share {
                    part,
                    whole: wholes[index],
                };
                (measure, select(HeatPart::Met, cells[index].is_some()))
            };
            let unit = super::figure::FigureUnit::Share;
            figures.push(
                FigureOf::HeatProfiles,
                names.clone(),
                unit,
                [side(0), side(1)],
            );
            if !has_goal {
                continue;
            }
            let side = |index: usize| {
                let (part, whole) = cells[index].map_or((0, 0), |it| (it.converted, it.mature));
                let people = select(HeatPart::Converted, cells[index].is_some());
                (Measure::Share { part, whole }, people)
            };
            figures.push(FigureOf::HeatConverted, names, unit, [side(0), side(1)]);
        }
    }
}

fn places<'a>(
    answer: &'a HeatmapAnswer,
    of: impl Fn(&'a HeatmapAnswer) -> Vec<&'a HeatPlace>,
) -> Vec<&'a HeatPlace> {
    of(answer)
}

/// The places of the first side, then those that only the second has; the rest of a field is not one place.
fn both<'a>(
    mut places: Vec<&'a HeatPlace>,
    b: &'a HeatmapAnswer,
    of: impl Fn(&'a HeatmapAnswer) -> Vec<&'a HeatPlace>,
) -> Vec<&'a HeatPlace> {
    for place in of(b) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places.retain(|it| **it != HeatPlace::Label(crate::labels::Label::Rest));
    places
}

fn cell<'a>(
    answer: &'a HeatmapAnswer,
    row: &HeatPlace,
    column: &HeatPlace,
) -> Option<&'a HeatCell> {
    let column = answer.columns.iter().position(|it| it.place == *column)?;
    let row = answer.rows.iter().find(|it| it.place == *row)?;
    row.cells.get(column)
}
