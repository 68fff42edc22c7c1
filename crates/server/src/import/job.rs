//! One import: what was asked, how far it is, and what became of its rows.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use throughline_model::{SourceId, Timestamp, limits};
use throughline_store::state::{SourceCounts, StateError, StoredImport, WorkspaceState};
use utoipa::ToSchema;

use super::{Plan, archive::FileId};

/// An import as its owner sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Import {
    /// Also the source of its events.
    pub id: SourceId,
    /// The file's name.
    pub name: String,
    pub kind: ImportKind,
    pub state: ImportState,
    /// Rows that were read.
    pub rows: u64,
    /// As far as can be told.
    pub rows_total: Option<u64>,
    /// Rows in a second.
    pub rate: f64,
    pub seconds_left: Option<f64>,
    /// Rows that became events.
    pub new: u64,
    /// Rows that were here before.
    pub duplicate: u64,
    /// Rows that are no events; `errors.csv` lists them.
    pub faulty: u64,
    /// Rows of people who were erased before.
    pub refused: u64,
    /// Sound rows by event, also those that were here before; the most frequent first.
    pub by_event: Vec<EventCount>,
    /// Sound rows of events that are too many to be counted one by one.
    pub other_events: u64,
    pub mapping: throughline_ingest::file::Mapping,
    pub started: Timestamp,
    pub finished: Option<Timestamp>,
    /// Why it ended early.
    pub error: Option<String>,
}

/// How many rows tell of one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventCount {
    pub name: String,
    pub count: u64,
}

/// Whether rows become events, or are only looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    Import,
    DryRun,
}

/// Where an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Reading, or waiting for another import to end.
    Running,
    Done,
    /// It ended early; what came in before is there.
    Failed,
    /// Somebody stopped it; what came in before is there.
    Cancelled,
    Undoing,
    Undone,
}

/// An import in memory. What must outlive the process is stored with each change of its state.
#[derive(Debug)]
pub struct Job {
    pub source: SourceId,
    pub kind: ImportKind,
    pub plan: Plan,
    pub name: String,
    pub started: Timestamp,
    is_cancelled: AtomicBool,
    progress: Mutex<Progress>,
}

/// How far an import is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Progress {
    pub state: ImportState,
    pub rows: u64,
    pub rows_total: Option<u64>,
    pub counts: Counts,
    pub by_event: BTreeMap<String, u64>,
    pub other_events: u64,
    pub finished: Option<Timestamp>,
    pub error: Option<String>,
    /// When this process began to read, and from which row; for the rate.
    #[serde(skip)]
    pub pace: Option<(Timestamp, u64)>,
}

/// What became of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    pub new: u64,
    pub duplicate: u64,
    pub faulty: u64,
    #[serde(default)]
    pub refused: u64,
}

/// The form in which an import is stored.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    kind: ImportKind,
    plan: std::borrow::Cow<'a, Plan>,
    name: std::borrow::Cow<'a, str>,
    started: Timestamp,
    progress: Progress,
}

impl Job {
    pub(super) fn new(
        source: SourceId,
        kind: ImportKind,
        plan: Plan,
        name: String,
        now: Timestamp,
    ) -> Self {
        Self {
            source,
            kind,
            plan,
            name,
            started: now,
            is_cancelled: AtomicBool::new(false),
            progress: Mutex::new(Progress {
                state: ImportState::Running,
                rows: 0,
                rows_total: None,
                counts: Counts::default(),
                by_event: BTreeMap::new(),
                other_events: 0,
                finished: None,
                error: None,
                pace: None,
            }),
        }
    }

    /// Reads a stored import; none for a form that is not known.
    pub(super) fn restore(import: &StoredImport) -> Option<Self> {
        let stored: Stored<'_> = serde_json::from_str(&import.json).ok()?;
        Some(Self {
            source: import.source,
            kind: stored.kind,
            plan: stored.plan.into_owned(),
            name: stored.name.into_owned(),
            started: stored.started,
            is_cancelled: AtomicBool::new(false),
            progress: Mutex::new(stored.progress),
        })
    }

