use std::collections::BTreeMap;

use proptest::prelude::*;
use throughline_model::{
    cost::{CostRow, written_amount},
    money::MoneyRules,
};

use super::*;

fn open() -> (tempfile::TempDir, WorkspaceState) {
    let dir = tempfile::tempdir().unwrap();
    let state = WorkspaceState::open(&dir.path().join("state.db")).unwrap();
    (dir, state)
}

fn cost(day: u8, campaign: &str, content: &str, amount: &str) -> Cost {
    let row = CostRow {
        day: format!("2026-03-{day:02}"),
        campaign: campaign.to_owned(),
        content: content.to_owned(),
        amount: amount.to_owned(),
        ..CostRow::default()
    };
    row.read().unwrap().0
}

fn in_currency(code: &str, costs: &[Cost]) -> Vec<(Currency, Cost)> {
    let currency = Currency::parse(code).unwrap();
    costs.iter().map(|it| (currency, it.clone())).collect()
}

fn new_costs(costs: &[(Currency, Cost)]) -> NewCosts<'_> {
    NewCosts {
        name: "file.csv",
        member: "a@b.c",
        costs,
    }
}

fn put(state: &WorkspaceState, costs: &[Cost]) -> (u64, CostsPlanned) {
    let costs = in_currency("EUR", costs);
    state.put_costs(new_costs(&costs), Timestamp(1)).unwrap()
}

fn shown(state: &WorkspaceState) -> Vec<String> {
    let costs = state
        .costs(None::<(String, String)>)
        .unwrap()
        .costs
        .into_iter();
    costs
        .map(|it| {
            let amount = written_amount(it.paid.micros);
            format!(
                "{} {}{} {amount}",
                it.place.day, it.place.campaign, it.content
            )
        })
        .collect()
}

#[test]
fn a_day_of_a_campaign_is_replaced_as_a_whole_and_nothing_else_is() {
    let (_dir, state) = open();
    put(
        &state,
        &[
            cost(1, "a", "x", "1"),
            cost(1, "a", "y", "2"),
            cost(2, "a", "", "3"),
        ],
    );
    let (import, planned) = put(&state, &[cost(1, "a", "", "9"), cost(1, "b", "", "4")]);
    assert_eq!(
        planned,
        CostsPlanned {
            places_new: 1,
            places_replaced: 1
        }
    );
    let after = ["2026-03-01 a 9", "2026-03-01 b 4", "2026-03-02 a 3"];
    assert_eq!(shown(&state), after);
    put(&state, &[cost(1, "a", "", "9"), cost(1, "b", "", "4")]);
    assert_eq!(shown(&state), after, "the same again changes nothing");
    let counts: Vec<u64> = state
        .cost_imports()
        .unwrap()
        .iter()
        .map(|it| it.records_live)
        .collect();
    assert_eq!(counts, [2, 0, 1]);
    assert!(state.undo_costs(import + 1).unwrap());
    assert!(state.undo_costs(import).unwrap());
    assert_eq!(
        shown(&state),
        ["2026-03-01 ax 1", "2026-03-01 ay 2", "2026-03-02 a 3"]
    );
    assert!(!state.undo_costs(import).unwrap());
}

#[test]
fn what_is_removed_does_not_come_up_again() {
    let (_dir, state) = open();
    put(
        &state,
        &[
            cost(1, "a", "", "1"),
            cost(2, "a", "", "2"),
            cost(2, "b", "", "3"),
        ],
    );
    let (import, _) = put(&state, &[cost(2, "a", "", "4")]);
    let before = state.costs_version();
    let of = CostWhere {
        days: Some(("2026-03-02".to_owned(), "2026-03-31".to_owned())),
        campaign: Some("a".to_owned()),
        ..CostWhere::default()
    };
    assert_eq!(state.remove_costs(&of).unwrap(), 1);
    assert!(state.costs_version() > before);
    state.undo_costs(import).unwrap();
    assert_eq!(shown(&state), ["2026-03-01 a 1", "2026-03-02 b 3"]);
}

