//! Targets: what numbers of saved reports and maps should be, and whether they are.

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use serde::Serialize;
use throughline_insight::{Cancel, digest::Form};
use throughline_model::{
    Map, Role, Timestamp,
    report::Report,
    target::{Target, TargetOf},
};
use throughline_store::state::{Document, DocumentKind};
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    maps::{ChangedVersion, MadeId},
    reports::{Kept, ReportOwner, check_owner, owner},
};
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked},
    app::App,
    http::{
        body::Body,
        refusal::{Code, Fault, Refusal},
        routes::Route,
    },
    workspace::Context,
};

mod measured;

pub use self::measured::{CoursePoint, Measured, Missed};

/// The targets of a workspace, the one that changed last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Targets {
    pub targets: Vec<StoredTarget>,
}

/// A target with its version.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredTarget {
    pub id: String,
    /// To be sent in `If-Match` with a change.
    pub version: u64,
    pub target: Target,
    /// None when they are no member any more.
    pub owner: Option<ReportOwner>,
    /// Title of the report or map that it is about; none when that is gone.
    pub about: Option<String>,
    pub updated: Timestamp,
}

/// What may have a target in a saved report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportNumbers {
    pub numbers: Vec<ReportNumber>,
}

/// One of them, with its value now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportNumber {
    pub of: TargetOf,
    /// How it is to be written.
    pub form: Form,
    pub value: Option<f64>,
}

/// What a target is about, as it is stored.
pub enum Source {
    Report(Box<Report>),
    Map(Box<Map>),
}

pub fn routes() -> Vec<Route> {
    let (reads, asks) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Analyst),
    );
    vec![
        Route::new(reads, __path_list, list),
        Route::new(asks, __path_make, make),
        Route::new(asks, __path_change, change),
        Route::new(asks, __path_remove, remove),
        Route::new(reads, __path_measure, measure),
        Route::new(reads, __path_numbers, numbers),
    ]
}

/// The targets of the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/targets", tag = "targets", operation_id = "listTargets",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Targets)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Result<Json<Targets>, Refusal> {
    let mut targets = Vec::new();
    for document in documents::list(&workspace, DocumentKind::Target).await? {
        let target: Target = documents::parse(&document)?;
        let (kind, id) = place(&target.of);
        let about = documents::find(&workspace, kind, id.to_owned()).await?;
        targets.push(StoredTarget {
            owner: owner(&app, target.owner),
            about: about.map(|it| it.head.title),
            target,
            id: document.head.id,
            version: document.head.version,
            updated: document.head.updated,
        });
    }
    Ok(Json(Targets { targets }))
}

/// Sets a new target.
#[utoipa::path(post, path = "/api/w/{ws}/targets", tag = "targets", operation_id = "makeTarget",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = Target, responses((status = 200, body = MadeId)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Body(mut target): Body<Target>,
) -> Result<Json<MadeId>, Refusal> {
    check(&app, &workspace, &target).await?;
    target.owner = target.owner.or(Some(workspace.caller.id));
    let (title, json) = written(target);
    let id = documents::add(&app, &workspace, DocumentKind::Target, title, json).await?;
    Ok(Json(MadeId { id }))
}

/// Changes a target, unless somebody else has in the meantime.
#[utoipa::path(put, path = "/api/w/{ws}/targets/{id}", tag = "targets", operation_id = "changeTarget",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The target"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = Target, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    version: IfMatch,
    Body(mut target): Body<Target>,
) -> Result<Json<ChangedVersion>, Refusal> {
    check(&app, &workspace, &target).await?;
    let kind = DocumentKind::Target;
    if let Some(before) = documents::find(&workspace, kind, id.clone()).await? {
        let before: Target = documents::parse(&before)?;
        target.owner = target.owner.or(before.owner);
    }
    let (title, json) = written(target);
    let version = documents::replace(&app, &workspace, kind, id, version, title, json).await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a target.
#[utoipa::path(delete, path = "/api/w/{ws}/targets/{id}", tag = "targets", operation_id = "removeTarget",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The target")),
    responses((status = 204)))]
async fn remove(
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    documents::remove(&workspace, DocumentKind::Target, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Measures a target: its number now, whether it is met, and since when it is not.
#[utoipa::path(get, path = "/api/w/{ws}/targets/{id}/measured", tag = "targets", operation_id = "measureTarget",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The target")),
    responses((status = 200, body = Measured)))]
async fn measure(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let document = documents::get(&workspace, DocumentKind::Target, id).await?;
    let target: Target = documents::parse(&document)?;
    let source = source(&workspace, &target.of).await?;
    let definition = match &source {
        Source::Report(report) => serde_json::to_string(report),
        Source::Map(map) => serde_json::to_string(map),
    };
    let definition = definition.expect("definitions have text keys");
    let question = format!("target {} {definition}", document.json);
    let asked = Asked::of(&workspace, &question);
    answers::try_answer(&app, asked, move |context, cancel| {
        measured::measured(context, &target, &source, cancel)
    })
    .await
}

/// The numbers of a saved report that a target can be set on, with their values now.
#[utoipa::path(get, path = "/api/w/{ws}/reports/{id}/numbers", tag = "targets", operation_id = "listReportNumbers",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The report")),
    responses((status = 200, body = ReportNumbers)))]
async fn numbers(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let document = documents::get(&workspace, DocumentKind::Report, id.clone()).await?;
    let report = kept(&document)?;
    let question = serde_json::to_string(&report).expect("reports have text keys");
    let asked = Asked::of(&workspace, &format!("numbers {id} {question}"));
    answers::try_answer(&app, asked, move |context: &Context, cancel: &Cancel| {
        let answer = context.ask(&report, cancel).map_err(answers::refuse)?;
        Ok(ReportNumbers {
            numbers: measured::numbers(&id, &answer),
        })
    })
    .await
}

/// The document that a number is taken from.
fn place(of: &TargetOf) -> (DocumentKind, &str) {
    match of {
        TargetOf::Figure(it) => (DocumentKind::Report, &it.report),
        TargetOf::Series(it) => (DocumentKind::Report, &it.report),
        TargetOf::Step(it) => (DocumentKind::Map, &it.map),
    }
}

async fn source(workspace: &Workspace, of: &TargetOf) -> Result<Source, Refusal> {
    let (kind, id) = place(of);
    let found = documents::find(workspace, kind, id.to_owned()).await?;
    let document = found.ok_or_else(|| {
        let message = "the report or map that the target is about is gone";
        Refusal::new(Code::DocumentUnknown, message)
    })?;
    Ok(match kind {
        DocumentKind::Map => Source::Map(Box::new(documents::parse(&document)?)),
        _ => Source::Report(Box::new(kept(&document)?)),
    })
}

fn kept(document: &Document) -> Result<Report, Refusal> {
    let kept = Kept::read(document).map_err(|error| Refusal::internal(&error))?;
    Ok(kept.report)
}

async fn check(app: &App, workspace: &Workspace, target: &Target) -> Result<(), Refusal> {
    let mut faults: Vec<Fault> = (target.check().into_iter()).map(Fault::from).collect();
    let (kind, id) = place(&target.of);
    let about = documents::find(workspace, kind, id.to_owned()).await?;
    if about.is_none() {
        faults.push(Fault {
            place: "of".to_owned(),
            message: "names a report or map that does not exist".to_owned(),
        });
    }
    documents::check("target", faults)?;
    check_owner(app, workspace, target.owner)
}

fn written(mut target: Target) -> (String, String) {
    target.title = target.title.trim().to_owned();
    let json = serde_json::to_string(&target).expect("targets have text keys");
    (target.title, json)
}
