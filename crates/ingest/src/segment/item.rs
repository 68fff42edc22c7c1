//! One event of the Segment dialect.

use std::borrow::Cow;

use throughline_model::{
    Event, EventKind, EventName, Identifier, IdentifierKind, JsonObject, MessageKey, Timestamp,
};
use xxhash_rust::xxh3::xxh3_128;

use super::{Common, Envelope};
use crate::{
    Fault, Reason, check,
    decoded::{Found, derived_message},
    field::{self, plain_text, whole_number},
    file::repeated_key,
    identity, infer,
    json::{self, Checker},
};

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Alone in a request whose address names the kind.
    One(EventKind),
    Batch,
    /// In a file of events that some other collector has taken in before.
    File,
}

/// The members of an event as JSON texts, so that a wrong type is a fault with a name.
#[derive(Default)]
struct Item<'a> {
    kind: Option<&'a str>,
    event: Option<&'a str>,
    name: Option<&'a str>,
    category: Option<&'a str>,
    user_id: Option<&'a str>,
    anonymous_id: Option<&'a str>,
    previous_id: Option<&'a str>,
    group_id: Option<&'a str>,
    message_id: Option<&'a str>,
    timestamp: Option<&'a str>,
    original_timestamp: Option<&'a str>,
    sent_at: Option<&'a str>,
    properties: Option<&'a str>,
    traits: Option<&'a str>,
    context: Option<&'a str>,
    channel: Option<&'a str>,
    merged: Option<&'a str>,
}

impl<'a> Item<'a> {
    fn read(text: &'a str) -> Self {
        let mut item = Self::default();
        for (name, value) in json::members(text) {
            let member = match &*name {
                "type" => &mut item.kind,
                "event" => &mut item.event,
                "name" => &mut item.name,
                "category" => &mut item.category,
                "userId" => &mut item.user_id,
                "anonymousId" => &mut item.anonymous_id,
                "previousId" => &mut item.previous_id,
                "groupId" => &mut item.group_id,
                "messageId" => &mut item.message_id,
                "timestamp" => &mut item.timestamp,
                "originalTimestamp" => &mut item.original_timestamp,
                "sentAt" => &mut item.sent_at,
                "properties" => &mut item.properties,
                "traits" => &mut item.traits,
                "context" => &mut item.context,
                "channel" => &mut item.channel,
                "mergeProperties" => &mut item.merged,
                _ => continue,
            };
            *member = Some(value).filter(|&value| value != "null");
        }
        if let Some(merged) = item.merged.filter(|_| item.previous_id.is_none()) {
            item.take_merged(merged);
        }
        item
    }

    /// Takes the two ids that RudderStack's merge names: the known one, and another of its profile.
    fn take_merged(&mut self, list: &'a str) {
        let is_user = |it: &&str| json::member(it, "type") == Some("\"userId\"");
        let pairs: Vec<&str> = json::elements(list).collect();
        let user = pairs.iter().position(is_user).unwrap_or(0);
        for (index, pair) in pairs.into_iter().enumerate() {
            let value = json::member(pair, "value");
            match index == user {
                true => self.user_id = self.user_id.or(value),
                false => self.previous_id = value,
            }
        }
    }
}

/// Decodes one event, or says why it cannot be taken.
pub(super) fn decode(
    checker: &mut Checker,
    origin: Origin,
    index: u32,
    text: &str,
    envelope: &Envelope<'_>,
) -> Result<Found, Fault> {
    check::size(text.len())?;
    if !text.starts_with('{') {
        return Err(Fault::new(
            Reason::NotAnObject,
            "the event is not a JSON object",
        ));
    }
    let shape = checker.check(text)?;
    let common = envelope.context.as_ref().map_err(Clone::clone)?;
    let item = Item::read(text);
    let kind = match origin {
        Origin::One(kind) => kind,
        Origin::Batch | Origin::File => kind_of(item.kind)?,
    };
    let name = name_of(kind, item.event)?;
    let identifiers = identifiers_of(kind, &item)?;
    let id = field::message_id("messageId", item.message_id)?;
    let has_id = id.is_some();
    let message = match id {
        Some(id) => MessageKey::of(&id),
        None => message_of(origin, text, index, envelope.received),
    };
    let time = time_of(&item, origin, envelope)?;
    let properties = properties_of(kind, &item, shape.has_blanks)?;
    let context = context_of(kind, &item, shape.has_blanks, common)?;
    if !common.members.is_empty() {
        check::size(text.len() + context.as_str().len())?;
        json::check_keys(shape.keys_count + common.keys_count)?;
    }
    let label = item.channel.and_then(plain_text);
    let channel = infer::channel(
        kind,
        label.as_deref(),
        properties.as_str(),
        context.as_str(),
    );
    let event = Event {
        kind,
        name,
        message,
        identifiers,
        time,
        received: envelope.received,
        channel,
        properties,
        context,
    };
    Ok(Found { event, has_id })
}

