//! Amounts in several currencies, read in one: what is money, what it was paid in, and at which rates.
//!
//! An amount is turned over at the rate of the day on which its event happened, in the zone of the rules.

mod rates;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Field, Timestamp, Value, Zone, cost::Currency, limits};

pub use rates::Rate;
use rates::{Dated, read_rates};

/// Where an event keeps what was sent in the place of an amount that is read in another currency.
pub const SENT: &str = "$sent";

/// How amounts of money are read, as members write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyRules {
    /// The code of the currency that amounts are read in, like `EUR`; empty while they are read as they were sent.
    #[serde(default)]
    pub currency: String,
    /// The property that names the currency of an event. One without it is in the currency that amounts are read in.
    #[serde(default = "usual_currency_property")]
    pub currency_property: Field,
    /// The properties that are amounts of money, as they are shown.
    #[serde(default = "usual_properties")]
    pub properties: Vec<Field>,
    /// In which the days of rates begin; that of the workspace when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// A line for each rate, as CSV: `currency,from,rate`, like `USD,2026-01-01,0.92`. One unit of the currency is so
    /// many of that which amounts are read in, from the beginning of the day until the next line of the currency.
    #[serde(default)]
    pub rates: String,
}

/// One thing that is wrong with rules on money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyFault {
    /// Like `properties[3]`, or `rates line 12`.
    pub place: String,
    pub message: String,
}

/// Sound rules, made ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    currency: Currency,
    currency_path: Vec<String>,
    paths: BTreeSet<Vec<String>>,
    /// Of each currency, by day.
    rates: BTreeMap<Currency, Vec<Dated>>,
}

/// What the currency of an event says of its amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaidIn<'a> {
    /// They are in the currency that all are read in.
    Own,
    /// They are turned over at these rates.
    Other(&'a [Dated]),
    /// Nobody knows what they are worth.
    Unknown,
}

/// Properties that are money in what libraries and webhooks send.
const USUAL_PROPERTIES: [&str; 15] = [
    "amount",
    "amount_refunded",
    "amount_total",
    "discount",
    "fee",
    "price",
    "refund",
    "revenue",
    "shipping",
    "subtotal",
    "tax",
    "total",
    "total_price",
    "value",
    "value_total",
];

fn usual_currency_property() -> Field {
    Field::Property(vec!["currency".to_owned()])
}

fn usual_properties() -> Vec<Field> {
    let usual = USUAL_PROPERTIES.iter();
    usual
        .map(|name| Field::Property(vec![(*name).to_owned()]))
        .collect()
}

impl Default for MoneyRules {
    fn default() -> Self {
        Self {
            currency: String::new(),
            currency_property: usual_currency_property(),
            properties: usual_properties(),
            zone: None,
            rates: String::new(),
        }
    }
}

impl MoneyRules {
    /// The rules made ready, and none where amounts are read as they were sent; else all that is wrong with them.
    pub fn read(&self) -> Result<Option<Money>, Vec<MoneyFault>> {
        let mut faults = Vec::new();
        let code = self.currency.trim();
        let currency = Currency::parse(code);
        if currency.is_none() && !code.is_empty() {
            let message = format!("{} is no code of a currency, like EUR", quoted(code));
            faults.push(fault("currency".to_owned(), message));
        }
        let currency_path = property("currency_property", &self.currency_property, &mut faults);
        let mut paths = BTreeSet::new();
        if self.properties.len() > limits::MONEY_PROPERTIES_MAX {
            let most = limits::MONEY_PROPERTIES_MAX;
            let message = format!("are more than {most}");
            faults.push(fault("properties".to_owned(), message));
        }
        let listed = self.properties.iter().take(limits::MONEY_PROPERTIES_MAX);
        for (index, field) in listed.enumerate() {
            let place = format!("properties[{index}]");
            let Some(path) = property(&place, field, &mut faults) else {
                continue;
            };
            let overlaps = |it: &Vec<String>| it.starts_with(path) || path.starts_with(it);
            let message = if paths.contains(path) {
                format!("`{field}` is named twice")
            } else if currency_path.is_some_and(overlaps) {
                format!("`{field}` lies where the currency is named")
            } else if paths.iter().any(overlaps) {
                format!("`{field}` lies within another of them, or another within it")
            } else {
                paths.insert(path.clone());
                continue;
            };
            faults.push(fault(place, message));
        }
        let zone = self.zone.clone().unwrap_or_default();
        let rates = read_rates(&self.rates, currency, &zone, &mut faults);
        if currency.is_none() && code.is_empty() && !rates.is_empty() {
            let message = "is missing: rates say how many of its units others are".to_owned();
            faults.push(fault("currency".to_owned(), message));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let ready = currency.zip(currency_path);
        Ok(ready.map(|(currency, path)| Money {
            currency,
            currency_path: path.clone(),
            paths,
            rates,
        }))
    }
}

impl Money {
    /// The currency that amounts are read in.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The property that names the currency of an event.
    pub fn currency_path(&self) -> &[String] {
        &self.currency_path
    }

