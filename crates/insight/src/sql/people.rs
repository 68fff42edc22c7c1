//! The people that a report is about, as SQL.

use throughline_model::people::{Did, PeopleRule, Times};

use super::{Told, all, quoted, within};

/// The common tables `chosen` and `their_events`; `None` for rules that SQL cannot say exactly.
pub(super) fn tables(rule: &PeopleRule, told: &Told<'_>) -> Option<String> {
    Some(format!(
        "chosen AS (\n  SELECT profile FROM events\n  GROUP BY profile\n  HAVING {}\n),\n\
         their_events AS (\n  SELECT * FROM events WHERE profile IN (SELECT profile FROM chosen)\n)",
        condition(rule, told)?
    ))
}

/// The common table `known_events`: those of another table, each with what is known of its profile.
pub(super) fn known(events: &str) -> String {
    format!(
        "known_events AS (\n  SELECT happened.*, known.traits AS traits\n  FROM {events} happened LEFT JOIN profiles known ON known.id = happened.profile\n)"
    )
}

/// What a rule asks of all events of a profile.
fn condition(rule: &PeopleRule, told: &Told<'_>) -> Option<String> {
    let list = |rules: &[PeopleRule], between: &str, none: &str| -> Option<String> {
        let each: Vec<String> = rules
            .iter()
            .map(|it| condition(it, told))
            .collect::<Option<_>>()?;
        Some(match each.is_empty() {
            // Every profile has an event, so this is always true or never.
            true => format!("count(*) {none} 0"),
            false => format!("({})", each.join(between)),
        })
    };
    match rule {
        PeopleRule::All(rules) => list(rules, " AND ", ">"),
        PeopleRule::Any(rules) => list(rules, " OR ", "<"),
        PeopleRule::Not(rule) => Some(format!("NOT ({})", condition(rule, told)?)),
        PeopleRule::Did(did) => Some(done(did, told)),
        PeopleRule::Segment(it) => Some(format!(
            "profile IN (SELECT profile FROM segments WHERE segment = {})",
            quoted(&it.id)
        )),
        // Orders within one instant, stages, actors without events and what is not in the log are
        // beyond one grouping.
        PeopleRule::InOrder(_)
        | PeopleRule::Stage(_)
        | PeopleRule::Listed(_)
        | PeopleRule::Trait(_)
        | PeopleRule::Account(_)
        | PeopleRule::Consent(_) => None,
    }
}

fn done(did: &Did, told: &Told<'_>) -> String {
    let range = (did.within.as_ref()).map(|it| within(it.resolve(told.now), "epoch_ms(time)"));
    let event = all(vec![told.matcher(&did.matcher), range.unwrap_or_default()]);
    let (sign, times) = match did.times {
        Times::AtLeast(times) => (">=", times),
        Times::AtMost(times) => ("<=", times),
        Times::Exactly(times) => ("=", times),
    };
    format!("sum(CASE WHEN {event} THEN 1 ELSE 0 END) {sign} {times}")
}
