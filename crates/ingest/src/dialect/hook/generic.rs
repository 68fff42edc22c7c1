//! Webhooks of no maker that is known here: a mapping says what the places of a body mean.
//!
//! The mapping is that of files, where columns are places like `customer.email` or `answers.0.text`.
//! Without a time of its own an arrival happened when it came, and without an id its text is its id,
//! so that what is delivered twice counts once. Without a mapping it stays in the raw log only.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use throughline_model::{IdentifierKind, SourceId, Timestamp, Zone, limits};

use super::{Maker, Note, message_key, read};
use crate::{
    Decoded, Fault, Reason, Refusal, check,
    decoded::Found,
    dialect::form,
    file::{self, Cell, Format, Mapping, MappingFault, Row, RowMapper, TimeColumn, TimeFormat},
    inflate, instant,
    json::Checker,
};

/// How deep objects are opened; what lies deeper is a value.
const DEPTH_MAX: usize = 8;
/// Stands for the time of arrival; no place of a body has this name.
const ARRIVAL: &str = "\u{0}arrival";

/// One arrival as a row: its places, and what stands there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrived {
    pub places: Vec<String>,
    pub cells: Vec<Cell<'static>>,
    /// Where each place stands in the lists.
    index: BTreeMap<String, usize>,
}

/// The rows of a body: an object, a list of objects, or a form.
pub fn arrived(body: &[u8]) -> Result<Vec<Arrived>, Refusal> {
    let text = inflate::text(body)?;
    let items = items(super::bare(&text))?;
    Ok(items.iter().map(Arrived::of).collect())
}

/// Every place of some rows, in the order in which they are met, with a few texts that stand there.
pub fn columns(rows: &[Arrived]) -> Vec<(String, Vec<String>)> {
    const SAMPLES: usize = 3;
    const SAMPLE_CHARS: usize = 60;
    let mut columns: Vec<(String, Vec<String>)> = Vec::new();
    let mut index = BTreeMap::new();
    for row in rows {
        for (place, cell) in row.places.iter().zip(&row.cells) {
            let at = *index.entry(place).or_insert_with(|| {
                columns.push((place.clone(), Vec::new()));
                columns.len() - 1
            });
            let samples = &mut columns[at].1;
            let text: String = cell.text().trim().chars().take(SAMPLE_CHARS).collect();
            if samples.len() < SAMPLES && !samples.contains(&text) {
                samples.push(text);
            }
        }
    }
    columns
}

/// A mapping that may fit some rows, from the names of their places and what stands there.
pub fn suggest(rows: &[Arrived]) -> Mapping {
    let places: Vec<String> = columns(rows).into_iter().map(|(place, _)| place).collect();
    let cells: Vec<Vec<Cell<'_>>> = rows.iter().map(|row| row.in_order(&places)).collect();
    let mut mapping = file::suggest(&Mapping::new(Format::Lines), "webhook", &places, &cells);
    name_persons(&mut mapping, &places);
    mapping
}

/// Takes addresses and numbers for what they are, so that they join what other products tell, and the
/// id of a message for what makes two deliveries one. A plain `id` may as well be that of an order,
/// of which there is more to tell.
fn name_persons(mapping: &mut Mapping, places: &[String]) {
    let last = |place: &str| place.rsplit('.').next().unwrap_or_default().to_lowercase();
    for (kind, names) in [
        (IdentifierKind::Email, ["email", "email_address"]),
        (IdentifierKind::Phone, ["phone", "phone_number"]),
    ] {
        let found = places.iter().find(|it| names.contains(&&*last(it)));
        if let Some(place) = found.filter(|_| !mapping.identifiers.values().any(|it| *it == kind)) {
            if mapping.user.as_ref() == Some(place) {
                mapping.user = None;
            }
            mapping.identifiers.insert(place.clone(), kind);
        }
    }
    let ids = ["event_id", "message_id", "uuid"];
    let is_free = |place: &&String| mapping.is_property(place);
    let id = ids
        .iter()
        .find_map(|id| places.iter().filter(is_free).find(|it| it == id));
    if mapping.message.is_none() {
        mapping.message = id.cloned();
    }
}

/// What is wrong with a mapping whatever comes; a time is not needed here.
pub fn faults(mapping: &Mapping) -> Vec<MappingFault> {
    let mut faults = mapping.check(&mapping.places());
    faults.retain(|fault| fault.place != "time" || mapping.time.is_some());
    if mapping.format != Format::Lines {
        faults.push(MappingFault {
            place: "format".to_owned(),
            message: "what comes to a webhook is read as `lines`".to_owned(),
        });
    }
    faults
}

pub(super) fn decode(
    source: SourceId,
    note: &Note,
    text: &str,
    received: Timestamp,
) -> Result<Decoded, Refusal> {
    let mut decoded = Decoded::default();
    // What is read again came before it came this way.
    let arrival = note.at.as_deref().and_then(instant::read);
    let arrival = arrival.unwrap_or(received);
    for (index, item) in (0..).zip(items(text)?) {
        match &note.mapping {
            None => decoded.aside.push(index),
            Some(mapping) => {
                let found = event(mapping, source, index, &item, arrival, received);
                decoded.take(index, found, &item.to_string());
            }
        }
    }
    Ok(decoded)
}

