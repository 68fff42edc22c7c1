//! The dialect of Mixpanel's libraries: events, and operations on profiles and groups.
//!
//! - `$user_id` is a known identity and `$device_id` an anonymous one. A `distinct_id` of
//!   `$device:…`, or the device's own, is anonymous as well, and any other is known.
//! - Times are in seconds or milliseconds; their size tells. The browser library says in the
//!   address when it sent them.
//! - Operations on profiles have no id: where they have a time in milliseconds, their text is the
//!   id, as nothing but a second sending says the same at the same instant.
//! - Operations on groups speak of no profile; what they say of the account is kept.

use std::borrow::Cow;

use throughline_model::{Channel, EventKind};

use super::{
    Dialect, Moment, checked, decode_items, described,
    draft::{Draft, Part, Place, is_precise, message_key, unmarked},
    items, text_of,
};
use crate::{
    Decoded, Fault, Reason, Refusal,
    decoded::Found,
    field::{self, plain_text},
    json,
};

const PLACES: [Place; 22] = [
    ("$current_url", Part::Page, "url"),
    ("current_page_title", Part::Page, "title"),
    ("current_url_path", Part::Page, "path"),
    ("$referrer", Part::Page, "referrer"),
    ("$referring_domain", Part::Page, "referring_domain"),
    ("mp_lib", Part::Library, "name"),
    ("$lib_version", Part::Library, "version"),
    ("$os", Part::Os, "name"),
    ("$os_version", Part::Os, "version"),
    ("$browser", Part::Browser, "name"),
    ("$browser_version", Part::Browser, "version"),
    ("$device", Part::Device, "name"),
    ("$model", Part::Device, "model"),
    ("$manufacturer", Part::Device, "manufacturer"),
    ("$device_id", Part::Flat, "deviceId"),
    ("$screen_width", Part::Screen, "width"),
    ("$screen_height", Part::Screen, "height"),
    ("$app_version_string", Part::App, "version"),
    ("$app_build_number", Part::App, "build"),
    ("ip", Part::Flat, "ip"),
    ("$ip", Part::Flat, "ip"),
    ("mp_country_code", Part::Flat, "country"),
];

const SPENT: [&str; 13] = [
    "token",
    "time",
    "distinct_id",
    "alias",
    "$insert_id",
    "$user_id",
    "$identified_id",
    "$anon_distinct_id",
    "$anon_id",
    "$distinct_ids",
    "$mp_api_endpoint",
    "$mp_api_timestamp_ms",
    "mp_sent_by_lib_version",
];

pub(super) fn decode(dialect: Dialect, text: &str, moment: Moment) -> Result<Decoded, Refusal> {
    let items = split(text)?;
    let key = |item: &&str| {
        let within = json::member(item, "properties").and_then(|it| json::member(it, "token"));
        within
            .or_else(|| json::member(item, "$token"))
            .and_then(plain_text)
    };
    let mut decoded = Decoded {
        write_key: items.iter().find_map(key),
        ..Decoded::default()
    };
    decode_items(
        items.iter().copied(),
        &mut decoded,
        |index, text, _| match dialect {
            Dialect::MixpanelGroups => Ok(None),
            Dialect::MixpanelProfiles => profile(text, index, moment).map(Some),
            _ => event(text, index, moment).map(Some),
        },
    );
    described::read(dialect, &items, moment, &mut decoded);
    Ok(decoded)
}

/// One object, a list of them, or one in each line.
pub(super) fn split(text: &str) -> Result<Vec<&str>, Refusal> {
    if text.starts_with('{') && text.contains('\n') && checked(text).is_err() {
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .collect();
        lines.iter().try_for_each(|line| checked(line))?;
        if lines.len() > throughline_model::limits::BATCH_EVENTS_MAX {
            return Err(Refusal::BatchTooLong(lines.len()));
        }
        return Ok(lines);
    }
    checked(text)?;
    match text.starts_with('{') {
        true => Ok(vec![text]),
        false => items(text, "data"),
    }
}

/// Who an event or an operation is about.
#[derive(Default)]
struct Who<'a> {
    distinct: Option<Cow<'a, str>>,
    user: Option<Cow<'a, str>>,
    device: Option<Cow<'a, str>>,
}

impl<'a> Who<'a> {
    fn tell(self, draft: &mut Draft<'a>) {
        let device = self.device.map(bare);
        match self.distinct {
            Some(id) if is_device(&id) => draft.anonymous = Some(bare(id)),
            Some(id) if device.as_deref() == Some(&*id) => draft.anonymous = Some(id),
            Some(id) => draft.user = Some(id),
            None => {}
        }
        draft.user = self.user.or(draft.user.take());
        draft.anonymous = device.or(draft.anonymous.take());
    }
}

