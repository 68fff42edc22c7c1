//! Bodies that a mapping explains.

use expect_test::expect;
use serde_json::json;

use super::{HOOK, Maker, Note, RECEIVED, check, read};
use crate::{
    dialect::hook::{arrived, columns, decode, faults, suggest},
    file::Mapping,
};

fn mapping(text: serde_json::Value) -> Note {
    let mapping: Mapping = serde_json::from_value(text).expect("a mapping");
    assert_eq!(faults(&mapping), []);
    Note {
        mapping: Some(mapping),
        ..Note::default()
    }
}

fn usual() -> Note {
    mapping(
        json!({"format": "lines", "event": {"column": "event.name"}, "identifiers": {"customer.email": "email"},
        "time": {"column": "at"}, "channel": {"constant": "store"}, "message": "id",
        "properties": {"rename": {"basket.total": "value"}, "numbers": ["basket.total"], "ignore": ["secret"]}}),
    )
}

#[test]
fn places_become_what_the_mapping_says() {
    let body = json!({"id": 7, "event": {"name": "receipt_printed"}, "customer": {"email": "ana@example.com", "name": "Ana"},
        "at": "2026-11-28T10:00:00Z", "basket": {"total": "12.50", "lines": [{"sku": "a"}]}, "secret": "x"});
    check(
        Maker::Generic,
        &usual(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.000Z store receipt_printed
          who Email ana@example.com
          basket.lines [{"sku":"a"}]
          customer.name "Ana"
          value 12.5
    "#]],
    );
}

#[test]
fn without_a_time_it_happened_when_it_came_and_the_text_is_its_id() {
    let note =
        mapping(json!({"format": "lines", "event": {"constant": "form_sent"}, "user": "user"}));
    let body = json!([{"user": "u1", "n": 1}, {"user": "u1", "n": 2}, {"n": 3}, 4]);
    check(
        Maker::Generic,
        &note,
        &body,
        expect![[r#"
        2026-11-28T12:00:00.000Z other form_sent
          who User u1
          n 1
        2026-11-28T12:00:00.000Z other form_sent
          who User u1
          n 2
        held: `user` says not who it was
        held: the event is not a JSON object
    "#]],
    );
    let key = |body: &serde_json::Value| read(Maker::Generic, &note, body).events[0].1.message;
    assert_eq!(key(&body), key(&body));
    assert_ne!(key(&body), key(&json!([{"user": "u1", "n": 9}])));
}

#[test]
fn an_id_of_the_sender_makes_two_deliveries_one() {
    let body = |total: &str| json!({"id": 7, "event": {"name": "paid"}, "customer": {"email": "ana@example.com"}, "at": "2026-11-28T10:00:00Z", "basket": {"total": total}});
    let key = |body: &serde_json::Value| read(Maker::Generic, &usual(), body).events[0].1.message;
    assert_eq!(key(&body("1")), key(&body("2")));
}

#[test]
fn without_a_mapping_everything_stays_in_the_raw_log() {
    check(
        Maker::Generic,
        &Note::default(),
        &json!([{"a": 1}, {"a": 2}]),
        expect![[r#"
            about nobody: 2
        "#]],
    );
}

#[test]
fn a_form_is_a_row_too() {
    let note = mapping(
        json!({"format": "lines", "event": {"constant": "form_sent"}, "identifiers": {"mail": "email"}}),
    );
    let decoded = decode(
        Maker::Generic,
        HOOK,
        &note,
        b"mail=ana%40example.com&text=Hi+there",
        RECEIVED,
    );
    expect![[r#"
        2026-11-28T12:00:00.000Z other form_sent
          who Email ana@example.com
          text "Hi there"
    "#]]
    .assert_eq(&super::shown(&decoded.expect("sound")));
}

#[test]
fn a_mapping_is_suggested_from_a_sample() {
    let body = json!({"event": "signed_up", "user": {"id": "u1", "email": "ana@example.com"}, "timestamp": "2026-11-28T10:00:00Z", "plan": "pro"});
    let rows = arrived(body.to_string().as_bytes()).expect("sound");
    let places: Vec<String> = columns(&rows).into_iter().map(|(place, _)| place).collect();
    assert_eq!(
        places,
        ["event", "plan", "timestamp", "user.email", "user.id"]
    );
    let mapping = suggest(&rows);
    expect![[r#"{"format":"lines","user":"user.id","identifiers":{"user.email":"email"},"event":{"column":"event"},"time":{"column":"timestamp"}}"#]].assert_eq(&serde_json::to_string(&mapping).expect("text keys"));
}

#[test]
fn what_is_wrong_with_a_mapping_is_named() {
    let mapping: Mapping = serde_json::from_value(json!({"format": "csv"})).expect("a mapping");
    let places: Vec<String> = faults(&mapping).into_iter().map(|it| it.place).collect();
    assert_eq!(places, ["user", "event", "format"]);
}
