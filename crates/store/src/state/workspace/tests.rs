use throughline_model::{
    Timestamp,
    identity::{Survivor, TraitRule},
    limits,
};

use super::*;

fn state() -> (tempfile::TempDir, WorkspaceState) {
    let dir = tempfile::tempdir().expect("a folder");
    let state = WorkspaceState::open(&dir.path().join("state.db")).expect("opens");
    (dir, state)
}

fn trait_row(actor: u32, value: Option<&str>, time: i64, source: u32) -> TraitRow {
    TraitRow {
        actor: ActorId(actor),
        name: "plan".into(),
        value: value.map(Into::into),
        time: Timestamp(time),
        source: SourceId(source),
        first: value.map(|value| (value.into(), Timestamp(time))),
        operations_count: 0,
    }
}

fn batch() -> StateBatch {
    StateBatch {
        accounts: Default::default(),
        applied: 7,
        namings: Vec::new(),
        plans: Vec::new(),
        names: vec![(EventCode(0), EventName::parse("view").expect("valid"))],
        identifiers: vec![
            (ActorId(0), Identifier::anonymous("a-1")),
            (ActorId(1), Identifier::user("Ana@x.org")),
        ],
        plain: Vec::new(),
        sign_ins: Vec::new(),
        consents: Vec::new(),
        links: vec![
            (
                0,
                StoredLink::Link {
                    left: ActorId(1),
                    right: ActorId(0),
                    reason: 0,
                    time: Timestamp(5),
                    source: SourceId(3),
                    seq: Seq::new(6, 1),
                },
            ),
            (1, StoredLink::Retract(SourceId(9))),
        ],
        link_moments: Vec::new(),
        traits: vec![trait_row(1, Some("\"Gold\""), 5, 3)],
        operations: Vec::new(),
        quarantined: Vec::new(),
        refused: Vec::new(),
        released: Vec::new(),
        violations: Violations::default(),
        counts: BTreeMap::new(),
        removed_sources: Vec::new(),
    }
}

fn lines(state: &WorkspaceState) -> Vec<String> {
    let mut lines = Vec::new();
    state
        .describe(&mut |line| lines.push(line.to_owned()))
        .expect("described");
    lines
}

#[test]
fn a_batch_that_is_stored_twice_changes_nothing() {
    let (_dir, state) = state();
    state.commit(&batch()).expect("stored");
    let once = lines(&state);
    state.commit(&batch()).expect("stored again");
    assert_eq!(lines(&state), once);
    let restored = state.restore().expect("loaded");
    assert_eq!(restored.applied, 7);
    assert_eq!(restored.identifiers[1], Identifier::user("Ana@x.org"));
    assert_eq!(
        restored.links,
        batch()
            .links
            .into_iter()
            .map(|(_, link)| link)
            .collect::<Vec<_>>()
    );
    assert_eq!(restored.names.len(), 1);
    assert_eq!(state.links_of(ActorId(0)).expect("read").len(), 1);
}

#[test]
fn the_newest_trait_wins_whatever_the_order_of_arrival() {
    let rows = [
        trait_row(0, Some("\"a\""), 10, 1),
        trait_row(0, Some("\"b\""), 20, 1),
        trait_row(1, Some("\"c\""), 20, 2),
        trait_row(1, Some("\"old\""), 1, 2),
    ];
    let expected = TraitRow {
        first: rows[3].first.clone(),
        ..rows[2].clone()
    };
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2]] {
        let (_dir, state) = state();
        for index in order {
            let batch = StateBatch {
                traits: vec![rows[index].clone()],
                ..StateBatch::default()
            };
            state.commit(&batch).expect("stored");
        }
        let traits = state.traits(&[ActorId(0), ActorId(1)]).expect("read");
        assert_eq!(traits, std::slice::from_ref(&expected), "{order:?}");
    }
}

#[test]
fn a_rule_keeps_the_first_value_or_that_of_a_source() {
    let (_dir, state) = state();
    let tell = |row| {
        let batch = StateBatch {
            traits: vec![row],
            ..StateBatch::default()
        };
        state.commit(&batch).expect("stored");
    };
    tell(trait_row(0, Some("\"b\""), 20, 1));
    tell(trait_row(0, Some("\"a\""), 10, 1));
    tell(trait_row(0, Some("\"c\""), 30, 1));
    tell(trait_row(1, Some("\"d\""), 15, 2));
    let plan = || {
        let traits = state.traits(&[ActorId(0), ActorId(1)]).expect("read");
        let column = state.trait_column("plan").expect("read");
        let value = column.value([0, 1].into_iter());
        let shown = traits[0].value.clone();
        assert_eq!(
            value,
            serde_json::from_str(shown.as_deref().expect("told")).ok(),
            "the page and segments agree"
        );
        shown
    };
    let keep = |keep: Option<Survivor>| {
        let rule = keep.map(|keep| TraitRule {
            name: "plan".into(),
            keep,
        });
        state.set_trait_rules(rule.as_slice());
    };
    assert_eq!(plan().as_deref(), Some("\"c\""));
    keep(Some(Survivor::First));
    assert_eq!(plan().as_deref(), Some("\"a\""));
    // Below zero stands what was set once, at that time all the same; the column is in use meanwhile.
    tell(trait_row(0, Some("\"x\""), -12, 1));
    assert_eq!(plan().as_deref(), Some("\"a\""));
    tell(trait_row(0, Some("\"e\""), 5, 1));
    assert_eq!(plan().as_deref(), Some("\"e\""));
    // Of one instant the greater text holds, in the tables as in the column.
    tell(trait_row(0, Some("\"f\""), 5, 1));
    assert_eq!(plan().as_deref(), Some("\"f\""));
    keep(None);
    keep(Some(Survivor::First));
    assert_eq!(plan().as_deref(), Some("\"f\""));
    let order = vec![SourceId(2)];
    keep(Some(Survivor::Sources { order }));
    assert_eq!(plan().as_deref(), Some("\"d\""));
    keep(Some(Survivor::Frequent));
    assert_eq!(plan().as_deref(), Some("\"c\""));
    tell(trait_row(1, Some("\"d\""), 16, 3));
    assert_eq!(plan().as_deref(), Some("\"d\""));
    keep(None);
    assert_eq!(plan().as_deref(), Some("\"c\""));
}

