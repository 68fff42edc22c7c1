use proptest::prelude::*;
use throughline_model::Value;

use super::{super::StateBatch, *};

fn row(actor: u32, time: i64, seq: u64, is_granted: bool) -> ConsentRow {
    ConsentRow {
        actor: ActorId(actor),
        key: "marketing".into(),
        channel: None,
        is_granted,
        source: SourceId(1),
        is_decision: false,
        text: "".into(),
        proof: "".into(),
        first: Timestamp(time),
        time: Timestamp(time),
        seq: Seq(seq),
        message: MessageKey(u128::from(seq)),
        event: "page_viewed".into(),
    }
}

fn state(dir: &std::path::Path, batches: &[Vec<ConsentRow>]) -> WorkspaceState {
    let state = WorkspaceState::open(&dir.join("state.db")).expect("opens");
    for (applied, consents) in (1..).zip(batches) {
        let batch = StateBatch {
            applied,
            consents: consents.clone(),
            ..StateBatch::default()
        };
        state.commit(&batch).expect("stored");
    }
    state
}

fn described(state: &WorkspaceState) -> Vec<String> {
    let mut lines = Vec::new();
    let told = state.describe(&mut |line| lines.push(line.to_owned()));
    told.expect("described");
    lines
}

#[test]
fn what_is_repeated_within_a_week_is_one_row_and_a_decision_is_always_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let decision = |seq| ConsentRow {
        is_decision: true,
        ..row(1, 50, seq, true)
    };
    let state = state(
        dir.path(),
        &[
            vec![
                row(1, 10, 1, true),
                row(1, 30, 3, true),
                row(1, 20, 2, true),
            ],
            vec![row(1, WEEK_MS + 1, 4, true), decision(5), decision(6)],
        ],
    );
    let rows = state.consents(&[ActorId(1)]).expect("read");
    let shown: Vec<(i64, i64, u64, bool)> = (rows.iter())
        .map(|it| (it.first.0, it.time.0, it.seq.0, it.is_decision))
        .collect();
    let expected = [
        (WEEK_MS + 1, WEEK_MS + 1, 4, false),
        (50, 50, 6, true),
        (10, 30, 3, false),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn a_purpose_that_changes_holds_for_what_was_said_before() {
    let dir = tempfile::tempdir().expect("a folder");
    let state = state(dir.path(), &[vec![row(1, 10, 1, true)]]);
    let denied = |purpose: &str| {
        let consent = ConsentIs {
            purpose: purpose.to_owned(),
            channel: Some(Channel::Email),
            state: Default::default(),
        };
        let column = state.trait_column(&consent.column()).expect("read");
        column.value([1].into_iter())
    };
    assert_eq!(denied("marketing"), Some(Value::Flag(false)));
    assert_eq!(denied("analytics"), None);
    let mut policy = ConsentPolicy::default();
    policy.purposes[0].keys.push("Marketing".to_owned());
    state.set_consent_policy(policy);
    assert_eq!(denied("analytics"), Some(Value::Flag(false)));
}

#[test]
fn a_source_that_is_taken_back_has_said_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let other = ConsentRow {
        source: SourceId(2),
        ..row(1, 20, 2, false)
    };
    let state = state(dir.path(), &[vec![row(1, 10, 1, true), other]]);
    let column = ConsentIs {
        purpose: "marketing".to_owned(),
        channel: None,
        state: Default::default(),
    }
    .column();
    let denied = || {
        let column = state.trait_column(&column).expect("read");
        column.value([1].into_iter())
    };
    assert_eq!(denied(), Some(Value::Flag(true)));
    let batch = StateBatch {
        applied: 9,
        removed_sources: vec![SourceId(2)],
        ..StateBatch::default()
    };
    state.commit(&batch).expect("stored");
    assert_eq!(denied(), Some(Value::Flag(false)));
}

/// Who, when, what, and whether on purpose.
fn any_statement() -> impl Strategy<Value = (u32, i64, bool, bool)> {
    (0..3_u32, 0..6_i64, any::<bool>(), any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// In whatever order and batches statements come, and whether or not a column was asked before.
    #[test]
    fn neither_order_nor_batches_matter(
        said in prop::collection::vec(any_statement(), 1..12),
        shuffled in any::<prop::sample::Index>(),
        cut in 0..12_usize,
    ) {
        let rows: Vec<ConsentRow> = (1..).zip(&said)
            .map(|(seq, (actor, time, is_granted, is_decision))| ConsentRow {
                is_decision: *is_decision,
                ..row(*actor, time * WEEK_MS / 2, seq, *is_granted)
            })
            .collect();
        let mut others = rows.clone();
        others.rotate_left(shuffled.index(rows.len()));
        others.reverse();
        let (left, right) = others.split_at(cut.min(others.len()));
        let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let column = ConsentIs { purpose: "marketing".to_owned(), channel: Some(Channel::Sms), state: Default::default() }.column();
        let first = state(one.path(), std::slice::from_ref(&rows));
        let second = state(two.path(), &[]);
        second.trait_column(&column).expect("read");
        for (applied, half) in [(1, left), (2, right)] {
            let batch = StateBatch { applied, consents: half.to_vec(), ..StateBatch::default() };
            second.commit(&batch).expect("stored");
        }
        prop_assert_eq!(described(&first), described(&second));
        for actors in [vec![0], vec![1, 2], vec![0, 1, 2]] {
            // Word by word: the latest of all, and of one instant the stricter.
            let theirs = rows.iter().filter(|it| actors.contains(&it.actor.0));
            let latest = theirs.clone().map(|it| it.time).max();
            let expected = latest.map(|latest| {
                Value::Flag(theirs.clone().any(|it| it.time == latest && !it.is_granted))
            });
            for state in [&first, &second] {
                let told = state.trait_column(&column).expect("read").value(actors.iter().copied());
                prop_assert_eq!(&told, &expected);
            }
        }
    }
}
