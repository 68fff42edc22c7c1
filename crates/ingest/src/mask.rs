//! Personal data and secrets where they do not belong, taken out of a body before it is logged.
//!
//! A body is looked at as JSON text: only texts and long numbers are ever changed, each in place, so
//! everything else stays byte for byte. Identifiers and traits are what a person is known by, and stay. As it is the
//! masked body that is logged and decoded, reading the log again gives what was stored.

mod address;
mod detect;
mod names;
mod walk;

pub(crate) use detect::is_secret;
pub use names::is_base64;

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use throughline_model::{
    Event, EventKind, limits,
    masking::{Detector, MaskAction, MaskPlace, Masking},
};

use crate::{
    Refusal,
    dialect::{Dialect, hook::Note},
    inflate, json,
};
use names::Kept;
use walk::Look;

/// Rules made ready to be asked of many bodies.
#[derive(Clone, Debug)]
pub struct Masker {
    /// Per place what is looked for, and what becomes of it.
    places: [[Option<MaskAction>; 6]; 4],
    allowed: Vec<String>,
    is_on: bool,
}

/// What was found, by detector and place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub counts: [[u64; 6]; 4],
}

/// A body without what may not be kept.
#[derive(Debug, PartialEq, Eq)]
pub struct Masked {
    pub text: String,
    pub found: Found,
}

impl Masker {
    /// Takes over the rules that are on.
    pub fn new(masking: &Masking) -> Self {
        let mut places = [[None; 6]; 4];
        for rule in masking.rules.iter().filter(|it| it.is_on) {
            places[rule.place as usize][rule.detector as usize] = Some(rule.action);
        }
        Self {
            is_on: places.iter().flatten().any(Option::is_some),
            places,
            allowed: (masking.allowed.iter())
                .map(|it| it.trim().to_lowercase())
                .collect(),
        }
    }

    /// The body of a request without what may not be kept; none when there is nothing of it.
    ///
    /// Whatever the body was wrapped in is taken off, so what is given is to be logged as it stands.
    pub fn body(&self, dialect: Dialect, body: &[u8]) -> Result<Option<Masked>, Refusal> {
        if !self.is_on {
            return Ok(None);
        }
        let text = match dialect {
            Dialect::Segment(_) => inflate::text(body)?,
            _ => crate::dialect::unwrapped(body)?,
        };
        Ok(self.text(&text, Kept::default()))
    }

    /// As [`Masker::body`], for what came to a webhook.
    pub fn hook(&self, note: &Note, body: &[u8]) -> Result<Option<Masked>, Refusal> {
        if !self.is_on {
            return Ok(None);
        }
        let kept = Kept {
            is_hook: true,
            mapping: note.mapping.as_ref(),
        };
        Ok(self.text(&inflate::text(body)?, kept))
    }

    /// An event that no body brought, without what may not be kept.
    pub fn event(&self, event: &mut Event, found: &mut Found) {
        let parts = [&mut event.properties, &mut event.context];
        let is_traits = says_who(event.kind);
        for part in parts.into_iter().skip(usize::from(is_traits)) {
            if let Some(masked) = self.object(part.as_str(), found) {
                *part = json::object(&masked, false).expect("masked, it is an object as it was");
            }
        }
    }

    /// One object of an event without what may not be kept; none when there is nothing of it.
    pub fn object(&self, text: &str, found: &mut Found) -> Option<String> {
        match self.is_on {
            true => Look::new(self, Kept::default(), found).json(text),
            false => None,
        }
    }

    fn text(&self, text: &str, kept: Kept<'_>) -> Option<Masked> {
        let mut found = Found::default();
        let text = Look::new(self, kept, &mut found).body(text)?;
        Some(Masked { text, found })
    }

    fn action(&self, place: MaskPlace, detector: Detector) -> Option<MaskAction> {
        self.places[place as usize][detector as usize]
    }

    fn looks_at(&self, place: MaskPlace) -> bool {
        self.places[place as usize].iter().any(Option::is_some)
    }

    fn is_allowed(&self, name: &str) -> bool {
        !self.allowed.is_empty() && self.allowed.iter().any(|it| it.eq_ignore_ascii_case(name))
    }
}

impl Masked {
    /// The bytes to log, packed where they would be too many to be read again.
    pub fn into_body(self) -> Result<Vec<u8>, Refusal> {
        let text = self.text.into_bytes();
        if text.len() <= limits::BODY_BYTES_MAX {
            return Ok(text);
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let packed = encoder.write_all(&text).and_then(|()| encoder.finish());
        let packed = packed.unwrap_or(text);
        match packed.len() <= limits::BODY_BYTES_MAX {
            true => Ok(packed),
            false => Err(Refusal::BodyTooLarge),
        }
    }
}

impl Found {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.counts.iter().flatten().all(|it| *it == 0)
    }

    fn note(&mut self, place: MaskPlace, detector: Detector) {
        self.counts[place as usize][detector as usize] += 1;
    }
}

/// Whether the properties of an event of this kind are what a person is known by.
pub fn says_who(kind: EventKind) -> bool {
    matches!(kind, EventKind::Identify | EventKind::Group)
}

#[cfg(test)]
mod tests;
