//! Series over time.

use throughline_model::report::Report;

use super::{Amount, Body, DigestLine, DigestPoint, DigestRow, Form, Quantity, RowLabel};
use crate::{
    ask::Answer,
    kernel::trends::{TrendLine, TrendsAnswer},
    select::{Select, counts::TrendsSelect},
};

pub(super) fn body(answer: &Answer, numbers: &TrendsAnswer) -> Body {
    let Report::Trends(report) = &answer.report else {
        return Body::default();
    };
    if let ([only], None) = (numbers.lines.as_slice(), &report.breakdown) {
        return Body {
            figures: vec![
                measured(only).named(Quantity::Value),
                profiles(only).named(Quantity::Profiles),
            ],
            line: (numbers.points.len() > 1).then(|| drawn(numbers, only)),
            ..Body::default()
        };
    }
    // Lines of many series by many values would not fit, so those of the first stand for them.
    let first = numbers.lines.first().map(|it| it.name.as_str());
    let is_told = |it: &&TrendLine| it.label.is_none() || Some(it.name.as_str()) == first;
    let told: Vec<&TrendLine> = numbers.lines.iter().filter(is_told).collect();
    let value = |it: &TrendLine| it.total.value.unwrap_or(0.0).abs();
    let most = told.iter().map(|it| value(it)).fold(0.0, f64::max);
    Body {
        by: report.breakdown.clone(),
        columns: vec![Quantity::Value, Quantity::Profiles],
        more: (numbers.lines.len() - told.len()) as u64 + answer.left_out.capped,
        rows: (told.into_iter())
            .map(|it| DigestRow {
                label: match &it.label {
                    Some(label) => RowLabel::Line(label.clone()),
                    None => RowLabel::Name(it.name.clone()),
                },
                // Different measures have no common scale.
                bar: match report.breakdown.is_some() && most > 0.0 {
                    true => value(it) / most,
                    false => 0.0,
                },
                cells: vec![measured(it), profiles(it)],
            })
            .collect(),
        ..Body::default()
    }
}

fn measured(line: &TrendLine) -> Amount {
    Amount {
        form: Form::Amount,
        value: line.total.value,
        ..Amount::default()
    }
}

fn profiles(line: &TrendLine) -> Amount {
    let select = Select::Trends(TrendsSelect {
        series: Some(line.name.clone()),
        label: line.label.clone(),
        point: None,
    });
    match line.total.profiles {
        Some(profiles) => Amount::profiles(profiles, select),
        None => Amount::default(),
    }
}

fn drawn(numbers: &TrendsAnswer, line: &TrendLine) -> DigestLine {
    DigestLine {
        name: Quantity::Value,
        form: Form::Amount,
        points: (numbers.points.iter().zip(&line.shown))
            .filter_map(|(point, value)| {
                Some(DigestPoint {
                    from: point.from,
                    value: (*value)?,
                    is_partial: point.is_partial,
                })
            })
            .collect(),
    }
}
