//! Rows become events, as a mapping says.

use std::{collections::BTreeMap, fmt::Write};

use serde_json::value::RawValue;
use throughline_model::{
    Channel, Event, EventKind, EventName, Identifier, IdentifierKind, JsonObject, MessageKey,
    Timestamp, Zone, limits,
};
use xxhash_rust::xxh3::Xxh3;

use super::{Cell, EventSource, Mapping, MappingFault, Row, TimeFormat, repeated_key, when};
use crate::{
    Fault, Reason, check, identifiers, identity, infer,
    json::{self, Checker},
};

/// Turns rows into events. Made once for a file.
pub struct RowMapper {
    user: Option<Place>,
    anonymous: Option<Place>,
    typed: Vec<(Place, IdentifierKind)>,
    event: Source<EventName>,
    time: Place,
    format: TimeFormat,
    zone: Zone,
    channel: Option<Source<Channel>>,
    message: Option<Place>,
    properties: Vec<Property>,
    mapping: Mapping,
    /// Names that were read before, so that each is checked once.
    names: BTreeMap<String, EventName>,
    checker: Checker,
    text: String,
}

/// A row as an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapped {
    /// Its message key counts the row as the first of its kind.
    pub event: Event,
    /// The hash of what was mapped, for rows without a message id; see [`repeated_key`].
    pub content: Option<u128>,
}

/// Why a row did not become an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    pub column: Option<String>,
    pub fault: Fault,
}

/// The column of a row in whose place something was erased; no file has one of this name.
const ERASED: &str = "\u{7f}";

impl RowFault {
    /// Stands for a row that was erased: it is no event, and nothing is wrong with it.
    pub fn erased() -> Self {
        let message = "the row was erased";
        Self {
            column: Some(ERASED.to_owned()),
            fault: Fault::new(Reason::RowInvalid, message),
        }
    }

    /// True where there is nothing to be told of the row.
    pub fn is_erased(&self) -> bool {
        self.column.as_deref() == Some(ERASED)
    }
}

/// A column by name and index.
#[derive(Clone, Debug)]
struct Place {
    name: String,
    column: usize,
}

enum Source<T> {
    Constant(T),
    Column(Place),
}

struct Property {
    column: usize,
    /// The column's name.
    name: String,
    /// The member's name.
    property: String,
    /// The member's name in JSON, with the colon after it.
    key: String,
    kind: PropertyKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PropertyKind {
    AsIs,
    Number,
    Flag,
    Spread,
}

impl RowMapper {
    /// Prepares a mapping for a file with these columns.
    pub fn new(mapping: &Mapping, columns: &[String]) -> Result<Self, Vec<MappingFault>> {
        let mut faults = mapping.check(columns);
        if columns.len() > limits::IMPORT_COLUMNS_MAX {
            faults.push(MappingFault {
                place: "format".to_owned(),
                message: format!(
                    "the file has {} columns; at most {} are allowed",
                    columns.len(),
                    limits::IMPORT_COLUMNS_MAX
                ),
            });
        }
        let place = |name: &String| Place {
            name: name.clone(),
            column: columns
                .iter()
                .position(|it| it == name)
                .unwrap_or(usize::MAX),
        };
        let (Some(event), Some(time)) = (&mapping.event, &mapping.time) else {
            return Err(faults);
        };
        let event = match event {
            EventSource::Column(name) => Some(Source::Column(place(name))),
            EventSource::Constant(name) => EventName::parse(name).ok().map(Source::Constant),
        };
        let channel = match &mapping.channel {
            Some(EventSource::Column(name)) => Some(Source::Column(place(name))),
            Some(EventSource::Constant(name)) => Channel::parse(name).map(Source::Constant),
            None => None,
        };
        let (Some(event), true) = (event, faults.is_empty()) else {
            return Err(faults);
        };
        let mut properties: Vec<Property> = columns
            .iter()
            .enumerate()
            .filter(|(_, name)| mapping.is_property(name))
            .map(|(column, name)| Property::new(mapping, name, column))
            .collect();
        // In this order rows are equal whatever the order of their columns.
        properties.sort_by(|a, b| a.property.cmp(&b.property));
        Ok(Self {
            user: mapping.user.as_ref().map(place),
            anonymous: mapping.anonymous.as_ref().map(place),
            typed: (mapping.identifiers.iter())
                .map(|(name, kind)| (place(name), *kind))
                .collect(),
            event,
            time: place(&time.column),
            format: time.format.clone(),
            zone: time.zone.clone(),
            channel,
            message: mapping.message.as_ref().map(place),
            properties,
            mapping: mapping.clone(),
            names: BTreeMap::new(),
            checker: Checker::default(),
            text: String::new(),
        })
    }

