//! The model of a choice: what is in it, what is set apart, and how good it is.

use std::collections::BTreeMap;

use throughline_model::choice::Choice;
use throughline_predict::{
    discoveries::false_discovery_rates,
    logistic::{CASES_PER_VALUE_MIN, Cases, Model, Refusal, fit},
    scoring::{calibration, scores},
};

use super::{
    ApartReason, ChoiceModel, Factor, SetApart,
    cases::{Chooser, Choosers, Variable},
    share,
};
use crate::{
    cancel::{Cancel, Cancelled},
    contrast::SUPPORT_MIN,
    kernel::funnel::Share,
};

/// What came of modelling.
#[derive(Debug)]
pub(super) struct Modelled {
    pub(super) model: Option<ChoiceModel>,
    pub(super) cases: u64,
    pub(super) needed: u64,
    pub(super) apart: Vec<SetApart>,
}

/// Of ten profiles, so many are kept to score the model.
const SCORED_OF_TEN: u64 = 3;
/// Groups of about as many people, by their chances.
const BINS: usize = 10;

/// Fits the model, without what cannot be in one.
pub(super) fn modelled(
    choice: &Choice,
    choosers: &Choosers,
    explained: u32,
    cancel: &Cancel,
) -> Result<Modelled, Cancelled> {
    let sides = |it: &Variable| {
        let with = share(choosers, |who| it.has(who), |who| who.way == explained);
        let without = share(choosers, |who| !it.has(who), |who| who.way == explained);
        (with, without)
    };
    let mut apart = Vec::new();
    let mut set_apart = |it: &Variable, why: ApartReason| {
        apart.push(SetApart {
            from: it.from.clone(),
            label: it.label.clone(),
            why,
            joins: choosers.reference(it),
            with: sides(it).0,
        });
    };
    let mut kept: Vec<&Variable> = Vec::new();
    for it in choosers.variables.iter().filter(|it| !it.is_reference) {
        cancel.check()?;
        let (with, without) = sides(it);
        match with.whole.min(without.whole) < SUPPORT_MIN {
            true => set_apart(it, ApartReason::Few),
            false => kept.push(it),
        }
    }
    let part = (choosers.people.iter())
        .filter(|it| it.way == explained)
        .count() as u64;
    let rarer = part.min(choosers.people.len() as u64 - part);
    let everybody: Vec<&Chooser> = choosers.people.iter().collect();
    let model = loop {
        if kept.is_empty() {
            break None;
        }
        cancel.check()?;
        match fitted(&grouped(&everybody, &kept, explained), cancel) {
            Ok(model) => break Some(model),
            Err(Refusal::Stopped) => return Err(Cancelled),
            Err(Refusal::Few { .. }) => break None,
            Err(Refusal::Collinear(index)) => set_apart(kept.remove(index), ApartReason::Same),
            Err(Refusal::Separated(index)) => set_apart(kept.remove(index), ApartReason::Decides),
        }
    };
    let needed = CASES_PER_VALUE_MIN * kept.len().max(1) as u64;
    let model = match model {
        Some(model) => {
            let factors = factors(choice, choosers, &kept, &model, sides);
            Some(scored(&everybody, &kept, explained, factors, cancel)?)
        }
        None => None,
    };
    Ok(Modelled {
        model,
        cases: rarer,
        needed,
        apart,
    })
}

fn fitted(cases: &[Cases], cancel: &Cancel) -> Result<Model, Refusal> {
    fit(cases, 0.0, &|| cancel.check().is_err())
}

/// People who are alike in all that is looked at, together.
fn grouped(people: &[&Chooser], kept: &[&Variable], explained: u32) -> Vec<Cases> {
    let mut groups: BTreeMap<Vec<bool>, (u64, u64)> = BTreeMap::new();
    for who in people {
        let has: Vec<bool> = kept.iter().map(|it| it.has(who)).collect();
        let (part, whole) = groups.entry(has).or_default();
        *part += u64::from(who.way == explained);
        *whole += 1;
    }
    (groups.into_iter())
        .map(|(has, (part, whole))| Cases {
            values: has.into_iter().map(|it| f64::from(u8::from(it))).collect(),
            part,
            whole,
        })
        .collect()
}

fn values(who: &Chooser, kept: &[&Variable]) -> Vec<f64> {
    kept.iter()
        .map(|it| f64::from(u8::from(it.has(who))))
        .collect()
}

/// Each thing with its odds, findings first.
fn factors(
    choice: &Choice,
    choosers: &Choosers,
    kept: &[&Variable],
    model: &Model,
    sides: impl Fn(&Variable) -> (Share, Share),
) -> Vec<Factor> {
    let chances: Vec<f64> = model.coefficients.iter().map(|it| it.p()).collect();
    let rates = false_discovery_rates(&chances);
    let most = f64::from(choice.false_permille) / 1000.0;
    let found = rates.iter().filter(|it| **it <= most).count();
    // Intervals of what is picked out of many must be as much wider as there were many.
    let looks = chances.len().div_ceil(found.max(1)).max(1) as u64;
    let mut factors: Vec<Factor> = (kept.iter().zip(&model.coefficients).zip(rates))
        .map(|((variable, coefficient), rate)| {
            let (with, without) = sides(variable);
            Factor {
                from: variable.from.clone(),
                label: variable.label.clone(),
                reference: choosers.reference(variable),
                with,
                without,
                odds: coefficient.odds_ratio(),
                interval: coefficient.odds_interval(looks),
                p: coefficient.p(),
                false_rate: rate,
                is_found: rate <= most,
            }
        })
        .collect();
    let strength = |it: &Factor| it.odds.ln().abs();
    factors.sort_by(|a, b| {
        (b.is_found.cmp(&a.is_found)).then_with(|| strength(b).total_cmp(&strength(a)))
    });
    factors
}

/// Fits on some and scores on the others, who are told apart by their numbers alone.
fn scored(
    everybody: &[&Chooser],
    kept: &[&Variable],
    explained: u32,
    factors: Vec<Factor>,
    cancel: &Cancel,
) -> Result<ChoiceModel, Cancelled> {
    let is_scored = |who: &&&Chooser| {
        xxhash_rust::xxh3::xxh3_64(&who.profile.0.to_le_bytes()) % 10 < SCORED_OF_TEN
    };
    let (test, train): (Vec<&Chooser>, Vec<&Chooser>) =
        everybody.iter().copied().partition(|who| is_scored(&who));
    let came = |who: &Chooser| who.way == explained;
    let naive = train.iter().filter(|it| came(it)).count() as f64 / train.len().max(1) as f64;
    let chances = match fitted(&grouped(&train, kept, explained), cancel) {
        Ok(model) => (test.iter())
            .map(|who| (model.chance(&values(who, kept)), came(who)))
            .collect(),
        Err(Refusal::Stopped) => return Err(Cancelled),
        // Fewer people may be too few where all were just enough.
        Err(_) => Vec::new(),
    };
    let plain: Vec<(f64, bool)> = test.iter().map(|who| (naive, came(who))).collect();
    Ok(ChoiceModel {
        factors,
        scores: scores(&chances),
        naive: scores(&plain).filter(|_| !chances.is_empty()),
        calibration: calibration(&chances, BINS),
        fitted: train.len() as u64,
        scored: chances.len() as u64,
    })
}
