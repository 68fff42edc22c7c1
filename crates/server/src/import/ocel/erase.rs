//! Events that go from a log of OCEL are emptied in their place, and objects go with the last event that leads to them.

use std::{io::Read, ops::Range};

use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use throughline_model::limits;

use super::{
    Events, JsonLog, Objects, Ocel, OcelEvent, items,
    links::{End, Ends, Links},
};
use crate::import::{
    erased::{ERASED, Edit, Edits, Fate, Puts},
    rows::FileFault,
    xml::{Tag, Xml, quoted},
};

/// Opens the file at its beginning, unpacked.
pub type Open<'a> = &'a dyn Fn() -> Result<Box<dyn Read>, FileFault>;

/// An object, where it stands, and what it says.
struct Object {
    id: String,
    span: Range<u64>,
    /// Objects that it names, with where it does; none where that cannot be told.
    named: Vec<(Option<String>, Range<u64>)>,
    attributes: Value,
}

#[derive(Deserialize)]
struct JsonObject<'a> {
    id: String,
    #[serde(default)]
    attributes: Value,
    #[serde(borrow, default)]
    relationships: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct JsonRelationship {
    #[serde(rename = "objectId")]
    object: String,
}

/// How a log is written anew without events, by the fates of all. `names` tells whether an object, as JSON, names
/// who is erased.
pub fn edits(
    open: Open<'_>,
    is_xml: bool,
    fates: &[Fate],
    names: &dyn Fn(&str) -> bool,
) -> Result<Edits, FileFault> {
    let ends = ends(open, is_xml, fates)?;
    let mut to = Edits::default();
    empty_events(open, is_xml, fates, &ends, &mut to)?;
    let mut objects = Cuts::of(is_xml);
    each_object(open, is_xml, &mut |object| {
        let end = ends.of(&object.id);
        objects.add(&object.span, end == End::Goes, &mut to.edits);
        if end == End::Goes {
            return;
        }
        if end == End::IsShared {
            let told = json!({"id": object.id, "attributes": object.attributes});
            to.shared += u64::from(names(&told.to_string()));
        }
        let mut named = Cuts::of(is_xml);
        for (other, span) in &object.named {
            let goes = other.as_ref().is_some_and(|it| ends.of(it) == End::Goes);
            named.add(span, goes, &mut to.edits);
        }
        named.end(&mut to.edits);
    })?;
    objects.end(&mut to.edits);
    to.edits.sort_by_key(|it| it.span.start);
    Ok(to)
}

fn read(open: Open<'_>, is_xml: bool) -> Result<Ocel<Box<dyn Read>>, FileFault> {
    match is_xml {
        true => Ocel::of_xml(open()?, open()?),
        false => Ocel::of_json(open()?),
    }
}

/// What becomes of the objects.
fn ends(open: Open<'_>, is_xml: bool, fates: &[Fate]) -> Result<Ends, FileFault> {
    let mut links = Links::default();
    let mut log = read(open, is_xml)?;
    let mut fates = fates.iter().copied();
    while let Some((_, event)) = log.event()? {
        let fate = fates.next().unwrap_or(Fate::Stays);
        let (Ok(event), Fate::Stays | Fate::Goes) = (event, fate) else {
            continue;
        };
        for it in &event.relationships {
            links.event_names(&it.object, fate == Fate::Goes);
        }
    }
    let has = |id: &str| log.objects.member_of(id).is_some();
    each_object(open, is_xml, &mut |object| {
        let named = object.named.iter().filter_map(|(other, _)| other.as_ref());
        for other in named.filter(|it| has(it)) {
            links.object_names(&object.id, other);
        }
    })?;
    Ok(links.ends())
}

/// Empties events that go, and those of nobody that name objects which go.
fn empty_events(
    open: Open<'_>,
    is_xml: bool,
    fates: &[Fate],
    ends: &Ends,
    to: &mut Edits,
) -> Result<(), FileFault> {
    let mut log = read(open, is_xml)?;
    let mut puts = Puts::default();
    let mut fates = fates.iter().copied();
    while let Some((span, event)) = log.event()? {
        let fate = fates.next().unwrap_or(Fate::Stays);
        let Ok(event) = event else { continue };
        let mut named = event.relationships.iter().map(|it| &it.object);
        let is_emptied = match fate {
            Fate::Goes => true,
            Fate::NoEvent => named.any(|it| ends.of(it) == End::Goes),
            Fate::Stays | Fate::Gone => false,
        };
        // One that names an object which is nowhere could not be read, and is not looked at again.
        let Some(names) = members(&log.objects, &event).filter(|_| is_emptied) else {
            continue;
        };
        let mark = (fate == Fate::Goes).then_some(ERASED);
        let names = mark.into_iter().chain(names);
        let put = puts.of(match is_xml {
            true => xml_without_values(names),
            false => json_without_values(names),
        });
        to.edits.push(Edit { span, put });
    }
    Ok(())
}

/// The names that an event has as a line, besides those of every event.
fn members<'a>(objects: &'a Objects, event: &'a OcelEvent) -> Option<Vec<&'a str>> {
    let named = event.relationships.iter();
    let members = named.map(|it| objects.member_of(&it.object));
    let mut members: Vec<&str> = members.collect::<Option<_>>()?;
    members.sort_unstable();
    members.dedup();
    members.extend(event.attributes.iter().map(|it| &*it.name));
    Some(members)
}

fn json_without_values<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let attribute = |name: &str| json!({"name": name, "value": null});
    let attributes: Vec<Value> = names.map(attribute).collect();
    json!({"id": "", "type": "", "time": "", "attributes": attributes, "relationships": []})
        .to_string()
}

