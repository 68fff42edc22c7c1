//! Small logs for tests: written as text, or made from random numbers.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use proptest::prelude::*;
use throughline_model::{
    ActorId, Channel, EventKind, EventName, JsonObject, MessageKey, Seq, SourceId, Timestamp,
};
use throughline_store::{EventNames, Known, Snapshot, StoredEvent, TraitColumn};
use throughline_testkit::{demo::Demo, rng::Rng};

/// Midnight of the day that times without a day lie in.
pub(crate) const MIDNIGHT: &str = "2026-03-02T00:00:00Z";

/// A log and who is behind its actors.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    pub(crate) events: Vec<StoredEvent>,
    pub(crate) names: EventNames,
    pub(crate) roots: Vec<u32>,
    pub(crate) profiles: Vec<String>,
}

impl Log {
    /// Reads lines like `ana 09:00 view web {"price":3}`; `2d09:00` is two days later.
    ///
    /// The channel and the properties may be left out.
    pub(crate) fn read(text: &str) -> Self {
        let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut profiles: Vec<String> = lines()
            .filter_map(|line| line.split_whitespace().next())
            .map(str::to_owned)
            .collect();
        profiles.sort();
        profiles.dedup();
        let mut log = Self {
            roots: (0..).take(profiles.len()).collect(),
            profiles,
            ..Self::default()
        };
        for line in lines() {
            let mut words = line.splitn(4, ' ').map(str::trim);
            let mut next = || words.next().unwrap_or_default();
            let (profile, time, name, rest) = (next(), next(), next(), next());
            let (channel, properties) = match rest.split_once('{') {
                Some((channel, object)) => (channel.trim(), format!("{{{object}")),
                None => (rest, "{}".to_owned()),
            };
            let actor = log
                .profiles
                .iter()
                .position(|it| it == profile)
                .expect("listed");
            log.push(
                actor as u32,
                at(time),
                name,
                Channel::parse(channel).unwrap_or(Channel::Web),
                &properties,
            );
        }
        log
    }

    pub(crate) fn push(
        &mut self,
        actor: u32,
        time: Timestamp,
        name: &str,
        channel: Channel,
        properties: &str,
    ) {
        let name = EventName::parse(name).expect(name);
        let event = self.names.intern(&name).expect("few names").0;
        let seq = self.events.len() as u64;
        self.events.push(StoredEvent {
            actor: ActorId(actor),
            seq: Seq(seq),
            time,
            received: time,
            kind: EventKind::Track,
            event,
            channel: channel.code(),
            source: SourceId(1),
            message: MessageKey(u128::from(seq)),
            properties: JsonObject::parse(properties).expect(properties),
            context: JsonObject::empty(),
        });
    }

    /// The actors that are told of, and those with events.
    fn actors(&self) -> BTreeSet<u32> {
        let told = (0..).take(self.roots.len());
        told.chain(self.events.iter().map(|it| it.actor.0))
            .collect()
    }

    /// The profile of an actor.
    pub(crate) fn root(&self, actor: u32) -> u32 {
        self.roots.get(actor as usize).copied().unwrap_or(actor)
    }

    /// What is told last of each profile as its `plan`, as JSON: each actor is told of once, a later one later.
    pub(crate) fn plans(&self) -> BTreeMap<u32, Option<&'static str>> {
        let actors = self.actors().into_iter();
        actors.map(|it| (self.root(it), plan_of(it))).collect()
    }

    /// The snapshot with every `plan`.
    pub(crate) fn with_plans(&self, snapshot: Snapshot) -> Snapshot {
        let mut column = TraitColumn::default();
        for actor in self.actors() {
            let time = Timestamp(i64::from(actor));
            column.hear(actor, SourceId(1), time, plan_of(actor));
        }
        let known = Known {
            traits: BTreeMap::from([("plan".to_owned(), Arc::new(column))]),
            ..Known::clone(&snapshot.known)
        };
        Snapshot {
            known: Arc::new(known),
            ..snapshot
        }
    }

    /// True for logs of so many profiles that asking for the list behind each number would take too long.
    pub(crate) fn is_crowd(&self) -> bool {
        self.roots.len() >= CROWD_ACTORS as usize / 2
    }

    /// How to lay the log out: small ones in all ways, a crowd in one.
    pub(crate) fn layouts(&self) -> Vec<Layout> {
        match self.is_crowd() {
            true => vec![LAYOUTS[self.roots.len() % LAYOUTS.len()]],
            false => LAYOUTS.to_vec(),
        }
    }

    fn push_any(&mut self, actor: u32, minute: i64, name: usize, channel: u8, properties: usize) {
        self.push(
            actor,
            Timestamp(at("0:00").0 + minute * 60_000),
            NAMES[name],
            Channel::from_code(channel % 4),
            PROPERTIES[properties],
        );
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.laid_out(Layout::default())
    }

    pub(crate) fn laid_out(&self, layout: Layout) -> Snapshot {
        let mut events = self.events.clone();
        if layout.is_backwards {
            events.reverse();
            for (seq, event) in events.iter_mut().enumerate() {
                event.seq = Seq(seq as u64);
            }
        }
        Snapshot::of_events(
            &events,
            self.roots.clone(),
            self.names.clone(),
            layout.buckets,
            layout.runs,
        )
    }
}

