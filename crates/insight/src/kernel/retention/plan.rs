//! The definition made ready: each profile's starts, and in which columns each came back.

use throughline_model::{
    TimeRange, Timestamp, limits,
    retention::{Cohorts, PeriodClock, PeriodUnit, Retention, RetentionMode},
};

use super::RetentionColumn;
use crate::{
    ask::{AskError, When},
    calendar::{Point, Ruler, unit_of},
    extent::clipped,
    labels::{Label, Labels, Lines},
    pick::Picker,
    rule::{Condition, Verdict},
    scan::{ProfileRows, scan},
    view::View,
};

/// One profile in one cohort.
pub(super) struct Start {
    /// Index of the cohort.
    pub(super) cohort: usize,
    /// Line of the breakdown, 0 when there is none.
    pub(super) line: usize,
    /// Periods that have passed since, at most as many as the last column needs.
    pub(super) passed: usize,
    /// A bit for each column in which it came back.
    pub(super) back: u128,
}

pub(super) struct Plan<'v> {
    pub(super) columns: Vec<RetentionColumn>,
    /// By when they started.
    pub(super) cohorts: Vec<Point>,
    pub(super) lines: Vec<Label>,
    pub(super) capped: u64,
    /// Passed periods after which every column is over.
    pub(super) passed_max: usize,
    range: TimeRange,
    now: i64,
    start: Condition,
    returns: Condition,
    /// Per code of a name whether its events have to be looked at.
    is_wanted: Vec<bool>,
    is_first_ever: bool,
    /// Starts of calendar units, from that of the first cohort; the last is where what matters ends.
    units: Vec<i64>,
    /// Length of a period on a rolling clock.
    length_ms: Option<i64>,
    /// Columns that a return in a period counts for, per period.
    columns_of: Vec<u128>,
    /// The same for all later periods.
    columns_beyond: u128,
    /// Columns that are over, per count of passed periods.
    over: Vec<u128>,
    labels: Option<Labels<'v>>,
    line_of: Vec<usize>,
}

/// Room for what is known of a profile, kept between profiles.
#[derive(Default)]
pub(super) struct Room {
    picker: Picker,
    starts: Vec<Begun>,
    returns: Vec<Return>,
}

/// A start whose returns are not known yet.
struct Begun {
    cohort: usize,
    time: i64,
    label: u32,
    /// True when another event of the very instant is a return.
    is_back_at_once: bool,
}

/// A moment of coming back; with a calendar the last one of its unit stands for all of them.
struct Return {
    unit: usize,
    time: i64,
}

/// What the events of one instant are.
#[derive(Default)]
struct Instant {
    starts: u32,
    returns: u32,
    either: u32,
    label: u32,
}

impl<'v> Plan<'v> {
    pub(super) fn new(
        view: &'v View<'_>,
        retention: &Retention,
        when: &When,
    ) -> Result<Self, AskError> {
        let mut range = clipped(view, when);
        range.to = range.to.min(Timestamp(when.now.0.saturating_add(1)));
        let columns = columns(retention);
        let columns_of = columns_of(&columns);
        let passed_max = columns_of.len();
        let ruler = Ruler::new(retention.period, retention.week_start, &when.zone);
        let (units, cohorts) = units(ruler, range, passed_max, when.now)?;
        let filter = retention.filter.as_ref();
        let start = view.narrowed(&retention.start, filter)?;
        let returns = view.narrowed(&retention.returns, filter)?;
        let is_wanted = (view.snapshot.names.iter())
            .map(|(code, _)| {
                start.verdict(code.0) != Verdict::No || returns.verdict(code.0) != Verdict::No
            })
            .collect();
        let labels = match &retention.breakdown {
            Some(field) => Some(Labels::of(view, field)?),
            None => None,
        };
        let mut plan = Self {
            over: (0..=passed_max)
                .map(|passed| bits(&columns, |it| (it.to.unwrap_or(it.from) as usize) < passed))
                .collect(),
            columns_beyond: bits(&columns, |it| it.to.is_none()),
            columns,
            cohorts,
            lines: Vec::new(),
            capped: 0,
            passed_max,
            range,
            now: when.now.0,
            start,
            returns,
            is_wanted,
            is_first_ever: retention.cohorts == Cohorts::FirstEver,
            units,
            length_ms: (retention.clock == PeriodClock::Rolling)
                .then(|| length_ms(retention.period)),
            columns_of,
            line_of: vec![0; labels.as_ref().map_or(1, Labels::count)],
            labels,
        };
        plan.rank(view)?;
        Ok(plan)
    }

