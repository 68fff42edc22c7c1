//! What we have written to a CRM comes back by its webhook, and is no change of theirs.
//!
//! Taken in, it would be the newest word on a trait, and stand over what we have learned meanwhile.

use serde_json::Value;
use throughline_model::{Timestamp, crm::Written, limits};
use throughline_store::state::{StateError, WorkspaceState};

use super::{digest, form};

/// One change of a contact's property as a webhook tells it.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    pub contact: &'a str,
    pub property: &'a str,
    pub value: &'a str,
    pub at: Timestamp,
}

/// A body of HubSpot's webhook without what is our own; none when nothing of it is.
pub fn without(state: &WorkspaceState, body: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
    if !state.has_crm_contacts()? {
        return Ok(None);
    }
    let Ok(Value::Array(mut items)) = serde_json::from_slice(body) else {
        return Ok(None);
    };
    let count = items.len();
    let mut failed = None;
    items.retain(|item| {
        let (contact, moment) = (id_of(item), moment_of(item));
        let change = contact.as_deref().zip(moment);
        let change = change.and_then(|(contact, at)| change_of(item, contact, at));
        let Some(change) = change else {
            return true;
        };
        match state.crm_contact(change.contact) {
            Ok(row) => {
                let written = row.and_then(|mut it| it.written.remove(change.property));
                written.is_none_or(|it| !is_echo(&change, &it))
            }
            Err(error) => {
                failed = Some(error);
                true
            }
        }
    });
    match failed {
        Some(error) => Err(error),
        None => Ok((items.len() < count).then(|| Value::Array(items).to_string().into_bytes())),
    }
}

/// Whether a change is what we wrote: the same value, about when we wrote it.
pub fn is_echo(change: &Change<'_>, written: &Written) -> bool {
    let away = change.at.0.abs_diff(written.at.0);
    away <= limits::CRM_ECHO_MAX.0.unsigned_abs()
        && (form::readings(change.value).iter()).any(|it| digest(it) == written.digest)
}

/// A change that a program has made; what a person there has typed is theirs, whatever it says.
fn change_of<'a>(item: &'a Value, contact: &'a str, at: Timestamp) -> Option<Change<'a>> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let is_contact = match text("subscriptionType")? {
        "contact.propertyChange" => true,
        "object.propertyChange" => text("objectTypeId") == Some("0-1"),
        _ => false,
    };
    let is_program = matches!(text("changeSource"), Some("INTEGRATION" | "API"));
    (is_contact && is_program).then_some(Change {
        contact,
        property: text("propertyName")?,
        value: text("propertyValue")?,
        at,
    })
}

fn id_of(item: &Value) -> Option<String> {
    match item.get("objectId")? {
        Value::Number(id) => Some(id.to_string()),
        Value::String(id) => Some(id.clone()),
        _ => None,
    }
}

fn moment_of(item: &Value) -> Option<Timestamp> {
    item.get("occurredAt")?.as_i64().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;
    use throughline_model::ProfileId;
    use throughline_store::state::CrmContactRow;

    use super::*;

    const WRITTEN: i64 = 1_772_452_800_000;

    fn change(property: &str, value: &str, source: &str, after_ms: i64) -> Value {
        json!({"eventId": 1, "subscriptionType": "contact.propertyChange", "portalId": 8, "objectId": 51,
            "propertyName": property, "propertyValue": value, "changeSource": source,
            "occurredAt": WRITTEN + after_ms})
    }

    #[test]
    fn only_what_we_wrote_just_then_is_taken_out() {
        let dir = tempfile::tempdir().unwrap();
        let state = WorkspaceState::open(&dir.path().join("state.db")).unwrap();
        let written = |text: &str| Written {
            digest: digest(text),
            changed: Timestamp(0),
            at: Timestamp(WRITTEN),
        };
        let row = CrmContactRow {
            profile: ProfileId(3),
            contact: Some("51".to_owned()),
            held: String::new(),
            written: BTreeMap::from([
                ("plan".to_owned(), written("pro")),
                ("since".to_owned(), written("2026-03-01")),
            ]),
            looked: Timestamp(WRITTEN),
        };
        let ours = change("plan", "pro", "INTEGRATION", 900);
        let day = change("since", "1772323200000", "INTEGRATION", 900);
        let all = json!([ours, day]).to_string();
        assert_eq!(
            without(&state, all.as_bytes()).unwrap(),
            None,
            "nothing was written"
        );
        state.put_crm_contacts(&[row]).unwrap();

        let mut other_contact = ours.clone();
        other_contact["objectId"] = json!(52);
        let stays = [
            change("plan", "free", "INTEGRATION", 900),
            change("plan", "pro", "CRM_UI", 900),
            change("plan", "pro", "INTEGRATION", 11 * 60_000),
            change("city", "pro", "INTEGRATION", 900),
            other_contact,
            json!({"subscriptionType": "deal.propertyChange", "objectId": 51, "propertyName": "plan",
                "propertyValue": "pro", "changeSource": "INTEGRATION", "occurredAt": WRITTEN}),
            json!("no object"),
        ];
        let mut body = stays.to_vec();
        body.insert(1, ours);
        body.insert(3, day);
        let body = Value::from(body).to_string();
        let left = without(&state, body.as_bytes()).unwrap().expect("changed");
        let left: Value = serde_json::from_slice(&left).unwrap();
        assert_eq!(left, Value::from(stays.to_vec()));
        let left = left.to_string();
        assert_eq!(without(&state, left.as_bytes()).unwrap(), None);
        assert_eq!(without(&state, b"{\"a\":").unwrap(), None);
    }
}
