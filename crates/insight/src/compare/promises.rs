//! Whether promises are kept on each side, and how far facts lie from them.
//!
//! As in the report, it is objects that count: those of one person are not independent, so intervals are a little too
//! narrow where few people have many.

use super::figure::{FigureName, FigureOf, FigureUnit, Figures, Measure, labels};
use crate::{
    kernel::promises::{PromiseCounts, PromisePart, PromisesAnswer},
    labels::Label,
    select::{Select, counts::PromisesSelect},
};

pub(super) fn figures<'a>(figures: &mut Figures<'a>, a: &'a PromisesAnswer, b: &'a PromisesAnswer) {
    let late = [a, b].map(|it| late_share(&it.total));
    let people = select(PromisePart::DueLate, None);
    figures.shares(FigureOf::PromiseLate, Vec::new(), late, people);
    let gaps = [a, b].map(|it| {
        // What ended without being kept has no gap.
        let n = it.total.promised.objects - it.total.released.objects;
        let median = Measure::Median {
            ms: it.total.median_gap_ms,
            curve: &it.curve,
            n,
        };
        (median, Some(select(PromisePart::Promised, None)))
    });
    let unit = FigureUnit::Milliseconds;
    figures.push(FigureOf::PromiseGap, Vec::new(), unit, gaps);
    let [of_a, of_b] = [a, b].map(|it| it.lines.iter().map(|it| &it.label));
    for label in labels(of_a, of_b) {
        let late = [a, b].map(|it| {
            let found = it.lines.iter().find(|it| it.label == *label);
            let has_rest = it.lines.iter().any(|it| it.label == Label::Rest);
            let share = match found {
                Some(line) => late_share(&line.counts),
                None if has_rest => Measure::unknown(0),
                None => Measure::Share { part: 0, whole: 0 },
            };
            let people = found.map(|_| select(PromisePart::DueLate, Some(label)));
            (share, people)
        });
        let names = vec![FigureName::Label(label.clone())];
        figures.push(FigureOf::PromiseLine, names, FigureUnit::Share, late);
    }
}

fn late_share<'a>(counts: &PromiseCounts) -> Measure<'a> {
    Measure::Share {
        part: counts.due_late.objects,
        whole: counts.due.objects,
    }
}

fn select(part: PromisePart, label: Option<&Label>) -> Select {
    Select::Promises(PromisesSelect {
        part,
        label: label.cloned(),
        point: None,
        bin: None,
    })
}