    /// Makes what is known of the import durable.
    pub(super) fn store(&self, state: &WorkspaceState) -> Result<(), StateError> {
        let stored = Stored {
            kind: self.kind,
            plan: std::borrow::Cow::Borrowed(&self.plan),
            name: std::borrow::Cow::Borrowed(&self.name),
            started: self.started,
            progress: self.progress().clone(),
        };
        state.put_import(&StoredImport {
            source: self.source,
            json: serde_json::to_string(&stored).expect("an import has text keys"),
        })
    }

    /// Asks the import to end. What came in before stays.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Release);
    }

    /// True once the import was asked to end.
    pub fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Acquire)
    }

    /// Begins to take the import back; false when it is not in a state for that.
    pub fn begin_undo(&self, state: &WorkspaceState) -> Result<bool, StateError> {
        {
            let mut progress = self.progress();
            let is_over = matches!(
                progress.state,
                ImportState::Done | ImportState::Failed | ImportState::Cancelled
            );
            if !is_over || self.kind == ImportKind::DryRun {
                return Ok(false);
            }
            progress.state = ImportState::Undoing;
        }
        self.store(state)?;
        Ok(true)
    }

    /// Where the import is.
    pub fn state(&self) -> ImportState {
        self.progress().state
    }

    /// True while there is something to be done for the import.
    pub fn is_open(&self) -> bool {
        matches!(self.state(), ImportState::Running | ImportState::Undoing)
    }

    /// Whether a file is needed to read the log again.
    pub(super) fn keeps(&self, file: &FileId) -> bool {
        let is_needed = self.kind == ImportKind::Import || self.is_open();
        is_needed && self.plan.file == *file
    }

    /// The import as its owner sees it.
    pub fn shown(&self, now: Timestamp) -> Import {
        let progress = self.progress().clone();
        let is_running = progress.state == ImportState::Running;
        let rate = match progress.pace {
            Some((began, from)) if is_running => {
                let ms = now.since(began).0.max(1);
                progress.rows.saturating_sub(from) as f64 * 1e3 / ms as f64
            }
            _ => {
                let until = progress.finished.unwrap_or(now);
                progress.rows as f64 * 1e3 / until.since(self.started).0.max(1) as f64
            }
        };
        let left = progress
            .rows_total
            .map(|total| total.saturating_sub(progress.rows));
        let seconds_left = left
            .filter(|_| is_running && rate > 0.0)
            .map(|rows| rows as f64 / rate);
        let by_event = progress.by_event.into_iter();
        let mut by_event: Vec<EventCount> = by_event
            .map(|(name, count)| EventCount { name, count })
            .collect();
        by_event.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        Import {
            id: self.source,
            name: self.name.clone(),
            kind: self.kind,
            state: progress.state,
            rows: progress.rows,
            rows_total: progress.rows_total,
            rate,
            seconds_left,
            new: progress.counts.new,
            duplicate: progress.counts.duplicate,
            faulty: progress.counts.faulty,
            refused: progress.counts.refused,
            by_event,
            other_events: progress.other_events,
            mapping: self.plan.mapping.clone(),
            started: self.started,
            finished: progress.finished,
            error: progress.error,
        }
    }

    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    /// Counts a sound row.
    pub fn count_event(&mut self, name: &str) {
        if let Some(count) = self.by_event.get_mut(name) {
            *count += 1;
        } else if self.by_event.len() < limits::IMPORT_EVENTS_LISTED_MAX {
            self.by_event.insert(name.to_owned(), 1);
        } else {
            self.other_events += 1;
        }
    }
}

impl From<SourceCounts> for Counts {
    fn from(counts: SourceCounts) -> Self {
        Self {
            new: counts.stored,
            duplicate: counts.duplicate,
            faulty: counts.faulty + counts.quarantined,
            refused: counts.refused,
        }
    }
}
