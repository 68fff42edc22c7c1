//! The collecting API: from a request of any library to events that are safe on disk.
//!
//! A request is answered with 200 only after its record is synced. Within a batch every event has
//! its own verdict: one that is faulty is named and held back, the rest is taken.
//!
//! Segment's calls are here; `addresses` lists those of other makers, and `reply` what each of
//! their libraries wants to hear.

mod addresses;
mod hook;
mod key;
mod quiet;
mod receive;
pub mod refuse;
mod reply;
mod settings;
mod uses;

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
};
use bytes::Bytes;
use http::request::Parts;
use serde::Serialize;
use throughline_ingest::{
    dialect::{self, Call, Dialect, Moment, Read},
    inflate, segment,
};
use throughline_model::{Timestamp, WorkspaceId, limits};
use tokio::sync::{RwLock, Semaphore};
use utoipa::ToSchema;

use crate::{
    access::gate::Needs,
    app::App,
    hooks::heard::Heard,
    http::{
        refusal::{Code, Refusal},
        routes::Route,
    },
    instance::WriteKey,
    pipeline::{applier::Arrival, envelope::Envelope},
    work::blocking,
    workspace::WorkspaceRuntime,
};
use receive::{Received, Room};
use uses::Uses;

pub use refuse::{CollectError, Refused, draining};

/// What all requests with events share.
#[derive(Debug)]
pub struct Collector {
    room: Room,
    /// Turns of large bodies to be decoded.
    turns: Arc<Semaphore>,
    uses: Uses,
    /// What came to webhooks lately.
    pub hooks: Heard,
    /// Held by those who write to the log for a webhook; who takes it whole knows that nobody does.
    pub hooks_door: RwLock<()>,
}

/// What became of a request with events.
#[derive(Debug, Serialize, ToSchema)]
pub struct Taken {
    /// Always true: libraries look for it.
    pub success: bool,
    /// Events that are stored. None for a call with one event that is sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<usize>,
    /// Events that were held back. They wait under quarantine, and need not be sent again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<Rejected>,
}

/// An event that was held back.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rejected {
    /// Place in the batch, from 0.
    pub index: u32,
    /// A stable code.
    pub reason: &'static str,
    /// What to mend.
    pub message: String,
}

/// What became of a body, in the words of no dialect.
#[derive(Debug)]
struct Outcome {
    dialect: Dialect,
    received: Timestamp,
    bytes_count: usize,
    accepted: usize,
    rejected: Vec<Rejected>,
    /// Of a form: whether it asks for an answer in JSON.
    verbose: Option<bool>,
    /// The ids of events by place, where the answer names each.
    ids: Vec<(u32, String)>,
}

/// The calls with events: the full names, and those that browsers use.
const CALLS: [(&str, &str); 16] = [
    ("track", "collectTrack"),
    ("identify", "collectIdentify"),
    ("page", "collectPage"),
    ("screen", "collectScreen"),
    ("group", "collectGroup"),
    ("alias", "collectAlias"),
    ("batch", "collectBatch"),
    ("import", "collectImport"),
    ("merge", "collectMerge"),
    ("t", "collectT"),
    ("i", "collectI"),
    ("p", "collectP"),
    ("s", "collectS"),
    ("g", "collectG"),
    ("a", "collectA"),
    ("b", "collectB"),
];

/// Up to this size a body is decoded where it was read, which takes less than handing it over.
const DECODED_HERE_BYTES: usize = 64 << 10;
/// As above for bodies that have to be unpacked.
const UNPACKED_HERE_BYTES: usize = 16 << 10;

pub fn routes() -> Vec<Route> {
    let calls = CALLS.into_iter().filter_map(|(name, id)| {
        let kind = segment::Route::parse(name)?;
        let handler = move |State(app): State<App>, request: Request| collect(app, kind, request);
        let route = Route::new(Needs::WriteKey, __path_collect, handler);
        Some(route.at(format!("/v1/{name}"), id))
    });
    calls
        .chain([
            Route::new(Needs::WriteKey, __path_count, count),
            Route::new(
                Needs::WriteKey,
                settings::__path_settings,
                settings::settings,
            ),
        ])
        .chain(addresses::routes())
        .chain(hook::routes())
        .collect()
}

