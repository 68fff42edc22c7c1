//! The typed identifiers that an event names besides its ids, in the form in which they compare.
//!
//! They stand in the traits (`email`, `phone`), in `context.device` (`id`, `advertisingId`) and in
//! `context.externalIds`, whatever dialect brought the event. What cannot be brought to its form,
//! or stands for nobody, names no one; the event stays as it is.
//!
//! An e-mail or phone may come as the SHA-256 of its form, in hexadecimal digits. It has the key
//! of the plain one, so that both are one identifier.

mod countries;

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};
use throughline_model::{Event, EventKind, Identifier, IdentifierKind, limits};
use xxhash_rust::xxh3::Xxh3;

use crate::{field, identity, json};

pub use countries::is_country;

/// What a hashed e-mail or phone begins with.
const HASHED: &str = "sha256:";
/// What a phone begins with whose country is not known yet.
const NATIONAL: &str = "national:";

/// Adds to an event the typed identifiers that it names.
///
/// An alias is only about its own two ids.
pub fn complete(event: &mut Event) {
    if event.kind == EventKind::Alias {
        return;
    }
    let mut found = Vec::new();
    if event.kind == EventKind::Identify {
        of_traits(event.properties.as_str(), &mut found);
    }
    let context = event.context.as_str();
    let is_wanted = |name: &str| context.contains(name);
    if is_wanted("\"traits\"") || is_wanted("\"device\"") || is_wanted("\"externalIds\"") {
        for (name, value) in json::members(context) {
            match &*name {
                "traits" => of_traits(value, &mut found),
                "device" => of_device(value, &mut found),
                "externalIds" => of_external(value, &mut found),
                _ => {}
            }
        }
    }
    for identifier in found {
        if event.identifiers.len() >= limits::EVENT_IDENTIFIERS_MAX {
            break;
        }
        if !event.identifiers.contains(&identifier) {
            event.identifiers.push(identifier);
        }
    }
}

/// Gives phones without a country the one that the policy names; without one they are left out.
pub fn settle(identifiers: &mut Vec<Identifier>, country: Option<&str>) {
    identifiers.retain_mut(|it| {
        let is_phone = it.kind == IdentifierKind::Phone;
        let Some(national) = it.value.strip_prefix(NATIONAL).filter(|_| is_phone) else {
            return true;
        };
        let whole = country.and_then(|country| countries::international(national, country));
        whole.is_some_and(|whole| {
            it.value = whole.into();
            true
        })
    });
}

/// Leaves out what only the newer form of the log takes from events.
pub fn ids_only(identifiers: &mut Vec<Identifier>) {
    let is_id =
        |it: &Identifier| matches!(it.kind, IdentifierKind::User | IdentifierKind::Anonymous);
    identifiers.retain(is_id);
}

/// An identifier in the form in which it compares; none when it stands for nobody.
pub fn typed(kind: IdentifierKind, value: &str) -> Option<Identifier> {
    let value = value.trim();
    if value.is_empty() || value.len() > limits::IDENTIFIER_CHARS_MAX {
        return None;
    }
    if value.chars().any(char::is_control) || identity::is_blocked_as(kind, value) {
        return None;
    }
    let value: Cow<'_, str> = match kind {
        IdentifierKind::Email => email(value)?,
        IdentifierKind::Phone => phone(value)?,
        IdentifierKind::Device | IdentifierKind::Advertising => value.to_ascii_lowercase().into(),
        _ => value.into(),
    };
    (!identity::is_blocked_as(kind, &value)).then(|| Identifier {
        kind,
        value: value.into(),
    })
}

/// What an identifier is known by where memory is dear: of a hashed one, the key of the plain one.
pub fn key(identifier: &Identifier) -> u128 {
    if !matches!(
        identifier.kind,
        IdentifierKind::Email | IdentifierKind::Phone
    ) {
        return identifier.key();
    }
    let mut hasher = Xxh3::new();
    hasher.update(&[identifier.kind as u8]);
    match identifier.value.strip_prefix(HASHED) {
        Some(digest) => hasher.update(digest.as_bytes()),
        None => hasher.update(digest_of(&identifier.value).as_bytes()),
    }
    hasher.digest128()
}

/// True for an e-mail or phone that is known by its hash only.
pub fn is_hashed(identifier: &Identifier) -> bool {
    identifier.value.starts_with(HASHED)
        && matches!(
            identifier.kind,
            IdentifierKind::Email | IdentifierKind::Phone
        )
}

/// What a person may have typed to find somebody: the identifiers that it may be.
pub fn readings(text: &str, country: Option<&str>) -> Vec<Identifier> {
    let mut found: Vec<Identifier> = IdentifierKind::BY_STRENGTH
        .into_iter()
        .filter_map(|kind| match kind {
            IdentifierKind::User | IdentifierKind::Anonymous => Some(Identifier {
                kind,
                value: text.trim().into(),
            }),
            _ => typed(kind, text),
        })
        .collect();
    settle(&mut found, country);
    found
}

