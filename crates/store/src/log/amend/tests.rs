use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::super::blank::{blank, is_blank};
use super::super::{Entry, Kind, Log, Next, Odds, Options, Reader, SimulatedDisk};
use super::*;

fn open(disk: &SimulatedDisk) -> (Log, super::super::Committer) {
    open_with(disk, 1 << 20)
}

fn open_with(disk: &SimulatedDisk, recent_bytes: usize) -> (Log, super::super::Committer) {
    let options = Options {
        segment_bytes: 200,
        reserve_bytes: 0,
        recent_bytes_max: recent_bytes,
        ..Options::new(7)
    };
    let (log, _, committer) =
        Log::open_stepwise(Disk::simulated(disk.clone()), options).expect("the log is sound");
    (log, committer)
}

/// Records `0` to `n - 1`, each a group, in segments of two or three.
fn disk_with(records: u32) -> SimulatedDisk {
    let disk = SimulatedDisk::new(3, None);
    let (log, mut committer) = open(&disk);
    for record in 0..records {
        let text = format!("record number {record:06} of somebody");
        let decoded = Arc::new(record);
        let entry = Entry::new(Kind::new(1), text.into_bytes()).with_decoded(decoded, 4);
        drop(log.append(entry).expect("the log takes it"));
        committer.step();
    }
    disk
}

fn read(reader: &mut Reader) -> String {
    let mut text = String::new();
    while let Next::Record(record) = reader.next(Duration::ZERO).expect("what is read is sound") {
        let shown = match is_blank(&record.payload) {
            true => "-".to_owned(),
            false => String::from_utf8_lossy(&record.payload[14..20]).into_owned(),
        };
        let decoded = if record.decoded.is_some() { "*" } else { "" };
        let _ = write!(text, "{shown}{decoded} ");
    }
    text.trim_end().to_owned()
}

fn content(log: &Log) -> String {
    read(&mut log.reader(Position(0)).expect("a log has a beginning"))
}

fn blanked(records: &[u64]) -> BTreeMap<Position, Bytes> {
    let one = |record: &u64| {
        let mut text = format!("record number {record:06} of somebody").into_bytes();
        blank(&mut text).expect("is long enough");
        (Position(*record), Bytes::from(text))
    };
    records.iter().map(one).collect()
}

const OLD: &str = "000000 000001 000002 000003 000004 000005 000006";
const NEW: &str = "000000 - - 000003 000004 000005 -";

#[test]
fn a_record_is_amended_wherever_it_lies_and_all_others_stay() {
    let disk = disk_with(7);
    let names: Vec<String> = disk.lengths().into_iter().map(|it| it.0).collect();
    assert!(names.len() > 2, "{names:?}");
    let (log, mut committer) = open(&disk);
    let mut halfway = log.reader(Position(0)).unwrap();
    assert!(matches!(halfway.next(Duration::ZERO), Ok(Next::Record(_))));
    log.amend(&blanked(&[1, 2, 6])).unwrap();
    assert_eq!(content(&log), NEW);
    // The log goes on, in memory and on disk.
    drop(log.append(Entry::new(Kind::new(1), "record number 000007")));
    committer.step();
    assert_eq!(content(&log), format!("{NEW} 000007"));
    drop((log, committer));
    let (log, _committer) = open(&disk);
    assert_eq!(content(&log), format!("{NEW} 000007"));
    let names: Vec<String> = disk.lengths().into_iter().map(|it| it.0).collect();
    assert!(!names.iter().any(|it| it == JOURNAL), "{names:?}");
}

#[test]
fn a_reader_that_lags_goes_on_with_what_is_there_now() {
    let disk = disk_with(7);
    let (log, mut committer) = open_with(&disk, 0);
    let mut reader = log.reader(Position(0)).unwrap();
    assert_eq!(read(&mut reader), OLD);
    for record in 7..9 {
        let text = format!("record number {record:06} of somebody");
        drop(log.append(Entry::new(Kind::new(1), text)));
        committer.step();
    }
    log.amend(&blanked(&[6, 7])).unwrap();
    assert_eq!(read(&mut reader), "- 000008");
}

#[test]
fn records_in_memory_are_amended_and_what_was_made_of_them_goes() {
    let disk = SimulatedDisk::new(3, None);
    let (log, mut committer) = open(&disk);
    for record in 0..3_u32 {
        let text = format!("record number {record:06} of somebody");
        let entry = Entry::new(Kind::new(1), text.into_bytes()).with_decoded(Arc::new(record), 4);
        drop(log.append(entry).unwrap());
        committer.step();
    }
    assert_eq!(content(&log), "000000* 000001* 000002*");
    log.amend(&blanked(&[1])).unwrap();
    assert_eq!(content(&log), "000000* - 000002*");
}

