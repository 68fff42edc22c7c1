//! How far the data can be trusted: gaps, events that come late, machines among the people.
//!
//! Every figure is of a range, and says how many events it was taken from.

mod gaps;

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::Array;
use serde::Serialize;
use throughline_model::{
    Channel, Field, ProfileId, SourceId, Span, TimeRange, Timestamp,
    bot::{BotReason, bot_by_name},
};
use throughline_store::{StoredEvent, Values};
use utoipa::ToSchema;

use gaps::gaps;

use crate::{
    ask::AskError,
    person::places_of,
    rule::Condition,
    sampling::{events_at, live_rows, spread},
    scan::{Place, ProfileRows, scan},
    view::View,
};

/// Hours in which a source sent far less than it does at that time of the week.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SourceGap {
    pub source: SourceId,
    pub from: Timestamp,
    pub to: Timestamp,
    pub events: u64,
    /// What the other weeks of the range lead to expect.
    pub expected: f64,
}

/// What one source sent in the range.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct SourceVolume {
    pub events: u64,
    /// Hours that could be held against other weeks.
    pub hours_judged: u64,
}

/// How long events took until they arrived, by what library sent them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Arrivals {
    /// Name of the library; none where events do not say.
    pub library: Option<String>,
    pub source: SourceId,
    /// How many were looked at.
    pub events: u64,
    /// Later than an hour after they happened.
    pub late: u64,
    /// Stamped more than a minute after they arrived: a clock that runs ahead.
    pub ahead: u64,
    /// Half of them arrived within this time.
    pub delay_ms_median: i64,
    /// All but one in twenty did.
    pub delay_ms_p95: i64,
}

/// Events of profiles that arrived in another order than they happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OutOfOrder {
    pub profiles: u64,
    pub events: u64,
    /// Older than one of the same profile that had arrived before.
    pub disordered: u64,
}

/// Machines among the people, for one reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BotCounts {
    pub events: u64,
    pub profiles: u64,
    /// Of the events that are looked at in particular, like those of an end of a funnel.
    pub goals: u64,
}

/// Machines among the people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bots {
    pub by_reason: BTreeMap<BotReason, BotCounts>,
    /// Whatever the reason, each once.
    pub suspects: BotCounts,
    pub all: BotCounts,
}

const HOUR_MS: i64 = 3_600_000;
/// So many events of one profile within a minute, or more, no person does.
const RATE_MAX: usize = 120;
const LATE: Span = Span::hours(1);
const AHEAD: Span = Span::minutes(1);

/// Where sources went silent, and what each sent.
pub fn source_gaps(
    view: &View<'_>,
    range: TimeRange,
) -> Result<(Vec<SourceGap>, BTreeMap<SourceId, SourceVolume>), AskError> {
    let first = range.from.0.div_euclid(HOUR_MS);
    let hours = usize::try_from(range.to.0.div_euclid(HOUR_MS) - first).unwrap_or(0);
    let mut by_source: BTreeMap<SourceId, Vec<u64>> = BTreeMap::new();
    for run in &view.snapshot.runs {
        view.cancel.check()?;
        let sources = run.values(&Field::Source)?;
        for row in live_rows(view, run) {
            let hour = run.time[row].div_euclid(HOUR_MS) - first;
            let Some(at) = usize::try_from(hour).ok().filter(|it| *it < hours) else {
                continue;
            };
            if let Some(source) = source_of(&sources, row) {
                let counts = by_source.entry(source).or_insert_with(|| vec![0; hours]);
                counts[at] += 1;
            }
        }
    }
    let mut found = Vec::new();
    let mut volumes = BTreeMap::new();
    for (source, counts) in by_source {
        let (its, hours_judged) = gaps(&counts);
        found.extend(its.into_iter().map(|gap| {
            let instant = |hour: usize| Timestamp((first + hour as i64) * HOUR_MS);
            SourceGap {
                source,
                from: instant(gap.from),
                to: instant(gap.to),
                events: gap.events,
                expected: gap.expected,
            }
        }));
        let events = counts.iter().sum();
        volumes.insert(
            source,
            SourceVolume {
                events,
                hours_judged,
            },
        );
    }
    found.sort_by(|a, b| b.from.cmp(&a.from).then(a.source.cmp(&b.source)));
    Ok((found, volumes))
}