#[test]
fn a_removed_source_gives_the_older_trait_back() {
    let (_dir, state) = state();
    let traits = vec![trait_row(0, Some("1"), 10, 1), trait_row(0, None, 20, 2)];
    state
        .commit(&StateBatch {
            traits,
            ..StateBatch::default()
        })
        .expect("stored");
    assert_eq!(state.traits(&[ActorId(0)]).expect("read"), []);
    let removed_sources = vec![SourceId(2)];
    state
        .commit(&StateBatch {
            removed_sources,
            ..StateBatch::default()
        })
        .expect("stored");
    assert_eq!(state.traits(&[ActorId(0)]).expect("read").len(), 1);
}

#[test]
fn profiles_are_found_by_the_beginning_of_what_is_known() {
    let (_dir, state) = state();
    state.commit(&batch()).expect("stored");
    for (text, found) in [
        ("ana@", vec![1]),
        ("GOLD", vec![1]),
        ("a", vec![0, 1]),
        ("%", vec![]),
    ] {
        let actors: Vec<u32> = state
            .search(text, 10)
            .expect("searched")
            .into_iter()
            .map(|actor| actor.0)
            .collect();
        assert_eq!(actors, found, "{text}");
    }
}

#[test]
fn the_quarantine_keeps_the_newest_and_counts_all() {
    let (_dir, state) = state();
    let most = limits::QUARANTINE_KEPT_PER_REASON_MAX as u64;
    let events: Vec<_> = (0..most + 3)
        .map(|n| QuarantinedEvent {
            seq: Seq(n),
            received: Timestamp(n.cast_signed()),
            reason: "event.name".into(),
            message: "event name is empty".into(),
            raw: "{}".into(),
            source: SourceId(1),
            id: None,
        })
        .collect();
    let batch = StateBatch {
        quarantined: events,
        ..StateBatch::default()
    };
    for _ in 0..2 {
        state.commit(&batch).expect("stored");
        let filter = QuarantineFilter {
            limit: 2,
            ..QuarantineFilter::default()
        };
        let page = state.quarantine(&filter).expect("read");
        assert_eq!(page.by_reason[0].count, most + 3);
        assert_eq!(page.entries[0].seq, Seq(most + 2));
        assert_eq!(page.entries.len(), 2);
    }
}

#[test]
fn a_document_is_written_only_over_the_version_that_was_read() {
    let (_dir, state) = state();
    let put = |expected, json| {
        state.put_document(DocumentKind::Map, "m", expected, "M", json, Timestamp(1))
    };
    assert_eq!(put(None, "1").expect("new"), 1);
    assert_eq!(put(Some(1), "2").expect("changed"), 2);
    assert!(matches!(
        put(Some(1), "3"),
        Err(DocumentError::Conflict { now: Some(2) })
    ));
    assert!(matches!(
        put(None, "3"),
        Err(DocumentError::Conflict { now: Some(2) })
    ));
    let stored = state
        .document(DocumentKind::Map, "m")
        .expect("read")
        .expect("there");
    assert_eq!((stored.json.as_str(), stored.head.version), ("2", 2));
    assert!(
        state
            .remove_document(DocumentKind::Map, "m")
            .expect("removed")
    );
    assert!(state.documents(DocumentKind::Map).expect("read").is_empty());
}

#[test]
fn counts_of_a_source_grow_once_for_each_batch() {
    let (_dir, state) = state();
    let counts = SourceCounts {
        stored: 3,
        duplicate: 2,
        quarantined: 1,
        faulty: 4,
        refused: 5,
    };
    let batch = |applied| StateBatch {
        applied,
        counts: [(SourceId(7), counts)].into(),
        ..StateBatch::default()
    };
    for applied in [1, 1, 2] {
        state.commit(&batch(applied)).expect("stored");
    }
    let stored = state.source_counts().expect("read");
    assert_eq!(stored[&SourceId(7)].stored, 6);
    assert_eq!(stored[&SourceId(7)].total(), 30);
    let undone = StateBatch {
        applied: 3,
        removed_sources: vec![SourceId(7)],
        ..StateBatch::default()
    };
    state.commit(&undone).expect("stored");
    assert!(state.source_counts().expect("read").is_empty());
}
