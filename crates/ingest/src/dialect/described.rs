//! Descriptions of accounts that come with no person: they make no profile, and what they say is kept.
//!
//! Of their operations those count that need nothing known before: to set, to set once, to take away.

use throughline_model::{
    Timestamp,
    account::{ACCOUNT_TYPE_DEFAULT, AccountDescription, AccountKey, account_id, account_type},
};

use super::{Dialect, Moment, draft::unmarked};
use crate::{check, decoded::Decoded, field, json, traits::TraitState};

/// Reads what was put aside once more, for what it says of accounts. `items` are those of the body.
pub(super) fn read(dialect: Dialect, items: &[&str], moment: Moment, decoded: &mut Decoded) {
    for index in &decoded.aside {
        let Some(text) = items.get(*index as usize) else {
            continue;
        };
        match dialect {
            Dialect::PostHog | Dialect::PostHogV1 => {
                decoded.described.extend(posthog(text, moment))
            }
            Dialect::MixpanelGroups => decoded.described.extend(mixpanel(text, moment)),
            Dialect::Amplitude => decoded.described.extend(amplitude(text, moment)),
            _ => {}
        }
    }
}

fn posthog(text: &str, moment: Moment) -> Option<AccountDescription> {
    let properties = json::member(text, "properties")?;
    let mut account = Account::of(
        json::member(properties, "$group_type"),
        json::member(properties, "$group_key"),
        time_of("timestamp", text, moment)?,
    )?;
    account.set(json::member(properties, "$group_set"));
    account.set_once(json::member(properties, "$group_set_once"));
    Some(account.told(AccountKey::Context))
}

fn mixpanel(text: &str, moment: Moment) -> Option<AccountDescription> {
    let mut account = Account::of(
        json::member(text, "$group_key"),
        json::member(text, "$group_id"),
        time_of("$time", text, moment)?,
    )?;
    account.operate(text);
    Some(account.told(AccountKey::Property))
}

/// One description is of one account of each type.
fn amplitude(text: &str, moment: Moment) -> Vec<AccountDescription> {
    let groups = json::members(json::member(text, "groups").unwrap_or_default());
    let described = groups.filter_map(|(name, id)| {
        let name = serde_json::Value::from(&*name).to_string();
        let mut account = Account::of(Some(&name), Some(id), time_of("time", text, moment)?)?;
        if let Some(properties) = json::member(text, "group_properties") {
            account.operate(properties);
            let plain = json::members(properties).filter(|(name, _)| !name.starts_with('$'));
            plain.for_each(|(name, value)| account.tell(&name, account.time, Some(value)));
        }
        Some(account.told(AccountKey::Context))
    });
    described.collect()
}

/// None for a time at which nothing can have happened.
fn time_of(member: &str, text: &str, moment: Moment) -> Option<Timestamp> {
    let told = field::instant(member, json::member(text, member)).ok()?;
    let time = told.map_or(moment.received, |time| moment.corrected(time));
    check::time(time, moment.received).ok()?;
    Some(time)
}

/// A description that is being read.
struct Account {
    account_type: String,
    id: String,
    time: Timestamp,
    traits: Vec<(String, TraitState)>,
}

impl Account {
    fn of(name: Option<&str>, id: Option<&str>, time: Timestamp) -> Option<Self> {
        let name = match name {
            Some(name) => account_type(&json::text(name)?)?,
            None => ACCOUNT_TYPE_DEFAULT.to_owned(),
        };
        let id = field::id("id", id).ok()??;
        Some(Self {
            account_type: name,
            id: account_id(&throughline_model::Value::Text(id.into_owned()))?,
            time,
            traits: Vec::new(),
        })
    }

    fn operate(&mut self, operations: &str) {
        self.set(json::member(operations, "$set"));
        self.set_once(json::member(operations, "$set_once"));
        self.set_once(json::member(operations, "$setOnce"));
        let Some(unset) = json::member(operations, "$unset") else {
            return;
        };
        for (name, _) in json::members(unset) {
            self.tell(&name, self.time, None);
        }
        if unset.starts_with('[') {
            let names = json::elements(unset).filter_map(json::text);
            names.for_each(|name| self.tell(&name, self.time, None));
        }
    }

    fn set(&mut self, traits: Option<&str>) {
        for (name, value) in json::members(traits.unwrap_or_default()) {
            self.tell(&name, self.time, Some(value));
        }
    }

    /// What is set once holds only while nothing else is known: its time counts backwards.
    fn set_once(&mut self, traits: Option<&str>) {
        for (name, value) in json::members(traits.unwrap_or_default()) {
            self.tell(&name, Timestamp(-self.time.0), Some(value));
        }
    }

    fn tell(&mut self, name: &str, time: Timestamp, value: Option<&str>) {
        let name = unmarked(name);
        if name.is_empty() || self.traits.iter().any(|it| it.0 == name) {
            return;
        }
        let value = value.filter(|it| *it != "null").map(str::to_owned);
        self.traits
            .push((name.to_owned(), TraitState { time, value }));
    }

    fn told(self, key: AccountKey) -> AccountDescription {
        AccountDescription {
            account_type: self.account_type,
            id: self.id,
            key,
            traits: self
                .traits
                .into_iter()
                .map(|(name, it)| (name, it.time, it.value))
                .collect(),
        }
    }
}
