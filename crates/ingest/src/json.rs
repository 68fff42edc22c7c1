//! What valid JSON may still hide: depth, number of keys, repeated keys, texts that are no Unicode.
//!
//! It runs over text that a JSON parser has accepted, so it never has to explain syntax.

use std::borrow::Cow;

use throughline_model::{JsonObject, limits};
use xxhash_rust::xxh3::xxh3_64;

use crate::{Fault, Reason};

/// What a sound text was found to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Keys over all levels.
    pub keys_count: usize,
    /// True when there are blanks outside of texts.
    pub has_blanks: bool,
}

/// Scratch space, so that checking an event needs no memory of its own.
#[derive(Debug, Default)]
pub(crate) struct Checker {
    /// Hashes of the keys of each open object, one after the other.
    keys: Vec<u64>,
    /// Open objects, as where their keys begin, and open lists.
    open: Vec<Option<usize>>,
}

impl Checker {
    /// Checks one JSON value against the limits of an event.
    pub fn check(&mut self, text: &str) -> Result<Shape, Fault> {
        self.keys.clear();
        self.open.clear();
        let bytes = text.as_bytes();
        let mut shape = Shape::default();
        let mut awaits_key = false;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    let end = end_of_text(bytes, at)?;
                    if awaits_key {
                        self.keys.push(key_hash(&text[at..end]));
                        shape.keys_count += 1;
                        awaits_key = false;
                    }
                    at = end;
                    continue;
                }
                b'{' | b'[' => {
                    if self.open.len() == limits::JSON_DEPTH_MAX {
                        return Err(Fault::new(
                            Reason::TooDeep,
                            format!("nests deeper than {} levels", limits::JSON_DEPTH_MAX),
                        ));
                    }
                    awaits_key = byte == b'{';
                    self.open.push(awaits_key.then_some(self.keys.len()));
                }
                b'}' | b']' => {
                    if let Some(Some(first)) = self.open.pop() {
                        self.close_object(first)?;
                    }
                    awaits_key = false;
                }
                b',' => awaits_key = matches!(self.open.last(), Some(Some(_))),
                b'-' | b'0'..=b'9' => {
                    at = end_of_number(text, at)?;
                    continue;
                }
                b' ' | b'\t' | b'\n' | b'\r' => shape.has_blanks = true,
                _ => {}
            }
            at += 1;
        }
        check_keys(shape.keys_count)?;
        Ok(shape)
    }

    fn close_object(&mut self, first: usize) -> Result<(), Fault> {
        const FEW: usize = 12;
        let keys = &mut self.keys[first..];
        let is_repeated = if keys.len() <= FEW {
            keys.iter()
                .enumerate()
                .any(|(index, key)| keys[..index].contains(key))
        } else {
            keys.sort_unstable();
            keys.windows(2).any(|pair| pair[0] == pair[1])
        };
        self.keys.truncate(first);
        if is_repeated {
            return Err(Fault::new(
                Reason::KeyRepeated,
                "an object names one of its keys twice; send each key once",
            ));
        }
        Ok(())
    }
}

/// Refuses more keys than one event may have.
pub(crate) fn check_keys(keys_count: usize) -> Result<(), Fault> {
    if keys_count <= limits::JSON_KEYS_MAX {
        return Ok(());
    }
    Err(Fault::new(
        Reason::TooManyKeys,
        format!(
            "has {keys_count} keys; at most {} are allowed",
            limits::JSON_KEYS_MAX
        ),
    ))
}

/// The index after the closing quote of the text that starts at `start`.
fn end_of_text(bytes: &[u8], start: usize) -> Result<usize, Fault> {
    let mut at = start + 1;
    loop {
        at = quote_or_escape(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(_) if bytes.get(at + 1) == Some(&b'u') => at = end_of_escape(bytes, at)?,
            Some(_) => at += 2,
            None => return Ok(bytes.len()),
        }
    }
}

