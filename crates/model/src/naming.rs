//! How events and properties are named: what libraries send is one thing, what people read another.
//!
//! Rules are applied when the log is read, so they hold for all of history at once and can be taken
//! back. Only a block says something of events to come: they are held back from then on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{EventName, Field, Timestamp, Value, limits};

/// The rules of a workspace. Their order means nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NameRules {
    pub rules: Vec<NameRule>,
}

/// What is done with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NameRule {
    /// Events that are sent under any of these names are shown under one.
    Rename { from: Vec<EventName>, to: EventName },
    /// The event fits only where it is named, like the product's own.
    Hide { event: EventName },
    /// Old ones are left out of everything, and new ones are held back.
    Block { event: EventName },
    /// A property is read under another name.
    Property {
        /// Shown names; none means all events.
        #[serde(default)]
        events: Vec<EventName>,
        from: Field,
        to: Field,
    },
    /// A property is read as one type; a value that cannot be read so stays as it is.
    Type {
        /// Shown names; none means all events.
        #[serde(default)]
        events: Vec<EventName>,
        property: Field,
        to: ValueKind,
    },
}

/// What sort of value a field holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    Text,
    Number,
    Flag,
}

impl ValueKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Text, Self::Number, Self::Flag];

    /// The kind of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Text(_) => Self::Text,
            Value::Number(_) => Self::Number,
            Value::Flag(_) => Self::Flag,
        }
    }

    /// A value read as this kind; as it is where it cannot be.
    pub fn read(self, value: Value) -> Value {
        let read = match (self, &value) {
            (Self::Number, Value::Text(text)) => {
                let number = text.trim().parse::<f64>().ok();
                number.filter(|it| it.is_finite()).map(Value::Number)
            }
            (Self::Text, Value::Number(number)) => Some(Value::Text(number.to_string())),
            (Self::Text, Value::Flag(flag)) => Some(Value::Text(flag.to_string())),
            (Self::Flag, Value::Text(text)) => match text.trim().to_ascii_lowercase().as_str() {
                "true" => Some(Value::Flag(true)),
                "false" => Some(Value::Flag(false)),
                _ => None,
            },
            (Self::Flag, Value::Number(number)) => match *number {
                0.0 => Some(Value::Flag(false)),
                1.0 => Some(Value::Flag(true)),
                _ => None,
            },
            _ => None,
        };
        read.unwrap_or(value)
    }
}

/// Rules as a member wrote them, a record of the raw log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamesDecided {
    pub at: Timestamp,
    /// The e-mail address of the member.
    pub by: String,
    pub version: u64,
    pub rules: NameRules,
}

/// What an author must mend in rules on names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NameFault {
    /// Where, like `rules[2].to`.
    pub place: String,
    pub message: String,
}

/// Rules, made ready to be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Naming {
    renames: BTreeMap<EventName, EventName>,
    hidden: BTreeSet<EventName>,
    blocked: BTreeSet<EventName>,
    properties: Vec<PropertyName>,
    types: Vec<PropertyType>,
}

/// A property that is read as one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PropertyType {
    pub path: Vec<String>,
    pub to: ValueKind,
    /// Shown names; none means all events.
    pub events: BTreeSet<EventName>,
}

/// A property that is read under another name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PropertyName {
    pub from: Vec<String>,
    pub to: Vec<String>,
    /// Shown names; none means all events.
    pub events: BTreeSet<EventName>,
}

impl NameRules {
    /// Everything that is wrong with the rules; empty when they can be used.
    pub fn check(&self) -> Vec<NameFault> {
        let mut check = Check::of(self);
        let most = limits::NAME_RULES_MAX;
        if self.rules.len() > most {
            let message = format!(
                "has {} entries; at most {most} are allowed",
                self.rules.len()
            );
            check.fault("rules".to_owned(), message);
        }
        for (index, rule) in self.rules.iter().enumerate() {
            check.rule(&format!("rules[{index}]"), rule);
        }
        check.faults
    }
}

/// What was seen so far, and all names that something is renamed from.
struct Check<'a> {
    sources: BTreeSet<&'a EventName>,
    properties_from: Vec<&'a Field>,
    renamed: BTreeSet<&'a EventName>,
    hidden: BTreeSet<&'a EventName>,
    blocked: BTreeSet<&'a EventName>,
    properties: Vec<(&'a [EventName], &'a Field)>,
    types: Vec<(&'a [EventName], &'a Field)>,
    faults: Vec<NameFault>,
}

