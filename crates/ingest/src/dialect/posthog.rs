//! The dialect of PostHog's libraries, of both ages.
//!
//! - An id that PostHog calls distinct is a known one, unless the library says that nobody is
//!   identified, that no person is to be made, or that it is the device's own.
//! - `$pageview` and `$screen` are ours; other names lose their `$`.
//! - `$set`, `$set_once` and `$unset` are traits, on any event. Without more than that the event
//!   is an identify.
//! - `$create_alias` names two ids of one profile. The Python library has them the other way round.
//! - `$groupidentify` of a server comes with an id that is made up, so it speaks of no profile;
//!   what it says of the account is kept.
//! - Times are corrected by when the library says that it sent them.

use std::borrow::Cow;

use throughline_model::{Channel, EventKind, Timestamp};

use super::{
    Dialect, Moment, Read, checked, decode_items, described,
    draft::{Draft, Members, Part, Place, message_key, unmarked},
    items, text_of,
};
use crate::{
    Decoded, Fault, Reason, Refusal,
    decoded::Found,
    field::{self, plain_text},
    json,
};

const PLACES: [Place; 32] = [
    ("$current_url", Part::Page, "url"),
    ("$pathname", Part::Page, "path"),
    ("$host", Part::Page, "host"),
    ("$title", Part::Page, "title"),
    ("$referrer", Part::Page, "referrer"),
    ("$referring_domain", Part::Page, "referring_domain"),
    ("$lib", Part::Library, "name"),
    ("$lib_version", Part::Library, "version"),
    ("$os", Part::Os, "name"),
    ("$os_name", Part::Os, "name"),
    ("$os_version", Part::Os, "version"),
    ("$browser", Part::Browser, "name"),
    ("$browser_version", Part::Browser, "version"),
    ("$device_type", Part::Device, "type"),
    ("$device_id", Part::Flat, "deviceId"),
    ("$device_manufacturer", Part::Device, "manufacturer"),
    ("$device_model", Part::Device, "model"),
    ("$screen_width", Part::Screen, "width"),
    ("$screen_height", Part::Screen, "height"),
    ("$viewport_width", Part::Screen, "innerWidth"),
    ("$viewport_height", Part::Screen, "innerHeight"),
    ("$app_name", Part::App, "name"),
    ("$app_version", Part::App, "version"),
    ("$app_build", Part::App, "build"),
    ("$app_namespace", Part::App, "namespace"),
    ("$session_id", Part::Flat, "sessionId"),
    ("$window_id", Part::Flat, "windowId"),
    ("$ip", Part::Flat, "ip"),
    ("$raw_user_agent", Part::Flat, "userAgent"),
    ("$browser_language", Part::Flat, "locale"),
    ("$timezone", Part::Flat, "timezone"),
    ("$groups", Part::Flat, "groups"),
];

/// What is read out of the properties and says no more than that.
const SPENT: [&str; 13] = [
    "token",
    "distinct_id",
    "alias",
    "$insert_id",
    "$time",
    "$sent_at",
    "$user_id",
    "$anon_distinct_id",
    "$is_identified",
    "$process_person_profile",
    "$geoip_disable",
    "$cookieless_mode",
    "$is_server",
];

/// A stand-in that the browser library sends for everybody when it may keep no id.
const COOKIELESS: &str = "$posthog_cookieless";

pub(super) fn decode(dialect: Dialect, text: &str, mut moment: Moment) -> Result<Read, Refusal> {
    checked(text)?;
    let mut decoded = Decoded::default();
    let mut list = None;
    if text.starts_with('{') {
        for (name, value) in json::members(text) {
            match &*name {
                "batch" => list = Some(value),
                "api_key" | "token" => {
                    decoded.write_key = decoded.write_key.or_else(|| plain_text(value));
                }
                "sent_at" | "created_at" if moment.sent.is_none() => {
                    moment.sent = field::instant("sent_at", Some(value)).ok().flatten();
                }
                _ => {}
            }
        }
    }
    let items = match list {
        Some(list) => items(list, "batch")?,
        None if text.starts_with('[') => items(text, "batch")?,
        None if json::member(text, "event").is_some() => vec![text],
        None => return Err(Refusal::ListMissing("batch")),
    };
    if decoded.write_key.is_none() {
        decoded.write_key = items.first().and_then(|it| key_within(it));
    }
    let ids = match dialect {
        Dialect::PostHogV1 => named(&items),
        _ => Vec::new(),
    };
    decode_items(items.iter().copied(), &mut decoded, |index, text, _| {
        item(dialect, text, index, moment)
    });
    described::read(dialect, &items, moment, &mut decoded);
    Ok(Read {
        ids,
        ..Read::plain(dialect, decoded)
    })
}

