//! Credit for conversions by the models that look at one path at a time.
//!
//! Chains and Shapley values divide what all paths have in common, and weights by place or age are left to
//! the report: they follow from the same paths.

use throughline_model::{
    Field,
    attribution::{AttributionReport, CreditModel, LookBack},
    limits,
};

use super::{
    Told, all,
    rule::{self, Valued},
    within,
};

/// A row for each value of the field, with its touches, its paths, and its credit by each model that is asked for.
pub(super) fn statement(report: &AttributionReport, told: &Told<'_>) -> Option<String> {
    let models = columns(report);
    if models.is_empty() {
        return None;
    }
    let range = within(report.range.resolve(told.now), "ms");
    let has_value = report.value.is_some();
    let mut sums = String::new();
    let mut nothing = String::new();
    let mut shown = String::new();
    for (name, share) in &models {
        sums.push_str(&format!(", sum({share}) AS {name}"));
        nothing.push_str(&format!(", 0.0 AS {name}"));
        shown.push_str(&format!(", round(sum({name}), 6) AS {name}"));
        if has_value {
            sums.push_str(&format!(", sum({share} * micros) AS {name}_micros"));
            nothing.push_str(&format!(", 0.0 AS {name}_micros"));
            shown.push_str(&format!(
                ", round(sum({name}_micros) / 1000000.0, 6) AS {name}_value"
            ));
        }
    }
    let paths = paths(report, told)?;
    Some(format!(
        "WITH {paths},
placed AS (
  SELECT *, row_number() OVER (PARTITION BY profile, nth ORDER BY back DESC) AS place,
    count(*) OVER (PARTITION BY profile, nth) AS places
  FROM counted
),
met AS (
  SELECT profile, nth, value_kind, value, min(micros) AS micros, min(place) AS met_at, max(places) AS places,
    max(CASE WHEN place = 1 THEN 1.0 ELSE 0.0 END) AS is_first,
    max(CASE WHEN place = places THEN 1.0 ELSE 0.0 END) AS is_last, sum(1.0 / places) AS part
  FROM placed
  GROUP BY profile, nth, value_kind, value
),
lines AS (
  SELECT value_kind, value, count(*) AS touches, count(DISTINCT profile) AS reached, 0 AS on_path,
    0 AS on_path_profiles, 0 AS assisted, 0 AS assisted_profiles{nothing}
  FROM touches
  WHERE {range}
  GROUP BY value_kind, value
  UNION ALL
  SELECT value_kind, value, 0 AS touches, 0 AS reached, count(*) AS on_path, count(DISTINCT profile) AS on_path_profiles,
    sum(CASE WHEN met_at < places THEN 1 ELSE 0 END) AS assisted,
    count(DISTINCT CASE WHEN met_at < places THEN profile END) AS assisted_profiles{sums}
  FROM met
  GROUP BY value_kind, value
)
SELECT value, sum(touches) AS touches, sum(reached) AS reached, sum(on_path) AS on_path,
  sum(on_path_profiles) AS on_path_profiles, sum(assisted) AS assisted, sum(assisted_profiles) AS assisted_profiles{shown}
FROM lines
GROUP BY value_kind, value
ORDER BY on_path DESC, touches DESC, value"
    ))
}

/// The models that SQL can say, with the part of a conversion that a value on its path is given.
fn columns(report: &AttributionReport) -> Vec<(&'static str, &'static str)> {
    let of = |model: &CreditModel| match model {
        CreditModel::First => Some(("first_credit", "is_first")),
        CreditModel::Last => Some(("last_credit", "is_last")),
        CreditModel::Linear => Some(("linear_credit", "part")),
        CreditModel::LastNonDirect
        | CreditModel::Position(_)
        | CreditModel::TimeDecay(_)
        | CreditModel::Participation
        | CreditModel::Markov(_)
        | CreditModel::Shapley => None,
    };
    report.models.iter().filter_map(of).collect()
}

/// The common tables `touches`, and `counted` with the touches that each conversion of the range has.
///
/// `back` counts from 1 at the last touch of a path. Events of one instant are taken in the order of their values.
pub(super) fn paths(report: &AttributionReport, told: &Told<'_>) -> Option<String> {
    let valued = rule::valued(&report.by);
    let filter = report.filter.as_ref().map(rule::rule).unwrap_or_default();
    let conversion = told.matcher(&report.conversion);
    let touch = match &report.touch {
        Some(touch) => told.matcher(touch),
        None => all(vec![
            told.acts(),
            format!("{} > 0", valued.rank),
            match report.by {
                Field::Channel => "channel <> 'other'".to_owned(),
                _ => String::new(),
            },
        ]),
    };
    let micros = match &report.value {
        Some(value) => {
            let number = rule::number(value)?;
            format!(
                "CASE WHEN abs({number}) <= 1000000000000.0 THEN round({number} * 1000000.0) ELSE 0.0 END"
            )
        }
        None => "0.0".to_owned(),
    };
    let events = told.events;
    let conversions = all(vec![conversion.clone(), filter.clone()]);
    let touches = all(vec![format!("NOT ({conversion})"), touch, filter]);
    let range = within(report.range.resolve(told.now), "c.ms");
    let look_back = match report.look_back {
        LookBack::Within(span) => format!("t.ms >= c.ms - {}", span.0),
        LookBack::Unlimited => String::new(),
    };
    let unspent = match report.reuse {
        true => "",
        false => "(c.spent IS NULL OR t.ms > c.spent)",
    };
    let reach = all(vec![range, look_back, unspent.to_owned()]);
    let most = limits::PATH_TOUCHES_MAX;
    let is_counted = match report.collapse {
        true => "back = 1 OR next_kind <> value_kind OR next_value <> value",
        false => "true",
    };
    let Valued { rank, number, text } = &valued;
    Some(format!(
        "conversions AS (
  SELECT profile, epoch_ms(time) AS ms, coalesce({micros}, 0.0) AS micros,
    row_number() OVER (PARTITION BY profile ORDER BY epoch_ms(time), seq) AS nth,
    max(epoch_ms(time)) OVER (PARTITION BY profile ORDER BY epoch_ms(time) RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS spent
  FROM {events}
  WHERE {conversions}
),
touches AS (
  SELECT profile, epoch_ms(time) AS ms, seq, {rank} AS value_kind, {number} AS number, {text} AS value
  FROM {events}
  WHERE {touches}
),
reached AS (
  SELECT c.profile, c.nth, c.micros, t.ms, t.value_kind, t.number, t.value,
    row_number() OVER (PARTITION BY c.profile, c.nth
      ORDER BY t.ms DESC, t.value_kind DESC, t.number DESC, coalesce(t.value, '') DESC, t.seq DESC) AS back
  FROM conversions c JOIN touches t ON t.profile = c.profile AND t.ms <= c.ms
  WHERE {reach}
),
followed AS (
  SELECT *, lag(value_kind) OVER (PARTITION BY profile, nth ORDER BY back) AS next_kind,
    lag(value) OVER (PARTITION BY profile, nth ORDER BY back) AS next_value
  FROM reached
  WHERE back <= {most}
),
counted AS (
  SELECT * FROM followed
  WHERE {is_counted}
)"
    ))
}
