//! The raw log: what was accepted, in the order of acceptance, and the truth everything is rebuilt from.
//!
//! Many producers append, one thread commits them in groups, and a record is acknowledged once it is
//! durable. `docs/internals/raw-log.md` has the format byte by byte and what is promised.

mod amend;
pub mod blank;
mod committer;
mod disk;
mod frame;
mod pace;
mod reader;
mod recent;
mod recover;
mod segment;
mod shared;
mod writer;

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bytes::Bytes;
use throughline_model::limits;
use tokio::sync::oneshot;

pub use amend::AmendError;
#[cfg(any(test, feature = "simulated"))]
pub use committer::Committer;
#[cfg(not(any(test, feature = "simulated")))]
use committer::Committer;
#[cfg(not(any(test, feature = "simulated")))]
use disk::Disk;
#[cfg(any(test, feature = "simulated"))]
pub use disk::{
    Disk,
    simulated::{Chance, Mutant, Odds, SimulatedDisk},
};
pub use frame::{FORMAT_VERSION, Fault};
pub use reader::{Next, ReadError, Reader};
use recent::Recent;
pub use recover::{Cut, OpenError, Recovered};
use shared::{Answer, Shared};
use writer::{Settings, Writer};

/// The ordinal of a record over the whole log, from 0 and without gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What a record is, in the words of whoever appends it: 1 to 239; the log keeps the rest for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(u8);

impl Kind {
    const CODE_MAX: u8 = 239;

    /// A kind by its code; panics outside 1 to 239, so call it in a constant.
    pub const fn new(code: u8) -> Self {
        assert!(code > 0 && code <= Self::CODE_MAX, "a kind is 1 to 239");
        Self(code)
    }

    /// The code on disk.
    pub const fn code(self) -> u8 {
        self.0
    }

    fn from_code(code: u8) -> Option<Self> {
        (1..=Self::CODE_MAX).contains(&code).then_some(Self(code))
    }
}

/// What a producer made of a payload already, so that a reader need not do it again.
pub type Decoded = Arc<dyn Any + Send + Sync>;

/// A record on its way into the log.
#[derive(Clone)]
pub struct Entry {
    kind: Kind,
    payload: Bytes,
    /// Computed where the entry is made, so that producers share that work.
    payload_crc: u32,
    decoded: Option<Decoded>,
    decoded_bytes: usize,
}

impl Entry {
    /// A record of opaque bytes.
    pub fn new(kind: Kind, payload: impl Into<Bytes>) -> Self {
        let payload = payload.into();
        Self {
            kind,
            payload_crc: crc32c::crc32c(&payload),
            payload,
            decoded: None,
            decoded_bytes: 0,
        }
    }

    /// Adds the decoded form, which takes about `bytes` of memory.
    #[must_use]
    pub fn with_decoded(self, decoded: Decoded, bytes: usize) -> Self {
        Self {
            decoded: Some(decoded),
            decoded_bytes: bytes,
            ..self
        }
    }

    /// Bytes of memory, about.
    fn weight(&self) -> usize {
        self.payload.len() + self.decoded_bytes + size_of::<Self>()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}({} bytes)", self.kind, self.payload.len())
    }
}

/// A record of the log.
#[derive(Clone)]
pub struct Record {
    pub position: Position,
    pub kind: Kind,
    pub payload: Bytes,
    /// The decoded form, while the record is still in memory.
    pub decoded: Option<Decoded>,
}

impl fmt::Debug for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            position,
            kind,
            payload,
            ..
        } = self;
        write!(formatter, "{position} {kind:?}({} bytes)", payload.len())
    }
}

/// How a log is opened. The limits are those of `model::limits` unless a test needs smaller ones.
#[derive(Clone, Debug)]
pub struct Options {
    /// Tells a new log from all others; chosen by chance. A log that exists keeps its own.
    pub log_id: u64,
    /// Records below this position were seen before, so a log that ends earlier is refused.
    pub end_min: Position,
    pub segment_bytes: u64,
    pub reserve_bytes: u64,
    pub queue_records_max: usize,
    pub queue_bytes_max: usize,
    pub recent_bytes_max: usize,
}

