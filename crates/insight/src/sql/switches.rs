//! Who changes the channel from one act to the next, and who stays.
//!
//! What was to be expected of those who change is no grouping, and is left to the report; so are its stages, which
//! are the same numbers cut further.

use throughline_model::{Channel, channels::Switches};

use super::{Told, all, quoted, rule, within};

/// A row for each channel that profiles acted in and the one they changed to, null where they stayed; with a goal
/// what came of the first such act of each profile.
pub(super) fn statement(report: &Switches, told: &Told<'_>) -> String {
    let filter = report.filter.as_ref().map(rule::rule).unwrap_or_default();
    let goal = (report.goal.as_ref()).map_or("1 = 0".to_owned(), |it| told.matcher(it));
    let contact = told.contact(report.contacts.as_ref());
    let act = format!("({}) AND NOT ({contact})", told.acts());
    let rows = all(vec![format!("(({act}) OR ({goal}))"), filter]);
    let range = within(report.range.resolve(told.now), "ms");
    let (gap, later, now) = (report.gap_max.0, report.within.0, told.now.0);
    let (events, codes, names) = (told.events, codes(), names());
    let outcomes = match report.goal {
        Some(_) => {
            ",
  sum(CASE WHEN nth = 1 THEN is_mature ELSE 0 END) AS mature,
  sum(CASE WHEN nth = 1 THEN is_mature * goes_on ELSE 0 END) AS went_on,
  sum(CASE WHEN nth = 1 THEN 1 - is_mature ELSE 0 END) AS immature"
        }
        None => "",
    };
    // From the last event back, as frames that only grow are counted once.
    // Where an instant has acts in several channels, who was in one of them stays in it: that is one step after another.
    format!(
        "WITH RECURSIVE log_end AS (
  SELECT CASE WHEN max(epoch_ms(time)) < {now} THEN max(epoch_ms(time)) ELSE {now} END AS end_ms FROM events
),
marked AS (
  SELECT profile, epoch_ms(time) AS ms, CASE channel {codes} ELSE 0 END AS channel,
    CASE WHEN {act} THEN 1 ELSE 0 END AS is_act,
    CASE WHEN {goal} THEN 1 ELSE 0 END AS is_goal
  FROM {events}
  WHERE {rows}
),
followed AS (
  SELECT *, min(CASE WHEN is_goal = 1 THEN ms END)
    OVER (PARTITION BY profile ORDER BY ms DESC RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS goal_ms
  FROM marked
),
acts AS (
  SELECT profile, ms, channel, min(goal_ms) AS goal_ms
  FROM followed
  WHERE is_act = 1 AND channel > 0
  GROUP BY profile, ms, channel
),
instants AS (
  SELECT profile, ms, count(*) AS channels, min(channel) AS channel, min(goal_ms) AS goal_ms,
    row_number() OVER (PARTITION BY profile ORDER BY ms) AS nth
  FROM acts
  GROUP BY profile, ms
),
stood AS (
  SELECT profile, nth, ms, goal_ms, channel FROM instants WHERE channels = 1 OR nth = 1
  UNION ALL
  SELECT i.profile, i.nth, i.ms, i.goal_ms, CASE WHEN a.channel IS NULL THEN i.channel ELSE s.channel END AS channel
  FROM stood s JOIN instants i ON i.profile = s.profile AND i.nth = s.nth + 1
    LEFT JOIN acts a ON a.profile = i.profile AND a.ms = i.ms AND a.channel = s.channel
  WHERE i.channels > 1
),
nexts AS (
  SELECT *, lead(channel) OVER (PARTITION BY profile ORDER BY ms) AS next_channel,
    lead(ms) OVER (PARTITION BY profile ORDER BY ms) - ms AS gap
  FROM stood
),
moves AS (
  SELECT profile, ms, channel AS from_code,
    CASE WHEN next_channel <> channel AND gap <= {gap} THEN next_channel ELSE 0 END AS to_code,
    CASE WHEN ms + {later} <= end_ms THEN 1 ELSE 0 END AS is_mature,
    CASE WHEN goal_ms <= ms + {later} THEN 1 ELSE 0 END AS goes_on
  FROM nexts CROSS JOIN log_end
  WHERE {range}
),
firsts AS (
  SELECT *, row_number() OVER (PARTITION BY profile, from_code, to_code ORDER BY ms) AS nth FROM moves
)
SELECT CASE from_code {names} END AS from_channel, CASE to_code {names} END AS to_channel,
  count(*) AS acts, count(DISTINCT profile) AS profiles{outcomes}
FROM firsts
GROUP BY from_code, to_code
ORDER BY from_code, to_code"
    )
}

/// Every channel that profiles can be told to act in.
fn known() -> impl Iterator<Item = Channel> {
    let all = Channel::ALL.into_iter();
    all.filter(|it| *it != Channel::Other)
}

/// Numbers of channels in their order, by which the first of an instant is the smallest.
fn codes() -> String {
    let each = known().map(|it| format!("WHEN {} THEN {}", quoted(it.name()), it.code()));
    each.collect::<Vec<_>>().join(" ")
}

fn names() -> String {
    let each = known().map(|it| format!("WHEN {} THEN {}", it.code(), quoted(it.name())));
    each.collect::<Vec<_>>().join(" ")
}
