//! How many of each side are customers, how often they buy and for how much.
//!
//! Scores are fifths of the customers of a side, so that groups of two sides are not the same and cannot be compared.

use super::{
    Sides,
    figure::{FigureOf, FigureUnit, Figures, Measure},
};
use crate::{
    kernel::rfm::RfmAnswer,
    select::{Select, counts::RfmSelect},
};

pub(super) fn figures(figures: &mut Figures<'_>, a: &RfmAnswer, b: &RfmAnswer, sides: Sides) {
    let select = Select::Rfm(RfmSelect::default());
    let shares = [(a, sides.people_a), (b, sides.people_b)].map(|(it, people)| Measure::Share {
        part: it.total.profiles.min(people),
        whole: people,
    });
    figures.shares(FigureOf::RfmCustomers, Vec::new(), shares, select.clone());
    let mut per_customer = |of, unit, amount: fn(&RfmAnswer) -> f64| {
        let sides = [a, b].map(|it| {
            let n = it.total.profiles;
            let value = (n > 0).then(|| amount(it) / n as f64);
            (Measure::Plain { value, n }, Some(select.clone()))
        });
        figures.push(of, Vec::new(), unit, sides);
    };
    per_customer(FigureOf::RfmPurchases, FigureUnit::PerProfile, |it| {
        it.total.purchases as f64
    });
    if !(a.money.is_empty() && b.money.is_empty()) {
        per_customer(FigureOf::RfmWorth, FigureUnit::WorthPerProfile, |it| {
            it.total.value
        });
    }
}
