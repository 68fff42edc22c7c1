use super::*;

#[test]
fn amounts_are_read_to_the_last_digit() {
    for (text, micros) in [
        ("0", 0),
        ("12", 12_000_000),
        ("0.1", 100_000),
        ("0.30000000", 300_000),
        ("1,234,567.89", 1_234_567_890_000),
        (" 7.000001 ", 7_000_001),
        ("1000000000", 1_000_000_000_000_000),
    ] {
        assert_eq!(parse_amount(text), Ok(micros), "{text}");
    }
    assert_eq!(written_amount(1_234_567_890_000), "1234567.89");
    assert_eq!(written_amount(7_000_001), "7.000001");
    assert_eq!(written_amount(0), "0");
}

#[test]
fn what_is_no_amount_is_refused() {
    for text in [
        "",
        "NaN",
        "inf",
        "-1",
        "+1",
        "1e6",
        "12.",
        ".5",
        "1.234,50",
        "12,34",
        "€5",
        "5 EUR",
        "0x10",
        "1.0000001",
        "1000000001",
        "99999999999999999999",
        "１２",
    ] {
        assert!(parse_amount(text).is_err(), "{text}");
    }
}

#[test]
fn currencies_are_those_in_use() {
    for code in ["EUR", "cny", "TWD"] {
        assert!(Currency::parse(code).is_some(), "{code}");
    }
    for code in ["", "EU", "XXX", "EURO", "€", "DEM", "E R", "EUR USD"] {
        assert!(Currency::parse(code).is_none(), "{code}");
    }
}

fn row(amount: &str) -> CostRow {
    CostRow {
        day: "2026-03-01".to_owned(),
        campaign: " spring ".to_owned(),
        amount: amount.to_owned(),
        currency: "eur".to_owned(),
        impressions: "1,000".to_owned(),
        ..CostRow::default()
    }
}

#[test]
fn a_record_says_as_little_as_a_day_and_an_amount() {
    let (cost, currency) = row("1.5").read().unwrap();
    assert_eq!(currency.unwrap().code(), "EUR");
    assert_eq!(cost.place.channel, Channel::Ads);
    assert_eq!(cost.place.campaign, "spring");
    assert_eq!(cost.paid.micros, 1_500_000);
    assert_eq!(cost.paid.impressions, 1_000);
}

#[test]
fn the_field_that_is_wrong_is_named() {
    type Spoil = fn(&mut CostRow);
    let wrong: [(&str, Spoil); 7] = [
        ("day", |it| it.day = "03/01/2026".to_owned()),
        ("day", |it| it.day = "2026-02-30".to_owned()),
        ("channel", |it| it.channel = "radio".to_owned()),
        ("currency", |it| it.currency = "EURO".to_owned()),
        ("campaign", |it| it.campaign = "a\u{0}b".to_owned()),
        ("content", |it| it.content = "x".repeat(501)),
        ("clicks", |it| it.clicks = "-3".to_owned()),
    ];
    for (field, spoil) in wrong {
        let mut row = row("1");
        spoil(&mut row);
        assert_eq!(row.read().unwrap_err().field, field);
    }
}

#[test]
fn parts_of_one_amount_are_added_exactly() {
    let currency = |code: &str| Currency::parse(code).unwrap();
    let ten = (0..10).map(|_| (currency("EUR"), row("0.1").read().unwrap().0));
    let other = (currency("USD"), row("0.1").read().unwrap().0);
    let sum = joined(ten.chain([other]));
    assert_eq!(sum.len(), 2, "what is in another currency is no part of it");
    assert_eq!(sum[0].1.paid.micros, 1_000_000);
    assert_eq!(sum[0].1.paid.impressions, 10_000);
}

#[test]
fn fields_of_campaigns_are_known_by_their_usual_names() {
    let of = |path: &str| CostField::of(&Field::parse(path).unwrap());
    assert_eq!(of("channel"), Some(CostField::Channel));
    assert_eq!(of("properties.campaign"), Some(CostField::Campaign));
    assert_eq!(of("context.campaign.name"), Some(CostField::Campaign));
    assert_eq!(of("properties.utm_source"), Some(CostField::Source));
    assert_eq!(of("stage"), None);
    assert_eq!(of("properties.color"), None);
}
