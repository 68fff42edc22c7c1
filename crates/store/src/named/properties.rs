//! Properties that are read under another name.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value as Json};
use throughline_model::{
    EventName, Field, JsonObject, Value,
    naming::{Naming, ValueKind},
};

use crate::{
    error::ReadError,
    run::{Run, StoredEvent},
    snapshot::EventNames,
    values::Values,
};

/// Every property that is renamed.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    names: Vec<Alias>,
    types: Vec<Typed>,
}

#[derive(Debug)]
struct Typed {
    /// Shown codes; none means all events.
    events: Option<BTreeSet<u16>>,
    path: Vec<String>,
    to: ValueKind,
}

#[derive(Debug)]
struct Alias {
    /// Shown codes; none means all events.
    events: Option<BTreeSet<u16>>,
    from: Vec<String>,
    to: Vec<String>,
}

/// The columns that stand for one path.
pub(super) struct Reader {
    own: Way,
    /// Where the path is an old name: in which events, and what is read there instead.
    moved: Vec<(Option<BTreeSet<u16>>, Way)>,
}

/// A path as it is read in some events: its own column, else the first old name that has a value.
struct Way {
    own: Arc<Values>,
    others: Vec<(Option<BTreeSet<u16>>, Arc<Values>)>,
    types: Vec<(Option<BTreeSet<u16>>, ValueKind)>,
}

impl Aliases {
    pub fn of(naming: &Naming, names: &EventNames) -> Self {
        let code_of = |name: &EventName| names.code(name).map(|it| it.0);
        let codes = |events: &BTreeSet<EventName>| {
            (!events.is_empty()).then(|| events.iter().filter_map(code_of).collect())
        };
        let aliases = naming.properties().iter().map(|it| Alias {
            events: codes(&it.events),
            from: it.from.clone(),
            to: it.to.clone(),
        });
        let types = naming.types().iter().map(|it| Typed {
            events: codes(&it.events),
            path: it.path.clone(),
            to: it.to,
        });
        Self {
            names: aliases.collect(),
            types: types.collect(),
        }
    }

    /// Whether properties of events of a code are renamed.
    pub fn concern(&self, code: Option<u16>) -> bool {
        let Some(code) = code else {
            return false;
        };
        let named = self.names.iter().any(|it| holds(&it.events, code));
        named || self.types.iter().any(|it| holds(&it.events, code))
    }

    /// Whether a path is a new or an old name.
    pub fn touch(&self, path: &[String]) -> bool {
        let mut names = self.names.iter();
        names.any(|it| path.starts_with(&it.to) || path.starts_with(&it.from))
            || self.types.iter().any(|it| it.path == path)
    }

    /// The columns of a run that stand for a path.
    pub fn reader(&self, path: &[String], run: &Run) -> Result<Reader, ReadError> {
        let mut old = Vec::new();
        for alias in self.names.iter().filter(|it| path.starts_with(&it.from)) {
            let now = self.way(&moved(path, &alias.from, &alias.to), run)?;
            old.push((alias.events.clone(), now));
        }
        Ok(Reader {
            own: self.way(path, run)?,
            moved: old,
        })
    }

    fn way(&self, path: &[String], run: &Run) -> Result<Way, ReadError> {
        let column = |path: Vec<String>| run.values(&Field::Property(path));
        let mut others = Vec::new();
        for alias in self.names.iter().filter(|it| path.starts_with(&it.to)) {
            let values = column(moved(path, &alias.to, &alias.from))?;
            others.push((alias.events.clone(), values));
        }
        let types = self.types.iter().filter(|it| it.path == path);
        Ok(Way {
            own: column(path.to_vec())?,
            others,
            types: types.map(|it| (it.events.clone(), it.to)).collect(),
        })
    }

    /// Moves the members of an event's properties to where they are read.
    pub fn rename(&self, event: &mut StoredEvent, code: u16) {
        if !self.concern(Some(code)) {
            return;
        }
        let mut map = event.properties.to_map();
        let mut has_changed = false;
        for alias in self.names.iter().filter(|it| holds(&it.events, code)) {
            if let Some(value) = take(&mut map, &alias.from) {
                // What finds no room stays where it was sent.
                if let Some(left) = put(&mut map, &alias.to, value) {
                    put(&mut map, &alias.from, left);
                }
                has_changed = true;
            }
        }
        for typed in self.types.iter().filter(|it| holds(&it.events, code)) {
            has_changed |= retype(&mut map, &typed.path, typed.to);
        }
        if has_changed {
            event.properties = JsonObject::from_map(&map);
        }
    }
}

