//! Statements of reports that judge what they count give the counts, on the companion: over names that would break a
//! statement, ties, merged people, and values of every type.

use serde_json::{Value, json};

use crate::{
    client::Browser,
    events::{runtime, send_batch, shop_with, wait_until_shown},
    sql::{ask, companion},
    sql_reports::rounded,
};

const NAMES: [&str; 6] = [
    "it's \"seen\"",
    "cart",
    "buy",
    "email_sent",
    "100%_of \\it",
    "迟到",
];

/// A small stream of numbers that is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = (self.0)
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }

    fn of(&mut self, values: &[Value]) -> Value {
        values[self.below(values.len())].clone()
    }
}

/// Events of a few days, many of them in one minute, of people half of whom are merged out of two identities.
fn events() -> Vec<Value> {
    let mut dice = Dice(7);
    let values = [
        json!("it's"),
        json!("1"),
        json!(1),
        json!(1.5),
        json!(-0.0),
        json!(true),
        json!(false),
        json!(null),
        json!("a > b -- ;"),
        json!([1]),
        json!("  "),
    ];
    let moments = [
        json!("2024-03-02T12:00:00Z"),
        json!("2024-03-03"),
        json!("2024-03-02 18:30"),
        json!(1_709_460_000),
        json!(1_709_400_000_000_u64),
        json!("2024-03-02T09:00:00.500+05:30"),
        json!(true),
        json!(null),
    ];
    let (pixels, windows) = (
        [json!(-1), json!(12.9), json!(640), json!("9")],
        [json!(390), json!(800), json!(1280), json!(null)],
    );
    let people = (0..12).map(|person| {
        json!({"type": "identify", "userId": format!("u{person}"), "anonymousId": format!("b{person}"),
            "traits": {"it's": values[person % values.len()].clone()}})
    });
    let mut list: Vec<Value> = people.collect();
    for index in 0..400 {
        let person = dice.below(12);
        let (day, hour, minute) = (2 + dice.below(4), 8 + dice.below(3), dice.below(4));
        let (name, properties) = match dice.below(4) {
            0 => (
                ["element_clicked", "page_left"][dice.below(2)],
                json!({"path": "/it's", "viewport_width": dice.of(&windows), "page_width": 1280, "x": dice.of(&pixels),
                    "y": dice.of(&pixels), "within": {"3": 200 + 500 * dice.below(3)}, "reaction": dice.of(&values),
                    "reaction_ms": dice.below(5000), "element": {"selector": dice.of(&values)}, "view": format!("v{}", dice.below(9)), "reached": dice.of(&pixels)}),
            ),
            _ => {
                let at = ["app", "shop", "web"][dice.below(3)];
                let number = dice.below(9);
                let no = match dice.below(2) {
                    0 => json!(number),
                    _ => json!(number.to_string()),
                };
                let (p, w, by) = (dice.of(&values), dice.of(&values), dice.of(&moments));
                (
                    NAMES[dice.below(NAMES.len())],
                    json!({"p": p, "w": w, "at": at, "no": no, "by": by}),
                )
            }
        };
        let mut event = json!({"type": "track", "event": name, "properties": properties,
            "timestamp": format!("2024-03-{day:02}T{hour:02}:{minute:02}:00Z")});
        match dice.below(2) {
            0 => event["userId"] = json!(format!("u{person}")),
            _ => event["anonymousId"] = json!(format!("b{person}")),
        }
        event["messageId"] = json!(format!("m{index}"));
        list.push(event);
    }
    list
}

/// Ids and names with quotes.
fn vocabulary() -> Value {
    let channel = |name: &str, at: &str| json!({"channel": name, "matcher": {"rule": {"where": {"field": "properties.at", "test": {"is": [at]}}}}});
    json!({
        "channels": [channel("app", "app"), channel("store", "shop")],
        "touchpoints": [{"id": "till", "name": "It's the till", "matcher": {"events": ["buy"]}}],
        "stages": [
            {"id": "look", "name": "It's", "entry": {"events": [NAMES[0]]}},
            {"id": "take", "name": "Take", "entry": {"events": ["cart"]}},
            {"id": "own", "name": "Own", "entry": {"events": ["buy"]}}]
    })
}

/// Objects with a promise.
fn kinds() -> Value {
    json!({
        "kinds": [{"id": "order", "name": "It's", "keys": ["properties.no"], "states": [
            {"id": "placed", "name": "Placed", "entry": {"events": ["cart"]}},
            {"id": "there", "name": "There", "entry": {"events": ["buy"]}, "ends": true},
            {"id": "off", "name": "Off", "entry": {"events": [NAMES[4]]}, "ends": true}],
            "promise": {"told": ["properties.by"], "kept_by": "there", "tolerance": "1h"}}]
    })
}

