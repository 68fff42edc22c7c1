//! What there is: every event name with how often, by how many, when and where.

use std::collections::BTreeMap;

use throughline_model::{Channel, EventCode, Timestamp};

use crate::{
    ask::AskError,
    scan::{ProfileRows, scan},
    view::View,
};

/// What a snapshot knows of one event name.
#[derive(Clone, Debug, PartialEq)]
pub struct NameFacts {
    pub code: EventCode,
    pub events: u64,
    pub profiles: u64,
    pub first: Timestamp,
    pub last: Timestamp,
    /// The channel of most of its events, as the vocabulary sees them.
    pub channel: Channel,
    /// Events whose channel could not be told from the event alone.
    pub without_channel: u64,
    /// Index of the touchpoint of most of its events.
    pub touchpoint: Option<usize>,
    /// Index of the stage that most of its events lead to.
    pub stage: Option<usize>,
}

/// Every name that has events, in order of code.
pub fn catalog(view: &View<'_>) -> Result<Vec<NameFacts>, AskError> {
    let (channels, touchpoints) = (view.channels()?, view.touchpoints()?);
    let stages = view.stage_entries()?;
    let names_count = view.snapshot.names.len();
    let begin = || vec![Tally::default(); names_count];
    let states = scan(view.snapshot, view.cancel, begin, |tallies, rows| {
        for index in 0..rows.len() {
            let (event, place) = (rows.event[index], rows.place(index));
            let Some(tally) = tallies.get_mut(usize::from(event)) else {
                continue;
            };
            tally.see(rows, index);
            let channel = channels.of(event, rows.channel[index], place);
            tally.channels[usize::from(channel.code())] += 1;
            if touchpoints.by_name(event).is_none() {
                *tally
                    .touchpoints
                    .entry(touchpoints.of(event, place))
                    .or_default() += 1;
            }
            if stages.by_name(event).is_none() {
                *tally.stages.entry(stages.of(event, place)).or_default() += 1;
            }
        }
    })?;
    let mut sums = begin();
    for state in states {
        for (sum, tally) in sums.iter_mut().zip(state) {
            sum.add(tally);
        }
    }
    let facts = (0..).zip(sums).filter(|(_, tally)| tally.events > 0);
    Ok(facts
        .map(|(code, tally)| NameFacts {
            code: EventCode(code),
            events: tally.events,
            profiles: tally.profiles,
            first: Timestamp(tally.first),
            last: Timestamp(tally.last),
            channel: tally.channel(),
            without_channel: tally.without_channel,
            touchpoint: index_of(touchpoints.by_name(code), &tally.touchpoints),
            stage: index_of(stages.by_name(code), &tally.stages),
        })
        .collect())
}

#[derive(Clone)]
struct Tally {
    events: u64,
    profiles: u64,
    last_profile: Option<u32>,
    first: i64,
    last: i64,
    without_channel: u64,
    channels: [u64; Channel::ALL.len()],
    /// Only of names whose events differ.
    touchpoints: BTreeMap<u16, u64>,
    stages: BTreeMap<u16, u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            events: 0,
            profiles: 0,
            last_profile: None,
            first: i64::MAX,
            last: i64::MIN,
            without_channel: 0,
            channels: [0; Channel::ALL.len()],
            touchpoints: BTreeMap::new(),
            stages: BTreeMap::new(),
        }
    }
}

impl Tally {
    /// Profiles are visited one after another, so a change of profile is a new one.
    fn see(&mut self, rows: &ProfileRows<'_>, index: usize) {
        self.events += 1;
        if self.last_profile != Some(rows.profile.0) {
            self.last_profile = Some(rows.profile.0);
            self.profiles += 1;
        }
        self.first = self.first.min(rows.time[index]);
        self.last = self.last.max(rows.time[index]);
        if rows.channel[index] == Channel::Other.code() {
            self.without_channel += 1;
        }
    }

    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.profiles += other.profiles;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.without_channel += other.without_channel;
        for (sum, count) in self.channels.iter_mut().zip(other.channels) {
            *sum += count;
        }
        for (into, from) in [
            (&mut self.touchpoints, other.touchpoints),
            (&mut self.stages, other.stages),
        ] {
            for (code, count) in from {
                *into.entry(code).or_default() += count;
            }
        }
    }

    fn channel(&self) -> Channel {
        let most = (0..).zip(self.channels).max_by_key(|(code, count)| {
            // Of two that are as frequent, the one with the lower code.
            (*count, std::cmp::Reverse(*code))
        });
        most.map_or(Channel::Other, |(code, _)| Channel::from_code(code))
    }
}

fn index_of(by_name: Option<u16>, counts: &BTreeMap<u16, u64>) -> Option<usize> {
    let most = || {
        let most = counts
            .iter()
            .max_by_key(|(code, count)| (**count, std::cmp::Reverse(**code)));
        most.map(|(code, _)| *code)
    };
    usize::from(by_name.or_else(most)?).checked_sub(1)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use throughline_model::Vocabulary;

    use super::*;
    use crate::{cancel::Cancel, fixture::Log};

    fn check(vocabulary: &str, log: &str, expected: Expect) {
        let vocabulary: Vocabulary = serde_json::from_str(vocabulary).expect("readable");
        let snapshot = Log::read(log).snapshot();
        let cancel = Cancel::default();
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let mut text = String::new();
        for facts in catalog(&view).expect("counted") {
            let name = snapshot.names.name(facts.code).expect("named");
            text.push_str(&format!(
                "{name}: {} by {}, {} to {}, {}, touchpoint {:?}, stage {:?}\n",
                facts.events,
                facts.profiles,
                facts.first,
                facts.last,
                facts.channel.name(),
                facts.touchpoint,
                facts.stage,
            ));
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn names_come_with_where_and_when() {
        check(
            r#"{"touchpoints":[{"id":"cheap","name":"Cheap","matcher":{"events":["view"],
                "rule":{"where":{"field":"properties.price","test":{"less":5}}}}},
                {"id":"page","name":"Page","matcher":{"events":["view"]}}],
               "stages":[{"id":"buy","name":"Buy","entry":{"events":["order"]}}]}"#,
            r#"
            ana 09:00 view web {"price":3}
            ana 09:05 view web {"price":9}
            ben 09:01 view app {"price":8}
            ben 10:00 order app
            "#,
            expect![[r"
                view: 3 by 2, 2026-03-02T09:00:00.000Z to 2026-03-02T09:05:00.000Z, web, touchpoint Some(1), stage None
                order: 1 by 1, 2026-03-02T10:00:00.000Z to 2026-03-02T10:00:00.000Z, app, touchpoint None, stage Some(0)
            "]],
        );
    }
}
