//! Where the people of each side crowd.

use super::figure::{FigureName, FigureOf, FigureUnit, Figures, Measure, both};
use crate::{
    kernel::heatmap::{HeatCell, HeatPlace, HeatmapAnswer},
    labels::Label,
    select::{
        Select,
        counts::{HeatPart, HeatSelect},
    },
};

pub(super) fn figures(figures: &mut Figures<'_>, a: &HeatmapAnswer, b: &HeatmapAnswer) {
    let has_goal = a.total.mature + a.total.immature + b.total.mature + b.total.immature > 0;
    let [of_a, of_b] = [a, b].map(|it| it.rows.iter().map(|it| &it.place));
    let rows = places(of_a, of_b);
    let [of_a, of_b] = [a, b].map(|it| it.columns.iter().map(|it| &it.place));
    let columns = places(of_a, of_b);
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
            let unit = FigureUnit::Share;
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

/// The rest of a field is not one place.
fn places<'a>(
    a: impl Iterator<Item = &'a HeatPlace>,
    b: impl Iterator<Item = &'a HeatPlace>,
) -> Vec<&'a HeatPlace> {
    let mut places = both(a, b);
    places.retain(|it| **it != HeatPlace::Label(Label::Rest));
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
