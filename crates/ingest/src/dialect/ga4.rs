//! The Measurement Protocol of Google Analytics 4.
//!
//! Its events have no id. The number of a purchase's transaction is one, and so is `event_id`, which
//! others ask for; where a request has a time in milliseconds, its text is the id of each of its events.

use std::borrow::Cow;

use throughline_model::{Channel, EventKind, MessageKey};

use super::{
    Dialect, Moment, checked, decode_items,
    draft::{Draft, Part, Place, is_precise, message_key, unmarked},
    items, text_of,
};
use crate::{
    Decoded, Fault, Reason, Refusal, check,
    decoded::Found,
    field,
    json::{self, Checker},
};

const PLACES: [Place; 8] = [
    ("page_location", Part::Page, "url"),
    ("page_title", Part::Page, "title"),
    ("page_referrer", Part::Page, "referrer"),
    ("session_id", Part::Flat, "sessionId"),
    ("language", Part::Flat, "locale"),
    ("screen_resolution", Part::Screen, "size"),
    ("source", Part::Campaign, "source"),
    ("medium", Part::Campaign, "medium"),
];

/// What the events of a request have in common.
#[derive(Default)]
struct Request<'a> {
    client: Option<&'a str>,
    user: Option<&'a str>,
    time: Option<&'a str>,
    properties: &'a str,
    consent: Option<&'a str>,
    is_app: bool,
}

pub(super) fn decode(text: &str, moment: Moment) -> Result<Decoded, Refusal> {
    checked(text)?;
    let mut request = Request::default();
    let mut list = None;
    for (name, value) in json::members(text) {
        match &*name {
            "client_id" => request.client = Some(value),
            "app_instance_id" => {
                request.client = Some(value);
                request.is_app = true;
            }
            "user_id" => request.user = Some(value),
            "timestamp_micros" => request.time = Some(value),
            "user_properties" => request.properties = value,
            "consent" => request.consent = Some(value),
            "events" => list = Some(value),
            _ => {}
        }
    }
    let items = items(list.unwrap_or_default(), "events")?;
    let body = MessageKey::of(text);
    let common = request.check();
    let mut decoded = Decoded::default();
    decode_items(items, &mut decoded, |index, item, _| {
        common.clone()?;
        event(&request, body, item, index, moment).map(Some)
    });
    Ok(decoded)
}

impl Request<'_> {
    /// What every event is given has to be as sound as an event.
    fn check(&self) -> Result<(), Fault> {
        for text in [self.properties, self.consent.unwrap_or_default()] {
            check::size(text.len())?;
            Checker::default().check(text)?;
        }
        Ok(())
    }
}

fn event(
    request: &Request<'_>,
    body: MessageKey,
    text: &str,
    index: u32,
    moment: Moment,
) -> Result<Found, Fault> {
    let mut draft = Draft {
        user: field::id("user_id", request.user)?,
        anonymous: field::id("client_id", request.client)?,
        ..Draft::default()
    };
    let (mut name, mut params, mut time) = (None, "", request.time);
    for (member, value) in json::members(text) {
        match &*member {
            "name" => name = text_of(Some(value)),
            "params" => params = value,
            "timestamp_micros" => time = Some(value),
            _ => {}
        }
    }
    let name = name.ok_or_else(|| Fault::new(Reason::FieldMissing, "has no `name`, a text"))?;
    let (mut own_id, mut url) = (None, None);
    for (member, value) in json::members(params) {
        match &*member {
            "event_id" => own_id = Some(("event_id", value)),
            // A refund in parts names its transaction each time.
            "transaction_id" if own_id.is_none() && name == "purchase" => {
                own_id = Some(("transaction_id", value));
            }
            "page_location" => url = json::text(value),
            _ => {}
        }
        if !draft.context.place(&PLACES, &member, value) {
            draft.properties.put(&member, value);
        }
    }
    draft.time = field::instant("timestamp_micros", time)?;
    let own_id = match own_id {
        Some((field, value)) => field::message_id(field, Some(value))?,
        None => None,
    };
    draft.message = own_id
        .map(|id| message_key(Dialect::Ga4, &format!("{name}:{id}")))
        .or_else(|| {
            let is_timed = draft.time.is_some_and(is_precise);
            is_timed.then(|| of_body(body, index))
        });
    draft.channel = match (&url, request.is_app) {
        (_, true) => Some(Channel::App),
        (Some(_), false) => Some(Channel::Web),
        (None, false) => None,
    };
    if let Some(url) = &url {
        draft.context.take_campaign(url);
    }
    if let Some(consent) = request.consent {
        draft.context.put(Part::Flat, "consent", consent);
    }
    for (name, value) in json::members(request.properties) {
        let value = json::member(value, "value").unwrap_or("null");
        draft.operations.set.put(unmarked(&name), value);
    }
    match &*name {
        "page_view" => draft.kind = EventKind::Page,
        "screen_view" => draft.kind = EventKind::Screen,
        name => draft.name = Cow::Owned(unmarked(name).to_owned()),
    }
    draft.finish(text, index, moment.received)
}

/// The key of an event by everything that was sent with it and its place.
fn of_body(body: MessageKey, index: u32) -> MessageKey {
    message_key(Dialect::Ga4, &format!("{index}:{:032x}", body.0))
}
