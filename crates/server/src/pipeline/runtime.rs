//! The pipeline of one workspace at work: the log, a thread that applies it, a thread that tends the parts.
//!
//! The tables are committed before rows are appended, so the parts are never ahead of the tables,
//! and a restart applies again what lies between them.

mod applying;
mod deciding;
mod tending;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use bytes::Bytes;
use throughline_ingest::{
    Decoded, Fault, Quarantined, Reason, Refusal,
    dialect::{
        self, Call, Dialect, Moment,
        hook::{self, Maker, Note},
    },
    identity::Resolver,
};
use throughline_model::{
    ActorId, MessageKey, ProfileId, Seq, SourceId, Timestamp, blank::is_blank, limits,
};
use throughline_store::{
    EventStore, Snapshot, StoreError, StoreOptions, StoreStats,
    log::{self, Entry, Kind, Log, Next, OpenError, Position},
    state::{SourceCounts, StateError, WorkspaceState},
};

use super::{
    applier::{Applier, Arrival, roots_of},
    envelope::{Envelope, ImportChunk},
    in_force::{InForce, PlanInForce},
    repeats::Repeats,
    touched::Touched,
};
use crate::{
    clock::Clock,
    erasures::{Ledger, LedgerError},
    workspace::{News, Pulse},
};

/// Reads the rows of an archived file again. It is asked in the order of the log.
pub type ReadChunk = Box<dyn FnMut(&ImportChunk) -> Result<Arrival, String> + Send>;

/// The pipeline of one workspace. Cloning shares it.
#[derive(Clone)]
pub struct Pipeline(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    clock: Clock,
    log: Log,
    store: EventStore,
    state: WorkspaceState,
    news: News,
    pulse: Pulse,
    touched: Touched,
    repeats: Repeats,
    shown: RwLock<Shown>,
    /// Records of the log below this position are in the next snapshot.
    applied: AtomicU64,
    window_len: AtomicU64,
    counts: Mutex<BTreeMap<SourceId, SourceCounts>>,
    events: Mutex<SourceCounts>,
    tending: Mutex<Tending>,
    wake: Condvar,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Changed by who applies the log, read by who explains it.
    resolver: Arc<RwLock<Resolver>>,
    naming: RwLock<InForce>,
    plan: RwLock<PlanInForce>,
    /// Held from reading a version until the decision that follows it holds.
    decision_turn: Mutex<()>,
}

/// The snapshot that is given out, and what it holds.
struct Shown {
    snapshot: Arc<Snapshot>,
    applied: u64,
    /// None for the one of the start, which lacks what the log holds beyond the parts.
    made: Option<Instant>,
}

#[derive(Default)]
struct Tending {
    is_wanted: bool,
    is_over: bool,
}

