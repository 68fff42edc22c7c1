use proptest::prelude::*;
use throughline_model::{EventKind, Timestamp, masking::MaskRule};

use super::{walk::is_suspect, *};
use crate::{
    dialect::{Call, Moment, read},
    segment::Route,
};

const SEGMENT: Dialect = Dialect::Segment(Route::One(EventKind::Track));

const RECEIVED: Timestamp = Timestamp(1_700_000_000_000);

fn everything() -> Masking {
    let mut masking = Masking::default();
    for rule in &mut masking.rules {
        rule.is_on = true;
    }
    masking
}

fn masked(masking: &Masking, dialect: Dialect, body: &str) -> Option<String> {
    let masker = Masker::new(masking);
    let masked = masker.body(dialect, body.as_bytes()).expect("opens");
    masked.map(|it| it.text)
}

fn check(masking: &Masking, name: &str, value: &str, expected: &str) {
    let body = |value: &str| {
        let value = serde_json::Value::from(value);
        format!(
            r#"{{ "userId":"ana@x.org","context":{{"page": {{"{name}":{value} }} }},"event":"e"}}"#
        )
    };
    let told = masked(masking, SEGMENT, &body(value));
    let expected = (expected != value).then(|| body(expected));
    assert_eq!(told, expected, "{name} {value}");
}

#[test]
fn addresses_are_masked_from_the_start() {
    let masking = Masking::default();
    for (name, value, expected) in [
        (
            "url",
            "https://x.org/a?email=ana@x.org&b=1",
            "https://x.org/a?email=***email***&b=1",
        ),
        (
            "url",
            "https://x.org/a?e=ana%40x.org#top",
            "https://x.org/a?e=***email***#top",
        ),
        (
            "url",
            "https://x.org/?token=abc&code=&q=hello+you",
            "https://x.org/?token=***secret***&code=&q=hello+you",
        ),
        (
            "url",
            "https://x.org/cb#access_token=abc",
            "https://x.org/cb#access_token=***secret***",
        ),
        (
            "url",
            "https://ana:pw@x.org/",
            "https://***secret***@x.org/",
        ),
        (
            "url",
            "https://x.org/#/reset?token=1234",
            "https://x.org/#/reset?token=***secret***",
        ),
        (
            "path",
            "/users/ana@x.org/orders",
            "/users/***email***/orders",
        ),
        ("path", "/u/%2B4915112345678", "/u/***phone***"),
        ("search", "?tel=%2B49+151+1234+5678", "?tel=***phone***"),
        ("search", "?tel=+4915112345678", "?tel=***phone***"),
        ("search", "?card=4111+1111+1111+1111", "?card=***card***"),
        (
            "referrer",
            "https://y.org/?id=11010519491231002X",
            "https://y.org/?id=***national_id***",
        ),
        (
            "url",
            "https://x.org/in?next=https%3A%2F%2Fy.org%2Fa%3Ftoken%3Dabc%26b%3D1&c=2",
            "https://x.org/in?next=https:%2F%2Fy.org%2Fa%3Ftoken%3D***secret***%26b%3D1&c=2",
        ),
        (
            "url",
            "https://x.org/in?next=%2Freset%3Fe%3Dana%2540x.org%26key%3Dabc",
            "https://x.org/in?next=%2Freset%3Fe%3D***email***%26key%3D***secret***",
        ),
        (
            "search",
            "?to=https%253A%252F%252Fy.org%252F%253Fotp%253D123",
            "?to=https:%252F%252Fy.org%252F%253Fotp%253D***secret***",
        ),
        (
            "url",
            "https://x.org/in?next=https%3A%2F%2Fana:pw@y.org%2F",
            "https://x.org/in?next=https:%2F%2F***secret***@y.org%2F",
        ),
        (
            "url",
            "https://x.org/?e=***ana@x.org",
            "https://x.org/?e=******email***",
        ),
        ("[Amplitude] Page Path", "/u/ana@x.org", "/u/***email***"),
        ("current_url_path", "/u/ana@x.org", "/u/***email***"),
        ("current_url_search", "?key=abc", "?key=***secret***"),
        ("href", "mailto:ana@x.org", "mailto:***email***"),
        (
            "anything",
            "https://x.org/?iban=DE89370400440532013000",
            "https://x.org/?iban=***iban***",
        ),
        (
            "url",
            "https://x.org/p/12345678?utm_source=a%20b&gclid=Cj0KCQiA",
            "https://x.org/p/12345678?utm_source=a%20b&gclid=Cj0KCQiA",
        ),
        (
            "url",
            "https://x.org/2026-11-28/a",
            "https://x.org/2026-11-28/a",
        ),
        ("title", "Ana <ana@x.org>", "Ana <ana@x.org>"),
        ("note", "ana@x.org", "ana@x.org"),
    ] {
        check(&masking, name, value, expected);
    }
}

