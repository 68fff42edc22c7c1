use std::collections::BTreeMap;

use arrow::array::{Array, AsArray};
use proptest::prelude::*;
use serde_json::{Map, Value, value::RawValue};

use super::*;
use crate::part::join::join;

fn promoted(columns: &[(&str, Kind)]) -> Vec<Promoted> {
    columns
        .iter()
        .map(|(path, kind)| Promoted {
            path: path.split('.').map(str::to_owned).collect(),
            kind: *kind,
        })
        .collect()
}

fn some_columns() -> Vec<Promoted> {
    promoted(&[
        ("a", Kind::Number),
        ("b", Kind::Text),
        ("c", Kind::Text),
        ("c.a", Kind::Text),
        ("c.b.a", Kind::Flag),
    ])
}

/// Splits the objects and gives rests, and the objects that are joined from all columns.
fn split_and_join(columns: &[Promoted], objects: &[&str]) -> (Vec<Option<String>>, Vec<String>) {
    let mut splitter = Splitter::new(columns);
    for object in objects {
        splitter.push(object);
    }
    let (slots, rest) = splitter.finish();
    let rests = rest.as_string_view().iter();
    let rests = rests.map(|it| it.map(str::to_owned));
    let joined = (0..objects.len())
        .map(|row| {
            let text = rest.as_string_view();
            let text = text.is_valid(row).then(|| text.value(row));
            join(columns, &slots, text, row)
        })
        .collect();
    (rests.collect(), joined)
}

/// One spelling for all texts that stand for one value. Numbers are compared digit for digit.
fn normal(text: &str) -> Option<String> {
    let text = text.trim();
    match text.as_bytes().first()? {
        b'{' => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
            let members = members
                .into_iter()
                .map(|(name, value)| Some(format!("{name:?}:{}", normal(value.get())?)))
                .collect::<Option<Vec<_>>>()?;
            Some(format!("{{{}}}", members.join(",")))
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            let items = items
                .into_iter()
                .map(|item| normal(item.get()))
                .collect::<Option<Vec<_>>>()?;
            Some(format!("[{}]", items.join(",")))
        }
        b'"' => Some(format!("{:?}", serde_json::from_str::<String>(text).ok()?)),
        _ if text.contains('.') && !text.contains('e') => {
            Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
        }
        _ => Some(text.to_owned()),
    }
}

fn check(object: &str, rest: Option<&str>) {
    let (rests, joined) = split_and_join(&some_columns(), &[object]);
    assert_eq!(rests[0].as_deref(), rest, "rest of {object}");
    assert!(normal(object).is_some(), "{object} is JSON");
    assert_eq!(normal(&joined[0]), normal(object));
}

#[test]
fn promoted_members_leave_the_rest() {
    check(r#"{"a":1,"b":"x","c":{"a":"y","b":{"a":true}}}"#, None);
    check(r#"{ "a" : 19.90 , "z" : [ 1 ] }"#, Some(r#"{"z":[ 1 ]}"#));
    check(r#"{"c":{"a":"y","d":1}}"#, Some(r#"{"c":{"d":1}}"#));
    check("{}", None);
}

#[test]
fn empty_objects_and_nulls_stay() {
    check(r#"{"c":{},"b":null}"#, Some(r#"{"c":{},"b":null}"#));
    check(r#"{"c":{"b":{}}}"#, Some(r#"{"c":{"b":{}}}"#));
}

#[test]
fn values_of_another_type_stay() {
    check(r#"{"a":"1","b":2,"c":"x"}"#, Some(r#"{"a":"1","b":2}"#));
    check(
        r#"{"a":12345678901234567890}"#,
        Some(r#"{"a":12345678901234567890}"#),
    );
}

#[test]
fn of_a_member_that_stands_twice_the_last_counts() {
    check(r#"{"a":1,"a":"x"}"#, Some(r#"{"a":"x"}"#));
    check(r#"{"a":"x","a":1}"#, None);
    check(r#"{"c":{"a":"y"},"c":{"d":1}}"#, Some(r#"{"c":{"d":1}}"#));
    check(r#"{"a":1,"\u0061":2}"#, None);
}

#[test]
fn texts_that_stand_for_no_character_stay_as_they_are() {
    for (odd, rest) in [
        (r#"{"a":1,"b":"\ud800"}"#, r#"{"b":"\ud800"}"#),
        (r#"{"b":1,"b":"\ud800","a":2}"#, r#"{"b":"\ud800"}"#),
        (r#"{"a":1e999}"#, r#"{"a":1e999}"#),
        ("[1]", "[1]"),
    ] {
        let (rests, _) = split_and_join(&some_columns(), &[r#"{"a":1}"#, odd, r#"{"a":2}"#]);
        assert_eq!(rests, [None, Some(rest.to_owned()), None]);
    }
}

#[test]
fn the_rest_says_which_scalars_it_may_hold() {
    let mut splitter = Splitter::new(&some_columns());
    splitter.push(r#"{"a":1,"c":{"d":{"e":5}},"z":[1],"n":null}"#);
    splitter.push(r#"{"a":"text"}"#);
    let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
    let rest = splitter.rest();
    assert_eq!(rest, Rest::Paths(vec![path("a"), path("c.d.e")]));
    splitter.push(r#"{"\"quoted\"":1}"#);
    assert_eq!(splitter.rest(), Rest::Any);
}

fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1_000_i64..1_000).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-1_000_i32..1_000).prop_map(|n| Value::from(f64::from(n) / 8.0)),
        "[a-c\"\\\\\u{4e2d}\n]{0,4}".prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            any_object(inner).prop_map(Value::Object),
        ]
    })
}

fn any_object(member: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let name = prop_oneof![
        8 => "[a-d]".prop_map(String::from),
        1 => "[a.\"\u{1}]{0,2}".prop_map(String::from),
    ];
    proptest::collection::vec((name, member), 0..5).prop_map(|them| them.into_iter().collect())
}

proptest! {
    #[test]
    fn objects_come_back_with_equal_members(
        objects in proptest::collection::vec(any_object(any_json()), 1..12),
    ) {
        let texts: Vec<String> = objects
            .iter()
            .map(|it| serde_json::to_string(it).expect("JSON"))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let (rests, joined) = split_and_join(&some_columns(), &texts);
        prop_assert_eq!(rests.len(), objects.len());
        for (object, joined) in texts.into_iter().zip(joined) {
            prop_assert!(normal(object).is_some());
            prop_assert_eq!(normal(&joined), normal(object));
        }
    }

    #[test]
    fn a_scalar_is_in_its_column_or_where_the_rest_may_hold_it(
        objects in proptest::collection::vec(any_object(any_json()), 1..8),
    ) {
        let columns = some_columns();
        let mut splitter = Splitter::new(&columns);
        for object in &objects {
            splitter.push(&serde_json::to_string(object).expect("JSON"));
        }
        let rest_paths = splitter.rest();
        let (slots, rest) = splitter.finish();
        for (slot, column) in columns.iter().enumerate() {
            for (row, object) in objects.iter().enumerate() {
                let text = serde_json::to_string(object).expect("JSON");
                let is_somewhere = json::lookup(&text, &column.path).is_some();
                let is_in_column = slots[slot].is_valid(row);
                let left = rest.as_string_view();
                let is_left = left.is_valid(row)
                    && json::lookup(left.value(row), &column.path).is_some();
                prop_assert_eq!(is_somewhere, is_in_column || is_left);
                prop_assert!(!(is_in_column && is_left));
                prop_assert!(!is_left || rest_paths.may_hold(&column.path));
            }
        }
    }
}
