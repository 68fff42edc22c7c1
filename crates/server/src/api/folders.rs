//! Watched folders: what is in them, whose files become events, and what became of each.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use throughline_model::{Role, SourceId, Timestamp, limits};
use throughline_store::state::{Document, DocumentKind};
use utoipa::ToSchema;

use super::{
    documents,
    imports::{self, file_unknown, untaken},
    maps::MadeId,
};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    folders::{self, Files, Folder, Handled, Outcome, StoredFolder, worker},
    http::{
        body::Body,
        refusal::{Code, Fault, Refusal},
        routes::Route,
    },
    import::{self, ImportState, UploadedFile},
    instance::Decision,
    work::blocking,
    workspace::WorkspaceRuntime,
};

/// The watched folders of a workspace, the one that changed last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Folders {
    pub folders: Vec<FolderEntry>,
    /// Folders of this machine and buckets that the workspace may watch, with all below them.
    pub roots: Vec<String>,
}

/// A watched folder with what became of its files.
#[derive(Debug, Serialize, ToSchema)]
pub struct FolderEntry {
    pub id: String,
    pub folder: Folder,
    /// The title of its mapping; none when that is gone.
    pub mapping_title: Option<String>,
    pub is_paused: bool,
    /// The email of who made it.
    pub author: String,
    /// When it was looked at last; none since the server started.
    pub looked: Option<Timestamp>,
    /// Files that are to be taken, and are not yet.
    pub waiting: u64,
    /// What keeps files from being taken.
    pub trouble: Option<String>,
    /// The newest first, and only so many.
    pub files: Vec<FolderFile>,
    pub files_count: u64,
}

/// A file of a watched folder that was handled.
#[derive(Debug, Serialize, ToSchema)]
pub struct FolderFile {
    pub name: String,
    pub bytes: u64,
    pub at: Timestamp,
    pub state: FolderFileState,
    /// The import of its content.
    pub import: Option<SourceId>,
    pub rows: u64,
    pub new: u64,
    pub duplicate: u64,
    pub faulty: u64,
    /// Why it became nothing, or not all.
    pub reason: Option<String>,
}

/// Where a file of a watched folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FolderFileState {
    /// It cannot be read, or the mapping does not fit.
    Refused,
    /// Its content was imported before.
    Same,
    Running,
    Done,
    Failed,
    Cancelled,
    Undoing,
    Undone,
}

/// Which folder to look into.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderLook {
    pub dir: String,
    /// As of a watched folder.
    #[serde(default)]
    pub pattern: String,
}

/// Files of a folder that would be taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeenFiles {
    /// By name, and only so many.
    pub files: Vec<SeenFile>,
    pub files_count: u64,
    /// Files that the pattern leaves out, or that are hidden or not whole by their names.
    pub others_count: u64,
}

/// A file of a folder.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeenFile {
    pub name: String,
    pub bytes: u64,
}

/// One file of a folder.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileOfFolder {
    pub dir: String,
    pub name: String,
}

/// Whether a folder is looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderPause {
    pub is_paused: bool,
}

/// Which file to try again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderRetry {
    pub name: String,
}

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    let edits = Needs::Workspace(Role::Editor);
    // What lies on the server's disk is not for everybody who may send a file.
    let governs = Needs::Workspace(Role::Admin);
    vec![
        Route::new(reads, __path_list, list),
        Route::new(governs, __path_look, look),
        Route::new(governs, __path_fetch, fetch),
        Route::new(governs, __path_make, make),
        Route::new(edits, __path_pause, pause),
        Route::new(edits, __path_retry, retry),
        Route::new(governs, __path_remove, remove),
    ]
}

