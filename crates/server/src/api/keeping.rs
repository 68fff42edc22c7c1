//! For how long events are kept, and what went because it was older.

use axum::{Json, extract::State};
use serde::Serialize;
use throughline_model::{
    Role, Timestamp,
    keeping::{Cuts, Keeping},
};
use throughline_store::state::DocumentKind;
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    maps::ChangedVersion,
    privacy::{note, write},
};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    erasures::{self, ErasureState, Left, Swept, next_due, survey},
    http::{
        body::Body,
        refusal::{Code, Fault, Refusal},
        routes::Route,
    },
    instance::Decision,
    work::blocking,
    workspace::KEEPING,
};

/// For how long events are kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredKeeping {
    /// 0 while nobody has written any; to be sent in `If-Match` with a change.
    pub version: u64,
    pub keeping: Keeping,
    /// When is looked by itself for what is past; none while everything is kept for ever.
    pub next: Option<Timestamp>,
}

/// What would go by limits if they were looked at now.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeepingPreview {
    pub faults: Vec<Fault>,
    pub found: Swept,
}

/// Every look for what is past that is remembered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sweeps {
    /// The newest first.
    pub sweeps: Vec<Sweep>,
}

/// One look for events that are past their limit, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sweep {
    pub id: u32,
    /// The moment that ages are counted back from.
    pub requested: Timestamp,
    /// E-mail of the member who asked; none for one that was due.
    pub by: Option<String>,
    pub state: ErasureState,
    pub finished: Option<Timestamp>,
    /// Why it does not go on, until it does.
    pub waits_for: Option<String>,
    pub found: Swept,
    /// What still holds something that is past, as far as it is listed.
    pub left: Vec<Left>,
    pub left_count: u64,
}

pub fn routes() -> Vec<Route> {
    let (reads, writes) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Admin),
    );
    vec![
        Route::new(reads, __path_show, show),
        Route::new(writes, __path_change, change),
        Route::new(writes, __path_preview, preview),
        Route::new(writes, __path_list, list),
        Route::new(writes, __path_sweep, sweep),
    ]
}

/// For how long events are kept; for ever until somebody writes limits.
#[utoipa::path(get, path = "/api/w/{ws}/privacy/keeping", tag = "privacy", operation_id = "getKeeping",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = StoredKeeping)))]
async fn show(workspace: Workspace) -> Result<Json<StoredKeeping>, Refusal> {
    let (kind, id) = (DocumentKind::Privacy, KEEPING.to_owned());
    let stored = documents::find(&workspace, kind, id).await?;
    let Some(stored) = stored else {
        return Ok(Json(StoredKeeping {
            version: 0,
            keeping: Keeping::default(),
            next: None,
        }));
    };
    let keeping: Keeping = documents::parse(&stored)?;
    let last = |all: &[erasures::Sweep]| all.last().map(|it| it.requested);
    let last = workspace.runtime.ledger().sweeps(last);
    Ok(Json(StoredKeeping {
        version: stored.head.version,
        next: next_due(&keeping, stored.head.updated, last),
        keeping,
    }))
}

/// Writes for how long events are kept. Nothing goes before a day has passed, unless a sweep is asked
/// for.
#[utoipa::path(put, path = "/api/w/{ws}/privacy/keeping", tag = "privacy", operation_id = "changeKeeping",
    params(("ws" = String, Path, description = "The workspace"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = Keeping, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    version: IfMatch,
    Body(keeping): Body<Keeping>,
) -> Result<Json<ChangedVersion>, Refusal> {
    documents::check("list of limits", faults(&keeping))?;
    let json = serde_json::to_string(&keeping).expect("limits have text keys");
    let version = write(&app, &workspace, KEEPING, version, json, |_| {}).await?;
    note(&app, &workspace, "keeping.changed", version).await?;
    Ok(Json(ChangedVersion { version }))
}

/// What would go by limits if they held now, without writing them.
#[utoipa::path(post, path = "/api/w/{ws}/privacy/keeping/preview", tag = "privacy", operation_id = "previewKeeping",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = Keeping, responses((status = 200, body = KeepingPreview)))]
async fn preview(
    State(app): State<App>,
    workspace: Workspace,
    Body(keeping): Body<Keeping>,
) -> Result<Json<KeepingPreview>, Refusal> {
    let faults = faults(&keeping);
    if !faults.is_empty() || keeping.limits_nothing() {
        let found = Swept::default();
        return Ok(Json(KeepingPreview { faults, found }));
    }
    let (runtime, now) = (workspace.runtime.clone(), app.now());
    let survey = blocking(move || {
        let pipeline = runtime.pipeline();
        let cuts: Cuts = keeping.cuts(&pipeline.naming().whole, now);
        Ok::<_, Refusal>(survey(pipeline, &cuts, now)?)
    });
    let found = survey.await?.found;
    Ok(Json(KeepingPreview { faults, found }))
}

/// Every look for what is past that is remembered, with what became of it.
#[utoipa::path(get, path = "/api/w/{ws}/privacy/sweeps", tag = "privacy", operation_id = "listSweeps",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Sweeps)))]
async fn list(workspace: Workspace) -> Json<Sweeps> {
    let ledger = workspace.runtime.ledger();
    let sweeps = ledger.sweeps(|all| all.iter().rev().map(shown).collect());
    Json(Sweeps { sweeps })
}

/// Removes what is past now. It is done in a while; one that is not done yet is given back.
#[utoipa::path(post, path = "/api/w/{ws}/privacy/sweeps", tag = "privacy", operation_id = "sweep",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Sweep)))]
async fn sweep(State(app): State<App>, workspace: Workspace) -> Result<Json<Sweep>, Refusal> {
    let (runtime, by, now) = (
        workspace.runtime.clone(),
        workspace.caller.email.clone(),
        app.now(),
    );
    let keeping = blocking(move || Ok::<_, Refusal>(erasures::limits_of(runtime.state())?)).await?;
    let keeping = keeping.map(|(keeping, _)| keeping);
    let Some(keeping) = keeping.filter(|it| !it.limits_nothing()) else {
        let message = "everything is kept for ever; write a limit first";
        return Err(Refusal::new(Code::DocumentUnknown, message));
    };
    let audit = workspace.did("sweep.requested", now);
    let noted = app.instance().decide(move |_| {
        Ok::<_, Refusal>(Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    });
    noted.await?;
    let runtime = workspace.runtime.clone();
    let asked = blocking(move || {
        let naming = runtime.pipeline().naming().whole;
        let asked = (runtime.ledger()).request_sweep(&keeping, &naming, Some(by), now);
        asked.map_err(|error| Refusal::internal(&error))
    });
    Ok(Json(shown(&asked.await?)))
}

fn faults(keeping: &Keeping) -> Vec<Fault> {
    let faults = keeping.check().into_iter();
    faults.map(Fault::from).collect()
}

fn shown(sweep: &erasures::Sweep) -> Sweep {
    Sweep {
        id: sweep.id,
        requested: sweep.requested,
        by: sweep.by.clone(),
        state: sweep.state,
        finished: sweep.finished,
        waits_for: sweep.waits_for.clone(),
        found: sweep.found.clone(),
        left: sweep.left.clone(),
        left_count: sweep.left_count,
    }
}
