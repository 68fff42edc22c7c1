//! One trait of every account of a type, for conditions on the people who belong to them.

use std::collections::{BTreeMap, BTreeSet};

use throughline_model::{
    EventKind, Value,
    account::{ACCOUNT_TYPE_DEFAULT, account_id, account_type},
    limits,
    people::AccountTraitIs,
};
use throughline_store::{ProfileSet, Snapshot, StoredEvent, state::AccountTrait};

use super::{AccountKey, keys, told};
use crate::{
    ask::AskError,
    cancel::Cancelled,
    objects::keys::Keys,
    scan::{Place, scan},
    view::View,
};

/// Values of one trait by the id of the account; lists, objects and what was taken away are missing.
pub type AccountValues = BTreeMap<String, Value>;

/// Values by the type of the account and the name of the trait.
pub type AccountTraits = BTreeMap<(String, String), AccountValues>;

/// When something was told, and its JSON text: of two the greater holds, as for traits of people.
type Told = (i64, Option<String>);

/// What some conditions ask of accounts, each trait once.
pub fn account_traits<'a>(
    view: &View<'_>,
    asked: impl IntoIterator<Item = &'a AccountTraitIs>,
) -> Result<AccountTraits, AskError> {
    let asked: BTreeSet<(&str, &str)> = (asked.into_iter())
        .map(|it| (it.account_type.as_str(), it.name.as_str()))
        .collect();
    let mut traits = AccountTraits::new();
    if asked.is_empty() {
        return Ok(traits);
    }
    let calls = group_calls(view)?;
    for (account_type, name) in asked {
        let values = values(view, &calls, account_type, name)?;
        traits.insert((account_type.to_owned(), name.to_owned()), values);
    }
    Ok(traits)
}

/// One trait of every account of a type.
pub(crate) fn account_values_of(
    view: &View<'_>,
    account_type: &str,
    name: &str,
) -> Result<AccountValues, AskError> {
    values(view, &group_calls(view)?, account_type, name)
}