/// The index of the next quote or backslash, looking at eight bytes at once.
fn quote_or_escape(bytes: &[u8], from: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    // A byte of `word` that equals `byte` turns into a set top bit; higher bytes may follow it.
    let hits = |word: u64, byte: u8| {
        let zeroed = word ^ (ONES * u64::from(byte));
        zeroed.wrapping_sub(ONES) & !zeroed & TOPS
    };
    let mut at = from;
    while let Some(Ok(eight)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let word = u64::from_le_bytes(eight);
        let found = hits(word, b'"') | hits(word, b'\\');
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let is_hit = |byte: &u8| matches!(byte, b'"' | b'\\');
    at + rest.iter().position(is_hit).unwrap_or(rest.len())
}

/// The index after a `\u` escape, or after both of a surrogate pair.
fn end_of_escape(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    let half = Fault::new(
        Reason::TextInvalid,
        "a text holds half of a surrogate pair; send whole characters",
    );
    match escaped_unit(bytes, at) {
        Some(0) => Err(Fault::new(
            Reason::NulCharacter,
            "a text holds the character U+0000; leave it out",
        )),
        Some(0xd800..=0xdbff) => match escaped_unit(bytes, at + 6) {
            Some(0xdc00..=0xdfff) => Ok(at + 12),
            _ => Err(half),
        },
        Some(0xdc00..=0xdfff) | None => Err(half),
        Some(_) => Ok(at + 6),
    }
}

fn escaped_unit(bytes: &[u8], at: usize) -> Option<u32> {
    let escape = bytes.get(at..at + 6)?;
    let digits = escape.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, &digit| {
        Some(unit << 4 | char::from(digit).to_digit(16)?)
    })
}

/// The index after a number that a float can hold.
fn end_of_number(text: &str, start: usize) -> Result<usize, Fault> {
    const ALWAYS_FINITE_DIGITS: usize = 300;
    let bytes = &text.as_bytes()[start..];
    let is_part = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
    let length = bytes.iter().take_while(|byte| is_part(byte)).count();
    let number = &text[start..start + length];
    let is_suspect = length > ALWAYS_FINITE_DIGITS || number.bytes().any(|it| it | 0x20 == b'e');
    if is_suspect && !number.parse::<f64>().is_ok_and(f64::is_finite) {
        return Err(Fault::new(
            Reason::NumberOutOfRange,
            "a number is larger than a 64-bit float can hold",
        ));
    }
    Ok(start + length)
}

/// A hash of the key that is meant, however it is escaped.
fn key_hash(quoted: &str) -> u64 {
    xxh3_64(text(quoted).unwrap_or_default().as_bytes())
}

/// Takes an object that was checked, without the blanks around its members.
pub(crate) fn object(text: &str, has_blanks: bool) -> Option<JsonObject> {
    if has_blanks {
        JsonObject::from_accepted(&without_blanks(text))
    } else {
        JsonObject::from_accepted(text)
    }
}

/// As [`text`], for texts that no checker has seen: half of a surrogate pair is a sign that says so.
pub(crate) fn lenient_text(value: &str) -> Option<Cow<'_, str>> {
    text(value).or_else(|| {
        let whole = without_halves(value);
        serde_json::from_str(&whole).ok().map(Cow::Owned)
    })
}

/// A JSON text in which escapes of half a surrogate pair are those of U+FFFD, as long as they were.
fn without_halves(value: &str) -> String {
    let bytes = value.as_bytes();
    let mut whole = String::with_capacity(value.len());
    let (mut at, mut copied) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        if byte != b'\\' {
            at += 1;
            continue;
        }
        at += match (escaped_unit(bytes, at), escaped_unit(bytes, at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                whole.push_str(&value[copied..at]);
                whole.push_str("\\ufffd");
                copied = at + 6;
                6
            }
            _ => 2,
        };
    }
    whole.push_str(&value[copied..]);
    whole
}

