//! What is told of accounts: by group calls of their members, and by descriptions that are nobody's.

use std::{collections::BTreeMap, sync::Arc};

use arrow::buffer::BooleanBuffer;
use throughline_model::{
    Field, Timestamp, Value,
    account::{ACCOUNT_TYPE_DEFAULT, account_id, account_type},
};
use throughline_store::{Run, Values, state::AccountTrait};

use super::{AccountTraitFacts, KeyColumn, Keys, traits::owner};
use crate::{ask::AskError, objects::life::Touch, view::View};

/// The newest JSON text of a trait, with its time; none where it was taken away.
type Newest = (i64, Option<String>);

/// What group calls say of the accounts of one type.
pub(super) struct Told<'v> {
    view: &'v View<'v>,
    account_type: &'v str,
    /// The code of group calls, once there was one.
    group: Option<u16>,
    /// Per run their names, and which account each is about; none where nobody says a name.
    names: Vec<Option<(Arc<Values>, KeyColumn)>>,
}

impl<'v> Told<'v> {
    pub(super) fn new(view: &'v View<'v>, account_type: &'v str) -> Result<Self, AskError> {
        let group = view.snapshot.names.iter();
        let mut group = group.filter(|(_, name)| name.as_str() == "$group");
        let mut names = Vec::new();
        for run in &view.snapshot.runs {
            view.cancel.check()?;
            let told = run.values(&property("name"))?;
            let own = match told.text {
                Some(_) => own_key(run, account_type)?,
                None => None,
            };
            names.push(own.map(|own| (told, own)));
        }
        Ok(Self {
            view,
            account_type,
            group: group.next().map(|(code, _)| code.0),
            names,
        })
    }

    /// The newest name of each account that has one, by id.
    pub(super) fn names(
        &self,
        touches: &[Touch],
        keys: &Keys,
        described: &[AccountTrait],
    ) -> BTreeMap<String, String> {
        let mut names: BTreeMap<&str, (i64, String)> = BTreeMap::new();
        let mut tell = |id, time: i64, name: String| {
            let known = names.entry(id).or_insert_with(|| (i64::MIN, String::new()));
            if (time, &name) > (known.0, &known.1) {
                *known = (time, name);
            }
        };
        for it in described.iter().filter(|it| it.name == "name") {
            let text = it.value.as_deref().map(serde_json::from_str);
            if let Some(Ok(serde_json::Value::String(name))) = text {
                tell(it.id.as_str(), it.time.0, name);
            }
        }
        for touch in touches.iter().filter(|it| Some(it.event) == self.group) {
            let (run, row) = (touch.place.run as usize, touch.place.row as usize);
            let id = keys.id(touch.object);
            if let Some((told, own)) = &self.names[run]
                && own.id_at(row).as_deref() == Some(id)
                && let Some(Value::Text(name)) = told.get(row)
            {
                tell(id, touch.time, name);
            }
        }
        (names.into_iter())
            .map(|(id, (_, name))| (id.to_owned(), name))
            .collect()
    }

    /// What is known of one account, by name: of each trait the newest.
    pub(super) fn traits(
        &self,
        touches: &[Touch],
        id: &str,
        described: &[AccountTrait],
    ) -> Result<Vec<AccountTraitFacts>, AskError> {
        let mut newest: BTreeMap<String, Newest> = BTreeMap::new();
        let mut tell = |name: &str, time: i64, value: Option<String>| {
            let told = (time, value);
            match newest.get_mut(name) {
                Some(known) if *known >= told => {}
                Some(known) => *known = told,
                None => drop(newest.insert(name.to_owned(), told)),
            }
        };
        for it in described.iter().filter(|it| !it.name.is_empty()) {
            tell(&it.name, it.time.0, it.value.clone());
        }
        let mut calls: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for touch in touches.iter().filter(|it| Some(it.event) == self.group) {
            calls
                .entry(touch.place.run)
                .or_default()
                .push(touch.place.row);
        }
        for (run, rows) in calls {
            self.view.cancel.check()?;
            for event in self.view.snapshot.runs[run as usize].events(&rows)? {
                if owner(&event, self.account_type).as_deref() != Some(id) {
                    continue;
                }
                for (name, value) in event.properties.to_map() {
                    let value = (!value.is_null()).then(|| value.to_string());
                    tell(&name, event.time.0, value);
                }
            }
        }
        let known = newest.into_iter().filter_map(|(name, (time, value))| {
            Some(AccountTraitFacts {
                name,
                value: serde_json::from_str(&value?).ok()?,
                // What was set once counts backwards.
                time: Timestamp(time.abs()),
            })
        });
        Ok(known.collect())
    }
}

impl KeyColumn {
    /// The id at a row.
    pub(super) fn id_at(&self, row: usize) -> Option<String> {
        let is_read = self.only.as_ref().is_none_or(|it| it.value(row));
        is_read
            .then(|| account_id(&self.values.get(row)?))
            .flatten()
    }
}

/// The ids of `context.groupId` at the rows where they are of this type; none where no row has one.
pub(super) fn own_key(run: &Run, asked: &str) -> Result<Option<KeyColumn>, AskError> {
    let values = run.values(&context(&["groupId"]))?;
    if values.text.is_none() && values.number.is_none() {
        return Ok(None);
    }
    let types = run.values(&context(&["groupType"]))?;
    let is_asked = |row| match types.get(row) {
        Some(Value::Text(name)) => account_type(&name).as_deref() == Some(asked),
        _ => asked == ACCOUNT_TYPE_DEFAULT,
    };
    Ok(Some(KeyColumn {
        values,
        only: Some(BooleanBuffer::collect_bool(run.len(), is_asked)),
    }))
}

/// Where events carry the id of their account beside those of other types.
pub(super) fn in_groups(account_type: &str) -> Field {
    context(&["groups", account_type])
}

/// The property that is named like the type.
pub(super) fn property(name: &str) -> Field {
    Field::Property(vec![name.to_owned()])
}

fn context(names: &[&str]) -> Field {
    Field::Context(names.iter().map(|it| (*it).to_owned()).collect())
}
