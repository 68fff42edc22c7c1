//! Takes up a sweep from wherever an earlier try has ended: looks for what is past, and blanks it.

use throughline_model::{Timestamp, keeping::Keeping};
use throughline_store::{
    ProfileSet,
    state::{DocumentKind, StateError, WorkspaceState, instance::AuditEntry},
};

use super::{
    files,
    ledger::{ErasureState, Left},
    past::Past,
    scan::{Wanted, What, blank_log},
    survey::{Survey, survey},
    sweep::{Sweep, next_due},
    work::{WorkError, note},
};
use crate::{
    app::App,
    workspace::{KEEPING, WorkspaceRuntime},
};

/// The limits of a workspace, and when they were written; none while nobody has written any.
pub fn limits_of(state: &WorkspaceState) -> Result<Option<(Keeping, Timestamp)>, StateError> {
    let Some(document) = state.document(DocumentKind::Privacy, KEEPING)? else {
        return Ok(None);
    };
    match serde_json::from_str(&document.json) {
        Ok(keeping) => Ok(Some((keeping, document.head.updated))),
        Err(error) => {
            tracing::error!(%error, "for how long events are kept cannot be read; all are kept");
            Ok(None)
        }
    }
}

/// Asks for a sweep when one is due.
pub fn ask_when_due(runtime: &WorkspaceRuntime, now: Timestamp) -> Result<(), WorkError> {
    let Some((keeping, written)) = limits_of(runtime.state())? else {
        return Ok(());
    };
    let ledger = runtime.ledger();
    let last = ledger.sweeps(|all| all.last().map(|it| it.requested));
    if next_due(&keeping, written, last).is_some_and(|due| due <= now) {
        let naming = runtime.pipeline().naming().whole;
        ledger.request_sweep(&keeping, &naming, None, now)?;
    }
    Ok(())
}

/// Sweeps the log and the files of imports. None when nothing is past, so that there is nothing to
/// make again.
pub fn sweep(
    app: &App,
    runtime: &WorkspaceRuntime,
    mut sweep: Sweep,
) -> Result<Option<Sweep>, WorkError> {
    let ledger = runtime.ledger();
    if sweep.state == ErasureState::Waiting && !decide(app, runtime, &mut sweep)? {
        finish(app, runtime, sweep)?;
        return Ok(None);
    }
    if sweep.state == ErasureState::Blanking {
        // After a stop events may not all be there yet, and who seems to have none would go.
        if !runtime.pipeline().settle() {
            return Err(WorkError::Draining);
        }
        let survey = survey(runtime.pipeline(), &sweep.cuts, app.now())?;
        blank(runtime, &mut sweep, &survey)?;
        sweep.gone = survey.gone;
        sweep.state = ErasureState::Rebuilding;
        ledger.put_sweep(&sweep)?;
    }
    Ok(Some(sweep))
}

/// Finds what is past, up to the end of the log; false when nothing is.
fn decide(app: &App, runtime: &WorkspaceRuntime, sweep: &mut Sweep) -> Result<bool, WorkError> {
    let pipeline = runtime.pipeline();
    let end = pipeline.log().end().0;
    if !pipeline.settle() {
        return Err(WorkError::Draining);
    }
    sweep.found = survey(pipeline, &sweep.cuts, app.now())?.found;
    if sweep.found.is_nothing() {
        return Ok(false);
    }
    sweep.actors_count = pipeline.resolver().roots().len() as u64;
    sweep.upto = Some(end);
    sweep.state = ErasureState::Blanking;
    runtime.ledger().put_sweep(sweep)?;
    Ok(true)
}

/// Blanks what is past in the log and in imported files.
fn blank(runtime: &WorkspaceRuntime, sweep: &mut Sweep, survey: &Survey) -> Result<(), WorkError> {
    let (pipeline, ledger) = (runtime.pipeline(), runtime.ledger());
    let cuts = sweep.cuts.clone();
    let past = Past::of(pipeline, &cuts, survey)?;
    let wanted = Wanted {
        what: What::Past(&past),
        typed_from: pipeline.state().typed_from()?,
    };
    let log = pipeline.log();
    // A backup may hold less of the log than was there once.
    let upto = sweep.upto.unwrap_or_default().min(log.end().0);
    (sweep.left, sweep.left_count) = (Vec::new(), 0);
    let mut failed = None;
    let chunks = blank_log(log, upto, &wanted, |blanked| {
        sweep.found.records += blanked.records;
        for position in &blanked.left {
            sweep.leave(Left::Record {
                position: *position,
            });
        }
        // What is counted is gone, so a later try does not find it again.
        failed = ledger.put_sweep(sweep).err().or(failed.take());
    })?;
    let in_files = files::erase(runtime, &wanted, &chunks, |found| {
        if found.is_out() {
            sweep.found.rows += found.rows;
        }
        found.left.into_iter().for_each(|it| sweep.leave(it));
        failed = ledger.put_sweep(sweep).err().or(failed.take());
    });
    in_files.map_err(WorkError::Files)?;
    past.failed()?;
    failed.map_or(Ok(()), |error| Err(error.into()))
}

/// Says that a sweep is done, in the ledger and the audit log.
pub fn finish(app: &App, runtime: &WorkspaceRuntime, mut sweep: Sweep) -> Result<(), WorkError> {
    sweep.state = ErasureState::Done;
    sweep.waits_for = None;
    sweep.finished = Some(app.now());
    // What stands in the place of the actors says who they are from now on.
    sweep.gone = ProfileSet::default();
    runtime.ledger().put_sweep(&sweep)?;
    if sweep.upto.is_none() {
        return Ok(());
    }
    let details = serde_json::json!({
        "events": sweep.found.events,
        "held_back": sweep.found.held_back,
        "profiles": sweep.found.profiles,
        "left": sweep.left_count,
    });
    let entry = AuditEntry {
        at: app.now(),
        actor: sweep.by.unwrap_or_else(|| "throughline".to_owned()),
        address: None,
        action: "events.swept".to_owned(),
        workspace: Some(runtime.id().clone()),
        subject: Some(format!("sweep {}", sweep.id)),
        details,
    };
    Ok(note(app, entry)?)
}

/// Begins again with the log what a stop has cut short: by what is known now it is found who goes.
pub fn take_up(runtime: &WorkspaceRuntime) -> Result<(), WorkError> {
    let ledger = runtime.ledger();
    if let Some(mut sweep) = ledger.open_sweep()
        && sweep.state == ErasureState::Rebuilding
    {
        sweep.state = ErasureState::Blanking;
        ledger.put_sweep(&sweep)?;
    }
    Ok(())
}
