//! The tracking plan: what holds, what breaks it, what it would hold back, and one to start from.

use axum::{Json, extract::State, response::Response};
use serde::{Deserialize, Serialize};
use throughline_insight::{View, plan_preview, propose_plan};
use throughline_model::{
    Role, Span, TimeRange, Timestamp,
    plan::{Breach, PlanDecided, PlanMode, TrackingPlan},
};
use throughline_store::state::CountedViolation;
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    logged,
    maps::ChangedVersion,
};
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked},
    app::App,
    http::{
        body::Body,
        refusal::{Fault, Refusal},
        routes::Route,
    },
    work::blocking,
};

/// The tracking plan that holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredPlan {
    /// 0 while there is none; to be sent in `If-Match` with a change.
    pub version: u64,
    pub plan: TrackingPlan,
    /// Since when it holds; none while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// What came in since then and is not as planned, the most frequent first.
    pub violations: Vec<ViolationCount>,
    /// Earlier versions, the latest first.
    pub history: Vec<PlanChange>,
}

/// One sort of violation, and how often there was one.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViolationCount {
    pub breach: Breach,
    /// As the event is shown; empty where there were too many different ones to tell them apart.
    pub event: String,
    /// The path of the property, like `properties.price`; empty when the event itself is meant.
    pub property: String,
    pub count: u64,
    pub first: Timestamp,
    pub last: Timestamp,
}

/// One change of the plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanChange {
    pub version: u64,
    pub at: Timestamp,
    /// The e-mail address of the member.
    pub by: String,
    pub plan: TrackingPlan,
}

/// A plan to be tried on what came in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanToTry {
    pub plan: TrackingPlan,
    /// How far back events are looked at, at most 366.
    pub days: u32,
}

/// What a plan would have said of what came in.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedPlan {
    pub faults: Vec<Fault>,
    /// Events that were looked at, spread evenly over those of the days that were asked for.
    pub looked_at: u64,
    /// Of these, how many are not as planned.
    pub breaking: u64,
    /// The most frequent first.
    pub violations: Vec<TriedViolation>,
}

/// One sort of violation, and in how many of the events that were looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedViolation {
    pub breach: Breach,
    pub event: String,
    /// The path of the property; empty when the event itself is meant.
    pub property: String,
    pub events: u64,
}

/// Versions that are told.
const HISTORY_MAX: usize = 20;
const DAYS_MAX: u32 = 366;

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![
        Route::new(reads, __path_show, show),
        Route::new(Needs::Workspace(Role::Editor), __path_change, change),
        Route::new(reads, __path_attempt, attempt),
        Route::new(reads, __path_propose, propose),
    ]
}

/// The tracking plan that holds, with what breaks it.
#[utoipa::path(get, path = "/api/w/{ws}/plan", tag = "catalogue", operation_id = "getPlan",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = StoredPlan)))]
async fn show(workspace: Workspace) -> Result<Json<StoredPlan>, Refusal> {
    let now = workspace.runtime.pipeline().plan();
    let told = workspace
        .runtime
        .with_state(|state| Ok((state.plans()?, state.violations()?)));
    let (decided, violations) = told.await?;
    let mut history = decided.into_values().rev().take(HISTORY_MAX).peekable();
    Ok(Json(StoredPlan {
        version: now.version,
        plan: now.plan,
        since: history.peek().map(|it| it.at),
        violations: violations.into_iter().map(counted).collect(),
        history: history.map(changed).collect(),
    }))
}

fn changed(decided: PlanDecided) -> PlanChange {
    PlanChange {
        version: decided.version,
        at: decided.at,
        by: decided.by,
        plan: decided.plan,
    }
}

fn counted(it: CountedViolation) -> ViolationCount {
    ViolationCount {
        breach: it.breach,
        event: it.event,
        property: it.property,
        count: it.count,
        first: it.first,
        last: it.last,
    }
}

/// Writes the tracking plan. It holds for what comes in from now on; history stays as it is.
#[utoipa::path(put, path = "/api/w/{ws}/plan", tag = "catalogue", operation_id = "changePlan",
    params(("ws" = String, Path, description = "The workspace"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = TrackingPlan, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    IfMatch(expected): IfMatch,
    Body(plan): Body<TrackingPlan>,
) -> Result<Json<ChangedVersion>, Refusal> {
    documents::check("tracking plan", faults(&plan))?;
    let mut audit = workspace.did("plan.changed", app.now());
    let is_locked = plan.mode == PlanMode::Lock;
    audit.details = serde_json::json!({ "events": plan.events.len(), "locked": is_locked });
    let by = workspace.caller.email.clone();
    let runtime = workspace.runtime.clone();
    let decided = blocking(move || runtime.pipeline().decide_plan(expected, by, plan)).await;
    let version = logged::version("plan is", decided)?;
    logged::note(&app, audit).await?;
    Ok(Json(ChangedVersion { version }))
}

fn faults(plan: &TrackingPlan) -> Vec<Fault> {
    let faults = plan.check().into_iter();
    let faults = faults.map(Fault::from);
    faults.collect()
}

/// What a plan would have said of the events of some days, before it holds.
#[utoipa::path(post, path = "/api/w/{ws}/plan/preview", tag = "catalogue", operation_id = "previewPlan",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = PlanToTry, responses((status = 200, body = TriedPlan)))]
async fn attempt(
    State(app): State<App>,
    workspace: Workspace,
    Body(asked): Body<PlanToTry>,
) -> Result<Response, Refusal> {
    let question = serde_json::to_string(&asked.plan).map_err(|error| Refusal::internal(&error))?;
    let days = asked.days.clamp(1, DAYS_MAX);
    let question = Asked::of(&workspace, &format!("plan preview {days} {question}"));
    answers::answer(&app, question, move |context, cancel| {
        let faults = faults(&asked.plan);
        let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
        let range = TimeRange {
            from: context.now.minus(Span::days(i64::from(days))),
            to: context.now,
        };
        let tried = plan_preview(&view, &asked.plan, range)?;
        let violations = tried.violations.into_iter().map(|it| TriedViolation {
            breach: it.breach,
            event: it.event.to_string(),
            property: it.property,
            events: it.events,
        });
        Ok(TriedPlan {
            faults,
            looked_at: tried.looked_at,
            breaking: tried.breaking,
            violations: violations.collect(),
        })
    })
    .await
}

/// A plan that what came in fits, to start from.
#[utoipa::path(get, path = "/api/w/{ws}/plan/proposal", tag = "catalogue", operation_id = "proposePlan",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = TrackingPlan)))]
async fn propose(State(app): State<App>, workspace: Workspace) -> Result<Response, Refusal> {
    answers::answer(
        &app,
        Asked::of(&workspace, "plan proposal"),
        |context, cancel| {
            let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
            propose_plan(&view, |name| context.naming.naming.is_hidden(name))
        },
    )
    .await
}
