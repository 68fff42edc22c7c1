//! Whether a text that could not be read as an event names somebody all the same.

use serde_json::Value;

/// Shorter values are looked for only where an id is expected: `17` may be anything.
const TELLING_CHARS_MIN: usize = 6;

/// True when a text names one of these identifiers.
pub fn mentions(text: &str, values: &[String]) -> bool {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => names(&value, "", values),
        Err(_) => values.iter().any(|it| told_in(text, it)),
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

fn names(value: &Value, key: &str, values: &[String]) -> bool {
    let is_one = |text: &str| {
        let text = text.trim();
        let is_telling =
            text.len() >= TELLING_CHARS_MIN || key.to_ascii_lowercase().ends_with("id");
        is_telling && values.iter().any(|it| it.eq_ignore_ascii_case(text))
    };
    match value {
        Value::String(text) => is_one(text),
        Value::Number(number) => is_one(&number.to_string()),
        Value::Array(items) => items.iter().any(|it| names(it, key, values)),
        Value::Object(members) => members.iter().any(|(key, it)| names(it, key, values)),
        Value::Null | Value::Bool(_) => false,
    }
}

#[cfg(test)]
mod tests {
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
            assert_eq!(mentions(text, &values), expected, "{text}");
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
