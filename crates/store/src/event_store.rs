//! The resolved log of one workspace: parts on disk, a tail in memory, and who is whom.
//!
//! Everything here can be rebuilt from the raw log. A restart replays it from
//! [`EventStore::applied`]; what lies before is in the parts.

mod duplicates;
mod maintain;
mod verify;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use throughline_model::{ActorId, EventName, ProfileId, Timestamp, limits};

use crate::{
    cache::ValuesCache,
    error::StoreError,
    manifest::Manifest,
    merge::Source,
    objects::Objects,
    part::{self, Part},
    roots::{Roots, Turns},
    run::{MOVED, Run, StoredEvent},
    side::Shelf,
    snapshot::{EventNames, Snapshot},
    tail::Tail,
};

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// Count of buckets, a power of two. It is fixed when the store is made; another wish later
    /// is refused, and `None` takes what there is, or 256.
    pub buckets: Option<u32>,
    /// Where columns are kept after they were read; one cache may serve many stores.
    pub cache: Arc<ValuesCache>,
    /// Rows in the tail at which [`EventStore::is_seal_due`] says so.
    pub tail_rows_max: usize,
    /// Rows of one part.
    pub part_rows_max: usize,
    /// Parts get numbers from here on: those of a store whose place this one is to take are below.
    pub part_id_min: u64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            buckets: None,
            cache: Arc::new(ValuesCache::new(limits::VALUES_CACHE_BYTES_MAX)),
            tail_rows_max: limits::TAIL_ROWS_MAX,
            part_rows_max: limits::PART_ROWS_MAX,
            part_id_min: 0,
        }
    }
}

const BUCKETS: u32 = 256;

/// Events in the order of the log, with their actors.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub events: Vec<StoredEvent>,
    /// Count of records of the log that have been applied with this batch, from the beginning.
    pub applied: u64,
}

/// Figures of a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreStats {
    pub parts_count: usize,
    /// Rows in parts.
    pub sealed_rows_count: u64,
    /// Rows in memory.
    pub tail_rows_count: usize,
    /// Bytes of all files of parts.
    pub bytes: u64,
    /// Bytes of columns that are kept in memory.
    pub cache_bytes: usize,
}

/// The event store of one workspace.
pub struct EventStore {
    objects: Objects,
    options: StoreOptions,
    inner: Mutex<Inner>,
    /// Held while a part is made of the tail.
    sealing: Mutex<()>,
    /// Held while parts are made of parts.
    merging: Mutex<()>,
    next_id: AtomicU64,
}

struct Inner {
    manifest: Manifest,
    /// The parts that the manifest names.
    parts: BTreeMap<u64, Source>,
    shelf: Shelf,
    tail: Tail,
    /// What is being sealed.
    frozen: Option<Tail>,
    applied: u64,
    names: Arc<EventNames>,
    roots: Vec<u32>,
    turns: Arc<BTreeMap<u32, Turns>>,
    shared_roots: Roots,
    /// Actors whose roots or turns have changed since `shared_roots`.
    changed: Vec<u32>,
    links: u64,
    /// A manifest may or may not have become durable, so nothing may be written after it.
    is_stopped: bool,
}

impl EventStore {
    /// Opens the store in a directory, or makes one.
    pub fn open(dir: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        Self::open_objects(Objects::in_dir(dir)?, options)
    }

    /// Opens a store wherever its files lie.
    ///
    /// Files that no manifest names are what a crash left behind, and are removed.
    pub fn open_objects(objects: Objects, options: StoreOptions) -> Result<Self, StoreError> {
        let manifest = match Manifest::load(&objects)? {
            Some(manifest) => manifest,
            None => {
                let manifest = Manifest::first(options.buckets.unwrap_or(BUCKETS));
                manifest.commit(&objects)?;
                manifest
            }
        };
        if let Some(wanted) = options.buckets.filter(|it| *it != manifest.buckets) {
            let found = manifest.buckets;
            return Err(StoreError::Buckets { found, wanted });
        }
        let kept: Vec<String> = (manifest.parts.iter())
            .flat_map(|entry| part::PartEntry::names(entry.id))
            .collect();
        objects.sweep(part::FOLDER, &|name| kept.iter().any(|it| it == name))?;
        let roots = Roots::default();
        let cache = Arc::clone(&options.cache);
        let mut shelf = Shelf::new(manifest.buckets, Arc::clone(&cache), roots.clone());
        let mut parts = BTreeMap::new();
        for entry in &manifest.parts {
            let part = Arc::new(Part::open(&objects, entry.clone(), manifest.buckets)?);
            let run = Arc::new(part.run(Some(Arc::clone(&cache))));
            shelf.add(Arc::clone(&run));
            parts.insert(entry.id, Source { part, run });
        }
        Ok(Self {
            next_id: AtomicU64::new(manifest.next_id.max(options.part_id_min)),
            inner: Mutex::new(Inner {
                applied: manifest.applied,
                names: Arc::new(EventNames::of(&manifest.names)),
                tail: Tail::new(manifest.buckets, cache, roots.clone()),
                parts,
                shelf,
                manifest,
                frozen: None,
                roots: Vec::new(),
                turns: Arc::default(),
                shared_roots: roots,
                changed: Vec::new(),
                links: 0,
                is_stopped: false,
            }),
            objects,
            options,
            sealing: Mutex::new(()),
            merging: Mutex::new(()),
        })
    }

