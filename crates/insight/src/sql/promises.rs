//! What was promised against what happened, object by object.
//!
//! How far all gaps lie, with those that are still open, is an estimate and is left to the report.

use throughline_model::{
    Timestamp, Zone,
    object_kind::{Counting, ObjectKind, Promise},
    promises::Promises,
    report::Every,
};

use super::{
    Told, Unsaid, all, log_end, moments, quoted,
    rule::{self, Valued},
    within,
};

/// What is counted, each with the condition on an object.
const PARTS: [(&str, &str); 10] = [
    ("promised", "standing <> 'untold'"),
    ("early", "standing = 'early'"),
    ("on_time", "standing = 'on_time'"),
    ("late", "standing = 'late'"),
    ("overdue", "standing = 'overdue'"),
    ("pending", "standing = 'pending'"),
    ("released", "standing = 'released'"),
    ("untold", "standing = 'untold'"),
    ("due", "is_due = 1"),
    ("due_late", "is_due = 1 AND standing IN ('late', 'overdue')"),
];

/// A row over all objects, one for each value of the breakdown, and one for each period: how many objects there are
/// and of how many profiles, in all and by how their promises stand, and the mean gap of those that were kept.
///
/// `unread` counts promises in texts whose form SQL does not read: where it is 0, all numbers are those of the report.
pub(super) fn statement(promises: &Promises, told: &Told<'_>) -> Result<String, Unsaid> {
    let kind = (told.vocabulary.object_kind(&promises.object)).ok_or(Unsaid::Faulty)?;
    let promise = kind.promise.as_ref().ok_or(Unsaid::Faulty)?;
    let zone = &promises.range.zone;
    let period = match promises.every {
        // Pages of the last minutes ask for these, and nobody checks them later.
        Every::Second | Every::Minute => return Err(Unsaid::Periods),
        Every::Hour => Some("hour"),
        Every::Day => Some("day"),
        Every::Week => Some("week"),
        Every::Month => Some("month"),
        Every::Range => None,
    };
    let value = (promises.breakdown.as_ref())
        .map(|by| rule::valued_by(by).ok_or(Unsaid::Accounts))
        .transpose()?;
    let mut cuts = vec!["('all')"];
    cuts.extend(promises.breakdown.as_ref().map(|_| "('value')"));
    cuts.extend(period.map(|_| "('period')"));
    let start = match period {
        Some(period) => format!(
            "epoch_ms(period_start(instant(begun_ms), '{period}', {}))",
            quoted(zone.name())
        ),
        None => "CAST(NULL AS BIGINT)".to_owned(),
    };
    let parts: String = (PARTS.iter())
        .map(|(name, condition)| {
            format!(
                ",\n  count(DISTINCT CASE WHEN {condition} THEN object END) AS {name},\n  \
                 count(DISTINCT CASE WHEN {condition} THEN profile END) AS {name}_profiles"
            )
        })
        .collect();
    Ok(format!(
        "WITH {lives},
cuts(part) AS (VALUES {cuts}),
cut AS (
  SELECT facts.*, part, CASE part WHEN 'value' THEN value_rank END AS cut_rank,
    CASE part WHEN 'value' THEN value END AS cut_value, CASE part WHEN 'period' THEN {start} END AS period_ms
  FROM facts CROSS JOIN cuts
)
SELECT part, cut_value AS value, period_ms, count(DISTINCT object) AS objects, count(DISTINCT profile) AS profiles{parts},
  CAST(round(CAST(sum(kept_gap) AS DOUBLE) / count(kept_gap)) AS BIGINT) AS mean_gap_ms, sum(unread) AS unread
FROM cut
GROUP BY part, cut_rank, cut_value, period_ms
ORDER BY part, objects DESC, cut_value, period_ms",
        lives = lives(promises, value.as_ref(), kind, promise, zone, told),
        cuts = cuts.join(", "),
    ))
}

