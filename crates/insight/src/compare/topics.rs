//! How many of each side write, and how many of them give up.
//!
//! Topics are found in the texts of a side. Those of two sides are not the same even where a word is, so that nothing
//! of a topic is compared.

use super::{
    Sides,
    figure::{FigureOf, Figures, Measure},
};
use crate::{
    kernel::topics::TopicsAnswer,
    select::{Select, why::TopicsSelect},
};

pub(super) fn figures(figures: &mut Figures<'_>, a: &TopicsAnswer, b: &TopicsAnswer, sides: Sides) {
    let wrote = [(a, sides.people_a), (b, sides.people_b)].map(|(it, people)| Measure::Share {
        part: it.texts.profiles.min(people),
        whole: people,
    });
    let select = |of| Select::Topics { of };
    let all = select(TopicsSelect::All);
    figures.shares(FigureOf::TopicsWrote, Vec::new(), wrote, all);
    if let (Some(left), Some(right)) = (a.gave_up, b.gave_up) {
        let gave_up = [left, right].map(Measure::share);
        let select = select(TopicsSelect::GaveUp);
        figures.shares(FigureOf::TopicsGaveUp, Vec::new(), gave_up, select);
    }
}
