//! Which line, period and bin each object is in, and how its promise stands.

use throughline_model::{
    ProfileId, TimeRange, Timestamp, limits, object_kind::Promise, promises::Promises,
};

use super::PromisePart;
use crate::{
    ask::{AskError, When},
    calendar::{Point, points},
    extent::clipped,
    labels::{Labels, Lines},
    objects::{
        PromiseStanding,
        life::{Plan, Touch},
    },
    rule::Condition,
    view::View,
};

/// A definition made ready.
pub(super) struct Sorter<'v> {
    pub(super) plan: Plan<'v>,
    promise: &'v Promise,
    range: TimeRange,
    pub(super) points: Vec<Point>,
    filter: Condition,
    labels: Option<Labels<'v>>,
    pub(super) lines: Lines,
    bounds: Vec<i64>,
    /// Every object of the range, in no order that says anything.
    pub(super) objects: Vec<Sorted>,
}

/// An object of the range.
pub(super) struct Sorted {
    standing: PromiseStanding,
    is_due: bool,
    pub(super) gap_ms: Option<i64>,
    label: u32,
    pub(super) point: usize,
    /// Where its gap lies, once it is known.
    pub(super) bin: Option<usize>,
    /// Sorted, each once.
    pub(super) profiles: Vec<u32>,
}

impl Sorted {
    pub(super) fn is_of(&self, part: PromisePart) -> bool {
        use PromiseStanding as Is;
        match part {
            PromisePart::All => true,
            PromisePart::Promised => self.standing != Is::Untold,
            PromisePart::Early => self.standing == Is::Early,
            PromisePart::OnTime => self.standing == Is::OnTime,
            PromisePart::Late => self.standing == Is::Late,
            PromisePart::Overdue => self.standing == Is::Overdue,
            PromisePart::Pending => self.standing == Is::Pending,
            PromisePart::Released => self.standing == Is::Released,
            PromisePart::Untold => self.standing == Is::Untold,
            PromisePart::Due => self.is_due,
            PromisePart::DueLate => self.is_due && matches!(self.standing, Is::Late | Is::Overdue),
            PromisePart::Kept => matches!(self.standing, Is::Early | Is::OnTime | Is::Late),
        }
    }
}

impl<'v> Sorter<'v> {
    pub(super) fn new(
        view: &'v View<'_>,
        promises: &Promises,
        when: &When,
    ) -> Result<Self, AskError> {
        let kind = view
            .vocabulary
            .object_kind(&promises.object)
            .ok_or_else(|| {
                let message = format!("names the kind `{}`, which does not exist", promises.object);
                AskError::fault("object", message)
            })?;
        let promise = kind.promise.as_ref().ok_or_else(|| {
            let message = format!("names the kind `{}`, which promises nothing", kind.id);
            AskError::fault("object", message)
        })?;
        let range = clipped(view, when);
        let points = points(range, promises.every, &when.zone, when.now).ok_or_else(|| {
            let most = limits::SERIES_POINTS_MAX;
            let message = format!(
                "cuts the range into more than {most} points; choose a longer unit or a shorter range"
            );
            AskError::fault("every", message)
        })?;
        let labels = match &promises.breakdown {
            Some(by) => Some(Labels::by(view, by)?),
            None => None,
        };
        let mut sorter = Self {
            plan: Plan::new(view, kind, &when.zone, when.now)?,
            promise,
            range,
            points,
            filter: view.rule(promises.filter.as_ref())?,
            labels,
            lines: Lines {
                list: Vec::new(),
                line_of: Vec::new(),
                capped: 0,
            },
            bounds: promises.bounds_ms(),
            objects: Vec::new(),
        };
        let touches = sorter.plan.gather(view, |_| true)?;
        let objects = touches.chunk_by(|a, b| a.object == b.object);
        sorter.objects = objects.filter_map(|it| sorter.place(it)).collect();
        sorter.rank();
        Ok(sorter)
    }

    pub(super) fn promise(&self) -> &Promise {
        self.promise
    }

    /// The place of an object's line; none without a breakdown.
    pub(super) fn line_of(&self, object: &Sorted) -> Option<usize> {
        self.lines.line_of.get(object.label as usize).copied()
    }

    /// Orders the lines of the breakdown by how many objects they have.
    fn rank(&mut self) {
        if let Some(labels) = &self.labels {
            let mut sums = vec![0_u64; labels.count()];
            for object in &self.objects {
                sums[object.label as usize] += 1;
            }
            self.lines = Lines::ranked(labels, &sums);
        }
    }

    fn place(&self, touches: &[Touch]) -> Option<Sorted> {
        let life = self.plan.life(touches);
        if !self.range.contains(Timestamp(life.begun)) {
            return None;
        }
        if !(touches.iter()).any(|it| self.filter.holds(it.event, it.place)) {
            return None;
        }
        let outcome = life.promise?;
        let tolerance = self.promise.tolerance.0;
        let due_at = outcome
            .told
            .map(|(_, moment)| moment.saturating_add(tolerance));
        let is_released = outcome.standing == PromiseStanding::Released;
        let is_kept = outcome.kept.is_some();
        let gap_ms = outcome.gap_ms;
        let mut profiles: Vec<u32> = touches.iter().map(|it| it.profile).collect();
        profiles.sort_unstable();
        profiles.dedup();
        let after = |point: &Point| point.to.0 <= life.begun;
        Some(Sorted {
            standing: outcome.standing,
            is_due: !is_released && due_at.is_some_and(|at| at < self.plan.end),
            gap_ms,
            label: self.label(touches),
            point: self.points.partition_point(after),
            bin: (gap_ms.filter(|_| is_kept))
                .map(|gap| self.bounds.partition_point(|bound| *bound < gap)),
            profiles,
        })
    }

    /// The first value that the object's events have; the one that comes first of those of an instant.
    fn label(&self, touches: &[Touch]) -> u32 {
        let Some(labels) = &self.labels else {
            return 0;
        };
        let told = touches.iter().filter_map(|it| {
            let label = labels.at(ProfileId(it.profile), it.event, it.channel, it.place);
            (label != 0).then_some((it.time, label))
        });
        told.min().map_or(0, |it| it.1)
    }
}
