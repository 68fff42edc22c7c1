use std::{collections::BTreeMap, io::Read as _, path::PathBuf};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{Channel, EventCode, Vocabulary, report::Report};

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, any_spread_log, at, by_profile},
    select::Select,
};

fn read(more: &str) -> Report {
    let text = format!(r#"{{"kind":"rfm",{more}}}"#);
    serde_json::from_str(&text).expect(&text)
}

fn asked(log: &Log, layout: Layout, report: &Report, now: Timestamp) -> RfmAnswer {
    let snapshot = log.laid_out(layout);
    let answer = ask(
        &snapshot,
        &Vocabulary::default(),
        report,
        now,
        &Cancel::default(),
    );
    let Numbers::Rfm(found) = answer.expect("sound").numbers else {
        panic!("groups of customers")
    };
    found
}

fn chosen(log: &Log, report: &Report, select: RfmSelect, now: Timestamp) -> Vec<u32> {
    let found = people(
        &log.snapshot(),
        &Vocabulary::default(),
        report,
        &Select::Rfm(select),
        now,
        &Cancel::default(),
    );
    let found = found.expect("in the answer");
    found.into_iter().map(|it| it.0).collect()
}

fn shown(answer: &RfmAnswer) -> String {
    let tally = |it: &RfmTally| format!("{} bought {} for {}", it.profiles, it.purchases, it.value);
    let mut text = format!("{}, {} unvalued\n", tally(&answer.total), answer.unvalued);
    for it in &answer.cells {
        let group = it.group.name();
        text += &format!(
            "R{} F{} {group}: {}\n",
            it.recency,
            it.frequency,
            tally(&it.tally)
        );
    }
    let all = [
        ("R", &answer.recency),
        ("F", &answer.frequency),
        ("M", &answer.money),
    ];
    for (name, scores) in all {
        let scores: Vec<String> = (scores.iter())
            .map(|it| {
                format!(
                    "{name}{} {}..{}: {}",
                    it.score, it.least, it.most, it.tally.profiles
                )
            })
            .collect();
        text += &format!("{}\n", scores.join(", "));
    }
    text
}

fn check(text: &str, more: &str, expected: Expect) {
    let (log, report) = (Log::read(text), read(more));
    let all = LAYOUTS.map(|layout| shown(&asked(&log, layout, &report, at("10d00:00"))));
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    expected.assert_eq(&all[0]);
}

const SHOP: &str = r#"
    ana 1d09:00 buy store {"worth":1}
    ben 2d09:00 buy store {"worth":2}
    ben 2d09:00 buy store {"worth":"much"}
    cem 3d09:00 buy store
    dan 4d09:00 buy store {"worth":2}
    dan 5d09:00 buy store {"worth":2}
    dan 6d09:00 buy store {"worth":0.5}
    eva 9d09:00 buy store {"worth":1e300}
    fay 9d09:00 view web
"#;

#[test]
fn who_is_alike_has_one_score_and_no_score_is_given_by_chance() {
    check(
        SHOP,
        r#""range":{"all":true},"purchase":{"events":["buy"]},"value":"properties.worth""#,
        expect![[r#"
            5 bought 8 for 7.5, 3 unvalued
            R1 F1 hibernating: 1 bought 1 for 1
            R2 F4 at_risk: 1 bought 2 for 2
            R3 F1 about_to_sleep: 1 bought 1 for 0
            R4 F5 loyal: 1 bought 3 for 4.5
            R5 F1 new: 1 bought 1 for 0
            R1 745200000..745200000: 1, R2 658800000..658800000: 1, R3 572400000..572400000: 1, R4 313200000..313200000: 1, R5 54000000..54000000: 1
            F1 1..1: 3, F4 2..2: 1, F5 3..3: 1
            M1 0..0: 2, M3 1..1: 1, M4 2..2: 1, M5 4.5..4.5: 1
        "#]],
    );
}

#[test]
fn what_lies_outside_the_range_was_never_bought() {
    check(
        SHOP,
        r#""range":{"between":{"from":"2026-03-05","to":"2026-03-07"}},"purchase":{"events":["buy"]}"#,
        expect![[r#"
            2 bought 3 for 0, 0 unvalued
            R1 F1 hibernating: 1 bought 1 for 0
            R3 F3 need_attention: 1 bought 2 for 0
            R1 226800000..226800000: 1, R3 54000000..54000000: 1
            F1 1..1: 1, F3 2..2: 1

        "#]],
    );
}

#[test]
fn nobody_bought() {
    check(
        "fay 09:00 view web",
        r#""range":{"all":true},"purchase":{"events":["buy"]},"value":"properties.worth""#,
        expect![[r#"
            0 bought 0 for 0, 0 unvalued



        "#]],
    );
}

#[test]
fn a_score_that_is_none_is_refused() {
    let log = Log::read(SHOP);
    let report = read(r#""range":{"all":true},"purchase":{"events":["buy"]}"#);
    let selects = [
        RfmSelect {
            recency: Some(6),
            ..RfmSelect::default()
        },
        RfmSelect {
            frequency: Some(0),
            ..RfmSelect::default()
        },
        RfmSelect {
            money: Some(1),
            ..RfmSelect::default()
        },
    ];
    for select in selects {
        let found = people(
            &log.snapshot(),
            &Vocabulary::default(),
            &report,
            &Select::Rfm(select),
            at("10d00:00"),
            &Cancel::default(),
        );
        assert!(matches!(found, Err(AskError::Faults(_))), "{select:?}");
    }
}

/// The published totals of a log of a shop for music, and the customers that bought once in a year and a half.
#[test]
fn the_music_shop_has_its_published_totals() {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("THROUGHLINE_SHARED").map_or_else(beside, PathBuf::from);
    let Ok(bytes) = std::fs::read(shared.join("data/cdnow_sample/CDNOW_sample.txt.gz")) else {
        eprintln!("skipped: there is no such log");
        return;
    };
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .expect("packed text");
    let mut log = Log::default();
    let mut once: BTreeMap<u32, u32> = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let actor: u32 = cells[1].parse().expect(line);
        let day = cells[2];
        let time = format!("{}-{}-{}T00:00:00Z", &day[..4], &day[4..6], &day[6..]);
        let properties = format!(r#"{{"dollars":{}}}"#, cells[4]);
        let time = Timestamp::parse(&time).expect(line);
        log.push(actor, time, "buy", Channel::Web, &properties);
        *once.entry(actor).or_default() += 1;
    }
    log.roots = (0..=*once.keys().next_back().expect("customers")).collect();
    let report = read(
        r#""range":{"between":{"from":"1997-01-01","to":"1998-06-30"}},"purchase":{"events":["buy"]},
            "value":"properties.dollars""#,
    );
    let found = asked(&log, Layout::default(), &report, at("0:00"));
    assert_eq!(found.total.profiles, 2_357);
    assert_eq!(found.total.purchases, 6_919);
    let single = once.values().filter(|it| **it == 1).count() as u64;
    assert_eq!(found.frequency[0].tally.profiles, single);
    assert_eq!(found.frequency[0].tally.purchases, single);
    // Whoever is in the upper fifth brings most of the money, as in every shop.
    let most = found.money.last().expect("customers");
    assert!(most.tally.value > found.total.value / 2.0);
    assert!(most.tally.profiles <= 2_357 / 5 + 1);
}

/// The same from the definition: count for each customer how many are behind.
fn twin(log: &Log, now: Timestamp) -> BTreeMap<u32, [u8; 3]> {
    let is_purchase = |event: u16| {
        let name = log.names.name(EventCode(event)).expect("interned");
        matches!(name.as_str(), "buy" | "cart")
    };
    let mut customers: BTreeMap<u32, (i64, u64, i128)> = BTreeMap::new();
    for (profile, events) in by_profile(log) {
        for event in events {
            if !is_purchase(event.event) || event.time > now {
                continue;
            }
            let properties: serde_json::Value =
                serde_json::from_str(event.properties.as_str()).expect("JSON");
            let worth = properties["p"].as_f64().unwrap_or_default();
            let customer = customers.entry(profile).or_insert((i64::MIN, 0, 0));
            customer.0 = customer.0.max(event.time.0);
            customer.1 += 1;
            customer.2 += (worth * 1e6).round() as i128;
        }
    }
    let score = |is_behind: &dyn Fn(&(i64, u64, i128)) -> bool| {
        let behind = customers.values().filter(|it| is_behind(it)).count();
        1 + (5 * behind / customers.len()) as u8
    };
    (customers.iter())
        .map(|(profile, own)| {
            let scores = [
                score(&|it| it.0 < own.0),
                score(&|it| it.1 < own.1),
                score(&|it| it.2 < own.2),
            ];
            (*profile, scores)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn scores_are_those_of_the_definition(
        log in any_spread_log(),
        layout in prop::sample::select(LAYOUTS.to_vec()),
        days in 26..60_i64,
    ) {
        let now = at(&format!("{days}d03:00"));
        let report = read(
            r#""range":{"all":true},"purchase":{"events":["buy","cart"]},"value":"properties.p""#,
        );
        let (found, twin) = (asked(&log, layout, &report, now), twin(&log, now));
        let members = |fits: &dyn Fn(&[u8; 3]) -> bool| -> Vec<u32> {
            twin.iter().filter(|(_, it)| fits(it)).map(|(profile, _)| *profile).collect()
        };
        prop_assert_eq!(found.total.profiles as usize, twin.len());
        let mut counted = 0;
        for it in &found.cells {
            let select = RfmSelect {
                recency: Some(it.recency),
                frequency: Some(it.frequency),
                ..RfmSelect::default()
            };
            let expected = members(&|scores| scores[0] == it.recency && scores[1] == it.frequency);
            prop_assert_eq!(it.tally.profiles as usize, expected.len());
            prop_assert_eq!(chosen(&log, &report, select, now), expected);
            counted += it.tally.profiles;
        }
        prop_assert_eq!(counted, found.total.profiles);
        let groups: u64 = found.groups.iter().map(|it| it.tally.profiles).sum();
        prop_assert_eq!(groups, found.total.profiles);
        for it in &found.groups {
            let select = RfmSelect { group: Some(it.group), ..RfmSelect::default() };
            let expected = members(&|scores| RfmGroup::of(scores[0], scores[1]) == it.group);
            prop_assert_eq!(chosen(&log, &report, select, now), expected);
        }
        for it in &found.money {
            let select = RfmSelect { money: Some(it.score), ..RfmSelect::default() };
            prop_assert_eq!(chosen(&log, &report, select, now), members(&|scores| scores[2] == it.score));
        }
    }
}
