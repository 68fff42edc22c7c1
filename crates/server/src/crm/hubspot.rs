//! What HubSpot's API is sent and what it answers, version 3: bodies from values, and values from bodies.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};
use throughline_ingest::instant;
use throughline_model::{Timestamp, crm::Theirs};

use super::form::{Kind, theirs};

pub const PROPERTIES: &str = "/crm/v3/properties/contacts/batch/read";
pub const READ: &str = "/crm/v3/objects/contacts/batch/read";
pub const UPDATE: &str = "/crm/v3/objects/contacts/batch/update";
pub const CREATE: &str = "/crm/v3/objects/contacts/batch/create";

/// What HubSpot says of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property {
    pub kind: Kind,
    pub is_read_only: bool,
}

/// A contact as it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub id: String,
    /// All that lead to it, in small letters.
    pub emails: BTreeSet<String>,
    pub properties: BTreeMap<String, Theirs>,
}

/// A contact to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The id of the contact; of a new one its e-mail.
    pub key: String,
    pub properties: BTreeMap<String, String>,
}

/// Why HubSpot turned something down. Its message is not kept, as it says the values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TurnedDown {
    pub category: Option<String>,
    pub property: Option<String>,
}

/// What became of contacts that were written: ids by key, and why the others were turned down.
pub type Outcomes = BTreeMap<String, Result<String, TurnedDown>>;

/// An answer of several parts.
#[derive(Debug, Deserialize)]
pub struct Batch {
    #[serde(default)]
    results: Vec<Value>,
    #[serde(default)]
    errors: Vec<Fault>,
}

/// An error of HubSpot, of a whole call or of a part.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fault {
    message: Option<String>,
    category: Option<String>,
    #[serde(rename = "policyName")]
    pub policy: Option<String>,
    context: Value,
    errors: Vec<Fault>,
}

pub fn ask_properties(names: &[&str]) -> Value {
    let inputs: Vec<Value> = names.iter().map(|it| json!({ "name": it })).collect();
    json!({ "archived": false, "inputs": inputs })
}

/// What HubSpot says of properties; those that it does not know are missing.
pub fn properties(batch: &Batch) -> BTreeMap<String, Property> {
    let property = |it: &Value| {
        let is = |value: Option<&Value>| value.and_then(Value::as_bool) == Some(true);
        let modification = it.get("modificationMetadata");
        let property = Property {
            kind: Kind::of(it.get("type").and_then(Value::as_str).unwrap_or_default()),
            is_read_only: is(it.get("calculated"))
                || is(modification.and_then(|it| it.get("readOnlyValue"))),
        };
        Some((it.get("name")?.as_str()?.to_owned(), property))
    };
    batch.results.iter().filter_map(property).collect()
}

pub fn ask_contacts(emails: &[&str], names: &[&str]) -> Value {
    let inputs: Vec<Value> = emails.iter().map(|it| json!({ "id": it })).collect();
    let mut all = vec!["email", "hs_additional_emails"];
    all.extend(names);
    json!({ "idProperty": "email", "inputs": inputs, "properties": all, "propertiesWithHistory": names })
}

/// Contacts with what they hold; whoever is not there is missing.
pub fn contacts(batch: &Batch, kinds: &BTreeMap<String, Property>) -> Vec<Contact> {
    let contact = |it: &Value| {
        let text = |name: &str| it.get("properties")?.get(name)?.as_str();
        let emails = [text("email"), text("hs_additional_emails")];
        let emails = emails.into_iter().flatten().flat_map(|it| it.split(';'));
        let emails = emails.map(|it| it.trim().to_lowercase());
        let of = |(name, property): (&String, &Property)| {
            let told = theirs(property.kind, text(name).unwrap_or_default());
            let history = it.get("propertiesWithHistory").and_then(|it| it.get(name));
            let theirs = Theirs {
                text: told,
                changed: history.and_then(last_change),
            };
            (name.clone(), theirs)
        };
        Some(Contact {
            id: id_of(it)?,
            emails: emails.filter(|it| !it.is_empty()).collect(),
            properties: kinds.iter().map(of).collect(),
        })
    };
    batch.results.iter().filter_map(contact).collect()
}

