//! Begins the runs that are due, a few workspaces at a time.

use std::{sync::Arc, time::Duration};

use throughline_model::limits;
use throughline_store::state::StateError;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{Patience, Turn, Whom, connection, is_due, remembered, run};
use crate::{app::App, work::blocking, workspace::WorkspaceRuntime};

/// How often is looked for what is due.
const LOOK: Duration = Duration::from_secs(10);

/// Writes to CRMs until the server drains. A run that is cut off is taken up by the next.
pub async fn work(app: App) {
    let drained = app.clone().drained();
    tokio::pin!(drained);
    loop {
        tokio::select! {
            () = &mut drained => return,
            () = async {
                tokio::time::sleep(LOOK).await;
                tick(&app, Patience::default()).await;
            } => {}
        }
    }
}

/// Carries through what is due now.
pub async fn tick(app: &App, patience: Patience) {
    let places = Arc::new(Semaphore::new(limits::CRM_AT_ONCE_MAX));
    let mut running = JoinSet::new();
    for runtime in app.workspaces().all() {
        let (here, now) = (runtime.clone(), app.now());
        let found = blocking(move || {
            let state = here.state();
            let is_due = is_due(&connection(state)?, &remembered(state)?, now);
            Ok::<_, StateError>(is_due)
        });
        match found.await {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(workspace = %runtime.id(), error, "the CRM cannot be written to");
                continue;
            }
        }
        let Some(turn) = app.crm_turns().take(runtime.id()) else {
            continue;
        };
        let (app, places) = (app.clone(), places.clone());
        running.spawn(async move {
            let _place = places
                .acquire()
                .await
                .expect("the semaphore is never closed");
            carry_through(&app, &runtime, Whom::Due, patience, turn).await;
        });
    }
    while let Some(ended) = running.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "writing to a CRM broke down");
        }
    }
}

/// Carries one run through, and says in the log when it was not.
pub async fn carry_through(
    app: &App,
    runtime: &WorkspaceRuntime,
    whom: Whom,
    patience: Patience,
    turn: Turn,
) {
    match run(app, runtime, whom, patience, turn).await {
        Ok(told) => tracing::info!(
            workspace = %runtime.id(), outcome = ?told.outcome, written = told.counts.written,
            refused = told.counts.refused, "the CRM was written to"
        ),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(workspace = %runtime.id(), error, "a run for the CRM broke off");
        }
    }
}
