//! Takes up what was asked to be erased, one person at a time in each workspace, from wherever an
//! earlier try has ended.

use std::{collections::BTreeSet, thread, time::Duration};

use throughline_model::{ActorId, Identifier, Timestamp};
use throughline_store::{
    log::Extent,
    state::{
        StateError,
        instance::{AuditEntry, AuditFilter},
        is_gone,
    },
};

use super::{
    files,
    ledger::{Erasure, ErasureState, Found, LedgerError, Left},
    mention::told_in,
    scan::{ScanError, Wanted, blank_log},
};
use crate::{
    app::App,
    instance::Decision,
    rebuild::{RebuildError, exchange, rebuild_beside},
    workspace::{WorkspaceError, WorkspaceRuntime},
};

/// How often is looked for what was asked.
const LOOK: Duration = Duration::from_millis(500);
/// How long to wait before what failed is tried again.
const RETRY_DELAY: Duration = Duration::from_secs(30);

/// Why an erasure does not go on. It is tried again.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error("could not take rows out of an imported file")]
    Files(#[source] anyhow::Error),
    #[error("could not make the workspace again")]
    Rebuild(#[from] RebuildError),
    #[error("could not open the workspace again; restart the server")]
    Workspace(#[from] WorkspaceError),
    #[error("an import is running; it goes on when that has ended")]
    Importing,
    #[error("the server is about to stop")]
    Draining,
}

/// Erases what is asked, on a thread of its own, until the server drains.
pub fn start(app: App) {
    let work = move || {
        let mut is_done = tick(&app);
        loop {
            let mut waited = Duration::ZERO;
            while waited < if is_done { LOOK } else { RETRY_DELAY } {
                if app.is_draining() {
                    return;
                }
                thread::sleep(LOOK);
                waited += LOOK;
            }
            is_done = look(&app, erase_all);
        }
    };
    if let Err(error) = thread::Builder::new().name("erase".to_owned()).spawn(work) {
        tracing::error!(%error, "nobody can be erased, as there is no thread for it");
    }
}

/// Erases all that is asked now, and again whom a restored backup has brought back; false when
/// something has to be tried again. Blocks.
pub fn tick(app: &App) -> bool {
    look(app, |app, runtime| {
        take_up_restored(&runtime)?;
        erase_all(app, runtime)
    })
}

fn look(app: &App, work: impl Fn(&App, WorkspaceRuntime) -> Result<(), WorkError>) -> bool {
    let mut is_done = true;
    for runtime in app.workspaces().all() {
        if let Err(error) = work(app, runtime.clone()) {
            tracing::warn!(
                workspace = %runtime.id(), error = &error as &dyn std::error::Error,
                "somebody is not erased yet; it is tried again"
            );
            is_done = false;
        }
    }
    is_done
}

fn erase_all(app: &App, mut runtime: WorkspaceRuntime) -> Result<(), WorkError> {
    loop {
        let open: Vec<Erasure> = (runtime.ledger().list().into_iter())
            .filter(|it| it.state != ErasureState::Done)
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        match erase(app, &runtime, open) {
            Ok(again) => runtime = again,
            Err(error) => {
                wait_for(&runtime, &error)?;
                return Err(error);
            }
        }
    }
}

/// Erases several people: the log for each, then all that follows from it at once.
fn erase(
    app: &App,
    runtime: &WorkspaceRuntime,
    mut open: Vec<Erasure>,
) -> Result<WorkspaceRuntime, WorkError> {
    let ledger = runtime.ledger();
    for erasure in &mut open {
        if erasure.state == ErasureState::Waiting {
            decide(app, runtime, erasure)?;
        }
        if erasure.state == ErasureState::Blanking {
            blank(runtime, erasure)?;
            erasure.state = ErasureState::Rebuilding;
            ledger.put(erasure)?;
        }
    }
    if app.is_draining() {
        return Err(WorkError::Draining);
    }
    if runtime.imports().list().iter().any(|job| job.is_open()) {
        return Err(WorkError::Importing);
    }
    let gone: BTreeSet<ActorId> = open.iter().flat_map(Erasure::gone).collect();
    let fresh = runtime.dir().with_extension("erased");
    let extent: Extent = runtime.pipeline().log().extent();
    rebuild_beside(runtime.pipeline(), &fresh, app.clock(), extent)?;
    if app.is_draining() {
        return Err(WorkError::Draining);
    }
    let between = |old: &WorkspaceRuntime| exchange(old.pipeline(), &fresh, &gone);
    let again = app.workspaces().reopen(runtime, between)??;
    again.pipeline().settle();
    for mut erasure in open {
        erasure.state = ErasureState::Done;
        erasure.waits_for = None;
        erasure.finished = Some(app.now());
        again.ledger().put(&erasure)?;
        audit(app, &again, &erasure)?;
    }
    Ok(again)
}

/// Decides what belongs to the person: all actors of the profile, up to the end of the log.
fn decide(app: &App, runtime: &WorkspaceRuntime, erasure: &mut Erasure) -> Result<(), WorkError> {
    let (pipeline, ledger) = (runtime.pipeline(), runtime.ledger());
    pipeline.settle();
    let end = pipeline.log().end().0;
    // Events that are accepted from here on are those of somebody new.
    pipeline.settle();
    {
        let resolver = pipeline.resolver();
        // A restored backup may be older than the profile; then there is nobody.
        let root = resolver.roots().get(erasure.profile as usize).copied();
        let theirs = |(actor, its): (u32, &u32)| (Some(*its) == root).then_some(actor);
        erasure.actors = (0..).zip(resolver.roots()).filter_map(theirs).collect();
        erasure.actors_count = resolver.roots().len() as u64;
    }
    let gone = erasure.gone();
    let identifiers = known(runtime, &gone)?;
    erasure.hashes = identifiers.iter().map(|it| ledger.hash(it)).collect();
    let (links, traits) = pipeline.state().lines_of(&gone)?;
    let values = values_of(&identifiers);
    let documents = pipeline.state().documents_that_hold(&quoted(&values))?;
    erasure.found = Found {
        identifiers: identifiers.len() as u64,
        links,
        traits,
        parts: pipeline.store().stats().parts_count as u64,
        ..Found::default()
    };
    erasure.left = documents
        .into_iter()
        .map(|(document, id, title)| Left::Document {
            document,
            id,
            title,
        })
        .chain(audited(app, runtime, &values)?)
        .collect();
    erasure.upto = Some(end);
    erasure.state = ErasureState::Blanking;
    Ok(ledger.put(erasure)?)
}

/// Records of the audit log that name the person: older ones of decisions about identifiers.
fn audited(
    app: &App,
    runtime: &WorkspaceRuntime,
    values: &[String],
) -> Result<Vec<Left>, StateError> {
    let filter = AuditFilter {
        before: None,
        workspaces: Some(vec![runtime.id().clone()]),
        count_max: usize::MAX,
    };
    let records = app.instance().audit(&filter)?.into_iter();
    let naming = records.filter(|it| {
        let details = it.entry.details.to_string();
        let subject = it.entry.subject.as_deref().unwrap_or_default();
        values
            .iter()
            .any(|value| subject.split(" – ").any(|it| it == value) || told_in(&details, value))
    });
    Ok(naming
        .map(|it| Left::Audit {
            position: it.position,
        })
        .collect())
}

/// Blanks the log and looks through imported files.
fn blank(runtime: &WorkspaceRuntime, erasure: &mut Erasure) -> Result<(), WorkError> {
    let (pipeline, ledger) = (runtime.pipeline(), runtime.ledger());
    let gone = erasure.gone();
    let values = values_of(&known(runtime, &gone)?);
    let hashes = erasure.hashes.clone();
    let is_theirs = |it: &Identifier| hashes.contains(&ledger.hash(it));
    let wanted = Wanted {
        is_theirs: &is_theirs,
        values: &values,
        typed_from: pipeline.state().typed_from()?,
    };
    let log = pipeline.log();
    // A backup may hold less of the log than was there once.
    let upto = erasure.upto.unwrap_or_default().min(log.end().0);
    let mut failed = None;
    blank_log(log, upto, &wanted, |blanked| {
        erasure.found.records += blanked.records;
        erasure.found.events += blanked.events;
        erasure.found.quarantined += blanked.quarantined;
        erasure.found.decisions += blanked.decisions;
        let left = (blanked.left.iter()).map(|it| Left::Record { position: *it });
        erasure.left.extend(left);
        // What is counted is gone, so a later try does not find it again.
        failed = ledger.put(erasure).err().or(failed.take());
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    let found = files::erase(runtime, &wanted).map_err(WorkError::Files)?;
    // What an earlier try has counted is gone from the files.
    erasure.found.rows += found.rows;
    erasure.found.files += found.files;
    erasure.left.extend(found.left);
    Ok(())
}

/// What a restored backup brings back is erased again.
fn take_up_restored(runtime: &WorkspaceRuntime) -> Result<(), WorkError> {
    let ledger = runtime.ledger();
    for mut erasure in ledger.list() {
        if erasure.state != ErasureState::Done {
            continue;
        }
        let known = known(runtime, &erasure.gone())?;
        if known
            .iter()
            .any(|it| erasure.hashes.contains(&ledger.hash(it)))
        {
            tracing::info!(workspace = %runtime.id(), erasure = erasure.id, "somebody who was erased is there again, as after a restored backup");
            erasure.state = ErasureState::Blanking;
            erasure.finished = None;
            ledger.put(&erasure)?;
        }
    }
    Ok(())
}

/// The identifiers of actors, without those that were erased.
fn known(
    runtime: &WorkspaceRuntime,
    actors: &BTreeSet<ActorId>,
) -> Result<Vec<Identifier>, StateError> {
    let actors: Vec<ActorId> = actors.iter().copied().collect();
    let known = runtime.state().identifiers(&actors)?;
    let known = known.into_iter().map(|(_, identifier)| identifier);
    Ok(known.filter(|it| !is_gone(&it.value)).collect())
}

fn values_of(identifiers: &[Identifier]) -> Vec<String> {
    identifiers.iter().map(|it| it.value.to_string()).collect()
}

/// As the values stand in JSON.
fn quoted(values: &[String]) -> Vec<String> {
    let quote = |value: &String| serde_json::Value::from(value.as_str()).to_string();
    values.iter().map(quote).collect()
}

fn wait_for(runtime: &WorkspaceRuntime, error: &WorkError) -> Result<(), LedgerError> {
    let ledger = runtime.ledger();
    for mut erasure in ledger.list() {
        if erasure.state != ErasureState::Done {
            erasure.waits_for = Some(error.to_string());
            ledger.put(&erasure)?;
        }
    }
    Ok(())
}

fn audit(app: &App, runtime: &WorkspaceRuntime, erasure: &Erasure) -> Result<(), StateError> {
    let now: Timestamp = app.now();
    let details = serde_json::json!({
        "events": erasure.found.events,
        "records": erasure.found.records,
        "left": super::ledger::kinds(&erasure.left),
    });
    app.instance().decide_here(|_| {
        Ok(Decision {
            changes: Vec::new(),
            audit: Some(AuditEntry {
                at: now,
                actor: erasure.by.clone(),
                address: None,
                action: "profile.erased".to_owned(),
                workspace: Some(runtime.id().clone()),
                subject: Some(format!("erasure {}", erasure.id)),
                details,
            }),
            result: (),
        })
    })
}
