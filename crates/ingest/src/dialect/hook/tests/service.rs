//! Tickets, surveys and contacts.

use expect_test::expect;
use serde_json::json;

use super::{Maker, Note, check, read};

fn zendesk(kind: &str, event: serde_json::Value) -> serde_json::Value {
    json!({"id": format!("01-{kind}"), "type": format!("zen:event-type:{kind}"), "time": "2026-11-28T10:00:00Z", "subject": "zen:ticket:42",
        "detail": {"id": "42", "subject": "Where is it?", "status": "OPEN", "priority": "HIGH", "requester_id": "8447388090494",
            "assignee_id": "7", "via": {"channel": "email"}, "tags": ["delivery"]}, "event": event})
}

#[test]
fn tickets_of_zendesk_are_opened_replied_to_solved_and_reopened() {
    check(
        Maker::Zendesk,
        &Note::default(),
        &zendesk("ticket.created", json!({})),
        expect![[""]],
    );
    let mut text = String::new();
    for (kind, event) in [
        (
            "ticket.comment_added",
            json!({"comment": {"body": "On its way", "is_public": true, "author": {"is_staff": true}}}),
        ),
        (
            "ticket.comment_added",
            json!({"comment": {"body": "Thanks", "is_public": true, "author": {"is_staff": false}}}),
        ),
        (
            "ticket.comment_added",
            json!({"comment": {"body": "internal", "is_public": false, "author": {"is_staff": true}}}),
        ),
        (
            "ticket.status_changed",
            json!({"previous": "OPEN", "current": "SOLVED"}),
        ),
        (
            "ticket.status_changed",
            json!({"previous": "SOLVED", "current": "OPEN"}),
        ),
        (
            "ticket.status_changed",
            json!({"previous": "SOLVED", "current": "CLOSED"}),
        ),
        (
            "ticket.priority_changed",
            json!({"previous": "LOW", "current": "HIGH"}),
        ),
    ] {
        let decoded = read(Maker::Zendesk, &Note::default(), &zendesk(kind, event));
        text += &format!("{kind} = {}\n", decoded.events[0].1.name.as_str());
    }
    expect![[""]].assert_eq(&text);
}

#[test]
fn a_trigger_of_zendesk_can_carry_the_address_and_the_score() {
    let body = json!({"event": "solved", "event_id": "x1", "ticket_id": 42, "email": "ana@example.com", "subject": "Where is it?", "status": "solved", "time": "2026-11-28T10:00:00Z"});
    check(Maker::Zendesk, &Note::default(), &body, expect![[""]]);
    let body = json!({"event": "satisfaction", "ticket_id": 42, "email": "ana@example.com", "satisfaction": "Good", "comment": "quick"});
    check(Maker::Zendesk, &Note::default(), &body, expect![[""]]);
}

#[test]
fn every_scale_of_typeform_is_an_answer() {
    let body = json!({"event_id": "E1", "event_type": "form_response", "form_response": {
        "form_id": "f1", "token": "tok1", "submitted_at": "2026-11-28T10:00:00Z", "hidden": {"email": "ana@example.com", "order_id": "A-17"},
        "definition": {"title": "After delivery", "fields": [
            {"id": "q1", "title": "How likely?", "type": "nps"},
            {"id": "q2", "title": "How was it?", "type": "rating", "properties": {"steps": 5}},
            {"id": "q3", "title": "Why?", "type": "long_text"}]},
        "answers": [
            {"type": "number", "number": 9, "field": {"id": "q1", "type": "nps", "ref": "likely"}},
            {"type": "number", "number": 4, "field": {"id": "q2", "type": "rating"}},
            {"type": "text", "text": "Fast", "field": {"id": "q3", "type": "long_text"}}]}});
    check(Maker::Typeform, &Note::default(), &body, expect![[""]]);
}

#[test]
fn answers_in_a_plain_shape_are_understood() {
    let body = json!({"id": "r1", "kind": "NPS", "score": 9, "comment": "Great", "email": "ana@example.com", "answered_at": "2026-11-28T10:00:00Z"});
    check(Maker::Survey, &Note::default(), &body, expect![[""]]);
    let body = json!({"event_type": "survey_response.created", "event_id": "d1", "event_data": {"id": "5435", "survey_type": "csat", "score": 2,
        "comment": "Slow", "person": {"id": "1", "email": "ben@example.com"}, "created_at": 1_795_860_000, "order_id": "A-18"}});
    check(Maker::Survey, &Note::default(), &body, expect![[""]]);
    let body =
        json!([{"score": 7, "type": "ces", "phone": "+491701234567"}, {"score": 7, "type": "ces"}]);
    check(Maker::Survey, &Note::default(), &body, expect![[""]]);
}

#[test]
fn contacts_of_hubspot_are_made_and_changed() {
    let body = json!([
        {"eventId": 1, "subscriptionType": "contact.creation", "objectId": 51, "occurredAt": 1_795_860_000_123_i64, "changeSource": "FORM"},
        {"eventId": 2, "subscriptionType": "contact.propertyChange", "objectId": 51, "propertyName": "email", "propertyValue": "ana@example.com", "occurredAt": 1_795_860_001_000_i64},
        {"eventId": 3, "subscriptionType": "deal.creation", "objectId": 9, "occurredAt": 1_795_860_002_000_i64}]);
    check(Maker::Hubspot, &Note::default(), &body, expect![[""]]);
}
