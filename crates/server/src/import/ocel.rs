//! OCEL 2.0, the standard for logs of events that many objects take part in, in JSON and in XML: one line for each event.
//!
//! An event names its objects under their types: `order_id` for one of the type `order`, with a list where it has
//! several. Its own name, time and id are `event`, `time` and `event_id`, its attributes are under their names.

pub mod erase;
mod links;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry},
    io::{self, Read},
    ops::Range,
};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use throughline_ingest::{Fault, Reason};
use throughline_model::limits;

use super::{
    erased::ERASED,
    log::LogLine,
    rows::FileFault,
    written::Written,
    xml::{Open, Tag, Xml},
};

/// About what keeping an object takes besides its id.
const OBJECT_BYTES: usize = 64;

/// What every event has.
const OWN_NAMES: [&str; 3] = ["event", "time", "event_id"];

/// The events of a file, one by one.
pub struct Ocel<R: Read> {
    objects: Objects,
    events: Events<R>,
    events_total: u64,
    line: Written,
}

enum Events<R: Read> {
    /// The file, and where its next event begins.
    Json {
        text: String,
        next: usize,
    },
    Xml(Box<Xml<R>>),
}

/// The members that objects of each type are under, and the type of each object.
struct Objects {
    members: Vec<String>,
    types: HashMap<String, usize>,
    by_object: HashMap<String, u32>,
    bytes_left: usize,
}

/// Where an event stands in the file, and what it says.
type Placed = (Range<u64>, Result<OcelEvent, Fault>);

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

/// Lists are kept as they stand, as what is made of them may be far larger.
#[derive(Deserialize)]
struct JsonLog<'a> {
    #[serde(borrow, default)]
    objects: Option<&'a RawValue>,
    #[serde(borrow)]
    events: &'a RawValue,
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
        let unsound = |error| FileFault::Ocel(format!("cannot be read: {error}"));
        let log: JsonLog<'_> = serde_json::from_str(body).map_err(unsound)?;
        let mut objects = Objects::within(limits::IMPORT_OBJECTS_BYTES_MAX);
        for object in items("objects", log.objects.map_or("[]", RawValue::get))? {
            let object: JsonObject<'_> = serde_json::from_str(object).map_err(unsound)?;
            objects.add(&object.id, &object.kind)?;
        }
        let events = log.events.get();
        let events_total = items("events", events)?.count() as u64;
        let next = events.as_ptr() as usize - text.as_ptr() as usize + 1;
        Ok(Self {
            objects,
            events: Events::Json { next, text },
            events_total,
            line: Written::default(),
        })
    }

    /// Reads a log in XML twice: once for its objects, and then event by event.
    pub fn of_xml(first: R, second: R) -> Result<Self, FileFault> {
        let mut objects = Objects::within(limits::IMPORT_OBJECTS_BYTES_MAX);
        let mut events_total = 0;
        let mut xml = Xml::new(first);
        while let Some(tag) = xml.next()? {
            let Tag::Open(mut open) = tag else { continue };
            match open.name.as_str() {
                "event" if xml.depth() == 3 => events_total += 1,
                "object" if xml.depth() == 3 => {
                    if let (Some(id), Some(kind)) = (open.take("id"), open.take("type")) {
                        objects.add(&id, &kind)?;
                    }
                }
                _ => {}
            }
        }
        Ok(Self {
            objects,
            events: Events::Xml(Box::new(Xml::new(second))),
            events_total,
            line: Written::default(),
        })
    }

    /// How many events there are.
    pub fn events_total(&self) -> u64 {
        self.events_total
    }

    /// Whether it is written as XML.
    pub fn is_xml(&self) -> bool {
        matches!(self.events, Events::Xml(_))
    }

    /// The next event as a line of JSON; none at the end.
    pub fn line(&mut self) -> Result<Option<LogLine<'_>>, FileFault> {
        let Some((_, event)) = self.event()? else {
            return Ok(None);
        };
        let line = match event {
            Ok(event) if event.is_erased() => {
                let own = event.attributes[1..].iter().map(|it| &*it.name);
                return Ok(Some(LogLine::Erased(
                    self.line.names(OWN_NAMES.into_iter().chain(own)),
                )));
            }
            Ok(event) => write(&self.objects, &event, &mut self.line),
            Err(fault) => Err(fault),
        };
        Ok(Some(match line {
            Ok(line) => LogLine::Event(line),
            Err(fault) => LogLine::Faulty(fault),
        }))
    }

    /// The next event, and where it stands in the file; none at the end.
    fn event(&mut self) -> Result<Option<Placed>, FileFault> {
        Ok(match &mut self.events {
            Events::Json { text, next } => next_item(text, next).map(|event| {
                let end = *next as u64;
                (end - event.len() as u64..end, json_event(event))
            }),
            Events::Xml(xml) => xml_event(xml)?.map(|(span, event)| (span, Ok(event))),
        })
    }
}

