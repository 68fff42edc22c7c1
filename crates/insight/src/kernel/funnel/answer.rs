//! What is shown of a funnel: folds over its outcomes.

use hashbrown::HashMap;
use serde::Serialize;
use throughline_model::{
    ProfileId, TimeRange, Timestamp, limits,
    report::{Every, Funnel, Order},
};
use throughline_predict::{Interval, quantile, wilson};
use utoipa::ToSchema;

use super::{
    difference::{FunnelDifference, difference},
    plan::{Outcome, Plan},
    times::{FunnelTimes, WaySums, Ways, took},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    calendar::{Point, points},
    extent::extent,
    labels::Label,
    select::ways::{FunnelPart, FunnelSelect},
    view::View,
};

/// How many units get how far.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FunnelAnswer {
    pub steps: Vec<FunnelStepAnswer>,
    /// Units that reached every required step, of those that reached the first.
    pub converted: Share,
    /// From the first step to the last, of units that converted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_convert: Option<Lengths>,
    /// The same by the value of a field; empty when there is no breakdown.
    pub lines: Vec<FunnelLine>,
    /// Whether the lines differ by more than chance explains; none where they cannot be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<FunnelDifference>,
    /// The same by when units entered.
    pub trend: Vec<FunnelPoint>,
    /// How long it takes from step to step: from the first to the last, then to each from the required one before.
    /// Empty when it was not asked for.
    pub times: Vec<FunnelTimes>,
}

/// Who reached one step.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FunnelStepAnswer {
    pub name: String,
    pub is_optional: bool,
    pub units: u64,
    /// Different profiles behind the units.
    pub profiles: u64,
    /// Bounds of the share of all that entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Profiles behind the units that got here and no further.
    pub lost: Tally,
    /// Those of the lost that may still go further.
    pub immature: Tally,
    /// Since the required step before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_reach: Option<Lengths>,
}

/// A part of a whole, with the bounds of its share.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Share {
    pub part: u64,
    pub whole: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
}

impl Share {
    pub(crate) fn of(part: u64, whole: u64) -> Self {
        Self {
            part,
            whole,
            interval: wilson(part, whole),
        }
    }
}

/// Lengths of time, each one that was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lengths {
    pub median_ms: i64,
    pub p90_ms: i64,
}

/// Units, and the different profiles behind them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tally {
    pub units: u64,
    pub profiles: u64,
    #[serde(skip)]
    last: Option<ProfileId>,
}

impl Tally {
    /// Counts a unit. Units of one profile come one after the other.
    pub(super) fn add(&mut self, profile: ProfileId) {
        self.units += 1;
        if self.last != Some(profile) {
            self.last = Some(profile);
            self.profiles += 1;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.units += other.units;
        self.profiles += other.profiles;
        self.last = None;
    }
}

/// A funnel of the units with one value.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FunnelLine {
    pub label: Label,
    /// Units per step.
    pub steps: Vec<u64>,
    /// Different profiles behind them.
    pub profiles: Vec<u64>,
    pub converted: Share,
}

/// A funnel of the units that entered in one piece of the range.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FunnelPoint {
    #[serde(flatten)]
    pub point: Point,
    /// Units per step.
    pub steps: Vec<u64>,
    /// Different profiles behind them.
    pub profiles: Vec<u64>,
    pub converted: Tally,
    /// Units that can convert no more.
    pub missed: Tally,
    /// Units that may still go further.
    pub immature: Tally,
}

pub(crate) fn answer(
    view: &View<'_>,
    funnel: &Funnel,
    when: &When,
) -> Result<Counted<FunnelAnswer>, AskError> {
    let plan = Plan::new(view, funnel, when)?;
    let trend = trend_points(view, when);
    let count = funnel.steps.len();
    let ways = funnel.times.then(|| Ways::of(&plan.terms, end(view, when)));
    let begin = || Sums::new(count, trend.len(), plan.terms.required.len(), ways.as_ref());
    let folded = plan.fold(view, begin, |sums, outcome| {
        sums.add(&plan, &trend, outcome, when.now);
        if let Some(ways) = &ways {
            ways.add(&mut sums.ways, outcome);
        }
    })?;
    let mut sums = begin();
    for state in folded.states {
        sums.merge(state);
    }
    let times = ways.map_or_else(Vec::new, |it| it.answer(std::mem::take(&mut sums.ways)));
    let entered = sums.steps[0].units;
    let converted = sums.converted.units;
    let (lines, capped) = lines(&plan, &sums);
    Ok(Counted {
        n: entered,
        left_out: LeftOut {
            immature: sums.immature.iter().map(|it| it.units).sum(),
            capped,
            excluded: folded.excluded,
            ungrouped: folded.ungrouped,
        },
        numbers: FunnelAnswer {
            converted: Share::of(converted, entered),
            to_convert: lengths(&mut sums.to_convert),
            difference: difference(funnel, &lines),
            lines,
            trend: (trend.into_iter().zip(&sums.trend))
                .map(|(point, line)| FunnelPoint {
                    point,
                    steps: units_of(line),
                    profiles: profiles_of(line),
                    converted: line.converted,
                    missed: line.missed,
                    immature: line.immature,
                })
                .collect(),
            steps: (funnel.steps.iter().enumerate())
                .map(|(step, it)| FunnelStepAnswer {
                    name: it.name.clone(),
                    is_optional: it.optional,
                    units: sums.steps[step].units,
                    profiles: sums.steps[step].profiles,
                    interval: wilson(sums.steps[step].units, entered),
                    lost: sums.lost[step],
                    immature: sums.immature[step],
                    to_reach: lengths(&mut sums.to_reach[step]),
                })
                .collect(),
            times,
        },
    })
}

