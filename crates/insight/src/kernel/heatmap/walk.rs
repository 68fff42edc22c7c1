//! The events of one profile in the cells that they lie in.

use throughline_model::{
    Field, TimeRange, Timestamp, Zone,
    heatmap::{HeatClock, Heatmap},
};

use super::{
    HeatCell, HeatZone,
    axis::Axis,
    clock::{Clock, HOURS, WEEKDAYS},
};
use crate::{
    ask::{AskError, When},
    extent::extent,
    labels::{Label, Labels},
    rule::Condition,
    scan::ProfileRows,
    select::counts::HeatPart,
    view::View,
};

/// The definition made ready.
pub(super) struct Plan<'v> {
    pub(super) rows: Axis<'v>,
    pub(super) columns: Axis<'v>,
    counted: Counted,
    goal: Option<Condition>,
    within_ms: i64,
    /// Up to when profiles are followed.
    pub(super) end: i64,
    /// The company's first.
    clocks: Vec<Clock>,
    /// Per label of the field the clock that it names; none when every event has the company's.
    own: Option<(Labels<'v>, Vec<usize>)>,
    has_clock: bool,
}

/// Which events count.
struct Counted {
    condition: Condition,
    /// What is observed of the range: no longer than the log.
    range: TimeRange,
}

/// Memory that is used again for each profile.
pub(super) struct Room {
    /// Events by clock and cell.
    events: Vec<u64>,
    /// Per cell the time of the first event.
    firsts: Vec<Option<i64>>,
    /// Cells that have one.
    touched: Vec<usize>,
    goals: Vec<i64>,
    unplaced: u64,
    of_rows: Vec<usize>,
    of_columns: Vec<usize>,
}

/// What one thread has counted.
#[derive(Clone)]
pub(super) struct Tally {
    /// By clock and cell.
    events: Vec<u64>,
    cells: Vec<Sums>,
    pub(super) unplaced: u64,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    profiles: u64,
    mature: u64,
    converted: u64,
    immature: u64,
}

/// What came of a profile in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Immature,
    Converted,
    Missed,
}

impl End {
    pub(super) fn fits(self, part: HeatPart) -> bool {
        match part {
            HeatPart::Met => true,
            HeatPart::Mature => self != Self::Immature,
            HeatPart::Converted => self == Self::Converted,
            HeatPart::Immature => self == Self::Immature,
        }
    }
}

impl Counted {
    fn holds(&self, rows: &ProfileRows<'_>, index: usize) -> bool {
        let event = rows.event[index];
        self.range.contains(Timestamp(rows.time[index]))
            && self.condition.holds(event, rows.place(index))
    }
}

impl<'v> Plan<'v> {
    pub(super) fn new(
        view: &'v View<'_>,
        heatmap: &Heatmap,
        when: &When,
    ) -> Result<Self, AskError> {
        let extent = extent(view.snapshot);
        let end = extent.map_or(when.now.0, |(_, last)| last.min(when.now.0));
        let range = TimeRange {
            from: Timestamp(extent.map_or(end, |(first, _)| first)).max(when.range.from),
            // Nothing is observed where nothing was collected.
            to: Timestamp(extent.map_or(end, |_| end.saturating_add(1))).min(when.range.to),
        };
        let filter = heatmap.filter.as_ref();
        let counted = Counted {
            condition: view.narrowed(&heatmap.events, filter)?,
            range,
        };
        let is_counted = |rows: &ProfileRows<'_>, index: usize| counted.holds(rows, index);
        let axis = |axis| Axis::new(view, axis, when.now, &is_counted);
        let (rows, columns) = (axis(&heatmap.rows)?, axis(&heatmap.columns)?);
        let has_clock = heatmap.rows.is_clock() || heatmap.columns.is_clock();
        let mut clocks = vec![Clock::new(&when.zone, range)?];
        let own = match heatmap.clock {
            HeatClock::Own if has_clock => Some(own_clocks(view, range, &mut clocks)?),
            _ => None,
        };
        let goal = heatmap.goal.as_ref();
        Ok(Self {
            rows,
            columns,
            goal: goal.map(|it| view.narrowed(it, filter)).transpose()?,
            counted,
            within_ms: heatmap.within.0,
            end,
            clocks,
            own,
            has_clock,
        })
    }