impl OcelEvent {
    /// Whether it stands in the place of one that was erased.
    fn is_erased(&self) -> bool {
        self.attributes.first().is_some_and(|it| it.name == ERASED)
    }
}

/// The items of a list that is sound JSON, as they stand.
fn items<'a>(name: &str, list: &'a str) -> Result<impl Iterator<Item = &'a str>, FileFault> {
    if !list.starts_with('[') {
        return Err(FileFault::Ocel(format!("has `{name}` that are no list")));
    }
    let mut next = 1;
    Ok(std::iter::from_fn(move || next_item(list, &mut next)))
}

/// The item of a list that begins at or behind `next`, which is moved behind it.
fn next_item<'a>(text: &'a str, next: &mut usize) -> Option<&'a str> {
    let rest = text[*next..].trim_start_matches([' ', '\t', '\r', '\n', ',']);
    // There is none where the list ends.
    let mut reader = serde_json::Deserializer::from_str(rest);
    let item = <&RawValue>::deserialize(&mut reader).ok()?.get();
    *next = item.as_ptr() as usize - text.as_ptr() as usize + item.len();
    Some(item)
}

fn json_event(text: &str) -> Result<OcelEvent, Fault> {
    let most = limits::IMPORT_ROW_BYTES_MAX;
    if text.len() > most {
        let message = format!("the event is longer than {most} bytes");
        return Err(Fault::new(Reason::TooLarge, message));
    }
    serde_json::from_str(text).map_err(|error| {
        let message = format!("the event is not sound: {error}");
        Fault::new(Reason::RowInvalid, message)
    })
}

fn write<'a>(
    objects: &Objects,
    event: &OcelEvent,
    line: &'a mut Written,
) -> Result<&'a [u8], Fault> {
    line.begin();
    for (name, value) in OWN_NAMES
        .into_iter()
        .zip([&event.name, &event.time, &event.id])
    {
        line.add(name, &Value::from(value.as_str()));
    }
    let mut by_member: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for Relationship { object } in &event.relationships {
        if !seen.insert(object) {
            continue;
        }
        let member = objects.member_of(object).ok_or_else(|| {
            let message = format!("names the object `{object}`, which the file does not have");
            Fault::new(Reason::RowInvalid, message)
        })?;
        by_member.entry(member).or_default().push(object);
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
    /// None yet, with room for what so many bytes take.
    fn within(bytes: usize) -> Self {
        Self {
            members: Vec::new(),
            types: HashMap::new(),
            by_object: HashMap::new(),
            bytes_left: bytes,
        }
    }

    fn add(&mut self, id: &str, kind: &str) -> Result<(), FileFault> {
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
        match self.by_object.entry(id.to_owned()) {
            Entry::Occupied(mut known) => *known.get_mut() = member,
            Entry::Vacant(place) => {
                let bytes = id.len() + OBJECT_BYTES;
                self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or_else(|| {
                    FileFault::Ocel("has more objects than fit into memory".to_owned())
                })?;
                place.insert(member);
            }
        }
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
fn xml_event<R: Read>(xml: &mut Xml<R>) -> Result<Option<(Range<u64>, OcelEvent)>, FileFault> {
    let mut event: Option<OcelEvent> = None;
    let mut attribute: Option<(String, String)> = None;
    let (mut began, mut bytes) = (0, 0);
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
                began = xml.span().start;
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
            Tag::Close(name) if name == "event" && event.is_some() => {
                // Another event may stand within; what follows it says nothing.
                while xml.depth() > 2 && xml.next()?.is_some() {}
                return Ok(event.map(|it| (began..xml.span().end, it)));
            }
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
mod tests;
