//! Accounts: what profiles belong to together, from the events that carry an account's id.
//!
//! Who is a member, when an account was seen and what its members did follows from the events alone.
//! What is told of an account comes from its members' group calls, and from descriptions that are nobody's.

mod owners;
mod told;
pub(crate) mod traits;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};
use throughline_model::{
    ProfileId, Timestamp,
    account::{AccountKey, AccountTypes},
    limits,
};
use throughline_store::state::AccountTrait;
use utoipa::ToSchema;

pub(crate) use owners::{Owners, ids_of, members_of, owned};
use told::Told;
pub use traits::{AccountTraits, AccountValues, account_traits, members_of_accounts, touched_by};
pub(crate) use traits::{account_values_of, key_of, keys_of};

use crate::{
    ask::AskError,
    objects::{
        keys::{KeyColumn, Keys},
        life::Touch,
    },
    person::places_of,
    scan::Place,
    view::View,
};

/// An account in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountFacts {
    pub account_type: String,
    pub id: String,
    /// The newest text that was told as its `name`.
    pub name: Option<String>,
    /// Its first event; none while it was only described.
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Without the product's own events and hidden ones.
    pub events_count: u64,
    /// Profiles with an event that carries its id.
    pub members_count: u64,
}

/// What an account is known by, and when that was told.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AccountTraitFacts {
    pub name: String,
    #[schema(value_type = Object)]
    pub value: serde_json::Value,
    pub time: Timestamp,
}

/// A profile in an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountMember {
    pub profile: ProfileId,
    pub first: Timestamp,
    pub last: Timestamp,
    /// Of its events, those that carry the account's id.
    pub events_count: u64,
}

/// Everything about one account.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AccountStory {
    #[serde(flatten)]
    pub facts: AccountFacts,
    /// By name, the newest of each.
    pub traits: Vec<AccountTraitFacts>,
    /// Those that were seen last first.
    #[serde(skip)]
    pub members: Vec<AccountMember>,
    /// The rows of the events that are shown, the earliest first.
    #[serde(skip)]
    pub shown: Vec<(Place, ProfileId)>,
}

/// By what a list is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountOrder {
    /// Most members first.
    #[default]
    Members,
    /// Most events first.
    Events,
    /// Those that were seen last first.
    LastSeen,
    /// By name, or id where there is none.
    Name,
}

/// Which accounts to list.
#[derive(Clone, Debug, Default)]
pub struct AccountsAsk {
    /// Only those whose id or name contains this, in whatever case.
    pub search: Option<String>,
    pub order: AccountOrder,
    pub offset: usize,
    pub limit: usize,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountList {
    /// Accounts of the type.
    pub all: u64,
    /// How many the list has.
    pub found: u64,
    pub accounts: Vec<AccountFacts>,
}

/// Accounts of one type, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountTypeFacts {
    pub account_type: String,
    pub accounts: u64,
    /// Names of what was told of them, by descriptions and the latest group calls.
    pub traits: Vec<String>,
}

/// A type of accounts made ready for one snapshot.
struct Plan<'a> {
    account_type: &'a str,
    keys: Keys,
    is_quiet: Vec<bool>,
    now: i64,
}

impl<'a> Plan<'a> {
    fn new(
        view: &View<'_>,
        account_type: &'a str,
        key: AccountKey,
        now: Timestamp,
    ) -> Result<Self, AskError> {
        Ok(Self {
            account_type,
            keys: keys(view, account_type, key)?,
            is_quiet: view.snapshot.names.quiet(),
            now: now.0,
        })
    }

    fn touches(
        &self,
        view: &View<'_>,
        is_wanted: impl Fn(u32) -> bool + Sync,
    ) -> Result<Vec<Touch>, AskError> {
        (self.keys).touches(view, self.now, |account, _, _| is_wanted(account))
    }

    fn is_counted(&self, touch: &Touch) -> bool {
        self.is_quiet.get(usize::from(touch.event)) == Some(&false)
    }

