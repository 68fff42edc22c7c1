//! A snapshot as its names are to be read: renamed, merged and without what is blocked.
//!
//! The one place where names that were sent become names that are shown. Whatever reads the
//! snapshot after it, a report, a map or a file for SQL, sees the events as if they had been sent so.
//!
//! Events of one shown name share the lowest of their codes. Codes are given in the order in which
//! names first came, so what a code stands for does not change when new names arrive.

mod properties;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use throughline_model::{EventCode, EventName, Field, naming::Naming};

use crate::{
    cache::ValuesCache,
    column::Column,
    error::ReadError,
    rows::Rows,
    run::{Run, StoredEvent},
    snapshot::{EventNames, Snapshot, next_run_id},
    timeline::{Foreign, Timeline, count},
    values::Values,
};
use properties::Aliases;
pub use properties::read_as;

/// Runs under new names that were made before, so that they are made once for all questions.
#[derive(Default)]
pub struct NamedRuns {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    naming: Arc<Naming>,
    /// By the id of the run that was read; none where nothing changes.
    runs: BTreeMap<u64, Option<Arc<Template>>>,
    last: Option<(Arc<Snapshot>, Arc<Snapshot>)>,
}

/// A run under new names, save for its profiles: merges may mark those later.
struct Template {
    run: Run,
    /// The groups that are left; none where all are.
    groups: Option<Vec<u32>>,
}

/// What stands behind a run under new names.
pub(crate) struct Named {
    inner: Arc<Run>,
    /// Rows of the inner run that are left; none where all are.
    rows: Option<Vec<u32>>,
    aliases: Arc<Aliases>,
    /// Shown codes of the rows, for properties that are renamed in some events only.
    event: Column<u16>,
    /// Stands for the rows in the cache of columns.
    id: u64,
}

/// What is done with each code.
struct Codes {
    /// Per code that of the name it is shown as; none where the name is blocked.
    shown: Vec<Option<u16>>,
    /// Per code whether anything about it differs from what was sent.
    is_changed: Vec<bool>,
}

impl NamedRuns {
    /// A snapshot as its names are to be read.
    pub fn apply(&self, snapshot: &Arc<Snapshot>, naming: &Arc<Naming>) -> Arc<Snapshot> {
        if naming.is_empty() {
            return Arc::clone(snapshot);
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&kept.naming, naming) {
            *kept = Kept {
                naming: Arc::clone(naming),
                ..Kept::default()
            };
        }
        if let Some((read, named)) = &kept.last
            && Arc::ptr_eq(read, snapshot)
        {
            return Arc::clone(named);
        }
        let named = Arc::new(named(snapshot, naming, &mut kept.runs));
        kept.last = Some((Arc::clone(snapshot), Arc::clone(&named)));
        named
    }
}

impl Snapshot {
    /// The snapshot as its names are to be read.
    pub fn named(&self, naming: &Naming) -> Self {
        named(self, naming, &mut BTreeMap::new())
    }
}

fn named(
    snapshot: &Snapshot,
    naming: &Naming,
    made: &mut BTreeMap<u64, Option<Arc<Template>>>,
) -> Snapshot {
    let names = Arc::new(snapshot.names.named(naming));
    let codes = Codes::of(&snapshot.names, &names, naming);
    let aliases = Arc::new(Aliases::of(naming, &names));
    let mut before = std::mem::take(made);
    let mut runs = Vec::with_capacity(snapshot.runs.len());
    for run in &snapshot.runs {
        let template = (before.remove(&run.id))
            .unwrap_or_else(|| Template::of(run, &codes, &aliases, snapshot.buckets).map(Arc::new));
        runs.push(match &template {
            Some(template) => Arc::new(template.with_profiles_of(run)),
            None => Arc::clone(run),
        });
        made.insert(run.id, template);
    }
    Snapshot {
        runs,
        names,
        ..snapshot.clone()
    }
}

