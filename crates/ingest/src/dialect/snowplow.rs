//! The dialect of Snowplow's trackers.
//!
//! - All values are texts. `uid` is a known identity, `duid` (or the one of the network) an
//!   anonymous one, `eid` the id of a message.
//! - `dtm` is corrected by `stm`, when it was sent; a true time `ttm` is not.
//! - An event that describes itself is named by its schema, and a structured one by its action.
//! - Nothing but the application's id is in every request of a tracker, so it holds the write key.

use std::borrow::Cow;

use throughline_model::{Channel, EventKind, Timestamp};

use super::{
    Dialect, Moment, checked, decode_items,
    draft::{Draft, Part, Place, message_key},
    form, items, opened,
};
use crate::{
    Decoded, Fault, Reason, Refusal,
    decoded::Found,
    field::{self, plain_text},
    json::{self, Checker},
};

const PLACES: [Place; 14] = [
    ("url", Part::Page, "url"),
    ("page", Part::Page, "title"),
    ("refr", Part::Page, "referrer"),
    ("tv", Part::Library, "name"),
    ("ua", Part::Flat, "userAgent"),
    ("lang", Part::Flat, "locale"),
    ("tz", Part::Flat, "timezone"),
    ("ip", Part::Flat, "ip"),
    ("sid", Part::Flat, "sessionId"),
    ("vid", Part::Flat, "sessionIndex"),
    ("p", Part::Flat, "platform"),
    ("res", Part::Screen, "size"),
    ("vp", Part::Screen, "viewport"),
    ("ds", Part::Page, "size"),
];

/// What structured events and transactions say.
const PROPERTIES: [(&str, &str); 26] = [
    ("se_ca", "category"),
    ("se_la", "label"),
    ("se_pr", "property"),
    ("se_va", "value"),
    ("tr_id", "order_id"),
    ("tr_af", "affiliation"),
    ("tr_tt", "revenue"),
    ("tr_tx", "tax"),
    ("tr_sh", "shipping"),
    ("tr_ci", "city"),
    ("tr_st", "state"),
    ("tr_co", "country"),
    ("tr_cu", "currency"),
    ("ti_id", "order_id"),
    ("ti_sk", "sku"),
    ("ti_nm", "name"),
    ("ti_ca", "category"),
    ("ti_pr", "price"),
    ("ti_qu", "quantity"),
    ("ti_cu", "currency"),
    ("pp_mix", "scroll_x_min"),
    ("pp_max", "scroll_x_max"),
    ("pp_miy", "scroll_y_min"),
    ("pp_may", "scroll_y_max"),
    ("tna", "tracker"),
    ("evn", "event_vendor"),
];

/// Properties that are numbers, though they come as texts.
const NUMBERS: [&str; 10] = [
    "value",
    "revenue",
    "tax",
    "shipping",
    "price",
    "quantity",
    "scroll_x_min",
    "scroll_x_max",
    "scroll_y_min",
    "scroll_y_max",
];

pub(super) fn decode(text: &str, moment: Moment) -> Result<Decoded, Refusal> {
    let own;
    let items = if text.starts_with('{') {
        checked(text)?;
        items(json::member(text, "data").unwrap_or_default(), "data")?
    } else if text.starts_with('[') {
        checked(text)?;
        items(text, "data")?
    } else if form::value(text, "e").is_some() {
        own = form::flat(text).to_string();
        vec![&*own]
    } else {
        return Err(Refusal::ListMissing("data"));
    };
    let key = |item: &&str| json::member(item, "aid").and_then(plain_text);
    let mut decoded = Decoded {
        write_key: items.iter().find_map(key),
        ..Decoded::default()
    };
    decode_items(items, &mut decoded, |index, text, _| {
        item(text, index, moment).map(Some)
    });
    Ok(decoded)
}

/// Members that are more than a value to be passed on.
#[derive(Default)]
struct Item<'a> {
    kind: Option<Cow<'a, str>>,
    user: Option<&'a str>,
    device: Option<&'a str>,
    network: Option<&'a str>,
    id: Option<&'a str>,
    device_time: Option<&'a str>,
    sent: Option<&'a str>,
    true_time: Option<&'a str>,
    platform: Option<Cow<'a, str>>,
    action: Option<Cow<'a, str>>,
    event: Option<Cow<'a, str>>,
    event_base64: Option<Cow<'a, str>>,
    contexts: Option<Cow<'a, str>>,
    contexts_base64: Option<Cow<'a, str>>,
    url: Option<Cow<'a, str>>,
}

impl<'a> Item<'a> {
    fn read(text: &'a str, draft: &mut Draft<'a>) -> Self {
        let mut item = Self::default();
        for (name, value) in json::members(text) {
            match &*name {
                "e" => item.kind = json::text(value),
                "uid" => item.user = Some(value),
                "duid" => item.device = Some(value),
                "nuid" | "tnuid" => item.network = Some(value),
                "eid" => item.id = Some(value),
                "dtm" => item.device_time = Some(value),
                "stm" => item.sent = Some(value),
                "ttm" => item.true_time = Some(value),
                "se_ac" => item.action = json::text(value),
                "ue_pr" => item.event = json::text(value),
                "ue_px" => item.event_base64 = json::text(value),
                "co" => item.contexts = json::text(value),
                "cx" => item.contexts_base64 = json::text(value),
                "p" => item.platform = json::text(value),
                "url" => item.url = json::text(value),
                _ => {}
            }
            if !draft.context.place(&PLACES, &name, value)
                && let Some((_, name)) = PROPERTIES.iter().find(|it| it.0 == name)
            {
                put_property(draft, name, value);
            }
        }
        item
    }

