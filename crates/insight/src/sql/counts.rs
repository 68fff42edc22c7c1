//! How many events and profiles, over time.

use throughline_model::report::{Counts, Every};

use super::{
    Told, all, quoted,
    rule::{self, Valued},
    within,
};

/// A row per series, value of the breakdown and point that has events.
pub(super) fn statement(counts: &Counts, told: &Told<'_>) -> Option<String> {
    let range = within(counts.range.resolve(told.now), "epoch_ms(time)");
    let filter = counts.filter.as_ref().map(rule::rule).unwrap_or_default();
    let zone = quoted(counts.range.zone.name());
    let point = match counts.every {
        // Pages of the last minutes ask for these, and nobody checks them later.
        Every::Second | Every::Minute => return None,
        Every::Hour => Some("hour"),
        Every::Day => Some("day"),
        Every::Week => Some("week"),
        Every::Month => Some("month"),
        Every::Range => None,
    };
    let mut columns = String::new();
    let (mut groups, mut shown) = (vec!["series"], vec!["series"]);
    if let Some(by) = &counts.breakdown {
        let Valued { rank, text, .. } = rule::valued_by(by)?;
        columns.push_str(&format!(", {rank} AS value_rank, {text} AS value"));
        groups.extend(["value_rank", "value"]);
        shown.push("value");
    }
    if let Some(unit) = point {
        columns.push_str(&format!(", period_start(time, '{unit}', {zone}) AS point"));
        groups.push("point");
        shown.push("point");
    }
    let select = |series: &str, condition: String| {
        let condition = all(vec![range.clone(), filter.clone(), condition]);
        format!(
            "  SELECT {series} AS series, profile{columns}\n  FROM {}\n  WHERE {condition}",
            told.events
        )
    };
    let parts: Vec<String> = if counts.series.is_empty() {
        vec![select("event", String::new())]
    } else {
        (counts.series.iter())
            .map(|it| select(&quoted(&it.name), told.matcher(&it.matcher)))
            .collect()
    };
    let (groups, shown) = (groups.join(", "), shown.join(", "));
    Some(format!(
        "WITH counted AS (\n{}\n)\nSELECT {shown}, count(*) AS events, count(DISTINCT profile) AS profiles\n\
         FROM counted\nGROUP BY {groups}\nORDER BY {groups}",
        parts.join("\n  UNION ALL\n")
    ))
}