fn list(of: &Value, name: &str) -> Vec<Value> {
    of[name].as_array().unwrap_or(&Vec::new()).clone()
}

/// A value as statements show it.
fn shown(label: &Value) -> Value {
    match &label["value"] {
        // As 0 and -0 are one value, statements show the one without a sign.
        Value::Number(number) => json!(format!("{:?}", number.as_f64().unwrap() + 0.0)),
        Value::Bool(flag) => json!(flag.to_string()),
        other => other.clone(),
    }
}

fn passes(of: &Value) -> [Value; 2] {
    [of["times"].clone(), of["profiles"].clone()]
}

/// The rows that the statement of a report should give, without periods: both begin them where they like.
fn told(report: &Value, numbers: &Value) -> Vec<Vec<Value>> {
    let row = |cells: &[Value]| cells.to_vec();
    let null = || Value::Null;
    match report["kind"].as_str().unwrap() {
        "trends" => (list(numbers, "lines").iter())
            .flat_map(|line| {
                let points = list(line, "points");
                let points = points.into_iter().filter(|it| it["events"] != 0);
                let name = line["name"].clone();
                points.map(move |it| {
                    row(&[
                        name.clone(),
                        it["events"].clone(),
                        it["profiles"].clone(),
                        it["value"].clone(),
                    ])
                })
            })
            .collect(),
        "switches" => {
            let at = |it: &Value| match &it["at"] {
                Value::String(scope) => [json!(scope), null()],
                stage => [json!("stage"), stage["stage"].clone()],
            };
            let outcome =
                |it: &Value| ["mature", "went_on", "immature"].map(|name| it[name].clone());
            let leaves = list(numbers, "leaves");
            let stayed = leaves
                .iter()
                .filter(|it| it["stayed"]["times"] != 0)
                .map(|it| {
                    let ends = [it["from"].clone(), null()];
                    [
                        &at(it)[..],
                        &ends,
                        &passes(&it["stayed"]),
                        &[json!(0), null(), null()],
                        &outcome(&it["stayers"]),
                    ]
                    .concat()
                });
            let switches = list(numbers, "switches");
            let switched = switches.iter().map(|it| {
                let ends = [it["from"].clone(), it["to"].clone()];
                let facts = [
                    it["merged"]["times"].clone(),
                    it["median_ms"].clone(),
                    it["p90_ms"].clone(),
                ];
                [
                    &at(it)[..],
                    &ends,
                    &passes(&it["switches"]),
                    &facts,
                    &outcome(&it["outcome"]),
                ]
                .concat()
            });
            stayed.chain(switched).collect()
        }
        "last_touch" => {
            let all = ["seen", "left", "back", "unknown"]
                .map(|name| passes(&numbers[name]))
                .concat();
            let touches = list(numbers, "touches");
            let touches = touches.iter().map(|it| {
                let facts = [passes(&it["seen"]), passes(&it["left"])].concat();
                [
                    vec![json!("value"), shown(&it["label"])],
                    facts,
                    vec![null(); 4],
                ]
                .concat()
            });
            std::iter::once([vec![json!("all"), null()], all].concat())
                .chain(touches)
                .collect()
        }
        "promises" => {
            let counts = |it: &Value| {
                let parts = [
                    "all", "promised", "early", "on_time", "late", "overdue", "pending",
                    "released", "untold", "due", "due_late",
                ];
                let parts =
                    parts.map(|name| [it[name]["objects"].clone(), it[name]["profiles"].clone()]);
                [
                    parts.concat(),
                    vec![it["mean_gap_ms"].clone(), json!("read")],
                ]
                .concat()
            };
            let lines = list(numbers, "lines");
            let lines = lines.iter().map(|it| {
                [
                    vec![json!("value"), shown(&it["label"])],
                    counts(&it["counts"]),
                ]
                .concat()
            });
            let points = list(numbers, "points");
            let points = points
                .iter()
                .filter(|it| it["counts"]["all"]["objects"] != 0);
            let points =
                points.map(|it| [vec![json!("period"), null()], counts(&it["counts"])].concat());
            let all = [vec![json!("all"), null()], counts(&numbers["total"])].concat();
            std::iter::once(all).chain(lines).chain(points).collect()
        }
        "choice" => {
            let ways = list(numbers, "ways");
            let ways = ways.iter().map(|it| {
                let is_it = it["label"] == numbers["explained"];
                let chosen = if is_it {
                    it["profiles"].clone()
                } else {
                    json!(0)
                };
                row(&[
                    json!("way"),
                    json!("channel"),
                    shown(&it["label"]),
                    it["profiles"].clone(),
                    chosen,
                ])
            });
            let values = [
                list(&numbers["model"], "factors"),
                list(numbers, "apart"),
                list(numbers, "references"),
            ]
            .concat();
            let values = values
                .iter()
                .filter(|it| it["with"]["whole"] != 0)
                .map(|it| {
                    let (source, name) = it["from"].as_object().unwrap().iter().next().unwrap();
                    let with = ["whole", "part"].map(|name| it["with"][name].clone());
                    [
                        vec![json!(source), name.clone(), shown(&it["label"])],
                        with.to_vec(),
                    ]
                    .concat()
                });
            ways.chain(values).collect()
        }
        "topics" => {
            let trend = list(numbers, "trend");
            let trend = trend.into_iter().filter(|it| *it != 0);
            let trend = trend.map(|texts| row(&[json!("period"), texts, null()]));
            let texts = passes(&numbers["texts"]);
            let share = |part: &str, name: &str| {
                row(&[json!(part), null(), numbers["gave_up"][name].clone()])
            };
            let rows = [
                [vec![json!("all")], texts.to_vec()].concat(),
                share("on_the_way", "whole"),
                share("gave_up", "part"),
            ];
            rows.into_iter().chain(trend).collect()
        }
        "reasons" => (list(numbers, "reasons").iter())
            .map(|it| {
                let facts = [
                    it["gave_up"]["part"].clone(),
                    it["alone"].clone(),
                    it["converted"]["part"].clone(),
                ];
                [vec![json!("reason"), it["name"].clone()], facts.to_vec()].concat()
            })
            .collect(),
        "drivers" => (list(numbers, "drivers").iter())
            .map(|it| {
                let (source, name) = it["from"].as_object().unwrap().iter().next().unwrap();
                let did = ["whole", "part"].map(|name| it["did"][name].clone());
                [
                    vec![json!(source), name.clone(), shown(&it["label"])],
                    did.to_vec(),
                ]
                .concat()
            })
            .collect(),
        "page_map" => (list(numbers, "widths").iter())
            .flat_map(|width| {
                let class = width["class"].clone();
                let clicks = |it: &Value| {
                    ["clicks", "rage", "dead"]
                        .map(|name| passes(&it[name]))
                        .concat()
                };
                let views = passes(&width["views"]).to_vec();
                let own = [
                    vec![json!("width"), class.clone(), null(), null(), null()],
                    views,
                    clicks(&width["clicks"]),
                ]
                .concat();
                let cells = list(width, "cells").into_iter().map(|it| {
                    let place = vec![
                        json!("cell"),
                        class.clone(),
                        it["row"].clone(),
                        it["column"].clone(),
                        null(),
                    ];
                    [place, vec![null(); 2], clicks(&it)].concat()
                });
                let is_any =
                    width["clicks"]["clicks"]["times"] != 0 || width["views"]["times"] != 0;
                let rows: Vec<Vec<Value>> =
                    is_any.then_some(own).into_iter().chain(cells).collect();
                rows
            })
            .collect(),
        kind => panic!("{kind}"),
    }
}

