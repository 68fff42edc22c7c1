//! One number of both sides, and what may be said of their difference.

use std::collections::BTreeMap;

use serde::Serialize;
use throughline_model::{Channel, Timestamp, attribution::CreditModel, page_map::WidthClass};
use throughline_predict::{
    Bounded, Interval, Measured, difference_between, difference_of,
    means::{Moments, mean_difference_of},
    share_bounds,
    survival::{CurvePoint, quantile_bounds},
};
use utoipa::ToSchema;

use crate::{
    contrast::Contrast,
    kernel::{funnel::Share, heatmap::HeatPlace, lift::LiftArm, switches::AtStage},
    labels::Label,
    lives::Remaining,
    select::{Select, counts::SeriesName},
};

/// Fewer than these on either side say nothing, and are shown grey.
pub const SMALL_BELOW: u64 = 30;

/// One number of both sides.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Figure {
    pub of: FigureOf,
    /// Which of those: a step, a channel and a stage, a cohort and a column.
    pub names: Vec<FigureName>,
    pub unit: FigureUnit,
    pub a: FigureSide,
    pub b: FigureSide,
    /// The first less the second; none when one of them is not known.
    pub difference: Option<f64>,
    /// Bounds of the difference, widened for all figures of the same kind, so that the largest of many is not taken for
    /// a finding. None where what is counted is not independent, or is not known to have bounds.
    pub interval: Option<Interval>,
    /// True when a side has too few to say anything.
    pub is_small: bool,
}

/// One side of a figure.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FigureSide {
    /// None when nothing can be said, as there is nobody, or the answer does not list it.
    pub value: Option<f64>,
    /// How many it was taken from: profiles, or other units of the report.
    pub n: u64,
    /// Bounds of the value alone.
    pub interval: Option<Interval>,
    /// The people behind it.
    pub select: Option<Select>,
}

/// What a figure is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigureUnit {
    /// From 0 to 1.
    Share,
    /// How much one share is above another, from -1 to 1.
    Points,
    Milliseconds,
    /// Events for each profile.
    PerProfile,
    /// What events of a profile are worth, for each profile.
    WorthPerProfile,
    /// Whatever a series measures.
    Plain,
}

/// What a figure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigureOf {
    /// Of the people of a side, who has the event.
    SeriesProfiles,
    /// Events for each of the people of a side.
    SeriesEvents,
    /// What a series of trends measures over the whole range.
    TrendValue,
    /// Of those who entered, who converted.
    FunnelConverted,
    /// Of those who were at the step before, who reached this one.
    FunnelStep,
    /// Of those who entered, who reached a step.
    FunnelReached,
    /// After how long half of those who set out got there.
    FunnelTime,
    /// The same as converted, by the value of a field.
    FunnelLine,
    /// Of those whose period is over, who came back.
    RetentionBack,
    /// The same by the value at the start.
    RetentionLine,
    /// The same by when they started.
    RetentionCohort,
    /// Of the active, who was active in so many units of a period or more.
    StickinessAtLeast,
    LifecycleNew,
    LifecycleReturning,
    LifecycleResurrecting,
    /// Of those who were active in the period before, who stayed.
    LifecycleStayed,
    /// Of the people that are counted, who had a stay in the stage.
    StageReached,
    /// After how long half of the stays have ended.
    StageTime,
    WaitTime,
    WorkTime,
    /// Of those with a path, who took this way.
    Way,
    WayTime,
    /// Of the people that are counted, who met the element.
    Visited,
    /// Of those who met the first, who went on to the second at once.
    Transition,
    TransitionTime,
    ChannelReached,
    ChannelAnswered,
    ChannelConverted,
    ChannelOnPath,
    /// Of those who acted in a channel, who changed it.
    Switched,
    /// Of those who changed the channel so, who went on in time.
    SwitchWentOn,
    SwitchTime,
    /// The part of the credit that a model gives.
    Credit,
    /// Of those who converted, who has the value on the path.
    OnPath,
    /// Of the people with an event in the table, who has one in the cell.
    HeatProfiles,
    /// Of those whose time is over, who converted after the first event in the cell.
    HeatConverted,
    /// Of the people of a side, who bought.
    RfmCustomers,
    /// Purchases of each customer.
    RfmPurchases,
    /// What a customer spent.
    RfmWorth,
    /// Of those whose time is over, who arrived.
    DriversConverted,
    /// Of those whose time is over, who did it.
    DriverDid,
    /// How much more often those who did it arrive than those who were as long on the way and had not.
    DriverEffect,
    /// Of those whose time is over, who gave up.
    ReasonsGaveUp,
    /// Of those who gave up, of whom no reason is known.
    ReasonsUnknown,
    /// Of those who gave up, who met the reason.
    ReasonMet,
    /// How much more often those who met it give up than those who were as long on the way and had not.
    ReasonEffect,
    /// Of those who chose, who chose the way.
    Chose,
    /// Of those who have it, who chose the way that is explained.
    ChoseWith,
    /// Of the people of a side, who wrote.
    TopicsWrote,
    /// Of those whose time on the way is over, who gave up.
    TopicsGaveUp,
    /// Of those who clicked at a width, who clicked the element.
    PageElement,
    /// Clicks on the element for each view.
    PageClicks,
    /// Of those with a view, who scrolled so far.
    PageReached,
    /// Of those who clicked, who did so in rage.
    PageRage,
    /// Of those who clicked, of whose click nothing came.
    PageDead,
    /// Of those of an arm whose time is over, who reached the goal.
    LiftReached,
    /// How many more of the arm reached it than of the control.
    LiftEffect,
    /// How much more often those of the arm came than those of the control.
    LiftVisits,
    /// How much more those of the arm brought than those of the control.
    LiftWorth,
    /// Of the objects whose promise is due, the ones that are late or overdue.
    PromiseLate,
    /// The same by the value of a field.
    PromiseLine,
    /// From the promise to the fact, for half of all at most; less than nothing is early.
    PromiseGap,
}

