//! Files become events: kept in the archive, mapped row by row, written to the log in chunks, and
//! taken back on demand.
//!
//! A row either becomes one event or is listed with what is wrong with it. The log names the rows,
//! the archive has them, so both together can always be read again.

pub mod archive;
mod begin;
pub mod chunks;
pub mod erased;
mod faults;
mod job;
mod log;
pub mod ocel;
pub mod parquet;
mod preview;
pub mod rows;
mod run;
pub mod text;
mod written;
pub mod xes;
pub(crate) mod xml;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use throughline_ingest::file::Mapping;
use throughline_model::{SourceId, Timestamp, limits};
use throughline_store::state::{StateError, WorkspaceState};
use utoipa::ToSchema;

pub use begin::{StartError, start};
pub use chunks::check;
pub use job::{EventCount, Import, ImportKind, ImportState, Job};
pub use preview::{FileColumn, Preview, PreviewEvent, PreviewRow, UploadedFile, preview, uploaded};
pub use rows::FileFault;
pub use run::{run, spawn, undo};

use archive::{Archive, FileId};

/// The imports of one workspace, and the files that they were made from.
pub struct Imports {
    archive: Archive,
    jobs: Mutex<Jobs>,
    /// Held by the import that runs; the others wait for it.
    turn: Mutex<()>,
}

#[derive(Default)]
struct Jobs {
    all: BTreeMap<SourceId, Arc<Job>>,
    /// Set when the workspace is closed: who opens it next reads the tables.
    is_closed: bool,
}

/// What is to be imported, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The `file` that an upload has answered.
    #[schema(value_type = String)]
    pub file: FileId,
    pub mapping: Mapping,
}

/// Why an import did not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    #[error(
        "{} imports wait already; begin when some are done",
        limits::IMPORTS_WAITING_MAX
    )]
    Full,
    #[error("the workspace is closed for a moment; try again")]
    Closed,
    #[error("there is no such file; upload it again")]
    FileUnknown,
    #[error(transparent)]
    State(#[from] StateError),
}

impl Imports {
    /// What the tables of a workspace tell of its imports.
    pub fn open(workspace_dir: &Path, state: &WorkspaceState) -> Result<Self, StateError> {
        let stored = state.imports()?;
        let all = stored.iter().filter_map(|import| {
            let job = Job::restore(import);
            if job.is_none() {
                let source = import.source.0;
                tracing::error!(source, "an import is stored in a form that is not known");
            }
            Some((import.source, Arc::new(job?)))
        });
        Ok(Self {
            archive: Archive::of(workspace_dir),
            jobs: Mutex::new(Jobs {
                all: all.collect(),
                is_closed: false,
            }),
            turn: Mutex::new(()),
        })
    }

    /// The files.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Takes an import in, so that it is listed, kept and ready to [`run`].
    pub fn begin(
        &self,
        state: &WorkspaceState,
        source: SourceId,
        kind: ImportKind,
        plan: Plan,
        now: Timestamp,
    ) -> Result<Arc<Job>, BeginError> {
        let file = self
            .archive
            .find(&plan.file)
            .ok_or(BeginError::FileUnknown)?;
        let job = Arc::new(Job::new(source, kind, plan, file.name, now));
        let mut jobs = self.jobs();
        if jobs.is_closed {
            return Err(BeginError::Closed);
        }
        let open = jobs.all.values().filter(|job| job.is_open()).count();
        if open >= limits::IMPORTS_WAITING_MAX {
            return Err(BeginError::Full);
        }
        job.store(state)?;
        jobs.all.insert(source, Arc::clone(&job));
        Ok(job)
    }

    /// Every import, the newest first.
    pub fn list(&self) -> Vec<Arc<Job>> {
        self.jobs().all.values().rev().cloned().collect()
    }

    /// One import.
    pub fn get(&self, source: SourceId) -> Option<Arc<Job>> {
        self.jobs().all.get(&source).cloned()
    }

    /// Removes files that nobody has imported.
    pub fn sweep(&self, now: Timestamp) {
        let jobs = self.list();
        let is_used = |id: &FileId| jobs.iter().any(|job| job.keeps(id));
        if let Err(error) = self.archive.sweep(now, is_used) {
            tracing::warn!(%error, "files that nobody has imported are left");
        }
    }

    /// Takes no more imports in.
    pub fn close(&self) {
        self.jobs().is_closed = true;
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
