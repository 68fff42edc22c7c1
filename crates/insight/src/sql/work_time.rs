//! Waits and pieces of work of each step, as SQL.
//!
//! How long they last is an estimate over those that go on: that is no grouping, and is left to the report.

use throughline_model::work_time::WorkTime;

use super::{Told, all, quoted, rule, within};

/// A row for each step with anything in the range: waits, work, what of it is unasked and done, and loose ends.
pub(super) fn statement(report: &WorkTime, told: &Told<'_>) -> String {
    let marks: Vec<Marks> = (report.steps.iter())
        .map(|step| Marks {
            asks: (step.asked.as_ref()).map_or("1 = 0".to_owned(), |it| told.matcher(it)),
            starts: told.matcher(&step.start),
            ends: told.matcher(&step.end),
        })
        .collect();
    let filter = report.filter.as_ref().map(rule::rule).unwrap_or_default();
    let events = told.events;
    let touched: Vec<String> = (marks.iter().zip(1..))
        .map(|(it, step)| it.touched(step, events, &filter))
        .collect();
    let names: Vec<String> = (report.steps.iter().zip(1..))
        .map(|(step, number)| format!("WHEN {number} THEN {}", quoted(&step.name)))
        .collect();
    let unbidden: Vec<String> = (report.steps.iter().zip(1..))
        .filter(|(step, _)| step.asked.is_none())
        .map(|(_, number): (_, u32)| number.to_string())
        .collect();
    let (tables, pieces) = match unbidden.is_empty() {
        true => (String::new(), "pieces"),
        false => (since_the_last_end(&unbidden.join(", ")), "all_pieces"),
    };
    let range = report.range.resolve(told.now);
    let is_in = |ms: &str| all(vec![format!("{ms} IS NOT NULL"), within(range, ms)]);
    format!(
        "WITH touched AS (
{touched}
),
turns AS (
  SELECT *,
    max(CASE WHEN starts > ends THEN ms END)
      OVER (PARTITION BY step, profile ORDER BY ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS began,
    max(CASE WHEN ends > starts THEN ms END)
      OVER (PARTITION BY step, profile ORDER BY ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended,
    min(CASE WHEN ends = 1 THEN ms END)
      OVER (PARTITION BY step, profile ORDER BY ms ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_end
  FROM touched
),
states AS (
  SELECT *, CASE WHEN began IS NOT NULL AND (ended IS NULL OR began > ended) THEN 1 ELSE 0 END AS in_work FROM turns
),
facts AS (
  SELECT step, profile, ms,
    CASE WHEN in_work = 0 OR ends = 1 THEN starts ELSE 0 END AS begins,
    CASE WHEN asks = 1 AND (in_work = 0 OR ends = 1) THEN ms END AS asked_ms,
    CASE WHEN in_work = 0 AND ends = 1 THEN ms ELSE next_end END AS end_ms,
    CASE WHEN in_work = 0 AND ends > starts THEN ms END AS loose_ms
  FROM states
),
numbered AS (
  SELECT *, coalesce(sum(begins)
    OVER (PARTITION BY step, profile ORDER BY ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS piece
  FROM facts
),
pieces AS (
  SELECT step, profile, min(asked_ms) AS since_ms, max(CASE WHEN begins = 1 THEN ms END) AS begin_ms,
    max(CASE WHEN begins = 1 THEN end_ms END) AS end_ms
  FROM numbered
  GROUP BY step, profile, piece
),{tables}
told AS (
  SELECT step, profile, since_ms, begin_ms, end_ms, CAST(NULL AS BIGINT) AS loose_ms FROM {pieces}
  UNION ALL
  SELECT step, profile, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), loose_ms FROM facts
),
counted AS (
  SELECT *, CASE WHEN {waits} THEN 1 ELSE 0 END AS is_wait, CASE WHEN {works} THEN 1 ELSE 0 END AS is_work,
    CASE WHEN {loose} THEN 1 ELSE 0 END AS is_loose,
    CASE WHEN {works} AND since_ms IS NOT NULL AND end_ms IS NOT NULL THEN 1 ELSE 0 END AS is_done
  FROM told
)
SELECT CASE step {names} END AS name,
  sum(is_wait) AS waits, count(DISTINCT CASE WHEN is_wait = 1 THEN profile END) AS waiting_profiles,
  sum(CASE WHEN begin_ms IS NULL THEN is_wait ELSE 0 END) AS still_waiting,
  sum(is_work) AS work, count(DISTINCT CASE WHEN is_work = 1 THEN profile END) AS work_profiles,
  sum(CASE WHEN end_ms IS NULL THEN is_work ELSE 0 END) AS still_in_work,
  sum(CASE WHEN since_ms IS NULL THEN is_work ELSE 0 END) AS unasked,
  sum(is_done) AS done, sum(CASE WHEN is_done = 1 THEN begin_ms - since_ms ELSE 0 END) AS waited_ms,
  sum(CASE WHEN is_done = 1 THEN end_ms - begin_ms ELSE 0 END) AS worked_ms,
  sum(is_loose) AS loose_ends
FROM counted
WHERE is_wait + is_work + is_loose > 0
GROUP BY step
ORDER BY step",
        touched = touched.join("\n  UNION ALL\n"),
        waits = is_in("since_ms"),
        works = is_in("begin_ms"),
        loose = is_in("loose_ms"),
        names = names.join(" "),
    )
}

/// What an event does to a step.
struct Marks {
    asks: String,
    starts: String,
    ends: String,
}

impl Marks {
    /// What the instants of profiles do to it.
    fn touched(&self, step: u32, events: &str, filter: &str) -> String {
        let Self { asks, starts, ends } = self;
        let is_any = rule::one_of(&[asks.clone(), starts.clone(), ends.clone()]);
        let rows = all(vec![is_any, filter.to_owned()]);
        let most = |condition: &str| format!("max(CASE WHEN {condition} THEN 1 ELSE 0 END)");
        format!(
            "  SELECT {step} AS step, profile, epoch_ms(time) AS ms, {} AS asks, {} AS starts, {} AS ends
  FROM {events}
  WHERE {rows}
  GROUP BY profile, epoch_ms(time)",
            most(asks),
            most(starts),
            most(ends)
        )
    }
}

/// The common tables by which work on steps that nobody asks for is waited for since any work last ended.
///
/// Within an instant, ends come before what begins, and work that takes no time comes last.
fn since_the_last_end(steps: &str) -> String {
    format!(
        "
turnings AS (
  SELECT profile, begin_ms * 4 + 2 AS place, 1 AS works, CAST(NULL AS BIGINT) AS ended_ms,
    0 AS step, begin_ms, end_ms
  FROM pieces WHERE begin_ms IS NOT NULL
  UNION ALL
  SELECT profile, end_ms * 4 + CASE WHEN end_ms > begin_ms THEN 0 ELSE 2 END, -1, end_ms, 0, begin_ms, end_ms
  FROM pieces WHERE end_ms IS NOT NULL
  UNION ALL
  SELECT profile, begin_ms * 4 + 1, 0, CAST(NULL AS BIGINT), step, begin_ms, end_ms
  FROM pieces WHERE begin_ms IS NOT NULL AND step IN ({steps})
),
idle AS (
  SELECT *, sum(works) OVER (PARTITION BY profile ORDER BY place RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS in_work,
    max(ended_ms) OVER (PARTITION BY profile ORDER BY place RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS idle_ms
  FROM turnings
),
all_pieces AS (
  SELECT step, profile, since_ms, begin_ms, end_ms FROM pieces WHERE step NOT IN ({steps})
  UNION ALL
  SELECT step, profile, CASE WHEN in_work > 0 THEN begin_ms ELSE idle_ms END, begin_ms, end_ms
  FROM idle WHERE step > 0
),"
    )
}
