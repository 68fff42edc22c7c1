//! A snapshot seen through a vocabulary: channels, touchpoints and stages of its rows.

use std::sync::{
    OnceLock,
    atomic::{AtomicU8, Ordering},
};

use serde::Serialize;
use throughline_model::{Channel, Matcher, Rule, Value, Vocabulary};
use throughline_store::Snapshot;

use crate::{
    accounts::Owners,
    ask::AskError,
    cancel::Cancel,
    codes::Codes,
    rule::{self, Condition},
    scan::{Place, ProfileRows, scan},
};

/// What rules and kernels are asked against. Everything in it is worked out when first needed.
pub struct View<'a> {
    pub snapshot: &'a Snapshot,
    pub vocabulary: &'a Vocabulary,
    pub cancel: &'a Cancel,
    /// Where accounts stand in the place of profiles, whose they are, and the snapshot of their people.
    pub(crate) owners: Option<(&'a Snapshot, &'a Owners)>,
    channels: OnceLock<Channels>,
    touchpoints: OnceLock<Codes>,
    stage_entries: OnceLock<Codes>,
    stages: OnceLock<Stages>,
}

/// How much of the vocabulary a rule sees: channels are decided first, then touchpoints, then stages.
///
/// What it does not see yet is missing, save for the channel that is stored with the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sight {
    Stored,
    Channels,
    Touchpoints,
    Stages,
}

/// The channel of each row: what the vocabulary says, else what is stored.
#[derive(Debug)]
pub struct Channels {
    codes: Codes,
    channels: Vec<Channel>,
}

/// The stage that a profile is in right after each row.
#[derive(Debug)]
pub struct Stages {
    runs: Vec<Vec<AtomicU8>>,
}

impl<'a> View<'a> {
    /// Looks at a snapshot through a sound vocabulary.
    pub fn new(snapshot: &'a Snapshot, vocabulary: &'a Vocabulary, cancel: &'a Cancel) -> Self {
        Self {
            snapshot,
            vocabulary,
            cancel,
            owners: None,
            channels: OnceLock::new(),
            touchpoints: OnceLock::new(),
            stage_entries: OnceLock::new(),
            stages: OnceLock::new(),
        }
    }

    /// The same where the snapshot has accounts in the place of some people.
    pub(crate) fn of_accounts(self, people: &'a Snapshot, owners: &'a Owners) -> Self {
        Self {
            owners: Some((people, owners)),
            ..self
        }
    }

    /// Makes a matcher ready for every row.
    pub fn matcher(&self, matcher: &Matcher) -> Result<Condition, AskError> {
        rule::matcher(self, matcher, Sight::Stages)
    }

    /// Makes a matcher ready whose events must also pass a filter.
    pub(crate) fn narrowed(
        &self,
        matcher: &Matcher,
        filter: Option<&Rule>,
    ) -> Result<Condition, AskError> {
        let rules = matcher.rule.iter().chain(filter).cloned().collect();
        self.matcher(&Matcher {
            rule: Some(Rule::All(rules)),
            ..matcher.clone()
        })
    }

    /// Makes a rule ready for every row; none holds everywhere.
    pub fn rule(&self, rule: Option<&Rule>) -> Result<Condition, AskError> {
        match rule {
            Some(rule) => rule::rule(self, rule, Sight::Stages),
            None => Ok(Condition::constant(self, true)),
        }
    }

    /// The channel of each row.
    pub fn channels(&self) -> Result<&Channels, AskError> {
        get_or_make(&self.channels, || {
            let conditions = self.conditions(
                self.vocabulary.channels.iter().map(|rule| &rule.matcher),
                Sight::Stored,
            )?;
            let key = hash_of(&("channels", self.hash(Sight::Channels).to_string()));
            Ok(Channels {
                codes: Codes::first_fit(self, &conditions, Some(key))?,
                channels: self
                    .vocabulary
                    .channels
                    .iter()
                    .map(|it| it.channel)
                    .collect(),
            })
        })
    }

    /// The touchpoint of each row, one more than its index in the vocabulary.
    pub fn touchpoints(&self) -> Result<&Codes, AskError> {
        get_or_make(&self.touchpoints, || {
            let conditions = self.conditions(
                self.vocabulary.touchpoints.iter().map(|it| &it.matcher),
                Sight::Channels,
            )?;
            let key = hash_of(&("touchpoints", self.hash(Sight::Touchpoints).to_string()));
            Codes::first_fit(self, &conditions, Some(key))
        })
    }

    /// The stage that each row moves its profile to, one more than its index; where several fit, the last.
    pub fn stage_entries(&self) -> Result<&Codes, AskError> {
        get_or_make(&self.stage_entries, || {
            let entries: Vec<&Matcher> =
                self.vocabulary.stages.iter().map(|it| &it.entry).collect();
            self.last_fit(&entries, Sight::Touchpoints)
        })
    }