impl<'a> Check<'a> {
    fn of(rules: &'a NameRules) -> Self {
        let mut check = Self {
            sources: BTreeSet::new(),
            properties_from: Vec::new(),
            renamed: BTreeSet::new(),
            hidden: BTreeSet::new(),
            blocked: BTreeSet::new(),
            properties: Vec::new(),
            types: Vec::new(),
            faults: Vec::new(),
        };
        for rule in &rules.rules {
            match rule {
                NameRule::Rename { from, .. } => check.sources.extend(from),
                NameRule::Property { from, .. } => check.properties_from.push(from),
                NameRule::Hide { .. } | NameRule::Block { .. } | NameRule::Type { .. } => {}
            }
        }
        check
    }

    fn fault(&mut self, place: String, message: String) {
        self.faults.push(NameFault { place, message });
    }

    fn rule(&mut self, place: &str, rule: &'a NameRule) {
        match rule {
            NameRule::Rename { from, to } => {
                if from.is_empty() {
                    self.fault(
                        format!("{place}.from"),
                        "names at least one event".to_owned(),
                    );
                }
                for name in from {
                    self.not_ours(&format!("{place}.from"), name);
                    if !self.renamed.insert(name) {
                        self.fault(
                            format!("{place}.from"),
                            format!("`{name}` is renamed twice"),
                        );
                    }
                }
                self.shown(&format!("{place}.to"), to);
            }
            NameRule::Hide { event } => {
                self.shown(&format!("{place}.event"), event);
                if !self.hidden.insert(event) {
                    self.fault(
                        format!("{place}.event"),
                        format!("`{event}` is hidden twice"),
                    );
                }
            }
            NameRule::Block { event } => {
                self.shown(&format!("{place}.event"), event);
                if !self.blocked.insert(event) {
                    self.fault(
                        format!("{place}.event"),
                        format!("`{event}` is blocked twice"),
                    );
                }
            }
            NameRule::Property { events, from, to } => self.property(place, events, from, to),
            NameRule::Type {
                events, property, ..
            } => self.kind(place, events, property),
        }
    }

    fn property(&mut self, place: &str, events: &'a [EventName], from: &'a Field, to: &'a Field) {
        for (part, field) in [("from", from), ("to", to)] {
            if !matches!(field, Field::Property(_)) {
                let message = "is a property, like `properties.price`".to_owned();
                self.fault(format!("{place}.{part}"), message);
            }
        }
        let (Field::Property(old), Field::Property(new)) = (from, to) else {
            return;
        };
        if touch(old, new) {
            let message = "is another property, and neither lies within the other".to_owned();
            self.fault(format!("{place}.to"), message);
        } else if self.is_moved(to) {
            let message = format!("`{to}` is itself read under another name");
            self.fault(format!("{place}.to"), message);
        }
        for name in events {
            self.shown(&format!("{place}.events"), name);
        }
        let is_twice = |(others, it): &(&[EventName], &Field)| {
            share(others, events) && within_each_other(it, from)
        };
        if self.properties.iter().any(is_twice) {
            self.fault(
                format!("{place}.from"),
                format!("`{from}` is renamed twice, by itself or with what it lies in"),
            );
        }
        self.properties.push((events, from));
    }

    fn kind(&mut self, place: &str, events: &'a [EventName], property: &'a Field) {
        let place_of = format!("{place}.property");
        if !matches!(property, Field::Property(_)) {
            let message = "is a property, like `properties.price`".to_owned();
            self.fault(place_of.clone(), message);
        }
        if self.is_moved(property) {
            let message = format!("`{property}` is read under another name; name that");
            self.fault(place_of.clone(), message);
        }
        for name in events {
            self.shown(&format!("{place}.events"), name);
        }
        let is_twice =
            |(others, it): &(&[EventName], &Field)| share(others, events) && *it == property;
        if self.types.iter().any(is_twice) {
            let message = format!("the type of `{property}` is said twice");
            self.fault(place_of, message);
        }
        self.types.push((events, property));
    }

    /// Whether some rule takes a property away, itself or what it lies in or what lies in it.
    fn is_moved(&self, field: &Field) -> bool {
        let mut sources = self.properties_from.iter();
        sources.any(|from| within_each_other(from, field))
    }

