//! Numbers of the ways that people take, and of how long they take.

use serde::{Deserialize, Serialize};
use throughline_model::{Channel, Timestamp};
use utoipa::ToSchema;

use crate::{kernel::switches::AtStage, labels::Label};

/// A count of profiles in a report of transitions. Elements are named by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TransitionsSelect {
    /// With any element at all.
    Any,
    Visit(String),
    /// With a sequence that starts so.
    Start(String),
    /// With a sequence that ends so.
    End(String),
    Transition {
        from: String,
        to: String,
    },
}

/// A count of profiles in a report of time in stages. Stages are named by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StageTimeSelect {
    /// With a stay in the stage.
    Stays(String),
    /// With a stay that has not ended.
    StillIn(String),
    /// With a stay that ended because nothing happened any more.
    Silent(String),
    /// With a stay that ended in another stage.
    Next { from: String, to: String },
    /// By how many stays they had had, from 1; the last one that is told stands for all later ones.
    Nth { nth: u32, part: NthPart },
}

/// Which of the profiles that had so many stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NthPart {
    /// All of them.
    #[default]
    Stays,
    /// Went on to another stage.
    Next,
    /// Nothing happened any more.
    Silent,
    /// Still there.
    StillIn,
}

/// A count of profiles in a report of waiting and work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkTimeSelect {
    /// Name of the step.
    pub step: String,
    pub part: WorkPart,
}

/// Which of the profiles of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkPart {
    /// Whose wait is known.
    Waits,
    StillWaiting,
    /// With work that began.
    Work,
    StillInWork,
    /// With work that nobody is known to have waited for.
    Unasked,
    /// With work that has ended and whose wait is known.
    Done,
}

/// A count of profiles in a report of paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PathsSelect {
    /// On any path that counts.
    All,
    /// On exactly this way, by the ids of its elements.
    Path(Vec<String>),
    /// On a way that is not listed.
    Rest,
    /// On a path that did not reach its end.
    Unfinished,
    /// On a listed path that leads through a place, or along a band from it.
    Through(Through),
}

/// A place of paths that are laid over each other, as a drawing of them has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Through {
    /// The end of all paths that lies in one place.
    pub align: PathsAlign,
    /// How many elements lie between it and that end.
    pub place: usize,
    pub at: Among,
    /// How paths go on from there; none means in any way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<PathsBand>,
}

/// From where places are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathsAlign {
    Start,
    End,
}

/// Some elements, by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Among {
    Is(Vec<String>),
    IsNot(Vec<String>),
}

/// One way to go on from a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PathsBand {
    /// To these at the next place.
    To { at: Among, look: BandLook },
    /// The path is over there.
    Ended,
    /// The path goes on, or was cut there.
    Open,
    /// The path has been under way before it got there.
    Earlier,
}

/// How a band leads on: to something new to its path, back to what the path met before, or to the same again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BandLook {
    Forward,
    Return,
    Loop,
}

/// The profiles behind one step of a funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FunnelSelect {
    /// Index of the step.
    pub step: usize,
    #[serde(default)]
    pub part: FunnelPart,
    /// Line of the breakdown; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Start of a point of the trend, by when units entered; none means the whole range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Timestamp>,
    /// How long they took to get here; only `reached` goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took: Option<TookSelect>,
}

/// How long the way to a step took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TookSelect {
    /// Index of the step from which it counts.
    pub from: usize,
    pub from_ms: i64,
    /// The first length that is too long; none means any that is long enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_ms: Option<i64>,
}

/// Which of the profiles at a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FunnelPart {
    /// Got here.
    #[default]
    Reached,
    /// Got here and no further, those that may still do so included.
    Lost,
    /// Got here and may still go further.
    Immature,
    /// Got here and converted.
    Converted,
    /// Got here and will not convert any more, wherever they were lost.
    Missed,
    /// Got here and may still convert, wherever they are.
    Open,
}

/// The profiles behind one number of a report of switches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchesSelect {
    #[serde(default)]
    pub at: AtStage,
    /// The channel that profiles acted in; none means any, for what is not about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Channel>,
    /// The channel that they changed to; none means that they stayed, or any where switches are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Channel>,
    pub part: SwitchPart,
}

/// Which of the profiles. What came of a profile is told by its first such act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SwitchPart {
    /// With an act.
    Acted,
    /// With an act in no known channel.
    Unplaced,
    Switched,
    /// With a switch that nobody would see if identities had not been merged.
    Merged,
    Stayed,
    /// Went on in time.
    WentOn,
    /// Had the time to go on and did not.
    DidNot,
    /// May still go on.
    Immature,
}

/// Who goes one way, in a report of ways that nobody would have expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UnexpectedSelect {
    /// Ids of elements; none at all means everybody with any.
    pub elements: Vec<String>,
}
