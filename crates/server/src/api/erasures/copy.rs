//! Everything that is held of a person, line by line, in bounded memory.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use serde_json::{Value, json};
use throughline_ingest::dialect::layout;
use throughline_insight::places_of;
use throughline_model::{ActorId, Identifier, ProfileId, Seq, Timestamp, blank::is_blank};
use throughline_store::{
    log::{Next, Position},
    state::{OperationRow, StoredLink},
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::{
    app::App,
    pipeline::envelope::Envelope,
    workspace::{Context, WorkspaceRuntime},
};

/// Lines that wait for a slow reader.
const LINES_WAITING_MAX: usize = 64;
/// Rows that are read at once.
const ROWS_AT_ONCE: usize = 256;
/// Farther records are looked for anew, as reading all between would take longer.
const RECORDS_READ_OVER_MAX: u64 = 20_000;
/// Comings and goings that are listed.
const MOVES_MAX: usize = 100_000;

type Lines = mpsc::Sender<Result<Bytes, Infallible>>;

/// Why a copy ends early: an error, or nobody reads on.
enum End {
    Error(anyhow::Error),
    Unread,
}

impl<E: Into<anyhow::Error>> From<E> for End {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// Answers with the file, which is written while it is sent.
pub fn respond(app: &App, runtime: &WorkspaceRuntime, profile: ProfileId) -> Response {
    let (lines, reading) = mpsc::channel(LINES_WAITING_MAX);
    let (now, runtime) = (app.now(), runtime.clone());
    tokio::task::spawn_blocking(move || {
        let end = match write(&runtime, profile, now, &lines) {
            Err(End::Unread) => return,
            Ok(()) => json!({"kind": "end", "complete": true}),
            Err(End::Error(error)) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "a copy of a profile ended early"
                );
                let message = "reading ended early; the server's log says why";
                json!({"kind": "end", "complete": false, "error": message})
            }
        };
        let _ = put(&lines, &end);
    });
    let mut response = Body::from_stream(ReceiverStream::new(reading)).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/x-ndjson");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = format!("attachment; filename=\"profile-{}.ndjson\"", profile.0);
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn write(
    runtime: &WorkspaceRuntime,
    profile: ProfileId,
    now: Timestamp,
    lines: &Lines,
) -> Result<(), End> {
    let context = runtime.context(now).with_blocked();
    let head = json!({
        "kind": "profile", "id": profile, "workspace": runtime.id(), "exported": now,
        "link_log_position": context.snapshot.links,
    });
    put(lines, &head)?;
    let actors = write_identifiers(runtime, profile, lines)?;
    write_known(runtime, profile, &actors, lines)?;
    write_research(runtime, profile, lines)?;
    let seqs = write_events(&context, profile, lines)?;
    write_raw(runtime, seqs, lines)
}

fn write_identifiers(
    runtime: &WorkspaceRuntime,
    profile: ProfileId,
    lines: &Lines,
) -> Result<Vec<ActorId>, End> {
    let seen: Vec<(ActorId, Option<(Timestamp, Timestamp)>)> = {
        let resolver = runtime.pipeline().resolver();
        let all = (0..).zip(resolver.roots());
        let own = all.filter(|(_, root)| **root == profile.0);
        own.map(|(actor, _)| (ActorId(actor), resolver.seen(ActorId(actor))))
            .collect()
    };
    for (actor, seen) in &seen {
        for (_, identifier) in runtime.state().identifiers(&[*actor])? {
            let line = json!({
                "kind": "identifier", "actor": actor, "type": identifier.kind,
                "value": &*identifier.value,
                "first_linked": seen.map(|it| it.0), "last_linked": seen.map(|it| it.1),
            });
            put(lines, &line)?;
        }
    }
    Ok(seen.into_iter().map(|it| it.0).collect())
}

/// Traits, lines of the link log, and memberships.
fn write_known(
    runtime: &WorkspaceRuntime,
    profile: ProfileId,
    actors: &[ActorId],
    lines: &Lines,
) -> Result<(), End> {
    let state = runtime.state();
    for row in state.all_traits(actors)? {
        let parsed = |text: Option<&str>| -> Value {
            text.map_or(Value::Null, |it| {
                serde_json::from_str(it).unwrap_or_default()
            })
        };
        let line = json!({
            "kind": "trait", "actor": row.actor, "name": &*row.name,
            "value": parsed(row.value.as_deref()),
            // A time below zero marks a value that was set once.
            "time": Timestamp(row.time.0.abs()), "source": row.source,
            "first_value": row.first.as_ref().map(|it| parsed(Some(&it.0))),
        });
        put(lines, &line)?;
    }
    for row in state.operations(actors)? {
        let OperationRow {
            actor,
            name,
            source,
            operation: it,
        } = row;
        let operand: Value = serde_json::from_str(&it.operand).unwrap_or_default();
        let line = json!({
            "kind": "trait_operation", "actor": actor, "name": &*name,
            "operator": it.operator.name(), "operand": operand, "time": it.time,
            "source": source, "count": it.count,
        });
        put(lines, &line)?;
    }
    for row in state.consents(actors)? {
        let line = json!({
            "kind": "consent", "actor": row.actor, "of": &*row.key, "channel": row.channel,
            "granted": row.is_granted, "decision": row.is_decision, "text": &*row.text,
            "proof": &*row.proof, "first": row.first, "time": row.time, "source": row.source,
            "seq": row.seq.0.to_string(), "event": &*row.event,
        });
        put(lines, &line)?;
    }
    let mut told = std::collections::BTreeSet::new();
    for actor in actors {
        for (position, link) in state.links_of(*actor)? {
            // Both ends of most links are the person's.
            if let StoredLink::Link {
                left,
                right,
                reason,
                time,
                source,
                seq,
            } = link
                && told.insert(position)
            {
                let line = json!({
                    "kind": "link", "position": position, "left": left, "right": right,
                    "reason": reason, "time": time, "source": source, "seq": seq.0.to_string(),
                });
                put(lines, &line)?;
            }
        }
    }
    for segment in runtime.memberships().of_profile(profile) {
        put(lines, &json!({"kind": "membership", "segment": segment}))?;
    }
    for step in state.moves_of_profile(profile, MOVES_MAX)? {
        let line = json!({
            "kind": "membership_change", "segment": step.segment, "at": step.step.at,
            "entered": step.step.has_entered,
        });
        put(lines, &line)?;
    }
    Ok(())
}

