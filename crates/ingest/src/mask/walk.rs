//! Through a body, text by text: what each is, and what is looked for in it.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use throughline_model::masking::{Detector, MaskAction, MaskPlace};

use super::{Found, Masker, detect, is_suspect, quoted, text_of};
use crate::{
    dialect::from_base64,
    json::{elements, members},
};

/// Deeper than that no event is taken.
const DEPTH_MAX: usize = 64;

/// What a text of more digits is sought as first.
const ORDER: [Detector; 5] = [
    Detector::NationalIdCn,
    Detector::Iban,
    Detector::Card,
    Detector::Email,
    Detector::Phone,
];

/// Objects that say who somebody is.
const PERSONS: [&str; 18] = [
    "traits",
    "traitsonce",
    "externalids",
    "user_properties",
    "userproperties",
    "user_data",
    "group_properties",
    "consent",
    "$set",
    "$set_once",
    "$add",
    "$append",
    "$union",
    "$prepend",
    "$remove",
    "$unset",
    "identifiers",
    "identities",
];

/// Members that name somebody, an event or a key of ours, in any dialect.
const NAMES: [&str; 61] = [
    "userid",
    "user_id",
    "anonymousid",
    "anonymous_id",
    "previousid",
    "previous_id",
    "groupid",
    "group_id",
    "customerid",
    "customer_id",
    "client_id",
    "app_instance_id",
    "deviceid",
    "device_id",
    "$device_id",
    "advertisingid",
    "distinct_id",
    "$distinct_id",
    "$anon_distinct_id",
    "$anon_id",
    "$user_id",
    "$identified_id",
    "alias",
    "identity",
    "uid",
    "duid",
    "nuid",
    "tnuid",
    "email",
    "e-mail",
    "mail",
    "$email",
    "email_address",
    "emailaddress",
    "phone",
    "$phone",
    "phone_number",
    "phonenumber",
    "mobile",
    "tel",
    "messageid",
    "message_id",
    "uuid",
    "insert_id",
    "$insert_id",
    "eid",
    "event_id",
    "transaction_id",
    "session_id",
    "sessionid",
    "$session_id",
    "window_id",
    "event",
    "event_type",
    "type",
    "writekey",
    "api_key",
    "token",
    "timestamp",
    "originaltimestamp",
    "sentat",
];

const TITLES: [&str; 5] = ["title", "page_title", "$title", "page", "screen_name"];

/// Members that hold an address, or a part of one.
const ADDRESSES: [&str; 12] = [
    "url",
    "href",
    "path",
    "search",
    "referrer",
    "referer",
    "refr",
    "page_location",
    "page_referrer",
    "$current_url",
    "$pathname",
    "$referrer",
];

/// JSON without what may not be kept; none when there is nothing of it.
pub(super) fn json(masker: &Masker, text: &str, found: &mut Found) -> Option<String> {
    let mut walk = Walk {
        masker,
        text,
        out: String::new(),
        copied: 0,
        found,
    };
    let whole = text.trim_start_matches('\u{feff}').trim_ascii();
    // Members are only found in what a parser has accepted.
    if !is_json(whole) {
        return None;
    }
    walk.value(whole, "", false, 0);
    walk.end()
}

/// The members of one object, which no body is around.
pub(super) fn object(masker: &Masker, text: &str, found: &mut Found) -> Option<String> {
    json(masker, text, found)
}

/// A form without what may not be kept; none when there is nothing of it.
pub(super) fn form(masker: &Masker, text: &str, found: &mut Found) -> Option<String> {
    let mut is_new = false;
    let fields: Vec<Cow<'_, str>> = text
        .split('&')
        .map(|field| {
            let Some((name, value)) = field.split_once('=') else {
                return Cow::Borrowed(field);
            };
            let parts = decoded(name, true);
            let mut parts = parts.split(['[', ']', '.']).filter(|it| !it.is_empty());
            let last = parts.clone().next_back().unwrap_or_default().to_owned();
            if parts.any(|it| is_one_of(it, &PERSONS)) {
                return Cow::Borrowed(field);
            }
            let plain = decoded(value, true);
            match leaf(masker, &last, &plain, found, 0) {
                Some(masked) => {
                    is_new = true;
                    Cow::Owned(format!("{name}={}", encoded(&masked)))
                }
                None => Cow::Borrowed(field),
            }
        })
        .collect();
    is_new.then(|| fields.join("&"))
}

