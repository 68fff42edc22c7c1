//! The raw log on real files, with threads.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use throughline_store::log::{Entry, Kind, Log, Next, Options, Position, Reader};

const KIND: Kind = Kind::new(1);
const LONG: Duration = Duration::from_secs(60);

fn options() -> Options {
    Options {
        segment_bytes: 64 << 10,
        reserve_bytes: 0,
        ..Options::new(1)
    }
}

/// Reads so many records and checks that their positions have no gap.
fn read(reader: &mut Reader, from: u64, count: u64) -> Vec<Vec<u8>> {
    (from..from + count)
        .map(|position| match reader.next(LONG) {
            Ok(Next::Record(record)) => {
                assert_eq!(record.position, Position(position));
                record.payload.to_vec()
            }
            other => panic!("no record at {position}: {other:?}"),
        })
        .collect()
}

/// Many producers append while a reader follows that finds so much in memory.
fn check_concurrent(recent_bytes_max: usize) {
    const PRODUCERS: u64 = 16;
    const EACH: u64 = 50;
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        recent_bytes_max,
        ..options()
    };
    let (log, _) = Log::open(dir.path(), options).unwrap();
    let payloads = thread::scope(|scope| {
        for producer in 0..PRODUCERS {
            let log = log.clone();
            scope.spawn(move || {
                let mut last = None;
                for number in 0..EACH {
                    let text = format!("{producer} {number} {}", "x".repeat(200));
                    let ticket = log.append(Entry::new(KIND, text.into_bytes())).unwrap();
                    let position = ticket.wait().unwrap();
                    assert!(
                        Some(position) > last,
                        "a producer's records keep their order"
                    );
                    last = Some(position);
                }
            });
        }
        let mut reader = log.reader(Position(0)).unwrap();
        read(&mut reader, 0, PRODUCERS * EACH)
    });
    let different: BTreeSet<_> = payloads.iter().collect();
    assert_eq!(different.len() as u64, PRODUCERS * EACH);
    log.close();

    let (log, recovered) = Log::open(dir.path(), self::options()).unwrap();
    assert_eq!(recovered.end, Position(PRODUCERS * EACH));
    assert_eq!(recovered.cut, None);
    assert!(recovered.segments_count > 1);
    let again = read(&mut log.reader(Position(0)).unwrap(), 0, PRODUCERS * EACH);
    assert_eq!(again, payloads);
}

#[test]
fn many_producers_and_a_reader_that_keeps_up() {
    check_concurrent(1 << 20);
}

#[test]
fn many_producers_and_a_reader_that_finds_nothing_in_memory() {
    check_concurrent(0);
}

#[test]
fn tickets_can_be_awaited() {
    let dir = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(dir.path(), options()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let first = log.append(Entry::new(KIND, "one")).unwrap();
        let second = log.append(Entry::new(KIND, "two")).unwrap();
        assert_eq!(second.await, Ok(Position(1)));
        assert_eq!(first.await, Ok(Position(0)));
    });
}

#[test]
fn what_waits_is_committed_when_the_log_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(dir.path(), options()).unwrap();
    let tickets: Vec<_> = (0..100_u8)
        .map(|number| log.append(Entry::new(KIND, vec![number])).unwrap())
        .collect();
    log.close();
    for (ticket, position) in tickets.into_iter().zip(0..) {
        assert_eq!(ticket.wait(), Ok(Position(position)));
    }
    assert!(log.append(Entry::new(KIND, "late")).is_err());
}

#[test]
fn a_reader_on_another_thread_is_woken() {
    let dir = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(dir.path(), options()).unwrap();
    let mut reader = log.reader(Position(0)).unwrap();
    let reading = thread::spawn(move || read(&mut reader, 0, 1));
    log.append(Entry::new(KIND, "one")).unwrap().wait().unwrap();
    assert_eq!(reading.join().unwrap(), [b"one".to_vec()]);
}
