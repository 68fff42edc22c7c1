//! What was promised against what happened, object by object.
//!
//! How far all gaps lie, with those that are still open, is an estimate and is left to the report.

use throughline_model::{
    Timestamp, Zone,
    object_kind::{Counting, ObjectKind, Promise},
    promises::Promises,
    report::Every,
};

use super::{Told, Unsaid, all, log_end, moments, quoted, rule, within};

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
    let mut rows = vec![counted(
        "all",
        "CAST(NULL AS VARCHAR)",
        "CAST(NULL AS BIGINT)",
        "",
    )];
    if promises.breakdown.is_some() {
        rows.push(counted(
            "value",
            "value",
            "CAST(NULL AS BIGINT)",
            "\nGROUP BY value_rank, value",
        ));
    }
    if let Some(period) = period {
        let start = format!(
            "epoch_ms(period_start(instant(begun_ms), '{period}', {}))",
            quoted(zone.name())
        );
        rows.push(counted(
            "period",
            "CAST(NULL AS VARCHAR)",
            &start,
            &format!("\nGROUP BY {start}"),
        ));
    }
    Ok(format!(
        "WITH {}
{}
ORDER BY part, objects DESC, value, period_ms",
        lives(promises, kind, promise, zone, told),
        rows.join("\nUNION ALL\n")
    ))
}

/// The common tables up to `facts`, which has a row for each object and profile that touched it.
fn lives(
    promises: &Promises,
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
    let value = (promises.breakdown.as_ref()).map(rule::valued);
    let (rank, number, text) = match &value {
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
        Counting::First => "ms, moment",
        Counting::Last => "ms DESC, moment",
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
  SELECT key, moment FROM (
    SELECT key, moment, row_number() OVER (PARTITION BY key ORDER BY place) AS nth FROM moments WHERE moment IS NOT NULL
  ) AS firsts WHERE nth = 1
),
objects AS (
  SELECT object, min(ms) AS begun_ms, max(fits) AS fits, min(CASE WHEN keeps = 1 THEN ms END) AS kept_ms,
    coalesce(max(ms * 64 + open_state), -1) AS open_place
  FROM marked
  GROUP BY object
),
ended AS (
  SELECT o.object, o.begun_ms, o.kept_ms, min(CASE WHEN m.ms * 64 + m.end_state > o.open_place THEN m.ms END) AS released_ms
  FROM objects o JOIN marked m ON m.object = o.object
  WHERE o.fits = 1 AND {range}
  GROUP BY o.object, o.begun_ms, o.kept_ms
),
promised AS (
  SELECT m.object, t.moment, row_number() OVER (PARTITION BY m.object ORDER BY {order}) AS nth
  FROM marked m JOIN told t ON t.key = m.seq JOIN ended e ON e.object = m.object
  WHERE m.ms <= coalesce(e.kept_ms, e.released_ms, {last})
),
labeled AS (
  SELECT object, value_rank, value,
    row_number() OVER (PARTITION BY object ORDER BY ms, value_rank, value_number, value) AS nth
  FROM marked
  WHERE value_rank > 0
),
outcomes AS (
  SELECT e.object, e.begun_ms, coalesce(l.value_rank, 0) AS value_rank, l.value, end_ms, p.moment,
    CASE WHEN p.moment IS NULL THEN NULL ELSE coalesce(e.kept_ms, end_ms) - p.moment END AS gap,
    CASE WHEN p.moment IS NULL THEN 'untold' WHEN e.kept_ms IS NOT NULL THEN CASE
        WHEN e.kept_ms - p.moment > {tolerance} THEN 'late' WHEN e.kept_ms - p.moment < -{tolerance} THEN 'early'
        ELSE 'on_time' END
      WHEN e.released_ms IS NOT NULL THEN 'released' WHEN end_ms - p.moment > {tolerance} THEN 'overdue' ELSE 'pending'
    END AS standing
  FROM ended e CROSS JOIN log_end
  LEFT JOIN promised p ON p.object = e.object AND p.nth = 1
  LEFT JOIN labeled l ON l.object = e.object AND l.nth = 1
),
touched AS (
  SELECT m.object, m.profile, row_number() OVER (PARTITION BY m.object ORDER BY m.profile) AS nth,
    sum(coalesce(r.is_unread, 0)) AS unread
  FROM marked m LEFT JOIN (SELECT key, sum(is_unread) AS is_unread FROM moments GROUP BY key) AS r ON r.key = m.seq
  GROUP BY m.object, m.profile
),
facts AS (
  SELECT o.object, o.begun_ms, o.value_rank, o.value, o.standing, t.profile, t.unread,
    CASE WHEN o.standing <> 'released' AND o.moment + {tolerance} < o.end_ms THEN 1 ELSE 0 END AS is_due,
    CASE WHEN t.nth = 1 AND o.standing IN ('early', 'on_time', 'late') THEN o.gap END AS kept_gap
  FROM outcomes o JOIN touched t ON t.object = o.object
)",
        log_end = log_end(told.now),
        open = entered(false),
        end = entered(true),
        events = told.events,
        rows = all(vec![format!("({} OR {})", told.acts(), rule::one_of(&states))]),
        said = said.join("\n  UNION ALL\n"),
        moments = moments::tables(zone),
        range = within(promises.range.resolve(told.now), "o.begun_ms"),
    )
}

/// One of the queries of the result.
fn counted(part: &str, value: &str, period: &str, group: &str) -> String {
    let parts: String = (PARTS.iter())
        .map(|(name, condition)| {
            format!(
                ",\n  count(DISTINCT CASE WHEN {condition} THEN object END) AS {name},\n  \
                 count(DISTINCT CASE WHEN {condition} THEN profile END) AS {name}_profiles"
            )
        })
        .collect();
    let having = match group {
        "" => "\nHAVING count(*) > 0",
        _ => "",
    };
    format!(
        "SELECT '{part}' AS part, {value} AS value, {period} AS period_ms, count(DISTINCT object) AS objects,
  count(DISTINCT profile) AS profiles{parts},
  CAST(round(CAST(sum(kept_gap) AS DOUBLE) / count(kept_gap)) AS BIGINT) AS mean_gap_ms, sum(unread) AS unread
FROM facts{group}{having}"
    )
}
