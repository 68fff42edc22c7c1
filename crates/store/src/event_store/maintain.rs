//! Sealing the tail, merging parts, and undoing a source.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError, atomic::Ordering},
};

use throughline_model::SourceId;

use super::EventStore;
use crate::{
    error::StoreError,
    merge::{Merge, PartFacts, Source, plan},
    part::{Part, PartEntry, Target, seal},
    run::StoredEvent,
    tail::Tail,
};

impl EventStore {
    /// Makes a part of the tail, so that a restart need not replay it. Snapshots stay possible.
    ///
    /// True when there was something to seal. After an error the tail is as it was.
    pub fn seal(&self) -> Result<bool, StoreError> {
        let _sealing = self.sealing.lock().unwrap_or_else(PoisonError::into_inner);
        let (applied, names, roots, buckets_count) = {
            let mut inner = self.inner();
            inner.settle();
            if inner.tail.len() == 0 {
                if inner.applied == inner.manifest.applied {
                    return Ok(false);
                }
                let applied = inner.applied;
                let next_id = self.next_id.load(Ordering::Relaxed);
                inner.commit(&self.objects, next_id, |manifest| {
                    manifest.applied = applied
                })?;
                return Ok(true);
            }
            let cache = Arc::clone(&self.options.cache);
            let empty = Tail::new(inner.manifest.buckets, cache, inner.shared_roots.clone());
            let frozen = std::mem::replace(&mut inner.tail, empty);
            inner.frozen = Some(frozen);
            (
                inner.applied,
                Arc::clone(&inner.names),
                inner.shared_roots.clone(),
                inner.manifest.buckets,
            )
        };
        let id = self.next_id();
        let runs: Vec<_> = {
            let inner = self.inner();
            let frozen = inner.frozen.as_ref().expect("set above, under the seal");
            frozen.settled_events()
        };
        let target = Target {
            objects: &self.objects,
            id,
            set: id,
            buckets_count,
            names: &names,
        };
        let events: Vec<&StoredEvent> = runs.iter().flat_map(|rows| rows.iter()).collect();
        let sealed = seal(target, events, &|it| roots.at(it.actor.0, it.time.0))
            .and_then(|entry| self.open_part(entry, buckets_count));
        drop(runs);
        let mut inner = self.inner();
        let committed = sealed.and_then(|source| {
            let next_id = self.next_id.load(Ordering::Relaxed);
            inner.commit(&self.objects, next_id, |manifest| {
                manifest.parts.push(source.part.entry.clone());
                manifest.applied = applied;
            })?;
            Ok(source)
        });
        let frozen = inner.frozen.take().expect("set above, under the seal");
        match committed {
            Ok(source) => {
                inner.exchange(&[], vec![source]);
                Ok(true)
            }
            Err(error) => {
                inner.tail.take_back(&frozen);
                drop(inner);
                self.remove_files(&[id]);
                Err(error)
            }
        }
    }

    /// Merges some parts if it is time to; false when all is well. One call is one step.
    pub fn merge(&self) -> Result<bool, StoreError> {
        let _merging = self.merging.lock().unwrap_or_else(PoisonError::into_inner);
        let chosen = {
            let inner = self.inner();
            let moved = inner.shelf.moved_rows();
            let facts = inner.parts.values().map(|source| PartFacts {
                id: source.part.entry.id,
                set: source.part.entry.set,
                rows_count: source.part.entry.rows_count,
                moved_count: moved.get(&source.run.id).copied().unwrap_or(0),
            });
            plan(&facts.collect::<Vec<_>>())
        };
        match chosen {
            Some(ids) => self.merge_parts(&ids).map(|()| true),
            None => Ok(false),
        }
    }

    /// Merges all parts into one set: no profile lies in two parts then, and no row was moved.
    pub fn merge_all(&self) -> Result<(), StoreError> {
        let _merging = self.merging.lock().unwrap_or_else(PoisonError::into_inner);
        let ids: BTreeSet<u64> = self.inner().parts.keys().copied().collect();
        if ids.is_empty() {
            return Ok(());
        }
        self.merge_parts(&ids)
    }

