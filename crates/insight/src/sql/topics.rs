//! How much people write, and how many of them give up.
//!
//! What the texts are about is found in the words of all of them at once, and is left to the report.

use throughline_model::{retention::WeekStart, topics::TopicsReport};

use super::{Told, activity::period_of, all, quoted, rule, way, within};

/// A row over all texts and one for each period; with a way, a row of those whose time on it is over and one of those
/// of them who gave up. `None` where the way cannot be said.
pub(super) fn statement(report: &TopicsReport, told: &Told<'_>) -> Option<String> {
    let condition = all(vec![
        within(report.range.resolve(told.now), "epoch_ms(time)"),
        told.matcher(&report.events),
        report.filter.as_ref().map(rule::rule).unwrap_or_default(),
    ]);
    let texts: Vec<String> = (report.fields.iter())
        .filter_map(rule::text)
        .map(|text| {
            let text = rule::trimmed(&text);
            format!(
                "  SELECT profile, time, {text} AS text FROM {} WHERE {condition} AND {text} <> ''",
                told.events
            )
        })
        .collect();
    // A field that is never a text has none.
    let texts = match texts.is_empty() {
        true => format!(
            "  SELECT profile, time, event AS text FROM {} WHERE false",
            told.events
        ),
        false => texts.join("\n  UNION ALL\n"),
    };
    let start = format!(
        "epoch_ms(period_start(time, '{}', {}))",
        period_of(report.every, WeekStart::Monday).name(),
        quoted(report.range.zone.name())
    );
    let (tables, rows) = match report.funnel() {
        None => (String::new(), String::new()),
        Some(funnel) => {
            let last = funnel.steps.len() - 1;
            let row = |part: &str, condition: &str| {
                format!(
                    "
UNION ALL
SELECT '{part}' AS part, CAST(NULL AS BIGINT) AS period_ms, CAST(NULL AS BIGINT) AS texts, count(*) AS profiles
FROM ways
WHERE {condition}"
                )
            };
            let rows = [
                row("on_the_way", "is_over = 1"),
                row("gave_up", "is_over = 1 AND has_arrived = 0"),
            ];
            let tables = way::tables(&funnel, (0, last), told)?;
            (format!(",\n{tables}"), rows.concat())
        }
    };
    Some(format!(
        "WITH texts AS (
{texts}
){tables}
SELECT 'all' AS part, CAST(NULL AS BIGINT) AS period_ms, count(*) AS texts, count(DISTINCT profile) AS profiles
FROM texts
UNION ALL
SELECT 'period' AS part, {start} AS period_ms, count(*) AS texts, CAST(NULL AS BIGINT) AS profiles
FROM texts
GROUP BY {start}{rows}
ORDER BY part, period_ms"
    ))
}
