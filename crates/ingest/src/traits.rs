//! What events say about a person: traits with the time at which they held.
//!
//! An identify gives its traits, and any event gives those in `context.traits`. The traits of a
//! group describe the group, so they stay on its event. For each trait the newest event time wins;
//! of one instant the greater JSON text does, and a value wins over a removal, so that the order
//! of arrival never matters.
//!
//! What needs the value before, as adding to a number, stands in `context.traitOperations`: objects
//! of names and values, by the name of the operation.
//!
//! Those in `context.traitsOnce` hold only while no other is known, and of them the earliest does:
//! their time counts backwards, below all times of others.

use std::borrow::Cow;

use throughline_model::{Event, EventKind, Timestamp, trait_operation::Operator};

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

/// What one event does to one trait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraitChange {
    pub name: String,
    pub operator: Operator,
    /// As [`Operator::operand`] gives it.
    pub operand: Box<str>,
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

/// Every operation of an event on a trait, in the order of the event.
///
/// What is none, or says too much, is left out: it stays beside its event.
pub fn changes(event: &Event) -> Vec<TraitChange> {
    let context = event.context.as_str();
    let operations = match context.contains("\"traitOperations\"") {
        true => json::member(context, "traitOperations").unwrap_or_default(),
        false => "",
    };
    let mut changes = Vec::new();
    for (operation, traits) in json::members(operations) {
        let Some(operator) = Operator::of(&operation) else {
            continue;
        };
        for (name, value) in json::members(traits) {
            if let Some(operand) = operator.operand(value) {
                changes.push(TraitChange {
                    name: standard(&name).into_owned(),
                    operator,
                    operand,
                });
            }
        }
    }
    changes
}

/// The usual name of a trait that a maker has a name of its own for.
pub(crate) fn standard(name: &str) -> Cow<'_, str> {
    let Some(bare) = name.strip_prefix('$') else {
        return Cow::Borrowed(name);
    };
    Cow::Borrowed(match bare {
        "first_name" => "firstName",
        "last_name" => "lastName",
        "created" => "createdAt",
        "country_code" => "country",
        other => other.trim_start_matches('$'),
    })
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
    fn operations_are_read_with_their_operands_and_what_is_none_is_left_out() {
        let check = |operations: &str, expected: Expect| {
            let body = format!(
                r#"{{"userId":"u","event":"e","context":{{"traitOperations":{operations}}}}}"#
            );
            let received = Timestamp(1_700_000_000_000);
            let decoded = decode(Route::One(EventKind::Track), body.as_bytes(), received);
            let (_, event) = &decoded.expect("sound").events[0];
            let mut shown = String::new();
            for it in changes(event) {
                shown.push_str(&format!(
                    "{} {} {}\n",
                    it.name,
                    it.operator.name(),
                    it.operand
                ));
            }
            expected.assert_eq(&shown);
        };
        check(
            r#"{"$add":{"n":1.50,"text":"1","$first_name":2,"huge":1e300},
                "$union":{"tags":["a","</b>"],"one":"x","none":null,"empty":[]},
                "$remove":{"tags":"a"},"$postInsert":{"p":1},"$clearAll":"-","$delete":{"n":1},"$append":3}"#,
            expect![[r#"
                n $add 1.5
                firstName $add 2
                tags $union ["a","</b>"]
                one $union ["x"]
                tags $remove ["a"]
                p $union [1]
            "#]],
        );
        check("[1]", expect![""]);
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
