//! Files that become events: upload, look, import, take back.

use axum::{
    Json,
    body::Body as RawBody,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{StatusCode, header};
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use throughline_ingest::file::Mapping;
use throughline_model::{Role, SourceId, Span, limits};
use throughline_store::state::{Document, DocumentKind};
use tokio::sync::{SemaphorePermit, mpsc};
use utoipa::{IntoParams, ToSchema};

use super::{documents, maps::MadeId, session::check_name};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{
        body::{Body, Query},
        refusal::{Code, Fault, Refusal},
        routes::Route,
    },
    import::{
        self, BeginError, FileFault, Import, ImportKind, ImportState, Job, Plan, Preview,
        StartError, UploadedFile,
        archive::{FileId, Incoming, TakeError},
    },
    work::blocking,
    workspace::WorkspaceRuntime,
};

/// Pieces of an upload that wait to be written.
const PIECES_WAITING: usize = 8;

/// The imports of a workspace, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Imports {
    pub imports: Vec<Import>,
}

/// How the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct FileName {
    pub name: String,
}

/// Mappings that were saved to be used again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mappings {
    pub mappings: Vec<StoredMapping>,
}

/// A saved mapping.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredMapping {
    pub id: String,
    pub title: String,
    pub mapping: Mapping,
}

/// A mapping under a title.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TitledMapping {
    pub title: String,
    pub mapping: Mapping,
}

pub fn routes() -> Vec<Route> {
    let (reads, edits) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Editor),
    );
    vec![
        Route::new(edits, __path_upload, upload),
        Route::new(edits, __path_show_preview, show_preview),
        Route::new(edits, __path_dry_run, dry_run),
        Route::new(reads, __path_list, list),
        Route::new(edits, __path_begin, begin),
        Route::new(reads, __path_show, show),
        Route::new(edits, __path_cancel, cancel),
        Route::new(edits, __path_undo, undo),
        Route::new(reads, __path_faults, faults),
        Route::new(reads, __path_list_mappings, list_mappings),
        Route::new(edits, __path_make_mapping, make_mapping),
        Route::new(edits, __path_remove_mapping, remove_mapping),
    ]
}

/// Takes a file in. Nothing is imported yet; after a day without an import it is forgotten.
#[utoipa::path(post, path = "/api/w/{ws}/imports/files", tag = "imports", operation_id = "uploadFile",
    params(("ws" = String, Path, description = "The workspace"), FileName),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "The file: CSV, JSON lines or Parquet, also gzip"),
    responses((status = 200, body = UploadedFile)))]
async fn upload(
    State(app): State<App>,
    workspace: Workspace,
    Query(query): Query<FileName>,
    body: RawBody,
) -> Result<Json<UploadedFile>, Refusal> {
    check_name("name", &query.name)?;
    let _slot = slot(&app)?;
    let (sender, pieces) = mpsc::channel(PIECES_WAITING);
    let runtime = workspace.runtime.clone();
    let writing = blocking(move || {
        let incoming = runtime.imports().archive().begin(rand::random());
        write(incoming.map_err(TakeError::from), pieces, &query.name)
    });
    let (sent, written) = tokio::join!(send(body, sender), writing);
    sent?;
    let id = written.map_err(untaken)?;
    let runtime = workspace.runtime;
    blocking(move || {
        let archive = runtime.imports().archive();
        let stored = archive.find(&id).ok_or_else(file_unknown)?;
        import::uploaded(&archive.path(&id), id, stored).map_err(unusable)
    })
    .await
    .map(Json)
}

/// What the first rows of a file become.
#[utoipa::path(post, path = "/api/w/{ws}/imports/preview", tag = "imports", operation_id = "previewImport",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = Plan, responses((status = 200, body = Preview)))]
async fn show_preview(
    State(app): State<App>,
    workspace: Workspace,
    Body(plan): Body<Plan>,
) -> Result<Json<Preview>, Refusal> {
    let now = app.now();
    let looked = blocking(move || {
        let archive = workspace.runtime.imports().archive();
        archive.find(&plan.file).ok_or_else(file_unknown)?;
        import::preview(&archive.path(&plan.file), &plan.mapping, now).map_err(unusable)
    });
    looked.await.map(Json)
}

/// Reads a whole file and counts what would happen. Nothing comes in.
#[utoipa::path(post, path = "/api/w/{ws}/imports/dry-run", tag = "imports", operation_id = "dryRunImport",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = Plan, responses((status = 200, body = Import)))]
async fn dry_run(
    State(app): State<App>,
    workspace: Workspace,
    Body(plan): Body<Plan>,
) -> Result<Json<Import>, Refusal> {
    start(app, workspace, ImportKind::DryRun, plan).await
}

/// Imports a file. The stream of the workspace tells how far it is.
#[utoipa::path(post, path = "/api/w/{ws}/imports", tag = "imports", operation_id = "beginImport",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = Plan, responses((status = 200, body = Import)))]
async fn begin(
    State(app): State<App>,
    workspace: Workspace,
    Body(plan): Body<Plan>,
) -> Result<Json<Import>, Refusal> {
    start(app, workspace, ImportKind::Import, plan).await
}

