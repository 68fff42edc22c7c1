use super::*;

fn kept(text: &str, parameters: &[&str]) -> String {
    let parameters: Vec<String> = parameters.iter().map(|it| (*it).to_owned()).collect();
    match Address::parse(text, &parameters) {
        Ok(it) => match it.unasked() {
            Some(why) => format!("{} ({why:?})", it.as_str()),
            None => it.as_str().to_owned(),
        },
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn addresses_are_kept_without_what_is_of_one_person() {
    for (text, expected) in [
        (
            "HTTPS://Shop.Example/Sale?utm_source=mail&id=7#top",
            "https://shop.example/Sale?id=7",
        ),
        ("https://shop.example", "https://shop.example/"),
        ("https://shop.example?id=7", "https://shop.example/?id=7"),
        (
            "https://shop.example/summer-sale-2026-part-2-of-30",
            "https://shop.example/summer-sale-2026-part-2-of-30",
        ),
        ("https://shop.example/p/1042", "https://shop.example/p/1042"),
        (
            "https://shop.example/größe",
            "https://shop.example/gr%C3%B6%C3%9Fe",
        ),
        (
            "https://shop.example/\"><script>alert(1)</script>",
            "https://shop.example/%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        ),
        (
            "https://shop.example/c/ana@example.com/x",
            "https://shop.example/c/*/x (Personal)",
        ),
        (
            "https://shop.example/c/ana%40example.com",
            "https://shop.example/c/* (Personal)",
        ),
        (
            "https://shop.example/c/***email***",
            "https://shop.example/c/* (Personal)",
        ),
        (
            "https://t.example/c/9f8e7d6c5b4a39281706",
            "https://t.example/c/* (Personal)",
        ),
        (
            "https://t.example/c/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
            "https://t.example/c/* (Personal)",
        ),
        (
            "https://t.example/ls/click?upn=u001.abc",
            "https://t.example/ls/click",
        ),
        (
            "https://shop.example/p?id=9f8e7d6c5b4a39281706",
            "https://shop.example/p",
        ),
        ("https://shop.example/p?id=a@b.c", "https://shop.example/p"),
    ] {
        assert_eq!(kept(text, &["id"]), expected, "{text}");
    }
    assert_eq!(
        kept("https://a.example/?token=1", &["token"]),
        "https://a.example/ (Acts)"
    );
}

#[test]
fn what_does_something_when_it_is_opened_is_never_asked_for() {
    for text in [
        "https://a.example/unsubscribe",
        "https://a.example/list/Unsubscribe/7",
        "https://unsubscribe.a.example/",
        "https://a.example/opt-out",
        "https://a.example/opt_out.php",
        "https://a.example/mail?action=unsubscribe",
        "https://a.example/mail?a=%75nsubscribe",
        "https://a.example/%E9%80%80%E8%AE%A2",
        "https://a.example/account/confirm",
        "https://a.example/reset-password",
        "https://a.example/order/7/cancel",
        "https://a.example/login",
        "https://a.example/x?token=abc",
    ] {
        let address = Address::parse(text, &[]).expect(text);
        assert_eq!(address.unasked(), Some(Unasked::Acts), "{text}");
    }
    for text in [
        "https://a.example/cancellation-policy",
        "https://a.example/voters",
        "https://subscribers.example/",
    ] {
        assert_eq!(
            Address::parse(text, &[]).expect(text).unasked(),
            None,
            "{text}"
        );
    }
}

#[test]
fn what_is_no_address_is_named() {
    for (text, expected) in [
        ("javascript:alert(1)", "begins with https:// or http://"),
        (
            "javascript://a.example/%0aalert(1)",
            "begins with https:// or http://",
        ),
        ("data:text/html,x", "begins with https:// or http://"),
        ("//a.example/", "begins with https:// or http://"),
        ("ftp://a.example/", "begins with https:// or http://"),
        (
            "https://good.example@evil.example/",
            "has a user name in it",
        ),
        ("https:///x", "has no host, or one that is no name"),
        ("https://:80/", "has no host, or one that is no name"),
        (
            "https://b\u{fc}cher.example/",
            "has no host, or one that is no name",
        ),
        (
            "https://good.example\\@evil.example/",
            "holds characters that no address has",
        ),
        (
            "https://a.example/\r\nset-cookie: x",
            "holds characters that no address has",
        ),
        (
            "https://a.example/a b",
            "holds characters that no address has",
        ),
        (
            "https://a.example/\0",
            "holds characters that no address has",
        ),
    ] {
        assert_eq!(kept(text, &[]), expected, "{text:?}");
    }
    let long = format!("https://a.example/{}", "x".repeat(limits::LINK_CHARS_MAX));
    assert_eq!(Address::parse(&long, &[]), Err(AddressFault::Long));
}

#[test]
fn who_tells_an_address_keeps_its_parameters_and_hears_what_looks_like_one_persons() {
    let told = |text: &str| {
        let (address, is_own) = Address::told(text).expect(text);
        (address.as_str().to_owned(), is_own)
    };
    let sale = "https://shop.example/sale?id=7&utm_source=mail";
    assert_eq!(told(&format!("{sale}#top")), (sale.to_owned(), false));
    assert!(told("https://shop.example/?email=ana@example.com").1);
    assert!(told("https://shop.example/?x=9f8e7d6c5b4a39281706").1);
    assert!(told("https://shop.example/c/ana%40example.com").1);
}

#[test]
fn redirects_are_joined_to_what_answered_them() {
    let at = "https://a.example/shop/sale?x=1";
    for (location, expected) in [
        ("https://b.example/y?z=1", Some("https://b.example/y?z=1")),
        ("//b.example/y", Some("https://b.example/y")),
        ("/y", Some("https://a.example/y")),
        ("y", Some("https://a.example/shop/y")),
        ("?y=2", Some("https://a.example/shop/sale?y=2")),
        ("javascript:alert(1)", None),
        ("https://good@evil.example/", None),
        ("https://", None),
        ("/a\r\nb", None),
    ] {
        assert_eq!(joined(at, location).as_deref(), expected, "{location:?}");
    }
}

#[test]
fn what_an_answer_says_of_a_link() {
    let asked = "https://a.example/sale";
    let answer = |status, from: Option<&str>| Heard::Answer {
        status,
        from: from.map(str::to_owned),
    };
    let broken = |why| Some(LinkStatus::Broken { why });
    let elsewhere = |to: &str| Some(LinkStatus::Elsewhere { to: to.to_owned() });
    for (heard, once, twice) in [
        (
            answer(200, None),
            Some(LinkStatus::Alive),
            Some(LinkStatus::Alive),
        ),
        (
            answer(204, Some("https://www.a.example/sale/")),
            Some(LinkStatus::Alive),
            Some(LinkStatus::Alive),
        ),
        (
            answer(200, Some("https://a.example/")),
            elsewhere("https://a.example/"),
            elsewhere("https://a.example/"),
        ),
        (
            answer(200, Some("https://parked.example/x")),
            elsewhere("https://parked.example/x"),
            elsewhere("https://parked.example/x"),
        ),
        (answer(404, None), broken(Why::Gone), broken(Why::Gone)),
        (
            answer(410, Some("https://a.example/")),
            broken(Why::Gone),
            broken(Why::Gone),
        ),
        (
            answer(403, None),
            Some(LinkStatus::Silent { status: 403 }),
            Some(LinkStatus::Silent { status: 403 }),
        ),
        (
            answer(429, None),
            Some(LinkStatus::Silent { status: 429 }),
            Some(LinkStatus::Silent { status: 429 }),
        ),
        (answer(451, None), None, broken(Why::TurnedDown)),
        (answer(500, None), None, broken(Why::Fails)),
        (answer(503, None), None, broken(Why::Fails)),
        (Heard::Circle, None, broken(Why::Circle)),
        (Heard::NoName, None, broken(Why::NoName)),
        (Heard::NoConnection, None, broken(Why::NoConnection)),
        (Heard::Late, None, broken(Why::Late)),
        (Heard::Broken, None, broken(Why::BrokenOff)),
        (
            Heard::Refused(Uncalled::Inside),
            Some(LinkStatus::Refused {
                why: Uncalled::Inside,
            }),
            Some(LinkStatus::Refused {
                why: Uncalled::Inside,
            }),
        ),
    ] {
        let mut standing = LinkStanding::default();
        standing.hear(asked, &heard, Timestamp(1));
        assert_eq!(standing.status(), once.as_ref(), "{heard:?}");
        standing.hear(asked, &heard, Timestamp(2));
        assert_eq!(standing.status(), twice.as_ref(), "{heard:?} again");
    }
}

#[test]
fn a_doubt_is_looked_at_soon_and_what_changes_nothing_is_no_turn() {
    let every = Span::days(1);
    let answer = |status| Heard::Answer { status, from: None };
    let mut standing = LinkStanding::default();
    assert_eq!(standing.next(every), Timestamp(0));
    standing.hear("https://a.example/", &answer(200), Timestamp(1_000));
    standing.hear("https://a.example/", &answer(200), Timestamp(2_000));
    assert_eq!(standing.turns.len(), 1);
    assert_eq!(standing.next(every), Timestamp(2_000).plus(every));
    standing.hear("https://a.example/", &answer(500), Timestamp(3_000));
    assert_eq!(
        standing.status(),
        Some(&LinkStatus::Alive),
        "once is no proof"
    );
    assert_eq!(
        standing.next(every),
        Timestamp(3_000).plus(limits::LINK_DOUBT_AFTER)
    );
    standing.hear("https://a.example/", &answer(200), Timestamp(4_000));
    standing.hear("https://a.example/", &answer(502), Timestamp(5_000));
    assert!(!standing.is_broken(), "they were not in a row");
    standing.hear("https://a.example/", &Heard::Late, Timestamp(6_000));
    assert!(standing.is_broken());
    assert_eq!(standing.turns[0].at, Timestamp(6_000));
    assert_eq!(standing.next(every), Timestamp(6_000).plus(every));
}

/// All that was heard, read again from the beginning to each moment.
fn naive(heard: &[Heard]) -> Vec<(usize, LinkStatus)> {
    let is_doubt = |it: &Heard| match it {
        Heard::Answer { status, .. } => !matches!(status, 200..=399 | 401 | 403 | 404 | 410 | 429),
        Heard::Refused(_) => false,
        _ => true,
    };
    let alone = |it: &Heard| {
        let mut standing = LinkStanding::default();
        standing.hear("https://a.example/x", it, Timestamp(0));
        standing.hear("https://a.example/x", it, Timestamp(0));
        standing.status().cloned().expect("heard twice")
    };
    let told = (0..heard.len())
        .filter(|at| !is_doubt(&heard[*at]) || *at > 0 && is_doubt(&heard[*at - 1]));
    let mut turns: Vec<(usize, LinkStatus)> = Vec::new();
    for at in told {
        let status = alone(&heard[at]);
        if turns.last().is_none_or(|it| it.1 != status) {
            turns.push((at, status));
        }
    }
    turns
}

#[test]
fn what_is_known_follows_from_all_that_was_heard() {
    let answer = |status| Heard::Answer { status, from: None };
    let all = [
        answer(200),
        answer(404),
        answer(500),
        answer(403),
        Heard::Late,
        Heard::Refused(Uncalled::Port),
    ];
    // Every way of five answers.
    for way in 0..all.len().pow(5) {
        let heard: Vec<Heard> = (0..5_u32)
            .map(|place| all[way / all.len().pow(place) % all.len()].clone())
            .collect();
        let mut standing = LinkStanding::default();
        for (at, it) in heard.iter().enumerate() {
            standing.hear("https://a.example/x", it, Timestamp(at as i64));
        }
        let turns: Vec<(usize, LinkStatus)> = (standing.turns.iter().rev())
            .map(|it| (it.at.0 as usize, it.status.clone()))
            .collect();
        assert_eq!(turns, naive(&heard), "{heard:?}");
    }
}

#[test]
fn settings_are_checked() {
    let sound = SentLinkSettings::default();
    assert!(!sound.is_on && sound.faults().is_empty());
    let faulty = SentLinkSettings {
        is_on: true,
        every: Span::minutes(1),
        parameters: vec![
            String::new(),
            "id".to_owned(),
            "a b".to_owned(),
            "Token".to_owned(),
        ],
    };
    let places: Vec<String> = faulty.faults().into_iter().map(|it| it.place).collect();
    assert_eq!(
        places,
        ["every", "parameters[0]", "parameters[2]", "parameters[3]"]
    );
}
