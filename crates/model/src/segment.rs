//! Segments: people who satisfy a rule now, or who were listed once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ActorId, limits, people::PeopleRule, report::ReportFault};

/// Who is in a segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SegmentDefinition {
    /// Whoever satisfies it now.
    Rule(PeopleRule),
    /// These, whatever they do; a merged profile is listed when one of its actors is.
    Listed(Vec<ActorId>),
}

/// Definitions of segments by their ids.
pub type Definitions = BTreeMap<String, SegmentDefinition>;

impl SegmentDefinition {
    /// Ids of segments that it names, with their places.
    pub fn segments(&self) -> Vec<(String, &str)> {
        match self {
            Self::Rule(rule) => rule.segments("definition.rule"),
            Self::Listed(_) => Vec::new(),
        }
    }

    /// Everything that makes it unusable by itself.
    pub fn faults(&self) -> Vec<ReportFault> {
        match self {
            Self::Rule(rule) => rule.faults("definition.rule"),
            Self::Listed(actors) if actors.len() > limits::SEGMENT_LISTED_MAX => {
                let most = limits::SEGMENT_LISTED_MAX;
                vec![fault(
                    "definition.listed",
                    format!("lists more than {most} profiles"),
                )]
            }
            Self::Listed(_) => Vec::new(),
        }
    }

    /// What is wrong with the segments that it names, if it were that of segment `id`; none for a new one.
    pub fn faults_among(&self, id: Option<&str>, others: &Definitions) -> Vec<ReportFault> {
        let Self::Rule(rule) = self else {
            return Vec::new();
        };
        named_faults(rule, "definition.rule", id, others)
    }
}

/// What is wrong with the segments that a rule names: unknown ones, chains that come back or never end.
pub fn named_faults(
    rule: &PeopleRule,
    place: &str,
    own: Option<&str>,
    segments: &Definitions,
) -> Vec<ReportFault> {
    let mut faults = Vec::new();
    let mut count = leaves(rule);
    for (place, id) in rule.segments(place) {
        let mut chain: Vec<&str> = own.into_iter().collect();
        if let Err(message) = follow(id, &mut chain, segments, &mut count) {
            faults.push(fault(&place, message));
        }
    }
    faults
}

/// Follows a segment to all that it names; `chain` is the way to it.
fn follow<'a>(
    id: &'a str,
    chain: &mut Vec<&'a str>,
    segments: &'a Definitions,
    count: &mut usize,
) -> Result<(), String> {
    if let Some(start) = chain.iter().position(|it| *it == id) {
        let mut way = chain[start..].to_vec();
        way.push(id);
        return Err(format!("leads back to itself: {}", way.join(" → ")));
    }
    let Some(definition) = segments.get(id) else {
        return Err(format!("names the segment `{id}`, which does not exist"));
    };
    if chain.len() >= limits::SEGMENT_CHAIN_MAX {
        let most = limits::SEGMENT_CHAIN_MAX;
        return Err(format!(
            "is a chain of more than {most} segments: {}",
            chain.join(" → ")
        ));
    }
    let SegmentDefinition::Rule(rule) = definition else {
        return Ok(());
    };
    *count += leaves(rule);
    if *count > limits::PEOPLE_CONDITIONS_EXPANDED_MAX {
        let most = limits::PEOPLE_CONDITIONS_EXPANDED_MAX;
        return Err(format!(
            "has more than {most} conditions, with those of the segments it names"
        ));
    }
    chain.push(id);
    for (_, id) in rule.segments("") {
        follow(id, chain, segments, count)?;
    }
    chain.pop();
    Ok(())
}

fn leaves(rule: &PeopleRule) -> usize {
    let mut count = 0;
    rule.visit("", &mut |_, _| count += 1);
    count
}

fn fault(place: &str, message: String) -> ReportFault {
    ReportFault {
        place: place.to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(text: &str) -> SegmentDefinition {
        serde_json::from_str(text).expect(text)
    }

    fn all() -> Definitions {
        [
            ("a", r#"{"rule":{"segment":{"id":"b"}}}"#),
            ("b", r#"{"rule":{"not":{"segment":{"id":"c"}}}}"#),
            ("c", r#"{"listed":[1,2]}"#),
        ]
        .map(|(id, text)| (id.to_owned(), definition(text)))
        .into()
    }

    fn check(id: Option<&str>, text: &str, expected: &[&str]) {
        let faults = definition(text).faults_among(id, &all());
        let faults: Vec<String> = faults
            .into_iter()
            .map(|it| format!("{} {}", it.place, it.message))
            .collect();
        assert_eq!(faults, expected);
    }

    #[test]
    fn a_circle_is_named_link_by_link() {
        let to_a = r#"{"rule":{"any":[{"segment":{"id":"a"}}]}}"#;
        check(None, to_a, &[]);
        let place = "definition.rule.any[0].segment.id";
        check(
            Some("c"),
            to_a,
            &[&format!("{place} leads back to itself: c → a → b → c")],
        );
        check(
            Some("a"),
            to_a,
            &[&format!("{place} leads back to itself: a → a")],
        );
    }

    #[test]
    fn a_segment_that_does_not_exist_is_named() {
        let text = r#"{"rule":{"segment":{"id":"x"}}}"#;
        let expected = "definition.rule.segment.id names the segment `x`, which does not exist";
        check(None, text, &[expected]);
    }

    #[test]
    fn segments_that_name_each_other_twice_do_not_grow_without_end() {
        let double = |id: &str| {
            let text = format!(
                r#"{{"rule":{{"all":[{{"segment":{{"id":"{id}"}}}},{{"segment":{{"id":"{id}"}}}}]}}}}"#
            );
            definition(&text)
        };
        let mut segments = Definitions::new();
        segments.insert(
            "s0".to_owned(),
            definition(r#"{"rule":{"did":{"matcher":{}}}}"#),
        );
        for level in 1..9 {
            segments.insert(format!("s{level}"), double(&format!("s{}", level - 1)));
        }
        assert!(double("s5").faults_among(None, &segments).is_empty());
        assert!(
            double("s8").faults_among(None, &segments)[0]
                .message
                .contains("more than 300")
        );
    }
}
