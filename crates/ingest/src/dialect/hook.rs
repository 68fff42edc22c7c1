//! Webhooks: what other products tell by themselves, brought to events with usual names.
//!
//! Each maker has a recipe: which of its topics is which event, who it is about, when it was.
//! A topic without a recipe becomes an event under its own name, so that nothing is lost.
//! Deliveries come in any order and more than once: an event has the time that its maker gives it,
//! and a message id made from the maker's own, so a second delivery is a duplicate.
//! What is about nobody, as a change of the shop's settings, stays in the raw log only.

mod generic;
mod read;
mod shopify;
mod stripe;
#[cfg(test)]
mod tests;
mod told;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use throughline_model::{MessageKey, Timestamp};
use utoipa::ToSchema;

use crate::{Decoded, Refusal, file::Mapping, inflate};
use told::Told;

pub use generic::{Arrived, arrived, columns, faults, suggest};

/// Whose webhook it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = HookMaker)]
pub enum Maker {
    Shopify,
    Stripe,
    /// Anything else, as a mapping says.
    Generic,
}

/// What stands beside a body: parts of its request that its meaning depends on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// What it is about, where a header says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The maker's id of what has happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// When it happened, as a header says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// How a body of no known maker is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
}

impl Maker {
    /// Every maker, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Shopify, Self::Stripe, Self::Generic];

    /// The code in the raw log.
    pub fn code(self) -> u8 {
        match self {
            Self::Shopify => 1,
            Self::Stripe => 2,
            Self::Generic => 255,
        }
    }

    /// The maker of a code in the raw log.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The name in addresses, events and ids.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::Stripe => "stripe",
            Self::Generic => "webhook",
        }
    }
}

/// Reads a body that came to a webhook at `received`.
pub fn decode(
    maker: Maker,
    note: &Note,
    body: &[u8],
    received: Timestamp,
) -> Result<Decoded, Refusal> {
    let bytes = inflate::open(body)?;
    let text = text_of(&bytes)?;
    if maker == Maker::Generic {
        return generic::decode(note, text, received);
    }
    let body = json(text)?;
    let told = match maker {
        Maker::Shopify => shopify::told(note, &body),
        Maker::Stripe => stripe::told(&body),
        Maker::Generic => unreachable!("read above, by its mapping"),
    };
    Ok(decoded(maker, told, text, received))
}

/// The key of an event by its maker's own id of it.
pub(super) fn message_key(maker: Maker, id: &str) -> MessageKey {
    MessageKey::of(&format!("hook:{}:{id}", maker.name()))
}

fn text_of(bytes: &[u8]) -> Result<&str, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|it| Refusal::NotUtf8(it.valid_up_to()))?;
    Ok(text.trim_start_matches('\u{feff}').trim_ascii())
}

fn json(text: &str) -> Result<Value, Refusal> {
    serde_json::from_str(text).map_err(|error| Refusal::NotJson(error.to_string()))
}

/// Brings events to their last form; a body without any speaks of nobody.
fn decoded(maker: Maker, told: Vec<Told>, text: &str, received: Timestamp) -> Decoded {
    let mut decoded = Decoded::default();
    if told.is_empty() {
        decoded.aside.push(0);
    }
    for (index, told) in (0..).zip(told) {
        match told.finish(maker, index, text, received).transpose() {
            Some(found) => decoded.take(index, found, text),
            None => decoded.aside.push(index),
        }
    }
    decoded
}