/// The body by which contacts are changed. Each has a mark, so that one that is turned down leaves the others.
pub fn update(items: &[Item]) -> Value {
    let input = |it: &Item| json!({ "id": it.key, "properties": it.properties, "objectWriteTraceId": it.key });
    json!({ "inputs": items.iter().map(input).collect::<Vec<_>>() })
}

/// The body by which contacts are made.
pub fn create(items: &[Item]) -> Value {
    let input = |(index, it): (usize, &Item)| {
        let mut properties = it.properties.clone();
        properties.insert("email".to_owned(), it.key.clone());
        json!({ "properties": properties, "objectWriteTraceId": index.to_string() })
    };
    json!({ "inputs": items.iter().enumerate().map(input).collect::<Vec<_>>() })
}

/// What became of contacts that were to be written by one call, whether it was all or a part of them.
pub fn outcomes(batch: &Batch, items: &[Item], is_new: bool) -> Outcomes {
    let mut outcomes = Outcomes::new();
    for result in &batch.results {
        let key = match is_new {
            true => result.get("properties").and_then(|it| it.get("email")),
            false => result.get("id"),
        };
        let key = key.and_then(Value::as_str).map(str::to_lowercase);
        if let (Some(key), Some(id)) = (key, id_of(result)) {
            outcomes.insert(key, Ok(id));
        }
    }
    for fault in &batch.errors {
        for mark in fault.marks() {
            let key = match is_new {
                true => mark.parse::<usize>().ok().and_then(|it| items.get(it)),
                false => items.iter().find(|it| it.key == mark),
            };
            if let Some(item) = key {
                outcomes.insert(item.key.clone(), Err(fault.turned_down()));
            }
        }
    }
    // What is told neither way was not written.
    let other = batch.errors.first().cloned().unwrap_or_default();
    for item in items {
        let missing = || Err(other.turned_down());
        outcomes.entry(item.key.clone()).or_insert_with(missing);
    }
    let asked: BTreeSet<&str> = items.iter().map(|it| it.key.as_str()).collect();
    outcomes.retain(|key, _| asked.contains(key.as_str()));
    outcomes
}

impl Fault {
    /// Why, without what the message says of values.
    pub fn turned_down(&self) -> TurnedDown {
        let is_word = |it: &String| {
            (1..=60).contains(&it.len())
                && it.bytes().all(|it| it.is_ascii_uppercase() || it == b'_')
        };
        TurnedDown {
            category: self.category.clone().filter(is_word),
            property: self.property(),
        }
    }

    /// The parts that it is about.
    fn marks(&self) -> Vec<&str> {
        let names = ["ids", "id", "objectWriteTraceId"];
        let told = names.iter().filter_map(|it| self.context.get(*it));
        let told = told.flat_map(|it| match it {
            Value::Array(all) => all.iter().collect(),
            one => vec![one],
        });
        told.filter_map(Value::as_str).collect()
    }

    /// The property that is to blame. HubSpot says it in the context, or as JSON in the middle of the message.
    fn property(&self) -> Option<String> {
        let own = self.context.get("propertyName").and_then(|it| match it {
            Value::Array(all) => all.first()?.as_str(),
            one => one.as_str(),
        });
        let inner = self.errors.iter().find_map(Self::property);
        let own = own.map(str::to_owned).or(inner);
        let own = own.or_else(|| {
            let message = self.message.as_deref()?;
            let from = message.find('[')?;
            let list = serde_json::Deserializer::from_str(&message[from..]);
            let list: Value = list.into_iter().next()?.ok()?;
            Some(list.get(0)?.get("name")?.as_str()?.to_owned())
        });
        let is_name = |it: &String| {
            let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
            (1..=100).contains(&it.len()) && it.bytes().all(is_plain)
        };
        own.filter(is_name)
    }
}

fn id_of(result: &Value) -> Option<String> {
    let id = result.get("id")?.as_str()?;
    let is_number = !id.is_empty() && id.len() <= 20 && id.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| id.to_owned())
}

