//! What each channel does, but for the paths to conversions: those are a question of attribution.

use throughline_model::{Matcher, channels::ChannelBoard};

use super::{Told, all, log_end, rule, within};
use crate::vocabulary_defaults::contacts::is_contact;

/// A row for each channel with its events, contacts and acts, the answers to contacts, and who converted.
pub(super) fn statement(board: &ChannelBoard, told: &Told<'_>) -> Option<String> {
    // The trend and the lines by stage are the same numbers, cut further.
    let filter = board.filter.as_ref().map(rule::rule).unwrap_or_default();
    let goal = told.matcher(&board.goal);
    let contact = contact(board.contacts.as_ref(), told);
    let meeting = format!("({} OR {contact})", told.acts());
    let rows = all(vec![format!("({meeting} OR {goal})"), filter]);
    let range = within(board.range.resolve(told.now), "ms");
    let (answer, later) = (board.answer_within.0, board.within.0);
    let (events, log_end) = (told.events, log_end(told.now));
    Some(format!(
        "WITH {log_end},
marked AS (
  SELECT profile, epoch_ms(time) AS ms, coalesce(channel, 'other') AS channel,
    CASE WHEN {goal} THEN 1 ELSE 0 END AS is_goal,
    CASE WHEN {meeting} THEN 1 ELSE 0 END AS is_meeting,
    CASE WHEN {contact} THEN 1 ELSE 0 END AS is_contact
  FROM {events}
  WHERE {rows}
),
followed AS (
  SELECT *,
    min(CASE WHEN is_goal = 1 THEN ms END)
      OVER (PARTITION BY profile ORDER BY ms RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS goal_ms,
    min(CASE WHEN is_meeting > is_contact THEN ms END)
      OVER (PARTITION BY profile, channel ORDER BY ms RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS answer_ms,
    min(CASE WHEN is_meeting > is_contact THEN ms END)
      OVER (PARTITION BY profile ORDER BY ms RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS act_ms
  FROM marked
),
told AS (
  SELECT *, CASE WHEN is_contact = 1 AND ms + {answer} <= end_ms THEN 1 ELSE 0 END AS is_over
  FROM followed CROSS JOIN log_end
  WHERE is_meeting = 1 AND {range}
),
met AS (
  SELECT channel, count(*) AS events, count(DISTINCT profile) AS profiles,
    sum(is_contact) AS contacts, count(DISTINCT CASE WHEN is_contact = 1 THEN profile END) AS contacted,
    sum(1 - is_contact) AS acts, count(DISTINCT CASE WHEN is_contact = 0 THEN profile END) AS acted,
    sum(is_over) AS answerable,
    sum(CASE WHEN is_over = 1 AND answer_ms <= ms + {answer} THEN 1 ELSE 0 END) AS answered,
    sum(CASE WHEN is_over = 1 AND act_ms <= ms + {answer} THEN 1 ELSE 0 END) AS returned
  FROM told
  GROUP BY channel
),
firsts AS (
  SELECT profile, channel, min(ms) AS ms, min(goal_ms) AS goal_ms, min(end_ms) AS end_ms
  FROM told
  GROUP BY profile, channel
),
converts AS (
  SELECT channel, sum(CASE WHEN ms + {later} <= end_ms THEN 1 ELSE 0 END) AS mature,
    sum(CASE WHEN ms + {later} <= end_ms AND goal_ms <= ms + {later} THEN 1 ELSE 0 END) AS converted,
    sum(CASE WHEN ms + {later} > end_ms THEN 1 ELSE 0 END) AS immature
  FROM firsts
  GROUP BY channel
)
SELECT met.channel, events, profiles, contacts, contacted, acts, acted, answerable, answered, returned,
  mature, converted, immature
FROM met JOIN converts ON converts.channel = met.channel
ORDER BY profiles DESC, met.channel"
    ))
}

/// Whether the company reached out with an event.
pub(super) fn contact(contacts: Option<&Matcher>, told: &Told<'_>) -> String {
    match contacts {
        Some(contacts) => told.matcher(contacts),
        None => named(told),
    }
}

/// Contacts by their names, where a report names none.
fn named(told: &Told<'_>) -> String {
    let contacts: Vec<String> = (told.names.iter())
        .filter(|(code, name)| !told.names.is_quiet(*code) && is_contact(name))
        .filter(|(code, _)| told.names.stands(*code))
        .map(|(_, name)| super::quoted(name.as_str()))
        .collect();
    match contacts.is_empty() {
        true => "false".to_owned(),
        false => format!("event IN ({})", contacts.join(", ")),
    }
}
