//! Statements of reports that hold people, or promises and facts, against each other: what they count is compared
//! with what the reports count before they judge.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;
use throughline_model::{
    JsonObject, SourceId, Timestamp, Value, Zone,
    object_kind::Promise,
    report::{Every, Report},
    sql::Period,
};
use throughline_store::{Known, Snapshot, TraitColumn};

use super::{
    Cell, Engine, agree, agree_by, cell, label, names, numbers_by,
    random::{any_filter, any_people, any_range, filtered},
    read, statement, statement_of, text, told, vocabulary,
};
use crate::{
    ask::{Numbers, ask},
    cancel::Cancel,
    fixture::{Log, any_log, any_spread_log, at},
    kernel::{
        choice::{ChoiceAnswer, FactorSource},
        funnel::Share,
        last_touch::LastTouchAnswer,
        promises::{PromiseCounts, PromisesAnswer},
        switches::{AtStage, SwitchOutcome, SwitchesAnswer},
    },
    labels::Label,
    objects::tests::{any_object_log, vocabulary as kinds},
    sql::{Unsaid, moments},
};

pub(super) fn of_switches(answer: &SwitchesAnswer) -> Vec<Vec<Cell>> {
    let scope = |at: &AtStage| match at {
        AtStage::Any => [text("any"), Cell::Null],
        AtStage::Before => [text("before"), Cell::Null],
        AtStage::Stage(id) => [text("stage"), text(id)],
    };
    let outcome = |it: &SwitchOutcome| [cell(it.mature), cell(it.went_on), cell(it.immature)];
    let stayed = answer.leaves.iter().filter(|it| it.stayed.times > 0);
    let stayed = stayed.map(|it| {
        let mut row = scope(&it.at).to_vec();
        row.extend([text(it.from.name()), Cell::Null]);
        row.extend([cell(it.stayed.times), cell(it.stayed.profiles)]);
        row.extend([cell(0), Cell::Null, Cell::Null]);
        row.extend(outcome(&it.stayers));
        row
    });
    let switched = answer.switches.iter().map(|it| {
        let mut row = scope(&it.at).to_vec();
        row.extend([text(it.from.name()), text(it.to.name())]);
        row.extend([cell(it.switches.times), cell(it.switches.profiles)]);
        row.extend([cell(it.merged.times), cell(it.median_ms), cell(it.p90_ms)]);
        row.extend(outcome(&it.outcome));
        row
    });
    stayed.chain(switched).collect()
}

pub(super) fn of_last_touch(answer: &LastTouchAnswer) -> Vec<Vec<Cell>> {
    let passes = [answer.seen, answer.left, answer.back, answer.unknown];
    let mut rows = Vec::new();
    if answer.seen.times + answer.unknown.times > 0 {
        let mut row = vec![text("all"), Cell::Null];
        row.extend(
            passes
                .iter()
                .flat_map(|it| [cell(it.times), cell(it.profiles)]),
        );
        rows.push(row);
    }
    rows.extend(answer.touches.iter().map(|it| {
        let mut row = vec![text("value"), label(&it.label)];
        row.extend(
            [it.seen, it.left]
                .iter()
                .flat_map(|it| [cell(it.times), cell(it.profiles)]),
        );
        row.extend([Cell::Null, Cell::Null, Cell::Null, Cell::Null]);
        row
    }));
    rows
}

/// All but the texts that are not read, which the report does not count.
fn of_promises(report: &Report, answer: &PromisesAnswer) -> Vec<Vec<Cell>> {
    let Report::Promises(asked) = report else {
        panic!("promises")
    };
    let row = |part: &str, value: Cell, period: Cell, counts: &PromiseCounts| {
        let parts = [
            counts.all,
            counts.promised,
            counts.early,
            counts.on_time,
            counts.late,
            counts.overdue,
            counts.pending,
            counts.released,
            counts.untold,
            counts.due,
            counts.due_late,
        ];
        let mut row = vec![text(part), value, period];
        row.extend(
            parts
                .iter()
                .flat_map(|it| [cell(it.objects), cell(it.profiles)]),
        );
        row.push(counts.mean_gap_ms.map_or(Cell::Null, cell));
        row
    };
    let mut rows = Vec::new();
    if answer.total.all.objects > 0 {
        rows.push(row("all", Cell::Null, Cell::Null, &answer.total));
    }
    for line in &answer.lines {
        rows.push(row("value", label(&line.label), Cell::Null, &line.counts));
    }
    let period = match asked.every {
        Every::Hour => Period::Hour,
        Every::Day => Period::Day,
        Every::Week => Period::Week,
        Every::Month => Period::Month,
        Every::Range => return rows,
        Every::Minute | Every::Second => panic!("nobody checks these later"),
    };
    for it in answer.points.iter().filter(|it| it.counts.all.objects > 0) {
        let start = period.start(it.point.from, &asked.range.zone);
        rows.push(row("period", Cell::Null, cell(start.0), &it.counts));
    }
    rows
}