#[test]
fn another_currency_is_refused_until_nothing_is_left() {
    let (_dir, state) = open();
    put(&state, &[cost(1, "a", "", "1")]);
    let costs = in_currency("USD", &[cost(2, "a", "", "1")]);
    let new = new_costs(&costs);
    let error = state.put_costs(new, Timestamp(1)).unwrap_err();
    assert!(matches!(error, CostError::Currencies(all) if all.len() == 2));
    state.remove_costs(&CostWhere::default()).unwrap();
    state.put_costs(new, Timestamp(1)).unwrap();
    assert_eq!(
        state.costs(None::<(String, String)>).unwrap().currency,
        Currency::parse("USD")
    );
}

#[test]
fn costs_are_turned_over_at_the_rate_of_their_day() {
    let (_dir, state) = open();
    put(&state, &[cost(1, "a", "", "1")]);
    let rules = MoneyRules {
        currency: "EUR".to_owned(),
        rates: "USD,2026-03-02,0.5".to_owned(),
        ..MoneyRules::default()
    };
    let before = state.costs_version();
    state.set_money(rules.read().unwrap().map(Arc::new));
    assert!(state.costs_version() > before, "answers are asked anew");
    let mut costs = in_currency("USD", &[cost(1, "b", "", "4"), cost(2, "a", "", "3")]);
    costs.extend(in_currency("EUR", &[cost(2, "a", "", "3")]));
    costs.extend(in_currency("GBP", &[cost(2, "c", "", "3")]));
    let (import, _) = state.put_costs(new_costs(&costs), Timestamp(1)).unwrap();
    assert_eq!(
        shown(&state),
        ["2026-03-01 a 1", "2026-03-02 a 3", "2026-03-02 a 1.5"]
    );
    let all = state.costs(None::<(String, String)>).unwrap();
    let left_out: Vec<(&str, u64)> = (all.unrated.iter())
        .map(|it| (it.0.code(), *it.1))
        .collect();
    assert_eq!(left_out, [("GBP", 1), ("USD", 1)]);
    let its = state
        .cost_imports()
        .unwrap()
        .into_iter()
        .find(|it| it.id == import)
        .unwrap();
    assert_eq!(
        (its.currency.as_str(), its.records_live),
        ("EUR, GBP, USD", 4)
    );
    // Without rules those of the currency that was stored last are told, and the others counted.
    state.set_money(None);
    let all = state.costs(None::<(String, String)>).unwrap();
    assert_eq!((all.costs.len(), all.unrated.len()), (2, 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_newest_import_that_is_left_holds_for_each_place(
        steps in prop::collection::vec((any::<bool>(), prop::collection::vec((1u8..4, 0u8..3, 0u8..2, 0u32..50), 1..6)), 1..12)
    ) {
        let (_dir, state) = open();
        // What was imported, oldest first; the naive answer looks for the last one of each place.
        let mut imports: Vec<(u64, Vec<Cost>)> = Vec::new();
        for (undo, rows) in steps {
            if undo && !imports.is_empty() {
                let (id, _) = imports.remove(rows.len() % imports.len());
                prop_assert!(state.undo_costs(id).unwrap());
            } else {
                let rows = rows.into_iter().map(|(day, campaign, content, amount)| {
                    cost(day, &campaign.to_string(), &content.to_string(), &amount.to_string())
                });
                let eur = Currency::parse("EUR").unwrap();
                let rows = throughline_model::cost::joined(rows.map(|it| (eur, it)));
                let rows: Vec<Cost> = rows.into_iter().map(|it| it.1).collect();
                imports.push((put(&state, &rows).0, rows));
            }
        }
        let mut places: BTreeMap<CostPlace, Vec<Cost>> = BTreeMap::new();
        for (_, rows) in &imports {
            for row in rows {
                places.insert(row.place.clone(), Vec::new());
            }
            for row in rows {
                places.get_mut(&row.place).unwrap().push(row.clone());
            }
        }
        let expected: Vec<Cost> = places.into_values().flatten().collect();
        prop_assert_eq!(state.costs(None::<(String, String)>).unwrap().costs, expected);
    }
}
