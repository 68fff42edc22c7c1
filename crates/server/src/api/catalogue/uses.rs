//! Who names an event or a property: reports, dashboards, maps, segments, rules of the vocabulary.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;
use throughline_store::{
    EventNames,
    state::{DocumentKind, StateError, WorkspaceState},
};
use utoipa::ToSchema;

use throughline_model::EventName;

/// Something that names an event or a property.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Use {
    pub kind: UseKind,
    pub id: String,
    pub title: String,
}

/// What names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UseKind {
    Report,
    Dashboard,
    Map,
    Segment,
    Target,
    Vocabulary,
}

/// By name, who names it.
#[derive(Debug, Default)]
pub struct Uses {
    events: BTreeMap<String, BTreeSet<Use>>,
    properties: BTreeMap<String, BTreeSet<Use>>,
}

const KINDS: [(DocumentKind, UseKind); 6] = [
    (DocumentKind::Report, UseKind::Report),
    (DocumentKind::Dashboard, UseKind::Dashboard),
    (DocumentKind::Map, UseKind::Map),
    (DocumentKind::Segment, UseKind::Segment),
    (DocumentKind::Target, UseKind::Target),
    (DocumentKind::Vocabulary, UseKind::Vocabulary),
];

impl Uses {
    /// Looks through everything that members have written; a suggested vocabulary uses nothing.
    pub fn read(state: &WorkspaceState, names: &EventNames) -> Result<Self, StateError> {
        let mut uses = Self::default();
        for (kind, of) in KINDS {
            for document in state.documents(kind)? {
                let Ok(json) = serde_json::from_str(&document.json) else {
                    continue;
                };
                let it = Use {
                    kind: of,
                    id: document.head.id,
                    title: document.head.title,
                };
                uses.look(&json, false, names, &it);
            }
        }
        Ok(uses)
    }

    /// Who names an event, under whatever name it was sent.
    pub fn of_event(&self, name: &str) -> Vec<Use> {
        let found = self.events.get(name).into_iter().flatten();
        found.cloned().collect()
    }

    /// Who names a property.
    pub fn of_property(&self, path: &str) -> Vec<Use> {
        let found = self.properties.get(path).into_iter().flatten();
        found.cloned().collect()
    }

    /// Names stand in lists called `events`, in tests of the field `event`, and fields are paths.
    fn look(&mut self, json: &Value, are_names: bool, names: &EventNames, of: &Use) {
        match json {
            Value::Object(members) => {
                let is_of_event = members.get("field").is_some_and(|it| it == "event");
                for (key, value) in members {
                    let is_list = key == "events" || is_of_event && key == "test";
                    self.look(value, is_list || are_names, names, of);
                }
            }
            Value::Array(values) => {
                for value in values {
                    self.look(value, are_names, names, of);
                }
            }
            Value::String(text) if are_names => {
                let name = EventName::parse(text).ok();
                let shown = name.as_ref().and_then(|it| names.shown(it));
                let name = shown.map_or_else(|| text.clone(), ToString::to_string);
                self.events.entry(name).or_default().insert(of.clone());
            }
            Value::String(text) if text.starts_with("properties.") => {
                self.properties
                    .entry(text.clone())
                    .or_default()
                    .insert(of.clone());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_stand_for_events_and_nowhere_else() {
        let report = serde_json::json!({"steps": [{"name": "order", "matcher": {"events": ["view"],
            "rule": {"all": [{"where": {"field": "event", "test": {"is": ["cart"]}}},
                {"where": {"field": "properties.price", "test": {"is": ["order"]}}}]}}}]});
        let mut uses = Uses::default();
        let it = Use {
            kind: UseKind::Report,
            id: "a".to_owned(),
            title: "A".to_owned(),
        };
        uses.look(&report, false, &EventNames::default(), &it);
        assert_eq!(uses.of_event("view"), std::slice::from_ref(&it));
        assert_eq!(uses.of_event("cart"), std::slice::from_ref(&it));
        assert_eq!(uses.of_property("properties.price"), [it]);
        assert_eq!(uses.of_event("order"), []);
    }
}
