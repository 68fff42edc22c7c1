//! For how long events are kept: the limits that a workspace sets, and which events are past them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{EventName, Span, Timestamp, limits, naming::Naming};

/// For how long events are kept. Nothing set means for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Keeping {
    /// Days that an event is kept; none for ever.
    pub days: Option<u32>,
    /// Events with a limit of their own, shorter or longer, each once.
    pub events: Vec<KeptEvent>,
}

/// An event with a limit of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptEvent {
    /// The name that it is shown under.
    pub event: EventName,
    /// None for ever, whatever holds for the others.
    #[serde(default)]
    pub days: Option<u32>,
}

/// What an author must mend in the limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeepingFault {
    /// Where, like `events[2].days`.
    pub place: String,
    pub message: String,
}

/// The instants that limits mean at one moment, by the names that were sent.
///
/// They stay as they are when limits and names change, so that the log read again says the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cuts {
    /// Events before this are past; none are where there is none.
    all: Option<Timestamp>,
    /// The same of single names, in the place of what holds for all.
    events: BTreeMap<EventName, Option<Timestamp>>,
}

impl Keeping {
    /// Whether everything is kept for ever.
    pub fn limits_nothing(&self) -> bool {
        self.days.is_none() && self.events.iter().all(|it| it.days.is_none())
    }

    /// Days that an event is kept, by the name that it is shown under; none for ever.
    pub fn days_of(&self, shown: &EventName) -> Option<u32> {
        let own = self.events.iter().find(|it| it.event == *shown);
        own.map_or(self.days, |it| it.days)
    }

    /// Whether an event is past its limit: it is as old as its days, to the millisecond, and older.
    pub fn is_past(&self, shown: &EventName, time: Timestamp, now: Timestamp) -> bool {
        let days = self.days_of(shown);
        days.is_some_and(|days| time < oldest_kept(days, now))
    }

    /// What the limits mean now, for who reads events as they were sent.
    pub fn cuts(&self, naming: &Naming, now: Timestamp) -> Cuts {
        let cut = |days: Option<u32>| days.map(|it| oldest_kept(it, now));
        let mut events = BTreeMap::new();
        for own in &self.events {
            if naming.shown(&own.event) == &own.event {
                events.insert(own.event.clone(), cut(own.days));
            }
            for (sent, _) in naming.renames().filter(|(_, to)| **to == own.event) {
                events.insert(sent.clone(), cut(own.days));
            }
        }
        let all = cut(self.days);
        Cuts { all, events }
    }

    /// Everything that has to be mended before the limits can hold.
    pub fn check(&self) -> Vec<KeepingFault> {
        let mut faults = Vec::new();
        let mut fault = |place: String, message: String| {
            faults.push(KeepingFault { place, message });
        };
        let most = limits::KEEPING_DAYS_MAX;
        let is_sound = |days: Option<u32>| days.is_none_or(|it| (1..=most).contains(&it));
        let unsound = format!("is a number of days from 1 to {most}, or nothing");
        if !is_sound(self.days) {
            fault("days".to_owned(), unsound.clone());
        }
        if self.events.len() > limits::KEEPING_EVENTS_MAX {
            let most = limits::KEEPING_EVENTS_MAX;
            fault("events".to_owned(), format!("are more than {most}"));
        }
        let mut seen = BTreeSet::new();
        for (index, own) in self.events.iter().enumerate() {
            if !seen.insert(&own.event) {
                fault(
                    format!("events[{index}].event"),
                    "is there twice".to_owned(),
                );
            }
            if !is_sound(own.days) {
                fault(format!("events[{index}].days"), unsound.clone());
            }
        }
        faults
    }
}

fn oldest_kept(days: u32, now: Timestamp) -> Timestamp {
    now.minus(Span::days(i64::from(days)))
}

impl Cuts {
    /// Events of a name before this are past; none are where there is none.
    pub fn of(&self, sent: &EventName) -> Option<Timestamp> {
        self.events.get(sent).copied().unwrap_or(self.all)
    }

    /// Whether an event is past, by the name that was sent.
    pub fn is_past(&self, sent: &EventName, time: Timestamp) -> bool {
        self.of(sent).is_some_and(|cut| time < cut)
    }

    /// What was held back before this is past. It may have no name and no time, so when it came
    /// counts, and what holds for all events.
    pub fn of_held(&self) -> Option<Timestamp> {
        self.all
    }

