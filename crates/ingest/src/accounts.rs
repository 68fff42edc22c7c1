//! Which types of accounts an event speaks of: that of its `context.groupId`, and those in `context.groups`.

use throughline_model::{
    Event,
    account::{ACCOUNT_TYPE_DEFAULT, account_type},
};

use crate::json;

/// The types of accounts that an event carries an id of.
pub fn types_of(event: &Event) -> Vec<String> {
    let context = event.context.as_str();
    if !context.contains("\"group") {
        return Vec::new();
    }
    let mut types = Vec::new();
    if json::member(context, "groupId").is_some() {
        let named = json::member(context, "groupType").and_then(json::text);
        types.extend(account_type(
            named.as_deref().unwrap_or(ACCOUNT_TYPE_DEFAULT),
        ));
    }
    if let Some(groups) = json::member(context, "groups") {
        types.extend(json::members(groups).filter_map(|(name, _)| account_type(&name)));
    }
    types
}
