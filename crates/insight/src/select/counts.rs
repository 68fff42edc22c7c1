//! Numbers of who did what, and when.

use serde::{Deserialize, Serialize};
use throughline_model::{Channel, Timestamp, page_map::WidthClass, rfm::RfmGroup};
use utoipa::ToSchema;

use crate::{
    kernel::{heatmap::HeatPlace, page_map::CellPlace, promises::PromisePart, switches::AtStage},
    labels::Label,
};

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
    /// Which of the series; none means any of them.
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
