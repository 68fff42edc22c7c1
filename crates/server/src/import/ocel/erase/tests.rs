use proptest::{collection::vec, prelude::*};
use serde_json::Map;

use super::*;
use crate::import::{erased::edited, log::LogLine};

#[derive(Clone, Debug, PartialEq)]
enum Line {
    Event(Map<String, Value>),
    Erased(Vec<String>),
    Faulty,
}

fn lines(document: &str, is_xml: bool) -> Vec<Line> {
    let open = || Ok(Box::new(std::io::Cursor::new(document.to_owned())) as Box<dyn Read>);
    let mut log = read(&open, is_xml).unwrap();
    let mut lines = Vec::new();
    let members = |line: &[u8]| serde_json::from_slice::<Map<String, Value>>(line).unwrap();
    while let Some(line) = log.line().unwrap() {
        lines.push(match line {
            LogLine::Event(line) => Line::Event(members(line)),
            LogLine::Erased(line) => Line::Erased(members(line).keys().cloned().collect()),
            LogLine::Faulty(_) => Line::Faulty,
        });
    }
    lines
}

fn without(
    document: &str,
    is_xml: bool,
    fates: &[Fate],
    names: &dyn Fn(&str) -> bool,
) -> (String, u64) {
    let open = || Ok(Box::new(std::io::Cursor::new(document.to_owned())) as Box<dyn Read>);
    let found = edits(&open, is_xml, fates, names).unwrap();
    let edited = edited(document.as_bytes(), &found.edits);
    (String::from_utf8(edited).unwrap(), found.shared)
}

/// Events by the objects that they name, and objects by those that they name. One that is out of reach is not there.
#[derive(Clone, Debug)]
struct Log {
    events: Vec<(Vec<usize>, Fate)>,
    objects: Vec<Vec<usize>>,
    are_objects_first: bool,
}

fn log() -> impl Strategy<Value = Log> {
    let fates = [Fate::Goes, Fate::Goes, Fate::Stays, Fate::NoEvent];
    let fates = proptest::sample::select(fates.to_vec());
    let objects = vec(vec(0..7usize, 0..3), 0..6);
    let events = vec((vec(0..7usize, 0..3), fates), 0..6);
    (events, objects, any::<bool>()).prop_map(|(mut events, objects, are_objects_first)| {
        for (named, fate) in &mut events {
            // Only of an event that could not be read the objects may be missing.
            if *fate != Fate::NoEvent {
                named.retain(|it| *it < objects.len());
            }
        }
        Log {
            events,
            objects,
            are_objects_first,
        }
    })
}

fn id(object: usize) -> String {
    format!("object-{object}-é中")
}

impl Log {
    fn json(&self) -> String {
        let named = |it: &[usize]| -> Vec<Value> {
            it.iter()
                .map(|it| json!({"objectId": id(*it), "qualifier": ","}))
                .collect()
        };
        let events = self.events.iter().enumerate().map(|(number, (it, _))| {
            json!({"id": format!("secret-{number}-"), "type": "pay [", "time": "t",
                "attributes": [{"name": "note \"]", "value": number}], "relationships": named(it)})
        });
        let objects = self.objects.iter().enumerate().map(|(number, it)| {
            json!({"id": id(number), "type": format!("type {}", number % 2), "attributes": [
                {"name": "of", "time": "", "value": format!("said of {number}-")}], "relationships": named(it)})
        });
        let list = |it: &mut dyn Iterator<Item = Value>| {
            let items: Vec<String> = it.map(|it| it.to_string()).collect();
            format!("[ {}\n]", items.join(" ,\n"))
        };
        let (events, objects) = (
            format!("\"events\": {}", list(&mut events.into_iter())),
            format!("\"objects\":{}", list(&mut objects.into_iter())),
        );
        match self.are_objects_first {
            true => format!("\u{feff}{{{objects}, {events}, \"objectTypes\":[]}}"),
            false => format!("{{\"objectTypes\":[], {events} ,{objects}}}\n"),
        }
    }

    fn xml(&self) -> String {
        let named = |it: &[usize]| -> String {
            let one =
                |it: &usize| format!("<relationship object-id=\"{}\" qualifier='>'/>\n", id(*it));
            it.iter().map(one).collect()
        };
        let mut events = String::from("<events>");
        for (number, (it, _)) in self.events.iter().enumerate() {
            events.push_str(&format!(
                "<event id=\"secret-{number}-\" type=\"pay &lt;\" time=\"t\"><attributes><attribute name=\"note &quot;]\">{number}</attribute></attributes><objects>{}</objects></event>",
                named(it)
            ));
        }
        events.push_str("</events>");
        let mut objects = String::from("<objects>\n");
        for (number, it) in self.objects.iter().enumerate() {
            objects.push_str(&format!(
                "<object id=\"{}\" type=\"type {}\"><attributes><attribute name=\"of\">said of {number}-</attribute></attributes><objects>{}</objects></object>",
                id(number), number % 2, named(it)
            ));
        }
        objects.push_str("</objects>");
        match self.are_objects_first {
            true => format!("\u{feff}<log><object-types/>{objects}{events}</log>"),
            false => format!(
                "<?xml version=\"1.0\"?><log><object-types/>{events}<!-- x -->{objects}</log>\n"
            ),
        }
    }

