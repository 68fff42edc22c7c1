//! Through a body, text by text: what each is, and what is looked for in it.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use throughline_model::masking::{Detector, MaskAction, MaskPlace};

use super::{
    Found, Masker, address, detect,
    names::{self, Kept},
};
use crate::{
    dialect::{form::unescaped, from_base64},
    json,
};

/// Levels whose names are remembered; no event is taken that has more.
const DEPTH_MAX: usize = 64;
/// How often JSON may stand in a text of JSON.
const WITHIN_MAX: usize = 8;
/// The fewest digits of a number that may be looked for; it has no signs between them.
const NUMBER_DIGITS_MIN: usize = 11;

/// What a text of more digits is sought as first.
const ORDER: [Detector; 5] = [
    Detector::NationalIdCn,
    Detector::Iban,
    Detector::Card,
    Detector::Email,
    Detector::Phone,
];

/// Looks through one body by some rules, and counts what it finds.
pub struct Look<'a> {
    pub masker: &'a Masker,
    pub kept: Kept<'a>,
    pub found: &'a mut Found,
    /// Texts with JSON around what is looked at.
    within: usize,
}

/// Where in a body somebody is who reads it from its beginning.
#[derive(Default)]
struct Place<'a> {
    /// What the next value is called; elements are called as their list.
    name: Cow<'a, str>,
    open: Vec<Level<'a>>,
    /// Levels that are open besides, too deep to be told apart.
    deeper: usize,
}

struct Level<'a> {
    name: Cow<'a, str>,
    /// Whether everything in it says who somebody is.
    is_person: bool,
}

impl<'a> Look<'a> {
    pub fn new(masker: &'a Masker, kept: Kept<'a>, found: &'a mut Found) -> Self {
        Self {
            masker,
            kept,
            found,
            within: 0,
        }
    }

    /// JSON or a form without what may not be kept; none when there is nothing of it.
    pub fn body(&mut self, text: &str) -> Option<String> {
        let start = text.trim_start_matches('\u{feff}').trim_ascii_start();
        match start.starts_with(['{', '[']) {
            true => self.json(text),
            false => self.form(text),
        }
    }