fn event(text: &str, index: u32, moment: Moment) -> Result<Found, Fault> {
    let mut draft = Draft::default();
    let (mut name, mut properties) = (None, None);
    for (member, value) in json::members(text) {
        match &*member {
            "event" => name = text_of(Some(value)),
            "properties" => properties = Some(value),
            _ => {}
        }
    }
    let missing = |what| Fault::new(Reason::FieldMissing, what);
    let name = name.ok_or_else(|| missing("has no `event`, a text"))?;
    let properties = properties
        .filter(|it| it.starts_with('{'))
        .ok_or_else(|| missing("has no object `properties`"))?;
    let mut who = Who::default();
    let (mut before, mut alias, mut merged) = (None, None, "");
    // By the clock of the sender: corrected times look precise whatever they were.
    let mut is_timed = false;
    for (member, value) in json::members(properties) {
        match &*member {
            "distinct_id" => who.distinct = field::id("distinct_id", Some(value))?,
            "$user_id" => who.user = field::id("$user_id", Some(value))?,
            "$identified_id" if who.user.is_none() => {
                who.user = field::id("$identified_id", Some(value))?;
            }
            "$device_id" => who.device = field::id("$device_id", Some(value))?,
            "$anon_distinct_id" | "$anon_id" => {
                before = field::id("$anon_distinct_id", Some(value))?;
            }
            "alias" => alias = field::id("alias", Some(value))?,
            "$distinct_ids" => merged = value,
            "$insert_id" => {
                let id = field::message_id("$insert_id", Some(value))?;
                draft.message = id.map(|id| message_key(Dialect::MixpanelEvents, &id));
            }
            "time" => {
                let time = field::instant("time", Some(value))?;
                is_timed = time.is_some_and(is_precise);
                draft.time = time.map(|time| moment.corrected(time));
            }
            "mp_lib" => draft.channel = json::text(value).and_then(|it| channel(&it)),
            _ => {}
        }
        let is_spent = SPENT.contains(&&*member);
        if !is_spent && !draft.context.place(&PLACES, &member, value) {
            draft.properties.put(&member, value);
        }
    }
    who.tell(&mut draft);
    if draft.anonymous.is_none() {
        draft.anonymous = before.map(bare);
    }
    if draft.message.is_none() && is_timed {
        draft.message = Some(message_key(Dialect::MixpanelEvents, text));
    }
    match &*name {
        "$identify" => draft.kind = EventKind::Identify,
        "$create_alias" => join(&mut draft, alias),
        "$merge" => merge(&mut draft, merged)?,
        "$mp_web_page_view" => draft.kind = EventKind::Page,
        "$mp_click" => draft.name = Cow::Borrowed("element_clicked"),
        "$mp_dead_click" => draft.name = Cow::Borrowed("dead_clicked"),
        "$mp_rage_click" => draft.name = Cow::Borrowed("rage_clicked"),
        "$mp_submit" => draft.name = Cow::Borrowed("form_submitted"),
        "$mp_input_change" => draft.name = Cow::Borrowed("field_changed"),
        "$mp_scroll" => draft.name = Cow::Borrowed("page_scrolled"),
        "$mp_page_leave" => draft.name = Cow::Borrowed("page_left"),
        other => draft.name = Cow::Owned(unmarked(other).to_owned()),
    }
    draft.finish(text, index, moment.received)
}

/// Two names of one profile; the one that looks like a device's is the other name.
fn join<'a>(draft: &mut Draft<'a>, alias: Option<Cow<'a, str>>) {
    draft.kind = EventKind::Alias;
    let own = draft.user.take();
    (draft.user, draft.previous) = match (own, alias) {
        (Some(own), Some(alias)) if looks_random(&own) && !looks_random(&alias) => {
            (Some(alias), Some(own))
        }
        (Some(own), alias) => (Some(own), alias.map(bare)),
        (None, alias) => (alias, draft.anonymous.take()),
    };
    if let Some(previous) = &draft.previous {
        draft.properties.put_text("previousId", previous);
    }
}

fn merge<'a>(draft: &mut Draft<'a>, ids: &'a str) -> Result<(), Fault> {
    let mut both = json::elements(ids).map(|it| field::id("$distinct_ids", Some(it)));
    let (Some(first), Some(second), None) = (both.next(), both.next(), both.next()) else {
        let message = "a merge needs two ids in `$distinct_ids`";
        return Err(Fault::new(Reason::FieldMissing, message));
    };
    let (first, second) = (first?, second?);
    let is_second_device = second
        .as_deref()
        .is_some_and(|it| is_device(it) || looks_random(it));
    let (user, previous) = match is_second_device {
        true => (first, second),
        false => (second, first),
    };
    draft.user = user;
    draft.anonymous = None;
    join(draft, previous);
    Ok(())
}

fn profile(text: &str, index: u32, moment: Moment) -> Result<Found, Fault> {
    let mut draft = Draft {
        kind: EventKind::Identify,
        ..Draft::default()
    };
    let mut who = Who::default();
    let mut is_timed = false;
    for (member, value) in json::members(text) {
        match &*member {
            "$token" | "$ignore_time" | "$ignore_alias" => {}
            "$distinct_id" => who.distinct = field::id("$distinct_id", Some(value))?,
            "$user_id" => who.user = field::id("$user_id", Some(value))?,
            "$device_id" => who.device = field::id("$device_id", Some(value))?,
            "$ip" => draft.context.put(Part::Flat, "ip", value),
            "$time" => {
                let time = field::instant("$time", Some(value))?;
                is_timed = time.is_some_and(is_precise);
                draft.time = time.map(|time| moment.corrected(time));
            }
            operation => draft.operations.operate(operation, value),
        }
    }
    if draft.operations.is_empty() {
        let message = "has no operation like `$set`";
        return Err(Fault::new(Reason::FieldMissing, message));
    }
    who.tell(&mut draft);
    if is_timed {
        draft.message = Some(message_key(Dialect::MixpanelProfiles, text));
    }
    draft.finish(text, index, moment.received)
}

fn is_device(id: &str) -> bool {
    id.starts_with("$device:")
}

fn bare(id: Cow<'_, str>) -> Cow<'_, str> {
    match id.strip_prefix("$device:") {
        Some(bare) => Cow::Owned(bare.to_owned()),
        None => id,
    }
}

/// True for what a library makes up: digits of a UUID or of one with more groups.
fn looks_random(id: &str) -> bool {
    id.len() >= 30 && id.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-')
}

fn channel(library: &str) -> Option<Channel> {
    match library {
        "web" => Some(Channel::Web),
        "iphone" | "swift" | "android" | "react-native" | "flutter" | "unity" => Some(Channel::App),
        _ => None,
    }
}
