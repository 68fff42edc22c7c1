//! Messages and calls.

use expect_test::expect;
use serde_json::json;
use throughline_model::Timestamp;

use super::{Maker, Note, RECEIVED, check, shown};
use crate::dialect::hook::decode;

fn check_form(form: &str, expected: expect_test::Expect) {
    let decoded = decode(Maker::Twilio, &Note::default(), form.as_bytes(), RECEIVED);
    expected.assert_eq(&shown(&decoded.expect("sound")));
}

#[test]
fn states_of_messages_by_twilio() {
    check_form(
        "MessageSid=SM1&MessageStatus=delivered&To=%2B491701234567&From=%2B4930123&AccountSid=AC1",
        expect![[""]],
    );
    check_form(
        "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003&To=%2B491701234567&From=%2B4930123",
        expect![[""]],
    );
    check_form(
        "MessageSid=SM2&MessageStatus=read&To=whatsapp%3A%2B491701234567&From=whatsapp%3A%2B14155238886",
        expect![[""]],
    );
}

#[test]
fn whoever_writes_stop_to_twilio_is_unsubscribed() {
    check_form(
        "SmsMessageSid=SM3&MessageSid=SM3&SmsStatus=received&Body=STOP+&From=%2B491701234567&To=%2B4930123&NumMedia=0",
        expect![[""]],
    );
    check_form(
        "MessageSid=SM4&SmsStatus=received&Body=Please+stop+by&From=whatsapp%3A%2B491701234567&To=whatsapp%3A%2B14155238886&ProfileName=Ana",
        expect![[""]],
    );
}

#[test]
fn calls_by_twilio_have_their_times_and_lengths() {
    check_form(
        "CallSid=CA1&CallStatus=ringing&Direction=inbound&From=%2B491701234567&To=%2B4930123",
        expect![[""]],
    );
    check_form(
        "CallSid=CA1&CallStatus=completed&Direction=inbound&From=%2B491701234567&To=%2B4930123&CallDuration=95&Timestamp=Sat%2C+28+Nov+2026+10%3A01%3A35+%2B0000",
        expect![[""]],
    );
    check_form(
        "CallSid=CA2&CallStatus=no-answer&Direction=outbound-api&From=%2B4930123&To=%2B491701234567&CallDuration=0",
        expect![[""]],
    );
}

#[test]
fn events_of_sendgrid_come_in_batches_and_machines_are_marked() {
    let body = json!([
        {"email": "ana@example.com", "timestamp": 1_795_860_000, "event": "delivered", "sg_event_id": "e1", "sg_message_id": "m1.filter0001", "category": ["welcome"]},
        {"email": "ana@example.com", "timestamp": 1_795_860_060, "event": "open", "sg_event_id": "e2", "sg_message_id": "m1.filter0001", "sg_machine_open": true, "useragent": "Mozilla/5.0"},
        {"email": "ben@example.com", "timestamp": 1_795_860_070, "event": "bounce", "sg_event_id": "e3", "reason": "550 no such user", "type": "bounce", "status": "5.1.1"},
        {"email": "cem@example.com", "timestamp": 1_795_860_080, "event": "group_unsubscribe", "sg_event_id": "e4", "asm_group_id": 7},
        {"timestamp": 1_795_860_090, "event": "account_status_change", "type": "compliance_suspend", "sg_event_id": "e5"}
    ]);
    check(Maker::Sendgrid, &Note::default(), &body, expect![[""]]);
}

#[test]
fn events_of_mailgun_tell_lasting_failures_from_passing_ones() {
    let event = |event: serde_json::Value| json!({"signature": {"timestamp": "1795860000", "token": "t", "signature": "s"}, "event-data": event});
    let body = event(
        json!({"event": "failed", "severity": "permanent", "timestamp": 1_795_860_000.5, "id": "g1", "recipient": "ana@example.com",
        "message": {"headers": {"message-id": "m1@example.com", "subject": "Hello"}}, "tags": ["welcome", "de"],
        "delivery-status": {"code": 550, "message": "no such user"}}),
    );
    check(Maker::Mailgun, &Note::default(), &body, expect![[""]]);
    let body = event(
        json!({"event": "opened", "timestamp": 1_795_860_000, "id": "g2", "recipient": "ana@example.com",
        "client-info": {"bot": "apple", "device-type": "desktop", "user-agent": "Mozilla/5.0"}}),
    );
    check(Maker::Mailgun, &Note::default(), &body, expect![[""]]);
    let body = event(
        json!({"event": "failed", "severity": "temporary", "timestamp": 1_795_860_000, "id": "g3", "recipient": "ana@example.com"}),
    );
    check(Maker::Mailgun, &Note::default(), &body, expect![[""]]);
}

#[test]
fn whatsapp_tells_of_states_and_of_what_people_write() {
    let value = json!({"messaging_product": "whatsapp", "metadata": {"display_phone_number": "493012345", "phone_number_id": "1"},
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": "491701234567"}],
        "messages": [{"from": "491701234567", "id": "wamid.1", "timestamp": "1795860000", "type": "text", "text": {"body": "Where is my order?"}}],
        "statuses": [{"id": "wamid.2", "status": "read", "timestamp": "1795860100", "recipient_id": "491701234567", "pricing": {"category": "utility"}},
            {"id": "wamid.3", "status": "failed", "timestamp": "1795860200", "recipient_id": "491701234567", "errors": [{"code": 131_026, "title": "Message undeliverable"}]}]});
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]});
    check(Maker::Whatsapp, &Note::default(), &body, expect![[""]]);
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "message_template_status_update", "value": {"event": "APPROVED"}}]}]});
    check(Maker::Whatsapp, &Note::default(), &body, expect![[""]]);
}

#[test]
fn a_clock_of_a_maker_that_is_far_ahead_holds_the_event_back() {
    let body = json!([{"email": "ana@example.com", "timestamp": 1_995_860_000, "event": "open", "sg_event_id": "e9"}]);
    check(Maker::Sendgrid, &Note::default(), &body, expect![[""]]);
    assert!(RECEIVED > Timestamp(0));
}
