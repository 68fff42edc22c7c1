//! Touchpoints: events that belong to one place of contact, under one readable name.

use std::collections::{BTreeMap, BTreeSet};

use throughline_model::{EventName, Field, Matcher, Rule, Test, Touchpoint, Value, limits};

use super::SeenEvent;
use super::pages;
use super::words::Words;

/// Talks: their beginning, answer and end are one contact.
const TALKS: &str = "call chat ticket conversation case meeting 通话 会话 工单 咨询";
const TALK_ENDS: &str =
    "start* end* begin* began open* answer* close* finish* complete* resolve* assign* escalat*";
/// Messages: what was sent, opened and clicked is one contact.
const MESSAGES: &str = "email mail sms push whatsapp newsletter notification message";
const MESSAGE_ENDS: &str =
    "sent send deliver* open* read click* bounce* fail* dismiss* reply repli* receiv* view*";
/// Interruptions: what is shown and what is done about it.
const SHOWN_ENDS: &str = "show* shown display* dismiss* close* accept* declin* impression*";

/// Numbers after these words tell an order, so they stay apart.
const NUMBERED: &str = "step level stage phase part question lesson chapter day week page";

/// Different values of a template that still make touchpoints of their own.
const TEMPLATES_MAX: usize = 20;

/// Pages by their name, messages by their template, talks as one, and every other name as its own.
pub(super) fn suggest(seen: &[&SeenEvent]) -> Vec<Touchpoint> {
    let mut draft = Draft::default();
    let (pages, others): (Vec<&SeenEvent>, Vec<&SeenEvent>) =
        seen.iter().partition(|event| pages::is_page(event));
    pages::suggest(&pages, &mut draft);
    let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
    for event in others {
        let words = Words::of(event.name.as_str());
        let (subject, kind) = subject(&words);
        let group = groups.entry(subject.id()).or_insert_with(|| Group {
            title: subject.title(),
            kind,
            events: Vec::new(),
        });
        if kind == Kind::Message {
            group.kind = kind;
        }
        group.events.push(event);
    }
    for (id, group) in &groups {
        if group.kind == Kind::Message {
            by_template(id, group, &mut draft);
        }
        draft.add(id, &group.title, group.names(), None);
    }
    draft.touchpoints.truncate(limits::VOCABULARY_RULES_MAX);
    draft.touchpoints
}

/// Touchpoints under construction; ids are used once.
#[derive(Default)]
pub(super) struct Draft {
    touchpoints: Vec<Touchpoint>,
    ids: BTreeSet<String>,
}

impl Draft {
    /// Adds a touchpoint. An id that is taken gets a number.
    pub fn add(&mut self, id: &str, name: &str, events: Vec<EventName>, rule: Option<Rule>) {
        let id = (1..)
            .map(|number| match number {
                1 => id.to_owned(),
                _ => format!("{}_{number}", &id[..id.len().min(50)]),
            })
            .find(|id| !self.ids.contains(id))
            .expect("numbers do not end");
        self.ids.insert(id.clone());
        self.touchpoints.push(Touchpoint {
            id,
            name: name.to_owned(),
            matcher: Matcher {
                events,
                rule,
                ..Matcher::default()
            },
        });
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Message,
}

struct Group<'a> {
    title: String,
    kind: Kind,
    events: Vec<&'a SeenEvent>,
}

impl Group<'_> {
    fn names(&self) -> Vec<EventName> {
        self.events.iter().map(|event| event.name.clone()).collect()
    }
}

/// What an event is about: its words without the one that says what became of it.
fn subject(words: &Words) -> (Words, Kind) {
    let Some((last, rest)) = words.words.split_last() else {
        return (words.clone(), Kind::Plain);
    };
    let (start, end) = (Words::of(&rest.join(" ")), Words::of(last));
    let is_number = last.bytes().all(|digit| digit.is_ascii_digit()) && !start.has(NUMBERED);
    if start.has(TALKS) && end.has(TALK_ENDS) {
        (start, Kind::Plain)
    } else if rest.len() == 1 && start.has(MESSAGES) && end.has(MESSAGE_ENDS) {
        (start, Kind::Message)
    } else if !rest.is_empty() && (end.has(SHOWN_ENDS) || is_number) {
        (start, Kind::Plain)
    } else {
        (words.clone(), Kind::Plain)
    }
}

/// Each letter has its own name: *cart reminder email*, *delivery notice sms*.
fn by_template(id: &str, group: &Group<'_>, draft: &mut Draft) {
    let mut templates: BTreeMap<&str, u64> = BTreeMap::new();
    let mut events = 0;
    for event in &group.events {
        events += event.events;
        for (template, count) in &event.templates {
            *templates.entry(template).or_default() += count;
        }
    }
    let told: u64 = templates.values().sum();
    if templates.len() > TEMPLATES_MAX || told * 5 < events * 4 {
        return;
    }
    for template in templates.keys() {
        let words = Words::of(template);
        let rule = where_is(Field::Property(vec!["template".to_owned()]), &[template]);
        let name = format!("{} {}", words.title(), mid_sentence(&group.title));
        let id = Words::of(&format!("{} {id}", words.id())).id();
        draft.add(&id, &name, group.names(), Some(rule));
    }
}

/// A title as it stands within another: `Email` becomes `email`, `SMS` stays.
fn mid_sentence(title: &str) -> String {
    let is_short_form = title.chars().all(|letter| !letter.is_lowercase());
    match is_short_form {
        true => title.to_owned(),
        false => title.to_lowercase(),
    }
}

/// A rule that holds where a field is one of these texts.
pub(super) fn where_is(field: Field, texts: &[&str]) -> Rule {
    Rule::Where {
        field,
        test: Test::Is(
            texts
                .iter()
                .map(|text| Value::Text((*text).to_owned()))
                .collect(),
        ),
    }
}