/// The watched folders of the workspace, and what became of their files.
#[utoipa::path(get, path = "/api/w/{ws}/folders", tag = "imports", operation_id = "listFolders",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Folders)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Result<Json<Folders>, Refusal> {
    let runtime = workspace.runtime.clone();
    let settings = &app.config().import;
    let dirs = settings.folders.iter();
    let dirs = dirs.filter_map(|it| it.dir_for(runtime.id()));
    let buckets = settings.buckets.iter();
    let buckets = buckets.filter_map(|it| it.root_for(runtime.id()));
    let roots = dirs.map(|it| it.display().to_string()).chain(buckets);
    let roots = roots.collect();
    let folders = blocking(move || {
        let documents = runtime.state().documents(DocumentKind::Folder)?;
        let entries = documents.iter().map(|it| entry(&app, &runtime, it));
        entries.collect::<Result<_, Refusal>>()
    });
    Ok(Json(Folders {
        folders: folders.await?,
        roots,
    }))
}

/// The files of a folder that would be taken. Nothing is read of them.
#[utoipa::path(post, path = "/api/w/{ws}/folders/look", tag = "imports", operation_id = "lookIntoFolder",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = FolderLook, responses((status = 200, body = SeenFiles)))]
async fn look(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<FolderLook>,
) -> Result<Json<SeenFiles>, Refusal> {
    let folder = Folder {
        dir: body.dir,
        pattern: body.pattern,
        mapping: String::new(),
    };
    check(&app, &workspace, &folder).await?;
    let runtime = workspace.runtime;
    blocking(move || {
        let listed = folders::list(&app, &runtime, &folder.dir);
        let found = listed.map_err(|error| faulty("dir", error.to_string()))?;
        let all = found.files.len() as u64 + found.more + found.unnamed;
        let fitting = found.files.into_iter().filter(|it| folder.takes(&it.0));
        let fitting: Vec<_> = fitting.collect();
        let files_count = fitting.len() as u64;
        let shown = fitting.into_iter().take(limits::FOLDER_FILES_SHOWN_MAX);
        let shown = shown.map(|(name, version)| SeenFile {
            name,
            bytes: version.bytes,
        });
        Ok(Json(SeenFiles {
            files: shown.collect(),
            files_count,
            others_count: all - files_count,
        }))
    })
    .await
}

/// Takes one file of a folder in as if it was uploaded, for a look, a mapping and a dry run.
#[utoipa::path(post, path = "/api/w/{ws}/folders/file", tag = "imports", operation_id = "fetchFromFolder",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = FileOfFolder, responses((status = 200, body = UploadedFile)))]
async fn fetch(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<FileOfFolder>,
) -> Result<Json<UploadedFile>, Refusal> {
    let _slot = imports::slot(&app)?;
    let (here, runtime) = (app.clone(), workspace.runtime);
    blocking(move || {
        let copied = folders::copy(&here, &runtime, &body.dir, &body.name, None);
        let incoming = copied.map_err(|error| faulty("name", error.to_string()))?;
        let archive = runtime.imports().archive();
        let id = incoming.finish(&body.name).map_err(untaken)?;
        let stored = archive.find(&id).ok_or_else(file_unknown)?;
        let looked = import::uploaded(&archive.path(&id), id, stored);
        looked.map(Json).map_err(imports::unusable)
    })
    .await
}

/// Watches a folder. What is in it already is taken, too.
#[utoipa::path(post, path = "/api/w/{ws}/folders", tag = "imports", operation_id = "watchFolder",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = Folder, responses((status = 200, body = MadeId)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Body(folder): Body<Folder>,
) -> Result<Json<MadeId>, Refusal> {
    check(&app, &workspace, &folder).await?;
    let mapping = documents::find(&workspace, DocumentKind::Mapping, folder.mapping.clone());
    if mapping.await?.is_none() {
        let message = "names no saved mapping; save one first";
        return Err(faulty("mapping", message.to_owned()));
    }
    let known = documents::list(&workspace, DocumentKind::Folder).await?;
    if known.len() >= limits::FOLDERS_MAX {
        let most = limits::FOLDERS_MAX;
        let message = format!("a workspace watches at most {most} folders; remove one first");
        return Err(Refusal::new(Code::LimitReached, message));
    }
    let title = folder.dir.clone();
    let stored = StoredFolder {
        folder,
        is_paused: false,
        author: workspace.caller.email.clone(),
    };
    let json = serde_json::to_string(&stored).expect("folders have text keys");
    let id = documents::add(&app, &workspace, DocumentKind::Folder, title, json).await?;
    note(&app, &workspace, "folder.watched", &stored).await?;
    Ok(Json(MadeId { id }))
}

