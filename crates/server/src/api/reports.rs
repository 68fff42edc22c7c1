//! Reports that people have saved.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use throughline_model::{
    MemberId, Role, Timestamp, compare::Against, is_short_id, limits, report::Report,
};
use throughline_store::state::{Document, DocumentKind};
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    maps::{ChangedVersion, MadeId},
    segments::check_rule,
    session::{check_name, faulty},
    shares::{self, SharedKind},
};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{body::Body, refusal::Refusal, routes::Route},
};

/// The saved reports of a workspace, the one that changed last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reports {
    pub reports: Vec<ReportEntry>,
}

/// A saved report in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportEntry {
    pub id: String,
    pub version: u64,
    pub title: String,
    pub description: String,
    /// None when they are no member any more.
    pub owner: Option<ReportOwner>,
    /// The kind of the question, like `funnel`.
    pub kind: String,
    /// The page that it is shown on.
    pub page: Option<String>,
    pub updated: Timestamp,
}

/// The member who answers for a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportOwner {
    pub id: MemberId,
    pub name: String,
}

/// A saved report with its version.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredReport {
    pub id: String,
    /// To be sent in `If-Match` with a change.
    pub version: u64,
    pub title: String,
    pub description: String,
    pub owner: Option<ReportOwner>,
    pub report: Report,
    /// What it is compared with, if with anything.
    pub against: Option<Against>,
    pub page: Option<ReportPage>,
    pub updated: Timestamp,
}

/// A report under a title.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TitledReport {
    pub title: String,
    #[serde(default)]
    pub description: String,
    pub report: Report,
    /// What it is compared with where it is opened.
    #[serde(default)]
    pub against: Option<Against>,
    /// Where the interface shows it.
    #[serde(default)]
    pub page: Option<ReportPage>,
    /// A member of the workspace. None leaves the owner, who is at first the one that saves it.
    #[serde(default)]
    pub owner: Option<MemberId>,
}

/// A page of the interface, with what stands in its address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportPage {
    /// Its path, like `funnel`.
    pub name: String,
    #[schema(value_type = Object)]
    pub search: serde_json::Map<String, serde_json::Value>,
}

/// What a document of a report holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub owner: Option<MemberId>,
    #[serde(default)]
    pub page: Option<ReportPage>,
    pub report: Report,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
}

impl Kept {
    /// Reads a document, also one of the time when there was nothing but the report in it.
    pub fn read(document: &Document) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&document.json).or_else(|error| {
            let report = serde_json::from_str(&document.json).map_err(|_| error)?;
            Ok(Self {
                description: String::new(),
                owner: None,
                page: None,
                report,
                against: None,
            })
        })
    }
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
async fn list(State(app): State<App>, workspace: Workspace) -> Result<Json<Reports>, Refusal> {
    let documents = documents::list(&workspace, DocumentKind::Report).await?;
    let entry = |document: Document| {
        let kept = read(&document)?;
        Ok(ReportEntry {
            owner: owner(&app, kept.owner),
            kind: kept.report.kind().to_owned(),
            page: kept.page.map(|it| it.name),
            description: kept.description,
            id: document.head.id,
            version: document.head.version,
            title: document.head.title,
            updated: document.head.updated,
        })
    };
    let reports = documents.into_iter().map(entry);
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
    check(&app, &workspace, &body)?;
    let owner = body.owner.or(Some(workspace.caller.id));
    let (title, json) = written(body, owner);
    let id = documents::add(&app, &workspace, DocumentKind::Report, title, json).await?;
    Ok(Json(MadeId { id }))
}

/// A saved report.
#[utoipa::path(get, path = "/api/w/{ws}/reports/{id}", tag = "reports", operation_id = "getReport",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The report")),
    responses((status = 200, body = StoredReport)))]
