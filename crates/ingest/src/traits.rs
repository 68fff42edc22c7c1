//! What events say about a person: traits with the time at which they held.
//!
//! An identify gives its traits, and any event gives those in `context.traits`. The traits of a
//! group describe the group, so they stay on its event. For each trait the newest event time wins;
//! of one instant the greater JSON text does, and a value wins over a removal, so that the order
//! of arrival never matters.
//!
//! Those in `context.traitsOnce` hold only while no other is known, and of them the earliest does:
//! their time counts backwards, below all times of others.

use throughline_model::{Event, EventKind, Timestamp};

use crate::json;

/// What one event says of one trait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraitUpdate {
    pub name: String,
    pub state: TraitState,
}

/// What is known of a trait. The greater of two is the one that holds.
///
/// The time is negative where the value was set once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TraitState {
    pub time: Timestamp,
    /// JSON text; none when the trait was removed.
    pub value: Option<String>,
}

/// Every trait that an event speaks of, each once, in the order of the event.
pub fn updates(event: &Event) -> Vec<TraitUpdate> {
    let mut updates = Vec::new();
    if event.kind == EventKind::Identify {
        collect(event.properties.as_str(), event.time, &mut updates);
    }
    let context = event.context.as_str();
    if context.contains("\"traits\"")
        && let Some(inner) = json::member(context, "traits")
    {
        collect(inner, event.time, &mut updates);
    }
    if context.contains("\"traitsOnce\"")
        && let Some(inner) = json::member(context, "traitsOnce")
    {
        collect(inner, Timestamp(-event.time.0), &mut updates);
    }
    updates
}

/// Adds the members of an object that are not known yet.
fn collect(object: &str, time: Timestamp, updates: &mut Vec<TraitUpdate>) {
    for (name, value) in json::members(object) {
        if updates.iter().any(|known| known.name == name) {
            continue;
        }
        let value = (value != "null").then(|| value.to_owned());
        updates.push(TraitUpdate {
            name: name.into_owned(),
            state: TraitState { time, value },
        });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use throughline_model::EventKind;

    use super::*;
    use crate::segment::{Route, decode};

    fn check(kind: EventKind, members: &str, expected: Expect) {
        let body = format!(r#"{{"userId":"u","event":"e","groupId":"g",{members}}}"#);
        let decoded = decode(
            Route::One(kind),
            body.as_bytes(),
            Timestamp(1_700_000_000_000),
        );
        let (_, event) = &decoded.expect("sound").events[0];
        let mut shown = String::new();
        for TraitUpdate { name, state } in updates(event) {
            shown.push_str(&format!("{name} {:?}\n", state.value));
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn an_identify_gives_its_traits_and_null_removes_one() {
        check(
            EventKind::Identify,
            r#""traits":{"plan":"pro","age":7,"gone":null,"empty":""},"context":{"traits":{"plan":"old","city":"Oslo"}}"#,
            expect![[r#"
                plan Some("\"pro\"")
                age Some("7")
                gone None
                empty Some("\"\"")
                city Some("\"Oslo\"")
            "#]],
        );
    }

    #[test]
    fn any_event_gives_the_traits_of_its_context() {
        check(
            EventKind::Track,
            r#""properties":{"plan":"no trait"},"context":{"traits":{"email":"a@b.c","address":{"city":"Oslo"}}}"#,
            expect![[r#"
                email Some("\"a@b.c\"")
                address Some("{\"city\":\"Oslo\"}")
            "#]],
        );
        check(EventKind::Track, r#""context":{"traits":[1]}"#, expect![""]);
    }

    #[test]
    fn the_traits_of_a_group_are_not_those_of_its_member() {
        check(EventKind::Group, r#""traits":{"name":"Acme"}"#, expect![""]);
    }

    #[test]
    fn what_is_set_once_gives_way_to_anything_else_and_the_earliest_of_it_holds() {
        let told = |time: i64, members: &str| {
            let body = format!(r#"{{"userId":"u","event":"e","context":{{{members}}}}}"#);
            let received = Timestamp(1_700_000_000_000 + time);
            let decoded = decode(Route::One(EventKind::Track), body.as_bytes(), received);
            let (_, event) = &decoded.expect("sound").events[0];
            updates(event).remove(0).state
        };
        let first = told(1, r#""traitsOnce":{"source":"a"}"#);
        let second = told(2, r#""traitsOnce":{"source":"b"}"#);
        let plain = told(0, r#""traits":{"source":"c"}"#);
        assert!(first > second);
        assert!(plain > first);
    }

    #[test]
    fn the_newest_event_time_wins_and_then_the_value() {
        let state = |time, value: Option<&str>| TraitState {
            time: Timestamp(time),
            value: value.map(str::to_owned),
        };
        assert!(state(2, None) > state(1, Some("9")));
        assert!(state(1, Some("\"b\"")) > state(1, Some("\"a\"")));
        assert!(state(1, Some("\"\"")) > state(1, None));
    }
}