/// Stops looking at a folder for a while, or goes on.
#[utoipa::path(post, path = "/api/w/{ws}/folders/{id}/pause", tag = "imports", operation_id = "pauseFolder",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The folder")),
    request_body = FolderPause, responses((status = 204)))]
async fn pause(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    Body(body): Body<FolderPause>,
) -> Result<StatusCode, Refusal> {
    let now = app.now();
    let changed = workspace.runtime.with_state(move |state| {
        let kind = DocumentKind::Folder;
        let document = state.document(kind, &id)?.ok_or_else(documents::unknown)?;
        let mut stored: StoredFolder = documents::parse(&document)?;
        stored.is_paused = body.is_paused;
        let json = serde_json::to_string(&stored).expect("folders have text keys");
        let (version, title) = (Some(document.head.version), &document.head.title);
        documents::put_over(state, kind, &id, version, title, &json, now)?;
        Ok(stored)
    });
    let stored = changed.await?;
    let action = match stored.is_paused {
        true => "folder.paused",
        false => "folder.resumed",
    };
    note(&app, &workspace, action, &stored).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries a file again that became nothing: the next look takes it as if it was new.
#[utoipa::path(post, path = "/api/w/{ws}/folders/{id}/retry", tag = "imports", operation_id = "retryFolderFile",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The folder")),
    request_body = FolderRetry, responses((status = 204)))]