    /// The event that a row tells of.
    pub fn map(&mut self, row: &dyn Row, received: Timestamp) -> Result<Mapped, RowFault> {
        let identifiers = self.identifiers(row)?;
        let name = self.name(row)?;
        let time = self.time(row, received)?;
        let properties = self.properties(row)?;
        let channel = self.channel(row, &properties);
        let context = JsonObject::empty();
        let message = self.message(row)?;
        let content = message
            .is_none()
            .then(|| content_of(&name, &identifiers, time, channel, &properties));
        let event = Event {
            kind: EventKind::Track,
            name,
            message: message.unwrap_or_else(|| repeated_key(content.unwrap_or_default(), 0)),
            identifiers,
            time,
            received,
            channel,
            properties,
            context,
        };
        Ok(Mapped { event, content })
    }

    fn identifiers(&self, row: &dyn Row) -> Result<Vec<Identifier>, RowFault> {
        let mut identifiers = Vec::with_capacity(1);
        let mut was_blocked = None;
        for (place, kind) in [
            (&self.user, IdentifierKind::User),
            (&self.anonymous, IdentifierKind::Anonymous),
        ] {
            let Some(place) = place else { continue };
            let cell = row.cell(place.column);
            let text = cell.text();
            let id = text.trim();
            if id.is_empty() {
                continue;
            }
            check::id(&place.name, id).map_err(|fault| place.fault(fault))?;
            if identity::is_blocked(id) {
                was_blocked = Some(place.fault(Fault::new(
                    Reason::IdBlocked,
                    format!("`{id}` stands for nobody"),
                )));
                continue;
            }
            identifiers.push(Identifier {
                kind,
                value: id.into(),
            });
        }
        for (place, kind) in &self.typed {
            let cell = row.cell(place.column);
            identifiers.extend(identifiers::typed(*kind, &cell.text()));
        }
        if identifiers.is_empty() {
            let typed = self.typed.first().map(|(place, _)| place);
            let column = self.user.as_ref().or(self.anonymous.as_ref()).or(typed);
            return Err(was_blocked.unwrap_or_else(|| RowFault {
                column: column.map(|it| it.name.clone()),
                fault: Fault::new(Reason::IdMissing, "says not who it was"),
            }));
        }
        Ok(identifiers)
    }

    fn name(&mut self, row: &dyn Row) -> Result<EventName, RowFault> {
        const NAMES_KEPT_MAX: usize = 1_000;
        let place = match &self.event {
            Source::Constant(name) => return Ok(name.clone()),
            Source::Column(place) => place,
        };
        let cell = row.cell(place.column);
        let text = cell.text();
        if let Some(name) = self.names.get(&*text) {
            return Ok(name.clone());
        }
        if text.trim().is_empty() {
            return Err(place.fault(Fault::new(Reason::FieldMissing, "says not what happened")));
        }
        let name = EventName::parse(&text).map_err(|error| {
            place.fault(Fault::new(Reason::EventNameInvalid, error.to_string()))
        })?;
        check::reserved(&name).map_err(|fault| place.fault(fault))?;
        if self.names.len() < NAMES_KEPT_MAX {
            self.names.insert(text.into_owned(), name.clone());
        }
        Ok(name)
    }

