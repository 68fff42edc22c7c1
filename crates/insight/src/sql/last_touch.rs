//! What people meet last in each period, and how many of them leave after it.
//!
//! Who is compared with whom, and whether chance explains a difference, is left to the report.

use throughline_model::{last_touch::LastTouch, retention::WeekStart};

use super::{Told, activity::period_of, all, channels, log_end, quoted, rule, within};

/// A row over all, and a row for each value of the last act: periods that end with it, and those after which people
/// are gone. Only the first says how many came back later, and of how many it is not known yet.
pub(super) fn statement(report: &LastTouch, told: &Told<'_>) -> Option<String> {
    let value = rule::valued_by(&report.by)?;
    let filter = report.filter.as_ref().map(rule::rule).unwrap_or_default();
    let contact = channels::contact(report.contacts.as_ref(), told);
    let acts = all(vec![told.acts(), format!("NOT ({contact})"), filter]);
    let period = period_of(report.period, WeekStart::Monday).name();
    let silence = report.silence.0;
    Some(format!(
        "WITH {log_end},
acts AS (
  SELECT profile, epoch_ms(time) AS ms, {rank} AS value_rank, {text} AS value
  FROM {events}
  WHERE {acts}
),
followed AS (
  SELECT profile, ms, end_ms, lead(ms) OVER (PARTITION BY profile ORDER BY ms) AS next_ms
  FROM (SELECT DISTINCT profile, ms, end_ms FROM acts CROSS JOIN log_end WHERE ms <= end_ms) AS instants
),
placed AS (
  SELECT *, row_number() OVER (
    PARTITION BY profile, period_number(instant(ms), '{period}', {zone}) ORDER BY ms DESC) AS back
  FROM followed
  WHERE {range}
),
cases AS (
  SELECT profile, ms, CASE WHEN ms + {silence} <= end_ms THEN 1 ELSE 0 END AS is_known,
    CASE WHEN next_ms <= ms + {silence} THEN 0 ELSE 1 END AS is_gone,
    CASE WHEN next_ms IS NULL THEN 0 ELSE 1 END AS is_back
  FROM placed
  WHERE back = 1
),
touched AS (
  SELECT DISTINCT cases.profile, cases.ms, is_gone, value_rank, value
  FROM cases JOIN acts ON acts.profile = cases.profile AND acts.ms = cases.ms
  WHERE is_known = 1 AND value_rank > 0
)
SELECT 'all' AS part, CAST(NULL AS VARCHAR) AS value,
  sum(is_known) AS seen, count(DISTINCT CASE WHEN is_known = 1 THEN profile END) AS seen_profiles,
  sum(is_known * is_gone) AS gone, count(DISTINCT CASE WHEN is_known * is_gone = 1 THEN profile END) AS gone_profiles,
  sum(is_known * is_gone * is_back) AS back,
  count(DISTINCT CASE WHEN is_known * is_gone * is_back = 1 THEN profile END) AS back_profiles,
  sum(1 - is_known) AS unknown, count(DISTINCT CASE WHEN is_known = 0 THEN profile END) AS unknown_profiles
FROM cases
HAVING count(*) > 0
UNION ALL
SELECT 'value' AS part, value, count(*) AS seen, count(DISTINCT profile) AS seen_profiles,
  sum(is_gone) AS gone, count(DISTINCT CASE WHEN is_gone = 1 THEN profile END) AS gone_profiles,
  CAST(NULL AS BIGINT) AS back, CAST(NULL AS BIGINT) AS back_profiles,
  CAST(NULL AS BIGINT) AS unknown, CAST(NULL AS BIGINT) AS unknown_profiles
FROM touched
GROUP BY value_rank, value
ORDER BY part, seen DESC, value",
        log_end = log_end(told.now),
        rank = value.rank,
        text = value.text,
        events = told.events,
        zone = quoted(report.range.zone.name()),
        range = within(report.range.resolve(told.now), "ms"),
    ))
}