async fn retry(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    Body(body): Body<FolderRetry>,
) -> Result<StatusCode, Refusal> {
    documents::get(&workspace, DocumentKind::Folder, id.clone()).await?;
    let (now, runtime) = (app.now(), workspace.runtime);
    blocking(move || {
        let files = worker::files_of(runtime.state(), &id)?;
        let handled = files.0.get(&body.name).ok_or_else(|| {
            Refusal::new(
                Code::FileUnknown,
                "no file of this name was taken from this folder",
            )
        })?;
        if !shown(&runtime, &body.name, handled).state.is_over() {
            let message =
                "only a file that was refused, failed, was cancelled or undone is tried again";
            return Err(Refusal::new(Code::ImportState, message));
        }
        worker::change_files(runtime.state(), &id, now, |files| {
            files.0.remove(&body.name);
        })?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Watches a folder no more. What was imported stays, and so do its files.
#[utoipa::path(delete, path = "/api/w/{ws}/folders/{id}", tag = "imports", operation_id = "removeFolder",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The folder")),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let kind = DocumentKind::Folder;
    let document = documents::get(&workspace, kind, id.clone()).await?;
    let stored: StoredFolder = documents::parse(&document)?;
    documents::remove(&workspace, kind, id.clone()).await?;
    let runtime = &workspace.runtime;
    let forgotten =
        runtime.with_state(move |state| Ok(state.remove_document(DocumentKind::FolderFiles, &id)?));
    forgotten.await?;
    note(&app, &workspace, "folder.removed", &stored).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl FolderFileState {
    /// Whether nothing of the file is there or comes, so that it may be tried again.
    fn is_over(self) -> bool {
        matches!(
            self,
            Self::Refused | Self::Failed | Self::Cancelled | Self::Undone
        )
    }
}

fn entry(
    app: &App,
    runtime: &WorkspaceRuntime,
    document: &Document,
) -> Result<FolderEntry, Refusal> {
    let id = document.head.id.clone();
    let stored: StoredFolder = documents::parse(document)?;
    let state = runtime.state();
    let mapping = state.document(DocumentKind::Mapping, &stored.folder.mapping)?;
    let Files(files) = worker::files_of(state, &id)?;
    let files_count = files.len() as u64;
    let mut newest: Vec<(String, Handled)> = files.into_iter().collect();
    newest.sort_by(|a, b| b.1.at.cmp(&a.1.at).then_with(|| a.0.cmp(&b.0)));
    newest.truncate(limits::FOLDER_FILES_SHOWN_MAX);
    let look = app.folders().last(runtime.id(), &id);
    Ok(FolderEntry {
        id,
        folder: stored.folder,
        mapping_title: mapping.map(|it| it.head.title),
        is_paused: stored.is_paused,
        author: stored.author,
        looked: look.as_ref().map(|it| it.at),
        waiting: look.as_ref().map_or(0, |it| it.waiting),
        trouble: look.and_then(|it| it.trouble),
        files: newest
            .iter()
            .map(|(name, it)| shown(runtime, name, it))
            .collect(),
        files_count,
    })
}

fn shown(runtime: &WorkspaceRuntime, name: &str, handled: &Handled) -> FolderFile {
    let (import, refused) = match &handled.outcome {
        Outcome::Imported(import) | Outcome::Same(import) => (Some(*import), None),
        Outcome::Refused(reason) => (None, Some(reason.clone())),
    };
    let told = import.and_then(|it| runtime.imports().get(it));
    let told = told.map(|it| it.shown(handled.at));
    let state = match (&handled.outcome, &told) {
        (Outcome::Refused(_), _) => FolderFileState::Refused,
        (Outcome::Imported(_), Some(import)) => FolderFileState::from(import.state),
        (Outcome::Imported(_), None) => FolderFileState::Failed,
        // What is here no more can be taken from this file instead.
        (Outcome::Same(_), Some(import)) if FolderFileState::from(import.state).is_over() => {
            FolderFileState::from(import.state)
        }
        (Outcome::Same(_), _) => FolderFileState::Same,
    };
    let rows = told.as_ref().filter(|_| state != FolderFileState::Same);
    FolderFile {
        name: name.to_owned(),
        bytes: handled.version.bytes,
        at: handled.at,
        state,
        import,
        rows: rows.map_or(0, |it| it.rows),
        new: rows.map_or(0, |it| it.new),
        duplicate: rows.map_or(0, |it| it.duplicate),
        faulty: rows.map_or(0, |it| it.faulty),
        reason: refused.or_else(|| rows.and_then(|it| it.error.clone())),
    }
}

impl From<ImportState> for FolderFileState {
    fn from(state: ImportState) -> Self {
        match state {
            ImportState::Running => Self::Running,
            ImportState::Done => Self::Done,
            ImportState::Failed => Self::Failed,
            ImportState::Cancelled => Self::Cancelled,
            ImportState::Undoing => Self::Undoing,
            ImportState::Undone => Self::Undone,
        }
    }
}

async fn check(app: &App, workspace: &Workspace, folder: &Folder) -> Result<(), Refusal> {
    let (app, runtime, folder) = (app.clone(), workspace.runtime.clone(), folder.clone());
    let fault = blocking(move || folder.fault(&app, &runtime)).await;
    fault.map_or(Ok(()), |(place, message)| Err(faulty(place, message)))
}

fn faulty(place: &str, message: String) -> Refusal {
    let fault = Fault {
        place: place.to_owned(),
        message,
    };
    Refusal::faulty("the folder cannot be used", vec![fault])
}

async fn note(
    app: &App,
    workspace: &Workspace,
    action: &str,
    stored: &StoredFolder,
) -> Result<(), Refusal> {
    let mut audit = workspace.did(action, app.now());
    audit.subject = Some(stored.folder.dir.clone());
    let noted = app.instance().decide(move |_| {
        Ok::<_, Refusal>(Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    });
    noted.await
}