    /// Properties that are amounts.
    pub fn paths(&self) -> impl Iterator<Item = &Vec<String>> {
        self.paths.iter()
    }

    /// Whether a property is an amount.
    pub fn is_amount(&self, path: &[String]) -> bool {
        self.paths.contains(path)
    }

    /// How many rates there are.
    pub fn rates_count(&self) -> usize {
        self.rates.values().map(Vec::len).sum()
    }

    /// What the currency of an event says of its amounts.
    pub fn paid_in(&self, currency: Option<&Value>) -> PaidIn<'_> {
        match currency {
            None => PaidIn::Own,
            Some(Value::Text(text)) => self.paid_in_code(text),
            Some(Value::Number(_) | Value::Flag(_)) => PaidIn::Unknown,
        }
    }

    /// The same of a text.
    pub fn paid_in_code(&self, text: &str) -> PaidIn<'_> {
        let code = text.trim();
        if code.is_empty() {
            return PaidIn::Own;
        }
        match Currency::parse(code) {
            Some(currency) if currency == self.currency => PaidIn::Own,
            Some(currency) => match self.rates.get(&currency) {
                Some(dated) => PaidIn::Other(dated),
                None => PaidIn::Unknown,
            },
            None => PaidIn::Unknown,
        }
    }

    /// Millionths of what was paid on a day, in the currency that amounts are read in; none without a rate.
    pub fn cost(&self, currency: Currency, day: Date, micros: i128) -> Option<i128> {
        if currency == self.currency {
            return Some(micros);
        }
        let dated = self.rates.get(&currency)?;
        let behind = dated.partition_point(|it| it.day <= day);
        let rate = dated[..behind].last()?.rate;
        Some(rate.of_micros(micros))
    }
}

impl PaidIn<'_> {
    /// The rate of an instant; none where there is none, and the rate 1 for what is in the own currency.
    pub fn rate(&self, time: Timestamp) -> Option<Rate> {
        match self {
            Self::Own => Some(Rate::ONE),
            Self::Other(dated) => {
                let behind = dated.partition_point(|it| it.from <= time);
                dated[..behind].last().map(|it| it.rate)
            }
            Self::Unknown => None,
        }
    }
}

/// The names of a property; a fault where it is none, or one of the product's own.
fn property<'f>(
    place: &str,
    field: &'f Field,
    faults: &mut Vec<MoneyFault>,
) -> Option<&'f Vec<String>> {
    match field {
        Field::Property(path) if path.first().is_none_or(|it| it != SENT) => Some(path),
        Field::Property(_) => {
            let message = format!("`{SENT}` holds what was sent; name the property itself");
            faults.push(fault(place.to_owned(), message));
            None
        }
        _ => {
            let message = "is a property, like `properties.price`".to_owned();
            faults.push(fault(place.to_owned(), message));
            None
        }
    }
}

/// What was sent as a currency, short enough to be told: a code as it is written, and anything else so that it can
/// neither control a terminal nor turn the writing around.
pub fn told(sent: &Value) -> String {
    match sent {
        Value::Text(text) => match Currency::parse(text.trim()) {
            Some(currency) => currency.to_string(),
            None => shortened(text),
        },
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
    }
}

fn shortened(text: &str) -> String {
    let most = limits::MONEY_TOLD_CHARS_MAX;
    let shown: String = text.chars().take(most).collect();
    let rest = match text.chars().count() > most {
        true => "…",
        false => "",
    };
    let is_plain = |it: char| !it.is_control() && !('\u{200b}'..='\u{206f}').contains(&it);
    let written = shown.chars().map(|it| match is_plain(it) {
        true => it.to_string(),
        false => it.escape_unicode().to_string(),
    });
    format!("{}{rest}", written.collect::<String>())
}

fn quoted(text: &str) -> String {
    format!("`{}`", shortened(text))
}

fn fault(place: String, message: String) -> MoneyFault {
    MoneyFault { place, message }
}

#[cfg(test)]
mod tests;
