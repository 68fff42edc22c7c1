//! The definition made ready: which series, line and period each row counts for, and with which number.

use throughline_model::{
    TimeRange, Timestamp, limits,
    trends::{Measure, Trends},
};

use crate::{
    ask::{AskError, When},
    calendar::{Point, Ruler},
    extent::clipped,
    labels::{Label, Labels, Lines},
    rule::Condition,
    scan::{ProfileRows, scan},
    view::View,
    worth::Worths,
};

/// A definition made ready.
pub(super) struct Plan<'v> {
    range: TimeRange,
    pub(super) points: Vec<Point>,
    filter: Condition,
    series: Vec<Sorter<'v>>,
    labels: Option<Labels<'v>>,
    /// Per label its line; lines beyond the limit share the last one.
    line_of: Vec<usize>,
    pub(super) lines: Vec<Option<Label>>,
    /// Values that share the last line.
    pub(super) capped: u64,
    pub(super) measures: Vec<Measure>,
}

/// What a series takes, and what it looks at.
struct Sorter<'v> {
    condition: Condition,
    looks: Looks<'v>,
}

enum Looks<'v> {
    At(Worths),
    /// Numbers, and what each weighs.
    Weighed(Worths, Worths),
    Among(Labels<'v>),
    AtNothing,
}

/// One event in one series.
pub(super) struct Hit {
    pub(super) series: usize,
    pub(super) line: usize,
    pub(super) point: usize,
    pub(super) look: Look,
}

/// What a series sees of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// That it happened.
    Plain,
    /// Its number in millionths; or which of the different values it has.
    Number(i64),
    /// Its number and its weight, both in millionths.
    Weighed(i64, i64),
    Value(u32),
    /// Nothing to measure it by.
    Missing,
}

/// What an event may weigh, in millionths: so little that sums of all events stay exact.
const WEIGHTS: std::ops::RangeInclusive<i64> = 1..=limits::TREND_WEIGHT_MAX * 1_000_000;

impl Hit {
    pub(super) fn is_measured(&self) -> bool {
        self.look != Look::Missing
    }
}

impl<'v> Plan<'v> {
    pub(super) fn new(view: &'v View<'_>, trends: &Trends, when: &When) -> Result<Self, AskError> {
        // Periods that have not begun are no points, and the one that runs is not over.
        let range = clipped(view, when);
        let range = TimeRange {
            from: range.from,
            to: range.to.min(Timestamp(when.now.0.saturating_add(1))),
        };
        let ruler = Ruler::new(trends.period, trends.week_start, &when.zone);
        let points = ruler.points(range, when.now).ok_or_else(too_fine)?;
        let labels = match &trends.breakdown {
            Some(by) => Some(Labels::by(view, by)?),
            None => None,
        };
        let sorter = |series: &throughline_model::trends::TrendSeries| {
            Ok::<_, AskError>(Sorter {
                condition: view.matcher(&series.matcher)?,
                looks: match (&series.measure, series.measure.number()) {
                    (Measure::Distinct(field), _) => Looks::Among(Labels::of(view, field)?),
                    (Measure::WeightedMean(it), _) => {
                        Looks::Weighed(Worths::of(view, &it.field)?, Worths::of(view, &it.weight)?)
                    }
                    (_, Some(field)) => Looks::At(Worths::of(view, field)?),
                    (_, None) => Looks::AtNothing,
                },
            })
        };
        let mut plan = Self {
            range,
            points,
            filter: view.rule(trends.filter.as_ref())?,
            series: trends.series.iter().map(sorter).collect::<Result<_, _>>()?,
            line_of: vec![0; labels.as_ref().map_or(1, Labels::count)],
            labels,
            lines: vec![None],
            capped: 0,
            measures: trends.series.iter().map(|it| it.measure.clone()).collect(),
        };
        if plan.labels.is_some() {
            plan.rank(view)?;
        }
        match plan.tallies_count() > limits::TREND_TALLIES_MAX {
            true => Err(too_fine()),
            false => Ok(plan),
        }
    }

    /// Orders the lines of the breakdown by how many events of all series they have.
    fn rank(&mut self, view: &View<'_>) -> Result<(), AskError> {
        let Some(labels) = &self.labels else {
            return Ok(());
        };
        let begin = || vec![0_u64; labels.count()];
        let states = scan(view.snapshot, view.cancel, begin, |sums, rows| {
            self.events(rows, &mut |index, _| {
                let label = labels.label(rows, index) as usize;
                sums[label] += self.fitting(rows, index).count() as u64;
            });
        })?;
        let mut sums = begin();
        for state in states {
            for (sum, more) in sums.iter_mut().zip(state) {
                *sum += more;
            }
        }
        let lines = Lines::ranked(labels, &sums);
        self.line_of = lines.line_of;
        self.lines = lines.list.into_iter().map(Some).collect();
        self.capped = lines.capped;
        Ok(())
    }

    pub(super) fn tallies_count(&self) -> usize {
        self.series.len() * self.lines.len() * self.points.len()
    }

    /// Shows each event in each of its series, in the order of rows.
    pub(super) fn visit(&self, rows: &ProfileRows<'_>, see: &mut impl FnMut(Hit)) {
        self.events(rows, &mut |index, point| {
            for series in self.fitting(rows, index) {
                let line = match &self.labels {
                    Some(labels) => self.line_of[labels.label(rows, index) as usize],
                    None => 0,
                };
                see(Hit {
                    series,
                    line,
                    point,
                    look: self.series[series].look(rows, index),
                });
            }
        });
    }

    /// Shows each row of the range that passes the filter, with its period.
    fn events(&self, rows: &ProfileRows<'_>, see: &mut impl FnMut(usize, usize)) {
        let mut point = 0;
        for index in rows.between(self.range.from.0, self.range.to.0) {
            while self.points[point].to.0 <= rows.time[index] {
                point += 1;
            }
            if self.filter.holds(rows.event[index], rows.place(index)) {
                see(index, point);
            }
        }
    }

    fn fitting(&self, rows: &ProfileRows<'_>, index: usize) -> impl Iterator<Item = usize> {
        let (event, place) = (rows.event[index], rows.place(index));
        (0..self.series.len()).filter(move |it| self.series[*it].condition.holds(event, place))
    }
}

impl Sorter<'_> {
    fn look(&self, rows: &ProfileRows<'_>, index: usize) -> Look {
        match &self.looks {
            Looks::AtNothing => Look::Plain,
            Looks::At(worths) => worths
                .micros(rows.place(index))
                .map_or(Look::Missing, Look::Number),
            Looks::Weighed(worths, weights) => {
                let place = rows.place(index);
                let weight = weights.micros(place).filter(|it| WEIGHTS.contains(it));
                match worths.micros(place).zip(weight) {
                    Some((number, weight)) => Look::Weighed(number, weight),
                    None => Look::Missing,
                }
            }
            Looks::Among(labels) => match labels.label(rows, index) {
                0 => Look::Missing,
                label => Look::Value(label),
            },
        }
    }
}

fn too_fine() -> AskError {
    AskError::fault(
        "period",
        "cuts the range into too many pieces; choose a longer period, a shorter range or no breakdown",
    )
}