fn xml_without_values<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let attribute = |name: &str| format!("<attribute name={}/>", quoted(name));
    let attributes: String = names.map(attribute).collect();
    format!("<event id=\"\" type=\"\" time=\"\"><attributes>{attributes}</attributes></event>")
}

/// Takes items out of a row of elements, or of a list of JSON with a comma for each.
struct Cuts {
    is_xml: bool,
    has_before: bool,
    before_end: u64,
    /// Where an item that goes begins, which is cut up to the next as none that stays is before it.
    open: Option<u64>,
}

impl Cuts {
    fn of(is_xml: bool) -> Self {
        Self {
            is_xml,
            has_before: false,
            before_end: 0,
            open: None,
        }
    }

    fn add(&mut self, span: &Range<u64>, goes: bool, to: &mut Vec<Edit>) {
        if let Some(from) = self.open.take() {
            to.push(cut(from..span.start));
        }
        match (goes, self.is_xml) {
            (false, _) => self.has_before = true,
            (true, true) => to.push(cut(span.clone())),
            (true, false) if self.has_before => to.push(cut(self.before_end..span.end)),
            (true, false) => self.open = Some(span.start),
        }
        self.before_end = span.end;
    }

    fn end(&mut self, to: &mut Vec<Edit>) {
        if let Some(from) = self.open.take() {
            to.push(cut(from..self.before_end));
        }
    }
}

fn cut(span: Range<u64>) -> Edit {
    let put = [].into();
    Edit { span, put }
}

/// Hands over every object of the file.
fn each_object(
    open: Open<'_>,
    is_xml: bool,
    take: &mut dyn FnMut(Object),
) -> Result<(), FileFault> {
    if is_xml {
        return each_xml_object(&mut Xml::new(open()?), take);
    }
    let Events::Json { text, .. } = Ocel::of_json(open()?)?.events else {
        unreachable!("it was read as JSON");
    };
    each_json_object(&text, take)
}

fn each_json_object(text: &str, take: &mut dyn FnMut(Object)) -> Result<(), FileFault> {
    let unsound = |error| FileFault::Ocel(format!("cannot be read: {error}"));
    let body = text.trim_start_matches('\u{feff}');
    let log: JsonLog<'_> = serde_json::from_str(body).map_err(unsound)?;
    let span = |item: &str| {
        let from = item.as_ptr() as u64 - text.as_ptr() as u64;
        from..from + item.len() as u64
    };
    for item in items("objects", log.objects.map_or("[]", RawValue::get))? {
        let Ok(object) = serde_json::from_str::<JsonObject<'_>>(item) else {
            // Beside its id, a reader of events does not care what it is made of.
            let known: super::JsonObject<'_> = serde_json::from_str(item).map_err(unsound)?;
            take(Object {
                id: known.id.into_owned(),
                span: span(item),
                named: Vec::new(),
                attributes: Value::from(item),
            });
            continue;
        };
        let list = object.relationships.map_or("[]", RawValue::get);
        let named = items("relationships", list).into_iter().flatten();
        let named = named.map(|it| {
            let read = serde_json::from_str::<JsonRelationship>(it).ok();
            (read.map(|it| it.object), span(it))
        });
        take(Object {
            named: named.collect(),
            id: object.id,
            span: span(item),
            attributes: object.attributes,
        });
    }
    Ok(())
}

/// An object of a log in XML that is being read.
struct XmlObject {
    object: Object,
    /// What it names at this place, and how deep that lies.
    naming: Option<(String, u64, usize)>,
    texts: Vec<String>,
    bytes: usize,
}

fn each_xml_object<R: Read>(
    xml: &mut Xml<R>,
    take: &mut dyn FnMut(Object),
) -> Result<(), FileFault> {
    let mut reading: Option<XmlObject> = None;
    while let Some(tag) = xml.next()? {
        let (span, depth) = (xml.span(), xml.depth());
        match (tag, &mut reading) {
            (Tag::Open(mut open), None) if open.name == "object" && depth == 3 => {
                reading = open.take("id").map(|id| XmlObject {
                    object: Object {
                        id,
                        span,
                        named: Vec::new(),
                        attributes: Value::Null,
                    },
                    naming: None,
                    texts: Vec::new(),
                    bytes: 0,
                });
            }
            (Tag::Open(mut open), Some(it)) => {
                it.texts.push(String::new());
                if let (Some(id), None) = (open.take("object-id"), &it.naming) {
                    it.naming = Some((id, span.start, depth));
                }
            }
            (Tag::Text(text), Some(it)) => {
                it.bytes += text.len();
                if let Some(last) = it.texts.last_mut()
                    && it.bytes <= limits::IMPORT_ROW_BYTES_MAX
                {
                    last.push_str(&text);
                }
            }
            (Tag::Close(_), Some(it)) if depth >= 3 => {
                let is_of_naming = |(_, _, its): &mut (String, u64, usize)| *its == depth + 1;
                if let Some((id, from, _)) = it.naming.take_if(is_of_naming) {
                    it.object.named.push((Some(id), from..span.end));
                }
            }
            (Tag::Close(_), Some(_)) => {
                let XmlObject {
                    mut object, texts, ..
                } = reading.take().expect("it is read");
                object.span.end = span.end;
                let texts = texts.into_iter().map(|it| it.trim().to_owned());
                object.attributes = texts.filter(|it| !it.is_empty()).collect();
                take(object);
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
