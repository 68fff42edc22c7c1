//! Whether the same things go with getting there on both sides.
//!
//! Effects are those against people who were as long on the way, so that they are compared and not the shares of who
//! arrives, for which those who did something had more time or less.

use throughline_model::drivers::DriverSource;

use super::figure::{CandidateOf, FigureName, FigureOf, FigureUnit, Figures, Measure};
use crate::{
    ask::Answer,
    kernel::drivers::{Driver, DriversAnswer},
    select::{DriverPart, DriversSelect, Select},
};

pub(super) fn figures(
    figures: &mut Figures<'_>,
    (of_a, a): (&Answer, &DriversAnswer),
    (of_b, b): (&Answer, &DriversAnswer),
) {
    let converted = [a, b].map(|it| Measure::share(it.converted));
    let select = Select::Drivers {
        of: DriversSelect::Converted,
    };
    figures.shares(FigureOf::DriversConverted, Vec::new(), converted, select);
    let mut all: Vec<&Driver> = a.drivers.iter().collect();
    all.extend(b.drivers.iter().filter(|it| find(a, it).is_none()));
    for it in all {
        let found = [(of_a, a), (of_b, b)].map(|(of, answer)| (of, answer, find(answer, it)));
        let names = || vec![name(it)];
        let select = |is_there: bool| {
            let of = DriversSelect::Of {
                from: it.from.clone(),
                label: it.label.clone(),
                part: DriverPart::Did,
            };
            is_there.then_some(Select::Drivers { of })
        };
        let did = found.map(|(of, answer, found)| {
            let did = match found {
                Some(found) => Measure::Share {
                    part: found.did.whole,
                    whole: answer.converted.whole,
                },
                // What is beyond the limit is not known; otherwise nobody did it.
                None if of.left_out.capped > 0 => Measure::unknown(answer.converted.whole),
                None => Measure::Share {
                    part: 0,
                    whole: answer.converted.whole,
                },
            };
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

fn find<'a>(answer: &'a DriversAnswer, wanted: &Driver) -> Option<&'a Driver> {
    let mut drivers = answer.drivers.iter();
    drivers.find(|it| it.from == wanted.from && it.label == wanted.label)
}

fn name(it: &Driver) -> FigureName {
    let (of, field) = match &it.from {
        DriverSource::OnTheWay(field) => (CandidateOf::OnTheWay, field.to_string()),
        DriverSource::AtEntry(field) => (CandidateOf::AtEntry, field.to_string()),
        DriverSource::Trait(name) => (CandidateOf::Trait, name.clone()),
    };
    FigureName::Candidate {
        of,
        field,
        label: it.label.clone(),
    }
}
