//! Files as text in, mappings and events out.

use std::{io::Read, path::PathBuf};

use expect_test::{Expect, expect};
use throughline_model::{IdentifierKind, MessageKey};

use super::{csv::NextRow, *};

const RECEIVED: Timestamp = Timestamp(1_800_000_000_000);

/// The header and the rows of a CSV text.
fn read_csv(text: &str, delimiter: u8) -> (Vec<String>, Vec<Vec<Cell<'static>>>) {
    let mut rows = CsvRows::new(delimiter);
    let mut read = Vec::new();
    let mut whole = text.as_bytes();
    while let NextRow::Row(row) = rows.next(&mut whole, true) {
        let cells = (0..row.len()).map(|index| row.cell(index).into_owned());
        read.push(cells.collect::<Vec<_>>());
    }
    let header: Vec<String> = read
        .remove(0)
        .iter()
        .map(|it| it.text().into_owned())
        .collect();
    (column_names(header.iter().map(String::as_str)), read)
}

/// What is suggested for a CSV file.
fn suggested(name: &str, text: &str) -> (Mapping, Vec<String>, Vec<Vec<Cell<'static>>>) {
    let base = sniff(text.as_bytes()).expect("text");
    let delimiter = base.delimiter.expect("CSV");
    let (columns, rows) = read_csv(text, u8::try_from(delimiter).expect("ASCII"));
    (suggest(&base, name, &columns, &rows), columns, rows)
}

fn check_suggestion(name: &str, text: &str, expected: Expect) {
    let (mapping, columns, _) = suggested(name, text);
    expected.assert_eq(&serde_json::to_string(&mapping).expect("writes to memory"));
    assert_eq!(
        mapping.check(&columns),
        [],
        "a suggestion can be used as it is"
    );
}

