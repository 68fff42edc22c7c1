//! What people did on their way, or had when they set out, and how many of them arrived.
//!
//! Who is compared with whom, and whether chance explains a difference, is left to the report.

use throughline_model::drivers::{DriverSource, Drivers};

use super::{
    Told, all, quoted,
    rule::{self, Valued},
    way,
};

/// A row over all whose time is over, one of those whose time is not, and one for each value that somebody met: how
/// many, and how many of them arrived. Those who did not are the others of the first row. `None` where the way cannot be
/// said.
pub(super) fn statement(drivers: &Drivers, told: &Told<'_>) -> Option<String> {
    let ways = way::tables(&drivers.funnel(), (drivers.from, drivers.arrival()), told)?;
    let filter = drivers.filter.as_ref().map(rule::rule).unwrap_or_default();
    let among = (drivers.among.as_ref()).map_or_else(|| "true".to_owned(), rule::rule);
    let entry = told.matcher(&drivers.steps[drivers.from].matcher);
    let rows = all(vec![told.acts(), filter]);
    let events = told.events;
    let (mut columns, mut known) = (String::new(), String::new());
    let (mut met, mut traits, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for (place, source) in (1_usize..).zip(drivers.sources()) {
        let (kind, name) = match &source {
            DriverSource::OnTheWay(field) => {
                columns.push_str(&valued(&rule::valued(field), place));
                met.push((place, 0));
                ("on_the_way", field.to_string())
            }
            DriverSource::AtEntry(field) => {
                columns.push_str(&valued(&rule::valued(field), place));
                met.push((place, 1));
                ("at_entry", field.to_string())
            }
            DriverSource::Trait(name) => {
                known.push_str(&valued(&rule::valued_trait(name), place));
                traits.push((place, 0));
                ("trait", name.clone())
            }
        };
        names.push(format!("({place}, '{kind}', {})", quoted(&name)));
    }
    let mut parts = Vec::new();
    if !met.is_empty() {
        parts.push(values(
            &met,
            "seen",
            "CASE WHEN is_of_entry = 1 THEN CASE WHEN at_ms = 0 THEN is_entry ELSE 0 END \
             WHEN at_ms > 0 THEN is_among ELSE 0 END = 1",
        ));
    }
    if !traits.is_empty() {
        parts.push(values(&traits, "known", "1 = 1"));
    }
    let known = match traits.is_empty() {
        true => String::new(),
        false => format!(
            "
known AS (
  SELECT ways.profile, has_arrived{known}
  FROM ways JOIN profiles ON profiles.id = ways.profile
  WHERE is_over = 1
),"
        ),
    };
    Some(format!(
        "WITH {ways},
looked AS (
  SELECT profile, epoch_ms(time) AS ms, CASE WHEN {entry} THEN 1 ELSE 0 END AS is_entry,
    CASE WHEN {among} THEN 1 ELSE 0 END AS is_among{columns}
  FROM {events}
  WHERE {rows}
),
seen AS (
  SELECT looked.*, has_arrived, looked.ms - begin_ms AS at_ms
  FROM ways JOIN looked ON looked.profile = ways.profile AND looked.ms >= begin_ms
    AND (looked.ms < until_ms OR looked.ms = begin_ms)
  WHERE is_over = 1
),{known}
met AS (
{met}
),
placed AS (
  SELECT *, row_number() OVER (PARTITION BY profile, place ORDER BY value_rank, value_number, value) AS nth FROM met
),
names(place, source, name) AS (VALUES {names})
SELECT 'all' AS source, CAST(NULL AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS value,
  count(*) AS profiles, coalesce(sum(has_arrived), 0) AS arrived
FROM ways
WHERE is_over = 1
UNION ALL
SELECT 'immature' AS source, CAST(NULL AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS value,
  count(*) AS profiles, CAST(NULL AS BIGINT) AS arrived
FROM ways
WHERE is_over = 0
UNION ALL
SELECT names.source, names.name, value, count(*) AS profiles, sum(has_arrived) AS arrived
FROM placed JOIN names ON names.place = placed.place
WHERE is_of_entry = 0 OR nth = 1
GROUP BY names.source, names.name, value_rank, value
ORDER BY source, name, profiles DESC, value",
        met = parts.join("\n  UNION ALL\n"),
        names = names.join(", "),
    ))
}

/// Columns for a value, by the place of its source.
fn valued(valued: &Valued, place: usize) -> String {
    let Valued { rank, number, text } = valued;
    format!(",\n    {rank} AS rank_{place}, {number} AS number_{place}, {text} AS value_{place}")
}

/// Each value of some sources once for each profile that has it in a table.
fn values(sources: &[(usize, u8)], table: &str, condition: &str) -> String {
    let pick = |column: &str| {
        let cases: Vec<String> = (sources.iter())
            .map(|(place, _)| format!("WHEN {place} THEN {column}_{place}"))
            .collect();
        format!("CASE place {} END", cases.join(" "))
    };
    let list: Vec<String> = (sources.iter())
        .map(|(place, is_of_entry)| {
            format!("SELECT {place} AS place, {is_of_entry} AS is_of_entry")
        })
        .collect();
    format!(
        "  SELECT DISTINCT profile, has_arrived, place, is_of_entry, {rank} AS value_rank, {number} AS value_number, {text} AS value
  FROM {table} CROSS JOIN ({list}) AS {table}_sources
  WHERE {rank} > 0 AND {condition}",
        rank = pick("rank"),
        number = pick("number"),
        text = pick("value"),
        list = list.join(" UNION ALL "),
    )
}