/// Why a pipeline could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    #[error("could not open the raw log")]
    Log(#[from] OpenError),
    #[error("could not open the event store")]
    Store(#[from] StoreError),
    #[error("could not open the tables")]
    State(#[from] StateError),
    #[error("could not read the raw log")]
    Read(#[from] log::ReadError),
    #[error("could not read who was erased")]
    Erased(#[from] LedgerError),
    #[error("could not start a thread")]
    Thread(#[from] std::io::Error),
}

/// Why events were not accepted. They may be sent again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    #[error("events come faster than they can be taken in")]
    Busy,
    #[error(transparent)]
    Log(#[from] log::AppendError),
}

/// Figures for people and metrics.
#[derive(Clone, Copy, Debug)]
pub struct PipelineStats {
    pub log: log::Counts,
    pub store: StoreStats,
    /// What became of the events that were applied since the pipeline was opened.
    pub events: SourceCounts,
    /// Records that are safe on disk and not yet applied.
    pub waiting_records: u64,
    pub remembered_messages: u64,
}

/// What a request held, on its way through the log. Who applies it takes it out.
type Parcel = Mutex<Option<Arrival>>;

/// How old a snapshot may be while newer events wait to be shown.
const SNAPSHOT_AGE_MAX: Duration = Duration::from_millis(200);
/// Bytes of memory that a decoded event takes, about.
const EVENT_WEIGHT: usize = 400;

impl Pipeline {
    /// Opens what lies in the folder of a workspace, and goes on where it stopped.
    pub fn open(dir: &Path, clock: Clock, read_chunk: ReadChunk) -> Result<Self, PipelineError> {
        Self::open_with(dir, clock, read_chunk, StoreOptions::default())
    }

    /// As [`Pipeline::open`], with parts that are made in another way.
    pub fn open_with(
        dir: &Path,
        clock: Clock,
        read_chunk: ReadChunk,
        options: StoreOptions,
    ) -> Result<Self, PipelineError> {
        let ledger = Ledger::open(dir)?;
        let state = WorkspaceState::open(&dir.join("state.db"))?;
        let restored = state.restore()?;
        let store = EventStore::open(&dir.join("events"), options)?;
        let mut options = log::Options::new(rand::random());
        options.end_min = Position(restored.applied);
        let (log, recovered) = Log::open(&dir.join("log"), options)?;
        if let Some(cut) = recovered.cut {
            tracing::warn!(?cut, "the unfinished end of the raw log was cut off");
        }
        ledger.cut(log.end().0)?;
        let mut applier = Applier::restore(restored).without(ledger.erased());
        let now = clock.now();
        let imports: BTreeSet<SourceId> = state.imports()?.iter().map(|it| it.source).collect();
        for arrived in store.keys_since(now.minus(limits::DUPLICATE_WINDOW))? {
            // Rows of files never enter the window.
            if !imports.contains(&arrived.source) {
                applier.remember(arrived.message, arrived.source, arrived.received);
            }
        }
        store.set_names(Arc::new(applier.names().clone()))?;
        {
            let resolver = applier.resolver();
            let roots = (0..)
                .zip(resolver.roots())
                .map(|(actor, root)| (ActorId(actor), ProfileId(*root)));
            let turns = roots_of(&resolver).turns().clone().into_iter();
            let turns = turns.map(|(device, its)| (ActorId(device), its));
            store.set_roots_and_turns(roots, turns, resolver.position());
            state.set_trait_rules(&resolver.policy().traits);
        }
        let from = store.applied();
        let counts = state.source_counts()?;
        let snapshot = Arc::new(store.snapshot(now));
        let reader = log.reader(Position(from))?;
        let inner = Arc::new(Inner {
            dir: dir.to_owned(),
            clock,
            log,
            store,
            state,
            news: News::new(),
            pulse: Pulse::new(),
            touched: Touched::default(),
            repeats: Repeats::default(),
            shown: RwLock::new(Shown {
                snapshot,
                applied: from,
                made: None,
            }),
            applied: AtomicU64::new(from),
            window_len: AtomicU64::new(applier.window_len() as u64),
            counts: Mutex::new(counts),
            events: Mutex::default(),
            tending: Mutex::default(),
            wake: Condvar::new(),
            threads: Mutex::default(),
            resolver: applier.share(),
            naming: RwLock::new(applier.naming_at(u64::MAX)),
            plan: RwLock::new(applier.plan_at(u64::MAX)),
            decision_turn: Mutex::default(),
        });
        let applying = Arc::clone(&inner);
        let tending = Arc::clone(&inner);
        let threads = [
            thread::Builder::new()
                .name("apply".to_owned())
                .spawn(move || applying.apply(applier, reader, read_chunk))?,
            thread::Builder::new()
                .name("tend".to_owned())
                .spawn(move || tending.tend())?,
        ];
        inner.threads().extend(threads);
        Ok(Self(inner))
    }

    /// Makes a request durable. Once it returns, the events are safe, and in a snapshot soon.
    pub async fn accept(
        &self,
        envelope: Envelope,
        arrival: Arrival,
    ) -> Result<Position, AcceptError> {
        let waiting = self
            .0
            .log
            .end()
            .0
            .saturating_sub(self.0.applied.load(Ordering::Acquire));
        if waiting > limits::APPLY_WAITING_RECORDS_MAX {
            return Err(AcceptError::Busy);
        }
        let weight = arrival.events.len() * EVENT_WEIGHT;
        let (kind, payload) = envelope.encode();
        let parcel: Arc<Parcel> = Arc::new(Mutex::new(Some(arrival)));
        let entry = Entry::new(Kind::new(kind), payload).with_decoded(parcel, weight);
        Ok(self.0.log.append(entry)?.await?)
    }

    /// Makes a record durable, on a thread that may wait.
    pub fn append(
        &self,
        envelope: &Envelope,
        arrival: Option<Arrival>,
    ) -> Result<Position, AcceptError> {
        let weight = arrival
            .as_ref()
            .map_or(0, |it| it.events.len() * EVENT_WEIGHT);
        let (kind, payload) = envelope.encode();
        let mut entry = Entry::new(Kind::new(kind), payload);
        if arrival.is_some() {
            let parcel: Arc<Parcel> = Arc::new(Mutex::new(arrival));
            entry = entry.with_decoded(parcel, weight);
        }
        Ok(self.0.log.append(entry)?.wait()?)
    }

    /// Makes records durable together, on a thread that may wait. The answer is the place of the last.
    pub fn append_all(
        &self,
        records: Vec<(Envelope, Arrival)>,
    ) -> Result<Option<Position>, AcceptError> {
        let mut pending = Vec::with_capacity(records.len());
        for (envelope, arrival) in records {
            let weight = arrival.events.len() * EVENT_WEIGHT;
            let (kind, payload) = envelope.encode();
            let parcel: Arc<Parcel> = Arc::new(Mutex::new(Some(arrival)));
            let entry = Entry::new(Kind::new(kind), payload).with_decoded(parcel, weight);
            pending.push(self.0.log.append(entry)?);
        }
        let mut last = None;
        for it in pending {
            last = Some(it.wait()?);
        }
        Ok(last)
    }

    /// Waits until the record at a position is applied; false when the pipeline ends before.
    pub fn wait_until_applied(&self, position: Position) -> bool {
        let (_, mut reached) = self.0.news.listen();
        loop {
            if self.0.applied.load(Ordering::Acquire) > position.0 {
                return true;
            }
            if self.0.tending().is_over {
                return false;
            }
            // The value may have changed between the two looks; the wait is short for that.
            reached.mark_unchanged();
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until everything that is in the log now is applied; false when the pipeline ends before.
    pub fn settle(&self) -> bool {
        let end = self.0.log.end().0;
        end == 0 || self.wait_until_applied(Position(end - 1))
    }

    /// As `settle`, for no longer than a span; false when that was not enough.
    pub fn settle_within(&self, span: Duration) -> bool {
        let (begin, end) = (Instant::now(), self.0.log.end().0);
        while self.0.applied.load(Ordering::Acquire) < end {
            if begin.elapsed() > span || self.0.tending().is_over {
                return false;
            }
            thread::sleep(Duration::from_millis(2));
        }
        true
    }

    /// Reads the raw log from its beginning to its end, and counts its records.
    pub fn read_log(&self) -> Result<u64, log::ReadError> {
        let end = self.0.log.end();
        let mut reader = self.0.log.reader(Position(0))?;
        let mut records = 0;
        while records < end.0
            && let Next::Record(_) = reader.next(Duration::ZERO)?
        {
            records += 1;
        }
        Ok(records)
    }

    /// The log as it is known now, at most a moment behind.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let applied = self.0.applied.load(Ordering::Acquire);
        {
            let shown = self.0.shown.read().unwrap_or_else(PoisonError::into_inner);
            let is_young = |made: Instant| made.elapsed() < SNAPSHOT_AGE_MAX;
            if shown.applied == applied || shown.made.is_some_and(is_young) {
                return Arc::clone(&shown.snapshot);
            }
        }
        let mut shown = self.0.shown.write().unwrap_or_else(PoisonError::into_inner);
        if shown.applied != applied {
            *shown = Shown {
                snapshot: Arc::new(self.0.store.snapshot(self.0.clock.now())),
                applied,
                made: Some(Instant::now()),
            };
        }
        Arc::clone(&shown.snapshot)
    }

    /// Whether messages are in the store, over all of time.
    pub fn contains(&self, keys: &[MessageKey]) -> Result<Vec<bool>, StoreError> {
        self.0.store.contains_keys(keys)
    }

    /// What became of what a source has sent.
    pub fn counts(&self, source: SourceId) -> SourceCounts {
        let counts = self.0.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&source).copied().unwrap_or_default()
    }

    /// The tables of the workspace.
    pub fn state(&self) -> &WorkspaceState {
        &self.0.state
    }

    /// Who is whom, and why. Whoever holds it for long holds up the log.
    pub fn resolver(&self) -> RwLockReadGuard<'_, Resolver> {
        (self.0.resolver.read()).unwrap_or_else(PoisonError::into_inner)
    }

    /// How an event came that was held back; none where its record tells no dialect.
    pub fn came_as(&self, held: Seq) -> Result<Option<Dialect>, log::ReadError> {
        let mut reader = self.0.log.reader(Position(held.position()))?;
        let Next::Record(record) = reader.next(Duration::ZERO)? else {
            return Ok(None);
        };
        let envelope = Envelope::decode(record.kind.code(), &record.payload);
        Ok(match envelope {
            Ok(Envelope::Request { dialect, .. } | Envelope::Released { dialect, .. }) => {
                Some(dialect)
            }
            _ => None,
        })
    }

    /// The raw log, for those who amend it.
    pub fn log(&self) -> &Log {
        &self.0.log
    }

    /// The event store, for checks and measurements.
    pub fn store(&self) -> &EventStore {
        &self.0.store
    }

    /// What has happened, for whoever watches.
    pub fn news(&self) -> &News {
        &self.0.news
    }

    /// To whom something has happened.
    pub fn touched(&self) -> &Touched {
        &self.0.touched
    }

    /// Which messages have come again.
    pub fn repeats(&self) -> &Repeats {
        &self.0.repeats
    }

    /// How events have come in lately.
    pub fn pulse(&self) -> &Pulse {
        &self.0.pulse
    }

    /// The folder of the workspace.
    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// Whether the log takes records.
    pub fn health(&self) -> log::Health {
        self.0.log.health()
    }

    /// Figures for people and metrics.
    pub fn stats(&self) -> PipelineStats {
        let applied = self.0.applied.load(Ordering::Acquire);
        PipelineStats {
            log: self.0.log.counts(),
            store: self.0.store.stats(),
            events: *self.0.events(),
            waiting_records: self.0.log.end().0.saturating_sub(applied),
            remembered_messages: self.0.window_len.load(Ordering::Relaxed),
        }
    }

    /// Applies what was accepted, seals it, and ends. Blocks until it is done.
    pub fn close(&self) {
        self.0.news.end();
        self.0.log.close();
        let threads = std::mem::take(&mut *self.0.threads());
        let mut threads = threads.into_iter();
        // The applier ends with the log; only then is there nothing left to seal.
        if let Some(applying) = threads.next() {
            let _ = applying.join();
        }
        self.0.tending().is_over = true;
        self.0.wake.notify_all();
        for thread in threads {
            let _ = thread.join();
        }
    }
}

impl Inner {
    fn events(&self) -> MutexGuard<'_, SourceCounts> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tending(&self) -> MutexGuard<'_, Tending> {
        self.tending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decodes a request that was accepted before. What a newer rule refuses is held back, not lost.
pub(crate) fn decode(source: SourceId, moment: Moment, dialect: Dialect, body: &Bytes) -> Arrival {
    if is_blank(body) {
        // Everything in it was erased.
        return Arrival::of(source, moment.received, Decoded::default());
    }
    let read = dialect::read(Call::Is(dialect), body, moment);
    let decoded = read.map_or_else(|refusal| unread(&refusal, body), |read| read.decoded);
    Arrival::of(source, moment.received, decoded)
}

/// As above for what came to a webhook.
pub(crate) fn decode_hook(
    source: SourceId,
    received: Timestamp,
    maker: Maker,
    note: &Bytes,
    body: &Bytes,
) -> Arrival {
    if is_blank(body) {
        return Arrival::of(source, received, Decoded::default());
    }
    let note: Note = serde_json::from_slice(note).unwrap_or_default();
    let decoded = hook::decode(maker, source, &note, body, received);
    let decoded = decoded.unwrap_or_else(|refusal| unread(&refusal, body));
    Arrival::of(source, received, decoded)
}

fn unread(refusal: &Refusal, body: &Bytes) -> Decoded {
    let message = format!("the request was accepted, but can no longer be read: {refusal}");
    let fault = Fault::new(Reason::RowInvalid, message);
    Decoded {
        quarantined: vec![Quarantined::new(0, fault, &String::from_utf8_lossy(body))],
        ..Decoded::default()
    }
}
