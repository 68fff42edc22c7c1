//! Looks at watched folders, and takes files that rest.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use throughline_ingest::file::Mapping;
use throughline_model::{Timestamp, WorkspaceId, limits};
use throughline_store::state::{DocumentKind, StateError, WorkspaceState, instance::AuditEntry};
use tokio::task::JoinSet;

use super::{
    CopyError, Files, Found, Handled, Outcome, StoredFolder, Version, copy, files::ready, list,
};
use crate::{
    app::App,
    import::{
        self, BeginError, FileFault, ImportKind, ImportState, Job, Plan, StartError,
        archive::FileId,
    },
    instance::Decision,
    kept,
    work::blocking,
    workspace::WorkspaceRuntime,
};

/// What was seen at the last look at each folder. After a restart it is seen anew.
#[derive(Debug, Default)]
pub struct Looks(Mutex<BTreeMap<(WorkspaceId, String), Look>>);

/// One look at a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub at: Timestamp,
    seen: BTreeMap<String, Version>,
    /// Files that are to be taken, and are not yet.
    pub waiting: u64,
    /// What keeps files from being taken.
    pub trouble: Option<String>,
}

/// Why a file was not taken now.
#[derive(Debug, thiserror::Error)]
enum Untaken {
    #[error("it has changed, and is looked at again")]
    Changed,
    #[error("{0}")]
    Later(String),
    #[error(transparent)]
    State(#[from] StateError),
}

impl Looks {
    /// The last look at a folder.
    pub fn last(&self, workspace: &WorkspaceId, id: &str) -> Option<Look> {
        let key = (workspace.clone(), id.to_owned());
        self.all().get(&key).cloned()
    }

    fn put(&self, workspace: &WorkspaceId, id: &str, look: Look) {
        self.all().insert((workspace.clone(), id.to_owned()), look);
    }

