//! The walk over one profile's events, from waiting to work and on.

use throughline_model::{
    Rule, TimeRange, Timestamp,
    work_time::{WorkStep, WorkTime},
};

use crate::{
    ask::{AskError, When},
    extent::extent,
    pick::Wanted,
    rule::{Condition, Verdict},
    scan::{Found, Picks, ProfileRows},
    select::ways::WorkPart,
    view::View,
};

/// Something that a profile's events say of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
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
    pub(super) fn is_of(self, part: WorkPart) -> bool {
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
pub(super) struct Plan {
    steps: Vec<Step>,
    pub(super) picks: Picks,
    range: TimeRange,
    pub(super) end: i64,
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
pub(super) struct Walk {
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
    pub(super) fn new(
        view: &View<'_>,
        work_time: &WorkTime,
        when: &When,
    ) -> Result<Self, AskError> {
        let filter = work_time.filter.as_ref();
        let steps = (work_time.steps.iter())
            .map(|step| Step::new(view, step, filter))
            .collect::<Result<Vec<_>, _>>()?;
        let wanted = || {
            Wanted::of(view.snapshot.names.len(), |code| {
                steps.iter().any(|step| step.may_fit(code))
            })
        };
        Ok(Self {
            picks: Picks {
                wanted: wanted(),
                needed: wanted(),
            },
            steps,
            range: when.range,
            end: extent(view.snapshot).map_or(when.now.0, |(_, last)| last.min(when.now.0)),
        })
    }

    /// Shows what a profile's events say of each step.
    pub(super) fn follow(
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