/// Up to when units are followed: the last event of the log, or now when that is earlier.
fn end(view: &View<'_>, when: &When) -> i64 {
    extent(view.snapshot).map_or(when.now.0, |(_, last)| last.min(when.now.0))
}

pub(crate) fn people(
    view: &View<'_>,
    funnel: &Funnel,
    select: &FunnelSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, funnel, when)?;
    let unknown = |place: &str| AskError::fault(place, "is not in the report's answer");
    if select.step >= funnel.steps.len() {
        return Err(unknown("select.step"));
    }
    if let Some(took) = select.took
        && (took.from >= select.step || select.part != FunnelPart::Reached)
    {
        let message = "counts from an earlier step, and goes with `reached` only";
        return Err(AskError::fault("select.took", message));
    }
    let trend = trend_points(view, when);
    let point = match select.point {
        Some(from) => {
            let found = trend.iter().find(|it| it.from == from);
            Some(*found.ok_or_else(|| unknown("select.point"))?)
        }
        None => None,
    };
    let labels = match &select.label {
        Some(label) => {
            Some(labels_under(view, &plan, label)?.ok_or_else(|| unknown("select.label"))?)
        }
        None => None,
    };
    let folded = plan.fold(view, Vec::new, |profiles, outcome| {
        let entry = Timestamp(outcome.attempt.entry);
        let is_wanted = is_in(&plan, outcome, select.step, select.part, when.now)
            && point.is_none_or(|it| it.from <= entry && entry < it.to)
            && select.took.is_none_or(|it| {
                let took = took(outcome.attempt, it.from, select.step);
                took.is_some_and(|took| it.from_ms <= took && it.to_ms.is_none_or(|to| took < to))
            })
            && labels.as_ref().is_none_or(|it| it.contains(outcome.label));
        if is_wanted && profiles.last() != Some(&outcome.profile) {
            profiles.push(outcome.profile);
        }
    })?;
    let mut profiles = folded.states.concat();
    profiles.sort_unstable();
    Ok(profiles)
}

/// Whether a unit belongs to one number of a step.
fn is_in(
    plan: &Plan<'_>,
    outcome: &Outcome<'_>,
    step: usize,
    part: FunnelPart,
    now: Timestamp,
) -> bool {
    let lost = lost_at(plan, outcome);
    match part {
        FunnelPart::Reached => outcome.attempt.has(step),
        FunnelPart::Converted => outcome.attempt.has(step) && lost.is_none(),
        FunnelPart::Missed => {
            outcome.attempt.has(step) && lost.is_some() && !is_immature(outcome, now)
        }
        FunnelPart::Open => {
            outcome.attempt.has(step) && lost.is_some() && is_immature(outcome, now)
        }
        FunnelPart::Lost => lost == Some(step),
        FunnelPart::Immature => lost == Some(step) && is_immature(outcome, now),
    }
}

/// The required step behind which a unit was lost; `None` when it converted.
fn lost_at(plan: &Plan<'_>, outcome: &Outcome<'_>) -> Option<usize> {
    let required = &plan.terms.required;
    let level = outcome.attempt.level;
    (level < required.len()).then(|| required[level - 1])
}

pub(super) fn is_immature(outcome: &Outcome<'_>, now: Timestamp) -> bool {
    outcome
        .attempt
        .open_until
        .is_some_and(|until| now.0 <= until)
}

/// The labels of one line of the breakdown.
enum Under {
    One(u32),
    /// All but the missing one and those that are listed.
    Rest(Vec<u32>),
}

impl Under {
    fn contains(&self, label: u32) -> bool {
        match self {
            Self::One(one) => *one == label,
            Self::Rest(listed) => label != 0 && !listed.contains(&label),
        }
    }
}