/// The direct members of an object that a JSON parser has accepted: names and JSON texts.
///
/// It gives nothing for what is no object.
pub(crate) fn members(object: &str) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
    let mut rest = object.trim_ascii().strip_prefix('{').unwrap_or_default();
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if !rest.starts_with('"') {
            return None;
        }
        let (name, after) = rest.split_at(end_of_value(rest));
        let value = after
            .trim_ascii_start()
            .strip_prefix(':')?
            .trim_ascii_start();
        let (value, after) = value.split_at(end_of_value(value));
        rest = after;
        Some((lenient_text(name)?, value))
    })
}

/// The direct elements of a list that a JSON parser has accepted, as JSON texts.
///
/// It gives nothing for what is no list.
pub(crate) fn elements(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = list.trim_ascii().strip_prefix('[').unwrap_or_default();
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() || rest.starts_with(']') {
            return None;
        }
        let (value, after) = rest.split_at(end_of_value(rest));
        rest = after;
        Some(value)
    })
}

/// A member of an object by its name; null counts as absent.
pub(crate) fn member<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    members(object)
        .find(|(found, _)| found == name)
        .map(|(_, value)| value)
        .filter(|&value| value != "null")
}

/// What a JSON text says, borrowed where it holds no escapes; nothing for other values.
pub(crate) fn text(value: &str) -> Option<Cow<'_, str>> {
    let inner = value.strip_prefix('"')?.strip_suffix('"')?;
    if quote_or_escape(inner.as_bytes(), 0) < inner.len() {
        return serde_json::from_str(value).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner))
}

/// The length of the JSON value at the start of an accepted text.
fn end_of_value(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0usize);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = end_of_plain_text(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The index after the closing quote, whatever the escapes say.
pub(crate) fn end_of_plain_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        at = quote_or_escape(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(_) => at += 2,
            None => return bytes.len(),
        }
    }
}