    /// The stage that each row's profile is in right after it.
    pub fn stages(&self) -> Result<&Stages, AskError> {
        get_or_make(&self.stages, || Stages::walk(self))
    }

    /// Per row the last matcher that fits, one more than its index.
    pub(crate) fn last_fit(&self, matchers: &[&Matcher], sight: Sight) -> Result<Codes, AskError> {
        let backwards = self.conditions(matchers.iter().rev().copied(), sight)?;
        let count = u16::try_from(matchers.len()).expect("lists of matchers are short");
        Ok(
            Codes::first_fit(self, &backwards, None)?.map(|code| match code {
                0 => 0,
                code => count + 1 - code,
            }),
        )
    }

    pub(crate) fn conditions<'m>(
        &self,
        matchers: impl Iterator<Item = &'m Matcher>,
        sight: Sight,
    ) -> Result<Vec<Condition>, AskError> {
        matchers
            .map(|matcher| rule::matcher(self, matcher, sight))
            .collect()
    }

    /// The id of a touchpoint's code as a value; none for 0.
    pub(crate) fn touchpoint_value(&self, code: usize) -> Option<Value> {
        let touchpoint = &self.vocabulary.touchpoints[code.checked_sub(1)?];
        Some(Value::Text(touchpoint.id.clone()))
    }

    /// The id of a stage's code as a value; none for 0.
    pub(crate) fn stage_value(&self, code: usize) -> Option<Value> {
        let stage = &self.vocabulary.stages[code.checked_sub(1)?];
        Some(Value::Text(stage.id.clone()))
    }

    /// Names the part of the vocabulary that a rule sees.
    pub(crate) fn hash(&self, sight: Sight) -> u128 {
        let channels = (sight >= Sight::Channels).then_some(&self.vocabulary.channels);
        let touchpoints = (sight >= Sight::Touchpoints).then_some(&self.vocabulary.touchpoints);
        hash_of(&(channels, touchpoints))
    }
}

impl Channels {
    /// The channel of the event at a place.
    #[inline]
    pub fn of(&self, event: u16, stored: u8, place: Place) -> Channel {
        match self.codes.of(event, place) {
            0 => Channel::from_code(stored),
            code => self.channels[usize::from(code) - 1],
        }
    }

    /// The channel of every event of one name, where the vocabulary gives it one.
    pub(crate) fn by_name(&self, event: u16) -> Option<Channel> {
        let code = self.codes.by_name(event)?;
        self.channels
            .get(usize::from(code).checked_sub(1)?)
            .copied()
    }
}

impl Stages {
    /// One more than the index of the stage, 0 for none.
    pub fn of(&self, place: Place) -> u8 {
        self.runs[place.run as usize][place.row as usize].load(Ordering::Relaxed)
    }

    /// Follows every profile; each row is written by the one thread that sees its profile.
    fn walk(view: &View<'_>) -> Result<Self, AskError> {
        let entries = view.stage_entries()?;
        let stages = Self {
            runs: (view.snapshot.runs.iter())
                .map(|run| (0..run.len()).map(|_| AtomicU8::new(0)).collect())
                .collect(),
        };
        scan(
            view.snapshot,
            view.cancel,
            || (),
            |(), rows| stages.follow(entries, rows),
        )?;
        Ok(stages)
    }

    /// Events of one instant are a set: after any of them the profile is in the last stage they lead to.
    fn follow(&self, entries: &Codes, rows: &ProfileRows<'_>) {
        let mut stage = 0;
        let mut start = 0;
        for instant in rows.time.chunk_by(|a, b| a == b) {
            let together = start..start + instant.len();
            let entered = together
                .clone()
                .map(|index| entries.of(rows.event[index], rows.place(index)))
                .max()
                .unwrap_or(0);
            if entered > 0 {
                stage = u8::try_from(entered).expect("the limit of stages lies below 2^8");
            }
            for place in together.map(|index| rows.place(index)) {
                self.runs[place.run as usize][place.row as usize].store(stage, Ordering::Relaxed);
            }
            start += instant.len();
        }
    }
}

/// A hash of plain data, by its JSON text.
pub(crate) fn hash_of(data: &impl Serialize) -> u128 {
    let text = serde_json::to_vec(data).expect("plain data with text keys is always JSON");
    xxhash_rust::xxh3::xxh3_128(&text)
}

fn get_or_make<T>(
    place: &OnceLock<T>,
    make: impl FnOnce() -> Result<T, AskError>,
) -> Result<&T, AskError> {
    if let Some(made) = place.get() {
        return Ok(made);
    }
    let made = make()?;
    Ok(place.get_or_init(|| made))
}

#[cfg(test)]
mod tests;
