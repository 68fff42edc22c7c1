//! How long profiles stay in each stage, those that are still in it included.
//!
//! A stay begins with an event that moves a profile to a stage, and ends with one that moves it to another,
//! or by silence. A stay that has not ended is followed to the end of the log and known to last at least that long;
//! the product-limit estimator uses it for what it says and no more.

use serde::Serialize;
use throughline_model::{Matcher, ProfileId, TimeRange, Timestamp, report::StageTime};
use throughline_predict::{incidence::Incidence, survival::Curve};
use utoipa::ToSchema;

use crate::{
    ask::{AskError, Counted, LeftOut, When},
    codes::Codes,
    extent::extent,
    kernel::transitions::Passes,
    lives::{Lives, LivesCount, is_beyond},
    pick::Wanted,
    rule::{Condition, Verdict},
    scan::{Found, Picks, ProfileRows, scan_picked},
    select::{NthPart, StageTimeSelect},
    sequence::Element,
    view::{Sight, View},
};

/// Stays in each stage.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StageTimeAnswer {
    /// Up to when stays were followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    /// True when there are so many stays that their lengths are rounded by up to 0.2 %.
    pub is_rounded: bool,
    /// In the order of the stages.
    pub stages: Vec<StageStays>,
    /// How stays ended by how many a profile had had, whatever their stage.
    pub by_stay: Vec<NthStays>,
}

/// The first stays of profiles, or their second ones, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NthStays {
    /// From 1, over stays that begin in the range.
    pub nth: u32,
    /// True for the last one when it stands for all later ones as well.
    pub is_or_later: bool,
    pub stays: Passes,
    /// That ended in another stage.
    pub next: Passes,
    /// That ended because nothing happened any more.
    pub silent: Passes,
    /// That had not ended when the log did.
    pub still_in: Passes,
}

/// Stays in one stage.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StageStays {
    pub stage: Element,
    pub stays: Passes,
    /// Stays that had not ended when the log did.
    pub still_in: Passes,
    /// Stays that ended because nothing happened any more.
    pub silent: Passes,
    /// Stays that ended in another stage, the most frequent first.
    pub next: Vec<NextStage>,
    /// A quarter of all stays end by then; none when fewer have been seen to end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarter_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub three_quarters_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_ms: Option<i64>,
    /// The share that stays on, at falls that lie evenly over it; exact at each of them.
    pub curve: Vec<Remaining>,
    /// The share that has ended by silence, while others went on: at rises that lie evenly over it.
    /// Empty where no stay has.
    pub gave_up: Vec<GaveUp>,
}

/// How many have given up by a time, by the estimator of Aalen and Johansen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct GaveUp {
    /// The silence that tells it is part of it.
    pub ms: i64,
    pub share: f64,
    /// The interval of the share, on the log-log scale.
    pub low: f64,
    pub high: f64,
}

/// How many stay on after a time, by the product-limit estimator.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Remaining {
    pub ms: i64,
    pub share: f64,
    /// The interval of the share, by Greenwood's formula on the log-log scale.
    pub low: f64,
    pub high: f64,
}

/// Stays of a profile that are told one by one; later ones are told together.
const NTH_MAX: usize = 12;

/// Falls of a curve that are told, and rises.
const CURVE_POINTS: usize = 60;

/// Where stays went on to.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct NextStage {
    /// Id of the stage.
    pub to: String,
    pub passes: Passes,
}

/// The points of a curve that are told.
pub(crate) fn remaining(curve: &Curve) -> Vec<Remaining> {
    let stairs = curve.sampled(CURVE_POINTS).into_iter();
    let points = stairs.map(|stair| {
        let interval = curve.interval_at(stair.time);
        Remaining {
            ms: stair.time,
            share: stair.share,
            low: interval.low,
            high: interval.high,
        }
    });
    points.collect()
}

/// The rises of a share that are told.
fn gave_up(incidence: &Incidence) -> Vec<GaveUp> {
    let rises = incidence.sampled(CURVE_POINTS).into_iter();
    let points = rises.map(|rise| {
        let interval = rise.interval();
        GaveUp {
            ms: rise.time,
            share: rise.share,
            low: interval.low,
            high: interval.high,
        }
    });
    points.collect()
}

