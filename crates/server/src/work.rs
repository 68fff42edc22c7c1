//! Questions that cost processor time: few at a time, each with its progress and a stop button.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use throughline_insight::{Cancel, Progress};
use throughline_model::{MemberId, Span, Timestamp, WorkspaceId, limits};
use tokio::sync::Semaphore;

use crate::http::refusal::{Code, Refusal};

/// Where questions are taken in.
pub struct Desk {
    reports: Line,
    /// Statements have a line of their own, so that slow ones keep no report waiting.
    sql: Line,
    open: Arc<Mutex<BTreeMap<Ticket, Question>>>,
}

/// Questions of one sort: a few are answered, some wait, others are sent away.
struct Line {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Line {
    fn new(running_max: usize, waiting_max: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(running_max)),
            waiting: Arc::new(Semaphore::new(waiting_max)),
        }
    }
}

/// Names a question that is being answered. Nobody sees another member's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket {
    pub workspace: WorkspaceId,
    pub member: MemberId,
    /// Chosen by who asks.
    pub id: String,
}

/// A question that is being answered.
#[derive(Clone, Debug)]
pub struct Question {
    pub cancel: Cancel,
    /// When it began to be answered; none while it waits.
    pub began: Option<Timestamp>,
}

/// Takes the question off the list, and stops it when nobody waits for its answer any more.
struct Guard {
    open: Arc<Mutex<BTreeMap<Ticket, Question>>>,
    ticket: Option<Ticket>,
    cancel: Cancel,
}

impl Desk {
    /// A desk that answers as many reports at a time as there are processors.
    pub fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            reports: Line::new(processors, limits::QUESTIONS_WAITING_MAX),
            sql: Line::new(limits::SQL_RUNNING_MAX, limits::SQL_WAITING_MAX),
            open: Arc::default(),
        }
    }

    /// Answers a question away from the threads that serve requests.
    ///
    /// It is stopped when the caller goes away. A ticket lets its owner see how far it is.
    pub async fn answer<T: Send + 'static>(
        &self,
        ticket: Option<Ticket>,
        now: impl Fn() -> Timestamp + Send + 'static,
        work: impl FnOnce(&Cancel) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        self.take(&self.reports, ticket, now, work).await
    }

    /// Answers a statement in the same way, by a companion that computes outside of this process.
    pub async fn answer_sql<T: Send + 'static>(
        &self,
        ticket: Option<Ticket>,
        now: impl Fn() -> Timestamp + Send + 'static,
        work: impl FnOnce(&Cancel) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        self.take(&self.sql, ticket, now, work).await
    }

    async fn take<T: Send + 'static>(
        &self,
        line: &Line,
        ticket: Option<Ticket>,
        now: impl Fn() -> Timestamp + Send + 'static,
        work: impl FnOnce(&Cancel) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let Ok(waiting) = line.waiting.clone().try_acquire_owned() else {
            let message = "too many questions wait to be answered; try again in a moment";
            return Err(Refusal::new(Code::Busy, message).retry_after(Span::seconds(2)));
        };
        let cancel = Cancel::default();
        let guard = self.enter(ticket, cancel.clone())?;
        let running = line.running.clone().acquire_owned().await;
        let running = running.expect("the semaphore is never closed");
        drop(waiting);
        guard.begin(now());
        let answered = tokio::task::spawn_blocking(move || {
            let _running = running;
            work(&cancel)
        });
        let answer = answered.await;
        drop(guard);
        // A panic goes on to the layer that turns it into an answer.
        answer.map_err(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Refusal::new(Code::Draining, "the server is about to stop"),
        })
    }

    /// How far a question is.
    pub fn question(&self, ticket: &Ticket) -> Option<Question> {
        lock(&self.open).get(ticket).cloned()
    }

    fn enter(&self, ticket: Option<Ticket>, cancel: Cancel) -> Result<Guard, Refusal> {
        if let Some(ticket) = &ticket {
            let question = Question {
                cancel: cancel.clone(),
                began: None,
            };
            let mut open = lock(&self.open);
            if open.contains_key(ticket) {
                let message = "this id is in use by a question that is not answered yet";
                return Err(Refusal::new(Code::ParameterUnusable, message));
            }
            open.insert(ticket.clone(), question);
        }
        Ok(Guard {
            open: self.open.clone(),
            ticket,
            cancel,
        })
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

impl Question {
    /// Seconds until the answer, judged by how long it took to come this far.
    pub fn seconds_left(&self, progress: Progress, now: Timestamp) -> Option<f64> {
        let taken_ms = now.since(self.began?).0 as f64;
        let left = progress.rows_total.saturating_sub(progress.rows_done) as f64;
        (progress.rows_done > 0).then(|| taken_ms / 1e3 * left / progress.rows_done as f64)
    }
}

impl Guard {
    fn begin(&self, now: Timestamp) {
        if let Some(ticket) = &self.ticket
            && let Some(question) = lock(&self.open).get_mut(ticket)
        {
            question.began = Some(now);
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.cancel.cancel();
        if let Some(ticket) = &self.ticket {
            lock(&self.open).remove(ticket);
        }
    }
}

/// Does what may take long where it is asked for, while other tasks of the thread go on elsewhere.
pub fn aside<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|it| it.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Does what waits for a disk or takes long away from the threads that serve requests.
///
/// A panic goes on to the layer that turns it into an answer.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Ticket {
        Ticket {
            workspace: WorkspaceId::parse("shop").unwrap(),
            member: MemberId(1),
            id: "q1".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_question_whose_asker_left_is_stopped() {
        let desk = Desk::new();
        let (began, has_begun) = tokio::sync::oneshot::channel();
        let (stopped, was_stopped) = tokio::sync::oneshot::channel();
        let answer = desk.answer(
            Some(ticket()),
            || Timestamp(1),
            |cancel| {
                began.send(()).unwrap();
                while cancel.check().is_ok() {
                    std::thread::yield_now();
                }
                stopped.send(()).unwrap();
            },
        );
        tokio::select! {
            _ = answer => unreachable!("it runs until it is stopped"),
            _ = has_begun => {}
        }
        was_stopped.await.unwrap();
        assert!(desk.question(&ticket()).is_none());
    }

    #[tokio::test]
    async fn one_ticket_names_one_question() {
        let desk = Desk::new();
        let (go, gone) = std::sync::mpsc::channel::<()>();
        let (began, has_begun) = tokio::sync::oneshot::channel();
        let first = desk.answer(
            Some(ticket()),
            || Timestamp(1),
            move |_| {
                began.send(()).unwrap();
                gone.recv().unwrap();
                7
            },
        );
        let second = async {
            has_begun.await.unwrap();
            let refused = desk.answer(Some(ticket()), || Timestamp(1), |_| 8).await;
            assert_eq!(refused.unwrap_err().code(), Code::ParameterUnusable);
            assert_eq!(desk.question(&ticket()).unwrap().began, Some(Timestamp(1)));
            go.send(()).unwrap();
        };
        let (answer, ()) = tokio::join!(first, second);
        assert_eq!(answer.unwrap(), 7);
    }

    #[test]
    fn time_left_follows_the_pace_so_far() {
        let question = Question {
            cancel: Cancel::default(),
            began: Some(Timestamp(1_000)),
        };
        let progress = Progress {
            rows_done: 25,
            rows_total: 100,
        };
        assert_eq!(question.seconds_left(progress, Timestamp(3_000)), Some(6.0));
        assert_eq!(
            question.seconds_left(Progress::default(), Timestamp(3_000)),
            None
        );
    }
}
