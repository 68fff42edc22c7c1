//! What follows what, and the sequences that it makes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Faults, NamedMatcher, Range};
use crate::{Field, Matcher, Rule, Span, limits, people::PeopleRule};

/// What follows what, and after how long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transitions {
    pub range: Range,
    /// What the graph is made of.
    #[serde(default)]
    pub by: PathUnit,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// A longer pause is an end and a new start, not a transition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_max: Option<Span>,
}

/// What the elements of a path are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathUnit {
    #[default]
    Event,
    Channel,
    Touchpoint,
    /// Events that lead to a stage of the vocabulary.
    Stage,
    /// Events that fit one of these, under its name; the first that fits decides, others are passed over.
    Steps(Vec<NamedMatcher>),
    /// The values of a field, such as a page, a team or a category of goods. The most frequent stand for themselves, all
    /// others for one element; events without the field are passed over.
    Field(Field),
}

/// The most frequent whole sequences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    pub range: Range,
    #[serde(default)]
    pub by: PathUnit,
    /// Paths begin at this; none means at the profile's first event in the range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Matcher>,
    /// Paths end at this; none means at the last event or when `length_max` is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Matcher>,
    /// Which of the events that fit `from` begin a path, or without `from` which that fit `to` end one.
    #[serde(default)]
    pub occurrence: Occurrence,
    /// Of a path that has no `from`, keeps the last `length_max` elements up to its end instead of all from its start.
    #[serde(default)]
    pub tail: bool,
    #[serde(default = "Paths::default_length")]
    pub length_max: usize,
    /// How many paths are listed; the rest is one honest number.
    #[serde(default = "Paths::default_top")]
    pub top: usize,
    /// Whether the same element twice in a row counts once.
    #[serde(default = "Paths::default_collapse")]
    pub collapse: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_max: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

/// Which occurrence of an event, counted in each sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occurrence {
    /// Each one at which no path is open. Without `from`, the first after the start of the sequence, or with `tail`
    /// each one.
    #[default]
    Each,
    /// The one with this number, from 1.
    Nth(u32),
    Last,
}

impl Paths {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.rule("filter", self.filter.as_ref());
        faults.unit(&self.by);
        if !(1..=50).contains(&self.length_max) {
            faults.push("length_max", "lies between 1 and 50".to_owned());
        }
        if !(1..=limits::PATHS_LISTED_MAX).contains(&self.top) {
            faults.push(
                "top",
                format!("lies between 1 and {}", limits::PATHS_LISTED_MAX),
            );
        }
        if self.occurrence != Occurrence::Each && self.from.is_none() && self.to.is_none() {
            let message = "is of an event, so it needs `from` or `to`";
            faults.push("occurrence", message.to_owned());
        }
        if self.occurrence == Occurrence::Nth(0) {
            faults.push("occurrence", "counts from 1".to_owned());
        }
        if self.tail && (self.from.is_some() || self.to.is_none()) {
            let message = "is what leads to an event, so it needs `to` and goes without `from`";
            faults.push("tail", message.to_owned());
        }
    }

    fn default_length() -> usize {
        8
    }

    fn default_top() -> usize {
        50
    }

    fn default_collapse() -> bool {
        true
    }
}
