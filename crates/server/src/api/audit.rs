//! The audit log: who did what, newest first.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use throughline_model::{Role, Timestamp, WorkspaceId};
use throughline_store::state::instance::{AuditFilter, AuditRecord};
use utoipa::{IntoParams, ToSchema};

use super::members::actor_of;
use crate::{
    access::gate::{Caller, Needs},
    app::App,
    http::{body::Query, refusal::Refusal, routes::Route},
};

const PAGE: usize = 100;

/// One page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    pub entries: Vec<AuditLine>,
    /// `before` of the next page; none on the last.
    pub next: Option<i64>,
}

/// What someone did.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditLine {
    pub position: i64,
    pub at: Timestamp,
    pub actor: String,
    pub address: Option<String>,
    /// Stable, like `member.invited`.
    pub action: String,
    pub workspace: Option<WorkspaceId>,
    pub subject: Option<String>,
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AuditBefore {
    /// Only entries before this position.
    pub before: Option<i64>,
}

pub fn routes() -> Vec<Route> {
    vec![Route::new(Needs::Anywhere(Role::Admin), __path_list, list)]
}

/// What was done: everything for an owner, that of their workspaces for an admin.
#[utoipa::path(get, path = "/api/audit", tag = "members", operation_id = "listAudit",
    params(AuditBefore), responses((status = 200, body = AuditPage)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<AuditBefore>,
) -> Result<Json<AuditPage>, Refusal> {
    let workspaces = {
        let directory = app.instance().read();
        let me = actor_of(&directory, &caller)?;
        (!me.is_owner).then(|| {
            let administered = directory.workspaces_of(me);
            administered
                .filter(|(_, role)| *role >= Role::Admin)
                .map(|(row, _)| row.id.clone())
                .collect()
        })
    };
    let filter = AuditFilter {
        before: query.before,
        workspaces,
        count_max: PAGE,
    };
    let instance = app.instance().clone();
    let records = tokio::task::spawn_blocking(move || instance.audit(&filter))
        .await
        .expect("reading the audit log does not panic")?;
    let next = (records.len() == PAGE)
        .then(|| records.last().map(|it| it.position))
        .flatten();
    Ok(Json(AuditPage {
        entries: records.into_iter().map(line).collect(),
        next,
    }))
}

fn line(AuditRecord { position, entry }: AuditRecord) -> AuditLine {
    AuditLine {
        position,
        at: entry.at,
        actor: entry.actor,
        address: entry.address,
        action: entry.action,
        workspace: entry.workspace,
        subject: entry.subject,
        details: entry.details,
    }
}
