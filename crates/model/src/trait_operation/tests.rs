use super::*;

fn operation(time: i64, index: u32, operator: Operator, json: &str) -> TraitOperation {
    TraitOperation {
        time: Timestamp(time),
        index,
        message: MessageKey(u128::from(index)),
        place: 0,
        operator,
        operand: operator.operand(json).expect("says something"),
        count: 1,
    }
}

/// A set, written `time value` with `-` for one that was taken away, and operations, written
/// `time operator operand`, give the value.
fn check(set: &str, operations: &[&str], expected: &str) {
    let set = set.split_once(' ').map(|(time, value)| Set {
        time: Timestamp(time.parse().expect("a time")),
        value: (value != "-").then_some(value),
    });
    let read = (0..).zip(operations).map(|(index, line)| {
        let mut parts = line.splitn(3, ' ');
        let mut part = || parts.next().expect("three parts");
        let time = part().parse().expect("a time");
        let operator = Operator::of(part()).expect("an operator");
        operation(time, index, operator, part())
    });
    let read: Vec<TraitOperation> = read.collect();
    let mut sorted: Vec<&TraitOperation> = read.iter().collect();
    sorted.sort_by(|a, b| a.order(b));
    let outcome = after(set, &sorted);
    let shown = match &outcome {
        None => "as it was".to_owned(),
        Some(it) => it.value.clone().unwrap_or_else(|| "none".to_owned()),
    };
    assert_eq!(shown, expected, "{set:?} {operations:?}");
}

#[test]
fn numbers_are_added_to_the_newest_value_before() {
    check("", &["1 $add 1", "2 $add 2"], "3");
    check("5 10", &["1 $add 1", "6 $add 2", "5 $add 3"], "15");
    check("5 10", &["1 $add 1"], "as it was");
    check("5 -", &["1 $add 1", "6 $add 2"], "2");
    check("5 0.1", &["6 $add 0.2", "7 $add -1.5"], "-1.2");
    check("5 \"7\"", &["6 $add 1"], "1");
    check("5 [7]", &["6 $add 1"], "1");
    check("5 true", &["6 $add 1"], "1");
}

#[test]
fn numbers_have_a_limit_and_larger_ones_stay() {
    let most = "1000000000000000000";
    check(&format!("5 {most}"), &["6 $add 1"], most);
    check(
        &format!("5 {most}"),
        &["6 $add 5", "7 $add -6"],
        "999999999999999999",
    );
    check("5 1e300", &["6 $add 1"], "1e300");
    assert_eq!(Operator::Add.operand("1e300"), None);
    assert_eq!(Operator::Add.operand("\"1\""), None);
}

#[test]
fn lists_grow_at_either_end_and_shrink() {
    check(
        "",
        &["1 $append \"a\"", "2 $append [\"a\",{\"k\":1}]"],
        r#"["a","a",{"k":1}]"#,
    );
    check("", &["1 $append 1", "2 $prepend [2,3]"], "[2,3,1]");
    check("1 [1,2]", &["2 $union [2.0,3,3]"], "[1,2,3]");
    check(
        "1 [1,2]",
        &["2 $postInsert 1", "3 $preInsert [0,2,0]"],
        "[0,1,2]",
    );
    check("1 [1,2,1]", &["2 $remove 1"], "[2]");
    check("1 [1]", &["2 $remove [1,\"<script>\"]"], "[]");
    check("1 \"a\"", &["2 $append \"b\""], r#"["a","b"]"#);
    check("1 \"a\"", &["2 $remove \"a\""], "\"a\"");
    check("", &["2 $remove \"a\""], "none");
    check("", &["1 $add 4", "2 $union 4"], "[4]");
    check("", &["1 $append 4", "2 $add 4"], "4");
}

#[test]
fn of_one_instant_a_set_counts_first_then_what_is_added_then_the_order_of_the_body() {
    check("5 1", &["5 $add 1"], "2");
    check("", &["5 $append 1", "5 $add 1"], "[1,1]");
    check(
        "",
        &["5 $append \"b\"", "5 $append \"a\"", "5 $remove \"b\""],
        r#"["a"]"#,
    );
}

#[test]
fn what_was_set_once_counts_where_nothing_was_told_before() {
    check("-5 10", &["6 $add 1"], "11");
    check("-5 10", &["5 $add 1"], "11");
    check("-5 10", &["4 $add 1"], "1");
    check("-5 10", &["4 $remove 1", "6 $add 1"], "11");
    check("-5 10", &["4 $remove 1"], "10");
}

#[test]
fn a_list_keeps_its_newest_items_and_an_operand_is_bounded() {
    let most = limits::TRAIT_LIST_ITEMS_MAX;
    let many = (0..).take(most + 2);
    let many: Vec<TraitOperation> = many
        .map(|it| operation(it, 0, Operator::Append, &it.to_string()))
        .collect();
    let value = |operations: Vec<TraitOperation>| -> Vec<usize> {
        let outcome = after(None, &operations.iter().collect::<Vec<_>>());
        let value = outcome.and_then(|it| it.value).expect("a list");
        serde_json::from_str(&value).expect("numbers")
    };
    let appended = value(many.clone());
    assert_eq!((appended.len(), appended[0]), (most, 2));
    let prepended = many.into_iter().map(|it| TraitOperation {
        operator: Operator::Prepend,
        ..it
    });
    let prepended = value(prepended.collect());
    assert_eq!((prepended.len(), prepended[0]), (most, most + 1));
    let wide = |n: i64| {
        let item = format!(
            "\"{n}{}\"",
            "x".repeat(limits::TRAIT_OPERAND_BYTES_MAX - 10)
        );
        operation(n, 0, Operator::Append, &item)
    };
    let wide: Vec<TraitOperation> = (0..9).map(wide).collect();
    let outcome = after(None, &wide.iter().collect::<Vec<_>>());
    let kept = outcome.and_then(|it| it.value).expect("a list");
    assert!(
        kept.len() <= limits::TRAIT_LIST_BYTES_MAX + 2,
        "{}",
        kept.len()
    );
    assert!(kept.starts_with("[\"1x"), "the oldest went");
    let long = format!("\"{}\"", "x".repeat(limits::TRAIT_OPERAND_BYTES_MAX));
    for nothing in ["null", "[]", &long, "not JSON"] {
        assert_eq!(Operator::Append.operand(nothing), None);
    }
}

#[test]
fn names_and_codes_lead_back() {
    for operator in Operator::ALL {
        assert_eq!(Operator::of(operator.name()), Some(operator));
        assert_eq!(Operator::from_code(operator as u8), Some(operator));
    }
    assert_eq!(Operator::of("$clearAll"), None);
    assert_eq!(Operator::from_code(6), None);
}
