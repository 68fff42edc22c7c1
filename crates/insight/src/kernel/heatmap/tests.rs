use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline_model::{
    Channel, EventName, Value, Vocabulary, Zone, heatmap::HeatAxis, report::Report,
};

use super::*;
use crate::{
    ask::{Numbers, ask, people as people_behind},
    cancel::Cancel,
    fixture::{LAYOUTS, Log, at},
    people_rule::people_who,
    select::Select,
};

fn asked(log: &Log, text: &str) -> HeatmapAnswer {
    let report: Report = serde_json::from_str(text).expect(text);
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let answer = ask(
        &log.snapshot(),
        &vocabulary,
        &report,
        at("300d00:00"),
        &cancel,
    )
    .expect("sound");
    match answer.numbers {
        Numbers::Heatmap(numbers) => numbers,
        _ => unreachable!("a heatmap"),
    }
}

fn berlin(more: &str) -> String {
    format!(r#"{{"kind":"heatmap","range":{{"all":true,"zone":"Europe/Berlin"}}{more}}}"#)
}

/// The cell of a weekday from 1 and an hour.
fn hour(found: &HeatmapAnswer, weekday: usize, hour: usize) -> HeatCell {
    found.rows[weekday - 1].cells[hour]
}

const HOUR_MS: i64 = 3_600_000;

#[test]
fn an_hour_that_comes_twice_is_observed_twice() {
    // Clocks in Berlin were put back on Sunday the 25th of October 2026, 237 days after the 2nd of March, at 01:00 UTC.
    let log = Log::read(
        "ana 236d22:00 view
         ana 237d00:30 view
         ben 237d01:30 view
         cem 237d22:59 view",
    );
    let found = asked(&log, &berlin(""));
    let twice = hour(&found, 7, 2);
    assert_eq!(
        (twice.events, twice.profiles, twice.observed_ms),
        (2, 2, Some(2 * HOUR_MS))
    );
    assert_eq!(twice.per_hour, Some(1.0));
    // The day had 25 hours, and the last one ends with the log.
    let sunday = found.rows[6].total.observed_ms.expect("a clock");
    assert_eq!(sunday, 25 * HOUR_MS - 60_000 + 1);
}

#[test]
fn an_hour_that_never_comes_is_not_observed() {
    // Clocks in Berlin were put forward on Sunday the 29th of March 2026, 27 days after the 2nd, at 01:00 UTC.
    let log =
        Log::read("ana 26d23:00 view\nana 27d00:30 view\nben 27d01:30 view\ncem 27d21:59 view");
    let found = asked(&log, &berlin(""));
    let never = hour(&found, 7, 2);
    assert_eq!(
        (never.events, never.observed_ms, never.per_hour),
        (0, Some(0), None)
    );
    assert_eq!(hour(&found, 7, 1).events, 1);
    assert_eq!(hour(&found, 7, 3).events, 1);
    assert_eq!(
        found.rows[6].total.observed_ms,
        Some(23 * HOUR_MS - 60_000 + 1)
    );
}

#[test]
fn what_is_told_per_hour_is_divided_by_the_hours_that_were() {
    // Two Mondays and one Tuesday, with as many events at 9 on each day.
    let log = Log::read(
        "ana 00:00 view\nana 09:00 view\nana 1d09:00 view\nana 7d09:00 view\nana 7d23:59:59 view",
    );
    let utc = r#"{"kind":"heatmap","range":{"all":true}}"#;
    let found = asked(&log, utc);
    assert_eq!(
        (hour(&found, 1, 9).events, hour(&found, 1, 9).per_hour),
        (2, Some(1.0))
    );
    assert_eq!(
        (hour(&found, 2, 9).events, hour(&found, 2, 9).per_hour),
        (1, Some(1.0))
    );
}

#[test]
fn each_has_a_clock_of_their_own_and_who_has_none_the_companys() {
    let mut log = Log {
        profiles: vec!["ana".to_owned()],
        roots: vec![0],
        ..Log::default()
    };
    let zones = [
        r#"{"timezone":"Asia/Shanghai"}"#,
        r#"{"timezone":"nowhere"}"#,
        "{}",
    ];
    for zone in zones {
        log.push(0, at("22:00"), "view", Channel::Web, "{}");
        let event = log.events.last_mut().expect("pushed");
        event.context = throughline_model::JsonObject::parse(zone).expect(zone);
    }
    let found = asked(
        &log,
        r#"{"kind":"heatmap","range":{"all":true},"clock":"own"}"#,
    );
    // It was Tuesday already in Shanghai.
    assert_eq!(hour(&found, 2, 6).events, 1);
    assert_eq!(hour(&found, 1, 22).events, 2);
    let zones: Vec<(&str, u64, bool)> = (found.zones.iter())
        .map(|it| (it.zone.as_str(), it.events, it.is_fallback))
        .collect();
    assert_eq!(zones, [("UTC", 2, true), ("Asia/Shanghai", 1, false)]);
    assert_eq!(found.total.observed_ms, None);
}

#[test]
fn who_is_in_two_groups_is_in_two_rows_and_once_in_all() {
    let log = Log::read("ana 09:00 view\nana 09:01 buy\nben 09:00 view\ncem 09:00 mail");
    let found = asked(
        &log,
        r#"{"kind":"heatmap","range":{"all":true},
            "rows":{"people":[{"name":"all","rule":{"all":[]}},
                {"name":"buyers","rule":{"did":{"matcher":{"events":["buy"]}}}}]},
            "columns":{"steps":[{"name":"look","matcher":{"events":["view"]}},{"name":"own","matcher":{"events":["buy"]}}]}}"#,
    );
    let profiles: Vec<Vec<u64>> = (found.rows.iter())
        .map(|row| row.cells.iter().map(|it| it.profiles).collect())
        .collect();
    assert_eq!(profiles, [[2, 1], [1, 1]]);
    assert_eq!((found.total.profiles, found.total.events), (2, 3));
    assert_eq!(found.unplaced, 1);
    assert_eq!(found.total.per_hour, None);
}

