//! A first vocabulary for a workspace, from the names of its events and a look at their properties.
//!
//! It is a proposal that an author corrects: nothing here is needed for a report to be right.

mod channels;
pub(crate) mod contacts;
mod language;
mod observe;
mod pages;
mod signals;
mod stages;
mod touchpoints;
mod words;

use std::collections::BTreeMap;

use throughline_model::{Channel, EventName, Vocabulary};

use crate::captured::is_gesture;

pub use language::named_in;
pub use observe::observe;

/// What was seen of the events of one name.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenEvent {
    pub name: EventName,
    pub events: u64,
    /// Events per channel, as it was inferred from each event alone.
    pub channels: BTreeMap<Channel, u64>,
    /// Where on people's paths the event lies: 0 is the beginning, 1 the end. The median.
    pub position: f64,
    /// Texts of the property `name`, with the count of events; pages and screens carry it.
    pub page_names: BTreeMap<String, u64>,
    /// Paths of the page at which the event happened.
    pub paths: BTreeMap<String, u64>,
    /// Texts of the property `template`; messages carry it.
    pub templates: BTreeMap<String, u64>,
}

impl SeenEvent {
    /// An event of which nothing is known but its name, count and position.
    pub fn named(name: EventName, events: u64, position: f64) -> Self {
        Self {
            name,
            events,
            channels: BTreeMap::new(),
            position,
            page_names: BTreeMap::new(),
            paths: BTreeMap::new(),
            templates: BTreeMap::new(),
        }
    }
}

/// An id and a title for an event name.
pub(crate) fn readable(name: &str) -> (String, String) {
    let words = words::Words::of(name);
    (words.id(), words.title())
}

/// Proposes channels, touchpoints and stages. The order of `seen` does not matter.
pub fn suggest(seen: &[SeenEvent]) -> Vocabulary {
    let mut seen: Vec<&SeenEvent> = seen
        .iter()
        .filter(|event| !event.name.is_system() && event.events > 0)
        .collect();
    seen.sort_by(|a, b| a.name.cmp(&b.name));
    let (channels, signals) = (channels::suggest(&seen), signals::suggest(&seen));
    seen.retain(|event| !is_gesture(&event.name));
    let touchpoints = touchpoints::suggest(&seen);
    let vocabulary = Vocabulary {
        channels,
        stages: stages::suggest(&seen, &touchpoints),
        touchpoints,
        signals,
        objects: None,
    };
    debug_assert_eq!(vocabulary.check(), []);
    vocabulary
}

#[cfg(test)]
mod tests;