    fn facts(&self, id: &str, name: Option<String>, touches: &[Touch]) -> AccountFacts {
        let members: BTreeSet<u32> = touches.iter().map(|it| it.profile).collect();
        AccountFacts {
            account_type: self.account_type.to_owned(),
            id: id.to_owned(),
            name,
            first: touches.first().map(|it| Timestamp(it.time)),
            last: touches.last().map(|it| Timestamp(it.time)),
            events_count: touches.iter().filter(|it| self.is_counted(it)).count() as u64,
            members_count: members.len() as u64,
        }
    }
}

/// Which account of a type each row carries.
pub(crate) fn keys(view: &View<'_>, account_type: &str, key: AccountKey) -> Result<Keys, AskError> {
    Keys::by(view, |run| {
        let mut columns = vec![KeyColumn::of(run, &told::in_groups(account_type))?];
        columns.extend(told::own_key(run, account_type)?);
        if key == AccountKey::Property {
            columns.push(KeyColumn::of(run, &told::property(account_type))?);
        }
        Ok(columns)
    })
}

/// The types that have accounts, with how many; those that were only described count too.
pub fn account_types(
    view: &View<'_>,
    types: &AccountTypes,
    described: impl Fn(&str) -> Result<Vec<AccountTrait>, AskError>,
) -> Result<Vec<AccountTypeFacts>, AskError> {
    let mut counted = Vec::new();
    for (account_type, key) in types {
        let keys = keys(view, account_type, *key)?;
        // Rows of profiles that are shown no more have ids too, so rows are walked.
        let touches = keys.touches(view, i64::MAX, |_, _, _| true)?;
        let seen = touches.chunk_by(|a, b| a.object == b.object);
        let mut ids: BTreeSet<&str> = seen.map(|it| keys.id(it[0].object)).collect();
        let described = described(account_type)?;
        ids.extend(described.iter().map(|it| it.id.as_str()));
        if !ids.is_empty() {
            counted.push(AccountTypeFacts {
                account_type: account_type.clone(),
                accounts: ids.len() as u64,
                traits: traits::names(view, account_type, &described)?
                    .into_iter()
                    .collect(),
            });
        }
    }
    Ok(counted)
}

/// Lists the accounts of a type; `described` is what was told of them and of nobody.
pub fn accounts(
    view: &View<'_>,
    account_type: &str,
    key: AccountKey,
    described: &[AccountTrait],
    ask: &AccountsAsk,
    now: Timestamp,
) -> Result<AccountList, AskError> {
    let plan = Plan::new(view, account_type, key, now)?;
    let touches = plan.touches(view, |_| true)?;
    let told = Told::new(view, account_type)?;
    let names = told.names(&touches, &plan.keys, described);
    let mut all: BTreeMap<&str, &[Touch]> = described
        .iter()
        .map(|it| (it.id.as_str(), &[][..]))
        .collect();
    for touches in touches.chunk_by(|a, b| a.object == b.object) {
        all.insert(plan.keys.id(touches[0].object), touches);
    }
    let count = all.len() as u64;
    let search = ask.search.as_deref().map(str::to_lowercase);
    let mut found: Vec<AccountFacts> = (all.into_iter())
        .map(|(id, touches)| plan.facts(id, names.get(id).cloned(), touches))
        .filter(|it| search.as_ref().is_none_or(|search| has(it, search)))
        .collect();
    // They lie by id, which is kept where all else is equal.
    found.sort_by(|a, b| match ask.order {
        AccountOrder::Members => b.members_count.cmp(&a.members_count),
        AccountOrder::Events => b.events_count.cmp(&a.events_count),
        AccountOrder::LastSeen => b.last.cmp(&a.last),
        AccountOrder::Name => shown_name(a).cmp(&shown_name(b)),
    });
    Ok(AccountList {
        all: count,
        found: found.len() as u64,
        accounts: found.into_iter().skip(ask.offset).take(ask.limit).collect(),
    })
}