fn labels_under(
    view: &View<'_>,
    plan: &Plan<'_>,
    label: &Label,
) -> Result<Option<Under>, AskError> {
    let Some(labels) = &plan.labels else {
        return Ok(None);
    };
    if *label == Label::Rest {
        let folded = plan.fold(
            view,
            HashMap::new,
            |entered: &mut HashMap<u32, u64>, outcome| {
                *entered.entry(outcome.label).or_default() += 1;
            },
        )?;
        let mut entered: HashMap<u32, u64> = HashMap::new();
        for (label, units) in folded.states.into_iter().flatten() {
            *entered.entry(label).or_default() += units;
        }
        let (listed, _) = listed(entered.into_iter());
        return Ok(Some(Under::Rest(listed)));
    }
    let found = (0..labels.count() as u32).find(|it| labels.value(*it) == *label);
    Ok(found.map(Under::One))
}

/// The labels that are listed, the most frequent first, and how many are not.
fn listed(entered: impl Iterator<Item = (u32, u64)>) -> (Vec<u32>, usize) {
    let mut labels: Vec<(u64, u32)> = entered
        .filter(|(label, _)| *label != 0)
        .map(|(label, units)| (units, label))
        .collect();
    labels.sort_unstable_by_key(|(units, label)| (std::cmp::Reverse(*units), *label));
    let capped = labels.len().saturating_sub(limits::BREAKDOWN_VALUES_MAX);
    labels.truncate(limits::BREAKDOWN_VALUES_MAX);
    (labels.into_iter().map(|(_, label)| label).collect(), capped)
}

fn lines(plan: &Plan<'_>, sums: &Sums) -> (Vec<FunnelLine>, u64) {
    let Some(labels) = &plan.labels else {
        return (Vec::new(), 0);
    };
    let (listed, capped) = listed(
        sums.lines
            .iter()
            .map(|(label, line)| (*label, line.steps[0].units)),
    );
    let mut rest = Line::new(sums.steps.len());
    for (label, line) in &sums.lines {
        if *label != 0 && !listed.contains(label) {
            rest.merge(line);
        }
    }
    let shown = |label: Label, line: &Line| FunnelLine {
        label,
        steps: units_of(line),
        profiles: profiles_of(line),
        converted: Share::of(line.converted.units, line.steps[0].units),
    };
    let mut lines: Vec<FunnelLine> = (listed.iter())
        .map(|label| shown(labels.value(*label), &sums.lines[label]))
        .collect();
    lines.extend(sums.lines.get(&0).map(|line| shown(Label::NotSet, line)));
    if capped > 0 {
        lines.push(shown(Label::Rest, &rest));
    }
    (lines, capped as u64)
}

/// The range in days when it is short, else in weeks or months; no longer than the log.
fn trend_points(view: &View<'_>, when: &When) -> Vec<Point> {
    let Some((first, last)) = extent(view.snapshot) else {
        return Vec::new();
    };
    let range = TimeRange {
        from: when.range.from.max(Timestamp(first)),
        to: when.range.to.min(Timestamp(last + 1)),
    };
    let range = if when.range == TimeRange::ALL {
        range
    } else {
        when.range
    };
    let days = (range.to.0 - range.from.0) / 86_400_000;
    let every = match days {
        ..=120 => Every::Day,
        121..=800 => Every::Week,
        _ => Every::Month,
    };
    // A range of thousands of years has too many months, and no trend.
    points(range, every, &when.zone, when.now).unwrap_or_default()
}

/// Index of the point that an instant lies in; their count when it lies behind the last one.
///
/// Points are about as long as each other, so a guess is nearly right.
fn point_at(points: &[Point], time: i64) -> usize {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return 0;
    };
    let each = ((last.to.0 - first.from.0) / points.len() as i64).max(1);
    let guess = (time.saturating_sub(first.from.0) / each).clamp(0, points.len() as i64);
    let mut point = guess as usize;
    while point > 0 && time < points[point - 1].to.0 {
        point -= 1;
    }
    while point < points.len() && points[point].to.0 <= time {
        point += 1;
    }
    point
}

fn lengths(values: &mut [i64]) -> Option<Lengths> {
    Some(Lengths {
        median_ms: quantile(values, 500)?,
        p90_ms: quantile(values, 900)?,
    })
}

fn units_of(line: &Line) -> Vec<u64> {
    line.steps.iter().map(|it| it.units).collect()
}

fn profiles_of(line: &Line) -> Vec<u64> {
    line.steps.iter().map(|it| it.profiles).collect()
}

