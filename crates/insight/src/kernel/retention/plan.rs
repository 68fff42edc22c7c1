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
    pick::Wanted,
    rule::{Condition, Verdict},
    scan::{Found, Picks, ProfileRows, scan_picked},
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
    /// Events that have to be looked at; without one that may be a start there is no start.
    pub(super) picks: Picks,
    /// Per code of a name whether it counts as coming back, when every event of a customer does and only the last one
    /// of a unit matters. Only starts are picked then.
    any_returns: Option<Vec<bool>>,
    is_first_ever: bool,
    /// Starts of calendar units, from that of the first cohort; the last is where what matters ends.
    units: Vec<i64>,
    dial: Dial,
    /// Length of a period on a rolling clock.
    length_ms: Option<i64>,
    /// Columns that a return in a period counts for, per period.
    columns_of: Vec<u128>,
    /// True when each period has the column of its own number.
    is_column_each: bool,
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
    starts: Vec<Begun>,
    returns: Vec<Return>,
}

/// A start whose returns are not known yet.
struct Begun {
    cohort: usize,
    time: i64,
    /// The last of its rows among the profile's.
    row: u32,
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
        let is_calendar = retention.clock == PeriodClock::Calendar;
        let any_returns = (returns.by_name())
            .filter(|_| is_calendar)
            .filter(|is_return| {
                let quiet = view.snapshot.names.quiet();
                quiet
                    .iter()
                    .zip(is_return)
                    .all(|(is_quiet, fits)| is_quiet != fits)
            });
        let may_start = |code: u16| start.verdict(code) != Verdict::No;
        let may_return = |code: u16| any_returns.is_none() && returns.verdict(code) != Verdict::No;
        let names_count = view.snapshot.names.len();
        let picks = Picks {
            wanted: Wanted::of(names_count, |code| may_start(code) || may_return(code)),
            needed: Wanted::of(names_count, may_start),
        };
        let labels = match &retention.breakdown {
            Some(by) => Some(Labels::by(view, by)?),
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
            picks,
            any_returns,
            is_first_ever: retention.cohorts == Cohorts::FirstEver,
            dial: Dial::of(&units),
            units,
            length_ms: (retention.clock == PeriodClock::Rolling)
                .then(|| length_ms(retention.period)),
            is_column_each: retention.mode == RetentionMode::On,
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
        let states = scan_picked(
            view.snapshot,
            view.cancel,
            &self.picks,
            begin,
            |(sums, room), rows, picked| {
                self.visit(rows, picked, room, &mut |start| sums[start.line] += 1);
            },
        )?;
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
        let room =
            limits::RETENTION_TRIANGLES_COUNTERS_MAX / (counters * self.cohorts.len().max(1));
        room.min(self.lines.len())
    }

    /// Columns that are over when so many periods have passed.
    pub(super) fn over(&self, passed: usize) -> u128 {
        self.over[passed]
    }

    /// True when each profile starts once, and its cohort says how many periods have passed since.
    pub(super) fn is_passed_by_cohort(&self) -> bool {
        self.is_first_ever && self.length_ms.is_none()
    }

    /// Periods that have passed for all starts of a cohort.
    pub(super) fn passed_of(&self, cohort: usize) -> usize {
        self.passed(cohort, self.cohorts[cohort].from.0)
    }

    /// How many columns have begun for the first that can be in a cohort.
    pub(super) fn begun(&self, cohort: usize) -> usize {
        let passed = self.passed_of(cohort);
        (self.columns.iter())
            .take_while(|it| it.from as usize <= passed)
            .count()
    }

    /// Shows each start of a profile, in order.
    pub(super) fn visit(
        &self,
        rows: &ProfileRows<'_>,
        picked: &[Found],
        room: &mut Room,
        see: &mut impl FnMut(&Start),
    ) {
        let known = picked.partition_point(|it| it.time <= self.now);
        self.collect(rows, &picked[..known], room);
        let only = match (&self.any_returns, room.starts.as_slice()) {
            (Some(is_return), [only]) if self.columns_of.len() <= PERIODS_IN_WORD => {
                Some(self.back_any(rows, is_return, only))
            }
            (Some(is_return), _) => {
                self.return_any(rows, is_return, room);
                None
            }
            (None, _) => None,
        };
        for begun in &room.starts {
            see(&Start {
                cohort: begun.cohort,
                line: self.line_of[begun.label as usize],
                passed: self.passed(begun.cohort, begun.time),
                back: only.unwrap_or_else(|| self.back(begun, &room.returns)),
            });
        }
    }

    /// The columns in which the only start of a profile came back, when any event is a return: each row sets the bit of
    /// its period, without a branch for the processor to guess.
    fn back_any(&self, rows: &ProfileRows<'_>, is_return: &[bool], begun: &Begun) -> u128 {
        let row = begun.row as usize;
        let last = rows.time.last().copied().unwrap_or(begun.time);
        let end = match last <= self.now {
            true => rows.len(),
            false => row + rows.time[row..].partition_point(|it| *it <= self.now),
        };
        let later = (row..end)
            .find(|it| rows.time[*it] > begun.time)
            .unwrap_or(end);
        let (times, events) = (&rows.time[later..end], &rows.event[later..end]);
        let mut periods = 0_u64;
        for (time, event) in times.iter().zip(events) {
            let period = (self.dial.unit(*time) - begun.cohort).min(PERIODS_IN_WORD);
            periods |= u64::from(is_return[usize::from(*event)]) << period;
        }
        periods |= u64::from(begun.is_back_at_once);
        if self.is_column_each {
            return u128::from(periods) & ((1 << self.columns_of.len()) - 1);
        }
        let mut back = 0;
        while periods != 0 {
            back |= self.columns_in(periods.trailing_zeros() as usize);
            periods &= periods - 1;
        }
        back
    }

