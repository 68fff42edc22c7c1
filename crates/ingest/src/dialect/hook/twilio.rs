//! Twilio: the state of messages by SMS and WhatsApp, what people answer, and calls.
//!
//! The body is a form. Only calls say when something happened; a state of a message is taken for
//! as old as its arrival.

use serde_json::Value;
use throughline_model::{Channel, Timestamp};

use super::{
    read::{first, number, plain_name, text},
    told::Told,
};

/// What people write to hear no more, as carriers take it.
const STOP_WORDS: [&str; 6] = ["stop", "stopall", "unsubscribe", "cancel", "end", "quit"];

pub fn told(form: &Value) -> Vec<Told> {
    if text(form, "CallSid").is_some() {
        return vec![call(form)];
    }
    if first(form, &["MessageSid", "SmsSid", "SmsMessageSid"]).is_some() {
        return message(form);
    }
    let kind = first(form, &["EventType", "Type"]).unwrap_or("twilio_event".into());
    let mut told = Told::new(plain_name(&kind), Channel::Other);
    told.who
        .phone(first(form, &["From", "Author", "To"]).map(|it| bare(&it).to_owned()));
    plain(form, &mut told);
    vec![told]
}

fn message(form: &Value) -> Vec<Told> {
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
    let mut told = Told::new(name, channel_of(&[number_of("From"), number_of("To")]));
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
    if is_incoming && is_stop(form) {
        let mut stop = Told::new("message_unsubscribed", told.channel);
        stop.id.clone_from(&told.id);
        stop.who = told.who.clone();
        stop.put("message_id", told.properties.get("message_id").cloned());
        return vec![told, stop];
    }
    vec![told]
}

fn is_stop(form: &Value) -> bool {
    if let Some(kind) = text(form, "OptOutType") {
        return kind.eq_ignore_ascii_case("stop");
    }
    let said = text(form, "Body").unwrap_or_default().to_lowercase();
    STOP_WORDS.contains(&said.trim_matches(['.', '!', ' ']))
}

fn call(form: &Value) -> Told {
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
    let mut told = Told::new(name, channel_of(&[text(form, "From"), text(form, "To")]));
    if told.channel == Channel::Sms {
        told.channel = Channel::Call;
    }
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

fn plain(form: &Value, told: &mut Told) {
    if let Value::Object(members) = form {
        for (name, value) in members {
            told.put(&plain_name(name), Some(value.clone()));
        }
    }
}