/// The rows of a statement that [`told`] has, in the same form.
fn found(report: &Value, rows: &[Value]) -> Vec<Vec<Value>> {
    let rows = rows.iter().map(|it| it.as_array().unwrap().clone());
    let without = |row: Vec<Value>, at: usize| -> Vec<Value> {
        let cells = row
            .into_iter()
            .enumerate()
            .filter(|(index, _)| *index != at);
        cells.map(|(_, cell)| cell).collect()
    };
    match report["kind"].as_str().unwrap() {
        "trends" | "topics" => rows.map(|row| without(row, 1)).collect(),
        "promises" => rows
            .map(|row| {
                let mut row = without(row, 2);
                // Every text of the log is of a form that SQL reads.
                assert_eq!(row.pop(), Some(json!(0)));
                row.push(json!("read"));
                row
            })
            .collect(),
        "choice" => rows.map(|row| without(row, 5)).collect(),
        "reasons" => rows.filter(|row| row[0] == "reason").collect(),
        "drivers" => rows
            .filter(|row| row[0] != "all" && row[0] != "immature")
            .collect(),
        // Elements whose selectors are no texts have no name in the report.
        "page_map" => rows
            .filter(|row| row[0] != "all" && row[0] != "element")
            .collect(),
        _ => rows.collect(),
    }
}

