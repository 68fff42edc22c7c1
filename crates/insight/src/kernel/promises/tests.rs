use std::collections::BTreeSet;

use proptest::prelude::*;
use throughline_model::{Vocabulary, report::Report};
use throughline_store::value_of;

use super::*;
use crate::{
    ask::{Answer, Numbers, ask, people as people_of},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, twin_config},
    objects::{
        PromiseStanding as Is,
        tests::{Naive, any_object_log, naive, vocabulary},
    },
    select::Select,
};

fn answered(
    log: &Log,
    layout: Layout,
    vocabulary: &Vocabulary,
    report: &str,
    now: Timestamp,
) -> (Answer, PromisesAnswer) {
    let report: Report = serde_json::from_str(report).expect(report);
    let answer = ask(
        &log.laid_out(layout),
        vocabulary,
        &report,
        now,
        &Cancel::default(),
    );
    let answer = answer.expect("sound");
    let Numbers::Promises(numbers) = answer.numbers.clone() else {
        panic!("promises are answered with promises")
    };
    (answer, numbers)
}

const LOG: &str = r#"
    ana 09:00 place web {"order":1,"by":"2026-03-02T12:00:00Z","by_whom":"post"}
    ana 11:00 arrive web {"order":1}
    ben 09:30 place web {"order":2,"by":"2026-03-02T12:00:00Z"}
    ben 12:05 arrive web {"order":2,"by_whom":"bike"}
    cem 10:00 place web {"order":3,"by":"2026-03-02T12:00:00Z"}
    ben 15:00 arrive web {"order":3}
    dia 10:00 place web {"order":4,"by":"2026-03-02T12:00:00Z"}
    eve 10:00 place web {"order":5,"by":"2026-03-03T12:00:00Z"}
    fay 10:00 place web {"order":6,"by":"2026-03-03T12:00:00Z"}
    fay 11:00 arrive web {"order":6}
    gus 10:00 place web {"order":7,"by":"2026-03-02T12:00:00Z"}
    gus 13:00 drop web {"order":7}
    hal 10:00 place web {"order":8}
    ida 16:00 view web
"#;

#[test]
fn whether_promises_are_kept_is_asked_of_those_that_are_due() {
    let report = r#"{"kind":"promises","range":{"all":true},"object":"order","every":"range","bounds_hours":[-1,0,1]}"#;
    let (answer, numbers) = answered(
        &Log::read(LOG),
        LAYOUTS[1],
        &vocabulary("first"),
        report,
        at("1d00:00"),
    );
    let total = &numbers.total;
    assert_eq!(answer.n, 8);
    let objects = [
        total.early,
        total.on_time,
        total.late,
        total.overdue,
        total.pending,
        total.released,
        total.untold,
    ];
    assert_eq!(objects.map(|it| it.objects), [2, 1, 1, 1, 1, 1, 1]);
    // Order 6 came a day early: it is kept, and says nothing yet of how many of its day will be.
    assert_eq!((total.due.objects, total.due_late.objects), (4, 2));
    assert_eq!(total.promised.objects, 7);
    // Ben is behind two orders that are late or on time.
    assert_eq!(
        total.late,
        Touched {
            objects: 1,
            profiles: 2
        }
    );
    let kept: Vec<u64> = numbers.gaps.iter().map(|it| it.kept.objects).collect();
    // A gap that is just a bound lies in the bin that it ends.
    assert_eq!(kept, [2, 0, 1, 1]);
    assert_eq!(numbers.followed_to, at("16:00"));
    // Of five that are kept or overdue, and one that is due a day later: half of all are within 5 minutes.
    assert_eq!(total.median_gap_ms, Some(5 * 60_000));
}

