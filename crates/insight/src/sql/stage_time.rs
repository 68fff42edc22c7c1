//! How many stays each stage has, and how they end.
//!
//! How long they last is an estimate over stays that go on: that is no grouping, and is left to the report.

use throughline_model::report::StageTime;

use super::{Told, all, log_end, quoted, rule, within};

/// A row for each stage that somebody stayed in.
pub(super) fn statement(report: &StageTime, told: &Told<'_>) -> Option<String> {
    let stages: Vec<(&str, String)> = match &report.stages {
        Some(stages) => (stages.iter())
            .map(|it| (it.name.as_str(), told.matcher(&it.matcher)))
            .collect(),
        None => (told.vocabulary.stages.iter())
            .map(|it| (it.id.as_str(), told.matcher(&it.entry)))
            .collect(),
    };
    if stages.is_empty() {
        return None;
    }
    // The last stage that an event leads to is meant.
    let cases: Vec<String> = (stages.iter().enumerate().rev())
        .map(|(index, (_, condition))| format!("WHEN {condition} THEN {}", index + 1))
        .collect();
    let names: Vec<String> = (stages.iter().enumerate())
        .map(|(index, (id, _))| format!("WHEN {} THEN {}", index + 1, quoted(id)))
        .collect();
    let entries: Vec<String> = stages.into_iter().map(|it| it.1).collect();
    let filter = report.filter.as_ref().map(rule::rule).unwrap_or_default();
    let rows = all(vec![
        format!("({} OR {})", told.acts(), rule::one_of(&entries)),
        filter,
    ]);
    let range = within(report.range.resolve(told.now), "ms");
    let (is_pause, is_silent) = match report.silence_max {
        Some(span) => (
            format!(
                "ms - lag(ms) OVER (PARTITION BY profile ORDER BY ms) > {}",
                span.0
            ),
            format!("run < last_run OR end_ms - last_ms > {}", span.0),
        ),
        None => ("1 = 0".to_owned(), "1 = 0".to_owned()),
    };
    let (cases, names) = (cases.join(" "), names.join(" "));
    let (events, log_end) = (told.events, log_end(told.now));
    Some(format!(
        "WITH {log_end},
marked AS (
  SELECT profile, epoch_ms(time) AS ms, CASE {cases} ELSE 0 END AS entry
  FROM {events}
  WHERE {rows}
),
instants AS (
  SELECT profile, ms, max(entry) AS entry FROM marked GROUP BY profile, ms
),
pauses AS (
  SELECT *, CASE WHEN {is_pause} THEN 1 ELSE 0 END AS is_new FROM instants
),
runs AS (
  SELECT *, sum(is_new) OVER (PARTITION BY profile ORDER BY ms ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
  FROM pauses
),
bounded AS (
  SELECT *, max(ms) OVER (PARTITION BY profile, run) AS last_ms, max(run) OVER (PARTITION BY profile) AS last_run
  FROM runs
),
entries AS (
  SELECT *, lag(entry) OVER (PARTITION BY profile, run ORDER BY ms) AS before
  FROM bounded
  WHERE entry > 0
),
stays AS (
  SELECT profile, ms, entry, lead(entry) OVER (PARTITION BY profile, run ORDER BY ms) AS next_entry,
    CASE WHEN {is_silent} THEN 1 ELSE 0 END AS is_silent
  FROM entries CROSS JOIN log_end
  WHERE before IS NULL OR before <> entry
)
SELECT CASE entry {names} END AS stage, count(*) AS stays, count(DISTINCT profile) AS profiles,
  sum(CASE WHEN next_entry IS NOT NULL THEN 1 ELSE 0 END) AS moved_on,
  sum(CASE WHEN next_entry IS NULL THEN is_silent ELSE 0 END) AS silent,
  sum(CASE WHEN next_entry IS NULL THEN 1 - is_silent ELSE 0 END) AS still_in
FROM stays
WHERE {range}
GROUP BY entry
ORDER BY entry"
    ))
}
