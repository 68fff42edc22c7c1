//! A table of two fields, as SQL. Clocks, steps and groups of people lie in cells that SQL cannot tell.

use throughline_model::heatmap::{HeatAxis, Heatmap};

use super::{Told, all, log_end, rule, within};

/// A row for each cell with an event: events, profiles, and who converted where there is a goal.
pub(super) fn statement(heatmap: &Heatmap, told: &Told<'_>) -> Option<String> {
    let field = |axis: &HeatAxis| match axis {
        HeatAxis::Field(by) => rule::valued_by(by),
        _ => None,
    };
    let (row, column) = (field(&heatmap.rows)?, field(&heatmap.columns)?);
    let filter = heatmap.filter.as_ref().map(rule::rule).unwrap_or_default();
    let (events, now, later) = (told.events, told.now.0, heatmap.within.0);
    let log_end = log_end(told.now);
    let condition = all(vec![
        within(heatmap.range.resolve(told.now), "epoch_ms(time)"),
        format!("epoch_ms(time) <= {now}"),
        filter.clone(),
        told.matcher(&heatmap.events),
    ]);
    let (goals, found, told_of) = match &heatmap.goal {
        None => (String::new(), String::new(), String::new()),
        Some(goal) => {
            let goal = all(vec![filter, told.matcher(goal)]);
            (
                format!(
                    "goals AS (
  SELECT profile, epoch_ms(time) AS goal_ms FROM {events} WHERE {goal}
),
"
                ),
                format!(
                    "ended AS (
  SELECT firsts.profile, row_rank, row_value, column_rank, column_value, events, ms,
    max(CASE WHEN goal_ms >= ms AND goal_ms <= ms + {later} THEN 1 ELSE 0 END) AS has_converted
  FROM firsts LEFT JOIN goals ON goals.profile = firsts.profile
  GROUP BY firsts.profile, row_rank, row_value, column_rank, column_value, events, ms
),
"
                ),
                format!(
                    ",
  sum(CASE WHEN ms + {later} <= end_ms THEN 1 ELSE 0 END) AS mature,
  sum(CASE WHEN ms + {later} <= end_ms THEN has_converted ELSE 0 END) AS converted,
  sum(CASE WHEN ms + {later} > end_ms THEN 1 ELSE 0 END) AS immature"
                ),
            )
        }
    };
    let of = if heatmap.goal.is_some() {
        "ended"
    } else {
        "firsts"
    };
    Some(format!(
        "WITH {log_end},
{goals}placed AS (
  SELECT profile, epoch_ms(time) AS event_ms, {row_rank} AS row_rank, {row_value} AS row_value,
    {column_rank} AS column_rank, {column_value} AS column_value
  FROM {events}
  WHERE {condition}
),
firsts AS (
  SELECT profile, row_rank, row_value, column_rank, column_value, count(*) AS events, min(event_ms) AS ms
  FROM placed
  GROUP BY profile, row_rank, row_value, column_rank, column_value
),
{found}cells AS (
  SELECT * FROM {of} CROSS JOIN log_end
)
SELECT row_value, column_value, sum(events) AS events, count(*) AS profiles{told_of}
FROM cells
GROUP BY row_rank, row_value, column_rank, column_value
ORDER BY row_rank, row_value, column_rank, column_value",
        row_rank = row.rank,
        row_value = row.text,
        column_rank = column.rank,
        column_value = column.text,
    ))
}
