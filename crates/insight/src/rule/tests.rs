use proptest::prelude::*;
use throughline_model::{EventName, Vocabulary};
use throughline_store::{Snapshot, StoredEvent, value_of};

use super::*;
use crate::{
    cancel::Cancel,
    fixture::{LAYOUTS, Log, any_log},
};

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Flag),
        prop::sample::select(vec![-1.0, -0.0, 0.0, 1.0, 2.5]).prop_map(Value::Number),
        prop::sample::select(vec!["a", "b", "ab", "", "web", "email", "view", "shop"])
            .prop_map(|text| Value::Text(text.to_owned())),
    ]
}

fn any_test() -> impl Strategy<Value = Test> {
    let nothing = throughline_model_nothing();
    let text = prop::sample::select(vec!["a", "b", "", "e"]).prop_map(str::to_owned);
    let number = prop::sample::select(vec![-1.0, -0.0, 0.0, 1.0, 2.0]);
    prop_oneof![
        prop::sample::select(nothing),
        prop::collection::vec(any_value(), 0..3).prop_map(Test::Is),
        prop::collection::vec(any_value(), 0..3).prop_map(Test::IsNot),
        text.clone().prop_map(Test::Contains),
        text.clone().prop_map(Test::Lacks),
        text.clone().prop_map(Test::StartsWith),
        text.prop_map(Test::EndsWith),
        number.clone().prop_map(Test::Less),
        number.clone().prop_map(Test::AtMost),
        number.clone().prop_map(Test::Greater),
        number.prop_map(Test::AtLeast),
    ]
}

fn throughline_model_nothing() -> Vec<Test> {
    ["exists", "missing"]
        .map(|name| serde_json::from_str(&format!("{{\"{name}\":{{}}}}")).expect(name))
        .to_vec()
}

fn any_rule(fields: &'static [&'static str]) -> impl Strategy<Value = Rule> {
    let field = prop::sample::select(fields).prop_map(|path| Field::parse(path).expect(path));
    let leaf = (field, any_test()).prop_map(|(field, test)| Rule::Where { field, test });
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Rule::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Rule::Any),
            inner.prop_map(|rule| Rule::Not(Box::new(rule))),
        ]
    })
}

const STORED: &[&str] = &["event", "channel", "source", "properties.p", "properties.q"];
const ALL: &[&str] = &[
    "event",
    "channel",
    "touchpoint",
    "stage",
    "properties.p",
    "properties.q",
];

fn any_matcher(fields: &'static [&'static str]) -> impl Strategy<Value = Matcher> {
    let name = prop::sample::select(vec!["view", "cart", "$identify", "unheard"]);
    (
        prop::collection::vec(name, 0..3),
        prop::option::of(any_rule(fields)),
    )
        .prop_map(|(events, rule)| Matcher {
            events: (events.into_iter())
                .map(|name| EventName::parse(name).expect(name))
                .collect(),
            rule,
            ..Matcher::default()
        })
}

fn any_vocabulary() -> impl Strategy<Value = Vocabulary> {
    use throughline_model::{ChannelRule, StageRule, Touchpoint};
    let channel = (any_matcher(STORED), 0..15_u8).prop_map(|(matcher, code)| ChannelRule {
        channel: Channel::from_code(code),
        matcher,
    });
    (
        prop::collection::vec(channel, 0..3),
        prop::collection::vec(any_matcher(STORED), 0..3),
        prop::collection::vec(any_matcher(STORED), 0..3),
    )
        .prop_map(|(channels, touchpoints, stages)| Vocabulary {
            channels,
            touchpoints: (touchpoints.into_iter().enumerate())
                .map(|(index, matcher)| Touchpoint {
                    id: ["shop", "mail", "desk"][index].to_owned(),
                    name: "A".to_owned(),
                    matcher,
                })
                .collect(),
            stages: (stages.into_iter().enumerate())
                .map(|(index, entry)| StageRule {
                    id: ["a", "b", "c"][index].to_owned(),
                    name: "A".to_owned(),
                    entry,
                })
                .collect(),
            signals: Vec::new(),
        })
}

/// What an event is by the plain reading of the vocabulary, with the stage given from outside.
struct Plain<'a> {
    log: &'a Log,
    vocabulary: &'a Vocabulary,
}

