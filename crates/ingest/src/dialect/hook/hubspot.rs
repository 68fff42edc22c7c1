//! HubSpot: contacts as they are made and changed, and deals as they go through their stages.
//!
//! A subscription names the type of its object (`deal.creation`), or says `object.creation` and its number
//! beside it. A deal is known by its number alone until it is associated with a contact: it may have several,
//! so its number is an identifier of the type `order`, which joins only where the policy says so.
//! What is about a company names no contact, so it stays in the raw log only.

use serde_json::Value;
use throughline_model::{Channel, IdentifierKind};

use super::{
    read::{at, list, number, plain_name, said, text, time},
    told::Told,
};
use crate::instant;

pub fn told(body: &Value) -> Vec<Told<'_>> {
    let items = match body {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    items.iter().map(event).collect()
}

fn event(item: &Value) -> Told<'_> {
    let kind = kind(item);
    let (object, topic) = kind.split_once('.').unwrap_or((&kind, ""));
    let association = (topic == "associationChange")
        .then(|| Association::read(item))
        .flatten();
    let mut told = match (object, association) {
        (_, Some(association)) => association.told(item),
        ("deal", None) => deal(topic, item),
        _ => contact(&kind, item),
    };
    // Its own id of an event is not always unique, with the object and the moment it is.
    if told.id.is_none() {
        told.id = text(item, "eventId").map(|id| {
            let object = own_id(item, "objectId").unwrap_or_default();
            let at = text(item, "occurredAt").unwrap_or_default();
            format!("{id}:{kind}:{object}:{at}")
        });
    }
    told.time = time(item, &["occurredAt"]);
    told.put("source", text(item, "changeSource"));
    told
}

/// The subscription with its type of object by name.
fn kind(item: &Value) -> String {
    let kind = text(item, "subscriptionType").unwrap_or("hubspot_event".into());
    let Some(topic) = kind.strip_prefix("object.") else {
        return kind.into_owned();
    };
    let number = text(item, "objectTypeId").or_else(|| text(item, "fromObjectTypeId"));
    let name = number.as_deref().and_then(type_name).unwrap_or("object");
    format!("{name}.{topic}")
}

/// Types of objects by the numbers that every account has them under.
fn type_name(number: &str) -> Option<&'static str> {
    match number {
        "0-1" => Some("contact"),
        "0-2" => Some("company"),
        "0-3" => Some("deal"),
        _ => None,
    }
}

/// An id with that of its account: accounts count their objects each for itself.
fn own_id(item: &Value, name: &str) -> Option<String> {
    let id = text(item, name)?;
    Some(match text(item, "portalId") {
        Some(account) => format!("{account}:{id}"),
        None => id.into_owned(),
    })
}

fn contact<'a>(kind: &str, item: &'a Value) -> Told<'a> {
    let name = match kind {
        "contact.creation" => "contact_created".to_owned(),
        "contact.deletion" | "contact.privacyDeletion" => "contact_deleted".to_owned(),
        kind => plain_name(kind),
    };
    let mut told = Told::new(name, Channel::Other, item);
    if kind.starts_with("contact.") {
        told.who.known_by("hubspot", own_id(item, "objectId"));
        if kind == "contact.propertyChange" {
            told.is_identify = true;
            of_contact(item, &mut told);
        }
    }
    told
}

fn of_contact(item: &Value, told: &mut Told<'_>) {
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

fn deal<'a>(topic: &str, item: &'a Value) -> Told<'a> {
    let name = match topic {
        "creation" => "deal_created".to_owned(),
        "deletion" => "deal_deleted".to_owned(),
        "restore" => "deal_restored".to_owned(),
        "merge" => "deal_merged".to_owned(),
        "propertyChange" => "deal_updated".to_owned(),
        topic => plain_name(&format!("deal.{topic}")),
    };
    let mut told = Told::new(name, Channel::Other, item);
    // Of merged ones the number of the one that is left counts.
    let left = ["objectId", "newObjectId", "primaryObjectId"];
    let id = left.iter().find_map(|name| own_id(item, name));
    name_deal(&mut told, id);
    match topic {
        "propertyChange" => of_deal(item, &mut told),
        "merge" => {
            let merged = list(item, "mergedObjectIds").iter().filter_map(said);
            let merged: Vec<Value> = merged.map(|it| it.into_owned().into()).collect();
            told.put("merged_ids", (!merged.is_empty()).then_some(merged));
        }
        _ => {}
    }
    told
}

fn name_deal(told: &mut Told<'_>, id: Option<String>) {
    let known = id.as_deref().map(|id| format!("hubspot_deal:{id}"));
    told.who.add(IdentifierKind::Order, known);
    told.put("deal_id", id);
}

fn of_deal(item: &Value, told: &mut Told<'_>) {
    let name = text(item, "propertyName").unwrap_or_default();
    let value = text(item, "propertyValue");
    match &*name {
        "dealstage" => {
            "deal_stage_changed".clone_into(&mut told.name);
            told.put("stage", value);
        }
        "hs_is_closed_won" | "hs_is_closed_lost" => {
            let is_won = name.ends_with("won");
            if value.as_deref() == Some("true") {
                let name = if is_won { "deal_won" } else { "deal_lost" };
                name.clone_into(&mut told.name);
            }
        }
        "amount" => told.put("amount", number(item, "propertyValue")),
        "deal_currency_code" => told.put("currency", value),
        "pipeline" => told.put("pipeline", value),
        "dealname" => told.put("name", value),
        "hubspot_owner_id" => told.put("owner_id", value),
        "closedate" => {
            let moment = value.and_then(|it| instant::read(&it));
            told.put("close_date", moment.map(|it| it.to_string()));
        }
        _ => {}
    }
    told.put("property", (!name.is_empty()).then_some(name));
    told.put("after", text(item, "propertyValue"));
}

/// That a deal has a contact, or has it no longer. Both ends tell of it, as one and the same.
struct Association {
    deal: String,
    contact: String,
    is_removed: bool,
}

impl Association {
    /// None where it is no deal and contact.
    fn read(item: &Value) -> Option<Self> {
        let of = |name| text(item, name).and_then(|it| type_name(&it));
        let is_from_deal = match (of("fromObjectTypeId"), of("toObjectTypeId")) {
            (Some("deal"), Some("contact")) => true,
            (Some("contact"), Some("deal")) => false,
            (None, None) => match &*text(item, "associationType")? {
                "DEAL_TO_CONTACT" => true,
                "CONTACT_TO_DEAL" => false,
                _ => return None,
            },
            _ => return None,
        };
        let (from, to) = (own_id(item, "fromObjectId")?, own_id(item, "toObjectId")?);
        let (deal, contact) = if is_from_deal { (from, to) } else { (to, from) };
        Some(Self {
            deal,
            contact,
            is_removed: at(item, "associationRemoved") == Some(&Value::Bool(true)),
        })
    }

    fn told(self, item: &Value) -> Told<'_> {
        let Self {
            deal,
            contact,
            is_removed,
        } = self;
        let name = match is_removed {
            true => "deal_contact_removed",
            false => "deal_contact_added",
        };
        let mut told = Told::new(name, Channel::Other, item);
        let at = text(item, "occurredAt").unwrap_or_default();
        told.id = Some(format!("{deal}:{contact}:{at}"));
        told.who.known_by("hubspot", Some(contact));
        if is_removed {
            // It says that the two do not belong together.
            told.put("deal_id", Some(deal));
        } else {
            name_deal(&mut told, Some(deal));
        }
        told
    }
}