fn kind_of(raw: Option<&str>) -> Result<EventKind, Fault> {
    match raw.unwrap_or_default() {
        r#""track""# => Ok(EventKind::Track),
        r#""page""# => Ok(EventKind::Page),
        r#""screen""# => Ok(EventKind::Screen),
        r#""identify""# => Ok(EventKind::Identify),
        r#""group""# => Ok(EventKind::Group),
        r#""alias""# | r#""merge""# => Ok(EventKind::Alias),
        _ => Err(Fault::new(
            Reason::TypeUnknown,
            "`type` is none of track, identify, page, screen, group, alias",
        )),
    }
}

fn name_of(kind: EventKind, raw: Option<&str>) -> Result<EventName, Fault> {
    let invalid = |error: &dyn std::fmt::Display| {
        Fault::new(Reason::EventNameInvalid, format!("`event`: {error}"))
    };
    if let Some(fixed) = kind.fixed_name() {
        return EventName::parse(fixed).map_err(|error| invalid(&error));
    }
    let raw = raw.ok_or_else(|| {
        Fault::new(
            Reason::FieldMissing,
            "a track needs `event`, the name of what happened",
        )
    })?;
    let text = json::text(raw).ok_or_else(|| invalid(&"is not a text"))?;
    let name = EventName::parse(&text).map_err(|error| invalid(&error))?;
    check::reserved(&name)?;
    Ok(name)
}

/// The known identity, the anonymous id and, of an alias, the previous id, in this order.
fn identifiers_of(kind: EventKind, item: &Item<'_>) -> Result<Vec<Identifier>, Fault> {
    let mut identifiers = Vec::with_capacity(2);
    let mut was_blocked = None;
    for (field, raw, id_kind) in [
        ("userId", item.user_id, IdentifierKind::User),
        ("anonymousId", item.anonymous_id, IdentifierKind::Anonymous),
    ] {
        match field::id(field, raw)? {
            Some(value) if identity::is_blocked(&value) => was_blocked = Some((field, value)),
            Some(value) => identifiers.push(Identifier {
                kind: id_kind,
                value: value.into(),
            }),
            None => {}
        }
    }
    if identifiers.is_empty() {
        return Err(nobody(was_blocked));
    }
    if kind == EventKind::Alias {
        let previous = field::id("previousId", item.previous_id)?
            .ok_or_else(|| Fault::new(Reason::FieldMissing, "an alias needs `previousId`"))?;
        if identifiers[0].kind != IdentifierKind::User {
            return Err(Fault::new(Reason::FieldMissing, "an alias needs `userId`"));
        }
        if identity::is_blocked(&previous) {
            return Err(nobody(Some(("previousId", previous))));
        }
        let previous = Identifier::anonymous(&previous);
        identifiers.retain(|it| *it != previous);
        identifiers.push(previous);
    }
    Ok(identifiers)
}