    fn time(&self, row: &dyn Row, received: Timestamp) -> Result<Timestamp, RowFault> {
        let cell = row.cell(self.time.column);
        let time = when::read(&cell, &self.format, &self.zone).ok_or_else(|| {
            let message = match cell {
                Cell::Missing => "says not when it was".to_owned(),
                cell => format!(
                    "`{}` is not a time in the format {}",
                    cell.text(),
                    self.format
                ),
            };
            self.time.fault(Fault::new(Reason::TimeInvalid, message))
        })?;
        check::time(time, received).map_err(|fault| self.time.fault(fault))?;
        Ok(time)
    }

    fn channel(&self, row: &dyn Row, properties: &JsonObject) -> Channel {
        let named = match &self.channel {
            Some(Source::Constant(channel)) => Some(*channel),
            Some(Source::Column(place)) => Channel::parse(row.cell(place.column).text().trim()),
            None => None,
        };
        named.unwrap_or_else(|| infer::channel(EventKind::Track, None, properties.as_str(), "{}"))
    }

    fn message(&self, row: &dyn Row) -> Result<Option<MessageKey>, RowFault> {
        let Some(place) = &self.message else {
            return Ok(None);
        };
        let cell = row.cell(place.column);
        let text = cell.text();
        let id = text.trim();
        check::message_id(id).map_err(|fault| place.fault(fault))?;
        Ok((!id.is_empty()).then(|| MessageKey::of(id)))
    }

    fn properties(&mut self, row: &dyn Row) -> Result<JsonObject, RowFault> {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        text.push('{');
        let written = self.write_properties(row, &mut text);
        text.push('}');
        let properties = JsonObject::from_accepted(&text).expect("written in braces");
        self.text = text;
        written?;
        check::size(properties.as_str().len()).map_err(|fault| RowFault {
            column: None,
            fault,
        })?;
        Ok(properties)
    }

    fn write_properties(&mut self, row: &dyn Row, text: &mut String) -> Result<(), RowFault> {
        let mut others = row.others().into_iter().peekable();
        let mut must_check = others.peek().is_some();
        for property in &self.properties {
            while let Some((name, cell)) = others.next_if(|(name, _)| **name < *property.property) {
                self.write_other(name, &cell, text)?;
            }
            let cell = row.cell(property.column);
            let fault = |fault| property.fault(fault);
            match (property.kind, cell) {
                (_, Cell::Missing) => {}
                (PropertyKind::Spread, Cell::Json(inner) | Cell::Text(inner))
                    if inner.trim_start().starts_with('{') =>
                {
                    must_check = true;
                    spread(&inner, &mut self.checker, text).map_err(fault)?;
                }
                (kind, cell) => write_member(&property.key, kind, &cell, text).map_err(fault)?,
            }
        }
        for (name, cell) in others {
            self.write_other(name, &cell, text)?;
        }
        if must_check {
            // Members can share a name, or be too many together.
            let whole = format!("{text}}}");
            let checked = self.checker.check(&whole);
            checked.map_err(|fault| RowFault {
                column: None,
                fault,
            })?;
        }
        Ok(())
    }

    /// Writes a member that is no column, by the same rules.
    fn write_other(&self, name: &str, cell: &Cell<'_>, text: &mut String) -> Result<(), RowFault> {
        if !self.mapping.is_property(name) {
            return Ok(());
        }
        let property = Property::new(&self.mapping, name, usize::MAX);
        write_member(&property.key, property.kind, cell, text)
            .map_err(|fault| property.fault(fault))
    }
}

impl Property {
    fn new(mapping: &Mapping, name: &str, column: usize) -> Self {
        let rules = &mapping.properties;
        let has = |list: &[String]| list.iter().any(|it| it == name);
        let kind = match () {
            () if has(&rules.spread) => PropertyKind::Spread,
            () if has(&rules.numbers) => PropertyKind::Number,
            () if has(&rules.flags) => PropertyKind::Flag,
            () => PropertyKind::AsIs,
        };
        let property = mapping.property_name(name);
        Self {
            column,
            name: name.to_owned(),
            property: property.to_owned(),
            key: format!("{}:", serde_json::Value::from(property)),
            kind,
        }
    }

