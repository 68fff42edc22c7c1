//! Webhooks at the edge: the signature first, then the raw log, then 200.
//!
//! What is refused is counted with its reason and shown on the page of the webhook, as whoever sets
//! up another product sees its answers nowhere else.

use axum::{
    Json,
    body::Body,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
    routing::MethodFilter,
};
use bytes::Bytes;
use http::{HeaderMap, header, request::Parts};
use serde::{Deserialize, Serialize};
use throughline_ingest::{
    Decoded,
    dialect::hook::{self, Maker, Note},
};
use throughline_model::{Span, Timestamp, limits};
use utoipa::ToSchema;

use super::{
    receive::{self, Received},
    refuse::{self, CollectError, Refused},
};
use crate::{
    access::gate::Needs,
    app::App,
    crm::echo,
    hooks::{
        Hook,
        heard::HookArrival,
        signature::{self, Signed},
    },
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
    pipeline::{applier::Arrival, envelope::Envelope},
    workspace::WorkspaceRuntime,
};

/// What became of what came to a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct HookTaken {
    pub success: bool,
    /// Events that it became.
    pub accepted: usize,
    /// Events that were held back; they wait under quarantine.
    pub held: usize,
}

pub fn routes() -> Vec<Route> {
    let take = Route::new(Needs::WriteKey, __path_take_hook, take_hook);
    // A product that asks an address for a word first does so with GET.
    vec![take.also(MethodFilter::GET, verify_hook)]
}

/// Takes what another product sends to a webhook. Its signature is checked over the body as it came.
#[utoipa::path(post, path = "/hooks/{key}", tag = "collect", operation_id = "takeHook",
    params(("key" = String, Path, description = "The end of the address of the webhook")),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = HookTaken), (status = "default", body = CollectError)))]
async fn take_hook(State(app): State<App>, Path(key): Path<String>, request: Request) -> Response {
    let (head, mut body) = request.into_parts();
    let Some(hook) = find(&app, &key) else {
        receive::discard(&head.headers, &mut body).await;
        return Refused(unknown()).into_response();
    };
    let now = app.now();
    let mut arrival = HookArrival {
        at: now,
        is_taken: false,
        code: None,
        message: None,
        topic: note_of(&hook, &head.headers).topic,
        events: Vec::new(),
        held: Vec::new(),
        aside: 0,
        bytes: 0,
        sample: None,
    };
    let taken = take(&app, &hook, &head, &mut body, now, &mut arrival).await;
    let response = match taken {
        Ok(taken) => {
            arrival.is_taken = true;
            answer(hook.settings.maker, taken)
        }
        Err(refusal) => {
            receive::discard(&head.headers, &mut body).await;
            arrival.code = Some(refusal.code().parts().0.to_owned());
            arrival.message = Some(refusal.to_string());
            Refused(refusal).into_response()
        }
    };
    app.collector().hooks.note(hook.id, arrival);
    response
}

async fn take(
    app: &App,
    hook: &Hook,
    head: &Parts,
    body: &mut Body,
    now: Timestamp,
    arrival: &mut HookArrival,
) -> Result<HookTaken, Refusal> {
    check_open(hook)?;
    let received = app.collector().room.receive(body).await?;
    let bytes = received.bytes.clone();
    arrival.bytes = bytes.len();
    let urls = urls(app, head);
    let signed = Signed {
        method: head.method.as_str(),
        urls: &urls,
        headers: &head.headers,
        body: &bytes,
        now,
    };
    signature::check(&hook.settings, signed)
        .map_err(|fault| Refusal::new(Code::HookSignature, fault.to_string()))?;
    // A workspace without its runtime is being closed.
    let workspace = app.workspaces().get(&hook.workspace);
    let workspace = workspace.ok_or_else(refuse::draining)?;
    app.metrics().collected(bytes.len(), false);
    let note = note_of(hook, &head.headers);
    let (body, decoded) = read(app, &workspace, hook, note.clone(), received, now).await?;
    show(&decoded, &body, arrival);
    let taken = HookTaken {
        success: true,
        accepted: decoded.events.len(),
        held: decoded.quarantined.len(),
    };
    let envelope = Envelope::Hook {
        source: hook.id,
        received: now,
        maker: hook.settings.maker,
        note: serde_json::to_vec(&note)
            .expect("notes have text keys")
            .into(),
        body,
    };
    let _door = app.collector().hooks_door.read().await;
    // While the body came in, the webhook may have been deleted, and what it brought taken back.
    check_open(&find(app, &hook.key).ok_or_else(unknown)?)?;
    let accepted = workspace
        .pipeline()
        .accept(envelope, Arrival::of(hook.id, now, decoded))
        .await;
    accepted.map_err(|error| refuse::unaccepted(&error, app.is_draining()))?;
    Ok(taken)
}

fn find(app: &App, key: &str) -> Option<Hook> {
    Hook::read(app.instance().read().hook_by_key(key)?)
}

