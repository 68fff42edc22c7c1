//! A report over amounts in several currencies is the report over amounts that were paid in one.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;
use serde_json::{Value, json};
use throughline_model::{
    Channel, TimeRange, Timestamp, Vocabulary, Zone,
    money::{Money, MoneyRules, Rate},
    report::Report,
};
use throughline_store::Snapshot;

use crate::{
    Cancel, View, ask,
    fixture::{LAYOUTS, Log},
    unrated,
};

const ZONE: &str = "America/New_York";

/// Around the day on which the clocks of New York lose an hour, the 8th of March.
const RATES: [(&str, &str, &str); 5] = [
    ("EUR", "2026-03-07", "1.08"),
    ("EUR", "2026-03-08", "1.2"),
    ("EUR", "2026-03-09", "0.95"),
    ("CNY", "2026-03-08", "0.137931034482"),
    ("JPY", "2026-03-01", "0.0064"),
];

const CURRENCIES: [Option<&str>; 8] = [
    None,
    Some("USD"),
    Some("usd "),
    Some("EUR"),
    Some("eur"),
    Some("CNY"),
    Some("JPY"),
    Some("₿; DROP TABLE events"),
];

const REGIONS: [&str; 4] = ["north", "south", "東部", "</script>"];

const AMOUNTS: [f64; 6] = [0.1, 19.9, 1_234.56, -7.25, 99.999_999, 3.0];

const RANGE: &str =
    r#"{"between":{"from":"2026-03-06","to":"2026-03-11"},"zone":"America/New_York"}"#;

fn money() -> Arc<Money> {
    let lines = RATES.map(|(currency, from, rate)| format!("{currency},{from},{rate}"));
    let rules = MoneyRules {
        currency: "USD".to_owned(),
        zone: Zone::parse(ZONE),
        rates: lines.join("\n"),
        ..MoneyRules::default()
    };
    Arc::new(rules.read().expect("sound").expect("a currency"))
}

/// An amount in dollars: the calendar is asked for the day, and the rates are looked through.
fn in_dollars(currency: Option<&str>, time: i64, amount: f64) -> Option<f64> {
    let code = currency.unwrap_or("USD").trim().to_uppercase();
    if code == "USD" {
        return Some(amount);
    }
    let zone = Zone::parse(ZONE).expect("known");
    let day = Timestamp(time).in_zone(&zone).date().to_string();
    let its = RATES
        .iter()
        .filter(|it| it.0 == code && it.1 <= day.as_str());
    let rate = its.max_by_key(|it| it.1)?;
    Some(Rate::parse(rate.2).expect("sound").of(amount))
}

fn report(json: &str) -> Report {
    let json = json.replace("RANGE", RANGE);
    serde_json::from_str(&json).expect(&json)
}

fn asked(snapshot: &Snapshot, report: &Report) -> (Value, Option<u64>) {
    let now = Timestamp::parse("2026-03-12T00:00:00Z").expect("a time");
    let vocabulary = Vocabulary::default();
    let answer = ask(snapshot, &vocabulary, report, now, &Cancel::default()).expect("answered");
    let numbers = serde_json::to_value(&answer.numbers).expect("text keys");
    (json!([answer.n, answer.left_out, numbers]), answer.unrated)
}

const SUM: &str = r#"{"kind":"trends","range":RANGE,"period":"day",
    "series":[{"name":"revenue","matcher":{"events":["bought"]},"measure":{"sum":"properties.revenue"}}]"#;

const REPORTS: [&str; 7] = [
    r#"{"kind":"counts","range":RANGE,"every":"range","breakdown":"properties.revenue"}"#,
    r#"{"kind":"counts","range":RANGE,"every":"range",
        "filter":{"where":{"field":"properties.revenue","test":{"at_least":20}}}}"#,
    r#"{"kind":"funnel","range":RANGE,"window":{"whole":"7d"},"breakdown":{"field":"properties.region"},
        "steps":[{"name":"a","matcher":{"events":["viewed"]}},{"name":"b","matcher":{"events":["bought"],
        "rule":{"where":{"field":"properties.revenue","test":{"at_least":1}}}}}]}"#,
    r#"{"kind":"rfm","range":RANGE,"purchase":{"events":["bought"]},"value":"properties.revenue"}"#,
    r#"{"kind":"attribution","range":RANGE,"conversion":{"events":["bought"]},"value":"properties.revenue",
        "by":"properties.region","models":["last","linear"]}"#,
    r#"{"kind":"counts","range":RANGE,"every":"range",
        "people":{"did":{"matcher":{"events":["bought"],
        "rule":{"where":{"field":"properties.revenue","test":{"at_most":10}}}}}}}"#,
    r#"{"kind":"trends","range":RANGE,"period":"day","series":[{"name":"q","matcher":{},
        "measure":{"quantile":{"field":"properties.revenue","permille":900}}}]}"#,
];

