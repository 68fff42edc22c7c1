//! Whether the same things go with getting there on both sides.
//!
//! Effects are those against people who were as long on the way, so that they are compared and not the shares of who
//! arrives, for which those who did something had more time or less.

use throughline_model::drivers::DriverSource;

use super::figure::{CandidateOf, FigureName, FigureOf, FigureUnit, Figures, Measure, both};
use crate::{
    ask::Answer,
    kernel::drivers::DriversAnswer,
    labels::Label,
    select::{
        Select,
        why::{DriverPart, DriversSelect},
    },
};

pub(super) fn figures<'a>(
    figures: &mut Figures<'_>,
    (of_a, a): (&Answer, &'a DriversAnswer),
    (of_b, b): (&Answer, &'a DriversAnswer),
) {
    let converted = [a, b].map(|it| Measure::share(it.converted));
    let select = Select::Drivers {
        of: DriversSelect::Converted,
    };
    figures.shares(FigureOf::DriversConverted, Vec::new(), converted, select);
    let [left, right] = [a, b].map(|it| it.drivers.iter().map(|it| (&it.from, &it.label)));
    for (from, label) in both(left, right) {
        let find = |it: &'a DriversAnswer| {
            (it.drivers.iter()).find(|it| it.from == *from && it.label == *label)
        };
        let found = [(of_a, a), (of_b, b)].map(|(of, answer)| (of, answer, find(answer)));
        let names = || vec![name(from, label)];
        let select = |is_there: bool| {
            let of = DriversSelect::Of {
                from: from.clone(),
                label: label.clone(),
                part: DriverPart::Did,
            };
            is_there.then_some(Select::Drivers { of })
        };
        let did = found.map(|(of, answer, found)| {
            let part = found.map(|it| it.did.whole);
            let did = Measure::of_line(part, answer.converted.whole, of.left_out.capped > 0);
            (did, select(found.is_some()))
        });
        figures.push(FigureOf::DriverDid, names(), FigureUnit::Share, did);
        if found
            .iter()
            .all(|it| it.2.is_none_or(|it| it.compared.is_none()))
        {
            continue;
        }
        let effects = found.map(|(_, _, found)| {
            let compared = found.and_then(|it| it.compared.as_ref());
            (Measure::contrast(compared), select(found.is_some()))
        });
        figures.push(FigureOf::DriverEffect, names(), FigureUnit::Points, effects);
    }
}

fn name(from: &DriverSource, label: &Label) -> FigureName {
    match from {
        DriverSource::OnTheWay(field) => FigureName::candidate(CandidateOf::OnTheWay, field, label),
        DriverSource::AtEntry(field) => FigureName::candidate(CandidateOf::AtEntry, field, label),
        DriverSource::Trait(name) => FigureName::candidate(CandidateOf::Trait, name, label),
    }
}
