//! The dialect of Amplitude's libraries.
//!
//! - `user_id` is a known identity, `device_id` an anonymous one, `insert_id` the id of a message.
//! - The operations of `user_properties` are traits, on any event.
//! - `$groupidentify` speaks of no profile, what it says of the account is kept; `groups` of an event stay in its context.
//! - Times are corrected by `client_upload_time`, where the library sends it.

use std::borrow::Cow;

use throughline_model::{Channel, EventKind};

use super::{
    Dialect, Moment, checked, decode_items, described,
    draft::{Draft, Part, Place, message_key, unmarked},
    items, text_of,
};
use crate::{
    Decoded, Fault, Reason, Refusal,
    decoded::Found,
    field::{self, plain_text},
    json,
};

/// Where members of an event belong in its context.
const PLACES: [Place; 21] = [
    ("platform", Part::Device, "platform"),
    ("device_brand", Part::Device, "brand"),
    ("device_manufacturer", Part::Device, "manufacturer"),
    ("device_model", Part::Device, "model"),
    ("idfa", Part::Device, "advertisingId"),
    ("adid", Part::Device, "advertisingId"),
    ("idfv", Part::Device, "id"),
    ("os_name", Part::Os, "name"),
    ("os_version", Part::Os, "version"),
    ("app_version", Part::App, "version"),
    ("library", Part::Library, "name"),
    ("language", Part::Flat, "locale"),
    ("session_id", Part::Flat, "sessionId"),
    ("ip", Part::Flat, "ip"),
    ("user_agent", Part::Flat, "userAgent"),
    ("country", Part::Flat, "country"),
    ("region", Part::Flat, "region"),
    ("city", Part::Flat, "city"),
    ("groups", Part::Flat, "groups"),
    ("carrier", Part::Flat, "carrier"),
    ("plan", Part::Flat, "plan"),
];

/// Where properties of an event belong in its context.
const PROPERTY_PLACES: [Place; 7] = [
    ("[Amplitude] Page Location", Part::Page, "url"),
    ("[Amplitude] Page Path", Part::Page, "path"),
    ("[Amplitude] Page Title", Part::Page, "title"),
    ("[Amplitude] Page URL", Part::Page, "address"),
    ("[Amplitude] Page Domain", Part::Page, "host"),
    ("referrer", Part::Page, "referrer"),
    ("referring_domain", Part::Page, "referring_domain"),
];

pub(super) fn decode(text: &str, mut moment: Moment) -> Result<Decoded, Refusal> {
    checked(text)?;
    let mut decoded = Decoded::default();
    let mut list = None;
    for (name, value) in json::members(text) {
        match &*name {
            "api_key" => decoded.write_key = plain_text(value),
            "events" => list = Some(value),
            "client_upload_time" => {
                moment.sent = field::instant("client_upload_time", Some(value))
                    .ok()
                    .flatten();
            }
            _ => {}
        }
    }
    let items = items(list.unwrap_or_default(), "events")?;
    decode_items(items.iter().copied(), &mut decoded, |index, text, _| {
        item(text, index, moment)
    });
    described::read(Dialect::Amplitude, &items, moment, &mut decoded);
    Ok(decoded)
}

