//! Which ways people choose, and how many of those with each value choose the one that is explained.
//!
//! Which of the values it hangs on with all others held equal is a model, and is left to the report.

use throughline_model::{Value, choice::Choice};

use super::{
    Told, all, quoted,
    rule::{self, Valued},
    within,
};

/// Something that is known of each chooser.
struct Source {
    kind: &'static str,
    name: String,
    /// What its columns begin with.
    prefix: String,
}

/// A row for each way, and for each value that somebody has of a field, a trait or what was met before: how many have
/// it, and how many of them chose the way that is explained. `is_reference` marks the value that most have, which the
/// others of its field or trait are compared with.
pub(super) fn statement(choice: &Choice, told: &Told<'_>) -> String {
    let sources = sources(choice);
    let filter = choice.filter.as_ref().map(rule::rule).unwrap_or_default();
    let way = rule::valued(&choice.by);
    let goal = all(vec![
        within(choice.range.resolve(told.now), "epoch_ms(time)"),
        told.matcher(&choice.goal),
        filter.clone(),
        format!("{} > 0", way.rank),
    ]);
    let (mut columns, mut order) = (named(&way, "way"), placed("way"));
    for (index, field) in choice.fields.iter().enumerate() {
        let prefix = format!("field_{}", index + 1);
        columns.push_str(&named(&rule::valued(field), &prefix));
        order.push_str(&format!(", {}", placed(&prefix)));
    }
    let traits: String = (choice.traits.iter().enumerate())
        .map(|(index, name)| named(&rule::valued_trait(name), &format!("trait_{}", index + 1)))
        .collect();
    let known = match choice.traits.is_empty() {
        true => "",
        false => "\n  LEFT JOIN profiles ON profiles.id = c.profile",
    };
    let (met, flags, met_join) = met(choice, &filter, told);
    let is_explained = match &choice.chosen {
        None => "way_place = 1".to_owned(),
        Some(value) => is_value(value),
    };
    let rows: Vec<String> = (sources.iter().zip(1..))
        .map(|(it, place): (&Source, usize)| {
            format!("({place}, '{}', {})", it.kind, quoted(&it.name))
        })
        .collect();
    let pick = |suffix: &str| {
        let cases: Vec<String> = (sources.iter().zip(1..))
            .map(|(it, place): (&Source, usize)| {
                format!("WHEN {place} THEN {}_{suffix}", it.prefix)
            })
            .collect();
        format!("CASE place {} END", cases.join(" "))
    };
    format!(
        "WITH goals AS (
  SELECT profile, epoch_ms(time) AS ms{columns}
  FROM {events}
  WHERE {goal}
),
picked AS (
  SELECT *, row_number() OVER (PARTITION BY profile ORDER BY ms, {order}) AS nth
  FROM goals
),
choosers AS (
  SELECT * FROM picked WHERE nth = 1
),
{met}known AS (
  SELECT c.*{traits}{flags}
  FROM choosers c{known}{met_join}
),
ways AS (
  SELECT way_rank AS kind, way_value AS name,
    row_number() OVER (ORDER BY count(*) DESC, way_rank, way_number, way_value) AS way_place
  FROM choosers
  GROUP BY way_rank, way_number, way_value
),
chose AS (
  SELECT known.*, CASE WHEN {is_explained} THEN 1 ELSE 0 END AS is_chosen
  FROM known JOIN ways ON ways.kind = known.way_rank AND ways.name = known.way_value
),
sources(place, source, name) AS (VALUES {rows}),
told AS (
  SELECT place, source, sources.name AS name, {rank} AS value_rank, {number} AS value_number, {text} AS value, is_chosen
  FROM chose CROSS JOIN sources
),
counted AS (
  SELECT place, source, name, value_rank, value_number, value, count(*) AS profiles, sum(is_chosen) AS chosen
  FROM told
  WHERE value_rank >= 0
  GROUP BY place, source, name, value_rank, value_number, value
)
SELECT source, name, value, profiles, chosen,
  CASE WHEN source IN ('field', 'trait') AND row_number() OVER (
    PARTITION BY place ORDER BY profiles DESC, value_rank, value_number, value) = 1 THEN 1 ELSE 0 END AS is_reference
FROM counted
ORDER BY place, profiles DESC, value_rank, value_number, value",
        events = told.events,
        rows = rows.join(", "),
        rank = pick("rank"),
        number = pick("number"),
        text = pick("value"),
    )
}

