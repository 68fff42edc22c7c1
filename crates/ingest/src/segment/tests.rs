//! Bodies as text in, events and faults as text out.

use std::{io::Write, path::PathBuf};

use expect_test::{Expect, expect};
use flate2::{Compression, write::GzEncoder};
use throughline_model::IdentifierKind;

use super::*;

const RECEIVED: &str = "2026-03-01T12:00:00Z";

fn received() -> Timestamp {
    Timestamp::parse(RECEIVED).expect("valid")
}

fn show(result: &Result<Decoded, Refusal>) -> String {
    let decoded = match result {
        Err(refusal) => return format!("refused {}: {refusal}\n", refusal.code()),
        Ok(decoded) => decoded,
    };
    let mut text = String::new();
    for (_, event) in &decoded.events {
        let ids: Vec<String> = event
            .identifiers
            .iter()
            .map(|it| match it.kind {
                IdentifierKind::User => format!("u={}", it.value),
                IdentifierKind::Anonymous => format!("a={}", it.value),
                kind => format!("{kind:?}={}", it.value),
            })
            .collect();
        text.push_str(&format!(
            "{} {} {} [{}] {} {}\n",
            event.time,
            event.name,
            event.channel.name(),
            ids.join(" "),
            event.properties.as_str(),
            event.context.as_str(),
        ));
    }
    for held in &decoded.quarantined {
        let reason = held.fault.reason.code();
        text.push_str(&format!(
            "held {} {reason}: {}\n",
            held.index, held.fault.message
        ));
    }
    text
}

/// Decodes what follows `/v1/` and a body, and shows what came of it.
fn check(name: &str, body: &str, expected: Expect) {
    let route = Route::parse(name).expect("a known route");
    expected.assert_eq(&show(&decode(route, body.as_bytes(), received())));
}

