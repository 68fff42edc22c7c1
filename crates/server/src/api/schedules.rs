//! Schedules: what is sent by itself, and what became of it.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use throughline_model::{
    Role, Timestamp, limits,
    schedule::{Destination, Schedule, ScheduleOf},
};
use throughline_store::state::{Document, DocumentKind};
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    maps::ChangedVersion,
};
use crate::{
    access::{
        gate::{Needs, Workspace},
        secret::Secret,
    },
    app::App,
    http::{
        body::Body,
        refusal::{Code, Fault, Refusal},
        routes::Route,
    },
    instance::Decision,
    schedules::{Delivery, Occasion, Open, StoredSchedule, deliver, worker},
};

/// The schedules of a workspace, the one that changed last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Schedules {
    pub schedules: Vec<ScheduleEntry>,
    /// False while no mail server is set up.
    pub can_mail: bool,
}

/// A schedule with what became of its deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleEntry {
    pub id: String,
    /// To be sent in `If-Match` with a change.
    pub version: u64,
    pub schedule: Schedule,
    /// The email of who made it.
    pub author: String,
    /// When it is due next; none while it is paused.
    pub next_due: Option<Timestamp>,
    /// The delivery that is being made or tried again.
    pub open: Option<Open>,
    /// The newest first.
    pub recent: Vec<Delivery>,
}

/// A schedule that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeSchedule {
    pub id: String,
    /// What its webhooks are signed with. It is in this answer and nowhere else.
    pub secret: Option<String>,
}

/// How to send.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendRequest {
    /// Mail goes to whoever asks, and webhooks are told that it is a test.
    #[serde(default)]
    pub is_test: bool,
}

pub fn routes() -> Vec<Route> {
    let (reads, publishes) = (
        Needs::Workspace(Role::Analyst),
        Needs::Workspace(Role::Publisher),
    );
    vec![
        Route::new(reads, __path_list, list),
        Route::new(publishes, __path_make, make),
        Route::new(publishes, __path_change, change),
        Route::new(publishes, __path_remove, remove),
        Route::new(publishes, __path_send, send),
    ]
}

/// The schedules of the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/schedules", tag = "schedules", operation_id = "listSchedules",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Schedules)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Result<Json<Schedules>, Refusal> {
    let now = app.now();
    let listed = workspace.runtime.with_state(move |state| {
        let mut schedules = Vec::new();
        for document in state.documents(DocumentKind::Schedule)? {
            let stored = stored(&document)?;
            let (_, deliveries) = worker::read(state, &document.head.id, now)?;
            let is_active = !stored.schedule.is_paused;
            schedules.push(ScheduleEntry {
                id: document.head.id,
                version: document.head.version,
                next_due: is_active
                    .then(|| stored.schedule.rhythm.next_due(deliveries.cursor.max(now))),
                schedule: stored.schedule,
                author: stored.author,
                open: deliveries.open,
                recent: deliveries.recent,
            });
        }
        Ok(schedules)
    });
    Ok(Json(Schedules {
        schedules: listed.await?,
        can_mail: app.mailer().is_some(),
    }))
}

/// Makes a schedule. It is due for the first time at the next moment that fits.
#[utoipa::path(post, path = "/api/w/{ws}/schedules", tag = "schedules", operation_id = "makeSchedule",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = Schedule, responses((status = 200, body = MadeSchedule)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Body(schedule): Body<Schedule>,
) -> Result<Json<MadeSchedule>, Refusal> {
    check(&app, &workspace, &schedule).await?;
    let known = documents::list(&workspace, DocumentKind::Schedule).await?;
    if known.len() >= limits::SCHEDULES_MAX {
        let most = limits::SCHEDULES_MAX;
        let message = format!("a workspace has at most {most} schedules; delete one first");
        return Err(Refusal::new(Code::LimitReached, message));
    }
    let secret = secret_of(&schedule, None);
    let title = schedule.title.trim().to_owned();
    let stored = StoredSchedule {
        schedule,
        secret: secret.clone(),
        author: workspace.caller.email.clone(),
    };
    let json = serde_json::to_string(&stored).expect("schedules have text keys");
    let id = documents::add(&app, &workspace, DocumentKind::Schedule, title, json).await?;
    start_at(&app, &workspace, &id).await?;
    note(&app, &workspace, "schedule.made", &id).await?;
    Ok(Json(MadeSchedule { id, secret }))
}