impl Options {
    /// The limits of the product.
    pub fn new(log_id: u64) -> Self {
        Self {
            log_id,
            end_min: Position(0),
            segment_bytes: limits::LOG_SEGMENT_BYTES,
            reserve_bytes: limits::LOG_RESERVE_BYTES,
            queue_records_max: limits::LOG_QUEUE_RECORDS_MAX,
            queue_bytes_max: limits::LOG_QUEUE_BYTES_MAX,
            recent_bytes_max: limits::LOG_RECENT_BYTES_MAX,
        }
    }
}

/// How far a log reached at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The position that the next record got.
    pub end: Position,
    segment: Position,
    offset: u64,
}

/// Why a record was not appended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Too much waits already. The record is not in the log.
    #[error("too many records wait to be written; try again in a moment")]
    Busy,
    /// There is no room. The record is not in the log, and will not turn up later.
    #[error("the disk is full; free some space, and try again in {} s", retry_after.as_secs())]
    DiskFull { retry_after: Duration },
    /// The log cannot be written any more. Whether the record is in it shows after a restart.
    #[error("the log stopped writing: {reason}")]
    Stopped { reason: Arc<str> },
    /// One record may not be so large.
    #[error("a record of {bytes} bytes is over the limit of {bytes_max}")]
    TooLarge { bytes: usize, bytes_max: usize },
}

impl AppendError {
    fn full() -> Self {
        Self::DiskFull {
            retry_after: limits::LOG_RETRY_AFTER,
        }
    }

    fn closed() -> Self {
        Self::Stopped {
            reason: "the log was closed".into(),
        }
    }
}

/// Whether a log takes records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    Writing,
    /// Not before there is room again.
    Full,
    /// Not before a restart; says why.
    Stopped(Arc<str>),
}

/// What a log has done since it was opened, and what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub records: u64,
    pub bytes: u64,
    pub groups: u64,
    pub queued_records: usize,
    pub queued_bytes: usize,
}

/// The promise of an answer: the record's position once it is durable, or why there is none.
///
/// Records are acknowledged in the order in which they were appended, so who appends many may wait
/// for the last one only.
#[derive(Debug)]
#[must_use = "a record is accepted only when its ticket says so"]
pub struct Ticket(oneshot::Receiver<Answer>);

impl Ticket {
    /// Waits on a thread of its own; panics inside an async task, which awaits the ticket instead.
    pub fn wait(self) -> Answer {
        self.0.blocking_recv().unwrap_or(Err(AppendError::closed()))
    }

    /// The answer, if it is there.
    pub fn try_get(&mut self) -> Option<Answer> {
        match self.0.try_recv() {
            Ok(answer) => Some(answer),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => Some(Err(AppendError::closed())),
        }
    }
}

impl Future for Ticket {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<Answer> {
        let answer = Pin::new(&mut self.0).poll(ctx);
        answer.map(|it| it.unwrap_or(Err(AppendError::closed())))
    }
}

/// An open log; clones share it. The last one to go closes it.
#[derive(Clone, Debug)]
pub struct Log(Arc<Owner>);

#[derive(Debug)]
struct Owner {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Log {
    /// Opens the log in a directory, which the caller holds the lock of, and recovers it.
    pub fn open(dir: &Path, options: Options) -> Result<(Self, Recovered), OpenError> {
        let failed = |doing| {
            move |source: io::Error| OpenError::Write {
                doing,
                file: dir.to_owned(),
                source,
            }
        };
        let disk = Disk::real(dir).map_err(failed("create"))?;
        let (log, recovered, committer) = Self::open_on(disk, options)?;
        let thread = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || committer.run())
            .map_err(failed("start a thread that writes to"))?;
        *log.thread() = Some(thread);
        Ok((log, recovered))
    }

