//! What must hold for any bytes: entries for the fuzzer. They panic where a law is broken.

use throughline_model::{Event, EventKind, Timestamp, limits};

use crate::{
    segment::{self, Route},
    traits,
};

/// The moment at which fuzzed bytes arrive.
const RECEIVED: Timestamp = Timestamp(1_700_000_000_000);

/// Decodes bytes as a body of every route: each event is sound, none is lost, and twice is the same.
pub fn segment(bytes: &[u8]) {
    let kinds = [
        EventKind::Track,
        EventKind::Page,
        EventKind::Screen,
        EventKind::Identify,
        EventKind::Group,
        EventKind::Alias,
    ];
    let routes = kinds.map(Route::One).into_iter().chain([Route::Batch]);
    for route in routes {
        let decoded = segment::decode(route, bytes, RECEIVED);
        assert_eq!(
            decoded,
            segment::decode(route, bytes, RECEIVED),
            "decoding is a function"
        );
        let Ok(decoded) = decoded else { continue };
        if let Route::One(kind) = route {
            assert_eq!(decoded.events.len() + decoded.quarantined.len(), 1);
            assert!(decoded.events.iter().all(|event| event.kind == kind));
        }
        decoded.events.iter().for_each(check_event);
        for held in &decoded.quarantined {
            assert!(held.raw.len() <= limits::QUARANTINE_RAW_BYTES_MAX);
            assert!(!held.fault.message.is_empty());
        }
    }
    if let Ok(line) = std::str::from_utf8(bytes)
        && let Ok(event) = segment::decode_line(line, RECEIVED)
    {
        check_event(&event);
    }
}

/// The promises that everything behind the decoder relies on.
fn check_event(event: &Event) {
    event.properties.to_map();
    event.context.to_map();
    for update in traits::updates(event) {
        let value = update.state.value.as_deref().unwrap_or("null");
        serde_json::from_str::<serde_json::Value>(value).expect("a trait is JSON");
    }
    assert!(!event.identifiers.is_empty());
    for (index, identifier) in event.identifiers.iter().enumerate() {
        assert!(!crate::identity::is_blocked(&identifier.value));
        assert!(!event.identifiers[..index].contains(identifier));
    }
    assert!(event.identifiers.is_sorted_by_key(|it| it.kind));
    assert!(event.kind != EventKind::Alias || event.identifiers.len() >= 2);
    assert!(event.time >= limits::EVENT_TIME_MIN);
    assert!(event.time <= event.received.plus(limits::EVENT_AHEAD_MAX));
    let is_own_name = event
        .kind
        .fixed_name()
        .is_some_and(|it| it == event.name.as_str());
    assert!(is_own_name || !event.name.is_system());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SEEDS: [&str; 4] = [
        r#"{"batch":[{"type":"track","event":"e","userId":"u","anonymousId":"a","properties":{"p":[1,{"q":"x\u00e9"}]},"context":{"traits":{"t":null},"page":{}}},{"type":"alias","userId":"u","previousId":"a"}],"context":{"ip":"1"},"sentAt":"2023-11-14T22:13:20Z"}"#,
        r#"{"type":"page","name":"n","category":"c","userId":7,"timestamp":1700000000,"sentAt":"2023-11-14 22:13:20","properties":{ "channel" : "app" }}"#,
        r#"{"type":"group","groupId":"g","anonymousId":"a","traits":{"a":{"b":{}}},"messageId":"m"}"#,
        r#"{"type":"identify","userId":" u ","traits":{"\ud83d\ude00":1e3},"context":{"library":{"name":"analytics-ios"}}}"#,
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn mangled_bodies_break_no_law(
            seed in 0usize..SEEDS.len(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 0..6),
        ) {
            let mut bytes = SEEDS[seed].as_bytes().to_vec();
            let tokens: [&[u8]; 8] =
                [b"{}", b"[", b"null", b"\"\"", b"\\u0000", b",\"userId\":\"v\"", b"1e999", b" "];
            for (place, byte, kind) in changes {
                let at = place.index(bytes.len().max(1)).min(bytes.len());
                match kind {
                    0 if at < bytes.len() => bytes[at] = byte,
                    1 if at < bytes.len() => drop(bytes.remove(at)),
                    2 => bytes.truncate(at.max(1)),
                    _ => {
                        let token = tokens[usize::from(byte) % tokens.len()];
                        bytes.splice(at..at, token.iter().copied());
                    }
                }
            }
            segment(&bytes);
        }
    }
}