/// Everything about one account; none where nothing was ever told of it.
pub fn account(
    view: &View<'_>,
    account_type: &str,
    key: AccountKey,
    id: &str,
    described: &[AccountTrait],
    now: Timestamp,
) -> Result<Option<AccountStory>, AskError> {
    let plan = Plan::new(view, account_type, key, now)?;
    let touches = match plan.keys.code(id) {
        Some(code) => plan.touches(view, |account| account == code)?,
        None => Vec::new(),
    };
    if touches.is_empty() && described.is_empty() {
        return Ok(None);
    }
    let told = Told::new(view, account_type)?;
    let names = told.names(&touches, &plan.keys, described);
    let traits = told.traits(&touches, id, described)?;
    let mut members: BTreeMap<u32, AccountMember> = BTreeMap::new();
    for touch in &touches {
        let time = Timestamp(touch.time);
        let member = members.entry(touch.profile).or_insert(AccountMember {
            profile: ProfileId(touch.profile),
            first: time,
            last: time,
            events_count: 0,
        });
        member.last = time;
        member.events_count += u64::from(plan.is_counted(touch));
    }
    let mut members: Vec<AccountMember> = members.into_values().collect();
    members.sort_by_key(|it| (Reverse(it.last), it.profile));
    let shown = &touches[touches.len().saturating_sub(limits::ACCOUNT_EVENTS_MAX)..];
    Ok(Some(AccountStory {
        facts: plan.facts(id, names.get(id).cloned(), &touches),
        traits,
        members,
        shown: (shown.iter())
            .map(|it| (it.place, ProfileId(it.profile)))
            .collect(),
    }))
}

/// The accounts that a profile has events of, those of the latest first, and how many there are.
pub fn accounts_of(
    view: &View<'_>,
    profile: ProfileId,
    types: &AccountTypes,
    described: impl Fn(&str) -> Result<Vec<AccountTrait>, AskError>,
    now: Timestamp,
) -> Result<(Vec<AccountFacts>, u64), AskError> {
    let mut found: Vec<(i64, AccountFacts)> = Vec::new();
    for (account_type, key) in types {
        let plan = Plan::new(view, account_type, *key, now)?;
        // Per account when the profile was seen in it last.
        let mut seen: BTreeMap<u32, i64> = BTreeMap::new();
        for (run, rows) in places_of(view.snapshot, profile) {
            for row in rows {
                let place = Place {
                    run: u32::try_from(run).expect("fewer than 2^32 runs"),
                    row: u32::try_from(row).expect("rows of a run fit 32 bits"),
                };
                let time = view.snapshot.runs[run].time[row];
                let account = plan.keys.at(place);
                if account != 0 && time <= plan.now {
                    let last = seen.entry(account).or_insert(time);
                    *last = time.max(*last);
                }
            }
        }
        if seen.is_empty() {
            continue;
        }
        let touches = plan.touches(view, |account| seen.contains_key(&account))?;
        let described = described(account_type)?;
        let told = Told::new(view, account_type)?;
        let names = told.names(&touches, &plan.keys, &described);
        for touches in touches.chunk_by(|a, b| a.object == b.object) {
            let (code, id) = (touches[0].object, plan.keys.id(touches[0].object));
            let facts = plan.facts(id, names.get(id).cloned(), touches);
            found.push((seen[&code], facts));
        }
    }
    found.sort_by(|(a_last, a), (b_last, b)| {
        (b_last.cmp(a_last)).then_with(|| (&a.account_type, &a.id).cmp(&(&b.account_type, &b.id)))
    });
    let count = found.len() as u64;
    found.truncate(limits::ACCOUNTS_OF_PROFILE_MAX);
    Ok((found.into_iter().map(|it| it.1).collect(), count))
}

fn has(account: &AccountFacts, search: &str) -> bool {
    let name = account.name.as_deref().unwrap_or_default();
    account.id.to_lowercase().contains(search) || name.to_lowercase().contains(search)
}

fn shown_name(account: &AccountFacts) -> String {
    account.name.as_ref().unwrap_or(&account.id).to_lowercase()
}

#[cfg(test)]
mod tests;