    /// Count of records of the log whose events are all in parts: where a replay has to start.
    pub fn applied(&self) -> u64 {
        self.inner().manifest.applied
    }

    /// All parts that there were have numbers below this one.
    pub fn part_ids_upto(&self) -> u64 {
        self.next_id.load(Ordering::Relaxed)
    }

    /// Event names by code, as far as the store knows them.
    pub fn names(&self) -> Arc<EventNames> {
        Arc::clone(&self.inner().names)
    }

    /// Takes event names that continue those of before; they come before events that use them.
    pub fn set_names(&self, names: Arc<EventNames>) -> Result<(), StoreError> {
        let mut inner = self.inner();
        for (code, found) in inner.manifest.names.iter().enumerate() {
            let given = names.iter().nth(code).map(|(_, name)| name);
            if given != Some(found) {
                return Err(StoreError::Names {
                    code,
                    found: found.to_string(),
                    given: given.map_or_else(String::new, EventName::to_string),
                });
            }
        }
        inner.names = names;
        Ok(())
    }

    /// Says to which profiles actors belong now, and how many links that was made from.
    ///
    /// After opening, the whole table is given; then, changes. The next snapshot shows them.
    pub fn set_roots(&self, changes: impl IntoIterator<Item = (ActorId, ProfileId)>, links: u64) {
        self.set_roots_and_turns(changes, [], links);
    }

    /// As [`EventStore::set_roots`], and says whose turn it is when on actors that several people
    /// share; none for those that are shared no longer. They are their own roots.
    pub fn set_roots_and_turns(
        &self,
        changes: impl IntoIterator<Item = (ActorId, ProfileId)>,
        turns: impl IntoIterator<Item = (ActorId, Turns)>,
        links: u64,
    ) {
        let mut inner = self.inner();
        let inner = &mut *inner;
        for (actor, profile) in changes {
            let known_count = u32::try_from(inner.roots.len()).expect("actors have 31 bits");
            inner.roots.extend(known_count..=actor.0.max(profile.0));
            let root = &mut inner.roots[actor.0 as usize];
            if *root != profile.0 {
                *root = profile.0;
                inner.changed.push(actor.0);
            }
        }
        inner.links = links;
        for (actor, turns) in turns {
            let all = Arc::make_mut(&mut inner.turns);
            match turns.is_empty() {
                true => all.remove(&actor.0),
                false => all.insert(actor.0, turns),
            };
            inner.changed.push(actor.0);
        }
    }

    /// Takes events into the tail. The next snapshot shows them.
    ///
    /// They are durable in the raw log already. State tables are committed before this, so that
    /// they never lag behind the parts. See [`EventStore::is_seal_due`].
    pub fn append(&self, batch: Batch) {
        let mut inner = self.inner();
        debug_assert!(
            inner.applied <= batch.applied,
            "the log is applied in order"
        );
        for event in &batch.events {
            assert!(
                usize::from(event.event) < inner.names.len() && event.actor.0 < MOVED,
                "names of events are given before events, and actors have 31 bits"
            );
        }
        inner.applied = batch.applied;
        inner.tail.push(batch.events);
    }

    /// True when the tail is so long that [`EventStore::seal`] should be called before more is
    /// appended. Who goes on regardless, as the disk is full, must bound memory otherwise.
    pub fn is_seal_due(&self) -> bool {
        self.inner().tail.len() >= self.options.tail_rows_max
    }