    /// Opens a log that commits only when its committer is told to.
    #[cfg(any(test, feature = "simulated"))]
    pub fn open_stepwise(
        disk: Disk,
        options: Options,
    ) -> Result<(Self, Recovered, Committer), OpenError> {
        Self::open_on(disk, options)
    }

    fn open_on(disk: Disk, options: Options) -> Result<(Self, Recovered, Committer), OpenError> {
        let recovery = recover::recover(&disk, options.log_id, options.end_min)?;
        let place = recovery.end.place;
        let recovered = Recovered {
            end: place.chain.next,
            segments_count: recovery.segments.len(),
            cut: recovery.cut,
        };
        let recent = Recent::new(place, recovery.segments, options.recent_bytes_max);
        let log_id = recovery.end.log_id;
        let shared = Arc::new(Shared::new(disk.clone(), log_id, recent, &options));
        let settings = Settings {
            segment_bytes: options.segment_bytes,
            reserve_bytes: options.reserve_bytes,
        };
        let writer = Writer::new(disk, settings, recovery.end);
        let committer = Committer::new(Arc::clone(&shared), writer);
        let owner = Owner {
            shared,
            thread: Mutex::new(None),
        };
        Ok((Self(Arc::new(owner)), recovered, committer))
    }

    /// Puts a record in line, without waiting. It is accepted only when the ticket says so.
    pub fn append(&self, entry: Entry) -> Result<Ticket, AppendError> {
        self.0.shared.append(entry)
    }

    /// Reads committed records from a position on.
    pub fn reader(&self, from: Position) -> Result<Reader, ReadError> {
        Reader::new(Arc::clone(&self.0.shared), from)
    }

    /// Writes other payloads in the place of those that records have, durably.
    ///
    /// They have the same lengths and checksums, see [`blank`], so nothing else changes. What was
    /// made of the old payloads while they were appended is forgotten with them. Blocks.
    pub fn amend(&self, payloads: &BTreeMap<Position, Bytes>) -> Result<(), AmendError> {
        amend::amend(&self.0.shared, payloads)
    }

    /// Where the log ends now.
    pub fn extent(&self) -> Extent {
        let end = self.0.shared.recent().end();
        Extent {
            end: end.chain.next,
            segment: end.segment,
            offset: end.offset,
        }
    }

    /// How far the log reached when a position was its end.
    pub fn extent_at(&self, end: Position) -> Result<Extent, AmendError> {
        let place = amend::place_of(&self.0.shared, end)?;
        Ok(Extent {
            end,
            segment: place.segment,
            offset: place.offset,
        })
    }

    /// Puts the log, as far as it reached once, into a folder. Files that no longer grow are shared.
    pub fn copy(&self, extent: Extent, to: &Path) -> io::Result<()> {
        let segments = self.0.shared.recent().segments_upto(extent.segment);
        for first in segments {
            let name = segment::file_name(first);
            let (from, to) = (self.0.shared.disk().path(&name), to.join(&name));
            if first != extent.segment && fs::hard_link(&from, &to).is_ok() {
                continue;
            }
            fs::copy(&from, &to)?;
            if first == extent.segment {
                let file = fs::OpenOptions::new().write(true).open(&to)?;
                file.set_len(extent.offset)?;
                file.sync_all()?;
            }
        }
        Ok(())
    }

    /// The position that the next record will have; every record before it is durable.
    pub fn end(&self) -> Position {
        self.0.shared.recent().next()
    }

    /// Whether records are taken.
    pub fn health(&self) -> Health {
        self.0.shared.queue().health().clone()
    }

    /// What was done since the log was opened, and what waits.
    pub fn counts(&self) -> Counts {
        self.0.shared.counts()
    }

    /// Commits what waits and ends; later appends are refused. Blocks until it is done.
    pub fn close(&self) {
        self.0.close();
    }

    fn thread(&self) -> std::sync::MutexGuard<'_, Option<JoinHandle<()>>> {
        self.0.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Owner {
    fn close(&self) {
        self.shared.close();
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            // A panic of the thread was printed by itself, and its committer answered everyone.
            let _ = thread.join();
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests;
