//! Things that have a life of their own: orders, shipments, tickets, calls, subscriptions.
//!
//! An object is no row anywhere: it is the events that carry its id, whoever they are of. A kind says which
//! property that is, through which states its objects go, and what is promised of them.

mod defaults;

use std::collections::BTreeSet;

use jiff::civil;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use defaults::default_object_kinds;

use crate::{
    Field, Matcher, Rule, Span, Timestamp, Value, VocabularyFault, Zone, is_short_id, limits,
};

/// A kind of object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectKind {
    /// Stable and short, like `order`.
    pub id: String,
    pub name: String,
    /// The fields that hold an object's id; of those that an event has, the first in this list decides.
    ///
    /// A whole number and the text that is written like it are the same id.
    pub keys: Vec<Field>,
    /// In the order in which objects usually go through them.
    pub states: Vec<ObjectState>,
    /// What is promised of the objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// Ids of the kinds that objects of this one belong to, by events that carry the ids of both.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub belongs_to: Vec<String>,
}

/// A state of an object, entered by any of its events that fits.
///
/// An event that fits moves the object here, whatever state it was in; of the states that are entered in one
/// instant, the object is in the last one of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectState {
    /// Stable and short, like `delivered`.
    pub id: String,
    pub name: String,
    pub entry: Matcher,
    /// Whether nothing more is waited for from here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends: bool,
}

/// What is promised of each object: that it enters a state by some moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// The fields that say by when; of those that an event has, the first in this list decides.
    pub told: Vec<Field>,
    /// Which promise counts where several were made.
    #[serde(default)]
    pub counts: Counting,
    /// Id of the state that keeps the promise.
    pub kept_by: String,
    /// How far the fact may lie from the promise and still be on time.
    #[serde(default)]
    pub tolerance: Span,
}

/// Which of several promises counts. Those made after the fact never do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// What was said at first: a promise that is put off is a promise that is broken.
    #[default]
    First,
    /// What was said last before the fact.
    Last,
}

impl Promise {
    /// The moment that a value promises, in a zone where it names none; none where it is no moment.
    ///
    /// A day without a time of day is kept until it is over. Numbers are seconds or milliseconds since 1970.
    pub fn moment(value: &Value, zone: &Zone) -> Option<Timestamp> {
        let moment = match value {
            Value::Flag(_) => return None,
            Value::Number(number) => of_number(*number)?,
            Value::Text(text) => of_text(text.trim(), zone)?,
        };
        (Timestamp::MIN..=Timestamp::MAX)
            .contains(&moment)
            .then_some(moment)
    }
}

impl ObjectKind {
    /// The place of a state in the list.
    pub fn state_index(&self, id: &str) -> Option<usize> {
        self.states.iter().position(|it| it.id == id)
    }

    /// Notes everything that is wrong with it.
    fn check(&self, index: usize, all: &[Self], fault: &mut impl FnMut(String, String)) {
        let at = |part: &str| format!("objects[{index}].{part}");
        check_name(&self.id, &self.name, &|part| at(part), fault);
        check_fields(&self.keys, "keys", &at, fault);
        let most = limits::OBJECT_STATES_MAX;
        if !(1..=most).contains(&self.states.len()) {
            fault(at("states"), format!("number 1 to {most}"));
        }
        let mut ids = BTreeSet::new();
        for (number, state) in self.states.iter().enumerate() {
            let at = |part: &str| at(&format!("states[{number}].{part}"));
            check_name(&state.id, &state.name, &|part| at(part), fault);
            if !ids.insert(state.id.as_str()) {
                fault(at("id"), format!("`{}` is used twice", state.id));
            }
            if state.entry == Matcher::default() {
                fault(at("entry"), "takes every event".to_owned());
            }
            for message in state.entry.rule.iter().flat_map(Rule::faults) {
                fault(at("entry"), message);
            }
        }
        if let Some(promise) = &self.promise {
            check_fields(&promise.told, "promise.told", &at, fault);
            if self.state_index(&promise.kept_by).is_none() {
                let message = format!("names the state `{}`, which is not there", promise.kept_by);
                fault(at("promise.kept_by"), message);
            }
        }
        for (number, id) in self.belongs_to.iter().enumerate() {
            let at = at(&format!("belongs_to[{number}]"));
            if *id == self.id {
                fault(at, "is the kind itself".to_owned());
            } else if !all.iter().any(|it| it.id == *id) {
                fault(at, format!("names the kind `{id}`, which does not exist"));
            }
        }
    }
}

