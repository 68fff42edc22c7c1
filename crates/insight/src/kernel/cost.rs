//! What was paid, beside what it is said to have led to.
//!
//! Costs are shared out by the field that lines are told by, and nothing of them is lost: what no line has is listed
//! beside the lines, so that the two together are all that was paid.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use throughline_model::{
    Value,
    attribution::AttributionReport,
    cost::{Cost, CostField, Costs, Paid},
};
use utoipa::ToSchema;

use crate::{ask::When, labels::Label};

/// All that was paid in the days of a report.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CostTotal {
    pub currency: String,
    pub paid: PaidFor,
    /// The first and the last day with a cost; days of a range count when they begin in it.
    #[schema(value_type = Option<String>, format = Date)]
    pub first_day: Option<Date>,
    #[schema(value_type = Option<String>, format = Date)]
    pub last_day: Option<Date>,
    /// What the lines have in common with costs; none when costs cannot be told by the field of the lines.
    pub by: Option<CostField>,
    /// What was paid for values that no touch has, the dearest first; not set where costs do not tell the field.
    pub without_touch: Vec<PaidLine>,
    /// Whether the report is about some people or events only, and the costs are not.
    pub is_narrowed: bool,
}

/// What was paid for one value.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PaidLine {
    pub label: Label,
    pub paid: PaidFor,
}

/// Money in the unit of the currency, and what it bought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct PaidFor {
    pub amount: f64,
    /// As far as sources tell them.
    pub impressions: u64,
    pub clicks: u64,
}

impl From<Paid> for PaidFor {
    fn from(paid: Paid) -> Self {
        Self {
            amount: paid.amount(),
            impressions: paid.impressions,
            clicks: paid.clicks,
        }
    }
}

impl CostTotal {
    /// The costs of a report about credit, given the line of each value that has a touch; none while no cost is
    /// stored, and where no day begins in the range. Beside them what was paid for each line.
    pub(super) fn of(
        costs: &Costs,
        report: &AttributionReport,
        when: &When,
        lines: &BTreeMap<String, usize>,
    ) -> Option<(Self, BTreeMap<usize, PaidFor>)> {
        let currency = costs.currency?;
        let (first, last) = when.zone.days_of(when.range)?;
        let of_range = |it: &&Cost| (first..=last).contains(&it.place.day);
        let by = CostField::of(&report.by);
        let mut total = Paid::default();
        let mut by_name: BTreeMap<String, Paid> = BTreeMap::new();
        for cost in costs.costs.iter().filter(of_range) {
            total.add(cost.paid);
            if let Some(by) = by {
                let name = cost.text(by).to_owned();
                by_name.entry(name).or_default().add(cost.paid);
            }
        }
        let days = || {
            let of_range = costs.costs.iter().filter(of_range);
            of_range.map(|it| it.place.day)
        };
        let (of_line, without_touch) = share_out(by_name, lines);
        let total = Self {
            currency: currency.to_string(),
            paid: total.into(),
            first_day: days().min(),
            last_day: days().max(),
            by,
            without_touch,
            is_narrowed: report.filter.is_some() || report.people.is_some(),
        };
        Some((total, of_line))
    }

    /// What was paid for a value that no touch has.
    pub(super) fn without_touch_of(&self, label: &Label) -> Option<PaidFor> {
        let line = self.without_touch.iter().find(|it| it.label == *label)?;
        Some(line.paid)
    }
}

/// What was paid for each line, and for what no line has.
fn share_out(
    by_name: BTreeMap<String, Paid>,
    lines: &BTreeMap<String, usize>,
) -> (BTreeMap<usize, PaidFor>, Vec<PaidLine>) {
    let mut of_line: BTreeMap<usize, Paid> = BTreeMap::new();
    let mut rest: Vec<(String, Paid)> = Vec::new();
    for (name, paid) in by_name {
        match lines.get(&name) {
            // What names nothing is paid for nothing that can be told, not for touches that name nothing.
            Some(line) if !name.is_empty() => of_line.entry(*line).or_default().add(paid),
            _ => rest.push((name, paid)),
        }
    }
    rest.sort_by_key(|(_, paid)| std::cmp::Reverse(paid.micros));
    let line = |(name, paid): (String, Paid)| PaidLine {
        label: match name.is_empty() {
            true => Label::NotSet,
            false => Label::Value(Value::Text(name)),
        },
        paid: paid.into(),
    };
    let of_line = of_line.into_iter().map(|(line, paid)| (line, paid.into()));
    (of_line.collect(), rest.into_iter().map(line).collect())
}

/// How costs would write a value; none where there is none.
pub(super) fn name_of(label: &Label) -> Option<String> {
    match label {
        Label::Value(Value::Text(text)) => Some(text.clone()),
        Label::Value(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