/// A body as one value; a form is an object of texts.
pub(super) fn whole(text: &str) -> Result<Value, Refusal> {
    match text.starts_with(['{', '[']) {
        true => super::json(text),
        false => of_form(text),
    }
}

fn items(text: &str) -> Result<Vec<Value>, Refusal> {
    let value = whole(text)?;
    match value {
        Value::Array(list) if list.len() > limits::BATCH_EVENTS_MAX => {
            Err(Refusal::BatchTooLong(list.len()))
        }
        Value::Array(list) => Ok(list),
        value => Ok(vec![value]),
    }
}

fn of_form(text: &str) -> Result<Value, Refusal> {
    if !text.contains('=') {
        // The parser knows best what is wrong with it.
        super::json(text)?;
        return Err(Refusal::NotAnObject);
    }
    Ok(form::flat(text))
}

fn event(
    mapping: &Mapping,
    source: SourceId,
    index: u32,
    item: &Value,
    arrival: Timestamp,
    received: Timestamp,
) -> Result<Found, Fault> {
    if !item.is_object() {
        let message = "the event is not a JSON object";
        return Err(Fault::new(Reason::NotAnObject, message));
    }
    let text = item.to_string();
    check::size(text.len())?;
    Checker::default().check(&text)?;
    let mut mapping = mapping.clone();
    let mut row = Arrived::of(item);
    for place in mapping.places() {
        let cell = read::at(item, &place).map_or(Cell::Missing, cell);
        row.put(place, cell);
    }
    if mapping.time.is_none() {
        mapping.time = Some(TimeColumn {
            column: ARRIVAL.to_owned(),
            format: TimeFormat::default(),
            zone: Zone::default(),
        });
        row.put(ARRIVAL.to_owned(), Cell::Instant(arrival));
    }
    let mut mapper = RowMapper::new(&mapping, &row.places).map_err(|faults| {
        let told: Vec<String> = faults
            .iter()
            .map(|it| format!("{}: {}", it.place, it.message))
            .collect();
        let message = format!("the mapping does not fit: {}", told.join("; "));
        Fault::new(Reason::RowInvalid, message)
    })?;
    let mapped = mapper.map(&row.cells, received).map_err(|fault| {
        let Fault { reason, message } = fault.fault;
        match fault.column.filter(|it| it != ARRIVAL) {
            Some(place) => Fault::new(reason, format!("`{place}` {message}")),
            None => Fault::new(reason, message),
        }
    })?;
    let mut event = mapped.event;
    event.identifiers.sort_by_key(|it| it.kind);
    let mut seen = BTreeSet::new();
    event.identifiers.retain(|it| seen.insert(it.clone()));
    let id = mapping.message.as_ref().and_then(|it| read::text(item, it));
    let id = match id {
        Some(id) => format!("{}:{id}", event.name),
        None => format!("{index}:{text}"),
    };
    event.message = message_key(Maker::Generic, Some(source), &id);
    Ok(Found {
        event,
        has_id: true,
    })
}

impl Arrived {
    fn of(item: &Value) -> Self {
        let mut row = Self::default();
        if let Value::Object(members) = item {
            row.open("", members, 1);
        }
        row
    }

    /// The cells at these places.
    fn in_order(&self, places: &[String]) -> Vec<Cell<'static>> {
        let cell = |place| Some(self.cells.cell(*self.index.get(place)?).into_owned());
        places
            .iter()
            .map(|it| cell(it).unwrap_or(Cell::Missing))
            .collect()
    }

    fn open(&mut self, within: &str, members: &Map<String, Value>, depth: usize) {
        for (name, value) in members {
            let place = match within {
                "" => name.clone(),
                within => format!("{within}.{name}"),
            };
            match value {
                Value::Null => {}
                Value::Object(inner) if !inner.is_empty() && depth < DEPTH_MAX => {
                    self.open(&place, inner, depth + 1);
                }
                value => self.put(place, cell(value)),
            }
        }
    }

    /// Adds what stands at a place. Of two ways that lead to one, as a name can hold a dot, the first
    /// counts.
    fn put(&mut self, place: String, cell: Cell<'static>) {
        if !self.index.contains_key(&place) {
            self.index.insert(place.clone(), self.places.len());
            self.places.push(place);
            self.cells.push(cell);
        }
    }
}

fn cell(value: &Value) -> Cell<'static> {
    match value {
        Value::Null => Cell::Missing,
        Value::Bool(flag) => Cell::Flag(*flag),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Cell::Int(whole),
            (None, Some(number)) => Cell::Float(number),
            (None, None) => Cell::Missing,
        },
        Value::String(text) => Cell::Text(text.clone().into()),
        Value::Array(_) | Value::Object(_) => Cell::Json(value.to_string().into()),
    }
}