    /// The number of a cell; the place behind the last stands for all.
    pub(super) fn index(&self, row: usize, column: usize) -> usize {
        row * (self.columns.len() + 1) + column
    }

    fn cells_count(&self) -> usize {
        (self.rows.len() + 1) * (self.columns.len() + 1)
    }

    /// Puts every event of a profile into its cells.
    pub(super) fn visit(&self, rows: &ProfileRows<'_>, room: &mut Room) {
        room.clear(self);
        let range = self.counted.range;
        for index in rows.between(range.from.0, range.to.0) {
            if self.counted.holds(rows, index) {
                self.place(rows, index, room);
            }
        }
        if let Some(goal) = &self.goal
            && !room.touched.is_empty()
        {
            let is_goal = |index: &usize| goal.holds(rows.event[*index], rows.place(*index));
            let from = rows.between(range.from.0, self.end.saturating_add(1));
            room.goals
                .extend(from.filter(is_goal).map(|it| rows.time[it]));
        }
    }

    fn place(&self, rows: &ProfileRows<'_>, index: usize, room: &mut Room) {
        let time = rows.time[index];
        let clock = match &self.own {
            Some((labels, clock_of)) => clock_of[labels.label(rows, index) as usize],
            None => 0,
        };
        let shown = match self.has_clock {
            true => self.clocks[clock].at(time),
            false => (0, 0),
        };
        let Room {
            of_rows,
            of_columns,
            ..
        } = room;
        self.rows.places(rows, index, shown, of_rows);
        self.columns.places(rows, index, shown, of_columns);
        if of_rows.is_empty() || of_columns.is_empty() {
            room.unplaced += 1;
            return;
        }
        of_rows.push(self.rows.len());
        of_columns.push(self.columns.len());
        for row in 0..room.of_rows.len() {
            for column in 0..room.of_columns.len() {
                let cell = self.index(room.of_rows[row], room.of_columns[column]);
                room.events[clock * self.cells_count() + cell] += 1;
                if room.firsts[cell].is_none() {
                    room.firsts[cell] = Some(time);
                    room.touched.push(cell);
                }
            }
        }
    }

    /// What is told of a cell.
    pub(super) fn cell(&self, tally: &Tally, row: usize, column: usize) -> HeatCell {
        let index = self.index(row, column);
        let Sums {
            profiles,
            mature,
            converted,
            immature,
        } = tally.cells[index];
        let events = |clock: usize| tally.events[clock * self.cells_count() + index];
        let rate = |clock: usize| {
            let ms = self.observed_ms(clock, row, column);
            (ms > 0).then(|| events(clock) as f64 / (ms as f64 / HOUR_MS))
        };
        let rates: Vec<f64> = (0..self.clocks.len()).filter_map(rate).collect();
        HeatCell {
            events: (0..self.clocks.len()).map(events).sum(),
            profiles,
            per_hour: (self.has_clock && !rates.is_empty()).then(|| rates.iter().sum()),
            observed_ms: (self.has_clock && self.own.is_none())
                .then(|| self.observed_ms(0, row, column)),
            mature,
            converted,
            immature,
        }
    }

    fn observed_ms(&self, clock: usize, row: usize, column: usize) -> i64 {
        let (mut weekday, mut hour) = (WEEKDAYS - 1, HOURS - 1);
        for (axis, place) in [(&self.rows, row), (&self.columns, column)] {
            match axis {
                Axis::Hour => hour = place,
                Axis::Weekday => weekday = place,
                _ => {}
            }
        }
        self.clocks[clock].observed_ms(weekday, hour)
    }

