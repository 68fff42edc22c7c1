use std::sync::Arc;

use proptest::prelude::*;
use throughline_model::{
    Timestamp, Vocabulary,
    attribution::CreditModel,
    compare::Against,
    cost::{CostRow, Currency},
    report::Report,
};
use throughline_store::Known;

use super::*;
use crate::{
    ask::{Numbers, ask},
    cancel::Cancel,
    compare::compare,
    fixture::{LAYOUTS, Layout, Log, any_log, at},
    kernel::{attribution::AttributionAnswer, channels::ChannelsAnswer},
};

const LOG: &str = "
    a 01:00 click ads
    a 02:00 buy web
";

fn costs(rows: &[(&str, &str, &str)]) -> Costs {
    let cost = |(channel, campaign, amount): &(&str, &str, &str)| {
        let row = CostRow {
            day: "2026-03-01".to_owned(),
            channel: (*channel).to_owned(),
            campaign: (*campaign).to_owned(),
            amount: (*amount).to_owned(),
            clicks: "3".to_owned(),
            ..CostRow::default()
        };
        row.read().expect("sound").0
    };
    Costs {
        currency: Currency::parse("EUR"),
        costs: rows.iter().map(cost).collect(),
        ..Costs::default()
    }
}

fn numbers(log: &Log, layout: Layout, costs: Costs, report: &str) -> Numbers {
    let mut snapshot = log.laid_out(layout);
    snapshot.known = Arc::new(Known {
        costs: Arc::new(costs),
        ..Known::default()
    });
    let report: Report = serde_json::from_str(report).expect(report);
    let vocabulary = Vocabulary::default();
    let cancel = Cancel::default();
    ask(&snapshot, &vocabulary, &report, at("9d00:00"), &cancel)
        .expect("sound")
        .numbers
}

fn credit(log: &Log, layout: Layout, costs: Costs, more: &str) -> AttributionAnswer {
    let report = format!(
        r#"{{"kind":"attribution","range":{{"all":true}},"conversion":{{"events":["buy"]}}{more}}}"#
    );
    match numbers(log, layout, costs, &report) {
        Numbers::Attribution(answer) => answer,
        _ => panic!("an attribution"),
    }
}

fn board(log: &Log, layout: Layout, costs: Costs) -> ChannelsAnswer {
    let report = r#"{"kind":"channels","range":{"all":true},"goal":{"events":["buy"]}}"#;
    match numbers(log, layout, costs, report) {
        Numbers::Channels(answer) => answer,
        _ => panic!("channels"),
    }
}

#[test]
fn costs_stand_at_their_lines_and_none_is_lost() {
    let log = Log::read(
        "
        a 01:00 click ads
        a 02:00 buy web
        b 01:00 look email
        b 03:00 buy web
        ",
    );
    let paid = costs(&[("ads", "a", "0.1"), ("ads", "b", "0.2"), ("sms", "", "5")]);
    for layout in LAYOUTS {
        let answer = credit(&log, layout, paid.clone(), "");
        let total = answer.cost.expect("costs are stored");
        assert_eq!(total.currency, "EUR");
        assert_eq!(total.paid.amount, 5.3);
        assert_eq!(total.paid.clicks, 9);
        let of = |name: &str| {
            let label = Label::Value(Value::Text(name.to_owned()));
            answer
                .lines
                .iter()
                .find(|it| it.label == label)
                .and_then(|it| it.cost)
        };
        // Three tenths exactly, which a sum of fractions is not.
        assert_eq!(of("ads").map(|it| it.amount), Some(0.3));
        assert_eq!(
            of("email"),
            None,
            "nothing is known, which is not nothing paid"
        );
        assert_eq!(total.without_touch.len(), 1);
        assert_eq!(total.without_touch[0].paid.amount, 5.0);
    }
}

#[test]
fn each_side_of_a_comparison_has_the_costs_of_its_own_days() {
    let log = Log::read(
        "
        a 01:00 click ads
        a 02:00 buy web
        b 2d01:00 click ads
        b 2d02:00 buy web
        ",
    );
    let mut paid = costs(&[("ads", "a", "1"), ("ads", "a", "10"), ("ads", "a", "100")]);
    for (cost, day) in paid
        .costs
        .iter_mut()
        .zip(["2026-03-02", "2026-03-04", "2026-03-05"])
    {
        cost.place.day = day.parse().expect(day);
    }
    let mut snapshot = log.snapshot();
    snapshot.known = Arc::new(Known {
        costs: Arc::new(paid),
        ..Known::default()
    });
    let report = r#"{"kind":"attribution","range":{"between":{"from":"2026-03-04","to":"2026-03-04"}},
        "conversion":{"events":["buy"]}}"#;
    let report: Report = serde_json::from_str(report).expect(report);
    let days = r#"{"between":{"from":"2026-03-02","to":"2026-03-02"}}"#;
    let against = Against::Days(serde_json::from_str(days).expect(days));
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let found = compare(
        &snapshot,
        &vocabulary,
        &report,
        &against,
        at("9d00:00"),
        &cancel,
    );
    let found = found.expect("sound");
    let paid = [found.a, found.b].map(|side| match side.numbers {
        Numbers::Attribution(it) => it.cost.expect("stored").paid.amount,
        other => panic!("{other:?}"),
    });
    assert_eq!(paid, [10.0, 1.0]);
}

