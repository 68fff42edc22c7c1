//! Costs from files and batches into the tables of a workspace: one way for the API, the command line and the demo.

use std::collections::BTreeSet;

use serde::Serialize;
use throughline_ingest::cost::{CostMapping, CostRowFault, read};
use throughline_model::{
    Timestamp,
    cost::{Cost, CostRow, Currency, joined, written_amount},
    limits,
};
use throughline_store::state::{CostError, NewCosts, WorkspaceState};
use utoipa::ToSchema;

use crate::http::refusal::{Code, Fault, Refusal};

/// A file that is looked at or stored.
pub struct FileOfCosts<'a> {
    pub name: &'a str,
    pub text: &'a str,
    pub mapping: Option<&'a CostMapping>,
    /// Whether rows that cannot be used are left out instead of refusing the file.
    pub skip_faulty: bool,
}

/// What a file of costs holds, and what storing it does or would do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct CostOutcome {
    pub columns: Vec<String>,
    pub mapping: CostMapping,
    pub rows: u64,
    /// The first rows as they were understood.
    pub sample: Vec<CostRow>,
    /// The first rows that cannot be used, in the order of the file.
    pub faults: Vec<CostRowFault>,
    pub faults_count: u64,
    /// Why nothing of the file can be stored, besides faults of its rows.
    pub obstacle: Option<String>,
    #[serde(flatten)]
    pub stored: CostsStored,
}

/// What was stored, or would be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CostsStored {
    /// The number to take it back by; none when nothing was stored.
    pub import: Option<u64>,
    /// Records, after rows that say the same of one day were added up.
    pub records: u64,
    /// The one that all of them are in, else the one that amounts are read in.
    pub currency: Option<String>,
    /// All of them together, as a decimal number.
    pub amount: String,
    /// Of the records, those without a rate of their day; they are stored, and in no sum until there is one.
    pub records_unrated: u64,
    pub first_day: Option<String>,
    pub last_day: Option<String>,
    /// Days of campaigns that nothing was known of.
    pub places_new: u64,
    /// Days of campaigns whose costs are replaced.
    pub places_replaced: u64,
}

/// Who stores costs, and when.
#[derive(Clone, Copy, Debug)]
pub struct Storing<'a> {
    pub member: &'a str,
    pub now: Timestamp,
}

/// Reads a file, and stores it where `storing` says who does.
///
/// A look never fails for what the file holds; storing it does.
pub fn take_file(
    state: &WorkspaceState,
    file: &FileOfCosts<'_>,
    storing: Option<Storing<'_>>,
) -> Result<CostOutcome, Refusal> {
    let found = read(file.text, file.mapping).map_err(|message| {
        Refusal::faulty("the file cannot be read", vec![fault("text", message)])
    })?;
    let mut outcome = CostOutcome {
        columns: found.columns,
        mapping: found.mapping,
        rows: found.rows_count,
        sample: found.sample,
        faults: found.faults,
        faults_count: found.faults_count,
        ..CostOutcome::default()
    };
    if storing.is_some() && outcome.faults_count > 0 && !file.skip_faulty {
        let faults = outcome.faults.iter();
        let faults =
            faults.map(|it| fault(&format!("row {} {}", it.row, it.field), it.message.clone()));
        let count = outcome.faults_count;
        let message =
            format!("{count} rows of the file cannot be used; mend them, or leave them out");
        return Err(Refusal::faulty(message, faults.collect()));
    }
    match store(state, file.name, found.costs, storing) {
        Ok(stored) => outcome.stored = stored,
        Err(refusal) if storing.is_some() || refusal.may_pass() => {
            return Err(refusal);
        }
        Err(refusal) => outcome.obstacle = Some(refusal.message().to_owned()),
    }
    Ok(outcome)
}

/// Stores a batch of records, all of them or none.
pub fn take_rows(
    state: &WorkspaceState,
    name: &str,
    rows: &[CostRow],
    storing: Storing<'_>,
) -> Result<CostsStored, Refusal> {
    let (mut costs, mut faults, mut faults_count) = (Vec::new(), Vec::new(), 0);
    for (index, row) in rows.iter().enumerate() {
        match row.read() {
            Ok(cost) => costs.push(cost),
            Err(it) => {
                faults_count += 1;
                if faults.len() < limits::COST_FAULTS_MAX {
                    faults.push(fault(&format!("rows[{index}].{}", it.field), it.message));
                }
            }
        }
    }
    if faults_count > 0 {
        let message = format!("{faults_count} records cannot be used");
        return Err(Refusal::faulty(message, faults));
    }
    store(state, name, costs, Some(storing))
}