fn item(text: &str, index: u32, moment: Moment) -> Result<Option<Found>, Fault> {
    let mut draft = Draft::default();
    let (mut name, mut revenue) = (None, Revenue::default());
    for (member, value) in json::members(text) {
        match &*member {
            "event_type" => name = text_of(Some(value)),
            "user_id" => draft.user = field::id("user_id", Some(value))?,
            "device_id" => draft.anonymous = field::id("device_id", Some(value))?,
            "insert_id" => {
                let id = field::message_id("insert_id", Some(value))?;
                draft.message = id.map(|id| message_key(Dialect::Amplitude, &id));
            }
            "time" => {
                let time = field::instant("time", Some(value))?;
                draft.time = time.map(|time| moment.corrected(time));
            }
            "event_properties" => {
                object("event_properties", value)?;
                take_properties(&mut draft, value, &mut revenue);
            }
            "user_properties" => {
                object("user_properties", value)?;
                draft.operations.take(value);
            }
            "price" | "quantity" | "revenue" => {
                revenue.note(&member, value);
                if value != "null" {
                    draft.properties.put(&member, value);
                }
            }
            "productId" | "revenueType" | "currency" if value != "null" => {
                draft.properties.put(&member, value);
            }
            _ => drop(draft.context.place(&PLACES, &member, value)),
        }
    }
    let name =
        name.ok_or_else(|| Fault::new(Reason::FieldMissing, "has no `event_type`, a text"))?;
    draft.channel = channel(text);
    revenue.tell(&mut draft);
    match &*name {
        "$groupidentify" => return Ok(None),
        "$identify" => draft.kind = EventKind::Identify,
        "[Amplitude] Page Viewed" => draft.kind = EventKind::Page,
        "[Amplitude] Screen Viewed" => draft.kind = EventKind::Screen,
        "[Amplitude] Element Clicked" => draft.name = Cow::Borrowed("element_clicked"),
        "[Amplitude] Element Changed" => draft.name = Cow::Borrowed("field_changed"),
        "[Amplitude] Form Started" => draft.name = Cow::Borrowed("form_started"),
        "[Amplitude] Form Submitted" => draft.name = Cow::Borrowed("form_submitted"),
        "[Amplitude] File Downloaded" => draft.name = Cow::Borrowed("file_downloaded"),
        "[Amplitude] Rage Click" => draft.name = Cow::Borrowed("rage_clicked"),
        "[Amplitude] Dead Click" => draft.name = Cow::Borrowed("dead_clicked"),
        other => draft.name = Cow::Owned(unmarked(other).to_owned()),
    }
    draft.finish(text, index, moment.received).map(Some)
}

fn object(field: &str, value: &str) -> Result<(), Fault> {
    if value.starts_with('{') || value == "null" {
        return Ok(());
    }
    let message = format!("`{field}` is not an object");
    Err(Fault::new(Reason::FieldInvalid, message))
}

fn take_properties(draft: &mut Draft<'_>, properties: &str, revenue: &mut Revenue) {
    for (name, value) in json::members(properties) {
        let bare = unmarked(&name);
        match &*name {
            "$price" | "$quantity" | "$revenue" => {
                revenue.note(bare, value);
                draft.properties.put(bare, value);
            }
            "$productId" | "$revenueType" | "$currency" => draft.properties.put(bare, value),
            name if draft.context.place(&PROPERTY_PLACES, name, value) => {}
            name => draft.properties.put(name, value),
        }
    }
}

/// What was paid, in the ways in which it is told.
#[derive(Default)]
struct Revenue {
    price: Option<f64>,
    quantity: Option<f64>,
    revenue: Option<f64>,
}

impl Revenue {
    fn note(&mut self, name: &str, value: &str) {
        let number: Option<f64> = value.parse().ok();
        let field = match name {
            "price" => &mut self.price,
            "quantity" => &mut self.quantity,
            _ => &mut self.revenue,
        };
        *field = number.filter(|it| it.is_finite()).or(*field);
    }

    /// Without a sum it is the price, so many times; this is how its maker counts too.
    fn tell(self, draft: &mut Draft<'_>) {
        let (None, Some(price)) = (self.revenue, self.price) else {
            return;
        };
        let product = price * self.quantity.unwrap_or(1.0);
        if product.is_finite() {
            let rounded = (product * 1e6).round() / 1e6;
            let sum = if rounded.is_finite() {
                rounded
            } else {
                product
            };
            let sum = serde_json::Value::from(sum);
            draft.properties.put("revenue", &sum.to_string());
        }
    }
}

fn channel(item: &str) -> Option<Channel> {
    let said = |name| json::member(item, name).and_then(json::text);
    match said("platform").as_deref() {
        Some("Web") => return Some(Channel::Web),
        Some("iOS" | "Android") => return Some(Channel::App),
        _ => {}
    }
    let library = said("library")?;
    let is_of = |names: &[&str]| names.iter().any(|name| library.starts_with(name));
    if is_of(&["amplitude-ts", "amplitude-js", "amplitude-browser"]) {
        return Some(Channel::Web);
    }
    let apps = [
        "amplitude-ios",
        "amplitude-android",
        "amplitude-swift",
        "amplitude-kotlin",
    ];
    is_of(&apps).then_some(Channel::App)
}