/// A part of what a figure is about.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigureName {
    Text(String),
    /// Something with an id and a name of its own.
    Element {
        id: String,
        name: String,
    },
    Label(Label),
    Series(SeriesName),
    Channel(Channel),
    Stage(AtStage),
    Model(CreditModel),
    /// A row or a column of a heatmap; none means all of them.
    Heat(Option<HeatPlace>),
    /// One value of what a report looks at: what is done on the way, had at its start, known, or of a choice.
    Candidate {
        of: CandidateOf,
        /// The field or trait.
        field: String,
        label: Label,
    },
    Width(WidthClass),
    /// Pixels from the top of a page.
    Depth(u32),
    Arm(LiftArm),
    /// So many units or more.
    AtLeast(usize),
    /// Periods from the start, from the first to the last; none means all that follow.
    Column {
        from: u32,
        to: Option<u32>,
    },
    /// The periods of the two sides.
    Points {
        a: Timestamp,
        b: Timestamp,
    },
}

impl FigureName {
    pub(super) fn candidate(of: CandidateOf, field: impl ToString, label: &Label) -> Self {
        Self::Candidate {
            of,
            field: field.to_string(),
            label: label.clone(),
        }
    }
}

/// Where a candidate is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CandidateOf {
    OnTheWay,
    AtEntry,
    Trait,
    Choice,
}

/// What one side knows of a figure, before it is compared.
#[derive(Clone, Debug)]
pub(super) enum Measure<'a> {
    /// Some of a whole, each counted once.
    Share { part: u64, whole: u64 },
    /// The same where one profile may be several of them, so that no interval holds.
    Dependent { part: u64, whole: u64 },
    /// A share that is no count.
    Part { share: f64, n: u64 },
    /// A median with the curve that it is read from.
    Median {
        ms: Option<i64>,
        curve: &'a [Remaining],
        n: u64,
    },
    /// How much a share is above that of those whom they are held against; `n` is that of the smaller group.
    Contrast {
        with: Measured,
        without: Measured,
        n: u64,
    },
    /// The same of two means.
    Means { with: Moments, without: Moments },
    /// A number without an interval.
    Plain { value: Option<f64>, n: u64 },
}

/// What either side has, each once: that of the first in its order, then what only the second has.
pub(super) fn both<T: PartialEq>(
    a: impl IntoIterator<Item = T>,
    b: impl IntoIterator<Item = T>,
) -> Vec<T> {
    let mut all: Vec<T> = Vec::new();
    for it in a.into_iter().chain(b) {
        if !all.contains(&it) {
            all.push(it);
        }
    }
    all
}

/// The labels that either side lists; what is not listed is not the same on both, so it cannot be compared.
pub(super) fn labels<'a>(
    a: impl IntoIterator<Item = &'a Label>,
    b: impl IntoIterator<Item = &'a Label>,
) -> Vec<&'a Label> {
    let mut labels = both(a, b);
    labels.retain(|it| **it != Label::Rest);
    labels
}

/// Figures while they are gathered.
#[derive(Default)]
pub(super) struct Figures<'a> {
    list: Vec<Pair<'a>>,
}