/// Takes events in: one, or a batch. The write key is the user name, or `writeKey` in the body.
///
/// The body is JSON, packed with gzip or not, whatever its headers say.
#[utoipa::path(post, path = "/v1/track", tag = "collect", operation_id = "collect",
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = Taken), (status = "default", body = CollectError)))]
pub async fn collect(
    app: App,
    kind: segment::Route,
    request: Request,
) -> Result<Json<Taken>, Refused> {
    let (head, mut body) = request.into_parts();
    let taken = take_segment(&app, kind, &head, &mut body).await;
    if taken.is_err() {
        receive::discard(&head.headers, &mut body).await;
    }
    taken.map(Json).map_err(Refused)
}

/// Takes what libraries count about themselves, and forgets it.
#[utoipa::path(post, path = "/v1/m", tag = "collect", operation_id = "collectCounters",
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = Taken)))]
async fn count(request: Request) -> Json<Taken> {
    let (head, mut body) = request.into_parts();
    receive::discard(&head.headers, &mut body).await;
    Json(Taken {
        success: true,
        accepted: None,
        rejected: Vec::new(),
    })
}

async fn take_segment(
    app: &App,
    kind: segment::Route,
    head: &Parts,
    body: &mut Body,
) -> Result<Taken, Refusal> {
    let shown = key::in_head(head).map_err(|error| unknown_key(&error.to_string()))?;
    // A key in the head that is none of ours is refused before the body counts.
    let known = shown.map(|key| find_key(app, &key)).transpose()?;
    let call = Call::Is(Dialect::Segment(kind));
    let received = app.collector().room.receive(body).await?;
    let moment = Moment {
        received: app.now(),
        sent: None,
    };
    let outcome = take(app, call, moment, known, received, is_retry(head)).await?;
    Ok(Taken::of(kind, outcome))
}

/// Makes a body safe on disk; a key that was not found in the head is looked for within.
async fn take(
    app: &App,
    call: Call,
    moment: Moment,
    known: Option<WriteKey>,
    received: Received,
    is_retry: bool,
) -> Result<Outcome, Refusal> {
    let collector = app.collector();
    let bytes = received.bytes.clone();
    let mut read = collector.read(call, received, moment).await?;
    let key = match (known, read.decoded.write_key.take()) {
        (Some(key), _) => key,
        (None, Some(key)) => find_key(app, &key)?,
        (None, None) => return Err(unknown_key("the request has no write key")),
    };
    collector.uses.note(app.instance(), &key, moment.received);
    app.metrics().collected(bytes.len(), is_retry);
    let bytes_count = bytes.len();
    if read.decoded.accepted_count() == 0 && read.decoded.quarantined.is_empty() {
        return Ok(Outcome::of(&mut read, moment.received, bytes_count));
    }
    // A workspace without its runtime is being closed.
    let workspace = app.workspaces().get(&key.workspace);
    let workspace = workspace.ok_or_else(refuse::draining)?;
    let (mut read, bytes) = collector.masked(&workspace, read, bytes, moment).await?;
    let outcome = Outcome::of(&mut read, moment.received, bytes_count);
    let envelope = Envelope::Request {
        source: key.source,
        moment,
        dialect: read.dialect,
        body: bytes,
    };
    let arrival = Arrival::of(key.source, moment.received, read.decoded);
    let accepted = workspace.pipeline().accept(envelope, arrival).await;
    accepted.map_err(|error| refuse::unaccepted(&error, app.is_draining()))?;
    Ok(outcome)
}

fn find_key(app: &App, key: &str) -> Result<WriteKey, Refusal> {
    let found = app.instance().write_key(key);
    found.ok_or_else(|| unknown_key("the write key is none of ours"))
}

/// The first of some keys that is ours.
fn find_any<'a>(app: &App, keys: &'a [String]) -> Option<(&'a str, WriteKey)> {
    keys.iter()
        .find_map(|key| Some((key.as_str(), app.instance().write_key(key)?)))
}