/// The ids by which the answer names events.
fn named(items: &[&str]) -> Vec<(u32, String)> {
    let uuid = |item: &str| json::member(item, "uuid").and_then(plain_text);
    (0..)
        .zip(items)
        .filter_map(|(index, item)| Some((index, uuid(item)?)))
        .collect()
}

fn key_within(item: &str) -> Option<String> {
    let own = json::member(item, "api_key").or_else(|| json::member(item, "token"));
    let within = || json::member(json::member(item, "properties")?, "token");
    own.or_else(within).and_then(plain_text)
}

/// An event's members as JSON texts, from beside its properties and from within.
#[derive(Default)]
struct Item<'a> {
    event: Option<&'a str>,
    uuid: Option<&'a str>,
    distinct_id: Option<&'a str>,
    timestamp: Option<&'a str>,
    offset: Option<&'a str>,
    properties: Option<&'a str>,
    anonymous_id: Option<&'a str>,
    device_id: Option<&'a str>,
    alias: Option<&'a str>,
    library: Option<Cow<'a, str>>,
    is_identified: Option<bool>,
    makes_person: Option<bool>,
}

impl<'a> Item<'a> {
    fn read(text: &'a str, draft: &mut Draft<'a>) -> Self {
        let mut item = Self::default();
        for (name, value) in json::members(text) {
            match &*name {
                "event" => item.event = Some(value),
                "uuid" => item.uuid = Some(value),
                "distinct_id" => item.distinct_id = Some(value),
                "timestamp" => item.timestamp = Some(value),
                "offset" => item.offset = Some(value),
                "properties" => item.properties = Some(value),
                "$set" | "$set_once" | "$unset" => draft.operations.operate(&name, value),
                "session_id" => draft.context.put(Part::Flat, "sessionId", value),
                "window_id" => draft.context.put(Part::Flat, "windowId", value),
                "options" => {
                    let option = json::member(value, "process_person_profile");
                    item.makes_person = option.and_then(truth);
                }
                _ => {}
            }
        }
        item.read_properties(draft);
        item
    }

    fn read_properties(&mut self, draft: &mut Draft<'a>) {
        for (name, value) in json::members(self.properties.unwrap_or_default()) {
            match &*name {
                "$set" | "$set_once" | "$unset" => draft.operations.operate(&name, value),
                "distinct_id" => self.distinct_id = self.distinct_id.or(Some(value)),
                "$insert_id" => self.uuid = self.uuid.or(Some(value)),
                "alias" => self.alias = Some(value),
                "$anon_distinct_id" => self.anonymous_id = Some(value),
                "$is_identified" => self.is_identified = truth(value),
                "$process_person_profile" => self.makes_person = truth(value),
                "$lib" => self.library = json::text(value),
                "$device_id" => self.device_id = Some(value),
                _ => {}
            }
            if !SPENT.contains(&&*name) && !draft.context.place(&PLACES, &name, value) {
                let is_operation = matches!(&*name, "$set" | "$set_once" | "$unset");
                if !is_operation {
                    draft.properties.put(&name, value);
                }
            }
        }
    }

    fn time(&self, moment: Moment) -> Result<Option<Timestamp>, Fault> {
        if let Some(time) = field::instant("timestamp", self.timestamp)? {
            return Ok(Some(moment.corrected(time)));
        }
        let offset_ms: Option<i64> = self.offset.and_then(|it| it.parse().ok());
        Ok(offset_ms.map(|ms| Timestamp(moment.received.0.saturating_sub(ms))))
    }

    /// True when the id is that of a browser or an installation.
    fn is_anonymous(&self, id: &str, device: Option<&str>) -> bool {
        device == Some(id)
            || self.is_identified == Some(false)
            || (self.is_identified.is_none() && self.makes_person == Some(false))
    }
}

