use proptest::prelude::*;
use serde_json::Value;
use throughline_model::identity::{Survivor, TraitRule};

use super::*;
use crate::state::{StateBatch, TraitRow};

/// One thing that is told of one trait.
#[derive(Clone, Debug)]
struct Told {
    actor: u32,
    source: u32,
    time: i64,
    /// Index in its body.
    index: u32,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Set(Option<&'static str>),
    Once(&'static str),
    Operation(Operator, &'static str),
}

fn any_told() -> impl Strategy<Value = Vec<Told>> {
    let value = || prop::sample::select(vec!["3", "0.5", "\"a\"", "[1,\"a\"]", "true", "1e300"]);
    let item = prop::sample::select(vec!["1", "[1,2]", "\"a\"", "[2.0,\"</td>\"]", "{\"k\":1}"]);
    let amount = prop::sample::select(vec!["1", "-2.5", "0.1"]);
    let list = (1..6_usize).prop_map(|it| Operator::ALL[it]);
    let what = prop_oneof![
        3 => value().prop_map(|it| What::Set(Some(it))),
        1 => Just(What::Set(None)),
        2 => value().prop_map(What::Once),
        6 => amount.prop_map(|it| What::Operation(Operator::Add, it)),
        4 => (list, item).prop_map(|(operator, it)| What::Operation(operator, it)),
    ];
    let told = (0..3_u32, 1..4_u32, 1..9_i64, 0..3_u32, what);
    let told = told.prop_map(|(actor, source, time, index, what)| Told {
        actor,
        source,
        time,
        index,
        what,
    });
    prop::collection::vec(told, 1..20)
}

/// A state that has heard all of it in batches of some size. Its column is in use from the middle on.
fn state_of(told: &[(u64, Told)], at_once: usize) -> (tempfile::TempDir, WorkspaceState) {
    let dir = tempfile::tempdir().expect("a folder");
    let state = WorkspaceState::open(&dir.path().join("state.db")).expect("opens");
    let chunks = told.chunks(at_once);
    let middle = chunks.len() / 2;
    for (applied, (place, chunk)) in (1..).zip(chunks.enumerate()) {
        if place == middle {
            state.trait_column("t").expect("read");
        }
        let mut batch = StateBatch {
            applied,
            ..StateBatch::default()
        };
        for (id, it) in chunk {
            add_to(&mut batch, *id, it);
        }
        state.commit(&batch).expect("stored");
        // Storing a batch again changes nothing.
        state.commit(&batch).expect("stored again");
    }
    (dir, state)
}

fn add_to(batch: &mut StateBatch, id: u64, it: &Told) {
    let (actor, source) = (ActorId(it.actor), SourceId(it.source));
    let set = |value: Option<&str>, time| TraitRow {
        actor,
        name: "t".into(),
        value: value.map(Into::into),
        time: Timestamp(time),
        source,
        first: None,
        operations_count: 0,
    };
    match &it.what {
        What::Set(value) => batch.traits.push(set(*value, it.time)),
        What::Once(value) => batch.traits.push(set(Some(value), -it.time)),
        What::Operation(operator, json) => batch.operations.push(OperationRow {
            actor,
            name: "t".into(),
            source,
            operation: TraitOperation {
                time: Timestamp(it.time),
                index: it.index,
                message: MessageKey(id.into()),
                place: 0,
                operator: *operator,
                operand: operator.operand(json).expect("says something"),
                count: 1,
            },
        }),
    }
}

/// The value of all that was told, by going through it in the order of time.
fn naive<'a>(told: impl Iterator<Item = &'a (u64, Told)>) -> Option<Value> {
    let told: Vec<&(u64, Told)> = told.collect();
    let sets = told.iter().filter_map(|(_, it)| match it.what {
        What::Set(value) => Some((it.time, value)),
        _ => None,
    });
    let newest = sets.max();
    let once = told.iter().filter_map(|(_, it)| match it.what {
        What::Once(value) => Some((-it.time, value)),
        _ => None,
    });
    let mut once = once.max().map(|(time, value)| (-time, value));
    let mut value = None;
    let mut from = i64::MIN;
    if let Some((time, text)) = newest {
        (from, once) = (time, None);
        value = text.map(|it| serde_json::from_str(it).expect("JSON"));
    }
    let mut operations: Vec<_> = (told.iter())
        .filter_map(|(id, it)| match it.what {
            What::Operation(operator, json) => {
                let is_list = operator != Operator::Add;
                Some(((it.time, is_list, it.index, *id), operator, json))
            }
            _ => None,
        })
        .collect();
    operations.sort_by_key(|it| it.0);
    for ((time, ..), operator, json) in operations {
        if time < from {
            continue;
        }
        if let Some((at, text)) = once
            && at <= time
        {
            value = value.or_else(|| serde_json::from_str(text).ok());
            once = None;
        }
        value = changed(value, operator, &serde_json::from_str(json).expect("JSON"));
    }
    value.or_else(|| serde_json::from_str(once?.1).ok())
}

fn changed(value: Option<Value>, operator: Operator, operand: &Value) -> Option<Value> {
    if operator == Operator::Add {
        let number = value.as_ref().and_then(Value::as_f64).unwrap_or(0.0);
        if number > 1e18 {
            return value;
        }
        return Some((number + operand.as_f64().expect("a number")).into());
    }
    let items = match operand {
        Value::Array(items) => items.clone(),
        item => vec![item.clone()],
    };
    let is_in = |list: &[Value], item: &Value| list.iter().any(|it| plain(it) == plain(item));
    if operator == Operator::Remove {
        let Some(Value::Array(list)) = value else {
            return value;
        };
        let left = list.into_iter().filter(|it| !is_in(&items, it));
        return Some(left.collect());
    }
    let mut list = match value {
        Some(Value::Array(list)) => list,
        other => other.into_iter().collect(),
    };
    let mut new = Vec::new();
    for item in items {
        let is_unique = matches!(operator, Operator::Union | Operator::PreInsert);
        if !(is_unique && (is_in(&list, &item) || is_in(&new, &item))) {
            new.push(item);
        }
    }
    match operator {
        Operator::Append | Operator::Union => list.extend(new),
        _ => drop(list.splice(..0, new)),
    }
    Some(list.into())
}

/// A value in one form, whether its numbers are whole or floats.
fn plain(value: &Value) -> String {
    match value {
        Value::Number(number) => format!("{:.6e}", number.as_f64().expect("a float")),
        Value::Array(items) => format!("{:?}", items.iter().map(plain).collect::<Vec<_>>()),
        other => other.to_string(),
    }
}

fn shown(state: &WorkspaceState, actors: &[u32]) -> Option<Value> {
    let of: Vec<ActorId> = actors.iter().copied().map(ActorId).collect();
    let rows = state.traits(&of).expect("read");
    let text = rows.first().and_then(|row| row.value.clone());
    let value: Option<Value> = text.map(|it| serde_json::from_str(&it).expect("JSON"));
    let column = state.trait_column("t").expect("read");
    let found = column.value(actors.iter().copied());
    let scalar = value.clone().and_then(|it| serde_json::from_value(it).ok());
    assert_eq!(found, scalar, "the page and segments agree on {actors:?}");
    let root = |actor| if actors.contains(&actor) { 9 } else { 10 };
    assert_eq!(column.values(root).remove(&9), found, "one as all");
    value
}

fn lines(state: &WorkspaceState) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |it: &str| lines.push(it.to_owned());
    state.describe(&mut line).expect("described");
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_value_is_a_function_of_all_that_was_told_in_whatever_order(
        told in any_told(),
        seed in any::<u64>(),
        at_once in 1..6_usize,
    ) {
        let told: Vec<(u64, Told)> = (0..).zip(told).collect();
        let mut turned = told.clone();
        turned.sort_by_key(|(id, _)| (id + 1).wrapping_mul(seed | 1));
        let (_dir, one) = state_of(&told, 7);
        let (_dir, other) = state_of(&turned, at_once);
        prop_assert_eq!(lines(&one), lines(&other));
        // Each alone, two as one, all as one, and each alone again.
        for actors in [&[0][..], &[1], &[2], &[0, 1], &[0, 1, 2], &[1, 2], &[0]] {
            let of_these = || told.iter().filter(|(_, it)| actors.contains(&it.actor));
            let expected = naive(of_these()).as_ref().map(plain);
            for state in [&one, &other] {
                prop_assert_eq!(shown(state, actors).as_ref().map(plain), expected.clone());
            }
        }
        // Where a source goes first, only what it tells counts; without it, the others do.
        let order = vec![SourceId(2)];
        let rule = TraitRule { name: "t".into(), keep: Survivor::Sources { order } };
        let by = |is_first: bool| told.iter().filter(move |(_, it)| (it.source == 2) == is_first);
        let first = if by(true).next().is_some() { naive(by(true)) } else { naive(by(false)) };
        other.set_trait_rules(&[rule]);
        prop_assert_eq!(shown(&other, &[0, 1, 2]).as_ref().map(plain), first.as_ref().map(plain));
        other.set_trait_rules(&[]);
        // A source that is taken back leaves what there would be without it.
        let removed = StateBatch { removed_sources: vec![SourceId(2)], ..StateBatch::default() };
        other.commit(&removed).expect("stored");
        let left: Vec<(u64, Told)> = by(false).cloned().collect();
        let (_dir, without) = state_of(&left, 3);
        prop_assert_eq!(lines(&other), lines(&without));
        let expected = naive(left.iter()).as_ref().map(plain);
        prop_assert_eq!(shown(&other, &[0, 1, 2]).as_ref().map(plain), expected);
    }
}

fn added(time: i64, json: &'static str) -> Told {
    Told {
        actor: 0,
        source: 1,
        time,
        index: 0,
        what: What::Operation(Operator::Add, json),
    }
}

#[test]
fn past_the_limit_numbers_are_summed_up_and_the_order_still_does_not_matter() {
    let most = i64::try_from(limits::TRAIT_OPERATIONS_MAX).expect("small");
    let many = (1..=most + 100).map(|time| added(time, "0.1"));
    let told: Vec<(u64, Told)> = (0..).zip(many).collect();
    let mut turned = told.clone();
    turned.rotate_left(333);
    turned.reverse();
    let (_dir, one) = state_of(&told, 1_000);
    let (_dir, other) = state_of(&turned, 7);
    assert_eq!(lines(&one), lines(&other));
    let rows = one.operations(&[ActorId(0)]).expect("read");
    assert_eq!(rows.len(), limits::TRAIT_OPERATIONS_MAX + 1);
    assert_eq!(rows[0].operation.count, 100);
    for state in [&one, &other] {
        assert_eq!(shown(state, &[0]), Some(Value::from(60)));
        let count = state.traits(&[ActorId(0)]).expect("read")[0].operations_count;
        assert_eq!(count, 600);
    }
    // A value that was set among those that were summed up takes none of them back; a later one does.
    for (time, expected) in [(50, 160.0), (101, 150.0), (591, 101.0)] {
        let mut set = told[0].1.clone();
        (set.time, set.what) = (time, What::Set(Some("100")));
        let mut batch = StateBatch::default();
        add_to(&mut batch, 0, &set);
        one.commit(&batch).expect("stored");
        let value = shown(&one, &[0]).and_then(|it| it.as_f64());
        assert_eq!(value, Some(expected), "set at {time}");
    }
}

#[test]
fn past_the_limit_the_oldest_changes_of_lists_are_forgotten_and_counted() {
    let most = limits::TRAIT_OPERATIONS_MAX;
    let many = (0_u64..).take(most + 20).map(|id| {
        let mut it = added(id.cast_signed() + 1, "1");
        it.what = What::Operation(Operator::Union, if id < 20 { "\"old\"" } else { "\"new\"" });
        (id, it)
    });
    let (_dir, state) = state_of(&many.collect::<Vec<_>>(), 100);
    assert_eq!(shown(&state, &[0]), Some(serde_json::json!(["new"])));
    let head = lines(&state);
    let head = head.iter().find(|it| it.starts_with("operated"));
    assert_eq!(
        head.expect("one"),
        &format!("operated\t0\tt/1\t{most}/0/0/20\t0\t")
    );
}

#[test]
fn operations_are_counted_as_known_of_a_person_and_go_with_the_log() {
    let told = [(0, added(1, "1")), (1, added(2, "1"))];
    let (dir, state) = state_of(&told, 2);
    assert_eq!(state.lines_of(&[ActorId(0)].into()).expect("read"), (0, 1));
    assert_eq!(state.trait_names(9).expect("read"), [("t".to_owned(), 1)]);
    let path = dir.path().join("copy.db");
    state.copy_without_log(&path).expect("copied");
    let copy = WorkspaceState::open(&path).expect("opens");
    assert_eq!(copy.operations(&[ActorId(0)]).expect("read"), []);
    let kinds = |state: &WorkspaceState| -> Vec<String> {
        let kind = |line: String| line.split('\t').next().map(str::to_owned);
        lines(state).into_iter().filter_map(kind).collect()
    };
    assert_eq!(kinds(&copy), Vec::<String>::new());
    assert_eq!(kinds(&state), ["operated", "operation", "operation"]);
    drop(state);
    let again = WorkspaceState::open(&dir.path().join("state.db")).expect("opens");
    assert_eq!(shown(&again, &[0]), Some(Value::from(2)), "found again");
    // What another state says of the log takes the place of what this one says.
    copy.take_over(&dir.path().join("state.db"), &BTreeSet::new())
        .expect("taken over");
    assert_eq!(shown(&copy, &[0]), Some(Value::from(2)));
}

#[test]
fn the_first_value_and_the_most_frequent_one_stay_as_they_were_told() {
    let mut set = added(1, "1");
    set.what = What::Set(Some("7"));
    let (_dir, state) = state_of(&[(0, set), (1, added(2, "1"))], 2);
    assert_eq!(shown(&state, &[0]), Some(Value::from(8)));
    for keep in [Survivor::First, Survivor::Frequent] {
        let name = "t".to_owned();
        state.set_trait_rules(&[TraitRule { name, keep }]);
        assert_eq!(shown(&state, &[0]), Some(Value::from(7)));
    }
}