#[derive(Debug)]
struct Sold {
    /// With amounts as they were paid.
    paid: Log,
    /// With amounts in dollars, and without those whose worth nobody knows.
    dollars: Log,
    unrated: u64,
    /// Millionths of what was bought.
    bought: i128,
}

fn any_sales() -> impl Strategy<Value = Sold> {
    let row = (
        0..5_u32,
        any::<bool>(),
        -3_000..4_000_i64,
        0..CURRENCIES.len(),
        0..AMOUNTS.len(),
        0..REGIONS.len(),
    );
    prop::collection::vec(row, 0..60).prop_map(|rows| {
        let noon = Timestamp::parse("2026-03-08T12:00:00Z").expect("a time").0;
        let (mut paid, mut dollars) = (Log::default(), Log::default());
        let (mut unrated, mut bought) = (0, 0);
        for (actor, is_view, minutes, currency, amount, region) in rows {
            let time = noon + minutes * 60_000;
            let name = if is_view { "viewed" } else { "bought" };
            let (currency, amount) = (CURRENCIES[currency], AMOUNTS[amount]);
            let mut sent = json!({"region": REGIONS[region], "revenue": amount});
            if let Some(currency) = currency {
                sent["currency"] = json!(currency);
            }
            let mut worth = json!({"region": REGIONS[region]});
            match in_dollars(currency, time, amount) {
                Some(amount) => {
                    worth["revenue"] = json!(amount);
                    bought += i128::from(!is_view) * (amount * 1e6).round() as i128;
                }
                None => unrated += 1,
            }
            let time = Timestamp(time);
            paid.push(actor, time, name, Channel::Web, &sent.to_string());
            dollars.push(actor, time, name, Channel::Web, &worth.to_string());
        }
        let roots = vec![0, 1, 1, 3, 4];
        (paid.roots, dollars.roots) = (roots.clone(), roots);
        Sold {
            paid,
            dollars,
            unrated,
            bought,
        }
    })
}

/// The sum of a series for each label, over all points, in millionths.
fn sums(numbers: &Value) -> BTreeMap<String, i128> {
    let mut sums: BTreeMap<String, i128> = BTreeMap::new();
    let lines = numbers[2]["lines"].as_array().expect("lines").iter();
    for line in lines {
        let points = line["points"].as_array().expect("points").iter();
        let micros = points.filter_map(|it| it["value"].as_f64());
        let micros = micros.map(|it| (it * 1e6).round() as i128).sum::<i128>();
        *sums.entry(line["label"].to_string()).or_default() += micros;
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_report_is_that_over_amounts_that_were_paid_in_one_currency(sold in any_sales()) {
        for layout in LAYOUTS {
            let read = sold.paid.laid_out(layout).converted(&money());
            let meant = sold.dollars.laid_out(layout);
            for json in REPORTS {
                let report = report(json);
                prop_assert_eq!(asked(&read, &report).0, asked(&meant, &report).0, "{}", json);
            }
            let (whole, parts) = (
                report(&format!("{SUM}}}")),
                report(&format!(r#"{SUM},"breakdown":"properties.region"}}"#)),
            );
            let (total, left_out) = asked(&read, &whole);
            prop_assert_eq!(&total, &asked(&meant, &whole).0);
            let by_region = asked(&read, &parts).0;
            prop_assert_eq!(&by_region, &asked(&meant, &parts).0);
            let total: i128 = sums(&total).values().sum();
            let of_parts: i128 = sums(&by_region).values().sum();
            prop_assert_eq!((total, of_parts), (sold.bought, sold.bought));
            prop_assert_eq!(left_out.unwrap_or(0), sold.unrated);
            let vocabulary = Vocabulary::default();
            let cancel = Cancel::default();
            let view = View::new(&read, &vocabulary, &cancel);
            let told = unrated(&view, TimeRange::ALL).expect("counted");
            prop_assert_eq!(told.events, sold.unrated);
            let listed: u64 = told.currencies.iter().map(|it| it.events).sum();
            prop_assert_eq!(listed, sold.unrated);
        }
    }
}
