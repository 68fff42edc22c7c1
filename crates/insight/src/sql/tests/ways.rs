//! Statements of reports about what people meet on a way, what they write and where they click.

use proptest::prelude::*;
use throughline_model::{
    Channel, JsonObject, Timestamp, drivers::DriverSource, reasons::Sign, report::Report,
    retention::WeekStart,
};

use super::{
    Cell, Engine, agree, cell, label, names,
    random::{any_filter, any_people, any_range, filtered},
    read, start_of, statement, text, vocabulary,
};
use crate::{
    fixture::{Log, any_log, any_spread_log, at},
    kernel::{
        drivers::DriversAnswer,
        page_map::{ClickTally, PageMapAnswer},
        reasons::ReasonsAnswer,
        topics::TopicsAnswer,
    },
    sql::Unsaid,
};

pub(super) fn of_drivers(answer: &DriversAnswer) -> Vec<Vec<Cell>> {
    let all = |name: &str, profiles: u64, arrived: Cell| {
        vec![text(name), Cell::Null, Cell::Null, cell(profiles), arrived]
    };
    let converted = answer.converted;
    let mut rows = vec![
        all("all", converted.whole, cell(converted.part)),
        all("immature", answer.immature, Cell::Null),
    ];
    rows.extend(answer.drivers.iter().map(|it| {
        let (source, name) = match &it.from {
            DriverSource::OnTheWay(field) => ("on_the_way", field.to_string()),
            DriverSource::AtEntry(field) => ("at_entry", field.to_string()),
            DriverSource::Trait(name) => ("trait", name.clone()),
        };
        let (whole, part) = (cell(it.did.whole), cell(it.did.part));
        vec![text(source), text(&name), label(&it.label), whole, part]
    }));
    rows
}

pub(super) fn of_reasons(report: &Report, answer: &ReasonsAnswer) -> Vec<Vec<Cell>> {
    let Report::Reasons(asked) = report else {
        panic!("reasons")
    };
    let is_silence = |name: &str| {
        let found = asked.reasons.iter().find(|it| it.name == name);
        matches!(found.expect("listed").sign, Sign::Silence(_))
    };
    // Whoever met one thing only is counted with it.
    let alone = |wants_silence: bool| -> u64 {
        let of = (answer.reasons.iter()).filter(|it| is_silence(&it.name) == wants_silence);
        of.map(|it| it.alone).sum()
    };
    let row = |part: &str, name: Cell, gave_up: u64, alone: u64, arrived: Cell| {
        vec![text(part), name, cell(gave_up), cell(alone), arrived]
    };
    let all = answer.gave_up;
    let one = answer.by_count.get(1).copied().unwrap_or(0);
    let arrived = cell(all.whole - all.part);
    let mut rows = vec![row("all", Cell::Null, all.part, one, arrived)];
    for (part, of, is_silent) in [
        ("explained", answer.explained, false),
        ("unknown", answer.unknown, true),
    ] {
        if of.part > 0 {
            rows.push(row(part, Cell::Null, of.part, alone(is_silent), Cell::Null));
        }
    }
    let met = (answer.reasons.iter()).filter(|it| it.gave_up.part + it.converted.part > 0);
    rows.extend(met.map(|it| {
        let name = text(&it.name);
        row(
            "reason",
            name,
            it.gave_up.part,
            it.alone,
            cell(it.converted.part),
        )
    }));
    rows
}

pub(super) fn of_topics(report: &Report, answer: &TopicsAnswer) -> Vec<Vec<Cell>> {
    let Report::Topics(asked) = report else {
        panic!("topics")
    };
    let row = |part: &str, period: Cell, texts: Cell, profiles: Cell| {
        vec![text(part), period, texts, profiles]
    };
    let (times, profiles) = (answer.texts.times, answer.texts.profiles);
    let mut rows = vec![row("all", Cell::Null, cell(times), cell(profiles))];
    for (point, texts) in answer.points.iter().zip(&answer.trend) {
        if *texts > 0 {
            let zone = &asked.range.zone;
            let start = start_of(asked.every, WeekStart::Monday, zone, point.from);
            rows.push(row("period", cell(start.0), cell(*texts), Cell::Null));
        }
    }
    if let Some(share) = answer.gave_up {
        rows.push(row("on_the_way", Cell::Null, Cell::Null, cell(share.whole)));
        rows.push(row("gave_up", Cell::Null, Cell::Null, cell(share.part)));
    }
    rows
}