    /// The clocks that were read.
    pub(super) fn zones(&self, tally: &Tally) -> Vec<HeatZone> {
        if !self.has_clock {
            return Vec::new();
        }
        let total = self.index(self.rows.len(), self.columns.len());
        let mut zones: Vec<HeatZone> = (self.clocks.iter().enumerate())
            .map(|(clock, it)| HeatZone {
                zone: it.name.clone(),
                events: tally.events[clock * self.cells_count() + total],
                is_fallback: clock == 0 && self.own.is_some(),
            })
            .filter(|it| it.events > 0)
            .collect();
        zones.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.zone.cmp(&b.zone)));
        zones
    }
}

const HOUR_MS: f64 = 3_600_000.0;

/// A clock for each zone that events name; what is no zone is read from the company's.
fn own_clocks<'v>(
    view: &'v View<'_>,
    range: TimeRange,
    clocks: &mut Vec<Clock>,
) -> Result<(Labels<'v>, Vec<usize>), AskError> {
    let labels = Labels::of(view, &Field::Context(vec!["timezone".to_owned()]))?;
    let mut clock_of = vec![0; labels.count()];
    for (label, clock) in clock_of.iter_mut().enumerate() {
        let value = labels.value(u32::try_from(label).expect("a label"));
        let Label::Value(throughline_model::Value::Text(name)) = value else {
            continue;
        };
        if let Some(zone) = Zone::parse(&name) {
            *clock = clocks.len();
            clocks.push(Clock::new(&zone, range)?);
        }
    }
    Ok((labels, clock_of))
}

impl Room {
    pub(super) fn new(plan: &Plan<'_>) -> Self {
        Self {
            events: vec![0; plan.cells_count() * plan.clocks.len()],
            firsts: vec![None; plan.cells_count()],
            touched: Vec::new(),
            goals: Vec::new(),
            unplaced: 0,
            of_rows: Vec::new(),
            of_columns: Vec::new(),
        }
    }

    fn clear(&mut self, plan: &Plan<'_>) {
        for cell in self.touched.drain(..) {
            self.firsts[cell] = None;
            for clock in 0..plan.clocks.len() {
                self.events[clock * plan.cells_count() + cell] = 0;
            }
        }
        self.goals.clear();
        self.unplaced = 0;
    }

    /// What came of the profile in a cell; none where it has no event there.
    pub(super) fn end_of(&self, plan: &Plan<'_>, cell: usize) -> Option<End> {
        let first = self.firsts[cell]?;
        let until = first.saturating_add(plan.within_ms);
        let next = self.goals.partition_point(|it| *it < first);
        let has_converted = self.goals.get(next).is_some_and(|it| *it <= until);
        Some(match (until > plan.end, has_converted) {
            (true, _) => End::Immature,
            (false, true) => End::Converted,
            (false, false) => End::Missed,
        })
    }
}

impl Tally {
    pub(super) fn new(plan: &Plan<'_>) -> Self {
        Self {
            events: vec![0; plan.cells_count() * plan.clocks.len()],
            cells: vec![Sums::default(); plan.cells_count()],
            unplaced: 0,
        }
    }

    /// Counts a profile.
    pub(super) fn add(&mut self, plan: &Plan<'_>, room: &Room) {
        self.unplaced += room.unplaced;
        for cell in room.touched.iter().copied() {
            for clock in 0..plan.clocks.len() {
                let index = clock * plan.cells_count() + cell;
                self.events[index] += room.events[index];
            }
            let sums = &mut self.cells[cell];
            sums.profiles += 1;
            if plan.goal.is_none() {
                continue;
            }
            match room.end_of(plan, cell) {
                Some(End::Immature) => sums.immature += 1,
                Some(end) => {
                    sums.mature += 1;
                    sums.converted += u64::from(end == End::Converted);
                }
                None => {}
            }
        }
    }

    /// Adds what another thread has counted, which has seen other profiles.
    pub(super) fn merge(&mut self, other: &Self) {
        for (sum, more) in self.events.iter_mut().zip(&other.events) {
            *sum += more;
        }
        for (sum, more) in self.cells.iter_mut().zip(&other.cells) {
            sum.profiles += more.profiles;
            sum.mature += more.mature;
            sum.converted += more.converted;
            sum.immature += more.immature;
        }
        self.unplaced += other.unplaced;
    }
}
