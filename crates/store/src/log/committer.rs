//! Commits what waits, group by group, and tells producers and readers.
//!
//! `step` has no clock and no thread in it; `run` is the thread around it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use throughline_model::limits;
use tokio::sync::oneshot;

use super::pace::Pace;
use super::shared::{Answer, Shared};
use super::writer::{CommitError, Writer};
use super::{AppendError, Health, Position};

/// The only one who writes. When it is gone, the log is closed.
#[derive(Debug)]
pub struct Committer {
    shared: Arc<Shared>,
    writer: Writer,
}

/// What the thread has to do next.
enum Work {
    Commit,
    Mark,
    CheckSpace,
    End,
}

impl Committer {
    pub(super) fn new(shared: Arc<Shared>, writer: Writer) -> Self {
        Self { shared, writer }
    }

    /// Commits one group of what waits and answers its producers; says how many there were.
    pub fn step(&mut self) -> usize {
        let (group, answers) = self.shared.queue().take_group();
        if group.is_empty() {
            return 0;
        }
        let records = group.len();
        let bytes = group.iter().map(|it| it.payload.len() as u64).sum();
        match self.writer.commit(&group) {
            Ok(places) => {
                let dropped = self.shared.recent().add(group, &places);
                self.shared.wake_readers();
                drop(dropped);
                self.shared.count(records, bytes);
                for (answer, behind) in answers.into_iter().zip(places) {
                    // A producer that no longer waits is free to do so.
                    let _ = answer.send(Ok(Position(behind.chain.next.0 - 1)));
                }
            }
            Err(error) => self.give_up(error, answers),
        }
        records
    }

    /// Notes on disk that everything so far is durable, unless that is noted already.
    pub fn mark(&mut self) {
        if !self.writer.wants_mark() {
            return;
        }
        match self.writer.mark() {
            Ok(()) => self.shared.recent().move_end(self.writer.end()),
            Err(error) => self.give_up(error, Vec::new()),
        }
    }

    /// Takes appends again when the disk has room again.
    pub fn check_space(&mut self) {
        let mut queue = self.shared.queue();
        if *queue.health() == Health::Full && self.writer.has_room(0) {
            queue.turn(Health::Writing);
            tracing::info!("the raw log has room again");
        }
    }

    /// Commits until the log is closed or cannot be written any more.
    pub(super) fn run(mut self) {
        let mut pace = Pace::default();
        let mut acknowledged = Instant::now();
        loop {
            match self.await_work(pace, acknowledged) {
                Work::Commit => {
                    pace.acknowledged(self.step());
                    acknowledged = Instant::now();
                }
                Work::Mark => self.mark(),
                Work::CheckSpace => self.check_space(),
                Work::End => break,
            }
        }
        if *self.shared.queue().health() == Health::Writing {
            self.mark();
        }
    }

    fn await_work(&self, pace: Pace, acknowledged: Instant) -> Work {
        let mut queue = self.shared.queue();
        loop {
            let idle = match queue.health() {
                Health::Stopped(_) => return Work::End,
                Health::Full if queue.is_closing() => return Work::End,
                Health::Full => limits::LOG_SPACE_CHECK,
                Health::Writing if queue.records() > 0 => {
                    let since = acknowledged.elapsed();
                    let wait = pace.wait(queue.records(), queue.bytes(), since);
                    if wait.is_zero() || queue.is_closing() {
                        return Work::Commit;
                    }
                    queue.wake_at(pace.expected());
                    (queue, _) = self.shared.wait_for_work(queue, wait);
                    continue;
                }
                Health::Writing if queue.is_closing() => return Work::End,
                Health::Writing if self.writer.wants_mark() => limits::LOG_MARK_DELAY,
                Health::Writing => Duration::MAX,
            };
            let timed_out;
            (queue, timed_out) = self.shared.wait_for_work(queue, idle);
            if timed_out && queue.records() == 0 {
                return match queue.health() {
                    Health::Full => Work::CheckSpace,
                    _ => Work::Mark,
                };
            }
        }
    }

    /// Tells everyone who waits that it will not be done.
    fn give_up(&mut self, error: CommitError, answers: Vec<oneshot::Sender<Answer>>) {
        let (health, answer) = match error {
            CommitError::Full => {
                tracing::warn!("the disk of the raw log is full; appends are refused");
                (Health::Full, AppendError::full())
            }
            CommitError::Failed { doing, source } => {
                tracing::error!(doing, %source, "the raw log stopped writing; restart after mending the disk");
                let reason: Arc<str> = format!("could not {doing}: {source}").into();
                let answer = AppendError::Stopped {
                    reason: Arc::clone(&reason),
                };
                (Health::Stopped(reason), answer)
            }
        };
        let queued = self.shared.queue().turn(health);
        for refused in answers.into_iter().chain(queued) {
            let _ = refused.send(Err(answer.clone()));
        }
    }
}

impl Drop for Committer {
    /// However the committer ends, even by a panic, nobody is left waiting.
    fn drop(&mut self) {
        self.shared.close();
        let mut queue = self.shared.queue();
        let health = match queue.health() {
            Health::Stopped(reason) => Health::Stopped(Arc::clone(reason)),
            _ => Health::Stopped("the log was closed".into()),
        };
        let refused = queue.turn(health);
        drop(queue);
        for answer in refused {
            let _ = answer.send(Err(AppendError::closed()));
        }
        self.shared.recent().close();
        self.shared.wake_readers();
    }
}
