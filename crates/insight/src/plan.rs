//! The tracking plan against what came in: what it would hold back, and what a plan could be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use throughline_model::{
    EventCode, EventName, Field, TimeRange, Value, limits,
    naming::ValueKind,
    plan::{Breach, Others, Plan, PlanMode, PlannedEvent, PlannedProperty, TrackingPlan},
};

use crate::{
    ask::AskError,
    catalog::catalog,
    quality::sample,
    sampling::{events_at, spread},
    view::View,
};

/// What a plan would have said of the events of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanPreview {
    /// Events that were looked at, spread evenly over those of the range.
    pub looked_at: u64,
    /// Of these, how many are not as planned.
    pub breaking: u64,
    /// The most frequent first.
    pub violations: Vec<PreviewedViolation>,
}

/// One sort of violation, and in how many of the events that were looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewedViolation {
    pub breach: Breach,
    pub event: EventName,
    /// The path of the property; empty when the event itself is meant.
    pub property: String,
    pub events: u64,
}

/// Events that a preview looks at.
const LOOKED_AT_MAX: usize = 20_000;
/// Events that a proposal looks at, of all names together and of each at least and at most.
const PROPOSAL_EVENTS: usize = 60_000;
const PROPOSAL_EVENTS_OF_NAME: (usize, usize) = (100, 2_000);
/// Of so many events a property must be in each to be proposed as required.
const REQUIRED_FROM: u64 = 50;
/// Texts that are proposed as the only ones, at most, and how often each was met at least.
const VALUES_MAX: usize = 12;
const VALUE_FROM: u64 = 10;
/// How deep properties are proposed; what lies deeper belongs to the object around it.
const DEPTH_MAX: usize = 3;

/// What a plan would have said of the events of a range, as they are shown.
pub fn plan_preview(
    view: &View<'_>,
    plan: &TrackingPlan,
    range: TimeRange,
) -> Result<PlanPreview, AskError> {
    let plan = Plan::of(plan);
    let events = sample(view, range, &BTreeSet::new(), LOOKED_AT_MAX)?;
    let mut counts: BTreeMap<(Breach, EventName, String), u64> = BTreeMap::new();
    let mut breaking = 0;
    for event in &events {
        let Some(name) = view.snapshot.names.name(EventCode(event.event)) else {
            continue;
        };
        if !plan.concerns(name) {
            continue;
        }
        let violations = plan.violations(name, &event.properties.to_map());
        breaking += u64::from(!violations.is_empty());
        for it in violations {
            *counts
                .entry((it.breach, name.clone(), it.property))
                .or_default() += 1;
        }
    }
    let mut violations: Vec<PreviewedViolation> = (counts.into_iter())
        .map(|((breach, event, property), events)| PreviewedViolation {
            breach,
            event,
            property,
            events,
        })
        .collect();
    violations.sort_by_key(|it| std::cmp::Reverse(it.events));
    violations.truncate(limits::VIOLATIONS_MAX);
    Ok(PlanPreview {
        looked_at: events.len() as u64,
        breaking,
        violations,
    })
}

/// A plan that what came in fits, as far as it was looked at.
///
/// A property is required when each of enough events has it, has a type when it only ever held one,
/// and has listed values when it holds few texts, each of them often.
pub fn propose_plan(
    view: &View<'_>,
    is_hidden: impl Fn(&EventName) -> bool,
) -> Result<TrackingPlan, AskError> {
    let names = &view.snapshot.names;
    let mut seen: Vec<(EventCode, EventName, u64)> = catalog(view)?
        .into_iter()
        .filter_map(|facts| {
            let name = names.name(facts.code)?;
            let is_wanted = !name.is_system() && !is_hidden(name);
            is_wanted.then(|| (facts.code, name.clone(), facts.events))
        })
        .collect();
    seen.sort_by(|a, b| b.2.cmp(&a.2).then(a.1.cmp(&b.1)));
    seen.truncate(limits::PLAN_EVENTS_MAX);
    let (least, most) = PROPOSAL_EVENTS_OF_NAME;
    let each = (PROPOSAL_EVENTS / seen.len().max(1)).clamp(least, most);
    let mut events = Vec::with_capacity(seen.len());
    for (code, event, _) in seen {
        let mut uses = Uses::default();
        let is_of_name = |run: usize, row: usize| view.snapshot.runs[run].event[row] == code.0;
        for stored in events_at(view, &spread(view, each, is_of_name))? {
            uses.see(&stored.properties.to_map());
        }
        events.push(PlannedEvent {
            event,
            properties: uses.planned(),
            other_properties: Others::Allowed,
        });
    }
    Ok(TrackingPlan {
        mode: PlanMode::Watch,
        other_events: Others::Allowed,
        events,
    })
}

/// What the properties of one event were met with.
#[derive(Default)]
struct Uses {
    events: u64,
    properties: BTreeMap<Vec<String>, PropertyUse>,
}

#[derive(Default)]
struct PropertyUse {
    events: u64,
    kinds: BTreeSet<Option<ValueKind>>,
    /// None once there are too many.
    texts: Option<BTreeMap<String, u64>>,
    is_object: bool,
}

impl Uses {
    fn see(&mut self, properties: &Map<String, Json>) {
        self.events += 1;
        self.walk(properties, &mut Vec::new());
    }