/// Every value with its people, from all parts of the answer; those of nobody are in no row.
fn of_choice(answer: &ChoiceAnswer) -> Vec<Vec<Cell>> {
    let row = |from: &FactorSource, of: &Label, with: &Share, is_reference: bool| {
        let (source, name) = match from {
            FactorSource::Field(field) => ("field", field.to_string()),
            FactorSource::Before(name) => ("before", name.clone()),
            FactorSource::Trait(name) => ("trait", name.clone()),
        };
        vec![
            text(source),
            text(&name),
            label(of),
            cell(with.whole),
            cell(with.part),
            cell(i64::from(is_reference)),
        ]
    };
    let apart = answer.apart.iter();
    let apart = apart.map(|it| row(&it.from, &it.label, &it.with, false));
    let factors = answer.model.iter().flat_map(|it| &it.factors);
    let factors = factors.map(|it| row(&it.from, &it.label, &it.with, false));
    let references = answer.references.iter();
    let references = references.map(|it| row(&it.from, &it.label, &it.with, true));
    let all = apart.chain(factors).chain(references);
    all.filter(|row| row[3] != cell(0)).collect()
}

fn sorted(mut rows: Vec<Vec<Cell>>) -> Vec<Vec<Cell>> {
    rows.sort();
    rows
}