struct Walk<'a, 'b> {
    masker: &'b Masker,
    text: &'a str,
    out: String,
    /// How much of the text is in `out` already.
    copied: usize,
    found: &'b mut Found,
}

impl<'a> Walk<'a, '_> {
    fn value(&mut self, value: &'a str, name: &str, is_person: bool, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        match value.as_bytes().first() {
            Some(b'{') => {
                for (name, value) in members(value) {
                    let is_person = is_person || is_one_of(&name, &PERSONS);
                    self.value(value, &name, is_person, depth + 1);
                }
            }
            Some(b'[') => {
                for value in elements(value) {
                    self.value(value, name, is_person, depth + 1);
                }
            }
            Some(b'"') if !is_person => {
                let masked = text_of(value)
                    .and_then(|text| leaf(self.masker, name, &text, self.found, depth));
                if let Some(masked) = masked {
                    self.replace(value, &masked);
                }
            }
            _ => {}
        }
    }

    /// Writes another text in the place of a value, which is a slice of the whole.
    fn replace(&mut self, value: &str, masked: &str) {
        let at = value.as_ptr().addr() - self.text.as_ptr().addr();
        self.out.push_str(&self.text[self.copied..at]);
        self.out.push_str(&quoted(masked));
        self.copied = at + value.len();
    }

    fn end(mut self) -> Option<String> {
        if self.copied == 0 {
            return None;
        }
        self.out.push_str(&self.text[self.copied..]);
        Some(self.out)
    }
}

/// A text under a name without what may not be kept; none when there is nothing of it.
fn leaf(
    masker: &Masker,
    name: &str,
    text: &str,
    found: &mut Found,
    depth: usize,
) -> Option<String> {
    let is_base64 = is_one_of(name, &["cx", "ue_px"]);
    // Most texts are told by one look that there is nothing in them.
    if !is_base64 && !is_suspect(text.as_bytes()) {
        return None;
    }
    if masker.is_allowed(name) || is_one_of(name, &NAMES) {
        return None;
    }
    // Some libraries put JSON into a text, and that into Base64.
    if text.starts_with(['{', '[']) && is_json(text) && depth < DEPTH_MAX / 2 {
        return json(masker, text, found);
    }
    if is_base64 {
        let inner = String::from_utf8(from_base64(text)?).ok()?;
        let masked = is_json(&inner).then(|| json(masker, &inner, found))?;
        return masked.map(|it| BASE64_URL_SAFE_NO_PAD.encode(it));
    }
    let is_address = is_one_of(name, &ADDRESSES) || is_absolute(text);
    if is_address && (text.contains(['/', '?', '#', '=', ':'])) {
        return address(masker, text, found);
    }
    let place = match is_one_of(name, &TITLES) {
        true => MaskPlace::Titles,
        false => MaskPlace::Properties,
    };
    free(masker, place, text, found)
}

/// Whether a text begins with a scheme and a host.
fn is_absolute(text: &str) -> bool {
    let scheme = text.split_once("://").map(|it| it.0);
    scheme.is_some_and(|it| {
        (1..=12).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok()
}

/// An address in its parts: what comes before its parameters, and those.
fn address(masker: &Masker, text: &str, found: &mut Found) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut is_new) = (text, false);
    if is_absolute(text)
        && let Some(host) = text.find("://").map(|it| it + 3)
    {
        let end = text[host..]
            .find(['/', '?', '#'])
            .map_or(text.len(), |it| host + it);
        let authority = &text[host..end];
        match authority.rsplit_once('@') {
            // A name and a password before the host.
            Some((_, bare)) if masker.looks_at(MaskPlace::UrlPath) => {
                out.push_str(&text[..host]);
                out.push_str(Detector::Secret.word());
                out.push('@');
                out.push_str(bare);
                found.note(MaskPlace::UrlPath, Detector::Secret);
                is_new = true;
            }
            _ => out.push_str(&text[..end]),
        }
        rest = &text[end..];
    }
    let mut is_first = true;
    while !rest.is_empty() {
        let sign = rest.starts_with(['?', '#']).then(|| &rest[..1]);
        let piece = &rest[sign.map_or(0, str::len)..];
        let end = piece.find(['?', '#']).unwrap_or(piece.len());
        let piece = &piece[..end];
        let is_parameters = piece.contains('=') && (sign.is_some() || !piece.contains('/'))
            || (sign == Some("?") && !is_first);
        let masked = match is_parameters || sign == Some("?") {
            true => parameters(masker, piece, found),
            false => path(masker, piece, found),
        };
        out.push_str(sign.unwrap_or_default());
        is_new |= masked.is_some();
        out.push_str(masked.as_deref().unwrap_or(piece));
        rest = &rest[sign.map_or(0, str::len) + end..];
        is_first = false;
    }
    is_new.then_some(out)
}