#[test]
fn titles_and_properties_are_masked_when_somebody_says_so() {
    let masking = everything();
    for (name, value, expected) in [
        ("title", "Order of ana@x.org", "Order of ***email***"),
        (
            "note",
            "call 212-555-0123 or +49 151 1234 5678",
            "call ***phone*** or ***phone***",
        ),
        ("note", "4111 1111 1111 1111", "***card***"),
        ("email", "ana@x.org", "ana@x.org"),
        ("customer_id", "ana@x.org", "ana@x.org"),
        ("cx", "ana@x.org", "***email***"),
        ("shipped_at", "2026-11-28T10:00:00Z", "2026-11-28T10:00:00Z"),
        (
            "note",
            "{\"inner\":\"ana@x.org\"}",
            "{\"inner\":\"***email***\"}",
        ),
        (
            "note",
            "\u{0}\"\\ ana@x.org \u{1f6d2}",
            "\u{0}\"\\ ***email*** \u{1f6d2}",
        ),
    ] {
        check(&masking, name, value, expected);
    }
}

#[test]
fn what_says_who_somebody_is_stays() {
    let masking = everything();
    for body in [
        r#"{"userId":"ana@x.org","traits":{"email":"ana@x.org","note":"+4915112345678"}}"#,
        r#"{"anonymousId":"+4915112345678","context":{"traits":{"phone":"+4915112345678"},"externalIds":[{"id":"ana@x.org","type":"email"}]}}"#,
        r#"{"event":"ana@x.org","messageId":"4111111111111111","userId":4111111111111111}"#,
        r#"{"type":"merge","mergeProperties":[{"type":"userId","value":"ana@x.org"}]}"#,
        r#"{"event":"$merge","properties":{"$distinct_ids":["ana@x.org","+4915112345678"]}}"#,
    ] {
        assert_eq!(masked(&masking, SEGMENT, body), None, "{body}");
    }
    let body = r#"{"api_key":"k","distinct_id":"ana@x.org","event":"e","properties":{"$set":{"mail":"ana@x.org"},"$current_url":"https://x.org/?e=ana@x.org"}}"#;
    let told = masked(&masking, Dialect::PostHog, body).expect("masked");
    assert_eq!(told, body.replace("?e=ana@x.org", "?e=***email***"));
}

#[test]
fn names_that_are_allowed_are_left_and_what_is_dropped_is_gone() {
    let mut masking = everything();
    masking.allowed = vec!["Support".to_owned(), "otp".to_owned()];
    check(&masking, "support", "ana@x.org", "ana@x.org");
    check(
        &masking,
        "url",
        "https://x.org/?otp=abc",
        "https://x.org/?otp=abc",
    );
    masking.rules = vec![
        MaskRule {
            detector: Detector::Secret,
            place: MaskPlace::UrlParameters,
            action: MaskAction::Drop,
            is_on: true,
        },
        MaskRule {
            detector: Detector::Email,
            place: MaskPlace::Properties,
            action: MaskAction::Drop,
            is_on: true,
        },
    ];
    check(
        &masking,
        "url",
        "https://x.org/?a=1&key=abc",
        "https://x.org/?a=1",
    );
    check(&masking, "note", "to ana@x.org now", "to  now");
}

