//! Where a page is clicked, and how often it is viewed.
//!
//! How far down each view was scrolled and what was in sight is written in texts of the library, and is left to the
//! report.

use throughline_model::page_map::{PageMap, WidthClass};

use super::{Told, all, rule, within};
use crate::{
    captured::field,
    kernel::page_map::{COLUMNS, ROWS_MAX},
};

/// No page is larger; what says so is a mistake.
const PX_MAX: &str = "1000000.0";

/// A row over all, one for each width of the window, and one for each cell and each element that was clicked there:
/// views, clicks, and those clicks that went wrong. The first counts clicks of which it is not known where they were.
pub(super) fn statement(report: &PageMap, told: &Told<'_>) -> String {
    let rows = all(vec![
        within(report.range.resolve(told.now), "epoch_ms(time)"),
        "event IN ('element_clicked', 'page_left')".to_owned(),
        rule::rule(&report.rule()),
    ]);
    let selector = rule::valued(&field("element.selector"));
    let reaction = rule::valued(&field("reaction"));
    let within_field = format!("within.{}", report.rage_clicks);
    let [phone, tablet, desktop] = WidthClass::ALL.map(WidthClass::name);
    let place = |px: &str, most: i64| {
        let cell = format!("{px} * {COLUMNS} / page_width");
        let most = most - 1;
        format!("CASE WHEN {px} < 0 THEN 0 WHEN {cell} > {most} THEN {most} ELSE {cell} END")
    };
    let clicks = "count(*) AS clicks, count(DISTINCT profile) AS clickers, sum(is_rage) AS rage,
  count(DISTINCT CASE WHEN is_rage = 1 THEN profile END) AS rage_profiles, sum(is_dead) AS dead,
  count(DISTINCT CASE WHEN is_dead = 1 THEN profile END) AS dead_profiles";
    const NO_NUMBER: &str = "CAST(NULL AS BIGINT)";
    const NO_TEXT: &str = "CAST(NULL AS VARCHAR)";
    format!(
        "WITH facts AS (
  SELECT profile, CASE WHEN event = 'element_clicked' THEN 1 ELSE 0 END AS is_click,
    {viewport_width} AS viewport_width, {page_width} AS page_width, {x} AS x, {y} AS y,
    CASE WHEN {within_ms} <= {rage} THEN 1 ELSE 0 END AS is_rage,
    CASE WHEN {reacted} = 0 OR {reaction_ms} <= {dead} THEN 0 ELSE 1 END AS is_dead,
    {selector_rank} AS selector_rank, {selector_text} AS selector, {view} AS view_name, {reached} AS reached
  FROM {events}
  WHERE {rows}
),
classed AS (
  SELECT *, CASE WHEN viewport_width >= {desktop_px} THEN '{desktop}' WHEN viewport_width >= {tablet_px} THEN '{tablet}'
      WHEN viewport_width IS NOT NULL THEN '{phone}' END AS class,
    CASE WHEN viewport_width IS NOT NULL AND page_width > 0 AND x IS NOT NULL AND y IS NOT NULL THEN is_click ELSE 0 END AS is_placed
  FROM facts
),
clicked AS (
  SELECT profile, class, is_rage, is_dead, selector_rank, selector, {row} AS grid_row, {column} AS grid_column
  FROM classed
  WHERE is_placed = 1
),
viewed AS (
  SELECT DISTINCT profile, class, view_name
  FROM classed
  WHERE is_click = 0 AND class IS NOT NULL AND view_name IS NOT NULL AND reached IS NOT NULL
),
widths AS (
  SELECT class, count(*) AS views, count(DISTINCT profile) AS viewers, 0 AS clicks, 0 AS clickers, 0 AS rage,
    0 AS rage_profiles, 0 AS dead, 0 AS dead_profiles
  FROM viewed
  GROUP BY class
  UNION ALL
  SELECT class, 0 AS views, 0 AS viewers, {clicks}
  FROM clicked
  GROUP BY class
)
SELECT 'all' AS part, {NO_TEXT} AS class, {NO_NUMBER} AS grid_row, {NO_NUMBER} AS grid_column, {NO_TEXT} AS selector,
  {NO_NUMBER} AS views, count(DISTINCT CASE WHEN class IS NOT NULL AND is_placed = is_click THEN profile END) AS viewers,
  coalesce(sum(is_click - is_placed), 0) AS clicks, {NO_NUMBER} AS clickers, {NO_NUMBER} AS rage, {NO_NUMBER} AS rage_profiles,
  {NO_NUMBER} AS dead, {NO_NUMBER} AS dead_profiles
FROM classed
UNION ALL
SELECT 'width' AS part, class, {NO_NUMBER} AS grid_row, {NO_NUMBER} AS grid_column, {NO_TEXT} AS selector,
  sum(views) AS views, sum(viewers) AS viewers, sum(clicks) AS clicks, sum(clickers) AS clickers, sum(rage) AS rage,
  sum(rage_profiles) AS rage_profiles, sum(dead) AS dead, sum(dead_profiles) AS dead_profiles
FROM widths
GROUP BY class
UNION ALL
SELECT 'cell' AS part, class, grid_row, grid_column, {NO_TEXT} AS selector, {NO_NUMBER} AS views, {NO_NUMBER} AS viewers,
  {clicks}
FROM clicked
GROUP BY class, grid_row, grid_column
UNION ALL
SELECT 'element' AS part, class, {NO_NUMBER} AS grid_row, {NO_NUMBER} AS grid_column, selector, {NO_NUMBER} AS views,
  {NO_NUMBER} AS viewers, {clicks}
FROM clicked
WHERE selector_rank > 0
GROUP BY class, selector_rank, selector
ORDER BY part, class, clicks DESC, grid_row, grid_column, selector",
        viewport_width = px("viewport_width"),
        page_width = px("page_width"),
        x = px("x"),
        y = px("y"),
        within_ms = px(&within_field),
        rage = report.rage_within.0,
        reacted = reaction.rank,
        reaction_ms = px("reaction_ms"),
        dead = report.dead_after.0,
        selector_rank = selector.rank,
        selector_text = selector.text,
        view = rule::text(&field("view")).unwrap_or_default(),
        reached = px("reached"),
        events = told.events,
        desktop_px = report.desktop_px,
        tablet_px = report.tablet_px,
        row = place("y", ROWS_MAX),
        column = place("x", COLUMNS),
    )
}

/// A number without its fraction; null where it is missing or beyond all measure.
fn px(path: &str) -> String {
    let number = rule::number(&field(path)).unwrap_or_else(|| "CAST(NULL AS DOUBLE)".to_owned());
    format!("CASE WHEN abs({number}) <= {PX_MAX} THEN CAST({number} AS BIGINT) END")
}
