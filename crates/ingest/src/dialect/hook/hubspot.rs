//! HubSpot: contacts as they are made and changed.
//!
//! What is about a deal or a company names no contact, so it stays in the raw log only.

use serde_json::Value;
use throughline_model::Channel;

use super::{
    read::{plain_name, text, time},
    told::Told,
};

pub fn told(body: &Value) -> Vec<Told<'_>> {
    let items = match body {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    items.iter().map(event).collect()
}

fn event(item: &Value) -> Told<'_> {
    let kind = text(item, "subscriptionType").unwrap_or("hubspot_event".into());
    let name = match &*kind {
        "contact.creation" => "contact_created".to_owned(),
        "contact.deletion" | "contact.privacyDeletion" => "contact_deleted".to_owned(),
        kind => plain_name(kind),
    };
    let mut told = Told::new(name, Channel::Other, item);
    // Accounts count their objects and events each for itself.
    let object = text(item, "objectId").map(|id| match text(item, "portalId") {
        Some(account) => format!("{account}:{id}"),
        None => id.into_owned(),
    });
    // Its own id of an event is not always unique, with the object and the moment it is.
    told.id = text(item, "eventId").map(|id| {
        let object = object.as_deref().unwrap_or_default();
        let at = text(item, "occurredAt").unwrap_or_default();
        format!("{id}:{kind}:{object}:{at}")
    });
    told.time = time(item, &["occurredAt"]);
    if kind.starts_with("contact.") {
        told.who.known_by("hubspot", object);
        if &*kind == "contact.propertyChange" {
            told.is_identify = true;
            property(item, &mut told);
        }
    }
    told.put("source", text(item, "changeSource"));
    told
}

fn property(item: &Value, told: &mut Told<'_>) {
    let name = text(item, "propertyName").unwrap_or_default();
    let value = text(item, "propertyValue");
    match &*name {
        "email" => told.who.email(value),
        "phone" | "mobilephone" => told.who.phone(value),
        "firstname" => told.who.trait_of("firstName", value),
        "lastname" => told.who.trait_of("lastName", value),
        "" => {}
        name => told.who.trait_of(name, value),
    }
}