impl Codes {
    fn of(sent: &EventNames, shown: &EventNames, naming: &Naming) -> Self {
        let mut codes = Self {
            shown: Vec::with_capacity(sent.len()),
            is_changed: Vec::with_capacity(sent.len()),
        };
        let targets: BTreeSet<&EventName> = naming.renames().map(|it| it.1).collect();
        for (code, name) in sent.iter() {
            let target = shown.code(naming.shown(name)).unwrap_or(code);
            let is_blocked = naming.is_blocked(name);
            // What keeps its number may have another name by now, or be what an old name means.
            let is_changed = is_blocked
                || target != code
                || naming.shown(name) != name
                || naming.is_hidden(name)
                || targets.contains(name);
            codes.shown.push((!is_blocked).then_some(target.0));
            codes.is_changed.push(is_changed);
        }
        codes
    }
}

impl Template {
    /// None where the run stays as it is.
    fn of(run: &Arc<Run>, codes: &Codes, aliases: &Arc<Aliases>, buckets: u32) -> Option<Self> {
        let code_of = |event: &u16| codes.shown.get(usize::from(*event)).copied();
        let has = |it: &dyn Fn(u16) -> bool| run.event.iter().any(|event| it(*event));
        let is_changed =
            |event: u16| codes.is_changed.get(usize::from(event)).copied() == Some(true);
        let is_blocked = |event: u16| code_of(&event) == Some(None);
        if !has(&is_changed) && !has(&|event| aliases.concern(code_of(&event).flatten())) {
            return None;
        }
        if has(&is_blocked) {
            return Some(Self::without(
                run,
                aliases,
                buckets,
                &|event| match code_of(&event) {
                    Some(shown) => shown,
                    None => Some(event),
                },
            ));
        }
        let events = run.event.iter();
        let event = Column::owned(
            events
                .map(|event| code_of(event).flatten().unwrap_or(*event))
                .collect(),
        );
        let named = Run {
            event,
            ..Run::clone(run)
        };
        Some(Self::new(named, run, None, None, aliases))
    }

    fn new(
        run: Run,
        inner: &Arc<Run>,
        rows: Option<Vec<u32>>,
        groups: Option<Vec<u32>>,
        aliases: &Arc<Aliases>,
    ) -> Self {
        let id = next_run_id();
        let named = Named {
            inner: Arc::clone(inner),
            rows,
            aliases: Arc::clone(aliases),
            event: run.event.clone(),
            id,
        };
        Self {
            run: Run {
                id,
                rows: Rows::Named(Arc::new(named)),
                ..run
            },
            groups,
        }
    }

    /// The rows that are left where some are blocked; a group without any is no group.
    fn without(
        run: &Arc<Run>,
        aliases: &Arc<Aliases>,
        buckets: u32,
        code_of: &dyn Fn(u16) -> Option<u16>,
    ) -> Self {
        let mut left = Left::default();
        for bucket in 0..buckets as usize {
            left.buckets.push(count(left.profiles.len()));
            for group in run.buckets[bucket]..run.buckets[bucket + 1] {
                left.group(run, group, code_of);
            }
        }
        left.buckets.push(count(left.profiles.len()));
        left.offsets.push(count(left.rows.len()));
        let foreign = left.foreign(run);
        let rows = left.rows.iter().map(|row| *row as usize);
        let timeline = Timeline {
            buckets: Column::owned(left.buckets),
            profiles: Column::owned(left.profiles),
            offsets: Column::owned(left.offsets),
            time: Column::owned(rows.clone().map(|row| run.time[row]).collect()),
            event: Column::owned(left.event),
            channel: Column::owned(rows.map(|row| run.channel[row]).collect()),
            foreign,
        };
        let bare = Run::new(timeline, Rows::Bare, run.cache.clone());
        Self::new(bare, run, Some(left.rows), Some(left.groups), aliases)
    }

    fn with_profiles_of(&self, run: &Run) -> Run {
        let profiles = match &self.groups {
            None => run.profiles.clone(),
            Some(groups) => {
                let left = groups.iter().map(|group| run.profiles[*group as usize]);
                Column::owned(left.collect())
            }
        };
        Run {
            profiles,
            ..self.run.clone()
        }
    }
}

/// What is left of a run.
#[derive(Default)]
struct Left {
    buckets: Vec<u32>,
    profiles: Vec<u32>,
    offsets: Vec<u32>,
    event: Vec<u16>,
    rows: Vec<u32>,
    groups: Vec<u32>,
}