async fn show(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<StoredReport>, Refusal> {
    let document = documents::get(&workspace, DocumentKind::Report, id).await?;
    stored(&app, document).map(Json)
}

/// Changes a saved report, unless somebody else has in the meantime. Version 0 brings a deleted one back.
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
    check(&app, &workspace, &body)?;
    let kind = DocumentKind::Report;
    let before = documents::find(&workspace, kind, id.clone()).await?;
    let before = before.as_ref().map(read).transpose()?;
    let owner = match before {
        Some(before) => body.owner.or(before.owner),
        None => body.owner.or(Some(workspace.caller.id)),
    };
    let (title, json) = written(body, owner);
    let version = documents::replace(&app, &workspace, kind, id, version, title, json).await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a saved report.
#[utoipa::path(delete, path = "/api/w/{ws}/reports/{id}", tag = "reports", operation_id = "removeReport",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The report")),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    documents::remove(&workspace, DocumentKind::Report, id.clone()).await?;
    // Else a new report of the same title would be shown to whoever has an old link.
    shares::end_all(&app, &workspace, SharedKind::Report, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn stored(app: &App, document: Document) -> Result<StoredReport, Refusal> {
    let kept = read(&document)?;
    Ok(StoredReport {
        owner: owner(app, kept.owner),
        description: kept.description,
        report: kept.report,
        against: kept.against,
        page: kept.page,
        id: document.head.id,
        version: document.head.version,
        title: document.head.title,
        updated: document.head.updated,
    })
}

fn read(document: &Document) -> Result<Kept, Refusal> {
    Kept::read(document).map_err(|error| Refusal::internal(&error))
}

/// The member who answers for something, while they are one.
pub fn owner(app: &App, id: Option<MemberId>) -> Option<ReportOwner> {
    let directory = app.instance().read();
    let member = directory.member(id?)?;
    Some(ReportOwner {
        id: member.id,
        name: member.name.clone(),
    })
}

/// The title, and what the document is to hold.
fn written(body: TitledReport, owner: Option<MemberId>) -> (String, String) {
    let kept = Kept {
        description: body.description.trim().to_owned(),
        owner,
        page: body.page,
        report: body.report,
        against: body.against,
    };
    let json = serde_json::to_string(&kept).expect("reports have text keys");
    (body.title.trim().to_owned(), json)
}

fn check(app: &App, workspace: &Workspace, body: &TitledReport) -> Result<(), Refusal> {
    check_name("title", &body.title)?;
    check_report(&body.report)?;
    if let Some(against) = &body.against {
        check_compared(workspace, &body.report, against)?;
    }
    if body.description.chars().count() > limits::DESCRIPTION_CHARS_MAX {
        let most = limits::DESCRIPTION_CHARS_MAX;
        return Err(faulty(
            "description",
            &format!("has at most {most} characters"),
        ));
    }
    if let Some(page) = &body.page {
        check_page(page)?;
    }
    check_owner(app, workspace, body.owner)
}

/// Refuses a page whose address would be too much to keep.
pub fn check_page(page: &ReportPage) -> Result<(), Refusal> {
    if !is_short_id(&page.name) {
        return Err(faulty("page.name", "has 1 to 60 of a-z, 0-9, - and _"));
    }
    let bytes = serde_json::to_string(&page.search).map_or(0, |it| it.len());
    if bytes > limits::REPORT_PAGE_BYTES_MAX {
        let most = limits::REPORT_PAGE_BYTES_MAX;
        return Err(faulty("page.search", &format!("has at most {most} bytes")));
    }
    Ok(())
}

/// Refuses an owner who is no member of the workspace.
pub fn check_owner(app: &App, workspace: &Workspace, id: Option<MemberId>) -> Result<(), Refusal> {
    let Some(id) = id else {
        return Ok(());
    };
    let directory = app.instance().read();
    let role = directory
        .member(id)
        .and_then(|it| directory.role(it, workspace.runtime.id()));
    match role {
        Some(_) => Ok(()),
        None => Err(faulty("owner", "is no member of this workspace")),
    }
}

/// Refuses what a report cannot be compared with.
pub fn check_compared(
    workspace: &Workspace,
    report: &Report,
    against: &Against,
) -> Result<(), Refusal> {
    check_report(report)?;
    if let Against::People(rule) = against {
        check_rule(workspace, rule, "against.people")?;
    }
    documents::check("comparison", against.check(report))
}

/// Refuses a report that cannot be asked.
pub fn check_report(report: &Report) -> Result<(), Refusal> {
    documents::check("report", report.check())
}
