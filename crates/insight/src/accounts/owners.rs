//! Accounts in the place of people: the events of all members of an account are one timeline.
//!
//! Kernels walk such a snapshot as any other, so what they count is accounts.

use throughline_model::{ProfileId, account::AccountKey};
use throughline_store::{ProfileSet, Snapshot};

use super::keys;
use crate::{
    ask::AskError,
    cancel::Cancel,
    objects::keys::Keys,
    scan::{Place, scan},
    view::View,
};

/// Which account each row is of. Accounts are numbered by their ids, whatever the order of rows.
pub(crate) struct Owners {
    keys: Keys,
    /// Per code of the keys, from 1, the number of its account.
    numbers: Vec<u32>,
    /// By number.
    ids: Vec<String>,
}

impl Owners {
    fn new(view: &View<'_>, account_type: &str) -> Result<Self, AskError> {
        let types = &view.snapshot.known.account_types;
        let key = types.get(account_type).copied();
        let keys = keys(view, account_type, key.unwrap_or(AccountKey::Context))?;
        let mut order: Vec<u32> = (1..).take(keys.ids().len()).collect();
        order.sort_unstable_by_key(|code| keys.id(*code));
        let mut numbers = vec![0; order.len() + 1];
        for (number, code) in (0..).zip(&order) {
            numbers[*code as usize] = number;
        }
        let ids = order.iter().map(|code| keys.id(*code).to_owned());
        Ok(Self {
            ids: ids.collect(),
            keys,
            numbers,
        })
    }

    /// The ids of accounts by their numbers.
    pub(crate) fn ids(&self) -> &[String] {
        &self.ids
    }

    fn at(&self, place: Place) -> Option<u32> {
        match self.keys.at(place) {
            0 => None,
            code => Some(self.numbers[code as usize]),
        }
    }
}

/// The snapshot with accounts in the place of profiles, and whose they are; events of none are not there.
pub(crate) fn owned(view: &View<'_>, account_type: &str) -> Result<(Snapshot, Owners), AskError> {
    let owners = Owners::new(view, account_type)?;
    view.cancel.check()?;
    let snapshot = view.snapshot.owned(|run, row| {
        let run = u32::try_from(run).expect("fewer than 2^32 runs");
        owners.at(Place { run, row })
    });
    Ok((snapshot, owners))
}

/// The profiles that have events of accounts, sorted.
pub(crate) fn members_of(
    snapshot: &Snapshot,
    owners: &Owners,
    accounts: &[ProfileId],
    cancel: &Cancel,
) -> Result<Vec<ProfileId>, AskError> {
    let accounts: ProfileSet = accounts.iter().map(|it| it.0).collect();
    let states = scan(snapshot, cancel, Vec::new, |found, rows| {
        let is_theirs = |index| {
            owners
                .at(rows.place(index))
                .is_some_and(|it| accounts.contains(it))
        };
        if (0..rows.len()).any(is_theirs) {
            found.push(rows.profile);
        }
    })?;
    let mut members = states.concat();
    members.sort_unstable();
    Ok(members)
}

/// The ids of accounts.
pub(crate) fn ids_of(owners: &Owners, accounts: &[ProfileId]) -> Vec<String> {
    let ids = accounts
        .iter()
        .filter_map(|it| owners.ids.get(it.0 as usize));
    ids.cloned().collect()
}