/// Everything that is wrong with kinds of objects that are used together.
pub(crate) fn check_all(kinds: &[ObjectKind], faults: &mut Vec<VocabularyFault>) {
    let mut fault = |place: String, message: String| {
        faults.push(VocabularyFault { place, message });
    };
    if kinds.len() > limits::OBJECT_KINDS_MAX {
        let (count, most) = (kinds.len(), limits::OBJECT_KINDS_MAX);
        let message = format!("has {count} entries; at most {most} are allowed");
        fault("objects".to_owned(), message);
    }
    let mut ids = BTreeSet::new();
    for (index, kind) in kinds.iter().enumerate() {
        kind.check(index, kinds, &mut fault);
        if !ids.insert(kind.id.as_str()) {
            fault(
                format!("objects[{index}].id"),
                format!("`{}` is used twice", kind.id),
            );
        }
    }
}

/// An object's id as it is compared: a whole number is written without a fraction. None where it is no id.
pub fn object_id(value: &Value) -> Option<String> {
    /// Whole numbers up to here are told apart by the type that holds them.
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Flag(_) => None,
        Value::Number(number) if number.fract() == 0.0 && number.abs() <= WHOLE_MAX => {
            Some((*number as i64).to_string())
        }
        Value::Number(number) => Some(number.to_string()),
        Value::Text(text) => {
            let text = text.trim();
            let is_id = !text.is_empty() && text.chars().count() <= limits::IDENTIFIER_CHARS_MAX;
            is_id.then(|| text.to_owned())
        }
    }
}

/// Only what an event carries can be read of its row.
fn check_fields(
    fields: &[Field],
    part: &str,
    at: &dyn Fn(&str) -> String,
    fault: &mut impl FnMut(String, String),
) {
    let most = limits::OBJECT_FIELDS_MAX;
    if !(1..=most).contains(&fields.len()) {
        fault(at(part), format!("number 1 to {most}"));
    }
    for (index, field) in fields.iter().enumerate() {
        if !matches!(field, Field::Property(_) | Field::Context(_)) {
            let message = "is no property and nothing of the context".to_owned();
            fault(at(&format!("{part}[{index}]")), message);
        }
    }
}

fn check_name(
    id: &str,
    name: &str,
    at: &dyn Fn(&str) -> String,
    fault: &mut impl FnMut(String, String),
) {
    if !is_short_id(id) {
        fault(at("id"), "has 1 to 60 of a-z, 0-9, - and _".to_owned());
    }
    if name.trim().is_empty() || name.chars().count() > limits::NAME_CHARS_MAX {
        let most = limits::NAME_CHARS_MAX;
        fault(at("name"), format!("has 1 to {most} characters"));
    }
}

fn of_number(number: f64) -> Option<Timestamp> {
    // Seconds of the years 1973 to 5138; the same years in milliseconds are a thousand times larger.
    let milliseconds = match number {
        it if (1e8..1e11).contains(&it) => it * 1e3,
        it if (1e11..1e14).contains(&it) => it,
        _ => return None,
    };
    Some(Timestamp(milliseconds.round() as i64))
}

