//! Tickets and surveys.

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
        expect![[r#"
            2026-11-28T10:00:00.000Z service ticket_opened
              who Anonymous zendesk:8447388090494
              agent_id "7"
              priority "high"
              status "open"
              subject "Where is it?"
              tags ["delivery"]
              ticket_id "42"
              via "email"
        "#]],
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
    expect![[r#"
        ticket.comment_added = ticket_replied
        ticket.comment_added = ticket_commented
        ticket.comment_added = ticket_commented
        ticket.status_changed = ticket_solved
        ticket.status_changed = ticket_reopened
        ticket.status_changed = ticket_closed
        ticket.priority_changed = ticket_priority_changed
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_trigger_of_zendesk_can_carry_the_address_and_the_score() {
    let body = json!({"event": "solved", "event_id": "x1", "ticket_id": 42, "email": "ana@example.com", "subject": "Where is it?", "status": "solved", "time": "2026-11-28T10:00:00Z"});
    check(
        Maker::Zendesk,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.000Z service ticket_solved
          who Email ana@example.com
          status "solved"
          subject "Where is it?"
          ticket_id "42"
          trait email "ana@example.com"
    "#]],
    );
    let body = json!({"event": "satisfaction", "ticket_id": 42, "email": "ana@example.com", "satisfaction": "Good", "comment": "quick"});
    check(
        Maker::Zendesk,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T12:00:00.000Z service survey_answered
          who Email ana@example.com
          comment "quick"
          kind "csat"
          score 1
          score_max 1
          ticket_id "42"
          trait email "ana@example.com"
    "#]],
    );
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
    check(
        Maker::Typeform,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.000Z review survey_answered
          who Anonymous typeform:tok1, Email ana@example.com
          comment "Fast"
          kind "nps"
          order_id "A-17"
          question "How likely?"
          question_id "likely"
          response_id "tok1"
          score 9
          score_max 10
          survey "After delivery"
          survey_id "f1"
          trait email "ana@example.com"
        2026-11-28T10:00:00.000Z review survey_answered
          who Anonymous typeform:tok1, Email ana@example.com
          comment "Fast"
          kind "csat"
          order_id "A-17"
          question "How was it?"
          question_id "q2"
          response_id "tok1"
          score 4
          score_max 5
          survey "After delivery"
          survey_id "f1"
          trait email "ana@example.com"
    "#]],
    );
}

#[test]
fn answers_in_a_plain_shape_are_understood() {
    let body = json!({"id": "r1", "kind": "NPS", "score": 9, "weight": 1.5, "comment": "Great", "email": "ana@example.com", "answered_at": "2026-11-28T10:00:00Z"});
    check(
        Maker::Survey,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.000Z review survey_answered
          who Email ana@example.com
          comment "Great"
          kind "nps"
          score 9
          score_max 10
          weight 1.5
          trait email "ana@example.com"
    "#]],
    );
    let body = json!({"event_type": "survey_response.created", "event_id": "d1", "event_data": {"id": "5435", "survey_type": "csat", "score": 2,
        "comment": "Slow", "person": {"id": "1", "email": "ben@example.com"}, "created_at": 1_795_860_000, "order_id": "A-18"}});
    check(
        Maker::Survey,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.000Z review survey_answered
          who Email ben@example.com, Order A-18
          comment "Slow"
          kind "csat"
          order_id "A-18"
          score 2
          score_max 5
          trait email "ben@example.com"
    "#]],
    );
    let body =
        json!([{"score": 7, "type": "ces", "phone": "+491701234567"}, {"score": 7, "type": "ces"}]);
    check(
        Maker::Survey,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T12:00:00.000Z review survey_answered
          who Phone +491701234567
          kind "ces"
          score 7
          score_max 7
          trait phone "+491701234567"
        about nobody: 1
    "#]],
    );
}

#[test]
fn what_is_no_address_names_nobody_and_is_no_trait() {
    let body =
        json!({"id": 1, "score": 9, "email": "none given", "phone": "ask me", "user_id": "u1"});
    check(
        Maker::Survey,
        &Note::default(),
        &body,
        expect![[r#"
            2026-11-28T12:00:00.000Z review survey_answered
              who User u1
              kind "other"
              score 9
        "#]],
    );
}