fn path(masker: &Masker, text: &str, found: &mut Found) -> Option<String> {
    if !masker.looks_at(MaskPlace::UrlPath) {
        return None;
    }
    let mut is_new = false;
    let parts: Vec<Cow<'_, str>> = text
        .split('/')
        .map(|part| {
            let plain = decoded(part, false);
            match free(masker, MaskPlace::UrlPath, &plain, found) {
                Some(masked) => {
                    is_new = true;
                    Cow::Owned(encoded(&masked))
                }
                None => Cow::Borrowed(part),
            }
        })
        .collect();
    is_new.then(|| parts.join("/"))
}

fn parameters(masker: &Masker, text: &str, found: &mut Found) -> Option<String> {
    const PLACE: MaskPlace = MaskPlace::UrlParameters;
    if !masker.looks_at(PLACE) {
        return None;
    }
    let mut is_new = false;
    let mut parts: Vec<Cow<'_, str>> = Vec::new();
    for part in text.split('&') {
        let (name, value) = part.split_once('=').unwrap_or(("", part));
        let plain_name = decoded(name, true);
        if value.is_empty() || masker.is_allowed(&plain_name) || value.starts_with("***") {
            parts.push(Cow::Borrowed(part));
            continue;
        }
        if let Some(action) = masker.action(PLACE, Detector::Secret)
            && detect::is_secret(&plain_name)
        {
            found.note(PLACE, Detector::Secret);
            is_new = true;
            if action == MaskAction::Mask {
                parts.push(Cow::Owned(format!("{name}={}", Detector::Secret.word())));
            }
            continue;
        }
        // A plus is a blank in a form, and the beginning of a phone number all the same.
        let masked = free(masker, PLACE, &decoded(value, false), found).or_else(|| {
            let is_spaced = value.contains('+');
            is_spaced.then(|| free(masker, PLACE, &decoded(value, true), found))?
        });
        match masked {
            Some(masked) => {
                is_new = true;
                let sign = if part.len() == value.len() { "" } else { "=" };
                parts.push(Cow::Owned(format!("{name}{sign}{}", encoded(&masked))));
            }
            None => parts.push(Cow::Borrowed(part)),
        }
    }
    is_new.then(|| parts.join("&"))
}

/// A text in which every detector of a place looks, the one for most digits first.
fn free(masker: &Masker, place: MaskPlace, text: &str, found: &mut Found) -> Option<String> {
    let mut kept: Option<String> = None;
    for detector in ORDER {
        let Some(action) = masker.action(place, detector) else {
            continue;
        };
        let current = kept.as_deref().unwrap_or(text);
        let mut out = String::new();
        let mut from = 0;
        while let Some(range) = detect::find(detector, current, from) {
            found.note(place, detector);
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

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|it| it.eq_ignore_ascii_case(name))
}

/// A part of an address as it is meant; what is no escape stays as it is.
fn decoded(text: &str, has_blanks: bool) -> Cow<'_, str> {
    let has_escapes = text.contains('%') || (has_blanks && text.contains('+'));
    if !has_escapes {
        return Cow::Borrowed(text);
    }
    let digit = |at: usize| {
        text.as_bytes()
            .get(at)
            .and_then(|it| char::from(*it).to_digit(16))
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).expect("two digits fit a byte"));
                at += 3;
                continue;
            }
            (b'+', ..) if has_blanks => bytes.push(b' '),
            (byte, ..) => bytes.push(*byte),
        }
        at += 1;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(text),
    }
}

/// The other way, for any part of an address.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'_' | b'.' | b'~' | b'*' | b'!' | b'\'' | b'(' | b')' | b':' | b'@' | b',' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
