//! How events and properties are named: what libraries send is one thing, what people read another.
//!
//! Rules are applied when the log is read, so they hold for all of history at once and can be taken
//! back. Only a block says something of events to come: they are held back from then on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{EventName, Field, Timestamp, limits};

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
    Rename {
        from: Vec<EventName>,
        to: EventName,
    },
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
}

/// A property that is read under another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyName {
    /// Shown names; none means all events.
    pub events: BTreeSet<EventName>,
    pub from: Vec<String>,
    pub to: Vec<String>,
}

impl NameRules {
    /// Everything that is wrong with the rules; empty when they can be used.
    pub fn check(&self) -> Vec<NameFault> {
        let mut check = Check::of(self);
        let most = limits::NAME_RULES_MAX;
        if self.rules.len() > most {
            let message = format!("has {} entries; at most {most} are allowed", self.rules.len());
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
    properties_from: BTreeSet<&'a Field>,
    renamed: BTreeSet<&'a EventName>,
    hidden: BTreeSet<&'a EventName>,
    blocked: BTreeSet<&'a EventName>,
    properties: BTreeSet<(Option<&'a EventName>, &'a Field)>,
    faults: Vec<NameFault>,
}

impl<'a> Check<'a> {
    fn of(rules: &'a NameRules) -> Self {
        let mut check = Self {
            sources: BTreeSet::new(),
            properties_from: BTreeSet::new(),
            renamed: BTreeSet::new(),
            hidden: BTreeSet::new(),
            blocked: BTreeSet::new(),
            properties: BTreeSet::new(),
            faults: Vec::new(),
        };
        for rule in &rules.rules {
            match rule {
                NameRule::Rename { from, .. } => check.sources.extend(from),
                NameRule::Property { from, .. } => {
                    check.properties_from.insert(from);
                }
                NameRule::Hide { .. } | NameRule::Block { .. } => {}
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
                    self.fault(format!("{place}.from"), "names at least one event".to_owned());
                }
                for name in from {
                    self.not_ours(&format!("{place}.from"), name);
                    if !self.renamed.insert(name) {
                        self.fault(format!("{place}.from"), format!("`{name}` is renamed twice"));
                    }
                }
                self.shown(&format!("{place}.to"), to);
            }
            NameRule::Hide { event } => {
                self.shown(&format!("{place}.event"), event);
                if !self.hidden.insert(event) {
                    self.fault(format!("{place}.event"), format!("`{event}` is hidden twice"));
                }
            }
            NameRule::Block { event } => {
                self.shown(&format!("{place}.event"), event);
                if !self.blocked.insert(event) {
                    self.fault(format!("{place}.event"), format!("`{event}` is blocked twice"));
                }
            }
            NameRule::Property { events, from, to } => self.property(place, events, from, to),
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
        if old.starts_with(new) || new.starts_with(old) {
            let message = "is another property, and neither lies within the other".to_owned();
            self.fault(format!("{place}.to"), message);
        }
        if self.properties_from.contains(to) {
            let message = format!("`{to}` is itself read under another name");
            self.fault(format!("{place}.to"), message);
        }
        for name in events {
            self.shown(&format!("{place}.events"), name);
        }
        let everywhere = self.properties.contains(&(None, from));
        let is_twice = match events.is_empty() {
            true => self.properties.iter().any(|it| it.1 == from),
            false => {
                let mut named = events.iter();
                everywhere || named.any(|it| self.properties.contains(&(Some(it), from)))
            }
        };
        if is_twice {
            self.fault(format!("{place}.from"), format!("`{from}` is renamed twice"));
        }
        if events.is_empty() {
            self.properties.insert((None, from));
        }
        self.properties.extend(events.iter().map(|it| (Some(it), from)));
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

    /// Names that something is shown as.
    pub fn targets(&self) -> impl Iterator<Item = &EventName> {
        self.renames.values()
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
        assert_eq!(naming.shown(&name("orderCompleted")), &name("order_completed"));
        assert_eq!(naming.shown(&name("other")), &name("other"));
        assert!(naming.is_blocked(&name("Order Completed")) && naming.is_hidden(&name("ping")));
        assert!(!naming.is_blocked(&name("ping")) && !naming.is_empty());
        let back = serde_json::to_string(&rules).expect("text keys");
        assert_eq!(serde_json::from_str::<NameRules>(&back).expect("read"), rules);
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
