//! Messages and calls.

use expect_test::expect;
use serde_json::json;
use throughline_model::Channel;

use super::{HOOK, Maker, Note, RECEIVED, check, read, shown};
use crate::{consent::statements, dialect::hook::decode};

fn check_form(form: &str, expected: expect_test::Expect) {
    let note = Note::default();
    let decoded = decode(Maker::Twilio, HOOK, &note, form.as_bytes(), RECEIVED);
    expected.assert_eq(&shown(&decoded.expect("sound")));
}

#[test]
fn states_of_messages_by_twilio() {
    check_form(
        "MessageSid=SM1&MessageStatus=delivered&To=%2B491701234567&From=%2B4930123&AccountSid=AC1",
        expect![[r#"
            2026-11-28T12:00:00.000Z sms message_delivered
              who Phone +491701234567
              message_id "SM1"
              number "+4930123"
              trait phone "+491701234567"
        "#]],
    );
    check_form(
        "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003&To=%2B491701234567&From=%2B4930123",
        expect![[r#"
            2026-11-28T12:00:00.000Z sms message_bounced
              who Phone +491701234567
              error "30003"
              message_id "SM1"
              number "+4930123"
              trait phone "+491701234567"
        "#]],
    );
    check_form(
        "MessageSid=SM2&MessageStatus=read&To=whatsapp%3A%2B491701234567&From=whatsapp%3A%2B14155238886",
        expect![[r#"
            2026-11-28T12:00:00.000Z whatsapp message_opened
              who Phone +491701234567
              message_id "SM2"
              number "+14155238886"
              trait phone "+491701234567"
        "#]],
    );
}

#[test]
fn whoever_writes_stop_to_twilio_is_unsubscribed() {
    check_form(
        "SmsMessageSid=SM3&MessageSid=SM3&SmsStatus=received&Body=STOP+&From=%2B491701234567&To=%2B4930123&NumMedia=0",
        expect![[r#"
            2026-11-28T12:00:00.000Z sms message_received
              who Phone +491701234567
              message_id "SM3"
              number "+4930123"
              text "STOP"
              trait phone "+491701234567"
            2026-11-28T12:00:00.000Z sms message_unsubscribed
              who Phone +491701234567
              message_id "SM3"
              trait phone "+491701234567"
        "#]],
    );
    check_form(
        "MessageSid=SM4&SmsStatus=received&Body=Please+stop+by&From=whatsapp%3A%2B491701234567&To=whatsapp%3A%2B14155238886&ProfileName=Ana",
        expect![[r#"
            2026-11-28T12:00:00.000Z whatsapp message_received
              who Phone +491701234567
              message_id "SM4"
              number "+14155238886"
              text "Please stop by"
              trait name "Ana"
              trait phone "+491701234567"
        "#]],
    );
}

#[test]
fn what_people_answer_to_messages_reaches_consent() {
    let twilio = |from: &str, said: &str| {
        format!(
            "MessageSid=SM5&SmsStatus=received&From={from}%2B491701234567&To={from}%2B4930123&{said}"
        )
    };
    let sendgrid = |event: &str| {
        json!([{"email": "ana@example.com", "event": event, "sg_event_id": "e1"}]).to_string()
    };
    let mailgun = |event: &str| {
        json!({"signature": {"token": "t"}, "event-data": {"event": event, "recipient": "ana@example.com"}})
            .to_string()
    };
    let whatsapp = |value: &str| {
        let preference = json!({"wa_id": "491701234567", "category": "marketing_messages", "value": value, "timestamp": "1795860000"});
        json!({"entry": [{"changes": [{"field": "user_preferences", "value": {"user_preferences": [preference]}}]}]})
            .to_string()
    };
    let (sms, email, chat) = (Channel::Sms, Channel::Email, Channel::Whatsapp);
    for (maker, body, expected) in [
        (Maker::Twilio, twilio("", "Body=STOP"), Some((sms, false))),
        (
            Maker::Twilio,
            twilio("", "Body=%E9%80%80%E8%AE%A2"),
            Some((sms, false)),
        ),
        (Maker::Twilio, twilio("", "Body=Unstop."), Some((sms, true))),
        (
            Maker::Twilio,
            twilio("whatsapp%3A", "Body=stop"),
            Some((chat, false)),
        ),
        (
            Maker::Twilio,
            twilio("", "OptOutType=START&Body=Yes"),
            Some((sms, true)),
        ),
        (Maker::Twilio, twilio("", "OptOutType=HELP&Body=Stop"), None),
        (Maker::Twilio, twilio("", "Body=Where+is+it"), None),
        (
            Maker::Sendgrid,
            sendgrid("unsubscribe"),
            Some((email, false)),
        ),
        (
            Maker::Sendgrid,
            sendgrid("group_unsubscribe"),
            Some((email, false)),
        ),
        (
            Maker::Sendgrid,
            sendgrid("group_resubscribe"),
            Some((email, true)),
        ),
        (
            Maker::Sendgrid,
            sendgrid("spamreport"),
            Some((email, false)),
        ),
        (Maker::Sendgrid, sendgrid("open"), None),
        (
            Maker::Mailgun,
            mailgun("unsubscribed"),
            Some((email, false)),
        ),
        (Maker::Mailgun, mailgun("complained"), Some((email, false))),
        (Maker::Whatsapp, whatsapp("stop"), Some((chat, false))),
        (Maker::Whatsapp, whatsapp("resume"), Some((chat, true))),
    ] {
        let decoded = decode(maker, HOOK, &Note::default(), body.as_bytes(), RECEIVED);
        let events = decoded.expect("sound").events;
        let said = events.iter().flat_map(|(_, it)| statements(it));
        let said: Vec<_> = said.map(|it| (it.key, it.channel, it.is_granted)).collect();
        let expected: Vec<_> = expected
            .map(|(channel, is_granted)| ("marketing".to_owned(), Some(channel), is_granted))
            .into_iter()
            .collect();
        assert_eq!(said, expected, "{body}");
    }
}

#[test]
fn calls_by_twilio_have_their_times_and_lengths() {
    check_form(
        "CallSid=CA1&CallStatus=ringing&Direction=inbound&From=%2B491701234567&To=%2B4930123",
        expect![[r#"
            2026-11-28T12:00:00.000Z call call_started
              who Phone +491701234567
              call_id "CA1"
              direction "inbound"
              number "+4930123"
              outcome "ringing"
              trait phone "+491701234567"
        "#]],
    );
    check_form(
        "CallSid=CA1&CallStatus=completed&Direction=inbound&From=%2B491701234567&To=%2B4930123&CallDuration=95&Timestamp=Sat%2C+28+Nov+2026+10%3A01%3A35+%2B0000",
        expect![[r#"
            2026-11-28T10:01:35.000Z call call_ended
              who Phone +491701234567
              call_id "CA1"
              direction "inbound"
              number "+4930123"
              outcome "completed"
              seconds 95
              trait phone "+491701234567"
        "#]],
    );
    check_form(
        "CallSid=CA2&CallStatus=no-answer&Direction=outbound-api&From=%2B4930123&To=%2B491701234567&CallDuration=0",
        expect![[r#"
            2026-11-28T12:00:00.000Z call call_ended
              who Phone +491701234567
              call_id "CA2"
              direction "outbound"
              number "+4930123"
              outcome "no_answer"
              seconds 0
              trait phone "+491701234567"
        "#]],
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
    check(
        Maker::Sendgrid,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.000Z email message_delivered
          who Email ana@example.com
          campaign "welcome"
          message_id "m1"
          trait email "ana@example.com"
          campaign {"medium":"email","name":"welcome"}
        2026-11-28T10:01:00.000Z email message_opened
          who Email ana@example.com
          is_machine true
          message_id "m1"
          user_agent "Mozilla/5.0"
          trait email "ana@example.com"
        2026-11-28T10:01:10.000Z email message_bounced
          who Email ben@example.com
          bounce_type "bounce"
          reason "550 no such user"
          status "5.1.1"
          trait email "ben@example.com"
        2026-11-28T10:01:20.000Z email message_unsubscribed
          who Email cem@example.com
          group_id "7"
          trait email "cem@example.com"
        about nobody: 1
    "#]],
    );
}

#[test]
fn events_of_mailgun_tell_lasting_failures_from_passing_ones() {
    let event = |event: serde_json::Value| json!({"signature": {"timestamp": "1795860000", "token": "t", "signature": "s"}, "event-data": event});
    let body = event(
        json!({"event": "failed", "severity": "permanent", "timestamp": 1_795_860_000.5, "id": "g1", "recipient": "ana@example.com",
        "message": {"headers": {"message-id": "m1@example.com", "subject": "Hello"}}, "tags": ["welcome", "de"],
        "delivery-status": {"code": 550, "message": "no such user"}}),
    );
    check(
        Maker::Mailgun,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.500Z email message_bounced
          who Email ana@example.com
          bounce_type "permanent"
          campaign "welcome"
          message_id "m1@example.com"
          reason "no such user"
          status 550
          subject "Hello"
          tags ["welcome","de"]
          trait email "ana@example.com"
          campaign {"medium":"email","name":"welcome"}
    "#]],
    );
    let body = event(
        json!({"event": "opened", "timestamp": 1_795_860_000, "id": "g2", "recipient": "ana@example.com",
        "client-info": {"bot": "apple", "device-type": "desktop", "user-agent": "Mozilla/5.0"}}),
    );
    check(
        Maker::Mailgun,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.000Z email message_opened
          who Email ana@example.com
          bot "apple"
          device "desktop"
          is_machine true
          user_agent "Mozilla/5.0"
          trait email "ana@example.com"
    "#]],
    );
    let body = event(
        json!({"event": "failed", "severity": "temporary", "timestamp": 1_795_860_000, "id": "g3", "recipient": "ana@example.com"}),
    );
    check(
        Maker::Mailgun,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.000Z email message_deferred
          who Email ana@example.com
          bounce_type "temporary"
          trait email "ana@example.com"
    "#]],
    );
}

#[test]
fn whatsapp_tells_of_states_and_of_what_people_write() {
    let value = json!({"messaging_product": "whatsapp", "metadata": {"display_phone_number": "493012345", "phone_number_id": "1"},
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": "491701234567"}],
        "messages": [{"from": "491701234567", "id": "wamid.1", "timestamp": "1795860000", "type": "text", "text": {"body": "Where is my order?"}}],
        "statuses": [{"id": "wamid.2", "status": "read", "timestamp": "1795860100", "recipient_id": "491701234567", "pricing": {"category": "utility"}},
            {"id": "wamid.3", "status": "failed", "timestamp": "1795860200", "recipient_id": "491701234567", "errors": [{"code": 131_026, "title": "Message undeliverable"}]}]});
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]});
    check(
        Maker::Whatsapp,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:01:40.000Z whatsapp message_opened
          who Phone +491701234567
          category "utility"
          message_id "wamid.2"
          number "493012345"
          trait name "Ana"
          trait phone "+491701234567"
        2026-11-28T10:03:20.000Z whatsapp message_failed
          who Phone +491701234567
          error "131026"
          message_id "wamid.3"
          number "493012345"
          reason "Message undeliverable"
          trait name "Ana"
          trait phone "+491701234567"
        2026-11-28T10:00:00.000Z whatsapp message_received
          who Phone +491701234567
          message_id "wamid.1"
          number "493012345"
          text "Where is my order?"
          type "text"
          trait name "Ana"
          trait phone "+491701234567"
    "#]],
    );
    let value = json!({"messages": [{"from": "491701234567", "id": "wamid.4", "timestamp": "1795860000", "type": "sticker"}]});
    let template =
        json!({"field": "message_template_status_update", "value": {"event": "APPROVED"}});
    let changes = [
        template.clone(),
        json!({"field": "messages", "value": value}),
        template,
    ];
    let body =
        json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]});
    check(
        Maker::Whatsapp,
        &Note::default(),
        &body,
        expect![[r#"
            2026-11-28T10:00:00.000Z whatsapp message_received
              who Phone +491701234567
              message_id "wamid.4"
              type "sticker"
              trait phone "+491701234567"
            about nobody: 2
        "#]],
    );
}

#[test]
fn a_clock_of_a_maker_that_is_far_ahead_holds_the_event_back() {
    let body = json!([{"email": "ana@example.com", "timestamp": 1_995_860_000, "event": "open", "sg_event_id": "e9"}]);
    check(
        Maker::Sendgrid,
        &Note::default(),
        &body,
        expect![[r#"
        held: happened 2033-03-31T05:33:20.000Z, long after its arrival; check the sender's clock
    "#]],
    );
    let held = json!({"email": "ben@example.com", "timestamp": 1_995_860_000, "event": "open"});
    let body = json!([{"email": "ana@example.com", "event": "open", "sg_event_id": "e9"}, held]);
    let decoded = read(Maker::Sendgrid, &Note::default(), &body);
    assert_eq!(decoded.events.len(), 1);
    let raw = &decoded.quarantined[0].raw;
    assert_eq!(raw, &held.to_string(), "it says nothing of anybody else");
}

#[test]
fn what_mailgun_signs_is_what_it_is_known_by() {
    let key = |token: &str, id: &str| {
        let body = json!({"signature": {"timestamp": "1795860000", "token": token, "signature": "s"},
            "event-data": {"event": "opened", "id": id, "recipient": "ana@example.com"}});
        read(Maker::Mailgun, &Note::default(), &body).events[0]
            .1
            .message
    };
    assert_eq!(key("t1", "g1"), key("t1", "g2"));
    assert_ne!(key("t1", "g1"), key("t2", "g1"));
}
