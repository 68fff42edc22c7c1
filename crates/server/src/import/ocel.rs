//! OCEL 2.0, the standard for logs of events that many objects take part in, in JSON and in XML: one line for each event.
//!
//! An event names its objects under their types: `order_id` for one of the type `order`, with a list where it has
//! several. Its own name, time and id are `event`, `time` and `event_id`, its attributes are under their names.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Read},
    ops::Range,
};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use throughline_ingest::{Fault, Reason};
use throughline_model::limits;

use super::{
    rows::FileFault,
    written::Written,
    xml::{Open, Tag, Xml},
};

/// The events of a file, one by one.
pub struct Ocel<R: Read> {
    objects: Objects,
    events: Events<R>,
    line: Written,
}

enum Events<R: Read> {
    /// The file and where its events lie in it.
    Json {
        text: String,
        events: std::vec::IntoIter<Range<usize>>,
    },
    Xml(Box<Xml<R>>),
}

/// The members that objects of each type are under, and the type of each object.
#[derive(Default)]
struct Objects {
    members: Vec<String>,
    types: HashMap<String, usize>,
    by_object: HashMap<String, u32>,
}

/// An event, whichever way it was written.
#[derive(Default, Deserialize)]
struct OcelEvent {
    id: String,
    #[serde(rename = "type")]
    name: String,
    time: String,
    #[serde(default)]
    attributes: Vec<Attribute>,
    #[serde(default)]
    relationships: Vec<Relationship>,
}

#[derive(Deserialize)]
struct Attribute {
    name: String,
    value: Value,
}

#[derive(Deserialize)]
struct Relationship {
    #[serde(rename = "objectId")]
    object: String,
}

#[derive(Deserialize)]
struct JsonLog<'a> {
    #[serde(borrow, default)]
    objects: Vec<JsonObject<'a>>,
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct JsonObject<'a> {
    #[serde(borrow)]
    id: std::borrow::Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: std::borrow::Cow<'a, str>,
}

impl<R: Read> Ocel<R> {
    /// Reads a log in JSON as a whole, as objects may stand behind the events that name them.
    pub fn of_json(source: R) -> Result<Self, FileFault> {
        let mut text = String::new();
        let most = limits::IMPORT_OCEL_BYTES_MAX;
        let read = source.take(most + 1).read_to_string(&mut text);
        read.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => FileFault::Ocel("is not UTF-8".to_owned()),
            _ => FileFault::Read(error),
        })?;
        if text.len() as u64 > most {
            let message = format!(
                "has more than {most} bytes as JSON; write it as XML, which is read piece by piece"
            );
            return Err(FileFault::Ocel(message));
        }
        let body = text.trim_start_matches('\u{feff}');
        let log: JsonLog<'_> = serde_json::from_str(body)
            .map_err(|error| FileFault::Ocel(format!("cannot be read: {error}")))?;
        let mut objects = Objects::default();
        for object in &log.objects {
            objects.add(&object.id, &object.kind)?;
        }
        let begin = text.as_ptr() as usize;
        let events: Vec<Range<usize>> = (log.events.iter())
            .map(|event| {
                let from = event.get().as_ptr() as usize - begin;
                from..from + event.get().len()
            })
            .collect();
        Ok(Self {
            objects,
            events: Events::Json {
                events: events.into_iter(),
                text,
            },
            line: Written::default(),
        })
    }

    /// Reads a log in XML twice: once for its objects, and then event by event.
    pub fn of_xml(first: R, second: R) -> Result<Self, FileFault> {
        let mut objects = Objects::default();
        let mut xml = Xml::new(first);
        while let Some(tag) = xml.next()? {
            if let Tag::Open(mut open) = tag
                && open.name == "object"
                && xml.depth() == 3
                && let (Some(id), Some(kind)) = (open.take("id"), open.take("type"))
            {
                objects.add(&id, &kind)?;
            }
        }
        Ok(Self {
            objects,
            events: Events::Xml(Box::new(Xml::new(second))),
            line: Written::default(),
        })
    }

    /// The next event as a line of JSON; none at the end.
    pub fn line(&mut self) -> Result<Option<Result<&[u8], Fault>>, FileFault> {
        let event: Result<OcelEvent, Fault> = match &mut self.events {
            Events::Json { text, events } => {
                let Some(range) = events.next() else {
                    return Ok(None);
                };
                serde_json::from_str(&text[range]).map_err(|error| {
                    Fault::new(
                        Reason::RowInvalid,
                        format!("the event is not sound: {error}"),
                    )
                })
            }
            Events::Xml(xml) => match xml_event(xml)? {
                Some(event) => Ok(event),
                None => return Ok(None),
            },
        };
        Ok(Some(match event {
            Ok(event) => write(&self.objects, &event, &mut self.line),
            Err(fault) => Err(fault),
        }))
    }
}