fn source_of(values: &Values, row: usize) -> Option<SourceId> {
    let numbers = values.number.as_ref().filter(|it| it.is_valid(row))?;
    Some(SourceId(numbers.value(row) as u32))
}

/// Whole events of the range but for those of some sources, spread evenly over all of them, at most so many.
pub fn sample(
    view: &View<'_>,
    range: TimeRange,
    without: &BTreeSet<SourceId>,
    most: usize,
) -> Result<Vec<StoredEvent>, AskError> {
    let is_asked = asked(view, range, without)?;
    events_at(view, &spread(view, most, is_asked))
}

/// Events of some profiles, spread evenly over all who did something in the range, but for some sources.
pub fn sample_lives(
    view: &View<'_>,
    range: TimeRange,
    without: &BTreeSet<SourceId>,
    most: usize,
) -> Result<Vec<(ProfileId, StoredEvent)>, AskError> {
    /// What one profile may have of its events in a run looked at.
    const EVENTS_MAX: usize = 500;
    let is_asked = asked(view, range, without)?;
    let is_there = |rows: &ProfileRows<'_>, index: usize| {
        let place = rows.place(index);
        is_asked(place.run as usize, place.row as usize)
    };
    let found = scan(view.snapshot, view.cancel, Vec::new, |found, rows| {
        let mut within = rows.between(range.from.0, range.to.0);
        if within.any(|index| is_there(rows, index)) {
            found.push(rows.profile);
        }
    })?;
    let mut profiles = found.concat();
    profiles.sort_unstable();
    let step = profiles.len().div_ceil(most.max(1)).max(1);
    let mut events = Vec::new();
    for profile in profiles.into_iter().step_by(step) {
        view.cancel.check()?;
        for (run, rows) in places_of(view.snapshot, profile) {
            let wanted: Vec<u32> = rows
                .filter(|row| is_asked(run, *row))
                .take(EVENTS_MAX)
                .map(|row| u32::try_from(row).expect("rows fit 32 bits"))
                .collect();
            let read = view.snapshot.runs[run].events(&wanted)?;
            events.extend(read.into_iter().map(|it| (profile, it)));
        }
    }
    Ok(events)
}

/// Whether the event at a row of a run lies in the range and is of no source that is left out.
fn asked<'v>(
    view: &'v View<'_>,
    range: TimeRange,
    without: &BTreeSet<SourceId>,
) -> Result<impl Fn(usize, usize) -> bool + Sync + 'v, AskError> {
    let mut sources = Vec::new();
    for run in &view.snapshot.runs {
        view.cancel.check()?;
        sources.push(run.values(&Field::Source)?);
    }
    let without = without.clone();
    Ok(move |run: usize, row: usize| {
        let is_out = || source_of(&sources[run], row).is_some_and(|it| without.contains(&it));
        range.contains(Timestamp(view.snapshot.runs[run].time[row])) && !is_out()
    })
}

/// How long events took until they arrived, by source and library, the most frequent first.
///
/// What happened before its source sent anything was loaded later: it is history and not late.
pub fn arrivals(events: &[StoredEvent]) -> Vec<Arrivals> {
    let library = Field::Context(vec!["library".to_owned(), "name".to_owned()]);
    let mut delays: BTreeMap<(SourceId, Option<String>), Vec<i64>> = BTreeMap::new();
    let mut begun: BTreeMap<SourceId, Timestamp> = BTreeMap::new();
    for event in events {
        let first = begun.entry(event.source).or_insert(event.received);
        *first = event.received.min(*first);
    }
    let is_live = |it: &&StoredEvent| it.time >= begun[&it.source].minus(LATE);
    for event in events.iter().filter(is_live) {
        let name = match throughline_store::value_of(event, &library) {
            Some(throughline_model::Value::Text(text)) => Some(text),
            _ => None,
        };
        let delay = event.received.since(event.time).0;
        delays.entry((event.source, name)).or_default().push(delay);
    }
    let mut all: Vec<Arrivals> = delays
        .into_iter()
        .map(|((source, library), mut delays)| {
            delays.sort_unstable();
            let at = |share: f64| delays[((delays.len() - 1) as f64 * share) as usize];
            Arrivals {
                library,
                source,
                events: delays.len() as u64,
                late: delays.iter().filter(|it| **it > LATE.0).count() as u64,
                ahead: delays.iter().filter(|it| **it < -AHEAD.0).count() as u64,
                delay_ms_median: at(0.5),
                delay_ms_p95: at(0.95),
            }
        })
        .collect();
    all.sort_by(|a, b| b.events.cmp(&a.events).then(a.source.cmp(&b.source)));
    all
}