fn item(dialect: Dialect, text: &str, index: u32, moment: Moment) -> Result<Option<Found>, Fault> {
    let mut draft = Draft::default();
    let item = Item::read(text, &mut draft);
    if item
        .properties
        .is_some_and(|it| it != "null" && !it.starts_with('{'))
    {
        let message = "`properties` is not an object";
        return Err(Fault::new(Reason::FieldInvalid, message));
    }
    let name = text_of(item.event)
        .ok_or_else(|| Fault::new(Reason::FieldMissing, "has no `event`, a text"))?;
    let own = field::id("distinct_id", item.distinct_id)?;
    let device = field::id("$device_id", item.device_id)?;
    if name == "$groupidentify" && item.is_identified.is_none() && device.is_none() {
        return Ok(None);
    }
    if own.as_deref() == Some(COOKIELESS) {
        let message = "the library may keep no id here, so the event is nobody's";
        return Err(Fault::new(Reason::IdBlocked, message));
    }
    draft.message = field::message_id("uuid", item.uuid)?.map(|id| message_key(dialect, &id));
    draft.time = item.time(moment)?;
    draft.channel = channel(item.library.as_deref());
    let is_anonymous = own
        .as_deref()
        .is_some_and(|id| item.is_anonymous(id, device.as_deref()));
    match is_anonymous {
        true => draft.anonymous = own,
        false => {
            let before = field::id("$anon_distinct_id", item.anonymous_id)?;
            // A device stays when another person signs in, so only one that is signed in counts.
            let device = device.filter(|_| item.is_identified == Some(true));
            draft.anonymous = before.or(device);
            draft.user = own;
        }
    }
    classify(&mut draft, &name, &item)?;
    draft.finish(text, index, moment.received).map(Some)
}

/// What kind of event it is, by its name.
fn classify<'a>(draft: &mut Draft<'a>, name: &str, item: &Item<'a>) -> Result<(), Fault> {
    match name {
        "$pageview" => draft.kind = EventKind::Page,
        "$screen" => {
            draft.kind = EventKind::Screen;
            let screen = item
                .properties
                .and_then(|it| json::member(it, "$screen_name"));
            if let Some(screen) = screen {
                draft.properties.put("name", screen);
            }
        }
        "$identify" | "$set" | "$set_once" | "$unset" => draft.kind = EventKind::Identify,
        "$create_alias" | "$merge_dangerously" => {
            draft.kind = EventKind::Alias;
            let other = field::id("alias", item.alias)?;
            if let Some(anonymous) = draft.anonymous.take().filter(|_| draft.user.is_none()) {
                (draft.user, draft.previous) = (other, Some(anonymous));
            } else if item.library.as_deref() == Some("posthog-python") {
                draft.previous = std::mem::replace(&mut draft.user, other);
            } else {
                draft.previous = other;
            }
            if let Some(previous) = &draft.previous {
                draft.properties.put_text("previousId", previous);
            }
        }
        "$groupidentify" => group(draft, item)?,
        "$autocapture" => {
            let what = item
                .properties
                .and_then(|it| json::member(it, "$event_type"));
            draft.name = Cow::Borrowed(match what.and_then(json::text).as_deref() {
                Some("submit") => "form_submitted",
                Some("change") => "field_changed",
                _ => "element_clicked",
            });
        }
        "$pageleave" => draft.name = Cow::Borrowed("page_left"),
        "$rageclick" => draft.name = Cow::Borrowed("rage_clicked"),
        name => draft.name = Cow::Owned(unmarked(name).to_owned()),
    }
    Ok(())
}

/// The group that somebody belongs to, with what is known of it.
fn group(draft: &mut Draft<'_>, item: &Item<'_>) -> Result<(), Fault> {
    draft.kind = EventKind::Group;
    let member = |name| item.properties.and_then(|it| json::member(it, name));
    let key = member("$group_key")
        .ok_or_else(|| Fault::new(Reason::FieldMissing, "a group needs `$group_key`"))?;
    draft.context.put(Part::Flat, "groupId", key);
    if let Some(kind) = member("$group_type") {
        draft.context.put(Part::Flat, "groupType", kind);
    }
    let mut traits = Members::default();
    for (name, value) in json::members(member("$group_set").unwrap_or_default()) {
        traits.put(unmarked(&name), value);
    }
    draft.properties = traits;
    Ok(())
}

fn channel(library: Option<&str>) -> Option<Channel> {
    match library? {
        "web" | "js" => Some(Channel::Web),
        "posthog-ios" | "posthog-android" | "posthog-react-native" | "posthog-flutter" => {
            Some(Channel::App)
        }
        _ => None,
    }
}

fn truth(raw: &str) -> Option<bool> {
    raw.parse().ok()
}
