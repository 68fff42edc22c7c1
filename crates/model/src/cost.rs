//! What was paid to reach customers: one record a day for a channel and what was advertised on it.
//!
//! Money is counted in whole millionths of the currency's unit, so sums are exact.

mod amount;
mod currency;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Channel, Field, limits};

pub use amount::{MICROS, parse_amount, written_amount};
pub use currency::Currency;

/// What was paid on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    pub place: CostPlace,
    /// Empty where the source does not tell.
    pub medium: String,
    pub content: String,
    pub paid: Paid,
}

/// What a later record replaces as a whole: everything of one campaign on one day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CostPlace {
    pub day: Date,
    pub channel: Channel,
    /// Where the campaign ran, like `google`; empty where the source does not tell.
    pub source: String,
    pub campaign: String,
}

/// Money, and what it bought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paid {
    /// Millionths of the currency's unit.
    pub micros: i128,
    pub impressions: u64,
    pub clicks: u64,
}

/// The costs of some days, all in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// None while nothing is stored.
    pub currency: Option<Currency>,
    pub costs: Vec<Cost>,
    /// Records that are left out, as no rate turns them over to the one currency.
    pub unrated: BTreeMap<Currency, u64>,
}

/// A record as it is sent: texts, so that no amount has gone through a binary fraction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostRow {
    /// Like `2026-03-01`.
    pub day: String,
    /// As the vocabulary names it; `ads` when it is missing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub channel: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub campaign: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub medium: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub content: String,
    /// A decimal number in the unit of the currency, like `12.50`.
    pub amount: String,
    /// A code like `EUR`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub currency: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub impressions: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub clicks: String,
}

/// Why a record cannot be used: the field, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CostFault {
    pub field: String,
    pub message: String,
}

/// What costs can be told apart by, besides the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostField {
    Channel,
    Source,
    Campaign,
    Medium,
    Content,
}

impl CostField {
    /// What a field of events has in common with costs; none where costs know nothing like it.
    pub fn of(field: &Field) -> Option<Self> {
        let path = match field {
            Field::Channel => return Some(Self::Channel),
            Field::Property(path) | Field::Context(path) => path,
            _ => return None,
        };
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        match names.as_slice() {
            ["campaign" | "utm_campaign" | "campaign_name"] | ["campaign", "name"] => {
                Some(Self::Campaign)
            }
            ["utm_source"] | ["campaign", "source"] => Some(Self::Source),
            ["utm_medium"] | ["campaign", "medium"] => Some(Self::Medium),
            ["utm_content"] | ["campaign", "content"] => Some(Self::Content),
            _ => None,
        }
    }
}

impl Cost {
    /// What the record says in a field; empty where it says nothing.
    pub fn text(&self, field: CostField) -> &str {
        match field {
            CostField::Channel => self.place.channel.name(),
            CostField::Source => &self.place.source,
            CostField::Campaign => &self.place.campaign,
            CostField::Medium => &self.medium,
            CostField::Content => &self.content,
        }
    }
}

impl Paid {
    /// Adds what was paid elsewhere.
    pub fn add(&mut self, other: Self) {
        self.micros += other.micros;
        self.impressions = self.impressions.saturating_add(other.impressions);
        self.clicks = self.clicks.saturating_add(other.clicks);
    }

    /// In the unit of the currency, as near as a number of the API can be.
    pub fn amount(self) -> f64 {
        self.micros as f64 / MICROS as f64
    }
}

impl CostRow {
    /// The record, with the currency that it names if it names one.
    pub fn read(&self) -> Result<(Cost, Option<Currency>), CostFault> {
        let day = (self.day.trim().parse::<Date>())
            .ok()
            .filter(|day| (1970..=2200).contains(&day.year()))
            .ok_or_else(|| fault("day", "is not a day like 2026-03-01"))?;
        let channel = match self.channel.trim() {
            "" => Channel::Ads,
            name => Channel::parse(name).ok_or_else(|| {
                fault(
                    "channel",
                    &format!("is not a channel; use {}", channel_names()),
                )
            })?,
        };
        let micros = parse_amount(&self.amount).map_err(|message| fault("amount", message))?;
        let currency = match self.currency.trim() {
            "" => None,
            code => Some(Currency::parse(code).ok_or_else(|| {
                fault(
                    "currency",
                    "is not a currency's code of three letters, like EUR",
                )
            })?),
        };
        let cost = Cost {
            place: CostPlace {
                day,
                channel,
                source: name("source", &self.source)?,
                campaign: name("campaign", &self.campaign)?,
            },
            medium: name("medium", &self.medium)?,
            content: name("content", &self.content)?,
            paid: Paid {
                micros: i128::from(micros),
                impressions: count("impressions", &self.impressions)?,
                clicks: count("clicks", &self.clicks)?,
            },
        };
        Ok((cost, currency))
    }
}

/// Records of one batch that say the same of the same day, in the same currency, are parts of one amount.
pub fn joined(costs: impl IntoIterator<Item = (Currency, Cost)>) -> Vec<(Currency, Cost)> {
    let mut sums: BTreeMap<(CostPlace, String, String, Currency), Paid> = BTreeMap::new();
    for (currency, cost) in costs {
        let key = (cost.place, cost.medium, cost.content, currency);
        sums.entry(key).or_default().add(cost.paid);
    }
    let cost = |((place, medium, content, currency), paid)| {
        let cost = Cost {
            place,
            medium,
            content,
            paid,
        };
        (currency, cost)
    };
    sums.into_iter().map(cost).collect()
}

fn name(field: &str, text: &str) -> Result<String, CostFault> {
    let text = text.trim();
    if text.chars().count() > limits::COST_NAME_CHARS_MAX {
        let most = limits::COST_NAME_CHARS_MAX;
        return Err(fault(field, &format!("has more than {most} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(fault(field, "has control characters"));
    }
    Ok(text.to_owned())
}

fn count(field: &str, text: &str) -> Result<u64, CostFault> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(0);
    }
    let digits: String = text.chars().filter(|it| *it != ',').collect();
    let is_digits = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    let number = is_digits.then(|| digits.parse().ok()).flatten();
    number
        .filter(|number| *number <= limits::COST_COUNT_MAX)
        .ok_or_else(|| fault(field, "is not a whole number that ads could have"))
}

fn channel_names() -> String {
    Channel::ALL.map(Channel::name).join(", ")
}

fn fault(field: &str, message: &str) -> CostFault {
    CostFault {
        field: field.to_owned(),
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests;
