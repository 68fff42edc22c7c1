use proptest::prelude::*;
use throughline_ingest::segment::{self, Route};
use throughline_model::naming::NameRules;
use throughline_store::state::WorkspaceState;

use super::*;

const START: Timestamp = Timestamp(1_790_000_000_000);

fn arrival(source: u32, received: i64, body: &str) -> Arrival {
    let received = Timestamp(START.0 + received);
    let decoded = segment::decode(Route::Batch, body.as_bytes(), received).expect("sound");
    Arrival::of(SourceId(source), received, decoded)
}

fn apply(applier: &mut Applier, position: u64, arrival: Arrival, batch: &mut Batch) {
    applier.take(position, arrival, batch, |_, _| {});
}

fn state() -> (tempfile::TempDir, WorkspaceState) {
    let dir = tempfile::tempdir().expect("a folder");
    let state = WorkspaceState::open(&dir.path().join("state.db")).expect("opens");
    (dir, state)
}

#[test]
fn an_event_that_comes_again_changes_nothing() {
    let body = r#"{"batch":[{"type":"track","event":"view","userId":"u","messageId":"m"}]}"#;
    let (mut applier, mut batch) = (Applier::default(), Batch::default());
    apply(&mut applier, 0, arrival(1, 0, body), &mut batch);
    apply(&mut applier, 1, arrival(1, 5, body), &mut batch);
    let counts = batch.state.counts[&SourceId(1)];
    assert_eq!((counts.stored, counts.duplicate), (1, 1));
    assert_eq!(batch.rows.len(), 1);
    assert_eq!(batch.state.applied, 2);
}

#[test]
fn events_without_an_id_that_say_the_same_at_once_are_two() {
    let body = r#"{"batch":[{"type":"track","event":"view","userId":"u"}]}"#;
    let (mut applier, mut batch) = (Applier::default(), Batch::default());
    apply(&mut applier, 0, arrival(1, 0, body), &mut batch);
    apply(&mut applier, 1, arrival(1, 0, body), &mut batch);
    assert_eq!(batch.counts.stored, 2);
    let mut again = Batch::default();
    apply(&mut Applier::default(), 1, arrival(1, 0, body), &mut again);
    assert_eq!(
        again.rows[0].message, batch.rows[1].message,
        "a replay gives the same id"
    );
}

#[test]
fn faulty_events_are_held_and_the_others_kept() {
    let body = r#"{"batch":[{"type":"track","userId":"u"},
        {"type":"track","event":"view","userId":"u","messageId":"m"}]}"#;
    let (mut applier, mut batch) = (Applier::default(), Batch::default());
    let mut heard = Vec::new();
    applier.take(3, arrival(1, 0, body), &mut batch, |index, verdict| {
        heard.push((index, verdict));
    });
    assert_eq!(heard, [(0, Verdict::Quarantined), (1, Verdict::Stored)]);
    assert_eq!(batch.state.quarantined[0].seq, Seq::new(3, 0));
    assert_eq!(batch.rows[0].seq, Seq::new(3, 1));
}

#[test]
fn a_removed_source_leaves_nothing_of_its_own() {
    let known = r#"{"batch":[{"type":"track","event":"view","anonymousId":"a","messageId":"1"},
        {"type":"track","event":"view","userId":"u","messageId":"2"}]}"#;
    let joined = r#"{"batch":[{"type":"identify","userId":"u","anonymousId":"a","messageId":"3",
        "traits":{"plan":"gold"}}]}"#;
    let (mut applier, mut batch) = (Applier::default(), Batch::default());
    apply(&mut applier, 0, arrival(1, 0, known), &mut batch);
    apply(&mut applier, 1, arrival(2, 0, joined), &mut batch);
    let (a, u) = (batch.rows[0].actor, batch.rows[1].actor);
    assert_eq!(applier.resolver().root(a), applier.resolver().root(u));
    applier.remove_source(2, SourceId(2), START, &mut batch);
    assert_ne!(applier.resolver().root(a), applier.resolver().root(u));
    assert!(batch.state.traits.is_empty());
    assert_eq!(batch.rows.len(), 2);
    apply(&mut applier, 3, arrival(4, 0, joined), &mut batch);
    assert_eq!(applier.resolver().root(a), applier.resolver().root(u));
}

#[test]
fn rows_are_known_by_what_the_log_held_and_by_each_other() {
    let body = r#"{"batch":[{"type":"track","event":"a","userId":"u","messageId":"1"},
        {"type":"track","event":"b","userId":"u","messageId":"2"},
        {"type":"track","event":"c","userId":"u","messageId":"2"}]}"#;
    let (mut applier, mut batch) = (Applier::default(), Batch::default());
    let mut rows = arrival(1, 0, body);
    rows.faulty = 5;
    applier.take_rows(0, rows, &[true, false, false], &mut batch);
    assert_eq!(batch.rows.len(), 1);
    let counts = batch.state.counts[&SourceId(1)];
    assert_eq!((counts.stored, counts.duplicate, counts.total()), (1, 2, 8));
    assert_eq!(applier.window_len(), 0);
}

