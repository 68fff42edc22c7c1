//! Decisions: what was decided, with the numbers that were seen then, which never change.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use throughline_insight::Answer;
use throughline_model::{Role, Timestamp, decision::Decision, limits, report::Report};
use throughline_store::state::{Document, DocumentKind};
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    maps::{ChangedVersion, MadeId},
    reports::{ReportOwner, ReportPage, check_owner, check_page, check_report, owner},
};
use crate::{
    access::gate::{Needs, Workspace},
    answers,
    app::App,
    http::{
        body::Body,
        refusal::{Code, Refusal},
        routes::Route,
    },
};

/// The decisions of a workspace, the latest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decisions {
    pub decisions: Vec<DecisionEntry>,
}

/// A decision without its numbers.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionEntry {
    pub id: String,
    pub version: u64,
    pub decision: Decision,
    /// None when they are no member any more.
    pub owner: Option<ReportOwner>,
    /// The kind of the question whose answer is kept, like `funnel`.
    pub kind: String,
    /// How many profiles or other units its numbers are about.
    pub n: u64,
    /// What counted as now when they were seen.
    pub asked: Timestamp,
}

/// A decision with the numbers that it was made on.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredDecision {
    pub id: String,
    /// To be sent in `If-Match` with a change.
    pub version: u64,
    pub decision: Decision,
    pub owner: Option<ReportOwner>,
    /// The answer as it was: with its definition, range, zone, position of the link log and n.
    #[schema(value_type = Answer)]
    pub answer: Box<RawValue>,
    pub page: Option<ReportPage>,
    pub updated: Timestamp,
}

/// A decision, and the question whose answer is to be kept with it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    pub decision: Decision,
    pub report: Report,
    /// `asked` of the answer that was seen, so that a range which ends now ends there.
    #[serde(default)]
    pub asked: Option<Timestamp>,
    /// Where the interface shows it.
    #[serde(default)]
    pub page: Option<ReportPage>,
}

/// What a document of a decision holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    decision: Decision,
    /// Kept as text, so that every digit stays.
    answer: Box<RawValue>,
    #[serde(default)]
    page: Option<ReportPage>,
}

/// What a list tells of an answer.
#[derive(Deserialize)]
struct Head {
    report: Kind,
    n: u64,
    asked: Timestamp,
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
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

/// The decisions of the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/decisions", tag = "decisions", operation_id = "listDecisions",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Decisions)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Result<Json<Decisions>, Refusal> {
    let documents = documents::list(&workspace, DocumentKind::Decision).await?;
    let entry = |document: Document| {
        let kept: Kept = documents::parse(&document)?;
        let head: Head =
            serde_json::from_str(kept.answer.get()).map_err(|error| Refusal::internal(&error))?;
        Ok(DecisionEntry {
            owner: owner(&app, kept.decision.owner),
            decision: kept.decision,
            kind: head.report.kind,
            n: head.n,
            asked: head.asked,
            id: document.head.id,
            version: document.head.version,
        })
    };
    let decisions = documents.into_iter().map(entry);
    let mut decisions = decisions.collect::<Result<Vec<_>, Refusal>>()?;
    decisions.sort_by_key(|it| std::cmp::Reverse((it.decision.day, it.asked)));
    Ok(Json(Decisions { decisions }))
}

/// Records a decision with the answer to its question, which from then on is kept as it is.
#[utoipa::path(post, path = "/api/w/{ws}/decisions", tag = "decisions", operation_id = "makeDecision",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = NewDecision, responses((status = 200, body = MadeId)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<NewDecision>,
) -> Result<Json<MadeId>, Refusal> {
    let mut decision = body.decision;
    check(&app, &workspace, &decision)?;
    check_report(&body.report)?;
    if let Some(page) = &body.page {
        check_page(page)?;
    }
    decision.owner = decision.owner.or(Some(workspace.caller.id));
    let now = app.now();
    let context = (workspace.runtime).context(body.asked.map_or(now, |asked| asked.min(now)));
    let (clock, report) = (app.clone(), body.report);
    let answered = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| {
            let answer = context.ask(&report, cancel).map_err(answers::refuse)?;
            Ok::<_, Refusal>(
                serde_json::value::to_raw_value(&answer).expect("answers have text keys"),
            )
        },
    );
    let answer = answered.await??;
    let bytes = answer.get().len();
    if bytes > limits::DECISION_ANSWER_BYTES_MAX {
        let most = limits::DECISION_ANSWER_BYTES_MAX;
        let message = format!(
            "the answer has {bytes} bytes, and a decision keeps at most {most}; ask for fewer lines or a shorter range"
        );
        return Err(Refusal::new(Code::LimitReached, message));
    }
    let page = body.page;
    let (title, json) = written(Kept {
        decision,
        answer,
        page,
    });
    let id = documents::add(&app, &workspace, DocumentKind::Decision, title, json).await?;
    Ok(Json(MadeId { id }))
}

/// A decision with its numbers.
#[utoipa::path(get, path = "/api/w/{ws}/decisions/{id}", tag = "decisions", operation_id = "getDecision",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The decision")),
    responses((status = 200, body = StoredDecision)))]
async fn show(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<StoredDecision>, Refusal> {
    let document = documents::get(&workspace, DocumentKind::Decision, id).await?;
    let kept: Kept = documents::parse(&document)?;
    Ok(Json(StoredDecision {
        owner: owner(&app, kept.decision.owner),
        decision: kept.decision,
        answer: kept.answer,
        page: kept.page,
        id: document.head.id,
        version: document.head.version,
        updated: document.head.updated,
    }))
}

/// Changes the words of a decision, unless somebody else has in the meantime. Its numbers stay.
#[utoipa::path(put, path = "/api/w/{ws}/decisions/{id}", tag = "decisions", operation_id = "changeDecision",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The decision"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = Decision, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    version: IfMatch,
    Body(mut decision): Body<Decision>,
) -> Result<Json<ChangedVersion>, Refusal> {
    check(&app, &workspace, &decision)?;
    let kind = DocumentKind::Decision;
    let before = documents::get(&workspace, kind, id.clone()).await?;
    let before: Kept = documents::parse(&before)?;
    decision.owner = decision.owner.or(before.decision.owner);
    let (title, json) = written(Kept { decision, ..before });
    let version = documents::replace(&app, &workspace, kind, id, version, title, json).await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a decision and the numbers that it kept.
#[utoipa::path(delete, path = "/api/w/{ws}/decisions/{id}", tag = "decisions", operation_id = "removeDecision",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The decision")),
    responses((status = 204)))]
async fn remove(
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    documents::remove(&workspace, DocumentKind::Decision, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check(app: &App, workspace: &Workspace, decision: &Decision) -> Result<(), Refusal> {
    documents::check("decision", decision.check())?;
    check_owner(app, workspace, decision.owner)
}

fn written(mut kept: Kept) -> (String, String) {
    kept.decision.title = kept.decision.title.trim().to_owned();
    let json = serde_json::to_string(&kept).expect("decisions have text keys");
    (kept.decision.title, json)
}
