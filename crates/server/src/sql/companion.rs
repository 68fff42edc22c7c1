//! The companion process: found, started for one question, listened to, and ended.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use serde::Serialize;
use throughline_insight::Cancel;
use throughline_model::sql::{SqlJob, SqlReply};

use super::{Place, exhausted, folder::Folder};
use crate::{
    answers::refuse,
    http::refusal::{Code, Refusal},
};

const NAME: &str = "throughline-sql";

/// How often it is looked whether somebody wants the question stopped.
const LOOK: Duration = Duration::from_millis(20);

/// A companion that works on one question. It is ended when this is dropped.
pub struct Companion {
    child: Child,
    input: ChildStdin,
    replies: Receiver<SqlReply>,
    errors: PathBuf,
    deadline: Instant,
    wait_max: Duration,
}

/// The companion, as the settings name it or where it lies beside this program.
pub fn find(configured: &Path) -> Option<PathBuf> {
    if !configured.as_os_str().is_empty() {
        return configured.is_file().then(|| configured.to_owned());
    }
    let us = std::env::current_exe().ok()?;
    let folder = us.parent()?;
    // A program that is being worked on lies beside the folder where `make sql` puts the companion.
    [folder.join(NAME), folder.join("../release").join(NAME)]
        .into_iter()
        .find(|it| it.is_file())
}

impl Companion {
    /// Starts it with a question. It sees nothing of our environment.
    pub fn start(place: &Place<'_>, folder: &Folder, job: &SqlJob) -> Result<Self, Refusal> {
        let errors = folder.path().join("errors");
        let internal = |error: std::io::Error| Refusal::internal(&error);
        let stderr = File::create(&errors).map_err(internal)?;
        let spawned = Command::new(place.companion)
            .env_clear()
            // Each arena takes address space, which is limited.
            .env("MALLOC_ARENA_MAX", "2")
            .env("TMPDIR", folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn();
        let mut child = spawned.map_err(|error| {
            tracing::error!(%error, "the SQL companion does not start");
            Refusal::new(
                Code::SqlMissing,
                "the companion does not start; build it again with `make sql`",
            )
        })?;
        let input = child.stdin.take().expect("it was asked for above");
        let output = child.stdout.take().expect("it was asked for above");
        let (say, replies) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let reply = line.ok().and_then(|it| serde_json::from_str(&it).ok());
                let Some(reply) = reply else { return };
                if say.send(reply).is_err() {
                    return;
                }
            }
        });
        let mut companion = Self {
            child,
            input,
            replies,
            errors,
            deadline: Instant::now() + place.wait_max,
            wait_max: place.wait_max,
        };
        companion.say(job);
        Ok(companion)
    }

    /// Sends a line.
    pub fn say(&mut self, words: &impl Serialize) {
        let mut line = serde_json::to_vec(words).expect("what is said has text keys");
        line.push(b'\n');
        // One that has died says why below, where it is listened to.
        let _ = self
            .input
            .write_all(&line)
            .and_then(|()| self.input.flush());
    }

    /// Waits for the next reply.
    pub fn reply(&mut self, cancel: &Cancel) -> Result<SqlReply, Refusal> {
        loop {
            match self.replies.recv_timeout(LOOK) {
                Ok(reply) => return Ok(reply),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
            }
            cancel.check().map_err(|stopped| refuse(stopped.into()))?;
            if Instant::now() > self.deadline {
                let seconds = self.wait_max.as_secs_f64();
                return Err(exhausted("more time", &format!("{seconds} s")));
            }
        }
    }

    /// Why there will be no more replies.
    fn ended(&mut self) -> Refusal {
        let status = self.child.wait().ok();
        let said = std::fs::read_to_string(&self.errors).unwrap_or_default();
        let said: String = said.chars().take(2_000).collect();
        tracing::warn!(?status, said, "the SQL companion has ended early");
        why_ended(status)
    }
}

/// What the end of a companion means for who asked.
fn why_ended(status: Option<ExitStatus>) -> Refusal {
    const ABORT: i32 = 6;
    const KILL: i32 = 9;
    const PROCESSOR_TIME: i32 = 24;
    match status.and_then(|it| it.signal()) {
        Some(PROCESSOR_TIME) => exhausted("more processor time", ""),
        Some(ABORT) => exhausted("more memory", ""),
        Some(KILL) => Refusal::new(
            Code::SqlFailed,
            "the companion was ended from outside, as happens when the machine runs out of memory or time; try again",
        ),
        _ => Refusal::new(
            Code::SqlFailed,
            "the query broke the engine, and nothing else; write it in a simpler way",
        ),
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and only has to be waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_is_told_apart() {
        let code = |signal: i32| why_ended(Some(ExitStatus::from_raw(signal))).code();
        assert_eq!(code(24), Code::SqlExhausted);
        assert_eq!(code(6), Code::SqlExhausted);
        assert_eq!(code(9), Code::SqlFailed);
        assert_eq!(code(11), Code::SqlFailed);
    }

    #[test]
    fn a_companion_that_is_named_and_not_there_is_none() {
        assert_eq!(find(Path::new("/nowhere/throughline-sql")), None);
    }
}