/// The properties of an event of a shown name, as they are read.
pub fn read_as(naming: &Naming, event: &EventName, properties: &JsonObject) -> Map<String, Json> {
    let mut map = properties.to_map();
    let concerns = |events: &BTreeSet<EventName>| events.is_empty() || events.contains(event);
    for alias in naming.properties().iter().filter(|it| concerns(&it.events)) {
        if let Some(value) = take(&mut map, &alias.from) {
            put(&mut map, &alias.to, value);
        }
    }
    for typed in naming.types().iter().filter(|it| concerns(&it.events)) {
        retype(&mut map, &typed.path, typed.to);
    }
    map
}

fn holds(events: &Option<BTreeSet<u16>>, code: u16) -> bool {
    events.as_ref().is_none_or(|it| it.contains(&code))
}

impl Reader {
    /// The value of a row.
    pub fn value(&self, row: usize, event: u16) -> Option<Value> {
        let mut moved = self.moved.iter();
        let way = moved.find(|(events, _)| holds(events, event));
        way.map_or(&self.own, |it| &it.1).value(row, event)
    }
}

impl Way {
    fn value(&self, row: usize, event: u16) -> Option<Value> {
        let of_others = || {
            let mut others = self.others.iter();
            others.find_map(|(events, values)| values.get(row).filter(|_| holds(events, event)))
        };
        let value = self.own.get(row).or_else(of_others);
        (self.types.iter())
            .filter(|(events, _)| holds(events, event))
            .fold(value, |value, (_, kind)| value.map(|it| kind.read(it)))
    }
}

/// A path with another beginning.
fn moved(path: &[String], from: &[String], to: &[String]) -> Vec<String> {
    let rest = path[from.len()..].iter();
    to.iter().chain(rest).cloned().collect()
}

/// Reads the value at a path as a kind; true when it changed.
fn retype(map: &mut Map<String, Json>, path: &[String], to: ValueKind) -> bool {
    let Some(value) = find(map, path) else {
        return false;
    };
    match serde_json::from_value::<Value>(value.clone()) {
        Ok(scalar) if ValueKind::of(&scalar) != to => {
            *value = serde_json::to_value(to.read(scalar)).expect("scalars are JSON");
            true
        }
        _ => false,
    }
}

fn find<'m>(map: &'m mut Map<String, Json>, path: &[String]) -> Option<&'m mut Json> {
    let (last, before) = path.split_last()?;
    let mut map = map;
    for name in before {
        map = map.get_mut(name)?.as_object_mut()?;
    }
    map.get_mut(last)
}

fn take(map: &mut Map<String, Json>, path: &[String]) -> Option<Json> {
    let (last, before) = path.split_last()?;
    let mut map = map;
    for name in before {
        map = map.get_mut(name)?.as_object_mut()?;
    }
    map.remove(last)
}

/// Puts a value where there is none; objects are joined, and what is there stays.
///
/// Gives back what finds no room: a member of what is no object, or a value where an object is.
fn put(map: &mut Map<String, Json>, path: &[String], value: Json) -> Option<Json> {
    let Some((last, before)) = path.split_last() else {
        return Some(value);
    };
    let mut map = map;
    for name in before {
        let inner = map.entry(name.clone()).or_insert(Json::Null);
        if inner.is_null() {
            *inner = Json::Object(Map::new());
        }
        let Some(inner) = inner.as_object_mut() else {
            return Some(value);
        };
        map = inner;
    }
    join(map, last.clone(), value)
}

fn join(map: &mut Map<String, Json>, name: String, value: Json) -> Option<Json> {
    match (map.get_mut(&name), value) {
        (None | Some(Json::Null), value) => {
            map.insert(name, value);
            None
        }
        (Some(Json::Object(there)), Json::Object(more)) => {
            let mut left = Map::new();
            for (name, value) in more {
                if let Some(value) = join(there, name.clone(), value) {
                    left.insert(name, value);
                }
            }
            (!left.is_empty()).then_some(Json::Object(left))
        }
        (Some(there), value) if there.is_object() != value.is_object() => Some(value),
        (Some(_), _) => None,
    }
}