/// Shows the steps of a mask, in order.
fn each_step(mut reached: u32, mut see: impl FnMut(usize)) {
    while reached != 0 {
        see(reached.trailing_zeros() as usize);
        reached &= reached - 1;
    }
}

/// What one thread has counted.
struct Sums {
    steps: Vec<Tally>,
    lost: Vec<Tally>,
    immature: Vec<Tally>,
    converted: Tally,
    to_reach: Vec<Vec<i64>>,
    to_convert: Vec<i64>,
    lines: HashMap<u32, Line>,
    trend: Vec<Line>,
    ways: Vec<WaySums>,
    required_count: usize,
}

#[derive(Clone)]
struct Line {
    steps: Vec<Tally>,
    converted: Tally,
    missed: Tally,
    immature: Tally,
}

impl Line {
    fn new(steps_count: usize) -> Self {
        Self {
            steps: vec![Tally::default(); steps_count],
            converted: Tally::default(),
            missed: Tally::default(),
            immature: Tally::default(),
        }
    }

    fn add(&mut self, profile: ProfileId, reached: u32, is_converted: bool, is_immature: bool) {
        each_step(reached, |step| self.steps[step].add(profile));
        match (is_converted, is_immature) {
            (true, _) => self.converted.add(profile),
            (false, true) => self.immature.add(profile),
            (false, false) => self.missed.add(profile),
        }
    }

    fn merge(&mut self, other: &Self) {
        for (mine, more) in self.steps.iter_mut().zip(&other.steps) {
            mine.merge(more);
        }
        self.converted.merge(&other.converted);
        self.missed.merge(&other.missed);
        self.immature.merge(&other.immature);
    }
}

impl Sums {
    fn new(
        steps_count: usize,
        points_count: usize,
        required_count: usize,
        ways: Option<&Ways>,
    ) -> Self {
        Self {
            steps: vec![Tally::default(); steps_count],
            lost: vec![Tally::default(); steps_count],
            immature: vec![Tally::default(); steps_count],
            converted: Tally::default(),
            to_reach: vec![Vec::new(); steps_count],
            to_convert: Vec::new(),
            lines: HashMap::new(),
            trend: vec![Line::new(steps_count); points_count],
            ways: ways.map_or_else(Vec::new, Ways::sums),
            required_count,
        }
    }

    fn add(&mut self, plan: &Plan<'_>, trend: &[Point], outcome: &Outcome<'_>, now: Timestamp) {
        let attempt = outcome.attempt;
        let mut before = attempt.entry;
        each_step(attempt.reached, |step| {
            self.steps[step].add(outcome.profile);
            if step > 0 {
                // A grace lets a step lie before the one it follows; it took no time then.
                self.to_reach[step].push((attempt.times[step] - before).max(0));
            }
            let is_required = plan.terms.order == Order::Any || plan.terms.required.contains(&step);
            if is_required {
                before = attempt.times[step];
            }
        });
        let is_converted = attempt.level == self.required_count;
        let is_immature = is_immature(outcome, now);
        if is_converted {
            self.converted.add(outcome.profile);
            self.to_convert.push((before - attempt.entry).max(0));
        }
        if let Some(step) = lost_at(plan, outcome) {
            self.lost[step].add(outcome.profile);
            if is_immature {
                self.immature[step].add(outcome.profile);
            }
        }
        if plan.labels.is_some() {
            let line = self
                .lines
                .entry(outcome.label)
                .or_insert_with(|| Line::new(self.steps.len()));
            line.add(outcome.profile, attempt.reached, is_converted, is_immature);
        }
        let point = point_at(trend, attempt.entry);
        if let Some(line) = self.trend.get_mut(point) {
            line.add(outcome.profile, attempt.reached, is_converted, is_immature);
        }
    }

    fn merge(&mut self, other: Self) {
        let tallies = |mine: &mut [Tally], more: &[Tally]| {
            for (mine, more) in mine.iter_mut().zip(more) {
                mine.merge(more);
            }
        };
        tallies(&mut self.steps, &other.steps);
        tallies(&mut self.lost, &other.lost);
        tallies(&mut self.immature, &other.immature);
        self.converted.merge(&other.converted);
        for (mine, more) in self.to_reach.iter_mut().zip(other.to_reach) {
            mine.extend(more);
        }
        self.to_convert.extend(other.to_convert);
        for (label, line) in other.lines {
            match self.lines.get_mut(&label) {
                Some(mine) => mine.merge(&line),
                None => {
                    self.lines.insert(label, line);
                }
            }
        }
        for (mine, more) in self.trend.iter_mut().zip(&other.trend) {
            mine.merge(more);
        }
        for (mine, more) in self.ways.iter_mut().zip(other.ways) {
            mine.merge(more);
        }
    }
}
