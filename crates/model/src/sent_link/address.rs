//! Addresses of links without what is of one person only.

use crate::limits;

use super::Unasked;

/// An address as it is kept: `http` or `https`, the host in lower case, without a fragment, and of its
/// parameters those only that say which page it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    text: String,
    unasked: Option<Unasked>,
}

/// Why a text is no address of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    #[error("is longer than {} characters", limits::LINK_CHARS_MAX)]
    Long,
    #[error("begins with https:// or http://")]
    Scheme,
    #[error("has a user name in it")]
    User,
    #[error("has no host, or one that is no name")]
    Host,
    #[error("holds characters that no address has")]
    Characters,
}

/// Stands in the place of what was somebody's own.
const LEFT_AWAY: &str = "*";

/// Words of addresses that do something when they are opened.
const ACTS: [&str; 34] = [
    "unsubscribe",
    "unsubscribed",
    "unsub",
    "optout",
    "optin",
    "subscribe",
    "preferences",
    "abmelden",
    "austragen",
    "desinscription",
    "confirm",
    "confirmation",
    "verify",
    "verification",
    "activate",
    "activation",
    "accept",
    "decline",
    "approve",
    "cancel",
    "delete",
    "remove",
    "reset",
    "password",
    "token",
    "magic",
    "login",
    "signin",
    "logout",
    "signout",
    "invite",
    "invitation",
    "vote",
    "rsvp",
];

/// What may stand within a word of such an address.
const ACTS_WITHIN: [&str; 6] = ["unsubscri", "opt-out", "opt_out", "opt-in", "退订", "退訂"];

/// Names of parameters that tell who somebody is.
const WHO: [&str; 24] = [
    "token",
    "auth",
    "key",
    "sig",
    "signature",
    "code",
    "secret",
    "password",
    "session",
    "sid",
    "email",
    "mail",
    "user",
    "userid",
    "uid",
    "contact",
    "subscriber",
    "recipient",
    "phone",
    "jwt",
    "otp",
    "hash",
    "cid",
    "mc_eid",
];

impl Address {
    /// Brings a text to the form in which addresses are kept, with the parameters of these names.
    pub fn parse(text: &str, parameters: &[String]) -> Result<Self, AddressFault> {
        let (origin, path, query) = split(text)?;
        let mut unasked = None;
        let segments = path.split('/').map(|segment| {
            if is_personal(segment) {
                unasked = Some(Unasked::Personal);
                return LEFT_AWAY.to_owned();
            }
            encoded(segment)
        });
        let path: Vec<String> = segments.collect();
        let mut text = format!("{origin}{}", path.join("/"));
        let kept = query.split('&').filter(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            parameters.iter().any(|it| it == name) && !says_who(name) && !is_personal(value)
        });
        for (index, pair) in kept.enumerate() {
            text.push(if index == 0 { '?' } else { '&' });
            text += &encoded(pair);
        }
        if acts(&text) || acts(&decoded(query)) {
            unasked = Some(Unasked::Acts);
        }
        Ok(Self { text, unasked })
    }

    /// An address that whoever sends it has told, with all of its parameters: it is the same for everybody.
    ///
    /// The second is whether a part of it looks like one person's.
    pub fn told(text: &str) -> Result<(Self, bool), AddressFault> {
        let (origin, path, query) = split(text)?;
        let is_own = path.split('/').any(is_personal)
            || query.split('&').any(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                !value.is_empty() && (says_who(name) || is_personal(value))
            });
        let mut text = format!("{origin}{}", encoded(path));
        if !query.is_empty() {
            text.push('?');
            text += &encoded(query);
        }
        let unasked = acts(&text).then_some(Unasked::Acts);
        Ok((Self { text, unasked }, is_own))
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Why it is never asked for; none where it may be.
    pub fn unasked(&self) -> Option<Unasked> {
        self.unasked
    }

    /// The host with its port, whose pace is kept.
    pub fn host(&self) -> &str {
        host_of(&self.text)
    }
}