pub(crate) fn answer(
    view: &View<'_>,
    stage_time: &StageTime,
    when: &When,
) -> Result<Counted<StageTimeAnswer>, AskError> {
    let plan = Plan::new(view, stage_time, when)?;
    let count = plan.stages.len();
    let lives_count = LivesCount::default();
    let states = scan_picked(
        view.snapshot,
        view.cancel,
        &plan.picks,
        || Sums::new(count),
        |sums, rows, entries| {
            let mut stays_before = 0;
            plan.follow(rows, entries, &mut |stay| {
                sums.add(rows.profile, &stay, stays_before, &lives_count);
                stays_before += 1;
            });
            sums.profiles += u64::from(stays_before > 0);
        },
    )?;
    let mut sums = Sums::new(count);
    for state in states {
        sums.merge(state);
    }
    let is_rounded = is_beyond(sums.stays.iter().map(|it| it.passes.times).sum());
    let passes = |stage: usize, ending: usize| sums.endings[stage * (count + 2) + ending].passes;
    let stages = (plan.stages.iter().enumerate())
        .zip(std::mem::take(&mut sums.lives))
        .zip(std::mem::take(&mut sums.silences))
        .map(|(((stage, element), mut lives), mut silences)| {
            let silent = passes(stage, count + SILENT);
            let gave_up = match silent.times {
                0 => Vec::new(),
                _ => gave_up(&lives.incidence(&mut silences, is_rounded)),
            };
            let curve = lives.curve(is_rounded);
            let mut next: Vec<(usize, Passes)> = (0..count)
                .map(|to| (to, passes(stage, to)))
                .filter(|(_, passes)| passes.times > 0)
                .collect();
            next.sort_by_key(|(to, passes)| (std::cmp::Reverse(passes.times), *to));
            StageStays {
                stage: element.clone(),
                stays: sums.stays[stage].passes,
                still_in: passes(stage, count + STILL_IN),
                silent,
                next: (next.into_iter())
                    .map(|(to, passes)| NextStage {
                        to: plan.stages[to].id.clone(),
                        passes,
                    })
                    .collect(),
                quarter_ms: curve.quantile(250),
                median_ms: curve.quantile(500),
                three_quarters_ms: curve.quantile(750),
                p90_ms: curve.quantile(900),
                curve: remaining(&curve),
                gave_up,
            }
        })
        .collect();
    let by_stay = (sums.nth.iter().enumerate())
        .filter(|(_, cells)| cells.stays.passes.times > 0)
        .map(|(index, cells)| NthStays {
            nth: index as u32 + 1,
            is_or_later: index + 1 == NTH_MAX,
            stays: cells.stays.passes,
            next: cells.next.passes,
            silent: cells.silent.passes,
            still_in: cells.still_in.passes,
        })
        .collect();
    Ok(Counted {
        n: sums.profiles,
        left_out: LeftOut::default(),
        numbers: StageTimeAnswer {
            followed_to: Timestamp(plan.end),
            is_rounded,
            stages,
            by_stay,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    stage_time: &StageTime,
    select: &StageTimeSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, stage_time, when)?;
    let index = |id: &str| {
        let found = plan.stages.iter().position(|it| it.id == id);
        let fault = || {
            AskError::fault(
                "select",
                format!("names `{id}`, which is no stage of the report"),
            )
        };
        found.map(|index| index as u8).ok_or_else(fault)
    };
    let meant = match select {
        StageTimeSelect::Stays(stage) => Meant::Stage(index(stage)?, None),
        StageTimeSelect::StillIn(stage) => Meant::Stage(index(stage)?, Some(Ending::StillIn)),
        StageTimeSelect::Silent(stage) => Meant::Stage(index(stage)?, Some(Ending::Silent)),
        StageTimeSelect::Next { from, to } => {
            Meant::Stage(index(from)?, Some(Ending::Next(index(to)?)))
        }
        StageTimeSelect::Nth { nth, part } => {
            let place = (*nth as usize).checked_sub(1);
            let place = place.filter(|it| *it < NTH_MAX).ok_or_else(|| {
                AskError::fault("select", format!("has an `nth` that is not 1 to {NTH_MAX}"))
            })?;
            Meant::Nth(place, *part)
        }
    };
    let states = scan_picked(
        view.snapshot,
        view.cancel,
        &plan.picks,
        Vec::new,
        |profiles, rows, entries| {
            let mut is_hit = false;
            let mut stays_before = 0;
            plan.follow(rows, entries, &mut |stay| {
                is_hit |= meant.fits(&stay, stays_before);
                stays_before += 1;
            });
            if is_hit {
                profiles.push(rows.profile);
            }
        },
    )?;
    let mut profiles = states.concat();
    profiles.sort_unstable();
    Ok(profiles)
}

/// One stay of a profile in a stage.
#[derive(Clone, Copy, Debug)]
struct Stay {
    /// Index of the stage.
    stage: u8,
    length_ms: i64,
    ending: Ending,
}

/// How a stay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Next(u8),
    Silent,
    StillIn,
}

/// Which stays are asked for.
enum Meant {
    Stage(u8, Option<Ending>),
    /// By how many came before, as far as they are told apart.
    Nth(usize, NthPart),
}

impl Meant {
    fn fits(&self, stay: &Stay, stays_before: usize) -> bool {
        match self {
            Self::Stage(stage, ending) => {
                stay.stage == *stage && ending.is_none_or(|ending| ending == stay.ending)
            }
            Self::Nth(place, part) => {
                let is_part = match part {
                    NthPart::Stays => true,
                    NthPart::Next => matches!(stay.ending, Ending::Next(_)),
                    NthPart::Silent => stay.ending == Ending::Silent,
                    NthPart::StillIn => stay.ending == Ending::StillIn,
                };
                is_part && stays_before.min(NTH_MAX - 1) == *place
            }
        }
    }
}

/// Pauses that are looked at together before one of them is looked for.
const PAIRS_TOGETHER: usize = 16;

/// Places of the endings that are no stage, behind those that are.
const SILENT: usize = 0;
const STILL_IN: usize = 1;

/// The definition made ready.
struct Plan {
    stages: Vec<Element>,
    entries: Codes,
    filter: Condition,
    is_system: Vec<bool>,
    /// Events that may lead to a stage; without one there is no stay.
    picks: Picks,
    /// Per code of a name what its events do, when names decide: [`ABSENT`], 0 for no stage, else the stage's number.
    table: Option<Box<[u8; 1 << 16]>>,
    /// True when some names are as good as not there.
    leaves_out: bool,
    range: TimeRange,
    silence_ms: i64,
    end: i64,
}

/// Stands for events that are as good as not there.
const ABSENT: u8 = u8::MAX;

impl Plan {
    fn new(view: &View<'_>, stage_time: &StageTime, when: &When) -> Result<Self, AskError> {
        let (stages, entries) = match &stage_time.stages {
            Some(stages) => {
                let matchers: Vec<&Matcher> = stages.iter().map(|it| &it.matcher).collect();
                let elements = stages.iter().map(|it| Element {
                    id: it.name.clone(),
                    name: it.name.clone(),
                });
                (
                    elements.collect(),
                    view.last_fit(&matchers, Sight::Touchpoints)?,
                )
            }
            None => {
                let elements = view.vocabulary.stages.iter().map(|it| Element {
                    id: it.id.clone(),
                    name: it.name.clone(),
                });
                (elements.collect(), view.stage_entries()?.clone())
            }
        };
        let stages: Vec<Element> = stages;
        if stages.is_empty() {
            return Err(AskError::fault(
                "stages",
                "are missing, and the vocabulary has none; name some or add them to the vocabulary",
            ));
        }
        let filter = view.rule(stage_time.filter.as_ref())?;
        let is_system: Vec<bool> = view
            .snapshot
            .names
            .iter()
            .map(|(_, name)| name.is_system())
            .collect();
        let table = match (entries.table(), filter.by_name()) {
            (Some(entries), Some(passes)) => {
                let mut table = Box::new([ABSENT; 1 << 16]);
                for (code, entry) in entries.iter().enumerate() {
                    if passes[code] && (*entry > 0 || !is_system[code]) {
                        table[code] = number(*entry);
                    }
                }
                Some(table)
            }
            _ => None,
        };
        let wanted = || {
            Wanted::of(is_system.len(), |code| match &table {
                Some(table) => !matches!(table[usize::from(code)], 0 | ABSENT),
                None => entries.by_name(code) != Some(0) && filter.verdict(code) != Verdict::No,
            })
        };
        Ok(Self {
            stages,
            picks: Picks {
                wanted: wanted(),
                needed: wanted(),
            },
            entries,
            filter,
            leaves_out: table
                .as_ref()
                .is_none_or(|table| table[..is_system.len()].contains(&ABSENT)),
            table,
            is_system,
            range: when.range,
            silence_ms: stage_time.silence_max.map_or(i64::MAX, |span| span.0),
            end: extent(view.snapshot).map_or(when.now.0, |(_, last)| last.min(when.now.0)),
        })
    }

    /// Shows each stay of a profile that begins in the range, in order.
    fn follow(&self, rows: &ProfileRows<'_>, entries: &[Found], see: &mut impl FnMut(Stay)) {
        let Some(table) = &self.table else {
            return self.walk(rows, |index| self.by_row(rows, index), see);
        };
        let entry_of = |event: u16| table[usize::from(event)];
        if !self.may_fall_silent(rows) {
            self.jump(rows, entries, entry_of, see);
        } else if !self.leaves_out {
            self.hop(rows, entries, entry_of, see);
        } else {
            self.walk(rows, |index| entry_of(rows.event[index]), see);
        }
    }

    /// False when no pause between a profile's events can end a stay.
    fn may_fall_silent(&self, rows: &ProfileRows<'_>) -> bool {
        let (Some(first), Some(last)) = (rows.time.first(), rows.time.last()) else {
            return false;
        };
        if last - first <= self.silence_ms {
            return false;
        }
        // Where events are left out, the pauses between those that are left may be longer.
        self.leaves_out || self.has_pause(rows.time)
    }

    /// The row before the first pause from one row to another that ends a stay.
    fn pause_after(&self, times: &[i64], from: usize, to: usize) -> Option<usize> {
        let mut start = from;
        while start < to {
            let end = to.min(start + PAIRS_TOGETHER);
            if self.has_pause(&times[start..=end]) {
                return (start..end).find(|it| times[it + 1] - times[*it] > self.silence_ms);
            }
            start = end;
        }
        None
    }

    /// True when two events that follow each other lie too far apart. Without a branch, many at once: the difference
    /// to the longest silence is negative for one of them, and so is everything that has its sign bit.
    fn has_pause(&self, times: &[i64]) -> bool {
        let pairs = times.iter().zip(&times[1..]);
        let signs = pairs.fold(0, |signs, (before, after)| {
            signs | (self.silence_ms - (after - before))
        });
        signs < 0
    }

    /// Follows a profile from one event that leads to a stage to the next.
    fn jump(
        &self,
        rows: &ProfileRows<'_>,
        entries: &[Found],
        entry_of: impl Fn(u16) -> u8,
        see: &mut impl FnMut(Stay),
    ) {
        let mut at = At::default();
        let mut index = 0;
        while index < entries.len() {
            let Found { time, event, .. } = entries[index];
            let mut entry = entry_of(event);
            index += 1;
            // Events of one instant are a set: the last stage that one of them leads to is meant.
            while index < entries.len() && entries[index].time == time {
                entry = entry.max(entry_of(entries[index].event));
                index += 1;
            }
            self.enter(&mut at, entry, time, see);
        }
        if at.stage != 0 {
            at.last = match self.leaves_out && self.silence_ms < i64::MAX {
                true => (0..rows.len())
                    .rfind(|it| entry_of(rows.event[*it]) != ABSENT)
                    .map_or(at.since, |it| rows.time[it]),
                false => rows.time[rows.len() - 1],
            };
            self.finish(&mut at, see);
        }
    }

    /// Follows a profile from entry to entry, and looks between two of them for a pause that ends the stay.
    ///
    /// What comes after such a pause and before the next entry needs no look.
    fn hop(
        &self,
        rows: &ProfileRows<'_>,
        entries: &[Found],
        entry_of: impl Fn(u16) -> u8,
        see: &mut impl FnMut(Stay),
    ) {
        let mut at = At::default();
        let mut row = 0;
        for instant in entries.chunk_by(|before, after| before.time == after.time) {
            let first = instant[0].row as usize;
            if at.stage != 0
                && let Some(last) = self.pause_after(rows.time, row, first)
            {
                at.last = rows.time[last];
                self.leave(&mut at, Ending::Silent, see);
            }
            // Events of one instant are a set: the last stage that one of them leads to is meant.
            let entry = instant.iter().map(|it| entry_of(it.event)).fold(0, u8::max);
            self.enter(&mut at, entry, instant[0].time, see);
            row = first;
        }
        if at.stage == 0 {
            return;
        }
        let end = rows.len() - 1;
        match self.pause_after(rows.time, row, end) {
            Some(last) => {
                at.last = rows.time[last];
                self.leave(&mut at, Ending::Silent, see);
            }
            None => {
                at.last = rows.time[end];
                self.finish(&mut at, see);
            }
        }
    }

    fn by_row(&self, rows: &ProfileRows<'_>, index: usize) -> u8 {
        let (event, place) = (rows.event[index], rows.place(index));
        if !self.filter.holds(event, place) {
            return ABSENT;
        }
        match self.entries.of(event, place) {
            0 if self.is_system[usize::from(event)] => ABSENT,
            entry => number(entry),
        }
    }

    /// Follows a profile event by event.
    fn walk(
        &self,
        rows: &ProfileRows<'_>,
        entry_of: impl Fn(usize) -> u8,
        see: &mut impl FnMut(Stay),
    ) {
        let mut at = At::default();
        let mut index = 0;
        while index < rows.len() {
            let entry = entry_of(index);
            if entry == ABSENT {
                index += 1;
                continue;
            }
            let time = rows.time[index];
            if at.stage != 0 && time - at.last > self.silence_ms {
                self.leave(&mut at, Ending::Silent, see);
            }
            at.last = time;
            if entry == 0 || entry == at.stage {
                index += 1;
                continue;
            }
            let (entry, next) = together(rows.time, index, &entry_of);
            index = next;
            self.enter(&mut at, entry, time, see);
        }
        if at.stage != 0 {
            self.finish(&mut at, see);
        }
    }

    /// Moves a profile to a stage, if it is not there yet.
    fn enter(&self, at: &mut At, entry: u8, time: i64, see: &mut impl FnMut(Stay)) {
        if entry == at.stage {
            return;
        }
        at.last = time;
        if at.stage != 0 {
            self.leave(at, Ending::Next(entry - 1), see);
        }
        at.stage = entry;
        at.since = time;
    }

    /// Ends the last stay of a profile: by silence when that has lasted long enough, else not at all.
    fn finish(&self, at: &mut At, see: &mut impl FnMut(Stay)) {
        let is_silent = self.silence_ms < i64::MAX && self.end - at.last > self.silence_ms;
        let ending = if is_silent {
            Ending::Silent
        } else {
            Ending::StillIn
        };
        self.leave(at, ending, see);
    }

    /// Ends the stay that a profile is in; by silence, when that had lasted long enough.
    fn leave(&self, at: &mut At, ending: Ending, see: &mut impl FnMut(Stay)) {
        let end = match ending {
            Ending::Next(_) => at.last,
            Ending::Silent => at.last.saturating_add(self.silence_ms),
            Ending::StillIn => self.end,
        };
        let stay = Stay {
            stage: at.stage - 1,
            // An event may lie a little ahead of the end of the log.
            length_ms: (end - at.since).max(0),
            ending,
        };
        at.stage = 0;
        if self.range.contains(Timestamp(at.since)) {
            see(stay);
        }
    }
}

/// Where a profile is on its way.
#[derive(Default)]
struct At {
    /// Number of the stage, 0 for none.
    stage: u8,
    since: i64,
    /// Time of the last event.
    last: i64,
}

/// The stage that the events of an instant lead to, and the first row behind them.
///
/// Events of one instant are a set: the last stage that one of them leads to is meant.
fn together(times: &[i64], index: usize, entry_of: &impl Fn(usize) -> u8) -> (u8, usize) {
    let time = times[index];
    let mut entry = entry_of(index);
    let mut first = index;
    while first > 0 && times[first - 1] == time {
        first -= 1;
        entry = later(entry, entry_of(first));
    }
    let mut next = index + 1;
    while next < times.len() && times[next] == time {
        entry = later(entry, entry_of(next));
        next += 1;
    }
    (entry, next)
}

fn number(entry: u16) -> u8 {
    u8::try_from(entry).expect("the limit of stages lies below 2^8")
}

/// The later stage of two events; one that is not there leads nowhere.
fn later(entry: u8, other: u8) -> u8 {
    match other {
        ABSENT => entry,
        other => entry.max(other),
    }
}

/// What one thread has counted.
struct Sums {
    profiles: u64,
    stages_count: usize,
    stays: Vec<Cell>,
    /// Per stage and ending.
    endings: Vec<Cell>,
    lives: Vec<Lives>,
    /// Those of the stays that ended by silence.
    silences: Vec<Lives>,
    /// By how many stays a profile had had before.
    nth: [NthCells; NTH_MAX],
    /// Stays since the other threads were told; `None` once lengths are rounded.
    untold: Option<u64>,
}

/// Stays between two times that a thread tells the others of them.
const UNTOLD_MAX: u64 = 4_096;

#[derive(Clone, Copy, Default)]
struct NthCells {
    stays: Cell,
    next: Cell,
    silent: Cell,
    still_in: Cell,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) passes: Passes,
    /// The last profile that was counted. Each profile is seen once, so equal means already counted.
    last: Option<ProfileId>,
}

