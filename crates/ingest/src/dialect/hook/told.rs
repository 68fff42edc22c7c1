//! One event as a maker tells of it, on its way to ours: the same checks for all makers.

use serde_json::{Map, Value};
use throughline_model::{
    Channel, Event, EventKind, EventName, Identifier, IdentifierKind, JsonObject, MessageKey,
    SourceId, Timestamp, limits,
};

use super::{Maker, message_key};
use crate::{
    Fault, Reason, check,
    decoded::Found,
    identifiers,
    json::{self, Checker},
};

/// The longest text that a property keeps, in characters.
const TEXT_CHARS_MAX: usize = 4_000;
/// The most elements that a list keeps: lines of an order, parts of a refund.
const LIST_MAX: usize = 50;

/// What a recipe has found out about an event.
#[derive(Debug)]
pub struct Told<'a> {
    pub name: String,
    /// What the maker knows it by; without one the whole body is its id.
    pub id: Option<String>,
    /// True where others may give the same id, so that it only counts within one webhook.
    pub is_local: bool,
    /// The part of the body that tells it, and nothing of anybody else where that can be.
    pub item: &'a Value,
    pub time: Option<Timestamp>,
    pub channel: Channel,
    pub who: Who,
    pub properties: Map<String, Value>,
    pub context: Map<String, Value>,
    /// True for what only says something of a person.
    pub is_identify: bool,
}

/// Of whom it is told.
#[derive(Clone, Debug, Default)]
pub struct Who {
    identifiers: Vec<Identifier>,
    traits: Map<String, Value>,
}

impl Who {
    /// By what they are known.
    pub fn identifiers(&self) -> &[Identifier] {
        &self.identifiers
    }

    /// Adds an identifier, if it is one.
    pub fn add(&mut self, kind: IdentifierKind, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.identifiers
                .extend(identifiers::typed(kind, value.as_ref()));
        }
    }

    /// Adds the id by which a product knows somebody, or something of theirs such as an order.
    ///
    /// It is what tells visits of one browser: an id of somebody before it is known who. So it joins
    /// what the product tells later, where neither address nor number is named.
    pub fn known_by(&mut self, product: &str, id: Option<impl AsRef<str>>) {
        let id = id.and_then(|it| identifiers::typed(IdentifierKind::Anonymous, it.as_ref()));
        if let Some(bare) = id {
            let value = format!("{product}:{}", bare.value);
            self.add(IdentifierKind::Anonymous, Some(value));
        }
    }

    /// Adds an address, which is a trait as well; what is none is neither.
    pub fn email(&mut self, value: Option<impl AsRef<str>>) {
        self.address(IdentifierKind::Email, "email", value);
    }

    /// Adds a number, which is a trait as well; what is none is neither.
    pub fn phone(&mut self, value: Option<impl AsRef<str>>) {
        self.address(IdentifierKind::Phone, "phone", value);
    }

    fn address(&mut self, kind: IdentifierKind, name: &str, value: Option<impl AsRef<str>>) {
        if let Some(value) = value
            && let Some(identifier) = identifiers::typed(kind, value.as_ref())
        {
            self.trait_of(name, Some(value.as_ref()));
            self.identifiers.push(identifier);
        }
    }

    /// Adds what is known of them; of two values of one trait the first counts.
    pub fn trait_of(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.traits
                .entry(name.to_owned())
                .or_insert_with(|| value.into());
        }
    }
}

impl<'a> Told<'a> {
    /// An event of this name, of nobody yet, that a part of the body tells.
    pub fn new(name: impl Into<String>, channel: Channel, item: &'a Value) -> Self {
        Self {
            name: name.into(),
            id: None,
            is_local: false,
            item,
            time: None,
            channel,
            who: Who::default(),
            properties: Map::new(),
            context: Map::new(),
            is_identify: false,
        }
    }

    /// Adds a property that is there. Of two with one name, the first counts.
    pub fn put(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            let value = value.into();
            if !value.is_null() && !self.properties.contains_key(name) {
                self.properties.insert(name.to_owned(), value);
            }
        }
    }

    /// Makes the event, or says why there is none. `None` is what speaks of nobody.
    pub fn finish(
        self,
        maker: Maker,
        source: SourceId,
        index: u32,
        body: MessageKey,
        received: Timestamp,
    ) -> Result<Option<Found>, Fault> {
        let Who {
            mut identifiers,
            traits,
        } = self.who;
        identifiers.sort();
        identifiers.dedup();
        identifiers.truncate(limits::EVENT_IDENTIFIERS_MAX);
        if identifiers.is_empty() {
            return Ok(None);
        }
        let kind = match self.is_identify {
            true => EventKind::Identify,
            false => EventKind::Track,
        };
        let name = EventName::parse(kind.fixed_name().unwrap_or(&self.name))
            .map_err(|error| Fault::new(Reason::EventNameInvalid, error.to_string()))?;
        if kind.fixed_name().is_none() {
            check::reserved(&name)?;
        }
        let time = self.time.unwrap_or(received);
        check::time(time, received)?;
        let id = match &self.id {
            Some(id) => format!("{name}:{id}"),
            None => format!("{index}:{:032x}", body.0),
        };
        let (mut properties, mut context) = (self.properties, self.context);
        if self.is_identify {
            context.extend(
                (!properties.is_empty()).then(|| ("properties".to_owned(), properties.into())),
            );
            properties = traits;
        } else if !traits.is_empty() {
            context.insert("traits".to_owned(), traits.into());
        }
        context.insert(
            "library".to_owned(),
            serde_json::json!({ "name": maker.name() }),
        );
        let event = Event {
            kind,
            name,
            message: message_key(maker, self.is_local.then_some(source), &id),
            identifiers,
            time,
            received,
            channel: self.channel,
            properties: sound(properties)?,
            context: sound(context)?,
        };
        Ok(Some(Found {
            event,
            has_id: true,
        }))
    }
}

/// Brings members to what an event may hold.
fn sound(members: Map<String, Value>) -> Result<JsonObject, Fault> {
    let mut value = Value::Object(members);
    tidy(&mut value);
    let text = value.to_string();
    check::size(text.len())?;
    Checker::default().check(&text)?;
    Ok(json::object(&text, false).expect("written as an object"))
}

/// Shortens what is too long and takes out what no text may hold.
fn tidy(value: &mut Value) {
    match value {
        Value::String(text) => {
            if text.contains('\0') {
                text.retain(|it| it != '\0');
            }
            if let Some((end, _)) = text.char_indices().nth(TEXT_CHARS_MAX) {
                text.truncate(end);
            }
        }
        Value::Array(list) => {
            list.truncate(LIST_MAX);
            list.iter_mut().for_each(tidy);
        }
        Value::Object(members) => {
            if members.keys().any(|it| it.contains('\0')) {
                members.retain(|name, _| !name.contains('\0'));
            }
            members.values_mut().for_each(tidy);
        }
        Value::Number(number) => {
            // Counts and whole amounts are written without a fraction, however they were reckoned.
            if let Some(float) = number.as_f64().filter(|_| number.is_f64())
                && float.fract() == 0.0
                && float.abs() < 1e15
            {
                #[expect(clippy::cast_possible_truncation, reason = "whole, and below 2^53")]
                let whole = float as i64;
                *number = whole.into();
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}
