//! From a profile's rows to the stages that it enters, and what follows.

use throughline_model::{TimeRange, Timestamp, bottlenecks::Bottlenecks};

use super::Key;
use crate::{
    ask::{AskError, When},
    codes::Codes,
    extent::extent,
    labels::{Label, Labels},
    rule::{Condition, Verdict},
    scan::ProfileRows,
    sequence::{Element, stages_of},
    view::View,
    worth::Worths,
};

/// The definition made ready.
pub(super) struct Walker<'v> {
    pub(super) stages: Vec<Element>,
    pub(super) fields: Vec<Labels<'v>>,
    pub(super) worths: Option<Worths>,
    /// Up to when profiles are followed.
    pub(super) end: i64,
    pub(super) range: TimeRange,
    pub(super) before: Option<TimeRange>,
    entries: Codes,
    filter: Condition,
    goal: Option<Condition>,
    /// Per code of a name whether its events have to be looked at.
    is_wanted: Vec<bool>,
    within_ms: i64,
}

/// A profile enters a stage.
pub(super) struct Entry {
    pub(super) is_before: bool,
    pub(super) stage: usize,
    /// The time to go on is over.
    pub(super) is_over: bool,
    /// Until a later stage, in time.
    pub(super) took: Option<i64>,
    /// What was brought in time, in millionths.
    pub(super) micros: i64,
    /// One for each field.
    labels: Vec<u32>,
}

impl Entry {
    /// Field and value of each place that the entry counts for; everybody first.
    pub(super) fn labels(&self) -> impl Iterator<Item = (usize, u32)> {
        let fields = (1..).zip(self.labels.iter().copied());
        [(0, 0)].into_iter().chain(fields)
    }

    pub(super) fn key(&self, field: usize, label: u32) -> Key {
        Key {
            is_before: self.is_before,
            stage: self.stage,
            field,
            label,
        }
    }
}

/// A row that matters: its time, the number of the stage it leads to or 0, what it brings, and its index.
struct Step {
    time: i64,
    stage: usize,
    micros: i64,
    index: usize,
}

impl<'v> Walker<'v> {
    pub(super) fn new(
        view: &'v View<'_>,
        report: &Bottlenecks,
        when: &When,
    ) -> Result<Self, AskError> {
        let (stages, entries) = stages_of(view, report.stages.as_deref())?;
        if stages.len() < 2 {
            return Err(AskError::fault(
                "stages",
                "are fewer than two, and so are those of the vocabulary; name some or add them to the vocabulary",
            ));
        }
        let goal = (report.goal.as_ref())
            .map(|it| view.matcher(it))
            .transpose()?;
        let filter = view.rule(report.filter.as_ref())?;
        let is_goal = |code: u16| (goal.as_ref()).is_some_and(|it| it.verdict(code) != Verdict::No);
        let names = view.snapshot.names.iter();
        let is_wanted = names.map(|(code, _)| {
            filter.verdict(code.0) != Verdict::No
                && (entries.by_name(code.0) != Some(0) || is_goal(code.0))
        });
        Ok(Self {
            is_wanted: is_wanted.collect(),
            stages,
            fields: (report.by.iter())
                .map(|by| Labels::by(view, by))
                .collect::<Result<_, _>>()?,
            worths: (report.value.as_ref())
                .map(|field| Worths::of(view, field))
                .transpose()?,
            end: extent(view.snapshot).map_or(when.now.0, |(_, last)| last.min(when.now.0)),
            range: when.range,
            before: before(when.range),
            entries,
            filter,
            goal,
            within_ms: report.within.0,
        })
    }

    /// The number of a value of a field; fields count from 1.
    pub(super) fn label_of(&self, field: usize, label: &Label) -> Option<u32> {
        let labels = &self.fields[field - 1];
        (0..labels.count() as u32).find(|it| labels.value(*it) == *label)
    }

    /// Shows the first entry into each stage but the last, in the range and in the one before.
    pub(super) fn visit(&self, rows: &ProfileRows<'_>, see: &mut impl FnMut(&Entry)) {
        let steps = self.steps(rows);
        let ranges = [(false, Some(self.range)), (true, self.before)];
        for (is_before, range) in ranges {
            let Some(range) = range else { continue };
            let start = steps.partition_point(|it| it.time < range.from.0);
            let stop = steps.partition_point(|it| it.time < range.to.0);
            for stage in 1..self.stages.len() {
                let first = steps[start..stop.max(start)]
                    .iter()
                    .find(|it| it.stage == stage);
                if let Some(first) = first {
                    see(&self.entry(rows, &steps, first, is_before));
                }
            }
        }
    }

    fn entry(
        &self,
        rows: &ProfileRows<'_>,
        steps: &[Step],
        first: &Step,
        is_before: bool,
    ) -> Entry {
        let until = first.time.saturating_add(self.within_ms);
        // Events of one instant are a set, so one of the same instant may be the later stage.
        let from = steps.partition_point(|it| it.time < first.time);
        let to = steps.partition_point(|it| it.time <= until);
        let after = &steps[from..to];
        let next = after.iter().find(|it| it.stage > first.stage);
        let together = after
            .iter()
            .take_while(|it| it.time == first.time)
            .filter(|it| it.stage == first.stage);
        let label = |labels: &Labels<'_>| {
            // The smallest value of those that may have been the entry, so that no arrival decides.
            let all = together.clone().map(|it| labels.label(rows, it.index));
            all.filter(|label| *label != 0).min().unwrap_or(0)
        };
        Entry {
            is_before,
            stage: first.stage - 1,
            is_over: until <= self.end,
            took: next.map(|it| it.time - first.time),
            micros: after.iter().map(|it| it.micros).sum(),
            labels: self.fields.iter().map(label).collect(),
        }
    }

    fn steps(&self, rows: &ProfileRows<'_>) -> Vec<Step> {
        let mut steps = Vec::new();
        for index in 0..rows.len() {
            let event = rows.event[index];
            if self.is_wanted.get(usize::from(event)) != Some(&true) {
                continue;
            }
            let place = rows.place(index);
            if !self.filter.holds(event, place) {
                continue;
            }
            let is_goal = (self.goal.as_ref()).is_some_and(|it| it.holds(event, place));
            let micros = match &self.worths {
                Some(worths) if is_goal => worths.micros(place).unwrap_or(0),
                _ => 0,
            };
            let stage = usize::from(self.entries.of(event, place));
            if stage > 0 || micros != 0 {
                steps.push(Step {
                    time: rows.time[index],
                    stage,
                    micros,
                    index,
                });
            }
        }
        steps
    }
}

/// The range of the same length that ends where this one begins; none before all of time.
fn before(range: TimeRange) -> Option<TimeRange> {
    let is_bound = range.from > Timestamp::MIN && range.to < Timestamp::MAX;
    is_bound.then(|| TimeRange {
        from: Timestamp(range.from.0.saturating_sub(range.to.0 - range.from.0)),
        to: range.from,
    })
}