impl Left {
    fn group(&mut self, run: &Run, group: u32, code_of: &dyn Fn(u16) -> Option<u16>) {
        let before = self.rows.len();
        for row in run.rows_of(group) {
            if let Some(code) = code_of(run.event[row as usize]) {
                self.rows.push(row);
                self.event.push(code);
            }
        }
        if self.rows.len() > before {
            self.offsets.push(count(before));
            self.profiles.push(run.profiles[group as usize]);
            self.groups.push(group);
        }
    }

    fn foreign(&self, run: &Run) -> Foreign {
        let (mut rows, mut counts, mut actors) = (Vec::new(), Vec::new(), Vec::new());
        let stretches = run.foreign.rows.iter().zip(run.foreign.counts.iter());
        for ((first, stretch), actor) in stretches.zip(run.foreign.actors.iter()) {
            let from = self.rows.partition_point(|row| row < first);
            let to = self.rows.partition_point(|row| *row < first + stretch);
            if to > from {
                rows.push(count(from));
                counts.push(count(to - from));
                actors.push(*actor);
            }
        }
        Foreign {
            rows: Column::owned(rows),
            counts: Column::owned(counts),
            actors: Column::owned(actors),
        }
    }
}

impl Named {
    /// The run as it was read.
    pub fn inner(&self) -> &Arc<Run> {
        &self.inner
    }

    /// The row of the inner run.
    pub fn row(&self, row: u32) -> u32 {
        self.rows.as_ref().map_or(row, |rows| rows[row as usize])
    }

    /// The row that one of the inner run has become; none where it is blocked.
    pub fn row_of(&self, inner: u32) -> Option<u32> {
        match &self.rows {
            None => Some(inner),
            Some(rows) => rows.binary_search(&inner).ok().map(count),
        }
    }

    pub fn values(&self, field: &Field) -> Result<Arc<Values>, ReadError> {
        let path = match field {
            Field::Property(path) if self.aliases.touch(path) => Some(path),
            _ => None,
        };
        if path.is_none() && self.rows.is_none() {
            // Kept under the inner run, so it is not kept twice.
            return self.inner.values(field);
        }
        let cache = self.inner.cache.as_ref();
        if let Some(values) = cache.and_then(|cache: &Arc<ValuesCache>| cache.get(self.id, field)) {
            return Ok(values);
        }
        let values = Arc::new(match path {
            None => {
                let own = self.inner.values(field)?;
                self.collect(|row, _| own.get(row))
            }
            Some(path) => {
                let reader = self.aliases.reader(path, &self.inner)?;
                self.collect(|row, event| reader.value(row, event))
            }
        });
        if let Some(cache) = cache {
            cache.put(self.id, field, &values);
        }
        Ok(values)
    }

    fn collect(&self, value: impl Fn(usize, u16) -> Option<throughline_model::Value>) -> Values {
        let all = (0..self.event.len()).map(|index| {
            let row = self.row(count(index)) as usize;
            value(row, self.event[index])
        });
        Values::collect(all)
    }

    /// Whole events with the properties that are read; their codes are those that were sent.
    pub fn events(&self, rows: &[u32]) -> Result<Vec<StoredEvent>, ReadError> {
        let inner: Vec<u32> = rows.iter().map(|row| self.row(*row)).collect();
        let mut events = self.inner.events(&inner)?;
        for (event, row) in events.iter_mut().zip(rows) {
            self.aliases.rename(event, self.event[*row as usize]);
        }
        Ok(events)
    }
}

impl EventNames {
    /// The names as they are to be read; an old name leads to the code that it is shown as, also before
    /// anything was sent under it.
    fn named(&self, naming: &Naming) -> Self {
        let mut named = Self::default();
        for (code, sent) in self.iter() {
            let shown = naming.shown(sent);
            named.codes.entry(shown.clone()).or_insert(code.0);
            named.names.push(shown.clone());
            let is_quiet = naming.is_hidden(sent) || naming.is_blocked(sent);
            named.quiet.push(sent.is_system() || is_quiet);
            named.sent.push(sent.clone());
        }
        for (from, to) in naming.renames() {
            if let Some(code) = named.codes.get(to).copied() {
                named.codes.insert(from.clone(), code);
            }
        }
        named
    }

    /// The name that events of a code were sent under.
    pub fn sent(&self, code: EventCode) -> Option<&EventName> {
        let sent = self.sent.get(usize::from(code.0));
        sent.or_else(|| self.name(code))
    }
}

#[cfg(test)]
mod tests;
