//! Who of a cohort comes back.

use throughline_model::retention::{
    Cohorts, PeriodClock, PeriodUnit, Retention, RetentionMode, WeekStart,
};

use super::{Told, all, quoted, rule, within};

/// Further than any period.
const FOREVER: i64 = 1_000_000_000;

/// A row per cohort and column. Who has come back is counted whether the period is over or not.
pub(super) fn statement(retention: &Retention, told: &Told<'_>) -> Option<String> {
    if retention.breakdown.is_some() {
        return None;
    }
    let unit = match (retention.period, retention.week_start) {
        (PeriodUnit::Hour, _) => "hour",
        (PeriodUnit::Day, _) => "day",
        (PeriodUnit::Week, WeekStart::Monday) => "week",
        (PeriodUnit::Week, WeekStart::Sunday) => "sunday_week",
        (PeriodUnit::Month, _) => "month",
    };
    let zone = quoted(retention.range.zone.name());
    let (start, returns) = (
        told.matcher(&retention.start),
        told.matcher(&retention.returns),
    );
    let filter = retention
        .filter
        .as_ref()
        .map(rule::rule)
        .unwrap_or_default();
    let any = all(vec![
        format!("epoch_ms(time) <= {}", told.now.0),
        filter,
        rule::one_of(&[start.clone(), returns.clone()]),
    ]);
    let range = within(retention.range.resolve(told.now), "ms");
    let starts = match retention.cohorts {
        Cohorts::FirstEver => format!(
            "  SELECT profile, period, point, ms FROM (\n    \
             SELECT *, row_number() OVER (PARTITION BY profile ORDER BY ms) AS nth\n    \
             FROM instants WHERE starts > 0\n  ) AS first_ones\n  WHERE nth = 1 AND {range}"
        ),
        Cohorts::EachPeriod => format!(
            "  SELECT profile, period, point, min(ms) AS ms\n  FROM instants\n  \
             WHERE starts > 0 AND {range}\n  GROUP BY profile, period, point"
        ),
    };
    let passed = match retention.clock {
        PeriodClock::Calendar => "r.period - s.period".to_owned(),
        PeriodClock::Rolling => format!("(r.ms - s.ms) / {}", length_ms(retention.period)?),
    };
    let columns: Vec<String> = columns(retention)
        .into_iter()
        .enumerate()
        .map(|(index, (from, to))| format!("({index}, {from}, {to})"))
        .collect();
    Some(format!(
        "WITH marked AS (
  SELECT profile, epoch_ms(time) AS ms, period_number(time, '{unit}', {zone}) AS period,
    period_start(time, '{unit}', {zone}) AS point,
    CASE WHEN {start} THEN 1 ELSE 0 END AS is_start,
    CASE WHEN {returns} THEN 1 ELSE 0 END AS is_return
  FROM {events}
  WHERE {any}
),
instants AS (
  SELECT profile, ms, period, point, sum(is_start) AS starts, sum(is_return) AS comebacks,
    sum(is_start * is_return) AS either
  FROM marked
  GROUP BY profile, ms, period, point
),
begun AS (
{starts}
),
back AS (
  SELECT DISTINCT s.profile, s.period, {passed} AS passed
  FROM begun s JOIN instants r ON r.profile = s.profile
  WHERE r.comebacks > 0 AND r.ms >= s.ms
    AND (r.ms > s.ms OR NOT (r.starts = 1 AND r.comebacks = 1 AND r.either = 1))
),
shown(place, first_period, last_period) AS (VALUES {columns}),
cohorts AS (
  SELECT period, point, count(*) AS started FROM begun GROUP BY period, point
),
counted AS (
  SELECT back.period, shown.place, count(DISTINCT back.profile) AS came_back
  FROM back CROSS JOIN shown
  WHERE back.passed >= shown.first_period AND back.passed <= shown.last_period
  GROUP BY back.period, shown.place
)
SELECT cohorts.point AS cohort, cohorts.started, shown.first_period AS period,
  coalesce(counted.came_back, 0) AS came_back
FROM cohorts CROSS JOIN shown
LEFT JOIN counted ON counted.period = cohorts.period AND counted.place = shown.place
ORDER BY cohorts.point, shown.place",
        columns = columns.join(", "),
        events = told.events,
    ))
}

/// First and last period of each column.
fn columns(retention: &Retention) -> Vec<(i64, i64)> {
    let each = 0..i64::from(retention.periods_count);
    match &retention.mode {
        RetentionMode::On => each.map(|it| (it, it)).collect(),
        RetentionMode::OnOrAfter => each.map(|it| (it, FOREVER)).collect(),
        RetentionMode::Brackets(brackets) => (brackets.iter())
            .map(|it| (i64::from(it.from), i64::from(it.to)))
            .collect(),
    }
}

fn length_ms(period: PeriodUnit) -> Option<i64> {
    match period {
        PeriodUnit::Hour => Some(3_600_000),
        PeriodUnit::Day => Some(86_400_000),
        PeriodUnit::Week => Some(7 * 86_400_000),
        PeriodUnit::Month => None,
    }
}