#[test]
fn numbers_half_pairs_and_lines_hide_nothing() {
    let masking = everything();
    for (body, expected) in [
        (
            r#"{"n":[4111111111111111,1764366912345,-4111111111111111,4111111111111111.0],"m":13812345678}"#,
            r#"{"n":["***card***",1764366912345,-4111111111111111,4111111111111111.0],"m":"***phone***"}"#,
        ),
        (
            r#"{"a\ud800":{"b":"ana@x.org"},"c":"\ud800 ben@x.org"}"#,
            "{\"a\\ud800\":{\"b\":\"***email***\"},\"c\":\"\u{fffd} ***email***\"}",
        ),
        (
            "{\"a\":\"ana@x.org\"}\n{\"url\":\"https://x.org/?key=1\"}\n",
            "{\"a\":\"***email***\"}\n{\"url\":\"https://x.org/?key=***secret***\"}\n",
        ),
        (
            r#"[[{"x":1},"ana@x.org"],{"traits":{"a":{"email":"ana@x.org"}},"b":["ana@x.org"]}]"#,
            r#"[[{"x":1},"***email***"],{"traits":{"a":{"email":"ana@x.org"}},"b":["***email***"]}]"#,
        ),
    ] {
        let told = masked(&masking, Dialect::MixpanelEvents, body);
        assert_eq!(told.as_deref(), Some(expected));
    }
    let (open, close) = ("[".repeat(200), "]".repeat(200));
    let deep = format!(r#"{{"n":{open}{{"a":"ana@x.org"}}{close},"b":"ana@x.org"}}"#);
    let told = masked(&masking, SEGMENT, &deep).expect("masked");
    assert_eq!(told, deep.replace("ana@x.org", "***email***"));
}

#[test]
fn bodies_of_webhooks_keep_who_they_are_about() {
    let masker = Masker::new(&everything());
    let hook = |note: &Note, body: &str| {
        let masked = masker.hook(note, body.as_bytes()).expect("opens");
        masked.map(|it| it.text)
    };
    for (body, expected) in [
        (
            "From=%2B491701234567&To=%2B4930123456&MessageSid=SM1&Body=call+212-555-0123",
            "From=%2B491701234567&To=%2B4930123456&MessageSid=SM1&Body=call%20***phone***",
        ),
        (
            r#"{"id":4111111111111111,"order_id":"4111111111111111","contact_email":"ana@x.org","landing_site":"/?email=ana@x.org","note":"ana@x.org"}"#,
            r#"{"id":4111111111111111,"order_id":"4111111111111111","contact_email":"ana@x.org","landing_site":"/?email=***email***","note":"***email***"}"#,
        ),
        (
            r#"{"message":{"headers":{"from":"Ana <ana@x.org>","message-id":"m1@x.org"}},"recipient":"ana@x.org","body-plain":"ana@x.org"}"#,
            r#"{"message":{"headers":{"from":"Ana <ana@x.org>","message-id":"m1@x.org"}},"recipient":"ana@x.org","body-plain":"***email***"}"#,
        ),
    ] {
        assert_eq!(hook(&Note::default(), body).as_deref(), Some(expected));
    }
    let mapping = serde_json::json!({"format": "lines", "event": {"constant": "e"}, "identifiers": {"who.0.at": "email"}});
    let note = Note {
        mapping: Some(serde_json::from_value(mapping).expect("a mapping")),
        ..Note::default()
    };
    let body = r#"{"who":[{"at":"ana@x.org"}],"text":"ana@x.org"}"#;
    let expected = r#"{"who":[{"at":"ana@x.org"}],"text":"***email***"}"#;
    assert_eq!(hook(&note, body).as_deref(), Some(expected));
}

#[test]
fn events_that_no_body_brought_are_masked_but_for_traits() {
    let masker = Masker::new(&everything());
    let body = |kind: &str| {
        let part = r#"{"note":"ana@x.org","card":4111111111111111}"#;
        format!(
            r#"{{"batch":[{{"type":"{kind}","event":"e","userId":"u","properties":{part},"traits":{part},"context":{part}}}]}}"#
        )
    };
    let expected = r#"{"note":"***email***","card":"***card***"}"#;
    for (kind, is_traits) in [("track", false), ("identify", true)] {
        let decoded = crate::segment::decode(Route::Batch, body(kind).as_bytes(), RECEIVED);
        let mut event = decoded.expect("sound").events.remove(0).1;
        let before = event.properties.clone();
        let mut found = Found::default();
        masker.event(&mut event, &mut found);
        assert_eq!(event.context.as_str(), expected);
        assert_eq!(event.properties == before, is_traits, "{kind}");
        assert!(!found.is_empty());
    }
}

#[test]
fn forms_and_what_is_wrapped_in_them_are_masked() {
    let masking = Masking::default();
    let form = "e=pv&uid=ana%40x.org&url=https%3A%2F%2Fx.org%2F%3Femail%3Dana%40x.org&page=Home";
    let told = masked(&masking, Dialect::Snowplow, form).expect("masked");
    assert_eq!(
        told,
        "e=pv&uid=ana%40x.org&url=https:%2F%2Fx.org%2F%3Femail%3D***email***&page=Home"
    );
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
    let inner = r#"{"data":[{"data":{"url":"https://x.org/?token=abc"}}]}"#;
    let body = format!(
        r#"{{"data":[{{"e":"ue","cx":"{}"}}]}}"#,
        BASE64_URL_SAFE_NO_PAD.encode(inner)
    );
    let told = masked(&masking, Dialect::Snowplow, &body).expect("masked");
    assert!(told.contains(&BASE64_URL_SAFE_NO_PAD.encode(inner.replace("abc", "***secret***"))));
    let event = r#"[{"event":"e","properties":{"distinct_id":"d","token":"k","$current_url":"https://x.org/?key=1"}}]"#;
    let body = format!("data={}", BASE64_STANDARD.encode(event));
    let told = masked(&masking, Dialect::MixpanelEvents, &body).expect("masked");
    assert_eq!(told, event.replace("key=1", "key=***secret***"));
}

#[test]
fn a_masked_body_is_read_again_as_itself() {
    let masking = Masking::default();
    let body = r#"{"api_key":"k","batch":[{"event":"$pageview","distinct_id":"d","uuid":"0190","properties":{"$current_url":"https://x.org/?email=ana@x.org"}}]}"#;
    let moment = Moment {
        received: RECEIVED,
        sent: None,
    };
    let first = read(Call::Batch, body.as_bytes(), moment).expect("read");
    let told = masked(&masking, first.dialect, body).expect("masked");
    let again = read(Call::Is(first.dialect), told.as_bytes(), moment).expect("read");
    assert_eq!(again.decoded.events.len(), 1);
    assert_eq!(
        again.decoded.events[0].1.message,
        first.decoded.events[0].1.message
    );
    assert!(
        again.decoded.events[0]
            .1
            .context
            .as_str()
            .contains("***email***")
    );
    assert_eq!(
        masked(&masking, first.dialect, &told),
        None,
        "what is masked is masked"
    );
}

#[test]
fn what_was_found_is_counted_by_rule() {
    let masker = Masker::new(&Masking::default());
    let body = r#"{"context":{"page":{"url":"https://x.org/a@b.de?x=a@b.de&y=c@d.de&key=1"}}}"#;
    let found = masker
        .body(SEGMENT, body.as_bytes())
        .expect("opens")
        .expect("found")
        .found;
    let count =
        |place: MaskPlace, detector: Detector| found.counts[place as usize][detector as usize];
    assert_eq!(count(MaskPlace::UrlPath, Detector::Email), 1);
    assert_eq!(count(MaskPlace::UrlParameters, Detector::Email), 2);
    assert_eq!(count(MaskPlace::UrlParameters, Detector::Secret), 1);
    assert!(!found.is_empty());
}

#[test]
fn texts_without_suspects_are_not_looked_through() {
    for body in [
        "{\"a\":1}",
        "{\"t\":\"2026\",\"n\":1234567}",
        "{\"u\":\"a-1-b-2\"}",
    ] {
        assert!(!is_suspect(body.as_bytes()), "{body}");
    }
    for body in ["a@b", "x?y", "212-555-0123", "12345678", "\\u0040"] {
        assert!(is_suspect(body.as_bytes()), "{body}");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "ana@x.org",
        "%40",
        "+4915112345678",
        "4111 1111 1111 1111",
        "https://",
        "?",
        "&",
        "#",
        "=",
        "/",
        "token=",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        "你",
        "\u{0}",
        " ",
        "%",
        "DE89370400440532013000",
        "11010519491231002X",
        "@",
        ":",
        "a",
        "1",
        ".",
        "***",
    ]);
    prop::collection::vec(pieces, 0..10).prop_map(|it| it.concat())
}