/// The profiles that have an event of one of some accounts.
pub fn members_of_accounts(
    view: &View<'_>,
    account_type: &str,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<ProfileSet, AskError> {
    let keys = keys_of(view, account_type)?;
    let wanted: Vec<bool> = keys.ids().iter().map(|id| is_wanted(id)).collect();
    if !wanted.contains(&true) {
        return Ok(ProfileSet::default());
    }
    let is_wanted = |account: u32, _: u16, _: Place| wanted[account as usize - 1];
    let touches = keys.touches(view, i64::MAX, is_wanted)?;
    Ok(touches.iter().map(|it| it.profile).collect())
}

/// The profiles that belong to accounts of which something else is known now.
pub fn touched_by(
    view: &View<'_>,
    before: &AccountTraits,
    now: &AccountTraits,
) -> Result<ProfileSet, AskError> {
    let none = AccountValues::new();
    let mut ids: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (asked, now) in now {
        let before = before.get(asked).unwrap_or(&none);
        let all = before.keys().chain(now.keys());
        let changed = all.filter(|id| before.get(*id) != now.get(*id));
        let of_type = ids.entry(asked.0.as_str()).or_default();
        of_type.extend(changed.map(String::as_str));
    }
    let mut touched = ProfileSet::default();
    for (account_type, ids) in ids {
        let members = members_of_accounts(view, account_type, |it| ids.contains(it))?;
        for member in members.iter() {
            touched.insert(member);
        }
    }
    Ok(touched)
}

/// Which account of a type each row carries.
pub(crate) fn keys_of(view: &View<'_>, account_type: &str) -> Result<Keys, AskError> {
    keys(view, account_type, key_of(view.snapshot, account_type))
}

/// Where events carry the ids of accounts of a type.
pub(crate) fn key_of(snapshot: &Snapshot, account_type: &str) -> AccountKey {
    let types = &snapshot.known.account_types;
    types.get(account_type).copied().unwrap_or_default()
}

/// Names of what was told of the accounts of a type: by descriptions, and by its latest group calls.
pub(super) fn names(
    view: &View<'_>,
    account_type: &str,
    described: &[AccountTrait],
) -> Result<BTreeSet<String>, AskError> {
    let told = described.iter().filter(|it| !it.name.is_empty());
    let mut names: BTreeSet<String> = told.map(|it| it.name.clone()).collect();
    let mut calls = group_calls(view)?;
    let time_of = |place: &Place| view.snapshot.runs[place.run as usize].time[place.row as usize];
    calls.sort_unstable_by_key(|place| (std::cmp::Reverse(time_of(place)), *place));
    calls.truncate(limits::ACCOUNT_CALLS_SAMPLED_MAX);
    for event in read(view, &calls)? {
        if owner(&event, account_type).is_some() {
            names.extend(event.properties.to_map().into_iter().map(|it| it.0));
        }
    }
    Ok(names)
}

/// Where group calls lie.
fn group_calls(view: &View<'_>) -> Result<Vec<Place>, Cancelled> {
    let mut names = view.snapshot.names.iter();
    let Some((code, _)) = names.find(|(_, name)| name.as_str() == "$group") else {
        return Ok(Vec::new());
    };
    let states = scan(view.snapshot, view.cancel, Vec::new, |found, rows| {
        let calls = (0..rows.len()).filter(|index| rows.event[*index] == code.0);
        found.extend(calls.map(|index| rows.place(index)));
    })?;
    let mut calls = states.concat();
    calls.sort_unstable();
    Ok(calls)
}

fn values(
    view: &View<'_>,
    calls: &[Place],
    account_type: &str,
    name: &str,
) -> Result<AccountValues, AskError> {
    let mut newest: BTreeMap<String, Told> = BTreeMap::new();
    let mut tell = |id: String, told: Told| {
        let known = newest.entry(id).or_insert_with(|| told.clone());
        if *known < told {
            *known = told;
        }
    };
    let described = view.snapshot.known.described.get(account_type);
    for it in described.iter().flat_map(|it| it.iter()) {
        if it.name == name {
            tell(it.id.clone(), (it.time.0, it.value.clone()));
        }
    }
    // Where a call has a value for a column, it need not be read.
    let mut silent: Vec<Place> = Vec::new();
    for of_run in calls.chunk_by(|a, b| a.run == b.run) {
        view.cancel.check()?;
        let run = &view.snapshot.runs[of_run[0].run as usize];
        let (values, own) = (
            run.values(&told::property(name))?,
            told::own_key(run, account_type)?,
        );
        let Some(own) = own else {
            continue;
        };
        for place in of_run {
            let row = place.row as usize;
            let Some(id) = own.id_at(row) else {
                continue;
            };
            match values.get(row) {
                Some(value) => tell(id, (run.time[row], Some(text_of(&value)))),
                None => silent.push(*place),
            }
        }
    }
    for event in read(view, &silent)? {
        let told = event.properties.to_map();
        if let Some(value) = told.get(name)
            && let Some(id) = owner(&event, account_type)
        {
            let text = (!value.is_null()).then(|| value.to_string());
            tell(id, (event.time.0, text));
        }
    }
    let scalars = newest.into_iter().filter_map(|(id, (_, text))| {
        let value: Value = serde_json::from_str(&text?).ok()?;
        Some((id, value))
    });
    Ok(scalars.collect())
}

/// The whole events at some places.
fn read(view: &View<'_>, places: &[Place]) -> Result<Vec<StoredEvent>, AskError> {
    let mut by_run: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for place in places {
        by_run.entry(place.run).or_default().push(place.row);
    }
    let mut events = Vec::new();
    for (run, rows) in by_run {
        view.cancel.check()?;
        events.extend(view.snapshot.runs[run as usize].events(&rows)?);
    }
    Ok(events)
}

/// The account of a type that a group call is about.
pub(super) fn owner(event: &StoredEvent, asked: &str) -> Option<String> {
    let context = event.context.to_map();
    let text = |name: &str| match context.get(name)? {
        serde_json::Value::String(text) => Some(Value::Text(text.clone())),
        serde_json::Value::Number(number) => Some(Value::Number(number.as_f64()?)),
        _ => None,
    };
    let named = match text("groupType") {
        Some(Value::Text(name)) => account_type(&name),
        _ => Some(ACCOUNT_TYPE_DEFAULT.to_owned()),
    };
    let is_asked = event.kind == EventKind::Group && named.as_deref() == Some(asked);
    is_asked.then(|| account_id(&text("groupId")?)).flatten()
}

/// A value as it stands in JSON, whole numbers without a fraction.
fn text_of(value: &Value) -> String {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and below 2^53")]
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            (*number as i64).to_string()
        }
        value => serde_json::to_string(value).expect("scalars are written"),
    }
}