/// Field notes about the person with all their quotes, and quotes of the person in others.
fn write_research(
    runtime: &WorkspaceRuntime,
    profile: ProfileId,
    lines: &Lines,
) -> Result<(), End> {
    let is_theirs = |it: Option<&Identifier>| {
        let resolver = runtime.pipeline().resolver();
        let actor = it.and_then(|it| resolver.actor(it));
        actor.is_some_and(|it| resolver.root(it) == profile)
    };
    let state = runtime.state();
    let mut about = Vec::new();
    state.each_note(false, |it| {
        about.extend(is_theirs(it.note.person.as_ref()).then_some(it.id));
    })?;
    for id in &about {
        if let Some((row, _)) = state.note(*id)? {
            let line = json!({
                "kind": "field_note", "id": row.id, "study": row.study, "updated": row.updated,
                "note": row.note,
            });
            put(lines, &line)?;
        }
    }
    for row in state.quotes()? {
        if is_theirs(row.quote.person.as_ref()) || about.contains(&row.note) {
            let line = json!({
                "kind": "quote", "id": row.id, "note": row.note, "updated": row.updated,
                "quote": row.quote,
            });
            put(lines, &line)?;
        }
    }
    Ok(())
}

/// Every event as reports see it. The answer is where each came in, in ascending order.
fn write_events(context: &Context, profile: ProfileId, lines: &Lines) -> Result<Vec<u64>, End> {
    let mut seqs = Vec::new();
    for (index, rows) in places_of(&context.snapshot, profile) {
        let run = &context.snapshot.runs[index];
        let rows: Vec<u32> = rows.filter_map(|row| u32::try_from(row).ok()).collect();
        for rows in rows.chunks(ROWS_AT_ONCE) {
            for event in run.events(rows)? {
                seqs.push(event.seq.0);
                let line = json!({
                    "kind": "event", "seq": event.seq.0.to_string(), "actor": event.actor,
                    "time": event.time, "received": event.received, "source": event.source,
                    "type": event.kind, "name": context.name_of(event.event),
                    "channel": throughline_model::Channel::from_code(event.channel),
                    "properties": event.properties.to_map(), "context": event.context.to_map(),
                });
                put(lines, &line)?;
            }
        }
    }
    seqs.sort_unstable();
    Ok(seqs)
}

/// The text of each event as it came, out of the raw log.
fn write_raw(runtime: &WorkspaceRuntime, seqs: Vec<u64>, lines: &Lines) -> Result<(), End> {
    let log = runtime.pipeline().log();
    let mut reader = None;
    for of_record in seqs.chunk_by(|a, b| Seq(*a).position() == Seq(*b).position()) {
        let wanted = Seq(of_record[0]).position();
        let (next, mut at_hand) = match reader.take() {
            Some((next, reader)) if wanted - next < RECORDS_READ_OVER_MAX => (next, reader),
            _ => (wanted, log.reader(Position(wanted))?),
        };
        let mut next = next;
        let record = loop {
            match at_hand.next(Duration::from_secs(1))? {
                Next::Record(record) => {
                    next = record.position.0 + 1;
                    if record.position.0 == wanted {
                        break Some(record);
                    }
                }
                Next::Quiet => {}
                Next::Closed => break None,
            }
        };
        let Some(record) = record else {
            return Err(anyhow::anyhow!("the raw log was closed").into());
        };
        reader = Some((next, at_hand));
        let Ok(Envelope::Request {
            source,
            moment,
            dialect,
            body,
        }) = Envelope::decode(record.kind.code(), &record.payload)
        else {
            // Rows of files are told as events; the file itself is whoever's it is.
            continue;
        };
        if is_blank(&body) {
            continue;
        }
        let laid = layout::layout(dialect, &body);
        for seq in of_record {
            let text = match &laid {
                None => Some(&*body),
                Some(laid) => {
                    let of = laid.unwrapped.as_deref().map_or(&*body, str::as_bytes);
                    let item = laid.items.get(Seq(*seq).index() as usize);
                    item.and_then(|it| of.get(it.clone()))
                }
            };
            let line = json!({
                "kind": "raw", "seq": seq.to_string(), "received": moment.received,
                "sent": moment.sent, "source": source, "dialect": format!("{dialect:?}"),
                "text": text.map(String::from_utf8_lossy),
            });
            put(lines, &line)?;
        }
    }
    Ok(())
}

fn put(lines: &Lines, line: &Value) -> Result<(), End> {
    let mut text = line.to_string();
    text.push('\n');
    lines
        .blocking_send(Ok(text.into()))
        .map_err(|_| End::Unread)
}
