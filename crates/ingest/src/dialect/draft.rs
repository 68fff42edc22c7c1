//! An event of any dialect on its way to ours: the same checks for all.

use std::borrow::Cow;

use throughline_model::{
    Channel, Event, EventKind, EventName, Identifier, JsonObject, MessageKey, Timestamp,
};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::{Dialect, form, traits::Operations};
use crate::{
    Fault, Reason, check,
    decoded::{Found, derived_message},
    identity, infer, json,
};

/// What a dialect has found out about an event.
pub(super) struct Draft<'a> {
    pub kind: EventKind,
    /// Of a track; other kinds have a name of their own.
    pub name: Cow<'a, str>,
    pub user: Option<Cow<'a, str>>,
    pub anonymous: Option<Cow<'a, str>>,
    /// Of an alias: the other name of the same profile.
    pub previous: Option<Cow<'a, str>>,
    pub message: Option<MessageKey>,
    /// By our clock.
    pub time: Option<Timestamp>,
    /// What the library is made for, where its name tells.
    pub channel: Option<Channel>,
    pub properties: Members,
    pub context: Context,
    pub operations: Operations,
}

impl Default for Draft<'_> {
    fn default() -> Self {
        Self {
            kind: EventKind::Track,
            name: Cow::Borrowed(""),
            user: None,
            anonymous: None,
            previous: None,
            message: None,
            time: None,
            channel: None,
            properties: Members::default(),
            context: Context::default(),
            operations: Operations::default(),
        }
    }
}

impl Draft<'_> {
    /// Makes the event, or says why there is none. `text` is what arrived at a place of the body.
    pub fn finish(mut self, text: &str, index: u32, received: Timestamp) -> Result<Found, Fault> {
        let name = name_of(self.kind, &self.name)?;
        let identifiers = self.identifiers()?;
        let has_id = self.message.is_some();
        let message = self
            .message
            .unwrap_or_else(|| derived_message(text, index, received));
        let time = self.time.unwrap_or(received);
        check::time(time, received)?;
        self.place_traits();
        let properties = self.properties.into_object();
        let context = self.context.into_object();
        let said = infer::said(properties.as_str(), context.as_str());
        let channel = match self.kind {
            EventKind::Page => said.or(Some(Channel::Web)),
            EventKind::Screen => said.or(Some(Channel::App)),
            _ => said.or(self.channel),
        };
        let channel = channel.unwrap_or_else(|| {
            infer::channel(self.kind, None, properties.as_str(), context.as_str())
        });
        let event = Event {
            kind: self.kind,
            name,
            message,
            identifiers,
            time,
            received,
            channel,
            properties,
            context,
        };
        Ok(Found { event, has_id })
    }

    fn identifiers(&self) -> Result<Vec<Identifier>, Fault> {
        let mut blocked = None;
        let mut identifiers = Vec::with_capacity(2);
        for (id, make) in [
            (&self.user, Identifier::user as fn(&str) -> Identifier),
            (&self.anonymous, Identifier::anonymous),
        ] {
            match id.as_deref() {
                Some(id) if identity::is_blocked(id) => blocked = Some(id),
                Some(id) => identifiers.push(make(id)),
                None => {}
            }
        }
        if identifiers.is_empty() {
            return Err(nobody(blocked));
        }
        if self.kind == EventKind::Alias {
            let missing = |what| Fault::new(Reason::FieldMissing, what);
            let previous = self.previous.as_deref();
            let previous = previous.ok_or_else(|| missing("an alias needs a second id"))?;
            if self.user.is_none() {
                return Err(missing("an alias needs the id of somebody known"));
            }
            if identity::is_blocked(previous) {
                return Err(nobody(Some(previous)));
            }
            let previous = Identifier::anonymous(previous);
            identifiers.retain(|it| *it != previous);
            identifiers.push(previous);
        }
        Ok(identifiers)
    }

    /// The traits of an identify are its properties; those of other events lie in the context.
    fn place_traits(&mut self) {
        let Operations { set, once, other } = std::mem::take(&mut self.operations);
        let context = &mut self.context;
        if self.kind == EventKind::Identify {
            let rest = std::mem::replace(&mut self.properties, set);
            // What an identify says besides belongs to its surroundings.
            context.put_object(Part::Flat, "properties", rest);
        } else {
            context.put_object(Part::Flat, "traits", set);
        }
        context.put_object(Part::Flat, "traitsOnce", once);
        context.put_object(Part::Flat, "traitOperations", other);
    }
}

/// The key of a maker's message id: makers do not know of each other's.
pub(super) fn message_key(dialect: Dialect, id: &str) -> MessageKey {
    let mut hasher = Xxh3::new();
    hasher.update(dialect.maker().as_bytes());
    hasher.update(b":");
    hasher.update(id.as_bytes());
    MessageKey(hasher.digest128())
}

/// True for a time that is finer than a second: of whole ones, several things may happen in each.
pub(super) fn is_precise(time: Timestamp) -> bool {
    time.0 % 1_000 != 0
}

