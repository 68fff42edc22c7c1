use proptest::{collection::vec, prelude::*};

use super::*;
use crate::import::erased::edited;

/// A line, or what stands in its place.
#[derive(Clone, Debug, PartialEq)]
enum Line {
    Event(Map<String, Value>),
    Erased(Vec<String>),
    Faulty,
}

fn lines(document: &[u8]) -> Vec<Line> {
    let mut xes = Xes::new(document);
    let mut lines = Vec::new();
    let members = |line: &[u8]| serde_json::from_slice::<Map<String, Value>>(line).unwrap();
    while let Some(line) = xes.line().unwrap() {
        lines.push(match line {
            LogLine::Event(line) => Line::Event(members(line)),
            LogLine::Erased(line) => Line::Erased(members(line).keys().cloned().collect()),
            LogLine::Faulty(_) => Line::Faulty,
        });
    }
    lines
}

fn without(document: &[u8], fates: &[Fate]) -> (Vec<u8>, u64) {
    let found = edits(document, fates, &|text| text.contains("secret")).unwrap();
    (edited(document, &found.edits), found.shared)
}

/// What one event is like: how it is written, and what becomes of it.
type Kind = (u8, Fate);

fn kind() -> impl Strategy<Value = Kind> {
    let fates = [Fate::Goes, Fate::Goes, Fate::Stays, Fate::NoEvent];
    (0..4u8, proptest::sample::select(fates.to_vec()))
}

/// Traces of events, and events of no trace behind them.
fn document(traces: &[Vec<Kind>], loose: &[Kind], has_mark: bool) -> String {
    let mut number = 0;
    let mut events = |kinds: &[Kind]| {
        let mut text = String::new();
        for (style, _) in kinds {
            let secret = format!("secret-{number}-é&lt;中");
            text.push_str(&match style {
                0 => format!("<event><string key=\"who\" value=\"{secret}\"/></event>\n"),
                1 => format!("<x:event a='b'>\n<int key='n' value='7'/><!-- {secret} --><list key=\"l\"><values><string key=\"who\" value=\"{secret}\"/></values></list></x:event>"),
                2 => format!("<event><string key=\"a&amp;b&#10;&quot;c\" value=\"{secret}\"><string key=\"more\" value=\"{secret}\"/></string></event>  "),
                _ => format!("<event  />{}", if kinds.len() > 2 { "<!-- between -->" } else { "" }),
            });
            number += 1;
        }
        text
    };
    let mut text = String::new();
    if has_mark {
        text.push('\u{feff}');
    }
    text.push_str(
        "<?xml version=\"1.0\"?>\n<log><string key=\"concept:name\" value=\"the log\"/>\n",
    );
    for (index, trace) in traces.iter().enumerate() {
        let (first, rest) = trace.split_at(trace.len() / 2);
        text.push_str(&format!(
            "<trace><string key=\"concept:name\" value=\"case-{index}-\"/>{}<string key=\"late\" value=\"secret of case-{index}-\"/>{}</trace>",
            events(first),
            events(rest),
        ));
    }
    text.push_str(&events(loose));
    text.push_str("</log>\n");
    text
}

proptest! {
    #[test]
    fn events_that_go_are_nowhere_and_all_others_are_as_they_were(
        traces in vec(vec(kind(), 1..5), 0..5),
        loose in vec(kind(), 0..4),
        has_mark: bool,
    ) {
        let text = document(&traces, &loose, has_mark);
        let before = lines(text.as_bytes());
        let fates: Vec<Fate> = traces.iter().flatten().chain(&loose).map(|it| it.1).collect();
        prop_assert_eq!(before.len(), fates.len());
        let (after, shared) = without(text.as_bytes(), &fates);
        let told = String::from_utf8(after.clone()).unwrap();
        let read = lines(&after);
        prop_assert_eq!(read.len(), before.len());
        let mut number = 0;
        let mut shared_expected = 0;
        let groups = traces.iter().map(|it| (it, true)).chain([(&loose, false)]);
        for (index, (kinds, is_trace)) in groups.enumerate() {
            let has = |fate| kinds.iter().any(|it| it.1 == fate);
            let is_emptied = is_trace && has(Fate::Goes) && !has(Fate::Stays);
            if is_trace {
                let case = format!("case-{index}-");
                prop_assert_eq!(told.contains(&case), !is_emptied, "{}", told);
                shared_expected += u64::from(has(Fate::Goes) && has(Fate::Stays));
            }
            for (style, fate) in kinds {
                let (was, is) = (&before[number], &read[number]);
                let Line::Event(members) = was else { unreachable!() };
                let is_left = *fate == Fate::Stays || *fate == Fate::NoEvent && !is_emptied;
                if *style < 3 {
                    let secret = format!("secret-{number}-");
                    prop_assert_eq!(told.contains(&secret), is_left, "{}", told);
                }
                match (fate, is) {
                    (Fate::Goes, Line::Erased(names)) => {
                        for name in members.keys() {
                            prop_assert!(names.contains(name), "{name} of {names:?}");
                        }
                    }
                    (Fate::NoEvent, Line::Event(now)) if is_emptied => {
                        prop_assert!(now.values().all(|it| it == ""), "{now:?}");
                        for name in members.keys() {
                            prop_assert!(now.contains_key(name), "{name} of {now:?}");
                        }
                    }
                    (_, is) => {
                        prop_assert!(is_left);
                        prop_assert_eq!(is, was);
                    }
                }
                number += 1;
            }
        }
        prop_assert_eq!(shared, shared_expected);
    }
}

#[test]
fn a_trace_goes_when_its_last_event_does_and_what_went_before_stays_gone() {
    let text = "<log><trace><string key=\"concept:name\" value=\"secret\"/>\
        <event><string key=\"a\" value=\"1\"/></event><event><string key=\"a\" value=\"2\"/></event></trace></log>";
    let (once, shared) = without(text.as_bytes(), &[Fate::Goes, Fate::Stays]);
    assert_eq!(shared, 1);
    assert!(String::from_utf8_lossy(&once).contains("secret"));
    let (twice, shared) = without(&once, &[Fate::Gone, Fate::Goes]);
    assert_eq!(shared, 0);
    assert!(!String::from_utf8_lossy(&twice).contains("secret"));
    let erased = lines(&twice);
    assert_eq!(erased[0], erased[1]);
    assert!(matches!(&erased[0], Line::Erased(names) if names.contains(&"a".to_owned())));
    // Nothing is left to do.
    assert_eq!(without(&twice, &[Fate::Gone, Fate::Gone]), (twice, 0));
}

#[test]
fn an_event_that_was_too_long_to_be_read_stays_one_that_cannot_be() {
    let long = "x".repeat(600 << 10);
    let text = format!(
        "<log><trace><string key=\"note\" value=\"{long}\"/><event><string key=\"more\" value=\"{long}\"/></event>\
        <event><string key=\"a\" value=\"1\"/></event></trace></log>"
    );
    assert_eq!(lines(text.as_bytes())[0], Line::Faulty);
    let (after, _) = without(text.as_bytes(), &[Fate::NoEvent, Fate::Goes]);
    let read = lines(&after);
    assert_eq!(read[0], Line::Faulty);
    assert!(matches!(read[1], Line::Erased(_)));
    assert!(after.len() < 1_000);
}