/// Changes a schedule. What was due before is not made up for.
#[utoipa::path(put, path = "/api/w/{ws}/schedules/{id}", tag = "schedules", operation_id = "changeSchedule",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The schedule"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = Schedule, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    version: IfMatch,
    Body(schedule): Body<Schedule>,
) -> Result<Json<ChangedVersion>, Refusal> {
    check(&app, &workspace, &schedule).await?;
    let kind = DocumentKind::Schedule;
    let before = stored(&documents::get(&workspace, kind, id.clone()).await?)?;
    let title = schedule.title.trim().to_owned();
    let after = StoredSchedule {
        secret: secret_of(&schedule, before.secret),
        schedule,
        author: before.author,
    };
    let json = serde_json::to_string(&after).expect("schedules have text keys");
    let changed = documents::replace(&app, &workspace, kind, id.clone(), version, title, json);
    let version = changed.await?;
    start_at(&app, &workspace, &id).await?;
    note(&app, &workspace, "schedule.changed", &id).await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a schedule, with what became of its deliveries.
#[utoipa::path(delete, path = "/api/w/{ws}/schedules/{id}", tag = "schedules", operation_id = "removeSchedule",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The schedule")),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    documents::remove(&workspace, DocumentKind::Schedule, id.clone()).await?;
    let gone = id.clone();
    let runtime = &workspace.runtime;
    let forgotten =
        runtime.with_state(move |state| Ok(state.remove_document(DocumentKind::Delivery, &gone)?));
    forgotten.await?;
    note(&app, &workspace, "schedule.removed", &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends now, whether it is due or not, and answers when it has ended.
#[utoipa::path(post, path = "/api/w/{ws}/schedules/{id}/send", tag = "schedules", operation_id = "sendSchedule",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The schedule")),
    request_body = SendRequest, responses((status = 200, body = Delivery)))]
async fn send(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    Body(body): Body<SendRequest>,
) -> Result<Json<Delivery>, Refusal> {
    let kind = DocumentKind::Schedule;
    let stored = stored(&documents::get(&workspace, kind, id.clone()).await?)?;
    let occasion = match body.is_test {
        true => Occasion::Test(workspace.caller.email.clone()),
        false => Occasion::Hand,
    };
    let ended = deliver(&app, &workspace.runtime, &id, &stored, &occasion).await;
    let now = app.now();
    let delivery = Delivery {
        due: None,
        is_test: body.is_test,
        ended: now,
        tries: 1,
        outcome: ended.outcome,
        message: ended.message,
    };
    let (kept, its) = (delivery.clone(), id.clone());
    let runtime = &workspace.runtime;
    let noted = runtime.with_state(move |state| {
        Ok(worker::update(state, &its, now, |all| {
            all.note(kept.clone())
        })?)
    });
    noted.await?;
    note(&app, &workspace, "schedule.sent", &id).await?;
    Ok(Json(delivery))
}

/// Ends every schedule of a document that is gone, as there is nothing that they could send.
pub async fn end_all(workspace: &Workspace, of: ScheduleOf) -> Result<(), Refusal> {
    let ended = workspace.runtime.with_state(move |state| {
        for document in state.documents(DocumentKind::Schedule)? {
            if stored(&document)?.schedule.of == of {
                state.remove_document(DocumentKind::Schedule, &document.head.id)?;
                state.remove_document(DocumentKind::Delivery, &document.head.id)?;
            }
        }
        Ok(())
    });
    ended.await
}

fn stored(document: &Document) -> Result<StoredSchedule, Refusal> {
    documents::parse(document)
}

/// A webhook keeps its secret, or gets its first one; a mail has none.
fn secret_of(schedule: &Schedule, known: Option<String>) -> Option<String> {
    match schedule.to {
        Destination::Webhook(_) => {
            Some(known.unwrap_or_else(|| Secret::random().reveal().to_owned()))
        }
        Destination::Mail(_) => None,
    }
}

async fn check(app: &App, workspace: &Workspace, schedule: &Schedule) -> Result<(), Refusal> {
    let faults = schedule.check().into_iter().map(Fault::from);
    let mut faults: Vec<Fault> = faults.collect();
    if let Destination::Webhook(url) = &schedule.to
        && let Err(error) = app.outgoing().check(url)
    {
        faults.push(Fault {
            place: "to.webhook".to_owned(),
            message: error.to_string(),
        });
    }
    documents::check("schedule", faults)?;
    let (kind, id) = match &schedule.of {
        ScheduleOf::Report(id) => (DocumentKind::Report, id),
        ScheduleOf::Dashboard(id) => (DocumentKind::Dashboard, id),
        ScheduleOf::Links(_) => return Ok(()),
    };
    documents::get(workspace, kind, id.clone())
        .await
        .map(|_| ())
}

/// Nothing that was due before now will be sent.
async fn start_at(app: &App, workspace: &Workspace, id: &str) -> Result<(), Refusal> {
    let (now, id) = (app.now(), id.to_owned());
    let started = workspace.runtime.with_state(move |state| {
        Ok(worker::update(state, &id, now, |all| {
            all.cursor = all.cursor.max(now)
        })?)
    });
    started.await.map(|_| ())
}

async fn note(app: &App, workspace: &Workspace, action: &str, id: &str) -> Result<(), Refusal> {
    let mut audit = workspace.did(action, app.now());
    audit.subject = Some(format!("schedule {id}"));
    let noted = app.instance().decide(move |_| {
        Ok::<_, Refusal>(Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    });
    noted.await
}
