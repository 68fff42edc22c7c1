//! Everything that follows from the raw log, made again from it, and what tells two makings apart.
//!
//! What members have written (maps, reports, segments, costs) does not follow from the log; it is
//! taken over as it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::Value;
use throughline_model::{ActorId, Timestamp};
use throughline_store::{
    ReadError, StoreOptions, StoredEvent,
    log::Extent,
    state::{StateError, WorkspaceState},
};
use xxhash_rust::xxh3::Xxh3;

use crate::{
    clock::Clock,
    erasures::{Ledger, LedgerError},
    import::{archive::Archive, chunks::Rereader},
    pipeline::{Pipeline, applier::roots_of, runtime::PipelineError},
};

/// What a workspace holds, as digests: equal ones mean equal profiles, links, traits and events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StateHash {
    /// Identifiers, links, traits, event names, counts and what was held back.
    pub state: String,
    /// Who is whom.
    pub profiles: String,
    /// Every event with its actor, in whatever part it lies.
    pub events: String,
    pub events_count: u64,
    /// Lines of the link log.
    pub links: u64,
}

/// Why a workspace could not be made again.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    #[error("could not prepare {}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("could not read or write the tables")]
    State(#[from] StateError),
    #[error("could not read events")]
    Read(#[from] ReadError),
    #[error("could not run the log again")]
    Pipeline(#[from] Box<PipelineError>),
    #[error("could not tell who was erased")]
    Erased(#[from] LedgerError),
    #[error("the raw log could not be run again to its end")]
    Ended,
}

impl StateHash {
    /// What a pipeline holds now.
    pub fn of(pipeline: &Pipeline, now: Timestamp) -> Result<Self, RebuildError> {
        const ROWS_AT_ONCE: usize = 16_384;
        let mut state = Xxh3::new();
        pipeline.state().describe(&mut |line| {
            state.update(line.as_bytes());
            state.update(b"\n");
        })?;
        let (profiles, links) = {
            let resolver = pipeline.resolver();
            let mut profiles = Xxh3::new();
            for root in resolver.roots() {
                profiles.update(&root.to_le_bytes());
            }
            if !resolver.turns().is_empty() {
                profiles.update(&roots_of(&resolver).turns_print().to_le_bytes());
            }
            (profiles.digest128(), resolver.position())
        };
        let snapshot = pipeline.store().snapshot(now);
        let (mut events, mut events_count) = (0_u128, 0);
        for base in snapshot.bases() {
            let run = &snapshot.runs[base];
            let rows: Vec<u32> = (0..).take(run.len()).collect();
            for rows in rows.chunks(ROWS_AT_ONCE) {
                for event in run.events(rows)? {
                    // A sum does not depend on the part that an event lies in.
                    events = events.wrapping_add(digest_of(&event));
                    events_count += 1;
                }
            }
        }
        let shown = |digest: u128| format!("{digest:032x}");
        Ok(Self {
            state: shown(state.digest128()),
            profiles: shown(profiles),
            events: shown(events),
            events_count,
            links,
        })
    }

    /// What differs from another, in words.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        for (what, a, b) in [
            ("the tables", &self.state, &other.state),
            ("who is whom", &self.profiles, &other.profiles),
            ("the events", &self.events, &other.events),
        ] {
            if a != b {
                differences.push(format!("{what} differ: {a} and {b}"));
            }
        }
        differences
    }
}

impl fmt::Display for StateHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = Xxh3::new();
        for part in [&self.state, &self.profiles, &self.events] {
            all.update(part.as_bytes());
        }
        write!(formatter, "{:032x}", all.digest128())
    }
}

/// Makes a workspace again in a folder of its own, from the log of one that is settled.
///
/// `all_identifiers` takes typed identifiers from the very first record on, also where an older
/// program left them out.
pub fn rebuild(
    live: &Pipeline,
    into: &Path,
    clock: &Clock,
    all_identifiers: bool,
) -> Result<StateHash, RebuildError> {
    prepare(live, into, all_identifiers)?;
    link_files(&live.dir().join("log"), &into.join("log")).map_err(failed(into))?;
    let fresh = run_again(live, into, clock, StoreOptions::default())?;
    let hash = StateHash::of(&fresh, clock.now());
    fresh.close();
    hash
}

/// Makes a workspace again from its log as far as it reached once, while it goes on.
///
/// Its parts have numbers that none of the live one has, so one may take the place of the other.
pub fn rebuild_beside(
    live: &Pipeline,
    into: &Path,
    clock: &Clock,
    extent: Extent,
) -> Result<(), RebuildError> {
    prepare(live, into, false)?;
    let copied = live.log().copy(extent, &into.join("log"));
    copied.map_err(failed(into))?;
    let options = StoreOptions {
        // Room for those that are made meanwhile.
        part_id_min: live.store().part_ids_upto() + PART_IDS_MEANWHILE,
        ..StoreOptions::default()
    };
    run_again(live, into, clock, options)?.close();
    Ok(())
}

/// More parts than are made while a workspace is made again.
const PART_IDS_MEANWHILE: u64 = 1 << 20;

/// Makes a folder with the tables of a workspace, without what follows from its log.
fn prepare(live: &Pipeline, into: &Path, all_identifiers: bool) -> Result<(), RebuildError> {
    if into.exists() {
        fs::remove_dir_all(into).map_err(failed(into))?;
    }
    fs::create_dir_all(into.join("log")).map_err(failed(into))?;
    let ledger = Ledger::open(live.dir())?;
    let state = into.join("state.db");
    match ledger.actors_count() {
        Some(count) => {
            let gone = ledger.gone(live.state())?;
            live.state().copy_with_numbers(&state, count, &gone)?;
            ledger.copy_to(into)?;
        }
        None => live.state().copy_without_log(&state)?,
    }
    if all_identifiers {
        WorkspaceState::open(&state)?.set_typed_from(0)?;
    }
    Ok(())
}

