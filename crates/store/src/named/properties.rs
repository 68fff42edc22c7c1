//! Properties that are read under another name.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value as Json};
use throughline_model::{EventName, Field, JsonObject, Value, naming::Naming};

use crate::{
    error::ReadError,
    run::{Run, StoredEvent},
    snapshot::EventNames,
    values::Values,
};

/// Every property that is renamed.
#[derive(Debug, Default)]
pub(super) struct Aliases(Vec<Alias>);

#[derive(Debug)]
struct Alias {
    /// Shown codes; none means all events.
    events: Option<BTreeSet<u16>>,
    from: Vec<String>,
    to: Vec<String>,
}

/// The columns that stand for one path.
pub(super) struct Reader {
    /// Set where the path that is asked for is an old name: in which events, and what it is now.
    old: Option<(Option<BTreeSet<u16>>, Arc<Values>)>,
    others: Vec<(Option<BTreeSet<u16>>, Arc<Values>)>,
}

impl Aliases {
    pub fn of(naming: &Naming, names: &EventNames) -> Self {
        let code_of = |name: &EventName| names.code(name).map(|it| it.0);
        let aliases = naming.properties().iter().map(|it| Alias {
            events: (!it.events.is_empty())
                .then(|| it.events.iter().filter_map(code_of).collect()),
            from: it.from.clone(),
            to: it.to.clone(),
        });
        Self(aliases.collect())
    }

    /// Whether properties of events of a code are renamed.
    pub fn concern(&self, code: Option<u16>) -> bool {
        code.is_some_and(|code| self.0.iter().any(|it| it.holds(code)))
    }

    /// Whether a path is a new or an old name.
    pub fn touch(&self, path: &[String]) -> bool {
        let mut all = self.0.iter();
        all.any(|it| path.starts_with(&it.to) || path.starts_with(&it.from))
    }

    /// The columns of a run that stand for a path.
    pub fn reader(&self, path: &[String], run: &Run) -> Result<Reader, ReadError> {
        let old = self.0.iter().find(|it| path.starts_with(&it.from));
        let now = match old {
            Some(alias) => moved(path, &alias.from, &alias.to),
            None => path.to_vec(),
        };
        let column = |path: Vec<String>| run.values(&Field::Property(path));
        let old = match old {
            Some(alias) => Some((alias.events.clone(), column(now.clone())?)),
            None => None,
        };
        let mut others = Vec::new();
        for alias in self.0.iter().filter(|it| now.starts_with(&it.to)) {
            let values = column(moved(&now, &alias.to, &alias.from))?;
            others.push((alias.events.clone(), values));
        }
        Ok(Reader { old, others })
    }

    /// Moves the members of an event's properties to where they are read.
    pub fn rename(&self, event: &mut StoredEvent, code: u16) {
        let mut aliases = self.0.iter().filter(|it| it.holds(code)).peekable();
        if aliases.peek().is_none() {
            return;
        }
        let mut map = event.properties.to_map();
        let mut has_changed = false;
        for alias in aliases {
            if let Some(value) = take(&mut map, &alias.from) {
                put(&mut map, &alias.to, value);
                has_changed = true;
            }
        }
        if has_changed {
            event.properties = JsonObject::from_map(&map);
        }
    }
}

impl Alias {
    fn holds(&self, code: u16) -> bool {
        self.events.as_ref().is_none_or(|it| it.contains(&code))
    }
}

impl Reader {
    /// The value of a row, given the column of the path itself.
    pub fn value(&self, own: &Values, row: usize, event: u16) -> Option<Value> {
        let holds = |events: &Option<BTreeSet<u16>>| {
            events.as_ref().is_none_or(|events| events.contains(&event))
        };
        let mut value = match &self.old {
            Some((events, now)) if holds(events) => now.get(row),
            // Events that the old name still belongs to.
            Some(_) => return own.get(row),
            None => own.get(row),
        };
        for (events, values) in &self.others {
            if value.is_none() && holds(events) {
                value = values.get(row);
            }
        }
        value
    }
}

/// A path with another beginning.
fn moved(path: &[String], from: &[String], to: &[String]) -> Vec<String> {
    let rest = path[from.len()..].iter();
    to.iter().chain(rest).cloned().collect()
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
fn put(map: &mut Map<String, Json>, path: &[String], value: Json) {
    let Some((last, before)) = path.split_last() else {
        return;
    };
    let mut map = map;
    for name in before {
        let inner = map.entry(name.clone()).or_insert_with(|| Json::Object(Map::new()));
        let Some(inner) = inner.as_object_mut() else {
            return;
        };
        map = inner;
    }
    join(map, last.clone(), value);
}

fn join(map: &mut Map<String, Json>, name: String, value: Json) {
    match (map.get_mut(&name), value) {
        (None | Some(Json::Null), value) => {
            map.insert(name, value);
        }
        (Some(Json::Object(there)), Json::Object(more)) => {
            for (name, value) in more {
                join(there, name, value);
            }
        }
        (Some(_), _) => {}
    }
}
