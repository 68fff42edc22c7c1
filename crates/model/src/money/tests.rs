use super::*;

fn rules(rates: &str) -> MoneyRules {
    MoneyRules {
        currency: "eur".to_owned(),
        zone: Zone::parse("Europe/Berlin"),
        rates: rates.to_owned(),
        ..MoneyRules::default()
    }
}

fn money(rates: &str) -> Money {
    let read = rules(rates).read().expect("sound");
    read.expect("a currency is named")
}

fn faults(rules: &MoneyRules) -> Vec<(String, String)> {
    let faults = rules.read().expect_err("faulty").into_iter();
    faults.map(|it| (it.place, it.message)).collect()
}

#[test]
fn without_a_currency_amounts_are_read_as_they_were_sent() {
    assert_eq!(MoneyRules::default().read(), Ok(None));
    let back: MoneyRules = serde_json::from_str("{}").expect("all has a default");
    assert_eq!(back, MoneyRules::default());
    let written = serde_json::to_string(&rules("USD,2026-01-01,2")).expect("text keys");
    let read: MoneyRules = serde_json::from_str(&written).expect("read");
    assert_eq!(read, rules("USD,2026-01-01,2"));
}

#[test]
fn a_rate_holds_from_its_day_in_the_zone_until_the_next() {
    let money = money("currency,from,rate\r\nusd,2026-03-29,0.5\n\n\"USD\";2026-01-01;2\n");
    assert_eq!(money.rates_count(), 2);
    let rate = |time: &str| {
        let time = Timestamp::parse(time).expect(time);
        money.paid_in_code(" Usd ").rate(time).map(|it| it.of(10.0))
    };
    for (time, amount) in [
        // Midnight in Berlin is 23:00 in winter.
        ("2025-12-31T22:59:59.999Z", None),
        ("2025-12-31T23:00:00Z", Some(20.0)),
        ("2026-03-28T22:59:59.999Z", Some(20.0)),
        ("2026-03-28T23:00:00Z", Some(5.0)),
        ("2199-01-01T00:00:00Z", Some(5.0)),
    ] {
        assert_eq!(rate(time), amount, "{time}");
    }
}

