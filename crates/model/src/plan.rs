//! The tracking plan: which events there are to be, with which properties, and what is done with the rest.
//!
//! Unlike rules on names a plan says nothing of history. It is asked for each event that comes in, as it
//! is shown: after names and types are read as the rules on names say.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use crate::{EventName, Field, Timestamp, limits, naming::NameFault, naming::ValueKind};

/// What events are to look like. Without events it asks nothing of any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrackingPlan {
    pub mode: PlanMode,
    /// What is done with events that are not listed.
    pub other_events: Others,
    pub events: Vec<PlannedEvent>,
}

/// What becomes of an event that breaks the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanMode {
    /// It is stored, and counted as a violation.
    #[default]
    Watch,
    /// It is held back with what is wrong, and can be mended and released.
    Lock,
}

/// Whether what the plan does not list is fine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Others {
    #[default]
    Allowed,
    Refused,
}

/// One event of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedEvent {
    /// As it is shown.
    pub event: EventName,
    #[serde(default)]
    pub properties: Vec<PlannedProperty>,
    /// What is done with properties that are not listed.
    #[serde(default)]
    pub other_properties: Others,
}

/// One property of an event of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedProperty {
    /// Like `properties.price`, or `properties.shop.city` within an object.
    #[schema(value_type = String)]
    pub property: Field,
    /// None means that any type is fine, lists and objects as well.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ValueKind>,
    /// Whether each event must have a value; `null` is none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// The texts that it may hold; none listed means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// A plan as a member wrote it, a record of the raw log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDecided {
    pub at: Timestamp,
    /// The e-mail address of the member.
    pub by: String,
    pub version: u64,
    pub plan: TrackingPlan,
}

/// What an event does that the plan does not have.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// The event is not listed.
    EventUnplanned,
    /// A property that each event must have is missing.
    PropertyMissing,
    /// A property holds another type.
    TypeDiffers,
    /// A property holds a text that is not listed.
    ValueUnplanned,
    /// The event has a property that is not listed.
    PropertyUnplanned,
}

impl Breach {
    /// Every breach.
    pub const ALL: [Self; 5] = [
        Self::EventUnplanned,
        Self::PropertyMissing,
        Self::TypeDiffers,
        Self::ValueUnplanned,
        Self::PropertyUnplanned,
    ];

    /// The stable code, as in the API and on disk.
    pub fn code(self) -> &'static str {
        match self {
            Self::EventUnplanned => "event_unplanned",
            Self::PropertyMissing => "property_missing",
            Self::TypeDiffers => "type_differs",
            Self::ValueUnplanned => "value_unplanned",
            Self::PropertyUnplanned => "property_unplanned",
        }
    }

    /// The breach of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// One thing about an event that is not as planned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    pub breach: Breach,
    /// The path of the property, like `properties.price`; empty when the event itself is meant.
    pub property: String,
    /// What is wrong and what to do, without values that an event holds: those may be about people.
    pub message: String,
}

