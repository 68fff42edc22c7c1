//! Looks for what is due, claims it, has it delivered, and keeps what became of it.

use std::{sync::Arc, time::Duration};

use throughline_model::{Timestamp, limits};
use throughline_store::state::{DocumentKind, StateError, WorkspaceState};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{Deliveries, Occasion, Open, Step, StoredSchedule, decide, deliver};
use crate::{app::App, kept, work::blocking, workspace::WorkspaceRuntime};

/// How often is looked for what is due.
const LOOK: Duration = Duration::from_secs(10);

/// One claimed delivery.
struct Claim {
    runtime: WorkspaceRuntime,
    id: String,
    stored: StoredSchedule,
    open: Open,
}

/// Delivers what is due until the server drains.
pub async fn run(app: App) {
    let drained = app.clone().drained();
    tokio::pin!(drained);
    loop {
        tokio::select! {
            () = &mut drained => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        // What has begun is brought to its end, or its claim would be taken for a broken one.
        tick(&app).await;
    }
}

/// Delivers what is due now, and returns when all of it has ended.
pub async fn tick(app: &App) {
    let mut claims = Vec::new();
    for runtime in app.workspaces().all() {
        let (now, here) = (app.now(), runtime.clone());
        match blocking(move || claim_due(&here, now)).await {
            Ok(found) => claims.extend(found),
            Err(error) => {
                tracing::error!(workspace = %runtime.id(), %error, "schedules cannot be read");
            }
        }
    }
    let places = Arc::new(Semaphore::new(limits::DELIVERIES_AT_ONCE_MAX));
    let mut running = JoinSet::new();
    for claim in claims {
        let (app, places) = (app.clone(), places.clone());
        running.spawn(async move {
            let _place = places
                .acquire()
                .await
                .expect("the semaphore is never closed");
            make(&app, claim).await;
        });
    }
    while let Some(ended) = running.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a delivery broke down");
        }
    }
}

async fn make(app: &App, claim: Claim) {
    let Claim {
        runtime,
        id,
        stored,
        open,
    } = claim;
    let occasion = Occasion::Due(open.due);
    let ended = deliver(app, &runtime, &id, &stored, &occasion).await;
    tracing::info!(
        workspace = %runtime.id(), schedule = id, tries = open.tries, outcome = ?ended.outcome,
        message = ended.message, "a delivery was tried"
    );
    let (now, here) = (app.now(), runtime.clone());
    let kept = blocking(move || {
        update(here.state(), &id, now, |deliveries| {
            deliveries.try_ended(ended.clone(), now)
        })
    });
    if let Err(error) = kept.await {
        tracing::error!(workspace = %runtime.id(), %error, "the end of a delivery was not kept");
    }
}

/// Writes the claims of everything that is due in a workspace.
fn claim_due(runtime: &WorkspaceRuntime, now: Timestamp) -> Result<Vec<Claim>, StateError> {
    let state = runtime.state();
    let mut claims = Vec::new();
    for document in state.documents(DocumentKind::Schedule)? {
        let Ok(stored) = serde_json::from_str::<StoredSchedule>(&document.json) else {
            tracing::error!(workspace = %runtime.id(), schedule = document.head.id, "a schedule cannot be read");
            continue;
        };
        let id = document.head.id;
        // A broken claim is settled first, and the moment that is due now is taken up after it.
        for _ in 0..2 {
            let (version, deliveries) = read(state, &id, now)?;
            let (next, open) = match decide(&stored.schedule, &deliveries, now) {
                Step::Nothing => break,
                Step::Note(next) => (next, None),
                Step::Start(next, open) => (next, Some(open)),
            };
            if !kept::write(state, DocumentKind::Delivery, &id, version, &next, now)? {
                // Somebody has changed it at the same moment; the next look decides anew.
                break;
            }
            if let Some(open) = open {
                claims.push(Claim {
                    runtime: runtime.clone(),
                    id,
                    stored,
                    open,
                });
                break;
            }
        }
    }
    Ok(claims)
}

/// What became of a schedule's deliveries, with the version that it was read at.
pub fn read(
    state: &WorkspaceState,
    id: &str,
    now: Timestamp,
) -> Result<(Option<u64>, Deliveries), StateError> {
    let (version, known) = kept::read(state, DocumentKind::Delivery, id)?;
    Ok((version, known.unwrap_or_else(|| Deliveries::starting(now))))
}

/// Changes what is kept of a schedule's deliveries, whoever else changes it meanwhile.
pub fn update(
    state: &WorkspaceState,
    id: &str,
    now: Timestamp,
    change: impl FnMut(&mut Deliveries),
) -> Result<Deliveries, StateError> {
    let begin = || Deliveries::starting(now);
    kept::update(state, DocumentKind::Delivery, id, now, begin, change)
}