fn store(
    state: &WorkspaceState,
    name: &str,
    costs: Vec<(Cost, Option<Currency>)>,
    storing: Option<Storing<'_>>,
) -> Result<CostsStored, Refusal> {
    if costs.is_empty() {
        return Err(refused("rows", "hold no cost".to_owned()));
    }
    let costs = joined(in_currencies(state, costs)?);
    let most = i128::from(i64::MAX);
    if costs.iter().any(|it| it.1.paid.micros > most) {
        return Err(refused(
            "amount",
            "of one day is more than can be stored".to_owned(),
        ));
    }
    let new = NewCosts {
        name,
        member: storing.map_or("", |it| it.member),
        costs: &costs,
    };
    let (import, planned) = match storing {
        Some(storing) => {
            let (import, planned) = state.put_costs(new, storing.now).map_err(unstored)?;
            (Some(import), planned)
        }
        None => (None, state.plan_costs(new).map_err(unstored)?),
    };
    let (currency, paid, records_unrated) = sum(state, &costs);
    let days = || costs.iter().map(|it| it.1.place.day);
    Ok(CostsStored {
        import,
        records: costs.len() as u64,
        currency: currency.map(|it| it.to_string()),
        amount: written_amount(paid),
        records_unrated,
        first_day: days().min().map(|it| it.to_string()),
        last_day: days().max().map(|it| it.to_string()),
        places_new: planned.places_new,
        places_replaced: planned.places_replaced,
    })
}

/// The currency that all records can be told in, their millionths in it, and how many have no rate.
fn sum(state: &WorkspaceState, costs: &[(Currency, Cost)]) -> (Option<Currency>, i128, u64) {
    let money = state.money();
    let named: BTreeSet<Currency> = costs.iter().map(|it| it.0).collect();
    let told = |(own, cost): &(Currency, Cost)| match &money {
        Some(money) => money.cost(*own, cost.place.day, cost.paid.micros),
        None => Some(cost.paid.micros),
    };
    let unrated = costs.iter().filter(|it| told(it).is_none()).count() as u64;
    match &money {
        Some(money) if named.len() > 1 => {
            let micros = costs.iter().filter_map(told).sum();
            (Some(money.currency()), micros, unrated)
        }
        _ => {
            let micros = costs.iter().map(|it| it.1.paid.micros).sum();
            (named.first().copied(), micros, unrated)
        }
    }
}

/// Each record in the currency that it names; one that names none is in the only one that others name, else in that
/// of what is stored.
fn in_currencies(
    state: &WorkspaceState,
    costs: Vec<(Cost, Option<Currency>)>,
) -> Result<Vec<(Currency, Cost)>, Refusal> {
    let named: BTreeSet<Currency> = costs.iter().filter_map(|it| it.1).collect();
    let only = named.first().copied().filter(|_| named.len() == 1);
    let usual = match only {
        Some(only) => Some(only),
        None => state.costs_currency()?,
    };
    let in_currency = |(cost, named): (Cost, Option<Currency>)| {
        let message = "is named by no record, and nothing is stored that would tell it";
        let currency = named.or(usual);
        let currency = currency.ok_or_else(|| refused("currency", message.to_owned()))?;
        Ok((currency, cost))
    };
    costs.into_iter().map(in_currency).collect()
}

fn unstored(error: CostError) -> Refusal {
    match error {
        CostError::Currencies(all) => {
            let codes: Vec<&str> = all.iter().map(Currency::code).collect();
            refused(
                "currency",
                format!(
                    "is not one: {}, with what is stored; name the currency that amounts are read in and rates, \
                     or convert all amounts to one first",
                    codes.join(", ")
                ),
            )
        }
        CostError::Full => Refusal::new(
            Code::LimitReached,
            format!(
                "a workspace keeps at most {} records of costs; remove old days",
                limits::COSTS_MAX
            ),
        ),
        CostError::State(error) => error.into(),
    }
}

fn refused(place: &str, message: String) -> Refusal {
    Refusal::faulty(format!("`{place}` {message}"), vec![fault(place, message)])
}

fn fault(place: &str, message: String) -> Fault {
    Fault {
        place: place.trim_end().to_owned(),
        message,
    }
}