/// An accepted text without the blanks that mean nothing.
pub(crate) fn without_blanks(text: &str) -> String {
    let mut compact = String::with_capacity(text.len());
    let (mut in_text, mut is_escaped) = (false, false);
    for part in text.chars() {
        if in_text {
            in_text = is_escaped || part != '"';
            is_escaped = part == '\\' && !is_escaped;
        } else if part.is_ascii_whitespace() {
            continue;
        } else {
            in_text = part == '"';
        }
        compact.push(part);
    }
    compact
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::{Value, value::RawValue};

    use super::*;

    fn reason(text: &str) -> Option<Reason> {
        serde_json::from_str::<&RawValue>(text).expect("tests give valid JSON");
        Checker::default().check(text).err().map(|it| it.reason)
    }

    #[test]
    fn repeated_keys_are_found_at_any_level_and_however_escaped() {
        let repeated = Some(Reason::KeyRepeated);
        assert_eq!(reason(r#"{"a":1,"a":2}"#), repeated);
        assert_eq!(reason(r#"{"x":[{"a":1,"b":{},"a":2}]}"#), repeated);
        assert_eq!(reason(r#"{"a":1,"\u0061":2}"#), repeated);
        assert_eq!(reason(r#"{"a":{"a":{"a":["a","a"]}}}"#), None);
        let many: Vec<String> = (0..40).map(|n| format!("\"k{}\":{{}}", n % 39)).collect();
        assert_eq!(reason(&format!("{{{}}}", many.join(","))), repeated);
    }

    #[test]
    fn texts_must_be_unicode_without_nul() {
        assert_eq!(reason(r#"{"a":"\u0000"}"#), Some(Reason::NulCharacter));
        assert_eq!(reason(r#"{"\u0000":1}"#), Some(Reason::NulCharacter));
        assert_eq!(reason(r#"{"a":"\ud800"}"#), Some(Reason::TextInvalid));
        assert_eq!(reason(r#"{"a":"\udc00\ud800"}"#), Some(Reason::TextInvalid));
        assert_eq!(reason(r#"{"a":"\ud83d\ude00 \\u0000 \" \\"}"#), None);
    }

    #[test]
    fn half_of_a_pair_hides_nothing() {
        for (value, expected) in [
            (r#""a\ud800b""#, "a\u{fffd}b"),
            (
                r#""\ud83d\ude00\udc00\\ud800\n""#,
                "\u{1f600}\u{fffd}\\ud800\n",
            ),
            (r#""\ud800\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (r#""\ud800""#, "\u{fffd}"),
        ] {
            assert_eq!(lenient_text(value).as_deref(), Some(expected), "{value}");
        }
        let names: Vec<_> = members(r#"{"\ud800":1,"b":2}"#).map(|it| it.0).collect();
        assert_eq!(names, ["\u{fffd}", "b"]);
    }

    #[test]
    fn numbers_must_fit_a_float() {
        assert_eq!(reason(r#"{"a":1e999}"#), Some(Reason::NumberOutOfRange));
        assert_eq!(reason(r#"{"a":[-1E400]}"#), Some(Reason::NumberOutOfRange));
        let digits = "9".repeat(400);
        assert_eq!(reason(&digits), Some(Reason::NumberOutOfRange));
        assert_eq!(
            reason(r#"{"a":1e300,"b":-0.5e-7,"c":123456789012345678901}"#),
            None
        );
    }

    #[test]
    fn depth_and_keys_are_bounded() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(reason(&deep(limits::JSON_DEPTH_MAX)), None);
        assert_eq!(
            reason(&deep(limits::JSON_DEPTH_MAX + 1)),
            Some(Reason::TooDeep)
        );
        let wide = |keys: usize| {
            let members: Vec<String> = (0..keys).map(|n| format!("\"k{n}\":1")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert_eq!(reason(&wide(limits::JSON_KEYS_MAX)), None);
        assert_eq!(
            reason(&wide(limits::JSON_KEYS_MAX + 1)),
            Some(Reason::TooManyKeys)
        );
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<i32>().prop_map(|it| Value::from(f64::from(it) / 8.0)),
            "[ a\"\\\\\n\u{1F600}]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[ab\"\\\\ ]{0,3}", inner, 0..6)
                    .prop_map(|it| Value::Object(it.into_iter().collect())),
            ]
        })
    }

    fn keys_in(value: &Value) -> usize {
        match value {
            Value::Object(map) => map.len() + map.values().map(keys_in).sum::<usize>(),
            Value::Array(list) => list.iter().map(keys_in).sum(),
            _ => 0,
        }
    }

    proptest! {
        #[test]
        fn sound_values_pass_and_lose_only_their_blanks(value in any_json()) {
            let pretty = serde_json::to_string_pretty(&value).expect("writes to memory");
            let compact = value.to_string();
            for text in [&pretty, &compact] {
                let shape = Checker::default().check(text).expect("sound");
                prop_assert_eq!(shape.keys_count, keys_in(&value));
            }
            prop_assert!(!Checker::default().check(&compact).expect("sound").has_blanks);
            prop_assert_eq!(without_blanks(&pretty), compact);
        }

        #[test]
        fn members_are_those_that_a_parser_finds(value in any_json()) {
            let pretty = serde_json::to_string_pretty(&value).expect("writes to memory");
            for text in [&pretty, &value.to_string()] {
                let found: Vec<(String, Value)> = members(text)
                    .map(|(name, it)| (name.into_owned(), serde_json::from_str(it).expect("JSON")))
                    .collect();
                let expected: Vec<(String, Value)> = match &value {
                    Value::Object(map) => map.clone().into_iter().collect(),
                    _ => Vec::new(),
                };
                prop_assert_eq!(found, expected);
            }
        }

        #[test]
        fn repeats_are_found_exactly(keys in prop::collection::vec("[a-f]{1,2}", 0..30)) {
            let members: Vec<String> = keys.iter().map(|key| format!("\"{key}\":0")).collect();
            let distinct: BTreeSet<&String> = keys.iter().collect();
            let found = reason(&format!("{{{}}}", members.join(",")));
            prop_assert_eq!(found.is_some(), distinct.len() < keys.len());
        }
    }
}