pub(super) fn of_page_map(answer: &PageMapAnswer) -> Vec<Vec<Cell>> {
    let clicks = |it: &ClickTally| {
        let passes = [it.clicks, it.rage, it.dead];
        passes
            .map(|it| [cell(it.times), cell(it.profiles)])
            .concat()
    };
    let nothing = || vec![Cell::Null; 5];
    let all = [Cell::Null, cell(answer.visitors), cell(answer.unplaced)];
    let mut rows = vec![
        [
            vec![text("all"), Cell::Null, Cell::Null, Cell::Null, Cell::Null],
            all.to_vec(),
            nothing(),
        ]
        .concat(),
    ];
    for width in &answer.widths {
        let row = |part: &str, place: [Cell; 3], views: [Cell; 2], of: &ClickTally| {
            let class = text(width.class.name());
            [
                vec![text(part), class],
                place.to_vec(),
                views.to_vec(),
                clicks(of),
            ]
            .concat()
        };
        let none = || [Cell::Null, Cell::Null];
        if width.views.times + width.clicks.clicks.times > 0 {
            let views = [cell(width.views.times), cell(width.views.profiles)];
            let nowhere = [Cell::Null, Cell::Null, Cell::Null];
            rows.push(row("width", nowhere, views, &width.clicks));
        }
        for it in &width.cells {
            let place = [cell(it.place.row), cell(it.place.column), Cell::Null];
            rows.push(row("cell", place, none(), &it.tally));
        }
        for it in &width.elements {
            let place = [Cell::Null, Cell::Null, text(&it.selector)];
            rows.push(row("element", place, none(), &it.tally));
        }
    }
    rows
}

const STEPS: &str = r#""steps":[
    {"name":"See","matcher":{"events":["view"]}},
    {"name":"Take","matcher":{"events":["cart","mail"]}},
    {"name":"Pay","matcher":{"events":["buy"]}}]"#;

/// Texts with blanks around them, of blanks only, very long, and values that are none.
const TEXTS: [&str; 9] = [
    r#"{"c":" it's late "}"#,
    r#"{"c":"\t\u3000\n"}"#,
    r#"{"c":"\u00a0late","d":"100% of \"it\"\\"}"#,
    r#"{"c":""}"#,
    r#"{"c":5,"d":"5"}"#,
    r#"{"c":true}"#,
    r#"{"d":"迟到了"}"#,
    r#"{"d":null}"#,
    "{}",
];