fn write<'a>(
    objects: &Objects,
    event: &OcelEvent,
    line: &'a mut Written,
) -> Result<&'a [u8], Fault> {
    line.begin();
    line.add("event", &Value::from(event.name.as_str()));
    line.add("time", &Value::from(event.time.as_str()));
    line.add("event_id", &Value::from(event.id.as_str()));
    let mut by_member: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Relationship { object } in &event.relationships {
        let member = objects.member_of(object).ok_or_else(|| {
            let message = format!("names the object `{object}`, which the file does not have");
            Fault::new(Reason::RowInvalid, message)
        })?;
        let ids = by_member.entry(member).or_default();
        if !ids.contains(&object.as_str()) {
            ids.push(object);
        }
    }
    for (member, ids) in by_member {
        match ids.as_slice() {
            [only] => line.add(member, &Value::from(*only)),
            several => line.add(member, &Value::from(several)),
        }
    }
    for Attribute { name, value } in &event.attributes {
        line.add(name, value);
    }
    line.end()
}

impl Objects {
    fn add(&mut self, id: &str, kind: &str) -> Result<(), FileFault> {
        if self.by_object.len() >= limits::IMPORT_OBJECTS_MAX {
            let most = limits::IMPORT_OBJECTS_MAX;
            return Err(FileFault::Ocel(format!("has more than {most} objects")));
        }
        let most = limits::IDENTIFIER_CHARS_MAX;
        if id.chars().count() > most || kind.chars().count() > most {
            let message =
                format!("has an object whose id or type is longer than {most} characters");
            return Err(FileFault::Ocel(message));
        }
        if self.members.len() > limits::IMPORT_COLUMNS_MAX {
            let most = limits::IMPORT_COLUMNS_MAX;
            return Err(FileFault::Ocel(format!(
                "has more than {most} types of objects"
            )));
        }
        let member = match self.types.get(kind) {
            Some(member) => *member,
            None => {
                self.members.push(member_name(kind));
                self.types.insert(kind.to_owned(), self.members.len() - 1);
                self.members.len() - 1
            }
        };
        let member = u32::try_from(member).expect("there are fewer types than objects");
        self.by_object.insert(id.to_owned(), member);
        Ok(())
    }

    fn member_of(&self, object: &str) -> Option<&str> {
        let member = self.by_object.get(object)?;
        Some(&self.members[*member as usize])
    }
}

/// `purchase_order_id` for objects of the type *Purchase Order*.
fn member_name(kind: &str) -> String {
    let mut name = String::new();
    for sign in kind.trim().chars() {
        match sign.is_alphanumeric() {
            true => name.extend(sign.to_lowercase()),
            false if name.ends_with('_') => {}
            false => name.push('_'),
        }
    }
    format!("{}_id", name.trim_matches('_'))
}

/// The next event of a log in XML.
fn xml_event<R: Read>(xml: &mut Xml<R>) -> Result<Option<OcelEvent>, FileFault> {
    let mut event: Option<OcelEvent> = None;
    let mut attribute: Option<(String, String)> = None;
    let mut bytes = 0;
    while let Some(tag) = xml.next()? {
        if event.is_some() {
            bytes += tag.bytes();
            if bytes > limits::IMPORT_ROW_BYTES_MAX {
                let most = limits::IMPORT_ROW_BYTES_MAX;
                return Err(FileFault::Ocel(format!(
                    "has an event of more than {most} bytes"
                )));
            }
        }
        match tag {
            Tag::Open(open) if open.name == "event" && xml.depth() == 3 => {
                event = Some(begun(open));
            }
            Tag::Open(mut open) => {
                let Some(event) = &mut event else { continue };
                if let Some(object) = open.take("object-id") {
                    event.relationships.push(Relationship { object });
                } else if open.name == "attribute" {
                    attribute = open.take("name").map(|name| (name, String::new()));
                }
            }
            Tag::Text(text) => {
                if let Some((_, value)) = &mut attribute {
                    value.push_str(&text);
                }
            }
            Tag::Close(name) if name == "attribute" => {
                if let (Some(event), Some((name, value))) = (&mut event, attribute.take()) {
                    let value = Value::from(value.trim());
                    event.attributes.push(Attribute { name, value });
                }
            }
            Tag::Close(name) if name == "event" && event.is_some() => return Ok(event),
            Tag::Close(_) => {}
        }
    }
    Ok(None)
}

