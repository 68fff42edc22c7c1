//! What a workspace's events mean: which touchpoint, on which channel, in which stage.
//!
//! It is applied when a report is asked, so an edit holds for all of history at once.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Channel, Matcher, Rule, limits,
    object_kind::{self, ObjectKind, default_object_kinds},
};

/// The meaning of a workspace's events. In each list the first rule that fits decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Vocabulary {
    /// Overrides of the channel that was inferred from the event.
    pub channels: Vec<ChannelRule>,
    pub touchpoints: Vec<Touchpoint>,
    /// In the order of the relationship: awareness first.
    pub stages: Vec<StageRule>,
    /// What tells that something went wrong, or anything else that is asked for by name. An event may be of several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// Orders, tickets and whatever else has a life of its own; none means the kinds that everybody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objects: Option<Vec<ObjectKind>>,
}

/// Events that are asked for by one name, whatever touchpoint they are of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Stable and short, like `rage_click`.
    pub id: String,
    pub name: String,
    /// May not name signals.
    pub matcher: Matcher,
}

/// Says which channel events belong to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelRule {
    pub channel: Channel,
    /// May not name touchpoints or channels, which are decided after it.
    pub matcher: Matcher,
}

/// One place of contact on a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Touchpoint {
    /// Stable and short, like `checkout_page`.
    pub id: String,
    pub name: String,
    /// May not name touchpoints.
    pub matcher: Matcher,
}

/// When a profile is in a stage of its relationship.
///
/// An event that fits moves the profile here, whatever stage it was in;
/// where an event fits several stages, the last in the list wins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageRule {
    pub id: String,
    pub name: String,
    pub entry: Matcher,
}

/// What an author must mend in a vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VocabularyFault {
    /// Where, like `touchpoints[2].id`.
    pub place: String,
    pub message: String,
}

impl Vocabulary {
    /// Everything that is wrong with the vocabulary; empty when it can be used.
    pub fn check(&self) -> Vec<VocabularyFault> {
        let mut faults = Vec::new();
        let mut fault = |place: String, message: String| {
            faults.push(VocabularyFault { place, message });
        };
        for (list, count, most) in [
            (
                "channels",
                self.channels.len(),
                limits::VOCABULARY_RULES_MAX,
            ),
            (
                "touchpoints",
                self.touchpoints.len(),
                limits::VOCABULARY_RULES_MAX,
            ),
            ("stages", self.stages.len(), limits::STAGES_MAX),
            ("signals", self.signals.len(), limits::VOCABULARY_RULES_MAX),
        ] {
            if count > most {
                fault(
                    list.to_owned(),
                    format!("has {count} entries; at most {most} are allowed"),
                );
            }
        }
        let known: BTreeSet<&str> = self.touchpoints.iter().map(|it| it.id.as_str()).collect();
        let mut check = |place: String, matcher: &Matcher, touchpoints: bool, channels: bool| {
            if !touchpoints && !matcher.touchpoints.is_empty() {
                fault(place.clone(), "may not name touchpoints".to_owned());
            }
            if !channels && !matcher.channels.is_empty() {
                fault(place.clone(), "may not name channels".to_owned());
            }
            for id in matcher
                .touchpoints
                .iter()
                .filter(|id| !known.contains(id.as_str()))
            {
                fault(
                    place.clone(),
                    format!("names the touchpoint `{id}`, which does not exist"),
                );
            }
            if !matcher.signals.is_empty() {
                fault(place.clone(), "may not name signals".to_owned());
            }
            for message in matcher.rule.iter().flat_map(Rule::faults) {
                fault(place.clone(), message);
            }
        };
        for (index, rule) in self.channels.iter().enumerate() {
            check(
                format!("channels[{index}].matcher"),
                &rule.matcher,
                false,
                false,
            );
        }
        for (index, touchpoint) in self.touchpoints.iter().enumerate() {
            check(
                format!("touchpoints[{index}].matcher"),
                &touchpoint.matcher,
                false,
                true,
            );
        }
        for (index, stage) in self.stages.iter().enumerate() {
            check(format!("stages[{index}].entry"), &stage.entry, true, true);
        }
        for (index, signal) in self.signals.iter().enumerate() {
            let place = format!("signals[{index}].matcher");
            check(place, &signal.matcher, true, true);
        }
        check_names(
            "touchpoints",
            self.touchpoints.iter().map(|it| (&it.id, &it.name)),
            &mut faults,
        );
        check_names(
            "stages",
            self.stages.iter().map(|it| (&it.id, &it.name)),
            &mut faults,
        );
        check_names(
            "signals",
            self.signals.iter().map(|it| (&it.id, &it.name)),
            &mut faults,
        );
        if let Some(kinds) = &self.objects {
            object_kind::check_all(kinds, &mut faults);
            for (index, kind) in kinds.iter().enumerate() {
                for (number, state) in kind.states.iter().enumerate() {
                    let place = format!("objects[{index}].states[{number}].entry");
                    self.check_known(&place, &state.entry, &mut faults);
                }
            }
        }
        faults
    }