impl Plain<'_> {
    fn look(&self, event: &StoredEvent, field: &Field, sight: Sight) -> Option<Value> {
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        match field {
            Field::Event => text(self.log.names.name(EventCode(event.event))?.as_str()),
            Field::Channel => text(self.channel(event, sight).name()),
            Field::Touchpoint if sight >= Sight::Touchpoints => {
                let found = (self.vocabulary.touchpoints.iter())
                    .find(|it| self.fits(&it.matcher, event, Sight::Channels))?;
                text(&found.id)
            }
            Field::Stage if sight >= Sight::Stages => {
                text(&self.vocabulary.stages[self.stage(event)?].id)
            }
            Field::Touchpoint | Field::Stage => None,
            field => value_of(event, field),
        }
    }

    fn channel(&self, event: &StoredEvent, sight: Sight) -> Channel {
        let stored = Channel::from_code(event.channel);
        if sight < Sight::Channels {
            return stored;
        }
        (self.vocabulary.channels.iter())
            .find(|it| self.fits(&it.matcher, event, Sight::Stored))
            .map_or(stored, |it| it.channel)
    }

    /// The last stage of the latest instant, up to that of the event, at which one was entered.
    fn stage(&self, event: &StoredEvent) -> Option<usize> {
        let root = |actor: u32| self.log.roots[actor as usize];
        (self.log.events.iter())
            .filter(|it| root(it.actor.0) == root(event.actor.0) && it.time <= event.time)
            .filter_map(|it| {
                let stage = (self.vocabulary.stages.iter())
                    .rposition(|stage| self.fits(&stage.entry, it, Sight::Touchpoints))?;
                Some((it.time, stage))
            })
            .max()
            .map(|(_, stage)| stage)
    }

    fn fits(&self, matcher: &Matcher, event: &StoredEvent, sight: Sight) -> bool {
        let name = self.log.names.name(EventCode(event.event)).expect("named");
        let is_named = match matcher.events.as_slice() {
            [] => !name.is_system(),
            events => events.contains(name),
        };
        is_named
            && (matcher.rule.iter()).all(|rule| rule.holds(&|field| self.look(event, field, sight)))
    }
}

/// Every row of a snapshot with its place.
fn rows(snapshot: &Snapshot) -> Vec<(Place, StoredEvent)> {
    let mut rows = Vec::new();
    for (run, it) in (0..).zip(&snapshot.runs) {
        let all: Vec<u32> = (0..it.len() as u32).collect();
        let events = it.events(&all).expect("in memory");
        rows.extend((all.into_iter().zip(events)).map(|(row, event)| (Place { run, row }, event)));
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn columns_say_what_the_definition_says(
        log in any_log(),
        vocabulary in any_vocabulary(),
        rule in any_rule(ALL),
        matcher in any_matcher(ALL),
    ) {
        let plain = Plain { log: &log, vocabulary: &vocabulary };
        let snapshot = log.laid_out(LAYOUTS[2]);
        let cancel = Cancel::default();
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let of_rule = view.rule(Some(&rule)).expect("readable");
        let of_matcher = view.matcher(&matcher).expect("readable");
        for (place, event) in rows(&snapshot) {
            let holds = rule.holds(&|field| plain.look(&event, field, Sight::Stages));
            prop_assert_eq!(of_rule.holds(event.event, place), holds, "{:?}", event);
            let fits = plain.fits(&matcher, &event, Sight::Stages);
            prop_assert_eq!(of_matcher.holds(event.event, place), fits, "{:?}", event);
        }
    }
}

#[test]
fn system_events_fit_only_where_they_are_named() {
    let log = Log::read("a 09:00 $identify\na 09:01 view");
    let snapshot = log.snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let fits = |matcher: &Matcher| view.matcher(matcher).unwrap().by_name().unwrap();
    assert_eq!(fits(&Matcher::default()), [false, true]);
    let named = Matcher::event(EventName::parse("$identify").unwrap());
    assert_eq!(fits(&named), [true, false]);
}

#[test]
fn minus_zero_is_zero() {
    let log = Log::read("a 09:00 view web {\"p\":-0.0}");
    let snapshot = log.snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let holds = |test: &str| {
        let text = format!(r#"{{"where":{{"field":"properties.p","test":{test}}}}}"#);
        let rule: Rule = serde_json::from_str(&text).unwrap();
        view.rule(Some(&rule))
            .unwrap()
            .holds(0, Place { run: 0, row: 0 })
    };
    assert!(holds(r#"{"is":[0]}"#));
    assert!(holds(r#"{"at_least":0}"#));
    assert!(!holds(r#"{"less":0}"#));
}
