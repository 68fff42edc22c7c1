use super::*;
use crate::IdentifierKind;

fn note(text: &str) -> FieldNote {
    FieldNote {
        title: "Ana".to_owned(),
        text: text.to_owned(),
        day: None,
        person: None,
        segments: Vec::new(),
        tags: Vec::new(),
    }
}

fn quote(text: &str, words: &str) -> Quote {
    let byte = text.find(words).expect("the words stand there");
    let start = text[..byte].chars().count();
    Quote {
        start,
        end: start + words.chars().count(),
        words: words.to_owned(),
        tags: Vec::new(),
        feeling: None,
        steps: Vec::new(),
        touchpoints: Vec::new(),
        events: Vec::new(),
        segments: Vec::new(),
        person: None,
    }
}

fn places(faults: Vec<ReportFault>) -> Vec<String> {
    faults.into_iter().map(|it| it.place).collect()
}

#[test]
fn a_study_needs_a_title_and_a_day() {
    let read = |text: &str| serde_json::from_str::<Study>(text);
    let sound = read(r#"{"title":"Returns","method":"case_study","day":"2026-03-02"}"#);
    assert_eq!(sound.expect("readable").check(), []);
    let faulty = read(r#"{"title":" ","method":"other","day":"2026-03-02"}"#);
    assert_eq!(places(faulty.expect("readable").check()), ["title"]);
    for unreadable in [
        r#"{"title":"A","method":"guess","day":"2026-03-02"}"#,
        r#"{"title":"A","method":"other","day":"2026-02-30"}"#,
        r#"{"title":"A","method":"other","day":"2026-03-02","owner":"me"}"#,
    ] {
        read(unreadable).expect_err(unreadable);
    }
}

#[test]
fn a_note_is_cleaned_and_its_bounds_are_kept() {
    let mut it = note("\u{feff}One\r\ntwo\rthree\0\u{1b}[31m\t\u{202e}four");
    it.tags = vec![" price ".to_owned(), "price".to_owned()];
    it.clean();
    assert_eq!(it.text, "One\ntwo\nthree[31m\t\u{202e}four");
    assert_eq!(it.tags, ["price"]);
    assert_eq!(it.check(), []);
    let most = limits::FIELD_NOTE_CHARS_MAX;
    assert_eq!(note(&"ä".repeat(most)).check(), []);
    assert_eq!(places(note(&"ä".repeat(most + 1)).check()), ["text"]);
    assert_eq!(places(note(" \n ").check()), ["text"]);
    it.tags = vec![String::new(), "x".repeat(limits::TAG_CHARS_MAX + 1)];
    it.segments = (0..=limits::RESEARCH_LINKS_MAX)
        .map(|it| it.to_string())
        .collect();
    it.title = " ".to_owned();
    assert_eq!(
        places(it.check()),
        ["title", "tags[0]", "tags[1]", "segments"]
    );
}

#[test]
fn a_quote_has_the_words_that_stand_at_its_place() {
    let text = "Ana: 很慢 🐌, so I left.\nThen I came back.";
    let sound = quote(text, "🐌, so I left");
    assert_eq!(sound.start, 8, "characters are counted, not bytes");
    assert_eq!(sound.check(text), []);
    let shifted = Quote {
        start: sound.start + 1,
        end: sound.end + 1,
        ..sound.clone()
    };
    assert_eq!(places(shifted.check(text)), ["words"]);
    let beyond = Quote {
        start: 90,
        end: 94,
        ..sound.clone()
    };
    assert_eq!(places(beyond.check(text)), ["words"]);
    let empty = Quote {
        end: sound.start,
        ..sound.clone()
    };
    assert_eq!(places(empty.check(text)), ["end"]);
    let long = Quote {
        end: sound.start + limits::QUOTE_CHARS_MAX + 1,
        ..sound.clone()
    };
    assert_eq!(places(long.check(text)), ["end"]);
    let angry = Quote {
        feeling: Some(-3),
        ..sound
    };
    assert_eq!(places(angry.check(text)), ["feeling"]);
}

#[test]
fn words_are_found_again_where_they_stand_nearest() {
    let before = "slow. It was slow, and slow again.";
    let it = Quote {
        start: 13,
        end: 17,
        ..quote(before, "slow")
    };
    assert_eq!(it.check(before), []);
    let start_in = |text: &str| match move_to(&it, text) {
        Moved::To(moved) => {
            assert_eq!(moved.check(text), []);
            Some(moved.start)
        }
        Moved::Lost => None,
    };
    assert_eq!(start_in(before), Some(13));
    assert_eq!(
        start_in("Ana: slow. It was slow, and slow again."),
        Some(18)
    );
    assert_eq!(start_in("慢 slow. It was slow"), Some(15));
    assert_eq!(start_in("It was Slow."), None);
    assert_eq!(start_in(""), None);
}

#[test]
fn a_quote_belongs_to_steps_by_name_and_by_what_they_are_bound_to() {
    let map: Map = serde_json::from_str(
        r#"{"title":"M","kind":"current","goal":{},"range":{"last":"30d"},"stages":[
            {"id":"a","title":"A","steps":[
                {"id":"look","title":"Look","matcher":{"events":["viewed"]}},
                {"id":"pay","title":"Pay","matcher":{"touchpoints":["checkout_page"]}},
                {"id":"wait","title":"Wait","matcher":{}}]}]}"#,
    )
    .expect("readable");
    let mut it = quote("It took ages", "ages");
    assert_eq!(it.steps_on("m", &map), Vec::<&str>::new());
    it.touchpoints = vec!["checkout_page".to_owned()];
    it.steps = vec![
        StepPlace {
            map: "m".to_owned(),
            step: "wait".to_owned(),
        },
        StepPlace {
            map: "other".to_owned(),
            step: "look".to_owned(),
        },
    ];
    assert_eq!(it.steps_on("m", &map), ["pay", "wait"]);
    it.events = vec![EventName::parse("viewed").expect("sound")];
    assert_eq!(it.steps_on("m", &map), ["look", "pay", "wait"]);
}