/// Applies the log in a folder to what is there.
fn run_again(
    live: &Pipeline,
    into: &Path,
    clock: &Clock,
    options: StoreOptions,
) -> Result<Pipeline, RebuildError> {
    let mut rereader = Rereader::new(Archive::of(live.dir()));
    let read_chunk = Box::new(move |chunk: &_| rereader.read(chunk));
    let fresh = Pipeline::open_with(into, clock.clone(), read_chunk, options);
    let fresh = fresh.map_err(Box::new)?;
    match fresh.settle() {
        true => Ok(fresh),
        false => Err(RebuildError::Ended),
    }
}

/// Puts what was made beside a closed workspace in its place, without some of its actors.
///
/// After each step the workspace can be opened: rows that are missing come from the log again.
pub fn exchange(
    live: &Pipeline,
    fresh: &Path,
    gone: &BTreeSet<ActorId>,
) -> Result<(), RebuildError> {
    let state = fresh.join("state.db");
    WorkspaceState::open(&state)?.fold()?;
    replace(live.dir(), fresh, || {
        Ok(live.state().take_over(&state, gone)?)
    })?;
    // Last, as it takes the most room, and all that is old is out of the way by now.
    Ok(live.state().scrub()?)
}

/// Puts what was made again in the place of what was there. Nothing may have either open.
///
/// After each step the workspace can be opened: rows that are missing come from the log again.
pub fn swap(live: &Path, fresh: &Path) -> Result<(), RebuildError> {
    // What members have written may lie in the write-ahead logs, which are removed below.
    for dir in [live, fresh] {
        WorkspaceState::open(&dir.join("state.db"))?.fold()?;
    }
    replace(live, fresh, || {
        let remove = |name: &str| match fs::remove_file(live.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
        remove("state.db-wal")
            .and_then(|()| remove("state.db-shm"))
            .and_then(|()| fs::rename(fresh.join("state.db"), live.join("state.db")))
            .map_err(failed(live))
    })
}

/// Puts the parts of one folder in the place of those of another, when its tables are there.
///
/// Where the tables cannot be put there, as on a full disk, everything stays as it was.
fn replace(
    live: &Path,
    fresh: &Path,
    put_tables: impl FnOnce() -> Result<(), RebuildError>,
) -> Result<(), RebuildError> {
    let (events, aside) = (live.join("events"), live.join("events.before"));
    if aside.exists() {
        fs::remove_dir_all(&aside).map_err(failed(&aside))?;
    }
    if events.exists() {
        fs::rename(&events, &aside).map_err(failed(&events))?;
    }
    if let Err(error) = put_tables() {
        if aside.exists() {
            fs::rename(&aside, &events).map_err(failed(&events))?;
        }
        return Err(error);
    }
    fs::rename(fresh.join("events"), &events).map_err(failed(&events))?;
    fs::remove_dir_all(fresh).map_err(failed(fresh))?;
    if aside.exists() {
        fs::remove_dir_all(&aside).map_err(failed(&aside))?;
    }
    Ok(())
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> RebuildError {
    let path = path.to_owned();
    move |source| RebuildError::File { path, source }
}

/// Puts the files of a log into another folder: the last is copied, as it may still grow.
fn link_files(from: &Path, to: &Path) -> io::Result<()> {
    let mut names: Vec<_> = fs::read_dir(from)?
        .map(|entry| entry.map(|it| it.file_name()))
        .collect::<io::Result<_>>()?;
    names.sort();
    let last = names.last().cloned();
    for name in names {
        let (old, new) = (from.join(&name), to.join(&name));
        if Some(&name) == last.as_ref() || fs::hard_link(&old, &new).is_err() {
            fs::copy(&old, &new)?;
        }
    }
    Ok(())
}

fn digest_of(event: &StoredEvent) -> u128 {
    let mut hasher = Xxh3::new();
    hasher.update(&event.actor.0.to_le_bytes());
    hasher.update(&event.seq.0.to_le_bytes());
    hasher.update(&event.time.0.to_le_bytes());
    hasher.update(&event.received.0.to_le_bytes());
    hasher.update(&[event.kind as u8, event.channel]);
    hasher.update(&event.event.to_le_bytes());
    hasher.update(&event.source.0.to_le_bytes());
    hasher.update(&event.message.0.to_le_bytes());
    for object in [&event.properties, &event.context] {
        take_in(&mut hasher, &object.to_map().into());
    }
    hasher.digest128()
}

/// Takes a value in whatever the order of its members is: a part keeps frequent ones in columns.
fn take_in(hasher: &mut Xxh3, value: &Value) {
    match value {
        Value::Object(members) => {
            hasher.update(b"{");
            let members: BTreeMap<&String, &Value> = members.iter().collect();
            for (name, value) in members {
                hasher.update(&(name.len() as u64).to_le_bytes());
                hasher.update(name.as_bytes());
                take_in(hasher, value);
            }
            hasher.update(b"}");
        }
        Value::Array(values) => {
            hasher.update(b"[");
            values.iter().for_each(|it| take_in(hasher, it));
            hasher.update(b"]");
        }
        Value::String(text) => {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        Value::Number(number) => match number.as_f64() {
            Some(number) => hasher.update(&number.to_bits().to_le_bytes()),
            None => hasher.update(number.to_string().as_bytes()),
        },
        Value::Bool(flag) => hasher.update(if *flag { b"t" } else { b"f" }),
        Value::Null => hasher.update(b"n"),
    }
}

#[cfg(test)]
mod tests;
