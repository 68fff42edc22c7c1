//! What happens now: the latest events as they came, and a stream of news.

use std::{convert::Infallible, time::Duration};

use axum::{
    Json,
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use serde::{Deserialize, Serialize};
use throughline_insight::rows_count;
use throughline_model::{EventName, Role, Span, Timestamp, limits};
use tokio::{sync::broadcast::error::RecvError, sync::mpsc, time::MissedTickBehavior};
use tokio_stream::wrappers::ReceiverStream;
use utoipa::{IntoParams, ToSchema};

use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    demo::DemoProgress,
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
    import::Import,
    workspace::{Context, LiveEvent, Notice, Verdict, WorkspaceRuntime},
};

/// The latest events, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Live {
    pub events: Vec<LiveEvent>,
}

/// How many events to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LiveLimit {
    /// At most 500.
    pub limit: Option<usize>,
}

/// Sent at most once a second while things change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tick {
    pub events_count: u64,
    pub links: u64,
    /// Up to where the log is in the numbers.
    pub position: u64,
    pub at: Timestamp,
}

/// What the data of an event of the stream holds, by the event's name.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the stream; each is written by itself")]
enum StreamData {
    Tick(Tick),
    Live(Box<LiveEvent>),
    Import(Box<Import>),
    Demo(DemoProgress),
}

/// Live events that one stream is sent in a second; the others are only counted.
const LIVE_PER_SECOND: u32 = 20;
const TICK: Duration = Duration::from_secs(1);
const HEARTBEAT: Duration = Duration::from_secs(15);

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![
        Route::new(reads, __path_live, live),
        Route::new(reads, __path_stream, stream),
    ]
}

/// The latest events as they came in, with what became of each.
#[utoipa::path(get, path = "/api/w/{ws}/live", tag = "live", operation_id = "listLive",
    params(("ws" = String, Path, description = "The workspace"), LiveLimit),
    responses((status = 200, body = Live)))]
async fn live(
    State(app): State<App>,
    workspace: Workspace,
    Query(query): Query<LiveLimit>,
) -> Json<Live> {
    let count = query.limit.unwrap_or(100).min(limits::LIVE_EVENTS_KEPT);
    let context = workspace.runtime.context(app.now());
    let recent = workspace.runtime.news().recent(count).into_iter();
    Json(Live {
        events: recent.filter_map(|it| placed(it, &context)).collect(),
    })
}

/// An event with the name that it is shown under and the touchpoint that the vocabulary gives it now.
///
/// None where it was stored and is left out of everything since; what is held back is shown with the reason.
fn placed(event: LiveEvent, context: &Context) -> Option<LiveEvent> {
    let Ok(sent) = EventName::parse(&event.name) else {
        return Some(event);
    };
    let naming = &context.naming.naming;
    if naming.is_blocked(&sent) && event.verdict != Verdict::Quarantined {
        return None;
    }
    let touchpoint = context.meaning.touchpoint_of(&sent, naming);
    Some(LiveEvent {
        name: naming.shown(&sent).to_string(),
        touchpoint: touchpoint.map(str::to_owned),
        ..event
    })
}

/// Server-sent events: `tick`, `live`, `import` and `demo`, with a heartbeat every 15 seconds.
#[utoipa::path(get, path = "/api/w/{ws}/stream", tag = "live", operation_id = "stream",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = StreamData, content_type = "text/event-stream")))]
async fn stream(State(app): State<App>, workspace: Workspace) -> Result<Response, Refusal> {
    if app.is_draining() {
        let message = "the server is about to stop; try again in a moment";
        return Err(Refusal::new(Code::Draining, message).retry_after(Span::seconds(5)));
    }
    if workspace.runtime.news().listeners_count() >= limits::STREAMS_MAX {
        let message = "too many pages watch this workspace already";
        return Err(Refusal::new(Code::Busy, message).retry_after(Span::seconds(30)));
    }
    let (sender, receiver) = mpsc::channel(32);
    // The receiver ends when the client goes away, and the task with it.
    tokio::spawn(follow(app, workspace.runtime, sender));
    let alive = KeepAlive::new().interval(HEARTBEAT);
    Ok(Sse::new(ReceiverStream::new(receiver))
        .keep_alive(alive)
        .into_response())
}

async fn follow(app: App, runtime: WorkspaceRuntime, to: mpsc::Sender<Result<Event, Infallible>>) {
    let (mut notices, mut position) = runtime.news().listen();
    let mut seconds = tokio::time::interval(TICK);
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut live_left = LIVE_PER_SECOND;
    let mut is_first = true;
    let drained = app.clone().drained();
    tokio::pin!(drained);
    loop {
        let event = tokio::select! {
            () = &mut drained => return,
            // Whoever asks again finds the workspace as it was opened anew.
            () = runtime.news().ended() => return,
            () = to.closed() => return,
            _ = seconds.tick() => {
                live_left = LIVE_PER_SECOND;
                let is_news = position.has_changed().unwrap_or(false);
                if !is_first && !is_news {
                    continue;
                }
                is_first = false;
                let position = *position.borrow_and_update();
                tick(&runtime, position, app.now())
            }
            heard = notices.recv() => match heard {
                Ok(Notice::Live(_)) if live_left == 0 => continue,
                Ok(Notice::Live(event)) => {
                    let context = runtime.context(app.now());
                    let Some(event) = placed(*event, &context) else {
                        continue;
                    };
                    live_left -= 1;
                    named("live", &event)
                }
                Ok(Notice::Work { kind, json }) => Event::default().event(kind).data(json),
                // A slow reader misses what is older; the next tick tells where things are.
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return,
            },
        };
        if to.send(Ok(event)).await.is_err() {
            return;
        }
    }
}

fn tick(runtime: &WorkspaceRuntime, position: u64, at: Timestamp) -> Event {
    let snapshot = runtime.snapshot();
    named(
        "tick",
        &Tick {
            events_count: rows_count(&snapshot),
            links: snapshot.links,
            position,
            at,
        },
    )
}

fn named(kind: &'static str, data: &impl Serialize) -> Event {
    let json = serde_json::to_string(data).expect("news have text keys");
    Event::default().event(kind).data(json)
}
