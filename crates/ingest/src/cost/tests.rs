use throughline_model::cost::written_amount;

use super::*;

fn amounts(file: &CostFile) -> Vec<String> {
    let costs = file.costs.iter();
    costs
        .map(|(cost, _)| written_amount(cost.paid.micros))
        .collect()
}

#[test]
fn an_export_of_an_ad_platform_needs_no_mapping() {
    let text = "\u{feff}Day,Campaign name,Amount spent (EUR),Currency,Impr.,Clicks (all),Cost per result\n\
        2026-03-01,Spring,\"1,234.50\",EUR,10000,7,3\n";
    let file = read(text, None).unwrap();
    assert_eq!(file.mapping.amount, "Amount spent (EUR)");
    assert_eq!(file.mapping.campaign.as_deref(), Some("Campaign name"));
    assert_eq!(amounts(&file), ["1234.5"]);
    assert_eq!(file.costs[0].0.paid.impressions, 10_000);
    let text = "segments.date\tcampaign.name\tmetrics.cost_micros\n2026-03-01\tSpring\t12340000\n";
    let file = read(text, None);
    assert_eq!(amounts(&file.unwrap()), ["12.34"]);
    let text = "日期;推广计划;花费\n20260301;春季;8.8\n";
    assert_eq!(amounts(&read(text, None).unwrap()), ["8.8"]);
}

#[test]
fn every_row_that_cannot_be_used_says_why() {
    let text = "day,cost,currency\n2026-03-01,1,EUR\n2026-03-02,NaN,EUR\n,2,EUR\n\n2026-03-03,-2,EUR\n\
        2026-03-03,2,XYZ\nTotal,5,EUR\n";
    let file = read(text, None).unwrap();
    assert_eq!((file.rows_count, file.faults_count), (6, 5));
    let told: Vec<(u64, &str)> = file
        .faults
        .iter()
        .map(|it| (it.row, it.field.as_str()))
        .collect();
    assert_eq!(told[0], (3, "amount"));
    assert_eq!(
        told.iter().map(|it| it.1).collect::<Vec<_>>(),
        ["amount", "day", "amount", "currency", "day"]
    );
}

#[test]
fn days_are_read_in_the_order_that_is_said() {
    for (text, order, day) in [
        ("2026/3/1", DayOrder::Year, "2026-03-01"),
        ("01.03.2026", DayOrder::Day, "2026-03-01"),
        ("3/1/2026", DayOrder::Month, "2026-03-01"),
        ("yesterday", DayOrder::Year, "yesterday"),
        ("日期日期", DayOrder::Year, "日期日期"),
    ] {
        assert_eq!(iso_day(text, order), day);
    }
}

#[test]
fn millionths_become_decimals_and_nothing_else_does() {
    for (text, amount) in [
        ("0", "0.000000"),
        ("5", "0.000005"),
        ("12500000", "12.500000"),
    ] {
        assert_eq!(of_micros(text), amount);
    }
    for text in ["", "1.5", "-3", "NaN"] {
        assert!(throughline_model::cost::parse_amount(&of_micros(text)).is_err());
    }
}

#[test]
fn what_is_no_table_of_costs_is_refused_as_a_whole() {
    for text in ["", "{\"day\":1}\n", "a,b\n1,2\n", "PK\u{3}\u{4}"] {
        assert!(read(text, None).is_err(), "{text:?}");
    }
    let mapping = CostMapping {
        day: "day".to_owned(),
        amount: "price".to_owned(),
        ..CostMapping::default()
    };
    let error = read("day,cost\n2026-03-01,1\n", Some(&mapping)).unwrap_err();
    assert!(error.contains("`price`"), "{error}");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,400}", rows in "(day|cost|[,;\n\"0-9.-]){0,80}") {
        let _ = read(&text, None);
        let _ = read(&format!("day,cost,campaign\n{rows}"), None);
    }
}