    /// A name that people read: one of ours, or one that is renamed, is none.
    fn shown(&mut self, place: &str, name: &EventName) {
        self.not_ours(place, name);
        if self.sources.contains(name) {
            let message = format!("`{name}` is itself renamed; name what it is shown as");
            self.fault(place.to_owned(), message);
        }
    }

    fn not_ours(&mut self, place: &str, name: &EventName) {
        if name.is_system() {
            let message = format!("`{name}` is a name of the product's own");
            self.fault(place.to_owned(), message);
        }
    }
}

/// Whether two lists of events have one in common; an empty list is all events.
fn share(some: &[EventName], others: &[EventName]) -> bool {
    some.is_empty() || others.is_empty() || some.iter().any(|it| others.contains(it))
}

fn touch(some: &[String], other: &[String]) -> bool {
    some.starts_with(other) || other.starts_with(some)
}

fn within_each_other(some: &Field, other: &Field) -> bool {
    match (some, other) {
        (Field::Property(some), Field::Property(other)) => touch(some, other),
        _ => false,
    }
}

impl Naming {
    /// Makes sound rules ready.
    pub fn of(rules: &NameRules) -> Self {
        let mut naming = Self::default();
        for rule in &rules.rules {
            match rule {
                NameRule::Rename { from, to } => {
                    let pairs = from.iter().map(|it| (it.clone(), to.clone()));
                    naming.renames.extend(pairs);
                }
                NameRule::Hide { event } => {
                    naming.hidden.insert(event.clone());
                }
                NameRule::Block { event } => {
                    naming.blocked.insert(event.clone());
                }
                NameRule::Type {
                    events,
                    property,
                    to,
                } => {
                    if let Field::Property(path) = property {
                        naming.types.push(PropertyType {
                            events: events.iter().cloned().collect(),
                            path: path.clone(),
                            to: *to,
                        });
                    }
                }
                NameRule::Property { events, from, to } => {
                    if let (Field::Property(from), Field::Property(to)) = (from, to) {
                        naming.properties.push(PropertyName {
                            events: events.iter().cloned().collect(),
                            from: from.clone(),
                            to: to.clone(),
                        });
                    }
                }
            }
        }
        // Where several old names of an event are read as one, the first in this order stays.
        naming.properties.sort_unstable();
        naming.types.sort_unstable();
        naming
    }

    /// True when everything is shown as it was sent.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What a name that was sent is shown as.
    pub fn shown<'a>(&'a self, sent: &'a EventName) -> &'a EventName {
        self.renames.get(sent).unwrap_or(sent)
    }

    /// Names that are shown as others, with what they are shown as.
    pub fn renames(&self) -> impl Iterator<Item = (&EventName, &EventName)> {
        self.renames.iter()
    }

    /// Whether a name that was sent is hidden.
    pub fn is_hidden(&self, sent: &EventName) -> bool {
        self.hidden.contains(self.shown(sent))
    }

    /// Whether a name that was sent is blocked.
    pub fn is_blocked(&self, sent: &EventName) -> bool {
        self.blocked.contains(self.shown(sent))
    }

    /// Properties that are read under another name.
    pub fn properties(&self) -> &[PropertyName] {
        &self.properties
    }

    /// Properties that are read as one type.
    pub fn types(&self) -> &[PropertyType] {
        &self.types
    }

    /// The same without what is blocked, for who looks at what was left out.
    #[must_use]
    pub fn with_blocked(&self) -> Self {
        Self {
            blocked: BTreeSet::new(),
            ..self.clone()
        }
    }

