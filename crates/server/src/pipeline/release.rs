//! Events that were held back and are let in after all: as they were, or mended.
//!
//! Each is a record of its own, in the dialect that it came in or in our own form, so that it is read,
//! checked and erased like any other. It keeps its id, so it is one event however often it comes.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use throughline_ingest::{
    Decoded, Fault, Reason,
    dialect::{self, Call, Dialect, Moment},
    identifiers,
    segment::Route,
};
use throughline_model::{
    Event, EventKind, Identifier, IdentifierKind, MessageKey, Seq, SourceId, Timestamp,
};

use super::applier::Arrival;

/// What is known of an event that is released, besides the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    pub at: Timestamp,
    /// The e-mail address of the member.
    pub by: String,
    /// Where it was held back.
    pub seq: Seq,
    /// The id that it had, where it could be read.
    pub id: Option<MessageKey>,
}

/// As it stands in the log.
#[derive(Serialize, Deserialize)]
struct Note {
    at: Timestamp,
    by: String,
    seq: u64,
    id: Option<String>,
}

impl Released {
    /// The note that goes into the record.
    pub fn note(&self) -> Bytes {
        let note = Note {
            at: self.at,
            by: self.by.clone(),
            seq: self.seq.0,
            id: self.id.map(|it| format!("{:032x}", it.0)),
        };
        serde_json::to_vec(&note).expect("text keys").into()
    }

    /// Reads a note.
    pub fn read(note: &[u8]) -> Result<Self, serde_json::Error> {
        let note: Note = serde_json::from_slice(note)?;
        let id = note.id.and_then(|it| u128::from_str_radix(&it, 16).ok());
        Ok(Self {
            at: note.at,
            by: note.by,
            seq: Seq(note.seq),
            id: id.map(MessageKey),
        })
    }
}

/// The name of a placeholder for events that name their people by typed identifiers only.
const NOBODY: &str = "released";

/// An event in the form in which members see, mend and release it: ours, with `identifiers` beside.
pub fn written(event: &Event) -> Json {
    let of_kind = |kind| {
        let found = event.identifiers.iter().find(|it| it.kind == kind);
        found.map(|it| it.value.clone())
    };
    let mut item = Map::new();
    let mut put = |name: &str, value: Json| {
        if !value.is_null() {
            item.insert(name.to_owned(), value);
        }
    };
    let kind = match event.kind {
        EventKind::Track => "track",
        EventKind::Page => "page",
        EventKind::Screen => "screen",
        EventKind::Identify => "identify",
        EventKind::Group => "group",
        EventKind::Alias => "alias",
    };
    put("type", json!(kind));
    if event.kind == EventKind::Track {
        put("event", json!(event.name));
    }
    put("userId", json!(of_kind(IdentifierKind::User)));
    put("anonymousId", json!(of_kind(IdentifierKind::Anonymous)));
    put("timestamp", json!(event.time));
    put("channel", json!(event.channel.name()));
    let properties = event.properties.to_map();
    let context = event.context.to_map();
    match event.kind {
        EventKind::Identify => put("traits", properties.into()),
        EventKind::Group => {
            put(
                "groupId",
                context.get("groupId").cloned().unwrap_or_default(),
            );
            put("traits", properties.into());
        }
        EventKind::Alias => {
            put(
                "previousId",
                properties.get("previousId").cloned().unwrap_or_default(),
            );
        }
        _ => put("properties", properties.into()),
    }
    put("context", context.into());
    let typed: Vec<Json> = (event.identifiers.iter())
        .filter(|it| !matches!(it.kind, IdentifierKind::User | IdentifierKind::Anonymous))
        .map(|it| json!({ "kind": it.kind, "value": it.value }))
        .collect();
    if !typed.is_empty() {
        put("identifiers", typed.into());
    }
    item.into()
}

