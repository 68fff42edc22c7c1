//! Webhooks: what other products tell by themselves, brought to events with usual names.
//!
//! Each maker has a recipe: which of its topics is which event, who it is about, when it was.
//! A topic without a recipe becomes an event under its own name, so that nothing is lost.
//! Deliveries come in any order and more than once: an event has the time that its maker gives it,
//! and a message id made from the maker's own, so a second delivery is a duplicate. Where that stands
//! outside of what is signed, it is made from the text, as anybody could send it with another id.
//! What is about nobody, as a change of the shop's settings, stays in the raw log only.

mod generic;
mod hubspot;
mod mail;
mod read;
mod shopify;
mod stripe;
mod survey;
#[cfg(test)]
mod tests;
mod told;
mod twilio;
mod whatsapp;
mod zendesk;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use throughline_model::{MessageKey, SourceId, Timestamp, limits};
use utoipa::ToSchema;

use crate::{Decoded, Quarantined, Refusal, file::Mapping, inflate};
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
    Twilio,
    Sendgrid,
    Mailgun,
    /// By Meta's cloud.
    Whatsapp,
    Zendesk,
    Typeform,
    Hubspot,
    /// Answers of any tool in a plain shape.
    Survey,
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
    /// When it happened, as a header says; or when it came, if it was read again later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// How a body of no known maker is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
}

impl Maker {
    /// Every maker, in the order in which they are offered.
    pub const ALL: [Self; 11] = [
        Self::Shopify,
        Self::Stripe,
        Self::Twilio,
        Self::Sendgrid,
        Self::Mailgun,
        Self::Whatsapp,
        Self::Zendesk,
        Self::Typeform,
        Self::Hubspot,
        Self::Survey,
        Self::Generic,
    ];

    /// The code in the raw log.
    pub fn code(self) -> u8 {
        match self {
            Self::Shopify => 1,
            Self::Stripe => 2,
            Self::Twilio => 3,
            Self::Sendgrid => 4,
            Self::Mailgun => 5,
            Self::Whatsapp => 6,
            Self::Zendesk => 7,
            Self::Typeform => 8,
            Self::Hubspot => 9,
            Self::Survey => 10,
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
            Self::Twilio => "twilio",
            Self::Sendgrid => "sendgrid",
            Self::Mailgun => "mailgun",
            Self::Whatsapp => "whatsapp",
            Self::Zendesk => "zendesk",
            Self::Typeform => "typeform",
            Self::Hubspot => "hubspot",
            Self::Survey => "survey",
            Self::Generic => "webhook",
        }
    }
}

/// Reads a body that came to the webhook `source` at `received`.
pub fn decode(
    maker: Maker,
    source: SourceId,
    note: &Note,
    body: &[u8],
    received: Timestamp,
) -> Result<Decoded, Refusal> {
    let text = inflate::text(body)?;
    let text = bare(&text);
    if maker == Maker::Generic {
        return generic::decode(source, note, text, received);
    }
    // Twilio sends forms, and so may tools for surveys.
    let body = generic::whole(text)?;
    let told = match maker {
        Maker::Shopify => shopify::told(note, &body, MessageKey::of(text)),
        Maker::Stripe => stripe::told(&body),
        Maker::Twilio => twilio::told(&body),
        Maker::Sendgrid => mail::sendgrid(&body),
        Maker::Mailgun => mail::mailgun(&body),
        Maker::Whatsapp => whatsapp::told(&body),
        Maker::Zendesk => zendesk::told(&body),
        Maker::Typeform => survey::typeform(&body),
        Maker::Hubspot => hubspot::told(&body),
        Maker::Survey => survey::plain(&body),
        Maker::Generic => unreachable!("read above, by its mapping"),
    };
    if told.len() > limits::BATCH_EVENTS_MAX {
        return Err(Refusal::BatchTooLong(told.len()));
    }
    Ok(decoded(maker, source, told, MessageKey::of(text), received))
}

/// The names and values of a form, for those who sign them.
pub fn form(body: &[u8]) -> Vec<(String, String)> {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let pairs = super::form::pairs(text);
    pairs
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// The keys that an event with this id may have, whoever has sent it to one of some webhooks.
pub(super) fn message_keys(id: &str, hooks: &[SourceId]) -> Vec<MessageKey> {
    let sources = std::iter::once(None).chain(hooks.iter().copied().map(Some));
    let keys = sources.flat_map(|source| Maker::ALL.map(|it| message_key(it, source, id)));
    keys.collect()
}

/// The key of an event by its maker's own id of it, or by that within a webhook.
fn message_key(maker: Maker, source: Option<SourceId>, id: &str) -> MessageKey {
    let maker = maker.name();
    MessageKey::of(&match source {
        None => format!("hook:{maker}:{id}"),
        Some(source) => format!("hook {}:{maker}:{id}", source.0),
    })
}

/// A text without what stands around it.
fn bare(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim_ascii()
}

fn json(text: &str) -> Result<Value, Refusal> {
    serde_json::from_str(text).map_err(|error| Refusal::NotJson(error.to_string()))
}

/// Brings events to their last form; a body without any speaks of nobody.
fn decoded(
    maker: Maker,
    source: SourceId,
    told: Vec<Told<'_>>,
    body: MessageKey,
    received: Timestamp,
) -> Decoded {
    let mut decoded = Decoded::default();
    if told.is_empty() {
        decoded.aside.push(0);
    }
    for (index, told) in (0..).zip(told) {
        let (item, named) = (told.item, told.who.identifiers().to_vec());
        match told.finish(maker, source, index, body, received) {
            Ok(Some(found)) => decoded.take(index, Ok(found), ""),
            Ok(None) => decoded.aside.push(index),
            Err(fault) => decoded.quarantined.push(Quarantined {
                // Under the id by which a maker knows somebody, the name of the maker stands too.
                named,
                ..Quarantined::new(index, fault, &item.to_string())
            }),
        }
    }
    decoded
}
