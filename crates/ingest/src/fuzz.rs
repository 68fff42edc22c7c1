//! What must hold for any bytes: entries for the fuzzer. They panic where a law is broken.

use throughline_model::{Event, EventKind, SourceId, Timestamp, limits, masking::Masking};

use crate::{
    Decoded,
    dialect::{
        self, Call, Dialect, Moment,
        hook::{self, Maker, Note},
    },
    file::{self, Cell, CsvRows, Format, Lines, NextRow, Row, RowMapper},
    mask::Masker,
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
            assert!(decoded.events.iter().all(|(_, it)| it.kind == kind));
        }
        decoded.events.iter().for_each(|(_, it)| check_event(it));
        for held in &decoded.quarantined {
            assert!(held.raw.len() <= limits::QUARANTINE_RAW_BYTES_MAX);
            assert!(!held.fault.message.is_empty());
        }
    }
    if let Ok(mapped) = segment::decode_line(bytes, RECEIVED) {
        check_event(&mapped.event);
    }
}

/// Decodes bytes as a body in every dialect: each event is sound, and twice is the same.
pub fn dialects(bytes: &[u8]) {
    let moment = Moment {
        received: RECEIVED,
        sent: Some(RECEIVED),
    };
    let named = (0..=u8::MAX).filter_map(Dialect::from_code).map(Call::Is);
    for call in named.chain([Call::Track, Call::Engage, Call::Batch]) {
        let read = dialect::read(call, bytes, moment);
        let again = dialect::read(call, bytes, moment);
        assert_eq!(read, again, "reading is a function");
        let Ok(read) = read else { continue };
        let by_log = dialect::read(Call::Is(read.dialect), bytes, moment);
        assert_eq!(by_log, Ok(read.clone()), "the log reads the same");
        check_masked(read.dialect, bytes, moment, &read.decoded);
        read.decoded
            .events
            .iter()
            .for_each(|(_, it)| check_event(it));
        for held in &read.decoded.quarantined {
            assert!(held.raw.len() <= limits::QUARANTINE_RAW_BYTES_MAX);
            assert!(!held.fault.message.is_empty());
        }
    }
}

/// Masks by every rule: what is left is read as as many events.
fn check_masked(dialect: Dialect, bytes: &[u8], moment: Moment, decoded: &Decoded) {
    let mut masking = Masking::default();
    for rule in &mut masking.rules {
        rule.is_on = true;
    }
    let masked = Masker::new(&masking).body(dialect, bytes);
    let Some(masked) = masked.expect("the body was read") else {
        return;
    };
    assert!(!masked.found.is_empty());
    let again = dialect::read(Call::Is(dialect), masked.text.as_bytes(), moment);
    let again = again.expect("a masked body is read").decoded;
    let count = |it: &Decoded| it.events.len() + it.quarantined.len() + it.aside.len();
    assert_eq!(count(&again), count(decoded));
}

/// Decodes bytes as the body of a webhook of every maker: each event is sound, and twice is the same.
pub fn hooks(bytes: &[u8]) {
    const TOPICS: [&str; 6] = [
        "orders/create",
        "refunds/create",
        "fulfillments/update",
        "checkouts/update",
        "customers/update",
        "new/topic",
    ];
    let rows = hook::arrived(bytes).unwrap_or_default();
    let suggested = hook::suggest(&rows);
    for maker in Maker::ALL {
        for topic in TOPICS {
            let note = Note {
                topic: Some(topic.to_owned()),
                at: Some("2023-11-14T22:13:20Z".to_owned()),
                mapping: (topic != "new/topic").then(|| suggested.clone()),
            };
            let decoded = hook::decode(maker, SourceId(7), &note, bytes, RECEIVED);
            let again = hook::decode(maker, SourceId(7), &note, bytes, RECEIVED);
            assert_eq!(decoded, again, "decoding is a function");
            let Ok(decoded) = decoded else { continue };
            decoded.events.iter().for_each(|(_, it)| check_event(it));
            let is_nothing = decoded.accepted_count() == 0 && decoded.quarantined.is_empty();
            let is_empty_list = rows.is_empty();
            assert!(!is_nothing || is_empty_list, "nothing is lost in silence");
            for held in &decoded.quarantined {
                assert!(held.raw.len() <= limits::QUARANTINE_RAW_BYTES_MAX);
                assert!(!held.fault.message.is_empty());
            }
            if maker != Maker::Shopify && maker != Maker::Generic {
                break;
            }
        }
    }
}

/// Reads bytes as a CSV file and as JSON lines, as suggested from their own beginning.
pub fn file(bytes: &[u8]) {
    assert_eq!(map_file(bytes), map_file(bytes), "mapping is a function");
}