    /// Removes every event of a source. Snapshots that were taken before still have them.
    pub fn remove_source(&self, source: SourceId) -> Result<(), StoreError> {
        let _sealing = self.sealing.lock().unwrap_or_else(PoisonError::into_inner);
        let _merging = self.merging.lock().unwrap_or_else(PoisonError::into_inner);
        let concerned: Vec<Source> = {
            let inner = self.inner();
            let parts = inner.parts.values();
            let has_rows = |it: &&Source| it.part.entry.sources.contains_key(&source.0);
            parts.filter(has_rows).cloned().collect()
        };
        let gone: Vec<u64> = concerned.iter().map(|it| it.part.entry.id).collect();
        let mut added = Vec::new();
        for part in concerned {
            let set = part.part.entry.set;
            match self.rewrite(&[part], set, Some(source)) {
                Ok(sources) => added.extend(sources),
                Err(error) => {
                    self.remove_files(&ids_of(&added));
                    return Err(error);
                }
            }
        }
        let mut inner = self.inner();
        if !gone.is_empty() {
            let ids = ids_of(&added);
            let entries: Vec<PartEntry> = added.iter().map(|it| it.part.entry.clone()).collect();
            let next_id = self.next_id.load(Ordering::Relaxed);
            let committed = inner.commit(&self.objects, next_id, |manifest| {
                manifest.parts.retain(|entry| !gone.contains(&entry.id));
                manifest.parts.extend(entries);
            });
            if let Err(error) = committed {
                drop(inner);
                self.remove_files(&ids);
                return Err(error);
            }
            inner.exchange(&gone, added);
        }
        inner.settle();
        inner.tail = inner.tail.without(source, inner.shared_roots.clone());
        Ok(())
    }

    /// The caller holds the lock of merging.
    fn merge_parts(&self, ids: &BTreeSet<u64>) -> Result<(), StoreError> {
        let sources: Vec<Source> = {
            let inner = self.inner();
            let parts = ids.iter().filter_map(|id| inner.parts.get(id));
            parts.cloned().collect()
        };
        let added = self.rewrite(&sources, self.next_id(), None)?;
        drop(sources);
        let mut inner = self.inner();
        let entries: Vec<PartEntry> = added.iter().map(|it| it.part.entry.clone()).collect();
        let next_id = self.next_id.load(Ordering::Relaxed);
        let committed = inner.commit(&self.objects, next_id, |manifest| {
            manifest.parts.retain(|entry| !ids.contains(&entry.id));
            manifest.parts.extend(entries);
        });
        if let Err(error) = committed {
            drop(inner);
            self.remove_files(&ids_of(&added));
            return Err(error);
        }
        let gone: Vec<u64> = ids.iter().copied().collect();
        inner.exchange(&gone, added);
        Ok(())
    }

    /// Writes the rows of parts into new ones, which no manifest names yet.
    fn rewrite(
        &self,
        sources: &[Source],
        set: u64,
        dropped: Option<SourceId>,
    ) -> Result<Vec<Source>, StoreError> {
        let (roots, buckets_count) = {
            let mut inner = self.inner();
            inner.settle();
            (inner.shared_roots.clone(), inner.manifest.buckets)
        };
        let merge = Merge {
            objects: &self.objects,
            buckets_count,
            roots: &roots,
            dropped,
            next_id: &|| self.next_id(),
            part_rows_max: self.options.part_rows_max,
        };
        let entries = merge.run(sources, set)?;
        let ids: Vec<u64> = entries.iter().map(|entry| entry.id).collect();
        let opened = entries
            .into_iter()
            .map(|entry| self.open_part(entry, buckets_count))
            .collect::<Result<Vec<_>, _>>();
        if opened.is_err() {
            self.remove_files(&ids);
        }
        opened
    }

    fn open_part(&self, entry: PartEntry, buckets_count: u32) -> Result<Source, StoreError> {
        let part = Arc::new(Part::open(&self.objects, entry, buckets_count)?);
        let run = Arc::new(part.run(Some(Arc::clone(&self.options.cache))));
        Ok(Source { part, run })
    }

    /// Removes files that no manifest names.
    ///
    /// After a commit of which nobody knows whether it succeeded they must stay: the next start
    /// finds out.
    fn remove_files(&self, ids: &[u64]) {
        if self.inner().is_stopped {
            return;
        }
        for name in ids.iter().flat_map(|id| PartEntry::names(*id)) {
            // Should it stay, it is swept at the next start.
            let _ = self.objects.delete(&name);
        }
    }
}

fn ids_of(sources: &[Source]) -> Vec<u64> {
    sources.iter().map(|it| it.part.entry.id).collect()
}