/// Makes a body of one event: in our form where it has a `type` of ours, else as it came.
pub fn body(raw: &str, came_as: Option<Dialect>) -> Result<(Dialect, Bytes), Fault> {
    let item: Map<String, Json> = serde_json::from_str(raw).map_err(|error| {
        let message = format!(
            "this is no JSON object: {error}; very long events are kept in part only and must be sent again"
        );
        Fault::new(Reason::NotAnObject, message)
    })?;
    let is_ours = item.get("type").and_then(Json::as_str).is_some_and(|it| {
        let kinds = ["track", "page", "screen", "identify", "group", "alias"];
        kinds.contains(&it)
    });
    let (dialect, text) = match came_as {
        _ if is_ours => (
            Dialect::Segment(Route::Batch),
            format!(r#"{{"batch":[{raw}]}}"#),
        ),
        Some(Dialect::Segment(Route::One(kind))) => {
            (Dialect::Segment(Route::One(kind)), raw.to_owned())
        }
        Some(dialect @ Dialect::PostHog) => (dialect, format!(r#"{{"batch":[{raw}]}}"#)),
        Some(dialect @ (Dialect::MixpanelEvents | Dialect::MixpanelProfiles)) => {
            (dialect, format!("[{raw}]"))
        }
        Some(dialect @ Dialect::Amplitude) => (dialect, format!(r#"{{"events":[{raw}]}}"#)),
        _ => {
            let message = "`type` is none of track, identify, page, screen, group, alias; \
                write the event in the form of the HTTP API";
            return Err(Fault::new(Reason::TypeUnknown, message));
        }
    };
    Ok((dialect, text.into()))
}

/// Reads the body of a record that releases an event.
///
/// The event may name its person by `identifiers` alone, as those of webhooks do.
pub fn decode(source: SourceId, received: Timestamp, dialect: Dialect, body: &Bytes) -> Arrival {
    let mut named = Vec::new();
    let body = match dialect {
        Dialect::Segment(Route::Batch) => with_identifiers(body, &mut named),
        _ => None,
    }
    .unwrap_or_else(|| body.clone());
    let moment = Moment {
        received,
        sent: None,
    };
    let read = dialect::read(Call::Is(dialect), &body, moment);
    let decoded = read.map_or_else(|_| Decoded::default(), |it| it.decoded);
    let mut arrival = Arrival::of(source, received, decoded);
    for (_, event) in &mut arrival.events {
        for it in &named {
            if !event.identifiers.contains(it) {
                event.identifiers.push(it.clone());
            }
        }
        if !named.is_empty() {
            let nobody = Identifier::anonymous(NOBODY);
            event.identifiers.retain(|it| *it != nobody);
        }
    }
    arrival
}

/// Takes the typed identifiers out of the one event of a batch.
fn with_identifiers(body: &[u8], named: &mut Vec<Identifier>) -> Option<Bytes> {
    let mut batch: Map<String, Json> = serde_json::from_slice(body).ok()?;
    let item = batch.get_mut("batch")?.get_mut(0)?.as_object_mut()?;
    let list = item.remove("identifiers")?;
    for it in list.as_array()? {
        let kind: IdentifierKind = serde_json::from_value(it.get("kind")?.clone()).ok()?;
        let value = it.get("value")?.as_str()?;
        let whole = Identifier {
            kind,
            value: value.into(),
        };
        match identifiers::is_hashed(&whole) {
            true => named.push(whole),
            false => named.extend(identifiers::typed(kind, value)),
        }
    }
    let is_missing = |name: &str| item.get(name).is_none_or(Json::is_null);
    if !named.is_empty() && is_missing("userId") && is_missing("anonymousId") {
        item.insert("anonymousId".to_owned(), NOBODY.into());
    }
    Some(serde_json::to_vec(&batch).ok()?.into())
}

#[cfg(test)]
mod tests {
    use throughline_model::{Channel, EventName, JsonObject};

    use super::*;

    fn event(kind: EventKind, identifiers: Vec<Identifier>) -> Event {
        let name = kind.fixed_name().unwrap_or("Ordered \"x\"");
        let properties = match kind {
            EventKind::Alias => r#"{"previousId":"before"}"#,
            _ => r#"{"total":3.5,"shop":{"city":"東京"}}"#,
        };
        let context = match kind {
            EventKind::Group => r#"{"groupId":"acme","page":{"url":"https://x.org/?a=1"}}"#,
            _ => r#"{"page":{"url":"https://x.org/?a=1"}}"#,
        };
        Event {
            kind,
            name: EventName::parse(name).expect(name),
            message: MessageKey(7),
            identifiers,
            time: Timestamp(1_775_000_000_123),
            received: Timestamp(1_775_000_005_000),
            channel: match kind {
                EventKind::Screen => Channel::App,
                _ => Channel::Web,
            },
            properties: JsonObject::parse(properties).expect(properties),
            context: JsonObject::parse(context).expect(context),
        }
    }

    fn again(event: &Event) -> Event {
        let (dialect, body) = body(&written(event).to_string(), None).expect("in our form");
        let arrival = decode(SourceId(1), event.received, dialect, &body);
        assert_eq!(arrival.quarantined, []);
        let (_, mut read) = arrival.events.into_iter().next().expect("one event");
        read.message = event.message;
        read
    }

    #[test]
    fn an_event_that_is_written_and_released_is_the_same_event() {
        let (user, anonymous) = (Identifier::user("u1"), Identifier::anonymous("a1"));
        let email = identifiers::typed(IdentifierKind::Email, "Ana@x.org").expect("an address");
        let hashed = Identifier {
            kind: IdentifierKind::Email,
            value: format!("sha256:{}", "0".repeat(64)).into(),
        };
        for kind in [
            EventKind::Track,
            EventKind::Page,
            EventKind::Screen,
            EventKind::Identify,
            EventKind::Group,
        ] {
            for identifiers in [
                vec![user.clone(), anonymous.clone()],
                vec![anonymous.clone()],
                vec![user.clone(), email.clone()],
                vec![email.clone()],
                vec![hashed.clone()],
            ] {
                let event = event(kind, identifiers);
                assert_eq!(again(&event), event, "{}", written(&event));
            }
        }
        let alias = event(EventKind::Alias, vec![user, Identifier::user("before")]);
        let read = again(&alias);
        assert_eq!(
            (read.kind, read.properties.as_str()),
            (alias.kind, alias.properties.as_str())
        );
    }

    #[test]
    fn what_came_in_another_dialect_is_released_in_it() {
        for (dialect, raw) in [
            (
                Dialect::PostHog,
                r#"{"event":"bought","properties":{"distinct_id":"u","x":1},"timestamp":"2026-04-01T00:00:00Z"}"#,
            ),
            (
                Dialect::MixpanelEvents,
                r#"{"event":"bought","properties":{"distinct_id":"u","time":1775000000,"x":1}}"#,
            ),
            (
                Dialect::Amplitude,
                r#"{"event_type":"bought","user_id":"u","time":1775000000000,"event_properties":{"x":1}}"#,
            ),
        ] {
            let (dialect, body) = body(raw, Some(dialect)).expect(raw);
            let arrival = decode(SourceId(1), Timestamp(1_775_000_000_000), dialect, &body);
            assert_eq!(arrival.events.len(), 1, "{raw} {:?}", arrival.quarantined);
            assert_eq!(arrival.events[0].1.name.as_str(), "bought");
        }
        let unknown = body(r#"{"e":"pv"}"#, Some(Dialect::Snowplow)).expect_err("not in our form");
        assert!(unknown.message.contains("HTTP API"));
        assert!(body(r#"{"type":"tra"#, None).is_err());
    }

    #[test]
    fn a_note_is_read_as_it_was_written() {
        for id in [None, Some(MessageKey(u128::MAX - 5))] {
            let released = Released {
                at: Timestamp(5),
                by: "ana@x.org".to_owned(),
                seq: Seq::new(1 << 38, 3),
                id,
            };
            assert_eq!(
                Released::read(&released.note()).expect("readable"),
                released
            );
        }
    }
}
