//! In which periods profiles are active: stickiness and lifecycle.

use throughline_model::{
    Matcher, Rule, TimeRange, Timestamp, Zone,
    retention::{Lifecycle, PeriodUnit, Stickiness, WeekStart},
    sql::Period,
};

use super::{Told, all, quoted, rule};

/// More would make the statement too large for the gate.
const PERIODS_MAX: usize = 300;

/// A row per period and count of units, with the profiles that were active in exactly so many.
pub(super) fn stickiness(stickiness: &Stickiness, told: &Told<'_>) -> Option<String> {
    let zone = &stickiness.range.zone;
    let period = period_of(stickiness.period, stickiness.week_start);
    let unit = period_of(stickiness.unit, stickiness.week_start);
    let range = whole(stickiness.range.resolve(told.now), period, zone);
    let condition = activity(&stickiness.active, stickiness.filter.as_ref(), range, told);
    let zone = quoted(zone.name());
    Some(format!(
        "WITH active AS (
  SELECT profile, period_start(time, '{period}', {zone}) AS point,
    count(DISTINCT period_number(time, '{unit}', {zone})) AS units
  FROM {events}
  WHERE {condition}
  GROUP BY profile, point
)
SELECT point AS period, units, count(*) AS profiles
FROM active
GROUP BY point, units
ORDER BY point, units",
        period = period.name(),
        unit = unit.name(),
        events = told.events,
    ))
}

/// A row per period and state that somebody is in.
pub(super) fn lifecycle(lifecycle: &Lifecycle, told: &Told<'_>) -> Option<String> {
    let zone = &lifecycle.range.zone;
    let period = period_of(lifecycle.period, lifecycle.week_start);
    let range = whole(lifecycle.range.resolve(told.now), period, zone);
    let shown: Vec<String> = periods(range, told.now, period, zone)?
        .iter()
        .map(|it| format!("({}, {})", period.number(*it, zone), it.0))
        .collect();
    let past = TimeRange {
        from: Timestamp::MIN,
        to: range.to,
    };
    let condition = activity(&lifecycle.active, lifecycle.filter.as_ref(), past, told);
    Some(format!(
        "WITH active AS (
  SELECT DISTINCT profile, period_number(time, '{period}', {zone}) AS period
  FROM {events}
  WHERE {condition}
),
beside AS (
  SELECT period, lag(period) OVER (PARTITION BY profile ORDER BY period) AS before,
    lead(period) OVER (PARTITION BY profile ORDER BY period) AS after
  FROM active
),
states AS (
  SELECT period, CASE WHEN before IS NULL THEN 'new' WHEN before = period - 1 THEN 'returning'
    ELSE 'resurrecting' END AS state
  FROM beside
  UNION ALL
  SELECT period + 1 AS period, 'dormant' AS state
  FROM beside
  WHERE after IS NULL OR after > period + 1
),
shown(number, starts) AS (VALUES {shown})
SELECT instant(shown.starts) AS period, state, count(*) AS profiles
FROM states JOIN shown ON shown.number = states.period
GROUP BY shown.starts, state
ORDER BY shown.starts, state",
        period = period.name(),
        zone = quoted(zone.name()),
        events = told.events,
        shown = shown.join(", "),
    ))
}

fn activity(active: &Matcher, filter: Option<&Rule>, range: TimeRange, told: &Told<'_>) -> String {
    let range = TimeRange {
        to: range.to.min(Timestamp(told.now.0.saturating_add(1))),
        ..range
    };
    all(vec![
        super::within(range, "epoch_ms(time)"),
        filter.map(rule::rule).unwrap_or_default(),
        told.matcher(active),
    ])
}

/// A range made longer to whole periods.
fn whole(range: TimeRange, period: Period, zone: &Zone) -> TimeRange {
    if range == TimeRange::ALL {
        return range;
    }
    let last = period.start(Timestamp(range.to.0 - 1), zone);
    TimeRange {
        from: period.start(range.from, zone),
        to: after(last, period, zone),
    }
}

/// The starts of the periods of a range that have begun; none where there would be too many.
fn periods(
    range: TimeRange,
    now: Timestamp,
    period: Period,
    zone: &Zone,
) -> Option<Vec<Timestamp>> {
    let mut starts = Vec::new();
    let mut start = range.from;
    while start < range.to && start <= now {
        if starts.len() == PERIODS_MAX || range == TimeRange::ALL {
            return None;
        }
        starts.push(start);
        start = after(start, period, zone);
    }
    (!starts.is_empty()).then_some(starts)
}

/// The start of the next period.
fn after(start: Timestamp, period: Period, zone: &Zone) -> Timestamp {
    const HOUR_MS: i64 = 3_600_000;
    // Past the end of the longest one and before the end of the next, whatever the clocks do.
    let inside = match period {
        Period::Hour => return Timestamp(start.0 + HOUR_MS),
        Period::Day => 36 * HOUR_MS,
        Period::Week | Period::SundayWeek => 10 * 24 * HOUR_MS,
        Period::Month => 45 * 24 * HOUR_MS,
    };
    period.start(Timestamp(start.0 + inside), zone)
}

pub(super) fn period_of(unit: PeriodUnit, week_start: WeekStart) -> Period {
    match (unit, week_start) {
        (PeriodUnit::Hour, _) => Period::Hour,
        (PeriodUnit::Day, _) => Period::Day,
        (PeriodUnit::Week, WeekStart::Monday) => Period::Week,
        (PeriodUnit::Week, WeekStart::Sunday) => Period::SundayWeek,
        (PeriodUnit::Month, _) => Period::Month,
    }
}
