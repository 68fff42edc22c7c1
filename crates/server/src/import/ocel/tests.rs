use expect_test::{Expect, expect};

use super::*;

fn told(ocel: Result<Ocel<&[u8]>, FileFault>) -> String {
    let mut told = String::new();
    let mut ocel = match ocel {
        Ok(ocel) => ocel,
        Err(error) => return format!("{error}\n"),
    };
    loop {
        let line = match ocel.line() {
            Ok(None) => return told,
            Ok(Some(LogLine::Event(line))) => String::from_utf8(line.to_vec()).unwrap(),
            Ok(Some(LogLine::Erased(_))) => panic!("none was erased"),
            Ok(Some(LogLine::Faulty(fault))) => fault.message,
            Err(error) => return format!("{told}{error}\n"),
        };
        told.push_str(&line);
        told.push('\n');
    }
}

fn json(text: &str, expected: Expect) {
    expected.assert_eq(&told(Ocel::of_json(text.as_bytes())));
}

fn xml(text: &str, expected: Expect) {
    expected.assert_eq(&told(Ocel::of_xml(text.as_bytes(), text.as_bytes())));
}

#[test]
fn events_name_their_objects_by_type_wherever_those_stand() {
    json(
        r#"{"objectTypes":[],"events":[
                {"id":"e1","type":"place order","time":"2026-03-02T09:00:00Z",
                 "attributes":[{"name":"price","value":12.5},{"name":"event","value":"no"}],
                 "relationships":[{"objectId":"o1","qualifier":"order"},{"objectId":"i1","qualifier":"item"},
                    {"objectId":"i2","qualifier":"item"},{"objectId":"i2","qualifier":"again"}]},
                {"id":"e2","type":"pay","time":"2026-03-02T10:00:00Z","relationships":[{"objectId":"nobody","qualifier":""}]},
                {"id":"e3","type":"pay"}],
               "objects":[{"id":"o1","type":"Purchase Order"},{"id":"i1","type":"item"},{"id":"i2","type":"item"}]}"#,
        expect![[r#"
                {"event":"place order","time":"2026-03-02T09:00:00Z","event_id":"e1","item_id":["i1","i2"],"purchase_order_id":"o1","price":12.5}
                names the object `nobody`, which the file does not have
                the event is not sound: missing field `time` at line 1 column 24
            "#]],
    );
}

#[test]
fn what_is_kept_of_a_log_is_bounded_in_bytes() {
    let long = "x".repeat(limits::IMPORT_ROW_BYTES_MAX);
    let event =
        |note: &str| format!(r#"{{"id":"{note}","type":"pay","time":"t","relationships":[]}}"#);
    let (short, long) = (event("e"), event(&long));
    json(
        &format!("{{\"events\":[{long}, {short}]}}"),
        expect![[r#"
                the event is longer than 1048576 bytes
                {"event":"pay","time":"t","event_id":"e"}
            "#]],
    );
    let mut objects = Objects::within(2 * (OBJECT_BYTES + 2));
    for id in ["o1", "o2", "o1"] {
        assert!(objects.add(id, "order").is_ok(), "{id}");
    }
    assert!(objects.add("o3", "order").is_err());
}

#[test]
fn events_are_counted_before_they_are_read() {
    let text = r#" {"events": [ {"a":[1,{"b":"],"}]} , 5,"]", {}
        ], "objects":[]}"#;
    assert_eq!(Ocel::of_json(text.as_bytes()).unwrap().events_total(), 4);
    let text = "<log><events><event><event/></event><event/></events><objects/></log>";
    let log = Ocel::of_xml(text.as_bytes(), text.as_bytes());
    assert_eq!(log.unwrap().events_total(), 2);
}

#[test]
fn xml_says_the_same_as_json() {
    xml(
        r#"<?xml version="1.0"?><log>
                <object-types><object-type name="order"><attributes><attribute name="price" type="float"/></attributes></object-type></object-types>
                <events><event id="e1" type="place order" time="2026-03-02T09:00:00Z">
                    <attributes><attribute name="note">a &lt; b</attribute></attributes>
                    <objects><relationship object-id="o1" qualifier="order"/></objects></event></events>
                <objects><object id="o1" type="order"><attributes><attribute name="price" time="1970-01-01T00:00:00Z">5</attribute></attributes>
                    <objects><relationship object-id="i1" qualifier="has"/></objects></object></objects>
            </log>"#,
        expect![[r#"
                {"event":"place order","time":"2026-03-02T09:00:00Z","event_id":"e1","order_id":"o1","note":"a < b"}
            "#]],
    );
}

#[test]
fn what_is_no_log_says_so() {
    json(
        "{\"objects\":[]}",
        expect![[r"
            the file is not sound OCEL: cannot be read: missing field `events` at line 1 column 14
        "]],
    );
    json(
        "{\"events\":{}}",
        expect![[r"
            the file is not sound OCEL: has `events` that are no list
        "]],
    );
    json(
        &format!("{{\"events\":[{}", "[".repeat(400)),
        expect![[r#"
                the file is not sound OCEL: cannot be read: EOF while parsing a list at line 1 column 411
            "#]],
    );
    xml(
        "<log><events><event id=\"a\">",
        expect![[r"
            the file is not sound XML: the document ends within an element, before byte 27
        "]],
    );
}
