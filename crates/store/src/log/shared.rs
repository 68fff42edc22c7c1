//! What producers, readers and the one who commits have in common.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{
    Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
use std::time::Duration;

use throughline_model::limits;
use tokio::sync::oneshot;

use super::disk::Disk;
use super::recent::Recent;
use super::{AppendError, Counts, Entry, Health, Options, Position, Ticket};

/// An answer to a producer.
pub(super) type Answer = Result<Position, AppendError>;

#[derive(Debug)]
pub(super) struct Shared {
    disk: Disk,
    log_id: u64,
    queue_records_max: usize,
    queue_bytes_max: usize,
    queue: Mutex<Queue>,
    /// The one who commits has something to look at.
    arrived: Condvar,
    recent: Mutex<Recent>,
    /// Readers have something to look at.
    committed: Condvar,
    /// Held by who amends records.
    amending: Mutex<()>,
    /// How often files were amended; held while they are read or amended.
    amended: RwLock<u64>,
    records: AtomicU64,
    bytes: AtomicU64,
    groups: AtomicU64,
}

/// What waits to be written.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: VecDeque<(Entry, oneshot::Sender<Answer>)>,
    bytes: usize,
    health: Health,
    is_closing: bool,
    /// The one who commits wants to be woken when so many records wait.
    wake_at: usize,
}

impl Shared {
    pub fn new(disk: Disk, log_id: u64, recent: Recent, options: &Options) -> Self {
        Self {
            disk,
            log_id,
            queue_records_max: options.queue_records_max,
            queue_bytes_max: options.queue_bytes_max,
            queue: Mutex::new(Queue {
                waiting: VecDeque::new(),
                bytes: 0,
                health: Health::Writing,
                is_closing: false,
                wake_at: 1,
            }),
            arrived: Condvar::new(),
            recent: Mutex::new(recent),
            committed: Condvar::new(),
            amending: Mutex::new(()),
            amended: RwLock::new(0),
            records: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            groups: AtomicU64::new(0),
        }
    }

    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    pub fn log_id(&self) -> u64 {
        self.log_id
    }

    /// Puts an entry into the queue, or says why not.
    pub fn append(&self, entry: Entry) -> Result<Ticket, AppendError> {
        let bytes_max = limits::LOG_RECORD_BYTES_MAX;
        if entry.payload.len() > bytes_max {
            let bytes = entry.payload.len();
            return Err(AppendError::TooLarge { bytes, bytes_max });
        }
        let weight = entry.weight();
        let mut queue = self.queue();
        queue.check_open()?;
        let is_full = queue.waiting.len() >= self.queue_records_max
            || queue.bytes + weight > self.queue_bytes_max;
        if is_full && !queue.waiting.is_empty() {
            return Err(AppendError::Busy);
        }
        let (answer, ticket) = oneshot::channel();
        queue.bytes += weight;
        queue.waiting.push_back((entry, answer));
        let wakes = queue.waiting.len() == 1 || queue.waiting.len() == queue.wake_at;
        drop(queue);
        if wakes {
            self.arrived.notify_one();
        }
        Ok(Ticket(ticket))
    }

    pub fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a producer or the owner wants something, up to `timeout`; true when it ran out.
    pub fn wait_for_work<'a>(
        &self,
        queue: MutexGuard<'a, Queue>,
        timeout: Duration,
    ) -> (MutexGuard<'a, Queue>, bool) {
        let (queue, outcome) = self
            .arrived
            .wait_timeout(queue, timeout)
            .unwrap_or_else(PoisonError::into_inner);
        (queue, outcome.timed_out())
    }

    /// Tells the one who commits to write what waits and to end.
    pub fn close(&self) {
        self.queue().is_closing = true;
        self.arrived.notify_all();
    }

    pub fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits up to `timeout` until there is a record at `next` or there will never be one.
    pub fn recent_beyond(&self, next: Position, timeout: Duration) -> MutexGuard<'_, Recent> {
        let recent = self.recent();
        let (recent, _) = self
            .committed
            .wait_timeout_while(recent, timeout, |it| it.next() <= next && !it.is_closed())
            .unwrap_or_else(PoisonError::into_inner);
        recent
    }

    /// Lets one at a time amend records.
    pub fn amending(&self) -> MutexGuard<'_, ()> {
        self.amending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps files as they are while it is held, and says how often they were amended.
    pub fn files_as_they_are(&self) -> RwLockReadGuard<'_, u64> {
        self.amended.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps readers away from files while it is held.
    pub fn files_to_amend(&self) -> RwLockWriteGuard<'_, u64> {
        self.amended.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows readers that the end of the log has changed.
    pub fn wake_readers(&self) {
        self.committed.notify_all();
    }

    pub fn count(&self, records: usize, bytes: u64) {
        self.records.fetch_add(records as u64, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.groups.fetch_add(1, Ordering::Relaxed);
    }

    pub fn counts(&self) -> Counts {
        let queue = self.queue();
        Counts {
            records: self.records.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            groups: self.groups.load(Ordering::Relaxed),
            queued_records: queue.waiting.len(),
            queued_bytes: queue.bytes,
        }
    }
}

impl Queue {
    pub fn records(&self) -> usize {
        self.waiting.len()
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn health(&self) -> &Health {
        &self.health
    }

    pub fn is_closing(&self) -> bool {
        self.is_closing
    }

    /// From here on only the first record, and the one that makes it so many, wake anyone.
    pub fn wake_at(&mut self, records: usize) {
        self.wake_at = records;
    }

    /// Takes one commit group from the front.
    pub fn take_group(&mut self) -> (Vec<Entry>, Vec<oneshot::Sender<Answer>>) {
        let mut group = (Vec::new(), Vec::new());
        let mut bytes = 0;
        while let Some((entry, _)) = self.waiting.front() {
            bytes += entry.payload.len();
            if bytes > limits::LOG_GROUP_BYTES_MAX && !group.0.is_empty() {
                break;
            }
            if let Some((entry, answer)) = self.waiting.pop_front() {
                self.bytes -= entry.weight();
                group.0.push(entry);
                group.1.push(answer);
            }
        }
        group
    }

    /// Changes the health. What no longer has a chance is taken out, with what to answer.
    pub fn turn(&mut self, health: Health) -> Vec<oneshot::Sender<Answer>> {
        self.health = health;
        if matches!(self.health, Health::Writing) {
            return Vec::new();
        }
        self.bytes = 0;
        self.waiting.drain(..).map(|(_, answer)| answer).collect()
    }

    fn check_open(&self) -> Result<(), AppendError> {
        match &self.health {
            Health::Stopped(reason) => Err(AppendError::Stopped {
                reason: Arc::clone(reason),
            }),
            _ if self.is_closing => Err(AppendError::closed()),
            Health::Full => Err(AppendError::full()),
            Health::Writing => Ok(()),
        }
    }
}