/// The imports of the workspace, and what became of each.
#[utoipa::path(get, path = "/api/w/{ws}/imports", tag = "imports", operation_id = "listImports",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Imports)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Json<Imports> {
    let jobs = workspace.runtime.imports().list();
    let now = app.now();
    Json(Imports {
        imports: jobs.iter().map(|job| job.shown(now)).collect(),
    })
}

/// One import.
#[utoipa::path(get, path = "/api/w/{ws}/imports/{id}", tag = "imports", operation_id = "getImport",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The import")),
    responses((status = 200, body = Import)))]
async fn show(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Json<Import>, Refusal> {
    Ok(Json(find(&workspace.runtime, id)?.shown(app.now())))
}

/// Ends an import early. What came in stays until it is undone.
#[utoipa::path(post, path = "/api/w/{ws}/imports/{id}/cancel", tag = "imports", operation_id = "cancelImport",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The import")),
    responses((status = 200, body = Import)))]
async fn cancel(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Json<Import>, Refusal> {
    let job = find(&workspace.runtime, id)?;
    if job.state() != ImportState::Running {
        return Err(wrong_state("the import has ended already"));
    }
    job.cancel();
    Ok(Json(job.shown(app.now())))
}

/// Takes back exactly what an import brought.
#[utoipa::path(post, path = "/api/w/{ws}/imports/{id}/undo", tag = "imports", operation_id = "undoImport",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The import")),
    responses((status = 200, body = Import)))]
async fn undo(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Json<Import>, Refusal> {
    let job = find(&workspace.runtime, id)?;
    let (undoing, runtime) = (job.clone(), workspace.runtime.clone());
    blocking(move || match undoing.begin_undo(runtime.state()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(wrong_state(
            "only an import that has ended and is not undone can be undone; cancel one that runs",
        )),
        Err(error) => Err(error.into()),
    })
    .await?;
    note(&app, &workspace, "import.undone", &job).await?;
    let shown = job.shown(app.now());
    import::spawn(&app, &workspace.runtime, job, import::undo);
    Ok(Json(shown))
}

/// The rows that are no events, as CSV.
#[utoipa::path(get, path = "/api/w/{ws}/imports/{id}/errors.csv", tag = "imports", operation_id = "getImportErrors",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The import")),
    responses((status = 200, body = String, content_type = "text/csv")))]
async fn faults(
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Response, Refusal> {
    let job = find(&workspace.runtime, id)?;
    let path = workspace.runtime.imports().archive().faults_path(id);
    let read = blocking(move || std::fs::read(path)).await;
    let csv = match read {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Refusal::new(
                Code::DocumentUnknown,
                "this import has not read a row yet",
            ));
        }
        read => read.map_err(|error| Refusal::internal(&error))?,
    };
    let attachment = format!(
        "attachment; filename=\"import-{}-errors.csv\"",
        job.source.0
    );
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, attachment),
    ];
    Ok((headers, csv).into_response())
}

/// The mappings that were saved.
#[utoipa::path(get, path = "/api/w/{ws}/mappings", tag = "imports", operation_id = "listMappings",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Mappings)))]
async fn list_mappings(workspace: Workspace) -> Result<Json<Mappings>, Refusal> {
    let documents = documents::list(&workspace, DocumentKind::Mapping).await?;
    let stored = |document: &Document| {
        Ok(StoredMapping {
            mapping: documents::parse(document)?,
            id: document.head.id.clone(),
            title: document.head.title.clone(),
        })
    };
    let mappings = documents.iter().map(stored);
    let mappings = mappings.collect::<Result<_, Refusal>>()?;
    Ok(Json(Mappings { mappings }))
}

/// Saves a mapping to be used again.
#[utoipa::path(post, path = "/api/w/{ws}/mappings", tag = "imports", operation_id = "makeMapping",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = TitledMapping, responses((status = 200, body = MadeId)))]
async fn make_mapping(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<TitledMapping>,
) -> Result<Json<MadeId>, Refusal> {
    check_name("title", &body.title)?;
    let json = serde_json::to_string(&body.mapping).expect("mappings have text keys");
    let (kind, title) = (DocumentKind::Mapping, body.title.trim().to_owned());
    let id = documents::add(&app, &workspace, kind, title, json).await?;
    Ok(Json(MadeId { id }))
}

/// Deletes a saved mapping.
#[utoipa::path(delete, path = "/api/w/{ws}/mappings/{id}", tag = "imports", operation_id = "removeMapping",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The mapping")),
    responses((status = 204)))]
