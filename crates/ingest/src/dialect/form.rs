//! Forms and queries: pairs of names and values with escapes.

use std::borrow::Cow;

use serde_json::{Map, Value};
use throughline_model::limits;

/// Name and value of each pair.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (unescaped(name, true), unescaped(value, true))
    })
}

/// The value of the first pair with this name.
pub(super) fn value<'a>(text: &'a str, name: &str) -> Option<Cow<'a, str>> {
    pairs(text)
        .find(|(found, _)| found == name)
        .map(|(_, value)| value)
}

/// As many pairs as an event can have keys, and one more, by which it is known to have too many.
const PAIRS_MAX: usize = limits::JSON_KEYS_MAX + 1;

/// A form as an object of texts. The first of pairs with one name counts.
pub(super) fn flat(text: &str) -> Value {
    let mut object = Map::new();
    for (name, value) in pairs(text).take(PAIRS_MAX) {
        let value = Value::from(value.into_owned());
        object.entry(name.into_owned()).or_insert(value);
    }
    Value::Object(object)
}

/// As `flat` and as a text, where a dot in a name leads into an object within.
pub(super) fn nested(text: &str) -> String {
    let mut object = Map::new();
    for (name, value) in pairs(text).take(PAIRS_MAX) {
        let value = Value::from(value.into_owned());
        match name.split_once('.') {
            None => drop(object.entry(name.into_owned()).or_insert(value)),
            Some((outer, inner)) => {
                let outer = object
                    .entry(outer)
                    .or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(members) = outer {
                    members.entry(inner).or_insert(value);
                }
            }
        }
    }
    Value::Object(object).to_string()
}

/// A text whose escapes are resolved, in a form the blanks too; what is no escape stands for itself.
pub(crate) fn unescaped(text: &str, has_blanks: bool) -> Cow<'_, str> {
    if !(text.contains('%') || has_blanks && text.contains('+')) {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| hex(bytes.get(at + 1..at + 3)?))
            .flatten();
        plain.push(match (escaped, byte) {
            (Some(escaped), _) => escaped,
            (None, b'+') if has_blanks => b' ',
            (None, byte) => byte,
        });
        at += if escaped.is_some() { 3 } else { 1 };
    }
    let text = String::from_utf8(plain);
    Cow::Owned(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn hex(digits: &[u8]) -> Option<u8> {
    digits.iter().try_fold(0, |byte, &digit| {
        Some(byte << 4 | u8::try_from(char::from(digit).to_digit(16)?).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved_and_broken_ones_stand_for_themselves() {
        let found: Vec<_> = pairs("a=1+2&b=%C3%A9%zz%&&c&a=3").collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(found, [("a", "1 2"), ("b", "é%zz%"), ("c", ""), ("a", "3")]);
        assert_eq!(value("x=%ff", "x").as_deref(), Some("\u{fffd}"));
        assert_eq!(unescaped("1+2%20", false), "1+2 ");
        assert_eq!(flat("a=1&a=2&b=%22").to_string(), r#"{"a":"1","b":"\""}"#);
    }

    #[test]
    fn a_dot_leads_into_an_object() {
        let expected = r#"{"event":"e","properties":{"a.b":"2","price":"3"}}"#;
        let found = nested("event=e&properties.price=3&properties.a.b=2&event.x=1");
        let (found, expected): (Value, Value) = (
            serde_json::from_str(&found).expect("JSON"),
            serde_json::from_str(expected).expect("JSON"),
        );
        assert_eq!(found, expected);
    }
}