/// Of some actors nothing is told, of others what is no value.
fn plan_of(actor: u32) -> Option<&'static str> {
    PLANS[actor as usize % PLANS.len()]
}

const PLANS: [Option<&str>; 7] = [
    Some("\"pro\""),
    None,
    Some(r#""a'\" -- <b>""#),
    Some("2"),
    Some("true"),
    Some("[\"pro\"]"),
    Some("\"pro\""),
];

/// How the same log lies on disk. No answer may depend on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) runs: usize,
    pub(crate) buckets: u32,
    pub(crate) is_backwards: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            runs: 1,
            buckets: 1,
            is_backwards: false,
        }
    }
}

/// Layouts that differ in all ways.
pub(crate) const LAYOUTS: [Layout; 3] = [
    Layout {
        runs: 1,
        buckets: 8,
        is_backwards: false,
    },
    Layout {
        runs: 3,
        buckets: 1,
        is_backwards: true,
    },
    Layout {
        runs: 5,
        buckets: 4,
        is_backwards: false,
    },
];

/// Reads `09:00`, `09:00:30` or `2d09:00`.
pub(crate) fn at(text: &str) -> Timestamp {
    let (days, clock) = match text.split_once('d') {
        Some((days, clock)) => (days.parse::<i64>().expect(text), clock),
        None => (0, text),
    };
    let seconds = clock
        .split(':')
        .map(|part| part.parse::<f64>().expect(text))
        .zip([3600.0, 60.0, 1.0])
        .map(|(part, unit)| part * unit)
        .sum::<f64>();
    let midnight = Timestamp::parse(MIDNIGHT).expect("valid");
    Timestamp(midnight.0 + days * 86_400_000 + (seconds * 1000.0) as i64)
}

const NAMES: [&str; 5] = ["view", "cart", "buy", "mail", "$identify"];
const PROPERTIES: [&str; 9] = [
    "{}",
    r#"{"p":"a"}"#,
    r#"{"p":"b","q":true}"#,
    r#"{"p":1}"#,
    r#"{"p":-0.0}"#,
    r#"{"p":0,"q":"a"}"#,
    r#"{"p":true}"#,
    r#"{"p":null}"#,
    r#"{"p":"ab"}"#,
];

/// Logs full of ties and repetitions, with properties of mixed types that are often missing.
pub(crate) fn any_log() -> impl Strategy<Value = Log> {
    let event = (0..6_u32, 0..8_i64, 0..5_usize, 0..15_u8, 0..9_usize);
    (
        prop::collection::vec(event, 0..60),
        prop::collection::vec(0..6_u32, 6),
    )
        .prop_map(|(events, merged_into)| {
            let mut log = Log::default();
            for (actor, minute, name, channel, properties) in events {
                log.push_any(actor, minute, name, channel, properties);
            }
            // Roots point at themselves, as the store keeps them.
            let mut roots: Vec<u32> = (0..6).collect();
            for (actor, root) in merged_into.into_iter().enumerate() {
                if root < actor as u32 && roots[root as usize] == root {
                    roots[actor] = root;
                }
            }
            log.roots = roots;
            log
        })
}

/// Cases of each test that holds a kernel against its naive twin.
const TWIN_CASES: u32 = 300;
/// One log of so many is one of a crowd.
const CROWD_EVERY: u32 = 3;
/// Actors of a crowd; some of them have no event, and some are merged into others.
const CROWD_ACTORS: u32 = 1_400;

/// How often kernels are held against their naive twins.
pub(crate) fn twin_config() -> ProptestConfig {
    ProptestConfig::with_cases(TWIN_CASES)
}

/// What kernels are held against their naive twins on: logs of few profiles, whose mistakes are found at a glance, and
/// of crowds, so that each kernel sees at least 100,000 timelines.
pub(crate) fn twin_log() -> impl Strategy<Value = Log> {
    prop_oneof![
        CROWD_EVERY - 1 => any_log().boxed(),
        1 => crowd().boxed(),
    ]
}

