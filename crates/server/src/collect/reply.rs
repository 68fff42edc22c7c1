//! What each library wants to hear after its events were taken: status, body, and nothing else.

use std::collections::BTreeMap;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde_json::{Value, json};
use throughline_ingest::dialect::Dialect;

use super::{Outcome, Rejected};

/// A transparent picture of one pixel.
const PIXEL: [u8; 43] = [
    b'G', b'I', b'F', b'8', b'9', b'a', 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, b'!',
    0xf9, 4, 1, 0, 0, 0, 0, b',', 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, b';',
];

/// How the address of a request asks for its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// The address of a picture was asked for.
    pub picture: bool,
    /// JSON rather than one digit.
    pub verbose: bool,
    /// The address is that of an import.
    pub import: bool,
}

/// The answer to a request whose events are safe.
pub fn answer(outcome: &Outcome, wish: Wish) -> Response {
    if wish.picture {
        return picture();
    }
    match outcome.dialect {
        Dialect::Segment(_) => Json(json!({"ok": true, "success": true})).into_response(),
        Dialect::Pixel(_) => picture(),
        Dialect::PostHog => Json(status_one(outcome)).into_response(),
        Dialect::PostHogV1 => Json(results(outcome)).into_response(),
        Dialect::MixpanelEvents | Dialect::MixpanelProfiles | Dialect::MixpanelGroups => {
            mixpanel(outcome, wish)
        }
        Dialect::Amplitude => Json(amplitude(outcome)).into_response(),
        Dialect::Snowplow => "ok".into_response(),
        Dialect::Ga4 => StatusCode::NO_CONTENT.into_response(),
    }
}

/// A picture for requests that are one.
pub fn picture() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/gif"),
        (header::CACHE_CONTROL, "no-cache, no-store, must-revalidate"),
    ];
    (headers, PIXEL.as_slice()).into_response()
}

fn status_one(outcome: &Outcome) -> Value {
    match outcome.rejected.is_empty() {
        true => json!({"status": 1}),
        false => json!({"status": 1, "rejected": outcome.rejected}),
    }
}

/// Each event by its own id. What is held in quarantine need not be sent again.
fn results(outcome: &Outcome) -> Value {
    let held: BTreeMap<u32, &Rejected> = outcome.rejected.iter().map(|it| (it.index, it)).collect();
    let results: BTreeMap<&str, Value> = (outcome.ids.iter())
        .map(|(index, id)| {
            let result = match held.get(index) {
                Some(held) => json!({"result": "drop",
                    "details": format!("held in quarantine, {}: {}", held.reason, held.message)}),
                None => json!({"result": "ok"}),
            };
            (id.as_str(), result)
        })
        .collect();
    json!({ "results": results })
}

fn mixpanel(outcome: &Outcome, wish: Wish) -> Response {
    let is_verbose = wish.verbose || outcome.verbose == Some(true);
    match outcome.verbose {
        _ if is_verbose => Json(status_one(outcome)).into_response(),
        None if wish.import => Json(json!({
            "code": 200,
            "status": "OK",
            "num_records_imported": outcome.accepted,
            "failed_records": outcome.rejected,
        }))
        .into_response(),
        _ => "1".into_response(),
    }
}

