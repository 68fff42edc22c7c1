use proptest::prelude::*;
use throughline_model::{EventCode, TimeRange, Vocabulary, report::Report};
use throughline_predict::survival::Curve;

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Log, at, by_profile, twin_config, twin_log},
    kernel::funnel::{
        FunnelAnswer, naive,
        terms::{Bound, Hit},
    },
    select::{
        Select,
        ways::{FunnelPart, FunnelSelect, TookSelect},
    },
};

fn read(more: &str) -> Report {
    serde_json::from_str(&format!(
        r#"{{"kind":"funnel","range":{{"all":true}},"times":true,"steps":[
            {{"name":"see","matcher":{{"events":["view"]}}}},
            {{"name":"take","matcher":{{"events":["cart"]}}}},
            {{"name":"own","matcher":{{"events":["buy"]}}}}]{more}}}"#
    ))
    .expect(more)
}

fn asked(log: &Log, report: &Report, now: &str) -> FunnelAnswer {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let answer = ask(&log.snapshot(), &vocabulary, report, at(now), &cancel).expect("sound");
    let Numbers::Funnel(numbers) = answer.numbers else {
        panic!("a funnel")
    };
    numbers
}

const LOG: &str = "
    a 09:00 view
    a 09:01 cart
    a 09:11 buy
    b 09:00 view
    b 10:00 cart
    c 09:30 view
    d 3d09:00 view
    d 3d09:20 cart
";

#[test]
fn each_way_has_its_times_and_so_has_the_whole() {
    let answer = asked(
        &Log::read(LOG),
        &read(r#","window":{"whole":"1d"}"#),
        "3d10:00",
    );
    let told: Vec<String> = (answer.times.iter())
        .map(|it| {
            let bins: Vec<String> = (it.bins.iter())
                .filter(|bin| bin.tally.units > 0)
                .map(|bin| format!("{}s:{}", bin.from_ms / SECOND, bin.tally.profiles))
                .collect();
            format!(
                "{}-{} {}/{} {} median {:?}",
                it.from_step,
                it.to_step,
                it.arrived.profiles,
                it.set_out.profiles,
                bins.join(" "),
                it.median_ms.map(|ms| ms / MINUTE)
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "0-2 1/4 300s:1 median None",
            "0-1 3/4 60s:1 900s:1 3600s:1 median Some(20)",
            // The one who took a cart last was followed for no time at all.
            "1-2 1/3 300s:1 median Some(10)",
        ]
    );
}

#[test]
fn who_came_too_late_to_be_followed_is_no_failure() {
    // Of two who were followed for an hour one arrived; the other two have just set out.
    let log = Log::read(
        "
        a 09:00 view
        a 09:30 cart
        b 09:00 view
        c 09:59 view
        d 09:59 view
        d 10:00 mail
        ",
    );
    let answer = asked(&log, &read(r#","window":{"whole":"1h"}"#), "10:00");
    let way = &answer.times[1];
    assert_eq!((way.set_out.units, way.arrived.units), (4, 1));
    // Counted plainly it would be one of four.
    assert_eq!(way.curve.last().map(|it| it.share), Some(0.5));
}

#[test]
fn two_steps_are_one_way_and_one_step_is_none() {
    let two: Report = serde_json::from_str(
        r#"{"kind":"funnel","range":{"all":true},"times":true,"steps":[
            {"name":"a","matcher":{"events":["view"]}},{"name":"b","matcher":{"events":["buy"]}}]}"#,
    )
    .expect("read");
    assert_eq!(asked(&Log::read(LOG), &two, "9d00:00").times.len(), 1);
    let one: Report = serde_json::from_str(
        r#"{"kind":"funnel","range":{"all":true},"times":true,"steps":[
            {"name":"a","matcher":{"events":["view"]}}]}"#,
    )
    .expect("read");
    assert_eq!(asked(&Log::read(LOG), &one, "9d00:00").times, []);
}

#[test]
fn the_times_that_were_not_asked_for_are_not_told() {
    let Report::Funnel(mut funnel) = read("") else {
        panic!("a funnel")
    };
    funnel.times = false;
    let plain = asked(&Log::read(LOG), &Report::Funnel(funnel), "9d00:00");
    let told = asked(&Log::read(LOG), &read(""), "9d00:00");
    assert_eq!(plain.times, []);
    assert_eq!(
        FunnelAnswer {
            times: Vec::new(),
            ..told
        },
        plain
    );
}

