//! What is known of profiles and of their accounts, one value of a trait for each profile.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use throughline_model::Value;
use throughline_store::Snapshot;

use super::order;
use crate::{
    accounts::{Owners, account_values_of, keys_of},
    ask::AskError,
    scan::scan,
    view::View,
};

/// A trait of each profile that has one, as its profile page says.
pub(crate) fn trait_values(view: &View<'_>, name: &str) -> HashMap<u32, Value> {
    let column = view.snapshot.known.traits.get(name);
    let values = column.map(|column| column.values(|actor| view.snapshot.root(actor)));
    values.unwrap_or_default()
}

/// A trait of the account of each profile that has one: of several the one that it was seen with last.
///
/// Where a view shows accounts in the place of profiles, each has its own.
pub(super) fn account_values(
    view: &View<'_>,
    account_type: &str,
    name: &str,
) -> Result<HashMap<u32, Value>, AskError> {
    if let Some((people, owners)) = view.owners {
        let people = View::new(people, view.vocabulary, view.cancel);
        return of_owners(&people, owners, account_type, name);
    }
    let told = told(view, account_type, name)?;
    let keys = keys_of(view, account_type)?;
    let by_code: Vec<Option<&Value>> = keys.ids().iter().map(|id| told.get(id)).collect();
    if by_code.iter().all(Option::is_none) {
        return Ok(HashMap::new());
    }
    let states = scan(view.snapshot, view.cancel, Vec::new, |found, rows| {
        let mut last: Option<(i64, &Value)> = None;
        for index in (0..rows.len()).rev() {
            let time = rows.time[index];
            if last.is_some_and(|(at, _)| at != time) {
                break;
            }
            let value = match keys.at(rows.place(index)) {
                0 => None,
                code => by_code[code as usize - 1],
            };
            // Of an instant the smallest counts, so that no arrival decides.
            if let Some(value) = value
                && last.is_none_or(|(_, known)| order(value, known).is_lt())
            {
                last = Some((time, value));
            }
        }
        found.extend(last.map(|(_, value)| (rows.profile.0, value.clone())));
    })?;
    Ok(states.into_iter().flatten().collect())
}

/// The trait of accounts by their numbers.
fn of_owners(
    people: &View<'_>,
    owners: &Owners,
    account_type: &str,
    name: &str,
) -> Result<HashMap<u32, Value>, AskError> {
    let told = told(people, account_type, name)?;
    let numbered = (0_u32..).zip(owners.ids());
    Ok(numbered
        .filter_map(|(number, id)| Some((number, told.get(id)?.clone())))
        .collect())
}

/// By the ids of accounts what anybody has told of them, whoever the report is about.
fn told(
    view: &View<'_>,
    account_type: &str,
    name: &str,
) -> Result<BTreeMap<String, Value>, AskError> {
    let everybody = match view.snapshot.only {
        None => Cow::Borrowed(view.snapshot),
        Some(_) => Cow::Owned(Snapshot {
            only: None,
            ..view.snapshot.clone()
        }),
    };
    let view = View::new(&everybody, view.vocabulary, view.cancel);
    account_values_of(&view, account_type, name)
}
