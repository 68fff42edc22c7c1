//! Whether a text that could not be read as an event names somebody all the same.

use serde_json::Value;
use throughline_ingest::{dialect, identifiers, mask};
use throughline_model::{Identifier, IdentifierKind};

/// Shorter values are looked for only where an id is expected: `17` may be anything.
const TELLING_CHARS_MIN: usize = 6;

/// Who is looked for in a text.
#[derive(Clone, Copy)]
pub struct Sought<'a> {
    /// The person's identifiers as they are known.
    pub values: &'a [String],
    /// True for an identifier of the person.
    pub is_theirs: &'a dyn Fn(&Identifier) -> bool,
    /// Whose phones those without a country are.
    pub country: Option<&'a str>,
}

/// True when a text names somebody.
pub fn mentions(text: &str, sought: Sought<'_>) -> bool {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => names(&value, "", sought),
        Err(_) => sought.values.iter().any(|it| told_in(text, it)),
    }
}

/// True when an identifier stands anywhere in what somebody wrote.
pub fn told_in(text: &str, value: &str) -> bool {
    value.len() >= TELLING_CHARS_MIN && text.to_lowercase().contains(&value.to_lowercase())
}

/// True when a title or a document as JSON names one of these, a short one as a whole value.
pub fn written_in(text: &str, values: &[String]) -> bool {
    let text = text.to_lowercase();
    values.iter().any(|value| {
        let quoted = Value::from(value.to_lowercase()).to_string();
        let bare = &quoted[1..quoted.len() - 1];
        text.contains(&quoted) || value.len() >= TELLING_CHARS_MIN && text.contains(bare)
    })
}

fn names(value: &Value, key: &str, sought: Sought<'_>) -> bool {
    match value {
        Value::String(text) => is_one(text, key, sought) || within(text, key, sought),
        Value::Number(number) => is_one(&number.to_string(), key, sought),
        Value::Array(items) => items.iter().any(|it| names(it, key, sought)),
        Value::Object(members) => members.iter().any(|(key, it)| names(it, key, sought)),
        Value::Null | Value::Bool(_) => false,
    }
}

/// As it stands, or as an address or number that is written in another form or hashed.
fn is_one(text: &str, key: &str, sought: Sought<'_>) -> bool {
    let text = text.trim();
    if text.len() < TELLING_CHARS_MIN && !key.to_ascii_lowercase().ends_with("id") {
        return false;
    }
    if (sought.values.iter()).any(|it| it.eq_ignore_ascii_case(text)) {
        return true;
    }
    let kinds = [IdentifierKind::Email, IdentifierKind::Phone];
    let mut read = (kinds.into_iter())
        .filter_map(|kind| identifiers::typed(kind, text))
        .collect();
    identifiers::settle(&mut read, sought.country);
    read.iter().any(|it| (sought.is_theirs)(it))
}

/// JSON that is wrapped in a text, as trackers of Snowplow send what stands around an event.
fn within(text: &str, key: &str, sought: Sought<'_>) -> bool {
    let inner = match mask::is_base64(key) {
        true => dialect::from_base64(text).and_then(|it| String::from_utf8(it).ok()),
        false => (text.starts_with(['{', '['])).then(|| text.to_owned()),
    };
    let inner = inner.and_then(|it| serde_json::from_str::<Value>(&it).ok());
    inner.is_some_and(|it| names(&it, "", sought))
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

    use super::*;

    #[test]
    fn a_person_is_named_by_a_whole_value_and_a_short_one_only_where_an_id_stands() {
        let values = ["ann@example.org".to_owned(), "17".to_owned()];
        for (text, expected) in [
            (r#"{"traits":{"mail":" Ann@Example.org "}}"#, true),
            (r#"{"note":"ask ann@example.org"}"#, false),
            (r#"{"userId":17}"#, true),
            (r#"{"ids":{"user_id":["17"]}}"#, true),
            (r#"{"price":17}"#, false),
            ("userId=17&mail=ann@example.org", true),
            ("userId=17", false),
        ] {
            assert_eq!(check(text, &values), expected, "{text}");
        }
    }

    fn check(text: &str, values: &[String]) -> bool {
        let phone = identifiers::typed(IdentifierKind::Phone, "+49 171 2345678").unwrap();
        let sought = Sought {
            values,
            is_theirs: &|it| *it == phone,
            country: Some("DE"),
        };
        mentions(text, sought)
    }

    #[test]
    fn a_phone_is_found_in_whatever_form_it_is_written() {
        for (text, expected) in [
            (r#"{"traits":{"phone":"0171 / 234 56 78"}}"#, true),
            (r#"{"traits":{"phone":"0049 171 2345678"}}"#, true),
            (r#"{"traits":{"phone":"+43 171 2345678"}}"#, false),
            (r#"{"traits":{"phone":"0171 / 234 56 79"}}"#, false),
        ] {
            assert_eq!(check(text, &[]), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrapped_in_base64_or_in_a_text_is_looked_through() {
        let values = ["annika-17".to_owned()];
        let context = r#"{"data":[{"data":{"userId":"annika-17"}}]}"#;
        let packed = BASE64_URL_SAFE_NO_PAD.encode(context);
        for (text, expected) in [
            (serde_json::json!({ "cx": packed }), true),
            (serde_json::json!({ "data": [{ "ue_px": packed }] }), true),
            (serde_json::json!({ "co": context }), true),
            (serde_json::json!({ "x": packed }), false),
        ] {
            assert_eq!(check(&text.to_string(), &values), expected, "{text}");
        }
    }

    #[test]
    fn what_members_wrote_names_a_person_within_other_words_too() {
        let values = [
            "ann@example.org".to_owned(),
            "17".to_owned(),
            "a\"nn 17".to_owned(),
        ];
        for (text, expected) in [
            ("Ask Ann@Example.org", true),
            (r#"{"note":"ask ANN@example.org"}"#, true),
            (r#"{"equals":"17"}"#, true),
            (r#"{"equals":"a\"nn 17"}"#, true),
            (r#"{"price":17}"#, false),
            ("Top 17", false),
        ] {
            assert_eq!(written_in(text, &values), expected, "{text}");
        }
    }
}
