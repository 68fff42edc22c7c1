//! Recipes over payloads in the shapes that makers document.

mod commerce;
mod crm;
mod mapped;
mod messages;
mod service;

use std::fmt::Write;

use expect_test::Expect;
use serde_json::{Value, json};
use throughline_model::{Event, SourceId, Timestamp};

use super::{Maker, Note, decode};
use crate::{Decoded, identifiers, traits};

/// 2026-11-28T12:00:00Z, when all of these arrive.
const RECEIVED: Timestamp = Timestamp(1_795_867_200_000);

const HOOK: SourceId = SourceId(7);

fn read(maker: Maker, note: &Note, body: &Value) -> Decoded {
    let body = body.to_string();
    let decoded = decode(maker, HOOK, note, body.as_bytes(), RECEIVED).expect("sound");
    let again = decode(maker, HOOK, note, body.as_bytes(), RECEIVED);
    assert_eq!(again.as_ref(), Ok(&decoded), "decoding is a function");
    decoded
}

fn topic(topic: &str) -> Note {
    Note {
        topic: Some(topic.to_owned()),
        at: Some("2026-11-28T11:59:00Z".to_owned()),
        mapping: None,
    }
}

fn check(maker: Maker, note: &Note, body: &Value, expected: Expect) {
    expected.assert_eq(&shown(&read(maker, note, body)));
}

fn shown(decoded: &Decoded) -> String {
    let mut text = String::new();
    for (_, event) in &decoded.events {
        show(event, &mut text);
    }
    for held in &decoded.quarantined {
        writeln!(text, "held: {}", held.fault.message).expect("to memory");
    }
    if !decoded.aside.is_empty() {
        writeln!(text, "about nobody: {}", decoded.aside.len()).expect("to memory");
    }
    text
}

fn show(event: &Event, text: &mut String) {
    let mut whole = event.clone();
    identifiers::complete(&mut whole);
    assert_eq!(
        whole.identifiers.len(),
        event.identifiers.len(),
        "all are typed already"
    );
    let (time, channel) = (event.time, event.channel.name());
    writeln!(text, "{time} {channel} {}", event.name.as_str()).expect("to memory");
    let who: Vec<String> = event
        .identifiers
        .iter()
        .map(|it| format!("{:?} {}", it.kind, it.value))
        .collect();
    writeln!(text, "  who {}", who.join(", ")).expect("to memory");
    for (name, value) in event.properties.to_map() {
        writeln!(text, "  {name} {value}").expect("to memory");
    }
    for update in traits::updates(event) {
        let value = update.state.value.unwrap_or_default();
        writeln!(text, "  trait {} {value}", update.name).expect("to memory");
    }
    if let Some(campaign) = event.context.to_map().get("campaign") {
        writeln!(text, "  campaign {campaign}").expect("to memory");
    }
}

/// What must be so for every maker: hostile texts are kept as texts, and no body is lost in silence.
#[test]
fn hostile_texts_break_nothing_and_nul_is_taken_out() {
    let evil = "<script>\u{0}\u{202e}'; DROP TABLE--\u{1f600}";
    let body = serde_json::json!({"id": 1, "email": "ana@example.com", "note_attributes": [evil],
        "name": evil, "source_name": evil, "line_items": [{"title": evil, "quantity": "x"}], "customer": evil});
    let decoded = read(Maker::Shopify, &topic("orders/create"), &body);
    let (_, event) = &decoded.events[0];
    let properties = event.properties.to_map();
    assert_eq!(properties["order_number"], evil.replace('\0', ""));
    assert_eq!(properties["items"][0]["name"], evil.replace('\0', ""));
}

#[test]
fn what_is_too_long_is_shortened_and_never_refused() {
    let line = serde_json::json!({"title": "long ".repeat(20), "sku": "s", "quantity": 1, "price": "2.00"});
    let body = serde_json::json!({"id": 1, "email": "ana@example.com", "note": "n".repeat(100_000),
        "cancel_reason": "r".repeat(9_000), "line_items": vec![line; 400]});
    let decoded = read(Maker::Shopify, &topic("orders/create"), &body);
    let properties = decoded.events[0].1.properties.to_map();
    assert_eq!(properties["items_count"], 400);
    assert_eq!(properties["items"].as_array().expect("a list").len(), 50);
    assert_eq!(properties["reason"].as_str().expect("a text").len(), 4_000);
}

#[test]
fn every_maker_has_a_code_of_its_own() {
    for code in 0..=u8::MAX {
        if let Some(maker) = Maker::from_code(code) {
            assert_eq!(maker.code(), code);
        }
    }
    for maker in Maker::ALL {
        assert_eq!(Maker::from_code(maker.code()), Some(maker));
    }
}

#[test]
fn an_id_that_somebody_made_up_counts_within_one_webhook_only() {
    let mapping =
        json!({"format": "lines", "event": {"constant": "e"}, "user": "user", "message": "id"});
    let mapped = Note {
        mapping: Some(serde_json::from_value(mapping).expect("a mapping")),
        ..Note::default()
    };
    let survey = json!({"id": "1", "score": 9, "email": "ana@example.com"});
    let trigger =
        json!({"event_id": "1", "event": "solved", "ticket_id": 1, "email": "ana@example.com"});
    let stripe =
        json!({"id": "evt_1", "type": "charge.failed", "data": {"object": {"customer": "cus_1"}}});
    for (maker, note, body, is_local) in [
        (Maker::Survey, Note::default(), survey, true),
        (Maker::Zendesk, Note::default(), trigger, true),
        (Maker::Generic, mapped, json!({"id": 1, "user": "u1"}), true),
        (Maker::Stripe, Note::default(), stripe, false),
    ] {
        let body = body.to_string();
        let key = |hook: u32| {
            let decoded = decode(maker, SourceId(hook), &note, body.as_bytes(), RECEIVED);
            decoded.expect("sound").events[0].1.message
        };
        assert_eq!(key(7), key(7), "{maker:?}");
        assert_eq!(key(7) != key(8), is_local, "{maker:?}");
    }
}

#[test]
fn a_body_that_is_no_json_is_refused_with_the_place() {
    for maker in Maker::ALL {
        let refusal = decode(maker, HOOK, &Note::default(), b"{\"a\":", RECEIVED);
        let message = refusal.expect_err("broken").to_string();
        assert!(message.contains("line 1"), "{maker:?}: {message}");
    }
}

#[test]
fn bodies_of_any_type_do_not_panic() {
    for maker in Maker::ALL {
        for body in [
            "{}",
            "[]",
            "[1]",
            "1",
            "null",
            "\"a\"",
            "[[[]]]",
            "{\"id\":{}}",
            "a=b&c",
        ] {
            let _ = decode(
                maker,
                HOOK,
                &topic("orders/create"),
                body.as_bytes(),
                RECEIVED,
            );
        }
    }
}
