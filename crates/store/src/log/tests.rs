use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;

const KIND: Kind = Kind::new(1);

fn options() -> Options {
    Options {
        segment_bytes: 300,
        reserve_bytes: 0,
        ..Options::new(7)
    }
}

fn open(disk: &SimulatedDisk) -> Result<(Log, Recovered, Committer), OpenError> {
    Log::open_stepwise(Disk::simulated(disk.clone()), options())
}

fn entry(text: &str) -> Entry {
    Entry::new(KIND, text.as_bytes().to_vec())
}

/// Appends the words of a line as one group.
fn commit(log: &Log, committer: &mut Committer, line: &str) -> Vec<Answer> {
    let tickets: Vec<_> = line
        .split_whitespace()
        .map(|word| log.append(entry(word)))
        .collect();
    committer.step();
    tickets
        .into_iter()
        .map(|ticket| ticket.and_then(|mut it| it.try_get().expect("the step answers")))
        .collect()
}

/// A disk with one group for each line, closed properly.
fn disk_with(lines: &[&str]) -> SimulatedDisk {
    let disk = SimulatedDisk::new(1, None);
    let (log, _, mut committer) = open(&disk).unwrap();
    for line in lines {
        commit(&log, &mut committer, line);
    }
    committer.mark();
    disk
}

/// All that a reader gets at once.
fn words(reader: &mut Reader) -> String {
    let mut text = String::new();
    loop {
        match reader.next(Duration::ZERO) {
            Ok(Next::Record(record)) => {
                let word = String::from_utf8_lossy(&record.payload).into_owned();
                let _ = write!(text, "{}={word} ", record.position);
            }
            Ok(Next::Quiet) => return text + "quiet",
            Ok(Next::Closed) => return text + "closed",
            Err(error) => return format!("{text}{error}"),
        }
    }
}

/// Opens a disk, and says what came of it.
#[track_caller]
fn check(disk: &SimulatedDisk, expected: Expect) {
    let text = match open(disk) {
        Err(error) => error.to_string(),
        Ok((log, recovered, _committer)) => {
            let cut = recovered.cut.map_or(String::new(), |cut| {
                format!(", cut {} bytes at {}", cut.bytes, cut.offset)
            });
            let read = words(&mut log.reader(Position(0)).unwrap());
            format!("{} segments{cut}: {read}", recovered.segments_count)
        }
    };
    expected.assert_eq(&text);
}

/// Five records in three segments: 0 and 1, 2 and 3, 4.
fn three_segments() -> SimulatedDisk {
    let word = |letter: &str| letter.repeat(90);
    let disk = disk_with(&[&word("a"), &word("b"), &word("c"), &word("d"), &word("e")]);
    assert_eq!(disk.lengths().len(), 3, "{:?}", disk.lengths());
    disk
}

fn name(disk: &SimulatedDisk, index: usize) -> String {
    disk.lengths()[index].0.clone()
}

#[test]
fn records_come_back_in_order() {
    check(
        &disk_with(&["one two", "three"]),
        expect!["1 segments: 0=one 1=two 2=three quiet"],
    );
}

#[test]
fn a_record_is_acknowledged_with_its_position() {
    let disk = SimulatedDisk::new(1, None);
    let (log, recovered, mut committer) = open(&disk).unwrap();
    assert_eq!(recovered.end, Position(0));
    let answers = commit(&log, &mut committer, "one two");
    assert_eq!(answers, [Ok(Position(0)), Ok(Position(1))]);
    assert_eq!(log.end(), Position(2));
}

#[test]
fn nothing_is_answered_or_read_before_the_commit() {
    let disk = SimulatedDisk::new(1, None);
    let (log, _, mut committer) = open(&disk).unwrap();
    let mut reader = log.reader(Position(0)).unwrap();
    let mut ticket = log.append(entry("one")).unwrap();
    assert_eq!(ticket.try_get(), None);
    assert_eq!(words(&mut reader), "quiet");
    committer.step();
    assert_eq!(ticket.try_get(), Some(Ok(Position(0))));
    assert_eq!(words(&mut reader), "0=one quiet");
}

