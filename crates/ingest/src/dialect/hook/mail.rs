//! Mail as SendGrid and Mailgun tell of it: delivered, opened, clicked, bounced, no longer wanted.
//!
//! Machines that open mail before people do are marked and not left out, so that each report can
//! decide.

use serde_json::Value;
use throughline_model::Channel;

use super::{
    read::{at, first, list, number, plain_name, said, text, time},
    told::Told,
};

const SENDGRID: [(&str, &str); 11] = [
    ("processed", "sent"),
    ("delivered", "delivered"),
    ("open", "opened"),
    ("click", "clicked"),
    ("bounce", "bounced"),
    ("dropped", "failed"),
    ("deferred", "deferred"),
    ("spamreport", "marked_as_spam"),
    ("unsubscribe", "unsubscribed"),
    ("group_unsubscribe", "unsubscribed"),
    ("group_resubscribe", "resubscribed"),
];

/// SendGrid sends a list of events.
pub fn sendgrid(body: &Value) -> Vec<Told<'_>> {
    let events = match body {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    events.iter().map(sendgrid_event).collect()
}

fn sendgrid_event(event: &Value) -> Told<'_> {
    let kind = text(event, "event").unwrap_or("event".into());
    let known = SENDGRID.iter().find(|(it, _)| *it == kind);
    let verb = known.map_or_else(|| plain_name(&kind), |(_, verb)| (*verb).to_owned());
    let mut told = Told::new(format!("message_{verb}"), Channel::Email, event);
    told.id = first(event, &["sg_event_id"]).map(|it| it.into_owned());
    told.time = time(event, &["timestamp"]);
    told.who.email(text(event, "email"));
    let id = first(event, &["sg_message_id", "smtp-id"]);
    // What follows the first part tells the servers that it went through.
    told.put(
        "message_id",
        id.map(|it| it.split('.').next().unwrap_or_default().to_owned()),
    );
    let names = [
        "singlesend_name",
        "marketing_campaign_name",
        "campaign",
        "category.0",
        "category",
    ];
    campaign(first(event, &names).as_deref(), &mut told);
    let ids = ["singlesend_id", "marketing_campaign_id", "campaign_id"];
    told.put("campaign_id", first(event, &ids));
    told.put("template", first(event, &["template_id", "sg_template_id"]));
    told.put("url", text(event, "url"));
    told.put("reason", first(event, &["reason", "response"]));
    told.put(
        "bounce_type",
        first(event, &["bounce_classification", "type"]),
    );
    told.put("status", text(event, "status"));
    told.put("user_agent", text(event, "useragent"));
    told.put("group_id", text(event, "asm_group_id"));
    let is_machine = at(event, "sg_machine_open") == Some(&Value::Bool(true));
    told.put("is_machine", is_machine.then_some(true));
    told
}

/// Mailgun sends one event, beside its signature.
pub fn mailgun(body: &Value) -> Vec<Told<'_>> {
    let event = at(body, "event-data").unwrap_or(body);
    let kind = text(event, "event").unwrap_or("event".into());
    let is_lasting = text(event, "severity").as_deref() != Some("temporary");
    let verb = match &*kind {
        "accepted" => "sent".to_owned(),
        "failed" if is_lasting => "bounced".to_owned(),
        "failed" => "deferred".to_owned(),
        "rejected" => "failed".to_owned(),
        "complained" => "marked_as_spam".to_owned(),
        "stored" => "received".to_owned(),
        other => plain_name(other),
    };
    let mut told = Told::new(format!("message_{verb}"), Channel::Email, body);
    // Nothing else of the body is signed: with another id it could be sent again.
    told.id = text(body, "signature.token").map(|it| it.into_owned());
    told.time = time(event, &["timestamp"]);
    let person = match verb.as_str() {
        "received" => first(event, &["message.headers.from", "envelope.sender"]),
        _ => text(event, "recipient"),
    };
    told.who.email(person.map(|it| address_of(&it).to_owned()));
    told.put("message_id", text(event, "message.headers.message-id"));
    told.put("subject", text(event, "message.headers.subject"));
    let names = ["campaigns.0.name", "user-variables.campaign", "tags.0"];
    campaign(first(event, &names).as_deref(), &mut told);
    told.put("campaign_id", first(event, &["campaigns.0.id"]));
    told.put(
        "template",
        first(event, &["template.name", "user-variables.template"]),
    );
    let tags: Vec<Value> = list(event, "tags")
        .iter()
        .filter_map(said)
        .map(|it| it.into_owned().into())
        .collect();
    told.put("tags", (!tags.is_empty()).then_some(tags));
    told.put("url", text(event, "url"));
    let reasons = [
        "delivery-status.message",
        "delivery-status.description",
        "reason",
    ];
    told.put("reason", first(event, &reasons));
    told.put("bounce_type", text(event, "severity"));
    told.put("status", number(event, "delivery-status.code"));
    told.put("user_agent", text(event, "client-info.user-agent"));
    told.put("device", text(event, "client-info.device-type"));
    told.put("country", text(event, "geolocation.country"));
    let bot = text(event, "client-info.bot");
    told.put("is_machine", bot.is_some().then_some(true));
    told.put("bot", bot);
    vec![told]
}

fn campaign(name: Option<&str>, told: &mut Told<'_>) {
    if let Some(name) = name {
        told.put("campaign", Some(name));
        let context = serde_json::json!({ "name": name, "medium": "email" });
        told.context.insert("campaign".to_owned(), context);
    }
}

/// The address in `Ana <ana@example.com>`.
fn address_of(text: &str) -> &str {
    let inner = text
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(text, |(address, _)| address)
}
