//! Whether a treatment does the same for the people of both sides: the difference of two differences.

use throughline_predict::Measured;

use super::figure::{FigureName, FigureOf, FigureUnit, Figures, Measure, both};
use crate::{
    kernel::lift::{LiftAnswer, LiftArm, LiftLine, LiftMean},
    select::{
        Select,
        why::{LiftPart, LiftSelect},
    },
};

pub(super) fn figures(figures: &mut Figures<'_>, a: &LiftAnswer, b: &LiftAnswer) {
    let [of_a, of_b] = [a, b].map(|it| it.arms.iter().map(|it| &it.arm));
    let arms = both(of_a, of_b);
    for arm in &arms {
        let shares = [a, b].map(|it| {
            let found = find(it, arm);
            let share = found.map_or(Measure::unknown(0), |it| Measure::share(it.reached));
            (share, people(arm, found, LiftPart::Reached))
        });
        let names = vec![FigureName::Arm(LiftArm::clone(arm))];
        figures.push(FigureOf::LiftReached, names, FigureUnit::Share, shares);
    }
    // The control is the first of either side.
    for arm in arms.iter().skip(1) {
        let sides = [a, b].map(|it| (it.arms.first(), find(it, arm)));
        let mut effect =
            |of, unit, measure: fn(&LiftLine, &LiftLine) -> Option<Measure<'static>>| {
                let effects = sides.map(|(control, found)| {
                    let known = control.zip(found);
                    let measure = known.and_then(|(control, found)| measure(found, control));
                    let people = people(arm, found, LiftPart::Mature);
                    (measure.unwrap_or(Measure::unknown(0)), people)
                });
                figures.push(
                    of,
                    vec![FigureName::Arm(LiftArm::clone(arm))],
                    unit,
                    effects,
                );
            };
        effect(FigureOf::LiftEffect, FigureUnit::Points, of_shares);
        let has = |of: fn(&LiftLine) -> Option<LiftMean>| {
            a.arms.iter().chain(&b.arms).any(|it| of(it).is_some())
        };
        if has(|it| it.visits) {
            effect(
                FigureOf::LiftVisits,
                FigureUnit::PerProfile,
                |it, control| means(it.visits?, control.visits?),
            );
        }
        if has(|it| it.value) {
            effect(
                FigureOf::LiftWorth,
                FigureUnit::WorthPerProfile,
                |it, control| means(it.value?, control.value?),
            );
        }
    }
}

fn of_shares(it: &LiftLine, control: &LiftLine) -> Option<Measure<'static>> {
    let measured = |it: &LiftLine| {
        let n = it.reached.whole as f64;
        let share = it.reached.part as f64 / n;
        (it.reached.whole > 0).then_some(Measured { share, n })
    };
    Some(Measure::Contrast {
        with: measured(it)?,
        without: measured(control)?,
        n: it.reached.whole.min(control.reached.whole),
    })
}

fn means(it: LiftMean, control: LiftMean) -> Option<Measure<'static>> {
    Some(Measure::Means {
        with: it.moments,
        without: control.moments,
    })
}

fn find<'a>(answer: &'a LiftAnswer, arm: &LiftArm) -> Option<&'a LiftLine> {
    answer.arms.iter().find(|it| it.arm == *arm)
}

fn people(arm: &LiftArm, found: Option<&LiftLine>, part: LiftPart) -> Option<Select> {
    found.map(|_| {
        Select::Lift(LiftSelect {
            arm: Some(arm.clone()),
            part,
        })
    })
}
