//! Statements against reports on random logs full of ties, repetitions and merges.

use proptest::prelude::*;

use super::{agree, engine::Engine, read, told};
use crate::fixture::{any_log, any_spread_log, at};

const STEPS: &str = r#""steps":[
    {"name":"See","matcher":{"events":["view"]}},
    {"name":"Take","matcher":{"events":["cart","mail"]}},
    {"name":"Pay","matcher":{"events":["buy"]}}]"#;

/// Ranges within the minutes of such logs, across their end, and all of time.
pub(super) fn any_range() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        r#""range":{"all":true}"#.to_owned(),
        r#""range":{"last":"5m"}"#.to_owned(),
        r#""range":{"between":{"from":"2026-03-02","to":"2026-03-02"}}"#.to_owned(),
    ])
}

pub(super) fn any_filter() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        r#"{"where":{"field":"properties.p","test":{"is":["a",0,true]}}}"#,
        r#"{"where":{"field":"properties.p","test":{"exists":{}}}}"#,
        r#"{"where":{"field":"properties.p","test":{"missing":{}}}}"#,
        r#"{"not":{"where":{"field":"properties.p","test":{"less":1}}}}"#,
        r#"{"where":{"field":"properties.p","test":{"lacks":"b"}}}"#,
        r#"{"where":{"field":"properties.p","test":{"starts_with":"A"}}}"#,
        r#"{"any":[{"where":{"field":"properties.q","test":{"is":[true]}}},{"where":{"field":"channel","test":{"is_not":["app"]}}}]}"#,
        r#"{"all":[{"where":{"field":"touchpoint","test":{"is":["till"]}}},{"where":{"field":"source","test":{"exists":{}}}}]}"#,
    ])
}

/// Questions about everybody, and about some people only.
pub(super) fn any_people() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "",
        r#","people":{"did":{"matcher":{"events":["cart"]}}}"#,
        r#","people":{"did":{"matcher":{},"times":{"at_most":3}}}"#,
        r#","people":{"not":{"did":{"matcher":{"events":["buy"]},"within":{"last":"4m"}}}}"#,
        r#","people":{"any":[{"all":[]},{"any":[]}]}"#,
        r#","people":{"segment":{"id":"both"}}"#,
        r#","people":{"any":[{"not":{"segment":{"id":"buyers"}}},{"did":{"matcher":{"events":["cart"]}}}]}"#,
        r#","people":{"all":[{"did":{"matcher":{"events":["view"]},"times":{"exactly":2}}},{"not":{"any":[]}}]}"#,
    ])
}

