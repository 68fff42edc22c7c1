//! Accounts: the groups that group events name. They are objects of their own and no people.

use std::collections::BTreeMap;

use throughline_model::{EventKind, EventName, Field, ProfileId, Timestamp, Value};
use throughline_store::ProfileSet;

use crate::{ask::AskError, scan::Place, view::View};

/// What is known of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    pub members_count: usize,
    /// When a group event named it for the first time, and the last.
    pub first: Timestamp,
    pub last: Timestamp,
    /// The newest group event, whose traits are those of the account.
    pub newest: Place,
}

/// An account while rows are walked.
struct Found {
    members: ProfileSet,
    first: i64,
    newest: (i64, Place),
}

/// Every account, the one with most members first.
pub fn accounts(view: &View<'_>) -> Result<Vec<Account>, AskError> {
    let found = walk(view, None)?;
    let mut accounts: Vec<Account> = (found.into_iter())
        .map(|(id, found)| Account {
            id,
            members_count: found.members.len(),
            first: Timestamp(found.first),
            last: Timestamp(found.newest.0),
            newest: found.newest.1,
        })
        .collect();
    accounts.sort_by(|a, b| (b.members_count, &a.id).cmp(&(a.members_count, &b.id)));
    Ok(accounts)
}

/// One account with its members, ascending; none when no group event names it.
pub fn account(
    view: &View<'_>,
    id: &str,
) -> Result<Option<(Account, Vec<ProfileId>)>, AskError> {
    let found = walk(view, Some(id))?.into_iter().next();
    Ok(found.map(|(id, found)| {
        let members: Vec<ProfileId> = found.members.iter().map(ProfileId).collect();
        let account = Account {
            id,
            members_count: members.len(),
            first: Timestamp(found.first),
            last: Timestamp(found.newest.0),
            newest: found.newest.1,
        };
        (account, members)
    }))
}

fn walk(view: &View<'_>, only: Option<&str>) -> Result<BTreeMap<String, Found>, AskError> {
    let mut accounts: BTreeMap<String, Found> = BTreeMap::new();
    let name = EventKind::Group.fixed_name().unwrap_or_default();
    let name = EventName::parse(name).ok();
    let Some(code) = name.and_then(|name| view.snapshot.names.code(&name)) else {
        return Ok(accounts);
    };
    let field = Field::Context(vec!["groupId".to_owned()]);
    for (index, run) in view.snapshot.runs.iter().enumerate() {
        if !run.event.contains(&code.0) {
            continue;
        }
        let values = run.values(&field)?;
        for (group, profile) in run.profiles.iter().enumerate() {
            if !view.snapshot.is_live(*profile) {
                continue;
            }
            for row in run.offsets[group]..run.offsets[group + 1] {
                let at = row as usize;
                if run.event[at] != code.0 {
                    continue;
                }
                let id = match values.get(at) {
                    Some(Value::Text(text)) => text,
                    Some(Value::Number(number)) => number.to_string(),
                    _ => continue,
                };
                if only.is_some_and(|only| only != id) {
                    continue;
                }
                let place = Place {
                    run: u32::try_from(index).expect("fewer than 2^32 runs"),
                    row,
                };
                let time = run.time[at];
                let found = accounts.entry(id).or_insert_with(|| Found {
                    members: ProfileSet::default(),
                    first: time,
                    newest: (time, place),
                });
                found.members.insert(*profile);
                found.first = found.first.min(time);
                if time >= found.newest.0 {
                    found.newest = (time, place);
                }
            }
        }
    }
    Ok(accounts)
}