#[test]
fn who_said_it_and_for_whom_come_from_the_note_unless_the_quote_says() {
    let mut of = note("text");
    let mut it = quote("text", "text");
    assert_eq!(it.person(&of), None);
    of.person = Some(Identifier::user("ana"));
    of.segments = vec!["loyal".to_owned()];
    assert_eq!(it.person(&of), Some(&Identifier::user("ana")));
    let mail = Identifier {
        kind: IdentifierKind::Email,
        value: "b@c.de".into(),
    };
    it.person = Some(mail.clone());
    it.segments = vec!["new".to_owned()];
    assert_eq!(it.person(&of), Some(&mail));
    let known = ["loyal", "new", "gone"].map(|segment| it.is_of_segment(&of, segment));
    assert_eq!(known, [true, true, false]);
}

#[test]
fn a_search_takes_every_word_in_any_case() {
    for (search, is_found) in [
        ("", true),
        ("ÜBER lang", true),
        ("lang über", true),
        ("太慢", true),
        ("über kurz", false),
        ("%", false),
        ("_", false),
    ] {
        assert_eq!(
            has_words("Das dauert überLANG, 太慢了", search),
            is_found,
            "{search}"
        );
    }
}

#[test]
fn words_name_a_label_as_a_whole() {
    for (words, label, is_named) in [
        ("On the Checkout Page I gave up", "checkout page", true),
        ("on the checkout pages", "Checkout page", false),
        ("payment, of course", "Payment", true),
        ("repayment was fine. Payment", "payment", true),
        ("我在结账页放弃了", "结账页", true),
        ("x", "x", false),
        ("anything", " ", false),
        ("(a+)+$", "(a+)+$", true),
    ] {
        assert_eq!(name_label(words, label), is_named, "{words}: {label}");
    }
}
