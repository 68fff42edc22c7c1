//! Series over time, and formulas of them.

use throughline_model::{
    Field, limits,
    trends::{Formula, Measure, QuantileOf, TrendDisplay, TrendSeries, Trends, WeightedMeanOf},
};

use super::{
    Told, Unsaid,
    activity::period_of,
    all, quoted,
    rule::{self, Valued},
    within,
};

/// A row per series, value of the breakdown and period that has events; and per formula where a series has some.
///
/// Numbers of events are in millionths, as those are summed exactly. Those of a weighted mean are multiplied by
/// their weights first, which fits no whole number, so that its last digits are rounded.
pub(super) fn statement(trends: &Trends, told: &Told<'_>) -> Result<String, Unsaid> {
    if trends.display != TrendDisplay::Plain {
        return Err(Unsaid::Display);
    }
    let range = within(trends.range.resolve(told.now), "epoch_ms(time)");
    let until = within_now(told);
    let filter = trends.filter.as_ref().map(rule::rule).unwrap_or_default();
    let point = format!(
        "period_start(time, '{}', {})",
        period_of(trends.period, trends.week_start).name(),
        quoted(trends.range.zone.name())
    );
    let (value, groups, columns) = match &trends.breakdown {
        Some(by) => {
            let Valued { rank, text, .. } = rule::valued_by(by).ok_or(Unsaid::Accounts)?;
            let value = format!("{rank} AS value_rank, {text} AS value, ");
            (value, "value_rank, value, point", "value, point")
        }
        None => (String::new(), "point", "point"),
    };
    let mut tables = Vec::new();
    for (index, series) in trends.series.iter().enumerate() {
        let number = index + 1;
        let amount = amount(&series.measure)?;
        let weight = weight(&series.measure)?;
        let condition = all(vec![
            range.clone(),
            until.clone(),
            filter.clone(),
            told.matcher(&series.matcher),
            match &amount {
                Some(amount) => format!("{amount} IS NOT NULL"),
                None => String::new(),
            },
            match &weight {
                Some(weight) => format!(
                    "coalesce({weight} BETWEEN 1 AND {}, false)",
                    limits::TREND_WEIGHT_MAX * 1_000_000
                ),
                None => String::new(),
            },
        ]);
        let mut amount = amount.map_or_else(String::new, |it| format!(", {it} AS amount"));
        amount.extend(weight.map(|it| format!(", {it} AS weight")));
        tables.push(format!(
            "events_{number} AS (\n  SELECT profile, {value}{point} AS point{amount}\n  FROM {}\n  WHERE {condition}\n)",
            told.events
        ));
        let from = match &series.measure {
            Measure::Median(_) | Measure::Quantile(_) => {
                tables.push(format!(
                    "ranked_{number} AS (\n  SELECT *, CAST(row_number() OVER (PARTITION BY {groups} ORDER BY amount) AS BIGINT) AS nth,\n    \
                     CAST(count(*) OVER (PARTITION BY {groups}) AS BIGINT) AS whole\n  FROM events_{number}\n)"
                ));
                "ranked"
            }
            _ => "events",
        };
        tables.push(format!(
            "series_{number} AS (\n  SELECT {} AS series, {groups}, count(*) AS events, count(DISTINCT profile) AS profiles,\n    \
             {} AS measured\n  FROM {from}_{number}\n  GROUP BY {groups}\n)",
            quoted(&series.name),
            measured(&series.measure)
        ));
    }
    let all_columns = format!("series, {groups}, events, profiles, measured");
    let parts: Vec<String> = (1..=trends.series.len())
        .map(|number| format!("  SELECT {all_columns} FROM series_{number}"))
        .collect();
    tables.push(format!(
        "numbers AS (\n{}\n)",
        parts.join("\n  UNION ALL\n")
    ));
    let mut rows = vec![format!("  SELECT {all_columns} FROM numbers")];
    for formula in &trends.formulas {
        let parsed =
            Formula::parse(&formula.expression, trends.series.len()).map_err(|_| Unsaid::Faulty)?;
        let written = parsed.written(&|index| looked_up(&trends.series[index]), &|left, right| {
            format!("({left} / nullif({right}, 0.0))")
        });
        rows.push(format!(
            "  SELECT {} AS series, {groups}, CAST(NULL AS BIGINT) AS events, CAST(NULL AS BIGINT) AS profiles,\n    \
             {written} AS measured\n  FROM numbers\n  GROUP BY {groups}",
            quoted(&formula.name)
        ));
    }
    tables.push(format!("told AS (\n{}\n)", rows.join("\n  UNION ALL\n")));
    Ok(format!(
        "WITH {}\nSELECT series, {columns}, events, profiles, measured\nFROM told\nORDER BY series, {groups}",
        tables.join(",\n")
    ))
}