async fn remove_mapping(
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    documents::remove(&workspace, DocumentKind::Mapping, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn start(
    app: App,
    workspace: Workspace,
    kind: ImportKind,
    plan: Plan,
) -> Result<Json<Import>, Refusal> {
    let (here, runtime) = (app.clone(), workspace.runtime.clone());
    let begun = blocking(move || import::start(&here, &runtime, kind, plan)).await;
    let job = begun.map_err(unstarted)?;
    if kind == ImportKind::Import {
        note(&app, &workspace, "import.begun", &job).await?;
    }
    let shown = job.shown(app.now());
    import::spawn(&app, &workspace.runtime, job, import::run);
    Ok(Json(shown))
}

/// A place for a file that comes in.
pub fn slot(app: &App) -> Result<SemaphorePermit<'_>, Refusal> {
    app.uploads().try_acquire().map_err(|_| {
        let message = "too many files are being uploaded; try again in a moment";
        Refusal::new(Code::Busy, message).retry_after(Span::seconds(10))
    })
}

/// Says in the audit log what was done with an import.
async fn note(app: &App, workspace: &Workspace, action: &str, job: &Job) -> Result<(), Refusal> {
    let mut audit = workspace.did(action, app.now());
    audit.subject = Some(job.name.clone());
    audit.details = serde_json::json!({ "import": job.source });
    let noted = app.instance().decide(move |_| {
        Ok::<_, Refusal>(crate::instance::Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    });
    noted.await
}

/// Hands the pieces of a body over, until it ends or pauses for too long.
async fn send(mut body: RawBody, to: mpsc::Sender<Option<Bytes>>) -> Result<(), Refusal> {
    loop {
        let broken = |what| Refusal::new(Code::BodySyntax, format!("the upload {what}"));
        let frame = tokio::time::timeout(limits::UPLOAD_PAUSE_MAX, body.frame()).await;
        let Some(frame) = frame.map_err(|_| broken("paused for too long"))? else {
            // Only this says that the file is whole.
            let _ = to.send(None).await;
            return Ok(());
        };
        let frame = frame.map_err(|_| broken("broke off"))?;
        if let Ok(piece) = frame.into_data()
            && to.send(Some(piece)).await.is_err()
        {
            // The writer has given up, and says why.
            return Ok(());
        }
    }
}

/// Writes the pieces of a file as they come.
fn write(
    incoming: Result<Incoming, TakeError>,
    mut pieces: mpsc::Receiver<Option<Bytes>>,
    name: &str,
) -> Result<FileId, TakeError> {
    let mut incoming = incoming?;
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Some(piece) => incoming.write(&piece)?,
            None => return incoming.finish(name),
        }
    }
    Err(TakeError::Io(std::io::ErrorKind::UnexpectedEof.into()))
}

fn find(runtime: &WorkspaceRuntime, id: u32) -> Result<std::sync::Arc<Job>, Refusal> {
    let job = runtime.imports().get(SourceId(id));
    job.ok_or_else(|| Refusal::new(Code::ImportUnknown, "this workspace has no such import"))
}

fn placed(faults: Vec<throughline_ingest::file::MappingFault>) -> Vec<Fault> {
    let faults = faults.into_iter().map(|fault| Fault {
        place: format!("mapping.{}", fault.place),
        message: fault.message,
    });
    faults.collect()
}

fn unstarted(error: StartError) -> Refusal {
    match error {
        StartError::File(fault) => unusable(fault),
        StartError::Number(error) | StartError::Begin(BeginError::State(error)) => error.into(),
        StartError::Begin(BeginError::FileUnknown) => file_unknown(),
        StartError::Begin(error @ BeginError::Full) => {
            Refusal::new(Code::LimitReached, error.to_string())
        }
        StartError::Begin(error @ BeginError::Closed) => {
            Refusal::new(Code::Draining, error.to_string()).retry_after(Span::seconds(2))
        }
    }
}

/// Says why a file cannot be used.
pub fn unusable(fault: FileFault) -> Refusal {
    match fault {
        FileFault::Mapping(faults) => {
            Refusal::faulty("the mapping does not fit the file", placed(faults))
        }
        FileFault::Read(error) => Refusal::internal(&error),
        fault => {
            let mut message = fault.to_string();
            if let Some(cause) = std::error::Error::source(&fault) {
                message = format!("{message}: {cause}");
            }
            Refusal::new(Code::FileUnusable, message)
        }
    }
}

/// Says why a file was not kept.
pub fn untaken(error: TakeError) -> Refusal {
    match error {
        TakeError::Large => Refusal::new(Code::BodyLarge, error.to_string()),
        TakeError::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => {
            let message = "the disk is full; nothing was kept, free some space and try again";
            Refusal::new(Code::DiskFull, message).retry_after(Span::seconds(30))
        }
        TakeError::Io(error) => Refusal::internal(&error),
    }
}

/// Says that a file is not there.
pub fn file_unknown() -> Refusal {
    Refusal::new(Code::FileUnknown, "there is no such file; upload it again")
}

fn wrong_state(message: &str) -> Refusal {
    Refusal::new(Code::ImportState, message)
}