/// The events that are held are listed by what is wrong with them, and none is sent again.
fn amplitude(outcome: &Outcome) -> Value {
    let mut answer = json!({
        "code": 200,
        "events_ingested": outcome.accepted,
        "payload_size_bytes": outcome.bytes_count,
        "server_upload_time": outcome.received.0,
    });
    if outcome.rejected.is_empty() {
        return answer;
    }
    let mut invalid: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let mut missing: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for held in &outcome.rejected {
        let (lists, field) = match held.reason {
            "id_missing" => (&mut missing, "user_id"),
            "field_missing" => (&mut missing, "event_type"),
            "id_invalid" | "id_blocked" => (&mut invalid, "user_id"),
            "event_name_invalid" | "event_name_reserved" => (&mut invalid, "event_type"),
            "message_id_invalid" => (&mut invalid, "insert_id"),
            "time_invalid" | "time_too_early" | "time_ahead" => (&mut invalid, "time"),
            "field_invalid" => (&mut invalid, "event_properties"),
            _ => (&mut invalid, "event"),
        };
        lists.entry(field).or_default().push(held.index);
    }
    answer["events_with_invalid_fields"] = json!(invalid);
    answer["events_with_missing_fields"] = json!(missing);
    answer["rejected"] = json!(outcome.rejected);
    answer
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use http_body_util::BodyExt;
    use throughline_ingest::segment::Route;
    use throughline_model::Timestamp;

    use super::*;

    fn outcome(dialect: Dialect, verbose: Option<bool>, rejected: Vec<Rejected>) -> Outcome {
        Outcome {
            dialect,
            received: Timestamp(1_790_000_000_000),
            bytes_count: 123,
            accepted: 2,
            rejected,
            verbose,
            ids: vec![(0, "a".to_owned()), (1, "b".to_owned())],
        }
    }

    async fn check(outcome: Outcome, wish: Wish, expected: Expect) {
        let response = answer(&outcome, wish);
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        expected.assert_eq(&format!("{status} {}", String::from_utf8_lossy(&bytes)));
    }

    fn held() -> Vec<Rejected> {
        vec![Rejected {
            index: 1,
            reason: "time_ahead",
            message: "late".to_owned(),
        }]
    }

    #[tokio::test]
    async fn each_maker_hears_its_own_words() {
        let plain = Wish::default();
        let verbose = Wish {
            verbose: true,
            ..plain
        };
        let import = Wish {
            import: true,
            ..plain
        };
        let none = Vec::new;
        let events = Dialect::MixpanelEvents;
        for (outcome, wish, expected) in [
            (
                outcome(Dialect::Segment(Route::Batch), None, none()),
                plain,
                expect![[r#"200 {"ok":true,"success":true}"#]],
            ),
            (
                outcome(Dialect::PostHog, None, none()),
                plain,
                expect![[r#"200 {"status":1}"#]],
            ),
            (
                outcome(Dialect::PostHogV1, None, held()),
                plain,
                expect![[
                    r#"200 {"results":{"a":{"result":"ok"},"b":{"details":"held in quarantine, time_ahead: late","result":"drop"}}}"#
                ]],
            ),
            (
                outcome(events, Some(false), none()),
                plain,
                expect!["200 1"],
            ),
            (outcome(events, None, none()), plain, expect!["200 1"]),
            (
                outcome(events, Some(true), none()),
                import,
                expect![[r#"200 {"status":1}"#]],
            ),
            (
                outcome(events, Some(false), none()),
                verbose,
                expect![[r#"200 {"status":1}"#]],
            ),
            (
                outcome(events, None, none()),
                import,
                expect![[
                    r#"200 {"code":200,"failed_records":[],"num_records_imported":2,"status":"OK"}"#
                ]],
            ),
            (
                outcome(Dialect::Amplitude, None, none()),
                plain,
                expect![[
                    r#"200 {"code":200,"events_ingested":2,"payload_size_bytes":123,"server_upload_time":1790000000000}"#
                ]],
            ),
            (
                outcome(Dialect::Amplitude, None, held()),
                plain,
                expect![[
                    r#"200 {"code":200,"events_ingested":2,"events_with_invalid_fields":{"time":[1]},"events_with_missing_fields":{},"payload_size_bytes":123,"rejected":[{"index":1,"message":"late","reason":"time_ahead"}],"server_upload_time":1790000000000}"#
                ]],
            ),
            (
                outcome(Dialect::Snowplow, None, none()),
                plain,
                expect!["200 ok"],
            ),
            (outcome(Dialect::Ga4, None, none()), plain, expect!["204 "]),
        ] {
            check(outcome, wish, expected).await;
        }
    }
}
