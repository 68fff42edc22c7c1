//! Statements in SQL that are kept for everybody who may ask: listing, keeping, changing, deleting.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use throughline_model::{MemberId, Role, Timestamp, limits};
use throughline_store::state::{Document, DocumentKind};
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    maps::{ChangedVersion, MadeId},
    reports::{ReportOwner, owner},
    session::{check_name, faulty},
};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{body::Body, refusal::Refusal, routes::Route},
};

const KIND: DocumentKind = DocumentKind::SqlStatement;

/// A statement to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TitledStatement {
    pub title: String,
    /// It is not checked before it is asked, so that half a statement can be kept too.
    pub sql: String,
}

/// Every statement that is kept, the one that changed last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptStatements {
    pub statements: Vec<KeptStatement>,
}

/// A statement that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptStatement {
    pub id: String,
    pub version: u64,
    pub title: String,
    pub sql: String,
    /// Who kept it; none when they have left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<ReportOwner>,
    pub updated: Timestamp,
}

/// What the document holds.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    sql: String,
    owner: Option<MemberId>,
}

pub fn routes() -> Vec<Route> {
    let asks = Needs::Workspace(Role::Analyst);
    vec![
        Route::new(asks, __path_list, list),
        Route::new(asks, __path_keep, keep),
        Route::new(asks, __path_change, change),
        Route::new(asks, __path_remove, remove),
    ]
}

/// The statements that are kept in the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/sql/statements", tag = "sql", operation_id = "listStatements",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = KeptStatements)))]
async fn list(
    State(app): State<App>,
    workspace: Workspace,
) -> Result<Json<KeptStatements>, Refusal> {
    let documents = documents::list(&workspace, KIND).await?;
    let entry = |document: Document| {
        let kept: Kept = documents::parse(&document)?;
        Ok(KeptStatement {
            owner: owner(&app, kept.owner),
            sql: kept.sql,
            id: document.head.id,
            version: document.head.version,
            title: document.head.title,
            updated: document.head.updated,
        })
    };
    let statements = documents.into_iter().map(entry);
    let statements = statements.collect::<Result<_, Refusal>>()?;
    Ok(Json(KeptStatements { statements }))
}

/// Keeps a statement.
#[utoipa::path(post, path = "/api/w/{ws}/sql/statements", tag = "sql", operation_id = "keepStatement",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = TitledStatement, responses((status = 200, body = MadeId)))]
async fn keep(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<TitledStatement>,
) -> Result<Json<MadeId>, Refusal> {
    let (title, json) = written(body, workspace.caller.id)?;
    let id = documents::add(&app, &workspace, KIND, title, json).await?;
    Ok(Json(MadeId { id }))
}

/// Changes a statement, unless somebody else has in the meantime. Version 0 brings a deleted one back.
#[utoipa::path(put, path = "/api/w/{ws}/sql/statements/{id}", tag = "sql", operation_id = "changeStatement",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The statement"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = TitledStatement, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    version: IfMatch,
    Body(body): Body<TitledStatement>,
) -> Result<Json<ChangedVersion>, Refusal> {
    let (title, json) = written(body, workspace.caller.id)?;
    let version = documents::replace(&app, &workspace, KIND, id, version, title, json).await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a statement.
#[utoipa::path(delete, path = "/api/w/{ws}/sql/statements/{id}", tag = "sql", operation_id = "removeStatement",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The statement")),
    responses((status = 204)))]
async fn remove(
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    documents::remove(&workspace, KIND, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The title, and what the document is to hold. Whoever wrote it last owns it.
fn written(body: TitledStatement, owner: MemberId) -> Result<(String, String), Refusal> {
    check_name("title", &body.title)?;
    if body.sql.trim().is_empty() || body.sql.len() > limits::SQL_BYTES_MAX {
        let most = limits::SQL_BYTES_MAX >> 10;
        return Err(faulty("sql", &format!("has 1 byte to {most} KiB")));
    }
    let kept = Kept {
        sql: body.sql,
        owner: Some(owner),
    };
    let json = serde_json::to_string(&kept).expect("statements have text keys");
    Ok((body.title.trim().to_owned(), json))
}
