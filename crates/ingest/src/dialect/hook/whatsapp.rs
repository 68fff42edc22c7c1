//! WhatsApp by Meta's cloud: what people write, and the state of what was sent to them.

use serde_json::Value;
use throughline_model::Channel;

use super::{
    read::{at, first, list, plain_name, text, time},
    told::Told,
};

pub fn told(body: &Value) -> Vec<Told<'_>> {
    let mut all = Vec::new();
    for change in list(body, "entry")
        .iter()
        .flat_map(|it| list(it, "changes"))
    {
        let Some(value) = at(change, "value") else {
            continue;
        };
        let before = all.len();
        let statuses = list(value, "statuses").iter();
        all.extend(statuses.map(|it| status(value, it)));
        all.extend(list(value, "messages").iter().map(|it| message(value, it)));
        all.extend(list(value, "user_preferences").iter().map(preference));
        if all.len() == before {
            all.push(other(change, value));
        }
    }
    all
}

fn status<'a>(value: &'a Value, status: &'a Value) -> Told<'a> {
    let state = text(status, "status").unwrap_or("updated".into());
    let name = match &*state {
        "read" => "message_opened".to_owned(),
        state => format!("message_{}", plain_name(state)),
    };
    let mut told = of_person(name, status, value, text(status, "recipient_id").as_deref());
    let id = text(status, "id");
    told.id = id.as_ref().map(|id| format!("{id}:{state}"));
    told.time = time(status, &["timestamp"]);
    told.put("message_id", id);
    told.put("conversation_id", text(status, "conversation.id"));
    let categories = ["pricing.category", "conversation.origin.type"];
    told.put("category", first(status, &categories));
    told.put("error", text(status, "errors.0.code"));
    let reasons = [
        "errors.0.error_data.details",
        "errors.0.message",
        "errors.0.title",
    ];
    told.put("reason", first(status, &reasons));
    told.put("campaign", first(status, &["biz_opaque_callback_data"]));
    told
}

fn message<'a>(value: &'a Value, message: &'a Value) -> Told<'a> {
    let mut told = of_person(
        "message_received".to_owned(),
        message,
        value,
        text(message, "from").as_deref(),
    );
    let id = text(message, "id");
    told.id = id.as_ref().map(|it| it.to_string());
    told.time = time(message, &["timestamp"]);
    told.put("message_id", id);
    told.put("type", text(message, "type"));
    let texts = [
        "text.body",
        "button.text",
        "interactive.button_reply.title",
        "interactive.list_reply.title",
        "image.caption",
        "video.caption",
        "document.caption",
        "reaction.emoji",
    ];
    told.put("text", first(message, &texts));
    told.put("reply_to", text(message, "context.id"));
    // People can write from an ad, which is then named.
    told.put("ad_id", text(message, "referral.source_id"));
    told.put("ad_url", text(message, "referral.source_url"));
    told
}

fn preference(preference: &Value) -> Told<'_> {
    let is_stop = text(preference, "value").as_deref() == Some("stop");
    let name = if is_stop {
        "message_unsubscribed"
    } else {
        "message_resubscribed"
    };
    let mut told = of_person(
        name.to_owned(),
        preference,
        &Value::Null,
        text(preference, "wa_id").as_deref(),
    );
    told.time = time(preference, &["timestamp"]);
    let category = text(preference, "category");
    // Its only category so far, under the name that purposes have.
    let purpose = category.as_deref().map(|it| match it {
        "marketing_messages" => "marketing",
        other => other,
    });
    told.put("purpose", purpose);
    told
}

/// What concerns no person, as the state of a template, is about nobody and stays in the raw log.
fn other<'a>(change: &'a Value, value: &Value) -> Told<'a> {
    let field = text(change, "field").unwrap_or("whatsapp_event".into());
    let mut told = Told::new(plain_name(&field), Channel::Whatsapp, change);
    told.time = time(value, &["timestamp"]);
    told.who
        .phone(text(value, "wa_id").map(|it| international(&it)));
    told
}

fn of_person<'a>(name: String, item: &'a Value, value: &Value, number: Option<&str>) -> Told<'a> {
    let mut told = Told::new(name, Channel::Whatsapp, item);
    told.who.phone(number.map(international));
    let contacts = list(value, "contacts");
    let contact = contacts
        .iter()
        .find(|it| text(it, "wa_id").as_deref() == number);
    if let Some(contact) = contact {
        told.who.trait_of("name", text(contact, "profile.name"));
    }
    told.put("number", text(value, "metadata.display_phone_number"));
    told
}

/// Its ids are numbers with their country, without the sign for it.
fn international(id: &str) -> String {
    format!("+{}", id.trim_start_matches('+'))
}