/// Maps each row as suggested, after `change`, and shows events and faults.
fn check_rows(text: &str, change: impl FnOnce(&mut Mapping), expected: Expect) {
    let (mut mapping, columns, rows) = suggested("file.csv", text);
    change(&mut mapping);
    let mut mapper = match RowMapper::new(&mapping, &columns) {
        Ok(mapper) => mapper,
        Err(faults) => {
            let faults = faults
                .iter()
                .map(|it| format!("{}: {}\n", it.place, it.message));
            return expected.assert_eq(&faults.collect::<String>());
        }
    };
    let mut shown = String::new();
    for row in &rows {
        match mapper.map(row, RECEIVED) {
            Ok(Mapped { event, .. }) => {
                let ids: Vec<String> = event
                    .identifiers
                    .iter()
                    .map(|it| match it.kind {
                        IdentifierKind::User => format!("u={}", it.value),
                        IdentifierKind::Anonymous => format!("a={}", it.value),
                        kind => format!("{kind:?}={}", it.value),
                    })
                    .collect();
                shown.push_str(&format!(
                    "{} {} {} [{}] {}\n",
                    event.time,
                    event.name,
                    event.channel.name(),
                    ids.join(" "),
                    event.properties.as_str()
                ));
            }
            Err(RowFault { column, fault }) => shown.push_str(&format!(
                "{} {}: {}\n",
                column.unwrap_or_default(),
                fault.reason.code(),
                fault.message
            )),
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn columns_are_guessed_from_names_and_values() {
    check_suggestion(
        "events.csv.gz",
        "household_id,ts,event,ref,detail,value\n\
         304,2016-11-14 00:00:00,campaign_received,24,Type C,0.0\n\
         480,2016-11-14 00:00:00,campaign_received,24,Type C,0.5\n",
        expect![[
            r#"{"format":"csv","delimiter":",","user":"household_id","event":{"column":"event"},"time":{"column":"ts"},"properties":{"numbers":["ref","value"]}}"#
        ]],
    );
    check_suggestion(
        "shop.csv",
        "client_id,event,timestamp\n\
         219483890,catalog,2019-11-01 17:59:13.273932\n\
         219483890,product1,2019-11-01 17:59:28.459271\n",
        expect![[
            r#"{"format":"csv","delimiter":",","user":"client_id","event":{"column":"event"},"time":{"column":"timestamp"}}"#
        ]],
    );
    check_suggestion(
        "Store Orders.csv",
        "orderNumber;customerID;createdAt;amount;paid\n\
         1;c1;01/02/2026 10:00;3.5;true\n\
         2;c2;31/12/2025 09:30;4;false\n",
        expect![[
            r#"{"format":"csv","delimiter":";","user":"customerID","event":{"constant":"store_orders"},"time":{"column":"createdAt","format":"%d/%m/%Y %H:%M"},"properties":{"numbers":["amount"],"flags":["paid"]}}"#
        ]],
    );
    check_suggestion(
        "log.csv",
        "message_id,visitor_id,user_id,event_name,time,channel,payload\n\
         m1,v1,u1,open,1767225600,email,\"{\"\"a\"\":1}\"\n\
         m2,v2,,click,1767225601,web,{}\n",
        expect![[
            r#"{"format":"csv","delimiter":",","user":"user_id","anonymous":"visitor_id","event":{"column":"event_name"},"time":{"column":"time"},"channel":{"column":"channel"},"message":"message_id","properties":{"spread":["payload"]}}"#
        ]],
    );
    check_suggestion(
        "行为.csv",
        "用户ID,时间,事件,金额\n张三,2026/03/01 08:00:00,下单,12.5\n李四,2026/03/02 09:00:00,支付,3\n",
        expect![[
            r#"{"format":"csv","delimiter":",","user":"用户ID","event":{"column":"事件"},"time":{"column":"时间","format":"%Y/%m/%d %H:%M:%S"},"properties":{"numbers":["金额"]}}"#
        ]],
    );
    check_suggestion(
        "purchases.csv",
        "id,day,cds\n0004,19970101,2\n0004,19970118,2\n",
        expect![[
            r#"{"format":"csv","delimiter":",","user":"id","event":{"constant":"purchases"},"time":{"column":"day","format":"%Y%m%d"},"properties":{"numbers":["cds"]}}"#
        ]],
    );
}

#[test]
fn rows_become_events() {
    check_rows(
        "user_id,anonymous_id,event,time,channel,price,zip,note\n\
         u1,,bought,2026-03-01T08:00:00Z,store,3.50,00123,\"say \"\"hi\"\"\"\n\
         u1,a1,bought,2026-03-01T08:00:00+08:00,web,-2,,\n\
         ,a1,seen,1772323200,Email,1e3,9,\n",
        |_| {},
        expect![[r#"
            2026-03-01T08:00:00.000Z bought store [u=u1] {"note":"say \"hi\"","price":3.50,"zip":"00123"}
            2026-03-01T00:00:00.000Z bought web [u=u1 a=a1] {"price":-2}
            2026-03-01T00:00:00.000Z seen email [a=a1] {"price":1000,"zip":"9"}
        "#]],
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    check_rows(
        "\u{feff}user_id;event;time\nu1;bought;2026-03-01\n",
        |_| {},
        expect![[r#"
            2026-03-01T00:00:00.000Z bought other [u=u1] {}
        "#]],
    );
}

#[test]
fn faulty_rows_name_their_column() {
    check_rows(
        "user_id,event,time,payload\n\
         ,bought,2026-03-01,{}\n\
         null,bought,2026-03-01,{}\n\
         u1,,2026-03-01,{}\n\
         u1,$set,2026-03-01,{}\n\
         u1,bought,,{}\n\
         u1,bought,2999-03-01,{}\n\
         u1,bought,1970-01-01,{}\n\
         u1,bought,2026-03-01,\"{\"\n\
         u1,bought,2026-03-01,\"{\"\"a\"\":1,\"\"a\"\":2}\"\n",
        |mapping| {
            mapping.event = Some(EventSource::Column("event".into()));
            mapping.time = Some(TimeColumn {
                column: "time".into(),
                format: TimeFormat::Iso,
                zone: throughline_model::Zone::UTC,
            });
            mapping.properties.spread = vec!["payload".into()];
        },
        expect![[r#"
            user_id id_missing: says not who it was
            user_id id_blocked: `null` stands for nobody
            event field_missing: says not what happened
            event event_name_reserved: `$set` starts with `$`, which is kept for the product's own events; rename it
            time time_invalid: says not when it was
            time time_ahead: happened 2999-03-01T00:00:00.000Z, long after its arrival; check the sender's clock
            time time_too_early: happened 1970-01-01T00:00:00.000Z, before any clock was set; check the sender's clock
            payload row_invalid: is not a JSON object: EOF while parsing an object at line 1 column 1
            payload key_repeated: an object names one of its keys twice; send each key once
        "#]],
    );
}

#[test]
fn a_mapping_says_everything_that_is_wrong_with_it() {
    check_rows(
        "who,what,when,a,b\nu1,bought,2026-03-01,1,2\n",
        |mapping| {
            *mapping = serde_json::from_str(
                r#"{"format":"csv","user":"whom","event":{"constant":" "},"channel":{"constant":"fax"},
                    "time":{"column":"then","format":"%Y","zone":"Europe/Berlin"},
                    "properties":{"rename":{"a":"b"},"ignore":["c"]}}"#,
            )
            .expect("readable");
        },
        expect![[r#"
            event.constant: event name is empty
            channel.constant: `fax` is none of other, web, app, email, sms, push, whatsapp, ads, social, store, call, chat, delivery, service, review
            user: the file has no column `whom`; it has who, what, when, a, b
            time.column: the file has no column `then`; it has who, what, when, a, b
            properties.ignore: the file has no column `c`; it has who, what, when, a, b
            properties.rename.b: two columns become the property `b`
        "#]],
    );
    let misspelt = serde_json::from_str::<Mapping>(r#"{"format":"csv","users":"x"}"#);
    assert!(misspelt.is_err());
    let format = serde_json::from_str::<TimeFormat>(r#""secs""#).expect_err("no format");
    assert!(format.to_string().contains("use iso, seconds"), "{format}");
}

#[test]
fn mappings_survive_their_file() {
    let (mapping, _, _) = suggested("x.csv", "user_id,event,time,n\nu,e,31/12/2025,5\n");
    let json = serde_json::to_string(&mapping).expect("writes to memory");
    assert_eq!(
        serde_json::from_str::<Mapping>(&json).expect("readable"),
        mapping
    );
}

fn row_keys(text: &str) -> Vec<MessageKey> {
    let (mapping, columns, rows) = suggested("x.csv", text);
    let mut mapper = RowMapper::new(&mapping, &columns).expect("sound");
    let mut repeats = Repeats::default();
    rows.iter()
        .map(|row| {
            let Mapped { event, content } = mapper.map(row, RECEIVED).expect("sound");
            match content {
                None => event.message,
                Some(content) => repeated_key(content, repeats.count(content).expect("few")),
            }
        })
        .collect()
}

#[test]
fn equal_rows_all_count_and_the_same_file_counts_once() {
    let text = "user_id,event,time\nu,e,2026-03-01\nu,e,2026-03-01\nu,f,2026-03-01\n";
    let keys = row_keys(text);
    assert_eq!(keys, row_keys(text));
    assert_ne!(keys[0], keys[1]);
    assert_ne!(keys[0], keys[2]);
    let longer = "user_id,event,time\nu,f,2026-03-01\nu,e,2026-03-01\n";
    assert_eq!(
        row_keys(longer),
        [keys[2], keys[0]],
        "a row is the same in another file"
    );
    let with_ids = "user_id,event,time,message_id\nu,e,2026-03-01,m1\nu,e,2026-03-01,m2\n";
    assert_eq!(
        row_keys(with_ids),
        [MessageKey::of("m1"), MessageKey::of("m2")]
    );
}

#[test]
fn json_lines_go_the_same_way() {
    let text = [
        r#"{"user":{"id":1},"user_id":7,"event":"e","ts":1767225600000,"tags":["a", "b"],"ok":true}"#,
        r#"{"user_id":"8","event":"f","ts":1767225600001,"late":null,"extra":1.5}"#,
    ];
    let columns = Lines::columns([text[0].as_bytes()]);
    let mut lines = Lines::new(&columns);
    let first = lines.read(text[0].as_bytes()).expect("sound");
    let cells = (0..columns.len()).map(|column| first.cell(column).into_owned());
    let rows = vec![cells.collect::<Vec<_>>()];
    let base = sniff(text[0].as_bytes()).expect("lines");
    assert_eq!(base.format, Format::Lines);
    let mapping = suggest(&base, "x.ndjson", &columns, &rows);
    let mut mapper = RowMapper::new(&mapping, &columns).expect("sound");
    let mut shown = String::new();
    for line in text {
        let row = lines.read(line.as_bytes()).expect("sound");
        let event = mapper.map(&row, RECEIVED).expect("sound").event;
        shown.push_str(&format!(
            "{} {} {} {}\n",
            event.time,
            event.name,
            event.identifiers[0].value,
            event.properties.as_str()
        ));
    }
    expect![[r#"
        2026-01-01T00:00:00.000Z e 7 {"ok":true,"tags":["a","b"],"user":{"id":1}}
        2026-01-01T00:00:00.001Z f 8 {"extra":1.5}
    "#]]
    .assert_eq(&shown);
}

/// A real file, unpacked, when the folder is there.
fn real(name: &str) -> Option<String> {
    let shared = std::env::var_os("THROUGHLINE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let bytes = std::fs::read(shared.join("data").join(name)).ok()?;
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .expect("gzip");
    Some(text)
}

#[test]
fn real_files_are_mapped_without_a_hand_and_without_a_fault() {
    for (name, user) in [
        ("completejourney/events.csv.gz", "household_id"),
        ("simple_onlineshop/simple-onlineshop.csv.gz", "client_id"),
        ("completejourney/transactions_sample.csv.gz", "household_id"),
        ("completejourney/coupon_redemptions.csv.gz", "household_id"),
    ] {
        let Some(text) = real(name) else { return };
        let (mapping, columns, rows) = suggested(name, &text);
        assert_eq!(mapping.user.as_deref(), Some(user), "{name}");
        let mut mapper = RowMapper::new(&mapping, &columns).expect(name);
        for row in &rows {
            mapper.map(row, RECEIVED).expect(name);
        }
        assert_eq!(rows.len() + 1, text.lines().count(), "{name}");
    }
}
