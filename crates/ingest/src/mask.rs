//! Personal data and secrets where they do not belong, taken out of a body before it is logged.
//!
//! A body is looked at as JSON text: only texts are ever changed, each in place, so everything else
//! stays byte for byte. Identifiers and traits are what a person is known by, and stay. As it is the
//! masked body that is logged and decoded, reading the log again gives what was stored.

mod detect;
mod walk;

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use throughline_model::{
    limits,
    masking::{Detector, MaskAction, MaskPlace, Masking},
};

use crate::{Refusal, dialect::Dialect, inflate, json};

/// Rules made ready to be asked of many bodies.
#[derive(Clone, Debug)]
pub struct Masker {
    /// Per place what is looked for, and what becomes of it.
    places: [[Option<MaskAction>; 6]; 4],
    allowed: Vec<String>,
    is_off: bool,
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
            is_off: places.iter().flatten().all(Option::is_none),
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
        if self.is_off {
            return Ok(None);
        }
        let text = match dialect {
            Dialect::Segment(_) => {
                let bytes = inflate::open(body)?;
                if !is_suspect(&bytes) {
                    return Ok(None);
                }
                match String::from_utf8(bytes.into_owned()) {
                    Ok(text) => text,
                    // It was refused before it came here.
                    Err(_) => return Ok(None),
                }
            }
            _ => crate::dialect::unwrapped(body)?,
        };
        // Snowplow hides JSON in Base64, where nothing looks like anything.
        if dialect != Dialect::Snowplow && !is_suspect(text.as_bytes()) {
            return Ok(None);
        }
        let mut found = Found::default();
        let is_json = text.trim_start_matches('\u{feff}').trim_ascii_start();
        let masked = match is_json.starts_with(['{', '[']) {
            true => walk::json(self, &text, &mut found),
            false => walk::form(self, &text, &mut found),
        };
        Ok(masked.map(|text| Masked { text, found }))
    }

    /// One object of an event without what may not be kept, as for a preview.
    pub fn object(&self, text: &str, found: &mut Found) -> Option<String> {
        if self.is_off || !is_suspect(text.as_bytes()) || !text.starts_with('{') {
            return None;
        }
        walk::object(self, text, found)
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

/// Whether a body can hold anything that is looked for: an at sign, a parameter, an escape that
/// may hide one, or a run of digits with few signs between.
///
/// Most bodies hold none, and cost no more than this.
fn is_suspect(bytes: &[u8]) -> bool {
    let signs = bytes
        .iter()
        .any(|byte| matches!(byte, b'@' | b'?' | b'#' | b'%' | b'\\' | b'='));
    if signs {
        return true;
    }
    let (mut digits, mut others) = (0, 0);
    for byte in bytes {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                others = 0;
                if digits >= detect::DIGITS_MIN {
                    return true;
                }
            }
            b' ' | b'-' | b'.' | b'(' | b')' | b'/' | b'+' if others < 3 => others += 1,
            _ => digits = 0,
        }
    }
    false
}

/// The text of a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether a text is a JSON string with something in it.
fn text_of(value: &str) -> Option<std::borrow::Cow<'_, str>> {
    json::text(value)
}

#[cfg(test)]
mod tests;