    /// Orders the lines of the breakdown by their starts and folds those beyond the limit into one.
    fn rank(&mut self, view: &View<'_>) -> Result<(), AskError> {
        let Some(labels) = &self.labels else {
            return Ok(());
        };
        let count = labels.count();
        self.line_of = (0..count).collect();
        let begin = || (vec![0_u64; count], Room::default());
        let states = scan(view.snapshot, view.cancel, begin, |(sums, room), rows| {
            self.visit(rows, room, &mut |start| sums[start.line] += 1);
        })?;
        let mut sums = vec![0; count];
        for (state, _) in states {
            for (sum, more) in sums.iter_mut().zip(state) {
                *sum += more;
            }
        }
        let lines = Lines::ranked(labels, &sums);
        self.lines = lines.list;
        self.line_of = lines.line_of;
        self.capped = lines.capped;
        Ok(())
    }

    /// How many lines are told with their cohorts: the largest, as many as there is room for.
    pub(super) fn triangles_count(&self) -> usize {
        let counters = self.passed_max + 1 + 3 * self.columns.len();
        let room = limits::RETENTION_TRIANGLES_COUNTERS_MAX / (counters * self.cohorts.len().max(1));
        room.min(self.lines.len())
    }

    /// Columns that are over when so many periods have passed.
    pub(super) fn over(&self, passed: usize) -> u128 {
        self.over[passed]
    }

    /// How many columns have begun for the first that can be in a cohort.
    pub(super) fn begun(&self, cohort: usize) -> usize {
        let passed = self.passed(cohort, self.cohorts[cohort].from.0);
        (self.columns.iter())
            .take_while(|it| it.from as usize <= passed)
            .count()
    }

    /// Shows each start of a profile, in order.
    pub(super) fn visit(
        &self,
        rows: &ProfileRows<'_>,
        room: &mut Room,
        see: &mut impl FnMut(&Start),
    ) {
        self.collect(rows, room);
        for begun in &room.starts {
            see(&Start {
                cohort: begun.cohort,
                line: self.line_of[begun.label as usize],
                passed: self.passed(begun.cohort, begun.time),
                back: self.back(begun, &room.returns),
            });
        }
    }

    /// Finds a profile's starts and returns in one pass over its rows.
    fn collect(&self, rows: &ProfileRows<'_>, room: &mut Room) {
        room.starts.clear();
        room.returns.clear();
        let seen = rows.between(i64::MIN, self.now.saturating_add(1)).end;
        let picked = (room.picker).pick(&rows.event[..seen], |event| {
            self.is_wanted
                .get(usize::from(event))
                .is_some_and(|is_wanted| *is_wanted)
        });
        let (mut has_started, mut unit, mut next) = (false, 0, 0);
        while next < picked.len() {
            let time = rows.time[picked[next] as usize];
            let together = picked[next..]
                .iter()
                .take_while(|index| rows.time[**index as usize] == time)
                .count();
            let instant = self.instant(rows, &picked[next..next + together]);
            next += together;
            if time >= self.range.from.0 {
                unit = unit_of(&self.units, time, unit);
            }
            if instant.starts > 0 && !(self.is_first_ever && has_started) {
                has_started = true;
                if self.range.contains(Timestamp(time)) {
                    let is_new = room.starts.last().is_none_or(|it| it.cohort != unit);
                    if is_new {
                        room.starts.push(Begun {
                            cohort: unit,
                            time,
                            label: instant.label,
                            is_back_at_once: instant.returns > 0 && instant.either > 1,
                        });
                    }
                } else if self.is_first_ever {
                    return;
                }
            }
            if instant.returns > 0 && !room.starts.is_empty() {
                match room.returns.last_mut() {
                    Some(last) if self.length_ms.is_none() && last.unit == unit => last.time = time,
                    _ => room.returns.push(Return { unit, time }),
                }
            }
        }
    }

    fn instant(&self, rows: &ProfileRows<'_>, picked: &[u32]) -> Instant {
        let mut instant = Instant::default();
        for index in picked {
            let index = *index as usize;
            let (event, place) = (rows.event[index], rows.place(index));
            let is_start = self.start.holds(event, place);
            let is_return = self.returns.holds(event, place);
            instant.starts += u32::from(is_start);
            instant.returns += u32::from(is_return);
            instant.either += u32::from(is_start || is_return);
            if let Some(labels) = self.labels.as_ref().filter(|_| is_start) {
                // Events of one instant have no order, so the smallest value that is set decides.
                let label = labels.label(rows, index);
                if label != 0 && (instant.label == 0 || label < instant.label) {
                    instant.label = label;
                }
            }
        }
        instant
    }

