//! Values in the one form in which both sides are compared, by the type of the property.

use serde_json::Value;
use throughline_ingest::instant;
use throughline_model::{Timestamp, limits};

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Date,
    Moment,
    Bool,
    /// One or several of a list.
    Options,
}

impl Kind {
    /// From the types of HubSpot; what is not known is a text.
    pub fn of(kind: &str) -> Self {
        match kind {
            "number" => Self::Number,
            "date" => Self::Date,
            "datetime" => Self::Moment,
            "bool" => Self::Bool,
            "enumeration" => Self::Options,
            _ => Self::Text,
        }
    }
}

/// That a value does not fit a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit;

/// A value of ours as the property takes it; empty for nothing.
pub fn ours(kind: Kind, value: &Value) -> Result<String, Unfit> {
    let text = match value {
        Value::Null => return Ok(String::new()),
        Value::String(text) => text.clone(),
        Value::Bool(is) => is.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Array(all) => {
            let one = |it: &Value| match it {
                Value::String(text) if !text.contains(';') => Ok(text.clone()),
                Value::Number(number) => Ok(number.to_string()),
                Value::Bool(is) => Ok(is.to_string()),
                _ => Err(Unfit),
            };
            let all: Vec<String> = all.iter().map(one).collect::<Result<_, _>>()?;
            all.join(";")
        }
        Value::Object(_) => return Err(Unfit),
    };
    if text.chars().count() > limits::CRM_VALUE_CHARS_MAX {
        return Err(Unfit);
    }
    match text.trim() {
        "" => Ok(String::new()),
        text => read(kind, text).ok_or(Unfit),
    }
}

/// A moment of ours as the property takes it.
pub fn moment(kind: Kind, at: Timestamp) -> Result<String, Unfit> {
    match kind {
        Kind::Date => Ok(day_of(at)),
        Kind::Moment | Kind::Text => Ok(at.to_string()),
        Kind::Number | Kind::Bool | Kind::Options => Err(Unfit),
    }
}

/// What the CRM holds, in the same form; what does not fit its own type stays as it is.
pub fn theirs(kind: Kind, text: &str) -> String {
    let text = text.trim();
    read(kind, text).unwrap_or_else(|| text.to_owned())
}

/// What a text may be in the forms of all types: a webhook does not tell the type.
pub fn readings(text: &str) -> Vec<String> {
    let kinds = [
        Kind::Text,
        Kind::Number,
        Kind::Date,
        Kind::Moment,
        Kind::Bool,
        Kind::Options,
    ];
    kinds.into_iter().map(|kind| theirs(kind, text)).collect()
}

fn read(kind: Kind, text: &str) -> Option<String> {
    match kind {
        Kind::Text => Some(text.to_owned()),
        Kind::Number => {
            let number: f64 = text.parse().ok()?;
            number.is_finite().then(|| (number + 0.0).to_string())
        }
        Kind::Date => Some(day_of(instant::read(text)?)),
        Kind::Moment => Some(instant::read(text)?.to_string()),
        Kind::Bool => {
            let text = text.to_ascii_lowercase();
            matches!(text.as_str(), "true" | "false").then_some(text)
        }
        Kind::Options => {
            let mut all: Vec<&str> = text.split(';').map(str::trim).collect();
            all.retain(|it| !it.is_empty());
            all.sort_unstable();
            all.dedup();
            Some(all.join(";"))
        }
    }
}

fn day_of(at: Timestamp) -> String {
    at.to_string().chars().take_while(|it| *it != 'T').collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_take_the_form_of_their_property() {
        let long = "ü".repeat(limits::CRM_VALUE_CHARS_MAX + 1);
        for (kind, value, expected) in [
            (
                Kind::Text,
                json!(" Ana \u{202e}<b>\" "),
                Ok("Ana \u{202e}<b>\""),
            ),
            (Kind::Text, json!(17), Ok("17")),
            (Kind::Text, json!(null), Ok("")),
            (Kind::Text, json!("   "), Ok("")),
            (Kind::Text, json!({"a": 1}), Err(Unfit)),
            (Kind::Text, json!(long), Err(Unfit)),
            (Kind::Number, json!(17.50), Ok("17.5")),
            (Kind::Number, json!("17.0"), Ok("17")),
            (Kind::Number, json!("-0"), Ok("0")),
            (Kind::Number, json!("NaN"), Err(Unfit)),
            (Kind::Number, json!("many"), Err(Unfit)),
            (Kind::Bool, json!(true), Ok("true")),
            (Kind::Bool, json!("TRUE"), Ok("true")),
            (Kind::Bool, json!("yes"), Err(Unfit)),
            (
                Kind::Date,
                json!("2026-03-01T23:30:00-02:00"),
                Ok("2026-03-02"),
            ),
            (
                Kind::Moment,
                json!("2026-03-01"),
                Ok("2026-03-01T00:00:00.000Z"),
            ),
            (Kind::Date, json!("soon"), Err(Unfit)),
            (Kind::Options, json!(["b", "a", "b"]), Ok("a;b")),
            (Kind::Options, json!(["a;b"]), Err(Unfit)),
        ] {
            let formed = ours(kind, &value);
            let expected = expected.map(str::to_owned);
            assert_eq!(formed, expected, "{kind:?}");
        }
    }

    #[test]
    fn what_both_sides_write_in_their_own_way_is_the_same() {
        for (kind, ours_value, theirs_text) in [
            (Kind::Number, json!(17), "17.0"),
            (
                Kind::Moment,
                json!("2026-03-01T08:00:00+08:00"),
                "2026-03-01T00:00:00Z",
            ),
            (Kind::Date, json!("2026-03-01T08:00:00Z"), "2026-03-01"),
            (Kind::Options, json!(["x", "y"]), "y; x"),
            (Kind::Bool, json!(false), "False"),
        ] {
            let ours = ours(kind, &ours_value).unwrap();
            assert_eq!(ours, theirs(kind, theirs_text), "{kind:?}");
            assert_eq!(theirs(kind, &ours), ours, "{kind:?}: once read it stays");
        }
        assert_eq!(theirs(Kind::Number, "n/a"), "n/a");
        let midnight = "1772323200000";
        assert!(readings(midnight).contains(&"2026-03-01".to_owned()));
    }

    #[test]
    fn a_moment_is_a_day_or_an_instant() {
        let at = Timestamp::parse("2026-03-01T08:00:00Z").unwrap();
        assert_eq!(moment(Kind::Date, at), Ok("2026-03-01".to_owned()));
        assert_eq!(
            moment(Kind::Text, at),
            Ok("2026-03-01T08:00:00.000Z".to_owned())
        );
        assert_eq!(moment(Kind::Bool, at), Err(Unfit));
    }
}
