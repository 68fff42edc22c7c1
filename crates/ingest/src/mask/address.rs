//! Addresses in their parts: what comes before the parameters, and those; and addresses within them.

use std::borrow::Cow;

use throughline_model::masking::{Detector, MaskAction, MaskPlace};

use super::{detect, walk::Look};
use crate::dialect::form::unescaped;

/// How often an address may lead to another one, as the page to go to after signing in.
const WITHIN_MAX: usize = 4;

/// Whether a text begins with a scheme and a host.
pub fn is_absolute(text: &str) -> bool {
    let scheme = text.split_once("://").map(|it| it.0);
    scheme.is_some_and(|it| {
        (1..=12).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// An address without what may not be kept; none when there is nothing of it.
pub fn address(look: &mut Look<'_>, text: &str) -> Option<String> {
    within(look, text, 0)
}

fn within(look: &mut Look<'_>, text: &str, depth: usize) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let (host, mut is_new) = authority(look, text, &mut out);
    let mut rest = &text[host..];
    let mut is_first = true;
    while !rest.is_empty() {
        let sign = rest.starts_with(['?', '#']).then(|| &rest[..1]);
        let piece = &rest[sign.map_or(0, str::len)..];
        let end = piece.find(['?', '#']).unwrap_or(piece.len());
        let piece = &piece[..end];
        let is_parameters = piece.contains('=') && (sign.is_some() || !piece.contains('/'))
            || (sign == Some("?") && !is_first);
        let masked = match is_parameters || sign == Some("?") {
            true => parameters(look, piece, depth),
            false => path(look, piece),
        };
        out.push_str(sign.unwrap_or_default());
        is_new |= masked.is_some();
        out.push_str(masked.as_deref().unwrap_or(piece));
        rest = &rest[sign.map_or(0, str::len) + end..];
        is_first = false;
    }
    is_new.then_some(out)
}

/// Writes the scheme and the host, without a name and a password before it. The answer is where they
/// end, and whether there was one.
fn authority(look: &mut Look<'_>, text: &str, out: &mut String) -> (usize, bool) {
    let Some(host) = text.find("://").filter(|_| is_absolute(text)) else {
        return (0, false);
    };
    let host = host + 3;
    let end = text[host..].find(['/', '?', '#']);
    let end = end.map_or(text.len(), |it| host + it);
    let word = Detector::Secret.word();
    let bare = text[host..end].rsplit_once('@');
    let bare = bare.filter(|(user, _)| *user != word && look.masker.looks_at(MaskPlace::UrlPath));
    match bare {
        Some((_, bare)) => {
            out.push_str(&text[..host]);
            out.push_str(word);
            out.push('@');
            out.push_str(bare);
            look.found.note(MaskPlace::UrlPath, Detector::Secret);
        }
        None => out.push_str(&text[..end]),
    }
    (end, bare.is_some())
}

fn path(look: &mut Look<'_>, text: &str) -> Option<String> {
    if !look.masker.looks_at(MaskPlace::UrlPath) {
        return None;
    }
    let mut is_new = false;
    let parts: Vec<Cow<'_, str>> = text
        .split('/')
        .map(
            |part| match look.free(MaskPlace::UrlPath, &unescaped(part, false)) {
                Some(masked) => {
                    is_new = true;
                    Cow::Owned(encoded(&masked))
                }
                None => Cow::Borrowed(part),
            },
        )
        .collect();
    is_new.then(|| parts.join("/"))
}

fn parameters(look: &mut Look<'_>, text: &str, depth: usize) -> Option<String> {
    const PLACE: MaskPlace = MaskPlace::UrlParameters;
    if !look.masker.looks_at(PLACE) {
        return None;
    }
    let mut is_new = false;
    let mut parts: Vec<Cow<'_, str>> = Vec::new();
    for part in text.split('&') {
        let (name, value) = part.split_once('=').unwrap_or(("", part));
        let plain_name = unescaped(name, true);
        let is_done = value.is_empty() || value == Detector::Secret.word();
        if is_done || look.masker.is_allowed(&plain_name) {
            parts.push(Cow::Borrowed(part));
            continue;
        }
        if let Some(action) = look.masker.action(PLACE, Detector::Secret)
            && detect::is_secret(&plain_name)
        {
            look.found.note(PLACE, Detector::Secret);
            is_new = true;
            if action == MaskAction::Mask {
                parts.push(Cow::Owned(format!("{name}={}", Detector::Secret.word())));
            }
            continue;
        }
        match parameter(look, value, depth) {
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

/// The value of a parameter without its escapes and what may not be kept.
fn parameter(look: &mut Look<'_>, value: &str, depth: usize) -> Option<String> {
    const PLACE: MaskPlace = MaskPlace::UrlParameters;
    let plain = unescaped(value, false);
    let inner = another(look, &plain, depth);
    let masked = look.free(PLACE, inner.as_deref().unwrap_or(&plain));
    masked.or(inner).or_else(|| {
        // A plus is a blank in a form, and the beginning of a phone number all the same.
        let is_spaced = value.contains('+');
        is_spaced.then(|| look.free(PLACE, &unescaped(value, true)))?
    })
}

/// A text that is an address itself, however often its escapes are escaped.
fn another(look: &mut Look<'_>, text: &str, depth: usize) -> Option<String> {
    if depth == WITHIN_MAX {
        return None;
    }
    if is_absolute(text) || text.starts_with(['/', '?', '#']) {
        return within(look, text, depth + 1);
    }
    match unescaped(text, false) {
        Cow::Owned(plain) if plain != text => {
            another(look, &plain, depth + 1).map(|it| encoded(&it))
        }
        _ => None,
    }
}

/// The other way of taking escapes out, for any part of an address.
pub fn encoded(text: &str) -> String {
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