#[test]
fn the_decoded_form_stays_as_long_as_the_record_is_in_memory() {
    let disk = SimulatedDisk::new(1, None);
    let (log, _, mut committer) = open(&disk).unwrap();
    let mut reader = log.reader(Position(0)).unwrap();
    let ticket = log.append(entry("one").with_decoded(Arc::new(1_u32), 4));
    committer.step();
    drop(ticket);
    let Ok(Next::Record(record)) = reader.next(Duration::ZERO) else {
        panic!("the record is there");
    };
    assert_eq!(record.decoded.unwrap().downcast_ref(), Some(&1_u32));
    drop((log, committer, reader));
    let (log, _, _committer) = open(&disk).unwrap();
    let Ok(Next::Record(record)) = log.reader(Position(0)).unwrap().next(Duration::ZERO) else {
        panic!("the record is there");
    };
    assert!(record.decoded.is_none());
}

#[test]
fn a_reader_that_lags_reads_from_the_files() {
    let disk = SimulatedDisk::new(1, None);
    let few = Options {
        recent_bytes_max: 0,
        ..options()
    };
    let (log, _, mut committer) = Log::open_stepwise(Disk::simulated(disk.clone()), few).unwrap();
    commit(&log, &mut committer, "one two three");
    let mut reader = log.reader(Position(1)).unwrap();
    assert_eq!(words(&mut reader), "1=two 2=three quiet");
    commit(&log, &mut committer, "four");
    committer.mark();
    commit(&log, &mut committer, &"five ".repeat(9));
    assert!(disk.lengths().len() > 1);
    assert!(words(&mut reader).starts_with("3=four 4=five 5=five"));
}

#[test]
fn a_reader_hears_that_the_log_is_closed() {
    let disk = SimulatedDisk::new(1, None);
    let (log, _, mut committer) = open(&disk).unwrap();
    let mut reader = log.reader(Position(0)).unwrap();
    commit(&log, &mut committer, "one");
    drop(committer);
    assert_eq!(words(&mut reader), "0=one closed");
    assert_eq!(
        log.append(entry("two")).unwrap_err().to_string(),
        "the log stopped writing: the log was closed"
    );
}

#[test]
fn a_reader_cannot_begin_beyond_the_end() {
    let disk = disk_with(&["one"]);
    let (log, _, _committer) = open(&disk).unwrap();
    assert_eq!(
        log.reader(Position(2)).unwrap_err().to_string(),
        "the log ends at 1, so it cannot be read from 2"
    );
}

#[test]
fn a_full_queue_is_busy() {
    let disk = SimulatedDisk::new(1, None);
    let few = Options {
        queue_records_max: 2,
        ..options()
    };
    let (log, _, mut committer) = Log::open_stepwise(Disk::simulated(disk), few).unwrap();
    let answers = commit(&log, &mut committer, "one two three");
    assert_eq!(
        answers,
        [Ok(Position(0)), Ok(Position(1)), Err(AppendError::Busy)]
    );
}

#[test]
fn a_record_may_not_be_larger_than_the_limit() {
    let (log, _, _committer) = open(&SimulatedDisk::new(1, None)).unwrap();
    let payload = vec![0; limits::LOG_RECORD_BYTES_MAX + 1];
    assert!(matches!(
        log.append(Entry::new(KIND, payload)),
        Err(AppendError::TooLarge { .. })
    ));
}