#[test]
fn who_may_still_convert_is_in_no_share() {
    let log =
        Log::read("ana 09:00 view\nana 09:30 buy\nben 09:00 view\ncem 10:30 view\ndan 11:00 mail");
    let found = asked(
        &log,
        r#"{"kind":"heatmap","range":{"all":true},"events":{"events":["view"]},"rows":{"field":"event"},
            "columns":"hour","goal":{"events":["buy"]},"within":"1h"}"#,
    );
    let cell = |hour: usize| {
        let it = found.rows[0].cells[hour];
        (it.mature, it.converted, it.immature)
    };
    assert_eq!((cell(9), cell(10)), ((2, 1, 0), (0, 0, 1)));
}

const ZONES: [&str; 4] = [
    "{}",
    r#"{"timezone":"America/New_York"}"#,
    r#"{"timezone":"Asia/Kolkata"}"#,
    r#"{"timezone":"moon"}"#,
];

/// Quarters of hours around the nights in which clocks of Berlin and New York move.
fn any_log_of_clocks() -> impl Strategy<Value = Log> {
    let starts = prop::sample::select(vec!["5d12:00", "26d12:00", "236d12:00", "243d12:00"]);
    let event = (
        0..5_u32,
        0..150_i64,
        0..4_usize,
        0..3_u8,
        0..4_usize,
        0..3_usize,
    );
    (starts, prop::collection::vec(event, 0..40)).prop_map(|(start, events)| {
        let mut log = Log {
            roots: vec![0, 1, 2, 3, 2],
            ..Log::default()
        };
        for (actor, quarter, name, channel, zone, property) in events {
            let time = Timestamp(at(start).0 + quarter * 15 * 60_000);
            let name = ["view", "cart", "buy", "$identify"][name];
            let properties = ["{}", r#"{"p":"a"}"#, r#"{"p":2}"#][property];
            log.push(actor, time, name, Channel::from_code(channel), properties);
            let event = log.events.last_mut().expect("pushed");
            event.context = throughline_model::JsonObject::parse(ZONES[zone]).expect("valid");
        }
        log
    })
}

/// What each event is in plain terms.
struct Plain {
    profile: u32,
    time: i64,
    name: String,
    property: Option<Value>,
    zone: Zone,
    is_own: bool,
}

fn plain(log: &Log, clock: &str) -> Vec<Plain> {
    let berlin = Zone::parse("Europe/Berlin").expect("known");
    let event = |it: &throughline_store::StoredEvent| {
        let named: serde_json::Value =
            serde_json::from_str(it.context.as_str()).expect("an object");
        let own = (clock == "own")
            .then(|| named["timezone"].as_str().and_then(Zone::parse))
            .flatten();
        let properties: serde_json::Value =
            serde_json::from_str(it.properties.as_str()).expect("an object");
        let name: &EventName = log
            .names
            .name(throughline_model::EventCode(it.event))
            .expect("known");
        Plain {
            profile: log.roots[it.actor.0 as usize],
            time: it.time.0,
            name: name.as_str().to_owned(),
            property: match &properties["p"] {
                serde_json::Value::String(text) => Some(Value::Text(text.clone())),
                serde_json::Value::Number(it) => it.as_f64().map(Value::Number),
                _ => None,
            },
            is_own: own.is_some(),
            zone: own.unwrap_or_else(|| berlin.clone()),
        }
    };
    log.events.iter().map(event).collect()
}

/// Every place of an axis that an event has, by asking the calendar anew.
fn places(axis: &HeatAxis, it: &Plain, groups: &BTreeMap<String, BTreeSet<u32>>) -> Vec<HeatPlace> {
    let shown = Timestamp(it.time).in_zone(&it.zone);
    match axis {
        HeatAxis::Hour => vec![HeatPlace::Hour(shown.hour() as u8)],
        HeatAxis::Weekday => {
            let day = shown.date().weekday().to_monday_one_offset();
            vec![HeatPlace::Weekday(day as u8)]
        }
        HeatAxis::Field(_) => vec![HeatPlace::Label(match &it.property {
            Some(value) => Label::Value(value.clone()),
            None => Label::NotSet,
        })],
        HeatAxis::Steps(steps) => (steps.iter())
            .find(|step| {
                let events = &step.matcher.events;
                events.is_empty() || events.iter().any(|name| name.as_str() == it.name)
            })
            .map(|step| HeatPlace::Step(step.name.clone()))
            .into_iter()
            .collect(),
        HeatAxis::People(_) => (groups.iter())
            .filter(|(_, profiles)| profiles.contains(&it.profile))
            .map(|(name, _)| HeatPlace::People(name.clone()))
            .collect(),
    }
}

const AXES: [&str; 5] = [
    r#""hour""#,
    r#""weekday""#,
    r#"{"field":"properties.p"}"#,
    r#"{"steps":[{"name":"x","matcher":{"events":["view"]}},{"name":"y","matcher":{"events":["view","buy"]}}]}"#,
    r#"{"people":[{"name":"u","rule":{"did":{"matcher":{"events":["buy"]}}}},{"name":"v","rule":{"did":{"matcher":{"events":["cart"]}}}}]}"#,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn cells_are_what_counting_each_event_by_hand_gives(
        log in any_log_of_clocks(),
        (rows, columns) in (0..AXES.len(), 0..AXES.len()).prop_filter("two axes", |(a, b)| a != b),
        clock in prop::sample::select(vec!["company", "own"]),
        within in 1..90_i64,
    ) {
        let text = format!(
            r#"{{"kind":"heatmap","range":{{"all":true,"zone":"Europe/Berlin"}},"rows":{},"columns":{},"clock":"{clock}",
                "goal":{{"events":["buy"]}},"within":"{within}m"}}"#, AXES[rows], AXES[columns]);
        let report: Report = serde_json::from_str(&text).expect("valid");
        let Report::Heatmap(heatmap) = &report else { unreachable!("a heatmap") };
        let (vocabulary, cancel, now) = (Vocabulary::default(), Cancel::default(), at("300d00:00"));
        let snapshot = log.snapshot();
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let mut groups = BTreeMap::new();
        for axis in [&heatmap.rows, &heatmap.columns] {
            if let HeatAxis::People(list) = axis {
                for it in list {
                    let profiles = people_who(&view, &it.rule, now).expect("sound");
                    groups.insert(it.name.clone(), profiles.into_iter().map(|it| it.0).collect());
                }
            }
        }
        let events = plain(&log, clock);
        let counted: Vec<&Plain> = events.iter().filter(|it| !it.name.starts_with('$')).collect();
        let last = events.iter().map(|it| it.time).max().unwrap_or(0);
        let first = events.iter().map(|it| it.time).min().unwrap_or(0);
        let answer = ask(&snapshot, &vocabulary, &report, now, &cancel).expect("sound");
        let Numbers::Heatmap(numbers) = &answer.numbers else { unreachable!("a heatmap") };

        let mut cells: Vec<(Option<HeatPlace>, Option<HeatPlace>, HeatCell)> = vec![(None, None, numbers.total)];
        for row in &numbers.rows {
            cells.push((Some(row.place.clone()), None, row.total));
            for (column, cell) in numbers.columns.iter().zip(&row.cells) {
                cells.push((Some(row.place.clone()), Some(column.place.clone()), *cell));
            }
        }
        cells.extend(numbers.columns.iter().map(|it| (None, Some(it.place.clone()), it.total)));
        let is_clock = heatmap.rows.is_clock() || heatmap.columns.is_clock();
        let lies = |it: &Plain, row: &Option<HeatPlace>, column: &Option<HeatPlace>| {
            let (of_rows, of_columns) = (places(&heatmap.rows, it, &groups), places(&heatmap.columns, it, &groups));
            !of_rows.is_empty() && !of_columns.is_empty()
                && row.as_ref().is_none_or(|it| of_rows.contains(it))
                && column.as_ref().is_none_or(|it| of_columns.contains(it))
        };
        for (row, column, cell) in &cells {
            let inside: Vec<&&Plain> = counted.iter().filter(|it| lies(it, row, column)).collect();
            prop_assert_eq!(cell.events, inside.len() as u64);
            let mut firsts: BTreeMap<u32, i64> = BTreeMap::new();
            for it in &inside {
                let first = firsts.entry(it.profile).or_insert(it.time);
                *first = it.time.min(*first);
            }
            prop_assert_eq!(cell.profiles, firsts.len() as u64);
            let until = |first: i64| first + within * 60_000;
            let mature: Vec<(&u32, &i64)> = firsts.iter().filter(|it| until(*it.1) <= last).collect();
            let converted = mature.iter().filter(|(profile, first)| counted.iter().any(|it|
                it.name == "buy" && it.profile == **profile && **first <= it.time && it.time <= until(**first)));
            prop_assert_eq!((cell.mature, cell.converted), (mature.len() as u64, converted.count() as u64));
            prop_assert_eq!(cell.immature, cell.profiles - cell.mature);
            let select = Select::Heatmap(HeatSelect { row: row.clone(), column: column.clone(), part: HeatPart::Converted });
            let listed = people_behind(&snapshot, &vocabulary, &report, &select, now, &cancel).expect("a cell");
            prop_assert_eq!(listed.len() as u64, cell.converted);
            if !is_clock || events.is_empty() {
                prop_assert_eq!(cell.per_hour, None);
                continue;
            }
            // A quarter of an hour after the other: each lies in one hour of any clock.
            let mut zones: BTreeMap<(String, bool), u64> = BTreeMap::new();
            zones.insert(("Europe/Berlin".to_owned(), false), 0);
            for it in &events {
                zones.entry((it.zone.name().to_owned(), it.is_own)).or_default();
            }
            for it in &inside {
                *zones.entry((it.zone.name().to_owned(), it.is_own)).or_default() += 1;
            }
            let mut rate = None;
            for ((zone, _), count) in &zones {
                let zone = Zone::parse(zone).expect("known");
                let mut ms = 0;
                let mut time = first;
                while time <= last {
                    let here = Plain { profile: 0, time, name: String::new(), property: None, zone: zone.clone(), is_own: false };
                    let fits = |axis: &HeatAxis, place: &Option<HeatPlace>| !axis.is_clock()
                        || place.as_ref().is_none_or(|it| places(axis, &here, &groups).contains(it));
                    if fits(&heatmap.rows, row) && fits(&heatmap.columns, column) {
                        ms += (last + 1 - time).min(15 * 60_000);
                    }
                    time += 15 * 60_000;
                }
                if ms > 0 {
                    *rate.get_or_insert(0.0) += *count as f64 / (ms as f64 / 3_600_000.0);
                }
            }
            match (cell.per_hour, rate) {
                (Some(found), Some(rate)) => prop_assert!((found - rate).abs() < 1e-6, "{} {}", found, rate),
                (found, rate) => prop_assert_eq!(found, rate),
            }
        }
        let unplaced = counted.iter().filter(|it| !lies(it, &None, &None)).count();
        prop_assert_eq!(numbers.unplaced, unplaced as u64);
        for layout in LAYOUTS {
            let again = ask(&log.laid_out(layout), &vocabulary, &report, now, &cancel).expect("sound");
            prop_assert_eq!(format!("{:?}", again.numbers), format!("{:?}", answer.numbers));
        }
    }
}