    /// True when something is blocked.
    pub fn blocks(&self) -> bool {
        !self.blocked.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(json: &str) -> NameRules {
        serde_json::from_str(&format!(r#"{{"rules":{json}}}"#)).expect("readable")
    }

    fn name(text: &str) -> EventName {
        EventName::parse(text).expect(text)
    }

    #[test]
    fn names_are_shown_hidden_and_blocked_by_what_they_are_shown_as() {
        let rules = rules(
            r#"[{"kind":"rename","from":["Order Completed","orderCompleted"],"to":"order_completed"},
                {"kind":"hide","event":"ping"},{"kind":"block","event":"order_completed"},
                {"kind":"property","from":"properties.total","to":"properties.price"}]"#,
        );
        assert_eq!(rules.check(), []);
        let naming = Naming::of(&rules);
        assert_eq!(
            naming.shown(&name("orderCompleted")),
            &name("order_completed")
        );
        assert_eq!(naming.shown(&name("other")), &name("other"));
        assert!(naming.is_blocked(&name("Order Completed")) && naming.is_hidden(&name("ping")));
        assert!(!naming.is_blocked(&name("ping")) && !naming.is_empty());
        let back = serde_json::to_string(&rules).expect("text keys");
        assert_eq!(
            serde_json::from_str::<NameRules>(&back).expect("read"),
            rules
        );
    }

    #[test]
    fn a_value_that_cannot_be_read_as_a_kind_stays_as_it_is() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (kind, value, read) in [
            (ValueKind::Number, text(" 12.5 "), Value::Number(12.5)),
            (ValueKind::Number, text("much"), text("much")),
            (ValueKind::Number, text("inf"), text("inf")),
            (ValueKind::Number, Value::Flag(true), Value::Flag(true)),
            (ValueKind::Text, Value::Number(7.0), text("7")),
            (ValueKind::Text, Value::Flag(false), text("false")),
            (ValueKind::Flag, text("TRUE"), Value::Flag(true)),
            (ValueKind::Flag, Value::Number(0.0), Value::Flag(false)),
            (ValueKind::Flag, Value::Number(2.0), Value::Number(2.0)),
        ] {
            assert_eq!(kind.read(value.clone()), read, "{kind:?} of {value:?}");
        }
    }

    #[test]
    fn rules_whose_order_would_decide_are_refused() {
        let property = |events: &str, from: &str, to: &str| {
            format!(
                r#"{{"kind":"property","events":[{events}],"from":"properties.{from}","to":"properties.{to}"}}"#
            )
        };
        let typed = |events: &str, path: &str, to: &str| {
            format!(
                r#"{{"kind":"type","events":[{events}],"property":"properties.{path}","to":"{to}"}}"#
            )
        };
        let (x, y, all) = (r#""x""#, r#""y""#, "");
        for (first, second, is_sound) in [
            (property(all, "a", "p"), property(all, "a.b", "q"), false),
            (property(x, "a", "p"), property(all, "a.b", "q"), false),
            (property(x, "a", "p"), property(y, "a.b", "q"), true),
            (property(all, "a", "b.c"), property(all, "b", "d"), false),
            (property(all, "a", "b"), property(all, "b.c", "d"), false),
            (property(all, "a", "c"), property(all, "b", "c"), true),
            (typed(all, "p", "text"), typed(x, "p", "number"), false),
            (typed(x, "p", "text"), typed(x, "p", "text"), false),
            (typed(x, "p", "text"), typed(y, "p", "number"), true),
            (property(all, "a", "p"), typed(all, "a.b", "text"), false),
        ] {
            for (first, second) in [(&first, &second), (&second, &first)] {
                let rules = rules(&format!("[{first},{second}]"));
                assert_eq!(rules.check().is_empty(), is_sound, "{first} {second}");
            }
            let (one, other) = (format!("[{first},{second}]"), format!("[{second},{first}]"));
            assert_eq!(Naming::of(&rules(&one)), Naming::of(&rules(&other)));
        }
    }

    #[test]
    fn every_fault_is_listed_at_once() {
        let rules = rules(
            r#"[{"kind":"rename","from":[],"to":"b"},
                {"kind":"rename","from":["a"],"to":"b"},{"kind":"rename","from":["a","b"],"to":"$identify"},
                {"kind":"hide","event":"a"},{"kind":"block","event":"x"},{"kind":"block","event":"x"},
                {"kind":"property","from":"channel","to":"properties.a"},
                {"kind":"property","from":"properties.a","to":"properties.a.b"},
                {"kind":"property","events":["x"],"from":"properties.a","to":"properties.c"}]"#,
        );
        let places: Vec<String> = rules.check().into_iter().map(|it| it.place).collect();
        assert_eq!(
            places,
            [
                "rules[0].from",
                "rules[0].to",
                "rules[1].to",
                "rules[2].from",
                "rules[2].to",
                "rules[3].event",
                "rules[5].event",
                "rules[6].from",
                "rules[7].to",
                "rules[8].from",
            ]
        );
    }
}
