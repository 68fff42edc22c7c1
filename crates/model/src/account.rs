//! What profiles belong to together: companies, households, teams, whatever a library calls a group.
//!
//! An account is no row anywhere: it is the events that carry its id, whoever they are of, and what was told
//! of it. A description alone makes no profile.

use std::collections::BTreeMap;

use crate::{Timestamp, Value, limits, object_kind::object_id};

/// The type of those that come without one, as from Segment's libraries.
pub const ACCOUNT_TYPE_DEFAULT: &str = "account";

/// The types of accounts, each with where an event carries the id.
pub type AccountTypes = BTreeMap<String, AccountKey>;

/// Where an event carries the id of its account of some type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountKey {
    /// In its context.
    #[default]
    Context,
    /// There, or in the property that is named like the type.
    Property,
}

/// What was told of an account and of nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountDescription {
    pub account_type: String,
    pub id: String,
    pub key: AccountKey,
    /// Each with its time and its JSON text; none for one that was taken away.
    ///
    /// The time is below zero where the value was set once.
    pub traits: Vec<(String, Timestamp, Option<String>)>,
}

/// The name of a type as it is compared; none where it is no name.
pub fn account_type(name: &str) -> Option<String> {
    let name = name.trim();
    let is_name = !name.is_empty() && name.chars().count() <= limits::ACCOUNT_TYPE_CHARS_MAX;
    is_name.then(|| name.to_owned())
}

/// An account's id as it is compared; none where it is no id.
pub fn account_id(value: &Value) -> Option<String> {
    object_id(value)
}