/// The way itself first, then what it may hang on.
fn sources(choice: &Choice) -> Vec<Source> {
    let source = |kind: &'static str, name: &str, index: usize| Source {
        kind,
        name: name.to_owned(),
        prefix: format!("{kind}_{}", index + 1),
    };
    let way = Source {
        kind: "way",
        name: choice.by.to_string(),
        prefix: "way".to_owned(),
    };
    let fields = choice.fields.iter().enumerate();
    let before = choice.before.iter().enumerate();
    let traits = choice.traits.iter().enumerate();
    std::iter::once(way)
        .chain(fields.map(|(index, it)| source("field", &it.to_string(), index)))
        .chain(before.map(|(index, it)| source("before", &it.name, index)))
        .chain(traits.map(|(index, it)| source("trait", it, index)))
        .collect()
}

/// Columns for a value, by what its names begin with.
fn named(valued: &Valued, prefix: &str) -> String {
    let Valued { rank, number, text } = valued;
    format!(",\n    {rank} AS {prefix}_rank, {number} AS {prefix}_number, {text} AS {prefix}_value")
}

/// The order of values.
fn placed(prefix: &str) -> String {
    format!("{prefix}_rank, {prefix}_number, {prefix}_value")
}

/// The common table `met`, a column for each thing that may have been met before, and the join that brings it.
fn met(choice: &Choice, filter: &str, told: &Told<'_>) -> (String, String, &'static str) {
    if choice.before.is_empty() {
        return (String::new(), String::new(), "");
    }
    let conditions: Vec<String> = (choice.before.iter())
        .map(|it| told.matcher(&it.matcher))
        .collect();
    let any = all(vec![rule::one_of(&conditions), filter.to_owned()]);
    let (mut marks, mut most, mut flags) = (String::new(), String::new(), String::new());
    for (index, condition) in conditions.iter().enumerate() {
        let prefix = format!("before_{}", index + 1);
        marks.push_str(&format!(
            ",\n    CASE WHEN {condition} THEN 1 ELSE 0 END AS {prefix}"
        ));
        most.push_str(&format!(", max(e.{prefix}) AS {prefix}"));
        // Who has not met it is in no row.
        flags.push_str(&format!(
            ",\n    CASE WHEN met.{prefix} = 1 THEN 1 ELSE -1 END AS {prefix}_rank, 0.0 AS {prefix}_number, 'true' AS {prefix}_value"
        ));
    }
    let table = format!(
        "earlier AS (
  SELECT profile, epoch_ms(time) AS ms{marks}
  FROM {}
  WHERE {any}
),
met AS (
  SELECT c.profile{most}
  FROM choosers c JOIN earlier e ON e.profile = c.profile AND e.ms < c.ms AND e.ms >= c.ms - {}
  GROUP BY c.profile
),
",
        told.events, choice.look_back.0
    );
    (table, flags, "\n  LEFT JOIN met ON met.profile = c.profile")
}

/// Whether the way of a row is a value.
fn is_value(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("way_rank = 3 AND way_value = {}", quoted(text)),
        // Adding nothing turns -0 into 0, as for the numbers of events.
        Value::Number(number) => format!("way_rank = 2 AND way_number = {:?}", number + 0.0),
        Value::Flag(flag) => format!("way_rank = 1 AND way_value = '{flag}'"),
    }
}