fn any_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        4 => any_text().prop_map(serde_json::Value::from),
        1 => any::<i64>().prop_map(serde_json::Value::from),
        1 => any::<bool>().prop_map(serde_json::Value::from),
        1 => Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        let name = prop::sample::select(vec![
            "url", "path", "search", "title", "note", "cx", "traits", "userId", "email", "x",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::vec((name, inner), 0..4).prop_map(|it| {
                it.into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }),
        ]
    })
}

/// Whether two values differ in texts and numbers only, and in none that says who somebody is.
fn is_same_but_texts(a: &serde_json::Value, b: &serde_json::Value, is_kept: bool) -> bool {
    use serde_json::Value::{Array, Object, String};
    match (a, b) {
        (Object(a), Object(b)) => {
            a.keys().eq(b.keys())
                && a.iter().all(|(name, value)| {
                    let is_kept = is_kept || name == "traits";
                    let is_name = matches!(name.as_str(), "userId" | "email") && value.is_string();
                    is_same_but_texts(value, &b[name], is_kept || is_name)
                })
        }
        (Array(a), Array(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|(a, b)| is_same_but_texts(a, b, is_kept))
        }
        (String(_), String(_)) | (serde_json::Value::Number(_), String(_)) if !is_kept => true,
        (a, b) => a == b,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_body_stays_json_and_nothing_but_texts_changes(value in any_value()) {
        let body = serde_json::json!({"userId": "u", "properties": value}).to_string();
        if let Some(told) = masked(&everything(), SEGMENT, &body) {
            let before: serde_json::Value = serde_json::from_str(&body).expect("JSON");
            let after: serde_json::Value = serde_json::from_str(&told).expect("still JSON");
            prop_assert!(is_same_but_texts(&before, &after, false), "{} {}", body, told);
        }
    }

    #[test]
    fn any_bytes_are_taken(body in prop::collection::vec(any::<u8>(), 0..200), text in any_text()) {
        let masker = Masker::new(&everything());
        for dialect in [SEGMENT, Dialect::Snowplow, Dialect::PostHog] {
            let _ = masker.body(dialect, &body);
            let _ = masker.body(dialect, text.as_bytes());
        }
    }
}