#[test]
fn costs_without_a_campaign_are_not_given_to_touches_without_one() {
    let log = Log::read(LOG);
    let paid = costs(&[("ads", "", "7")]);
    let answer = credit(&log, LAYOUTS[0], paid, r#","by":"properties.campaign""#);
    let total = answer.cost.expect("costs are stored");
    assert_eq!(total.by, Some(CostField::Campaign));
    assert!(answer.lines.iter().all(|it| it.cost.is_none()));
    assert_eq!(total.without_touch[0].label, Label::NotSet);
}

#[test]
fn a_field_that_costs_do_not_know_leaves_them_as_one_sum() {
    let log = Log::read(LOG);
    let answer = credit(
        &log,
        LAYOUTS[0],
        costs(&[("ads", "", "7")]),
        r#","by":"event""#,
    );
    let total = answer.cost.expect("costs are stored");
    assert_eq!((total.by, total.paid.amount), (None, 7.0));
    assert!(total.without_touch.is_empty());
}

#[test]
fn a_channel_that_nobody_was_met_in_still_costs() {
    let log = Log::read(LOG);
    let answer = board(
        &log,
        LAYOUTS[0],
        costs(&[("sms", "", "7"), ("ads", "x", "1")]),
    );
    let sms = answer
        .lines
        .iter()
        .find(|it| it.channel.name() == "sms")
        .expect("a line");
    assert_eq!(sms.cost.map(|it| it.amount), Some(7.0));
    assert_eq!(sms.meetings.events.times, 0);
}

#[test]
fn nothing_is_said_while_nothing_is_stored() {
    let log = Log::read(LOG);
    assert_eq!(credit(&log, LAYOUTS[0], Costs::default(), "").cost, None);
    assert_eq!(board(&log, LAYOUTS[0], Costs::default()).cost, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn lines_and_what_no_touch_has_are_all_that_was_paid(
        log in any_log(),
        rows in prop::collection::vec((0usize..15, 0u32..1000), 0..12),
    ) {
        let names: Vec<(&str, String)> = rows.iter()
            .map(|(channel, cents)| {
                let amount = format!("{}.{:02}", cents / 100, cents % 100);
                (throughline_model::Channel::ALL[*channel].name(), amount)
            })
            .collect();
        let rows: Vec<(&str, &str, &str)> = names.iter().map(|it| (it.0, "", it.1.as_str())).collect();
        // The naive sum is of whole cents, by channel.
        let mut cents: BTreeMap<&str, u64> = BTreeMap::new();
        for (channel, amount) in &names {
            *cents.entry(channel).or_default() += amount.replace('.', "").parse::<u64>().unwrap();
        }
        let whole: u64 = cents.values().sum();
        let near = |one: f64, other: u64| (one * 100.0 - other as f64).abs() < 1e-6;
        for layout in LAYOUTS {
            let answer = credit(&log, layout, costs(&rows), "");
            let total = answer.cost.unwrap();
            prop_assert!(near(total.paid.amount, whole));
            let met = answer.lines.iter().filter_map(|it| it.cost);
            let unmet = total.without_touch.iter().map(|it| it.paid);
            prop_assert!(near(met.chain(unmet).map(|it| it.amount).sum(), whole));
            let board = board(&log, layout, costs(&rows));
            for line in &board.lines {
                let expected = cents.get(line.channel.name()).copied();
                prop_assert_eq!(line.cost.is_some(), expected.is_some());
                prop_assert!(near(line.cost.unwrap_or_default().amount, expected.unwrap_or(0)));
            }
            let sum: f64 = board.lines.iter().filter_map(|it| it.cost).map(|it| it.amount).sum();
            prop_assert!(near(sum, whole));
        }
    }
}

#[test]
fn every_model_has_the_same_cost_beside_it() {
    let log = Log::read(LOG);
    let answer = credit(
        &log,
        LAYOUTS[0],
        costs(&[("ads", "", "4")]),
        r#","models":["first","last"]"#,
    );
    assert_eq!(answer.models, [CreditModel::First, CreditModel::Last]);
    let tables = crate::table::tables(&crate::ask::Answer {
        report: serde_json::from_str(
            r#"{"kind":"attribution","range":{"all":true},"conversion":{}}"#,
        )
        .unwrap(),
        range: throughline_model::TimeRange::ALL,
        zone: throughline_model::Zone::UTC,
        asked: Timestamp(0),
        taken: Timestamp(0),
        links: 0,
        rows: 0,
        n: 0,
        left_out: crate::ask::LeftOut::default(),
        unrated: None,
        numbers: Numbers::Attribution(answer),
    });
    let returns = tables
        .iter()
        .find(|it| it.name == "returns")
        .expect("a table");
    assert_eq!(returns.rows.len(), 2);
}
