//! How long work on each step takes, and how long profiles wait until it begins.
//!
//! Process mining tells service time, from the start of an activity to its end, from waiting time before it.
//! Whoever still waits, or whose work has not ended, is followed to the end of the log and known to take at least
//! that long; the product-limit estimator uses it for what it says and no more.

use serde::Serialize;
use throughline_model::{
    ProfileId, Rule, TimeRange, Timestamp,
    work_time::{WorkStep, WorkTime},
};
use utoipa::ToSchema;

use crate::{
    ask::{AskError, Counted, LeftOut, When},
    extent::extent,
    kernel::{
        stage_time::{Cell, Remaining, remaining},
        transitions::Passes,
    },
    lives::{Lives, LivesCount, is_beyond},
    pick::Wanted,
    rule::{Condition, Verdict},
    scan::{Found, Picks, ProfileRows, scan_picked},
    select::{WorkPart, WorkTimeSelect},
    view::View,
};

/// Waiting and work of each step.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WorkTimeAnswer {
    /// Up to when everything was followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    /// True when there are so many spans that their lengths are rounded by up to 0.2 %.
    pub is_rounded: bool,
    /// In the order of the report.
    pub steps: Vec<StepWork>,
}

/// Waiting for one step, and work on it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StepWork {
    pub name: String,
    /// Waits that begin in the range. Without `asked` only those that a start has ended are known.
    pub waits: Spans,
    /// Work that begins in the range.
    pub work: Spans,
    /// Work of the range that nobody is known to have waited for: not asked for, or with nothing before it.
    pub unasked: Passes,
    /// Work of the range that has ended and whose wait is known.
    pub done: Done,
    /// Instants in the range at which something ends that had not started.
    pub loose_ends: u64,
}

/// Work that has ended with the wait before it, summed over the same pieces so that the two may be set side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Done {
    pub passes: Passes,
    pub waited_ms: i64,
    pub worked_ms: i64,
}

/// Spans of time, those that have not ended included.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Spans {
    pub begun: Passes,
    /// That had not ended when the log did.
    pub unfinished: Passes,
    /// A quarter of all spans end by then; none when fewer have been seen to end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarter_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub three_quarters_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_ms: Option<i64>,
    /// The share that goes on, at falls that lie evenly over it; exact at each of them.
    pub curve: Vec<Remaining>,
}

