//! A drawing of the experience, bound to data.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Matcher, Rule, Span, limits, report::Range, vocabulary::is_short_id};

/// Stages over steps over lanes. Every step is a matcher, so that the drawing is live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Map {
    pub title: String,
    pub kind: MapKind,
    /// What the experience is about: the event that the customer wants to reach.
    pub goal: Matcher,
    /// Whose events count; the range moves along when it is given in days.
    pub range: Range,
    /// Profiles and events that the map is about; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Longest pause within one experience; a longer one begins another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_max: Option<Span>,
    pub stages: Vec<Stage>,
    #[serde(default)]
    pub lanes: Vec<Lane>,
}

/// What a map stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MapKind {
    Current,
    Future,
    DayInTheLife,
    Blueprint,
}

/// A phase of a map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    pub id: String,
    pub title: String,
    pub steps: Vec<Step>,
}

/// One column of a map: what the customer does, bound to events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub id: String,
    pub title: String,
    pub matcher: Matcher,
}

/// A row of a map. The cells of written lanes are keyed by step id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    pub kind: LaneKind,
    #[serde(default)]
    pub cells: std::collections::BTreeMap<String, String>,
}

/// What a lane holds. The measured lanes fill themselves from data; the others are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LaneKind {
    People,
    Time,
    Channels,
    Exits,
    Doing,
    Thinking,
    Feeling,
    Pain,
    Opportunity,
    Backstage,
}

impl LaneKind {
    /// True for lanes whose cells come from queries and cannot be written.
    pub fn is_measured(self) -> bool {
        matches!(
            self,
            Self::People | Self::Time | Self::Channels | Self::Exits
        )
    }

    /// As it is written in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Time => "time",
            Self::Channels => "channels",
            Self::Exits => "exits",
            Self::Doing => "doing",
            Self::Thinking => "thinking",
            Self::Feeling => "feeling",
            Self::Pain => "pain",
            Self::Opportunity => "opportunity",
            Self::Backstage => "backstage",
        }
    }
}

/// What an author must mend in a map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MapFault {
    /// Where, like `stages[1].steps[0].id`.
    pub place: String,
    pub message: String,
}

impl Map {
    /// Every step in drawing order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.stages.iter().flat_map(|stage| &stage.steps)
    }

    /// Everything that is wrong with the map; empty when it can be used.
    pub fn check(&self) -> Vec<MapFault> {
        let mut faults = Vec::new();
        let mut fault = |place: &str, message: &str| {
            faults.push(MapFault {
                place: place.to_owned(),
                message: message.to_owned(),
            });
        };
        if self.title.trim().is_empty() || self.title.chars().count() > 200 {
            fault("title", "has 1 to 200 characters");
        }
        if self.steps().count() > limits::MAP_STEPS_MAX {
            fault(
                "stages",
                &format!("hold more than {} steps", limits::MAP_STEPS_MAX),
            );
        }
        let mut stage_ids = BTreeSet::new();
        let mut step_ids = BTreeSet::new();
        for (at, stage) in self.stages.iter().enumerate() {
            let place = format!("stages[{at}]");
            if !is_short_id(&stage.id) || !stage_ids.insert(stage.id.as_str()) {
                fault(
                    &format!("{place}.id"),
                    "has 1 to 60 of a-z, 0-9, - and _, once in the map",
                );
            }
            if stage.title.trim().is_empty() {
                fault(&format!("{place}.title"), "is empty");
            }
            for (index, step) in stage.steps.iter().enumerate() {
                let place = format!("{place}.steps[{index}]");
                if !is_short_id(&step.id) || !step_ids.insert(step.id.as_str()) {
                    fault(
                        &format!("{place}.id"),
                        "has 1 to 60 of a-z, 0-9, - and _, once in the map",
                    );
                }
                if step.title.trim().is_empty() {
                    fault(&format!("{place}.title"), "is empty");
                }
                for message in step.matcher.rule.iter().flat_map(Rule::faults) {
                    fault(&format!("{place}.matcher"), &message);
                }
            }
        }
        for (index, lane) in self.lanes.iter().enumerate() {
            let place = format!("lanes[{index}]");
            if lane.kind.is_measured() && !lane.cells.is_empty() {
                fault(&place, "is measured, so its cells cannot be written");
            }
            if lane
                .cells
                .keys()
                .any(|step| !step_ids.contains(step.as_str()))
            {
                fault(&place, "has a cell for a step that the map does not have");
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_listed_at_once() {
        let map: Map = serde_json::from_str(
            r#"{"title":"","kind":"current","goal":{"events":["purchase"]},"range":{"last":"30d"},
                "stages":[{"id":"a","title":"A","steps":[
                    {"id":"x","title":"X","matcher":{}},{"id":"x","title":"","matcher":{}}]}],
                "lanes":[{"kind":"people","cells":{"x":"1"}},{"kind":"doing","cells":{"y":"?"}}]}"#,
        )
        .expect("readable");
        let places: Vec<String> = map.check().into_iter().map(|it| it.place).collect();
        assert_eq!(
            places,
            [
                "title",
                "stages[0].steps[1].id",
                "stages[0].steps[1].title",
                "lanes[0]",
                "lanes[1]"
            ]
        );
    }
}
