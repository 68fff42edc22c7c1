//! Running an import: rows into the log, a few chunks ahead of what is applied.

use std::{
    sync::{Arc, PoisonError},
    thread,
    time::{Duration, Instant},
};

use hashbrown::HashSet;
use throughline_model::{MessageKey, Timestamp, limits};
use throughline_store::log::{AppendError, Position};

use super::{
    Import, ImportKind, ImportState, Job,
    chunks::{Chunk, ChunkReader, Recipe},
    faults::FaultReport,
    job::Counts,
};
use crate::{
    app::App,
    pipeline::{
        envelope::{Envelope, ImportChunk},
        runtime::AcceptError,
    },
    workspace::{Notice, WorkspaceRuntime},
};

/// Chunks that are written ahead of what is applied; the log keeps about so many in memory.
const CHUNKS_AHEAD: usize = 2;
/// How often those who watch hear of the progress.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// How long to wait before a chunk is offered again to a log that has no room.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// How a run ended.
enum End {
    /// Every row was read.
    Whole,
    Cancelled,
    /// The process is about to stop; the next one goes on.
    Stopped,
}

/// Reads the whole file of an import, and blocks until its rows can be asked about.
///
/// Rows that are in the log already, from a process that stopped, are read and not written again.
pub fn run(app: &App, runtime: &WorkspaceRuntime, job: &Job) {
    let turn = &runtime.imports().turn;
    let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
    let mut running = Running::new(app, runtime, job);
    let ended = match job.kind {
        ImportKind::Import => running.import(),
        ImportKind::DryRun => running.dry_run(),
    };
    let (state, error) = match ended {
        Ok(End::Stopped) => return,
        Ok(End::Whole) => (ImportState::Done, None),
        Ok(End::Cancelled) => (ImportState::Cancelled, None),
        Err(error) => (ImportState::Failed, Some(format!("{error:#}"))),
    };
    end(app, runtime, job, state, error);
}

/// Takes back exactly what an import brought, and blocks until it is gone.
///
/// The import must be undoing already.
pub fn undo(app: &App, runtime: &WorkspaceRuntime, job: &Job) {
    let turn = &runtime.imports().turn;
    let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
    let envelope = Envelope::SourceRemoved {
        source: job.source,
        received: app.now(),
    };
    let removed = loop {
        match runtime.pipeline().append(&envelope, None) {
            Err(error) if is_passing(&error) && !app.is_draining() => thread::sleep(RETRY_DELAY),
            removed => break removed,
        }
    };
    match removed {
        // A process that stops before it is done does it at its next start.
        Ok(position) if !runtime.pipeline().wait_until_applied(position) => {}
        Ok(_) => {
            job.progress().counts = Counts::default();
            end(app, runtime, job, ImportState::Undone, None);
        }
        // The next opening goes on.
        Err(_) if app.is_draining() || runtime.news().has_ended() => {}
        Err(error) => end(
            app,
            runtime,
            job,
            ImportState::Failed,
            Some(error.to_string()),
        ),
    }
}

impl WorkspaceRuntime {
    /// Goes on with what an earlier process has left: imports half read, and half taken back.
    pub fn resume_imports(&self, app: &App) -> std::io::Result<()> {
        self.imports().sweep(app.now());
        for job in self.imports().list().into_iter().rev() {
            let work = match job.state() {
                ImportState::Running => run,
                ImportState::Undoing => undo,
                _ => continue,
            };
            let (app, runtime) = (app.clone(), self.clone());
            thread::Builder::new()
                .name("import".to_owned())
                .spawn(move || work(&app, &runtime, &job))?;
        }
        Ok(())
    }
}

struct Running<'a> {
    app: &'a App,
    runtime: &'a WorkspaceRuntime,
    job: &'a Job,
    told: Option<Instant>,
}

impl<'a> Running<'a> {
    fn new(app: &'a App, runtime: &'a WorkspaceRuntime, job: &'a Job) -> Self {
        Self {
            app,
            runtime,
            job,
            told: None,
        }
    }

    fn import(&mut self) -> anyhow::Result<End> {
        let pipeline = self.runtime.pipeline();
        if !pipeline.settle() {
            return Ok(End::Stopped);
        }
        // Every row has one fate, so their sum says how many an earlier process has written.
        let written = pipeline.counts(self.job.source).total();
        let (mut reader, mut report) = self.open(written)?;
        let rules = self.runtime.privacy().rules();
        let recipe = Recipe {
            file: self.job.plan.file.clone(),
            mapping: self.job.plan.mapping.clone(),
            masking: Some(rules.masking.clone()),
        };
        let recipe: bytes::Bytes = serde_json::to_vec(&recipe)?.into();
        let mut ahead: Vec<Position> = Vec::new();
        let mut end = End::Whole;
        loop {
            if let Some(early) = self.is_ended() {
                end = early;
                break;
            }
            let first = self.job.progress().rows;
            // The first chunk after those that are written begins where they end.
            let count = match written.saturating_sub(first) {
                0 => limits::IMPORT_CHUNK_ROWS_MAX,
                left => u32::try_from(left)
                    .unwrap_or(u32::MAX)
                    .min(limits::IMPORT_CHUNK_ROWS_MAX),
            };
            let Some(mut chunk) = reader.next(count)? else {
                break;
            };
            self.note(&chunk, &mut report)?;
            if chunk.first >= written {
                self.runtime.privacy().count(&chunk.mask(&rules.masker));
                if ahead.len() == CHUNKS_AHEAD && !pipeline.wait_until_applied(ahead.remove(0)) {
                    return Ok(End::Stopped);
                }
                match self.append(chunk, &recipe)? {
                    Some(position) => ahead.push(position),
                    None => {
                        end = self.is_ended().unwrap_or(End::Stopped);
                        break;
                    }
                }
            }
            let counts = pipeline.counts(self.job.source);
            self.tell(&reader, counts.into());
        }
        if let Some(last) = ahead.last()
            && !pipeline.wait_until_applied(*last)
        {
            return Ok(End::Stopped);
        }
        report.finish()?;
        let mut progress = self.job.progress();
        progress.counts = pipeline.counts(self.job.source).into();
        Ok(end)
    }