#[test]
fn other_bytes_and_records_that_are_not_there_are_refused() {
    let disk = disk_with(2);
    let (log, _committer) = open(&disk);
    let before = content(&log);
    for (position, payload) in [(0, "short"), (1, "record number 000001 of some.one")] {
        let payloads = [(Position(position), Bytes::from(payload))].into();
        let refused = log.amend(&payloads);
        assert!(matches!(refused, Err(AmendError::Unlike(_))), "{refused:?}");
    }
    let beyond = log.amend(&blanked(&[2]));
    assert!(matches!(beyond, Err(AmendError::Beyond(Position(2)))));
    assert_eq!(content(&log), before);
}

#[test]
fn after_a_power_cut_at_any_moment_all_is_old_or_all_is_new() {
    let mut seen = [false; 2];
    for seed in 0..20 {
        for cut in 0.. {
            let disk = disk_with(7);
            disk.reseed(seed);
            let (log, committer) = open(&disk);
            disk.cut_power_after(cut);
            let done = log.amend(&blanked(&[1, 2, 6]));
            let is_over = !disk.is_off();
            drop((log, committer));
            disk.restart();
            let (log, _committer) = open(&disk);
            let found = content(&log);
            assert!(
                found == OLD || found == NEW,
                "cut {cut}, seed {seed}: {found}"
            );
            assert!(
                done.is_err() || found == NEW,
                "cut {cut}, seed {seed}: {found}"
            );
            seen[usize::from(found == NEW)] = true;
            if is_over {
                break;
            }
        }
    }
    assert_eq!(seen, [true; 2]);
}

#[test]
fn what_an_error_cut_short_is_completed_by_the_next_try() {
    let mut failures = 0;
    for seed in 0..200 {
        let disk = disk_with(7);
        disk.reseed(seed);
        let (log, _committer) = open(&disk);
        disk.set_odds(Odds {
            write: 3,
            ..Odds::default()
        });
        failures += u32::from(log.amend(&blanked(&[1, 2])).is_err());
        disk.set_odds(Odds::default());
        log.amend(&blanked(&[1, 2, 6])).unwrap();
        assert_eq!(content(&log), NEW, "seed {seed}");
    }
    assert!(failures > 20, "{failures}");
}

#[test]
fn a_journal_of_another_log_and_a_half_one_change_nothing() {
    let disk = disk_with(3);
    let other = encode(
        8,
        &[Change {
            segment: Position(0),
            offset: 72,
            payload: Bytes::from_static(b"other"),
        }],
    );
    for journal in [other.clone(), other[..20].to_vec(), Vec::new()] {
        disk.replace(JOURNAL, journal);
        let (log, _committer) = open(&disk);
        assert_eq!(content(&log), "000000 000001 000002");
        assert!(disk.bytes(JOURNAL).is_none());
    }
}

#[test]
fn a_journal_is_read_as_it_was_written() {
    let changes = vec![
        Change {
            segment: Position(7),
            offset: 1 << 40,
            payload: Bytes::from_static(b"abc"),
        },
        Change {
            segment: Position(9),
            offset: 40,
            payload: Bytes::new(),
        },
    ];
    assert_eq!(decode(&encode(7, &changes)), Some((7, changes)));
}

#[test]
fn a_copy_holds_the_log_as_far_as_it_reached_then() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options = Options {
        segment_bytes: 300,
        reserve_bytes: 0,
        ..Options::new(7)
    };
    let (log, _) = Log::open(from.path(), options.clone()).unwrap();
    for count in 0..9 {
        let copy = to.path().join(count.to_string());
        std::fs::create_dir(&copy).unwrap();
        let extent = log.extent();
        assert_eq!(extent.end, Position(count));
        let text = format!("record number {count:06} of somebody");
        log.append(Entry::new(Kind::new(1), text))
            .unwrap()
            .wait()
            .unwrap();
        log.copy(extent, &copy).unwrap();
        let (copied, recovered) = Log::open(&copy, options.clone()).unwrap();
        assert_eq!((recovered.end, recovered.cut), (Position(count), None));
        assert_eq!(content(&copied).split_whitespace().count() as u64, count);
    }
}
