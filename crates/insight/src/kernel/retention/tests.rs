use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use jiff::{ToSpan, civil::Date};
use proptest::prelude::*;
use throughline_model::{
    By, EventCode, Vocabulary, Zone,
    report::Report,
    retention::{PeriodClock, PeriodUnit, RetentionMode, WeekStart},
};
use throughline_store::{StoredEvent, value_of};

use super::*;
use crate::{
    ask::{Answer, Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, any_spread_log, at, by_profile, twin_config, twin_spread_log},
    select::Select,
};

fn asked(log: &Log, layout: Layout, report: &Report, now: Timestamp) -> (Answer, RetentionAnswer) {
    let answer = ask(
        &log.laid_out(layout),
        &Vocabulary::default(),
        report,
        now,
        &Cancel::default(),
    )
    .expect("sound");
    let Numbers::Retention(found) = answer.numbers.clone() else {
        panic!("a retention")
    };
    (answer, found)
}

/// `part/whole`, and for what is not over `(back already/open)`.
fn cell(it: &Returns) -> String {
    match it.open {
        0 => format!("{}/{}", it.part, it.whole),
        open if it.whole == 0 => format!("({}/{open})", it.open_back),
        open => format!("{}/{}({}/{open})", it.part, it.whole, it.open_back),
    }
}

fn shown(answer: &RetentionAnswer, zone: &Zone) -> String {
    let row = |name: String, size: u64, cells: &[Returns]| {
        let cells: Vec<String> = cells.iter().map(cell).collect();
        format!("{name} {size}: {}\n", cells.join(" "))
    };
    let mut text = String::new();
    for it in &answer.cohorts {
        let mark = if it.point.is_partial { "*" } else { "" };
        let name = format!("{}{mark}", it.point.from.in_zone(zone).date());
        text += &row(name, it.profiles, &it.cells);
    }
    text += &row("total".to_owned(), answer.total.starts, &answer.total.cells);
    for line in &answer.lines {
        let label = serde_json::to_string(&line.label).expect("written");
        text += &row(label, line.starts, &line.cells);
        for it in line.cohorts.iter().flatten().filter(|it| it.profiles > 0) {
            let name = format!("  {}", it.point.from.in_zone(zone).date());
            text += &row(name, it.profiles, &it.cells);
        }
    }
    text
}

