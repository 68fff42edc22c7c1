//! Rates as lines of CSV, each with the day from which it holds.

use std::collections::{BTreeMap, btree_map::Entry};

use jiff::civil::Date;

use super::{MoneyFault, fault, quoted};
use crate::{Timestamp, Zone, cost::Currency, limits};

/// How many units of one currency a unit of another is. Exact, and never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(u64);

/// A rate and since when it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    pub day: Date,
    /// When the day begins.
    pub from: Timestamp,
    pub rate: Rate,
}

/// Parts of one unit that a rate is told in.
const PARTS: i128 = 1_000_000_000_000;
const DIGITS: usize = 12;
/// Units that a rate may be; its parts fit 64 bits.
const UNITS_MAX: u64 = 10_000_000;
/// Beyond this, either way, a number has no millionths that a float could hold, and is no money either.
const AMOUNT_MAX: f64 = 1e12;

impl Rate {
    /// That of a currency to itself.
    pub const ONE: Self = Self(PARTS as u64);

    /// Reads a decimal number, like `0.92`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const SHAPE: &str = "is not a number like 0.92; use digits and one point";
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let is_digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) {
            return Err(SHAPE);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > DIGITS {
            return Err("has more than 12 digits behind the point");
        }
        let units: u64 = whole.parse().unwrap_or(u64::MAX);
        if units > UNITS_MAX {
            return Err("is more than 10000000");
        }
        let parts: u64 = format!("{fraction:0<DIGITS$}").parse().map_err(|_| SHAPE)?;
        match units * PARTS as u64 + parts {
            0 => Err("is 0, which would make every amount nothing"),
            parts => Ok(Self(parts)),
        }
    }

    /// An amount at this rate, to the nearest millionth.
    pub fn of(self, amount: f64) -> f64 {
        if self == Self::ONE {
            return amount;
        }
        if amount.abs() > AMOUNT_MAX {
            return amount * (self.0 as f64 / PARTS as f64);
        }
        let micros = (amount * 1e6).round() as i128;
        self.of_micros(micros) as f64 / 1e6
    }

    /// Millionths at this rate; halves go away from zero.
    pub fn of_micros(self, micros: i128) -> i128 {
        let parts = micros.saturating_mul(i128::from(self.0));
        let half = if parts < 0 { -PARTS / 2 } else { PARTS / 2 };
        parts.saturating_add(half) / PARTS
    }
}

/// Reads the lines of a table of rates. Faults are told by line, as an editor counts them.
pub(super) fn read_rates(
    text: &str,
    own: Option<Currency>,
    zone: &Zone,
    faults: &mut Vec<MoneyFault>,
) -> BTreeMap<Currency, Vec<Dated>> {
    let mut found = Found::default();
    if text.len() > limits::MONEY_RATES_BYTES_MAX {
        let most = limits::MONEY_RATES_BYTES_MAX >> 10;
        let message = format!("are more than {most} KiB");
        faults.push(fault("rates".to_owned(), message));
        return BTreeMap::new();
    }
    let text = text.trim_start_matches('\u{feff}');
    for (index, line) in text.lines().enumerate() {
        let is_head = index == 0 && line.to_ascii_lowercase().contains("currency");
        if line.trim().is_empty() || is_head {
            continue;
        }
        if let Err(message) = found.line(index + 1, line, own) {
            found.faults_count += 1;
            if found.faults_count <= limits::MONEY_FAULTS_MAX {
                faults.push(fault(format!("rates line {}", index + 1), message));
            }
        }
    }
    if found.faults_count > limits::MONEY_FAULTS_MAX {
        let more = found.faults_count - limits::MONEY_FAULTS_MAX;
        faults.push(fault(
            "rates".to_owned(),
            format!("have {more} faults more"),
        ));
    }
    if found.lines.len() > limits::MONEY_RATES_MAX {
        let most = limits::MONEY_RATES_MAX;
        faults.push(fault("rates".to_owned(), format!("are more than {most}")));
    }
    let mut rates: BTreeMap<Currency, Vec<Dated>> = BTreeMap::new();
    for ((currency, day), (_, rate)) in found.lines {
        let from = zone.start_of(day);
        rates
            .entry(currency)
            .or_default()
            .push(Dated { day, from, rate });
    }
    rates
}

#[derive(Default)]
struct Found {
    /// With the line that says it.
    lines: BTreeMap<(Currency, Date), (usize, Rate)>,
    faults_count: usize,
}

impl Found {
    fn line(&mut self, number: usize, line: &str, own: Option<Currency>) -> Result<(), String> {
        let delimiter = line.chars().find(|it| matches!(it, ',' | ';' | '\t'));
        let cells: Vec<&str> = match delimiter {
            Some(delimiter) => line.split(delimiter).map(bare).collect(),
            None => vec![line],
        };
        let [code, day, rate] = cells.as_slice() else {
            return Err(format!(
                "{} is not a currency, a day and a rate, like USD,2026-01-01,0.92",
                quoted(line)
            ));
        };
        let currency = Currency::parse(code)
            .ok_or_else(|| format!("{} is no code of a currency, like USD", quoted(code)))?;
        if own == Some(currency) {
            return Err(format!(
                "{currency} is what amounts are read in, so its rate is 1 and not said"
            ));
        }
        let date = (day.parse::<Date>().ok())
            .filter(|it| day.len() == "2026-01-01".len() && (1970..=2200).contains(&it.year()))
            .ok_or_else(|| format!("{} is no day like 2026-01-01", quoted(day)))?;
        let rate = Rate::parse(rate).map_err(|why| format!("{} {why}", quoted(rate)))?;
        match self.lines.entry((currency, date)) {
            Entry::Vacant(place) => {
                place.insert((number, rate));
                Ok(())
            }
            Entry::Occupied(place) => Err(format!(
                "says the rate of {currency} from {date} again, which line {} says",
                place.get().0
            )),
        }
    }
}

fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    let quoted = cell.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    quoted.map_or(cell, str::trim)
}
