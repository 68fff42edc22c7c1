//! Events that were held back, each with its reason.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use throughline_ingest::{Fault, Reason, dialect::Dialect, identifiers};
use throughline_model::{Role, Seq, SourceId, Timestamp, limits, naming::Naming, plan::Plan};
use throughline_store::state::{QuarantineFilter, QuarantinedEvent};
use utoipa::{IntoParams, ToSchema};

use super::logged;
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    collect::refuse::unaccepted,
    erasures::Erased,
    http::{
        body::{Body, Query},
        refusal::{Code, Refusal},
        routes::Route,
    },
    pipeline::{
        Pipeline,
        applier::Arrival,
        envelope::Envelope,
        held,
        release::{self, Released},
    },
    work::blocking,
    workspace::WorkspaceRuntime,
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

/// Events that are to be let in after all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, untagged)]
pub enum ReleaseOrder {
    These {
        /// At most 500.
        events: Vec<ReleasedEvent>,
    },
    /// All that were held back for a reason, page by page.
    All {
        reason: String,
        /// `next` of the answer before.
        #[serde(default)]
        before: Option<String>,
    },
}

/// One event that is to be let in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleasedEvent {
    /// As in the list of the quarantine.
    pub id: String,
    /// The event as it was mended; none leaves it as it came.
    #[serde(default)]
    pub raw: Option<String>,
}

/// What became of events that were to be let in.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Release {
    /// Let in: they count from now on.
    pub released: u64,
    /// Still held back, the first 100 of them.
    pub refused: Vec<StillHeld>,
    pub refused_count: u64,
    /// `before` of the next page, where all of a reason are let in; none on the last.
    pub next: Option<String>,
}

/// Why an event is still held back.
#[derive(Debug, Serialize, ToSchema)]
pub struct StillHeld {
    pub id: String,
    /// A stable code.
    pub reason: String,
    pub message: String,
}

const REFUSED_TOLD: usize = 100;

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::Workspace(Role::Viewer), __path_list, list),
        Route::new(Needs::Workspace(Role::Editor), __path_let_in, let_in),
    ]
}

/// Lets events in that were held back, as they came or mended. Each is checked as if it came now.
#[utoipa::path(post, path = "/api/w/{ws}/quarantine/release", tag = "sources", operation_id = "releaseQuarantine",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = ReleaseOrder, responses((status = 200, body = Release)))]
async fn let_in(
    State(app): State<App>,
    workspace: Workspace,
    Body(order): Body<ReleaseOrder>,
) -> Result<Json<Release>, Refusal> {
    let mut audit = workspace.did("quarantine.released", app.now());
    let (by, at) = (workspace.caller.email.clone(), app.now());
    let runtime = workspace.runtime.clone();
    let done = blocking(move || release(&runtime, order, by, at)).await?;
    if done.released > 0 {
        audit.details = serde_json::json!({ "events": done.released });
        logged::note(&app, audit).await?;
    }
    Ok(Json(done))
}

fn release(
    runtime: &WorkspaceRuntime,
    order: ReleaseOrder,
    by: String,
    at: Timestamp,
) -> Result<Release, Refusal> {
    let pipeline = runtime.pipeline();
    let mut done = Release::default();
    let mut mended = BTreeMap::new();
    let held = match order {
        ReleaseOrder::These { events } => {
            if events.len() > limits::RELEASE_EVENTS_MAX {
                let most = limits::RELEASE_EVENTS_MAX;
                let message = format!("at most {most} events are released at once");
                return Err(Refusal::new(Code::ParameterUnusable, message));
            }
            let mut places = Vec::with_capacity(events.len());
            for event in events {
                let seq = Seq(place(&event.id)?);
                places.push(seq);
                mended.extend(event.raw.map(|raw| (seq, raw)));
            }
            let held = pipeline.state().quarantined_at(&places)?;
            for missing in places
                .iter()
                .filter(|it| !held.iter().any(|held| held.seq == **it))
            {
                done.refuse(*missing, "not_held", "it is not held back any longer");
            }
            held
        }
        ReleaseOrder::All { reason, before } => {
            let filter = QuarantineFilter {
                reason: Some(reason),
                before: before.as_deref().map(place).transpose()?.map(Seq),
                limit: limits::RELEASE_EVENTS_MAX,
            };
            let mut held = pipeline.state().quarantine(&filter)?.entries;
            if held.len() == limits::RELEASE_EVENTS_MAX {
                done.next = held.last().map(|it| it.seq.0.to_string());
            }
            held.reverse();
            held
        }
    };
    let (plan, naming) = (pipeline.plan().ready, pipeline.naming().naming);
    let erased = runtime.ledger().erased();
    let mut records = Vec::with_capacity(held.len());
    for event in held {
        let came_as = pipeline
            .came_as(event.seq)
            .map_err(|error| Refusal::internal(&error))?;
        let raw = mended.get(&event.seq).map_or(&*event.raw, String::as_str);
        match record(&event, raw, came_as, &by, at, &plan, &naming) {
            Ok((_, arrival)) if is_erased(pipeline, &erased, &arrival) => {
                let message = "it is of somebody who was erased; lift the erasure first";
                done.refuse(event.seq, "person_erased", message);
            }
            Ok(record) => records.push(record),
            Err(fault) => done.refuse(event.seq, fault.reason.code(), &fault.message),
        }
    }
    done.released = records.len() as u64;
    let appended = pipeline.append_all(records);
    if let Some(last) = appended.map_err(|error| unaccepted(&error, false))? {
        pipeline.wait_until_applied(last);
    }
    Ok(done)
}

fn record(
    held: &QuarantinedEvent,
    raw: &str,
    came_as: Option<Dialect>,
    by: &str,
    at: Timestamp,
    plan: &Plan,
    naming: &Naming,
) -> Result<(Envelope, Arrival), Fault> {
    let (dialect, body) = release::body(raw, came_as)?;
    let mut arrival = release::decode(held.source, held.received, dialect, &body);
    if let Some(still) = arrival.quarantined.pop() {
        return Err(still.fault);
    }
    let [(_, event)] = &arrival.events[..] else {
        let message = "this is not one event; send it again as it is to be";
        return Err(Fault::new(Reason::FieldInvalid, message));
    };
    if let Some(fault) = held::refused(plan, naming, event) {
        return Err(fault);
    }
    let released = Released {
        at,
        by: by.to_owned(),
        seq: held.seq,
        id: held.id,
    };
    let envelope = Envelope::Released {
        source: held.source,
        received: held.received,
        dialect,
        note: released.note(),
        body,
    };
    Ok((envelope, arrival))
}

/// Whether an event would be refused, as its person was erased.
fn is_erased(pipeline: &Pipeline, erased: &Erased, arrival: &Arrival) -> bool {
    let position = pipeline.log().end().0;
    let country = pipeline.resolver().policy().country.clone();
    arrival.events.iter().any(|(_, event)| {
        let mut named = event.identifiers.clone();
        identifiers::settle(&mut named, country.as_deref());
        erased.gone(position, &named, event.time).is_some()
    })
}

fn place(id: &str) -> Result<u64, Refusal> {
    id.parse().map_err(|_| {
        let message = format!("`{id}` is no id of the list of the quarantine");
        Refusal::new(Code::ParameterUnusable, message)
    })
}

impl Release {
    fn refuse(&mut self, seq: Seq, reason: &str, message: &str) {
        self.refused_count += 1;
        if self.refused.len() < REFUSED_TOLD {
            self.refused.push(StillHeld {
                id: seq.0.to_string(),
                reason: reason.to_owned(),
                message: message.to_owned(),
            });
        }
    }
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
