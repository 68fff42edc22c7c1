use proptest::prelude::*;

use super::*;
use crate::fixture::{LAYOUTS, any_log, by_profile};

/// Time, event and channel.
type Row = (i64, u16, u8);

proptest! {
    #[test]
    fn every_profile_is_seen_once_with_all_its_rows_by_time(log in any_log()) {
        let expected: Vec<(u32, Vec<Row>)> = by_profile(&log)
            .into_iter()
            .map(|(profile, events)| {
                let mut rows: Vec<_> =
                    events.iter().map(|it| (it.time.0, it.event, it.channel)).collect();
                rows.sort_unstable();
                (profile, rows)
            })
            .collect();
        for layout in LAYOUTS {
            let snapshot = log.laid_out(layout);
            let seen = scan(&snapshot, &Cancel::default(), Vec::new, |seen, rows| {
                assert!(rows.time.is_sorted());
                let mut all: Vec<_> = (0..rows.len())
                    .map(|index| {
                        let place = rows.place(index);
                        let run = &snapshot.runs[place.run as usize];
                        assert_eq!(run.time[place.row as usize], rows.time[index]);
                        (rows.time[index], rows.event[index], rows.channel[index])
                    })
                    .collect();
                all.sort_unstable();
                seen.push((rows.profile.0, all));
            })
            .expect("not stopped");
            let mut seen = seen.concat();
            seen.sort();
            prop_assert_eq!(&seen, &expected);
        }
    }
}

#[test]
fn a_dead_group_is_not_seen() {
    let log = crate::fixture::Log::read("ana 09:00 view\nbob 09:00 view");
    let mut snapshot = log.snapshot();
    snapshot.roots = vec![0, 0].into();
    let seen = scan(&snapshot, &Cancel::default(), Vec::new, |seen, rows| {
        seen.push(rows.profile.0);
    })
    .expect("not stopped")
    .concat();
    assert_eq!(seen, [0]);
}

#[test]
fn a_stopped_walk_ends_and_a_whole_one_has_walked_every_row() {
    let log = crate::fixture::Log::read("ana 09:00 view\nana 09:01 view\nbob 09:00 view");
    let snapshot = log.snapshot();
    let cancel = Cancel::default();
    scan(&snapshot, &cancel, || (), |(), _| ()).expect("not stopped");
    let progress = cancel.progress();
    assert_eq!((progress.rows_done, progress.rows_total), (3, 3));
    let walked = scan(&snapshot, &cancel, || (), |(), _| cancel.cancel());
    assert_eq!(walked.err(), Some(Cancelled));
}

#[test]
fn slices_keep_their_places() {
    let log = crate::fixture::Log::read("ana 09:00 a\nana 09:01 b\nana 09:02 c\nana 09:03 d");
    for layout in LAYOUTS {
        let snapshot = log.laid_out(layout);
        scan(
            &snapshot,
            &Cancel::default(),
            || (),
            |(), rows| {
                let within = rows.between(rows.time[1], rows.time[3]);
                assert_eq!(within, 1..3);
                let part = rows.slice(within);
                assert_eq!(part.place(1), rows.place(2));
                assert!(rows.slice(4..4).is_empty());
            },
        )
        .expect("not stopped");
    }
}