/// Fields of a funnel with what they mean for a naive reader: the window from the entry, or from the step before.
const CASES: [(&str, Option<i64>, Option<i64>); 3] = [
    (r#","window":{"whole":"3m"}"#, Some(3), None),
    (r#","window":{"each":"2m"},"entry":"first""#, None, Some(2)),
    (r#","window":"unlimited""#, None, None),
];

/// Each profile's attempt, with the definition in hand.
fn attempts(log: &Log, report: &Report) -> Vec<Attempt> {
    let Report::Funnel(funnel) = report else {
        panic!("a funnel")
    };
    let terms = Terms::of(funnel, TimeRange::ALL);
    let found = by_profile(log).into_values().flat_map(|events| {
        let hits: Vec<Hit> = (0..)
            .zip(events)
            .map(|(row, event)| {
                let name = log.names.name(EventCode(event.event)).expect("known");
                let step = ["view", "cart", "buy"]
                    .iter()
                    .position(|it| *it == name.as_str());
                let mask = step.map_or(0, |step| 1 << step);
                Hit {
                    time: event.time.0,
                    mask,
                    row,
                }
            })
            .filter(|hit| hit.mask != 0)
            .collect();
        naive::choose(&terms, &hits, Bound::NONE).attempts
    });
    found.collect()
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn times_equal_their_naive_twin_and_lists_are_as_long_as_numbers_say(
        log in twin_log(),
        case in prop::sample::select(CASES.to_vec()),
        minute in 0..10_i64,
    ) {
        let (more, whole, each) = case;
        let report = read(more);
        let now = at(&format!("0:{minute}"));
        let last = log.events.iter().map(|it| it.time.0).max().unwrap_or(now.0);
        let end = last.min(now.0);
        for (layout, (from, to)) in LAYOUTS.into_iter().flat_map(|it| [(0, 2), (0, 1), (1, 2)].map(|way| (it, way))) {
            let snapshot = log.laid_out(layout);
            let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
            let Numbers::Funnel(answer) =
                ask(&snapshot, &vocabulary, &report, now, &cancel).expect("sound").numbers
            else {
                panic!("a funnel")
            };
            let way = answer.times.iter().find(|it| (it.from_step, it.to_step) == (from, to)).expect("told");
            let mut lengths = Vec::new();
            let mut arrived = Vec::new();
            for attempt in attempts(&log, &report).iter().filter(|it| it.level > from) {
                let since = if from == 0 { attempt.entry } else { attempt.times[from] };
                if attempt.level > to {
                    let length = attempt.times[to] - since;
                    arrived.push(length);
                    lengths.push((length, true));
                } else {
                    let hops = (to - from) as i64;
                    let until = match (whole, each) {
                        (Some(minutes), _) => attempt.entry + minutes * MINUTE,
                        (_, Some(minutes)) => since + hops * minutes * MINUTE,
                        _ => i64::MAX,
                    };
                    lengths.push(((until.min(end) - since).max(0), false));
                }
            }
            prop_assert_eq!(way.set_out.units, lengths.len() as u64);
            prop_assert_eq!(way.arrived.units, arrived.len() as u64);
            let curve = Curve::of(lengths);
            prop_assert_eq!(&way.curve, &remaining(&curve));
            prop_assert_eq!(way.median_ms, curve.quantile(500));
            let mut counted = 0;
            for bin in &way.bins {
                let fits = |it: &&i64| **it >= bin.from_ms && bin.to_ms.is_none_or(|to| **it < to);
                prop_assert_eq!(bin.tally.units, arrived.iter().filter(fits).count() as u64);
                counted += bin.tally.units;
                if log.is_crowd() {
                    continue;
                }
                let took = Some(TookSelect { from, from_ms: bin.from_ms, to_ms: bin.to_ms });
                let select = FunnelSelect { step: to, part: FunnelPart::Reached, label: None, point: None, took };
                let found = people(&snapshot, &vocabulary, &report, &Select::Funnel(select), now, &cancel);
                prop_assert_eq!(found.expect("sound").len() as u64, bin.tally.profiles);
            }
            prop_assert_eq!(counted, way.arrived.units);
            if log.is_crowd() {
                continue;
            }
            let part = |part| {
                let select = FunnelSelect { step: 0, part, label: None, point: None, took: None };
                let found = people(&snapshot, &vocabulary, &report, &Select::Funnel(select), now, &cancel);
                found.expect("sound").len() as u64
            };
            // All that entered have converted, have missed it or may still convert.
            prop_assert_eq!(part(FunnelPart::Converted), answer.converted.part);
            let ended: u64 = answer.trend.iter().map(|it| it.converted.units + it.missed.units + it.immature.units).sum();
            prop_assert_eq!(ended, answer.steps[0].units);
            let sum = |of: fn(&crate::kernel::funnel::FunnelPoint) -> u64| answer.trend.iter().map(of).sum::<u64>();
            prop_assert_eq!(part(FunnelPart::Missed), sum(|it| it.missed.profiles));
            prop_assert_eq!(part(FunnelPart::Open), sum(|it| it.immature.profiles));
        }
    }
}