/// Fails unless the statement of a choice says what its report says, with the traits of profiles known to both.
fn choices_agree(log: &Log, traits: &BTreeMap<u32, &str>, report: &Report, now: Timestamp) {
    let engine = Engine::over(log);
    let mut column = TraitColumn::default();
    for (profile, value) in traits {
        column.hear(*profile, SourceId(1), now, Some(value));
        engine.know(*profile, &format!(r#"{{"it's":{value}}}"#));
    }
    let known = Known {
        segments: super::segments(),
        traits: BTreeMap::from([("it's".to_owned(), Arc::new(column))]),
        ..Known::default()
    };
    let snapshot = Snapshot {
        known: Arc::new(known),
        ..log.snapshot()
    };
    let answer = ask(&snapshot, &vocabulary(), report, now, &Cancel::default());
    let Numbers::Choice(answer) = answer.expect("sound").numbers else {
        panic!("a choice")
    };
    let sql = statement_of(report, now);
    let is_way = |row: &Vec<Cell>| row[0] == text("way");
    let (ways, values): (Vec<_>, Vec<_>) = engine.rows(&sql).into_iter().partition(is_way);
    let wanted = answer.ways.iter().map(|it| {
        let is_it = it.label == answer.explained;
        let chosen = if is_it { it.profiles } else { 0 };
        vec![label(&it.label), cell(it.profiles), cell(chosen)]
    });
    let told: Vec<Vec<Cell>> = ways.iter().map(|row| row[2..5].to_vec()).collect();
    // Ways come in the order of the report, equal ones by their values.
    assert_eq!(told, wanted.collect::<Vec<_>>(), "{report:?}\n{sql}");
    let wanted = of_choice(&answer);
    assert_eq!(sorted(values), sorted(wanted), "{report:?}\n{sql}");
}

/// Numbers and weights of all types: too large, nothing, below zero, and none at all.
const WEIGHED: [&str; 9] = [
    r#"{"p":3,"w":2}"#,
    r#"{"p":-1.25,"w":0.5}"#,
    r#"{"p":10,"w":0.000001}"#,
    r#"{"p":7,"w":0}"#,
    r#"{"p":7,"w":-3}"#,
    r#"{"p":7,"w":"2"}"#,
    r#"{"p":7}"#,
    r#"{"p":true,"w":1}"#,
    r#"{"p":2000000000000,"w":1000001}"#,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn weighted_means_agree(
        log in any_spread_log(),
        weights in prop::collection::vec(0..WEIGHED.len(), 60),
        formula in prop::sample::select(vec!["A / B", "A - B"]),
        breakdown in prop::sample::select(vec!["", r#","breakdown":"event""#]),
        people in any_people(),
        days in 26..60_i64,
    ) {
        let mut log = log;
        for (event, weight) in log.events.iter_mut().zip(weights) {
            event.properties = JsonObject::parse(WEIGHED[weight]).expect("an object");
        }
        let report = read(&format!(
            r#"{{"kind":"trends","range":{{"between":{{"from":"2026-03-20","to":"2026-05-20"}}}},"period":"week","series":[
                {{"name":"it's","matcher":{{}},"measure":{{"weighted_mean":{{"field":"properties.p","weight":"properties.w"}}}}}},
                {{"name":"b","matcher":{{"channels":["web"]}},"measure":{{"mean":"properties.p"}}}}],
                "formulas":[{{"name":"f","expression":"{formula}"}}]{breakdown}{people}}}"#
        ));
        agree(&Engine::over(&log), &log, &report, at(&format!("{days}d03:00")));
    }

    #[test]
    fn switches_agree(
        log in any_log(),
        range in any_range(),
        goal in prop::sample::select(vec!["", r#","goal":{"events":["buy"]}"#, r#","goal":{"channels":["app"]}"#]),
        contacts in prop::sample::select(vec!["", r#","contacts":{"events":["mail"]}"#, r#","contacts":{"channels":["email"]}"#]),
        spans in prop::sample::select(vec![("2m", "1m"), ("8m", "3m")]),
        filter in any_filter(),
        people in any_people(),
        minute in 4..9_i64,
    ) {
        let (within, gap) = spans;
        let report = read(&format!(
            r#"{{"kind":"switches",{range},"within":"{within}","gap_max":"{gap}"{goal}{contacts}{}{people}}}"#,
            filtered(filter)
        ));
        agree(&Engine::over(&log), &log, &report, at(&format!("0:{minute}")));
    }

    #[test]
    fn last_touches_agree(
        log in any_spread_log(),
        by in prop::sample::select(vec!["event", "channel", "touchpoint", "properties.p", "stage"]),
        range in prop::sample::select(vec![
            r#""between":{"from":"2026-03-20","to":"2026-04-20"}"#, r#""last":"20d""#, r#""all":true"#,
        ]),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Asia/Shanghai"]),
        period in prop::sample::select(vec!["day", "week", "month"]),
        silence in prop::sample::select(vec!["1h", "2d", "20d"]),
        contacts in prop::sample::select(vec!["", r#","contacts":{"events":["mail"]}"#]),
        filter in any_filter(),
        people in any_people(),
        days in 26..70_i64,
    ) {
        let report = read(&format!(
            r#"{{"kind":"last_touch","range":{{{range},"zone":"{zone}"}},"period":"{period}","silence":"{silence}","by":"{by}"
                {contacts}{}{people}}}"#,
            filtered(filter)
        ));
        agree(&Engine::over(&log), &log, &report, at(&format!("{days}d03:00")));
    }

    #[test]
    fn choices_agree_with_and_without_a_way_that_is_named(
        log in any_log(),
        range in any_range(),
        by in prop::sample::select(vec!["channel", "properties.p", "touchpoint"]),
        chosen in prop::sample::select(vec!["", r#","chosen":"web""#, r#","chosen":0"#, r#","chosen":true"#, r#","chosen":"it's""#]),
        traits in prop::collection::vec(prop::sample::select(vec!["", r#""it's""#, "1", "0", "true", "[1]"]), 6),
        look_back in 1..5_u8,
        filter in any_filter(),
        people in any_people(),
    ) {
        let report = read(&format!(
            r#"{{"kind":"choice",{range},"goal":{{"events":["buy","cart","view"]}},"by":"{by}"{chosen},"traits":["it's","none"],
                "fields":["properties.q","source","event"],"look_back":"{look_back}m",
                "before":[{{"name":"it's","matcher":{{"events":["mail"]}}}},{{"name":"b","matcher":{{"channels":["web"]}}}}]
                {}{people}}}"#,
            filtered(filter)
        ));
        // Traits that are told of an actor who was merged into another are those of the other.
        let traits = (0..).zip(&traits).filter(|(actor, it)| {
            !it.is_empty() && log.roots.get(*actor as usize) == Some(actor)
        });
        let traits: BTreeMap<u32, &str> = traits.map(|(actor, it)| (actor, *it)).collect();
        choices_agree(&log, &traits, &report, at("0:08"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn promises_agree(
        log in any_object_log(),
        counts in prop::sample::select(vec!["first", "last"]),
        range in prop::sample::select(vec![r#""all":true"#, r#""last":"2h""#]),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Asia/Shanghai", "America/New_York"]),
        every in prop::sample::select(vec!["hour", "day", "week", "month", "range"]),
        breakdown in prop::sample::select(vec!["", r#","breakdown":"properties.paid""#, r#","breakdown":"properties.order""#]),
        filter in prop::sample::select(vec!["", r#"{"where":{"field":"properties.paid","test":{"is":[true]}}}"#]),
        people in any_people(),
        minute in 0..200_i64,
    ) {
        let vocabulary = kinds(counts);
        let now = Timestamp(at("0:00").0 + minute * 60_000);
        let report = read(&format!(
            r#"{{"kind":"promises","range":{{{range},"zone":"{zone}"}},"object":"order","every":"{every}"{breakdown}{}{people}}}"#,
            filtered(filter)
        ));
        let Numbers::Promises(answer) = numbers_by(&log, &vocabulary, &report, now) else {
            panic!("promises")
        };
        let sql = statement(&report, &vocabulary, &names(), now).expect("SQL can say it");
        let mut found = Engine::over(&log).rows(&sql);
        found.iter_mut().for_each(|row| drop(row.pop()));
        prop_assert_eq!(sorted(found), sorted(of_promises(&report, &answer)), "{}", sql);
    }
}

#[test]
fn moments_are_read_as_reports_read_them_or_counted_as_unread() {
    let read = [
        "2026-03-02T12:00:00Z",
        "2026-03-02T12:00:00.250z",
        "2026-03-02 12:00+05:30",
        "2026-03-02t23:59:59.999-08:00",
        "2026-03-02",
        "2024-02-29",
        "1999-12-31",
        "2026-03-29",
        "2026-10-24",
        "2026-12-31 23:59",
        "2026-03-02T08:15:30",
        " 2026-03-02T12:00:00Z ",
        "",
        "  ",
    ];
    let unread = [
        "soon",
        "20260302T120000Z",
        "2026-03-02T12:00:00.1234Z",
        "2026-03-02T12Z",
        "2026-02-30",
        "2026-13-01",
        "2026-03-02T24:00:00Z",
        "2026-03-02T12:00:00[Europe/Berlin]",
        "+002026-03-02",
        "二〇二六年三月二日",
        "it's",
    ];
    let rows = |values: &[String], zone: &Zone| -> Vec<Vec<Cell>> {
        let values: Vec<String> = (values.iter().enumerate())
            .map(|(key, it)| format!("({key}, 1, {it})"))
            .collect();
        let sql = format!(
            "WITH said(key, place, number, text) AS (VALUES {}),\n{}\nSELECT moment, is_unread FROM moments ORDER BY key",
            values.join(", "),
            moments::tables(zone)
        );
        Engine::over(&Log::default()).rows(&sql)
    };
    for zone in [
        "UTC",
        "Europe/Berlin",
        "Asia/Shanghai",
        "America/New_York",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
    ] {
        let zone = Zone::parse(zone).expect(zone);
        let moment =
            |value: &Value| Promise::moment(value, &zone).map_or(Cell::Null, |it| cell(it.0));
        let texts = |list: &[&str]| -> Vec<String> {
            list.iter()
                .map(|it| format!("NULL, {}", crate::sql::quoted(it)))
                .collect()
        };
        let wanted = read.map(|it| vec![moment(&Value::Text(it.to_owned())), cell(0)]);
        assert_eq!(rows(&texts(&read), &zone), wanted, "{}", zone.name());
        let wanted = unread.map(|_| vec![Cell::Null, cell(1)]);
        assert_eq!(rows(&texts(&unread), &zone), wanted, "{}", zone.name());
        let numbers = [
            1_772_409_900.0,
            1_772_411_400_000.5,
            1e8,
            1e11,
            99_999_999.0,
            1e14,
            -5.0,
        ];
        let told = numbers.map(|it: f64| format!("{it:?}, NULL"));
        let wanted = numbers.map(|it| vec![moment(&Value::Number(it)), cell(0)]);
        assert_eq!(rows(&told, &zone), wanted, "{}", zone.name());
    }
    // On the day on which clocks change, a time without an offset is left to the report.
    let berlin = Zone::parse("Europe/Berlin").expect("a zone");
    let told = ["NULL, '2026-03-29 08:00'".to_owned()];
    assert_eq!(rows(&told, &berlin), [[Cell::Null, cell(1)]]);
}

#[test]
fn promises_say_how_many_texts_are_unread() {
    let log = Log::read(
        r#"
        ana 09:00 place web {"order":1,"by":"2026-03-02T12:00:00Z"}
        ben 09:10 arrive web {"order":"1"}
        ben 09:30 place web {"order":2,"by":"in the week of the 2nd"}
        cem 09:40 place web {"order":"it's","by":true}
        "#,
    );
    let report =
        read(r#"{"kind":"promises","range":{"all":true},"object":"order","every":"range"}"#);
    let sql = statement(&report, &kinds("first"), &names(), at("1d00:00")).expect("SQL can say it");
    let found = Engine::over(&log).rows(&sql);
    let last: Vec<&Cell> = found.iter().filter_map(|row| row.last()).collect();
    assert_eq!(last, [&cell(1)]);
    assert_eq!(found[0][3], cell(3));
    agree_by_rows(&log, &report, found);
}

/// The rows of promises but for what is unread.
fn agree_by_rows(log: &Log, report: &Report, mut found: Vec<Vec<Cell>>) {
    found.iter_mut().for_each(|row| drop(row.pop()));
    let Numbers::Promises(answer) = numbers_by(log, &kinds("first"), report, at("1d00:00")) else {
        panic!("promises")
    };
    assert_eq!(sorted(found), sorted(of_promises(report, &answer)));
}

#[test]
fn switches_without_anywhere_to_go_on_to_and_promises_of_nothing_have_no_statement() {
    let why = |report: &str| {
        let report = read(report);
        statement(&report, &kinds("first"), &names(), at("1d00:00")).err()
    };
    let switches = r#"{"kind":"switches","range":{"all":true}}"#;
    assert_eq!(why(switches), Some(Unsaid::Stages));
    assert!(told(&read(switches), at("1d00:00")).is_some());
    let promises = |more: &str| format!(r#"{{"kind":"promises","range":{{"all":true}},{more}}}"#);
    assert_eq!(
        why(&promises(r#""object":"nothing""#)),
        Some(Unsaid::Faulty)
    );
    assert_eq!(
        why(&promises(r#""object":"order","every":"minute""#)),
        Some(Unsaid::Periods)
    );
}

#[test]
fn who_acts_in_several_channels_at_once_stays_where_they_were() {
    let log = Log::read(
        "
        ana 0:01 view app
        ana 0:02 view web
        ana 0:02 view app
        ana 0:03 view web
        ana 0:03 view email
        ana 0:04 view email
        ana 0:04 view web
        ana 0:05 buy store
        ben 0:01 view sms
        ben 0:01 view push
        ",
    );
    let report = read(r#"{"kind":"switches","range":{"all":true},"within":"1m","gap_max":"1m"}"#);
    agree_by(
        &Engine::over(&log),
        &log,
        &vocabulary(),
        &report,
        at("0:08"),
    );
    let rows = Engine::over(&log).rows(&statement_of(&report, at("0:08")));
    let from_app = |row: &&Vec<Cell>| row[0] == text("any") && row[2] == text("app");
    let app: Vec<&Vec<Cell>> = rows.iter().filter(from_app).collect();
    // She stays in the app, and leaves it for the web, which comes first of the two that she acts in.
    assert_eq!(app.len(), 2);
    assert_eq!((&app[0][3], &app[1][3]), (&Cell::Null, &text("web")));
}
