//! Changes of channel: how many, after how long, and who goes on.
//!
//! Those who stayed are told beside those who switched. What was to be expected of the latter by those who were as far
//! is left to the report.

use throughline_model::{Channel, channels::Switches};

use super::{Told, all, channels, log_end, quoted, rule, within};

/// Beyond the number of any stage.
const AT_THE_GOAL: usize = 1_000;

/// A row for each channel that profiles acted in and each that they changed it for, over all stages and in each: how
/// often, by how many, how many of these only merged identities show, after how long, and what came of the first of
/// each profile. A row without a second channel is of those who stayed.
///
/// `None` where there is nothing to go on to. Who acts in several channels at one instant stays in the one that they
/// were in, so that those instants alone are followed one by one; all others are known at once.
pub(super) fn statement(report: &Switches, told: &Told<'_>) -> Option<String> {
    let stages = &told.vocabulary.stages;
    if stages.is_empty() && report.goal.is_none() {
        return None;
    }
    let filter = report.filter.as_ref().map(rule::rule).unwrap_or_default();
    let contact = channels::contact(report.contacts.as_ref(), told);
    let acts = all(vec![
        told.acts(),
        format!("NOT ({contact})"),
        "channel <> 'other'".to_owned(),
        filter.clone(),
    ]);
    let codes: Vec<String> = (Channel::ALL.iter())
        .map(|it| format!("WHEN '{}' THEN {}", it.name(), it.code()))
        .collect();
    let names: Vec<String> = (Channel::ALL.iter())
        .map(|it| format!("WHEN {} THEN '{}'", it.code(), it.name()))
        .collect();
    let names = names.join(" ");
    let stage = match stages.is_empty() {
        true => "0".to_owned(),
        false => {
            let cases: Vec<String> = (stages.iter().zip(1..))
                .map(|(it, number): (_, usize)| format!("WHEN {} THEN {number}", quoted(&it.id)))
                .collect();
            format!("CASE stage {} ELSE 0 END", cases.join(" "))
        }
    };
    let ids = match stages.is_empty() {
        true => "CAST(NULL AS VARCHAR)".to_owned(),
        false => {
            let cases: Vec<String> = (stages.iter().zip(1..))
                .map(|(it, number): (_, usize)| format!("WHEN {number} THEN {}", quoted(&it.id)))
                .collect();
            format!("CASE place {} END", cases.join(" "))
        }
    };
    let events = told.events;
    let aims = match &report.goal {
        Some(goal) => format!(
            "aims AS (
  SELECT DISTINCT profile, epoch_ms(time) AS ms, {AT_THE_GOAL} AS stage
  FROM {events}
  WHERE {}
)",
            all(vec![told.matcher(goal), filter])
        ),
        // A later stage is reached where the stage changes, and nowhere else.
        None => format!(
            "staged AS (
  SELECT profile, epoch_ms(time) AS ms, max({stage}) AS stage FROM {events} GROUP BY profile, epoch_ms(time)
),
aims AS (
  SELECT profile, ms, stage
  FROM (SELECT *, lag(stage) OVER (PARTITION BY profile ORDER BY ms) AS before_stage FROM staged) AS changes
  WHERE before_stage IS NULL OR before_stage <> stage
)"
        ),
    };
    let (within_ms, gap_ms) = (report.within.0, report.gap_max.0);
    Some(format!(
        "WITH RECURSIVE {log_end},
marked AS (
  SELECT profile, epoch_ms(time) AS ms, actor, {stage} AS stage, CASE channel {codes} END AS code
  FROM {events}
  WHERE {acts}
),
met AS (
  SELECT DISTINCT profile, ms, stage, code FROM marked
),
actors AS (
  SELECT DISTINCT profile, ms, code, actor FROM marked
),
instants AS (
  SELECT profile, ms, max(stage) AS stage, min(code) AS first_code, count(*) AS codes, sum(1 << code) AS bits
  FROM met
  GROUP BY profile, ms
),
ordered AS (
  SELECT *, CAST(row_number() OVER (PARTITION BY profile ORDER BY ms) AS BIGINT) AS nth FROM instants
),
held(profile, nth, ms, stage, code) AS (
  SELECT profile, nth, ms, stage, first_code FROM ordered WHERE codes = 1 OR nth = 1
  UNION ALL
  SELECT o.profile, o.nth, o.ms, o.stage,
    CASE WHEN ((o.bits >> h.code) & 1) = 1 THEN h.code ELSE o.first_code END
  FROM held h JOIN ordered o ON o.profile = h.profile AND o.nth = h.nth + 1
  WHERE o.codes > 1
),
acts AS (
  SELECT profile, ms, stage, code, lead(code) OVER (PARTITION BY profile ORDER BY ms) AS next_code,
    lead(ms) OVER (PARTITION BY profile ORDER BY ms) AS next_ms
  FROM held
),
{aims},
followed AS (
  SELECT a.profile, a.ms, a.stage, a.code,
    CASE WHEN a.next_code <> a.code AND a.next_ms - a.ms <= {gap_ms} THEN a.next_code END AS to_code,
    a.next_ms - a.ms AS gap, max(CASE WHEN aims.ms IS NULL THEN 0 ELSE 1 END) AS goes_on,
    max(CASE WHEN n.actor IS NULL THEN 0 ELSE 1 END) AS is_known
  FROM acts a
  LEFT JOIN aims ON aims.profile = a.profile AND aims.ms > a.ms AND aims.ms <= a.ms + {within_ms}
    AND aims.stage > a.stage
  LEFT JOIN actors b ON b.profile = a.profile AND b.ms = a.ms AND b.code = a.code
  LEFT JOIN actors n ON n.profile = a.profile AND n.ms = a.next_ms AND n.code = a.next_code AND n.actor = b.actor
  WHERE {range}
  GROUP BY a.profile, a.ms, a.stage, a.code, a.next_code, a.next_ms
),
scopes(is_any) AS (VALUES (1), (0)),
placed AS (
  SELECT profile, ms, CASE WHEN is_any = 1 THEN -1 ELSE stage END AS place, code, to_code, gap, goes_on, is_known,
    CASE WHEN ms + {within_ms} <= end_ms THEN 1 ELSE 0 END AS is_over
  FROM followed CROSS JOIN scopes CROSS JOIN log_end
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY place, code, to_code, profile ORDER BY ms) AS nth,
    row_number() OVER (PARTITION BY place, code, to_code ORDER BY gap) AS gap_place,
    count(*) OVER (PARTITION BY place, code, to_code) AS n
  FROM placed
)
SELECT CASE place WHEN -1 THEN 'any' WHEN 0 THEN 'before' ELSE 'stage' END AS scope, {ids} AS stage,
  CASE code {names} END AS from_channel, CASE to_code {names} END AS to_channel,
  count(*) AS times, count(DISTINCT profile) AS profiles,
  sum(CASE WHEN to_code IS NULL THEN 0 ELSE 1 - is_known END) AS merged,
  max(CASE WHEN to_code IS NOT NULL AND gap_place = (n + 1) / 2 THEN gap END) AS median_ms,
  max(CASE WHEN to_code IS NOT NULL AND gap_place = (n * 9 + 9) / 10 THEN gap END) AS p90_ms,
  sum(CASE WHEN nth = 1 THEN is_over ELSE 0 END) AS mature,
  sum(CASE WHEN nth = 1 THEN is_over * goes_on ELSE 0 END) AS went_on,
  sum(CASE WHEN nth = 1 THEN 1 - is_over ELSE 0 END) AS immature
FROM ranked
GROUP BY place, code, to_code
ORDER BY place, code, to_code",
        log_end = log_end(told.now),
        codes = codes.join(" "),
        range = within(report.range.resolve(told.now), "a.ms"),
    ))
}