/// One record of a made-up log.
#[derive(Clone, Debug)]
enum Line {
    Body { source: u32, body: String },
    Remove(u32),
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let event = (0..3_u8, 0..4_u8, 0..4_u8, 0..30_u32, 0..50_i64).prop_map(
        |(kind, user, anonymous, message, time)| {
            let user = if user == 0 {
                "null".to_owned()
            } else {
                format!("\"u{user}\"")
            };
            let time = Timestamp(START.0 - time * 1000);
            let kind = ["track", "identify", "alias"][usize::from(kind)];
            format!(
                r#"{{"type":"{kind}","event":"e","userId":{user},"anonymousId":"a{anonymous}",
                   "previousId":"a0","messageId":"m{message}","timestamp":"{time}",
                   "traits":{{"t":{message}}}}}"#
            )
        },
    );
    let body =
        (1..4_u32, prop::collection::vec(event, 1..4)).prop_map(|(source, events)| Line::Body {
            source,
            body: format!("{{\"batch\":[{}]}}", events.join(",")),
        });
    let line = prop_oneof![9 => body, 1 => (1..4_u32).prop_map(Line::Remove)];
    prop::collection::vec(line, 1..25)
}

fn take(applier: &mut Applier, position: u64, line: &Line, batch: &mut Batch) {
    match line {
        Line::Body { source, body } => apply(applier, position, arrival(*source, 0, body), batch),
        Line::Remove(source) => {
            applier.remove_source(position, SourceId(*source), START, batch);
        }
    }
}

fn described(state: &WorkspaceState) -> Vec<String> {
    let mut lines = Vec::new();
    state
        .describe(&mut |line| lines.push(line.to_owned()))
        .expect("described");
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A crash at any point, with the parts as far behind the tables as may be, ends in the same state.
    #[test]
    fn a_restart_ends_where_no_restart_ends(lines in lines(), stored in 0..25_usize, parts in 0..25_usize) {
        let stored = stored.min(lines.len());
        let parts = parts.min(stored);
        let (_dir, whole) = state();
        let (mut applier, mut batch) = (Applier::default(), Batch::default());
        for (position, line) in lines.iter().enumerate() {
            take(&mut applier, position as u64, line, &mut batch);
            whole.commit(&batch.state).expect("stored");
            batch.state = StateBatch::default();
        }
        let rows = batch.rows;

        let (_dir, cut) = state();
        let (mut before, mut batch) = (Applier::default(), Batch::default());
        let mut kept = Vec::new();
        for (position, line) in lines[..stored].iter().enumerate() {
            take(&mut before, position as u64, line, &mut batch);
            cut.commit(&batch.state).expect("stored");
            batch.state = StateBatch::default();
            if position + 1 == parts {
                kept = batch.rows.clone();
            }
        }
        let mut after = Applier::restore(cut.restore().expect("loaded"));
        for row in &kept {
            after.remember(row.message, row.source, row.received);
        }
        let mut batch = Batch { rows: kept, ..Batch::default() };
        for (position, line) in lines.iter().enumerate().skip(parts) {
            take(&mut after, position as u64, line, &mut batch);
        }
        cut.commit(&batch.state).expect("stored");
        prop_assert_eq!(described(&cut), described(&whole));
        prop_assert_eq!(batch.rows, rows);
        prop_assert_eq!(after.resolver().roots().to_vec(), applier.resolver().roots().to_vec());
        prop_assert_eq!(after.links(), applier.links());
    }
}

#[test]
fn what_is_held_back_after_it_was_read_says_of_whom_it_is() {
    let event = throughline_model::EventName::parse("view").expect("a name");
    let rule = throughline_model::naming::NameRule::Block { event };
    let decided = NamesDecided {
        at: START,
        by: "ana@example.com".to_owned(),
        version: 1,
        rules: NameRules { rules: vec![rule] },
    };
    let body = r#"{"batch":[{"type":"track","event":"view","anonymousId":"b","context":{"traits":{"email":"ana@x.org"}}}]}"#;
    let (mut applier, mut batch) = (Applier::default(), Batch::default());
    applier.decide_names(0, decided, &mut batch);
    apply(&mut applier, 1, arrival(1, 0, body), &mut batch);
    let raw: serde_json::Value =
        serde_json::from_str(&batch.state.quarantined[0].raw).expect("JSON");
    assert_eq!(raw["anonymousId"], "b");
    assert_eq!(
        raw["identifiers"],
        serde_json::json!([{"kind": "email", "value": "ana@x.org"}])
    );
    assert_eq!(raw["userId"], serde_json::Value::Null);
}