    /// JSON, one or several after each other, without what may not be kept.
    ///
    /// It is read once, token by token; what no parser accepts is refused by whoever reads it next.
    pub fn json(&mut self, text: &str) -> Option<String> {
        let bytes = text.as_bytes();
        let (mut out, mut copied) = (String::new(), 0);
        let mut place = Place::default();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let end = match byte {
                b'"' => json::end_of_plain_text(bytes, at),
                b'-' | b'0'..=b'9' => at + number_length(&bytes[at..]),
                _ => {
                    place.pass(byte);
                    at += 1;
                    continue;
                }
            };
            let token = &text[at..end];
            if byte == b'"' && is_name(&bytes[end..]) {
                place.name = json::lenient_text(token).unwrap_or_default();
            } else if !place.is_person()
                && let Some(masked) = self.token(&place.name, token)
            {
                out.push_str(&text[copied..at]);
                out.push_str(&serde_json::Value::from(masked).to_string());
                copied = end;
            }
            at = end;
        }
        if copied == 0 {
            return None;
        }
        out.push_str(&text[copied..]);
        Some(out)
    }

    /// A form without what may not be kept; none when there is nothing of it.
    fn form(&mut self, text: &str) -> Option<String> {
        let mut is_new = false;
        let fields: Vec<Cow<'_, str>> = text
            .split('&')
            .map(|field| match self.field(field) {
                Some(masked) => {
                    is_new = true;
                    Cow::Owned(masked)
                }
                None => Cow::Borrowed(field),
            })
            .collect();
        is_new.then(|| fields.join("&"))
    }

    fn field(&mut self, field: &str) -> Option<String> {
        let (name, value) = field.split_once('=')?;
        let plain = unescaped(name, true);
        let mut parts = plain.split(['[', ']', '.']).filter(|it| !it.is_empty());
        let last = parts.clone().next_back().unwrap_or_default();
        if parts.any(names::is_person) {
            return None;
        }
        let masked = self.leaf(last, &unescaped(value, true))?;
        Some(format!("{name}={}", address::encoded(&masked)))
    }

    /// A text or a number of JSON.
    fn token(&mut self, name: &str, token: &str) -> Option<String> {
        let Some(inner) = token.strip_prefix('"') else {
            let is_plain = token.bytes().all(|it| it.is_ascii_digit());
            return (is_plain && token.len() >= NUMBER_DIGITS_MIN)
                .then(|| self.leaf(name, token))?;
        };
        // Most texts are told by one look that there is nothing in them.
        if !is_suspect(inner.as_bytes()) && !names::is_base64(name) {
            return None;
        }
        self.leaf(name, &json::lenient_text(token)?)
    }

    /// A text under a name without what may not be kept; none when there is nothing of it.
    fn leaf(&mut self, name: &str, text: &str) -> Option<String> {
        let inner = (names::is_base64(name).then(|| from_base64(text)))
            .flatten()
            .and_then(|it| String::from_utf8(it).ok());
        if let Some(inner) = inner.filter(|it| is_json(it)) {
            let masked = self.inner(&inner)?;
            return Some(BASE64_URL_SAFE_NO_PAD.encode(masked));
        }
        if !is_suspect(text.as_bytes()) || self.masker.is_allowed(name) || self.kept.has(name) {
            return None;
        }
        // Some libraries put JSON into a text.
        if self.within < WITHIN_MAX && text.starts_with(['{', '[']) && is_json(text) {
            return self.inner(text);
        }
        let is_address = names::is_address(name) || address::is_absolute(text);
        if is_address && text.contains(['/', '?', '#', '=', ':']) {
            return address::address(self, text);
        }
        let place = match names::is_title(name) {
            true => MaskPlace::Titles,
            false => MaskPlace::Properties,
        };
        self.free(place, text)
    }

    fn inner(&mut self, text: &str) -> Option<String> {
        self.within += 1;
        let masked = self.json(text);
        self.within -= 1;
        masked
    }

    /// A text in which every detector of a place looks, the one for most digits first.
    pub fn free(&mut self, place: MaskPlace, text: &str) -> Option<String> {
        let mut kept: Option<String> = None;
        for detector in ORDER {
            let Some(action) = self.masker.action(place, detector) else {
                continue;
            };
            let current = kept.as_deref().unwrap_or(text);
            let mut out = String::new();
            let mut from = 0;
            while let Some(range) = detect::find(detector, current, from) {
                self.found.note(place, detector);
                out.push_str(&current[from..range.start]);
                if action == MaskAction::Mask {
                    out.push_str(detector.word());
                }
                from = range.end;
            }
            if from > 0 {
                out.push_str(&current[from..]);
                kept = Some(out);
            }
        }
        kept
    }
}

impl Place<'_> {
    /// Goes over a byte that is part of no text or number.
    fn pass(&mut self, byte: u8) {
        match byte {
            b'{' | b'[' if self.open.len() < DEPTH_MAX => {
                let is_person = self.is_person() || names::is_person(&self.name);
                let name = self.name.clone();
                self.open.push(Level { name, is_person });
            }
            b'{' | b'[' => self.deeper += 1,
            b'}' | b']' if self.deeper > 0 => self.deeper -= 1,
            b'}' | b']' => self.name = self.open.pop().map(|it| it.name).unwrap_or_default(),
            _ => {}
        }
    }

    fn is_person(&self) -> bool {
        self.open.last().is_some_and(|it| it.is_person)
    }
}

/// Whether a text can hold anything that is looked for: an at sign, a parameter, an escape that may
/// hide one, or a run of digits with few signs between.
pub fn is_suspect(bytes: &[u8]) -> bool {
    let (mut digits, mut others) = (0, 0);
    for byte in bytes {
        match byte {
            b'@' | b'?' | b'#' | b'%' | b'\\' | b'=' => return true,
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

fn is_json(text: &str) -> bool {
    serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok()
}

/// Whether what follows a text makes it a name.
fn is_name(rest: &[u8]) -> bool {
    rest.iter().find(|it| !it.is_ascii_whitespace()) == Some(&b':')
}

fn number_length(bytes: &[u8]) -> usize {
    let is_part = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
    bytes.iter().take_while(|it| is_part(it)).count()
}