#[test]
fn a_full_disk_refuses_leaves_nothing_behind_and_recovers_by_itself() {
    let disk = SimulatedDisk::new(1, None);
    let (log, _, mut committer) = open(&disk).unwrap();
    commit(&log, &mut committer, "one");
    let used = disk.used_bytes();
    disk.set_capacity(used + 40, false);
    let refused = Err(AppendError::DiskFull {
        retry_after: limits::LOG_RETRY_AFTER,
    });
    let answers = commit(&log, &mut committer, "two three");
    assert_eq!(answers, [refused.clone(), refused.clone()]);
    assert_eq!(disk.used_bytes(), used);
    assert_eq!(log.health(), Health::Full);
    assert_eq!(commit(&log, &mut committer, "four"), [refused]);
    assert_eq!(words(&mut log.reader(Position(0)).unwrap()), "0=one quiet");
    disk.set_capacity(u64::MAX, true);
    committer.check_space();
    assert_eq!(commit(&log, &mut committer, "five"), [Ok(Position(1))]);
    assert_eq!(
        words(&mut log.reader(Position(0)).unwrap()),
        "0=one 1=five quiet"
    );
}

#[test]
fn the_reserve_is_left_to_others() {
    let disk = SimulatedDisk::new(1, None);
    let reserve = Options {
        reserve_bytes: 1_000,
        ..options()
    };
    let (log, _, mut committer) =
        Log::open_stepwise(Disk::simulated(disk.clone()), reserve).unwrap();
    disk.set_capacity(disk.used_bytes() + 1_010, true);
    commit(&log, &mut committer, "one");
    assert_eq!(log.health(), Health::Full);
    committer.check_space();
    assert_eq!(log.health(), Health::Writing);
}

#[test]
fn a_failed_sync_stops_the_log_for_good() {
    let disk = SimulatedDisk::new(1, None);
    let (log, _, mut committer) = open(&disk).unwrap();
    commit(&log, &mut committer, "one");
    disk.set_odds(Odds {
        sync: 1,
        ..Odds::default()
    });
    let answers = commit(&log, &mut committer, "two three");
    let reason = "the log stopped writing: could not sync records: injected input/output error";
    assert_eq!(answers[1].as_ref().unwrap_err().to_string(), reason);
    disk.set_odds(Odds::default());
    let answers = commit(&log, &mut committer, "four");
    assert_eq!(answers[0].as_ref().unwrap_err().to_string(), reason);
    drop(committer);
    assert_eq!(log.append(entry("five")).unwrap_err().to_string(), reason);
    assert!(matches!(log.health(), Health::Stopped(_)));
    assert_eq!(words(&mut log.reader(Position(0)).unwrap()), "0=one closed");
}

#[test]
fn a_torn_tail_is_cut_and_reported() {
    let disk = disk_with(&["one two"]);
    let name = name(&disk, 0);
    let mut bytes = disk.bytes(&name).unwrap();
    // Without the mark, and without the last bytes of the last payload.
    bytes.truncate(bytes.len() - 34);
    disk.replace(&name, bytes);
    check(
        &disk,
        expect!["1 segments, cut 33 bytes at 75: 0=one quiet"],
    );
    check(&disk, expect!["1 segments: 0=one quiet"]);
}

#[test]
fn damage_before_the_last_group_is_refused() {
    let disk = disk_with(&["one", "two"]);
    disk.flip(&name(&disk, 0), 40 * 8);
    check(
        &disk,
        expect!["a record's frame is damaged: 00000000000000000000.log at byte 40"],
    );
}

#[test]
fn damage_to_the_last_group_is_refused_once_a_mark_follows() {
    let disk = disk_with(&["one", "two"]);
    let frame = 40 + 32 + 3;
    disk.flip(&name(&disk, 0), (frame + 33) * 8);
    check(
        &disk,
        expect!["a record's payload is damaged: 00000000000000000000.log at byte 75"],
    );
}

#[test]
fn damage_to_a_sealed_segment_is_met_when_it_is_read() {
    let disk = three_segments();
    disk.flip(&name(&disk, 0), 80 * 8);
    check(
        &disk,
        expect!["3 segments: a record's payload is damaged: 00000000000000000000.log at byte 40"],
    );
}

