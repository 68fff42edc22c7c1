//! Reports and dashboards that are sent by themselves: when, to whom, and what became of it.
//!
//! A due moment is claimed on disk before anything leaves, and a claim that a stopped server has
//! left behind is never taken up again. So nothing is sent twice, whatever stops in between.

pub mod content;
mod deliver;
pub mod render;
mod texts;
pub mod worker;

use serde::{Deserialize, Serialize};
use throughline_model::{Span, Timestamp, limits, schedule::Schedule};
use utoipa::ToSchema;

pub use deliver::{Ended, Occasion, deliver, signature};

/// A schedule as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredSchedule {
    pub schedule: Schedule,
    /// What webhooks are signed with; it is never shown again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// The email of who made it.
    pub author: String,
}

/// What became of the deliveries of a schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deliveries {
    /// Due moments up to here are settled or taken up.
    pub cursor: Timestamp,
    /// The one that is being made.
    pub open: Option<Open>,
    /// The newest first.
    pub recent: Vec<Delivery>,
}

/// A delivery that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Open {
    pub due: Timestamp,
    /// Tries so far, one that is under way included.
    pub tries: u32,
    /// When the next try follows; none while one is under way.
    pub next: Option<Timestamp>,
}

/// A delivery that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// None for one that somebody asked for.
    pub due: Option<Timestamp>,
    pub is_test: bool,
    pub ended: Timestamp,
    pub tries: u32,
    pub outcome: Outcome,
    /// What the other side or the network said.
    pub message: String,
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Sent,
    Failed,
    /// It may have arrived or not; it is not sent again, so that it does not arrive twice.
    Unknown,
    /// The server did not run when it was due.
    Missed,
}

/// What to do now.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Nothing,
    /// Only this is to be stored.
    Note(Deliveries),
    /// This is to be stored, and then the delivery is to be made.
    Start(Deliveries, Open),
}

impl Deliveries {
    /// Nothing was sent yet, and nothing is due before now.
    pub fn starting(now: Timestamp) -> Self {
        Self {
            cursor: now,
            open: None,
            recent: Vec::new(),
        }
    }

    /// Takes what has ended to the others.
    pub fn note(&mut self, delivery: Delivery) {
        self.recent.insert(0, delivery);
        self.recent.truncate(limits::DELIVERIES_KEPT);
    }

    /// Ends a try of the open delivery, or has it follow later.
    pub fn try_ended(&mut self, ended: Ended, now: Timestamp) {
        let Some(open) = self.open.take() else {
            return;
        };
        if ended.may_try_again && open.tries < limits::DELIVERY_TRIES_MAX {
            self.open = Some(Open {
                next: Some(now.plus(pause_after(open.tries))),
                ..open
            });
            return;
        }
        self.note(Delivery {
            due: Some(open.due),
            is_test: false,
            ended: now,
            tries: open.tries,
            outcome: ended.outcome,
            message: ended.message,
        });
    }
}

/// Decides what a schedule needs now.
pub fn decide(schedule: &Schedule, deliveries: &Deliveries, now: Timestamp) -> Step {
    let mut next = deliveries.clone();
    match deliveries.open {
        // Whoever began it is gone, as only one at a time decides.
        Some(Open {
            due,
            tries,
            next: None,
        }) => {
            next.open = None;
            next.note(Delivery {
                due: Some(due),
                is_test: false,
                ended: now,
                tries,
                outcome: Outcome::Unknown,
                message: "the server stopped while it was sending".to_owned(),
            });
            return Step::Note(next);
        }
        Some(open @ Open { next: Some(at), .. }) if at <= now => {
            let open = Open {
                tries: open.tries + 1,
                next: None,
                ..open
            };
            next.open = Some(open);
            return Step::Start(next, open);
        }
        Some(_) => return Step::Nothing,
        None => {}
    }
    if schedule.is_paused {
        return Step::Nothing;
    }
    let Some(due) = last_due(schedule, deliveries.cursor, now) else {
        return Step::Nothing;
    };
    next.cursor = due;
    if now.since(due) > limits::DELIVERY_LATE_MAX {
        next.note(Delivery {
            due: Some(due),
            is_test: false,
            ended: now,
            tries: 0,
            outcome: Outcome::Missed,
            message: "the server did not run when it was due".to_owned(),
        });
        return Step::Note(next);
    }
    let open = Open {
        due,
        tries: 1,
        next: None,
    };
    next.open = Some(open);
    Step::Start(next, open)
}

/// The last due moment that has come since `after`; earlier ones are passed over.
fn last_due(schedule: &Schedule, after: Timestamp, now: Timestamp) -> Option<Timestamp> {
    // Longer than any rhythm, so that a server that was off for years does not count them all.
    let after = after.max(now.minus(Span::days(40)));
    let due = |after| Some(schedule.rhythm.next_due(after)).filter(|due| *due <= now);
    let mut last = due(after)?;
    while let Some(later) = due(last) {
        last = later;
    }
    Some(last)
}

/// How long to wait after so many tries.
fn pause_after(tries: u32) -> Span {
    let factor = 4_i64.saturating_pow(tries.saturating_sub(1));
    Span(limits::DELIVERY_RETRY_AFTER.0.saturating_mul(factor))
}

#[cfg(test)]
mod tests;
