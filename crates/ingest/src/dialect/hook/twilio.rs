//! Twilio: the state of messages by SMS and WhatsApp, what people answer, and calls.
//!
//! The body is a form. Only calls say when something happened; a state of a message is taken for
//! as old as its arrival.

use serde_json::Value;
use throughline_model::{Channel, Timestamp};

use super::{
    read::{first, number, plain, plain_name, text},
    told::Told,
};
use crate::consent;

pub fn told(form: &Value) -> Vec<Told<'_>> {
    if text(form, "CallSid").is_some() {
        return vec![call(form)];
    }
    if first(form, &["MessageSid", "SmsSid", "SmsMessageSid"]).is_some() {
        return message(form);
    }
    let kind = first(form, &["EventType", "Type"]).unwrap_or("twilio_event".into());
    let mut told = Told::new(plain_name(&kind), Channel::Other, form);
    told.who
        .phone(first(form, &["From", "Author", "To"]).map(|it| bare(&it).to_owned()));
    for (name, value) in plain(form) {
        told.put(&plain_name(name), Some(value.clone()));
    }
    vec![told]
}

fn message(form: &Value) -> Vec<Told<'_>> {
    let id = first(form, &["MessageSid", "SmsSid", "SmsMessageSid"]);
    let status = first(form, &["MessageStatus", "SmsStatus"]).unwrap_or("received".into());
    let status = status.to_lowercase();
    let is_incoming = matches!(&*status, "received" | "receiving");
    let name = match &*status {
        "read" => "message_opened".to_owned(),
        "undelivered" => "message_bounced".to_owned(),
        "receiving" => "message_received".to_owned(),
        status => format!("message_{}", plain_name(status)),
    };
    let (own, theirs) = match is_incoming {
        true => ("To", "From"),
        false => ("From", "To"),
    };
    let number_of = |place| text(form, place);
    let channel = channel_of(&[number_of("From"), number_of("To")]);
    let mut told = Told::new(name, channel, form);
    told.id = id.as_ref().map(|id| format!("{id}:{status}"));
    told.who
        .phone(number_of(theirs).map(|it| bare(&it).to_owned()));
    told.who.trait_of("name", text(form, "ProfileName"));
    told.put("message_id", id);
    told.put("number", number_of(own).map(|it| bare(&it).to_owned()));
    told.put("text", text(form, "Body"));
    told.put(
        "media_count",
        number(form, "NumMedia").filter(|it| *it > 0.0),
    );
    told.put("error", text(form, "ErrorCode"));
    told.put("message", text(form, "ErrorMessage"));
    told.put("button", first(form, &["ButtonText", "ButtonPayload"]));
    told.put("template", text(form, "ContentSid"));
    told.put("service_id", text(form, "MessagingServiceSid"));
    let Some(is_granted) = agreed(form).filter(|_| is_incoming) else {
        return vec![told];
    };
    let name = match is_granted {
        true => "message_resubscribed",
        false => "message_unsubscribed",
    };
    let mut answer = Told::new(name, told.channel, form);
    answer.id.clone_from(&told.id);
    answer.who = told.who.clone();
    answer.put("message_id", told.properties.get("message_id").cloned());
    vec![told, answer]
}

/// Whether somebody wants messages from now on; most texts do not say.
fn agreed(form: &Value) -> Option<bool> {
    match text(form, "OptOutType") {
        Some(kind) if kind.eq_ignore_ascii_case("stop") => Some(false),
        Some(kind) if kind.eq_ignore_ascii_case("start") => Some(true),
        Some(_) => None,
        None => consent::answer(&text(form, "Body")?),
    }
}

fn call(form: &Value) -> Told<'_> {
    let id = text(form, "CallSid");
    let status = text(form, "CallStatus")
        .unwrap_or("unknown".into())
        .to_lowercase();
    let is_inbound = text(form, "Direction").is_some_and(|it| it.starts_with("inbound"));
    let name = match &*status {
        "queued" | "initiated" => "call_started".to_owned(),
        // A call that comes in is first heard of when it rings.
        "ringing" if is_inbound => "call_started".to_owned(),
        "in-progress" | "answered" => "call_answered".to_owned(),
        "completed" | "busy" | "no-answer" | "failed" | "canceled" => "call_ended".to_owned(),
        status => format!("call_{}", plain_name(status)),
    };
    let channel = match channel_of(&[text(form, "From"), text(form, "To")]) {
        Channel::Sms => Channel::Call,
        channel => channel,
    };
    let mut told = Told::new(name, channel, form);
    told.id = id.as_ref().map(|id| format!("{id}:{status}"));
    told.time = text(form, "Timestamp").and_then(|it| written(&it));
    let theirs = if is_inbound { "From" } else { "To" };
    told.who
        .phone(text(form, theirs).map(|it| bare(&it).to_owned()));
    told.who.trait_of("name", text(form, "CallerName"));
    told.put("call_id", id);
    told.put(
        "direction",
        Some(if is_inbound { "inbound" } else { "outbound" }),
    );
    told.put("outcome", Some(status.replace('-', "_")));
    told.put(
        "seconds",
        first(form, &["CallDuration"]).and_then(|it| it.parse::<u64>().ok()),
    );
    told.put("number", text(form, if is_inbound { "To" } else { "From" }));
    told.put("agent", text(form, "AnsweredBy"));
    told.put("recording_url", text(form, "RecordingUrl"));
    told.put(
        "error",
        text(form, "SipResponseCode").filter(|it| it != "200"),
    );
    told
}

fn channel_of(numbers: &[Option<std::borrow::Cow<'_, str>>]) -> Channel {
    let has = |prefix: &str| numbers.iter().flatten().any(|it| it.starts_with(prefix));
    if has("whatsapp:") {
        Channel::Whatsapp
    } else if has("messenger:") {
        Channel::Chat
    } else {
        Channel::Sms
    }
}

/// A number without the network that it belongs to.
fn bare(number: &str) -> &str {
    let rest = number.split_once(':').map_or(number, |(_, rest)| rest);
    rest.trim()
}

/// A time as mails have it, `Sat, 28 Nov 2026 10:00:00 +0000`.
fn written(text: &str) -> Option<Timestamp> {
    let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text);
    match parsed {
        Ok(at) => Some(Timestamp(at.as_millisecond())),
        Err(_) => crate::instant::read(text),
    }
}