fn last_change(history: &Value) -> Option<Timestamp> {
    let versions = history.as_array()?.iter();
    let moments = versions.filter_map(|it| instant::read(it.get("timestamp")?.as_str()?));
    moments.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(json: Value) -> Batch {
        serde_json::from_value(json).expect("a batch")
    }

    fn item(key: &str) -> Item {
        Item {
            key: key.to_owned(),
            properties: BTreeMap::from([("plan".to_owned(), "pro".to_owned())]),
        }
    }

    #[test]
    fn a_contact_has_its_values_with_the_moment_of_their_last_change() {
        let kinds = properties(&batch(json!({"status": "COMPLETE", "results": [
            {"name": "plan", "type": "string", "modificationMetadata": {"readOnlyValue": false}},
            {"name": "score", "type": "number", "calculated": true},
            {"name": "since", "type": "datetime"}]})));
        assert!(kinds["score"].is_read_only && !kinds["plan"].is_read_only);
        let answer = batch(
            json!({"status": "COMPLETE", "results": [{"id": "51", "archived": false,
            "properties": {"email": "Ana@Example.com", "hs_additional_emails": "a@b.example;",
                "plan": "pro", "score": "7.0", "since": null},
            "propertiesWithHistory": {"plan": [
                {"value": "pro", "timestamp": "2026-03-01T10:00:00.5Z", "sourceType": "CRM_UI"},
                {"value": "", "timestamp": "2026-02-01T10:00:00Z", "sourceType": "API"}]}},
            {"id": "../52", "properties": {}}]}),
        );
        let contacts = contacts(&answer, &kinds);
        assert_eq!(contacts.len(), 1, "an id that is no number is none");
        let emails: Vec<&str> = contacts[0].emails.iter().map(String::as_str).collect();
        assert_eq!(emails, ["a@b.example", "ana@example.com"]);
        let held = &contacts[0].properties;
        let changed = held["plan"].changed.map(|it| it.to_string());
        assert_eq!(changed.as_deref(), Some("2026-03-01T10:00:00.500Z"));
        assert_eq!(
            (held["score"].text.as_str(), held["since"].text.as_str()),
            ("7", "")
        );
    }

    #[test]
    fn of_a_mixed_answer_each_contact_has_its_own_outcome() {
        let answer = batch(
            json!({"status": "COMPLETE", "results": [{"id": "51", "properties": {}}],
            "numErrors": 2, "errors": [
                {"status": "error", "category": "VALIDATION_ERROR",
                 "message": "Property values were not valid: [{\"isValid\":false,\"message\":\"ana@example.com was not one of\",\"error\":\"INVALID_OPTION\",\"name\":\"plan\"}]",
                 "context": {"objectWriteTraceId": ["52"]}},
                {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "gone",
                 "context": {"ids": ["53"]}}]}),
        );
        let items = [item("51"), item("52"), item("53"), item("54")];
        let outcomes = outcomes(&answer, &items, false);
        assert_eq!(outcomes["51"], Ok("51".to_owned()));
        let why = |key: &str| outcomes[key].clone().unwrap_err();
        assert_eq!(why("52").property.as_deref(), Some("plan"));
        assert_eq!(why("53").category.as_deref(), Some("OBJECT_NOT_FOUND"));
        assert!(outcomes["54"].is_err(), "nothing was told of it");
        let told = format!("{outcomes:?}");
        assert!(!told.contains('@'), "no value is kept: {told}");
    }

    #[test]
    fn new_contacts_are_known_by_their_e_mail() {
        let items = [item("ana@example.com"), item("ben@example.com")];
        let body = create(&items);
        assert_eq!(body["inputs"][1]["properties"]["email"], "ben@example.com");
        let answer = batch(
            json!({"results": [{"id": "61", "properties": {"email": "Ana@example.com"}}],
            "errors": [{"category": "CONFLICT", "context": {"objectWriteTraceId": ["1"]}}]}),
        );
        let outcomes = outcomes(&answer, &items, true);
        assert_eq!(outcomes["ana@example.com"], Ok("61".to_owned()));
        assert!(outcomes["ben@example.com"].is_err());
    }
}
