//! Names for every number of an answer, so that the people behind it can be asked for.

use serde::{Deserialize, Serialize};
use throughline_model::{
    Channel, Field, Timestamp, drivers::DriverSource, page_map::WidthClass, rfm::RfmGroup,
};
use utoipa::ToSchema;

use crate::{
    kernel::{
        choice::FactorSource, heatmap::HeatPlace, lift::LiftArm, page_map::CellPlace,
        promises::PromisePart, switches::AtStage,
    },
    labels::Label,
};

/// One number of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Select {
    Trends(TrendsSelect),
    Counts(CountsSelect),
    Funnel(FunnelSelect),
    Transitions { of: TransitionsSelect },
    Paths { of: PathsSelect },
    StageTime { of: StageTimeSelect },
    WorkTime(WorkTimeSelect),
    Attribution { of: AttributionSelect },
    Retention(RetentionSelect),
    Stickiness(StickinessSelect),
    Lifecycle(LifecycleSelect),
    Drivers { of: DriversSelect },
    Reasons { of: ReasonsSelect },
    Topics { of: TopicsSelect },
    Choice { of: ChoiceSelect },
    Unexpected(UnexpectedSelect),
    Difference(DifferenceSelect),
    LastTouch(LastTouchSelect),
    Channels(ChannelsSelect),
    Switches(SwitchesSelect),
    Heatmap(HeatSelect),
    Rfm(RfmSelect),
    Bottlenecks(BottlenecksSelect),
    PageMap(PageMapSelect),
    Lift(LiftSelect),
    Promises(PromisesSelect),
}

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

/// A count of profiles in a report of promises: those who have an event of one of its objects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromisesSelect {
    pub part: PromisePart,
    /// Only of this line of the breakdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Only of the period that begins then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Timestamp>,
    /// Only of this bin of gaps, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<usize>,
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

/// The profiles behind one point of a trend, with an event that was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrendsSelect {
    /// Name of the series; none means any of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// Line of the breakdown; none means any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Start of a point; none means the whole range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Timestamp>,
}

/// A count of profiles in a report of counts: of one series, line and point, or of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CountsSelect {
    /// Index in the answer's series; none means any of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesName>,
    /// Line of the breakdown; none means any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Start of a point; none means the whole range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Timestamp>,
}

/// Which series.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesName {
    Name(String),
    /// All event names beyond those that are listed.
    Rest,
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

/// The profiles behind one number of a retention.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionSelect {
    /// Start of a cohort's point; none means all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cohort: Option<Timestamp>,
    /// Line of the breakdown; none means any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Index of the column; only `started` goes without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    pub part: RetentionPart,
}

/// Which of the profiles of a cohort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RetentionPart {
    /// Started; with a column only those whose period is over.
    #[default]
    Started,
    /// Came back, and the period is over.
    Back,
    /// Did not come back, and the period is over.
    Away,
    /// The period is not over.
    Open,
    /// Came back already, and the period is not over.
    OpenBack,
}

/// The profiles behind one number of a stickiness.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StickinessSelect {
    /// Start of a period; none means all that are over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Timestamp>,
    /// Active in so many units.
    pub units: usize,
    /// Or in more.
    #[serde(default)]
    pub or_more: bool,
}

/// The profiles behind one number of a lifecycle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecycleSelect {
    /// Start of a period.
    pub period: Timestamp,
    pub state: LifecycleState,
}

/// What a profile is in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleState {
    /// Active for the first time ever.
    New,
    /// Active, and in the period before as well.
    Returning,
    /// Active, not in the period before, but earlier.
    Resurrecting,
    /// Active in the period before, but not in this one.
    Dormant,
    /// Active: new, returning or resurrecting.
    Active,
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

/// The profiles behind one number of a report of channels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelsSelect {
    /// None means all, for what is not about one channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    #[serde(default)]
    pub at: AtStage,
    /// Start of a point of the trend; none means the whole range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Timestamp>,
    #[serde(default)]
    pub part: ChannelPart,
}

/// Which of the profiles that a channel reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelPart {
    /// With an event.
    #[default]
    Reached,
    /// Whom the company reached out to.
    Contacted,
    /// Who acted.
    Acted,
    /// With a contact whose time for an answer is over.
    Answerable,
    /// With such a contact and an act in the channel in time.
    Answered,
    /// With such a contact and an act in any channel in time.
    Returned,
    /// Who asked for help, and whose time for a repeat is over.
    Service,
    /// Of those, who asked again in time, in any channel.
    Repeated,
    /// In the same channel.
    RepeatedSame,
    /// In another channel.
    RepeatedOther,
    /// Whose time to convert is over.
    Mature,
    /// Of those, who converted.
    Converted,
    Immature,
    /// With a conversion that has the channel on its path.
    OnPath,
    /// With a conversion that has the channel on its path before the last touch.
    Assisted,
    /// With a conversion, whatever the channel.
    AnyConversion,
    /// With a conversion that no channel is on the path of.
    Untouched,
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

/// Who goes one way, in a report of ways that nobody would have expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UnexpectedSelect {
    /// Ids of elements; none at all means everybody with any.
    pub elements: Vec<String>,
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

/// The profiles of one number of a report of bottlenecks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BottlenecksSelect {
    /// Id of the stage.
    pub stage: String,
    /// None for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Field>,
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

/// The profiles behind one cell of a heatmap.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HeatSelect {
    /// None means all rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<HeatPlace>,
    /// None means all columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<HeatPlace>,
    pub part: HeatPart,
}

/// Which of the profiles of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeatPart {
    /// With an event there.
    #[default]
    Met,
    /// Whose time to convert is over.
    Mature,
    /// Of those, who converted.
    Converted,
    Immature,
}

/// The profiles behind one number of the map of a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PageMapSelect {
    /// None means any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<WidthClass>,
    pub of: PageMapPart,
}

/// What the profiles did on the page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageMapPart {
    /// Were there at all.
    #[default]
    Visited,
    /// Had a view of which it is known how far it was scrolled.
    Viewed,
    Clicked,
    /// Clicked again and again in one place.
    Rage,
    /// Clicked, and nothing came of it.
    Dead,
    /// Clicked there.
    Cell(CellPlace),
    /// Clicked the element of this selector.
    Element(String),
    /// Scrolled to the band that begins there, in CSS pixels.
    Reached(u32),
    /// Had the band that begins there in sight.
    Looked(u32),
}

/// The customers of one number of a report of recency, frequency and money. What is none may be anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RfmSelect {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<RfmGroup>,
    /// Score from 1, the longest ago, to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recency: Option<u8>,
    /// Score from 1, the most seldom, to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<u8>,
    /// Score from 1, the least, to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money: Option<u8>,
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