#[test]
fn an_object_is_in_the_line_of_the_first_value_that_it_has() {
    let report = r#"{"kind":"promises","range":{"all":true},"object":"order","breakdown":"properties.by_whom"}"#;
    let (_, numbers) = answered(
        &Log::read(LOG),
        LAYOUTS[0],
        &vocabulary("first"),
        report,
        at("1d00:00"),
    );
    let lines: Vec<(String, u64)> = (numbers.lines.iter())
        .map(|it| (format!("{:?}", it.label), it.counts.all.objects))
        .collect();
    assert_eq!(
        lines,
        [
            (r#"Value(Text("bike"))"#.to_owned(), 1),
            (r#"Value(Text("post"))"#.to_owned(), 1),
            ("NotSet".to_owned(), 6)
        ]
    );
}

#[test]
fn kinds_that_are_not_there_or_promise_nothing_are_refused() {
    for object in ["parcel", "nothing"] {
        let report = format!(r#"{{"kind":"promises","range":{{"all":true}},"object":"{object}"}}"#);
        let report: Report = serde_json::from_str(&report).expect("readable");
        let asked = ask(
            &Log::read(LOG).snapshot(),
            &vocabulary("first"),
            &report,
            at("1d00:00"),
            &Cancel::default(),
        );
        assert!(matches!(asked, Err(AskError::Faults(faults)) if faults[0].place == "object"));
    }
}

fn is_part(naive: &Naive, part: PromisePart, end: i64, tolerance: i64) -> bool {
    let is_due =
        naive.standing != Is::Released && naive.promised.is_some_and(|it| it + tolerance < end);
    let is_late = matches!(naive.standing, Is::Late | Is::Overdue);
    match part {
        PromisePart::All => true,
        PromisePart::Promised => naive.promised.is_some(),
        PromisePart::Due => is_due,
        PromisePart::DueLate => is_due && is_late,
        PromisePart::Kept => matches!(naive.standing, Is::Early | Is::OnTime | Is::Late),
        PromisePart::Early => naive.standing == Is::Early,
        PromisePart::OnTime => naive.standing == Is::OnTime,
        PromisePart::Late => naive.standing == Is::Late,
        PromisePart::Overdue => naive.standing == Is::Overdue,
        PromisePart::Pending => naive.standing == Is::Pending,
        PromisePart::Released => naive.standing == Is::Released,
        PromisePart::Untold => naive.standing == Is::Untold,
    }
}

fn people_behind(naives: &[&Naive]) -> BTreeSet<u32> {
    naives
        .iter()
        .flat_map(|it| it.people.iter().copied())
        .collect()
}

/// When so many thousandths of gaps are over: a product over each gap that was seen to end.
fn naive_quantile(naives: &[&Naive], permille: u64) -> Option<i64> {
    let is_kept = |it: &&&Naive| matches!(it.standing, Is::Early | Is::OnTime | Is::Late);
    let ends: BTreeSet<i64> = (naives.iter().filter(is_kept))
        .filter_map(|it| it.gap)
        .collect();
    let mut remaining = 1.0;
    for end in ends {
        let at_risk = naives
            .iter()
            .filter(|it| it.gap.is_some_and(|gap| gap >= end))
            .count();
        let ended = naives
            .iter()
            .filter(is_kept)
            .filter(|it| it.gap == Some(end))
            .count();
        remaining *= (at_risk - ended) as f64 / at_risk as f64;
        if remaining <= 1.0 - permille as f64 / 1000.0 + 1e-9 {
            return Some(end);
        }
    }
    None
}

const PARTS: [PromisePart; 12] = [
    PromisePart::All,
    PromisePart::Promised,
    PromisePart::Early,
    PromisePart::OnTime,
    PromisePart::Late,
    PromisePart::Overdue,
    PromisePart::Pending,
    PromisePart::Released,
    PromisePart::Untold,
    PromisePart::Due,
    PromisePart::DueLate,
    PromisePart::Kept,
];

fn told(counts: &PromiseCounts, part: PromisePart) -> Option<Touched> {
    Some(match part {
        PromisePart::All => counts.all,
        PromisePart::Promised => counts.promised,
        PromisePart::Early => counts.early,
        PromisePart::OnTime => counts.on_time,
        PromisePart::Late => counts.late,
        PromisePart::Overdue => counts.overdue,
        PromisePart::Pending => counts.pending,
        PromisePart::Released => counts.released,
        PromisePart::Untold => counts.untold,
        PromisePart::Due => counts.due,
        PromisePart::DueLate => counts.due_late,
        PromisePart::Kept => return None,
    })
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn promises_are_those_of_the_twin(
        log in any_object_log(),
        counts in prop::sample::select(vec!["first", "last"]),
        filter in any::<bool>(),
        now in 0..200_i64,
    ) {
        let vocabulary = vocabulary(counts);
        let now = Timestamp(at("0:00").0 + now * 60_000);
        let filter_text = match filter {
            true => r#","filter":{"where":{"field":"properties.paid","test":{"is":[true]}}}"#,
            false => "",
        };
        let report = format!(
            r#"{{"kind":"promises","range":{{"between":{{"from":"2026-03-02","to":"2026-03-02"}}}},"object":"order",
                "every":"hour","breakdown":"properties.paid","bounds_hours":[-1,-0.1,0,0.5,1]{filter_text}}}"#
        );
        let end = log.events.iter().map(|it| it.time.0).max().map_or(now.0, |it| it.min(now.0));
        let tolerance = 600_000;
        let paid = throughline_model::Field::parse("properties.paid").expect("a field");
        let is_paid = |it: &Naive| {
            it.events.iter().any(|event| value_of(&log.events[*event], &paid).is_some())
        };
        let all = naive(&log, &vocabulary, now);
        let all: Vec<&Naive> = all.values().filter(|it| !filter || is_paid(it)).collect();
        for layout in LAYOUTS {
            let (answer, numbers) = answered(&log, layout, &vocabulary, &report, now);
            prop_assert_eq!(answer.n as usize, all.len());
            let check = |counts: &PromiseCounts, naives: &[&Naive]| {
                for part in PARTS {
                    let of: Vec<&Naive> =
                        naives.iter().copied().filter(|it| is_part(it, part, end, tolerance)).collect();
                    let expected = Touched {
                        objects: of.len() as u64,
                        profiles: people_behind(&of).len() as u64,
                    };
                    if let Some(told) = told(counts, part) {
                        prop_assert_eq!(told, expected, "{:?}", part);
                    }
                }
                for (permille, told) in [(100, counts.p10_gap_ms), (500, counts.median_gap_ms), (900, counts.p90_gap_ms)] {
                    prop_assert_eq!(told, naive_quantile(naives, permille));
                }
                Ok(())
            };
            check(&numbers.total, &all)?;
            let hours = |it: &&Naive, from: i64, to: i64| it.begun >= from && it.begun < to;
            for point in &numbers.points {
                let of: Vec<&Naive> =
                    all.iter().copied().filter(|it| hours(it, point.point.from.0, point.point.to.0)).collect();
                check(&point.counts, &of)?;
            }
            let in_lines: u64 = numbers.lines.iter().map(|it| it.counts.all.objects).sum();
            prop_assert_eq!(in_lines, answer.n);
            for line in &numbers.lines {
                let of: Vec<&Naive> =
                    all.iter().copied().filter(|it| is_paid(it) == (line.label != Label::NotSet)).collect();
                check(&line.counts, &of)?;
            }
            for bin in &numbers.gaps {
                let kept = all.iter().filter(|it| {
                    is_part(it, PromisePart::Kept, end, tolerance)
                        && it.gap.is_some_and(|gap| {
                            bin.above_ms.is_none_or(|above| gap > above) && bin.upto_ms.is_none_or(|upto| gap <= upto)
                        })
                });
                prop_assert_eq!(bin.kept.objects as usize, kept.count());
            }
            // The people behind a number are as many as it says.
            let snapshot = log.laid_out(layout);
            for part in PARTS {
                let of: Vec<&Naive> = all.iter().copied().filter(|it| is_part(it, part, end, tolerance)).collect();
                let select = Select::Promises(PromisesSelect { part, label: None, point: None, bin: None });
                let found = people_of(&snapshot, &vocabulary, &answer.report, &select, now, &Cancel::default());
                let found: BTreeSet<u32> = found.expect("sound").into_iter().map(|it| it.0).collect();
                prop_assert_eq!(found, people_behind(&of));
            }
        }
    }
}