/// Where a redirect leads that was answered by an address; none where that is no address.
pub fn joined(base: &str, location: &str) -> Option<String> {
    let location = location.trim();
    let origin_end = base.find("://")? + 3 + host_of(base).len();
    let (scheme, origin) = (&base[..base.find("://")?], &base[..origin_end]);
    let path = base[origin_end..].split(['?', '#']).next().unwrap_or("/");
    let folder = path.rfind('/').map_or("/", |end| &path[..=end]);
    let lower = location.get(..8).unwrap_or(location).to_ascii_lowercase();
    let whole = if lower.starts_with("http://") || lower.starts_with("https://") {
        location.to_owned()
    } else if let Some(rest) = location.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else if location.starts_with('/') {
        format!("{origin}{location}")
    } else if location.starts_with('?') {
        format!("{origin}{path}{location}")
    } else if location.split(['/', '?', '#']).next()?.contains(':') {
        return None;
    } else {
        format!("{origin}{folder}{location}")
    };
    let (origin, path, query) = split(&whole).ok()?;
    let query = match query {
        "" => String::new(),
        query => format!("?{}", encoded(query)),
    };
    Some(format!("{origin}{}{query}", encoded(path)))
}

/// Whether an address that was led to is another page than the one that was asked for.
///
/// Another spelling of the host, another path below it, and encryption are not.
pub(super) fn is_elsewhere(asked: &str, led: &str) -> bool {
    let bare = |text: &str| {
        let host = host_of(text).trim_start_matches("www.");
        host.split(':').next().unwrap_or(host).to_owned()
    };
    let is_front = |text: &str| {
        let after = text.find("://").map_or(0, |it| it + 3) + host_of(text).len();
        matches!(text[after..].split(['?', '#']).next(), Some("" | "/"))
    };
    bare(asked) != bare(led) || (is_front(led) && !is_front(asked))
}

/// Whether a parameter of this name tells who somebody is.
pub(super) fn says_who(name: &str) -> bool {
    WHO.iter().any(|it| name.eq_ignore_ascii_case(it))
}

fn host_of(text: &str) -> &str {
    let start = text.find("://").map_or(0, |it| it + 3);
    let rest = &text[start..];
    &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())]
}

/// Scheme and host, path and query.
fn split(text: &str) -> Result<(String, &str, &str), AddressFault> {
    let text = text.trim();
    if text.chars().count() > limits::LINK_CHARS_MAX {
        return Err(AddressFault::Long);
    }
    if text
        .chars()
        .any(|it| it.is_control() || it.is_whitespace() || matches!(it, '\\' | '\u{feff}'))
    {
        return Err(AddressFault::Characters);
    }
    let (scheme, rest) = text.split_once("://").ok_or(AddressFault::Scheme)?;
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return Err(AddressFault::Scheme);
    }
    let (host, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if host.contains('@') {
        return Err(AddressFault::User);
    }
    let is_plain = |it: u8| {
        it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b':' | b'[' | b']' | b'_')
    };
    if host.is_empty() || host.starts_with(':') || !host.bytes().all(is_plain) {
        return Err(AddressFault::Host);
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = if path.is_empty() { "/" } else { path };
    Ok((
        format!("{scheme}://{}", host.to_ascii_lowercase()),
        path,
        query,
    ))
}

/// Whether opening an address may do something.
fn acts(text: &str) -> bool {
    let text = decoded(text).to_lowercase();
    let mut words = text.split(|it: char| !it.is_alphanumeric());
    words.any(|word| ACTS.contains(&word)) || ACTS_WITHIN.iter().any(|it| text.contains(it))
}

/// Whether a part of an address is somebody's own: an e-mail, or what looks drawn by chance.
fn is_personal(part: &str) -> bool {
    let part = decoded(part);
    // What was masked before it came here has stars in its place.
    if part.contains('@') || part.contains("***") {
        return true;
    }
    let count = |is: fn(&char) -> bool| part.chars().filter(is).count();
    let (digits, letters) = (
        count(char::is_ascii_digit),
        count(char::is_ascii_alphabetic),
    );
    let is_token = part
        .chars()
        .all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '=' | '~'));
    let is_hex = part.chars().all(|it| it.is_ascii_hexdigit() || it == '-');
    let bare = digits + letters;
    // Words are joined by dashes; what is drawn by chance has none, or is hexadecimal.
    let is_joined = count(|it| matches!(it, '-' | '_')) * 10 > part.len();
    is_token
        && digits >= 3
        && ((is_hex && bare >= 16 && letters >= 1)
            || (bare >= 20 && letters >= 3 && !is_joined)
            || bare >= 20 && letters == 0)
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | b'^' | b'|' | b'\'' | 0x80.. => {
                encoded += &format!("%{byte:02X}");
            }
            byte => encoded.push(char::from(byte)),
        }
    }
    encoded
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let byte = hex.and_then(|it| u8::from_str_radix(it, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
