//! The most frequent whole ways, from the start of a sequence to its end.

use throughline_model::report::Paths;

use super::{Told, sequence};

/// A row per way. Paths that begin or end at an event are followed by the report only.
pub(super) fn statement(paths: &Paths, told: &Told<'_>) -> Option<String> {
    if paths.from.is_some() || paths.to.is_some() {
        return None;
    }
    let range = paths.range.resolve(told.now);
    let items = sequence::items(&paths.by, paths.filter.as_ref(), range, told)?;
    let begins = match paths.pause_max {
        Some(span) => format!("before_ms IS NULL OR ms - before_ms > {}", span.0),
        None => "before_ms IS NULL".to_owned(),
    };
    let is_new = match paths.collapse {
        true => "begins = 1 OR element <> before_element",
        false => "true",
    };
    let order = "PARTITION BY profile ORDER BY ms, place";
    Some(format!(
        "WITH {items},
beside AS (
  SELECT *, lag(ms) OVER ({order}) AS before_ms, lag(element) OVER ({order}) AS before_element
  FROM items
),
begun AS (
  SELECT *, CASE WHEN {begins} THEN 1 ELSE 0 END AS begins
  FROM beside
),
stepped AS (
  SELECT *, CASE WHEN {is_new} THEN 1 ELSE 0 END AS is_new,
    sum(begins) OVER ({order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS path
  FROM begun
),
placed AS (
  SELECT *, sum(is_new) OVER (PARTITION BY profile, path ORDER BY ms, place, is_new DESC
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS step
  FROM stepped
),
whole AS (
  SELECT profile, path, max(ms) - min(ms) AS took,
    string_agg(CASE WHEN is_new = 1 THEN element END, ' > ' ORDER BY step) AS way
  FROM placed
  WHERE step <= {}
  GROUP BY profile, path
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY way ORDER BY took) AS nth, count(*) OVER (PARTITION BY way) AS n
  FROM whole
)
SELECT way, count(*) AS times, count(DISTINCT profile) AS profiles,
  max(CASE WHEN nth = (n + 1) / 2 THEN took END) AS median_ms,
  max(CASE WHEN nth = (n * 9 + 9) / 10 THEN took END) AS p90_ms
FROM ranked
GROUP BY way
ORDER BY times DESC, way
LIMIT {}",
        paths.length_max, paths.top
    ))
}
