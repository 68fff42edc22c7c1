//! What people met before they gave up, and those who met it and arrived all the same.
//!
//! Who is compared with whom, and whether chance explains a difference, is left to the report.

use throughline_model::reasons::{Met, Reasons, Sign};

use super::{Told, all, channels, quoted, rule, way};

/// A row over all whose time is over, one of those whose reason is known and one of the others, and one for each
/// reason: who gave up, those of them who met nothing else, and who arrived. `None` where the way cannot be said.
pub(super) fn statement(reasons: &Reasons, told: &Told<'_>) -> Option<String> {
    let last = reasons.steps.len() - 1;
    let ways = way::tables(&reasons.funnel(), (0, last), told)?;
    let filter = reasons.filter.as_ref().map(rule::rule).unwrap_or_default();
    let contact = channels::contact(reasons.contacts.as_ref(), told);
    let act = all(vec![told.acts(), format!("NOT ({contact})")]);
    let mut columns = format!(",\n    CASE WHEN {act} THEN 1 ELSE 0 END AS is_act");
    let (mut conditions, mut signs, mut silences) = (vec![act], Vec::new(), Vec::new());
    for (number, reason) in (1_usize..).zip(&reasons.reasons) {
        match &reason.sign {
            Sign::Met(met) => {
                let condition = told.matcher(&met.matcher);
                columns.push_str(&format!(
                    ",\n    CASE WHEN {condition} THEN 1 ELSE 0 END AS is_{number}"
                ));
                if let Some(field) = &met.different {
                    let value = rule::valued(field);
                    columns.push_str(&format!(
                        ",\n    {} AS rank_{number}, {} AS value_{number}",
                        value.rank, value.text
                    ));
                }
                conditions.push(condition);
                signs.push(met_at(number, met));
            }
            Sign::Silence(span) => silences.push(silent_at(number, span.0)),
        }
    }
    let rows = all(vec![rule::one_of(&conditions), filter]);
    let nobody = "  SELECT profile, 0 AS reason, begin_ms AS ms FROM ways WHERE 1 = 0".to_owned();
    let joined = |list: Vec<String>| match list.is_empty() {
        true => nobody.clone(),
        false => list.join("\n  UNION ALL\n"),
    };
    let names: Vec<String> = (reasons.reasons.iter().zip(1_usize..))
        .map(|(it, number)| format!("({number}, {})", quoted(&it.name)))
        .collect();
    Some(format!(
        "WITH {ways},
looked AS (
  SELECT profile, epoch_ms(time) AS ms{columns}
  FROM {events}
  WHERE {rows}
),
seen AS (
  SELECT looked.*, begin_ms, until_ms
  FROM ways JOIN looked ON looked.profile = ways.profile AND looked.ms > begin_ms AND looked.ms < until_ms
  WHERE is_over = 1
),
signs AS (
{signs}
),
obstacles AS (
  SELECT profile, min(ms) AS ms FROM signs GROUP BY profile
),
acts AS (
  SELECT profile, begin_ms AS ms, until_ms FROM ways WHERE is_over = 1
  UNION ALL
  SELECT profile, ms, until_ms FROM seen WHERE is_act = 1
),
pauses AS (
  SELECT profile, ms, until_ms, coalesce(lead(ms) OVER (PARTITION BY profile ORDER BY ms), until_ms) AS next_ms FROM acts
),
silences AS (
{silences}
),
met AS (
  SELECT profile, reason, 1 AS is_told FROM signs
  UNION ALL
  SELECT s.profile, s.reason, 0 AS is_told
  FROM silences s LEFT JOIN obstacles o ON o.profile = s.profile
  WHERE o.ms IS NULL OR o.ms > s.ms
),
people AS (
  SELECT ways.profile, has_arrived, count(met.reason) AS reasons, coalesce(max(met.is_told), 0) AS is_explained
  FROM ways LEFT JOIN met ON met.profile = ways.profile
  WHERE is_over = 1
  GROUP BY ways.profile, has_arrived
),
names(reason, name) AS (VALUES {names})
SELECT 'all' AS part, CAST(NULL AS VARCHAR) AS name, coalesce(sum(1 - has_arrived), 0) AS gave_up,
  coalesce(sum(CASE WHEN reasons = 1 THEN 1 - has_arrived ELSE 0 END), 0) AS alone, coalesce(sum(has_arrived), 0) AS arrived
FROM people
UNION ALL
SELECT CASE is_explained WHEN 1 THEN 'explained' ELSE 'unknown' END AS part, CAST(NULL AS VARCHAR) AS name, count(*) AS gave_up,
  sum(CASE WHEN reasons = 1 THEN 1 ELSE 0 END) AS alone, CAST(NULL AS BIGINT) AS arrived
FROM people
WHERE has_arrived = 0
GROUP BY is_explained
UNION ALL
SELECT 'reason' AS part, names.name, sum(1 - has_arrived) AS gave_up,
  sum(CASE WHEN reasons = 1 THEN 1 - has_arrived ELSE 0 END) AS alone, sum(has_arrived) AS arrived
FROM met JOIN people ON people.profile = met.profile JOIN names ON names.reason = met.reason
GROUP BY names.name
ORDER BY part, gave_up DESC, name",
        events = told.events,
        signs = joined(signs),
        silences = joined(silences),
        names = names.join(", "),
    ))
}

/// When each profile had met a reason often enough.
fn met_at(number: usize, met: &Met) -> String {
    let from = match &met.different {
        None => format!("seen WHERE is_{number} = 1"),
        Some(_) => format!(
            "(SELECT profile, min(ms) AS ms FROM seen WHERE is_{number} = 1 AND rank_{number} > 0
      GROUP BY profile, rank_{number}, value_{number}) AS different"
        ),
    };
    format!(
        "  SELECT profile, {number} AS reason, ms FROM (
    SELECT profile, ms, row_number() OVER (PARTITION BY profile ORDER BY ms) AS nth FROM {from}) AS times_{number}
  WHERE nth = {}",
        met.times
    )
}

/// When a pause between acts had first lasted for a span before the time was over.
fn silent_at(number: usize, span: i64) -> String {
    format!(
        "  SELECT profile, {number} AS reason, min(ms + {span}) AS ms FROM pauses
  WHERE ms + {span} <= next_ms AND ms + {span} < until_ms
  GROUP BY profile"
    )
}
