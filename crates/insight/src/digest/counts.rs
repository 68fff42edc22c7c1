//! Events and profiles over time.

use throughline_model::{By, Field, report::Report};

use super::{Amount, Body, DigestLine, DigestPoint, DigestRow, Form, Quantity, RowLabel, bar};
use crate::{
    ask::Answer,
    kernel::counts::{CountsAnswer, Series},
    labels::Label,
    select::{
        Select,
        counts::{CountsSelect, SeriesName},
    },
};

pub(super) fn body(answer: &Answer, counts: &CountsAnswer) -> Body {
    let by = match &answer.report {
        Report::Counts(report) if report.breakdown.is_some() => report.breakdown.clone(),
        Report::Counts(report) if report.series.is_empty() => Some(By::Field(Field::Event)),
        _ => None,
    };
    let mut body = Body {
        figures: vec![
            Amount::count(counts.total.events).named(Quantity::Events),
            Amount::profiles(
                counts.total.profiles,
                Select::Counts(CountsSelect::default()),
            )
            .named(Quantity::Profiles),
        ],
        by,
        ..Body::default()
    };
    if let [only] = counts.series.as_slice()
        && only.label.is_none()
    {
        if counts.points.len() > 1 {
            body.line = Some(line(counts, only));
        }
        return body;
    }
    let mut series: Vec<&Series> = counts.series.iter().collect();
    series.sort_by_key(|it| (is_rest(it), std::cmp::Reverse(it.total.events)));
    let most = series.iter().map(|it| it.total.events).max().unwrap_or(0);
    body.columns = vec![Quantity::Events, Quantity::Profiles];
    body.rows = series.iter().map(|it| row(it, most)).collect();
    body.more = answer.left_out.capped;
    body
}

fn line(counts: &CountsAnswer, series: &Series) -> DigestLine {
    let points = counts.points.iter().zip(&series.points);
    DigestLine {
        name: Quantity::Events,
        form: Form::Count,
        points: points
            .map(|(point, count)| DigestPoint {
                from: point.from,
                value: count.events as f64,
                is_partial: point.is_partial,
            })
            .collect(),
    }
}

fn row(series: &Series, most: u64) -> DigestRow {
    let name = match &series.name {
        SeriesName::Name(name) => RowLabel::Name(name.clone()),
        SeriesName::Rest => RowLabel::Line(Label::Rest),
    };
    let label = match &series.label {
        Some(label) => RowLabel::Line(label.clone()),
        None => name,
    };
    let select = CountsSelect {
        series: Some(series.name.clone()),
        label: series.label.clone(),
        point: None,
    };
    DigestRow {
        label,
        bar: bar(series.total.events, most),
        cells: vec![
            Amount::count(series.total.events),
            Amount::profiles(series.total.profiles, Select::Counts(select)),
        ],
    }
}

fn is_rest(series: &Series) -> bool {
    series.name == SeriesName::Rest || series.label == Some(Label::Rest)
}