    /// The kinds of objects that hold.
    pub fn object_kinds(&self) -> &[ObjectKind] {
        self.objects
            .as_deref()
            .unwrap_or_else(|| default_object_kinds())
    }

    /// The kind of an id.
    pub fn object_kind(&self, id: &str) -> Option<&ObjectKind> {
        self.object_kinds().iter().find(|it| it.id == id)
    }

    /// Notes touchpoints and signals that a matcher names and nobody has.
    fn check_known(&self, place: &str, matcher: &Matcher, faults: &mut Vec<VocabularyFault>) {
        let touchpoints = (matcher.touchpoints.iter())
            .filter(|id| !self.touchpoints.iter().any(|it| it.id == **id))
            .map(|id| format!("names the touchpoint `{id}`, which does not exist"));
        let signals = (matcher.signals.iter())
            .filter(|id| !self.signals.iter().any(|it| it.id == **id))
            .map(|id| format!("names the signal `{id}`, which does not exist"));
        faults.extend(touchpoints.chain(signals).map(|message| VocabularyFault {
            place: place.to_owned(),
            message,
        }));
    }

    /// What holds on events of any of these signals; those that are not there hold on none.
    pub fn signals_rule(&self, ids: &[String]) -> Rule {
        let named = self.signals.iter().filter(|it| ids.contains(&it.id));
        Rule::Any(named.map(|it| it.matcher.as_rule()).collect())
    }
}

fn check_names<'a>(
    list: &str,
    entries: impl Iterator<Item = (&'a String, &'a String)>,
    faults: &mut Vec<VocabularyFault>,
) {
    let mut seen = BTreeSet::new();
    for (index, (id, name)) in entries.enumerate() {
        let mut fault = |part: &str, message: String| {
            faults.push(VocabularyFault {
                place: format!("{list}[{index}].{part}"),
                message,
            });
        };
        if !is_short_id(id) {
            fault("id", "has 1 to 60 of a-z, 0-9, - and _".to_owned());
        } else if !seen.insert(id) {
            fault("id", format!("`{id}` is used twice"));
        }
        if name.trim().is_empty() || name.chars().count() > 200 {
            fault("name", "has 1 to 200 characters".to_owned());
        }
    }
}

/// True for ids of library objects: 1 to 60 of `a-z`, `0-9`, `-` and `_`.
pub fn is_short_id(text: &str) -> bool {
    (1..=60).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_listed_at_once() {
        let vocabulary: Vocabulary = serde_json::from_str(
            r#"{"channels":[{"channel":"web","matcher":{"touchpoints":["x"]}}],
                "touchpoints":[{"id":"a","name":"A","matcher":{}},{"id":"a","name":" ","matcher":{}}],
                "stages":[{"id":"Buy it","name":"Buy","entry":{"touchpoints":["nowhere"]}}]}"#,
        )
        .expect("readable");
        let places: Vec<String> = vocabulary.check().into_iter().map(|it| it.place).collect();
        assert_eq!(
            places,
            [
                "channels[0].matcher",
                "channels[0].matcher",
                "stages[0].entry",
                "touchpoints[1].id",
                "touchpoints[1].name",
                "stages[0].id",
            ]
        );
    }

    #[test]
    fn a_signal_is_what_its_matcher_takes_and_names_no_other_signal() {
        let mut vocabulary: Vocabulary = serde_json::from_str(
            r#"{"signals":[{"id":"rage","name":"Rage","matcher":{"events":["clicked"],"channels":["web"],
                "rule":{"where":{"field":"properties.within.3","test":{"at_most":1000}}}}}]}"#,
        )
        .expect("readable");
        assert_eq!(vocabulary.check(), []);
        let rule = vocabulary.signals_rule(&["rage".to_owned(), "unheard".to_owned()]);
        let fields: Vec<String> = rule.fields().iter().map(ToString::to_string).collect();
        assert_eq!(fields, ["event", "channel", "properties.within.3"]);
        assert!(!vocabulary.signals_rule(&[]).holds(&|_| None));
        vocabulary.signals[0]
            .matcher
            .signals
            .push("rage".to_owned());
        assert_eq!(vocabulary.check()[0].place, "signals[0].matcher");
    }
}
