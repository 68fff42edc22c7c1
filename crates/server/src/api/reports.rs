//! Reports that people have saved.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use throughline_model::{Role, Timestamp, report::Report};
use throughline_store::state::DocumentKind;
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    maps::{ChangedVersion, MadeId},
    session::check_name,
};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{
        body::Body,
        refusal::{Fault, Refusal},
        routes::Route,
    },
};

/// The saved reports of a workspace, the one that changed last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reports {
    pub reports: Vec<StoredReport>,
}

/// A saved report with its version.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredReport {
    pub id: String,
    /// To be sent in `If-Match` with a change.
    pub version: u64,
    pub title: String,
    pub report: Report,
    pub updated: Timestamp,
}

/// A report under a title.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TitledReport {
    pub title: String,
    pub report: Report,
}

pub fn routes() -> Vec<Route> {
    let (reads, asks) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Analyst),
    );
    vec![
        Route::new(reads, __path_list, list),
        Route::new(asks, __path_make, make),
        Route::new(reads, __path_show, show),
        Route::new(asks, __path_change, change),
        Route::new(asks, __path_remove, remove),
    ]
}

/// The saved reports of the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/reports", tag = "reports", operation_id = "listReports",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Reports)))]
async fn list(workspace: Workspace) -> Result<Json<Reports>, Refusal> {
    let documents = documents::list(&workspace, DocumentKind::Report).await?;
    let reports = documents.iter().map(stored);
    let reports = reports.collect::<Result<_, Refusal>>()?;
    Ok(Json(Reports { reports }))
}

/// Saves a new report.
#[utoipa::path(post, path = "/api/w/{ws}/reports", tag = "reports", operation_id = "makeReport",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = TitledReport, responses((status = 200, body = MadeId)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<TitledReport>,
) -> Result<Json<MadeId>, Refusal> {
    let (title, json) = checked(body)?;
    let id = documents::add(&app, &workspace, DocumentKind::Report, title, json).await?;
    Ok(Json(MadeId { id }))
}

/// A saved report.
#[utoipa::path(get, path = "/api/w/{ws}/reports/{id}", tag = "reports", operation_id = "getReport",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The report")),
    responses((status = 200, body = StoredReport)))]
async fn show(
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<StoredReport>, Refusal> {
    let document = documents::get(&workspace, DocumentKind::Report, id).await?;
    stored(&document).map(Json)
}

/// Changes a saved report, unless somebody else has in the meantime.
#[utoipa::path(put, path = "/api/w/{ws}/reports/{id}", tag = "reports", operation_id = "changeReport",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The report"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = TitledReport, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    version: IfMatch,
    Body(body): Body<TitledReport>,
) -> Result<Json<ChangedVersion>, Refusal> {
    let (title, json) = checked(body)?;
    let kind = DocumentKind::Report;
    let version = documents::replace(&app, &workspace, kind, id, version, title, json).await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a saved report.
#[utoipa::path(delete, path = "/api/w/{ws}/reports/{id}", tag = "reports", operation_id = "removeReport",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The report")),
    responses((status = 204)))]
async fn remove(
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    documents::remove(&workspace, DocumentKind::Report, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn stored(document: &throughline_store::state::Document) -> Result<StoredReport, Refusal> {
    Ok(StoredReport {
        report: documents::parse(document)?,
        id: document.head.id.clone(),
        version: document.head.version,
        title: document.head.title.clone(),
        updated: document.head.updated,
    })
}

fn checked(body: TitledReport) -> Result<(String, String), Refusal> {
    check_name("title", &body.title)?;
    check_report(&body.report)?;
    let json = serde_json::to_string(&body.report).expect("reports have text keys");
    Ok((body.title.trim().to_owned(), json))
}

/// Refuses a report that cannot be asked.
pub fn check_report(report: &Report) -> Result<(), Refusal> {
    let faults = report.check().into_iter().map(|fault| Fault {
        place: fault.place,
        message: fault.message,
    });
    documents::check("report", faults.collect())
}