    fn fault(&self, fault: Fault) -> RowFault {
        RowFault {
            column: Some(self.name.clone()),
            fault,
        }
    }
}

impl Place {
    fn fault(&self, fault: Fault) -> RowFault {
        RowFault {
            column: Some(self.name.clone()),
            fault,
        }
    }
}

/// Adds the members of an object that stands in a cell.
fn spread(cell: &str, checker: &mut Checker, text: &mut String) -> Result<(), Fault> {
    let raw: &RawValue = serde_json::from_str(cell).map_err(|error| {
        Fault::new(Reason::RowInvalid, format!("is not a JSON object: {error}"))
    })?;
    checker.check(raw.get())?;
    for (name, value) in json::members(raw.get()) {
        separate(text);
        text.push_str(&serde_json::Value::from(name).to_string());
        text.push(':');
        text.push_str(&json::without_blanks(value));
    }
    Ok(())
}

fn write_member(
    key: &str,
    kind: PropertyKind,
    cell: &Cell<'_>,
    text: &mut String,
) -> Result<(), Fault> {
    let before = text.len();
    separate(text);
    text.push_str(key);
    match cell {
        Cell::Text(value) => match (kind, value.trim()) {
            (PropertyKind::Number, number) if write_number(number, text) => {}
            (PropertyKind::Flag, flag) if flag.eq_ignore_ascii_case("true") => {
                text.push_str("true")
            }
            (PropertyKind::Flag, flag) if flag.eq_ignore_ascii_case("false") => {
                text.push_str("false");
            }
            _ => write_text(value, text)?,
        },
        Cell::Int(number) => write_display(number, text),
        Cell::Float(number) if number.is_finite() => write_display(number, text),
        Cell::Flag(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Cell::Json(value) => text.push_str(value),
        Cell::Instant(_) | Cell::Local(_) => write_text(&cell.text(), text)?,
        // Not a number is no value.
        Cell::Float(_) | Cell::Missing => text.truncate(before),
    }
    Ok(())
}

fn separate(text: &mut String) {
    if !text.ends_with('{') {
        text.push(',');
    }
}

fn write_display(value: &dyn std::fmt::Display, text: &mut String) {
    write!(text, "{value}").expect("a String takes all that is written");
}

/// Writes a text as a JSON number, if it is one.
fn write_number(number: &str, text: &mut String) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    let is_plain = all_digits(whole)
        && all_digits(fraction)
        && (whole == "0" || !whole.starts_with('0'))
        && digits.len() < 300;
    if is_plain {
        text.push_str(number);
        return true;
    }
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() => {
            write_display(&value, text);
            true
        }
        _ => false,
    }
}

fn write_text(value: &str, text: &mut String) -> Result<(), Fault> {
    if value.contains('\0') {
        return Err(Fault::new(
            Reason::NulCharacter,
            "holds the character U+0000",
        ));
    }
    if value
        .bytes()
        .any(|it| it < 0x20 || it == b'"' || it == b'\\')
    {
        text.push_str(&serde_json::Value::from(value).to_string());
    } else {
        text.push('"');
        text.push_str(value);
        text.push('"');
    }
    Ok(())
}

/// A hash of everything that makes one row differ from another.
fn content_of(
    name: &EventName,
    identifiers: &[Identifier],
    time: Timestamp,
    channel: Channel,
    properties: &JsonObject,
) -> u128 {
    let mut hasher = Xxh3::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(b"row");
    part(name.as_str().as_bytes());
    part(&time.0.to_le_bytes());
    part(&[channel.code()]);
    part(properties.as_str().as_bytes());
    for identifier in identifiers {
        part(&[identifier.kind as u8]);
        part(identifier.value.as_bytes());
    }
    hasher.digest128()
}