/// Why an event belongs to no one.
fn nobody(was_blocked: Option<(&str, Cow<'_, str>)>) -> Fault {
    match was_blocked {
        Some((field, value)) => Fault::new(
            Reason::IdBlocked,
            format!(
                "`{field}` is `{value}`, which stands for nobody; leave it out or send a real id"
            ),
        ),
        None => Fault::new(Reason::IdMissing, "has neither `userId` nor `anonymousId`"),
    }
}

fn message_of(origin: Origin, text: &str, index: u32, received: Timestamp) -> MessageKey {
    match origin {
        Origin::File => repeated_key(xxh3_128(text.as_bytes()), 0),
        Origin::One(_) | Origin::Batch => derived_message(text, index, received),
    }
}

fn time_of(item: &Item<'_>, origin: Origin, envelope: &Envelope<'_>) -> Result<Timestamp, Fault> {
    let received = envelope.received;
    let own = field::instant("timestamp", item.timestamp)?;
    let original = field::instant("originalTimestamp", item.original_timestamp)?;
    let time = if origin == Origin::File {
        own.or(original).unwrap_or(received)
    } else {
        let sent = field::instant("sentAt", envelope.sent_at.or(item.sent_at))?;
        match (original.or(own), sent) {
            (Some(original), Some(sent)) => received.minus(sent.since(original)),
            (Some(original), None) => original,
            (None, _) => received,
        }
    };
    check::time(time, received)?;
    Ok(time)
}

fn properties_of(kind: EventKind, item: &Item<'_>, has_blanks: bool) -> Result<JsonObject, Fault> {
    match kind {
        EventKind::Track => object_of("properties", item.properties, has_blanks),
        EventKind::Page | EventKind::Screen => {
            let properties = object_of("properties", item.properties, has_blanks)?;
            Ok(with_members(
                properties,
                [("category", item.category), ("name", item.name)],
            ))
        }
        EventKind::Identify => {
            let traits = object_of("traits", item.traits, has_blanks)?;
            if !traits.is_empty() {
                return Ok(traits);
            }
            // Some libraries put the traits of an identify into its context only.
            let inner = item.context.and_then(|it| json::member(it, "traits"));
            object_of("context.traits", inner, has_blanks)
        }
        EventKind::Group => object_of("traits", item.traits, has_blanks),
        EventKind::Alias => {
            let properties = object_of("properties", item.properties, has_blanks)?;
            Ok(with_members(properties, [("previousId", item.previous_id)]))
        }
    }
}

fn context_of(
    kind: EventKind,
    item: &Item<'_>,
    has_blanks: bool,
    common: &Common<'_>,
) -> Result<JsonObject, Fault> {
    let mut context = object_of("context", item.context, has_blanks)?;
    let members = common
        .members
        .iter()
        .map(|(name, value)| (&**name, Some(*value)));
    context = with_members(context, members);
    if kind == EventKind::Group {
        let group = item.group_id.filter(|raw| {
            json::text(raw).is_some_and(|it| !it.trim().is_empty()) || whole_number(raw).is_some()
        });
        let group = group.ok_or_else(|| {
            Fault::new(
                Reason::FieldMissing,
                "a group needs `groupId`, a text or a whole number",
            )
        })?;
        context = with_members(context, [("groupId", Some(group))]);
    }
    Ok(context)
}

fn object_of(field: &str, raw: Option<&str>, has_blanks: bool) -> Result<JsonObject, Fault> {
    raw.map_or_else(
        || Some(JsonObject::empty()),
        |raw| json::object(raw, has_blanks),
    )
    .ok_or_else(|| Fault::new(Reason::FieldInvalid, format!("`{field}` is not an object")))
}

/// The object with the members that it lacks.
fn with_members<'a>(
    object: JsonObject,
    members: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> JsonObject {
    let mut lacking = String::new();
    for (name, value) in members {
        let Some(value) = value else { continue };
        if json::members(object.as_str()).all(|(found, _)| found != name) {
            lacking.push(',');
            lacking.push_str(&serde_json::Value::from(name).to_string());
            lacking.push(':');
            lacking.push_str(value);
        }
    }
    if lacking.is_empty() {
        return object;
    }
    let members = if object.is_empty() {
        &lacking[1..]
    } else {
        let inner = object.as_str().strip_suffix('}');
        lacking.insert_str(
            0,
            inner
                .and_then(|it| it.strip_prefix('{'))
                .unwrap_or_default(),
        );
        &lacking
    };
    json::object(&format!("{{{members}}}"), true).expect("members in braces are an object")
}
