//! Dashboards: what people compose of reports, texts and maps.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::Serialize;
use throughline_model::{Role, Timestamp, dashboard::Dashboard, schedule::ScheduleOf};
use throughline_store::state::{Document, DocumentKind};
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    maps::{ChangedVersion, MadeId},
    schedules, shares,
};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{body::Body, refusal::Refusal, routes::Route},
};

/// The dashboards of a workspace, the one that changed last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dashboards {
    pub dashboards: Vec<DashboardEntry>,
}

/// A dashboard without its tiles.
#[derive(Debug, Serialize, ToSchema)]
pub struct DashboardEntry {
    pub id: String,
    pub title: String,
    pub description: String,
    pub tiles_count: usize,
    pub updated: Timestamp,
}

/// A dashboard with its version.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredDashboard {
    pub id: String,
    /// To be sent in `If-Match` with a change.
    pub version: u64,
    pub dashboard: Dashboard,
    pub updated: Timestamp,
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

/// The dashboards of the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/dashboards", tag = "dashboards", operation_id = "listDashboards",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Dashboards)))]
async fn list(workspace: Workspace) -> Result<Json<Dashboards>, Refusal> {
    let documents = documents::list(&workspace, DocumentKind::Dashboard).await?;
    let entry = |document: &Document| {
        let dashboard: Dashboard = documents::parse(document)?;
        Ok(DashboardEntry {
            id: document.head.id.clone(),
            title: dashboard.title,
            description: dashboard.description,
            tiles_count: dashboard.tiles.len(),
            updated: document.head.updated,
        })
    };
    let dashboards = documents.iter().map(entry);
    let dashboards = dashboards.collect::<Result<_, Refusal>>()?;
    Ok(Json(Dashboards { dashboards }))
}

/// Saves a new dashboard.
#[utoipa::path(post, path = "/api/w/{ws}/dashboards", tag = "dashboards", operation_id = "makeDashboard",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = Dashboard, responses((status = 200, body = MadeId)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Body(dashboard): Body<Dashboard>,
) -> Result<Json<MadeId>, Refusal> {
    let (title, json) = checked(dashboard)?;
    let id = documents::add(&app, &workspace, DocumentKind::Dashboard, title, json).await?;
    Ok(Json(MadeId { id }))
}

/// A dashboard.
#[utoipa::path(get, path = "/api/w/{ws}/dashboards/{id}", tag = "dashboards", operation_id = "getDashboard",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The dashboard")),
    responses((status = 200, body = StoredDashboard)))]
async fn show(
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<StoredDashboard>, Refusal> {
    let document = documents::get(&workspace, DocumentKind::Dashboard, id).await?;
    Ok(Json(StoredDashboard {
        dashboard: documents::parse(&document)?,
        id: document.head.id,
        version: document.head.version,
        updated: document.head.updated,
    }))
}

/// Changes a dashboard, unless somebody else has in the meantime.
#[utoipa::path(put, path = "/api/w/{ws}/dashboards/{id}", tag = "dashboards", operation_id = "changeDashboard",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The dashboard"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = Dashboard, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    version: IfMatch,
    Body(dashboard): Body<Dashboard>,
) -> Result<Json<ChangedVersion>, Refusal> {
    let (title, json) = checked(dashboard)?;
    let kind = DocumentKind::Dashboard;
    let version = documents::replace(&app, &workspace, kind, id, version, title, json).await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a dashboard. Links to it and its schedules end, as there is nothing that they could show or send.
#[utoipa::path(delete, path = "/api/w/{ws}/dashboards/{id}", tag = "dashboards", operation_id = "removeDashboard",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The dashboard")),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    documents::remove(&workspace, DocumentKind::Dashboard, id.clone()).await?;
    // Else a new dashboard of the same title would be shown to whoever has an old link.
    shares::end_all(&app, &workspace, shares::SharedKind::Dashboard, id.clone()).await?;
    schedules::end_all(&workspace, ScheduleOf::Dashboard(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn checked(dashboard: Dashboard) -> Result<(String, String), Refusal> {
    documents::check("dashboard", dashboard.check())?;
    let json = serde_json::to_string(&dashboard).expect("dashboards have text keys");
    Ok((dashboard.title.trim().to_owned(), json))
}
