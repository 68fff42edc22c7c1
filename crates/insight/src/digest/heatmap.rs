//! Where things crowd, row by row.

use throughline_model::{heatmap::HeatAxis, report::Report};

use super::{Amount, Body, DigestRow, Quantity, RowLabel, bar};
use crate::{
    ask::Answer,
    kernel::heatmap::{HeatPlace, HeatRow, HeatmapAnswer},
    select::{
        Select,
        counts::{HeatPart, HeatSelect},
    },
};

pub(super) fn body(answer: &Answer, numbers: &HeatmapAnswer) -> Body {
    let Report::Heatmap(report) = &answer.report else {
        return Body::default();
    };
    let by = match &report.rows {
        HeatAxis::Field(field) => Some(field.clone()),
        _ => None,
    };
    let most = numbers.rows.iter().map(|it| it.total.events).max();
    let columns = [Quantity::Events, Quantity::Profiles, Quantity::Converted];
    let columns = columns[..2 + usize::from(report.goal.is_some())].to_vec();
    Body {
        by,
        rows: (numbers.rows.iter())
            .map(|row| DigestRow {
                label: label(&row.place),
                bar: bar(row.total.events, most.unwrap_or(0)),
                cells: cells(row, report.goal.is_some()),
            })
            .collect(),
        columns,
        ..Body::default()
    }
}

fn cells(row: &HeatRow, has_goal: bool) -> Vec<Amount> {
    let select = |part| {
        Select::Heatmap(HeatSelect {
            row: Some(row.place.clone()),
            column: None,
            part,
        })
    };
    let mut cells = vec![
        Amount::count(row.total.events),
        Amount::profiles(row.total.profiles, select(HeatPart::Met)),
    ];
    if has_goal {
        cells.push(Amount::profiles(
            row.total.converted,
            select(HeatPart::Converted),
        ));
    }
    cells
}

fn label(place: &HeatPlace) -> RowLabel {
    match place {
        HeatPlace::Hour(hour) => RowLabel::Hour(*hour),
        HeatPlace::Weekday(day) => RowLabel::Weekday(*day),
        HeatPlace::Label(label) => RowLabel::Line(label.clone()),
        HeatPlace::Step(name) | HeatPlace::People(name) => RowLabel::Name(name.clone()),
    }
}