#[test]
fn a_missing_segment_is_refused() {
    for (index, expected) in [
        expect!["a segment is missing here: 00000000000000000002.log at byte 0"],
        expect!["a segment is missing here: 00000000000000000004.log at byte 0"],
        expect!["a segment is missing here: 00000000000000000004.log at byte 0"],
    ]
    .into_iter()
    .enumerate()
    {
        let disk = three_segments();
        disk.erase(&name(&disk, index));
        check(&disk, expected);
    }
}

#[test]
fn a_shortened_segment_is_refused() {
    let disk = three_segments();
    let name = name(&disk, 1);
    let mut bytes = disk.bytes(&name).unwrap();
    bytes.truncate(bytes.len() - 1);
    disk.replace(&name, bytes);
    check(
        &disk,
        expect!["the segment lacks its end: 00000000000000000002.log at byte 315"],
    );
}

#[test]
fn swapped_segments_are_refused() {
    let disk = three_segments();
    let (first, second) = (name(&disk, 0), name(&disk, 1));
    let (one, two) = (disk.bytes(&first).unwrap(), disk.bytes(&second).unwrap());
    disk.replace(&first, two);
    disk.replace(&second, one);
    check(
        &disk,
        expect![
            "the segment does not belong at this place of this log: 00000000000000000000.log at byte 0"
        ],
    );
}

#[test]
fn a_copied_segment_is_refused() {
    let disk = three_segments();
    let bytes = disk.bytes(&name(&disk, 1)).unwrap();
    disk.replace("00000000000000000003.log", bytes);
    check(
        &disk,
        expect![
            "the segment does not belong at this place of this log: 00000000000000000003.log at byte 0"
        ],
    );
}

#[test]
fn a_segment_of_another_log_is_refused() {
    let disk = three_segments();
    let other = SimulatedDisk::new(1, None);
    let foreign = Options {
        log_id: 8,
        ..options()
    };
    let (log, _, mut committer) =
        Log::open_stepwise(Disk::simulated(other.clone()), foreign).unwrap();
    for letter in ["a", "b", "c", "d", "e"] {
        commit(&log, &mut committer, &letter.repeat(90));
    }
    let name = name(&disk, 2);
    disk.replace(&name, other.bytes(&name).unwrap());
    check(
        &disk,
        expect![
            "the segment does not belong at this place of this log: 00000000000000000004.log at byte 0"
        ],
    );
}

#[test]
fn an_unknown_version_is_refused_naming_both() {
    let disk = disk_with(&["one"]);
    let name = name(&disk, 0);
    let mut bytes = disk.bytes(&name).unwrap();
    bytes[8] = 9;
    disk.replace(&name, bytes);
    check(
        &disk,
        expect!["00000000000000000000.log has log format 9, and this build uses format 1"],
    );
}

#[test]
fn a_log_that_ends_before_what_was_seen_is_refused() {
    let disk = disk_with(&["one two"]);
    let seen = Options {
        end_min: Position(3),
        ..options()
    };
    let error = Log::open_stepwise(Disk::simulated(disk), seen).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the log in  ends at 2, but records up to 3 were seen before"
    );
}

#[test]
fn a_read_error_is_no_torn_tail_and_changes_nothing() {
    let disk = disk_with(&["one two"]);
    let before = disk.bytes(&name(&disk, 0));
    disk.set_odds(Odds {
        read: 1,
        ..Odds::default()
    });
    assert!(matches!(open(&disk), Err(OpenError::Read { .. })));
    disk.set_odds(Odds::default());
    assert_eq!(disk.bytes(&name(&disk, 0)), before);
    check(&disk, expect!["1 segments: 0=one 1=two quiet"]);
}

#[test]
fn a_segment_that_was_only_begun_is_begun_again() {
    let disk = disk_with(&["one"]);
    disk.replace("00000000000000000001.log", vec![0; 17]);
    check(&disk, expect!["1 segments: 0=one quiet"]);
}
