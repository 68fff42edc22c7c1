//! How many records per second a real disk takes, with every one of them durable.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use throughline_store::DataDir;
use throughline_store::log::{Entry, Kind, Log, Next, Options, Position};

const KIND: Kind = Kind::new(1);

/// What was measured.
#[derive(Debug)]
pub struct Measured {
    pub acknowledged: u64,
    pub elapsed: Duration,
    pub groups: u64,
    pub p50: Duration,
    pub p99: Duration,
    pub read: u64,
}

/// Lets so many producers append records of so many bytes, each waiting for its acknowledgment, while
/// one reader follows.
pub fn run(dir: &Path, producers: usize, bytes: usize, lasting: Duration) -> Result<Measured> {
    let data = DataDir::lock(dir)?;
    let (log, recovered) = Log::open(&data.path().join("log"), Options::new(1))?;
    let is_over = AtomicBool::new(false);
    let begun = Instant::now();
    let (mut waits, read) = thread::scope(|scope| {
        let reader = scope.spawn(|| follow(&log, recovered.end));
        let appending: Vec<_> = (0..producers)
            .map(|_| scope.spawn(|| append(&log, bytes, &is_over)))
            .collect();
        thread::sleep(lasting);
        is_over.store(true, Ordering::Relaxed);
        let waits: Vec<Duration> = appending
            .into_iter()
            .flat_map(|it| it.join().expect("producers do not panic"))
            .collect();
        log.close();
        (waits, reader.join().expect("the reader does not panic"))
    });
    let elapsed = begun.elapsed();
    waits.sort_unstable();
    let quantile = |share: usize| waits.get(waits.len() * share / 100).copied();
    Ok(Measured {
        acknowledged: waits.len() as u64,
        elapsed,
        groups: log.counts().groups,
        p50: quantile(50).unwrap_or_default(),
        p99: quantile(99).unwrap_or_default(),
        read,
    })
}

fn append(log: &Log, bytes: usize, is_over: &AtomicBool) -> Vec<Duration> {
    let payload = vec![b'x'; bytes];
    let mut waits = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let entry = Entry::new(KIND, payload.clone());
        if log.append(entry).and_then(|it| it.wait()).is_err() {
            break;
        }
        waits.push(begun.elapsed());
    }
    waits
}

fn follow(log: &Log, from: Position) -> u64 {
    let mut count = 0;
    let Ok(mut reader) = log.reader(from) else {
        return count;
    };
    loop {
        match reader.next(Duration::from_secs(1)) {
            Ok(Next::Record(_)) => count += 1,
            Ok(Next::Quiet) => {}
            Ok(Next::Closed) | Err(_) => return count,
        }
    }
}