    /// Periods that have passed for a start.
    fn passed(&self, cohort: usize, time: i64) -> usize {
        let passed = match self.length_ms {
            Some(length_ms) => usize::try_from((self.now - time) / length_ms).unwrap_or(0),
            None => {
                (self.units.partition_point(|start| *start <= self.now)).saturating_sub(cohort + 1)
            }
        };
        passed.min(self.passed_max)
    }

    /// The columns in which a start came back.
    fn back(&self, begun: &Begun, returns: &[Return]) -> u128 {
        let behind = returns.partition_point(|it| it.time <= begun.time);
        let at_once = match begun.is_back_at_once {
            true => self.columns_in(0),
            false => 0,
        };
        if self.columns_beyond != 0 {
            // A later return counts for every column that an earlier one does.
            let last = returns[behind..].last();
            return last.map_or(0, |it| self.columns_in(self.period(begun, it))) | at_once;
        }
        let mut back = at_once;
        for it in &returns[behind..] {
            let period = self.period(begun, it);
            if period >= self.columns_of.len() {
                break;
            }
            back |= self.columns_of[period];
        }
        back
    }

    fn period(&self, begun: &Begun, it: &Return) -> usize {
        match self.length_ms {
            Some(length_ms) => usize::try_from((it.time - begun.time) / length_ms)
                .expect("a return lies behind its start"),
            None => it.unit - begun.cohort,
        }
    }

    fn columns_in(&self, period: usize) -> u128 {
        let found = self.columns_of.get(period).copied();
        found.unwrap_or(self.columns_beyond)
    }
}

fn columns(retention: &Retention) -> Vec<RetentionColumn> {
    let each = 0..retention.periods_count;
    match &retention.mode {
        RetentionMode::On => each
            .map(|from| RetentionColumn {
                from,
                to: Some(from),
            })
            .collect(),
        RetentionMode::OnOrAfter => each
            .map(|from| RetentionColumn { from, to: None })
            .collect(),
        RetentionMode::Brackets(brackets) => (brackets.iter())
            .map(|it| RetentionColumn {
                from: it.from,
                to: Some(it.to),
            })
            .collect(),
    }
}

/// Per period, up to the last that any column names, the columns that a return in it counts for.
fn columns_of(columns: &[RetentionColumn]) -> Vec<u128> {
    let last = columns.iter().map(|it| it.to.unwrap_or(it.from)).max();
    (0..=last.unwrap_or(0))
        .map(|period| {
            bits(columns, |it| {
                it.from <= period && it.to.is_none_or(|to| period <= to)
            })
        })
        .collect()
}

fn bits(columns: &[RetentionColumn], is_set: impl Fn(&RetentionColumn) -> bool) -> u128 {
    (columns.iter().enumerate())
        .filter(|(_, it)| is_set(it))
        .fold(0, |bits, (column, _)| bits | 1 << column)
}

/// Starts of units as far as they matter, and the cohorts among them.
fn units(
    ruler: Ruler<'_>,
    range: TimeRange,
    passed_max: usize,
    now: Timestamp,
) -> Result<(Vec<i64>, Vec<Point>), AskError> {
    if range.from >= range.to {
        return Ok((vec![range.from.0], Vec::new()));
    }
    let mut starts = (ruler.starts(range, limits::RETENTION_COHORTS_MAX)).ok_or_else(|| {
        AskError::fault(
            "period",
            format!(
                "cuts the range into more than {} cohorts; choose a longer period or a shorter range",
                limits::RETENTION_COHORTS_MAX
            ),
        )
    })?;
    let cohorts = (starts.windows(2))
        .map(|unit| Point {
            from: unit[0].max(range.from),
            to: unit[1].min(range.to),
            is_partial: unit[0] < range.from || unit[1] > range.to || unit[1] > now,
        })
        .collect();
    let count = starts.len() + passed_max + 1;
    while let Some(last) = starts.last().copied().filter(|last| *last <= now) {
        if starts.len() == count {
            break;
        }
        starts.push(ruler.next_start(last));
    }
    Ok((starts.into_iter().map(|it| it.0).collect(), cohorts))
}

fn length_ms(period: PeriodUnit) -> i64 {
    const HOUR_MS: i64 = 3_600_000;
    match period {
        PeriodUnit::Hour => HOUR_MS,
        PeriodUnit::Day => 24 * HOUR_MS,
        PeriodUnit::Week => 7 * 24 * HOUR_MS,
        PeriodUnit::Month => unreachable!("the check refuses rolling months"),
    }
}
