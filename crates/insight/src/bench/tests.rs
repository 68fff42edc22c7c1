//! Stopping, without a clock: the button is pressed at a look at it.

use super::*;
use crate::{ask::AskError, cancel::Cancelled};

const SHAPE: Shape = Shape {
    rows: 400_000,
    profiles: 9_000,
    names: 40,
    channels: 12,
    days: 90,
    buckets: 4,
    runs: 1,
};

fn answered(snapshot: &Snapshot, report: &Report, cancel: &Cancel) -> Result<(), AskError> {
    let vocabulary = Vocabulary::default();
    ask(snapshot, &vocabulary, report, snapshot.taken, cancel).map(|_| ())
}

#[test]
fn every_report_looks_at_the_button_often_and_stops_at_any_look() {
    let names = |snapshot: &Snapshot| -> Vec<EventName> {
        snapshot.names.iter().map(|(_, it)| it.clone()).collect()
    };
    for runs in [1, 3] {
        let snapshot = generate(Shape { runs, ..SHAPE }, 7);
        for question in questions(&names(&snapshot)) {
            let whole = Cancel::default();
            answered(&snapshot, &question.report, &whole).expect("not stopped");
            let (looks, progress) = (whole.looks(), whole.progress());
            assert_eq!(progress.rows_done, progress.rows_total, "{}", question.name);
            // Between two looks lie 2^16 rows and a profile, or what is left of a bucket.
            assert!(
                looks * (1 << 17) > progress.rows_done,
                "{}: {looks} looks for {} rows",
                question.name,
                progress.rows_done
            );
            for look in [1, 2, looks / 2, looks - 1, looks] {
                let cancel = Cancel::stopping_at(look.max(1));
                let stopped = answered(&snapshot, &question.report, &cancel);
                let error = stopped.expect_err("it was stopped");
                assert!(
                    matches!(error, AskError::Cancelled(Cancelled)),
                    "{}: {error}",
                    question.name
                );
                // Each thread goes on to its next look at most.
                let threads = rayon::current_num_threads() as u64;
                assert!(
                    cancel.looks() <= look.max(1) + threads,
                    "{}: stopped at look {look}, ended at {}",
                    question.name,
                    cancel.looks()
                );
            }
        }
    }
}