fn reports() -> Vec<Value> {
    let steps = json!([{"name": "It's", "matcher": {"events": [NAMES[0]]}}, {"name": "Pay", "matcher": {"events": ["buy"]}}]);
    let all = json!({"all": true});
    vec![
        json!({"kind": "trends", "range": all, "period": "day", "series": [{"name": "it's", "matcher": {},
            "measure": {"weighted_mean": {"field": "properties.p", "weight": "properties.w"}}}]}),
        json!({"kind": "promises", "range": all, "object": "order", "every": "day", "breakdown": "properties.p"}),
        json!({"kind": "switches", "range": all, "within": "1d", "gap_max": "1d"}),
        json!({"kind": "switches", "range": all, "within": "2d", "gap_max": "2h", "goal": {"events": [NAMES[5]]},
            "people": {"did": {"matcher": {"events": ["cart"]}}}}),
        json!({"kind": "last_touch", "range": all, "silence": "1d", "period": "day", "by": "properties.p"}),
        json!({"kind": "last_touch", "range": all, "silence": "20h", "period": "week", "by": "event", "contacts": {"events": ["cart"]}}),
        json!({"kind": "choice", "range": all, "goal": {"events": ["buy", NAMES[0]]}, "by": "channel", "traits": ["it's"],
            "fields": ["properties.p", "stage"], "before": [{"name": "it's", "matcher": {"events": [NAMES[4]]}}], "look_back": "1d"}),
        json!({"kind": "topics", "range": all, "fields": ["properties.p", "properties.w"], "every": "day",
            "way": {"steps": steps, "within": "1d"}}),
        json!({"kind": "reasons", "range": all, "steps": steps, "within": "1d", "reasons": [
            {"name": "it's", "sign": {"met": {"matcher": {"events": [NAMES[5]]}}}},
            {"name": "many", "sign": {"met": {"matcher": {}, "times": 2, "different": "properties.p"}}},
            {"name": "quiet", "sign": {"silence": "1h"}}]}),
        json!({"kind": "drivers", "range": all, "steps": steps, "within": "1d", "fields": ["event", "properties.p"],
            "entry_fields": ["properties.p"], "traits": ["it's"]}),
        json!({"kind": "page_map", "range": all, "page": {"is": ["/it's"]}}),
    ]
}

#[tokio::test]
async fn the_companion_counts_what_reports_judge() {
    let Some(companion) = companion() else { return };
    let (server, mut owner) = shop_with("", move |config| {
        config.sql.companion = companion;
        // The companion is not optimized here, and other tests run beside.
        config.sql.wait_max = throughline_model::Span::seconds(300);
    })
    .await;
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "0".to_owned()));
    for (path, body) in [("vocabulary", vocabulary()), ("object-kinds", kinds())] {
        let path = format!("/api/w/shop/{path}");
        writer.send("PUT", &path, Some(body)).await.expect(200);
    }
    send_batch(&server, &json!({"batch": events()})).await;
    let shop = runtime(&server);
    let shown = tokio::task::spawn_blocking(move || wait_until_shown(&shop));
    shown.await.unwrap();
    for report in reports() {
        let (sql, rows, numbers) = both(&mut owner, &report).await;
        let mut wanted: Vec<Vec<Value>> = told(&report, &numbers);
        let mut found = found(&report, &rows);
        for row in wanted.iter_mut().chain(&mut found) {
            row.iter_mut().for_each(|it| *it = rounded(it.take()));
        }
        assert!(
            wanted.len() > 2,
            "{report} has too few rows to compare: {numbers}"
        );
        wanted.sort_by_key(|it| json!(it).to_string());
        found.sort_by_key(|it| json!(it).to_string());
        assert_eq!(found, wanted, "{report}\n{sql}");
    }
}

/// The statement of a report, its rows, and the numbers of the report.
async fn both(owner: &mut Browser, report: &Value) -> (String, Vec<Value>, Value) {
    let answer = owner
        .post("/api/w/shop/ask", report.clone())
        .await
        .expect(200);
    let body = json!({"report": report, "asked": answer["asked"]});
    let said = owner
        .post("/api/w/shop/sql/statement", body)
        .await
        .expect(200);
    let sql = said["sql"]
        .as_str()
        .unwrap_or_else(|| panic!("{report}: {said}"));
    let rows = ask(owner, sql).await["rows"].as_array().unwrap().clone();
    (sql.to_owned(), rows, answer["numbers"].clone())
}