    /// Finds a profile's starts, and its returns where they are picked.
    fn collect(&self, rows: &ProfileRows<'_>, picked: &[Found], room: &mut Room) {
        room.starts.clear();
        room.returns.clear();
        let (mut has_started, mut unit, mut next) = (false, 0, 0);
        while next < picked.len() {
            let time = picked[next].time;
            let together = picked[next..]
                .iter()
                .take_while(|it| it.time == time)
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
                            row: picked[next - 1].row,
                            label: instant.label,
                            is_back_at_once: match &self.any_returns {
                                Some(is_return) => count_at(rows, is_return, &picked[next - 1]) > 1,
                                None => instant.returns > 0 && instant.either > 1,
                            },
                        });
                    }
                } else if self.is_first_ever {
                    return;
                }
                if self.is_first_ever && self.any_returns.is_some() {
                    return;
                }
            }
            if self.any_returns.is_none() && instant.returns > 0 && !room.starts.is_empty() {
                match room.returns.last_mut() {
                    Some(last) if self.length_ms.is_none() && last.unit == unit => last.time = time,
                    _ => room.returns.push(Return { unit, time }),
                }
            }
        }
    }

    /// Finds the last return of each unit from the first start on, leaping from unit to unit.
    fn return_any(&self, rows: &ProfileRows<'_>, is_return: &[bool], room: &mut Room) {
        let Some(first) = room.starts.first() else {
            return;
        };
        let known = rows.between(first.time, self.now.saturating_add(1));
        let (mut at, mut unit) = (known.start, first.cohort);
        while at < known.end {
            unit = unit_of(&self.units, rows.time[at], unit);
            let end = match self.units.get(unit + 1) {
                Some(end) => at + behind(&rows.time[at..known.end], *end),
                None => known.end,
            };
            let last = (at..end).rfind(|it| is_return[usize::from(rows.event[*it])]);
            if let Some(last) = last {
                let time = rows.time[last];
                room.returns.push(Return { unit, time });
            }
            at = end;
        }
    }

    fn instant(&self, rows: &ProfileRows<'_>, picked: &[Found]) -> Instant {
        let mut instant = Instant::default();
        for found in picked {
            let index = found.row as usize;
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

/// Periods that have a bit of their own in a word; the highest bit stands for all later ones.
const PERIODS_IN_WORD: usize = 63;

/// Which unit an instant lies in, found without a search: time is cut into cells, none longer than a unit, so that a
/// cell knows its unit but for one step.
struct Dial {
    first: i64,
    cell_bits: u32,
    /// Per cell the unit that it begins in.
    cells: Vec<u16>,
    /// Where each unit ends.
    ends: Vec<i64>,
}

impl Dial {
    fn of(units: &[i64]) -> Self {
        let lengths = units.windows(2).map(|two| two[1] - two[0]);
        let shortest = lengths.min().unwrap_or(i64::MAX).max(1);
        let (first, last) = (units[0], units[units.len() - 1]);
        let cell_bits = shortest.ilog2();
        let cells_count = (last.abs_diff(first) >> cell_bits) + 1;
        let mut unit = 0;
        let cells = (0..cells_count.cast_signed()).map(|cell| {
            unit = unit_of(units, first.saturating_add(cell << cell_bits), unit);
            u16::try_from(unit).expect("cohorts and periods have limits")
        });
        Self {
            first,
            cell_bits,
            cells: cells.collect(),
            ends: (units[1..].iter().copied()).chain([i64::MAX]).collect(),
        }
    }

    /// The unit of an instant that does not lie before the first; behind the last start all is one unit.
    #[inline(always)]
    fn unit(&self, time: i64) -> usize {
        let cell = ((time - self.first) >> self.cell_bits) as usize;
        let unit = usize::from(self.cells[cell.min(self.cells.len() - 1)]);
        unit + usize::from(self.ends[unit] <= time)
    }
}

/// Count of times before `end`, which is looked for in ever longer leaps: it mostly lies near.
fn behind(times: &[i64], end: i64) -> usize {
    let mut leap = 1;
    while leap < times.len() && times[leap] < end {
        leap *= 2;
    }
    let (from, to) = (leap / 2, (leap + 1).min(times.len()));
    from + times[from..to].partition_point(|time| *time < end)
}

/// Count of events at the instant of one that are wanted, itself included.
fn count_at(rows: &ProfileRows<'_>, is_wanted: &[bool], found: &Found) -> usize {
    let row = found.row as usize;
    let first = rows.time[..row]
        .iter()
        .rev()
        .take_while(|it| **it == found.time)
        .count();
    let behind = rows.time[row..]
        .iter()
        .take_while(|it| **it == found.time)
        .count();
    let instant = &rows.event[row - first..row + behind];
    instant
        .iter()
        .filter(|event| is_wanted[usize::from(**event)])
        .count()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_dial_says_what_a_search_does(
            first in -5_000_000_i64..5_000_000,
            lengths in prop::collection::vec(1..1_000_i64, 0..40),
            after in 0..50_000_i64,
        ) {
            let mut units = vec![first];
            units.extend(lengths.iter().scan(first, |at, length| {
                *at += length;
                Some(*at)
            }));
            let time = first + after;
            prop_assert_eq!(Dial::of(&units).unit(time), unit_of(&units, time, 0));
        }
    }
}