/// A plan, made ready to be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    mode: PlanMode,
    other_events: Others,
    events: BTreeMap<EventName, ReadyEvent>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ReadyEvent {
    properties: BTreeMap<Vec<String>, ReadyProperty>,
    other_properties: Others,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ReadyProperty {
    kind: Option<ValueKind>,
    required: bool,
    values: BTreeSet<String>,
}

impl TrackingPlan {
    /// Everything that is wrong with the plan; empty when it can be used.
    pub fn check(&self) -> Vec<NameFault> {
        let mut faults = Vec::new();
        let mut fault = |place: String, message: String| faults.push(NameFault { place, message });
        too_many(
            &mut fault,
            "events",
            self.events.len(),
            limits::PLAN_EVENTS_MAX,
        );
        if self.events.is_empty() && self.other_events == Others::Refused {
            let message = "would hold every event back; list those that there are to be".to_owned();
            fault("other_events".to_owned(), message);
        }
        let mut events = BTreeSet::new();
        for (index, it) in self.events.iter().enumerate() {
            let place = format!("events[{index}]");
            if it.event.is_system() {
                let message = format!("`{}` is a name of the product's own", it.event);
                fault(format!("{place}.event"), message);
            }
            if !events.insert(&it.event) {
                fault(
                    format!("{place}.event"),
                    format!("`{}` is listed twice", it.event),
                );
            }
            it.check(&place, &mut fault);
        }
        faults
    }
}

impl PlannedEvent {
    fn check(&self, place: &str, fault: &mut impl FnMut(String, String)) {
        let most = limits::PLAN_PROPERTIES_MAX;
        too_many(
            fault,
            &format!("{place}.properties"),
            self.properties.len(),
            most,
        );
        let mut paths = BTreeSet::new();
        for (index, it) in self.properties.iter().enumerate() {
            let place = format!("{place}.properties[{index}]");
            let Field::Property(path) = &it.property else {
                let message = "is a property, like `properties.price`".to_owned();
                fault(format!("{place}.property"), message);
                continue;
            };
            if !paths.insert(path) {
                fault(
                    format!("{place}.property"),
                    format!("`{}` is listed twice", it.property),
                );
            }
            too_many(
                fault,
                &format!("{place}.values"),
                it.values.len(),
                limits::PLAN_VALUES_MAX,
            );
            if !it.values.is_empty() && it.kind != Some(ValueKind::Text) {
                let message = "is `text` where values are listed".to_owned();
                fault(format!("{place}.type"), message);
            }
        }
        for path in &paths {
            if let Some(outer) =
                (1..path.len()).find(|end| paths.iter().any(|it| it[..] == path[..*end]))
            {
                let message = format!(
                    "`{}` lies within `{}`; list one of them",
                    Field::Property((*path).clone()),
                    Field::Property(path[..outer].to_vec())
                );
                fault(format!("{place}.properties"), message);
            }
        }
    }
}

fn too_many(fault: &mut impl FnMut(String, String), place: &str, count: usize, most: usize) {
    if count > most {
        fault(
            place.to_owned(),
            format!("has {count} entries; at most {most} are allowed"),
        );
    }
}

impl Plan {
    /// Makes a sound plan ready.
    pub fn of(plan: &TrackingPlan) -> Self {
        let events = plan.events.iter().map(|it| {
            let properties = it.properties.iter().filter_map(|it| match &it.property {
                Field::Property(path) => Some((
                    path.clone(),
                    ReadyProperty {
                        kind: it.kind,
                        required: it.required,
                        values: it.values.iter().cloned().collect(),
                    },
                )),
                _ => None,
            });
            let ready = ReadyEvent {
                properties: properties.collect(),
                other_properties: it.other_properties,
            };
            (it.event.clone(), ready)
        });
        Self {
            mode: plan.mode,
            other_events: plan.other_events,
            events: events.collect(),
        }
    }

    /// Whether what breaks the plan is held back.
    pub fn is_locked(&self) -> bool {
        self.mode == PlanMode::Lock
    }

    /// Whether an event of a shown name can break the plan at all.
    pub fn concerns(&self, event: &EventName) -> bool {
        if self.events.is_empty() || event.is_system() {
            return false;
        }
        match self.events.get(event) {
            Some(planned) => {
                !planned.properties.is_empty() || planned.other_properties == Others::Refused
            }
            None => self.other_events == Others::Refused,
        }
    }

    /// What about an event is not as planned, in the order of the properties.
    ///
    /// `event` and `properties` are what is shown.
    pub fn violations(&self, event: &EventName, properties: &Map<String, Json>) -> Vec<Violation> {
        if !self.concerns(event) {
            return Vec::new();
        }
        let Some(planned) = self.events.get(event) else {
            return vec![Violation {
                breach: Breach::EventUnplanned,
                property: String::new(),
                message: format!(
                    "`{event}` is not in the tracking plan; add it there, or send a planned event"
                ),
            }];
        };
        let mut found = Vec::new();
        for (path, property) in &planned.properties {
            if let Some(breach) = property.breach(value_at(properties, path)) {
                found.push(violation(breach, path, property));
            }
        }
        if planned.other_properties == Others::Refused {
            planned.unplanned(properties, &mut Vec::new(), &mut found);
        }
        found.truncate(limits::VIOLATIONS_PER_EVENT_MAX);
        found
    }
}

impl ReadyProperty {
    fn breach(&self, value: Option<&Json>) -> Option<Breach> {
        let Some(value) = value.filter(|it| !it.is_null()) else {
            return self.required.then_some(Breach::PropertyMissing);
        };
        let kind = match value {
            Json::String(_) => Some(ValueKind::Text),
            Json::Number(_) => Some(ValueKind::Number),
            Json::Bool(_) => Some(ValueKind::Flag),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        };
        if self.kind.is_some() && kind != self.kind {
            return Some(Breach::TypeDiffers);
        }
        let is_listed = |text: &str| self.values.is_empty() || self.values.contains(text);
        match value {
            Json::String(text) if !is_listed(text) => Some(Breach::ValueUnplanned),
            _ => None,
        }
    }
}

impl ReadyEvent {
    /// Members that are neither listed nor hold or belong to what is.
    fn unplanned(
        &self,
        map: &Map<String, Json>,
        path: &mut Vec<String>,
        found: &mut Vec<Violation>,
    ) {
        for (name, value) in map {
            path.push(name.clone());
            let holds_planned = || {
                let mut planned = self.properties.keys();
                planned.any(|it| it.len() > path.len() && it.starts_with(path))
            };
            if !self.properties.contains_key(path) {
                match value {
                    Json::Object(inner) if holds_planned() => self.unplanned(inner, path, found),
                    _ => found.push(Violation {
                        breach: Breach::PropertyUnplanned,
                        property: path_of(path),
                        message: format!(
                            "`{}` is not in the tracking plan; add it there, or leave it out",
                            path_of(path)
                        ),
                    }),
                }
            }
            path.pop();
        }
    }
}

/// Names with dots are no paths, so they are told as they are.
fn path_of(path: &[String]) -> String {
    let path = format!("properties.{}", path.join("."));
    let end = path.floor_char_boundary(limits::PLAN_PATH_BYTES_MAX);
    path[..end].to_owned()
}

fn violation(breach: Breach, path: &[String], planned: &ReadyProperty) -> Violation {
    let property = path_of(path);
    let message = match breach {
        Breach::PropertyMissing => {
            format!("`{property}` is missing, which the tracking plan requires")
        }
        Breach::TypeDiffers => {
            let kind = match planned.kind {
                Some(ValueKind::Text) => "a text",
                Some(ValueKind::Number) => "a number",
                Some(ValueKind::Flag) => "true or false",
                None => "anything",
            };
            format!("`{property}` is not {kind}, as the tracking plan has it")
        }
        _ => format!("`{property}` holds a value that the tracking plan does not list"),
    };
    Violation {
        breach,
        property,
        message,
    }
}

fn value_at<'a>(map: &'a Map<String, Json>, path: &[String]) -> Option<&'a Json> {
    let (last, outer) = path.split_last()?;
    let mut map = map;
    for name in outer {
        map = map.get(name)?.as_object()?;
    }
    map.get(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(json: &str) -> TrackingPlan {
        serde_json::from_str(json).expect("readable")
    }

    const SHOP: &str = r#"{"mode":"lock","other_events":"refused","events":[
        {"event":"viewed"},
        {"event":"ordered","other_properties":"refused","properties":[
            {"property":"properties.total","type":"number","required":true},
            {"property":"properties.pay","type":"text","values":["card","cash"]},
            {"property":"properties.shop.city","type":"text"},
            {"property":"properties.items"}]}]}"#;

    fn told(event: &str, properties: &str) -> Vec<String> {
        let plan = plan(SHOP);
        assert_eq!(plan.check(), []);
        let event = EventName::parse(event).expect(event);
        let properties = serde_json::from_str(properties).expect(properties);
        let found = Plan::of(&plan).violations(&event, &properties);
        found
            .into_iter()
            .map(|it| format!("{} {}", it.breach.code(), it.property))
            .collect()
    }

    #[test]
    fn what_is_planned_is_fine_and_everything_else_is_told() {
        let fine: [&str; 0] = [];
        assert_eq!(told("viewed", r#"{"any":1}"#), fine);
        assert_eq!(told("$identify", r#"{"any":1}"#), fine);
        assert_eq!(
            told(
                "ordered",
                r#"{"total":3,"pay":"card","shop":{"city":"Ulm"},"items":[{"a":1}]}"#
            ),
            fine
        );
        assert_eq!(told("ordered", r#"{"total":3,"pay":null,"shop":{}}"#), fine);
        assert_eq!(told("clicked", "{}"), ["event_unplanned "]);
        assert_eq!(
            told("ordered", r#"{"pay":"gold"}"#),
            [
                "value_unplanned properties.pay",
                "property_missing properties.total",
            ]
        );
        assert_eq!(
            told(
                "ordered",
                r#"{"total":"3","pay":1,"shop":"x","shop.city":"y","shop2":{"city":1}}"#
            ),
            [
                "type_differs properties.pay",
                "type_differs properties.total",
                "property_unplanned properties.shop",
                "property_unplanned properties.shop.city",
                "property_unplanned properties.shop2",
            ]
        );
        assert_eq!(
            told(
                "ordered",
                r#"{"total":1,"shop":{"city":"Ulm","street":"x"}}"#
            ),
            ["property_unplanned properties.shop.street",]
        );
    }

    #[test]
    fn violations_of_one_event_are_bounded() {
        let many: Map<String, Json> = (0..500).map(|it| (format!("p{it}"), Json::Null)).collect();
        let ordered = EventName::parse("ordered").expect("short");
        let found = Plan::of(&plan(SHOP)).violations(&ordered, &many);
        assert_eq!(found.len(), limits::VIOLATIONS_PER_EVENT_MAX);
    }

    #[test]
    fn a_plan_without_events_asks_nothing() {
        let any = EventName::parse("any").expect("short");
        assert!(!Plan::of(&TrackingPlan::default()).concerns(&any));
    }

    #[test]
    fn every_fault_is_listed_at_once() {
        let faults = plan(
            r#"{"other_events":"refused","events":[
                {"event":"$identify"},
                {"event":"a"},{"event":"a","properties":[
                    {"property":"channel"},
                    {"property":"properties.x","type":"number","values":["1"]},
                    {"property":"properties.x"},
                    {"property":"properties.x.y"}]}]}"#,
        )
        .check();
        let places: Vec<&str> = faults.iter().map(|it| it.place.as_str()).collect();
        assert_eq!(
            places,
            [
                "events[0].event",
                "events[2].event",
                "events[2].properties[0].property",
                "events[2].properties[1].type",
                "events[2].properties[2].property",
                "events[2].properties",
            ]
        );
        let all_refused = plan(r#"{"other_events":"refused"}"#).check();
        assert_eq!(all_refused[0].place, "other_events");
    }

    #[test]
    fn codes_lead_back() {
        for breach in Breach::ALL {
            assert_eq!(Breach::from_code(breach.code()), Some(breach));
            assert_eq!(
                serde_json::to_value(breach).expect("a unit variant"),
                breach.code()
            );
        }
    }
}
