//! Every count of people on a map by number, so that counting and listing look for the same thing.

use serde::{Deserialize, Serialize};
use throughline_model::{Channel, EventName, Map};
use utoipa::ToSchema;

use crate::{ask::AskError, view::View};

use super::path::{Experience, Path};
use super::plan::Plan;

/// A count of people on a map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum MapSelect {
    /// Everybody in scope.
    Profiles,
    Base,
    Goal,
    /// `coverage.people_whole`.
    Whole,
    Stage {
        stage: String,
    },
    Step {
        step: String,
        part: StepPart,
    },
    StepChannel {
        step: String,
        channel: Channel,
    },
    Transition {
        from: String,
        to: String,
    },
    /// Who has events of this name that the map does not show.
    Unexplained {
        name: EventName,
    },
}

/// A count of people at a step, named as in [`StepNumbers`](super::StepNumbers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepPart {
    People,
    FromPrevious,
    Goal,
    Returns,
    Exits,
    Open,
    Finished,
    Entries,
}

const OF_STEP_COUNT: usize = 8;
const CHANNELS_COUNT: usize = Channel::ALL.len();

pub(super) const SCOPE: usize = 0;
pub(super) const BASE: usize = 1;
pub(super) const GOAL: usize = 2;
pub(super) const WHOLE: usize = 3;
const STAGES: usize = 4;

/// How marks are numbered for a map of this size.
pub(super) struct Marks {
    steps_count: usize,
    steps: usize,
    channels: usize,
    edges: usize,
    strays: usize,
    pub count: usize,
}

impl Marks {
    pub fn of(plan: &Plan<'_>) -> Self {
        let steps_count = plan.steps_count;
        let steps = STAGES + plan.stages_count;
        let channels = steps + steps_count * OF_STEP_COUNT;
        let edges = channels + steps_count * CHANNELS_COUNT;
        let strays = edges + steps_count * steps_count;
        Self {
            steps_count,
            steps,
            channels,
            edges,
            strays,
            count: strays + plan.is_customer.len(),
        }
    }

    pub fn stage(&self, stage: usize) -> usize {
        STAGES + stage
    }

    pub fn step(&self, step: usize, what: StepPart) -> usize {
        self.steps + step * OF_STEP_COUNT + what as usize
    }

    pub fn channel(&self, step: usize, channel: u8) -> usize {
        self.channels + step * CHANNELS_COUNT + usize::from(channel)
    }

    pub fn edge(&self, from: usize, to: usize) -> usize {
        self.edges + from * self.steps_count + to
    }

    pub fn stray(&self, event: u16) -> usize {
        self.strays + usize::from(event)
    }

    /// The mark that a selection names.
    pub fn find(&self, view: &View<'_>, map: &Map, select: &MapSelect) -> Result<usize, AskError> {
        let of_step = |id: &String| {
            let index = map.steps().position(|step| step.id == *id);
            index.ok_or_else(|| unknown("step", id))
        };
        match select {
            MapSelect::Profiles => Ok(SCOPE),
            MapSelect::Base => Ok(BASE),
            MapSelect::Goal => Ok(GOAL),
            MapSelect::Whole => Ok(WHOLE),
            MapSelect::Stage { stage } => {
                let index = map.stages.iter().position(|it| it.id == *stage);
                Ok(self.stage(index.ok_or_else(|| unknown("stage", stage))?))
            }
            MapSelect::Step { step, part } => Ok(self.step(of_step(step)?, *part)),
            MapSelect::StepChannel { step, channel } => {
                Ok(self.channel(of_step(step)?, channel.code()))
            }
            MapSelect::Transition { from, to } => Ok(self.edge(of_step(from)?, of_step(to)?)),
            MapSelect::Unexplained { name } => {
                let code = view.snapshot.names.code(name);
                Ok(self.stray(code.ok_or_else(|| unknown("event", name.as_str()))?.0))
            }
        }
    }

    /// Shows every mark that a path has, some of them more than once.
    pub fn each(&self, plan: &Plan<'_>, path: &Path, show: &mut impl FnMut(usize)) {
        show(SCOPE);
        if !path.visits.is_empty() {
            show(BASE);
        }
        if path.strays.is_empty() {
            show(WHOLE);
        }
        for (step, channel) in &path.touches {
            let step = usize::from(*step);
            show(self.stage(plan.stage_of[step]));
            show(self.step(step, StepPart::People));
            show(self.channel(step, *channel));
        }
        for (event, _) in &path.strays {
            show(self.stray(*event));
        }
        for experience in &path.experiences {
            if experience.goal_at.is_some() {
                show(GOAL);
            }
            self.each_of(plan, path, experience, show);
        }
    }

    fn each_of(
        &self,
        plan: &Plan<'_>,
        path: &Path,
        experience: &Experience,
        show: &mut impl FnMut(usize),
    ) {
        let visits = &path.visits[experience.visits.clone()];
        let (Some(first), Some(last)) = (visits.first(), visits.last()) else {
            return;
        };
        show(self.step(first.step.into(), StepPart::Entries));
        show(self.step(last.step.into(), end_of(plan, experience)));
        for pair in visits.windows(2) {
            show(self.edge(pair[0].step.into(), pair[1].step.into()));
        }
        for visit in visits {
            let step = usize::from(visit.step);
            if experience.goal_at.is_some_and(|goal| visit.at <= goal) {
                show(self.step(step, StepPart::Goal));
            }
            if visit.from_previous {
                show(self.step(step, StepPart::FromPrevious));
            }
            if visit.is_return {
                show(self.step(step, StepPart::Returns));
            }
        }
    }
}

fn unknown(what: &str, id: &str) -> AskError {
    AskError::fault("select", format!("`{id}` is not a {what} of the map"))
}

/// What the last visit of an experience is.
pub(super) fn end_of(plan: &Plan<'_>, experience: &Experience) -> StepPart {
    if experience.goal_at.is_some() {
        StepPart::Finished
    } else if experience.last_at > plan.active_since {
        StepPart::Open
    } else {
        StepPart::Exits
    }
}
