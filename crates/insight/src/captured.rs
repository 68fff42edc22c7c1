//! Elements of sites that the browser library saw used by itself, so that somebody can name them.

use std::collections::BTreeMap;

use throughline_model::{EventCode, EventName, Field, Timestamp, Value, limits};

use crate::{
    ask::AskError,
    labels::{Label, Labels},
    passes::Marked,
    scan::scan,
    view::View,
};

/// Events of the browser library that are about one element.
pub const CAPTURED: [&str; 6] = [
    "element_clicked",
    "element_changed",
    "form_submitted",
    "form_error",
    "popup_shown",
    "popup_dismissed",
];

/// Events of the browser library that are gestures: no touchpoint or step of its own until somebody
/// names the element or says so.
const GESTURES: [&str; 5] = [
    "element_clicked",
    "element_changed",
    "form_error",
    "page_left",
    "search_answered",
];

/// Whether events of a name are gestures on a page, of which many make one contact.
pub(crate) fn is_gesture(name: &EventName) -> bool {
    GESTURES.contains(&name.as_str())
}

/// What a snapshot knows of one element in one kind of event.
#[derive(Clone, Debug, PartialEq)]
pub struct ElementFacts {
    pub event: EventCode,
    /// What finds the element on its page.
    pub selector: String,
    pub tag: Option<String>,
    /// What was written on it the last time.
    pub text: Option<String>,
    /// The page of most of its events.
    pub path: Option<String>,
    /// Different pages that it was on.
    pub pages: u64,
    pub events: u64,
    pub profiles: u64,
    pub last: Timestamp,
    /// Index of the touchpoint of most of its events.
    pub touchpoint: Option<usize>,
}

#[derive(Default)]
struct Tally {
    events: Marked,
    /// The time of the newest event, and what was told with it.
    last: (i64, u32, u32),
    paths: BTreeMap<u32, u64>,
    touchpoints: BTreeMap<u16, u64>,
}

/// The elements with the most events, those first, and how many others there are.
pub fn captured(view: &View<'_>) -> Result<(Vec<ElementFacts>, u64), AskError> {
    let names = &view.snapshot.names;
    let mut is_captured = vec![false; names.len()];
    for name in CAPTURED {
        let name = EventName::parse(name).expect("names of ours are sound");
        if let Some(code) = names.code(&name) {
            is_captured[usize::from(code.0)] = true;
        }
    }
    if !is_captured.contains(&true) {
        return Ok((Vec::new(), 0));
    }
    let labels = |path: &str| Labels::of(view, &field(path));
    let (selectors, texts) = (labels("element.selector")?, labels("element.text")?);
    let (tags, paths) = (labels("element.tag")?, labels("path")?);
    let touchpoints = view.touchpoints()?;
    let begin = BTreeMap::<(u16, u32), Tally>::new;
    let states = scan(view.snapshot, view.cancel, begin, |tallies, rows| {
        for index in 0..rows.len() {
            let (event, place) = (rows.event[index], rows.place(index));
            if is_captured.get(usize::from(event)) != Some(&true) {
                continue;
            }
            let of =
                |labels: &Labels<'_>| labels.at(rows.profile, event, rows.channel[index], place);
            let selector = of(&selectors);
            if selector == 0 {
                continue;
            }
            let tally = tallies.entry((event, selector)).or_default();
            tally.events.add(rows.profile);
            let told = (rows.time[index], of(&texts), of(&tags));
            tally.last = tally.last.max(told);
            *tally.paths.entry(of(&paths)).or_default() += 1;
            let touchpoint = touchpoints.of(event, place);
            *tally.touchpoints.entry(touchpoint).or_default() += 1;
        }
    })?;
    let mut sums = begin();
    for (key, tally) in states.into_iter().flatten() {
        sums.entry(key).or_default().add(tally);
    }
    let mut all: Vec<_> = sums.into_iter().collect();
    // Of two that are as frequent, the one that comes first by name.
    all.sort_by_key(|(key, tally)| (std::cmp::Reverse(tally.events.passes.times), *key));
    let more = all.len().saturating_sub(limits::ELEMENTS_LISTED_MAX) as u64;
    all.truncate(limits::ELEMENTS_LISTED_MAX);
    let facts = all.into_iter().map(|((event, selector), tally)| {
        let (last, text, tag) = tally.last;
        ElementFacts {
            event: EventCode(event),
            selector: text_of(&selectors, selector).unwrap_or_default(),
            tag: text_of(&tags, tag),
            text: text_of(&texts, text),
            path: most(&tally.paths).and_then(|it| text_of(&paths, it)),
            pages: tally.paths.keys().filter(|it| **it != 0).count() as u64,
            events: tally.events.passes.times,
            profiles: tally.events.passes.profiles,
            last: Timestamp(last),
            touchpoint: most(&tally.touchpoints).and_then(|it| usize::from(it).checked_sub(1)),
        }
    });
    Ok((facts.collect(), more))
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.last = match self.events.passes.times {
            0 => other.last,
            _ => self.last.max(other.last),
        };
        self.events.merge(&other.events);
        for (path, count) in other.paths {
            *self.paths.entry(path).or_default() += count;
        }
        for (code, count) in other.touchpoints {
            *self.touchpoints.entry(code).or_default() += count;
        }
    }
}