/// The workspace whose write key is in the head of a request.
pub fn workspace_of_key(app: &App, head: &Parts) -> Result<WorkspaceId, Refusal> {
    let keys = key::anywhere(head);
    let found = find_any(app, &keys).map(|(_, key)| key.workspace);
    found.ok_or_else(|| unknown_key("the request shows no write key of ours"))
}

fn unknown_key(what: &str) -> Refusal {
    let message = format!("{what}; copy one from Sources, and send it as the user name");
    Refusal::new(Code::WriteKeyUnknown, message)
}

/// Libraries say how often they have sent the same before.
fn is_retry(head: &Parts) -> bool {
    let text = |name: &str| head.headers.get(name).and_then(|it| it.to_str().ok());
    text("x-retry-count").is_some_and(|count| count != "0")
        || text("posthog-attempt").is_some_and(|attempt| attempt != "1")
        || head
            .uri
            .query()
            .is_some_and(|it| it.contains("retry_count="))
}

impl Collector {
    /// Nothing is under way.
    pub fn new() -> Self {
        Self {
            room: Room::new(limits::BODIES_BYTES_MAX),
            turns: Arc::new(Semaphore::new(limits::BODIES_DECODED_MAX)),
            uses: Uses::default(),
            hooks: Heard::default(),
            hooks_door: RwLock::default(),
        }
    }

    /// Works on a body: on a small one at once, on a large one away from the threads that serve
    /// requests.
    async fn work<T: Send + 'static>(
        &self,
        is_small: bool,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        if is_small {
            return work();
        }
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.expect("the semaphore is never closed");
        blocking(move || {
            let done = work();
            // It stays taken until here, also when nobody waits for the work any more.
            drop(turn);
            done
        })
        .await
    }

    async fn read(&self, call: Call, received: Received, moment: Moment) -> Result<Read, Refusal> {
        let bytes_here = match inflate::is_packed(&received.bytes) {
            true => UNPACKED_HERE_BYTES,
            false => DECODED_HERE_BYTES,
        };
        let is_small = received.bytes.len() <= bytes_here;
        let read = self.work(is_small, move || {
            dialect::read(call, &received.bytes, moment)
        });
        read.await.map_err(|refusal| refuse::undecoded(&refusal))
    }

    /// The same body without what may not be kept, read again where there was anything of it.
    ///
    /// What is logged is what is read, so that reading the log again gives the same events.
    async fn masked(
        &self,
        workspace: &WorkspaceRuntime,
        read: Read,
        bytes: Bytes,
        moment: Moment,
    ) -> Result<(Read, Bytes), Refusal> {
        let runtime = workspace.clone();
        let is_small = bytes.len() <= UNPACKED_HERE_BYTES;
        let masked = self.work(is_small, move || {
            let Some(masked) = runtime.privacy().mask(read.dialect, &bytes)? else {
                return Ok((read, bytes));
            };
            let again = dialect::read(Call::Is(read.dialect), &masked, moment)?;
            // How to answer is told by what the body was wrapped in.
            let again = Read {
                verbose: read.verbose,
                ids: read.ids,
                ..again
            };
            Ok((again, Bytes::from(masked)))
        });
        let masked: Result<_, throughline_ingest::Refusal> = masked.await;
        masked.map_err(|refusal| refuse::undecoded(&refusal))
    }
}

impl Default for Collector {
    fn default() -> Self {
        Self::new()
    }
}

impl Outcome {
    fn of(read: &mut Read, received: Timestamp, bytes_count: usize) -> Self {
        let decoded = &read.decoded;
        let rejected = decoded.quarantined.iter().map(|held| Rejected {
            index: held.index,
            reason: held.fault.reason.code(),
            message: held.fault.message.clone(),
        });
        Self {
            dialect: read.dialect,
            received,
            bytes_count,
            accepted: decoded.accepted_count(),
            rejected: rejected.collect(),
            verbose: read.verbose,
            ids: std::mem::take(&mut read.ids),
        }
    }
}

impl Taken {
    fn of(kind: segment::Route, outcome: Outcome) -> Self {
        let Outcome {
            accepted, rejected, ..
        } = outcome;
        let is_plain = matches!(kind, segment::Route::One(_)) && rejected.is_empty();
        Self {
            success: true,
            accepted: (!is_plain).then_some(accepted),
            rejected,
        }
    }
}
