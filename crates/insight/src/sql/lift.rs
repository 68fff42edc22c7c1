//! Arms by the value of a field, as SQL. Traits and rules about people split profiles in ways that SQL cannot tell.

use throughline_model::lift::{Arms, Lift};

use super::{Told, all, log_end, rule, within};

/// A row for each arm: who was assigned, whose time is over, who reached the goal, and worth in millionths.
pub(super) fn statement(lift: &Lift, told: &Told<'_>) -> Option<String> {
    let Arms::Field(arms) = &lift.arms else {
        return None;
    };
    // Which values are arms is known only from the log, unless every one is.
    if !arms.treated.is_empty() || lift.visits.is_some() {
        return None;
    }
    let value = rule::valued(&arms.field);
    let (events, now, later) = (told.events, told.now.0, lift.within.0);
    let log_end = log_end(told.now);
    let filter = lift.filter.as_ref().map(rule::rule).unwrap_or_default();
    let assigned = all(vec![
        within(lift.range.resolve(told.now), "epoch_ms(time)"),
        format!("epoch_ms(time) <= {now}"),
        told.matcher(&lift.assigned),
    ]);
    let goal = told.matcher(&lift.goal);
    let either = rule::one_of(&[told.matcher(&lift.assigned), goal.clone()]);
    let rows = all(vec![either, filter]);
    let (micros, kept, worth) = match &lift.value {
        None => (String::new(), String::new(), ""),
        Some(field) => {
            // A field that is never a number makes every goal worth nothing.
            let number = rule::number(field).unwrap_or_else(|| "0".to_owned());
            (
                format!(
                    ",
    CASE WHEN abs({number}) <= 1000000000000 THEN CAST(round({number} * 1000000) AS BIGINT) ELSE 0 END AS micros"
                ),
                format!(
                    ",
    sum(CASE WHEN is_goal = 1 AND ms > begin_ms AND ms <= begin_ms + {later} THEN micros ELSE 0 END) AS micros"
                ),
                ",
  sum(is_over * micros) AS micros",
            )
        }
    };
    Some(format!(
        "WITH {log_end},
marked AS (
  SELECT profile, epoch_ms(time) AS ms, {rank} AS arm_rank, {text} AS arm,
    CASE WHEN {assigned} THEN 1 ELSE 0 END AS is_assigned,
    CASE WHEN {goal} THEN 1 ELSE 0 END AS is_goal{micros}
  FROM {events}
  WHERE {rows}
),
firsts AS (
  SELECT profile, min(ms) AS begin_ms FROM marked WHERE is_assigned = 1 GROUP BY profile
),
drawn AS (
  SELECT firsts.profile, begin_ms, max(arm_rank) AS arm_rank, max(arm) AS arm
  FROM firsts JOIN marked ON marked.profile = firsts.profile AND ms = begin_ms AND is_assigned = 1
  GROUP BY firsts.profile, begin_ms
  HAVING min(arm_rank) = max(arm_rank) AND min(arm) = max(arm)
),
followed AS (
  SELECT drawn.profile, begin_ms, drawn.arm_rank AS arm_rank, drawn.arm AS arm,
    max(CASE WHEN is_goal = 1 AND ms > begin_ms AND ms <= begin_ms + {later} THEN 1 ELSE 0 END) AS has_reached{kept}
  FROM drawn JOIN marked ON marked.profile = drawn.profile
  GROUP BY drawn.profile, begin_ms, drawn.arm_rank, drawn.arm
),
told AS (
  SELECT followed.*, CASE WHEN begin_ms + {later} <= end_ms THEN 1 ELSE 0 END AS is_over
  FROM followed CROSS JOIN log_end
)
SELECT arm, count(*) AS assigned, sum(is_over) AS profiles, sum(is_over * has_reached) AS reached{worth}
FROM told
GROUP BY arm_rank, arm
ORDER BY arm_rank, arm",
        rank = value.rank,
        text = value.text,
    ))
}