pub(crate) fn answer(
    view: &View<'_>,
    work_time: &WorkTime,
    when: &When,
) -> Result<Counted<WorkTimeAnswer>, AskError> {
    let plan = Plan::new(view, work_time, when)?;
    let lives_count = LivesCount::default();
    let states = scan_picked(
        view.snapshot,
        view.cancel,
        &plan.picks,
        || (Sums::new(plan.steps.len()), Walk::default()),
        |(sums, walk), rows, found| {
            let mut is_seen = false;
            plan.follow(rows, found, walk, &mut |step, fact| {
                is_seen |= !matches!(fact, Fact::LooseEnd);
                sums.add(rows.profile, step, fact, &lives_count);
            });
            sums.profiles += u64::from(is_seen);
        },
    )?;
    let mut sums = Sums::new(plan.steps.len());
    for (state, _) in states {
        sums.merge(state);
    }
    let spans =
        (sums.steps.iter()).map(|it| it.waits.begun.passes.times + it.work.begun.passes.times);
    let is_rounded = is_beyond(spans.sum());
    let steps = (sums.steps.into_iter().zip(&work_time.steps))
        .map(|(sums, step)| StepWork {
            name: step.name.clone(),
            waits: sums.waits.told(is_rounded),
            work: sums.work.told(is_rounded),
            unasked: sums.unasked.passes,
            done: Done {
                passes: sums.done.passes,
                waited_ms: sums.waited_ms,
                worked_ms: sums.worked_ms,
            },
            loose_ends: sums.loose_ends,
        })
        .collect();
    Ok(Counted {
        n: sums.profiles,
        left_out: LeftOut::default(),
        numbers: WorkTimeAnswer {
            followed_to: Timestamp(plan.end),
            is_rounded,
            steps,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    work_time: &WorkTime,
    select: &WorkTimeSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, work_time, when)?;
    let wanted = (work_time.steps.iter()).position(|it| it.name == select.step);
    let wanted = wanted.ok_or_else(|| {
        let message = format!("names `{}`, which is no step of the report", select.step);
        AskError::fault("select.step", message)
    })?;
    let states = scan_picked(
        view.snapshot,
        view.cancel,
        &plan.picks,
        || (Vec::new(), Walk::default()),
        |(profiles, walk), rows, found| {
            let mut is_hit = false;
            plan.follow(rows, found, walk, &mut |step, fact| {
                is_hit |= step == wanted && fact.is_of(select.part);
            });
            if is_hit {
                profiles.push(rows.profile);
            }
        },
    )?;
    let mut profiles: Vec<ProfileId> = states.into_iter().flat_map(|(it, _)| it).collect();
    profiles.sort_unstable();
    Ok(profiles)
}

/// Something that a profile's events say of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fact {
    /// A wait that begins in the range.
    Wait {
        length_ms: i64,
        has_ended: bool,
    },
    /// Work that begins in the range, with the wait before it where that is known.
    Work {
        length_ms: i64,
        has_ended: bool,
        waited_ms: Option<i64>,
    },
    LooseEnd,
}

impl Fact {
    fn is_of(self, part: WorkPart) -> bool {
        match (part, self) {
            (WorkPart::Waits, Self::Wait { .. }) | (WorkPart::Work, Self::Work { .. }) => true,
            (WorkPart::StillWaiting, Self::Wait { has_ended, .. })
            | (WorkPart::StillInWork, Self::Work { has_ended, .. }) => !has_ended,
            (WorkPart::Unasked, Self::Work { waited_ms, .. }) => waited_ms.is_none(),
            (
                WorkPart::Done,
                Self::Work {
                    has_ended,
                    waited_ms,
                    ..
                },
            ) => has_ended && waited_ms.is_some(),
            _ => false,
        }
    }
}

/// The definition made ready.
struct Plan {
    steps: Vec<Step>,
    picks: Picks,
    is_system: Vec<bool>,
    range: TimeRange,
    end: i64,
}

struct Step {
    asked: Option<Condition>,
    start: Condition,
    end: Condition,
}

/// What the events of one instant do to a step.
#[derive(Clone, Copy, Default)]
struct Touched {
    asks: bool,
    starts: bool,
    ends: bool,
}

/// Where a profile is in each step; kept between profiles for its room.
#[derive(Default)]
struct Walk {
    steps: Vec<At>,
    touched: Vec<Touched>,
}

#[derive(Clone, Copy, Default)]
struct At {
    asked: Option<i64>,
    work: Option<Begun>,
}

#[derive(Clone, Copy)]
struct Begun {
    time: i64,
    waited_ms: Option<i64>,
}

impl Plan {
    fn new(view: &View<'_>, work_time: &WorkTime, when: &When) -> Result<Self, AskError> {
        let filter = work_time.filter.as_ref();
        let steps = (work_time.steps.iter())
            .map(|step| Step::new(view, step, filter))
            .collect::<Result<Vec<_>, _>>()?;
        let names = view.snapshot.names.iter();
        let is_system: Vec<bool> = names.map(|(_, name)| name.is_system()).collect();
        let wanted = || {
            Wanted::of(is_system.len(), |code| {
                !is_system[usize::from(code)] && steps.iter().any(|step| step.may_fit(code))
            })
        };
        Ok(Self {
            picks: Picks {
                wanted: wanted(),
                needed: wanted(),
            },
            steps,
            is_system,
            range: when.range,
            end: extent(view.snapshot).map_or(when.now.0, |(_, last)| last.min(when.now.0)),
        })
    }

    /// Shows what a profile's events say of each step.
    fn follow(
        &self,
        rows: &ProfileRows<'_>,
        found: &[Found],
        walk: &mut Walk,
        see: &mut impl FnMut(usize, Fact),
    ) {
        let Walk { steps, touched } = walk;
        steps.clear();
        steps.resize(self.steps.len(), At::default());
        let mut last_end = None;
        for together in found.chunk_by(|a, b| a.time == b.time) {
            touched.clear();
            touched.resize(self.steps.len(), Touched::default());
            for it in together {
                self.touch(rows, it, touched);
            }
            self.pass(together[0].time, steps, touched, &mut last_end, see);
        }
        for (index, at) in steps.iter().enumerate() {
            if let Some(asked) = at.asked {
                self.wait(index, asked, self.end, false, see);
            }
            if let Some(begun) = at.work {
                self.work(index, begun, self.end, false, see);
            }
        }
    }

    /// Notes what an event does to each step.
    fn touch(&self, rows: &ProfileRows<'_>, found: &Found, touched: &mut [Touched]) {
        let event = found.event;
        if self.is_system.get(usize::from(event)) != Some(&false) {
            return;
        }
        let place = rows.place(found.row as usize);
        for (step, touched) in self.steps.iter().zip(touched) {
            let asked = step.asked.as_ref();
            touched.asks |= asked.is_some_and(|it| it.holds(event, place));
            touched.starts |= step.start.holds(event, place);
            touched.ends |= step.end.holds(event, place);
        }
    }

    /// Takes all steps over one instant: what ends work first, then what asks, then what starts.
    fn pass(
        &self,
        time: i64,
        steps: &mut [At],
        touched: &mut [Touched],
        last_end: &mut Option<i64>,
        see: &mut impl FnMut(usize, Fact),
    ) {
        for (index, (at, touched)) in steps.iter_mut().zip(touched.iter_mut()).enumerate() {
            if touched.ends
                && let Some(begun) = at.work.take()
            {
                touched.ends = false;
                *last_end = Some(time);
                self.work(index, begun, time, true, see);
            }
            if touched.asks && at.work.is_none() {
                at.asked.get_or_insert(time);
            }
        }
        let in_work = steps.iter().any(|at| at.work.is_some());
        let idle_since = match in_work {
            true => Some(time),
            false => *last_end,
        };
        for (index, (at, touched)) in steps.iter_mut().zip(touched.iter()).enumerate() {
            if touched.starts && at.work.is_none() {
                let since = match self.steps[index].asked {
                    Some(_) => at.asked.take(),
                    None => idle_since,
                };
                if let Some(since) = since {
                    self.wait(index, since, time, true, see);
                }
                at.work = Some(Begun {
                    time,
                    waited_ms: since.map(|since| time - since),
                });
            }
            if touched.ends {
                match at.work.take_if(|begun| begun.time == time) {
                    Some(begun) => {
                        *last_end = Some(time);
                        self.work(index, begun, time, true, see);
                    }
                    None if self.range.contains(Timestamp(time)) => see(index, Fact::LooseEnd),
                    None => {}
                }
            }
        }
    }

    fn wait(
        &self,
        step: usize,
        from: i64,
        to: i64,
        has_ended: bool,
        see: &mut impl FnMut(usize, Fact),
    ) {
        if self.range.contains(Timestamp(from)) {
            // An event may lie a little ahead of the end of the log.
            let length_ms = (to - from).max(0);
            see(
                step,
                Fact::Wait {
                    length_ms,
                    has_ended,
                },
            );
        }
    }

    fn work(
        &self,
        step: usize,
        begun: Begun,
        to: i64,
        has_ended: bool,
        see: &mut impl FnMut(usize, Fact),
    ) {
        if self.range.contains(Timestamp(begun.time)) {
            let fact = Fact::Work {
                length_ms: (to - begun.time).max(0),
                has_ended,
                waited_ms: begun.waited_ms,
            };
            see(step, fact);
        }
    }
}

impl Step {
    fn new(view: &View<'_>, step: &WorkStep, filter: Option<&Rule>) -> Result<Self, AskError> {
        let asked = step.asked.as_ref();
        Ok(Self {
            asked: asked.map(|it| view.narrowed(it, filter)).transpose()?,
            start: view.narrowed(&step.start, filter)?,
            end: view.narrowed(&step.end, filter)?,
        })
    }

    fn may_fit(&self, code: u16) -> bool {
        let conditions = [Some(&self.start), Some(&self.end), self.asked.as_ref()];
        (conditions.into_iter().flatten()).any(|it| it.verdict(code) != Verdict::No)
    }
}

/// What one thread has counted.
struct Sums {
    profiles: u64,
    steps: Vec<StepSums>,
    /// Spans since the other threads were told; `None` once lengths are rounded.
    untold: Option<u64>,
}

/// Spans between two times that a thread tells the others of them.
const UNTOLD_MAX: u64 = 4_096;

#[derive(Default)]
struct StepSums {
    waits: SpanSums,
    work: SpanSums,
    unasked: Cell,
    done: Cell,
    waited_ms: i64,
    worked_ms: i64,
    loose_ends: u64,
}

#[derive(Default)]
struct SpanSums {
    begun: Cell,
    unfinished: Cell,
    lives: Lives,
}

impl SpanSums {
    fn add(&mut self, profile: ProfileId, length_ms: i64, has_ended: bool) {
        self.begun.add(profile);
        if !has_ended {
            self.unfinished.add(profile);
        }
        self.lives.add(length_ms, has_ended);
    }

    fn merge(&mut self, other: Self) {
        self.begun.merge(&other.begun);
        self.unfinished.merge(&other.unfinished);
        self.lives.merge(other.lives);
    }

    fn told(self, is_rounded: bool) -> Spans {
        let curve = self.lives.curve(is_rounded);
        Spans {
            begun: self.begun.passes,
            unfinished: self.unfinished.passes,
            quarter_ms: curve.quantile(250),
            median_ms: curve.quantile(500),
            three_quarters_ms: curve.quantile(750),
            p90_ms: curve.quantile(900),
            curve: remaining(&curve),
        }
    }
}

impl Sums {
    fn new(steps_count: usize) -> Self {
        Self {
            profiles: 0,
            steps: std::iter::repeat_with(StepSums::default)
                .take(steps_count)
                .collect(),
            untold: Some(0),
        }
    }

    fn add(&mut self, profile: ProfileId, step: usize, fact: Fact, lives_count: &LivesCount) {
        let sums = &mut self.steps[step];
        match fact {
            Fact::Wait {
                length_ms,
                has_ended,
            } => sums.waits.add(profile, length_ms, has_ended),
            Fact::Work {
                length_ms,
                has_ended,
                waited_ms,
            } => {
                sums.work.add(profile, length_ms, has_ended);
                match waited_ms {
                    None => sums.unasked.add(profile),
                    Some(waited_ms) if has_ended => {
                        sums.done.add(profile);
                        sums.waited_ms += waited_ms;
                        sums.worked_ms += length_ms;
                    }
                    Some(_) => {}
                }
            }
            Fact::LooseEnd => {
                sums.loose_ends += 1;
                return;
            }
        }
        if let Some(untold) = &mut self.untold {
            *untold += 1;
            if *untold == UNTOLD_MAX {
                self.untold = Some(0);
                if lives_count.add(UNTOLD_MAX) {
                    self.untold = None;
                    for step in &mut self.steps {
                        step.waits.lives.give_up();
                        step.work.lives.give_up();
                    }
                }
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.profiles += other.profiles;
        for (mine, more) in self.steps.iter_mut().zip(other.steps) {
            mine.waits.merge(more.waits);
            mine.work.merge(more.work);
            mine.unasked.merge(&more.unasked);
            mine.done.merge(&more.done);
            mine.waited_ms += more.waited_ms;
            mine.worked_ms += more.worked_ms;
            mine.loose_ends += more.loose_ends;
        }
    }
}

#[cfg(test)]
mod tests;
