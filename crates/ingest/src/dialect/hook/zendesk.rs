//! Zendesk: tickets from their opening to their end, and what people thought of it.
//!
//! Its own events name people by number. A trigger sends a body that its author writes; with the
//! members `ticket_id` and `event` it is understood too, and can carry the address.

use serde_json::Value;
use throughline_model::Channel;

use super::{
    read::{at, first, list, number, plain_name, said, text, time},
    told::Told,
};

pub fn told(body: &Value) -> Vec<Told<'_>> {
    let kind = text(body, "type").unwrap_or_default();
    match kind.strip_prefix("zen:event-type:") {
        Some(kind) => vec![event(kind, body)],
        None => vec![trigger(body)],
    }
}

fn event<'a>(kind: &str, body: &'a Value) -> Told<'a> {
    let name = match kind {
        "ticket.created" => "ticket_opened".to_owned(),
        "ticket.comment_added" => "ticket_commented".to_owned(),
        "ticket.status_changed" => state_name(
            text(body, "event.previous").as_deref(),
            text(body, "event.current").as_deref(),
        ),
        kind => plain_name(kind),
    };
    let mut told = Told::new(name, Channel::Service, body);
    told.id = text(body, "id").map(|it| it.into_owned());
    told.time = time(body, &["time"]);
    match kind.split('.').next() {
        Some("ticket") => ticket(kind, body, &mut told),
        Some("user") => user(kind, body, &mut told),
        _ => {
            told.who.known_by(
                "zendesk",
                first(body, &["detail.requester_id", "detail.user_id"]),
            );
        }
    }
    told
}

fn state_name(previous: Option<&str>, current: Option<&str>) -> String {
    let lower = |text: Option<&str>| text.unwrap_or_default().to_lowercase();
    let (previous, current) = (lower(previous), lower(current));
    match (&*previous, &*current) {
        (_, "solved") => "ticket_solved",
        (_, "closed") => "ticket_closed",
        ("solved" | "closed", _) => "ticket_reopened",
        _ => "ticket_updated",
    }
    .to_owned()
}

fn ticket(kind: &str, body: &Value, told: &mut Told<'_>) {
    told.who
        .known_by("zendesk", text(body, "detail.requester_id"));
    told.put("ticket_id", text(body, "detail.id"));
    told.put("subject", text(body, "detail.subject"));
    told.put(
        "status",
        text(body, "detail.status").map(|it| it.to_lowercase()),
    );
    told.put(
        "priority",
        text(body, "detail.priority").map(|it| it.to_lowercase()),
    );
    told.put(
        "topic",
        first(body, &["detail.type"]).map(|it| it.to_lowercase()),
    );
    told.put("via", text(body, "detail.via.channel"));
    told.put("agent_id", text(body, "detail.assignee_id"));
    told.put("group_id", text(body, "detail.group_id"));
    let tags: Vec<Value> = list(body, "detail.tags")
        .iter()
        .filter_map(said)
        .map(|it| it.into_owned().into())
        .collect();
    told.put("tags", (!tags.is_empty()).then_some(tags));
    told.put("before", text(body, "event.previous"));
    told.put("after", text(body, "event.current"));
    if kind == "ticket.comment_added" {
        let is_staff = at(body, "event.comment.author.is_staff") == Some(&Value::Bool(true));
        let is_public = at(body, "event.comment.is_public") != Some(&Value::Bool(false));
        if is_staff && is_public {
            told.name = "ticket_replied".to_owned();
        }
        told.put("is_public", Some(is_public));
        told.put("is_staff", Some(is_staff));
        told.put("text", text(body, "event.comment.body"));
    }
}

fn user(kind: &str, body: &Value, told: &mut Told<'_>) {
    told.is_identify = kind != "user.deleted";
    told.who.known_by("zendesk", text(body, "detail.id"));
    told.who.email(text(body, "detail.email"));
    told.who.phone(text(body, "detail.phone"));
    told.who.trait_of("name", text(body, "detail.name"));
    told.who
        .trait_of("createdAt", text(body, "detail.created_at"));
}

/// What a trigger sends, as the reference page proposes it.
fn trigger(body: &Value) -> Told<'_> {
    let event = first(body, &["event", "event_name"]).unwrap_or("updated".into());
    let event = plain_name(&event);
    let name = match event.as_str() {
        event if event.starts_with("ticket_") => event.to_owned(),
        "created" | "opened" => "ticket_opened".to_owned(),
        "rated" | "satisfaction" => "survey_answered".to_owned(),
        event => format!("ticket_{event}"),
    };
    let is_survey = name == "survey_answered";
    let mut told = Told::new(name, Channel::Service, body);
    // Its author makes it up.
    told.id = text(body, "event_id").map(|it| it.into_owned());
    told.is_local = true;
    told.time = time(body, &["time", "updated_at", "created_at"]);
    told.who
        .known_by("zendesk", first(body, &["requester_id", "user_id"]));
    told.who.email(first(body, &["email", "requester_email"]));
    told.who.phone(first(body, &["phone", "requester_phone"]));
    told.who
        .trait_of("name", first(body, &["name", "requester_name"]));
    for name in [
        "ticket_id",
        "subject",
        "status",
        "priority",
        "topic",
        "via",
        "agent",
        "order_id",
        "text",
        "comment",
    ] {
        told.put(name, text(body, name));
    }
    told.put("wait_seconds", number(body, "wait_seconds"));
    let rating = first(body, &["score", "satisfaction"]).map(|it| it.to_lowercase());
    match rating.as_deref() {
        Some("good") => told.put("score", Some(1)),
        Some("bad") => told.put("score", Some(0)),
        _ => told.put("score", number(body, "score")),
    }
    if is_survey {
        told.put("kind", Some("csat"));
        let is_two = matches!(rating.as_deref(), Some("good" | "bad"));
        told.put(
            "score_max",
            number(body, "score_max").or(is_two.then_some(1.0)),
        );
    }
    told
}