impl Cell {
    pub(super) fn add(&mut self, profile: ProfileId) {
        self.passes.times += 1;
        self.passes.profiles += u64::from(self.last != Some(profile));
        self.last = Some(profile);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.passes.times += other.passes.times;
        self.passes.profiles += other.passes.profiles;
    }
}

impl Sums {
    fn new(stages_count: usize) -> Self {
        Self {
            profiles: 0,
            stages_count,
            stays: vec![Cell::default(); stages_count],
            endings: vec![Cell::default(); stages_count * (stages_count + 2)],
            lives: vec![Lives::default(); stages_count],
            silences: vec![Lives::default(); stages_count],
            nth: [NthCells::default(); NTH_MAX],
            untold: Some(0),
        }
    }

    fn add(
        &mut self,
        profile: ProfileId,
        stay: &Stay,
        stays_before: usize,
        lives_count: &LivesCount,
    ) {
        let stage = usize::from(stay.stage);
        let ending = match stay.ending {
            Ending::Next(next) => usize::from(next),
            Ending::Silent => self.stages_count + SILENT,
            Ending::StillIn => self.stages_count + STILL_IN,
        };
        self.stays[stage].add(profile);
        self.endings[stage * (self.stages_count + 2) + ending].add(profile);
        self.lives[stage].add(stay.length_ms, stay.ending != Ending::StillIn);
        if stay.ending == Ending::Silent {
            self.silences[stage].add(stay.length_ms, true);
        }
        let nth = &mut self.nth[stays_before.min(NTH_MAX - 1)];
        nth.stays.add(profile);
        match stay.ending {
            Ending::Next(_) => nth.next.add(profile),
            Ending::Silent => nth.silent.add(profile),
            Ending::StillIn => nth.still_in.add(profile),
        }
        if let Some(untold) = &mut self.untold {
            *untold += 1;
            if *untold == UNTOLD_MAX {
                self.untold = Some(0);
                if lives_count.add(UNTOLD_MAX) {
                    self.untold = None;
                    self.lives.iter_mut().for_each(Lives::give_up);
                    self.silences.iter_mut().for_each(Lives::give_up);
                }
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.profiles += other.profiles;
        for (mine, more) in self.stays.iter_mut().zip(&other.stays) {
            mine.merge(more);
        }
        for (mine, more) in self.endings.iter_mut().zip(&other.endings) {
            mine.merge(more);
        }
        for (mine, more) in self.lives.iter_mut().zip(other.lives) {
            mine.merge(more);
        }
        for (mine, more) in self.silences.iter_mut().zip(other.silences) {
            mine.merge(more);
        }
        for (mine, more) in self.nth.iter_mut().zip(&other.nth) {
            mine.stays.merge(&more.stays);
            mine.next.merge(&more.next);
            mine.silent.merge(&more.silent);
            mine.still_in.merge(&more.still_in);
        }
    }
}

#[cfg(test)]
mod tests;