    fn dry_run(&mut self) -> anyhow::Result<End> {
        let (mut reader, mut report) = self.open(0)?;
        let mut here = HashSet::new();
        let mut counts = Counts::default();
        loop {
            if let Some(end) = self.is_ended() {
                report.finish()?;
                return Ok(end);
            }
            let Some(chunk) = reader.next(limits::IMPORT_CHUNK_ROWS_MAX)? else {
                report.finish()?;
                return Ok(End::Whole);
            };
            self.note(&chunk, &mut report)?;
            let keys: Vec<MessageKey> = chunk.events.iter().map(|(_, it)| it.message).collect();
            let known = self.runtime.pipeline().contains(&keys)?;
            for (key, known) in keys.iter().zip(known) {
                match !known && here.insert(key.0) {
                    true => counts.new += 1,
                    false => counts.duplicate += 1,
                }
            }
            counts.faulty += chunk.faults.len() as u64;
            self.tell(&reader, counts);
        }
    }

    /// The file at its first row, and an empty report; `written` rows cost less than the others.
    fn open(&self, written: u64) -> anyhow::Result<(ChunkReader, FaultReport)> {
        let job = self.job;
        let archive = self.runtime.imports().archive();
        let path = archive.path(&job.plan.file);
        let reader = ChunkReader::open(&path, &job.plan.mapping, job.started)?;
        let report = FaultReport::create(&archive.faults_path(job.source.0))?;
        let mut progress = job.progress();
        progress.rows = 0;
        progress.by_event.clear();
        progress.other_events = 0;
        progress.pace = Some((self.app.now(), written));
        Ok((reader, report))
    }

    fn is_ended(&self) -> Option<End> {
        if self.job.is_cancelled() {
            return Some(End::Cancelled);
        }
        let is_over = self.app.is_draining() || self.runtime.news().has_ended();
        is_over.then_some(End::Stopped)
    }

    /// Counts the rows of a chunk, and lists those that are no events.
    fn note(&self, chunk: &Chunk, report: &mut FaultReport) -> std::io::Result<()> {
        let mut progress = self.job.progress();
        progress.rows += u64::from(chunk.count);
        for (_, event) in &chunk.events {
            progress.count_event(event.name.as_str());
        }
        drop(progress);
        for (place, fault) in &chunk.faults {
            report.add(chunk.first + u64::from(*place) + 1, fault)?;
        }
        Ok(())
    }

    /// Writes a chunk to the log, as soon as there is room; none when the import ends before.
    fn append(&self, chunk: Chunk, recipe: &bytes::Bytes) -> anyhow::Result<Option<Position>> {
        let (source, received) = (self.job.source, self.job.started);
        let envelope = Envelope::ImportChunk(ImportChunk {
            source,
            received,
            first: chunk.first,
            count: chunk.count,
            recipe: recipe.clone(),
        });
        let mut arrival = Some(chunk.arrival(source, received));
        loop {
            // What a full log refuses is read again from the file by whoever applies it.
            match self.runtime.pipeline().append(&envelope, arrival.take()) {
                Ok(position) => return Ok(Some(position)),
                Err(_) if self.is_ended().is_some() => return Ok(None),
                Err(error) if is_passing(&error) => thread::sleep(RETRY_DELAY),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn tell(&mut self, reader: &ChunkReader, counts: Counts) {
        let mut progress = self.job.progress();
        progress.counts = counts;
        progress.rows_total = reader.rows_estimate();
        drop(progress);
        if self.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.told = Some(Instant::now());
            tell(self.runtime, &self.job.shown(self.app.now()));
        }
    }
}

fn end(
    app: &App,
    runtime: &WorkspaceRuntime,
    job: &Job,
    state: ImportState,
    error: Option<String>,
) {
    let now: Timestamp = app.now();
    {
        let mut progress = job.progress();
        progress.state = state;
        progress.finished = Some(now);
        progress.error = error;
        if state == ImportState::Done {
            progress.rows_total = Some(progress.rows);
        }
    }
    if let Err(error) = job.store(runtime.state()) {
        // At the next start it runs again, and every row is a duplicate.
        tracing::error!(source = job.source.0, %error, "the end of an import was not stored");
    }
    tell(runtime, &job.shown(now));
}

fn tell(runtime: &WorkspaceRuntime, import: &Import) {
    let json = serde_json::to_string(import).expect("an import has text keys");
    let kind = "import";
    runtime.news().tell(Notice::Work { kind, json });
}

fn is_passing(error: &AcceptError) -> bool {
    matches!(
        error,
        AcceptError::Busy | AcceptError::Log(AppendError::Busy | AppendError::DiskFull { .. })
    )
}

/// Begins to work on an import away from the threads that serve requests.
pub fn spawn(
    app: &App,
    runtime: &WorkspaceRuntime,
    job: Arc<Job>,
    work: fn(&App, &WorkspaceRuntime, &Job),
) {
    let (app, runtime) = (app.clone(), runtime.clone());
    tokio::task::spawn_blocking(move || work(&app, &runtime, &job));
}