fn begun(mut open: Open) -> OcelEvent {
    let mut of = |name: &str| open.take(name).unwrap_or_default();
    OcelEvent {
        id: of("id"),
        name: of("type"),
        time: of("time"),
        ..OcelEvent::default()
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn told(ocel: Result<Ocel<&[u8]>, FileFault>) -> String {
        let mut told = String::new();
        let mut ocel = match ocel {
            Ok(ocel) => ocel,
            Err(error) => return format!("{error}\n"),
        };
        loop {
            let line = match ocel.line() {
                Ok(None) => return told,
                Ok(Some(Ok(line))) => String::from_utf8(line.to_vec()).unwrap(),
                Ok(Some(Err(fault))) => fault.message,
                Err(error) => return format!("{told}{error}\n"),
            };
            told.push_str(&line);
            told.push('\n');
        }
    }

    fn json(text: &str, expected: Expect) {
        expected.assert_eq(&told(Ocel::of_json(text.as_bytes())));
    }

    fn xml(text: &str, expected: Expect) {
        expected.assert_eq(&told(Ocel::of_xml(text.as_bytes(), text.as_bytes())));
    }

    #[test]
    fn events_name_their_objects_by_type_wherever_those_stand() {
        json(
            r#"{"objectTypes":[],"events":[
                {"id":"e1","type":"place order","time":"2026-03-02T09:00:00Z",
                 "attributes":[{"name":"price","value":12.5},{"name":"event","value":"no"}],
                 "relationships":[{"objectId":"o1","qualifier":"order"},{"objectId":"i1","qualifier":"item"},
                    {"objectId":"i2","qualifier":"item"},{"objectId":"i2","qualifier":"again"}]},
                {"id":"e2","type":"pay","time":"2026-03-02T10:00:00Z","relationships":[{"objectId":"nobody","qualifier":""}]},
                {"id":"e3","type":"pay"}],
               "objects":[{"id":"o1","type":"Purchase Order"},{"id":"i1","type":"item"},{"id":"i2","type":"item"}]}"#,
            expect![[r#"
                {"event":"place order","time":"2026-03-02T09:00:00Z","event_id":"e1","item_id":["i1","i2"],"purchase_order_id":"o1","price":12.5}
                names the object `nobody`, which the file does not have
                the event is not sound: missing field `time` at line 1 column 24
            "#]],
        );
    }

    #[test]
    fn xml_says_the_same_as_json() {
        xml(
            r#"<?xml version="1.0"?><log>
                <object-types><object-type name="order"><attributes><attribute name="price" type="float"/></attributes></object-type></object-types>
                <events><event id="e1" type="place order" time="2026-03-02T09:00:00Z">
                    <attributes><attribute name="note">a &lt; b</attribute></attributes>
                    <objects><relationship object-id="o1" qualifier="order"/></objects></event></events>
                <objects><object id="o1" type="order"><attributes><attribute name="price" time="1970-01-01T00:00:00Z">5</attribute></attributes>
                    <objects><relationship object-id="i1" qualifier="has"/></objects></object></objects>
            </log>"#,
            expect![[r#"
                {"event":"place order","time":"2026-03-02T09:00:00Z","event_id":"e1","order_id":"o1","note":"a < b"}
            "#]],
        );
    }

    #[test]
    fn what_is_no_log_says_so() {
        json(
            "{\"objects\":[]}",
            expect![[r"
            the file is not sound OCEL: cannot be read: missing field `events` at line 1 column 14
        "]],
        );
        json(
            &format!("{{\"events\":[{}", "[".repeat(400)),
            expect![[r#"
                the file is not sound OCEL: cannot be read: EOF while parsing a list at line 1 column 411
            "#]],
        );
        xml(
            "<log><events><event id=\"a\">",
            expect![[r"
            the file is not sound XML: the document ends within an element, before byte 27
        "]],
        );
    }
}