/// Fields of every type, those of mixed types and missing values among them.
pub(super) fn any_breakdown() -> impl Strategy<Value = String> {
    let fields = [
        "channel",
        "event",
        "touchpoint",
        "source",
        "properties.p",
        "properties.q",
        "traits.plan",
        "traits.unheard",
    ];
    let breakdowns = fields.map(|it| format!(r#","breakdown":"{it}""#));
    prop::sample::select(
        ["".to_owned()]
            .into_iter()
            .chain(breakdowns)
            .collect::<Vec<_>>(),
    )
}

pub(super) fn filtered(rule: &str) -> String {
    match rule {
        "" => String::new(),
        rule => format!(r#","filter":{rule}"#),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn funnels_agree(
        log in any_log(),
        range in any_range(),
        window in prop::sample::select(vec![r#"{"whole":"3m"}"#, r#"{"each":"2m"}"#, r#""unlimited""#]),
        entry in prop::sample::select(vec!["best", "first"]),
        ties in prop::sample::select(vec!["any_order", "later"]),
        reuse in any::<bool>(),
        people in any_people(),
    ) {
        let report = read(&format!(
            r#"{{"kind":"funnel",{range},{STEPS},"window":{window},"entry":"{entry}","ties":"{ties}","reuse":{reuse}{people}}}"#
        ));
        let now = at("0:08");
        prop_assume!(told(&report, now).is_some());
        agree(&Engine::over(&log), &log, &report, now);
    }

    #[test]
    fn funnels_with_exclusions_and_breakdowns_agree(
        log in any_log(),
        range in any_range(),
        window in prop::sample::select(vec![r#"{"whole":"3m"}"#, r#""unlimited""#]),
        entry in prop::sample::select(vec!["best", "first"]),
        ties in prop::sample::select(vec!["any_order", "later"]),
        breakdown in prop::sample::select(vec![
            "",
            r#","breakdown":{"field":"channel"}"#,
            r#","breakdown":{"field":"properties.p"}"#,
            r#","breakdown":{"field":"traits.plan"}"#,
            r#","breakdown":{"field":"traits.plan","attribution":{"step":1}}"#,
            r#","breakdown":{"field":"properties.p","attribution":"last"}"#,
            r#","breakdown":{"field":"touchpoint","attribution":{"step":1}}"#,
        ]),
        exclusions in prop::sample::select(vec![
            "",
            r#"{"matcher":{"channels":["app"]},"after":0,"before":1}"#,
            r#"{"matcher":{"events":["cart"]},"after":0,"before":2,"effect":"stop_there"}"#,
            r#"{"matcher":{"channels":["web"]},"after":1,"before":2,"effect":"drop_unit"}"#,
            r#"{"matcher":{"channels":["app"]},"after":1,"before":2},{"matcher":{"events":["mail"]},"after":0,"before":2,"effect":"stop_there"}"#,
        ]),
        filter in any_filter(),
        people in any_people(),
    ) {
        let filter = match filter {
            "" => String::new(),
            rule => format!(r#","filter":{{"rule":{rule}}}"#),
        };
        let report = read(&format!(
            r#"{{"kind":"funnel",{range},{STEPS},"window":{window},"entry":"{entry}","ties":"{ties}","reuse":{},
                "exclusions":[{exclusions}]{breakdown}{filter}{people}}}"#,
            ties == "later",
        ));
        agree(&Engine::over(&log), &log, &report, at("0:08"));
    }

    #[test]
    fn waits_and_work_agree(
        log in any_log(),
        range in any_range(),
        asked in prop::collection::vec(prop::sample::select(vec![
            "", r#","asked":{"events":["cart"]}"#, r#","asked":{}"#, r#","asked":{"events":["view","mail"],"channels":["web"]}"#,
        ]), 3),
        filter in any_filter(),
        people in any_people(),
    ) {
        let (filter, [first, second, third]) = (filtered(filter), [0, 1, 2].map(|it| asked[it]));
        let report = read(&format!(
            r#"{{"kind":"work_time",{range}{filter}{people},"steps":[
                {{"name":"It's one","start":{{"events":["view"]}},"end":{{"events":["buy"]}}{first}}},
                {{"name":"b","start":{{"events":["cart","mail"]}},"end":{{"events":["view","cart"]}}{second}}},
                {{"name":"c","start":{{"channels":["app"]}},"end":{{}}{third}}}]}}"#
        ));
        agree(&Engine::over(&log), &log, &report, at("0:08"));
    }

    #[test]
    fn heatmaps_of_fields_agree(
        log in any_log(),
        range in any_range(),
        axes in prop::sample::select(vec![("channel", "properties.p"), ("properties.q", "event"), ("touchpoint", "channel"), ("traits.plan", "event"), ("channel", "traits.plan")]),
        events in prop::sample::select(vec!["", r#","events":{"events":["view","cart"]}"#, r#","events":{"channels":["web","app"]}"#]),
        goal in prop::sample::select(vec!["", r#","goal":{"events":["buy"]},"within":"2m""#]),
        filter in any_filter(),
        people in any_people(),
    ) {
        let (rows, columns) = axes;
        let filter = filtered(filter);
        let report = read(&format!(
            r#"{{"kind":"heatmap",{range},"rows":{{"field":"{rows}"}},"columns":{{"field":"{columns}"}}{events}{goal}{filter}{people}}}"#
        ));
        agree(&Engine::over(&log), &log, &report, at("0:08"));
    }

    #[test]
    fn arms_of_a_field_agree(
        log in any_log(),
        range in any_range(),
        field in prop::sample::select(vec!["properties.p", "channel", "event"]),
        within in 1..5_u8,
        value in prop::sample::select(vec!["", r#","value":"properties.p""#]),
        filter in any_filter(),
        people in any_people(),
    ) {
        let filter = filtered(filter);
        let report = read(&format!(
            r#"{{"kind":"lift",{range},"assigned":{{"events":["view","mail"]}},"goal":{{"events":["buy","cart"]}},"within":"{within}m",
                "arms":{{"field":{{"field":"{field}","control":"a"}}}}{value}{filter}{people}}}"#
        ));
        agree(&Engine::over(&log), &log, &report, at("0:08"));
    }

    #[test]
    fn attributions_agree(
        log in any_log(),
        range in any_range(),
        by in prop::sample::select(vec!["channel", "event", "touchpoint", "properties.p"]),
        touch in prop::sample::select(vec!["", r#","touch":{"events":["view","mail"]}"#, r#","touch":{"channels":["web","other"]}"#]),
        look_back in prop::sample::select(vec![r#"{"within":"3m"}"#, r#"{"within":"0m"}"#, r#""unlimited""#]),
        reuse in any::<bool>(),
        collapse in any::<bool>(),
        value in prop::sample::select(vec!["", r#","value":"properties.p""#]),
        filter in any_filter(),
        people in any_people(),
    ) {
        let filter = filtered(filter);
        let report = read(&format!(
            r#"{{"kind":"attribution",{range},"conversion":{{"events":["buy"]}},"by":"{by}","look_back":{look_back},
                "reuse":{reuse},"collapse":{collapse},"models":["first","linear","participation","last"]{touch}{value}{filter}{people}}}"#
        ));
        agree(&Engine::over(&log), &log, &report, at("0:08"));
    }

    #[test]
    fn boards_of_channels_agree(
        log in any_log(),
        range in any_range(),
        contacts in prop::sample::select(vec!["", r#","contacts":{"events":["mail","view"]}"#, r#","contacts":{"channels":["email"]}"#]),
        spans in prop::sample::select(vec![("1m", "3m"), ("4m", "2m")]),
        filter in any_filter(),
        people in any_people(),
        minute in 4..9_i64,
    ) {
        let (filter, (answer, later)) = (filtered(filter), spans);
        let report = read(&format!(
            r#"{{"kind":"channels",{range},"every":"range","goal":{{"events":["buy"]}},"answer_within":"{answer}","within":"{later}"
                {contacts}{filter}{people}}}"#
        ));
        agree(&Engine::over(&log), &log, &report, at(&format!("0:{minute}")));
    }

    #[test]
    fn stays_in_stages_agree(
        log in any_log(),
        range in any_range(),
        silence in prop::sample::select(vec!["", r#","silence_max":"1m""#, r#","silence_max":"3m""#]),
        filter in any_filter(),
        people in any_people(),
        minute in 4..9_i64,
    ) {
        let filter = filtered(filter);
        let report = read(&format!(
            r#"{{"kind":"stage_time",{range},"stages":[
                {{"name":"See","matcher":{{"events":["view"]}}}},
                {{"name":"Take","matcher":{{"events":["cart","$identify"]}}}},
                {{"name":"Pay","matcher":{{"events":["buy"],"channels":["web","app"]}}}}]{silence}{filter}{people}}}"#
        ));
        agree(&Engine::over(&log), &log, &report, at(&format!("0:{minute}")));
    }

    #[test]
    fn transitions_agree(
        log in any_log(),
        range in any_range(),
        by in prop::sample::select(vec![r#""event""#, r#""channel""#, r#""touchpoint""#]),
        pause in prop::sample::select(vec!["", r#","pause_max":"2m""#]),
        filter in any_filter(),
        people in any_people(),
    ) {
        let filter = filtered(filter);
        let report = read(&format!(r#"{{"kind":"transitions",{range},"by":{by}{pause}{filter}{people}}}"#));
        agree(&Engine::over(&log), &log, &report, at("0:08"));
    }

    #[test]
    fn paths_agree(
        log in any_log(),
        range in any_range(),
        by in prop::sample::select(vec![
            r#""event""#, r#""channel""#, r#""touchpoint""#,
            r#"{"steps":[{"name":"A","matcher":{"events":["cart"]}},{"name":"B","matcher":{"events":["buy","view"]}}]}"#,
        ]),
        pause in prop::sample::select(vec!["", r#","pause_max":"2m""#]),
        collapse in any::<bool>(),
        length in 2..5_usize,
        people in any_people(),
    ) {
        let report = read(&format!(
            r#"{{"kind":"paths",{range},"by":{by}{pause},"collapse":{collapse},"length_max":{length},"top":500{people}}}"#
        ));
        agree(&Engine::over(&log), &log, &report, at("0:08"));
    }

    #[test]
    fn retentions_agree(
        log in any_spread_log(),
        period in prop::sample::select(vec!["day", "week", "month"]),
        week_start in prop::sample::select(vec!["monday", "sunday"]),
        clock in prop::sample::select(vec!["calendar", "rolling"]),
        cohorts in prop::sample::select(vec!["first_ever", "each_period"]),
        mode in prop::sample::select(vec![r#""on""#, r#""on_or_after""#, r#"{"brackets":[{"from":0,"to":1},{"from":2,"to":4}]}"#]),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Asia/Shanghai"]),
        returns in prop::sample::select(vec![r#"["buy","view"]"#, r#"["view"]"#, r#"["mail"]"#]),
        days in 20..60_i64,
        people in any_people(),
    ) {
        let report = read(&format!(
            r#"{{"kind":"retention","range":{{"between":{{"from":"2026-03-20","to":"2026-05-20"}},"zone":"{zone}"}},
                "period":"{period}","week_start":"{week_start}","clock":"{clock}","cohorts":"{cohorts}","mode":{mode},
                "periods_count":5,"start":{{"events":["view","cart"]}},"returns":{{"events":{returns}}}{people}}}"#
        ));
        let now = at(&format!("{days}d03:00"));
        prop_assume!(told(&report, now).is_some());
        agree(&Engine::over(&log), &log, &report, now);
    }

    #[test]
    fn stickiness_and_lifecycle_agree(
        log in any_spread_log(),
        (period, unit) in prop::sample::select(vec![("month", "day"), ("month", "week"), ("week", "day"), ("day", "hour")]),
        week_start in prop::sample::select(vec!["monday", "sunday"]),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Asia/Shanghai"]),
        range in prop::sample::select(vec![
            r#""between":{"from":"2026-03-20","to":"2026-04-20"}"#, r#""last":"20d""#, r#""all":true"#,
        ]),
        active in prop::sample::select(vec!["{}", r#"{"events":["view","cart"]}"#]),
        filter in any_filter(),
        people in any_people(),
        days in 26..60_i64,
    ) {
        let now = at(&format!("{days}d03:00"));
        let filter = filtered(filter);
        let engine = Engine::over(&log);
        for (kind, unit) in [("stickiness", format!(r#","unit":"{unit}""#)), ("lifecycle", String::new())] {
            let report = read(&format!(
                r#"{{"kind":"{kind}","range":{{{range},"zone":"{zone}"}},"period":"{period}"{unit},
                    "week_start":"{week_start}","active":{active}{filter}{people}}}"#
            ));
            // Lifecycle cannot be said of all time, as its periods are listed.
            if told(&report, now).is_some() {
                agree(&engine, &log, &report, now);
            }
        }
    }

    #[test]
    fn recency_frequency_and_money_agree(
        log in any_log(),
        range in any_range(),
        purchase in prop::sample::select(vec!["{}", r#"{"events":["buy","cart"]}"#]),
        value in prop::sample::select(vec!["", r#","value":"properties.p""#, r#","value":"source""#]),
        filter in any_filter(),
        people in any_people(),
    ) {
        let filter = filtered(filter);
        let report = read(&format!(r#"{{"kind":"rfm",{range},"purchase":{purchase}{value}{filter}{people}}}"#));
        agree(&Engine::over(&log), &log, &report, at("0:06"));
    }

    #[test]
    fn counts_and_conditions_agree(log in any_log(), range in any_range(), filter in any_filter()) {
        let filter = filtered(filter);
        let report = read(&format!(
            r#"{{"kind":"counts",{range},"every":"range"{filter},"series":[
                {{"name":"All","matcher":{{}}}},
                {{"name":"Web","matcher":{{"channels":["web"]}}}},
                {{"name":"Till","matcher":{{"touchpoints":["till"]}}}}]}}"#
        ));
        let engine = Engine::over(&log);
        // A series without events is no row in SQL.
        let sql = super::statement_of(&report, at("0:08"));
        let mut wanted = super::expected(&report, &super::numbers(&log, &report, at("0:08")));
        wanted.retain(|row| row[1] != super::cell(0));
        let mut found = engine.rows(&sql);
        wanted.sort();
        found.sort();
        prop_assert_eq!(found, wanted, "{}", sql);
    }

    #[test]
    fn counts_by_the_value_of_a_field_agree(
        log in any_spread_log(),
        every in prop::sample::select(vec!["hour", "day", "week", "month", "range"]),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin"]),
        breakdown in any_breakdown(),
        filter in any_filter(),
        people in any_people(),
    ) {
        let report = read(&format!(
            r#"{{"kind":"counts","range":{{"between":{{"from":"2026-03-20","to":"2026-05-20"}},"zone":"{zone}"}},"every":"{every}","series":[
                {{"name":"a","matcher":{{}}}},{{"name":"b","matcher":{{"events":["view","cart"]}}}}]{breakdown}{}{people}}}"#,
            filtered(filter),
        ));
        let now = at("60d03:00");
        prop_assume!(told(&report, now).is_some());
        agree(&Engine::over(&log), &log, &report, now);
    }

    #[test]
    fn trends_agree(
        log in any_spread_log(),
        period in prop::sample::select(vec!["hour", "day", "week", "month"]),
        week_start in prop::sample::select(vec!["monday", "sunday"]),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Asia/Shanghai"]),
        measures in prop::sample::subsequence(vec![
            r#""events""#, r#""profiles""#, r#""events_per_profile""#, r#"{"sum":"properties.p"}"#,
            r#"{"mean":"properties.p"}"#, r#"{"median":"properties.p"}"#, r#"{"min":"properties.p"}"#,
            r#"{"quantile":{"field":"properties.p","permille":900}}"#, r#"{"max":"properties.p"}"#,
            r#"{"distinct":"properties.p"}"#, r#"{"distinct":"event"}"#,
        ], 2..4),
        formula in prop::sample::select(vec!["A / B", "(A - B) * 100 / (A + B)", "-B + 2.5"]),
        breakdown in any_breakdown(),
        filter in any_filter(),
        people in any_people(),
        days in 26..60_i64,
    ) {
        let matchers = ["{}", r#"{"events":["view","cart"]}"#, r#"{"channels":["web"]}"#, r#"{"touchpoints":["till"]}"#];
        let series: Vec<String> = (measures.iter().enumerate())
            .map(|(index, it)| format!(r#"{{"name":"s{index}","matcher":{},"measure":{it}}}"#, matchers[index % 4]))
            .collect();
        let report = read(&format!(
            r#"{{"kind":"trends","range":{{"between":{{"from":"2026-03-20","to":"2026-05-20"}},"zone":"{zone}"}},
                "period":"{period}","week_start":"{week_start}","series":[{}],
                "formulas":[{{"name":"f","expression":"{formula}"}}]{breakdown}{}{people}}}"#,
            series.join(","), filtered(filter),
        ));
        let now = at(&format!("{days}d03:00"));
        prop_assume!(told(&report, now).is_some());
        agree(&Engine::over(&log), &log, &report, now);
    }
}
