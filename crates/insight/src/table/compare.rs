//! Figures of two sides in pairs.

use super::{Cell, Column, Table, Unit, bounds, value_text, word};
use crate::{
    compare::{CandidateOf, Comparison, Figure, FigureName, FigureUnit},
    kernel::{heatmap::HeatPlace, lift::LiftArm, switches::AtStage},
    labels::Label,
    select::counts::SeriesName,
};

/// One row for each figure, with both sides, the difference and its bounds.
pub fn comparison_table(comparison: &Comparison) -> Table {
    let mut table = Table::new(
        "comparison",
        [
            Column::text("figure"),
            Column::text("of"),
            Column::text("unit"),
            Column::real("a", Unit::None),
            Column::whole("a_n", Unit::Units),
            Column::real("a_low", Unit::None),
            Column::real("a_high", Unit::None),
            Column::real("b", Unit::None),
            Column::whole("b_n", Unit::Units),
            Column::real("b_low", Unit::None),
            Column::real("b_high", Unit::None),
            Column::real("difference", Unit::None),
            Column::real("difference_low", Unit::None),
            Column::real("difference_high", Unit::None),
            Column::flag("is_small"),
        ],
    );
    for figure in &comparison.figures {
        table.push(row(figure));
    }
    table
}

fn row(figure: &Figure) -> Vec<Cell> {
    let names: Vec<String> = figure.names.iter().map(name).collect();
    let unit = match figure.unit {
        FigureUnit::Share => "share",
        FigureUnit::Points => "difference of shares",
        FigureUnit::Milliseconds => "ms",
        FigureUnit::PerProfile => "events per profile",
        FigureUnit::WorthPerProfile => "value per profile",
        FigureUnit::Plain => "",
    };
    let mut row = vec![word(&figure.of), names.join(" | ").into(), unit.into()];
    for side in [&figure.a, &figure.b] {
        row.extend([side.value.into(), side.n.into()]);
        row.extend(bounds(side.interval));
    }
    row.push(figure.difference.into());
    row.extend(bounds(figure.interval));
    row.push(figure.is_small.into());
    row
}

fn name(name: &FigureName) -> String {
    match name {
        FigureName::Text(text) => text.clone(),
        FigureName::Element { name, .. } => name.clone(),
        FigureName::Label(Label::Value(value)) => value_text(value),
        FigureName::Label(Label::NotSet) => "not_set".to_owned(),
        FigureName::Label(Label::Rest) | FigureName::Series(SeriesName::Rest) => "rest".to_owned(),
        FigureName::Series(SeriesName::Name(name)) => name.clone(),
        FigureName::Channel(channel) => channel.name().to_owned(),
        FigureName::Stage(AtStage::Any) => "any stage".to_owned(),
        FigureName::Stage(AtStage::Before) => "before any stage".to_owned(),
        FigureName::Stage(AtStage::Stage(id)) => id.clone(),
        FigureName::Model(model) => match serde_json::to_value(model) {
            Ok(serde_json::Value::String(word)) => word,
            Ok(other) => other.to_string(),
            Err(_) => String::new(),
        },
        FigureName::Heat(place) => heat(place.as_ref()),
        FigureName::Candidate { of, field, label } => {
            let value = self::name(&FigureName::Label(label.clone()));
            let at = match of {
                CandidateOf::AtEntry => "at entry: ",
                CandidateOf::OnTheWay | CandidateOf::Trait | CandidateOf::Choice => "",
            };
            format!("{at}{field} {value}")
        }
        FigureName::Width(class) => class.name().to_owned(),
        FigureName::Depth(px) => format!("{px} px"),
        FigureName::Arm(LiftArm::Value(value)) => value_text(value),
        FigureName::Arm(LiftArm::Treated) => "treated".to_owned(),
        FigureName::Arm(LiftArm::Control) => "control".to_owned(),
        FigureName::AtLeast(units) => format!("at least {units}"),
        FigureName::Column { from, to: None } => format!("period {from} on"),
        FigureName::Column { from, to: Some(to) } if from == to => format!("period {from}"),
        FigureName::Column { from, to: Some(to) } => format!("periods {from} to {to}"),
        FigureName::Points { a, b } if a == b => a.to_string(),
        FigureName::Points { a, b } => format!("{a} against {b}"),
    }
}

fn heat(place: Option<&HeatPlace>) -> String {
    match place {
        None => "all".to_owned(),
        Some(HeatPlace::Hour(hour)) => format!("hour {hour}"),
        Some(HeatPlace::Weekday(day)) => format!("weekday {day}"),
        Some(HeatPlace::Label(label)) => name(&FigureName::Label(label.clone())),
        Some(HeatPlace::Step(name) | HeatPlace::People(name)) => name.clone(),
    }
}