/// Every event and the count of faulty rows of a file.
fn map_file(bytes: &[u8]) -> (Vec<Event>, usize) {
    let (mut events, mut faulty_count) = (Vec::new(), 0);
    let Ok(base) = file::sniff(bytes) else {
        return (events, faulty_count);
    };
    let (columns, rows) = match base.format {
        Format::Csv => csv_rows(bytes, base.delimiter.unwrap_or(',')),
        Format::Lines => line_rows(bytes, &mut faulty_count),
        Format::Segment | Format::Parquet | Format::Xes | Format::Ocel => {
            return (events, faulty_count);
        }
    };
    let mapping = file::suggest(&base, "fuzz.csv", &columns, &rows);
    let Ok(mut mapper) = RowMapper::new(&mapping, &columns) else {
        return (events, faulty_count);
    };
    for row in &rows {
        match mapper.map(row, RECEIVED) {
            Ok(mapped) => {
                check_event(&mapped.event);
                events.push(mapped.event);
            }
            Err(_) => faulty_count += 1,
        }
    }
    assert!(events.len() <= rows.len());
    (events, faulty_count)
}

fn csv_rows(bytes: &[u8], delimiter: char) -> (Vec<String>, Vec<Vec<Cell<'static>>>) {
    let mut splitter = CsvRows::new(u8::try_from(delimiter).expect("suggested from ASCII"));
    let mut rest = bytes;
    let mut rows = Vec::new();
    let mut columns = Vec::new();
    loop {
        match splitter.next(&mut rest, true) {
            NextRow::Row(row) if columns.is_empty() => columns = file::column_names(row.cells()),
            NextRow::Row(row) => {
                let cells = (0..columns.len()).map(|column| row.cell(column).into_owned());
                rows.push(cells.collect());
            }
            NextRow::Faulty(_) => {}
            NextRow::Hungry | NextRow::End | NextRow::Endless(_) => return (columns, rows),
        }
    }
}

fn line_rows(bytes: &[u8], faulty_count: &mut usize) -> (Vec<String>, Vec<Vec<Cell<'static>>>) {
    let lines = || bytes.split(|&byte| byte == b'\n');
    let columns = Lines::columns(lines());
    let mut reader = Lines::new(&columns);
    let mut rows: Vec<Vec<Cell<'static>>> = Vec::new();
    for line in lines() {
        match reader.read(line) {
            Ok(row) => {
                let cells = (0..columns.len()).map(|column| row.cell(column).into_owned());
                rows.push(cells.collect());
            }
            Err(_) => *faulty_count += 1,
        }
    }
    (columns, rows)
}