/// Decodes one track with these members beside a name and an id.
fn check_track(members: &str, expected: Expect) {
    check(
        "t",
        &format!(r#"{{"event":"e","userId":"u",{members}}}"#),
        expected,
    );
}

#[test]
fn each_kind_has_its_own_members() {
    check(
        "batch",
        r#"{"batch":[
            {"type":"track","event":"Cart added","userId":"u1","properties":{"price":3}},
            {"type":"page","name":"Pricing","category":"Docs","anonymousId":"a1","properties":{"url":"/p"}},
            {"type":"screen","name":"Home","userId":7},
            {"type":"identify","userId":"u1","anonymousId":"a1","traits":{"plan":"pro"}},
            {"type":"identify","userId":"u1","context":{"traits":{"plan":"pro"}}},
            {"type":"group","userId":"u1","groupId":"g1","traits":{"name":"Acme"}},
            {"type":"alias","userId":"u1","previousId":"a1"}]}"#,
        expect![[r#"
            2026-03-01T12:00:00.000Z Cart added other [u=u1] {"price":3} {}
            2026-03-01T12:00:00.000Z page_viewed web [a=a1] {"url":"/p","category":"Docs","name":"Pricing"} {}
            2026-03-01T12:00:00.000Z screen_viewed app [u=7] {"name":"Home"} {}
            2026-03-01T12:00:00.000Z $identify other [u=u1 a=a1] {"plan":"pro"} {}
            2026-03-01T12:00:00.000Z $identify other [u=u1] {"plan":"pro"} {"traits":{"plan":"pro"}}
            2026-03-01T12:00:00.000Z $group other [u=u1] {"name":"Acme"} {"groupId":"g1"}
            2026-03-01T12:00:00.000Z $alias other [u=u1 a=a1] {"previousId":"a1"} {}
        "#]],
    );
}

#[test]
fn one_faulty_event_does_not_harm_the_others() {
    check(
        "b",
        r#"{"batch":[
            {"type":"track","event":"first","userId":"u"},
            {"type":"track","event":"second"},
            7,
            {"type":"purchase","userId":"u"},
            {"type":"track","event":"last","userId":"u"}]}"#,
        expect![[r"
            2026-03-01T12:00:00.000Z first other [u=u] {} {}
            2026-03-01T12:00:00.000Z last other [u=u] {} {}
            held 1 id_missing: has neither `userId` nor `anonymousId`
            held 2 not_an_object: the event is not a JSON object
            held 3 type_unknown: `type` is none of track, identify, page, screen, group, alias
        "]],
    );
}

#[test]
fn the_clock_of_the_sender_is_corrected() {
    check_track(
        r#""timestamp":"2020-01-01T00:00:00Z","sentAt":"2020-01-01T00:00:30Z""#,
        expect![[r"
            2026-03-01T11:59:30.000Z e other [u=u] {} {}
        "]],
    );
    check_track(
        r#""originalTimestamp":"2020-01-01T00:00:00Z","timestamp":"1999-01-01T00:00:00Z","sentAt":"2020-01-01T00:00:30Z""#,
        expect![[r"
            2026-03-01T11:59:30.000Z e other [u=u] {} {}
        "]],
    );
    check_track(
        r#""timestamp":"2026-02-01T08:00:00+08:00""#,
        expect![[r"
            2026-02-01T00:00:00.000Z e other [u=u] {} {}
        "]],
    );
    check_track(
        r#""timestamp":1767225600000,"sentAt":null"#,
        expect![[r"
            2026-01-01T00:00:00.000Z e other [u=u] {} {}
        "]],
    );
    check(
        "batch",
        r#"{"sentAt":"2020-01-01T00:01:00Z","batch":[{"type":"track","event":"e","userId":"u",
            "timestamp":"2020-01-01T00:00:00Z"}]}"#,
        expect![[r"
            2026-03-01T11:59:00.000Z e other [u=u] {} {}
        "]],
    );
}

#[test]
fn times_that_no_sound_clock_shows_are_held() {
    check_track(
        r#""timestamp":"1970-01-01T00:00:09Z""#,
        expect![[r"
            held 0 time_too_early: happened 1970-01-01T00:00:09.000Z, before any clock was set; check the sender's clock
        "]],
    );
    check_track(
        r#""timestamp":"3000-01-01T00:00:00Z""#,
        expect![[r"
            held 0 time_ahead: happened 3000-01-01T00:00:00.000Z, long after its arrival; check the sender's clock
        "]],
    );
    check_track(
        r#""timestamp":"soon""#,
        expect![[r"
            held 0 time_invalid: `timestamp` is not an instant like 2026-03-01T08:00:00Z
        "]],
    );
    check_track(
        r#""timestamp":{},"sentAt":[]"#,
        expect![[r"
            held 0 time_invalid: `timestamp` is not an instant like 2026-03-01T08:00:00Z
        "]],
    );
    check_track(
        r#""timestamp":-9223372036854775808"#,
        expect![[r#"
            held 0 time_too_early: happened 1677-09-21T00:12:43.145Z, before any clock was set; check the sender's clock
        "#]],
    );
}

#[test]
fn ids_that_stand_for_nobody_do_not_join_people() {
    check(
        "t",
        r#"{"event":"e","userId":"null","anonymousId":"a1"}"#,
        expect![[r"
            2026-03-01T12:00:00.000Z e other [a=a1] {} {}
        "]],
    );
    check(
        "t",
        r#"{"event":"e","userId":null,"anonymousId":" "}"#,
        expect![[r"
            held 0 id_missing: has neither `userId` nor `anonymousId`
        "]],
    );
    check(
        "t",
        r#"{"event":"e","userId":0,"anonymousId":"00000000-0000-0000-0000-000000000000"}"#,
        expect![[r"
            held 0 id_blocked: `anonymousId` is `00000000-0000-0000-0000-000000000000`, which stands for nobody; leave it out or send a real id
        "]],
    );
    check(
        "t",
        r#"{"event":"e","userId":{"id":1}}"#,
        expect![[r"
            held 0 id_invalid: `userId` is neither a text nor a whole number
        "]],
    );
    check(
        "t",
        r#"{"event":"e","userId":"a\u0007b"}"#,
        expect![[r"
            held 0 id_invalid: `userId` holds a control character
        "]],
    );
    check(
        "a",
        r#"{"userId":"u1","previousId":"undefined"}"#,
        expect![[r"
            held 0 id_blocked: `previousId` is `undefined`, which stands for nobody; leave it out or send a real id
        "]],
    );
    check(
        "a",
        r#"{"anonymousId":"a1","previousId":"a2"}"#,
        expect![[r"
            held 0 field_missing: an alias needs `userId`
        "]],
    );
}

#[test]
fn wrong_members_are_named() {
    check(
        "t",
        r#"{"userId":"u"}"#,
        expect![[r"
            held 0 field_missing: a track needs `event`, the name of what happened
        "]],
    );
    check(
        "t",
        r#"{"userId":"u","event":"$identify"}"#,
        expect![[r"
            held 0 event_name_reserved: `$identify` starts with `$`, which is kept for the product's own events; rename it
        "]],
    );
    check(
        "t",
        r#"{"userId":"u","event":["e"]}"#,
        expect![[r"
            held 0 event_name_invalid: `event`: is not a text
        "]],
    );
    check_track(
        r#""properties":[1]"#,
        expect![[r"
            held 0 field_invalid: `properties` is not an object
        "]],
    );
    check_track(
        r#""context":"x""#,
        expect![[r"
            held 0 field_invalid: `context` is not an object
        "]],
    );
    check(
        "g",
        r#"{"userId":"u"}"#,
        expect![[r"
            held 0 field_missing: a group needs `groupId`, a text or a whole number
        "]],
    );
    check_track(
        &format!(r#""messageId":"{}""#, "m".repeat(101)),
        expect![[r"
            held 0 message_id_invalid: the message id has more than 100 characters
        "]],
    );
}

#[test]
fn hostile_content_is_held() {
    check_track(
        r#""properties":{"a":"\u0000"}"#,
        expect![[r"
            held 0 nul_character: a text holds the character U+0000; leave it out
        "]],
    );
    check_track(
        r#""userId":"other""#,
        expect![[r"
            held 0 key_repeated: an object names one of its keys twice; send each key once
        "]],
    );
    check_track(
        r#""properties":{"a":1e999}"#,
        expect![[r"
            held 0 number_out_of_range: a number is larger than a 64-bit float can hold
        "]],
    );
    check_track(
        r#""properties":{"a":"\ud800"}"#,
        expect![[r"
            held 0 text_invalid: a text holds half of a surrogate pair; send whole characters
        "]],
    );
    check_track(
        &format!(
            r#""properties":{{"a":{}1{}}}"#,
            "[".repeat(40),
            "]".repeat(40)
        ),
        expect![[r"
            held 0 too_deep: nests deeper than 32 levels
        "]],
    );
    check_track(
        &format!(r#""properties":{{"a":"{}"}}"#, "x".repeat(40_000)),
        expect![[r#"
            held 0 too_large: has 40048 bytes; at most 32768 are allowed
        "#]],
    );
}

#[test]
fn bodies_that_cannot_be_read_are_refused() {
    check(
        "t",
        "",
        expect![[r"
        refused not_json: the body is not JSON: EOF while parsing a value at line 1 column 0
    "]],
    );
    check(
        "t",
        r#"{"a":NaN}"#,
        expect![[r"
        refused not_json: the body is not JSON: expected value at line 1 column 6
    "]],
    );
    check(
        "t",
        "{\"a\":\"\u{0}\"}",
        expect![[r#"
        refused not_json: the body is not JSON: control character (\u0000-\u001F) found while parsing a string at line 1 column 6
    "#]],
    );
    check(
        "t",
        "[]",
        expect![[r#"
        refused not_an_object: the body is JSON but no object; send one event, or {"batch": [...]}
    "#]],
    );
    check(
        "batch",
        "[]",
        expect![[r#"
        refused not_an_object: the body is JSON but no object; send one event, or {"batch": [...]}
    "#]],
    );
    check(
        "batch",
        "{}",
        expect![[r#"
        refused batch_missing: the body has no list `batch`; send {"batch": [...]}
    "#]],
    );
    let long = format!(r#"{{"batch":[{}0]}}"#, "0,".repeat(2_500));
    check(
        "batch",
        &long,
        expect![[r"
        refused batch_too_long: the batch has 2501 events; send at most 2500
    "]],
    );
    let refused = decode(Route::Batch, b"{\"a\":\"\xff\"}", received());
    assert_eq!(refused, Err(Refusal::NotUtf8(6)));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let refused = decode(Route::Batch, deep.as_bytes(), received());
    assert_eq!(refused, Err(Refusal::NotAnObject));
}

#[test]
fn a_shared_context_fills_what_events_lack() {
    check(
        "batch",
        r#"{"context":{"ip":"1.1.1.1","library":{"name":"analytics.js"}},"batch":[
            {"type":"track","event":"e","userId":"u","context":{"ip":"2.2.2.2"}},
            {"type":"track","event":"e","userId":"u"}]}"#,
        expect![[r#"
            2026-03-01T12:00:00.000Z e web [u=u] {} {"ip":"2.2.2.2","library":{"name":"analytics.js"}}
            2026-03-01T12:00:00.000Z e web [u=u] {} {"ip":"1.1.1.1","library":{"name":"analytics.js"}}
        "#]],
    );
    check(
        "batch",
        r#"{"context":[],"batch":[{"type":"track","event":"e","userId":"u"}]}"#,
        expect![[r"
            held 0 field_invalid: the batch's `context` is not an object
        "]],
    );
}

fn keys(body: &str, at: Timestamp) -> Vec<u128> {
    let decoded = decode(Route::Batch, body.as_bytes(), at).expect("sound");
    decoded.events.iter().map(|(_, it)| it.message.0).collect()
}

#[test]
fn a_missing_message_id_is_derived_from_the_arrival() {
    let body = r#"{"batch":[{"type":"track","event":"e","userId":"u"},{"type":"track","event":"e","userId":"u"}]}"#;
    let first = keys(body, received());
    assert_eq!(
        first,
        keys(body, received()),
        "reading the log again gives the same"
    );
    assert_ne!(first[0], first[1], "twice in one body is twice");
    assert_ne!(first, keys(body, Timestamp(received().0 + 1)));
    let with_id = |rest: &str| {
        format!(
            r#"{{"batch":[{{"type":"track","event":"e","userId":"u","messageId":"m1"{rest}}}]}}"#
        )
    };
    let again = keys(
        &with_id(r#","sentAt":"2026-03-01T12:00:01Z""#),
        Timestamp(received().0 + 1),
    );
    assert_eq!(
        keys(&with_id(""), received()),
        again,
        "the id alone decides"
    );
}

#[test]
fn the_write_key_is_found_in_the_body() {
    for (route, body) in [
        (Route::Batch, r#"{"batch":[],"writeKey":"wk"}"#),
        (
            Route::One(EventKind::Track),
            r#"{"event":"e","userId":"u","writeKey":"wk"}"#,
        ),
    ] {
        let decoded = decode(route, body.as_bytes(), received()).expect("sound");
        assert_eq!(decoded.write_key.as_deref(), Some("wk"));
    }
}

#[test]
fn routes_have_codes_that_lead_back() {
    for name in [
        "track", "t", "page", "screen", "identify", "group", "alias", "batch", "import",
    ] {
        let route = Route::parse(name).expect(name);
        assert_eq!(Route::from_code(route.code()), Some(route));
    }
    assert_eq!(Route::parse("m"), None);
}

#[test]
fn an_exported_line_keeps_its_time() {
    let line = r#"{"type":"track","event":"e","userId":"u","messageId":"m","timestamp":"2024-01-01T00:00:00Z",
        "originalTimestamp":"2024-01-01T09:00:00Z","sentAt":"2024-01-01T09:00:05Z"}"#;
    let Mapped { event, content } = decode_line(line.as_bytes(), received()).expect("sound");
    assert_eq!(content, None);
    assert_eq!(Some(event.time), Timestamp::parse("2024-01-01T00:00:00Z"));
    let without = br#"{"type":"track","event":"e","userId":"u"}"#;
    let first = decode_line(without, received()).expect("sound");
    let later = decode_line(without, Timestamp(received().0 + 1)).expect("sound");
    assert_eq!(first.content, later.content);
    assert_eq!(
        first.event.message, later.event.message,
        "a file may be read again later"
    );
    let faulty = decode_line(b"{", received()).map_err(|it| it.reason);
    assert_eq!(faulty, Err(Reason::RowInvalid));
}

/// Requests that unmodified libraries sent, when the folder with recordings is there.
fn recordings() -> Vec<(String, Route, String)> {
    let shared = std::env::var_os("THROUGHLINE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let Ok(files) = std::fs::read_dir(shared.join("data/wire")) else {
        return Vec::new();
    };
    let mut requests = Vec::new();
    for file in files {
        let path = file.expect("listed").path();
        let name = path
            .file_stem()
            .expect("named")
            .to_string_lossy()
            .into_owned();
        if !["segment", "rudder", "jitsu"]
            .iter()
            .any(|it| name.starts_with(it))
        {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("readable");
        let recording: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for request in recording["requests"].as_array().expect("a list") {
            let address = request["path"].as_str().expect("a text");
            let last = address.rsplit('/').next().expect("an address");
            if let (Some(route), true) = (Route::parse(last), request["body"].is_object()) {
                requests.push((name.clone(), route, request["body"].to_string()));
            }
        }
    }
    requests
}

#[test]
fn everything_that_real_libraries_send_is_taken() {
    let at = Timestamp::parse("2026-11-22T02:00:00Z").expect("valid");
    for (name, route, body) in recordings() {
        let decoded = decode(route, body.as_bytes(), at).expect(&name);
        assert_eq!(decoded.quarantined, [], "{name}: {body}");
        let sent: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        let count = sent["batch"].as_array().map_or(1, Vec::len);
        assert_eq!(decoded.events.len(), count, "{name}");
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder
            .write_all(body.as_bytes())
            .expect("writes to memory");
        let packed = encoder.finish().expect("writes to memory");
        assert_eq!(decode(route, &packed, at), Ok(decoded), "{name} packed");
    }
}