    /// What is known now.
    pub fn snapshot(&self, now: Timestamp) -> Snapshot {
        let mut inner = self.inner();
        inner.settle();
        let tails = inner.frozen.iter().chain([&inner.tail]);
        let runs = inner.shelf.runs().chain(tails.flat_map(Tail::runs));
        Snapshot {
            runs: runs.filter(|run| !run.is_empty()).cloned().collect(),
            roots: inner.shared_roots.clone(),
            names: Arc::clone(&inner.names),
            links: inner.links,
            taken: now,
            buckets: inner.manifest.buckets,
            only: None,
            known: Arc::default(),
        }
    }

    /// What is known now, as if these were the roots: how it was at an earlier position of the link
    /// log, or how it would be under another policy. Costs a look at every group.
    pub fn snapshot_under(&self, roots: Roots, links: u64, now: Timestamp) -> Snapshot {
        let (bases, mut snapshot) = {
            let mut inner = self.inner();
            inner.settle();
            let tails = inner.frozen.iter().chain([&inner.tail]);
            let bases = inner.shelf.bases().chain(tails.flat_map(Tail::bases));
            let bases: Vec<Arc<Run>> = bases.cloned().collect();
            let snapshot = Snapshot {
                runs: Vec::new(),
                roots: roots.clone(),
                names: Arc::clone(&inner.names),
                links,
                taken: now,
                buckets: inner.manifest.buckets,
                only: None,
                known: Arc::default(),
            };
            (bases, snapshot)
        };
        let mut shelf = Shelf::new(snapshot.buckets, Arc::clone(&self.options.cache), roots);
        bases.into_iter().for_each(|run| shelf.add(run));
        let runs = shelf.runs().filter(|run| !run.is_empty());
        snapshot.runs = runs.cloned().collect();
        snapshot
    }

    /// Figures for people and metrics.
    pub fn stats(&self) -> StoreStats {
        let inner = self.inner();
        let entries = &inner.manifest.parts;
        let frozen = inner.frozen.as_ref().map_or(0, Tail::len);
        StoreStats {
            parts_count: entries.len(),
            sealed_rows_count: entries.iter().map(|it| it.rows_count).sum(),
            tail_rows_count: inner.tail.len() + frozen,
            bytes: (entries.iter())
                .map(|it| it.parquet_bytes + it.timeline.bytes + it.keys.bytes)
                .sum(),
            cache_bytes: self.options.cache.bytes(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }
}

impl Inner {
    /// Brings all runs up to what was said of roots and appended.
    fn settle(&mut self) {
        if !self.changed.is_empty() {
            let changed = std::mem::take(&mut self.changed);
            let actors = self.roots.as_slice().into();
            self.shared_roots = Roots::new(actors, Arc::clone(&self.turns));
            self.shelf.apply(&changed, &self.shared_roots);
            self.tail.apply(&changed, &self.shared_roots);
            if let Some(frozen) = &mut self.frozen {
                frozen.apply(&changed, &self.shared_roots);
            }
        }
        self.tail.settle(&self.shared_roots);
    }

    /// Makes a changed manifest the newest. On an error the old one stays in force.
    fn commit(
        &mut self,
        objects: &Objects,
        next_id: u64,
        change: impl FnOnce(&mut Manifest),
    ) -> Result<(), StoreError> {
        if self.is_stopped {
            return Err(StoreError::Stopped);
        }
        let mut next = self.manifest.clone();
        next.version += 1;
        next.next_id = next_id;
        next.names = self.names.iter().map(|(_, name)| name.clone()).collect();
        change(&mut next);
        if let Err(error) = next.commit(objects) {
            // On a full disk the file never got its name. Otherwise nobody knows.
            self.is_stopped = !error.is_full();
            return Err(error);
        }
        self.manifest = next;
        Ok(())
    }

    /// Puts parts in the place of others, of which the manifest no longer speaks.
    fn exchange(&mut self, gone: &[u64], added: Vec<Source>) {
        let mut gone_runs = std::collections::BTreeSet::new();
        for id in gone {
            if let Some(source) = self.parts.remove(id) {
                gone_runs.insert(source.run.id);
                source.part.retire();
            }
        }
        let runs: Vec<Arc<Run>> = added.iter().map(|it| Arc::clone(&it.run)).collect();
        for source in added {
            self.parts.insert(source.part.entry.id, source);
        }
        if gone_runs.is_empty() {
            for run in runs {
                self.shelf.add(run);
            }
        } else {
            self.shelf.replace(&gone_runs, runs);
        }
    }
}

#[cfg(test)]
mod tests;