fn unknown() -> Refusal {
    let message = "no webhook has this address; copy it from Sources";
    Refusal::new(Code::HookUnknown, message)
}

fn check_open(hook: &Hook) -> Result<(), Refusal> {
    if !hook.settings.is_paused {
        return Ok(());
    }
    let message = "this webhook is paused; send it again later";
    Err(Refusal::new(Code::HookPaused, message).retry_after(Span::minutes(15)))
}

/// A body without what may not be kept, and what it says.
async fn read(
    app: &App,
    workspace: &WorkspaceRuntime,
    hook: &Hook,
    note: Note,
    received: Received,
    now: Timestamp,
) -> Result<(Bytes, Decoded), Refusal> {
    let (runtime, maker, source) = (workspace.clone(), hook.settings.maker, hook.id);
    let is_small = received.bytes.len() <= super::UNPACKED_HERE_BYTES;
    let read = app.collector().work(is_small, move || {
        let told = match maker {
            // What we wrote there ourselves is nothing new.
            Maker::Hubspot => echo::without(runtime.state(), &received.bytes)?.map(Bytes::from),
            _ => None,
        };
        let told = told.unwrap_or_else(|| received.bytes.clone());
        let read = || {
            let masked = runtime.privacy().mask_hook(&note, &told)?;
            let body = masked.map_or_else(|| told.clone(), Bytes::from);
            let decoded = hook::decode(maker, source, &note, &body, now)?;
            Ok((body, decoded))
        };
        read().map_err(|refusal: throughline_ingest::Refusal| refuse::undecoded(&refusal))
    });
    read.await
}

/// What the headers say of the body.
fn note_of(hook: &Hook, headers: &HeaderMap) -> Note {
    let header = |name: &str| {
        let text = headers.get(name)?.to_str().ok()?.trim();
        (!text.is_empty() && text.len() <= limits::MESSAGE_ID_CHARS_MAX).then(|| text.to_owned())
    };
    match hook.settings.maker {
        Maker::Shopify => Note {
            topic: header("x-shopify-topic"),
            at: header("x-shopify-triggered-at"),
            mapping: None,
        },
        Maker::Generic => Note {
            mapping: hook.settings.mapping.clone(),
            ..Note::default()
        },
        _ => Note::default(),
    }
}

/// The address as the other product may know it: the one of the settings, else the one it asked for.
fn urls(app: &App, head: &Parts) -> Vec<String> {
    let path = head.uri.path_and_query().map_or("", |it| it.as_str());
    if let Some(base) = &app.config().server.public_url {
        return vec![format!("{}{path}", base.as_str())];
    }
    let host = head
        .headers
        .get(header::HOST)
        .and_then(|it| it.to_str().ok());
    let host = host.or_else(|| head.uri.authority().map(|it| it.as_str()));
    let schemes = ["https", "http"].into_iter();
    let urls = schemes.filter_map(|it| Some(format!("{it}://{}{path}", host?)));
    urls.collect()
}

/// Notes what a body became.
fn show(decoded: &Decoded, body: &Bytes, arrival: &mut HookArrival) {
    const SHOWN_MAX: usize = 10;
    let names = decoded.events.iter().map(|(_, it)| it.name.to_string());
    arrival.events = names.take(SHOWN_MAX).collect();
    let held = decoded.quarantined.iter();
    arrival.held = held
        .map(|it| it.fault.message.clone())
        .take(SHOWN_MAX)
        .collect();
    arrival.aside = decoded.aside.len();
    let is_short = body.len() <= limits::HOOK_SAMPLE_BYTES_MAX;
    arrival.sample = match std::str::from_utf8(body) {
        Ok(text) if is_short => Some(text.to_owned()),
        _ => None,
    };
}

/// What a product must hear: one takes a body that is no XML for a mistake.
fn answer(maker: Maker, taken: HookTaken) -> Response {
    match maker {
        Maker::Twilio => {
            let kind = (header::CONTENT_TYPE, "text/xml");
            (
                [kind],
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>",
            )
                .into_response()
        }
        _ => Json(taken).into_response(),
    }
}

/// Some products ask an address for a word before they send to it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Challenge {
    #[serde(rename = "hub.verify_token")]
    token: String,
    #[serde(rename = "hub.challenge")]
    challenge: String,
}

/// Answers the question by which a product makes sure that an address is meant for it.
async fn verify_hook(
    State(app): State<App>,
    Path(key): Path<String>,
    Query(asked): Query<Challenge>,
) -> Result<String, Refused> {
    let hook = find(&app, &key).ok_or_else(|| Refused(unknown()))?;
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    let is_known = signature::same(asked.token.as_bytes(), hook.verify_token().as_bytes());
    let is_sound = asked.challenge.chars().all(is_plain) && asked.challenge.len() <= 200;
    match is_known && is_sound && !asked.challenge.is_empty() {
        true => Ok(asked.challenge),
        false => {
            let message = "the verify token is another one; copy it from Sources";
            Err(Refused(Refusal::new(Code::HookSignature, message)))
        }
    }
}