fn of_traits(traits: &str, found: &mut Vec<Identifier>) {
    if !(traits.contains("\"email\"") || traits.contains("\"phone\"")) {
        return;
    }
    for (name, value) in json::members(traits) {
        let kind = match &*name {
            "email" => IdentifierKind::Email,
            "phone" => IdentifierKind::Phone,
            _ => continue,
        };
        found.extend(text_of(value).and_then(|text| typed(kind, &text)));
    }
}

fn of_device(device: &str, found: &mut Vec<Identifier>) {
    for (name, value) in json::members(device) {
        let kind = match &*name {
            "id" => IdentifierKind::Device,
            "advertisingId" => IdentifierKind::Advertising,
            _ => continue,
        };
        found.extend(text_of(value).and_then(|text| typed(kind, &text)));
    }
}

/// Reads `[{"type": "ga_client_id", "id": "1.2"}, …]`.
fn of_external(list: &str, found: &mut Vec<Identifier>) {
    let items = json::elements(list).filter(|it| it.starts_with('{'));
    for item in items {
        let (mut id, mut sort) = (None, None);
        for (name, value) in json::members(item) {
            match &*name {
                "id" => id = text_of(value),
                "type" => sort = text_of(value),
                _ => {}
            }
        }
        if let (Some(id), Some(sort)) = (id, sort) {
            found.extend(external(&sort, &id));
        }
    }
}

/// The identifier of a type as other products name it.
fn external(sort: &str, id: &str) -> Option<Identifier> {
    let sort = sort.trim().to_ascii_lowercase();
    let kind = match sort.as_str() {
        // Ids of the customer stand on the event itself, where their form is checked.
        "user_id" | "userid" | "anonymous_id" | "anonymousid" => return None,
        "email" | "email_sha256" => IdentifierKind::Email,
        "phone" | "phone_sha256" => IdentifierKind::Phone,
        "android.id" | "ios.id" | "device_id" | "device.id" => IdentifierKind::Device,
        "android.idfa" | "ios.idfa" | "idfa" | "aaid" | "gaid" | "advertising_id" => {
            IdentifierKind::Advertising
        }
        "loyalty" | "loyalty_id" | "loyalty_number" => IdentifierKind::Loyalty,
        "order" | "order_id" => IdentifierKind::Order,
        _ => {
            let bare = typed(IdentifierKind::Custom, id)?;
            return typed(IdentifierKind::Custom, &format!("{sort}:{}", bare.value));
        }
    };
    typed(kind, id)
}

/// A text, or a number as its digits.
fn text_of(value: &str) -> Option<Cow<'_, str>> {
    json::text(value).or_else(|| field::whole_number(value))
}

/// Lower case, one `@` with something on both sides; or its hash.
fn email(value: &str) -> Option<Cow<'_, str>> {
    let value = value.strip_prefix("mailto:").unwrap_or(value).trim();
    if let Some(hash) = hash(value) {
        return Some(hash);
    }
    let (local, domain) = value.split_once('@')?;
    let is_sound = !local.is_empty()
        && domain.len() >= 3
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains('@')
        && !value.chars().any(char::is_whitespace);
    is_sound.then(|| value.to_lowercase().into())
}

/// `+` and 8 to 15 digits; the digits of a number without a country, marked; or its hash.
fn phone(value: &str) -> Option<Cow<'_, str>> {
    let value = value.strip_prefix("tel:").unwrap_or(value).trim();
    if let Some(hash) = hash(value) {
        return Some(hash);
    }
    let has_plus = value.trim_start_matches(['(', ' ']).starts_with('+');
    // `+44 (0)20` is a habit of printing: the trunk digit is not dialed from abroad.
    let is_abroad = has_plus || value.starts_with("00");
    let bare = value.replacen("(0)", "", usize::from(is_abroad));
    let mut digits = String::with_capacity(bare.len());
    for symbol in bare.chars() {
        match symbol {
            '0'..='9' => digits.push(symbol),
            '+' if digits.is_empty() => {}
            ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' | '\u{2011}' | '\u{2013}' => {}
            _ => return None,
        }
    }
    let abroad = if has_plus {
        Some(digits.as_str())
    } else {
        digits.strip_prefix("00")
    };
    match abroad {
        Some(whole) => countries::is_whole(whole).then(|| format!("+{whole}").into()),
        None => (5..=15)
            .contains(&digits.len())
            .then(|| format!("{NATIONAL}{digits}").into()),
    }
}

fn hash(value: &str) -> Option<Cow<'_, str>> {
    let digits = value.strip_prefix(HASHED).unwrap_or(value);
    let is_hash = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| format!("{HASHED}{}", digits.to_ascii_lowercase()).into())
}

/// The SHA-256 of a text in hexadecimal digits.
pub fn digest_of(value: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(value.as_bytes()) {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests;
