//! The collecting API: from a request of any Segment library to events that are safe on disk.
//!
//! A request is answered with 200 only after its record is synced. Within a batch every event has
//! its own verdict: one that is faulty is named and held back, the rest is taken.

mod key;
mod receive;
pub mod refuse;
mod settings;
mod uses;

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
};
use http::request::Parts;
use serde::Serialize;
use throughline_ingest::{
    inflate,
    segment::{self, Decoded},
};
use throughline_model::{Timestamp, limits};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::{
    access::gate::Needs,
    app::App,
    http::{
        refusal::{Code, Refusal},
        routes::Route,
    },
    instance::WriteKey,
    pipeline::{applier::Arrival, envelope::Envelope},
    work::blocking,
};
use receive::{Received, Room};
pub use refuse::{CollectError, Refused};
use uses::Uses;

/// What all requests with events share.
#[derive(Debug)]
pub struct Collector {
    room: Room,
    /// Turns of large bodies to be decoded.
    turns: Arc<Semaphore>,
    uses: Uses,
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

/// The calls with events: the full names, and those that browsers use.
const CALLS: [(&str, &str); 15] = [
    ("track", "collectTrack"),
    ("identify", "collectIdentify"),
    ("page", "collectPage"),
    ("screen", "collectScreen"),
    ("group", "collectGroup"),
    ("alias", "collectAlias"),
    ("batch", "collectBatch"),
    ("import", "collectImport"),
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
    let taken = take(&app, kind, &head, &mut body).await;
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

async fn take(
    app: &App,
    kind: segment::Route,
    head: &Parts,
    body: &mut Body,
) -> Result<Taken, Refusal> {
    let collector = app.collector();
    let shown = key::in_head(head).map_err(|error| unknown_key(&error.to_string()))?;
    let known = shown.map(|key| find_key(app, &key)).transpose()?;
    let received = collector.room.receive(body).await?;
    let (now, bytes) = (app.now(), received.bytes.clone());
    let mut decoded = collector.decode(kind, received, now).await?;
    let key = match (known, decoded.write_key.take()) {
        (Some(key), _) => key,
        (None, Some(key)) => find_key(app, &key)?,
        (None, None) => return Err(unknown_key("the request has no write key")),
    };
    collector.uses.note(app.instance(), &key, now);
    app.metrics().collected(bytes.len(), is_retry(head));
    let taken = Taken::of(kind, &decoded);
    if decoded.events.is_empty() && decoded.quarantined.is_empty() {
        return Ok(taken);
    }
    // A workspace without its runtime is being closed.
    let workspace = app.workspaces().get(&key.workspace);
    let workspace = workspace.ok_or_else(refuse::draining)?;
    let envelope = Envelope::Segment {
        source: key.source,
        received: now,
        route: kind,
        body: bytes,
    };
    let arrival = Arrival::of(key.source, now, decoded);
    let accepted = workspace.pipeline().accept(envelope, arrival).await;
    accepted.map_err(|error| refuse::unaccepted(&error, app.is_draining()))?;
    Ok(taken)
}

fn find_key(app: &App, key: &str) -> Result<WriteKey, Refusal> {
    let found = app.instance().write_key(key);
    found.ok_or_else(|| unknown_key("the write key is none of ours"))
}

fn unknown_key(what: &str) -> Refusal {
    let message = format!("{what}; copy one from Sources, and send it as the user name");
    Refusal::new(Code::WriteKeyUnknown, message)
}

/// Libraries say how often they have sent the same before.
fn is_retry(head: &Parts) -> bool {
    let count = head.headers.get("x-retry-count");
    count.is_some_and(|count| count != "0")
}

impl Collector {
    /// Nothing is under way.
    pub fn new() -> Self {
        Self {
            room: Room::new(limits::BODIES_BYTES_MAX),
            turns: Arc::new(Semaphore::new(limits::BODIES_DECODED_MAX)),
            uses: Uses::default(),
        }
    }

    /// Decodes a body: a small one at once, a large one away from the threads that serve requests.
    async fn decode(
        &self,
        kind: segment::Route,
        received: Received,
        now: Timestamp,
    ) -> Result<Decoded, Refusal> {
        let bytes_here = match inflate::is_gzip(&received.bytes) {
            true => UNPACKED_HERE_BYTES,
            false => DECODED_HERE_BYTES,
        };
        let decoded = if received.bytes.len() <= bytes_here {
            segment::decode(kind, &received.bytes, now)
        } else {
            let turn = Arc::clone(&self.turns).acquire_owned().await;
            let turn = turn.expect("the semaphore is never closed");
            blocking(move || {
                let decoded = segment::decode(kind, &received.bytes, now);
                // Both stay taken until here, also when nobody waits for the work any more.
                drop((received, turn));
                decoded
            })
            .await
        };
        decoded.map_err(|refusal| refuse::undecoded(&refusal))
    }
}

impl Default for Collector {
    fn default() -> Self {
        Self::new()
    }
}

impl Taken {
    fn of(kind: segment::Route, decoded: &Decoded) -> Self {
        let rejected = decoded.quarantined.iter().map(|held| Rejected {
            index: held.index,
            reason: held.fault.reason.code(),
            message: held.fault.message.clone(),
        });
        let rejected: Vec<Rejected> = rejected.collect();
        let is_plain = matches!(kind, segment::Route::One(_)) && rejected.is_empty();
        Self {
            success: true,
            accepted: (!is_plain).then_some(decoded.events.len()),
            rejected,
        }
    }
}