    /// By walking over all pairs until nothing changes.
    fn ends(&self) -> Vec<End> {
        let count = self.objects.len();
        let names = |fate: Fate, object: usize| {
            self.events
                .iter()
                .any(|(named, its)| *its == fate && named.contains(&object))
        };
        let is_free = |it: usize| !names(Fate::Stays, it) && !names(Fate::Goes, it);
        let reaches = |from: usize, fate: Fate| {
            let mut seen = vec![from];
            let mut next = 0;
            while next < seen.len() {
                let at = seen[next];
                next += 1;
                if !is_free(at) {
                    continue;
                }
                for other in 0..count {
                    let is_pair =
                        self.objects[at].contains(&other) || self.objects[other].contains(&at);
                    if is_pair && !seen.contains(&other) {
                        seen.push(other);
                    }
                }
            }
            seen.iter().any(|it| names(fate, *it))
        };
        (0..count)
            .map(
                |it| match (reaches(it, Fate::Goes), reaches(it, Fate::Stays)) {
                    (true, false) => End::Goes,
                    (true, true) => End::IsShared,
                    (false, _) => End::Stays,
                },
            )
            .collect()
    }

    fn check(&self, text: &str, is_xml: bool) -> Result<(), TestCaseError> {
        let before = lines(text, is_xml);
        let fates: Vec<Fate> = self.events.iter().map(|it| it.1).collect();
        let (after, shared) = without(text, is_xml, &fates, &|text| text.contains("said of"));
        let read = lines(&after, is_xml);
        prop_assert_eq!(read.len(), before.len(), "{}", after);
        let ends = self.ends();
        let held = self.events.iter().zip(&before).zip(&read);
        for (number, (((named, fate), was), is)) in held.enumerate() {
            let names_gone = named.iter().any(|it| ends.get(*it) == Some(&End::Goes));
            let secret = format!("secret-{number}-");
            match (fate, was) {
                (Fate::Goes, Line::Event(members)) => {
                    let Line::Erased(names) = is else {
                        return Err(TestCaseError::fail(format!("{is:?}")));
                    };
                    for name in members.keys() {
                        prop_assert!(names.contains(name), "{name} of {names:?}");
                    }
                    prop_assert!(!after.contains(&secret), "{}", after);
                }
                (Fate::NoEvent, Line::Event(members)) if names_gone => {
                    let Line::Event(now) = is else {
                        return Err(TestCaseError::fail(format!("{is:?}")));
                    };
                    prop_assert!(now.values().all(|it| it == "" || it.is_null()), "{now:?}");
                    prop_assert!(members.keys().all(|it| now.contains_key(it)), "{now:?}");
                    prop_assert!(!after.contains(&secret), "{}", after);
                }
                _ => {
                    prop_assert_eq!(is, was);
                    prop_assert!(after.contains(&secret), "{}", after);
                }
            }
        }
        for (number, end) in ends.iter().enumerate() {
            let said = format!("said of {number}-");
            prop_assert_eq!(
                after.contains(&said),
                *end != End::Goes,
                "{} {:?}",
                after,
                ends
            );
            // What could not be read is as it was, whatever it names.
            let is_unread = before.contains(&Line::Faulty);
            if *end == End::Goes && !is_unread {
                prop_assert!(!after.contains(&id(number)), "{}", after);
            }
        }
        let shared_expected = ends.iter().filter(|it| **it == End::IsShared).count() as u64;
        prop_assert_eq!(shared, shared_expected);
        Ok(())
    }
}

proptest! {
    #[test]
    fn what_goes_is_nowhere_and_all_others_are_as_they_were(log in log()) {
        log.check(&log.json(), false)?;
        log.check(&log.xml(), true)?;
    }
}

#[test]
fn a_shared_object_is_told_only_where_it_names_the_person_itself() {
    let text = r#"{"events":[
        {"id":"e1","type":"pay","time":"t","relationships":[{"objectId":"ann"},{"objectId":"o1"}]},
        {"id":"e2","type":"pay","time":"t","relationships":[{"objectId":"o1"}]}],
        "objects":[{"id":"ann","type":"customer"},
        {"id":"o1","type":"order","relationships":[{"objectId":"ann"},"odd",{"objectId":"i1"}]},
        {"id":"i1","type":"item","attributes":3}]}"#;
    let fates = [Fate::Goes, Fate::Stays];
    let (after, shared) = without(text, false, &fates, &|text| text.contains("ann"));
    assert_eq!(shared, 0);
    assert!(!after.contains("ann"), "{after}");
    assert!(
        after.contains(r#""relationships":["odd",{"objectId":"i1"}]"#),
        "{after}"
    );
    let (_, shared) = without(text, false, &fates, &|text| text.contains("o1"));
    assert_eq!(shared, 1);
}

#[test]
fn objects_of_other_shapes_are_taken_as_they_are() {
    let text = r#"{"events":[{"id":"e1","type":"pay","time":"t","relationships":[{"objectId":"a"}]}],
        "objects":[{"id":"a","type":"x","attributes":1,"attributes":2},{"id":"b","type":"x","relationships":{"objectId":"a"}}]}"#;
    let (after, _) = without(text, false, &[Fate::Goes], &|_| false);
    assert!(after.contains(r#""objects":[{"id":"b""#), "{after}");
    assert_eq!(lines(&after, false).len(), 1);
}

#[test]
fn an_event_within_an_event_goes_with_it() {
    let text = "<log><events><event id=\"secret\" type=\"pay\" time=\"t\"><event id=\"secret\"/><x note=\"secret\"/></event>\
        <event id=\"e2\" type=\"pay\" time=\"t\"/></events><objects/></log>";
    let before = lines(text, true);
    let (after, _) = without(text, true, &[Fate::Goes, Fate::Stays], &|_| false);
    let read = lines(&after, true);
    assert!(!after.contains("secret"), "{after}");
    assert!(matches!(read[0], Line::Erased(_)));
    assert_eq!(read[1..], before[1..]);
}
