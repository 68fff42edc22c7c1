//! What was told of accounts and of nobody: descriptions that come without a person.
//!
//! What members' own events say of their accounts lies in the events.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use rusqlite::{Transaction, params};
use throughline_model::{
    SourceId, Timestamp,
    account::{AccountDescription, AccountKey, AccountTypes},
    limits,
};

use super::{StateBatch, StateError, WorkspaceState};

/// Types and descriptions that one batch brings, by source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountsTold {
    types: BTreeMap<(SourceId, String), AccountKey>,
    described: Vec<(SourceId, AccountDescription)>,
}

/// The newest that a source told of one trait of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountTrait {
    pub id: String,
    /// Empty where it says no more than that the account was described.
    pub name: String,
    /// JSON text; none when it was taken away.
    pub value: Option<String>,
    /// Below zero where it was set once.
    pub time: Timestamp,
}

impl AccountsTold {
    /// Notes that there is a type.
    pub fn see(&mut self, source: SourceId, account_type: String, key: AccountKey) {
        let known = self.types.entry((source, account_type)).or_default();
        *known = key.max(*known);
    }

    /// Notes what was told of an account.
    pub fn describe(&mut self, source: SourceId, description: AccountDescription) {
        self.see(source, description.account_type.clone(), description.key);
        self.described.push((source, description));
    }

    /// Forgets what a source told.
    pub fn remove_source(&mut self, source: SourceId) {
        self.types.retain(|(of, _), _| *of != source);
        self.described.retain(|(of, _)| *of != source);
    }

    /// Whether anything was told of an account and of nobody.
    pub fn has_descriptions(&self) -> bool {
        !self.described.is_empty()
    }

    /// Changes in it.
    pub fn len(&self) -> usize {
        self.types.len() + self.described.len()
    }

    /// True when nothing was told.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl WorkspaceState {
    /// Grows whenever what was told of accounts and of nobody changes, while the process runs.
    pub fn accounts_version(&self) -> u64 {
        self.accounts_version.load(Ordering::Acquire)
    }

    pub(super) fn follow_accounts(&self, batch: &StateBatch) {
        if batch.accounts.has_descriptions() || !batch.removed_sources.is_empty() {
            self.accounts_version.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// The types of accounts that were seen, the first by name where there are too many.
    pub fn account_types(&self) -> Result<AccountTypes, StateError> {
        self.db.read("read the types of accounts", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT type, max(is_property) FROM account_types GROUP BY type ORDER BY type LIMIT ?1",
            )?;
            let most = i64::try_from(limits::ACCOUNT_TYPES_MAX).unwrap_or(i64::MAX);
            let rows = select.query_map([most], |row| {
                let key = match row.get(1)? {
                    false => AccountKey::Context,
                    true => AccountKey::Property,
                };
                Ok((row.get(0)?, key))
            })?;
            rows.collect()
        })
    }

    /// What was told of the accounts of a type, or of one of them, by id and name.
    pub fn account_traits(
        &self,
        account_type: &str,
        id: Option<&str>,
    ) -> Result<Vec<AccountTrait>, StateError> {
        self.db.read("read what was told of accounts", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT id, name, value, time FROM account_traits
                 WHERE type = ?1 AND (?2 IS NULL OR id = ?2) ORDER BY id, name",
            )?;
            let rows = select.query_map(params![account_type, id], |row| {
                Ok(AccountTrait {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    value: row.get(2)?,
                    time: Timestamp(row.get(3)?),
                })
            })?;
            rows.collect()
        })
    }
}

pub(super) fn store(tx: &Transaction<'_>, batch: &StateBatch) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO account_types (type, source, is_property) VALUES (?1, ?2, ?3)
         ON CONFLICT (type, source) DO UPDATE SET is_property = max(is_property, excluded.is_property)",
    )?;
    for ((source, account_type), key) in &batch.accounts.types {
        insert.execute(params![
            account_type,
            source.0,
            *key == AccountKey::Property
        ])?;
    }
    // As for the traits of profiles: the later time, and at one time the greater text, whoever came first.
    let mut insert = tx.prepare_cached(
        "INSERT INTO account_traits (type, id, name, source, value, time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (type, id, name, source) DO UPDATE SET value = excluded.value, time = excluded.time
         WHERE excluded.time > time
            OR (excluded.time = time AND ifnull(excluded.value, '') > ifnull(value, ''))",
    )?;
    for (source, it) in &batch.accounts.described {
        let known = ("", Timestamp(0), None);
        let told = it.traits.iter();
        let told = told.map(|(name, time, value)| (name.as_str(), *time, value.as_deref()));
        for (name, time, value) in told.chain([known]) {
            insert.execute(params![
                it.account_type,
                it.id,
                name,
                source.0,
                value,
                time.0
            ])?;
        }
    }
    Ok(())
}

pub(super) fn remove_source(tx: &Transaction<'_>, source: SourceId) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM account_types WHERE source = ?1", [source.0])?;
    tx.execute("DELETE FROM account_traits WHERE source = ?1", [source.0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: u32, time: i64, value: Option<&str>, key: AccountKey) -> AccountsTold {
        let mut told = AccountsTold::default();
        let description = AccountDescription {
            account_type: "company".to_owned(),
            id: "acme".to_owned(),
            key,
            traits: vec![("plan".to_owned(), Timestamp(time), value.map(str::to_owned))],
        };
        told.describe(SourceId(source), description);
        told
    }

    fn check(batches: impl IntoIterator<Item = AccountsTold>, removed: Option<u32>) -> Vec<String> {
        let dir = tempfile::tempdir().expect("a folder");
        let state = WorkspaceState::open(&dir.path().join("state.db")).expect("opened");
        for accounts in batches {
            let batch = StateBatch {
                accounts,
                ..StateBatch::default()
            };
            state.commit(&batch).expect("stored");
        }
        let batch = StateBatch {
            removed_sources: removed.into_iter().map(SourceId).collect(),
            ..StateBatch::default()
        };
        state.commit(&batch).expect("stored");
        let types = state.account_types().expect("read");
        let types = types
            .into_iter()
            .map(|(name, key)| format!("{name} {key:?}"));
        let traits = state.account_traits("company", Some("acme")).expect("read");
        let traits = traits.into_iter().map(|it| {
            let value = it.value.unwrap_or_default();
            format!("{}={value} at {}", it.name, it.time.0)
        });
        types.chain(traits).collect()
    }

    #[test]
    fn the_newest_of_each_source_stays_in_whatever_order_it_came() {
        let batches = [
            told(1, 5, Some("1"), AccountKey::Context),
            told(1, 9, Some("2"), AccountKey::Property),
            told(1, 9, Some("3"), AccountKey::Context),
            told(1, 9, None, AccountKey::Context),
            told(2, 7, Some("4"), AccountKey::Context),
        ];
        let expected = [
            "company Property",
            "= at 0",
            "= at 0",
            "plan=3 at 9",
            "plan=4 at 7",
        ];
        assert_eq!(check(batches.clone(), None), expected);
        assert_eq!(check(batches.clone().into_iter().rev(), None), expected);
        let left = ["company Context", "= at 0", "plan=4 at 7"];
        assert_eq!(check(batches, Some(1)), left);
    }
}