/// Clicks and views as the library tells them, and what it never would.
fn any_page_log() -> impl Strategy<Value = Log> {
    let px = || {
        prop::sample::select(vec![
            "", "-3", "0", "390", "799.9", "1280", "2000000", r#""390""#, "true",
        ])
    };
    let event = (
        0..4_u32,
        any::<bool>(),
        prop::sample::select(vec!["", "390", "700.5", "1280", r#""390""#]),
        prop::sample::select(vec!["", "0", "400", "1280", "-5"]),
        (px(), px()),
        prop::sample::select(vec![
            "",
            r#""within":{"3":900}"#,
            r#""within":{"3":1001,"2":5}"#,
            r#""within":{"3":"1"}"#,
        ]),
        prop::sample::select(vec![
            "",
            r#""reaction":"none""#,
            r#""reaction":true,"reaction_ms":2500"#,
            r#""reaction":1,"reaction_ms":2501"#,
            r#""reaction_ms":1"#,
        ]),
        (
            prop::sample::select(vec![
                "",
                r##""element":{"selector":"#it's"}"##,
                r#""element":{"selector":"a > b"}"#,
            ]),
            prop::sample::select(vec![
                "",
                r#""view":"v1","reached":700"#,
                r#""view":"v2","reached":"700""#,
                r#""view":"it's","reached":0"#,
            ]),
        ),
    );
    prop::collection::vec(event, 0..40).prop_map(|events| {
        let mut log = Log::default();
        for (minute, (actor, is_click, window, page, (x, y), within, reaction, (element, view))) in
            (0..).zip(events)
        {
            let named = [
                ("viewport_width", window),
                ("page_width", page),
                ("x", x),
                ("y", y),
            ];
            let named = named.into_iter().filter(|it| !it.1.is_empty());
            let named = named.map(|(name, value)| format!(r#""{name}":{value}"#));
            let told = [within, reaction, element, view]
                .into_iter()
                .filter(|it| !it.is_empty());
            let path = if minute % 7 == 0 { "/b" } else { "/a" };
            let all: Vec<String> = std::iter::once(format!(r#""path":"{path}""#))
                .chain(named)
                .chain(told.map(str::to_owned))
                .collect();
            let name = if is_click {
                "element_clicked"
            } else {
                "page_left"
            };
            let time = Timestamp(at("0:00").0 + minute * 60_000);
            log.push(
                actor,
                time,
                name,
                Channel::Web,
                &format!("{{{}}}", all.join(",")),
            );
        }
        log.roots = vec![0, 1, 1, 3];
        log
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_met_before_giving_up_agrees(
        log in any_log(),
        range in any_range(),
        ties in prop::sample::select(vec!["any_order", "later"]),
        contacts in prop::sample::select(vec!["", r#","contacts":{"events":["mail"]}"#]),
        filter in any_filter(),
        within in 3..6_u8,
        minute in 4..9_i64,
    ) {
        let report = read(&format!(
            r#"{{"kind":"reasons",{range},{STEPS},"within":"{within}m","ties":"{ties}","reasons":[
                {{"name":"it's","sign":{{"met":{{"matcher":{{"channels":["web","app"]}}}}}}}},
                {{"name":"twice","sign":{{"met":{{"matcher":{{"events":["mail","view","$identify"]}},"times":2}}}}}},
                {{"name":"of two sorts","sign":{{"met":{{"matcher":{{}},"times":2,"different":"properties.p"}}}}}},
                {{"name":"quiet","sign":{{"silence":"1m"}}}},{{"name":"long quiet","sign":{{"silence":"2m"}}}}]
                {contacts}{}}}"#,
            filtered(filter)
        ));
        agree(&Engine::over(&log), &log, &report, at(&format!("0:{minute}")));
    }

    #[test]
    fn what_is_done_on_the_way_agrees(
        log in any_log(),
        range in any_range(),
        ties in prop::sample::select(vec!["any_order", "later"]),
        way in prop::sample::select(vec!["", r#","from":1"#, r#","to":1"#]),
        among in prop::sample::select(vec!["", r#","among":{"where":{"field":"channel","test":{"is":["web"]}}}"#]),
        filter in any_filter(),
        people in any_people(),
        within in 1..5_u8,
        minute in 4..9_i64,
    ) {
        let report = read(&format!(
            r#"{{"kind":"drivers",{range},{STEPS},"within":"{within}m","ties":"{ties}"{way}{among},
                "fields":["event","properties.p"],"entry_fields":["properties.p","channel"]{}{people}}}"#,
            filtered(filter)
        ));
        agree(&Engine::over(&log), &log, &report, at(&format!("0:{minute}")));
    }

    #[test]
    fn texts_agree(
        log in any_spread_log(),
        texts in prop::collection::vec(0..TEXTS.len(), 60),
        fields in prop::sample::select(vec![r#"["properties.c"]"#, r#"["properties.d","properties.c"]"#, r#"["source"]"#]),
        every in prop::sample::select(vec!["day", "week", "month"]),
        way in prop::sample::select(vec!["", r#","way":{"steps":[
            {"name":"See","matcher":{"events":["view"]}},{"name":"Pay","matcher":{"events":["buy"]}}],"within":"2d"}"#]),
        events in prop::sample::select(vec!["", r#","events":{"events":["view","$identify"]}"#]),
        people in any_people(),
        days in 26..60_i64,
    ) {
        let mut log = log;
        for (event, text) in log.events.iter_mut().zip(texts) {
            event.properties = JsonObject::parse(TEXTS[text]).expect("an object");
        }
        let report = read(&format!(
            r#"{{"kind":"topics","range":{{"between":{{"from":"2026-03-20","to":"2026-05-20"}},"zone":"Europe/Berlin"}},
                "every":"{every}","fields":{fields}{events}{way}{people}}}"#
        ));
        agree(&Engine::over(&log), &log, &report, at(&format!("{days}d03:00")));
    }

    #[test]
    fn pages_agree(
        log in any_page_log(),
        page in prop::sample::select(vec![r#"{"is":["/a"]}"#, r#"{"starts_with":"/"}"#]),
        people in any_people(),
    ) {
        let report = read(&format!(r#"{{"kind":"page_map","range":{{"all":true}},"page":{page}{people}}}"#));
        agree(&Engine::over(&log), &log, &report, at("1:00"));
    }
}

#[test]
fn ways_on_which_values_are_held_have_no_statement() {
    let held = |kind: &str, more: &str| {
        let report = read(&format!(
            r#"{{"kind":"{kind}","range":{{"all":true}},{STEPS},"hold":["properties.p"]{more}}}"#
        ));
        statement(&report, &vocabulary(), &names(), at("0:08")).err()
    };
    assert_eq!(held("drivers", ""), Some(Unsaid::Attempts));
    let reasons = r#","reasons":[{"name":"a","sign":{"silence":"1m"}}]"#;
    assert_eq!(held("reasons", reasons), Some(Unsaid::Attempts));
}

#[test]
fn traits_are_read_of_the_profiles_of_now() {
    let log = Log::read(
        "
        ana 0:01 view
        ana 0:02 buy
        ben 0:01 view
        cem 0:01 view
        dia 0:09 view
        ",
    );
    let engine = Engine::over(&log);
    for (profile, traits) in [
        (0, r#"{"it's":"1"}"#),
        (1, r#"{"it's":1}"#),
        (2, r#"{"it's":[1]}"#),
    ] {
        engine.know(profile, traits);
    }
    let report = read(
        r#"{"kind":"drivers","range":{"all":true},"within":"3m","fields":[],"traits":["it's"],"steps":[
            {"name":"See","matcher":{"events":["view"]}},{"name":"Pay","matcher":{"events":["buy"]}}]}"#,
    );
    let found = engine.rows(&super::statement_of(&report, at("1:00")));
    let row = |source: &str, name: Cell, value: Cell, profiles: u64, arrived: Cell| {
        vec![text(source), name, value, cell(profiles), arrived]
    };
    let of = |value: &str, arrived: u64| row("trait", text("it's"), text(value), 1, cell(arrived));
    assert_eq!(
        found,
        [
            row("all", Cell::Null, Cell::Null, 3, cell(1)),
            row("immature", Cell::Null, Cell::Null, 1, Cell::Null),
            of("1", 1),
            of("1.0", 0),
        ]
    );
}
