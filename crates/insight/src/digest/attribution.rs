//! Credit by the first model of the report.

use throughline_model::report::Report;

use super::{Amount, Body, DigestRow, Form, Quantity, RowLabel};
use crate::{
    ask::Answer,
    kernel::attribution::AttributionAnswer,
    labels::Label,
    select::{Select, why::AttributionSelect},
};

pub(super) fn body(answer: &Answer, numbers: &AttributionAnswer) -> Body {
    let by = match &answer.report {
        Report::Attribution(report) => Some(report.by.clone().into()),
        _ => None,
    };
    let mut lines: Vec<_> = (numbers.lines.iter())
        .filter_map(|line| Some((line, line.credit.first()?)))
        .collect();
    lines.sort_by(|(one, a), (other, b)| {
        let is_rest = |label: &Label| *label == Label::Rest;
        (is_rest(&one.label).cmp(&is_rest(&other.label)))
            .then(b.conversions.total_cmp(&a.conversions))
    });
    let most = lines.first().map_or(0.0, |(_, credit)| credit.conversions);
    let select = |of| Select::Attribution { of };
    Body {
        figures: vec![
            Amount::count(numbers.total.passes.times).named(Quantity::Conversions),
            Amount::profiles(
                numbers.total.passes.profiles,
                select(AttributionSelect::Converted),
            )
            .named(Quantity::Profiles),
        ],
        by,
        model: numbers.models.first().copied(),
        columns: vec![Quantity::Credit, Quantity::Share, Quantity::Profiles],
        rows: (lines.into_iter())
            .map(|(line, credit)| DigestRow {
                label: RowLabel::Line(line.label.clone()),
                bar: if most > 0.0 {
                    credit.conversions / most
                } else {
                    0.0
                },
                cells: vec![
                    Amount {
                        form: Form::Amount,
                        value: Some(credit.conversions),
                        ..Amount::default()
                    },
                    Amount {
                        form: Form::Share,
                        value: Some(credit.share),
                        ..Amount::default()
                    },
                    Amount::profiles(
                        line.on_path.profiles,
                        select(AttributionSelect::OnPath(line.label.clone())),
                    ),
                ],
            })
            .collect(),
        more: answer.left_out.capped,
        ..Body::default()
    }
}