/// Timelines as random as those of [`any_log`], many of them empty or of one event.
///
/// Each follows from the seed and its number, so that a failing crowd shrinks to its first timelines.
fn crowd() -> impl Strategy<Value = Log> {
    (
        any::<u64>().no_shrink(),
        CROWD_ACTORS / 2..CROWD_ACTORS * 3 / 2,
    )
        .prop_map(|(seed, actors)| {
            let mut log = Log::default();
            for actor in 0..actors {
                let mut rng = Rng::new(seed, u64::from(actor));
                let root = rng.below(actor as usize + 1) as u32;
                let is_merged = rng.is(0.15) && log.roots.get(root as usize) == Some(&root);
                log.roots.push(if is_merged { root } else { actor });
                let events_count = [0, 1, 1, 2, 3, 4, 6, 12][rng.below(8)];
                for _ in 0..events_count {
                    let (minute, channel) = (rng.between(0, 7), rng.below(15) as u8);
                    let (name, properties) = (rng.below(NAMES.len()), rng.below(PROPERTIES.len()));
                    log.push_any(actor, minute, name, channel, properties);
                }
            }
            log
        })
}

/// Such logs stretched over hours, days or weeks around the night in which the clocks of Berlin lose an hour.
pub(crate) fn any_spread_log() -> impl Strategy<Value = Log> {
    spread(any_log())
}

/// Logs to hold kernels against their naive twins on, spread as those of [`any_spread_log`].
pub(crate) fn twin_spread_log() -> impl Strategy<Value = Log> {
    spread(twin_log())
}

fn spread(logs: impl Strategy<Value = Log>) -> impl Strategy<Value = Log> {
    (
        logs,
        prop::sample::select(vec![40, 701, 1440, 7000]),
        0..48_i64,
    )
        .prop_map(|(mut log, step_minutes, hours)| {
            let first = at("26d00:00").0 + hours * 3_600_000;
            for event in &mut log.events {
                let step = (event.time.0 - at("0:00").0) / 60_000;
                event.time = Timestamp(first + step * step_minutes * 60_000);
                event.received = event.time;
            }
            log
        })
}

/// The demo shop as a log in memory.
pub(crate) fn shop(profiles: u32) -> Log {
    let demo = Demo {
        profiles,
        ..Demo::new(at("100d00:00"))
    };
    let mut log = Log::default();
    let mut actors: BTreeMap<String, u32> = BTreeMap::new();
    let mut person = String::new();
    for line in demo.lines() {
        let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let message = line["messageId"].as_str().expect("an id");
        person.clear();
        person.push_str(message.split('-').nth(1).expect("a person"));
        let next = actors.len() as u32;
        let actor = *actors.entry(person.clone()).or_insert(next);
        let name = match line["type"].as_str() {
            Some("page") => "page_viewed",
            Some("screen") => "screen_viewed",
            Some("identify") => "$identify",
            _ => line["event"].as_str().expect("a name"),
        };
        let inferred = match (&line["context"]["app"], &line["context"]["device"]) {
            (serde_json::Value::Object(_), _) => Channel::App,
            (_, serde_json::Value::Object(_)) => Channel::Web,
            _ => Channel::Other,
        };
        let channel = line["properties"]["channel"]
            .as_str()
            .and_then(Channel::parse);
        let time =
            Timestamp::parse(line["timestamp"].as_str().expect("a time")).expect("an instant");
        let properties = match &line["properties"] {
            serde_json::Value::Null => "{}".to_owned(),
            properties => properties.to_string(),
        };
        log.push(actor, time, name, channel.unwrap_or(inferred), &properties);
    }
    log.roots = (0..actors.len() as u32).collect();
    log
}

/// Each profile's events by time, for naive twins.
pub(crate) fn by_profile(log: &Log) -> BTreeMap<u32, Vec<&StoredEvent>> {
    let mut profiles: BTreeMap<u32, Vec<&StoredEvent>> = BTreeMap::new();
    for event in &log.events {
        let root = log.roots.get(event.actor.0 as usize).copied();
        profiles
            .entry(root.unwrap_or(event.actor.0))
            .or_default()
            .push(event);
    }
    for events in profiles.values_mut() {
        events.sort_by_key(|event| event.time);
    }
    profiles
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{strategy::ValueTree, test_runner::TestRunner};

    use super::*;

    #[test]
    fn every_kernel_is_held_against_its_twin_on_a_hundred_thousand_timelines() {
        let mut runner = TestRunner::deterministic();
        let (mut timelines, mut empty, mut single, mut merged, mut tied) = (0, 0, 0, 0, 0);
        for _ in 0..TWIN_CASES {
            let log = twin_log().new_tree(&mut runner).expect("a log").current();
            let profiles = by_profile(&log);
            let roots: BTreeSet<u32> = log.roots.iter().copied().collect();
            timelines += roots.len();
            empty += roots.len() - profiles.len();
            merged += log.roots.len() - roots.len();
            for events in profiles.values() {
                single += usize::from(events.len() == 1);
                tied += usize::from(events.windows(2).any(|two| two[0].time == two[1].time));
            }
        }
        assert!(timelines >= 100_000, "{timelines}");
        for kind in [empty, single, merged, tied] {
            assert!(kind >= 5_000, "{empty} {single} {merged} {tied}");
        }
    }
}