/// How many events of some profiles arrived after a later one, given events with their profiles.
pub fn out_of_order(events: &[(ProfileId, StoredEvent)]) -> OutOfOrder {
    let mut by_profile: BTreeMap<ProfileId, Vec<(u64, i64)>> = BTreeMap::new();
    for (profile, event) in events {
        let arrival = (event.seq.0, event.time.0);
        by_profile.entry(*profile).or_default().push(arrival);
    }
    let mut sums = OutOfOrder::default();
    for arrivals in by_profile.values_mut() {
        arrivals.sort_unstable();
        sums.profiles += 1;
        sums.events += arrivals.len() as u64;
        let mut latest = i64::MIN;
        for (_, time) in arrivals {
            sums.disordered += u64::from(*time < latest);
            latest = latest.max(*time);
        }
    }
    sums
}

/// Machines among the people of a range, with how many of some events are theirs.
pub fn bots(view: &View<'_>, range: TimeRange, goal: Option<&Condition>) -> Result<Bots, AskError> {
    let agents = Field::Context(vec!["userAgent".to_owned()]);
    let mut named: Vec<Option<(Values, Vec<Option<BotReason>>)>> = Vec::new();
    for run in &view.snapshot.runs {
        view.cancel.check()?;
        let values = run.values(&agents)?;
        let reasons = (values.texts.as_ref()).map(|texts| {
            let reasons = texts.iter().map(|text| text.and_then(bot_by_name));
            reasons.collect::<Vec<_>>()
        });
        let has_some = reasons
            .as_ref()
            .is_some_and(|it| it.iter().any(Option::is_some));
        named.push(
            reasons
                .filter(|_| has_some)
                .map(|it| (Values::clone(&values), it)),
        );
    }
    let by_agent = |channel: u8, place: Place| {
        // What a server sends names the server's own library; only a browser's word is one on its user.
        let (values, reasons) = named[place.run as usize].as_ref()?;
        if channel != Channel::Web.code() {
            return None;
        }
        let code = values.text.as_ref()?.get(place.row as usize)?;
        reasons[code]
    };
    let states = scan(view.snapshot, view.cancel, Bots::default, |sums, rows| {
        let within = rows.between(range.from.0, range.to.0);
        if within.is_empty() {
            return;
        }
        let is_fast = is_too_fast(&rows.time[within.clone()]);
        let mut its: BTreeMap<BotReason, BotCounts> = BTreeMap::new();
        let (mut all, mut suspects) = (BotCounts::default(), BotCounts::default());
        for index in within {
            let place = rows.place(index);
            let is_goal = goal.is_some_and(|it| it.holds(rows.event[index], place));
            let see = |counts: &mut BotCounts| {
                counts.events += 1;
                counts.profiles = 1;
                counts.goals += u64::from(is_goal);
            };
            see(&mut all);
            let reason = by_agent(rows.channel[index], place);
            if let Some(reason) = reason {
                see(its.entry(reason).or_default());
            }
            if is_fast {
                see(its.entry(BotReason::Rate).or_default());
            }
            if is_fast || reason.is_some() {
                see(&mut suspects);
            }
        }
        for (reason, counts) in its {
            sums.by_reason.entry(reason).or_default().add(counts);
        }
        sums.all.add(all);
        sums.suspects.add(suspects);
    })?;
    let mut sums = Bots::default();
    for state in states {
        for (reason, counts) in state.by_reason {
            sums.by_reason.entry(reason).or_default().add(counts);
        }
        sums.all.add(state.all);
        sums.suspects.add(state.suspects);
    }
    Ok(sums)
}

impl BotCounts {
    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.profiles += other.profiles;
        self.goals += other.goals;
    }
}

fn is_too_fast(times: &[i64]) -> bool {
    let mut windows = times.windows(RATE_MAX);
    windows.any(|window| window[RATE_MAX - 1] - window[0] < 60_000)
}

#[cfg(test)]
mod tests;