    fn walk(&mut self, map: &Map<String, Json>, path: &mut Vec<String>) {
        for (name, value) in map {
            // A name with a dot cannot be told from a path.
            if name.is_empty() || name.contains('.') || value.is_null() {
                continue;
            }
            path.push(name.clone());
            let inner = value.as_object().filter(|_| path.len() < DEPTH_MAX);
            let its = self
                .properties
                .entry(path.clone())
                .or_insert_with(|| PropertyUse {
                    texts: Some(BTreeMap::new()),
                    ..PropertyUse::default()
                });
            its.is_object |= inner.is_some();
            its.see(value);
            if let Some(inner) = inner {
                self.walk(inner, path);
            }
            path.pop();
        }
    }

    fn planned(&self) -> Vec<PlannedProperty> {
        let within_mixed = |path: &[String]| {
            // What is an object here and a text there is listed as one property of any type.
            (1..path.len()).any(|end| {
                self.properties
                    .get(&path[..end])
                    .is_some_and(PropertyUse::is_mixed)
            })
        };
        let wanted = self
            .properties
            .iter()
            .filter(|(path, its)| (!its.is_object || its.is_mixed()) && !within_mixed(path));
        let mut planned: Vec<(u64, PlannedProperty)> = wanted
            .map(|(path, its)| (its.events, its.planned(path, self.events)))
            .collect();
        planned.sort_by_key(|it| std::cmp::Reverse(it.0));
        planned.truncate(limits::PLAN_PROPERTIES_MAX);
        planned.into_iter().map(|it| it.1).collect()
    }
}

impl PropertyUse {
    fn see(&mut self, value: &Json) {
        self.events += 1;
        let scalar = serde_json::from_value::<Value>(value.clone()).ok();
        self.kinds.insert(scalar.as_ref().map(ValueKind::of));
        match (&scalar, &mut self.texts) {
            (Some(Value::Text(text)), Some(texts)) => {
                *texts.entry(text.clone()).or_default() += 1;
                if texts.len() > VALUES_MAX {
                    self.texts = None;
                }
            }
            _ => self.texts = None,
        }
    }

    fn is_mixed(&self) -> bool {
        self.is_object && self.kinds.len() > 1
    }

    fn planned(&self, path: &[String], events: u64) -> PlannedProperty {
        let kind = match self.kinds.len() {
            1 => self.kinds.first().copied().flatten(),
            _ => None,
        };
        let texts = self
            .texts
            .iter()
            .filter(|it| it.values().all(|count| *count >= VALUE_FROM));
        PlannedProperty {
            property: Field::Property(path.to_vec()),
            kind,
            required: self.events == events && events >= REQUIRED_FROM,
            values: texts.flat_map(BTreeMap::keys).cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use throughline_model::Vocabulary;

    use super::*;
    use crate::{cancel::Cancel, fixture::Log};

    fn log() -> String {
        let mut log = String::new();
        for n in 0..60 {
            let pay = ["card", "cash"][n % 2];
            let extra = match n {
                59 => r#","note":1,"shop":"x""#,
                _ => r#","note":"n","shop":{"city":"Ulm"}"#,
            };
            writeln!(
                log,
                r#"p{n} 09:00 ordered web {{"total":{n},"pay":"{pay}","id":"o{n}"{extra}}}"#
            )
            .expect("a text");
        }
        log + "p0 09:30 rare web {\"a\":true,\"list\":[1]}\n"
    }

    #[test]
    fn what_came_in_fits_the_plan_that_it_proposes() {
        let snapshot = Log::read(&log()).snapshot();
        let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let plan = propose_plan(&view, |_| false).expect("read");
        assert_eq!(plan.check(), []);
        let told: Vec<String> = (plan.events.iter())
            .flat_map(|event| event.properties.iter().map(move |it| (event, it)))
            .map(|(event, it)| {
                format!(
                    "{} {} {:?} {} {:?}",
                    event.event, it.property, it.kind, it.required, it.values
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "ordered properties.id Some(Text) true []",
                "ordered properties.note None true []",
                r#"ordered properties.pay Some(Text) true ["card", "cash"]"#,
                "ordered properties.shop None true []",
                "ordered properties.total Some(Number) true []",
                "rare properties.a Some(Flag) false []",
                "rare properties.list None false []",
            ]
        );
        let preview = plan_preview(&view, &plan, TimeRange::ALL).expect("read");
        assert_eq!(
            (
                preview.looked_at,
                preview.breaking,
                preview.violations.len()
            ),
            (61, 0, 0)
        );
    }

    #[test]
    fn a_preview_counts_what_is_not_as_planned() {
        let snapshot = Log::read(&log()).snapshot();
        let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let plan: TrackingPlan = serde_json::from_str(
            r#"{"mode":"lock","other_events":"refused","events":[{"event":"ordered","properties":[
                {"property":"properties.pay","type":"text","values":["card"]},
                {"property":"properties.note","type":"text","required":true}]}]}"#,
        )
        .expect("readable");
        let preview = plan_preview(&view, &plan, TimeRange::ALL).expect("read");
        let told: Vec<String> = (preview.violations.iter())
            .map(|it| {
                format!(
                    "{} {} {} {}",
                    it.breach.code(),
                    it.event,
                    it.property,
                    it.events
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "value_unplanned ordered properties.pay 30",
                "event_unplanned rare  1",
                "type_differs ordered properties.note 1",
            ]
        );
        // One event breaks the plan in two ways.
        assert_eq!((preview.looked_at, preview.breaking), (61, 31));
    }
}