    /// Whether all that is past by others is past by these as well.
    pub fn covers(&self, others: &Self) -> bool {
        // None is less than any instant.
        let names = self.events.keys().chain(others.events.keys());
        self.all >= others.all && names.into_iter().all(|it| self.of(it) >= others.of(it))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::naming::NameRules;

    const NAMES: [&str; 4] = ["seen", "seen_before", "bought", "asked"];
    const DAY: i64 = 86_400_000;

    fn name(text: &str) -> EventName {
        EventName::parse(text).expect(text)
    }

    fn keeping(days: Option<u32>, own: &[(&str, Option<u32>)]) -> Keeping {
        let own = own.iter().map(|(event, days)| KeptEvent {
            event: name(event),
            days: *days,
        });
        Keeping {
            days,
            events: own.collect(),
        }
    }

    /// `seen_before` is shown as `seen`.
    fn naming() -> Naming {
        let rules = r#"{"rules":[{"kind":"rename","from":["seen_before"],"to":"seen"}]}"#;
        let rules: NameRules = serde_json::from_str(rules).expect("rules");
        Naming::of(&rules)
    }

    #[test]
    fn an_event_is_kept_to_the_last_millisecond_of_its_days() {
        let now = Timestamp(100 * DAY);
        let limits = keeping(Some(30), &[("bought", Some(60)), ("asked", None)]);
        for (event, age, expected) in [
            ("seen", 30 * DAY, false),
            ("seen", 30 * DAY + 1, true),
            ("bought", 30 * DAY + 1, false),
            ("bought", 60 * DAY + 1, true),
            ("asked", 99 * DAY, false),
            ("seen", -5 * DAY, false),
        ] {
            let is_past = limits.is_past(&name(event), Timestamp(now.0 - age), now);
            assert_eq!(is_past, expected, "{event} {age}");
        }
        let only_one = keeping(None, &[("seen", Some(1))]);
        assert!(only_one.is_past(&name("seen"), Timestamp(0), now));
        assert!(!only_one.is_past(&name("bought"), Timestamp(0), now));
        assert!(!only_one.limits_nothing() && Keeping::default().limits_nothing());
    }

    #[test]
    fn a_fault_tells_what_is_no_limit() {
        let places = |limits: &Keeping| -> Vec<String> {
            limits.check().into_iter().map(|it| it.place).collect()
        };
        assert!(places(&keeping(Some(1), &[("seen", None)])).is_empty());
        let wrong = keeping(
            Some(0),
            &[
                ("seen", Some(40_000)),
                ("seen", Some(3)),
                ("asked", Some(0)),
            ],
        );
        let expected = [
            "days",
            "events[0].days",
            "events[1].event",
            "events[2].days",
        ];
        assert_eq!(places(&wrong), expected);
    }

    fn any_keeping() -> impl Strategy<Value = Keeping> {
        let days = prop::option::of(1_u32..6);
        let own = prop::collection::btree_map(0..NAMES.len(), days.clone(), 0..4);
        (days, own).prop_map(|(days, own)| {
            let own: Vec<_> = own
                .into_iter()
                .map(|(it, days)| (NAMES[it], days))
                .collect();
            keeping(days, &own)
        })
    }

    proptest! {
        #[test]
        fn what_is_past_by_the_name_that_was_sent_is_past_by_the_one_that_is_shown(
            limits in any_keeping(), sent in 0..NAMES.len(), age in -2..7 * DAY,
        ) {
            let (now, naming, sent) = (Timestamp(50 * DAY), naming(), name(NAMES[sent]));
            let time = Timestamp(now.0 - age);
            let is_past = limits.cuts(&naming, now).is_past(&sent, time);
            prop_assert_eq!(is_past, limits.is_past(naming.shown(&sent), time, now));
        }

        #[test]
        fn cuts_that_cover_others_hold_all_that_is_past_by_them(
            limits in any_keeping(), others in any_keeping(), later in 0..3_i64,
        ) {
            let naming = naming();
            let (cuts, others) = (
                limits.cuts(&naming, Timestamp((50 + later) * DAY)),
                others.cuts(&naming, Timestamp(50 * DAY)),
            );
            let mut holds_all = true;
            for sent in NAMES.iter().chain(&["whatever else"]).map(|it| name(it)) {
                for time in (40..60).map(|day| Timestamp(day * DAY - 1)) {
                    holds_all &= cuts.is_past(&sent, time) || !others.is_past(&sent, time);
                }
            }
            prop_assert_eq!(cuts.covers(&others), holds_all);
        }
    }
}
