//! Takes up what was asked to be erased, one person at a time in each workspace, and what is past its
//! limit, from wherever an earlier try has ended.

use std::{
    cell::LazyCell,
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use throughline_ingest::identity::{Resolver, Stretch};
use throughline_model::{ActorId, Identifier, ProfileId};
use throughline_store::{
    log::{AmendError, Position},
    state::{
        StateError,
        instance::{AuditEntry, AuditFilter, AuditRecord},
        is_gone,
    },
};

use super::{
    files,
    ledger::{Erasure, ErasureState, Found, GoneTurn, LedgerError, Left},
    mention::{told_in, written_in},
    refused,
    scan::{ScanError, Wanted, What, blank_log},
    sweep::Sweep,
    sweeping,
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
    #[error("could not tell where the raw log ended")]
    Log(#[source] AmendError),
    #[error("could not make the workspace again")]
    Rebuild(#[from] RebuildError),
    #[error("could not open the workspace again; restart the server")]
    Workspace(#[from] WorkspaceError),
    #[error("could not go on with imports")]
    Imports(#[source] io::Error),
    #[error("could not remove {}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("an import is running; it goes on when that has ended")]
    Importing,
    #[error("the server or the workspace is about to stop")]
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
            is_done = look(&app, tend);
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
        sweeping::take_up(&runtime)?;
        tend(app, runtime)
    })
}

/// Erases who is asked, lifts what is asked, and takes out what was refused.
fn tend(app: &App, runtime: WorkspaceRuntime) -> Result<(), WorkError> {
    let runtime = lift(app, erase_all(app, runtime)?)?;
    match runtime.ledger().is_over() {
        true => Ok(()),
        false => refused::take_out(&runtime),
    }
}

fn look(app: &App, work: impl Fn(&App, WorkspaceRuntime) -> Result<(), WorkError>) -> bool {
    let mut is_done = true;
    for runtime in app.workspaces().all() {
        if let Err(error) = work(app, runtime.clone()) {
            tracing::warn!(
                workspace = %runtime.id(), error = &error as &dyn std::error::Error,
                "somebody or something is not erased yet; it is tried again"
            );
            is_done = false;
        }
    }
    is_done
}

fn erase_all(app: &App, mut runtime: WorkspaceRuntime) -> Result<WorkspaceRuntime, WorkError> {
    loop {
        if !runtime.ledger().is_over() {
            sweeping::ask_when_due(&runtime, app.now())?;
        }
        let (open, sweep) = (runtime.ledger().open_ones(), runtime.ledger().open_sweep());
        if open.is_empty() && sweep.is_none() {
            return Ok(runtime);
        }
        match erase(app, &runtime, open, sweep) {
            Ok(again) => runtime = again,
            Err(_) if runtime.ledger().is_over() => {
                remove(&runtime.beside())?;
                return Ok(runtime);
            }
            Err(error) => {
                wait_for(&runtime, &error)?;
                return Err(error);
            }
        }
    }
}

/// Takes in again what comes from now on, where that was asked for.
///
/// The workspace is closed for a moment: each record of its log is either before or after.
fn lift(app: &App, runtime: WorkspaceRuntime) -> Result<WorkspaceRuntime, WorkError> {
    if runtime.ledger().is_over() || !runtime.ledger().has_lifts() {
        return Ok(runtime);
    }
    let between = |old: &WorkspaceRuntime| {
        let end = old.pipeline().log().end().0;
        Ok(old.ledger().carry_out_lifts(end)?)
    };
    open_again(app, &runtime, between)
}

/// Erases several people and what is past: the log for each, then all that follows from it at once.
fn erase(
    app: &App,
    runtime: &WorkspaceRuntime,
    mut open: Vec<Erasure>,
    sweep: Option<Sweep>,
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
    let mut sweep = match sweep {
        Some(sweep) => sweeping::sweep(app, runtime, sweep)?,
        None => None,
    };
    if open.is_empty() && sweep.is_none() {
        return Ok(runtime.clone());
    }
    if app.is_draining() {
        return Err(WorkError::Draining);
    }
    if runtime.imports().list().iter().any(|job| job.is_open()) {
        return Err(WorkError::Importing);
    }
    let uptos = open
        .iter()
        .map(|it| it.upto)
        .chain(sweep.iter().map(|it| it.upto));
    rebuild(app, runtime, uptos.flatten().min())?;
    if app.is_draining() {
        return Err(WorkError::Draining);
    }
    let again = reopen(app, runtime, &mut open, &mut sweep)?;
    forget_arrivals(app, &again);
    for mut erasure in open {
        erasure.state = ErasureState::Done;
        erasure.waits_for = None;
        erasure.finished = Some(app.now());
        again.ledger().put(&erasure)?;
        audit(app, &again, &erasure)?;
    }
    if let Some(sweep) = sweep {
        sweeping::finish(app, &again, sweep)?;
    }
    Ok(again)
}

/// Makes everything again beside the workspace, from the log as far as it is erased.
///
/// What came later is applied when the workspace is opened again: only then it is known which
/// numbers others have been given, so that whoever comes back takes none of them.
fn rebuild(app: &App, runtime: &WorkspaceRuntime, upto: Option<u64>) -> Result<(), WorkError> {
    let log = runtime.pipeline().log();
    let end = upto.map_or(log.end(), |it| Position(it).min(log.end()));
    let extent = log.extent_at(end).map_err(WorkError::Log)?;
    rebuild_beside(runtime.pipeline(), &runtime.beside(), app.clock(), extent)?;
    Ok(())
}

/// Puts what was made in the place of what is there, and waits until later events are there too.
fn reopen(
    app: &App,
    runtime: &WorkspaceRuntime,
    open: &mut [Erasure],
    sweep: &mut Option<Sweep>,
) -> Result<WorkspaceRuntime, WorkError> {
    let ledger = runtime.ledger();
    let between = |old: &WorkspaceRuntime| {
        let actors_count = old.state().actors_count()?;
        for erasure in &mut *open {
            erasure.actors_count = actors_count;
            // Nobody writes any more, so nothing about the person comes after this.
            let hashes = &erasure.hashes;
            let is_theirs = |it: &Identifier| hashes.contains(&ledger.hash(it));
            let gone = old.state().forget_in_research(&is_theirs)?;
            erasure.found.notes += gone.notes;
            erasure.found.quotes += gone.quotes;
            ledger.put(erasure)?;
        }
        if let Some(sweep) = &mut *sweep {
            sweep.actors_count = actors_count;
            ledger.put_sweep(sweep)?;
        }
        let gone = ledger.gone(old.state())?;
        Ok::<_, WorkError>(exchange(old.pipeline(), &old.beside(), &gone)?)
    };
    let again = open_again(app, runtime, between)?;
    match again.pipeline().settle() {
        true => Ok(again),
        false => Err(WorkError::Draining),
    }
}

/// Closes a workspace, does something with it, and opens it again.
fn open_again(
    app: &App,
    runtime: &WorkspaceRuntime,
    between: impl FnOnce(&WorkspaceRuntime) -> Result<(), WorkError>,
) -> Result<WorkspaceRuntime, WorkError> {
    let done = app.workspaces().reopen(runtime, between)?;
    let again = app.workspaces().get(runtime.id());
    let again = again.ok_or(WorkError::Draining)?;
    // Whatever became of it, imports that ran were stopped by it.
    let resumed = again.resume_imports(app);
    done?;
    resumed.map_err(WorkError::Imports)?;
    Ok(again)
}

fn remove(dir: &Path) -> Result<(), WorkError> {
    match fs::remove_dir_all(dir) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(WorkError::File {
            path: dir.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

/// Bodies that came to webhooks are shown as samples.
fn forget_arrivals(app: &App, runtime: &WorkspaceRuntime) {
    for hook in app.instance().read().hooks_of(runtime.id()) {
        app.collector().hooks.forget_arrivals(hook.id);
    }
}

/// Decides what belongs to the person: all actors of the profile, up to the end of the log.
fn decide(app: &App, runtime: &WorkspaceRuntime, erasure: &mut Erasure) -> Result<(), WorkError> {
    let (pipeline, ledger) = (runtime.pipeline(), runtime.ledger());
    let end = pipeline.log().end().0;
    // Events that are accepted from here on are those of somebody new.
    if !pipeline.settle() {
        return Err(WorkError::Draining);
    }
    let turns = {
        let resolver = pipeline.resolver();
        erasure.actors = actors_of(&resolver, erasure.profile);
        let root = resolver.roots().get(erasure.profile as usize).copied();
        erasure.actors_count = resolver.roots().len() as u64;
        root.map_or_else(Vec::new, |root| resolver.stretches_of(ProfileId(root)))
    };
    // Others have such a device too, so it stays, and what it did in their turns.
    erasure.turns = gone_turns(runtime, &turns)?;
    let gone = erasure.gone();
    let identifiers = known(runtime, &gone)?;
    erasure.hashes = identifiers.iter().map(|it| ledger.hash(it)).collect();
    let (links, traits) = pipeline.state().lines_of(&gone)?;
    let values = values_of(&identifiers);
    let names = |text: &str| written_in(text, &values);
    let documents = pipeline.state().documents_that_name(&names)?;
    let is_theirs = |it: &Identifier| erasure.hashes.contains(&ledger.hash(it));
    let notes = pipeline.state().notes_that_name(&is_theirs, &names)?;
    let notes = notes
        .into_iter()
        .map(|(id, title)| ("note".to_owned(), id.to_string(), title));
    erasure.found = Found {
        identifiers: identifiers.len() as u64,
        links,
        traits,
        parts: pipeline.store().stats().parts_count as u64,
        ..Found::default()
    };
    erasure.left = documents
        .into_iter()
        .chain(notes)
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

/// All actors of who has this one, but devices that others have too.
///
/// A restored backup may be older than the profile; then there is nobody.
pub fn actors_of(resolver: &Resolver, actor: u32) -> BTreeSet<u32> {
    let root = resolver.roots().get(actor as usize).copied();
    let theirs = |(actor, its): (u32, &u32)| {
        let is_shared = resolver.turns().contains_key(&actor);
        (Some(*its) == root && !is_shared).then_some(actor)
    };
    (0..).zip(resolver.roots()).filter_map(theirs).collect()
}

fn gone_turns(runtime: &WorkspaceRuntime, turns: &[Stretch]) -> Result<Vec<GoneTurn>, StateError> {
    let devices: BTreeSet<ActorId> = turns.iter().map(|it| it.device).collect();
    let devices: Vec<ActorId> = devices.into_iter().collect();
    let known: BTreeMap<ActorId, Identifier> =
        runtime.state().identifiers(&devices)?.into_iter().collect();
    let gone = turns.iter().filter_map(|it| {
        Some(GoneTurn {
            device: runtime.ledger().hash(known.get(&it.device)?),
            from_ms: it.from.0,
            until_ms: it.until.0,
        })
    });
    Ok(gone.collect())
}

/// Records of the audit log that name the person: older ones of decisions about identifiers.
fn audited(
    app: &App,
    runtime: &WorkspaceRuntime,
    values: &[String],
) -> Result<Vec<Left>, StateError> {
    const RECORDS_AT_ONCE: usize = 1000;
    let names = |it: &AuditRecord| {
        let details = it.entry.details.to_string();
        let subject = it.entry.subject.as_deref().unwrap_or_default();
        values
            .iter()
            .any(|value| subject.split(" – ").any(|it| it == value) || told_in(&details, value))
    };
    let mut filter = AuditFilter {
        before: None,
        workspaces: Some(vec![runtime.id().clone()]),
        count_max: RECORDS_AT_ONCE,
    };
    let mut found = Vec::new();
    loop {
        let records = app.instance().audit(&filter)?;
        let naming = records.iter().filter(|it| names(it));
        found.extend(naming.map(|it| Left::Audit {
            position: it.position,
        }));
        match records.last() {
            Some(last) => filter.before = Some(last.position),
            None => return Ok(found),
        }
    }
}

/// Blanks the log and looks through imported files.
fn blank(runtime: &WorkspaceRuntime, erasure: &mut Erasure) -> Result<(), WorkError> {
    let (pipeline, ledger) = (runtime.pipeline(), runtime.ledger());
    let gone = erasure.gone();
    let values = values_of(&known(runtime, &gone)?);
    let (hashes, erasure_turns) = (erasure.hashes.clone(), erasure.turns.clone());
    let is_theirs = |it: &Identifier| hashes.contains(&ledger.hash(it));
    let is_their_turn = |it: &Identifier, time| {
        let device = LazyCell::new(|| ledger.hash(it));
        let turns = erasure_turns.iter();
        turns
            .filter(|turn| turn.holds(time))
            .any(|turn| turn.device == *device)
    };
    let wanted = Wanted {
        what: What::Person {
            is_theirs: &is_theirs,
            is_their_turn: &is_their_turn,
            values: &values,
        },
        typed_from: pipeline.state().typed_from()?,
    };
    let log = pipeline.log();
    // A backup may hold less of the log than was there once.
    let upto = erasure.upto.unwrap_or_default().min(log.end().0);
    erasure.look_again();
    let mut failed = None;
    let chunks = blank_log(log, upto, &wanted, |blanked| {
        erasure.found.records += blanked.records;
        erasure.found.events += blanked.events;
        erasure.found.quarantined += blanked.quarantined;
        erasure.found.decisions += blanked.decisions;
        let left = (blanked.left.iter()).map(|it| Left::Record { position: *it });
        erasure.left.extend(left);
        // What is counted is gone, so a later try does not find it again.
        failed = ledger.put(erasure).err().or(failed.take());
    })?;
    let in_files = files::erase(runtime, &wanted, &chunks, |found| {
        erasure.found.rows += found.rows;
        erasure.found.files += u64::from(found.is_out());
        erasure.leave(found.left);
        failed = ledger.put(erasure).err().or(failed.take());
    });
    in_files.map_err(WorkError::Files)?;
    failed.map_or(Ok(()), |error| Err(error.into()))
}

/// What a restored backup brings back is erased again.
fn take_up_restored(runtime: &WorkspaceRuntime) -> Result<(), WorkError> {
    let ledger = runtime.ledger();
    let done = |all: &[Erasure]| -> Vec<Erasure> {
        all.iter().filter(|it| !it.is_open()).cloned().collect()
    };
    for mut erasure in ledger.read(done) {
        let known = known(runtime, &erasure.gone())?;
        if known
            .iter()
            .any(|it| erasure.hashes.contains(&ledger.hash(it)))
        {
            tracing::info!(workspace = %runtime.id(), erasure = erasure.id, "somebody who was erased is there again, as after a restored backup");
            erasure.state = ErasureState::Blanking;
            erasure.finished = None;
            erasure.found.begin_again();
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

fn wait_for(runtime: &WorkspaceRuntime, error: &WorkError) -> Result<(), LedgerError> {
    let ledger = runtime.ledger();
    for mut erasure in ledger.open_ones() {
        erasure.waits_for = Some(error.to_string());
        ledger.put(&erasure)?;
    }
    if let Some(mut sweep) = ledger.open_sweep() {
        sweep.waits_for = Some(error.to_string());
        ledger.put_sweep(&sweep)?;
    }
    Ok(())
}

fn audit(app: &App, runtime: &WorkspaceRuntime, erasure: &Erasure) -> Result<(), StateError> {
    let details = serde_json::json!({
        "events": erasure.found.events,
        "records": erasure.found.records,
        "left": super::ledger::kinds(&erasure.left),
    });
    let entry = AuditEntry {
        at: app.now(),
        actor: erasure.by.clone(),
        address: None,
        action: "profile.erased".to_owned(),
        workspace: Some(runtime.id().clone()),
        subject: Some(format!("erasure {}", erasure.id)),
        details,
    };
    note(app, entry)
}

/// Writes what was done into the audit log.
pub fn note(app: &App, entry: AuditEntry) -> Result<(), StateError> {
    app.instance().decide_here(|_| {
        Ok(Decision {
            changes: Vec::new(),
            audit: Some(entry),
            result: (),
        })
    })
}
