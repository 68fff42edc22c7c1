//! Whether a row carries the id of an account that passes a test, for a few rows at a time.
//!
//! The twin of [`members_of_accounts`](crate::accounts::members_of_accounts), which looks at all of them.

use std::sync::Arc;

use throughline_model::{
    Field, Test, Value,
    account::{ACCOUNT_TYPE_DEFAULT, AccountKey, account_id, account_type},
    people::AccountTraitIs,
};
use throughline_store::Values;

use crate::{
    accounts::{AccountValues, key_of},
    ask::AskError,
    scan::Place,
    view::View,
};

/// A condition on accounts, made ready for one snapshot.
pub(super) struct AtRows<'v> {
    runs: Vec<Columns>,
    account_type: String,
    test: Test,
    values: Option<&'v AccountValues>,
}

/// Where the events of a run carry ids, in the order in which they decide.
struct Columns {
    in_groups: Arc<Values>,
    own: Arc<Values>,
    own_type: Arc<Values>,
    property: Option<Arc<Values>>,
}

impl<'v> AtRows<'v> {
    pub fn new(
        view: &View<'_>,
        it: &AccountTraitIs,
        values: Option<&'v AccountValues>,
    ) -> Result<Self, AskError> {
        let context =
            |names: &[&str]| Field::Context(names.iter().map(|it| (*it).to_owned()).collect());
        let is_property = key_of(view.snapshot, &it.account_type) == AccountKey::Property;
        let runs = view.snapshot.runs.iter().map(|run| {
            let property = Field::Property(vec![it.account_type.clone()]);
            Ok(Columns {
                in_groups: run.values(&context(&["groups", &it.account_type]))?,
                own: run.values(&context(&["groupId"]))?,
                own_type: run.values(&context(&["groupType"]))?,
                property: is_property.then(|| run.values(&property)).transpose()?,
            })
        });
        Ok(Self {
            runs: runs.collect::<Result<_, AskError>>()?,
            account_type: it.account_type.clone(),
            test: it.test.clone(),
            values,
        })
    }

    /// Whether the account of the row passes; a row of no account does not.
    pub fn holds(&self, place: Place) -> bool {
        let id = self.id_at(place);
        id.is_some_and(|id| self.test.holds(self.values.and_then(|it| it.get(&id))))
    }

    fn id_at(&self, Place { run, row }: Place) -> Option<String> {
        let (columns, row) = (&self.runs[run as usize], row as usize);
        let read = |values: &Values| account_id(&values.get(row)?);
        read(&columns.in_groups)
            .or_else(|| {
                let is_own = match columns.own_type.get(row) {
                    Some(Value::Text(name)) => {
                        account_type(&name).as_deref() == Some(self.account_type.as_str())
                    }
                    _ => self.account_type == ACCOUNT_TYPE_DEFAULT,
                };
                is_own.then(|| read(&columns.own)).flatten()
            })
            .or_else(|| read(columns.property.as_ref()?))
    }
}