/// Periods that have not begun are in no report.
fn within_now(told: &Told<'_>) -> String {
    format!("epoch_ms(time) <= {}", told.now.0)
}

/// What a measure looks at; none where it looks at nothing.
fn amount(measure: &Measure) -> Result<Option<String>, Unsaid> {
    if let Measure::Distinct(field) = measure {
        let valued = rule::valued(field);
        return Ok(Some(format!(
            "CASE WHEN {rank} > 0 THEN CAST({rank} AS VARCHAR) || ':' || {text} END",
            rank = valued.rank,
            text = valued.text
        )));
    }
    let Some(field) = measure.number() else {
        return Ok(None);
    };
    micros(field).map(Some)
}

/// How much an event counts in a mean; none where each counts as much.
fn weight(measure: &Measure) -> Result<Option<String>, Unsaid> {
    match measure {
        Measure::WeightedMean(WeightedMeanOf { weight, .. }) => micros(weight).map(Some),
        _ => Ok(None),
    }
}

/// A number of an event in millionths; null where it is missing or too large to be one.
fn micros(field: &Field) -> Result<String, Unsaid> {
    let number = rule::number(field).ok_or(Unsaid::Values)?;
    Ok(format!(
        "CASE WHEN abs({number}) <= 1000000000000 THEN CAST(round({number} * 1000000) AS BIGINT) END"
    ))
}

fn measured(measure: &Measure) -> String {
    const DOUBLE: &str = "AS DOUBLE)";
    let nth = |permille: u16| {
        format!(
            "CAST(max(CASE WHEN nth = (whole * {permille} + 999) / 1000 THEN amount END) {DOUBLE} / 1000000.0"
        )
    };
    match measure {
        Measure::Events => format!("CAST(count(*) {DOUBLE}"),
        Measure::Profiles => format!("CAST(count(DISTINCT profile) {DOUBLE}"),
        Measure::EventsPerProfile => {
            format!("CAST(count(*) {DOUBLE} / count(DISTINCT profile)")
        }
        Measure::Sum(_) => format!("CAST(sum(amount) {DOUBLE} / 1000000.0"),
        Measure::Mean(_) => format!("CAST(sum(amount) {DOUBLE} / count(*) / 1000000.0"),
        Measure::WeightedMean(_) => {
            format!("sum(CAST(amount {DOUBLE} * weight) / sum(weight) / 1000000.0")
        }
        Measure::Min(_) => format!("CAST(min(amount) {DOUBLE} / 1000000.0"),
        Measure::Max(_) => format!("CAST(max(amount) {DOUBLE} / 1000000.0"),
        Measure::Median(_) => nth(500),
        Measure::Quantile(QuantileOf { permille, .. }) => nth(*permille),
        Measure::Distinct(_) => format!("CAST(count(DISTINCT amount) {DOUBLE}"),
    }
}

/// The value of a series where a formula needs it: what is counted or summed of nothing is 0.
fn looked_up(series: &TrendSeries) -> String {
    let found = format!(
        "max(CASE WHEN series = {} THEN measured END)",
        quoted(&series.name)
    );
    match series.measure {
        Measure::Events | Measure::Profiles | Measure::Sum(_) | Measure::Distinct(_) => {
            format!("coalesce({found}, 0.0)")
        }
        _ => found,
    }
}