#[test]
fn amounts_are_turned_over_to_the_nearest_millionth() {
    for (rate, amount, expected) in [
        ("1.1", 19.9, 21.89),
        ("0.000059", 1_000_000.0, 59.0),
        ("0.333333333333", 3.0, 1.0),
        ("1.5", -0.000_001, -0.000_002),
        ("1", 0.123_456_789, 0.123_456_789),
        ("2", 3e12, 6e12),
        ("10000000", 1e12, 1e19),
    ] {
        let rate = Rate::parse(rate).expect(rate);
        assert_eq!(rate.of(amount), expected, "{amount} at {rate:?}");
    }
    assert_eq!(Rate::parse("0.5").expect("sound").of_micros(3), 2);
    for wrong in [
        "",
        "0",
        "0.0",
        "-1",
        "+1",
        "1e3",
        "1,5",
        ".5",
        "1.",
        "NaN",
        "inf",
        "٣",
        "0x1",
        "10000001",
        "99999999999999999999",
        "0.0000000000001",
        "1 000",
    ] {
        assert!(Rate::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_no_currency_is_known_to_be_none() {
    let money = money("USD,2026-01-01,2");
    let text = |text: &str| Value::Text(text.to_owned());
    for own in [None, Some(text("EUR")), Some(text(" eur")), Some(text(" "))] {
        assert_eq!(money.paid_in(own.as_ref()), PaidIn::Own, "{own:?}");
    }
    for unknown in [
        text("BTC"),
        text("€"),
        text("US$"),
        text("GBP"),
        text("USD USD"),
        text("ＵＳＤ"),
        text("'; DROP TABLE rates; --"),
        text("<img src=x onerror=alert(1)>"),
        text("\u{202e}DSU"),
        Value::Number(978.0),
        Value::Flag(true),
    ] {
        assert_eq!(
            money.paid_in(Some(&unknown)),
            PaidIn::Unknown,
            "{unknown:?}"
        );
    }
    assert!(matches!(
        money.paid_in(Some(&text("uSd"))),
        PaidIn::Other(_)
    ));
}

#[test]
fn what_was_sent_as_a_currency_is_told_without_harm() {
    for (sent, shown) in [
        (Value::Text(" usd ".to_owned()), "USD"),
        (Value::Text("US$".to_owned()), "US$"),
        (Value::Text("人民币".to_owned()), "人民币"),
        (
            Value::Text("\u{202e}DSU\u{1b}[2J".to_owned()),
            "\\u{202e}DSU\\u{1b}[2J",
        ),
        (Value::Number(978.0), "978"),
        (Value::Flag(true), "true"),
    ] {
        assert_eq!(super::told(&sent), shown, "{sent:?}");
    }
    let long = Value::Text("x".repeat(5_000));
    assert_eq!(
        super::told(&long).chars().count(),
        limits::MONEY_TOLD_CHARS_MAX + 1
    );
}

#[test]
fn every_fault_is_told_by_its_line() {
    let mut wrong = rules(
        "currency,from,rate\nUSD,2026-01-01,2\nUSD,2026-01-01,3\nEUR,2026-01-01,1\nXXX,2026-01-01,1\n\
         GBP,01/02/2026,1\nGBP,2026-02-30,1\nGBP,2026-01-01,1,5\nGBP;2026-01-01;1,5\nGBP 2026-01-01 1\n\u{1b}[2J,2026-01-01,1",
    );
    wrong.currency_property = Field::Channel;
    wrong.properties = [
        "properties.a",
        "properties.a",
        "properties.a.b",
        "properties.$sent.a",
        "stage",
    ]
    .map(|it| Field::parse(it).expect(it))
    .to_vec();
    let all = faults(&wrong);
    let places: Vec<&str> = all.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(
        places,
        [
            "currency_property",
            "properties[1]",
            "properties[2]",
            "properties[3]",
            "properties[4]",
            "rates line 3",
            "rates line 4",
            "rates line 5",
            "rates line 6",
            "rates line 7",
            "rates line 8",
            "rates line 9",
            "rates line 10",
            "rates line 11",
        ]
    );
    assert!(all[5].1.contains("which line 2 says"), "{}", all[5].1);
    assert!(!all[13].1.contains('\u{1b}'), "{}", all[13].1);
    let mut missing = rules("USD,2026-01-01,2");
    missing.currency = " ".to_owned();
    assert_eq!(faults(&missing)[0].0, "currency");
    missing.currency = "euro".to_owned();
    assert_eq!(faults(&missing)[0].0, "currency");
}

#[test]
fn there_are_limits_and_faults_beyond_them_are_counted() {
    let many = "x\n".repeat(limits::MONEY_FAULTS_MAX + 7);
    let faults = faults(&rules(&many));
    assert_eq!(faults.len(), limits::MONEY_FAULTS_MAX + 1);
    assert_eq!(faults.last().expect("one").1, "have 7 faults more");
    let long = "x".repeat(limits::MONEY_RATES_BYTES_MAX + 1);
    assert_eq!(self::faults(&rules(&long)).len(), 1);
    let mut wide = rules("");
    wide.properties = (0..=limits::MONEY_PROPERTIES_MAX)
        .map(|it| Field::Property(vec![format!("p{it}")]))
        .collect();
    assert_eq!(self::faults(&wide)[0].0, "properties");
    let day =
        |it: usize| Date::constant(2000, 1, 1).saturating_add(jiff::Span::new().days(it as i64));
    let lines: Vec<String> = (0..=limits::MONEY_RATES_MAX)
        .map(|it| format!("{},{},1.5", ["USD", "GBP", "CNY"][it % 3], day(it / 3)))
        .collect();
    assert_eq!(self::faults(&rules(&lines.join("\n")))[0].0, "rates");
    assert!(rules(&lines[1..].join("\n")).read().is_ok());
}

#[test]
fn costs_are_turned_over_by_their_day() {
    let money = money("USD,2026-02-01,0.5");
    let day = |text: &str| text.parse::<Date>().expect(text);
    let usd = Currency::parse("USD").expect("known");
    assert_eq!(money.cost(money.currency(), day("2026-01-01"), 7), Some(7));
    assert_eq!(money.cost(usd, day("2026-01-31"), 7), None);
    assert_eq!(money.cost(usd, day("2026-02-01"), 7), Some(4));
}