fn of_text(text: &str, zone: &Zone) -> Option<Timestamp> {
    if let Some(moment) = Timestamp::parse(text) {
        return Some(moment);
    }
    // Only this form is a day: the parser of days takes the first part of longer texts too.
    if text.len() == "2026-03-01".len() {
        let day: civil::Date = text.parse().ok()?;
        return Some(zone.start_of(day.tomorrow().ok()?));
    }
    let shown: civil::DateTime = text.parse().ok()?;
    Some(zone.instant_of(shown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vocabulary;

    #[test]
    fn the_kinds_that_everybody_has_are_sound() {
        let mut faults = Vec::new();
        check_all(default_object_kinds(), &mut faults);
        assert_eq!(faults, []);
        let text = serde_json::to_string(default_object_kinds()).expect("written");
        let read: Vec<ObjectKind> = serde_json::from_str(&text).expect("readable");
        assert_eq!(read, default_object_kinds());
    }

    #[test]
    fn every_fault_of_a_kind_is_listed() {
        let vocabulary: Vocabulary = serde_json::from_str(
            r#"{"objects":[
                {"id":"Order","name":" ","keys":["event"],"states":[
                    {"id":"placed","name":"Placed","entry":{}},
                    {"id":"placed","name":"Placed","entry":{"events":["a"]}}],
                 "promise":{"told":[],"kept_by":"delivered"},"belongs_to":["Order","parcel"]},
                {"id":"box","name":"Box","keys":[],"states":[]},
                {"id":"box","name":"Box","keys":["properties.box"],"states":[{"id":"a","name":"A","entry":{"events":["a"]}}],
                 "promise":{"told":["properties.due","event","channel"],"kept_by":"a"}}]}"#,
        )
        .expect("readable");
        let places: Vec<String> = vocabulary.check().into_iter().map(|it| it.place).collect();
        assert_eq!(
            places,
            [
                "objects[0].id",
                "objects[0].name",
                "objects[0].keys[0]",
                "objects[0].states[0].entry",
                "objects[0].states[1].id",
                "objects[0].promise.told",
                "objects[0].promise.kept_by",
                "objects[0].belongs_to[0]",
                "objects[0].belongs_to[1]",
                "objects[1].keys",
                "objects[1].states",
                "objects[2].promise.told[1]",
                "objects[2].promise.told[2]",
                "objects[2].id",
            ]
        );
    }

    #[test]
    fn a_whole_number_and_its_text_are_the_same_id() {
        let id = |text: &str| {
            let value: Value = serde_json::from_str(text).expect(text);
            object_id(&value)
        };
        assert_eq!(id("1042"), id(r#"" 1042 ""#));
        assert_eq!(id("1042.0").as_deref(), Some("1042"));
        assert_ne!(id(r#""0042""#), id("42"));
        assert_eq!(id("1.5").as_deref(), Some("1.5"));
        assert_eq!(id("-0.0").as_deref(), Some("0"));
        for none in ["true", r#""""#, r#""  ""#] {
            assert_eq!(id(none), None, "{none}");
        }
    }

    #[test]
    fn promises_are_read_in_the_ways_that_they_are_written() {
        let zone = Zone::parse("Asia/Shanghai").expect("known");
        let moment = |text: &str| {
            let value: Value = serde_json::from_str(text).expect(text);
            Promise::moment(&value, &zone).map(|it| it.to_string())
        };
        let told = |text: &str| Some(text.to_owned());
        assert_eq!(
            moment(r#""2026-03-02T10:00:00+01:00""#),
            told("2026-03-02T09:00:00.000Z")
        );
        // Without an offset it is the clock of the zone.
        assert_eq!(
            moment(r#""2026-03-02 17:00:00.000000""#),
            told("2026-03-02T09:00:00.000Z")
        );
        // A day is kept until it is over.
        assert_eq!(moment(r#""2026-03-02""#), told("2026-03-02T16:00:00.000Z"));
        assert_eq!(moment("1772442000"), moment("1772442000000"));
        for none in ["true", "3", r#""soon""#, r#""2026-13-02""#, r#""""#] {
            assert_eq!(moment(none), None, "{none}");
        }
    }
}