    /// Forgets folders of a workspace that are watched no more.
    fn keep(&self, workspace: &WorkspaceId, is_watched: impl Fn(&str) -> bool) {
        self.all()
            .retain(|(of, id), _| of != workspace || is_watched(id));
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<(WorkspaceId, String), Look>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks until the server drains.
pub async fn run(app: App) {
    let drained = app.clone().drained();
    let pause_ms = app.config().import.look_every.0.unsigned_abs().max(100);
    tokio::pin!(drained);
    loop {
        tokio::select! {
            () = &mut drained => return,
            () = tokio::time::sleep(Duration::from_millis(pause_ms)) => {}
        }
        tick(&app).await;
    }
}

/// Looks at every watched folder once.
pub async fn tick(app: &App) {
    let mut looking = JoinSet::new();
    for runtime in app.workspaces().all() {
        let app = app.clone();
        looking.spawn(async move {
            let (here, id) = (runtime.clone(), runtime.id().clone());
            let looked = blocking(move || look_at_all(&app, &here)).await;
            if let Err(error) = looked {
                tracing::error!(workspace = %id, %error, "watched folders cannot be looked at");
            }
        });
    }
    while let Some(ended) = looking.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a look at watched folders broke down");
        }
    }
}

fn look_at_all(app: &App, runtime: &WorkspaceRuntime) -> Result<(), StateError> {
    let mut watched = Vec::new();
    for document in runtime.state().documents(DocumentKind::Folder)? {
        let id = document.head.id;
        let Ok(stored) = serde_json::from_str::<StoredFolder>(&document.json) else {
            tracing::error!(workspace = %runtime.id(), folder = id, "a watched folder cannot be read");
            continue;
        };
        if !stored.is_paused {
            look_at(app, runtime, &id, &stored)?;
            watched.push(id);
        }
    }
    let is_watched = |id: &str| watched.iter().any(|it| it == id);
    app.folders().keep(runtime.id(), is_watched);
    Ok(())
}

fn look_at(
    app: &App,
    runtime: &WorkspaceRuntime,
    id: &str,
    stored: &StoredFolder,
) -> Result<(), StateError> {
    let before = app.folders().last(runtime.id(), id).unwrap_or_default();
    let mut look = Look {
        at: app.now(),
        ..Look::default()
    };
    match list(app, runtime, &stored.folder.dir) {
        Ok(found) => {
            look.trouble = left_out(&found);
            look.seen = found.files;
            look.seen.retain(|name, _| stored.folder.takes(name));
            take_ready(app, runtime, id, stored, &before, &mut look)?;
        }
        Err(error) => look.trouble = Some(format!("the folder {error}")),
    }
    app.folders().put(runtime.id(), id, look);
    Ok(())
}

fn left_out(found: &Found) -> Option<String> {
    let most = limits::FOLDER_FILES_MAX;
    match (found.more, found.unnamed) {
        (0, 0) => None,
        (0, unnamed) => Some(format!("{unnamed} files have names that are not UTF-8")),
        (more, _) => Some(format!(
            "{more} files are not looked at, as the folder has more than {most}; move some away"
        )),
    }
}

fn take_ready(
    app: &App,
    runtime: &WorkspaceRuntime,
    id: &str,
    stored: &StoredFolder,
    before: &Look,
    look: &mut Look,
) -> Result<(), StateError> {
    let state = runtime.state();
    let mut files = files_of(state, id)?;
    let handled = |name: &String, version: &Version, files: &Files| {
        files.0.get(name).is_some_and(|it| it.version == *version)
    };
    match mapping_of(state, &stored.folder.mapping)? {
        None => {
            look.trouble = Some("its saved mapping is gone; watch the folder anew".to_owned());
        }
        Some(mapping) => {
            for name in ready(&look.seen, &before.seen, &files.clone()) {
                if app.is_draining() || open_imports(runtime, &files) >= limits::FOLDER_IMPORTS_MAX
                {
                    break;
                }
                let version = look.seen[name];
                let outcome = match take(app, runtime, id, stored, &mapping, name, version) {
                    Ok(outcome) => outcome,
                    Err(Untaken::Changed) => continue,
                    Err(Untaken::State(error)) => return Err(error),
                    Err(Untaken::Later(reason)) => {
                        look.trouble = Some(reason);
                        break;
                    }
                };
                let one = Handled {
                    version,
                    at: app.now(),
                    outcome,
                };
                files = change_files(state, id, app.now(), |files| {
                    files.0.insert(name.to_owned(), one.clone());
                    files.forget_gone(&look.seen);
                })?;
            }
        }
    }
    let waiting = look.seen.iter();
    let waiting = waiting.filter(|(name, version)| !handled(name, version, &files));
    look.waiting = waiting.count() as u64;
    Ok(())
}

/// Takes one file, by its content.
fn take(
    app: &App,
    runtime: &WorkspaceRuntime,
    id: &str,
    stored: &StoredFolder,
    mapping: &Mapping,
    name: &str,
    seen: Version,
) -> Result<Outcome, Untaken> {
    let later = |what: &str, error: &dyn Error| {
        let cause = error.source().map(|it| format!(": {it}"));
        Untaken::Later(format!(
            "{name} {what}: {error}{}",
            cause.unwrap_or_default()
        ))
    };
    let incoming = match copy(app, runtime, &stored.folder.dir, name, Some(seen)) {
        Ok(incoming) => incoming,
        Err(CopyError::Changed) => return Err(Untaken::Changed),
        Err(CopyError::Refused(reason)) => return Ok(Outcome::Refused(reason)),
        Err(CopyError::Later(reason)) => return Err(Untaken::Later(reason)),
    };
    if let Some(job) = same_import(runtime, &incoming.id(), mapping) {
        let is_own = job.name == name;
        return Ok(match is_own {
            true => Outcome::Imported(job.source),
            false => Outcome::Same(job.source),
        });
    }
    let kept = incoming.finish(name);
    let plan = Plan {
        file: kept.map_err(|error| later("could not be kept", &error))?,
        mapping: mapping.clone(),
    };
    match import::start(app, runtime, ImportKind::Import, plan) {
        Ok(job) => {
            audit(app, runtime, id, &stored.author, &job)?;
            let source = job.source;
            import::spawn(app, runtime, job, import::run);
            Ok(Outcome::Imported(source))
        }
        Err(StartError::File(error @ FileFault::Read(_))) => {
            Err(later("could not be read", &error))
        }
        Err(StartError::File(fault)) => {
            let cause = fault.source().map(|it| format!(": {it}"));
            Ok(Outcome::Refused(format!(
                "{fault}{}",
                cause.unwrap_or_default()
            )))
        }
        Err(StartError::Number(error) | StartError::Begin(BeginError::State(error))) => {
            Err(error.into())
        }
        Err(StartError::Begin(error)) => Err(later("waits", &error)),
    }
}

/// An import of the same content by the same mapping, which counts.
fn same_import(runtime: &WorkspaceRuntime, file: &FileId, mapping: &Mapping) -> Option<Arc<Job>> {
    let counts = |job: &&Arc<Job>| {
        let is_same = job.plan.file == *file && job.plan.mapping == *mapping;
        let is_there = matches!(job.state(), ImportState::Running | ImportState::Done);
        is_same && is_there && job.kind == ImportKind::Import
    };
    runtime.imports().list().iter().find(counts).cloned()
}

fn open_imports(runtime: &WorkspaceRuntime, files: &Files) -> usize {
    let is_open = |handled: &&Handled| match handled.outcome {
        Outcome::Imported(source) => (runtime.imports().get(source)).is_some_and(|it| it.is_open()),
        _ => false,
    };
    files.0.values().filter(is_open).count()
}

fn mapping_of(state: &WorkspaceState, id: &str) -> Result<Option<Mapping>, StateError> {
    Ok(kept::read(state, DocumentKind::Mapping, id)?.1)
}

/// What became of the files of a folder.
pub fn files_of(state: &WorkspaceState, id: &str) -> Result<Files, StateError> {
    let (_, files) = kept::read(state, DocumentKind::FolderFiles, id)?;
    Ok(files.unwrap_or_default())
}

/// Changes what is known of the files of a folder.
pub fn change_files(
    state: &WorkspaceState,
    id: &str,
    now: Timestamp,
    change: impl FnMut(&mut Files),
) -> Result<Files, StateError> {
    kept::update(
        state,
        DocumentKind::FolderFiles,
        id,
        now,
        Files::default,
        change,
    )
}

fn audit(
    app: &App,
    runtime: &WorkspaceRuntime,
    folder: &str,
    author: &str,
    job: &Job,
) -> Result<(), StateError> {
    let audit = AuditEntry {
        at: app.now(),
        actor: author.to_owned(),
        address: None,
        action: "import.begun".to_owned(),
        workspace: Some(runtime.id().clone()),
        subject: Some(job.name.clone()),
        details: serde_json::json!({ "import": job.source, "folder": folder }),
    };
    app.instance().decide_here(|_| {
        Ok(Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    })
}
