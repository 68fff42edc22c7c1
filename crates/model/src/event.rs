//! What a customer did or met, at a moment, as every source is brought to it.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use xxhash_rust::xxh3::Xxh3;

use crate::{Channel, Timestamp, limits};

/// One event, decoded and normalized, before it has a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub kind: EventKind,
    pub name: EventName,
    pub message: MessageKey,
    /// Identifiers, the known identity first. Never empty.
    pub identifiers: Vec<Identifier>,
    /// When it happened, with the source's clock corrected.
    pub time: Timestamp,
    pub received: Timestamp,
    /// As inferred from the event alone; the workspace's vocabulary may say otherwise.
    pub channel: Channel,
    /// What the source says of the event; the traits, when the kind is `Identify` or `Group`.
    pub properties: JsonObject,
    /// What the source says of its surroundings: page, campaign, device, library.
    pub context: JsonObject,
}

/// What an event says. Only `Track`, `Page` and `Screen` are things that a customer did.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum EventKind {
    Track = 0,
    Page = 1,
    Screen = 2,
    Identify = 3,
    Group = 4,
    Alias = 5,
}

impl EventKind {
    /// The fixed name of the kinds that carry no name of their own.
    pub fn fixed_name(self) -> Option<&'static str> {
        match self {
            Self::Track => None,
            Self::Page => Some("page_viewed"),
            Self::Screen => Some("screen_viewed"),
            Self::Identify => Some("$identify"),
            Self::Group => Some("$group"),
            Self::Alias => Some("$alias"),
        }
    }
}

/// Name of an event: 1 to 200 characters, no control characters, no blanks around it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
pub struct EventName(Box<str>);

/// Why a text is not an event name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    #[error("event name is empty")]
    Empty,
    #[error(
        "event name is longer than {} characters",
        limits::EVENT_NAME_CHARS_MAX
    )]
    Long,
    #[error("event name holds a control character")]
    Control,
}

impl EventName {
    /// Reads a name, without the blanks around it.
    pub fn parse(text: &str) -> Result<Self, NameFault> {
        let name = text.trim();
        if name.is_empty() {
            return Err(NameFault::Empty);
        }
        if name.chars().count() > limits::EVENT_NAME_CHARS_MAX {
            return Err(NameFault::Long);
        }
        if name.chars().any(char::is_control) {
            return Err(NameFault::Control);
        }
        Ok(Self(name.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for names that the product gives itself, like `$identify`: nothing a customer did.
    pub fn is_system(&self) -> bool {
        self.0.starts_with('$')
    }
}

impl TryFrom<String> for EventName {
    type Error = NameFault;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EventName> for String {
    fn from(name: EventName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// One key of a profile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct Identifier {
    pub kind: IdentifierKind,
    pub value: Box<str>,
}

/// What sort of key an identifier is. The order is that of precedence; the code is kept on disk.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum IdentifierKind {
    /// The known identity: at most one in a profile.
    User = 0,
    /// A browser or an installation, before somebody is known.
    Anonymous = 1,
    Email = 2,
    /// In the international form, `+` and digits.
    Phone = 3,
    /// An installation on a device, as its maker numbers it.
    Device = 4,
    /// What a device shows to advertisers.
    Advertising = 5,
    /// A customer card.
    Loyalty = 6,
    Order = 7,
    /// Of a system that only its owner knows; the value begins with its name.
    Custom = 8,
}

impl IdentifierKind {
    /// Every kind by its code.
    pub const ALL: [Self; 9] = [
        Self::User,
        Self::Anonymous,
        Self::Email,
        Self::Phone,
        Self::Device,
        Self::Advertising,
        Self::Loyalty,
        Self::Order,
        Self::Custom,
    ];
    /// Every kind, from the one that says most about who it is.
    pub const BY_STRENGTH: [Self; 9] = [
        Self::User,
        Self::Loyalty,
        Self::Email,
        Self::Phone,
        Self::Device,
        Self::Advertising,
        Self::Anonymous,
        Self::Order,
        Self::Custom,
    ];

    /// The kind of a code on disk.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

impl Identifier {
    /// A known identity.
    pub fn user(value: &str) -> Self {
        Self {
            kind: IdentifierKind::User,
            value: value.into(),
        }
    }

    /// An anonymous identifier.
    pub fn anonymous(value: &str) -> Self {
        Self {
            kind: IdentifierKind::Anonymous,
            value: value.into(),
        }
    }

    /// A 128-bit hash of kind and value.
    pub fn key(&self) -> u128 {
        let mut hasher = Xxh3::new();
        hasher.update(&[self.kind as u8]);
        hasher.update(self.value.as_bytes());
        hasher.digest128()
    }
}

/// A message id as a 128-bit hash: what makes two arrivals one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey(pub u128);

impl MessageKey {
    /// The key of an id that a source gave.
    pub fn of(id: &str) -> Self {
        Self(xxhash_rust::xxh3::xxh3_128(id.as_bytes()))
    }
}

/// The text of a JSON object without needless blanks. Valid by construction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JsonObject(Box<str>);

impl JsonObject {
    /// The object without members.
    pub fn empty() -> Self {
        Self("{}".into())
    }

    /// Writes a map out.
    pub fn from_map(map: &serde_json::Map<String, serde_json::Value>) -> Self {
        Self(
            serde_json::to_string(map)
                .expect("a map with text keys is always JSON")
                .into(),
        )
    }

    /// Reads a text, `None` when it is not a JSON object.
    pub fn parse(text: &str) -> Option<Self> {
        let map: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
        Some(Self::from_map(&map))
    }

    /// Takes a text that a JSON parser has already accepted as an object.
    pub fn from_raw(raw: &serde_json::value::RawValue) -> Option<Self> {
        let text = raw.get().trim_ascii();
        text.starts_with('{').then(|| Self(text.into()))
    }

    /// Takes the text of an object out of a text that a JSON parser has accepted as a whole.
    pub fn from_accepted(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        debug_assert!(serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok());
        text.starts_with('{').then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when there are no members.
    pub fn is_empty(&self) -> bool {
        self.0
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .eq(*b"{}")
    }

    /// The members.
    pub fn to_map(&self) -> serde_json::Map<String, serde_json::Value> {
        serde_json::from_str(&self.0).expect("a JsonObject holds the text of an object")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(
            EventName::parse("  Cart \u{1F6D2} ").map(|name| name.to_string()),
            Ok("Cart \u{1F6D2}".into())
        );
        assert_eq!(EventName::parse("  "), Err(NameFault::Empty));
        assert_eq!(EventName::parse(&"x".repeat(201)), Err(NameFault::Long));
        assert_eq!(EventName::parse("a\u{0}b"), Err(NameFault::Control));
    }

    #[test]
    fn identifiers_of_two_kinds_never_share_a_key() {
        assert_ne!(
            Identifier::user("7").key(),
            Identifier::anonymous("7").key()
        );
    }

    #[test]
    fn only_objects_are_objects() {
        assert!(JsonObject::parse("[]").is_none());
        assert!(JsonObject::parse("{\"a\":1}x").is_none());
        assert_eq!(
            JsonObject::parse(" { \"a\" : 1 } ").map(|it| it.as_str().to_owned()),
            Some("{\"a\":1}".into())
        );
    }
}