    fn time(&self, moment: Moment) -> Result<Option<Timestamp>, Fault> {
        if let Some(time) = field::instant("ttm", self.true_time)? {
            return Ok(Some(time));
        }
        let sent = field::instant("stm", self.sent)?;
        let time = field::instant("dtm", self.device_time)?;
        let moment = Moment { sent, ..moment };
        Ok(time.map(|time| moment.corrected(time)))
    }
}

fn item(text: &str, index: u32, moment: Moment) -> Result<Found, Fault> {
    let mut draft = Draft::default();
    let item = Item::read(text, &mut draft);
    draft.user = field::id("uid", item.user)?;
    draft.anonymous = match field::id("duid", item.device)? {
        Some(device) => Some(device),
        None => field::id("nuid", item.network)?,
    };
    draft.message =
        field::message_id("eid", item.id)?.map(|id| message_key(Dialect::Snowplow, &id));
    draft.time = item.time(moment)?;
    draft.channel = match item.platform.as_deref() {
        Some("web") => Some(Channel::Web),
        Some("mob" | "app") => Some(Channel::App),
        _ => Some(Channel::Other),
    };
    if let Some(url) = &item.url {
        draft.context.take_campaign(url);
    }
    let contexts = inner("co", item.contexts, "cx", item.contexts_base64)?;
    if let Some(list) = contexts.as_deref().and_then(|it| json::member(it, "data")) {
        draft.context.put(Part::Flat, "entities", list);
    }
    let described = inner("ue_pr", item.event, "ue_px", item.event_base64)?;
    match item.kind.as_deref() {
        Some("pv") => draft.kind = EventKind::Page,
        Some("pp") => draft.name = Cow::Borrowed("page_pinged"),
        Some("tr") => draft.name = Cow::Borrowed("transaction"),
        Some("ti") => draft.name = Cow::Borrowed("transaction_item"),
        Some("se") => {
            draft.name = item.action.ok_or_else(|| {
                Fault::new(Reason::FieldMissing, "a structured event needs `se_ac`")
            })?;
        }
        Some("ue") => describe(&mut draft, described.as_deref())?,
        _ => {
            let message = "`e` is none of pv, pp, se, ue, tr, ti";
            return Err(Fault::new(Reason::TypeUnknown, message));
        }
    }
    draft.finish(text, index, moment.received)
}

/// An event that describes itself: a schema within a schema.
fn describe(draft: &mut Draft<'_>, described: Option<&str>) -> Result<(), Fault> {
    let missing = |what| Fault::new(Reason::FieldMissing, what);
    let event = described
        .and_then(|it| json::member(it, "data"))
        .ok_or_else(|| missing("has no description in `ue_pr` or `ue_px`"))?;
    let schema = json::member(event, "schema")
        .and_then(json::text)
        .ok_or_else(|| missing("the description names no schema"))?;
    let mut parts = schema.trim_start_matches("iglu:").split('/');
    let (vendor, name) = (parts.next().unwrap_or_default(), parts.next());
    let name = name.ok_or_else(|| missing("the schema is none like `iglu:vendor/name/…`"))?;
    draft.context.put_text(Part::Flat, "schema", &schema);
    let data = json::member(event, "data").unwrap_or_default();
    for (name, value) in json::members(data) {
        draft.properties.put(&name, value);
    }
    let is_own = vendor.starts_with("com.snowplowanalytics.");
    match name {
        "screen_view" if is_own => draft.kind = EventKind::Screen,
        "link_click" if is_own => draft.name = Cow::Borrowed("link_clicked"),
        "button_click" if is_own => draft.name = Cow::Borrowed("element_clicked"),
        "submit_form" if is_own => draft.name = Cow::Borrowed("form_submitted"),
        "change_form" if is_own => draft.name = Cow::Borrowed("field_changed"),
        name => draft.name = Cow::Owned(name.to_owned()),
    }
    Ok(())
}

/// JSON within a text, plain or in Base64.
fn inner(
    field: &str,
    plain: Option<Cow<'_, str>>,
    field_base64: &str,
    packed: Option<Cow<'_, str>>,
) -> Result<Option<String>, Fault> {
    let (field, text) = match (plain, packed) {
        (Some(plain), _) => (field, plain.into_owned()),
        (None, Some(packed)) => {
            let bytes = opened::from_base64(&packed).and_then(|it| String::from_utf8(it).ok());
            let text = bytes.ok_or_else(|| {
                let message = format!("`{field_base64}` is no text in Base64");
                Fault::new(Reason::FieldInvalid, message)
            })?;
            (field_base64, text)
        }
        (None, None) => return Ok(None),
    };
    let text = text.trim().to_owned();
    if checked(&text).is_err() || !text.starts_with('{') {
        let message = format!("`{field}` is no JSON object");
        return Err(Fault::new(Reason::FieldInvalid, message));
    }
    Checker::default().check(&text)?;
    Ok(Some(text))
}

fn put_property(draft: &mut Draft<'_>, name: &str, value: &str) {
    let text = json::text(value).unwrap_or(Cow::Borrowed(value));
    let number: Option<f64> = NUMBERS
        .contains(&name)
        .then(|| text.parse().ok())
        .flatten()
        .filter(|it: &f64| it.is_finite());
    match number {
        Some(number) => {
            let number = serde_json::Value::from(number);
            draft.properties.put(name, &number.to_string());
        }
        None => draft.properties.put(name, value),
    }
}