struct Pair<'a> {
    of: FigureOf,
    names: Vec<FigureName>,
    unit: FigureUnit,
    sides: [(Measure<'a>, Option<Select>); 2],
}

impl<'a> Figures<'a> {
    pub(super) fn push(
        &mut self,
        of: FigureOf,
        names: Vec<FigureName>,
        unit: FigureUnit,
        sides: [(Measure<'a>, Option<Select>); 2],
    ) {
        self.list.push(Pair {
            of,
            names,
            unit,
            sides,
        });
    }

    /// Two shares whose people are found under the same name on both sides.
    pub(super) fn shares(
        &mut self,
        of: FigureOf,
        names: Vec<FigureName>,
        [a, b]: [Measure<'a>; 2],
        select: Select,
    ) {
        let sides = [(a, Some(select.clone())), (b, Some(select))];
        self.push(of, names, FigureUnit::Share, sides);
    }

    /// Compares each pair, knowing how many of its kind there are to be looked at.
    pub(super) fn finished(self) -> Vec<Figure> {
        let mut looks: BTreeMap<FigureOf, u64> = BTreeMap::new();
        for pair in &self.list {
            let is_tested = pair.sides.iter().all(|(it, _)| it.has_bounds());
            *looks.entry(pair.of).or_default() += u64::from(is_tested);
        }
        (self.list.into_iter())
            .map(|pair| {
                let tests_count = looks.get(&pair.of).copied().unwrap_or(1);
                pair.compared(tests_count)
            })
            .collect()
    }
}

impl Pair<'_> {
    fn compared(self, tests_count: u64) -> Figure {
        let [a, b] = &self.sides;
        let (left, right) = (a.0.value(), b.0.value());
        let bounded = |it: &Measure<'_>| it.bounded(tests_count);
        let interval = match (bounded(&a.0), bounded(&b.0)) {
            (Some(a), Some(b)) => Some(difference_between(a, b)),
            _ => None,
        };
        let side = |(measure, select): (Measure<'_>, Option<Select>)| FigureSide {
            value: measure.value(),
            n: measure.n(),
            interval: measure.bounded(1).map(|it| it.bounds),
            select,
        };
        let [a, b] = self.sides;
        let (a, b) = (side(a), side(b));
        Figure {
            of: self.of,
            names: self.names,
            unit: self.unit,
            difference: left.zip(right).map(|(left, right)| left - right),
            interval,
            is_small: a.n.min(b.n) < SMALL_BELOW,
            a,
            b,
        }
    }
}

impl Measure<'_> {
    /// Nothing is known, of so many.
    pub(super) fn unknown(n: u64) -> Self {
        Self::Plain { value: None, n }
    }

    pub(super) fn share(it: Share) -> Self {
        Self::Share {
            part: it.part,
            whole: it.whole,
        }
    }

    /// The share of those behind a line that may not be listed: then nobody, unless the list is cut.
    pub(super) fn of_line(part: Option<u64>, whole: u64, is_cut: bool) -> Self {
        if part.is_none() && is_cut {
            return Self::unknown(whole);
        }
        Self::Share {
            part: part.unwrap_or(0),
            whole,
        }
    }

    /// What is told of a contrast; nothing where it was not tested.
    pub(super) fn contrast(it: Option<&Contrast>) -> Self {
        let Some(it) = it.filter(|it| it.with.whole > 0 && it.without_n > 0.0) else {
            return Self::unknown(0);
        };
        let n = it.with.whole as f64;
        Self::Contrast {
            with: Measured {
                share: it.with.part as f64 / n,
                n,
            },
            without: Measured {
                share: it.without,
                n: it.without_n,
            },
            n: n.min(it.without_n).round() as u64,
        }
    }

    fn n(&self) -> u64 {
        match self {
            Self::Share { whole, .. } | Self::Dependent { whole, .. } => *whole,
            Self::Part { n, .. }
            | Self::Median { n, .. }
            | Self::Contrast { n, .. }
            | Self::Plain { n, .. } => *n,
            Self::Means { with, without } => with.n.min(without.n),
        }
    }

    fn value(&self) -> Option<f64> {
        match self {
            Self::Share { part, whole } | Self::Dependent { part, whole } => {
                (*whole > 0).then(|| *part as f64 / *whole as f64)
            }
            Self::Part { share, n } => (*n > 0).then_some(*share),
            Self::Median { ms, .. } => ms.map(|ms| ms as f64),
            Self::Contrast { with, without, .. } => Some(with.share - without.share),
            Self::Means { with, without } => {
                (with.n.min(without.n) > 0).then_some(with.mean - without.mean)
            }
            Self::Plain { value, .. } => *value,
        }
    }

    fn has_bounds(&self) -> bool {
        let is_sure = matches!(
            self,
            Self::Share { .. }
                | Self::Part { .. }
                | Self::Median { .. }
                | Self::Contrast { .. }
                | Self::Means { .. }
        );
        is_sure && self.value().is_some()
    }

    fn bounded(&self, tests_count: u64) -> Option<Bounded> {
        let value = self.value().filter(|_| self.has_bounds())?;
        let curve = match self {
            Self::Median { curve, .. } => curve,
            Self::Contrast { with, without, .. } => {
                let bounds = difference_of(*with, *without, tests_count);
                return Some(Bounded { value, bounds });
            }
            Self::Means { with, without } => {
                let bounds = mean_difference_of(with, without, tests_count)?.interval;
                return Some(Bounded { value, bounds });
            }
            _ => {
                let n = self.n() as f64;
                return Some(share_bounds(Measured { share: value, n }, tests_count));
            }
        };
        let points: Vec<CurvePoint> = curve.iter().map(told).collect();
        let (Some(low), Some(high)) = quantile_bounds(&points, 500, tests_count) else {
            return None;
        };
        // A curve is told at some of its falls, so bounds may lie on one side of the median itself.
        let (low, high) = ((low as f64).min(value), (high as f64).max(value));
        Some(Bounded {
            value,
            bounds: Interval { low, high },
        })
    }
}

fn told(point: &Remaining) -> CurvePoint {
    CurvePoint {
        time: point.ms,
        share: point.share,
        bounds: Interval {
            low: point.low,
            high: point.high,
        },
    }
}