/// The common tables up to `facts`, which has a row for each object and profile that touched it.
fn lives(
    promises: &Promises,
    value: Option<&Valued>,
    kind: &ObjectKind,
    promise: &Promise,
    zone: &Zone,
    told: &Told<'_>,
) -> String {
    let states: Vec<String> = (kind.states.iter())
        .map(|it| told.matcher(&it.entry))
        .collect();
    let entered = |ends: bool| {
        let last = (kind.states.iter().zip(&states).enumerate().rev())
            .filter(|(_, (state, _))| state.ends == ends);
        let cases: Vec<String> = last
            .map(|(index, (_, entry))| format!("WHEN {entry} THEN {index}"))
            .collect();
        match cases.is_empty() {
            true => "CAST(NULL AS BIGINT)".to_owned(),
            false => format!("CASE {} END", cases.join(" ")),
        }
    };
    let kept = kind.state_index(&promise.kept_by).map(|it| &states[it]);
    let kept = kept.map_or("false", String::as_str);
    let keys: Vec<String> = kind.keys.iter().map(rule::object_id).collect();
    let key = match keys.as_slice() {
        [only] => only.clone(),
        keys => format!("coalesce({})", keys.join(", ")),
    };
    let filter = promises
        .filter
        .as_ref()
        .map_or_else(|| "true".to_owned(), rule::rule);
    let (rank, number, text) = match value {
        Some(it) => (it.rank.as_str(), it.number.as_str(), it.text.as_str()),
        None => ("0", "0.0", "CAST(NULL AS VARCHAR)"),
    };
    let columns: String = (promise.told.iter().zip(1..))
        .map(|(field, place): (_, usize)| {
            let text = rule::text(field).unwrap_or_else(|| "CAST(NULL AS VARCHAR)".to_owned());
            let number = rule::number(field).unwrap_or_else(|| "CAST(NULL AS DOUBLE)".to_owned());
            format!(",\n    {number} AS number_{place}, {text} AS text_{place}")
        })
        .collect();
    let said: Vec<String> = (1..=promise.told.len())
        .map(|place| {
            format!(
                "  SELECT seq AS key, {place} AS place, number_{place} AS number, text_{place} AS text FROM marked\n  \
                 WHERE number_{place} IS NOT NULL OR text_{place} IS NOT NULL"
            )
        })
        .collect();
    let order = match promise.counts {
        Counting::First => "ms, said_moment",
        Counting::Last => "ms DESC, said_moment",
    };
    let (tolerance, last) = (promise.tolerance.0, Timestamp::MAX.0);
    format!(
        "{log_end},
marked AS (
  SELECT profile, epoch_ms(time) AS ms, seq, end_ms, {key} AS object,
    CASE WHEN {kept} THEN 1 ELSE 0 END AS keeps, CASE WHEN {filter} THEN 1 ELSE 0 END AS fits,
    {open} AS open_state, {end} AS end_state, {rank} AS value_rank, {number} AS value_number, {text} AS value{columns}
  FROM {events} CROSS JOIN log_end
  WHERE {rows} AND {key} IS NOT NULL AND epoch_ms(time) <= end_ms
),
said AS (
{said}
),
{moments},
told AS (
  SELECT key, moment, row_number() OVER (PARTITION BY key ORDER BY CASE WHEN moment IS NULL THEN 1 ELSE 0 END, place) AS nth,
    sum(is_unread) OVER (PARTITION BY key) AS unread
  FROM moments
),
bounded AS (
  SELECT m.*, t.moment, coalesce(t.unread, 0) AS unread, min(ms) OVER (PARTITION BY object) AS begun_ms,
    max(fits) OVER (PARTITION BY object) AS is_wanted,
    min(CASE WHEN keeps = 1 THEN ms END) OVER (PARTITION BY object) AS kept_ms,
    coalesce(max(ms * 64 + open_state) OVER (PARTITION BY object), -1) AS open_place
  FROM marked m LEFT JOIN told t ON t.key = m.seq AND t.nth = 1
),
ended AS (
  SELECT *, min(CASE WHEN ms * 64 + end_state > open_place THEN ms END) OVER (PARTITION BY object) AS released_ms
  FROM bounded
  WHERE is_wanted = 1 AND {range}
),
promised AS (
  SELECT *, CASE WHEN ms <= coalesce(kept_ms, released_ms, {last}) THEN moment END AS said_moment FROM ended
),
placed AS (
  SELECT *,
    row_number() OVER (PARTITION BY object ORDER BY CASE WHEN said_moment IS NULL THEN 1 ELSE 0 END, {order}) AS said_nth,
    row_number() OVER (PARTITION BY object
      ORDER BY CASE WHEN value_rank > 0 THEN 0 ELSE 1 END, ms, value_rank, value_number, value) AS value_nth
  FROM promised
),
touched AS (
  SELECT object, profile, min(begun_ms) AS begun_ms, min(end_ms) AS end_ms, min(kept_ms) AS kept_ms,
    min(released_ms) AS released_ms, max(CASE WHEN said_nth = 1 THEN said_moment END) AS moment,
    max(CASE WHEN value_nth = 1 THEN value_rank ELSE 0 END) AS value_rank, max(CASE WHEN value_nth = 1 THEN value END) AS value,
    sum(unread) AS unread
  FROM placed
  GROUP BY object, profile
),
joined AS (
  SELECT object, profile, begun_ms, end_ms, kept_ms, released_ms, unread,
    max(moment) OVER (PARTITION BY object) AS moment, max(value_rank) OVER (PARTITION BY object) AS value_rank,
    max(value) OVER (PARTITION BY object) AS value, row_number() OVER (PARTITION BY object ORDER BY profile) AS nth
  FROM touched
),
outcomes AS (
  SELECT *, CASE WHEN moment IS NULL THEN 'untold' WHEN kept_ms IS NOT NULL THEN CASE
        WHEN kept_ms - moment > {tolerance} THEN 'late' WHEN kept_ms - moment < -{tolerance} THEN 'early' ELSE 'on_time' END
      WHEN released_ms IS NOT NULL THEN 'released' WHEN end_ms - moment > {tolerance} THEN 'overdue' ELSE 'pending'
    END AS standing
  FROM joined
),
facts AS (
  SELECT object, begun_ms, value_rank, value, standing, profile, unread,
    CASE WHEN standing <> 'released' AND moment + {tolerance} < end_ms THEN 1 ELSE 0 END AS is_due,
    CASE WHEN nth = 1 AND standing IN ('early', 'on_time', 'late') THEN kept_ms - moment END AS kept_gap
  FROM outcomes
)",
        log_end = log_end(told.now),
        open = entered(false),
        end = entered(true),
        events = told.events,
        rows = all(vec![format!("({} OR {})", told.acts(), rule::one_of(&states))]),
        said = said.join("\n  UNION ALL\n"),
        moments = moments::tables(zone),
        range = within(promises.range.resolve(told.now), "begun_ms"),
    )
}
