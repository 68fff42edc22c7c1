//! What became of one event, asked by the id that its library gave it.

use std::time::Duration;

use axum::{
    Json,
    extract::{Path, State},
};
use http::request::Parts;
use serde::Serialize;
use throughline_ingest::dialect;
use throughline_model::{MessageKey, ProfileId, Role, SourceId, Timestamp, limits};
use throughline_store::{
    StoredEvent,
    state::{QuarantinedEvent, RefusedEvent},
};
use utoipa::ToSchema;

use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    collect::{self, CollectError, Refused},
    http::{
        refusal::{Code, Refusal},
        routes::Route,
    },
    pipeline::runtime::Pipeline,
    work::blocking,
    workspace::WorkspaceRuntime,
};

/// What became of an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// The id that was asked for.
    pub message: String,
    pub state: Fate,
    /// Where the event is. None unless it is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored: Option<StoredReceipt>,
    /// Times that an event with this id was held back, with the reason of each.
    pub quarantined: Vec<HeldReceipt>,
    /// That it was refused. None unless it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedReceipt>,
    /// Records that wait to be applied; an event that is not found may be among them.
    pub waiting_records: u64,
}

/// What became of an event, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It counts.
    Stored,
    /// It is held back, and counts nowhere.
    Quarantined,
    /// It is of somebody who was erased before it came; nothing of it is kept.
    Refused,
    /// It is not found, but not everything that is safe on disk is applied yet.
    Waiting,
    /// Nothing with this id has arrived, or it speaks of no profile.
    Unknown,
}

/// Where a stored event is.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredReceipt {
    /// Its place in the raw log.
    pub position: String,
    /// Its place within the request, from 0.
    pub index: u32,
    pub profile: ProfileId,
    pub event: String,
    pub time: Timestamp,
    pub received: Timestamp,
    pub source: SourceId,
    /// How often it came again and changed nothing, since the server was started.
    pub repeats: u64,
    /// When it came again last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeated: Option<Timestamp>,
}

/// An event that was held back.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldReceipt {
    /// As in the list of the quarantine.
    pub id: String,
    pub received: Timestamp,
    /// A stable code.
    pub reason: String,
    pub message: String,
    pub source: SourceId,
}

/// An event that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedReceipt {
    pub received: Timestamp,
    pub source: SourceId,
    /// The number of the erasure after which it came.
    pub erasure: u32,
}

/// What is found of an event.
#[derive(Default)]
struct Traces {
    stored: Option<StoredEvent>,
    held: Vec<QuarantinedEvent>,
    refused: Option<RefusedEvent>,
}

impl Traces {
    fn is_none(&self) -> bool {
        self.stored.is_none() && self.held.is_empty() && self.refused.is_none()
    }
}

/// How long what is on its way is waited for.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// Held back events of one receipt.
const HELD_MAX: usize = 20;

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::WriteKey, __path_by_key, by_key),
        Route::new(Needs::Workspace(Role::Viewer), __path_by_member, by_member),
    ]
}

/// What became of an event of the workspace that the write key belongs to.
#[utoipa::path(get, path = "/v1/receipts/{message}", tag = "collect", operation_id = "getReceiptByKey",
    params(("message" = String, Path, description = "The id that the library gave the event")),
    responses((status = 200, body = Receipt), (status = "default", body = CollectError)))]
async fn by_key(
    State(app): State<App>,
    Path(message): Path<String>,
    head: Parts,
) -> Result<Json<Receipt>, Refused> {
    let workspace = collect::workspace_of_key(&app, &head).map_err(Refused)?;
    let runtime = app.workspaces().get(&workspace);
    let runtime = runtime.ok_or_else(|| Refused(collect::draining()))?;
    let receipt = receipt(&app, runtime, message).await;
    receipt.map(Json).map_err(Refused)
}

/// What became of an event of a workspace.
#[utoipa::path(get, path = "/api/w/{ws}/receipts/{message}", tag = "sources", operation_id = "getReceipt",
    params(("ws" = String, Path, description = "The workspace"),
        ("message" = String, Path, description = "The id that the library gave the event")),
    responses((status = 200, body = Receipt)))]
async fn by_member(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, message)): Path<(String, String)>,
) -> Result<Json<Receipt>, Refusal> {
    let receipt = receipt(&app, workspace.runtime, message).await;
    receipt.map(Json)
}

async fn receipt(
    app: &App,
    runtime: WorkspaceRuntime,
    message: String,
) -> Result<Receipt, Refusal> {
    if message.chars().count() > limits::MESSAGE_ID_CHARS_MAX {
        let text = "the id is longer than the id of a message can be";
        return Err(Refusal::new(Code::ParameterUnusable, text));
    }
    let hooks: Vec<SourceId> = {
        let directory = app.instance().read();
        directory.hooks_of(runtime.id()).map(|it| it.id).collect()
    };
    let keys = dialect::message_keys(&message, &hooks);
    blocking(move || find(&runtime, &keys, message)).await
}

fn find(
    runtime: &WorkspaceRuntime,
    keys: &[MessageKey],
    message: String,
) -> Result<Receipt, Refusal> {
    let pipeline = runtime.pipeline();
    let mut found = look(pipeline, keys, &message)?;
    if found.is_none() && pipeline.settle_within(WAIT_MAX) {
        found = look(pipeline, keys, &message)?;
    }
    let waiting_records = pipeline.stats().waiting_records;
    let state = match &found {
        it if it.stored.is_some() => Fate::Stored,
        it if it.refused.is_some() => Fate::Refused,
        it if !it.held.is_empty() => Fate::Quarantined,
        _ if waiting_records == 0 => Fate::Unknown,
        _ => Fate::Waiting,
    };
    Ok(Receipt {
        message,
        state,
        stored: found.stored.map(|event| told(pipeline, &event)),
        quarantined: found.held.into_iter().map(held_back).collect(),
        refused: found.refused.map(|it| RefusedReceipt {
            received: it.received,
            source: it.source,
            erasure: it.erasure,
        }),
        waiting_records,
    })
}

fn look(pipeline: &Pipeline, keys: &[MessageKey], message: &str) -> Result<Traces, Refusal> {
    let stored = pipeline.store().find_event(keys);
    let stored = stored.map_err(|error| Refusal::internal(&error))?;
    let is_sought = |event: &QuarantinedEvent| {
        let has_key = event.id.is_some_and(|id| keys.contains(&id));
        has_key || dialect::has_message_id(&event.raw, message)
    };
    let state = pipeline.state();
    Ok(Traces {
        stored,
        held: state.quarantined_where(&is_sought, HELD_MAX)?,
        refused: state.refused_with(keys)?,
    })
}

fn told(pipeline: &Pipeline, event: &StoredEvent) -> StoredReceipt {
    // The one that is shown may be a moment behind the event.
    let snapshot = pipeline.store().snapshot(event.received);
    let name = snapshot
        .names
        .name(throughline_model::EventCode(event.event));
    let repeat = pipeline.repeats().of(event.message);
    StoredReceipt {
        position: event.seq.position().to_string(),
        index: event.seq.index(),
        profile: ProfileId(snapshot.profile_of(event)),
        event: name.map(ToString::to_string).unwrap_or_default(),
        time: event.time,
        received: event.received,
        source: event.source,
        repeats: repeat.map_or(0, |it| it.count),
        repeated: repeat.map(|it| it.last),
    }
}

fn held_back(event: QuarantinedEvent) -> HeldReceipt {
    HeldReceipt {
        id: event.seq.0.to_string(),
        received: event.received,
        reason: event.reason.into(),
        message: event.message.into(),
        source: event.source,
    }
}
