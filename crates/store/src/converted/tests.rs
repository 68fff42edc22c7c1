use arrow::array::AsArray;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use throughline_model::{
    ActorId, Channel, EventKind, EventName, MessageKey, Seq, SourceId, Zone,
    money::{MoneyRules, Rate},
    naming::{NameRules, Naming},
};

use crate::EventNames;

use super::*;

/// Days around the nights in which the clocks of Berlin lose an hour and win one.
const RATES: [(&str, &str, &str); 6] = [
    ("USD", "2026-03-28", "0.9"),
    ("USD", "2026-03-29", "0.8"),
    ("USD", "2026-03-30", "0.92"),
    ("JPY", "2026-03-29", "0.006"),
    ("USD", "2026-10-25", "0.7"),
    ("USD", "2026-10-26", "1.1"),
];

const ZONE: &str = "Europe/Berlin";

/// As they are sent, and the code that is meant; none where nobody can know.
const CURRENCIES: [(&str, Option<&str>); 12] = [
    ("", Some("EUR")),
    (r#""currency":"EUR","#, Some("EUR")),
    (r#""currency":" eur ","#, Some("EUR")),
    (r#""currency":"","#, Some("EUR")),
    (r#""currency":null,"#, Some("EUR")),
    (r#""currency":"USD","#, Some("USD")),
    (r#""currency":"usd","#, Some("USD")),
    (r#""currency":"JPY","#, Some("JPY")),
    (r#""currency":"GBP","#, Some("GBP")),
    (r#""currency":"\u202eDSU' OR 1=1","#, None),
    (r#""currency":978,"#, None),
    (r#""currency":true,"#, None),
];

const AMOUNTS: [&str; 8] = [
    r#""value":19.9"#,
    r#""value":-3,"price":0.1"#,
    r#""value":"12""#,
    r#""shop":{"total":7.25}"#,
    r#""value":0"#,
    r#""value":1e13"#,
    r#""$sent":{"value":5,"x":"mine"},"value":2"#,
    r#""color":"red","$sent":"mine""#,
];

const FIELDS: [&str; 9] = [
    "value",
    "price",
    "shop.total",
    "color",
    "currency",
    "$sent.value",
    "$sent.price",
    "$sent.shop.total",
    "$sent.currency",
];

fn money() -> Arc<Money> {
    let lines = RATES.map(|(currency, from, rate)| format!("{currency},{from},{rate}"));
    let field = |name: &str| Field::parse(&format!("properties.{name}")).expect(name);
    let rules = MoneyRules {
        currency: "EUR".to_owned(),
        properties: vec![field("value"), field("price"), field("shop.total")],
        zone: Zone::parse(ZONE),
        rates: lines.join("\n"),
        ..MoneyRules::default()
    };
    let money = rules.read().expect("sound");
    Arc::new(money.expect("a currency is named"))
}

fn event(actor: u32, seq: u64, time: i64, properties: &str) -> StoredEvent {
    StoredEvent {
        actor: ActorId(actor),
        seq: Seq(seq),
        time: Timestamp(time),
        received: Timestamp(time),
        kind: EventKind::Track,
        event: 0,
        channel: Channel::Web.code(),
        source: SourceId(1),
        message: MessageKey(u128::from(seq)),
        properties: JsonObject::parse(properties).expect(properties),
        context: JsonObject::empty(),
    }
}

fn snapshot(events: &[StoredEvent], runs_count: usize) -> Snapshot {
    let names = EventNames::of(&[EventName::parse("bought").expect("a name")]);
    Snapshot::of_events(events, vec![0, 1, 1, 3], names, 4, runs_count)
}

/// What an amount is worth: the calendar is asked for the day, and the rates are looked through.
fn naive(meant: Option<&str>, time: i64, amount: f64) -> Option<f64> {
    if meant == Some("EUR") {
        return Some(amount);
    }
    let zone = Zone::parse(ZONE).expect("known");
    let day = Timestamp(time).in_zone(&zone).date().to_string();
    let its = RATES
        .iter()
        .filter(|it| Some(it.0) == meant && it.1 <= day.as_str());
    let rate = its.max_by_key(|it| it.1)?;
    Some(Rate::parse(rate.2).expect("sound").of(amount))
}

/// The event as it is to be read, and whether an amount of it is left out.
fn twin(event: &StoredEvent, meant: Option<&str>) -> (Map<String, Json>, bool) {
    let mut map = event.properties.to_map();
    if meant == Some("EUR") {
        return (map, false);
    }
    let (mut sent, mut is_out) = (Map::new(), false);
    let mut turn = |map: &mut Map<String, Json>, name: &str, sent: &mut Map<String, Json>| {
        let Some(amount) = map.get(name).and_then(Json::as_f64) else {
            return;
        };
        let was = map.remove(name).expect("it is there");
        sent.insert(name.to_owned(), was);
        match naive(meant, event.time.0, amount) {
            Some(worth) => {
                map.insert(name.to_owned(), number(worth));
            }
            None => is_out = true,
        }
    };
    turn(&mut map, "value", &mut sent);
    turn(&mut map, "price", &mut sent);
    if let Some(shop) = map.get_mut("shop").and_then(Json::as_object_mut) {
        let mut its = Map::new();
        turn(shop, "total", &mut its);
        if !its.is_empty() {
            sent.insert("shop".to_owned(), Json::Object(its));
        }
    }
    if !sent.is_empty() {
        let currency = map.get("currency").cloned().unwrap_or_default();
        sent.insert("currency".to_owned(), currency);
        map.insert(SENT.to_owned(), Json::Object(sent));
    }
    (map, is_out)
}

fn any_events() -> impl Strategy<Value = Vec<(StoredEvent, Option<&'static str>)>> {
    // Minutes around midnight in Berlin, on the days at which rates change.
    let nights = prop::sample::select(vec![
        "2026-03-27T23:00:00Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T22:00:00Z",
        "2026-10-24T22:00:00Z",
        "2026-10-25T23:00:00Z",
    ]);
    let row = (
        0..4_u32,
        nights,
        -1..3_i64,
        -90..90_i64,
        0..CURRENCIES.len(),
        0..AMOUNTS.len(),
    );
    prop::collection::vec(row, 0..40).prop_map(|rows| {
        let rows = (0_u64..).zip(rows);
        rows.map(|(seq, (actor, night, hours, minutes, currency, amount))| {
            let night = Timestamp::parse(night).expect(night).0;
            let time = night + hours * 3_600_000 + minutes * 60_000;
            let (sent, meant) = CURRENCIES[currency];
            let properties = format!("{{{sent}{}}}", AMOUNTS[amount]);
            (event(actor, seq, time, &properties), meant)
        })
        .collect()
    })
}

proptest! {
    /// Columns, whole events and the naive twin say the same of every row.
    #[test]
    fn amounts_are_those_of_the_day_on_which_the_event_happened(
        sent in any_events(), runs_count in 1..4_usize,
    ) {
        let events: Vec<StoredEvent> = sent.iter().map(|it| it.0.clone()).collect();
        let read = snapshot(&events, runs_count).converted(&money());
        let amounts: Vec<Vec<String>> = money().paths().cloned().collect();
        let mut seen = 0;
        for run in &read.runs {
            let rows: Vec<u32> = (0..u32::try_from(run.len()).expect("few")).collect();
            let whole = run.events(&rows).expect("read");
            let unrated = run.unrated(&amounts).expect("read");
            for (row, event) in whole.iter().enumerate() {
                let (before, meant) = sent.iter().find(|it| it.0.seq == event.seq).expect("sent");
                let (expected, is_out) = twin(before, *meant);
                prop_assert_eq!(event.properties.to_map(), expected);
                let told = unrated.as_ref().and_then(|it| it.get(row));
                let currency = Field::parse("properties.currency").expect("a field");
                let named = value_of(before, &currency).filter(|_| is_out);
                prop_assert_eq!(told, named, "{:?}", before.properties);
                for path in FIELDS {
                    let field = Field::parse(&format!("properties.{path}")).expect(path);
                    let column = run.values(&field).expect("read").get(row);
                    prop_assert_eq!(column, value_of(event, &field), "{} {:?}", path, before.properties);
                }
                seen += 1;
            }
        }
        prop_assert_eq!(seen, sent.len());
    }
}

#[test]
fn amounts_that_are_read_under_another_name_are_money_too() {
    let rules: NameRules = serde_json::from_str(
        r#"{"rules":[{"kind":"property","from":"properties.cents","to":"properties.price"},
            {"kind":"type","events":[],"property":"properties.price","to":"number"},
            {"kind":"property","from":"properties.money","to":"properties.currency"}]}"#,
    )
    .expect("readable");
    assert_eq!(rules.check(), []);
    let time = Timestamp::parse("2026-04-01T00:00:00Z").expect("a time").0;
    let events = [event(1, 0, time, r#"{"cents":"10","money":"usd"}"#)];
    let read = snapshot(&events, 1)
        .named(&Naming::of(&rules))
        .converted(&money());
    let field = Field::parse("properties.price").expect("a field");
    let values = read.runs[0].values(&field).expect("read");
    assert_eq!(values.get(0), Some(Value::Number(9.2)));
    let whole = read.runs[0].events(&[0]).expect("read").remove(0);
    assert_eq!(
        Json::Object(whole.properties.to_map()),
        serde_json::json!({"price": 9.2, "currency": "usd", "$sent": {"price": 10.0, "currency": "usd"}})
    );
}

#[test]
fn runs_are_made_once_for_each_version_of_the_rates() {
    let sent = Arc::new(snapshot(&[event(1, 0, 0, r#"{"value":1}"#)], 1));
    let (runs, money) = (ConvertedRuns::default(), money());
    assert!(Arc::ptr_eq(&runs.apply(&sent, None), &sent));
    let first = runs.apply(&sent, Some(&money));
    assert!(Arc::ptr_eq(&first, &runs.apply(&sent, Some(&money))));
    assert_ne!(first.runs[0].id, sent.runs[0].id);
    let again = Arc::new(Snapshot::clone(&sent));
    assert_eq!(
        runs.apply(&again, Some(&money)).runs[0].id,
        first.runs[0].id
    );
    let renewed = Arc::new(Money::clone(&money));
    assert_ne!(
        runs.apply(&sent, Some(&renewed)).runs[0].id,
        first.runs[0].id
    );
}

#[test]
fn a_file_for_sql_tells_what_is_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let time = Timestamp::parse("2026-04-01T00:00:00Z").expect("a time").0;
    let events = [
        event(1, 0, time, r#"{"value":10,"currency":"USD"}"#),
        event(1, 1, time, r#"{"value":10,"currency":"GBP"}"#),
        event(1, 2, time, r#"{"value":10}"#),
    ];
    let read = snapshot(&events, 1).converted(&money());
    assert_eq!(read.bases().collect::<Vec<_>>(), [0]);
    let path = read.parquet_file(0, dir.path()).expect("written");
    let file = std::fs::File::open(path).expect("there");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    let mut told = Vec::new();
    for batch in reader.build().expect("readable") {
        let batch = batch.expect("rows");
        let column = batch.column_by_name("properties").expect("a column");
        let texts = column.as_string::<i32>().iter();
        told.extend(texts.map(|it| JsonObject::parse(it.expect("an object")).expect("JSON")));
    }
    let told: Vec<Json> = told.iter().map(|it| Json::Object(it.to_map())).collect();
    assert_eq!(
        told,
        [
            serde_json::json!({"value": 9.2, "currency": "USD", "$sent": {"value": 10, "currency": "USD"}}),
            serde_json::json!({"currency": "GBP", "$sent": {"value": 10, "currency": "GBP"}}),
            serde_json::json!({"value": 10}),
        ]
    );
}