fn name_of(kind: EventKind, name: &str) -> Result<EventName, Fault> {
    let name = EventName::parse(kind.fixed_name().unwrap_or(name)).map_err(|error| {
        Fault::new(
            Reason::EventNameInvalid,
            format!("the name of the event: {error}"),
        )
    })?;
    if kind.fixed_name().is_none() {
        check::reserved(&name)?;
    }
    Ok(name)
}

fn nobody(blocked: Option<&str>) -> Fault {
    match blocked {
        Some(id) => Fault::new(
            Reason::IdBlocked,
            format!("the id is `{id}`, which stands for nobody; send a real one"),
        ),
        None => Fault::new(
            Reason::IdMissing,
            "has no id of a person, browser or installation",
        ),
    }
}

/// A name without the signs by which makers mark their own.
pub(super) fn unmarked(name: &str) -> &str {
    name.trim_start_matches('$')
}

/// A JSON object that is being written. Of two values with one name, the first counts.
#[derive(Default)]
pub(super) struct Members {
    text: String,
    names: Vec<u64>,
}

impl Members {
    /// Adds a member with a value that is JSON.
    pub fn put(&mut self, name: &str, value: &str) {
        let hash = xxh3_64(name.as_bytes());
        if self.names.contains(&hash) {
            return;
        }
        self.names.push(hash);
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        push_text(&mut self.text, name);
        self.text.push(':');
        self.text.push_str(value);
    }

    /// Adds a member with a value that is a text.
    pub fn put_text(&mut self, name: &str, value: &str) {
        let mut quoted = String::with_capacity(value.len() + 2);
        push_text(&mut quoted, value);
        self.put(name, &quoted);
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn into_text(mut self) -> String {
        if self.text.is_empty() {
            self.text.push('{');
        }
        self.text.push('}');
        self.text
    }

    fn into_object(self) -> JsonObject {
        json::object(&self.into_text(), true).expect("members in braces are an object")
    }
}

fn push_text(text: &mut String, value: &str) {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\' && byte != 0x7f;
    if value.bytes().all(is_plain) {
        text.push('"');
        text.push_str(value);
        text.push('"');
    } else {
        text.push_str(&serde_json::Value::from(value).to_string());
    }
}

/// A place in the context of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Flat,
    Page,
    Campaign,
    Library,
    Os,
    Browser,
    Device,
    Screen,
    App,
}

const PARTS: [(Part, &str); 8] = [
    (Part::Page, "page"),
    (Part::Campaign, "campaign"),
    (Part::Library, "library"),
    (Part::Os, "os"),
    (Part::Browser, "browser"),
    (Part::Device, "device"),
    (Part::Screen, "screen"),
    (Part::App, "app"),
];

/// Where a maker's property belongs in the context.
pub(super) type Place = (&'static str, Part, &'static str);

/// The places of the usual parameters of campaigns.
pub(super) const CAMPAIGN: [Place; 6] = [
    ("utm_source", Part::Campaign, "source"),
    ("utm_medium", Part::Campaign, "medium"),
    ("utm_campaign", Part::Campaign, "name"),
    ("utm_term", Part::Campaign, "term"),
    ("utm_content", Part::Campaign, "content"),
    ("utm_id", Part::Campaign, "id"),
];

/// The surroundings of an event, that are being written.
#[derive(Default)]
pub(super) struct Context {
    flat: Members,
    parts: [Members; PARTS.len()],
}

impl Context {
    /// Adds a value that is JSON; null says nothing.
    pub fn put(&mut self, part: Part, name: &str, value: &str) {
        if value != "null" {
            self.part(part).put(name, value);
        }
    }

    /// Adds a text.
    pub fn put_text(&mut self, part: Part, name: &str, value: &str) {
        self.part(part).put_text(name, value);
    }

    /// Adds an object, unless it is empty.
    pub fn put_object(&mut self, part: Part, name: &str, members: Members) {
        if !members.is_empty() {
            self.part(part).put(name, &members.into_text());
        }
    }

    /// Adds a property whose place is listed; false when it is not.
    pub fn place(&mut self, places: &[Place], name: &str, value: &str) -> bool {
        let found = places.iter().chain(&CAMPAIGN).find(|it| it.0 == name);
        match found {
            Some((_, part, name)) => {
                self.put(*part, name, value);
                true
            }
            None => false,
        }
    }

    /// Takes the campaign out of the address of a page, as libraries of other makers do.
    pub fn take_campaign(&mut self, url: &str) {
        let (_, query) = url.split_once('?').unwrap_or_default();
        let query = query.split('#').next().unwrap_or_default();
        if !query.contains("utm_") {
            return;
        }
        for (name, value) in form::pairs(query) {
            let found = CAMPAIGN.iter().find(|it| it.0 == name);
            if let Some((_, part, name)) = found
                && !value.is_empty()
            {
                self.put_text(*part, name, &value);
            }
        }
    }

    fn part(&mut self, part: Part) -> &mut Members {
        match PARTS.iter().position(|(it, _)| *it == part) {
            Some(index) => &mut self.parts[index],
            None => &mut self.flat,
        }
    }

    fn into_object(self) -> JsonObject {
        let mut flat = self.flat;
        for (members, (_, name)) in self.parts.into_iter().zip(PARTS) {
            if !members.is_empty() {
                flat.put(name, &members.into_text());
            }
        }
        flat.into_object()
    }
}