/// The promises that everything behind the decoder relies on.
fn check_event(event: &Event) {
    event.properties.to_map();
    event.context.to_map();
    for update in traits::updates(event) {
        let value = update.state.value.as_deref().unwrap_or("null");
        serde_json::from_str::<serde_json::Value>(value).expect("a trait is JSON");
    }
    for change in traits::changes(event) {
        serde_json::from_str::<serde_json::Value>(&change.operand).expect("an operand is JSON");
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

    const FILES: [&str; 3] = [
        "user_id,event,time,price,payload\nu1,bought,2026-03-01,3.5,\"{\"\"a\"\":1}\"\nu2,seen,1767225600,,{}\n",
        "{\"user_id\":1,\"event\":\"e\",\"ts\":1767225600000,\"tags\":[ 1 ]}\n{\"user_id\":2,\"event\":\"f\",\"ts\":1}\n",
        "id;day;note\n1;31/12/2025;\"x;y\"\n2;01/02/2025;\u{1F600}\n",
    ];

    const DIALECTS: [&str; 8] = [
        r#"{"api_key":"k","sent_at":"2023-11-14T22:13:20Z","batch":[{"uuid":"1","event":"$pageview","distinct_id":"u","timestamp":"2023-11-14T22:13:20Z","$set":{"a":1},"properties":{"$device_id":"d","$is_identified":true,"$current_url":"https://s/?utm_source=g"}},{"event":"$create_alias","properties":{"distinct_id":"u","alias":"v"}},{"event":"$groupidentify","properties":{"distinct_id":"u","$device_id":"d","$group_key":"g","$group_set":{"n":1}}}]}"#,
        r#"[{"event":"e","properties":{"token":"k","distinct_id":"$device:d","$device_id":"d","time":1700000000.5,"$insert_id":"1"}},{"event":"$merge","properties":{"$distinct_ids":["u","v"]}},{"event":"$create_alias","properties":{"distinct_id":"u","alias":"v"}}]"#,
        r#"{"$token":"k","$distinct_id":"u","$time":1700000000,"$set":{"$email":"a"},"$set_once":{"b":1},"$unset":["c"],"$add":{"n":1.5},"$union":{"t":["a",{"b":1e2}]},"$remove":{"t":"a"}}"#,
        r#"{"api_key":"k","events":[{"event_type":"e","user_id":"u","device_id":"d","time":1700000000000,"event_properties":{"$price":3.5,"$quantity":2},"user_properties":{"$setOnce":{"a":1}},"insert_id":"1","groups":{"g":"h"}},{"event_type":"$groupidentify"}]}"#,
        r#"{"data":[{"e":"ue","uid":"u","eid":"1","dtm":"1700000000000","stm":"1700000000000","ue_pr":"{\"data\":{\"schema\":\"iglu:a/b/c\",\"data\":{\"x\":1}}}","cx":"e30"},{"e":"se","duid":"d","se_ac":"add","se_va":"2"}]}"#,
        r#"{"client_id":"c","user_id":"u","timestamp_micros":1700000000000000,"user_properties":{"a":{"value":1}},"events":[{"name":"purchase","params":{"transaction_id":"t","page_location":"https://s/?utm_source=%ff"}}]}"#,
        "verbose=1&data=eyJldmVudCI6ImUiLCJwcm9wZXJ0aWVzIjp7ImRpc3RpbmN0X2lkIjoidSJ9fQ%3D%3D",
        "e=pv&url=https%3A%2F%2Fs%2F&uid=u&eid=1&dtm=1700000000000&event=e&anonymousId=a&properties.x=1",
    ];

    const HOOKS: [&str; 9] = [
        r#"{"id":1,"order_id":2,"email":"a@b.co","phone":"+491701234567","total_price":"1.5","currency":"EUR","line_items":[{"quantity":2,"price":"3"}],"refund_line_items":[{"subtotal":1,"line_item":{"sku":"s"}}],"transactions":[{"kind":"refund","amount":"1"}],"customer":{"id":3},"note_attributes":[{"name":"anonymous_id","value":"a"}],"landing_site":"/?utm_source=g","shipment_status":"delivered","created_at":"2023-11-14T22:13:20Z"}"#,
        r#"{"id":"evt","type":"charge.refunded","created":1700000000,"data":{"object":{"id":"ch","amount":100,"amount_refunded":5,"currency":"jpy","customer":"cus","metadata":{"user_id":"u"}},"previous_attributes":{"amount_refunded":1}}}"#,
        "MessageSid=SM1&MessageStatus=received&Body=stop&From=whatsapp%3A%2B491701234567&To=%2B4930123&CallSid=&Timestamp=Sat%2C+28+Nov+2020+10%3A01%3A35+%2B0000",
        r#"[{"email":"a@b.co","timestamp":1700000000,"event":"open","sg_event_id":"1","sg_machine_open":true,"category":["x"]},{"event":"bounce"}]"#,
        r#"{"signature":{},"event-data":{"event":"failed","timestamp":1700000000.5,"id":"1","recipient":"a@b.co","tags":["t"],"client-info":{"bot":"apple"}}}"#,
        r#"{"entry":[{"changes":[{"field":"messages","value":{"contacts":[{"wa_id":"491701234567","profile":{"name":"n"}}],"messages":[{"from":"491701234567","id":"1","timestamp":"1700000000","text":{"body":"x"}}],"statuses":[{"id":"2","status":"read","recipient_id":"491701234567"}]}}]}]}"#,
        r#"{"id":"1","type":"zen:event-type:ticket.status_changed","time":"2023-11-14T22:13:20Z","detail":{"id":"4","requester_id":"5","tags":["a"]},"event":{"previous":"SOLVED","current":"OPEN"}}"#,
        r#"{"event_id":"E","form_response":{"token":"t","submitted_at":"2023-11-14T22:13:20Z","hidden":{"email":"a@b.co"},"definition":{"fields":[{"id":"q","title":"?"}]},"answers":[{"type":"number","number":9,"field":{"id":"q","type":"nps"}}]}}"#,
        r#"[{"eventId":1,"subscriptionType":"contact.propertyChange","objectId":5,"propertyName":"email","propertyValue":"a@b.co","occurredAt":1700000000000,"score":3,"kind":"nps","email":"a@b.co"}]"#,
    ];

    type Change = (prop::sample::Index, u8, u8);

    fn mangle(text: &str, changes: Vec<Change>) -> Vec<u8> {
        let tokens: [&[u8]; 11] = [
            b"{}",
            b"[",
            b"null",
            b"\"\"",
            b"\\u0000",
            b",\"userId\":\"v\"",
            b"1e999",
            b" ",
            b"\n",
            b"$",
            b"\xff",
        ];
        let mut bytes = text.as_bytes().to_vec();
        for (place, byte, kind) in changes {
            let at = place.index(bytes.len() + 1);
            match kind {
                0 if at < bytes.len() => bytes[at] = byte,
                1 if at < bytes.len() => drop(bytes.remove(at)),
                2 => bytes.truncate(at),
                _ => {
                    let token = tokens[usize::from(byte) % tokens.len()];
                    bytes.splice(at..at, token.iter().copied());
                }
            }
        }
        bytes
    }

    fn changes() -> impl Strategy<Value = Vec<Change>> {
        prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..6), 0..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn mangled_bodies_break_no_law(seed in 0usize..SEEDS.len(), changes in changes()) {
            segment(&mangle(SEEDS[seed], changes));
        }

        #[test]
        fn mangled_bodies_of_every_dialect_break_no_law(
            seed in 0usize..DIALECTS.len(),
            changes in changes(),
        ) {
            dialects(&mangle(DIALECTS[seed], changes));
        }

        #[test]
        fn mangled_bodies_of_webhooks_break_no_law(
            seed in 0usize..HOOKS.len(),
            changes in changes(),
        ) {
            hooks(&mangle(HOOKS[seed], changes));
        }

        #[test]
        fn mangled_files_break_no_law(seed in 0usize..FILES.len(), changes in changes()) {
            file(&mangle(FILES[seed], changes));
        }
    }
}
