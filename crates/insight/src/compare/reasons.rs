//! Whether people of both sides give up for the same reasons.

use super::figure::{FigureName, FigureOf, FigureUnit, Figures, Measure};
use crate::{
    kernel::{
        funnel::Share,
        reasons::{ReasonAnswer, ReasonsAnswer},
    },
    select::{
        Select,
        why::{ReasonPart, ReasonsSelect},
    },
};

pub(super) fn figures(figures: &mut Figures<'_>, a: &ReasonsAnswer, b: &ReasonsAnswer) {
    let mut whole = |of, share: fn(&ReasonsAnswer) -> Share, select| {
        let shares = [a, b].map(|it| Measure::share(share(it)));
        figures.shares(of, Vec::new(), shares, Select::Reasons { of: select });
    };
    whole(
        FigureOf::ReasonsGaveUp,
        |it| it.gave_up,
        ReasonsSelect::GaveUp,
    );
    whole(
        FigureOf::ReasonsUnknown,
        |it| it.unknown,
        ReasonsSelect::Unknown,
    );
    // Both sides have all reasons of the report.
    for it in &a.reasons {
        let found = [a, b].map(|answer| find(answer, &it.name));
        let names = || vec![FigureName::Text(it.name.clone())];
        let select = || {
            let of = ReasonsSelect::Of {
                reason: it.name.clone(),
                part: ReasonPart::GaveUp,
            };
            Some(Select::Reasons { of })
        };
        let met = found.map(|found| {
            let met = found.map_or(Measure::unknown(0), |it| Measure::share(it.gave_up));
            (met, select())
        });
        figures.push(FigureOf::ReasonMet, names(), FigureUnit::Share, met);
        let contrasts = found.map(|found| found.and_then(|it| it.compared.as_ref()));
        if contrasts.iter().any(Option::is_some) {
            let effects = contrasts.map(|it| (Measure::contrast(it), select()));
            figures.push(FigureOf::ReasonEffect, names(), FigureUnit::Points, effects);
        }
    }
}

fn find<'a>(answer: &'a ReasonsAnswer, name: &str) -> Option<&'a ReasonAnswer> {
    answer.reasons.iter().find(|it| it.name == name)
}
