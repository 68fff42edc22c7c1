//! What follows what, and after how long.

use throughline_model::report::Transitions;

use super::{Told, sequence};

/// A row per pair of elements.
pub(super) fn statement(transitions: &Transitions, told: &Told<'_>) -> Option<String> {
    let range = transitions.range.resolve(told.now);
    let items = sequence::items(&transitions.by, transitions.filter.as_ref(), range, told)?;
    let pause = match transitions.pause_max {
        Some(span) => format!(" AND gap <= {}", span.0),
        None => String::new(),
    };
    Some(format!(
        "WITH {items},
pairs AS (
  SELECT profile, element AS from_element,
    lead(element) OVER (PARTITION BY profile ORDER BY ms, place) AS to_element,
    lead(ms) OVER (PARTITION BY profile ORDER BY ms, place) - ms AS gap
  FROM items
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY from_element, to_element ORDER BY gap) AS nth,
    count(*) OVER (PARTITION BY from_element, to_element) AS n
  FROM pairs
  WHERE to_element IS NOT NULL{pause}
)
SELECT from_element, to_element, count(*) AS times, count(DISTINCT profile) AS profiles,
  max(CASE WHEN nth = (n + 1) / 2 THEN gap END) AS median_ms,
  max(CASE WHEN nth = (n * 9 + 9) / 10 THEN gap END) AS p90_ms
FROM ranked
GROUP BY from_element, to_element
ORDER BY times DESC, from_element, to_element"
    ))
}
