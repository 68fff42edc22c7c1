//! Names for every number of an answer, so that the people behind it can be asked for.

pub mod counts;
pub mod ways;
pub mod why;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::{
    counts::{
        ChannelsSelect, CountsSelect, HeatSelect, LifecycleSelect, PageMapSelect, PromisesSelect,
        RetentionSelect, RfmSelect, StickinessSelect, TrendsSelect,
    },
    ways::{
        FunnelSelect, PathsSelect, StageTimeSelect, SwitchesSelect, TransitionsSelect,
        UnexpectedSelect, WorkTimeSelect,
    },
    why::{
        AttributionSelect, BottlenecksSelect, ChoiceSelect, DifferenceSelect, DriversSelect,
        LastTouchSelect, LiftSelect, ReasonsSelect, TopicsSelect,
    },
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