fn check_in(zone: &str, now: &str, text: &str, more: &str, expected: Expect) {
    let log = Log::read(text);
    let report: Report =
        serde_json::from_str(&format!(r#"{{"kind":"retention",{more}}}"#)).expect(more);
    let zone = Zone::parse(zone).expect("known");
    let all = LAYOUTS.map(|layout| shown(&asked(&log, layout, &report, at(now)).1, &zone));
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    expected.assert_eq(&all[0]);
}

fn check(now: &str, text: &str, more: &str, expected: Expect) {
    let more = format!(
        r#""range":{{"between":{{"from":"2026-03-02","to":"2026-03-04"}}}},"periods_count":4,
            "start":{{"events":["join"]}},"returns":{{"events":["use"]}}{more}"#
    );
    check_in("UTC", now, text, &more, expected);
}

const BERLIN: &str = r#""zone":"Europe/Berlin""#;

#[test]
fn cells_whose_period_is_not_over_are_marked_and_left_out_of_the_total() {
    // Now is the noon of the fifth day: its own period is open for everyone.
    check(
        "4d12:00",
        "
        ana 09:00 join
        ana 1d09:00 use
        ana 4d09:00 use
        bob 1d10:00 join
        bob 2d10:00 use
        bob 4d11:00 use
        cem 2d10:00 join
        cem 4d10:00 use
        dan 2d10:00 join
        ",
        "",
        expect![[r#"
            2026-03-02 1: 0/1 1/1 0/1 0/1
            2026-03-03 1: 0/1 1/1 0/1 (1/1)
            2026-03-04 2: 0/2 0/2 (1/2)
            total 4: 0/4 2/4 0/2(1/2) 0/1(1/3)
        "#]],
    );
}

#[test]
fn on_or_after_counts_every_later_period_up_to_now() {
    check(
        "9d00:00",
        "
        ana 09:00 join
        ana 2d09:00 use
        bob 09:00 join
        bob 7d09:00 use
        cem 10:00 join
        cem 10:01 use
        ",
        r#","mode":"on_or_after""#,
        expect![[r#"
            2026-03-02 3: 3/3 2/3 2/3 1/3
            2026-03-03 0: 0/0 0/0 0/0 0/0
            2026-03-04 0: 0/0 0/0 0/0 0/0
            total 3: 3/3 2/3 2/3 1/3
        "#]],
    );
}

#[test]
fn brackets_hold_several_periods_and_are_over_with_their_last() {
    check(
        "5d00:00",
        "
        ana 09:00 join
        ana 2d09:00 use
        bob 1d09:00 join
        bob 5d00:00 use
        cem 2d09:00 join
        cem 4d09:00 use
        ",
        r#","mode":{"brackets":[{"from":1,"to":2},{"from":4,"to":4}]}"#,
        expect![[r#"
            2026-03-02 1: 1/1 0/1
            2026-03-03 1: 0/1 (1/1)
            2026-03-04 1: 1/1
            total 3: 2/3 0/1(1/2)
        "#]],
    );
}

#[test]
fn the_first_start_ever_is_known_although_it_lies_before_the_range() {
    // A cohort that is the first date inside of the range would take ana for new.
    let text = "
        ana 09:00 join
        ana 2d09:00 join
        ana 3d09:00 use
        bob 2d09:00 join
        ";
    let range = r#""range":{"between":{"from":"2026-03-04","to":"2026-03-04"}},"periods_count":2,
        "start":{"events":["join"]},"returns":{"events":["use"]}"#;
    check_in(
        "UTC",
        "9d00:00",
        text,
        range,
        expect![[r#"
        2026-03-04 1: 0/1 0/1
        total 1: 0/1 0/1
    "#]],
    );
    let each = format!(r#"{range},"cohorts":"each_period""#);
    check_in(
        "UTC",
        "9d00:00",
        text,
        &each,
        expect![[r#"
        2026-03-04 2: 0/2 1/2
        total 2: 0/2 1/2
    "#]],
    );
}

#[test]
fn a_profile_is_in_the_cohort_of_each_period_in_which_it_starts() {
    check(
        "9d00:00",
        "
        ana 09:00 join
        ana 10:00 join
        ana 1d09:00 join
        ana 1d09:30 use
        ana 2d10:00 use
        ",
        r#","cohorts":"each_period""#,
        expect![[r#"
            2026-03-02 1: 0/1 1/1 1/1 0/1
            2026-03-03 1: 1/1 1/1 0/1 0/1
            2026-03-04 0: 0/0 0/0 0/0 0/0
            total 2: 1/2 2/2 1/2 0/2
        "#]],
    );
}

#[test]
fn the_start_itself_is_no_return_but_another_event_of_its_instant_is() {
    // The same events serve as start and return.
    let more = r#""range":{"between":{"from":"2026-03-02","to":"2026-03-02"}},"periods_count":1,
        "start":{"events":["join","use"]},"returns":{"events":["join","use"]}"#;
    check_in(
        "UTC",
        "9d00:00",
        "ana 09:00 join",
        more,
        expect![[r#"
        2026-03-02 1: 0/1
        total 1: 0/1
    "#]],
    );
    check_in(
        "UTC",
        "9d00:00",
        "ana 09:00 join\nana 09:00 join",
        more,
        expect![[r#"
        2026-03-02 1: 1/1
        total 1: 1/1
    "#]],
    );
    check_in(
        "UTC",
        "9d00:00",
        "ana 09:00 join\nana 09:00 use",
        more,
        expect![[r#"
        2026-03-02 1: 1/1
        total 1: 1/1
    "#]],
    );
    check_in(
        "UTC",
        "9d00:00",
        "ana 09:00 join\nana 09:01 join",
        more,
        expect![[r#"
        2026-03-02 1: 1/1
        total 1: 1/1
    "#]],
    );
}

#[test]
fn what_came_before_the_start_is_no_return() {
    check(
        "9d00:00",
        "
        ana 08:00 use
        ana 09:00 join
        ",
        "",
        expect![[r#"
            2026-03-02 1: 0/1 0/1 0/1 0/1
            2026-03-03 0: 0/0 0/0 0/0 0/0
            2026-03-04 0: 0/0 0/0 0/0 0/0
            total 1: 0/1 0/1 0/1 0/1
        "#]],
    );
}

#[test]
fn a_rolling_day_is_24_hours_to_the_millisecond_and_not_to_the_hour() {
    // 23:01 later is still day 0; 24:00 later is day 1.
    check(
        "9d00:00",
        "
        ana 09:30 join
        ana 1d08:31 use
        bob 09:30 join
        bob 1d09:30 use
        ",
        r#","clock":"rolling""#,
        expect![[r#"
            2026-03-02 2: 1/2 1/2 0/2 0/2
            2026-03-03 0: 0/0 0/0 0/0 0/0
            2026-03-04 0: 0/0 0/0 0/0 0/0
            total 2: 1/2 1/2 0/2 0/2
        "#]],
    );
}

#[test]
fn on_a_rolling_clock_each_profile_matures_on_its_own() {
    check(
        "2d12:00",
        "
        ana 09:00 join
        ana 1d10:00 use
        bob 13:00 join
        bob 1d14:00 use
        cem 14:00 join
        ",
        r#","clock":"rolling""#,
        expect![[r#"
            2026-03-02 3: 0/3 1/1(1/2) (0/3)
            2026-03-03 0: 0/0 0/0
            2026-03-04* 0: 0/0
            total 3: 0/3 1/1(1/2) (0/3) (0/3)
        "#]],
    );
}

#[test]
fn the_day_that_lost_an_hour_is_a_day() {
    // Bob comes back after 46.5 hours, on the second day: seconds divided by 86,400 would say the first.
    check_in(
        "Europe/Berlin",
        "35d00:00",
        "
        ana 26d23:30 join
        ana 27d21:30 use
        ana 27d22:30 use
        bob 25d23:30 join
        bob 27d22:00 use
        ",
        &format!(
            r#""range":{{"between":{{"from":"2026-03-28","to":"2026-03-29"}},{BERLIN}}},"periods_count":3,
            "start":{{"events":["join"]}},"returns":{{"events":["use"]}}"#
        ),
        expect![[r#"
            2026-03-28 1: 0/1 0/1 1/1
            2026-03-29 1: 1/1 1/1 0/1
            total 2: 1/2 1/2 1/2
        "#]],
    );
}

#[test]
fn the_day_that_won_an_hour_is_a_day() {
    // The 25th of October, day 237 of the fixture, lasts from 22:00 to 23:00 UTC.
    check_in(
        "Europe/Berlin",
        "245d00:00",
        "
        ana 236d22:00 join
        ana 237d22:59 use
        ana 237d23:00 use
        ",
        &format!(
            r#""range":{{"between":{{"from":"2026-10-25","to":"2026-10-25"}},{BERLIN}}},"periods_count":2,
            "start":{{"events":["join"]}},"returns":{{"events":["use"]}}"#
        ),
        expect![[r#"
            2026-10-25 1: 1/1 1/1
            total 1: 1/1 1/1
        "#]],
    );
}

#[test]
fn the_zone_says_which_day_it_is_east_and_west() {
    let text = "
        ana 17:00 join
        ana 1d15:00 use
        ";
    for (zone, expected) in [
        // The 3rd in Shanghai, all of it.
        (
            "Asia/Shanghai",
            expect![[r#"
            2026-03-02 0: 0/0 0/0
            2026-03-03 1: 1/1 0/1
            total 1: 1/1 0/1
        "#]],
        ),
        // The 2nd and the 3rd in New York.
        (
            "America/New_York",
            expect![[r#"
            2026-03-02 1: 0/1 1/1
            2026-03-03 0: 0/0 0/0
            total 1: 0/1 1/1
        "#]],
        ),
    ] {
        let more = format!(
            r#""range":{{"between":{{"from":"2026-03-02","to":"2026-03-03"}},"zone":"{zone}"}},"periods_count":2,
            "start":{{"events":["join"]}},"returns":{{"events":["use"]}}"#
        );
        check_in(zone, "9d00:00", text, &more, expected);
    }
}

#[test]
fn the_first_day_of_the_week_is_a_choice() {
    // The 8th of March is a Sunday.
    let text = "
        ana 2d09:00 join
        ana 6d09:00 use
        ";
    let more = r#""range":{"between":{"from":"2026-03-04","to":"2026-03-08"}},"periods_count":2,"period":"week",
        "start":{"events":["join"]},"returns":{"events":["use"]}"#;
    check_in(
        "UTC",
        "29d00:00",
        text,
        more,
        expect![[r#"
        2026-03-04* 1: 1/1 0/1
        total 1: 1/1 0/1
    "#]],
    );
    let sunday = format!(r#"{more},"week_start":"sunday""#);
    check_in(
        "UTC",
        "29d00:00",
        text,
        &sunday,
        expect![[r#"
        2026-03-04* 1: 0/1 1/1
        2026-03-08* 0: 0/0 0/0
        total 1: 0/1 1/1
    "#]],
    );
}

#[test]
fn months_have_their_own_lengths() {
    check_in(
        "UTC",
        "120d00:00",
        "
        ana 29d12:00 join
        ana 30d12:00 use
        bob 09:00 join
        bob 59d23:00 use
        ",
        r#""range":{"between":{"from":"2026-03-01","to":"2026-03-31"}},"periods_count":3,"period":"month",
        "start":{"events":["join"]},"returns":{"events":["use"]}"#,
        expect![[r#"
            2026-03-01 2: 0/2 2/2 0/2
            total 2: 0/2 2/2 0/2
        "#]],
    );
}

#[test]
fn a_breakdown_takes_the_value_at_the_start_on_both_clocks() {
    let text = r#"
        ana 09:00 join web {"plan":"pro"}
        ana 1d10:00 use web {"plan":"free"}
        bob 09:00 join web {"plan":"free"}
        cem 1d09:00 join web
        cem 2d10:00 use web {"plan":"pro"}
        "#;
    let by = r#","breakdown":"properties.plan""#;
    check(
        "9d00:00",
        text,
        by,
        expect![[r#"
            2026-03-02 2: 0/2 1/2 0/2 0/2
            2026-03-03 1: 0/1 1/1 0/1 0/1
            2026-03-04 0: 0/0 0/0 0/0 0/0
            total 3: 0/3 2/3 0/3 0/3
            {"value":"free"} 1: 0/1 0/1 0/1 0/1
              2026-03-02 1: 0/1 0/1 0/1 0/1
            {"value":"pro"} 1: 0/1 1/1 0/1 0/1
              2026-03-02 1: 0/1 1/1 0/1 0/1
            "not_set" 1: 0/1 1/1 0/1 0/1
              2026-03-03 1: 0/1 1/1 0/1 0/1
        "#]],
    );
    check(
        "9d00:00",
        text,
        &format!(r#"{by},"clock":"rolling""#),
        expect![[r#"
            2026-03-02 2: 0/2 1/2 0/2 0/2
            2026-03-03 1: 0/1 1/1 0/1 0/1
            2026-03-04 0: 0/0 0/0 0/0 0/0
            total 3: 0/3 2/3 0/3 0/3
            {"value":"free"} 1: 0/1 0/1 0/1 0/1
              2026-03-02 1: 0/1 0/1 0/1 0/1
            {"value":"pro"} 1: 0/1 1/1 0/1 0/1
              2026-03-02 1: 0/1 1/1 0/1 0/1
            "not_set" 1: 0/1 1/1 0/1 0/1
              2026-03-03 1: 0/1 1/1 0/1 0/1
        "#]],
    );
}

#[test]
fn the_largest_values_keep_their_cohorts_where_there_is_no_room_for_all() {
    let mut text = "late 29d09:00 join web {\"plan\":\"v00\"}\n".to_owned();
    for value in 0..60 {
        for person in 0..2 + u8::from(value < 3) {
            text += &format!("p{value}x{person} 09:00 join web {{\"plan\":\"v{value:02}\"}}\n");
        }
    }
    let report = serde_json::from_str(
        r#"{"kind":"retention","range":{"between":{"from":"2026-03-02","to":"2026-03-31"}},
            "periods_count":30,"start":{},"breakdown":"properties.plan"}"#,
    )
    .expect("valid");
    let (_, found) = asked(&Log::read(&text), LAYOUTS[0], &report, at("39d00:00"));
    let told: Vec<bool> = found.lines.iter().map(|it| it.cohorts.is_some()).collect();
    let count = told.iter().filter(|it| **it).count();
    assert_eq!((told.len(), found.cohorts.len()), (60, 30));
    // 31 counts of passed periods and 3 for each of 30 columns.
    assert_eq!(count, 50_000 / (121 * 30));
    assert!(told[..count].iter().all(|it| *it), "{told:?}");
    assert!(found.lines[..3].iter().all(|it| it.starts >= 3));
}

#[test]
fn the_total_is_weighted_by_the_size_of_cohorts() {
    // One of one and one of three are two of four, not two thirds.
    check(
        "9d00:00",
        "
        ana 09:00 join
        ana 1d09:00 use
        bob 1d09:00 join
        bob 2d09:00 use
        cem 1d09:00 join
        dan 1d09:00 join
        ",
        "",
        expect![[r#"
            2026-03-02 1: 0/1 1/1 0/1 0/1
            2026-03-03 3: 0/3 1/3 0/3 0/3
            2026-03-04 0: 0/0 0/0 0/0 0/0
            total 4: 0/4 2/4 0/4 0/4
        "#]],
    );
}

#[test]
fn too_many_cohorts_are_a_fault_that_says_what_to_do() {
    let log = Log::read("a 0d00:00 view\na 900d00:00 view");
    let report = r#"{"kind":"retention","range":{"all":true},"start":{}}"#;
    let error = ask(
        &log.snapshot(),
        &Vocabulary::default(),
        &serde_json::from_str(report).expect("valid"),
        at("900d00:00"),
        &Cancel::default(),
    );
    let Err(AskError::Faults(faults)) = error else {
        panic!("a fault")
    };
    assert!(
        faults[0].message.contains("choose a longer period"),
        "{faults:?}"
    );
}

#[test]
fn a_log_without_events_has_no_cohorts() {
    let report = r#"{"kind":"retention","range":{"all":true},"start":{}}"#;
    let report = serde_json::from_str(report).expect("valid");
    let (answer, found) = asked(&Log::default(), LAYOUTS[0], &report, at("1d00:00"));
    assert_eq!((answer.n, found.known_from), (0, None));
    assert_eq!(found.cohorts, []);
}

fn any_report() -> impl Strategy<Value = String> {
    let pick = |texts: &'static [&'static str]| prop::sample::select(texts);
    (
        pick(&[
            r#""range":{"all":true,"zone":"Europe/Berlin"}"#,
            r#""range":{"between":{"from":"2026-03-28","to":"2026-03-31"},"zone":"Europe/Berlin"}"#,
            r#""range":{"last":"60h","zone":"America/New_York"}"#,
        ]),
        pick(&["", r#","cohorts":"each_period""#]),
        pick(&[
            "",
            r#","period":"hour""#,
            r#","period":"week""#,
            r#","period":"week","week_start":"sunday""#,
            r#","period":"month""#,
            r#","clock":"rolling""#,
            r#","clock":"rolling","period":"hour""#,
            r#","clock":"rolling","period":"week""#,
        ]),
        pick(&[
            "",
            r#","mode":"on_or_after""#,
            r#","mode":{"brackets":[{"from":0,"to":0},{"from":2,"to":5},{"from":6,"to":30}]}"#,
        ]),
        pick(&[
            r#","start":{"events":["view"]}"#,
            r#","start":{},"returns":{"events":["view","buy"]}"#,
            r#","start":{"channels":["web"]},"returns":{"events":["cart"]}"#,
        ]),
        pick(&[
            "",
            r#","filter":{"where":{"field":"properties.p","test":{"exists":{}}}}"#,
        ]),
        pick(&["", r#","breakdown":"properties.q""#]),
    )
        .prop_map(|(range, cohorts, period, mode, events, filter, breakdown)| {
            format!(
                r#"{{"kind":"retention","periods_count":5,{range}{cohorts}{period}{mode}{events}{filter}{breakdown}}}"#
            )
        })
}

/// The number of the calendar unit that a day, or an hour, is in. Zones here have whole hours.
fn unit_number(report: &Retention, zone: &Zone, time: i64) -> i64 {
    let date = Timestamp(time).in_zone(zone).date();
    let days = |date: Date| {
        let since = date.since(Date::constant(2020, 1, 5)).expect("near");
        i64::from(since.get_days())
    };
    match report.period {
        PeriodUnit::Hour => time.div_euclid(3_600_000),
        PeriodUnit::Day => days(date),
        // The 5th of January 2020 was a Sunday.
        PeriodUnit::Week => match report.week_start {
            WeekStart::Sunday => days(date).div_euclid(7),
            WeekStart::Monday => (days(date) - 1).div_euclid(7),
        },
        PeriodUnit::Month => i64::from(date.year()) * 12 + i64::from(date.month()),
    }
}

/// One start by the plainest rules: cohort, label, and per column whether it is over and it came back.
type Plain = (u32, i64, Option<String>, Vec<(bool, bool)>);

fn naive(log: &Log, report: &Retention, now: Timestamp) -> Vec<Plain> {
    let zone = &report.range.zone;
    let range = report.range.resolve(now);
    let columns: Vec<(i64, Option<i64>)> = match &report.mode {
        RetentionMode::On => (0..i64::from(report.periods_count))
            .map(|it| (it, Some(it)))
            .collect(),
        RetentionMode::OnOrAfter => (0..i64::from(report.periods_count))
            .map(|it| (it, None))
            .collect(),
        RetentionMode::Brackets(list) => (list.iter())
            .map(|it| (i64::from(it.from), Some(i64::from(it.to))))
            .collect(),
    };
    let length = match report.period {
        PeriodUnit::Hour => 3_600_000,
        PeriodUnit::Week => 7 * 86_400_000,
        PeriodUnit::Day | PeriodUnit::Month => 86_400_000,
    };
    let mut starts = Vec::new();
    for (profile, events) in by_profile(log) {
        let events: Vec<&StoredEvent> = events.into_iter().filter(|it| it.time <= now).collect();
        let fits = |event: &StoredEvent, matcher: &throughline_model::Matcher| {
            let name = log.names.name(EventCode(event.event)).expect("named");
            let look = |field: &throughline_model::Field| value_of(event, field);
            !name.is_system()
                && (matcher.events.is_empty() || matcher.events.contains(name))
                && (matcher.channels.is_empty()
                    || matcher.channels.iter().any(|it| it.code() == event.channel))
                && report
                    .filter
                    .as_ref()
                    .is_none_or(|filter| filter.holds(&look))
        };
        let mut all: Vec<&StoredEvent> = events
            .iter()
            .copied()
            .filter(|it| fits(it, &report.start))
            .collect();
        if report.cohorts == Cohorts::FirstEver {
            let first = all.first().map(|it| it.time);
            all.retain(|it| Some(it.time) == first);
        }
        let mut by_unit: BTreeMap<i64, Vec<&StoredEvent>> = BTreeMap::new();
        for start in all.into_iter().filter(|it| range.contains(it.time)) {
            by_unit
                .entry(unit_number(report, zone, start.time.0))
                .or_default()
                .push(start);
        }
        for (unit, list) in by_unit {
            let time = list[0].time;
            let anchors: Vec<&StoredEvent> =
                list.into_iter().filter(|it| it.time == time).collect();
            let period_of = |at: Timestamp| match report.clock {
                PeriodClock::Calendar => unit_number(report, zone, at.0) - unit,
                PeriodClock::Rolling => (at.0 - time.0).div_euclid(length),
            };
            let periods: BTreeSet<i64> = (events.iter())
                .filter(|it| fits(it, &report.returns))
                .filter(|it| {
                    it.time > time
                        || it.time == time && anchors.iter().any(|start| start.seq != it.seq)
                })
                .map(|it| period_of(it.time))
                .collect();
            // A period is over when now lies in a later one.
            let running = period_of(now);
            let cells = (columns.iter())
                .map(|(from, to)| {
                    let is_over = to.unwrap_or(*from) < running;
                    let is_back =
                        (periods.iter()).any(|it| it >= from && to.is_none_or(|to| *it <= to));
                    (is_over, is_back)
                })
                .collect();
            let label = report.breakdown.as_ref().and_then(By::field).map(|field| {
                let mut values: Vec<String> = (anchors.iter())
                    .filter_map(|it| value_of(it, field))
                    .map(|it| format!("{it:?}"))
                    .collect();
                // Flags lie before texts in the order of labels, and in this one.
                values.sort();
                values.first().cloned().unwrap_or("not set".to_owned())
            });
            starts.push((profile, unit, label, cells));
        }
    }
    starts
}

/// What a list of starts adds up to in a column.
fn summed(starts: &[&Plain], column: usize, has_interval: bool) -> Returns {
    let cells: Vec<(u32, bool, bool)> = starts
        .iter()
        .map(|it| (it.0, it.3[column].0, it.3[column].1))
        .collect();
    let count = |over: bool, back: Option<bool>| {
        let fits = |it: &&(u32, bool, bool)| it.1 == over && back.is_none_or(|back| it.2 == back);
        cells.iter().filter(fits).count() as u64
    };
    let (whole, part) = (count(true, None), count(true, Some(true)));
    let profiles: BTreeSet<u32> = cells
        .iter()
        .filter(|it| it.1 && it.2)
        .map(|it| it.0)
        .collect();
    Returns {
        whole,
        part,
        profiles: profiles.len() as u64,
        interval: if has_interval {
            wilson(part, whole)
        } else {
            None
        },
        open: count(false, None),
        open_back: count(false, Some(true)),
    }
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn the_kernel_equals_its_naive_twin_and_lists_are_as_long_as_numbers_say(
        log in twin_spread_log(),
        text in any_report(),
        hours in 0..900_i64,
    ) {
        let report: Report = serde_json::from_str(&text).expect("valid");
        let Report::Retention(definition) = &report else { panic!("a retention") };
        let now = Timestamp(at("25d00:00").0 + hours * 3_600_000);
        let is_hourly = definition.period == PeriodUnit::Hour;
        // Hours of all of the log are more cohorts than a report may have.
        prop_assume!(!is_hourly || !text.contains("all"));
        let plain = naive(&log, definition, now);
        let zone = &definition.range.zone;
        let is_once = definition.cohorts == Cohorts::FirstEver;
        for layout in log.layouts() {
            let (answer, found) = asked(&log, layout, &report, now);
            let snapshot = log.laid_out(layout);
            let vocabulary = Vocabulary::default();
            let count = |select: RetentionSelect| {
                let select = Select::Retention(select);
                people(&snapshot, &vocabulary, &report, &select, now, &Cancel::default())
                    .expect("sound")
                    .len() as u64
            };
            // Lists take a walk each, so they are held for one layout of each log, where there is someone to list.
            let is_listed = layout.runs == LAYOUTS[hours as usize % LAYOUTS.len()].runs;
            let profiles: BTreeSet<u32> = plain.iter().map(|it| it.0).collect();
            prop_assert_eq!(answer.n, profiles.len() as u64);
            prop_assert!(log.is_crowd() || count(RetentionSelect::default()) == answer.n);
            prop_assert_eq!(found.total.starts, plain.len() as u64);
            let all: Vec<&Plain> = plain.iter().collect();
            for (column, cell) in found.total.cells.iter().enumerate() {
                prop_assert_eq!(*cell, summed(&all, column, is_once), "{}", &text);
                let select = RetentionSelect {
                    column: Some(column),
                    part: RetentionPart::Back,
                    ..RetentionSelect::default()
                };
                prop_assert!(log.is_crowd() || count(select) == cell.profiles);
            }
            let mut listed = 0;
            for cohort in &found.cohorts {
                let unit = unit_number(definition, zone, cohort.point.from.0);
                let starts: Vec<&Plain> = plain.iter().filter(|it| it.1 == unit).collect();
                listed += starts.len();
                prop_assert_eq!(cohort.profiles, starts.len() as u64);
                for (column, cell) in cohort.cells.iter().enumerate() {
                    prop_assert_eq!(*cell, summed(&starts, column, true), "{}", &text);
                    if !is_listed || cohort.profiles == 0 {
                        continue;
                    }
                    for (part, number) in [
                        (RetentionPart::Started, cell.whole),
                        (RetentionPart::Back, cell.part),
                        (RetentionPart::Away, cell.whole - cell.part),
                        (RetentionPart::Open, cell.open),
                        (RetentionPart::OpenBack, cell.open_back),
                    ] {
                        let select = RetentionSelect {
                            cohort: Some(cohort.point.from),
                            column: Some(column),
                            part,
                            label: None,
                        };
                        prop_assert!(log.is_crowd() || count(select) == number);
                    }
                }
                for start in starts {
                    let late = start.3.iter().skip(cohort.cells.len());
                    prop_assert!(late.clone().all(|cell| *cell == (false, false)), "left out too much");
                }
            }
            prop_assert_eq!(listed, plain.len(), "each start is in one cohort");
            let mut by_line = 0;
            for line in &found.lines {
                let name = match line.label.as_ref().expect("a line") {
                    Label::Value(value) => format!("{value:?}"),
                    Label::NotSet => "not set".to_owned(),
                    Label::Rest => panic!("few values"),
                };
                let starts: Vec<&Plain> =
                    plain.iter().filter(|it| it.2.as_ref() == Some(&name)).collect();
                by_line += starts.len();
                prop_assert_eq!(line.starts, starts.len() as u64);
                for (column, cell) in line.cells.iter().enumerate() {
                    prop_assert_eq!(*cell, summed(&starts, column, is_once));
                    let select = RetentionSelect {
                        label: line.label.clone(),
                        column: Some(column),
                        part: RetentionPart::Back,
                        cohort: None,
                    };
                    prop_assert!(log.is_crowd() || count(select) == cell.profiles);
                }
                let cohorts = line.cohorts.as_ref().expect("few values");
                prop_assert_eq!(cohorts.len(), found.cohorts.len());
                for cohort in cohorts {
                    let unit = unit_number(definition, zone, cohort.point.from.0);
                    let starts: Vec<&Plain> =
                        starts.iter().copied().filter(|it| it.1 == unit).collect();
                    prop_assert_eq!(cohort.profiles, starts.len() as u64);
                    for (column, cell) in cohort.cells.iter().enumerate() {
                        prop_assert_eq!(*cell, summed(&starts, column, true), "{}", &text);
                    }
                    let Some(cell) = cohort.cells.first().filter(|it| is_listed && it.part > 0)
                    else {
                        continue;
                    };
                    let select = RetentionSelect {
                        label: line.label.clone(),
                        cohort: Some(cohort.point.from),
                        column: Some(0),
                        part: RetentionPart::Back,
                    };
                    prop_assert!(log.is_crowd() || count(select) == cell.part);
                }
            }
            if definition.breakdown.is_some() {
                for (index, cohort) in found.cohorts.iter().enumerate() {
                    let parts: u64 = (found.lines.iter().flat_map(|it| &it.cohorts))
                        .map(|it| it[index].profiles)
                        .sum();
                    prop_assert_eq!(parts, cohort.profiles, "triangles add up to the whole one");
                }
                prop_assert_eq!(by_line, plain.len(), "each start is in one line");
            }
        }
    }

    #[test]
    fn on_or_after_never_rises_along_a_cohort(log in any_spread_log(), hours in 0..900_i64) {
        let report = serde_json::from_str(
            r#"{"kind":"retention","range":{"all":true},"start":{},"mode":"on_or_after"}"#,
        )
        .expect("valid");
        let now = Timestamp(at("25d00:00").0 + hours * 3_600_000);
        let (_, found) = asked(&log, LAYOUTS[0], &report, now);
        for cohort in found.cohorts {
            let back: Vec<u64> = cohort.cells.iter().map(|it| it.part + it.open_back).collect();
            prop_assert!(back.is_sorted_by(|before, after| before >= after), "{back:?}");
        }
    }
}

#[test]
fn a_day_of_the_twin_is_a_day_of_the_calendar() {
    let zone = Zone::parse("Europe/Berlin").expect("known");
    let report: Retention =
        serde_json::from_str(r#"{"range":{"all":true},"start":{}}"#).expect("valid");
    let of = |date: Date| unit_number(&report, &zone, zone.start_of(date).0);
    let date = Date::constant(2026, 3, 29);
    assert_eq!(of(date) + 1, of(date.checked_add(1.day()).expect("near")));
}
