//! Events that were held back, each with its reason.

use axum::Json;
use serde::{Deserialize, Serialize};
use throughline_model::{Role, Seq, SourceId, Timestamp};
use throughline_store::state::{QuarantineFilter, QuarantinedEvent};
use utoipa::{IntoParams, ToSchema};

use crate::{
    access::gate::{Needs, Workspace},
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
};

const PAGE: usize = 100;

/// One page of events that were held back, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quarantine {
    /// Over all pages and all reasons.
    pub total: u64,
    pub by_reason: Vec<HeldBack>,
    pub entries: Vec<HeldEvent>,
    /// `before` of the next page; none on the last.
    pub next: Option<String>,
}

/// How many events were held back for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldBack {
    pub reason: String,
    pub count: u64,
}

/// An event that was held back.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldEvent {
    pub id: String,
    pub received: Timestamp,
    /// A stable code.
    pub reason: String,
    pub message: String,
    /// The event as it came.
    pub raw: String,
    pub source: SourceId,
}

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct QuarantineQuery {
    pub reason: Option<String>,
    /// `next` of the page before.
    pub before: Option<String>,
}

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Workspace(Role::Viewer),
        __path_list,
        list,
    )]
}

/// Events that were held back, with what is wrong with each.
#[utoipa::path(get, path = "/api/w/{ws}/quarantine", tag = "sources", operation_id = "listQuarantine",
    params(("ws" = String, Path, description = "The workspace"), QuarantineQuery),
    responses((status = 200, body = Quarantine)))]
async fn list(
    workspace: Workspace,
    Query(query): Query<QuarantineQuery>,
) -> Result<Json<Quarantine>, Refusal> {
    let before = match query.before.as_deref().map(str::parse) {
        Some(Ok(seq)) => Some(Seq(seq)),
        Some(Err(_)) => {
            let message = "`before` is the `next` of an earlier page";
            return Err(Refusal::new(Code::ParameterUnusable, message));
        }
        None => None,
    };
    let filter = QuarantineFilter {
        reason: query.reason,
        before,
        limit: PAGE,
    };
    let page = workspace
        .runtime
        .with_state(move |state| Ok(state.quarantine(&filter)?))
        .await?;
    let next = page.entries.last().filter(|_| page.entries.len() == PAGE);
    Ok(Json(Quarantine {
        total: page.by_reason.iter().map(|it| it.count).sum(),
        next: next.map(|event| event.seq.0.to_string()),
        by_reason: page
            .by_reason
            .into_iter()
            .map(|it| HeldBack {
                reason: it.reason,
                count: it.count,
            })
            .collect(),
        entries: page.entries.into_iter().map(held).collect(),
    }))
}

fn held(event: QuarantinedEvent) -> HeldEvent {
    HeldEvent {
        id: event.seq.0.to_string(),
        received: event.received,
        reason: event.reason.into(),
        message: event.message.into(),
        raw: event.raw.into(),
        source: event.source,
    }
}
