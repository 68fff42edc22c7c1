//! Customers by recency, frequency and money, as SQL.

use throughline_model::{TimeRange, Timestamp, rfm::Rfm};

use super::{Told, all, rule, within};

/// A row for each pair of scores that somebody has; worth is in millionths, as those are summed exactly.
pub(super) fn statement(rfm: &Rfm, told: &Told<'_>) -> String {
    let range = rfm.range.resolve(told.now);
    let range = TimeRange {
        to: range.to.min(Timestamp(told.now.0.saturating_add(1))),
        ..range
    };
    let condition = all(vec![
        within(range, "epoch_ms(time)"),
        rfm.filter.as_ref().map(rule::rule).unwrap_or_default(),
        told.matcher(&rfm.purchase),
    ]);
    // How many have less is the rank less one; so many fifths of all lie behind.
    let score = |amount: &str| {
        format!("1 + 5 * (CAST(rank() OVER (ORDER BY {amount}) AS BIGINT) - 1) / count(*) OVER ()")
    };
    let (of_each, kept, of_all) = match &rfm.value {
        None => (String::new(), "", ""),
        Some(field) => {
            // A field that is never a number makes every purchase worth nothing.
            let number = rule::number(field).unwrap_or_else(|| "0".to_owned());
            let micros = format!(
                "CASE WHEN abs({number}) <= 1000000000000
      THEN CAST(round({number} * 1000000) AS BIGINT) ELSE 0 END"
            );
            let of_each = format!(",\n    sum({micros}) AS micros");
            (of_each, ", micros", ", sum(micros) AS micros")
        }
    };
    format!(
        "WITH customers AS (
  SELECT profile, max(epoch_ms(time)) AS latest, count(*) AS purchases{of_each}
  FROM {events}
  WHERE {condition}
  GROUP BY profile
),
scored AS (
  SELECT {recency} AS recency,
    {frequency} AS frequency, purchases{kept}
  FROM customers
)
SELECT recency, frequency, count(*) AS profiles, sum(purchases) AS purchases{of_all}
FROM scored
GROUP BY recency, frequency
ORDER BY recency, frequency",
        events = told.events,
        recency = score("latest"),
        frequency = score("purchases"),
    )
}
