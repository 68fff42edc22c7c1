//! Numbers of why people do what they do.

use serde::{Deserialize, Serialize};
use throughline_model::{By, drivers::DriverSource};
use utoipa::ToSchema;

use crate::{
    kernel::{choice::FactorSource, lift::LiftArm},
    labels::Label,
};

/// A count of profiles in a report of attribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AttributionSelect {
    /// With a conversion.
    Converted,
    /// With a conversion that no touch came before.
    Untouched,
    /// With a path that led to no conversion.
    Unconverted,
    /// With a touch of the line.
    Reached(Label),
    /// With a conversion that has the line on its path.
    OnPath(Label),
    /// With a conversion that has the line on its path before the last touch.
    Assisted(Label),
}

/// A count of profiles in a report of what goes with converting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DriversSelect {
    /// Whose time is over.
    Entered,
    /// Of them those who arrived.
    Converted,
    /// Whose time is not over.
    Immature,
    /// By one candidate.
    Of {
        from: DriverSource,
        label: Label,
        part: DriverPart,
    },
}

/// Which of the profiles, by what they did on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DriverPart {
    Did,
    DidConverted,
    DidNot,
    DidNotConverted,
}

/// A count of profiles in a report of why people do not get there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ReasonsSelect {
    /// Whose time is over.
    Entered,
    /// Of them those who arrived.
    Converted,
    /// Of them those who did not.
    GaveUp,
    /// Whose time is not over.
    Immature,
    /// Who gave up and met something of the list, silence aside.
    Explained,
    /// Who gave up and met nothing of the list, or nothing but silence.
    Unknown,
    /// Who gave up and met so many of the list.
    Counted(usize),
    /// Who gave up and left a text that may be quoted.
    Said,
    /// By one reason.
    Of { reason: String, part: ReasonPart },
    /// Who gave up and met both.
    Both { first: String, second: String },
    /// Who gave up and left this text, as it is quoted.
    Quoted {
        text: String,
        /// Those who met this; none means those of whom no reason is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

/// Which of the profiles that met a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonPart {
    GaveUp,
    /// They gave up and met nothing else of the list.
    Alone,
    Converted,
}

/// A count of profiles in a report of what people write of. A topic is named by its heaviest word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TopicsSelect {
    /// Who wrote anything.
    All,
    /// Who wrote what no topic fits.
    Untold,
    /// Whose time on the way is over.
    Entered,
    /// Of them those who gave up.
    GaveUp,
    /// By one topic.
    Of { topic: String, part: TopicPart },
    /// Who left this text of a topic, as it is quoted.
    Quoted { topic: String, text: String },
}

/// Which of the profiles that wrote of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TopicPart {
    Said,
    GaveUp,
    Converted,
}

/// A count of profiles in a report of which way people choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ChoiceSelect {
    /// Who chose any way.
    All,
    /// Who chose this one.
    Chose(Label),
    /// By something that the choice may hang on.
    Of {
        from: FactorSource,
        label: Label,
        part: ChoicePart,
    },
}

/// Which of the profiles, by whether they have it and chose the way that is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChoicePart {
    With,
    WithChosen,
    Without,
    WithoutChosen,
}

/// The profiles of one number of a report of bottlenecks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BottlenecksSelect {
    /// Id of the stage.
    pub stage: String,
    /// None for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// A value of the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Those with any other value instead.
    #[serde(default)]
    pub is_of_peers: bool,
    /// In the range before instead.
    #[serde(default)]
    pub is_before: bool,
    #[serde(default)]
    pub part: BottleneckPart,
}

/// What became of profiles that entered a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BottleneckPart {
    /// Whose time to go on is over.
    #[default]
    Entered,
    Passed,
    Lost,
    /// Whose time is not over.
    Immature,
}

/// A count of profiles in a report of why two funnels differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceSelect {
    /// After which change, from 1 on; 0 is before any. None is the second funnel, and of what moves the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<usize>,
    pub part: DifferencePart,
}

/// Which of the profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DifferencePart {
    Entered,
    Converted,
    EnteredGained,
    EnteredLost,
    ConvertedGained,
    ConvertedLost,
}

/// A count of profiles in a report of what comes last before people leave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LastTouchSelect {
    /// With this as the last act of a period; none means with any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    pub part: TouchPart,
}

/// Which of the profiles, by what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TouchPart {
    /// It is known.
    Seen,
    Left,
    /// They left, and acted again later.
    Back,
    /// It is not known yet.
    Unknown,
}

/// The profiles of one number of a report of lift.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LiftSelect {
    /// None means any arm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arm: Option<LiftArm>,
    pub part: LiftPart,
}

/// Which of the profiles that were assigned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LiftPart {
    /// All of an arm.
    #[default]
    Assigned,
    /// Whose time is over.
    Mature,
    /// Of those, who reached the goal in time.
    Reached,
    /// Of those, who did not.
    Missed,
    /// Whose time is not over.
    Immature,
    /// Who were assigned to another arm later.
    Switched,
    /// Who are in no arm.
    Others,
}
