//! Amounts that are in no sum, as nobody has said what their currency is worth.

use std::collections::BTreeMap;

use serde::Serialize;
use throughline_model::{Field, TimeRange, Timestamp, limits, money::told, report::Report};
use utoipa::ToSchema;

use crate::{ask::AskError, sampling::live_rows, view::View};

/// Events whose amounts are left out, as there is no rate of their currency and day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unrated {
    pub events: u64,
    /// As they were sent, the most frequent first.
    pub currencies: Vec<UnratedCurrency>,
    /// Of the events, those in currencies that are not listed.
    pub events_unlisted: u64,
}

/// One currency without a rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnratedCurrency {
    /// A code of ISO 4217, or whatever was sent in its place, shortened.
    pub currency: String,
    pub events: u64,
}

/// Different texts that are counted apart; nobody bounds what is sent as a currency.
const COUNTED_MAX: usize = 10_000;

/// Events of a range whose amounts are left out, whichever amount it is.
pub fn unrated(view: &View<'_>, range: TimeRange) -> Result<Unrated, AskError> {
    let Some(money) = view.snapshot.money() else {
        return Ok(Unrated::default());
    };
    let amounts: Vec<Vec<String>> = money.paths().cloned().collect();
    among(view, range, &amounts)
}

/// How many events of a report's range have an amount that the report asks for and nobody can turn over.
pub(crate) fn unrated_of(
    view: &View<'_>,
    report: &Report,
    range: TimeRange,
) -> Result<u64, AskError> {
    let Some(money) = view.snapshot.money() else {
        return Ok(0);
    };
    let json = serde_json::to_string(report).expect("reports have text keys");
    let asked = money.paths().filter(|path| {
        let field = serde_json::to_string(&Field::Property((*path).clone()));
        json.contains(&field.expect("fields are texts"))
    });
    let amounts: Vec<Vec<String>> = asked.cloned().collect();
    if amounts.is_empty() {
        return Ok(0);
    }
    Ok(among(view, range, &amounts)?.events)
}

fn among(view: &View<'_>, range: TimeRange, amounts: &[Vec<String>]) -> Result<Unrated, AskError> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut found = Unrated::default();
    for run in &view.snapshot.runs {
        view.cancel.check()?;
        let Some(currencies) = run.unrated(amounts)? else {
            continue;
        };
        for row in live_rows(view, run) {
            let is_within = range.contains(Timestamp(run.time[row]));
            let Some(currency) = currencies.get(row).filter(|_| is_within) else {
                continue;
            };
            found.events += 1;
            let currency = told(&currency);
            if counts.len() < COUNTED_MAX || counts.contains_key(&currency) {
                *counts.entry(currency).or_default() += 1;
            } else {
                found.events_unlisted += 1;
            }
        }
    }
    let all = counts.into_iter();
    let mut all: Vec<UnratedCurrency> = all
        .map(|(currency, events)| UnratedCurrency { currency, events })
        .collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.events));
    let rest = all.iter().skip(limits::MONEY_UNRATED_MAX);
    found.events_unlisted += rest.map(|it| it.events).sum::<u64>();
    all.truncate(limits::MONEY_UNRATED_MAX);
    found.currencies = all;
    Ok(found)
}