/// What is there most often; of two, the first.
fn most<K: Copy + Ord>(counts: &BTreeMap<K, u64>) -> Option<K> {
    let best = counts
        .iter()
        .max_by_key(|(key, count)| (**count, std::cmp::Reverse(**key)));
    best.map(|(key, _)| *key)
}

/// What a label says, where it is a text.
pub(crate) fn text_of(labels: &Labels<'_>, label: u32) -> Option<String> {
    match labels.value(label) {
        Label::Value(Value::Text(text)) => Some(text),
        Label::Value(_) | Label::NotSet | Label::Rest => None,
    }
}

/// A member of the properties of the library's events.
pub(crate) fn field(path: &str) -> Field {
    Field::Property(path.split('.').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use throughline_model::Vocabulary;

    use super::*;
    use crate::{
        cancel::Cancel,
        fixture::{LAYOUTS, Log},
    };

    fn check(log: &str, vocabulary: &str, expected: Expect) {
        let log = Log::read(log);
        let vocabulary: Vocabulary = serde_json::from_str(vocabulary).expect("sound");
        let mut told: Vec<String> = Vec::new();
        for layout in LAYOUTS {
            let (snapshot, cancel) = (log.laid_out(layout), Cancel::default());
            let view = View::new(&snapshot, &vocabulary, &cancel);
            let (facts, more) = captured(&view).expect("readable");
            assert_eq!(more, 0);
            let lines = facts.into_iter().map(|it| {
                let name = snapshot.names.name(it.event).expect("named").as_str();
                let touchpoint = it
                    .touchpoint
                    .map(|index| vocabulary.touchpoints[index].id.as_str());
                format!(
                    "{name} {} {:?} on {} of {} pages: {} by {}, is {}\n",
                    it.selector,
                    it.text.unwrap_or_default(),
                    it.path.unwrap_or_default(),
                    it.pages,
                    it.events,
                    it.profiles,
                    touchpoint.unwrap_or("nothing"),
                )
            });
            told.push(lines.collect());
        }
        told.dedup();
        assert_eq!(told.len(), 1, "layouts agree");
        expected.assert_eq(&told[0]);
    }

    const LOG: &str = r##"
        ana 09:00 element_clicked web {"path":"/","element":{"selector":"#buy","tag":"button","text":"Buy"}}
        ana 09:01 element_clicked web {"path":"/sale","element":{"selector":"#buy","tag":"button","text":"Buy now"}}
        ben 08:00 element_clicked web {"path":"/sale","element":{"selector":"#buy","tag":"button","text":"Buy"}}
        ben 08:01 form_submitted web {"path":"/join","element":{"selector":"#join","tag":"form"}}
        ben 08:02 element_clicked web {"path":"/join","element":{"selector":"#no","tag":"a"}}
        ben 08:03 element_clicked web {"path":"/join"}
        ben 08:04 bought web {"element":{"selector":"#buy"}}
    "##;

    #[test]
    fn elements_are_listed_with_what_was_last_written_on_them() {
        check(
            LOG,
            "{}",
            expect![[r##"
                element_clicked #buy "Buy now" on /sale of 2 pages: 3 by 2, is nothing
                element_clicked #no "" on /join of 1 pages: 1 by 1, is nothing
                form_submitted #join "" on /join of 1 pages: 1 by 1, is nothing
            "##]],
        );
    }

    #[test]
    fn a_name_holds_for_what_was_clicked_before() {
        check(
            LOG,
            r##"{"touchpoints":[{"id":"buy","name":"Buy","matcher":{"events":["element_clicked"],
                "rule":{"where":{"field":"properties.element.selector","test":{"is":["#buy"]}}}}}]}"##,
            expect![[r##"
                element_clicked #buy "Buy now" on /sale of 2 pages: 3 by 2, is buy
                element_clicked #no "" on /join of 1 pages: 1 by 1, is nothing
                form_submitted #join "" on /join of 1 pages: 1 by 1, is nothing
            "##]],
        );
    }
}
