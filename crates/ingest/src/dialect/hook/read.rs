//! Values in the body of a webhook, by their place; what has another type than expected is not there.

use std::borrow::Cow;

use serde_json::Value;
use throughline_model::Timestamp;

use crate::{instant, mask::is_secret};

/// The value at a place like `customer.email` or `lines.0`; null is not there.
pub fn at<'a>(value: &'a Value, place: &str) -> Option<&'a Value> {
    let found = place
        .split('.')
        .try_fold(value, |value, name| match value {
            Value::Array(list) => list.get(name.parse::<usize>().ok()?),
            value => value.get(name),
        })?;
    (!found.is_null()).then_some(found)
}

/// A text that says something, or a number as its digits.
pub fn text<'a>(value: &'a Value, place: &str) -> Option<Cow<'a, str>> {
    said(at(value, place)?)
}

/// The first of several places that holds a text.
pub fn first<'a>(value: &'a Value, places: &[&str]) -> Option<Cow<'a, str>> {
    places.iter().find_map(|place| text(value, place))
}

/// What a value says as a text.
pub fn said(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            (!text.is_empty()).then_some(Cow::Borrowed(text))
        }
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// A number, also one that is written as a text, as amounts are.
pub fn number(value: &Value, place: &str) -> Option<f64> {
    let number = match at(value, place)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|it| it.is_finite())
}

/// The first of several places that holds an instant.
pub fn time(value: &Value, places: &[&str]) -> Option<Timestamp> {
    let texts = places.iter().filter_map(|place| text(value, place));
    texts.filter_map(|it| instant::read(&it)).next()
}

/// The elements of a list; none of what is no list.
pub fn list<'a>(value: &'a Value, place: &str) -> &'a [Value] {
    match at(value, place) {
        Some(Value::Array(list)) => list,
        _ => &[],
    }
}

/// The members of an object that are no lists or objects, without keys to something: secrets, and
/// addresses that are open to whoever knows them.
pub fn plain(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let members = value.as_object().into_iter().flatten();
    members.filter(|(name, value)| {
        let is_url = value.as_str().is_some_and(|it| it.contains("://"));
        !value.is_object() && !value.is_array() && !is_url && !is_secret(name)
    })
}

/// A name of an event from a topic of a maker: lower case, words joined by `_`.
pub fn plain_name(topic: &str) -> String {
    let mut name = String::with_capacity(topic.len());
    for symbol in topic.chars() {
        if symbol.is_alphanumeric() {
            name.extend(symbol.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}
